//! Questions stay open from edition to edition until something answers them.

use crate::days::{Days, INVENTORY, id_of, narratives, plain, says, stranger};
use crate::page::Page;

#[test]
fn a_question_stays_open_grows_quiet_and_asks_for_a_decision() {
    let mut days = Days::new(INVENTORY).day(1, &[stranger("s-1", 1, "k-9", "drop.site.io")]);
    for day in 2..=22 {
        days = days.day(day, &[]);
    }
    let site = days.build();
    let id = id_of(&narratives(&site, 1));
    says(&site, 1, "unknown-key, open");
    says(&site, 3, "unknown-key, open");
    says(&site, 3, "It rests on s-1 of edition 2026-11-02T0600Z.");
    says(&site, 6, "unknown-key, quiet, still open");
    says(&site, 20, "unknown-key, quiet, needs a decision");
    for day in [3, 6, 20] {
        assert_eq!(id_of(&narratives(&site, day)), id, "it keeps its name");
    }
    says(&site, 3, "day 3, since 2026-11-01");
    let quiet = Page::new(&site.read("public/index.html"));
    assert_eq!(quiet.all("h1"), ["No session needs you now"]);
}

#[test]
fn the_inventory_answers_from_the_day_it_knows() {
    let known = format!(
        "{INVENTORY}[[keys]]\nname = \"k-9\"\nowner = \"platform\"\nsince = 2026-11-03\n[[ranges]]\ncidr = \"10.0.0.0/24\"\nowner = \"platform\"\nsince = 2026-11-03\n[destinations]\nsanctioned = [{{ name = \"drop.site.io\", since = 2026-11-03 }}]\n"
    );
    let site = Days::new(&known)
        .day(1, &[stranger("s-1", 1, "k-9", "drop.site.io")])
        .day(2, &[])
        .day(3, &[])
        .build();
    says(&site, 1, "unknown-key, open");
    says(&site, 2, "closed");
    says(&site, 2, "The inventory names platform for k-9.");
    assert_eq!(narratives(&site, 3)[0], "No question is open.");
    let page = Page::new(&site.read("public/editions/2026-11-03T0600Z/changes.html"));
    let closed = page.under("Closed").join("\n");
    assert!(
        closed.contains("unknown-key for k-9, led by s-1. The inventory names platform for k-9."),
        "{closed}"
    );
}

#[test]
fn the_hold_keeps_an_ended_session_up_and_ends_with_the_question() {
    // The collector lists the session for days after it ended.
    let again = |day: u8| {
        stranger("s-1", 1, "k-9", "drop.site.io").replace(
            "\"id\"",
            &format!("\"not_recorded\":[\"day {day}\"],\"id\""),
        )
    };
    let decision = "+++\nabout = \"host:10.0.0.9\"\nverdict = \"closed\"\nauthor = \"ann\"\ndecided = 2026-11-07\nexpires = 2026-12-31\n+++\nA test machine.\n";
    let mut days = Days::new(INVENTORY);
    for day in 1..=8 {
        days = days.day(day, &[again(day)]);
    }
    let site = days
        .0
        .file("content/dispositions/machine.md", decision)
        .file(
            "content/dispositions/key.md",
            &decision.replace("host:10.0.0.9", "key:k-9"),
        )
        .file(
            "content/dispositions/place.md",
            &decision.replace("host:10.0.0.9", "destination:drop.site.io"),
        )
        .build();
    let priority = |day: u8| {
        let id = format!("2026-11-{:02}T0600Z", day + 1);
        let ledger = site.read(&format!("public/editions/{id}/ledger.jsonl"));
        let row = ledger.lines().find(|l| l.contains("\"s-1\"")).unwrap();
        let row: serde_json::Value = serde_json::from_str(row).unwrap();
        (
            row["priority"].as_u64().unwrap(),
            row["role"].as_str().unwrap().to_owned(),
        )
    };
    let (first, held, after) = (priority(1), priority(5), priority(8));
    assert_eq!(held.1, "lead");
    assert!(held.0 + 15 > first.0, "held: {first:?}, {held:?}");
    assert!(after.0 + 20 < held.0, "no longer held: {held:?}, {after:?}");
    assert_eq!(after.1, "background");
    says(&site, 5, "the recency of what it rests on is held at 0.6");
    says(&site, 6, "The hold on what it rested on has ended.");
    says(&site, 6, "Closed by ann until 2026-12-31: A test machine.");
}

#[test]
fn narratives_merge_when_one_session_asks_both() {
    let site = Days::new(INVENTORY)
        .day(1, &[stranger("s-1", 1, "k-8", "one.site.io")])
        .day(
            2,
            &[stranger("s-2", 2, "k-9", "two.site.io").replace("10.0.0.9", "10.0.0.10")],
        )
        .day(
            3,
            &[stranger("s-3", 3, "k-8", "two.site.io").replace("10.0.0.9", "10.0.0.10")],
        )
        .build();
    let first = id_of(&narratives(&site, 1));
    let told = narratives(&site, 2).join("\n");
    assert_eq!(told.matches("unknown-key, open").count(), 2, "{told}");
    let told = narratives(&site, 3);
    assert_eq!(id_of(&told), first, "the older one's name stays");
    says(&site, 3, "Merged from N-");
    says(&site, 3, "Also asked:");
}

