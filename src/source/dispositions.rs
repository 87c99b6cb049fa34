//! `content/dispositions/*.md`: decisions of people, TOML front matter and a reason.

use super::content::front_matter;
use super::toml_file::Moment;
use super::{files, toml_file};
use crate::diagnostic::{Diagnostic, nearest};
use crate::model::{About, Decided, Disposition, Dispositions, EntityKind, Ruling};
use jiff::Timestamp;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// Folder of the decisions, relative to the site.
pub const FOLDER: &str = "content/dispositions";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FrontMatter {
    about: String,
    verdict: String,
    signal: Option<String>,
    author: String,
    reason: Option<String>,
    decided: Option<Moment>,
    expires: Moment,
    #[serde(rename = "title")]
    _title: Option<String>,
}

/// Reads every decision; `signals` are the names a suppression may name.
pub fn read(root: &Path, signals: &[&str]) -> Result<Dispositions, Diagnostic> {
    let folder = root.join(FOLDER);
    let all = files::list(&folder).map_err(|e| files::unreadable(FOLDER, &e))?;
    let is_decision = |p: &&PathBuf| has_ending(p, &["md", "markdown"]) && !is_readme(p);
    let mut found = Vec::new();
    for path in all.iter().filter(is_decision) {
        let label = files::label(root, path);
        let text = files::read_text(path).map_err(|e| files::unreadable(&label, &e))?;
        found.push(parse(&label, &text, signals)?);
    }
    Ok(Dispositions(found))
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    let ending = path.extension().unwrap_or_default();
    endings.iter().any(|e| ending.eq_ignore_ascii_case(e))
}

fn is_readme(path: &Path) -> bool {
    path.file_stem()
        .is_some_and(|s| s.eq_ignore_ascii_case("readme"))
}

