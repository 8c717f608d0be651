//! Pairs of accounts that act together, found while posts come.
//!
//! For posts that are no later than the bound on lateness the edges are those that
//! [`edges`](super::coaction::edges) finds in a dataset of the same posts, for every trace and
//! window, as long as no limit is reached. What was left out is counted in [`StreamNotes`].
//!
//! Memory is bounded, however long the stream is: actions are held for the widest window only,
//! texts for as long as the rules say and half as long again, accounts while they are in the window
//! or in an edge, and every table has a limit. Objects are told apart by hashes of 64 bits; of five
//! million objects at once, two are taken for one with a chance of less than one in a million.

mod accounts;
mod network;
mod queue;
mod window;

pub use accounts::Accounts;

use super::coaction::Edges;
use super::similar::Grouper;
use super::traces::{TextRules, Trace, has_words, normalise};
use crate::dataset::PostRow;
use foldhash::quality::FixedState;
use hashbrown::HashSet;
use network::{Network, Room};
use queue::Queue;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::hash::BuildHasher as _;
use window::{Numbered, Objects, Window};

/// What a stream is looked at for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StreamRules {
    /// The traces, each once.
    pub traces: Vec<Trace>,
    /// The windows in microseconds, each once; both ends belong to a window.
    pub windows_us: Vec<i64>,
    /// A post may come so much later than the latest one that came before it, in microseconds;
    /// posts are held back for as long.
    pub lateness_us: i64,
    /// When texts are objects.
    pub texts: TextRules,
    /// How much is held.
    pub limits: StreamLimits,
    /// The key of all hashes; kept from those who choose the objects.
    pub seed: u64,
}

/// How much a stream holds and looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamLimits {
    /// Most earlier actions on one object that an action is compared with, the next ones first.
    pub partners: usize,
    /// Most actions of all traces that are held for the widest window; about 40 bytes each.
    pub actions: usize,
    /// Most different texts that are held for similar texts; about 250 bytes each.
    pub texts: usize,
    /// Most posts that wait for late ones.
    pub waiting: usize,
    /// Most entries of edges: one for each edge of a trace and window, for each object of it, and
    /// for each of its posts that has several objects; about 80 bytes each.
    pub entries: usize,
    /// Most accounts that are in the window or in an edge; about 100 bytes each.
    pub accounts: usize,
}

impl Default for StreamLimits {
    fn default() -> Self {
        Self {
            partners: 100,
            actions: 5_000_000,
            texts: 1_000_000,
            waiting: 1_000_000,
            entries: 1_000_000,
            accounts: 10_000_000,
        }
    }
}

/// What was left out of a stream, and why.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamNotes {
    /// Posts that came, whatever became of them.
    pub posts: u64,
    /// Posts that came too late: left out.
    pub late: u64,
    /// Posts dated later than when they came: left out.
    pub ahead: u64,
    /// Posts whose id came before and was waiting: left out.
    pub duplicates: u64,
    /// Posts of accounts beyond the limit: left out.
    pub accounts_without_room: u64,
    /// Posts that no longer waited for late ones, because too many did.
    pub waited_less: u64,
    /// Actions that were dropped before the widest window was over, because too many were held.
    pub actions_dropped: u64,
    /// Pairs of actions that were not looked at, because an object had too many.
    pub pairs_skipped: u64,
    /// Texts that were not looked at for similar ones, because too many were remembered.
    pub texts_without_room: u64,
    /// Pairs that were not counted, because too many entries were held.
    pub pairs_without_room: u64,
}

/// A post while it waits for late ones, in the order of time, then of its id.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Waiting {
    at_us: i64,
    id: Box<str>,
    account: u32,
    objects: Vec<(u8, u64)>,
    /// The normal form of its text, where it may be similar to another.
    form: Option<(u8, Box<str>)>,
}

/// Finds edges while posts come.
#[derive(Debug)]
pub struct Stream {
    rules: StreamRules,
    hashes: FixedState,
    accounts: Accounts,
    waiting: Queue<Waiting>,
    /// The hashes of the ids of the posts that wait.
    waiting_ids: HashSet<u64, FixedState>,
    /// Everything before this was let through.
    passed_us: i64,
    window: Window,
    widest_us: i64,
    grouper: Grouper,
    /// For each trace one for each window, the widest first.
    networks: Vec<Vec<(i64, Network)>>,
    /// How many entries all networks hold.
    entries: usize,
    notes: StreamNotes,
    form: String,
    lower: String,
    before: Vec<Numbered>,
}

