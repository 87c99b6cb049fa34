//! `daybrief check`

use super::Outcome;
use super::report::Report;
use crate::site::Site;
use anyhow::Result;
use std::path::Path;

pub(super) fn run(root: &Path, report: &Report) -> Result<Outcome> {
    let site = match Site::load(root) {
        Ok(site) => site,
        Err(diagnostics) => {
            report.diagnostics(&diagnostics);
            return Ok(Outcome::Failed);
        }
    };
    let mut lines = Vec::new();
    let diagnostics = site.walk(|step| {
        let (read, quarantined) = (step.reading.facts.len(), step.reading.coverage.quarantined);
        let leads = step.edition.leads.len();
        lines.push(format!(
            "{}: {read} sessions, {quarantined} quarantined, {leads} leads",
            step.edition.id()
        ));
        Ok(())
    })?;
    let failed = report.diagnostics(&diagnostics);
    for line in &lines {
        report.say(line);
    }
    let state = if failed { "not in order" } else { "in order" };
    report.say(&format!("{} snapshots, {state}", site.snapshots.len()));
    Ok(if failed {
        Outcome::Failed
    } else {
        Outcome::Done
    })
}
