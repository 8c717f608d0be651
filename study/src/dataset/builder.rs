//! Rows in, dataset out: every treatment of bad input happens here and is noted.

use super::{
    ActionRow, Dataset, FollowRow, NONE, Notes, PostRow, Posts, Profile, ProfileRow, Ragged,
    StudyAction, Treatment,
};
use crate::Names;

/// Of this many times, most being whole minutes is no accident.
const MINUTES_SEEN_FROM: usize = 100;
const MINUTE_US: i64 = 60_000_000;

/// Takes rows in any order and packs them.
#[derive(Debug, Default)]
pub struct Builder {
    accounts: Names,
    profiles: Vec<Option<Profile>>,
    posts: Posts,
    /// The row of each post id, by number of id, or [`NONE`].
    row_of: Vec<u32>,
    follows: Vec<(u32, u32, i64)>,
    actions: Vec<ActionRow>,
    notes: Notes,
    end_us: Option<i64>,
    scratch: Vec<u32>,
    lower: String,
}

impl Builder {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Leaves out posts that are dated after this instant.
    #[must_use]
    pub fn ending(mut self, end_us: i64) -> Self {
        self.end_us = Some(end_us);
        self
    }

    /// Takes a post.
    pub fn post(&mut self, row: &PostRow) {
        if self.end_us.is_some_and(|end| row.at_us > end) {
            self.notes.add(Treatment::InTheFuture, row.id);
            return;
        }
        let id = self.posts.ids.number(row.id);
        let account = self.accounts.number(row.account);
        let text = self.posts.texts.number(row.text);
        if self.row_of.len() <= id as usize {
            self.row_of.resize(id as usize + 1, NONE);
        }
        let before = self.row_of[id as usize];
        if before != NONE {
            let before = before as usize;
            let same = self.posts.account[before] == account
                && self.posts.at_us[before] == row.at_us
                && self.posts.text[before] == text;
            let treatment = if same { Treatment::DuplicatePost } else { Treatment::IdReused };
            self.notes.add(treatment, row.id);
            return;
        }
        self.row_of[id as usize] = u32::try_from(self.posts.len()).expect("fewer than 2^32 posts");
        self.posts.id.push(id);
        self.posts.account.push(account);
        self.posts.text.push(text);
        self.posts.at_us.push(row.at_us);
        self.posts.deleted_at_us.push(row.deleted_at_us.unwrap_or(i64::MAX));
        let repost_of = self.reference(row.id, row.repost_of);
        let in_reply_to = self.reference(row.id, row.in_reply_to);
        self.posts.repost_of.push(repost_of);
        self.posts.in_reply_to.push(in_reply_to);
        self.posts.language.push(self.posts.objects.number(row.language));
        self.posts.client.push(self.posts.objects.number(row.client));
        self.objects(row);
    }

    fn reference(&mut self, own: &str, to: Option<&str>) -> u32 {
        match to {
            None | Some("") => NONE,
            Some(to) if to == own => {
                self.notes.add(Treatment::SelfReference, own);
                NONE
            }
            Some(to) => self.posts.ids.number(to),
        }
    }

    fn objects(&mut self, row: &PostRow) {
        let Self { posts, notes, scratch, lower, .. } = self;
        let mut numbers = |given: &[&str], fold: Fold, sort: Sort, into: &mut Ragged| {
            scratch.clear();
            for object in given {
                let object = object.trim();
                if object.is_empty() {
                    notes.add(Treatment::EmptyObject, row.id);
                    continue;
                }
                let number = match fold {
                    Fold::None => posts.objects.number(object),
                    Fold::Lower => {
                        lower.clear();
                        lower.extend(object.chars().flat_map(char::to_lowercase));
                        posts.objects.number(lower)
                    }
                };
                if !scratch.contains(&number) {
                    scratch.push(number);
                }
            }
            match sort {
                Sort::Kept => {}
                Sort::Sorted => scratch.sort_unstable(),
            }
            into.push(scratch.iter().copied());
        };
        numbers(row.links, Fold::None, Sort::Sorted, &mut posts.links);
        numbers(row.hashtags, Fold::Lower, Sort::Kept, &mut posts.hashtags);
        numbers(row.images, Fold::None, Sort::Sorted, &mut posts.images);
    }

    /// Takes an account with its profile.
    pub fn profile(&mut self, row: ProfileRow) {
        let number = self.accounts.number(row.id) as usize;
        if self.profiles.len() <= number {
            self.profiles.resize(number + 1, None);
        }
        if self.profiles[number].replace(row.profile).is_some() {
            self.notes.add(Treatment::DuplicateProfile, row.id);
        }
    }

