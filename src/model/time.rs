//! How moments and spans are written: always UTC, always the same words.

use jiff::{Timestamp, civil::DateTime, tz::Offset};

fn utc(at: Timestamp) -> DateTime {
    Offset::UTC.to_datetime(at)
}

/// `2026-11-22 06:00 UTC`
pub fn moment(at: Timestamp) -> String {
    let t = utc(at);
    format!("{} {:02}:{:02} UTC", date(at), t.hour(), t.minute())
}

/// `2026-11-22`
pub fn date(at: Timestamp) -> String {
    let t = utc(at);
    format!("{:04}-{:02}-{:02}", t.year(), t.month(), t.day())
}

/// Whether two moments lie on the same day in UTC.
pub fn same_day(a: Timestamp, b: Timestamp) -> bool {
    utc(a).date() == utc(b).date()
}

/// `06:00:09`, the time of day in UTC.
pub fn clock(at: Timestamp) -> String {
    let t = utc(at);
    format!("{:02}:{:02}:{:02}", t.hour(), t.minute(), t.second())
}

/// Distance from a start, `+00:12:03`; hours run past 24.
pub fn offset(seconds: i64) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let s = seconds.unsigned_abs();
    format!("{sign}{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
}

/// A span in words, its two largest units: `3 min 20 s`, `14 h`, `2 days 5 h`.
pub fn duration_words(seconds: i64) -> String {
    let s = seconds.max(0);
    let (d, h, m) = (s / 86_400, s / 3_600 % 24, s / 60 % 60);
    let day = |d: i64| {
        if d == 1 {
            "1 day".to_owned()
        } else {
            format!("{d} days")
        }
    };
    match (d, h, m, s % 60) {
        (0, 0, 0, s) => format!("{s} s"),
        (0, 0, m, 0) => format!("{m} min"),
        (0, 0, m, s) => format!("{m} min {s} s"),
        (0, h, 0, _) => format!("{h} h"),
        (0, h, m, _) => format!("{h} h {m} min"),
        (d, 0, _, _) => day(d),
        (d, h, _, _) => format!("{} {h} h", day(d)),
    }
}

/// A window's length for a label: `24h`, `7d`, `90min`.
pub fn span_words(seconds: i64) -> String {
    match seconds {
        s if s >= 172_800 && s % 86_400 == 0 => format!("{}d", s / 86_400),
        s if s >= 3_600 && s % 3_600 == 0 => format!("{}h", s / 3_600),
        s => format!("{}min", (s + 59) / 60),
    }
}

/// A window's length inside a sentence: `24 h`, `7 days`, `90 min`.
pub fn window_words(seconds: i64) -> String {
    match seconds {
        86_400 => "24 h".to_owned(),
        s if s < 86_400 && s % 3_600 != 0 => format!("{} min", (s + 59) / 60),
        s => duration_words(s),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_written_with_their_two_largest_units() {
        for (seconds, words) in [
            (0, "0 s"),
            (200, "3 min 20 s"),
            (60, "1 min"),
            (3_600 * 14, "14 h"),
            (3_660, "1 h 1 min"),
            (86_400, "1 day"),
            (2 * 86_400 + 5 * 3_600 + 59, "2 days 5 h"),
        ] {
            assert_eq!(duration_words(seconds), words);
        }
        assert_eq!(span_words(86_400), "24h");
        assert_eq!(span_words(7 * 86_400), "7d");
        assert_eq!(span_words(5_400), "90min");
        assert_eq!(window_words(86_400), "24 h");
        assert_eq!(window_words(7 * 86_400), "7 days");
        assert_eq!(window_words(5_400), "90 min");
        assert_eq!(window_words(7_200), "2 h");
        assert_eq!(offset(723), "+00:12:03");
    }

    #[test]
    fn moments_are_written_in_utc() {
        let at: Timestamp = "2026-11-22T23:05:09.5+01:00".parse().unwrap();
        assert_eq!(moment(at), "2026-11-22 22:05 UTC");
        assert_eq!(
            (date(at), clock(at)),
            ("2026-11-22".into(), "22:05:09".into())
        );
        assert!(same_day(at, "2026-11-22T00:00:00Z".parse().unwrap()));
        assert!(!same_day(at, "2026-11-23T00:00:00Z".parse().unwrap()));
    }
}
