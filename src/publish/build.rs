//! A build: walk over the editions, stage what is new, switch.

use super::manifest::{Entry, FILE, InputDigests, Manifest};
use super::staging::Staging;
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::EditionId;
use crate::reading::{self, Read};
use crate::render::address::edition_folder;
use crate::render::{EditionSite, Leaf, Listing, Root};
use crate::site::{Inputs, Site, Step};
use anyhow::Result;
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

/// How to build.
pub struct Options<'a> {
    /// Where the site goes.
    pub out: PathBuf,
    /// Whether editions that are published already are made anew.
    pub rebuild_all: bool,
    /// Whether warnings stop the build before anything is published.
    pub strict: bool,
    /// Told about each edition before it is made: its id, its place from 1, how many there are.
    pub progress: &'a (dyn Fn(EditionId, usize, usize) + Sync),
    /// Told about pages as they are made.
    pub pages: &'a (dyn Fn(usize) + Sync),
}

/// What a build did.
#[derive(Debug, Default)]
pub struct Built {
    /// Editions in the archive.
    pub editions: usize,
    /// Editions that were made or made anew.
    pub made: usize,
    /// Pages and files written.
    pub files: usize,
    /// The latest edition's headline.
    pub headline: String,
    /// Everything worth telling about the snapshots.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether a snapshot's mistake stopped it; the site is as it was.
    pub failed: bool,
}

/// State of a build on its walk.
struct Build<'a> {
    site: &'a Site,
    options: &'a Options<'a>,
    staging: Staging,
    listings: Vec<Listing>,
    /// Digest of the manifest of the edition before.
    previous: Option<String>,
    staged: Vec<(String, BTreeSet<String>)>,
    root_entries: Vec<Entry>,
    built: Built,
}

/// Builds the site: everything is staged before anything is switched.
pub fn build(site: &Site, options: &Options<'_>) -> Result<Built> {
    let mut build = Build {
        site,
        options,
        staging: Staging::open(&options.out)?,
        listings: Vec::new(),
        previous: None,
        staged: Vec::new(),
        root_entries: Vec::new(),
        built: Built {
            editions: site.snapshots.len(),
            ..Built::default()
        },
    };
    let diagnostics = site.walk(|step| build.take(&step))?;
    let stops = if options.strict {
        Severity::Warning
    } else {
        Severity::Error
    };
    build.built.failed = diagnostics.iter().any(|d| d.severity >= stops);
    build.built.diagnostics = diagnostics;
    if !build.built.failed && !site.snapshots.is_empty() {
        build.switch()?;
    }
    Ok(build.built)
}

