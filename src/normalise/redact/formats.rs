//! Formats of secrets that can be told by themselves: a prefix, what a token is made of
//! after it, and its least length, as the providers document them.
//!
//! Everything here works on bytes, so that the same rules look at a text before it is
//! stored and at a file before it is published.

use super::measured::Measured;
use super::{Span, random};
use crate::model::SecretForm;
use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, MatchKind};
use std::sync::LazyLock;

/// Kind of what stands in a PEM block.
pub(super) const PRIVATE_KEY: &str = "private key";

/// One format.
#[derive(Clone, Copy, Debug)]
pub(super) struct Format {
    pub(super) kind: &'static str,
    pub(super) form: SecretForm,
    prefix: &'static str,
    /// Least number of token characters after the prefix.
    least: usize,
    body: Body,
    /// What else must hold.
    only: Only,
}

/// What a token is made of after its prefix.
#[derive(Clone, Copy, Debug)]
enum Body {
    Hex,
    Upper,
    /// The same and `-`.
    Caps,
    Alnum,
    /// Letters, digits, `-` and `_`.
    Url,
    /// The same and `.`.
    Dotted,
    /// All that base64, URLs and signatures are made of.
    Wide,
    /// The same and `@`: the rest of an address.
    Path,
    /// Anything up to the end marker of a PEM block.
    Pem,
}

/// What else must hold for a prefix to begin a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Only {
    /// Nothing: the prefix is long enough to be no accident.
    Prefix,
    /// It begins a word (`task-...` and `risk-...` hold `sk-`).
    AtStart,
    /// It begins a word, and what follows looks random or is a digest: the prefix is a common
    /// syllable.
    Random,
    /// The prefix is a name of a place that stays; only what follows is secret.
    Place,
    /// It stands inside the token, which begins so many letters and digits before it, or more.
    Inside(usize),
}

impl Body {
    fn has(self, b: u8) -> bool {
        match self {
            Self::Hex => b.is_ascii_hexdigit(),
            Self::Upper => b.is_ascii_uppercase() || b.is_ascii_digit(),
            Self::Caps => b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-',
            Self::Alnum => b.is_ascii_alphanumeric(),
            Self::Url => b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'),
            Self::Dotted => b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'),
            Self::Wide => b.is_ascii_alphanumeric() || b"-_./+=:~%".contains(&b),
            Self::Path => Self::Wide.has(b) || b == b'@',
            Self::Pem => true,
        }
    }
}

const fn of(
    kind: &'static str,
    prefix: &'static str,
    least: usize,
    body: Body,
    only: Only,
) -> Format {
    Format {
        kind,
        form: SecretForm::Provider,
        prefix,
        least,
        body,
        only,
    }
}

/// A format whose prefix is no accident.
const fn sure(kind: &'static str, prefix: &'static str, least: usize, body: Body) -> Format {
    of(kind, prefix, least, body, Only::Prefix)
}

/// A format whose prefix may end another word.
const fn start(kind: &'static str, prefix: &'static str, least: usize, body: Body) -> Format {
    of(kind, prefix, least, body, Only::AtStart)
}

/// A habit of writing that is no provider's own format.
const fn habit(kind: &'static str, prefix: &'static str, least: usize, body: Body) -> Format {
    Format {
        form: SecretForm::Generic,
        ..of(kind, prefix, least, body, Only::Random)
    }
}

const fn pem(prefix: &'static str) -> Format {
    sure(PRIVATE_KEY, prefix, 0, Body::Pem)
}

use Body::{Alnum, Caps, Dotted, Hex, Path, Upper, Url, Wide};

