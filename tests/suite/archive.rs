//! An archive: what is new is made, what stands stays, and what must change says so.

#![expect(
    clippy::disallowed_methods,
    reason = "tests look at what was written, and change it"
)]

use crate::days::{Days, INVENTORY, stranger};
use crate::harness::TestSite;
use crate::killed::copy;
use crate::page::Page;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// The manifest of the month that most of these tests are about.
const MONTH: &str = "archive-2026-11.manifest.json";

/// What the collector wrote on the morning after a day.
fn snapshot(day: u8) -> (String, String) {
    let id = format!("s-{day}");
    let key = format!("k-{}", day % 3);
    let session = stranger(&id, day, &key, "drop.site.io");
    let text = format!(
        "{{\"format\":\"daybrief-snapshot\",\"version\":1,\"taken_at\":\"2026-11-{:02}T06:00:00Z\"}}\n{session}\n",
        day + 1
    );
    (format!("data/snapshots/{day:02}.jsonl"), text)
}

fn digest(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
}

fn site() -> TestSite {
    TestSite::new().file("data/inventory.toml", INVENTORY)
}

/// Says which file differs, and not how.
#[track_caller]
fn assert_same(left: &BTreeMap<String, Vec<u8>>, right: &BTreeMap<String, Vec<u8>>) {
    let names: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
    let differ: Vec<&String> = names
        .into_iter()
        .filter(|n| left.get(*n) != right.get(*n))
        .collect();
    assert!(differ.is_empty(), "{differ:?}");
}

fn add(site: &TestSite, day: u8) {
    let (path, text) = snapshot(day);
    site.write(&path, text);
}

fn add_days(site: &TestSite, days: impl IntoIterator<Item = u8>) {
    for day in days {
        add(site, day);
    }
}

/// A site with these days, built.
fn built(days: impl IntoIterator<Item = u8>) -> TestSite {
    let site = site();
    add_days(&site, days);
    site.build()
}

fn build(site: &TestSite) -> String {
    site.run(&["build"]).ends(0).err
}

fn edition(day: u8) -> String {
    format!("public/editions/2026-11-{:02}T0600Z", day + 1)
}

/// Every file of an edition.
fn files(site: &TestSite, day: u8) -> BTreeMap<String, Vec<u8>> {
    let folder = edition(day).replace("public/", "") + "/";
    let all = site.published().into_iter();
    all.filter(|(path, _)| path.starts_with(&folder)).collect()
}

/// What is published, without what tells of revisions: manifests, the note, the seals.
fn without_notes(site: &TestSite) -> BTreeMap<String, String> {
    let cut = |text: &str, from: &str, to: &str| -> String {
        match text.split_once(from) {
            Some((before, rest)) => {
                let after = rest.split_once(to).map_or("", |(_, after)| after);
                format!("{before}{after}")
            }
            None => text.to_owned(),
        }
    };
    site.published()
        .into_iter()
        .filter(|(path, _)| !path.ends_with("manifest.json"))
        .map(|(path, bytes)| {
            let text = String::from_utf8_lossy(&bytes);
            let text = cut(&text, "<p class=\"revised\">Revised:", "</p>");
            (path, cut(&text, "This edition follows", "."))
        })
        .collect()
}

#[test]
fn at_once_one_by_one_and_in_any_order_make_the_same() {
    let days: Vec<u8> = (1..=9).collect();
    let at_once = built(days.iter().copied());
    let one_by_one = site();
    for day in &days {
        add(&one_by_one, *day);
        let said = build(&one_by_one);
        assert!(said.contains("1 made"), "{said}");
    }
    assert_same(&at_once.published(), &one_by_one.published());
    let shuffled = site();
    for day in [4, 8, 1, 9, 3, 2, 7, 6, 5] {
        add(&shuffled, day);
        build(&shuffled);
    }
    let (told, shuffled) = (without_notes(&at_once), without_notes(&shuffled));
    assert_eq!(
        told.keys().collect::<Vec<_>>(),
        shuffled.keys().collect::<Vec<_>>()
    );
    for (path, text) in &told {
        assert_eq!(text, &shuffled[path], "{path}");
    }
}

#[test]
fn without_its_store_a_site_is_the_same() {
    let (with, without) = (site(), site());
    for day in 1..=6 {
        for site in [&with, &without] {
            add(site, day);
            build(site);
        }
        std::fs::remove_dir_all(without.path(".daybrief")).unwrap();
        let said = build(&without);
        assert!(said.contains("nothing new"), "{said}");
        assert_same(&with.published(), &without.published());
    }
}

#[test]
fn with_a_damaged_store_a_site_is_the_same() {
    const PAGE: usize = 4096;
    let before = built(1..=3);
    let expect = built(1..=4).published();
    let store = std::fs::read(before.path(".daybrief/history.redb")).unwrap();
    let site = site();
    add_days(&site, 1..=4);
    let mut damaged: Vec<Vec<u8>> = Vec::new();
    for page in 0..store.len() / PAGE {
        let page = page * PAGE..(page + 1) * PAGE;
        // As after a loss of power; as from a bad disk; as from an editor.
        let (mut zeroed, mut flipped) = (store.clone(), store.clone());
        zeroed[page.clone()].fill(0);
        flipped[page.clone()].iter_mut().for_each(|b| *b ^= 0x10);
        damaged.extend([zeroed, flipped, store[..page.end - 1].to_vec()]);
    }
    for (number, store) in damaged.iter().enumerate() {
        copy(&before, &site, "public");
        site.write(".daybrief/history.redb", store);
        let said = build(&site);
        assert!(said.contains("1 made"), "{number}: {said}");
        assert!(!said.contains("panicked"), "{number}: {said}");
        assert_same(&site.published(), &expect);
        let said = build(&site);
        assert!(said.contains("nothing new"), "{number}: {said}");
    }
}

