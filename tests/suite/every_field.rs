//! A session with every field that the format has, read off its schema, so that no field can
//! be forgotten where all have to be tried.

use serde_json::{Value, json};

/// What must stay what it is, or the session would be set aside or be another sort of thing.
const KEPT: [&str; 3] = ["/id", "/status", "/kind"];

/// A value of every field of the format, by the schema that is shipped.
fn example(schema: &Value, at: &str) -> Value {
    if let Some(forms) = schema["oneOf"].as_array() {
        return example(forms.last().unwrap(), at);
    }
    let sort = match &schema["type"] {
        Value::Array(sorts) => &sorts[0],
        sort => sort,
    };
    match sort.as_str().unwrap() {
        "object" => schema["properties"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, schema)| (name.clone(), example(schema, &format!("{at}/{name}"))))
            .collect(),
        "array" if at == "/events" => ["read", "request", "permission", "execute"]
            .map(|kind| {
                let mut event = example(&schema["items"], "/events/0");
                event["kind"] = kind.into();
                event
            })
            .to_vec()
            .into(),
        "array" => json!([example(&schema["items"], &format!("{at}/0"))]),
        "string" if schema["format"] == "date-time" => match at {
            "/started_at" => json!("2026-11-22T04:00:00Z"),
            "/events/0/at" => json!("2026-11-22T04:10:00Z"),
            _ => json!("2026-11-22T05:55:00Z"),
        },
        "string" => match at {
            "/status" => json!("ended"),
            at if at.ends_with("/cost_usd") => json!("2.5"),
            _ => json!("x"),
        },
        "integer" => json!(3),
        "number" => json!("2.5"),
        "boolean" => json!(true),
        other => panic!("{at} is a {other}"),
    }
}

/// A session with every field.
pub(crate) fn full() -> Value {
    let schema: Value = serde_json::from_str(daybrief::source::snapshot::SCHEMA).unwrap();
    example(&schema["$defs"]["session"], "")
}

/// JSON pointers of every text of it that may be anything.
pub(crate) fn texts() -> Vec<String> {
    let mut found = Vec::new();
    collect(&full(), "", &mut found);
    assert!(found.len() > 60, "{found:?}");
    found
}

fn collect(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            let is_kept =
                KEPT.contains(&at) || (at.starts_with("/events/") && at.ends_with("/kind"));
            let is_number = text.parse::<f64>().is_ok() || text.starts_with("2026-");
            if !is_kept && !is_number {
                found.push(at.to_owned());
            }
        }
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                collect(item, &format!("{at}/{n}"), found);
            }
        }
        Value::Object(fields) => {
            for (name, item) in fields {
                collect(item, &format!("{at}/{name}"), found);
            }
        }
        _ => {}
    }
}
