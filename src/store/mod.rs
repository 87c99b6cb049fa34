//! What earlier builds worked out, beside the site, so that a build does only what is new.
//!
//! Everything in it follows from the snapshots and what the company declared. It may be
//! deleted at any time: that costs time, never a byte of what is published. (What later
//! editions compare themselves with is then judged by what is declared today.) So nothing
//! here fails a build. A store that is missing, damaged, being written, or of another program
//! is one that remembers nothing.

#![expect(
    clippy::disallowed_methods,
    reason = "the store is beside the site, not part of it"
)]

mod additions;
mod damage;
mod pieces;

pub use additions::Additions;

use anyhow::Result;
use damage::{guarded, is_damage};
use pieces::VALUES;
use redb::{Builder, Database, DatabaseError, ReadOnlyDatabase, ReadableDatabase, TableError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, UNIX_EPOCH};
use tempfile::TempPath;

/// Folder of what may be deleted, relative to the site.
pub const FOLDER: &str = ".daybrief";
const FILE: &str = "history.redb";
/// Which program wrote the values; no other one reads them.
const WRITER: &str = "writer";
/// Names of all other values: to go through the values themselves would read them.
const NAMES: &str = "names";
/// Memory for pages of the store, in bytes: enough for those that lead to others, as each
/// value is read once.
const CACHE: usize = 1 << 18;
/// How long whoever reads a store is waited for before nothing is added to it.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long between two looks whether they are done.
const PAUSE: Duration = Duration::from_millis(20);

/// The store of a site.
pub struct Store {
    path: PathBuf,
    /// Whether it may be added to. Until then it is open to be read: others can read it
    /// too, and a build with nothing new writes nothing.
    adds: bool,
    handle: Mutex<Handle>,
}

#[derive(Default)]
enum Handle {
    #[default]
    Nothing,
    Read(ReadOnlyDatabase),
    Write(Database),
}

/// A value as it is kept: every text of it stands there as it is.
pub fn bytes(value: &impl Serialize) -> Result<Vec<u8>> {
    Ok(postcard::to_stdvec(value)?)
}

/// A copy of a file, which goes when it is dropped. It lies beside the site, or with the
/// system's temporary files where the site cannot be written to; nobody else can read it.
pub fn copy(root: &Path, file: &Path) -> std::io::Result<TempPath> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("shown-");
    let beside = builder.tempfile_in(root.join(FOLDER));
    let copy = beside.or_else(|_| builder.tempfile())?.into_temp_path();
    std::fs::copy(file, &copy)?;
    Ok(copy)
}

impl Store {
    /// The store of a site, to read from.
    pub fn read(root: &Path) -> Self {
        let path = root.join(FOLDER).join(FILE);
        Self {
            handle: Handle::read(&path).into(),
            adds: false,
            path,
        }
    }

    /// The store of a site, to read from and to add to.
    pub fn write(root: &Path) -> Self {
        let path = root.join(FOLDER).join(FILE);
        let handle = match Handle::read(&path) {
            Handle::Nothing => Handle::write(&path, Duration::ZERO),
            read => read,
        };
        Self {
            handle: handle.into(),
            adds: true,
            path,
        }
    }

    /// A store that remembers nothing.
    pub fn nothing() -> Self {
        Self {
            path: PathBuf::new(),
            adds: false,
            handle: Handle::Nothing.into(),
        }
    }

    /// Begins to add; one at a time does. Where nothing can be added it goes nowhere.
    pub fn additions(&self) -> Additions {
        let mut handle = self.handle();
        if self.adds && !matches!(*handle, Handle::Write(_)) {
            // Whoever reads it, and be it we, keeps it from being written.
            std::mem::take(&mut *handle).close();
            *handle = match Handle::write(&self.path, PATIENCE) {
                Handle::Nothing => Handle::read(&self.path),
                write => write,
            };
        }
        let begun = match &*handle {
            Handle::Write(database) => guarded(|| Ok(Some(database.begin_write()?))),
            Handle::Nothing | Handle::Read(_) => Ok(None),
        };
        Additions::to(begun.unwrap_or_else(|error| {
            self.let_go(&mut handle, &error);
            None
        }))
    }

