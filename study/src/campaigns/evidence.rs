//! Groups told as evidence: names instead of numbers, examples, and what else is known.

use super::explanations::{explanation, one_client};
use super::findings::{
    AccountEvidence, Basis, CampaignFinding, Example, Explanation, Marks, ObjectEvidence,
    PairEvidence, TraceEvidence,
};
use super::gatherings::Company;
use super::ledger::Ledger;
use super::members::Member;
use super::pairs::PairTest;
use super::parameters::Parameters;
use super::traces::{self, Trace};
use crate::Dataset;
use crate::dataset::Posts;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// So many characters of a text are shown.
const SHOWN_CHARACTERS: usize = 200;
const DAY_US: i64 = 86_400_000_000;

/// What findings are told from.
#[derive(Debug, Clone)]
pub struct Teller<'a> {
    /// The dataset.
    pub dataset: &'a Dataset,
    /// Its actions.
    pub ledger: &'a Ledger,
    /// What the study was told.
    pub parameters: &'a Parameters,
    /// How many posts each account has in the dataset.
    posts_of: Vec<u32>,
}

/// What a group did, before it is told.
#[derive(Debug, Clone)]
pub struct Found {
    /// By what it was found.
    pub basis: Basis,
    /// Its accounts, ascending.
    pub members: Vec<Member>,
    /// Who came to the gatherings of a company and did as visitors do, ascending.
    pub visitors: Vec<u32>,
    /// The significant pairs among them, with the level of each.
    pub pairs: Vec<(PairTest, f64)>,
    /// The posts that are the evidence, ascending.
    pub posts: Vec<u32>,
    /// The objects that are, numbered through all traces, with the accounts that acted together
    /// there, and the first and last time, in microseconds since 1970.
    pub objects: BTreeMap<u32, Together>,
    /// The gatherings, each as its first and last time, in microseconds since 1970; none where the
    /// group was not found by them.
    pub occasions: Vec<(i64, i64)>,
}

/// Who of a group acted together on an object, and when.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Together {
    /// The accounts.
    pub accounts: BTreeSet<u32>,
    /// The first time, in microseconds since 1970.
    pub first_us: i64,
    /// The last time, likewise.
    pub last_us: i64,
}

impl Found {
    /// The place of the known group whose evidence holds most of its posts, if any holds half.
    #[must_use]
    pub fn same_among(&self, known: &[Found]) -> Option<usize> {
        let shared = |of: &Found| {
            self.posts.iter().filter(|post| of.posts.binary_search(post).is_ok()).count()
        };
        let (shared, place) = known
            .iter()
            .map(shared)
            .zip(0..)
            .max_by_key(|(count, place)| (*count, Reverse(*place)))?;
        (shared > 0 && shared * 2 >= self.posts.len()).then_some(place)
    }

    /// Adds the accounts and the evidence of another group that is the same. Who does as visitors
    /// do in either is of neither, unless it was found by what it did within seconds.
    pub fn join(&mut self, mut other: Found, posts: &Posts) {
        other.leave_out(&self.visitors, posts);
        if self.basis != Basis::CoAction {
            self.leave_out(&other.visitors, posts);
        }
        self.visitors.extend(&other.visitors);
        self.visitors.sort_unstable();
        let is_known = |member: &Member| {
            self.members.binary_search_by_key(&member.account, |of| of.account).is_ok()
        };
        let new: Vec<Member> =
            other.members.into_iter().filter(|member| !is_known(member)).collect();
        self.members.extend(new);
        self.members.sort_by_key(|member| member.account);
        self.posts.extend(other.posts);
        self.posts.sort_unstable();
        self.posts.dedup();
        for (object, together) in other.objects {
            self.objects.entry(object).or_insert_with(|| together.clone()).join(&together);
        }
        self.occasions.extend(other.occasions);
    }

    /// Leaves out accounts, given ascending, with their evidence.
    pub fn leave_out(&mut self, accounts: &[u32], posts: &Posts) {
        let is_out = |account: u32| accounts.binary_search(&account).is_ok();
        self.members.retain(|member| !is_out(member.account));
        self.pairs.retain(|(pair, _)| !is_out(pair.a) && !is_out(pair.b));
        self.posts.retain(|post| !is_out(posts.account[*post as usize]));
        for together in self.objects.values_mut() {
            together.accounts.retain(|account| !is_out(*account));
        }
    }
}

impl Together {
    fn join(&mut self, other: &Self) {
        self.accounts.extend(&other.accounts);
        self.first_us = self.first_us.min(other.first_us);
        self.last_us = self.last_us.max(other.last_us);
    }
}

