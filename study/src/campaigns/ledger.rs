//! All actions of all traces, to be read by object, by account or by post.

use super::null::{moved, shifts};
use super::traces::{Actions, Trace};
use std::ops::Range;

/// All actions of a study. Objects are numbered through all traces: the objects of the first trace
/// come first.
#[derive(Debug, Clone)]
pub struct Ledger {
    traces: Vec<Actions>,
    /// Where the objects of each trace begin, and at last where all end.
    first_object: Vec<u32>,
    /// Where the actions on each object begin within its trace, one more than objects for each.
    groups: Vec<Vec<u32>>,
    /// Where the actions of each account begin, and at last where all end.
    by_account: Vec<u32>,
    /// The actions, by account, then object, then time.
    entries: Vec<Entry>,
    /// Where the objects of each post begin, and at last where all end.
    by_post: Vec<u32>,
    /// The objects of each post, ascending.
    objects_of_post: Vec<u32>,
}

/// One action of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// When, in microseconds since 1970.
    pub at_us: i64,
    /// The object, numbered through all traces.
    pub object: u32,
    /// The post that it is.
    pub post: u32,
}

impl Ledger {
    /// Takes the actions of each trace, of so many accounts and posts.
    #[must_use]
    pub fn new(traces: Vec<Actions>, accounts: usize, posts: usize) -> Self {
        let mut first_object = vec![0];
        let mut groups = Vec::new();
        for actions in &traces {
            let mut starts: Vec<u32> = actions.groups().map(|rows| rows.start as u32).collect();
            starts.push(actions.len() as u32);
            first_object.push(first_object[groups.len()] + actions.objects() as u32);
            groups.push(starts);
        }
        let mut ledger = Self {
            traces,
            first_object,
            groups,
            by_account: Vec::new(),
            entries: Vec::new(),
            by_post: Vec::new(),
            objects_of_post: Vec::new(),
        };
        ledger.index_accounts(accounts);
        ledger.index_posts(posts);
        ledger
    }

    /// A copy whose posts are each moved by chance, by no more than the jitter.
    #[must_use]
    pub fn moved(&self, jitter_us: i64, seed: u64, repeat: u32) -> Self {
        let posts = self.by_post.len() - 1;
        let shifts = shifts(posts, jitter_us, seed, repeat);
        let traces = self.traces.iter().map(|actions| moved(actions, &shifts)).collect();
        Self::new(traces, self.accounts(), posts)
    }

    /// Every action in the order of objects, with who acted.
    fn in_order(&self) -> impl Iterator<Item = (u32, Entry)> {
        self.traces.iter().enumerate().flat_map(move |(place, actions)| {
            let first = self.first_object[place];
            actions.groups().zip(first..).flat_map(move |(rows, object)| {
                rows.map(move |row| {
                    let (at_us, post) = (actions.at_us[row], actions.post[row]);
                    (actions.account[row], Entry { at_us, object, post })
                })
            })
        })
    }

    fn index_accounts(&mut self, accounts: usize) {
        let mut next = starts(accounts, self.in_order().map(|(account, _)| account));
        let by_account = next.clone();
        let mut entries = vec![Entry { at_us: 0, object: 0, post: 0 }; self.actions()];
        for (account, entry) in self.in_order() {
            entries[next[account as usize] as usize] = entry;
            next[account as usize] += 1;
        }
        (self.by_account, self.entries) = (by_account, entries);
    }

    fn index_posts(&mut self, posts: usize) {
        let mut next = starts(posts, self.in_order().map(|(_, entry)| entry.post));
        let by_post = next.clone();
        let mut objects = vec![0; self.actions()];
        for (_, entry) in self.in_order() {
            objects[next[entry.post as usize] as usize] = entry.object;
            next[entry.post as usize] += 1;
        }
        (self.by_post, self.objects_of_post) = (by_post, objects);
    }

    /// How many actions there are.
    #[must_use]
    pub fn actions(&self) -> usize {
        self.traces.iter().map(Actions::len).sum()
    }

    /// How many accounts there are, acting or not.
    #[must_use]
    pub fn accounts(&self) -> usize {
        self.by_account.len() - 1
    }

    /// How many objects there are.
    #[must_use]
    pub fn objects(&self) -> usize {
        *self.first_object.last().expect("there is always one end") as usize
    }

    /// The actions of each trace.
    #[must_use]
    pub fn traces(&self) -> &[Actions] {
        &self.traces
    }

