//! From seeds to a frontier, level by level, with the way on which each account was found.
//!
//! A snowball finds whoever is well tied to the seeds and misses members who are not: what it
//! reaches is no population. It is the frame from which a sample is drawn, and the path of each
//! account says how the frame leans.

use super::finding::Level;
use super::ties::Ties;
use super::{Error, Reach, Way};
use crate::graph::NOBODY;
use crate::{Watch, step};
use serde::{Deserialize, Serialize};

/// Level of an account that was not found.
pub(super) const NOT_FOUND: u8 = u8::MAX;

/// What was found, by account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Found {
    /// How many steps from a seed, or [`NOT_FOUND`].
    pub(super) level: Vec<u8>,
    /// Who led there; [`NOBODY`] for seeds and those not found.
    pub(super) led_by: Vec<u32>,
    /// By which way, as a place in [`Way::ALL`].
    pub(super) by: Vec<u8>,
    /// The levels.
    pub(super) levels: Vec<Level>,
}

impl Found {
    /// Whether an account is in the frontier.
    pub(super) fn has(&self, account: u32) -> bool {
        self.level[account as usize] != NOT_FOUND
    }

    /// How many are in the frontier.
    pub(super) fn accounts(&self) -> u64 {
        self.levels.iter().map(|level| level.found).sum()
    }

    /// Who led to whom from a seed on, without the account itself.
    pub(super) fn path(&self, account: u32) -> Vec<(u32, Way)> {
        let mut path = Vec::new();
        let mut at = account;
        while self.led_by[at as usize] != NOBODY {
            let way = Way::ALL[usize::from(self.by[at as usize])];
            at = self.led_by[at as usize];
            path.push((at, way));
        }
        path.reverse();
        path
    }
}

/// Goes out from the seeds. An account is found by the lowest number among those one level before
/// that lead to it, by the first way that does.
pub(super) fn snowball(
    ties: &Ties,
    seeds: &[u32],
    reach: &Reach,
    watch: &mut dyn Watch,
) -> Result<Found, Error> {
    let accounts = ties.follows().nodes() as usize;
    let mut found = Found {
        level: vec![NOT_FOUND; accounts],
        led_by: vec![NOBODY; accounts],
        by: vec![0; accounts],
        levels: Vec::new(),
    };
    seeds.iter().for_each(|seed| found.level[*seed as usize] = 0);
    let first = Level { level: 0, found: seeds.len() as u64, left_out: 0, not_followed: 0 };
    found.levels.push(first);
    let mut now = seeds.to_vec();
    let mut links = vec![0_u32; accounts];
    for level in 1..=reach.levels {
        step(watch, "snowball", u64::from(level - 1), reach.levels.into())?;
        let mut next = go_on(ties, &now, level, reach, &mut found, &mut links);
        let room = reach.accounts_at_most.saturating_sub(found.accounts());
        let left_out = keep_closest(&mut next, room, &mut found, &links);
        next.iter().for_each(|account| links[*account as usize] = 0);
        next.sort_unstable();
        let here = Level { level, found: next.len() as u64, left_out, not_followed: 0 };
        found.levels.push(here);
        if next.is_empty() || left_out > 0 {
            break;
        }
        now = next;
    }
    Ok(found)
}

/// Everybody who is found from one level, in the order in which they are found.
fn go_on(
    ties: &Ties,
    now: &[u32],
    level: u8,
    reach: &Reach,
    found: &mut Found,
    links: &mut [u32],
) -> Vec<u32> {
    let mut next = Vec::new();
    let mut not_followed = 0;
    for from in now {
        for way in &reach.ways {
            let to = ties.from(*from, *way);
            if to.len() > reach.ties_at_most as usize {
                not_followed += 1;
                continue;
            }
            for account in to.iter().map(|account| *account as usize) {
                if found.level[account] == NOT_FOUND {
                    found.level[account] = level;
                    found.led_by[account] = *from;
                    found.by[account] = *way as u8;
                    next.push(account as u32);
                }
                links[account] += u32::from(found.level[account] == level);
            }
        }
    }
    if let Some(before) = found.levels.last_mut() {
        before.not_followed = not_followed;
    }
    next
}

/// Where there is not room for all, keeps those that most ties lead to, then the lowest numbers.
fn keep_closest(next: &mut Vec<u32>, room: u64, found: &mut Found, links: &[u32]) -> u64 {
    if next.len() as u64 <= room {
        return 0;
    }
    next.sort_unstable_by_key(|account| (u32::MAX - links[*account as usize], *account));
    let left_out = next.split_off(room as usize);
    for account in &left_out {
        found.level[*account as usize] = NOT_FOUND;
        found.led_by[*account as usize] = NOBODY;
    }
    left_out.len() as u64
}

#[cfg(test)]
#[path = "snowball_tests.rs"]
mod tests;
