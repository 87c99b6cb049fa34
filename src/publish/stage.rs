//! Staging one edition: every page, the records, the seal.

use super::build::Options;
use super::manifest::{EditionManifest, Entry, FILE, Inputs, of_files};
use super::staging::Staging;
use crate::digest::Sha256Sum;
use crate::reading::{self, Read};
use crate::render::{EditionSite, Follows, Leaf, Provenance, Revision};
use crate::site::{Site, Taken};
use crate::walk::Step;
use anyhow::{Context, Result};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

/// What an edition is sealed with beside its files.
pub(super) struct Sealing<'a> {
    /// What it is made from.
    pub(super) inputs: Inputs,
    /// Seal of the edition before.
    pub(super) previous: Option<Sha256Sum>,
    /// What stands there now.
    pub(super) old: Option<&'a EditionManifest>,
}

/// A staged edition.
pub(super) struct Staged {
    /// Its manifest.
    pub(super) manifest: EditionManifest,
    /// Whether it says something else than what stands there now.
    pub(super) is_revised: bool,
}

/// What an edition is made from.
pub(super) fn inputs(site: &Site, taken: &Taken) -> Inputs {
    Inputs {
        snapshot: taken.digest,
        history: taken.chain,
        declared: site.declared,
        inventory: site.inventory_digest,
    }
}

/// Stages an edition. When it says something else than what was published, its brief
/// tells so.
pub(super) fn edition(
    staging: &Staging,
    step: &Step<'_>,
    pages: &mut EditionSite<'_>,
    sealing: &Sealing<'_>,
    options: &Options<'_>,
) -> Result<Staged> {
    let folder = pages.folder();
    let leaves: Vec<Leaf> = pages.leaves();
    let folders: BTreeSet<String> = leaves
        .iter()
        .filter_map(|l| parent(&pages.path(*l)))
        .chain(["session".to_owned()])
        .collect();
    for inner in folders {
        staging.folder(&format!("{folder}{inner}"))?;
    }
    let mut entries = sessions(staging, step, pages, options)?;
    let stage = |leaf: Leaf, pages: &EditionSite<'_>| {
        options.go_on()?;
        let name = pages.path(leaf);
        let mut file = staging.file(&format!("{folder}{name}"))?;
        pages
            .render(leaf, &mut file)
            .with_context(|| name.clone())?;
        file.finish(&name)
    };
    let others = leaves.par_iter().filter(|leaf| **leaf != Leaf::Brief);
    let rendered = others.map(|leaf| stage(*leaf, pages));
    entries.extend(rendered.collect::<Result<Vec<Entry>>>()?);
    (options.pages)(leaves.len());
    let contents = contents(&entries, pages)?;
    let replaced = sealing.old.filter(|o| o.contents != contents);
    if let Some(old) = replaced {
        pages.provenance.revisions.push(Revision {
            was: old.contents,
            now: contents,
            why: old.why_revised(&sealing.inputs).to_owned(),
        });
    }
    entries.push(stage(Leaf::Brief, pages)?);
    let manifest = EditionManifest::sealed(
        step.taken.id,
        sealing.inputs,
        sealing.previous,
        pages.provenance.revisions.clone(),
        pages.listing(),
        contents,
        entries,
    );
    staging.write_manifest(&folder, FILE, &manifest.bytes()?)?;
    Ok(Staged {
        is_revised: replaced.is_some(),
        manifest,
    })
}

/// Digest of an edition's other files and of its brief, as that is before it says what it
/// follows and what it replaced: a revision is one of what the edition says.
fn contents(others: &[Entry], pages: &mut EditionSite<'_>) -> Result<Sha256Sum> {
    let alone = Provenance {
        follows: Follows::Unknown,
        inventory: pages.provenance.inventory,
        revisions: Vec::new(),
    };
    let provenance = std::mem::replace(&mut pages.provenance, alone);
    let mut brief = Vec::new();
    let rendered = pages.render(Leaf::Brief, &mut brief);
    pages.provenance = provenance;
    rendered?;
    let mut files = others.to_vec();
    files.push(Entry {
        path: pages.path(Leaf::Brief),
        size: brief.len() as u64,
        sha256: Sha256Sum::of(&brief),
    });
    files.sort();
    Ok(of_files(&files))
}

/// Streams the sessions once more: their pages, and the redacted raw records.
fn sessions(
    staging: &Staging,
    step: &Step<'_>,
    pages: &EditionSite<'_>,
    options: &Options<'_>,
) -> Result<Vec<Entry>> {
    let folder = pages.folder();
    let records = pages.path(Leaf::Records);
    let mut raw = staging.file(&format!("{folder}{records}"))?;
    let mut entries = Vec::with_capacity(step.reading.facts.len() + 64);
    reading::sessions(step.file, step.reading, |batch| {
        let staged: Vec<Vec<Entry>> = batch
            .par_iter()
            .map(|read| {
                options.go_on()?;
                session(staging, read, pages, &folder)
            })
            .collect::<Result<_>>()?;
        (options.pages)(staged.len());
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

fn session(
    staging: &Staging,
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
        entries.push(staging.write(folder, &pages.path(leaf), &bytes)?);
    }
    Ok(entries)
}

fn parent(path: &str) -> Option<String> {
    Path::new(path)
        .parent()
        .map(|p| p.to_string_lossy().into_owned())
        .filter(|p| !p.is_empty())
}
