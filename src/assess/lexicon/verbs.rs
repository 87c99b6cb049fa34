//! What a call of a tool does, read from the words of its name.
//!
//! Agents name their tools after what they do (`send_message`, `deleteFile`,
//! `mcp__bank__transfer_funds`). The first verb in the name says what happens, the
//! things it names say to what: updating a password is not updating a page. The
//! words here are of the trade, not of any product.

/// What sort of act a call is. The order is of weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// Looks something up.
    Read,
    /// Nothing we know a word for.
    Other,
    /// Makes something inside.
    Create,
    /// Changes something inside.
    Update,
    /// Installs or enables code that was not there.
    Install,
    /// Arranges for something to happen later.
    Schedule,
    /// Lets somebody in: an invitation, a share, a role.
    Grant,
    /// Sends to somebody.
    Send,
    /// Deletes or cancels.
    Delete,
    /// Changes a credential.
    Credential,
    /// Moves money.
    Pay,
}

impl Verb {
    /// How much what comes of it matters, 0 to 1 (signal S20).
    pub const fn weight(self) -> f64 {
        match self {
            Self::Read => 0.25,
            Self::Other | Self::Create | Self::Update => 0.5,
            Self::Install
            | Self::Schedule
            | Self::Grant
            | Self::Send
            | Self::Delete
            | Self::Credential
            | Self::Pay => 1.0,
        }
    }

    /// Whether something leaves for the destination that is named with it.
    pub const fn is_outbound(self) -> bool {
        matches!(self, Self::Grant | Self::Send | Self::Pay)
    }
}

/// Verbs by their words.
const VERBS: &[(Verb, &[&str])] = &[
    (
        Verb::Read,
        &[
            "get",
            "list",
            "read",
            "search",
            "find",
            "fetch",
            "view",
            "check",
            "show",
            "lookup",
            "query",
            "count",
            "describe",
            "browse",
            "inspect",
            "download",
            "export",
            "grep",
            "glob",
            "ls",
            "summarize",
            "validate",
            "verify",
            "compare",
            "open",
            "load",
            "scan",
            "preview",
            "calculate",
            "compute",
            "screenshot",
        ],
    ),
    (
        Verb::Send,
        &[
            "send",
            "post",
            "publish",
            "forward",
            "reply",
            "upload",
            "push",
            "submit",
            "notify",
            "email",
            "message",
            "tweet",
            "broadcast",
            "transmit",
            "sync",
            "deploy",
            "release",
        ],
    ),
    (
        Verb::Pay,
        &[
            "pay", "transfer", "purchase", "buy", "order", "refund", "payout", "donate", "charge",
            "withdraw", "reserve", "book", "checkout",
        ],
    ),
    (
        Verb::Grant,
        &[
            "invite",
            "share",
            "grant",
            "authorize",
            "authorise",
            "allow",
            "permit",
            "assign",
            "promote",
            "delegate",
            "subscribe",
        ],
    ),
    (
        Verb::Delete,
        &[
            "delete",
            "remove",
            "destroy",
            "drop",
            "purge",
            "erase",
            "truncate",
            "wipe",
            "cancel",
            "revoke",
            "terminate",
            "deactivate",
            "disable",
            "uninstall",
            "archive",
            "trash",
            "clear",
            "unsubscribe",
            "kick",
            "ban",
        ],
    ),
    (Verb::Schedule, &["schedule", "cron", "automate"]),
    (Verb::Install, &["install", "enable", "activate"]),
    (
        Verb::Update,
        &[
            "update",
            "edit",
            "modify",
            "set",
            "change",
            "rename",
            "move",
            "reschedule",
            "append",
            "replace",
            "patch",
            "merge",
            "approve",
            "reset",
            "rotate",
            "restore",
            "mark",
            "write",
            "save",
            "put",
            "apply",
            "commit",
        ],
    ),
    (
        Verb::Create,
        &[
            "create", "add", "new", "insert", "make", "generate", "build", "copy", "clone", "fork",
            "draft", "register", "start", "spawn", "init",
        ],
    ),
    (
        Verb::Other,
        &["run", "exec", "execute", "invoke", "call", "use", "do"],
    ),
];