/// Formats from the providers' own documentation.
#[rustfmt::skip]
pub(super) static FORMATS: &[Format] = &[
    // Models and what serves them.
    sure("Anthropic key", "sk-ant-", 20, Url),
    start("OpenAI key", "sk-proj-", 20, Url),
    start("OpenAI key", "sk-svcacct-", 20, Url),
    start("OpenAI key", "sk-admin-", 20, Url),
    start("OpenRouter key", "sk-or-v1-", 40, Alnum),
    habit("API key", "sk-", 32, Alnum),
    habit("API key", "sk_", 32, Alnum),
    start("xAI key", "xai-", 60, Alnum),
    start("Groq key", "gsk_", 40, Alnum),
    start("Cerebras key", "csk-", 40, Alnum),
    start("Replicate token", "r8_", 30, Alnum),
    start("Perplexity key", "pplx-", 40, Alnum),
    start("NVIDIA key", "nvapi-", 40, Url),
    start("Pinecone key", "pcsk_", 40, Url),
    start("LangSmith key", "lsv2_pt_", 30, Url),
    start("LangSmith key", "lsv2_sk_", 30, Url),
    start("Tavily key", "tvly-", 20, Url),
    of("Fireworks key", "fw_", 20, Alnum, Only::Random),
    start("Langfuse key", "sk-lf-", 36, Url),
    of("Voyage key", "pa-", 40, Url, Only::Random),
    of("Firecrawl key", "fc-", 32, Alnum, Only::Random),
    start("Jina key", "jina_", 60, Alnum),
    start("RunPod key", "rpa_", 40, Alnum),
    start("Weights & Biases key", "wandb_v1_", 60, Url),
    sure("AWS Bedrock key", "bedrock-api-key-", 40, Wide),
    start("Hugging Face token", "hf_", 30, Alnum),
    start("Hugging Face token", "api_org_", 30, Alnum),
    // Code hosts, builds and package registries.
    sure("GitHub token", "ghp_", 30, Alnum),
    sure("GitHub token", "gho_", 30, Alnum),
    sure("GitHub token", "ghu_", 30, Alnum),
    sure("GitHub token", "ghs_", 30, Alnum),
    sure("GitHub token", "ghr_", 30, Alnum),
    sure("GitHub token", "github_pat_", 40, Url),
    sure("GitLab token", "glpat-", 20, Dotted),
    start("GitLab token", "gldt-", 20, Url),
    start("GitLab token", "glrt-", 20, Url),
    start("GitLab token", "glcbt-", 20, Url),
    start("GitLab token", "glptt-", 20, Url),
    start("GitLab token", "glft-", 20, Url),
    start("GitLab token", "glsoat-", 20, Url),
    start("GitLab token", "gloas-", 20, Url),
    start("GitLab token", "glimt-", 20, Url),
    start("GitLab token", "glagent-", 20, Url),
    start("GitLab token", "glffct-", 20, Url),
    start("GitLab token", "GR1348941", 20, Url),
    start("Bitbucket token", "ATBB", 28, Alnum),
    start("Bitbucket token", "ATCTT3xFfG", 40, Wide),
    start("Atlassian token", "ATATT3xFfG", 40, Wide),
    start("Atlassian token", "ATSTT3xFfG", 40, Wide),
    start("npm token", "npm_", 36, Alnum),
    sure("PyPI token", "pypi-AgE", 40, Url),
    sure("RubyGems key", "rubygems_", 40, Alnum),
    of("crates.io token", "cio", 32, Alnum, Only::Random),
    start("NuGet key", "oy2", 43, Alnum),
    sure("Clojars token", "CLOJARS_", 50, Alnum),
    sure("Docker token", "dckr_pat_", 20, Url),
    sure("Docker token", "dckr_oat_", 20, Url),
    start("Artifactory key", "AKCp", 60, Alnum),
    start("Artifactory token", "cmVmdGtuOj", 40, Alnum),
    start("CircleCI token", "CCIPAT_", 30, Url),
    start("Buildkite token", "bkua_", 40, Alnum),
    start("Buildkite token", "bkct_", 40, Alnum),
    start("Buildkite token", "bkat_", 40, Alnum),
    start("Sourcegraph token", "sgp_", 40, Url),
    start("Octopus key", "API-", 25, Upper),
    of("Harness token", "pat.", 60, Dotted, Only::Random),
    of("Harness token", "sat.", 60, Dotted, Only::Random),
    of("Airtable token", "pat", 70, Dotted, Only::Random),
    start("Prefect token", "pnu_", 36, Alnum),
    start("Prefect token", "pnb_", 36, Alnum),
    start("SettleMint token", "sm_pat_", 16, Alnum),
    start("SettleMint token", "sm_sat_", 16, Alnum),
    start("SettleMint token", "sm_aat_", 16, Alnum),
    start("SonarQube token", "squ_", 40, Hex),
    start("SonarQube token", "sqp_", 40, Hex),
    start("SonarQube token", "sqa_", 40, Hex),
    // Clouds.
    start("AWS access key", "AKIA", 16, Upper),
    start("AWS access key", "ASIA", 16, Upper),
    start("AWS access key", "ABIA", 16, Upper),
    start("AWS access key", "ACCA", 16, Upper),
    start("AWS session token", "IQoJb3JpZ2lu", 80, Wide),
    start("AWS Bedrock key", "ABSK", 90, Wide),
    sure("AWS MWS token", "amzn.mws.", 36, Url),
    of("Azure secret", "Q~", 31, Dotted, Only::Inside(4)),
    start("Alibaba access key", "LTAI", 16, Alnum),
    start("Yandex key", "AQVN", 35, Url),
    of("Yandex token", "t1.", 80, Dotted, Only::Random),
    start("Cloudflare token", "cfut_", 40, Alnum),
    start("Cloudflare token", "cfat_", 40, Alnum),
    start("Cloudflare key", "cfk_", 40, Alnum),
    start("Cloudflare key", "v1.0-", 120, Url),
    sure("Aiven password", "AVNS_", 16, Url),
    of("HashiCorp token", "hcp.", 50, Url, Only::Random),
    of("Scalingo token", "tk-us-", 40, Url, Only::Random),
    start("Google API key", "AIza", 35, Url),
    start("Google OAuth token", "ya29.", 30, Dotted),
    sure("Google OAuth secret", "GOCSPX-", 24, Url),
    sure("DigitalOcean token", "dop_v1_", 60, Alnum),
    sure("DigitalOcean token", "doo_v1_", 60, Alnum),
    sure("DigitalOcean token", "dor_v1_", 60, Alnum),
    sure("Heroku key", "HRKU-", 30, Url),
    start("Netlify token", "nfp_", 30, Alnum),
    start("Vercel token", "vcp_", 24, Alnum),
    start("Fly token", "fm2_", 60, Wide),
    start("Fly token", "fo1_", 40, Wide),
    sure("Supabase key", "sbp_", 40, Alnum),
    sure("Supabase key", "sb_secret_", 20, Url),
    start("Render key", "rnd_", 28, Alnum),
    sure("PlanetScale password", "pscale_pw_", 30, Dotted),
    sure("PlanetScale token", "pscale_tkn_", 30, Dotted),
    sure("PlanetScale token", "pscale_oauth_", 30, Dotted),
    start("Neon key", "napi_", 40, Alnum),
    start("Databricks token", "dapi", 32, Hex),
    start("Doppler token", "dp.pt.", 40, Alnum),
    start("Doppler token", "dp.st.", 40, Dotted),
    start("Doppler token", "dp.ct.", 40, Alnum),
    start("Doppler token", "dp.scim.", 40, Alnum),
    start("Doppler token", "dp.audit.", 40, Alnum),
    of("Terraform token", ".atlasv1.", 60, Url, Only::Inside(8)),
    of("Vault token", "s.", 24, Alnum, Only::Random),
    start("Vault token", "hvs.", 20, Url),
    start("Vault token", "hvb.", 20, Url),
    start("Vault token", "hvr.", 20, Url),
    start("Pulumi token", "pul-", 40, Hex),
    start("1Password key", "A3-", 30, Caps),
    start("Defined Networking key", "dnkey-", 60, Url),
    start("1Password token", "ops_eyJ", 100, Wide),
    sure("age key", "AGE-SECRET-KEY-1", 50, Upper),
    start("Tailscale key", "tskey-", 20, Url),
    start("Infracost key", "ico-", 32, Alnum),
    // Talk and mail.
    sure("Slack token", "xoxb-", 20, Url),
    sure("Slack token", "xoxp-", 20, Url),
    sure("Slack token", "xoxa-", 20, Url),
    sure("Slack token", "xoxr-", 20, Url),
    sure("Slack token", "xoxs-", 20, Url),
    sure("Slack token", "xoxe-", 20, Url),
    sure("Slack token", "xoxe.xox", 20, Url),
    sure("Slack token", "xapp-", 20, Url),
    of("Slack webhook", "hooks.slack.com/services/", 20, Path, Only::Place),
    of("Slack webhook", "hooks.slack.com/workflows/", 20, Path, Only::Place),
    of("Slack webhook", "hooks.slack.com/triggers/", 20, Path, Only::Place),
    of("Slack webhook", "hooks.slack-gov.com/services/", 20, Path, Only::Place),
    of("Zapier webhook", "hooks.zapier.com/hooks/catch/", 10, Path, Only::Place),
    of("Discord webhook", "discord.com/api/webhooks/", 40, Path, Only::Place),
    of("Discord webhook", "discordapp.com/api/webhooks/", 40, Path, Only::Place),
    of("Teams webhook", "webhook.office.com/webhookb2/", 40, Path, Only::Place),
    of("Telegram bot token", ":AA", 32, Url, Only::Inside(8)),
    sure("SendGrid key", "SG.", 40, Dotted),
    start("Mailgun key", "key-", 32, Hex),
    start("Mailgun key", "pubkey-", 32, Hex),
    of("Mailchimp key", "-us", 1, Upper, Only::Inside(32)),
    start("Facebook token", "EAAM", 90, Alnum),
    start("Facebook token", "EAAC", 90, Alnum),
    of("X token", "AAAAAAAAAAAAAAAAAAAAA", 60, Wide, Only::Random),
    sure("Brevo key", "xkeysib-", 60, Url),
    of("Resend key", "re_", 24, Url, Only::Random),
    start("Twilio key", "SK", 32, Hex),
    // Payments and shops.
    sure("Stripe key", "sk_live_", 16, Alnum),
    sure("Stripe key", "rk_live_", 16, Alnum),
    sure("Stripe test key", "sk_test_", 16, Alnum),
    sure("Stripe test key", "rk_test_", 16, Alnum),
    sure("Stripe key", "sk_prod_", 16, Alnum),
    sure("Stripe key", "rk_prod_", 16, Alnum),
    of("live key", "live_", 35, Url, Only::Random),
    of("Stytch secret", "secret-live-", 30, Url, Only::Random),
    of("Stytch secret", "secret-test-", 30, Url, Only::Random),
    sure("Razorpay key", "rzp_live_", 14, Alnum),
    sure("Razorpay key", "rzp_test_", 14, Alnum),
    sure("Flutterwave key", "FLWSECK-", 32, Url),
    sure("Flutterwave key", "FLWSECK_TEST-", 12, Url),
    sure("Flutterwave key", "FLWPUBK_TEST-", 12, Url),
    sure("Ramp secret", "ramp_sec_", 40, Alnum),
    start("EasyPost key", "EZAK", 54, Alnum),
    start("EasyPost key", "EZTK", 54, Alnum),
    sure("Shippo token", "shippo_live_", 40, Hex),
    sure("Shippo token", "shippo_test_", 40, Hex),
    sure("Duffel token", "duffel_live_", 40, Url),
    sure("Duffel token", "duffel_test_", 40, Url),
    sure("webhook signing secret", "whsec_", 24, Wide),
    sure("Square token", "sq0atp-", 20, Url),
    sure("Square secret", "sq0csp-", 40, Url),
    of("Square token", "EAAA", 56, Url, Only::Random),
    sure("Shopify token", "shpat_", 30, Hex),
    sure("Shopify token", "shpca_", 30, Hex),
    sure("Shopify token", "shppa_", 30, Hex),
    sure("Shopify secret", "shpss_", 30, Hex),
    sure("Plaid token", "access-production-", 30, Url),
    sure("Plaid token", "access-development-", 30, Url),
    sure("Plaid token", "access-sandbox-", 30, Url),
    // Watching, tracking, writing.
    sure("New Relic key", "NRAK-", 24, Alnum),
    sure("New Relic key", "NRII-", 24, Url),
    sure("New Relic key", "NRJS-", 19, Alnum),
    start("Grafana token", "glsa_", 32, Url),
    start("Grafana token", "glc_", 32, Wide),
    start("Grafana key", "eyJrIjoi", 50, Wide),
    start("Sentry token", "sntrys_", 60, Wide),
    start("Sentry token", "sntryu_", 60, Hex),
    start("Honeycomb key", "hcaik_", 50, Alnum),
    start("Honeycomb key", "hcbik_", 50, Alnum),
    start("Dynatrace token", "dt0c01.", 60, Dotted),
    start("Dynatrace token", "dt0s02.", 60, Dotted),
    start("Dynatrace token", "dt0s16.", 60, Dotted),
    start("PostHog key", "phx_", 40, Alnum),
    start("PostHog key", "phc_", 40, Alnum),
    start("ReadMe key", "rdme_", 60, Alnum),
    sure("Rootly key", "rootly_", 60, Hex),
    sure("Apify token", "apify_api_", 30, Alnum),
    start("Adobe secret", "p8e-", 32, Alnum),
    sure("Frame.io token", "fio-u-", 60, Url),
    sure("42 secret", "s-s4t2ud-", 60, Hex),
    sure("42 secret", "s-s4t2af-", 60, Hex),
    of("Klaviyo key", "pk_", 32, Alnum, Only::Random),
    start("Postman key", "PMAK-", 50, Url),
    start("Contentful token", "CFPAT-", 40, Url),
    start("Figma token", "figd_", 36, Url),
    start("Notion token", "ntn_", 40, Alnum),
    of("Notion token", "secret_", 40, Alnum, Only::Random),
    start("Linear key", "lin_api_", 32, Alnum),
    start("Linear token", "lin_oauth_", 32, Alnum),
    start("HubSpot token", "pat-na1-", 30, Url),
    start("HubSpot token", "pat-eu1-", 30, Url),
    start("Typeform token", "tfp_", 40, Wide),
    start("Mapbox token", "sk.eyJ", 60, Dotted),
    start("Dropbox token", "sl.", 100, Url),
    // Keys and tokens of no provider in particular.
    Format { form: SecretForm::Generic, ..start("JSON web token", "eyJ", 60, Wide) },
    // The same twice in base64, and a private key's own base64 without its frame.
    Format { form: SecretForm::Generic, ..start("JSON web token", "ZXlK", 60, Wide) },
    sure(PRIVATE_KEY, "b3BlbnNzaC1rZXktdjE", 60, Wide),
    pem("---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----"),
    pem("PuTTY-User-Key-File-"),
    pem("-----BEGIN PRIVATE KEY-----"),
    pem("-----BEGIN RSA PRIVATE KEY-----"),
    pem("-----BEGIN EC PRIVATE KEY-----"),
    pem("-----BEGIN DSA PRIVATE KEY-----"),
    pem("-----BEGIN OPENSSH PRIVATE KEY-----"),
    pem("-----BEGIN ENCRYPTED PRIVATE KEY-----"),
    pem("-----BEGIN PGP PRIVATE KEY BLOCK-----"),
];

