//! One transcript file to what it holds of which session.

use super::events::{self, Scene, Trust, event};
use super::paths::{self, Place};
use super::records::{
    self, Block, CacheCreation, Message, RawUsage, Record, ServerToolUse, Skipped,
};
use super::sessions::{self, DAY, Key};
use super::traces::{Mark, RecordId, Step, Traces};
use super::usage::{Tokens, Usage};
use crate::source::limits;
use crate::source::snapshot::wire::{Event, Reference};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

/// Record types that only this agent's transcripts have in this combination.
const TYPES: &[&str] = &[
    "user",
    "assistant",
    "system",
    "attachment",
    "progress",
    "summary",
    "file-history-snapshot",
    "queue-operation",
    "permission-mode",
    "mode",
    "last-prompt",
    "ai-title",
    "custom-title",
    "agent-name",
    "pr-link",
    "bridge-session",
    "frame-link",
    "saved_hook_context",
];

/// What one file holds.
#[derive(Debug, Default)]
pub(super) struct Transcript {
    /// Sessions with a record in this file.
    pub(super) sessions: BTreeMap<Key, Traces>,
    /// Lines that tell usage.
    pub(super) usage: Vec<Usage>,
    /// Records by type.
    pub(super) types: BTreeMap<String, u64>,
    /// What could not be read.
    pub(super) skipped: Vec<Skipped>,
    /// Records that were recognised.
    pub(super) known: u64,
    /// Lines with text.
    pub(super) lines: u64,
}

/// What the file's place tells.
pub(super) struct Origin<'a> {
    /// File name without folder.
    pub(super) name: &'a str,
    /// Session id for records that carry none.
    pub(super) session: &'a str,
    /// Agent id, if the file is a subagent's.
    pub(super) agent: Option<&'a str>,
}

/// Reads one file's text.
pub(super) fn read(text: &str, origin: &Origin<'_>) -> Transcript {
    let mut reader = Reader {
        origin,
        found: Transcript::default(),
        session: sessions::name(origin.session),
        last: None,
        seen: HashSet::new(),
        replied: HashSet::new(),
        calls: HashMap::new(),
        early: BTreeMap::new(),
    };
    let skipped = records::each(text, |line, record| reader.record(line, record));
    let mut found = reader.found;
    found.skipped = skipped;
    found.lines = text.lines().filter(|line| !line.trim().is_empty()).count() as u64;
    for traces in found.sessions.values_mut() {
        traces.name_destinations();
    }
    found
}

struct Reader<'a> {
    origin: &'a Origin<'a>,
    found: Transcript,
    session: String,
    last: Option<Timestamp>,
    seen: HashSet<RecordId>,
    replied: HashSet<RecordId>,
    calls: HashMap<String, Pending>,
    /// Permission modes told before any moment.
    early: BTreeMap<Key, String>,
}

/// A tool call that waits for its result.
struct Pending {
    key: Key,
    steps: Range<usize>,
    asks_git: bool,
}

/// Where a step goes.
struct At<'a> {
    key: &'a Key,
    mark: Mark,
    line: u64,
}

/// A moment that can be believed, as can the end of the window around it.
fn moment(text: &str) -> Option<Timestamp> {
    let at: Timestamp = text.parse().ok()?;
    let day_after = Timestamp::from_second(at.as_second() + DAY).ok()?;
    (limits::is_believable(at) && limits::is_believable(day_after)).then_some(at)
}

fn hash(text: &str) -> RecordId {
    if text.is_empty() {
        return 0;
    }
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish().max(1)
}

