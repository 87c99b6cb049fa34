//! From what a snapshot says to what a session is.
pub mod redact;