static PREFIXES: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .kind(Some(AhoCorasickKind::DFA))
        .match_kind(MatchKind::LeftmostLongest)
        .build(FORMATS.iter().map(|f| f.prefix))
        .expect("the prefixes are short fixed texts")
});

/// Every token of a format in some bytes, in order.
pub fn find(bytes: &[u8]) -> impl Iterator<Item = Span> {
    let mut runs = Runs::default();
    let (mut at, mut last) = (0, 0);
    std::iter::from_fn(move || {
        while let Some(found) = PREFIXES.find(Input::new(bytes).span(at..bytes.len())) {
            let format = &FORMATS[found.pattern().as_usize()];
            if let Some(span) = token(format, bytes, found.start(), last, &mut runs) {
                at = found.end();
                last = last.max(span.end);
                return Some(span);
            }
            // Another prefix may begin inside one that began no token.
            at = found.start() + 1;
        }
        None
    })
}

/// The same without what documentation uses as an example.
pub fn secrets(bytes: &[u8]) -> impl Iterator<Item = Span> {
    find(bytes).filter(|s| {
        let begin = &bytes[s.start..s.end.min(s.start + LOOKED_AT)];
        !super::is_example(&String::from_utf8_lossy(begin))
    })
}

/// So much of a token says whether it is random, or an example.
const LOOKED_AT: usize = 256;

