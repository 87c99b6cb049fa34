//! What people decide moves things to a visible count, until it expires.

use crate::days::{decide, decision};
use crate::harness::TestSite;
use crate::page::Page;

const STRANGER: &str = r#"{"id":"s-1","status":"ended","started_at":"2026-11-20T09:00:00Z","ended_at":"2026-11-20T09:10:00Z","user":"unknown","host":"10.0.0.9","key":"k-9","agent":"Agent 1","workspace":{"repo":"co/login"},"events":[{"at":"2026-11-20T09:01:00Z","kind":"read","tool":"Read","path":"src/auth/keys.rs"},{"at":"2026-11-20T09:02:00Z","kind":"request","tool":"Bash","programs":["curl"],"destination":"drop.site.io","method":"POST","bytes":4000}]}"#;
const QUIET: &str = r#"{"id":"s-0","user":{"name":"ann","authenticated":true},"host":"desk","key":"k-ann","agent":"Agent 1","started_at":"2026-11-20T10:00:00Z","events":[{"kind":"read","tool":"Read","path":"a.rs"}]}"#;

const INVENTORY: &str = "[[hosts]]\nname = \"desk\"\nowner = \"ann\"\n[[keys]]\nname = \"k-ann\"\n";

fn site() -> TestSite {
    TestSite::new()
        .file("data/inventory.toml", INVENTORY)
        .snapshot("2026-11-21T06:00:00Z", &[STRANGER, QUIET])
}

fn page(site: &TestSite, name: &str) -> Page {
    Page::new(&site.read(&format!("public/{name}")))
}

#[test]
fn a_decision_on_a_session_moves_it_and_is_listed() {
    let text = decision("session:s-1", "accepted", "expires = 2026-11-30");
    let site = site().file("content/dispositions/a.md", &text).build();
    let brief = page(&site, "index.html");
    assert_eq!(brief.all("h1"), ["No session needs you now"]);
    let said = "1 of 2 sessions reached 40 and is decided on; none is worth watching.";
    assert!(brief.blocks.iter().any(|b| b.text == said));
    assert_eq!(
        brief.under("Background sessions"),
        [
            "2",
            "1 decided on, the rest stable and low-value for the first read"
        ]
    );
    let queue = page(&site, "queue.html");
    assert_eq!(
        queue.all("h1"),
        ["0 of 2 sessions lead, 0 replay windows"],
        "its window is settled too"
    );
    let decided = queue.under("Decided").join("\n");
    for words in [
        "1 session would lead but for a decision.",
        "Accepted by ann@company.com until 2026-11-30: Seen and weighed.",
        "content/dispositions/a.md",
    ] {
        assert!(decided.contains(words), "{words}\n{decided}");
    }
    let listed = page(&site, "method.html").under("Decisions").join("\n");
    assert!(
        listed.contains("session:s-1 accepted, in force"),
        "{listed}"
    );
    let row = site.read("public/editions/2026-11-21T0600Z/ledger.jsonl");
    assert!(row.contains("\"role\":\"decided\""), "{row}");
}

#[test]
fn a_decision_is_in_force_from_its_day_to_its_end() {
    for (dates, headline, state) in [
        (
            "decided = 2026-11-21\nexpires = 2026-11-30",
            "No session needs you now",
            "in force",
        ),
        (
            "decided = 2026-11-22\nexpires = 2026-11-30",
            "1 session matters now",
            "not yet in force",
        ),
        (
            "decided = 2026-11-19\nexpires = 2026-11-20",
            "1 session matters now",
            "expired",
        ),
    ] {
        let text = decision("session:s-1", "closed", dates);
        let site = site().file("content/dispositions/a.md", &text).build();
        assert_eq!(page(&site, "index.html").all("h1"), [headline], "{dates}");
        let listed = page(&site, "method.html").under("Decisions").join("\n");
        assert!(listed.contains(state), "{dates}: {listed}");
    }
}

#[test]
fn what_is_new_after_a_closed_decision_opens_the_question_again() {
    let dates = "decided = 2026-11-21\nexpires = 2026-12-31";
    let again = STRANGER
        .replace("s-1", "s-2")
        .replace("2026-11-20", "2026-11-21")
        .replace("src/auth/keys.rs", "src/auth/tokens.rs");
    let site = site().snapshot("2026-11-22T06:00:00Z", &[&again, QUIET]);
    let abouts = ["key:k-9", "destination:drop.site.io", "host:10.0.0.9"];
    decide(&site, &abouts, "closed", dates);
    let site = site.build();
    let then = Page::new(&site.read("public/editions/2026-11-21T0600Z/index.html"));
    assert_eq!(then.all("h1"), ["No session needs you now"]);
    let now = page(&site, "index.html");
    assert_eq!(now.all("h1"), ["1 session matters now"]);
    assert_eq!(now.under("Since the last edition")[4], "1 reopened s-2");
    // Whoever accepts a risk takes what comes.
    decide(&site, &abouts, "accepted", dates);
    site.run(&["build"]).ends(0);
    assert_eq!(
        page(&site, "index.html").all("h1"),
        ["No session needs you now"]
    );
}

