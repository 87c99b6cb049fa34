//! The only stage that writes: stage everything, then switch.
//!
//! Pages are rendered into a staging folder inside the output and moved into
//! place when all of them are there: editions as whole folders, the pages of the
//! site one by one, its brief last. A build that fails or is killed before that
//! leaves the site as it was. What the program did not write is never deleted.

#![expect(clippy::disallowed_methods, reason = "this is the border that writes")]

mod build;
mod chain;
mod disk;
pub mod gate;
mod manifest;
mod own_pages;
mod published;
mod stage;
mod staging;
mod trim;
mod verify;

#[cfg(test)]
mod tests;

pub use build::{Built, Options, Stopped, build};
pub use manifest::{
    EditionManifest, Entry, Inputs, Listed, ListedMonth, MonthManifest, SiteManifest, Writer,
};
pub use verify::{Fault, Verified, verify};

use anyhow::{Context, Result};
use std::path::Path;

/// Writes one file of a new site or of an importer; refuses to replace one unless told so.
pub fn write_new(path: &Path, bytes: &[u8], replace: bool) -> Result<()> {
    if path.exists() && !replace {
        anyhow::bail!("{} exists already; it was left as it is", path.display());
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
    }
    let folder = path
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)
        .with_context(|| format!("cannot write into {}", folder.display()))?;
    std::io::Write::write_all(&mut file, bytes)
        .with_context(|| format!("cannot write {}", path.display()))?;
    let kept = file
        .persist(path)
        .with_context(|| format!("cannot write {}", path.display()))?;
    make_readable(&kept)
}

/// A temporary file is private; what we publish is not.
fn make_readable(file: &std::fs::File) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.set_permissions(std::fs::Permissions::from_mode(0o644))
            .context("cannot make the file readable")?;
    }
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}
