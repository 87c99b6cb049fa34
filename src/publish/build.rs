//! A build: find out what is new, walk over that, stage it, switch.

use super::chain::{Chain, Part};
use super::manifest::{FILE, Listed, SiteManifest};
use super::published::Published;
use super::stage::{self, Staged};
use super::staging::Staging;
use super::trim::{self, Trim};
use crate::diagnostic::{Diagnostic, Severity};
use crate::digest::Sha256Sum;
use crate::model::EditionId;
use crate::normalise::redact::Known;
use crate::render::address::Month;
use crate::render::{EditionSite, Follows, Leaf, Provenance};
use crate::site::{LISTINGS, Listings, SEALS, Site, Taken};
use crate::walk::Step;
use anyhow::Result;
use std::collections::BTreeSet;
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
    /// Asked between pages whether to stop; once pages are switched nothing stops any more.
    pub stops: &'a (dyn Fn() -> bool + Sync),
}

impl Options<'_> {
    /// Ends the build with [`Stopped`] when it was told to stop.
    pub(super) fn go_on(&self) -> Result<()> {
        if (self.stops)() {
            Err(Stopped.into())
        } else {
            Ok(())
        }
    }
}

/// The build was told to stop. The site is as it was.
#[derive(Clone, Copy, Debug)]
pub struct Stopped;

impl std::fmt::Display for Stopped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the build was told to stop")
    }
}

impl std::error::Error for Stopped {}

/// What a build did.
#[derive(Debug, Default)]
pub struct Built {
    /// Editions in the archive.
    pub editions: usize,
    /// Editions that were made or made anew.
    pub made: usize,
    /// Of them, those that replace another one that was published.
    pub revised: usize,
    /// Editions that went away with their snapshots.
    pub gone: usize,
    /// Old editions that were not trimmed, because they are not as they were published.
    pub damaged: Vec<String>,
    /// Pages and files written.
    pub files: usize,
    /// The latest edition's headline.
    pub headline: String,
    /// Everything worth telling about the snapshots that were read.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether a snapshot's mistake stopped it; the site is as it was.
    pub failed: bool,
}

/// State of a build on its walk.
pub(super) struct Build<'a> {
    pub(super) site: &'a Site,
    options: &'a Options<'a>,
    pub(super) published: Published,
    /// Editions whose snapshots are gone.
    pub(super) gone: Vec<String>,
    pub(super) staging: Staging,
    /// What the archive lists of the editions so far, and their seals.
    pub(super) listings: Listings,
    seals: Vec<Sha256Sum>,
    /// The place of the first edition that is looked at.
    pub(super) first: usize,
    /// The editions so far, as they will be listed.
    chain: Chain,
    staged: Vec<EditionId>,
    pub(super) root_entries: Vec<super::Entry>,
    /// Pages of the site that stay as they are.
    pub(super) root_kept: Vec<super::Entry>,
    pub(super) built: Built,
}

/// Builds the site: everything is staged before anything is switched.
pub fn build(site: &Site, options: &Options<'_>) -> Result<Built> {
    refuse_among_inputs(site, &options.out)?;
    let staging = Staging::open(&options.out)?;
    let published = Published::in_folder(&options.out, staging.mends());
    let mut build = Build {
        site,
        options,
        gone: published.gone(site),
        published,
        staging,
        listings: Listings::default(),
        seals: Vec::new(),
        first: 0,
        chain: Chain::default(),
        staged: Vec::new(),
        root_entries: Vec::new(),
        root_kept: Vec::new(),
        built: Built {
            editions: site.snapshots.len(),
            ..Built::default()
        },
    };
    let Some(first) = build.first() else {
        build.built.diagnostics = site.expired();
        return Ok(build.built);
    };
    let mut walked = site.walk(first, |step| build.take(&step))?;
    let stops = if options.strict {
        Severity::Warning
    } else {
        Severity::Error
    };
    // Nothing is judged by it any more.
    walked.state = None;
    build.built.diagnostics = std::mem::take(&mut walked.diagnostics);
    build
        .built
        .diagnostics
        .extend(build.judged_otherwise(walked.begin));
    let failed = |d: &Diagnostic| d.severity >= stops;
    build.built.failed = build.built.diagnostics.iter().any(failed);
    if !build.built.failed && !site.snapshots.is_empty() {
        build.refuse_foreign()?;
        build.staging.remember(&options.out)?;
        // What a switch left half done is mended from its stage.
        build.staging.leave(true);
        build.switch()?;
        build.staging.leave(false);
        // What cannot be kept costs the next build time, and nothing else.
        let _ = site.remember(walked, |additions| {
            additions.put(LISTINGS, &build.listings);
            additions.put(SEALS, &build.seals);
        });
    }
    Ok(build.built)
}

