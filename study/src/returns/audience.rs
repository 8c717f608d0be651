//! Who followed the old accounts, and who follows the new ones early.

use super::limits::{EARLY_FOLLOWERS, OLD_FOLLOWERS, Reached};
use super::population::{DAY_US, Old, Population};
use super::{Coverage, Limit};
use crate::Dataset;
use crate::dataset::NONE;
use std::ops::Range;

/// When a follow began, where that is not known.
const UNKNOWN: i64 = i64::MIN;

/// The follows of a dataset, as the study asks for them.
#[derive(Debug, Clone, Default)]
pub struct Audience {
    /// Where the followers of each account begin in `followers`; one more than there are accounts.
    /// Only suspended and new accounts have any here.
    starts: Vec<u32>,
    /// Who follows, and since when.
    followers: Vec<(u32, i64)>,
    /// How many new accounts each account follows.
    follows_new: Vec<u32>,
    /// All of them together.
    total_new: u64,
}

/// A follower of both accounts of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shared {
    /// Its number.
    pub account: u32,
    /// Since when it follows the new account; none where that is not known.
    pub at_us: Option<i64>,
    /// How many new accounts it follows.
    pub follows_new: u32,
}

impl Audience {
    /// Gathers the followers of suspended and new accounts.
    pub fn of(dataset: &Dataset, population: &Population, coverage: &mut Coverage) -> Self {
        let follows = &dataset.follows;
        let accounts = dataset.accounts.len();
        let mut wanted: Vec<bool> = population.place_of.iter().map(|p| *p != NONE).collect();
        population.old.iter().for_each(|old| wanted[old.account as usize] = true);
        let mut starts = vec![0_u32; accounts + 1];
        let mut follows_new = vec![0; accounts];
        for (from, to) in follows.from.iter().zip(&follows.to) {
            starts[*to as usize + 1] += u32::from(wanted[*to as usize]);
            let new = population.place_of[*to as usize] != NONE;
            follows_new[*from as usize] += u32::from(new);
        }
        for account in 1..starts.len() {
            starts[account] += starts[account - 1];
        }
        let mut free = starts.clone();
        let mut followers = vec![(0, UNKNOWN); starts[accounts] as usize];
        for at in (0..follows.from.len()).filter(|at| wanted[follows.to[*at] as usize]) {
            let place = &mut free[follows.to[at] as usize];
            followers[*place as usize] = (follows.from[at], follows.at_us[at]);
            *place += 1;
        }
        let without = followers.iter().filter(|follower| follower.1 == UNKNOWN).count();
        coverage.follows_without_time = without as u64;
        let total_new = follows_new.iter().map(|count| u64::from(*count)).sum();
        Self { starts, followers, follows_new, total_new }
    }

    fn all(&self, account: u32) -> &[(u32, i64)] {
        let account = account as usize;
        &self.followers[self.starts[account] as usize..self.starts[account + 1] as usize]
    }

    /// The followers that an old account had when it was suspended, sorted.
    pub fn old(&self, old: &Old) -> Vec<u32> {
        let before = |follower: &&(u32, i64)| follower.1 <= old.at_us;
        let mut had: Vec<(u32, i64)> =
            self.all(old.account).iter().filter(before).copied().collect();
        if had.len() > OLD_FOLLOWERS {
            had.sort_by_key(|(account, at_us)| (std::cmp::Reverse(*at_us), *account));
            had.truncate(OLD_FOLLOWERS);
        }
        let mut accounts: Vec<u32> = had.into_iter().map(|(account, _)| account).collect();
        accounts.sort_unstable();
        accounts
    }

    /// The first followers of a new account up to an instant, sorted by number; those of unknown
    /// time count as late among them.
    pub fn early(&self, account: u32, until_us: i64) -> Vec<(u32, Option<i64>)> {
        let mut early: Vec<(i64, u32)> = self
            .all(account)
            .iter()
            .filter(|(_, at_us)| *at_us <= until_us)
            .map(|(follower, at_us)| (if *at_us == UNKNOWN { i64::MAX } else { *at_us }, *follower))
            .collect();
        early.sort_unstable();
        early.truncate(EARLY_FOLLOWERS);
        let known = |at_us: i64| (at_us != i64::MAX).then_some(at_us);
        let mut early: Vec<(u32, Option<i64>)> =
            early.into_iter().map(|(at_us, follower)| (follower, known(at_us))).collect();
        early.sort_unstable();
        early
    }

    /// Notes the accounts that have more followers than are looked at.
    pub fn note(&self, dataset: &Dataset, population: &Population, reached: &mut Reached) {
        let mut note = |limit, most: usize, account: u32, until_us: i64| {
            let all = self.all(account).iter().filter(|(_, at_us)| *at_us <= until_us).count();
            reached.add(limit, most, usize::from(all > most), dataset.accounts.text(account));
        };
        for old in &population.old {
            note(Limit::OldFollowers, OLD_FOLLOWERS, old.account, old.at_us);
        }
        for new in &population.new {
            note(Limit::EarlyFollowers, EARLY_FOLLOWERS, new.account, new.until_us);
        }
    }

    /// How many new accounts an account follows.
    pub fn follows_new(&self, account: u32) -> u32 {
        self.follows_new[account as usize]
    }

    /// How many of so many early followers would be among those of an old account, if each follow
    /// of a new account went to any of them alike.
    pub fn expected(&self, old: &[u32], early: usize) -> f64 {
        let follows: u64 = old.iter().map(|account| u64::from(self.follows_new(*account))).sum();
        follows as f64 * early as f64 / self.total_new.max(1) as f64
    }

