//! One edition: a snapshot judged and related, ready to be rendered.

use super::account::{self, Account, Chronicle, Numbers};
use super::changes::{Changes, compare};
use super::links::{Links, Touched};
use super::narrative::{self, Narrative, NarrativeKind, Question, Thread};
use super::queue::{self, Item, WindowItem};
use crate::assess::trust::TrustLevel;
use crate::assess::{Assessment, Band, Context, Declared, Facts, LEAD, Verdict, assess};
use crate::history::{Baseline, Fingerprint};
use crate::model::{About, Disposition, EditionId, Entity, EntityKind, Money, Status, Text};
use crate::reading::Reading;
use jiff::SignedDuration;
use rayon::prelude::*;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// A session of longer ago is not remembered by its id.
const LATELY: SignedDuration = SignedDuration::from_hours(24 * 7);

/// What a session is in its edition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// One of the sessions that matter now.
    Lead,
    /// Its facts are covered by this lead.
    Folded {
        /// The lead it is shown under.
        under: usize,
    },
    /// It would lead, but somebody decided on it.
    Decided,
    /// Neither.
    Background,
}

/// A snapshot judged and related.
pub struct Edition<'a> {
    /// What was read.
    pub reading: &'a Reading,
    /// What it was judged among.
    pub context: Context<'a>,
    /// One judgement a session.
    pub verdicts: Vec<Verdict>,
    /// One role a session.
    pub roles: Vec<Role>,
    /// The sessions by significance: the order of the ledger.
    pub order: Vec<usize>,
    /// Open questions, and closed ones of which something is still seen.
    pub narratives: Vec<Narrative>,
    /// Closed narratives of which nothing is seen any more.
    pub past: Vec<Thread>,
    /// The leads in the order of the queue.
    pub leads: Vec<usize>,
    /// Leads and windows in the order of the queue.
    pub queue: Vec<Item>,
    /// Sessions worth watching that are no leads, in order.
    pub watching: Vec<usize>,
    /// Sessions that would lead but for a decision, in order.
    pub decided: Vec<usize>,
    /// Sessions of which a signal does not count because of a decision.
    pub suppressed: usize,
    /// Why the edition is not whole; empty when it is.
    pub incomplete: Vec<String>,
    /// How leads are linked to other sessions.
    pub links: Links,
    /// Sensitive files touched.
    pub touched: Touched,
    /// What the edition says, for later ones.
    pub account: Account,
    /// What changed since the edition before.
    pub changes: Changes,
    /// The numbers of the edition it is compared with.
    pub before: Option<Numbers>,
    /// What the editions before said, but for its narratives.
    earlier: Chronicle,
    held: BTreeSet<usize>,
    /// What may be usual about each session.
    habits: Vec<Box<[Fingerprint]>>,
    /// The place of each session's first narrative, if it has one.
    told_in: Vec<Option<u32>>,
    /// The places of the narratives that ask about an entity.
    told_about: HashMap<Entity, Vec<u32>>,
    /// The leads by id; of two records with one id the first.
    lead_of: HashMap<Text, usize>,
    /// The sessions folded under each lead, in the order of the ledger.
    folded: BTreeMap<usize, Vec<usize>>,
    totals: Totals,
}

/// Counts and sums that many pages show.
struct Totals {
    open: usize,
    active: usize,
    users: usize,
    cost: Money,
}

impl Totals {
    fn of(facts: &[Facts], narratives: &[Narrative]) -> Self {
        let users: HashSet<&Text> = facts.iter().filter_map(|f| f.user.as_ref()).collect();
        let active = facts.iter().filter(|f| f.status == Status::Active);
        Self {
            open: narratives.iter().filter(|n| n.is_open()).count(),
            active: active.count(),
            users: users.len(),
            cost: facts.iter().filter_map(|f| f.cost).sum(),
        }
    }
}

