//! S4 new-lane: a pairing of who and where that has not been there before.

use super::{Definition, Finding, Hit, Look, SignalId};
use crate::assess::context::Context;
use crate::assess::facts::Facts;
use crate::assess::lexicon::acts::agent_kind;
use crate::assess::trust::Trust;
use crate::history::Novelty;
use crate::model::{Entity, EntityKind, Sentence, Slot, Text};

const NEVER: &str = "First time {who} worked with {what}; {basis}.";
const RARELY: &str = "{who} worked with {what} in only {n}; {basis}.";

pub(super) const SIGNAL: Definition = Definition {
    id: SignalId::S4,
    name: "new-lane",
    about: "A user and a host, a key and a host, a user and a repository, or an agent and a host meet for the first time.",
    templates: &[NEVER, RARELY],
    habituates: None,
    false_positives: "A new laptop, onboarding, a change of team.",
    clause: "opened a new lane",
    clause_plural: "opened new lanes",
    why: "Who and where have not met before.",
    next_step: "Ask whether the new pairing is expected.",
    look: Look::Facts(look),
};

/// The pairings a session stands for.
pub(crate) fn lanes(facts: &Facts) -> Vec<(Entity, Entity)> {
    let one = |kind, name: &Option<Text>| name.as_ref().map(|n| Entity::new(kind, n));
    let user = one(EntityKind::User, &facts.user);
    let host = one(EntityKind::Host, &facts.host);
    let kind = facts
        .agent
        .as_ref()
        .map(|a| Text::new(agent_kind(a.untrusted())));
    let pair = |a: &Option<Entity>, b: &Option<Entity>| Some((a.clone()?, b.clone()?));
    let mut lanes: Vec<(Entity, Entity)> = [
        pair(&user, &host),
        pair(&one(EntityKind::Key, &facts.key), &host),
        pair(&one(EntityKind::Agent, &kind), &host),
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
    let user = facts
        .user
        .as_ref()
        .map(|u| Entity::new(EntityKind::User, u));
    // Where both ends are new somebody has arrived; a lane is new between what is known.
    let novel = lanes.iter().map(|(a, b)| {
        let lane = context.lane_novelty(facts, a, b);
        let ends = [a, b].map(|end| context.novelty(facts, end).value);
        // An agent is at home on any machine: there both must be known.
        let arrived = match a.kind {
            EntityKind::Agent => ends[0].max(ends[1]),
            _ => ends[0].min(ends[1]),
        };
        let mut value = (lane.value - arrived).max(0.0);
        // A user at home on the machine who takes another key or agent opens no lane.
        if let (EntityKind::Key | EntityKind::Agent, Some(user)) = (a.kind, &user) {
            value = value.min(context.lane_novelty(facts, user, b).value);
        }
        (Novelty { value, ..lane }, a, b)
    });
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
        let on = |host: &str, n: usize| {
            (0..n)
                .map(|i| {
                    session(&format!(
                        r#"{{"id":"{host}{i}","user":"ann","host":"{host}"}}"#
                    ))
                })
                .collect::<Vec<_>>()
        };
        let day = |earlier: &[crate::model::Session]| {
            Day::with("")
                .aged(30)
                .before("2026-11-20T12:00:00Z", &on("h0", 9))
                .before("2026-11-21T12:00:00Z", earlier)
                .of(std::slice::from_ref(&s))
        };
        day(&[])
            .strength("S4", 0, Some(1.0))
            .says("S4", 0, "First time ann worked with h1");
        day(&on("h1", 1)).strength("S4", 0, Some(1.0 - 1.0 / 9.0_f64.log2()));
        day(&on("h1", 8)).strength("S4", 0, None);
    }

    #[test]
    fn an_arrival_is_no_new_lane_and_neither_is_another_key_at_home() {
        let s = session(r#"{"id":"a","user":"ann","host":"h1"}"#);
        Day::with("").aged(30).of(&[s]).strength("S4", 0, None);
        let with = |id: String, key: &str| {
            session(&format!(
                r#"{{"id":"{id}","user":"ann","host":"h1","key":"{key}"}}"#
            ))
        };
        let earlier: Vec<_> = (0..9).map(|i| with(format!("e{i}"), "k-1")).collect();
        Day::with("")
            .aged(30)
            .before("2026-11-20T12:00:00Z", &earlier)
            .of(&[with("a".to_owned(), "k-2")])
            .strength("S4", 0, None);
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
