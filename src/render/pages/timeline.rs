//! The raw timeline: an event a line, gaps as rows, long runs folded, the decisive
//! window marked.
//!
//! A session has a line for each of its events, and a site has thousands of
//! sessions, so the lines are put together here and not in a template. Their words
//! and classes are fixed; a theme styles them.

use super::grouped;
use super::session::EVENTS_A_PAGE;
use crate::assess::signals::SignalId;
use crate::model::{
    Event, EventKind, Session, Text, clock, date, duration_words, offset, same_day,
};
use crate::render::address::Linker;
use crate::render::html::Markup;
use crate::render::plain::printable;
use serde::Serialize;

/// A pause of this many seconds becomes a row.
const GAP: i64 = 10 * 60;
/// A run of this many events of one kind and tool is folded.
const RUN: usize = 8;

/// A stretch of the timeline: a gap, a folded run of events, or events.
#[derive(Serialize)]
pub(super) struct Stretch {
    gap: Option<String>,
    run: Option<String>,
    events: Markup,
}

/// One page of a session's timeline, from 1.
pub(super) fn timeline(
    linker: &Linker<'_>,
    index: usize,
    session: &Session,
    page: usize,
) -> Vec<Stretch> {
    let all = &session.events;
    let (first, end) = (
        (page - 1) * EVENTS_A_PAGE,
        (page * EVENTS_A_PAGE).min(all.len()),
    );
    let window = linker.of().facts(index).window.as_ref();
    let decisive = window.filter(|_| linker.of().verdicts[index].fired(SignalId::S8));
    let marked =
        |at: usize| decisive.is_some_and(|w| (w.read as usize..=w.send as usize).contains(&at));
    let before = |at: usize| at.checked_sub(1).and_then(|b| all[b].at);
    let mut stretches: Vec<Stretch> = Vec::new();
    let mut at = first;
    while at < end {
        if let Some(gap) = gap(before(at), all[at].at) {
            stretches.push(Stretch {
                gap: Some(gap),
                run: None,
                events: Markup::default(),
            });
        }
        let length = run_length(&all[at..end], |i| marked(at + i));
        let run = (length > 1).then(|| run_words(&all[at], length));
        let goes_on = |s: &Stretch| run.is_none() && s.run.is_none() && s.gap.is_none();
        if !stretches.last().is_some_and(goes_on) {
            stretches.push(Stretch {
                gap: None,
                run,
                events: Markup::default(),
            });
        }
        if let Some(stretch) = stretches.last_mut() {
            for i in at..at + length {
                line(&mut stretch.events, session, i, before(i), marked(i));
            }
        }
        at += length;
    }
    stretches
}

/// `12 × read (Read)`
fn run_words(event: &Event, length: usize) -> String {
    let tool = event
        .tool
        .as_ref()
        .map(|t| format!(" ({})", printable(t.untrusted())));
    format!(
        "{length} \u{d7} {}{}",
        event.kind.word(),
        tool.unwrap_or_default()
    )
}

/// How many events from here on make one row: a long run of the same, else one.
fn run_length(events: &[Event], marked: impl Fn(usize) -> bool) -> usize {
    let first = &events[0];
    let same = |e: &Event| {
        let close = gap(first.at, e.at).is_none() || e.at == first.at;
        e.kind == first.kind
            && e.tool == first.tool
            && e.ok != Some(false)
            && e.secret.is_none()
            && close
    };
    let plain = first.kind != EventKind::Permission && first.destination.is_none();
    let length = events
        .iter()
        .enumerate()
        .take_while(|(i, e)| same(e) && !marked(*i))
        .count();
    if plain && length >= RUN { length } else { 1 }
}

fn gap(before: Option<jiff::Timestamp>, now: Option<jiff::Timestamp>) -> Option<String> {
    let seconds = now?.as_second() - before?.as_second();
    (seconds >= GAP).then(|| format!("{} without an event", duration_words(seconds)))
}

