//! Watching: the site is made again whenever one of its inputs changes, and open pages with
//! it. A mistake leaves the last good state standing and is shown on top of it.
//!
//! One thread has the site and makes every page; the web server asks it. So a page is
//! always of one whole state, never of a half of one and a half of the next.

mod inputs;
mod mistake;

pub use mistake::Mistake;

use crate::diagnostic::Diagnostic;
use crate::model::EditionId;
use crate::preview::{Judged, Next, Preview, Showing, Work};
use crate::render::pages::brief;
use crate::serve::{self, Answer, Page, Question, Status};
use crate::source::config::{self, Config};
use anyhow::Result;
use inputs::{Inputs, Nudge};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::TcpListener;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};
use tokio::sync::{oneshot, watch};

/// What is written in this time after a first nudge belongs to the same change.
const TOGETHER: Duration = Duration::from_millis(15);
/// A mistake that is mended in this time was a file half written.
const GRACE: Duration = Duration::from_millis(250);
/// Pages that are kept: one that is open is looked at once more to see whether it changed.
const KEPT: usize = 32;

/// How to watch.
pub struct Options<'a> {
    /// Folder of the site.
    pub root: &'a Path,
    /// Where pages are served; `None` serves nothing.
    pub listener: Option<TcpListener>,
    /// Whether to look now and then instead of waiting to be told of changes.
    pub poll: bool,
    /// Writes the site somewhere after each change; tells whether it could.
    pub publish: Option<&'a dyn Fn()>,
    /// Told what happens.
    pub tell: &'a dyn Fn(&Told),
    /// Told about each edition that is read.
    pub progress: &'a dyn Fn(EditionId, usize, usize),
}

/// A new state that pages are of.
pub struct Shown {
    /// Inputs that changed; none at the start.
    pub changed: Vec<String>,
    /// What had to be done.
    pub work: Work,
    /// Headline of the latest edition.
    pub headline: String,
    /// Editions of the archive.
    pub editions: usize,
    /// How long it took.
    pub took: Duration,
    /// Everything worth telling about the snapshots.
    pub diagnostics: Vec<Diagnostic>,
}

/// What happens while a site is watched.
pub enum Told {
    /// The system tells of no changes here: it looks now and then.
    Polls,
    /// Pages are of a new state.
    Shown(Shown),
    /// It cannot be made as it is; the last good state stands.
    Mistakes(Vec<Mistake>),
}

/// What the thread that has the site is sent.
enum Message {
    /// A page is asked for.
    Asked(Question),
    /// Something may have changed.
    Nudged,
    /// Enough.
    End,
}

/// Ends a watch from outside.
#[derive(Clone)]
pub struct End(Sender<Message>);

impl End {
    /// Ends it.
    pub fn now(&self) {
        let _ = self.0.send(Message::End);
    }
}

/// Watches until it is ended; `started` gets what ends it.
pub fn run(options: Options<'_>, started: impl FnOnce(End)) -> Result<()> {
    let (sender, messages) = channel();
    let nudged = sender.clone();
    let nudge = move || nudged.send(Message::Nudged).is_ok();
    let nudge = Nudge::new(options.poll, nudge);
    let (status, statuses) = watch::channel(Status::default());
    let (end_server, ended) = oneshot::channel();
    let server = options.listener.map(|listener| {
        let asked = sender.clone();
        let ask = move |question| {
            let _ = asked.send(Message::Asked(question));
        };
        std::thread::spawn(move || serve::run(listener, ask, statuses, ended))
    });
    started(End(sender));
    let config = config::read(options.root).unwrap_or_default();
    let mut watch = Watch {
        root: options.root,
        tell: options.tell,
        progress: options.progress,
        publish: options.publish,
        messages,
        nudge,
        status,
        is_told: !options.poll,
        inputs: Inputs::default(),
        config,
        mistakes: Vec::new(),
        are_sound: true,
        assets: VecDeque::new(),
    };
    // In this order: what changes from here on is told.
    watch.point();
    watch.inputs = Inputs::of(watch.root, &watch.config);
    watch.until_the_end()?;
    drop(end_server);
    match server.map(std::thread::JoinHandle::join) {
        Some(Ok(result)) => result,
        _ => Ok(()),
    }
}

struct Watch<'a> {
    root: &'a Path,
    tell: &'a dyn Fn(&Told),
    progress: &'a dyn Fn(EditionId, usize, usize),
    publish: Option<&'a dyn Fn()>,
    messages: Receiver<Message>,
    nudge: Nudge,
    status: watch::Sender<Status>,
    /// Whether whoever looks believes that the system tells of changes.
    is_told: bool,
    inputs: Inputs,
    config: Config,
    /// Those that are shown now.
    mistakes: Vec<Mistake>,
    /// Whether the templates that are shown make every kind of page.
    are_sound: bool,
    /// Assets of the last states: a page that was sent may still ask for those of its own.
    assets: VecDeque<(String, Page)>,
}