impl Build<'_> {
    fn take(&mut self, step: &Step<'_>) -> Result<()> {
        let text = self.site.text();
        let pages = EditionSite::new(step.edition, &text);
        self.listings.push(pages.listing());
        let folder = self.options.out.join(pages.folder());
        let published = Manifest::read(&folder);
        let stands = published
            .as_ref()
            .is_some_and(|m| self.stands(m, &step.inputs, step.is_latest));
        if stands {
            self.previous = published
                .map(|m| m.bytes().map(|b| hex_digest(&b)))
                .transpose()?;
        } else {
            let id = step.edition.id();
            (self.options.progress)(id, self.listings.len(), self.built.editions);
            let ours = published.into_iter().flat_map(|m| m.files).map(|e| e.path);
            let ours: BTreeSet<String> = ours.chain([FILE.to_owned()]).collect();
            self.stage_edition(step, &pages)?;
            self.staged.push((edition_folder(id), ours));
            self.built.made += 1;
        }
        if step.is_latest {
            self.built.headline = crate::render::pages::brief::headline(step.edition);
            self.stage_root(&pages)?;
        }
        Ok(())
    }

    /// A published edition stands as long as its snapshots stand; the latest one also follows inventory, prose and theme.
    fn stands(&self, published: &Manifest, inputs: &Inputs, is_latest: bool) -> bool {
        let Some(made_from) = published
            .inputs
            .as_ref()
            .filter(|_| !self.options.rebuild_all)
        else {
            return false;
        };
        let same_facts = made_from.history == inputs.history && published.previous == self.previous;
        same_facts && (made_from.judgement == inputs.judgement || !is_latest)
    }

    fn stage_edition(&mut self, step: &Step<'_>, pages: &EditionSite<'_>) -> Result<()> {
        let folder = pages.folder();
        let leaves = pages.leaves();
        let mut folders: BTreeSet<String> = leaves
            .iter()
            .filter_map(|l| parent(&pages.path(*l)))
            .collect();
        folders.insert("session".to_owned());
        for inner in folders {
            self.staging.folder(&format!("{folder}{inner}"))?;
        }
        let mut entries = self.stage_sessions(step, pages, &folder)?;
        let staging = &self.staging;
        let rendered = leaves.par_iter().map(|leaf| {
            let name = pages.path(*leaf);
            let mut file = staging.file(&format!("{folder}{name}"))?;
            pages.render(*leaf, &mut file)?;
            file.finish(&name)
        });
        entries.extend(rendered.collect::<Result<Vec<Entry>>>()?);
        (self.options.pages)(leaves.len());
        self.built.files += entries.len() + 1;
        let manifest = Manifest::new(
            Some(InputDigests::from(step.inputs.clone())),
            self.previous.take(),
            entries,
        );
        let mut file = self.staging.file(&format!("{folder}{FILE}"))?;
        manifest.write(&mut file)?;
        self.previous = Some(file.finish(FILE)?.sha256.to_string());
        Ok(())
    }

    /// Streams the sessions once more: their pages, and the redacted raw records.
    fn stage_sessions(
        &self,
        step: &Step<'_>,
        pages: &EditionSite<'_>,
        folder: &str,
    ) -> Result<Vec<Entry>> {
        let records = pages.path(Leaf::Records);
        let mut raw = self.staging.file(&format!("{folder}{records}"))?;
        let mut entries = Vec::with_capacity(step.reading.facts.len() + pages.leaves().len() + 1);
        reading::sessions(step.file, step.reading, |batch| {
            let staged: Vec<Vec<Entry>> = batch
                .par_iter()
                .map(|read| self.stage_session(read, pages, folder))
                .collect::<Result<_>>()?;
            (self.options.pages)(staged.len());
            for (read, of_session) in batch.iter().zip(staged) {
                entries.extend(of_session);
                raw.write_all(&read.raw)?;
                raw.write_all(b"\n")?;
            }
            Ok(())
        })?;
        entries.push(raw.finish(&records)?);
        Ok(entries)
    }

    fn stage_session(
        &self,
        read: &Read,
        pages: &EditionSite<'_>,
        folder: &str,
    ) -> Result<Vec<Entry>> {
        let mut entries = Vec::with_capacity(1);
        for leaf in EditionSite::session_leaves(read.index, read.session.events.len()) {
            let Leaf::Session(_, page) = leaf else {
                continue;
            };
            let bytes = pages.render_session(read, page)?;
            entries.push(self.staging.write(folder, &pages.path(leaf), &bytes)?);
        }
        Ok(entries)
    }

    fn stage_root(&mut self, pages: &EditionSite<'_>) -> Result<()> {
        self.staging.folder("assets")?;
        for (name, bytes) in self.site.theme.assets() {
            self.root_entries
                .push(self.staging.write("", &format!("assets/{name}"), bytes)?);
        }
        // The brief last: by the time a reader sees it, everything it leads to is there.
        for root in [
            Root::Method,
            Root::Archive,
            Root::NotFound,
            Root::Ledger,
            Root::Queue,
            Root::BriefJson,
            Root::Index,
        ] {
            let bytes = pages.render_root(root, &self.listings)?;
            self.root_entries
                .push(self.staging.write("", root.path(), &bytes)?);
        }
        self.built.files += self.root_entries.len() + 1;
        Ok(())
    }

    fn switch(&mut self) -> Result<()> {
        let old = Manifest::read(&self.options.out)
            .map(|m| m.files)
            .unwrap_or_default();
        let (assets, roots): (Vec<&Entry>, Vec<&Entry>) = self
            .root_entries
            .iter()
            .partition(|e| e.path.starts_with("assets/"));
        for entry in &assets {
            self.staging.publish_file(&entry.path)?;
        }
        for (folder, ours) in &self.staged {
            self.staging
                .publish_folder(folder.trim_end_matches('/'), ours)?;
        }
        let manifest = Manifest::new(None, self.previous.clone(), self.site_entries(&old));
        self.staging.write("", FILE, &manifest.bytes()?)?;
        for entry in &roots {
            self.staging.publish_file(&entry.path)?;
        }
        self.staging.publish_file(FILE)?;
        let kept: BTreeSet<&str> = manifest.files.iter().map(|e| e.path.as_str()).collect();
        for entry in old.iter().filter(|e| !kept.contains(e.path.as_str())) {
            self.staging.retire(&entry.path)?;
        }
        Ok(())
    }

    /// The site's own files, and the assets that earlier editions were made with.
    fn site_entries(&self, old: &[Entry]) -> Vec<Entry> {
        let mut entries = self.root_entries.clone();
        let is_new = |e: &&Entry| self.root_entries.iter().all(|n| n.path != e.path);
        entries.extend(
            old.iter()
                .filter(|e| e.path.starts_with("assets/"))
                .filter(is_new)
                .cloned(),
        );
        entries
    }
}

fn parent(path: &str) -> Option<String> {
    Path::new(path)
        .parent()
        .map(|p| p.to_string_lossy().into_owned())
        .filter(|p| !p.is_empty())
}

fn hex_digest(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
}
