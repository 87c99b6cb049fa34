//! What a build leaves when the disk fails it.

use super::{Options, disk, verify};
use crate::site::Site;
use crate::store::Store;
use anyhow::Result;
use std::collections::BTreeMap;
use std::path::Path;

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn snapshot(root: &Path, day: u8, file: &str) {
    let text = format!(
        r#"{{"format":"daybrief-snapshot","version":1,"taken_at":"2026-11-{day:02}T06:00:00Z"}}
{{"id":"s-{day}","user":"unknown","host":"10.0.0.9","key":"k-9","events":[{{"kind":"read","path":"{file}"}}]}}"#
    );
    write(root, &format!("data/snapshots/{day}.jsonl"), &text);
}

fn build(root: &Path) -> Result<super::Built> {
    let site = Site::load(root, Store::write(root)).unwrap();
    super::build(
        &site,
        &Options {
            out: root.join("public"),
            rebuild_all: false,
            strict: false,
            progress: &|_, _, _| {},
            pages: &|_| {},
        },
    )
}

fn published(root: &Path) -> BTreeMap<String, Vec<u8>> {
    walkdir::WalkDir::new(root.join("public"))
        .into_iter()
        .flatten()
        .filter(|e| e.file_type().is_file())
        .map(|e| {
            let inside = e.path().strip_prefix(root).unwrap();
            (
                inside.display().to_string(),
                std::fs::read(e.path()).unwrap(),
            )
        })
        .collect()
}

/// The site before, which one snapshot is added to and one corrected in.
fn site(root: &Path) {
    write(root, "data/inventory.toml", "[[keys]]\nname = \"k-ann\"\n");
    write(root, "public/mine.txt", "kept");
    for day in 1..=2 {
        snapshot(root, day, "src/auth/keys.rs");
    }
    build(root).unwrap();
    write(
        root,
        "public/editions/2026-11-02T0600Z/mine.txt",
        "kept too",
    );
    snapshot(root, 2, "src/auth/other.rs");
    snapshot(root, 3, "src/auth/keys.rs");
}

#[test]
fn whichever_call_fails_the_site_is_whole_and_the_next_build_mends_it() {
    let undisturbed = tempfile::tempdir().unwrap();
    site(undisturbed.path());
    build(undisturbed.path()).unwrap();
    let whole = published(undisturbed.path());
    let mut calls = 0;
    loop {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        site(root);
        disk::arm(Some(calls));
        let result = build(root);
        let failed = disk::arm(None);
        if !failed {
            result.unwrap();
            break;
        }
        // Either the old pages or the new ones stand there, each as its manifest says.
        if let Err(e) = &result {
            let said = format!("{e:#}");
            assert!(said.contains("no space left on device"), "{said}");
        }
        let left = published(root);
        for page in ["public/index.html", "public/mine.txt"] {
            assert!(left.contains_key(page), "call {calls}: {page}");
        }
        assert_eq!(
            left.get("public/editions/2026-11-02T0600Z/mine.txt")
                .map(Vec::as_slice),
            Some(b"kept too".as_slice()),
            "call {calls}"
        );
        build(root).unwrap_or_else(|e| panic!("call {calls}: {e:#}"));
        let mended = published(root);
        let names = whole.keys().chain(mended.keys());
        let differ: Vec<&String> = names.filter(|n| whole.get(*n) != mended.get(*n)).collect();
        assert!(differ.is_empty(), "call {calls}: {differ:?}");
        calls += 1;
    }
    assert!(calls > 60, "only {calls} calls");
    let found = verify(&undisturbed.path().join("public")).unwrap();
    let extra: Vec<&str> = found.faults.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(extra, ["editions/2026-11-02T0600Z/mine.txt", "mine.txt"]);
}
