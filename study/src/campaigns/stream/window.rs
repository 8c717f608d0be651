//! The actions of the last while, so linked that those on one object are found at once.
//!
//! Most objects have one action: nobody else ever writes that text. So an object is no more than
//! its newest action, and only how many actions an object with several has is held apart. What all
//! actions of a post have in common is held once.

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use std::collections::VecDeque;

/// Most actions that can be held: what lies between two of them fits beside [`SINGLE`].
pub(super) const MOST: usize = SINGLE as usize - 1;
/// The bit of [`Action::back`] that says that the post has one object of the trace.
const SINGLE: u32 = 1 << 31;

/// An action as it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Numbered {
    /// Its number among all that were ever held.
    pub(super) number: u64,
    pub(super) at_us: i64,
    pub(super) account: u32,
    /// The number of the post where it has several objects of the trace, else `u32::MAX`.
    pub(super) post: u32,
}

/// Whether a post has one object of a trace, or several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Objects {
    One,
    Several,
}

/// An action that is held.
#[derive(Debug, Clone, Copy)]
struct Action {
    /// The key of its object.
    key: u64,
    /// The lower half of the number of its post.
    post: u32,
    /// How many actions before this one the one before on the same object is, 0 where none is
    /// held; and [`SINGLE`].
    back: u32,
}

/// The actions of the last while, from the oldest on.
#[derive(Debug, Default)]
pub(super) struct Window {
    actions: VecDeque<Action>,
    /// The number of the oldest.
    oldest: u64,
    /// When each post was made that has actions, and by whom.
    posts: VecDeque<(u32, u32, u32)>,
    /// The number of the oldest post.
    oldest_post: u64,
    /// For each object the lower half of the number of its newest action.
    newest: HashTable<u32>,
    /// Keys of objects with several actions that are held, and how many.
    several: HashTable<(u64, u32)>,
}

impl Window {
    /// How many actions are held.
    pub(super) fn len(&self) -> usize {
        self.actions.len()
    }

    /// How many objects have actions that are held.
    #[cfg(test)]
    pub(super) fn objects(&self) -> usize {
        self.newest.len()
    }

    /// Drops the actions of posts before an instant.
    pub(super) fn forget_before(&mut self, at_us: i64) {
        while self.actions.front().is_some_and(|oldest| self.post(oldest.post).0 < at_us) {
            self.drop_oldest();
        }
        let oldest = self.actions.front().map(|oldest| oldest.post);
        while !self.posts.is_empty() && oldest != Some(self.oldest_post as u32) {
            self.posts.pop_front();
            self.oldest_post += 1;
        }
    }

    /// Drops the oldest action, where there is one.
    pub(super) fn drop_oldest(&mut self) {
        let Some(Action { key, .. }) = self.actions.pop_front() else { return };
        let number = self.oldest as u32;
        self.oldest += 1;
        if let Ok(last) = self.newest.find_entry(key, |newest| *newest == number) {
            last.remove();
        } else if let Ok(mut of) = self.several.find_entry(key, |of| of.0 == key) {
            of.get_mut().1 -= 1;
            if of.get().1 == 1 {
                of.remove();
            }
        }
    }

    /// Begins a post, of which actions follow.
    pub(super) fn begin(&mut self, at_us: i64, account: u32) {
        make_room(&mut self.posts);
        let at_us = at_us as u64;
        self.posts.push_back(((at_us >> 32) as u32, at_us as u32, account));
    }

    /// When a post was made, and by whom, by the lower half of its number.
    fn post(&self, number: u32) -> (i64, u32) {
        let place = number.wrapping_sub(self.oldest_post as u32) as usize;
        let (high, low, account) = self.posts[place];
        ((u64::from(high) << 32 | u64::from(low)) as i64, account)
    }

    /// Takes an action of the post that was begun last on the object of a key, and gives the `most`
    /// that are held before it on the same object, the oldest first; says how many more there are.
    pub(super) fn take(
        &mut self,
        key: u64,
        objects: Objects,
        most: usize,
        before: &mut Vec<Numbered>,
    ) -> (Numbered, usize) {
        before.clear();
        let number = self.oldest + self.actions.len() as u64;
        let gap = self.link(key, number as u32);
        let held = if gap == 0 { 0 } else { self.one_more(key) as usize };
        let mut at = number - u64::from(gap);
        for _ in 0..held.min(most) {
            let action = self.actions[(at - self.oldest) as usize];
            before.push(self.told(at, action));
            at -= u64::from(action.back & !SINGLE);
        }
        before.reverse();
        let post = (self.oldest_post + self.posts.len() as u64 - 1) as u32;
        let single = match objects {
            Objects::One => SINGLE,
            Objects::Several => 0,
        };
        let action = Action { key, post, back: gap | single };
        make_room(&mut self.actions);
        self.actions.push_back(action);
        (self.told(number, action), held.saturating_sub(most))
    }

    fn told(&self, number: u64, action: Action) -> Numbered {
        let (at_us, account) = self.post(action.post);
        let post = if action.back & SINGLE == 0 { action.post } else { u32::MAX };
        Numbered { number, at_us, account, post }
    }

    /// Makes an action the newest of its object; says how far back the one before is, 0 where none
    /// is held.
    fn link(&mut self, key: u64, number: u32) -> u32 {
        let Self { newest, actions, oldest, .. } = self;
        let key_of = |at: &u32| actions[at.wrapping_sub(*oldest as u32) as usize].key;
        match newest.entry(key, |at| key_of(at) == key, key_of) {
            Entry::Occupied(mut known) => {
                number.wrapping_sub(std::mem::replace(known.get_mut(), number))
            }
            Entry::Vacant(free) => {
                free.insert(number);
                0
            }
        }
    }

    /// Counts one more action of an object with some; says how many there were.
    fn one_more(&mut self, key: u64) -> u32 {
        let known = self.several.entry(key, |of| of.0 == key, |of| of.0);
        let mut count = known.or_insert((key, 1));
        count.get_mut().1 += 1;
        count.get().1 - 1
    }
}

/// Grows by an eighth rather than to twice the size: this is most of what a stream holds.
fn make_room<T>(held: &mut VecDeque<T>) {
    if held.len() == held.capacity() {
        held.reserve_exact(held.len() / 8 + 1024);
    }
}
