//! Ids in public frameworks, by signal: aids to search, not attribution.
//!
//! Ids move between versions of their frameworks, so they stand in this one table
//! with the versions they were looked up in. ATT&CK v19 revoked T1562 and its
//! children in favour of T1685 (Disable or Modify Tools); the ids of v18 are kept
//! here until a version settles.

use super::SignalId;

/// A public framework and the version its ids are from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Framework {
    /// Its name.
    pub name: &'static str,
    /// The version.
    pub version: &'static str,
    /// What its ids begin with.
    pub prefix: &'static str,
}

/// Every framework that ids are from.
pub const FRAMEWORKS: &[Framework] = &[
    Framework {
        name: "MITRE ATT&CK",
        version: "v18 (2025-11)",
        prefix: "T",
    },
    Framework {
        name: "MITRE ATLAS",
        version: "5.6.0",
        prefix: "AML.T",
    },
    Framework {
        name: "OWASP Top 10 for Agentic Applications",
        version: "2026",
        prefix: "ASI",
    },
];

/// The ids of a signal.
pub const fn references(id: SignalId) -> &'static [&'static str] {
    match id {
        SignalId::S1 => &[
            "T1078.004",
            "T1550.001",
            "AML.T0012",
            "AML.T0091.000",
            "ASI03",
        ],
        SignalId::S2 => &["T1550.001", "AML.T0091.000", "ASI03"],
        SignalId::S3 => &["T1078", "AML.T0073", "ASI03"],
        SignalId::S4 => &["T1078", "T1021.004"],
        SignalId::S5 => &[
            "T1552.001",
            "T1552.004",
            "T1005",
            "AML.T0037",
            "AML.T0055",
            "AML.T0085.001",
        ],
        SignalId::S6 => &["T1083", "T1213.003", "AML.T0036", "ASI01"],
        SignalId::S7 => &["T1071.001", "T1567", "AML.T0086", "ASI02"],
        SignalId::S8 => &[
            "T1041",
            "T1048.003",
            "T1567",
            "AML.T0086",
            "AML.T0025",
            "ASI02",
        ],
        SignalId::S9 => &["T1560.001", "T1027", "AML.T0086"],
        SignalId::S10 => &[
            "T1552.001",
            "AML.T0055",
            "AML.T0057",
            "AML.T0083",
            "AML.T0098",
            "ASI03",
        ],
        SignalId::S11 => &["T1562.001", "AML.T0081", "AML.T0107", "ASI02", "ASI09"],
        SignalId::S12 => &[
            "T1546.004",
            "T1098.004",
            "T1053.003",
            "T1195.001",
            "AML.T0081",
            "AML.T0080.000",
            "ASI06",
        ],
        SignalId::S13 => &["AML.T0051.001", "AML.T0080.001", "AML.T0068", "ASI01"],
        SignalId::S14 => &[
            "T1195.001",
            "AML.T0011.002",
            "AML.T0110",
            "AML.T0109",
            "ASI04",
        ],
        SignalId::S15 => &["T1485", "T1565.001", "AML.T0101", "ASI02", "ASI10"],
        SignalId::S16 => &["T1496.004", "AML.T0034", "AML.T0034.002"],
        SignalId::S17 => &["AML.T0047", "AML.T0103", "T1036.005", "ASI04"],
        SignalId::S18 => &[
            "T1070.003",
            "T1562.003",
            "T1036.002",
            "AML.T0092",
            "AML.T0074",
        ],
        // T1562.001 only where what was refused would have disabled the guard.
        SignalId::S19 => &["T1562.001", "ASI02", "ASI10"],
        SignalId::S20 => &["AML.T0053", "ASI01", "ASI02"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_is_of_a_framework() {
        for number in 1..=20 {
            for id in references(SignalId::from_number(number).unwrap()) {
                let of = FRAMEWORKS.iter().filter(|f| {
                    let rest = id.strip_prefix(f.prefix);
                    rest.is_some_and(|r| r.starts_with(|c: char| c.is_ascii_digit()))
                });
                assert_eq!(of.count(), 1, "{id}");
            }
        }
    }
}
