//! The brief of the sample company says the words and numbers of the contract.

use crate::harness::TestSite;
use crate::page::Page;
use crate::sample::{ANCHOR, FOLDED, WIDENED};
use serde_json::Value;
use std::sync::LazyLock;

/// The sample, built once for every test of this file.
static BUILT: LazyLock<TestSite> = LazyLock::new(|| TestSite::sample().build());

fn brief() -> Page {
    Page::new(&BUILT.read("public/index.html"))
}

fn queue_page() -> Page {
    Page::new(&BUILT.read("public/queue.html"))
}

fn json() -> Value {
    serde_json::from_str(&BUILT.read("public/brief.json")).unwrap()
}

/// Rows of the latest ledger, by column name.
fn ledger() -> Vec<Value> {
    BUILT
        .read("public/editions/2026-11-22T0600Z/ledger.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn the_answer_comes_first() {
    let page = brief();
    let from = page
        .blocks
        .iter()
        .position(|b| b.text == "Sessions are the unit of consequence")
        .unwrap();
    let words: Vec<&str> = page.blocks[from..]
        .iter()
        .take_while(|b| b.tag != "section")
        .map(|b| b.text.as_str())
        .collect();
    assert_eq!(
        words[..5],
        [
            "Sessions are the unit of consequence",
            "They bind user, host, credential, files, tools, and outbound calls into one explainable lane. A good listing page should rank by significance, not just recency.",
            "Sessions Meaning Layer · Operator Brief",
            "2 sessions matter now",
            "One active session widened scope into sensitive files and one ended session still explains the current unknown-key narrative.",
        ]
    );
    assert_eq!(page.all("h1"), ["2 sessions matter now"]);
}

#[test]
fn each_clause_of_the_bottom_line_links_to_its_session() {
    let html = BUILT.read("public/index.html");
    let line = html
        .lines()
        .find(|l| l.starts_with("<p class=\"bottom-line\">"))
        .unwrap();
    let links: Vec<&str> = line
        .split("<a href=\"")
        .skip(1)
        .map(|l| &l[..l.find("</a>").unwrap()])
        .collect();
    assert_eq!(links.len(), 2, "{line}");
    for (link, (id, words)) in links.iter().zip([
        (
            WIDENED,
            "One active session widened scope into sensitive files",
        ),
        (
            ANCHOR,
            "one ended session still explains the current unknown-key narrative",
        ),
    ]) {
        let (href, said) = link.split_once("\">").unwrap();
        assert_eq!(said, words);
        let page = Page::new(&BUILT.read(&format!("public/{href}")));
        assert_eq!(page.all("h1"), [id]);
    }
}

#[test]
fn since_the_last_edition_and_the_question() {
    let page = brief();
    assert_eq!(
        page.under("Since the last edition"),
        [
            &format!("1 new {WIDENED}"),
            &format!("1 grew {ANCHOR}"),
            "0 eased",
            "1 closed sess_01Hy2mJd7VbQx9kWf4TnLs6R",
            "0 reopened",
            "0 unchanged",
            "Against 2026-11-21T0600Z. All changes",
        ]
    );
    assert_eq!(
        page.under("Question This View Answers"),
        [
            "Which session changed the overall security picture?",
            &format!("{ANCHOR}: Ended session that still anchors the unknown-key narrative."),
        ]
    );
}

#[test]
fn the_cards() {
    let page = brief();
    for (label, value, note) in [
        (
            "High-signal sessions",
            "2",
            "1 active, 1 ended but still explanatory",
        ),
        (
            "Sensitive repo touches",
            "3",
            "Concentrated in one workstream",
        ),
        (
            "Cross-entity links",
            "5",
            "Key, host, file, model, and outbound path",
        ),
        (
            "Background sessions",
            "41",
            "Stable and low-value for the first read",
        ),
    ] {
        assert_eq!(page.under(label), [value, note], "{label}");
    }
}

#[test]
fn the_queue() {
    let items = [
        (
            "Ended session that still anchors the unknown-key narrative.",
            "It links the key, repo, host, and model traffic together.",
        ),
        (
            "Active work from a weakly attributed endpoint.",
            "Trust is lower because host ownership is still incomplete.",
        ),
        (
            "Short replay window where file access leads into outbound calls.",
            "Useful for explaining sequence to an operator quickly.",
        ),
    ];
    let page = brief();
    assert_eq!(page.queue(), items);
    assert_eq!(queue_page().queue(), items);
    assert_eq!(
        queue_page().all("h1"),
        ["2 of 43 sessions lead, 1 replay window"]
    );
    let folded = format!("1 active session on the same key and host adds no new fact: {FOLDED}.");
    assert!(page.under("Priority Queue").contains(&folded.as_str()));
    let facts: Vec<&str> = page
        .under("Priority Queue")
        .into_iter()
        .filter(|text| text.contains(" consequence "))
        .collect();
    assert_eq!(
        facts,
        [
            "act now trust low consequence high confidence high ended",
            "review today trust medium consequence high confidence high active",
            "review today trust low consequence high confidence high ended",
        ]
    );
}

#[test]
fn the_map() {
    assert_eq!(
        brief().under("Sessions Relationship Map"),
        [
            "Session significance map Use a session-centric map to show why the session listing is more than a table of costs and timestamps. Identity, adjacency, activity, and posture around one representative item.",
            "Session",
            WIDENED,
            "Alice on a developer endpoint using a shared key while touching auth-related company files.",
            "Identity anchors",
            "Attribution starts here.",
            "user alice@company.com authenticated",
            "host alice-mbp.local developer endpoint · no owner recorded",
            "Shared lanes",
            "These widen blast radius.",
            "key sk-ant-...A3F2 2 users, 2 hosts · 2 other sessions",
            "model claude-sonnet-4-6 2 other sessions",
            "Company context",
            "This makes the session consequential.",
            "repo acme/auth-service auth, high · 2 sensitive files",
            "Outbound paths",
            "This is where boundary questions appear.",
            "destination wiki.company.com sanctioned",
            "linked entities 6",
            "trust level medium",
            "company consequence high",
            "next drill raw timeline",
            &format!("Representative Entity {WIDENED}"),
        ]
    );
}

#[test]
fn totals_and_the_first_ten_rows() {
    let page = brief();
    assert_eq!(
        page.under("List reference"),
        [
            "Active",
            "5",
            "Live now",
            "Total (24h)",
            "43",
            "Recent runs",
            "Total cost",
            "$52.48",
            "Session spend",
            "Unique users",
            "7",
            "Distinct actors; 2 sessions without a known user not counted",
        ]
    );
    let ledger = page.under("Raw Session Ledger");
    assert_eq!(
        ledger[..2],
        [
            "User, agent, endpoint, model, key, timing, and cost.",
            "User | Agent | Endpoint | Model | API Key | Status",
        ]
    );
    let rows = &ledger[2..12];
    assert_eq!(ledger[12..], ["33 more rows in the full ledger"]);
    for row in [
        "alice@company.com | Claude Code v1.2.0 | alice-mbp.local | claude-sonnet-4-6 | sk-ant-...A3F2 | active",
        "unknown | Claude Code v1.2.0 | 10.0.1.44 | claude-sonnet-4-6 | sk-ant-...C001 | active",
        "bob@company.com | Cursor 0.42.0 | bob-thinkpad.local | claude-opus-4-6 | sk-ant-...A3F2 | ended",
    ] {
        assert!(rows.contains(&row), "{row}\n{rows:#?}");
    }
}

#[test]
fn evidence_paths_and_coverage() {
    let page = brief();
    assert_eq!(
        page.under("Raw Evidence Paths"),
        [
            "Raw Sessions Listing",
            "Full rows, totals, timestamps, and supporting inventory attributes.",
            "Open raw list",
            "Representative Raw Detail",
            "Inspect the canonical entity page after the meaning layer narrows focus.",
            "Open raw detail",
        ]
    );
    assert_eq!(
        page.under("Coverage")[..2],
        [
            "Cut-off 2026-11-22 06:00 UTC. Window 2026-11-21 06:00 UTC to 2026-11-22 06:00 UTC. 43 sessions read, 0 quarantined.",
            "Sources: endpoint-collector (39), llm-gateway (43).",
        ]
    );
    assert!(!page.under("Why Sessions Matter").is_empty());
}

#[test]
fn the_same_as_data() {
    let data = json();
    for (field, expect) in [
        ("headline", Value::from("2 sessions matter now")),
        (
            "bottom_line",
            "One active session widened scope into sensitive files and one ended session still explains the current unknown-key narrative.".into(),
        ),
        ("leads", 2.into()),
        ("active_leads", 1.into()),
        ("ended_leads", 1.into()),
        ("sensitive_touches", 3.into()),
        (
            "cross_entity_links",
            vec!["key", "host", "file", "model", "outbound path"].into(),
        ),
        ("background", 41.into()),
        ("sessions", 43.into()),
        ("active", 5.into()),
        ("unique_users", 7.into()),
        ("total_cost_usd", "52.48".into()),
    ] {
        assert_eq!(data[field], expect, "{field}");
    }
    let queue: Vec<(&str, &str)> = data["queue"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| (i["kind"].as_str().unwrap(), i["session"].as_str().unwrap()))
        .collect();
    assert_eq!(
        queue,
        [
            ("session", ANCHOR),
            ("session", WIDENED),
            ("window", ANCHOR)
        ]
    );
}

#[test]
fn numbers_reconcile() {
    let (data, rows) = (json(), ledger());
    let n = |field: &str| data[field].as_u64().unwrap() as usize;
    let roles = |role: &str| rows.iter().filter(|r| r["role"] == role).count();
    assert_eq!(n("leads") + n("background"), n("sessions"));
    assert_eq!(n("active_leads") + n("ended_leads"), n("leads"));
    assert_eq!(rows.len(), n("sessions"));
    assert_eq!(roles("lead"), n("leads"));
    assert_eq!(roles("folded"), 1);
    assert_eq!(
        rows.iter().filter(|r| r["status"] == "active").count(),
        n("active")
    );
    assert_eq!(cents_of_the_ledger(), 5_248);
    let page = brief();
    let linked = page
        .under("Sessions Relationship Map")
        .iter()
        .filter(|text| {
            ["user ", "host ", "key ", "model ", "repo ", "destination "]
                .iter()
                .any(|kind| text.starts_with(kind))
        })
        .count();
    assert_eq!(linked, 6);
}

/// Total of the column `cost_usd` of ledger.csv.
fn cents_of_the_ledger() -> u64 {
    let csv = BUILT.read("public/editions/2026-11-22T0600Z/ledger.csv");
    let mut lines = csv.lines();
    let column = lines
        .next()
        .unwrap()
        .split(',')
        .position(|name| name == "cost_usd")
        .unwrap();
    lines
        .map(|line| {
            let cost = line.split(',').nth(column).unwrap();
            let (dollars, cents) = cost.split_once('.').unwrap();
            dollars.parse::<u64>().unwrap() * 100 + cents.parse::<u64>().unwrap()
        })
        .sum()
}

#[test]
fn contributions_add_up_to_the_printed_priority() {
    let page = queue_page();
    let mut sum = 0;
    let mut checked = 0;
    for row in page.all("tr") {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let number = cells.get(2).map(|c| c.replace('\u{2212}', "-"));
        let number = number.and_then(|c| c.parse::<i32>().ok());
        match (cells[0], number) {
            ("Priority", Some(printed)) => {
                assert_eq!(sum, printed, "{row}");
                sum = 0;
                checked += 1;
            }
            (_, Some(points)) => sum += points,
            (_, None) => {}
        }
    }
    assert_eq!(checked, 2);
}

#[test]
fn the_history_has_its_days() {
    let page = Page::new(&BUILT.read("public/archive.html"));
    let rows: Vec<&str> = page
        .all("tr")
        .into_iter()
        .filter(|row| row.starts_with("2026-") && row.contains("06:00 UTC"))
        .collect();
    assert_eq!(rows.len(), 16);
    let said = |day: &str, words: &str| {
        let row = rows.iter().find(|row| row.starts_with(day)).unwrap();
        assert!(row.contains(words), "{row}");
    };
    said(
        "2026-11-21",
        "one ended session still explains the current data-egress narrative",
    );
    said(
        "2026-11-20",
        "One ended session still explains the current data-egress narrative.",
    );
    said(
        "2026-11-19",
        "One ended session still explains the current data-egress narrative.",
    );
    said("2026-11-18", "One ended session touched sensitive files.");
    said("2026-11-16", "One active session ran with approvals off.");
    said(
        "2026-11-12",
        "One ended session destroyed something in production.",
    );
    said("2026-11-08", "No session needs you now");

    let coverage = |day: &str| {
        let page = BUILT.read(&format!("public/editions/{day}T0600Z/index.html"));
        Page::new(&page).under("Coverage").join("\n")
    };
    assert!(coverage("2026-11-10").contains("42 sessions read, 1 quarantined."));
    assert!(coverage("2026-11-14").contains("1 identical duplicate collapsed"));
}

#[test]
fn the_pages_beside_the_brief_read_well() {
    let rows = ledger();
    let page_of = |field: &str, value: &str| {
        let row = rows.iter().find(|r| r[field] == value).unwrap();
        let path = row["page"].as_str().unwrap();
        Page::new(&BUILT.read(&format!("public/editions/2026-11-22T0600Z/{path}")))
    };
    let after_the_name = |page: &Page| {
        let at = page.blocks.iter().position(|b| b.tag == "h1").unwrap();
        page.blocks[at + 1].text.clone()
    };
    let ci = page_of("user", "ci-runner@company.com");
    assert_eq!(
        after_the_name(&ci),
        "Ci-runner on a CI endpoint using a shared key."
    );

    let widened = page_of("id", WIDENED);
    let fields: Vec<&str> = widened.all("div");
    assert!(fields.contains(&"Ended still running"), "{fields:#?}");
    assert_eq!(
        widened.under("Not recorded")[..1],
        ["repository. Absent is not the same as zero, or as fine."]
    );

    let anchor = page_of("id", ANCHOR).under("Why it ranks here").join("\n");
    for words in [
        "Ended 14 h 20 min ago, but it alone ties sk-ant-...C001 to its host, model, repo, file, and outbound path: all 18 open facts rest on it.",
        "first seen 2026-11-20 13:20 UTC on 10.0.1.44, 3 sessions so far.",
        "18 × 0.90 × 0.70 family",
    ] {
        assert!(anchor.contains(words), "{words}\n{anchor}");
    }
    let folded = page_of("id", FOLDED).under("Why it ranks here").join("\n");
    for words in [
        "Because scope-widening is not assessable.",
        "ended 14 h 20 min ago. It ties sk-ant-...C001 to its host,",
    ] {
        assert!(folded.contains(words), "{words}\n{folded}");
    }
    let method = Page::new(&BUILT.read("public/method.html"));
    assert!(method.all("li").contains(
        &"Inside a family the strongest counts fully, the next ones × 0.7, 0.5, 0.35, 0.25."
    ));
}
