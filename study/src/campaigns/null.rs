//! The null model: every action might as well have been a little earlier or later.
//!
//! Each action is moved by an amount that is uniform within the jitter, earlier or later, and
//! independent of all others. That keeps who shares an interest with whom, what was popular and
//! when, to within the jitter; it takes away only synchrony that is finer. How likely two actions
//! are to fall within a window of each other then has a closed form, the limit of infinitely many
//! draws: the difference of two uniform draws has a triangular density. So a pair that no number of
//! draws ever brought together still has an expectation above zero.
//!
//! [`moved`] makes one such copy of a dataset's actions, for measuring what the whole study finds
//! where there is nothing to find.

use super::traces::{Action, Actions};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

/// How far actions are moved, and what counts as together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Null {
    /// The window, in microseconds.
    pub window_us: i64,
    /// How far an action is moved at most, earlier or later, in microseconds.
    pub jitter_us: i64,
    /// The unit in which times are whole, in microseconds; 0 where there is none. Rounding makes
    /// the window wider by as much.
    pub unit_us: i64,
}

impl Null {
    /// How far apart two actions may be and still be brought together by moving both.
    #[must_use]
    pub fn reach_us(&self) -> i64 {
        2 * self.jitter_us + self.wide() as i64
    }

    /// The window with what rounding adds to it.
    fn wide(&self) -> f64 {
        self.window_us as f64 + self.unit_us as f64 / 2.0
    }

    /// The chance that two actions fall within the window of each other when both are moved.
    #[must_use]
    pub fn both_moved(&self, apart_us: i64) -> f64 {
        let (apart, wide) = (apart_us.abs() as f64, self.wide());
        let jitter = self.jitter_us as f64;
        (triangular(wide - apart, jitter) - triangular(-wide - apart, jitter)).clamp(0.0, 1.0)
    }

    /// The chance that an action falls within the window of any of several others when only it is
    /// moved: how much of the time that it can be moved to lies near one of them.
    ///
    /// `others_us` are their times, ascending, in microseconds.
    #[must_use]
    pub fn one_moved(&self, at_us: i64, others_us: impl IntoIterator<Item = i64>) -> f64 {
        let (wide, jitter) = (self.wide(), self.jitter_us as f64);
        let mut covered = 0.0;
        let mut until = -jitter;
        for other in others_us {
            let apart = (other - at_us) as f64;
            let begin = (apart - wide).max(until);
            let end = (apart + wide).min(jitter);
            if end > begin {
                covered += end - begin;
                until = end;
            }
        }
        (covered / (2.0 * jitter)).clamp(0.0, 1.0)
    }
}

/// The chance that the difference of two draws, each uniform within the jitter, is at most `at`.
fn triangular(at: f64, jitter: f64) -> f64 {
    let span = 2.0 * jitter;
    if at <= -span {
        0.0
    } else if at >= span {
        1.0
    } else if at <= 0.0 {
        (span + at).powi(2) / (2.0 * span * span)
    } else {
        1.0 - (span - at).powi(2) / (2.0 * span * span)
    }
}

/// How much each post is moved, in microseconds, for as many posts as there are.
///
/// A post is moved as a whole: with all its objects, in every trace.
#[must_use]
pub fn shifts(posts: usize, jitter_us: i64, seed: u64, repeat: u32) -> Vec<i64> {
    let mut draws = ChaCha8Rng::seed_from_u64(seed);
    draws.set_stream(u64::from(repeat) + 1);
    let span = 2 * jitter_us as u128 + 1;
    let shift = |draw: u64| ((u128::from(draw) * span) >> 64) as i64 - jitter_us;
    (0..posts).map(|_| shift(draws.next_u64())).collect()
}

