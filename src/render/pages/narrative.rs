//! A narrative, as a queue item and the pages of its subjects show it.

use super::counted;
use crate::model::{Sentence, Slot, Status, date, duration_words};
use crate::relate::{Anchor, Edition, Narrative, NarrativeKind, Subject, list_words};
use crate::render::address::Linker;
use crate::render::html::Markup;
use serde::Serialize;

/// Subjects of one kind of question that are named: a campaign over hundreds of hosts is
/// one line, and each host's own page tells what is asked about it.
const SUBJECTS: usize = 5;
/// Answered questions that are told.
const ANSWERED: usize = 5;

/// A narrative as an item shows it.
#[derive(Debug, Serialize)]
pub struct NarrativeView {
    id: String,
    name: &'static str,
    subject: Markup,
    day: i64,
    since: String,
    state: &'static str,
    closing: Markup,
    hold: Option<&'static str>,
    anchor: Option<Markup>,
    also: Vec<Markup>,
    merged: Option<String>,
}

/// A narrative from the point of view of one of its sessions.
pub fn narrative_view(linker: &Linker<'_>, narrative: &Narrative, session: usize) -> NarrativeView {
    let edition = linker.of();
    let thread = &narrative.thread;
    let now = edition.context.now();
    let told = narrative.answered.iter().take(ANSWERED);
    let answered = told.map(|(q, answer)| {
        let sentence = Sentence::new(
            "Answered: {kind} for {subject}. ",
            vec![Slot::words(q.kind.name()), q.subject.slot()],
        );
        let mut markup = Markup::sentence(&sentence, linker);
        markup.push_sentence(answer, linker);
        markup
    });
    let mut also: Vec<Markup> = also_asked(linker, narrative).chain(answered).collect();
    let untold = narrative.answered.len().saturating_sub(ANSWERED);
    if untold > 0 {
        let more = counted(untold, "more question is", "more questions are");
        also.push(Markup::words(&format!("{more} answered.")));
    }
    let merged: Vec<&str> = thread.merged.iter().map(String::as_str).collect();
    let anchored = !narrative.anchors.is_empty() && narrative.is_open();
    NarrativeView {
        id: narrative.id().to_owned(),
        name: narrative.kind().name(),
        subject: Markup::sentence(
            &Sentence::new("{subject}", vec![narrative.subject().slot()]),
            linker,
        ),
        day: thread.day(now),
        since: date(thread.since),
        state: if thread.reopened == Some(edition.id()) {
            "reopened"
        } else {
            thread.state(now).words()
        },
        closing: match &thread.closure {
            None => Markup::words(narrative.kind().closing_condition()),
            Some(closure) => {
                let mut markup = Markup::words(&format!("since edition {}. ", closure.edition));
                markup.push_sentence(&closure.because, linker);
                markup
            }
        },
        hold: if anchored {
            Some(
                "While it is open, the recency of what it rests on is held at 0.6; when it closes, the hold ends.",
            )
        } else if thread.closure.is_some() {
            Some("The hold on what it rested on has ended.")
        } else {
            None
        },
        anchor: match narrative.anchor() {
            Some(anchor) => Some(anchor_words(linker, narrative, anchor, session)),
            None => narrative.anchored_before.as_ref().map(|(id, edition)| {
                let mut markup = Markup::words("It rests on ");
                markup.push_link(&linker.queue_in(*edition), id.untrusted());
                markup.push_words(&format!(" of edition {edition}."));
                markup
            }),
        },
        also,
        merged: (!merged.is_empty()).then(|| format!("Merged from {}.", merged.join(", "))),
    }
}

/// `Also asked: unknown-key for A, B and C.` for each kind of question, in the order in
/// which the narrative asks them.
fn also_asked(linker: &Linker<'_>, narrative: &Narrative) -> impl Iterator<Item = Markup> {
    let mut kinds: Vec<(NarrativeKind, Vec<&Subject>)> = Vec::new();
    for question in &narrative.asks[1..] {
        match kinds.iter_mut().find(|(kind, _)| *kind == question.kind) {
            Some((_, subjects)) => subjects.push(&question.subject),
            None => kinds.push((question.kind, vec![&question.subject])),
        }
    }
    kinds.into_iter().map(|(kind, subjects)| {
        let mut markup = Markup::words(&format!("Also asked: {} for ", kind.name()));
        let more = subjects.len().saturating_sub(SUBJECTS);
        let named = &subjects[..subjects.len() - more];
        for (at, subject) in named.iter().enumerate() {
            let is_last = at + 1 == named.len();
            markup.push_words(match at {
                0 => "",
                _ if is_last && more == 0 => " and ",
                _ => ", ",
            });
            let subject = Sentence::new("{subject}", vec![subject.slot()]);
            markup.push_sentence(&subject, linker);
        }
        if more > 0 {
            markup.push_words(&format!(" and {more} more"));
        }
        markup.push_words(".");
        markup
    })
}

/// `Ended 14 h ago, but it alone ties KEY to its host and repo: 4 of 5 open facts rest on it.`
fn anchor_words(
    linker: &Linker<'_>,
    narrative: &Narrative,
    anchor: Anchor,
    session: usize,
) -> Markup {
    let edition = linker.of();
    let facts = edition.facts(anchor.session);
    let ended = facts
        .last_sign
        .map(|at| edition.context.now().as_second() - at.as_second());
    let state = match (facts.status, ended) {
        (Status::Ended, Some(ago)) => format!("Ended {} ago", duration_words(ago)),
        (Status::Ended, None) => "Ended".to_owned(),
        (Status::Active, _) => "Still active".to_owned(),
    };
    let mut markup = Markup::default();
    if anchor.session == session {
        let but = match facts.status {
            Status::Ended => ", but",
            Status::Active => ";",
        };
        let alone = if anchor.unique > 0 { "it alone" } else { "it" };
        markup.push_words(&format!("{state}{but} {alone} ties "));
    } else {
        markup.push_words("The anchor is ");
        markup.push_link(&linker.session(anchor.session), facts.id.untrusted());
        markup.push_words(&format!(", {}. It ties ", state.to_lowercase()));
    }
    let subject = Sentence::new("{subject}", vec![narrative.subject().slot()]);
    markup.push_sentence(&subject, linker);
    let tied: Vec<&str> = narrative.ties.iter().map(|k| k.link_words()).collect();
    let tied = match tied.as_slice() {
        [] => "session".to_owned(),
        tied => list_words(tied),
    };
    let rests = match (anchor.evidenced, narrative.facts) {
        (1, 1) => "the one open fact rests on it".to_owned(),
        (n, all) if n == all => format!("all {all} open facts rest on it"),
        (n, all) => format!("{n} of {all} open facts rest on it"),
    };
    markup.push_words(&format!(" to its {tied}: {rests}."));
    markup
}

/// `Handling it closes 2 of 3 open narratives.`
pub fn leverage(edition: &Edition<'_>, narrative: &Narrative) -> Option<String> {
    let entity = narrative.subject().entity()?;
    let open = edition.open();
    match edition.closes(entity) {
        0 => None,
        n => Some(format!(
            "Settling this closes {n} of {}.",
            counted(open, "open narrative", "open narratives")
        )),
    }
}
