//! Secrets are masked at the border, before anything is stored.
//!
//! In layers: formats that tell themselves ([`formats`]), values that their surroundings
//! tell (`named`), the same in every encoding that somebody might undo (`views`), what was
//! recognised elsewhere ([`Known`]), and last what only looks random (`random`). A masked secret leaves its kind and, when it
//! is long, its last four characters: `[secret: GitHub token …9f3c]`.

pub mod formats;
mod known;
mod named;
mod random;
mod views;

use crate::model::{Secret, SecretForm};
use known::KNOWN;
use named::{ASSIGNED, CREDENTIALS, URL_PASSWORD};
use std::borrow::Cow;

pub use known::Known;

/// Every placeholder begins so.
pub const PLACEHOLDER: &str = "[secret: ";
/// Kind of what only looks like a secret.
const RANDOM: &str = "random token";
/// Kind of a value that documentation uses as an example.
const EXAMPLE: &str = "documented example";
/// Kind of a key that was given where a hint of it belongs.
const WHOLE_KEY: &str = "whole key";
/// Parts of values that documentation uses as examples, in lower case: recognised, still masked.
const EXAMPLES: &[&str] = &["example", "xxxxxxxx", "00000000", "1234567890abcdef"];

/// A secret in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// What it is: `GitHub token`.
    pub kind: &'static str,
    /// Its first byte.
    pub start: usize,
    /// The byte after its last one.
    pub end: usize,
}

impl Span {
    const fn new(kind: &'static str, start: usize, end: usize) -> Self {
        Self { kind, start, end }
    }
}

/// What a text is for, which decides how much of it may be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// Words and commands: anything in it.
    Words,
    /// A name or an identifier, which may well look random.
    Name,
    /// What is shown of a key: its ends at most.
    KeyHint,
}

/// Masks every secret in a text. Returns the text itself, borrowed, when there is none.
pub fn mask(text: &str) -> Cow<'_, str> {
    mask_field(text, Field::Words, &Known::default(), &mut |_| {})
}

/// The beginning of a text for a use that keeps so many characters of it: enough that a secret
/// at that end is seen whole, and up to a space, so that no piece of one stands at its own end.
pub fn beginning(text: &str, characters: usize) -> &str {
    let most = characters * 4 + 4_096;
    if text.len() <= most {
        return text;
    }
    let begin = &text[..text.floor_char_boundary(most)];
    let space = begin.rfind(char::is_whitespace);
    &begin[..space.filter(|at| at + 1_024 > most).unwrap_or(begin.len())]
}

/// What was recognised in a text.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'t> {
    /// As it stood.
    pub value: &'t str,
    /// Whether more than its looks tells that it is a secret.
    pub is_told: bool,
}

/// The same as far as a field may hold one, with secrets that are known already; `seen` is
/// told each one.
pub fn mask_field<'t>(
    text: &'t str,
    field: Field,
    known: &Known,
    seen: &mut dyn FnMut(Seen<'_>),
) -> Cow<'t, str> {
    let mut masked = Cow::Borrowed(text);
    for _ in 0..PASSES {
        let spans = find(&masked, field, known);
        if spans.is_empty() {
            return masked;
        }
        let replaced = replace(&masked, spans, seen);
        // What stood glued to a secret may be told as one now that it stands beside a
        // placeholder.
        let is_clean = !tells(&replaced);
        masked = Cow::Owned(replaced);
        if is_clean {
            return masked;
        }
    }
    // Nobody writes such a text but to hide something in it.
    Cow::Owned(placeholder(RANDOM, &masked))
}

