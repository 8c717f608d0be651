//! Ordinary explanations of why accounts act together.
//!
//! Nothing here is hidden: a group with an explanation is listed with all its evidence, beside the
//! findings. Two explanations are declared by people, the operator who sets accounts apart and
//! names programs that post by themselves; they hold for every group. Two are read off the
//! evidence, and hold only for groups that came together within an hour and not within seconds:
//!
//! - **A timetable**: on each of several days once, at the same time of day. Lessons, prayers,
//!   broadcasts and apps have timetables.
//! - **An audience**: nearly all that they passed on was written by one account that has other
//!   readers too. Whoever reads somebody passes on what that one writes, soon after it is written.
//!   Whoever nobody else reads is a group's own mouthpiece.

use super::evidence::Found;
use super::findings::{Basis, Explanation};
use super::ledger::Ledger;
use super::traces::Trace;
use crate::Dataset;
use crate::dataset::NONE;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

const DAY_US: i64 = 86_400_000_000;
/// A timetable has at least so many days: as many as a group must have occasions.
const LEAST_DAYS: usize = 3;
/// All its times are within this part of a day.
const PART_OF_DAY: i64 = 6;
/// What lies no further apart is one occasion: a lesson takes several gatherings.
const ONE_OCCASION_US: i64 = 3_600_000_000;
/// An audience passes on so large a share of what it passes on from one account.
const AUDIENCE_SHARE: f64 = 0.8;
/// So many times as many as the group follow an account that is no mouthpiece of the group.
const FOLLOWERS: u64 = 5;

/// The first explanation that holds, if any does. What declared programs post is studied apart (see
/// [`super::actions`]) and has its explanation from there.
#[must_use]
pub fn explanation(dataset: &Dataset, ledger: &Ledger, found: &Found) -> Option<Explanation> {
    set_apart(dataset, found).or_else(|| match found.basis {
        Basis::Gathering => timetable(found).or_else(|| audience(dataset, ledger, found)),
        Basis::CoAction | Basis::Template | Basis::Deletion => None,
    })
}

