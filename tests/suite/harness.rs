//! A site in a temporary folder, and what the program makes of it.

#![expect(
    clippy::disallowed_methods,
    reason = "tests lay out files and look at what was written"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A site to run the program on.
#[must_use]
pub(crate) struct TestSite {
    folder: TempDir,
}

/// What a run of the program said and how it ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl TestSite {
    /// An empty folder.
    pub(crate) fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
        }
    }

    /// The sample company of this repository.
    pub(crate) fn sample() -> Self {
        let site = Self::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        for part in ["daybrief.toml", "data", "content"] {
            copy(&root.join(part), &site.path(part));
        }
        site
    }

    /// Writes a file of the site.
    pub(crate) fn file(self, path: &str, text: &str) -> Self {
        self.write(path, text);
        self
    }

    /// Writes a snapshot in the lines form, taken at a moment, with one session a text.
    pub(crate) fn snapshot(self, taken_at: &str, sessions: &[&str]) -> Self {
        let mut text =
            format!(r#"{{"format":"daybrief-snapshot","version":1,"taken_at":"{taken_at}"}}"#);
        for session in sessions {
            text.push('\n');
            text.push_str(&session.replace('\n', " "));
        }
        let name = taken_at.replace(':', "");
        self.file(&format!("data/snapshots/{name}.jsonl"), &text)
    }

    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
    }

    /// Runs the program in the site's folder.
    pub(crate) fn run(&self, args: &[&str]) -> Run {
        self.run_with(args, &[])
    }

    /// Runs the program with environment variables.
    pub(crate) fn run_with(&self, args: &[&str], env: &[(&str, &str)]) -> Run {
        let output = Command::new(env!("CARGO_BIN_EXE_daybrief"))
            .args(args)
            .current_dir(self.folder.path())
            .envs(env.iter().copied())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        Run {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Builds and expects that it worked.
    #[track_caller]
    pub(crate) fn build(self) -> Self {
        let run = self.run(&["build"]);
        assert_eq!(run.code, 0, "{}", run.err);
        self
    }

    /// Names in a folder of the site, in order.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(folder)).unwrap();
        let mut names: Vec<String> = entries
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// Removes a file of the site.
    pub(crate) fn remove(&self, path: &str) {
        fs::remove_file(self.path(path)).unwrap();
    }

    /// Every published file with its bytes, by path.
    pub(crate) fn published(&self) -> BTreeMap<String, Vec<u8>> {
        let root = self.path("public");
        let mut files = BTreeMap::new();
        for entry in walkdir::WalkDir::new(&root) {
            let entry = entry.unwrap();
            if entry.file_type().is_file() {
                let path = entry.path().strip_prefix(&root).unwrap();
                files.insert(
                    path.to_str().unwrap().replace('\\', "/"),
                    fs::read(entry.path()).unwrap(),
                );
            }
        }
        files
    }
}

impl Run {
    /// Expects an exit code and hands the run on.
    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "stdout: {}\nstderr: {}",
            self.out, self.err
        );
        self
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry.unwrap();
        // Of a single file nothing is left, and joining nothing would make a folder of it.
        let rest = entry.path().strip_prefix(from).unwrap();
        let target = if rest.as_os_str().is_empty() {
            to.to_owned()
        } else {
            to.join(rest)
        };
        if entry.file_type().is_dir() {
            fs::create_dir_all(&target).unwrap();
        } else {
            fs::create_dir_all(target.parent().unwrap()).unwrap();
            fs::copy(entry.path(), &target).unwrap();
        }
    }
}
