//! The normalised model: what a session is, free of any input or output format.
//!
//! Everything a snapshot says arrives here as typed values. Absent is a third
//! state ("not recorded"), never zero and never "fine", so nearly every field is
//! an [`Option`].

mod disposition;
mod edition;
mod entity;
mod event;
mod inventory;
mod money;
mod sentence;
mod session;
mod snapshot;
mod text;
mod time;

pub use disposition::{About, Decided, Disposition, Dispositions, Ruling};
pub use edition::EditionId;
pub use entity::{Entity, EntityKind};
pub use event::{Event, EventKind, RefusedBy, Secret, SecretForm, SourceRef};
pub use inventory::{
    AddressRange, Consequence, HostRecord, Hosts, Inventory, KeyRecord, Keys, PathClass,
    PathRecord, RepoRecord, Sanctioned, UserRecord, Users,
};
pub use money::{Money, MoneyError};
pub use sentence::{Piece, Sentence, Slot, plain_text};
pub use session::{Agent, Host, Key, ModelUse, Session, Status, User, Workspace};
pub use snapshot::{Snapshot, SourceNote, Window};
pub use text::{Text, is_hidden};
pub use time::{clock, date, duration_words, moment, offset, same_day, span_words, window_words};
