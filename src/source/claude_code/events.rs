//! Tool calls to events: what was read, written, run and reached, and what was refused.
//!
//! Nothing that a person or a model wrote is copied. Of a command stay its
//! programs, paths and destinations; of everything else stay names. A secret that
//! stands in what is not copied leaves its placeholder in `summary`.

use super::paths::Place;
use super::records::{self, Input};
use super::shell::{self, Act, Dialect};
use crate::normalise::redact;
use crate::source::limits;
use crate::source::snapshot::wire::Event;
use serde_json::value::RawValue;

/// Characters of a reason, a path or a summary.
const LONG: usize = 400;
/// Characters of a name.
const SHORT: usize = 120;
/// Placeholders kept of one text.
const SECRETS: usize = 3;

/// One tool call as events. The first is the call itself, the others were found in it.
#[derive(Debug, Default)]
pub(super) struct Call {
    pub(super) events: Vec<Event>,
    /// Names of git remotes that events wait for, by position.
    pub(super) remotes: Vec<(usize, String)>,
    /// Remotes named with their address.
    pub(super) named: Vec<(String, String)>,
    /// Whether the result may name remotes.
    pub(super) asks_git: bool,
}

/// Where a call stands.
pub(super) struct Scene<'a> {
    pub(super) place: &'a Place,
    pub(super) cwd: &'a str,
}

impl Scene<'_> {
    fn path(&self, path: &str) -> Option<String> {
        (!path.is_empty()).then(|| clean(&self.place.show(self.cwd, path), LONG))
    }
}

/// An event of a kind.
pub(super) fn event(kind: &str) -> Event {
    Event {
        kind: Some(kind.to_owned()),
        ..Event::default()
    }
}

/// Masked, without control characters, cut.
pub(super) fn clean(text: &str, characters: usize) -> String {
    let begin = redact::beginning(text, characters);
    let masked = redact::mask(begin);
    let mut kept: String = masked
        .chars()
        .filter(|c| !c.is_control())
        .take(characters + 1)
        .collect();
    let is_long = kept.chars().count() > characters;
    if is_long {
        kept.pop();
    }
    if is_long || begin.len() < text.len() {
        kept.push('\u{2026}');
    }
    kept
}

/// A tool's name as far as it is one; transcripts hold garbled ones.
fn tool_name(name: &str) -> String {
    let known = |c: char| c.is_alphanumeric() || "_-.:/ ".contains(c);
    let name: String = name.chars().take_while(|c| known(*c)).take(SHORT).collect();
    match clean(name.trim(), SHORT) {
        name if name.is_empty() => "(unreadable)".to_owned(),
        name => name,
    }
}

/// A word that can be a name, for the few that are told.
fn plain_name(word: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-.:/".contains(c);
    (!word.is_empty() && word.len() <= 64 && word.chars().all(plain)).then(|| clean(word, 64))
}

/// What a tool call does.
pub(super) fn call(name: &str, input: Option<&RawValue>, scene: &Scene<'_>) -> Call {
    let fields: Input<'_> = records::part(input);
    let tool = tool_name(name);
    let mut call = match name {
        "Bash" | "PowerShell" => command(name, &fields, scene),
        "Read" | "NotebookRead" | "Grep" | "Glob" | "LSP" | "LS" => {
            one(touch("read", &fields, scene))
        }
        "Edit" | "Write" | "MultiEdit" | "NotebookEdit" => written(&fields, input, scene),
        "WebFetch" => one(fetch(&fields)),
        "WebSearch" => {
            let outside = Some(true);
            one(Event {
                outside,
                ..event("tool")
            })
        }
        name if name.starts_with("mcp__") => server_tool(name, &fields, scene),
        _ => {
            let named = fields.subagent_type.some().or(fields.skill.some());
            let summary = named.and_then(plain_name);
            one(Event {
                summary,
                ..event("tool")
            })
        }
    };
    for event in &mut call.events {
        event.tool = Some(tool.clone());
    }
    call
}

fn one(event: Event) -> Call {
    Call {
        events: vec![event],
        ..Call::default()
    }
}

