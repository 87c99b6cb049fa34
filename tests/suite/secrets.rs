//! How well secrets are masked and harmless text is left alone, measured from outside.
//!
//! The formats are those that providers document and scanners for secrets look for. All
//! values are made up, and made here: none stands in this file, so that scanners which
//! read it find nothing.

#![expect(
    clippy::print_stdout,
    reason = "what was measured is shown when a test fails, or with --nocapture"
)]

use crate::every_field;
use crate::harness::TestSite;
use crate::sample::Dice;
use aho_corasick::AhoCorasick;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Values of each kind, and texts of each harmless pattern.
const VALUES: usize = 5;
const HARMLESS_TEXTS: usize = 10;
const TAKEN_AT: &str = "2026-11-22T06:00:00Z";

/// Where a secret stands, and the texts around it there, in turn. The last is the path of a
/// file, the others are what an event says of itself.
const PLACES: [(&str, [&str; VALUES]); 6] = [
    (
        "argument",
        [
            "{}",
            "cd /srv/api && {}",
            "{} 2>&1 | tail -n 20",
            "time {}",
            "ran `{}` and it ended with 1",
        ],
    ),
    (
        "header",
        [
            "curl -sS -H '{}' https://api.company.com/v1/items",
            "curl -X POST -H \"{}\" -d @body.json https://api.company.com/v1/items",
            "wget --header='{}' -O out.json https://files.company.com/out.json",
            "the answer was 401 though the request had {}",
            "GET /v1/items HTTP/1.1\nHost: api.company.com\n{}\nAccept: */*",
        ],
    ),
    (
        "URL",
        [
            "curl -fsS '{}'",
            "connecting to {}",
            "{} answered 503, trying again in 30 s",
            "timeout 20 ./probe \"{}\" --verbose",
            "[the page]({}) says what failed",
        ],
    ),
    (
        "environment",
        [
            "export {}",
            "{} npm run deploy",
            "docker run --rm -e {} company/api:1.4.2",
            "echo '{}' >> .env",
            "printenv prints PATH=/usr/bin {} HOME=/home/ann",
        ],
    ),
    (
        "JSON",
        [
            r#"curl -d "{{}}" https://hooks.company.com/in"#,
            r#"curl -d "{\"user\":\"ann\",{},\"ttl\":60}" https://hooks.company.com/in"#,
            r#"put "{\"env\":{{}}}" into the queue"#,
            r#"the body is "{\"ok\":true,{}}""#,
            r#"node -e "post({{},\"retries\":3})""#,
        ],
    ),
    (
        "file name",
        [
            "{}",
            "/tmp/{}",
            "/home/ann/projects/api/{}",
            "build/out/{}",
            "~/Downloads/{}",
        ],
    ),
];

/// Forty kinds: a name; patterns of its values, in turn; how it stands in each place, in the
/// order of [`PLACES`], in JSON as name and value.
///
/// In a pattern `{x32}` stands for 32 characters (see [`alphabet`]); brackets part the secret
/// itself from what is documented and no secret, such as a prefix. In a place `{}` stands for
/// the whole value and `{secret}` for the secret itself. What nobody can know by its looks has
/// its name beside it.
const KINDS: &str = r#"
AWS access key id
AKIA[{u16}] or AKIA[{u16}] or ASIA[{u16}]
aws configure set aws_access_key_id {}
Authorization: AWS4-HMAC-SHA256 Credential={}/20261122/eu-central-1/s3/aws4_request, SignedHeaders=host
https://company-backups.s3.amazonaws.com/a.dump?X-Amz-Credential={}%2F20261122%2Feu-central-1%2Fs3%2Faws4_request
AWS_ACCESS_KEY_ID={}
AccessKeyId={}
credentials/{}.csv

AWS secret access key
{b40}
./deploy.sh --aws-secret-access-key {}
X-Aws-Secret-Access-Key: {}
https://deploy.company.com/hook?aws_secret_access_key={}&region=eu-central-1
AWS_SECRET_ACCESS_KEY={}
SecretAccessKey={}
aws_secret_access_key={}.txt

Google key
AIza[{w35}] or AIza[{w35}] or GOCSPX-[{w28}] or ya29.[{w120}]
npx geocode --api-key {} "Main Street 1"
X-Goog-Api-Key: {}
https://maps.googleapis.com/maps/api/geocode/json?address=Berlin&key={}
GOOGLE_API_KEY={}
apiKey={}
keys/{}.txt

Azure storage key
DefaultEndpointsProtocol=https;AccountName=companylogs;AccountKey=[{b86}==];EndpointSuffix=core.windows.net
az storage blob list --account-name companylogs --account-key {secret}
X-Storage-Connection-String: {}
https://logs.company.com/attach?account=companylogs&account_key={secret}
AZURE_STORAGE_CONNECTION_STRING="{}"
connectionString={}
AccountKey={secret}.txt

DigitalOcean token
dop_v1_[{x64}] or doo_v1_[{x64}] or dor_v1_[{x64}]
doctl auth init --access-token {}
Authorization: Bearer {}
https://api.digitalocean.com/v2/droplets?access_token={}
DIGITALOCEAN_ACCESS_TOKEN={}
do_token={}
droplets/{}.json

Anthropic key
sk-ant-api03-[{w93}AA] or sk-ant-admin01-[{w93}AA] or sk-ant-oat01-[{w93}AA]
llm keys set anthropic --value {}
x-api-key: {}
https://proxy.company.com/v1/messages?key={}
ANTHROPIC_API_KEY={}
anthropicApiKey={}
keys/{}.key

