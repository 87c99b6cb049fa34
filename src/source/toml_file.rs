//! TOML as we read it: unknown keys are errors that suggest the nearest known one.

use crate::diagnostic::{Diagnostic, nearest, position};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::value::Datetime;

/// A moment as people write it: a TOML date or date-time, or the same as text. What
/// names no offset is UTC.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Moment {
    /// As a date or date-time.
    Typed(Datetime),
    /// As text.
    Text(String),
}

impl Moment {
    /// As it was written.
    pub fn written(&self) -> String {
        match self {
            Self::Typed(at) => at.to_string(),
            Self::Text(text) => text.clone(),
        }
    }

    /// The moment; of a day its beginning.
    pub fn beginning(&self) -> Option<Timestamp> {
        self.moment(false)
    }

    /// The moment; of a day its end.
    pub fn end(&self) -> Option<Timestamp> {
        self.moment(true)
    }

    fn moment(&self, end_of_day: bool) -> Option<Timestamp> {
        let text = self.written();
        let text = text.trim();
        if let Ok(at) = text.parse::<Timestamp>() {
            return Some(at);
        }
        if let Ok(day) = text.parse::<Date>() {
            // A date-time parses as a date too, and loses its time.
            if text.len() == 10 {
                let day = if end_of_day {
                    day.tomorrow().ok()?
                } else {
                    day
                };
                return Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok();
            }
        }
        Offset::UTC
            .to_timestamp(text.parse::<DateTime>().ok()?)
            .ok()
    }
}

/// Parses a TOML text into a type that denies unknown fields.
pub fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, Diagnostic> {
    toml::from_str(text).map_err(|e| {
        let message = e.message().trim().replace('\n', "; ");
        let (message, mend) = match unknown_field(&message) {
            Some((name, known)) => {
                let mend = match nearest(&name, known.iter().map(String::as_str)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("known keys are {}", known.join(", ")),
                };
                (format!("unknown key `{name}`"), mend)
            }
            None => (
                message,
                "correct the value; the format is described in the README".to_owned(),
            ),
        };
        let (line, column) = position(text.as_bytes(), e.span().map_or(0, |s| s.start));
        Diagnostic::error(file, message, &mend).at(line, column)
    })
}

/// Takes apart serde's ``unknown field `x`, expected one of `a`, `b` ``.
fn unknown_field(message: &str) -> Option<(String, Vec<String>)> {
    let rest = message.strip_prefix("unknown field `")?;
    let (name, rest) = rest.split_once('`')?;
    let known = rest
        .split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect();
    Some((name.to_owned(), known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Two {
        #[expect(dead_code, reason = "only its name matters here")]
        title: String,
        #[expect(dead_code, reason = "only its name matters here")]
        theme: String,
    }

    #[test]
    fn an_unknown_key_suggests_the_nearest_known_one() {
        let e = parse::<Two>("daybrief.toml", "title = \"x\"\ntheem = \"y\"\n").unwrap_err();
        assert_eq!(
            (e.place().as_str(), e.message.as_str(), e.mend.as_str()),
            (
                "daybrief.toml:2:1",
                "unknown key `theem`",
                "did you mean `theme`?"
            )
        );
    }
}
