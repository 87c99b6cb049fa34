//! Snapshots on disk.
pub mod wire;
