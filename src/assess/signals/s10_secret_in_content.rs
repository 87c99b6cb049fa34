//! S10 secret-in-content: a secret stood where it should not.
//!
//! By the time we look, the secret itself is gone: what is left is the
//! placeholder that the border put in its place.

use super::{Definition, Finding, Hit, Look, SignalId};
use crate::assess::window::ReplayWindow;
use crate::model::{Event, EventKind, Inventory, Secret, SecretForm, Sentence, Session, Slot};

const TEMPLATE: &str = "A {kind} was in {place} at event {n}; it is not shown here.";

pub(super) const SIGNAL: Definition = Definition {
    id: SignalId::S10,
    name: "secret-in-content",
    about: "A secret in a provider's format or an assigned password was in a command, a file, a request or a tool's output.",
    templates: &[TEMPLATE],
    habituates: None,
    false_positives: "Fixtures and documented example values.",
    clause: "handled a secret in the open",
    clause_plural: "handled secrets in the open",
    why: "A secret was where logs and models can see it.",
    next_step: "Rotate the secret and move it to a store.",
    look: Look::Events(look),
};

/// Strength of a secret by its form.
const fn strength(secret: Secret) -> f64 {
    match secret.form {
        SecretForm::Provider => 1.0,
        SecretForm::Generic => 0.5,
        SecretForm::Example => 0.2,
    }
}

fn look(session: &Session, _: &Inventory, _: Option<&ReplayWindow>) -> Finding {
    let found: Vec<(usize, &Event, Secret)> = session
        .events
        .iter()
        .enumerate()
        .filter_map(|(i, e)| Some((i, e, e.secret?)))
        .collect();
    // The first of the strongest.
    let best = found
        .iter()
        .reduce(|a, b| if strength(b.2) > strength(a.2) { b } else { a });
    let Some((at, event, secret)) = best else {
        return Finding::Absent;
    };
    let place = match event.kind {
        EventKind::Execute => "a command",
        EventKind::Write => "a written file",
        EventKind::Read => "a file that was read",
        EventKind::Request => "a request",
        EventKind::Prompt => "a prompt",
        _ => "a tool call",
    };
    let slots = vec![
        Slot::words(secret.kind),
        Slot::words(place),
        Slot::Count(*at as u64 + 1),
    ];
    Finding::present(Hit {
        last_at: found.iter().filter_map(|(_, e, _)| e.at).max(),
        evidence: found.iter().take(3).map(|(i, ..)| *i as u32).collect(),
        times: found.len() as u32,
        ..Hit::new(strength(*secret), Sentence::new(TEMPLATE, slots))
    })
}

#[cfg(test)]
mod tests {
    use crate::assess::signals::testing::{Day, session};

    #[test]
    fn provider_formats_count_more_than_assignments() {
        let with = |text: &str| {
            session(&format!(
                r#"{{"id":"a","events":[{{"kind":"execute","summary":"{text}"}}]}}"#
            ))
        };
        let token = format!("ghp_{}", "a1B2".repeat(9));
        Day::with("")
            .of(&[with(&token)])
            .strength("S10", 0, Some(1.0))
            .says("S10", 0, "A GitHub token was in a command");
        Day::with("")
            .of(&[with("DB_PASSWORD=correcthorse")])
            .strength("S10", 0, Some(0.5));
        Day::with("")
            .of(&[with("cargo test")])
            .strength("S10", 0, None);
    }
}
