//! Two days of made-up sessions, judged and rendered: every page can be made, no text of a
//! session is markup in it, and no page holds what the gate would stop.

#![no_main]

use daybrief::model::EditionId;
use daybrief::normalise::redact::formats;
use daybrief::reading;
use daybrief::render::address::Month;
use daybrief::render::{EditionSite, Leaf, Listing, Provenance, Root};
use daybrief::site::Site;
use daybrief::store::Store;
use daybrief::walk::Step;
use daybrief_fuzz::{HOSTILE, one_thread, session, write};
use libfuzzer_sys::arbitrary::Unstructured;
use libfuzzer_sys::{Corpus, fuzz_target};

const DAYS: [&str; 2] = ["2026-11-21T06:00:00Z", "2026-11-22T06:00:00Z"];

fuzz_target!(init: one_thread(), |bytes: &[u8]| -> Corpus {
    let mut bytes = Unstructured::new(bytes);
    write("data/inventory.toml", include_bytes!("../seeds/inventory/company.toml"));
    write("content/dispositions/a.md", include_bytes!("../seeds/front_matter/decision.md"));
    let root = write("daybrief.toml", b"");
    for (place, taken_at) in DAYS.iter().enumerate() {
        let mut text =
            format!(r#"{{"format":"daybrief-snapshot","version":1,"taken_at":"{taken_at}"}}"#);
        for _ in 0..8 {
            let Ok(session) = session(&mut bytes) else { break };
            text += &format!("\n{session}");
        }
        write(&format!("data/snapshots/{place}.jsonl"), text.as_bytes());
    }
    if bytes.len() > 64 {
        return Corpus::Reject; // What is not used says nothing.
    }
    let root = root.parent().expect("a file lies in a folder");
    let site = Site::load(root, Store::nothing()).expect("the site is sound");
    let mut listings = Vec::new();
    site.walk(0, |step| show(&site, &step, &mut listings)).expect("every page can be made");
    assert_eq!(listings.len(), DAYS.len());
    Corpus::Keep
});

fn show(site: &Site, step: &Step<'_>, listings: &mut Vec<Listing>) -> anyhow::Result<()> {
    let text = site.text();
    let pages = EditionSite::new(step.edition, &text, Provenance::default());
    listings.push(pages.listing());
    let mut made = Vec::new();
    for leaf in pages.leaves() {
        let mut page = Vec::new();
        pages.render(leaf, &mut page)?;
        made.push((pages.path(leaf), page));
    }
    reading::sessions(step.file, step.reading, |batch| {
        for read in &batch {
            for leaf in EditionSite::session_leaves(read.index, read.session.events.len()) {
                let Leaf::Session(_, number) = leaf else {
                    continue;
                };
                made.push((pages.path(leaf), pages.render_session(read, number)?));
            }
            made.push((pages.path(Leaf::Records), read.raw.clone()));
        }
        Ok(())
    })?;
    if step.is_latest {
        let id: EditionId = step.taken.id;
        for root in Root::ALWAYS.into_iter().chain([Root::Month(Month::of(id))]) {
            made.push((root.path().into_owned(), pages.render_root(root, listings)?));
        }
    }
    let mut own = step.past.clone();
    own.extend(made.iter().flat_map(|(path, _)| path.bytes().chain(*b"\n")));
    let secrets = step.reading.secrets.in_files(&own);
    for (path, page) in made {
        let leaks = secrets
            .as_ref()
            .is_some_and(|secrets| secrets.is_match(&page));
        assert!(!leaks && formats::secrets(&page).next().is_none(), "{path}");
        assert!(formats::secrets(path.as_bytes()).next().is_none(), "{path}");
        check(&path, page);
    }
    Ok(())
}

fn check(path: &str, page: Vec<u8>) {
    let page = String::from_utf8(page).expect("a page is text");
    match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" | "xml" => assert!(!page.contains(&HOSTILE[..10]), "{path}"),
        "json" => drop(serde_json::from_str::<serde_json::Value>(&page).expect("JSON")),
        "jsonl" => page.lines().for_each(|line| {
            serde_json::from_str::<serde_json::Value>(line).expect("JSON");
        }),
        _ => {}
    }
}
