//! Daybrief
pub mod assess;
pub mod diagnostic;
pub mod history;
pub mod model;
pub mod normalise;
pub mod reading;
pub mod relate;
pub mod source;
