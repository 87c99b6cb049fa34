//! `daybrief check`

use super::Outcome;
use super::report::Report;
use crate::render::pages::counted;
use anyhow::Result;
use std::path::Path;

pub(super) fn run(root: &Path, report: &Report) -> Result<Outcome> {
    let Some(site) = report.load(root) else {
        return Ok(Outcome::Failed);
    };
    let mut lines = Vec::new();
    let walked = site.walk(0, |step| {
        let (read, quarantined) = (step.reading.facts.len(), step.reading.coverage.quarantined);
        let leads = step.edition.leads.len();
        lines.push(format!(
            "{}: {}, {quarantined} quarantined, {}",
            step.edition.id(),
            counted(read, "session", "sessions"),
            counted(leads, "lead", "leads")
        ));
        Ok(())
    })?;
    let failed = report.diagnostics(&walked.diagnostics);
    for line in &lines {
        report.say(line);
    }
    let state = if failed { "not in order" } else { "in order" };
    report.say(&format!(
        "{}, {state}",
        counted(site.snapshots.len(), "snapshot", "snapshots")
    ));
    Ok(if failed {
        Outcome::Failed
    } else {
        Outcome::Done
    })
}
