//! Transcript text to records, however it was written.
//!
//! A transcript is meant to hold one JSON object a line, and does not always: two
//! objects stand on one line, an object runs over many lines, a line is torn. What
//! can be read is read; the rest is counted with its place and reason. A field of
//! an unexpected type is as good as absent. Large fields are left where they are
//! (`RawValue`) until something is wanted from them.

use crate::source::json::sound;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// Resynchronisation points tried on one broken line.
const RETRIES: usize = 16;
/// How often the length of a text may be read ahead in vain, over the lines after a broken
/// one; from then on a record stands on one line.
const AHEAD: usize = 4;

/// A text, or nothing when the field is missing or of another type.
#[derive(Clone, Debug, Default)]
pub(super) struct Word<'a>(pub(super) Option<Cow<'a, str>>);

impl Word<'_> {
    /// The text, empty when there is none.
    pub(super) fn text(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }

    /// The text if it is not blank.
    pub(super) fn some(&self) -> Option<&str> {
        self.0.as_deref().filter(|text| !text.trim().is_empty())
    }
}

/// True, or not.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Flag(pub(super) bool);

/// A count, or nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Count(pub(super) u64);

/// Takes whatever JSON value stands there.
#[derive(Default)]
struct Any<'a> {
    text: Option<Cow<'a, str>>,
    flag: bool,
    count: u64,
}

struct AnyVisitor;

impl<'de> Visitor<'de> for AnyVisitor {
    type Value = Any<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        let text = Some(Cow::Borrowed(text));
        Ok(Any {
            text,
            ..Any::default()
        })
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        let text = Some(Cow::Owned(text.to_owned()));
        Ok(Any {
            text,
            ..Any::default()
        })
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Self::Value, E> {
        Ok(Any {
            flag,
            ..Any::default()
        })
    }

    fn visit_u64<E>(self, count: u64) -> Result<Self::Value, E> {
        Ok(Any {
            count,
            ..Any::default()
        })
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Any::default())
    }

    fn visit_f64<E>(self, count: f64) -> Result<Self::Value, E> {
        let count = if count > 0.0 && count < 1e15 {
            count as u64
        } else {
            0
        };
        Ok(Any {
            count,
            ..Any::default()
        })
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Any::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Any::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Any::default())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Word<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(deserializer.deserialize_any(AnyVisitor)?.text))
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(deserializer.deserialize_any(AnyVisitor)?.flag))
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(deserializer.deserialize_any(AnyVisitor)?.count))
    }
}

/// One record of a transcript.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Record<'a> {
    #[serde(borrow, rename = "type")]
    pub(super) kind: Word<'a>,
    #[serde(borrow)]
    pub(super) subtype: Word<'a>,
    #[serde(borrow)]
    pub(super) uuid: Word<'a>,
    #[serde(borrow)]
    pub(super) session_id: Word<'a>,
    #[serde(borrow)]
    pub(super) agent_id: Word<'a>,
    #[serde(borrow)]
    pub(super) timestamp: Word<'a>,
    #[serde(borrow)]
    pub(super) cwd: Word<'a>,
    #[serde(borrow)]
    pub(super) git_branch: Word<'a>,
    #[serde(borrow)]
    pub(super) version: Word<'a>,
    #[serde(borrow)]
    pub(super) request_id: Word<'a>,
    #[serde(borrow)]
    pub(super) permission_mode: Word<'a>,
    #[serde(borrow)]
    pub(super) tool_denial_kind: Word<'a>,
    #[serde(borrow)]
    pub(super) pr_repository: Word<'a>,
    #[serde(borrow)]
    pub(super) api_refusal_category: Word<'a>,
    #[serde(borrow)]
    pub(super) leaf_uuid: Word<'a>,
    pub(super) is_sidechain: Flag,
    pub(super) is_meta: Flag,
    pub(super) is_compact_summary: Flag,
    pub(super) is_api_error_message: Flag,
    #[serde(borrow)]
    pub(super) error: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) forked_from: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) message: Option<&'a RawValue>,
}

