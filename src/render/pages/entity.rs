//! An entity's page: what it is, who answers for it, which sessions share it.

use super::counted;
use super::frame::{Frame, Section};
use super::ledger::{self, RowView};
use super::narrative::{NarrativeView, narrative_view};
use crate::assess::lookup;
use crate::model::{Entity, EntityKind, moment};
use crate::render::address::{Leaf, Linker};
use crate::render::edition_site::SiteText;
use crate::render::html::Markup;
use anyhow::Result;
use serde::Serialize;
use std::collections::HashSet;

/// Sessions shown; the rest stands in the ledger.
const SESSIONS: usize = 100;
/// Others shown of each kind.
const OTHERS: usize = 12;

#[derive(Serialize)]
struct View {
    frame: Frame,
    kind: &'static str,
    name: Markup,
    facts: Vec<FactView>,
    shares: Vec<ShareView>,
    rows: Vec<RowView>,
    sessions: usize,
    narratives: Vec<NarrativeView>,
    closes: Option<String>,
    ledger: String,
}

#[derive(Serialize)]
struct FactView {
    name: &'static str,
    value: Markup,
}

#[derive(Serialize)]
struct ShareView {
    kind: &'static str,
    names: Vec<Markup>,
    more: usize,
}

/// The page of an entity.
pub fn page(linker: &Linker<'_>, text: &SiteText<'_>, entity: &Entity) -> Result<Vec<u8>> {
    let edition = linker.of();
    let mut sessions: Vec<usize> = edition
        .context
        .sessions_of(entity)
        .iter()
        .map(|s| *s as usize)
        .collect();
    sessions.sort_by(|a, b| {
        let (a, b) = (&edition.verdicts[*a], &edition.verdicts[*b]);
        b.must_see
            .is_some()
            .cmp(&a.must_see.is_some())
            .then(b.priority.total_cmp(&a.priority))
    });
    let open = edition.open();
    let closes = edition.closes(entity);
    let title = format!(
        "{} {}",
        entity.kind.word(),
        super::super::plain::printable(entity.display_name())
    );
    let mut name = Markup::default();
    name.push_value(entity.display_name());
    name.push_look_alike(entity, linker);
    let view = View {
        frame: Frame::new(linker, text, &title, Section::Other),
        kind: entity.kind.word(),
        name,
        facts: facts(linker, entity, &sessions),
        shares: shares(linker, entity, &sessions),
        rows: sessions
            .iter()
            .take(SESSIONS)
            .enumerate()
            .map(|(i, s)| ledger::row(linker, i + 1, *s))
            .collect(),
        sessions: sessions.len(),
        closes: (closes > 0).then(|| {
            format!(
                "Settling this closes {closes} of {}.",
                counted(open, "open narrative", "open narratives")
            )
        }),
        narratives: edition
            .narratives_about(entity)
            .map(|n| narrative_view(linker, n, usize::MAX))
            .collect(),
        ledger: linker.leaf(Leaf::Ledger(1)),
    };
    text.theme.render("entity.html", &view)
}

fn facts(linker: &Linker<'_>, entity: &Entity, sessions: &[usize]) -> Vec<FactView> {
    let edition = linker.of();
    let context = &edition.context;
    let starts = sessions.iter().filter_map(|s| edition.facts(*s).started_at);
    let first = starts
        .min()
        .into_iter()
        .chain(context.first_seen(entity).map(|s| s.at))
        .min();
    let last = sessions
        .iter()
        .filter_map(|s| edition.facts(*s).last_sign)
        .max();
    let mut all = Vec::new();
    let mut fact = |name, value: Option<String>| {
        if let Some(value) = value {
            all.push(FactView {
                name,
                value: Markup::words(&value),
            });
        }
    };
    let example = sessions.first().map(|s| edition.facts(*s));
    match entity.kind {
        EntityKind::Host => {
            let owner = example.filter(|_| context.knows_hosts()).map(|f| {
                context
                    .host_owner(f)
                    .map_or_else(|| "no owner recorded".to_owned(), str::to_owned)
            });
            fact("Owner", owner);
            fact(
                "Class",
                example
                    .and_then(|f| context.host_class(f))
                    .map(str::to_owned),
            );
        }
        EntityKind::Key => {
            let record = lookup::key(context.inventory, &[entity.name.untrusted()]);
            fact("Owner", record.and_then(|k| k.owner.clone()));
            if context.inventory.keys.is_some() {
                fact(
                    "Inventory",
                    Some(
                        if record.is_some() {
                            "listed"
                        } else {
                            "not listed"
                        }
                        .to_owned(),
                    ),
                );
            }
            let tags = record.map(|k| k.tags.iter().cloned().collect::<Vec<_>>().join(", "));
            fact("Tags", tags.filter(|t| !t.is_empty()));
        }
        EntityKind::Repo => {
            let record = lookup::repo(context.inventory, entity.name.untrusted());
            fact("Class", record.and_then(|r| r.class.clone()));
            fact(
                "Consequence",
                record
                    .and_then(|r| r.consequence)
                    .map(|c| c.word().to_owned()),
            );
            fact("Because", record.and_then(|r| r.why.clone()));
        }
        EntityKind::User => {
            let team = context.inventory.team(entity.name.untrusted());
            fact("Team", team.filter(|t| !t.is_empty()).map(str::to_owned));
        }
        _ => {}
    }
    fact("First seen", first.map(moment));
    fact("Last seen", last.map(moment));
    fact(
        "Sessions",
        Some(format!(
            "{} in this edition, {} on record",
            sessions.len(),
            context.sessions_with(entity)
        )),
    );
    if let (EntityKind::File, Some(repo)) = (entity.kind, entity.file_repo()) {
        let mut value = Markup::default();
        value.push_value(repo);
        all.push(FactView {
            name: "Repository",
            value,
        });
    }
    all
}

/// What else the sessions of an entity have.
fn shares(linker: &Linker<'_>, entity: &Entity, sessions: &[usize]) -> Vec<ShareView> {
    let edition = linker.of();
    let mut others: Vec<(EntityKind, Vec<Entity>)> = EntityKind::ALL
        .into_iter()
        .map(|k| (k, Vec::new()))
        .collect();
    let mut seen: HashSet<Entity> = HashSet::from([entity.clone()]);
    // The most significant sessions say most; a hub's thousands say nothing more.
    for other in sessions
        .iter()
        .take(SESSIONS)
        .flat_map(|s| edition.facts(*s).entities())
    {
        if seen.insert(other.clone()) {
            others[other.kind as usize].1.push(other);
        }
    }
    others
        .into_iter()
        .filter(|(kind, list)| !list.is_empty() && *kind != EntityKind::Tool)
        .map(|(kind, list)| ShareView {
            kind: kind.word(),
            more: list.len().saturating_sub(OTHERS),
            names: list
                .iter()
                .take(OTHERS)
                .map(|e| {
                    let mut markup = Markup::default();
                    markup.push_entity(e, linker);
                    markup
                })
                .collect(),
        })
        .collect()
}
