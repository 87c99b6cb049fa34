//! A site to look at: held in memory, any page of it made when it is asked for.
//!
//! Nothing is published, so an edition says that it is a preview where a published one
//! tells its place in the chain of seals. All else is what a build into an empty folder
//! would write, as long as nothing else was declared when earlier editions were judged.

use crate::assess::signals::Weights;
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::{Dispositions, EditionId};
use crate::reading;
use crate::relate::Edition;
use crate::render::address::{EDITIONS, Month};
use crate::render::trimmed;
use crate::render::{EditionSite, Leaf, Listing, Provenance, Root, SiteText};
use crate::site::{LISTINGS, Listings, PREVIEWED, Site};
use crate::source::files;
use crate::store::{self, Store};
use crate::walk::{Given, Walked};
use anyhow::{Context, Result, anyhow};
use std::cell::RefCell;
use std::path::Path;
use tempfile::TempPath;

/// One good state of a site.
pub struct Preview {
    site: Site,
    latest: Latest,
    /// What the archive lists of the editions before the latest.
    earlier: Listings,
}

/// What the latest edition is judged from.
struct Latest {
    given: Given<'static>,
    dispositions: Dispositions,
    weights: Weights,
    diagnostics: Vec<Diagnostic>,
    /// The snapshot as it was read: pages of sessions are made from it long after, when
    /// the file itself may be half written.
    _snapshot: TempPath,
}

/// What a change makes of a preview. What it leaves out stays as it is.
pub struct Next {
    site: Site,
    read: Option<(Latest, Listings)>,
    /// What had to be done for it.
    pub work: Work,
}

/// What had to be done for a preview.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Only what pages are made with changed.
    Look,
    /// The latest edition was judged, and this many before it.
    Editions(usize),
}

impl Preview {
    /// Loads a site, going on from what is known of it. Mistakes come back together; a
    /// preview that stood before goes on standing.
    pub fn load(
        root: &Path,
        before: Option<&Showing<'_>>,
        progress: &dyn Fn(EditionId, usize, usize),
    ) -> Result<Result<Next, Vec<Diagnostic>>> {
        let store = Store::write(root);
        let loaded = match before {
            Some(before) => before.site.reload(store),
            None => Site::load(root, store),
        };
        let mut site = match loaded {
            Ok(site) => site,
            Err(mistakes) => return Ok(Err(mistakes)),
        };
        if site.snapshots.is_empty() {
            return Ok(Err(vec![nothing_to_show(&site)]));
        }
        let next = match before.filter(|b| b.stands_for(&site)) {
            Some(before) if before.latest.stands_in(&site) => Ok((None, Work::Look)),
            Some(_) => Ok((None, Work::Editions(0))),
            None => read(&site, before, progress)?.map(|(read, work)| (Some(read), work)),
        };
        // Nobody else is kept from the store while somebody looks at pages.
        site.store = Store::nothing();
        Ok(next.map(|(read, work)| Next { site, read, work }))
    }

    /// The preview after a change.
    pub fn after(before: Option<Self>, next: Next) -> Option<Self> {
        let (latest, earlier) = if let Some(read) = next.read {
            read
        } else {
            let before = before?;
            let latest = Latest {
                dispositions: next.site.dispositions.clone(),
                weights: next.site.weights.clone(),
                ..before.latest
            };
            (latest, before.earlier)
        };
        Some(Self {
            site: next.site,
            latest,
            earlier,
        })
    }

    /// Judges the latest edition, and has it shown.
    pub fn judge<R>(&mut self, show: impl FnOnce(&mut Judged<'_>) -> R) -> R {
        let Latest {
            given,
            dispositions,
            weights,
            ..
        } = &self.latest;
        let edition = given.edition(dispositions, weights);
        show(&mut Judged {
            edition: &edition,
            latest: &self.latest,
            site: &mut self.site,
            earlier: &self.earlier,
        })
    }
}

impl Latest {
    /// Whether it would be judged the same in another state of the site.
    fn stands_in(&self, site: &Site) -> bool {
        self.dispositions == site.dispositions && self.weights == site.weights
    }
}

/// A preview whose latest edition is judged. To judge it costs much more than to show it in
/// other words, so that happens only when it is judged by something else.
pub struct Judged<'a> {
    edition: &'a Edition<'a>,
    latest: &'a Latest,
    site: &'a mut Site,
    earlier: &'a Listings,
}

