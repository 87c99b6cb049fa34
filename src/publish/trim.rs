//! Retention: an edition that is older than its pages are kept for keeps what a historian
//! asks for, and links to the rest become text.

use super::manifest::{EditionManifest, FILE, Listed};
use super::staging::Staging;
use crate::digest::Sha256Sum;
use crate::model::EditionId;
use crate::render::address::edition_folder;
use crate::render::trimmed::{is_kept, trimmed};
use anyhow::Result;
use std::path::Path;

/// What became of an edition that was to be trimmed.
pub(super) enum Trim {
    /// It is staged; so the site lists it.
    Staged(Listed),
    /// It was trimmed before; so the site lists it.
    Done(Listed),
    /// It is not as it was published, and is left for somebody to look at.
    Damaged,
}

/// Stages what is kept of a published edition. What was changed since is not sealed anew.
pub(super) fn edition(staging: &Staging, out: &Path, id: EditionId) -> Result<Trim> {
    let folder = edition_folder(id);
    let from = out.join(&folder);
    let Some(manifest) = EditionManifest::read(&from).filter(EditionManifest::is_sealed) else {
        return Ok(Trim::Damaged);
    };
    if manifest.trimmed {
        return Listed::of(&manifest).map(Trim::Done);
    }
    staging.folder(&folder)?;
    let mut files = Vec::new();
    for entry in manifest.files.iter().filter(|e| is_kept(&e.path)) {
        let bytes = match std::fs::read(from.join(&entry.path)) {
            Ok(bytes) if Sha256Sum::of(&bytes) == entry.sha256 => bytes,
            _ => return Ok(Trim::Damaged),
        };
        let bytes = trimmed(&entry.path, &bytes);
        files.push(staging.write(&folder, &entry.path, &bytes)?);
    }
    let manifest = EditionManifest {
        trimmed: true,
        files,
        ..manifest
    };
    staging.write_manifest(&folder, FILE, &manifest.bytes()?)?;
    Listed::of(&manifest).map(Trim::Staged)
}
