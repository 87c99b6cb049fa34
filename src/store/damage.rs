//! A store that is not as it was written. Its library answers some damage with an error,
//! and panics where a page leads it astray.

use anyhow::{Error, Result};
use redb::{CommitError, DatabaseError, StorageError, TableError, TransactionError};
use std::cell::Cell;
use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

/// A value is not as it was written.
#[derive(Debug)]
pub(super) struct Damaged;

impl std::fmt::Display for Damaged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the store is damaged")
    }
}

impl std::error::Error for Damaged {}

thread_local! {
    static IS_GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Does something with a store. A panic is [`Damaged`], and nothing is printed of it.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let others = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !IS_GUARDED.get() {
                others(panic);
            }
        }));
    });
    let outer = IS_GUARDED.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    IS_GUARDED.set(outer);
    done.unwrap_or_else(|_| Err(Damaged.into()))
}

/// Drops what a store was used through: to close a damaged one may fail as well.
pub(super) fn close<T>(used: T) {
    let _ = guarded(|| {
        drop(used);
        Ok(())
    });
}

/// Whether an error says that what lies there will not be read another time either.
pub(super) fn is_damage(error: &Error) -> bool {
    let is_other_form =
        |e: &TableError| !matches!(e, TableError::Storage(_) | TableError::TableDoesNotExist(_));
    let is_beyond_repair = |e: &DatabaseError| {
        matches!(
            e,
            DatabaseError::UpgradeRequired(_) | DatabaseError::RepairAborted
        )
    };
    error.is::<Damaged>()
        || error.downcast_ref().is_some_and(is_other_form)
        || error.downcast_ref().is_some_and(is_beyond_repair)
        || match of_storage(error) {
            Some(StorageError::Corrupted(_)) => true,
            Some(StorageError::Io(e)) => {
                matches!(e.kind(), ErrorKind::InvalidData | ErrorKind::UnexpectedEof)
            }
            _ => false,
        }
}

/// What was wrong with the file, whatever was done with it.
fn of_storage(error: &Error) -> Option<&StorageError> {
    if let Some(TableError::Storage(error)) = error.downcast_ref() {
        return Some(error);
    }
    if let Some(TransactionError::Storage(error)) = error.downcast_ref() {
        return Some(error);
    }
    if let Some(CommitError::Storage(error)) = error.downcast_ref() {
        return Some(error);
    }
    if let Some(DatabaseError::Storage(error)) = error.downcast_ref() {
        return Some(error);
    }
    error.downcast_ref()
}
