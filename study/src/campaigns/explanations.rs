//! Ordinary explanations of why accounts act together.
//!
//! Nothing here is hidden: a group with an explanation is listed with all its evidence, beside the
//! findings. Two explanations are declared by people, the operator who sets accounts apart and
//! names programs that post by themselves; they hold for every group. Two are read off the
//! evidence, and hold only for groups that came together within an hour and not within seconds:
//!
//! - **A timetable**: on each of several days once, at the same time of day. Lessons, prayers,
//!   broadcasts and apps have timetables.
//! - **An audience**: nearly all that they passed on was written by one account that is not among
//!   them. Whoever reads somebody passes on what that one writes, soon after it is written.

use super::evidence::Found;
use super::findings::{Basis, Explanation};
use super::ledger::Ledger;
use super::traces::Trace;
use crate::Dataset;
use crate::dataset::NONE;
use std::cmp::Reverse;
use std::collections::BTreeMap;

const DAY_US: i64 = 86_400_000_000;
/// A timetable has at least so many days.
const LEAST_DAYS: usize = 4;
/// All its times are within this part of a day.
const PART_OF_DAY: i64 = 6;
/// An audience passes on so large a share of what it passes on from one account.
const AUDIENCE_SHARE: f64 = 0.8;

/// The first explanation that holds, if any does. What declared programs post is studied apart (see
/// [`super::actions`]) and has its explanation from there.
#[must_use]
pub fn explanation(dataset: &Dataset, ledger: &Ledger, found: &Found<'_>) -> Option<Explanation> {
    set_apart(dataset, found).or_else(|| match found.basis {
        Basis::Gathering => timetable(found).or_else(|| audience(dataset, ledger, found)),
        Basis::CoAction | Basis::Template | Basis::Deletion => None,
    })
}

/// Most of the accounts are set apart.
fn set_apart(dataset: &Dataset, found: &Found<'_>) -> Option<Explanation> {
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for member in found.members {
        let reason = dataset.profile(member.account).map_or("", |of| of.set_apart.as_str());
        *reasons.entry(reason).or_default() += 1;
    }
    reasons.remove("");
    if reasons.values().sum::<usize>() * 2 <= found.members.len() {
        return None;
    }
    let mut reasons: Vec<(&str, usize)> = reasons.into_iter().collect();
    reasons.sort_by_key(|(reason, count)| (Reverse(*count), *reason));
    let reasons = reasons.into_iter().map(|(reason, _)| reason.to_owned()).collect();
    Some(Explanation::SetApart { reasons })
}

/// The most frequent program of some posts and its share, where any is known.
pub(super) fn one_client<'a>(dataset: &'a Dataset, posts: &[u32]) -> Option<(&'a str, f64)> {
    let columns = &dataset.posts;
    let mut by_client: BTreeMap<&str, u64> = BTreeMap::new();
    for post in posts {
        let client = columns.objects.text(columns.client[*post as usize]);
        *by_client.entry(client).or_default() += 1;
    }
    by_client.remove("");
    let known: u64 = by_client.values().sum();
    let (client, most) =
        by_client.into_iter().max_by_key(|(client, count)| (*count, Reverse(*client)))?;
    Some((client, most as f64 / known as f64))
}

fn timetable(found: &Found<'_>) -> Option<Explanation> {
    let middles: Vec<i64> =
        found.occasions.iter().map(|(from_us, to_us)| i64::midpoint(*from_us, *to_us)).collect();
    let mut days: Vec<i64> = middles.iter().map(|at| at.div_euclid(DAY_US)).collect();
    days.sort_unstable();
    days.dedup();
    let mut hours: Vec<i64> = middles.iter().map(|at| at.rem_euclid(DAY_US)).collect();
    hours.sort_unstable();
    let first = *hours.first()?;
    let ends = hours.iter().skip(1).chain([&(first + DAY_US)]).copied().collect::<Vec<_>>();
    let gaps = hours.iter().zip(&ends).map(|(from, to)| to - from);
    let (gap, from_us) = gaps.zip(&ends).max_by_key(|(gap, _)| *gap)?;
    let within = DAY_US - gap;
    let is_daily = days.len() >= LEAST_DAYS && within <= DAY_US / PART_OF_DAY;
    is_daily.then(|| Explanation::Timetable {
        from_s: (from_us.rem_euclid(DAY_US) / 1_000_000) as u32,
        within_s: (within / 1_000_000) as u32,
        days: days.len() as u64,
    })
}

fn audience(dataset: &Dataset, ledger: &Ledger, found: &Found<'_>) -> Option<Explanation> {
    let posts = &dataset.posts;
    let mut written_by: BTreeMap<u32, usize> = BTreeMap::new();
    let mut reposts = 0;
    for object in found.objects.keys() {
        let (trace, id) = ledger.trace_of(*object);
        if trace == Trace::Repost {
            reposts += 1;
            let (actions, rows) = ledger.rows_of(*object);
            let original = rows.clone().find(|row| {
                let post = actions.post[*row] as usize;
                posts.repost_of[post] == NONE && posts.id[post] == id
            });
            original.into_iter().for_each(|row| {
                *written_by.entry(actions.account[row]).or_default() += 1;
            });
        }
    }
    let (writer, count) = written_by.into_iter().max_by_key(|(_, count)| *count)?;
    let is_audience = reposts * 2 > found.objects.len()
        && count as f64 >= AUDIENCE_SHARE * f64::from(u32::try_from(reposts).unwrap_or(u32::MAX));
    is_audience.then(|| Explanation::Audience { of: dataset.accounts.text(writer).to_owned() })
}