    /// Takes a follow.
    pub fn follow(&mut self, row: &FollowRow) {
        if row.from == row.to {
            self.notes.add(Treatment::SelfFollow, row.from);
            return;
        }
        let (from, to) = (self.accounts.number(row.from), self.accounts.number(row.to));
        self.follows.push((from, to, row.at_us.unwrap_or(i64::MIN)));
    }

    /// Takes something that was done to an account.
    pub fn action(&mut self, account: &str, action: StudyAction, at_us: i64) {
        let account = self.accounts.number(account);
        self.actions.push(ActionRow { at_us, account, action });
    }

    /// Sorts and packs what came.
    #[must_use]
    pub fn build(mut self) -> Dataset {
        self.note_minutes();
        self.profiles.resize(self.accounts.len(), None);
        let without = self.profiles.iter().position(Option::is_none);
        if let Some(first) = without {
            let count = self.profiles.iter().filter(|profile| profile.is_none()).count() as u64;
            let first = self.accounts.text(u32::try_from(first).unwrap_or(0));
            self.notes.add_many(Treatment::NoProfile, count, first);
        }
        let posts = in_order(self.posts, &mut self.notes);
        let follows = packed(self.follows, &self.accounts, &mut self.notes);
        self.actions.sort_by_key(|action| action.at_us);
        Dataset {
            accounts: self.accounts,
            profiles: self.profiles,
            posts,
            follows,
            actions: self.actions,
            notes: self.notes,
        }
    }

    fn note_minutes(&mut self) {
        let times = &self.posts.at_us;
        let whole = times.iter().filter(|at| **at % MINUTE_US == 0).count();
        if times.len() >= MINUTES_SEEN_FROM && whole * 10 >= times.len() * 9 {
            self.notes.add_many(Treatment::WholeMinutes, whole as u64, "");
        }
    }
}

#[derive(Clone, Copy)]
enum Fold {
    None,
    Lower,
}

#[derive(Clone, Copy)]
enum Sort {
    Kept,
    Sorted,
}

fn in_order(posts: Posts, notes: &mut Notes) -> Posts {
    let key = |row: usize| (posts.at_us[row], posts.ids.text(posts.id[row]));
    let rows = posts.len();
    let late = (1..rows).find(|row| posts.at_us[*row] < posts.at_us[*row - 1]);
    if (1..rows).all(|row| key(row - 1) <= key(row)) {
        return posts;
    }
    if let Some(first) = late {
        let count = (1..rows).filter(|row| posts.at_us[*row] < posts.at_us[*row - 1]).count();
        notes.add_many(Treatment::OutOfOrder, count as u64, posts.ids.text(posts.id[first]));
    }
    let mut order: Vec<usize> = (0..rows).collect();
    order.sort_by(|a, b| key(*a).cmp(&key(*b)));
    let numbers = |column: &[u32]| order.iter().map(|row| column[*row]).collect::<Vec<_>>();
    let times = |column: &[i64]| order.iter().map(|row| column[*row]).collect::<Vec<_>>();
    let lists = |column: &Ragged| {
        let mut sorted = Ragged::default();
        order.iter().for_each(|row| sorted.push(column.row(*row).iter().copied()));
        sorted
    };
    Posts {
        id: numbers(&posts.id),
        account: numbers(&posts.account),
        at_us: times(&posts.at_us),
        repost_of: numbers(&posts.repost_of),
        in_reply_to: numbers(&posts.in_reply_to),
        deleted_at_us: times(&posts.deleted_at_us),
        text: numbers(&posts.text),
        links: lists(&posts.links),
        hashtags: lists(&posts.hashtags),
        images: lists(&posts.images),
        language: numbers(&posts.language),
        client: numbers(&posts.client),
        ids: posts.ids,
        texts: posts.texts,
        objects: posts.objects,
    }
}

