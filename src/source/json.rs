//! JSON as producers write it, made sound before it is read: what is no text in it becomes
//! U+FFFD, so that a broken character costs itself and not the record it stands in.

use std::borrow::Cow;

/// The bytes of a record as text that a JSON reader takes, and whether something in it had
/// to be replaced: bytes that are not UTF-8, halves of surrogate pairs.
pub fn mend(json: Vec<u8>) -> (Vec<u8>, bool) {
    let (text, is_mended) = match String::from_utf8(json) {
        Ok(text) => (text, false),
        Err(error) => (String::from_utf8_lossy(error.as_bytes()).into_owned(), true),
    };
    match sound(&text) {
        Cow::Borrowed(_) => (text.into_bytes(), is_mended),
        Cow::Owned(sound) => {
            let is_mended = is_mended || sound != text;
            (sound.into_bytes(), is_mended)
        }
    }
}

/// A line without halves of surrogate pairs, which are no text and stop a JSON reader.
pub fn sound(line: &str) -> Cow<'_, str> {
    if !line.contains("\\ud") && !line.contains("\\uD") {
        return Cow::Borrowed(line);
    }
    let half = |at: usize| -> Option<u16> {
        let digits = line.get(at..at + 6)?.strip_prefix("\\u")?;
        let unit = u16::from_str_radix(digits, 16).ok()?;
        (0xD800..0xE000).contains(&unit).then_some(unit)
    };
    let mut mended = String::with_capacity(line.len());
    let mut at = 0;
    while let Some(found) = line[at..].find('\\') {
        mended.push_str(&line[at..at + found]);
        at += found;
        match (half(at), half(at + 6)) {
            (Some(high), Some(low)) if high < 0xDC00 && low >= 0xDC00 => {
                mended.push_str(&line[at..at + 12]);
                at += 12;
            }
            (Some(_), _) => {
                mended.push_str("\\ufffd");
                at += 6;
            }
            // An escaped backslash takes its partner with it.
            _ => {
                let next = line[at + 1..].chars().next().map_or(0, char::len_utf8);
                mended.push_str(&line[at..at + 1 + next]);
                at += 1 + next;
            }
        }
    }
    mended.push_str(&line[at..]);
    Cow::Owned(mended)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_what_is_no_text_is_replaced() {
        for (raw, expect) in [
            (&b"{\"a\":\"x\"}"[..], "{\"a\":\"x\"}"),
            (b"\"\xff\"", "\"\u{fffd}\""),
            (b"\"\\ud83d\\ude00 \\ud83d\"", "\"\\ud83d\\ude00 \\ufffd\""),
            (b"\"\\udE00\\uD83d\"", "\"\\ufffd\\ufffd\""),
            (b"\"\\\\ud83d\"", "\"\\\\ud83d\""),
        ] {
            let (json, is_mended) = mend(raw.to_vec());
            assert_eq!(String::from_utf8(json).unwrap(), expect);
            assert_eq!(is_mended, raw != expect.as_bytes());
        }
    }

    proptest! {
        #[test]
        fn every_text_is_json_afterwards(text in "(\\\\u[dD][0-9a-f]{3}|\\\\\\\\|[a-z\u{e9}]){0,12}") {
            let (json, _) = mend(format!("\"{text}\"").into_bytes());
            let read = serde_json::from_slice::<String>(&json);
            prop_assert!(read.is_ok(), "{text}: {read:?}");
        }
    }
}
