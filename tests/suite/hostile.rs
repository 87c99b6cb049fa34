//! Data never becomes markup: every text of a session, replaced by something hostile,
//! leaves pages with the same elements and attributes as a harmless text does, stands alone
//! where it stands, and can be read back from everything that is published.

use crate::dom::{Element, Page, is_page};
use crate::every_field::{full, texts};
use crate::harness::TestSite;
use daybrief::model::is_hidden;
use rayon::prelude::*;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const PAYLOADS: &[(&str, &str)] = &[
    ("image", "<img src=x onerror=alert(1)>"),
    ("attribute", "\"><svg/onload=alert(1)>"),
    ("single quotes", "'><b onmouseover='alert(1)"),
    ("no quotes", "x onfocus=alert(1) autofocus tabindex=1 `y`"),
    ("title", "</title><script>alert(1)</script>"),
    (
        "end of a script",
        "</script></style></textarea></bdi></svg><u>",
    ),
    ("comment", "--><!-- <![CDATA[ ]]> &lt;script&gt; &#x3c;"),
    ("address", "javascript:alert(1)"),
    ("other address", "data:text/html;base64,PHN2Zz4="),
    ("path", "../../index"),
    ("other path", "..\\..\\%2e%2e%2f/etc/x"),
    (
        "template",
        "{{ 7*7 }}{% include 'base.html' %}{# x #}{placeholder}${7*7}<%= 7 %>",
    ),
    ("markdown", "[x](javascript:alert(1)) `</code>` *a* # b | c"),
    ("formula", "=cmd|' /C calc'!A0"),
    ("other formula", "@SUM(1+1)*cmd|' /C calc'!A0"),
    ("wide formula", "\u{ff1d}1+1"),
    ("device", "CON"),
    ("device of Windows", "aux.html"),
    (
        "emoji",
        "\u{1f469}\u{1f3fd} \u{1f1eb}\u{1f1f7} \u{2764}\u{fe0f} e\u{301}\u{302}\u{303}",
    ),
    (
        "family of emoji",
        "\u{1f469}\u{200d}\u{1f469}\u{200d}\u{1f466}",
    ),
    ("separators", "a\u{2028}b\u{2029}c"),
    (
        "direction",
        "a\u{202e}b\u{200b}c\u{2066}d\u{feff}e\u{2028}f\u{2029}\u{e0041}",
    ),
    (
        "controls",
        "a\u{0}b\u{7}c\u{1b}[31md\u{9b}31me\u{7f}f\r\ng\th",
    ),
    (
        "link on a terminal",
        "\u{1b}]8;;https://x.example\u{7}y\u{1b}]8;;\u{7}",
    ),
    ("our own placeholder", "[secret: GitHub token \u{2026}9f3c]"),
    ("our own token", "\u{27e8}U+202E\u{27e9} \u{2026}[cut] ^["),
];

const FOLDER: &str = "editions/2026-11-22T0600Z/";

/// What is shown of a text: hidden characters as tokens, and no more than the limit.
fn shown(text: &str) -> String {
    let kept: String = text.chars().take(2_048).collect();
    let cut = if kept == text { "" } else { "\u{2026}[cut]" };
    let visible = |c: char| match c {
        c if is_hidden(c) => format!("\u{27e8}U+{:04X}\u{27e9}", c as u32),
        c => c.to_string(),
    };
    kept.chars().map(visible).collect::<String>() + cut
}

