//! A site on disk, and the walk over its editions from the oldest to the newest.

use crate::assess::signals::{CATALOGUE, HIGHEST, RULES_VERSION, Weights};
use crate::assess::{Declared, sighting};
use crate::diagnostic::{Diagnostic, Severity, nearest};
use crate::history::Baseline;
use crate::model::{Disposition, Dispositions, EditionId, Inventory};
use crate::normalise;
use crate::reading::{self, Reading};
use crate::relate::{Chronicle, Edition};
use crate::render::{SiteText, Theme};
use crate::source::config::{self, Config};
use crate::source::content::{self, Content};
use crate::source::snapshot::{self, SnapshotFile};
use crate::source::{dispositions, files, inventory};
use anyhow::Result;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Everything of a site but the sessions in its snapshots.
pub struct Site {
    /// Its folder.
    pub root: PathBuf,
    /// Its configuration.
    pub config: Config,
    /// What the company declared.
    pub inventory: Inventory,
    /// What people decided.
    pub dispositions: Dispositions,
    /// What each signal weighs.
    pub weights: Weights,
    /// Its prose.
    pub content: Content,
    /// Its look.
    pub theme: Theme,
    /// Its snapshots, the oldest first.
    pub snapshots: Vec<(EditionId, SnapshotFile)>,
    /// Digest of what all editions are judged and shown by.
    judgement: String,
}

/// Digests of what an edition was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inputs {
    /// Of its snapshot.
    pub snapshot: String,
    /// Of its snapshot and every one before it.
    pub history: String,
    /// Of inventory, configuration, prose, theme, rules and program.
    pub judgement: String,
}

/// One edition on the walk.
pub struct Step<'a> {
    /// Where its snapshot lies.
    pub file: &'a SnapshotFile,
    /// What was read of it.
    pub reading: &'a Reading,
    /// What it became.
    pub edition: &'a Edition<'a>,
    /// What it was made from.
    pub inputs: Inputs,
    /// Whether it is the newest one.
    pub is_latest: bool,
}

impl Site {
    /// Loads a site. Mistakes in any of its files come back together.
    pub fn load(root: &Path) -> Result<Self, Vec<Diagnostic>> {
        let mut mistakes = Vec::new();
        let mut keep = |d: Diagnostic| mistakes.push(d);
        let config = config::read(root).map_err(&mut keep).unwrap_or_default();
        let inventory = inventory::read(root, &config.inventory)
            .map_err(&mut keep)
            .unwrap_or_default();
        let content = content::read(root).map_err(&mut keep).unwrap_or_default();
        let dispositions = dispositions::read(root, &CATALOGUE.map(|d| d.name))
            .map_err(&mut keep)
            .unwrap_or_default();
        let weights = weights(&config).map_err(&mut keep).unwrap_or_default();
        let theme = Theme::load(root, &config.theme).map_err(&mut keep).ok();
        let snapshots = snapshots(root, &config.snapshots, &mut keep);
        let (Some(theme), true) = (theme, mistakes.is_empty()) else {
            return Err(mistakes);
        };
        let judgement = judgement(root, &config, &theme);
        Ok(Self {
            root: root.to_owned(),
            config,
            inventory,
            dispositions,
            weights,
            content,
            theme,
            snapshots,
            judgement,
        })
    }

    /// What pages need to know of the site.
    pub fn text(&self) -> SiteText<'_> {
        SiteText {
            title: &self.config.title,
            content: &self.content,
            theme: &self.theme,
        }
    }

    /// Walks over the editions from the oldest to the newest. Each is judged only
    /// by what lies before it. Returns the diagnostics of all snapshots; when one of
    /// them is an error the walk ends there.
    pub fn walk(&self, mut each: impl FnMut(Step<'_>) -> Result<()>) -> Result<Vec<Diagnostic>> {
        let mut diagnostics = Vec::new();
        let mut baseline = Baseline::default();
        let mut chronicle = Chronicle::default();
        let mut history = Sha256::new();
        for (at, (id, file)) in self.snapshots.iter().enumerate() {
            let inventory = self.inventory.as_of(id.taken_at());
            let (reading, mut found) = reading::read(file, &inventory)?;
            let failed = found.iter().any(|d| d.severity == Severity::Error);
            diagnostics.append(&mut found);
            if failed {
                return Ok(diagnostics);
            }
            let digest = files::digest(&file.path)?;
            history.update(&digest);
            let inputs = Inputs {
                snapshot: digest,
                history: data_encoding::HEXLOWER.encode(&history.clone().finalize()),
                judgement: self.judgement.clone(),
            };
            let declared = Declared {
                inventory: &inventory,
                dispositions: &self.dispositions,
                weights: &self.weights,
            };
            let edition = Edition::new(&reading, declared, &baseline, chronicle);
            let is_latest = at + 1 == self.snapshots.len();
            each(Step {
                file,
                reading: &reading,
                edition: &edition,
                inputs,
                is_latest,
            })?;
            let lessons;
            (chronicle, lessons) = edition.into_next();
            if !is_latest {
                learn(&mut baseline, &reading, &inventory, lessons);
            }
        }
        diagnostics.extend(self.expired());
        Ok(diagnostics)
    }

    /// A note for each decision that is over by the latest edition.
    fn expired(&self) -> Vec<Diagnostic> {
        let Some((latest, _)) = self.snapshots.last() else {
            return Vec::new();
        };
        let expired = self.dispositions.0.iter();
        let expired = expired.filter(|d| d.has_expired(latest.taken_at()));
        let note = |d: &Disposition| {
            let message = format!("this decision was in force until {}", d.until());
            Diagnostic::note(&d.file, message, "renew it, or remove the file")
        };
        expired.map(note).collect()
    }
}

