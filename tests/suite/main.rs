//! Features through the front door: every test runs the real program on a site in
//! a folder of its own.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test ends where something is not as expected"
)]

mod harness;
mod sample;
mod smoke;
mod snapshot_command;