fn touch(kind: &str, fields: &Input<'_>, scene: &Scene<'_>) -> Event {
    let path = [&fields.file_path, &fields.notebook_path, &fields.path]
        .into_iter()
        .find_map(|word| word.some());
    Event {
        path: path.and_then(|path| scene.path(path)),
        ..event(kind)
    }
}

fn written(fields: &Input<'_>, input: Option<&RawValue>, scene: &Scene<'_>) -> Call {
    let summary = input.and_then(|raw| secrets(&records::texts(raw), Trust::Formats));
    one(Event {
        summary,
        ..touch("write", fields, scene)
    })
}

fn fetch(fields: &Input<'_>) -> Event {
    let url = fields.url.text();
    let address = if url.contains("://") {
        url.to_owned()
    } else {
        format!("https://{url}")
    };
    Event {
        destination: shell::host(&address),
        method: Some("GET".to_owned()),
        outside: Some(true),
        summary: secrets(url, Trust::Everything),
        ..event("request")
    }
}

/// A tool of an MCP server: the call, and the files and hosts its input names.
fn server_tool(name: &str, fields: &Input<'_>, scene: &Scene<'_>) -> Call {
    let verb = name
        .rsplit("__")
        .next()
        .unwrap_or(name)
        .to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| verb.contains(word));
    let kind = if says(&["delete", "remove"]) {
        "delete"
    } else if says(&[
        "write", "edit", "create", "update", "move", "append", "save", "upload", "replace",
        "insert",
    ]) {
        "write"
    } else {
        "read"
    };
    let mut call = one(event("tool"));
    let several: Vec<String> = records::part(fields.paths);
    let single = [&fields.file_path, &fields.path];
    let paths = single
        .into_iter()
        .filter_map(|word| word.some())
        .chain(several.iter().map(String::as_str));
    for path in paths.take(limits::LIST_ITEMS) {
        call.events.push(Event {
            path: scene.path(path),
            ..event(kind)
        });
    }
    if let Some(destination) = fields.url.some().and_then(shell::host) {
        call.events.push(Event {
            destination: Some(destination),
            outside: Some(true),
            ..event("request")
        });
    }
    call
}

/// A command line: the run, and what it reads, writes, deletes and reaches.
fn command(name: &str, fields: &Input<'_>, scene: &Scene<'_>) -> Call {
    let text = fields.command.text();
    let dialect = if name == "PowerShell" {
        Dialect::PowerShell
    } else {
        Dialect::Posix
    };
    let examined = shell::examine(text, dialect);
    let programs: Vec<String> = examined.programs.iter().map(|p| clean(p, SHORT)).collect();
    let mut call = one(Event {
        summary: secrets(text, Trust::Everything),
        ..event("execute")
    });
    call.asks_git = programs
        .iter()
        .any(|p| p.starts_with("git ") || p.starts_with("gh "));
    call.events[0].programs = programs;
    call.named = examined.remotes;
    for act in examined.acts {
        let found = match act {
            Act::Read(path) => Event {
                path: scene.path(&path),
                ..event("read")
            },
            Act::Write(path) => Event {
                path: scene.path(&path),
                ..event("write")
            },
            Act::Delete { path, objects } => Event {
                path: path.and_then(|path| scene.path(&path)),
                objects,
                ..event("delete")
            },
            Act::Request(request) => {
                if let Some(remote) = request.remote {
                    call.remotes.push((call.events.len(), remote));
                }
                Event {
                    destination: request.destination.map(|d| clean(&d, LONG)),
                    method: request.method.map(str::to_owned),
                    ..event("request")
                }
            }
        };
        call.events.push(found);
    }
    if fields.without_sandbox.0 {
        call.events.push(Event {
            decision: Some("allowed".to_owned()),
            reason: Some("sandbox disabled for one command".to_owned()),
            ..event("permission")
        });
    }
    call
}

/// Which secrets are believed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// Also values assigned to names like `password`, as on a command line.
    Everything,
    /// Only formats of providers: in source text `token=parse(…)` assigns no secret.
    Formats,
}