#[test]
fn nothing_new_writes_nothing() {
    let site = built([1]);
    let modified = || {
        let files = ["public/manifest.json", ".daybrief/history.redb"];
        files.map(|file| site.path(file).metadata().unwrap().modified().unwrap())
    };
    let before = modified();
    let said = build(&site);
    assert!(said.contains("1 edition, nothing new"), "{said}");
    assert!(said.contains("1 session matters now"), "{said}");
    assert_eq!(modified(), before);
}

#[test]
fn a_template_that_was_spoiled_is_told_with_every_other_mistake() {
    let site = built([1]);
    site.write("themes/default/templates/queue.html", "{% oops %}");
    site.write("data/inventory.toml", "nonsense =");
    for command in ["build", "check"] {
        let said = site.run(&[command]).ends(1).err;
        for place in [
            "themes/default/templates/queue.html:1:",
            "data/inventory.toml:1:",
        ] {
            assert!(said.contains(place), "{said}");
        }
    }
}

#[test]
fn a_late_snapshot_makes_anew_what_comes_after_it_and_says_so() {
    let site = built([1, 2, 4, 5]);
    let before: Vec<_> = [1, 2, 4, 5].map(|d| files(&site, d)).into();
    add(&site, 3);
    let said = build(&site);
    assert!(said.contains("3 made"), "{said}");
    assert!(said.contains("2 revised"), "{said}");
    assert_same(&files(&site, 1), &before[0]);
    assert_same(&files(&site, 2), &before[1]);
    for day in [4, 5] {
        let page = Page::new(&site.read(&format!("{}/index.html", edition(day))));
        let note = page.blocks.iter().find(|b| b.text.starts_with("Revised:"));
        let note = &note.unwrap_or_else(|| panic!("day {day}")).text;
        let why = "an earlier snapshot came in, was corrected or went away";
        assert!(note.contains(why), "{note}");
        let manifest = site.read(&format!("{}/manifest.json", edition(day)));
        let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
        for digest in ["was", "now"] {
            let digest = manifest["revisions"][0][digest].as_str().unwrap();
            assert!(note.contains(&digest[..12]), "{note}");
        }
    }
    let page = Page::new(&site.read(&format!("{}/index.html", edition(3))));
    assert!(!page.blocks.iter().any(|b| b.text.starts_with("Revised:")));
    assert!(build(&site).contains("nothing new"));
    site.run(&["verify"]).ends(0);
}

#[test]
fn a_corrected_and_a_removed_snapshot() {
    let site = built(1..=3);
    let (path, text) = snapshot(2);
    site.write(&path, text.replace("src/auth/keys.rs", "src/auth/other.rs"));
    let said = build(&site);
    assert!(said.contains("2 made"), "{said}");
    let brief = site.read(&format!("{}/index.html", edition(2)));
    assert!(brief.contains("Revised: its snapshot was corrected."));
    site.write(&format!("{}/mine.txt", edition(2)), "kept");
    site.remove(&path);
    let said = build(&site);
    assert!(
        said.contains("1 edition went away with its snapshot"),
        "{said}"
    );
    assert_eq!(
        site.names(&edition(2)),
        ["mine.txt"],
        "what is not ours stays"
    );
    let archive = site.read("public/archive.html");
    assert!(!archive.contains("2026-11-03T0600Z"));
    site.remove("public/editions/2026-11-03T0600Z/mine.txt");
    site.run(&["verify"]).ends(0);
}

#[test]
fn an_edition_that_says_the_same_is_not_revised() {
    let site = built(1..=3);
    site.write("daybrief.toml", "# Said to nobody.\n");
    let run = site.run(&["build", "--rebuild-all"]).ends(0);
    let said = run.out + &run.err;
    assert!(said.contains("3 made, "), "{said}");
    for day in 1..=3 {
        let brief = site.read(&format!("{}/index.html", edition(day)));
        assert!(!brief.contains("Revised:"), "{day}");
    }
    // The seals are others, and the chain holds.
    site.run(&["verify"]).ends(0);
}

#[test]
fn the_inventory_changes_the_latest_edition_only() {
    let site = built(1..=3);
    let before: Vec<_> = (1..=2).map(|d| files(&site, d)).collect();
    let owned = format!("{INVENTORY}[[ranges]]\ncidr = \"10.0.0.0/24\"\nowner = \"lab\"\n");
    site.write("data/inventory.toml", &owned);
    let said = build(&site);
    assert!(said.contains("1 made"), "{said}");
    assert_same(&files(&site, 1), &before[0]);
    assert_same(&files(&site, 2), &before[1]);
    let latest = site.read("public/index.html");
    assert!(latest.contains("Revised: the inventory was changed."));
    let judged = |page: &str| {
        let at = page.find("Judged by inventory ").unwrap() + "Judged by inventory ".len();
        page[at..at + 12].to_owned()
    };
    let earlier = site.read(&format!("{}/index.html", edition(2)));
    assert_ne!(judged(&latest), judged(&earlier));
    // What is added now is compared with what was published.
    add(&site, 4);
    build(&site);
    assert_same(&files(&site, 2), &before[1]);
    site.run(&["build", "--rebuild-all"]).ends(0);
    let earlier = site.read(&format!("{}/index.html", edition(2)));
    assert!(earlier.contains("Revised: the inventory was changed."));
    site.run(&["verify"]).ends(0);
}

