//! Watching: what is served is what a build would write, it follows every change, a mistake
//! leaves the last good state, and nobody but a reader on this machine gets an answer.

#![expect(
    clippy::disallowed_methods,
    reason = "tests change what is watched, as people do"
)]

use crate::days::{Days, INVENTORY, plain, stranger};
use crate::harness::TestSite;
use crate::watching::{Watching, serve, watch};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::time::Duration;

/// Where a published edition tells its place in the chain, a preview says that it has none.
const PREVIEW: &str = "This is a preview: an edition joins the chain when it is published.";

const OWN: &str = "+++\ntitle = \"Method\"\n+++\nOur own words\n";

fn site() -> TestSite {
    let sessions = |day| vec![stranger(&format!("s-{day}"), day, "k-9", "drop.site.io")];
    Days::new(INVENTORY)
        .day(1, &sessions(1))
        .day(2, &sessions(2))
        .day(3, &sessions(3))
        .0
}

/// The same, watched and shown.
fn watched() -> (TestSite, Watching) {
    let site = site();
    let watching = serve(&site);
    watching.says("3 editions");
    (site, watching)
}

/// What a build into an empty folder writes, as a preview says it, without the manifests.
fn built(site: &TestSite) -> BTreeMap<String, Vec<u8>> {
    site.run(&["build", "-o", "fresh"]).ends(0);
    let root = site.path("fresh");
    let mut files = BTreeMap::new();
    for entry in walkdir::WalkDir::new(&root) {
        let entry = entry.unwrap();
        let path = entry.path().strip_prefix(&root).unwrap().to_str().unwrap();
        if !entry.file_type().is_file() || path.ends_with("manifest.json") {
            continue;
        }
        let mut bytes = fs::read(entry.path()).unwrap();
        if path.ends_with("index.html") {
            let text = String::from_utf8(bytes).unwrap();
            bytes = as_preview(&text).into_bytes();
        }
        files.insert(path.to_owned(), bytes);
    }
    fs::remove_dir_all(root).unwrap();
    files
}

fn as_preview(brief: &str) -> String {
    let first = "This edition is the first of its chain.";
    let follows = "This edition follows the one sealed ";
    if let Some(at) = brief.find(follows) {
        let end = at + follows.len() + "0123456789ab.".len();
        return format!("{}{PREVIEW}{}", &brief[..at], &brief[end..]);
    }
    brief.replacen(first, PREVIEW, 1)
}

/// A page as it was before the server put its script in.
fn without_script(page: &str) -> String {
    let Some((before, rest)) = page.split_once("<script src=\"/_daybrief/reload.js\"") else {
        return page.to_owned();
    };
    let (_, after) = rest.split_once("</script>").unwrap();
    let page = format!("{before}{after}");
    page.replacen(
        "default-src 'none'; connect-src 'self';",
        "default-src 'none';",
        1,
    )
}

/// Everything that a build would write is served, and the same.
#[track_caller]
fn serves_what_is_built(watching: &Watching, site: &TestSite) {
    let built = built(site);
    assert!(built.len() > 20, "{}", built.len());
    for (path, bytes) in built {
        let answer = watching.get(&format!("/{path}"));
        let served = if answer
            .header("content-type")
            .is_some_and(|k| k.contains("html"))
        {
            without_script(&answer.text()).into_bytes()
        } else {
            answer.body.clone()
        };
        assert_eq!(answer.status, 200, "{path}");
        if served != bytes {
            let (served, bytes) = (
                String::from_utf8_lossy(&served),
                String::from_utf8_lossy(&bytes),
            );
            panic!("{path}: served {served}\n\nbuilt {bytes}");
        }
    }
}

#[test]
fn what_is_served_is_what_a_build_writes() {
    let site = TestSite::sample();
    let watching = serve(&site);
    watching.says("16 editions judged");
    serves_what_is_built(&watching, &site);
    assert!(!site.path("public").exists(), "nothing is published");
}

