//! Counts read as English where there is one of a thing.

use crate::harness::TestSite;
use crate::page::Page;
use std::path::Path;

/// Words that may not follow a one.
const PLURALS: &[&str] = &[
    "sessions",
    "users",
    "hosts",
    "events",
    "entities",
    "rows",
    "files",
    "leads",
    "windows",
    "editions",
    "models",
    "records",
    "duplicates",
    "texts",
    "fields",
    "pages",
    "facts",
    "known users",
    "linked entities",
    "earlier sessions",
    "other sessions",
    "are",
    "more rows",
];

#[test]
fn one_of_everything_is_said_in_the_singular() {
    let site = TestSite::new()
        .file(
            "data/inventory.toml",
            "[[hosts]]\nname = \"desk\"\nclass = \"developer\"\n[[keys]]\nname = \"k-1\"\n",
        )
        .snapshot(
            "2026-11-21T06:00:00Z",
            &[r#"{"id":"a","status":"ended","started_at":"2026-11-20T09:00:00Z","ended_at":"2026-11-20T09:10:00Z","user":"mo","host":"desk","key":"k-9","events":[{"at":"2026-11-20T09:01:00Z","kind":"read","path":".env"}]}"#],
        )
        .snapshot(
            "2026-11-22T06:00:00Z",
            &[r#"{"id":"b","status":"ended","started_at":"2026-11-21T09:00:00Z","ended_at":"2026-11-21T09:10:00Z","user":"mo","host":"desk","key":"k-9","events":[{"at":"2026-11-21T09:01:00Z","kind":"read","path":".env"},{"at":"2026-11-21T09:02:00Z","kind":"request","destination":"203.0.113.7","method":"POST","bytes":1}]}"#],
        )
        .build();
    let mut pages = 0;
    let mut found = Vec::new();
    for (path, bytes) in site.published() {
        let is_page = Path::new(&path).extension().is_some_and(|e| e == "html");
        if !is_page || path == "method.html" {
            continue;
        }
        pages += 1;
        for block in Page::new(std::str::from_utf8(&bytes).unwrap()).blocks {
            let words: Vec<&str> = block
                .text
                .split([' ', '('])
                .map(|w| w.trim_matches(['.', ',', ';', ':', ')']))
                .collect();
            for pair in words.windows(3) {
                let two = format!("{} {}", pair[1], pair[2]);
                let wrong =
                    pair[0] == "1" && (PLURALS.contains(&pair[1]) || PLURALS.contains(&&*two));
                if wrong {
                    found.push(format!("{path}: {}", block.text));
                }
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
    assert!(pages > 20, "{pages}");
    for args in [&["brief"][..], &["check"]] {
        let run = site.run(args).ends(0);
        let text = run.out + &run.err;
        assert!(
            !text.contains("1 sessions") && !text.contains("1 leads"),
            "{text}"
        );
        assert!(!text.contains("1 known users"), "{text}");
    }
}

#[test]
fn two_builds_of_the_sample_are_the_same_bytes() {
    let one = TestSite::sample();
    one.run_with(&["build"], &[("RAYON_NUM_THREADS", "1")])
        .ends(0);
    let many = TestSite::sample().build();
    let (one, many) = (one.published(), many.published());
    assert!(one.keys().eq(many.keys()));
    let differing: Vec<&String> = one
        .iter()
        .filter(|(path, bytes)| many[*path] != **bytes)
        .map(|(path, _)| path)
        .collect();
    assert!(differing.is_empty(), "{differing:?}");
}
