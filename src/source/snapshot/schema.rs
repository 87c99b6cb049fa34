//! The JSON Schema of format version 1, shipped with the program.

use std::sync::LazyLock;

/// The schema as published in `src/source/snapshot/snapshot-v1.schema.json`.
/// A test holds it equal to what [`super::wire`] reads.
pub const SCHEMA: &str = include_str!("snapshot-v1.schema.json");

/// Every field name of the format.
pub(super) fn field_names() -> impl Iterator<Item = &'static str> {
    static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
        let schema: serde_json::Value =
            serde_json::from_str(SCHEMA).expect("the shipped schema is JSON");
        let mut names = Vec::new();
        collect(&schema, &mut names);
        names.sort();
        names.dedup();
        names
    });
    NAMES.iter().map(String::as_str)
}

fn collect(schema: &serde_json::Value, names: &mut Vec<String>) {
    match schema {
        serde_json::Value::Object(map) => {
            if let Some(serde_json::Value::Object(properties)) = map.get("properties") {
                names.extend(properties.keys().cloned());
            }
            map.values().for_each(|v| collect(v, names));
        }
        serde_json::Value::Array(items) => items.iter().for_each(|v| collect(v, names)),
        _ => {}
    }
}
