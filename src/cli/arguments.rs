//! What was said on the command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;
use std::net::IpAddr;
use std::path::PathBuf;

/// Security briefs about AI-agent sessions: ranks them by significance, explains
/// every rank with evidence, and publishes a static site.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
pub struct Arguments {
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
pub struct Global {
    /// Folder of the site
    #[arg(long, value_name = "DIR", default_value = ".", global = true)]
    pub root: PathBuf,
    /// Say nothing but results and errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say more
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub verbose: bool,
    /// When to colour messages
    #[arg(
        long,
        value_enum,
        value_name = "WHEN",
        default_value = "auto",
        global = true
    )]
    pub color: Colour,
    /// Let warnings fail
    #[arg(long, global = true)]
    pub strict: bool,
}

/// When to colour messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a new site with inventory, content and a sample snapshot
    Init(Init),
    /// Turn logs of agents into snapshots
    Snapshot(Snapshot),
    /// Read everything, write nothing; say what is wrong, where, and how to mend it
    Check(Check),
    /// Write the site to public/
    Build(Build),
    /// Show the site on this machine, and load it again whenever something changes
    #[command(alias = "serve")]
    Watch(Watch),
    /// Print the latest brief
    Brief(Brief),
    /// Say why a session ranks where it does, with the arithmetic
    Explain(Explain),
    /// Say what changed between two editions
    Diff(Diff),
    /// Replay the manifests of a published site: nothing changed, missing or added
    Verify(Verify),
    /// Print a completion script for a shell
    Completions {
        /// Which shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

/// Options of `init`.
#[derive(Debug, Args)]
pub struct Init {
    /// Where; made if it is not there
    #[arg(value_name = "DIR", default_value = ".")]
    pub folder: PathBuf,
}

/// Options of `check`.
#[derive(Debug, Args)]
pub struct Check {
    /// Measure the order of the ledgers against labels: a table with the columns edition, id
    /// and label (0 or 1), separated by tabs; with -v session by session
    #[arg(long, value_name = "LABELS.tsv")]
    pub ranking: Option<PathBuf>,
}

/// Options of `build`.
#[derive(Debug, Args)]
pub struct Build {
    /// Output folder, relative to the site's root
    #[arg(short, long, value_name = "DIR", default_value = "public")]
    pub output: PathBuf,
    /// Make editions anew that are published already
    #[arg(long)]
    pub rebuild_all: bool,
}

/// Port of the preview where nobody says another one.
pub(super) const PORT: u16 = 1111;

/// Options of `watch`.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the command line"
)]
pub struct Watch {
    /// Port of the preview [default: 1111, or the next one that is free]
    #[arg(short, long, value_name = "PORT", conflicts_with = "no_serve")]
    pub port: Option<u16>,
    /// Address of the preview; other machines reach whatever is not loopback
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub bind: IpAddr,
    /// Let other machines read the preview: no password is asked for
    #[arg(long)]
    pub i_know: bool,
    /// Open the preview in a browser
    #[arg(long, conflicts_with = "no_serve")]
    pub open: bool,
    /// Serve nothing, only write public/ after each change
    #[arg(long)]
    pub no_serve: bool,
    /// Write the site to this folder too, relative to the site's root
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Look for changes every second: for file systems that tell of none, as those of a network
    #[arg(long)]
    pub poll: bool,
}

/// Options of `brief`.
#[derive(Debug, Args)]
pub struct Brief {
    /// How to print it
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,
}

/// How to print a brief.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For a terminal or a plain mail.
    Text,
    /// For chat and tickets.
    Markdown,
    /// For programs.
    Json,
}

/// Options of `explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// Id of a session, or the beginning of one
    #[arg(value_name = "SESSION")]
    pub session: String,
}

/// Options of `diff`.
#[derive(Debug, Args)]
pub struct Diff {
    /// The earlier edition, or the beginning of its id [default: the one before the latest]
    #[arg(value_name = "A")]
    pub from: Option<String>,
    /// The later edition [default: the latest]
    #[arg(value_name = "B")]
    pub to: Option<String>,
}

/// Options of `verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// The published site
    #[arg(value_name = "DIR", default_value = "public")]
    pub folder: PathBuf,
}

/// Options of `snapshot`.
#[derive(Debug, Args)]
pub struct Snapshot {
    /// What the logs are of.
    #[command(subcommand)]
    pub source: Source,
}

/// What the logs are of.
#[derive(Debug, Subcommand)]
pub enum Source {
    /// Transcripts of Claude Code
    ClaudeCode(ClaudeCode),
}

/// Options of `snapshot claude-code`.
#[derive(Debug, Args)]
pub struct ClaudeCode {
    /// Transcripts or folders of them [default: the projects folder of Claude Code]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Only what lies this long before --as-of, as 90m, 24h or 7d
    #[arg(long, value_name = "SPAN", conflicts_with = "split", value_parser = seconds)]
    pub window: Option<i64>,
    /// The moment the snapshot is taken at [default: now]
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    pub as_of: Option<Timestamp>,
    /// One snapshot for each stretch of time
    #[arg(long, value_enum)]
    pub split: Option<Split>,
    /// Write to this file, or - for stdout, instead of the site's snapshots
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Replace snapshots that are there already
    #[arg(long)]
    pub force: bool,
}

/// How to split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Split {
    /// One for each day in UTC that has activity.
    Daily,
}

fn moment(text: &str) -> Result<Timestamp, String> {
    text.parse()
        .map_err(|_| "not a moment; write it as 2026-11-22T06:00:00Z".to_owned())
}

/// Seconds of `90m`, `24h`, `7d`.
fn seconds(text: &str) -> Result<i64, String> {
    let units = [('m', 60), ('h', 3_600), ('d', 86_400)];
    units
        .iter()
        .find_map(|(unit, seconds)| {
            let number: i64 = text.strip_suffix(*unit)?.parse().ok()?;
            (1..=100_000).contains(&number).then(|| number * seconds)
        })
        .ok_or_else(|| "not a span; write it as 90m, 24h or 7d".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_a_number_and_a_unit() {
        assert_eq!(seconds("24h"), Ok(86_400));
        assert_eq!(seconds("7d"), Ok(604_800));
        for wrong in ["", "24", "h", "-1h", "1.5h", "999999999d"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
