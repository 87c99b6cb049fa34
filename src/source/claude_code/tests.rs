use super::*;
use std::collections::BTreeMap;
use std::path::Path;

/// The corpus of real transcripts beside the working copy, where there is one.
fn corpus() -> Option<PathBuf> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    corpus.join("claude-code").is_dir().then_some(corpus)
}

/// One row of the oracle: input, output, cache write and cache read tokens, dollars.
type Row = ([u64; 4], f64);

#[expect(clippy::disallowed_methods, reason = "a test may read the oracle")]
fn oracle(corpus: &Path) -> BTreeMap<String, Row> {
    let table = std::fs::read_to_string(corpus.join("ccusage-claude-code.tsv")).unwrap();
    let row = |line: &str| {
        let columns: Vec<&str> = line.split('\t').collect();
        let tokens = [1, 2, 3, 4].map(|i| columns[i].parse().unwrap());
        (columns[0].to_owned(), (tokens, columns[5].parse().unwrap()))
    };
    table.lines().skip(1).map(row).collect()
}

/// What one file or folder of the corpus adds up to, under the oracle's name for it.
fn rows(corpus: &Path) -> BTreeMap<String, Row> {
    let options = Options {
        as_of: Timestamp::UNIX_EPOCH,
        split: Split::Everything,
    };
    let import = read(&[corpus.join("claude-code")], &options).unwrap();
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    for session in &import.snapshots[0].1 {
        let id = session
            .parent
            .clone()
            .or_else(|| session.id.clone())
            .unwrap();
        let file = session
            .events
            .iter()
            .find_map(|e| e.source.as_ref()?.file.clone());
        let stem = file
            .unwrap_or_default()
            .trim_end_matches(".jsonl")
            .to_owned();
        let name = if session.workspace.as_ref().unwrap().path.as_deref() == Some("/path/to/Demo") {
            "sample-project".to_owned()
        } else if stem.starts_with("agent-") || stem.is_empty() {
            id
        } else {
            stem
        };
        let row = rows.entry(name).or_default();
        for model in &session.models {
            let used = [
                model.input_tokens,
                model.output_tokens,
                model.cache_write_tokens,
                model.cache_read_tokens,
            ];
            for (sum, used) in row.0.iter_mut().zip(used) {
                *sum += used.unwrap();
            }
        }
        row.1 += session.cost_usd.as_ref().unwrap().parse::<f64>().unwrap();
    }
    rows.retain(|_, row| row.0 != [0; 4]);
    rows
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that tests nothing must say so")]
fn tokens_and_cost_agree_with_an_independent_tool_where_the_corpus_is_present() {
    let Some(corpus) = corpus() else {
        eprintln!("skipped: there is no corpus of real transcripts beside the working copy");
        return;
    };
    let (ours, theirs) = (rows(&corpus), oracle(&corpus));
    let tokens = |rows: &BTreeMap<String, Row>| -> BTreeMap<String, [u64; 4]> {
        rows.iter()
            .map(|(name, row)| (name.clone(), row.0))
            .collect()
    };
    assert_eq!(tokens(&ours), tokens(&theirs));
    for (name, (_, cost)) in &theirs {
        let ours = ours[name].1;
        assert!(
            (ours - cost).abs() <= cost * 0.02,
            "{name}: {ours} instead of {cost}"
        );
    }
}

/// Writes the corpus as snapshots, to look at.
#[test]
#[expect(clippy::disallowed_methods, clippy::print_stderr, reason = "temporary")]
fn dump() {
    let Some(corpus) = corpus() else { return };
    let options = Options {
        as_of: Timestamp::UNIX_EPOCH,
        split: Split::Everything,
    };
    let import = read(&[corpus.join("claude-code")], &options).unwrap();
    for l in import.report.lines() {
        eprintln!("{l}");
    }
    std::fs::write(
        "/tmp/dump.json",
        serde_json::to_string(&import.snapshots[0].1).unwrap(),
    )
    .unwrap();
}
