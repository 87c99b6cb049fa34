//! A published page as a reader meets it: blocks of text under headings.

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use std::cell::RefCell;

/// Elements that stand on lines of their own.
const BLOCKS: &[&str] = &[
    "title", "p", "h1", "h2", "h3", "h4", "li", "ul", "ol", "div", "section", "tr", "table",
    "thead", "tbody", "tfoot", "dl", "details", "summary", "main", "header", "footer", "nav",
    "body",
];
/// Elements that share a line with their neighbours.
const CELLS: &[&str] = &["td", "th"];

/// One block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    /// The element it ended with.
    pub(crate) tag: String,
    /// Its text, white space collapsed, cells parted by ` | `.
    pub(crate) text: String,
}

/// The blocks of a page, in reading order.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) blocks: Vec<Block>,
}

#[derive(Default)]
struct Reader {
    state: RefCell<(Vec<Block>, String)>,
}

impl Reader {
    fn end_block(&self, tag: &str) {
        let (blocks, text) = &mut *self.state.borrow_mut();
        let words: Vec<&str> = text.split_whitespace().collect();
        let line = words.join(" ");
        let line = line.trim_end_matches(" |").to_owned();
        text.clear();
        if !line.is_empty() {
            blocks.push(Block {
                tag: tag.to_owned(),
                text: line,
            });
        }
    }
}

impl TokenSink for Reader {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        match token {
            Token::CharacterTokens(text) => self.state.borrow_mut().1.push_str(&text),
            Token::TagToken(Tag { name, kind, .. }) => {
                let name: &str = &name;
                if BLOCKS.contains(&name) {
                    self.end_block(name);
                } else if CELLS.contains(&name) && kind == TagKind::EndTag {
                    self.state.borrow_mut().1.push_str(" | ");
                } else if matches!(name, "br" | "dt" | "dd") {
                    self.state.borrow_mut().1.push(' ');
                }
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Page {
    pub(crate) fn new(html: &str) -> Self {
        let input = BufferQueue::default();
        input.push_back(StrTendril::from_slice(html));
        let tokenizer = Tokenizer::new(Reader::default(), TokenizerOpts::default());
        let _ = tokenizer.feed(&input);
        tokenizer.end();
        tokenizer.sink.end_block("html");
        Self {
            blocks: tokenizer.sink.state.take().0,
        }
    }

    /// Texts of all blocks that ended with this element.
    pub(crate) fn all(&self, tag: &str) -> Vec<&str> {
        self.blocks
            .iter()
            .filter(|b| b.tag == tag)
            .map(|b| b.text.as_str())
            .collect()
    }

    /// The blocks under a second-level heading, up to the next one.
    #[track_caller]
    pub(crate) fn under(&self, heading: &str) -> Vec<&str> {
        let at = self
            .blocks
            .iter()
            .position(|b| b.tag == "h2" && b.text == heading)
            .unwrap_or_else(|| panic!("no heading {heading:?} in {:#?}", self.all("h2")));
        self.blocks[at + 1..]
            .iter()
            .take_while(|b| b.tag != "h2")
            .map(|b| b.text.as_str())
            .collect()
    }

    /// Title and reason of every queue item on the brief or the queue page.
    pub(crate) fn queue(&self) -> Vec<(&str, &str)> {
        let why = |i: usize| {
            self.blocks[i]
                .text
                .strip_prefix("Why it matters: ")
                .map(|why| (self.blocks[i - 1].text.as_str(), why))
        };
        (1..self.blocks.len()).filter_map(why).collect()
    }
}