/// One session with all texts replaced, then one for each text, then one whose id is the text.
fn sessions(text: &str) -> Vec<Value> {
    let pointers = texts();
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

/// A built site in which one text stands everywhere.
struct Built {
    site: TestSite,
    files: BTreeMap<String, Vec<u8>>,
    pages: BTreeMap<String, Page>,
    /// Path of the page of each session, by its id.
    sessions: BTreeMap<String, String>,
}

impl Built {
    fn of(text: &str) -> Self {
        let lines: Vec<String> = sessions(text).iter().map(Value::to_string).collect();
        let site = TestSite::new();
        let head = json!({
            "format": "daybrief-snapshot", "version": 1, "taken_at": "2026-11-22T06:00:00Z",
            "sources": [{"name": text, "kind": text, "not_recorded": [text]}],
        });
        site.write(
            "data/snapshots/2026-11-22T0600Z.jsonl",
            format!("{head}\n{}\n", lines.join("\n")),
        );
        let before = files_outside(&site);
        let run = site.run(&["build"]).ends(0);
        assert!(!run.err.contains("quarantined"), "{}", run.err);
        assert_eq!(before, files_outside(&site));
        let files = site.published();
        let html: Vec<_> = files.iter().filter(|(path, _)| is_page(path)).collect();
        let parse = |(path, html): &(&String, &Vec<u8>)| ((*path).clone(), Page::parse(html));
        let pages = html.par_iter().map(parse).collect();
        let ledger = String::from_utf8(files[&format!("{FOLDER}ledger.jsonl")].clone()).unwrap();
        let rows = ledger.lines().map(|line| {
            let row: Value = serde_json::from_str(line).unwrap();
            let text = |name: &str| row[name].as_str().unwrap().to_owned();
            (text("id"), format!("{FOLDER}{}", text("page")))
        });
        Self {
            sessions: rows.collect(),
            site,
            files,
            pages,
        }
    }

    /// The page of each session: `id …` before `s-00` to `s-all`, whatever the text.
    fn shapes(&self) -> Vec<Vec<Element>> {
        let pages = self.sessions.values();
        pages.map(|path| shape(&self.pages[path])).collect()
    }

    /// Element and attribute names of the whole site, with the values of those attributes
    /// that act.
    fn vocabulary(&self) -> BTreeSet<String> {
        let mut words = BTreeSet::new();
        for element in self.pages.values().flat_map(shape) {
            words.insert(format!("<{}>", element.name));
            for (name, value) in &element.attributes {
                let value = match name.as_str() {
                    "id" | "class" | "role" | "http-equiv" | "src" | "rel" => value,
                    _ => "",
                };
                words.insert(format!("<{} {name}={value}>", element.name));
            }
        }
        words
    }
}

/// Elements of a page with their attributes; where a link leads is another test's matter.
fn shape(page: &Page) -> Vec<Element> {
    let mut elements = page.elements.clone();
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

/// Names that every system can write, and that mean nothing to any.
fn check_paths(built: &Built, name: &str) {
    let devices = ["con", "prn", "aux", "nul", "com1", "lpt1"];
    for path in built.files.keys() {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_./".contains(&b);
        assert!(
            path.bytes().all(plain) && !path.contains(".."),
            "{name}: {path}"
        );
        for part in path.split('/') {
            let stem = part.split('.').next().unwrap();
            assert!(
                !devices.contains(&stem) && !part.ends_with('.'),
                "{name}: {path}"
            );
        }
    }
}

fn check_shapes(built: &Built, expected: &[Vec<Element>], name: &str) {
    let pages = built.shapes();
    assert_eq!(expected.len(), pages.len(), "{name}");
    for (n, (expected, page)) in expected.iter().zip(&pages).enumerate() {
        let differs = expected.iter().zip(page).find(|(a, b)| a != b);
        assert!(
            expected == page,
            "{name}: the page of {:?} has {} elements, not {}; the first that differs: {differs:?}",
            n.checked_sub(1).and_then(|n| texts().into_iter().nth(n)),
            page.len(),
            expected.len()
        );
    }
}

/// What is on no page, but in the records: words that mean something or nothing (who decided,
/// the mode of what is no change of mode), and what tells a host or a key that has a name.
const UNSEEN: [&str; 10] = [
    "/events/0/by",
    "/events/0/mode",
    "/events/1/by",
    "/events/1/mode",
    "/events/2/by",
    "/events/2/mode",
    "/events/3/by",
    "/events/3/mode",
    "/host/address",
    "/key/kind",
];

/// Where a hint of a key belongs, a long text without a space is taken for the key itself.
const HINT: &str = "/key/hint";
const WHOLE_KEY: &str = "[secret: whole key";

/// A text stands in an element of its own, and all of it stands on its session's page.
fn check_values(built: &Built, text: &str, name: &str) {
    let shown = shown(text);
    if shown.len() > 8 {
        for (path, page) in &built.pages {
            let loose = page.words.iter().find(|words| words.contains(&shown));
            assert_eq!(loose, None, "{name}: {path}");
        }
    }
    let mut unseen = Vec::new();
    for (n, pointer) in texts().into_iter().enumerate() {
        let page = &built.pages[&built.sessions[&format!("s-{n:02}")]];
        let is_there = |value: &String| {
            value.contains(&shown) || (pointer == HINT && value.starts_with(WHOLE_KEY))
        };
        if !page.values.iter().any(is_there) {
            unseen.push(pointer);
        }
    }
    assert_eq!(unseen, UNSEEN, "{name}");
}

/// Programs read what was written: JSON Lines as it is, CSV as a person sees it.
fn check_data(built: &Built, text: &str, name: &str) {
    let kept: String = text.chars().take(2_048).collect();
    let kept = if kept == text {
        kept
    } else {
        kept + "\u{2026}[cut]"
    };
    let records =
        String::from_utf8(built.files[&format!("{FOLDER}records.jsonl")].clone()).unwrap();
    let records: Vec<Value> = records
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for pointer in texts() {
        let read = records[0]
            .pointer(&pointer)
            .and_then(Value::as_str)
            .unwrap();
        let is_masked = pointer == HINT && read.starts_with(WHOLE_KEY);
        assert!(read == kept || is_masked, "{name}: {pointer} is {read}");
    }
    let csv = String::from_utf8(built.files[&format!("{FOLDER}ledger.csv")].clone()).unwrap();
    let rows: Vec<Vec<String>> = csv.lines().map(cells).collect();
    assert_eq!(rows.len(), built.sessions.len() + 1, "{name}");
    assert!(rows.iter().all(|row| row.len() == rows[0].len()), "{name}");
    for cell in rows.iter().flatten() {
        let computed = cell.starts_with(['=', '+', '-', '@', '\u{ff1d}', '\t', '\r']);
        assert!(!computed || cell.parse::<f64>().is_ok(), "{name}: {cell}");
    }
}

/// The cells of a row in which no cell has a line break.
fn cells(row: &str) -> Vec<String> {
    let (mut cells, mut cell, mut is_quoted) = (Vec::new(), String::new(), false);
    let mut rest = row.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' if is_quoted && rest.peek() == Some(&'"') => {
                cell.push('"');
                rest.next();
            }
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => cells.push(std::mem::take(&mut cell)),
            c => cell.push(c),
        }
    }
    assert!(!is_quoted, "{row}");
    cells.push(cell);
    cells
}

