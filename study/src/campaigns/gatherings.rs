//! The same company again and again: coming together within an hour, on one thing after another.
//!
//! Within ten minutes or an hour, interest alone brings people together, and moving posts a little
//! shows nothing. What it does not do is bring together just the same few people, on one object
//! after another, among all who are about. A *gathering* is at least [`LEAST`] accounts on one
//! object within twice the window. Gatherings on different objects are linked where they share more
//! accounts than drawing them by lot from everybody of their language who was about would give.
//! Then every account is tested against the linked gatherings: of those during which it was active
//! at all, to how many did it come, and to how many would anybody have? Only gatherings count to
//! which [`COMPANY`] others of the group came: these would be the group's without the account that
//! is tested, so that nobody's coming chooses what it is tested against.
//!
//! Communities are company too. What this finds is therefore held against three ordinary
//! explanations by [`super::explanations`], which acting within seconds of each other is not.

use super::ledger::Ledger;
use super::members::{MEMBER_LIFT, Member};
use super::significance::{levels, log10_tail_of_seen};
use super::traces::Trace;
use crate::dataset::Posts;
use crate::stats::hypergeometric_ln_upper;
use crate::{Stopped, Watch, step};
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::f64::consts::LN_10;
use std::ops::Range;

/// A gathering has at least so many accounts.
pub const LEAST: usize = 5;
/// A gathering counts for an account where so many others of the group came.
const COMPANY: usize = 4;
/// What all languages together say of those who were about weighs as much as so many of them.
const ABOUT_PRIOR: f64 = 10.0;
/// A gathering of more accounts is a crowd, and not looked at.
const CROWD: usize = 5_000;
/// Two gatherings are linked where they share at least this part of the larger one, so that a crowd
/// does not link all that its people do in smaller companies...
const LINK_SHARE: f64 = 1.0 / 3.0;
/// ... and the chance of as many is below this, as a base-10 logarithm. Links only propose;
/// accounts are tested on their own.
const LINK_LOG10: f64 = -3.0;
/// A group makes up at least this share of each of its gatherings.
const OWN_SHARE: f64 = 0.2;
/// Accounts that come to more gatherings than this link none of them.
const BUSY: usize = 500;
/// So often a group and its gatherings are brought in line.
const ROUNDS: usize = 5;
/// Progress is told after so many objects.
const TOLD_EVERY: u32 = 1 << 12;

/// Accounts on one object within a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gathering {
    /// The object, numbered through all traces; none where they came together without one.
    pub object: Option<u32>,
    /// When the first came, in microseconds since 1970.
    pub from_us: i64,
    /// When the last came, likewise.
    pub to_us: i64,
    /// Who came, ascending.
    pub accounts: Vec<u32>,
    /// With which posts, ascending.
    pub posts: Vec<u32>,
    /// How many accounts of its languages were about.
    pub about: u32,
    /// How many accounts of any language were.
    pub all_about: u32,
}

impl Gathering {
    fn has(&self, account: u32) -> bool {
        self.accounts.binary_search(&account).is_ok()
    }

    /// Whether nobody can have come to both separately: the object is the same, or the times
    /// overlap.
    fn is_one_occasion_with(&self, other: &Self) -> bool {
        (self.object.is_some() && self.object == other.object)
            || (self.from_us <= other.to_us && other.from_us <= self.to_us)
    }

    /// The chance that somebody who was about came, by those who are not of the group: so many of
    /// its accounts came. Few who speak the language may be about; what they say is eked out by
    /// what everybody says, where one more that came and one that did not keep it from 0 and 1.
    fn chance(&self, own: usize) -> f64 {
        let others = (self.accounts.len() - own) as f64;
        let about = |all: u32| (f64::from(all) - own as f64).max(others);
        let of_all = (others + 1.0) / (about(self.all_about) + 2.0);
        (others + ABOUT_PRIOR * of_all) / (about(self.about) + ABOUT_PRIOR)
    }
}

/// What was found in one window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Companies {
    /// The window, in seconds.
    pub window_s: u32,
    /// How many gatherings there were.
    pub gatherings: u64,
    /// Who came together again and again.
    pub companies: Vec<Company>,
}

