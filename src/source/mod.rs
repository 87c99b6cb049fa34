//! The only stage that reads files.
pub mod limits;
pub mod snapshot;
