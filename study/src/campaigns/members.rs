//! Who belongs to a group that acted together: each account against all others of the group.
//!
//! A pair says little where each takes part now and then. An account is therefore tested against
//! the group as a whole: how many of its posts came within the window of what others of the group
//! did with the same object, and how many would have, were each of its posts a little earlier or
//! later, and everybody else's where they are. Accounts that the pairs did not bring in are tested
//! too, and levels are held over all that are. Such an account must have acted with a fair part of
//! the group, or mostly with accounts of the group: else two campaigns that share a few
//! accounts would grow into each other.
//!
//! At last the group is held against the crowd: where other people were on the same objects around
//! the same time and were as near to the group as its members are, being near is no surprise. That
//! is what tells a campaign on a hashtag from the goal that everybody cheered at.

use super::clusters::joined;
use super::ledger::{Entry, Ledger};
use super::null::Null;
use super::pairs::PairTest;
use super::significance::{levels, log10_tail_of_seen};
use super::traces::Trace;
use crate::{Stopped, Watch, step};
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

/// What the null model says of the crowd weighs as much as so many of its actions.
const CROWD_PRIOR: f64 = 10.0;
/// An account that comes to a group acted with at least this part of it.
const PARTNERS: f64 = 0.4;
/// So often a group may grow, and so often be held against the crowd.
const ROUNDS: usize = 4;

/// What one account did together with its group, in the window where it was most surprising.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// The account.
    pub account: u32,
    /// Its posts that came within the window of what others of the group did.
    pub observed: u32,
    /// On how many distinct objects.
    pub objects: u32,
    /// How many would have come by chance.
    pub expected: f64,
    /// The base-10 logarithm of the chance of as many, times what was tried.
    pub log10_p: f64,
    /// The smallest false-discovery level at which it is significant, among all that were tested.
    pub level: f64,
    /// The trace; none for all traces together.
    pub trace: Option<Trace>,
    /// The window, in seconds.
    pub window_s: u32,
}

/// How accounts are tested against a group.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The null model of each window.
    pub nulls: Vec<Null>,
    /// On how many objects, in how many posts, an account must have acted with the group.
    pub min_objects: u32,
    /// How many accounts a group has at least.
    pub min_accounts: usize,
    /// The accepted share of falsely listed accounts.
    pub false_discovery: f64,
    /// How many times as often as by chance an account must have acted with its group.
    pub min_lift: f64,
}

/// Against what the accounts of a group are held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Against {
    /// The null model alone, while accounts may still come to the group.
    Null,
    /// The null model, and those who are on the same objects without being in the group.
    Crowd,
}

/// A group with the evidence on each of its accounts, by account.
pub type Group = Vec<Member>;

/// Lets groups grow and shrink until each account that is in one is significant there. Gives the
/// groups that are left, of those given or joined from them.
///
/// # Errors
/// [`Stopped`] where the watcher says so.
pub fn settle(
    ledger: &Ledger,
    rules: &Rules,
    pairs: &[PairTest],
    seeds: &[Vec<u32>],
    watch: &mut dyn Watch,
) -> Result<Vec<Group>, Stopped> {
    let ties = ties(pairs);
    let mut groups = joined(seeds);
    let mut settled = Vec::new();
    for round in 0..2 * ROUNDS {
        let against = if round < ROUNDS { Against::Null } else { Against::Crowd };
        settled = test_all(ledger, rules, &ties, &groups, against, watch)?;
        let accounts = |group: &Group| group.iter().map(|member| member.account).collect();
        let next: Vec<Vec<u32>> = settled.iter().map(accounts).collect();
        let mut next = joined(&next);
        next.retain(|group| group.len() >= rules.min_accounts);
        let still = next == groups;
        groups = next;
        if still && against == Against::Crowd {
            break;
        }
    }
    settled.retain(|group| group.len() >= rules.min_accounts);
    Ok(settled)
}

/// With whom each account has a significant pair.
type Ties = HashMap<u32, Vec<u32>>;

fn ties(pairs: &[PairTest]) -> Ties {
    let mut ties = Ties::new();
    for pair in pairs {
        ties.entry(pair.a).or_default().push(pair.b);
        ties.entry(pair.b).or_default().push(pair.a);
    }
    ties
}

/// Tests every group, and keeps of each the accounts that are significant over all groups.
fn test_all(
    ledger: &Ledger,
    rules: &Rules,
    ties: &Ties,
    groups: &[Vec<u32>],
    against: Against,
    watch: &mut dyn Watch,
) -> Result<Vec<Group>, Stopped> {
    let stage = match against {
        Against::Null => "grow_groups",
        Against::Crowd => "compare_with_crowd",
    };
    let mut tested: Vec<Group> = Vec::new();
    let mut family = 0;
    for (done, accounts) in groups.iter().enumerate() {
        step(watch, stage, done as u64, groups.len() as u64)?;
        let near = Nearby::new(ledger, rules, accounts);
        let asked = match against {
            Against::Null => near.asked(ties),
            Against::Crowd => accounts.clone(),
        };
        family += asked.len() as u64;
        let mut tester = Tester { near: &near, against, crowds: HashMap::new() };
        tested.push(asked.iter().filter_map(|account| tester.test(*account)).collect());
    }
    let chances: Vec<f64> = tested.iter().flatten().map(|member: &Member| member.log10_p).collect();
    let mut level = levels(&chances, family).into_iter();
    for group in &mut tested {
        for member in group.iter_mut() {
            member.level = level.next().unwrap_or(1.0);
        }
        group.retain(|member| member.level <= rules.false_discovery);
    }
    Ok(tested)
}