#[test]
fn prose_that_changes_is_a_revision_of_the_brief_that_shows_it() {
    let site = built(1..=2);
    let before = files(&site, 1);
    site.write(
        "content/why-sessions.md",
        "+++\ntitle = \"Why\"\n+++\nNobody needs to look. [How](method.html)\n",
    );
    let said = build(&site);
    assert!(said.contains("1 made, 1 revised"), "{said}");
    let brief = site.read(&format!("{}/index.html", edition(2)));
    assert!(brief.contains("Nobody needs to look."));
    let words = "Revised: decisions, configuration, prose or the theme were changed.";
    assert!(brief.contains(words));
    let manifest = site.read(&format!("{}/manifest.json", edition(2)));
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    let revision = &manifest["revisions"][0];
    assert_ne!(revision["was"], revision["now"]);
    for digest in [&revision["was"], &revision["now"]] {
        assert!(brief.contains(&digest.as_str().unwrap()[..12]), "{digest}");
    }
    assert_same(&files(&site, 1), &before);
    let broken = crate::killed::broken_links(&site.published());
    assert_eq!(broken, Vec::<String>::new());
    assert!(build(&site).contains("nothing new"));
    site.run(&["verify"]).ends(0);
}

#[cfg(unix)]
#[test]
fn what_lies_in_the_place_of_a_page_is_replaced_or_refused() {
    let site = built(1..=2);
    let whole = site.published();
    let index = site.path("public/index.html");
    std::fs::rename(&index, site.path("kept.html")).unwrap();
    std::os::unix::fs::symlink(site.path("kept.html"), &index).unwrap();
    site.run(&["verify"]).ends(1);
    build(&site);
    assert!(index.symlink_metadata().unwrap().is_file(), "no link");
    site.run(&["verify"]).ends(0);
    std::fs::remove_file(&index).unwrap();
    site.write("public/index.html/mine.txt", "kept");
    add(&site, 3);
    let run = site.run(&["build"]).ends(1);
    let words = "is a folder where a file of the site belongs; move it away";
    assert!(run.err.contains(words), "{}", run.err);
    assert_eq!(site.read("public/index.html/mine.txt"), "kept");
    std::fs::remove_dir_all(&index).unwrap();
    site.write("public/index.html", &whole["index.html"]);
    assert_same(&whole, &site.published());
    build(&site);
    site.run(&["verify"]).ends(0);
}

#[test]
fn verify_finds_whatever_was_changed() {
    let site = built(1..=3);
    let said = site.run(&["verify"]).ends(0).out;
    assert!(said.contains("3 editions"), "{said}");
    assert!(said.contains("as published"), "{said}");
    let whole = site.published();
    let restore = || {
        std::fs::remove_dir_all(site.path("public")).unwrap();
        for (path, bytes) in &whole {
            site.write(&format!("public/{path}"), bytes);
        }
    };
    let (one, two) = ("editions/2026-11-02T0600Z", "editions/2026-11-03T0600Z");
    let queue = format!("{one}/queue.html");
    let changed = |path: &str, from: &str, to: &str| {
        let text = String::from_utf8(whole[path].clone()).unwrap();
        assert!(text.contains(from), "{path}: {from}");
        site.write(&format!("public/{path}"), text.replacen(from, to, 1));
    };
    let finds = |fault: &str, path: &str| {
        let said = site.run(&["verify"]).ends(1).out;
        let line = format!("{fault:<8}  {path}");
        assert!(said.lines().any(|l| l == line), "{line}\n{said}");
        restore();
    };
    changed(&queue, "Queue", "Quiet");
    finds("changed", &queue);
    site.write(&format!("public/{queue}"), &whole[&queue][..100]);
    finds("changed", &queue);
    site.remove(&format!("public/{queue}"));
    finds("missing", &queue);
    site.write(&format!("public/{one}/more.html"), "x");
    finds("extra", &format!("{one}/more.html"));
    site.write("public/editions/2026-12-01T0600Z/index.html", "x");
    finds("extra", "editions/2026-12-01T0600Z/index.html");
    changed("index.html", "Daybrief", "Daybreak");
    finds("changed", "index.html");
    // Two editions that change places, each as it was sealed.
    for (path, bytes) in &whole {
        let swapped = if path.starts_with(one) {
            path.replace(one, two)
        } else if path.starts_with(two) {
            path.replace(two, one)
        } else {
            continue;
        };
        site.write(&format!("public/{swapped}"), bytes);
    }
    finds("changed", &format!("{one}/manifest.json"));
    // A page, and the manifest that lists it.
    changed(&queue, "Queue", "Quiet");
    let manifest = format!("{one}/manifest.json");
    changed(&manifest, "queue.html", "queue.htm");
    finds("changed", &manifest);
    // A month, by another name for one of its editions, or gone as a whole.
    let folder = one.strip_prefix("editions/").unwrap();
    changed(MONTH, folder, "2026-11-02T0601Z");
    finds("changed", MONTH);
    site.remove(&format!("public/{MONTH}"));
    changed(&queue, "Queue", "Quiet");
    finds("missing", MONTH);
    site.remove(&format!("public/{MONTH}"));
    changed(&queue, "Queue", "Quiet");
    finds("changed", &queue);
    // A month without one of its editions, and with the digest that the site has of it.
    let mut other: serde_json::Value = serde_json::from_slice(&whole[MONTH]).unwrap();
    other["editions"].as_array_mut().unwrap().remove(0);
    let other = other.to_string();
    let (was, now) = (digest(&whole[MONTH]), digest(other.as_bytes()));
    site.write(&format!("public/{MONTH}"), other);
    changed("manifest.json", &was, &now);
    finds("unsealed", MONTH);
    // A month that the site lists, without the manifest of it.
    let mut site_manifest: serde_json::Value =
        serde_json::from_slice(&whole["manifest.json"]).unwrap();
    let listed = site_manifest["files"].as_array_mut().unwrap();
    listed.retain(|file| file["path"] != MONTH);
    site.remove(&format!("public/{MONTH}"));
    site.write("public/manifest.json", site_manifest.to_string());
    finds("unsealed", MONTH);
    // The site's own manifest, in any of its parts.
    changed("manifest.json", "daybrief 0", "daybrief 9");
    finds("changed", "manifest.json");
    changed("manifest.json", "\n}", "\n }");
    finds("changed", "manifest.json");
    // The head of the chain.
    let head = String::from_utf8(whole["manifest.json"].clone()).unwrap();
    let at = head.find("\"head\": \"").unwrap() + "\"head\": \"".len();
    let digest = head[at..at + 64].to_owned();
    changed("manifest.json", &digest, &"0".repeat(64));
    finds("unsealed", "manifest.json");
    let run = site.run(&["verify", "data"]).ends(1);
    assert!(run.err.contains("holds no manifest.json"), "{}", run.err);
}

