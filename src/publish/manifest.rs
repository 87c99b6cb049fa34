//! What an edition or the site consists of, and the chain of seals over the editions.
//!
//! An edition's seal is a digest over what it was made from, every file it was published
//! with, what the archive lists of it, and the seal of the edition before. So the latest
//! seal speaks for all of them. The site's manifest lists months, the manifest of a month
//! its editions, that of an edition its files.

use crate::digest::Sha256Sum;
use crate::model::EditionId;
use crate::render::address::Month;
use crate::render::{Listing, Revision};
use crate::site::Taken;
use anyhow::{Context, Result};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::path::Path;

/// A manifest's file name.
pub(super) const FILE: &str = "manifest.json";

/// One published file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Entry {
    /// Relative to the manifest, with forward slashes.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// Of its bytes.
    pub sha256: Sha256Sum,
}

/// Which program, of which form and rules, wrote a manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Writer {
    /// `daybrief-edition`, `daybrief-month` or `daybrief-site`.
    pub format: String,
    /// Always 1.
    pub version: u32,
    /// Program that wrote it.
    pub program: String,
    /// Rules that were in force.
    pub rules: String,
}

impl Writer {
    fn of(format: &str) -> Self {
        Self {
            format: format.to_owned(),
            version: 1,
            program: format!("daybrief {}", env!("CARGO_PKG_VERSION")),
            rules: crate::assess::signals::RULES_VERSION.to_owned(),
        }
    }
}

/// Digests of what an edition was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inputs {
    /// Of its snapshot.
    pub snapshot: Sha256Sum,
    /// Of its snapshot and every one before it.
    pub history: Sha256Sum,
    /// Of inventory, decisions, configuration, prose, theme, rules and program.
    pub declared: Sha256Sum,
    /// Of the inventory alone; absent when there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inventory: Option<Sha256Sum>,
}

/// The manifest of an edition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditionManifest {
    /// Who wrote it.
    #[serde(flatten)]
    pub writer: Writer,
    /// The edition's id.
    pub edition: String,
    /// What it was made from.
    pub inputs: Inputs,
    /// Seal of the edition before; absent for the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Sha256Sum>,
    /// Of every file as the edition was published, its brief before that tells what it follows
    /// and of revisions: what a revision names cannot have its own name in it.
    pub contents: Sha256Sum,
    /// Of every file as the edition was published.
    pub published: Sha256Sum,
    /// What it replaced, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revisions: Vec<Revision>,
    /// What the archive lists of it.
    pub listing: Listing,
    /// Over all of the above.
    pub seal: Sha256Sum,
    /// Whether pages were dropped since, and links to them; `contents` and `published` speak
    /// of the edition as it was.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub trimmed: bool,
    /// The files, sorted by path.
    pub files: Vec<Entry>,
}

impl EditionManifest {
    /// Seals an edition.
    pub(super) fn sealed(
        edition: EditionId,
        inputs: Inputs,
        previous: Option<Sha256Sum>,
        revisions: Vec<Revision>,
        listing: Listing,
        contents: Sha256Sum,
        mut files: Vec<Entry>,
    ) -> Self {
        files.sort();
        let mut manifest = Self {
            writer: Writer::of("daybrief-edition"),
            edition: edition.to_string(),
            inputs,
            previous,
            contents,
            published: of_files(&files),
            revisions,
            listing,
            seal: Sha256Sum([0; 32]),
            trimmed: false,
            files,
        };
        manifest.seal = manifest.expected_seal();
        manifest
    }

