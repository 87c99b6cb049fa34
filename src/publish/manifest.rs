//! What an edition or the site consists of: every file with its size and SHA-256.

use crate::site::Inputs;
use anyhow::{Context, Result};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::io::Write;
use std::path::Path;

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

/// A SHA-256 digest: 32 bytes in memory, lower-case hexadecimal in a manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sha256Sum(pub [u8; 32]);

impl std::fmt::Display for Sha256Sum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl Serialize for Sha256Sum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sha256Sum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = data_encoding::HEXLOWER
            .decode(text.as_bytes())
            .map_err(D::Error::custom)?;
        bytes
            .try_into()
            .map(Self)
            .map_err(|_| D::Error::custom("a SHA-256 has 32 bytes"))
    }
}

/// A manifest: of an edition, or of the site's own pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Always `daybrief-manifest`.
    pub format: String,
    /// Always 1.
    pub version: u32,
    /// Program that wrote it.
    pub program: String,
    /// Rules that were in force.
    pub rules: String,
    /// What the edition was made from; absent for the site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inputs: Option<InputDigests>,
    /// SHA-256 of the manifest before: of the previous edition, or for the site of the latest edition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    /// Sorted by path.
    pub files: Vec<Entry>,
}

/// Digests of what an edition was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputDigests {
    /// Of its snapshot.
    pub snapshot: String,
    /// Of its snapshot and every one before it.
    pub history: String,
    /// Of inventory, configuration, prose, theme, rules and program.
    pub judgement: String,
}

impl From<Inputs> for InputDigests {
    fn from(inputs: Inputs) -> Self {
        Self {
            snapshot: inputs.snapshot,
            history: inputs.history,
            judgement: inputs.judgement,
        }
    }
}

/// A manifest's file name.
pub(super) const FILE: &str = "manifest.json";

impl Manifest {
    /// A manifest of these files.
    pub(super) fn new(
        inputs: Option<InputDigests>,
        previous: Option<String>,
        mut files: Vec<Entry>,
    ) -> Self {
        files.sort();
        Self {
            format: "daybrief-manifest".to_owned(),
            version: 1,
            program: format!("daybrief {}", env!("CARGO_PKG_VERSION")),
            rules: crate::assess::signals::RULES_VERSION.to_owned(),
            inputs,
            previous,
            files,
        }
    }

    /// Writes the manifest as it is published.
    pub(super) fn write(&self, out: &mut impl Write) -> Result<()> {
        serde_json::to_writer_pretty(&mut *out, self).context("cannot write the manifest")?;
        out.write_all(b"\n").context("cannot write the manifest")
    }

    /// The manifest as it is published.
    pub(super) fn bytes(&self) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.write(&mut bytes)?;
        Ok(bytes)
    }

    /// Reads the manifest in a folder; `None` when there is none, or when it is not one of ours.
    pub(super) fn read(folder: &Path) -> Option<Self> {
        let bytes = std::fs::read(folder.join(FILE)).ok()?;
        serde_json::from_slice::<Self>(&bytes)
            .ok()
            .filter(|m| m.format == "daybrief-manifest")
    }
}
