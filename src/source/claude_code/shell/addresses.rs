//! The host in an address, in the forms programs take one.

/// `host` or `host:port` of an address with a scheme, without credentials.
pub(in super::super) fn host(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    if scheme.is_empty()
        || scheme == "file"
        || !scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    {
        return None;
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let authority = authority.rsplit('@').next().unwrap_or(authority);
    is_host(authority).then(|| authority.to_ascii_lowercase())
}

/// Host of `user@host:path` or `host:path`.
pub(super) fn copy_host(word: &str) -> Option<String> {
    let (before, _) = word.split_once(':')?;
    if before.contains('/') || before.len() < 2 || word.contains("://") {
        return None;
    }
    let name = before.rsplit('@').next().unwrap_or(before);
    is_host(name).then(|| name.to_ascii_lowercase())
}

/// Host of a git address in either form.
pub(in super::super) fn git_host(address: &str) -> Option<String> {
    let copied = || copy_host(address).filter(|_| address.contains('@') || address.contains('.'));
    host(address).or_else(copied)
}

/// `owner/name` of a git address in either form.
pub(in super::super) fn git_repository(address: &str) -> Option<String> {
    let path = if let Some((_, rest)) = address.split_once("://") {
        rest.split_once('/')?.1
    } else {
        copy_host(address)?;
        address.split_once(':')?.1
    };
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    let sound = path.contains('/')
        && path.len() <= 200
        && path
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "._-/~".contains(c));
    sound.then(|| path.to_owned())
}

fn is_host(word: &str) -> bool {
    let (name, port) = match word.strip_prefix('[').and_then(|w| w.split_once(']')) {
        Some((address, port)) => (address, port.strip_prefix(':').unwrap_or(port)),
        None => word.split_once(':').unwrap_or((word, "")),
    };
    let bracketed = word.starts_with('[');
    !name.is_empty()
        && word.len() <= 253
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || ".-_".contains(c) || (bracketed && c == ':'))
        && !name.starts_with(['.', '-'])
        && port.bytes().all(|b| b.is_ascii_digit())
}

/// An address that may lack its scheme, as curl and ssh take it.
pub(super) fn bare_host(word: &str) -> Option<String> {
    if word.contains("://") {
        return host(word);
    }
    let authority = word.split(['/', '?', '#']).next().unwrap_or(word);
    let authority = authority.rsplit('@').next().unwrap_or(authority);
    is_host(authority).then(|| authority.to_ascii_lowercase())
}
