//! The snapshot format as the sample's two collectors write it.

use serde::Serialize;

/// First line of a snapshot.
#[derive(Clone, Serialize)]
pub(crate) struct Head {
    pub(crate) format: &'static str,
    pub(crate) version: u32,
    pub(crate) taken_at: String,
    pub(crate) sources: Vec<Source>,
}

/// One collector.
#[derive(Clone, Serialize)]
pub(crate) struct Source {
    pub(crate) name: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) sessions: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) not_recorded: Vec<&'static str>,
}

/// Every further line: one session.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) status: &'static str,
    pub(crate) started_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_seen_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ended_at: Option<String>,
    pub(crate) user: User,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) host: Option<&'static str>,
    pub(crate) key: &'static str,
    pub(crate) agent: &'static str,
    pub(crate) models: Vec<Model>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) workspace: Option<Workspace>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) permission_mode: Option<&'static str>,
    pub(crate) cost_usd: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) events: Vec<Event>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) not_recorded: Vec<&'static str>,
}

/// Who, in shorthand where nothing but a name is known.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum User {
    Named(&'static str),
    SignedOn {
        name: &'static str,
        authenticated: bool,
    },
}

/// What one model did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Model {
    pub(crate) name: &'static str,
    pub(crate) requests: u64,
    pub(crate) input_tokens: u64,
    pub(crate) output_tokens: u64,
    pub(crate) cost_usd: String,
}

/// Where it worked.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Workspace {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) repo: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) branch: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<&'static str>,
}

/// One thing that happened.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Event {
    pub(crate) at: String,
    pub(crate) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tool: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) programs: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) repo: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) destination: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) method: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ok: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) decision: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) by: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mode: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) summary: Option<&'static str>,
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub(crate) source: Option<Reference>,
}

/// Where the raw record of an event stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Reference {
    pub(crate) file: String,
    pub(crate) line: u64,
}
