//! Through what kinds of entities leads are linked to other sessions, and which
//! sensitive files were touched.

use crate::assess::{Context, Facts};
use crate::model::{Entity, EntityKind};
use std::collections::{BTreeMap, BTreeSet};

/// The order in which kinds of links are named.
const NAMED: [EntityKind; 9] = [
    EntityKind::User,
    EntityKind::Key,
    EntityKind::Host,
    EntityKind::Repo,
    EntityKind::File,
    EntityKind::Model,
    EntityKind::Agent,
    EntityKind::Tool,
    EntityKind::Destination,
];

/// Kinds of entities through which a lead is linked to another session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    /// In the order in which they are named.
    pub kinds: Vec<EntityKind>,
}

impl Links {
    /// Looks at every entity of every lead; hubs link nothing.
    pub fn of(leads: &[usize], facts: &[Facts], context: &Context<'_>) -> Self {
        let mut linked = BTreeSet::new();
        for lead in leads {
            let entities = facts[*lead].entities();
            linked.extend(
                entities
                    .iter()
                    .filter(|e| context.count(e) >= 2 && !context.is_hub(e))
                    .map(|e| e.kind),
            );
        }
        Self {
            kinds: NAMED.into_iter().filter(|k| linked.contains(k)).collect(),
        }
    }

    /// `Key, host, file, model, and outbound path`
    pub fn words(&self) -> String {
        let words: Vec<&str> = self.kinds.iter().map(|k| k.link_words()).collect();
        let mut list = list_words(&words);
        if let Some(first) = list.get_mut(0..1) {
            first.make_ascii_uppercase();
        }
        list
    }
}

/// `a`, `a and b`, `a, b, and c`
pub fn list_words(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [a, b] => format!("{a} and {b}"),
        [head @ .., last] => format!("{}, and {last}", head.join(", ")),
    }
}

/// The distinct sensitive files an edition's sessions touched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// How many distinct files.
    pub files: usize,
    /// How many workstreams (repositories) they lie in.
    pub workstreams: usize,
    /// How many lie in the fullest one.
    pub in_fullest: usize,
}

impl Touched {
    /// Counts files and the repositories they lie in; files outside any share one workstream.
    pub fn of(facts: &[Facts]) -> Self {
        let files: BTreeSet<&Entity> = facts
            .iter()
            .flat_map(|f| &f.touches)
            .map(|t| &t.file)
            .collect();
        let mut streams: BTreeMap<Option<&str>, usize> = BTreeMap::new();
        for file in &files {
            *streams.entry(file.file_repo()).or_default() += 1;
        }
        let in_fullest = streams.values().copied().max().unwrap_or(0);
        Self {
            files: files.len(),
            workstreams: streams.len(),
            in_fullest,
        }
    }

    /// Two thirds or more in one repository are concentrated.
    pub fn words(&self) -> String {
        match self.files {
            0 => "No sensitive file was touched".to_owned(),
            _ if self.in_fullest * 3 >= self.files * 2 => {
                "Concentrated in one workstream".to_owned()
            }
            _ => format!("Spread over {} workstreams", self.workstreams),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_thirds_are_concentrated() {
        let words = |files, workstreams, in_fullest| {
            Touched {
                files,
                workstreams,
                in_fullest,
            }
            .words()
        };
        assert_eq!(words(3, 2, 2), "Concentrated in one workstream");
        assert_eq!(words(4, 3, 2), "Spread over 3 workstreams");
        assert_eq!(words(0, 0, 0), "No sensitive file was touched");
    }

    #[test]
    fn lists_read_as_english() {
        assert_eq!(list_words(&["a"]), "a");
        assert_eq!(list_words(&["a", "b"]), "a and b");
        assert_eq!(list_words(&["a", "b", "c"]), "a, b, and c");
    }
}
