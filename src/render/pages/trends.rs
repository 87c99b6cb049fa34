//! Trends of an archive: one bar a period, drawn as SVG, with the numbers as a table.

use super::counted;
use crate::model::Money;
use crate::render::address::Linker;
use crate::render::edition_site::Listing;
use jiff::civil::Date;
use jiff::tz::Offset;
use serde::Serialize;

/// Bars that are drawn at most before a longer period is taken.
const BARS: usize = 100;
/// Bars that a drawing has room for at least, so that one of them is no wall.
const ROOM: usize = 24;
/// Units of a drawing from one bar to the next, and of a bar's width.
const STEP: usize = 10;
const WIDTH: usize = 8;
/// Units of a drawing's height, and of a bar that stands for nothing.
const HEIGHT: f64 = 60.0;
const NOTHING: f64 = 1.0;

#[derive(Serialize)]
pub(super) struct TrendsView {
    /// What a bar stands for.
    period: &'static str,
    from: String,
    to: String,
    view_box: String,
    charts: Vec<ChartView>,
    rows: Vec<RowView>,
}

#[derive(Serialize)]
struct ChartView {
    id: &'static str,
    name: &'static str,
    label: String,
    highest: String,
    latest: String,
    bars: Vec<BarView>,
}

#[derive(Serialize)]
struct BarView {
    x: usize,
    y: String,
    height: String,
    is_latest: bool,
}

#[derive(Serialize)]
struct RowView {
    period: String,
    href: String,
    editions: usize,
    values: Vec<String>,
}

/// How long the time is that a bar stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Period {
    Edition,
    Day,
    Week,
    Month,
}

impl Period {
    const fn words(self) -> &'static str {
        match self {
            Self::Edition => "an edition",
            Self::Day => "a day",
            Self::Week => "a week",
            Self::Month => "a month",
        }
    }

    /// The number of the period that a day lies in.
    fn number(self, day: Date) -> i64 {
        let days = i64::from(day.since(Date::ZERO).map_or(0, |s| s.get_days()));
        match self {
            Self::Edition | Self::Day => days,
            // Weeks begin on Monday; year 0 began on a Saturday.
            Self::Week => (days + 5).div_euclid(7),
            Self::Month => i64::from(day.year()) * 12 + i64::from(day.month()),
        }
    }
}

/// The editions of one period, the latest last.
struct Bucket<'a> {
    place: usize,
    editions: Vec<&'a Listing>,
}

/// What is drawn of an edition.
struct Series {
    id: &'static str,
    name: &'static str,
    value: fn(&Listing) -> f64,
    is_money: bool,
}

const SERIES: [Series; 5] = [
    Series {
        id: "leads",
        name: "Leads",
        value: |l| l.leads as f64,
        is_money: false,
    },
    Series {
        id: "touches",
        name: "Sensitive touches",
        value: |l| l.touched as f64,
        is_money: false,
    },
    Series {
        id: "links",
        name: "Cross-entity links",
        value: |l| l.links as f64,
        is_money: false,
    },
    Series {
        id: "background",
        name: "Background sessions",
        value: |l| (l.sessions - l.leads) as f64,
        is_money: false,
    },
    Series {
        id: "cost",
        name: "Cost",
        value: |l| l.cost.micros() as f64,
        is_money: true,
    },
];

impl Series {
    fn mean(&self, bucket: &Bucket<'_>) -> f64 {
        let sum: f64 = bucket.editions.iter().map(|l| (self.value)(l)).sum();
        sum / bucket.editions.len().max(1) as f64
    }

    fn words(&self, value: f64) -> String {
        if self.is_money {
            Money::from_micros(value.round() as i64).to_string()
        } else if (value - value.round()).abs() < 1e-9 {
            format!("{value:.0}")
        } else {
            format!("{value:.1}")
        }
    }
}

/// The day of an edition, UTC.
pub(super) fn day(listing: &Listing) -> Date {
    Offset::UTC.to_datetime(listing.id.taken_at()).date()
}

