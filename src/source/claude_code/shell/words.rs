//! From a command line to simple commands: words, redirections, pipes.
//!
//! A shell's text is split by its own rules, because a search in the raw text
//! finds commands in commit messages and here-documents that nobody ran. Quotes,
//! here-documents, substitutions, subshells and `case` are followed; arithmetic
//! and expansions beyond `$NAME` are stepped over. Nothing is executed, and a
//! text that is no valid shell yields what could be split, never an error.

use std::collections::BTreeMap;

/// Commands kept of one command line.
const COMMANDS: usize = 400;
/// Substitutions within substitutions that are followed.
const DEPTH: usize = 16;
/// Bytes that variables may add to a command line and all that is nested in it; `A=$A$A`
/// doubles them.
pub(super) const EXPANDED: usize = 64 * 1024;

/// Which shell's quoting rules apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// `sh`, `bash`, `zsh`: a backslash escapes.
    Posix,
    /// A backslash is a letter, a backtick escapes.
    PowerShell,
}

/// One simple command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Command {
    /// Program and arguments, unquoted, known variables put in.
    pub(super) words: Vec<String>,
    /// Files it was redirected from and to.
    pub(super) redirects: Vec<Redirect>,
    /// Whether its input is another command's output.
    pub(super) piped: bool,
    /// Levels of subshells and substitutions around it.
    pub(super) depth: usize,
    /// Its here-document.
    pub(super) document: Option<String>,
}

/// One redirection to or from a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Redirect {
    /// Whether the file is written.
    pub(super) write: bool,
    /// The file.
    pub(super) target: String,
}

/// Splits a command line; `spare` is what is left of [`EXPANDED`].
pub(super) fn commands(text: &str, dialect: Dialect, spare: &mut usize) -> Vec<Command> {
    split(text, dialect, 0, spare)
}

/// Splits a text that stands so many levels deep.
fn split(text: &str, dialect: Dialect, depth: usize, spare: &mut usize) -> Vec<Command> {
    let mut lexer = Lexer {
        text,
        at: 0,
        dialect,
        found: Vec::new(),
        variables: BTreeMap::new(),
        spare,
        awaited: Vec::new(),
        documents: Vec::new(),
        depth,
        piped: false,
    };
    while lexer.at < text.len() {
        let before = lexer.at;
        lexer.list(None);
        if lexer.at == before {
            break;
        }
    }
    let documents = lexer.documents;
    let mut found: Vec<Command> = Vec::with_capacity(lexer.found.len());
    for (mut command, document) in lexer.found {
        command.document = document.and_then(|i| documents.get(i).cloned());
        found.push(command);
    }
    found
}

/// A here-document whose body begins at the next line.
struct Awaited {
    delimiter: String,
    indented: bool,
}

/// The command that is being collected.
#[derive(Default)]
struct Draft {
    words: Vec<String>,
    redirects: Vec<Redirect>,
    document: Option<usize>,
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    dialect: Dialect,
    found: Vec<(Command, Option<usize>)>,
    variables: BTreeMap<String, String>,
    /// Bytes that variables may still add.
    spare: &'a mut usize,
    awaited: Vec<Awaited>,
    documents: Vec<String>,
    depth: usize,
    piped: bool,
}