    /// The seal that its other fields make.
    fn expected_seal(&self) -> Sha256Sum {
        let mut text = String::from("daybrief-seal 2\n");
        let mut line = |value: &dyn std::fmt::Display| {
            let _ = writeln!(text, "{value}");
        };
        line(&self.edition);
        line(&self.writer.program);
        line(&self.writer.rules);
        line(&self.inputs.snapshot);
        line(&self.inputs.history);
        line(&self.inputs.declared);
        for digest in [self.inputs.inventory, self.previous] {
            match digest {
                Some(digest) => line(&digest),
                None => line(&"-"),
            }
        }
        line(&self.contents);
        line(&self.published);
        for revision in &self.revisions {
            line(&format_args!(
                "{} {} {:?}",
                revision.was, revision.now, revision.why
            ));
        }
        let Listing {
            id,
            headline,
            bottom_line,
            leads,
            sessions,
            touched,
            links,
            cost,
        } = &self.listing;
        let cost = cost.micros();
        line(&format_args!(
            "{leads} {sessions} {touched} {links} {cost} {id}"
        ));
        // Any text is one line so.
        line(&Sha256Sum::of(headline.as_bytes()));
        line(&Sha256Sum::of(bottom_line.as_bytes()));
        Sha256Sum(Sha256::digest(text).into())
    }

    /// Whether its digests and its seal follow from the rest of it.
    pub(super) fn is_sealed(&self) -> bool {
        let is_as_published = of_files(&self.files) == self.published;
        (self.trimmed || is_as_published) && self.expected_seal() == self.seal
    }

    /// Why another edition of the same moment takes its place.
    pub(super) fn why_revised(&self, inputs: &Inputs) -> &'static str {
        let writer = Writer::of("daybrief-edition");
        if self.inputs.snapshot != inputs.snapshot {
            "its snapshot was corrected"
        } else if self.inputs.history != inputs.history {
            "an earlier snapshot came in, was corrected or went away"
        } else if (&self.writer.program, &self.writer.rules) != (&writer.program, &writer.rules) {
            "it was made by another version of the program"
        } else if self.inputs.inventory != inputs.inventory {
            "the inventory was changed"
        } else if self.inputs.declared != inputs.declared {
            "decisions, configuration, prose or the theme were changed"
        } else {
            "an edition before it was revised"
        }
    }

    /// The manifest in an edition's folder, if one of ours is there.
    pub(super) fn read(folder: &Path) -> Option<Self> {
        read::<Self>(folder)
            .filter(|m| m.writer.format == "daybrief-edition" && are_below(&m.files))
    }

    /// As it is published.
    pub(super) fn bytes(&self) -> Result<Vec<u8>> {
        bytes(self)
    }
}

/// An edition as the manifest of its month lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Its id.
    pub edition: String,
    /// Digest of its snapshot and every one before it.
    pub history: Sha256Sum,
    /// Digest of what it was judged and shown by.
    pub declared: Sha256Sum,
    /// Its seal.
    pub seal: Sha256Sum,
    /// Whether pages of it were dropped since.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub trimmed: bool,
    /// Of its manifest.
    pub manifest: Sha256Sum,
}

impl Listed {
    /// Lists an edition.
    pub(super) fn of(manifest: &EditionManifest) -> Result<Self> {
        Ok(Self {
            edition: manifest.edition.clone(),
            history: manifest.inputs.history,
            declared: manifest.inputs.declared,
            seal: manifest.seal,
            trimmed: manifest.trimmed,
            manifest: Sha256Sum::of(&manifest.bytes()?),
        })
    }
}

/// The manifest of a month's editions, beside the month's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthManifest {
    /// Who wrote it.
    #[serde(flatten)]
    pub writer: Writer,
    /// The month.
    pub month: Month,
    /// Its editions, the oldest first.
    pub editions: Vec<Listed>,
}

impl MonthManifest {
    /// Of a month's editions.
    pub(super) fn of(month: Month, editions: Vec<Listed>) -> Self {
        Self {
            writer: Writer::of("daybrief-month"),
            month,
            editions,
        }
    }

    /// The manifest of a month in a site's folder, as the site lists it.
    pub(super) fn read(out: &Path, month: Month, entry: &Entry) -> Option<Self> {
        let bytes = std::fs::read(out.join(month.manifest())).ok()?;
        let manifest: Self = serde_json::from_slice(&bytes).ok()?;
        let is_ours = manifest.writer.format == "daybrief-month" && manifest.month == month;
        (is_ours && Sha256Sum::of(&bytes) == entry.sha256).then_some(manifest)
    }

    /// As it is published.
    pub(super) fn bytes(&self) -> Result<Vec<u8>> {
        bytes(self)
    }
}

