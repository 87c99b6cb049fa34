//! Secrets are masked at the border, before anything is stored.
//!
//! Rules are formats that providers document: a prefix, the characters a token is
//! made of, and its least length. A masked secret leaves its kind and its last
//! four characters: `[secret: GitHub token …9f3c]`.

use crate::model::{Secret, SecretForm};
use aho_corasick::{AhoCorasick, MatchKind};
use std::borrow::Cow;
use std::sync::LazyLock;

/// One provider's token format.
#[derive(Debug)]
struct Rule {
    kind: &'static str,
    prefix: &'static str,
    form: SecretForm,
    /// Least number of token characters after the prefix.
    least: usize,
    characters: Characters,
}

/// What a token is made of after its prefix.
#[derive(Clone, Copy, Debug)]
enum Characters {
    /// Letters and digits.
    Alnum,
    /// Capital letters and digits.
    Upper,
    /// Letters, digits, `-` and `_`.
    Url,
    /// Letters, digits, `-`, `_`, `.`, `/`, `+`, `=`, `:`.
    Wide,
}

impl Characters {
    fn has(self, b: u8) -> bool {
        match self {
            Self::Alnum => b.is_ascii_alphanumeric(),
            Self::Upper => b.is_ascii_uppercase() || b.is_ascii_digit(),
            Self::Url => b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'),
            Self::Wide => b.is_ascii_alphanumeric() || b"-_./+=:~%".contains(&b),
        }
    }
}

const fn rule(
    kind: &'static str,
    prefix: &'static str,
    least: usize,
    characters: Characters,
) -> Rule {
    Rule {
        kind,
        prefix,
        form: SecretForm::Provider,
        least,
        characters,
    }
}

/// The same for a habit of writing that is no provider's own format.
const fn generic(
    kind: &'static str,
    prefix: &'static str,
    least: usize,
    characters: Characters,
) -> Rule {
    Rule {
        form: SecretForm::Generic,
        ..rule(kind, prefix, least, characters)
    }
}

/// Formats from the providers' own documentation.
static RULES: &[Rule] = &[
    rule("Anthropic key", "sk-ant-", 20, Characters::Url),
    rule("OpenAI key", "sk-proj-", 20, Characters::Url),
    rule("OpenAI key", "sk-svcacct-", 20, Characters::Url),
    generic("API key", "sk-", 32, Characters::Url),
    rule("GitHub token", "ghp_", 30, Characters::Alnum),
    rule("GitHub token", "gho_", 30, Characters::Alnum),
    rule("GitHub token", "ghu_", 30, Characters::Alnum),
    rule("GitHub token", "ghs_", 30, Characters::Alnum),
    rule("GitHub token", "ghr_", 30, Characters::Alnum),
    rule("GitHub token", "github_pat_", 40, Characters::Url),
    rule("GitLab token", "glpat-", 20, Characters::Url),
    rule("AWS access key", "AKIA", 16, Characters::Upper),
    rule("AWS access key", "ASIA", 16, Characters::Upper),
    rule("Google API key", "AIza", 35, Characters::Url),
    rule("Google OAuth token", "ya29.", 30, Characters::Url),
    rule("Slack token", "xoxb-", 20, Characters::Url),
    rule("Slack token", "xoxp-", 20, Characters::Url),
    rule("Slack token", "xoxa-", 20, Characters::Url),
    rule(
        "Slack webhook",
        "hooks.slack.com/services/",
        20,
        Characters::Wide,
    ),
    rule("Stripe key", "sk_live_", 16, Characters::Alnum),
    rule("Stripe key", "rk_live_", 16, Characters::Alnum),
    rule("npm token", "npm_", 36, Characters::Alnum),
    rule("PyPI token", "pypi-AgE", 40, Characters::Url),
    rule("Hugging Face token", "hf_", 30, Characters::Alnum),
    rule("SendGrid key", "SG.", 40, Characters::Wide),
    rule("DigitalOcean token", "dop_v1_", 60, Characters::Alnum),
    generic("JSON web token", "eyJ", 60, Characters::Wide),
    rule(
        "private key",
        "-----BEGIN PRIVATE KEY-----",
        0,
        Characters::Wide,
    ),
    rule(
        "private key",
        "-----BEGIN RSA PRIVATE KEY-----",
        0,
        Characters::Wide,
    ),
    rule(
        "private key",
        "-----BEGIN EC PRIVATE KEY-----",
        0,
        Characters::Wide,
    ),
    rule(
        "private key",
        "-----BEGIN DSA PRIVATE KEY-----",
        0,
        Characters::Wide,
    ),
    rule(
        "private key",
        "-----BEGIN OPENSSH PRIVATE KEY-----",
        0,
        Characters::Wide,
    ),
    rule(
        "private key",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----",
        0,
        Characters::Wide,
    ),
    rule(
        "private key",
        "-----BEGIN PGP PRIVATE KEY BLOCK-----",
        0,
        Characters::Wide,
    ),
    generic(
        "bearer token",
        "Authorization: Bearer ",
        8,
        Characters::Wide,
    ),
    generic(
        "bearer token",
        "authorization: bearer ",
        8,
        Characters::Wide,
    ),
    generic(
        "basic credentials",
        "Authorization: Basic ",
        8,
        Characters::Wide,
    ),
    generic(
        "basic credentials",
        "authorization: basic ",
        8,
        Characters::Wide,
    ),
];

