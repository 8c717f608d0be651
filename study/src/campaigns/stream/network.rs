//! The edges of one trace and window while they grow.

use super::super::coaction::{EdgeTable, Edges};
use super::window::Numbered;
use foldhash::quality::RandomState;
use hashbrown::hash_table::Entry;
use hashbrown::{HashSet, HashTable};
use std::hash::BuildHasher as _;

/// Whether there is room for new entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    Some,
    None,
}

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
    pub(super) fn add(&mut self, object: u64, pair: [Numbered; 2], room: Room) -> bool {
        let counted = self.count(object, pair, room).is_some();
        self.without_room += u64::from(!counted);
        counted
    }

    fn count(&mut self, object: u64, [first, second]: [Numbered; 2], room: Room) -> Option<()> {
        let most = match room {
            Room::Some => usize::MAX,
            Room::None => 0,
        };
        let accounts = [first.account, second.account];
        let place = self.table.place(accounts[0], accounts[1], most)? as u32;
        let actions = if accounts[0] < accounts[1] { [first, second] } else { [second, first] };
        let (begins, last) = self.meeting(place, object, room)?;
        let new = [0, 1].map(|side| {
            let number = actions[side].number;
            // As in a dataset: what stands before the last counted action was counted too.
            let is_new = number >= last[side];
            last[side] = last[side].max(number + 1);
            is_new
        });
        let counts = [0, 1].map(|side| new[side] && self.counts(place, &actions[side], room));
        let edge = &mut self.table.row(place as usize).0;
        edge.objects += u32::from(begins);
        edge.add(first.at_us, second.at_us);
        edge.add_posts(counts);
        Some(())
    }

    /// The last counted actions of an edge on an object, and whether this is the first time; none
    /// where there is no room for them.
    fn meeting(&mut self, place: u32, object: u64, room: Room) -> Option<(bool, &mut [u64; 2])> {
        let Self { meetings, keys, .. } = self;
        let hash = |meeting: &Meeting| keys.hash_one((meeting.place, meeting.object));
        let new = Meeting { object, last: [0; 2], place };
        let same = |meeting: &Meeting| (meeting.place, meeting.object) == (place, object);
        match (meetings.entry(hash(&new), same, hash), room) {
            (Entry::Occupied(known), _) => Some((false, &mut known.into_mut().last)),
            (Entry::Vacant(free), Room::Some) => {
                Some((true, &mut free.insert(new).into_mut().last))
            }
            (Entry::Vacant(_), Room::None) => None,
        }
    }

    /// Whether a post counts that is new to an edge on an object: one with several objects counts
    /// once, and not at all where there is no room to note that it did.
    fn counts(&mut self, place: u32, action: &Numbered, room: Room) -> bool {
        match (action.post, room) {
            (u32::MAX, _) => true,
            (post, Room::Some) => self.counted.insert((place, post)),
            (_, Room::None) => false,
        }
    }

    /// How many entries are held: edges, objects of edges, posts of edges.
    pub(super) fn held(&self) -> usize {
        self.table.len() + self.meetings.len() + self.counted.len()
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
