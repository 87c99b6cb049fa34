//! A transcript of Claude Code, imported: whatever is written is a snapshot that is read
//! without a fault.

#![no_main]

use daybrief::model::Inventory;
use daybrief::reading;
use daybrief::source::claude_code::{self, Options, Split};
use daybrief::source::snapshot;
use daybrief_fuzz::{one_thread, write};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: one_thread(), |bytes: &[u8]| {
    let options = Options {
        as_of: Timestamp::constant(1_795_327_200, 0), // 2026-11-22T06:00:00Z
        split: match bytes.len() % 3 {
            0 => Split::Everything,
            1 => Split::Window(86_400),
            _ => Split::Daily,
        },
    };
    let transcript = write("transcript.jsonl", bytes);
    let import = claude_code::read(&[transcript], &options).expect("the file is there");
    for line in import.report.lines() {
        assert!(!line.is_empty());
    }
    for (head, sessions) in &import.snapshots {
        let mut lines = serde_json::to_vec(head).expect("a head is JSON");
        for session in sessions {
            lines.push(b'\n');
            serde_json::to_writer(&mut lines, session).expect("a session is JSON");
        }
        let file = snapshot::open_as("x.jsonl", &write("x.jsonl", &lines));
        let file = file.expect("what was written is a snapshot");
        let (reading, diagnostics) =
            reading::read(&file, &Inventory::default()).expect("what was written can be read");
        assert_eq!(diagnostics, [], "what was written is sound");
        assert_eq!(reading.facts.len(), sessions.len());
    }
});
