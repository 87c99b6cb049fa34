//! The site's own pages: the brief, the archive and its months, and what they are made with.

use super::Entry;
use super::build::Build;
use crate::render::address::Month;
use crate::render::{EditionSite, Root};
use anyhow::Result;
use std::collections::BTreeSet;

impl Build<'_> {
    /// Stages the pages of the site. When the latest edition stands, so does every page of
    /// the site that is there: it was made with it.
    pub(super) fn stage_root(&mut self, pages: &EditionSite<'_>, stands: bool) -> Result<()> {
        self.staging.folder("assets")?;
        for (name, bytes) in self.site.theme.assets() {
            let path = format!("assets/{name}");
            self.root_entries
                .push(self.staging.write("", &path, bytes)?);
        }
        // The brief last: by the time a reader sees it, everything it leads to is there.
        let months = if stands {
            self.all_months()
        } else {
            self.months()
        };
        let months = months.into_iter().map(Root::Month);
        for root in months.chain(Root::ALWAYS) {
            if stands && let Some(entry) = self.published.root(&root.path()) {
                self.root_kept.push(entry.clone());
                continue;
            }
            let bytes = pages.render_root(root, self.listings.all())?;
            self.root_entries
                .push(self.staging.write("", &root.path(), &bytes)?);
        }
        self.built.files += self.root_entries.len() + 1;
        Ok(())
    }

    /// Months of which the archive has editions.
    fn all_months(&self) -> BTreeSet<Month> {
        self.listings
            .all()
            .iter()
            .map(|l| Month::of(l.id))
            .collect()
    }

    /// Months of which the page has to be made: those with an edition that was looked at or
    /// is gone, and those that came or went, with their neighbours, which lead to them.
    fn months(&self) -> BTreeSet<Month> {
        let all = self.all_months();
        let looked_at = self.listings.all()[self.first..]
            .iter()
            .map(|l| Month::of(l.id));
        let mut made: BTreeSet<Month> = looked_at.collect();
        let gone: Vec<Month> = self.gone.iter().filter_map(|id| Month::of_id(id)).collect();
        let paged = self.published.months();
        for month in all.symmetric_difference(&paged).chain(&gone) {
            let before = all.range(..month).next_back();
            let after = all.range(month..).find(|m| *m > month);
            made.extend([before, Some(month), after].into_iter().flatten());
        }
        made.retain(|m| all.contains(m));
        made
    }

    /// The site's own files, the assets that earlier editions were made with, and the
    /// months that stay as they are.
    pub(super) fn site_entries(&self, of_months: Vec<Entry>) -> Vec<Entry> {
        let mut entries = of_months;
        entries.extend(self.root_entries.iter().cloned());
        entries.extend(self.root_kept.iter().cloned());
        let made: BTreeSet<String> = entries.iter().map(|e| e.path.clone()).collect();
        let is_new = |e: &&Entry| !made.contains(&e.path);
        let old = self.published.files.iter();
        let months = self.all_months();
        let stays = |e: &&Entry| {
            let month = Month::at(&e.path);
            e.path.starts_with("assets/") || month.is_some_and(|m| months.contains(&m))
        };
        entries.extend(old.filter(stays).filter(is_new).cloned());
        entries
    }
}
