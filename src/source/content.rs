//! `content/*.md`: prose that people of the company write, Markdown with TOML front matter.

use super::{files, toml_file};
use crate::diagnostic::Diagnostic;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// One page or block of prose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prose {
    /// Heading.
    pub title: String,
    /// Markdown.
    pub body: String,
}

/// Front matter of a prose file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FrontMatter {
    title: String,
}

/// All prose of a site by file stem. Blocks the site does not have fall back to
/// the ones shipped with the program.
pub type Content = BTreeMap<String, Prose>;

/// Shipped prose: file stem and text.
const SHIPPED: &[(&str, &str)] = &[
    (
        "why-sessions",
        include_str!("../../content/why-sessions.md"),
    ),
    (
        "why-borrow-this-shape",
        include_str!("../../content/why-borrow-this-shape.md"),
    ),
    ("method", include_str!("../../content/method.md")),
];

/// Reads `content/*.md` (not its subfolders: those hold decisions).
pub fn read(root: &Path) -> Result<Content, Diagnostic> {
    let mut content = Content::new();
    for (stem, text) in SHIPPED {
        content.insert(
            (*stem).to_owned(),
            parse(&format!("content/{stem}.md"), text)?,
        );
    }
    let folder = root.join("content");
    let all = files::list(&folder).map_err(|e| files::unreadable("content", &e))?;
    for path in all
        .iter()
        .filter(|p| p.parent() == Some(&folder) && p.extension().is_some_and(|x| x == "md"))
    {
        let label = files::label(root, path);
        let text = files::read_text(path).map_err(|e| files::unreadable(&label, &e))?;
        let stem = path
            .file_stem()
            .map(|s| s.to_string_lossy().into_owned())
            .unwrap_or_default();
        content.insert(stem, parse(&label, &text)?);
    }
    Ok(content)
}

/// Splits `+++` front matter from the body; both come back as they stand.
pub(super) fn front_matter(label: &str, text: &str) -> Result<(String, String), Diagnostic> {
    let missing = || {
        let mend = "begin the file with `+++`, its keys, `+++`";
        Diagnostic::error(label, "front matter is missing", mend).at(1, 1)
    };
    let text = text.replace("\r\n", "\n");
    let rest = text.strip_prefix("+++\n").ok_or_else(missing)?;
    let (front, body) = rest.split_once("\n+++\n").ok_or_else(missing)?;
    Ok((front.to_owned(), body.trim().to_owned()))
}

/// Types the text of one prose file.
pub fn parse(label: &str, text: &str) -> Result<Prose, Diagnostic> {
    let (front, body) = front_matter(label, text)?;
    // One line further down, so that places count the opening `+++`.
    let front: FrontMatter = toml_file::parse(label, &front).map_err(|d| d.further_down(1))?;
    Ok(Prose {
        title: front.title,
        body,
    })
}
