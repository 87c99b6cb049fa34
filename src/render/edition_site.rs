//! The plan of one edition and the function from its addresses to bytes.

use super::address::{EntityPages, Leaf, Linker, Root, edition_folder, leaf_path, session_slugs};
use super::fault::shield;
use super::pages::{
    archive, brief, brief_data, changes, entity, feed, ledger, method, not_found, queue, session,
};
use super::theme::Theme;
use crate::digest::Sha256Sum;
use crate::model::EditionId;
use crate::reading::Read;
use crate::relate::Edition;
use crate::source::content::Content;
use anyhow::Result;
use serde::{Deserialize, Serialize};
use std::io::Write;

/// What every page needs to know of the site.
pub struct SiteText<'a> {
    /// Name of the company or team.
    pub title: &'a str,
    /// Prose of the company.
    pub content: &'a Content,
    /// Templates and assets.
    pub theme: &'a Theme,
}

/// Where an edition stands among the others, and what it replaced.
#[derive(Clone, Debug, Default)]
pub struct Provenance {
    /// What it follows.
    pub follows: Follows,
    /// Digest of the inventory it is judged by; absent without one.
    pub inventory: Option<Sha256Sum>,
    /// What it replaced, the oldest first.
    pub revisions: Vec<Revision>,
}

/// What an edition follows in the chain of published ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Follows {
    /// Nothing is known of it: the edition is looked at, not published.
    #[default]
    Unknown,
    /// It is the first.
    Nothing,
    /// The edition with this seal.
    Sealed(Sha256Sum),
}

/// A published edition that another one of the same moment took the place of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// Digest of all its files, its brief before that tells what it follows and replaced.
    pub was: Sha256Sum,
    /// The same of what took its place.
    pub now: Sha256Sum,
    /// Why.
    pub why: String,
}

/// One edition as the archive lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// Its id.
    pub id: EditionId,
    /// Its headline.
    pub headline: String,
    /// Its bottom line as plain text.
    pub bottom_line: String,
    /// Leads.
    pub leads: usize,
    /// All sessions.
    pub sessions: usize,
    /// Sensitive files touched.
    pub touched: usize,
    /// Kinds of entities through which a lead is linked to another session.
    pub links: usize,
    /// Total cost.
    pub cost: crate::model::Money,
}

/// One edition's pages.
pub struct EditionSite<'a> {
    /// What is shown.
    pub edition: &'a Edition<'a>,
    /// How it is shown.
    pub text: &'a SiteText<'a>,
    /// Where it stands.
    pub provenance: Provenance,
    entities: EntityPages,
    slugs: Vec<Box<str>>,
}

impl<'a> EditionSite<'a> {
    /// Plans an edition.
    pub fn new(edition: &'a Edition<'a>, text: &'a SiteText<'a>, provenance: Provenance) -> Self {
        Self {
            edition,
            text,
            provenance,
            entities: EntityPages::of(edition),
            slugs: session_slugs(edition),
        }
    }

    /// The folder of the edition, relative to the site, with a slash at its end.
    pub fn folder(&self) -> String {
        edition_folder(self.edition.id())
    }

    /// Path of a leaf, relative to the edition's folder.
    pub fn path(&self, leaf: Leaf) -> String {
        leaf_path(leaf, &self.slugs, &self.entities)
    }

    /// Every address that does not need a session's events, the brief last.
    pub fn leaves(&self) -> Vec<Leaf> {
        let mut leaves: Vec<Leaf> = (0..self.entities.all().len()).map(Leaf::Entity).collect();
        leaves.extend((1..=ledger::pages(self.edition)).map(Leaf::Ledger));
        leaves.extend((1..=queue::pages(self.edition)).map(Leaf::Queue));
        leaves.extend([
            Leaf::LedgerCsv,
            Leaf::LedgerJsonl,
            Leaf::Changes,
            Leaf::BriefJson,
            Leaf::Brief,
        ]);
        leaves
    }

