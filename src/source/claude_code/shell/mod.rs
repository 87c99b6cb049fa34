//! What a command line does: the programs it runs, the files it reads, writes
//! and deletes, the hosts it reaches. The line itself is not kept.
//!
//! This is evidence of intent, not of success: a command after `&&` may never
//! have run. What stands in quotes, comments and here-documents is data, except
//! where it is handed to a shell (`bash -c "…"`, `bash <<EOF`, `eval`).

#![expect(
    clippy::needless_for_each,
    reason = "a row of a table of programs reads better as one expression"
)]

mod addresses;
mod files;
mod network;
mod programs;
mod words;

#[cfg(test)]
mod tests;

use super::paths;
use crate::source::limits;
pub(super) use addresses::{git_host, git_repository, host};
use words::Command;
pub(super) use words::Dialect;

/// Shells within shells that are followed.
const NESTING: usize = 6;
/// Paths of one kind that are listed for one program; the rest is counted.
const PATHS: usize = 8;

/// One thing a command does, apart from running.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// Reads a file.
    Read(String),
    /// Writes a file.
    Write(String),
    /// Deletes something.
    Delete {
        /// The file, if it is one.
        path: Option<String>,
        /// How many things, where that can be told.
        objects: Option<u64>,
    },
    /// Reaches a host.
    Request(Request),
}

/// One call of a host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Request {
    /// Host, `host:port`, bucket or mail address, where it stands in the command.
    pub(super) destination: Option<String>,
    /// Method, where it can be told.
    pub(super) method: Option<&'static str>,
    /// Name of the git remote that was meant.
    pub(super) remote: Option<String>,
}

/// What was found in a command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Examined {
    /// Programs with verb and the flags that matter, each once, in order.
    pub(super) programs: Vec<String>,
    /// What they do, in order.
    pub(super) acts: Vec<Act>,
    /// Remotes named with their address: `git remote add origin URL`.
    pub(super) remotes: Vec<(String, String)>,
}

/// Examines a command line.
pub(super) fn examine(text: &str, dialect: Dialect) -> Examined {
    let mut examiner = Examiner {
        found: Examined::default(),
        quiet: None,
        folders: vec![String::new()],
        dialect,
        spare: words::EXPANDED,
        nesting: 0,
    };
    examiner.text(text);
    let mut found = examiner.found;
    if found.programs.is_empty() {
        found.programs.extend(examiner.quiet);
    }
    found
}

/// A simple command without the wrappers around it.
struct Call<'a> {
    /// Base name of the program.
    program: &'a str,
    /// Its arguments.
    args: &'a [String],
    /// Whether its input is another command's output.
    piped: bool,
    /// Its here-document.
    document: Option<&'a str>,
}

struct Examiner {
    found: Examined,
    /// A shell builtin of no consequence, told only when there is nothing else.
    quiet: Option<String>,
    /// Folder by level of subshell, as far as `cd` tells it.
    folders: Vec<String>,
    dialect: Dialect,
    /// Bytes that variables may still add.
    spare: usize,
    nesting: usize,
}

impl Examiner {
    fn text(&mut self, text: &str) {
        if self.nesting >= NESTING {
            return;
        }
        self.nesting += 1;
        let base = self.folders.len() - 1;
        for command in words::commands(text, self.dialect, &mut self.spare) {
            let level = base + command.depth;
            self.folders.truncate(level + 1);
            while self.folders.len() <= level {
                let outer = self.folders.last().cloned().unwrap_or_default();
                self.folders.push(outer);
            }
            self.command(&command);
        }
        self.folders.truncate(base + 1);
        self.nesting -= 1;
    }

    fn command(&mut self, command: &Command) {
        let document = command.document.as_deref();
        self.call(&command.words, command.piped, document);
        let is_test = command.words.first().is_some_and(|w| w == "[[");
        for redirect in command.redirects.iter().filter(|_| !is_test) {
            if redirect.write {
                self.write(&redirect.target);
            } else {
                self.read(&redirect.target);
            }
        }
    }

    fn call(&mut self, words: &[String], piped: bool, document: Option<&str>) {
        let (mut words, mut piped) = (words, piped);
        let (first, program) = loop {
            let Some(first) = words.first() else { return };
            let program = programs::base_name(first);
            let Some(inner) = programs::unwrap(program, &words[1..]) else {
                break (first, program);
            };
            if programs::is_told(program) {
                self.program(program.to_owned());
            }
            // What `xargs` is fed are arguments, not input.
            piped &= program != "xargs";
            words = inner;
        };
        let call = Call {
            program,
            args: &words[1..],
            piped,
            document,
        };
        if programs::is_quiet(program) {
            self.quiet.get_or_insert_with(|| program.to_owned());
        } else if let Some(name) = programs::name(first, &call) {
            self.program(name);
        }
        match program {
            "cd" | "pushd" | "Set-Location" => self.change_folder(call.args),
            "eval" => self.text(&call.args.join(" ")),
            "source" | "." => call
                .args
                .first()
                .into_iter()
                .for_each(|path| self.read(path)),
            _ if programs::is_shell(program) => self.shell(&call),
            _ => {
                files::touches(self, &call);
                network::requests(self, &call);
            }
        }
    }

