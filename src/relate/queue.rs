//! The priority queue: leads and replay windows, in the order to look at them.

use super::edition::Edition;
use super::links::list_words;
use super::narrative::{Narrative, NarrativeKind};
use crate::assess::inputs;
use crate::assess::score::{Circumstances, score};
use crate::assess::signals::{Definition, SignalId, definition};
use crate::assess::trust::Doubt;
use crate::assess::window::ReplayWindow;
use crate::assess::{Assessment, Band, MustSee};
use crate::model::{EntityKind, Status};

/// One item of the queue.
#[derive(Clone, Debug)]
pub enum Item {
    /// A lead.
    Session(usize),
    /// A slice of one session's timeline; never counted as a session.
    Window(WindowItem),
}

/// A replay window worth an item of its own.
#[derive(Clone, Debug)]
pub struct WindowItem {
    /// The session it is a slice of.
    pub session: usize,
    /// The slice.
    pub window: ReplayWindow,
    /// What the window alone would score, in this session's circumstances.
    pub priority: u32,
}

/// Leads and the windows of any session, ordered. A window stands behind sessions of the same number.
pub(super) fn queue(edition: &Edition<'_>) -> Vec<Item> {
    let mut items: Vec<(bool, u32, usize, Item)> = Vec::new();
    for (place, lead) in edition.leads.iter().enumerate() {
        let verdict = &edition.verdicts[*lead];
        items.push((
            verdict.must_see.is_some(),
            verdict.shown,
            place,
            Item::Session(*lead),
        ));
    }
    for (place, session) in edition.order.iter().enumerate() {
        let facts = edition.facts(*session);
        let Some(window) = facts
            .window
            .as_deref()
            .filter(|_| !edition.is_settled(*session))
        else {
            continue;
        };
        let priority = alone(edition, *session);
        if Band::of(priority) < Band::Background {
            let item = WindowItem {
                session: *session,
                window: window.clone(),
                priority,
            };
            items.push((
                false,
                priority,
                edition.leads.len() + place,
                Item::Window(item),
            ));
        }
    }
    items.sort_by_key(|(must_see, priority, place, _)| {
        (!must_see, std::cmp::Reverse(*priority), *place)
    });
    items.into_iter().map(|(.., item)| item).collect()
}

/// What a session would score with nothing but its window: the read and the request.
fn alone(edition: &Edition<'_>, session: usize) -> u32 {
    let assessment = edition.assessment(session);
    let of_window = [SignalId::S5, SignalId::S7, SignalId::S8];
    let hits: Vec<_> = assessment
        .hits
        .into_iter()
        .filter(|(id, _)| of_window.contains(id))
        .collect();
    let circumstances = Circumstances {
        consequence: edition.facts(session).stake.level,
        trust: assessment.trust.level(),
        held: edition.is_held(session),
    };
    score(
        &inputs(edition.facts(session), &hits, &edition.context),
        circumstances,
    )
    .shown
}

/// The words of a queue item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// What it is.
    pub title: String,
    /// Why it matters.
    pub why: String,
    /// What to do next.
    pub next_step: String,
}

/// `Active` or `Ended`
fn state(status: Status) -> &'static str {
    match status {
        Status::Active => "Active",
        Status::Ended => "Ended",
    }
}

/// The words of a lead.
pub fn session_words(edition: &Edition<'_>, session: usize, assessment: &Assessment) -> Words {
    let status = edition.facts(session).status;
    let narrative = edition.narrative_of(session);
    let anchored =
        narrative.filter(|n| n.is_open() && n.anchor().is_some_and(|a| a.session == session));
    let leading = leading_act(assessment);
    let rule = assessment.must_see;
    let asked = narrative.filter(|n| n.is_open());
    let next_step = match (asked, rule, leading) {
        (Some(n), ..) => n.kind().next_step(),
        (None, Some(rule), _) => rule.next_step(),
        (None, None, Some(d)) => d.next_step,
        (None, None, None) => "Read the raw timeline.",
    };
    let (title, why) = match anchored {
        Some(n) if n.kind().tells_its_anchor() => (anchor_title(status, n), anchor_why(n)),
        _ if rule.is_some() => {
            let clause = clause(assessment).0;
            (
                format!("{} session that {clause}.", state(status)),
                rule.map_or("", MustSee::why).to_owned(),
            )
        }
        _ if assessment.trust.doubts(Doubt::HostUnowned)
            || assessment.trust.doubts(Doubt::UserUnknown) =>
        {
            (
                format!("{} work from a weakly attributed endpoint.", state(status)),
                trust_why(assessment),
            )
        }
        _ => {
            let clause = clause(assessment).0;
            let why = leading.map_or("Several weak signals come together.", |d| d.why);
            (
                format!("{} session that {clause}.", state(status)),
                why.to_owned(),
            )
        }
    };
    Words {
        title,
        why,
        next_step: next_step.to_owned(),
    }
}

fn anchor_title(status: Status, narrative: &Narrative) -> String {
    let still = if status == Status::Ended {
        "still anchors"
    } else {
        "anchors"
    };
    format!(
        "{} session that {still} the {} narrative.",
        state(status),
        narrative.kind().name()
    )
}

/// `It links the key, repo, host, and model traffic together.`
fn anchor_why(narrative: &Narrative) -> String {
    // What it is about first, then what is tied to it, in the order of the questions asked.
    let order = [
        (EntityKind::User, "user"),
        (EntityKind::Key, "key"),
        (EntityKind::Repo, "repo"),
        (EntityKind::Host, "host"),
        (EntityKind::Model, "model traffic"),
    ];
    let mut kinds = narrative.ties.clone();
    kinds.extend(narrative.subject().entity().map(|e| e.kind));
    let mut words: Vec<&str> = order
        .iter()
        .filter(|(k, _)| kinds.contains(k))
        .map(|(_, w)| *w)
        .collect();
    if narrative.kind() == NarrativeKind::DataEgress {
        words.push("outbound path");
    }
    format!("It links the {} together.", list_words(&words))
}