OpenAI key
sk-proj-[{w74}T3BlbkFJ{w74}] or sk-svcacct-[{w58}T3BlbkFJ{w58}] or sk-admin-[{w58}T3BlbkFJ{w58}] or sk-[{a20}T3BlbkFJ{a20}]
openai --api-key {} api models.list
Authorization: Bearer {}
https://gateway.company.com/v1/chat?api_key={}
OPENAI_API_KEY={}
openai_api_key={}
{}.txt

Hugging Face token
hf_[{A34}]
huggingface-cli login --token {}
Authorization: Bearer {}
https://ann:{}@huggingface.co/company/ranker
HF_TOKEN={}
hf_token={}
.cache/huggingface/{}

Other AI provider
r8_[{a37}] or gsk_[{a52}] or xai-[{a80}] or pplx-[{a48}] or sk-or-v1-[{x64}]
python predict.py --api-token {}
Authorization: Bearer {}
https://ai.company.com/predict?token={}
LLM_API_KEY={}
apiToken={}
models/{}.json

GitHub token
ghp_[{a36}] or gho_[{a36}] or ghu_[{a36}] or ghs_[{a36}] or ghr_[{a76}]
renovate --token {} acme/api
Authorization: token {}
https://x-access-token:{}@github.com/acme/api.git
GITHUB_TOKEN={}
github_token={}
git/{}

GitHub fine-grained token
github_pat_[{a22}_{a59}]
gh secret set DEPLOY --body {}
Authorization: Bearer {}
https://{}@github.com/acme/api.git
GH_TOKEN={}
token={}
tokens/{}.txt

GitLab token
glpat-[{w20}] or gldt-[{w20}] or glptt-[{x40}] or glrt-[{w20}] or glcbt-[{x2}_{w20}]
glab auth login --token {}
PRIVATE-TOKEN: {}
https://oauth2:{}@gitlab.company.com/acme/api.git
GITLAB_TOKEN={}
gitlab_token={}
glab/{}.txt

Bitbucket token
ATBB[{a24}{U8}] or ATCTT3xFfGN0[{w171}={U8}]
curl -u ann:{} https://api.bitbucket.org/2.0/user
Authorization: Bearer {}
https://x-token-auth:{}@bitbucket.org/acme/api.git
BITBUCKET_APP_PASSWORD={}
app_password={}
bitbucket/{}

npm token
npm_[{a36}]
npm publish --//packages.company.com/:_authToken={}
Authorization: Bearer {}
https://packages.company.com/-/whoami?authToken={}
NPM_TOKEN={}
npmToken={}
npmrc-{}

