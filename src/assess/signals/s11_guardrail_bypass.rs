//! S11 guardrail-bypass: nobody was asked.

use super::{Definition, Finding, Hit, Look, SignalId, habit};
use crate::assess::lexicon::modes::{Supervision, supervision};
use crate::assess::lookup;
use crate::assess::window::ReplayWindow;
use crate::history::MOST_USUAL;
use crate::model::{Event, EventKind, Inventory, Sentence, Session, Slot, Text};

const TEMPLATE: &str = "Ran with approvals off ({mode}); {n} not reviewed.";
/// Strength in a place made for it.
const SANDBOXED: f64 = 0.5;
/// Strength of edits accepted in a row without asking, and how many make a row.
const EDITS: (f64, usize) = (0.2, 20);

pub(super) const SIGNAL: Definition = Definition {
    id: SignalId::S11,
    name: "guardrail-bypass",
    about: "Permission prompts or the sandbox were off, or twenty edits in a row were accepted unseen.",
    templates: &[TEMPLATE],
    habituates: Some(MOST_USUAL),
    false_positives: "Sandboxes and CI: class their hosts `sandbox` or `ci` in the inventory, which halves the strength.",
    clause: "ran with approvals off",
    clause_plural: "ran with approvals off",
    why: "Its acts were reviewed by nobody.",
    next_step: "Read the unreviewed acts in the raw timeline.",
    look: Look::Events(look),
};

fn look(session: &Session, inventory: &Inventory, _: Option<&ReplayWindow>) -> Finding {
    let recorded =
        session.permission_mode.is_some() || session.events.iter().any(|e| e.mode.is_some());
    if !recorded {
        return Finding::NotAssessable("the permission mode is not recorded");
    }
    let (off, mode) = unreviewed(session, Supervision::Off);
    let (strength, acts, mode) = if off.is_empty() {
        let (edits, mode) = unreviewed(session, Supervision::EditsAccepted);
        let edits: Vec<usize> = edits
            .into_iter()
            .filter(|i| session.events[*i].kind == EventKind::Write)
            .collect();
        (
            if edits.len() >= EDITS.1 { EDITS.0 } else { 0.0 },
            edits,
            mode,
        )
    } else {
        (
            if is_sandbox(session, inventory) {
                SANDBOXED
            } else {
                1.0
            },
            off,
            mode,
        )
    };
    let Some(mode) = mode else {
        return Finding::Absent;
    };
    let n = acts.len();
    let counted = if n == 1 {
        "1 tool call".to_owned()
    } else {
        format!("{n} tool calls")
    };
    let slots = vec![Slot::Text(mode.clone()), Slot::words(counted)];
    Finding::when(strength, |strength| Hit {
        last_at: acts.iter().filter_map(|i| session.events[*i].at).max(),
        evidence: acts.iter().take(3).map(|i| *i as u32).collect(),
        times: n as u32,
        habit: habit(SignalId::S11, session.actor(), &[mode.untrusted()]),
        ..Hit::new(strength, Sentence::new(TEMPLATE, slots))
    })
}

/// Acts done while the mode in force was this one, and the mode's name.
fn unreviewed(session: &Session, wanted: Supervision) -> (Vec<usize>, Option<&Text>) {
    let mut mode = session.permission_mode.as_ref();
    let mut acts = Vec::new();
    let mut name = None;
    for (i, event) in session.events.iter().enumerate() {
        if let Event {
            kind: EventKind::Permission,
            mode: Some(changed),
            ..
        } = event
        {
            mode = Some(changed);
        } else if event.kind.is_act()
            && let Some(current) = mode.filter(|m| supervision(m.untrusted()) == wanted)
        {
            acts.push(i);
            name = Some(current);
        }
    }
    (acts, name)
}

fn is_sandbox(session: &Session, inventory: &Inventory) -> bool {
    let Some(host) = &session.host else {
        return false;
    };
    let name = host.identity().map(Text::untrusted);
    matches!(
        lookup::host_class(inventory, name, host.ip()),
        Some("sandbox" | "ci")
    )
}

#[cfg(test)]
mod tests {
    use crate::assess::signals::testing::{Day, session};

    #[test]
    fn bypass_counts_fully_on_a_persons_machine() {
        let s = session(
            r#"{"id":"a","host":"h1","permission_mode":"bypassPermissions","events":[{"kind":"execute"},{"kind":"write","path":"a"}]}"#,
        );
        Day::with("")
            .of(std::slice::from_ref(&s))
            .strength("S11", 0, Some(1.0))
            .says("S11", 0, "2 tool calls not reviewed");
        Day::with("[[hosts]]\nname = \"h1\"\nclass = \"ci\"\n")
            .of(&[s])
            .strength("S11", 0, Some(0.5));
    }

    #[test]
    fn only_acts_after_the_change_of_mode_count() {
        let s = session(
            r#"{"id":"a","permission_mode":"default","events":[{"kind":"execute"},
                {"kind":"permission","decision":"mode-changed","mode":"bypassPermissions"},{"kind":"execute"}]}"#,
        );
        Day::with("")
            .of(&[s])
            .says("S11", 0, "1 tool call not reviewed");
    }

    #[test]
    fn accepted_edits_need_a_long_row_and_stay_weak() {
        let edits = |n: usize| {
            let events = vec![r#"{"kind":"write","path":"a"}"#; n].join(",");
            session(&format!(
                r#"{{"id":"a","permission_mode":"acceptEdits","events":[{events}]}}"#
            ))
        };
        Day::with("").of(&[edits(19)]).strength("S11", 0, None);
        Day::with("").of(&[edits(20)]).strength("S11", 0, Some(0.2));
    }

    #[test]
    fn no_mode_is_not_assessable() {
        let s = session(r#"{"id":"a","events":[{"kind":"execute"}]}"#);
        Day::with("")
            .of(&[s])
            .not_assessable("S11", 0, "the permission mode is not recorded");
    }
}
