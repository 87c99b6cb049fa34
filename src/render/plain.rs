//! Text sinks other than HTML: CSV cells and the terminal.

use super::html::visible;
use crate::model::{Piece, Sentence, is_hidden};
use std::fmt::Write;

/// What a spreadsheet takes for the beginning of a formula, in full width too.
const FORMULA: [char; 8] = [
    '=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
];

/// One CSV cell: quoted when it must be, and never a formula. A text that a
/// spreadsheet would compute is led by an apostrophe, last of all, so that nothing
/// can undo it.
pub fn csv_cell(text: &str) -> String {
    let visible = printable(text);
    let computed = visible.trim_start().starts_with(FORMULA);
    let guarded = if computed {
        format!("'{visible}")
    } else {
        visible
    };
    if guarded.contains([',', '"', ';']) || guarded.starts_with(' ') || guarded.ends_with(' ') {
        format!("\"{}\"", guarded.replace('"', "\"\""))
    } else {
        guarded
    }
}

/// Text that a terminal shows as it is: controls in caret notation (`^[`), what else is hidden
/// as visible tokens.
pub fn printable(text: &str) -> String {
    if !text.chars().any(is_hidden) {
        return text.to_owned();
    }
    text.chars()
        .fold(String::with_capacity(text.len() + 16), |mut out, c| {
            match c {
                '\0'..='\x1f' => out.extend(['^', char::from(c as u8 + b'@')]),
                '\x7f' => out.push_str("^?"),
                c if is_hidden(c) => out.push_str(&visible(c)),
                c => out.push(c),
            }
            out
        })
}

/// JSON that a terminal shows as it is: what it would act on, inside a string, is
/// written as an escape of JSON's own. Other programs read the same value.
pub fn printable_json(json: &str) -> String {
    let acts = |c: char| c != '\n' && is_hidden(c);
    if !json.chars().any(acts) {
        return json.to_owned();
    }
    let mut units = [0; 2];
    json.chars()
        .fold(String::with_capacity(json.len() + 16), |mut out, c| {
            if acts(c) {
                for unit in c.encode_utf16(&mut units) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            } else {
                out.push(c);
            }
            out
        })
}

/// A sentence for a terminal or a mail.
pub fn sentence(sentence: &Sentence) -> String {
    sentence
        .pieces()
        .iter()
        .fold(String::new(), |mut out, piece| {
            let _ = match piece {
                Piece::Words(words) => write!(out, "{words}"),
                Piece::Slot(slot) => write!(out, "{}", printable(&slot.plain().0)),
            };
            out
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cells_are_text_not_formulas() {
        for (text, cell) in [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("=1+1", "'=1+1"),
            (" =1+1", "' =1+1"),
            ("-12.5", "'-12.5"),
            ("+inf", "'+inf"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\u{ff1d}1+1", "'\u{ff1d}1+1"),
            ("a\nb\x1b[\x7f", "a^Jb^[[^?"),
        ] {
            assert_eq!(csv_cell(text), cell);
        }
    }

    proptest! {
        #[test]
        fn no_control_reaches_a_terminal(text in any::<String>()) {
            prop_assert!(!printable(&text).chars().any(is_hidden));
        }

        #[test]
        fn printable_json_means_the_same(text in any::<String>()) {
            let json = serde_json::to_string_pretty(&[&text]).unwrap();
            let shown = printable_json(&json);
            prop_assert!(!shown.chars().any(|c| c != '\n' && is_hidden(c)));
            prop_assert_eq!(serde_json::from_str::<Vec<String>>(&shown).unwrap(), vec![text]);
        }

        #[test]
        fn a_cell_stays_one_cell(text in any::<String>()) {
            let cell = csv_cell(&text);
            let inner = cell.strip_prefix('"').and_then(|c| c.strip_suffix('"'));
            let read = inner.map_or(cell.clone(), |c| c.replace("\"\"", "\""));
            let risky = read.trim_start().starts_with(FORMULA);
            prop_assert!(!risky);
            prop_assert!(!cell.contains(['\n', '\r']));
            if !cell.starts_with('"') { prop_assert!(!cell.contains([',', '"'])); }
        }
    }
}
