//! What the program knows without an inventory: words and shapes, by principle.

pub mod acts;
pub mod destinations;
pub mod destruction;
pub mod injection;
pub mod lasting;
pub mod modes;
pub mod packing;
pub mod paths;
pub mod verbs;
