//! A new site builds at once.

use crate::harness::TestSite;

#[test]
fn init_then_build() {
    let site = TestSite::new();
    site.run(&["init"]).ends(0);
    let run = site.run(&["build"]).ends(0);
    assert!(run.err.contains("1 session matters now"), "{}", run.err);
    assert!(
        site.read("public/index.html")
            .contains("1 session matters now")
    );
    site.run(&["init"]).ends(1);
}