impl Lexer<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next_is(&self, text: &str) -> bool {
        self.text[self.at..].starts_with(text)
    }

    fn skip(&mut self, c: char) {
        self.at += c.len_utf8();
    }

    /// Skips the text if it stands here.
    fn took(&mut self, text: &str) -> bool {
        let here = self.next_is(text);
        if here {
            self.at += text.len();
        }
        here
    }

    fn give_up(&mut self) {
        self.at = self.text.len();
    }

    /// Reads commands up to the closing character, or to the end.
    fn list(&mut self, close: Option<char>) {
        let mut draft = Draft::default();
        let mut cases = 0_usize;
        while let Some(c) = self.peek() {
            if Some(c) == close {
                self.skip(c);
                break;
            }
            if self.found.len() >= COMMANDS {
                self.give_up();
                break;
            }
            match c {
                '\n' => {
                    self.skip(c);
                    self.finish(&mut draft);
                    self.read_documents();
                }
                ';' => {
                    self.skip(c);
                    self.finish(&mut draft);
                    if cases > 0 && (self.took(";&") || self.took(";") || self.took("&")) {
                        cases -= usize::from(self.skip_pattern());
                    }
                }
                '&' if !self.next_is("&>") => {
                    self.skip(c);
                    self.took("&");
                    self.finish(&mut draft);
                }
                '|' => {
                    self.skip(c);
                    let or = self.took("|");
                    let _ = !or && self.took("&");
                    self.finish(&mut draft);
                    self.piped = !or;
                }
                '(' => self.parenthesis(&mut draft),
                ')' => {
                    self.skip(c);
                    self.finish(&mut draft);
                }
                '#' => self.skip_line(),
                '<' | '>' | '&' => self.redirect(&mut draft),
                c if c.is_whitespace() => self.skip(c),
                _ => {
                    let start = self.at;
                    let Some(word) = self.word() else {
                        self.skip(c);
                        continue;
                    };
                    // `2>` names a descriptor, not an argument.
                    let descriptor = self.text[start..self.at]
                        .bytes()
                        .all(|b| b.is_ascii_digit())
                        && matches!(self.peek(), Some('<' | '>'));
                    if descriptor {
                        continue;
                    }
                    draft.words.push(word);
                    if draft.words.len() >= 3
                        && draft.words.first().is_some_and(|w| w == "case")
                        && draft.words.last().is_some_and(|w| w == "in")
                    {
                        draft = Draft::default();
                        cases += 1;
                        cases -= usize::from(self.skip_pattern());
                    }
                }
            }
        }
        self.finish(&mut draft);
    }

    /// A subshell, arithmetic, a function's head, or an array.
    fn parenthesis(&mut self, draft: &mut Draft) {
        self.at += 1;
        if draft.words.iter().all(|w| is_reserved(w)) {
            if self.took("(") {
                self.skip_balanced('(', ')', 2);
            } else {
                self.nested(')');
            }
        } else if self.took(")") {
            // `name()` begins a function; its body is read as commands.
            *draft = Draft::default();
        } else {
            self.skip_balanced('(', ')', 1);
        }
    }

    /// Reads the commands of a subshell or substitution.
    fn nested(&mut self, close: char) {
        if self.depth >= DEPTH {
            self.give_up();
            return;
        }
        let piped = std::mem::take(&mut self.piped);
        self.depth += 1;
        self.list(Some(close));
        self.depth -= 1;
        self.piped = piped;
    }

    /// Skips to the closing character that matches `open` levels, quotes respected.
    fn skip_balanced(&mut self, open: char, close: char, mut open_levels: usize) {
        let mut quote = None;
        while let Some(c) = self.peek() {
            self.skip(c);
            match (quote, c) {
                (Some(q), c) if c == q => quote = None,
                (None, '\'' | '"') => quote = Some(c),
                (None, '\\') => {
                    if let Some(next) = self.peek() {
                        self.skip(next);
                    }
                }
                (None, c) if c == open => open_levels += 1,
                (None, c) if c == close => {
                    open_levels -= 1;
                    if open_levels == 0 {
                        return;
                    }
                }
                _ => {}
            }
        }
    }

    fn skip_line(&mut self) {
        self.at += self.text[self.at..]
            .find('\n')
            .unwrap_or(self.text.len() - self.at);
    }

    /// Skips `pattern)` of a `case`. True when `esac` ended it instead.
    fn skip_pattern(&mut self) -> bool {
        loop {
            match self.peek() {
                Some('#') => self.skip_line(),
                Some(c) if c.is_whitespace() || c == '(' => self.skip(c),
                _ => break,
            }
        }
        if self.took("esac") {
            return true;
        }
        self.skip_balanced('\0', ')', 1);
        false
    }

    /// `< file`, `> file`, `<< WORD`, `<<< word`, `>&1`, `<(command)`
    fn redirect(&mut self, draft: &mut Draft) {
        if self.took("<<<") {
            self.blanks();
            self.word();
            return;
        }
        if self.took("<<") {
            let indented = self.took("-");
            self.blanks();
            if let Some(delimiter) = self.word() {
                draft.document = Some(self.documents.len() + self.awaited.len());
                self.awaited.push(Awaited {
                    delimiter,
                    indented,
                });
            }
            return;
        }
        if self.took("<(") || self.took(">(") {
            self.nested(')');
            draft.words.push("$()".to_owned());
            return;
        }
        if self.took("<&") || self.took(">&") {
            let target = self.word().unwrap_or_default();
            let descriptor = target.bytes().all(|b| b.is_ascii_digit() || b == b'-');
            if !descriptor {
                draft.redirects.push(Redirect {
                    write: true,
                    target,
                });
            }
            return;
        }
        let write = ["&>>", "&>", ">>", ">|", ">", "<>"]
            .iter()
            .any(|operator| self.took(operator));
        if !write && !self.took("<") {
            self.at += 1;
            return;
        }
        self.blanks();
        if let Some(target) = self.word() {
            draft.redirects.push(Redirect { write, target });
        }
    }

    fn blanks(&mut self) {
        while let Some(c @ (' ' | '\t')) = self.peek() {
            self.skip(c);
        }
    }

    /// Reads the bodies of here-documents that begin on this line.
    fn read_documents(&mut self) {
        for awaited in std::mem::take(&mut self.awaited) {
            let mut body = String::new();
            while self.at < self.text.len() {
                let rest = &self.text[self.at..];
                let line = rest.split('\n').next().unwrap_or_default();
                self.at += (line.len() + 1).min(rest.len());
                let bare = if awaited.indented {
                    line.trim_start_matches('\t')
                } else {
                    line
                };
                if bare.trim_end_matches('\r') == awaited.delimiter {
                    break;
                }
                body.push_str(line);
                body.push('\n');
            }
            self.documents.push(body);
        }
    }

    /// Reads one word with quotes removed; `None` when none stands here.
    fn word(&mut self) -> Option<String> {
        let start = self.at;
        let mut word = String::new();
        while let Some(c) = self.peek() {
            match c {
                '\'' => self.single_quoted(&mut word),
                '"' => self.double_quoted(&mut word),
                '\\' if self.dialect == Dialect::Posix => self.escaped(&mut word),
                '`' => self.backtick(&mut word),
                '$' => self.dollar(&mut word),
                ';' | '&' | '|' | '(' | ')' | '<' | '>' => break,
                c if c.is_whitespace() => break,
                c => {
                    word.push(c);
                    self.skip(c);
                }
            }
        }
        (self.at > start).then_some(word)
    }

    fn escaped(&mut self, word: &mut String) {
        self.at += 1;
        if let Some(c) = self.peek() {
            self.skip(c);
            if c != '\n' {
                word.push(c);
            }
        }
    }

    fn single_quoted(&mut self, word: &mut String) {
        self.at += 1;
        let rest = &self.text[self.at..];
        let end = rest.find('\'').unwrap_or(rest.len());
        word.push_str(&rest[..end]);
        self.at = (self.at + end + 1).min(self.text.len());
    }

    fn double_quoted(&mut self, word: &mut String) {
        self.at += 1;
        while let Some(c) = self.peek() {
            match c {
                '"' => {
                    self.at += 1;
                    return;
                }
                '\\' if self.dialect == Dialect::Posix => {
                    self.at += 1;
                    match self.peek() {
                        Some(c @ ('"' | '\\' | '$' | '`')) => {
                            self.skip(c);
                            word.push(c);
                        }
                        Some('\n') => self.at += 1,
                        _ => word.push('\\'),
                    }
                }
                '`' => self.backtick(word),
                '$' => self.dollar(word),
                c => {
                    self.skip(c);
                    word.push(c);
                }
            }
        }
    }

    /// An old-style substitution, or PowerShell's escape.
    fn backtick(&mut self, word: &mut String) {
        self.at += 1;
        if self.dialect == Dialect::PowerShell {
            if let Some(c) = self.peek() {
                self.skip(c);
                word.push(c);
            }
            return;
        }
        let mut inner = String::new();
        while let Some(c) = self.peek() {
            self.skip(c);
            match c {
                '`' => break,
                '\\' if self.next_is("`") => {
                    self.at += 1;
                    inner.push('`');
                }
                c => inner.push(c),
            }
        }
        word.push_str("$()");
        if self.depth < DEPTH && self.found.len() < COMMANDS {
            let inner = split(&inner, self.dialect, self.depth + 1, self.spare);
            self.found.extend(inner.into_iter().map(|c| (c, None)));
        }
    }

    /// `$(…)`, `$((…))`, `${…}`, `$'…'`, `$NAME`
    fn dollar(&mut self, word: &mut String) {
        self.at += 1;
        if self.took("((") {
            self.skip_balanced('(', ')', 2);
            word.push('$');
        } else if self.took("(") {
            self.nested(')');
            word.push_str("$()");
        } else if self.took("{") {
            let start = self.at;
            self.skip_balanced('{', '}', 1);
            let inside = self.text[start..self.at].chars();
            let name: String = inside.take_while(|c| is_name(*c)).collect();
            self.put_variable(&name, word);
        } else if self.next_is("'") {
            self.ansi_quoted(word);
        } else {
            let name: String = self.text[self.at..]
                .chars()
                .take_while(|c| is_name(*c))
                .collect();
            self.at += name.len();
            self.put_variable(&name, word);
        }
    }

    fn put_variable(&mut self, name: &str, word: &mut String) {
        match self.variables.get(name) {
            Some(value) if value.len() <= *self.spare => {
                *self.spare -= value.len();
                word.push_str(value);
            }
            None if name == "HOME" => word.push('~'),
            _ => {
                word.push('$');
                word.push_str(name);
            }
        }
    }

    fn ansi_quoted(&mut self, word: &mut String) {
        self.at += 1;
        while let Some(c) = self.peek() {
            self.skip(c);
            match c {
                '\'' => return,
                '\\' => {
                    if let Some(next) = self.peek() {
                        self.skip(next);
                        word.push(if matches!(next, 'n' | 't' | 'r') {
                            ' '
                        } else {
                            next
                        });
                    }
                }
                c => word.push(c),
            }
        }
    }

    /// Ends the command that is being collected.
    fn finish(&mut self, draft: &mut Draft) {
        let Draft {
            mut words,
            redirects,
            document,
        } = std::mem::take(draft);
        let piped = std::mem::take(&mut self.piped);
        let reserved = words.iter().take_while(|w| is_reserved(w)).count();
        words.drain(..reserved);
        if matches!(
            words.first().map(String::as_str),
            Some("for" | "select" | "function" | "case")
        ) {
            words.clear();
        }
        let assigned = words.iter().take_while(|w| assignment(w).is_some()).count();
        let declared = matches!(
            words.first().map(String::as_str),
            Some("export" | "local" | "declare" | "readonly" | "typeset")
        );
        if assigned == words.len() || declared {
            for (name, value) in words.iter().filter_map(|w| assignment(w)) {
                self.variables.insert(name.to_owned(), value.to_owned());
            }
        }
        words.drain(..assigned);
        if words.is_empty() && redirects.is_empty() {
            // `{ …; } | sh` and `done | sh`: the pipe belongs to what follows.
            self.piped = piped && reserved > 0;
            return;
        }
        let command = Command {
            words,
            redirects,
            piped,
            depth: self.depth,
            document: None,
        };
        self.found.push((command, document));
    }
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Words that begin or end a compound command.
fn is_reserved(word: &str) -> bool {
    matches!(
        word,
        "if" | "then"
            | "elif"
            | "else"
            | "fi"
            | "while"
            | "until"
            | "do"
            | "done"
            | "esac"
            | "{"
            | "}"
            | "!"
            | "time"
            | "coproc"
    )
}

/// `NAME=value`
pub(super) fn assignment(word: &str) -> Option<(&str, &str)> {
    let (name, value) = word.split_once('=')?;
    let name = name.strip_suffix('+').unwrap_or(name);
    let first = name.chars().next()?;
    (name.chars().all(is_name) && !first.is_ascii_digit()).then_some((name, value))
}
