//! Messages on stderr: diagnostics, progress, a closing line.

use super::arguments::{Colour, Global};
use crate::diagnostic::{Diagnostic, Severity};
use crate::render::plain::printable;
use crate::site::Site;
use crate::store::Store;
use anstream::AutoStream;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::Write;
use std::path::Path;

/// Diagnostics of one severity that are printed before the rest is counted.
const SHOWN: usize = 50;

/// Where messages go, and how many of them.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the command line"
)]
pub(super) struct Report {
    quiet: bool,
    verbose: bool,
    pub(super) strict: bool,
    /// Whether warnings were said before.
    warned: bool,
    colour: anstream::ColorChoice,
    is_terminal: bool,
}

impl Report {
    pub(super) fn new(global: &Global, is_terminal: bool) -> Self {
        let colour = match global.color {
            Colour::Auto => anstream::ColorChoice::Auto,
            Colour::Always => anstream::ColorChoice::Always,
            Colour::Never => anstream::ColorChoice::Never,
        };
        Self {
            quiet: global.quiet,
            verbose: global.verbose,
            strict: global.strict,
            warned: false,
            colour,
            is_terminal,
        }
    }

    /// The same, where warnings were said before.
    pub(super) fn warned(&self) -> Self {
        Self {
            warned: true,
            ..*self
        }
    }

    /// One line, unless quiet.
    pub(super) fn say(&self, line: &str) {
        if !self.quiet {
            self.write(line);
        }
    }

    /// Loads a site to read from, or prints why it cannot be.
    pub(super) fn load(&self, root: &Path) -> Option<Site> {
        self.load_with(root, Store::read(root))
    }

    /// Loads a site to build it, or prints why it cannot be.
    pub(super) fn load_to_build(&self, root: &Path) -> Option<Site> {
        self.load_with(root, Store::write(root))
    }

    fn load_with(&self, root: &Path, store: Store) -> Option<Site> {
        Site::load(root, store)
            .inspect_err(|diagnostics| {
                self.diagnostics(diagnostics);
            })
            .ok()
    }

    /// Prints diagnostics; tells whether they fail the run.
    pub(super) fn diagnostics(&self, all: &[Diagnostic]) -> bool {
        let mut counts = [0_usize; 3];
        let is_new = |d: &&Diagnostic| !self.warned || d.severity != Severity::Warning;
        for d in all.iter().filter(is_new) {
            let count = &mut counts[d.severity as usize];
            *count += 1;
            let wanted = match d.severity {
                Severity::Error => true,
                Severity::Warning => !self.quiet,
                Severity::Note => self.verbose,
            };
            if wanted && (*count <= SHOWN || self.verbose) {
                self.write(&line(d));
            }
        }
        for (severity, count) in
            [Severity::Warning, Severity::Error].map(|s| (s, counts[s as usize]))
        {
            if count > SHOWN && !self.verbose {
                self.say(&format!(
                    "... and {} more {}s; -v shows all",
                    count - SHOWN,
                    severity.word()
                ));
            }
        }
        counts[Severity::Error as usize] > 0
            || (self.strict && counts[Severity::Warning as usize] > 0)
    }

    /// What ended the run.
    pub(super) fn failure(&self, error: &anyhow::Error) {
        self.mistake(&printable(&format!("{error:#}")));
    }

    /// Something to be mended, in printable words.
    pub(super) fn mistake(&self, words: &str) {
        self.write(&format!("\u{1b}[1;31merror\u{1b}[0m: {words}"));
    }

    /// A line on stderr; a stream that is gone is nobody's business.
    fn write(&self, line: &str) {
        let mut err = AutoStream::new(std::io::stderr(), self.colour);
        let _ = writeln!(err, "{line}");
    }

    /// A progress line on a terminal, nothing in a pipe.
    pub(super) fn progress(&self) -> ProgressBar {
        if self.quiet || !self.is_terminal {
            return ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        }
        let style = ProgressStyle::with_template("{spinner} {msg} {pos} pages")
            .unwrap_or(ProgressStyle::default_spinner());
        ProgressBar::new_spinner().with_style(style)
    }
}

/// A diagnostic as it is printed.
fn line(d: &Diagnostic) -> String {
    let (red, yellow, blue) = ("\u{1b}[1;31m", "\u{1b}[1;33m", "\u{1b}[1;34m");
    let colour = match d.severity {
        Severity::Error => red,
        Severity::Warning => yellow,
        Severity::Note => blue,
    };
    let mend = if d.mend.is_empty() {
        String::new()
    } else {
        format!("\n  mend: {}", printable(&d.mend))
    };
    let (place, message) = (printable(&d.place()), printable(&d.message));
    format!(
        "{colour}{}\u{1b}[0m: {place}: {message}{mend}",
        d.severity.word()
    )
}
