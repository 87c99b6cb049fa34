//! What one snapshot more costs an archive, against building that snapshot alone.
//!
//! The row "only a look" is a program that starts, lists the folder of snapshots and asks
//! what each file is: whoever is to notice any change of any of them cannot cost less.
//!
//! Nothing is removed before the end. A file system may look for a long time for the place of a
//! new file where many were removed a moment ago, and that would be what is measured.

use crate::sessions;
use crate::{Cost, PROGRAM, files_below, run};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Sessions a snapshot, and snapshots.
const ARCHIVES: [(usize, u32); 2] = [(100, 2_000), (1_000, 365)];
/// Every cost is the least of so many runs, each with the next snapshot.
const RUNS: u32 = 5;
/// Where snapshots lie in a site.
const SNAPSHOTS: &str = "data/snapshots";
/// Most that adding may cost of building alone, and most that nothing new may.
const AIM_ADD: f64 = 1.3;
const AIM_AGAIN: f64 = 0.05;

/// Measures every archive and prints a table.
pub(crate) fn rows() {
    println!(
        "{:>8}{:>10}  {:<12}{:>9}{:>9}{:>9}{:>9}",
        "sessions", "editions", "what", "CPU s", "x alone", "MB peak", "x alone"
    );
    let temporary = ARCHIVES.map(|_| tempfile::tempdir().expect("there is a temporary folder"));
    for ((sessions, editions), temporary) in ARCHIVES.into_iter().zip(&temporary) {
        archive(temporary.path(), sessions, editions);
    }
}

fn archive(temporary: &Path, sessions: usize, editions: u32) {
    let site = temporary.join("archive");
    let alone = |days_ago: u32| temporary.join(format!("alone-{days_ago}"));
    // All are written long before they are built: who writes a snapshot has time, too.
    for days_ago in 0..RUNS {
        let written = sessions::write_site(&alone(days_ago), sessions, [days_ago]);
        written.expect("the site can be written");
    }
    let written = sessions::write_site(&site, sessions, (RUNS..editions).rev());
    written.expect("the site can be written");
    build(&site);
    let mut least: [Option<Cost>; 4] = [None; 4];
    for days_ago in (0..RUNS).rev() {
        let alone = alone(days_ago);
        let of_alone = build(&alone);
        for (snapshot, _) in files_below(&alone.join(SNAPSHOTS)) {
            let name = snapshot.file_name().expect("a file has a name");
            fs::hard_link(&snapshot, site.join(SNAPSHOTS).join(name)).expect("it can be added");
        }
        let (added, again) = (build(&site), build(&site));
        let only_a_look = start_and_look(&site.join(SNAPSHOTS));
        for (least, cost) in least.iter_mut().zip([of_alone, added, again, only_a_look]) {
            *least = Some(least.map_or(cost, |least| lesser(least, cost)));
        }
    }
    let [Some(alone), Some(added), Some(again), Some(looked)] = least else {
        return;
    };
    for (what, cost, aim) in [
        ("alone", alone, None),
        ("one more", added, Some(AIM_ADD)),
        ("nothing new", again, Some(AIM_AGAIN)),
        ("only a look", looked, None),
    ] {
        let ratio = cpu(cost) / cpu(alone);
        let memory = cost.memory as f64 / alone.memory as f64;
        let verdict = aim.map_or(String::new(), |aim| {
            let verdict = if ratio <= aim { "met" } else { "MISSED" };
            format!("  aim {aim}: {verdict}")
        });
        println!(
            "{sessions:>8}{editions:>10}  {what:<12}{:>9.3}{ratio:>9.2}{:>9.1}{memory:>9.2}{verdict}",
            cpu(cost),
            cost.memory as f64 / 1e6,
        );
    }
}

/// The lesser CPU time of two, and the lesser memory.
fn lesser(one: Cost, other: Cost) -> Cost {
    let less = if cpu(other) < cpu(one) { other } else { one };
    Cost {
        memory: one.memory.min(other.memory),
        ..less
    }
}

fn build(site: &Path) -> Cost {
    let mut command = Command::new(PROGRAM);
    // Looking at what it left would cost more than the build.
    run(command.arg("--root").arg(site).arg("build"), None)
}

fn start_and_look(snapshots: &Path) -> Cost {
    let this = std::env::current_exe().expect("the benchmark knows itself");
    run(Command::new(this).arg("look").arg(snapshots), None)
}

/// Asks what each file below a folder is.
pub(crate) fn look(folder: &Path) {
    assert!(!files_below(folder).is_empty(), "there are snapshots");
}

fn cpu(cost: Cost) -> f64 {
    (cost.user + cost.system).as_secs_f64()
}
