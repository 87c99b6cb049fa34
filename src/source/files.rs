//! Opening files: decompression by content, bounds, digests.

#![expect(clippy::disallowed_methods, reason = "this is the border that reads")]

use super::limits;
use crate::diagnostic::Diagnostic;
use crate::digest::Sha256Sum;
use anyhow::{Context, Result, anyhow};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use walkdir::WalkDir;

const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// Bytes that are read at once.
const BUFFER: usize = 64 * 1024;

/// Opens a file as text bytes, decompressing `.gz` and `.zst` by their content.
/// Reading past [`limits::STREAM_BYTES`] ends in an error, so a small archive
/// cannot grow without bound.
pub fn open(path: &Path) -> Result<Box<dyn BufRead + Send>> {
    open_to(path, limits::STREAM_BYTES)
}

/// The same with another bound.
fn open_to(path: &Path, most: u64) -> Result<Box<dyn BufRead + Send>> {
    // To open a pipe would wait until somebody writes to it.
    let is_other = |meta: std::fs::Metadata| !meta.is_file();
    if std::fs::metadata(path).is_ok_and(is_other) {
        return Err(anyhow!("{} is not a regular file", path.display()));
    }
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let mut raw = BufReader::with_capacity(BUFFER / 2, file);
    let head = raw
        .fill_buf()
        .with_context(|| format!("cannot read {}", path.display()))?;
    let (gzip, zstd) = (head.starts_with(&GZIP), head.starts_with(&ZSTD));
    let plain: Box<dyn Read + Send> = if gzip {
        Box::new(flate2::bufread::MultiGzDecoder::new(raw))
    } else if zstd {
        Box::new(
            ruzstd::decoding::StreamingDecoder::new(raw)
                .map_err(|e| anyhow!("cannot decompress {}: {e}", path.display()))?,
        )
    } else {
        Box::new(raw)
    };
    let bounded = Bounded {
        inner: plain,
        most,
        left: most,
    };
    Ok(Box::new(BufReader::with_capacity(BUFFER, bounded)))
}

/// Reads a whole file of at most so many bytes.
pub fn read_whole(path: &Path, most: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_to(path, most)?
        .read_to_end(&mut bytes)
        .with_context(|| format!("cannot read {}", path.display()))?;
    Ok(bytes)
}

/// Reads a whole text file of at most [`limits::PROSE_BYTES`].
pub fn read_text(path: &Path) -> Result<String> {
    let bytes = read_whole(path, limits::PROSE_BYTES)?;
    String::from_utf8(bytes)
        .with_context(|| format!("cannot read {} as UTF-8 text", path.display()))
}

/// The bytes of a file of ours (a theme asset, a published page).
pub fn read_bytes(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// SHA-256 of a file's bytes as they lie on disk.
pub fn digest(path: &Path) -> Result<Sha256Sum> {
    let mut file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let read = file
            .read(&mut buffer)
            .with_context(|| format!("cannot read {}", path.display()))?;
        if read == 0 {
            return Ok(Sha256Sum::so_far(&hasher));
        }
        hasher.update(&buffer[..read]);
    }
}

/// What a file is on disk, without looking into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    size: u64,
    /// Nanoseconds since 1970.
    changed: u64,
    /// Its number on the file system, and when that noticed a change; where there are such.
    number: u64,
    noticed: i64,
}

/// A file that was changed less than this many nanoseconds ago may change again without
/// its time showing it.
const UNSETTLED: u64 = 2_000_000_000;

impl State {
    /// Of a file as it lies there now.
    pub fn of(path: &Path) -> Result<Self> {
        let meta = std::fs::metadata(path)
            .with_context(|| format!("cannot look at {}", path.display()))?;
        let changed = meta.modified().ok();
        let changed = changed.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        Ok(Self {
            size: meta.len(),
            changed: changed.map_or(0, nanoseconds),
            number: number(&meta).0,
            noticed: number(&meta).1,
        })
    }

    /// Whether the file has been left alone long enough for its time to tell.
    pub fn is_settled(&self) -> bool {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        now.is_ok_and(|now| nanoseconds(now) > self.changed.saturating_add(UNSETTLED))
    }
}

/// Enough of them for some centuries.
fn nanoseconds(since: Duration) -> u64 {
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(unix)]
fn number(meta: &std::fs::Metadata) -> (u64, i64) {
    use std::os::unix::fs::MetadataExt;
    let noticed = meta.ctime().wrapping_mul(1_000_000_000);
    (meta.ino(), noticed.wrapping_add(meta.ctime_nsec()))
}

#[cfg(not(unix))]
fn number(_: &std::fs::Metadata) -> (u64, i64) {
    (0, 0)
}