/// Takes an edition's sessions into the baseline of the next one.
fn learn(
    baseline: &mut Baseline,
    reading: &Reading,
    inventory: &Inventory,
    lessons: Vec<Option<Box<[u64]>>>,
) {
    // An empty snapshot speaks for nothing.
    if reading.facts.is_empty() {
        return;
    }
    baseline.begin(&reading.snapshot);
    for (facts, lesson) in reading.facts.iter().zip(lessons) {
        baseline.absorb(&sighting(facts, &reading.snapshot, inventory, lesson));
    }
}

/// Opens every snapshot; two of one moment are an error.
fn snapshots(
    root: &Path,
    folder: &str,
    keep: &mut impl FnMut(Diagnostic),
) -> Vec<(EditionId, SnapshotFile)> {
    let paths = match files::list(&root.join(folder)) {
        Ok(paths) => paths,
        Err(e) => {
            keep(files::unreadable(folder, &e));
            return Vec::new();
        }
    };
    let mut by_id: BTreeMap<EditionId, SnapshotFile> = BTreeMap::new();
    for path in paths.iter().filter(|p| is_snapshot_name(p)) {
        let typed = snapshot::open(root, path).and_then(|file| {
            let head = normalise::head(&file.label, &file.head)?;
            Ok((head.edition(), file))
        });
        match typed {
            Ok((id, file)) => {
                if let Some(other) = by_id.get(&id) {
                    let message = format!("taken at the same moment as {}", other.label);
                    keep(Diagnostic::error(
                        &file.label,
                        message,
                        "keep one of the two, or correct taken_at",
                    ));
                    continue;
                }
                by_id.insert(id, file);
            }
            Err(diagnostic) => keep(diagnostic),
        }
    }
    by_id.into_iter().collect()
}

/// `*.json`, `*.jsonl`, and the same with `.gz` or `.zst`.
fn is_snapshot_name(path: &Path) -> bool {
    let name = path
        .file_name()
        .map(|n| n.to_string_lossy().to_ascii_lowercase())
        .unwrap_or_default();
    let plain = name
        .strip_suffix(".gz")
        .or_else(|| name.strip_suffix(".zst"))
        .unwrap_or(&name);
    [".json", ".jsonl"]
        .iter()
        .any(|ending| plain.ends_with(ending))
}

fn weights(config: &Config) -> Result<Weights, Diagnostic> {
    Weights::set(&config.weights).map_err(|name| {
        let names = CATALOGUE.map(|d| d.name);
        if names.contains(&name.as_str()) {
            let message = format!("weight of `{name}` is not between 0 and {HIGHEST:.0}");
            return Diagnostic::error(
                config::FILE,
                message,
                "the method page has the shipped ones",
            );
        }
        let mend = nearest(&name, names).map_or_else(
            || "the method page lists the signals".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        Diagnostic::error(config::FILE, format!("`{name}` is not a signal"), &mend)
    })
}

fn judgement(root: &Path, config: &Config, theme: &Theme) -> String {
    let mut hasher = Sha256::new();
    hasher.update(format!(
        "{} {RULES_VERSION} {}\n",
        env!("CARGO_PKG_VERSION"),
        theme.digest
    ));
    let mut inputs = vec![root.join(config::FILE), root.join(&config.inventory)];
    inputs.extend(files::list(&root.join("content")).unwrap_or_default());
    for path in inputs.iter().filter(|p| p.exists()) {
        hasher.update(files::label(root, path));
        hasher.update(files::digest(path).unwrap_or_default());
    }
    data_encoding::HEXLOWER.encode(&hasher.finalize())
}