impl<'a> Edition<'a> {
    /// Judges and relates a snapshot. `earlier` is what the editions before said; it
    /// goes on in what [`Edition::into_next`] hands to the next.
    pub fn new(
        reading: &'a Reading,
        declared: Declared<'a>,
        baseline: &'a Baseline,
        mut earlier: Chronicle,
    ) -> Self {
        let facts = &reading.facts;
        let context = Context::new(&reading.snapshot, declared, baseline, facts);
        let (mut verdicts, habits): (Vec<Verdict>, Vec<Box<[Fingerprint]>>) = facts
            .par_iter()
            .map(|f| {
                let assessment = assess(f, &context, false);
                (Verdict::of(&assessment), habits(&assessment))
            })
            .unzip();
        let narrative::Told { narratives, past } =
            narrative::tell(facts, &verdicts, &context, earlier.take_threads());
        let held: BTreeSet<usize> = narratives
            .iter()
            .filter(|n| n.is_open())
            .flat_map(|n| &n.anchors)
            .map(|a| a.session)
            .collect();
        for anchor in &held {
            verdicts[*anchor] = Verdict::of(&assess(&facts[*anchor], &context, true));
        }
        let order = order(facts, &verdicts);
        let decided: BTreeSet<usize> = (0..facts.len())
            .filter(|i| verdicts[*i].qualifies() && context.decision_on(&facts[*i]).is_some())
            .collect();
        let mut roles = roles(&order, &verdicts, &narratives, &decided);
        decide(&mut roles, facts, &verdicts, &narratives, &context);
        let with = |role: Role| -> Vec<usize> {
            let of_role = |i: &usize| roles[*i] == role;
            order.iter().copied().filter(of_role).collect()
        };
        let (leads, decided) = (with(Role::Lead), with(Role::Decided));
        let watching = order
            .iter()
            .copied()
            .filter(|i| roles[*i] == Role::Background && verdicts[*i].band() == Band::KeepWatching)
            .collect();
        let mut told_in = vec![None; facts.len()];
        for (place, narrative) in narratives.iter().enumerate() {
            for member in &narrative.members {
                told_in[*member].get_or_insert(place as u32);
            }
        }
        let mut told_about: HashMap<Entity, Vec<u32>> = HashMap::new();
        for (place, narrative) in narratives.iter().enumerate() {
            for entity in narrative.thread.subjects() {
                told_about.entry(entity).or_default().push(place as u32);
            }
        }
        let by_id = leads.iter().rev().map(|l| (facts[*l].id.clone(), *l));
        let lead_of = by_id.collect();
        let mut folded: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for session in &order {
            if let Role::Folded { under } = roles[*session] {
                folded.entry(under).or_default().push(*session);
            }
        }
        let mut edition = Self {
            links: Links::of(&leads, facts, &context),
            touched: Touched::of(facts),
            queue: Vec::new(),
            account: Account::empty(reading.snapshot.edition()),
            changes: Changes::default(),
            before: earlier.reference().map(|a| a.numbers),
            incomplete: account::incomplete(reading, earlier.reference()),
            suppressed: verdicts.iter().filter(|v| v.suppressed).count(),
            past,
            decided,
            reading,
            context,
            verdicts,
            roles,
            order,
            totals: Totals::of(facts, &narratives),
            narratives,
            leads,
            watching,
            told_in,
            told_about,
            lead_of,
            folded,
            habits,
            held,
            earlier,
        };
        edition.queue = queue::queue(&edition);
        edition.account = Account::of(&edition);
        edition.changes = edition.since();
        edition
    }

    fn since(&self) -> Changes {
        let earlier = &self.earlier;
        let Some(before) = earlier.reference() else {
            return Changes::default();
        };
        let last = earlier.last.as_ref().map(|l| l.edition);
        Changes {
            passed_over: last.filter(|l| *l != before.edition),
            ..compare(
                before,
                &self.account,
                &earlier.ever,
                self.context.declared(),
            )
        }
    }

    /// The edition's id.
    pub fn id(&self) -> EditionId {
        self.reading.snapshot.edition()
    }

    /// The facts of a session.
    pub fn facts(&self, session: usize) -> &Facts {
        &self.reading.facts[session]
    }

    /// The full judgement of a session, made anew.
    pub fn assessment(&self, session: usize) -> Assessment {
        assess(self.facts(session), &self.context, self.is_held(session))
    }

    /// Whether a session anchors an open narrative, so that its recency is held.
    pub fn is_held(&self, session: usize) -> bool {
        self.held.contains(&session)
    }

    /// The narrative a session belongs to.
    pub fn narrative_of(&self, session: usize) -> Option<&Narrative> {
        self.narratives.get(self.told_in[session]? as usize)
    }

    /// Narratives that still ask something.
    pub fn open_narratives(&self) -> impl Iterator<Item = &Narrative> {
        self.narratives.iter().filter(|n| n.is_open())
    }

