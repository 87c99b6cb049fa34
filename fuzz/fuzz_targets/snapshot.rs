//! A snapshot file, read as a build reads it: counts add up, and every session that is
//! handed out is one line of JSON that reads as the same session again.

#![no_main]

use daybrief::model::Inventory;
use daybrief::reading::{self, Read};
use daybrief::source::snapshot::{self, Record, SnapshotFile};
use daybrief::source::{inventory, snapshot::wire};
use daybrief_fuzz::{one_thread, write};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static INVENTORY: LazyLock<Inventory> = LazyLock::new(|| {
    let text = include_str!("../seeds/inventory/company.toml");
    inventory::parse("inventory.toml", text).expect("the seed is an inventory")
});

fuzz_target!(init: one_thread(), |bytes: &[u8]| {
    let Ok(file) = snapshot::open_as("x.jsonl", &write("x.jsonl", bytes)) else {
        return;
    };
    match check(&file) {
        Ok(()) => {}
        // A torn archive is a fault of the world.
        Err(_) if bytes.starts_with(&[0x1f, 0x8b]) || bytes.starts_with(&[0x28, 0xb5]) => {}
        Err(error) => panic!("what was opened is not read: {error:#}"),
    }
});

fn check(file: &SnapshotFile) -> anyhow::Result<()> {
    let (reading, diagnostics) = reading::read(file, &INVENTORY)?;
    if diagnostics
        .iter()
        .any(|d| d.severity == daybrief::diagnostic::Severity::Error)
    {
        return Ok(()); // The head cannot be believed.
    }
    let mut records = file.records()?;
    let mut count = 0;
    loop {
        match records.batch(100)?.len() {
            0 => break,
            more => count += more as u64,
        }
    }
    let coverage = &reading.coverage;
    let sessions = reading.facts.len() as u64;
    assert_eq!(sessions + coverage.quarantined + coverage.collapsed, count);

    let mut next = 0;
    reading::sessions(file, &reading, |batch| {
        for read in &batch {
            assert_eq!(read.index, next, "sessions come in order, none is left out");
            assert_eq!(read.session.id, reading.facts[next].id);
            check_line(read);
            next += 1;
        }
        Ok(())
    })?;
    assert_eq!(next, reading.facts.len());
    if let Some(last) = next.checked_sub(1) {
        let alone = reading::session(file, &reading, last)?.expect("it was read before");
        assert_eq!(alone.session.id, reading.facts[last].id);
    }
    Ok(())
}

fn check_line(read: &Read) {
    assert!(!read.raw.contains(&b'\n'));
    serde_json::from_slice::<wire::Session>(&read.raw).expect("what is published is a session");
    let record = Record {
        line: 1,
        column: 1,
        json: read.raw.clone(),
    };
    record
        .parse("again")
        .expect("what is published is read again");
}
