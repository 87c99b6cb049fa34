//! S7 new-destination: something left for a place that is rare for the company.

use super::{Definition, Finding, Hit, Look, SignalId, habit_of};
use crate::assess::context::Context;
use crate::assess::facts::{Facts, Reach};
use crate::assess::trust::Trust;
use crate::history::{MOST_USUAL, Novelty};
use crate::model::{Entity, EntityKind, Sentence, Slot};

const NEVER: &str = "Called {dest}, never seen before; {basis}.";
const RARELY: &str = "Called {dest}, seen in {n}; {basis}.";
/// What a destination that only the user is new to counts.
const NEW_TO_USER: f64 = 0.3;
/// What a mailbox counts at a company that mail has long gone to.
const KNOWN_DOMAIN: f64 = 0.5;
/// What a request counts that fetches and sends no body.
const FETCH: f64 = 0.5;

pub(super) const SIGNAL: Definition = Definition {
    id: SignalId::S7,
    name: "new-destination",
    about: "A request left for a destination that is rare for the company and on no list.",
    templates: &[NEVER, RARELY],
    habituates: Some(MOST_USUAL),
    false_positives: "Documentation sites: fetching without a body counts half; sanctioned domains count nothing.",
    clause: "called a new destination",
    clause_plural: "called new destinations",
    why: "Something left for a place the company has not dealt with.",
    next_step: "Find out what the destination is, then sanction or block it.",
    look: Look::Facts(look),
};

fn look(facts: &Facts, _: &Trust, context: &Context<'_>) -> Finding {
    if facts.events == 0 {
        return Finding::NotAssessable("no events are recorded");
    }
    let habit = |r: &Reach| Some(habit_of(SignalId::S7, &[r.destination.untrusted()]));
    // The strongest when what is usual is taken off: the usual one does not hide another.
    let counts = |(strength, _, reach): &(f64, Novelty, &Reach)| {
        strength * context.usual(facts, habit(reach)).factor(MOST_USUAL)
    };
    let mut open: Vec<(f64, Novelty, &Reach)> = facts
        .open_reaches()
        .map(|r| strength(facts, r, context))
        .filter(|(s, ..)| *s > 0.0)
        .collect();
    open.sort_by(|a, b| {
        counts(b)
            .total_cmp(&counts(a))
            .then(a.2.event.cmp(&b.2.event))
    });
    let Some((strength, novelty, reach)) = open.first() else {
        return Finding::Absent;
    };
    let destination = Slot::Entity(Entity::new(EntityKind::Destination, &reach.destination));
    let basis = Slot::words(novelty.basis.words());
    let sentence = if novelty.earlier == 0 {
        Sentence::new(NEVER, vec![destination, basis])
    } else {
        Sentence::new(
            RARELY,
            vec![destination, Slot::words(novelty.earlier_words()), basis],
        )
    };
    Finding::present(Hit {
        last_at: open.iter().filter_map(|(_, _, r)| r.last_at).max(),
        evidence: open.iter().take(3).map(|(_, _, r)| r.event).collect(),
        times: open.len() as u32,
        habit: habit(reach),
        ..Hit::new(*strength, sentence)
    })
}

fn strength<'a>(
    facts: &Facts,
    reach: &'a Reach,
    context: &Context<'_>,
) -> (f64, Novelty, &'a Reach) {
    let destination = Entity::new(EntityKind::Destination, &reach.destination);
    let peers = context.peers(facts, &destination);
    let to_company = context.novelty(facts, &destination).among(peers);
    let to_user = match &facts.user {
        Some(user) => {
            context
                .lane_novelty(facts, &Entity::new(EntityKind::User, user), &destination)
                .among(peers)
                .value
        }
        None => 0.0,
    };
    let novelty = to_company.value.max(NEW_TO_USER * to_user);
    let fetched = if reach.fetch_only { FETCH } else { 1.0 };
    let known = if context.knows_mail_domain(facts, &reach.destination) {
        KNOWN_DOMAIN
    } else {
        1.0
    };
    (novelty * fetched * known, to_company, reach)
}

