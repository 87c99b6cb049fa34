//! Markdown of the company's own prose, as markup.

use super::html::{Markup, visible};
use crate::model::is_hidden;
use pulldown_cmark::{Event, Options, Parser, Tag, html};

/// Renders prose. Raw HTML is dropped and links lead only to http, https, mailto
/// and relative targets, because prose may be pasted from anywhere.
pub(super) fn prose(markdown: &str) -> Markup {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let events = Parser::new_ext(markdown, options).filter_map(|event| match event {
        Event::Html(_) | Event::InlineHtml(_) => None,
        Event::Start(Tag::Link {
            link_type,
            dest_url,
            title,
            id,
        }) => {
            let dest_url = if is_harmless(&dest_url) {
                dest_url
            } else {
                "#".into()
            };
            Some(Event::Start(Tag::Link {
                link_type,
                dest_url,
                title,
                id,
            }))
        }
        Event::Start(Tag::Image {
            link_type,
            dest_url,
            title,
            id,
        }) => {
            let dest_url = if is_relative(&dest_url) {
                dest_url
            } else {
                "".into()
            };
            Some(Event::Start(Tag::Image {
                link_type,
                dest_url,
                title,
                id,
            }))
        }
        other => Some(other),
    });
    let mut out = String::new();
    html::push_html(&mut out, events);
    Markup::trusted_prose(shown(out))
}

/// Markup in which nothing is hidden from a reader: text pasted into prose may hold it.
fn shown(html: String) -> String {
    let is_hidden = |c: char| !matches!(c, '\n' | '\t') && is_hidden(c);
    if !html.contains(is_hidden) {
        return html;
    }
    html.chars().fold(String::new(), |mut out, c| {
        if is_hidden(c) {
            out.push_str(&visible(c));
        } else {
            out.push(c);
        }
        out
    })
}

fn is_harmless(target: &str) -> bool {
    let lower = target.trim().to_ascii_lowercase();
    ["http://", "https://", "mailto:"]
        .iter()
        .any(|s| lower.starts_with(s))
        || is_relative(target)
}

/// No scheme, no host.
fn is_relative(target: &str) -> bool {
    let before_path = target.split(['/', '?', '#']).next().unwrap_or_default();
    !target.starts_with("//")
        && !before_path.contains(':')
        && !target.contains('\\')
        && !target.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_hidden_in_prose() {
        let html = prose(
            "# a\u{202e}b\n\n`c\u{200b}` &#x202e; [\x1b](m.html \"\u{feff}\")\n\n```\u{e0041}\nd\n```\n",
        );
        let hidden = |c: char| c != '\n' && is_hidden(c);
        assert!(!html.as_str().contains(hidden), "{html:?}");
        assert_eq!(html.as_str().matches("U+202E").count(), 2);
    }

    #[test]
    fn raw_html_and_scripts_fall_away() {
        let html = prose("a <b onclick=x>b</b> [c](javascript:alert(1)) [d](method.html)");
        assert_eq!(
            html.as_str(),
            "<p>a b <a href=\"#\">c</a> <a href=\"method.html\">d</a></p>\n"
        );
    }
}
