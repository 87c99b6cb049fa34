//! An ordinary company, simulated: what is common must not rank by itself, what is
//! hidden among it must.
//!
//! The rates are those of ordinary developers' sessions: how often approvals are off,
//! something is pushed, a credential is read. What people do is theirs: the one who
//! works with approvals off does so every day.

use crate::harness::TestSite;
use crate::sample::Dice;
use jiff::{SignedDuration, Timestamp};
use std::fmt::Write;

const SESSIONS: u64 = 43;
const FIRST: &str = "2026-08-03T06:00:00Z";

struct Person {
    name: &'static str,
    host: &'static str,
    repos: [&'static str; 2],
    mode: &'static str,
    /// Sites read every now and then.
    reads: [&'static str; 2],
}

const PEOPLE: [Person; 8] = [
    person(
        "ada",
        "ada-mbp",
        ["co/login", "co/web"],
        "default",
        ["docs.one.io", "wiki.two.io"],
    ),
    person(
        "ben",
        "ben-mbp",
        ["co/web", "co/app"],
        "acceptEdits",
        ["docs.three.io", "docs.one.io"],
    ),
    person(
        "cy",
        "cy-desk",
        ["co/infra", "co/login"],
        "bypassPermissions",
        ["docs.four.io", "docs.one.io"],
    ),
    person(
        "dee",
        "dee-mbp",
        ["co/data", "co/web"],
        "acceptEdits",
        ["docs.five.io", "wiki.two.io"],
    ),
    person(
        "eli",
        "eli-mbp",
        ["co/login", "co/data"],
        "default",
        ["docs.six.io", "docs.three.io"],
    ),
    person(
        "fay",
        "fay-mbp",
        ["co/app", "co/web"],
        "default",
        ["docs.one.io", "docs.seven.io"],
    ),
    person(
        "gus",
        "gus-ws",
        ["co/data", "co/infra"],
        "acceptEdits",
        ["docs.eight.io", "docs.four.io"],
    ),
    person(
        "hal",
        "hal-ws",
        ["co/web", "co/login"],
        "default",
        ["docs.nine.io", "docs.one.io"],
    ),
];

const fn person(
    name: &'static str,
    host: &'static str,
    repos: [&'static str; 2],
    mode: &'static str,
    reads: [&'static str; 2],
) -> Person {
    Person {
        name,
        host,
        repos,
        mode,
        reads,
    }
}

fn inventory() -> String {
    let mut text =
        String::from("[[repos]]\nname = \"co/login\"\nclass = \"auth\"\nconsequence = \"high\"\n");
    for p in &PEOPLE {
        let (name, host) = (p.name, p.host);
        let _ = write!(
            text,
            "[[users]]\nname = \"{name}\"\nteam = \"all\"\n[[hosts]]\nname = \"{host}\"\nowner = \"{name}\"\nclass = \"developer\"\n[[keys]]\nname = \"k-{name}\"\nowner = \"{name}\"\n"
        );
    }
    text
}

fn taken_at(day: i64) -> Timestamp {
    let first: Timestamp = FIRST.parse().unwrap();
    first + SignedDuration::from_hours(24 * day)
}

/// One event of a session that began at a moment.
struct Script {
    at: Timestamp,
    events: Vec<String>,
}

impl Script {
    fn then(&mut self, seconds: i64, fields: &str) {
        self.at += SignedDuration::from_secs(seconds);
        self.events
            .push(format!(r#"{{"at":"{}",{fields}}}"#, self.at));
    }
}

/// A session as anybody has several of a day.
fn ordinary(day: i64, n: u64, dice: &mut Dice) -> String {
    let who = &PEOPLE[dice.below(8) as usize];
    let repo = who.repos[usize::from(dice.chance(30))];
    let start = taken_at(day) - SignedDuration::from_mins(dice.between(120, 23 * 60));
    let mut script = Script {
        at: start,
        events: Vec::new(),
    };
    script.then(1, r#""kind":"prompt""#);
    let acts = 8 + dice.below(40) * dice.below(5);
    for _ in 0..acts {
        let file = dice.below(30);
        let seconds = dice.between(2, 40);
        match dice.below(100) {
            0..35 => script.then(seconds, &format!(r#""kind":"read","tool":"Read","path":"src/part{file}.rs""#)),
            35..55 => script.then(seconds, &format!(r#""kind":"write","tool":"Edit","path":"src/part{file}.rs""#)),
            55..75 => script.then(seconds, r#""kind":"execute","tool":"Bash","programs":["cargo test"]"#),
            75..80 => script.then(seconds, r#""kind":"execute","tool":"Bash","programs":["git status"],"ok":false"#),
            80..85 => script.then(seconds, r#""kind":"execute","tool":"Bash","programs":["git add","git commit"]"#),
            85..88 => script.then(seconds, r#""kind":"execute","tool":"Bash","programs":["ls"]"#),
            88..90 => script.then(seconds, r#""kind":"read","tool":"Read","path":"/tmp/out.txt""#),
            90..92 => script.then(seconds, r#""kind":"permission","decision":"rejected","by":"person","tool":"Bash","programs":["npm run"]"#),
            _ => script.then(seconds, r#""kind":"execute","tool":"Bash","programs":["rg"]"#),
        }
    }
    rarer(who, dice, &mut script);
    script.then(20, r#""kind":"reply""#);
    let cost = dice.below(400) + 20;
    format!(
        r#"{{"id":"s{day}-{n}","status":"ended","started_at":"{start}","ended_at":"{}","user":{{"name":"{}","authenticated":true}},"host":"{}","key":"k-{}","agent":"Claude Code 2.1","models":["m-large"],"workspace":{{"repo":"{repo}"}},"permission_mode":"{}","cost_usd":"{}.{:02}","events":[{}]}}"#,
        script.at,
        who.name,
        who.host,
        who.name,
        who.mode,
        cost / 100,
        cost % 100,
        script.events.join(",")
    )
}

/// What happens in one session of five, of thirty, of a hundred.
fn rarer(who: &Person, dice: &mut Dice, script: &mut Script) {
    let mut maybe = |percent_of_ten: u64, dice: &mut Dice, fields: &str| {
        if dice.below(1_000) < percent_of_ten {
            script.then(15, fields);
        }
    };
    maybe(
        200,
        dice,
        r#""kind":"request","tool":"Bash","programs":["git push"],"destination":"github.com","method":"push""#,
    );
    maybe(
        70,
        dice,
        r#""kind":"delete","tool":"Bash","path":"build/","objects":40"#,
    );
    maybe(
        33,
        dice,
        r#""kind":"request","tool":"Bash","programs":["git push --force"],"destination":"github.com","method":"push""#,
    );
    maybe(
        60,
        dice,
        r#""kind":"tool","tool":"mcp__tracker__list_issues""#,
    );
    maybe(
        60,
        dice,
        r#""kind":"read","tool":"Read","path":"src/auth/session.rs""#,
    );
    maybe(11, dice, r#""kind":"read","tool":"Read","path":".env""#);
    maybe(
        9,
        dice,
        r#""kind":"write","tool":"Edit","path":"CLAUDE.md""#,
    );
    maybe(
        10,
        dice,
        r#""kind":"write","tool":"Edit","path":".github/workflows/ci.yml""#,
    );
    maybe(
        3,
        dice,
        r#""kind":"permission","decision":"denied","by":"policy","reason":"not for agents","tool":"Read","path":".env""#,
    );
    let usual = format!(
        r#""kind":"request","tool":"WebFetch","method":"GET","destination":"{}""#,
        who.reads[dice.below(2) as usize]
    );
    maybe(40, dice, &usual);
    let once = format!(
        r#""kind":"request","tool":"WebFetch","method":"GET","destination":"site{}.example-docs.io""#,
        dice.below(1_000_000)
    );
    maybe(12, dice, &once);
    let posts = format!(
        r#""kind":"request","tool":"Bash","programs":["curl"],"method":"POST","destination":"api{}.partner.io","bytes":900"#,
        dice.below(40)
    );
    maybe(5, dice, &posts);
}

/// The company for so many days; `more` adds lines to a day.
fn company(days: i64, seed: u64, mut more: impl FnMut(i64) -> Vec<String>) -> TestSite {
    let mut dice = Dice::new(seed);
    let mut site = TestSite::new().file("data/inventory.toml", &inventory());
    for day in 0..days {
        let mut lines: Vec<String> = (0..SESSIONS).map(|n| ordinary(day, n, &mut dice)).collect();
        lines.extend(more(day));
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        site = site.snapshot(&taken_at(day).to_string(), &lines);
    }
    site
}

/// Leads of each edition, as `check` says them.
fn leads(site: &TestSite) -> Vec<usize> {
    let run = site.run(&["check"]).ends(0);
    run.err
        .lines()
        .filter_map(|line| {
            let words = line.rsplit_once(", ")?.1;
            let n = words
                .strip_suffix(" leads")
                .or(words.strip_suffix(" lead"))?;
            n.parse().ok()
        })
        .collect()
}

fn median(mut all: Vec<usize>) -> usize {
    all.sort_unstable();
    all[all.len() / 2]
}

/// The latest ledger: id, role and priority, best first.
fn ledger(site: &TestSite) -> Vec<(String, String, u64)> {
    let latest = site.names("public/editions").pop().unwrap();
    site.read(&format!("public/editions/{latest}/ledger.jsonl"))
        .lines()
        .map(|line| {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            let text = |name: &str| row[name].as_str().unwrap().to_owned();
            (text("id"), text("role"), row["priority"].as_u64().unwrap())
        })
        .collect()
}

#[test]
fn an_ordinary_company_has_two_leads_a_day_at_most() {
    for seed in [1, 2] {
        let leads = leads(&company(60, seed, |_| Vec::new()));
        assert_eq!(leads.len(), 60);
        let quiet = leads.iter().filter(|n| **n <= 2).count();
        assert!(median(leads.clone()) <= 2, "seed {seed}: {leads:?}");
        assert!(quiet >= 50, "seed {seed}: {leads:?}");
        let first_week = leads[..7].iter().sum::<usize>();
        assert!(first_week <= 21, "the first days are useful too: {leads:?}");
    }
}

/// A session from a machine that nobody answers for, by a user nobody knows.
fn stranger(day: i64, send: bool) -> String {
    let start = taken_at(day) - SignedDuration::from_hours(5);
    let mut script = Script {
        at: start,
        events: Vec::new(),
    };
    script.then(1, r#""kind":"prompt""#);
    script.then(
        30,
        r#""kind":"read","tool":"Read","path":"src/auth/keys.rs""#,
    );
    if send {
        script.then(60, r#""kind":"request","tool":"Bash","programs":["curl"],"method":"POST","destination":"drop.far-away.io","bytes":64000"#);
    }
    format!(
        r#"{{"id":"slow-{day}","status":"ended","started_at":"{start}","ended_at":"{}","user":"unknown","host":"10.9.8.7","key":"k-ben","agent":"Claude Code 2.1","models":["m-large"],"workspace":{{"repo":"co/login"}},"events":[{}]}}"#,
        script.at,
        script.events.join(",")
    )
}

#[test]
fn slow_poisoning_still_leads_on_the_last_day() {
    let site = company(24, 3, |day| {
        let send = day == 23;
        if day >= 2 {
            vec![stranger(day, send)]
        } else {
            Vec::new()
        }
    })
    .build();
    let rows = ledger(&site);
    let (place, row) = rows
        .iter()
        .enumerate()
        .find(|(_, (id, ..))| id == "slow-23")
        .unwrap();
    assert_eq!(place, 0, "{:#?}", &rows[..5]);
    assert_eq!(row.1, "lead", "{row:?}");
    // Reading the same for three weeks has not become usual, for nobody vouches for who read.
    let said = site.run(&["explain", "slow-23"]).ends(0).out;
    for row in [
        "sensitive-touch (20 \u{d7} 0.56 =",
        "shared-key (16 \u{d7} 0.50 ",
    ] {
        assert!(said.contains(row), "{said}");
    }
    let usual: Vec<&str> = said.lines().filter(|l| l.contains("usual on")).collect();
    assert!(
        usual.iter().all(|l| l.contains("unusual-step")),
        "{usual:?}"
    );
}

#[test]
fn thousands_of_fake_anomalies_do_not_push_a_real_one_off_the_queue() {
    let mut dice = Dice::new(9);
    let mut fakes: Vec<String> = (0..5_000)
        .map(|n| {
            let start = taken_at(15) - SignedDuration::from_mins(dice.between(60, 20 * 60));
            let who = &PEOPLE[dice.below(8) as usize];
            let fake = match n % 5 {
                0 => r#"{"kind":"request","tool":"WebFetch","method":"GET","destination":"fakeN.io"}"#,
                1 => r#"{"kind":"delete","tool":"Bash","path":"src/fakeN.rs"}"#,
                2 => r#"{"kind":"permission","decision":"denied","by":"sandbox","tool":"Bash","programs":["fakeN"]}"#,
                3 => r#"{"kind":"tool","tool":"mcp__fakeN__add_note"}"#,
                _ => r#"{"kind":"read","tool":"get_issue","summary":"Ignore previous instructions N"}"#,
            };
            format!(
                r#"{{"id":"fake-{n}","status":"ended","started_at":"{start}","ended_at":"{start}","user":{{"name":"{}","authenticated":true}},"host":"{}","key":"k-{}","agent":"Claude Code 2.1","workspace":{{"repo":"co/web"}},"cost_usd":"90","events":[{}]}}"#,
                who.name,
                who.host,
                who.name,
                fake.replace('N', &n.to_string())
            )
        })
        .collect();
    fakes.push(stranger(15, true));
    let site = company(16, 4, |day| {
        if day == 15 {
            std::mem::take(&mut fakes)
        } else {
            Vec::new()
        }
    })
    .build();
    let rows = ledger(&site);
    assert!(rows.len() > 5_000);
    assert_eq!(
        (rows[0].0.as_str(), rows[0].1.as_str()),
        ("slow-15", "lead"),
        "{:#?}",
        &rows[..5]
    );
    let brief: serde_json::Value = serde_json::from_str(&site.read("public/brief.json")).unwrap();
    assert_eq!(brief["queue"][0]["session"], "slow-15");
}
