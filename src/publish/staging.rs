//! A staging folder inside the output, and the moves that make it the site.

use super::disk;
use super::gate::{Gate, Watched};
use super::manifest::{EditionManifest, Entry, FILE, SiteManifest};
use crate::digest::Sha256Sum;
use crate::model::EditionId;
use crate::normalise::redact::Known;
use crate::render::address::{EDITIONS, edition_folder};
use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use walkdir::WalkDir;

/// Folder of a stage with the editions that it has replaced.
const REPLACED: &str = "replaced";
/// Folder of a stage with what the site listed before.
const BEFORE: &str = "before";
/// Folder of a stage with what it was to list then.
const AFTER: &str = "after";
/// Staging folders begin with this, so that leftovers of a killed build are recognised.
const PREFIX: &str = ".daybrief-stage-";

/// A folder on the output's own file system that is gone when it is dropped.
pub(super) struct Staging {
    folder: TempDir,
    out: PathBuf,
    /// What must not be written.
    gate: Gate,
    /// Stages of builds that broke off while they replaced things.
    broken_off: Vec<PathBuf>,
    /// Held until the build ends, so that no other one writes here.
    _lock: Option<File>,
}

impl Staging {
    /// Opens a staging folder and removes those of killed builds that had replaced nothing.
    pub(super) fn open(out: &Path) -> Result<Self> {
        disk::create_folder(out)
            .with_context(|| format!("cannot create the output folder {}", out.display()))?;
        let lock = lock(out)?;
        for name in [EDITIONS, "assets"] {
            refuse_link(&out.join(name))?;
        }
        let there = fs::read_dir(out).with_context(|| format!("cannot read {}", out.display()))?;
        let is_left = |name: &Path| name.to_string_lossy().starts_with(PREFIX);
        let names = there.flatten().map(|e| PathBuf::from(e.file_name()));
        let left = names
            .filter(|name| is_left(name))
            .map(|name| out.join(name));
        let (broken_off, only_staged): (Vec<PathBuf>, Vec<PathBuf>) =
            left.partition(|stage| stage.join(BEFORE).is_dir());
        for stage in only_staged {
            remove(&stage)?;
        }
        let folder = tempfile::Builder::new()
            .prefix(PREFIX)
            .tempdir_in(out)
            .with_context(|| format!("cannot write into the output folder {}", out.display()))?;
        Ok(Self {
            folder,
            out: out.to_owned(),
            gate: Gate::default(),
            broken_off,
            _lock: lock,
        })
    }

    /// Whether another build broke off here while it replaced things.
    pub(super) const fn mends(&self) -> bool {
        !self.broken_off.is_empty()
    }

    /// Removes what such builds left, now that nothing leads to it.
    pub(super) fn mend(&mut self) -> Result<()> {
        for stage in std::mem::take(&mut self.broken_off) {
            clear(&self.out, &stage)?;
        }
        Ok(())
    }

    /// Whether the stage stays when it is dropped, for the next build to mend from.
    pub(super) fn leave(&mut self, stays: bool) {
        self.folder.disable_cleanup(stays);
    }

    /// Lets nothing into the stage from now on that holds one of these secrets either;
    /// `own` is what the program prints of itself.
    pub(super) fn guard(&mut self, secrets: &Known, own: &[u8]) {
        self.gate = Gate::new(secrets, own);
    }

    /// Makes a folder in the stage.
    pub(super) fn folder(&self, path: &str) -> Result<()> {
        let folder = self.folder.path().join(path);
        disk::create_folder(&folder).with_context(|| format!("cannot create {}", folder.display()))
    }