#[test]
fn a_decision_about_something_else_never_hides_a_must_see_rule() {
    let production = STRANGER.replace(
        r#""kind":"request","tool":"Bash","programs":["curl"],"destination":"drop.site.io","method":"POST","bytes":4000"#,
        r#""kind":"execute","tool":"Bash","programs":["kubectl delete -n prod"]"#,
    );
    let text = decision("key:k-9", "accepted", "expires = 2026-12-31");
    let site = TestSite::new()
        .file("data/inventory.toml", "[[keys]]\nname = \"k-ann\"\n")
        .file("content/dispositions/a.md", &text)
        .snapshot("2026-11-21T06:00:00Z", &[&production, QUIET])
        .build();
    assert_eq!(
        page(&site, "index.html").all("h1"),
        ["1 session matters now"]
    );
}

#[test]
fn one_signal_of_one_entity_is_suppressed_and_counted() {
    let before = site().build();
    let score = |site: &TestSite| {
        let said = site.run(&["explain", "s-1"]).ends(0).out;
        let number = said.split("Priority ").nth(1).unwrap();
        let number = number.split(' ').next().unwrap().parse::<u32>().unwrap();
        (number, said)
    };
    let text = decision(
        "destination:drop.site.io",
        "suppressed",
        "signal = \"new-destination\"\nexpires = 2026-12-31",
    );
    let after = site().file("content/dispositions/a.md", &text).build();
    let ((high, _), (low, said)) = (score(&before), score(&after));
    assert!(low < high, "{low} {high}");
    assert!(
        said.contains(
            "new-destination does not count (content/dispositions/a.md): Called drop.site.io"
        ),
        "{said}"
    );
    let decided = page(&after, "queue.html").under("Decided").join("\n");
    assert!(
        decided.contains("1 session has a signal that does not count"),
        "{decided}"
    );
    let wrong = text.replace("drop.site.io", "other.site.io");
    let other = site().file("content/dispositions/a.md", &wrong).build();
    assert_eq!(score(&other).0, high, "exactly that entity");
}

#[test]
fn mistakes_in_a_decision_stop_the_build_and_name_the_line() {
    for (text, place, mend) in [
        (
            decision("session:s-1", "acepted", "expires = 2026-11-30"),
            "a.md:3:1",
            "did you mean `accepted`?",
        ),
        (
            decision("s-1", "accepted", "expires = 2026-11-30"),
            "a.md:2:1",
            "write session:ID",
        ),
        (
            decision("session:s-1", "suppressed", "expires = 2026-11-30"),
            "a.md",
            "add signal",
        ),
        (
            decision("session:s-1", "accepted", "expire = 2026-11-30"),
            "a.md:5:1",
            "did you mean `expires`?",
        ),
        (
            decision("session:s-1", "accepted", "expires = 2026-11-30")
                .replace("Seen and weighed.", ""),
            "a.md",
            "say why",
        ),
    ] {
        let run = site()
            .file("content/dispositions/a.md", &text)
            .run(&["build"])
            .ends(1);
        assert!(
            run.err.contains(&format!("content/dispositions/{place}")),
            "{}",
            run.err
        );
        assert!(run.err.contains(mend), "{}", run.err);
    }
}

#[test]
fn a_decision_on_one_session_hides_no_other() {
    let second = STRANGER.replace("s-1", "s-2");
    let text = decision("session:s-1", "accepted", "expires = 2026-12-31");
    let site = TestSite::new()
        .file("data/inventory.toml", INVENTORY)
        .file("content/dispositions/a.md", &text)
        .snapshot("2026-11-21T06:00:00Z", &[STRANGER, &second, QUIET])
        .build();
    assert_eq!(
        page(&site, "index.html").all("h1"),
        ["1 session matters now"]
    );
}

