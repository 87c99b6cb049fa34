//! Sessions of a made-up company: mostly ordinary work, a few that matter.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;

const SEED: u64 = 0x0da7_b21e_f000_0001;
/// 2026-11-22T06:00:00Z, when the snapshot is taken.
const TAKEN_AT: i64 = 1_795_327_200;
/// One session in so many is interesting.
const INTERESTING: u64 = 50;

const TOOLS: [&str; 6] = ["Read", "Edit", "Write", "Bash", "Grep", "WebFetch"];
const MODELS: [&str; 4] = [
    "claude-sonnet-4-6",
    "claude-opus-4-6",
    "claude-haiku-4-5",
    "gpt-5.1-codex",
];
const AGENTS: [(&str, &str); 4] = [
    ("Claude Code", "1.2.0"),
    ("Claude Code", "1.3.1"),
    ("Cursor", "0.42.0"),
    ("Codex", "0.58.0"),
];
const PROGRAMS: [&str; 6] = [
    "cargo test",
    "npm test",
    "git commit",
    "git push",
    "make",
    "rg",
];
const PLACES: [&str; 5] = [
    "github.com",
    "docs.example.org",
    "packages.acme.example",
    "api.anthropic.com",
    "cdn.example.net",
];
const SENSITIVE: [&str; 4] = [
    "src/auth/token.rs",
    ".env.production",
    "infra/prod/main.tf",
    "exports/customers.csv",
];

/// `SplitMix64`: small, seeded, the same everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len() as u64) as usize]
    }
}

/// Writes a site with a snapshot of this many sessions for each of some days, in the lines form.
pub(crate) fn write_site(
    site: &Path,
    sessions: usize,
    days_ago: impl IntoIterator<Item = u32>,
) -> io::Result<()> {
    write_declared(site, sessions)?;
    let mut days = days_ago.into_iter();
    days.try_for_each(|days_ago| write_snapshot(site, sessions, days_ago))
}

/// Writes what the company declares, for snapshots of this many sessions.
fn write_declared(site: &Path, sessions: usize) -> io::Result<()> {
    fs::create_dir_all(site.join("data/snapshots"))?;
    fs::write(site.join("daybrief.toml"), "title = \"Acme\"\n")?;
    fs::write(
        site.join("data/inventory.toml"),
        inventory(people(sessions)),
    )
}

/// Writes the snapshot that was taken so many days before the latest one.
fn write_snapshot(site: &Path, sessions: usize, days_ago: u32) -> io::Result<()> {
    let taken_at = TAKEN_AT - i64::from(days_ago) * 86_400;
    let at = time(taken_at);
    let name = at.replace(':', "");
    let file = fs::File::create(site.join(format!("data/snapshots/{name}.jsonl")))?;
    let mut out = BufWriter::new(file);
    writeln!(
        out,
        r#"{{"format":"daybrief-snapshot","version":1,"taken_at":"{at}","sources":[{{"name":"collector","kind":"generated","sessions":{sessions}}}]}}"#
    )?;
    let mut dice = Dice(SEED ^ (u64::from(days_ago) << 32));
    let mut line = String::new();
    for n in 0..sessions {
        line.clear();
        session(&mut line, &mut dice, n, (people(sessions), taken_at));
        out.write_all(line.as_bytes())?;
    }
    out.flush()
}

fn people(sessions: usize) -> u64 {
    7 + sessions as u64 / 25
}

/// Every host has an owner, nine keys of ten are known, a few repositories are classed.
fn inventory(people: u64) -> String {
    let mut text = String::from("updated = 2026-11-20\n");
    for n in 0..people {
        let _ = write!(
            text,
            "[[hosts]]\nname = \"laptop-{n}.local\"\nowner = \"user{n}@acme.example\"\nclass = \"developer\"\n"
        );
    }
    for n in 0..people.div_ceil(3) {
        let _ = write!(
            text,
            "[[keys]]\nname = \"sk-ant-...K{n:04}\"\nowner = \"team {n}\"\n"
        );
    }
    for (n, (class, level)) in [("auth", "high"), ("payments", "critical"), ("web", "low")]
        .into_iter()
        .enumerate()
    {
        let _ = write!(
            text,
            "[[repos]]\nname = \"acme/service-{n}\"\nclass = \"{class}\"\nconsequence = \"{level}\"\n"
        );
    }
    text.push_str("[destinations]\nsanctioned = [\"github.com\", \"*.acme.example\"]\n");
    text
}

