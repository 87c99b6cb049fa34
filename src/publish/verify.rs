//! `verify`: whether a published site is what its manifests say, and its seals a chain.

use super::manifest::{EditionManifest, Entry, FILE, Listed, ListedMonth, SiteManifest};
use super::published::Published;
use super::staging::files_below;
use crate::digest::Sha256Sum;
use crate::render::address::{EDITIONS, Month};
use anyhow::{Context, Result};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::path::Path;

/// What is wrong with a file of a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// Its bytes are not those that were published.
    Changed,
    /// It is not there.
    Missing,
    /// No manifest lists it.
    Extra,
    /// It does not follow from the edition before, or from its own files.
    Unsealed,
}

impl Fault {
    /// The word before the file.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Missing => "missing",
            Self::Extra => "extra",
            Self::Unsealed => "unsealed",
        }
    }
}

/// What a replay of the manifests found.
#[derive(Debug)]
pub struct Verified {
    /// Each fault with its file, relative to the site.
    pub faults: BTreeSet<(String, Fault)>,
    /// Editions that were replayed.
    pub editions: usize,
    /// Of them, those without their session pages: what is left of these is in no seal.
    pub trimmed: usize,
    /// Files that were compared.
    pub files: usize,
    /// Seal of the latest edition.
    pub head: Sha256Sum,
}

/// Replays the manifests of a published site. Fails when it has none.
pub fn verify(out: &Path) -> Result<Verified> {
    let site = SiteManifest::read(out).with_context(|| {
        format!(
            "{} holds no {FILE} of a site; name the folder that `daybrief build` wrote",
            out.display()
        )
    })?;
    let mut found = Verified {
        faults: BTreeSet::new(),
        editions: 0,
        trimmed: 0,
        files: site.files.len() + 1,
        head: site.head,
    };
    let bytes = std::fs::read(out.join(FILE)).unwrap_or_default();
    if !site.is_as_written(&bytes) {
        found.faults.insert((FILE.to_owned(), Fault::Changed));
    }
    let mut expected: BTreeSet<String> = site.files.iter().map(|e| e.path.clone()).collect();
    expected.insert(FILE.to_owned());
    found.compare(out, "", &site.files);
    let published = Published::in_folder(out, false);
    let mut previous = None;
    for listed in &site.months {
        let (path, editions) = (listed.month.manifest(), published.editions(listed.month));
        let is_of_it = |e: &Listed| Month::of_id(&e.edition) == Some(listed.month);
        let is_listed = site.files.iter().any(|e| e.path == path);
        if !is_listed
            || ListedMonth::of(listed.month, editions).as_ref() != Some(listed)
            || !editions.iter().all(is_of_it)
        {
            found.faults.insert((path, Fault::Unsealed));
        }
        for edition in editions {
            found.replay(out, edition, previous, &mut expected);
            previous = Some(edition.seal);
        }
    }
    if previous.is_some_and(|last| last != site.head) {
        found.faults.insert((FILE.to_owned(), Fault::Unsealed));
    }
    found.look_for_extra(out, &expected);
    Ok(found)
}

impl Verified {
    /// Replays one edition, which follows the one with this seal.
    fn replay(
        &mut self,
        out: &Path,
        listed: &Listed,
        previous: Option<Sha256Sum>,
        expected: &mut BTreeSet<String>,
    ) {
        let folder = format!("{EDITIONS}/{}/", listed.edition);
        let path = format!("{folder}{FILE}");
        expected.insert(path.clone());
        self.editions += 1;
        self.files += 1;
        let Ok(bytes) = std::fs::read(out.join(&path)) else {
            self.faults.insert((path, Fault::Missing));
            return;
        };
        if Sha256Sum::of(&bytes) != listed.manifest {
            self.faults.insert((path.clone(), Fault::Changed));
        }
        if let Some(manifest) = EditionManifest::read(&out.join(&folder)) {
            self.trimmed += usize::from(manifest.trimmed);
            // Another digest of the manifest itself is told above.
            let digest = listed.manifest;
            let of_it = Listed::of(&manifest).map(|of| Listed {
                manifest: digest,
                ..of
            });
            let is_listed = of_it.is_ok_and(|of| of == *listed);
            if !manifest.is_sealed() || manifest.previous != previous || !is_listed {
                self.faults.insert((path, Fault::Unsealed));
            }
            self.files += manifest.files.len();
            self.compare(out, &folder, &manifest.files);
            expected.extend(manifest.files.iter().map(|e| format!("{folder}{}", e.path)));
        }
    }

    /// Compares files with what a manifest says of them.
    fn compare(&mut self, out: &Path, folder: &str, entries: &[Entry]) {
        let fault = |entry: &Entry| {
            let path = format!("{folder}{}", entry.path);
            let full = out.join(&path);
            let fault = match full.symlink_metadata() {
                Err(_) => Fault::Missing,
                Ok(meta) if !meta.is_file() || meta.len() != entry.size => Fault::Changed,
                Ok(_) => match std::fs::read(&full) {
                    Ok(bytes) if Sha256Sum::of(&bytes) == entry.sha256 => return None,
                    _ => Fault::Changed,
                },
            };
            Some((path, fault))
        };
        let faults: Vec<(String, Fault)> = entries.par_iter().filter_map(fault).collect();
        self.faults.extend(faults);
    }

    fn look_for_extra(&mut self, out: &Path, expected: &BTreeSet<String>) {
        let there = files_below(out).into_iter();
        let extra = there.filter(|path| !expected.contains(path));
        self.faults.extend(extra.map(|path| (path, Fault::Extra)));
    }
}
