//! S9 pack-then-send: something was packed, and at once something left.

use super::{Definition, Finding, Hit, Look, SignalId};
use crate::assess::lexicon::acts::{is_fetch, is_outbound};
use crate::assess::lexicon::destinations::Standing;
use crate::assess::lexicon::packing::packed_with;
use crate::assess::lookup;
use crate::assess::reduce::standing;
use crate::assess::window::ReplayWindow;
use crate::model::{Entity, EntityKind, Inventory, Sentence, Session, Slot, Text};

const TEMPLATE: &str = "Packed with {program}, then contacted {dest} {dt} later.";
/// No pair further apart than this counts, in seconds.
const LONGEST: i64 = 2 * 60;
/// Decay of the strength with the time between the two, in seconds.
const DECAY: f64 = 60.0;
/// What it counts on a machine that is there to release things.
const BY_CI: f64 = 0.3;

pub(super) const SIGNAL: Definition = Definition {
    id: SignalId::S9,
    name: "pack-then-send",
    about: "Something was packed, encoded or encrypted, and within two minutes a request left.",
    templates: &[TEMPLATE],
    habituates: None,
    false_positives: "Release builds: class the hosts of CI `ci` in the inventory, which counts 0.3.",
    clause: "packed something and sent a request out",
    clause_plural: "packed something and sent requests out",
    why: "Packing before sending is how data leaves unseen.",
    next_step: "See in the raw timeline what was packed and where it went.",
    look: Look::Events(look),
};

fn look(session: &Session, inventory: &Inventory, _: Option<&ReplayWindow>) -> Finding {
    if session.events.is_empty() {
        return Finding::NotAssessable("no events are recorded");
    }
    let mut packed: Option<(usize, i64, &str)> = None;
    let mut best: Option<(f64, Hit)> = None;
    let mut times = 0;
    for (i, event) in session.events.iter().enumerate() {
        let Some(at) = event.at else { continue };
        if let Some(program) = packed_with(event) {
            packed = Some((i, at.as_second(), program));
        }
        let (Some((pack, packed_at, program)), Some(destination)) = (packed, &event.destination)
        else {
            continue;
        };
        let gap = at.as_second() - packed_at;
        let leaves = is_outbound(event)
            && !is_fetch(event)
            && standing(event, destination, inventory) != Standing::Benign;
        if !leaves || gap > LONGEST {
            continue;
        }
        times += 1;
        let strength = (-(gap as f64) / DECAY).exp();
        if best.as_ref().is_none_or(|(s, _)| strength > *s) {
            let slots = vec![
                Slot::Text(Text::new(program)),
                Slot::Entity(Entity::new(EntityKind::Destination, destination)),
                Slot::Duration(gap),
            ];
            let hit = Hit {
                last_at: event.at,
                evidence: vec![pack as u32, i as u32],
                ..Hit::new(strength, Sentence::new(TEMPLATE, slots))
            };
            best = Some((strength, hit));
        }
    }
    let Some((strength, hit)) = best else {
        return Finding::Absent;
    };
    let host = session.host.as_ref();
    let class = lookup::host_class(
        inventory,
        host.and_then(|h| h.identity()).map(Text::untrusted),
        host.and_then(crate::model::Host::ip),
    );
    let factor = if class == Some("ci") { BY_CI } else { 1.0 };
    Finding::when(strength * factor, |strength| Hit {
        strength,
        times,
        ..hit
    })
}

#[cfg(test)]
mod tests {
    use crate::assess::signals::testing::{Day, session};

    fn pack_then(seconds: u32, method: &str, destination: &str) -> crate::model::Session {
        session(&format!(
            r#"{{"id":"a","host":"h1","events":[
                {{"at":"2026-11-22T01:00:00Z","kind":"execute","tool":"Bash","programs":["tar -czf"]}},
                {{"at":"2026-11-22T01:{:02}:{:02}Z","kind":"request","method":"{method}","destination":"{destination}"}}]}}"#,
            seconds / 60,
            seconds % 60
        ))
    }

    #[test]
    fn it_fades_within_two_minutes() {
        Day::with("")
            .of(&[pack_then(0, "POST", "paste.site.io")])
            .strength("S9", 0, Some(1.0))
            .says("S9", 0, "Packed with tar, then contacted paste.site.io");
        Day::with("")
            .of(&[pack_then(60, "POST", "paste.site.io")])
            .strength("S9", 0, Some((-1.0_f64).exp()));
        Day::with("")
            .of(&[pack_then(121, "POST", "paste.site.io")])
            .strength("S9", 0, None);
    }

    #[test]
    fn fetching_and_benign_places_are_no_sending_and_ci_counts_less() {
        Day::with("")
            .of(&[pack_then(0, "GET", "paste.site.io")])
            .strength("S9", 0, None);
        Day::with("")
            .of(&[pack_then(0, "POST", "localhost")])
            .strength("S9", 0, None);
        Day::with("[[hosts]]\nname = \"h1\"\nclass = \"ci\"\n")
            .of(&[pack_then(0, "POST", "paste.site.io")])
            .strength("S9", 0, Some(0.3));
    }
}
