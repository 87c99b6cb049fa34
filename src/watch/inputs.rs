//! The files a site is made from: what they are now, and a nudge when one may have changed.
//!
//! A nudge says only that it is time to look: what decides is what the files are. So
//! nothing depends on how an editor saves, on the order of events or on how many of them
//! a system drops.

use crate::source::config::{self, Config};
use crate::source::files::{self, State};
use notify::event::{AccessKind, AccessMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How long between two looks where nobody says that a file changed.
const POLL: Duration = Duration::from_secs(1);

/// What every input of a site is, by its name in diagnostics.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Inputs(BTreeMap<String, State>);

/// Folders of inputs, and single files.
fn folders(config: &Config) -> [&str; 3] {
    [&config.snapshots, "content", "themes"]
}

impl Inputs {
    /// Looks at every input.
    pub(super) fn of(root: &Path, config: &Config) -> Self {
        let single = [config::FILE, &config.inventory].map(|f| root.join(f));
        let listed = folders(config).map(|folder| files::list(&root.join(folder)));
        let listed = listed.into_iter().flatten().flatten();
        let states = single.into_iter().chain(listed).filter_map(|path| {
            let state = State::of(&path).ok()?;
            Some((files::label(root, &path), state))
        });
        Self(states.collect())
    }

    /// Names of the inputs that are other ones now, new or gone.
    pub(super) fn changes(&self, now: &Self) -> Vec<String> {
        let is_other = |name: &&String| self.0.get(*name) != now.0.get(*name);
        let here = now.0.keys().filter(is_other);
        let gone = self.0.keys().filter(|name| !now.0.contains_key(*name));
        let mut names: Vec<String> = here.chain(gone).cloned().collect();
        names.sort();
        names
    }
}

/// Says that something may have changed; false when nobody listens any more.
type Say = Arc<dyn Fn() -> bool + Send + Sync>;

/// What nudges when an input may have changed.
pub(super) struct Nudge {
    say: Say,
    /// Tells of changes in these places; without it somebody looks now and then.
    told: Option<(Box<dyn Watcher + Send>, Vec<PathBuf>)>,
}

impl Nudge {
    /// Is told of changes by the system; with `poll` it only looks now and then, for file
    /// systems that tell nothing.
    pub(super) fn new(poll: bool, say: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        let mut nudge = Self {
            say: Arc::new(say),
            told: None,
        };
        if !poll {
            nudge.told = nudge.watcher().ok().map(|watcher| (watcher, Vec::new()));
        }
        if nudge.told.is_none() {
            nudge.poll();
        }
        nudge
    }

    /// Whether it only looks now and then.
    pub(super) const fn polls(&self) -> bool {
        self.told.is_none()
    }

    fn watcher(&self) -> notify::Result<Box<dyn Watcher + Send>> {
        let say = Arc::clone(&self.say);
        let told = move |event: notify::Result<Event>| {
            // To read a file is no change of it; what we read ourselves would nudge us.
            let is_read = |kind: EventKind| {
                let written = EventKind::Access(AccessKind::Close(AccessMode::Write));
                kind.is_access() && kind != written
            };
            if !event.is_ok_and(|e| is_read(e.kind)) {
                say();
            }
        };
        // What a link leads to is no input either.
        let options = notify::Config::default().with_follow_symlinks(false);
        Ok(Box::new(RecommendedWatcher::new(told, options)?))
    }

    fn poll(&mut self) {
        self.told = None;
        let say = Arc::clone(&self.say);
        std::thread::spawn(move || {
            while say() {
                std::thread::sleep(POLL);
            }
        });
    }

    /// Watches where the inputs are now: a folder may have come, or another one in its place.
    /// Where the system has no watch left for one it looks now and then instead.
    pub(super) fn point_at(&mut self, root: &Path, config: &Config) {
        let Some((watcher, places)) = &mut self.told else {
            return;
        };
        for path in places.drain(..) {
            let _ = watcher.unwatch(&path);
        }
        let single = [config::FILE, &config.inventory].map(|f| root.join(f));
        // A file that is a link changes where it leads to.
        let targets = single.iter().filter_map(|file| file.canonicalize().ok());
        let files = targets.collect::<Vec<_>>().into_iter().chain(single);
        let folders = folders(config).map(|f| root.join(f));
        let mut wanted = Vec::new();
        // That something comes, goes or is replaced is seen from the folders above.
        for input in files.chain(folders.iter().cloned()) {
            let all_above = input.ancestors().skip(1).filter(|f| f.is_dir());
            let mut above: Vec<PathBuf> = all_above.map(Path::to_owned).collect();
            let inside = above.iter().filter(|f| f.starts_with(root)).count();
            above.truncate(inside.max(1));
            wanted.extend(above.into_iter().map(|f| (f, RecursiveMode::NonRecursive)));
        }
        for folder in folders.into_iter().filter(|f| f.is_dir()) {
            wanted.push((folder, RecursiveMode::Recursive));
        }
        // The wider watch of a folder last: one of the same folder replaces the other.
        wanted.sort_by_key(|(path, mode)| (path.clone(), *mode == RecursiveMode::Recursive));
        wanted.dedup();
        for (path, mode) in wanted {
            match watcher.watch(&path, mode) {
                Ok(()) => places.push(path),
                // It went in between: that is a change, which is told where it was.
                Err(_) if !path.exists() => {}
                Err(_) => return self.poll(),
            }
        }
        places.dedup();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use notify::{ErrorKind, EventHandler, WatcherKind};
    use std::sync::mpsc::channel;

    /// A system whose watches are used up.
    #[derive(Debug)]
    struct UsedUp;

    impl Watcher for UsedUp {
        fn new<F: EventHandler>(_: F, _: notify::Config) -> notify::Result<Self> {
            Ok(Self)
        }

        fn watch(&mut self, _: &Path, _: RecursiveMode) -> notify::Result<()> {
            Err(notify::Error::new(ErrorKind::MaxFilesWatch))
        }

        fn unwatch(&mut self, _: &Path) -> notify::Result<()> {
            Ok(())
        }

        fn kind() -> WatcherKind {
            WatcherKind::NullWatcher
        }
    }

    #[test]
    fn where_the_system_tells_nothing_somebody_looks() {
        let root = tempfile::tempdir().unwrap();
        let (told, nudges) = channel();
        let mut nudge = Nudge {
            say: Arc::new(move || told.send(()).is_ok()),
            told: Some((Box::new(UsedUp), Vec::new())),
        };
        assert!(!nudge.polls());
        nudge.point_at(root.path(), &Config::default());
        assert!(nudge.polls());
        // It goes on looking, until nobody listens any more.
        let long = Duration::from_secs(30);
        assert!(nudges.recv_timeout(long).is_ok() && nudges.recv_timeout(long).is_ok());
    }
}