#[test]
fn what_people_weigh_and_decide_is_judged_at_once() {
    let (site, watching) = watched();
    let queue = || without_script(&watching.get("/queue.html").text());
    let is_as_built = || assert_eq!(queue().into_bytes(), built(&site)["queue.html"]);
    let mut before = queue();
    let decision = "+++\nabout = \"key:k-9\"\nverdict = \"accepted\"\nauthor = \"ann\"\n\
        decided = 2026-11-01\nexpires = 2026-12-31\n+++\nWe know.\n";
    for (path, text) in [
        ("daybrief.toml", "[weights]\nnew-destination = 1\n"),
        ("content/dispositions/known.md", decision),
    ] {
        site.write(path, text);
        watching.says(&format!("{path} changed: latest edition judged anew"));
        assert_ne!(queue(), before, "{path}");
        is_as_built();
        before = queue();
        // Words alone leave it as it is judged.
        site.write("content/method.md", format!("{OWN}{path}"));
        watching.says("content/method.md changed: pages made anew");
        is_as_built();
    }
}

#[test]
fn a_page_that_changed_loads_again_and_others_do_not() {
    let site = site();
    let watching = serve(&site);
    let (mut method, mut queue) = (watching.open("/method.html"), watching.open("/queue.html"));
    site.write("content/method.md", OWN);
    assert_eq!(method.next().0, "reload");
    assert_eq!(queue.next().0, "assets");
    assert!(
        watching
            .get("/method.html")
            .text()
            .contains("Our own words")
    );
    watching.says("content/method.md changed: pages made anew");
    let style = fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/themes/default/assets/style.css"
    ))
    .unwrap();
    site.write(
        "themes/default/assets/style.css",
        format!("{style}\n.x {{ color: red }}\n"),
    );
    let (name, assets) = queue.next();
    assert_eq!(
        name, "assets",
        "styles are changed without loading the page again"
    );
    let assets: BTreeMap<String, String> = serde_json::from_str(&assets).unwrap();
    let styled = watching.get(&format!("/assets/{}", assets["style.css"]));
    assert!(styled.text().contains("color: red"), "{}", styled.head);
    site.write(
        "data/snapshots/4.jsonl",
        fs::read_to_string(site.path("data/snapshots/2026-11-04T060000Z.jsonl"))
            .unwrap()
            .replace("2026-11-04T06:00:00Z", "2026-11-05T06:00:00Z"),
    );
    assert_eq!(queue.next().0, "reload", "a new edition is the latest");
    watching.says("4 editions");
}

#[test]
fn a_mistake_leaves_the_last_good_state_and_goes_by_itself() {
    let site = site();
    let watching = serve(&site);
    let mut queue = watching.open("/queue.html");
    let good = watching.get("/queue.html").body;
    let latest = "data/snapshots/2026-11-04T060000Z.jsonl";
    for (path, wrong, place, words) in [
        (
            "daybrief.toml",
            "title = \"x\n",
            "daybrief.toml:1:",
            "title =",
        ),
        (
            "data/inventory.toml",
            "[[hosts]]\nnmae = \"a\"\n",
            "data/inventory.toml:2:",
            "nmae",
        ),
        (
            latest,
            "{\"format\": \"daybrief-snapshot\", \"version\": 1\n",
            latest,
            "version",
        ),
        (
            "themes/default/templates/queue.html",
            "{% if %}",
            "themes/default/templates/queue.html:1:",
            "{% if",
        ),
        (
            "themes/default/templates/queue.html",
            "{{ nothing.here.at_all }}",
            "themes/default/templates/queue.html:1:",
            "nothing",
        ),
    ] {
        let right = fs::read(site.path(path)).ok();
        site.write(path, wrong);
        let (name, mistakes) = queue.next();
        assert_eq!(name, "mistakes", "{path}");
        let mistakes: serde_json::Value = serde_json::from_str(&mistakes).unwrap();
        let mistake = &mistakes[0];
        assert!(
            mistake["place"].as_str().unwrap().starts_with(place),
            "{mistake}"
        );
        assert!(
            mistake["excerpt"].as_str().unwrap().contains(words),
            "{mistake}"
        );
        assert_eq!(watching.get("/queue.html").body, good, "{path}");
        watching.says(place);
        match right {
            Some(right) => site.write(path, right),
            None => site.remove(path),
        }
        let (name, mistakes) = queue.next();
        assert_eq!(
            (name.as_str(), mistakes.as_str()),
            ("mistakes", "[]"),
            "{path}"
        );
        assert_eq!(queue.next().0, "assets");
    }
}

