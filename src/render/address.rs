//! Addresses: the one place that knows where pages go.
//!
//! An address is made of numbers, fixed words and slugs; nothing a session says
//! becomes a path as it is. Links are relative, so the site works from any
//! sub-path, from a bucket and from `file://`.

use super::html::Markup;
use super::pages::Link;
use crate::model::{EditionId, Entity, Text};
use crate::normalise::redact::formats;
use crate::relate::{Edition, Role};
use jiff::civil::Date;
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// Readable characters of a slug.
const READABLE: usize = 32;
/// Characters of the hash that makes a slug unique.
const HASHED: usize = 10;

/// A page or file of one edition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Leaf {
    /// One session; long timelines go on on further pages, from 1.
    Session(usize, usize),
    /// One entity, by its place in [`EntityPages`].
    Entity(usize),
    /// The redacted raw records.
    Records,
    /// The full listing, by page, from 1.
    Ledger(usize),
    /// The full listing as CSV.
    LedgerCsv,
    /// The full listing as JSON Lines.
    LedgerJsonl,
    /// The queue, by page, from 1.
    Queue(usize),
    /// What changed since the edition before.
    Changes,
    /// The brief as data.
    BriefJson,
    /// The brief.
    Brief,
}

/// A page of the site as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Root {
    /// How ranks are made.
    Method,
    /// The archive.
    Archive,
    /// Every edition of a month.
    Month(Month),
    /// The editions as a feed.
    Feed,
    /// What a server shows for an address that is not there.
    NotFound,
    /// The latest edition's listing.
    Ledger,
    /// The latest edition's queue.
    Queue,
    /// The latest edition's brief as data.
    BriefJson,
    /// The latest edition's brief.
    Index,
}

impl Root {
    /// The pages that every site has.
    pub const ALWAYS: [Self; 8] = [
        Self::Method,
        Self::Archive,
        Self::Feed,
        Self::NotFound,
        Self::Ledger,
        Self::Queue,
        Self::BriefJson,
        Self::Index,
    ];

    /// The page at a path, relative to the site. A month has one only when the archive has
    /// an edition of it.
    pub fn at(path: &str) -> Option<Self> {
        let always = Self::ALWAYS.into_iter().find(|root| root.path() == path);
        always.or_else(|| Month::at(path).map(Self::Month))
    }

    /// Where it is, relative to the site.
    pub fn path(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Month(month) => return Cow::Owned(month.path()),
            Self::Method => "method.html",
            Self::Archive => "archive.html",
            Self::Feed => "feed.xml",
            Self::NotFound => "404.html",
            Self::Ledger => "ledger.html",
            Self::Queue => "queue.html",
            Self::BriefJson => "brief.json",
            Self::Index => "index.html",
        })
    }
}

/// A month of UTC, as the archive has a page for it, and a manifest of its editions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Month(Date);

impl Month {
    /// The month of an edition.
    pub fn of(edition: EditionId) -> Self {
        let day = Offset::UTC.to_datetime(edition.taken_at()).date();
        Self(day.first_of_month())
    }

    /// The month that has its page at a path, if one has.
    pub fn at(path: &str) -> Option<Self> {
        let name = path.strip_prefix("archive-")?.strip_suffix(".html")?;
        Self::of_id(name).filter(|m| m.path() == path)
    }

    /// The month that an edition's id begins with.
    pub fn of_id(id: &str) -> Option<Self> {
        let first = format!("{}-01", id.get(..7)?);
        first.parse().ok().map(Self)
    }

    /// How many days it has.
    pub fn days(self) -> i8 {
        self.0.days_in_month()
    }

    /// Its year, and its number in it, from 1.
    pub fn in_year(self) -> (i16, i8) {
        (self.0.year(), self.0.month())
    }

    fn path(self) -> String {
        format!("archive-{self}.html")
    }

