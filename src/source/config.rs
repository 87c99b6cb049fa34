//! `daybrief.toml`: every key has a default.

use super::{files, toml_file};
use crate::diagnostic::Diagnostic;
use jiff::SignedDuration;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// The site's configuration.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Name of the company or team, in page titles.
    pub title: String,
    /// Theme: a folder below `themes/`. The built-in `default` needs no folder.
    pub theme: String,
    /// Folder of snapshots, relative to the root.
    pub snapshots: String,
    /// Inventory file, relative to the root.
    pub inventory: String,
    /// Weights of signals by name, in place of the shipped ones.
    pub weights: BTreeMap<String, f64>,
    /// What is kept of editions.
    pub archive: Archive,
}

/// What is kept of editions.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Archive {
    /// How long before the latest edition one keeps all of its pages; absent: for good.
    pub pages_for: Option<Days>,
}

/// A number of days, written `90d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Days(pub SignedDuration);

impl TryFrom<String> for Days {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let days = text
            .trim()
            .strip_suffix('d')
            .and_then(|n| n.trim().parse::<u32>().ok());
        let days = days.filter(|n| (1..=36_500).contains(n));
        days.map(|n| Self(SignedDuration::from_hours(i64::from(n) * 24)))
            .ok_or_else(|| format!("`{text}` is not a number of days as `90d`"))
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            title: "Daybrief".to_owned(),
            theme: "default".to_owned(),
            snapshots: "data/snapshots".to_owned(),
            inventory: "data/inventory.toml".to_owned(),
            weights: BTreeMap::new(),
            archive: Archive::default(),
        }
    }
}

/// The configuration's file name.
pub const FILE: &str = "daybrief.toml";

/// Reads the configuration of a site; the defaults when it has none.
pub fn read(root: &Path) -> Result<Config, Diagnostic> {
    let path = root.join(FILE);
    if !path.exists() {
        return Ok(Config::default());
    }
    let text = files::read_text(&path).map_err(|e| files::unreadable(FILE, &e))?;
    let config: Config = toml_file::parse(FILE, &text)?;
    let plain =
        |name: &str| !name.is_empty() && !name.contains(['/', '\\']) && !name.starts_with('.');
    if !plain(&config.theme) {
        let message = format!("theme {:?} is not the name of a folder", config.theme);
        return Err(Diagnostic::error(
            FILE,
            message,
            "name a folder below themes/, or leave the key out",
        ));
    }
    Ok(config)
}