impl Judged<'_> {
    /// Shows it as the site is now.
    pub fn show<R>(&self, look: impl FnOnce(&Showing<'_>) -> R) -> R {
        let text = self.site.text();
        let pages = EditionSite::new(self.edition, &text, provenance(self.site));
        let known = self.earlier.all().iter().cloned();
        let listings = known.chain([pages.listing()]).collect();
        look(&Showing {
            site: self.site,
            latest: self.latest,
            earlier: self.earlier,
            text: &text,
            pages,
            listings,
            older: RefCell::new(None),
        })
    }

    /// Takes a change that leaves the latest edition as it is judged; any other one comes
    /// back.
    pub fn take(&mut self, next: Next) -> Option<Next> {
        if next.work != Work::Look {
            return Some(next);
        }
        *self.site = next.site;
        None
    }
}

fn provenance(site: &Site) -> Provenance {
    Provenance {
        inventory: site.inventory_digest,
        ..Provenance::default()
    }
}

/// What reading a site comes to: what its latest edition is judged from, what the archive
/// lists of those before, and what had to be done for it.
type Read = ((Latest, Listings), Work);

fn read(
    site: &Site,
    before: Option<&Showing<'_>>,
    progress: &dyn Fn(EditionId, usize, usize),
) -> Result<Result<Read, Vec<Diagnostic>>> {
    let count = site.snapshots.len();
    let latest = count - 1;
    let mut earlier = known(site, before);
    let known = earlier.all().len();
    // The state before the latest edition may still be at hand.
    let at_hand = before.filter(|b| {
        let chain_before = |site: &Site| site.snapshots.iter().rev().nth(1).map(|t| t.chain);
        chain_before(b.site) == chain_before(site) && known == latest
    });
    let new = latest - known;
    let mut walked = match at_hand {
        Some(before) => {
            let mut walked = Walked::default();
            walked.state = Some(before.latest.given.before().clone());
            walked
        }
        None => site.walk_over(&site.store, known..latest, |step| {
            progress(step.taken.id, step.place + 1, count);
            let text = site.text();
            let pages = EditionSite::new(step.edition, &text, Provenance::default());
            earlier.push(step.taken, pages.listing());
            Ok(())
        })?,
    };
    let mut diagnostics = std::mem::take(&mut walked.diagnostics);
    let Some(state) = walked.state.take() else {
        return Ok(Err(diagnostics));
    };
    let taken = &site.snapshots[latest];
    let snapshot = match store::copy(&site.root, &taken.path) {
        Ok(copy) => copy,
        Err(e) => return Ok(Err(vec![files::unreadable(&taken.label, &e.into())])),
    };
    let Some(present) = site.present(&snapshot, latest, &mut diagnostics)? else {
        return Ok(Err(diagnostics));
    };
    let given = present.after(state).into_owned();
    if at_hand.is_none() {
        // What cannot be kept costs the next start time, and nothing else.
        let _ = site.remember(walked, |additions| additions.put(PREVIEWED, &earlier));
    }
    let latest = Latest {
        given,
        dispositions: site.dispositions.clone(),
        weights: site.weights.clone(),
        diagnostics,
        _snapshot: snapshot,
    };
    Ok(Ok(((latest, earlier), Work::Editions(new))))
}

