//! S18 evidence-gap-or-deception: the record is not whole, or a name pretends.

use super::{Definition, Finding, Hit, Look, SignalId};
use crate::assess::context::Context;
use crate::assess::facts::Facts;
use crate::assess::lexicon::injection::is_hidden;
use crate::assess::trust::Trust;
use crate::model::{Entity, EntityKind, Sentence, Slot};

const CONFLICT: &str =
    "The record is not whole: another record of this session says something else.";
const CONFUSABLE: &str = "{name} looks like {known}, but is written with other characters.";
const HIDDEN: &str = "{kind} {name} holds characters that a reader does not see.";
const ERASED: &str = "The record is not whole: event {n} removed logs or history.";
const BACK: &str = "The record is not whole: its times go back by {span}.";
const LATE: &str = "The record came late: its last sign lies at {when}, and edition {edition}, taken after that, does not have it.";
const GAP: &str = "The record is not whole: {span} of silence in the middle of work from {when}.";
/// Times may go back by this much, in seconds, because clocks are set.
const CLOCKS: i64 = 60;

pub(super) const SIGNAL: Definition = Definition {
    id: SignalId::S18,
    name: "evidence-gap",
    about: "Records contradict each other, go back in time, come late, fall silent in the middle of work or lose their traces; or a name holds hidden or look-alike characters.",
    templates: &[CONFLICT, CONFUSABLE, HIDDEN, ERASED, BACK, LATE, GAP],
    habituates: None,
    false_positives: "A collector that restarts: the same silence in three sessions or more counts nothing and becomes one note of coverage; a delay counts little, and is noted too.",
    clause: "left a record that is not whole",
    clause_plural: "left records that are not whole",
    why: "What is missing may be what matters.",
    next_step: "Ask the collector for what is missing, and compare it with the source.",
    look: Look::Facts(look),
};

fn look(facts: &Facts, _: &Trust, context: &Context<'_>) -> Finding {
    if facts.conflicting {
        return Finding::present(Hit::on_session(1.0, facts, Sentence::fixed(CONFLICT)));
    }
    if let Some((name, known)) = context.confusable(facts) {
        let slots = vec![Slot::Entity(name), Slot::Text(known)];
        return Finding::present(Hit::on_session(
            1.0,
            facts,
            Sentence::new(CONFUSABLE, slots),
        ));
    }
    if let Some(event) = facts.erased {
        let sentence = Sentence::new(ERASED, vec![Slot::Count(u64::from(event) + 1)]);
        return Finding::present(Hit {
            evidence: vec![event],
            ..Hit::on_session(0.7, facts, sentence)
        });
    }
    if let Some(entity) = hidden(facts) {
        let slots = vec![Slot::words(capitalised(entity.kind)), Slot::Entity(entity)];
        return Finding::present(Hit::on_session(0.7, facts, Sentence::new(HIDDEN, slots)));
    }
    if facts.clock_back > CLOCKS {
        let sentence = Sentence::new(BACK, vec![Slot::Duration(facts.clock_back)]);
        return Finding::present(Hit::on_session(0.7, facts, sentence));
    }
    if let (Some(edition), Some(last)) = (context.late_for(facts), facts.last_sign) {
        let slots = vec![Slot::Moment(last), Slot::words(edition.to_string())];
        return Finding::present(Hit::on_session(0.4, facts, Sentence::new(LATE, slots)));
    }
    if facts.events == 0 {
        return Finding::NotAssessable("no events are recorded");
    }
    let Some(gap) = facts.gap.filter(|g| !context.is_common_gap(*g)) else {
        return Finding::Absent;
    };
    let slots = vec![Slot::Duration(gap.seconds()), Slot::Moment(gap.from)];
    Finding::present(Hit {
        last_at: Some(gap.to),
        evidence: vec![gap.event, gap.event + 1],
        ..Hit::new(0.4, Sentence::new(GAP, slots))
    })
}

