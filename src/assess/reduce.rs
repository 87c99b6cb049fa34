//! From a session to its facts: the one look at its events.

use super::facts::{Change, Facts, Intake, Reach, Stake, ToolUse, Touch};
use super::lexicon::acts::{is_fetch, is_outbound};
use super::lexicon::destinations::{self, Standing};
use super::lexicon::lasting::{self, Lasting};
use super::{lookup, record, signals, steps, window};
use crate::model::{
    Consequence, Entity, EntityKind, Event, EventKind, Inventory, PathClass, SecretForm, Sentence,
    Session, Slot, Snapshot, Text,
};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashSet};

/// Reduces a session to its facts.
pub fn reduce(session: &Session, snapshot: &Snapshot, inventory: &Inventory) -> Facts {
    let user = session.user.as_ref().filter(|u| !u.is_unknown());
    let touches = touches(session, inventory);
    let repos = repos(session);
    let stake = stake(&repos, &touches, inventory);
    let window = window::strongest(session, inventory);
    let findings = signals::look_at_events(session, inventory, window.as_ref());
    let host = session.host.as_ref();
    let mut changes = changes(session);
    let mut destroyed = signals::destroyed(session, inventory);
    let has_more = changes.len().max(destroyed.len()) > KEPT;
    changes.truncate(KEPT);
    destroyed.truncate(KEPT);
    Facts {
        id: session.id.clone(),
        ordinal: 0,
        deed: session.deed(),
        conflicting: false,
        clock_skew: is_skewed(session, snapshot),
        status: session.status,
        started_at: session.started_at,
        last_sign: session.last_sign(),
        duration_seconds: session.duration_seconds(),
        user: user.map(|u| u.name.clone()),
        user_said_unknown: user.is_none() && session.user.is_some(),
        authenticated: user.and_then(|u| u.authenticated),
        host: host.and_then(|h| h.identity().cloned()),
        address: host.and_then(crate::model::Host::ip),
        bare_address: host.is_some_and(crate::model::Host::is_bare_address),
        key: session.key.as_ref().and_then(|k| k.identity().cloned()),
        key_shown: session.key.as_ref().and_then(|k| k.shown().cloned()),
        agent: session.agent.as_ref().map(|a| a.name.clone()),
        agent_version: session.agent.as_ref().and_then(|a| a.version.clone()),
        models: session.models.iter().map(|m| m.name.clone()).collect(),
        repos,
        touches,
        reaches: reaches(session, inventory),
        tools: tools(session),
        steps: steps::steps(session),
        intakes: intakes(session, inventory),
        changes,
        removed: removed(session),
        destroyed: destroyed.into(),
        has_more,
        gap: record::gap(session),
        clock_back: session.clock_back_seconds,
        erased: record::erased(session),
        cost: session.cost,
        events: session.events.len() as u32,
        stake,
        findings,
        window: window.map(Box::new),
        destroyed_production: signals::destroyed_production(session, inventory),
        live_secret: session
            .events
            .iter()
            .any(|e| e.secret.is_some_and(|s| s.form == SecretForm::Provider)),
    }
}

/// More than a minute after the snapshot was taken is not a rounding matter.
fn is_skewed(session: &Session, snapshot: &Snapshot) -> bool {
    session
        .last_sign()
        .is_some_and(|at| at.as_second() > snapshot.taken_at.as_second() + 60)
}

/// The repository an event lies in: the one it names, else the session's own,
/// unless its file lies outside the workspace.
pub(super) fn repo_of<'a>(session: &'a Session, event: &'a Event) -> Option<&'a Text> {
    let own = session.workspace.repo.as_ref();
    event
        .repo
        .as_ref()
        .or(own.filter(|_| !is_beyond_workspace(session, event)))
}

/// Whether an event's path is absolute and not below the workspace.
pub(super) fn is_beyond_workspace(session: &Session, event: &Event) -> bool {
    let Some(path) = event.path.as_ref().map(Text::untrusted) else {
        return false;
    };
    let rooted = path.starts_with(['/', '~']) || path.get(1..3) == Some(":\\");
    let workspace = session.workspace.path.as_ref().map(Text::untrusted);
    let below = workspace.is_some_and(|w| {
        let rest = path.strip_prefix(w.trim_end_matches(['/', '\\']));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '\\']))
    });
    rooted && !below
}

