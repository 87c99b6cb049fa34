//! What a build costs: `cargo bench`, or `cargo bench -- --full` with 100,000 sessions too.
//! `cargo bench -- --archive` measures what one snapshot more costs an archive of hundreds.
//! `cargo bench --bench build -- site 10000 FOLDER` writes the site of one size, to profile,
//! and `archive 1000 365 FOLDER` one of many snapshots.
//!
//! Every row is one run of a child process, measured by the kernel when it ends:
//! wall time, CPU time (user and system), peak memory. Beside the build stand, in
//! the same run and on the same file system, the bare creation of as many files
//! of the same sizes by one thread, and Hugo (when it is on the PATH) on as many pages of
//! comparable content, up to the size that the aims are for. Nothing is deleted before all of a size is measured: some file
//! systems create files more slowly for a while after many were deleted, so give
//! them a minute between two runs. `TMPDIR` says where to write. The sessions come from a seeded generator, so that
//! two runs build the same site.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark lays out files and prints a table"
)]

mod archive;
mod sessions;

use daybrief::normalise::redact::{Known, mask};
use daybrief::publish::gate::Gate;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use wait4::Wait4;

/// The program, built with the release profile.
const PROGRAM: &str = env!("CARGO_BIN_EXE_daybrief");
/// Sessions a site.
const SIZES: [usize; 4] = [43, 1_000, 10_000, 100_000];
/// The size that the aims are for.
const AIMED: usize = 10_000;
/// Seconds of CPU at that size.
const AIM_CPU: f64 = 1.2;
/// Bytes of memory at that size.
const AIM_MEMORY: u64 = 150_000_000;
/// Bytes of memory a session from there to the largest size.
const AIM_GROWTH: f64 = 1_000.0;
/// Megabytes a second that the gate looks at on one core.
const AIM_GATE: f64 = 100.0;
/// Lines of a Hugo page: about as many as a session has events.
const LINES: usize = 25;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [word, list, folder] if word == "bare" => {
            return create_bare(Path::new(list), Path::new(folder));
        }
        [word, folder] if word == "look" => return archive::look(Path::new(folder)),
        [word, count, editions, folder, ..] if word == "archive" => {
            let (count, editions) = (count.parse(), editions.parse::<u32>());
            let (count, editions) = (count.expect("sessions"), editions.expect("editions"));
            let folder = Path::new(folder);
            let written = sessions::write_site(folder, count, (0..editions).rev());
            return written.expect("the site is written");
        }
        [word, count, folder, ..] if word == "site" => {
            let count = count.parse().expect("a number of sessions");
            return sessions::write_site(Path::new(folder), count, [0])
                .expect("the site is written");
        }
        _ => {}
    }
    if arguments.iter().any(|a| a == "--archive") {
        return archive::rows();
    }
    let full = arguments.iter().any(|a| a == "--full");
    let hugo = Command::new("hugo")
        .arg("version")
        .output()
        .is_ok_and(|o| o.status.success());
    if !hugo {
        println!("There is no hugo on the PATH; its rows are left out.");
    }
    println!(
        "{:>8}  {:<11}{:>9}{:>9}{:>9}{:>9}{:>9}{:>10}{:>9}{:>9}",
        "sessions",
        "what",
        "wall s",
        "user s",
        "sys s",
        "MB peak",
        "files",
        "MB out",
        "x bare",
        "x hugo"
    );
    let mut builds = Vec::new();
    for sessions in SIZES.into_iter().filter(|n| full || *n <= AIMED) {
        builds.push((sessions, rows(sessions, hugo && sessions <= AIMED)));
    }
    aims(&builds);
}

/// What a child cost and left.
#[derive(Clone, Copy)]
struct Cost {
    wall: Duration,
    user: Duration,
    system: Duration,
    memory: u64,
    files: usize,
    bytes: u64,
}

/// Measures and prints one size; returns the build's cost.
fn rows(sessions: usize, hugo: bool) -> Cost {
    let temporary = tempfile::tempdir().expect("there is a temporary folder");
    let root = temporary.path();
    let site = root.join("site");
    sessions::write_site(&site, sessions, [0]).expect("the site can be written");
    let out = site.join("public");
    let build = run(
        Command::new(PROGRAM).arg("--root").arg(&site).arg("build"),
        Some(&out),
    );
    let again = run(
        Command::new(PROGRAM).arg("--root").arg(&site).arg("build"),
        Some(&out),
    );
    let list = root.join("list");
    list_files(&out, &list);
    let bare_out = root.join("bare");
    let this = std::env::current_exe().expect("this program has a path");
    let bare = run(
        Command::new(this).arg("bare").arg(&list).arg(&bare_out),
        Some(&bare_out),
    );
    let hugo = hugo.then(|| {
        let folder = root.join("hugo");
        write_hugo(&folder, build.files, build.bytes);
        run(
            Command::new("hugo").arg("--source").arg(&folder),
            Some(&folder.join("public")),
        )
    });
    if sessions == AIMED {
        gate(&out);
        masking();
    }
    print(sessions, "daybrief", build, Some(bare), hugo);
    print(sessions, "again", again, Some(bare), hugo);
    print(sessions, "bare files", bare, None, None);
    if let Some(hugo) = hugo {
        print(sessions, "hugo", hugo, Some(bare), None);
    }
    build
}

