//! What stands in the output, and what of it a build may leave as it is.

use super::chain::Chain;
use super::manifest::{EditionManifest, Entry, Listed, ListedMonth, MonthManifest, SiteManifest};
use crate::digest::Sha256Sum;
use crate::model::EditionId;
use crate::render::address::{EDITIONS, Month, Root, edition_folder};
use crate::site::{Listings, Site, Taken};
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The published site.
pub(super) struct Published {
    out: PathBuf,
    /// Its months, each with its editions once somebody asked for them.
    months: BTreeMap<Month, (ListedMonth, OnceCell<Vec<Listed>>)>,
    /// The site's own files.
    pub(super) files: Vec<Entry>,
    /// Whether the site's manifest is there and says what stands.
    is_sound: bool,
    /// The months as it lists them, where it does not.
    listed_before: Vec<ListedMonth>,
    /// Names of the folders of editions, sorted.
    folders: Vec<String>,
}

impl Published {
    /// Looks at an output folder. Without the site's manifest, and when another build
    /// `broke_off` while it replaced things, those of the editions say what is there.
    pub(super) fn in_folder(out: &Path, broke_off: bool) -> Self {
        let manifest = SiteManifest::read(out);
        let mut published = Self {
            out: out.to_owned(),
            months: BTreeMap::new(),
            files: Vec::new(),
            is_sound: manifest.is_some() && !broke_off,
            listed_before: Vec::new(),
            folders: folders(out),
        };
        let mut listed = Vec::new();
        if let Some(manifest) = manifest {
            published.files = manifest.files;
            listed = manifest.months;
        }
        if published.is_sound {
            let unread = |m: ListedMonth| (m.month, (m, OnceCell::new()));
            published.months = listed.into_iter().map(unread).collect();
        } else {
            published.listed_before = listed;
            let found = published.found("", None);
            let of_month = |e: &Listed| Month::of_id(&e.edition);
            for editions in found.chunk_by(|a, b| of_month(a) == of_month(b)) {
                let month = of_month(&editions[0]).and_then(|m| ListedMonth::of(m, editions));
                if let Some(month) = month {
                    let read = OnceCell::from(editions.to_vec());
                    published.months.insert(month.month, (month, read));
                }
            }
        }
        published
    }

    /// The editions of a month as they are listed, the oldest first.
    pub(super) fn editions(&self, month: Month) -> &[Listed] {
        let Some((_, editions)) = self.months.get(&month) else {
            return &[];
        };
        editions.get_or_init(|| {
            let path = month.manifest();
            let entry = self.entry(&path);
            let manifest = entry.and_then(|e| MonthManifest::read(&self.out, month, e));
            match manifest {
                Some(manifest) => manifest.editions,
                None => self.found(&month.to_string(), self.seal_before(month)),
            }
        })
    }

    fn entry(&self, path: &str) -> Option<&Entry> {
        let at = self.files.binary_search_by(|e| e.path.as_str().cmp(path));
        self.files.get(at.ok()?)
    }

    /// Seal of the last edition before a month.
    fn seal_before(&self, month: Month) -> Option<Sha256Sum> {
        let (_, (before, _)) = self.months.range(..month).next_back()?;
        Some(before.seal)
    }

    /// The editions that the folders themselves tell of, as far as one follows the other:
    /// those with an id that begins so, after the edition with this seal.
    fn found(&self, begin: &str, mut previous: Option<Sha256Sum>) -> Vec<Listed> {
        let folders = self.folders.iter().filter(|name| name.starts_with(begin));
        let mut manifests: Vec<EditionManifest> = folders
            .filter_map(|name| self.manifest_in(name))
            .filter(EditionManifest::is_sealed)
            .collect();
        manifests.sort_by_key(|m| m.listing.id);
        let mut listed = Vec::new();
        for manifest in manifests {
            if manifest.previous != previous {
                break;
            }
            previous = Some(manifest.seal);
            listed.extend(Listed::of(&manifest));
        }
        listed
    }

