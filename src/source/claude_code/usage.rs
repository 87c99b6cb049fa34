//! The ledger of requests: each counted once, over all files.
//!
//! One request is written as several lines with growing numbers, and copied into
//! other files when a session is resumed or forked. The identity of a request is
//! its message id; its largest line is the one that counts.

use super::prices;
use super::sessions::Key;
use crate::model::Money;
use crate::source::snapshot::wire::ModelUse;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Tokens of one request, and what changes their price.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tokens {
    /// Read, cache excluded.
    pub(super) input: u64,
    /// Written.
    pub(super) output: u64,
    /// Written to the cache, for whatever time.
    pub(super) cache_write: u64,
    /// Of these, kept for an hour.
    pub(super) cache_write_hour: u64,
    /// Read from the cache.
    pub(super) cache_read: u64,
    /// Searches done by the provider.
    pub(super) searches: u64,
    /// Whether fast mode was on.
    pub(super) fast: bool,
    /// Whether the request was bound to the United States.
    pub(super) in_us: bool,
}

impl Tokens {
    fn total(&self) -> u64 {
        self.input
            .saturating_add(self.output)
            .saturating_add(self.cache_write)
            .saturating_add(self.cache_read)
    }
}

/// One line that tells the usage of a request.
#[derive(Clone, Debug)]
pub(super) struct Usage {
    /// Identity of the request.
    pub(super) message: String,
    /// When.
    pub(super) at: Timestamp,
    /// Which model answered.
    pub(super) model: String,
    /// What it used.
    pub(super) tokens: Tokens,
    /// Whether the line is a copy: of a subagent's message, or made by a fork.
    pub(super) copy: bool,
    /// The session it is counted in.
    pub(super) session: Key,
}

/// Requests by identity.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    requests: BTreeMap<String, Usage>,
}

impl Ledger {
    /// Enters a line. Larger beats smaller, an original beats a copy, earlier entered beats later.
    pub(super) fn enter(&mut self, usage: Usage) {
        match self.requests.get_mut(&usage.message) {
            None => {
                self.requests.insert(usage.message.clone(), usage);
            }
            Some(known) => {
                let rank = |u: &Usage| (u.tokens.total(), !u.copy);
                if rank(&usage) > rank(known) {
                    *known = usage;
                }
            }
        }
    }

    /// Every request by the session it is counted in.
    pub(super) fn by_session(self) -> BTreeMap<Key, Vec<Usage>> {
        let mut sessions: BTreeMap<Key, Vec<Usage>> = BTreeMap::new();
        for usage in self.requests.into_values() {
            sessions
                .entry(usage.session.clone())
                .or_default()
                .push(usage);
        }
        sessions
    }
}

/// What a set of requests adds up to.
#[derive(Debug, Default)]
pub(super) struct Bill {
    /// By model, in order of name.
    pub(super) models: Vec<ModelUse>,
    /// The sum; `None` when a model is unpriced, or when it cannot be believed.
    pub(super) cost: Option<Money>,
    /// Models without a price, with their requests.
    pub(super) unpriced: BTreeMap<String, u64>,
}

/// Adds up requests. Each is rounded to the micro-dollar first, so that the bills
/// of several windows add up to the bill of all.
pub(super) fn bill<'a>(requests: impl Iterator<Item = &'a Usage>) -> Bill {
    let mut models: BTreeMap<&str, (Tokens, u64, Option<Money>)> = BTreeMap::new();
    for usage in requests {
        let (sum, count, cost) =
            models
                .entry(&usage.model)
                .or_insert((Tokens::default(), 0, Some(Money::ZERO)));
        for (sum, more) in [
            (&mut sum.input, usage.tokens.input),
            (&mut sum.output, usage.tokens.output),
            (&mut sum.cache_write, usage.tokens.cache_write),
            (&mut sum.cache_read, usage.tokens.cache_read),
        ] {
            *sum = sum.saturating_add(more);
        }
        *count += 1;
        *cost = cost
            .zip(prices::cost(&usage.model, &usage.tokens))
            .map(|(a, b)| a + b);
    }
    let mut bill = Bill {
        cost: Some(Money::ZERO),
        ..Bill::default()
    };
    for (name, (tokens, requests, cost)) in models {
        if cost.is_none() {
            bill.unpriced.insert(name.to_owned(), requests);
        }
        bill.cost = bill.cost.zip(cost).map(|(a, b)| a + b);
        bill.models.push(ModelUse {
            name: Some(name.to_owned()),
            requests: Some(requests),
            input_tokens: Some(tokens.input),
            output_tokens: Some(tokens.output),
            cache_read_tokens: Some(tokens.cache_read),
            cache_write_tokens: Some(tokens.cache_write),
            cost_usd: cost.filter(|c| c.is_believable()).map(Money::exact),
        });
    }
    bill.cost = bill.cost.filter(|c| c.is_believable());
    bill
}
