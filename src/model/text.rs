//! Text that came from a session and is trusted by nobody.

use std::borrow::Borrow;
use std::sync::Arc;

/// Untrusted text: any string that a snapshot brought in.
///
/// It has no `Display`, so it cannot slip into a message or a page by habit: it
/// leaves only through the sinks of `render` and `cli`, each of which escapes for
/// its own medium. Cheap to clone. Length is bounded when it is read
/// (`source::limits`) and secrets are masked before it is made.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(Arc<str>);

impl Text {
    /// Wraps text that has passed the border: bounded and redacted.
    pub fn new(bounded: &str) -> Self {
        Self(Arc::from(bounded))
    }

    /// The raw characters, for matching and for the sinks. Never glue them into
    /// markup, a path or a message.
    pub fn untrusted(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Text({:?})", &*self.0)
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Text {
    fn from(value: &str) -> Self {
        Self::new(value)
    }
}

/// Text is stored as it is; only what passed the border was ever made one.
impl serde::Serialize for Text {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for Text {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(FromStr)
    }
}

/// Takes a text from where it stands, without a copy in between.
struct FromStr;

impl serde::de::Visitor<'_> for FromStr {
    type Value = Text;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Text, E> {
        Ok(Text::new(text))
    }
}

/// Characters that a reader cannot see, or that act on what stands around them:
/// controls, line and paragraph separators, zero-width, bidirectional controls,
/// tags, non-characters.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
        || (c as u32) & 0xfffe == 0xfffe
}
