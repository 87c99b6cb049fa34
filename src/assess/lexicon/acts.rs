//! What an event does: a name for the act and the sort of act it is.
//!
//! The name is what steps are counted by: a tool by its own name, a command by its
//! program and verb (`git push`), whoever runs it.

use super::verbs::{self, Verb};
use crate::model::{Event, EventKind, Text};

/// An act of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// What it goes by.
    pub name: Text,
    /// What sort of act it is.
    pub verb: Verb,
}

/// Programs whose verb the program alone tells.
const PROGRAMS: &[(Verb, &[&str])] = &[
    (
        Verb::Read,
        &[
            "ls", "cat", "grep", "rg", "find", "fd", "head", "tail", "wc", "jq", "less", "file",
            "stat", "pwd", "echo", "date", "which", "tree", "diff", "sort", "uniq", "awk", "cd",
            "du", "df", "ps", "env", "printenv", "hostname", "whoami", "id", "uname",
        ],
    ),
    (
        Verb::Send,
        &[
            "curl", "wget", "scp", "sftp", "rsync", "ssh", "nc", "ncat", "netcat", "telnet", "ftp",
            "mail", "sendmail", "twine", "aws", "gsutil", "az", "rclone",
        ],
    ),
    (Verb::Delete, &["rm", "rmdir", "unlink", "shred", "dropdb"]),
    (Verb::Schedule, &["crontab", "at", "systemd-run"]),
    (
        Verb::Update,
        &[
            "mv", "cp", "mkdir", "touch", "chmod", "chown", "sed", "tee", "ln", "patch",
        ],
    ),
];
/// Programs whose verb is their second word.
const BY_SECOND_WORD: &[&str] = &[
    "git",
    "npm",
    "pnpm",
    "yarn",
    "bun",
    "pip",
    "pip3",
    "uv",
    "cargo",
    "go",
    "docker",
    "podman",
    "kubectl",
    "helm",
    "terraform",
    "tofu",
    "brew",
    "apt",
    "apt-get",
    "gem",
    "claude",
    "codex",
    "systemctl",
    "launchctl",
    "make",
    "poetry",
    "dotnet",
];
/// Programs whose verb is their third word, after the thing it is done to.
const BY_THIRD_WORD: &[&str] = &["gh", "glab", "aws", "az", "gcloud"];
/// Second words that mean something else than in the name of a tool.
const SECOND_WORDS: &[(Verb, &[&str])] = &[
    (Verb::Send, &["push"]),
    (
        Verb::Read,
        &[
            "status",
            "log",
            "diff",
            "show",
            "blame",
            "branch",
            "plan",
            "logs",
            "test",
            "check",
            "vet",
            "clippy",
            "view",
            "fmt",
            "audit",
            "ps",
            "images",
            "remote",
            "rev-parse",
            "tree",
        ],
    ),
    (
        Verb::Update,
        &[
            "run", "build", "add", "commit", "install", "ci", "checkout", "stash", "pull", "clone",
        ],
    ),
];

/// What an event does; `None` for what is no act, and for what failed or was refused.
pub fn act(event: &Event) -> Option<Act> {
    if !event.kind.is_act() || event.ok == Some(false) {
        return None;
    }
    let by_kind = match event.kind {
        EventKind::Read => Verb::Read,
        EventKind::Write => Verb::Update,
        EventKind::Delete => Verb::Delete,
        EventKind::Request if is_fetch(event) => Verb::Read,
        EventKind::Request => Verb::Send,
        _ => Verb::Other,
    };
    let named = |verb| match (by_kind, verb) {
        // A call of which only the name tells that it looks something up.
        (Verb::Other, Some(Verb::Read)) => Verb::Read,
        (kind, name) => together(kind, name),
    };
    let program = event.programs.first().map(Text::untrusted);
    if let Some(program) = program {
        let (name, verb) = command(program);
        return Some(Act {
            name: Text::new(&name),
            verb: named(Some(verb)),
        });
    }
    let Some(tool) = &event.tool else {
        return Some(Act {
            name: Text::new(event.kind.word()),
            verb: by_kind,
        });
    };
    if is_shell(tool.untrusted()) {
        // What a command touched or reached besides running.
        return Some(Act {
            name: Text::new(event.kind.word()),
            verb: by_kind,
        });
    }
    Some(Act {
        name: tool.clone(),
        verb: named(verbs::verb(tool.untrusted())),
    })
}

/// What kind and name say together. A name says best what was done; where it only
/// claims to look, or says nothing, the kind stands.
fn together(by_kind: Verb, by_name: Option<Verb>) -> Verb {
    match by_name {
        None | Some(Verb::Other | Verb::Read) => by_kind,
        Some(name) if by_kind == Verb::Delete && name.weight() < by_kind.weight() => by_kind,
        Some(name) => name,
    }
}

