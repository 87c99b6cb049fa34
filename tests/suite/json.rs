//! JSON as producers, crashes and attackers write it: what is done with each oddity is
//! written down in SECURITY.md, and held here. A session costs at most itself.

use crate::harness::TestSite;
use serde_json::Value;

const HEAD: &str =
    r#"{"format":"daybrief-snapshot","version":1,"taken_at":"2026-11-22T06:00:00Z"}"#;
const FILE: &str = "data/snapshots/a.jsonl";

/// What becomes of a session among two that are sound.
enum Then {
    /// It is read; this field of its record has this value.
    Read(&'static str, &'static str),
    /// It is set aside, and the message has these words.
    SetAside(&'static str),
}
use Then::{Read, SetAside};

fn lines(record: &[u8]) -> Vec<u8> {
    let sound = |id: &str| format!(r#"{{"id":"{id}"}}"#).into_bytes();
    [
        HEAD.as_bytes(),
        &sound("before"),
        record,
        &sound("after"),
        b"",
    ]
    .join(&b'\n')
}

#[track_caller]
fn check(name: &str, record: &[u8], then: &Then) {
    let site = TestSite::new();
    site.write(FILE, lines(record));
    let run = site.run(&["build"]).ends(0);
    let records = site.read("public/editions/2026-11-22T0600Z/records.jsonl");
    let records: Vec<Value> = records
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let place = format!("{FILE}:3:");
    match then {
        Read(field, value) => {
            assert_eq!(records.len(), 3, "{name}: {}", run.err);
            let found = &records[1][field];
            let found = found.as_str().map_or(found.to_string(), str::to_owned);
            assert_eq!(found, *value, "{name}");
            assert!(!run.err.contains(&place), "{name}: {}", run.err);
        }
        SetAside(words) => {
            assert_eq!(records.len(), 2, "{name}: {records:?}");
            let told = run.err.contains(&place) && run.err.contains(words);
            assert!(told, "{name}: {}", run.err);
        }
    }
}

#[test]
fn every_oddity_of_a_record_has_its_answer() {
    let deep = |levels: usize| {
        let (open, close) = ("[".repeat(levels), "]".repeat(levels));
        format!(r#"{{"id":"x","more":{open}{close}}}"#)
    };
    let (deepest, too_deep) = (deep(126), deep(127));
    let cases: &[(&str, &[u8], Then)] = &[
        ("a field twice", br#"{"id":"x","id":"y"}"#, SetAside("duplicate field `id`")),
        ("a field of an object twice", br#"{"id":"x","user":{"name":"a","name":"b"}}"#, SetAside("duplicate field `name`")),
        ("an unknown field twice", br#"{"id":"x","more":1,"more":2}"#, Read("more", "2")),
        ("half of a surrogate pair", br#"{"id":"x\ud83d","host":"h"}"#, Read("id", "x\u{fffd}")),
        ("halves in the wrong order", br#"{"id":"x","host":"\ude00\ud83d"}"#, Read("id", "x")),
        ("a whole pair", br#"{"id":"x\ud83d\ude00"}"#, Read("id", "x\u{1f600}")),
        ("bytes that are not UTF-8", b"{\"id\":\"x\xff\xfe\"}", Read("id", "x\u{fffd}\u{fffd}")),
        ("an overlong form", b"{\"id\":\"x\xc0\xaf\"}", Read("id", "x\u{fffd}\u{fffd}")),
        ("a byte order mark", b"\xef\xbb\xbf{\"id\":\"x\"}", SetAside("expected value")),
        ("an escaped NUL", br#"{"id":"x\u0000"}"#, Read("id", "x\0")),
        ("a NUL as it is", b"{\"id\":\"x\0\"}", SetAside("control character")),
        ("a line of NULs", b"\0\0\0\0\0\0\0\0", SetAside("expected value")),
        ("a tab in a text", b"{\"id\":\"x\ty\"}", SetAside("control character")),
        ("a carriage return at the end", b"{\"id\":\"x\"}\r", Read("id", "x")),
        ("a number without end", br#"{"id":"x","cost_usd":1e400}"#, SetAside("number out of range")),
        ("money that nobody has", br#"{"id":"x","cost_usd":1e300}"#, SetAside("cost_usd")),
        ("an unknown number without end", br#"{"id":"x","more":1e400}"#, Read("id", "x")),
        ("a count beyond 64 bits", br#"{"id":"x","events":[{"bytes":18446744073709551616}]}"#, SetAside("whole number")),
        ("the last count of 64 bits", br#"{"id":"x","events":[{"kind":"request","bytes":18446744073709551615}]}"#, Read("id", "x")),
        ("a count with a fraction of nothing", br#"{"id":"x","events":[{"bytes":5.0},{"bytes":5e3}]}"#, Read("id", "x")),
        ("a count with a fraction", br#"{"id":"x","events":[{"bytes":5.5}]}"#, SetAside("whole number")),
        ("a negative count", br#"{"id":"x","events":[{"bytes":-5}]}"#, SetAside("whole number")),
        ("negative nothing", br#"{"id":"x","events":[{"bytes":-0}]}"#, Read("id", "x")),
        ("not a number", br#"{"id":"x","cost_usd":NaN}"#, SetAside("expected value")),
        ("infinity", br#"{"id":"x","cost_usd":-Infinity}"#, SetAside("invalid number")),
        ("a number with a zero before it", br#"{"id":"x","cost_usd":01}"#, SetAside("invalid number")),
        ("something after it", br#"{"id":"x"} more"#, SetAside("trailing characters")),
        ("two on one line", br#"{"id":"x"}{"id":"y"}"#, SetAside("trailing characters")),
        ("a comma too many", br#"{"id":"x",}"#, SetAside("trailing comma")),
        ("a comment", br#"{"id":"x" /* y */}"#, SetAside("expected `,` or `}`")),
        ("single quotes", br"{'id':'x'}", SetAside("key must be a string")),
        ("a torn record", br#"{"id":"x","us"#, SetAside("EOF while parsing")),
        ("a list", br#"["x"]"#, SetAside("invalid type")),
        ("null", b"null", SetAside("invalid type")),
        ("null in every place", br#"{"id":"x","status":null,"user":null,"host":null,"models":null,"events":null,"cost_usd":null,"workspace":null,"not_recorded":null}"#, Read("id", "x")),
        ("a number for a text", br#"{"id":7}"#, SetAside("invalid type")),
        ("as deep as may be", deepest.as_bytes(), Read("id", "x")),
        ("one level deeper", too_deep.as_bytes(), Read("more", "null")),
        ("a name that means something elsewhere", br#"{"id":"__proto__","constructor":1,"\u0000":2}"#, Read("id", "__proto__")),
    ];
    for (name, record, then) in cases {
        check(name, record, then);
    }
}

/// What is no text is replaced, said once, and said where it can be mended.
#[test]
fn what_is_no_text_is_told() {
    let site = TestSite::new();
    site.write(FILE, lines(b"{\"id\":\"x\xff\"}"));
    let run = site.run(&["check"]).ends(0);
    assert_eq!(run.err.matches("U+FFFD").count(), 1, "{}", run.err);
    site.write(FILE, lines(b"{\"id\":\"x\"}"));
    assert!(!site.run(&["check"]).ends(0).err.contains("U+FFFD"));
}

fn document() -> String {
    HEAD.replace('}', r#","sessions":[{"id":"x"},{"id":"y"}]}"#)
}

#[test]
fn oddities_that_cost_no_file() {
    let lines = [HEAD.as_bytes(), b"\n{\"id\":\"x\"}\n"].concat();
    let text = String::from_utf8(lines.clone()).unwrap();
    let mark = b"\xef\xbb\xbf".as_slice();
    let document = document().into_bytes();
    let (begin, end) = document.split_at(document.len() - 5);
    let broken = [begin, b"\xff", &end[1..]].concat();
    for (name, bytes, sessions) in [
        ("lines", lines.clone(), 1),
        ("lines with a byte order mark", [mark, &lines].concat(), 1),
        ("a document", document.clone(), 2),
        (
            "a document with a byte order mark",
            [mark, &document].concat(),
            2,
        ),
        ("a document with bytes that are not UTF-8", broken, 2),
        ("no last line feed", text.trim_end().as_bytes().to_vec(), 1),
        (
            "lines of another system",
            text.replace('\n', "\r\n").into_bytes(),
            1,
        ),
        (
            "a head with half of a surrogate pair",
            text.replacen('{', r#"{"sources":[{"name":"a\ud83d"}],"#, 1)
                .into_bytes(),
            1,
        ),
        (
            "a head with bytes that are not UTF-8",
            [b"{\"by\xff\":1,".as_slice(), &lines[1..]].concat(),
            1,
        ),
        ("empty lines", [&lines, b"\n\n  \n".as_slice()].concat(), 1),
        ("NULs of a crash", [&lines, [0; 64].as_slice()].concat(), 1),
    ] {
        let site = TestSite::new();
        site.write(FILE, bytes);
        site.run(&["build"]).ends(0);
        let records = site.read("public/editions/2026-11-22T0600Z/records.jsonl");
        assert_eq!(records.lines().count(), sessions, "{name}");
    }
}

#[test]
fn oddities_that_cost_a_file() {
    let wide = |mark: [u8; 2], unit: fn(u8) -> [u8; 2]| {
        let text = HEAD.bytes().flat_map(unit);
        mark.into_iter().chain(text).collect::<Vec<u8>>()
    };
    let head = |from: &str, to: &str| HEAD.replacen(from, to, 1).into_bytes();
    let document = document();
    for (name, bytes, words) in [
        ("UTF-16", wide([0xff, 0xfe], |b| [b, 0]), "UTF-16"),
        (
            "UTF-16 with the other end first",
            wide([0xfe, 0xff], |b| [0, b]),
            "UTF-16",
        ),
        ("nothing", Vec::new(), "not a snapshot"),
        ("white space", b" \n \n".to_vec(), "not a snapshot"),
        ("null", b"null".to_vec(), "not a snapshot"),
        ("a list", b"[]".to_vec(), "not a snapshot"),
        (
            "fields in order",
            br#"["daybrief-snapshot",1,"2026-11-22T06:00:00Z"]"#.to_vec(),
            "not a snapshot",
        ),
        (
            "a text",
            b"\"daybrief-snapshot\"".to_vec(),
            "not a snapshot",
        ),
        (
            "something after it",
            format!("{document}x").into_bytes(),
            "trailing characters",
        ),
        (
            "a torn document",
            document.as_bytes()[..document.len() - 3].to_vec(),
            "EOF",
        ),
        (
            "sessions that are no list",
            head("}", r#","sessions":{}}"#),
            "expected a sequence",
        ),
        (
            "a head with a field twice",
            head("}", r#","version":1}"#),
            "duplicate field",
        ),
        ("a head with NaN", head(":1,", ":NaN,"), "not a snapshot"),
        (
            "a version beyond all",
            head(":1,", ":99999999999999999999,"),
            "not a snapshot",
        ),
        (
            "bytes of another kind",
            (0..=255).collect(),
            "not a snapshot",
        ),
    ] {
        let site = TestSite::new();
        site.write(FILE, bytes);
        let said = site.run(&["build"]).ends(1).err;
        let told = said.contains(FILE) && said.contains(words) && said.contains("mend: ");
        assert!(told, "{name}: {said}");
        assert!(!site.path("public/index.html").exists(), "{name}");
    }
}
