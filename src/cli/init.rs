//! `daybrief init`: a new site that builds at once.

use super::arguments;
use super::report::Report;
use super::{Outcome, World};
use crate::publish;
use anyhow::Result;

/// What a new site consists of.
const FILES: &[(&str, &str)] = &[
    ("daybrief.toml", include_str!("new_site/daybrief.toml")),
    (
        "data/inventory.toml",
        include_str!("new_site/inventory.toml"),
    ),
    (
        "data/snapshots/2026-11-02T0600Z.jsonl",
        include_str!("new_site/sample.jsonl"),
    ),
    (
        "content/why-sessions.md",
        include_str!("../../content/why-sessions.md"),
    ),
    (
        "content/why-borrow-this-shape.md",
        include_str!("../../content/why-borrow-this-shape.md"),
    ),
    ("content/method.md", include_str!("../../content/method.md")),
    (
        "content/dispositions/README.md",
        include_str!("../../content/dispositions/README.md"),
    ),
    (".gitignore", "/public\n/.daybrief\n"),
];

pub(super) fn run(args: &arguments::Init, world: &World, report: &Report) -> Result<Outcome> {
    let folder = world.folder.join(&args.folder);
    if let Some((taken, _)) = FILES
        .iter()
        .find(|(name, _)| *name != ".gitignore" && folder.join(name).exists())
    {
        anyhow::bail!(
            "{} exists already in {}; nothing was written",
            taken,
            folder.display()
        );
    }
    for (name, text) in FILES {
        if !folder.join(name).exists() {
            publish::write_new(&folder.join(name), text.as_bytes(), false)?;
        }
    }
    report.say(&format!("A new site is in {}.", args.folder.display()));
    report.say(&format!(
        "Next: daybrief --root {} build",
        args.folder.display()
    ));
    Ok(Outcome::Done)
}