    /// Whether the site's own pages were made with an edition.
    pub(super) fn is_latest(&self, taken: &Taken) -> bool {
        let is_latest =
            |month| self.editions(month).last().map(|e| &e.edition) == Some(&taken.name);
        self.is_sound
            && self
                .months
                .keys()
                .next_back()
                .copied()
                .is_some_and(is_latest)
    }

    /// The manifest in an edition's folder.
    pub(super) fn manifest_of(&self, id: EditionId) -> Option<EditionManifest> {
        self.manifest_in(&id.to_string())
    }

    /// The manifest in the folder of this name, if it is of the edition of this name.
    fn manifest_in(&self, name: &str) -> Option<EditionManifest> {
        let manifest = EditionManifest::read(&self.out.join(EDITIONS).join(name));
        manifest.filter(|m| m.edition == name)
    }

    /// An edition as it is listed, when it was made from this history: a published edition
    /// does not change for anything else. Only the latest follows what is declared too.
    pub(super) fn standing(&self, site: &Site, taken: &Taken) -> Option<&Listed> {
        self.standing_among(self.editions(Month::of(taken.id)), site, taken)
            .map(|(_, listed)| listed)
    }

    /// The same, when it follows this seal too.
    pub(super) fn standing_after(
        &self,
        site: &Site,
        taken: &Taken,
        previous: Option<Sha256Sum>,
    ) -> Option<&Listed> {
        let month = Month::of(taken.id);
        let editions = self.editions(month);
        let (at, listed) = self.standing_among(editions, site, taken)?;
        let before = match editions[..at].last() {
            Some(before) => Some(before.seal),
            None => self.seal_before(month),
        };
        (before == previous).then_some(listed)
    }

