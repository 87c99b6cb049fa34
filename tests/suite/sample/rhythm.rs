//! The base rhythm: what everybody does on an ordinary day.

use super::cast::{Actor, CI, EVERYONE, LENA, work};
use super::format::User;
use super::run::{Run, execute, fetch, prompt, push, read, rejected, reply, search, write};

const DAY: i64 = 86_400;
const LETTERS: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// `SplitMix64`: the same numbers for the same seed, everywhere.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `n`.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low) as u64) as i64
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub(super) fn id(&mut self) -> String {
        let rest = (0..22).map(|_| self.pick(LETTERS) as char);
        "sess_01".chars().chain(rest).collect()
    }
}

/// A day as it is asked for.
pub(super) struct Day {
    /// When its snapshot is taken.
    pub(super) taken_at: i64,
    /// Runs that begin on it.
    pub(super) runs: usize,
    /// How many of them still run when the snapshot is taken.
    pub(super) active: usize,
}

impl Day {
    /// Whether the day that the snapshot covers is a Saturday or a Sunday (1970 began on a Thursday).
    fn is_weekend(&self) -> bool {
        matches!((self.taken_at / DAY - 1 + 3) % 7, 5 | 6)
    }
}

/// Background runs of one day.
pub(super) fn runs(day: &Day, dice: &mut Dice, but: &[&str]) -> Vec<Run> {
    let shares: Vec<(&Actor, u64)> = EVERYONE
        .iter()
        .filter(|a| !but.contains(&a.user))
        .map(|a| {
            (
                *a,
                if day.is_weekend() {
                    a.share.1
                } else {
                    a.share.0
                },
            )
        })
        .collect();
    let total: u64 = shares.iter().map(|(_, share)| share).sum();
    (0..day.runs)
        .map(|i| {
            let mut at = dice.below(total);
            let (actor, _) = shares
                .iter()
                .find(|(_, share)| {
                    let found = at < *share;
                    at = at.saturating_sub(*share);
                    found
                })
                .unwrap();
            run(actor, day, dice, i < day.active)
        })
        .collect()
}

fn run(actor: &Actor, day: &Day, dice: &mut Dice, active: bool) -> Run {
    let is_ci = actor.user == CI.user;
    let minutes = if is_ci {
        dice.between(4, 26)
    } else {
        dice.between(9, 95)
    };
    let start = if active {
        day.taken_at - dice.between(6 * 60, (minutes * 60).clamp(6 * 60 + 1, 50 * 60))
    } else {
        start(actor, day, dice, minutes)
    };
    let (start, end) = if active {
        (start, day.taken_at + dice.between(5 * 60, 40 * 60))
    } else {
        (start, start + minutes * 60 + dice.between(0, 60))
    };
    let id = dice.id();
    let cents = if is_ci {
        15 + dice.below(100)
    } else {
        32 + dice.below(260)
    };
    let mut run = Run::of(actor, &id, start, 1)
        .on(dice.pick(actor.repos))
        .costs(cents);
    run.end = end;
    run.host = Some(dice.pick(actor.hosts));
    run.model = dice.pick(actor.models);
    // The gateway alone sees a few: browsers and plug-ins without a collector.
    if !is_ci && !active && dice.chance(8) {
        run.host = None;
        run.workspace = None;
        run.mode = None;
        run.not_recorded = vec!["host", "workspace", "permission_mode", "events"];
        if actor.user == LENA.user {
            run.user = User::SignedOn {
                name: actor.user,
                authenticated: false,
            };
        }
        return run;
    }
    steps(run, dice, is_ci)
}

/// Starts in the actor's hours and is over before the snapshot.
fn start(actor: &Actor, day: &Day, dice: &mut Dice, minutes: i64) -> i64 {
    let midnight = (day.taken_at - DAY).div_euclid(DAY) * DAY;
    loop {
        let (from, to) = actor.hours;
        let hour = from as i64 * 3_600 + dice.between(0, (to - from) as i64 * 3_600);
        let today = midnight + hour;
        // The window begins in the morning: early hours belong to the next date.
        let at = if today < day.taken_at - DAY {
            today + DAY
        } else {
            today
        };
        if at + minutes * 60 + 60 < day.taken_at {
            return at;
        }
    }
}

fn steps(mut run: Run, dice: &mut Dice, is_ci: bool) -> Run {
    let repo = run.workspace.as_ref().and_then(|w| w.repo).unwrap_or("");
    let work = work(repo);
    let mut steps = vec![prompt(dice.pick(work.prompts))];
    steps.push(read(dice.pick(work.reads)));
    if dice.chance(45) {
        steps.push(search());
    }
    if dice.chance(55) {
        steps.push(read(dice.pick(work.reads)));
    }
    if !is_ci && dice.chance(40) {
        steps.push(fetch(dice.pick(work.pages)));
    }
    if dice.chance(70) {
        steps.push(write(dice.pick(work.writes)));
    }
    steps.push(execute(dice.pick(work.commands)));
    if !is_ci && dice.chance(10) {
        steps.push(rejected("rm -r build"));
    }
    if dice.chance(35) {
        steps.push(write(dice.pick(work.writes)));
        steps.push(execute(dice.pick(work.commands)));
    }
    if dice.chance(25) {
        steps.push(push());
    }
    steps.push(reply());
    // Spread over the run, the first within seconds, the last at its end.
    let length = run.end - run.start;
    let last = steps.len() as i64 - 1;
    for (i, step) in steps.into_iter().enumerate() {
        let even = length * i as i64 / last;
        let early = if i == 0 || i as i64 == last {
            0
        } else {
            dice.between(0, (length / last / 2).max(1))
        };
        run.steps.push(((even - early).max(i as i64), step));
    }
    run
}