/// A group and its actions by object.
struct Nearby<'a> {
    ledger: &'a Ledger,
    rules: &'a Rules,
    accounts: &'a [u32],
    /// Object, time and account of every action of the group, ascending.
    actions: Vec<(u32, i64, u32)>,
}

impl<'a> Nearby<'a> {
    fn new(ledger: &'a Ledger, rules: &'a Rules, accounts: &'a [u32]) -> Self {
        let of = |account: &u32| {
            let account = *account;
            let entries = ledger.of_account(account).iter();
            entries.map(move |entry| (entry.object, entry.at_us, account))
        };
        let mut actions: Vec<(u32, i64, u32)> = accounts.iter().flat_map(of).collect();
        actions.sort_unstable();
        Self { ledger, rules, accounts, actions }
    }

    /// The group's actions on an object from one time to another, both included.
    fn on(&self, object: u32, from_us: i64, to_us: i64) -> &[(u32, i64, u32)] {
        let begin = self.actions.partition_point(|action| (action.0, action.1) < (object, from_us));
        let rest = &self.actions[begin..];
        let length = rest.partition_point(|action| (action.0, action.1) <= (object, to_us));
        &rest[..length]
    }

    /// The group itself and every account that came near it in enough posts to be tested.
    fn asked(&self, ties: &Ties) -> Vec<u32> {
        let widest = self.rules.nulls.iter().map(|null| null.window_us).max().unwrap_or(0);
        let mut near: Vec<(u32, u32)> = Vec::new();
        let mut at = 0;
        while at < self.actions.len() {
            let object = self.actions[at].0;
            let length = self.actions[at..].partition_point(|action| action.0 == object);
            self.near_object(&self.actions[at..at + length], widest, &mut near);
            at += length;
        }
        near.sort_unstable();
        near.dedup();
        let mut asked: Vec<u32> = near
            .chunk_by(|left, right| left.0 == right.0)
            .filter(|posts| posts.len() >= self.rules.min_objects as usize)
            .map(|posts| posts[0].0)
            .filter(|account| self.may_come(*account, widest, ties))
            .collect();
        asked.extend(self.accounts);
        asked.sort_unstable();
        asked.dedup();
        asked
    }

    fn has(&self, account: u32) -> bool {
        self.accounts.binary_search(&account).is_ok()
    }

    /// Whether an account belongs here rather than elsewhere: most of its significant pairs do, or
    /// most of those with whom it ever acted, or it acted with a fair part of the group.
    fn may_come(&self, account: u32, widest: i64, ties: &Ties) -> bool {
        let tied = ties.get(&account).map_or(&[][..], Vec::as_slice);
        let within = tied.iter().filter(|other| self.has(**other)).count();
        if self.has(account) || (within > 0 && within * 2 >= tied.len()) {
            return true;
        }
        let mut partners: Vec<u32> = Vec::new();
        let (mut here, mut anywhere) = (0, 0);
        for entry in self.ledger.of_account(account) {
            let (from_us, to_us) = (entry.at_us - widest, entry.at_us + widest);
            let around = self.on(entry.object, from_us, to_us);
            partners.extend(around.iter().map(|action| action.2));
            here += around.len();
            anywhere += self.ledger.between(entry.object, from_us, to_us).len() - 1;
        }
        partners.sort_unstable();
        partners.dedup();
        here * 2 >= anywhere || partners.len() as f64 >= PARTNERS * self.accounts.len() as f64
    }

    /// Accounts and posts that came near the group's actions on one object.
    fn near_object(&self, own: &[(u32, i64, u32)], widest: i64, near: &mut Vec<(u32, u32)>) {
        let (actions, rows) = self.ledger.rows_of(own[0].0);
        let mut next = rows.start;
        for (_, at_us, _) in own {
            let times = &actions.at_us[next..rows.end];
            next += times.partition_point(|time| *time < at_us.saturating_sub(widest));
            let mut row = next;
            while row < rows.end && actions.at_us[row] <= at_us.saturating_add(widest) {
                near.push((actions.account[row], actions.post[row]));
                row += 1;
            }
            next = row;
        }
    }
}

/// Tests accounts against one group.
struct Tester<'a> {
    near: &'a Nearby<'a>,
    against: Against,
    /// By object and window, the crowd on it.
    crowds: HashMap<(u32, i64), Crowd>,
}

