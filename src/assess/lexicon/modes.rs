//! Permission modes of agents: which of them ask nobody.

/// How much of what a session did was put before a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Supervision {
    /// The mode asks, or is not known.
    Asked,
    /// Edits are accepted without asking.
    EditsAccepted,
    /// Nothing is asked.
    Off,
}

/// What a mode's name says, by its words.
pub fn supervision(mode: &str) -> Supervision {
    const OFF: &[&str] = &[
        "bypass",
        "dangerous",
        "danger",
        "yolo",
        "fullaccess",
        "fullauto",
        "skippermissions",
        "allowall",
        "never",
        "dontask",
    ];
    const EDITS: &[&str] = &["acceptedits", "autoedit", "autoaccept"];
    let mode: String = mode
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    if OFF.iter().any(|w| mode.contains(w)) {
        Supervision::Off
    } else if EDITS.iter().any(|w| mode.contains(w)) {
        Supervision::EditsAccepted
    } else {
        Supervision::Asked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_of_several_agents() {
        for (mode, expect) in [
            ("bypassPermissions", Supervision::Off),
            ("danger-full-access", Supervision::Off),
            ("never", Supervision::Off),
            ("acceptEdits", Supervision::EditsAccepted),
            ("default", Supervision::Asked),
            ("plan", Supervision::Asked),
        ] {
            assert_eq!(supervision(mode), expect, "{mode}");
        }
    }
}
