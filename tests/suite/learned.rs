//! When an edition learned of something counts, not when its record says it was.

use crate::days::{
    Days, INVENTORY, decide, decision, id_of, narratives, plain, row, says, stranger,
};
use crate::harness::TestSite;
use crate::page::Page;

const OPEN_END: &str = "expires = 2026-12-31";

/// All that the stranger asks about.
const ABOUTS: [&str; 3] = ["key:k-9", "destination:drop.site.io", "host:10.0.0.9"];

/// Closes everything that the stranger asks on the morning of a day.
fn all_closed(days: Days, day: u8) -> Days {
    let dates = format!("decided = 2026-11-{day:02}\n{OPEN_END}");
    decide(&days.0, &ABOUTS, "closed", &dates);
    days
}

#[test]
fn a_backdated_record_opens_a_closed_question_again() {
    // Its times lie before the decision, and it says nothing that was not said before.
    let late = stranger("s-2", 1, "k-9", "drop.site.io");
    let days = Days::new(INVENTORY)
        .day(1, &[stranger("s-1", 1, "k-9", "drop.site.io")])
        .day(2, &[stranger("s-1", 1, "k-9", "drop.site.io")])
        .day(3, &[late]);
    let site = all_closed(days, 2).build();
    says(&site, 2, "closed");
    assert_eq!(row(&site, 2, "s-1")["role"], "decided", "only listed again");
    says(&site, 3, "unknown-key, reopened");
    assert_eq!(row(&site, 3, "s-2")["role"], "lead");
}

#[test]
fn what_is_added_to_a_session_that_was_decided_on_leads_again() {
    let before = stranger("s-1", 1, "k-9", "drop.site.io");
    let more = before.replace(
        "]}",
        r#",{"at":"2026-11-01T09:03:00Z","kind":"read","tool":"Read","path":"src/auth/more.rs"}]}"#,
    );
    let dates = format!("decided = 2026-11-02\n{OPEN_END}");
    let days = Days::new(INVENTORY).day(1, &[before]).day(2, &[more]);
    let file = decision("session:s-1", "closed", &dates);
    let site = days.0.file("content/dispositions/a.md", &file).build();
    assert_eq!(row(&site, 1, "s-1")["role"], "decided");
    assert_eq!(row(&site, 2, "s-1")["role"], "lead");
}

#[test]
fn times_of_long_ago_make_nothing_old() {
    let old = stranger("s-1", 2, "k-9", "drop.site.io").replace("2026-11-02", "2001-01-01");
    let told = stranger("s-1", 2, "k-9", "drop.site.io");
    let on_the_second_day = |session: String| {
        let site = Days::new(INVENTORY).day(1, &[]).day(2, &[session]).build();
        let found = row(&site, 2, "s-1");
        let said = site.run(&["explain", "s-1"]).ends(0).out;
        (found["priority"].as_u64().unwrap(), said)
    };
    let ((backdated, said), (honest, _)) =
        (on_the_second_day(old.clone()), on_the_second_day(told));
    assert!(backdated >= honest, "{backdated} {honest}");
    assert!(
        said.contains("The record came late: its last sign lies at 2001-01-01"),
        "{said}"
    );
    // The first edition has nothing to compare with, and believes no age either.
    let site = Days::new(INVENTORY)
        .day(1, std::slice::from_ref(&old))
        .build();
    assert_eq!(row(&site, 1, "s-1")["role"], "lead");
    // From then on it fades as everything does.
    let lone = stranger("s-1", 2, "k-ann", "drop.site.io")
        .replace("10.0.0.9", "desk")
        .replace("2026-11-02", "2001-01-01");
    let mut days = Days::new(INVENTORY);
    for day in 1..=6 {
        days = days.day(day, std::slice::from_ref(&lone));
    }
    let decided = decision("destination:drop.site.io", "accepted", OPEN_END);
    let site = days.0.file("content/dispositions/a.md", &decided).build();
    let priority = |day| row(&site, day, "s-1")["priority"].as_u64().unwrap();
    assert!(priority(6) < priority(1), "{} {}", priority(6), priority(1));
}

#[test]
fn what_is_added_to_a_known_session_is_news_whatever_times_it_claims() {
    let with = |more: &str, day: u8| {
        format!(
            r#"{{"id":"s-1","status":"active","started_at":"2026-11-01T09:00:00Z","last_seen_at":"2026-11-{day:02}T20:00:00Z","user":{{"name":"ann","authenticated":true}},"host":"desk","key":"k-ann","agent":"Agent 1","events":[{{"at":"2026-11-01T09:01:00Z","kind":"read","tool":"Read","path":"a.rs"}}{more}]}}"#
        )
    };
    let acts = |day: u8| {
        format!(
            r#",{{"at":"2026-11-{day:02}T10:00:00Z","kind":"read","tool":"Read","path":"/home/ann/.aws/credentials"}},{{"at":"2026-11-{day:02}T10:01:00Z","kind":"request","tool":"Bash","programs":["curl"],"destination":"drop.site.io","method":"POST"}}"#
        )
    };
    let priority = |acted: u8| {
        let mut days = Days::new(INVENTORY);
        for day in 1..=9 {
            days = days.day(day, &[with("", day)]);
        }
        let site = days.day(10, &[with(&acts(acted), 10)]).build();
        row(&site, 10, "s-1")["priority"].as_u64().unwrap()
    };
    assert_eq!(priority(1), priority(10));
}

