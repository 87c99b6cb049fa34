//! Every bound on what is read, from the program's own table: just below it, at it, just
//! above it. What is above costs what the table says, and is told.

use crate::harness::{Run, TestSite};
use daybrief::source::limits;
use serde_json::{Value, json};
use std::io::Write;

const HEAD: &str =
    r#"{"format":"daybrief-snapshot","version":1,"taken_at":"2026-11-22T06:00:00Z"}"#;
const FILE: &str = "data/snapshots/a.jsonl";

/// Builds a site of one record; what it said, and the records that were published.
fn built(record: &str) -> (Run, Vec<Value>) {
    let site = TestSite::new();
    site.write(FILE, format!("{HEAD}\n{record}\n"));
    let run = site.run(&["build"]).ends(0);
    let records = site.read("public/editions/2026-11-22T0600Z/records.jsonl");
    let records = records.lines().map(|l| serde_json::from_str(l).unwrap());
    (run, records.collect())
}

/// A record is kept whole up to the bound; above it is set aside.
#[track_caller]
fn sets_aside(most: usize, of: impl Fn(usize) -> Value, words: &str) {
    for (size, is_kept) in [(most - 1, true), (most, true), (most + 1, false)] {
        let (run, records) = built(&of(size).to_string());
        assert_eq!(records.len(), usize::from(is_kept), "{size}: {}", run.err);
        assert_eq!(run.err.contains(words), !is_kept, "{size}: {}", run.err);
    }
}

/// A record keeps so much of something and no more.
#[track_caller]
fn keeps(most: usize, of: impl Fn(usize) -> Value, kept: impl Fn(&Value) -> usize) {
    for (size, cut) in [(most - 1, 0), (most, 0), (most + 1, 1)] {
        let (run, records) = built(&of(size).to_string());
        assert_eq!(kept(&records[0]), size - cut, "{size}");
        let told = run.err.contains("at the limits");
        assert_eq!(told, cut > 0, "{size}: {}", run.err);
    }
}

#[test]
fn characters_of_a_text() {
    let of = |size: usize| json!({"id": "x", "events": [{"kind": "tool", "summary": "\u{e9}".repeat(size)}]});
    keeps(limits::TEXT_CHARS, of, |record| {
        let text = record["events"][0]["summary"].as_str().unwrap();
        text.matches('\u{e9}').count()
    });
}

#[test]
fn characters_of_an_id() {
    let of = |size: usize| json!({ "id": "\u{e9}".repeat(size) });
    sets_aside(limits::ID_CHARS, of, "longer than 256 characters");
}

#[test]
fn events_models_and_names() {
    let list = |item: Value| move |size: usize| Value::from(vec![item.clone(); size]);
    let events = list(json!({"kind": "read"}));
    keeps(
        limits::EVENTS,
        |size| json!({"id": "x", "events": events(size)}),
        |record| record["events"].as_array().unwrap().len(),
    );
    let models = list(json!("m"));
    keeps(
        limits::MODELS,
        |size| json!({"id": "x", "models": models(size)}),
        |record| record["models"].as_array().unwrap().len(),
    );
    let names = list(json!("n"));
    keeps(
        limits::LIST_ITEMS,
        |size| json!({"id": "x", "not_recorded": names(size)}),
        |record| record["not_recorded"].as_array().unwrap().len(),
    );
    keeps(
        limits::LIST_ITEMS,
        |size| json!({"id": "x", "events": [{"kind": "execute", "programs": names(size)}]}),
        |record| record["events"][0]["programs"].as_array().unwrap().len(),
    );
}

