//! From what a snapshot says to what a session is.
//!
//! Text is bounded and secrets are masked first ([`border`]), so nothing later
//! ever holds more; then values are typed. A session that cannot be believed is a
//! [`Problem`] (quarantine), never a panic and never a guess.

mod border;
mod head;
pub mod redact;
mod session;

pub use border::{Border, add_unknown, border, border_text};
pub use head::{Moment, head};
pub use session::{Problem, session};
