//! Acts that destroy, read from the programs and tools that were called.

use super::paths::is_scratch;
use super::verbs;
use crate::model::{Event, EventKind, Text};

/// A destructive act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Destruction {
    /// What was done, as the beginning of a sentence.
    pub verb: &'static str,
    /// Whether it cannot be taken back from a working copy or a bin.
    pub irreversible: bool,
    /// Things affected, when counted.
    pub objects: u64,
}

/// A program and what all of the listed words among its arguments mean.
struct Shape {
    words: &'static [&'static str],
    verb: &'static str,
    irreversible: bool,
}

const fn shape(words: &'static [&'static str], verb: &'static str, irreversible: bool) -> Shape {
    Shape {
        words,
        verb,
        irreversible,
    }
}

/// Shapes of commands, most specific first. The first word is the program.
const SHAPES: &[Shape] = &[
    shape(&["git", "push", "--force"], "Forced a push", true),
    shape(&["git", "push", "-f"], "Forced a push", true),
    shape(
        &["git", "push", "--delete"],
        "Deleted remote branches",
        true,
    ),
    shape(&["git", "push", "--mirror"], "Pushed a mirror", true),
    shape(&["git", "filter-branch"], "Rewrote history", true),
    shape(&["terraform", "destroy"], "Destroyed infrastructure", true),
    shape(&["pulumi", "destroy"], "Destroyed infrastructure", true),
    shape(
        &["kubectl", "delete"],
        "Deleted resources of a cluster",
        true,
    ),
    shape(&["helm", "uninstall"], "Removed a release", true),
    shape(&["aws", "s3", "rb"], "Deleted a bucket", true),
    shape(&["aws", "s3", "rm"], "Deleted objects of a bucket", true),
    shape(&["gcloud", "delete"], "Deleted cloud resources", true),
    shape(&["az", "delete"], "Deleted cloud resources", true),
    shape(&["gh", "repo", "delete"], "Deleted a repository", true),
    shape(&["dropdb"], "Dropped a database", true),
    shape(&["mkfs"], "Put a new file system over a device", true),
    shape(&["shred"], "Shredded files", true),
];

/// The destructive act in an event, if it is one. Cleaning scratch and build
/// output is none; neither is an act that failed.
pub fn destruction(event: &Event) -> Option<Destruction> {
    if event.ok == Some(false) {
        return None;
    }
    let objects = event.objects.unwrap_or(1);
    match event.kind {
        EventKind::Delete => {
            let path = event.path.as_ref().map(Text::untrusted);
            let many = objects > 1 || path.is_some_and(|p| p.ends_with('/'));
            let verb = match path {
                None => "Deleted something",
                Some(_) if many => "Deleted files",
                Some(_) => "Deleted",
            };
            (!path.is_some_and(is_scratch)).then_some(Destruction {
                verb,
                irreversible: false,
                objects,
            })
        }
        EventKind::Tool => {
            let tool = event
                .tool
                .as_ref()
                .filter(|t| verbs::destroys(t.untrusted()))?;
            let path = event.path.as_ref().map(Text::untrusted);
            let verb = match path {
                None => "Deleted something",
                Some(_) => "Deleted",
            };
            let server = verbs::server(tool.untrusted()).is_some();
            (!path.is_some_and(is_scratch)).then_some(Destruction {
                verb,
                // Behind a server there is no working copy to take it from.
                irreversible: server,
                objects,
            })
        }
        EventKind::Execute | EventKind::Request => event.programs.iter().find_map(|program| {
            let words: Vec<&str> = program.untrusted().split_whitespace().collect();
            let has = |shape: &&Shape| {
                words.first() == shape.words.first()
                    && shape.words.iter().all(|w| words.contains(w))
            };
            let shape = SHAPES.iter().find(has)?;
            Some(Destruction {
                verb: shape.verb,
                irreversible: shape.irreversible,
                objects,
            })
        }),
        _ => None,
    }
}

/// Whether the words of an event name a production system.
pub fn names_production(event: &Event) -> bool {
    let texts = [&event.path, &event.destination, &event.repo, &event.summary];
    texts
        .into_iter()
        .flatten()
        .chain(&event.programs)
        .any(|text| {
            text.untrusted()
                .split(|c: char| !c.is_ascii_alphanumeric())
                .any(|word| {
                    word.eq_ignore_ascii_case("prod") || word.eq_ignore_ascii_case("production")
                })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(program: &str) -> Option<&'static str> {
        let event = Event {
            kind: EventKind::Execute,
            programs: vec![Text::new(program)],
            ..Event::default()
        };
        destruction(&event).map(|d| d.verb)
    }

    #[test]
    fn shapes_of_destruction() {
        assert_eq!(run("git push --force"), Some("Forced a push"));
        assert_eq!(run("git push"), None);
        assert_eq!(run("terraform destroy"), Some("Destroyed infrastructure"));
        assert_eq!(run("terraform plan"), None);
    }

    #[test]
    fn cleaning_build_output_is_none() {
        let delete = |path: &str| {
            let event = Event {
                kind: EventKind::Delete,
                path: Some(Text::new(path)),
                ..Event::default()
            };
            destruction(&event).is_some()
        };
        assert!(delete("src/lib.rs"));
        assert!(!delete("node_modules"));
        assert!(!delete("/tmp/scratch/x"));
    }
}