/// A change that could be made.
struct Changed {
    next: Next,
    cause: Cause,
}

/// The inputs that made a state another one, and when that was noticed.
struct Cause {
    inputs: Vec<String>,
    begun: Instant,
}

impl Watch<'_> {
    fn until_the_end(&mut self) -> Result<()> {
        let mut preview = None;
        let cause = Cause {
            inputs: Vec::new(),
            begun: Instant::now(),
        };
        let mut change = match self.load(None) {
            Ok(next) => Some(Changed { next, cause }),
            Err(mistakes) => {
                self.show_mistakes(&mistakes);
                self.wait(None)?
            }
        };
        while let Some(Changed { next, cause }) = change {
            let work = next.work;
            preview = Preview::after(preview.take(), next);
            change = match &mut preview {
                Some(preview) => preview.judge(|judged| self.show(judged, work, cause))?,
                None => self.wait(None)?,
            };
        }
        Ok(())
    }

    /// Shows an edition until there is a change for which it has to be judged anew, or the end.
    fn show(
        &mut self,
        judged: &mut Judged<'_>,
        mut work: Work,
        mut cause: Cause,
    ) -> Result<Option<Changed>> {
        loop {
            let change = judged.show(|showing| {
                self.shown(showing, work, cause);
                self.wait(Some(showing))
            })?;
            let Some(change) = change else {
                return Ok(None);
            };
            (work, cause) = (change.next.work, change.cause);
            if let Some(next) = judged.take(change.next) {
                return Ok(Some(Changed { next, cause }));
            }
        }
    }

    /// Loads the site as it is now. A fault of the world (a file that goes while it is read)
    /// ends nothing: it is a mistake until the next look.
    fn load(&self, before: Option<&Showing<'_>>) -> Result<Next, Vec<Diagnostic>> {
        Preview::load(self.root, before, self.progress).unwrap_or_else(|error| {
            let mend = "check that the files of the site can be read";
            Err(vec![Diagnostic::error("site", format!("{error:#}"), mend)])
        })
    }

    /// Pages are of a new state from now on.
    fn shown(&mut self, showing: &Showing<'_>, work: Work, cause: Cause) {
        let is_first = self.status.borrow().generation == 0;
        self.mistakes.clear();
        let assets: BTreeMap<&str, &str> = showing.assets().map(|(to, of)| (of, to)).collect();
        for path in assets
            .values()
            .map(|published| format!("assets/{published}"))
        {
            if self.assets.iter().any(|(at, _)| *at == path) {
                continue;
            }
            if let Ok(Some(bytes)) = showing.page(&path) {
                self.assets.push_back((path, page(showing, bytes)));
            }
        }
        while self.assets.len() > KEPT {
            self.assets.pop_front();
        }
        self.status.send_modify(|status| {
            status.generation += 1;
            status.mistakes = "[]".into();
            status.assets = json(&assets).into();
        });
        (self.tell)(&Told::Shown(Shown {
            changed: cause.inputs,
            work,
            headline: brief::headline(showing.edition()),
            editions: showing.editions(),
            took: cause.begun.elapsed(),
            diagnostics: showing.diagnostics(),
        }));
        if let Some(publish) = self.publish {
            publish();
        }
        let mistakes = if is_first {
            // There is no earlier state: what can be made of this one is shown.
            showing.mistakes()
        } else {
            Vec::new()
        };
        self.are_sound = mistakes.is_empty();
        self.show_mistakes(&mistakes);
    }

    fn show_mistakes(&mut self, mistakes: &[Diagnostic]) {
        let mistakes = mistakes.iter().map(|d| Mistake::of(d, self.root));
        let mistakes: Vec<Mistake> = mistakes.collect();
        if mistakes == self.mistakes {
            return;
        }
        self.status
            .send_modify(|s| s.mistakes = json(&mistakes).into());
        (self.tell)(&Told::Mistakes(mistakes.clone()));
        self.mistakes = mistakes;
    }

    /// Answers until there is a change that can be made, or the end.
    fn wait(&mut self, showing: Option<&Showing<'_>>) -> Result<Option<Changed>> {
        let mut pages = VecDeque::new();
        // When the first nudge came that was not looked after yet.
        let mut nudged: Option<Instant> = None;
        // Mistakes that may be a file half written, and when they were met.
        let mut doubted: Option<(Instant, Vec<Diagnostic>)> = None;
        let mut changed = BTreeSet::new();
        loop {
            let look = nudged.map(|at| at + TOGETHER);
            let believe = doubted.as_ref().map(|(at, _)| *at + GRACE);
            match self.next(look.into_iter().chain(believe).min()) {
                Some(Message::End) => return Ok(None),
                Some(Message::Nudged) => nudged = nudged.or_else(|| Some(Instant::now())),
                Some(Message::Asked(question)) => {
                    let answer = match showing {
                        Some(showing) => {
                            match self.assets.iter().find(|(at, _)| *at == question.path) {
                                Some((_, asset)) => Answer::Page(asset.clone()),
                                None => answer(showing, &question.path, &mut pages),
                            }
                        }
                        None => Answer::NotYet,
                    };
                    // Who asked may be gone.
                    let _ = question.answer.send(answer);
                }
                None => {
                    let Some(begun) = nudged.take() else {
                        if let Some((_, mistakes)) = doubted.take() {
                            self.show_mistakes(&mistakes);
                        }
                        continue;
                    };
                    let names = self.look();
                    if names.is_empty() {
                        continue;
                    }
                    changed.extend(names);
                    let next = self.load(showing);
                    let next = next.and_then(|next| match showing {
                        Some(showing) => showing.can_be_shown_with(next, self.are_sound),
                        None => Ok(next),
                    });
                    match next {
                        Err(mistakes) => {
                            // The same ones are not younger because something else was written.
                            let same = doubted.take().filter(|(_, m)| *m == mistakes);
                            let met = same.map_or_else(Instant::now, |(met, _)| met);
                            doubted = Some((met, mistakes));
                        }
                        Ok(next) => {
                            let inputs = changed.into_iter().collect();
                            let cause = Cause { inputs, begun };
                            return Ok(Some(Changed { next, cause }));
                        }
                    }
                }
            }
        }
    }

    /// The next message; nothing when none came in time.
    fn next(&self, until: Option<Instant>) -> Option<Message> {
        let Some(until) = until else {
            return Some(self.messages.recv().unwrap_or(Message::End));
        };
        // What is due comes before what is asked: many readers keep nobody from a change.
        let left = until.checked_duration_since(Instant::now())?;
        match self.messages.recv_timeout(left) {
            Ok(message) => Some(message),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => Some(Message::End),
        }
    }

    /// Watches where the inputs are now; tells once when the system cannot.
    fn point(&mut self) {
        self.nudge.point_at(self.root, &self.config);
        if self.nudge.polls() && std::mem::replace(&mut self.is_told, false) {
            (self.tell)(&Told::Polls);
        }
    }

    /// Looks at the inputs; tells which of them are other ones than before.
    fn look(&mut self) -> Vec<String> {
        let before = self.config.clone();
        if let Ok(config) = config::read(self.root) {
            self.config = config;
        }
        self.point();
        let inputs = Inputs::of(self.root, &self.config);
        let mut changes = self.inputs.changes(&inputs);
        self.inputs = inputs;
        if self.config != before {
            // Inputs of another place are other ones, and did not change.
            changes.retain(|name| name == config::FILE);
        }
        changes
    }
}

