//! The only stage that reads files.
pub mod claude_code;
pub mod limits;
pub mod snapshot;