    /// The followers of both.
    pub fn shared(&self, old: &[u32], early: &[(u32, Option<i64>)]) -> Vec<Shared> {
        let both = early.iter().filter(|(account, _)| old.binary_search(account).is_ok());
        both.map(|(account, at_us)| Shared {
            account: *account,
            at_us: *at_us,
            follows_new: self.follows_new(*account),
        })
        .collect()
    }
}

/// The places in a window of the new accounts that an account followed in their first days.
pub fn followed<'a>(
    dataset: &'a Dataset,
    population: &'a Population,
    account: u32,
    window: &'a Range<u32>,
) -> impl Iterator<Item = u32> + 'a {
    let follows = &dataset.follows;
    let start = follows.from.partition_point(|from| *from < account);
    let end = follows.from.partition_point(|from| *from <= account);
    (start..end).filter_map(move |at| {
        let place = population.place_of[follows.to[at] as usize];
        let inside = place != NONE && window.contains(&place);
        let early = inside && follows.at_us[at] <= population.new[place as usize].until_us;
        early.then_some(place)
    })
}

/// Whether a follow came within a day of the new account's creation.
pub fn within_a_day(shared: &Shared, created_us: i64) -> bool {
    shared.at_us.is_some_and(|at_us| (at_us - created_us) as f64 <= DAY_US)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Builder, FollowRow, Profile, ProfileRow};
    use crate::returns::Parameters;

    const DAY: i64 = DAY_US as i64;

    /// An old account suspended on day 10, two new ones made on days 11 and 12, and their follows.
    fn gathered(
        follows: &[(&str, &str, Option<i64>)],
    ) -> (Dataset, Population, Audience, Coverage) {
        let mut builder = Builder::new();
        for (id, created, suspended) in [("old", 1, Some(10)), ("x", 11, None), ("y", 12, None)] {
            let profile = Profile {
                created_at_us: Some(created * DAY),
                suspended_at_us: suspended.map(|day: i64| day * DAY),
                ..Profile::default()
            };
            builder.profile(ProfileRow { id, profile });
        }
        for (from, to, day) in follows {
            builder.follow(&FollowRow { from, to, at_us: day.map(|day| day * DAY) });
        }
        let dataset = builder.build();
        let mut coverage = Coverage::default();
        let parameters = Parameters { days_before: 2.0, first_days: 5.0, ..Parameters::default() };
        let population =
            Population::of(&dataset, &parameters, &mut coverage, &mut Reached::default());
        let audience = Audience::of(&dataset, &population, &mut coverage);
        (dataset, population, audience, coverage)
    }

    const FOLLOWS: [(&str, &str, Option<i64>); 9] = [
        ("a", "old", Some(5)),
        ("b", "old", None),
        ("c", "old", Some(11)),
        ("a", "x", Some(11)),
        ("b", "x", Some(15)),
        ("c", "x", Some(12)),
        ("a", "y", None),
        ("d", "y", Some(30)),
        ("a", "elsewhere", Some(1)),
    ];

    #[test]
    fn followers_of_both_are_found() {
        let (dataset, population, audience, coverage) = gathered(&FOLLOWS);
        let number = |id: &str| dataset.accounts.find(id).unwrap();
        let old = audience.old(&population.old[0]);
        assert_eq!(old, [number("a"), number("b")], "c came after the suspension");
        let x = population.new[0];
        let early = audience.early(x.account, x.until_us);
        assert_eq!(early.len(), 3);
        let shared = audience.shared(&old, &early);
        assert_eq!(shared.iter().map(|one| one.account).collect::<Vec<_>>(), old);
        assert_eq!((shared[0].follows_new, shared[1].follows_new), (2, 1));
        let soon = |one| within_a_day(one, x.created_us);
        assert_eq!(shared.iter().map(soon).collect::<Vec<_>>(), [true, false]);
        // Three of the five follows of new accounts are by followers of the old one.
        assert!((audience.expected(&old, 3) - 9.0 / 5.0).abs() < 1e-12);
        assert_eq!(coverage.follows_without_time, 2);
        let y = population.new[1];
        assert_eq!(audience.early(y.account, y.until_us), [(number("a"), None)]);
    }

    #[test]
    fn new_accounts_are_found_through_followers() {
        let (dataset, population, ..) = gathered(&FOLLOWS);
        let found = |id: &str, window: Range<u32>| {
            let account = dataset.accounts.find(id).unwrap();
            followed(&dataset, &population, account, &window).collect::<Vec<_>>()
        };
        assert_eq!(found("a", 0..2), [0, 1]);
        assert_eq!(found("a", 1..2), [1]);
        assert!(found("d", 0..2).is_empty(), "too late to be early");
    }

    #[test]
    fn limits_are_noted() {
        let names: Vec<String> = (0..=OLD_FOLLOWERS).map(|n| format!("f{n:05}")).collect();
        let mut follows: Vec<(&str, &str, Option<i64>)> =
            names.iter().map(|name| (name.as_str(), "old", Some(2))).collect();
        follows[0].2 = Some(1);
        follows.extend(names[..=EARLY_FOLLOWERS].iter().map(|n| (n.as_str(), "x", Some(12))));
        let (dataset, population, audience, _) = gathered(&follows);
        let old = audience.old(&population.old[0]);
        assert_eq!(old.len(), OLD_FOLLOWERS);
        let first = dataset.accounts.find("f00000").unwrap();
        assert!(old.binary_search(&first).is_err(), "the earliest is the one left out");
        let mut reached = Reached::default();
        audience.note(&dataset, &population, &mut reached);
        let bounds = reached.into_bounds();
        let noted: Vec<(Limit, u64, &str)> =
            bounds.iter().map(|one| (one.limit, one.reached, one.first.as_str())).collect();
        assert_eq!(noted, [(Limit::OldFollowers, 1, "old"), (Limit::EarlyFollowers, 1, "x")]);
    }
}
