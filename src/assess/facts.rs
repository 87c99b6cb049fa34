//! What a session is reduced to before it is judged: small, and free of its events.
//!
//! Sessions are streamed; only their facts stay in memory. Signals that need the
//! events look at them here, once; signals that need other sessions look at the
//! facts of all of them later.

use super::lexicon::destinations::Standing;
use super::lexicon::lasting::Lasting;
use super::record::Gap;
use super::signals::{Finding, SignalId};
use super::steps::Step;
use super::window::ReplayWindow;
use crate::history::{LOOK_BACK_DAYS, Record};
use crate::model::{
    Consequence, Entity, EntityKind, Money, PathClass, Sentence, Snapshot, Status, Text,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::net::IpAddr;

/// A sensitive file a session touched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Touch {
    /// The file.
    pub file: Entity,
    /// Its class.
    pub class: PathClass,
    /// Whether it was written or deleted, not only read.
    pub changed: bool,
    /// First event that changed it, else the first that read it, from 0.
    pub event: u32,
    /// Time of the last touch.
    pub last_at: Option<Timestamp>,
    /// How often it was touched.
    pub times: u32,
}

/// Content that came from outside into a session.
#[derive(Clone, Debug, PartialEq)]
pub struct Intake {
    /// Where it came from: a destination, or the tool that brought it.
    pub source: Entity,
    /// What sort of place that is.
    pub grade: Grade,
    /// First event that brought it, from 0.
    pub event: u32,
    /// Time of the last one.
    pub last_at: Option<Timestamp>,
    /// How often.
    pub times: u32,
}

/// How far content from outside may be meant for the agent. The order is of weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// From outside.
    Plain,
    /// From a place that anybody can write to.
    Open,
    /// With text addressed to an agent, or with hidden characters.
    Marked,
}

/// A change that goes on acting after the session.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What sort of change.
    pub lasting: Lasting,
    /// What was changed: a file, a destination, a program or a tool.
    pub object: Entity,
    /// The tool whose call it was, where the call alone says so.
    pub tool: Option<Text>,
    /// First event that made it, from 0.
    pub event: u32,
    /// Time of the last one.
    pub last_at: Option<Timestamp>,
    /// How often.
    pub times: u32,
}

impl Change {
    /// Whether it outlives the session in a way that matters: from 0.8 on.
    pub fn is_grave(&self) -> bool {
        self.lasting.strength() >= 0.8
    }
}

/// What a destructive act of a session hit.
#[derive(Clone, Debug, PartialEq)]
pub struct Destroyed {
    /// What was hit: a file, a repository, a destination or the tool that did it.
    pub target: Entity,
    /// Strength of the gravest act that hit it, 0 to 1.
    pub strength: f64,
}

/// A tool a session used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolUse {
    /// Its name.
    pub name: Text,
    /// First event that called it, from 0.
    pub event: u32,
}

/// A destination a session reached.
#[derive(Clone, Debug, PartialEq)]
pub struct Reach {
    /// Where to, as recorded.
    pub destination: Text,
    /// How much is known of it.
    pub standing: Standing,
    /// Whether every request only fetched.
    pub fetch_only: bool,
    /// First event that went there, from 0.
    pub event: u32,
    /// Time of the last one.
    pub last_at: Option<Timestamp>,
}

/// What is at stake in a session, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Stake {
    /// Highest level touched.
    pub level: Consequence,
    /// The reasons, strongest first.
    pub reasons: Vec<Sentence>,
}

/// A session without its events.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Facts {
    /// Identity.
    pub id: Text,
    /// 0, or counting up for further sessions with the same id and different content.
    pub ordinal: u32,
    /// Digest of what the record says was done and by whom ([`crate::model::Session::deed`]).
    pub deed: u64,
    /// Whether another record with this id says something else.
    pub conflicting: bool,
    /// Whether a time lies after the snapshot was taken.
    pub clock_skew: bool,
    /// Whether it still runs.
    pub status: Status,
    /// First sign.
    pub started_at: Option<Timestamp>,
    /// Latest sign of any sort.
    pub last_sign: Option<Timestamp>,
    /// Seconds from start to end.
    pub duration_seconds: Option<i64>,
    /// Who, unless unknown or not recorded.
    pub user: Option<Text>,
    /// Whether the collector said that it does not know who.
    pub user_said_unknown: bool,
    /// Whether a sign-on was seen.
    pub authenticated: Option<bool>,
    /// Machine.
    pub host: Option<Text>,
    /// Its address, where one is known.
    pub address: Option<IpAddr>,
    /// Whether the machine is known by an address only.
    pub bare_address: bool,
    /// Identity of the credential.
    pub key: Option<Text>,
    /// How the credential is shown.
    pub key_shown: Option<Text>,
    /// Agent program.
    pub agent: Option<Text>,
    /// Its version.
    pub agent_version: Option<Text>,
    /// Models, in the order recorded.
    pub models: Vec<Text>,
    /// Repositories, the session's own first.
    pub repos: Vec<Text>,
    /// Sensitive files.
    pub touches: Vec<Touch>,
    /// Destinations, known-benign ones left out.
    pub reaches: Vec<Reach>,
    /// Tools, sorted by name.
    pub tools: Vec<ToolUse>,
    /// Steps from act to act.
    pub steps: Vec<Step>,
    /// Content from outside.
    pub intakes: Vec<Intake>,
    /// Changes that outlive the session, one for each sort and thing, the gravest first.
    pub changes: Vec<Change>,
    /// Files that would go on acting, were deleted, and were not written again; with the time.
    pub removed: Vec<(Entity, Option<Timestamp>)>,
    /// What destructive acts hit, each once, the gravest act first.
    pub destroyed: Box<[Destroyed]>,
    /// Whether there were more changes, or more that was destroyed, than are kept.
    pub has_more: bool,
    /// The longest silence in the middle of work that nothing explains.
    pub gap: Option<Gap>,
    /// How far the record's times go back at most, in seconds; 0 when they are in order.
    pub clock_back: i64,
    /// The event that removed logs or history, from 0.
    pub erased: Option<u32>,
    /// Total cost.
    pub cost: Option<Money>,
    /// Number of events.
    pub events: u32,
    /// What is at stake.
    pub stake: Stake,
    /// Findings of the signals that need the events.
    pub findings: Vec<(SignalId, Finding)>,
    /// The strongest sensitive read followed by a request.
    pub window: Option<Box<ReplayWindow>>,
    /// Whether a destructive act was aimed at production.
    pub destroyed_production: bool,
    /// Whether a secret in a provider's live format was seen.
    pub live_secret: bool,
}