    /// The place of an object's trace in [`Ledger::traces`].
    ///
    /// # Panics
    /// Where there is no such object.
    #[must_use]
    pub fn place_of(&self, object: u32) -> usize {
        self.first_object.partition_point(|first| *first <= object) - 1
    }

    /// The number through all traces of the first object of a trace.
    #[must_use]
    pub fn first_object(&self, place: usize) -> u32 {
        self.first_object[place]
    }

    /// The trace of an object, and its number there.
    ///
    /// # Panics
    /// Where there is no such object.
    #[must_use]
    pub fn trace_of(&self, object: u32) -> (Trace, u32) {
        let (actions, rows) = self.rows_of(object);
        (actions.trace, actions.object[rows.start])
    }

    /// The actions on an object: columns, and the rows there, in the order of time.
    ///
    /// # Panics
    /// Where there is no such object.
    #[must_use]
    pub fn rows_of(&self, object: u32) -> (&Actions, Range<usize>) {
        let place = self.place_of(object);
        let within = (object - self.first_object[place]) as usize;
        let starts = &self.groups[place];
        (&self.traces[place], starts[within] as usize..starts[within + 1] as usize)
    }

    /// The rows of the actions on an object from one time to another, both included.
    ///
    /// # Panics
    /// Where there is no such object.
    #[must_use]
    pub fn between(&self, object: u32, from_us: i64, to_us: i64) -> Range<usize> {
        let (actions, rows) = self.rows_of(object);
        let times = &actions.at_us[rows.clone()];
        let begin = times.partition_point(|at| *at < from_us);
        let end = times.partition_point(|at| *at <= to_us);
        rows.start + begin..rows.start + end
    }

    /// The actions of an account, by object, then time.
    ///
    /// # Panics
    /// Where there is no such account.
    #[must_use]
    pub fn of_account(&self, account: u32) -> &[Entry] {
        let account = account as usize;
        &self.entries[self.by_account[account] as usize..self.by_account[account + 1] as usize]
    }

    /// The objects of a post, ascending.
    ///
    /// # Panics
    /// Where there is no such post.
    #[must_use]
    pub fn objects_of(&self, post: u32) -> &[u32] {
        let post = post as usize;
        &self.objects_of_post[self.by_post[post] as usize..self.by_post[post + 1] as usize]
    }
}

/// Where the things of each of so many keys begin when sorted by key.
fn starts(keys: usize, of: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut starts = vec![0_u32; keys + 1];
    for key in of {
        starts[key as usize + 1] += 1;
    }
    for key in 0..keys {
        starts[key + 1] += starts[key];
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaigns::traces::Action;

    fn rows(given: &[(u32, u32, i64, u32)]) -> Vec<Action> {
        let row = |(object, account, at_us, post): &(u32, u32, i64, u32)| Action {
            object: *object,
            account: *account,
            at_us: *at_us,
            post: *post,
        };
        given.iter().map(row).collect()
    }

    #[test]
    fn reads_by_object_account_and_post() {
        let links = rows(&[(7, 0, 1, 0), (7, 1, 2, 1), (9, 1, 5, 3), (9, 2, 6, 4)]);
        let tags = rows(&[(3, 0, 1, 0), (3, 2, 6, 4), (4, 2, 3, 2)]);
        let traces = vec![
            Actions::pack(Trace::Link, links),
            Actions::pack(Trace::Reply, Vec::new()),
            Actions::pack(Trace::Hashtag, tags),
        ];
        let ledger = Ledger::new(traces, 4, 5);
        assert_eq!((ledger.actions(), ledger.accounts(), ledger.objects()), (6, 4, 3));
        let labels: Vec<_> = (0..3).map(|object| ledger.trace_of(object)).collect();
        assert_eq!(labels, [(Trace::Link, 7), (Trace::Link, 9), (Trace::Hashtag, 3)]);
        assert_eq!(ledger.first_object(2), 2);
        let of = |account| -> Vec<_> {
            ledger.of_account(account).iter().map(|e| (e.object, e.at_us, e.post)).collect()
        };
        assert_eq!(of(0), [(0, 1, 0), (2, 1, 0)]);
        assert_eq!(of(1), [(0, 2, 1), (1, 5, 3)]);
        assert_eq!(of(2), [(1, 6, 4), (2, 6, 4)]);
        assert_eq!(of(3), []);
        let posts: Vec<_> = (0..5).map(|post| ledger.objects_of(post).to_vec()).collect();
        assert_eq!(posts, [vec![0, 2], vec![0], vec![], vec![1], vec![1, 2]]);
        let (actions, range) = ledger.rows_of(2);
        assert_eq!(actions.account[range], [0, 2]);
    }
}
