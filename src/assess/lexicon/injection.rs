//! Marks of text that is addressed to an agent rather than to a person.

/// Turns of phrase that give orders to a model. Lower case; white space is folded
/// before they are looked for.
const ORDERS: &[&str] = &[
    "ignore previous instructions",
    "ignore all previous",
    "ignore the above",
    "ignore your instructions",
    "disregard previous",
    "disregard the above",
    "disregard all prior",
    "forget your instructions",
    "new instructions:",
    "system prompt",
    "you are now",
    "<important>",
    "<system>",
    "[system]",
    "[inst]",
    "<|im_start|>",
    "do not tell the user",
    "do not mention this to the user",
    "without telling the user",
    "before you can solve the",
    "as an ai agent",
    "attention ai",
    "note to ai",
    "instructions for the assistant",
];

/// Whether a text gives orders to a model, or hides characters.
pub fn is_marked(text: &str) -> bool {
    if text.chars().any(is_hidden) {
        return true;
    }
    let folded = text
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase();
    ORDERS.iter().any(|order| folded.contains(order))
}

/// Characters that a reader does not see: tags, zero-width ones, and those that turn
/// the direction of text. A joiner inside an emoji is none of them.
pub fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{e0000}'..='\u{e007f}' | '\u{180e}' | '\u{00ad}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_and_hidden_characters() {
        assert!(is_marked("Please IGNORE\n previous   instructions and"));
        assert!(is_marked("plain\u{e0041}"));
        assert!(!is_marked("how do I ignore a file in git"));
        assert!(!is_marked("\u{1f468}\u{200d}\u{1f4bb}"));
    }
}
