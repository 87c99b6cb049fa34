//! The theme: templates and assets, shipped with the program, any file of which a
//! site may replace.

use super::html;
use crate::diagnostic::Diagnostic;
use crate::digest::Sha256Sum;
use crate::source::files;
use include_dir::{Dir, include_dir};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;
use tera::Tera;

static SHIPPED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/themes/default");

/// Files by their names below a theme: where each lies, and its bytes.
type Files = BTreeMap<String, (String, Cow<'static, [u8]>)>;

/// A loaded theme.
pub struct Theme {
    /// Name and text of each template.
    sources: Vec<(String, String)>,
    /// The same, parsed once somebody needs them.
    templates: OnceLock<Result<Tera, Diagnostic>>,
    /// Published name and bytes of each asset, by its plain name.
    assets: BTreeMap<String, (String, Cow<'static, [u8]>)>,
    /// Where each template lies, by its plain name.
    labels: BTreeMap<String, String>,
    /// Digest of every file, part of an edition's inputs.
    pub digest: String,
    /// Digest of its templates alone: whether a page can be made depends on no asset.
    pub templates_digest: Sha256Sum,
}

impl Theme {
    /// Loads a theme of a site: the shipped files, then the site's own in their place.
    /// Whether its templates are well formed is for [`check`](Self::check).
    pub fn load(root: &Path, name: &str) -> Result<Self, Diagnostic> {
        let mut all = Files::new();
        collect_shipped(&SHIPPED, &mut all);
        let folder = root.join("themes").join(name);
        if name != "default" && !folder.is_dir() {
            let message = format!("there is no theme {name:?} below themes/");
            return Err(Diagnostic::error(
                "daybrief.toml",
                message,
                "create the folder, or use theme = \"default\"",
            ));
        }
        for path in files::list(&folder).map_err(|e| files::unreadable("themes", &e))? {
            let label = files::label(root, &path);
            let bytes = files::read_bytes(&path).map_err(|e| files::unreadable(&label, &e))?;
            all.insert(files::label(&folder, &path), (label, bytes.into()));
        }
        Self::build(&all)
    }

    fn build(all: &Files) -> Result<Self, Diagnostic> {
        let (mut hasher, mut of_templates) = (Sha256::new(), Sha256::new());
        let mut sources = Vec::new();
        let mut assets = BTreeMap::new();
        let mut labels = BTreeMap::new();
        for (name, (label, bytes)) in all {
            add(&mut hasher, name, bytes);
            if let Some(template) = name.strip_prefix("templates/") {
                add(&mut of_templates, name, bytes);
                labels.insert(template.to_owned(), label.clone());
                let text = std::str::from_utf8(bytes).map_err(|_| {
                    Diagnostic::error(label, "the template is not UTF-8", "save it as UTF-8")
                })?;
                sources.push((template.to_owned(), text.to_owned()));
            } else if let Some(asset) = name.strip_prefix("assets/") {
                assets.insert(asset.to_owned(), (hashed_name(asset, bytes), bytes.clone()));
            }
        }
        let digest = data_encoding::HEXLOWER.encode(&hasher.finalize());
        Ok(Self {
            sources,
            templates: OnceLock::new(),
            assets,
            labels,
            digest,
            templates_digest: Sha256Sum::so_far(&of_templates),
        })
    }

    /// Parses its templates, unless they are parsed. What is wrong with one is the error.
    pub fn check(&self) -> Result<(), Diagnostic> {
        self.templates().map(|_| ()).map_err(Clone::clone)
    }

    fn templates(&self) -> Result<&Tera, &Diagnostic> {
        let parse = || {
            let mut tera = engine();
            let sources = self.sources.iter();
            tera.add_raw_templates(sources.map(|(name, text)| (name.as_str(), text.as_str())))
                .map_err(|e| template_mistake(&e.to_string(), &self.labels))?;
            Ok(tera)
        };
        self.templates.get_or_init(parse).as_ref()
    }

    /// Renders a view with a template. What is wrong with a template is a [`Diagnostic`].
    pub fn render(&self, template: &str, view: &impl serde::Serialize) -> anyhow::Result<Vec<u8>> {
        let context = tera::Context::from_serialize(view)?;
        let mut bytes = Vec::with_capacity(16 * 1024);
        self.templates()
            .map_err(Clone::clone)?
            .render_to(template, &context, &mut bytes)
            .map_err(|e| template_mistake(&e.to_string(), &self.labels))?;
        Ok(bytes)
    }

    /// Published name of an asset: `style.css` is `style-3f2a9c1e5b.css`.
    pub fn asset<'a>(&'a self, name: &'a str) -> &'a str {
        self.assets
            .get(name)
            .map_or(name, |(published, _)| published)
    }

    /// Published and plain name of every asset.
    pub fn assets_by_name(&self) -> impl Iterator<Item = (&str, &str)> {
        self.assets
            .iter()
            .map(|(name, (published, _))| (published.as_str(), name.as_str()))
    }

    /// Published name and bytes of every asset.
    pub fn assets(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.assets
            .values()
            .map(|(name, bytes)| (name.as_str(), &**bytes))
    }
}

/// Adds a file to a digest, so that no other names and bytes make the same one.
fn add(hasher: &mut Sha256, name: &str, bytes: &[u8]) {
    for part in [name.as_bytes(), bytes] {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
}

/// The template engine. What a session says leaves it escaped, whatever a template does: in
/// every template, and without the filters that could take an escape back.
fn engine() -> Tera {
    let mut tera = Tera::new();
    tera.autoescape_on([""]);
    tera.set_escape_fn(html::escape);
    let refuse =
        |_: tera::Value, _: tera::Kwargs, _: &tera::State| -> tera::TeraResult<tera::Value> {
            Err(tera::Error::message(
                "there is no filter `safe`: what a session says stays escaped",
            ))
        };
    tera.register_filter("safe", refuse);
    // The engine's own takes markup for its second argument, and so could make some of text.
    let replace = |text: &str, args: tera::Kwargs, _: &tera::State| -> tera::TeraResult<String> {
        Ok(text.replace(args.must_get::<&str>("from")?, args.must_get::<&str>("to")?))
    };
    tera.register_filter("replace", replace);
    tera
}

/// Takes apart what the template engine says: its first line, and `--> name:line:column`.
fn template_mistake(said: &str, labels: &BTreeMap<String, String>) -> Diagnostic {
    let message = said
        .lines()
        .next()
        .unwrap_or(said)
        .trim_start_matches("error: ");
    let place = said.lines().find_map(|l| l.trim().strip_prefix("--> "));
    let mut parts = place.unwrap_or_default().rsplitn(3, ':');
    let (column, line) = (
        parts.next().and_then(|n| n.parse().ok()),
        parts.next().and_then(|n| n.parse().ok()),
    );
    let template = parts.next().unwrap_or_default();
    let label = labels.get(template).map(String::as_str);
    let file = label.unwrap_or("themes");
    let mistake = Diagnostic::error(file, message, "correct the template of the theme");
    match (line, column) {
        (Some(line), Some(column)) => mistake.at(line, column),
        _ => mistake,
    }
}

fn collect_shipped(folder: &Dir<'static>, all: &mut Files) {
    for file in folder.files() {
        let name = file
            .path()
            .iter()
            .map(|p| p.to_string_lossy())
            .collect::<Vec<_>>()
            .join("/");
        all.insert(
            name.clone(),
            (format!("themes/default/{name}"), file.contents().into()),
        );
    }
    folder.dirs().for_each(|dir| collect_shipped(dir, all));
}

/// The name changes with the content, so that a browser never shows a stale asset.
fn hashed_name(name: &str, bytes: &[u8]) -> String {
    let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(bytes));
    match name.rsplit_once('.') {
        Some((stem, ending)) => format!("{stem}-{}.{ending}", &hash[..10]),
        None => format!("{name}-{}", &hash[..10]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_mistake_has_a_place() {
        let bytes = b"a\n{% oops %}".as_slice().into();
        let all = Files::from([(
            "templates/x.html".to_owned(),
            ("themes/own/templates/x.html".to_owned(), bytes),
        )]);
        let theme = Theme::build(&all).unwrap();
        let mistake = theme.check().err().unwrap();
        assert_eq!(mistake.place(), "themes/own/templates/x.html:2:4");
        assert!(!mistake.message.contains('\n'), "{}", mistake.message);
    }

    /// What a template would have to do to let a text out as markup.
    const TRICKS: &[&str] = &[
        "{{ text }}",
        "{{ text | safe }}",
        "{{ text | default(value='') | safe }}",
        "{% filter safe %}{{ text }}{% endfilter %}",
        "{% filter replace(from='&lt;', to='<') %}{{ text }}{% endfilter %}",
        "{{ text | replace(from='a', to='<') }}",
        "{% set open %}<{% endset %}{% set told %}{{ text }}{% endset %}{{ told | replace(from='&lt;', to=open) }}",
        "{% set open %}<{% endset %}{{ told | replace(from='&lt;', to=open) }}",
        "{% set told %}{{ text }}{% endset %}{{ told | upper }}{{ told | lower }}{{ told | title }}",
        "{{ '<' ~ text ~ '>' }}{{ told ~ text }}",
        "{{ told | trim(pat='&lt;') }}{{ told | trim_start }}{{ told | trim_end }}",
        "{{ told | reverse }}{{ text | reverse }}",
        "{{ told | split(pat=';') | join(sep='') }}{{ [text, told] | join(sep=told) }}",
        "{{ text | split(pat='') | join }}",
        "{{ told | indent(first=true) }}{{ text | indent(indentation='<', first=true) }}",
        "{{ text | truncate(length=9) }}{{ told | truncate(length=9) }}",
        "{{ text | escape }}{{ text | escape_html }}{{ text | escape_xml }}{{ told | escape }}",
        "{{ text | newlines_to_br }}{{ told | newlines_to_br }}",
        "{{ text | capitalize }}{{ told | capitalize }}{{ text | str }}{{ told | str }}",
        "{{ text[0:9] }}{{ told[0:9] }}{{ [text, told] | last }}{{ [told] | nth(n=0) }}",
        "{{ [text] }}{{ {'x': text} }}{{ [text] | first }}{{ {'x': text} | get(key='x') }}",
        "{{ {'x': text} | values }}{{ {'x': text} | pairs }}{{ {'x': text} | keys }}",
        "{% for c in text %}{{ c }}{% endfor %}",
        "{{ __tera_context }}",
        "{% include 'part.txt' %}",
        "{{ <Part text={text} /> }}",
        "{% <Part text={text}> %}{{ text }}{% </Part> %}",
    ];

    #[test]
    fn no_template_lets_a_text_out_as_markup() {
        let text = "<img src=x onerror=alert(1)>";
        let told = html::Markup::value(&crate::model::Text::new(text));
        for trick in TRICKS {
            let mut tera = engine();
            let parts = [
                ("part.txt", "{{ text }}{{ told }}"),
                (
                    "parts.html",
                    "{% component Part(text) %}{{ text }}{{ body | default(value='') }}{% endcomponent Part %}",
                ),
                ("page.html", trick),
            ];
            let mut context = tera::Context::new();
            context.insert("text", text);
            context.insert("told", &told);
            let said = tera
                .add_raw_templates(parts)
                .and_then(|()| tera.render("page.html", &context));
            if trick.contains("safe") {
                let error = said.unwrap_err().to_string();
                assert!(error.contains("stays escaped"), "{trick}: {error}");
            } else {
                let page = said.unwrap_or_else(|e| panic!("{trick}: {e}"));
                assert!(!page.to_lowercase().contains("<i"), "{trick}: {page}");
            }
        }
    }
}
