//! What stands around every page: title, navigation, edition, footer.

use crate::model::{EditionId, moment};
use crate::render::address::{Leaf, Linker, Root};
use crate::render::edition_site::SiteText;
use serde::Serialize;

/// The frame of a page.
#[derive(Debug, Serialize)]
pub(super) struct Frame {
    title: String,
    site: String,
    icon: String,
    css: String,
    script: String,
    edition: String,
    taken_at: String,
    /// The same for programs, RFC 3339.
    taken_at_exact: String,
    home: String,
    nav: Vec<NavItem>,
    rules: &'static str,
    version: &'static str,
}

#[derive(Debug, Serialize)]
struct NavItem {
    href: String,
    text: &'static str,
    current: bool,
}

/// Pages the navigation leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Brief,
    Queue,
    Ledger,
    Archive,
    Method,
    Other,
}

impl Frame {
    pub(super) fn new(
        linker: &Linker<'_>,
        text: &SiteText<'_>,
        title: &str,
        section: Section,
    ) -> Self {
        let leaves = [
            linker.leaf(Leaf::Brief),
            linker.leaf(Leaf::Queue(1)),
            linker.leaf(Leaf::Ledger(1)),
        ];
        let id = linker.of().id();
        Self::around(linker, text, title, section, leaves, id)
    }

    /// Around a page that stands for editions up to one, and is not to change with later
    /// ones: it leads to whatever is the latest.
    pub(super) fn of_past(
        linker: &Linker<'_>,
        text: &SiteText<'_>,
        title: &str,
        section: Section,
        last: EditionId,
    ) -> Self {
        let roots = [Root::Index, Root::Queue, Root::Ledger].map(|root| linker.root(root));
        Self::around(linker, text, title, section, roots, last)
    }

    fn around(
        linker: &Linker<'_>,
        text: &SiteText<'_>,
        title: &str,
        section: Section,
        [brief, queue, ledger]: [String; 3],
        id: EditionId,
    ) -> Self {
        let item = |href, text, of| NavItem {
            href,
            text,
            current: of == section,
        };
        Self {
            title: title.to_owned(),
            site: text.title.to_owned(),
            icon: linker.asset(text.theme.asset("icon.svg")),
            css: linker.asset(text.theme.asset("style.css")),
            script: linker.asset(text.theme.asset("ledger.js")),
            edition: id.to_string(),
            taken_at: moment(id.taken_at()),
            taken_at_exact: id.taken_at().to_string(),
            home: brief.clone(),
            nav: vec![
                item(brief, "Brief", Section::Brief),
                item(queue, "Queue", Section::Queue),
                item(ledger, "Ledger", Section::Ledger),
                item(linker.root(Root::Archive), "Archive", Section::Archive),
                item(linker.root(Root::Method), "Method", Section::Method),
            ],
            rules: crate::assess::signals::RULES_VERSION,
            version: env!("CARGO_PKG_VERSION"),
        }
    }
}