impl Stream {
    /// No post yet.
    #[must_use]
    pub fn new(rules: &StreamRules) -> Self {
        let hashes = FixedState::with_seed(rules.seed);
        let mut windows_us = rules.windows_us.clone();
        windows_us.sort_unstable_by_key(|window_us| Reverse(*window_us));
        let network = |_: &Trace| windows_us.iter().map(|us| (*us, Network::new())).collect();
        Self {
            accounts: Accounts::new(),
            waiting: Queue::new(),
            waiting_ids: HashSet::with_hasher(hashes.clone()),
            hashes,
            passed_us: i64::MIN,
            window: Window::default(),
            widest_us: windows_us.first().copied().unwrap_or(0),
            grouper: Grouper::new(&rules.texts, rules.limits.texts),
            networks: rules.traces.iter().map(network).collect(),
            entries: 0,
            notes: StreamNotes::default(),
            form: String::new(),
            lower: String::new(),
            before: Vec::new(),
            rules: rules.clone(),
        }
    }

    /// Takes a post that came at some instant, in microseconds since 1970. One that is dated later
    /// than that by more than the bound on lateness is left out, so that a wrong clock cannot make
    /// all others late. An id that comes again counts once while its post waits for late ones; a
    /// post that is delivered again after that has the same time, and is late. Another post with an
    /// id that has passed counts, where it is dated later than the bound.
    pub fn post(&mut self, row: &PostRow, came_us: i64) {
        self.notes.posts += 1;
        let lateness_us = self.rules.lateness_us;
        if row.at_us.saturating_sub(lateness_us) > came_us {
            self.notes.ahead += 1;
            return;
        }
        if row.at_us < self.passed_us {
            self.notes.late += 1;
            return;
        }
        let most = self.rules.limits.accounts;
        let Some(account) = self.accounts.number(row.account, row.at_us, most) else {
            self.notes.accounts_without_room += 1;
            return;
        };
        if !self.waiting_ids.insert(self.hashes.hash_one(row.id)) {
            self.notes.duplicates += 1;
            return;
        }
        let waiting = self.waiting(row, account);
        self.waiting.push(waiting);
        self.pass_before(row.at_us.saturating_sub(lateness_us));
        while self.waiting.len() > self.rules.limits.waiting.max(1) {
            self.notes.waited_less += 1;
            self.pass_next();
        }
    }

    /// Lets everything through that still waits; what comes later and is dated earlier is late.
    pub fn finish(&mut self) {
        while self.pass_next() {}
    }

    /// The edges of a trace and window since the beginning or since they were last cleared; none
    /// where the rules do not ask for them. Accounts are numbers of [`Stream::accounts`].
    #[must_use]
    pub fn edges(&self, trace: Trace, window_us: i64) -> Option<Edges> {
        let place = self.rules.traces.iter().position(|one| *one == trace)?;
        let mut networks = self.networks[place].iter();
        networks.find(|(us, _)| *us == window_us).map(|(_, network)| network.edges())
    }

    /// Begins all edges anew, so that they do not grow for ever: to be done every hour or day,
    /// after they were read.
    pub fn clear(&mut self) {
        for (_, network) in self.networks.iter_mut().flatten() {
            *network = Network::new();
        }
        self.entries = 0;
        self.accounts.edges_are_cleared();
    }

    /// The accounts with their numbers. One that posts nothing for as long as the widest window is
    /// dropped after its edges are cleared, and its number is given to another.
    #[must_use]
    pub fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// What was left out so far.
    #[must_use]
    pub fn notes(&self) -> StreamNotes {
        self.notes
    }

