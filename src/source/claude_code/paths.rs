//! How a path is written in a snapshot: relative to the session's folder, else
//! absolute, with the home folder as `~`.

/// Bytes of a path; no system has a longer one.
pub(super) const LONGEST: usize = 4_096;

/// The folder a session began in, and what its path tells.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    root: String,
    home: Option<String>,
    /// The account, as the path names it.
    pub(super) user: Option<String>,
}

impl Place {
    /// From the first working folder of a session.
    pub(super) fn new(cwd: &str) -> Self {
        let root = normal(cwd);
        let (home, user) = home_of(&root).unzip();
        Self { root, home, user }
    }

    /// The session's folder.
    pub(super) fn folder(&self) -> String {
        self.shorten(&self.root)
    }

    /// A path as a snapshot gives it; relative ones are taken from `cwd`.
    pub(super) fn show(&self, cwd: &str, path: &str) -> String {
        let path = path.strip_prefix("file://").unwrap_or(path);
        let full = if is_absolute(path) {
            normal(path)
        } else if path == "~" || path.starts_with("~/") {
            match &self.home {
                Some(home) => normal(&format!("{home}/{}", path[1..].trim_start_matches('/'))),
                None => return normal(path),
            }
        } else if path.starts_with('~') || path.starts_with('$') || cwd.is_empty() {
            return normal(path);
        } else {
            normal(&format!("{cwd}/{path}"))
        };
        match full.strip_prefix(&self.root) {
            Some("") => ".".to_owned(),
            Some(inside) if inside.starts_with('/') => inside[1..].to_owned(),
            _ => self.shorten(&full),
        }
    }

    fn shorten(&self, full: &str) -> String {
        match self
            .home
            .as_deref()
            .and_then(|home| full.strip_prefix(home))
        {
            Some("") => "~".to_owned(),
            Some(inside) if inside.starts_with('/') => format!("~{inside}"),
            _ => full.to_owned(),
        }
    }
}

/// Whether a path does not depend on a working folder.
pub(super) fn is_absolute(path: &str) -> bool {
    let bytes = path.as_bytes();
    path.starts_with(['/', '\\'])
        || (bytes.len() >= 3
            && bytes[0].is_ascii_alphabetic()
            && bytes[1] == b':'
            && matches!(bytes[2], b'/' | b'\\'))
}

/// The home folder in a path, and the account it belongs to.
fn home_of(path: &str) -> Option<(String, String)> {
    if path == "/root" || path.starts_with("/root/") {
        return Some(("/root".to_owned(), "root".to_owned()));
    }
    let after_drive = path.get(2..).filter(|_| path.as_bytes()[1] == b':');
    let (drive, rest) = after_drive.map_or(("", path), |rest| (&path[..2], rest));
    let (parent, rest) = ["/Users/", "/home/", "/var/home/", "/export/home/"]
        .iter()
        .find_map(|parent| Some((*parent, rest.strip_prefix(parent)?)))?;
    let user = rest.split('/').next().filter(|user| !user.is_empty())?;
    // `/Users/Shared` belongs to everybody.
    (user != "Shared").then(|| (format!("{drive}{parent}{user}"), user.to_owned()))
}

/// Forward slashes, no `.`, no `..`, no double or trailing slash; not followed on disk.
fn normal(path: &str) -> String {
    let windows = is_absolute(path) && path.contains('\\');
    let path = if windows {
        path.replace('\\', "/")
    } else {
        path.to_owned()
    };
    let absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|p| *p != ".." && *p != "~") => {
                parts.pop();
            }
            ".." if absolute => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (absolute, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cwd: &str, path: &str, expect: &str) {
        assert_eq!(Place::new("/home/mira/shop").show(cwd, path), expect);
    }

    #[test]
    fn paths_are_written_from_the_session_folder() {
        check("/home/mira/shop", "/home/mira/shop/src/a.rs", "src/a.rs");
        check("/home/mira/shop", "src/./b//c/../a.rs", "src/b/a.rs");
        check("/home/mira/shop/web", "a.ts", "web/a.ts");
        check("/home/mira/shop/web", "../../other/a.ts", "~/other/a.ts");
        check("/home/mira/shop", "~/.ssh/id_rsa", "~/.ssh/id_rsa");
        check("/home/mira/shop", "/home/mira/shopping/x", "~/shopping/x");
        check("/home/mira/shop", "/etc/hosts", "/etc/hosts");
        check("/home/mira/shop", "/home/miranda/x", "/home/miranda/x");
        check("/home/mira/shop", ".", ".");
    }

    #[test]
    fn the_account_stands_in_the_path() {
        for (cwd, user) in [
            ("/Users/mira/x", Some("mira")),
            ("/home/mira", Some("mira")),
            ("C:\\Users\\mira\\x", Some("mira")),
            ("D:\\work", None),
            ("/srv/app", None),
            ("/root/x", Some("root")),
            ("", None),
            ("/", None),
        ] {
            assert_eq!(Place::new(cwd).user.as_deref(), user, "{cwd}");
        }
        let place = Place::new("C:\\Users\\mira\\x");
        assert_eq!(place.folder(), "~/x");
        assert_eq!(
            place.show("C:\\Users\\mira\\x", "C:\\Users\\mira\\x\\a\\b.cs"),
            "a/b.cs"
        );
    }
}
