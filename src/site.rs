//! A site on disk: everything but the sessions in its snapshots.

use crate::assess::signals::{CATALOGUE, HIGHEST, RULES_VERSION, Weights};
use crate::diagnostic::{Diagnostic, nearest};
use crate::digest::Sha256Sum;
use crate::model::{Disposition, Dispositions, EditionId, Inventory};
use crate::normalise;
use crate::render::address::Month;
use crate::render::{Listing, SiteText, Theme};
use crate::source::config::{self, Config};
use crate::source::content::{self, Content};
use crate::source::snapshot;
use crate::source::{dispositions, files, inventory};
use crate::store::Store;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// Everything of a site but the sessions in its snapshots.
pub struct Site {
    /// Its folder.
    pub root: PathBuf,
    /// Its configuration.
    pub config: Config,
    /// What the company declared.
    pub inventory: Inventory,
    /// What people decided.
    pub dispositions: Dispositions,
    /// What each signal weighs.
    pub weights: Weights,
    /// Its prose.
    pub content: Content,
    /// Its look.
    pub theme: Theme,
    /// Its snapshots, the oldest first.
    pub snapshots: Vec<Taken>,
    /// What earlier builds worked out.
    pub store: Store,
    /// Digest of what all editions are judged and shown by.
    pub declared: Sha256Sum,
    /// Digest of the inventory, if there is one.
    pub inventory_digest: Option<Sha256Sum>,
}

/// One snapshot of a site.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The edition it makes.
    pub id: EditionId,
    /// The same as it is written.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
    /// Its name in diagnostics, relative to the site's root.
    pub label: String,
    /// What the file was when it was read.
    state: files::State,
    /// Digest of the file.
    pub digest: Sha256Sum,
    /// The same over this snapshot and every one before it: names its history.
    pub chain: Sha256Sum,
}

impl Site {
    /// Loads a site. Mistakes in any of its files come back together.
    pub fn load(root: &Path, store: Store) -> Result<Self, Vec<Diagnostic>> {
        let known: Vec<(String, Stamp)> = store.get(STAMPS).unwrap_or_default();
        Self::load_knowing(root, store, known)
    }

    /// Loads it once more: only what changed since is read again.
    pub fn reload(&self, store: Store) -> Result<Self, Vec<Diagnostic>> {
        Self::load_knowing(&self.root, store, self.stamps().collect())
    }

    /// What the snapshot files are, by their names; for the next time.
    pub fn stamps(&self) -> impl ExactSizeIterator<Item = (&str, Stamp)> {
        self.snapshots.iter().map(|taken| {
            let stamp = Stamp {
                state: taken.state,
                id: taken.id,
                digest: taken.digest,
            };
            (taken.label.as_str(), stamp)
        })
    }

    fn load_knowing(
        root: &Path,
        store: Store,
        known: Vec<(impl AsRef<str>, Stamp)>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut mistakes = Vec::new();
        let mut keep = |d: Diagnostic| mistakes.push(d);
        let config = config::read(root).map_err(&mut keep).unwrap_or_default();
        let inventory = inventory::read(root, &config.inventory)
            .map_err(&mut keep)
            .unwrap_or_default();
        let content = content::read(root).map_err(&mut keep).unwrap_or_default();
        let dispositions = dispositions::read(root, &CATALOGUE.map(|d| d.name))
            .map_err(&mut keep)
            .unwrap_or_default();
        let weights = weights(&config).map_err(&mut keep).unwrap_or_default();
        let theme = Theme::load(root, &config.theme).map_err(&mut keep).ok();
        if let Some(theme) = &theme
            && store.get(TEMPLATES) != Some(theme.templates_digest)
        {
            let _ = theme.check().map_err(&mut keep);
        }
        let snapshots = snapshots(root, &config.snapshots, known, &mut keep);
        let (Some(theme), true) = (theme, mistakes.is_empty()) else {
            return Err(mistakes);
        };
        let (declared, inventory_digest) = declared(root, &config, &theme);
        Ok(Self {
            root: root.to_owned(),
            config,
            inventory,
            dispositions,
            weights,
            content,
            theme,
            snapshots,
            store,
            declared,
            inventory_digest,
        })
    }

