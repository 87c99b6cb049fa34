//! Every bound on what is read, in one table.
//!
//! What is longer is cut or set aside, counted, and said; nothing is silently lost.

use jiff::Timestamp;

/// Bytes of the inventory, the configuration, a page of prose or a decision.
pub const PROSE_BYTES: u64 = 16 * 1024 * 1024;
/// Bytes of one snapshot after decompression when it is read as a whole (document form), and of a transcript.
pub const DOCUMENT_BYTES: u64 = 256 * 1024 * 1024;
/// Bytes of one snapshot after decompression when it is read as a stream (lines form).
pub const STREAM_BYTES: u64 = 16 * 1024 * 1024 * 1024;
/// Bytes of one line, that is, of one session.
pub const LINE_BYTES: usize = 64 * 1024 * 1024;
/// Levels of nesting of what a record is kept with. Held by the JSON parser.
pub const NESTING: usize = 127;
/// Characters of one text field; the rest is cut and marked.
pub const TEXT_CHARS: usize = 2_048;
/// Characters of a session id.
pub const ID_CHARS: usize = 256;
/// Events kept of one session; the rest is counted.
pub const EVENTS: usize = 20_000;
/// Models kept of one session.
pub const MODELS: usize = 64;
/// Programs kept of one event, and items of a list of names.
pub const LIST_ITEMS: usize = 64;
/// Records of one snapshot, read or set aside.
pub const RECORDS: usize = 2_000_000;
/// Bytes of all recognised secrets of a snapshot together that are looked for elsewhere too.
pub const KNOWN_BYTES: usize = 64 * 1024;
/// Years that can be believed, first and the one after the last.
pub const YEARS: (i16, i16) = (2000, 2100);
/// The first second of each of [`YEARS`], since 1970.
const SECONDS: (i64, i64) = (946_684_800, 4_102_444_800);

/// Whether a moment lies in [`YEARS`].
pub fn is_believable(at: Timestamp) -> bool {
    (SECONDS.0..SECONDS.1).contains(&at.as_second())
}

/// Name, value and what happens beyond it, for the manual and `SECURITY` notes.
pub const TABLE: &[(&str, u64, &str)] = &[
    (
        "bytes of inventory, configuration, prose",
        PROSE_BYTES,
        "the file is an error",
    ),
    (
        "bytes of a snapshot in one document",
        DOCUMENT_BYTES,
        "the file is an error",
    ),
    (
        "bytes of a snapshot in lines",
        STREAM_BYTES,
        "the file is an error",
    ),
    (
        "bytes of a line",
        LINE_BYTES as u64,
        "the session is quarantined",
    ),
    (
        "levels of JSON nesting",
        NESTING as u64,
        "an unknown field is counted, not kept",
    ),
    (
        "characters of a text",
        TEXT_CHARS as u64,
        "the text is cut and marked",
    ),
    (
        "characters of a session id",
        ID_CHARS as u64,
        "the session is quarantined",
    ),
    (
        "events of a session",
        EVENTS as u64,
        "the rest is counted, not kept",
    ),
    (
        "models of a session",
        MODELS as u64,
        "the rest is counted, not kept",
    ),
    (
        "items of a list of names",
        LIST_ITEMS as u64,
        "the rest is counted, not kept",
    ),
    (
        "records of a snapshot",
        RECORDS as u64,
        "the rest is quarantined",
    ),
    (
        "bytes of recognised secrets",
        KNOWN_BYTES as u64,
        "the rest is masked only where it is told",
    ),
];
