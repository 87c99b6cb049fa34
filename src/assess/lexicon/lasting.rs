//! Changes that go on acting after the session is over.

use super::acts::{self, Act};
use super::verbs::Verb;
use crate::model::{Event, EventKind, PathClass, Text};

/// What sort of change outlives its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lasting {
    /// Who may log in to a machine: authorised keys, accounts.
    Access,
    /// What runs at login or by the clock.
    Startup,
    /// How an agent behaves: its settings, hooks and servers.
    AgentConfig,
    /// A password, a token or another credential of a service.
    Credential,
    /// Who else may see or act: an invitation, a share, a role.
    Grant,
    /// Something arranged for later.
    Schedule,
    /// What runs at a commit or in CI.
    Pipeline,
    /// What an agent is told or remembers.
    Instructions,
}

impl Lasting {
    /// Strength (signal S12).
    pub const fn strength(self) -> f64 {
        match self {
            Self::Access | Self::Startup => 1.0,
            Self::AgentConfig | Self::Pipeline => 0.8,
            Self::Credential => 0.6,
            Self::Instructions => 0.5,
            Self::Grant => 0.4,
            Self::Schedule => 0.3,
        }
    }

    /// What was changed, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Access => "who can log in",
            Self::Startup => "what runs at login or by the clock",
            Self::AgentConfig => "an agent's settings, hooks or servers",
            Self::Credential => "a credential",
            Self::Grant => "who else has access",
            Self::Schedule => "what happens later by itself",
            Self::Pipeline => "what runs at a commit or in CI",
            Self::Instructions => "what an agent is told or remembers",
        }
    }
}

/// The lasting change in an event, if it is one that succeeded, and the tool when
/// nothing but its name says so.
pub fn lasting(event: &Event) -> Option<(Lasting, Option<&Text>)> {
    if event.ok == Some(false) {
        return None;
    }
    let by_path = event
        .path
        .as_ref()
        .filter(|_| event.kind == EventKind::Write)
        .and_then(|p| of_path(p.untrusted()));
    let by_command = || {
        event
            .programs
            .iter()
            .find_map(|p| of_command(p.untrusted()))
    };
    if let Some(sort) = by_path.or_else(by_command) {
        return Some((sort, None));
    }
    Some((of_act(event, &acts::act(event)?)?, event.tool.as_ref()))
}

/// What a call of a tool changes for good. Commands have said so by their words.
fn of_act(event: &Event, act: &Act) -> Option<Lasting> {
    let tool = event.tool.as_ref()?;
    if acts::is_shell(tool.untrusted()) || !event.programs.is_empty() {
        return None;
    }
    match act.verb {
        Verb::Credential => Some(Lasting::Credential),
        Verb::Grant => Some(Lasting::Grant),
        Verb::Schedule => Some(Lasting::Schedule),
        Verb::Install => Some(Lasting::AgentConfig),
        _ => None,
    }
}

fn of_path(path: &str) -> Option<Lasting> {
    const ACCESS: &[&str] = &["authorized_keys", "sudoers", "passwd", "shadow"];
    const STARTUP: &[&str] = &[
        ".bashrc",
        ".bash_profile",
        ".profile",
        ".zshrc",
        ".zprofile",
        ".zshenv",
        ".bash_login",
        "config.fish",
        "crontab",
        "rc.local",
    ];
    const STARTUP_FOLDERS: &[&str] = &[
        "cron.d",
        "cron.daily",
        "cron.hourly",
        "launchagents",
        "launchdaemons",
        "autostart",
        "init.d",
        "profile.d",
    ];
    const AGENT_CONFIG: &[&str] = &[
        ".mcp.json",
        "mcp.json",
        "mcp_config.json",
        "claude_desktop_config.json",
        "managed-settings.json",
    ];
    const AGENT_FOLDERS: &[&str] = &[".claude", ".codex", ".cursor", ".gemini", ".continue"];
    const AGENT_SETTINGS: &[&str] = &[
        "settings.json",
        "settings.local.json",
        "config.toml",
        "hooks.json",
        "config.json",
    ];
    const INSTRUCTIONS: &[&str] = &[
        "claude.md",
        "agents.md",
        "gemini.md",
        "memory.md",
        ".cursorrules",
        ".windsurfrules",
        "copilot-instructions.md",
    ];
    let lower = path.to_ascii_lowercase();
    let parts: Vec<&str> = lower.split(['/', '\\']).filter(|p| !p.is_empty()).collect();
    let (name, folders) = parts.split_last()?;
    let within = |list: &[&str]| folders.iter().any(|f| list.contains(f));
    let ending = name.rsplit_once('.').map_or("", |(_, e)| e);
    let system = matches!(ending, "service" | "timer") && folders.contains(&"systemd");
    let of_agent = within(AGENT_FOLDERS);
    if ACCESS.contains(name) {
        Some(Lasting::Access)
    } else if STARTUP.contains(name) || within(STARTUP_FOLDERS) || system {
        Some(Lasting::Startup)
    } else if AGENT_CONFIG.contains(name)
        || (of_agent && (AGENT_SETTINGS.contains(name) || folders.contains(&"hooks")))
    {
        Some(Lasting::AgentConfig)
    } else if super::paths::class(path) == Some(PathClass::Infra) && is_pipeline(name, folders)
        || (folders.contains(&"hooks")
            && (folders.contains(&".git") || folders.contains(&".husky")))
        || folders.contains(&".husky")
    {
        Some(Lasting::Pipeline)
    } else if INSTRUCTIONS.contains(name) || (of_agent && within(&["memory", "rules", "skills"])) {
        Some(Lasting::Instructions)
    } else {
        None
    }
}

