//! Sensitivity classes of paths, shipped with the program.
//!
//! Matching is by whole words of a path's parts, never by substring, so that
//! `author.rs` is not authentication code.

use crate::model::PathClass;

/// Files that hold credentials, by exact name.
const CREDENTIAL_NAMES: &[&str] = &[
    ".env",
    ".netrc",
    "_netrc",
    ".git-credentials",
    ".pypirc",
    ".pgpass",
    ".htpasswd",
    ".npmrc",
    ".vault-token",
    "id_rsa",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    "credentials.json",
    "credentials.toml",
    "credentials.yml",
    "credentials.yaml",
    "secrets.json",
    "secrets.toml",
    "secrets.yml",
    "secrets.yaml",
    "master.key",
    "kubeconfig",
    "service-account.json",
    ".credentials.json",
    "auth.json",
    "shadow",
];
/// Endings of files that hold private keys.
const CREDENTIAL_ENDINGS: &[&str] = &[
    "pem", "key", "p12", "pfx", "jks", "keystore", "kdbx", "ppk", "tfstate",
];
/// Folders whose content is credentials.
const CREDENTIAL_FOLDERS: &[&str] = &[
    ".ssh",
    ".gnupg",
    ".aws",
    ".azure",
    ".gcloud",
    ".kube",
    "keychains",
];
/// Public or harmless things that live in those folders or look like them.
const HARMLESS_ENDINGS: &[&str] = &[
    "pub",
    "example",
    "sample",
    "template",
    "dist",
    "known_hosts",
    "crt",
];

/// Words of authentication, cryptography and payment code.
const AUTH_WORDS: &[&str] = &[
    "auth",
    "authn",
    "authz",
    "authentication",
    "authorization",
    "oauth",
    "oauth2",
    "oidc",
    "saml",
    "sso",
    "login",
    "signin",
    "password",
    "passwords",
    "passwd",
    "credential",
    "credentials",
    "jwt",
    "jwks",
    "mfa",
    "totp",
    "webauthn",
    "passkey",
    "passkeys",
    "crypto",
    "cryptography",
    "encryption",
    "decryption",
    "keyring",
    "keystore",
    "rbac",
    "acl",
    "payment",
    "payments",
    "billing",
    "checkout",
    "kms",
    "secrets",
];
/// Endings of code, in which those words mean code.
const CODE_ENDINGS: &[&str] = &[
    "rs", "go", "py", "ts", "tsx", "js", "jsx", "mjs", "cjs", "java", "kt", "scala", "rb", "php",
    "cs", "c", "h", "cc", "cpp", "hpp", "swift", "m", "ex", "exs", "erl", "clj", "sql", "sol",
    "vue", "svelte", "lua", "pl", "sh",
];

/// Words of data about people outside.
const CUSTOMER_WORDS: &[&str] = &[
    "customer",
    "customers",
    "client",
    "clients",
    "patient",
    "patients",
    "subscriber",
    "subscribers",
    "payroll",
    "salaries",
    "pii",
    "gdpr",
    "medical",
    "invoices",
    "cardholder",
    "cardholders",
];
/// Endings of data, in which those words mean data.
const DATA_ENDINGS: &[&str] = &[
    "csv", "tsv", "xls", "xlsx", "parquet", "sqlite", "db", "dump", "sql", "jsonl", "ndjson",
    "avro", "bak",
];

/// Folders and files of continuous integration and infrastructure.
const INFRA_FOLDERS: &[&str] = &[
    "workflows",
    ".circleci",
    ".buildkite",
    "terraform",
    "helm",
    "k8s",
    "kubernetes",
    "ansible",
    "pulumi",
    "cloudformation",
];
const INFRA_NAMES: &[&str] = &[
    ".gitlab-ci.yml",
    "jenkinsfile",
    "azure-pipelines.yml",
    "bitbucket-pipelines.yml",
    "cloudbuild.yaml",
    "codeowners",
];
const INFRA_ENDINGS: &[&str] = &["tf", "tfvars", "hcl"];

