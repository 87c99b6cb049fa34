//! The command line: what was said, and what it does.
//!
//! Results go to stdout, everything else to stderr. Exit codes: 0 done, 1 input or
//! build failed, 2 usage, 130 interrupted.

mod arguments;
mod brief;
mod build;
mod check;
mod diff;
mod explain;
mod init;
mod interrupt;
mod ranking;
mod report;
mod snapshot;
mod verify;
mod watch;

pub use arguments::Arguments;

use arguments::Command;
use clap::CommandFactory;
use jiff::Timestamp;
use report::Report;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// What the program may know of the world around it. Only `main` looks.
#[derive(Clone, Debug)]
pub struct World {
    /// The folder it was started in.
    pub folder: PathBuf,
    /// The time it was started.
    pub now: Timestamp,
    /// The user's home folder.
    pub home: Option<PathBuf>,
    /// `CLAUDE_CONFIG_DIR`.
    pub claude_config: Option<PathBuf>,
    /// Whether stderr is a terminal, so that progress can be shown.
    pub is_terminal: bool,
    /// Whether stdin is a terminal, so that keys can be pressed.
    pub has_keys: bool,
}

/// How a command ended. Wrong usage never gets this far: the parser of arguments ends with 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Done.
    Done,
    /// Input or build failed.
    Failed,
    /// Asked to end before it was done.
    Interrupted,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::Done => 0,
            Outcome::Failed => 1,
            Outcome::Interrupted => interrupt::CODE,
        })
    }
}

/// Runs one command.
pub fn run(arguments: &Arguments, world: &World) -> ExitCode {
    let report = Report::new(&arguments.global, world.is_terminal);
    let root = world.folder.join(&arguments.global.root);
    let result = match &arguments.command {
        Command::Init(args) => init::run(args, world, &report),
        Command::Snapshot(args) => snapshot::run(&root, args, world, &report),
        Command::Check(args) => match &args.ranking {
            Some(labels) => {
                let verbose = arguments.global.verbose;
                ranking::run(&root, &world.folder, labels, verbose, &report)
            }
            None => check::run(&root, &report),
        },
        Command::Build(args) => build::run(&root, args, &report),
        Command::Watch(args) => watch::run(&root, args, world, &report),
        Command::Brief(args) => brief::run(&root, args, &report),
        Command::Diff(args) => diff::run(&root, args, &report),
        Command::Verify(args) => verify::run(&root, args, &report),
        Command::Explain(args) => explain::run(&root, args, &report),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Arguments::command(), "daybrief", &mut script);
            print(&script)
        }
        Command::Man => manual(),
    };
    match result {
        Ok(outcome) => outcome.into(),
        Err(error) if is_broken_pipe(&error) => Outcome::Done.into(),
        Err(error) => {
            report.failure(&error);
            Outcome::Failed.into()
        }
    }
}

fn manual() -> anyhow::Result<Outcome> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Arguments::command()).render(&mut page)?;
    print(&page)
}

/// Writes a result to stdout.
fn print(bytes: &[u8]) -> anyhow::Result<Outcome> {
    let mut out = anstream::stdout().lock();
    out.write_all(bytes)?;
    out.flush()?;
    Ok(Outcome::Done)
}

/// A reader that has seen enough (`| head`) is no failure.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<std::io::Error>()
        .is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
}