fn is_pipeline(name: &str, folders: &[&str]) -> bool {
    folders
        .iter()
        .any(|f| matches!(*f, "workflows" | ".circleci" | ".buildkite"))
        || matches!(
            name,
            ".gitlab-ci.yml" | "jenkinsfile" | "azure-pipelines.yml" | "bitbucket-pipelines.yml"
        )
}

fn of_command(program: &str) -> Option<Lasting> {
    const SHAPES: &[(&[&str], Lasting)] = &[
        (&["ssh-copy-id"], Lasting::Access),
        (&["useradd"], Lasting::Access),
        (&["usermod"], Lasting::Access),
        (&["visudo"], Lasting::Access),
        (&["chpasswd"], Lasting::Access),
        (&["crontab"], Lasting::Startup),
        (&["systemctl", "enable"], Lasting::Startup),
        (&["launchctl", "load"], Lasting::Startup),
        (&["launchctl", "bootstrap"], Lasting::Startup),
        (&["claude", "mcp", "add"], Lasting::AgentConfig),
        (&["codex", "mcp", "add"], Lasting::AgentConfig),
        (&["claude", "plugin", "install"], Lasting::AgentConfig),
    ];
    let words: Vec<&str> = program.split_whitespace().collect();
    // Listing what is there changes nothing.
    if words.iter().any(|w| matches!(*w, "-l" | "--list")) {
        return None;
    }
    let has =
        |shape: &[&str]| words.first() == shape.first() && shape.iter().all(|w| words.contains(w));
    SHAPES
        .iter()
        .find(|(shape, _)| has(shape))
        .map(|(_, lasting)| *lasting)
}

/// Whether a file at this path goes on acting after the session that wrote it.
pub fn acts_later(path: &str) -> bool {
    of_path(path).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_that_act_after_the_session() {
        let write = |path: &str| {
            let event = Event {
                kind: EventKind::Write,
                path: Some(Text::new(path)),
                ..Event::default()
            };
            lasting(&event).map(|(sort, _)| sort)
        };
        for (path, expect) in [
            ("/home/a/.ssh/authorized_keys", Some(Lasting::Access)),
            ("~/.zshrc", Some(Lasting::Startup)),
            ("/etc/cron.d/job", Some(Lasting::Startup)),
            (".claude/settings.json", Some(Lasting::AgentConfig)),
            (".mcp.json", Some(Lasting::AgentConfig)),
            (".git/hooks/pre-commit", Some(Lasting::Pipeline)),
            (".github/workflows/ci.yml", Some(Lasting::Pipeline)),
            ("CLAUDE.md", Some(Lasting::Instructions)),
            ("src/hooks/useThing.ts", None),
            ("settings.json", None),
        ] {
            assert_eq!(write(path), expect, "{path}");
        }
    }

    #[test]
    fn tools_and_commands_of_any_agent() {
        let call = |tool: &str| {
            let event = Event {
                kind: EventKind::Tool,
                tool: Some(Text::new(tool)),
                ..Event::default()
            };
            lasting(&event).map(|(sort, _)| sort)
        };
        assert_eq!(call("update_password"), Some(Lasting::Credential));
        assert_eq!(call("invite_member"), Some(Lasting::Grant));
        assert_eq!(call("send_message"), None);
        assert_eq!(of_command("crontab -l"), None);
        assert_eq!(of_command("crontab"), Some(Lasting::Startup));
    }
}