/// The first identity with characters that a reader does not see.
fn hidden(facts: &Facts) -> Option<Entity> {
    facts
        .entities()
        .into_iter()
        .find(|e| e.kind != EntityKind::File && e.name.untrusted().chars().any(is_hidden))
}

const fn capitalised(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::User => "User",
        EntityKind::Host => "Host",
        EntityKind::Key => "Key",
        EntityKind::Agent => "Agent",
        EntityKind::Model => "Model",
        EntityKind::Repo => "Repository",
        EntityKind::File => "File",
        EntityKind::Destination => "Destination",
        EntityKind::Tool => "Tool",
    }
}

#[cfg(test)]
mod tests {
    use crate::assess::signals::testing::{Day, session};

    fn silent(id: &str) -> crate::model::Session {
        let quick: Vec<String> = (0..9)
            .map(|s| {
                format!(
                    r#"{{"at":"2026-11-22T01:00:0{s}Z","kind":"read","tool":"Read","path":"a"}}"#
                )
            })
            .collect();
        let last = r#"{"at":"2026-11-22T01:20:00Z","kind":"read","tool":"Read","path":"b"}"#;
        session(&format!(
            r#"{{"id":"{id}","events":[{},{last}]}}"#,
            quick.join(",")
        ))
    }

    #[test]
    fn a_silence_of_one_and_a_silence_of_all() {
        Day::with("")
            .of(&[silent("a"), session(r#"{"id":"b"}"#)])
            .strength("S18", 0, Some(0.4))
            .says("S18", 0, "19 min 52 s of silence");
        Day::with("")
            .of(&[silent("a"), silent("b"), silent("c")])
            .strength("S18", 0, None);
    }

    #[test]
    fn a_record_that_earlier_editions_should_have_had() {
        let of = |ids: &[&str]| {
            let sessions: Vec<_> = ids
                .iter()
                .map(|id| session(&format!(r#"{{"id":"{id}","started_at":"2026-11-10T08:00:00Z","events":[{{"kind":"read","path":"a"}}]}}"#)))
                .collect();
            Day::with("")
                .before("2026-11-12T06:00:00Z", &sessions[..1])
                .of(&sessions)
        };
        of(&["known", "a"])
            .strength("S18", 0, None)
            .strength("S18", 1, Some(0.4))
            .says(
                "S18",
                1,
                "its last sign lies at 2026-11-10 08:00 UTC, and edition 2026-11-12T0600Z",
            );
        let together = of(&["known", "a", "b", "c"]);
        together.strength("S18", 3, Some(0.4));
    }

    #[test]
    fn names_that_pretend() {
        let plain = session(r#"{"id":"a","user":"paula"}"#);
        // The second letter is Cyrillic.
        let other = session("{\"id\":\"b\",\"user\":\"p\u{430}ula\"}");
        Day::with("")
            .of(&[plain, other])
            .strength("S18", 0, None)
            .strength("S18", 1, Some(1.0))
            .says("S18", 1, "looks like paula");
        let own = session("{\"id\":\"a\",\"user\":\"\u{43f}\u{430}\u{432}\u{435}\u{43b}\"}");
        Day::with("").of(&[own]).strength("S18", 0, None);
        let hidden = session("{\"id\":\"a\",\"host\":\"desk\u{200b}top\"}");
        Day::with("").of(&[hidden]).strength("S18", 0, Some(0.7));
    }

    #[test]
    fn times_that_go_back_and_removed_traces() {
        let s = session(
            r#"{"id":"a","events":[{"at":"2026-11-22T01:10:00Z","kind":"read","path":"a"},{"at":"2026-11-22T01:00:00Z","kind":"read","path":"b"}]}"#,
        );
        Day::with("").of(&[s]).strength("S18", 0, Some(0.7)).says(
            "S18",
            0,
            "its times go back by 10 min",
        );
        let s = session(r#"{"id":"a","events":[{"kind":"delete","path":"/home/a/.zsh_history"}]}"#);
        Day::with("").of(&[s]).strength("S18", 0, Some(0.7));
    }
}
