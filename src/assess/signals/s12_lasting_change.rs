//! S12 lasting-change: something that will act after the session is over.

use super::{Definition, Finding, Hit, Look, SignalId, habit};
use crate::assess::context::Context;
use crate::assess::facts::{Change, Facts};
use crate::assess::trust::Trust;
use crate::model::{Sentence, Slot};

const TEMPLATE: &str = "Changed {what} through {object}; it acts after the session has ended.";
/// Most that may be taken away because such changes are usual: they outlive the usual day.
const USUAL: f64 = 0.3;

pub(super) const SIGNAL: Definition = Definition {
    id: SignalId::S12,
    name: "lasting-change",
    about: "A change outlives the session: who can log in or sees what, what runs by itself, what an agent is set up with or told.",
    templates: &[TEMPLATE],
    habituates: Some(USUAL),
    false_positives: "People edit instructions and invite colleagues: what is usual for them counts less, and the value is in the combination with untrusted input.",
    clause: "made a change that outlives it",
    clause_plural: "made changes that outlive them",
    why: "It goes on acting after the session has ended.",
    next_step: "Check that the change was asked for; undo it if not.",
    look: Look::Facts(look),
};

fn look(facts: &Facts, _: &Trust, context: &Context<'_>) -> Finding {
    if facts.events == 0 {
        return Finding::NotAssessable("no events are recorded");
    }
    let usual = |c: &Change| habit(SignalId::S12, facts.actor(), &[c.lasting.words()]);
    // What a kind of agent is there for is no news when it does it.
    let strength = |c: &Change| {
        let surprise = c
            .tool
            .as_ref()
            .map_or(1.0, |t| context.surprise_of(facts, t));
        c.lasting.strength() * surprise
    };
    let counts = |c: &Change| strength(c) * context.usual(facts, usual(c)).factor(USUAL);
    let strongest = facts
        .changes
        .iter()
        .max_by(|a, b| counts(a).total_cmp(&counts(b)).then(b.event.cmp(&a.event)));
    let Some(change) = strongest else {
        return Finding::Absent;
    };
    let slots = vec![
        Slot::words(change.lasting.words()),
        Slot::Entity(change.object.clone()),
    ];
    let mut evidence: Vec<u32> = vec![change.event];
    evidence.extend(
        facts
            .changes
            .iter()
            .map(|c| c.event)
            .filter(|e| *e != change.event),
    );
    evidence.truncate(3);
    Finding::present(Hit {
        last_at: facts.changes.iter().filter_map(|c| c.last_at).max(),
        evidence,
        times: facts.changes.iter().map(|c| c.times).sum(),
        habit: usual(change),
        ..Hit::new(strength(change), Sentence::new(TEMPLATE, slots))
    })
}

#[cfg(test)]
mod tests {
    use crate::assess::signals::testing::{Day, session};

    #[test]
    fn the_strongest_change_is_told() {
        let s = session(
            r#"{"id":"a","user":"ann","events":[{"kind":"write","path":"CLAUDE.md"},{"kind":"write","path":"/home/ann/.zshrc"}]}"#,
        );
        Day::with("")
            .of(std::slice::from_ref(&s))
            .strength("S12", 0, Some(1.0))
            .says(
                "S12",
                0,
                "what runs at login or by the clock through /home/ann/.zshrc",
            );
    }

    #[test]
    fn tools_of_any_agent_count_as_they_surprise() {
        let s = session(r#"{"id":"a","events":[{"kind":"tool","tool":"invite_member"}]}"#);
        Day::with("")
            .aged(30)
            .of(&[s])
            .strength("S12", 0, Some(0.4));
        let s = session(r#"{"id":"a","events":[{"kind":"tool","tool":"get_members"}]}"#);
        Day::with("").of(&[s]).strength("S12", 0, None);
        // What this kind of agent is there for is no news.
        let invite = |id: String| {
            session(&format!(
                r#"{{"id":"{id}","user":"ann","host":"h","agent":"desk 1","started_at":"2026-11-20T08:00:00Z","events":[{{"kind":"tool","tool":"invite_member"}}]}}"#
            ))
        };
        let earlier: Vec<_> = (0..40).map(|i| invite(format!("e{i}"))).collect();
        let day = Day::with("")
            .aged(30)
            .before("2026-11-20T12:00:00Z", &earlier)
            .of(&[invite("a".to_owned())]);
        assert!(day.found("S12", 0).unwrap_or(0.0) < 0.01);
    }

    #[test]
    fn what_is_usual_loses_three_tenths_at_most() {
        let s = session(
            r#"{"id":"a","user":"ann","host":"h","agent":"A 1","events":[{"kind":"write","path":"/home/ann/.zshrc"}]}"#,
        );
        Day::with("")
            .usual_for(14, &s)
            .of(&[s])
            .strength("S12", 0, Some(0.7));
    }
}
