//! The redactor: what it leaves holds no form of a secret, and nothing of what it recognised,
//! whatever that is wrapped in elsewhere.

#![no_main]

use daybrief::normalise::redact::{Field, Known, formats, mask_field};
use libfuzzer_sys::fuzz_target;

/// What a placeholder is at most longer than the shortest secret it stands for.
const LONGEST_PLACEHOLDER: usize = 64;

fuzz_target!(|text: &str| {
    for field in [Field::Words, Field::Name, Field::KeyHint] {
        let mut seen = Vec::new();
        let masked = mask_field(text, field, &Known::default(), &mut |s| {
            seen.push((s.value.to_owned(), s.is_told));
        });
        check(text, &masked);
        // What was recognised is masked everywhere, in whatever it is wrapped.
        let known = Known::new(seen);
        let Some(gate) = known.in_files(b"") else {
            continue;
        };
        let again = mask_field(text, field, &known, &mut |_| {});
        check(text, &again);
        assert!(!gate.is_match(&*again), "the gate would stop {again}");
        for name in [format!("notes/{text}.txt"), text.replace('\n', " ")] {
            let name = mask_field(&name, Field::Name, &known, &mut |_| {});
            assert!(!gate.is_match(&*name), "the gate would stop {name}");
        }
    }
});

fn check(text: &str, masked: &str) {
    assert!(
        formats::secrets(masked.as_bytes()).next().is_none(),
        "{masked}"
    );
    if masked != text {
        assert!(
            masked.contains("[secret: "),
            "what is changed has a placeholder"
        );
        assert!(masked.len() <= text.len() + LONGEST_PLACEHOLDER * (text.len() / 4 + 1));
    }
}