#[test]
fn many_sessions_of_one_edition_teach_one_day() {
    let teaches = |n: u8| {
        stranger(&format!("t-{n}"), n, "k-ann", "docs.site.io")
            .replace("\"unknown\"", r#"{"name":"ann","authenticated":true}"#)
            .replace("10.0.0.9", "desk")
            .replace(r#""method":"POST","bytes":4000"#, r#""method":"GET""#)
    };
    let all: Vec<String> = (1..=10).map(teaches).collect();
    let days = Days::new(INVENTORY)
        .day(10, &[])
        .day(11, &all)
        .day(12, &[teaches(12)]);
    let said = days.0.run(&["explain", "t-12"]).ends(0).out;
    assert!(!said.contains("usual on 10"), "{said}");
}

#[test]
fn an_acceptance_that_lapses_opens_its_question_though_others_last() {
    let days = (2..=5).fold(
        Days::new(INVENTORY).day(1, &[stranger("s-1", 1, "k-9", "drop.site.io")]),
        |days, day| days.day(day, &[]),
    );
    let decide = |site: TestSite, about: &str, n: u8, expires: &str| {
        let text = decision(about, "accepted", &format!("expires = {expires}"));
        site.file(&format!("content/dispositions/{n}.md"), &text)
    };
    let site = decide(days.0, "key:k-9", 1, "2026-12-31");
    let site = decide(site, "host:10.0.0.9", 2, "2026-12-31");
    let site = decide(site, "destination:drop.site.io", 3, "2026-11-04").build();
    assert_eq!(narratives(&site, 3)[0], "No question is open.");
    says(&site, 4, "data-egress, reopened");
    says(&site, 4, "Answered: unknown-key for k-9. Accepted by ann");
}

#[test]
fn only_one_of_the_records_that_contradict_each_other_can_stand() {
    let record = |path: &str| plain("s-1", 1).replace("a.rs", path);
    let then = |third: &str| {
        Days::new(INVENTORY)
            .day(1, &[record("one.rs"), record("two.rs")])
            .day(2, &[record(third)])
            .build()
    };
    says(&then("two.rs"), 2, "One record of s-1 stands now.");
    says(&then("three.rs"), 2, "evidence-gap, open");
}

#[test]
fn a_removal_from_before_the_write_answers_nothing_later() {
    let act = |id: &str, hour: u8, kind: &str| {
        format!(
            r#"{{"id":"{id}","status":"ended","started_at":"2026-11-01T08:00:00Z","ended_at":"2026-11-01T12:00:00Z","user":"unknown","host":"desk","key":"k-9","agent":"Agent 1","events":[{{"at":"2026-11-01T{hour:02}:00:00Z","kind":"{kind}","tool":"Edit","path":"/home/ann/.ssh/authorized_keys"}}]}}"#
        )
    };
    let (removed, written) = (act("r", 9, "delete"), act("w", 10, "write"));
    let site = Days::new(INVENTORY)
        .day(1, &[removed.clone(), written])
        .day(2, &[removed])
        .build();
    says(
        &site,
        2,
        "Also asked: lasting-change for /home/ann/.ssh/authorized_keys.",
    );
}

#[test]
fn sessions_that_come_late_are_counted_and_told_one_by_one() {
    let late = |n: u8| plain(&format!("late-{n}"), 1);
    let all: Vec<String> = (1..=3).map(late).collect();
    let site = Days::new(INVENTORY)
        .day(1, &[])
        .day(2, &[])
        .day(3, &all)
        .build();
    let brief = site.read("public/index.html");
    assert!(brief.contains("3 sessions came late: earlier editions should have had them"));
    let site = Days::new(INVENTORY)
        .day(1, &[])
        .day(2, &[])
        .day(3, &all[..1])
        .build();
    let said = site.run(&["explain", "late-1"]).ends(0).out;
    assert!(
        said.contains("edition 2026-11-03T0600Z, taken after that, does not have it"),
        "{said}"
    );
}

#[test]
fn a_decision_on_a_narrative_is_about_what_it_asked_then() {
    let one = stranger("s-1", 1, "k-8", "one.site.io");
    let two = stranger("s-2", 2, "k-9", "two.site.io").replace("10.0.0.9", "10.0.0.10");
    let both = stranger("s-3", 3, "k-8", "two.site.io").replace("10.0.0.9", "10.0.0.10");
    let days = || {
        Days::new(INVENTORY)
            .day(1, std::slice::from_ref(&one))
            .day(2, std::slice::from_ref(&two))
            .day(3, std::slice::from_ref(&both))
    };
    let site = days().build();
    let (first, told) = (
        id_of(&narratives(&site, 1)),
        narratives(&site, 2).join("\n"),
    );
    let merged = narratives(&site, 3).join("\n");
    let at = merged.find("Merged from N-").unwrap() + "Merged from ".len();
    let second = merged[at..at + 10].to_owned();
    assert!(told.contains(&first) && told.contains(&second), "{told}");
    let decided = |id: &str, dates: &str| {
        let dates = format!("{dates}\n{OPEN_END}");
        let file = decision(&format!("narrative:{id}"), "accepted", &dates);
        days().0.file("content/dispositions/a.md", &file).build()
    };
    // What was accepted under its own name stays accepted under the other's, and no more.
    let site = decided(&second, "decided = 2026-11-03");
    let told = narratives(&site, 3).join("\n");
    assert!(told.contains("unknown-key, open"), "{told}");
    assert!(
        told.contains("Also asked: data-egress for one.site.io."),
        "{told}"
    );
    assert!(
        told.contains("Answered: data-egress for two.site.io. Accepted by ann"),
        "{told}"
    );
    let site = decided(&first, "decided = 2026-11-02");
    says(&site, 3, "Also asked: data-egress for two.site.io.");
    // Who decides on the joined one decides on all of it.
    let site = decided(&first, "decided = 2026-11-04");
    says(&site, 3, "closed");
}

#[test]
fn a_risk_that_is_accepted_no_longer_is_open_again() {
    let days = (2..=6).fold(
        Days::new(INVENTORY).day(1, &[stranger("s-1", 1, "k-9", "drop.site.io")]),
        |days, day| days.day(day, &[]),
    );
    decide(&days.0, &ABOUTS, "accepted", "expires = 2026-11-04");
    let site = days.build();
    says(&site, 1, "closed");
    assert_eq!(narratives(&site, 3)[0], "No question is open.");
    says(&site, 4, "unknown-key, reopened");
    says(&site, 6, "unknown-key, quiet, still open");
}

#[test]
fn a_snapshots_answer_lasts_while_another_question_is_open() {
    let act = |id: &str, day: u8, kind: &str, host: &str| {
        format!(
            r#"{{"id":"{id}","status":"ended","started_at":"2026-11-{day:02}T09:00:00Z","ended_at":"2026-11-{day:02}T09:10:00Z","user":"unknown","host":"{host}","key":"k-9","agent":"Agent 1","events":[{{"at":"2026-11-{day:02}T09:01:00Z","kind":"{kind}","tool":"Edit","path":"/home/ann/.ssh/authorized_keys"}}]}}"#
        )
    };
    let asked = "lasting-change for /home/ann/.ssh/authorized_keys";
    let site = Days::new(INVENTORY)
        .day(1, &[act("s-1", 1, "write", "desk")])
        .day(2, &[act("s-2", 2, "delete", "other")])
        .day(3, &[act("s-3", 3, "delete", "desk")])
        .day(4, &[])
        .day(5, &[act("s-5", 5, "write", "desk")])
        .build();
    let also = format!("Also asked: {asked}");
    says(&site, 1, &also);
    says(&site, 2, &also);
    for day in [3, 4] {
        let told = narratives(&site, day).join("\n");
        assert!(told.contains("unknown-key, open"), "{told}");
        let answered =
            format!("Answered: {asked}. /home/ann/.ssh/authorized_keys was removed again.");
        assert!(told.contains(&answered), "day {day}: {told}");
    }
    says(&site, 5, &also);
}

#[test]
fn a_live_secret_sent_to_a_new_place_must_be_seen_in_the_first_week() {
    let secret = r#"{"id":"s-1","status":"ended","started_at":"2026-11-02T09:00:00Z","ended_at":"2026-11-02T09:10:00Z","user":{"name":"ann","authenticated":true},"host":"desk","key":"k-ann","agent":"Agent 1","events":[{"at":"2026-11-02T09:01:00Z","kind":"request","tool":"Bash","programs":["curl"],"destination":"drop.site.io","method":"POST","summary":"curl -H 'x: TOKEN'"}]}"#;
    let secret = secret.replace("TOKEN", &format!("ghp_{}", "a1B2".repeat(9)));
    let suppressed = decision(
        "destination:drop.site.io",
        "suppressed",
        &format!("signal = \"new-destination\"\n{OPEN_END}"),
    );
    // Sessions of a user nobody knows make no place known.
    let decoy = |n: u8| {
        stranger(&format!("d-{n}"), 1, "k-ann", "drop.site.io")
            .replace("src/auth/keys.rs", "a.rs")
            .replace("unknown", "zed")
    };
    let decoys: Vec<String> = (1..=4).map(decoy).collect();
    for (decided, before) in [(None, vec![]), (Some(suppressed), vec![]), (None, decoys)] {
        let mut days = Days::new(INVENTORY)
            .day(1, &before)
            .day(2, std::slice::from_ref(&secret));
        if let Some(text) = decided {
            days = Days(days.0.file("content/dispositions/a.md", &text));
        }
        let site = days.build();
        let queue = Page::new(&site.read("public/queue.html"));
        let rule =
            |b: &crate::page::Block| b.text == "Must see: live secret and a new destination.";
        assert!(queue.blocks.iter().any(rule));
    }
}