PyPI token
pypi-AgEIcHlwaS5vcmc[{w150}]
twine upload -u __token__ -p {} dist/*
Authorization: token {}
https://__token__:{}@packages.company.com/legacy/
TWINE_PASSWORD={}
pypi_token={}
dist/{}.txt

crates.io and RubyGems token
cio[{a32}] or rubygems_[{x48}]
cargo publish --token {}
Authorization: {}
https://crates.company.com/api/v1/me?token={}
CARGO_REGISTRY_TOKEN={}
registry_token={}
token-{}.txt

Slack token
xoxb-[{d12}-{d13}-{a24}] or xoxp-[{d12}-{d12}-{d13}-{x32}] or xapp-1-[A{U10}-{d13}-{x64}] or xoxe.xoxp-1-[{a166}]
slack-notify --token {} --channel ops
Authorization: Bearer {}
https://slack.com/api/chat.postMessage?token={}&channel=ops
SLACK_BOT_TOKEN={}
botToken={}
slack/{}.json

Chat webhook
hooks.slack.com/services/T{U10}/B{U10}/[{a24}] or hooks.slack.com/triggers/T{U10}/{d13}/[{x32}] or discord.com/api/webhooks/{d18}/[{w68}]
./notify --webhook https://{} --text done
X-Forward-To: https://{}
https://{}
WEBHOOK_URL=https://{}
webhookUrl=https://{}
mirror/{}

Discord bot token
MT[{a24}.G{w5}.{w38}]
node bot.js --token {}
Authorization: Bot {}
https://bots.company.com/register?bot_token={}
DISCORD_TOKEN={}
discordToken={}
bots/token-{}

Telegram bot token
{d10}:AA{w33}
tg-notify --bot-token {} --chat 42
X-Telegram-Bot-Token: {}
https://api.telegram.org/bot{}/sendMessage
TELEGRAM_BOT_TOKEN={}
telegram_bot_token={}
telegram-token={}.txt

Stripe live key
sk_live_[{a24}] or rk_live_[{a24}] or sk_live_[{a99}] or rk_live_[{a99}]
stripe listen --api-key {}
Authorization: Bearer {}
https://{}:@api.stripe.com/v1/charges
STRIPE_SECRET_KEY={}
stripeSecretKey={}
stripe/{}.txt

Shopify and Square token
shpat_[{x32}] or shpss_[{x32}] or EAAA[{w60}] or sq0atp-[{w22}] or sq0csp-[{w43}]
shopify theme push --password {}
X-Shopify-Access-Token: {}
https://shop.company.com/admin/api/orders.json?access_token={}
SHOPIFY_ACCESS_TOKEN={}
accessToken={}
shop/{}.json

SendGrid key
SG.[{w22}.{w43}]
mail-send --apikey {} --to ann@company.com
Authorization: Bearer {}
smtps://apikey:{}@smtp.sendgrid.net:465
SENDGRID_API_KEY={}
sendgridApiKey={}
mail/{}.txt

Mailgun key
key-[{x32}] or {x32}-{x8}-{x8}
curl -u api:{} https://api.mailgun.net/v3/domains
X-Mailgun-Api-Key: {}
https://api:{}@api.mailgun.net/v3/company.com/messages
MAILGUN_API_KEY={}
mailgun_api_key={}
mailgun_api_key={}.txt

Postmark token
{v4}
postmark send --server-token {}
X-Postmark-Server-Token: {}
https://mail.company.com/send?server_token={}
POSTMARK_SERVER_TOKEN={}
postmarkServerToken={}
postmark-server-token={}.txt

Twilio token
{x32} or SK[{x32}]
twilio-send --auth-token {}
X-Twilio-Auth-Token: {}
https://AC{x32}:{}@api.twilio.com/2010-04-01/Accounts.json
TWILIO_AUTH_TOKEN={}
authToken={}
twilio-auth-token={}.txt

Password of a database URL
postgres://app:[{p16}]@db.company.com:5432/orders or mysql://root:[{p12}]@10.0.0.7/crm or mongodb+srv://svc:[{p20}]@cluster0.company.com/app or redis://:[{a32}]@cache.company.com:6379/0 or amqp://worker:[{p14}]@mq.company.com/jobs
./migrate --database-url {} up
X-Database-Url: {}
{}
DATABASE_URL={}
databaseUrl={}
db_password={secret}.sql

Vault token
hvs.[{w95}] or hvs.[{w24}] or hvb.[{w140}] or s.[{a24}]
vault login {}
X-Vault-Token: {}
https://vault.company.com/v1/secret/data/api?token={}
VAULT_TOKEN={}
client_token={}
vault-token-{}

Terraform Cloud token
{a14}.atlasv1.[{w67}]
terraform-login --token {}
Authorization: Bearer {}
https://app.terraform.io/api/v2/runs?token={}
TF_TOKEN_app_terraform_io={}
token={}
terraform.d/{}

Datadog key
{x32} or {x40}
datadog-ci junit upload --api-key {} reports/
DD-API-KEY: {}
https://api.datadoghq.com/api/v1/validate?api_key={}
DATADOG_API_KEY={}
dd_api_key={}
datadog-api-key={}.txt

Sentry, Grafana and New Relic token
sntrys_[eyJpYXQiO{a60}LCJyZWdpb25fdXJs{a40}_{b43}] or sntryu_[{x64}] or glsa_[{a32}_{x8}] or glc_[eyJvIjoi{a100}] or NRAK-[{U27}]
sentry-cli --auth-token {} releases list
Authorization: Bearer {}
https://metrics.company.com/push?auth_token={}
SENTRY_AUTH_TOKEN={}
authToken={}
monitoring/{}

Linear, Notion, Atlassian and Figma token
lin_api_[{a40}] or ntn_[{d11}{a35}] or secret_[{a43}] or ATATT3xFfGF0[{w171}={U8}] or figd_[{w40}]
tickets --api-key {} list
Authorization: {}
https://ann:{}@company.atlassian.net/rest/api/3/myself
LINEAR_API_KEY={}
notionToken={}
tickets/{}.txt

JWT
eyJ[hbGciOi{a26}.eyJ{a90}.{w43}]
kubectl get pods --token {}
Authorization: Bearer {}
wss://live.company.com/socket?jwt={}
SUPABASE_SERVICE_ROLE_KEY={}
id_token={}
fixtures/{}.txt

Private key in PEM
-----BEGIN {d0}PRIVATE KEY-----\n[{b64}\n{b64}\n{b64}]\n-----END {d0}PRIVATE KEY-----\n or -----BEGIN {d0}RSA PRIVATE KEY-----\n[{b64}\n{b64}\n{b64}]\n-----END {d0}RSA PRIVATE KEY-----\n or -----BEGIN {d0}EC PRIVATE KEY-----\n[{b64}\n{b64}\n{b64}]\n-----END {d0}EC PRIVATE KEY-----\n or -----BEGIN {d0}OPENSSH PRIVATE KEY-----\n[{b64}\n{b64}\n{b64}]\n-----END {d0}OPENSSH PRIVATE KEY-----\n
./sign --private-key "{}" app.zip
X-Client-Key: {}
https://deploy.company.com/keys?private_key={}
GOOGLE_PRIVATE_KEY="{}"
private_key={}
.ssh/{}

Basic authentication
Basic [base64(deploy:{p16})] or Basic [base64(ann@company.com:{p12})] or Basic [base64(svc-build:{a32})]
http GET https://artifacts.company.com/v2/ 'Authorization:{}'
Authorization: {}
https://artifacts.company.com/login?basic_auth={secret}
BASIC_AUTH={secret}
auth={secret}
basic_auth={secret}.txt

Bearer token without a form
{a40} or {w64} or {x40} or {a32} or {w43}
curl --oauth2-bearer {} https://api.company.com/v1/me
Authorization: Bearer {}
https://api.company.com/v1/me?access_token={}
ACCESS_TOKEN={}
access_token={}
token-{}.txt

Password
{p12} or {p20} or Sommer-{d4}-{A5}! or {p10} or {p16}
mysql --user=root --password={} orders
X-Auth-Password: {}
https://intranet.company.com/login?user=ann&password={}
DB_PASSWORD={}
password={}
password={}.txt

API key without a form
{a32} or {a40} or {w48} or {l24} or {a64}
rates --api-key {} --base EUR
X-API-Key: {}
https://rates.company.com/v2/latest?apikey={}
RATES_API_KEY={}
api_key={}
api_key={}.txt

Hex secret
{x32} or {x64}
puma --secret-key-base {}
X-Client-Secret: {}
https://auth.company.com/oauth/token?client_id=web&client_secret={}
SESSION_SECRET={}
client_secret={}
session_secret={}.txt

Webhook signing secret
whsec_[{a32}] or whsec_[{b32}] or whsec_[{x64}]
./receive --signing-secret {} --port 8080
X-Signing-Secret: {}
https://hooks.company.com/in?secret={}
STRIPE_WEBHOOK_SECRET={}
signingSecret={}
hooks/{}.txt
"#;

/// Fifty patterns of harmless text that sessions are full of. What has no space is a path.
const HARMLESS: &str = r#"
git show {x40} --stat
ssh-keygen prints 256 SHA256:{b43} ann@company.com (ED25519)
git log --oneline {x7}..{x8}
git diff {x40}...{x40} -- src/
sha256sum prints {x64}  dist/api.tar.gz
docker pull ghcr.io/acme/api@sha256:{x64}
container {x12} runs image sha256:{x64}
job {v4} ended after 14 s
the form of {n2} says password: must be at least {d2} characters
order 01{C24} was shipped
git switch -c {n6}-2026-11
kubectl create secret generic {n2} --from-file=token=/run/secrets/{n3}-token
inlined data:image/png;base64,iVBORw0KGgo{b180}== in logo.css
package-lock.json now has "integrity": "sha512-{b86}=="
yarn.lock: {n2}@^2.1.0 resolved with integrity sha1-{b27}=
go.sum gains github.com/acme/{n2} v1.{d2}.0 h1:{b43}=
Cargo.lock gains checksum = "{x64}"
pip install --require-hashes {n2}==2.{d1}.0 --hash=sha256:{x64}
dist/assets/app.{x8}.js
built dist/assets/index-{w8}.js and dist/assets/{n1}-{w8}.css
renamed {c5} to {c6} in billing.ts
added def {s6}(session, order_id) to models.py
renamed refresh_access_token_for_{s3} to {c2}AccessTokenFor{P2}
raised {S4}_MAX_TOKENS to 4096
/home/ann/projects/{n2}/src/main/java/com/company/{n3}/{P4}Factory.java
go get github.com/acme/{n2}@v0.0.0-20261122{d6}-{x12}
mvn dependency:get -Dartifact=com.company:{n3}:2.{d2}.{d1}-20261122.{d6}-12
resumed session sess_01{a22}
toolu_01{a22} returned 14 lines
the API answered 529, request id req_01{a22}
message msg_01{a22} was cut at the limit of tokens
traceparent: 00-{x32}-{x16}-01
the answer has ETag: W/"{x32}" and no Last-Modified
kubectl logs {n2}-{l10}-{l5} -n prod
aws s3 cp s3://company-backups/2026/11/22/{v4}/part-{d5}.parquet .
arn:aws:iam::{d12}:role/{n3} may call arn:aws:lambda:eu-central-1:{d12}:function:{n3}
reply to Message-ID: <{a16}.{d14}@mail.company.com>
released 2.{d2}.{d1}-rc.{d1}+build.{d4}.sha.{x8}
opened https://github.com/acme/{n2}/blob/{x40}/src/lib.rs#L{d3}
https://ci.company.com/acme/{n2}/runs/{d11}/job/{d11}
var/log/api-2026-11-22T05:{d2}:{d2}.{d6}Z-{d10}.json
the session used the key sk-ant-...{U4}
curl -H "Authorization: Bearer ${S2}_TOKEN" https://api.company.com/{n1}?token=${S1}_TOKEN
docker run -e API_KEY=${{S2}_KEY} -e DB_PASSWORD="${{S1}_PASSWORD}" company/{n1}
mysql --user={n1} --password=<your {n1} password> orders
export {S2}_TOKEN=$(vault read -field=token secret/{n2})
deploy.yml sets token: ${{ secrets.{S2}_TOKEN }}
const password = process.env.{S2}_PASSWORD; const token = await {c3}(request);
test {s3}::tests::{s6} ... ok
restored cache key node-modules-linux-{x64} for {n2}
"#;

const WORDS: [&str; 24] = [
    "order", "invoice", "ledger", "report", "cache", "queue", "worker", "billing", "export",
    "import", "retry", "parser", "render", "login", "account", "customer", "payment", "summary",
    "archive", "index", "filter", "search", "refresh", "window",
];

/// A kind of secret: patterns of its values, and how it stands in each place.
struct Kind {
    name: &'static str,
    patterns: Vec<&'static str>,
    places: Vec<&'static str>,
}

/// A secret in a place.
struct Case {
    kind: usize,
    text: String,
    /// What may be published nowhere: where the value stands, this stands too.
    middle: String,
}

fn kinds() -> Vec<Kind> {
    let blocks = KINDS.trim().split("\n\n");
    let kinds: Vec<Kind> = blocks
        .map(|block| {
            let mut lines = block.lines();
            Kind {
                name: lines.next().unwrap(),
                patterns: lines.next().unwrap().split(" or ").collect(),
                places: lines.collect(),
            }
        })
        .collect();
    assert_eq!(kinds.len(), 40);
    for kind in &kinds {
        assert_eq!(kind.places.len(), PLACES.len(), "{}", kind.name);
    }
    kinds
}

/// Characters that a letter of a pattern stands for.
fn alphabet(letter: char) -> Vec<char> {
    let ranges = match letter {
        'd' => "09",
        'x' => "09af",
        'u' => "AZ27",
        'C' => "09AHJKMNPTVZ",
        'U' => "AZ09",
        'l' => "az09",
        'A' => "AZaz",
        'a' => "AZaz09",
        'w' => "AZaz09--__",
        'b' => "AZaz09++//",
        'p' => "AHJNPZakmz29!!--..__~~",
        other => panic!("no alphabet for {other}"),
    };
    let ends: Vec<char> = ranges.chars().collect();
    ends.chunks(2).flat_map(|end| end[0]..=end[1]).collect()
}

/// What a blank of a pattern is filled with: so many characters of an alphabet, so many
/// words (`n` kebab, `s` snake, `S` shouting snake, `c` camel, `P` Pascal), or a UUID (`{v4}`).
fn blank(letter: char, count: usize, dice: &mut Dice) -> String {
    let mut words = || (0..count).map(|_| dice.pick(&WORDS)).collect::<Vec<_>>();
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    match letter {
        'n' => words().join("-"),
        's' => words().join("_"),
        'S' => words().join("_").to_uppercase(),
        'P' => words().into_iter().map(capital).collect(),
        'c' => {
            let pascal: String = words().into_iter().map(capital).collect();
            pascal[..1].to_lowercase() + &pascal[1..]
        }
        'v' => fill("{x8}-{x4}-4{x3}-a{x3}-{x12}", dice),
        _ => {
            let letters = alphabet(letter);
            (0..count).map(|_| dice.pick(&letters)).collect()
        }
    }
}

/// A pattern with its blanks filled; other braces stay what they are.
fn fill(pattern: &str, dice: &mut Dice) -> String {
    let mut filled = String::new();
    let mut rest = pattern;
    while let Some(at) = rest.find('{') {
        filled.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let inner = rest.split('}').next().unwrap();
        let letter = inner.chars().next().filter(char::is_ascii_alphabetic);
        let count = inner.get(1..).and_then(|count| count.parse().ok());
        if let (Some(letter), Some(count)) = (letter, count) {
            filled.push_str(&blank(letter, count, dice));
            rest = &rest[inner.len() + 1..];
        } else {
            filled.push('{');
        }
    }
    filled + rest
}

/// What stands before the secret, the secret, and what stands after it.
fn value(pattern: &str, dice: &mut Dice) -> [String; 3] {
    let (before, rest) = pattern.split_once('[').unwrap_or(("", pattern));
    let (secret, after) = rest.split_once(']').unwrap_or((rest, ""));
    let encoded = secret
        .strip_prefix("base64(")
        .and_then(|plain| plain.strip_suffix(')'));
    let secret = match encoded {
        Some(plain) => data_encoding::BASE64.encode(fill(plain, dice).as_bytes()),
        None => fill(secret, dice),
    };
    [fill(before, dice), secret, fill(after, dice)]
}

/// Twelve characters from the middle, or all where there are fewer.
fn middle(secret: &str) -> String {
    let start = secret.len().saturating_sub(12) / 2;
    secret[start..].chars().take(12).collect()
}

/// Every secret, in each place: 200 cases a place, in the order of [`PLACES`].
fn cases(kinds: &[Kind]) -> Vec<Vec<Case>> {
    let dice = &mut Dice::new(20_261_122);
    let mut places: Vec<Vec<Case>> = PLACES.iter().map(|_| Vec::new()).collect();
    for (kind, of) in kinds.iter().enumerate() {
        for n in 0..VALUES {
            let [before, secret, after] = value(of.patterns[n % of.patterns.len()], dice);
            for (place, (name, around)) in PLACES.iter().enumerate() {
                // No file has a slash in its name: what writes one puts something else there.
                let secret = match *name {
                    "file name" => secret.replace('/', "_"),
                    _ => secret.clone(),
                };
                let whole = format!("{before}{secret}{after}");
                let mut there = fill(of.places[place], dice)
                    .replace("{}", &whole)
                    .replace("{secret}", &secret);
                if *name == "JSON" {
                    let (key, value) = there.split_once('=').unwrap();
                    there = format!(r#"\"{key}\":\"{value}\""#);
                }
                let text = around[n].replace("{}", &there);
                assert!(text.contains(&secret) && text.len() <= 2_048, "{text}");
                places[place].push(Case {
                    kind,
                    text,
                    middle: middle(&secret),
                });
            }
        }
    }
    places
}

/// The session that says these texts, as a snapshot has it; those that are paths are read.
fn session<'a>(texts: impl Iterator<Item = (&'a str, bool)>) -> String {
    let events: Vec<Value> = texts
        .map(|(text, is_path)| {
            let at = "2026-11-22T05:10:00Z";
            if is_path {
                json!({"at": at, "kind": "read", "tool": "Read", "path": text})
            } else {
                json!({"at": at, "kind": "execute", "tool": "Bash", "summary": text})
            }
        })
        .collect();
    json!({"id": "s-1", "user": "ann@company.com", "agent": "Agent 1", "events": events})
        .to_string()
}

/// Builds a site of one session.
fn built(session: &str, of: &str) -> TestSite {
    let site = TestSite::new().snapshot(TAKEN_AT, &[session]);
    let run = site.run(&["build"]);
    assert_eq!(
        run.code, 0,
        "the build stopped (by a gate for what is published, or an error), so nothing of {of} \
         can be measured; the program says:\n{}",
        run.err
    );
    site
}

/// Summaries and paths in the published record of the session, in order.
fn texts_of_the_record(site: &TestSite) -> Vec<String> {
    let folder = format!("public/editions/{}", site.names("public/editions")[0]);
    let record: Value =
        serde_json::from_str(site.read(&format!("{folder}/records.jsonl")).trim()).unwrap();
    let events = record["events"].as_array().unwrap();
    let text = |event: &Value| {
        let text = event["summary"].as_str().or(event["path"].as_str());
        text.unwrap_or_default().to_owned()
    };
    events.iter().map(text).collect()
}

/// Which of the middles stand in any of the texts.
fn leaked<'a>(cases: &[Case], texts: impl Iterator<Item = &'a [u8]>) -> BTreeSet<usize> {
    let middles = AhoCorasick::new(cases.iter().map(|case| &case.middle)).unwrap();
    texts
        .flat_map(|text| middles.find_overlapping_iter(text))
        .map(|found| found.pattern().as_usize())
        .collect()
}

fn percent(part: usize, of: usize) -> f64 {
    100.0 * part as f64 / of as f64
}

/// A secret that reached a session may not reach a page: at least 95 of 100 are masked,
/// whatever they are and wherever they stand. Each place is a site of its own, so that what
/// one shows is not counted against another.
#[test]
fn secrets_of_every_kind_are_masked_in_every_place() {
    let kinds = kinds();
    let mut missed: BTreeMap<(usize, usize), Vec<String>> = BTreeMap::new();
    let mut total = 0;
    for (place, cases) in cases(&kinds).iter().enumerate() {
        let (name, _) = PLACES[place];
        let session = session(cases.iter().map(|c| (c.text.as_str(), name == "file name")));
        let there = leaked(cases, std::iter::once(session.as_bytes()));
        assert_eq!(
            there.len(),
            cases.len(),
            "what is not masked is found: {name}"
        );
        let site = built(&session, &format!("the secrets in the place «{name}»"));
        let told = texts_of_the_record(&site);
        assert!(
            told.len() == cases.len() && told.iter().all(|text| !text.is_empty()),
            "events that are left out are not masked: {name}"
        );
        let files = site.published();
        let texts = files
            .iter()
            .flat_map(|(path, bytes)| [path.as_bytes(), bytes]);
        for case in leaked(cases, texts) {
            let case = &cases[case];
            let texts = missed.entry((case.kind, place)).or_default();
            texts.push(case.text.clone());
        }
        total += cases.len();
    }

    let count = |kind, place| missed.get(&(kind, place)).map_or(0, Vec::len);
    print!("{:42}", format!("missed of {VALUES}"));
    for (name, _) in PLACES {
        print!("{name:>12}");
    }
    println!("{:>12}", "masked");
    for (kind, of) in kinds.iter().enumerate() {
        print!("{:42}", of.name);
        let counts: Vec<usize> = (0..PLACES.len()).map(|place| count(kind, place)).collect();
        for n in &counts {
            print!("{:>12}", if *n == 0 { "-".into() } else { n.to_string() });
        }
        let all = VALUES * PLACES.len();
        println!("{:>9}/{all}", all - counts.iter().sum::<usize>());
    }
    for ((kind, place), texts) in &missed {
        println!("\n{}, {}:", kinds[*kind].name, PLACES[*place].0);
        for text in texts {
            println!("    {text:?}");
        }
    }
    let masked = total - missed.values().map(Vec::len).sum::<usize>();
    let share = percent(masked, total);
    println!("\n{masked} of {total} secrets are masked: {share:.1} %");
    assert_eq!(total, 1_200);
    assert!(
        masked * 100 >= total * 95,
        "only {share:.1} % of the secrets are masked"
    );
}

/// A brief whose hashes, names and placeholders are masked says nothing: at most 2 of 100
/// harmless texts are touched.
#[test]
fn what_only_looks_like_a_secret_is_left_as_it_is() {
    let dice = &mut Dice::new(22_112_026);
    let patterns: Vec<&str> = HARMLESS.trim().lines().collect();
    let mut texts: Vec<(&str, String)> = Vec::new();
    for pattern in patterns {
        texts.extend((0..HARMLESS_TEXTS).map(|_| (pattern, fill(pattern, dice))));
    }
    let events = texts.iter().map(|(_, t)| (t.as_str(), !t.contains(' ')));
    let site = built(&session(events), "the harmless texts");
    let told = texts_of_the_record(&site);
    assert_eq!(told.len(), texts.len());

    let mut damaged: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for ((pattern, text), told) in texts.iter().zip(&told) {
        let of = damaged.entry(pattern).or_default();
        if text != told {
            of.push((text, told));
        }
    }
    println!("damaged of {HARMLESS_TEXTS}");
    for (pattern, texts) in &damaged {
        println!("{:>4}  {pattern}", texts.len());
        for (text, told) in texts {
            println!("          {text}\n       -> {told}");
        }
    }
    let (count, total) = (damaged.values().map(Vec::len).sum(), texts.len());
    let share = percent(count, total);
    println!("\n{count} of {total} harmless texts are damaged: {share:.1} %");
    assert_eq!(total, 500);
    assert!(
        count * 100 <= total * 2,
        "{share:.1} % of the harmless texts are damaged"
    );
}

/// A token that no border saw: it stands in the company's own prose.
#[test]
fn the_gate_stops_what_the_border_did_not_see() {
    let site = TestSite::sample().build();
    let before = site.published();
    let token = format!("ghp_{}", "a1B2".repeat(9));
    site.write(
        "content/method.md",
        format!("+++\ntitle = \"Method\"\n+++\n\nUse {token}.\n"),
    );
    let run = site.run(&["build"]).ends(1);
    assert!(run.err.contains("method.html"), "{}", run.err);
    assert!(run.err.contains("GitHub token"), "{}", run.err);
    assert!(!run.err.contains(&token), "{}", run.err);
    assert_eq!(before, site.published());
}

/// What stood beside its name once is a secret where it stands alone, too; the name of a
/// session is none, whatever somebody assigns it to.
#[test]
fn a_secret_seen_once_is_masked_everywhere() {
    let key = "9f3KQ7wLm2Xv";
    let key = format!("{key}{}", "Zt8R1c");
    let id = "sess-1a2B3c4D5e6F7g8H";
    let session = format!(
        r#"{{"id":"{id}","events":[{{"kind":"read","path":"notes/{key}.txt"}},
           {{"kind":"execute","summary":"API_KEY={key} SESSION_TOKEN={id} run"}}]}}"#
    );
    let site = TestSite::new()
        .snapshot("2026-11-22T06:00:00Z", &[&session])
        .build();
    for (path, bytes) in site.published() {
        assert!(!String::from_utf8_lossy(&bytes).contains(&key), "{path}");
    }
    let records = site.published()["editions/2026-11-22T0600Z/records.jsonl"].clone();
    assert!(String::from_utf8_lossy(&records).contains(id));
}

/// Other secrets beside it change nothing about that: each is counted against itself.
#[test]
fn a_secret_seen_once_is_masked_everywhere_among_others() {
    let key = format!("9f3KQ7wLm2Xv{}", "Zt8R1c");
    let session = format!(
        r#"{{"id":"a","host":"box {key}","events":[
           {{"kind":"execute","summary":"PASSWORD=hunter22 DB_PASSWORD=hunter23 API_KEY={key} run"}}]}}"#
    );
    let site = TestSite::new()
        .snapshot("2026-11-22T06:00:00Z", &[&session])
        .build();
    for (path, bytes) in site.published() {
        assert!(!String::from_utf8_lossy(&bytes).contains(&key), "{path}");
    }
}

/// A collector may send fields that nobody knows here, with the secret in one of them.
#[test]
fn a_field_that_nobody_knows_tells_by_its_name_what_is_secret() {
    let key = format!("9f3KQ7wLm2Xv{}", "Zt8R1c");
    let session = format!(
        r#"{{"id":"a","environment":{{"DB_PASSWORD":"correct horse","ACME_TOKEN":"{key}"}},"events":[
           {{"kind":"read","path":"notes/{key}.txt"}}]}}"#
    );
    let site = TestSite::new()
        .snapshot("2026-11-22T06:00:00Z", &[&session])
        .build();
    for (path, bytes) in site.published() {
        let text = String::from_utf8_lossy(&bytes);
        assert!(
            !text.contains(&key) && !text.contains("correct horse"),
            "{path}"
        );
    }
    let records = site.published()["editions/2026-11-22T0600Z/records.jsonl"].clone();
    assert!(String::from_utf8_lossy(&records).contains("ACME_TOKEN"));
}

/// The brief says how many secrets are masked and of which kinds, an importer's among them.
#[test]
fn masked_secrets_are_counted_by_kind() {
    let token = format!("ghp_{}", "a1B2".repeat(9));
    let session = format!(
        r#"{{"id":"a","events":[
           {{"kind":"execute","summary":"PASSWORD=hunter22 gh auth {token}"}},
           {{"kind":"execute","summary":"[secret: GitHub token \u2026a1B2] in the output"}}]}}"#
    );
    let site = TestSite::new()
        .snapshot("2026-11-22T06:00:00Z", &[&session])
        .build();
    let brief = site.published()["index.html"].clone();
    let said = "3 masked secrets (GitHub token 2, assigned secret 1)";
    assert!(String::from_utf8_lossy(&brief).contains(said));
}

/// What only looks random is masked for caution; nothing says that it is a secret, and no
/// signal does.
#[test]
fn what_only_looks_random_is_no_evidence() {
    let token = format!("QmyBraHLFuxgvGlOImB3KLjqjvH{}", "NUXXc5qYBx5EJCBNIHy");
    let session = |name: &str| {
        format!(r#"{{"id":"a","events":[{{"kind":"execute","summary":"{name}{token}"}}]}}"#)
    };
    for (name, is_evidence) in [("ipfs add ", false), ("API_TOKEN=", true)] {
        let site = TestSite::new()
            .snapshot("2026-11-22T06:00:00Z", &[&session(name)])
            .build();
        let pages = site.published();
        let brief = String::from_utf8_lossy(&pages["editions/2026-11-22T0600Z/index.html"]);
        assert!(brief.contains("1 masked secret ("));
        let explained = site.run(&["explain", "a"]).ends(0).out;
        assert_eq!(
            explained.contains("secret-in-content"),
            is_evidence,
            "{explained}"
        );
        assert!(
            !pages
                .values()
                .any(|p| String::from_utf8_lossy(p).contains(&token))
        );
    }
}

/// Who writes a session may call a secret whatever the program prints anyway, and may name
/// things so that the name of their page nearly is one. The brief appears all the same.
#[test]
fn no_session_can_stop_the_build() {
    let yesterday = "run-8kQ2mZ7vR4xT9wLc3N";
    let first =
        format!(r#"{{"id":"{yesterday}","events":[{{"kind":"delete","path":"/etc/cron.d/x"}}]}}"#);
    let site = TestSite::new()
        .snapshot("2026-11-21T06:00:00Z", &[&first])
        .build();
    let published = site.published();
    let manifest: Value =
        serde_json::from_slice(&published["archive-2026-11.manifest.json"]).unwrap();
    let page = published
        .keys()
        .find(|path| path.contains("/session/"))
        .unwrap();
    let style = published
        .keys()
        .find(|path| path.starts_with("assets/style-"))
        .unwrap();
    let seal = manifest["editions"][0]["seal"].as_str().unwrap();
    let planted = [
        "significanceQ7x9Zk2Lw9Xc",
        "editions/2026-11-22T0600Z/session",
        yesterday,
        page.as_str(),
        page.rsplit('/').next().unwrap(),
        style.rsplit('/').next().unwrap(),
        seal,
        "</td><td>123</td><td>456",
    ];
    let said: Vec<String> = planted
        .iter()
        .map(|value| format!(r#"{{"kind":"execute","summary":"API_TOKEN='{value}' go"}}"#))
        .collect();
    let second = format!(r#"{{"id":"b","events":[{}]}}"#, said.join(","));
    let glued: Vec<String> = [
        "glpat-abcdefghij012345678",
        "xoxb-1234567890-12345",
        "GLPAT_abcdefghij0123456789",
        "sk-ant-abcdefghij01234",
    ]
    .iter()
    .map(|id| format!(r#"{{"id":"{id}","user":"{id}","host":"{id}","events":[]}}"#))
    .collect();
    let mut sessions: Vec<&str> = glued.iter().map(String::as_str).collect();
    sessions.push(&second);
    let site = site.snapshot("2026-11-22T06:00:00Z", &sessions).build();
    assert!(
        site.published()
            .contains_key("editions/2026-11-22T0600Z/index.html")
    );
}

/// What one session calls a secret hides nothing of what another one did.
#[test]
fn no_session_can_hide_what_another_one_did() {
    let deed = r#"{"id":"deed-2026x17","user":"eve","host":"box2026abc-0991z","events":[
        {"kind":"write","path":"/etc/cron.d/job2026abc991x"},
        {"kind":"request","destination":"drop2026abc991x.example","method":"POST","bytes":5000000}]}"#;
    let plant = r#"{"id":"plant","user":"mallory","events":[{"kind":"execute","summary":
        "TOKEN=cron.d/job2026abc991x TOKEN=job2026abc991x TOKEN=drop2026abc991x.example TOKEN=box2026abc-0991z TOKEN=deed-2026x17"}]}"#;
    let told = |sessions: &[&str]| {
        let site = TestSite::new()
            .snapshot("2026-11-22T06:00:00Z", sessions)
            .build();
        let records = site.read("public/editions/2026-11-22T0600Z/records.jsonl");
        records.lines().next().unwrap().to_owned()
    };
    assert_eq!(told(&[deed]), told(&[deed, plant]));
}

/// A text that is no secret may become one where it is shown: by the letter of a control in
/// caret notation, by an escape of JSON, by what is cut off, by what stands beside it. In no
/// field may such a text stop the build, or a token be left.
#[test]
fn no_text_becomes_a_secret_where_it_is_shown() {
    let random = "q7Zk2Lw9Xc4Vb8Nm1Rt5Yp3Hd6Fg0Js2Kv9Bx4T";
    let token = format!("ghp_{}", "a1B2".repeat(9));
    let texts = [
        token.clone(),
        "\u{1}KIAQQQQWWWWEEEERRRR".to_owned(),
        format!("\npm_{}", "a1B2".repeat(9)),
        format!("\u{1}abc.atlasv1.{}", "a1B2".repeat(16)),
        format!("\u{1}abc:AA{}", "a1B2".repeat(9)),
        format!("\"\\\n{token}\\\"\u{7f}"),
        format!("{}sk-{random}{}", "x ".repeat(1004), "a".repeat(1000)),
        "-----BEGIN".to_owned(),
        "PRIVATE KEY-----MIIEvQIBADANBgkqhkiG9w0BAQEFAASC".to_owned(),
        "-----BEGIN RSA PRIVATE KEY-----".to_owned(),
        "glpat-abcdefghij012345678".to_owned(),
    ];
    let with = |id: &str, texts: [&String; 2]| {
        let mut session = every_field::full();
        session["id"] = id.into();
        for (n, pointer) in every_field::texts().iter().enumerate() {
            *session.pointer_mut(pointer).unwrap() = texts[n % 2].as_str().into();
        }
        for event in session["events"].as_array_mut().unwrap() {
            event["kind"] = texts[0].as_str().into();
        }
        session.to_string()
    };
    let mut sessions = Vec::new();
    for (n, text) in texts.iter().enumerate() {
        sessions.push(with(&format!("a-{n}"), [text, text]));
        // Beside each other, in both orders.
        sessions.push(with(&format!("b-{n}"), [&texts[7], text]));
        sessions.push(with(&format!("c-{n}"), [text, &texts[8]]));
        let id: String = text.chars().take(200).collect();
        sessions.push(json!({ "id": id, "models": [texts[7], text, texts[8]] }).to_string());
    }
    let sessions: Vec<&str> = sessions.iter().map(String::as_str).collect();
    let site = TestSite::new().snapshot(TAKEN_AT, &sessions).build();
    for (path, bytes) in site.published() {
        assert!(!String::from_utf8_lossy(&bytes).contains(&token), "{path}");
    }
}
