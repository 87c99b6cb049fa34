//! One sentence that says what a session is: who, where, with what, doing what.

use super::edition::Edition;
use crate::model::{Entity, EntityKind, PathClass, Sentence, Slot, Text};

const TEMPLATE: &str = "{who} on {where}{key}{doing}.";
const CALLING: &str = "{who} on {where}{key} while calling {dest}.";

/// `Alice on a developer endpoint using a shared key while touching auth-related company files.`
pub fn subject(edition: &Edition<'_>, session: usize) -> Sentence {
    let facts = edition.facts(session);
    let context = &edition.context;
    let entity = |user: &Text| Entity::new(EntityKind::User, user);
    let who = match &facts.user {
        // The part of a name that is short is the part that looks alike.
        Some(user) if context.look_alike(&entity(user)).is_some() => Slot::Entity(entity(user)),
        Some(user) => Slot::Text(given_name(user)),
        None if facts.user_said_unknown => Slot::words("An unknown user"),
        None => Slot::words("A user who is not recorded"),
    };
    let place = match (&facts.host, context.host_class(facts)) {
        (None, _) => "an endpoint that is not recorded".to_owned(),
        (Some(_), Some(class)) => {
            let class = class_words(class);
            format!("{} {class} endpoint", article(class))
        }
        (Some(_), None) if facts.bare_address => "a bare address".to_owned(),
        (Some(_), None) => "an unclassified endpoint".to_owned(),
    };
    let key = match &facts.key {
        None => "",
        Some(_) if context.key_is_unknown(facts) => " using an unknown key",
        Some(_) if context.sharing(facts).is_some() => " using a shared key",
        Some(_) => " using a key of its own",
    };
    let strongest = facts
        .touches
        .iter()
        .max_by(|a, b| a.class.strength().total_cmp(&b.class.strength()));
    let mut slots = vec![who, Slot::words(place), Slot::words(key)];
    if let Some(touch) = strongest {
        slots.push(Slot::words(format!(
            " while touching {}",
            files(touch.class)
        )));
        return Sentence::new(TEMPLATE, slots);
    }
    if let Some(reach) = facts.open_reaches().next() {
        slots.push(Slot::Entity(Entity::new(
            EntityKind::Destination,
            &reach.destination,
        )));
        return Sentence::new(CALLING, slots);
    }
    slots.push(Slot::words(""));
    Sentence::new(TEMPLATE, slots)
}

fn files(class: PathClass) -> &'static str {
    match class {
        PathClass::Auth => "auth-related company files",
        PathClass::Credential => "files that hold credentials",
        PathClass::CustomerData => "customer data",
        PathClass::Infra => "infrastructure files",
    }
}

/// A machine's class as it reads in a sentence.
pub(super) fn class_words(class: &str) -> &str {
    if class == "ci" { "CI" } else { class }
}

fn article(word: &str) -> &'static str {
    if word.starts_with(['a', 'e', 'i', 'o', 'u', 'A', 'E', 'I', 'O', 'U']) {
        "an"
    } else {
        "a"
    }
}

/// The first word of an account's local part, capitalised: `alice@company.com` is Alice.
fn given_name(user: &Text) -> Text {
    let local = user.untrusted().split('@').next().unwrap_or_default();
    let word = local
        .split(['.', '_', '+'])
        .find(|w| !w.is_empty())
        .unwrap_or(local);
    let mut letters = word.chars();
    let first: String = letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect();
    Text::new(&format!("{first}{}", letters.as_str()))
}
