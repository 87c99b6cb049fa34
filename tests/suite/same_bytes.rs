//! Same input, same bytes; and what stands when a build fails.

use crate::harness::TestSite;
use std::collections::BTreeMap;
use std::io::Write;
use std::time::SystemTime;

const HEAD: &str =
    r#"{"format":"daybrief-snapshot","version":1,"taken_at":"2026-11-22T06:00:00Z"}"#;

fn sessions() -> Vec<String> {
    let one = |n: usize| {
        format!(
            r#"{{"id":"s{n}","user":"u{}@acme.example","host":"h{}","key":"sk-ant-...K{}","models":["m{}"],"workspace":{{"repo":"acme/r{}"}},"events":[{{"at":"2026-11-22T04:{:02}:00Z","kind":"read","tool":"Read","path":"src/auth/{n}.rs"}},{{"at":"2026-11-22T05:{:02}:00Z","kind":"request","destination":"d{}.example","method":"POST","bytes":9000}}]}}"#,
            n % 7,
            n % 5,
            n % 3,
            n % 4,
            n % 6,
            n % 60,
            n % 60,
            n % 9
        )
    };
    (0..120).map(one).collect()
}

fn site() -> TestSite {
    let all = sessions();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    TestSite::new()
        .file("daybrief.toml", "title = \"Acme\"\n")
        .snapshot("2026-11-21T06:00:00Z", &all[..40])
        .snapshot("2026-11-22T06:00:00Z", &all)
}

/// When each published file was last written.
fn written(site: &TestSite) -> BTreeMap<String, SystemTime> {
    let time = |path: &String| {
        let file = site.path("public").join(path);
        file.metadata().unwrap().modified().unwrap()
    };
    site.published()
        .into_keys()
        .map(|path| (path.clone(), time(&path)))
        .collect()
}

#[track_caller]
fn assert_same(a: &BTreeMap<String, Vec<u8>>, b: &BTreeMap<String, Vec<u8>>) {
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(a), names(b));
    for (path, bytes) in a {
        assert!(bytes == &b[path], "{path} differs");
    }
}

#[test]
fn folder_and_threads_change_nothing() {
    let (one, two) = (site(), site());
    let threads = |n| [("RAYON_NUM_THREADS", n)];
    one.run_with(&["build"], &threads("1")).ends(0);
    two.run_with(&["build"], &threads("2")).ends(0);
    assert_same(&one.published(), &two.published());
    let folder = one.path("");
    let folder = folder.to_str().unwrap().trim_end_matches('/');
    for (path, bytes) in one.published() {
        let text = String::from_utf8(bytes).unwrap();
        assert!(!text.contains(folder), "{path} names the folder");
    }
}

#[test]
fn a_second_build_touches_no_edition() {
    let site = site().build();
    let (files, times) = (site.published(), written(&site));
    site.run(&["build"]).ends(0);
    assert_same(&files, &site.published());
    let editions = |times: BTreeMap<String, SystemTime>| -> Vec<(String, SystemTime)> {
        let of = times
            .into_iter()
            .filter(|(p, _)| p.starts_with("editions/"));
        of.collect()
    };
    assert_eq!(editions(times), editions(written(&site)));
}

