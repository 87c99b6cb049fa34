//! The replay window: a sensitive read, then something that leaves.

use super::lexicon::acts::{is_fetch, is_outbound};
use super::lexicon::destinations::Standing;
use super::reduce::{repo_of, standing, touched_class};
use crate::model::{Entity, Event, EventKind, Inventory, PathClass, Session, Text};

/// No pair further apart than this counts, in seconds.
pub const LONGEST: i64 = 20 * 60;
/// What a place counts that the inventory sanctions.
pub const SANCTIONED: f64 = 0.5;
/// Decay of the strength with the time between the two, in seconds.
const DECAY: f64 = 5.0 * 60.0;

/// A slice of one session's timeline: a sensitive read and the request after it.
#[derive(Clone, Debug, PartialEq)]
pub struct ReplayWindow {
    /// Event of the read, from 0.
    pub read: u32,
    /// Event of the request, from 0.
    pub send: u32,
    /// The file.
    pub file: Entity,
    /// Its class.
    pub class: PathClass,
    /// Where to.
    pub destination: Text,
    /// Seconds between the two.
    pub gap_seconds: i64,
    /// Strength, 0 to 1.
    pub strength: f64,
    /// How many such pairs the session has.
    pub times: u32,
}

/// The strongest pair of a session.
pub fn strongest(session: &Session, inventory: &Inventory) -> Option<ReplayWindow> {
    let mut best: Option<ReplayWindow> = None;
    let mut times = 0;
    // The strongest reads still inside the window, one for each class.
    let mut reads: Vec<(u32, i64, PathClass)> = Vec::new();
    for (i, event) in session.events.iter().enumerate() {
        let Some(at) = event.at.map(jiff::Timestamp::as_second) else {
            continue;
        };
        reads.retain(|(_, read_at, _)| at - read_at <= LONGEST);
        if event.kind == EventKind::Read {
            if let Some(class) = touched_class(session, event, inventory) {
                reads.retain(|(_, _, c)| *c != class);
                reads.push((i as u32, at, class));
            }
            continue;
        }
        let Some((destination, factor)) = outbound(event, inventory) else {
            continue;
        };
        times += u32::from(!reads.is_empty());
        for (read, read_at, class) in &reads {
            let gap_seconds = at - read_at;
            let strength = class.strength() * (-(gap_seconds as f64) / DECAY).exp() * factor;
            if best.as_ref().is_none_or(|b| strength > b.strength) {
                let touched = &session.events[*read as usize];
                let Some(path) = &touched.path else { continue };
                best = Some(ReplayWindow {
                    read: *read,
                    send: i as u32,
                    file: Entity::file(repo_of(session, touched), path),
                    class: *class,
                    destination: destination.clone(),
                    gap_seconds,
                    strength,
                    times: 0,
                });
            }
        }
    }
    best.map(|b| ReplayWindow { times, ..b })
}

/// Where an event sends to, and how much of the strength counts for that place.
fn outbound<'a>(event: &'a Event, inventory: &Inventory) -> Option<(&'a Text, f64)> {
    let destination = event.destination.as_ref().filter(|_| is_outbound(event))?;
    let push = event
        .method
        .as_ref()
        .is_some_and(|m| m.untrusted().eq_ignore_ascii_case("push"));
    let place = match standing(event, destination, inventory) {
        Standing::Benign => return None,
        Standing::Sanctioned if push => 0.2,
        Standing::Sanctioned => SANCTIONED,
        Standing::Open => 1.0,
    };
    Some((
        destination,
        if is_fetch(event) { place * 0.5 } else { place },
    ))
}
