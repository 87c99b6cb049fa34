//! A staging folder inside the output, and the moves that make it the site.

use super::digest::Sha256Sum;
use super::manifest::{EditionManifest, Entry};
use crate::render::address::EDITIONS;
use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use walkdir::WalkDir;

/// Staging folders begin with this, so that leftovers of a killed build are recognised.
const PREFIX: &str = ".daybrief-stage-";

/// A folder on the output's own file system that is gone when it is dropped.
pub(super) struct Staging {
    folder: TempDir,
    out: PathBuf,
    /// Held until the build ends, so that no other one writes here.
    _lock: Option<File>,
}

impl Staging {
    /// Opens a staging folder and removes what a killed build left.
    pub(super) fn open(out: &Path) -> Result<Self> {
        fs::create_dir_all(out)
            .with_context(|| format!("cannot create the output folder {}", out.display()))?;
        let lock = lock(out)?;
        for name in [EDITIONS, "assets"] {
            refuse_link(&out.join(name))?;
        }
        for left in fs::read_dir(out)
            .with_context(|| format!("cannot read {}", out.display()))?
            .flatten()
        {
            if left.file_name().to_string_lossy().starts_with(PREFIX) {
                fs::remove_dir_all(left.path()).with_context(|| {
                    format!("cannot remove the leftover {}", left.path().display())
                })?;
            }
        }
        let folder = tempfile::Builder::new()
            .prefix(PREFIX)
            .tempdir_in(out)
            .with_context(|| format!("cannot write into the output folder {}", out.display()))?;
        Ok(Self {
            folder,
            out: out.to_owned(),
            _lock: lock,
        })
    }

    /// Makes a folder in the stage.
    pub(super) fn folder(&self, path: &str) -> Result<()> {
        let folder = self.folder.path().join(path);
        fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))
    }

    /// Opens a file in the stage. Its folder must be there.
    pub(super) fn file(&self, path: &str) -> Result<Hashed> {
        let path = self.folder.path().join(path);
        let file =
            File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Hashed {
            file: BufWriter::new(file),
            hasher: Sha256::new(),
            size: 0,
        })
    }

    /// Writes a whole file into the stage; the entry's path is `name`.
    pub(super) fn write(&self, folder: &str, name: &str, bytes: &[u8]) -> Result<Entry> {
        let path = self.folder.path().join(folder).join(name);
        fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
        let sha256 = Sha256Sum(Sha256::digest(bytes).into());
        Ok(Entry {
            path: name.to_owned(),
            size: bytes.len() as u64,
            sha256,
        })
    }

    /// Moves a staged file into the site, in one step. An identical one stays untouched.
    pub(super) fn publish_file(&self, path: &str) -> Result<()> {
        let (from, to) = (self.folder.path().join(path), self.out.join(path));
        if same_content(&from, &to) {
            return Ok(());
        }
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot create {}", folder.display()))?;
        }
        fs::rename(&from, &to).with_context(|| format!("cannot publish {}", to.display()))
    }

    /// Moves a staged folder into the site, in one step. Files of the old one that
    /// are not ours (not in `ours`) are taken along.
    pub(super) fn publish_folder(&self, path: &str, ours: &BTreeSet<String>) -> Result<()> {
        let (from, to) = (self.folder.path().join(path), self.out.join(path));
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent)
                .with_context(|| format!("cannot create {}", parent.display()))?;
        }
        refuse_link(&to)?;
        if !to.exists() {
            return fs::rename(&from, &to)
                .with_context(|| format!("cannot publish {}", to.display()));
        }
        exchange(&from, &to).with_context(|| format!("cannot publish {}", to.display()))?;
        // What was the site is now in the stage, and goes with it, but for what is not ours.
        keep_foreign(&from, &to, ours)
    }

    /// Removes a published file of ours that is no longer part of the site.
    pub(super) fn retire(&self, path: &str) -> Result<()> {
        remove(&self.out.join(path))
    }

    /// Removes the files of ours of an edition whose snapshot is gone. What else lies in
    /// its folder stays.
    pub(super) fn retire_edition(&self, id: &str) -> Result<()> {
        let (from, folder) = (
            self.out.join(EDITIONS).join(id),
            self.folder.path().join(id),
        );
        let Some(manifest) = EditionManifest::read(&from) else {
            return Ok(());
        };
        refuse_link(&from)?;
        let ours = manifest.files.into_iter().map(|e| e.path);
        let ours = ours.chain([super::manifest::FILE.to_owned()]).collect();
        // One step: a reader finds the whole edition or none.
        fs::rename(&from, &folder).with_context(|| format!("cannot remove {}", from.display()))?;
        keep_foreign(&folder, &from, &ours)
    }
}

/// Moves files that are not ours from a folder to where it was.
fn keep_foreign(from: &Path, to: &Path, ours: &BTreeSet<String>) -> Result<()> {
    for old in WalkDir::new(from)
        .into_iter()
        .flatten()
        .filter(|e| !e.file_type().is_dir())
    {
        let Ok(inside) = old.path().strip_prefix(from) else {
            continue;
        };
        let name = inside
            .iter()
            .map(|p| p.to_string_lossy())
            .collect::<Vec<_>>()
            .join("/");
        let kept = to.join(inside);
        if ours.contains(&name) || kept.exists() {
            continue;
        }
        if let Some(folder) = kept.parent() {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot create {}", folder.display()))?;
        }
        fs::rename(old.path(), &kept).with_context(|| format!("cannot keep {}", kept.display()))?;
    }
    Ok(())
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => {
            Err(e).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
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

/// Swaps two folders in one step, where the file system can.
fn exchange(from: &Path, to: &Path) -> Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        if renameat_with(CWD, from, CWD, to, RenameFlags::EXCHANGE).is_ok() {
            return Ok(());
        }
    }
    let aside = from.with_extension("old");
    fs::rename(to, &aside)?;
    fs::rename(from, to)?;
    fs::rename(&aside, from)?;
    Ok(())
}

fn same_content(a: &Path, b: &Path) -> bool {
    let size = |p: &Path| fs::metadata(p).map(|m| m.len()).ok();
    size(b).is_some() && size(a) == size(b) && fs::read(a).ok() == fs::read(b).ok()
}

/// A file that is hashed while it is written.
pub(super) struct Hashed {
    file: BufWriter<File>,
    hasher: Sha256,
    size: u64,
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write_all(bytes)?;
        self.hasher.update(bytes);
        self.size += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Hashed {
    /// Ends the file.
    pub(super) fn finish(mut self, name: &str) -> Result<Entry> {
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
