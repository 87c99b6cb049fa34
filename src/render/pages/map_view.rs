//! The relationship map as four lanes of lists.

use crate::relate::map::{Lane, Map};
use crate::render::address::Linker;
use crate::render::html::Markup;
use serde::Serialize;

/// Items shown in a lane before "+7 more".
const SHOWN: usize = 5;

/// The map of one session.
#[derive(Debug, Serialize)]
pub(super) struct MapView {
    lanes: Vec<LaneView>,
    linked: usize,
}

#[derive(Debug, Serialize)]
struct LaneView {
    class: &'static str,
    heading: &'static str,
    purpose: &'static str,
    items: Vec<MapItemView>,
    more: Vec<MapItemView>,
}

#[derive(Debug, Serialize)]
struct MapItemView {
    kind: &'static str,
    name: Markup,
    notes: String,
}

/// The map of a session as a view.
pub(super) fn view(linker: &Linker<'_>, session: usize) -> MapView {
    let map = Map::of(linker.of(), session);
    let lanes = Lane::ALL.into_iter().zip(&map.lanes).map(|(lane, items)| {
        let mut items: Vec<MapItemView> = items
            .iter()
            .map(|item| {
                let mut name = Markup::default();
                name.push_entity(&item.entity, linker);
                MapItemView {
                    kind: item.entity.kind.word(),
                    name,
                    notes: item.notes.join(" \u{b7} "),
                }
            })
            .collect();
        let more = items.split_off(items.len().min(SHOWN));
        LaneView {
            class: class(lane),
            heading: lane.heading(),
            purpose: lane.purpose(),
            items,
            more,
        }
    });
    MapView {
        lanes: lanes.collect(),
        linked: map.linked(),
    }
}

fn class(lane: Lane) -> &'static str {
    match lane {
        Lane::Identity => "identity",
        Lane::Shared => "shared",
        Lane::Company => "company",
        Lane::Outbound => "outbound",
    }
}
