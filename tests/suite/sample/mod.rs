//! The sample company: its cast, its rhythm and its story, told the same way every
//! time. `data/snapshots` is what this module tells; to tell it anew after a change,
//! run the tests with `DAYBRIEF_OVERWRITE=1`.

#![expect(
    clippy::cast_possible_wrap,
    reason = "counts and seconds of a small story"
)]

mod cast;
mod format;
mod plot;
mod rhythm;
mod run;

pub(crate) use format::Record;
pub(crate) use plot::{ANCHOR, BOBS, FOLDED, WIDENED};
pub(crate) use rhythm::Dice;

use flate2::read::GzDecoder;
use flate2::{Compression, GzBuilder};
use format::{Head, Source};
use rhythm::Day;
use run::Run;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::Path;

const FIRST: &str = "2026-11-07T06:00:00Z";
/// Sessions seen by each snapshot, and how many of those that begin in ordinary work still run.
const DAYS: [(usize, usize); 16] = [
    (35, 2),
    (36, 2),
    (36, 3),
    (42, 4),
    (44, 3),
    (41, 4),
    (44, 3),
    (40, 4),
    (36, 2),
    (35, 1),
    (42, 3),
    (45, 4),
    (42, 3),
    (45, 4),
    (41, 3),
    (43, 3),
];
/// What the latest snapshot's sessions cost together, in cents.
const LATEST_CENTS: u64 = 5_248;
/// The oldest snapshots are kept compressed.
const COMPRESSED: usize = 7;

/// One snapshot of the company.
#[derive(Clone)]
pub(crate) struct Snapshot {
    pub(crate) taken_at: String,
    pub(crate) records: Vec<Record>,
    /// Further lines, as a collector with a fault writes them.
    faults: Vec<String>,
}

impl Snapshot {
    /// `data/snapshots/2026-11-22T0600Z.jsonl`
    pub(crate) fn path(&self) -> String {
        let minutes = self.taken_at.replace(':', "");
        format!("data/snapshots/{}Z.jsonl", &minutes[..15])
    }

    /// The file's text, in the lines form.
    pub(crate) fn text(&self) -> String {
        let on_endpoints = self.records.iter().filter(|r| r.host.is_some()).count();
        let head = Head {
            format: "daybrief-snapshot",
            version: 1,
            taken_at: self.taken_at.clone(),
            sources: vec![
                Source {
                    name: "endpoint-collector",
                    kind: "endpoint",
                    sessions: on_endpoints,
                    not_recorded: Vec::new(),
                },
                Source {
                    name: "llm-gateway",
                    kind: "gateway",
                    sessions: self.records.len(),
                    not_recorded: vec!["events", "permission_mode"],
                },
            ],
        };
        let mut lines = vec![serde_json::to_string(&head).unwrap()];
        lines.extend(
            self.records
                .iter()
                .map(|r| serde_json::to_string(r).unwrap()),
        );
        lines.extend(self.faults.iter().cloned());
        lines.join("\n") + "\n"
    }

    pub(crate) fn record(&mut self, id: &str) -> &mut Record {
        self.records.iter_mut().find(|r| r.id == id).unwrap()
    }
}

/// Every snapshot, the oldest first.
pub(crate) fn snapshots() -> Vec<Snapshot> {
    let mut dice = Dice::new(0x5EED_0022);
    let mut runs = plot::runs();
    let first = run::seconds(FIRST);
    DAYS.iter()
        .enumerate()
        .map(|(i, (sessions, active))| {
            let taken_at = first + 86_400 * i as i64;
            let is_latest = i + 1 == DAYS.len();
            let there = runs.iter().filter(|r| r.is_seen(taken_at)).count();
            let day = Day {
                taken_at,
                runs: sessions - there,
                active: *active,
            };
            let but = if is_latest {
                plot::TOLD_ON_THE_LATEST
            } else {
                &[]
            };
            let told = runs.len();
            runs.extend(rhythm::runs(&day, &mut dice, but));
            if is_latest {
                let ordinary = told..runs.len();
                balance(&mut runs, ordinary, taken_at);
            }
            let mut seen: Vec<&Run> = runs.iter().filter(|r| r.is_seen(taken_at)).collect();
            seen.sort_by_key(|r| (r.start, &r.id));
            let records: Vec<Record> = seen.iter().map(|r| r.record(taken_at)).collect();
            Snapshot {
                faults: faults(i, &records),
                taken_at: run::moment(taken_at),
                records,
            }
        })
        .collect()
}