/// Changes an edition's manifest, or what its month lists of it.
type Forge = fn(&mut Value, &mut Value);

/// Whoever can write to the output can make digests fit again; the seals fit one edition only.
#[test]
fn a_seal_speaks_for_all_that_is_listed_of_an_edition() {
    let site = built(1..=3);
    let whole = site.published();
    let read = |path: &str| -> Value { serde_json::from_slice(&whole[path]).unwrap() };
    let path = "editions/2026-11-02T0600Z/manifest.json";
    let listing = |manifest: &mut Value, _: &mut Value| {
        manifest["listing"]["headline"] = "All was quiet".into();
    };
    let leads = |manifest: &mut Value, _: &mut Value| manifest["listing"]["leads"] = 0.into();
    let declared = |_: &mut Value, listed: &mut Value| listed["declared"] = "0".repeat(64).into();
    let trimmed = |_: &mut Value, listed: &mut Value| listed["trimmed"] = true.into();
    let nothing = |_: &mut Value, _: &mut Value| {};
    let forged: [(Forge, bool); 5] = [
        (listing, false),
        (leads, false),
        (declared, false),
        (trimmed, false),
        (nothing, true),
    ];
    for (forge, is_sealed) in forged {
        let (mut manifest, mut month) = (read(path), read(MONTH));
        forge(&mut manifest, &mut month["editions"][0]);
        let manifest = manifest.to_string();
        month["editions"][0]["manifest"] = digest(manifest.as_bytes()).into();
        // As long as it was.
        let month = format!("{:1$}", month.to_string(), whole[MONTH].len());
        let head = String::from_utf8(whole["manifest.json"].clone()).unwrap();
        let head = head.replace(&digest(&whole[MONTH]), &digest(month.as_bytes()));
        let own = read("manifest.json")["digest"].as_str().unwrap().to_owned();
        let zeros = "0".repeat(64);
        let head = head.replace(&own, &zeros);
        let head = head.replace(&zeros, &digest(head.as_bytes()));
        site.write(&format!("public/{path}"), manifest);
        site.write(&format!("public/{MONTH}"), month);
        site.write("public/manifest.json", head);
        let said = site.run(&["verify"]).ends(i32::from(!is_sealed)).out;
        let line = format!("unsealed  {path}");
        assert_eq!(said.contains(&line), !is_sealed, "{said}");
    }
}

#[test]
fn one_build_at_a_time() {
    let site = built([1]);
    let folder = std::fs::File::open(site.path("public")).unwrap();
    folder.lock().unwrap();
    let run = site.run(&["build"]).ends(1);
    let words = "another build is writing";
    assert!(run.err.contains(words), "{}", run.err);
    assert!(run.err.contains("wait until it ends"), "{}", run.err);
    drop(folder);
    build(&site);
}

#[cfg(unix)]
#[test]
fn a_link_in_the_output_leads_nowhere() {
    let (site, elsewhere) = (site(), tempfile::tempdir().unwrap());
    add(&site, 1);
    for planted in ["editions", "assets", "editions/2026-11-02T0600Z"] {
        let at = site.path(&format!("public/{planted}"));
        std::fs::create_dir_all(at.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), &at).unwrap();
        let run = site.run(&["build"]).ends(1);
        let words = format!("{planted} is a symbolic link; remove it");
        assert!(run.err.contains(&words), "{}", run.err);
        assert_eq!(elsewhere.path().read_dir().unwrap().count(), 0);
        std::fs::remove_file(&at).unwrap();
    }
    build(&site);
    site.run(&["verify"]).ends(0);
}

