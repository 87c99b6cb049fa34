//! The shipped JSON Schema and what the code reads are the same.

use daybrief::source::snapshot::{SCHEMA, wire};
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[expect(
    clippy::unnecessary_wraps,
    reason = "every field of the format is optional"
)]
fn text(name: &str) -> Option<String> {
    Some(name.to_owned())
}

/// Every field of the format. Written out in full, so that a new one does not compile until it is here.
fn full() -> Value {
    let event = wire::Event {
        at: text("2026-11-22T05:00:00Z"),
        kind: text("request"),
        tool: text("tool"),
        programs: vec!["git push".into()],
        repo: text("repo"),
        path: text("path"),
        destination: text("destination"),
        method: text("POST"),
        bytes: Some(1),
        objects: Some(2),
        ok: Some(true),
        outside: Some(false),
        decision: text("denied"),
        by: text("policy"),
        reason: text("reason"),
        mode: text("plan"),
        summary: text("summary"),
        source: Some(wire::Reference {
            file: text("log.jsonl"),
            line: Some(3),
        }),
    };
    let session = wire::Session {
        id: text("id"),
        status: text("active"),
        started_at: text("2026-11-22T05:00:00Z"),
        last_seen_at: text("2026-11-22T05:00:00Z"),
        ended_at: text("2026-11-22T05:00:00Z"),
        user: Some(wire::User {
            name: text("user"),
            authenticated: Some(true),
        }),
        host: Some(wire::Host {
            name: text("host"),
            address: text("10.0.0.1"),
        }),
        key: Some(wire::Key {
            hint: text("hint"),
            kind: text("api_key"),
            fingerprint: text("print"),
        }),
        agent: Some(wire::Agent {
            name: text("agent"),
            version: text("1"),
        }),
        models: vec![wire::ModelUse {
            name: text("model"),
            requests: Some(1),
            input_tokens: Some(2),
            output_tokens: Some(3),
            cache_read_tokens: Some(4),
            cache_write_tokens: Some(5),
            cost_usd: text("1.23"),
        }],
        workspace: Some(wire::Workspace {
            repo: text("repo"),
            branch: text("main"),
            path: text("/path"),
        }),
        permission_mode: text("default"),
        parent: text("parent"),
        cost_usd: text("1.23"),
        events: vec![event],
        not_recorded: vec!["host.owner".into()],
        origin: Some(wire::Origin {
            source: text("claude-code"),
            user: text("cwd path"),
        }),
    };
    let head = wire::Head {
        format: wire::FORMAT.into(),
        version: wire::VERSION,
        taken_at: "2026-11-22T06:00:00Z".into(),
        window: Some(wire::Window {
            start: "2026-11-21T06:00:00Z".into(),
            end: "2026-11-22T06:00:00Z".into(),
        }),
        sources: vec![wire::Source {
            name: "source".into(),
            kind: text("kind"),
            sessions: Some(1),
            not_recorded: vec!["events".into()],
        }],
    };
    let mut document = serde_json::to_value(head).unwrap();
    document["sessions"] = json!([session]);
    document
}

fn schema() -> Value {
    serde_json::from_str(SCHEMA).unwrap()
}

/// `sessions.events.ref.file` for every field of a value.
fn written(value: &Value, at: &str, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                names.insert(format!("{at}{name}"));
                written(value, &format!("{at}{name}."), names);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| written(item, at, names)),
        _ => {}
    }
}

/// The same for every property of a schema.
fn described(schema: &Value, root: &Value, at: &str, names: &mut BTreeSet<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        let pointer = reference.trim_start_matches('#');
        return described(root.pointer(pointer).unwrap(), root, at, names);
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        names.insert(format!("{at}{name}"));
        described(property, root, &format!("{at}{name}."), names);
    }
    let further = ["oneOf", "anyOf", "allOf"];
    let further = further.iter().filter_map(|word| schema[word].as_array());
    for inner in further.flatten().chain(schema.get("items")) {
        described(inner, root, at, names);
    }
}

#[test]
fn the_schema_names_what_the_code_reads() {
    let (mut read, mut told) = (BTreeSet::new(), BTreeSet::new());
    written(&full(), "", &mut read);
    let schema = schema();
    described(&schema, &schema, "", &mut told);
    assert_eq!(read, told);
}

#[test]
fn the_code_reads_every_field_back() {
    let document = full();
    let session = &document["sessions"][0];
    let read: wire::Session = serde_json::from_value(session.clone()).unwrap();
    assert_eq!(&serde_json::to_value(read).unwrap(), session);
}

#[test]
fn samples_are_valid_and_mistakes_are_not() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let valid = |value: &Value| validator.is_valid(value);
    let base = full();
    assert!(valid(&base));
    let with = |pointer: &str, value: Value| {
        let mut changed = base.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        changed
    };
    for (pointer, value) in [
        ("/sessions/0/user", json!("alice@company.com")),
        ("/sessions/0/host", json!("10.0.1.44")),
        ("/sessions/0/key", json!("sk-ant-...C001")),
        ("/sessions/0/agent", json!("Claude Code v1.2.0")),
        ("/sessions/0/models", json!(["claude-opus-4-6"])),
        ("/sessions/0/cost_usd", json!(1.23)),
        ("/sessions/0/user", Value::Null),
        ("/sessions/0/events", Value::Null),
        ("/sessions/0/events/0/kind", json!("something new")),
        ("/sessions/0", json!({"id":"a","colour":"blue"})),
        ("/sources", Value::Null),
    ] {
        assert!(valid(&with(pointer, value.clone())), "{pointer} {value}");
    }
    for (pointer, value) in [
        ("/format", json!("other")),
        ("/version", json!(2)),
        ("/taken_at", json!(7)),
        ("/sessions/0/id", json!(7)),
        ("/sessions/0/user", json!(7)),
        ("/sessions/0/events", json!("none")),
        ("/sessions/0/events/0/bytes", json!("many")),
        ("/sessions/0/events/0/ok", json!("yes")),
        ("/sessions/0/cost_usd", json!(true)),
        ("/sessions/0", json!({"user":"a"})),
        ("/sources", json!([{"kind":"without a name"}])),
    ] {
        assert!(!valid(&with(pointer, value.clone())), "{pointer} {value}");
    }
}