/// The placeholder for the value of a field, when what the field is called says that it is a
/// secret.
pub fn mask_named(name: &str, value: &str, seen: &mut dyn FnMut(Seen<'_>)) -> Option<String> {
    let whole = Span::new(ASSIGNED, 0, value.len());
    named::is_secret(name, value).then(|| replace(value, vec![whole], seen))
}

/// So often a text is masked before all of it is held for a secret.
const PASSES: usize = 8;

/// The text with placeholders for these.
fn replace(text: &str, spans: Vec<Span>, seen: &mut dyn FnMut(Seen<'_>)) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    for span in spans {
        let value = &text[span.start..span.end];
        let kind = if is_example(value) {
            EXAMPLE
        } else {
            let is_told = span.kind != RANDOM;
            seen(Seen { value, is_told });
            span.kind
        };
        masked.push_str(&text[done..span.start]);
        masked.push_str(&placeholder(kind, value));
        done = span.end;
    }
    masked.push_str(&text[done..]);
    masked
}

/// Whether a format tells a secret in a text, as it is or as it will be shown.
fn tells(text: &str) -> bool {
    let has = |text: &str| formats::find(text.as_bytes()).next().is_some();
    has(text) || views::shown(text).iter().any(|view| has(&view.text))
}

/// Every secret of a text, in order, none inside another.
fn find(text: &str, field: Field, known: &Known) -> Vec<Span> {
    let mut spans = plain(text, field, known);
    for view in views::decoded(text) {
        spans.extend(plain(&view.text, field, known).into_iter().map(|span| {
            let (start, end) = view.place(span.start, span.end);
            Span { start, end, ..span }
        }));
    }
    for view in views::shown(text) {
        let found = formats::find(view.text.as_bytes());
        let found = found.chain(known.find(&view.text, field == Field::Name));
        spans.extend(found.map(|span| {
            let (start, end) = view.place(span.start, span.end);
            Span { start, end, ..span }
        }));
    }
    for (start, end, inside) in views::base64(text) {
        let kind = plain(&inside, field, known).first().map(|span| span.kind);
        spans.extend(kind.map(|kind| Span { kind, start, end }));
    }
    match field {
        Field::Words => spans.extend(random::find(text)),
        Field::KeyHint if spans.is_empty() => spans.extend(whole_key(text)),
        Field::KeyHint | Field::Name => {}
    }
    if field != Field::Words {
        spans.extend(part_of_pem(text));
    }
    // Placeholders of an importer, or of the border the time before, stay as they are.
    let placed: Vec<Span> = placeholders(text).collect();
    spans.retain(|s| {
        let before = placed.partition_point(|p| p.start <= s.start);
        before == 0 || placed[before - 1].end < s.end
    });
    merged(spans)
}

/// Spans in order; those that overlap are one, named by the first that more than its looks tells.
fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_by_key(|s| (s.start, usize::MAX - s.end));
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut().filter(|last| span.start < last.end) {
            Some(last) => {
                last.end = last.end.max(span.end);
                if last.kind == RANDOM {
                    last.kind = span.kind;
                }
            }
            None => merged.push(span),
        }
    }
    merged
}

/// What formats and surroundings tell, and what is known.
fn plain(text: &str, field: Field, known: &Known) -> Vec<Span> {
    let mut spans: Vec<Span> = formats::find(text.as_bytes()).collect();
    spans.extend(named::find(text));
    spans.extend(known.find(text, field == Field::Name));
    spans
}

/// Part of the mark that begins a private key. Names are shown beside each other, with a space
/// between them, and that mark is the one form with spaces in it.
fn part_of_pem(text: &str) -> Option<Span> {
    let parts = ["-----BEGIN", "PRIVATE KEY"];
    let there = parts.iter().filter(|part| text.contains(**part));
    let at = there.filter_map(|part| text.find(part)).min()?;
    Some(Span::new(formats::PRIVATE_KEY, at, text.len()))
}

/// A key that was given whole: a hint is short, or has its middle left out.
fn whole_key(text: &str) -> Option<Span> {
    let is_short = text.len() < 24;
    let is_cut = text.contains("...") || text.contains('\u{2026}') || text.contains('*');
    let is_digest = text.contains(':') || text.bytes().all(|b| b.is_ascii_hexdigit());
    let is_key = !is_short && !is_cut && !is_digest && !text.contains(' ');
    is_key.then(|| Span::new(WHOLE_KEY, 0, text.len()))
}

