//! The only stage that reads files: configuration, inventory, content, snapshots.

pub mod config;
pub mod content;
pub mod files;
pub mod inventory;
pub mod limits;
pub mod snapshot;
pub mod toml_file;
