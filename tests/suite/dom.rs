//! Pages as a browser reads them.

use html5ever::tendril::TendrilSink;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use std::path::Path;

/// Whether a published file is a page.
pub(crate) fn is_page(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|e| e == "html")
}

/// A parsed page.
pub(crate) struct Page {
    /// Elements in the order of the document.
    pub(crate) elements: Vec<Element>,
    /// What a browser would have had to guess.
    pub(crate) errors: Vec<String>,
    /// What stands alone in a `<bdi>`.
    pub(crate) values: Vec<String>,
    /// Text outside of any, and of what is in none by nature: the title, attributes.
    pub(crate) words: Vec<String>,
}

/// One element and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) depth: usize,
    pub(crate) name: String,
    /// Sorted by name.
    pub(crate) attributes: Vec<(String, String)>,
    /// Whether anything but white space stands directly inside.
    pub(crate) has_text: bool,
}

impl Element {
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }
}

impl Page {
    pub(crate) fn parse(html: &[u8]) -> Self {
        let mut options = ParseOpts::default();
        options.tokenizer.exact_errors = true;
        let dom = parse_document(RcDom::default(), options)
            .from_utf8()
            .one(html);
        let errors = dom.errors.take();
        let mut page = Self {
            elements: Vec::new(),
            errors: errors.iter().map(ToString::to_string).collect(),
            values: Vec::new(),
            words: Vec::new(),
        };
        page.walk(&dom.document, 0);
        page
    }

    fn walk(&mut self, node: &Handle, depth: usize) {
        if let NodeData::Element { name, attrs, .. } = &node.data {
            let attrs = attrs.borrow();
            let attribute =
                |a: &html5ever::Attribute| (a.name.local.to_string(), a.value.to_string());
            let mut attributes: Vec<_> = attrs.iter().map(attribute).collect();
            attributes.sort();
            let is_text = |child: &Handle| match &child.data {
                NodeData::Text { contents } => !contents.borrow().trim().is_empty(),
                _ => false,
            };
            self.elements.push(Element {
                depth,
                name: name.local.to_string(),
                attributes,
                has_text: node.children.borrow().iter().any(is_text),
            });
        }
        for child in node.children.borrow().iter() {
            if let NodeData::Text { contents } = &child.data {
                let text = contents.borrow().to_string();
                match &node.data {
                    NodeData::Element { name, .. } if &*name.local == "bdi" => {
                        self.values.push(text);
                    }
                    NodeData::Element { name, .. } if &*name.local == "title" => {}
                    _ => self.words.push(text),
                }
            }
            self.walk(child, depth + 1);
        }
    }
}
