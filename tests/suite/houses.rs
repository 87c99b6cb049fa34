//! Who may know whom: the direction of imports between the stages, as `lib.rs` draws them.

#![expect(
    clippy::disallowed_methods,
    reason = "the test reads the program's text"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Each module with what it may name of ours. `a::b` allows only that part of `a`.
const MAY_NAME: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("diagnostic", &[]),
    ("digest", &[]),
    // An importer masks secrets before it writes a snapshot.
    (
        "source",
        &["model", "diagnostic", "digest", "normalise::redact"],
    ),
    (
        "normalise",
        &["source::limits", "source::snapshot", "model", "diagnostic"],
    ),
    ("history", &["model"]),
    ("assess", &["model", "history"]),
    (
        "reading",
        &[
            "source::limits",
            "source::snapshot",
            "normalise",
            "assess",
            "model",
            "diagnostic",
        ],
    ),
    ("relate", &["assess", "history", "model", "reading"]),
    (
        "render",
        &[
            "relate",
            "assess",
            "history",
            "model",
            "normalise::redact",
            "reading",
            "source::content",
            "source::files",
            "source::limits",
            "diagnostic",
            "digest",
        ],
    ),
    ("store", &["assess::signals"]),
    (
        "site",
        &[
            "assess",
            "diagnostic",
            "digest",
            "model",
            "normalise",
            "render",
            "source",
            "store",
        ],
    ),
    (
        "walk",
        &[
            "assess",
            "diagnostic",
            "history",
            "model",
            "reading",
            "relate",
            "site",
            "source",
            "store",
        ],
    ),
    (
        "preview",
        &[
            "assess::signals",
            "diagnostic",
            "model",
            "reading",
            "relate",
            "render",
            "site",
            "source::files",
            "store",
            "walk",
        ],
    ),
    ("serve", &["render::html"]),
    (
        "watch",
        &[
            "diagnostic",
            "model",
            "normalise::redact",
            "preview",
            "render",
            "serve",
            "source",
        ],
    ),
    (
        "publish",
        &[
            "assess",
            "diagnostic",
            "digest",
            "model",
            "normalise::redact",
            "reading",
            "render",
            "site",
            "walk",
        ],
    ),
    (
        "cli",
        &[
            "assess",
            "diagnostic",
            "model",
            "normalise",
            "preview",
            "publish",
            "relate",
            "render",
            "serve",
            "site",
            "source",
            "store",
            "watch",
        ],
    ),
];

/// Every `crate::a::b` in a module, outside comments and unit tests: path and place.
fn named(text: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for (n, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("#[cfg(test)]") {
            break;
        }
        if line.trim_start().starts_with("//") {
            continue;
        }
        for (at, _) in line.match_indices("crate::") {
            let path: String = line[at + "crate::".len()..]
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ':'))
                .collect();
            assert!(
                !path.is_empty(),
                "line {}: name the module after crate::, one a line",
                n + 1
            );
            found.push((path, n + 1));
        }
    }
    found
}

fn allowed(rules: &[&str], path: &str) -> bool {
    rules.iter().any(|rule| {
        path.strip_prefix(rule)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    })
}

#[test]
fn imports_follow_the_pipeline() {
    let rules: BTreeMap<&str, &[&str]> = MAY_NAME.iter().copied().collect();
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    let mut used: BTreeSet<(String, String)> = BTreeSet::new();
    for entry in walkdir::WalkDir::new(&src).sort_by_file_name() {
        let path = entry.unwrap().into_path();
        let inside = path
            .strip_prefix(&src)
            .unwrap()
            .to_str()
            .unwrap()
            .replace('\\', "/");
        let is_test = ["tests.rs", "testing.rs"]
            .iter()
            .any(|t| inside.ends_with(t));
        if path.extension().is_none_or(|e| e != "rs")
            || is_test
            || ["lib.rs", "main.rs"].contains(&inside.as_str())
        {
            continue;
        }
        let house = inside.split(['/', '.']).next().unwrap();
        let rules = rules
            .get(house)
            .unwrap_or_else(|| panic!("{house} has no rule: say in MAY_NAME what it may name"));
        for (name, line) in named(&fs::read_to_string(&path).unwrap()) {
            if name == house || name.starts_with(&format!("{house}::")) {
                continue;
            }
            match rules.iter().find(|r| allowed(&[**r], &name)) {
                Some(rule) => {
                    used.insert((house.to_owned(), (*rule).to_owned()));
                }
                None => wrong.push(format!("src/{inside}:{line} names {name}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    // A permission that nobody uses is a door left open.
    let unused: Vec<String> = MAY_NAME
        .iter()
        .flat_map(|(house, rules)| rules.iter().map(move |r| (*house, *r)))
        .filter(|(house, rule)| !used.contains(&((*house).to_owned(), (*rule).to_owned())))
        .map(|(house, rule)| format!("{house} -> {rule}"))
        .collect();
    assert!(unused.is_empty(), "not needed: {unused:#?}");
}
