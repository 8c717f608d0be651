//! How surprising it is what two accounts did together.
//!
//! Two actions on one object meet where they lie within reach of each other: so near that the null
//! model could bring them together. Two posts meet once, whatever they share, and a post counts for
//! one co-action only. Under the null model each post of the account with fewer of them comes
//! together with one of the other's with a chance that can be told; how many do is a
//! Poisson-binomial count, and the study asks how likely so many would be, given that there is at
//! least one, since only pairs with a co-action are looked at.

use super::ledger::{Entry, Ledger};
use super::null::Null;
use super::significance::{LOG10_FLOOR, log10_tail_of_seen};
use super::traces::Trace;
use serde::{Deserialize, Serialize};

/// Two accounts with more meetings than this are too dense to be told apart from chance, and are
/// not significant.
pub const MEETINGS_LIMIT: usize = 20_000;

/// What two accounts did together, in the trace where it was most surprising.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PairTest {
    /// The account with the smaller number.
    pub a: u32,
    /// The other.
    pub b: u32,
    /// The trace; none for all traces together.
    pub trace: Option<Trace>,
    /// The window, in seconds.
    pub window_s: u32,
    /// Co-actions, each post in one at most.
    pub observed: u32,
    /// On how many distinct objects.
    pub objects: u32,
    /// How many there would be by chance.
    pub expected: f64,
    /// The base-10 logarithm of the chance of as many, times the number of traces tried.
    pub log10_p: f64,
}

/// How pairs are tested in one window.
#[derive(Debug, Clone)]
pub struct Test {
    /// The null model.
    pub null: Null,
    /// On how many objects, in how many pairs of posts, they must have acted together.
    pub min_objects: u32,
    /// How many times as often as by chance.
    pub min_lift: f64,
}

/// Two actions of two accounts on one object.
#[derive(Debug, Clone, Copy)]
struct Meeting {
    posts: (u32, u32),
    object: u32,
    apart_us: i64,
    chance: f64,
}

/// Something for each post of one account, and of the other.
type Sides<T> = (Vec<T>, Vec<T>);

/// Room that is used again from pair to pair.
#[derive(Debug, Default)]
pub struct Room {
    meetings: Vec<Meeting>,
    some: Vec<Meeting>,
    chances: Sides<(u32, f64)>,
    used: Sides<u32>,
    objects: Vec<u32>,
    values: Vec<f64>,
}

impl Test {
    /// Tests two accounts in every trace and in all together; gives the most surprising outcome, if
    /// any has enough co-actions.
    #[must_use]
    pub fn pair(&self, ledger: &Ledger, a: u32, b: u32, room: &mut Room) -> Option<PairTest> {
        if !self.gather(ledger, a, b, &mut room.meetings) {
            return None;
        }
        let tried = ledger.traces().len() + 1;
        let mut best: Option<PairTest> = None;
        for place in 0..tried {
            let (trace, objects) = if place + 1 < tried {
                let objects = ledger.first_object(place)..ledger.first_object(place + 1);
                (Some(ledger.traces()[place].trace), objects)
            } else {
                (None, 0..u32::MAX)
            };
            room.some.clear();
            let of_trace = |meeting: &&Meeting| objects.contains(&meeting.object);
            room.some.extend(room.meetings.iter().filter(of_trace));
            let Some((observed, objects, expected, log10_p)) = self.outcome(room) else { continue };
            let log10_p = (log10_p + (tried as f64).log10()).min(0.0);
            let window_s = (self.null.window_us / 1_000_000) as u32;
            let test = PairTest { a, b, trace, window_s, observed, objects, expected, log10_p };
            if best.is_none_or(|best| log10_p < best.log10_p) {
                best = Some(test);
            }
        }
        best
    }

