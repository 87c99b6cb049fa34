//! S2 shared-key: one credential, several people or machines.

use super::{Definition, Finding, Hit, Look, SignalId, habit_of};
use crate::assess::context::Context;
use crate::assess::facts::Facts;
use crate::assess::trust::Trust;
use crate::history::MOST_USUAL;
use crate::model::{Entity, EntityKind, Sentence, Slot};

const TEMPLATE: &str =
    "Key {key} served {users} on {hosts} in {window}{overlap}; it cannot say who acted.";
/// Cap for a key the operator marked as shared by design.
pub(crate) const BY_DESIGN: f64 = 0.3;

pub(super) const SIGNAL: Definition = Definition {
    id: SignalId::S2,
    name: "shared-key",
    about: "One key served two or more users or hosts in the window.",
    templates: &[TEMPLATE],
    habituates: Some(MOST_USUAL),
    false_positives: "Team gateways and CI keys: tag them shared-by-design in the inventory, which caps the strength at 0.3.",
    clause: "used a shared key",
    clause_plural: "used shared keys",
    why: "A shared key cannot say who acted.",
    next_step: "Give each user a key of their own, or tag the key shared-by-design.",
    look: Look::Facts(look),
};

fn look(facts: &Facts, _: &Trust, context: &Context<'_>) -> Finding {
    let Some(key) = &facts.key else {
        return Finding::NotAssessable("the key is not recorded");
    };
    let Some(sharing) = context.sharing(facts) else {
        return Finding::Absent;
    };
    let overlap = if sharing.at_once { 0.25 } else { 0.0 };
    let strength = (0.5 + 0.25 * sharing.users.saturating_sub(2) as f64 + overlap).min(1.0);
    let strength = if context.shared_by_design(facts) {
        strength.min(BY_DESIGN)
    } else {
        strength
    };
    let slots = vec![
        Slot::Entity(Entity::new(EntityKind::Key, key)),
        Slot::words(sharing.users_words()),
        Slot::words(sharing.hosts_words()),
        Slot::words(crate::model::window_words(
            context.snapshot.window.seconds(),
        )),
        Slot::words(if sharing.at_once {
            ", at the same time"
        } else {
            ""
        }),
    ];
    Finding::present(Hit {
        // Sharing with somebody unknown never becomes usual, however long it goes on.
        habit: (!sharing.with_unknown).then(|| habit_of(SignalId::S2, &[key.untrusted()])),
        ..Hit::on_session(strength, facts, Sentence::new(TEMPLATE, slots))
    })
}

#[cfg(test)]
mod tests {
    use crate::assess::signals::testing::{Day, session};

    fn on(id: &str, user: &str, host: &str, from: &str, to: &str) -> crate::model::Session {
        session(&format!(
            r#"{{"id":"{id}","user":"{user}","host":"{host}","key":"sk-...AAAA",
                "started_at":"2026-11-22T{from}:00Z","ended_at":"2026-11-22T{to}:00Z"}}"#
        ))
    }

    #[test]
    fn two_people_then_three_then_at_once() {
        let a = on("a", "ann", "h1", "01:00", "02:00");
        let b = on("b", "ben", "h2", "03:00", "04:00");
        let c = on("c", "cat", "h3", "03:30", "03:40");
        Day::with("")
            .of(std::slice::from_ref(&a))
            .strength("S2", 0, None);
        Day::with("")
            .of(&[a.clone(), b.clone()])
            .strength("S2", 0, Some(0.5));
        Day::with("")
            .of(&[a, b, c])
            .strength("S2", 0, Some(1.0))
            .says("S2", 0, "3 users on 3 hosts");
    }

    #[test]
    fn shared_by_design_is_capped() {
        let a = on("a", "ann", "h1", "01:00", "02:00");
        let b = on("b", "ben", "h2", "03:00", "04:00");
        let inventory = "[[keys]]\nname = \"sk-...AAAA\"\ntags = [\"shared-by-design\"]\n";
        Day::with(inventory)
            .of(&[a, b])
            .strength("S2", 0, Some(0.3));
    }
}
