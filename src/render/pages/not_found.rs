//! What a server shows for an address that is not there.

use super::frame::{Frame, Section};
use crate::render::address::Linker;
use crate::render::edition_site::SiteText;
use anyhow::Result;
use serde::Serialize;

#[derive(Serialize)]
struct View {
    frame: Frame,
}

/// The page.
pub fn page(linker: &Linker<'_>, text: &SiteText<'_>) -> Result<Vec<u8>> {
    text.theme.render(
        "404.html",
        &View {
            frame: Frame::new(linker, text, "Not found", Section::Other),
        },
    )
}