/// The placeholders of the secrets in a text that is not kept.
pub(super) fn secrets(text: &str, trust: Trust) -> Option<String> {
    // What the text brought itself is not a finding of ours.
    if text.contains(redact::PLACEHOLDER) {
        return None;
    }
    let masked = redact::mask(text);
    let mut kinds: Vec<&str> = Vec::new();
    for placed in redact::placeholders(&masked) {
        let placeholder = &masked[placed.start..placed.end];
        let believed = !redact::is_guess(placeholder) || trust == Trust::Everything;
        if believed && kinds.len() < SECRETS && !kinds.contains(&placeholder) {
            kinds.push(placeholder);
        }
    }
    (!kinds.is_empty()).then(|| kinds.join(" "))
}

/// A refusal: who refused, and why if that was said.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) by: &'static str,
    pub(super) reason: Option<String>,
}

const CLASSIFIER: &str =
    "Permission for this action was denied by the Claude Code auto mode classifier";

/// Reads a refusal out of a tool's result. Wordings are those of the agent, at the
/// beginning of the result, so that a quotation in some output is none.
pub(super) fn refusal(kind: &str, is_error: bool, result: &str) -> Option<Refusal> {
    let because = |by, reason: &str| {
        let reason = Some(clean(reason.trim(), LONG)).filter(|r| !r.is_empty());
        Some(Refusal { by, reason })
    };
    let text = result.trim_start();
    let text = text.strip_prefix("<tool_use_error>").unwrap_or(text);
    let text = text.strip_prefix("Error: ").unwrap_or(text);
    if is_error && text.starts_with(CLASSIFIER) {
        let reason = text.split_once("Reason: ").map_or("", |(_, rest)| rest);
        let reason = reason
            .split("If you have other tasks")
            .next()
            .unwrap_or(reason);
        let reason = reason
            .lines()
            .next()
            .unwrap_or_default()
            .trim_end()
            .trim_end_matches('.');
        return because("classifier", reason);
    }
    match kind {
        "" => {}
        "user-rejected" => return because("person", ""),
        kind if kind.starts_with("auto") || kind.contains("classifier") => {
            return because("classifier", kind);
        }
        kind if kind.contains("sandbox") => return because("sandbox", kind),
        kind => return because("policy", kind),
    }
    if !is_error {
        return None;
    }
    let says = |start: &str| text.starts_with(start);
    if says("The user doesn't want to ") || says("[Request interrupted by user") {
        because("person", "")
    } else if says("Permission to use ") && text.contains("denied") {
        because("policy", "a rule denies it")
    } else if says("Claude requested permission") && text.contains("haven't granted it") {
        because("policy", "permission was not granted")
    } else if says("PreToolUse:") || says("Blocked by hook") || says("Hook PreToolUse") {
        because("policy", "a hook blocked it")
    } else if text.contains("<sandbox_violations>") || says("Sandbox: ") || says("sandbox-exec:") {
        because("sandbox", "")
    } else {
        None
    }
}

/// The permission event that follows a refused call.
pub(super) fn refused(call: &Event, refusal: Refusal) -> Event {
    Event {
        tool: call.tool.clone(),
        programs: call.programs.clone(),
        path: call.path.clone(),
        destination: call.destination.clone(),
        method: call.method.clone(),
        decision: Some("denied".to_owned()),
        by: Some(refusal.by.to_owned()),
        reason: refusal.reason,
        ..event("permission")
    }
}

/// Remotes named in git's own output: `To URL`, `From URL`, `origin URL (fetch)`.
pub(super) fn remotes(output: &str) -> Vec<(Option<String>, String)> {
    let mut found = Vec::new();
    for line in output.lines().take(200) {
        let moved = line
            .strip_prefix("To ")
            .or_else(|| line.strip_prefix("From "));
        if let Some(address) = moved.map(str::trim) {
            if shell::git_host(address).is_some() {
                found.push((None, address.to_owned()));
            }
        } else if let Some((name, rest)) = line.split_once('\t')
            && let Some(address) = rest
                .strip_suffix(" (fetch)")
                .or_else(|| rest.strip_suffix(" (push)"))
            && plain_name(name).is_some()
        {
            found.push((Some(name.to_owned()), address.to_owned()));
        }
    }
    found
}
