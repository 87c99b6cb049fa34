//! What earlier builds worked out, beside the site, so that a build does only what is new.
//!
//! Everything in it follows from the snapshots and what the company declared. It may be
//! deleted at any time: that costs time, never a byte of what is published. (What later
//! editions compare themselves with is then judged by what is declared today.) So nothing
//! here fails a build. A store that is missing, damaged, in use, or of another program is one that
//! remembers nothing.

#![expect(
    clippy::disallowed_methods,
    reason = "the store is beside the site, not part of it"
)]

use anyhow::Result;
use postcard::ser_flavors::Size;
use redb::{
    Database, DatabaseError, ReadOnlyDatabase, ReadableDatabase, ReadableTable, StorageError,
    TableDefinition, WriteTransaction,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;
use tempfile::TempPath;

/// Folder of what may be deleted, relative to the site.
pub const FOLDER: &str = ".daybrief";
const FILE: &str = "history.redb";
/// Every value is bytes of `postcard` under a name.
const VALUES: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("values");
/// Which program wrote the values; no other one reads them.
const WRITER: &str = "writer";
/// Names of all other values: to go through the values themselves would read them.
const NAMES: &str = "names";
/// Memory for pages of the store, in bytes: each value is read once.
const CACHE: usize = 1 << 16;

/// The store of a site.
pub struct Store {
    path: PathBuf,
    handle: Handle,
}

enum Handle {
    Nothing,
    Read(ReadOnlyDatabase),
    Write(Database),
}

/// What a build adds: nothing of it is there before it is [kept](Self::keep).
#[derive(Default)]
pub struct Additions {
    transaction: Option<WriteTransaction>,
    names: Vec<String>,
}

impl Additions {
    /// Whether they go anywhere.
    pub const fn are_taken(&self) -> bool {
        self.transaction.is_some()
    }

    /// Adds a value under a name. It is written where it will lie, and nowhere else. When
    /// that fails nothing is kept at all.
    pub fn put(&mut self, name: &str, value: &impl Serialize) {
        if self.try_put(name, value).is_err() {
            self.transaction = None;
        }
    }

    fn try_put(&mut self, name: &str, value: &impl Serialize) -> Result<()> {
        let Some(transaction) = &self.transaction else {
            return Ok(());
        };
        let mut table = transaction.open_table(VALUES)?;
        let mut place = table.insert_reserve(name, size(value)?)?;
        postcard::to_slice(value, place.as_mut())?;
        self.names.push(name.to_owned());
        Ok(())
    }

    /// Keeps them in one step, and drops every other value that is not to stay.
    pub fn keep(mut self, stay: &BTreeSet<String>) -> Result<()> {
        let Some(transaction) = &self.transaction else {
            return Ok(());
        };
        let mut names: BTreeSet<String> = {
            let mut table = transaction.open_table(VALUES)?;
            let mut names = match table.get(NAMES)? {
                Some(bytes) => postcard::from_bytes(bytes.value())?,
                None => BTreeSet::new(),
            };
            for name in names.iter().filter(|name| !stay.contains(*name)) {
                // What was added just now stays.
                if !self.names.contains(name) {
                    table.remove(name.as_str())?;
                }
            }
            names.retain(|name| stay.contains(name));
            names
        };
        names.extend(std::mem::take(&mut self.names));
        self.put(NAMES, &names);
        self.put(WRITER, &writer());
        if let Some(transaction) = self.transaction {
            transaction.commit()?;
        }
        Ok(())
    }
}

fn size(value: &impl Serialize) -> Result<usize> {
    Ok(postcard::serialize_with_flavor(value, Size::default())?)
}

/// A value as it is kept: every text of it stands there as it is.
pub fn bytes(value: &impl Serialize) -> Result<Vec<u8>> {
    let mut bytes = vec![0; size(value)?];
    postcard::to_slice(value, &mut bytes)?;
    Ok(bytes)
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
        let handle = match ReadOnlyDatabase::open(&path) {
            Ok(database) => Handle::Read(database),
            Err(_) => Handle::Nothing,
        };
        Self { path, handle }.of_this_program()
    }

    /// The store of a site, to read from and to add to.
    pub fn write(root: &Path) -> Self {
        let path = root.join(FOLDER).join(FILE);
        let open = || Database::builder().set_cache_size(CACHE).create(&path);
        let _ = std::fs::create_dir_all(root.join(FOLDER));
        let opened = open().or_else(|e| {
            if !is_damaged(&e) {
                return Err(e);
            }
            // Beyond its own repair: it can be worked out again.
            let _ = std::fs::remove_file(&path);
            open()
        });
        let handle = opened.map_or(Handle::Nothing, Handle::Write);
        Self { path, handle }.of_this_program()
    }

    /// A store that remembers nothing.
    pub fn nothing() -> Self {
        Self {
            path: PathBuf::new(),
            handle: Handle::Nothing,
        }
    }

    /// Forgets what another program wrote: it may have hashed or judged otherwise.
    fn of_this_program(self) -> Self {
        let is_ours = self.get(WRITER) == Some(writer());
        match self.handle {
            Handle::Write(database) if !is_ours => {
                drop(database);
                let _ = std::fs::remove_file(&self.path);
                let fresh = Database::builder().set_cache_size(CACHE).create(&self.path);
                Self {
                    handle: fresh.map_or(Handle::Nothing, Handle::Write),
                    path: self.path,
                }
            }
            Handle::Read(_) if !is_ours => Self::nothing(),
            _ => self,
        }
    }

    /// Begins to add; one at a time does. Where nothing can be added it goes nowhere.
    pub fn additions(&self) -> Additions {
        let transaction = match &self.handle {
            Handle::Write(database) => database.begin_write().ok(),
            Handle::Nothing | Handle::Read(_) => None,
        };
        Additions {
            transaction,
            names: Vec::new(),
        }
    }

    /// A value, if it is there and what is asked for.
    pub fn get<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        let transaction = match &self.handle {
            Handle::Nothing => return None,
            Handle::Read(database) => database.begin_read(),
            Handle::Write(database) => database.begin_read(),
        };
        let table = transaction.ok()?.open_table(VALUES).ok()?;
        let bytes = table.get(name).ok()??;
        postcard::from_bytes(bytes.value()).ok()
    }

    /// Names of all values.
    pub fn names(&self) -> BTreeSet<String> {
        self.get(NAMES).unwrap_or_default()
    }
}

/// Whether what lies there is no store that could be opened another time.
fn is_damaged(error: &DatabaseError) -> bool {
    match error {
        DatabaseError::Storage(StorageError::Io(e)) => {
            matches!(e.kind(), ErrorKind::InvalidData | ErrorKind::UnexpectedEof)
        }
        DatabaseError::Storage(StorageError::Corrupted(_))
        | DatabaseError::UpgradeRequired(_)
        | DatabaseError::RepairAborted => true,
        _ => false,
    }
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
    use super::*;

    fn put(store: &Store, name: &str, value: u64, keep: &[&str]) {
        let mut additions = store.additions();
        additions.put(name, &value);
        let keep = keep.iter().map(|n| (*n).to_owned()).collect();
        additions.keep(&keep).unwrap();
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