#[test]
fn years() {
    for (at, is_kept) in [
        ("1999-12-31T23:59:59.999999999Z", false),
        ("2000-01-01T00:00:00Z", true),
        ("2000-01-01T00:00:00.000000001Z", true),
        ("2099-12-31T23:59:59.999999999Z", true),
        ("2100-01-01T00:00:00Z", false),
        ("2000-01-01T01:00:00+02:00", false),
        ("9999-12-31T23:59:59Z", false),
        ("-009999-01-01T00:00:00Z", false),
        ("2026-11-22T06:00:60Z", true),
        ("2026-11-22 06:00:00Z", true),
        ("2026-11-22T06:00:00", false),
        ("2026-11-22", false),
        ("1763791200", false),
        ("", false),
    ] {
        for field in ["started_at", "last_seen_at", "ended_at"] {
            let (run, records) = built(&json!({"id": "x", field: at}).to_string());
            assert_eq!(records.len(), usize::from(is_kept), "{at}: {}", run.err);
            assert_eq!(run.err.contains("quarantined"), !is_kept, "{at}");
        }
        let event = json!({"id": "x", "events": [{"kind": "read", "at": at}]});
        assert_eq!(
            built(&event.to_string()).1.len(),
            usize::from(is_kept),
            "{at}"
        );
    }
}

/// A line at the bound is read; a longer one is passed over without being kept.
#[test]
fn bytes_of_a_line() {
    let record = |size: usize| {
        let around = r#"{"id":"x","more":""}"#.len();
        format!(r#"{{"id":"x","more":"{}"}}"#, "a".repeat(size - around))
    };
    for (size, is_kept) in [
        (limits::LINE_BYTES - 1, true),
        (limits::LINE_BYTES, true),
        (limits::LINE_BYTES + 1, false),
    ] {
        let site = TestSite::new();
        site.write(
            FILE,
            format!("{HEAD}\n{}\n{{\"id\":\"y\"}}\n", record(size)),
        );
        let run = site.run(&["check"]).ends(0);
        assert_eq!(run.err.contains("longer than"), !is_kept, "{}", run.err);
        let count = if is_kept {
            "2 sessions"
        } else {
            "1 session, 1 quarantined"
        };
        assert!(run.err.contains(count), "{}", run.err);
    }
}

#[test]
fn bytes_of_prose_and_inventory() {
    let most = limits::PROSE_BYTES as usize;
    for (size, is_read) in [(most - 1, true), (most, true), (most + 1, false)] {
        for file in ["content/method.md", "data/inventory.toml"] {
            let site = TestSite::sample();
            let begin = if file.starts_with("content") {
                "+++\ntitle = \"Method\"\n+++\n"
            } else {
                "# Nothing is declared.\n"
            };
            let rest = "\n".repeat(size - begin.len());
            site.write(file, format!("{begin}{rest}"));
            let run = site.run(&["check"]).ends(i32::from(!is_read));
            assert_eq!(run.err.contains("larger than"), !is_read, "{}", run.err);
        }
    }
}

/// A small archive of something endless ends in a clear error, and its memory is bounded.
#[test]
fn an_archive_that_never_ends_is_an_error() {
    let site = TestSite::sample().build();
    let before = site.published();
    // One line, so that it has to be taken for a document, and that is read whole.
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let part = vec![b' '; 1 << 20];
    for _ in 0..=limits::DOCUMENT_BYTES >> 20 {
        gzip.write_all(&part).unwrap();
    }
    let bomb = gzip.finish().unwrap();
    assert!(bomb.len() < 2_000_000);
    site.write("data/snapshots/2026-11-30T0600Z.json", &bomb);
    let run = site.run(&["build"]).ends(1);
    let told = run.err.contains("2026-11-30T0600Z.json") && run.err.contains("larger than");
    let told = told && run.err.contains("one session a line");
    assert!(told, "{}", run.err);
    assert_eq!(before, site.published());
}

/// The table on the method page is the one that holds.
#[test]
fn the_manual_has_the_table() {
    let page = TestSite::sample().build().read("public/method.html");
    for (what, _, then) in limits::TABLE {
        assert!(page.contains(what) && page.contains(then), "{what}");
    }
}
