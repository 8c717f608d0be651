//! Exact search for PDQ hashes near a query, without looking at every hash.
//!
//! Multi-index hashing (Norouzi, Punjani and Fleet, "Fast exact search in Hamming space with
//! multi-index hashing", 2014) with the generalised pigeonhole (Qin, Wang, Xiao and Wang, "GPH:
//! similarity search in Hamming space", 2018): the 256 bits are cut into slots, and slot `i` is
//! searched within `t_i` bits, the `t_i + 1` adding up to one more than the radius. A hash within
//! the radius must be near in at least one slot, so nothing is lost. The `t_i` are chosen for each
//! query, larger where fewer hashes are near it; where looking at every hash is less work, every
//! hash is looked at. So the answer is complete at any radius.
//!
//! An index changes without being built anew: what is inserted goes to a short list that each
//! search looks through, and what is retired is passed over. Both hold from the next search on.
//! Once [`PdqIndex::needs_merge`] says so, [`PdqIndex::merged`] builds a new index beside the old
//! one, which meanwhile goes on to answer and to change; [`PdqIndex::catch_up`] brings those last
//! changes over, and the caller puts the new one in the place of the old. A clone shares the large
//! part, so that a caller may change a clone and swap it in.

mod slots;

use std::borrow::Cow;
use std::sync::Arc;

use fearless_simd::{Level, dispatch};

use crate::pdq::{HASH_BITS, PdqHash};
use slots::Slots;

/// Largest number of hashes that are searched one by one rather than through slots.
const FLAT_HASHES: usize = 5_000;
/// Most inserted hashes that searches should have to look through; more call for a merge.
const RECENT_HASHES: usize = 16_384;
/// Share of the hashes in the slots that may be retired before a merge is called for.
const RETIRED_SHARE: usize = 8;

/// An index over PDQ hashes; a hash is named by its id, its place in the order of insertion.
///
/// Ids are never used again, and a merge keeps them. A retired hash keeps its 32 bytes, and gives
/// back the rest of its memory at the next merge; only building anew forgets it.
#[derive(Debug, Clone, Default)]
pub struct PdqIndex {
    main: Arc<Main>,
    /// Hashes inserted since `main` was built; their ids go on where those of `main` end.
    recent: Vec<PdqHash>,
    retired: Retired,
}

/// The part that does not change: hashes in the order of their ids, and the slots over them.
#[derive(Debug, Default)]
struct Main {
    hashes: Vec<Stored>,
    slots: Option<Slots>,
    /// How many of the hashes the slots leave out because they were retired before.
    left_out: usize,
}

/// A hash where it never lies across two lines of the processor's cache.
#[derive(Debug, Clone, Copy)]
#[repr(align(32))]
struct Stored(PdqHash);

/// Which ids are retired, a bit for each.
#[derive(Debug, Clone, Default)]
struct Retired {
    bits: Vec<u64>,
    count: usize,
}

impl PdqIndex {
    /// Builds an index over hashes, which may repeat; their ids are their places in the list.
    ///
    /// Takes about half a microsecond for each hash, and half as much memory again as
    /// [`Self::bytes`] tells afterwards.
    ///
    /// # Panics
    ///
    /// There are more than 4,294,967,295 hashes; see [`model::limits::BANK_ENTRIES`].
    #[must_use]
    pub fn build<'a>(hashes: impl Into<Cow<'a, [PdqHash]>>) -> Self {
        let stored = hashes.into().iter().copied().map(Stored).collect();
        Self { main: Arc::new(Main::new(stored, &Retired::default())), ..Self::default() }
    }

    /// How many hashes are in force.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids() - self.retired.count
    }

    /// Whether no hash is in force.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Memory that it takes, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.main.hashes.len() * size_of::<Stored>()
            + self.main.slots.as_ref().map_or(0, Slots::bytes)
            + self.recent.len() * size_of::<PdqHash>()
            + self.retired.bits.len() * size_of::<u64>()
    }

    /// Adds a hash, which searches find from now on, and gives its id.
    ///
    /// # Panics
    ///
    /// There have been 4,294,967,295 hashes already.
    pub fn insert(&mut self, hash: PdqHash) -> u32 {
        let id = u32::try_from(self.ids()).expect("there are no more ids for hashes");
        self.recent.push(hash);
        id
    }

    /// Takes a hash out of force: searches do not find it from now on. Whether it was in force.
    pub fn retire(&mut self, id: u32) -> bool {
        (id as usize) < self.ids() && self.retired.add(id)
    }

    /// Whether so much was inserted or retired that searches would gain from [`Self::merged`].
    ///
    /// They stay exact without it, and take a microsecond more for each thousand insertions.
    #[must_use]
    pub fn needs_merge(&self) -> bool {
        let passed_over = self.retired.count - self.main.left_out;
        let many = (self.main.hashes.len() / RETIRED_SHARE).max(RECENT_HASHES);
        self.recent.len() > RECENT_HASHES || passed_over > many
    }

    /// Builds an index of the same content and ids, with nothing left to look through one by one.
    ///
    /// Costs what [`Self::build`] costs: to be called where nobody waits for it.
    #[must_use]
    pub fn merged(&self) -> Self {
        let recent = self.recent.iter().copied().map(Stored);
        let stored = self.main.hashes.iter().copied().chain(recent).collect();
        let main = Arc::new(Main::new(stored, &self.retired));
        Self { main, recent: Vec::new(), retired: self.retired.clone() }
    }

    /// Takes over what `newer` was told after this index was merged from it.
    ///
    /// # Panics
    ///
    /// `newer` has had fewer hashes than this one, so that it cannot be what this was merged from.
    pub fn catch_up(&mut self, newer: &Self) {
        assert!(newer.ids() >= self.ids(), "an index catches up with the one it was merged from");
        let known = self.ids() - newer.main.hashes.len();
        self.recent.extend_from_slice(&newer.recent[known..]);
        self.retired.clone_from(&newer.retired);
    }

    /// Every hash in force within `radius` bits of the query, as its id and its distance in bits,
    /// in the order of ids.
    #[must_use]
    pub fn search(&self, query: &PdqHash, radius: u32) -> Vec<(u32, u32)> {
        self.search_batch(std::slice::from_ref(query), radius).pop().unwrap_or_default()
    }

    /// The answer of [`Self::search`] to each of several queries, such as the dihedral hashes of
    /// one picture: what is looked at one by one is read only once.
    #[must_use]
    pub fn search_batch(&self, queries: &[PdqHash], radius: u32) -> Vec<Vec<(u32, u32)>> {
        let radius = radius.min(HASH_BITS);
        let mut found = vec![Vec::new(); queries.len()];
        self.main.search(queries, radius, &mut found);
        let (first, recent) = (self.main.hashes.len() as u32, self.recent.iter().copied());
        dispatch!(Level::new(), _ => look_at_all(first, recent, queries, radius, &mut found));
        if self.retired.count > 0 {
            found.iter_mut().for_each(|found| found.retain(|(id, _)| !self.retired.has(*id)));
        }
        found
    }

    /// How many ids have been given.
    fn ids(&self) -> usize {
        self.main.hashes.len() + self.recent.len()
    }
}