#[test]
fn a_snapshot_that_breaks_leaves_every_page_of_it() {
    let (site, watching) = watched();
    let before = built(&site);
    site.write("data/snapshots/2026-11-04T060000Z.jsonl", "{");
    watching.says("not a snapshot");
    let latest = "editions/2026-11-04T0600Z/";
    let of_latest = before.iter().filter(|(path, _)| path.starts_with(latest));
    let mut pages = 0;
    for (path, bytes) in of_latest {
        let answer = watching.get(&format!("/{path}"));
        let served = without_script(&answer.text());
        assert_eq!(served.as_bytes(), bytes, "{path}");
        pages += usize::from(path.contains("/session/") || path.ends_with("records.jsonl"));
    }
    assert!(pages > 2, "{pages}");
}

#[test]
fn a_stream_that_breaks_off_is_a_mistake_and_not_the_end() {
    let (site, watching) = watched();
    let text = site.read("data/snapshots/2026-11-04T060000Z.jsonl");
    let text = text.replace("2026-11-04T06", "2026-11-05T06") + &plain("p", 4).repeat(400);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    site.write("data/snapshots/5.jsonl.gz", &packed[..packed.len() / 2]);
    watching.says("data/snapshots/5.jsonl.gz");
    assert_eq!(watching.get("/").status, 200);
    site.remove("data/snapshots/5.jsonl.gz");
    watching.says("3 editions");
    serves_what_is_built(&watching, &site);
}

#[test]
fn editions_without_their_pages_are_shown_without_them() {
    let site = TestSite::sample();
    let config = site.read("daybrief.toml");
    site.write(
        "daybrief.toml",
        format!("{config}\n[archive]\npages_for = \"3d\"\n"),
    );
    let old = format!("editions/2026-11-10T0600Z/{}", "records.jsonl");
    let watching = serve(&site);
    watching.says("16 editions");
    serves_what_is_built(&watching, &site);
    assert_eq!(watching.get(&format!("/{old}")).status, 404);
}

#[test]
fn changes_are_seen_where_the_configuration_points_to() {
    let site = TestSite::new();
    let whole = crate::watch::site();
    let names: Vec<String> = whole.names("data/snapshots");
    for name in &names {
        site.write(
            &format!("a/b/snaps/{name}"),
            whole.read(&format!("data/snapshots/{name}")),
        );
    }
    site.write("inv/i.toml", INVENTORY);
    site.write(
        "daybrief.toml",
        "snapshots = \"a/b/snaps\"\ninventory = \"inv/i.toml\"\n",
    );
    // The second time nothing has to be read but the latest.
    drop(serve(&site).says("3 editions"));
    let watching = serve(&site);
    watching.says("3 editions");
    site.remove(&format!("a/b/snaps/{}", names[0]));
    watching.says("2 editions");
    site.write("inv/i.toml", format!("{INVENTORY}\n# more\n"));
    watching.says("inv/i.toml changed");
    fs::rename(site.path("a"), site.path("aside")).unwrap();
    watching.says("there is no snapshot here");
    fs::rename(site.path("aside"), site.path("a")).unwrap();
    watching.says("2 editions");
    site.write("daybrief.toml", "snapshots = \"other\"\n");
    watching.says("there is no snapshot here");
    site.write(
        &format!("other/{}", names[1]),
        whole.read(&format!("data/snapshots/{}", names[1])),
    );
    watching.says("1 edition.");
}