impl<'a> Teller<'a> {
    /// Tells findings of a dataset.
    #[must_use]
    pub fn new(dataset: &'a Dataset, ledger: &'a Ledger, parameters: &'a Parameters) -> Self {
        let mut posts_of = vec![0; dataset.accounts.len()];
        for account in &dataset.posts.account {
            posts_of[*account as usize] += 1;
        }
        Self { dataset, ledger, parameters, posts_of }
    }

    /// Tells a group.
    #[must_use]
    pub fn tell(&self, found: &Found) -> CampaignFinding {
        let listed = self.parameters.limits.listed as usize;
        let (first_us, last_us) = self.span(&found.posts);
        let mut members = found.members.clone();
        members.sort_by(|a, b| {
            a.log10_p.total_cmp(&b.log10_p).then_with(|| a.account.cmp(&b.account))
        });
        CampaignFinding {
            basis: found.basis,
            explanation: self.explained(found),
            accounts: members.iter().take(listed).map(|member| self.account(member)).collect(),
            accounts_total: members.len() as u64,
            objects: self.objects(&found.objects, listed),
            objects_total: found.objects.len() as u64,
            pairs: self.pairs(&found.pairs, listed),
            pairs_total: found.pairs.len() as u64,
            traces: match found.basis {
                Basis::CoAction => by_trace(&found.pairs),
                Basis::Gathering | Basis::Template | Basis::Deletion => by_member(&found.members),
            },
            observed: members.iter().map(|member| u64::from(member.observed)).sum(),
            expected: members.iter().map(|member| member.expected).sum(),
            q_value: members.iter().map(|member| member.level).fold(0.0, f64::max),
            strength: members.iter().map(|member| -member.log10_p).sum(),
            first_us,
            last_us,
            posts: found.posts.len() as u64,
            examples: self.examples(&found.posts),
            marks: self.marks(&found.posts),
        }
    }

    /// The ordinary explanation of what a group did, if there is one.
    #[must_use]
    pub fn explained(&self, found: &Found) -> Option<Explanation> {
        explanation(self.dataset, self.ledger, found)
    }

    fn span(&self, posts: &[u32]) -> (i64, i64) {
        let at_us =
            |post: Option<&u32>| post.map_or(0, |post| self.dataset.posts.at_us[*post as usize]);
        (at_us(posts.first()), at_us(posts.last()))
    }

    fn account(&self, member: &Member) -> AccountEvidence {
        AccountEvidence {
            account: self.name(member.account),
            observed: u64::from(member.observed),
            expected: member.expected,
            log10_p: member.log10_p,
            q_value: member.level,
            trace: member.trace,
            window_s: member.window_s,
            set_apart: self.set_apart(member.account).to_owned(),
        }
    }

    fn name(&self, account: u32) -> String {
        self.dataset.accounts.text(account).to_owned()
    }

    fn set_apart(&self, account: u32) -> &str {
        self.dataset.profile(account).map_or("", |profile| profile.set_apart.as_str())
    }

    fn objects(&self, objects: &BTreeMap<u32, Together>, listed: usize) -> Vec<ObjectEvidence> {
        let mut order: Vec<(&u32, &Together)> = objects.iter().collect();
        order.sort_by_key(|(object, together)| (usize::MAX - together.accounts.len(), **object));
        let tell = |(object, together): (&u32, &Together)| {
            let (trace, label) = self.ledger.trace_of(*object);
            let (actions, rows) = self.ledger.rows_of(*object);
            let all: BTreeSet<u32> = actions.account[rows].iter().copied().collect();
            ObjectEvidence {
                trace,
                object: shown(traces::label(self.dataset, trace, label)),
                accounts: together.accounts.len() as u64,
                others: all.difference(&together.accounts).count() as u64,
                first_us: together.first_us,
                last_us: together.last_us,
            }
        };
        order.into_iter().take(listed).map(tell).collect()
    }

    fn pairs(&self, pairs: &[(PairTest, f64)], listed: usize) -> Vec<PairEvidence> {
        let mut order: Vec<&(PairTest, f64)> = pairs.iter().collect();
        order.sort_by(|(a, _), (b, _)| {
            a.log10_p.total_cmp(&b.log10_p).then_with(|| (a.a, a.b).cmp(&(b.a, b.b)))
        });
        let tell = |(pair, level): &(PairTest, f64)| PairEvidence {
            a: self.name(pair.a),
            b: self.name(pair.b),
            trace: pair.trace,
            window_s: pair.window_s,
            observed: u64::from(pair.observed),
            expected: pair.expected,
            log10_p: pair.log10_p,
            q_value: *level,
        };
        order.into_iter().take(listed).map(tell).collect()
    }

