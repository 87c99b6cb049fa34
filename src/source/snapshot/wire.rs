//! Snapshot format version 1 as it is written: the one definition that reading,
//! writing (importers) and the JSON Schema share.
//!
//! Shorthand is accepted wherever a producer would write it: a string for
//! `user`, `host`, `key`, `agent`, a model; a number or text for money.

use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use std::marker::PhantomData;

/// Value of `format` in every snapshot.
pub const FORMAT: &str = "daybrief-snapshot";
/// Value of `version` that this program reads and writes.
pub const VERSION: u32 = 1;

/// Head of a snapshot: the document without `sessions`, or the first line.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Head {
    /// Always [`FORMAT`].
    pub format: String,
    /// Always [`VERSION`].
    pub version: u32,
    /// RFC 3339; required.
    pub taken_at: String,
    /// What the snapshot covers; the 24 h before `taken_at` when absent.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "object"
    )]
    pub window: Option<Window>,
    /// Who collected it.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "objects"
    )]
    pub sources: Vec<Source>,
}

/// Slice of time, both ends RFC 3339.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Window {
    /// First moment inside.
    pub start: String,
    /// First moment after.
    pub end: String,
}

/// One collector.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Source {
    /// Its name.
    pub name: String,
    /// What sort of collector.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Sessions it contributed.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "count"
    )]
    pub sessions: Option<u64>,
    /// Fields it cannot see.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "or_empty"
    )]
    pub not_recorded: Vec<String>,
}

/// One session. Only `id` is required; absent means "not recorded".
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    /// Identity, as the agent gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `active` or `ended`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<String>,
    /// RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen_at: Option<String>,
    /// RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<String>,
    /// Who.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "short")]
    pub user: Option<User>,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "short")]
    pub host: Option<Host>,
    /// With which credential.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "short")]
    pub key: Option<Key>,
    /// With which agent.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "short")]
    pub agent: Option<Agent>,
    /// With which models.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "short_list")]
    pub models: Vec<ModelUse>,
    /// In which workspace.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "object")]
    pub workspace: Option<Workspace>,
    /// Permission mode at the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission_mode: Option<String>,
    /// Session this one was started by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Total cost in US dollars, decimal text or number.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "money")]
    pub cost_usd: Option<String>,
    /// What happened.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "objects")]
    pub events: Vec<Event>,
    /// Fields the collector could not see for this session.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "or_empty")]
    pub not_recorded: Vec<String>,
    /// Where the record comes from.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "object")]
    pub origin: Option<Origin>,
}

/// Who. Shorthand: the name.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct User {
    /// Account or mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether proof of identity was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authenticated: Option<bool>,
}

/// Where. Shorthand: the name or address.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Host {
    /// Host name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Network address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// Credential. Shorthand: the hint.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Key {
    /// First and last characters, `sk-ant-...A3F2`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// `api_key`, `oauth`, ...
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The collector's own identity for the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
}

/// Agent program. Shorthand: name and version in one text.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Agent {
    /// Name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// What one model did. Shorthand: its name.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelUse {
    /// Model id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// API requests.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "count")]
    pub requests: Option<u64>,
    /// Tokens read, cache excluded.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "count")]
    pub input_tokens: Option<u64>,
    /// Tokens written.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "count")]
    pub output_tokens: Option<u64>,
    /// Tokens read from the prompt cache.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "count")]
    pub cache_read_tokens: Option<u64>,
    /// Tokens written to the prompt cache.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "count")]
    pub cache_write_tokens: Option<u64>,
    /// Cost in US dollars, decimal text or number; absent: not recorded or unpriced.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "money")]
    pub cost_usd: Option<String>,
}

/// Where the session worked.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Workspace {
    /// `owner/name`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repo: Option<String>,
    /// Branch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// Folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// Which importer wrote the record, and how it established the user.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Origin {
    /// `claude-code`, ...
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// How the user is known: `cwd path`, ...
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
}

/// One thing that happened.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Event {
    /// RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// `prompt reply read write delete execute request tool permission error`; anything else counts as `other`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Tool that was called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// Programs with verb and the flags that matter, on `execute`.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "or_empty")]
    pub programs: Vec<String>,
    /// Repository of the touched thing, if not the session's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repo: Option<String>,
    /// Path of the touched file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Host, `host:port`, mail address, account or channel, on `request`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination: Option<String>,
    /// Method of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Bytes that left.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "count")]
    pub bytes: Option<u64>,
    /// Number of things touched.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "count")]
    pub objects: Option<u64>,
    /// Whether the act succeeded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ok: Option<bool>,
    /// Whether content came from outside the company.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outside: Option<bool>,
    /// On `permission`: `allowed`, `denied`, `rejected`, `mode-changed`, ...
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<String>,
    /// On `permission`: who decided, `policy classifier model sandbox person`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// On `permission`: the stated reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// On `permission`: the permission mode from here on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// Short text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// Where the raw record stands.
    #[serde(
        rename = "ref",
        skip_serializing_if = "Option::is_none",
        deserialize_with = "object"
    )]
    pub source: Option<Reference>,
}

/// Where a raw record stands.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Reference {
    /// File name without folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Line, from 1.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "count")]
    pub line: Option<u64>,
}

