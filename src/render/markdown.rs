//! Markdown of the company's own prose, as markup.

use super::html::{Markup, visible};
use crate::model::is_hidden;
use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, html};

/// Renders prose for a page with this way to the site's root. Raw HTML is dropped and links
/// lead only to http, https, mailto and relative targets, because prose may be pasted from
/// anywhere. The same prose stands on pages of several folders, so what is relative is
/// relative to the site's root.
pub(super) fn prose(markdown: &str, to_root: &str) -> Markup {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let events = Parser::new_ext(markdown, options).filter_map(|event| match event {
        Event::Html(_) | Event::InlineHtml(_) => None,
        Event::Start(Tag::Link {
            link_type,
            dest_url,
            title,
            id,
        }) => {
            // The library puts `mailto:` before a bare address.
            let is_address = link_type == LinkType::Email;
            let dest_url = if is_below_root(&dest_url) && !is_address {
                format!("{to_root}{dest_url}").into()
            } else if is_harmless(&dest_url) {
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
            let dest_url = if is_below_root(&dest_url) {
                format!("{to_root}{dest_url}").into()
            } else if is_relative(&dest_url) {
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

/// Relative to a folder, and not to the page or the host.
fn is_below_root(target: &str) -> bool {
    is_relative(target) && !target.is_empty() && !target.starts_with(['#', '?', '/'])
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
            "",
        );
        let hidden = |c: char| c != '\n' && is_hidden(c);
        assert!(!html.as_str().contains(hidden), "{html:?}");
        assert_eq!(html.as_str().matches("U+202E").count(), 2);
    }

    #[test]
    fn what_is_relative_is_relative_to_the_root() {
        for (target, expect) in [
            ("method.html", "../../method.html"),
            ("editions/a/#b", "../../editions/a/#b"),
            ("#b", "#b"),
            ("/wiki", "/wiki"),
            ("https://wiki.example/a", "https://wiki.example/a"),
            ("mailto:ann@corp.example", "mailto:ann@corp.example"),
            ("data:text/html,a", "#"),
        ] {
            let html = prose(&format!("[a]({target})"), "../../");
            assert_eq!(
                html.as_str(),
                format!("<p><a href=\"{expect}\">a</a></p>\n")
            );
        }
        let html = prose("<ann@corp.example> <https://wiki.example/>", "../../");
        let links = ["mailto:ann@corp.example", "https://wiki.example/"];
        for link in links.map(|link| format!("href=\"{link}\"")) {
            assert!(html.as_str().contains(&link), "{html:?}");
        }
        let html = prose("![a](b.png)", "../../");
        assert!(html.as_str().contains("src=\"../../b.png\""), "{html:?}");
    }

    #[test]
    fn raw_html_and_scripts_fall_away() {
        let html = prose(
            "a <b onclick=x>b</b> [c](javascript:alert(1)) [d](method.html)",
            "",
        );
        assert_eq!(
            html.as_str(),
            "<p>a b <a href=\"#\">c</a> <a href=\"method.html\">d</a></p>\n"
        );
    }
}