/// The snapshot of 22 November.
pub(crate) fn latest() -> Snapshot {
    snapshots().pop().unwrap()
}

/// The day's ordinary runs share what is missing in its total, to the cent.
fn balance(runs: &mut [Run], ordinary: std::ops::Range<usize>, taken_at: i64) {
    let total: u64 = runs
        .iter()
        .filter(|r| r.is_seen(taken_at))
        .map(|r| r.spent(taken_at))
        .sum();
    let ended: Vec<usize> = ordinary.filter(|i| !runs[*i].is_active(taken_at)).collect();
    // Their part is scaled as a whole; the cents lost in rounding go to the first ones.
    let before: u64 = ended.iter().map(|i| runs[*i].cents).sum();
    let after = (before + LATEST_CENTS)
        .checked_sub(total)
        .expect("the plot alone costs more than the day");
    for i in &ended {
        runs[*i].cents = runs[*i].cents * after / before;
    }
    let scaled: u64 = ended.iter().map(|i| runs[*i].cents).sum();
    for i in ended.iter().take((after - scaled) as usize) {
        runs[*i].cents += 1;
    }
}

/// Collectors are not perfect: one wrote a negative cost, one sent a record twice.
fn faults(day: usize, records: &[Record]) -> Vec<String> {
    let record = &records[records.len() / 2];
    match day {
        3 => {
            let broken = Record {
                id: "sess_01Tx8yNc5QmKd3vWz6HbRf2P".to_owned(),
                cost_usd: "-0.42".to_owned(),
                ..record.clone()
            };
            vec![serde_json::to_string(&broken).unwrap()]
        }
        7 => vec![serde_json::to_string(record).unwrap()],
        _ => Vec::new(),
    }
}

/// Path and text of every file, and whether it is compressed.
fn files() -> BTreeMap<String, (String, bool)> {
    snapshots()
        .iter()
        .enumerate()
        .map(|(i, snapshot)| {
            let compressed = i < COMPRESSED;
            let ending = if compressed { ".gz" } else { "" };
            (snapshot.path() + ending, (snapshot.text(), compressed))
        })
        .collect()
}

fn compressed(text: &str) -> Vec<u8> {
    // No name and no time: the same text makes the same bytes.
    let mut encoder = GzBuilder::new()
        .mtime(0)
        .write(Vec::new(), Compression::best());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn plain(bytes: &[u8], is_compressed: bool) -> String {
    let mut text = String::new();
    if is_compressed {
        GzDecoder::new(bytes).read_to_string(&mut text).unwrap();
    } else {
        text.push_str(std::str::from_utf8(bytes).unwrap());
    }
    text
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the test reads and, on demand, rewrites the sample"
)]
fn the_sample_on_disk_is_what_is_told_here() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let told = files();
    if std::env::var_os("DAYBRIEF_OVERWRITE").is_some_and(|v| v == "1") {
        let _ = std::fs::remove_dir_all(root.join("data/snapshots"));
        std::fs::create_dir_all(root.join("data/snapshots")).unwrap();
        for (path, (text, is_compressed)) in &told {
            let bytes = if *is_compressed {
                compressed(text)
            } else {
                text.clone().into_bytes()
            };
            std::fs::write(root.join(path), bytes).unwrap();
        }
    }
    let on_disk: Vec<String> = std::fs::read_dir(root.join("data/snapshots"))
        .unwrap()
        .map(|entry| format!("data/snapshots/{}", entry.unwrap().file_name().display()))
        .collect();
    let mut missing_or_more: Vec<&String> = on_disk
        .iter()
        .filter(|path| !told.contains_key(*path))
        .chain(told.keys().filter(|path| !on_disk.contains(path)))
        .collect();
    missing_or_more.sort();
    assert!(missing_or_more.is_empty(), "{missing_or_more:?}");
    for (path, (text, is_compressed)) in &told {
        let bytes = std::fs::read(root.join(path)).unwrap();
        let differs = plain(&bytes, *is_compressed)
            .lines()
            .zip(text.lines())
            .position(|(a, b)| a != b);
        assert_eq!(differs, None, "{path}: first line that differs, from 0");
        assert_eq!(plain(&bytes, *is_compressed).len(), text.len(), "{path}");
    }
}

#[test]
fn the_sample_stays_small() {
    let size: usize = files()
        .values()
        .map(|(text, is_compressed)| {
            if *is_compressed {
                compressed(text).len()
            } else {
                text.len()
            }
        })
        .sum();
    assert!(size < 900_000, "{size} bytes");
}
