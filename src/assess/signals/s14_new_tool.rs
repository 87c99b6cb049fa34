//! S14 new-or-changed-tool: a tool that nobody has used before.
//!
//! Format version 1 carries no digest of a tool's definition, so a change after
//! approval cannot be seen; first use can.

use super::{Definition, Finding, Hit, Look, SignalId};
use crate::assess::context::Context;
use crate::assess::facts::{Facts, ToolUse};
use crate::assess::lexicon::acts::is_shell;
use crate::assess::lexicon::verbs::{self, Verb};
use crate::assess::trust::Trust;
use crate::history::Novelty;
use crate::model::{Entity, EntityKind, Sentence, Slot};

const FIRST: &str = "Used {tool} for the first time in the company; {basis}.";
const FIRST_FOR_USER: &str = "Used {tool} for the first time for {user}; {basis}.";
/// Strength of the first sight in the company.
const IN_COMPANY: f64 = 0.7;
/// Strength of the first sight for a user.
const FOR_USER: f64 = 0.3;
/// What a tool counts that comes with the agent and not from a server of tools.
const OWN: f64 = 0.5;
/// What a tool counts that only looks things up.
const LOOKS_UP: f64 = 0.3;

pub(super) const SIGNAL: Definition = Definition {
    id: SignalId::S14,
    name: "new-or-changed-tool",
    about: "A tool or a server of tools was used for the first time in the company, or by a user. Changes of its definition are not recorded in format 1.",
    templates: &[FIRST, FIRST_FOR_USER],
    habituates: None,
    false_positives: "Updates of agents bring new tools: an agent's own tools count only where what they do weighs fully, and half.",
    clause: "used a tool for the first time",
    clause_plural: "used tools for the first time",
    why: "A tool nobody has looked at can do what its maker wants.",
    next_step: "Find out where the tool comes from, and allow or remove it.",
    look: Look::Facts(look),
};

fn look(facts: &Facts, _: &Trust, context: &Context<'_>) -> Finding {
    if facts.tools.is_empty() {
        return Finding::NotAssessable("no tools are recorded");
    }
    if context.history_days() == 0 {
        return Finding::NotAssessable("there is no history yet");
    }
    let mut found: Vec<(f64, Novelty, &ToolUse, bool)> = facts
        .tools
        .iter()
        .filter(|t| !is_shell(t.name.untrusted()) && verbs::is_telling(t.name.untrusted()))
        .filter_map(|t| novelty(facts, t, context))
        .filter(|(strength, ..)| *strength > 0.0)
        .collect();
    found.sort_by(|(a, _, x, _), (b, _, y, _)| b.total_cmp(a).then(x.event.cmp(&y.event)));
    let Some((strength, novelty, tool, in_company)) = found.first() else {
        return Finding::Absent;
    };
    let mut slots = vec![Slot::Entity(Entity::new(EntityKind::Tool, &tool.name))];
    let basis = Slot::words(novelty.basis.words());
    let sentence = match &facts.user {
        Some(user) if !in_company => {
            slots.push(Slot::Entity(Entity::new(EntityKind::User, user)));
            slots.push(basis);
            Sentence::new(FIRST_FOR_USER, slots)
        }
        _ => {
            slots.push(basis);
            Sentence::new(FIRST, slots)
        }
    };
    Finding::present(Hit {
        last_at: facts.last_sign,
        evidence: found.iter().take(3).map(|(_, _, t, _)| t.event).collect(),
        times: found.len() as u32,
        ..Hit::new(*strength, sentence)
    })
}

/// How new a tool is to the company, or else to the user.
fn novelty<'a>(
    facts: &Facts,
    tool: &'a ToolUse,
    context: &Context<'_>,
) -> Option<(f64, Novelty, &'a ToolUse, bool)> {
    let name = tool.name.untrusted();
    let entity = Entity::new(EntityKind::Tool, &tool.name);
    let of_server = verbs::server(name).is_some();
    let looks_up = verbs::verb(name) == Some(Verb::Read);
    let weight = if of_server { 1.0 } else { OWN } * if looks_up { LOOKS_UP } else { 1.0 };
    let to_company = context.novelty(facts, &entity);
    if to_company.earlier == 0 {
        let strength = IN_COMPANY * weight * to_company.value;
        return Some((strength, to_company, tool, true));
    }
    let user = facts.user.as_ref().filter(|_| verbs::is_telling(name))?;
    let user = Entity::new(EntityKind::User, user);
    let to_user = context.lane_novelty(facts, &user, &entity);
    let to_user = to_user.among(context.peers(facts, &entity));
    let strength = FOR_USER * to_user.value;
    (to_user.earlier == 0).then_some((strength, to_user, tool, false))
}

#[cfg(test)]
mod tests {
    use crate::assess::signals::testing::{Day, session};

    fn uses(id: &str, user: &str, tool: &str) -> crate::model::Session {
        session(&format!(
            r#"{{"id":"{id}","user":"{user}","events":[{{"kind":"tool","tool":"{tool}"}}]}}"#
        ))
    }

    #[test]
    fn first_in_the_company_then_first_for_a_user() {
        let tool = "mcp__notes__add_note";
        Day::with("")
            .aged(30)
            .of(&[uses("a", "ann", tool)])
            .strength("S14", 0, Some(0.7))
            .says("S14", 0, "for the first time in the company");
        Day::with("")
            .aged(30)
            .before("2026-11-20T12:00:00Z", &[uses("e", "ben", tool)])
            .of(&[uses("a", "ann", tool)])
            .strength("S14", 0, Some(0.3))
            .says("S14", 0, "for the first time for ann");
        Day::with("")
            .aged(30)
            .before("2026-11-20T12:00:00Z", &[uses("e", "ann", tool)])
            .of(&[uses("a", "ann", tool)])
            .strength("S14", 0, None);
    }

    #[test]
    fn looking_up_counts_less_and_no_history_is_not_assessable() {
        Day::with("")
            .aged(30)
            .of(&[uses("a", "ann", "mcp__notes__get_note")])
            .strength("S14", 0, Some(0.7 * 0.3));
        Day::with("")
            .aged(30)
            .of(&[uses("a", "ann", "send_note")])
            .strength("S14", 0, Some(0.7 * 0.5));
        Day::with("")
            .aged(30)
            .of(&[uses("a", "ann", "Write")])
            .strength("S14", 0, None);
        Day::with("")
            .of(&[uses("a", "ann", "add_note")])
            .not_assessable("S14", 0, "there is no history yet");
    }
}
