//! The `daybrief` command: sees arguments, environment and clock, and nothing else does.

#![expect(clippy::disallowed_methods, reason = "this is the border to the world")]

use clap::Parser;
use daybrief::cli::{self, Arguments, World};
use std::io::IsTerminal;
use std::process::ExitCode;

/// A page is thousands of small texts that live for a moment; this allocator is made for that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let world = World {
        folder: std::env::current_dir().unwrap_or_default(),
        now: jiff::Timestamp::now(),
        home: std::env::var_os("HOME")
            .or_else(|| std::env::var_os("USERPROFILE"))
            .map(Into::into),
        claude_config: std::env::var_os("CLAUDE_CONFIG_DIR").map(Into::into),
        is_terminal: std::io::stderr().is_terminal(),
        has_keys: std::io::stdin().is_terminal(),
    };
    cli::run(&arguments, &world)
}
