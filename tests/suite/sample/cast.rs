//! The company: who works where, with which key and agent, and on what.

/// One person or service account and the lane it works in.
pub(super) struct Actor {
    pub(super) user: &'static str,
    pub(super) hosts: &'static [&'static str],
    pub(super) key: &'static str,
    pub(super) agent: &'static str,
    pub(super) models: &'static [&'static str],
    pub(super) repos: &'static [&'static str],
    pub(super) mode: &'static str,
    /// Hours of the day, UTC, in which its sessions begin.
    pub(super) hours: (u64, u64),
    /// How many sessions it starts beside the others, on working days and at the weekend.
    pub(super) share: (u64, u64),
}

pub(super) const OPUS: &str = "claude-opus-4-6";
pub(super) const HAIKU: &str = "claude-haiku-4-5";
pub(super) const SONNET: &str = "claude-sonnet-4-6";
pub(super) const CODEX: &str = "gpt-5.1-codex";
pub(super) const CLAUDE_CODE: &str = "Claude Code v1.2.0";

pub(super) const AUTH: &str = "acme/auth-service";
pub(super) const INFRA: &str = "acme/platform-infra";
pub(super) const RELEASE: &str = "acme/release";
pub(super) const CRM: &str = "acme/crm-sync";
pub(super) const WEB: &str = "acme/web-app";
pub(super) const MOBILE: &str = "acme/mobile-app";
pub(super) const DATA: &str = "acme/data-pipelines";
pub(super) const BILLING: &str = "acme/billing-api";
pub(super) const HANDBOOK: &str = "acme/handbook";

/// The key that the identity team passes around.
pub(super) const SHARED_KEY: &str = "sk-ant-...A3F2";
/// The key that nobody handed out.
pub(super) const UNKNOWN_KEY: &str = "sk-ant-...C001";
/// The machine that nobody knows.
pub(super) const UNKNOWN_HOST: &str = "10.0.1.44";

pub(super) const ALICE: Actor = Actor {
    user: "alice@company.com",
    hosts: &["alice-mbp.local"],
    key: SHARED_KEY,
    agent: CLAUDE_CODE,
    models: &[SONNET],
    repos: &[AUTH],
    mode: "default",
    hours: (0, 9),
    share: (3, 1),
};

pub(super) const BOB: Actor = Actor {
    user: "bob@company.com",
    hosts: &["bob-thinkpad.local"],
    key: SHARED_KEY,
    agent: "Cursor 0.42.0",
    models: &[OPUS],
    repos: &[WEB, MOBILE],
    mode: "default",
    hours: (0, 9),
    share: (4, 2),
};

pub(super) const MARA: Actor = Actor {
    user: "mara@company.com",
    hosts: &["mara-mbp.local"],
    key: "sk-ant-...M7Q4",
    agent: CLAUDE_CODE,
    models: &[OPUS, HAIKU],
    repos: &[AUTH, AUTH, BILLING],
    mode: "default",
    hours: (7, 17),
    share: (7, 5),
};

pub(super) const TOMAS: Actor = Actor {
    user: "tomas@company.com",
    hosts: &["tomas-desk.local"],
    key: "sk-proj-...T19X",
    agent: "Codex 0.58.0",
    models: &[CODEX],
    repos: &[INFRA, RELEASE, INFRA],
    mode: "on-request",
    hours: (8, 18),
    share: (6, 4),
};

pub(super) const PRIYA: Actor = Actor {
    user: "priya@company.com",
    hosts: &["priya-mbp.local"],
    key: "sk-ant-...P5RV",
    agent: CLAUDE_CODE,
    models: &[OPUS, HAIKU],
    repos: &[WEB, CRM, HANDBOOK, WEB],
    mode: "default",
    hours: (7, 16),
    share: (7, 4),
};

pub(super) const LENA: Actor = Actor {
    user: "lena@company.com",
    hosts: &["lena-xps.local"],
    key: "sk-ant-...L2HB",
    agent: "Cursor 0.42.0",
    models: &[OPUS],
    repos: &[WEB, HANDBOOK],
    mode: "default",
    hours: (8, 16),
    share: (4, 0),
};

pub(super) const JONAS: Actor = Actor {
    user: "jonas@company.com",
    hosts: &["jonas-ws.local"],
    key: "sk-ant-...J8DN",
    agent: CLAUDE_CODE,
    models: &[OPUS],
    repos: &[DATA],
    mode: "acceptEdits",
    hours: (6, 15),
    share: (6, 5),
};

pub(super) const CI: Actor = Actor {
    user: "ci-runner@company.com",
    hosts: &["ci-runner-01", "ci-runner-02"],
    key: "sk-ant-...CI03",
    agent: CLAUDE_CODE,
    models: &[HAIKU],
    repos: &[WEB, AUTH, DATA, MOBILE],
    mode: "acceptEdits",
    hours: (0, 24),
    share: (9, 14),
};

/// Everyone whose ordinary work makes the background.
pub(super) const EVERYONE: &[&Actor] = &[&ALICE, &BOB, &MARA, &TOMAS, &PRIYA, &LENA, &JONAS, &CI];