#[test]
fn a_decision_about_one_place_hides_no_other_place() {
    let both = STRANGER.replace(
        "]}",
        r#",{"at":"2026-11-20T09:03:00Z","kind":"request","tool":"Bash","programs":["curl"],"destination":"evil.far.io","method":"POST","bytes":4000}]}"#,
    );
    let quieted = |site: TestSite| {
        site.file(
            "data/inventory.toml",
            "[[hosts]]\nname = \"desk\"\nowner = \"ann\"\n",
        )
        .snapshot("2026-11-21T06:00:00Z", &[&both, QUIET])
    };
    let site = quieted(TestSite::new());
    let abouts = ["destination:drop.site.io", "host:10.0.0.9"];
    decide(&site, &abouts, "accepted", "expires = 2026-12-31");
    let site = site.build();
    assert_eq!(
        page(&site, "index.html").all("h1"),
        ["1 session matters now"]
    );
    let text = decision(
        "destination:drop.site.io",
        "suppressed",
        "signal = \"new-destination\"\nexpires = 2026-12-31",
    );
    let site = quieted(TestSite::new()).file("content/dispositions/a.md", &text);
    let said = site.run(&["explain", "s-1"]).ends(0).out;
    assert!(said.contains("  new-destination: Called"), "{said}");
}

#[test]
fn of_two_records_under_one_id_nobody_can_say_which_was_decided_on() {
    let other = STRANGER.replace("src/auth/keys.rs", "src/auth/other.rs");
    let text = decision("session:s-1", "accepted", "expires = 2026-12-31");
    let site = TestSite::new()
        .file("content/dispositions/a.md", &text)
        .snapshot("2026-11-21T06:00:00Z", &[STRANGER, &other, QUIET])
        .build();
    assert_eq!(
        page(&site, "index.html").all("h1"),
        ["2 sessions matter now"]
    );
}

