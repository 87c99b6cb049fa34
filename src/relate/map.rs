//! The relationship map of one session: four lanes of what it is tied to.

use super::edition::Edition;
use super::subject::class_words;
use crate::assess::lexicon::destinations::Standing;
use crate::assess::lookup;
use crate::model::{Consequence, Entity, EntityKind, Text};

/// A lane of the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// User and host.
    Identity,
    /// Key, models and whatever else other sessions share.
    Shared,
    /// Repositories and files with what is at stake in them.
    Company,
    /// Destinations.
    Outbound,
}

impl Lane {
    /// Every lane, in order.
    pub const ALL: [Self; 4] = [Self::Identity, Self::Shared, Self::Company, Self::Outbound];

    /// Its heading.
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Identity => "Identity anchors",
            Self::Shared => "Shared lanes",
            Self::Company => "Company context",
            Self::Outbound => "Outbound paths",
        }
    }

    /// What it is there for.
    pub const fn purpose(self) -> &'static str {
        match self {
            Self::Identity => "Attribution starts here.",
            Self::Shared => "These widen blast radius.",
            Self::Company => "This makes the session consequential.",
            Self::Outbound => "This is where boundary questions appear.",
        }
    }
}

/// One thing on the map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapItem {
    /// What.
    pub entity: Entity,
    /// What is known of it, in words of ours and of the inventory.
    pub notes: Vec<String>,
}

/// The map of one session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Map {
    /// One list a lane, in the order of [`Lane::ALL`].
    pub lanes: [Vec<MapItem>; 4],
}

impl Map {
    /// Ties a session to its entities.
    pub fn of(edition: &Edition<'_>, session: usize) -> Self {
        Self {
            lanes: Lane::ALL.map(|lane| items(edition, session, lane)),
        }
    }

    /// Items on the map, folded ones included.
    pub fn linked(&self) -> usize {
        self.lanes.iter().map(Vec::len).sum()
    }
}

fn items(edition: &Edition<'_>, session: usize, lane: Lane) -> Vec<MapItem> {
    let facts = edition.facts(session);
    let context = &edition.context;
    let named = |kind, name: &Option<Text>| name.as_ref().map(|n| Entity::new(kind, n));
    match lane {
        Lane::Identity => {
            let user = named(EntityKind::User, &facts.user).map(|entity| MapItem {
                entity,
                notes: vec![match facts.authenticated {
                    Some(true) => "authenticated".to_owned(),
                    _ => "not authenticated".to_owned(),
                }],
            });
            let host = named(EntityKind::Host, &facts.host).map(|entity| {
                let class = context
                    .host_class(facts)
                    .map(|c| format!("{} endpoint", class_words(c)));
                let owner = match context.host_owner(facts) {
                    Some(owner) => Some(format!("owner {owner}")),
                    None => context
                        .knows_hosts()
                        .then(|| "no owner recorded".to_owned()),
                };
                MapItem {
                    entity,
                    notes: class.into_iter().chain(owner).collect(),
                }
            });
            user.into_iter().chain(host).collect()
        }
        Lane::Shared => {
            let key = named(EntityKind::Key, &facts.key);
            let models = facts
                .models
                .iter()
                .map(|m| Entity::new(EntityKind::Model, m));
            let rare = named(EntityKind::Agent, &facts.agent)
                .into_iter()
                .chain(
                    facts
                        .tools
                        .iter()
                        .map(|t| Entity::new(EntityKind::Tool, &t.name)),
                )
                .filter(|e| context.count(e) >= 2 && !context.is_hub(e));
            let shared = key.into_iter().chain(models).chain(rare);
            shared
                .map(|entity| MapItem {
                    notes: shared_notes(edition, session, &entity),
                    entity,
                })
                .collect()
        }
        Lane::Company => company(edition, session),
        Lane::Outbound => {
            let mut reaches: Vec<_> = facts.reaches.iter().collect();
            reaches.sort_by_key(|r| (r.standing == Standing::Sanctioned, r.event));
            reaches
                .into_iter()
                .map(|r| {
                    let standing = if r.standing == Standing::Sanctioned {
                        "sanctioned"
                    } else {
                        "not sanctioned"
                    };
                    let entity = Entity::new(EntityKind::Destination, &r.destination);
                    let mut notes = vec![standing.to_owned()];
                    notes.extend(others(edition, &entity));
                    MapItem { entity, notes }
                })
                .collect()
        }
    }
}

fn shared_notes(edition: &Edition<'_>, session: usize, entity: &Entity) -> Vec<String> {
    let facts = edition.facts(session);
    let mut notes = Vec::new();
    if entity.kind == EntityKind::Key {
        if edition.context.key_is_unknown(facts) {
            notes.push("not in the inventory".to_owned());
        }
        if let Some(sharing) = edition.context.sharing(facts) {
            notes.push(format!(
                "{}, {}",
                sharing.users_words(),
                sharing.hosts_words()
            ));
        }
    }
    notes.extend(others(edition, entity));
    notes
}

/// `4 other sessions`
fn others(edition: &Edition<'_>, entity: &Entity) -> Option<String> {
    match edition.context.count(entity).saturating_sub(1) {
        0 => None,
        1 => Some("1 other session".to_owned()),
        n => Some(format!("{n} other sessions")),
    }
}

/// Repositories by what is at stake, each with its sensitive files; then sensitive files outside any.
fn company(edition: &Edition<'_>, session: usize) -> Vec<MapItem> {
    let facts = edition.facts(session);
    let inventory = edition.context.inventory;
    let mut repos: Vec<(std::cmp::Reverse<Consequence>, MapItem)> = facts
        .repos
        .iter()
        .map(|repo| {
            let record = lookup::repo(inventory, repo.untrusted());
            let level = record
                .and_then(|r| r.consequence)
                .unwrap_or(Consequence::Unknown);
            let class = record
                .and_then(|r| r.class.clone())
                .map(|class| format!("{class}, {}", level.word()));
            let files: Vec<_> = facts
                .touches
                .iter()
                .filter(|t| t.file.file_repo() == Some(repo.untrusted()))
                .collect();
            let touched = match files.len() {
                0 => None,
                1 => Some("1 sensitive file".to_owned()),
                n => Some(format!("{n} sensitive files")),
            };
            let notes = class.into_iter().chain(touched).collect();
            (
                std::cmp::Reverse(level),
                MapItem {
                    entity: Entity::new(EntityKind::Repo, repo),
                    notes,
                },
            )
        })
        .collect();
    repos.sort_by_key(|(level, _)| *level);
    let loose = facts
        .touches
        .iter()
        .filter(|t| t.file.file_repo().is_none());
    let loose = loose.map(|t| MapItem {
        entity: t.file.clone(),
        notes: vec![t.class.word().to_owned()],
    });
    repos
        .into_iter()
        .map(|(_, item)| item)
        .chain(loose)
        .collect()
}