    /// Its snapshots by the month of their editions, the oldest first.
    pub fn by_month(&self) -> impl Iterator<Item = (Month, &[Taken])> {
        let of_one = |a: &Taken, b: &Taken| Month::of(a.id) == Month::of(b.id);
        let months = self.snapshots.chunk_by(of_one);
        months.map(|taken| (Month::of(taken[0].id), taken))
    }

    /// What pages need to know of the site.
    pub fn text(&self) -> SiteText<'_> {
        SiteText {
            title: &self.config.title,
            content: &self.content,
            theme: &self.theme,
        }
    }

    /// Whether an edition is young enough to have all of its pages; the latest always is.
    /// Without a limit those that were trimmed stay as they are.
    pub fn keeps_pages(&self, taken: &Taken) -> bool {
        let Some(latest) = self.snapshots.last() else {
            return true;
        };
        let age = latest.id.taken_at().duration_since(taken.id.taken_at());
        match self.config.archive.pages_for {
            Some(limit) => age <= limit.0,
            None => taken.id == latest.id,
        }
    }

    /// A note for each decision that is over by the latest edition.
    pub fn expired(&self) -> Vec<Diagnostic> {
        let Some(latest) = self.snapshots.last() else {
            return Vec::new();
        };
        let expired = self.dispositions.0.iter();
        let expired = expired.filter(|d| d.has_expired(latest.id.taken_at()));
        let note = |d: &Disposition| {
            let message = format!("this decision was in force until {}", d.until());
            Diagnostic::note(&d.file, message, "renew it, or remove the file")
        };
        expired.map(note).collect()
    }
}

/// Name in the store of the digest of templates that are well formed.
pub const TEMPLATES: &str = "templates";
/// Name of the stamps in the store.
pub const STAMPS: &str = "stamps";

/// What the archive lists of editions, the oldest first, each with the name of its history.
/// In the store the listings come first: they are the most, and one more moves none of them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Listings {
    listings: Vec<Listing>,
    histories: Vec<Sha256Sum>,
}

impl Listings {
    /// As many as are of the same history as these snapshots, the oldest first.
    #[must_use]
    pub fn of(mut self, snapshots: &[Taken]) -> Self {
        let both = self.histories.iter().zip(snapshots);
        let same = both.take_while(|(history, taken)| **history == taken.chain);
        let same = same.count().min(self.listings.len());
        self.histories.truncate(same);
        self.listings.truncate(same);
        self
    }

    /// Adds the one of a snapshot that comes after all of them.
    pub fn push(&mut self, taken: &Taken, listing: Listing) {
        self.histories.push(taken.chain);
        self.listings.push(listing);
    }

    /// Every one.
    pub fn all(&self) -> &[Listing] {
        &self.listings
    }
}

/// Name of the listings of published editions in the store.
pub const LISTINGS: &str = "listings";
/// Name of the seals of those editions in the store: a listing is of the edition with its seal.
pub const SEALS: &str = "seals";
/// Name of the listings of editions that were only looked at.
pub const PREVIEWED: &str = "previewed";

/// What a snapshot file was when it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    state: files::State,
    id: EditionId,
    digest: Sha256Sum,
}