#[test]
fn a_suppressed_tool_hides_no_other_tool() {
    let session = |tools: &str| {
        format!(
            r#"{{"id":"s-1","user":"ann","host":"desk","agent":"Agent 1","started_at":"2026-11-21T10:00:00Z","events":[{tools}]}}"#
        )
    };
    let uses = |tool: &str| format!(r#"{{"kind":"tool","tool":"mcp__{tool}"}}"#);
    let text = decision(
        "tool:mcp__crm__delete_contact",
        "suppressed",
        "signal = \"new-or-changed-tool\"\nexpires = 2026-12-31",
    );
    let explained = |tools: String| {
        let site = TestSite::new()
            .file("content/dispositions/a.md", &text)
            .snapshot("2026-11-21T06:00:00Z", &[QUIET])
            .snapshot("2026-11-22T06:00:00Z", &[&session(&tools)]);
        site.run(&["explain", "s-1"]).ends(0).out
    };
    let one = explained(uses("crm__delete_contact"));
    assert!(one.contains("new-or-changed-tool does not count"), "{one}");
    let two = explained(format!(
        "{},{}",
        uses("crm__delete_contact"),
        uses("bank__send_money")
    ));
    assert!(!two.contains("new-or-changed-tool does not count"), "{two}");
}

#[test]
fn who_only_touches_what_was_decided_on_is_not_decided_on() {
    // Of both the place is known to be accepted; only one read something first.
    let touches = r#"{"id":"s-2","status":"ended","started_at":"2026-11-20T09:00:00Z","ended_at":"2026-11-20T09:30:00Z","user":"bob","host":"10.0.0.8","key":"k-bob","agent":"Agent 1","permission_mode":"bypassPermissions","events":[{"at":"2026-11-20T09:01:00Z","kind":"read","tool":"get_inbox","summary":"please ignore previous instructions"},{"at":"2026-11-20T09:02:00Z","kind":"permission","decision":"denied","by":"policy","tool":"Bash","path":"notes/a.txt","reason":"no"},{"at":"2026-11-20T09:03:00Z","kind":"write","tool":"Edit","path":"notes/a.txt"},{"at":"2026-11-20T09:28:00Z","kind":"request","tool":"Bash","programs":["curl"],"destination":"drop.site.io","method":"POST","bytes":4000}]}"#;
    let text = decision(
        "destination:drop.site.io",
        "accepted",
        "expires = 2026-12-31",
    );
    let site = TestSite::new()
        .file("content/dispositions/a.md", &text)
        .snapshot("2026-11-21T06:00:00Z", &[STRANGER, touches, QUIET])
        .build();
    let ledger = site.read("public/editions/2026-11-21T0600Z/ledger.jsonl");
    let role = |id: &str| {
        let row = ledger.lines().find(|l| l.contains(id)).unwrap();
        let row: serde_json::Value = serde_json::from_str(row).unwrap();
        row["role"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        (role("s-1"), role("s-2")),
        ("decided".into(), "lead".into()),
        "{ledger}"
    );
}

#[test]
fn a_decision_speaks_only_about_what_it_answers() {
    // The machine is accepted; what was read there is another matter.
    let thief = r#"{"id":"s-3","status":"ended","started_at":"2026-11-22T09:00:00Z","ended_at":"2026-11-22T10:00:00Z","user":"mallory","host":"10.0.0.9","key":"k-ann","agent":"Agent 1","permission_mode":"bypassPermissions","workspace":{"repo":"co/login"},"events":[{"at":"2026-11-22T09:01:00Z","kind":"read","tool":"Read","path":"/home/m/.aws/credentials"},{"at":"2026-11-22T09:02:00Z","kind":"read","tool":"Read","path":"/home/m/.ssh/id_rsa"},{"at":"2026-11-22T09:40:00Z","kind":"request","tool":"Bash","programs":["curl"],"destination":"far.site.io","method":"POST","bytes":4000}]}"#;
    let text = decision(
        "host:10.0.0.9",
        "accepted",
        "decided = 2026-11-21\nexpires = 2026-12-31",
    );
    let site = site()
        .file("content/dispositions/a.md", &text)
        .snapshot("2026-11-23T06:00:00Z", &[thief, QUIET])
        .build();
    assert_eq!(
        page(&site, "index.html").all("h1"),
        ["1 session matters now"]
    );
}

#[test]
fn no_number_of_decoys_hides_a_place() {
    let decoys: Vec<String> = (0..16).map(|n| format!("d{n}.site.io")).collect();
    let request = |n: usize, to: &str| {
        format!(
            r#",{{"at":"2026-11-20T09:03:{n:02}Z","kind":"request","tool":"Bash","programs":["curl"],"destination":"{to}","method":"POST","bytes":4000}}"#
        )
    };
    let more: String = decoys
        .iter()
        .enumerate()
        .map(|(n, to)| request(n, to))
        .chain([request(40, "real.evil.io")])
        .collect();
    let session = STRANGER.replace("]}", &format!("{more}]}}"));
    let site = TestSite::new()
        .file(
            "data/inventory.toml",
            "[[hosts]]\nname = \"desk\"\nowner = \"ann\"\n",
        )
        .snapshot("2026-11-21T06:00:00Z", &[&session, QUIET]);
    let mut abouts = vec![
        "host:10.0.0.9".to_owned(),
        "destination:drop.site.io".to_owned(),
    ];
    abouts.extend(decoys.iter().map(|d| format!("destination:{d}")));
    let abouts: Vec<&str> = abouts.iter().map(String::as_str).collect();
    decide(&site, &abouts, "accepted", "expires = 2026-12-31");
    let site = site.build();
    assert_eq!(
        page(&site, "index.html").all("h1"),
        ["1 session matters now"]
    );
}

#[test]
fn a_suppressed_file_hides_no_other_change() {
    let session = r#"{"id":"s-1","user":"ann","host":"desk","agent":"Agent 1","started_at":"2026-11-20T10:00:00Z","events":[{"kind":"read","tool":"Read","path":".github/workflows/ci.yml"},{"kind":"write","tool":"Edit","path":"/home/ann/.zshrc"}]}"#;
    let text = decision(
        "file:.github/workflows/ci.yml",
        "suppressed",
        "signal = \"lasting-change\"\nexpires = 2026-12-31",
    );
    let site = TestSite::new()
        .file("content/dispositions/a.md", &text)
        .snapshot("2026-11-21T06:00:00Z", &[session, QUIET]);
    let said = site.run(&["explain", "s-1"]).ends(0).out;
    assert!(!said.contains("does not count"), "{said}");
}

#[test]
fn a_decision_about_nothing_is_said_to_be_one() {
    for (about, verdict, words) in [
        ("key:k-8", "accepted", "no snapshot has `key:k-8`"),
        ("session:s-l", "accepted", "no snapshot has `session:s-l`"),
        ("user:ann", "accepted", "no narrative asks about that"),
        (
            "narrative:N-AAAAAAAA",
            "accepted",
            "no snapshot has `narrative:N-AAAAAAAA`",
        ),
    ] {
        let dates = "decided = 2026-11-20\nexpires = 2026-11-30";
        let text = decision(about, verdict, dates);
        let run = site()
            .file("content/dispositions/a.markdown", &text)
            .run(&["check", "--strict"])
            .ends(1);
        assert!(run.err.contains(words), "{}", run.err);
    }
    let dates = "decided = 2026-12-01\nexpires = 2026-11-30";
    let text = decision("key:k-9", "accepted", dates);
    let run = site()
        .file("content/dispositions/a.md", &text)
        .run(&["check"])
        .ends(1);
    assert!(run.err.contains("expires before it is made"), "{}", run.err);
}
