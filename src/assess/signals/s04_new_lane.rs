//! S4 new-lane: a pairing of who and where that has not been there before.

use super::{Definition, Finding, Hit, Look, SignalId};
use crate::assess::context::Context;
use crate::assess::facts::Facts;
use crate::assess::trust::Trust;
use crate::history::Novelty;
use crate::model::{Entity, EntityKind, Sentence, Slot};

const NEVER: &str = "First time {who} worked with {what}; {basis}.";
const RARELY: &str = "{who} worked with {what} in only {n}; {basis}.";

pub(super) const SIGNAL: Definition = Definition {
    id: SignalId::S4,
    name: "new-lane",
    about: "A user and a host, a key and a host, a user and a repository, or an agent and a host meet for the first time.",
    templates: &[NEVER, RARELY],
    references: &["T1078", "T1021.004"],
    false_positives: "A new laptop, onboarding, a change of team.",
    clause: "opened a new lane",
    clause_plural: "opened new lanes",
    why: "Who and where have not met before.",
    next_step: "Ask whether the new pairing is expected.",
    look: Look::Facts(look),
};

/// The pairings a session stands for.
pub(crate) fn lanes(facts: &Facts) -> Vec<(Entity, Entity)> {
    let one = |kind, name: &Option<crate::model::Text>| name.as_ref().map(|n| Entity::new(kind, n));
    let user = one(EntityKind::User, &facts.user);
    let host = one(EntityKind::Host, &facts.host);
    let pair = |a: &Option<Entity>, b: &Option<Entity>| Some((a.clone()?, b.clone()?));
    let mut lanes: Vec<(Entity, Entity)> = [
        pair(&user, &host),
        pair(&one(EntityKind::Key, &facts.key), &host),
        pair(&one(EntityKind::Agent, &facts.agent), &host),
    ]
    .into_iter()
    .flatten()
    .collect();
    let repos = facts.repos.iter().map(|r| Entity::new(EntityKind::Repo, r));
    lanes.extend(
        user.iter()
            .flat_map(|u| repos.clone().map(|r| (u.clone(), r))),
    );
    lanes
}

fn look(facts: &Facts, _: &Trust, context: &Context<'_>) -> Finding {
    let lanes = lanes(facts);
    if lanes.is_empty() {
        return Finding::NotAssessable(
            "no two of user, host, key, agent and repository are recorded",
        );
    }
    let novel = lanes
        .iter()
        .map(|(a, b)| (context.lane_novelty(facts, a, b), a, b));
    // The first of equals: the order of the lanes is the order of their weight.
    let strongest = novel.reduce(|best, next| {
        if next.0.value > best.0.value {
            next
        } else {
            best
        }
    });
    let Some((novelty, a, b)) = strongest else {
        return Finding::Absent;
    };
    Finding::when(novelty.value, |strength| {
        Hit::on_session(strength, facts, sentence(novelty, a, b))
    })
}

fn sentence(novelty: Novelty, a: &Entity, b: &Entity) -> Sentence {
    let (who, what) = (Slot::Entity(a.clone()), Slot::Entity(b.clone()));
    let basis = Slot::words(novelty.basis.words());
    if novelty.earlier == 0 {
        Sentence::new(NEVER, vec![who, what, basis])
    } else {
        Sentence::new(
            RARELY,
            vec![who, what, Slot::words(novelty.earlier_words()), basis],
        )
    }
}

#[cfg(test)]
mod tests {
    use crate::assess::signals::testing::{Day, session};

    #[test]
    fn known_lanes_fade_with_the_sessions_that_used_them() {
        let s = session(r#"{"id":"a","user":"ann","host":"h1"}"#);
        let day = Day::with("").aged(30).of(std::slice::from_ref(&s));
        day.strength("S4", 0, Some(1.0))
            .says("S4", 0, "First time ann worked with h1");
        let earlier = |n: usize| {
            (0..n)
                .map(|i| session(&format!(r#"{{"id":"e{i}","user":"ann","host":"h1"}}"#)))
                .collect::<Vec<_>>()
        };
        Day::with("")
            .aged(30)
            .before("2026-11-20T12:00:00Z", &earlier(8))
            .of(std::slice::from_ref(&s))
            .strength("S4", 0, None);
        let once = Day::with("")
            .aged(30)
            .before("2026-11-20T12:00:00Z", &earlier(1))
            .of(&[s]);
        once.strength("S4", 0, Some(1.0 - 1.0 / 9.0_f64.log2()));
    }

    #[test]
    fn nothing_to_pair_is_not_assessable() {
        let s = session(r#"{"id":"a","user":"ann"}"#);
        Day::with("").of(&[s]).not_assessable(
            "S4",
            0,
            "no two of user, host, key, agent and repository are recorded",
        );
    }
}