/// Finds every snapshot, and opens those that are not known; two of one moment are an error.
fn snapshots(
    root: &Path,
    folder: &str,
    mut known: Vec<(impl AsRef<str>, Stamp)>,
    keep: &mut impl FnMut(Diagnostic),
) -> Vec<Taken> {
    known.sort_unstable_by(|(a, _), (b, _)| a.as_ref().cmp(b.as_ref()));
    let paths = match files::list(&root.join(folder)) {
        Ok(paths) => paths,
        Err(e) => {
            keep(files::unreadable(folder, &e));
            return Vec::new();
        }
    };
    let mut all: Vec<Taken> = Vec::with_capacity(paths.len());
    for path in paths.into_iter().filter(|p| is_snapshot_name(p)) {
        let label = files::label(root, &path);
        let at = known.binary_search_by(|(known, _)| known.as_ref().cmp(&label));
        let stamp = match stamp(root, &path, &label, at.ok().map(|at| &known[at].1)) {
            Ok(stamp) => stamp,
            Err(diagnostic) => {
                keep(diagnostic);
                continue;
            }
        };
        all.push(Taken {
            id: stamp.id,
            name: stamp.id.to_string(),
            path,
            label,
            state: stamp.state,
            digest: stamp.digest,
            chain: Sha256Sum::default(),
        });
    }
    all.sort_unstable_by(|a, b| (a.id, &a.label).cmp(&(b.id, &b.label)));
    for pair in all.windows(2).filter(|pair| pair[0].id == pair[1].id) {
        let message = format!("taken at the same moment as {}", pair[0].label);
        let mend = "keep one of the two, or correct taken_at";
        keep(Diagnostic::error(&pair[1].label, message, mend));
    }
    let mut history = Sha256::new();
    for taken in &mut all {
        history.update(taken.digest.0);
        taken.chain = Sha256Sum::so_far(&history);
    }
    all
}

/// What a snapshot file is: as it is known when nothing touched it since, else read anew.
fn stamp(
    root: &Path,
    path: &Path,
    label: &str,
    known: Option<&Stamp>,
) -> Result<Stamp, Diagnostic> {
    let unreadable = |e: anyhow::Error| files::unreadable(label, &e);
    let state = files::State::of(path).map_err(unreadable)?;
    if let Some(known) = known.filter(|k| k.state == state && state.is_settled()) {
        return Ok(*known);
    }
    let file = snapshot::open(root, path)?;
    let id = normalise::head(&file.label, &file.head)?.edition();
    let digest = files::digest(path).map_err(unreadable)?;
    Ok(Stamp { state, id, digest })
}

/// `*.json`, `*.jsonl`, and the same with `.gz` or `.zst`.
fn is_snapshot_name(path: &Path) -> bool {
    let name = path.as_os_str().as_encoded_bytes();
    let packed = [".gz", ".zst"]
        .iter()
        .find_map(|ending| before(name, ending));
    let plain = packed.unwrap_or(name);
    [".json", ".jsonl"]
        .iter()
        .any(|ending| before(plain, ending).is_some())
}

/// What stands before an ending, however that is written.
fn before<'n>(name: &'n [u8], ending: &str) -> Option<&'n [u8]> {
    let (before, end) = name.split_at_checked(name.len().checked_sub(ending.len())?)?;
    end.eq_ignore_ascii_case(ending.as_bytes())
        .then_some(before)
}

fn weights(config: &Config) -> Result<Weights, Diagnostic> {
    Weights::set(&config.weights).map_err(|name| {
        let names = CATALOGUE.map(|d| d.name);
        if names.contains(&name.as_str()) {
            let message = format!("weight of `{name}` is not between 0 and {HIGHEST:.0}");
            return Diagnostic::error(
                config::FILE,
                message,
                "the method page has the shipped ones",
            );
        }
        let mend = nearest(&name, names).map_or_else(
            || "the method page lists the signals".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        Diagnostic::error(config::FILE, format!("`{name}` is not a signal"), &mend)
    })
}

/// Digests of what all editions are judged and shown by, and of the inventory alone.
fn declared(root: &Path, config: &Config, theme: &Theme) -> (Sha256Sum, Option<Sha256Sum>) {
    let mut hasher = Sha256::new();
    hasher.update(format!(
        "{} {RULES_VERSION} {}\n",
        env!("CARGO_PKG_VERSION"),
        theme.digest
    ));
    let inventory = root.join(&config.inventory);
    let mut inputs = vec![root.join(config::FILE), inventory.clone()];
    inputs.extend(files::list(&root.join("content")).unwrap_or_default());
    for path in inputs.iter().filter(|p| p.exists()) {
        hasher.update(files::label(root, path));
        hasher.update(files::digest(path).unwrap_or_default().0);
    }
    (Sha256Sum::so_far(&hasher), files::digest(&inventory).ok())
}
