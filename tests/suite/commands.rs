//! What every command says, and how it ends.

use crate::harness::TestSite;
use serde_json::Value;
use std::process::{Command, Stdio};

/// A site with one lead and several sessions whose ids begin alike.
fn site() -> TestSite {
    let site = TestSite::new();
    site.run(&["init"]).ends(0);
    site.snapshot(
        "2026-11-22T06:00:00Z",
        &[
            r#"{"id":"sess_alpha","user":"unknown","host":"10.99.4.7","key":"sk-ant-...X0X0","workspace":{"repo":"company/login"},"permission_mode":"bypassPermissions","events":[{"at":"2026-11-22T04:00:00Z","kind":"read","path":"src/auth/signing_keys.rs"},{"at":"2026-11-22T04:01:00Z","kind":"request","destination":"drop.example","method":"POST","bytes":48210}]}"#,
            r#"{"id":"sess_alphabet"}"#,
            r#"{"id":"sess_beta_1"}"#,
            r#"{"id":"sess_beta_2"}"#,
        ],
    )
}

#[test]
fn every_command_explains_itself() {
    let site = TestSite::new();
    let top = site.run(&["--help"]).ends(0);
    for command in [
        "init",
        "snapshot",
        "check",
        "build",
        "brief",
        "explain",
        "completions",
        "man",
    ] {
        assert!(top.out.contains(&format!("\n  {command} ")), "{}", top.out);
        let run = site.run(&[command, "--help"]).ends(0);
        assert!(
            run.out.contains("Usage: daybrief"),
            "{command}: {}",
            run.out
        );
        assert!(run.out.contains("--root"), "{command}: {}", run.out);
        assert_eq!(run.err, "");
    }
    let version = site.run(&["--version"]).ends(0);
    assert_eq!(
        version.out.trim(),
        format!("daybrief {}", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn completions_and_manual() {
    let site = TestSite::new();
    for shell in ["bash", "zsh", "fish"] {
        let run = site.run(&["completions", shell]).ends(0);
        assert!(run.out.contains("explain"), "{shell}");
    }
    let man = site.run(&["man"]).ends(0);
    assert!(man.out.contains(".TH"), "{}", man.out);
}

#[test]
fn wrong_usage_is_two() {
    let site = TestSite::new();
    for args in [
        &["bilud"][..],
        &["build", "--nothing"],
        &["brief", "--format", "pdf"],
        &["explain"],
        &["completions", "csh2"],
        &["build", "-q", "-v"],
        &[],
    ] {
        let run = site.run(args).ends(2);
        assert_eq!(run.out, "", "{args:?}");
        assert!(
            run.err.contains("Usage") || run.err.contains("--help"),
            "{}",
            run.err
        );
    }
}

#[test]
fn brief_in_three_forms() {
    let site = site();
    let text = site.run(&["brief"]).ends(0);
    assert!(
        text.out.starts_with("1 session matters now\n"),
        "{}",
        text.out
    );
    assert!(text.out.contains("sess_alpha"), "{}", text.out);
    let markdown = site.run(&["brief", "--format", "markdown"]).ends(0);
    assert!(markdown.out.starts_with("# 1 session matters now\n"));
    assert!(markdown.out.contains("`sess_alpha`"), "{}", markdown.out);
    let json = site.run(&["brief", "--format", "json"]).ends(0);
    let brief: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(brief["headline"], "1 session matters now");
    assert_eq!(brief["leads"], 1);
    assert_eq!(brief["queue"][0]["session"], "sess_alpha");
    // The same data that is published.
    let published: Value = serde_json::from_str(
        &site
            .build()
            .read("public/editions/2026-11-22T0600Z/brief.json"),
    )
    .unwrap();
    assert_eq!(brief, published);
}

#[test]
fn explain_takes_the_beginning_of_an_id() {
    let site = site();
    let run = site.run(&["explain", "sess_alphab"]).ends(0);
    assert!(
        run.out
            .starts_with("sess_alphabet in edition 2026-11-22T0600Z"),
        "{}",
        run.out
    );
    // A whole id is meant even where another one goes on from it.
    let run = site.run(&["explain", "sess_alpha"]).ends(0);
    assert!(run.out.starts_with("sess_alpha in edition"), "{}", run.out);
    assert_contributions_add_up(&run.out);
    let run = site.run(&["explain", "sess_beta"]).ends(1);
    assert!(run.err.contains("2 sessions begin with"), "{}", run.err);
    let run = site.run(&["explain", "nobody"]).ends(1);
    assert!(run.err.contains("no session in any edition"), "{}", run.err);
    assert_eq!(run.out, "");
}

#[track_caller]
fn assert_contributions_add_up(explained: &str) {
    let number = |line: &str| {
        let word = line.split_whitespace().next()?;
        word.replace('\u{2212}', "-").parse::<i64>().ok()
    };
    let rows = explained
        .lines()
        .skip_while(|l| !l.starts_with("Priority "))
        .skip(1)
        .take_while(|l| !l.is_empty());
    let mut sum = 0;
    for row in rows {
        let Some(n) = number(row) else { continue };
        if row.contains("printed priority") {
            assert_eq!(sum, n, "{explained}");
            return;
        }
        sum += n;
    }
    panic!("no printed priority in {explained}");
}

#[test]
fn quiet_says_nothing_but_errors() {
    let site = site();
    for command in ["check", "build"] {
        let run = site.run(&[command, "--quiet"]).ends(0);
        assert_eq!((run.out.as_str(), run.err.as_str()), ("", ""), "{command}");
    }
    site.write("daybrief.toml", "theme = 7");
    let run = site.run(&["build", "-q"]).ends(1);
    assert!(run.err.contains("daybrief.toml:1:9"), "{}", run.err);
}

#[test]
fn strict_lets_a_warning_fail() {
    let site = site().snapshot(
        "2026-11-23T06:00:00Z",
        &[r#"{"id":"a"}"#, r#"{"id":"b","cost_usd":-1}"#],
    );
    site.run(&["check"]).ends(0);
    site.run(&["check", "--strict"]).ends(1);
    site.run(&["build", "--strict"]).ends(1);
    assert!(!site.path("public/index.html").exists());
    site.run(&["build"]).ends(0);
}

#[test]
fn an_unknown_key_suggests_the_nearest() {
    let site = site();
    site.write("daybrief.toml", "title = \"Acme\"\ninventroy = \"x\"\n");
    let run = site.run(&["check"]).ends(1);
    assert!(run.err.contains("daybrief.toml:2:1"), "{}", run.err);
    assert!(run.err.contains("did you mean `inventory`?"), "{}", run.err);
    let site = self::site();
    site.write(
        "data/inventory.toml",
        "[[hosts]]\nname = \"a\"\nowned = \"b\"\n",
    );
    let run = site.run(&["build"]).ends(1);
    assert!(run.err.contains("data/inventory.toml:3:1"), "{}", run.err);
    assert!(run.err.contains("did you mean `owner`?"), "{}", run.err);
}

#[test]
fn a_site_without_snapshots_says_what_to_do() {
    let site = TestSite::new();
    let run = site.run(&["build"]).ends(1);
    assert!(run.err.contains("data/snapshots"), "{}", run.err);
    assert!(run.err.contains("daybrief snapshot"), "{}", run.err);
}

#[cfg(unix)]
#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let site = TestSite::new();
    let mut child = Command::new(env!("CARGO_BIN_EXE_daybrief"))
        .args(["completions", "zsh"])
        .current_dir(site.path(""))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{err}");
    assert_eq!(err, "");
}

#[test]
fn colour_only_when_asked() {
    let site = site();
    site.write("daybrief.toml", "theme = 7");
    let plain = site.run(&["check"]).ends(1);
    assert!(!plain.err.contains('\u{1b}'), "{}", plain.err);
    let coloured = site.run(&["check", "--color", "always"]).ends(1);
    assert!(coloured.err.contains('\u{1b}'), "{}", coloured.err);
    let never = site.run(&["check", "--color", "never"]).ends(1);
    assert_eq!(plain.err, never.err);
}