/// A group that came together again and again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Company {
    /// Its accounts, with the evidence on each.
    pub members: Vec<Member>,
    /// Its gatherings, by time.
    pub gatherings: Vec<Gathering>,
}

/// What is asked of a company.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rules {
    /// The window, in seconds; a gathering lasts at most twice as long.
    pub window_s: u32,
    /// To how many gatherings, on distinct objects, an account must have come.
    pub min_objects: usize,
    /// How many accounts a company has at least.
    pub min_accounts: usize,
    /// The accepted share of falsely listed accounts.
    pub false_discovery: f64,
}

/// Finds companies that come together on objects.
///
/// # Errors
/// [`Stopped`] where the watcher says so.
pub fn on_objects(
    ledger: &Ledger,
    posts: &Posts,
    rules: &Rules,
    watch: &mut dyn Watch,
) -> Result<Companies, Stopped> {
    let about = About::new(posts, rules.length_us());
    let mut gatherings = Vec::new();
    for object in 0..ledger.objects() as u32 {
        if object.is_multiple_of(TOLD_EVERY) {
            step(watch, "find_gatherings", u64::from(object), ledger.objects() as u64)?;
        }
        let (actions, rows) = ledger.rows_of(object);
        gatherings.extend(about.gatherings(Some(object), &actions.post[rows]));
    }
    companies(posts, &distinct(gatherings), rules, |object| Some(ledger.trace_of(object).0), watch)
}

/// Finds companies whose posts, given in several lists each in the order of time, come together
/// without an object.
///
/// # Errors
/// [`Stopped`] where the watcher says so.
pub fn of_posts(
    posts: &Posts,
    lists: &[Vec<u32>],
    rules: &Rules,
    watch: &mut dyn Watch,
) -> Result<Companies, Stopped> {
    let about = About::new(posts, rules.length_us());
    let gatherings: Vec<Gathering> =
        lists.iter().flat_map(|rows| about.gatherings(None, rows)).collect();
    companies(posts, &distinct(gatherings), rules, |_| None, watch)
}

fn companies(
    posts: &Posts,
    gatherings: &[Gathering],
    rules: &Rules,
    trace: impl Fn(u32) -> Option<Trace>,
    watch: &mut dyn Watch,
) -> Result<Companies, Stopped> {
    step(watch, "link_gatherings", 0, 2)?;
    let linked = linked(gatherings, rules);
    step(watch, "link_gatherings", 1, 2)?;
    let mut companies = settled(posts, gatherings, &linked, rules);
    for company in &mut companies {
        name_traces(company, &trace);
    }
    let count = gatherings.len() as u64;
    Ok(Companies { window_s: rules.window_s, gatherings: count, companies })
}

/// Tells the trace of each member, where all that it came to is of one.
fn name_traces(company: &mut Company, trace: impl Fn(u32) -> Option<Trace>) {
    for member in &mut company.members {
        let came = company.gatherings.iter().filter(|gathering| gathering.has(member.account));
        let traces: BTreeSet<Option<Trace>> =
            came.map(|gathering| gathering.object.and_then(&trace)).collect();
        member.trace = traces.first().copied().flatten().filter(|_| traces.len() == 1);
    }
}

impl Rules {
    /// How long a gathering lasts at most, in microseconds.
    fn length_us(&self) -> i64 {
        2 * i64::from(self.window_s) * 1_000_000
    }
}

/// Who was about when: distinct accounts by slot of time, of each language and of all.
struct About<'a> {
    posts: &'a Posts,
    slot_us: i64,
    of_language: HashMap<(i64, u32), u32>,
    of_all: HashMap<i64, u32>,
}