/// What is published must not be read as content or as a snapshot by the next build.
fn refuse_among_inputs(site: &Site, out: &Path) -> Result<()> {
    let out = real(out);
    for folder in [&site.config.snapshots, "content", "themes"] {
        anyhow::ensure!(
            !out.starts_with(real(&site.root.join(folder))),
            "{} lies among what the site is made from in {folder}; write elsewhere with -o",
            out.display()
        );
    }
    Ok(())
}

/// A path without links, as far as it is there.
fn real(path: &Path) -> PathBuf {
    let known = path
        .ancestors()
        .find_map(|p| Some((p, p.canonicalize().ok()?)));
    let Some((there, real)) = known else {
        return path.to_owned();
    };
    path.strip_prefix(there)
        .map_or(real.clone(), |rest| real.join(rest))
}

impl Build<'_> {
    /// The place of the first edition to look at, with everything before it taken as it
    /// stands; `None` when there is nothing new.
    fn first(&mut self) -> Option<usize> {
        let (site, published) = (self.site, &self.published);
        let count = site.snapshots.len();
        let most = if self.options.rebuild_all { 0 } else { count };
        let (chain, standing) = published.chain(site, most);
        if standing == count
            && self.gone.is_empty()
            && published.is_up_to_date(site)
            && site.is_remembered()
            && let Some(latest) = site.snapshots.last()
            && let Some(latest) = published.manifest_of(latest.id)
        {
            self.built.headline = latest.listing.headline;
            return None;
        }
        // The latest is looked at in any case: the site's own pages are made with it.
        let most = standing.min(count.saturating_sub(1));
        let (mut chain, first) = if standing > most {
            published.chain(site, most)
        } else {
            (chain, standing)
        };
        (self.listings, self.seals) = self.listed(&chain, first);
        self.first = self.seals.len();
        if self.first < first {
            (chain, _) = published.chain(site, self.first);
        }
        self.chain = chain;
        Some(self.first)
    }

    /// What the archive lists of the first editions, and their seals. What the store has is
    /// taken when it is of these editions: each seal speaks for all before it.
    fn listed(&self, chain: &Chain, first: usize) -> (Listings, Vec<Sha256Sum>) {
        let taken = &self.site.snapshots[..first];
        let mut seals: Vec<Sha256Sum> = self.site.store.get(SEALS).unwrap_or_default();
        seals.truncate(first);
        if seals.len() == first && seals.last().copied() == chain.seal() {
            let stored: Listings = self.site.store.get(LISTINGS).unwrap_or_default();
            let listings = stored.of(taken);
            if listings.all().len() == first {
                return (listings, seals);
            }
        }
        self.published.listings(taken)
    }

    /// A note when the walk had to begin among editions that stand and were judged by
    /// another inventory: what is made anew is compared with them as judged today.
    fn judged_otherwise(&self, begin: usize) -> Option<Diagnostic> {
        let (_, earlier) = self.site.snapshots.split_last()?;
        let by_another = |taken: &&Taken| {
            let stands = self.published.standing(self.site, taken);
            let manifest = stands.and_then(|_| self.published.manifest_of(taken.id));
            manifest.is_some_and(|m| m.inputs.inventory != self.site.inventory_digest)
        };
        let otherwise = earlier.iter().skip(begin).filter(by_another).count();
        let message = match otherwise {
            0 => return None,
            1 => "an earlier edition was judged by another inventory".to_owned(),
            n => format!("{n} earlier editions were judged by another inventory"),
        };
        let mend = "they stand as published, but newer ones are compared with what today's inventory \
            makes of them; keep .daybrief from build to build, and put `since` on new records";
        Some(Diagnostic::note(&self.site.config.inventory, message, mend))
    }

    fn take(&mut self, step: &Step<'_>) -> Result<()> {
        self.options.go_on()?;
        let text = self.site.text();
        let previous = self.chain.seal();
        let month = Month::of(step.taken.id);
        let inputs = stage::inputs(self.site, step.taken);
        let old = self.published.manifest_of(step.taken.id);
        let provenance = Provenance {
            follows: previous.map_or(Follows::Nothing, Follows::Sealed),
            inventory: inputs.inventory,
            revisions: old.as_ref().map_or_else(Vec::new, |m| m.revisions.clone()),
        };
        let mut pages = EditionSite::new(step.edition, &text, provenance);
        let secrets = &step.reading.secrets;
        let own = if secrets.is_empty() {
            Vec::new()
        } else {
            self.own(step, &pages)?
        };
        self.staging.guard(secrets, &own);
        let standing = self
            .published
            .standing_after(self.site, step.taken, previous);
        let mut stands = false;
        if let Some(listed) = standing.filter(|_| !self.options.rebuild_all) {
            stands = true;
            self.chain.push(month, listed.clone());
            // What was published, not what would be judged today.
            let listing = old.as_ref().map(|m| m.listing.clone());
            let listing = listing.unwrap_or_else(|| pages.listing());
            self.listings.push(step.taken, listing);
            // The brief of the site says what the edition's own does.
            if let Some(manifest) = &old {
                pages.provenance.inventory = manifest.inputs.inventory;
            }
        } else {
            self.listings.push(step.taken, pages.listing());
            (self.options.progress)(step.taken.id, step.place + 1, self.built.editions);
            let staged = stage::edition(
                &self.staging,
                step,
                &mut pages,
                &stage::Sealing {
                    inputs,
                    previous,
                    old: old.as_ref(),
                },
                self.options,
            )?;
            self.keep(step, &staged, old.as_ref())?;
        }
        self.seals.extend(self.chain.seal());
        if step.is_latest {
            self.built.headline = crate::render::pages::brief::headline(step.edition);
            let is_root = self.published.is_latest(step.taken);
            self.stage_root(&pages, stands && is_root)?;
        }
        Ok(())
    }

    /// What is printed with an edition whatever its sessions say: where its pages lie, the
    /// names that earlier editions handed on, and what the archive lists of those.
    fn own(&self, step: &Step<'_>, pages: &EditionSite<'_>) -> Result<Vec<u8>> {
        let sessions = 0..step.reading.facts.len();
        let leaves = pages.leaves().into_iter();
        let leaves = leaves.chain(sessions.map(|i| Leaf::Session(i, 1)));
        let mut own = pages.folder();
        for leaf in leaves {
            own.push('\n');
            own.push_str(&pages.path(leaf));
        }
        for (name, _) in self.site.theme.assets() {
            own.push('\n');
            own.push_str(name);
        }
        let mut own = own.into_bytes();
        own.extend_from_slice(&step.past);
        serde_json::to_writer(&mut own, self.listings.all())?;
        Ok(own)
    }

    /// Keeps a staged edition for the switch, unless it is what stands there already.
    fn keep(
        &mut self,
        step: &Step<'_>,
        staged: &Staged,
        old: Option<&super::EditionManifest>,
    ) -> Result<()> {
        let month = Month::of(step.taken.id);
        self.chain.push(month, Listed::of(&staged.manifest)?);
        let stands = old == Some(&staged.manifest);
        if stands && !self.options.rebuild_all && self.published.is_whole(step.taken.id) {
            return Ok(());
        }
        self.built.made += 1;
        self.built.revised += usize::from(staged.is_revised);
        self.built.files += staged.manifest.files.len() + 1;
        self.staged.push(step.taken.id);
        Ok(())
    }

    fn switch(&mut self) -> Result<()> {
        let (assets, roots): (Vec<super::Entry>, Vec<super::Entry>) = self
            .root_entries
            .clone()
            .into_iter()
            .partition(|e| e.path.starts_with("assets/"));
        for entry in &assets {
            self.staging.publish_file(&entry.path)?;
        }
        let mut stale = Vec::new();
        for id in &self.staged {
            stale.push((*id, self.staging.publish_edition(*id)?));
        }
        stale.extend(self.trim()?);
        let made: Vec<String> = self.chain.made().collect();
        let chain = std::mem::take(&mut self.chain);
        let (months, of_months) = chain.stage(&self.staging, &self.published)?;
        let files = self.site_entries(of_months);
        let Some(manifest) = SiteManifest::of(months, files) else {
            return Ok(());
        };
        let bytes = manifest.bytes()?;
        self.staging.intend(&bytes)?;
        self.staging.write_manifest("", FILE, &bytes)?;
        for path in roots.iter().map(|e| &e.path).chain(&made) {
            self.staging.publish_file(path)?;
        }
        self.staging.publish_file(FILE)?;
        let kept: BTreeSet<&str> = manifest.files.iter().map(|e| e.path.as_str()).collect();
        let old = self.published.files.iter();
        for entry in old.filter(|e| !kept.contains(e.path.as_str())) {
            self.staging.retire(&entry.path)?;
        }
        // Nothing leads to these any more.
        for (id, files) in stale.iter().filter(|(_, files)| !files.is_empty()) {
            self.staging.drop_from_edition(*id, files)?;
        }
        for id in &self.gone {
            self.staging.retire_edition(id)?;
        }
        self.built.gone = self.gone.len();
        self.staging.mend()
    }

    /// Refuses to take the place of what the program did not write.
    fn refuse_foreign(&self) -> Result<()> {
        for id in &self.staged {
            self.staging.refuse_others_in(*id)?;
        }
        let roots = self.root_entries.iter().map(|e| e.path.clone());
        let written: Vec<String> = roots.chain(self.chain.made()).collect();
        for path in written.iter().map(String::as_str).chain([FILE]) {
            self.staging.refuse_folder(path)?;
        }
        // A build that broke off may have left pages that no manifest lists yet.
        if self.published.has_lost_its_manifest() || self.staging.mends() {
            return Ok(());
        }
        let ours: BTreeSet<&str> = self
            .published
            .files
            .iter()
            .map(|e| e.path.as_str())
            .collect();
        for path in written.iter().filter(|path| !ours.contains(path.as_str())) {
            self.staging.refuse_other(path)?;
        }
        Ok(())
    }

    /// Drops the pages of editions that are older than pages are kept for. Returns the
    /// editions with files that nothing will lead to.
    fn trim(&mut self) -> Result<Vec<(EditionId, BTreeSet<String>)>> {
        let mut stale = Vec::new();
        if self.site.config.archive.pages_for.is_none() {
            return Ok(stale);
        }
        // What is left of a page was published before, and the latest edition's secrets are
        // none of it.
        self.staging.guard(&Known::default(), &[]);
        let is_old = |taken: &Taken| !self.site.keeps_pages(taken);
        for (part, (_, taken)) in self.chain.months().zip(self.site.by_month()) {
            let is_done = matches!(part, Part::Standing(m) if m.trimmed == m.editions);
            if is_done || !is_old(&taken[0]) {
                continue;
            }
            let editions = taken.iter().zip(part.each(&self.published));
            for (taken, listed) in editions.filter(|(t, l)| !l.trimmed && is_old(t)) {
                match trim::edition(&self.staging, &self.options.out, taken.id)? {
                    Trim::Staged(trimmed) => {
                        *listed = trimmed;
                        let of_edition = self.staging.publish_edition(taken.id)?;
                        stale.push((taken.id, of_edition));
                    }
                    Trim::Done(trimmed) => *listed = trimmed,
                    Trim::Damaged => self.built.damaged.push(taken.name.clone()),
                }
            }
        }
        Ok(stale)
    }
}
