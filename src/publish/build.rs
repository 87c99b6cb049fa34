//! A build: find out what is new, walk over that, stage it, switch.

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
use crate::render::{EditionSite, Follows, Leaf, Listing, Provenance, Root};
use crate::site::{LISTINGS, Listings, Site, Taken};
use crate::store::Additions;
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
struct Build<'a> {
    site: &'a Site,
    options: &'a Options<'a>,
    published: Published,
    /// Editions whose snapshots are gone.
    gone: Vec<String>,
    staging: Staging,
    /// What the archive lists of the editions so far, and their seals.
    listings: Vec<Listing>,
    /// The place of the first edition that is looked at.
    first: usize,
    listed: Vec<Listed>,
    staged: Vec<EditionId>,
    root_entries: Vec<super::Entry>,
    /// Pages of the site that stay as they are.
    root_kept: Vec<super::Entry>,
    built: Built,
}

/// Builds the site: everything is staged before anything is switched.
pub fn build(site: &Site, options: &Options<'_>) -> Result<Built> {
    refuse_among_inputs(site, &options.out)?;
    let staging = Staging::open(&options.out)?;
    let published = Published::in_folder(&options.out);
    let mut build = Build {
        site,
        options,
        gone: published.gone(site),
        published,
        staging,
        listings: Vec::new(),
        first: 0,
        listed: Vec::new(),
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
    build.built.diagnostics = std::mem::take(&mut walked.diagnostics);
    build
        .built
        .diagnostics
        .extend(build.judged_otherwise(walked.begin));
    let failed = |d: &Diagnostic| d.severity >= stops;
    build.built.failed = build.built.diagnostics.iter().any(failed);
    if !build.built.failed && !site.snapshots.is_empty() {
        // What a switch left half done is mended from its stage.
        build.staging.leave(true);
        build.switch()?;
        build.staging.leave(false);
        let chains = site.snapshots.iter().map(|t| t.chain);
        let listings: Listings = chains.zip(build.listings).collect();
        let mut additions = Additions::default();
        additions.put(LISTINGS, &listings)?;
        // What cannot be kept costs the next build time, and nothing else.
        let _ = site.remember(walked, additions);
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
        let stands = |taken: &&Taken| published.standing(site, taken).is_some();
        let standing = if self.options.rebuild_all {
            0
        } else {
            site.snapshots.iter().take_while(stands).count()
        };
        let stored: Listings = site.store.get(LISTINGS).unwrap_or_default();
        // As far as they are those of the same history.
        let known: Vec<Listing> = stored
            .into_iter()
            .zip(&site.snapshots[..standing])
            .map_while(|((chain, listing), taken)| (chain == taken.chain).then_some(listing))
            .collect();
        if known.len() == count
            && self.gone.is_empty()
            && published.is_up_to_date(site)
            && let Some(latest) = known.last()
        {
            self.built.headline.clone_from(&latest.headline);
            return None;
        }
        let first = standing.min(known.len()).min(count.saturating_sub(1));
        let before = site.snapshots[..first].iter();
        self.listed = before
            .filter_map(|t| published.standing(site, t).cloned())
            .collect();
        self.listings = known;
        self.listings.truncate(first);
        self.first = first;
        Some(first)
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
        let previous: Option<Sha256Sum> = self.listed.last().map(|l| l.seal);
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
            self.listed.push(listed.clone());
            // What was published, not what would be judged today.
            let listing = old.as_ref().map(|m| m.listing.clone());
            self.listings
                .push(listing.unwrap_or_else(|| pages.listing()));
            // The brief of the site says what the edition's own does.
            if let Some(manifest) = &old {
                pages.provenance.inventory = manifest.inputs.inventory;
            }
        } else {
            self.listings.push(pages.listing());
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
        if step.is_latest {
            self.built.headline = crate::render::pages::brief::headline(step.edition);
            let is_root = self.published.is_latest(&step.taken.name);
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
        serde_json::to_writer(&mut own, &self.listings)?;
        Ok(own)
    }

    /// Keeps a staged edition for the switch, unless it is what stands there already.
    fn keep(
        &mut self,
        step: &Step<'_>,
        staged: &Staged,
        old: Option<&super::EditionManifest>,
    ) -> Result<()> {
        self.listed.push(Listed::of(&staged.manifest)?);
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

    /// Stages the pages of the site. When the latest edition stands, so does every page of
    /// the site that is there: it was made with it.
    fn stage_root(&mut self, pages: &EditionSite<'_>, stands: bool) -> Result<()> {
        self.staging.folder("assets")?;
        for (name, bytes) in self.site.theme.assets() {
            let path = format!("assets/{name}");
            self.root_entries
                .push(self.staging.write("", &path, bytes)?);
        }
        // The brief last: by the time a reader sees it, everything it leads to is there.
        let months = if stands {
            self.all_months()
        } else {
            self.months()
        };
        let months = months.into_iter().map(Root::Month);
        for root in months.chain(Root::ALWAYS) {
            if stands && let Some(entry) = self.published.root(&root.path()) {
                self.root_kept.push(entry.clone());
                continue;
            }
            let bytes = pages.render_root(root, &self.listings)?;
            self.root_entries
                .push(self.staging.write("", &root.path(), &bytes)?);
        }
        self.built.files += self.root_entries.len() + 1;
        Ok(())
    }

    /// Months of which the archive has editions.
    fn all_months(&self) -> BTreeSet<Month> {
        self.listings.iter().map(|l| Month::of(l.id)).collect()
    }

    /// Months of which the page has to be made: those with an edition that was looked at or
    /// is gone, and those that came or went, with their neighbours, which lead to them.
    fn months(&self) -> BTreeSet<Month> {
        let all = self.all_months();
        let looked_at = self.listings[self.first..].iter().map(|l| Month::of(l.id));
        let mut made: BTreeSet<Month> = looked_at.collect();
        let gone: Vec<Month> = self.gone.iter().filter_map(|id| Month::of_id(id)).collect();
        let paged = self.published.months();
        for month in all.symmetric_difference(&paged).chain(&gone) {
            let before = all.range(..month).next_back();
            let after = all.range(month..).find(|m| *m > month);
            made.extend([before, Some(month), after].into_iter().flatten());
        }
        made.retain(|m| all.contains(m));
        made
    }

    fn switch(&mut self) -> Result<()> {
        self.refuse_foreign()?;
        self.staging.remember(&self.options.out)?;
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
        let mut listed = std::mem::take(&mut self.listed);
        stale.extend(self.trim(&mut listed)?);
        let Some(manifest) = SiteManifest::of(listed, self.site_entries()) else {
            return Ok(());
        };
        self.staging.write_manifest("", &manifest.bytes()?)?;
        for entry in &roots {
            self.staging.publish_file(&entry.path)?;
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
        Ok(())
    }

    /// Refuses to take the place of what the program did not write.
    fn refuse_foreign(&self) -> Result<()> {
        for id in &self.staged {
            self.staging.refuse_others_in(*id)?;
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
        let roots = self.root_entries.iter();
        for entry in roots.filter(|e| !ours.contains(e.path.as_str())) {
            self.staging.refuse_other(&entry.path)?;
        }
        Ok(())
    }

    /// Drops the pages of editions that are older than pages are kept for. Returns the
    /// editions with files that nothing will lead to.
    fn trim(&mut self, listed: &mut [Listed]) -> Result<Vec<(EditionId, BTreeSet<String>)>> {
        if self.site.config.archive.pages_for.is_none() {
            return Ok(Vec::new());
        }
        // What is left of a page was published before, and the latest edition's secrets are
        // none of it.
        self.staging.guard(&Known::default(), &[]);
        let mut stale = Vec::new();
        let old = self.site.snapshots.iter().zip(listed);
        for (taken, listed) in old.filter(|(t, l)| !l.trimmed && !self.site.keeps_pages(t)) {
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
        Ok(stale)
    }

    /// The site's own files, the assets that earlier editions were made with, and the
    /// months that stay as they are.
    fn site_entries(&self) -> Vec<super::Entry> {
        let mut entries = self.root_entries.clone();
        entries.extend(self.root_kept.iter().cloned());
        let made: BTreeSet<String> = entries.iter().map(|e| e.path.clone()).collect();
        let is_new = |e: &&super::Entry| !made.contains(&e.path);
        let old = self.published.files.iter();
        let months = self.all_months();
        let stays = |e: &&super::Entry| {
            let month = Month::at(&e.path);
            e.path.starts_with("assets/") || month.is_some_and(|m| months.contains(&m))
        };
        entries.extend(old.filter(stays).filter(is_new).cloned());
        entries
    }
}
