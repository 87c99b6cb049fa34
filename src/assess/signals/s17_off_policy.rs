//! S17 off-policy-model-or-agent: a model or an agent that policy does not list.

use super::{Definition, Finding, Hit, Look, SignalId};
use crate::assess::context::Context;
use crate::assess::facts::Facts;
use crate::assess::trust::Trust;
use crate::model::{Entity, EntityKind, Sentence, Slot};

const AGAINST: &str = "Used {what}, which policy does not list.";
const FIRST: &str = "Used {what}, never seen in the company before; {basis}.";
/// Strength of the first sight in the company, where policy says nothing.
const FIRST_IN_COMPANY: f64 = 0.5;

pub(super) const SIGNAL: Definition = Definition {
    id: SignalId::S17,
    name: "off-policy-model-or-agent",
    about: "A model or an agent is not listed by policy, or is the first of its kind in the company.",
    templates: &[AGAINST, FIRST],
    habituates: None,
    false_positives: "Launch days: list the new model in the inventory's policy.",
    clause: "used a model or agent outside policy",
    clause_plural: "used models or agents outside policy",
    why: "Policy does not cover what was used.",
    next_step: "List the model or agent in the inventory's policy, or ask why it was used.",
    look: Look::Facts(look),
};

fn look(facts: &Facts, _: &Trust, context: &Context<'_>) -> Finding {
    let models = facts
        .models
        .iter()
        .map(|m| (Entity::new(EntityKind::Model, m), &context.inventory.models));
    let agent = facts
        .agent
        .iter()
        .map(|a| (Entity::new(EntityKind::Agent, a), &context.inventory.agents));
    let used: Vec<(Entity, &Option<Vec<String>>)> = models.chain(agent).collect();
    if used.is_empty() {
        return Finding::NotAssessable("neither model nor agent is recorded");
    }
    let lists = |allowed: &[String], e: &Entity| {
        allowed
            .iter()
            .any(|a| a == e.name.untrusted() || fast_glob::glob_match(a, e.name.untrusted()))
    };
    let against = used
        .iter()
        .find(|(e, policy)| policy.as_ref().is_some_and(|p| !lists(p, e)));
    if let Some((entity, _)) = against {
        let sentence = Sentence::new(AGAINST, vec![Slot::Entity(entity.clone())]);
        return Finding::present(Hit::on_session(1.0, facts, sentence));
    }
    let no_policy = used.iter().filter(|(_, policy)| policy.is_none());
    if context.history_days() == 0 {
        return match no_policy.count() {
            0 => Finding::Absent,
            _ => Finding::NotAssessable("the inventory has no policy, and there is no history yet"),
        };
    }
    let novel = no_policy
        .map(|(e, _)| (context.novelty(facts, e), e))
        .find(|(n, _)| n.earlier == 0);
    let Some((novelty, entity)) = novel else {
        return Finding::Absent;
    };
    let slots = vec![
        Slot::Entity(entity.clone()),
        Slot::words(novelty.basis.words()),
    ];
    Finding::when(FIRST_IN_COMPANY * novelty.value, |strength| {
        Hit::on_session(strength, facts, Sentence::new(FIRST, slots))
    })
}

#[cfg(test)]
mod tests {
    use crate::assess::signals::testing::{Day, session};

    #[test]
    fn policy_decides_where_there_is_one() {
        let s = session(r#"{"id":"a","models":["m-large-2"],"agent":"Agent 1.0"}"#);
        Day::with("[policy]\nmodels = [\"m-small\"]\nagents = [\"Agent\"]\n")
            .of(std::slice::from_ref(&s))
            .strength("S17", 0, Some(1.0));
        Day::with("[policy]\nmodels = [\"m-large-*\"]\nagents = [\"Agent\"]\n")
            .of(std::slice::from_ref(&s))
            .strength("S17", 0, None);
        Day::with("")
            .aged(30)
            .of(std::slice::from_ref(&s))
            .strength("S17", 0, Some(0.5));
        Day::with("").of(&[s]).not_assessable(
            "S17",
            0,
            "the inventory has no policy, and there is no history yet",
        );
    }
}