/// Most of the accounts are set apart.
fn set_apart(dataset: &Dataset, found: &Found) -> Option<Explanation> {
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for member in &found.members {
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

/// There is one occasion on each of several days, at one time of day.
fn timetable(found: &Found) -> Option<Explanation> {
    let mut occasions = found.occasions.clone();
    occasions.sort_unstable();
    occasions.dedup_by(|later, kept| {
        let is_one = later.0.saturating_sub(kept.1) <= ONE_OCCASION_US;
        kept.1 = if is_one { kept.1.max(later.1) } else { kept.1 };
        is_one
    });
    let middles: Vec<i64> =
        occasions.iter().map(|(from_us, to_us)| i64::midpoint(*from_us, *to_us)).collect();
    let mut hours: Vec<i64> = middles.iter().map(|at| at.rem_euclid(DAY_US)).collect();
    hours.sort_unstable();
    let first = *hours.first()?;
    let ends = hours.iter().skip(1).chain([&(first + DAY_US)]).copied().collect::<Vec<_>>();
    let gaps = hours.iter().zip(&ends).map(|(from, to)| to - from);
    let (gap, from_us) = gaps.zip(&ends).max_by_key(|(gap, _)| *gap)?;
    let within = DAY_US - gap;
    let mut days: Vec<i64> = middles.iter().map(|at| (at - from_us).div_euclid(DAY_US)).collect();
    days.sort_unstable();
    days.dedup();
    let is_daily =
        days.len() >= LEAST_DAYS && days.len() == middles.len() && within <= DAY_US / PART_OF_DAY;
    is_daily.then(|| Explanation::Timetable {
        from_s: (from_us.rem_euclid(DAY_US) / 1_000_000) as u32,
        within_s: (within / 1_000_000) as u32,
        days: days.len() as u64,
    })
}

fn audience(dataset: &Dataset, ledger: &Ledger, found: &Found) -> Option<Explanation> {
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
    let is_read = is_audience && has_other_readers(dataset, ledger, found, writer);
    is_read.then(|| Explanation::Audience { of: dataset.accounts.text(writer).to_owned() })
}

/// The accounts of a group, ascending, that did nothing with it but write what it passed on, and
/// have other readers: a group acts upon them. Whoever nobody else reads is its mouthpiece.
#[must_use]
pub fn read_by_others(dataset: &Dataset, ledger: &Ledger, found: &Found) -> Vec<u32> {
    let posts = &dataset.posts;
    let is_passed_on = |post: u32| {
        posts.repost_of[post as usize] == NONE
            && ledger
                .objects_of(post)
                .iter()
                .any(|object| ledger.trace_of(*object) == (Trace::Repost, posts.id[post as usize]))
    };
    let mut only_wrote: BTreeMap<u32, bool> = BTreeMap::new();
    for post in &found.posts {
        let account = posts.account[*post as usize];
        *only_wrote.entry(account).or_insert(true) &= is_passed_on(*post);
    }
    let is_read = |account: u32| has_other_readers(dataset, ledger, found, account);
    let writers = only_wrote.into_iter().filter(|(_, only)| *only).map(|(account, _)| account);
    writers.filter(|account| is_read(*account)).collect()
}

/// Whether as many others as there are in a group passed on what an account wrote, or many times as
/// many follow it.
fn has_other_readers(dataset: &Dataset, ledger: &Ledger, found: &Found, writer: u32) -> bool {
    let posts = &dataset.posts;
    let followers = dataset.profile(writer).and_then(|of| of.followers).unwrap_or(0);
    if followers >= FOLLOWERS * found.members.len() as u64 {
        return true;
    }
    let is_member =
        |account: &u32| found.members.binary_search_by_key(account, |of| of.account).is_ok();
    let mut others = BTreeSet::new();
    for entry in ledger.of_account(writer) {
        let own = posts.repost_of[entry.post as usize] == NONE;
        if own && ledger.trace_of(entry.object).0 == Trace::Repost {
            let (actions, rows) = ledger.rows_of(entry.object);
            let readers = actions.account[rows].iter().copied();
            others.extend(readers.filter(|account| *account != writer && !is_member(account)));
        }
    }
    others.len() >= found.members.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaigns::evidence::Together;
    use crate::campaigns::members::Member;
    use crate::dataset::{Builder, PostRow, Profile, ProfileRow};

    const HOUR_US: i64 = 3_600_000_000;

    fn member(account: u32) -> Member {
        Member {
            account,
            observed: 3,
            objects: 3,
            expected: 0.1,
            log10_p: -3.0,
            level: 0.01,
            trace: None,
            window_s: 600,
        }
    }

    fn found(members: &[Member], occasions: Vec<(i64, i64)>) -> Found {
        let members = members.to_vec();
        Found {
            basis: Basis::Gathering,
            members,
            visitors: Vec::new(),
            pairs: Vec::new(),
            posts: Vec::new(),
            objects: BTreeMap::new(),
            occasions,
        }
    }

    #[test]
    fn a_timetable_is_daily_and_at_one_time() {
        type Case<'a> = (&'a [(i64, i64)], Option<(u32, u32, u64)>);
        let cases: [Case<'_>; 8] = [
            (&[], None),
            (&[(0, 10), (1, 10), (1, 11)], None),
            (&[(0, 10), (1, 10), (2, 11)], Some((36_000, 3_600, 3))),
            // Twice on one day is not daily, but the same time told twice is.
            (&[(0, 10), (1, 10), (2, 10), (2, 12)], None),
            (&[(0, 10), (1, 10), (2, 10), (2, 10)], Some((36_000, 0, 3))),
            (&[(0, 10), (1, 12), (2, 10), (3, 14)], Some((36_000, 14_400, 4))),
            (&[(0, 10), (1, 12), (2, 10), (3, 15)], None),
            (&[(0, 23), (2, 1), (3, 23), (5, 1)], Some((82_800, 7_200, 4))),
        ];
        for (given, expected) in cases {
            let at = |(day, hour): &(i64, i64)| day * DAY_US + hour * HOUR_US;
            let occasions = given.iter().map(|of| (at(of) - 60, at(of) + 60)).collect();
            let expected = expected.map(|(from_s, within_s, days)| Explanation::Timetable {
                from_s,
                within_s,
                days,
            });
            assert_eq!(timetable(&found(&[], occasions)), expected, "{given:?}");
        }
    }

    #[test]
    fn most_accounts_must_be_set_apart() {
        let check = |reasons: &[&str], expected: Option<&[&str]>| {
            let mut builder = Builder::new();
            for (n, reason) in reasons.iter().enumerate() {
                let profile = Profile { set_apart: (*reason).to_owned(), ..Profile::default() };
                builder.profile(ProfileRow { id: &n.to_string(), profile });
            }
            let dataset = builder.build();
            let members: Vec<Member> = (0..reasons.len() as u32).map(member).collect();
            let expected = expected.map(|reasons| Explanation::SetApart {
                reasons: reasons.iter().map(|reason| (*reason).to_owned()).collect(),
            });
            assert_eq!(set_apart(&dataset, &found(&members, Vec::new())), expected);
        };
        check(&["", ""], None);
        check(&["newsroom", ""], None);
        check(&["newsroom", "", "newsroom", "choir"], Some(&["newsroom", "choir"]));
    }

    fn row<'a>(id: &'a str, account: &'a str, of: Option<&'a str>) -> PostRow<'a> {
        PostRow { id, account, repost_of: of, ..PostRow::default() }
    }

    #[test]
    fn an_audience_reads_somebody_whom_others_read_too() {
        // Five friends pass on what one account writes; so do so many others, or so many follow it.
        let check = |others: usize, followers: u64, expected: bool| {
            let mut builder = Builder::new();
            for n in 0..4 {
                let id = format!("p{n}");
                builder.post(&row(&id, "writer", None));
                for reader in 0..5 + others {
                    let (own, name) = (format!("q{n}-{reader}"), format!("r{reader}"));
                    builder.post(&row(&own, &name, Some(id.as_str())));
                }
            }
            builder.post(&PostRow { text: "alone", ..row("zz", "writer", None) });
            let profile = Profile { followers: Some(followers), ..Profile::default() };
            builder.profile(ProfileRow { id: "writer", profile });
            let dataset = builder.build();
            let actions = crate::campaigns::actions::taken(
                &dataset,
                Trace::Repost,
                &crate::campaigns::traces::TextRules::default(),
            );
            let ledger = Ledger::new(vec![actions], dataset.accounts.len(), dataset.posts.len());
            let number = |n: usize| dataset.accounts.find(&format!("r{n}")).unwrap();
            let mut members: Vec<Member> = (0..5).map(|n| member(number(n))).collect();
            members.sort_by_key(|member| member.account);
            let objects = (0..4).map(|object| (object, Together::default())).collect();
            let found = Found { objects, ..found(&members, Vec::new()) };
            assert_eq!(audience(&dataset, &ledger, &found).is_some(), expected, "{others}");
            // Were it in the group, it would be left out, unless it did more than write.
            let rows = 0..dataset.posts.len() as u32;
            let writer = dataset.accounts.find("writer").unwrap();
            let of_writer = |row: &u32| dataset.posts.account[*row as usize] == writer;
            let wrote = rows.clone().filter(of_writer).count();
            let left_out = |found: Found| read_by_others(&dataset, &ledger, &found);
            let posts: Vec<u32> = rows.filter(|row| !of_writer(row) || *row < 20).collect();
            assert_eq!(wrote, 5);
            let all = Found { posts: (0..dataset.posts.len() as u32).collect(), ..found.clone() };
            assert_eq!(left_out(all), [] as [u32; 0], "{others}");
            let wanted = if expected { vec![writer] } else { Vec::new() };
            assert_eq!(left_out(Found { posts, ..found }), wanted, "{others}");
        };
        check(0, 5, false);
        check(4, 24, false);
        check(5, 5, true);
        check(0, 25, true);
    }
}