    /// How many open narratives would close if this entity were handled: those that
    /// ask nothing else.
    pub fn closes(&self, entity: &Entity) -> usize {
        let about = |q: &Question| q.subject.entity() == Some(entity);
        self.narratives_about(entity)
            .filter(|n| n.is_open() && n.asks.iter().all(about))
            .count()
    }

    /// The lead of this id.
    pub fn lead_called(&self, session: &Text) -> Option<usize> {
        self.lead_of.get(session).copied()
    }

    /// Narratives that ask, or asked, about an entity.
    pub fn narratives_about(&self, entity: &Entity) -> impl Iterator<Item = &Narrative> {
        let places = self.told_about.get(entity).into_iter().flatten();
        places.map(|place| &self.narratives[*place as usize])
    }

    /// The sessions folded under a lead, in order.
    pub fn folded_under(&self, lead: usize) -> &[usize] {
        self.folded.get(&lead).map_or(&[], Vec::as_slice)
    }

    /// Windows among the queue's items.
    pub fn windows(&self) -> impl Iterator<Item = &WindowItem> {
        self.queue.iter().filter_map(|item| match item {
            Item::Window(window) => Some(window),
            Item::Session(_) => None,
        })
    }

    /// Sessions in this state.
    pub fn count(&self, status: Status) -> usize {
        match status {
            Status::Active => self.totals.active,
            Status::Ended => self.reading.facts.len() - self.totals.active,
        }
    }

    /// How many narratives still ask something.
    pub fn open(&self) -> usize {
        self.totals.open
    }

    /// Sum of what is recorded.
    pub fn total_cost(&self) -> Money {
        self.totals.cost
    }

    /// Distinct users; unknown and not recorded ones do not count.
    pub fn unique_users(&self) -> usize {
        self.totals.users
    }

    /// Sessions that are no leads.
    pub fn background(&self) -> usize {
        self.reading.facts.len() - self.leads.len()
    }

    /// Whether somebody decided on a session, or on what its narrative asks.
    pub fn is_settled(&self, session: usize) -> bool {
        let by_decision = |n: &Narrative| n.thread.is_decided();
        self.roles[session] == Role::Decided || self.narrative_of(session).is_some_and(by_decision)
    }

    /// What goes on to the next edition: the chronicle, and for each session what later
    /// editions may learn to be usual. They learn from those whose actor is known well
    /// enough and that no narrative is about, and nothing from others.
    pub fn into_next(self) -> (Chronicle, Vec<Option<Box<[Fingerprint]>>>) {
        let learns = |session: usize| {
            self.verdicts[session].trust <= TrustLevel::Medium && self.told_in[session].is_none()
        };
        let lessons = self.habits.into_iter().enumerate();
        let lessons = lessons
            .map(|(session, lesson)| learns(session).then_some(lesson))
            .collect();
        let threads = self.narratives.into_iter().map(|n| n.thread);
        let threads = threads.chain(self.past).collect();
        (self.earlier.and(self.account, threads), lessons)
    }

    /// Fingerprints of the stories of every edition before this one.
    pub fn stories_before(&self) -> &BTreeSet<Fingerprint> {
        &self.earlier.ever
    }

    /// Whether a decision is about anything that this or an earlier edition had, as far as
    /// that is remembered.
    pub fn knows(&self, decision: &Disposition) -> bool {
        let baseline = self.context.baseline;
        match &decision.about {
            About::Session(id) => {
                let id = Text::new(id);
                let lately = decision.decided.is_none_or(|d| {
                    let now = self.context.now();
                    now.duration_since(d.from) < LATELY
                });
                !lately || baseline.knows(&id) || self.reading.facts.iter().any(|f| f.id == id)
            }
            About::Narrative(id) => {
                let told = self.narratives.iter().map(|n| &n.thread);
                let is_it = |t: &Thread| t.id == *id || t.merged.contains(id);
                told.chain(&self.past).any(is_it)
            }
            // What a file is called besides its path is not remembered.
            About::Entity(EntityKind::File, _) => true,
            About::Entity(kind, name) => {
                let entity = Entity::new(*kind, &Text::new(name));
                let all = self.context.entities();
                baseline.first_seen(&entity).is_some()
                    || all.into_iter().any(|e| decision.about.is_entity(e))
            }
        }
    }

