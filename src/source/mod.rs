//! The only stage that reads files: configuration, inventory, content, snapshots, logs of agents.

pub mod claude_code;
pub mod config;
pub mod content;
pub mod dispositions;
pub mod files;
pub mod inventory;
pub mod json;
pub mod limits;
pub mod snapshot;
pub mod toml_file;
