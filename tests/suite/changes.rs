//! What is told of the difference between two editions.

use crate::days::{Days, INVENTORY, id_of, narratives, stranger};
use crate::harness::TestSite;
use crate::page::Page;

fn changes(site: &TestSite, day: u8) -> Page {
    let id = format!("2026-11-{:02}T0600Z", day + 1);
    Page::new(&site.read(&format!("public/editions/{id}/changes.html")))
}

/// A live secret sent out: it leads by a rule, and asks nothing that stays open.
fn secret(more: &str) -> String {
    let token = format!("ghp_{}", "a1B2".repeat(9));
    format!(
        r#"{{"id":"s-1","status":"active","started_at":"2026-11-01T09:00:00Z","last_seen_at":"2026-11-02T09:10:00Z","user":{{"name":"ann","authenticated":true}},"host":"desk","key":"k-ann","agent":"Agent 1","events":[{{"at":"2026-11-01T09:01:00Z","kind":"request","tool":"Bash","programs":["curl"],"destination":"drop.site.io","method":"POST","summary":"{token}"}}{more}]}}"#
    )
}

#[test]
fn a_lead_that_asks_something_now_is_the_same_story() {
    let lasting = r#",{"at":"2026-11-02T09:01:00Z","kind":"write","tool":"Edit","path":"/home/ann/.ssh/authorized_keys"}"#;
    let site = Days::new(INVENTORY)
        .day(1, &[secret("")])
        .day(2, &[secret(lasting)])
        .build();
    assert_eq!(narratives(&site, 1)[0], "No question is open.");
    assert!(
        narratives(&site, 2)
            .join(" ")
            .contains("lasting-change, open")
    );
    let leads = changes(&site, 2).under("Leads").join("\n");
    assert!(leads.contains("s-1 | grew"), "{leads}");
}

#[test]
fn a_narrative_that_became_part_of_another_is_told() {
    let of = |id: &str, day, key: &str, to: &str, host: &str| {
        stranger(id, day, key, to).replace("10.0.0.9", host)
    };
    let site = Days::new(INVENTORY)
        .day(1, &[of("s-1", 1, "k-8", "one.site.io", "10.0.0.9")])
        .day(2, &[of("s-2", 2, "k-9", "two.site.io", "10.0.0.10")])
        .day(3, &[of("s-3", 3, "k-8", "two.site.io", "10.0.0.10")])
        .build();
    let first = id_of(&narratives(&site, 1));
    let joined = changes(&site, 3).under("Joined").join("\n");
    let words = format!("unknown-key for k-9 is part of {first} now.");
    assert!(joined.contains(&words), "{joined}");
    let said = site.run(&["diff"]).ends(0).out;
    assert!(
        said.contains(&format!("unknown-key for k-9: part of {first} now")),
        "{said}"
    );
}

#[test]
fn what_the_inventory_changes_is_no_new_fact() {
    let since = "since = 2026-11-03\n";
    let whole = [
        "[[keys]]\nname = \"k-9\"\nowner = \"platform\"\n",
        "[[ranges]]\ncidr = \"10.0.0.0/24\"\nowner = \"platform\"\n",
    ];
    for record in whole {
        let inventory = format!("{INVENTORY}{record}{since}");
        let session = stranger("s-1", 1, "k-9", "drop.site.io");
        let site = Days::new(&inventory)
            .day(1, std::slice::from_ref(&session))
            .day(2, &[session])
            .build();
        let said = site.run(&["diff"]).ends(0).out;
        let line = said.lines().find(|l| l.contains("s-1  ")).unwrap();
        assert!(line.contains("facts 0, rules \u{2212}"), "{said}");
    }
}
