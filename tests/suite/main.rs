//! Features through the front door: every test runs the real program on a site in
//! a folder of its own.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "this whole program is tests: what goes wrong in it fails one"
)]

mod archive;
mod changes;
mod commands;
mod company;
mod days;
mod decisions;
mod dom;
mod every_field;
mod faults;
mod grammar;
mod harness;
mod hostile;
mod houses;
mod json;
mod killed;
mod learned;
mod limits;
mod narratives;
mod page;
mod pages_are_sound;
mod ranking;
mod same_bytes;
mod sample;
mod sample_brief;
mod schema;
mod secrets;
mod smoke;
mod snapshot_command;
mod story;
mod templates;
mod watch;
mod watching;
