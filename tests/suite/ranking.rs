//! Weights are set and ranks measured from outside.

use crate::harness::TestSite;
use crate::page::Page;

const READS: &str = r#"{"id":"reads","user":{"name":"ann","authenticated":true},"agent":"Agent 1","events":[{"at":"2026-11-20T09:01:00Z","kind":"read","tool":"Read","path":"src/auth/keys.rs"}]}"#;
const FORCES: &str = r#"{"id":"forces","user":{"name":"ben","authenticated":true},"agent":"Agent 1","workspace":{"repo":"co/a"},"events":[{"at":"2026-11-20T09:01:00Z","kind":"request","tool":"Bash","programs":["git push --force"],"destination":"github.com","method":"push"}]}"#;
const NOTHING: &str =
    r#"{"id":"nothing","user":{"name":"cy","authenticated":true},"agent":"Agent 1"}"#;
const LABELS: &str = "edition\tid\tlabel\tkind\n2026-11-21T0600Z\treads\t0\tx\n2026-11-21T0600Z\tforces\t1\tx\n2026-11-21T0600Z\tnothing\t0\tx\n";

fn site() -> TestSite {
    TestSite::new()
        .snapshot("2026-11-21T06:00:00Z", &[READS, FORCES, NOTHING])
        .file("labels.tsv", LABELS)
}

#[test]
fn labels_measure_the_order_and_weights_change_it() {
    let run = site().run(&["check", "--ranking", "labels.tsv"]).ends(0);
    let line = |out: &str, name: &str| {
        let line = out
            .lines()
            .find(|l| l.starts_with(name))
            .unwrap_or_else(|| panic!("{out}"));
        line.split_whitespace()
            .skip(1)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        line(&run.out, "mean"),
        ["0.500", "0.200", "1.000"],
        "{}",
        run.out
    );
    assert_eq!(line(&run.out, "destructive-act")[0], "8.6", "{}", run.out);
    let tuned = site().file(
        "daybrief.toml",
        "[weights]\ndestructive-act = 50\nsensitive-touch = 1.5\n",
    );
    let run = tuned.run(&["check", "--ranking", "labels.tsv"]).ends(0);
    assert_eq!(
        line(&run.out, "mean"),
        ["1.000", "0.200", "1.000"],
        "{}",
        run.out
    );
    let page = Page::new(&tuned.build().read("public/method.html"));
    let rows: Vec<&str> = page.all("tr");
    for row in [
        "destructive-act | shipped 20 | 50",
        "sensitive-touch | shipped 20 | 1.5",
    ] {
        assert!(rows.contains(&row), "{row}\n{rows:#?}");
    }
    let said = site()
        .run(&["-v", "check", "--ranking", "labels.tsv"])
        .ends(0)
        .out;
    let forces = said.lines().find(|l| l.contains(" forces ")).unwrap();
    assert!(
        forces.contains("  2 *") && forces.contains("destructive-act 8.6"),
        "{said}"
    );
}

#[test]
fn mistakes_are_named() {
    for (config, message, mend) in [
        (
            "[weights]\ndestructive-akt = 5\n",
            "`destructive-akt` is not a signal",
            "did you mean `destructive-act`?",
        ),
        (
            "[weights]\ndestructive-act = 500\n",
            "weight of `destructive-act` is not between 0 and 60",
            "the method page",
        ),
    ] {
        let run = site().file("daybrief.toml", config).run(&["check"]).ends(1);
        assert!(
            run.err.contains(message) && run.err.contains(mend),
            "{}",
            run.err
        );
    }
    let run = site()
        .file("labels.tsv", "edition\tid\tlable\n")
        .run(&["check", "--ranking", "labels.tsv"])
        .ends(1);
    assert!(
        run.err.contains("there is no column `label`"),
        "{}",
        run.err
    );
    assert!(run.err.contains("is it the column `lable`?"), "{}", run.err);
    site().run(&["check", "--ranking", "nowhere.tsv"]).ends(1);
}

/// `DAYBRIEF_LABELLED` names a folder of sites, each with a `labels.tsv`: the order must find what is marked in them.
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "labelled sites lie outside the repository"
)]
fn labelled_sites_are_ranked_well_where_there_are_any() {
    let Some(folder) = std::env::var_os("DAYBRIEF_LABELLED") else {
        // Nothing to measure: a fresh clone has no labelled site.
        return;
    };
    let mut means = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let root = entry.unwrap().path();
        let labels = root.join("labels.tsv");
        if !labels.is_file() {
            continue;
        }
        let here = TestSite::new();
        let (root, labels) = (root.to_str().unwrap(), labels.to_str().unwrap());
        let run = here
            .run(&["--root", root, "check", "--ranking", labels])
            .ends(0);
        let mean = run.out.lines().find(|l| l.starts_with("mean")).unwrap();
        let mean = mean.split_whitespace().nth(1).unwrap();
        means.push(mean.parse::<f64>().unwrap());
    }
    let mean = means.iter().sum::<f64>() / means.len() as f64;
    assert!(
        mean >= 0.78,
        "mean average precision {mean:.3} of {means:?}"
    );
}