    /// A command inside another's arguments.
    fn inner(&mut self, words: &[String]) {
        if self.nesting < NESTING {
            self.nesting += 1;
            self.call(words, false, None);
            self.nesting -= 1;
        }
    }

    /// `bash -lc "…"`, `bash script`, `bash <<EOF`
    fn shell(&mut self, call: &Call<'_>) {
        let inline = call
            .args
            .iter()
            .position(|a| a.starts_with('-') && !a.starts_with("--") && a.contains('c'));
        if let Some(text) = inline.and_then(|i| call.args.get(i + 1)) {
            self.text(text);
        } else if let Some(script) = call.args.iter().find(|a| !a.starts_with('-')) {
            self.read(script);
        } else if let Some(body) = call.document {
            self.text(body);
        }
    }

    fn change_folder(&mut self, args: &[String]) {
        let Some(to) = args.iter().find(|a| !a.starts_with('-')) else {
            return;
        };
        let joined = self.join(to);
        if let Some(folder) = self
            .folders
            .last_mut()
            .filter(|_| joined.len() <= paths::LONGEST)
        {
            *folder = joined;
        }
    }

    fn join(&self, path: &str) -> String {
        let folder = self.folders.last().map_or("", String::as_str);
        if folder.is_empty() || paths::is_absolute(path) || path.starts_with(['~', '$']) {
            path.to_owned()
        } else {
            format!("{folder}/{path}")
        }
    }

    fn program(&mut self, name: String) {
        enter(&mut self.found.programs, name);
    }

    fn act(&mut self, act: Act) {
        enter(&mut self.found.acts, act);
    }

    fn read(&mut self, path: &str) {
        if files::is_path(path) {
            let path = self.join(path);
            self.act(Act::Read(path));
        }
    }

    fn write(&mut self, path: &str) {
        if files::is_path(path) {
            let path = self.join(path);
            self.act(Act::Write(path));
        }
    }

    /// Deletes of named files; `counted` when each name is one object.
    fn delete(&mut self, paths: &[&str], counted: bool) {
        let named: Vec<&str> = paths
            .iter()
            .copied()
            .filter(|p| files::is_path(p))
            .collect();
        for path in named.iter().take(PATHS) {
            let objects = (counted && !path.contains(['*', '?', '['])).then_some(1);
            let path = Some(self.join(path));
            self.act(Act::Delete { path, objects });
        }
        let rest = paths.len() - named.len().min(PATHS);
        if rest > 0 {
            self.delete_unnamed(if named.len() > PATHS {
                Some(rest as u64)
            } else {
                None
            });
        }
    }

    fn delete_unnamed(&mut self, objects: Option<u64>) {
        self.act(Act::Delete {
            path: None,
            objects,
        });
    }

    fn request(&mut self, destination: Option<String>, method: Option<&'static str>) {
        self.act(Act::Request(Request {
            destination,
            method,
            remote: None,
        }));
    }
}

/// Adds what is not there yet, while there is room.
fn enter<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if list.len() < limits::LIST_ITEMS && !list.contains(&item) {
        list.push(item);
    }
}

/// Arguments that are no flags. Flags in `valued` take the next argument with them.
fn operands<'a>(args: &'a [String], valued: &[&str]) -> Vec<&'a str> {
    let mut found = Vec::new();
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        if arg == "--" {
            found.extend(rest.map(String::as_str));
            break;
        }
        if arg.len() > 1 && arg.starts_with('-') {
            if valued.contains(&arg.as_str()) {
                rest.next();
            }
        } else {
            found.push(arg.as_str());
        }
    }
    found
}

/// Value of a flag: `-o FILE`, `-oFILE`, `--output FILE`, `--output=FILE`.
fn flag_values<'a>(args: &'a [String], names: &[&str]) -> Vec<&'a str> {
    let mut found = Vec::new();
    for (i, arg) in args.iter().enumerate() {
        for name in names {
            let Some(rest) = arg.strip_prefix(name) else {
                continue;
            };
            if rest.is_empty() {
                found.extend(args.get(i + 1).map(String::as_str));
            } else if let Some(value) = rest.strip_prefix('=') {
                found.push(value);
            } else if name.len() == 2 {
                found.push(rest);
            }
        }
    }
    found
}

/// Whether a flag stands among the arguments, alone or in a bundle of short ones (`-rf`).
fn has_flag(args: &[String], short: Option<char>, long: &str) -> bool {
    args.iter().take_while(|a| *a != "--").any(|arg| {
        let bundled = arg.starts_with('-') && !arg.starts_with("--");
        (!long.is_empty()
            && (arg == long || arg.strip_prefix(long).is_some_and(|r| r.starts_with('='))))
            || (bundled && short.is_some_and(|s| arg[1..].contains(s)))
    })
}