/// `git push` of `git push --force origin`, and what that does.
fn command(program: &str) -> (String, Verb) {
    let mut words = program.split_whitespace();
    let first = words.next().unwrap_or_default();
    let more = match first {
        _ if BY_SECOND_WORD.contains(&first) => 1,
        _ if BY_THIRD_WORD.contains(&first) => 2,
        _ => 0,
    };
    let rest: Vec<&str> = words.filter(|w| !w.starts_with('-')).take(more).collect();
    let said = rest
        .iter()
        .rev()
        .find_map(|w| find(SECOND_WORDS, w).or_else(|| verbs::verb(w)));
    let verb = said
        .or_else(|| find(PROGRAMS, first))
        .unwrap_or(Verb::Other);
    let name = std::iter::once(first).chain(rest).collect::<Vec<_>>();
    (name.join(" "), verb)
}

fn find(table: &[(Verb, &[&str])], word: &str) -> Option<Verb> {
    table
        .iter()
        .find(|(_, words)| words.contains(&word))
        .map(|(verb, _)| *verb)
}

/// Whether a request only fetched: a fetching method, or no method and a tool that
/// is named after looking something up; and no body.
pub fn is_fetch(event: &Event) -> bool {
    let fetching = match (&event.method, &event.tool) {
        (Some(method), _) => is_fetching_method(method.untrusted()),
        (None, Some(tool)) => verbs::verb(tool.untrusted()) == Some(Verb::Read),
        (None, None) => false,
    };
    fetching && event.bytes.unwrap_or(0) == 0
}

/// Whether a method fetches and sends no body.
fn is_fetching_method(method: &str) -> bool {
    ["get", "head", "fetch", "pull", "clone", "options"]
        .iter()
        .any(|m| method.eq_ignore_ascii_case(m))
}

/// Whether something left for a destination with this event.
pub fn is_outbound(event: &Event) -> bool {
    event.destination.is_some()
        && event.ok != Some(false)
        && match event.kind {
            EventKind::Request => true,
            EventKind::Tool => act(event).is_some_and(|a| a.verb.is_outbound()),
            _ => false,
        }
}

/// Tools that run a command line.
pub fn is_shell(tool: &str) -> bool {
    let tool = tool.to_ascii_lowercase();
    [
        "bash",
        "shell",
        "powershell",
        "exec_command",
        "terminal",
        "run_command",
    ]
    .iter()
    .any(|s| tool.contains(s))
}

/// The kind of agent behind a name: builds that differ after a `+` are one kind.
pub fn agent_kind(name: &str) -> &str {
    name.split_once('+')
        .map_or(name, |(kind, _)| kind)
        .trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(event: &Event) -> Option<(String, Verb)> {
        act(event).map(|a| (a.name.untrusted().to_owned(), a.verb))
    }

    #[test]
    fn commands_go_by_program_and_verb() {
        let run = |program: &str| {
            named(&Event {
                kind: EventKind::Execute,
                tool: Some(Text::new("Bash")),
                programs: vec![Text::new(program)],
                ..Event::default()
            })
        };
        let expect = |name: &str, verb| Some((name.to_owned(), verb));
        assert_eq!(run("git push --force"), expect("git push", Verb::Send));
        assert_eq!(run("git -C x log"), expect("git x", Verb::Other));
        assert_eq!(run("cargo test"), expect("cargo test", Verb::Read));
        assert_eq!(
            run("gh repo delete"),
            expect("gh repo delete", Verb::Delete)
        );
        assert_eq!(run("rm -rf"), expect("rm", Verb::Delete));
        assert_eq!(run("mytool"), expect("mytool", Verb::Other));
    }

    #[test]
    fn a_name_says_what_was_done_and_never_that_nothing_was() {
        let tool = |kind, name: &str| {
            named(&Event {
                kind,
                tool: Some(Text::new(name)),
                ..Event::default()
            })
            .map(|(_, verb)| verb)
        };
        assert_eq!(tool(EventKind::Tool, "transfer_funds"), Some(Verb::Pay));
        assert_eq!(tool(EventKind::Request, "create_event"), Some(Verb::Create));
        assert_eq!(tool(EventKind::Write, "get_x"), Some(Verb::Update));
        assert_eq!(tool(EventKind::Tool, "get_x"), Some(Verb::Read));
        assert_eq!(tool(EventKind::Delete, "get_x"), Some(Verb::Delete));
        assert_eq!(tool(EventKind::Read, "send_x"), Some(Verb::Send));
        assert_eq!(tool(EventKind::Prompt, "send_x"), None);
    }

    #[test]
    fn builds_of_one_agent_are_one_kind() {
        assert_eq!(agent_kind("mail-agent+guard"), "mail-agent");
        assert_eq!(agent_kind("Claude Code"), "Claude Code");
    }
}
