//! Daybrief reads snapshots of AI-agent sessions, ranks them by significance,
//! explains every rank with evidence, and renders a static HTML site.
//!
//! This page is the map of the program.
//!
//! # The pipeline
//!
//! ```text
//! source ──> normalise ──> assess ──> relate ──> render ──> publish
//! records     sessions      verdicts   edition    bytes      files
//!                             │
//!                          history
//! ```
//!
//! Data flows one way, through typed values. [`reading`] drives the first three
//! stages over one snapshot, [`site`] loads everything else, [`walk`] goes over the
//! editions from the oldest to the newest, and [`cli`] stands outside.
//!
//! | stage | takes | makes | it alone |
//! | --- | --- | --- | --- |
//! | [`source`] | files | [`source::snapshot::Record`]s, inventory, prose | reads files |
//! | [`normalise`] | a record | [`model::Session`], or a reason for quarantine | bounds text and masks secrets |
//! | [`assess`] | a session | [`assess::Facts`], then a [`assess::Verdict`] | knows signals and weights |
//! | [`history`] | sightings of earlier editions | how new, how usual, how costly something is | remembers |
//! | [`relate`] | facts, verdicts, what earlier editions said | [`relate::Edition`]: leads, narratives, changes, queue, map | decides what leads |
//! | [`render`] | an edition and an address | bytes | knows where pages go and what HTML is |
//! | [`publish`] | bytes | `public/`, all or nothing | writes files |
//!
//! # How a snapshot is read
//!
//! Sessions are streamed twice. The first pass reduces each to its
//! [`assess::Facts`] and forgets its events; a judgement needs the facts of all
//! sessions but never their events, so memory grows with facts only. The second
//! pass hands the sessions out again, a batch at a time, for their pages. What is
//! kept of a judgement is a [`assess::Verdict`]; the full [`assess::Assessment`]
//! is pure and cheap, and is made anew where it is shown.
//!
//! # How an archive stays cheap
//!
//! What an edition says depends on the edition before only through a [`walk::State`]:
//! the history ([`history::Baseline`]) and what was said ([`relate::Chronicle`]). Both
//! are kept small (they forget what no look-back reaches) and can go on from any
//! edition. After a build the [`store`] keeps the state after the last two editions and
//! after every 32nd, what the archive lists of each, and what each snapshot file was
//! when it was read. The next build goes on from the nearest state before the first
//! edition it has to make. The store is one embedded `redb` file of `postcard` values:
//! a crash leaves the one or the other, many may read it and one alone writes, and neither
//! brings a server or C. A value lies there in pieces, with a checksum: it is written and
//! dropped in the memory of a piece, and a store that was damaged is worked out again.
//! Names in it are digests of all snapshots up to an edition, so that one that arrives late,
//! changes or goes away makes everything after it unknown, and nothing before.
//!
//! What is published is listed the same way: the site's manifest lists months, that of a
//! month its editions, that of an edition its files. A month in which every edition stands
//! is carried on by what the site's manifest says of it.
//!
//! # How a site is watched
//!
//! A [`preview`] is a site in memory: what its latest edition is judged from is kept, and
//! any page is made when it is asked for. [`watch`] has one thread that owns it, sees when
//! an input is another one than before, loads what changed, and answers for pages in
//! between; so a page is always of one whole state. [`serve`] is the web server that asks
//! it; it knows nothing of sites, only of paths and answers. A script of its own (in no
//! published page) hears of changes as server-sent events: the server makes the open page
//! again, and only when its bytes differ by more than names of assets does the page follow.
//!
//! # Invariants
//!
//! * Nothing but [`source`] reads files, nothing but [`publish`] writes them ([`store`]
//!   does both, beside the site), and nothing but `main` sees the clock, the environment or the arguments. Clippy's
//!   `disallowed-methods` holds it; each border says so at its head.
//! * [`model`] knows neither JSON nor HTML.
//! * Session text is [`model::Text`]: it has no `Display`, and leaves only through
//!   the sinks in [`render::html`] and [`render::plain`], which escape it.
//! * A mistake in data is a [`diagnostic::Diagnostic`], not an error; `anyhow` is
//!   for the world.
//! * An edition is judged only by what lies before it: its "now" is its snapshot's
//!   `taken_at`. Adding a snapshot changes no earlier edition.
//! * A narrative is never an input to a signal. It only holds its anchors' recency.
//! * Text may raise a score, never lower it. Only the inventory, decisions and what is
//!   usual quieten; the usual is learned from trusted sessions alone, and nothing that
//!   is quietened disappears: it moves to a count that is shown.
//! * Nothing that reaches the output depends on the order of a hash map, the
//!   number of threads, the clock, or where the site lies on disk.

pub mod model;

pub mod source;

pub mod normalise;

pub mod assess;
pub mod history;

pub mod relate;

pub mod render;

pub mod publish;

pub mod cli;
pub mod diagnostic;
pub mod digest;
pub mod preview;
pub mod reading;
pub mod serve;
pub mod site;
pub mod store;
pub mod walk;
pub mod watch;