/// The class of the file an event touched successfully.
pub(super) fn touched_class(
    session: &Session,
    event: &Event,
    inventory: &Inventory,
) -> Option<PathClass> {
    let touching = matches!(
        event.kind,
        EventKind::Read | EventKind::Write | EventKind::Delete
    );
    let path = event
        .path
        .as_ref()
        .filter(|_| touching && event.ok != Some(false))?;
    lookup::path_class(
        inventory,
        repo_of(session, event).map(Text::untrusted),
        path.untrusted(),
    )
}

fn touches(session: &Session, inventory: &Inventory) -> Vec<Touch> {
    let mut found: BTreeMap<Entity, Touch> = BTreeMap::new();
    for (i, event) in session.events.iter().enumerate() {
        let Some(class) = touched_class(session, event, inventory) else {
            continue;
        };
        let Some(path) = &event.path else { continue };
        let file = Entity::file(repo_of(session, event), path);
        let changed = event.kind != EventKind::Read;
        let touch = found.entry(file.clone()).or_insert(Touch {
            file,
            class,
            changed,
            event: i as u32,
            last_at: None,
            times: 0,
        });
        if changed && !touch.changed {
            touch.changed = true;
            touch.event = i as u32;
        }
        touch.last_at = touch.last_at.max(event.at);
        touch.times += 1;
    }
    let mut touches: Vec<Touch> = found.into_values().collect();
    touches.sort_by_key(|t| t.event);
    touches
}

fn reaches(session: &Session, inventory: &Inventory) -> Vec<Reach> {
    let mut found: BTreeMap<&Text, Reach> = BTreeMap::new();
    for (i, event) in session.events.iter().enumerate() {
        let Some(destination) = &event.destination else {
            continue;
        };
        if !is_outbound(event) {
            continue;
        }
        let standing = standing(event, destination, inventory);
        if standing == Standing::Benign {
            continue;
        }
        let fetch = is_fetch(event);
        let reach = found.entry(destination).or_insert_with(|| Reach {
            destination: destination.clone(),
            standing,
            fetch_only: true,
            event: i as u32,
            last_at: None,
        });
        reach.fetch_only &= fetch;
        reach.last_at = reach.last_at.max(event.at);
    }
    let mut reaches: Vec<Reach> = found.into_values().collect();
    reaches.sort_by_key(|r| r.event);
    reaches
}

/// How much is known of where a request went. A place that everybody fetches from
/// is not harmless to publish to.
pub(super) fn standing(event: &Event, destination: &Text, inventory: &Inventory) -> Standing {
    let publishes = event
        .method
        .as_ref()
        .is_some_and(|m| m.untrusted().eq_ignore_ascii_case("publish"));
    match destinations::standing(destination.untrusted(), inventory) {
        Standing::Benign if publishes => Standing::Open,
        standing => standing,
    }
}

fn repos(session: &Session) -> Vec<Text> {
    let named = session.events.iter().filter_map(|e| e.repo.as_ref());
    let mut seen: HashSet<&Text> = HashSet::new();
    let own = session.workspace.repo.iter();
    own.chain(named)
        .filter(|repo| seen.insert(repo))
        .cloned()
        .collect()
}

fn tools(session: &Session) -> Vec<ToolUse> {
    let mut tools: BTreeMap<&Text, u32> = BTreeMap::new();
    for (i, event) in session.events.iter().enumerate() {
        if let Some(tool) = &event.tool {
            tools.entry(tool).or_insert(i as u32);
        }
    }
    let tool = |(name, event): (&Text, u32)| ToolUse {
        name: name.clone(),
        event,
    };
    tools.into_iter().map(tool).collect()
}

/// Sources kept of one session; a marked one is never the one left out.
const INTAKES: usize = 16;

fn intakes(session: &Session, inventory: &Inventory) -> Vec<Intake> {
    let mut found: BTreeMap<Entity, Intake> = BTreeMap::new();
    for (i, event) in session.events.iter().enumerate() {
        let Some((source, grade)) = record::intake(event, inventory) else {
            continue;
        };
        let intake = found.entry(source.clone()).or_insert(Intake {
            source,
            grade,
            event: i as u32,
            last_at: None,
            times: 0,
        });
        if grade > intake.grade {
            intake.grade = grade;
            intake.event = i as u32;
        }
        intake.last_at = intake.last_at.max(event.at);
        intake.times += 1;
    }
    let mut intakes: Vec<Intake> = found.into_values().collect();
    intakes.sort_by_key(|i| (std::cmp::Reverse(i.grade), i.event));
    intakes.truncate(INTAKES);
    intakes
}

/// Changes of one session that are kept, and things destroyed; a graver one is never the
/// one left out.
const KEPT: usize = 16;

