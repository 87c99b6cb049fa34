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
        "diff",
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

#[test]
fn diff_says_what_changed_between_any_two_editions() {
    let site = TestSite::sample();
    let run = site.run(&["diff"]).ends(0);
    for line in [
        "2026-11-22T0600Z against 2026-11-21T0600Z",
        "2 leads: 1 new, 1 grew, 0 eased, 1 closed, 0 reopened, 0 unchanged",
        "  new        sess_01XFa9qT7mK2vB8cR4wNz6Ld  62",
        "  destination wiki.company.com",
        "  sensitive files touched           1          3",
    ] {
        assert!(run.out.lines().any(|l| l == line), "{line}\n{}", run.out);
    }
    let grew = run.out.lines().find(|l| l.contains("  grew  ")).unwrap();
    assert!(
        grew.contains("53 to 90, +37 (facts +42, rules 0, ageing \u{2212}5)"),
        "{grew}"
    );
    let closed = run
        .out
        .lines()
        .find(|l| l.contains("data-egress, sess_"))
        .unwrap();
    assert!(
        closed.contains("Closed by mara@company.com until 2027-02-28"),
        "{closed}"
    );

    let run = site.run(&["diff", "2026-11-19", "2026-11-20"]).ends(0);
    assert!(run.out.contains("eased"), "{}", run.out);
    for (args, words) in [
        (
            &["diff", "2026-11-22", "2026-11-21"][..],
            "name the earlier edition first",
        ),
        (&["diff", "2026-11"], "editions begin with"),
        (&["diff", "2025"], "there is no edition"),
    ] {
        let run = site.run(args).ends(1);
        assert!(run.err.contains(words), "{args:?}: {}", run.err);
    }
    let one = TestSite::new().snapshot("2026-11-22T06:00:00Z", &[r#"{"id":"a"}"#]);
    let run = one.run(&["diff"]).ends(1);
    assert!(
        run.err
            .contains("a difference needs two editions, and there is 1"),
        "{}",
        run.err
    );
}

#[test]
fn a_missing_source_is_said_wherever_editions_are_compared() {
    let site = TestSite::new();
    let day = |day: u8, sources: &str| {
        let text = format!(
            "{{\"format\":\"daybrief-snapshot\",\"version\":1,\"taken_at\":\"2026-11-{day}T06:00:00Z\",\"sources\":[{sources}]}}\n{{\"id\":\"s{day}\"}}\n"
        );
        site.write(&format!("data/snapshots/{day}.jsonl"), text);
    };
    let both = r#"{"name":"one"},{"name":"two"}"#;
    day(20, both);
    day(21, r#"{"name":"one"}"#);
    day(22, both);
    day(23, r#"{"name":"one"}"#);
    day(24, r#"{"name":"one"}"#);
    let latest = site.run(&["diff", "2026-11-23", "2026-11-24"]).ends(0);
    let said = "Note: This edition is not whole: source two is missing.";
    assert!(latest.out.contains(said), "said once more: {}", latest.out);
    for day in [23, 24] {
        site.remove(&format!("data/snapshots/{day}.jsonl"));
    }
    let run = site.run(&["diff", "2026-11-20", "2026-11-21"]).ends(0);
    assert!(
        run.out
            .contains("Note: This edition is not whole: source two is missing."),
        "{}",
        run.out
    );
    let run = site.run(&["diff"]).ends(0);
    assert!(
        run.out
            .contains("Note: The edition compared with is not whole: source two is missing."),
        "{}",
        run.out
    );
    let site = site.build();
    let page = site.read("public/editions/2026-11-22T0600Z/changes.html");
    assert!(page.contains("Edition 2026-11-21T0600Z is not whole and was passed over."));
    assert!(
        page.contains("2026-11-20T0600Z/index.html"),
        "it is compared with the last whole one"
    );
}

#[test]
fn empty_snapshots_are_no_history() {
    let mut site = TestSite::new();
    for day in 1..=20 {
        site = site.snapshot(&format!("2026-11-{day:02}T06:00:00Z"), &[]);
    }
    let site = site.snapshot(
        "2026-11-21T06:00:00Z",
        &[
            r#"{"id":"a","user":"ann","events":[{"kind":"request","destination":"new.site.io","method":"POST"}]}"#,
            r#"{"id":"b"}"#,
        ],
    );
    let said = site.run(&["explain", "a"]).ends(0).out;
    let words = "never seen before; no history yet, compared with 1 other session";
    assert!(said.contains(words), "{said}");
}

#[test]
fn explain_prints_arithmetic_that_can_be_redone() {
    let site = TestSite::sample();
    for id in [
        "sess_01QpH3vYb8WnRk5sJc2Tg7Mx",
        "sess_01XFa9qT7mK2vB8cR4wNz6Ld",
    ] {
        let said = site.run(&["explain", id]).ends(0).out;
        let (mut sum, mut raw, mut rows) = (0, 0.0, 0);
        let mut lines = said
            .lines()
            .skip_while(|l| !l.starts_with("Priority "))
            .skip(1);
        let printed = loop {
            let line = lines.next().unwrap().trim_start();
            let (number, rest) = line.split_once("  ").unwrap();
            if rest == "printed priority" {
                break number.parse::<i32>().unwrap();
            }
            sum += number.replace('\u{2212}', "-").parse::<i32>().unwrap();
            if let Some((how, points)) = rest
                .split_once(" raw points")
                .map(|(a, _)| a.rsplit_once(" = ").unwrap())
            {
                let points: f64 = points.parse().unwrap();
                raw += points;
                rows += 1;
                // Weight times strength times what is not 1, to the printed decimals.
                let factors = how.rsplit_once('(').unwrap().1.split(';').next().unwrap();
                let product: f64 = factors
                    .split(' ')
                    .filter_map(|w| w.parse::<f64>().ok())
                    .product();
                assert!((product - points).abs() < 0.35, "{line}: {product}");
            }
        };
        assert_eq!(sum, printed, "{said}");
        assert!(rows >= 6, "{said}");
        let formula = said.lines().find(|l| l.contains("R = ")).unwrap();
        let r: f64 = formula
            .trim_start()
            .strip_prefix("R = ")
            .unwrap()
            .split(' ')
            .next()
            .unwrap()
            .parse()
            .unwrap();
        assert!((r - raw).abs() < 0.5, "{formula}: {raw}");
        let significance = 100.0 * (1.0 - (-r / 55.0_f64).exp());
        assert!(
            formula.contains(&format!("= {significance:.1};"))
                || formula.contains(&format!("= {:.1};", significance - 0.1))
                || formula.contains(&format!("= {:.1};", significance + 0.1)),
            "{formula}"
        );
        for heading in [
            "\nEvidence\n",
            "\nTrust ",
            "\nConsequence ",
            "\nConfidence ",
            "\nNarrative N-",
            "without this: ",
        ] {
            assert!(said.contains(heading), "{heading}: {said}");
        }
    }
}