/// `message` of a user or assistant record.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Message<'a> {
    #[serde(borrow)]
    pub(super) id: Word<'a>,
    #[serde(borrow)]
    pub(super) model: Word<'a>,
    #[serde(borrow)]
    pub(super) content: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) usage: Option<&'a RawValue>,
}

/// `message.usage`
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct RawUsage<'a> {
    pub(super) input_tokens: Count,
    pub(super) output_tokens: Count,
    pub(super) cache_creation_input_tokens: Count,
    pub(super) cache_read_input_tokens: Count,
    #[serde(borrow)]
    pub(super) cache_creation: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) server_tool_use: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) speed: Word<'a>,
    #[serde(borrow)]
    pub(super) inference_geo: Word<'a>,
}

/// `message.usage.cache_creation`
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct CacheCreation {
    pub(super) ephemeral_5m_input_tokens: Count,
    pub(super) ephemeral_1h_input_tokens: Count,
}

/// `message.usage.server_tool_use`
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct ServerToolUse {
    pub(super) web_search_requests: Count,
}

/// One item of `message.content`.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Block<'a> {
    #[serde(borrow, rename = "type")]
    pub(super) kind: Word<'a>,
    #[serde(borrow)]
    pub(super) id: Word<'a>,
    #[serde(borrow)]
    pub(super) name: Word<'a>,
    #[serde(borrow)]
    pub(super) tool_use_id: Word<'a>,
    pub(super) is_error: Flag,
    #[serde(borrow)]
    pub(super) input: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) content: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) text: Option<&'a RawValue>,
}

/// Input of a tool call: the fields that name files, hosts and programs.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Input<'a> {
    #[serde(borrow)]
    pub(super) command: Word<'a>,
    #[serde(borrow, alias = "filePath", alias = "filepath", alias = "filename")]
    pub(super) file_path: Word<'a>,
    #[serde(borrow)]
    pub(super) notebook_path: Word<'a>,
    #[serde(borrow)]
    pub(super) path: Word<'a>,
    #[serde(borrow)]
    pub(super) paths: Option<&'a RawValue>,
    #[serde(borrow, alias = "uri")]
    pub(super) url: Word<'a>,
    #[serde(borrow)]
    pub(super) subagent_type: Word<'a>,
    #[serde(borrow)]
    pub(super) skill: Word<'a>,
    #[serde(rename = "dangerouslyDisableSandbox")]
    pub(super) without_sandbox: Flag,
}

/// Reads a part of a record; a part that cannot be read is as good as empty.
pub(super) fn part<'a, T: serde::Deserialize<'a> + Default>(raw: Option<&'a RawValue>) -> T {
    raw.and_then(|raw| serde_json::from_str(raw.get()).ok())
        .unwrap_or_default()
}

/// The items of a JSON array, or nothing.
pub(super) fn items(raw: Option<&RawValue>) -> Vec<&RawValue> {
    part(raw.filter(|raw| raw.get().starts_with('[')))
}

/// Every text in a JSON value, joined by line breaks.
pub(super) fn texts(raw: &RawValue) -> Cow<'_, str> {
    if let Ok(Word(Some(text))) = serde_json::from_str(raw.get()) {
        return text;
    }
    let mut joined = String::new();
    if let Ok(value) = serde_json::from_str::<serde_json::Value>(raw.get()) {
        collect(&value, &mut joined);
    }
    Cow::Owned(joined)
}

fn collect(value: &serde_json::Value, into: &mut String) {
    match value {
        serde_json::Value::String(text) => {
            into.push_str(text);
            into.push('\n');
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| collect(item, into)),
        // Images and documents are base64: long, and never text.
        serde_json::Value::Object(entries) if !entries.contains_key("media_type") => {
            entries.values().for_each(|item| collect(item, into));
        }
        _ => {}
    }
}

