//! Money as an exact count of micro-dollars.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::iter::Sum;
use std::str::FromStr;

/// An amount in US dollars, kept as an integer of micro-dollars (10⁻⁶ USD) so
/// that a total is exactly the sum of its rows.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Money(i64);

/// Why a text is not an amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoneyError {
    /// Not a plain decimal number.
    NotDecimal,
    /// Below zero or above one thousand million dollars: not to be believed.
    OutOfRange,
}

impl fmt::Display for MoneyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotDecimal => "not a decimal number of dollars",
            Self::OutOfRange => "not between 0 and 1000000000 dollars",
        })
    }
}

impl std::error::Error for MoneyError {}

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The largest amount a session is believed to have cost, in dollars.
    pub const LARGEST_DOLLARS: i64 = 1_000_000_000;

    /// From micro-dollars.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// In micro-dollars.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whether a session can have cost it.
    pub const fn is_believable(self) -> bool {
        0 <= self.0 && self.0 <= Self::LARGEST_DOLLARS * 1_000_000
    }

    /// The exact decimal text without trailing zeros beyond cents, for data files: `1.23`, `0.000125`.
    pub fn exact(self) -> String {
        let fraction = format!("{:06}", self.0 % 1_000_000);
        let kept = fraction.trim_end_matches('0').len().max(2);
        format!("{}.{}", self.0 / 1_000_000, &fraction[..kept])
    }
}

/// For people: `$52.48`, thousands separated, rounded half up to cents.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cents = self.0.saturating_add(5_000) / 10_000;
        let whole = (cents / 100).to_string();
        let mut grouped = String::new();
        for (i, digit) in whole.chars().enumerate() {
            if i > 0 && (whole.len() - i).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        write!(f, "${grouped}.{:02}", cents % 100)
    }
}

impl FromStr for Money {
    type Err = MoneyError;

    /// Reads `12`, `12.5`, `0.000125`, or a number in scientific notation as
    /// JSON writers produce it (`1.5e-7`); digits beyond the sixth round half up.
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((m, e)) => (m, e.parse::<i32>().map_err(|_| MoneyError::NotDecimal)?),
            None => (text, 0),
        };
        let (negative, mantissa) = match mantissa.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, mantissa),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) || mantissa.len() > 40 {
            return Err(MoneyError::NotDecimal);
        }
        let digits: String = [whole, fraction].concat();
        // The value is `digits * 10^shift` micro-dollars.
        let shift = 6 - i64::try_from(fraction.len()).unwrap_or(i64::MAX) + i64::from(exponent);
        let micros = scaled(&digits, shift).ok_or(MoneyError::OutOfRange)?;
        let money = Self(micros);
        if (negative && micros > 0) || !money.is_believable() {
            return Err(MoneyError::OutOfRange);
        }
        Ok(money)
    }
}

/// `digits * 10^shift`, rounded half up; `None` when it does not fit.
fn scaled(digits: &str, shift: i64) -> Option<i64> {
    if shift < -60 {
        return Some(0);
    }
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        return Some(0);
    }
    if shift >= 0 {
        let value: i64 = digits.parse().ok()?;
        return value.checked_mul(10_i64.checked_pow(u32::try_from(shift).ok()?)?);
    }
    let drop = usize::try_from(-shift).ok()?;
    if drop > digits.len() {
        return Some(0);
    }
    let (kept, dropped) = digits.split_at(digits.len() - drop);
    let value: i64 = if kept.is_empty() {
        0
    } else {
        kept.parse().ok()?
    };
    value.checked_add(i64::from(dropped.as_bytes()[0] >= b'5'))
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        Self(iter.fold(0, |total, one| total.saturating_add(one.0)))
    }
}

impl std::ops::Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: Result<i64, MoneyError>) {
        assert_eq!(text.parse::<Money>().map(Money::micros), expect, "{text:?}");
    }

    #[test]
    fn decimal_text_is_exact() {
        check("52.48", Ok(52_480_000));
        check("0", Ok(0));
        check("1.23", Ok(1_230_000));
        check("0.1234565", Ok(123_457));
        check("1e-7", Ok(0));
        check("1.5e-6", Ok(2));
        check("2.5E2", Ok(250_000_000));
        check("1000000000", Ok(1_000_000_000_000_000));
    }

    #[test]
    fn what_cannot_be_believed_is_refused() {
        check("-0.01", Err(MoneyError::OutOfRange));
        check("1000000000.01", Err(MoneyError::OutOfRange));
        check("1e300", Err(MoneyError::OutOfRange));
        check("99999999999999999999999", Err(MoneyError::OutOfRange));
        for bad in [
            "", ".", ".5", "abc", "1,5", "NaN", "0x10", " 1", "1e", "--1",
        ] {
            check(bad, Err(MoneyError::NotDecimal));
        }
    }

    #[test]
    fn printed_for_people_and_for_files() {
        assert_eq!(Money::from_micros(52_480_000).to_string(), "$52.48");
        assert_eq!(
            Money::from_micros(1_234_567_895_000).to_string(),
            "$1,234,567.90"
        );
        // What sums of hostile costs end at.
        let most = Money::from_micros(i64::MAX);
        assert_eq!((most + most).to_string(), "$9,223,372,036,854.77");
        assert_eq!(Money::from_micros(125).exact(), "0.000125");
        assert_eq!(Money::from_micros(52_400_000).exact(), "52.40");
    }
}