impl<'a> About<'a> {
    fn new(posts: &'a Posts, slot_us: i64) -> Self {
        let slots = posts.at_us.iter().zip(&posts.account).zip(&posts.language);
        let mut seen: Vec<(i64, u32, u32)> = slots
            .map(|((at, account), language)| (at.div_euclid(slot_us), *account, *language))
            .collect();
        seen.sort_unstable();
        seen.dedup();
        let (mut of_language, mut of_all) = (HashMap::new(), HashMap::new());
        for (slot, _, language) in &seen {
            *of_language.entry((*slot, *language)).or_insert(0) += 1;
        }
        for same in seen.chunk_by(|left, right| (left.0, left.1) == (right.0, right.1)) {
            *of_all.entry(same[0].0).or_insert(0) += 1;
        }
        Self { posts, slot_us, of_language, of_all }
    }

    /// How many accounts posted around the middle of some posts, in the languages of these and in
    /// any. Where there are several languages, each counts by its share: so many accounts of one
    /// language would leave as much to chance.
    fn around(&self, rows: &[u32], from_us: i64, to_us: i64) -> (u32, u32) {
        let mut languages: BTreeMap<u32, f64> = BTreeMap::new();
        for row in rows {
            *languages.entry(self.posts.language[*row as usize]).or_default() += 1.0;
        }
        let slot = i64::midpoint(from_us, to_us).div_euclid(self.slot_us);
        let about = |language: u32| {
            self.of_language.get(&(slot, language)).map_or(1.0, |about| f64::from(*about))
        };
        let all: f64 = languages.values().sum();
        let spread: f64 = languages
            .iter()
            .map(|(language, count)| (count / all).powi(2) / about(*language))
            .sum();
        ((1.0 / spread).round() as u32, self.of_all.get(&slot).copied().unwrap_or(0))
    }

    /// The gatherings among posts in the order of time that say something of those who came.
    fn gatherings(&self, object: Option<u32>, rows: &[u32]) -> Vec<Gathering> {
        let mut found = Vec::new();
        let mut left: Vec<Range<usize>> = std::iter::once(0..rows.len()).collect();
        while let Some(range) = left.pop() {
            if range.len() < LEAST {
                continue;
            }
            let (begin, end) = self.densest(&rows[range.clone()]);
            let best = range.start + begin..range.start + end;
            let mut posts = rows[best.clone()].to_vec();
            posts.sort_unstable();
            let came = posts.iter().map(|post| self.posts.account[*post as usize]);
            let accounts: BTreeSet<u32> = came.collect();
            if accounts.len() < LEAST {
                continue;
            }
            let is_crowd = accounts.len() > CROWD;
            left.extend([best.end..range.end, range.start..best.start]);
            let at_us = |row: u32| self.posts.at_us[row as usize];
            let (from_us, to_us) = (at_us(rows[best.start]), at_us(rows[best.end - 1]));
            let (about, all_about) = self.around(&posts, from_us, to_us);
            let accounts = accounts.into_iter().collect();
            let gathering = Gathering { object, from_us, to_us, accounts, posts, about, all_about };
            found.extend((!is_crowd).then_some(gathering));
        }
        found.sort_by_key(|gathering| gathering.from_us);
        found
    }

    /// The stretch of posts, no longer than a gathering, of most accounts, the first of several;
    /// with what these and others post until the time is over.
    fn densest(&self, rows: &[u32]) -> (usize, usize) {
        let at_us = |place: usize| self.posts.at_us[rows[place] as usize];
        let account = |place: usize| self.posts.account[rows[place] as usize];
        let mut inside: HashMap<u32, u32> = HashMap::new();
        let (mut best, mut low) = ((0, 0, 0), 0);
        for high in 0..rows.len() {
            *inside.entry(account(high)).or_default() += 1;
            while at_us(high) - at_us(low) > self.slot_us {
                let count = inside.get_mut(&account(low)).expect("it came in before");
                *count -= 1;
                if *count == 0 {
                    inside.remove(&account(low));
                }
                low += 1;
            }
            if inside.len() > best.0 {
                best = (inside.len(), low, high + 1);
            }
        }
        let last_us = at_us(best.1) + self.slot_us;
        let more = (best.2..rows.len()).take_while(|place| at_us(*place) <= last_us).count();
        (best.1, best.2 + more)
    }
}