/// Why a stretch of a file was skipped.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// Line, from 1.
    pub line: u64,
    /// How many bytes.
    pub bytes: u64,
    /// Why.
    pub reason: String,
}

/// Hands every record of a text to `take`, with its line and length; returns what was skipped.
pub(super) fn each(text: &str, mut take: impl FnMut(u64, &Record<'_>)) -> Vec<Skipped> {
    let mut skipped = Vec::new();
    let (mut at, mut line) = (0, 1);
    let mut ahead = AHEAD * text.len();
    while at < text.len() {
        let rest = &text[at..];
        let length = rest.find('\n').unwrap_or(rest.len());
        let this = &rest[..length];
        let mut used = (length + 1).min(rest.len());
        if !this.trim().is_empty() {
            let whole = sound(this);
            let record = serde_json::from_str::<Record<'_>>(&whole);
            if let (true, Ok(record)) = (is_object(this), record) {
                take(line, &record);
            } else {
                let rest = if ahead > 0 { rest } else { &rest[..used] };
                let read = several(rest, length, line, &mut take, &mut skipped);
                used = read.0;
                ahead = ahead.saturating_sub(read.1);
            }
        }
        line += rest[..used].bytes().filter(|b| *b == b'\n').count() as u64;
        at += used;
    }
    skipped
}

/// Reads from where one line did not hold one record. Returns how many bytes it took, and
/// how many it read in vain.
fn several(
    rest: &str,
    length: usize,
    line: u64,
    take: &mut impl FnMut(u64, &Record<'_>),
    skipped: &mut Vec<Skipped>,
) -> (usize, usize) {
    let (mut at, mut vain) = (0, 0);
    while at < length {
        let (values, end, error) = values(&rest[at..], length - at);
        for value in values {
            match serde_json::from_str::<Record<'_>>(&sound(value)) {
                Ok(record) if is_object(value) => take(line, &record),
                _ => skipped.push(skip(line, value.len(), "not a record")),
            }
        }
        at += end;
        let Some(error) = error else { continue };
        let lines = rest[at..].split_inclusive('\n').take(error.line());
        vain += lines.map(str::len).sum::<usize>();
        let next = resume(rest.get(at..length).unwrap_or_default());
        let lost = next.unwrap_or(length.saturating_sub(at));
        skipped.push(skip(line, lost, why(&error)));
        at += lost;
    }
    (at.max((length + 1).min(rest.len())), vain)
}

fn skip(line: u64, bytes: usize, reason: &str) -> Skipped {
    Skipped {
        line,
        bytes: bytes as u64,
        reason: reason.to_owned(),
    }
}

fn why(error: &serde_json::Error) -> &'static str {
    if error.is_eof() {
        "the text ends inside a record"
    } else {
        "not JSON"
    }
}

/// A list would pass for a record with its fields in order.
fn is_object(text: &str) -> bool {
    text.trim_start().starts_with('{')
}

/// Whole values from here on that begin on this line, where they end, and what stopped it.
fn values(text: &str, length: usize) -> (Vec<&str>, usize, Option<serde_json::Error>) {
    let mut found = Vec::new();
    let mut end = 0;
    let mut stream = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    while end < length {
        if text[end..length].trim().is_empty() {
            end = length;
            break;
        }
        match stream.next() {
            Some(Ok(value)) => found.push(value.get()),
            Some(Err(error)) => return (found, end, Some(error)),
            None => break,
        }
        end = stream.byte_offset();
    }
    (found, end.max(1), None)
}

