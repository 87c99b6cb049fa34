//! What is masked, and what is not.

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
