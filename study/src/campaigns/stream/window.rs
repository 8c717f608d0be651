//! The actions of the last while, so linked that those on one object are found at once.

use hashbrown::HashTable;
use std::collections::VecDeque;

/// An action that is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) at_us: i64,
    pub(super) account: u32,
    /// The number of the post where it has several objects of the trace, else `u32::MAX`.
    pub(super) post: u32,
    /// The place of the object.
    place: u32,
    /// How many actions before this one the one before on the same object is; 0 where none is held.
    back: u32,
}

/// An action with its number among all that were ever held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Numbered {
    pub(super) number: u64,
    pub(super) held: Held,
}

/// An object with actions that are held.
#[derive(Debug, Clone, Copy)]
struct Object {
    key: u64,
    /// The lower half of the number of its newest action.
    newest: u32,
    held: u32,
}

/// The actions of the last while, from the oldest on.
#[derive(Debug, Default)]
pub(super) struct Window {
    held: VecDeque<Held>,
    /// The number of the oldest.
    oldest: u64,
    objects: Vec<Object>,
    /// Places of objects without actions.
    free: Vec<u32>,
    places: HashTable<u32>,
}

impl Window {
    /// How many actions are held.
    pub(super) fn len(&self) -> usize {
        self.held.len()
    }

    /// For how many objects there is room, whether actions on them are held or not.
    #[cfg(test)]
    pub(super) fn objects(&self) -> usize {
        self.objects.len()
    }

    /// Drops the actions before an instant.
    pub(super) fn forget_before(&mut self, at_us: i64) {
        while self.held.front().is_some_and(|held| held.at_us < at_us) {
            self.drop_oldest();
        }
    }

    /// Drops the oldest action, where there is one.
    pub(super) fn drop_oldest(&mut self) {
        let Some(held) = self.held.pop_front() else { return };
        self.oldest += 1;
        let object = &mut self.objects[held.place as usize];
        object.held -= 1;
        if object.held == 0 {
            let key = object.key;
            let found = self.places.find_entry(key, |place| *place == held.place);
            found.expect("an object with actions has a place").remove();
            self.free.push(held.place);
        }
    }

    /// Takes an action on the object of a key, and gives the `most` that are held before it on the
    /// same object, the oldest first; says how many more there are.
    pub(super) fn take(
        &mut self,
        key: u64,
        mut action: Numbered,
        most: usize,
        before: &mut Vec<Numbered>,
    ) -> (Numbered, usize) {
        before.clear();
        action.number = self.oldest + self.held.len() as u64;
        let place = self.place(key);
        let object = &mut self.objects[place as usize];
        let held = object.held as usize;
        // Fewer than 2^32 actions are held, so that the lower halves of numbers tell how many lie
        // between two of them.
        let lower = action.number as u32;
        let gap = if held == 0 { 0 } else { lower.wrapping_sub(object.newest) };
        (object.newest, object.held) = (lower, object.held + 1);
        let mut at = action.number - u64::from(gap);
        for _ in 0..held.min(most) {
            let one = self.held[(at - self.oldest) as usize];
            before.push(Numbered { number: at, held: one });
            at -= u64::from(one.back);
        }
        before.reverse();
        action.held.place = place;
        action.held.back = gap;
        self.make_room();
        self.held.push_back(action.held);
        (action, held.saturating_sub(most))
    }

    /// Grows by a quarter rather than to twice the size: this is most of what a stream holds.
    fn make_room(&mut self) {
        if self.held.len() == self.held.capacity() {
            self.held.reserve_exact(self.held.len() / 4 + 1024);
        }
    }

    fn place(&mut self, key: u64) -> u32 {
        let Self { objects, places, free, .. } = self;
        if let Some(place) = places.find(key, |place| objects[*place as usize].key == key) {
            return *place;
        }
        let object = Object { key, newest: 0, held: 0 };
        let place = free.pop().unwrap_or(objects.len() as u32);
        if place as usize == objects.len() {
            if objects.len() == objects.capacity() {
                objects.reserve_exact(objects.len() / 4 + 1024);
            }
            objects.push(object);
        } else {
            objects[place as usize] = object;
        }
        places.insert_unique(key, place, |other| objects[*other as usize].key);
        place
    }
}

impl Numbered {
    /// An action that is not held yet.
    pub(super) fn new(at_us: i64, account: u32, post: u32) -> Self {
        Self { number: 0, held: Held { at_us, account, post, place: 0, back: 0 } }
    }
}