/// What is known of the editions before the latest, as far as their history is the same.
fn known(site: &Site, before: Option<&Showing<'_>>) -> Listings {
    let of = |listings: Listings| listings.of(&site.snapshots[..site.snapshots.len() - 1]);
    let at_hand = before.map_or_else(Listings::default, |b| of(b.earlier.clone()));
    if at_hand.all().len() + 1 == site.snapshots.len() {
        return at_hand;
    }
    // The last of equals is taken: what was published.
    let stored = [PREVIEWED, LISTINGS].map(|name| of(site.store.get(name).unwrap_or_default()));
    let all = [at_hand].into_iter().chain(stored);
    all.max_by_key(|l| l.all().len()).unwrap_or_default()
}

fn nothing_to_show(site: &Site) -> Diagnostic {
    let mend = "write one there, or run `daybrief snapshot claude-code`";
    Diagnostic::error(&site.config.snapshots, "there is no snapshot here", mend)
}

/// A preview while it is looked at.
pub struct Showing<'a> {
    site: &'a Site,
    latest: &'a Latest,
    earlier: &'a Listings,
    text: &'a SiteText<'a>,
    pages: EditionSite<'a>,
    listings: Vec<Listing>,
    /// What an edition before the latest is judged from: the one that was asked for last.
    older: RefCell<Option<(usize, Given<'static>)>>,
}

impl Showing<'_> {
    /// Whether its latest edition is judged from the same as a site's would be, but for what
    /// people decided and weighed.
    fn stands_for(&self, site: &Site) -> bool {
        let latest = |site: &Site| site.snapshots.last().map(|t| (t.chain, t.label.clone()));
        latest(self.site) == latest(site) && self.site.inventory_digest == site.inventory_digest
    }

    /// The latest edition.
    pub fn edition(&self) -> &Edition<'_> {
        self.pages.edition
    }

    /// How many editions there are.
    pub fn editions(&self) -> usize {
        self.listings.len()
    }

    /// Everything worth telling about it.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let mut all = self.latest.diagnostics.clone();
        all.extend(self.site.about_nothing(self.edition()));
        all.extend(self.site.expired());
        all
    }

    /// Published and plain name of each asset.
    pub fn assets(&self) -> impl Iterator<Item = (&str, &str)> {
        self.text.theme.assets_by_name()
    }

    /// The page or file at a path relative to the site; nothing where the plan has none.
    pub fn page(&self, path: &str) -> Result<Option<Vec<u8>>> {
        if let Some(name) = path.strip_prefix("assets/") {
            let mut assets = self.text.theme.assets();
            let asset = assets.find(|(published, _)| *published == name);
            return Ok(asset.map(|(_, bytes)| bytes.to_vec()));
        }
        let inside = path
            .strip_prefix(EDITIONS)
            .and_then(|p| p.strip_prefix('/'));
        match inside.and_then(|p| p.split_once('/')) {
            Some((edition, path)) => self.in_edition(edition, path),
            None => self.of_site(path),
        }
    }

    fn of_site(&self, path: &str) -> Result<Option<Vec<u8>>> {
        let is_empty = |month: Month| !self.listings.iter().any(|l| Month::of(l.id) == month);
        match Root::at(path) {
            None => Ok(None),
            Some(Root::Month(month)) if is_empty(month) => Ok(None),
            Some(root) => self.pages.render_root(root, &self.listings).map(Some),
        }
    }

    fn in_edition(&self, edition: &str, path: &str) -> Result<Option<Vec<u8>>> {
        let site = self.site;
        let Some(place) = site.snapshots.iter().position(|t| t.name == edition) else {
            return Ok(None);
        };
        if place + 1 == site.snapshots.len() {
            return leaf(&self.pages, &self.latest.given, path);
        }
        let mut older = self.older.borrow_mut();
        if older.as_ref().is_none_or(|(at, _)| *at != place) {
            *older = Some((place, given(site, place)?));
        }
        let Some((_, given)) = older.as_ref() else {
            return Ok(None);
        };
        let keeps_pages =
            site.config.archive.pages_for.is_none() || site.keeps_pages(&site.snapshots[place]);
        if !keeps_pages && !trimmed::is_kept(path) {
            return Ok(None);
        }
        let edition = given.edition(&site.dispositions, &site.weights);
        let pages = EditionSite::new(&edition, self.text, provenance(self.site));
        let page = leaf(&pages, given, path)?;
        Ok(page.map(|bytes| {
            if keeps_pages {
                bytes
            } else {
                trimmed::trimmed(path, &bytes)
            }
        }))
    }

    /// Tries templates before they take the place of those that are shown: one may be well
    /// formed and still fail where it is used. Those that were tried are not tried again.
    pub fn can_be_shown_with(&self, next: Next, were_tried: bool) -> Result<Next, Vec<Diagnostic>> {
        let theme = &next.site.theme;
        if were_tried && theme.templates_digest == self.text.theme.templates_digest {
            return Ok(next);
        }
        let mistakes = self.mistakes_of(&next.site);
        if mistakes.is_empty() {
            Ok(next)
        } else {
            Err(mistakes)
        }
    }

    /// What is wrong with the theme that is shown.
    pub fn mistakes(&self) -> Vec<Diagnostic> {
        self.mistakes_of(self.site)
    }

    fn mistakes_of(&self, site: &Site) -> Vec<Diagnostic> {
        let text = site.text();
        let pages = EditionSite::new(self.edition(), &text, provenance(self.site));
        let theme = format!("themes/{}", site.config.theme);
        let unknown = |e| Diagnostic::error(&theme, format!("{e:#}"), "");
        let tried = self.try_each_kind(&pages);
        let mistake = |e: anyhow::Error| e.downcast().unwrap_or_else(unknown);
        tried.err().map(mistake).into_iter().collect()
    }

    fn try_each_kind(&self, pages: &EditionSite<'_>) -> Result<()> {
        let month = Root::Month(Month::of(self.edition().id()));
        for root in Root::ALWAYS.into_iter().chain([month]) {
            pages.render_root(root, &self.listings)?;
        }
        let sessions = self.edition().leads.first().copied();
        let session = sessions.or((!self.edition().roles.is_empty()).then_some(0));
        let mut leaves = pages.leaves().into_iter();
        let entity = leaves.find(|l| matches!(l, Leaf::Entity(_)));
        let session = session.map(|index| Leaf::Session(index, 1));
        for kind in [Some(Leaf::Changes), session, entity].into_iter().flatten() {
            leaf(pages, &self.latest.given, &pages.path(kind))?;
        }
        Ok(())
    }
}