    /// Posts spread over all of them, the first and the last among them.
    #[must_use]
    pub fn examples(&self, posts: &[u32]) -> Vec<Example> {
        let wanted = (self.parameters.limits.examples as usize).min(posts.len());
        let place = |n: usize| if wanted < 2 { 0 } else { n * (posts.len() - 1) / (wanted - 1) };
        let tell = |n: usize| {
            let row = posts[place(n)] as usize;
            let columns = &self.dataset.posts;
            Example {
                post: columns.ids.text(columns.id[row]).to_owned(),
                account: self.name(columns.account[row]),
                at_us: columns.at_us[row],
                text: shown(columns.text_of(row)),
            }
        };
        (0..wanted).map(tell).collect()
    }

    /// What else is known of posts and of those who made them.
    #[must_use]
    pub fn marks(&self, posts: &[u32]) -> Marks {
        let columns = &self.dataset.posts;
        let mut own: BTreeMap<u32, (u32, i64)> = BTreeMap::new();
        for post in posts {
            let row = *post as usize;
            own.entry(columns.account[row]).or_insert((0, columns.at_us[row])).0 += 1;
        }
        let ages = own.iter().filter_map(|(account, (_, first_us))| {
            let created = self.dataset.profile(*account)?.created_at_us?;
            Some(first_us - created <= i64::from(self.parameters.young_days) * DAY_US)
        });
        let deleted = posts.iter().map(|post| columns.deleted_at_us[*post as usize] != i64::MAX);
        Marks {
            young: share(ages),
            nothing_else: share(
                own.iter().map(|(account, (posts, _))| self.posts_of[*account as usize] == *posts),
            ),
            one_client: one_client(self.dataset, posts).map(|(_, share)| share),
            deleted: share(deleted),
            near_duplicate: self.near_duplicate(posts),
        }
    }

    /// The share of posts whose text, nearly, another account posted among them too.
    fn near_duplicate(&self, posts: &[u32]) -> Option<f64> {
        let columns = &self.dataset.posts;
        let mut first: BTreeMap<u32, u32> = BTreeMap::new();
        let mut several: BTreeSet<u32> = BTreeSet::new();
        let texts = |post: u32| {
            let objects = self.ledger.objects_of(post).iter().copied();
            objects.filter(|object| match self.ledger.trace_of(*object).0 {
                Trace::Text | Trace::SimilarText => true,
                Trace::Repost | Trace::Link | Trace::Reply | Trace::Hashtag | Trace::Image => false,
            })
        };
        for post in posts {
            let account = columns.account[*post as usize];
            for object in texts(*post) {
                if *first.entry(object).or_insert(account) != account {
                    several.insert(object);
                }
            }
        }
        share(posts.iter().map(|post| texts(*post).any(|object| several.contains(&object))))
    }
}

/// Which of a group's pairs are strongest in which trace and window.
fn by_trace(pairs: &[(PairTest, f64)]) -> Vec<TraceEvidence> {
    let mut rows: BTreeMap<(Option<Trace>, u32), TraceEvidence> = BTreeMap::new();
    for (pair, _) in pairs {
        let row = rows.entry((pair.trace, pair.window_s)).or_insert_with(|| TraceEvidence {
            trace: pair.trace,
            window_s: pair.window_s,
            pairs: 0,
            observed: 0,
            expected: 0.0,
        });
        row.pairs += 1;
        row.observed += u64::from(pair.observed);
        row.expected += pair.expected;
    }
    rows.into_values().collect()
}

/// In which trace and window the evidence on each account is.
fn by_member(members: &[Member]) -> Vec<TraceEvidence> {
    let mut rows: BTreeMap<(Option<Trace>, u32), TraceEvidence> = BTreeMap::new();
    for member in members {
        let (trace, window_s) = (member.trace, member.window_s);
        let new = || TraceEvidence { trace, window_s, pairs: 0, observed: 0, expected: 0.0 };
        let row = rows.entry((trace, window_s)).or_insert_with(new);
        row.observed += u64::from(member.observed);
        row.expected += member.expected;
    }
    rows.into_values().collect()
}

/// The share of those that are true; none where there are none.
pub(super) fn share(of: impl Iterator<Item = bool>) -> Option<f64> {
    let (all, yes) = of.fold((0_u64, 0_u64), |(all, yes), is| (all + 1, yes + u64::from(is)));
    (all > 0).then(|| yes as f64 / all as f64)
}

/// The beginning of a text.
fn shown(text: &str) -> String {
    text.chars().take(SHOWN_CHARACTERS).collect()
}

