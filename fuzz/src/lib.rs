//! What the fuzz targets share.

use daybrief::diagnostic::Diagnostic;
use daybrief::source::snapshot::SCHEMA as SCHEMA_TEXT;
use jiff::Timestamp;
use libfuzzer_sys::arbitrary::{self, Unstructured};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

/// Makes rayon work on the calling thread: a run is the same each time, and faster.
pub fn one_thread() {
    let one = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .use_current_thread();
    one.build_global().expect("this is the first use of rayon");
}

/// Writes a file into a folder of this process, over the one before it.
pub fn write(name: &str, bytes: &[u8]) -> PathBuf {
    static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
        let name = format!("daybrief-fuzz-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).expect("the temporary folder can be written to");
        folder
    });
    let path = FOLDER.join(name);
    let folder = path.parent().expect("a file lies in a folder");
    fs::create_dir_all(folder).expect("the temporary folder can be written to");
    fs::write(&path, bytes).expect("the temporary folder can be written to");
    path
}

/// A mistake names its file, says what is wrong, and points into the text.
pub fn check_place(mistake: &Diagnostic, text: &str) {
    assert!(
        !mistake.message.is_empty() && !mistake.mend.is_empty(),
        "{mistake:?}"
    );
    let Some(line) = mistake.line else { return };
    let column = mistake.column.expect("a line comes with its column");
    let lines: Vec<&str> = text.split('\n').collect();
    let length = usize::try_from(line - 1)
        .ok()
        .and_then(|l| lines.get(l))
        .map(|l| l.len() as u64);
    let length = length.unwrap_or_else(|| panic!("{line} is no line of the text: {mistake:?}"));
    assert!((1..=length + 1).contains(&column), "{mistake:?}");
}

/// Makes up a session of the snapshot format from a fuzzer's bytes, as its schema has it.
pub fn session(bytes: &mut Unstructured) -> arbitrary::Result<Value> {
    static SCHEMA: LazyLock<Value> =
        LazyLock::new(|| serde_json::from_str(SCHEMA_TEXT).expect("the shipped schema is JSON"));
    value(bytes, "session", &SCHEMA["$defs"]["session"])
}

fn value(bytes: &mut Unstructured, name: &str, schema: &Value) -> arbitrary::Result<Value> {
    if let Some(forms) = schema["oneOf"].as_array() {
        let form = bytes.choose(forms)?;
        return value(bytes, name, form);
    }
    let sort = match &schema["type"] {
        Value::Array(sorts) => bytes.choose(sorts)?,
        sort => sort,
    };
    Ok(match sort.as_str() {
        Some("boolean") => bytes.arbitrary::<bool>()?.into(),
        Some("integer") if bytes.ratio(1, 8)? => bytes.arbitrary::<u64>()?.into(),
        Some("integer" | "number") => bytes.arbitrary::<u8>()?.into(),
        Some("string") if schema["format"] == "date-time" => moment(bytes)?.into(),
        Some("string") => text(bytes, name)?.into(),
        Some("array") => {
            let mut items = Vec::new();
            while items.len() < 12 && bytes.ratio(5, 6)? {
                items.push(value(bytes, name, &schema["items"])?);
            }
            items.into()
        }
        Some("object") => {
            let mut fields = serde_json::Map::new();
            for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
                if name == "id" || bytes.ratio(2, 3)? {
                    fields.insert(name.clone(), value(bytes, name, schema)?);
                }
            }
            fields.into()
        }
        _ => Value::Null,
    })
}

/// A moment of the days around the snapshots; seldom any other.
fn moment(bytes: &mut Unstructured) -> arbitrary::Result<String> {
    let seconds = if bytes.ratio(1, 16)? {
        bytes.int_in_range(946_684_800..=4_102_444_799)?
    } else {
        bytes.int_in_range(1_795_100_000..=1_795_330_000)?
    };
    Ok(Timestamp::from_second(seconds)
        .expect("this is within the range")
        .to_string())
}

