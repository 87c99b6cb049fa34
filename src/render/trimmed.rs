//! What is kept of an edition that is older than its pages are kept for: links to the rest
//! become text, and data names no page that is gone.

use std::path::Path;

/// Whether a file of an edition is kept for good: brief, queue, changes, and the data.
pub fn is_kept(path: &str) -> bool {
    let is_queue = path == "queue.html" || path.starts_with("queue-");
    let kept = [
        "index.html",
        "changes.html",
        "brief.json",
        "ledger.csv",
        "ledger.jsonl",
    ];
    is_queue || kept.contains(&path)
}

/// Whether a link of an edition leads to a file of it that is not kept. What leads out of
/// it, as an address with a scheme does, is none of its files.
fn is_gone(target: &str) -> bool {
    let leads_out = target.starts_with(['/', '?']) || target.starts_with("../");
    !leads_out && !target.contains(':') && target.contains('.') && !is_kept(target)
}

/// A kept file without what is gone.
pub fn trimmed(path: &str, bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let ending = Path::new(path).extension();
    let text = match ending.and_then(|e| e.to_str()) {
        Some("html") => unlinked(&text, is_gone),
        Some("csv") => without_last_cell(&text, is_gone),
        _ => without_pages(&text, is_gone),
    };
    text.into_bytes()
}

/// A page of ours with the links to some files taken out, and their words left in. What we
/// publish has `href` in quotes, and no link inside a link.
fn unlinked(page: &str, is_gone: impl Fn(&str) -> bool) -> String {
    let mut out = String::with_capacity(page.len());
    let mut rest = page;
    while let Some(at) = rest.find("<a ") {
        let (before, link) = rest.split_at(at);
        out.push_str(before);
        let Some(end) = link.find('>') else {
            rest = link;
            break;
        };
        let (tag, after) = link.split_at(end + 1);
        let href = tag.split_once("href=\"").map_or("", |(_, h)| h);
        let target = href.split(['"', '#']).next().unwrap_or_default();
        match after.find("</a>") {
            Some(close) if is_gone(target) => {
                out.push_str(&after[..close]);
                rest = &after[close + "</a>".len()..];
            }
            _ => {
                out.push_str(tag);
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// A listing of ours as CSV with the last cell of a row empty where it names a file that is
/// gone. No cell of ours holds a line break.
fn without_last_cell(csv: &str, is_gone: impl Fn(&str) -> bool) -> String {
    let mut out = String::with_capacity(csv.len());
    for line in csv.split_inclusive('\n') {
        let row = line.trim_end_matches(['\r', '\n']);
        match row.rsplit_once(',') {
            Some((cells, page)) if is_gone(page) => {
                out.push_str(cells);
                out.push(',');
                out.push_str(&line[row.len()..]);
            }
            _ => out.push_str(line),
        }
    }
    out
}

/// Data of ours as JSON with `null` for each page that is gone. A quote inside a text has a
/// backslash before it, so none can look like a name and its value.
fn without_pages(json: &str, is_gone: impl Fn(&str) -> bool) -> String {
    const NAME: &str = "\"page\":";
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find(NAME) {
        let (before, after) = rest.split_at(at + NAME.len());
        out.push_str(before);
        let value = after.trim_start();
        out.push_str(&after[..after.len() - value.len()]);
        rest = value;
        let page = value.strip_prefix('"').and_then(|v| v.split_once('"'));
        if let Some((_, left)) = page.filter(|(page, _)| is_gone(page)) {
            out.push_str("null");
            rest = left;
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_to_what_is_gone_become_text() {
        let page = r#"<a href="session/a.html#t">a</a> <a href="queue.html">q</a> <a href="../../method.html">m</a>
<a href="https://wiki.example/x.html">w</a> <a href="mailto:ann@corp.example">t</a> <a href="//wiki.example/">w</a>"#;
        let left = unlinked(page, is_gone);
        assert_eq!(
            left,
            page.replace(r#"<a href="session/a.html#t">a</a>"#, "a")
        );
    }

    #[test]
    fn data_names_no_page_that_is_gone() {
        let gone = |target: &str| target.starts_with("session/");
        assert_eq!(
            without_last_cell("id,page\n\"a,b\",session/a.html\nc,queue.html\n", gone),
            "id,page\n\"a,b\",\nc,queue.html\n"
        );
        let json = r#"{"why":"\"page\":\"session/x.html\"","page": "session/a.html"}
{"page":"queue.html"}"#;
        let left = without_pages(json, gone);
        assert!(left.contains(r#""page": null}"#), "{left}");
        assert!(left.contains(r#"\"page\":\"session/x.html\""#), "{left}");
        assert!(left.contains(r#""page":"queue.html""#), "{left}");
    }

    #[test]
    fn links_to_what_is_gone_become_text() {
        let page = r#"<p><a class="x" href="session/a.html#t1"><b>A</b></a> and <a href="queue.html">Q</a>, <a href="session/a.html">again</a></p><abbr>y</abbr>"#;
        let gone = |target: &str| target == "session/a.html";
        assert_eq!(
            unlinked(page, gone),
            r#"<p><b>A</b> and <a href="queue.html">Q</a>, again</p><abbr>y</abbr>"#
        );
        assert_eq!(unlinked("a < b <a ", gone), "a < b <a ");
    }
}