/// A value that may be written as one text instead of an object.
trait Shorthand: Default {
    /// Reads the text form.
    fn from_text(text: &str) -> Self;
}

impl Shorthand for User {
    fn from_text(text: &str) -> Self {
        Self {
            name: Some(text.to_owned()),
            authenticated: None,
        }
    }
}

impl Shorthand for Host {
    fn from_text(text: &str) -> Self {
        if text.parse::<std::net::IpAddr>().is_ok() {
            Self {
                name: None,
                address: Some(text.to_owned()),
            }
        } else {
            Self {
                name: Some(text.to_owned()),
                address: None,
            }
        }
    }
}

impl Shorthand for Key {
    fn from_text(text: &str) -> Self {
        Self {
            hint: Some(text.to_owned()),
            ..Self::default()
        }
    }
}

impl Shorthand for ModelUse {
    fn from_text(text: &str) -> Self {
        Self {
            name: Some(text.to_owned()),
            ..Self::default()
        }
    }
}

impl Shorthand for Agent {
    /// `Claude Code v1.2.0`: the last word is a version if it begins with a digit, or with `v` and a digit.
    fn from_text(text: &str) -> Self {
        let is_version = |w: &str| {
            w.trim_start_matches('v')
                .starts_with(|c: char| c.is_ascii_digit())
        };
        match text.rsplit_once(' ') {
            Some((name, version)) if is_version(version) => Self {
                name: Some(name.to_owned()),
                version: Some(version.to_owned()),
            },
            _ => Self {
                name: Some(text.to_owned()),
                version: None,
            },
        }
    }
}

/// Reads an object, its shorthand, or null.
fn short<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Shorthand + Deserialize<'de>,
{
    struct TextOrObject<T>(PhantomData<T>);

    impl<'de, T: Shorthand + Deserialize<'de>> Visitor<'de> for TextOrObject<T> {
        type Value = Option<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text or an object")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            Ok(Some(T::from_text(text)))
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            T::deserialize(de::value::MapAccessDeserializer::new(map)).map(Some)
        }

        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
    }

    deserializer.deserialize_any(TextOrObject(PhantomData))
}

/// Reads an object or null. A derived reader would take a list of its fields in order, too.
fn object<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct Object<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Object<T> {
        type Value = Option<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            T::deserialize(de::value::MapAccessDeserializer::new(map)).map(Some)
        }

        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
    }

    deserializer.deserialize_any(Object(PhantomData))
}

/// Reads an object.
pub(super) fn required<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let read = object(deserializer)?;
    read.ok_or_else(|| de::Error::invalid_type(de::Unexpected::Unit, &"an object"))
}

/// A list of objects; null means the same as absent, for the list and for one of them.
fn objects<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct Item<T>(Option<T>);

    impl<'de, T: Deserialize<'de>> Deserialize<'de> for Item<T> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            object(deserializer).map(Self)
        }
    }

    let items = Option::<Vec<Item<T>>>::deserialize(deserializer)?;
    let items = items.unwrap_or_default().into_iter();
    Ok(items.filter_map(|item| item.0).collect())
}

/// A list whose items may be written in shorthand.
fn short_list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Shorthand + Deserialize<'de>,
{
    struct Item<T>(T);

    impl<'de, T: Shorthand + Deserialize<'de>> Deserialize<'de> for Item<T> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            short(deserializer).map(|item: Option<T>| Self(item.unwrap_or_default()))
        }
    }

    let items = Option::<Vec<Item<T>>>::deserialize(deserializer)?;
    Ok(items
        .unwrap_or_default()
        .into_iter()
        .map(|item| item.0)
        .collect())
}

/// Reads money as its decimal text. A JSON number is turned into the shortest
/// decimal that means the same number, so `52.48` stays `52.48`.
fn money<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    struct Amount;

    impl Visitor<'_> for Amount {
        type Value = Option<String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an amount in dollars as decimal text or a number")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            Ok(Some(text.to_owned()))
        }

        fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
            Ok(Some(value.to_string()))
        }

        fn visit_i64<E: de::Error>(self, value: i64) -> Result<Self::Value, E> {
            Ok(Some(value.to_string()))
        }

        fn visit_f64<E: de::Error>(self, value: f64) -> Result<Self::Value, E> {
            Ok(Some(format!("{value:e}")))
        }

        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
    }

    deserializer.deserialize_any(Amount)
}

/// Largest whole number that every JSON reader takes exactly.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Reads a count. A whole number may be written with a fraction or an exponent (`5.0`, `5e3`),
/// as some producers write all numbers.
fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    struct Count;

    impl Visitor<'_> for Count {
        type Value = Option<u64>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a whole number that is not negative")
        }

        fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
            Ok(Some(value))
        }

        fn visit_f64<E: de::Error>(self, value: f64) -> Result<Self::Value, E> {
            if (0.0..=EXACT).contains(&value) && value.fract() == 0.0 {
                return Ok(Some(value as u64));
            }
            Err(E::invalid_value(de::Unexpected::Float(value), &self))
        }

        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
    }

    deserializer.deserialize_any(Count)
}

/// A list; null means the same as absent.
fn or_empty<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::<Vec<T>>::deserialize(deserializer).map(Option::unwrap_or_default)
}
