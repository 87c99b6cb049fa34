//! What is usual: something that was there on many of the last days.
//!
//! It is learned only from sessions whose actor is known well enough and that no
//! open question is about ([`super::Sighting::usual`]), so that an intruder cannot
//! make his acts usual by repeating them.

use serde::{Deserialize, Serialize};

/// Days of the past that make something usual.
pub const USUAL_DAYS: i64 = 14;
/// Most of a strength that may be taken away because it is usual.
pub const MOST_USUAL: f64 = 0.7;
/// A bit for each of the days from yesterday to [`USUAL_DAYS`] ago; bit 0 is today.
const COUNTED: u64 = ((1 << USUAL_DAYS) - 1) << 1;
/// Days on which a thing must have been there to be fully usual.
const FULLY: f64 = 10.0;

/// On how many of the last [`USUAL_DAYS`] days something was there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usual {
    /// Days, 0 to 14.
    pub days: u32,
}

impl Usual {
    /// What is left of a strength: `1 - min(most, days / 10)`.
    pub fn factor(self, most: f64) -> f64 {
        1.0 - (f64::from(self.days) / FULLY).min(most)
    }
}

/// The latest days on which something was there: a bit for each, the newest lowest.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Days {
    newest: i64,
    bits: u32,
}

impl Days {
    pub(super) fn add(&mut self, day: i64) {
        if self.bits == 0 {
            self.newest = day;
        }
        if day > self.newest {
            let by = u32::try_from(day - self.newest).unwrap_or(u32::MAX);
            self.bits = self.bits.checked_shl(by).unwrap_or(0);
            self.newest = day;
        }
        let back = u32::try_from(self.newest - day).unwrap_or(u32::MAX);
        self.bits |= 1_u32.checked_shl(back).unwrap_or(0);
    }

    /// Whether any of them counts on a day or later.
    pub(super) fn reach(self, today: i64) -> bool {
        today - self.newest <= USUAL_DAYS
    }

    /// Of the days before this one, but for one that does not count.
    pub(super) fn before(self, today: i64, but: Option<i64>) -> Usual {
        // Bit n is the day n days ago.
        let age = today - self.newest;
        let by = u32::try_from(age.unsigned_abs()).unwrap_or(u32::MAX);
        let bits = u64::from(self.bits);
        let ago = if age < 0 {
            bits.checked_shr(by)
        } else {
            bits.checked_shl(by)
        };
        let mut ago = ago.unwrap_or(0) & COUNTED;
        if let Some(day) = but.filter(|day| (1..=USUAL_DAYS).contains(&(today - day))) {
            ago &= !(1 << (today - day));
        }
        Usual {
            days: ago.count_ones(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_the_last_fourteen() {
        let mut days = Days::default();
        for day in [100, 101, 101, 103, 102] {
            days.add(day);
        }
        assert_eq!(days.before(104, None).days, 4);
        assert_eq!(days.before(103, None).days, 3, "today does not count");
        assert_eq!(days.before(116, None).days, 2);
        assert_eq!(days.before(140, None).days, 0);
        assert_eq!(days.before(900, None).days, 0);
        assert_eq!(days.before(101, None).days, 1, "nor do days to come");
        assert_eq!(days.before(20, None).days, 0);
        assert_eq!(days.before(104, Some(101)).days, 3);
        days.add(500);
        assert_eq!(days.before(501, None).days, 1);
        assert_eq!(days.before(501, Some(500)).days, 0);
    }

    #[test]
    fn the_usual_is_never_silenced() {
        let left = |days, most| (Usual { days }).factor(most);
        assert!((left(0, MOST_USUAL) - 1.0).abs() < 1e-12);
        assert!((left(5, MOST_USUAL) - 0.5).abs() < 1e-12);
        assert!((left(14, MOST_USUAL) - 0.3).abs() < 1e-12);
        assert!((left(14, 0.3) - 0.7).abs() < 1e-12);
    }
}
