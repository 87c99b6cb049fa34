//! What stands in the output, and what of it a build may leave as it is.

use super::manifest::{EditionManifest, Entry, Listed, SiteManifest};
use crate::digest::Sha256Sum;
use crate::model::EditionId;
use crate::render::address::{EDITIONS, Month, edition_folder};
use crate::site::{Site, Taken};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

/// The published site.
pub(super) struct Published {
    out: PathBuf,
    /// The editions as they are listed, the oldest first.
    editions: Vec<Listed>,
    /// The place in the list of each that is there, by id.
    places: HashMap<String, usize>,
    /// The site's own files.
    pub(super) files: Vec<Entry>,
    /// Whether the site's manifest is there.
    has_manifest: bool,
    /// Names of the folders of editions.
    folders: BTreeSet<String>,
}

impl Published {
    /// Looks at an output folder. Without the site's manifest those of the editions say
    /// what is there.
    pub(super) fn in_folder(out: &Path) -> Self {
        let folders = folders(out);
        let (editions, files, has_manifest) = match SiteManifest::read(out) {
            Some(manifest) => (manifest.editions, manifest.files, true),
            None => (found(out, &folders), Vec::new(), false),
        };
        let places = editions.iter().enumerate();
        let places = places.filter(|(_, e)| folders.contains(&e.edition));
        Self {
            out: out.to_owned(),
            places: places.map(|(at, e)| (e.edition.clone(), at)).collect(),
            editions,
            files,
            has_manifest,
            folders,
        }
    }

    /// Whether the site's own pages were made with an edition.
    pub(super) fn is_latest(&self, name: &str) -> bool {
        self.has_manifest && self.editions.last().is_some_and(|e| e.edition == name)
    }

    /// The manifest in an edition's folder.
    pub(super) fn manifest_of(&self, id: EditionId) -> Option<EditionManifest> {
        EditionManifest::read(&self.out.join(edition_folder(id)))
    }

    /// An edition as it is listed, when it was made from this history: a published edition
    /// does not change for anything else. Only the latest follows what is declared too.
    pub(super) fn standing(&self, site: &Site, taken: &Taken) -> Option<&Listed> {
        let listed = &self.editions[*self.places.get(&taken.name)?];
        let is_latest = site.snapshots.last().is_some_and(|l| l.id == taken.id);
        let stands = listed.history == taken.chain
            && !(listed.trimmed && site.keeps_pages(taken))
            && (!is_latest || listed.declared == site.declared && self.is_whole(taken.id));
        stands.then_some(listed)
    }

    /// The same, when it follows this seal too.
    pub(super) fn standing_after(
        &self,
        site: &Site,
        taken: &Taken,
        previous: Option<Sha256Sum>,
    ) -> Option<&Listed> {
        let before = self.editions[..*self.places.get(&taken.name)?].last();
        let follows = before.map(|e| e.seal) == previous;
        self.standing(site, taken).filter(|_| follows)
    }

    /// Whether every file of an edition has its size.
    pub(super) fn is_whole(&self, id: EditionId) -> bool {
        let folder = self.out.join(edition_folder(id));
        EditionManifest::read(&folder).is_some_and(|m| have_sizes(&folder, &m.files))
    }

    /// Whether the site's own files are there, and exactly these editions.
    pub(super) fn is_up_to_date(&self, site: &Site) -> bool {
        self.has_manifest
            && self.editions.len() == site.snapshots.len()
            && self
                .editions
                .iter()
                .all(|e| self.folders.contains(&e.edition))
            && have_sizes(&self.out, &self.files)
    }

    /// A page of the site, when it has its size.
    pub(super) fn root(&self, path: &str) -> Option<&Entry> {
        let entry = self.files.iter().find(|e| e.path == path)?;
        have_sizes(&self.out, std::slice::from_ref(entry)).then_some(entry)
    }

    /// Whether editions are there, but nothing that lists the site's own pages.
    pub(super) fn has_lost_its_manifest(&self) -> bool {
        !self.has_manifest && !self.places.is_empty()
    }

    /// Months of the archive of which the page is there.
    pub(super) fn months(&self) -> BTreeSet<Month> {
        let has_size = |e: &&Entry| have_sizes(&self.out, std::slice::from_ref(*e));
        let pages = self.files.iter().filter(|e| Month::at(&e.path).is_some());
        pages
            .filter(has_size)
            .filter_map(|e| Month::at(&e.path))
            .collect()
    }

    /// Editions whose snapshots are gone.
    pub(super) fn gone(&self, site: &Site) -> Vec<String> {
        let kept: HashSet<&str> = site.snapshots.iter().map(|t| t.name.as_str()).collect();
        let is_ours =
            |id: &&String| EditionManifest::read(&self.out.join(EDITIONS).join(id)).is_some();
        let others = self.folders.iter().filter(|id| !kept.contains(id.as_str()));
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

/// Names of the folders of editions; a link is none.
fn folders(out: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(out.join(EDITIONS)).into_iter().flatten();
    entries
        .flatten()
        .filter(|e| e.file_type().is_ok_and(|t| t.is_dir()))
        .filter_map(|e| e.file_name().into_string().ok())
        .collect()
}

/// The editions that the folders themselves tell of, as far as one follows the other.
fn found(out: &Path, folders: &BTreeSet<String>) -> Vec<Listed> {
    let mut manifests: Vec<EditionManifest> = folders
        .iter()
        .filter_map(|name| EditionManifest::read(&out.join(EDITIONS).join(name)))
        .collect();
    manifests.sort_by_key(|m| m.listing.id);
    let mut listed = Vec::new();
    let mut previous = None;
    for manifest in manifests {
        if manifest.previous != previous {
            break;
        }
        previous = Some(manifest.seal);
        listed.extend(Listed::of(&manifest));
    }
    listed
}
