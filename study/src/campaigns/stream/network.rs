//! The edges of one trace and window while they grow.

use super::super::coaction::{EdgeTable, Edges};
use super::window::Numbered;
use foldhash::quality::RandomState;
use hashbrown::{HashSet, HashTable};
use std::hash::BuildHasher as _;

/// Edges, and on which objects each of them met.
#[derive(Debug)]
pub(super) struct Network {
    table: EdgeTable<()>,
    meetings: HashTable<Meeting>,
    keys: RandomState,
    /// Edges, as places, with the posts of several objects that were counted there.
    counted: HashSet<(u32, u32), RandomState>,
    without_room: u64,
}

/// The two accounts of an edge on one object.
#[derive(Debug, Clone, Copy)]
struct Meeting {
    object: u64,
    /// The last action of `a` and of `b` that was counted, as its number plus one.
    last: [u64; 2],
    place: u32,
}

impl Network {
    pub(super) fn new() -> Self {
        let keys = RandomState::default();
        Self {
            table: EdgeTable::new(),
            meetings: HashTable::new(),
            counted: HashSet::with_hasher(keys.clone()),
            keys,
            without_room: 0,
        }
    }

    /// Counts a pair of actions of two accounts on one object. Pairs come by the later action, then
    /// by the earlier one. Says whether there was room for it.
    pub(super) fn add(
        &mut self,
        object: u64,
        first: Numbered,
        second: Numbered,
        most: usize,
    ) -> bool {
        let accounts = [first.held.account, second.held.account];
        let Some(place) = self.table.place(accounts[0], accounts[1], most) else {
            self.without_room += 1;
            return false;
        };
        let actions = if accounts[0] < accounts[1] { [first, second] } else { [second, first] };
        let place = place as u32;
        let hash = self.keys.hash_one((place, object));
        let same = |meeting: &Meeting| (meeting.place, meeting.object) == (place, object);
        let known = self.meetings.find_mut(hash, same);
        let begins = known.is_none();
        // As in a dataset: what stands before the last counted action of an account was counted.
        let mut fresh = Meeting { object, last: [0; 2], place };
        let meeting = known.unwrap_or(&mut fresh);
        let new = [0, 1].map(|side| {
            let number = actions[side].number;
            let is_new = number >= meeting.last[side];
            meeting.last[side] = meeting.last[side].max(number + 1);
            is_new
        });
        if begins {
            let keys = &self.keys;
            let hash_of = |other: &Meeting| keys.hash_one((other.place, other.object));
            self.meetings.insert_unique(hash, fresh, hash_of);
        }
        let counts = [0, 1].map(|side| new[side] && self.counts(place, actions[side].held.post));
        let edge = &mut self.table.row(place as usize).0;
        edge.objects += u32::from(begins);
        edge.add(first.held.at_us, second.held.at_us);
        edge.add_posts(counts);
        true
    }

    fn counts(&mut self, place: u32, post: u32) -> bool {
        post == u32::MAX || self.counted.insert((place, post))
    }

    /// What was found so far.
    pub(super) fn edges(&self) -> Edges {
        Edges {
            edges: self.table.sorted(),
            capped: Vec::new(),
            pairs_without_room: self.without_room,
        }
    }
}
