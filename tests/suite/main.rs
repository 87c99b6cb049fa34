//! Features through the front door: every test runs the real program on a site in
//! a folder of its own.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test ends where something is not as expected"
)]

mod commands;
mod dom;
mod harness;
mod hostile;
mod houses;
mod pages_are_sound;
mod same_bytes;
mod sample;
mod schema;
mod smoke;
mod snapshot_command;
