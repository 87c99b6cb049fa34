//! What the company knows about itself: owners, classes, sanctioned destinations.
//!
//! A section that is absent is not the same as an empty one: without a `keys`
//! section no key can be called unknown.

use super::EntityKind;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

/// What is at stake when something is touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Consequence {
    /// Public or sandbox.
    Low,
    /// Nothing is known; not treated as low.
    Unknown,
    /// Internal.
    Medium,
    /// Security-relevant or customer-facing.
    High,
    /// The company would not recover easily.
    Critical,
}

impl Consequence {
    /// Every level with its word.
    pub const WORDS: [(&'static str, Self); 5] = [
        ("low", Self::Low),
        ("unknown", Self::Unknown),
        ("medium", Self::Medium),
        ("high", Self::High),
        ("critical", Self::Critical),
    ];

    /// The word on pages, in the inventory and in data files.
    pub fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(_, level)| *level == self)
            .map_or("unknown", |(word, _)| word)
    }

    /// One level up, as far as there is one.
    #[must_use]
    pub fn raised(self) -> Self {
        match self {
            Self::Unknown | Self::Low => Self::Medium,
            Self::Medium => Self::High,
            Self::High | Self::Critical => Self::Critical,
        }
    }
}

/// Sensitivity class of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum PathClass {
    /// Credential stores and private keys.
    Credential,
    /// Customer data.
    CustomerData,
    /// Authentication, cryptography and payment code.
    Auth,
    /// Continuous integration and infrastructure configuration.
    Infra,
}

impl PathClass {
    /// Every class with its word.
    pub const WORDS: [(&'static str, Self); 4] = [
        ("credential", Self::Credential),
        ("customer-data", Self::CustomerData),
        ("auth", Self::Auth),
        ("infra", Self::Infra),
    ];

    /// The word on pages and in the inventory.
    pub fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(_, class)| *class == self)
            .map_or("", |(word, _)| word)
    }

    /// Strength of a write to this class; a read counts 0.8 of it (signal S5).
    pub const fn strength(self) -> f64 {
        match self {
            Self::Credential => 1.0,
            Self::CustomerData => 0.9,
            Self::Auth => 0.7,
            Self::Infra => 0.6,
        }
    }

    /// What is at stake when the inventory says nothing more exact.
    pub const fn consequence(self) -> Consequence {
        match self {
            Self::Credential | Self::CustomerData | Self::Auth => Consequence::High,
            Self::Infra => Consequence::Medium,
        }
    }
}

/// A person or service account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRecord {
    /// Name as sessions carry it.
    pub name: String,
    /// Team, for peers.
    pub team: Option<String>,
}

/// A machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostRecord {
    /// Name as sessions carry it.
    pub name: Option<String>,
    /// Its address, if it is fixed.
    pub address: Option<IpAddr>,
    /// Who answers for it; absent: nobody is recorded.
    pub owner: Option<String>,
    /// What it is for: `developer`, `ci`, `sandbox`, `server`.
    pub class: Option<String>,
    /// From when on the record counts; absent: always did.
    pub since: Option<Timestamp>,
}

/// Addresses that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressRange {
    /// First address of the range.
    pub network: IpAddr,
    /// Leading bits that an address must share with it.
    pub prefix: u8,
    /// Who answers for the machines in it.
    pub owner: Option<String>,
    /// What they are for.
    pub class: Option<String>,
    /// From when on the record counts; absent: always did.
    pub since: Option<Timestamp>,
}

impl AddressRange {
    /// Whether the address lies in the range.
    pub fn contains(&self, address: IpAddr) -> bool {
        let shared = |a: u128, b: u128, bits: u32| {
            let prefix = u32::from(self.prefix).min(bits);
            prefix == 0 || (a ^ b) >> (bits - prefix) == 0
        };
        match (self.network, address) {
            (IpAddr::V4(a), IpAddr::V4(b)) => shared(a.to_bits().into(), b.to_bits().into(), 32),
            (IpAddr::V6(a), IpAddr::V6(b)) => shared(a.to_bits(), b.to_bits(), 128),
            _ => false,
        }
    }
}

/// A credential the company handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRecord {
    /// Fingerprint or hint as sessions carry it.
    pub name: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// `shared-by-design`, `ci`, `revoked`, ...
    pub tags: BTreeSet<String>,
    /// From when on the record counts; absent: always did.
    pub since: Option<Timestamp>,
}

