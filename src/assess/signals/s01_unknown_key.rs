//! S1 unknown-key: a credential that nobody handed out.

use super::{Definition, Finding, Hit, Look, SignalId};
use crate::assess::context::Context;
use crate::assess::facts::Facts;
use crate::assess::trust::Trust;
use crate::model::{Entity, EntityKind, Sentence, Slot};

const TEMPLATE: &str =
    "Key {key} is not in the inventory{as of}; first seen {when} on {host}, {n} so far.";
const REVOKED: &str =
    "Key {key} is revoked in the inventory{as of}; first seen {when} on {host}, {n} so far.";
/// A key counts as fresh for this many seconds after it was first seen.
const FRESH: i64 = 7 * 86_400;

pub(super) const SIGNAL: Definition = Definition {
    id: SignalId::S1,
    name: "unknown-key",
    about: "The key is not in the inventory, or is tagged revoked there.",
    templates: &[TEMPLATE, REVOKED],
    habituates: None,
    false_positives: "A fresh legitimate key, or an inventory that lags: the sentence says when it was last updated.",
    clause: "used a key that is not in the inventory",
    clause_plural: "used keys that are not in the inventory",
    why: "A key that nobody handed out cannot be tied to anyone.",
    next_step: "Find who issued the key, add it to the inventory or revoke it.",
    look: Look::Facts(look),
};

fn look(facts: &Facts, _: &Trust, context: &Context<'_>) -> Finding {
    let Some(key) = &facts.key else {
        return Finding::NotAssessable("the key is not recorded");
    };
    if context.inventory.keys.is_none() {
        return Finding::NotAssessable("the inventory has no keys");
    }
    if !context.key_is_unknown(facts) {
        return Finding::Absent;
    }
    let seen = context.first_seen(&Entity::new(EntityKind::Key, key));
    let fresh = seen.is_none_or(|s| context.now().as_second() - s.at.as_second() <= FRESH);
    let host = seen
        .and_then(|s| s.host.clone())
        .or_else(|| facts.host.clone());
    let sessions = context.sessions_with(&Entity::new(EntityKind::Key, key));
    let updated = context.inventory.updated.as_ref();
    let slots = vec![
        Slot::Entity(Entity::new(EntityKind::Key, key)),
        Slot::words(
            updated
                .map(|u| format!(" (last updated {u})"))
                .unwrap_or_default(),
        ),
        seen.map(|s| Slot::Moment(s.at))
            .or(facts.started_at.map(Slot::Moment))
            .unwrap_or(Slot::words("in this edition")),
        host.map_or(Slot::words("a host that is not recorded"), |h| {
            Slot::Entity(Entity::new(EntityKind::Host, &h))
        }),
        Slot::words(if sessions == 1 {
            "1 session".to_owned()
        } else {
            format!("{sessions} sessions")
        }),
    ];
    let revoked = context.key_is_revoked(facts);
    let strength = if fresh || revoked { 1.0 } else { 0.7 };
    let template = if revoked { REVOKED } else { TEMPLATE };
    Finding::present(Hit::on_session(
        strength,
        facts,
        Sentence::new(template, slots),
    ))
}

#[cfg(test)]
mod tests {
    use crate::assess::signals::testing::{Day, session};

    const KNOWN: &str = "[[keys]]\nname = \"sk-...AAAA\"\n";

    #[test]
    fn only_a_key_outside_the_inventory() {
        let s = session(r#"{"id":"a","key":"sk-...BBBB","host":"h1"}"#);
        Day::with(KNOWN)
            .of(std::slice::from_ref(&s))
            .strength("S1", 0, Some(1.0));
        let known = session(r#"{"id":"a","key":"sk-...AAAA"}"#);
        Day::with(KNOWN).of(&[known]).strength("S1", 0, None);
        Day::with("")
            .of(&[s])
            .not_assessable("S1", 0, "the inventory has no keys");
    }

    #[test]
    fn a_revoked_key_is_worse_than_an_old_one() {
        let s = session(r#"{"id":"a","key":"sk-...AAAA","host":"h1"}"#);
        let revoked = KNOWN.to_owned() + "tags = [\"revoked\"]\n";
        Day::with(&revoked)
            .of(&[s])
            .strength("S1", 0, Some(1.0))
            .says("S1", 0, "is revoked in the inventory");
    }

    #[test]
    fn a_key_known_for_long_is_less_fresh() {
        let s = session(r#"{"id":"a","key":"sk-...BBBB","host":"h1"}"#);
        let old = session(
            r#"{"id":"old","key":"sk-...BBBB","host":"h0","started_at":"2026-11-01T08:00:00Z"}"#,
        );
        Day::with(KNOWN)
            .before("2026-11-01T12:00:00Z", &[old])
            .of(&[s])
            .strength("S1", 0, Some(0.7))
            .says("S1", 0, "first seen 2026-11-01 08:00 UTC on h0");
    }
}
