//! S8 read-then-send: a sensitive read, and soon after it something leaves.

use super::{Definition, Finding, Hit, Look, SignalId};
use crate::assess::window::ReplayWindow;
use crate::model::{Entity, EntityKind, Inventory, Sentence, Session, Slot};

const TEMPLATE: &str = "{dt} after reading {path} ({class}), the session sent a request to {dest}.";

pub(super) const SIGNAL: Definition = Definition {
    id: SignalId::S8,
    name: "read-then-send",
    about: "A sensitive read was followed by an outbound request within 20 minutes.",
    templates: &[TEMPLATE],
    habituates: None,
    false_positives: "The ordinary read, test and push: sanctioned places count half, a push to the own remote a fifth.",
    clause: "sent a request out soon after reading sensitive files",
    clause_plural: "sent requests out soon after reading sensitive files",
    why: "What was read may have left.",
    next_step: "Replay the window in the raw timeline and see what left.",
    look: Look::Events(look),
};

fn look(session: &Session, _: &Inventory, window: Option<&ReplayWindow>) -> Finding {
    if session.events.is_empty() {
        return Finding::NotAssessable("no events are recorded");
    }
    let Some(window) = window else {
        return Finding::Absent;
    };
    let slots = vec![
        Slot::Duration(window.gap_seconds),
        Slot::Entity(window.file.clone()),
        Slot::words(window.class.word()),
        Slot::Entity(Entity::new(EntityKind::Destination, &window.destination)),
    ];
    Finding::when(window.strength, |strength| Hit {
        last_at: session.events[window.send as usize].at,
        evidence: vec![window.read, window.send],
        times: window.times,
        ..Hit::new(strength, Sentence::new(TEMPLATE, slots))
    })
}

#[cfg(test)]
mod tests {
    use crate::assess::signals::testing::{Day, session};

    fn read_then(minutes: u32, method: &str, destination: &str) -> crate::model::Session {
        session(&format!(
            r#"{{"id":"a","events":[
                {{"at":"2026-11-22T01:00:00Z","kind":"read","path":"src/auth/keys.rs"}},
                {{"at":"2026-11-22T01:{minutes:02}:00Z","kind":"request","method":"{method}","destination":"{destination}"}}]}}"#
        ))
    }

    #[test]
    fn the_strength_decays_with_the_gap() {
        Day::with("")
            .of(&[read_then(0, "POST", "paste.site.io")])
            .strength("S8", 0, Some(0.7));
        Day::with("")
            .of(&[read_then(5, "POST", "paste.site.io")])
            .strength("S8", 0, Some(0.7 * (-1.0_f64).exp()));
        Day::with("")
            .of(&[read_then(21, "POST", "paste.site.io")])
            .strength("S8", 0, None);
    }

    #[test]
    fn known_places_count_less_and_benign_ones_nothing() {
        let inventory = "[destinations]\nsanctioned = [\"site.io\"]\n";
        Day::with(inventory)
            .of(&[read_then(0, "POST", "a.site.io")])
            .strength("S8", 0, Some(0.35));
        Day::with(inventory)
            .of(&[read_then(0, "push", "a.site.io")])
            .strength("S8", 0, Some(0.7 * 0.2));
        Day::with("")
            .of(&[read_then(0, "GET", "a.site.io")])
            .strength("S8", 0, Some(0.35));
        Day::with("")
            .of(&[read_then(0, "POST", "localhost")])
            .strength("S8", 0, None);
    }
}