impl Tester<'_> {
    /// The most surprising outcome over all windows and traces, if any has enough co-actions.
    fn test(&mut self, account: u32) -> Option<Member> {
        let near = self.near;
        let entries = near.ledger.of_account(account);
        let shared = |entry: &&Entry| !near.on(entry.object, i64::MIN, i64::MAX).is_empty();
        let mut entries: Vec<Entry> = entries.iter().filter(shared).copied().collect();
        entries.sort_unstable_by_key(|entry| (entry.at_us, entry.post, entry.object));
        let traces = near.ledger.traces();
        let tried = ((traces.len() + 1) * near.rules.nulls.len()) as f64;
        let mut best: Option<Member> = None;
        for null in &near.rules.nulls {
            for place in 0..=traces.len() {
                let trace = traces.get(place).map(|actions| actions.trace);
                let of_trace =
                    |entry: &&Entry| trace.is_none() || near.ledger.place_of(entry.object) == place;
                let some: Vec<Entry> = entries.iter().filter(of_trace).copied().collect();
                let Some(member) = self.outcome(account, &some, *null) else { continue };
                let log10_p = (member.log10_p + tried.log10()).min(0.0);
                if best.is_none_or(|best| log10_p < best.log10_p) {
                    best = Some(Member { log10_p, trace, ..member });
                }
            }
        }
        best
    }

    fn outcome(&mut self, account: u32, entries: &[Entry], null: Null) -> Option<Member> {
        if entries.len() < self.near.rules.min_objects as usize {
            return None;
        }
        let mut chances = Vec::new();
        let mut objects = Vec::new();
        let mut observed = 0;
        let mut last: Option<Entry> = None;
        for post in entries.chunk_by(|left, right| left.post == right.post) {
            let again = |last: Entry| {
                post[0].at_us - last.at_us <= null.window_us
                    && post.iter().any(|entry| entry.object == last.object)
            };
            if last.is_some_and(again) {
                continue;
            }
            last = Some(post[0]);
            let (chance, hit) = self.post(account, post, null);
            chances.push(chance);
            if let Some(object) = hit {
                observed += 1;
                objects.push(object);
            }
        }
        objects.sort_unstable();
        objects.dedup();
        let least = self.near.rules.min_objects;
        let expected: f64 = chances.iter().sum();
        let enough = observed >= least
            && objects.len() >= least as usize
            && f64::from(observed) >= self.near.rules.min_lift * expected;
        enough.then(|| Member {
            account,
            observed,
            objects: objects.len() as u32,
            expected,
            log10_p: log10_tail_of_seen(&chances, observed as usize),
            level: 1.0,
            trace: None,
            window_s: (null.window_us / 1_000_000) as u32,
        })
    }

    /// The chance that a post comes near the group, and on which object it did.
    fn post(&mut self, account: u32, post: &[Entry], null: Null) -> (f64, Option<u32>) {
        let reach = null.jitter_us + null.window_us + null.unit_us;
        let at_us = post[0].at_us;
        let mut times = Vec::new();
        let mut hit = None;
        for entry in post {
            let around = self.near.on(entry.object, at_us - reach, at_us + reach);
            let others = around.iter().filter(|action| action.2 != account);
            for (_, time, _) in others {
                times.push(*time);
                if (time - at_us).abs() <= null.window_us {
                    hit = hit.or(Some(entry.object));
                }
            }
        }
        times.sort_unstable();
        let mut chance = null.one_moved(at_us, times);
        if self.against == Against::Crowd {
            for entry in post {
                chance = chance.max(self.by_crowd(entry.object, at_us, null, chance));
            }
        }
        (chance, hit)
    }

    /// How large a share of the other people on an object, around a time, was near the group.
    fn by_crowd(&mut self, object: u32, at_us: i64, null: Null, chance: f64) -> f64 {
        let near = self.near;
        let crowd = self
            .crowds
            .entry((object, null.window_us))
            .or_insert_with(|| Crowd::new(near, object, null));
        let (others, together) = crowd.around(at_us, null.jitter_us);
        (together + CROWD_PRIOR * chance) / (others + CROWD_PRIOR)
    }
}

/// Those on an object who are not in the group.
struct Crowd {
    times_us: Vec<i64>,
    /// How many of those before each place were near the group.
    near: Vec<u32>,
}

impl Crowd {
    fn new(nearby: &Nearby<'_>, object: u32, null: Null) -> Self {
        let (actions, rows) = nearby.ledger.rows_of(object);
        let (mut times_us, mut near) = (Vec::new(), vec![0]);
        for row in rows {
            if nearby.has(actions.account[row]) {
                continue;
            }
            let at_us = actions.at_us[row];
            let group = nearby.on(object, at_us - null.window_us, at_us + null.window_us);
            times_us.push(at_us);
            near.push(near[near.len() - 1] + u32::from(!group.is_empty()));
        }
        Self { times_us, near }
    }

    /// How many acted around a time, and how many of them near the group.
    fn around(&self, at_us: i64, jitter_us: i64) -> (f64, f64) {
        let begin = self.times_us.partition_point(|time| *time < at_us - jitter_us);
        let end = self.times_us.partition_point(|time| *time <= at_us + jitter_us);
        ((end - begin) as f64, f64::from(self.near[end] - self.near[begin]))
    }
}
