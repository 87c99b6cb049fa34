//! Which keys several people or machines use within one snapshot.

use super::facts::Facts;
use crate::model::Text;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How a key is shared within one snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sharing {
    /// Distinct users.
    pub users: usize,
    /// Distinct hosts.
    pub hosts: usize,
    /// Whether two hosts used it at the same time.
    pub at_once: bool,
    /// Whether one of those who used it is not known.
    pub with_unknown: bool,
}

impl Sharing {
    /// `2 users`
    pub fn users_words(&self) -> String {
        counted(self.users, "user")
    }

    /// `1 host`
    pub fn hosts_words(&self) -> String {
        counted(self.hosts, "host")
    }
}

fn counted(n: usize, one: &str) -> String {
    format!("{n} {one}{}", if n == 1 { "" } else { "s" })
}

/// Keys that served two users or two hosts.
pub(super) fn sharing(facts: &[Facts]) -> HashMap<Text, Sharing> {
    #[derive(Default)]
    struct Use<'a> {
        users: BTreeSet<&'a Text>,
        hosts: BTreeSet<&'a Text>,
        spans: Vec<(i64, i64, &'a Text)>,
        with_unknown: bool,
    }
    let mut uses: BTreeMap<&Text, Use<'_>> = BTreeMap::new();
    for session in facts {
        let Some(key) = &session.key else { continue };
        let of_key = uses.entry(key).or_default();
        of_key.with_unknown |= session.user.is_none();
        of_key.users.extend(&session.user);
        of_key.hosts.extend(&session.host);
        if let (Some(start), Some(end), Some(host)) =
            (session.started_at, session.last_sign, &session.host)
        {
            of_key
                .spans
                .push((start.as_second(), end.as_second(), host));
        }
    }
    let shared = uses
        .into_iter()
        .filter(|(_, u)| u.users.len() >= 2 || u.hosts.len() >= 2);
    shared
        .map(|(key, u)| {
            let at_once = overlaps(u.spans);
            (
                key.clone(),
                Sharing {
                    users: u.users.len(),
                    hosts: u.hosts.len(),
                    at_once,
                    with_unknown: u.with_unknown,
                },
            )
        })
        .collect()
}

/// Whether two spans on different hosts overlap.
fn overlaps(mut spans: Vec<(i64, i64, &Text)>) -> bool {
    spans.sort_unstable();
    // For each host, how long it has been busy; a later start before that on another host overlaps.
    let mut busy: BTreeMap<&Text, i64> = BTreeMap::new();
    for (start, end, host) in spans {
        if busy
            .iter()
            .any(|(other, until)| *other != host && *until > start)
        {
            return true;
        }
        busy.retain(|_, until| *until > start);
        let until = busy.entry(host).or_insert(end);
        *until = (*until).max(end);
    }
    false
}