    /// Opens a file in the stage. Its folder must be there.
    pub(super) fn file(&self, path: &str) -> Result<Hashed<'_>> {
        self.let_name_pass(path)?;
        let path = self.folder.path().join(path);
        let file =
            disk::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Hashed {
            file: BufWriter::new(file),
            gate: &self.gate,
            watched: Watched::default(),
            hasher: Sha256::new(),
            size: 0,
        })
    }

    /// Writes a whole file into the stage; the entry's path is `name`.
    pub(super) fn write(&self, folder: &str, name: &str, bytes: &[u8]) -> Result<Entry> {
        self.let_name_pass(name)?;
        self.put(&self.gate, folder, name, bytes)
    }

    fn put(&self, gate: &Gate, folder: &str, name: &str, bytes: &[u8]) -> Result<Entry> {
        gate.check(bytes).with_context(|| name.to_owned())?;
        let path = self.folder.path().join(folder).join(name);
        disk::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Entry {
            path: name.to_owned(),
            size: bytes.len() as u64,
            sha256: Sha256Sum::of(bytes),
        })
    }

    /// Writes a manifest. It holds names and words that were looked at where they stand
    /// otherwise, and digests, any of which a session may call a secret.
    pub(super) fn write_manifest(&self, folder: &str, name: &str, bytes: &[u8]) -> Result<Entry> {
        self.put(&Gate::default(), folder, name, bytes)
    }

    /// Refuses a name that must not be told; so the message does not tell it either.
    fn let_name_pass(&self, name: &str) -> Result<()> {
        let passes = self.gate.check(name.as_bytes());
        passes.context("the name of a file")
    }

    /// Moves a staged file into the site, in one step. An identical one stays untouched.
    pub(super) fn publish_file(&self, path: &str) -> Result<()> {
        let (from, to) = (self.folder.path().join(path), self.out.join(path));
        if is_file(&to) && same_content(&from, &to) {
            return Ok(());
        }
        if let Some(folder) = to.parent() {
            disk::create_folder(folder)
                .with_context(|| format!("cannot create {}", folder.display()))?;
        }
        rename(&from, &to)
    }

    /// Moves a staged edition into the site, in one step. What lies in the old one's folder
    /// and not in the new one's stays reachable: files that are not ours for good, ours
    /// until the pages that lead to them are replaced. Returns the latter.
    pub(super) fn publish_edition(&self, id: EditionId) -> Result<BTreeSet<String>> {
        let (from, to) = self.places_of(id);
        disk::create_folder(&self.out.join(EDITIONS))
            .with_context(|| format!("cannot create {}", self.out.join(EDITIONS).display()))?;
        refuse_link(&to)?;
        if !to.exists() {
            rename(&from, &to)?;
            return Ok(BTreeSet::new());
        }
        let ours = listed_in(&to);
        let mut stale = BTreeSet::new();
        let others = files_below(&to).into_iter();
        for inside in others.filter(|f| !from.join(f).exists()) {
            keep(&inside, &to, &from)?;
            if ours.contains(&inside) {
                stale.insert(inside);
            }
        }
        self.exchange(id, &from, &to)?;
        Ok(stale)
    }

    /// Drops files of an edition in one step, so that no page of it is met without the ones
    /// it leads to.
    pub(super) fn drop_from_edition(&self, id: EditionId, files: &BTreeSet<String>) -> Result<()> {
        let (from, to) = self.places_of(id);
        for inside in files_below(&to).iter().filter(|f| !files.contains(*f)) {
            keep(inside, &to, &from)?;
        }
        self.exchange(id, &from, &to)
    }

    /// Where an edition lies in the stage, and where in the site.
    fn places_of(&self, id: EditionId) -> (PathBuf, PathBuf) {
        let folder = edition_folder(id);
        let folder = folder.trim_end_matches('/');
        (self.folder.path().join(folder), self.out.join(folder))
    }

    fn exchange(&self, id: EditionId, from: &Path, to: &Path) -> Result<()> {
        disk::exchange(from, to).with_context(|| format!("cannot publish {}", to.display()))?;
        // What was replaced makes room for another version of the same edition.
        let replaced = self.folder.path().join(REPLACED);
        disk::create_folder(&replaced)?;
        let version = fs::read_dir(&replaced).map_or(0, Iterator::count);
        rename(from, &replaced.join(format!("{id}.{version}")))
    }

    /// Keeps what the site lists before the switch; from now on there is something to mend.
    pub(super) fn remember(&self, out: &Path) -> Result<()> {
        let listed = fs::read(out.join(FILE));
        self.note(BEFORE, listed.as_deref().unwrap_or_default())
    }

    /// Keeps what the site will list after it.
    pub(super) fn intend(&self, manifest: &[u8]) -> Result<()> {
        self.note(AFTER, manifest)
    }

    fn note(&self, name: &str, manifest: &[u8]) -> Result<()> {
        let folder = self.folder.path().join(name);
        disk::create_folder(&folder)?;
        disk::write(&folder.join(FILE), manifest).context("cannot write into the stage")
    }

    /// Refuses a page of the site where something else stands.
    pub(super) fn refuse_other(&self, path: &str) -> Result<()> {
        refuse_other(&self.folder.path().join(path), &self.out.join(path))
    }

    /// Refuses to put a file where a folder is.
    pub(super) fn refuse_folder(&self, path: &str) -> Result<()> {
        let there = self.out.join(path);
        anyhow::ensure!(
            !there.is_dir(),
            "{} is a folder where a file of the site belongs; move it away",
            there.display()
        );
        Ok(())
    }

    /// Refuses an edition where something else stands in the way of it or of its files.
    pub(super) fn refuse_others_in(&self, id: EditionId) -> Result<()> {
        let (from, to) = self.places_of(id);
        refuse_link(&to)?;
        if to.is_file() {
            return refuse_other(&from, &to);
        }
        let ours = listed_in(&to);
        let others = files_below(&to).into_iter();
        for inside in others.filter(|f| !ours.contains(f) && f != FILE) {
            let staged = from.join(&inside);
            if staged.exists() {
                refuse_other(&staged, &to.join(&inside))?;
            }
        }
        Ok(())
    }

    /// Removes a published file of ours that is no longer part of the site, and the folder
    /// it leaves empty.
    pub(super) fn retire(&self, path: &str) -> Result<()> {
        retire(&self.out, path)
    }

    /// Removes the files of ours of an edition whose snapshot is gone, its manifest last.
    /// What else lies in its folder stays.
    pub(super) fn retire_edition(&self, id: &str) -> Result<()> {
        let folder = self.out.join(EDITIONS).join(id);
        refuse_link(&folder)?;
        let Some(manifest) = EditionManifest::read(&folder) else {
            return Ok(());
        };
        for entry in &manifest.files {
            self.retire(&format!("{EDITIONS}/{id}/{}", entry.path))?;
        }
        self.retire(&format!("{EDITIONS}/{id}/{FILE}"))
    }
}