/// The page at a path, made at most once for one state.
fn answer(showing: &Showing<'_>, path: &str, pages: &mut VecDeque<(String, Page)>) -> Answer {
    if let Some((_, page)) = pages.iter().find(|(at, _)| at == path) {
        return Answer::Page(page.clone());
    }
    let made = |path: &str| {
        showing
            .page(path)
            .map(|bytes| bytes.map(|b| page(showing, b)))
    };
    match made(path) {
        Ok(Some(page)) => {
            pages.push_back((path.to_owned(), page.clone()));
            if pages.len() > KEPT {
                pages.pop_front();
            }
            Answer::Page(page)
        }
        Ok(None) => match made("404.html") {
            Ok(Some(page)) => Answer::Missing(page),
            _ => Answer::Failed("there is no such page".to_owned()),
        },
        Err(error) => Answer::Failed(format!("{error:#}")),
    }
}

/// A page with its print: the digest of it with the plain names of assets.
fn page(showing: &Showing<'_>, bytes: Vec<u8>) -> Page {
    let mut text = String::from_utf8_lossy(&bytes).into_owned();
    for (published, plain) in showing.assets() {
        text = text.replace(published, plain);
    }
    let print = data_encoding::HEXLOWER.encode(&Sha256::digest(text)[..8]);
    Page {
        bytes: bytes.into(),
        print,
    }
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