fn packed(
    mut follows: Vec<(u32, u32, i64)>,
    accounts: &Names,
    notes: &mut Notes,
) -> super::Follows {
    follows.sort_unstable();
    let before = follows.len();
    let mut first = None;
    follows.dedup_by(|later, kept| {
        let same = (later.0, later.1) == (kept.0, kept.1);
        if same {
            first.get_or_insert(later.0);
            // An unknown time sorts first; the earliest known one counts.
            if kept.2 == i64::MIN {
                kept.2 = later.2;
            }
        }
        same
    });
    let dropped = (before - follows.len()) as u64;
    let first = first.map_or("", |account| accounts.text(account));
    notes.add_many(Treatment::DuplicateFollow, dropped, first);
    super::Follows {
        from: follows.iter().map(|follow| follow.0).collect(),
        to: follows.iter().map(|follow| follow.1).collect(),
        at_us: follows.iter().map(|follow| follow.2).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post<'a>(id: &'a str, account: &'a str, at_us: i64) -> PostRow<'a> {
        PostRow { id, account, at_us, ..PostRow::default() }
    }

    fn treated(dataset: &Dataset) -> Vec<(Treatment, u64, &str)> {
        let notes = dataset.notes.all().iter();
        notes
            .filter(|note| note.treatment != Treatment::NoProfile)
            .map(|note| (note.treatment, note.count, note.first.as_str()))
            .collect()
    }

    #[test]
    fn treats_bad_input_and_says_so() {
        type Case = (fn(&mut Builder), usize, &'static [(Treatment, u64, &'static str)]);
        let cases: [Case; 8] = [
            (
                |b| (0..2).for_each(|_| b.post(&post("p", "a", 5))),
                1,
                &[(Treatment::DuplicatePost, 1, "p")],
            ),
            (
                |b| [5, 6, 7].iter().for_each(|at| b.post(&post("p", "a", *at))),
                1,
                &[(Treatment::IdReused, 2, "p")],
            ),
            (
                |b| b.post(&PostRow { repost_of: Some("p"), ..post("p", "a", 1) }),
                1,
                &[(Treatment::SelfReference, 1, "p")],
            ),
            (
                |b| b.post(&PostRow { links: &["", " ", "x"], ..post("p", "a", 1) }),
                1,
                &[(Treatment::EmptyObject, 2, "p")],
            ),
            (|b| b.post(&post("p", "a", 2_000)), 0, &[(Treatment::InTheFuture, 1, "p")]),
            (
                |b| [3, 1, 2].iter().for_each(|at| b.post(&post(&at.to_string(), "a", *at))),
                3,
                &[(Treatment::OutOfOrder, 1, "1")],
            ),
            (
                |b| b.follow(&FollowRow { from: "a", to: "a", at_us: None }),
                0,
                &[(Treatment::SelfFollow, 1, "a")],
            ),
            (
                |b| {
                    for at_us in [None, Some(7), Some(3)] {
                        b.follow(&FollowRow { from: "a", to: "b", at_us });
                    }
                },
                0,
                &[(Treatment::DuplicateFollow, 2, "a")],
            ),
        ];
        for (at, (rows, posts, notes)) in cases.iter().enumerate() {
            let mut builder = Builder::new().ending(1_000);
            rows(&mut builder);
            let dataset = builder.build();
            assert_eq!(dataset.posts.len(), *posts, "case {at}");
            assert_eq!(treated(&dataset), *notes, "case {at}");
        }
    }

    #[test]
    fn sorts_every_column_alike() {
        let mut builder = Builder::new();
        for (id, account, at_us, tag) in
            [("c", "x", 3, "C"), ("b", "y", 1, "B"), ("a", "z", 1, "A")]
        {
            let hashtags = [tag];
            builder.post(&PostRow { text: id, hashtags: &hashtags, ..post(id, account, at_us) });
        }
        let Dataset { posts, accounts, .. } = builder.build();
        let rows: Vec<(&str, &str, &str, &str)> = (0..3)
            .map(|row| {
                let tag = posts.objects.text(posts.hashtags.row(row)[0]);
                let id = posts.ids.text(posts.id[row]);
                (id, accounts.text(posts.account[row]), posts.text_of(row), tag)
            })
            .collect();
        assert_eq!(rows, [("a", "z", "a", "a"), ("b", "y", "b", "b"), ("c", "x", "c", "c")]);
    }

    #[test]
    fn the_earliest_known_follow_counts() {
        let mut builder = Builder::new();
        for (to, at_us) in [("b", Some(9)), ("b", None), ("b", Some(4)), ("c", None)] {
            builder.follow(&FollowRow { from: "a", to, at_us });
        }
        let follows = builder.build().follows;
        assert_eq!(follows.at_us, [4, i64::MIN]);
    }

    #[test]
    fn whole_minutes_are_noted() {
        let mut builder = Builder::new();
        for n in 0..200_i64 {
            let at_us = n * MINUTE_US + if n % 20 == 0 { 1 } else { 0 };
            builder.post(&post(&n.to_string(), "a", at_us));
        }
        assert_eq!(builder.build().notes.count(Treatment::WholeMinutes), 190);
    }
}
