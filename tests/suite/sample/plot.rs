//! What happened at the company, day by day, beside the ordinary work.

use super::cast::{
    ALICE, AUTH, BOB, CLAUDE_CODE, CRM, INFRA, JONAS, LENA, MARA, MOBILE, PRIYA, RELEASE, SONNET,
    TOMAS, UNKNOWN_HOST, UNKNOWN_KEY,
};
use super::format::{Event, User, Workspace};
use super::run::{Run, execute, fetch, post, prompt, push, read, reply, search, seconds, write};

/// The ended session that anchors the unknown-key narrative.
pub(crate) const ANCHOR: &str = "sess_01QpH3vYb8WnRk5sJc2Tg7Mx";
/// The active session whose scope widened.
pub(crate) const WIDENED: &str = "sess_01XFa9qT7mK2vB8cR4wNz6Ld";
/// The active session that adds nothing to the anchor.
pub(crate) const FOLDED: &str = "sess_01Zt6eLrU4yDq9fPk3XvHb5G";
/// Bob's session with the shared key.
pub(crate) const BOBS: &str = "sess_01BwN7dKx2GhVt5mQs8RyJ4c";

/// The endpoint collector's log of the last night.
const NIGHT: &str = "endpoint-2026-11-22.jsonl";
/// Where the unknown key sends to: an address that is kept for documentation.
const DROP: &str = "203.0.113.80:8443";
/// Where the customer list went to, likewise.
const PARTNER: &str = "198.51.100.23";

/// Everything that happened, in order.
pub(super) fn runs() -> Vec<Run> {
    let mut all = forced_push();
    all.extend(sandbox_off());
    all.extend(refused());
    all.extend(reading_up());
    all.extend(customer_list());
    all.extend(unknown_key());
    all.extend(latest());
    all
}

/// 11 November: the release branch is overwritten. Tomas restored it the same evening.
fn forced_push() -> Vec<Run> {
    let start = seconds("2026-11-11T14:02:11Z");
    vec![
        Run::of(&TOMAS, "sess_01Fp4sWm9KcYx6tZb2RvQn8E", start, 38)
            .on(RELEASE)
            .costs(164)
            .then(0, prompt("get the release branch back in line with main"))
            .then(95, execute("git log"))
            .then(240, read("scripts/tag.sh"))
            .then(610, write("CHANGELOG.md"))
            .then(1_130, forced(push()))
            .then(1_480, execute("git status"))
            .then(2_260, reply()),
    ]
}

fn forced(push: Event) -> Event {
    Event {
        programs: vec!["git push --force"],
        method: Some("push"),
        ..push
    }
    .saying("forced push to release/2.13")
}

/// 15 and 16 November: a run with the sandbox off touches the infrastructure and
/// goes on past the snapshot.
fn sandbox_off() -> Vec<Run> {
    let start = seconds("2026-11-16T04:51:00Z");
    let mut run = Run::of(&TOMAS, "sess_01Kd8hTz3PwLq5nXy7CfVj2M", start, 145)
        .on(INFRA)
        .costs(388)
        .then(0, prompt("move the build cluster to the new node pool"))
        .then(200, read("README.md"))
        .then(760, read("terraform/cluster/node_pool.tf"))
        .then(1_510, write("terraform/cluster/node_pool.tf"))
        .then(2_340, execute("terraform plan"))
        .then(5_900, write("terraform/cluster/variables.tf"))
        .then(6_480, execute("terraform apply"))
        .then(8_600, reply());
    run.mode = Some("danger-full-access");
    vec![run]
}

/// 17 November: a policy refuses a read of the job's credentials, and a command reads them.
fn refused() -> Vec<Run> {
    let start = seconds("2026-11-17T10:26:30Z");
    let denied = Event {
        kind: "permission",
        tool: Some("Read"),
        path: Some(".env.staging"),
        decision: Some("denied"),
        by: Some("policy"),
        reason: Some("files that hold credentials are not for agents"),
        ..Event::default()
    };
    let around = Event {
        tool: Some("Bash"),
        programs: vec!["sed -i"],
        ..write(".env.staging")
    };
    vec![
        Run::of(&JONAS, "sess_01Rn5gCv8TkMw2pBs6XdYq9H", start, 51)
            .costs(203)
            .then(0, prompt("point the rollup at the staging warehouse"))
            .then(130, read("jobs/daily_rollup.py"))
            .then(420, denied)
            .then(560, around)
            .then(900, execute("dbt run"))
            .then(3_020, reply()),
    ]
}

