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
//! Who came to as many objects as are asked for, but to two at one time, or to one less, may still
//! be of the company, by how much it did there (see [`super::visits`]).
//!
//! Communities are company too. What this finds is therefore held against three ordinary
//! explanations by [`super::explanations`], which acting within seconds of each other is not.

use super::ledger::Ledger;
use super::members::Member;
use super::significance::{levels, log10_tail_of_seen};
use super::traces::Trace;
use super::visits::{Coming, Few, Intensity};
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
/// Two gatherings are linked where they share at least this part of the larger one, so that a crowd
/// does not link all that its people do in smaller companies...
const LINK_SHARE: f64 = 1.0 / 3.0;
/// ... and the chance of as many is below this, as a base-10 logarithm. Links only propose;
/// accounts are tested on their own.
const LINK_LOG10: f64 = -3.0;
/// A group makes up at least this share of each of its gatherings.
const OWN_SHARE: f64 = 0.2;
/// So often a group and its gatherings are brought in line.
const ROUNDS: usize = 5;
/// Progress is told after so many objects, or accounts.
const TOLD_EVERY: u32 = 1 << 12;
/// More posts than this are many for one look.
const LONG: usize = 1 << 14;

/// What is too much to be looked at. What a cap gives up is told in [`GivenUp`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// A gathering of more accounts is a crowd.
    pub crowd: usize,
    /// On one object, gatherings are looked for until each post was looked at so many times, and
    /// as many more altogether as the second says.
    pub looks: (usize, usize),
    /// How often a post of one gathering is looked up in another, to tell whether they are the
    /// same.
    pub compared: u64,
    /// Accounts that come to more gatherings than this link none of them.
    pub busy: usize,
    /// So many pairs of gatherings are linked by single accounts, those first who came to few.
    pub links: u64,
    /// Comings times gatherings of one group that is tested.
    pub group_work: usize,
}

impl Default for Caps {
    fn default() -> Self {
        Self {
            crowd: 5_000,
            looks: (64, 1 << 20),
            compared: 1_000_000_000,
            busy: 500,
            links: 50_000_000,
            group_work: 1_000_000_000,
        }
    }
}

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
    /// With how many posts each of them did, in the same order.
    pub counts: Vec<u32>,
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

    /// With how many posts an account came, 0 where it did not.
    #[must_use]
    pub fn posts_of(&self, account: u32) -> u32 {
        self.accounts.binary_search(&account).map_or(0, |place| self.counts[place])
    }

    /// The time over which those about were counted, and that of the gathering itself.
    fn span(&self, length_us: i64) -> (i64, i64) {
        let slot = i64::midpoint(self.from_us, self.to_us).div_euclid(length_us);
        let (begin, end) = (slot.saturating_mul(length_us), (slot + 1).saturating_mul(length_us));
        (self.from_us.min(begin), self.to_us.max(end - 1))
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
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Companies {
    /// The window, in seconds.
    pub window_s: u32,
    /// How many gatherings there were.
    pub gatherings: u64,
    /// Who came together again and again.
    pub companies: Vec<Company>,
    /// What was given up.
    pub given_up: GivenUp,
}

/// What was too much to be compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenUp {
    /// Gatherings of too many accounts.
    pub crowds: u64,
    /// Objects on which not every gathering was looked for, one for each time.
    pub objects: u64,
    /// Accounts whose gatherings are too many to be linked by them.
    pub busy: u64,
    /// Groups of too many accounts and gatherings to be tested.
    pub groups: u64,
    /// Pairs of words that there was no room to remember.
    pub word_pairs: u64,
}

/// A group that came together again and again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Company {
    /// Its accounts, with the evidence on each.
    pub members: Vec<Member>,
    /// Who came and did as visitors do and not as its accounts do, ascending.
    pub visitors: Vec<u32>,
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
    /// How many times as often as by chance an account must have come.
    pub min_lift: f64,
    /// What is too much to be looked at.
    pub caps: Caps,
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
    let about = About::new(posts, rules);
    let mut found = Search::default();
    for object in 0..ledger.objects() as u32 {
        if object.is_multiple_of(TOLD_EVERY) {
            step(watch, "find_gatherings", u64::from(object), ledger.objects() as u64)?;
        }
        let (actions, rows) = ledger.rows_of(object);
        about.gatherings(Some(object), &actions.post[rows], &mut found, watch)?;
    }
    companies(posts, found, rules, |object| Some(ledger.trace_of(object).0), watch)
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
    let about = About::new(posts, rules);
    let mut found = Search::default();
    for rows in lists {
        about.gatherings(None, rows, &mut found, watch)?;
    }
    companies(posts, found, rules, |_| None, watch)
}