#[test]
fn two_snapshots_of_one_minute() {
    let site = site();
    // As text the ids are the other way round.
    for (name, at, id) in [("a", "06:00:00", "s-1"), ("b", "06:00:09", "s-2")] {
        let session = stranger(id, 2, "k-1", "drop.site.io");
        let head = format!(
            r#"{{"format":"daybrief-snapshot","version":1,"taken_at":"2026-11-03T{at}Z"}}"#
        );
        site.write(
            &format!("data/snapshots/{name}.jsonl"),
            format!("{head}\n{session}\n"),
        );
    }
    let site = site.build();
    let whole = site.published();
    for mended in ["manifest.json", MONTH, "index.html"] {
        site.remove(&format!("public/{mended}"));
        build(&site);
        assert_same(&site.published(), &whole);
    }
    site.write("content/method.md", "+++\ntitle = \"Method\"\n+++\nOurs\n");
    build(&site);
    assert!(
        !site
            .read("public/editions/2026-11-03T0600Z/index.html")
            .contains("evised")
    );
    add(&site, 3);
    build(&site);
    site.run(&["verify"]).ends(0);
}

#[test]
fn pages_changed_by_hand() {
    let site = built(1..=2);
    let whole = site.published();
    // Of the site and the latest edition every page that is gone is made again.
    for gone in ["queue.html", "editions/2026-11-03T0600Z/queue.html"] {
        site.remove(&format!("public/{gone}"));
        build(&site);
        assert_same(&site.published(), &whole);
    }
    // So is an edition of which the folder is gone, and the site's own manifest.
    std::fs::remove_dir_all(site.path("public/editions/2026-11-02T0600Z")).unwrap();
    build(&site);
    assert_same(&site.published(), &whole);
    for gone in ["manifest.json", MONTH] {
        site.remove(&format!("public/{gone}"));
        build(&site);
        assert_same(&site.published(), &whole);
    }
    // What is only changed somewhere in the past is found, and made anew when asked to.
    site.write("public/editions/2026-11-02T0600Z/queue.html", "mine");
    site.run(&["verify"]).ends(1);
    site.run(&["build", "--rebuild-all"]).ends(0);
    assert_same(&site.published(), &whole);
}

#[test]
fn the_days_of_a_site_make_the_same_whether_built_at_once_or_not() {
    // Narratives, decisions and changes go through the store as they do through memory.
    let sample = TestSite::sample().build();
    let grown = TestSite::sample();
    let names = grown.names("data/snapshots");
    let all: Vec<(String, Vec<u8>)> = names
        .iter()
        .map(|n| {
            let path = format!("data/snapshots/{n}");
            let bytes = std::fs::read(grown.path(&path)).unwrap();
            grown.remove(&path);
            (path, bytes)
        })
        .collect();
    for (path, bytes) in &all {
        grown.write(path, bytes);
        build(&grown);
    }
    assert_same(&sample.published(), &grown.published());
}

#[test]
fn days_of_a_queue_are_told_through_the_store() {
    let site = Days::new(INVENTORY)
        .day(1, &[stranger("s-1", 1, "k-9", "drop.site.io")])
        .build();
    let text = stranger("s-2", 2, "k-9", "drop.site.io");
    let site = site.snapshot("2026-11-03T06:00:00Z", &[&text]).build();
    let queue = Page::new(&site.read("public/queue.html"));
    let told = queue.under("Narratives").join(" ");
    assert!(told.contains("day 2, since 2026-11-01"), "{told}");
    let said = site.run(&["diff"]).ends(0).out;
    assert!(said.contains("1 grew"), "{said}");
}

#[test]
fn the_feed_is_atom() {
    let site = site();
    (1..=60).for_each(|n| {
        // Two a day, so that a day has more than one.
        let (day, hour) = (1 + n / 2, 6 + 12 * (n % 2));
        let text = format!(
            r#"{{"format":"daybrief-snapshot","version":1,"taken_at":"2026-10-{day:02}T{hour:02}:00:00Z"}}"#
        );
        if day <= 30 {
            site.write(&format!("data/snapshots/{n}.jsonl"), text);
        }
    });
    add(&site, 1);
    site.write("daybrief.toml", "title = \"A & B <company>\"\n");
    build(&site);
    let text = site.read("public/feed.xml");
    let feed = roxmltree::Document::parse(&text).unwrap();
    let root = feed.root_element();
    let name = |n: &roxmltree::Node<'_, '_>, name: &str| {
        n.has_tag_name(("http://www.w3.org/2005/Atom", name))
    };
    assert!(name(&root, "feed"));
    let text_of = |of: &roxmltree::Node<'_, '_>, what: &str| {
        let mut found = of.children().filter(|c| name(c, what));
        let text = found.next().and_then(|n| n.text()).map(str::to_owned);
        assert!(found.next().is_none(), "one {what}");
        text.unwrap_or_else(|| panic!("no {what}"))
    };
    // RFC 4287, 4.1.1 and 4.1.2: what a feed and an entry must have, once.
    assert_eq!(text_of(&root, "title"), "A & B <company>");
    assert_eq!(text_of(&root, "updated"), "2026-11-02T06:00:00Z");
    text_of(&root, "id");
    let author = root.children().find(|c| name(c, "author")).unwrap();
    text_of(&author, "name");
    let entries: Vec<_> = root.children().filter(|c| name(c, "entry")).collect();
    assert_eq!(entries.len(), 50);
    let mut ids = BTreeSet::new();
    for entry in &entries {
        assert!(ids.insert(text_of(entry, "id")), "an id for each");
        text_of(entry, "title");
        let updated: jiff::Timestamp = text_of(entry, "updated").parse().unwrap();
        assert!(updated.as_second() > 0);
        let link = entry.children().find(|c| name(c, "link")).unwrap();
        let href = link.attribute("href").unwrap();
        assert!(site.path(&format!("public/{href}")).is_file(), "{href}");
    }
    assert_eq!(text_of(&entries[0], "title"), "1 session matters now");
}