/// A month as the site's manifest lists it: what its editions come to. The digest of its
/// own manifest stands among the site's files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedMonth {
    /// The month.
    pub month: Month,
    /// How many editions it has.
    pub editions: usize,
    /// Of how many of them pages were dropped since.
    pub trimmed: usize,
    /// Digest of its last edition's snapshot and every one before it.
    pub history: Sha256Sum,
    /// Seal of its last edition.
    pub seal: Sha256Sum,
}

impl ListedMonth {
    /// Of a month's editions, of which there is at least one.
    pub(super) fn of(month: Month, editions: &[Listed]) -> Option<Self> {
        let last = editions.last()?;
        Some(Self {
            month,
            editions: editions.len(),
            trimmed: editions.iter().filter(|e| e.trimmed).count(),
            history: last.history,
            seal: last.seal,
        })
    }

    /// Whether its editions were made from these snapshots, the oldest first.
    pub(super) fn is_of(&self, taken: &[Taken]) -> bool {
        let history = taken.last().map(|t| t.chain);
        self.editions == taken.len() && Some(self.history) == history
    }
}

/// The manifest of the site: its own files, and the months of its editions.
///
/// So what a new edition changes does not grow with the archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteManifest {
    /// Who wrote it.
    #[serde(flatten)]
    pub writer: Writer,
    /// Seal of the latest edition.
    pub head: Sha256Sum,
    /// Every month that has editions, the oldest first.
    pub months: Vec<ListedMonth>,
    /// The site's own files, sorted by path; the manifests of months are among them.
    pub files: Vec<Entry>,
    /// Over all of the above. It is no seal: whoever changes this file can make it fit again.
    #[serde(default)]
    pub digest: Sha256Sum,
}

impl SiteManifest {
    /// Of these months and files; there is no site without an edition.
    pub(super) fn of(months: Vec<ListedMonth>, mut files: Vec<Entry>) -> Option<Self> {
        files.sort();
        let mut manifest = Self {
            writer: Writer::of("daybrief-site"),
            head: months.last()?.seal,
            months,
            files,
            digest: Sha256Sum::default(),
        };
        manifest.digest = manifest.expected_digest()?;
        Some(manifest)
    }

    /// The digest that its other fields make.
    fn expected_digest(&self) -> Option<Sha256Sum> {
        let without = Self {
            digest: Sha256Sum::default(),
            ..self.clone()
        };
        let bytes = without.bytes().ok()?;
        Some(Sha256Sum::of(&bytes))
    }

    /// Whether these bytes are what was published, and nothing in them was changed.
    pub(super) fn is_as_written(&self, bytes: &[u8]) -> bool {
        self.expected_digest() == Some(self.digest) && self.bytes().is_ok_and(|b| b == bytes)
    }

    /// The manifest in a site's folder, if one of ours is there.
    pub(super) fn read(folder: &Path) -> Option<Self> {
        read::<Self>(folder).filter(|m| m.writer.format == "daybrief-site" && are_below(&m.files))
    }

    /// As it is published.
    pub(super) fn bytes(&self) -> Result<Vec<u8>> {
        bytes(self)
    }
}

/// Whether every file lies below its manifest: what is listed may be removed some day.
fn are_below(files: &[Entry]) -> bool {
    let is_plain = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['\\', ':']);
    files.iter().all(|e| e.path.split('/').all(is_plain))
}

/// SHA-256 over path, size and digest of files, a line each, in order of path.
pub(super) fn of_files<'e>(files: impl IntoIterator<Item = &'e Entry>) -> Sha256Sum {
    let mut hasher = Sha256::new();
    for entry in files {
        hasher.update(format!("{} {} {}\n", entry.path, entry.size, entry.sha256));
    }
    Sha256Sum(hasher.finalize().into())
}

fn read<T: DeserializeOwned>(folder: &Path) -> Option<T> {
    let bytes = std::fs::read(folder.join(FILE)).ok()?;
    serde_json::from_slice(&bytes).ok()
}

fn bytes(manifest: &impl Serialize) -> Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(manifest).context("cannot write the manifest")?;
    bytes.push(b'\n');
    Ok(bytes)
}
