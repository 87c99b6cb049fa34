//! One run of an agent.

use super::{Event, Money, Text};
use jiff::Timestamp;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Whether a session still runs at the moment of its snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Still running.
    Active,
    /// Over.
    Ended,
}

impl Status {
    /// The word on pages and in data files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Ended => "ended",
        }
    }
}

/// What collectors write for a user they do not know, whatever its case and the signs
/// around it.
const NOBODY: [&str; 5] = ["unknown", "none", "null", "undefined", "anonymous"];

/// Who the record says acted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct User {
    /// Account or mail address.
    pub name: Text,
    /// Whether the collector saw proof (a sign-on) or only a claim; absent: not recorded.
    pub authenticated: Option<bool>,
}

/// The machine, by name, address, or both. At least one is present.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Host {
    /// Host name.
    pub name: Option<Text>,
    /// Network address.
    pub address: Option<Text>,
}

/// The credential. At least one of hint and fingerprint is present.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// First and last characters, as consoles show it: `sk-ant-...A3F2`.
    pub hint: Option<Text>,
    /// `api_key`, `oauth`, ...
    pub kind: Option<Text>,
    /// The collector's own identity for the key, preferred over the hint.
    pub fingerprint: Option<Text>,
}

/// The agent program.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Agent {
    /// `Claude Code`
    pub name: Text,
    /// `1.2.0`
    pub version: Option<Text>,
}

/// What one model did in a session. Token counts are exact; absent means not recorded.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ModelUse {
    /// Model id as the provider names it.
    pub name: Text,
    /// API requests.
    pub requests: Option<u64>,
    /// Tokens read, cache excluded.
    pub input_tokens: Option<u64>,
    /// Tokens written.
    pub output_tokens: Option<u64>,
    /// Tokens read from the prompt cache.
    pub cache_read_tokens: Option<u64>,
    /// Tokens written to the prompt cache.
    pub cache_write_tokens: Option<u64>,
    /// Cost of this model's part; absent: not recorded or unpriced.
    pub cost: Option<Money>,
}

/// Where the session worked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Workspace {
    /// `owner/name`
    pub repo: Option<Text>,
    /// Branch at the start.
    pub branch: Option<Text>,
    /// Folder the session was started in.
    pub path: Option<Text>,
}

/// One run of an agent: the unit of consequence.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Session {
    /// Identity, as the agent gave it.
    pub id: Text,
    /// Whether it still runs.
    pub status: Status,
    /// First sign of it.
    pub started_at: Option<Timestamp>,
    /// Latest sign of it.
    pub last_seen_at: Option<Timestamp>,
    /// When it ended, if that was recorded.
    pub ended_at: Option<Timestamp>,
    /// Who; absent: not recorded.
    pub user: Option<User>,
    /// Where; absent: not recorded.
    pub host: Option<Host>,
    /// With which credential; absent: not recorded.
    pub key: Option<Key>,
    /// With which agent; absent: not recorded.
    pub agent: Option<Agent>,
    /// With which models.
    pub models: Vec<ModelUse>,
    /// In which workspace.
    pub workspace: Workspace,
    /// Permission mode at the start.
    pub permission_mode: Option<Text>,
    /// Session this one was started by.
    pub parent: Option<Text>,
    /// Total cost; absent: not recorded or unpriced.
    pub cost: Option<Money>,
    /// What happened, in order of time.
    pub events: Vec<Event>,
    /// How far the times of the events went back at most in the order they were
    /// recorded in, in seconds; 0 when they were in order.
    pub clock_back_seconds: i64,
    /// Fields the collector names as not recorded.
    pub not_recorded: Vec<Text>,
    /// Which source it came from.
    pub source: Option<Text>,
    /// How the user was established ("cwd path"), if the collector says.
    pub user_origin: Option<Text>,
}

impl Session {
    /// Digest of what the record says was done and by whom, whatever it cost and
    /// however long it went on; the same in every run of one program version.
    pub fn deed(&self) -> u64 {
        let who = (&self.user, &self.host, &self.key, &self.agent);
        let models: Vec<&Text> = self.models.iter().map(|m| &m.name).collect();
        let mut hasher = DefaultHasher::new();
        (who, models, &self.workspace).hash(&mut hasher);
        (&self.permission_mode, &self.events).hash(&mut hasher);
        hasher.finish()
    }

    /// Who acts, as far as it is known: the user, else the key, else the machine.
    pub fn actor(&self) -> Option<&Text> {
        let user = self
            .user
            .as_ref()
            .filter(|u| !u.is_unknown())
            .map(|u| &u.name);
        user.or_else(|| self.key.as_ref().and_then(Key::identity))
            .or_else(|| self.host.as_ref().and_then(Host::identity))
    }

    /// Latest moment the session is known to have been alive.
    pub fn last_sign(&self) -> Option<Timestamp> {
        let events = self.events.iter().filter_map(|e| e.at).max();
        [self.ended_at, self.last_seen_at, events, self.started_at]
            .into_iter()
            .flatten()
            .max()
    }

    /// Seconds from start to the last sign; absent when either is not recorded.
    pub fn duration_seconds(&self) -> Option<i64> {
        let end = self.ended_at.or(self.last_seen_at)?;
        Some((end.as_second() - self.started_at?.as_second()).max(0))
    }
}

impl User {
    /// Whether the collector itself says that it does not know who this is.
    pub fn is_unknown(&self) -> bool {
        let name = self.name.untrusted();
        // A dash or a question mark names nobody; a symbol may, an emoji for instance.
        let is_symbol = |c: &char| matches!(c, '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}');
        let tells = |c: &char| c.is_alphanumeric() || is_symbol(c);
        let bare: String = name.chars().filter(tells).collect();
        bare.is_empty()
            || NOBODY.contains(&bare.to_lowercase().as_str())
            || name.trim().eq_ignore_ascii_case("n/a")
    }
}

impl Host {
    /// The name the machine goes by: its name, or else its bare address.
    pub fn identity(&self) -> Option<&Text> {
        self.name.as_ref().or(self.address.as_ref())
    }

    /// The address, also where it was recorded as a name.
    pub fn ip(&self) -> Option<std::net::IpAddr> {
        [&self.address, &self.name]
            .into_iter()
            .flatten()
            .find_map(|t| t.untrusted().parse().ok())
    }

    /// Whether nothing but an address is known of it.
    pub fn is_bare_address(&self) -> bool {
        self.identity()
            .is_some_and(|t| t.untrusted().parse::<std::net::IpAddr>().is_ok())
    }
}

impl Key {
    /// The name the key goes by: the collector's fingerprint, or else the hint.
    pub fn identity(&self) -> Option<&Text> {
        self.fingerprint.as_ref().or(self.hint.as_ref())
    }

    /// What a reader is shown: the hint, or else the fingerprint.
    pub fn shown(&self) -> Option<&Text> {
        self.hint.as_ref().or(self.fingerprint.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_for_nobody_is_nobody() {
        let is_unknown = |name: &str| {
            let name = Text::new(name);
            let authenticated = None;
            User {
                name,
                authenticated,
            }
            .is_unknown()
        };
        for name in [
            "unknown",
            " Unknown ",
            "(unknown)",
            "n/a",
            "\u{200b}unknown",
            "-",
        ] {
            assert!(is_unknown(name), "{name:?}");
        }
        for name in [
            "na",
            "ann",
            "unknown@company.com",
            "\u{43d}\u{438}",
            "\u{1f98a}",
        ] {
            assert!(!is_unknown(name), "{name:?}");
        }
    }
}