impl KeyRecord {
    /// Whether it was taken back: nobody should use it.
    pub fn is_revoked(&self) -> bool {
        self.tags.contains("revoked")
    }

    /// Whether several people or machines use it on purpose.
    pub fn is_shared_by_design(&self) -> bool {
        self.tags.contains("shared-by-design")
    }
}

/// A destination requests may go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sanctioned {
    /// Registrable domain, host or address.
    pub name: String,
    /// From when on it counts; absent: always did.
    pub since: Option<Timestamp>,
}

/// A repository and what is at stake in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepoRecord {
    /// `owner/name`, or a glob.
    pub name: String,
    /// Word for what it holds: `auth`, `payments`, `website`.
    pub class: Option<String>,
    /// What is at stake.
    pub consequence: Option<Consequence>,
    /// Half a sentence that says why.
    pub why: Option<String>,
}

/// A class of paths declared by the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathRecord {
    /// Repository (or glob) it applies to; absent: everywhere.
    pub repo: Option<String>,
    /// Glob over the path.
    pub pattern: String,
    /// Its class; absent: declared as not sensitive (test fixtures).
    pub class: Option<PathClass>,
}

/// Machines, found by name or address however many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hosts {
    records: Vec<HostRecord>,
    /// The first record of a name in lower case.
    by_name: HashMap<String, usize>,
    by_address: HashMap<IpAddr, usize>,
}

impl Hosts {
    /// The first record that has the name (in any case) or the address.
    pub fn find(&self, name: Option<&str>, address: Option<IpAddr>) -> Option<&HostRecord> {
        let by_name = name.and_then(|n| self.by_name.get(&n.to_ascii_lowercase()));
        let by_address = address.and_then(|a| self.by_address.get(&a));
        let first = by_name.into_iter().chain(by_address).min()?;
        self.records.get(*first)
    }
}

impl FromIterator<HostRecord> for Hosts {
    fn from_iter<I: IntoIterator<Item = HostRecord>>(records: I) -> Self {
        let mut hosts = Self::default();
        for (place, record) in records.into_iter().enumerate() {
            if let Some(name) = &record.name {
                let name = name.to_ascii_lowercase();
                hosts.by_name.entry(name).or_insert(place);
            }
            if let Some(address) = record.address {
                hosts.by_address.entry(address).or_insert(place);
            }
            hosts.records.push(record);
        }
        hosts
    }
}

/// Credentials, found by name however many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    records: Vec<KeyRecord>,
    by_name: HashMap<String, usize>,
}

impl Keys {
    /// The first record that has one of the names.
    pub fn find(&self, names: &[&str]) -> Option<&KeyRecord> {
        let places = names.iter().filter_map(|n| self.by_name.get(*n));
        self.records.get(*places.min()?)
    }
}

impl FromIterator<KeyRecord> for Keys {
    fn from_iter<I: IntoIterator<Item = KeyRecord>>(records: I) -> Self {
        let mut keys = Self::default();
        for (place, record) in records.into_iter().enumerate() {
            keys.by_name.entry(record.name.clone()).or_insert(place);
            keys.records.push(record);
        }
        keys
    }
}

/// People and service accounts, found by name however many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Users(HashMap<String, UserRecord>);

impl Users {
    /// The record of a name.
    pub fn find(&self, name: &str) -> Option<&UserRecord> {
        self.0.get(name)
    }
}

impl FromIterator<UserRecord> for Users {
    fn from_iter<I: IntoIterator<Item = UserRecord>>(records: I) -> Self {
        let mut users = HashMap::new();
        for record in records {
            users.entry(record.name.clone()).or_insert(record);
        }
        Self(users)
    }
}

/// Everything the company declared. `None` means the section is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inventory {
    /// When it was last brought up to date, as written.
    pub updated: Option<String>,
    /// People and service accounts.
    pub users: Option<Users>,
    /// Machines.
    pub hosts: Option<Hosts>,
    /// Address ranges.
    pub ranges: Vec<AddressRange>,
    /// Credentials.
    pub keys: Option<Keys>,
    /// Repositories.
    pub repos: Option<Vec<RepoRecord>>,
    /// Path classes, first match wins, before the ones shipped with the program.
    pub paths: Vec<PathRecord>,
    /// Destinations requests may go to: registrable domains, hosts or addresses.
    pub sanctioned: Vec<Sanctioned>,
    /// Models policy allows; absent: no policy.
    pub models: Option<Vec<String>>,
    /// Agents policy allows; absent: no policy.
    pub agents: Option<Vec<String>>,
}