/// Leaves out gatherings half of whose posts are in a larger one: a post has text, link and hashtag
/// at once, and is one occasion.
fn distinct(mut gatherings: Vec<Gathering>) -> Vec<Gathering> {
    gatherings.sort_by_key(|of| (usize::MAX - of.posts.len(), of.object, of.from_us));
    let mut of_post: HashMap<u32, Vec<u32>> = HashMap::new();
    let mut shared: BTreeMap<u32, usize> = BTreeMap::new();
    let mut kept: Vec<Gathering> = Vec::new();
    for gathering in gatherings {
        shared.clear();
        let known = gathering.posts.iter().filter_map(|post| of_post.get(post));
        known.flatten().for_each(|place| *shared.entry(*place).or_default() += 1);
        if shared.values().any(|count| count * 2 >= gathering.posts.len()) {
            continue;
        }
        for post in &gathering.posts {
            of_post.entry(*post).or_default().push(kept.len() as u32);
        }
        kept.push(gathering);
    }
    kept.sort_by_key(|gathering| (gathering.from_us, gathering.object, gathering.to_us));
    kept
}

/// Gatherings that hang together by links, as places, each ascending.
fn linked(gatherings: &[Gathering], rules: &Rules) -> Vec<Vec<usize>> {
    let mut of_account: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (place, gathering) in gatherings.iter().enumerate() {
        for account in &gathering.accounts {
            of_account.entry(*account).or_default().push(place as u32);
        }
    }
    let mut shared: HashMap<(u32, u32), u32> = HashMap::new();
    for places in of_account.values().filter(|places| places.len() <= BUSY) {
        for (n, right) in places.iter().enumerate() {
            for left in &places[..n] {
                *shared.entry((*left, *right)).or_insert(0) += 1;
            }
        }
    }
    let mut above: Vec<usize> = (0..gatherings.len()).collect();
    for ((left, right), count) in shared {
        let (left, right) = (left as usize, right as usize);
        if are_linked(&gatherings[left], &gatherings[right], count as usize) {
            tie(&mut above, left, right);
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for place in 0..gatherings.len() {
        let group = top(&mut above, place);
        groups.entry(group).or_default().push(place);
    }
    groups.into_values().filter(|group| group.len() >= rules.min_objects).collect()
}

fn top(above: &mut [usize], mut place: usize) -> usize {
    while above[place] != place {
        above[place] = above[above[place]];
        place = above[place];
    }
    place
}

/// Ties two places; the smaller one stands for both.
fn tie(above: &mut [usize], left: usize, right: usize) {
    let (left, right) = (top(above, left), top(above, right));
    above[left.max(right)] = left.min(right);
}

fn are_linked(left: &Gathering, right: &Gathering, shared: usize) -> bool {
    let (small, large) = (left.accounts.len(), right.accounts.len());
    let enough = shared as f64 >= LINK_SHARE * small.max(large) as f64;
    if left.is_one_occasion_with(right) || shared < 3 || !enough {
        return false;
    }
    let about = u64::from(left.about.max(right.about)).max((small + large) as u64);
    let chance = hypergeometric_ln_upper(shared as u64, about, small as u64, large as u64);
    chance / LN_10 <= LINK_LOG10
}

/// Tests the accounts of linked gatherings, and drops gatherings of which a group is a small part,
/// until nothing changes.
fn settled(
    posts: &Posts,
    gatherings: &[Gathering],
    linked: &[Vec<usize>],
    rules: &Rules,
) -> Vec<Company> {
    let active = Active::new(posts);
    let mut groups: Vec<(Vec<&Gathering>, Vec<Member>)> =
        linked.iter().map(|places| first_group(gatherings, places, rules)).collect();
    for _ in 0..ROUNDS {
        let members = tested(&groups, &active, rules);
        let gatherings = groups.iter().zip(&members).map(|((group, _), own)| chosen(group, own));
        let next = gatherings.collect::<Vec<_>>().into_iter().zip(members).collect();
        let still = next == groups;
        groups = next;
        if still {
            break;
        }
    }
    groups.retain(|(group, members)| stands_out(group, members));
    let companies = groups.into_iter().map(|(mut group, members)| {
        group.sort_by_key(|gathering| (gathering.from_us, gathering.object));
        Company { members, gatherings: group.into_iter().cloned().collect() }
    });
    companies.filter(|company| company.members.len() >= rules.min_accounts).collect()
}

/// Linked gatherings with those who came on enough occasions, before they are tested.
fn first_group<'a>(
    gatherings: &'a [Gathering],
    places: &[usize],
    rules: &Rules,
) -> (Vec<&'a Gathering>, Vec<Member>) {
    let own: Vec<&Gathering> = places.iter().map(|place| &gatherings[*place]).collect();
    let accounts: BTreeSet<u32> =
        own.iter().flat_map(|gathering| gathering.accounts.iter().copied()).collect();
    let often = accounts.into_iter().filter_map(|account| {
        let observed = occasions(own.iter().copied().filter(|of| of.has(account)));
        (observed >= rules.min_objects).then_some(Member {
            account,
            observed: observed as u32,
            objects: observed as u32,
            expected: 0.0,
            log10_p: 0.0,
            level: 1.0,
            trace: None,
            window_s: rules.window_s,
        })
    });
    let members: Vec<Member> = often.collect();
    (chosen(&own, &members), members)
}

/// How many of some gatherings, in the order in which they began, are separate occasions: as many
/// as can be chosen by taking whichever ends first (which is the most that can be, but for
/// gatherings on one object).
fn occasions<'a>(came: impl Iterator<Item = &'a Gathering>) -> usize {
    let mut by_end: Vec<&Gathering> = came.collect();
    by_end.sort_by_key(|gathering| (gathering.to_us, gathering.from_us));
    let mut chosen: Vec<&Gathering> = Vec::new();
    for gathering in by_end {
        if !chosen.iter().any(|other| other.is_one_occasion_with(gathering)) {
            chosen.push(gathering);
        }
    }
    chosen.len()
}