impl Reader<'_> {
    fn record(&mut self, line: u64, record: &Record<'_>) {
        let kind = record.kind.text();
        let shown = if kind.is_empty() { "(none)" } else { kind };
        *self
            .found
            .types
            .entry(events::clean(shown, 40))
            .or_default() += 1;
        let has_identity = record.uuid.some().is_some()
            || record.session_id.some().is_some()
            || record.leaf_uuid.some().is_some()
            || kind == "file-history-snapshot";
        if !has_identity || !TYPES.contains(&kind) {
            return;
        }
        self.found.known += 1;
        if let Some(id) = record.session_id.some() {
            self.session = sessions::name(id);
        }
        // A subagent's messages are also copied inline into its parent's file.
        if kind == "progress" || kind == "file-history-snapshot" {
            return;
        }
        let id = hash(record.uuid.text());
        if id != 0 && !self.seen.insert(id) {
            return;
        }
        self.last = moment(record.timestamp.text()).or(self.last);
        let key = self.key(record);
        self.header(&key, record);
        let Some(at) = self.last else {
            // A mode that is told before any moment is the one the session began with.
            if let Some(mode) = record.permission_mode.some() {
                self.early.insert(key, events::clean(mode, 40));
            }
            return;
        };
        let mark = Mark {
            at,
            record: id,
            copy: record.forked_from.is_some(),
        };
        let place = At {
            key: &key,
            mark,
            line,
        };
        if record.timestamp.some().is_some() && self.is_listed() {
            self.traces(&key).marks.push(mark);
        }
        if let Some(mode) = self.early.remove(&key) {
            self.mode(&place, &mode);
        }
        if let Some(mode) = record.permission_mode.some() {
            self.mode(&place, mode);
        }
        match kind {
            "user" => self.user(&place, record),
            "assistant" => self.assistant(&place, record),
            "system" => self.system(&place, record),
            _ => {}
        }
    }

    /// Compaction is internal: its cost counts in the parent, its steps are none.
    fn is_listed(&self) -> bool {
        !self
            .origin
            .agent
            .is_some_and(|agent| agent.starts_with("acompact"))
    }

    fn key(&self, record: &Record<'_>) -> Key {
        let agent = self.origin.agent.filter(|_| self.is_listed());
        let agent = agent.map(|from_name| record.agent_id.some().unwrap_or(from_name));
        Key {
            session: self.session.clone(),
            agent: agent.map(sessions::name),
        }
    }

    fn traces(&mut self, key: &Key) -> &mut Traces {
        if !self.found.sessions.contains_key(key) {
            self.found.sessions.insert(key.clone(), Traces::default());
        }
        self.found
            .sessions
            .get_mut(key)
            .expect("it was entered just now")
    }

    /// What any record may tell about the session.
    fn header(&mut self, key: &Key, record: &Record<'_>) {
        let traces = self.traces(key);
        if let Some(cwd) = record.cwd.some().filter(|cwd| cwd.len() <= paths::LONGEST) {
            traces.place.get_or_insert_with(|| Place::new(cwd));
            cwd.clone_into(&mut traces.cwd);
        }
        if traces.version.is_none() {
            traces.version = record.version.some().map(|v| events::clean(v, 40));
        }
        if traces.branch.is_none() {
            let branch = record.git_branch.some().filter(|b| *b != "HEAD");
            traces.branch = branch.map(|b| events::clean(b, 200));
        }
        if let Some(repository) = record.pr_repository.some() {
            traces
                .pull_request
                .get_or_insert_with(|| events::clean(repository, 200));
        }
    }

    /// The first mode is where the session began, any other is a change.
    fn mode(&mut self, place: &At<'_>, mode: &str) {
        let mode = events::clean(mode, 40);
        let modes = &mut self.traces(place.key).modes;
        let before = modes.last().map(|(_, before)| before.clone());
        if before.as_ref() == Some(&mode) {
            return;
        }
        modes.push((place.mark.at, mode.clone()));
        if before.is_none() {
            return;
        }
        let mut mark = place.mark;
        if mark.record == 0 {
            // These records carry no identity; a copy in another file must still be one.
            mark.record = hash(&format!("{} {mode} {}", place.key.session, mark.at));
            self.traces(place.key).marks.push(mark);
        }
        let place = At { mark, ..*place };
        let changed = Event {
            decision: Some("mode-changed".to_owned()),
            mode: Some(mode),
            ..event("permission")
        };
        self.push(&place, changed);
    }

    fn push(&mut self, place: &At<'_>, mut event: Event) {
        if !self.is_listed() {
            return;
        }
        event.source = Some(Reference {
            file: Some(events::clean(self.origin.name, 200)),
            line: Some(place.line),
        });
        event.at = Some(place.mark.at.to_string());
        let (at, mark) = (place.mark.at, place.mark);
        self.traces(place.key).steps.push(Step { at, mark, event });
    }

    fn user(&mut self, place: &At<'_>, record: &Record<'_>) {
        let message: Message<'_> = records::part(record.message);
        let blocks: Vec<Block<'_>> = records::items(message.content)
            .into_iter()
            .map(|b| records::part(Some(b)))
            .collect();
        let mut results = 0;
        for block in blocks.iter().filter(|b| b.kind.text() == "tool_result") {
            self.result(place, record, block);
            results += 1;
        }
        let asked = results == 0 && !record.is_meta.0 && !record.is_compact_summary.0;
        // In a main file a side chain's prompt is the agent's own, told by the call already.
        let by_agent = record.is_sidechain.0 && self.origin.agent.is_none();
        if !asked || by_agent {
            return;
        }
        let text = match message.content {
            Some(content) if content.get().starts_with('"') => records::texts(content),
            _ => blocks
                .iter()
                .find_map(|b| b.text)
                .map(records::texts)
                .unwrap_or_default(),
        };
        let has_image = blocks.iter().any(|b| b.kind.text() == "image");
        if (text.trim().is_empty() && !has_image) || is_machine_made(&text) {
            return;
        }
        let summary =
            events::secrets(&text, Trust::Everything).map(|s| format!("{s} in the prompt"));
        self.push(
            place,
            Event {
                summary,
                ..event("prompt")
            },
        );
    }

    fn assistant(&mut self, place: &At<'_>, record: &Record<'_>) {
        let message: Message<'_> = records::part(record.message);
        self.usage(place, record, &message);
        if record.is_api_error_message.0 {
            self.push(place, failure(record));
            return;
        }
        let identity = hash(message.id.some().unwrap_or(record.uuid.text()));
        for raw in records::items(message.content) {
            let block: Block<'_> = records::part(Some(raw));
            match block.kind.text() {
                "text"
                    if message.model.text() != "<synthetic>" && self.replied.insert(identity) =>
                {
                    self.push(place, event("reply"));
                }
                "tool_use" => self.call(place, &block),
                _ => {}
            }
        }
    }

    fn call(&mut self, place: &At<'_>, block: &Block<'_>) {
        let traces = self.traces(place.key);
        let nowhere = Place::default();
        let scene = Scene {
            place: traces.place.as_ref().unwrap_or(&nowhere),
            cwd: &traces.cwd,
        };
        let call = events::call(block.name.text(), block.input, &scene);
        let start = traces.steps.len();
        for (name, address) in call.named {
            traces.learn(&name, &address);
        }
        let waiting = call
            .remotes
            .into_iter()
            .map(|(i, remote)| (start + i, remote));
        traces.waiting.extend(waiting);
        for event in call.events {
            self.push(place, event);
        }
        let steps = start..self.traces(place.key).steps.len();
        let pending = Pending {
            key: place.key.clone(),
            steps,
            asks_git: call.asks_git,
        };
        self.calls.insert(block.id.text().to_owned(), pending);
    }

    fn result(&mut self, place: &At<'_>, record: &Record<'_>, block: &Block<'_>) {
        let Some(pending) = self.calls.remove(block.tool_use_id.text()) else {
            return;
        };
        let output = block.content.map(records::texts).unwrap_or_default();
        let refusal = events::refusal(record.tool_denial_kind.text(), block.is_error.0, &output);
        let ok = !block.is_error.0 && refusal.is_none();
        let secret = events::secrets(&output, Trust::Formats).map(|s| format!("{s} in the output"));
        let traces = self.traces(&pending.key);
        for step in &mut traces.steps[pending.steps.clone()] {
            if step.event.kind.as_deref() != Some("permission") {
                step.event.ok = Some(ok);
            }
        }
        let Some(first) = traces
            .steps
            .get_mut(pending.steps.start)
            .map(|s| &mut s.event)
        else {
            return;
        };
        if let (Some(secret), None) = (secret, &first.summary) {
            first.summary = Some(secret);
        }
        let permission = refusal.map(|refusal| events::refused(first, refusal));
        if ok && pending.asks_git {
            traces.learn_from_output(&output, &pending.steps);
        }
        if let Some(permission) = permission {
            // What was refused did not run without the sandbox either.
            for step in &mut traces.steps[pending.steps] {
                if step.event.decision.is_some() {
                    step.event.decision = Some("denied".to_owned());
                }
            }
            self.push(place, permission);
        }
    }

    fn system(&mut self, place: &At<'_>, record: &Record<'_>) {
        match record.subtype.text() {
            "api_error" => self.push(place, failure(record)),
            "model_refusal_fallback" => {
                let reason = record
                    .api_refusal_category
                    .some()
                    .map(|c| events::clean(c, 80));
                let refusal = events::Refusal {
                    by: "model",
                    reason,
                };
                self.push(place, events::refused(&Event::default(), refusal));
            }
            _ => {}
        }
    }

    fn usage(&mut self, place: &At<'_>, record: &Record<'_>, message: &Message<'_>) {
        let model = message.model.text();
        if model == "<synthetic>" {
            return;
        }
        if model.is_empty() || message.usage.is_none() {
            self.traces(place.key).unmetered = true;
            return;
        }
        let message_id = [&message.id, &record.request_id, &record.uuid]
            .into_iter()
            .find_map(|word| word.some())
            .map_or_else(
                || format!("{}:{}", self.origin.name, place.line),
                str::to_owned,
            );
        self.found.usage.push(Usage {
            message: message_id,
            at: place.mark.at,
            model: events::clean(model, 120),
            tokens: tokens(&records::part(message.usage)),
            copy: record.is_sidechain.0 || place.mark.copy,
            session: place.key.clone(),
        });
    }
}