/// Parts of values that documentation uses as examples, in lower case: recognised, still masked.
const EXAMPLES: &[&str] = &["example", "xxxxxxxx", "00000000"];

static PREFIXES: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .build(RULES.iter().map(|r| r.prefix))
        .expect("the prefixes are short fixed texts")
});

/// Names whose value in an assignment or a URL query is a secret.
const SECRET_NAMES: &[&str] = &[
    "password",
    "passwd",
    "pwd",
    "secret",
    "token",
    "api_key",
    "apikey",
    "access_key",
    "private_key",
    "auth_token",
    "client_secret",
    "sig",
    "signature",
];

/// One masked stretch of a text.
struct Span {
    kind: &'static str,
    start: usize,
    end: usize,
}

/// Masks every secret in a text. Returns the text itself, borrowed, when there is none.
pub fn mask(text: &str) -> Cow<'_, str> {
    let mut spans = provider_tokens(text);
    // Most texts have neither sign, and looking for one byte is cheap.
    if text.contains(':') {
        spans.extend(url_passwords(text));
    }
    if text.contains('=') {
        spans.extend(assignments(text));
    }
    spans.sort_by_key(|s| (s.start, usize::MAX - s.end));
    if spans.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    for span in &spans {
        if span.start < done {
            done = done.max(span.end);
            continue;
        }
        masked.push_str(&text[done..span.start]);
        let value = &text[span.start..span.end];
        let kind = if is_example(value) {
            EXAMPLE
        } else {
            span.kind
        };
        masked.push_str(&placeholder(kind, value));
        done = span.end;
    }
    masked.push_str(&text[done..]);
    Cow::Owned(masked)
}

/// The secret named by a placeholder that the border, or an importer before it,
/// left in a text.
pub fn masked_secret(text: &str) -> Option<Secret> {
    let after = text.split_once(PLACEHOLDER)?.1;
    let others = [
        (URL_PASSWORD, SecretForm::Generic),
        (ASSIGNED, SecretForm::Generic),
        (EXAMPLE, SecretForm::Example),
    ];
    let kinds = RULES.iter().map(|r| (r.kind, r.form)).chain(others);
    kinds
        .filter(|(kind, _)| after.starts_with(kind))
        .map(|(kind, form)| Secret { kind, form })
        .next()
}

const PLACEHOLDER: &str = "[secret: ";
const URL_PASSWORD: &str = "password in a URL";
const ASSIGNED: &str = "assigned secret";
/// Kind of a value that documentation uses as an example.
const EXAMPLE: &str = "documented example";

fn is_example(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    EXAMPLES.iter().any(|e| value.contains(e))
}

/// Last four characters only of values long enough that they give nothing away.
fn placeholder(kind: &str, value: &str) -> String {
    let characters: Vec<char> = value.chars().collect();
    if characters.len() < 16 {
        return format!("{PLACEHOLDER}{kind}]");
    }
    let last: String = characters[characters.len() - 4..].iter().collect();
    format!("{PLACEHOLDER}{kind} \u{2026}{last}]")
}

