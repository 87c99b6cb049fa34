//! The steps of a session: from one act to the next.

use super::lexicon::acts::{act, agent_kind};
use super::lexicon::verbs::Verb;
use crate::history::{Fingerprint, fingerprint};
use crate::model::{Session, Text};
use jiff::Timestamp;
use std::collections::HashMap;

/// Distinct steps kept of one session, the heaviest first.
const STEPS: usize = 48;

/// A step that a session made, once or more often.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The act before; absent for the session's first act.
    pub from: Option<Text>,
    /// The act.
    pub to: Text,
    /// What sort of act it is.
    pub verb: Verb,
    /// First event that made it, from 0.
    pub event: u32,
    /// Time of the last one.
    pub last_at: Option<Timestamp>,
    /// Sessions of its kind of agent that made this step are counted under this.
    pub key: Fingerprint,
    /// Sessions of its kind of agent that did the act before are counted under this.
    pub from_key: Fingerprint,
}

/// The distinct steps of a session, in order. Doing the same again is no step;
/// neither is what failed or was refused.
pub fn steps(session: &Session) -> Vec<Step> {
    let agent = session.agent.as_ref().map(|a| a.name.untrusted());
    let kind = agent.map_or("", agent_kind);
    let mut all: Vec<Step> = Vec::new();
    let mut places: HashMap<(Option<Text>, Text), usize> = HashMap::new();
    let mut before: Option<Text> = None;
    for (i, event) in session.events.iter().enumerate() {
        let Some(act) = act(event) else { continue };
        if before.as_ref() == Some(&act.name) {
            continue;
        }
        let pair = (before.replace(act.name.clone()), act.name);
        if let Some(place) = places.get(&pair) {
            let step: &mut Step = &mut all[*place];
            step.last_at = step.last_at.max(event.at);
            step.verb = step.verb.max(act.verb);
            continue;
        }
        places.insert(pair.clone(), all.len());
        let from = pair.0.as_ref().map(Text::untrusted);
        all.push(Step {
            key: fingerprint(&("step", kind, from, pair.1.untrusted())),
            from_key: fingerprint(&("from", kind, from)),
            from: pair.0,
            to: pair.1,
            verb: act.verb,
            event: i as u32,
            last_at: event.at,
        });
    }
    if all.len() > STEPS {
        // Stable: of equal weight the earlier ones stay.
        all.sort_by(|a, b| b.verb.weight().total_cmp(&a.verb.weight()));
        all.truncate(STEPS);
        all.sort_by_key(|s| s.event);
    }
    all.shrink_to_fit();
    all
}

/// Sessions of a kind of agent are counted under this.
pub fn agent_key(agent: &Text) -> Fingerprint {
    fingerprint(&("agent", agent_kind(agent.untrusted())))
}

/// Everything a session of this agent is counted by.
pub fn counted(agent: Option<&Text>, steps: &[Step]) -> Vec<Fingerprint> {
    let Some(agent) = agent.filter(|_| !steps.is_empty()) else {
        return Vec::new();
    };
    let mut keys = vec![agent_key(agent)];
    keys.extend(steps.iter().flat_map(|step| [step.key, step.from_key]));
    keys.sort_unstable();
    keys.dedup();
    keys
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess::signals::testing::session;

    fn told(events: &str) -> Vec<(String, String)> {
        let s = session(&format!(r#"{{"id":"a","events":[{events}]}}"#));
        steps(&s)
            .into_iter()
            .map(|s| {
                let from = s.from.map_or("-".to_owned(), |f| f.untrusted().to_owned());
                (from, s.to.untrusted().to_owned())
            })
            .collect()
    }

    #[test]
    fn steps_lead_from_act_to_act() {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let events = r#"{"kind":"prompt"},{"kind":"tool","tool":"find_x"},{"kind":"tool","tool":"find_x"},
            {"kind":"reply"},{"kind":"tool","tool":"send_x","ok":false},{"kind":"tool","tool":"send_x"}"#;
        assert_eq!(
            told(events),
            [pair("-", "find_x"), pair("find_x", "send_x")]
        );
    }

    #[test]
    fn of_many_steps_the_heavy_ones_stay() {
        let mut events: Vec<String> = (0..200)
            .map(|i| format!(r#"{{"kind":"tool","tool":"get_{i}"}}"#))
            .collect();
        events.push(r#"{"kind":"tool","tool":"pay_bill"}"#.to_owned());
        let steps = told(&events.join(","));
        assert_eq!(steps.len(), STEPS);
        assert_eq!(steps.last().unwrap().1, "pay_bill");
    }
}