#[test]
fn a_new_snapshot_leaves_the_editions_before_it_alone() {
    let site = site().build();
    let times = written(&site);
    let site = site
        .snapshot("2026-11-23T06:00:00Z", &[r#"{"id":"later"}"#])
        .build();
    let after = written(&site);
    for (path, time) in times {
        if path.starts_with("editions/") {
            assert_eq!(after.get(&path), Some(&time), "{path}");
        }
    }
    assert!(after.contains_key("editions/2026-11-23T0600Z/index.html"));
}

#[test]
fn a_failed_build_leaves_the_site_as_it_was() {
    let site = site().build();
    let (files, times) = (site.published(), written(&site));
    for broken in [
        "{\"format\":\"daybrief-snapshot\",\"version\":1,",
        "{\"format\":\"something else\"}",
        "[]",
        "",
        "{\"format\":\"daybrief-snapshot\",\"version\":1,\"taken_at\":\"yesterday\"}",
        "{\"format\":\"daybrief-snapshot\",\"version\":2,\"taken_at\":\"2026-11-24T06:00:00Z\"}",
    ] {
        site.write("data/snapshots/broken.json", broken);
        let run = site.run(&["build"]).ends(1);
        assert!(
            run.err.contains("data/snapshots/broken.json"),
            "{}",
            run.err
        );
        assert!(run.err.contains("mend:"), "{}", run.err);
        assert_same(&files, &site.published());
        assert_eq!(times, written(&site));
    }
}

#[test]
fn what_the_program_did_not_write_is_kept() {
    let site = site().build();
    let ours = [
        "public/notes.txt",
        "public/editions/2026-11-22T0600Z/comment.txt",
        "public/editions/2026-11-22T0600Z/session/comment.txt",
        "public/assets/logo.svg",
    ];
    for path in ours {
        site.write(path, "by hand");
    }
    site.write("daybrief.toml", "title = \"Another name\"\n");
    site.run(&["build"]).ends(0);
    site.run(&["build", "--rebuild-all"]).ends(0);
    for path in ours {
        assert_eq!(site.read(path), "by hand", "{path}");
    }
    assert!(site.read("public/index.html").contains("Another name"));
}

#[test]
fn check_names_place_and_mend_of_what_is_quarantined() {
    let lines = [
        r#"{"id":"fine"}"#,
        r#"{"id":"a","cost_usd":-1}"#,
        r#"{"id":"b","events":"none"}"#,
        r#"{"status":"active"}"#,
        r#"{"id":"c","started_at":"1871-01-01T00:00:00Z"}"#,
        r#"{"id":"d","#,
    ];
    let site = TestSite::new().snapshot("2026-11-22T06:00:00Z", &lines);
    let run = site.run(&["check"]).ends(0);
    let name = "data/snapshots/2026-11-22T060000Z.jsonl";
    for place in ["3:11", "4:", "5:", "6:11", "7:"] {
        assert!(
            run.err.contains(&format!("{name}:{place}")),
            "{place} is not in {}",
            run.err
        );
    }
    assert_eq!(run.err.matches("session is quarantined").count(), 5);
    assert_eq!(run.err.matches("mend: ").count(), 5);
    assert!(
        run.err.contains("1 sessions, 5 quarantined")
            || run.err.contains("1 session, 5 quarantined"),
        "{}",
        run.err
    );
    assert!(!site.path("public").exists(), "check writes nothing");
    let index = site.build().read("public/index.html");
    assert!(index.contains("5 quarantined") || index.contains("quarantined"));
}

/// An edition's files but its manifest, which names the digest of the snapshot file.
fn edition(name: &str, bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let site = TestSite::new();
    site.write(&format!("data/snapshots/{name}"), bytes);
    let mut files = site.build().published();
    files.retain(|path, _| !path.ends_with("manifest.json"));
    files
}

#[test]
fn both_forms_and_compressions_are_one_edition() {
    let sessions = sessions();
    let lines = format!("{HEAD}\n{}\n", sessions.join("\n"));
    let document = format!(
        "{},\n\"sessions\": [\n{}\n]}}\n",
        HEAD.trim_end_matches('}'),
        sessions.join(",\n")
    );
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(lines.as_bytes()).unwrap();
    let level = ruzstd::encoding::CompressionLevel::Fastest;
    let zstd = ruzstd::encoding::compress_to_vec(document.as_bytes(), level);
    let plain = edition("a.jsonl", lines.as_bytes());
    assert!(plain.len() > 120);
    assert_same(&plain, &edition("b.json", document.as_bytes()));
    assert_same(&plain, &edition("c.jsonl.gz", &gzip.finish().unwrap()));
    assert_same(&plain, &edition("d.json.zst", &zstd));
    // The form is told by content, not by name; a byte order mark is no content.
    assert_same(&plain, &edition("e.json", lines.as_bytes()));
    assert_same(
        &plain,
        &edition("f.jsonl", format!("\u{feff}{document}").as_bytes()),
    );
    assert_same(
        &plain,
        &edition("g.jsonl", lines.replace('\n', "\r\n").as_bytes()),
    );
}

#[test]
fn later_snapshots_change_no_earlier_edition() {
    let whole = TestSite::sample().build().published();
    let early = TestSite::sample();
    for late in &early.names("data/snapshots")[11..] {
        early.remove(&format!("data/snapshots/{late}"));
    }
    let early = early.build().published();
    let editions: Vec<&String> = early
        .keys()
        .filter(|p| p.starts_with("editions/"))
        .collect();
    assert!(editions.len() > 500, "{}", editions.len());
    for path in editions {
        assert!(early[path] == whole[path], "{path} differs");
    }
}

#[test]
fn the_order_of_records_decides_nothing() {
    let text = crate::sample::latest().text();
    let mut lines: Vec<&str> = text.lines().collect();
    lines[1..].reverse();
    let path = crate::sample::latest().path();
    let (site, reversed) = (
        TestSite::sample().build(),
        TestSite::sample()
            .file(&path, &(lines.join("\n") + "\n"))
            .build(),
    );
    for file in [
        "index.html",
        "queue.html",
        "brief.json",
        "editions/2026-11-22T0600Z/ledger.jsonl",
        "editions/2026-11-22T0600Z/changes.html",
    ] {
        let path = format!("public/{file}");
        assert_eq!(site.read(&path), reversed.read(&path), "{file}");
    }
}
