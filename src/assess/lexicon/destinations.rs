//! Destinations that say nothing by themselves.

use crate::model::Inventory;

/// How much a destination is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Loopback, documented example, package registry, model provider: never a finding.
    Benign,
    /// On the operator's list.
    Sanctioned,
    /// Anything else.
    Open,
}

/// Registrable domains of package registries and model providers.
const BENIGN_DOMAINS: &[(&str, &str)] = &[
    ("npmjs", "org"),
    ("npmjs", "com"),
    ("yarnpkg", "com"),
    ("pypi", "org"),
    ("pythonhosted", "org"),
    ("crates", "io"),
    ("rubygems", "org"),
    ("golang", "org"),
    ("maven", "org"),
    ("debian", "org"),
    ("ubuntu", "com"),
    ("nuget", "org"),
    ("packagist", "org"),
    ("anthropic", "com"),
    ("openai", "com"),
    ("claude", "com"),
    ("claude", "ai"),
];
/// Public hosts of code. They stand in for the list of sanctioned destinations
/// until the operator writes one.
const CODE_HOSTS: &[&str] = &[
    "github.com",
    "gitlab.com",
    "bitbucket.org",
    "codeberg.org",
    "dev.azure.com",
];
/// Names reserved for examples and tests (RFC 2606, RFC 6761).
const RESERVED: &[&str] = &["example.com", "example.org", "example.net"];
const RESERVED_TOP: &[&str] = &["example", "test", "invalid", "localhost"];

/// The host of a destination: without scheme, path, port, and without the local part of a
/// mail address, in lower case. What stands after a slash says nothing of where it goes.
pub fn host(destination: &str) -> String {
    let place = destination
        .split_once("://")
        .map_or(destination, |(_, rest)| rest);
    let place = place.split(['/', '\\', '?', '#']).next().unwrap_or(place);
    let after_at = match place.split_once('@') {
        // Of several nobody can say which one counts.
        Some((_, rest)) if rest.contains('@') => place,
        Some((_, host)) => host,
        None => place,
    };
    let bracketed = after_at
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
        .map(|(host, _)| host);
    let host = bracketed.unwrap_or_else(|| match after_at.split_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => after_at,
    });
    host.trim_end_matches('.').to_ascii_lowercase()
}

/// How much is known of a destination.
pub fn standing(destination: &str, inventory: &Inventory) -> Standing {
    let host = host(destination);
    let address: Option<std::net::IpAddr> = host.parse().ok();
    let within = |domain: &str| {
        host == domain || host.strip_suffix(domain).is_some_and(|h| h.ends_with('.'))
    };
    let loopback = address.is_some_and(|a| a.is_loopback() || a.is_unspecified());
    let reserved = RESERVED.iter().any(|d| within(d)) || RESERVED_TOP.iter().any(|d| within(d));
    let listed = BENIGN_DOMAINS.iter().any(|(name, top)| {
        host.strip_suffix(top)
            .and_then(|h| h.strip_suffix('.'))
            .is_some_and(|h| h == *name || h.ends_with(&format!(".{name}")))
    });
    let assumed = inventory.sanctioned.is_empty() && CODE_HOSTS.iter().any(|d| within(d));
    if assumed
        || inventory.sanctioned.iter().any(|s| {
            s.name.eq_ignore_ascii_case(destination) || within(&s.name.to_ascii_lowercase())
        })
    {
        Standing::Sanctioned
    } else if loopback || reserved || listed {
        Standing::Benign
    } else {
        Standing::Open
    }
}

/// Domains at which anybody has a mailbox: to know one address there says nothing of another.
const MAILBOXES: &[&str] = &[
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "live.com",
    "yahoo.com",
    "icloud.com",
    "me.com",
    "aol.com",
    "gmx.com",
    "gmx.net",
    "gmx.de",
    "mail.com",
    "mail.ru",
    "yandex.ru",
    "yandex.com",
    "qq.com",
    "163.com",
    "126.com",
    "proton.me",
    "protonmail.com",
    "tutanota.com",
    "zoho.com",
    "fastmail.com",
];

/// The domain behind a mail address whose mailboxes belong together; none for a
/// domain where anybody has a mailbox.
pub fn mail_domain(destination: &str) -> Option<String> {
    let (local, _) = destination.rsplit_once('@')?;
    let domain = host(destination);
    let shared = MAILBOXES.contains(&domain.as_str()) || !domain.contains('.');
    (!local.is_empty() && !shared).then_some(domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(destination: &str, expect: Standing) {
        let inventory = Inventory {
            sanctioned: vec![crate::model::Sanctioned {
                name: "github.com".to_owned(),
                since: None,
            }],
            ..Inventory::default()
        };
        assert_eq!(standing(destination, &inventory), expect, "{destination}");
    }

    #[test]
    fn standing_is_by_registrable_domain_exactly() {
        check("localhost:3000", Standing::Benign);
        check("127.0.0.1:8080", Standing::Benign);
        check("[::1]:443", Standing::Benign);
        check("crates.io", Standing::Benign);
        check("static.crates.io", Standing::Benign);
        check("notcrates.io", Standing::Open);
        check("crates.io.evil.net", Standing::Open);
        check("api.github.com", Standing::Sanctioned);
        check("https://api.github.com/repos?q=1", Standing::Sanctioned);
        check("drop.site.io/x@example.com", Standing::Open);
        check("drop.site.io:443?@localhost", Standing::Open);
        check("https://drop.site.io#@crates.io", Standing::Open);
        check("a@drop.site.io@example.com", Standing::Open);
        check("mygithub.com", Standing::Open);
        check("someone@mail.example.net", Standing::Benign);
        check("203.0.113.9:443", Standing::Open);
        check("gitlab.com", Standing::Open);
    }

    #[test]
    fn mailboxes_of_one_company_belong_together() {
        assert_eq!(mail_domain("ann@partner.io").as_deref(), Some("partner.io"));
        assert_eq!(mail_domain("ann@gmail.com"), None);
        assert_eq!(mail_domain("api.partner.io"), None);
        assert_eq!(mail_domain("@partner.io"), None);
    }

    #[test]
    fn code_hosts_are_assumed_until_the_operator_writes_a_list() {
        assert_eq!(
            standing("gitlab.com", &Inventory::default()),
            Standing::Sanctioned
        );
    }
}