    /// A post as it waits, with the hashes of its objects, which are those that it would have in a
    /// dataset.
    fn waiting(&mut self, row: &PostRow, account: u32) -> Waiting {
        let other = |id: &&str| !id.is_empty() && *id != row.id;
        let repost = row.repost_of.filter(other);
        let is_own = repost.is_none();
        let reply = row.in_reply_to.filter(|id| is_own && other(id));
        let is_text = is_own && self.has_text(row.text);
        let Self { rules, hashes, form, lower, .. } = self;
        let mut waiting = Waiting {
            at_us: row.at_us,
            id: row.id.into(),
            account,
            objects: Vec::new(),
            form: None,
        };
        for (lane, trace) in (0_u8..).zip(&rules.traces) {
            let mut take = |object: &str| {
                let object = object.trim();
                if !object.is_empty() {
                    waiting.objects.push((lane, hashes.hash_one((lane, object))));
                }
            };
            match trace {
                Trace::Repost => repost.into_iter().for_each(take),
                Trace::Reply => reply.into_iter().for_each(take),
                Trace::Text => is_text.then_some(&*form).into_iter().for_each(|form| take(form)),
                Trace::SimilarText => waiting.form = is_text.then(|| (lane, form.as_str().into())),
                Trace::Link | Trace::Hashtag | Trace::Image if !is_own => {}
                Trace::Link => row.links.iter().for_each(|link| take(link)),
                Trace::Image => row.images.iter().for_each(|image| take(image)),
                Trace::Hashtag => row.hashtags.iter().for_each(|hashtag| {
                    lower.clear();
                    lower.extend(hashtag.chars().flat_map(char::to_lowercase));
                    take(lower);
                }),
            }
        }
        waiting.objects.sort_unstable();
        waiting.objects.dedup();
        waiting
    }

    /// Whether a text is an object; leaves its normal form in `form`.
    fn has_text(&mut self, text: &str) -> bool {
        if text.is_empty() {
            return false;
        }
        normalise(text, &mut self.form);
        has_words(&self.form, self.rules.texts.min_words)
    }

    /// Lets everything through that is dated before an instant.
    fn pass_before(&mut self, at_us: i64) {
        while self.waiting.peek().is_some_and(|waiting| waiting.at_us < at_us) {
            self.pass_next();
        }
        self.passed_us = self.passed_us.max(at_us);
    }

    /// Lets the earliest post through; says whether there was one.
    fn pass_next(&mut self) -> bool {
        let Some(mut post) = self.waiting.pop() else { return false };
        self.waiting_ids.remove(&self.hashes.hash_one(&*post.id));
        // What is of the same instant and comes only now could be the same post again.
        self.passed_us = self.passed_us.max(post.at_us.saturating_add(1));
        let begin_us = post.at_us.saturating_sub(self.widest_us);
        self.window.forget_before(begin_us);
        self.accounts.forget_before(begin_us);
        if let Some((lane, form)) = post.form.take() {
            let number = self.hashes.hash_one((lane, &*form));
            match self.grouper.group(number, &form, post.at_us) {
                Some(group) => post.objects.push((lane, group)),
                None => self.notes.texts_without_room += 1,
            }
        }
        if !post.objects.is_empty() {
            self.window.begin(post.at_us, post.account);
        }
        for (lane, key) in &post.objects {
            let of_lane = post.objects.iter().filter(|object| object.0 == *lane).count();
            self.act(*lane, *key, if of_lane == 1 { Objects::One } else { Objects::Several });
        }
        true
    }