/// The class of a path when the inventory says nothing about it.
pub fn class(path: &str) -> Option<PathClass> {
    let path = path.to_ascii_lowercase();
    let parts: Vec<&str> = path.split(['/', '\\']).filter(|p| !p.is_empty()).collect();
    let (name, folders) = parts.split_last()?;
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    if is_credential(name, folders, ending) {
        return Some(PathClass::Credential);
    }
    let mut words = parts
        .iter()
        .flat_map(|part| part.split(|c: char| !c.is_ascii_alphanumeric()));
    if DATA_ENDINGS.contains(&ending) && words.clone().any(|w| CUSTOMER_WORDS.contains(&w)) {
        return Some(PathClass::CustomerData);
    }
    if CODE_ENDINGS.contains(&ending) && words.any(|w| AUTH_WORDS.contains(&w)) {
        return Some(PathClass::Auth);
    }
    let is_infra =
        |f: &str| INFRA_FOLDERS.contains(&f) && (f != "workflows" || folders.contains(&".github"));
    let infra = folders.iter().any(|f| is_infra(f))
        || INFRA_NAMES.contains(name)
        || INFRA_ENDINGS.contains(&ending);
    infra.then_some(PathClass::Infra)
}

fn is_credential(name: &str, folders: &[&str], ending: &str) -> bool {
    if HARMLESS_ENDINGS.contains(&ending) || HARMLESS_ENDINGS.contains(&name) {
        return false;
    }
    CREDENTIAL_NAMES.contains(&name)
        || name.starts_with(".env.")
        || CREDENTIAL_ENDINGS.contains(&ending)
        || folders.iter().any(|f| CREDENTIAL_FOLDERS.contains(f))
}

/// Places that outlive no session: temporary folders, build output, caches and
/// the agents' own scratch. Touching them says nothing.
pub fn is_scratch(path: &str) -> bool {
    const ROOTS: &[&str] = &[
        "/tmp/",
        "/private/tmp/",
        "/var/folders/",
        "/private/var/folders/",
        "/dev/",
        "/var/tmp/",
    ];
    const FOLDERS: &[&str] = &[
        "node_modules",
        "target",
        "dist",
        "build",
        "out",
        "__pycache__",
        ".cache",
        ".venv",
        "venv",
        "coverage",
        ".next",
        ".turbo",
        ".pytest_cache",
        "tmp",
        "temp",
        ".claude",
        ".codex",
        ".cursor",
        "obj",
        "vendor",
    ];
    let lower = path.to_ascii_lowercase();
    let rooted = ROOTS
        .iter()
        .any(|r| lower.starts_with(r) || lower == r.trim_end_matches('/'));
    rooted || lower.split(['/', '\\']).any(|part| FOLDERS.contains(&part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, expect: Option<PathClass>) {
        assert_eq!(class(path), expect, "{path}");
    }

    #[test]
    fn classes_follow_whole_words() {
        check("src/auth/login.rs", Some(PathClass::Auth));
        check("src/author.rs", None);
        check("docs/auth.md", None);
        check("lib/payments/charge.ts", Some(PathClass::Auth));
        check("/home/x/.ssh/id_ed25519", Some(PathClass::Credential));
        check("/home/x/.ssh/id_ed25519.pub", None);
        check(".env", Some(PathClass::Credential));
        check(".env.example", None);
        check("src/environment.ts", None);
        check("exports/customers.csv", Some(PathClass::CustomerData));
        check("src/customers.tsx", None);
        check(".github/workflows/release.yml", Some(PathClass::Infra));
        check("src/workflows/list.yml", None);
        check("infra/main.tf", Some(PathClass::Infra));
        check("", None);
    }

    #[test]
    fn scratch_is_known() {
        for path in [
            "/tmp/x",
            "node_modules/a/b.js",
            "app/dist/x.js",
            "/home/x/.claude/plans/a.md",
        ] {
            assert!(is_scratch(path), "{path}");
        }
        assert!(!is_scratch("src/template/a.rs"));
    }
}
