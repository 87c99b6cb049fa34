//! From judgements to a brief: narratives, leads and folding, queue, windows,
//! links, map, and what changed since the last edition.
//!
//! Nothing here feeds back into a signal: a narrative's only effect on a number
//! is to hold its anchor's recency.

mod account;
mod changes;
mod edition;
mod grounds;
mod links;
pub mod map;
mod narrative;
pub mod queue;
mod subject;

pub use account::{Account, Chronicle, Lead, Numbers, Standing};
pub use changes::{Change, Changes, Ended, Parts, Turn, compare};
pub use edition::{Edition, Role};
pub use links::{Links, Touched, list_words};
pub use narrative::{
    Anchor, Closure, Narrative, NarrativeKind, QUIET, Question, State, Subject, Thread, UNDECIDED,
    WINDOW, decision_words,
};
pub use queue::{Item, WindowItem};
pub use subject::subject;
