//! What a request cost, from the provider's public price list.
//!
//! A model that is not in the table is unpriced: its cost is absent, never zero.

use super::usage::Tokens;
use crate::model::Money;

/// Day the table was last compared with the public price list.
pub const PRICES_OF: &str = "2026-11-22";

/// List prices of one model family, in dollars per million tokens times 1,000.
#[derive(Clone, Copy)]
struct Price {
    /// Model id without date and without the provider's prefix.
    model: &'static str,
    input: u64,
    output: u64,
    /// Both prices when a request reads more than [`LONG`] tokens, where they differ.
    long: Option<(u64, u64)>,
    /// What fast mode multiplies by, where it is offered.
    fast: Option<u64>,
}

/// Tokens read beyond which the long-context price applies to the whole request.
const LONG: u64 = 200_000;
/// One server-side web search, in thousandths of a micro-dollar.
const SEARCH: u64 = 10_000_000;

const fn price(model: &'static str, input: u64, output: u64) -> Price {
    Price {
        model,
        input,
        output,
        long: None,
        fast: None,
    }
}

const fn long(price: Price, input: u64, output: u64) -> Price {
    Price {
        long: Some((input, output)),
        ..price
    }
}

const fn fast(price: Price, factor: u64) -> Price {
    Price {
        fast: Some(factor),
        ..price
    }
}

/// Cache writes cost 1.25 times (5 minutes) or twice (1 hour) the input price, cache reads a tenth.
static TABLE: &[Price] = &[
    fast(price("claude-opus-5", 5_000, 25_000), 2),
    fast(price("claude-opus-4-8", 5_000, 25_000), 2),
    fast(price("claude-opus-4-7", 5_000, 25_000), 6),
    fast(price("claude-opus-4-6", 5_000, 25_000), 6),
    price("claude-opus-4-5", 5_000, 25_000),
    price("claude-opus-4-1", 15_000, 75_000),
    price("claude-opus-4", 15_000, 75_000),
    price("claude-3-opus", 15_000, 75_000),
    price("claude-sonnet-4-6", 3_000, 15_000),
    long(price("claude-sonnet-4-5", 3_000, 15_000), 6_000, 22_500),
    long(price("claude-sonnet-4", 3_000, 15_000), 6_000, 22_500),
    price("claude-3-7-sonnet", 3_000, 15_000),
    price("claude-3-5-sonnet", 3_000, 15_000),
    price("claude-haiku-4-5", 1_000, 5_000),
    price("claude-3-5-haiku", 800, 4_000),
    price("claude-3-haiku", 250, 1_250),
];

/// The model id as the table has it: no provider, no date, dashes for dots.
fn family(model: &str) -> Option<String> {
    let from = model.find("claude-")?;
    let id = model[from..].to_ascii_lowercase().replace('.', "-");
    let id = id.split(['@', '[', ':']).next().unwrap_or_default();
    let dated = |part: &str| part.len() == 8 && part.bytes().all(|b| b.is_ascii_digit());
    let version = |part: &str| part.len() == 2 && part.starts_with('v');
    let parts = id
        .split('-')
        .filter(|p| !dated(p) && !version(p) && *p != "latest");
    Some(parts.collect::<Vec<_>>().join("-"))
}

/// Cost of one request; `None` when the model is unpriced.
pub(super) fn cost(model: &str, tokens: &Tokens) -> Option<Money> {
    let family = family(model)?;
    let price = TABLE
        .iter()
        .find(|p| p.model == family.trim_end_matches("-0"))?;
    let read = [tokens.cache_write, tokens.cache_read]
        .into_iter()
        .fold(tokens.input, u64::saturating_add);
    let (input, output) = match price.long {
        Some(long) if read > LONG => long,
        _ => (price.input, price.output),
    };
    let factor = if tokens.fast { price.fast? } else { 1 };
    // Thousandths of a micro-dollar a token, so that 1.25 times and a tenth stay whole.
    let short_lived = tokens.cache_write.saturating_sub(tokens.cache_write_hour);
    let sum = u128::from(tokens.input) * u128::from(input)
        + u128::from(tokens.output) * u128::from(output)
        + u128::from(short_lived) * u128::from(input * 5 / 4)
        + u128::from(tokens.cache_write_hour) * u128::from(input * 2)
        + u128::from(tokens.cache_read) * u128::from(input / 10);
    let mut sum = sum * u128::from(factor);
    if tokens.in_us {
        sum = sum * 11 / 10;
    }
    sum += u128::from(tokens.searches) * u128::from(SEARCH);
    let micros = i64::try_from((sum + 500) / 1_000).unwrap_or(i64::MAX);
    Some(Money::from_micros(micros))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(model: &str, tokens: &Tokens, dollars: Option<&str>) {
        let cost = cost(model, tokens).map(Money::exact);
        assert_eq!(cost.as_deref(), dollars, "{model}");
    }

    const MILLION: Tokens = Tokens {
        input: 100_000,
        output: 1_000_000,
        cache_write: 0,
        cache_write_hour: 0,
        cache_read: 0,
        searches: 0,
        fast: false,
        in_us: false,
    };

    #[test]
    fn the_table_finds_a_model_under_its_names() {
        for name in [
            "claude-opus-4-5-20251101",
            "us.anthropic.claude-opus-4-5-20251101-v1:0",
            "anthropic/claude-opus-4.5",
            "claude-opus-4-5@20251101",
            "claude-opus-4-5[1m]",
        ] {
            check(name, &MILLION, Some("25.50"));
        }
        check("claude-opus-4-20250514", &MILLION, Some("76.50"));
        check("claude-3-haiku-20240307", &MILLION, Some("1.275"));
    }

    #[test]
    fn an_unknown_model_is_unpriced_not_free() {
        for name in [
            "claude-opus-4-99",
            "claude-opus",
            "gpt-5",
            "<synthetic>",
            "",
        ] {
            check(name, &MILLION, None);
        }
    }

    #[test]
    fn cache_writes_of_an_hour_cost_more_than_those_of_five_minutes() {
        let five_minutes = Tokens {
            cache_write: 1_000_000,
            ..Tokens::default()
        };
        let hour = Tokens {
            cache_write_hour: 1_000_000,
            ..five_minutes
        };
        check("claude-haiku-4-5", &five_minutes, Some("1.25"));
        check("claude-haiku-4-5", &hour, Some("2.00"));
    }

    #[test]
    fn surcharges() {
        let long = Tokens {
            cache_read: 250_000,
            output: 1_000_000,
            ..Tokens::default()
        };
        check("claude-sonnet-4-5", &long, Some("22.65"));
        check("claude-sonnet-4-6", &long, Some("15.075"));
        let fast = Tokens {
            fast: true,
            ..MILLION
        };
        check("claude-opus-4-6", &fast, Some("153.00"));
        check("claude-sonnet-4-6", &fast, None);
        let searched = Tokens {
            searches: 3,
            ..Tokens::default()
        };
        check("claude-opus-4-6", &searched, Some("0.03"));
        let in_us = Tokens {
            in_us: true,
            ..MILLION
        };
        check("claude-opus-4-6", &in_us, Some("28.05"));
    }
}