impl TrendsView {
    /// Of editions in order, of which there is at least one.
    pub(super) fn of(linker: &Linker<'_>, listings: &[Listing]) -> Option<Self> {
        let (first, last) = (listings.first()?, listings.last()?);
        let period = period(listings);
        let buckets = buckets(listings, period);
        let count = buckets.last().map_or(0, |b| b.place + 1);
        Some(Self {
            period: period.words(),
            from: day(first).to_string(),
            to: day(last).to_string(),
            view_box: format!("0 0 {} {HEIGHT}", count.max(ROOM) * STEP),
            charts: SERIES.iter().map(|s| chart(s, &buckets)).collect(),
            rows: buckets.iter().rev().map(|b| row(linker, b)).collect(),
        })
    }
}

/// The shortest period that needs no more bars than there is room for.
fn period(listings: &[Listing]) -> Period {
    if listings.len() <= BARS {
        return Period::Edition;
    }
    let fits = |period: &Period| {
        let (first, last) = (day(&listings[0]), day(&listings[listings.len() - 1]));
        let bars = period.number(last) - period.number(first) + 1;
        usize::try_from(bars).is_ok_and(|n| n <= BARS)
    };
    let longer = [Period::Day, Period::Week];
    longer.into_iter().find(fits).unwrap_or(Period::Month)
}

fn buckets(listings: &[Listing], period: Period) -> Vec<Bucket<'_>> {
    let begin = period.number(day(&listings[0]));
    let mut buckets: Vec<Bucket<'_>> = Vec::new();
    for (at, listing) in listings.iter().enumerate() {
        let place = match period {
            Period::Edition => at,
            period => usize::try_from(period.number(day(listing)) - begin).unwrap_or(at),
        };
        match buckets.last_mut().filter(|b| b.place == place) {
            Some(bucket) => bucket.editions.push(listing),
            None => buckets.push(Bucket {
                place,
                editions: vec![listing],
            }),
        }
    }
    buckets
}

fn chart(series: &Series, buckets: &[Bucket<'_>]) -> ChartView {
    let values: Vec<f64> = buckets.iter().map(|b| series.mean(b)).collect();
    let highest = values.iter().copied().fold(0.0, f64::max);
    let latest = values.last().copied().unwrap_or(0.0);
    let bar = |(bucket, value): (&Bucket<'_>, &f64)| {
        let share = if highest > 0.0 { value / highest } else { 0.0 };
        let height = (share * HEIGHT).max(NOTHING);
        BarView {
            x: bucket.place * STEP + (STEP - WIDTH) / 2,
            y: format!("{:.1}", HEIGHT - height),
            height: format!("{height:.1}"),
            is_latest: bucket.place == buckets[buckets.len() - 1].place,
        }
    };
    let (highest_words, latest_words) = (series.words(highest), series.words(latest));
    ChartView {
        id: series.id,
        name: series.name,
        label: format!(
            "{}: latest {latest_words}, highest {highest_words}",
            series.name
        ),
        highest: highest_words,
        latest: latest_words,
        bars: buckets.iter().zip(&values).map(bar).collect(),
    }
}

fn row(linker: &Linker<'_>, bucket: &Bucket<'_>) -> RowView {
    let (first, last) = (
        bucket.editions[0],
        bucket.editions[bucket.editions.len() - 1],
    );
    let (from, to) = (day(first), day(last));
    RowView {
        period: if bucket.editions.len() == 1 {
            last.id.to_string()
        } else if from == to {
            format!(
                "{from}, {}",
                counted(bucket.editions.len(), "edition", "editions")
            )
        } else {
            format!("{from} to {to}")
        },
        href: linker.edition(last.id),
        editions: bucket.editions.len(),
        values: SERIES.iter().map(|s| s.words(s.mean(bucket))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_begin_on_monday() {
        let week = |d: &str| Period::Week.number(d.parse().unwrap());
        assert_eq!(week("2026-11-23"), week("2026-11-29"));
        assert_eq!(week("2026-11-22") + 1, week("2026-11-23"));
        assert_eq!(week("2024-02-26") + 1, week("2024-03-04"));
    }
}