/// Removes what a killed build left in its stage. Where it had replaced an edition, the
/// stage holds the old one: what only that had of ours is still in the site.
fn clear(out: &Path, stage: &Path) -> Result<()> {
    let folders = [EDITIONS, REPLACED].map(|name| fs::read_dir(stage.join(name)));
    for old in folders.into_iter().flatten().flatten().flatten() {
        let name = old.file_name();
        let Some(id) = name.to_str().and_then(|n| n.split('.').next()) else {
            continue;
        };
        let now = EditionManifest::read(&out.join(EDITIONS).join(id));
        if let (Some(old), Some(now)) = (EditionManifest::read(&old.path()), now) {
            retire_unlisted(out, &format!("{EDITIONS}/{id}/"), &old.files, &now.files)?;
        }
    }
    for listed in [BEFORE, AFTER].map(|name| SiteManifest::read(&stage.join(name))) {
        if let (Some(listed), Some(now)) = (listed, SiteManifest::read(out)) {
            retire_unlisted(out, "", &listed.files, &now.files)?;
        }
    }
    remove(stage)
}

fn remove(stage: &Path) -> Result<()> {
    fs::remove_dir_all(stage)
        .with_context(|| format!("cannot remove the leftover {}", stage.display()))
}

/// Removes files that were listed, are as they were written, and are not listed any more.
fn retire_unlisted(out: &Path, folder: &str, before: &[Entry], now: &[Entry]) -> Result<()> {
    let listed: BTreeSet<&str> = now.iter().map(|e| e.path.as_str()).collect();
    for entry in before.iter().filter(|e| !listed.contains(e.path.as_str())) {
        let path = format!("{folder}{}", entry.path);
        let bytes = fs::read(out.join(&path));
        if bytes.is_ok_and(|bytes| Sha256Sum::of(&bytes) == entry.sha256) {
            retire(out, &path)?;
        }
    }
    Ok(())
}

/// Files that the manifest in an edition's folder lists.
fn listed_in(edition: &Path) -> BTreeSet<String> {
    let files = EditionManifest::read(edition).map_or_else(Vec::new, |m| m.files);
    files.into_iter().map(|e| e.path).collect()
}

