//! Daybrief
pub mod assess;
pub mod diagnostic;
pub mod history;
pub mod model;
pub mod normalise;
pub mod source;
