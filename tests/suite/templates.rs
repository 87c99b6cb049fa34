//! The shipped templates put values only where they are escaped for: between tags, and in
//! attributes that have quotes and do not act.

#![expect(clippy::disallowed_methods, reason = "tests look at what is shipped")]

use std::path::Path;

/// Attributes in which values of the program stand. None of them acts, but for addresses, which
/// are never data.
const ATTRIBUTES: [&str; 12] = [
    "aria-label",
    "class",
    "d",
    "datetime",
    "height",
    "href",
    "src",
    "version",
    "viewbox",
    "width",
    "x",
    "y",
];

#[derive(Clone, Debug, PartialEq)]
enum In {
    Text,
    Tag,
    Attribute { quote: char, name: String },
}

/// What is wrong with where a template puts its values.
fn faults(template: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut state = In::Text;
    let mut element = String::new();
    let mut rest = template;
    let mut word = String::new();
    while let Some(c) = rest.chars().next() {
        for (open, close) in [("{#", "#}"), ("{%", "%}"), ("{{", "}}")] {
            let Some(after) = rest.strip_prefix(open) else {
                continue;
            };
            let (inside, next) = after.split_once(close).unwrap_or((after, ""));
            if open == "{{" {
                let fault = match &state {
                    In::Text if ["script", "style"].contains(&element.as_str()) => {
                        Some(format!("in <{element}>"))
                    }
                    In::Tag => Some("without quotes".to_owned()),
                    In::Attribute { name, .. } if !ATTRIBUTES.contains(&name.as_str()) => {
                        Some(format!("in {name}"))
                    }
                    In::Text | In::Attribute { .. } => None,
                };
                found.extend(fault.map(|fault| format!("{{{{{inside}}}}} {fault}")));
            }
            rest = next;
        }
        let Some(c) = rest.chars().next().filter(|n| *n == c) else {
            continue;
        };
        rest = &rest[c.len_utf8()..];
        state = match (state, c) {
            (In::Text, '<') => {
                let name = rest.trim_start_matches('/');
                let end = name.find(|c: char| !c.is_ascii_alphanumeric());
                element = name[..end.unwrap_or(name.len())].to_ascii_lowercase();
                if rest.starts_with('/') {
                    element.clear();
                }
                word.clear();
                In::Tag
            }
            (In::Tag, '>') => In::Text,
            (In::Tag, '"' | '\'') => In::Attribute {
                quote: c,
                name: word.trim_end_matches('=').to_ascii_lowercase(),
            },
            (In::Tag, c) if c.is_whitespace() => {
                word.clear();
                In::Tag
            }
            (In::Tag, c) => {
                word.push(c);
                In::Tag
            }
            (In::Attribute { quote, .. }, c) if c == quote => {
                word.clear();
                In::Tag
            }
            (state, _) => state,
        };
    }
    found
}

#[test]
fn values_stand_where_they_are_escaped_for() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("themes/default/templates");
    let mut count = 0;
    for entry in walkdir::WalkDir::new(folder) {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            let text = std::fs::read_to_string(entry.path()).unwrap();
            assert_eq!(faults(&text), [""; 0], "{}", entry.path().display());
            count += 1;
        }
    }
    assert!(count > 10);
}

#[test]
fn a_value_in_a_wrong_place_is_found() {
    for (template, fault) in [
        ("<a href={{ x }}>", "{{ x }} without quotes"),
        ("<p {{ x }}>", "{{ x }} without quotes"),
        ("<a onclick=\"{{ x }}\">", "{{ x }} in onclick"),
        ("<p style='a{{ x }}'>", "{{ x }} in style"),
        ("<script>{{ x }}</script>", "{{ x }} in <script>"),
        (
            "<p a=\"b\" {% if c %}d{% endif %}={{ x }}>",
            "{{ x }} without quotes",
        ),
    ] {
        assert_eq!(faults(template), [fault], "{template}");
    }
    assert_eq!(
        faults("<p class=\"a {{ x }}\">{{ y }}</p>{# {{ z }} #}"),
        [""; 0]
    );
}
