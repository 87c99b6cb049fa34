//! Acts that destroy, read from the programs and tools that were called.

use super::paths::is_scratch;
use crate::model::{Event, EventKind, Text};

/// A destructive act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Destruction {
    /// What was done, in words.
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
    shape(&["git", "push", "--force"], "a forced push", true),
    shape(&["git", "push", "-f"], "a forced push", true),
    shape(
        &["git", "push", "--delete"],
        "a deletion of remote branches",
        true,
    ),
    shape(&["git", "push", "--mirror"], "a mirror push", true),
    shape(&["git", "filter-branch"], "a rewrite of history", true),
    shape(
        &["terraform", "destroy"],
        "a destruction of infrastructure",
        true,
    ),
    shape(
        &["pulumi", "destroy"],
        "a destruction of infrastructure",
        true,
    ),
    shape(&["kubectl", "delete"], "a deletion in a cluster", true),
    shape(&["helm", "uninstall"], "a removal of a release", true),
    shape(&["aws", "s3", "rb"], "a deletion of a bucket", true),
    shape(&["aws", "s3", "rm"], "a deletion in a bucket", true),
    shape(&["gcloud", "delete"], "a deletion of cloud resources", true),
    shape(&["az", "delete"], "a deletion of cloud resources", true),
    shape(
        &["gh", "repo", "delete"],
        "a deletion of a repository",
        true,
    ),
    shape(&["dropdb"], "a database drop", true),
    shape(&["mkfs"], "a new file system over a device", true),
    shape(&["shred"], "a secure deletion", true),
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
            let path = event.path.as_ref().map(Text::untrusted)?;
            let many = objects > 1 || path.ends_with('/');
            let verb = if many {
                "a deletion of files"
            } else {
                "a deletion of a file"
            };
            (!is_scratch(path)).then_some(Destruction {
                verb,
                irreversible: false,
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
        assert_eq!(run("git push --force"), Some("a forced push"));
        assert_eq!(run("git push"), None);
        assert_eq!(
            run("terraform destroy"),
            Some("a destruction of infrastructure")
        );
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