/// The morning of a day, on which nothing had been seen.
fn quiet(site: &TestSite, day: &str) {
    let text =
        format!(r#"{{"format":"daybrief-snapshot","version":1,"taken_at":"{day}T06:00:00Z"}}"#);
    site.write(&format!("data/snapshots/{day}.jsonl"), text);
}

#[test]
fn months_have_pages_that_later_months_do_not_change() {
    let site = site();
    let build_with = |day: &str| {
        quiet(&site, day);
        build(&site);
    };
    build_with("2026-08-30");
    build_with("2026-08-31");
    build_with("2026-09-01");
    let august =
        || ["html", "manifest.json"].map(|e| site.read(&format!("public/archive-2026-08.{e}")));
    let before = august();
    assert!(before[0].contains("2026-08: 2 editions"));
    assert!(before[0].contains("archive-2026-09.html"), "leads on");
    build_with("2026-09-02");
    build_with("2026-10-01");
    assert_eq!(august(), before);
    assert!(
        site.read("public/archive-2026-09.html")
            .contains("archive-2026-10.html")
    );
    let archive = Page::new(&site.read("public/archive.html"));
    assert_eq!(archive.all("h1"), ["5 editions"]);
    for name in ["2026-10", "2026-09", "2026-08"] {
        assert!(archive.under("Calendar").join(" ").contains(name));
    }
    let at_once = site.published();
    std::fs::remove_dir_all(site.path("public")).unwrap();
    build(&site);
    assert_same(&at_once, &site.published());
    // The manifest of a month that is gone is made from those of its editions.
    site.remove("public/archive-2026-08.manifest.json");
    assert!(!build(&site).contains("made"));
    assert_same(&at_once, &site.published());
    site.remove("data/snapshots/2026-10-01.jsonl");
    build(&site);
    for gone in ["html", "manifest.json"] {
        let path = format!("public/archive-2026-10.{gone}");
        assert!(!site.path(&path).exists());
    }
    assert!(
        !site
            .read("public/archive-2026-09.html")
            .contains("archive-2026-10.html")
    );
    // What comes late in one month changes every month after it.
    quiet(&site, "2026-08-29");
    build(&site);
    quiet(&site, "2026-10-01");
    build(&site);
    site.run(&["verify"]).ends(0);
    site.remove("data/snapshots/2026-08-29.jsonl");
    build(&site);
    site.run(&["verify"]).ends(0);
    assert_eq!(august()[0], before[0]);
}

/// What the archive lists of an edition is what that says, whoever built what in between.
#[test]
fn the_archive_lists_what_was_published() {
    let site = built(1..=2);
    let listed = |site: &TestSite| {
        let page = site.read("public/archive-2026-11.html");
        page.matches("unknown-key narrative").count()
    };
    assert_eq!(listed(&site), 2);
    let known = r#"[[keys]]
name = "k-1"
owner = "ann"
[[keys]]
name = "k-2"
owner = "ann"
"#;
    let before = site.read("data/inventory.toml");
    site.write("data/inventory.toml", format!("{before}{known}"));
    site.run(&["build", "-o", "other"]).ends(0);
    assert!(
        !site
            .read("other/archive-2026-11.html")
            .contains("unknown-key narrative")
    );
    site.write("data/inventory.toml", before);
    add(&site, 3);
    build(&site);
    assert_eq!(listed(&site), 3);
}

#[test]
fn without_its_store_or_when_mended_the_pages_of_earlier_months_stay() {
    let (with, without) = (site(), site());
    for site in [&with, &without] {
        quiet(site, "2026-09-30");
        quiet(site, "2026-10-31");
        add(site, 1);
        build(site);
        site.write("daybrief.toml", "title = \"Another\"\n");
        build(site);
        add(site, 2);
    }
    std::fs::remove_dir_all(without.path(".daybrief")).unwrap();
    let mended = site();
    for folder in ["data", "public"] {
        crate::killed::copy(&with, &mended, folder);
    }
    mended.write("daybrief.toml", "title = \"Another\"\n");
    broken_off(&mended);
    for site in [&with, &without, &mended] {
        build(site);
        assert!(!site.read("public/archive-2026-09.html").contains("Another"));
    }
    assert_same(&with.published(), &without.published());
    assert_same(&with.published(), &mended.published());
}

/// What a build left that broke off while it replaced things.
fn broken_off(site: &TestSite) -> &'static str {
    site.write("public/.daybrief-stage-1/before/manifest.json", "");
    "public/.daybrief-stage-1"
}