impl Main {
    fn new(hashes: Vec<Stored>, retired: &Retired) -> Self {
        assert!(u32::try_from(hashes.len()).is_ok(), "more hashes than an id can name");
        if hashes.len() <= FLAT_HASHES {
            return Self { hashes, slots: None, left_out: 0 };
        }
        let in_force: Vec<u32> = if retired.count == 0 {
            (0..hashes.len() as u32).collect()
        } else {
            (0..hashes.len() as u32).filter(|id| !retired.has(*id)).collect()
        };
        let slots = Some(Slots::build(&hashes, &in_force));
        let left_out = hashes.len() - in_force.len();
        Self { hashes, slots, left_out }
    }

    /// Adds to each query's list what is near it.
    fn search(&self, queries: &[PdqHash], radius: u32, found: &mut [Vec<(u32, u32)>]) {
        let mut rest = Vec::new();
        for (place, query) in queries.iter().enumerate() {
            let slots = self.slots.as_ref();
            match slots.and_then(|slots| slots.candidates(*query, radius, self.hashes.len())) {
                Some(candidates) => {
                    let found = &mut found[place];
                    dispatch!(Level::new(), _ => {
                        look_at(&self.hashes, *query, radius, &candidates, found)
                    });
                    found.sort_unstable();
                    found.dedup();
                }
                None => rest.push(place),
            }
        }
        if rest.is_empty() {
            return;
        }
        let queries: Vec<PdqHash> = rest.iter().map(|place| queries[*place]).collect();
        let mut of_rest = vec![Vec::new(); rest.len()];
        let hashes = self.hashes.iter().map(|stored| stored.0);
        dispatch!(Level::new(), _ => look_at_all(0, hashes, &queries, radius, &mut of_rest));
        for (place, of_one) in rest.into_iter().zip(of_rest) {
            found[place] = of_one;
        }
    }
}

impl Retired {
    fn has(&self, id: u32) -> bool {
        let word = self.bits.get(id as usize / 64).copied().unwrap_or(0);
        word >> (id % 64) & 1 == 1
    }

    /// Adds an id; whether it was not among them.
    fn add(&mut self, id: u32) -> bool {
        if self.has(id) {
            return false;
        }
        let word = id as usize / 64;
        if word >= self.bits.len() {
            self.bits.resize(word + 1, 0);
        }
        self.bits[word] |= 1 << (id % 64);
        self.count += 1;
        true
    }
}

/// Looks at some hashes. Inlined, so that it is compiled for the processor that it runs on.
#[inline(always)]
fn look_at(
    hashes: &[Stored],
    query: PdqHash,
    radius: u32,
    candidates: &[u32],
    found: &mut Vec<(u32, u32)>,
) {
    for id in candidates {
        let distance_bits = query.distance_bits(hashes[*id as usize].0);
        if distance_bits <= radius {
            found.push((*id, distance_bits));
        }
    }
}

/// Looks at every hash once, for all queries. Inlined as [`look_at`] is.
#[inline(always)]
fn look_at_all(
    first_id: u32,
    hashes: impl Iterator<Item = PdqHash>,
    queries: &[PdqHash],
    radius: u32,
    found: &mut [Vec<(u32, u32)>],
) {
    for (id, hash) in (first_id..).zip(hashes) {
        for (query, found) in queries.iter().zip(&mut *found) {
            let distance_bits = query.distance_bits(hash);
            if distance_bits <= radius {
                found.push((id, distance_bits));
            }
        }
    }
}
