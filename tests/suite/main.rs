//! Features through the front door: every test runs the real program on a site in
//! a folder of its own.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "this whole program is tests: what goes wrong in it fails one"
)]

mod grammar;
mod harness;
mod page;
mod sample;
mod sample_brief;
mod smoke;
mod snapshot_command;
mod story;
