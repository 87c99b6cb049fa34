//! Data never becomes markup: every text of a session, replaced by something hostile,
//! leaves pages with the same elements and attributes as a harmless text does.

use crate::dom::{Element, Page, is_page};
use crate::harness::TestSite;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const PAYLOADS: &[(&str, &str)] = &[
    ("image", "<img src=x onerror=alert(1)>"),
    ("attribute", "\"><svg/onload=alert(1)>"),
    ("single quotes", "'><b onmouseover='alert(1)"),
    ("title", "</title><script>alert(1)</script>"),
    ("comment", "--><!-- <![CDATA[ ]]> &lt;script&gt; &#x3c;"),
    ("address", "javascript:alert(1)"),
    ("path", "../../index"),
    (
        "template",
        "{{ 7*7 }}{% include 'base.html' %}{placeholder}",
    ),
    ("markdown", "[x](javascript:alert(1)) `</code>` *a* # b"),
    (
        "direction",
        "a\u{202e}b\u{200b}c\u{2066}d\u{feff}e\u{2028}f\u{2029}",
    ),
    (
        "controls",
        "a\u{0}b\u{7}c\u{1b}[31md\u{9b}31me\u{7f}f\r\ng\th",
    ),
    (
        "link on a terminal",
        "\u{1b}]8;;https://x.example\u{7}y\u{1b}]8;;\u{7}",
    ),
];

/// A session with every field; what decides how it is judged is not among the texts that change.
fn full() -> Value {
    json!({
        "id": "id", "status": "active",
        "started_at": "2026-11-22T04:00:00Z", "last_seen_at": "2026-11-22T05:55:00Z",
        "user": {"name": "x", "authenticated": true},
        "host": {"name": "x", "address": "x"},
        "key": {"hint": "x", "kind": "x", "fingerprint": "x"},
        "agent": {"name": "x", "version": "x"},
        "models": [{"name": "x", "requests": 3, "input_tokens": 5, "cost_usd": "1.5"}],
        "workspace": {"repo": "x", "branch": "x", "path": "x"},
        "permission_mode": "x", "parent": "x", "cost_usd": "2.5",
        "not_recorded": ["x"], "origin": {"source": "x", "user": "x"},
        "events": [
            {"at": "2026-11-22T04:10:00Z", "kind": "read", "tool": "x", "repo": "x", "path": "x", "ok": true,
             "summary": "x", "ref": {"file": "x", "line": 3}},
            {"at": "2026-11-22T04:11:00Z", "kind": "request", "tool": "x", "programs": ["x", "x"],
             "destination": "x", "method": "x", "bytes": 5, "objects": 2, "summary": "x"},
            {"at": "2026-11-22T04:12:00Z", "kind": "permission", "decision": "x", "reason": "x", "mode": "x"},
            {"at": "2026-11-22T04:13:00Z", "kind": "execute", "programs": ["x"], "ok": false},
            {"kind": "tool", "tool": "x"}
        ]
    })
}

/// What must stay what it is, or the session would be set aside.
const KEPT: [&str; 8] = [
    "id",
    "status",
    "started_at",
    "last_seen_at",
    "ended_at",
    "at",
    "kind",
    "cost_usd",
];

/// JSON pointers of every text that may be anything.
fn texts(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::String(_) => {
            let name = at.rsplit('/').find(|p| p.parse::<usize>().is_err());
            // The kind of a key is any text; the kind of an event is a word of the format.
            if at == "/key/kind" || !KEPT.contains(&name.unwrap_or_default()) {
                found.push(at.to_owned());
            }
        }
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                texts(item, &format!("{at}/{n}"), found);
            }
        }
        Value::Object(fields) => {
            for (name, item) in fields {
                texts(item, &format!("{at}/{name}"), found);
            }
        }
        _ => {}
    }
}

/// One session with all texts replaced, then one for each text, then one whose id is the text.
fn sessions(text: &str) -> Vec<Value> {
    let mut pointers = Vec::new();
    texts(&full(), "", &mut pointers);
    assert!(pointers.len() > 30, "{pointers:?}");
    let with = |id: String, changed: &[String]| {
        let mut session = full();
        session["id"] = Value::String(id);
        for pointer in changed {
            *session.pointer_mut(pointer).unwrap() = Value::String(text.to_owned());
        }
        session
    };
    let mut all = vec![with("s-all".into(), &pointers)];
    for (n, pointer) in pointers.iter().enumerate() {
        all.push(with(format!("s-{n:02}"), std::slice::from_ref(pointer)));
    }
    let id: String = text.chars().take(60).collect();
    all.push(with(format!("id {id}"), &[]));
    all
}

