//! What stands at the head of a snapshot.

use super::{EditionId, Text};
use jiff::Timestamp;

/// The slice of time a snapshot speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// First moment inside.
    pub start: Timestamp,
    /// First moment after.
    pub end: Timestamp,
}

impl Window {
    /// Length in seconds.
    pub fn seconds(self) -> i64 {
        self.end.as_second() - self.start.as_second()
    }
}

/// One collector behind a snapshot, for the coverage line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceNote {
    /// What the collector calls itself.
    pub name: Text,
    /// What sort of collector.
    pub kind: Option<Text>,
    /// Sessions it says it contributed.
    pub sessions: Option<u64>,
    /// Fields it cannot see.
    pub not_recorded: Vec<Text>,
}

/// The head of a snapshot: everything but its sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// When it was taken: the edition's "now".
    pub taken_at: Timestamp,
    /// What it covers.
    pub window: Window,
    /// Who collected it.
    pub sources: Vec<SourceNote>,
}

impl Snapshot {
    /// The edition this snapshot becomes.
    pub fn edition(&self) -> EditionId {
        EditionId::of(self.taken_at)
    }
}