/// The gatherings of which a group is a fair part; of several on one object that to which most of
/// the group came. Who shares an interest for a whole day comes in every hour of it; who acts
/// together comes at once.
fn chosen<'a>(group: &[&'a Gathering], members: &[Member]) -> Vec<&'a Gathering> {
    let mut best: BTreeMap<(Option<u32>, usize), (usize, &'a Gathering)> = BTreeMap::new();
    for (place, gathering) in group.iter().enumerate() {
        let own = own(gathering, members);
        if (own as f64) < OWN_SHARE * gathering.accounts.len() as f64 {
            continue;
        }
        let key = (gathering.object, gathering.object.map_or(place, |_| 0));
        let kept = best.entry(key).or_insert((own, gathering));
        if own > kept.0 {
            *kept = (own, gathering);
        }
    }
    let mut chosen: Vec<&Gathering> = best.into_values().map(|(_, gathering)| gathering).collect();
    chosen.sort_by_key(|gathering| (gathering.from_us, gathering.object));
    chosen
}

/// Whether few stand between a group and everybody else: fewer came twice without being of it than
/// there are in it. In a community there are always more who come now and then.
fn stands_out(group: &[&Gathering], members: &[Member]) -> bool {
    let mut came: BTreeMap<u32, Vec<&Gathering>> = BTreeMap::new();
    for gathering in group {
        gathering.accounts.iter().for_each(|of| came.entry(*of).or_default().push(gathering));
    }
    let is_member =
        |account: u32| members.binary_search_by_key(&account, |member| member.account).is_ok();
    let between = came
        .iter()
        .filter(|(account, _)| !is_member(**account))
        .filter(|(_, gatherings)| occasions(gatherings.iter().copied()) >= 2);
    between.count() < members.len()
}

/// How many of those who came are of a group.
fn own(gathering: &Gathering, members: &[Member]) -> usize {
    members.iter().filter(|member| gathering.has(member.account)).count()
}

/// When each account posted.
struct Active {
    starts: Vec<u32>,
    at_us: Vec<i64>,
}