/// The files below a folder, sorted by path; links are followed. A folder that is not there has
/// none. What is no file is listed too, so that reading it says so.
/// Names that begin with a dot or end in `~` are an editor's business.
pub fn list(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let visible = |name: &str| !name.starts_with('.') && !name.ends_with('~');
    let mut files = Vec::new();
    let walk = WalkDir::new(folder).follow_links(true).into_iter();
    for entry in walk.filter_entry(|e| e.depth() == 0 || e.file_name().to_str().is_none_or(visible))
    {
        let entry = entry.with_context(|| format!("cannot list {}", folder.display()))?;
        if !entry.file_type().is_dir() {
            files.push(entry.into_path());
        }
    }
    // By their bytes: to compare paths part by part costs more than to list them.
    files.sort_unstable_by(|a, b| a.as_os_str().cmp(b.as_os_str()));
    Ok(files)
}

/// `path` as it is named in diagnostics and pages: relative to the site's root,
/// with forward slashes.
pub fn label(root: &Path, path: &Path) -> String {
    let shown = below(root, path).map_or_else(
        || path.strip_prefix(root).unwrap_or(path).to_string_lossy(),
        Cow::Borrowed,
    );
    if MAIN_SEPARATOR == '/' {
        shown.into_owned()
    } else {
        shown.replace(MAIN_SEPARATOR, "/")
    }
}

/// The rest of a path that begins with the root as it is written, as nearly all do. To
/// compare them part by part takes ten times as long.
fn below<'p>(root: &Path, path: &'p Path) -> Option<&'p str> {
    let rest = path.to_str()?.strip_prefix(root.to_str()?)?;
    let rest = rest.strip_prefix(MAIN_SEPARATOR)?;
    (!rest.starts_with(['.', MAIN_SEPARATOR])).then_some(rest)
}

/// A fault of the world, told as a diagnostic about one file.
pub fn unreadable(file: &str, error: &anyhow::Error) -> Diagnostic {
    let io = error.downcast_ref::<io::Error>();
    let cause = io.and_then(io::Error::get_ref);
    let mend = if cause.and_then(|c| c.downcast_ref::<TooLarge>()).is_some() {
        "take out what is not needed; of a snapshot, write one session a line, or several snapshots"
    } else {
        "check that the file exists and can be read"
    };
    Diagnostic::error(file, format!("{error:#}"), mend)
}

/// A file has more bytes than it may have, after decompression.
#[derive(Debug)]
struct TooLarge(u64);

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it is larger than {} bytes", self.0)
    }
}

impl Error for TooLarge {}

/// Reads so many bytes and no more: one more is an error.
struct Bounded<R> {
    inner: R,
    most: u64,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let left = self.left.checked_sub(read as u64);
        self.left = left.ok_or_else(|| io::Error::other(TooLarge(self.most)))?;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    /// A file of so many bytes, as it is and compressed.
    fn files(bytes: usize) -> Vec<tempfile::NamedTempFile> {
        let text = vec![b' '; bytes];
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&text).unwrap();
        let level = ruzstd::encoding::CompressionLevel::Fastest;
        let zstd = ruzstd::encoding::compress_to_vec(&*text, level);
        let forms = [gzip.finish().unwrap(), zstd, text];
        forms
            .iter()
            .map(|form| {
                let mut file = tempfile::NamedTempFile::new().unwrap();
                file.write_all(form).unwrap();
                file
            })
            .collect()
    }

    #[test]
    #[cfg(unix)]
    fn a_label_is_relative_to_the_root() {
        for (root, path, expect) in [
            ("site", "site/data/a.json", "data/a.json"),
            ("site/", "site/data/a.json", "data/a.json"),
            ("site", "site/./data/a.json", "data/a.json"),
            ("site", "site//data/a.json", "data/a.json"),
            ("./site", "site/data/a.json", "site/data/a.json"),
            (".", "./data/a.json", "data/a.json"),
            ("", "data/a.json", "data/a.json"),
            ("site", "sites/a.json", "sites/a.json"),
            ("site", "/elsewhere/a.json", "/elsewhere/a.json"),
            ("/site", "/site/.hidden", ".hidden"),
        ] {
            assert_eq!(label(Path::new(root), Path::new(path)), expect, "{root}");
        }
    }

    #[test]
    fn a_file_is_read_up_to_its_bound_and_no_further() {
        let most = 300_000;
        for (bytes, is_read) in [
            (most - 1, true),
            (most, true),
            (most + 1, false),
            (9_000_000, false),
        ] {
            for file in files(bytes) {
                let read = read_whole(file.path(), most as u64);
                match read {
                    Ok(read) => assert!(is_read && read.len() == bytes),
                    Err(error) => {
                        let said = format!("{error:#}");
                        assert!(
                            !is_read && said.contains("larger than 300000 bytes"),
                            "{said}"
                        );
                    }
                }
            }
        }
    }
}