    /// The session the map shows: the first active lead, else the first lead, else the first session.
    pub fn representative(&self) -> Option<usize> {
        let active = self
            .leads
            .iter()
            .find(|l| self.facts(**l).status == Status::Active);
        active
            .or(self.leads.first())
            .or(self.order.first())
            .copied()
    }
}

fn habits(assessment: &Assessment) -> Box<[Fingerprint]> {
    assessment
        .hits
        .iter()
        .filter_map(|(_, h)| h.habit)
        .collect()
}

/// Must-see first, then priority, active before ended, newest evidence, id.
fn order(facts: &[Facts], verdicts: &[Verdict]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..facts.len()).collect();
    order.sort_by(|a, b| {
        let (fa, fb, va, vb) = (&facts[*a], &facts[*b], &verdicts[*a], &verdicts[*b]);
        (vb.must_see.is_some().cmp(&va.must_see.is_some()))
            .then(vb.priority.total_cmp(&va.priority))
            .then(fa.status.cmp(&fb.status))
            .then(Reverse(fa.last_sign).cmp(&Reverse(fb.last_sign)))
            .then_with(|| (&fa.id, fa.ordinal).cmp(&(&fb.id, fb.ordinal)))
    });
    order
}

/// Moves leads out that raise what a decision closed, belong to no open narrative, and
/// would not lead for anything else: a decision speaks about what it answers, and no
/// decision about something else takes a must-see rule away.
fn decide(
    roles: &mut [Role],
    facts: &[Facts],
    verdicts: &[Verdict],
    narratives: &[Narrative],
    context: &Context<'_>,
) {
    let mut told: BTreeMap<usize, (bool, BTreeSet<NarrativeKind>)> = BTreeMap::new();
    for narrative in narratives {
        let decided = narrative.thread.is_decided();
        for member in &narrative.members {
            let (open, settled) = told.entry(*member).or_default();
            *open |= narrative.is_open();
            // Who only touches what was decided on is not what was decided on.
            if let Some(asks) = narrative.raisers.get(member).filter(|_| decided) {
                settled.extend(asks);
            }
        }
    }
    for (session, (open, settled)) in told {
        let is_lead = roles[session] == Role::Lead && verdicts[session].must_see.is_none();
        if !is_lead || open || settled.is_empty() {
            continue;
        }
        let spoken_of = settled.iter().map(|kind| kind.speaks_of());
        let (mut signals, mut doubts) = (BTreeSet::new(), BTreeSet::new());
        for (of_signals, of_doubts) in spoken_of {
            signals.extend(of_signals);
            doubts.extend(of_doubts);
        }
        let assessment = assess(&facts[session], context, false);
        if assessment.beyond(&signals, &doubts, &facts[session], context) < LEAD {
            roles[session] = Role::Decided;
        }
    }
}

/// Leads stand alone or lead their narrative; a session whose facts the leads of
/// its narrative evidence too is folded under the first of them.
fn roles(
    order: &[usize],
    verdicts: &[Verdict],
    narratives: &[Narrative],
    decided: &BTreeSet<usize>,
) -> Vec<Role> {
    let mut roles = vec![Role::Background; verdicts.len()];
    // What somebody decided on neither leads nor covers another.
    for i in order.iter().filter(|i| verdicts[**i].qualifies()) {
        roles[*i] = if decided.contains(i) {
            Role::Decided
        } else {
            Role::Lead
        };
    }
    let mut rank = vec![0; verdicts.len()];
    for (place, session) in order.iter().enumerate() {
        rank[*session] = place;
    }
    for narrative in narratives.iter().filter(|n| n.is_open()) {
        let mut members = narrative.members.clone();
        members.sort_unstable_by_key(|m| rank[*m]);
        let qualifies = |i: &usize| verdicts[*i].qualifies() && !decided.contains(i);
        let anchor = narrative.anchor().map(|a| a.session).filter(qualifies);
        let Some(first) = anchor.or_else(|| members.iter().copied().find(qualifies)) else {
            continue;
        };
        let mut leads = vec![first];
        for member in members
            .into_iter()
            .filter(|m| *m != first && !decided.contains(m))
        {
            // A must-see rule is about the session itself: it is never folded away.
            if verdicts[member].must_see.is_none() && narrative.covered(member, &leads) {
                roles[member] = Role::Folded { under: first };
            } else if verdicts[member].qualifies() {
                leads.push(member);
            }
        }
    }
    roles
}