fn print(sessions: usize, what: &str, cost: Cost, bare: Option<Cost>, hugo: Option<Cost>) {
    let ratio = |other: Option<Cost>| {
        other.map_or(String::new(), |o| {
            format!("{:.2}", cost.wall.as_secs_f64() / o.wall.as_secs_f64())
        })
    };
    println!(
        "{sessions:>8}  {what:<11}{:>9.3}{:>9.3}{:>9.3}{:>9.1}{:>9}{:>10.1}{:>9}{:>9}",
        cost.wall.as_secs_f64(),
        cost.user.as_secs_f64(),
        cost.system.as_secs_f64(),
        megabytes(cost.memory),
        cost.files,
        megabytes(cost.bytes),
        ratio(bare),
        ratio(hugo),
    );
}

/// What the gate takes for the pages of a site, on one core: the best of some rounds.
fn gate(out: &Path) {
    let files = files_below(out).into_iter();
    let pages: Vec<Vec<u8>> = files.map(|(p, _)| fs::read(p).expect("a page")).collect();
    let bytes: usize = pages.iter().map(Vec::len).sum();
    let secret = |n: usize| (format!("q7Zk2Lw9Xc4V{n:03}b8Nm1Rt5Yp3Hd6"), true);
    let speed = |known: usize| {
        let gate = Gate::new(&Known::new((0..known).map(secret)), b"");
        let look = || {
            for page in &pages {
                gate.check(page).expect("nothing of it is a secret");
            }
        };
        megabytes(bytes as u64) / best(look).as_secs_f64()
    };
    let (none, some) = (speed(0), speed(100));
    println!(
        "the gate looks at {none:.0} MB/s a core, {some:.0} MB/s with 100 known secrets, aim {AIM_GATE:.0} MB/s: {}",
        verdict(none.min(some) >= AIM_GATE)
    );
}

/// The best of some rounds.
fn best(work: impl Fn()) -> Duration {
    let round = |_| {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    (0..5).map(round).min().expect("there were rounds")
}

/// What masking takes for texts that were made to be slow, on one core: the slowest of them
/// beside prose.
fn masking() {
    let made = [
        "key=x",
        "sig=.x",
        "token=x(",
        "token=a::",
        "cookie=$",
        "://a:...@",
        "://a/b:",
        "--token ",
        "authorization: x",
        "[secret: ",
        "sk-ant-",
        "sntryu_0a1b",
        "\\\\u005c",
        "%25",
        "\x01",
        "\"",
        "\u{200b}",
    ];
    let speed = |piece: &str| {
        let text: String = piece.chars().cycle().take(12_000).collect();
        let round = || {
            std::hint::black_box(mask(std::hint::black_box(&text)));
        };
        megabytes(text.len() as u64) / best(round).as_secs_f64()
    };
    let prose = speed("The agent ran the tests of the service again, and they passed. ");
    let slowest = made.map(|piece| (speed(piece), piece));
    let slowest = slowest.iter().min_by(|a, b| a.0.total_cmp(&b.0));
    if let Some((slow, piece)) = slowest {
        println!(
            "masking takes {prose:.0} MB/s of prose a core, {slow:.1} MB/s of {piece:?} again and again"
        );
    }
}

const fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "MISSED" }
}

/// Says how the builds stand to the aims.
fn aims(builds: &[(usize, Cost)]) {
    let at = |n: usize| builds.iter().find(|(s, _)| *s == n).map(|(_, c)| *c);
    println!();
    if let Some(aimed) = at(AIMED) {
        let cpu = (aimed.user + aimed.system).as_secs_f64();
        println!(
            "CPU at {AIMED} sessions: {cpu:.2} s, aim {AIM_CPU} s: {}",
            verdict(cpu <= AIM_CPU)
        );
        println!(
            "memory at {AIMED} sessions: {:.0} MB, aim {:.0} MB: {}",
            megabytes(aimed.memory),
            megabytes(AIM_MEMORY),
            verdict(aimed.memory <= AIM_MEMORY)
        );
        if let [.., (largest, last)] = builds
            && *largest > AIMED
        {
            let growth = (last.memory as f64 - aimed.memory as f64) / (*largest - AIMED) as f64;
            println!(
                "memory a session from {AIMED} to {largest}: {growth:.0} bytes, aim {AIM_GROWTH:.0}: {}",
                verdict(growth < AIM_GROWTH)
            );
        } else {
            println!("memory a session is measured with `cargo bench -- --full`");
        }
    }
}