    /// Where the manifest of its editions is, relative to the site.
    pub fn manifest(self) -> String {
        format!("archive-{self}.manifest.json")
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

impl TryFrom<String> for Month {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let month = Self::of_id(&text).filter(|m| m.to_string() == text);
        month.ok_or("no month, such as 2026-11")
    }
}

/// `2026-11`
impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

/// Folder of the editions, relative to the site.
pub const EDITIONS: &str = "editions";

/// The folder of an edition, relative to the site, with a slash at its end.
pub fn edition_folder(id: EditionId) -> String {
    format!("{EDITIONS}/{id}/")
}

/// A readable and safe name: up to 32 characters of `[a-z0-9-]` from the name, then
/// ten of a hash over kind and name; only the hash where both together would look like a
/// secret.
pub fn slug(kind: &str, name: &str) -> String {
    let mut readable = String::with_capacity(READABLE);
    for c in name.chars() {
        if readable.len() == READABLE {
            break;
        }
        if c.is_ascii_alphanumeric() {
            readable.push(c.to_ascii_lowercase());
        } else if !readable.is_empty() && !readable.ends_with('-') {
            readable.push('-');
        }
    }
    let mut hasher = Sha256::new();
    hasher.update(kind);
    hasher.update([0]);
    hasher.update(name);
    let hash = data_encoding::BASE32_NOPAD
        .encode(&hasher.finalize())
        .to_ascii_lowercase();
    let readable = readable.trim_end_matches('-');
    let slug = match readable {
        "" => hash[..HASHED].to_owned(),
        readable => format!("{readable}-{}", &hash[..HASHED]),
    };
    // A name with a few characters more may look like a secret, which no file may.
    let as_file = format!("{slug}-10.html");
    if formats::secrets(as_file.as_bytes()).next().is_some() {
        hash[..HASHED].to_owned()
    } else {
        slug
    }
}

/// The entities of an edition that have a page.
#[derive(Debug)]
pub struct EntityPages {
    all: Vec<Entity>,
    places: HashMap<Entity, usize>,
    /// Path of each page, relative to the edition's folder: linked often, made once.
    paths: Vec<String>,
}

impl EntityPages {
    /// Identities and repositories always have one; files, destinations and
    /// tools when sessions share them or a lead touches them.
    pub fn of(edition: &Edition<'_>) -> Self {
        use crate::model::EntityKind::{Destination, File, Tool};
        let shown = |role: &Role| !matches!(role, Role::Background);
        let of_leads: HashSet<Entity> = (0..edition.roles.len())
            .filter(|i| shown(&edition.roles[*i]))
            .flat_map(|i| edition.facts(i).entities())
            .collect();
        let wanted = |e: &&Entity| {
            !matches!(e.kind, File | Destination | Tool)
                || edition.context.count(e) >= 2
                || of_leads.contains(*e)
        };
        let all: Vec<Entity> = edition
            .context
            .entities()
            .into_iter()
            .filter(wanted)
            .cloned()
            .collect();
        let places = all
            .iter()
            .cloned()
            .enumerate()
            .map(|(i, e)| (e, i))
            .collect();
        let path = |e: &Entity| {
            let kind = e.kind.word();
            format!("entity/{kind}/{}.html", slug(kind, e.name.untrusted()))
        };
        Self {
            paths: all.iter().map(path).collect(),
            all,
            places,
        }
    }

    /// Every entity with a page, in order.
    pub fn all(&self) -> &[Entity] {
        &self.all
    }
}

/// Knows the path of every page of an edition, and links to it from where a page stands.
pub struct Linker<'a> {
    edition: &'a Edition<'a>,
    entities: &'a EntityPages,
    slugs: &'a [Box<str>],
    /// What leads from the page to the edition's folder.
    to_edition: String,
    /// What leads from the page to the site's root.
    to_root: &'static str,
}

impl<'a> Linker<'a> {
    /// Links from a page this many folders below the edition's own (0: the brief, 1: a session, 2: an entity).
    pub fn inside(
        edition: &'a Edition<'a>,
        entities: &'a EntityPages,
        slugs: &'a [Box<str>],
        depth: usize,
    ) -> Self {
        let (to_edition, to_root) = match depth {
            0 => ("", "../../"),
            1 => ("../", "../../../"),
            _ => ("../../", "../../../../"),
        };
        Self {
            edition,
            entities,
            slugs,
            to_edition: to_edition.to_owned(),
            to_root,
        }
    }

    /// Links from a page at the site's root.
    pub fn at_root(
        edition: &'a Edition<'a>,
        entities: &'a EntityPages,
        slugs: &'a [Box<str>],
    ) -> Self {
        Self {
            edition,
            entities,
            slugs,
            to_edition: edition_folder(edition.id()),
            to_root: "",
        }
    }

    /// Path of a leaf, relative to the edition's folder.
    pub fn path(&self, leaf: Leaf) -> String {
        leaf_path(leaf, self.slugs, self.entities)
    }

