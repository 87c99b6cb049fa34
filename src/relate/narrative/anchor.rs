//! The sessions on which a narrative rests.

use super::MemberFacts;
use super::thread::{Fact, Thread};
use crate::assess::Facts;
use crate::model::{EditionId, Text};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Anchors of one narrative whose recency is held.
const ANCHORS: usize = 3;

/// A session on which a narrative's facts rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// Which session.
    pub session: usize,
    /// How many of the narrative's facts it evidences.
    pub evidenced: usize,
    /// How many only it evidences.
    pub unique: usize,
}

/// Most unique facts, then coverage, then the earliest; each needs half of the facts or one of its own.
pub(super) fn anchors(
    members: &[usize],
    member_facts: &[MemberFacts],
    thread: &Thread,
    facts: &[Facts],
) -> Vec<Anchor> {
    let all = thread.facts.len();
    let is_unique = |f: &&Fact| {
        thread
            .facts
            .get(*f)
            .is_some_and(|holders| holders.len() == 1)
    };
    let mut candidates: Vec<Anchor> = members
        .iter()
        .zip(member_facts)
        .map(|(session, own)| Anchor {
            session: *session,
            evidenced: own.facts.len(),
            unique: own.facts.iter().filter(is_unique).count(),
        })
        .filter(|a| a.evidenced > 0 && (a.unique >= 1 || a.evidenced * 2 >= all))
        .collect();
    candidates.sort_by(|a, b| {
        let of = |a: &Anchor| {
            let f = &facts[a.session];
            (Reverse((a.unique, a.evidenced)), f.started_at, f.ordinal)
        };
        let by_id = || facts[a.session].id.cmp(&facts[b.session].id);
        of(a).cmp(&of(b)).then_with(by_id)
    });
    candidates.truncate(ANCHORS);
    candidates
}

/// The session of an earlier edition that evidences most.
pub(super) fn absent_anchor(thread: &Thread) -> Option<(Text, EditionId)> {
    let mut held: BTreeMap<&Text, (usize, usize, EditionId)> = BTreeMap::new();
    for holders in thread.facts.values() {
        for (session, edition) in holders {
            let of = held.entry(session).or_insert((0, 0, *edition));
            of.0 += usize::from(holders.len() == 1);
            of.1 += 1;
            of.2 = of.2.max(*edition);
        }
    }
    held.into_iter()
        .max_by_key(|(session, (unique, all, _))| (*unique, *all, Reverse(*session)))
        .map(|(session, (.., edition))| (session.clone(), edition))
}