/// What ordinary work in a repository looks like: files to read and write, commands
/// to run, and what was asked for. No sensitive path among them.
pub(super) struct Work {
    pub(super) reads: &'static [&'static str],
    pub(super) writes: &'static [&'static str],
    pub(super) commands: &'static [&'static str],
    pub(super) prompts: &'static [&'static str],
    pub(super) pages: &'static [&'static str],
}

pub(super) fn work(repo: &str) -> &'static Work {
    match repo {
        AUTH => &ON_AUTH,
        BILLING => &ON_BILLING,
        INFRA => &ON_INFRA,
        RELEASE => &ON_RELEASE,
        CRM => &ON_CRM,
        WEB => &ON_WEB,
        MOBILE => &ON_MOBILE,
        DATA => &ON_DATA,
        _ => &ON_HANDBOOK,
    }
}

const ON_AUTH: Work = Work {
    reads: &[
        "README.md",
        "internal/server/router.go",
        "internal/store/postgres.go",
        "internal/metrics/metrics.go",
        "docs/runbook.md",
    ],
    writes: &[
        "internal/server/health.go",
        "internal/server/router_test.go",
        "internal/metrics/latency.go",
        "docs/runbook.md",
    ],
    commands: &["go test", "go vet", "make lint", "git diff"],
    prompts: &[
        "add a latency histogram to the router",
        "why does the health check time out",
        "bring the runbook up to date",
        "make the store tests faster",
    ],
    pages: &["pkg.go.dev", "company.atlassian.net"],
};

const ON_BILLING: Work = Work {
    reads: &[
        "internal/ledger/post.go",
        "internal/ledger/balance.go",
        "README.md",
    ],
    writes: &["internal/ledger/post_test.go", "internal/report/monthly.go"],
    commands: &["go test", "git status", "make lint"],
    prompts: &[
        "round the monthly report to cents",
        "cover the ledger's edge cases with tests",
    ],
    pages: &["pkg.go.dev", "company.atlassian.net"],
};

const ON_INFRA: Work = Work {
    reads: &[
        "README.md",
        "docs/capacity.md",
        "scripts/drift.py",
        "scripts/inventory.py",
    ],
    writes: &["scripts/drift.py", "docs/capacity.md"],
    commands: &["terraform plan", "python scripts/drift.py", "git log"],
    prompts: &[
        "summarise last night's drift report",
        "write down the capacity numbers for December",
    ],
    pages: &["company.atlassian.net", "api.github.com"],
};

const ON_RELEASE: Work = Work {
    reads: &["CHANGELOG.md", "notes/2.14.md", "scripts/tag.sh"],
    writes: &["CHANGELOG.md", "notes/2.14.md"],
    commands: &["git log", "git tag", "git status"],
    prompts: &[
        "draft the notes for 2.14",
        "which commits are missing from the changelog",
    ],
    pages: &["api.github.com", "company.atlassian.net"],
};

const ON_CRM: Work = Work {
    reads: &["src/sync/mapper.py", "src/sync/schedule.py", "README.md"],
    writes: &["src/sync/mapper.py", "tests/test_mapper.py"],
    commands: &["pytest", "git diff", "ruff check"],
    prompts: &[
        "handle empty phone numbers in the mapper",
        "why was yesterday's sync late",
    ],
    pages: &["company.atlassian.net"],
};

const ON_WEB: Work = Work {
    reads: &[
        "src/routes/home.tsx",
        "src/components/Table.tsx",
        "src/lib/format.ts",
        "package.json",
    ],
    writes: &[
        "src/components/Table.tsx",
        "src/routes/home.test.tsx",
        "src/lib/format.ts",
    ],
    commands: &["npm test", "npm run build", "git diff", "npx tsc"],
    prompts: &[
        "make the table sortable",
        "fix the flaky home test",
        "dates are off by one in the footer",
        "split the home route",
    ],
    pages: &["developer.mozilla.org", "company.sentry.io"],
};

const ON_MOBILE: Work = Work {
    reads: &[
        "lib/screens/home.dart",
        "lib/widgets/card.dart",
        "pubspec.yaml",
    ],
    writes: &["lib/widgets/card.dart", "test/card_test.dart"],
    commands: &["flutter test", "flutter analyze", "git status"],
    prompts: &[
        "the card overflows on small screens",
        "bump the minimum SDK",
    ],
    pages: &["company.sentry.io"],
};

const ON_DATA: Work = Work {
    reads: &[
        "jobs/daily_rollup.py",
        "jobs/backfill.py",
        "models/orders.yml",
    ],
    writes: &["jobs/daily_rollup.py", "tests/test_rollup.py"],
    commands: &["pytest", "dbt run", "git diff"],
    prompts: &[
        "the rollup counts returns twice",
        "backfill the first week of November",
        "speed up the orders model",
    ],
    pages: &["company.atlassian.net"],
};

const ON_HANDBOOK: Work = Work {
    reads: &["onboarding.md", "glossary.md"],
    writes: &["onboarding.md"],
    commands: &["git status"],
    prompts: &["bring the onboarding page up to date"],
    pages: &["company.atlassian.net"],
};
