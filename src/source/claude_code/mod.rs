//! Claude Code's transcripts as snapshots.
//!
//! Claude Code keeps a transcript of every session below `projects/` of its
//! configuration folder: one JSON object a line, one file a session, subagents in
//! files of their own. The format is internal to it and changes between versions,
//! so nothing here fails for a line: what is not understood is counted, with its
//! place, and told in the [`Report`].
//!
//! The way of the data: `files` finds and opens, `records` splits a text into
//! records, `transcript` turns the records of one file into events and usage
//! (`events` for tool calls, `shell` for command lines), `sessions` merges
//! the files, drops what resumed and forked sessions repeat, and cuts windows;
//! `usage` counts each request once over all files and `prices` prices it.
//!
//! What is never copied: prompts, replies, command lines, the content of files,
//! tool output. What is kept of them are names of programs and tools, paths,
//! destinations, and the kind of a secret that stood there. The transcripts know
//! no host, no key and no account; the user is read from the working folder's
//! path and marked so (`origin.user` = `cwd path`).

mod events;
mod files;
mod paths;
mod prices;
mod records;
mod report;
mod sessions;
mod shell;
mod traces;
mod transcript;
mod usage;

#[cfg(test)]
mod tests;

pub use prices::PRICES_OF;
pub use records::Skipped;
pub use report::{Report, Unread};

use crate::source::snapshot::wire;
use jiff::{SignedDuration, Timestamp};
use rayon::prelude::*;
use sessions::{DAY, Span};
use std::path::{Path, PathBuf};
use transcript::{Origin, Transcript};

/// How activity is cut into snapshots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// One snapshot of everything, from the first activity to the last.
    Everything,
    /// One snapshot of this many seconds before `as_of`.
    Window(i64),
    /// One snapshot for each UTC day with activity, taken at the following midnight.
    Daily,
}

/// What to import.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The moment that counts as now; ignored by [`Split::Daily`].
    pub as_of: Timestamp,
    /// How activity is cut into snapshots.
    pub split: Split,
}

/// What an import yields.
#[derive(Debug, Default)]
pub struct Import {
    /// Heads and sessions, in order of time.
    pub snapshots: Vec<(wire::Head, Vec<wire::Session>)>,
    /// What was read and what was not.
    pub report: Report,
}

/// Imports transcripts from folders and files. Fails only when no path exists at all.
pub fn read(paths: &[PathBuf], options: &Options) -> anyhow::Result<Import> {
    let (found, unread) = files::find(paths);
    if found.is_empty()
        && let Some(first) = unread.first()
    {
        anyhow::bail!("{}: {}", first.path.display(), first.reason);
    }
    let mut report = Report {
        unread,
        ..Report::default()
    };
    let read: Vec<Result<File, Unread>> = found.par_iter().map(|path| read_file(path)).collect();
    let mut transcripts = Vec::new();
    for file in read {
        match file {
            Ok(file) => transcripts.push(account(file, &mut report)),
            Err(unread) => report.unread.push(unread),
        }
    }
    let sessions = sessions::merge(transcripts, &mut report);
    sessions::tally(&sessions, &mut report);
    let snapshots = windows(&sessions, options)
        .into_iter()
        .map(|(span, taken_at)| sessions::snapshot(&sessions, &span, taken_at, &mut report))
        .collect();
    Ok(Import { snapshots, report })
}

/// The windows to cut, each with the moment its snapshot is taken at.
fn windows(
    sessions: &std::collections::BTreeMap<sessions::Key, sessions::Whole>,
    options: &Options,
) -> Vec<(Span, Timestamp)> {
    let as_of = options.as_of;
    match options.split {
        Split::Everything => {
            let (start, last) = sessions::bounds(sessions).unwrap_or((as_of, as_of));
            // The end is excluded: the next whole second after the last activity.
            let end = Timestamp::from_second(last.as_second() + 1).unwrap_or(last);
            vec![(Span { start, end }, as_of)]
        }
        Split::Window(seconds) => {
            let start = as_of - SignedDuration::from_secs(seconds.max(0));
            vec![(Span { start, end: as_of }, as_of)]
        }
        Split::Daily => {
            let midnight = |day: i64| Timestamp::from_second(day * DAY).ok();
            let days = sessions::days(sessions).into_iter();
            days.filter_map(|day| {
                let (start, end) = (midnight(day)?, midnight(day + 1)?);
                Some((Span { start, end }, end))
            })
            .collect()
        }
    }
}

/// One file and what it holds.
struct File {
    path: PathBuf,
    mended: bool,
    transcript: Transcript,
}

fn read_file(path: &Path) -> Result<File, Unread> {
    let opened = files::open(path)?;
    let text = |name: Option<&std::ffi::OsStr>| {
        name.map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default()
    };
    let name = text(path.file_name());
    let stem = text(path.file_stem());
    let folder = path
        .ancestors()
        .find(|a| a.file_name().is_some_and(|n| n == "subagents"));
    let parent = folder.and_then(Path::parent).map(|p| text(p.file_name()));
    let origin = Origin {
        name: &name,
        session: parent.as_deref().unwrap_or(&stem),
        agent: stem.strip_prefix("agent-"),
    };
    let transcript = transcript::read(&opened.text, &origin);
    if transcript.known == 0 {
        return Err(Unread {
            path: opened.path,
            reason: "not a Claude Code transcript".to_owned(),
        });
    }
    Ok(File {
        path: opened.path,
        mended: opened.mended,
        transcript,
    })
}

/// Enters a file into the report and hands on what it holds.
fn account(file: File, report: &mut Report) -> Transcript {
    let mut transcript = file.transcript;
    report.files += 1;
    report.lines += transcript.lines;
    for (kind, count) in &transcript.types {
        *report.records.entry(kind.clone()).or_default() += count;
    }
    let skipped = std::mem::take(&mut transcript.skipped).into_iter();
    report
        .skipped
        .extend(skipped.map(|s| (file.path.clone(), s)));
    if file.mended {
        report.mended.push(file.path);
    }
    transcript
}
