//! A site day after day, and what its queue says of the narratives.

use crate::harness::TestSite;
use crate::page::Page;

pub(crate) const INVENTORY: &str = "[[users]]\nname = \"ann\"\n[[hosts]]\nname = \"desk\"\nowner = \"ann\"\n[[keys]]\nname = \"k-ann\"\n";

/// A session with an unknown key that reads something sensitive and sends something out.
pub(crate) fn stranger(id: &str, day: u8, key: &str, to: &str) -> String {
    format!(
        r#"{{"id":"{id}","status":"ended","started_at":"2026-11-{day:02}T09:00:00Z","ended_at":"2026-11-{day:02}T09:10:00Z","user":"unknown","host":"10.0.0.9","key":"{key}","agent":"Agent 1","workspace":{{"repo":"co/login"}},"events":[{{"at":"2026-11-{day:02}T09:01:00Z","kind":"read","tool":"Read","path":"src/auth/keys.rs"}},{{"at":"2026-11-{day:02}T09:02:00Z","kind":"request","tool":"Bash","programs":["curl"],"destination":"{to}","method":"POST","bytes":4000}}]}}"#
    )
}

pub(crate) fn plain(id: &str, day: u8) -> String {
    format!(
        r#"{{"id":"{id}","status":"ended","started_at":"2026-11-{day:02}T09:00:00Z","ended_at":"2026-11-{day:02}T09:10:00Z","user":{{"name":"ann","authenticated":true}},"host":"desk","key":"k-ann","agent":"Agent 1","events":[{{"at":"2026-11-{day:02}T09:01:00Z","kind":"read","tool":"Read","path":"a.rs"}}]}}"#
    )
}

/// A site whose editions are taken in the morning after each day, with one ordinary session each.
pub(crate) struct Days(pub(crate) TestSite);

impl Days {
    pub(crate) fn new(inventory: &str) -> Self {
        Self(TestSite::new().file("data/inventory.toml", inventory))
    }

    pub(crate) fn day(self, day: u8, sessions: &[String]) -> Self {
        let mut all = vec![plain(&format!("plain-{day}"), day)];
        all.extend_from_slice(sessions);
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let taken_at = format!("2026-11-{:02}T06:00:00Z", day + 1);
        Self(self.0.snapshot(&taken_at, &all))
    }

    pub(crate) fn build(self) -> TestSite {
        self.0.build()
    }
}

/// What the queue of the edition after a day says of its narratives.
pub(crate) fn narratives(site: &TestSite, day: u8) -> Vec<String> {
    let id = format!("2026-11-{:02}T0600Z", day + 1);
    let page = Page::new(&site.read(&format!("public/editions/{id}/queue.html")));
    page.under("Narratives")
        .into_iter()
        .map(str::to_owned)
        .collect()
}

pub(crate) fn id_of(told: &[String]) -> String {
    let text = told.join(" ");
    let at = text.find("N-").unwrap_or_else(|| panic!("{text}"));
    text[at..at + 10].to_owned()
}

#[track_caller]
pub(crate) fn says(site: &TestSite, day: u8, words: &str) {
    let told = narratives(site, day).join("\n");
    assert!(told.contains(words), "day {day}: {words}\n{told}");
}

/// A day's row of the ledger.
#[track_caller]
pub(crate) fn row(site: &TestSite, day: u8, session: &str) -> serde_json::Value {
    let id = format!("2026-11-{:02}T0600Z", day + 1);
    let ledger = site.read(&format!("public/editions/{id}/ledger.jsonl"));
    let is_it = |l: &&str| l.contains(&format!("\"{session}\""));
    serde_json::from_str(ledger.lines().find(is_it).unwrap()).unwrap()
}

/// A decision as a file.
pub(crate) fn decision(about: &str, verdict: &str, dates: &str) -> String {
    format!(
        "+++\nabout = \"{about}\"\nverdict = \"{verdict}\"\nauthor = \"ann@company.com\"\n{dates}\n+++\nSeen and weighed.\n"
    )
}

/// One decision with the same words for each of several subjects.
pub(crate) fn decide(site: &TestSite, abouts: &[&str], verdict: &str, dates: &str) {
    for (n, about) in abouts.iter().enumerate() {
        let text = decision(about, verdict, dates);
        site.write(&format!("content/dispositions/{n}.md"), text);
    }
}
