//! Silences that many sessions share are the collector's.

use super::Context;
use crate::assess::record::Gap;
use jiff::Timestamp;

/// Sessions with the same silence that make it the collector's.
const COMMON_GAP: usize = 3;
/// How far apart the ends of the same silence may lie, in seconds.
const SAME_GAP: i64 = 60;
impl Context<'_> {
    /// Whether so many sessions fell silent together that it was the collector.
    pub fn is_common_gap(&self, gap: Gap) -> bool {
        let near = |a: Timestamp, b: Timestamp| (a.as_second() - b.as_second()).abs() <= SAME_GAP;
        let begin = self
            .gaps
            .partition_point(|g| g.from.as_second() < gap.from.as_second() - SAME_GAP);
        self.gaps[begin..]
            .iter()
            .take_while(|g| g.from <= gap.from || near(g.from, gap.from))
            .filter(|g| near(g.to, gap.to))
            .nth(COMMON_GAP - 1)
            .is_some()
    }

    /// Silences that so many sessions share, each told once: when they began and how many sessions fell silent.
    pub fn common_gaps(&self) -> Vec<(Gap, usize)> {
        let mut told: Vec<(Gap, usize)> = Vec::new();
        for gap in self.gaps.iter().filter(|g| self.is_common_gap(**g)) {
            match told.last_mut() {
                Some((first, n)) if gap.from.as_second() - first.from.as_second() <= SAME_GAP => {
                    *n += 1;
                }
                _ => told.push((*gap, 1)),
            }
        }
        told
    }
}
