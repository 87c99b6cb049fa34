//! `data/inventory.toml`: what the company knows about itself.

use super::toml_file::Moment;
use super::{files, toml_file};
use crate::diagnostic::{Diagnostic, nearest, position};
use crate::model::{
    AddressRange, Consequence, HostRecord, Inventory, KeyRecord, PathClass, PathRecord, RepoRecord,
    Sanctioned, UserRecord,
};
use serde::Deserialize;
use std::net::IpAddr;
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    updated: Option<toml::value::Datetime>,
    users: Option<Vec<User>>,
    hosts: Option<Vec<Host>>,
    #[serde(default)]
    ranges: Vec<Range>,
    keys: Option<Vec<Key>>,
    repos: Option<Vec<Repo>>,
    #[serde(default)]
    paths: Vec<PathEntry>,
    #[serde(default)]
    destinations: Destinations,
    #[serde(default)]
    policy: Policy,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct User {
    name: String,
    team: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Host {
    name: Option<String>,
    address: Option<IpAddr>,
    owner: Option<String>,
    class: Option<String>,
    since: Option<Moment>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Range {
    cidr: String,
    owner: Option<String>,
    class: Option<String>,
    since: Option<Moment>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    #[serde(alias = "hint", alias = "fingerprint")]
    name: String,
    owner: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    since: Option<Moment>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Repo {
    name: String,
    class: Option<String>,
    consequence: Option<String>,
    why: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PathEntry {
    repo: Option<String>,
    pattern: String,
    class: String,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Destinations {
    sanctioned: Vec<Destination>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Destination {
    Name(String),
    Since(DestinationSince),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DestinationSince {
    name: String,
    since: Moment,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Policy {
    models: Option<Vec<String>>,
    agents: Option<Vec<String>>,
}

/// Reads the inventory; an empty one when the site has none.
pub fn read(root: &Path, label: &str) -> Result<Inventory, Diagnostic> {
    let path = root.join(label);
    if !path.exists() {
        return Ok(Inventory::default());
    }
    let text = files::read_text(&path).map_err(|e| files::unreadable(label, &e))?;
    parse(label, &text)
}

/// Types the text of an inventory.
pub fn parse(label: &str, text: &str) -> Result<Inventory, Diagnostic> {
    let file: File = toml_file::parse(label, text)?;
    let typing = Typing { label, text };
    let ranges = file.ranges.into_iter().map(|r| typing.range(r));
    let paths = file.paths.into_iter().map(|p| typing.path(p));
    let repos = |all: Vec<Repo>| all.into_iter().map(|r| typing.repo(r)).collect();
    let hosts = |all: Vec<Host>| all.into_iter().map(|h| typing.host(h)).collect();
    let keys = |all: Vec<Key>| all.into_iter().map(|k| typing.key(k)).collect();
    let sanctioned = file.destinations.sanctioned.into_iter();
    let sanctioned = sanctioned.map(|d| typing.destination(d));
    Ok(Inventory {
        updated: file.updated.map(|d| d.to_string()),
        users: file.users.map(|all| all.into_iter().map(user).collect()),
        hosts: file.hosts.map(hosts).transpose()?,
        ranges: ranges.collect::<Result<_, _>>()?,
        keys: file.keys.map(keys).transpose()?,
        repos: file.repos.map(repos).transpose()?,
        paths: paths.collect::<Result<_, _>>()?,
        sanctioned: sanctioned.collect::<Result<_, _>>()?,
        models: file.policy.models,
        agents: file.policy.agents,
    })
}

fn user(u: User) -> UserRecord {
    UserRecord {
        name: u.name,
        team: u.team,
    }
}

/// Types the entries that can be wrong, and says where they stand.
struct Typing<'a> {
    label: &'a str,
    text: &'a str,
}

impl Typing<'_> {
    fn wrong(&self, value: &str, message: String, mend: &str) -> Diagnostic {
        let diagnostic = Diagnostic::error(self.label, message, mend);
        match self.text.find(&format!("\"{value}\"")) {
            Some(offset) => {
                let (line, column) = position(self.text.as_bytes(), offset);
                diagnostic.at(line, column)
            }
            None => diagnostic,
        }
    }

    fn unknown_word(&self, value: &str, what: &str, known: &[&str]) -> Diagnostic {
        let mend = nearest(value, known.iter().copied()).map_or_else(
            || format!("use one of {}", known.join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        self.wrong(value, format!("`{value}` is not a {what}"), &mend)
    }

    fn consequence(&self, word: &str) -> Result<Consequence, Diagnostic> {
        Consequence::WORDS
            .iter()
            .find(|(w, _)| *w == word)
            .map(|(_, level)| *level)
            .ok_or_else(|| {
                self.unknown_word(word, "consequence", &Consequence::WORDS.map(|(w, _)| w))
            })
    }

    fn class(&self, word: &str) -> Result<Option<PathClass>, Diagnostic> {
        if word == "none" {
            return Ok(None);
        }
        let found = PathClass::WORDS.iter().find(|(w, _)| *w == word);
        found.map(|(_, class)| Some(*class)).ok_or_else(|| {
            let words = PathClass::WORDS.iter().map(|(w, _)| *w);
            let known: Vec<&str> = words.chain(["none"]).collect();
            self.unknown_word(word, "path class", &known)
        })
    }

    fn range(&self, r: Range) -> Result<AddressRange, Diagnostic> {
        let parsed = r.cidr.split_once('/').and_then(|(network, prefix)| {
            let network: IpAddr = network.parse().ok()?;
            let most = if network.is_ipv4() { 32 } else { 128 };
            let prefix = prefix.parse::<u8>().ok().filter(|p| *p <= most)?;
            Some((network, prefix))
        });
        let (network, prefix) = parsed.ok_or_else(|| {
            let message = format!("`{}` is not an address range", r.cidr);
            self.wrong(&r.cidr, message, "write it as 10.1.0.0/16")
        })?;
        Ok(AddressRange {
            network,
            prefix,
            since: self.since(r.since.as_ref())?,
            owner: r.owner,
            class: r.class,
        })
    }

    fn since(&self, since: Option<&Moment>) -> Result<Option<jiff::Timestamp>, Diagnostic> {
        let typed = |m: &Moment| {
            m.beginning().ok_or_else(|| {
                let message = "`since` is not a moment".to_owned();
                self.wrong(
                    &m.written(),
                    message,
                    "write 2026-11-30 or 2026-11-30T09:00:00Z",
                )
            })
        };
        since.map(typed).transpose()
    }

    fn host(&self, h: Host) -> Result<HostRecord, Diagnostic> {
        Ok(HostRecord {
            since: self.since(h.since.as_ref())?,
            name: h.name,
            address: h.address,
            owner: h.owner,
            class: h.class,
        })
    }

    fn key(&self, k: Key) -> Result<KeyRecord, Diagnostic> {
        Ok(KeyRecord {
            since: self.since(k.since.as_ref())?,
            name: k.name,
            owner: k.owner,
            tags: k.tags.into_iter().collect(),
        })
    }

    fn destination(&self, d: Destination) -> Result<Sanctioned, Diagnostic> {
        Ok(match d {
            Destination::Name(name) => Sanctioned { name, since: None },
            Destination::Since(d) => Sanctioned {
                since: self.since(Some(&d.since))?,
                name: d.name,
            },
        })
    }

    fn repo(&self, r: Repo) -> Result<RepoRecord, Diagnostic> {
        let consequence = r.consequence.as_deref().map(|word| self.consequence(word));
        Ok(RepoRecord {
            consequence: consequence.transpose()?,
            name: r.name,
            class: r.class,
            why: r.why,
        })
    }

    fn path(&self, p: PathEntry) -> Result<PathRecord, Diagnostic> {
        Ok(PathRecord {
            class: self.class(&p.class)?,
            repo: p.repo,
            pattern: p.pattern,
        })
    }
}