#[cfg(test)]
mod tests {
    use crate::assess::signals::testing::{Day, session};

    fn call(id: &str, destination: &str, method: &str) -> crate::model::Session {
        session(&format!(
            r#"{{"id":"{id}","user":"ann","events":[{{"kind":"request","destination":"{destination}","method":"{method}"}}]}}"#
        ))
    }

    #[test]
    fn never_seen_counts_fully_and_fetching_half() {
        Day::with("")
            .aged(30)
            .of(&[call("a", "files.acme.test.io", "POST")])
            .strength("S7", 0, Some(1.0));
        Day::with("")
            .aged(30)
            .of(&[call("a", "files.acme.test.io", "GET")])
            .strength("S7", 0, Some(0.5));
    }

    #[test]
    fn sanctioned_and_benign_places_count_nothing() {
        let inventory = "[destinations]\nsanctioned = [\"github.com\"]\n";
        Day::with(inventory)
            .aged(30)
            .of(&[call("a", "api.github.com", "POST")])
            .strength("S7", 0, None);
        Day::with("")
            .aged(30)
            .of(&[call("a", "localhost:3000", "POST")])
            .strength("S7", 0, None);
    }

    #[test]
    fn the_own_earlier_snapshot_does_not_make_it_known() {
        let s = call("a", "paste.site.io", "POST");
        let day = Day::with("")
            .aged(30)
            .before("2026-11-21T12:00:00Z", std::slice::from_ref(&s))
            .of(&[s]);
        day.strength("S7", 0, Some(1.0))
            .says("S7", 0, "never seen before");
    }

    #[test]
    fn only_who_signed_on_is_a_peer() {
        let team = ["ann", "bob", "cy", "di"]
            .map(|u| format!("[[users]]\nname = \"{u}\"\nteam = \"web\"\n"))
            .concat();
        let of = |proof: &str| -> Vec<crate::model::Session> {
            let call = |user| {
                session(&format!(
                    r#"{{"id":"{user}","user":{{"name":"{user}"{proof}}},"events":[{{"kind":"request","destination":"new.site.io","method":"POST"}}]}}"#
                ))
            };
            ["ann", "bob", "cy", "di"].map(call).into()
        };
        let day = |proof: &str| Day::with(&team).aged(30).of(&of(proof));
        day("").strength("S7", 0, Some(1.0));
        day(r#","authenticated":false"#).strength("S7", 0, Some(1.0));
        day(r#","authenticated":true"#).strength("S7", 0, Some(0.5));
    }

    #[test]
    fn a_usual_place_does_not_hide_an_unusual_one() {
        let both = session(
            r#"{"id":"a","user":"ann","events":[{"kind":"request","destination":"usual.site.io","method":"POST"},{"kind":"request","destination":"other.site.io","method":"POST"}]}"#,
        );
        let other = call("b", "other.site.io", "POST");
        // Few enough sessions went to the usual place for it to be the newer of the two.
        Day::with("")
            .aged(30)
            .usual_for(4, &call("c", "usual.site.io", "POST"))
            .before("2026-11-12T12:00:00Z", std::slice::from_ref(&other))
            .of(&[both])
            .says("S7", 0, "Called other.site.io");
    }

    #[test]
    fn a_new_mailbox_at_a_company_that_is_known() {
        let mail = |id: &str, to: &str| call(id, to, "send");
        let earlier: Vec<_> = (0..9)
            .map(|i| mail(&format!("e{i}"), &format!("person{i}@partner.io")))
            .collect();
        let day = |to: &str| {
            Day::with("")
                .aged(30)
                .before("2026-11-20T12:00:00Z", &earlier)
                .of(&[mail("a", to)])
        };
        day("somebody@partner.io").strength("S7", 0, Some(0.5));
        day("somebody@gmail.com").strength("S7", 0, Some(1.0));
    }

    #[test]
    fn a_young_baseline_is_damped_and_says_so() {
        let day = Day::with("").of(&[call("a", "paste.site.io", "POST")]);
        day.strength("S7", 0, Some(0.3))
            .says("S7", 0, "no history yet");
    }
}
