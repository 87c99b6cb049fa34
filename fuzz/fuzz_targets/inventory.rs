//! The text of an inventory: read, or a mistake with its place in the text.

#![no_main]

use daybrief::source::inventory;
use daybrief_fuzz::check_place;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(mistake) = inventory::parse("inventory.toml", text) {
        check_place(&mistake, text);
    }
});