/// On which objects accounts of a group came within a window of each other, and with which posts.
#[must_use]
pub fn together(ledger: &Ledger, members: &[Member]) -> (BTreeMap<u32, Together>, Vec<u32>) {
    let mut actions: Vec<(u32, i64, u32, u32, i64)> = Vec::new();
    for member in members {
        let window_us = i64::from(member.window_s) * 1_000_000;
        actions.extend(
            ledger
                .of_account(member.account)
                .iter()
                .map(|entry| (entry.object, entry.at_us, member.account, entry.post, window_us)),
        );
    }
    actions.sort_unstable();
    let mut objects: BTreeMap<u32, Together> = BTreeMap::new();
    let mut posts = BTreeSet::new();
    for pair in actions.windows(2) {
        let (left, right) = (pair[0], pair[1]);
        let near = right.1 - left.1 <= left.4.max(right.4);
        if left.0 != right.0 || left.2 == right.2 || !near {
            continue;
        }
        let new = || Together { first_us: left.1, ..Together::default() };
        let together = objects.entry(left.0).or_insert_with(new);
        together.accounts.extend([left.2, right.2]);
        together.last_us = right.1;
        posts.extend([left.3, right.3]);
    }
    (objects, posts.into_iter().collect())
}

/// On which objects the accounts of a company came together, and with which posts.
#[must_use]
pub fn gathered(posts: &Posts, company: &Company) -> (BTreeMap<u32, Together>, Vec<u32>) {
    let is_member = |account: &u32| {
        company.members.binary_search_by_key(account, |member| member.account).is_ok()
    };
    let mut objects: BTreeMap<u32, Together> = BTreeMap::new();
    let mut rows = BTreeSet::new();
    for gathering in &company.gatherings {
        let own = gathering.posts.iter().copied();
        let own: Vec<u32> = own.filter(|post| is_member(&posts.account[*post as usize])).collect();
        let times = own.iter().map(|post| posts.at_us[*post as usize]);
        let (Some(first_us), Some(last_us)) = (times.clone().min(), times.max()) else { continue };
        rows.extend(own.iter().copied());
        let Some(object) = gathering.object else { continue };
        let new = || Together { first_us, last_us, accounts: BTreeSet::new() };
        let together = objects.entry(object).or_insert_with(new);
        together.first_us = together.first_us.min(first_us);
        together.last_us = together.last_us.max(last_us);
        together.accounts.extend(own.iter().map(|post| posts.account[*post as usize]));
    }
    (objects, rows.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Builder, PostRow};

    /// A group of these accounts, each with the post and on the object of its number.
    fn found(basis: Basis, accounts: &[u32], visitors: &[u32]) -> Found {
        let member = |account: &u32| Member {
            account: *account,
            observed: 3,
            objects: 3,
            expected: 0.1,
            log10_p: -4.0,
            level: 0.001,
            trace: None,
            window_s: 600,
        };
        let together =
            |account: u32| Together { accounts: BTreeSet::from([account]), ..Together::default() };
        Found {
            basis,
            members: accounts.iter().map(member).collect(),
            visitors: visitors.to_vec(),
            pairs: Vec::new(),
            posts: accounts.to_vec(),
            objects: accounts.iter().map(|account| (*account, together(*account))).collect(),
            occasions: Vec::new(),
        }
    }

    /// Joins the second group to the first one, and gives whose accounts and posts are left.
    fn check(first: Found, second: Found, expected: &[u32]) {
        let mut builder = Builder::new();
        for n in 0..10_i64 {
            let (id, account) = (n.to_string(), format!("a{n}"));
            builder.post(&PostRow { id: &id, account: &account, at_us: n, ..PostRow::default() });
        }
        let posts = builder.build().posts;
        let mut joined = first;
        joined.join(second, &posts);
        let members: Vec<u32> = joined.members.iter().map(|member| member.account).collect();
        let on_objects: BTreeSet<u32> =
            joined.objects.values().flat_map(|of| of.accounts.iter().copied()).collect();
        assert_eq!(members, expected);
        assert_eq!(joined.posts, expected);
        assert_eq!(on_objects.into_iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn who_is_a_visitor_in_one_window_is_of_no_group_that_is_the_same() {
        let gathering = |accounts, visitors| found(Basis::Gathering, accounts, visitors);
        check(gathering(&[1, 2], &[]), gathering(&[2, 3], &[]), &[1, 2, 3]);
        check(gathering(&[1, 2], &[3]), gathering(&[2, 3, 4], &[1]), &[2, 4]);
        // What was done within seconds is evidence of its own.
        let within_seconds = || found(Basis::CoAction, &[1, 2], &[]);
        check(within_seconds(), gathering(&[3], &[1]), &[1, 2, 3]);
    }
}