#[test]
fn a_mistake_is_told_though_something_else_is_written_all_the_time() {
    let (site, watching) = watched();
    site.write("data/inventory.toml", "[[hosts]\n");
    for n in 0..30 {
        site.write("data/snapshots/log.part", format!("{n}"));
        std::thread::sleep(Duration::from_millis(50));
        if let Some(line) = watching.next_line(Duration::from_millis(1)) {
            assert!(line.contains("data/inventory.toml:1"), "{line}");
            return;
        }
    }
    panic!("not told in 1.5 s");
}

#[test]
fn what_is_told_holds_no_escape_code_and_no_secret() {
    let (site, watching) = watched();
    site.write("content/a\u{1b}]0;x\u{7}b.md", "x");
    let line = watching.says("b.md");
    assert!(!line.contains(['\u{1b}', '\u{7}']), "{line:?}");
    let key = ["ghp", "0123456789abcdefghijABCDEFGHIJ012345"].join("_");
    let mut queue = watching.open("/queue.html");
    site.write("data/inventory.toml", format!("{key} = 1\npassword = \n"));
    let told = queue.next().1;
    assert!(
        told.contains("inventory.toml") && !told.contains(&key),
        "{told}"
    );
}

#[test]
fn a_template_that_fails_where_it_is_used_is_told_at_the_start() {
    let site = site().file(
        "themes/default/templates/month.html",
        "{{ nothing.here.at_all }}",
    );
    let watching = serve(&site);
    watching.says("themes/default/templates/month.html:1");
    watching.says("until it is mended");
    // Nothing else mends it.
    site.write("themes/default/assets/style.css", "body { color: red }");
    site.write("content/method.md", OWN);
    assert_eq!(watching.next_line(Duration::from_secs(2)), None);
    site.remove("themes/default/templates/month.html");
    watching.says("changed: pages made anew");
    assert!(
        watching
            .get("/method.html")
            .text()
            .contains("Our own words")
    );
}

#[test]
fn what_is_published_does_not_lie_among_the_inputs() {
    let site = site();
    for out in [
        "content",
        "content/out",
        "data/snapshots/out",
        "themes/x/../y",
    ] {
        let run = site.run(&["build", "-o", out]);
        assert_eq!(run.code, 1, "{out}: {}", run.err);
        assert!(
            run.err.contains("lies among what the site is made from"),
            "{}",
            run.err
        );
    }
}

#[test]
fn a_file_half_written_is_no_mistake() {
    let site = site();
    let watching = serve(&site);
    let mut queue = watching.open("/queue.html");
    let head = r#"{"format":"daybrief-snapshot","version":1,"#;
    site.write("data/snapshots/5.jsonl", head);
    std::thread::sleep(Duration::from_millis(60));
    let whole = format!(
        "{head}\"taken_at\":\"2026-11-06T06:00:00Z\"}}\n{}\n",
        plain("p", 5)
    );
    site.write("data/snapshots/5.jsonl", whole);
    assert_eq!(queue.next().0, "reload", "without a mistake in between");
}

#[test]
fn it_waits_for_the_first_snapshot() {
    let site = TestSite::new().file("daybrief.toml", "");
    let watching = serve(&site);
    watching.says("there is no snapshot here");
    let answer = watching.get("/");
    assert_eq!(answer.status, 503);
    assert!(answer.text().contains("There is nothing to show yet"));
    let whole = Days::new("").day(1, &[]);
    let name = "data/snapshots/2026-11-02T060000Z.jsonl";
    site.write(name, whole.0.read(name));
    watching.says("1 edition.");
    assert_eq!(watching.get("/").status, 200);
}

