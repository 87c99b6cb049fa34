//! `daybrief build`

use super::Outcome;
use super::arguments;
use super::interrupt;
use super::report::Report;
use crate::publish::{self, Options, Stopped};
use crate::render::pages::counted;
use anyhow::Result;
use std::path::Path;
use std::sync::atomic::Ordering;

pub(super) fn run(root: &Path, args: &arguments::Build, report: &Report) -> Result<Outcome> {
    let asked = interrupt::flag();
    let result = publish(root, args, report, &|| asked.load(Ordering::Relaxed));
    match result {
        Err(error) if error.is::<Stopped>() => {
            report.say("interrupted: nothing was published, the site is as it was");
            Ok(Outcome::Interrupted)
        }
        other => other,
    }
}

/// Builds until it is done or told to stop.
pub(super) fn publish(
    root: &Path,
    args: &arguments::Build,
    report: &Report,
    stops: &(dyn Fn() -> bool + Sync),
) -> Result<Outcome> {
    let Some(site) = report.load_to_build(root) else {
        report.say("nothing was published; the site is as it was");
        return Ok(Outcome::Failed);
    };
    if site.snapshots.is_empty() {
        let folder = &site.config.snapshots;
        anyhow::bail!(
            "there is no snapshot in {folder}; write one there, or run `daybrief snapshot claude-code`"
        );
    }
    let bar = report.progress();
    let built = publish::build(
        &site,
        &Options {
            out: root.join(&args.output),
            rebuild_all: args.rebuild_all,
            strict: report.strict,
            progress: &|id, at, all| bar.set_message(format!("edition {id} ({at} of {all})")),
            pages: &|n| bar.inc(n as u64),
            stops,
        },
    )
    .inspect_err(|_| bar.finish_and_clear())?;
    bar.finish_and_clear();
    report.diagnostics(&built.diagnostics);
    if built.failed {
        report.say("nothing was published; the site is as it was");
        return Ok(Outcome::Failed);
    }
    for edition in &built.damaged {
        report.say(&format!(
            "edition {edition} is not as it was published and keeps all of its pages; `daybrief verify` says what changed"
        ));
    }
    if built.gone > 0 {
        let (one, many) = (
            "edition went away with its snapshot",
            "editions went away with their snapshots",
        );
        report.say(&counted(built.gone, one, many));
    }
    let revised = match built.revised {
        0 => String::new(),
        n => format!(", {n} revised"),
    };
    let made = match built.made {
        0 => "nothing new".to_owned(),
        n => format!("{n} made{revised}, {} files", built.files),
    };
    let editions = counted(built.editions, "edition", "editions");
    report.say(&format!("{}. {editions}, {made}.", built.headline));
    report.say(&format!(
        "Open {}",
        args.output.join("index.html").display()
    ));
    Ok(Outcome::Done)
}
