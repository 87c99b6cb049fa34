//! The name of an edition.

use jiff::Timestamp;
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

/// An edition's id: its snapshot's `taken_at` in UTC as `2026-11-22T0600Z`, with
/// seconds only when they are not zero. It is made from a number, never from
/// text, so it is safe as a folder name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EditionId(#[serde(with = "jiff::fmt::serde::timestamp::second::required")] Timestamp);

impl EditionId {
    /// The id of the snapshot taken at this moment; fractions of a second fall away.
    pub fn of(taken_at: Timestamp) -> Self {
        Self(Timestamp::from_second(taken_at.as_second()).unwrap_or(taken_at))
    }

    /// The moment the edition speaks for: its "now".
    pub fn taken_at(self) -> Timestamp {
        self.0
    }
}

impl std::fmt::Display for EditionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let at = Offset::UTC.to_datetime(self.0);
        let (year, month, day) = (at.year(), at.month(), at.day());
        let (hour, minute) = (at.hour(), at.minute());
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}{minute:02}")?;
        match at.second() {
            0 => f.write_str("Z"),
            second => write!(f, "{second:02}Z"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_only_when_they_are_not_zero() {
        let id = |s: &str| EditionId::of(s.parse().unwrap()).to_string();
        assert_eq!(id("2026-11-22T06:00:00Z"), "2026-11-22T0600Z");
        assert_eq!(id("2026-11-22T07:00:09.5+01:00"), "2026-11-22T060009Z");
    }
}
