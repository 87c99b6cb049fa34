//! Every page of a site with sessions of many shapes: parsed as a browser does, its
//! links followed, its promises about scripts, styles and sizes held.

use crate::dom::{Page, is_page};
use crate::harness::TestSite;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::LazyLock;

const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; base-uri 'none'; form-action 'none'";
const KB: usize = 1024;

/// A timeline of this many events that has gaps, runs, days and every kind.
fn long(events: usize) -> String {
    let kinds = [
        "prompt", "read", "read", "write", "execute", "tool", "reply", "error",
    ];
    let mut all = String::new();
    for n in 0..events {
        let (kind, second) = (kinds[n / 20 % kinds.len()], n * 7);
        let day = 19 + second / 86_400;
        let clock = second % 86_400;
        let _ = write!(
            all,
            r#"{}{{"at":"2026-11-{day}T{:02}:{:02}:{:02}Z","kind":"{kind}","tool":"Tool{}","path":"src/module_{n}/file.rs","summary":"what event {n} was about, in a few words","ref":{{"file":"log.jsonl","line":{n}}}}}"#,
            if n == 0 { "" } else { "," },
            clock / 3_600,
            clock / 60 % 60,
            clock % 60,
            n / 40
        );
    }
    format!(
        r#"{{"id":"long-{events}","user":"sam@company.example","started_at":"2026-11-19T00:00:00Z","events":[{all}]}}"#
    )
}

/// A session that several signals fire on.
fn alarming(n: usize) -> String {
    format!(
        r#"{{"id":"alarming {n}","status":"{}","started_at":"2026-11-22T04:00:00Z","last_seen_at":"2026-11-22T05:58:00Z","user":"unknown","host":"10.9.0.{n}","key":"sk-ant-...C{:03}","agent":"Claude Code v1.2.0","models":["claude-opus-4-6","claude-haiku-4-5"],"workspace":{{"repo":"company/login","branch":"main"}},"permission_mode":"bypassPermissions","cost_usd":3.5,
        "events":[{{"at":"2026-11-22T04:10:00Z","kind":"read","path":"src/auth/signing_keys.rs"}},{{"at":"2026-11-22T04:10:30Z","kind":"request","tool":"Bash","programs":["curl -X POST"],"destination":"drop{}.example","method":"POST","bytes":48210}},
        {{"at":"2026-11-22T05:30:00Z","kind":"permission","decision":"denied","by":"policy","reason":"not allowed here"}},{{"at":"2026-11-22T05:40:00Z","kind":"delete","path":".env.production"}},{{"kind":"made-up"}}]}}"#,
        if n.is_multiple_of(3) {
            "active"
        } else {
            "ended"
        },
        n / 2,
        n % 5
    )
}

/// What every test here looks at; built once.
static FILES: LazyLock<BTreeMap<String, Vec<u8>>> = LazyLock::new(|| site().published());