    /// Link to a leaf of this edition.
    pub fn leaf(&self, leaf: Leaf) -> String {
        format!("{}{}", self.to_edition, self.path(leaf))
    }

    /// Link to a session's page.
    pub fn session(&self, session: usize) -> String {
        self.leaf(Leaf::Session(session, 1))
    }

    /// Link to an event (from 0) on its session's timeline.
    pub fn event(&self, session: usize, event: u32) -> String {
        let page = event as usize / super::pages::session::EVENTS_A_PAGE + 1;
        format!("{}#t{}", self.leaf(Leaf::Session(session, page)), event + 1)
    }

    /// Link to an entity's page, if it has one.
    pub fn entity(&self, entity: &Entity) -> Option<String> {
        self.entities
            .places
            .get(entity)
            .map(|place| self.leaf(Leaf::Entity(*place)))
    }

    /// The known name that an entity's looks like and is not.
    pub fn look_alike(&self, entity: &Entity) -> Option<&Text> {
        self.edition.context.look_alike(entity)
    }

    /// Link to the page of a lead, by its session's id.
    pub fn lead(&self, session: &Text) -> Option<Link> {
        Some(Link {
            href: self.session(self.edition.lead_called(session)?),
            text: Markup::value(session),
        })
    }

    /// Link to a page of the site.
    pub fn root(&self, root: Root) -> String {
        format!("{}{}", self.to_root, root.path())
    }

    /// The way from the page to the site's root; empty on pages that lie there.
    pub fn to_root(&self) -> &'a str {
        self.to_root
    }

    /// Link to another edition's brief.
    pub fn edition(&self, id: EditionId) -> String {
        format!("{}{}index.html", self.to_root, edition_folder(id))
    }

    /// Link to the queue of another edition. Nothing leads deeper into another one, so that
    /// its pages may be dropped some day.
    pub fn queue_in(&self, id: EditionId) -> String {
        format!("{}{}queue.html", self.to_root, edition_folder(id))
    }

    /// Link to an asset by its published name.
    pub fn asset(&self, name: &str) -> String {
        format!("{}assets/{name}", self.to_root)
    }

    /// The edition the links are for.
    pub fn of(&self) -> &'a Edition<'a> {
        self.edition
    }
}

/// Path of a leaf, relative to the edition's folder.
pub fn leaf_path(leaf: Leaf, slugs: &[Box<str>], entities: &EntityPages) -> String {
    let paged = |name: &str, page: usize| match page {
        1 => format!("{name}.html"),
        n => format!("{name}-{n}.html"),
    };
    match leaf {
        Leaf::Session(index, page) => format!("session/{}", paged(&slugs[index], page)),
        Leaf::Entity(place) => entities.paths[place].clone(),
        Leaf::Records => "records.jsonl".to_owned(),
        Leaf::Ledger(page) => paged("ledger", page),
        Leaf::LedgerCsv => "ledger.csv".to_owned(),
        Leaf::LedgerJsonl => "ledger.jsonl".to_owned(),
        Leaf::Queue(page) => paged("queue", page),
        Leaf::Changes => "changes.html".to_owned(),
        Leaf::BriefJson => "brief.json".to_owned(),
        Leaf::Brief => "index.html".to_owned(),
    }
}

/// The slug of every session of an edition.
pub fn session_slugs(edition: &Edition<'_>) -> Vec<Box<str>> {
    let of = |f: &crate::assess::Facts| match f.ordinal {
        0 => slug("session", f.id.untrusted()),
        // A second record of the same id is another page.
        n => slug(&format!("session {n}"), f.id.untrusted()),
    };
    edition
        .reading
        .facts
        .iter()
        .map(|f| of(f).into_boxed_str())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn slugs_are_readable() {
        let s = slug("session", "sess_01XFa9q/../../x");
        assert!(s.starts_with("sess-01xfa9q-x-"), "{s}");
        assert_ne!(slug("user", "a"), slug("host", "a"));
        assert_ne!(slug("user", "a b"), slug("user", "a-b"));
    }

    proptest! {
        #[test]
        fn slugs_are_safe(kind in "[a-z]{1,8}", name in any::<String>()) {
            let s = slug(&kind, &name);
            prop_assert!(s.len() <= READABLE + 1 + HASHED);
            prop_assert!(s.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
            prop_assert!(!s.starts_with('-') && !s.ends_with('-'));
        }
    }
}
