//! Which records earlier editions had, and which of them was the first to have each.
//!
//! A record says when things happened, and may be wrong or lie about it. When an edition
//! learned of it is beyond the record's reach.

use super::{Fingerprint, day, fingerprint};
use crate::model::{EditionId, Text};
use foldhash::HashMap;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A record that has not been seen for this many days is forgotten.
const FORGOTTEN_DAYS: i64 = 7;

/// A session's record: whose, and what it says was done and by whom.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// The session's id.
    pub session: &'a Text,
    /// Digest of what it says ([`crate::model::Session::deed`]).
    pub deed: u64,
}

/// Records of the latest editions.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Records {
    /// By session, and by session and deed.
    known: HashMap<Fingerprint, Known>,
    /// The edition that is being taken in, and where its window begins.
    now: Option<(EditionId, Timestamp)>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Known {
    learned: EditionId,
    /// Its evidence counts as from this moment at the earliest.
    #[serde(with = "jiff::fmt::serde::timestamp::nanosecond::required")]
    news_from: Timestamp,
    last_seen: i64,
}

impl Records {
    /// Begins an edition: forgets records that do not come back.
    pub(super) fn begin(&mut self, edition: EditionId, window_start: Timestamp) {
        let today = day(window_start);
        self.now = Some((edition, window_start));
        self.known
            .retain(|_, known| today - known.last_seen <= FORGOTTEN_DAYS);
    }

    /// Takes in one record of the edition.
    pub(super) fn absorb(&mut self, record: Record<'_>) {
        let Some((learned, window_start)) = self.now else {
            return;
        };
        let known = Known {
            learned,
            news_from: self.news_from(record, window_start),
            last_seen: day(window_start),
        };
        for key in [key(record), fingerprint(record.session)] {
            self.known
                .entry(key)
                .and_modify(|k| k.last_seen = known.last_seen)
                .or_insert(known);
        }
    }

    /// The earliest moment that a record's evidence counts as from, in an edition whose
    /// window begins here: the window of the first edition that had exactly this record.
    /// While a record still changes it is news, whatever times it claims for what was
    /// added.
    pub(super) fn news_from(&self, record: Record<'_>, window_start: Timestamp) -> Timestamp {
        let known = self.known.get(&key(record));
        known.map_or(window_start, |k| k.news_from)
    }

    /// The window of the first edition that had a session; this one, if none did.
    pub(super) fn session_from(&self, session: &Text, window_start: Timestamp) -> Timestamp {
        let known = self.known.get(&fingerprint(session));
        known.map_or(window_start, |k| k.news_from)
    }

    /// The last edition taken in.
    pub(super) fn latest(&self) -> Option<EditionId> {
        self.now.map(|(edition, _)| edition)
    }

    /// Where the window of the last edition taken in begins.
    pub(super) fn window_start(&self) -> Option<Timestamp> {
        self.now.map(|(_, window_start)| window_start)
    }

    /// Whether a session has been seen lately.
    pub(super) fn knows(&self, session: Fingerprint) -> bool {
        self.known.contains_key(&session)
    }

    /// The first edition that had exactly this record.
    pub(super) fn learned(&self, record: Record<'_>) -> Option<EditionId> {
        self.known.get(&key(record)).map(|k| k.learned)
    }
}

fn key(record: Record<'_>) -> Fingerprint {
    fingerprint(&(record.session, record.deed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// Editions are taken at six; their windows began a day before.
    fn taken(records: &mut Records, day: u8, of: &[(&Text, u64)]) {
        let taken_at = at(&format!("2026-11-{day:02}T06:00:00Z"));
        let window_start = at(&format!("2026-11-{:02}T06:00:00Z", day - 1));
        records.begin(EditionId::of(taken_at), window_start);
        for (session, deed) in of {
            records.absorb(Record {
                session,
                deed: *deed,
            });
        }
    }

    #[test]
    fn what_a_record_claims_does_not_make_it_old() {
        let (ann, bob) = (Text::new("ann"), Text::new("bob"));
        let mut records = Records::default();
        taken(&mut records, 10, &[(&ann, 1)]);
        taken(&mut records, 11, &[(&ann, 2)]);
        let now = at("2026-11-11T06:00:00Z");
        let from = |session, deed| {
            let record = Record { session, deed };
            records.news_from(record, now).to_string()
        };
        assert_eq!(from(&bob, 1), "2026-11-11T06:00:00Z", "nobody has seen it");
        assert_eq!(from(&ann, 2), "2026-11-10T06:00:00Z", "told before");
        assert_eq!(from(&ann, 3), "2026-11-11T06:00:00Z", "it still changes");
        let first = records.session_from(&ann, now);
        assert_eq!(first.to_string(), "2026-11-09T06:00:00Z");
        let (session, deed) = (&ann, 2);
        assert_eq!(
            records.learned(Record { session, deed }),
            Some(EditionId::of(now))
        );
    }
}
