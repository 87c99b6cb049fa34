//! What a build adds to a store.

use super::damage::{close, guarded};
use super::pieces::{self, VALUES};
use super::{NAMES, WRITER, writer};
use anyhow::{Error, Result};
use redb::WriteTransaction;
use serde::Serialize;
use std::collections::BTreeSet;

/// What a build adds: nothing of it is there before it is [kept](super::Store::keep).
#[derive(Default)]
pub struct Additions {
    transaction: Option<WriteTransaction>,
    names: Vec<String>,
    /// Why they go nowhere.
    error: Option<Error>,
}

impl Additions {
    pub(super) const fn to(transaction: Option<WriteTransaction>) -> Self {
        Self {
            transaction,
            names: Vec::new(),
            error: None,
        }
    }

    /// Whether they go anywhere.
    pub const fn are_taken(&self) -> bool {
        self.transaction.is_some()
    }

    /// Adds a value under a name. When that fails nothing is kept at all.
    pub fn put(&mut self, name: &str, value: &impl Serialize) {
        if let Err(error) = guarded(|| self.try_put(name, value)) {
            self.error = Some(error);
            self.give_up();
        }
    }

    fn try_put(&mut self, name: &str, value: &impl Serialize) -> Result<()> {
        if let Some(transaction) = &self.transaction {
            pieces::put(&mut transaction.open_table(VALUES)?, name, value)?;
            self.names.push(name.to_owned());
        }
        Ok(())
    }

    pub(super) fn keep(mut self, stay: &BTreeSet<String>) -> Result<()> {
        match self.error.take() {
            Some(error) => Err(error),
            None => guarded(|| self.try_keep(stay)),
        }
    }

    fn try_keep(&mut self, stay: &BTreeSet<String>) -> Result<()> {
        let Some(transaction) = &self.transaction else {
            return Ok(());
        };
        let mut table = transaction.open_table(VALUES)?;
        let mut names: BTreeSet<String> = pieces::get(&table, NAMES)?.unwrap_or_default();
        for name in names.iter().filter(|name| !stay.contains(*name)) {
            // What was added just now stays.
            if !self.names.contains(name) {
                pieces::remove(&mut table, name)?;
            }
        }
        drop(table);
        names.retain(|name| stay.contains(name));
        names.extend(std::mem::take(&mut self.names));
        self.try_put(NAMES, &names)?;
        self.try_put(WRITER, &writer())?;
        if let Some(transaction) = self.transaction.take() {
            transaction.commit()?;
        }
        Ok(())
    }

    fn give_up(&mut self) {
        if let Some(transaction) = self.transaction.take() {
            close(transaction);
        }
    }
}

impl Drop for Additions {
    fn drop(&mut self) {
        self.give_up();
    }
}