fn provider_tokens(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    for found in PREFIXES.find_iter(text) {
        let rule = &RULES[found.pattern().as_usize()];
        let bytes = text.as_bytes();
        // A prefix inside a longer word (`task-...`, `risk-...`) is no token.
        let glued = found.start() > 0 && bytes[found.start() - 1].is_ascii_alphanumeric();
        let length = bytes[found.end()..]
            .iter()
            .take_while(|b| rule.characters.has(**b))
            .count();
        if !glued && length >= rule.least {
            spans.push(Span {
                kind: rule.kind,
                start: found.start(),
                end: found.end() + length,
            });
        }
    }
    spans
}

/// The password of `scheme://user:password@host`.
fn url_passwords(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    for (scheme, _) in text.match_indices("://") {
        let rest = &text[scheme + 3..];
        let authority = rest
            .split(['/', '?', '#', ' ', '"', '\''])
            .next()
            .unwrap_or_default();
        if let Some((credentials, _)) = authority.rsplit_once('@')
            && let Some((user, password)) = credentials.split_once(':')
            && !password.is_empty()
            && !password.starts_with('$')
        {
            let start = scheme + 3 + user.len() + 1;
            spans.push(Span {
                kind: URL_PASSWORD,
                start,
                end: start + password.len(),
            });
        }
    }
    spans
}

/// The value of `PASSWORD=value`, `?token=value`, `--api-key=value`.
fn assignments(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    for (at, _) in text.match_indices('=') {
        let name: String = text[..at]
            .chars()
            .rev()
            .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
            .map(|c| {
                if c == '-' {
                    '_'
                } else {
                    c.to_ascii_lowercase()
                }
            })
            .collect();
        let name: String = name.chars().rev().collect();
        if !SECRET_NAMES.iter().any(|n| {
            name.strip_suffix(n)
                .is_some_and(|h| h.is_empty() || h.ends_with('_'))
        }) {
            continue;
        }
        let value = text[at + 1..].trim_start_matches(['"', '\'']);
        let start = text.len() - value.len();
        let length = value
            .bytes()
            .take_while(|b| Characters::Wide.has(*b))
            .count();
        // `token=$TOKEN` and `token=<yours>` name a place, not a value.
        if length >= 6 && !text[start..].starts_with(PLACEHOLDER) {
            spans.push(Span {
                kind: ASSIGNED,
                start,
                end: start + length,
            });
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        assert_eq!(mask(text), expect);
    }

    #[test]
    fn provider_tokens_are_masked_to_the_end() {
        check(
            "curl -H x-api-key:sk-ant-api03-aaaaaaaaaaaaaaaaaaaaaaaa-bbbbQ9Zk https://a.example",
            "curl -H x-api-key:[secret: Anthropic key \u{2026}Q9Zk] https://a.example",
        );
        check(
            "AKIAQQQQWWWWEEEERRRR",
            "[secret: AWS access key \u{2026}RRRR]",
        );
    }

    #[test]
    fn shapes_we_print_on_purpose_stay() {
        for kept in [
            "sk-ant-...A3F2",
            "task-0123456789012345678901234567890123456789",
            "src/token.rs",
            "token=$TOKEN",
            "3f2a9c1e-5b1d-4c8e-9a42-000000000000",
            "https://user@host.example/path",
        ] {
            check(kept, kept);
        }
    }

    #[test]
    fn passwords_in_urls_and_assignments() {
        check(
            "postgres://app:hunter22@db.example/x",
            "postgres://app:[secret: password in a URL]@db.example/x",
        );
        check(
            "DB_PASSWORD=correct-horse run",
            "DB_PASSWORD=[secret: assigned secret] run",
        );
    }

    #[test]
    fn masking_twice_changes_nothing_and_the_kind_is_recognised() {
        let once = mask("key ghp_0123456789abcdefghijABCDEFGHIJ012345 here").into_owned();
        check(&once, &once);
        assert_eq!(masked_secret(&once).map(|s| s.kind), Some("GitHub token"));
        assert_eq!(masked_secret("no secret"), None);
    }
}