    /// A value, if it is there and what is asked for.
    pub fn get<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        let mut handle = self.handle();
        guarded(|| handle.get(name)).unwrap_or_else(|error| {
            self.let_go(&mut handle, &error);
            None
        })
    }

    /// Names of all values.
    pub fn names(&self) -> BTreeSet<String> {
        self.get(NAMES).unwrap_or_default()
    }

    /// Keeps in one step what was added, and drops every other value that is not to stay.
    pub fn keep(&self, additions: Additions, stay: &BTreeSet<String>) -> Result<()> {
        additions
            .keep(stay)
            .inspect_err(|error| self.let_go(&mut self.handle(), error))
    }

    /// Remembers nothing from here on. What is damaged can be worked out again.
    fn let_go(&self, handle: &mut Handle, error: &anyhow::Error) {
        std::mem::take(handle).close();
        if self.adds && is_damage(error) {
            let _ = std::fs::remove_file(&self.path);
        }
    }

    fn handle(&self) -> MutexGuard<'_, Handle> {
        self.handle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        std::mem::take(&mut *self.handle()).close();
    }
}

impl Handle {
    fn read(path: &Path) -> Self {
        let opened = guarded(|| Ok(builder().open_read_only(path)?));
        let handle = opened.map_or(Self::Nothing, Self::Read);
        if guarded(|| handle.is_ours()).unwrap_or(false) {
            return handle;
        }
        handle.close();
        Self::Nothing
    }

    /// Opens it, once nobody else has it open; whoever does gets so much time.
    fn write(path: &Path, patience: Duration) -> Self {
        if let Some(folder) = path.parent() {
            let _ = std::fs::create_dir_all(folder);
        }
        let begun = Instant::now();
        let create = || guarded(|| Ok(builder().create(path)?)).map(Self::Write);
        let mut opened = create();
        while opened.as_ref().is_err_and(is_in_use) && begun.elapsed() < patience {
            std::thread::sleep(PAUSE);
            opened = create();
        }
        let ours = opened.and_then(|handle| {
            let is_ours = guarded(|| handle.is_ours());
            if matches!(is_ours, Ok(true)) {
                return Ok(Some(handle));
            }
            handle.close();
            is_ours.map(|_| None)
        });
        match ours {
            Ok(Some(handle)) => handle,
            Err(error) if !is_damage(&error) => Self::Nothing,
            // It can be worked out again.
            _ => {
                let _ = std::fs::remove_file(path);
                create().unwrap_or_default()
            }
        }
    }

    /// Whether this program wrote it, or nobody yet: another one may have hashed or judged
    /// otherwise.
    fn is_ours(&self) -> Result<bool> {
        let by: Option<Option<String>> = self.get(WRITER)?;
        Ok(by.is_none_or(|by| by == writer()))
    }

    fn get<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        let transaction = match self {
            Self::Nothing => return Ok(None),
            Self::Read(database) => database.begin_read()?,
            Self::Write(database) => database.begin_read()?,
        };
        match transaction.open_table(VALUES) {
            Ok(table) => pieces::get(&table, name),
            Err(TableError::TableDoesNotExist(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn close(self) {
        match self {
            Self::Nothing => {}
            Self::Read(database) => damage::close(database),
            Self::Write(database) => damage::close(database),
        }
    }
}

/// Whether somebody else has it open.
fn is_in_use(error: &anyhow::Error) -> bool {
    matches!(
        error.downcast_ref(),
        Some(DatabaseError::DatabaseAlreadyOpen)
    )
}

fn builder() -> Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE);
    builder
}

/// Names this build of the program: its version, and which file it was started from.
fn writer() -> Option<String> {
    let file = std::env::current_exe().ok()?;
    let meta = file.metadata().ok()?;
    let changed = meta.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!(
        "{} {} {} {}",
        env!("CARGO_PKG_VERSION"),
        crate::assess::signals::RULES_VERSION,
        meta.len(),
        changed.as_nanos()
    ))
}

#[cfg(test)]
mod tests {
    use super::pieces::PIECE;
    use super::*;

    fn put(store: &Store, name: &str, value: u64, keep: &[&str]) {
        let mut additions = store.additions();
        additions.put(name, &value);
        let keep = keep.iter().map(|n| (*n).to_owned()).collect();
        store.keep(additions, &keep).unwrap();
    }

