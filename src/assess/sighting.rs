//! What the baseline learns from a session.

use super::context::pairings;
use super::facts::Facts;
use super::lexicon::destinations::mail_domain;
use super::lexicon::verbs;
use super::steps;
use crate::history::{Fingerprint, Sighting, fingerprint};
use crate::model::{Entity, EntityKind, Inventory, Snapshot};

/// Mail to a domain is counted under this.
pub(super) fn domain_key(domain: &str) -> Fingerprint {
    fingerprint(&("mail domain", domain))
}

/// A team's dealings with a thing are known under this.
pub(super) fn team_key(team: &str, thing: &Entity) -> Fingerprint {
    fingerprint(&("team", team, thing))
}

/// A repository's dealings with a thing are known under this.
pub(super) fn repo_key(repo: &str, thing: &Entity) -> Fingerprint {
    fingerprint(&("repo", repo, thing))
}

/// A session's contribution to the baseline. `lesson` is what was usual for it; without
/// one neither habits nor the usual order of acts are learned from it, nor that its user is
/// anybody's peer.
pub fn sighting<'a>(
    facts: &'a Facts,
    snapshot: &Snapshot,
    inventory: &Inventory,
    lesson: Option<Box<[Fingerprint]>>,
) -> Sighting<'a> {
    let mut counted = match &lesson {
        Some(_) => steps::counted(facts.agent.as_ref(), &facts.steps),
        None => Vec::new(),
    };
    if lesson.is_some() {
        let domains = facts
            .reaches
            .iter()
            .filter_map(|r| mail_domain(r.destination.untrusted()));
        counted.extend(domains.map(|d| domain_key(&d)));
    }
    counted.sort_unstable();
    counted.dedup();
    // Nobody is anybody's peer by name alone.
    let teaches = lesson.is_some();
    let is_peer = teaches && facts.authenticated == Some(true);
    Sighting {
        record: facts.record(),
        teaches,
        at: facts.began(snapshot),
        last: facts
            .last_sign
            .unwrap_or(snapshot.taken_at)
            .min(snapshot.taken_at),
        host: facts.host.as_ref(),
        entities: facts.entities(),
        lanes: pairings(facts),
        counted,
        usual: lesson.unwrap_or_default(),
        spent: facts.user.as_ref().zip(facts.cost),
        among: if is_peer {
            among(facts, inventory)
        } else {
            Vec::new()
        },
        user: facts.user.as_ref(),
    }
}

/// Under which its user's groups know what it dealt with.
fn among(facts: &Facts, inventory: &Inventory) -> Vec<Fingerprint> {
    let Some(user) = &facts.user else {
        return Vec::new();
    };
    let team = inventory.team(user.untrusted());
    let reaches = facts
        .open_reaches()
        .map(|r| Entity::new(EntityKind::Destination, &r.destination));
    let tools = facts
        .tools
        .iter()
        .filter(|t| verbs::is_telling(t.name.untrusted()))
        .map(|t| Entity::new(EntityKind::Tool, &t.name));
    let things: Vec<Entity> = reaches.chain(tools).collect();
    let repos = facts.repos.iter().map(|r| Entity::new(EntityKind::Repo, r));
    let mut keys = Vec::new();
    if let Some(team) = team {
        keys.extend(things.iter().map(|t| team_key(team, t)));
        keys.extend(repos.map(|r| team_key(team, &r)));
    }
    for repo in &facts.repos {
        keys.extend(things.iter().map(|t| repo_key(repo.untrusted(), t)));
    }
    keys
}