#[test]
fn mending_removes_nothing_that_is_not_ours() {
    let site = built(1..=2);
    let stage = broken_off(&site);
    add(&site, 3);
    let mine = format!("{}/index.html", edition(3));
    site.write(&mine, "mine");
    for _ in 0..2 {
        let run = site.run(&["build"]).ends(1);
        assert!(run.err.contains("move it away"), "{}", run.err);
        assert_eq!(site.read(&mine), "mine");
        assert!(site.path(stage).exists(), "it is to be mended still");
    }
    let left = site.names("public").into_iter();
    assert_eq!(left.filter(|n| n.starts_with('.')).count(), 1);
    site.remove(&mine);
    build(&site);
    assert_same(&site.published(), &built(1..=3).published());
}

#[test]
fn what_a_broken_build_meant_to_publish_is_removed() {
    let site = built(1..=2);
    let whole = site.published();
    let stage = broken_off(&site);
    let ours = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
    let files: Vec<String> = ["archive-2026-12.html", "archive-2026-13.html"]
        .map(|path| format!(r#"{{"path":"{path}","size":1,"sha256":"{ours}"}}"#))
        .into();
    let manifest = String::from_utf8(whole["manifest.json"].clone()).unwrap();
    let manifest = manifest.replacen(
        "\"files\": [",
        &format!("\"files\": [{},", files.join(",")),
        1,
    );
    site.write(&format!("{stage}/after/manifest.json"), manifest);
    site.write("public/archive-2026-12.html", "x");
    site.write("public/archive-2026-13.html", "not as it was written");
    build(&site);
    let mut expected = whole;
    expected.insert(
        "archive-2026-13.html".to_owned(),
        b"not as it was written".to_vec(),
    );
    assert_same(&site.published(), &expected);
}

#[test]
fn months_of_earlier_years_are_a_cell_each() {
    let site = site();
    for month in 1..=12 {
        quiet(&site, &format!("2025-{month:02}-15"));
        quiet(&site, &format!("2025-{month:02}-16"));
    }
    add_days(&site, 1..=2);
    let site = site.build();
    let page = site.read("public/archive.html");
    let archive = Page::new(&page);
    let calendar = archive.under("Calendar").join(" ");
    assert!(calendar.contains("2025-02"), "twelve months: {calendar}");
    assert!(!calendar.contains("2025-01"), "no more: {calendar}");
    let january = r#"<a class="none" href="archive-2025-01.html" aria-label="2025-01, 2 editions: 0.0 leads in the mean">0.0</a>"#;
    assert_eq!(page.matches(january).count(), 1);
    let november = r#"aria-label="2026-11-03, 1 edition: 1 lead">1</a>"#;
    assert_eq!(page.matches(november).count(), 1);
}

#[test]
fn old_editions_keep_what_a_historian_asks_for() {
    let site = site();
    site.write("daybrief.toml", "[archive]\npages_for = \"3d\"\n");
    add_days(&site, 1..=3);
    build(&site);
    let before: serde_json::Value =
        serde_json::from_str(&site.read(&format!("{}/manifest.json", edition(1)))).unwrap();
    site.write(&format!("{}/mine.txt", edition(1)), "kept");
    for day in 4..=6 {
        add(&site, day);
        build(&site);
    }
    for day in [1, 2] {
        let names = site.names(&edition(day));
        assert!(!names.contains(&"session".to_owned()), "{names:?}");
        for kept in [
            "index.html",
            "queue.html",
            "ledger.csv",
            "ledger.jsonl",
            "manifest.json",
        ] {
            assert!(names.contains(&kept.to_owned()), "{kept}: {names:?}");
        }
        let brief = site.read(&format!("{}/index.html", edition(day)));
        assert!(!brief.contains("href=\"session/"));
        assert!(brief.contains(&format!("s-{day}")), "the words stay");
        assert!(brief.contains("href=\"queue.html\""));
        for data in ["brief.json", "ledger.csv", "ledger.jsonl"] {
            let data = site.read(&format!("{}/{data}", edition(day)));
            assert!(!data.contains("session/"), "a page that is gone: {data}");
        }
        let rows = site.read(&format!("{}/ledger.jsonl", edition(day)));
        let row: serde_json::Value = serde_json::from_str(rows.lines().next().unwrap()).unwrap();
        assert!(row["page"].is_null() && row["id"].is_string(), "{row}");
    }
    assert!(site.names(&edition(4)).contains(&"session".to_owned()));
    let files = site.published();
    assert_eq!(crate::killed::broken_links(&files), Vec::<String>::new());
    let manifest = site.read(&format!("{}/manifest.json", edition(1)));
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!(manifest["seal"], before["seal"], "the chain is what it was");
    assert!(build(&site).contains("nothing new"));
    let mine = site.path(&format!("{}/mine.txt", edition(1)));
    assert!(mine.exists());
    std::fs::remove_file(mine).unwrap();
    let said = site.run(&["verify"]).ends(0).out;
    assert!(
        said.contains("6 editions, 2 of them without session pages, "),
        "{said}"
    );
    let grown = site.published();
    site.run(&["build", "--rebuild-all"]).ends(0);
    assert_same(&grown, &site.published());
    std::fs::remove_dir_all(site.path("public")).unwrap();
    build(&site);
    assert_same(&grown, &site.published());
    site.write("daybrief.toml", "[archive]\npages_for = \"soon\"\n");
    let run = site.run(&["build"]).ends(1);
    assert!(run.err.contains("daybrief.toml:2:13"), "{}", run.err);
    assert!(
        run.err.contains("`soon` is not a number of days as `90d`"),
        "{}",
        run.err
    );
}

#[test]
fn a_trimmed_edition_does_not_stand_where_its_pages_are_kept() {
    let site = site();
    site.write("daybrief.toml", "[archive]\npages_for = \"3d\"\n");
    add_days(&site, 1..=2);
    build(&site);
    add(&site, 20);
    build(&site);
    assert!(!site.names(&edition(2)).contains(&"session".to_owned()));
    site.remove("data/snapshots/20.jsonl");
    build(&site);
    assert!(site.names(&edition(2)).contains(&"session".to_owned()));
    let files = site.published();
    assert_eq!(crate::killed::broken_links(&files), Vec::<String>::new());
    site.run(&["verify"]).ends(0);
}

#[test]
fn what_was_changed_is_not_sealed_anew_by_trimming() {
    let site = site();
    site.write("daybrief.toml", "[archive]\npages_for = \"3d\"\n");
    add_days(&site, 1..=3);
    build(&site);
    let queue = format!("{}/queue.html", edition(1));
    site.write(&queue, site.read(&queue).replace("Queue", "Quiet"));
    site.remove(&format!("{}/ledger.csv", edition(2)));
    add(&site, 10);
    let said = build(&site);
    for day in [2, 3] {
        let words = format!("edition 2026-11-{day:02}T0600Z is not as it was published");
        assert!(said.contains(&words), "{said}");
    }
    let said = site.run(&["verify"]).ends(1).out;
    assert!(
        said.contains("changed   editions/2026-11-02T0600Z/queue.html"),
        "{said}"
    );
    assert!(
        said.contains("missing   editions/2026-11-03T0600Z/ledger.csv"),
        "{said}"
    );
    assert_eq!(
        site.names("public")
            .iter()
            .filter(|n| n.starts_with('.'))
            .count(),
        0
    );
}

#[cfg(unix)]
#[test]
fn nothing_outside_the_output_is_removed() {
    let (site, elsewhere) = (built(1..=2), tempfile::tempdir().unwrap());
    let whole = site.published();
    // A listed path that leads out.
    let victim = site.path("victim.txt");
    std::fs::write(&victim, "mine").unwrap();
    let manifest = site.read("public/manifest.json").replacen(
        "\"files\": [",
        "\"files\": [{\"path\":\"../victim.txt\",\"size\":4,\"sha256\":\"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb\"},",
        1,
    );
    site.write("public/manifest.json", manifest);
    build(&site);
    assert!(victim.exists());
    assert_same(&site.published(), &whole);
    // A folder of ours that is a link now.
    let sessions = site.path(&format!("{}/session", edition(1)));
    for entry in std::fs::read_dir(&sessions).unwrap().flatten() {
        std::fs::copy(entry.path(), elsewhere.path().join(entry.file_name())).unwrap();
    }
    std::fs::remove_dir_all(&sessions).unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), &sessions).unwrap();
    site.remove("data/snapshots/01.jsonl");
    let run = site.run(&["build"]).ends(1);
    assert!(
        run.err.contains("is a symbolic link; remove it"),
        "{}",
        run.err
    );
    assert_eq!(elsewhere.path().read_dir().unwrap().count(), 1);
}

