//! The calls that change files, in one place, so that tests can let each of them fail.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

pub(super) fn create_folder(path: &Path) -> io::Result<()> {
    may_fail()?;
    fs::create_dir_all(path)
}

pub(super) fn create(path: &Path) -> io::Result<Written> {
    may_fail()?;
    File::create(path).map(Written)
}

pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    create(path)?.write_all(bytes)
}

pub(super) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    may_fail()?;
    fs::rename(from, to)
}

/// The same file under a second name, or a copy where the file system has no such thing.
pub(super) fn link(from: &Path, to: &Path) -> io::Result<()> {
    may_fail()?;
    fs::hard_link(from, to).or_else(|_| fs::copy(from, to).map(|_| ()))
}

/// Swaps two folders in one step, where the file system can.
pub(super) fn exchange(from: &Path, to: &Path) -> io::Result<()> {
    may_fail()?;
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        if renameat_with(CWD, from, CWD, to, RenameFlags::EXCHANGE).is_ok() {
            return Ok(());
        }
    }
    let aside = from.with_extension("old");
    rename(to, &aside)?;
    rename(from, to)?;
    rename(&aside, from)
}

/// Removes a file; one that is not there is as good as removed.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    may_fail()?;
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

/// A file that is being written.
pub(super) struct Written(File);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        may_fail()?;
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(not(test))]
#[expect(clippy::unnecessary_wraps, reason = "tests let it fail")]
fn may_fail() -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
pub(super) use faults::{arm, may_fail};

#[cfg(test)]
mod faults {
    use std::io;
    use std::sync::atomic::{AtomicI64, Ordering};

    /// Calls until one fails; below zero none does.
    static LEFT: AtomicI64 = AtomicI64::new(-1);

    /// Lets the call after so many fail, once; `None` lets none. Tells whether one failed
    /// since the last time.
    pub(crate) fn arm(calls: Option<i64>) -> bool {
        LEFT.swap(calls.unwrap_or(-1), Ordering::SeqCst) < 0
    }

    pub(crate) fn may_fail() -> io::Result<()> {
        let left = LEFT
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| {
                (n >= 0).then_some(n - 1)
            })
            .unwrap_or(-1);
        if left == 0 {
            return Err(io::Error::other("no space left on device"));
        }
        Ok(())
    }
}
