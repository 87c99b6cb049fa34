use super::*;
use crate::assess::signals::CATALOGUE;
use proptest::prelude::*;

fn input(number: u8, strength: f64, age_hours: f64) -> Input {
    let signal = SignalId::from_number(number).unwrap();
    Input {
        signal,
        family: signal.family(),
        weight: signal.weight(),
        strength,
        age_hours,
    }
}

const CONSEQUENCES: [Consequence; 5] = [
    Consequence::Low,
    Consequence::Unknown,
    Consequence::Medium,
    Consequence::High,
    Consequence::Critical,
];
const TRUSTS: [TrustLevel; 3] = [TrustLevel::High, TrustLevel::Medium, TrustLevel::Low];

fn circumstances(consequence: Consequence, trust: TrustLevel) -> Circumstances {
    Circumstances {
        consequence,
        trust,
        held: false,
    }
}

#[test]
fn the_worked_examples_of_the_method() {
    let check = |inputs: &[Input], consequence, trust, held, expect| {
        assert_eq!(
            score(
                inputs,
                Circumstances {
                    consequence,
                    trust,
                    held
                }
            )
            .shown,
            expect
        );
    };
    let old = |h| {
        [
            input(1, 1.0, h),
            input(5, 0.7, h),
            input(7, 0.6, h),
            input(8, 0.8, h),
        ]
    };
    check(
        &[input(2, 0.75, 1.0), input(5, 0.7, 1.0), input(6, 0.6, 1.0)],
        Consequence::High,
        TrustLevel::Medium,
        false,
        54,
    );
    check(
        &[
            input(3, 0.9, 0.0),
            input(1, 1.0, 0.0),
            input(4, 1.0, 0.0),
            input(5, 0.5, 1.0),
        ],
        Consequence::Medium,
        TrustLevel::Low,
        false,
        68,
    );
    check(&old(40.0), Consequence::High, TrustLevel::Low, false, 74);
    check(&old(240.0), Consequence::High, TrustLevel::Low, false, 13);
    check(&old(240.0), Consequence::High, TrustLevel::Low, true, 74);
    check(
        &[input(15, 1.0, 0.0)],
        Consequence::Critical,
        TrustLevel::High,
        false,
        43,
    );
    check(&[], Consequence::Critical, TrustLevel::Low, false, 0);
}

#[test]
fn the_catalogue_is_in_order_and_each_number_is_used_once() {
    let numbers: Vec<u8> = CATALOGUE.iter().map(|d| d.id.number()).collect();
    let mut sorted = numbers.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(numbers, sorted);
}

fn inputs() -> impl Strategy<Value = Vec<Input>> {
    let age = prop_oneof![Just(0.0), 0.0..300.0_f64, Just(-5.0)];
    proptest::collection::btree_map(1..=20_u8, (0.0..=1.0_f64, age), 0..12).prop_map(|chosen| {
        chosen
            .into_iter()
            .map(|(n, (x, age))| input(n, x, age))
            .collect()
    })
}

fn any_circumstances() -> impl Strategy<Value = Circumstances> {
    (0..5_usize, 0..3_usize, any::<bool>()).prop_map(|(c, t, held)| Circumstances {
        consequence: CONSEQUENCES[c],
        trust: TRUSTS[t],
        held,
    })
}

const NOISE: f64 = 1e-9;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn bounds_and_exact_sum(all in inputs(), c in any_circumstances()) {
        let s = score(&all, c);
        prop_assert!((0.0..=100.0).contains(&s.priority));
        prop_assert!((0.0..=CEILING).contains(&s.significance));
        prop_assert_eq!(s.rows.iter().map(|r| r.shown).sum::<i32>(), s.shown.cast_signed());
    }

    #[test]
    fn raising_a_strength_never_lowers(all in inputs(), c in any_circumstances(), which in 0..12_usize, by in 0.0..1.0_f64) {
        prop_assume!(!all.is_empty());
        let mut raised = all.clone();
        let at = which % all.len();
        raised[at].strength = (raised[at].strength + by).min(1.0);
        prop_assert!(score(&raised, c).priority + NOISE >= score(&all, c).priority);
    }

    #[test]
    fn adding_a_signal_never_lowers(all in inputs(), c in any_circumstances(), n in 1..=20_u8, x in 0.0..=1.0_f64) {
        let all: Vec<Input> = all.into_iter().filter(|i| i.signal.number() != n).collect();
        let mut more = all.clone();
        more.push(input(n, x, 0.0));
        prop_assert!(score(&more, c).priority + NOISE >= score(&all, c).priority);
    }

    #[test]
    fn fresher_evidence_and_a_hold_never_lower(all in inputs(), c in any_circumstances(), which in 0..12_usize) {
        let held = Circumstances { held: true, ..c };
        prop_assert!(score(&all, held).priority + NOISE >= score(&all, c).priority);
        prop_assume!(!all.is_empty());
        let mut fresher = all.clone();
        let at = which % all.len();
        fresher[at].age_hours /= 2.0;
        prop_assert!(score(&fresher, c).priority + NOISE >= score(&all, c).priority);
    }

    #[test]
    fn the_order_of_inputs_does_not_matter(all in inputs(), c in any_circumstances()) {
        let mut reversed = all.clone();
        reversed.reverse();
        prop_assert_eq!(score(&reversed, c), score(&all, c));
    }

    #[test]
    fn more_at_stake_and_less_trust_never_lower(all in inputs(), t in 0..3_usize, c in 0..5_usize) {
        let at = |c: usize, t: usize| score(&all, circumstances(CONSEQUENCES[c], TRUSTS[t])).priority;
        if c > 0 { prop_assert!(at(c, t) + NOISE >= at(c - 1, t)); }
        if t > 0 { prop_assert!(at(c, t) + NOISE >= at(c, t - 1)); }
    }
}
