//! The things sessions share.

use super::Text;
use serde::{Deserialize, Serialize};

/// What sort of thing an entity is. The order is the order of lanes and links on
/// every page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum EntityKind {
    /// A person or service account.
    User,
    /// A machine, by name or else by address.
    Host,
    /// A credential, by fingerprint or else by hint.
    Key,
    /// An agent program.
    Agent,
    /// A language model.
    Model,
    /// A repository.
    Repo,
    /// A file, together with the repository it lies in.
    File,
    /// Anything outside that a request went to.
    Destination,
    /// A tool, MCP tools included.
    Tool,
}

impl EntityKind {
    /// Every kind, in order.
    pub const ALL: [Self; 9] = [
        Self::User,
        Self::Host,
        Self::Key,
        Self::Agent,
        Self::Model,
        Self::Repo,
        Self::File,
        Self::Destination,
        Self::Tool,
    ];

    /// The word used in addresses, data files and dispositions.
    pub const fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Host => "host",
            Self::Key => "key",
            Self::Agent => "agent",
            Self::Model => "model",
            Self::Repo => "repo",
            Self::File => "file",
            Self::Destination => "destination",
            Self::Tool => "tool",
        }
    }

    /// The words used when a link of this kind is named to a reader.
    pub const fn link_words(self) -> &'static str {
        match self {
            Self::Destination => "outbound path",
            other => other.word(),
        }
    }
}

/// One thing that sessions can share: a kind and the name it is known by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Entity {
    /// What sort of thing it is.
    pub kind: EntityKind,
    /// Its identity as recorded; a file carries its repository too ([`Entity::file`]).
    pub name: Text,
}

/// Separates the repository from the path in a file's name. It cannot occur in a
/// recorded value: control characters are made visible when a snapshot is read.
const FILE_SEPARATOR: char = '\u{1f}';

impl Entity {
    /// An entity of this kind and name.
    pub fn new(kind: EntityKind, name: &Text) -> Self {
        Self {
            kind,
            name: name.clone(),
        }
    }

    /// A file: the same path in another repository is another file.
    pub fn file(repo: Option<&Text>, path: &Text) -> Self {
        let repo = repo.map_or("", Text::untrusted);
        Self {
            kind: EntityKind::File,
            name: Text::new(&format!("{repo}{FILE_SEPARATOR}{}", path.untrusted())),
        }
    }

    /// What a reader is shown: a file's path, any other entity's name.
    pub fn display_name(&self) -> &str {
        let name = self.name.untrusted();
        match self.kind {
            EntityKind::File => name
                .split_once(FILE_SEPARATOR)
                .map_or(name, |(_, path)| path),
            _ => name,
        }
    }

    /// The repository a file lies in, if that is known.
    pub fn file_repo(&self) -> Option<&str> {
        let (repo, _) = self.name.untrusted().split_once(FILE_SEPARATOR)?;
        (!repo.is_empty()).then_some(repo)
    }
}