impl Active {
    fn new(posts: &Posts) -> Self {
        let accounts = posts.account.iter().max().map_or(0, |account| *account as usize + 1);
        let mut starts = vec![0_u32; accounts + 1];
        posts.account.iter().for_each(|account| starts[*account as usize + 1] += 1);
        (0..accounts).for_each(|account| starts[account + 1] += starts[account]);
        let mut next = starts.clone();
        let mut at_us = vec![0; posts.len()];
        for (account, at) in posts.account.iter().zip(&posts.at_us) {
            at_us[next[*account as usize] as usize] = *at;
            next[*account as usize] += 1;
        }
        Self { starts, at_us }
    }

    fn during(&self, account: u32, from_us: i64, to_us: i64) -> bool {
        let account = account as usize;
        let times = &self.at_us[self.starts[account] as usize..self.starts[account + 1] as usize];
        let first = times.partition_point(|at| *at < from_us);
        times.get(first).is_some_and(|at| *at <= to_us)
    }
}

/// The accounts of each group that are significant over all groups.
fn tested(
    groups: &[(Vec<&Gathering>, Vec<Member>)],
    active: &Active,
    rules: &Rules,
) -> Vec<Vec<Member>> {
    let mut family = 0;
    let mut tested: Vec<Vec<Member>> = Vec::new();
    for (group, members) in groups {
        let with_own: Vec<(&Gathering, usize)> =
            group.iter().map(|gathering| (*gathering, own(gathering, members))).collect();
        let accounts: BTreeSet<u32> =
            group.iter().flat_map(|gathering| gathering.accounts.iter().copied()).collect();
        family += accounts.len() as u64;
        let is_member =
            |account: u32| members.binary_search_by_key(&account, |member| member.account).is_ok();
        let test = |account: &u32| {
            let own = usize::from(is_member(*account));
            test(&with_own, own, active, rules, *account)
        };
        tested.push(accounts.iter().filter_map(test).collect());
    }
    let chances: Vec<f64> = tested.iter().flatten().map(|member| member.log10_p).collect();
    let mut level = levels(&chances, family).into_iter();
    for group in &mut tested {
        group.iter_mut().for_each(|member| member.level = level.next().unwrap_or(1.0));
        group.retain(|member| member.level <= rules.false_discovery);
    }
    tested
}

/// Tests an account against gatherings, each with how many of the group came; `counted` is 1 where
/// the account is one of these, for nobody explains its own coming.
fn test(
    gatherings: &[(&Gathering, usize)],
    counted: usize,
    active: &Active,
    rules: &Rules,
    account: u32,
) -> Option<Member> {
    let mut chances = Vec::new();
    let mut came = Vec::new();
    for (gathering, own) in gatherings {
        let has = usize::from(gathering.has(account));
        let others = own - has * counted;
        if others < COMPANY || !active.during(account, gathering.from_us, gathering.to_us) {
            continue;
        }
        chances.push(gathering.chance(others + has));
        came.extend((has == 1).then_some(*gathering));
    }
    let expected: f64 = chances.iter().sum();
    let observed = occasions(came.into_iter());
    let enough = observed >= rules.min_objects && observed as f64 >= MEMBER_LIFT * expected;
    enough.then(|| Member {
        account,
        observed: observed as u32,
        objects: observed as u32,
        expected,
        log10_p: log10_tail_of_seen(&chances, observed),
        level: 1.0,
        trace: None,
        window_s: rules.window_s,
    })
}