    fn standing_among<'l>(
        &self,
        editions: &'l [Listed],
        site: &Site,
        taken: &Taken,
    ) -> Option<(usize, &'l Listed)> {
        let mut all = editions.iter().enumerate();
        let (at, listed) = all.find(|(_, e)| e.edition == taken.name)?;
        let is_latest = site.snapshots.last().is_some_and(|l| l.id == taken.id);
        let stands = listed.history == taken.chain
            && self.has_folder(taken)
            && !(listed.trimmed && site.keeps_pages(taken))
            && (!is_latest || listed.declared == site.declared && self.is_whole(taken.id));
        stands.then_some((at, listed))
    }

    /// A month as it is listed, when all of its editions stand. The latest edition's is
    /// looked at one by one.
    pub(super) fn standing_month(
        &self,
        site: &Site,
        month: Month,
        taken: &[Taken],
    ) -> Option<&ListedMonth> {
        let (listed, _) = self.months.get(&month)?;
        let (last, latest) = (taken.last()?, site.snapshots.last()?);
        let stands = listed.is_of(taken)
            && last.id != latest.id
            && !(listed.trimmed > 0 && site.keeps_pages(last))
            && self.root(&month.manifest()).is_some()
            && taken.iter().all(|t| self.has_folder(t));
        stands.then_some(listed)
    }

    fn has_folder(&self, taken: &Taken) -> bool {
        self.folders.binary_search(&taken.name).is_ok()
    }

    /// The chain of the first editions that stand, and how many they are: at most so many, and
    /// none after one that does not stand.
    pub(super) fn chain(&self, site: &Site, most: usize) -> (Chain, usize) {
        let (mut chain, mut count) = (Chain::default(), 0);
        for (month, taken) in site.by_month() {
            let whole = self.standing_month(site, month, taken);
            if let Some(whole) = whole.filter(|_| count + taken.len() <= most) {
                chain.carry(whole.clone());
                count += taken.len();
                continue;
            }
            for taken in &taken[..taken.len().min(most - count)] {
                match self.standing(site, taken) {
                    Some(listed) => chain.push(month, listed.clone()),
                    None => return (chain, count),
                }
                count += 1;
            }
            if count == most {
                break;
            }
        }
        (chain, count)
    }

    /// What the archive lists of the first editions, with their seals, as they themselves
    /// tell; as far as they can.
    pub(super) fn listings(&self, taken: &[Taken]) -> (Listings, Vec<Sha256Sum>) {
        let (mut listings, mut seals) = (Listings::default(), Vec::new());
        for taken in taken {
            let Some(manifest) = self.manifest_of(taken.id) else {
                break;
            };
            listings.push(taken, manifest.listing);
            seals.push(manifest.seal);
        }
        (listings, seals)
    }

    /// Whether every file of an edition has its size.
    pub(super) fn is_whole(&self, id: EditionId) -> bool {
        let folder = self.out.join(edition_folder(id));
        EditionManifest::read(&folder).is_some_and(|m| have_sizes(&folder, &m.files))
    }

    /// Whether the site's own files are there, and exactly these editions.
    pub(super) fn is_up_to_date(&self, site: &Site) -> bool {
        let listed = |month| self.months.get(&month).map(|(listed, _)| listed);
        self.is_sound
            && self.months.len() == site.by_month().count()
            && site
                .by_month()
                .all(|(month, taken)| listed(month).is_some_and(|l| l.is_of(taken)))
            && have_sizes(&self.out, &self.files)
    }

    /// A file of the site, when it has its size.
    pub(super) fn root(&self, path: &str) -> Option<&Entry> {
        let entry = self.entry(path).filter(|_| self.is_sound)?;
        have_sizes(&self.out, std::slice::from_ref(entry)).then_some(entry)
    }

    /// Whether editions are there, but nothing that says what the site's own pages are.
    pub(super) fn has_lost_its_manifest(&self) -> bool {
        !self.is_sound && !self.months.is_empty()
    }

    /// Months of the archive of which the page is there and says what they are.
    pub(super) fn months(&self) -> BTreeSet<Month> {
        let pages = self.files.iter().filter_map(|e| Month::at(&e.path));
        let is_there = |month: &Month| {
            let path = Root::Month(*month).path();
            self.root(&path).is_some() || self.is_as_before(*month, &path)
        };
        pages.filter(is_there).collect()
    }

    /// Whether a month is what it was before a build broke off, and its page too.
    fn is_as_before(&self, month: Month, page: &str) -> bool {
        let now = self.months.get(&month).map(|(listed, _)| listed);
        let is_same = now.is_some_and(|now| self.listed_before.contains(now));
        let bytes = std::fs::read(self.out.join(page)).unwrap_or_default();
        let entry = self.entry(page).filter(|_| is_same);
        entry.is_some_and(|entry| entry.sha256 == Sha256Sum::of(&bytes))
    }

    /// Editions whose snapshots are gone.
    pub(super) fn gone(&self, site: &Site) -> Vec<String> {
        let mut kept: Vec<&str> = site.snapshots.iter().map(|t| t.name.as_str()).collect();
        kept.sort_unstable();
        let is_ours = |name: &&String| self.manifest_in(name).is_some();
        let others = self
            .folders
            .iter()
            .filter(|id| kept.binary_search(&id.as_str()).is_err());
        others.filter(is_ours).cloned().collect()
    }
}

fn have_sizes(folder: &Path, files: &[Entry]) -> bool {
    let has_size = |entry: &Entry| {
        let meta = folder.join(&entry.path).symlink_metadata();
        meta.is_ok_and(|m| m.is_file() && m.len() == entry.size)
    };
    files.iter().all(has_size)
}

/// Names of the folders of editions, sorted; a link is none.
fn folders(out: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(out.join(EDITIONS)).into_iter().flatten();
    let mut folders: Vec<String> = entries
        .flatten()
        .filter(|e| e.file_type().is_ok_and(|t| t.is_dir()))
        .filter_map(|e| e.file_name().into_string().ok())
        .collect();
    folders.sort_unstable();
    folders
}