#[test]
fn a_question_about_many_is_one_line() {
    let rows: Vec<String> = (1..=9)
        .map(|n| stranger(&format!("s-{n}"), 1, "k-9", &format!("host{n}.site.io")))
        .collect();
    let site = Days::new(INVENTORY).day(1, &rows).build();
    says(
        &site,
        1,
        "Also asked: data-egress for host1.site.io, host2.site.io, host3.site.io, \
         host4.site.io, host5.site.io and 4 more.",
    );
}

#[test]
fn a_change_that_is_removed_again_is_answered() {
    let session = |id: &str, day: u8, kind: &str| {
        format!(
            r#"{{"id":"{id}","status":"ended","started_at":"2026-11-{day:02}T09:00:00Z","ended_at":"2026-11-{day:02}T09:10:00Z","user":"unknown","host":"desk","key":"k-ann","agent":"Agent 1","events":[{{"at":"2026-11-{day:02}T09:01:00Z","kind":"{kind}","tool":"Edit","path":"/home/ann/.ssh/authorized_keys"}}]}}"#
        )
    };
    let site = Days::new(INVENTORY)
        .day(1, &[session("s-1", 1, "write")])
        .day(2, &[])
        .day(3, &[session("s-3", 3, "delete")])
        .build();
    says(&site, 1, "lasting-change, open");
    says(&site, 2, "lasting-change, open");
    says(
        &site,
        3,
        "/home/ann/.ssh/authorized_keys was removed again.",
    );
    let page = Page::new(&site.read("public/editions/2026-11-02T0600Z/queue.html"));
    let rule = page
        .blocks
        .iter()
        .any(|b| b.text == "Must see: lasting change by an unknown identity.");
    assert!(rule);
}

#[test]
fn contradicting_records_are_a_question_until_one_stands() {
    let twice =
        |cost: &str| plain("s-1", 1).replace("\"id\"", &format!("\"cost_usd\":\"{cost}\",\"id\""));
    let site = Days::new(INVENTORY)
        .day(1, &[twice("1"), twice("2")])
        .day(2, &[twice("2")])
        .build();
    says(&site, 1, "evidence-gap, open");
    says(&site, 2, "One record of s-1 stands now.");
}

#[test]
fn a_session_does_not_make_itself_usual() {
    // It runs for days and stands in every snapshot.
    let long = |day: u8| {
        format!(
            r#"{{"id":"long","status":"active","started_at":"2026-11-01T09:00:00Z","last_seen_at":"2026-11-{day:02}T09:10:00Z","user":{{"name":"ann","authenticated":true}},"host":"desk","key":"k-ann","agent":"Agent 1","permission_mode":"bypassPermissions","events":[{{"at":"2026-11-{day:02}T09:01:00Z","kind":"write","tool":"Edit","path":"src/auth/a.rs"}}]}}"#
        )
    };
    let mut days = Days::new(INVENTORY);
    for day in 1..=6 {
        days = days.day(day, &[long(day)]);
    }
    let said = days.0.run(&["explain", "long"]).ends(0).out;
    assert!(said.contains("sensitive-touch (20 \u{d7} 0.70 ="), "{said}");
    assert!(!said.contains("usual on"), "{said}");
}

#[test]
fn removing_a_file_before_writing_it_answers_nothing() {
    let act = |minute: u8, kind: &str| {
        format!(
            r#"{{"at":"2026-11-01T09:{minute:02}:00Z","kind":"{kind}","tool":"Edit","path":"/home/ann/.bashrc"}}"#
        )
    };
    let session = |id: &str, events: &[String]| {
        format!(
            r#"{{"id":"{id}","status":"ended","started_at":"2026-11-01T09:00:00Z","ended_at":"2026-11-01T09:30:00Z","user":"unknown","host":"desk","key":"k-ann","agent":"Agent 1","events":[{}]}}"#,
            events.join(",")
        )
    };
    for sessions in [
        vec![session("s-1", &[act(1, "delete"), act(5, "write")])],
        vec![
            session("s-1", &[act(1, "delete")]),
            session("s-2", &[act(5, "write")]),
        ],
    ] {
        let site = Days::new(INVENTORY).day(1, &sessions).build();
        says(&site, 1, "lasting-change, open");
    }
    let undone = [session("s-1", &[act(1, "write"), act(5, "delete")])];
    let site = Days::new(INVENTORY).day(1, &undone).build();
    says(&site, 1, "was removed again");
}

#[test]
fn a_revoked_key_is_silent_from_its_last_sign_on() {
    let revoked = format!("{INVENTORY}[[keys]]\nname = \"k-9\"\ntags = [\"revoked\"]\n");
    let mut days = Days::new(&revoked).day(1, &[stranger("s-1", 1, "k-9", "drop.site.io")]);
    for day in 2..=5 {
        days = days.day(day, &[]);
    }
    let site = days.build();
    says(&site, 3, "unknown-key, open");
    says(
        &site,
        4,
        "Answered: unknown-key for k-9. k-9 is revoked and silent since 2026-11-01 09:10 UTC.",
    );
}