/// One event as a list item.
fn line(
    out: &mut Markup,
    session: &Session,
    at: usize,
    previous: Option<jiff::Timestamp>,
    marked: bool,
) {
    let event = &session.events[at];
    out.push_fixed("<li id=\"t");
    out.push_words(&(at + 1).to_string());
    out.push_fixed(if marked {
        "\" class=\"marked\"><span class=\"at\">"
    } else {
        "\"><span class=\"at\">"
    });
    if let Some(day) = event
        .at
        .filter(|now| !previous.is_some_and(|before| same_day(before, *now)))
    {
        out.push_fixed("<span class=\"day\">");
        out.push_words(&date(day));
        out.push_fixed("</span> ");
    }
    out.push_words(&event.at.map_or_else(|| "no time".to_owned(), clock));
    out.push_fixed(" <span class=\"offset\">");
    if let (Some(now), Some(start)) = (event.at, session.started_at) {
        out.push_words(&offset(now.as_second() - start.as_second()));
    }
    let failed = event.ok == Some(false) || event.is_refusal();
    out.push_fixed(if failed {
        "</span></span> <span class=\"kind failed\">"
    } else {
        "</span></span> <span class=\"kind\">"
    });
    out.push_words(event.kind.word());
    out.push_fixed("</span> <span class=\"what\">");
    what(out, event);
    out.push_fixed("</span>");
    let detail = detail(event);
    if !detail.as_str().is_empty() {
        out.push_fixed(" <span class=\"detail\">");
        out.push_markup(&detail);
        out.push_fixed("</span>");
    }
    if let Some(source) = &event.source {
        out.push_fixed(" <span class=\"src\">");
        out.push_value(source.file.untrusted());
        out.push_words(&format!(" line {}", source.line));
        out.push_fixed("</span>");
    }
    out.push_fixed("</li>\n");
}

/// The thing an event is about, the most telling first.
fn what(markup: &mut Markup, event: &Event) {
    let first = [&event.destination, &event.path, &event.tool, &event.mode]
        .into_iter()
        .flatten()
        .next();
    match (event.programs.as_slice(), first) {
        ([], Some(text)) => markup.push_value(text.untrusted()),
        ([], None) => {}
        (programs, _) => {
            for (i, program) in programs.iter().enumerate() {
                if i > 0 {
                    markup.push_words("; ");
                }
                markup.push_value(program.untrusted());
            }
        }
    }
}

/// Everything else that is recorded of an event.
fn detail(event: &Event) -> Markup {
    let mut markup = Markup::default();
    let mut part = |words: &str, text: Option<&Text>| {
        let Some(text) = text else { return };
        if !markup.as_str().is_empty() {
            markup.push_words(" \u{b7} ");
        }
        markup.push_words(words);
        markup.push_value(text.untrusted());
    };
    let with_programs = !event.programs.is_empty();
    part("", event.decision.as_ref());
    part("", event.method.as_ref());
    part(
        "",
        event
            .tool
            .as_ref()
            .filter(|_| event.destination.is_some() || event.path.is_some() || with_programs),
    );
    part("in ", event.repo.as_ref());
    part(
        "",
        event
            .path
            .as_ref()
            .filter(|_| event.destination.is_some() || with_programs),
    );
    part("to ", event.destination.as_ref().filter(|_| with_programs));
    part("", event.summary.as_ref());
    part("reason: ", event.reason.as_ref());
    let mut counts = Vec::new();
    counts.extend(event.bytes.map(|b| format!("{} bytes", grouped(b))));
    counts.extend(event.objects.map(|n| format!("{n} objects")));
    counts.extend((event.ok == Some(false)).then(|| "failed".to_owned()));
    counts.extend(event.outside.then(|| "from outside".to_owned()));
    counts.extend(event.secret.map(|s| format!("{} masked", s.kind)));
    if !counts.is_empty() {
        if !markup.as_str().is_empty() {
            markup.push_words(" \u{b7} ");
        }
        markup.push_words(&counts.join(" \u{b7} "));
    }
    markup
}
