//! Another story makes another page: nothing on it is written in.

use crate::harness::TestSite;
use crate::page::Page;
use crate::sample::{self, ANCHOR, BOBS, FOLDED, Snapshot, WIDENED};

/// The sample with a latest snapshot told differently, built.
fn told(change: impl FnOnce(&mut Snapshot)) -> (TestSite, Page) {
    let mut snapshot = sample::latest();
    change(&mut snapshot);
    let site = TestSite::sample().file(&snapshot.path(), &snapshot.text());
    built(site)
}

fn built(site: TestSite) -> (TestSite, Page) {
    let site = site.build();
    let page = Page::new(&site.read("public/index.html"));
    (site, page)
}

#[track_caller]
fn bottom_line(page: &Page, headline: &str, words: &str) {
    assert_eq!(page.all("h1"), [headline]);
    let at = page.blocks.iter().position(|b| b.tag == "h1").unwrap();
    assert_eq!(page.blocks[at + 1].text, words);
}

#[track_caller]
fn card(page: &Page, label: &str, value: &str, note: &str) {
    assert_eq!(page.under(label), [value, note], "{label}");
}

#[test]
fn without_the_anchor_the_folded_session_speaks_for_itself() {
    let (_site, page) = told(|snapshot| snapshot.records.retain(|r| r.id != ANCHOR));
    bottom_line(
        &page,
        "2 sessions matter now",
        "One active session carries the current unknown-key narrative and one active session widened scope into sensitive files.",
    );
    card(&page, "High-signal sessions", "2", "2 active");
    card(
        &page,
        "Sensitive repo touches",
        "2",
        "Concentrated in one workstream",
    );
    card(&page, "Cross-entity links", "2", "Key and model");
    card(
        &page,
        "Background sessions",
        "40",
        "Stable and low-value for the first read",
    );
    assert_eq!(
        page.queue(),
        [
            (
                "Active session that anchors the unknown-key narrative.",
                "It links the key, host, and model traffic together.",
            ),
            (
                "Active work from a weakly attributed endpoint.",
                "Trust is lower because host ownership is still incomplete.",
            ),
        ]
    );
    assert_eq!(
        page.under("Question This View Answers")[1],
        format!("{FOLDED}: Active session that anchors the unknown-key narrative.")
    );
    assert!(
        page.under("Sessions Relationship Map")
            .contains(&"model claude-sonnet-4-6 1 other session")
    );
}

#[test]
fn without_the_unknown_key_one_session_is_left() {
    let (site, page) = told(|snapshot| {
        snapshot
            .records
            .retain(|r| r.id != ANCHOR && r.id != FOLDED);
    });
    bottom_line(
        &page,
        "1 session matters now",
        "One active session widened scope into sensitive files.",
    );
    card(&page, "High-signal sessions", "1", "1 active");
    card(&page, "Cross-entity links", "1", "Key");
    card(
        &page,
        "Background sessions",
        "40",
        "Stable and low-value for the first read",
    );
    assert_eq!(page.queue().len(), 1);
    assert_eq!(
        page.under("Since the last edition")[3],
        "1 closed sess_01Hy2mJd7VbQx9kWf4TnLs6R"
    );
    let changes = Page::new(&site.read("public/editions/2026-11-22T0600Z/changes.html"));
    let open = changes.under("Open still, without a lead today");
    assert_eq!(open.len(), 1, "{open:#?}");
    assert!(
        open[0].ends_with(": unknown-key for sk-ant-...C001"),
        "a question nobody answered stays open: {open:#?}"
    );
}

#[test]
fn an_owner_for_the_host_changes_what_is_said_of_it() {
    let site = TestSite::sample();
    let inventory = site.read("data/inventory.toml");
    let host = "name = \"alice-mbp.local\"\n";
    assert_eq!(inventory.matches(host).count(), 1);
    let owned = inventory.replace(host, &format!("{host}owner = \"alice@company.com\"\n"));
    let (site, page) = built(site.file("data/inventory.toml", &owned));
    bottom_line(
        &page,
        "2 sessions matter now",
        "One active session widened scope into sensitive files and one ended session still explains the current unknown-key narrative.",
    );
    // Better known, so lower: the window of the anchor stands before it now.
    assert_eq!(
        page.queue(),
        [
            (
                "Ended session that still anchors the unknown-key narrative.",
                "It links the key, repo, host, and model traffic together.",
            ),
            (
                "Short replay window where file access leads into outbound calls.",
                "Useful for explaining sequence to an operator quickly.",
            ),
            (
                "Active session that widened scope into sensitive files.",
                "It touched files that would hurt in the wrong hands.",
            ),
        ]
    );
    let map = page.under("Sessions Relationship Map");
    assert!(
        map.contains(&"host alice-mbp.local developer endpoint · owner alice@company.com"),
        "{map:#?}"
    );
    assert!(map.contains(&"trust level high"));
    assert!(
        !site
            .read("public/queue.html")
            .contains("unowned-endpoint narrative about")
    );
}

#[test]
fn a_third_session_becomes_a_lead() {
    let (site, page) = told(|snapshot| {
        let bobs = snapshot.record(BOBS);
        let workspace = bobs.workspace.as_mut().unwrap();
        workspace.repo = Some("acme/release");
        let last = bobs.events.last_mut().unwrap();
        last.kind = "request";
        last.tool = Some("Bash");
        last.programs = vec!["git push --force"];
        last.destination = Some("github.com");
        last.method = Some("push");
    });
    bottom_line(
        &page,
        "3 sessions matter now",
        "One active session widened scope into sensitive files, one ended session destroyed something in production, and one ended session still explains the current unknown-key narrative.",
    );
    card(
        &page,
        "High-signal sessions",
        "3",
        "1 active, 2 ended but still explanatory",
    );
    card(
        &page,
        "Background sessions",
        "40",
        "Stable and low-value for the first read",
    );
    assert_eq!(
        page.queue()[0],
        (
            "Ended session that destroyed something in production.",
            "Others depend on what was destroyed.",
        ),
        "a must-see rule stands before any number"
    );
    assert_eq!(page.queue().len(), 4);
    assert_eq!(
        page.under("Since the last edition")[0],
        format!("1 new {WIDENED}")
    );
    assert_eq!(
        page.under("Since the last edition")[4],
        format!("1 reopened {BOBS}"),
        "what happened to the release branch had been settled"
    );
    let queue = Page::new(&site.read("public/queue.html"));
    assert_eq!(queue.all("h1"), ["3 of 43 sessions lead, 1 replay window"]);
}
