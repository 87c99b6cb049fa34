//! What changed since the edition before, story by story and number by number.

use super::frame::{Frame, Section};
use super::{Link, counted};
use crate::model::{Entity, Sentence, Slot};
use crate::relate::{Changes, Edition, Ended, NarrativeKind, Numbers, Parts, Subject};
use crate::render::address::Linker;
use crate::render::edition_site::SiteText;
use crate::render::html::Markup;
use anyhow::Result;
use serde::Serialize;

/// Things seen for the first time that are named.
const FIRSTS: usize = 60;

#[derive(Serialize)]
struct View {
    frame: Frame,
    before: Option<Link>,
    cautions: Vec<String>,
    leads: Vec<LeadView>,
    closed: Vec<EndedView>,
    joined: Vec<Markup>,
    without_lead: Vec<Markup>,
    numbers: Vec<NumberView>,
    firsts: Vec<Markup>,
    more_firsts: usize,
}

#[derive(Serialize)]
struct LeadView {
    turn: &'static str,
    session: Link,
    before: String,
    now: u32,
    facts: String,
    rules: String,
    ageing: String,
}

#[derive(Serialize)]
struct EndedView {
    what: Markup,
    because: Markup,
}

#[derive(Serialize)]
struct NumberView {
    name: &'static str,
    before: String,
    now: String,
}

/// `+12 (facts +15, rules 0, ageing −3)`
pub fn parts_words(parts: Parts) -> String {
    use super::item::signed;
    format!(
        "{} (facts {}, rules {}, ageing {})",
        signed(parts.facts + parts.rules + parts.ageing),
        signed(parts.facts),
        signed(parts.rules),
        signed(parts.ageing)
    )
}

/// Why a comparison is to be taken with care.
pub fn cautions(edition: &Edition<'_>) -> Vec<String> {
    comparison_cautions(&edition.changes, &edition.incomplete)
}

/// The same for a comparison of two editions, of which the later one is not whole for these reasons.
pub fn comparison_cautions(changes: &Changes, incomplete_now: &[String]) -> Vec<String> {
    let mut all = Vec::new();
    if changes.other_rules {
        all.push("Other rules were in force before: numbers differ for that alone.".to_owned());
    }
    if let Some(passed) = changes.passed_over {
        all.push(format!(
            "Edition {passed} is not whole and was passed over."
        ));
    }
    if !changes.incomplete.is_empty() {
        let why = changes.incomplete.join("; ");
        all.push(format!("The edition compared with is not whole: {why}."));
    }
    if !incomplete_now.is_empty() {
        let why = incomplete_now.join("; ");
        all.push(format!("This edition is not whole: {why}."));
    }
    all
}

/// Every number with its name, before and now.
pub fn numbers(before: &Numbers, now: &Numbers) -> [(&'static str, String, String); 8] {
    let pair = |name, f: &dyn Fn(&Numbers) -> String| (name, f(before), f(now));
    [
        pair("sessions", &|n| n.sessions.to_string()),
        pair("active", &|n| n.active.to_string()),
        pair("leads", &|n| n.leads.to_string()),
        pair("worth watching", &|n| n.watching.to_string()),
        pair("decided on", &|n| n.decided.to_string()),
        pair("sensitive files touched", &|n| n.touched.to_string()),
        pair("known users", &|n| n.users.to_string()),
        pair("cost", &|n| n.cost.to_string()),
    ]
}

/// The page of changes.
pub fn page(linker: &Linker<'_>, text: &SiteText<'_>) -> Result<Vec<u8>> {
    let edition = linker.of();
    let changes = &edition.changes;
    let leads = changes.leads.iter().filter_map(|c| {
        let part = |f: fn(Parts) -> i32| {
            c.parts
                .map_or_else(String::new, |p| super::item::signed(f(p)))
        };
        Some(LeadView {
            turn: c.turn.word(),
            session: linker.lead(&c.session)?,
            before: c
                .before
                .map_or_else(|| "\u{2013}".to_owned(), |n| n.to_string()),
            now: c.now,
            facts: part(|p| p.facts),
            rules: part(|p| p.rules),
            ageing: part(|p| p.ageing),
        })
    });
    let open = changes.without_lead.iter().map(|(id, kind, subject)| {
        let sentence = narrative(id, *kind, subject);
        Markup::sentence(&sentence, linker)
    });
    let rows = edition
        .before
        .as_ref()
        .map(|b| numbers(b, &edition.account.numbers));
    let view = View {
        frame: Frame::new(linker, text, "Changes", Section::Other),
        before: changes.against.map(|id| Link {
            href: linker.edition(id),
            text: Markup::words(&id.to_string()),
        }),
        cautions: cautions(edition),
        leads: leads.collect(),
        closed: changes
            .closed
            .iter()
            .map(|e| ended(linker, changes, e))
            .collect(),
        joined: changes
            .joined
            .iter()
            .map(|j| {
                let mut markup = Markup::sentence(&narrative(&j.id, j.kind, &j.subject), linker);
                markup.push_words(&format!(" is part of {} now.", j.into));
                markup
            })
            .collect(),
        without_lead: open.collect(),
        numbers: rows
            .into_iter()
            .flatten()
            .map(|(name, before, now)| NumberView { name, before, now })
            .collect(),
        firsts: changes
            .firsts
            .iter()
            .take(FIRSTS)
            .map(|e| first(linker, e))
            .collect(),
        more_firsts: changes.firsts.len().saturating_sub(FIRSTS),
    };
    text.theme.render("changes.html", &view)
}

/// `N-ABCDEFGH: unknown-key for sk-...C001`
fn narrative(id: &str, kind: NarrativeKind, subject: &Subject) -> Sentence {
    Sentence::new(
        "{id}: {kind} for {subject}",
        vec![Slot::words(id), Slot::words(kind.name()), subject.slot()],
    )
}

fn ended(linker: &Linker<'_>, changes: &Changes, ended: &Ended) -> EndedView {
    let mut what = Markup::default();
    if let Some((id, kind, subject)) = &ended.narrative {
        let sentence = narrative(id, *kind, subject);
        what.push_sentence(&sentence, linker);
    }
    if let (Some(session), Some(before)) = (&ended.session, changes.against) {
        if ended.narrative.is_some() {
            what.push_words(", led by ");
        }
        what.push_link(&linker.queue_in(before), session.untrusted());
    }
    EndedView {
        what,
        because: Markup::sentence(&ended.because, linker),
    }
}

fn first(linker: &Linker<'_>, entity: &Entity) -> Markup {
    let sentence = Sentence::new(
        "{kind} {name}",
        vec![
            Slot::words(entity.kind.word()),
            Slot::Entity(entity.clone()),
        ],
    );
    Markup::sentence(&sentence, linker)
}

/// `2 new, 1 grew, ...` of a comparison, for a terminal.
pub fn summary(changes: &Changes) -> String {
    use crate::relate::Turn;
    let mut parts: Vec<String> = [
        Turn::New,
        Turn::Grew,
        Turn::Eased,
        Turn::Reopened,
        Turn::Unchanged,
    ]
    .map(|turn| format!("{} {}", changes.count(turn), turn.word()))
    .into();
    parts.insert(3, format!("{} closed", changes.closed.len()));
    format!(
        "{}: {}",
        counted(changes.leads.len(), "lead", "leads"),
        parts.join(", ")
    )
}
