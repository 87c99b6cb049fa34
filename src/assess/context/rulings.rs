//! What people decided about a session and its signals.

use super::Context;
use crate::assess::facts::{Facts, Reach, ToolUse};
use crate::assess::lexicon::verbs;
use crate::assess::signals::{CATALOGUE, Definition, Hit, SignalId};
use crate::model::{About, Disposition, Dispositions, Entity, EntityKind, Ruling, Slot, Text};
use jiff::Timestamp;

impl<'a> Context<'a> {
    /// The decision by which a hit does not count: one in force that is about the session,
    /// or exactly about what the hit is about. Of places, files, tools and repositories
    /// every one that the session has must be meant: one that is not still counts.
    pub fn suppression(
        &self,
        facts: &Facts,
        signal: SignalId,
        hit: &Hit,
    ) -> Option<&'a Disposition> {
        let of_signal = || self.suppressions.iter().filter(|(s, _)| *s == signal);
        of_signal().next()?;
        let entities = facts.entities();
        let meant = |e: &Entity| of_signal().any(|(_, d)| d.about.is_entity(e));
        let applies = |d: &Disposition| match &d.about {
            About::Session(_) => d.about.is_session(&facts.id),
            About::Narrative(_) => false,
            About::Entity(EntityKind::Destination, _) => {
                let sent_to = |r: &Reach| Entity::new(EntityKind::Destination, &r.destination);
                is_named(d, hit) && facts.open_reaches().all(|r| meant(&sent_to(r)))
            }
            About::Entity(EntityKind::File, _) => {
                is_named(d, hit)
                    && facts.touches.iter().all(|t| meant(&t.file))
                    && (signal != SignalId::S12 || facts.changes.iter().all(|c| meant(&c.object)))
            }
            About::Entity(EntityKind::Tool, _) => {
                let tool = |t: &ToolUse| Entity::new(EntityKind::Tool, &t.name);
                let telling = facts
                    .tools
                    .iter()
                    .filter(|t| verbs::is_telling(t.name.untrusted()));
                is_named(d, hit) && telling.map(tool).all(|t| meant(&t))
            }
            About::Entity(EntityKind::Repo, _) => {
                let repo = |r: &Text| Entity::new(EntityKind::Repo, r);
                // Where a session began is not where it went.
                let began = usize::from(signal == SignalId::S6);
                is_named(d, hit) && facts.repos.iter().skip(began).map(repo).all(|r| meant(&r))
            }
            About::Entity(..) => entities.iter().any(|e| d.about.is_entity(e)),
        };
        of_signal().map(|(_, d)| *d).find(|d| applies(d))
    }

    /// The decision about this very session that keeps it from leading: one in force,
    /// and not older than what was learned of it last unless it accepts whatever comes.
    pub fn decision_on(&self, facts: &Facts) -> Option<&'a Disposition> {
        // Of two records under one id nobody can say which was decided on.
        if facts.conflicting {
            return None;
        }
        self.dispositions
            .in_force(self.now())
            .filter(|d| d.about.is_session(&facts.id))
            .find(|d| d.settles(self.learned(facts)))
    }
}

/// Whether a hit's sentence names what a decision is about.
fn is_named(decision: &Disposition, hit: &Hit) -> bool {
    let named = |s: &Slot| matches!(s, Slot::Entity(e) if decision.about.is_entity(e));
    hit.sentence.slots.iter().any(named)
}

/// Suppressions in force at a moment, each with its signal.
pub(super) fn suppressions(all: &Dispositions, now: Timestamp) -> Vec<(SignalId, &Disposition)> {
    all.in_force(now)
        .filter(|d| d.ruling == Ruling::Suppressed)
        .filter_map(|d| {
            let named = |c: &&&Definition| Some(c.name) == d.signal.as_deref();
            Some((CATALOGUE.iter().find(named)?.id, d))
        })
        .collect()
}