/// The companies that are not known: not half of one among `known` groups, and not half of a
/// larger company of the same, which stands for both. Adds them to the known ones.
#[must_use]
pub fn unknown(found: Vec<Companies>, known: &mut Vec<BTreeSet<u32>>) -> Vec<Company> {
    let mut all: Vec<(u32, Company)> = found
        .into_iter()
        .flat_map(|of| of.companies.into_iter().map(move |company| (of.window_s, company)))
        .collect();
    all.sort_by_key(|(window_s, company)| (usize::MAX - company.members.len(), *window_s));
    let mut new = Vec::new();
    for (_, company) in all {
        let accounts: BTreeSet<u32> = company.members.iter().map(|of| of.account).collect();
        let is_half_of =
            |group: &BTreeSet<u32>| accounts.intersection(group).count() * 2 >= accounts.len();
        if !known.iter().any(is_half_of) {
            known.push(accounts);
            new.push(company);
        }
    }
    new
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Builder, PostRow};
    use crate::{Dataset, Unwatched};

    const SECOND: i64 = 1_000_000;
    const DAY: i64 = 86_400 * SECOND;

    fn rules() -> Rules {
        Rules { window_s: 600, min_objects: 3, min_accounts: 3, false_discovery: 0.01 }
    }

    /// On each of several days so many friends come, with those of sixty others whom `comes` picks
    /// by their number and the day; everybody posts. Gives who is found.
    fn check(days: i64, friends: i64, comes: fn(i64, i64) -> bool, expected: usize) {
        let mut builder = Builder::new();
        let mut came = Vec::new();
        let mut number = 0;
        for day in 0..days {
            for account in 0..friends + 60 {
                let (id, name) = (format!("{number:05}"), format!("a{account:02}"));
                let at_us = day * DAY + account * SECOND;
                builder.post(&PostRow { id: &id, account: &name, at_us, ..PostRow::default() });
                if account < friends || comes(account - friends, day) {
                    came.push(number);
                }
                number += 1;
            }
        }
        let Dataset { posts, accounts, .. } = builder.build();
        let found = of_posts(&posts, &[came], &rules(), &mut Unwatched).unwrap();
        let names: Vec<Vec<&str>> = found
            .companies
            .iter()
            .map(|of| of.members.iter().map(|member| accounts.text(member.account)).collect())
            .collect();
        let all: Vec<String> = (0..friends).map(|account| format!("a{account:02}")).collect();
        assert_eq!(names, vec![all; expected], "{days} days, {friends} friends");
    }

    #[test]
    fn the_same_few_again_and_again_are_a_company() {
        let nobody = |_: i64, _: i64| false;
        check(4, 8, nobody, 1);
        // A stranger or two now and then change nothing.
        check(4, 8, |other, day| other == day, 1);
        // Twice is not enough, and neither are four.
        check(2, 8, nobody, 0);
        check(4, 4, nobody, 0);
        check(0, 0, nobody, 0);
    }

    #[test]
    fn where_half_of_everybody_comes_nobody_is_a_company() {
        check(4, 8, |other, day| (other * 7 + day * 5) % 4 < 2, 0);
    }

    #[test]
    fn those_about_are_counted_by_the_share_of_their_language() {
        let mut builder = Builder::new();
        for n in 0..40_i64 {
            let (id, name) = (format!("{n:02}"), format!("a{n}"));
            let language = if n < 30 { "en" } else { "de" };
            let (account, at_us) = (name.as_str(), n);
            builder.post(&PostRow { id: &id, account, at_us, language, ..PostRow::default() });
        }
        let posts = builder.build().posts;
        let about = About::new(&posts, DAY);
        let around = |rows: &[u32]| about.around(rows, 0, 40);
        assert_eq!(around(&[0, 1, 2]), (30, 40));
        assert_eq!(around(&[30, 31]), (10, 40));
        assert_eq!(around(&[0, 30]), (30, 40));
        // Far from all posts, nobody is about.
        assert_eq!(about.around(&[0], 9 * DAY, 9 * DAY), (1, 0));
    }

    #[test]
    fn a_company_that_is_known_is_told_once() {
        let member = |account| Member {
            account,
            observed: 3,
            objects: 3,
            expected: 0.1,
            log10_p: -4.0,
            level: 0.001,
            trace: None,
            window_s: 600,
        };
        let company = |accounts: std::ops::Range<u32>| Company {
            members: accounts.map(member).collect(),
            gatherings: Vec::new(),
        };
        let found = |companies: Vec<Company>| Companies { window_s: 600, gatherings: 0, companies };
        let mut known = vec![BTreeSet::from([1, 2, 3])];
        let lists = vec![found(vec![company(2..6)]), found(vec![company(10..20), company(15..21)])];
        let new = unknown(lists, &mut known);
        let sizes: Vec<usize> = new.iter().map(|company| company.members.len()).collect();
        assert_eq!((sizes, known.len()), (vec![10], 2));
    }
}