fn site(text: &str) -> TestSite {
    let lines: Vec<String> = sessions(text).iter().map(Value::to_string).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let site = TestSite::new();
    let head = json!({
        "format": "daybrief-snapshot", "version": 1, "taken_at": "2026-11-22T06:00:00Z",
        "sources": [{"name": text, "kind": text, "not_recorded": [text]}],
    });
    site.write(
        "data/snapshots/2026-11-22T0600Z.jsonl",
        format!("{head}\n{}\n", lines.join("\n")),
    );
    site
}

/// Elements of a page with their attributes; where a link leads is another test's matter.
fn shape(html: &[u8]) -> Vec<Element> {
    let mut elements = Page::parse(html).elements;
    for element in &mut elements {
        element.has_text = false;
        for (name, value) in &mut element.attributes {
            if name == "href" {
                assert!(!value.contains(':'), "href={value}");
                "link".clone_into(value);
            }
        }
    }
    elements
}

/// The page of each session, in the order of the snapshot.
fn session_pages(files: &BTreeMap<String, Vec<u8>>) -> Vec<Vec<Element>> {
    let folder = "editions/2026-11-22T0600Z/";
    let ledger = String::from_utf8(files[&format!("{folder}ledger.jsonl")].clone()).unwrap();
    let mut rows: Vec<(String, String)> = ledger
        .lines()
        .map(|line| {
            let row: Value = serde_json::from_str(line).unwrap();
            let text = |name: &str| row[name].as_str().unwrap().to_owned();
            (text("id"), text("page"))
        })
        .collect();
    // `id …` before `s-00` to `s-all`, whatever the text.
    rows.sort();
    rows.iter()
        .map(|(_, page)| shape(&files[&format!("{folder}{page}")]))
        .collect()
}

/// Element and attribute names of a whole site, with the values of those attributes that act.
fn vocabulary(files: &BTreeMap<String, Vec<u8>>) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for (_, html) in files.iter().filter(|(path, _)| is_page(path)) {
        for element in shape(html) {
            words.insert(format!("<{}>", element.name));
            for (name, value) in &element.attributes {
                let value = match name.as_str() {
                    "id" | "class" | "role" | "http-equiv" | "src" | "rel" => value,
                    _ => "",
                };
                words.insert(format!("<{} {name}={value}>", element.name));
            }
        }
    }
    words
}

fn files_outside(site: &TestSite) -> BTreeSet<String> {
    let parent = site.path("");
    walkdir::WalkDir::new(&parent)
        .into_iter()
        .map(|e| e.unwrap().into_path())
        .filter(|p| p.is_file())
        .filter(|p| {
            !["public", ".daybrief"]
                .iter()
                .any(|f| p.starts_with(site.path(f)))
        })
        .map(|p| p.strip_prefix(&parent).unwrap().display().to_string())
        .collect()
}

#[track_caller]
fn assert_harmless_on_a_terminal(site: &TestSite, name: &str) {
    for args in [
        &["build"][..],
        &["check", "-v"],
        &["brief"],
        &["brief", "--format", "markdown"],
        &["brief", "--format", "json"],
        &["explain", "s-all"],
        &["explain", "id "],
    ] {
        let run = site.run(args).ends(0);
        for said in [&run.out, &run.err] {
            let acting = said.chars().find(|c| c.is_control() && *c != '\n');
            assert_eq!(acting, None, "{name}: {args:?} said {said:?}");
        }
    }
}

#[test]
fn hostile_texts_change_no_element() {
    // Hidden characters in a name are a signal: what holds them is compared with what
    // holds others, and everything else with a word.
    let shapes = ["harmless", "harm\u{200b}less"].map(|text| {
        let files = site(text).build().published();
        (session_pages(&files), vocabulary(&files))
    });
    let word = "w".repeat(5_000);
    for (name, payload) in PAYLOADS
        .iter()
        .copied()
        .chain([("long word", word.as_str())])
    {
        let (expected, words) = &shapes[usize::from(payload.contains('\u{200b}'))];
        let site = site(payload);
        let before = files_outside(&site);
        site.run(&["build"]).ends(0);
        if !payload.bytes().all(|b| matches!(b, b' '..=b'~')) {
            assert_harmless_on_a_terminal(&site, name);
        }
        assert_eq!(before, files_outside(&site), "{name}");
        let files = site.published();
        for path in files.keys() {
            let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_./".contains(&b);
            assert!(
                path.bytes().all(plain) && !path.contains(".."),
                "{name}: {path}"
            );
        }
        let pages = session_pages(&files);
        assert_eq!(expected.len(), pages.len(), "{name}");
        for (n, (expected, page)) in expected.iter().zip(&pages).enumerate() {
            let differs = expected.iter().zip(page).find(|(a, b)| a != b);
            assert!(
                expected == page,
                "{name}: the page of session {n} has {} elements, not {}; the first that differs: {differs:?}",
                page.len(),
                expected.len()
            );
        }
        let new: Vec<String> = vocabulary(&files).difference(words).cloned().collect();
        assert!(new.is_empty(), "{name}: {new:#?}");
    }
}
