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

pub(crate) fn copy(from: &TestSite, to: &TestSite, folder: &str) {
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

/// Ctrl-C and a polite end take nothing back and leave nothing behind.
#[cfg(unix)]
#[test]
fn interrupted_a_build_leaves_the_site_as_it_was() {
    let site = TestSite::new();
    snapshot(&site, 1, "src/auth/keys.rs");
    let site = site.build();
    let before = site.published();
    let sessions: Vec<String> = (0..3_000)
        .map(|n| stranger(&format!("m-{n}"), 2, "k-9", "drop.site.io"))
        .collect();
    let sessions: Vec<&str> = sessions.iter().map(String::as_str).collect();
    let site = site.snapshot("2026-11-03T06:00:00Z", &sessions);
    for signal in ["-INT", "-TERM"] {
        let mut build = Command::new(env!("CARGO_BIN_EXE_daybrief"))
            .arg("build")
            .current_dir(site.path(""))
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let has_begun = || {
            let names = site.names("public");
            let stage = names.iter().find(|n| n.starts_with(".daybrief-stage-"));
            stage.is_some_and(|stage| {
                site.path(&format!("public/{stage}/editions/2026-11-03T0600Z/session"))
                    .is_dir()
            })
        };
        let patience = Instant::now() + Duration::from_mins(2);
        while !has_begun() {
            assert!(Instant::now() < patience, "nothing is staged");
            assert_eq!(build.try_wait().unwrap(), None, "it was done too soon");
            std::thread::sleep(Duration::from_millis(2));
        }
        let sent = Command::new("kill")
            .args([signal, &build.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
        let output = build.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(130), "{signal}: {said}");
        assert!(said.contains("the site is as it was"), "{said}");
        assert_eq!(before, site.published(), "{signal}");
    }
}