/// Where stretches of token characters lie that were measured already, by what they are made
/// of: prefixes that follow one another are one stretch, and that is measured once.
#[derive(Default)]
struct Runs([Measured; 9]);

impl Runs {
    fn end(&mut self, body: Body, bytes: &[u8], from: usize) -> usize {
        self.0[body as usize].end(from, || match body {
            Body::Pem => end_of_pem(bytes, from),
            _ => from + bytes[from..].iter().take_while(|b| body.has(**b)).count(),
        })
    }
}

/// The token that a prefix begins, when it is one; `last` is where the one before it ends, and
/// another may begin there as after a space.
fn token(format: &Format, bytes: &[u8], at: usize, last: usize, runs: &mut Runs) -> Option<Span> {
    let after = at + format.prefix.len();
    if matches!(format.body, Body::Pem) {
        return Some(Span::new(
            format.kind,
            at,
            runs.end(Body::Pem, bytes, after),
        ));
    }
    let body = &bytes[after..];
    let length = runs.end(format.body, bytes, after) - after;
    let begins_word = || at == last || !bytes[at - 1].is_ascii_alphanumeric();
    let start = match format.only {
        Only::Prefix => at,
        Only::AtStart if begins_word() => at,
        Only::Random if begins_word() && random::is_drawn(&body[..length.min(LOOKED_AT)]) => at,
        Only::Place => after,
        Only::Inside(before) => begin(bytes, at, before)?,
        Only::AtStart | Only::Random => return None,
    };
    (length >= format.least).then(|| Span::new(format.kind, start, after + length))
}

/// Where the letters and digits before a place begin, when there are so many.
fn begin(bytes: &[u8], at: usize, least: usize) -> Option<usize> {
    let before = bytes[..at].iter().rev().take(LOOKED_AT);
    let length = before.take_while(|b| b.is_ascii_alphanumeric()).count();
    (length >= least).then_some(at - length)
}

/// The end of a PEM block: after its end marker, or of the text.
fn end_of_pem(bytes: &[u8], from: usize) -> usize {
    static END: LazyLock<AhoCorasick> = LazyLock::new(|| {
        let ends = [
            "PRIVATE KEY-----",
            "PRIVATE KEY BLOCK-----",
            "PRIVATE KEY ----",
        ];
        AhoCorasick::new(ends).expect("the markers are short fixed texts")
    });
    END.find(&bytes[from..])
        .map_or(bytes.len(), |found| from + found.end())
}