impl Inventory {
    /// What was declared at a moment: without the records that count only from later on.
    pub fn as_of(&self, at: Timestamp) -> Cow<'_, Self> {
        let counts = |since: Option<Timestamp>| since.is_none_or(|s| s <= at);
        let hosts = self.hosts.iter().flat_map(|h| &h.records);
        let keys = self.keys.iter().flat_map(|k| &k.records);
        let all = hosts
            .map(|h| h.since)
            .chain(keys.map(|k| k.since))
            .chain(self.ranges.iter().map(|r| r.since))
            .chain(self.sanctioned.iter().map(|d| d.since));
        if all.into_iter().all(counts) {
            return Cow::Borrowed(self);
        }
        let hosts = |h: &Hosts| {
            h.records
                .iter()
                .filter(|h| counts(h.since))
                .cloned()
                .collect()
        };
        let keys = |k: &Keys| {
            k.records
                .iter()
                .filter(|k| counts(k.since))
                .cloned()
                .collect()
        };
        let mut then = self.clone();
        then.hosts = self.hosts.as_ref().map(hosts);
        then.keys = self.keys.as_ref().map(keys);
        then.ranges.retain(|r| counts(r.since));
        then.sanctioned.retain(|d| counts(d.since));
        Cow::Owned(then)
    }

    /// The team of a user. Where nobody's team is declared all are one.
    pub fn team(&self, user: &str) -> Option<&str> {
        match &self.users {
            Some(users) => users.find(user)?.team.as_deref(),
            None => Some(""),
        }
    }

    /// Names of identities that are declared, in no order.
    pub fn known_names(&self) -> impl Iterator<Item = (EntityKind, &str)> {
        let users = self.users.iter().flat_map(|u| u.0.keys());
        let hosts = self.hosts.iter().flat_map(|h| &h.records);
        let repos = self.repos.iter().flatten();
        users
            .map(|name| (EntityKind::User, name.as_str()))
            .chain(hosts.filter_map(|h| Some((EntityKind::Host, h.name.as_deref()?))))
            .chain(repos.map(|r| (EntityKind::Repo, r.name.as_str())))
            .chain(
                self.sanctioned
                    .iter()
                    .map(|d| (EntityKind::Destination, d.name.as_str())),
            )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_record_of_a_host_wins() {
        let record = |name: Option<&str>, address: Option<&str>, owner: &str| HostRecord {
            name: name.map(str::to_owned),
            address: address.map(|a| a.parse().unwrap()),
            owner: Some(owner.to_owned()),
            class: None,
            since: None,
        };
        let hosts: Hosts = [
            record(Some("Alpha"), None, "first"),
            record(None, Some("10.0.0.1"), "second"),
            record(Some("alpha"), Some("10.0.0.1"), "third"),
        ]
        .into_iter()
        .collect();
        let owner = |name, address: Option<&str>| {
            let found = hosts.find(name, address.map(|a| a.parse().unwrap()));
            found.and_then(|r| r.owner.clone())
        };
        assert_eq!(owner(Some("ALPHA"), Some("10.0.0.1")).unwrap(), "first");
        assert_eq!(owner(Some("beta"), Some("10.0.0.1")).unwrap(), "second");
        assert_eq!(owner(Some("beta"), None), None);
    }

    #[test]
    fn ranges_compare_leading_bits_of_one_family() {
        let range = |network: &str, prefix| AddressRange {
            network: network.parse().unwrap(),
            prefix,
            owner: None,
            class: None,
            since: None,
        };
        let inside = |r: &AddressRange, a: &str| r.contains(a.parse().unwrap());
        assert!(inside(&range("10.1.0.0", 16), "10.1.255.3"));
        assert!(!inside(&range("10.1.0.0", 16), "10.2.0.1"));
        assert!(inside(&range("0.0.0.0", 0), "203.0.113.9"));
        assert!(!inside(&range("0.0.0.0", 0), "2001:db8::1"));
        assert!(inside(&range("2001:db8::", 32), "2001:db8:1::1"));
    }
}
