//! Who may ask for what: the preview answers its own machine, about its own pages.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Whether a `Host` header names this server as somebody on this machine would. A page of
/// another site whose name was made to point here (DNS rebinding) sends its own name.
pub(super) fn host_is_ours(host: &str, bound: SocketAddr) -> bool {
    let Some((name, port)) = parts(host) else {
        return false;
    };
    let port_is_ours = match port {
        Some(port) => port == bound.port(),
        None => bound.port() == 80,
    };
    let name_is_ours = match name {
        Name::Address(address) => {
            let loopback = [
                IpAddr::V4(Ipv4Addr::LOCALHOST),
                IpAddr::V6(Ipv6Addr::LOCALHOST),
            ];
            // Who listens on every address is reached by any of them; a rebound name is none.
            bound.ip().is_unspecified() || loopback.contains(&address) || address == bound.ip()
        }
        Name::Word(word) => word.eq_ignore_ascii_case("localhost"),
    };
    port_is_ours && name_is_ours
}

/// Whether an `Origin` header is this server's own.
pub(super) fn origin_is_ours(origin: &str, bound: SocketAddr) -> bool {
    let host = origin.strip_prefix("http://");
    host.is_some_and(|host| host_is_ours(host, bound))
}

enum Name<'a> {
    Address(IpAddr),
    Word(&'a str),
}

/// Name and port of `name`, `name:1`, `127.0.0.1:1`, `[::1]:1`; nothing for anything else.
fn parts(host: &str) -> Option<(Name<'_>, Option<u16>)> {
    if let Some(rest) = host.strip_prefix('[') {
        let (address, rest) = rest.split_once(']')?;
        let address: Ipv6Addr = address.parse().ok()?;
        let port = match rest {
            "" => None,
            rest => Some(port(rest.strip_prefix(':')?)?),
        };
        return Some((Name::Address(address.into()), port));
    }
    let (name, port) = match host.split_once(':') {
        Some((name, digits)) => (name, Some(port(digits)?)),
        None => (host, None),
    };
    let name = name
        .parse::<Ipv4Addr>()
        .map_or(Name::Word(name), |address| Name::Address(address.into()));
    Some((name, port))
}

/// A port of digits alone: the parser of numbers would also take a sign.
fn port(digits: &str) -> Option<u16> {
    let are_digits = digits.bytes().all(|b| b.is_ascii_digit());
    are_digits.then(|| digits.parse().ok()).flatten()
}

/// The path of a page, relative to the site, for the path of a request. Our addresses are
/// letters, digits, `-`, `_` and dots inside a name; whatever else is asked for
/// (`..`, `%`, `\`, a NUL) can be none of them.
pub(super) fn page_path(asked: &str) -> Option<String> {
    let path = asked.strip_prefix('/')?;
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/');
    if !path.bytes().all(is_plain) {
        return None;
    }
    let mut parts = path.split('/');
    let name = parts.next_back().unwrap_or_default();
    if name.starts_with('.') || parts.any(|part| part.is_empty() || part.starts_with('.')) {
        return None;
    }
    Some(match name {
        "" => format!("{path}index.html"),
        _ => path.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_ours() {
        let bound = "127.0.0.1:1111".parse().unwrap();
        for host in [
            "127.0.0.1:1111",
            "localhost:1111",
            "LocalHost:1111",
            "[::1]:1111",
        ] {
            assert!(host_is_ours(host, bound), "{host}");
        }
        for host in [
            "",
            "127.0.0.1",
            "127.0.0.1:80",
            "127.0.0.1:+1111",
            "127.0.0.1:1111:1111",
            "127.0.0.1:",
            "127.0.0.1.evil.example:1111",
            "evil.example:1111",
            "localhost.evil.example:1111",
            "localhost.:1111",
            "127.1:1111",
            "0x7f.0.0.1:1111",
            "2130706433:1111",
            "[::1].x:1111",
            "[::1]x",
            "[::1]",
            "[::1]:1111x",
            "[::1",
            "::1",
            "[::ffff:127.0.0.1]:1111",
            "user@127.0.0.1:1111",
            "127.0.0.1:1111/",
            " 127.0.0.1:1111",
        ] {
            assert!(!host_is_ours(host, bound), "{host}");
        }
        assert!(host_is_ours("127.0.0.1", "127.0.0.1:80".parse().unwrap()));
        let outside = "192.0.2.7:1111".parse().unwrap();
        assert!(host_is_ours("192.0.2.7:1111", outside));
        assert!(!host_is_ours("192.0.2.8:1111", outside));
        let everywhere = "0.0.0.0:1111".parse().unwrap();
        assert!(host_is_ours("192.0.2.8:1111", everywhere));
        assert!(!host_is_ours("evil.example:1111", everywhere));
    }

    #[test]
    fn only_our_own_origin_is_ours() {
        let bound = "127.0.0.1:1111".parse().unwrap();
        assert!(origin_is_ours("http://127.0.0.1:1111", bound));
        for origin in [
            "null",
            "https://127.0.0.1:1111",
            "http://evil.example",
            "http://127.0.0.1:1111.evil.example",
            "",
        ] {
            assert!(!origin_is_ours(origin, bound), "{origin}");
        }
    }

    #[test]
    fn only_plain_paths_are_pages() {
        let path = |asked| page_path(asked);
        assert_eq!(path("/").as_deref(), Some("index.html"));
        assert_eq!(
            path("/editions/a/").as_deref(),
            Some("editions/a/index.html")
        );
        assert_eq!(path("/assets/a-1.css").as_deref(), Some("assets/a-1.css"));
        for asked in [
            "",
            "x",
            "//",
            "//etc/passwd",
            "/../x",
            "/a/../x",
            "/a/./x",
            "/a//x",
            "/.daybrief/history.redb",
            "/a/.x",
            "/%2e%2e/x",
            "/a%00.html",
            "/a\0.html",
            "/a\\b",
            "/a b",
            "/ä",
            "*",
        ] {
            assert_eq!(path(asked), None, "{asked:?}");
        }
    }
}
