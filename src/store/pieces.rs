//! How a value lies in a store: bytes of `postcard` in numbered pieces, and a checksum of
//! them. So to write a value or to drop it takes no more memory than a piece, and what was
//! damaged is not taken for what was written.

use super::damage::Damaged;
use anyhow::Result;
use crc32fast::Hasher;
use redb::{ReadableTable, StorageError, Table, TableDefinition};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::{self, BufWriter, Write};
use std::ops::RangeInclusive;

/// Pieces by the name of their value, and their number.
pub(super) const VALUES: TableDefinition<'_, (&str, u32), &[u8]> = TableDefinition::new("values");
/// Bytes of a piece: with its key it fills a page.
pub(super) const PIECE: usize = 60 * 1024;
/// The piece of this number is the CRC-32 of all others.
const CHECKSUM: u32 = u32::MAX;

type Values<'t> = Table<'t, (&'static str, u32), &'static [u8]>;

fn pieces_of(name: &str) -> RangeInclusive<(&str, u32)> {
    (name, 0)..=(name, CHECKSUM)
}

/// Removes a value, if it is there.
pub(super) fn remove(table: &mut Values<'_>, name: &str) -> Result<()> {
    table.retain_in(pieces_of(name), |_, _| false)?;
    Ok(())
}

/// Puts a value in the place of any other of its name.
pub(super) fn put(table: &mut Values<'_>, name: &str, value: &impl Serialize) -> Result<()> {
    remove(table, name)?;
    let mut pieces = Pieces {
        table,
        name,
        number: 0,
        sum: Hasher::new(),
        error: None,
    };
    let written = postcard::to_io(value, BufWriter::with_capacity(PIECE, &mut pieces)).map(drop);
    // What the library of the store says tells more than that it could not be written.
    let Pieces { sum, error, .. } = pieces;
    error.map_or(Ok(()), Err)?;
    written?;
    let checksum = sum.finalize().to_le_bytes();
    table.insert((name, CHECKSUM), checksum.as_slice())?;
    Ok(())
}

/// A value, if it is there and what is asked for.
pub(super) fn get<T: DeserializeOwned>(
    table: &impl ReadableTable<(&'static str, u32), &'static [u8]>,
    name: &str,
) -> Result<Option<T>> {
    let (mut bytes, mut checksum) = (Vec::new(), None);
    for piece in table.range(pieces_of(name))? {
        let (key, piece) = piece?;
        if key.value().1 == CHECKSUM {
            checksum = Some(piece.value().to_owned());
        } else {
            bytes.extend_from_slice(piece.value());
        }
    }
    match checksum {
        None if bytes.is_empty() => Ok(None),
        Some(sum) if sum == crc32fast::hash(&bytes).to_le_bytes() => {
            Ok(postcard::from_bytes(&bytes).ok())
        }
        _ => Err(Damaged.into()),
    }
}

/// Takes a value piece by piece.
struct Pieces<'t, 'v, 'n> {
    table: &'t mut Values<'v>,
    name: &'n str,
    number: u32,
    sum: Hasher,
    error: Option<StorageError>,
}

impl Write for Pieces<'_, '_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let piece = &bytes[..bytes.len().min(PIECE)];
        if let Err(error) = self.table.insert((self.name, self.number), piece) {
            self.error = Some(error);
            return Err(io::ErrorKind::Other.into());
        }
        self.number += 1;
        self.sum.update(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
