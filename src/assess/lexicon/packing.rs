//! Programs that pack, encode, split or encrypt.

use crate::model::{Event, Text};

/// The packing program an event ran, if it ran one.
pub fn packed_with(event: &Event) -> Option<&str> {
    const PROGRAMS: &[&str] = &[
        "tar", "zip", "gzip", "bzip2", "xz", "zstd", "7z", "7za", "rar", "base64", "base32", "xxd",
        "uuencode", "gpg", "age", "split",
    ];
    if event.ok == Some(false) {
        return None;
    }
    let words = |p: &'_ Text| -> (String, bool) {
        let text = p.untrusted();
        let first = text.split_whitespace().next().unwrap_or_default();
        // Unpacking is the other direction.
        let opens = text.split_whitespace().skip(1).any(|w| {
            matches!(
                w,
                "-d" | "--decode" | "--decrypt" | "--extract" | "-l" | "-t" | "x" | "e" | "l"
            ) || (first == "tar" && w.contains('x') && !w.contains('c') && w.len() <= 6)
        });
        (first.to_owned(), opens)
    };
    event.programs.iter().find_map(|p| {
        let (first, opens) = words(p);
        let encrypts = first == "openssl" && p.untrusted().contains(" enc");
        PROGRAMS
            .iter()
            .copied()
            .chain(["openssl"].into_iter().filter(|_| encrypts))
            .find(|name| *name == first && !opens)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::EventKind;

    #[test]
    fn packing_and_not_unpacking() {
        let run = |program: &str| {
            let event = Event {
                kind: EventKind::Execute,
                programs: vec![Text::new(program)],
                ..Event::default()
            };
            packed_with(&event).map(str::to_owned)
        };
        assert_eq!(run("tar -czf"), Some("tar".to_owned()));
        assert_eq!(run("tar -xzf"), None);
        assert_eq!(run("base64 -d"), None);
        assert_eq!(run("base64"), Some("base64".to_owned()));
        assert_eq!(run("openssl enc"), Some("openssl".to_owned()));
        assert_eq!(run("openssl x509"), None);
        assert_eq!(run("ls"), None);
    }
}