fn check_terminal(site: &TestSite, name: &str) {
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
            let acting = said.chars().find(|c| *c != '\n' && is_hidden(*c));
            assert_eq!(acting, None, "{name}: {args:?} said {said:?}");
        }
    }
}

/// What a payload is compared with: hidden characters in a name are a signal, and so is what
/// says that a secret stood there.
const HARMLESS: [&str; 3] = [
    "harmless",
    "harm\u{200b}less",
    "[secret: GitHub token \u{2026}1a2b]",
];

fn like(payload: &str) -> usize {
    match payload {
        p if p.starts_with("[secret: ") => 2,
        p if p.contains(['\u{200b}', '\u{2028}']) => 1,
        _ => 0,
    }
}

#[test]
fn hostile_texts_change_nothing_but_themselves() {
    let harmless = HARMLESS.map(|text| {
        let built = Built::of(text);
        (built.shapes(), built.vocabulary())
    });
    let word = "w".repeat(5_000);
    for (name, payload) in PAYLOADS
        .iter()
        .copied()
        .chain([("long word", word.as_str())])
    {
        let (expected, words) = &harmless[like(payload)];
        let built = Built::of(payload);
        check_paths(&built, name);
        check_shapes(&built, expected, name);
        let new: Vec<String> = built.vocabulary().difference(words).cloned().collect();
        assert!(new.is_empty(), "{name}: {new:#?}");
        check_values(&built, payload, name);
        check_data(&built, payload, name);
        if !payload.bytes().all(|b| matches!(b, b' '..=b'~')) {
            check_terminal(&built.site, name);
        }
    }
}

/// A name that looks like a known one is told from it wherever it stands, and is another one.
#[test]
fn a_look_alike_is_marked_where_it_stands() {
    let alike = "\u{430}lice@company.com";
    let site = TestSite::new()
        .snapshot(
            "2026-11-22T06:00:00Z",
            &[
                r#"{"id":"a","user":"alice@company.com","host":"box","events":[{"kind":"read","path":"x"}]}"#,
                &format!(
                    r#"{{"id":"b","user":"{alike}","host":"box","events":[{{"kind":"read","path":"x"}}]}}"#
                ),
            ],
        )
        .build();
    let files = site.published();
    let users = files.keys().filter(|path| path.contains("/entity/user/"));
    assert_eq!(users.count(), 2, "they are not merged");
    let mark = "<span class=\"look-alike\">looks like <bdi>alice@company.com</bdi></span>";
    let shown = format!("<bdi>{alike}</bdi>");
    let mut places = 0;
    for (path, bytes) in files.iter().filter(|(path, _)| is_page(path)) {
        let page = String::from_utf8_lossy(bytes);
        for (at, _) in page.match_indices(&shown) {
            let after = page[at + shown.len()..].trim_start_matches("</a>");
            let after = after.trim_start();
            assert!(
                after.starts_with(mark),
                "{path}: {}",
                &after[..after.len().min(80)]
            );
            places += 1;
        }
    }
    assert!(places >= 6, "{places}");
    let page = files.keys().find(|path| path.contains("/session/b-"));
    let page = String::from_utf8_lossy(&files[page.unwrap()]);
    let line = page.split("bottom-line\">").nth(1).unwrap();
    let line = line.split("</p>").next().unwrap();
    assert!(line.contains(mark) && line.contains(&shown), "{line}");
}