/// `init`'s site with two further editions of sessions of every shape.
fn site() -> TestSite {
    let site = TestSite::new();
    site.run(&["init"]).ends(0);
    let alarming: Vec<String> = (0..60).map(alarming).collect();
    let mut shapes: Vec<String> = vec![
        r#"{"id":"bare"}"#.into(),
        r#"{"id":"<b>&amp;\"'`","user":"a b","host":"h","key":"k","agent":"Agent","models":["m"]}"#
            .into(),
        r#"{"id":"twice","cost_usd":1}"#.into(),
        r#"{"id":"twice","cost_usd":2}"#.into(),
        r#"{"id":"twice","cost_usd":2}"#.into(),
        r#"{"id":"wrong","cost_usd":-2}"#.into(),
        r#"{"id":"später ☂ 会话","user":"zoë@company.example","colour":"blue"}"#.into(),
        long(299),
        long(301),
        long(5_000),
    ];
    let many: Vec<String> = (0..300)
        .map(|n| {
            format!(r#"{{"id":"m{n}","user":"u{n}@company.example","key":"k","models":["m{n}"]}}"#)
        })
        .collect();
    shapes.extend(alarming.iter().cloned());
    let first: Vec<&str> = alarming[..20].iter().map(String::as_str).collect();
    let second: Vec<&str> = shapes.iter().chain(&many).map(String::as_str).collect();
    site.snapshot("2026-11-21T06:00:00Z", &first)
        .snapshot("2026-11-22T06:00:00Z", &second)
        .build()
}

fn pages(files: &BTreeMap<String, Vec<u8>>) -> Vec<(&str, Page)> {
    let html = files.iter().filter(|(path, _)| is_page(path));
    html.map(|(path, bytes)| (path.as_str(), Page::parse(bytes)))
        .collect()
}

/// Where a link leads, relative to the site; `None` when it climbs out of it.
fn target(page: &str, link: &str) -> Option<String> {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Everything that is wrong with a page, in words.
fn faults(path: &str, page: &Page) -> Vec<String> {
    let mut faults = page.errors.clone();
    let policies = page.elements.iter().filter(|e| {
        e.attribute("http-equiv") == Some("Content-Security-Policy")
            && e.attribute("content") == Some(POLICY)
    });
    if policies.count() != 1 {
        faults.push("the content security policy is not the one promised".to_owned());
    }
    let mut ids = BTreeSet::new();
    for element in &page.elements {
        let name = element.name.as_str();
        if name == "style" || (name == "script" && element.has_text) {
            faults.push(format!("<{name}> has content of its own"));
        }
        if ["iframe", "object", "embed", "base", "form"].contains(&name) {
            faults.push(format!("<{name}> has no place here"));
        }
        for (attribute, value) in &element.attributes {
            if attribute == "style" || attribute.starts_with("on") {
                faults.push(format!("<{name}> has the attribute {attribute}"));
            }
            if attribute == "id" && !ids.insert(value.clone()) {
                faults.push(format!("the id {value} occurs twice"));
            }
            let is_link = ["href", "src", "action", "srcset"].contains(&attribute.as_str());
            if is_link && (value.contains(':') || value.starts_with('/')) {
                faults.push(format!("{attribute}={value} is not relative"));
            }
        }
    }
    faults.iter().map(|f| format!("{path}: {f}")).collect()
}

fn assert_links_lead_somewhere(files: &BTreeMap<String, Vec<u8>>, pages: &[(&str, Page)]) {
    let ids: BTreeMap<&str, BTreeSet<&str>> = pages
        .iter()
        .map(|(path, page)| {
            let ids = page.elements.iter().filter_map(|e| e.attribute("id"));
            (*path, ids.collect())
        })
        .collect();
    let mut broken = BTreeSet::new();
    for (path, page) in pages {
        for element in &page.elements {
            let links = ["href", "src"].iter().filter_map(|a| element.attribute(a));
            for link in links {
                let (file, fragment) = link.split_once('#').unwrap_or((link, ""));
                let to = match file {
                    "" => Some((*path).to_owned()),
                    file => target(path, file),
                };
                let there = to.as_ref().is_some_and(|to| files.contains_key(to));
                let id_there = fragment.is_empty()
                    || to.is_some_and(|to| {
                        ids.get(to.as_str()).is_some_and(|i| i.contains(fragment))
                    });
                if !there || !id_there {
                    broken.insert(format!("{path}: {link}"));
                }
            }
        }
    }
    assert!(
        broken.is_empty(),
        "{} dead links: {broken:#?}",
        broken.len()
    );
}

#[test]
fn pages_of_every_shape_are_sound() {
    let files = &*FILES;
    let pages = pages(files);
    assert!(pages.len() > 400, "{}", pages.len());
    let faults: Vec<String> = pages.iter().flat_map(|(p, page)| faults(p, page)).collect();
    assert!(
        faults.is_empty(),
        "{} faults, the first: {:#?}",
        faults.len(),
        &faults[..faults.len().min(20)]
    );
    assert_links_lead_somewhere(files, &pages);
}

#[test]
fn pages_stay_small() {
    let files = &*FILES;
    let mut too_large = Vec::new();
    let mut timeline = 0;
    for (path, bytes) in files {
        let is = |ending: &str| path.ends_with(ending);
        let limit = match path {
            _ if path == "index.html" || path.starts_with("editions/") && is("Z/index.html") => {
                60 * KB
            }
            _ if path.contains("/session/") => 150 * KB,
            _ if is(".css") => 20 * KB,
            _ => continue,
        };
        timeline += usize::from(path.contains("/session/long-5000-"));
        if bytes.len() > limit {
            too_large.push(format!("{path}: {} bytes of {limit}", bytes.len()));
        }
    }
    assert!(too_large.is_empty(), "{too_large:#?}");
    assert!(timeline > 1, "5,000 events are paged");
}