/// 18 and 20 November: a list of customers goes to a partner's machine, twice. The
/// first run is over, but its log stays open, so the collector lists it for two more
/// days, and the question it raised holds it up until it is answered.
fn customer_list() -> Vec<Run> {
    let start = seconds("2026-11-18T13:15:20Z");
    let again = seconds("2026-11-20T13:12:05Z");
    let mut first = Run::of(&PRIYA, "sess_01Hy2mJd7VbQx9kWf4TnLs6R", start, 33)
        .on(CRM)
        .costs(141)
        .then(0, prompt("send the partner the November customer list"))
        .then(180, read("src/sync/mapper.py"))
        .then(640, read("exports/customers.csv"))
        .then(730, post(PARTNER, 182_440).saying("upload of the list"))
        .then(1_900, reply());
    first.listed_until = Some(seconds("2026-11-20T18:00:00Z"));
    vec![
        first,
        Run::of(&PRIYA, "sess_01Vc6xGp3NzRt8hKm5BwDy2Q", again, 21)
            .on(CRM)
            .costs(96)
            .then(
                0,
                prompt("the partner asks for the list again, with phone numbers"),
            )
            .then(240, read("exports/customers.csv"))
            .then(420, post(PARTNER, 201_118).saying("upload of the list"))
            .then(1_180, reply()),
    ]
}

/// 12 and 18 November: Mara reads up on histograms, long before she needs them.
fn reading_up() -> Vec<Run> {
    let read_up = |id: &str, start: &str| {
        Run::of(&MARA, id, seconds(start), 19)
            .costs(58)
            .then(0, prompt("how do histogram buckets work"))
            .then(60, fetch("prometheus.io"))
            .then(300, read("internal/metrics/metrics.go"))
            .then(1_100, reply())
    };
    vec![
        read_up("sess_01Bf7yLs2QwNk5pVx9JcTd3G", "2026-11-12T10:05:00Z"),
        read_up("sess_01Ms8dRv4HzTq6nCb2YkWx5P", "2026-11-18T15:40:00Z"),
    ]
}

/// 20 November: a key that nobody handed out is seen for the first time.
fn unknown_key() -> Vec<Run> {
    let run = stranger("sess_01Dk9rXq4YsHv7cNb3WzPt8J", "2026-11-20T13:20:44Z", 7);
    vec![
        run.costs(11)
            .then(0, prompt("what can you reach from here"))
            .then(35, execute("hostname"))
            .then(80, read("/etc/os-release"))
            .then(410, reply()),
    ]
}

/// A run with the unknown key on the unknown machine.
fn stranger(id: &str, start: &str, minutes: i64) -> Run {
    let mut run = Run::of(&ALICE, id, seconds(start), minutes);
    run.user = User::Named("unknown");
    run.host = Some(UNKNOWN_HOST);
    run.key = UNKNOWN_KEY;
    run.agent = CLAUDE_CODE;
    run.model = SONNET;
    run.workspace = Some(Workspace {
        repo: None,
        branch: None,
        path: Some("/srv/work"),
    });
    run
}

/// The latest edition: Saturday the 21st and the night to Sunday.
fn latest() -> Vec<Run> {
    let mut all = vec![anchor(), widened(), folded(), bobs()];
    all.extend(a_little_unusual());
    all
}

/// It reads how tokens are signed, and minutes later something leaves.
fn anchor() -> Run {
    let log = "endpoint-2026-11-21.jsonl";
    stranger(ANCHOR, "2026-11-21T15:12:04Z", 27)
        .on(AUTH)
        .costs(412)
        .then(
            0,
            prompt("how does the service sign and refresh tokens").at_line(log, 811),
        )
        .then(70, execute("git log").at_line(log, 812))
        .then(150, read("README.md").at_line(log, 814))
        .then(240, search().at_line(log, 815))
        .then(410, read("internal/oauth/refresh.go").at_line(log, 817))
        .then(655, read("internal/token/signer.go").at_line(log, 821))
        .then(760, execute("gzip").at_line(log, 823))
        .then(
            875,
            post(DROP, 48_210)
                .saying("upload of a compressed file")
                .at_line(log, 826),
        )
        .then(1_600, reply().at_line(log, 830))
}