/// Gives a file of a folder a second name in another one.
fn keep(inside: &str, from: &Path, to: &Path) -> Result<()> {
    let kept = to.join(inside);
    if let Some(folder) = kept.parent() {
        disk::create_folder(folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
    }
    disk::link(&from.join(inside), &kept).with_context(|| format!("cannot keep {}", kept.display()))
}

/// Refuses what stands where something else is staged for.
fn refuse_other(staged: &Path, there: &Path) -> Result<()> {
    let is_other = there.symlink_metadata().is_ok() && !same_content(staged, there);
    anyhow::ensure!(
        !is_other,
        "{} was not written by this program; move it away, or write elsewhere with -o",
        there.display()
    );
    Ok(())
}

/// Files below a folder, relative to it, with forward slashes.
pub(super) fn files_below(folder: &Path) -> Vec<String> {
    WalkDir::new(folder)
        .min_depth(1)
        .into_iter()
        .flatten()
        .filter(|e| !e.file_type().is_dir())
        .filter_map(|e| {
            let inside = e.path().strip_prefix(folder).ok()?;
            let parts: Vec<_> = inside.iter().map(|p| p.to_string_lossy()).collect();
            Some(parts.join("/"))
        })
        .collect()
}

fn rename(from: &Path, to: &Path) -> Result<()> {
    disk::rename(from, to).with_context(|| format!("cannot publish {}", to.display()))
}

/// Removes a file, and the folders that it leaves empty.
fn retire(out: &Path, path: &str) -> Result<()> {
    let file = out.join(path);
    // Below a link lies what is not ours.
    let mut below = out.to_owned();
    for part in Path::new(path).parent().into_iter().flatten() {
        below.push(part);
        refuse_link(&below)?;
    }
    disk::remove(&file).with_context(|| format!("cannot remove {}", file.display()))?;
    let mut folder = file.parent();
    while let Some(empty) = folder.filter(|f| *f != out) {
        if fs::remove_dir(empty).is_err() {
            break;
        }
        folder = empty.parent();
    }
    Ok(())
}

/// A link in the output would lead what we write to somewhere else.
fn refuse_link(path: &Path) -> Result<()> {
    let is_link = path.symlink_metadata().is_ok_and(|m| m.is_symlink());
    anyhow::ensure!(
        !is_link,
        "{} is a symbolic link; remove it, the program made none there",
        path.display()
    );
    Ok(())
}

/// Turns a second build of the same output away.
fn lock(out: &Path) -> Result<Option<File>> {
    #[cfg(unix)]
    {
        let folder = File::open(out).with_context(|| format!("cannot open {}", out.display()))?;
        match folder.try_lock() {
            Ok(()) => Ok(Some(folder)),
            Err(fs::TryLockError::WouldBlock) => anyhow::bail!(
                "another build is writing {}; wait until it ends, or write elsewhere with -o",
                out.display()
            ),
            // Some file systems have no locks.
            Err(fs::TryLockError::Error(_)) => Ok(None),
        }
    }
    #[cfg(not(unix))]
    {
        let _ = out;
        Ok(None)
    }
}

/// Whether a file itself is there, and no link to one.
fn is_file(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|m| m.is_file())
}

fn same_content(a: &Path, b: &Path) -> bool {
    let size = |p: &Path| fs::metadata(p).map(|m| m.len()).ok();
    size(b).is_some() && size(a) == size(b) && fs::read(a).ok() == fs::read(b).ok()
}

/// A file that is hashed while it is written.
pub(super) struct Hashed<'g> {
    file: BufWriter<disk::Written>,
    gate: &'g Gate,
    watched: Watched,
    hasher: Sha256,
    size: u64,
}

impl Write for Hashed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.watched.take(bytes, self.gate)?;
        self.file.write_all(bytes)?;
        self.hasher.update(bytes);
        self.size += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Hashed<'_> {
    /// Ends the file.
    pub(super) fn finish(mut self, name: &str) -> Result<Entry> {
        self.watched
            .end(self.gate)
            .with_context(|| name.to_owned())?;
        self.file
            .flush()
            .with_context(|| format!("cannot write {name}"))?;
        let sha256 = Sha256Sum(self.hasher.finalize().into());
        Ok(Entry {
            path: name.to_owned(),
            size: self.size,
            sha256,
        })
    }
}