#[test]
fn folders_that_are_replaced_are_followed() {
    let (site, watching) = watched();
    let folder = site.path("data/snapshots");
    let aside = site.path("aside");
    fs::rename(&folder, &aside).unwrap();
    watching.says("there is no snapshot here");
    fs::create_dir(&folder).unwrap();
    let name = "2026-11-03T060000Z.jsonl";
    fs::copy(aside.join(name), folder.join(name)).unwrap();
    watching.says("1 edition.");
    // As editors save: a new file in the place of the old one.
    let swap = folder.join(".x.swp");
    let text = fs::read_to_string(aside.join(name)).unwrap();
    fs::write(
        &swap,
        text.replace("2026-11-03T06:00:00Z", "2026-11-03T07:00:00Z"),
    )
    .unwrap();
    fs::rename(&swap, folder.join(name)).unwrap();
    watching.says("data/snapshots/2026-11-03T060000Z.jsonl changed");
    assert!(watching.get("/").text().contains("2026-11-03T0700Z"));
    fs::remove_dir_all(&folder).unwrap();
    fs::rename(&aside, &folder).unwrap();
    watching.says("3 editions");
    serves_what_is_built(&watching, &site);
}

#[test]
fn thousands_of_files_at_once_are_one_change_or_a_few() {
    let (site, watching) = watched();
    for n in 0..2_000 {
        site.write(&format!("content/notes/{n}.md"), "a note\n");
    }
    let line = watching.says("others changed");
    assert!(line.contains("pages made anew"), "{line}");
    let mut more = 0;
    while watching.next_line(Duration::from_millis(700)).is_some() {
        more += 1;
    }
    // How many depends on how slowly they are written; it is never one each.
    assert!(more < 200, "{more} lines");
    serves_what_is_built(&watching, &site);
}

/// Numbers that look random and are the same every time (Knuth's multiplier, MMIX).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = self.0.wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// One edit as a person or a collector may make it; some are mistakes.
fn edit(site: &TestSite, dice: &mut Dice, number: usize) {
    let day = dice.roll(4) + 1;
    let snapshot = format!("data/snapshots/day-{day}.jsonl");
    let head = format!(
        r#"{{"format":"daybrief-snapshot","version":1,"taken_at":"2026-11-{:02}T06:00:00Z"}}"#,
        day + 10
    );
    let row = |n| {
        stranger(
            &format!("s-{number}-{n}"),
            day as u8 + 9,
            "k-9",
            "drop.site.io",
        )
    };
    match dice.roll(12) {
        0..=3 => {
            let rows: Vec<String> = (0..=dice.roll(4)).map(row).collect();
            site.write(&snapshot, format!("{head}\n{}\n", rows.join("\n")));
        }
        4 => site.write(&snapshot, &head[..head.len() / 2]),
        5 => drop(fs::remove_file(site.path(&snapshot))),
        6 => {
            let other = format!("data/snapshots/renamed-{day}.jsonl");
            if fs::rename(site.path(&snapshot), site.path(&other)).is_err() {
                drop(fs::rename(site.path(&other), site.path(&snapshot)));
            }
        }
        7 => site.write("content/method.md", format!("{OWN}\n{number}\n")),
        8 => site.write("data/inventory.toml", format!("{INVENTORY}\n# {number}\n")),
        9 => site.write("data/inventory.toml", "[[hosts]\n"),
        10 => site.write("themes/default/assets/own.css", format!("/* {number} */\n")),
        _ => {
            let text = ["title = \"Ours\"\n", "title = 1\n", ""][dice.roll(3) as usize];
            let swap = site.path(".daybrief.toml.swp");
            fs::write(&swap, text).unwrap();
            fs::rename(swap, site.path("daybrief.toml")).unwrap();
        }
    }
}

