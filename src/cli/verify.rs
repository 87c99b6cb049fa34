//! `daybrief verify [DIR]`: whether a published site is what was published.

use super::arguments;
use super::report::Report;
use super::{Outcome, print};
use crate::publish;
use crate::render::pages::counted;
use crate::render::plain::printable;
use anyhow::Result;
use std::fmt::Write;
use std::path::Path;

/// Characters of a seal that are shown, as in the brief.
const SHOWN: usize = 12;

pub(super) fn run(root: &Path, args: &arguments::Verify, report: &Report) -> Result<Outcome> {
    let found = publish::verify(&root.join(&args.folder))?;
    let mut out = String::new();
    for (path, fault) in &found.faults {
        let _ = writeln!(out, "{:<8}  {}", fault.word(), printable(path));
    }
    let head = found.head.to_string();
    let without = match found.trimmed {
        0 => String::new(),
        n => format!(", {n} of them without session pages"),
    };
    let _ = writeln!(
        out,
        "{}{without}, {}, head {}: {}",
        counted(found.editions, "edition", "editions"),
        counted(found.files, "file", "files"),
        head.get(..SHOWN).unwrap_or(&head),
        match found.faults.len() {
            0 => "as published".to_owned(),
            n => counted(n, "fault", "faults"),
        }
    );
    print(out.as_bytes())?;
    if found.faults.is_empty() {
        return Ok(Outcome::Done);
    }
    report.say(
        "`daybrief build --rebuild-all` makes every page anew; extra files are yours to remove",
    );
    Ok(Outcome::Failed)
}
