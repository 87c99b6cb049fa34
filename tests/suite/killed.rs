//! A build that is killed leaves a site that a reader can use, and the next one mends it.

#![expect(
    clippy::disallowed_methods,
    reason = "tests look at what was written, and change it"
)]

use crate::days::{INVENTORY, stranger};
use crate::harness::TestSite;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const KILLS: u32 = 200;

fn snapshot(site: &TestSite, day: u8, path: &str) {
    let session =
        stranger(&format!("s-{day}"), day, "k-9", "drop.site.io").replace("src/auth/keys.rs", path);
    let text = format!(
        "{{\"format\":\"daybrief-snapshot\",\"version\":1,\"taken_at\":\"2026-11-{:02}T06:00:00Z\"}}\n{session}\n",
        day + 1
    );
    site.write(&format!("data/snapshots/{day}.jsonl"), text);
}

/// Every link of every page leads to a file that is there.
pub(crate) fn broken_links(files: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let mut broken = Vec::new();
    for (path, bytes) in files {
        if Path::new(path).extension().is_none_or(|e| e != "html") {
            continue;
        }
        let text = String::from_utf8_lossy(bytes);
        let folder = Path::new(path).parent().unwrap();
        for attribute in ["href=\"", "src=\""] {
            for (at, _) in text.match_indices(attribute) {
                let rest = &text[at + attribute.len()..];
                let target = rest.split('"').next().unwrap();
                let target = target.split('#').next().unwrap();
                if target.is_empty() || target.contains(':') {
                    continue;
                }
                let mut parts: Vec<&str> = folder.iter().map(|p| p.to_str().unwrap()).collect();
                for part in target.split('/') {
                    match part {
                        ".." => {
                            parts.pop();
                        }
                        part => parts.push(part),
                    }
                }
                let target = parts.join("/");
                if !files.contains_key(&target) {
                    broken.push(format!("{path}: {target}"));
                }
            }
        }
    }
    broken
}

fn copy(from: &TestSite, to: &TestSite, folder: &str) {
    let _ = std::fs::remove_dir_all(to.path(folder));
    for entry in walkdir::WalkDir::new(from.path(folder)) {
        let entry = entry.unwrap();
        let inside = entry.path().strip_prefix(from.path("")).unwrap();
        if entry.file_type().is_file() {
            to.write(
                inside.to_str().unwrap(),
                std::fs::read(entry.path()).unwrap(),
            );
        }
    }
}

/// What a reader finds, without what a killed build had not moved yet.
fn readable(site: &TestSite) -> BTreeMap<String, Vec<u8>> {
    let all = site.published().into_iter();
    all.filter(|(path, _)| !path.starts_with(".daybrief-stage-"))
        .collect()
}

#[test]
fn killed_at_any_moment_a_build_leaves_a_whole_site() {
    let before = TestSite::new()
        .file("data/inventory.toml", INVENTORY)
        .file("daybrief.toml", "[archive]\npages_for = \"1d\"\n");
    (1..=2).for_each(|day| snapshot(&before, day, "src/auth/keys.rs"));
    let before = before.build();
    // One snapshot is new, one is corrected, and one edition becomes old.
    let change = |site: &TestSite| {
        snapshot(site, 3, "src/auth/keys.rs");
        snapshot(site, 2, "src/auth/other.rs");
    };
    let site = TestSite::new()
        .file("data/inventory.toml", INVENTORY)
        .file("daybrief.toml", "[archive]\npages_for = \"1d\"\n");
    snapshot(&site, 1, "src/auth/keys.rs");
    let reset = || {
        copy(&before, &site, "public");
        copy(&before, &site, ".daybrief");
        change(&site);
    };
    reset();
    let begun = Instant::now();
    site.run(&["build"]).ends(0);
    let (whole, takes) = (site.published(), begun.elapsed());
    let mut cut_short = 0;
    for n in 0..KILLS {
        reset();
        let mut child = Command::new(env!("CARGO_BIN_EXE_daybrief"))
            .arg("build")
            .current_dir(site.path(""))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Spread over the time a build takes, and a little more.
        std::thread::sleep(takes * n * 11 / (KILLS * 10) + Duration::from_micros(u64::from(n)));
        child.kill().unwrap();
        cut_short += u32::from(!child.wait().unwrap().success());
        let left = readable(&site);
        assert_eq!(broken_links(&left), Vec::<String>::new(), "kill {n}");
        assert!(left.contains_key("index.html"), "kill {n}");
        site.run(&["build"]).ends(0);
        let mended = site.published();
        let differ: Vec<&String> = whole
            .keys()
            .chain(mended.keys())
            .filter(|k| whole.get(*k) != mended.get(*k))
            .collect();
        assert!(differ.is_empty(), "kill {n}: {differ:?}");
    }
    assert!(
        cut_short > KILLS / 4,
        "{cut_short} of {KILLS} were cut short"
    );
}