/// Gatherings that were found, and what was given up.
#[derive(Default)]
struct Search {
    gatherings: Vec<Gathering>,
    given_up: GivenUp,
}

fn companies(
    posts: &Posts,
    found: Search,
    rules: &Rules,
    trace: impl Fn(u32) -> Option<Trace>,
    watch: &mut dyn Watch,
) -> Result<Companies, Stopped> {
    let Search { gatherings, mut given_up } = found;
    let gatherings = distinct(gatherings, rules.caps.compared, &mut given_up);
    let linked = linked(&gatherings, rules, &mut given_up, watch)?;
    let mut companies = settled(posts, &gatherings, linked, rules, &mut given_up, watch)?;
    for company in &mut companies {
        name_traces(company, &trace);
    }
    let count = gatherings.len() as u64;
    Ok(Companies { window_s: rules.window_s, gatherings: count, companies, given_up })
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
    caps: Caps,
    of_language: HashMap<(i64, u32), u32>,
    of_all: HashMap<i64, u32>,
}

impl<'a> About<'a> {
    fn new(posts: &'a Posts, rules: &Rules) -> Self {
        let slot_us = rules.length_us();
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
        Self { posts, slot_us, caps: rules.caps, of_language, of_all }
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

    /// Adds the gatherings among posts in the order of time that say something of those who came.
    fn gatherings(
        &self,
        object: Option<u32>,
        rows: &[u32],
        search: &mut Search,
        watch: &mut dyn Watch,
    ) -> Result<(), Stopped> {
        let first = search.gatherings.len();
        let (each, more) = self.caps.looks;
        let mut looks = rows.len() * each + more;
        let mut left: Vec<Range<usize>> = std::iter::once(0..rows.len()).collect();
        while let Some(range) = left.pop() {
            if range.len() < LEAST {
                continue;
            }
            if range.len() > looks {
                search.given_up.objects += 1;
                break;
            }
            looks -= range.len();
            if range.len() > LONG {
                step(watch, "find_gatherings", range.start as u64, rows.len() as u64)?;
            }
            let (begin, end) = self.densest(&rows[range.clone()]);
            let best = range.start + begin..range.start + end;
            let gathering = self.gathering(object, &rows[best.clone()]);
            if gathering.accounts.len() < LEAST {
                continue;
            }
            left.extend([best.end..range.end, range.start..best.start]);
            if gathering.accounts.len() > self.caps.crowd {
                search.given_up.crowds += 1;
            } else {
                search.gatherings.push(gathering);
            }
        }
        search.gatherings[first..].sort_by_key(|gathering| gathering.from_us);
        Ok(())
    }

    /// The gathering that some posts in the order of time are.
    fn gathering(&self, object: Option<u32>, rows: &[u32]) -> Gathering {
        let at_us = |row: u32| self.posts.at_us[row as usize];
        let (from_us, to_us) = (at_us(rows[0]), at_us(rows[rows.len() - 1]));
        let mut posts = rows.to_vec();
        posts.sort_unstable();
        let mut came: BTreeMap<u32, u32> = BTreeMap::new();
        for post in &posts {
            *came.entry(self.posts.account[*post as usize]).or_default() += 1;
        }
        let (accounts, counts) = came.into_iter().unzip();
        let (about, all_about) = self.around(&posts, from_us, to_us);
        Gathering { object, from_us, to_us, accounts, counts, posts, about, all_about }
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
/// at once, and is one occasion. Where posts are in so many that there is more to be looked up than
/// may be, a gathering is given up.
fn distinct(
    mut gatherings: Vec<Gathering>,
    mut left: u64,
    given_up: &mut GivenUp,
) -> Vec<Gathering> {
    gatherings.sort_by_key(|of| (usize::MAX - of.posts.len(), of.object, of.from_us));
    let mut of_post: HashMap<u32, Vec<u32>> = HashMap::new();
    let mut shared: BTreeMap<u32, usize> = BTreeMap::new();
    let mut kept: Vec<Gathering> = Vec::new();
    for gathering in gatherings {
        shared.clear();
        let known = gathering.posts.iter().filter_map(|post| of_post.get(post));
        let lookups: usize = known.clone().map(Vec::len).sum();
        if lookups as u64 > left {
            given_up.objects += 1;
            continue;
        }
        left -= lookups as u64;
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
fn linked(
    gatherings: &[Gathering],
    rules: &Rules,
    given_up: &mut GivenUp,
    watch: &mut dyn Watch,
) -> Result<Vec<Vec<usize>>, Stopped> {
    let shared = shared(gatherings, &rules.caps, given_up, watch)?;
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
    Ok(groups.into_values().filter(|group| group.len() >= rules.min_objects).collect())
}

/// How many accounts each two gatherings share, by places; of accounts that came to too many, and
/// where there are too many pairs, of those who came to most, nothing is counted.
fn shared(
    gatherings: &[Gathering],
    caps: &Caps,
    given_up: &mut GivenUp,
    watch: &mut dyn Watch,
) -> Result<HashMap<(u32, u32), u32>, Stopped> {
    let mut of_account: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (place, gathering) in gatherings.iter().enumerate() {
        for account in &gathering.accounts {
            of_account.entry(*account).or_default().push(place as u32);
        }
    }
    let mut by_count: Vec<Vec<u32>> = of_account.into_values().collect();
    by_count.sort_by_key(Vec::len);
    let mut shared: HashMap<(u32, u32), u32> = HashMap::new();
    let mut left = caps.links;
    for (done, places) in by_count.iter().enumerate() {
        if done.is_multiple_of(TOLD_EVERY as usize) {
            step(watch, "link_gatherings", done as u64, by_count.len() as u64)?;
        }
        let pairs = (places.len() * (places.len() - 1) / 2) as u64;
        if places.len() > caps.busy || pairs > left {
            given_up.busy += 1;
            continue;
        }
        left -= pairs;
        for (n, right) in places.iter().enumerate() {
            for left in &places[..n] {
                *shared.entry((*left, *right)).or_insert(0) += 1;
            }
        }
    }
    Ok(shared)
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

/// A group under test: its gatherings and its accounts.
type Group<'a> = (Vec<&'a Gathering>, Vec<Member>);

/// Tests the accounts of linked gatherings, and drops gatherings of which a group is a small part,
/// until nothing changes.
fn settled(
    posts: &Posts,
    gatherings: &[Gathering],
    mut linked: Vec<Vec<usize>>,
    rules: &Rules,
    given_up: &mut GivenUp,
    watch: &mut dyn Watch,
) -> Result<Vec<Company>, Stopped> {
    let before = linked.len();
    linked.retain(|places| work(gatherings, places) <= rules.caps.group_work);
    given_up.groups += (before - linked.len()) as u64;
    let active = Active::new(posts, rules.length_us());
    let mut groups: Vec<Group<'_>> =
        linked.iter().map(|places| first_group(gatherings, places, rules)).collect();
    for _ in 0..ROUNDS {
        let members = tested(&groups, &active, rules, watch)?;
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
        let visitors = Tester::new(&group, &members, &active, rules).visitors();
        group.sort_by_key(|gathering| (gathering.from_us, gathering.object));
        Company { members, visitors, gatherings: group.into_iter().cloned().collect() }
    });
    Ok(companies.filter(|company| company.members.len() >= rules.min_accounts).collect())
}

/// How much there is to be tested in a group: nobody comes to more than all gatherings.
fn work(gatherings: &[Gathering], places: &[usize]) -> usize {
    let visits: usize = places.iter().map(|place| gatherings[*place].accounts.len()).sum();
    visits.saturating_mul(places.len())
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
        let came: Vec<&Gathering> = own.iter().copied().filter(|of| of.has(account)).collect();
        let observed = occasions(came.iter().copied());
        let is_near = came.len() >= rules.min_objects && observed + 1 >= rules.min_objects;
        (is_near && observed > 1).then_some(Member {
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
    let mut objects: BTreeSet<u32> = BTreeSet::new();
    let (mut until_us, mut count) = (i64::MIN, 0);
    for gathering in by_end {
        let is_new = gathering.object.is_none_or(|object| !objects.contains(&object));
        if is_new && (count == 0 || gathering.from_us > until_us) {
            objects.extend(gathering.object);
            until_us = gathering.to_us;
            count += 1;
        }
    }
    count
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
    let is_member =
        |account: &&u32| members.binary_search_by_key(*account, |member| member.account).is_ok();
    gathering.accounts.iter().filter(is_member).count()
}

/// When each account posted.
pub(super) struct Active {
    starts: Vec<u32>,
    at_us: Vec<i64>,
    length_us: i64,
    /// How many posts accounts make beyond the first in a stretch as long as a gathering in which
    /// they post, on average over all.
    usual: f64,
}

impl Active {
    /// The posts of everybody, in view of gatherings of this length.
    pub(super) fn new(posts: &Posts, length_us: i64) -> Self {
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
        let mut active = Self { starts, at_us, length_us, usual: 0.0 };
        let stretches: usize = (0..accounts as u32).map(|one| active.stretches(one)).sum();
        active.usual = (posts.len() - stretches) as f64 / stretches.max(1) as f64;
        active
    }

    /// In how many stretches as long as a gathering an account posts.
    fn stretches(&self, account: u32) -> usize {
        let slot = |at: &i64| at.div_euclid(self.length_us);
        self.times(account).chunk_by(|left, right| slot(left) == slot(right)).count()
    }

    fn times(&self, account: u32) -> &[i64] {
        let account = account as usize;
        &self.at_us[self.starts[account] as usize..self.starts[account + 1] as usize]
    }

    fn during(&self, account: u32, from_us: i64, to_us: i64) -> bool {
        let times = self.times(account);
        let first = times.partition_point(|at| *at < from_us);
        times.get(first).is_some_and(|at| *at <= to_us)
    }

    /// How many posts an account makes beyond the first in a stretch as long as a gathering in
    /// which it posts, leaving out some posts as (posts, stretches).
    pub(super) fn extra(&self, account: u32, (posts, stretches): (u32, usize)) -> f64 {
        let times = self.times(account);
        let stretches = self.stretches(account).saturating_sub(stretches);
        let posts = times.len().saturating_sub(posts as usize);
        posts.saturating_sub(stretches) as f64 / (stretches + 1) as f64
    }
}

/// The accounts of each group that are significant over all groups.
fn tested(
    groups: &[Group<'_>],
    active: &Active,
    rules: &Rules,
    watch: &mut dyn Watch,
) -> Result<Vec<Vec<Member>>, Stopped> {
    let mut family = 0;
    let mut tested: Vec<Vec<Member>> = Vec::new();
    for (done, (group, members)) in groups.iter().enumerate() {
        let tester = Tester::new(group, members, active, rules);
        let accounts: BTreeSet<u32> =
            group.iter().flat_map(|gathering| gathering.accounts.iter().copied()).collect();
        family += accounts.len() as u64;
        let mut members = Vec::new();
        for (at, account) in accounts.iter().enumerate() {
            if at.is_multiple_of(TOLD_EVERY as usize) {
                step(watch, "test_companies", done as u64, groups.len() as u64)?;
            }
            members.extend(tester.test(*account));
        }
        tested.push(members);
    }
    let chances: Vec<f64> = tested.iter().flatten().map(|member| member.log10_p).collect();
    let mut level = levels(&chances, family).into_iter();
    for group in &mut tested {
        group.iter_mut().for_each(|member| member.level = level.next().unwrap_or(1.0));
        group.retain(|member| member.level <= rules.false_discovery);
    }
    Ok(tested)
}

/// Tests accounts against the gatherings of one group.
struct Tester<'a> {
    /// The gatherings, each with how many of the group came.
    gatherings: Vec<(&'a Gathering, usize)>,
    members: &'a [Member],
    intensity: Intensity,
    active: &'a Active,
    rules: &'a Rules,
}

impl<'a> Tester<'a> {
    fn new(
        group: &[&'a Gathering],
        members: &'a [Member],
        active: &'a Active,
        rules: &'a Rules,
    ) -> Self {
        let with_own = |gathering: &&'a Gathering| (*gathering, own(gathering, members));
        Self {
            gatherings: group.iter().map(with_own).collect(),
            members,
            intensity: Intensity::of(group, members, active.usual),
            active,
            rules,
        }
    }

    /// Tests one account. Nobody's own coming explains itself: without it, enough others of the
    /// group must have come.
    fn test(&self, account: u32) -> Option<Member> {
        let (came, chances) = self.came(account);
        let expected: f64 = chances.iter().sum();
        let observed = occasions(came.iter().map(|coming| self.gatherings[coming.place].0));
        if (observed as f64) < self.rules.min_lift * expected {
            return None;
        }
        let by_coming = log10_tail_of_seen(&chances, observed);
        let few = self.few(account, &came);
        let log10_p = if observed >= self.rules.min_objects {
            (!self.intensity.is_visitor(&few)).then_some(by_coming)?
        } else if observed + 1 == self.rules.min_objects && observed > 1 {
            self.intensity.log10_tail(&few, by_coming, self.active)?
        } else {
            return None;
        };
        Some(Member {
            account,
            observed: observed as u32,
            objects: observed as u32,
            expected,
            log10_p,
            level: 1.0,
            trace: None,
            window_s: self.rules.window_s,
        })
    }

    /// What an account did at the gatherings to which it came, and the chance of coming to each of
    /// those during which it was active.
    fn came(&self, account: u32) -> (Vec<Coming>, Vec<f64>) {
        let is_member = self.is_member(account);
        let (mut came, mut chances) = (Vec::new(), Vec::new());
        for (place, (gathering, own)) in self.gatherings.iter().enumerate() {
            let posts = gathering.posts_of(account);
            let others = own - usize::from(posts > 0 && is_member);
            let (from_us, to_us) = gathering.span(self.rules.length_us());
            if others < COMPANY || !self.active.during(account, from_us, to_us) {
                continue;
            }
            chances.push(gathering.chance(others + usize::from(posts > 0)));
            came.extend((posts > 0).then_some(Coming { place, posts }));
        }
        (came, chances)
    }

    fn few<'b>(&self, account: u32, came: &'b [Coming]) -> Few<'b> {
        Few { account, is_member: self.is_member(account), came }
    }

    fn is_member(&self, account: u32) -> bool {
        self.members.binary_search_by_key(&account, |of| of.account).is_ok()
    }

    /// Those who came and did as visitors do.
    fn visitors(&self) -> Vec<u32> {
        let all = self.gatherings.iter().flat_map(|(gathering, _)| gathering.accounts.iter());
        let mut visitors: Vec<u32> = all.copied().filter(|one| !self.is_member(*one)).collect();
        visitors.sort_unstable();
        visitors.dedup();
        visitors.retain(|one| self.intensity.is_visitor(&self.few(*one, &self.came(*one).0)));
        visitors
    }
}

/// All companies of some lists, the largest first.
#[must_use]
pub fn by_size(found: Vec<Companies>) -> Vec<Company> {
    let mut all: Vec<(u32, Company)> = found
        .into_iter()
        .flat_map(|of| of.companies.into_iter().map(move |company| (of.window_s, company)))
        .collect();
    all.sort_by_key(|(window_s, company)| (usize::MAX - company.members.len(), *window_s));
    all.into_iter().map(|(_, company)| company).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Builder, PostRow};
    use crate::watch::Impatient;
    use crate::{Dataset, Unwatched};

    const SECOND: i64 = 1_000_000;
    const DAY: i64 = 86_400 * SECOND;

    fn rules() -> Rules {
        Rules {
            window_s: 600,
            min_objects: 3,
            min_accounts: 3,
            false_discovery: 0.01,
            min_lift: 2.0,
            caps: Caps::default(),
        }
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
    fn two_occasions_of_three_objects_are_enough_for_those_who_do_much() {
        // Eight friends come to two things at once, and to another a day later; forty visitors
        // come to one each. Friends post so often each time.
        let check = |often: i64, expected: &[usize]| {
            let mut builder = Builder::new();
            let mut lists: [Vec<u32>; 3] = Default::default();
            let mut rows: Vec<(i64, String, Option<usize>)> = Vec::new();
            for (thing, at_s) in [(0, 0), (1, 2), (2, 86_400)] {
                for (friend, again) in (0..8).flat_map(|f| (0..often).map(move |n| (f, n))) {
                    let at_s = at_s + friend + again * 100;
                    rows.push((at_s, format!("friend{friend}"), Some(thing)));
                }
                for visitor in 0..60 {
                    let thing = (visitor % 20 == thing as i64).then_some(thing);
                    rows.push((at_s + visitor, format!("other{visitor}"), thing));
                }
            }
            rows.sort();
            for (number, (at_s, account, thing)) in (0_u32..).zip(&rows) {
                let (id, at_us) = (format!("{number:05}"), at_s * SECOND);
                builder.post(&PostRow { id: &id, account, at_us, ..PostRow::default() });
                thing.iter().for_each(|thing| lists[*thing].push(number));
            }
            let posts = builder.build().posts;
            let found = of_posts(&posts, &lists, &rules(), &mut Unwatched).unwrap();
            let sizes: Vec<usize> = found.companies.iter().map(|of| of.members.len()).collect();
            assert_eq!(sizes, expected, "{often} posts each time");
        };
        check(1, &[]);
        check(4, &[8]);
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
        let about = About::new(&posts, &Rules { window_s: 43_200, ..rules() });
        let around = |rows: &[u32]| about.around(rows, 0, 40);
        assert_eq!(around(&[0, 1, 2]), (30, 40));
        assert_eq!(around(&[30, 31]), (10, 40));
        assert_eq!(around(&[0, 30]), (30, 40));
        // Far from all posts, nobody is about.
        assert_eq!(about.around(&[0], 9 * DAY, 9 * DAY), (1, 0));
    }

    #[test]
    fn who_was_about_is_asked_over_the_time_for_which_they_were_counted() {
        let of = |from_us, to_us| Gathering {
            object: None,
            from_us,
            to_us,
            accounts: Vec::new(),
            counts: Vec::new(),
            posts: Vec::new(),
            about: 0,
            all_about: 0,
        };
        // However short a gathering is, all who posted in its slot might have come.
        assert_eq!(of(110, 120).span(100), (100, 199));
        assert_eq!(of(180, 230).span(100), (180, 299));
        assert_eq!(of(150, 230).span(100), (100, 230));
    }

    /// Posts on one object, as account and second.
    fn posts_of(rows: impl Iterator<Item = (usize, i64)>) -> (Posts, Vec<u32>) {
        let mut builder = Builder::new();
        let mut count = 0;
        for (n, (account, second)) in rows.enumerate() {
            let (id, name) = (format!("{n:07}"), format!("a{account:05}"));
            let at_us = second * SECOND;
            builder.post(&PostRow { id: &id, account: &name, at_us, ..PostRow::default() });
            count += 1;
        }
        (builder.build().posts, (0..count).collect())
    }

    #[test]
    fn every_cap_bites_and_is_told() {
        // Twelve friends come together four times, on two lists of which each has all their posts,
        // while sixty others are about.
        let times = (0..4_i64).flat_map(|time| (0..72).map(move |one| (one, time * 20_000)));
        let (posts, mut rows) = posts_of(times);
        rows.retain(|row| row % 72 < 12);
        let lists = [rows.clone(), rows];
        let full = Caps::default();
        let check = |caps: Caps, gatherings: u64, companies: usize, expected: GivenUp| {
            let rules = Rules { caps, ..rules() };
            let found = of_posts(&posts, &lists, &rules, &mut Unwatched).unwrap();
            assert_eq!((found.gatherings, found.companies.len()), (gatherings, companies));
            assert_eq!(found.given_up, expected, "{caps:?}");
        };
        let none = GivenUp::default();
        check(full, 4, 1, none);
        check(Caps { crowd: 11, ..full }, 0, 0, GivenUp { crowds: 8, ..none });
        check(Caps { looks: (1, 0), ..full }, 1, 0, GivenUp { objects: 2, ..none });
        // What cannot be told to be the same is given up.
        check(Caps { compared: 35, ..full }, 4, 1, GivenUp { objects: 2, ..none });
        check(Caps { busy: 3, ..full }, 4, 0, GivenUp { busy: 12, ..none });
        check(Caps { links: 71, ..full }, 4, 1, GivenUp { busy: 1, ..none });
        check(Caps { group_work: 191, ..full }, 4, 0, GivenUp { groups: 1, ..none });
        check(Caps { group_work: 192, ..full }, 4, 1, none);
    }

    #[test]
    fn stops_when_told() {
        let (posts, rows) = posts_of((0..40).map(|n| (n % 8, n as i64 / 8 * 10_000)));
        assert_eq!(of_posts(&posts, &[rows], &rules(), &mut Impatient), Err(Stopped));
    }

    #[test]
    fn occasions_are_separate_in_time_and_object() {
        let of = |object: u32, from_us, to_us| Gathering {
            object: Some(object),
            from_us,
            to_us,
            accounts: Vec::new(),
            counts: Vec::new(),
            posts: Vec::new(),
            about: 0,
            all_about: 0,
        };
        type Case = (Vec<(u32, i64, i64)>, usize);
        let cases: [Case; 5] = [
            (vec![], 0),
            (vec![(1, 0, 10)], 1),
            (vec![(1, 0, 10), (1, 20, 30)], 1),
            (vec![(1, 0, 10), (2, 10, 30), (3, 11, 12)], 2),
            (vec![(1, 0, 30), (2, 5, 10), (3, 11, 12)], 2),
        ];
        for (given, expected) in cases {
            let gatherings: Vec<Gathering> =
                given.iter().map(|(object, from, to)| of(*object, *from, *to)).collect();
            assert_eq!(occasions(gatherings.iter()), expected, "{given:?}");
        }
    }
}
