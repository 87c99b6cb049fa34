//! Text that leaves for a page, a spreadsheet or a terminal: nothing in it acts.

#![no_main]

use daybrief::model::{Text, is_hidden};
use daybrief::render::html::{self, Markup};
use daybrief::render::plain::{csv_cell, printable, printable_json};
use libfuzzer_sys::fuzz_target;

const REFERENCES: [&str; 6] = ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;", "&#96;"];

fuzz_target!(|text: &str| {
    let mut page = Vec::new();
    html::escape(text, &mut page).expect("a vector takes everything");
    let page = String::from_utf8(page).expect("text stays text");
    check_escaped(&page);

    let words = Markup::words(text);
    assert_eq!(words.as_str(), page, "there is one way to escape");
    let value = Markup::value(&Text::new(text));
    assert_eq!(value.as_str(), format!("<bdi>{page}</bdi>"));
    let mut link = Markup::default();
    link.push_link(text, text);
    assert_eq!(
        link.as_str(),
        format!("<a href=\"{page}\"><bdi>{page}</bdi></a>")
    );

    let shown = printable(text);
    assert!(!shown.chars().any(is_hidden));
    assert_eq!(printable(&shown), shown);
    check_cell(&csv_cell(text));
    check_json(text);
});

fn check_escaped(page: &str) {
    assert!(!page.contains(['<', '>', '"', '\'', '`']));
    assert!(!page.chars().any(is_hidden));
    for (at, _) in page.match_indices('&') {
        assert!(REFERENCES.iter().any(|r| page[at..].starts_with(r)));
    }
}

fn check_cell(cell: &str) {
    let inner = cell.strip_prefix('"').and_then(|c| c.strip_suffix('"'));
    let read = inner.map_or(cell.to_owned(), |c| c.replace("\"\"", "\""));
    let begins = read.trim_start().starts_with(['=', '+', '-', '@']);
    assert!(!begins, "a formula");
    assert!(!cell.chars().any(is_hidden));
    match inner {
        Some(inner) => assert!(!inner.replace("\"\"", "").contains('"')),
        None => assert!(!cell.contains([',', '"', ';'])),
    }
}

fn check_json(text: &str) {
    let json = serde_json::to_string_pretty(&[text]).expect("a text is JSON");
    let shown = printable_json(&json);
    assert!(!shown.chars().any(|c| c != '\n' && is_hidden(c)));
    let read: Vec<String> = serde_json::from_str(&shown).expect("JSON stays JSON");
    assert_eq!(read, [text]);
}
