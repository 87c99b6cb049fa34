//! Names that look like a known one but are written with other characters.
//!
//! Two names are confusable when their skeletons are equal (Unicode Technical
//! Standard 39). Only a name outside ASCII is held against the ASCII names that are
//! known: an alphabet of one's own is nothing to hide.

use super::facts::Facts;
use crate::model::{Entity, EntityKind, Inventory, Text};
use std::collections::HashMap;
use unicode_security::skeleton;

/// ASCII names by the skeleton they share with look-alikes.
#[derive(Debug, Default)]
pub(super) struct Confusables(HashMap<(EntityKind, String), Text>);

impl Confusables {
    /// Takes in the names of a snapshot and of the inventory; nothing at all while
    /// every name is ASCII.
    pub(super) fn of<'a>(
        entities: impl Iterator<Item = &'a Entity>,
        inventory: &Inventory,
    ) -> Self {
        let (ascii, other): (Vec<&Entity>, Vec<&Entity>) = entities
            .filter(|e| e.kind != EntityKind::File)
            .partition(|e| e.name.untrusted().is_ascii());
        if other.is_empty() {
            return Self::default();
        }
        let declared = inventory
            .known_names()
            .map(|(kind, name)| Entity::new(kind, &Text::new(name)));
        let mut known: Vec<Entity> = ascii.into_iter().cloned().chain(declared).collect();
        // Of two that share their bones the first in order is named.
        known.sort_unstable_by(|a, b| b.cmp(a));
        let bare = |e: Entity| ((e.kind, bones(e.name.untrusted())), e.name);
        Self(known.into_iter().map(bare).collect())
    }

    /// The known name that a name looks like and is not.
    pub(super) fn of_name(&self, entity: &Entity) -> Option<&Text> {
        let name = entity.name.untrusted();
        if self.0.is_empty() || entity.kind == EntityKind::File || name.is_ascii() {
            return None;
        }
        self.0.get(&(entity.kind, bones(name)))
    }

    /// The first name of a session that looks like a known one, and that one.
    pub(super) fn first(&self, facts: &Facts) -> Option<(Entity, Text)> {
        if self.0.is_empty() {
            return None;
        }
        let entities = facts.entities().into_iter();
        let mut alike = entities.filter_map(|e| {
            let known = self.of_name(&e)?.clone();
            Some((e, known))
        });
        alike.next()
    }
}

fn bones(name: &str) -> String {
    skeleton(&name.to_lowercase()).collect()
}