/// Texts in a user record that no user wrote.
fn is_machine_made(text: &str) -> bool {
    const STARTS: [&str; 8] = [
        "[Request interrupted by user",
        "<local-command-",
        "<bash-stdout>",
        "<bash-stderr>",
        "<task-notification>",
        "<system-reminder>",
        "Caveat: The messages below were generated",
        "<command-stdout>",
    ];
    STARTS
        .iter()
        .any(|start| text.trim_start().starts_with(start))
}

fn tokens(usage: &RawUsage<'_>) -> Tokens {
    let creation: CacheCreation = records::part(usage.cache_creation);
    let server: ServerToolUse = records::part(usage.server_tool_use);
    let hour = creation.ephemeral_1h_input_tokens.0;
    let detailed = hour.saturating_add(creation.ephemeral_5m_input_tokens.0);
    let written = match usage.cache_creation_input_tokens.0 {
        0 => detailed,
        total => total,
    };
    Tokens {
        input: usage.input_tokens.0,
        output: usage.output_tokens.0,
        cache_write: written,
        cache_write_hour: hour.min(written),
        cache_read: usage.cache_read_input_tokens.0,
        searches: server.web_search_requests.0,
        fast: usage.speed.text() == "fast",
        in_us: usage.inference_geo.text() == "us",
    }
}

/// An error of the provider: its status or its one-word name, never its text.
fn failure(record: &Record<'_>) -> Event {
    #[derive(Default, serde::Deserialize)]
    #[serde(default)]
    struct Failure {
        status: records::Count,
    }
    let summary = match record.error {
        Some(raw) if raw.get().starts_with('{') => {
            let failure: Failure = records::part(Some(raw));
            (failure.status.0 > 0).then(|| format!("API error {}", failure.status.0))
        }
        Some(raw) => {
            let word = records::texts(raw);
            let plain = word.len() <= 40
                && word
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
            (plain && !word.is_empty()).then(|| format!("API error {word}"))
        }
        None => None,
    };
    let summary = Some(summary.unwrap_or_else(|| "API error".to_owned()));
    Event {
        summary,
        ..event("error")
    }
}