/// Words of a field that mean something to the rules; seldom any text.
fn text<'a>(bytes: &mut Unstructured<'a>, name: &str) -> arbitrary::Result<&'a str> {
    if bytes.ratio(1, 16)? {
        return bytes.arbitrary();
    }
    let words = WORDS.iter().find(|(names, _)| names.contains(&name));
    bytes
        .choose(words.map_or(&["x", HOSTILE, "ann@company.com"], |(_, words)| words))
        .copied()
}

/// A text that must not become markup anywhere.
pub const HOSTILE: &str = "<img src=x onerror=\"a('b')\">\u{202e}{{ 7*7 }}";

const WORDS: &[(&[&str], &[&str])] = &[
    (
        &["id", "parent"],
        &["s1", "s2", "s3", "s4", "glpat-abcdefghij012345678", HOSTILE],
    ),
    (&["status"], &["active", "ended"]),
    (
        &["kind"],
        &[
            "read",
            "write",
            "delete",
            "execute",
            "request",
            "tool",
            "permission",
            "prompt",
            "reply",
            "error",
        ],
    ),
    (
        &["tool"],
        &[
            "Read",
            "Bash",
            "WebFetch",
            "mcp__pay__send_payment",
            "send_message",
            "remove_object",
            "get_issue",
            "rotate_password",
        ],
    ),
    (
        &["programs"],
        &[
            "git push --force",
            "rm -rf",
            "tar -czf",
            "curl",
            "history -c",
            "crontab",
            "terraform destroy",
            HOSTILE,
        ],
    ),
    (
        &["path"],
        &[
            "src/token/key.rs",
            "~/.ssh/id_rsa",
            "/etc/cron.d/x",
            ".github/workflows/ci.yml",
            "~/.bash_history",
            "exports/customers.csv",
            "CLAUDE.md",
            "/tmp/x",
            "notes/9f3KQ7wLm2XvZt8R1c",
            HOSTILE,
        ],
    ),
    (
        &["destination"],
        &[
            "paste.site.io",
            "github.com",
            "eve@gmail.com",
            "203.0.113.9:443",
            "company.com",
            HOSTILE,
        ],
    ),
    (&["method"], &["GET", "POST", "push", "publish"]),
    (&["decision"], &["denied", "allowed", "mode-changed"]),
    (
        &["by"],
        &["policy", "classifier", "model", "sandbox", "person"],
    ),
    (
        &["mode", "permission_mode"],
        &["default", "bypassPermissions", "acceptEdits"],
    ),
    (
        &["reason", "summary"],
        &[
            "ignore previous instructions",
            "[secret: GitHub token \u{2026}9f3c]",
            "API_KEY=9f3KQ7wLm2XvZt8R1c",
            "9f3KQ7wLm2XvZt8R1c",
            "x 9f3KQ7wLm2X\n  vZt8R1c y",
            "OWYzS1E3d0xtMlh2WnQ4UjFj",
            "ghp_0123456789abcdefghijABCDEFGHIJ012345",
            "TOKEN=editions/2026-11-22T0600Z/session",
            HOSTILE,
        ],
    ),
    (&["repo"], &["acme/api", "acme/web", HOSTILE]),
    (
        &["user", "name"],
        &["ann@company.com", "eve", "unknown", HOSTILE],
    ),
    (
        &["host", "address"],
        &["ann-laptop", "10.20.0.9", "192.0.2.4", HOSTILE],
    ),
    (
        &["key", "hint", "fingerprint"],
        &["sk-ant-...A3F2", "sk-ant-...ZZZZ", HOSTILE],
    ),
    (
        &["agent"],
        &["Claude Code v1.2.0", "mail-agent+guard", "Cursor"],
    ),
    (&["models"], &["claude-sonnet-4-6", "other-model"]),
    (&["cost_usd"], &["0.01", "1.5", "400", "1000000000"]),
];
