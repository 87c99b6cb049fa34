//! Daybrief
pub mod diagnostic;
pub mod model;
pub mod normalise;
pub mod source;