    /// Takes an action of the post that was begun, and counts its pairs with those before it.
    fn act(&mut self, lane: u8, key: u64, objects: Objects) {
        let Self { window, networks, rules, notes, before, entries, accounts, .. } = self;
        let limits = &rules.limits;
        while window.len() >= limits.actions.clamp(1, window::MOST) {
            window.drop_oldest();
            notes.actions_dropped += 1;
        }
        let (action, skipped) = window.take(key, objects, limits.partners, before);
        notes.pairs_skipped += skipped as u64;
        let others = before.iter().filter(|one| one.account != action.account);
        for (window_us, network) in &mut networks[usize::from(lane)] {
            let begin_us = action.at_us.saturating_sub(*window_us);
            for one in others.clone().filter(|one| one.at_us >= begin_us) {
                let room = if *entries < limits.entries { Room::Some } else { Room::None };
                let before = network.held();
                let has_room = network.add(key, [*one, action], room);
                let new = network.held() - before;
                if new > 0 {
                    accounts.is_in_edge(one.account);
                    accounts.is_in_edge(action.account);
                }
                *entries += new;
                notes.pairs_without_room += u64::from(!has_room);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::coaction::{Limits, edges};
    use super::super::traces::actions;
    use super::*;
    use crate::dataset::Builder;
    use proptest::prelude::*;

    const WINDOWS_US: [i64; 3] = [3, 0, 15];

    fn rules(lateness_us: i64) -> StreamRules {
        StreamRules {
            traces: Trace::ALL.to_vec(),
            windows_us: WINDOWS_US.to_vec(),
            lateness_us,
            texts: TextRules { min_words: 2, similarity: 0.5, remember_us: 12 },
            limits: StreamLimits { partners: usize::MAX, ..StreamLimits::default() },
            seed: 7,
        }
    }

    /// A post that owns its words.
    #[derive(Debug, Clone)]
    struct Owned {
        id: String,
        account: String,
        at_us: i64,
        delay_us: i64,
        text: String,
        repost_of: Option<String>,
        in_reply_to: Option<String>,
        links: Vec<String>,
        hashtags: Vec<String>,
    }

    fn with_row<T>(post: &Owned, work: impl FnOnce(&PostRow) -> T) -> T {
        let links: Vec<&str> = post.links.iter().map(String::as_str).collect();
        let hashtags: Vec<&str> = post.hashtags.iter().map(String::as_str).collect();
        work(&PostRow {
            id: &post.id,
            account: &post.account,
            at_us: post.at_us,
            text: &post.text,
            repost_of: post.repost_of.as_deref(),
            in_reply_to: post.in_reply_to.as_deref(),
            links: &links,
            hashtags: &hashtags,
            images: &links,
            ..PostRow::default()
        })
    }

    /// Posts in the order in which they come. Ids come again now and then, with everything else.
    fn some_posts(most_delay_us: i64) -> impl Strategy<Value = Vec<Owned>> {
        let few = |kind: &'static str| (0_u8..4).prop_map(move |n| format!("{kind}{n}"));
        let reference = || proptest::option::weighted(0.3, (0_u8..9).prop_map(|n| format!("p{n}")));
        let objects =
            |kind| proptest::collection::vec(prop_oneof![few(kind), Just(String::new())], 0..3);
        let post = (
            (few("u"), 0_i64..90, 0..=most_delay_us),
            proptest::collection::vec(few("w"), 0..5).prop_map(|words| words.join(" ")),
            (reference(), reference()),
            (objects("l"), objects("H")),
        );
        let posts = proptest::collection::vec((post, any::<proptest::sample::Index>()), 0..70);
        posts.prop_map(|posts| {
            let mut all: Vec<Owned> = Vec::new();
            for (n, (post, again)) in posts.into_iter().enumerate() {
                let ((account, at_us, delay_us), text, references, objects) = post;
                let (repost_of, in_reply_to) = references;
                let (links, hashtags) = objects;
                let id = format!("p{n}");
                let new = Owned {
                    id,
                    account,
                    at_us,
                    delay_us,
                    text,
                    repost_of,
                    in_reply_to,
                    links,
                    hashtags,
                };
                all.push(match again.index(9) {
                    0 if n > 0 => Owned { delay_us, ..all[again.index(n)].clone() },
                    _ => new,
                });
            }
            all.sort_by_key(|post| post.at_us + post.delay_us);
            all
        })
    }

    /// Edges by the ids of their accounts, with everything that is counted.
    fn named<'a>(
        edges: &Edges,
        account: impl Fn(u32) -> &'a str,
    ) -> Vec<(String, String, [i64; 7])> {
        let mut named: Vec<_> = edges
            .edges
            .iter()
            .map(|edge| {
                let (a, b) = (account(edge.a), account(edge.b));
                let (a, b, posts) = if a < b {
                    (a, b, [edge.posts_a, edge.posts_b])
                } else {
                    (b, a, [edge.posts_b, edge.posts_a])
                };
                let [posts_a, posts_b] = posts.map(i64::from);
                let (pairs, objects) = (i64::from(edge.pairs), i64::from(edge.objects));
                let times = (edge.apart_us, edge.first_us, edge.last_us);
                (a.into(), b.into(), [pairs, objects, posts_a, posts_b, times.0, times.1, times.2])
            })
            .collect();
        named.sort();
        named
    }

    /// Which of the posts are in time: at each one, nothing that came before was dated later by
    /// more than the bound.
    fn in_time(posts: &[Owned], lateness_us: i64) -> Vec<&Owned> {
        let mut mark_us = i64::MIN;
        posts
            .iter()
            .filter(|post| {
                let is_in_time = post.at_us >= mark_us;
                mark_us = mark_us.max(post.at_us - lateness_us);
                is_in_time
            })
            .collect()
    }

    fn replay(posts: &[Owned], rules: &StreamRules) -> Stream {
        let mut stream = Stream::new(rules);
        for post in posts {
            with_row(post, |row| stream.post(row, post.at_us + post.delay_us));
        }
        stream.finish();
        stream
    }

    /// All edges of a stream against those of a dataset of the same posts.
    fn equal_to_dataset(
        stream: &Stream,
        posts: &[&Owned],
        rules: &StreamRules,
    ) -> Result<(), TestCaseError> {
        let mut builder = Builder::new();
        posts.iter().for_each(|post| with_row(post, |row| builder.post(row)));
        let dataset = builder.build();
        let limits = Limits { pairs_per_object: u64::MAX, edges: usize::MAX };
        for trace in Trace::ALL {
            let actions = actions(&dataset, trace, &rules.texts);
            for window_us in WINDOWS_US {
                let wanted = edges(&actions, window_us, &limits);
                let wanted = named(&wanted, |number| dataset.accounts.text(number));
                let found = stream.edges(trace, window_us).expect("it was asked for");
                let found = named(&found, |number| stream.accounts().text(number));
                prop_assert_eq!(found, wanted, "{:?} {}", trace, window_us);
            }
        }
        Ok(())
    }

    fn check_replay(posts: &[Owned], lateness_us: i64) -> Result<StreamNotes, TestCaseError> {
        let rules = rules(lateness_us);
        let stream = replay(posts, &rules);
        let kept = in_time(posts, lateness_us);
        equal_to_dataset(&stream, &kept, &rules)?;
        prop_assert_eq!(stream.notes().late, (posts.len() - kept.len()) as u64);
        Ok(stream.notes())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_stream_in_order_finds_what_a_dataset_does(posts in some_posts(0)) {
            let notes = check_replay(&posts, 0)?;
            let left_out = StreamNotes { posts: 0, duplicates: 0, ..notes };
            prop_assert_eq!(left_out, StreamNotes::default());
        }

        #[test]
        fn so_does_one_out_of_order_within_the_bound(posts in some_posts(20)) {
            let notes = check_replay(&posts, 20)?;
            let dates: std::collections::BTreeSet<_> =
                posts.iter().map(|post| (&post.id, post.at_us)).collect();
            let repeated = (posts.len() - dates.len()) as u64;
            prop_assert_eq!(notes.late + notes.duplicates, repeated);
        }

        #[test]
        fn what_is_later_than_the_bound_is_left_out_and_counted(posts in some_posts(60)) {
            check_replay(&posts, 10)?;
        }

        #[test]
        fn limits_leave_out_but_add_nothing(
            posts in some_posts(10),
            most in proptest::collection::vec(1_usize..12, 6),
        ) {
            let full = rules(20);
            let limits = StreamLimits {
                partners: most[0],
                actions: most[1],
                texts: most[2],
                waiting: most[3],
                entries: most[4],
                accounts: most[5],
            };
            let less = replay(&posts, &StreamRules { limits, ..full.clone() });
            let full = replay(&posts, &full);
            for trace in Trace::ALL.into_iter().filter(|trace| *trace != Trace::SimilarText) {
                for window_us in WINDOWS_US {
                    let of = |stream: &Stream| {
                        let edges = stream.edges(trace, window_us).unwrap();
                        named(&edges, |number| stream.accounts().text(number))
                    };
                    let all = of(&full);
                    for (a, b, counts) in of(&less) {
                        let same = all.iter().find(|edge| edge.0 == a && edge.1 == b).unwrap();
                        let mut both = counts[..5].iter().zip(&same.2);
                        prop_assert!(both.all(|(some, all)| some <= all));
                    }
                }
            }
            let left_out = StreamNotes { posts: 0, duplicates: 0, late: 0, ..less.notes() };
            if left_out == StreamNotes::default() {
                prop_assert_eq!(less.edges(Trace::Link, 3), full.edges(Trace::Link, 3));
            }
        }
    }

    /// Posts as a hostile or broken service sends them: ids that come again with other words and
    /// dates, many of the same instant, dates far from when the post came.
    fn hostile_posts() -> impl Strategy<Value = Vec<(Owned, i64)>> {
        let few = |kind: &'static str, most: u8| (0..most).prop_map(move |n| format!("{kind}{n}"));
        let date = prop_oneof![
            6 => (-3_i64..3).prop_map(Date::Apart),
            2 => (-40_i64..40).prop_map(Date::Apart),
            1 => prop_oneof![Just(i64::MIN), Just(i64::MAX), Just(1 << 60)].prop_map(Date::Far),
        ];
        let post = (few("p", 20), few("u", 5), date, few("q", 3), few("w", 3), 0_i64..4);
        proptest::collection::vec(post, 0..80).prop_map(|posts| {
            let mut came_us = 1_000;
            let mut post = |(id, account, date, object, word, step_us)| {
                came_us += step_us;
                let at_us = match date {
                    Date::Apart(apart_us) => came_us + apart_us,
                    Date::Far(at_us) => at_us,
                };
                let object: String = object;
                let new = Owned {
                    id,
                    account,
                    at_us,
                    delay_us: 0,
                    text: format!("{word} again {object}"),
                    repost_of: None,
                    in_reply_to: Some(object.clone()),
                    links: vec![object],
                    hashtags: Vec::new(),
                };
                (new, came_us)
            };
            posts.into_iter().map(&mut post).collect()
        })
    }

    #[derive(Debug, Clone)]
    enum Date {
        Apart(i64),
        Far(i64),
    }

    /// The posts that a stream must take, by its own words; each with an id of its own, since one
    /// that comes again after its post has passed is a new post. And how many it must not take:
    /// those that are ahead, late, and there already.
    fn taken(posts: &[(Owned, i64)], lateness_us: i64) -> (Vec<Owned>, [u64; 3]) {
        let (mut taken, mut left_out) = (Vec::<Owned>::new(), [0; 3]);
        let mut bound_us = i64::MIN;
        for (post, came_us) in posts {
            let waits = |other: &&Owned| other.at_us >= bound_us && other.id == post.id;
            if post.at_us > came_us + lateness_us {
                left_out[0] += 1;
            } else if post.at_us < bound_us {
                left_out[1] += 1;
            } else if taken.iter().find(waits).is_some() {
                left_out[2] += 1;
            } else {
                taken.push(post.clone());
                bound_us = bound_us.max(post.at_us.saturating_sub(lateness_us));
            }
        }
        for (n, post) in taken.iter_mut().enumerate() {
            post.id = format!("{} {n:03}", post.id);
        }
        (taken, left_out)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn whatever_comes_counts_as_the_posts_that_are_in_time_do(
            posts in hostile_posts(),
            lateness_us in 0_i64..20,
        ) {
            let rules = rules(lateness_us);
            let mut stream = Stream::new(&rules);
            for (post, came_us) in &posts {
                with_row(post, |row| stream.post(row, *came_us));
            }
            stream.finish();
            let (taken, [ahead, late, duplicates]) = taken(&posts, lateness_us);
            let posts = posts.len() as u64;
            let wanted = StreamNotes { posts, ahead, late, duplicates, ..StreamNotes::default() };
            prop_assert_eq!(stream.notes(), wanted);
            equal_to_dataset(&stream, &taken.iter().collect::<Vec<_>>(), &rules)?;
        }

        #[test]
        fn no_date_of_another_makes_a_punctual_post_late(
            posts in hostile_posts(),
            lateness_us in 0_i64..20,
        ) {
            let mut stream = Stream::new(&rules(lateness_us));
            for (n, (post, came_us)) in posts.iter().enumerate() {
                with_row(post, |row| stream.post(row, *came_us));
                let before = stream.notes();
                stream.post(&share(&format!("punctual {n}"), "z", *came_us), *came_us);
                let after = StreamNotes { posts: before.posts + 1, ..before };
                prop_assert_eq!(stream.notes(), after);
            }
        }

        #[test]
        fn no_more_is_held_than_the_window_and_the_bound_ask_for(
            posts in hostile_posts(),
            lateness_us in 0_i64..20,
        ) {
            let mut stream = Stream::new(&rules(lateness_us));
            for (n, (post, came_us)) in posts.iter().enumerate() {
                with_row(post, |row| stream.post(row, *came_us));
                let (taken, _) = taken(&posts[..=n], lateness_us);
                let (waiting, passed): (Vec<i64>, Vec<i64>) = {
                    let dates = taken.iter().map(|post| post.at_us);
                    let bound_us = dates.clone().max().map(|us| us.saturating_sub(lateness_us));
                    dates.partition(|at_us| Some(*at_us) >= bound_us)
                };
                prop_assert_eq!(stream.waiting.len(), waiting.len());
                prop_assert_eq!(stream.waiting_ids.len(), waiting.len());
                let begin_us = passed.iter().max().map(|us| us.saturating_sub(15));
                let held = passed.iter().filter(|at_us| Some(**at_us) >= begin_us).count();
                // A reply, a text, one like others, a link and an image of each post.
                prop_assert_eq!(stream.window.len(), 5 * held);
            }
        }
    }

    fn share<'a>(id: &'a str, account: &'a str, at_us: i64) -> PostRow<'a> {
        PostRow { id, account, at_us, links: &["x"], ..PostRow::default() }
    }

    #[test]
    fn what_is_left_out_is_counted() {
        let limits = StreamLimits {
            partners: 2,
            actions: 4,
            entries: 10,
            accounts: 5,
            waiting: 3,
            ..StreamLimits::default()
        };
        let traces = vec![Trace::Link];
        let rules = StreamRules { traces, windows_us: vec![100], limits, ..rules(2) };
        let mut stream = Stream::new(&rules);
        for (id, account, at_us, came_us) in [
            ("p0", "a", 0, 0),
            ("p1", "b", 1, 1),
            ("p1", "b", 1, 2),
            ("far", "c", 5_000, 3),
            ("p2", "c", 4, 4),
            ("p3", "d", 5, 5),
            ("old", "d", 1, 5),
            ("p4", "e", 5, 5),
            ("p5", "f", 6, 6),
            ("p6", "a", 5, 6),
            ("p7", "b", 6, 6),
        ] {
            stream.post(&share(id, account, at_us), came_us);
        }
        stream.finish();
        stream.post(&share("p8", "a", 6), 9);
        let wanted = StreamNotes {
            posts: 12,
            late: 2,
            ahead: 1,
            duplicates: 1,
            accounts_without_room: 1,
            waited_less: 2,
            actions_dropped: 3,
            pairs_skipped: 4,
            texts_without_room: 0,
            pairs_without_room: 5,
        };
        assert_eq!(stream.notes(), wanted);
        assert_eq!(stream.edges(Trace::Link, 100).unwrap().edges.len(), 5);
        assert_eq!(stream.edges(Trace::Link, 7), None);
        assert_eq!(stream.edges(Trace::Reply, 100), None);
        stream.clear();
        assert_eq!(stream.edges(Trace::Link, 100), Some(Edges::default()));
    }

    #[test]
    fn memory_is_used_again() {
        let rules = StreamRules { windows_us: vec![10], ..rules(0) };
        let mut stream = Stream::new(&rules);
        for n in 0..10_000_i64 {
            let (id, link) = (n.to_string(), format!("l{n}"));
            let row = PostRow { links: &[&link], ..share(&id, "a", n) };
            stream.post(&row, n);
        }
        assert_eq!((stream.window.len(), stream.window.objects()), (11, 11));
    }

    #[test]
    fn accounts_that_are_gone_leave_room_for_others() {
        let limits = StreamLimits { accounts: 60, ..StreamLimits::default() };
        let rules = StreamRules { windows_us: vec![10], limits, ..rules(3) };
        let mut stream = Stream::new(&rules);
        for n in 0..20_000_i64 {
            // Every account comes twice, with the one before it.
            let ids = [(n - 1).to_string(), n.to_string()];
            for (at, account) in ids.iter().enumerate() {
                let (id, link) = (format!("{n} {at}"), format!("l{n}"));
                let row = PostRow { links: &[&link], ..share(&id, account, n) };
                stream.post(&row, n);
            }
            if n % 20 == 19 {
                let found = stream.edges(Trace::Link, 10).unwrap();
                // What is held back is told the next time.
                assert!((16..=20).contains(&found.edges.len()), "{}", found.edges.len());
                for edge in &found.edges {
                    let number = |account| stream.accounts().text(account).parse::<i64>().unwrap();
                    assert_eq!((number(edge.a) - number(edge.b)).abs(), 1);
                }
                stream.clear();
            }
        }
        assert_eq!(stream.notes().accounts_without_room, 0);
        assert!(stream.accounts().len() <= 60, "{}", stream.accounts().len());
    }
}