impl Facts {
    /// The destinations that are neither benign nor sanctioned.
    pub fn open_reaches(&self) -> impl Iterator<Item = &Reach> {
        self.reaches.iter().filter(|r| r.standing == Standing::Open)
    }

    /// Who acts, as far as it is known: the user, else the key, else the machine.
    pub fn actor(&self) -> Option<&Text> {
        self.user
            .as_ref()
            .or(self.key.as_ref())
            .or(self.host.as_ref())
    }

    /// When it began, or the best there is: not after the snapshot was taken, and not
    /// so long ago that nobody would remember.
    pub fn began(&self, snapshot: &Snapshot) -> Timestamp {
        let earliest = SignedDuration::from_hours(24 * LOOK_BACK_DAYS);
        self.started_at
            .or(self.last_sign)
            .unwrap_or(snapshot.window.start)
            .max(snapshot.window.start - earliest)
            .min(snapshot.taken_at)
    }

    /// Its record, for the history.
    pub const fn record(&self) -> Record<'_> {
        Record {
            session: &self.id,
            deed: self.deed,
        }
    }

    /// Agent and version as recorded.
    pub fn agent_shown(&self) -> Option<String> {
        let name = self.agent.as_ref()?.untrusted();
        Some(match &self.agent_version {
            Some(version) => format!("{name} {}", version.untrusted()),
            None => name.to_owned(),
        })
    }

    /// Every entity of the session, in the order of kinds; sensitive files only.
    pub fn entities(&self) -> Vec<Entity> {
        let one = |kind, name: &Option<Text>| name.as_ref().map(|n| Entity::new(kind, n));
        let many = |kind, names: &[Text]| {
            names
                .iter()
                .map(|n| Entity::new(kind, n))
                .collect::<Vec<_>>()
        };
        let mut all: Vec<Entity> = [
            one(EntityKind::User, &self.user),
            one(EntityKind::Host, &self.host),
            one(EntityKind::Key, &self.key),
            one(EntityKind::Agent, &self.agent),
        ]
        .into_iter()
        .flatten()
        .collect();
        all.extend(many(EntityKind::Model, &self.models));
        all.extend(many(EntityKind::Repo, &self.repos));
        all.extend(self.touches.iter().map(|t| t.file.clone()));
        all.extend(
            self.reaches
                .iter()
                .map(|r| Entity::new(EntityKind::Destination, &r.destination)),
        );
        all.extend(
            self.tools
                .iter()
                .map(|t| Entity::new(EntityKind::Tool, &t.name)),
        );
        all
    }

    /// Lets sessions of one snapshot share equal texts, so that a hundred
    /// thousand facts hold each name once, and gives back the room that lists were
    /// made in.
    pub fn share(&mut self, names: &mut HashSet<Text>) {
        let mut share = |text: &mut Text| match names.get(text.untrusted()) {
            Some(known) => *text = known.clone(),
            None => {
                names.insert(text.clone());
            }
        };
        [
            &mut self.user,
            &mut self.host,
            &mut self.key,
            &mut self.key_shown,
            &mut self.agent,
            &mut self.agent_version,
        ]
        .into_iter()
        .flatten()
        .for_each(&mut share);
        self.models
            .iter_mut()
            .chain(&mut self.repos)
            .for_each(&mut share);
        self.tools.iter_mut().for_each(|t| share(&mut t.name));
        for step in &mut self.steps {
            step.from.iter_mut().for_each(&mut share);
            share(&mut step.to);
        }
        self.intakes
            .iter_mut()
            .for_each(|i| share(&mut i.source.name));
        for change in &mut self.changes {
            share(&mut change.object.name);
            change.tool.iter_mut().for_each(&mut share);
        }
        self.touches
            .iter_mut()
            .for_each(|t| share(&mut t.file.name));
        self.reaches
            .iter_mut()
            .for_each(|r| share(&mut r.destination));
        self.models.shrink_to_fit();
        self.repos.shrink_to_fit();
        self.tools.shrink_to_fit();
        self.touches.shrink_to_fit();
        self.reaches.shrink_to_fit();
        self.findings.shrink_to_fit();
        self.stake.reasons.shrink_to_fit();
    }
}
