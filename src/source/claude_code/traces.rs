//! What one file tells about one session, as it is collected.

use super::events;
use super::paths::Place;
use super::shell;
use crate::source::snapshot::wire::Event;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::ops::Range;

/// Identity of a record over all files; 0 for one that has none.
pub(super) type RecordId = u64;

/// What one file tells about one session.
#[derive(Debug, Default)]
pub(super) struct Traces {
    pub(super) place: Option<Place>,
    pub(super) version: Option<String>,
    pub(super) branch: Option<String>,
    /// Repositories in order of how sure they are: the remote `origin`, a pull request.
    pub(super) origin: Option<String>,
    pub(super) pull_request: Option<String>,
    /// Permission modes from when on.
    pub(super) modes: Vec<(Timestamp, String)>,
    pub(super) steps: Vec<Step>,
    /// When anything was recorded.
    pub(super) marks: Vec<Mark>,
    /// Whether a reply came without its usage.
    pub(super) unmetered: bool,
    /// The working folder now.
    pub(super) cwd: String,
    /// Hosts of git remotes by name.
    remotes: BTreeMap<String, String>,
    /// Requests to a remote that is only named, by position in `steps`.
    pub(super) waiting: Vec<(usize, String)>,
}

/// One event, with the record it comes from.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) at: Timestamp,
    pub(super) mark: Mark,
    pub(super) event: Event,
}

/// One record's moment and identity.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    pub(super) at: Timestamp,
    pub(super) record: RecordId,
    /// Whether a fork copied it from another session.
    pub(super) copy: bool,
}

impl Traces {
    /// Notes a remote's address.
    pub(super) fn learn(&mut self, name: &str, address: &str) {
        if let Some(host) = shell::git_host(address) {
            self.remotes.entry(name.to_owned()).or_insert(host);
        }
        if name == "origin"
            && self.origin.is_none()
            && let Some(repository) = shell::git_repository(address)
        {
            self.origin = Some(events::clean(&repository, 200));
        }
    }

    /// Notes the remotes that git's output names.
    pub(super) fn learn_from_output(&mut self, output: &str, steps: &Range<usize>) {
        let asked = self
            .waiting
            .iter()
            .find(|(step, _)| steps.contains(step))
            .map(|(_, name)| name.clone());
        for (name, address) in events::remotes(output) {
            if let Some(name) = name.or_else(|| asked.clone()) {
                self.learn(&name, &address);
            }
        }
    }

    /// Gives requests to a named remote their host, where the file tells it.
    pub(super) fn name_destinations(&mut self) {
        for (step, remote) in std::mem::take(&mut self.waiting) {
            if let (Some(step), Some(host)) = (self.steps.get_mut(step), self.remotes.get(&remote))
            {
                step.event
                    .destination
                    .get_or_insert_with(|| events::clean(host, 200));
            }
        }
    }
}