/// Where placeholders may begin. To begin a search costs more than to see that there is
/// nothing to find, which is so in nearly all texts.
fn beginnings(text: &str) -> impl Iterator<Item = usize> {
    let there = text.contains(PLACEHOLDER);
    let found = there.then(|| text.match_indices(PLACEHOLDER));
    found.into_iter().flatten().map(|(at, _)| at)
}

/// More bytes than any placeholder has after its beginning.
const INSIDE: usize = 64;

/// The placeholders in a text, with the kind each names: exactly what masking writes, so that
/// nothing hides inside one.
pub fn placeholders(text: &str) -> impl Iterator<Item = Span> {
    beginnings(text).filter_map(|at| {
        let after = &text[at + PLACEHOLDER.len()..];
        let inside = &after[..after.bytes().take(INSIDE).position(|b| b == b']')?];
        let (kind, _) = kinds().find(|(kind, _)| {
            let last = inside.strip_prefix(kind);
            let last = last.map(|l| l.strip_prefix(" \u{2026}").unwrap_or(l));
            last.is_some_and(|l| l.len() <= 4 && l.bytes().all(|b| b.is_ascii_alphanumeric()))
        })?;
        let end = at + PLACEHOLDER.len() + inside.len() + 1;
        Some(Span::new(kind, at, end))
    })
}

/// Every kind, and how sure its form makes us.
fn kinds() -> impl Iterator<Item = (&'static str, Option<SecretForm>)> {
    let others = [
        (URL_PASSWORD, Some(SecretForm::Generic)),
        (ASSIGNED, Some(SecretForm::Generic)),
        (CREDENTIALS, Some(SecretForm::Generic)),
        (WHOLE_KEY, Some(SecretForm::Generic)),
        (KNOWN, Some(SecretForm::Generic)),
        (EXAMPLE, Some(SecretForm::Example)),
        // Masked for caution; nothing says that it is one.
        (RANDOM, None),
    ];
    let formats = formats::FORMATS.iter().map(|f| (f.kind, Some(f.form)));
    formats.chain(others)
}

/// The secret named by a placeholder that the border, or an importer before it,
/// left in a text.
pub fn masked_secret(text: &str) -> Option<Secret> {
    beginnings(text).find_map(|at| {
        let after = &text[at + PLACEHOLDER.len()..];
        let (kind, form) = kinds().find(|(kind, _)| after.starts_with(kind))?;
        Some(Secret { kind, form: form? })
    })
}

/// Whether a placeholder is of a kind that no format tells: in source text
/// `token=parse(...)` assigns no secret.
pub fn is_guess(placeholder: &str) -> bool {
    let kind = placeholder.strip_prefix(PLACEHOLDER).unwrap_or_default();
    [ASSIGNED, CREDENTIALS, RANDOM]
        .iter()
        .any(|guess| kind.starts_with(guess))
}

fn is_example(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    EXAMPLES.iter().any(|e| value.contains(e))
}

