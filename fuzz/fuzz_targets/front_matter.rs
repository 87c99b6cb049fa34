//! The text of a prose file and of a decision: read, or a mistake with its place in the text.

#![no_main]

use daybrief::source::{content, dispositions};
use daybrief_fuzz::check_place;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(mistake) = content::parse("x.md", text) {
        check_place(&mistake, text);
    }
    match dispositions::parse("x.md", text, &["sensitive-touch", "unknown-key"]) {
        Ok(decision) => {
            assert!(
                decision
                    .decided
                    .is_none_or(|d| d.from < decision.expires && d.from <= d.until)
            );
            assert!(!decision.reason.trim().is_empty() && !decision.author.trim().is_empty());
            let _ = (decision.about.words(), decision.until());
        }
        Err(mistake) => check_place(&mistake, text),
    }
});
