//! The latest few sessions that had a thing: enough to call it known.

use super::novelty::KNOWN_SESSIONS;
use super::{Fingerprint, LOOK_BACK_DAYS};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// Sessions remembered for a thing: enough to be known, and one to leave out.
const REMEMBERED: usize = KNOWN_SESSIONS as usize + 1;

/// Latest sessions, at most [`REMEMBERED`].
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Recent(Vec<Entry>);

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Entry {
    /// Fingerprint of its id.
    session: Fingerprint,
    day: i64,
    /// Whether anything may be learned from it.
    teaches: bool,
}

impl Recent {
    /// Notes that a session has the thing. Tells whether it is none of those remembered.
    pub(super) fn note(&mut self, session: Fingerprint, day: i64, teaches: bool) -> bool {
        if let Some(known) = self.0.iter_mut().find(|e| e.session == session) {
            known.day = known.day.max(day);
            known.teaches &= teaches;
            return false;
        }
        self.0.push(Entry {
            session,
            day,
            teaches,
        });
        if self.0.len() > REMEMBERED {
            self.0.sort_by_key(|e| (Reverse(e.day), e.session));
            self.0.truncate(REMEMBERED);
        }
        true
    }

    /// Whether some may have been forgotten.
    pub(super) fn is_full(&self) -> bool {
        self.0.len() >= REMEMBERED
    }

    /// Sessions within the look-back before a day, one left out; of trusted ones only, if
    /// so wanted.
    pub(super) fn count(&self, but: Fingerprint, today: i64, trusted: bool) -> u32 {
        let counts = |e: &&Entry| {
            e.session != but && today - e.day <= LOOK_BACK_DAYS && (e.teaches || !trusted)
        };
        self.0.iter().filter(counts).count() as u32
    }

    /// Whether any lies within the look-back before a day.
    pub(super) fn reaches(&self, today: i64) -> bool {
        self.0.iter().any(|e| today - e.day <= LOOK_BACK_DAYS)
    }
}
