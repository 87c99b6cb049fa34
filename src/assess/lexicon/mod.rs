//! What the program knows without an inventory: words and shapes, by principle.

pub mod acts;
pub mod destinations;
pub mod modes;
pub mod paths;
