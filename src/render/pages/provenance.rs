//! Where a brief stands among the editions: what it follows, what it was judged by, what
//! it replaced.

use super::counted;
use crate::render::edition_site::{Follows, Provenance};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct ProvenanceView {
    revised: Option<String>,
    chain: String,
    judged: String,
}

impl ProvenanceView {
    pub(super) fn of(provenance: &Provenance) -> Self {
        Self {
            revised: revised(provenance),
            chain: match provenance.follows {
                Follows::Sealed(seal) => {
                    format!("This edition follows the one sealed {}.", seal.short())
                }
                Follows::Nothing => "This edition is the first of its chain.".to_owned(),
                Follows::Unknown => {
                    "This is a preview: an edition joins the chain when it is published.".to_owned()
                }
            },
            judged: match &provenance.inventory {
                None => "Judged without an inventory.".to_owned(),
                Some(digest) => format!("Judged by inventory {}.", digest.short()),
            },
        }
    }
}

fn revised(provenance: &Provenance) -> Option<String> {
    let last = provenance.revisions.last()?;
    let mut words = format!(
        "Revised: {}. It replaces what was published before; its digest was {} and is {} now.",
        last.why,
        last.was.short(),
        last.now.short()
    );
    if let earlier @ 1.. = provenance.revisions.len() - 1 {
        words.push_str(" The manifest lists ");
        words.push_str(&counted(earlier, "revision", "revisions"));
        words.push_str(" before that.");
    }
    Some(words)
}