/// Memory of a process that is not anybody else's, in kilobytes.
#[cfg(target_os = "linux")]
fn memory(watching: &Watching) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", watching.id())).unwrap();
    let line = status.lines().find(|l| l.starts_with("RssAnon:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn five_hundred_edits_end_in_what_a_build_writes() {
    let (site, watching) = watched();
    let mut dice = Dice(7);
    #[cfg(target_os = "linux")]
    let mut early = 0;
    for number in 0..500 {
        edit(&site, &mut dice, number);
        // Some edits come while the one before is looked at.
        if dice.roll(5) > 0 {
            watching.next_line(Duration::from_millis(120));
        }
        drop(watching.get("/"));
        #[cfg(target_os = "linux")]
        if number == 50 {
            early = memory(&watching);
        }
    }
    #[cfg(target_os = "linux")]
    {
        let late = memory(&watching);
        assert!(late * 5 <= early * 6, "{early} kB, then {late} kB");
    }
    site.write("daybrief.toml", "title = \"In the end\"\n");
    site.write("data/inventory.toml", INVENTORY);
    for day in 1..=4 {
        drop(fs::remove_file(
            site.path(&format!("data/snapshots/renamed-{day}.jsonl")),
        ));
        drop(fs::remove_file(
            site.path(&format!("data/snapshots/day-{day}.jsonl")),
        ));
    }
    while watching.next_line(Duration::from_millis(1_500)).is_some() {}
    assert!(watching.get("/").text().contains("In the end"));
    serves_what_is_built(&watching, &site);
}

#[test]
fn only_a_reader_on_this_machine_gets_an_answer() {
    let (_site, watching) = watched();
    let (host, port) = (
        watching.host(),
        watching.host().split(':').nth(1).unwrap().to_owned(),
    );
    for name in ["127.0.0.1", "localhost", "[::1]"] {
        let answer = watching.ask("GET /", &[("Host", &format!("{name}:{port}"))]);
        assert_eq!(answer.status, 200, "{name}");
    }
    for name in [
        "evil.example".to_owned(),
        "127.0.0.1.evil.example".to_owned(),
        format!("127.0.0.1.evil.example:{port}"),
        format!("localhost.evil.example:{port}"),
        format!("[::1].x:{port}"),
        format!("[::1]x:{port}"),
        "127.0.0.1".to_owned(),
        "127.0.0.1:1".to_owned(),
        format!("127.0.0.1:+{port}"),
        String::new(),
    ] {
        for path in ["/", "/_daybrief/events?page=/&print="] {
            let answer = watching.ask(&format!("GET {path}"), &[("Host", &name)]);
            assert_eq!(answer.status, 403, "{name}");
            assert!(!answer.text().contains("Edition"), "{name}");
        }
    }
    for (request, status) in [
        ("GET / HTTP/1.1\r\n\r\n".to_owned(), 403),
        ("GET / HTTP/1.0\r\n\r\n".to_owned(), 403),
        (
            format!(
                "GET / HTTP/1.1\r\nHost: {host}\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
            ),
            403,
        ),
        (
            format!(
                "GET http://evil.example/ HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
            ),
            403,
        ),
    ] {
        let answer = watching.send(
            request
                .replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")
                .as_bytes(),
        );
        assert_eq!(answer.status, status, "{request}");
    }
    for origin in [
        "http://evil.example",
        "null",
        "https://127.0.0.1",
        &format!("http://{host}.evil.example"),
    ] {
        let events = "GET /_daybrief/events?page=/&print=";
        let answer = watching.ask(events, &[("Host", &host), ("Origin", origin)]);
        assert_eq!(answer.status, 403, "{origin}");
    }
}

#[test]
fn only_what_the_plan_has_is_served_and_only_to_be_read() {
    let (_site, watching) = watched();
    let host = watching.host();
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"] {
        let answer = watching.ask(&format!("{method} /"), &[("Host", &host)]);
        assert_eq!(answer.status, 405, "{method}");
        assert_eq!(answer.header("allow").as_deref(), Some("GET, HEAD"));
    }
    for path in [
        "/../daybrief.toml",
        "/..",
        "/%2e%2e/daybrief.toml",
        "/editions/%2e%2e/%2e%2e/daybrief.toml",
        "/index.html%00.txt",
        "/..%5cdaybrief.toml",
        "/.daybrief/history.redb",
        "//etc/passwd",
        "/editions//index.html",
    ] {
        assert_eq!(watching.get(path).status, 400, "{path}");
    }
    let backslash = watching.get("/..\\daybrief.toml").status;
    assert!(backslash == 400, "{backslash}");
    for path in [
        "/daybrief.toml",
        "/data/inventory.toml",
        "/manifest.json",
        "/editions/",
        "/assets/",
        "/_daybrief/",
        "/_daybrief/x",
    ] {
        assert_eq!(watching.get(path).status, 404, "{path}");
    }
    let answer = watching.get("/");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(answer.header(name).as_deref(), Some(value));
    }
    assert_eq!(answer.header("access-control-allow-origin"), None);
    let head = watching.ask("HEAD /", &[("Host", &host)]);
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(
        head.header("content-length"),
        answer.header("content-length")
    );
}