/// Types the text of one decision; `signals` are the names a suppression may name.
pub fn parse(label: &str, text: &str, signals: &[&str]) -> Result<Disposition, Diagnostic> {
    let (front, body) = front_matter(label, text)?;
    let front: FrontMatter = toml_file::parse(label, &front).map_err(|d| d.further_down(1))?;
    let wrong = |key: &str, message: String, mend: &str| {
        let line = text
            .lines()
            .position(|l| l.split('=').next().is_some_and(|k| k.trim() == key));
        let d = Diagnostic::error(label, message, mend);
        match line {
            Some(line) => d.at(line as u64 + 1, 1),
            None => d,
        }
    };
    let about = about(&front.about).ok_or_else(|| {
        let message = format!("`{}` names nothing that can be decided on", front.about);
        wrong(
            "about",
            message,
            "write session:ID, narrative:N-..., or a kind of entity and its name, as key:sk-...A3F2",
        )
    })?;
    let ruling = Ruling::WORDS.iter().find(|(w, _)| *w == front.verdict);
    let ruling = ruling.map(|(_, r)| *r).ok_or_else(|| {
        let words = Ruling::WORDS.map(|(w, _)| w);
        let mend = nearest(&front.verdict, words).map_or_else(
            || format!("use one of {}", words.join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        let message = format!("`{}` is not a verdict", front.verdict);
        wrong("verdict", message, &mend)
    })?;
    let signal = signal(front.signal.as_deref(), ruling, signals)
        .map_err(|(message, mend)| wrong("signal", message, &mend))?;
    let not_a_moment = |key: &str| {
        let message = format!("`{key}` is not a moment");
        wrong(key, message, "write 2026-11-30 or 2026-11-30T09:00:00Z")
    };
    let decided = match &front.decided {
        Some(moment) => Some(decided(moment).ok_or_else(|| not_a_moment("decided"))?),
        None if ruling == Ruling::Closed || matches!(about, About::Narrative(_)) => {
            let message = "a decision without the moment it was made".to_owned();
            let mend = "add decided = 2026-11-21, or the time of that day: it covers what was known then, and what is learned later is open again";
            return Err(wrong("verdict", message, mend));
        }
        None => None,
    };
    let expires = front.expires.end().ok_or_else(|| not_a_moment("expires"))?;
    if decided.is_some_and(|d| d.from >= expires) {
        let message = "the decision expires before it is made".to_owned();
        return Err(wrong("expires", message, "correct one of the two"));
    }
    if let Some(why) = applies_to_nothing(&about, ruling) {
        let message = format!("`{}` cannot be {}: {why}", about.words(), ruling.word());
        let mend = "decide on session:ID, narrative:N-..., or what the narrative asks about, as key:sk-...A3F2";
        return Err(wrong("about", message, mend));
    }
    let reason = front.reason.unwrap_or_else(|| plain(&body));
    if reason.trim().is_empty() {
        return Err(wrong(
            "reason",
            "a decision without a reason".to_owned(),
            "say why below the front matter, or in `reason`",
        ));
    }
    if front.author.trim().is_empty() {
        let message = "a decision without an author".to_owned();
        return Err(wrong("author", message, "name who decided"));
    }
    Ok(Disposition {
        file: label.to_owned(),
        about,
        ruling,
        signal,
        author: front.author,
        reason,
        decided,
        expires,
    })
}

/// Why a decision would never do anything, if so.
fn applies_to_nothing(about: &About, ruling: Ruling) -> Option<&'static str> {
    match (about, ruling) {
        (About::Narrative(_), Ruling::Suppressed) => {
            Some("a suppression is about one signal of one session or entity")
        }
        (
            About::Entity(EntityKind::User | EntityKind::Agent | EntityKind::Model, _),
            Ruling::Closed | Ruling::Accepted,
        ) => Some("no narrative asks about that"),
        _ => None,
    }
}

fn decided(moment: &Moment) -> Option<Decided> {
    let (from, end) = (moment.beginning()?, moment.end()?);
    let until = if from == end {
        end
    } else {
        Timestamp::from_second(end.as_second() - 1).ok()?
    };
    Some(Decided { from, until })
}

fn about(text: &str) -> Option<About> {
    let (kind, name) = text.split_once(':')?;
    let name = name.trim();
    if name.is_empty() {
        return None;
    }
    match kind.trim() {
        "session" => Some(About::Session(name.to_owned())),
        "narrative" => Some(About::Narrative(name.to_owned())),
        kind => EntityKind::ALL
            .into_iter()
            .find(|k| k.word() == kind)
            .map(|k| About::Entity(k, name.to_owned())),
    }
}

fn signal(
    named: Option<&str>,
    ruling: Ruling,
    signals: &[&str],
) -> Result<Option<String>, (String, String)> {
    match (named, ruling) {
        (None, Ruling::Suppressed) => Err((
            "a suppression names the one signal it is about".to_owned(),
            "add signal = \"sensitive-touch\", or the name of another signal".to_owned(),
        )),
        (None, _) => Ok(None),
        (Some(_), Ruling::Closed | Ruling::Accepted) => Err((
            "only a suppression names a signal".to_owned(),
            "leave `signal` out, or write verdict = \"suppressed\"".to_owned(),
        )),
        (Some(name), Ruling::Suppressed) if signals.contains(&name) => Ok(Some(name.to_owned())),
        (Some(name), Ruling::Suppressed) => Err((
            format!("`{name}` is not a signal"),
            nearest(name, signals.iter().copied()).map_or_else(
                || "the method page lists them".to_owned(),
                |near| format!("did you mean `{near}`?"),
            ),
        )),
    }
}

/// The reason as one plain line.
fn plain(body: &str) -> String {
    body.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "+++\nabout = \"key:sk-...AAAA\"\nverdict = \"accepted\"\nauthor = \"ann\"\nexpires = 2026-12-01\n+++\nThe key is being\nreplaced.\n";

    #[test]
    fn a_decision_is_read_whole() {
        let d = parse("content/dispositions/a.md", GOOD, &["sensitive-touch"]).unwrap();
        assert_eq!(d.about.words(), "key:sk-...AAAA");
        assert_eq!((d.ruling, d.author.as_str()), (Ruling::Accepted, "ann"));
        assert_eq!(d.reason, "The key is being replaced.");
        assert_eq!(d.expires.to_string(), "2026-12-02T00:00:00Z");
        assert!(d.is_in_force("2026-12-01T23:59:59Z".parse().unwrap()));
        assert!(d.has_expired("2026-12-02T00:00:00Z".parse().unwrap()));
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        let check = |from: &str, to: &str, line: u64, message: &str| {
            let text = GOOD.replace(from, to);
            let e = parse("a.md", &text, &["sensitive-touch"]).unwrap_err();
            assert_eq!((e.line, e.message.as_str()), (Some(line), message), "{e:?}");
        };
        check("accepted", "acepted", 3, "`acepted` is not a verdict");
        check(
            "key:sk-...AAAA",
            "nobody",
            2,
            "`nobody` names nothing that can be decided on",
        );
        check(
            "verdict = \"accepted\"",
            "verdict = \"suppressed\"\nsignal = \"sensitive-tuch\"",
            4,
            "`sensitive-tuch` is not a signal",
        );
        check("author", "autor", 4, "unknown key `autor`");
        check("2026-12-01", "\"soon\"", 5, "`expires` is not a moment");
        let message = "a decision without the moment it was made";
        check("accepted", "closed", 3, message);
    }
}
