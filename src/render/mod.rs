//! Pages: a plan of addresses, and a pure function from address to bytes.
//!
//! Views are structs of finished text; no number is formatted, no map iterated
//! and no link glued in a template.

pub mod address;
pub mod edition_site;
mod fault;
pub mod html;
mod markdown;
pub mod pages;
pub mod plain;
pub mod theme;
pub mod trimmed;

pub use address::{Leaf, Root};
pub use edition_site::{EditionSite, Follows, Listing, Provenance, Revision, SiteText};
pub use theme::Theme;

#[cfg(test)]
pub(crate) use fault::planted;