/// Runs a child to its end and looks at what it left.
fn run(command: &mut Command, out: Option<&Path>) -> Cost {
    let start = Instant::now();
    let child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let used = child.wait4().expect("the program can be waited for");
    let wall = start.elapsed();
    assert!(used.status.success(), "{command:?} failed");
    let files = out.map(files_below).unwrap_or_default();
    let (files, bytes) = files
        .iter()
        .fold((0, 0), |(n, sum), (_, size)| (n + 1, sum + size));
    Cost {
        wall,
        user: used.rusage.utime,
        system: used.rusage.stime,
        memory: used.rusage.maxrss,
        files,
        bytes,
    }
}

fn files_below(folder: &Path) -> Vec<(PathBuf, u64)> {
    walkdir::WalkDir::new(folder)
        .into_iter()
        .flatten()
        .filter(|e| e.file_type().is_file())
        .map(|e| {
            let size = e.metadata().map_or(0, |m| m.len());
            (e.into_path(), size)
        })
        .collect()
}

/// Path and size of every file, one a line.
fn list_files(folder: &Path, list: &Path) {
    let mut lines = String::new();
    for (path, size) in files_below(folder) {
        let inside = path.strip_prefix(folder).expect("it lies below");
        let _ = writeln!(lines, "{size} {}", inside.display());
    }
    fs::write(list, lines).expect("the list can be written");
}

/// The child that only creates files.
fn create_bare(list: &Path, folder: &Path) {
    let bytes = vec![b'x'; 1 << 20];
    let mut made = PathBuf::new();
    for line in fs::read_to_string(list).expect("the list is there").lines() {
        let (size, path) = line.split_once(' ').expect("size and path");
        let path = folder.join(path);
        let parent = path.parent().expect("it has a folder");
        if parent != made {
            fs::create_dir_all(parent).expect("the folder can be made");
            parent.clone_into(&mut made);
        }
        let mut left: usize = size.parse().expect("a size");
        let mut file = fs::File::create(&path).expect("the file can be made");
        while left > 0 {
            let now = left.min(bytes.len());
            file.write_all(&bytes[..now])
                .expect("the file can be written");
            left -= now;
        }
    }
}

/// A Hugo site with this many pages of about the mean size.
fn write_hugo(folder: &Path, pages: usize, bytes: u64) {
    let write = |path: &str, text: &str| {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("it has a folder"))
            .and_then(|()| fs::write(path, text))
            .expect("the Hugo site can be written");
    };
    write(
        "hugo.toml",
        "title = 'bench'\nbaseURL = 'https://example.org/'\ndisableKinds = ['taxonomy', 'term', 'RSS', 'sitemap', 'home', '404', 'section']\n",
    );
    // The frame fills the page up to the mean size of ours.
    let mean = usize::try_from(bytes / pages.max(1) as u64).expect("a page fits memory");
    let line = "read src/app/module.rs with Read in acme/service, reached api.example.org";
    let of_list = LINES * (line.len() + 60);
    let row = "<div><dt>{{ .Params.user }}</dt><dd>{{ .Params.host }} {{ .Params.key }} {{ .Date.Format \"2006-01-02\" }}</dd></div>\n";
    let fields = mean.saturating_sub(of_list + 800) / 90;
    let layout = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{{{{ .Title }}}}</title></head>\n<body><main><h1>{{{{ .Title }}}}</h1><dl>\n{}</dl>\n{{{{ .Content }}}}</main></body></html>\n",
        row.repeat(fields)
    );
    write("layouts/_default/single.html", &layout);
    let mut list = String::new();
    for n in 0..LINES {
        let _ = writeln!(
            list,
            "- `06:{n:02}:00` {line} and *said* so [evidence](#t{n})"
        );
    }
    let content = folder.join("content");
    fs::create_dir_all(&content).expect("the Hugo site can be written");
    for page in 0..pages {
        let path = content.join(format!("page-{page}.md"));
        let mut file = BufWriter::new(fs::File::create(path).expect("a page can be written"));
        write!(
            file,
            "+++\ntitle = 'Session {page}'\ndate = 2026-11-22\nuser = 'user{page}@acme.example'\nhost = 'laptop-{page}'\nkey = 'sk-ant-...{page:04}'\n+++\n\n{list}"
        )
        .expect("a page can be written");
    }
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