    /// Finds where two accounts meet; false where that is too often.
    fn gather(&self, ledger: &Ledger, a: u32, b: u32, meetings: &mut Vec<Meeting>) -> bool {
        meetings.clear();
        let reach = self.null.reach_us();
        let (left, right) = (ledger.of_account(a), ledger.of_account(b));
        let (mut at_left, mut at_right) = (0, 0);
        while at_left < left.len() && at_right < right.len() {
            let (l, r) = (left[at_left], right[at_right]);
            if (l.object, l.at_us) < (r.object, r.at_us.saturating_sub(reach)) {
                at_left += 1;
                continue;
            }
            if (r.object, r.at_us) < (l.object, l.at_us.saturating_sub(reach)) {
                at_right += 1;
                continue;
            }
            for other in &right[at_right..] {
                if other.object != l.object || other.at_us > l.at_us.saturating_add(reach) {
                    break;
                }
                meetings.push(self.meeting(l, *other));
            }
            at_left += 1;
            if meetings.len() > MEETINGS_LIMIT {
                return false;
            }
        }
        true
    }

    fn meeting(&self, left: Entry, right: Entry) -> Meeting {
        let apart_us = (left.at_us - right.at_us).abs();
        let chance = self.null.both_moved(apart_us);
        Meeting { posts: (left.post, right.post), object: left.object, apart_us, chance }
    }

    /// Co-actions, distinct objects, expectation and the logarithm of the chance.
    fn outcome(&self, room: &mut Room) -> Option<(u32, u32, f64, f64)> {
        let Room { some, chances, used, objects, values, .. } = room;
        if some.len() < self.min_objects as usize {
            return None;
        }
        let together = |meeting: &&Meeting| meeting.apart_us <= self.null.window_us;
        objects.clear();
        objects.extend(some.iter().filter(together).map(|meeting| meeting.object));
        objects.sort_unstable();
        objects.dedup();
        if objects.len() < self.min_objects as usize {
            return None;
        }
        some.sort_unstable_by_key(|meeting| (meeting.posts, meeting.object));
        some.dedup_by_key(|meeting| meeting.posts);
        let observed = matched(some, self.null.window_us, used);
        if observed < self.min_objects {
            return None;
        }
        add_up(some, chances);
        let side = if chances.0.len() <= chances.1.len() { &chances.0 } else { &chances.1 };
        values.clear();
        values.extend(side.iter().map(|(_, chance)| chance.min(1.0)));
        let expected: f64 = values.iter().sum();
        let log10_p = if f64::from(observed) < self.min_lift * expected {
            0.0
        } else {
            log10_tail_of_seen(values, observed as usize).max(LOG10_FLOOR)
        };
        Some((observed, objects.len().min(observed as usize) as u32, expected, log10_p))
    }
}

/// How many pairs of posts are together when each post is in one pair at most, the nearest first.
fn matched(meetings: &mut [Meeting], window_us: i64, used: &mut Sides<u32>) -> u32 {
    meetings.sort_unstable_by_key(|meeting| (meeting.apart_us, meeting.posts));
    used.0.clear();
    used.1.clear();
    for meeting in meetings.iter().take_while(|meeting| meeting.apart_us <= window_us) {
        let (left, right) = meeting.posts;
        let place = (used.0.binary_search(&left), used.1.binary_search(&right));
        if let (Err(left_at), Err(right_at)) = place {
            used.0.insert(left_at, left);
            used.1.insert(right_at, right);
        }
    }
    used.0.len() as u32
}

/// For each post of either side, the chance that it comes together with any of the other side:
/// at most the sum over those it meets.
fn add_up(meetings: &[Meeting], chances: &mut Sides<(u32, f64)>) {
    let sum = |into: &mut Vec<(u32, f64)>, post: fn(&Meeting) -> u32| {
        into.clear();
        into.extend(meetings.iter().map(|meeting| (post(meeting), meeting.chance)));
        into.sort_unstable_by(|l, r| l.0.cmp(&r.0).then(l.1.total_cmp(&r.1)));
        into.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            kept.1 += if same { later.1 } else { 0.0 };
            same
        });
    };
    sum(&mut chances.0, |meeting| meeting.posts.0);
    sum(&mut chances.1, |meeting| meeting.posts.1);
}