    #[test]
    fn values_stay_until_they_are_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::write(folder.path());
        put(&store, "a", 1, &[]);
        put(&store, "b", 2, &["a"]);
        drop(store);
        let store = Store::read(folder.path());
        assert_eq!((store.get("a"), store.get("b")), (Some(1_u64), Some(2_u64)));
        drop(store);
        let store = Store::write(folder.path());
        put(&store, "c", 3, &["b"]);
        let all = ["a", "b", "c"].map(|name| store.get::<u64>(name));
        assert_eq!(all, [None, Some(2), Some(3)]);
    }

    #[test]
    fn what_is_not_kept_was_never_there() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::write(folder.path());
        put(&store, "a", 1, &[]);
        let mut additions = store.additions();
        additions.put("a", &2_u64);
        additions.put("b", &2_u64);
        assert_eq!(store.get("a"), Some(1_u64));
        drop(additions);
        assert_eq!((store.get("a"), store.get::<u64>("b")), (Some(1_u64), None));
        put(&store, "a", 3, &[]);
        assert_eq!(store.get("a"), Some(3_u64), "what is added stays");
        assert_eq!(store.names(), BTreeSet::from(["a".to_owned()]));
    }

    #[test]
    fn a_value_of_many_pieces_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::write(folder.path());
        let second = |n: i64| jiff::Timestamp::from_second(n).unwrap();
        let moments: Vec<jiff::Timestamp> = (0..5_000).map(second).collect();
        let texts = |n: usize| vec!["x".repeat(PIECE - 1), "y".repeat(n)];
        for n in [0, 1, 2, 3, 4, 5, PIECE, 5 * PIECE, 10] {
            let mut additions = store.additions();
            additions.put("a", &(texts(n), &moments));
            store.keep(additions, &BTreeSet::new()).unwrap();
            assert!(store.get("a") == Some((texts(n), moments.clone())), "{n}");
        }
        put(&store, "b", 1, &[]);
        assert_eq!(store.get::<(Vec<String>, Vec<jiff::Timestamp>)>("a"), None);
    }

    #[test]
    fn what_was_damaged_is_not_taken_for_what_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::write(folder.path());
        let mut additions = store.additions();
        additions.put("a", &"x".repeat(PIECE));
        additions.put("b", &1_u64);
        store.keep(additions, &BTreeSet::new()).unwrap();
        drop(store);
        let file = folder.path().join(FOLDER).join(FILE);
        let mut bytes = std::fs::read(&file).unwrap();
        let at = bytes.windows(9).position(|w| w == b"xxxxxxxxx").unwrap();
        bytes[at + 100] = b'y';
        std::fs::write(&file, &bytes).unwrap();
        let store = Store::read(folder.path());
        assert_eq!(store.get::<String>("a"), None);
        assert_eq!(store.get::<u64>("b"), None, "nothing of it is believed");
        assert!(file.exists());
        let store = Store::write(folder.path());
        assert_eq!(
            (store.get("b"), store.get::<String>("a")),
            (Some(1_u64), None)
        );
        put(&store, "b", 2, &[]);
        assert_eq!(store.get("b"), Some(2_u64), "it works again");
    }

    #[test]
    fn who_only_reads_keeps_nobody_from_reading() {
        let folder = tempfile::tempdir().unwrap();
        put(&Store::write(folder.path()), "a", 1, &[]);
        let file = folder.path().join(FOLDER).join(FILE);
        let before = std::fs::read(&file).unwrap();
        let stores = [Store::write, Store::read, Store::write].map(|open| open(folder.path()));
        let all = stores.each_ref().map(|store| store.get::<u64>("a"));
        assert_eq!(all, [Some(1); 3]);
        // While others read nothing can be added; it can still be read.
        assert!(!stores[0].additions().are_taken());
        assert_eq!(stores[0].get::<u64>("a"), Some(1));
        drop(stores);
        assert!(
            std::fs::read(&file).unwrap() == before,
            "nothing is written"
        );
        let store = Store::write(folder.path());
        put(&store, "b", 2, &["a"]);
        assert_eq!((store.get("a"), store.get("b")), (Some(1_u64), Some(2_u64)));
    }

    #[test]
    fn a_damaged_store_remembers_nothing_and_works_again() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(FOLDER)).unwrap();
        std::fs::write(folder.path().join(FOLDER).join(FILE), "not a store").unwrap();
        assert_eq!(Store::read(folder.path()).get::<u64>("a"), None);
        let store = Store::write(folder.path());
        put(&store, "a", 1, &[]);
        assert_eq!(store.get("a"), Some(1_u64));
        let second = Store::write(folder.path());
        assert_eq!(second.get::<u64>("a"), None, "somebody else has it open");
        assert_eq!(Store::nothing().get::<u64>("a"), None);
    }
}
