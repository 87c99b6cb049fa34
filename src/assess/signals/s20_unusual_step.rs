//! S20 unusual-step: a step from one act to the next that this kind of agent hardly
//! ever makes. One attack in three reaches no new place; the order of acts gives it away.

use super::{Definition, Finding, Hit, Look, SignalId, habit_of};
use crate::assess::context::{Context, StepCounts};
use crate::assess::facts::Facts;
use crate::assess::lexicon::acts::agent_kind;
use crate::assess::steps::Step;
use crate::assess::trust::Trust;
use crate::history::MOST_USUAL;
use crate::model::{Entity, EntityKind, Sentence, Slot, Text};
use std::cmp::Reverse;

const STEP: &str =
    "After {a} it went on to {b}; {n} of {all} earlier sessions of {agent} did that.";
const BEGAN: &str = "It began with {b}; {n} of {all} earlier sessions of {agent} did that.";

pub(super) const SIGNAL: Definition = Definition {
    id: SignalId::S20,
    name: "unusual-step",
    about: "A step from one act to the next that earlier sessions of this kind of agent hardly ever made, weighted by what the second act does.",
    templates: &[STEP, BEGAN],
    habituates: Some(MOST_USUAL),
    false_positives: "New tools and new work; damped while the baseline is young.",
    clause: "took a step its kind of agent hardly ever takes",
    clause_plural: "took steps their kind of agent hardly ever takes",
    why: "The order of its acts is not that of the work it usually does.",
    next_step: "Read what led from the one act to the other.",
    look: Look::Facts(look),
};

fn look(facts: &Facts, _: &Trust, context: &Context<'_>) -> Finding {
    let Some(agent) = &facts.agent else {
        return Finding::NotAssessable("the agent is not recorded");
    };
    if facts.steps.is_empty() {
        return Finding::NotAssessable("no acts are recorded");
    }
    let Some(counts_of) = context.step_counts_of(facts) else {
        return Finding::NotAssessable("fewer than 30 earlier sessions of this kind of agent");
    };
    let maturity = context.maturity();
    let mut strongest = None;
    let mut most = (0.0, Reverse(0));
    // What weighs most first: that is most likely the one, and tells the others are not.
    let mut steps: Vec<(usize, &Step)> = facts.steps.iter().enumerate().collect();
    steps.sort_by(|(_, a), (_, b)| b.verb.weight().total_cmp(&a.verb.weight()));
    for (place, step) in steps {
        // What is no surprise, or usual, counts for less and never for more.
        let could_be = |strength: f64| strength > 0.0 && (strength, Reverse(place)) > most;
        if !could_be(step.verb.weight() * maturity) {
            continue;
        }
        let counts = counts_of(step);
        let strength = counts.surprise() * step.verb.weight() * maturity;
        if !could_be(strength) {
            continue;
        }
        let usual = habit_of(SignalId::S20, &habit_parts(agent, step));
        let counted = strength * context.usual(facts, Some(usual)).factor(MOST_USUAL);
        if could_be(counted) {
            most = (counted, Reverse(place));
            strongest = Some((strength, usual, counts, step));
        }
    }
    let Some((strength, usual, counts, step)) = strongest else {
        return Finding::Absent;
    };
    Finding::when(strength, |strength| Hit {
        last_at: step.last_at,
        evidence: vec![step.event],
        habit: Some(usual),
        ..Hit::new(strength, sentence(agent, step, counts))
    })
}

fn habit_parts<'a>(agent: &'a Text, step: &'a Step) -> [&'a str; 3] {
    [
        agent_kind(agent.untrusted()),
        step.from.as_ref().map_or("", Text::untrusted),
        step.to.untrusted(),
    ]
}

fn sentence(agent: &Text, step: &Step, counts: StepCounts) -> Sentence {
    let mut slots = vec![
        Slot::Text(step.to.clone()),
        Slot::Count(counts.step.into()),
        Slot::Count(counts.sessions.into()),
        Slot::Entity(Entity::new(EntityKind::Agent, agent)),
    ];
    match &step.from {
        Some(from) => {
            slots.insert(0, Slot::Text(from.clone()));
            Sentence::new(STEP, slots)
        }
        None => Sentence::new(BEGAN, slots),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess::signals::testing::{Day, session};

    fn acts(id: &str, tools: &[&str]) -> crate::model::Session {
        let events: Vec<String> = tools
            .iter()
            .map(|t| format!(r#"{{"kind":"tool","tool":"{t}"}}"#))
            .collect();
        session(&format!(
            r#"{{"id":"{id}","agent":"desk-agent 1","started_at":"2026-11-20T08:00:00Z","events":[{}]}}"#,
            events.join(",")
        ))
    }

    fn usually(n: usize, tools: &[&str]) -> Day {
        let earlier: Vec<_> = (0..n).map(|i| acts(&format!("e{i}"), tools)).collect();
        Day::with("")
            .aged(30)
            .before("2026-11-20T12:00:00Z", &earlier)
    }

    #[test]
    fn a_step_never_made_before_a_heavy_act() {
        let s = acts("a", &["list_notes", "send_money"]);
        let day = usually(63, &["list_notes", "add_note"]).of(&[s]);
        let counts = StepCounts {
            step: 0,
            from: 63,
            sessions: 63,
        };
        let expect = counts.surprise();
        day.strength("S20", 0, Some(expect)).says(
            "S20",
            0,
            "After list_notes it went on to send_money; 0 of 63 earlier sessions of desk-agent did that.",
        );
        assert!(expect > 0.7, "{expect}");
    }

    #[test]
    fn the_usual_step_is_no_surprise_and_lookups_weigh_little() {
        let day = usually(63, &["list_notes", "add_note"]);
        let same = day.of(&[acts("a", &["list_notes", "add_note"])]);
        assert!(same.found("S20", 0).unwrap_or(0.0) < 0.01);
        let lookup =
            usually(63, &["list_notes", "add_note"]).of(&[acts("a", &["list_notes", "find_note"])]);
        assert!(lookup.found("S20", 0).unwrap() < 0.25);
    }

    #[test]
    fn thirty_sessions_make_a_habit() {
        usually(29, &["list_notes"])
            .of(&[acts("a", &["list_notes", "send_money"])])
            .not_assessable(
                "S20",
                0,
                "fewer than 30 earlier sessions of this kind of agent",
            );
    }
}
