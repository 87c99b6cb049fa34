//! S16 cost-anomaly: it cost far more than the user's sessions do.

use super::{Definition, Finding, Hit, Look, SignalId, habit};
use crate::assess::context::Context;
use crate::assess::facts::Facts;
use crate::assess::trust::Trust;
use crate::history::MOST_USUAL;
use crate::model::{Money, Sentence, Slot};

const TEMPLATE: &str = "Cost {cost}, {k} times the median of {user}'s sessions, {median}.";
/// Deviations above the median from which on a cost says anything, and over how many more it grows to full strength.
const FROM: f64 = 3.0;
const OVER: f64 = 7.0;
/// Nobody looks at less than this.
const LEAST: Money = Money::from_micros(1_000_000);

pub(super) const SIGNAL: Definition = Definition {
    id: SignalId::S16,
    name: "cost-anomaly",
    about: "The session cost far more than the user's sessions of the last 14 days, measured against their median.",
    templates: &[TEMPLATE],
    habituates: Some(MOST_USUAL),
    false_positives: "Days of large refactorings; weak alone on purpose.",
    clause: "cost far more than usual",
    clause_plural: "cost far more than usual",
    why: "Somebody else may be spending, or something ran away.",
    next_step: "See in the raw timeline what it was spent on.",
    look: Look::Facts(look),
};

fn look(facts: &Facts, _: &Trust, context: &Context<'_>) -> Finding {
    let (Some(cost), Some(user)) = (facts.cost, &facts.user) else {
        return Finding::NotAssessable("user or cost is not recorded");
    };
    let Some(spread) = context.costs(facts) else {
        return Finding::NotAssessable("there are too few earlier sessions of the user");
    };
    let strength = ((spread.deviations(cost) - FROM) / OVER).clamp(0.0, 1.0);
    if cost < LEAST {
        return Finding::Absent;
    }
    let times = cost.micros() as f64 / spread.median.micros().max(1) as f64;
    Finding::when(strength, |strength| {
        let slots = vec![
            Slot::Money(cost),
            Slot::words(if times >= 10.0 {
                format!("{times:.0}")
            } else {
                format!("{times:.1}")
            }),
            Slot::Text(user.clone()),
            Slot::Money(spread.median),
        ];
        Hit {
            last_at: facts.last_sign,
            habit: habit(SignalId::S16, facts.actor(), &[]),
            ..Hit::new(strength, Sentence::new(TEMPLATE, slots))
        }
    })
}

#[cfg(test)]
mod tests {
    use crate::assess::signals::testing::{Day, session};

    fn cost(id: &str, dollars: &str) -> crate::model::Session {
        session(&format!(
            r#"{{"id":"{id}","user":"ann","started_at":"2026-11-20T08:00:00Z","cost_usd":"{dollars}"}}"#
        ))
    }

    #[test]
    fn only_far_outliers_count() {
        let earlier: Vec<_> = (0..10)
            .map(|i| cost(&format!("e{i}"), if i % 2 == 0 { "1.00" } else { "1.20" }))
            .collect();
        let day = |dollars: &str| {
            Day::with("")
                .before("2026-11-20T12:00:00Z", &earlier)
                .of(&[cost("a", dollars)])
        };
        day("1.30").strength("S16", 0, None);
        day("40").strength("S16", 0, Some(1.0)).says(
            "S16",
            0,
            "Cost $40.00, 36 times the median of ann's sessions, $1.10.",
        );
    }

    #[test]
    fn without_a_habit_there_is_no_anomaly() {
        Day::with("").of(&[cost("a", "40")]).not_assessable(
            "S16",
            0,
            "there are too few earlier sessions of the user",
        );
    }
}