/// `Trust is lower because host ownership is still incomplete.`
fn trust_why(assessment: &Assessment) -> String {
    let largest = assessment
        .trust
        .deductions
        .iter()
        .map(|d| d.doubt)
        .max_by_key(|d| (d.points(), std::cmp::Reverse(*d)));
    format!(
        "Trust is lower because {}.",
        largest.map_or("attribution is incomplete", Doubt::because)
    )
}

/// The words of a window.
pub fn window_words() -> Words {
    Words {
        title: "Short replay window where file access leads into outbound calls.".to_owned(),
        why: "Useful for explaining sequence to an operator quickly.".to_owned(),
        next_step: "Replay the marked window in the raw timeline and see what left.".to_owned(),
    }
}

/// The signal that says most about what the session did; who it was comes second.
pub fn leading_act(assessment: &Assessment) -> Option<&'static Definition> {
    let points = |id: &SignalId| {
        assessment
            .hit(*id)
            .map_or(0.0, |h| id.weight() * h.strength)
    };
    let strongest = |identity: bool| {
        let of_sort =
            |id: &&SignalId| (id.family() == crate::assess::signals::Family::Identity) == identity;
        assessment
            .hits
            .iter()
            .map(|(id, _)| id)
            .filter(of_sort)
            .max_by(|a, b| points(a).total_cmp(&points(b)).then(b.cmp(a)))
            .copied()
    };
    // A weak act behind strong doubts about who is not what the session stands for.
    let act = strongest(false).filter(|id| points(id) >= 3.0);
    act.or_else(|| strongest(true)).map(definition)
}

/// What a lead did, as the end of "One active session ...": singular and plural.
pub fn clause(assessment: &Assessment) -> (&'static str, &'static str) {
    if let Some(rule) = assessment.must_see {
        return (rule.clause(), rule.clause());
    }
    let sensitive = assessment.hit(SignalId::S5).is_some();
    let widened = assessment.hit(SignalId::S6).is_some();
    match leading_act(assessment) {
        Some(d) if matches!(d.id, SignalId::S5 | SignalId::S6) && sensitive && widened => (
            "widened scope into sensitive files",
            "widened scope into sensitive files",
        ),
        Some(d) => (d.clause, d.clause_plural),
        None => (
            "combined several weak signals",
            "combined several weak signals",
        ),
    }
}

/// One clause of the bottom line and the leads it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// `One active session widened scope into sensitive files`
    pub words: String,
    /// The leads.
    pub leads: Vec<usize>,
}

/// Clauses shown in the bottom line; further ones are counted.
const CLAUSES: usize = 3;

/// The bottom line: what the leads did, active ones first.
pub fn bottom_line(edition: &Edition<'_>) -> Vec<Clause> {
    let mut groups: Vec<(Status, (String, String), Vec<usize>)> = Vec::new();
    for lead in &edition.leads {
        let status = edition.facts(*lead).status;
        let said = lead_clause(edition, *lead);
        match groups
            .iter_mut()
            .find(|(s, c, _)| *s == status && *c == said)
        {
            Some((_, _, leads)) => leads.push(*lead),
            None => groups.push((status, said, vec![*lead])),
        }
    }
    groups.sort_by_key(|(status, ..)| *status);
    let rest = groups.split_off(groups.len().min(CLAUSES));
    let mut clauses: Vec<Clause> = groups
        .into_iter()
        .enumerate()
        .map(|(i, (status, (one, many), leads))| {
            let n = number_words(leads.len());
            let n = if i == 0 { capitalised(&n) } else { n };
            let words = if leads.len() == 1 {
                format!("{n} {} session {one}", status.word())
            } else {
                format!("{n} {} sessions {many}", status.word())
            };
            Clause { words, leads }
        })
        .collect();
    let more: Vec<usize> = rest.into_iter().flat_map(|(_, _, leads)| leads).collect();
    if !more.is_empty() {
        let n = number_words(more.len());
        let words = if more.len() == 1 {
            format!("{n} more needs a look")
        } else {
            format!("{n} more need a look")
        };
        clauses.push(Clause { words, leads: more });
    }
    clauses
}

fn lead_clause(edition: &Edition<'_>, lead: usize) -> (String, String) {
    let anchored = edition.narrative_of(lead).filter(|n| {
        n.is_open() && n.kind().tells_its_anchor() && n.anchor().is_some_and(|a| a.session == lead)
    });
    if let Some(narrative) = anchored {
        let name = narrative.kind().name();
        return match edition.facts(lead).status {
            Status::Ended => (
                format!("still explains the current {name} narrative"),
                format!("still explain {name} narratives"),
            ),
            Status::Active => (
                format!("carries the current {name} narrative"),
                format!("carry current {name} narratives"),
            ),
        };
    }
    let (one, many) = clause(&edition.assessment(lead));
    (one.to_owned(), many.to_owned())
}

/// `one` to `ten` as words, further numbers as digits.
pub fn number_words(n: usize) -> String {
    const WORDS: [&str; 11] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    ];
    WORDS
        .get(n)
        .map_or_else(|| n.to_string(), |w| (*w).to_owned())
}

fn capitalised(words: &str) -> String {
    let mut words = words.to_owned();
    if let Some(first) = words.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    words
}