/// Where a broken line goes on with whole records up to its end.
fn resume(line: &str) -> Option<usize> {
    line.match_indices("{\"")
        .map(|(at, _)| at)
        .filter(|at| *at > 0)
        .take(RETRIES)
        .find(|at| {
            let rest = &line[*at..];
            let (found, _, error) = values(rest, rest.len());
            !found.is_empty() && error.is_none()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, kinds: &[(u64, &str)], reasons: &[(u64, &str)]) {
        let mut found = Vec::new();
        let skipped = each(text, |line, record| {
            found.push((line, record.kind.text().to_owned()));
        });
        let found: Vec<(u64, &str)> = found.iter().map(|(l, k)| (*l, k.as_str())).collect();
        assert_eq!(found, kinds, "{text:?}");
        let skipped: Vec<(u64, &str)> = skipped
            .iter()
            .map(|s| (s.line, s.reason.as_str()))
            .collect();
        assert_eq!(skipped, reasons, "{text:?}");
    }

    #[test]
    fn one_object_a_line() {
        check(
            "{\"type\":\"a\"}\n\n{\"type\":\"b\"}\n",
            &[(1, "a"), (3, "b")],
            &[],
        );
        check(
            "{\"type\":\"a\"}\r\n{\"x\":1,\"type\":\"b\"}",
            &[(1, "a"), (2, "b")],
            &[],
        );
        check("", &[], &[]);
    }

    #[test]
    fn objects_glued_on_one_line() {
        check(
            "{\"type\":\"a\"}{\"type\":\"b\"}\n{\"type\":\"c\"}",
            &[(1, "a"), (1, "b"), (2, "c")],
            &[],
        );
        check(
            "{\"type\":\"a\"} {\"type\":\"b\"} \n",
            &[(1, "a"), (1, "b")],
            &[],
        );
    }

    #[test]
    fn an_object_over_several_lines() {
        check(
            "{\n \"type\": \"a\",\n \"x\": [1,\n 2]\n}\n{\"type\":\"b\"}\n",
            &[(1, "a"), (6, "b")],
            &[],
        );
    }

    #[test]
    fn a_torn_line_costs_itself() {
        check(
            "{\"type\":\"a\",\"mess{\"type\":\"b\"}\n{\"type\":\"c\"}\n{\"type\":\"d\",\"x\":\"",
            &[(1, "b"), (2, "c")],
            &[(1, "not JSON"), (3, "the text ends inside a record")],
        );
        check(
            "{\"type\":\"a\",\n{\"type\":\"b\"}\n",
            &[(2, "b")],
            &[(1, "not JSON")],
        );
        check(
            "nonsense\n{\"type\":\"b\"}\n",
            &[(2, "b")],
            &[(1, "not JSON")],
        );
        check(
            "[1]\n17\n{\"type\":\"b\"}\n",
            &[(3, "b")],
            &[(1, "not a record"), (2, "not a record")],
        );
    }

    #[test]
    fn what_is_never_closed_is_not_read_anew_from_every_line() {
        let torn = "{\"a\":[\n".repeat(10);
        let record = "{\"type\":\n\"b\"}\n";
        let found = |text: &str| {
            let mut lines = Vec::new();
            each(text, |line, _| lines.push(line));
            lines
        };
        assert_eq!(found(&[&torn[..7], record].concat()), [2]);
        let many = found(&[&torn, record].concat());
        assert!(many.is_empty(), "nothing is read ahead any more");
    }

    #[test]
    fn fields_of_another_type_are_absent() {
        check(
            "{\"type\":\"a\",\"uuid\":7,\"cwd\":{\"x\":[]},\"isMeta\":\"yes\"}",
            &[(1, "a")],
            &[],
        );
        check("{\"type\":[\"a\"]}", &[(1, "")], &[]);
    }

    #[test]
    fn halves_of_surrogate_pairs_are_mended() {
        check("{\"type\":\"x\\ud83d\"}", &[(1, "x\u{fffd}")], &[]);
        check("{\"type\":\"\\ud83d\\ude00\"}", &[(1, "\u{1f600}")], &[]);
        check("{\"type\":\"\\\\ud83d\"}", &[(1, "\\ud83d")], &[]);
    }
}
