//! S3 weak-attribution: nobody can say for sure who acted.

use super::{Definition, Finding, Hit, Look, SignalId};
use crate::assess::context::Context;
use crate::assess::facts::Facts;
use crate::assess::trust::{Trust, TrustLevel};
use crate::model::{Sentence, Slot};

const TEMPLATE: &str = "Who acted is uncertain: {doubts}. Trust is {points} of 100.";

pub(super) const SIGNAL: Definition = Definition {
    id: SignalId::S3,
    name: "weak-attribution",
    about: "Trust in user, host, key and agent together is below 75 of 100.",
    templates: &[TEMPLATE],
    habituates: None,
    false_positives: "Ephemeral runners and DHCP: record their address ranges with an owner.",
    clause: "worked from a weakly attributed endpoint",
    clause_plural: "worked from weakly attributed endpoints",
    why: "Nobody can say for sure who acted.",
    next_step: "Record an owner for the endpoint.",
    look: Look::Facts(look),
};

/// Strength for so many points of trust: what is missing of 100, when it is not high.
pub(crate) fn weakness(points: u32) -> f64 {
    match TrustLevel::of(points) {
        TrustLevel::High => 0.0,
        TrustLevel::Medium | TrustLevel::Low => f64::from(100 - points) / 100.0,
    }
}

fn look(facts: &Facts, trust: &Trust, _: &Context<'_>) -> Finding {
    let strength = weakness(trust.points);
    if strength <= 0.0 {
        return Finding::Absent;
    }
    let doubts: Vec<&str> = trust.deductions.iter().map(|d| d.doubt.words()).collect();
    let slots = vec![
        Slot::words(doubts.join(", ")),
        Slot::Count(trust.points.into()),
    ];
    Finding::present(Hit::on_session(
        strength,
        facts,
        Sentence::new(TEMPLATE, slots),
    ))
}

#[cfg(test)]
mod tests {
    use crate::assess::signals::testing::{Day, session};

    #[test]
    fn below_75_the_missing_trust_is_the_strength() {
        let s = session(r#"{"id":"a","user":"unknown","host":"10.0.0.9","agent":"Agent 1.0"}"#);
        // 100 - 35 (user) - 10 (bare address)
        Day::with("")
            .of(std::slice::from_ref(&s))
            .strength("S3", 0, Some(0.45));
        // ... - 20 (nobody answers for the host)
        Day::with("[[hosts]]\nname = \"other\"\n")
            .of(&[s])
            .strength("S3", 0, Some(0.65));
    }

    #[test]
    fn a_proven_user_on_an_owned_host_is_trusted() {
        let s = session(
            r#"{"id":"a","user":{"name":"ann","authenticated":true},"host":"h1","agent":"Agent 1.0"}"#,
        );
        Day::with("[[hosts]]\nname = \"h1\"\nowner = \"ann\"\n")
            .of(&[s])
            .strength("S3", 0, None);
    }
}