#[test]
fn what_the_program_did_not_write_is_in_the_way() {
    for path in [
        "public/index.html",
        "public/archive-2026-11.html",
        "public/editions/2026-11-02T0600Z",
    ] {
        let site = site();
        add(&site, 1);
        site.write(path, "mine");
        let run = site.run(&["build"]).ends(1);
        assert!(
            run.err
                .contains("was not written by this program; move it away"),
            "{}",
            run.err
        );
        assert_eq!(site.read(path), "mine");
        site.remove(path);
        build(&site);
        site.run(&["verify"]).ends(0);
    }
}

#[test]
fn without_its_store_a_site_is_the_same_though_the_inventory_changed() {
    let site = built(1..=3);
    let owned = format!("{INVENTORY}[[ranges]]\ncidr = \"10.0.0.0/24\"\nowner = \"lab\"\n");
    site.write("data/inventory.toml", &owned);
    build(&site);
    let whole = site.published();
    std::fs::remove_dir_all(site.path(".daybrief")).unwrap();
    build(&site);
    assert_same(&whole, &site.published());
}

/// The past as it was judged then is gone with the store: whoever reads the next edition
/// has to know.
#[test]
fn a_past_that_is_judged_anew_is_told() {
    let site = built(1..=3);
    let owned = format!("{INVENTORY}[[ranges]]\ncidr = \"10.0.0.0/24\"\nowner = \"lab\"\n");
    site.write("data/inventory.toml", &owned);
    add(&site, 4);
    assert!(
        !build(&site).contains("another inventory"),
        "the store knows"
    );
    std::fs::remove_dir_all(site.path(".daybrief")).unwrap();
    add(&site, 5);
    let said = site.run(&["build", "-v"]).ends(0).err;
    let told = "3 earlier editions were judged by another inventory";
    assert!(said.contains(told), "{said}");
}
