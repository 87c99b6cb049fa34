//! What a build leaves when the disk fails it, a page faults, or it is told to stop.

use super::{Options, Stopped, disk, verify};
use crate::render::planted;
use crate::site::Site;
use crate::store::Store;
use anyhow::Result;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Faults strike whoever builds: one test at a time does.
fn alone() -> impl Drop {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn snapshot(root: &Path, day: u8, file: &str) {
    snapshot_of(root, 11, day, file);
}

fn snapshot_of(root: &Path, month: u8, day: u8, file: &str) {
    let text = format!(
        r#"{{"format":"daybrief-snapshot","version":1,"taken_at":"2026-{month:02}-{day:02}T06:00:00Z"}}
{{"id":"s-{day}","user":"unknown","host":"10.0.0.9","key":"k-9","events":[{{"kind":"read","path":"{file}"}}]}}"#
    );
    write(root, &format!("data/snapshots/{month}-{day}.jsonl"), &text);
}

fn build(root: &Path) -> Result<super::Built> {
    build_with(root, &|| false)
}

fn build_with(root: &Path, stops: &(dyn Fn() -> bool + Sync)) -> Result<super::Built> {
    make(root, false, stops)
}

fn rebuild(root: &Path) -> Result<super::Built> {
    make(root, true, &|| false)
}

fn make(root: &Path, rebuild_all: bool, stops: &(dyn Fn() -> bool + Sync)) -> Result<super::Built> {
    let site = Site::load(root, Store::write(root)).unwrap();
    super::build(
        &site,
        &Options {
            out: root.join("public"),
            rebuild_all,
            strict: false,
            progress: &|_, _, _| {},
            pages: &|_| {},
            stops,
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

/// The site before, and with one snapshot added and one of the month before corrected.
fn site(root: &Path) {
    write(root, "data/inventory.toml", "[[keys]]\nname = \"k-ann\"\n");
    write(root, "public/mine.txt", "kept");
    for (month, day) in [(10, 30), (10, 31), (11, 2)] {
        snapshot_of(root, month, day, "src/auth/keys.rs");
    }
    build(root).unwrap();
    write(
        root,
        "public/editions/2026-11-02T0600Z/mine.txt",
        "kept too",
    );
    snapshot_of(root, 10, 31, "src/auth/other.rs");
    snapshot(root, 3, "src/auth/keys.rs");
}

fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from).min_depth(1) {
        let entry = entry.unwrap();
        let to = to.join(entry.path().strip_prefix(from).unwrap());
        if entry.file_type().is_dir() {
            std::fs::create_dir(to).unwrap();
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

#[test]
fn whichever_call_fails_the_site_is_whole_and_the_next_build_mends_it() {
    let _alone = alone();
    let (before, undisturbed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    site(before.path());
    copy(before.path(), undisturbed.path());
    build(undisturbed.path()).unwrap();
    let whole = published(undisturbed.path());
    let mut calls = 0;
    loop {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        copy(before.path(), root);
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
        // One more that comes to nothing takes nothing of what is to be mended.
        let stopped = build_with(root, &|| true).unwrap_err();
        assert!(stopped.is::<Stopped>(), "call {calls}: {stopped:#}");
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

/// An edition of the site that is made anew as a whole is not half of it when that broke off.
#[test]
fn a_rebuild_that_broke_off_leaves_one_chain() {
    let _alone = alone();
    let (before, mut calls) = (tempfile::tempdir().unwrap(), 0);
    site(before.path());
    build(before.path()).unwrap();
    write(
        before.path(),
        "data/inventory.toml",
        "[[keys]]\nname = \"k-9\"\n",
    );
    loop {
        let folder = tempfile::tempdir().unwrap();
        copy(before.path(), folder.path());
        disk::arm(Some(calls));
        let result = rebuild(folder.path());
        if !disk::arm(None) {
            result.unwrap();
            break;
        }
        build(folder.path()).unwrap_or_else(|e| panic!("call {calls}: {e:#}"));
        let found = verify(&folder.path().join("public")).unwrap();
        let faults = found
            .faults
            .iter()
            .filter(|(path, _)| !path.ends_with("mine.txt"));
        assert_eq!(faults.count(), 0, "call {calls}: {:?}", found.faults);
        calls += 9;
    }
    assert!(calls > 60, "only {calls} calls");
}

fn site_of_faults(root: &Path) -> BTreeMap<String, Vec<u8>> {
    for day in 11..=12 {
        snapshot(root, day, "src/auth/keys.rs");
    }
    build(root).unwrap();
    let before = published(root);
    snapshot(root, 13, "src/auth/other.rs");
    before
}

#[test]
fn a_fault_in_one_page_is_told_and_leaves_the_site_as_it_was() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let before = site_of_faults(root);
    for page in [
        "session/s-13-",
        "entity/host/",
        "changes.html",
        "ledger.csv",
        "archive-2026-11.html",
    ] {
        planted::plant(page);
        let result = build(root);
        planted::plant("");
        let said = format!("{:#}", result.unwrap_err());
        let named = said.contains(page) && said.contains("a fault of the program");
        assert!(named && said.contains("planted in"), "{said}");
        assert_eq!(before, published(root), "{page}");
    }
    build(root).unwrap();
    assert_ne!(before, published(root));
}

#[test]
fn a_build_that_is_told_to_stop_leaves_the_site_as_it_was() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let before = site_of_faults(root);
    let mut pages = 0;
    loop {
        let asked = AtomicUsize::new(0);
        let result = build_with(root, &|| asked.fetch_add(1, Ordering::SeqCst) >= pages);
        match result {
            Ok(_) => break,
            Err(error) => assert!(error.is::<Stopped>(), "{error:#}"),
        }
        assert_eq!(before, published(root), "after {pages} pages");
        pages += 1;
    }
    assert!(pages > 10, "it was asked {pages} times only");
    assert_ne!(before, published(root));
}
