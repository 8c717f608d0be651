//! Every limit of the study that is not a parameter, and the record of which were reached.

use super::{Bound, Limit};
use std::collections::BTreeMap;

/// What more new accounts have than this, or than one in [`COMMON_SHARE`] of them, is too common to
/// be searched by.
pub const COMMON: usize = 1_000;
/// See [`COMMON`].
pub const COMMON_SHARE: usize = 200;
/// Followers of an old account that are looked at, the latest.
pub const OLD_FOLLOWERS: usize = 5_000;
/// A follower that follows more new accounts than this is not searched by.
pub const FOLLOWS_NEW: usize = 200;
/// Early followers of a new account that are looked at, the first.
pub const EARLY_FOLLOWERS: usize = 100;
/// Posts of an account that are looked at.
pub const POSTS: usize = 1_000;
/// Characters of a handle, name, bio or post that are looked at.
pub const TEXT_CHARACTERS: usize = 5_000;
/// Characters of an account that are a sample of its style.
pub const STYLE_CHARACTERS: usize = 6_000;
/// Runs of characters of an account that are compared, the most telling.
pub const STYLE_RUNS: usize = 400;
/// Posts that tie a new account to one old handle and are looked at, the first.
pub const MENTIONS: usize = 1_000;
/// Suspended accounts that are compared before a part is kept.
pub const PART: usize = 64;
/// What is known of so many accounts is kept in memory at once.
pub const CARDS: usize = 30_000;
/// Old and new accounts that are drawn to see what is usual, and pairs of them.
pub const SAMPLE_OLD: u64 = 400;
/// See [`SAMPLE_OLD`].
pub const SAMPLE_NEW: u64 = 2_000;
/// See [`SAMPLE_OLD`].
pub const SAMPLE_PAIRS: u64 = 50_000;
/// A word or link is rare if at most one account in a hundred has it: so many nats.
pub const RARE_NATS: f64 = 4.605;
/// Words and links that count for a pair, the rarest.
pub const RAREST: usize = 8;
/// The most surprise that one group can bring, in nats: beyond it a number says nothing more.
pub const MOST_NATS: f64 = 60.0;
/// Facts of one kind that are shown.
pub const FACTS: usize = 8;

/// Fewest distinct hours with a post from which hours are compared.
pub const HOURS_FROM: u32 = 10;
/// Fewest posts with a known program, or language, from which they are compared.
pub const USES_FROM: u32 = 3;
/// Fewest characters from which style is compared.
pub const STYLE_FROM: usize = 300;
/// Handles of fewer characters are words that posts hold anyway.
pub const MENTIONED_CHARACTERS: usize = 4;
/// Fewest pairs of a sample from which it says what is usual.
pub const SAMPLE_FROM: usize = 100;

/// Which limits were reached.
#[derive(Debug, Clone, Default)]
pub struct Reached(BTreeMap<Limit, Bound>);

impl Reached {
    /// Takes down that a limit was reached so many times; none changes nothing.
    pub fn add(&mut self, limit: Limit, value: usize, times: usize, first: &str) {
        if times == 0 {
            return;
        }
        let empty = || Bound { limit, value: value as u64, reached: 0, first: first.to_owned() };
        self.0.entry(limit).or_insert_with(empty).reached += times as u64;
    }

    /// Takes what another record holds, as if it came after.
    pub fn extend(&mut self, bounds: &[Bound]) {
        for bound in bounds {
            self.add(bound.limit, bound.value as usize, bound.reached as usize, &bound.first);
        }
    }

    /// The limits, in the order of [`Limit`].
    pub fn into_bounds(self) -> Vec<Bound> {
        self.0.into_values().collect()
    }
}
