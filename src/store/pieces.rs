//! How a value lies in a store: bytes of `postcard` in numbered pieces, and a checksum of
//! them. So to write a value or to drop it takes no more memory than a piece, and what was
//! damaged is not taken for what was written. A piece that stands there already is not
//! written again: a value that grows at its end costs little more than what is new.

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
/// The piece of this number is the CRC-32 of all others, and how many bytes they are.
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
    let mut pieces = Pieces {
        table,
        name,
        number: 0,
        size: 0,
        crc: Hasher::new(),
        error: None,
    };
    let written = postcard::to_io(value, BufWriter::with_capacity(PIECE, &mut pieces)).map(drop);
    // What the library of the store says tells more than that it could not be written.
    let Pieces {
        number,
        size,
        crc,
        error,
        ..
    } = pieces;
    error.map_or(Ok(()), Err)?;
    written?;
    table.retain_in((name, number)..=(name, CHECKSUM), |_, _| false)?;
    let crc = crc.finalize();
    table.insert((name, CHECKSUM), Checksum { crc, size }.bytes().as_slice())?;
    Ok(())
}

/// A value, if it is there and what is asked for.
pub(super) fn get<T: DeserializeOwned>(
    table: &impl ReadableTable<(&'static str, u32), &'static [u8]>,
    name: &str,
) -> Result<Option<T>> {
    let mut pieces = table.range(pieces_of(name))?;
    let Some((key, last)) = pieces.next_back().transpose()? else {
        return Ok(None);
    };
    let is_checksum = key.value().1 == CHECKSUM;
    let last = last.value().try_into().ok().filter(|_| is_checksum);
    let checksum = last.map(Checksum::read).ok_or(Damaged)?;
    let mut bytes = Vec::new();
    let size = usize::try_from(checksum.size).map_err(|_| Damaged)?;
    // What was damaged may be the size.
    bytes.try_reserve_exact(size).map_err(|_| Damaged)?;
    for piece in pieces {
        bytes.extend_from_slice(piece?.1.value());
    }
    if Checksum::of(&bytes) != checksum {
        return Err(Damaged.into());
    }
    Ok(postcard::from_bytes(&bytes).ok())
}

/// Tells whether a value's bytes are those that were written.
#[derive(PartialEq)]
struct Checksum {
    crc: u32,
    size: u64,
}

impl Checksum {
    fn of(bytes: &[u8]) -> Self {
        Self {
            crc: crc32fast::hash(bytes),
            size: bytes.len() as u64,
        }
    }

    fn read([a, b, c, d, size @ ..]: [u8; 12]) -> Self {
        Self {
            crc: u32::from_le_bytes([a, b, c, d]),
            size: u64::from_le_bytes(size),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        [&self.crc.to_le_bytes()[..], &self.size.to_le_bytes()].concat()
    }
}

/// Takes a value piece by piece.
struct Pieces<'t, 'v, 'n> {
    table: &'t mut Values<'v>,
    name: &'n str,
    number: u32,
    size: u64,
    crc: Hasher,
    error: Option<StorageError>,
}

impl Pieces<'_, '_, '_> {
    fn put(&mut self, piece: &[u8]) -> Result<(), StorageError> {
        let key = (self.name, self.number);
        let stands = self.table.get(key)?.is_some_and(|p| p.value() == piece);
        if !stands {
            self.table.insert(key, piece)?;
        }
        Ok(())
    }
}

impl Write for Pieces<'_, '_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let piece = &bytes[..bytes.len().min(PIECE)];
        if let Err(error) = self.put(piece) {
            self.error = Some(error);
            return Err(io::ErrorKind::Other.into());
        }
        self.number += 1;
        self.size += piece.len() as u64;
        self.crc.update(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use redb::{Database, backends::InMemoryBackend};

    #[test]
    fn a_checksum_that_was_damaged_is_no_size_to_make_room_for() {
        let database = Database::builder()
            .create_with_backend(InMemoryBackend::new())
            .unwrap();
        let transaction = database.begin_write().unwrap();
        let mut table = transaction.open_table(VALUES).unwrap();
        put(&mut table, "a", &1_u64).unwrap();
        assert_eq!(get(&table, "a").unwrap(), Some(1_u64));
        for (crc, size) in [(0, u64::MAX), (0, 1 << 40), (0, 1), (0, 0)] {
            let damaged = Checksum { crc, size }.bytes();
            table.insert(("a", CHECKSUM), damaged.as_slice()).unwrap();
            assert!(get::<u64>(&table, "a").is_err(), "{size}");
        }
        for damaged in [&[][..], &[0; 11], &[0; 13]] {
            table.insert(("a", CHECKSUM), damaged).unwrap();
            assert!(get::<u64>(&table, "a").is_err(), "{damaged:?}");
        }
        table.remove(("a", CHECKSUM)).unwrap();
        assert!(
            get::<u64>(&table, "a").is_err(),
            "there is a piece, and no checksum"
        );
        put(&mut table, "a", &2_u64).unwrap();
        assert_eq!(get(&table, "a").unwrap(), Some(2_u64));
    }
}
