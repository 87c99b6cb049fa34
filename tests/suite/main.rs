//! Features through the front door: every test runs the real program on a site in
//! a folder of its own.

mod harness;
mod sample;
mod smoke;
mod snapshot_command;