/// Things whose change is a change of a credential.
const CREDENTIALS: &[&str] = &[
    "password",
    "passwords",
    "passphrase",
    "credential",
    "credentials",
    "secret",
    "secrets",
    "token",
    "tokens",
    "apikey",
    "mfa",
    "totp",
    "passkey",
    "passkeys",
    "keypair",
];
/// Things that are money on its way.
const MONEY: &[&str] = &[
    "money",
    "payment",
    "payments",
    "funds",
    "transaction",
    "transactions",
    "wire",
    "payout",
    "payroll",
    "remittance",
];
/// People and what they may do: adding one lets somebody in.
const PEOPLE: &[&str] = &[
    "participant",
    "participants",
    "member",
    "members",
    "collaborator",
    "collaborators",
    "attendee",
    "attendees",
    "guest",
    "guests",
    "user",
    "users",
    "role",
    "roles",
    "permission",
    "permissions",
    "access",
    "owner",
    "admin",
    "group",
    "delegate",
];
/// Things that act later by themselves.
const LATER: &[&str] = &[
    "cron",
    "cronjob",
    "schedule",
    "schedules",
    "automation",
    "trigger",
    "webhook",
    "webhooks",
    "workflow",
    "workflows",
    "recurring",
    "subscription",
    "rule",
    "rules",
    "filter",
    "forwarding",
    "autoresponder",
];
/// Code that comes from elsewhere.
const CODE: &[&str] = &[
    "plugin",
    "plugins",
    "extension",
    "extensions",
    "package",
    "packages",
    "integration",
    "integrations",
    "addon",
    "mcp",
    "skill",
    "connector",
];
/// Things that leave when they are made.
const MESSAGES: &[&str] = &["email", "mail", "message", "sms", "tweet", "comment"];

/// What a tool does, by its name; `None` where no word of it is a verb we know.
pub fn verb(tool: &str) -> Option<Verb> {
    let words = words(own_name(tool));
    let (at, verb) = words.iter().enumerate().find_map(|(i, word)| {
        let (verb, _) = VERBS.iter().find(|(_, all)| all.contains(&word.as_str()))?;
        Some((i, *verb))
    })?;
    let things: Vec<&str> = words
        .iter()
        .enumerate()
        .filter(|(i, _)| *i != at)
        .map(|(_, w)| w.as_str())
        .collect();
    let names = |list: &[&str]| things.iter().any(|t| list.contains(t));
    let changes = matches!(verb, Verb::Create | Verb::Update);
    Some(match verb {
        Verb::Read => Verb::Read,
        Verb::Create | Verb::Update | Verb::Delete | Verb::Install
            if names(CREDENTIALS)
                || (names(&["key", "keys"]) && names(&["api", "ssh", "access"])) =>
        {
            Verb::Credential
        }
        Verb::Send | Verb::Create if names(MONEY) => Verb::Pay,
        Verb::Create if names(PEOPLE) => Verb::Grant,
        Verb::Update
            if names(&[
                "role",
                "roles",
                "permission",
                "permissions",
                "access",
                "owner",
            ]) =>
        {
            Verb::Grant
        }
        _ if changes && names(LATER) => Verb::Schedule,
        Verb::Create if names(CODE) => Verb::Install,
        Verb::Create if names(MESSAGES) => Verb::Send,
        verb => verb,
    })
}

/// Whether a tool's name says that what it is called on is gone afterwards.
pub fn destroys(tool: &str) -> bool {
    const GONE: &[&str] = &[
        "delete", "remove", "destroy", "drop", "purge", "erase", "truncate", "wipe",
    ];
    verb(tool) == Some(Verb::Delete) && names_one_of(tool, GONE)
}

