//! The name of an edition.

use jiff::Timestamp;
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};
use std::fmt::Write;

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
        match u16::try_from(at.year()) {
            Ok(year) => two_digits(f, year / 100).and_then(|()| two_digits(f, year % 100))?,
            Err(_) => write!(f, "{:04}", at.year())?,
        }
        for (mark, number) in [('-', at.month()), ('-', at.day()), ('T', at.hour())] {
            f.write_char(mark)?;
            two_digits(f, number.unsigned_abs().into())?;
        }
        two_digits(f, at.minute().unsigned_abs().into())?;
        if at.second() != 0 {
            two_digits(f, at.second().unsigned_abs().into())?;
        }
        f.write_char('Z')
    }
}

/// A number below 100. The general formatting of numbers takes ten times as long, and a build
/// names every edition of the archive.
fn two_digits(f: &mut std::fmt::Formatter<'_>, number: u16) -> std::fmt::Result {
    for digit in [number / 10, number % 10] {
        f.write_char(char::from(b'0' + digit as u8))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_has_its_digits() {
        let id = |s: &str| EditionId::of(s.parse().unwrap()).to_string();
        assert_eq!(id("0907-01-02T03:04:00Z"), "0907-01-02T0304Z");
        assert_eq!(id("9999-12-30T21:59:59Z"), "9999-12-30T215959Z");
        assert_eq!(id("-000001-01-02T03:04:05Z"), "-001-01-02T030405Z");
    }

    #[test]
    fn seconds_only_when_they_are_not_zero() {
        let id = |s: &str| EditionId::of(s.parse().unwrap()).to_string();
        assert_eq!(id("2026-11-22T06:00:00Z"), "2026-11-22T0600Z");
        assert_eq!(id("2026-11-22T07:00:09.5+01:00"), "2026-11-22T060009Z");
    }
}
