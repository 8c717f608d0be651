//! Posts that are deleted almost as soon as they are made, by several accounts at once.
//!
//! Ephemeral floods reach the lists of trends and leave nothing to be seen. People delete at once
//! too, to mend a typing error. An account is looked at where it did so in more of its posts than
//! the share of such posts in the whole dataset explains (a binomial tail, false discoveries held
//! over all accounts); [`super::gatherings`] then looks for company among these posts alone.

use super::parameters::DeletionParameters;
use super::significance::levels;
use crate::dataset::Posts;
use crate::stats::binomial_ln_upper;
use std::f64::consts::LN_10;

/// The posts deleted at once by accounts that do so unusually often, in the order of time.
/// An account has at least `least` of them.
#[must_use]
pub fn find(
    posts: &Posts,
    rules: &DeletionParameters,
    least: u32,
    false_discovery: f64,
) -> Vec<u32> {
    let within_us = i64::from(rules.within_s) * 1_000_000;
    let is_deleted_at_once = |row: &u32| {
        let deleted = posts.deleted_at_us[*row as usize];
        // One that is said to be deleted before it was made has a wrong date.
        let age_us = deleted.saturating_sub(posts.at_us[*row as usize]);
        deleted != i64::MAX && (0..=within_us).contains(&age_us)
    };
    let rows: Vec<u32> = (0..posts.len() as u32).filter(is_deleted_at_once).collect();
    let accounts = posts.account.iter().max().map_or(0, |account| *account as usize + 1);
    let mut counts = vec![(0_u64, 0_u64); accounts];
    posts.account.iter().for_each(|account| counts[*account as usize].1 += 1);
    rows.iter().for_each(|row| counts[posts.account[*row as usize] as usize].0 += 1);
    let share = rows.len() as f64 / posts.len().max(1) as f64;
    let family = counts.iter().filter(|(_, all)| *all > 0).count() as u64;
    let asked: Vec<usize> =
        (0..accounts).filter(|account| counts[*account].0 >= u64::from(least)).collect();
    let chance = |account: &usize| {
        let (deleted, all) = counts[*account];
        binomial_ln_upper(deleted, all, share) / LN_10
    };
    let chances: Vec<f64> = asked.iter().map(chance).collect();
    let mut is_unusual = vec![false; accounts];
    for (account, level) in asked.iter().zip(levels(&chances, family)) {
        is_unusual[*account] = level <= false_discovery;
    }
    let of_unusual = |row: &u32| is_unusual[posts.account[*row as usize] as usize];
    rows.into_iter().filter(of_unusual).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Builder, PostRow};

    const SECOND: i64 = 1_000_000;

    /// Posts as account, time and age at deletion, in seconds; found are those with these times.
    fn check(given: &[(&str, i64, Option<i64>)], expected: &[i64]) {
        let mut builder = Builder::new();
        for (n, (account, at_s, age_s)) in given.iter().enumerate() {
            builder.post(&PostRow {
                id: &n.to_string(),
                account,
                at_us: at_s * SECOND,
                deleted_at_us: age_s.map(|age_s| (at_s + age_s) * SECOND),
                ..PostRow::default()
            });
        }
        let posts = builder.build().posts;
        let found = find(&posts, &DeletionParameters::default(), 3, 0.01);
        let times: Vec<i64> = found.iter().map(|row| posts.at_us[*row as usize] / SECOND).collect();
        assert_eq!(times, expected);
    }

    #[test]
    fn who_deletes_at_once_more_often_than_others_is_looked_at() {
        check(&[], &[]);
        let names: Vec<String> = (0..30).map(|n| format!("a{n}")).collect();
        let ordinary: Vec<_> =
            (0..300).map(|n| (names[n % 30].as_str(), 1_000 + n as i64, None)).collect();
        check(&ordinary, &[]);
        let with = |more: &[(&'static str, i64, Option<i64>)]| {
            let mut posts: Vec<(&str, i64, Option<i64>)> = more.to_vec();
            posts.extend(&ordinary);
            posts
        };
        let three = [("b", 1, Some(60)), ("b", 2, Some(0)), ("b", 3, Some(9)), ("b", 4, Some(61))];
        check(&with(&three), &[1, 2, 3]);
        check(&with(&three[1..]), &[]);
        // Where everybody does it, nobody is unusual.
        let all: Vec<_> = ordinary.iter().map(|(a, at, _)| (*a, *at, Some(5))).collect();
        check(&all, &[]);
    }
}
