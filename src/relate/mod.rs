//! From judgements to a brief: narratives, leads and folding, queue, windows,
//! links, map, and what changed since the last edition.
//!
//! Nothing here feeds back into a signal: a narrative's only effect on a number
//! is to hold its anchor's recency.

mod edition;
mod links;
pub mod map;
mod narrative;
pub mod queue;
mod since;
mod subject;

pub use edition::{Edition, Role};
pub use links::{Links, Touched, list_words};
pub use narrative::{Anchor, Narrative, NarrativeKind};
pub use queue::{Item, WindowItem};
pub use since::{Chronicle, Since, Story};
pub use subject::subject;