/// Last four characters only of values long enough that they give nothing away.
fn placeholder(kind: &str, value: &str) -> String {
    let characters: Vec<char> = value.chars().collect();
    let last = &characters[characters.len().saturating_sub(4)..];
    let tells = characters.len() >= 16 && last.iter().all(char::is_ascii_alphanumeric);
    if !tells {
        return format!("{PLACEHOLDER}{kind}]");
    }
    let last: String = last.iter().collect();
    format!("{PLACEHOLDER}{kind} \u{2026}{last}]")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
            "asks `Username:`/`Password:` again unless `reject` says no",
            "x = input('Password:') + read('y')",
            "token := parts[1]",
            "password := fields[\"password\"]",
            "password=os.environ[\"X\"]",
            "Idempotency-Key: 7c9e6679-7425-40de-944b-e07fc1f90ae7",
            "ssh --private-key ~/.ssh/id_ed25519 --secret /etc/app/token.txt",
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCd12",
            "https://cdn.test/npm/lib123abc456@1/x and https://medium.test/@a1b2c3d4e5f6g7h8i9",
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFq1Zk9Lw2Xc4Vb8Nm1Rt5Yp3Hd6Qs7Jf0Kg2Wb9Zx",
            "-----BEGIN CERTIFICATE-----\nMIIBq1Zk9Lw2Xc4Vb8Nm1Rt5Yp3Hd6Qs7Jf0Kg2Wb9Zx\n-----END CERTIFICATE-----",
        ] {
            check(kept, kept);
        }
    }

    #[test]
    fn a_token_glued_to_another_is_masked_too() {
        let jwt = format!("eyJ{}", "a1B2".repeat(20));
        let glued = format!(
            "password={jwt}, x\"ghp_{}AKIAQQQQWWWWEEEERRRR",
            "a1B2".repeat(9)
        );
        let masked = mask(&glued);
        assert!(
            formats::find(masked.as_bytes()).next().is_none(),
            "{masked}"
        );
    }

    #[test]
    fn tokens_in_a_row_are_masked_at_once() {
        let row = format!("sntryu_{}", "a1".repeat(32)).repeat(3_000);
        let masked = mask(&row);
        assert!(!tells(&masked), "{}", &masked[..200]);
        assert_eq!(placeholders(&masked).count(), 3_000);
    }

    #[test]
    fn names_that_say_secret() {
        for name in [
            "smtpPass=",
            "secretKeyBase: ",
            "db_pw=",
            "--admin-passwd ",
            "DB_CREDS=",
        ] {
            let masked = mask(&format!("x {name}49RPhPpZMfSN9E7w x")).into_owned();
            assert!(masked.contains("[secret: assigned secret"), "{masked}");
        }
        assert_eq!(mask("bypass=49RPhPpZMfSN9E"), "bypass=49RPhPpZMfSN9E");
    }

    #[test]
    fn programs_and_schemes_name_a_secret_without_quotes() {
        for text in [
            "sshpass -p hunter22 ssh x",
            "redis-cli -a hunter22 get x",
            "curl -u bob:hunter22 https://a.test",
            "mysql -uroot -phunter22 db",
            "told Bearer 0f4c9a1b2c3d4e5f6a7b8c9d x",
        ] {
            assert!(mask(text).contains(PLACEHOLDER), "{text}");
        }
    }

    #[test]
    fn what_stands_around_a_value_hides_none() {
        for text in [
            r#"<add user="sa" password="hunter22" server="db"/>"#,
            r#"level="info" token="hunter22x9""#,
            r#"docker run -e "X=1" -e PASSWORD="hunter22" img"#,
            "env A='1' DB_PASSWORD='hunter22' run",
            r#"git commit -m "fix" --token "hunter22x""#,
            r#""a"PASSWORD="hunter22""#,
            r#"{"arn":"arn:aws:iam::123456789012:role/app","password":"hunter22"}"#,
            "warn:password:hunter22",
            "PASSWORD=Secret[1]",
            "PASSWORD=Sommer[7]xyz!9",
            "DB_PASSWORD=./Zq81kfkq2",
            "WEBHOOK_SECRET=/hooks/3f2a9c1e5b1d4c8e9a42",
            "grep -- '-----BEGIN CERTIFICATE' f; echo aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zAb1Cd2Ef3",
        ] {
            assert!(mask(text).contains(PLACEHOLDER), "{text}");
        }
    }

    #[test]
    fn a_prefix_that_begins_no_token_hides_none() {
        let a = |n: usize| "a".repeat(n);
        for text in [
            "curl -usk_test_51abcdefghijklmnop:".to_owned(),
            "curl -usk-ant-api03-abcdefghijklmnopqrstuvwx: https://a.test".to_owned(),
            format!("ABCDEFGHIJKLMs.atlasv1.{}", a(62)),
            "3123456789abcdef0123456789abcdfc-us12".to_owned(),
            "API-----BEGIN RSA PRIVATE KEY-----\nMIIE".to_owned(),
        ] {
            assert!(tells(&text), "{text}");
        }
        let glued = format!("aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0z_ghp_{}", "a1B2".repeat(9));
        assert!(mask(&glued).starts_with("[secret: GitHub token"));
    }

    #[test]
    fn what_is_hidden_makes_no_secret_where_it_is_escaped() {
        for name in [
            format!("\u{200b}Q~{}", "a".repeat(33)),
            format!("bob\u{ad}Q~{}", "a".repeat(33)),
            format!("\u{200b}{}-us1", "a".repeat(27)),
            format!("\u{200b}abc:AA{}", "b1C2".repeat(9)),
        ] {
            assert!(tells(&name), "{name:?}");
            let nothing = Known::default();
            let masked = mask_field(&name, Field::Name, &nothing, &mut |_| {});
            assert!(!tells(&masked), "{masked:?}");
        }
    }

    #[test]
    fn a_digest_after_a_prefix_is_a_key() {
        for prefix in ["sk-", "sk_", "fc-", "live_"] {
            let key = format!("{prefix}{}", "0f4c".repeat(9));
            assert!(tells(&key), "{key}");
        }
        assert!(!tells("sk-learn-is-a-library-and-no-key-at-all"));
    }

    #[test]
    fn a_webhook_is_masked_to_its_end() {
        let hook = "https://acme.webhook.office.com/webhookb2/3b9d7597-004f@c42ec37d-fa41/IncomingWebhook/l4x8m2/5d1c";
        let masked = mask(hook).into_owned();
        assert_eq!(
            masked,
            "https://acme.webhook.office.com/webhookb2/[secret: Teams webhook \u{2026}5d1c]"
        );
    }

    #[test]
    fn passwords_in_urls_and_assignments() {
        check(
            "postgres://app:hunter22@db.example/x",
            "postgres://app:[secret: password in a URL]@db.example/x",
        );
        check(
            "http://a/b://ann:pass@c.test,ftp://bob:$P@d.test,ftp://eve:x/y:z@e.test",
            "http://a/b://ann:[secret: password in a URL]@c.test,ftp://bob:$P@d.test,\
             ftp://eve:[secret: password in a URL]@e.test",
        );
        check(
            "\u{2006}token\u{2006}--password\u{2006}x",
            "\u{2006}token\u{2006}--password\u{2006}x",
        );
        check(
            "PASSWORD=Winter[2024] \"token\":\"hunter22\" 'Password:' 'hunter23'",
            "PASSWORD=[secret: assigned secret]] \"token\":\"[secret: assigned secret]\" 'Password:' 'hunter23'",
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

    /// Pieces that rules look at, in any order and with anything between them.
    fn pieces() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            any::<String>(),
            "[A-Za-z0-9+/_-]{0,60}",
            Just("ghp_0123456789abcdefghijABCDEFGHIJ012345".to_owned()),
            proptest::sample::select(vec![
                "password",
                "token",
                "=",
                ": ",
                "\"",
                "\\\"",
                "\\u",
                "%3",
                "%41",
                "://",
                "@",
                " -p",
                "mysql",
                "[secret: ",
                "[secret: GitHub token]",
                "Authorization: ",
                "Bearer ",
                "sk-",
                "-----BEGIN PRIVATE KEY-----",
                "-----END PRIVATE KEY-----",
                "\u{200b}",
                "\n",
                "\u{1}",
                "pm_",
                "KIAQQQQWWWWEEEERRRR",
                "\u{e9}",
                ":AA",
                ".atlasv1.",
                "curl -u a:",
                "\u{2006}",
                "token ",
                "Q~",
                "-us1",
                "s.",
            ])
            .prop_map(str::to_owned),
        ];
        proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn any_text_can_be_masked(text in pieces()) {
            let masked = mask(&text).into_owned();
            prop_assert!(formats::find(masked.as_bytes()).next().is_none(), "{masked}");
            for view in views::shown(&masked) {
                prop_assert!(formats::find(view.text.as_bytes()).next().is_none(), "{masked}");
            }
            for field in [Field::Name, Field::KeyHint] {
                let known = Known::new([(text.clone(), true)]);
                let _ = mask_field(&text, field, &known, &mut |_| {});
            }
        }
    }
}