/// Whether a tool's name says that it looks into what others can write to: mail,
/// messages, invitations, issues.
pub fn reads_what_others_write(tool: &str) -> bool {
    const PLACES: &[&str] = &[
        "email",
        "emails",
        "mail",
        "mails",
        "inbox",
        "message",
        "messages",
        "issue",
        "issues",
        "comment",
        "comments",
        "ticket",
        "tickets",
        "review",
        "reviews",
        "forum",
        "thread",
        "threads",
        "chat",
        "post",
        "posts",
        "attachment",
        "attachments",
        "pull",
        "calendar",
        "event",
        "events",
        "invitation",
        "invitations",
        "notification",
        "notifications",
        "channel",
    ];
    verb(tool) == Some(Verb::Read) && names_one_of(tool, PLACES)
}

/// Whether a tool's name says that it looks at pages of the web.
pub fn reads_the_web(tool: &str) -> bool {
    const PAGES: &[&str] = &["web", "webpage", "website", "page", "url", "site", "feed"];
    verb(tool) == Some(Verb::Read) && names_one_of(tool, PAGES)
}

/// A tool's own name: without the server or namespace before it.
pub fn own_name(tool: &str) -> &str {
    let after = tool.rsplit("__").next().unwrap_or(tool);
    let after = after.rsplit(['/', '.', ':']).next().unwrap_or(after);
    if after.is_empty() { tool } else { after }
}

/// The server a tool belongs to, where its name says one (`mcp__server__tool`).
pub fn server(tool: &str) -> Option<&str> {
    let rest = tool.strip_prefix("mcp__")?;
    rest.split_once("__").map(|(server, _)| server)
}

/// Whether the first use of a tool by a user is worth a word: it comes from a server,
/// or what it does weighs fully.
pub fn is_telling(tool: &str) -> bool {
    server(tool).is_some() || verb(tool).is_some_and(|v| v.weight() >= 1.0)
}

fn names_one_of(tool: &str, list: &[&str]) -> bool {
    let words = words(own_name(tool));
    words.iter().any(|w| list.contains(&w.as_str()))
}

/// The words of a name in lower case: `sendMessage`, `send-message`, `SEND_MESSAGE`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for c in name.chars() {
        let begins = c.is_uppercase() && (before.is_lowercase() || before.is_ascii_digit());
        if !c.is_alphanumeric() || begins {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    words.retain(|w| !w.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_is_done() {
        for (name, expect) in [
            ("send_message", Some(Verb::Send)),
            ("mcp__chat__postMessage", Some(Verb::Send)),
            ("calendar.create_event", Some(Verb::Create)),
            ("create_email", Some(Verb::Send)),
            ("transferFunds", Some(Verb::Pay)),
            ("send_payment", Some(Verb::Pay)),
            ("add_member_to_team", Some(Verb::Grant)),
            ("update_role", Some(Verb::Grant)),
            ("update_password", Some(Verb::Credential)),
            ("rotate-api-key", Some(Verb::Credential)),
            ("get_password_policy", Some(Verb::Read)),
            ("DELETE_FILE", Some(Verb::Delete)),
            ("create_webhook", Some(Verb::Schedule)),
            ("reschedule_meeting", Some(Verb::Update)),
            ("add_plugin", Some(Verb::Install)),
            ("Read", Some(Verb::Read)),
            ("frobnicate", None),
            ("", None),
        ] {
            assert_eq!(verb(name), expect, "{name}");
        }
    }

    #[test]
    fn places_that_others_write_to() {
        assert!(reads_what_others_write("mcp__mail__list_messages"));
        assert!(reads_what_others_write("get_issue"));
        assert!(!reads_what_others_write("send_message"));
        assert!(!reads_what_others_write("read_file"));
    }

    #[test]
    fn servers_stand_before_their_tools() {
        assert_eq!(server("mcp__notes__add_note"), Some("notes"));
        assert_eq!(server("add_note"), None);
    }
}