    /// What stands at a path, relative to the edition's folder.
    pub fn leaf_at(&self, path: &str) -> Option<Leaf> {
        let is_it = |leaf: &Leaf| self.path(*leaf) == path;
        if path.starts_with("session/") {
            let mut sessions = (0..self.slugs.len())
                .flat_map(|i| Self::session_leaves(i, self.edition.facts(i).events as usize));
            return sessions.find(is_it);
        }
        let mut rest = self.leaves().into_iter().chain([Leaf::Records]);
        rest.find(is_it)
    }

    /// The addresses of a session with this many events.
    pub fn session_leaves(index: usize, events: usize) -> impl Iterator<Item = Leaf> {
        (1..=session::pages(events)).map(move |page| Leaf::Session(index, page))
    }

    /// Links from a page this many folders below the edition's own.
    pub fn linker(&self, depth: usize) -> Linker<'_> {
        Linker::inside(self.edition, &self.entities, &self.slugs, depth)
    }

    /// Links from a page at the site's root.
    pub fn root_linker(&self) -> Linker<'_> {
        Linker::at_root(self.edition, &self.entities, &self.slugs)
    }

    /// Renders a leaf. Listings are written row by row.
    pub fn render(&self, leaf: Leaf, out: &mut dyn Write) -> Result<()> {
        shield(&self.path(leaf), || self.make(leaf, out))
    }

    fn make(&self, leaf: Leaf, out: &mut dyn Write) -> Result<()> {
        let page = match leaf {
            Leaf::Entity(place) => {
                entity::page(&self.linker(2), self.text, &self.entities.all()[place])?
            }
            Leaf::Ledger(page) => ledger::page(&self.linker(0), self.text, page)?,
            Leaf::Queue(page) => queue::page(&self.linker(0), self.text, page)?,
            Leaf::Changes => changes::page(&self.linker(0), self.text)?,
            Leaf::Brief => brief::page(&self.linker(0), self.text, &self.provenance)?,
            Leaf::BriefJson => brief_data::json(&self.linker(0))?,
            Leaf::LedgerCsv => return ledger::csv(&self.linker(0), out),
            Leaf::LedgerJsonl => return ledger::jsonl(&self.linker(0), out),
            Leaf::Session(..) | Leaf::Records => {
                anyhow::bail!("a session's page is made from its events")
            }
        };
        Ok(out.write_all(&page)?)
    }

    /// Renders a page of a session from its events.
    pub fn render_session(&self, read: &Read, page: usize) -> Result<Vec<u8>> {
        let path = self.path(Leaf::Session(read.index, page));
        shield(&path, || {
            session::page(&self.linker(1), self.text, read, page)
        })
    }

    /// Renders a page of the site. This edition is the latest one.
    pub fn render_root(&self, root: Root, listings: &[Listing]) -> Result<Vec<u8>> {
        shield(&root.path(), || self.make_root(root, listings))
    }

    fn make_root(&self, root: Root, listings: &[Listing]) -> Result<Vec<u8>> {
        let linker = self.root_linker();
        match root {
            Root::Index => brief::page(&linker, self.text, &self.provenance),
            Root::BriefJson => brief_data::json(&linker),
            Root::Queue => queue::page(&linker, self.text, 1),
            Root::Ledger => ledger::page(&linker, self.text, 1),
            Root::Archive => archive::page(&linker, self.text, listings),
            Root::Month(month) => archive::month(&linker, self.text, listings, month),
            Root::Feed => feed::page(&linker, self.text, listings),
            Root::Method => method::page(&linker, self.text),
            Root::NotFound => not_found::page(&linker, self.text),
        }
    }

    /// How the archive lists this edition.
    pub fn listing(&self) -> Listing {
        let edition = self.edition;
        Listing {
            id: edition.id(),
            headline: brief::headline(edition),
            bottom_line: brief::bottom_line_text(edition),
            leads: edition.leads.len(),
            sessions: edition.reading.facts.len(),
            touched: edition.touched.files,
            links: edition.links.kinds.len(),
            cost: edition.total_cost(),
        }
    }
}
