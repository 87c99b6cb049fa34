//! What the world does to the program: files that cannot be read, readers that go away, disks
//! that are full. Each ends in a clear message and an exit code, and takes nothing from the
//! published site.

#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "tests lay out what cannot be read, and say where they cannot"
)]

use crate::harness::TestSite;
use std::fs;
use std::io::Read;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::{Command, Stdio};

fn site() -> TestSite {
    TestSite::new()
        .file("data/inventory.toml", "# Nothing is declared.\n")
        .snapshot("2026-11-22T06:00:00Z", &[r#"{"id":"a"}"#])
}

/// Builds a site, does something to it, and expects that the next build says these words.
#[track_caller]
fn check(what: &str, spoil: impl FnOnce(&TestSite), words: &[&str]) {
    let site = site().build();
    let before = site.published();
    spoil(&site);
    for args in [&["build"][..], &["check"]] {
        let run = site.run(args).ends(1);
        for words in words {
            assert!(run.err.contains(words), "{what}: {args:?}: {}", run.err);
        }
    }
    assert_eq!(before, site.published(), "{what}");
}

#[test]
fn what_cannot_be_read_is_an_error() {
    let name = "data/snapshots/2026-11-30T0600Z.jsonl";
    let cannot = "2026-11-30T0600Z.jsonl";
    check(
        "a link that leads nowhere",
        |site| symlink("nowhere", site.path(name)).unwrap(),
        &[cannot],
    );
    check(
        "a link that leads to itself",
        |site| symlink(cannot, site.path(name)).unwrap(),
        &[cannot],
    );
    check(
        "a folder that holds itself",
        |site| symlink("..", site.path("data/snapshots/more")).unwrap(),
        &["loop"],
    );
    check(
        "a pipe",
        |site| {
            let made = Command::new("mkfifo").arg(site.path(name)).status();
            assert!(made.unwrap().success());
        },
        &[cannot, "not a regular file"],
    );
    check(
        "a damaged archive",
        |site| site.write(name, b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03garbage"),
        &[cannot],
    );
    check(
        "a folder for an inventory",
        |site| {
            site.remove("data/inventory.toml");
            fs::create_dir(site.path("data/inventory.toml")).unwrap();
        },
        &["data/inventory.toml", "mend: "],
    );
    check(
        "prose that is no text",
        |site| site.write("content/method.md", [0xff, 0xfe, 0x00]),
        &["content/method.md", "UTF-8"],
    );
}

/// Whoever may read everything cannot be kept from it.
#[test]
fn what_may_not_be_read_is_an_error() {
    let site = site().build();
    let before = site.published();
    let name = "data/snapshots/2026-11-30T0600Z.jsonl";
    site.write(name, "{}");
    fs::set_permissions(site.path(name), fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(site.path(name)).is_err() {
        let run = site.run(&["build"]).ends(1);
        let told = run.err.contains(name) && run.err.contains("ermission denied");
        assert!(told, "{}", run.err);
        assert_eq!(before, site.published());
    } else {
        println!("this test says nothing to a user who may read everything");
    }
}

/// A link to a snapshot is as good as the snapshot.
#[test]
fn links_to_snapshots_are_followed() {
    let site = site();
    let folder = site.path("data/snapshots");
    let first = site.names("data/snapshots")[0].clone();
    fs::create_dir(site.path("store")).unwrap();
    fs::rename(folder.join(&first), site.path("store").join(&first)).unwrap();
    symlink(site.path("store").join(&first), folder.join(&first)).unwrap();
    let plain = self::site().build().published();
    assert_eq!(plain, site.build().published());
}

/// `| head` has seen enough, which is no failure.
#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let site = site();
    for args in [&["brief"][..], &["brief", "--format", "json"], &["man"]] {
        let mut run = Command::new(env!("CARGO_BIN_EXE_daybrief"))
            .args(args)
            .current_dir(site.path(""))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(run.stdout.take());
        let mut said = String::new();
        run.stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        let code = run.wait().unwrap().code();
        assert_eq!(code, Some(0), "{args:?}: {said}");
        assert!(
            !said.contains("panicked") && !said.contains("error"),
            "{said}"
        );
    }
}

/// Messages that nobody can read stop no build.
#[test]
fn messages_that_nobody_reads_stop_nothing() {
    let site = site();
    let mut run = Command::new(env!("CARGO_BIN_EXE_daybrief"))
        .arg("build")
        .current_dir(site.path(""))
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(run.stderr.take());
    assert_eq!(run.wait().unwrap().code(), Some(0));
    assert!(site.path("public/index.html").is_file());
}

#[cfg(target_os = "linux")]
#[test]
fn a_result_that_cannot_be_written_is_a_failure() {
    let site = site();
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let run = Command::new(env!("CARGO_BIN_EXE_daybrief"))
        .arg("brief")
        .current_dir(site.path(""))
        .stdout(full)
        .output()
        .unwrap();
    let said = String::from_utf8(run.stderr).unwrap();
    assert_eq!(run.status.code(), Some(1));
    assert!(said.contains("No space left on device"), "{said}");
}