/// Alice begins in her notes and ends in the login code.
fn widened() -> Run {
    let mut run = Run::of(&ALICE, WIDENED, seconds("2026-11-22T04:48:10Z"), 118)
        .costs(563)
        .then(
            0,
            prompt("collect open points for the release review").at_line(NIGHT, 204),
        )
        .then(
            75,
            read("/Users/alice/notes/release-review/open-points.md").at_line(NIGHT, 205),
        )
        .then(
            160,
            read("/Users/alice/notes/release-review/2026-11-20.md").at_line(NIGHT, 207),
        )
        .then(420, fetch("wiki.company.com").at_line(NIGHT, 211))
        .then(
            980,
            prompt("check whether the login fix is in").at_line(NIGHT, 219),
        )
        .then(
            1_120,
            read("docs/runbook.md").within(AUTH).at_line(NIGHT, 222),
        )
        .then(
            2_460,
            read("internal/oauth/refresh.go")
                .within(AUTH)
                .at_line(NIGHT, 240),
        )
        .then(
            2_905,
            read("internal/login/mfa.go")
                .within(AUTH)
                .at_line(NIGHT, 246),
        )
        .then(
            3_480,
            write("internal/login/mfa.go")
                .within(AUTH)
                .at_line(NIGHT, 259),
        )
        .then(3_700, execute("go test").at_line(NIGHT, 263))
        .then(
            4_120,
            write("internal/oauth/refresh.go")
                .within(AUTH)
                .at_line(NIGHT, 270),
        );
    run.workspace = Some(Workspace {
        repo: None,
        branch: None,
        path: Some("/Users/alice/notes/release-review"),
    });
    run
}

/// The unknown key again, still there: it asks whether the upload arrived.
fn folded() -> Run {
    stranger(FOLDED, "2026-11-22T05:31:20Z", 70)
        .costs(205)
        .then(0, prompt("is the last upload complete").at_line(NIGHT, 281))
        .then(45, execute("date").at_line(NIGHT, 282))
        .then(130, fetch(DROP).at_line(NIGHT, 284))
        .then(1_330, fetch(DROP).at_line(NIGHT, 291))
}

/// Bob at the same time, with the same key as Alice.
fn bobs() -> Run {
    Run::of(&BOB, BOBS, seconds("2026-11-22T03:55:40Z"), 85)
        .on(MOBILE)
        .costs(238)
        .then(0, prompt("the card overflows on small screens"))
        .then(140, read("lib/widgets/card.dart"))
        .then(610, write("lib/widgets/card.dart"))
        .then(1_240, execute("flutter test"))
        .then(2_800, write("test/card_test.dart"))
        .then(3_300, execute("flutter test"))
        .then(5_040, reply())
}

/// Ordinary work: a documentation site that few have read, and a report on a Saturday.
fn a_little_unusual() -> Vec<Run> {
    let reading = Run::of(
        &MARA,
        "sess_01Wq3tBk6ZfHs9xRd2VyMc7N",
        seconds("2026-11-21T16:20:15Z"),
        44,
    )
    .costs(122)
    .then(0, prompt("compare histogram libraries"))
    .then(90, read("internal/metrics/metrics.go"))
    .then(260, fetch("prometheus.io"))
    .then(900, write("internal/metrics/latency.go"))
    .then(1_700, execute("go test"))
    .then(2_600, reply());

    let drift = Run::of(
        &TOMAS,
        "sess_01Gm4yPb9XkRt2sHc7WqZv5D",
        seconds("2026-11-21T09:40:30Z"),
        26,
    )
    .costs(87)
    .then(0, prompt("summarise last night's drift report"))
    .then(110, execute("python scripts/drift.py"))
    .then(400, read("docs/capacity.md"))
    .then(820, fetch("company.atlassian.net"))
    .then(1_520, reply());

    vec![reading, drift]
}

/// People whose runs of the latest day are all told here.
pub(super) const TOLD_ON_THE_LATEST: &[&str] = &[ALICE.user, BOB.user, LENA.user];