#[test]
fn the_script_is_in_no_published_page() {
    let site = site();
    let mut watching = watch(&site, &["--port", "0", "-o", "out"]);
    let line = watching.says("Open http://");
    watching.set_port(&line);
    watching.says("Open out/index.html");
    assert!(watching.get("/").text().contains("/_daybrief/reload.js"));
    for entry in walkdir::WalkDir::new(site.path("out")) {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            let bytes = fs::read(entry.path()).unwrap();
            assert!(
                !String::from_utf8_lossy(&bytes).contains("_daybrief"),
                "{entry:?}"
            );
        }
    }
    assert!(!site.path("public").exists());
}

#[test]
fn a_warning_is_said_once_where_a_change_is_published_too() {
    let site = site();
    site.write(
        "data/snapshots/2026-11-22T0600Z.jsonl",
        "{\"format\":\"daybrief-snapshot\",\"version\":1,\"taken_at\":\"2026-11-22T06:00:00Z\"}\n{\"id\":\"a\",\"status\":\"odd\"}\n",
    );
    let watching = watch(&site, &["--no-serve", "--poll"]);
    let mut said = Vec::new();
    while let Some(line) = watching.next_line(Duration::from_secs(30)) {
        let is_last = line.contains("Open public/index.html");
        said.push(line);
        if is_last {
            break;
        }
    }
    let warnings = said.iter().filter(|line| line.contains("quarantined"));
    assert_eq!(warnings.count(), 1, "{said:#?}");
}

#[test]
fn without_a_server_it_only_publishes() {
    let site = site();
    let mut watching = watch(&site, &["--no-serve", "--poll"]);
    watching.says("Open public/index.html");
    site.write("content/method.md", OWN);
    watching.says("Open public/index.html");
    assert!(site.read("public/method.html").contains("Our own words"));
    site.write("daybrief.toml", "title = 1\n");
    watching.says("daybrief.toml:1:");
    assert!(site.read("public/method.html").contains("Our own words"));
    #[cfg(unix)]
    {
        watching.ends_on_ctrl_c();
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_in_the_place_of_a_file_keeps_nobody_waiting() {
    let (site, watching) = watched();
    site.remove("data/inventory.toml");
    let pipe = site.path("data/inventory.toml");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    watching.says("is not a regular file");
    assert_eq!(watching.get("/").status, 200);
    assert_eq!(site.run(&["check"]).code, 1);
}

#[cfg(unix)]
#[test]
fn it_ends_though_every_place_is_taken() {
    let (_site, mut watching) = watched();
    let idle: Vec<_> = (0..300)
        .map(|_| std::net::TcpStream::connect(watching.host()).unwrap())
        .collect();
    std::thread::sleep(Duration::from_millis(300));
    watching.ends_on_ctrl_c();
    drop(idle);
}

#[test]
fn ports_and_addresses_are_chosen_with_care() {
    let site = site();
    let first = serve(&site);
    let taken = first.host().split(':').nth(1).unwrap().to_owned();
    let second = site.run(&["watch", "--port", &taken]);
    assert_eq!(second.code, 1, "{}", second.err);
    assert!(
        second.err.contains("choose another --port"),
        "{}",
        second.err
    );
    for address in ["0.0.0.0", "::", "192.0.2.1"] {
        let run = site.run(&["watch", "--bind", address]);
        assert_eq!(run.code, 1, "{}", run.err);
        assert!(run.err.contains("--i-know"), "{}", run.err);
    }
    let mut next = watch(&site, &[]);
    let line = next.says("Open http://127.0.0.1:");
    next.set_port(&line);
    assert_eq!(next.get("/").status, 200);
}
