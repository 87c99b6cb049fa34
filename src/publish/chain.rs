//! The chain of editions as a build makes it, month by month. A month in which nothing
//! changed is carried on as it is listed; what its own manifest says is not read.

use super::manifest::{Entry, Listed, ListedMonth, MonthManifest};
use super::published::Published;
use super::staging::Staging;
use crate::digest::Sha256Sum;
use crate::render::address::Month;
use anyhow::Result;

/// The editions of a site, the oldest first.
#[derive(Default)]
pub(super) struct Chain {
    months: Vec<Part>,
}

/// A month of the chain.
pub(super) enum Part {
    /// It is as it was published.
    Standing(ListedMonth),
    /// Its editions, one by one.
    Each(Month, Vec<Listed>),
}

impl Chain {
    /// Carries a month on as it is.
    pub(super) fn carry(&mut self, month: ListedMonth) {
        self.months.push(Part::Standing(month));
    }

    /// Adds an edition of a month: the last one, or a later one.
    pub(super) fn push(&mut self, month: Month, edition: Listed) {
        match self.months.last_mut() {
            Some(Part::Each(last, editions)) if *last == month => editions.push(edition),
            _ => self.months.push(Part::Each(month, vec![edition])),
        }
    }

    /// Seal of the last edition so far.
    pub(super) fn seal(&self) -> Option<Sha256Sum> {
        match self.months.last()? {
            Part::Standing(month) => Some(month.seal),
            Part::Each(_, editions) => editions.last().map(|e| e.seal),
        }
    }

    /// Its months, the oldest first.
    pub(super) fn months(&mut self) -> impl Iterator<Item = &mut Part> {
        self.months.iter_mut()
    }

    /// Where the manifests lie that are not as they were published.
    pub(super) fn made(&self) -> impl Iterator<Item = String> {
        self.months.iter().filter_map(|part| match part {
            Part::Standing(_) => None,
            Part::Each(month, _) => Some(month.manifest()),
        })
    }

    /// Stages the manifests of months that are not as they were published. Returns every
    /// month and its manifest's entry.
    pub(super) fn stage(
        self,
        staging: &Staging,
        published: &Published,
    ) -> Result<(Vec<ListedMonth>, Vec<Entry>)> {
        let (mut months, mut entries) = (Vec::new(), Vec::new());
        for part in self.months {
            match part {
                Part::Standing(month) => {
                    entries.extend(published.root(&month.month.manifest()).cloned());
                    months.push(month);
                }
                Part::Each(month, editions) => {
                    months.extend(ListedMonth::of(month, &editions));
                    let manifest = MonthManifest::of(month, editions).bytes()?;
                    entries.push(staging.write_manifest("", &month.manifest(), &manifest)?);
                }
            }
        }
        Ok((months, entries))
    }
}

impl Part {
    /// Its editions, one by one.
    pub(super) fn each(&mut self, published: &Published) -> &mut [Listed] {
        if let Self::Standing(month) = self {
            let editions = published.editions(month.month).to_vec();
            *self = Self::Each(month.month, editions);
        }
        match self {
            Self::Standing(_) => &mut [],
            Self::Each(_, editions) => editions,
        }
    }
}
