//! What happened inside a session.

use super::Text;
use jiff::Timestamp;

/// What sort of thing happened. Names follow the snapshot format (version 1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// Someone asked the agent for something.
    Prompt,
    /// The model answered.
    Reply,
    /// Content was read.
    Read,
    /// Content was written.
    Write,
    /// Something was deleted.
    Delete,
    /// A command was run.
    Execute,
    /// Something left for a destination.
    Request,
    /// Any other call of a tool.
    Tool,
    /// A permission was asked, granted or refused, or the permission mode changed.
    Permission,
    /// Something failed.
    Error,
    /// A kind this version does not know. Kept and counted.
    #[default]
    Other,
}

impl EventKind {
    /// Every kind with its word in the snapshot format.
    pub const WORDS: [(&'static str, Self); 11] = [
        ("prompt", Self::Prompt),
        ("reply", Self::Reply),
        ("read", Self::Read),
        ("write", Self::Write),
        ("delete", Self::Delete),
        ("execute", Self::Execute),
        ("request", Self::Request),
        ("tool", Self::Tool),
        ("permission", Self::Permission),
        ("error", Self::Error),
        ("other", Self::Other),
    ];

    /// The kind's word in the snapshot format.
    pub fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(_, kind)| *kind == self)
            .map_or("other", |(word, _)| word)
    }

    /// Whether this is an act of the agent that a person could have been asked to approve.
    pub fn is_act(self) -> bool {
        matches!(
            self,
            Self::Read | Self::Write | Self::Delete | Self::Execute | Self::Request | Self::Tool
        )
    }
}

/// Who refused an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefusedBy {
    /// A rule of the operator or of the agent's configuration.
    Policy,
    /// An automatic classifier of the agent.
    Classifier,
    /// The model itself.
    Model,
    /// The operating-system sandbox.
    Sandbox,
    /// The person at the keyboard.
    Person,
}

/// How sure a secret's form makes us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecretForm {
    /// A provider's documented format.
    Provider,
    /// A habit of writing: an assignment, a password in a URL.
    Generic,
    /// A value that documentation uses as an example.
    Example,
}

/// A secret that was found and masked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Secret {
    /// What it is: `GitHub token`.
    pub kind: &'static str,
    /// How sure its form makes us.
    pub form: SecretForm,
}

/// Where the raw record of an event stands at its source.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SourceRef {
    /// The file's name, without its folder.
    pub file: Text,
    /// Line number, from 1.
    pub line: u64,
}

/// One thing that happened in a session. Absent fields were not recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Event {
    /// When.
    pub at: Option<Timestamp>,
    /// What sort of thing.
    pub kind: EventKind,
    /// The tool that was called, as the agent names it.
    pub tool: Option<Text>,
    /// Programs with their verbs and the flags that matter (`git push --force`), never a whole command line.
    pub programs: Vec<Text>,
    /// Repository the touched thing lies in; absent means the session's own.
    pub repo: Option<Text>,
    /// Path of the touched file.
    pub path: Option<Text>,
    /// Host, `host:port`, mail address, account or channel that a request left for.
    pub destination: Option<Text>,
    /// Method of the request, as recorded (`GET`, `POST`, `push`).
    pub method: Option<Text>,
    /// Bytes that left, if counted.
    pub bytes: Option<u64>,
    /// Number of things the act touched, if counted.
    pub objects: Option<u64>,
    /// Whether the act succeeded.
    pub ok: Option<bool>,
    /// Whether the content came from outside the company.
    pub outside: bool,
    /// What was decided, on permission events.
    pub decision: Option<Text>,
    /// Who decided.
    pub by: Option<RefusedBy>,
    /// The stated reason.
    pub reason: Option<Text>,
    /// The permission mode from here on, on permission events that change it.
    pub mode: Option<Text>,
    /// A short description.
    pub summary: Option<Text>,
    /// A secret that was found in this event and masked.
    pub secret: Option<Secret>,
    /// Where the raw record stands.
    pub source: Option<SourceRef>,
}

impl Event {
    /// Whether this permission event refused what was asked.
    pub fn is_refusal(&self) -> bool {
        self.kind == EventKind::Permission
            && self.decision.as_ref().is_some_and(|d| {
                let d = d.untrusted().to_ascii_lowercase();
                ["den", "reject", "refus", "block", "abort", "forbid"]
                    .iter()
                    .any(|w| d.starts_with(w))
            })
    }
}
