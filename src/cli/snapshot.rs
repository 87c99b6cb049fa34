//! `daybrief snapshot SOURCE [PATH…]`: logs of agents become snapshots.

use super::arguments;
use super::report::Report;
use super::{Outcome, World, print};
use crate::model::EditionId;
use crate::normalise;
use crate::publish;
use crate::render::pages::counted;
use crate::source::claude_code::{self, Split};
use crate::source::config;
use crate::source::snapshot::wire;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

pub(super) fn run(
    root: &Path,
    args: &arguments::Snapshot,
    world: &World,
    report: &Report,
) -> Result<Outcome> {
    let arguments::Source::ClaudeCode(args) = &args.source;
    let split = match (args.window, args.split) {
        (Some(seconds), None) => Split::Window(seconds),
        (None, Some(arguments::Split::Daily)) => Split::Daily,
        _ => Split::Everything,
    };
    let as_of = args.as_of.unwrap_or(world.now);
    let paths = paths(args, world)?;
    let import = claude_code::read(&paths, &claude_code::Options { as_of, split })?;
    for line in import.report.lines() {
        report.say(&crate::render::plain::printable(&line));
    }
    if import.snapshots.is_empty() {
        anyhow::bail!("no session was found; name the folder that holds the transcripts");
    }
    match args.output.as_deref() {
        Some(path) if path == Path::new("-") => {
            let [(head, sessions)] = import.snapshots.as_slice() else {
                anyhow::bail!(
                    "{} snapshots do not fit one stream; leave -o out",
                    import.snapshots.len()
                );
            };
            print(&lines(head, sessions)?)
        }
        Some(path) => {
            let [(head, sessions)] = import.snapshots.as_slice() else {
                anyhow::bail!(
                    "{} snapshots do not fit one file; leave -o out",
                    import.snapshots.len()
                );
            };
            publish::write_new(
                &world.folder.join(path),
                &lines(head, sessions)?,
                args.force,
            )?;
            report.say(&format!("Wrote {}", path.display()));
            Ok(Outcome::Done)
        }
        None => {
            let folder = config::read(root)
                .map_err(|d| anyhow::anyhow!("{}: {}", d.place(), d.message))?
                .snapshots;
            for (head, sessions) in &import.snapshots {
                let name = file_name(head)?;
                publish::write_new(
                    &root.join(&folder).join(&name),
                    &lines(head, sessions)?,
                    args.force,
                )?;
                report.say(&format!(
                    "Wrote {folder}/{name}: {}",
                    counted(sessions.len(), "session", "sessions")
                ));
            }
            Ok(Outcome::Done)
        }
    }
}

/// The given paths, or where Claude Code keeps its transcripts.
fn paths(args: &arguments::ClaudeCode, world: &World) -> Result<Vec<PathBuf>> {
    if !args.paths.is_empty() {
        return Ok(args.paths.iter().map(|p| world.folder.join(p)).collect());
    }
    let config = world
        .claude_config
        .clone()
        .or_else(|| world.home.as_ref().map(|h| h.join(".claude")));
    let config =
        config.context("there is no home folder; name the folder that holds the transcripts")?;
    Ok(vec![config.join("projects")])
}

/// A snapshot in the lines form.
fn lines(head: &wire::Head, sessions: &[wire::Session]) -> Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec(head)?;
    bytes.push(b'\n');
    for session in sessions {
        serde_json::to_writer(&mut bytes, session)?;
        bytes.push(b'\n');
    }
    Ok(bytes)
}

/// `2026-11-22T0600Z.jsonl`
fn file_name(head: &wire::Head) -> Result<String> {
    let typed = normalise::head("snapshot", head).map_err(|d| anyhow::anyhow!(d.message))?;
    Ok(format!("{}.jsonl", EditionId::of(typed.taken_at)))
}
