//! Finding and opening transcripts.
#![expect(clippy::disallowed_methods, reason = "this is the border that reads")]

use super::report::Unread;
use crate::source::limits;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// One transcript as text.
pub(super) struct Opened {
    pub(super) path: PathBuf,
    pub(super) text: String,
    /// Whether bytes that are no text were replaced.
    pub(super) mended: bool,
}

/// Every file to try: named ones as they are, `*.jsonl` below named folders; in order, each once.
pub(super) fn find(paths: &[PathBuf]) -> (Vec<PathBuf>, Vec<Unread>) {
    let (mut found, mut unread) = (Vec::new(), Vec::new());
    for path in paths {
        for entry in WalkDir::new(path)
            .follow_root_links(true)
            .sort_by_file_name()
        {
            match entry {
                Ok(entry) if !entry.file_type().is_file() => {}
                Ok(entry) => {
                    let named = entry.depth() == 0;
                    let lines = entry
                        .path()
                        .extension()
                        .is_some_and(|e| e.eq_ignore_ascii_case("jsonl"));
                    if named || lines {
                        found.push(entry.into_path());
                    }
                }
                Err(error) => {
                    let path = error.path().unwrap_or(path).to_owned();
                    let reason = error
                        .io_error()
                        .map_or_else(|| "a loop of links".to_owned(), ToString::to_string);
                    unread.push(Unread { path, reason });
                }
            }
        }
    }
    found.sort();
    found.dedup();
    (found, unread)
}

/// Reads one file.
pub(super) fn open(path: &Path) -> Result<Opened, Unread> {
    let unread = |reason: String| Unread {
        path: path.to_owned(),
        reason,
    };
    let length = std::fs::metadata(path)
        .map_err(|e| unread(e.to_string()))?
        .len();
    if length > limits::DOCUMENT_BYTES {
        let reason = format!(
            "{length} bytes are more than the {} that are read",
            limits::DOCUMENT_BYTES
        );
        return Err(unread(reason));
    }
    let bytes = std::fs::read(path).map_err(|e| unread(e.to_string()))?;
    let (text, mended) = match String::from_utf8(bytes) {
        Ok(text) => (text, false),
        Err(error) => (String::from_utf8_lossy(error.as_bytes()).into_owned(), true),
    };
    Ok(Opened {
        path: path.to_owned(),
        text,
        mended,
    })
}