fn changes(session: &Session) -> Vec<Change> {
    let mut found: BTreeMap<(Lasting, Entity), Change> = BTreeMap::new();
    for (i, event) in session.events.iter().enumerate() {
        let Some((sort, by_name)) = lasting::lasting(event) else {
            continue;
        };
        let Some(object) = object_of(session, event) else {
            continue;
        };
        let key = (sort, object.clone());
        let change = found.entry(key).or_insert_with(|| Change {
            lasting: sort,
            object,
            tool: by_name.cloned(),
            event: i as u32,
            last_at: None,
            times: 0,
        });
        change.last_at = change.last_at.max(event.at);
        change.times += 1;
    }
    let mut changes: Vec<Change> = found.into_values().collect();
    changes.sort_by(|a, b| {
        let strength = |c: &Change| c.lasting.strength();
        let by_strength = strength(b).total_cmp(&strength(a));
        by_strength.then(a.event.cmp(&b.event))
    });
    changes
}

/// What a change was made to: the file, the destination, the program or the tool.
fn object_of(session: &Session, event: &Event) -> Option<Entity> {
    let named = |kind, name: Option<&Text>| name.map(|n| Entity::new(kind, n));
    let file = event.path.as_ref();
    file.map(|path| Entity::file(repo_of(session, event), path))
        .or_else(|| named(EntityKind::Destination, event.destination.as_ref()))
        .or_else(|| named(EntityKind::Tool, event.programs.first()))
        .or_else(|| named(EntityKind::Tool, event.tool.as_ref()))
}

fn removed(session: &Session) -> Vec<(Entity, Option<Timestamp>)> {
    let mut gone: BTreeMap<Entity, Option<Timestamp>> = BTreeMap::new();
    for event in session.events.iter().filter(|e| e.ok != Some(false)) {
        let Some(path) = event
            .path
            .as_ref()
            .filter(|p| lasting::acts_later(p.untrusted()))
        else {
            continue;
        };
        let file = Entity::file(repo_of(session, event), path);
        match event.kind {
            EventKind::Delete => {
                gone.insert(file, event.at);
            }
            EventKind::Write => {
                gone.remove(&file);
            }
            _ => {}
        }
    }
    gone.into_iter().collect()
}

/// What is at stake: the highest class touched; one step up for three distinct high assets.
pub fn stake(repos: &[Text], touches: &[Touch], inventory: &Inventory) -> Stake {
    let mut found: Vec<(Consequence, Sentence)> = Vec::new();
    let mut high_assets: HashSet<&str> = HashSet::new();
    for repo in repos {
        let Some(record) = lookup::repo(inventory, repo.untrusted()) else {
            continue;
        };
        let Some(level) = record.consequence else {
            continue;
        };
        if level >= Consequence::High {
            high_assets.insert(repo.untrusted());
        }
        let slot = Slot::Entity(Entity::new(EntityKind::Repo, repo));
        let class = Slot::words(
            record
                .class
                .clone()
                .unwrap_or_else(|| level.word().to_owned()),
        );
        let sentence = match &record.why {
            Some(why) => Sentence::new(
                "{repo} is tagged {class}; {why}.",
                vec![slot, class, Slot::words(why.clone())],
            ),
            None => Sentence::new("{repo} is tagged {class}.", vec![slot, class]),
        };
        found.push((level, sentence));
    }
    for touch in touches {
        let level = touch.class.consequence();
        if level >= Consequence::High
            && touch
                .file
                .file_repo()
                .is_none_or(|r| !high_assets.contains(r))
        {
            high_assets.insert(touch.file.name.untrusted());
        }
        let slots = vec![
            Slot::Entity(touch.file.clone()),
            Slot::words(touch.class.word()),
        ];
        found.push((
            level,
            Sentence::new("{file} belongs to the class {class}.", slots),
        ));
    }
    // Stable: repositories come before files, files in the order touched.
    found.sort_by(|(a, _), (b, _)| b.cmp(a));
    let level = found
        .first()
        .map_or(Consequence::Unknown, |(level, _)| *level);
    let mut reasons: Vec<Sentence> = found
        .into_iter()
        .map(|(_, sentence)| sentence)
        .take(3)
        .collect();
    if high_assets.len() >= 3 && level < Consequence::Critical {
        let count = Slot::Count(high_assets.len() as u64);
        reasons.insert(
            0,
            Sentence::new(
                "It reached {n} distinct high assets, which raises it one step.",
                vec![count],
            ),
        );
        return Stake {
            level: level.raised(),
            reasons,
        };
    }
    Stake { level, reasons }
}