/// A copy of the actions of a trace, each moved by the shift of its post.
#[must_use]
pub fn moved(actions: &Actions, shifts: &[i64]) -> Actions {
    let rows = (0..actions.len()).map(|row| Action {
        object: actions.object[row],
        account: actions.account[row],
        at_us: actions.at_us[row].saturating_add(shifts[actions.post[row] as usize]),
        post: actions.post[row],
    });
    let mut rows: Vec<Action> = rows.collect();
    rows.sort_unstable_by_key(|row| (row.at_us, row.post));
    Actions::pack(actions.trace, rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaigns::traces::Trace;
    use proptest::prelude::*;

    const SECOND: i64 = 1_000_000;

    fn null(window_s: i64, jitter_s: i64) -> Null {
        Null { window_us: window_s * SECOND, jitter_us: jitter_s * SECOND, unit_us: 0 }
    }

    #[test]
    fn the_chance_of_two_moved_actions() {
        // Half the window's share of the triangle's base, twice; and what is left at its ends.
        let cases = [
            (60, 900, 0, 1.0 - (29.0_f64 / 30.0).powi(2)),
            (60, 900, 1_800, 0.5 * (1.0_f64 / 30.0).powi(2)),
            (60, 900, 1_860, 0.0),
            (60, 900, -1_800, 0.5 * (1.0_f64 / 30.0).powi(2)),
            (1_800, 900, 0, 1.0),
            (900, 900, 900, 0.5),
        ];
        for (window, jitter, apart, expected) in cases {
            let told = null(window, jitter).both_moved(apart * SECOND);
            assert!((told - expected).abs() < 1e-12, "{window} {jitter} {apart}: {told}");
        }
    }

    #[test]
    fn the_chance_of_one_moved_action() {
        let cases: [(&[i64], f64); 6] = [
            (&[], 0.0),
            (&[0], 120.0 / 1_800.0),
            (&[0, 30], 150.0 / 1_800.0),
            (&[-500, 0, 500], 360.0 / 1_800.0),
            (&[900], 60.0 / 1_800.0),
            (&[-2_000, 2_000], 0.0),
        ];
        for (others, expected) in cases {
            let others = others.iter().map(|at| at * SECOND);
            let told = null(60, 900).one_moved(0, others);
            assert!((told - expected).abs() < 1e-12, "{told} {expected}");
        }
    }

    #[test]
    fn rounded_times_make_the_window_wider() {
        let rounded = Null { unit_us: 60 * SECOND, ..null(60, 900) };
        assert!((rounded.both_moved(0) - null(90, 900).both_moved(0)).abs() < 1e-12);
        assert_eq!(rounded.reach_us(), 1_890 * SECOND);
    }

    #[test]
    fn the_closed_form_is_what_many_draws_come_to() {
        let null = null(120, 600);
        let draws = 100_000;
        let (left, right) =
            (shifts(draws, null.jitter_us, 7, 0), shifts(draws, null.jitter_us, 7, 1));
        for apart_s in [0, 60, 300, 900, 1_300] {
            let apart = apart_s * SECOND;
            let near = |(l, r): &(&i64, &i64)| (apart + **r - **l).abs() <= null.window_us;
            let both = left.iter().zip(&right).filter(near).count() as f64 / draws as f64;
            assert!((both - null.both_moved(apart)).abs() < 0.005, "{apart_s} s: {both}");
            let near = |shift: &&i64| (apart + **shift).abs() <= null.window_us;
            let one = left.iter().filter(near).count() as f64 / draws as f64;
            assert!((one - null.one_moved(0, [apart])).abs() < 0.005, "{apart_s} s: {one}");
        }
    }

    #[test]
    fn a_post_is_moved_as_a_whole_and_nothing_else_changes() {
        let rows = [(0, 0, 5, 0), (0, 1, 6, 1), (1, 0, 5, 0), (1, 2, 9, 2)];
        let rows = rows.map(|(object, account, at_s, post)| Action {
            object,
            account,
            at_us: at_s * SECOND,
            post,
        });
        let before = Actions::pack(Trace::Link, rows.to_vec());
        let shifts = shifts(3, 900 * SECOND, 1, 0);
        let after = moved(&before, &shifts);
        let mut seen: Vec<_> = (0..after.len())
            .map(|row| (after.object[row], after.account[row], after.at_us[row], after.post[row]))
            .collect();
        seen.sort_unstable_by_key(|row| (row.0, row.3));
        let expected = rows
            .map(|row| (row.object, row.account, row.at_us + shifts[row.post as usize], row.post));
        assert_eq!(seen, expected);
    }

    proptest! {
        #[test]
        fn chances_are_chances_and_fall_with_distance(
            window in 1..5_000_i64,
            jitter in 1..5_000_i64,
            apart in 0..20_000_i64,
        ) {
            let null = null(window, jitter);
            let (near, far) =
                (null.both_moved(apart * SECOND), null.both_moved((apart + 1) * SECOND));
            prop_assert!((0.0..=1.0).contains(&near) && far <= near + 1e-12);
            let beyond = null.both_moved(null.reach_us());
            prop_assert!(beyond < 1e-9, "{}", beyond);
        }

        #[test]
        fn draws_stay_within_the_jitter(jitter in 1..1_000_000_i64, seed in 0..100_u64) {
            let drawn = shifts(100, jitter, seed, 0);
            prop_assert!(drawn.iter().all(|shift| shift.abs() <= jitter));
            prop_assert_eq!(drawn, shifts(100, jitter, seed, 0));
        }
    }
}
