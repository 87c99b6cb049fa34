//! Daybrief
pub mod assess;
pub mod cli;
pub mod diagnostic;
pub mod history;
pub mod model;
pub mod normalise;
pub mod publish;
pub mod reading;
pub mod relate;
pub mod render;
pub mod site;
pub mod source;