/// What an edition before the latest is judged from.
fn given(site: &Site, place: usize) -> Result<Given<'static>> {
    let store = Store::read(&site.root);
    let mut walked = site.walk_over(&store, place..place, |_| Ok(()))?;
    let state = walked.state.take();
    let mut diagnostics = walked.diagnostics;
    let given = match state {
        Some(state) => {
            let path = &site.snapshots[place].path;
            let present = site.present(path, place, &mut diagnostics)?;
            present.map(|present| present.after(state))
        }
        None => None,
    };
    given.map(Given::into_owned).ok_or_else(|| {
        let mistake = diagnostics.iter().find(|d| d.severity == Severity::Error);
        let words = mistake.map_or_else(String::new, |d| format!("{}: {}", d.place(), d.message));
        anyhow!("the edition cannot be read: {words}")
    })
}

/// The page or file of an edition at a path relative to it.
fn leaf(pages: &EditionSite<'_>, given: &Given<'_>, path: &str) -> Result<Option<Vec<u8>>> {
    let Some(leaf) = pages.leaf_at(path) else {
        return Ok(None);
    };
    let mut bytes = Vec::new();
    match leaf {
        Leaf::Records => reading::sessions(&given.file, &given.reading, |batch| {
            for read in batch {
                bytes.extend(read.raw);
                bytes.push(b'\n');
            }
            Ok(())
        })?,
        Leaf::Session(index, page) => {
            let read = reading::session(&given.file, &given.reading, index)?;
            let read = read.context("the snapshot changed while it was looked at")?;
            bytes = pages.render_session(&read, page)?;
        }
        _ => pages.render(leaf, &mut bytes)?,
    }
    Ok(Some(bytes))
}