fn session(line: &mut String, dice: &mut Dice, n: usize, (people, taken_at): (u64, i64)) {
    let interesting = dice.below(INTERESTING) == 0;
    let who = dice.below(people);
    let start = taken_at - 600 - dice.below(82_800).cast_signed();
    let events = 10 + dice.below(31);
    let step = 1 + dice.below(90).cast_signed();
    let end = (start + step * events.cast_signed()).min(taken_at - 1);
    let active = taken_at - end < 900;
    let (agent, version) = dice.of(&AGENTS);
    let model = dice.of(&MODELS);
    let repo = dice.below(40);
    let _ = write!(
        line,
        r#"{{"id":"sess_{:016x}{n:06}","status":"{}","started_at":"{}","last_seen_at":"{}""#,
        dice.next(),
        if active { "active" } else { "ended" },
        time(start),
        time(end)
    );
    if !active {
        let _ = write!(line, r#","ended_at":"{}""#, time(end));
    }
    if interesting && dice.below(2) == 0 {
        let _ = write!(
            line,
            r#","user":"unknown","host":{{"address":"10.0.{}.{}"}},"key":{{"hint":"sk-ant-...C{:03}"}}"#,
            dice.below(4),
            dice.below(250),
            dice.below(20)
        );
    } else {
        let _ = write!(
            line,
            r#","user":{{"name":"user{who}@acme.example","authenticated":{}}},"host":{{"name":"laptop-{who}.local"}},"key":{{"hint":"sk-ant-...K{:04}","kind":"api_key"}}"#,
            dice.below(10) > 0,
            who / 3
        );
    }
    let (requests, cents) = (1 + dice.below(90), dice.below(900));
    let _ = write!(
        line,
        r#","agent":{{"name":"{agent}","version":"{version}"}},"models":[{{"name":"{model}","requests":{requests},"input_tokens":{},"output_tokens":{}}}],"workspace":{{"repo":"acme/service-{repo}","branch":"main","path":"/home/user{who}/service-{repo}"}},"permission_mode":"{}","cost_usd":"{}.{:02}","events":["#,
        requests * 2_300,
        requests * 410,
        if interesting && dice.below(3) == 0 {
            "bypassPermissions"
        } else {
            "default"
        },
        cents / 100,
        cents % 100
    );
    for at in 0..events {
        if at > 0 {
            line.push(',');
        }
        event(
            line,
            dice,
            (start + step * at.cast_signed()).min(end),
            at,
            interesting,
            (n, repo),
        );
    }
    line.push_str("]}\n");
}

fn event(
    line: &mut String,
    dice: &mut Dice,
    at: i64,
    place: u64,
    interesting: bool,
    (session, repo): (usize, u64),
) {
    let _ = write!(line, r#"{{"at":"{}","#, time(at));
    let file = dice.below(400);
    let _ = match (dice.below(100), interesting && place % 7 == 3) {
        (0..30, true) => write!(
            line,
            r#""kind":"request","tool":"Bash","programs":["curl -X POST"],"destination":"files-{}.dropzone.example","method":"POST","bytes":{}"#,
            dice.below(30),
            dice.below(90_000)
        ),
        (_, true) => write!(
            line,
            r#""kind":"read","tool":"Read","path":"{}","ok":true"#,
            dice.of(&SENSITIVE)
        ),
        (0..12, _) => write!(line, r#""kind":"prompt""#),
        (12..24, _) => write!(
            line,
            r#""kind":"reply","summary":"Looked at module {file} and ran its tests""#
        ),
        (24..55, _) => write!(
            line,
            r#""kind":"read","tool":"Read","repo":"acme/service-{repo}","path":"src/module_{file}/mod.rs","ok":true"#
        ),
        (55..75, _) => write!(
            line,
            r#""kind":"write","tool":"Edit","path":"src/module_{file}/mod.rs","ok":true"#
        ),
        (75..88, _) => write!(
            line,
            r#""kind":"execute","tool":"Bash","programs":["{}"],"ok":{}"#,
            dice.of(&PROGRAMS),
            dice.below(12) > 0
        ),
        (88..93, _) => write!(
            line,
            r#""kind":"request","tool":"WebFetch","destination":"{}","method":"GET""#,
            dice.of(&PLACES)
        ),
        (93..98, _) => write!(line, r#""kind":"tool","tool":"{}""#, dice.of(&TOOLS)),
        _ => write!(line, r#""kind":"error","summary":"the command failed""#),
    };
    let _ = write!(
        line,
        r#","ref":{{"file":"{session:06}.jsonl","line":{}}}}}"#,
        place + 1
    );
}

/// RFC 3339 of a moment.
fn time(at: i64) -> String {
    jiff::Timestamp::from_second(at)
        .expect("a moment in range")
        .to_string()
}
