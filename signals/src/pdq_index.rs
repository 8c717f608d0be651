//! Exact search for PDQ hashes near a query, without looking at every hash.
//!
//! Multi-index hashing (Norouzi, Punjani and Fleet, "Fast exact search in Hamming space with
//! multi-index hashing", 2014) with the generalised pigeonhole: the 256 bits are cut into slots,
//! and slot `i` is searched within `t_i` bits, the `t_i + 1` adding up to one more than the radius.
//! A hash within the radius must be near in at least one slot, so nothing is lost. The `t_i` follow
//! from the radius of each search, and a radius beyond the largest is searched by looking at every
//! hash: the answer is always complete.

use crate::pdq::{HASH_BITS, PdqHash};
use model::limits::PDQ_DISTANCE_BITS;

/// Largest number of hashes that are searched one by one rather than through slots.
const FLAT_HASHES: usize = 5_000;
/// Fewest and most slots that the hashes are cut into.
const SLOTS: std::ops::RangeInclusive<u32> = 11..=24;
/// Most memory of the slots' tables, in bytes for each hash.
const TABLE_BYTES_PER_HASH: u64 = 48;
/// How many times as many hashes as by chance are expected to share a slot: real hashes cluster.
const CLUSTERING: u64 = 3;

/// An index over PDQ hashes; it names a hash by its place in the list that it was built from.
#[derive(Debug, Clone, Default)]
pub struct PdqIndex {
    hashes: Vec<PdqHash>,
    slots: Vec<Slot>,
}

/// The hashes, grouped by the value of some of their bits.
#[derive(Debug, Clone)]
struct Slot {
    first_bit: u32,
    bits: u32,
    /// Where the group of each value begins in `members`; one more than there are values.
    begins: Vec<u32>,
    members: Vec<u32>,
}

impl PdqIndex {
    /// Builds an index over hashes, which may repeat.
    ///
    /// # Panics
    ///
    /// There are more than 4,294,967,295 hashes; see [`model::limits::BANK_ENTRIES`].
    #[must_use]
    pub fn build(hashes: &[PdqHash]) -> Self {
        assert!(u32::try_from(hashes.len()).is_ok(), "more hashes than a place can name");
        let slots = if hashes.len() <= FLAT_HASHES {
            Vec::new()
        } else {
            layout(slot_count(hashes.len() as u64))
                .map(|(first_bit, bits)| Slot::build(hashes, first_bit, bits))
                .collect()
        };
        Self { hashes: hashes.to_vec(), slots }
    }

    /// How many hashes it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Whether it holds no hash.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// Memory that it takes, in bytes.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let words: usize =
            self.slots.iter().map(|slot| slot.begins.len() + slot.members.len()).sum();
        self.hashes.len() * size_of::<PdqHash>() + words * size_of::<u32>()
    }

    /// Every hash within `radius` bits of the query, as its place in the list and its distance in
    /// bits, in the order of the list.
    #[must_use]
    pub fn search(&self, query: &PdqHash, radius: u32) -> Vec<(u32, u32)> {
        if self.slots.is_empty() || radius > PDQ_DISTANCE_BITS {
            return self.search_all(query, radius);
        }
        let mut candidates = Vec::new();
        for (slot, near) in self.slots.iter().zip(reaches(radius, self.slots.len() as u32)) {
            if let Some(reach) = near {
                slot.collect(*query, reach, &mut candidates);
            }
        }
        let mut found: Vec<(u32, u32)> = candidates
            .into_iter()
            .map(|place| (place, query.distance_bits(self.hashes[place as usize])))
            .filter(|(_, distance_bits)| *distance_bits <= radius)
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    fn search_all(&self, query: &PdqHash, radius: u32) -> Vec<(u32, u32)> {
        (0u32..)
            .zip(&self.hashes)
            .map(|(place, hash)| (place, query.distance_bits(*hash)))
            .filter(|(_, distance_bits)| *distance_bits <= radius)
            .collect()
    }
}

impl Slot {
    /// Counts the members of each group, then puts every hash where its group has room.
    fn build(hashes: &[PdqHash], first_bit: u32, bits: u32) -> Self {
        let mut begins = vec![0u32; (1 << bits) + 1];
        for hash in hashes {
            begins[value_of(*hash, first_bit, bits) as usize + 1] += 1;
        }
        for value in 1..begins.len() {
            begins[value] += begins[value - 1];
        }
        let mut members = vec![0u32; hashes.len()];
        for (place, hash) in (0u32..).zip(hashes) {
            let room = &mut begins[value_of(*hash, first_bit, bits) as usize];
            members[*room as usize] = place;
            *room += 1;
        }
        // Each group's begin has moved on to its end, which is the begin of the next.
        begins.rotate_right(1);
        begins[0] = 0;
        Self { first_bit, bits, begins, members }
    }

    /// Adds the members of every group whose value is within `reach` bits of the query's.
    fn collect(&self, query: PdqHash, reach: u32, candidates: &mut Vec<u32>) {
        let value = value_of(query, self.first_bit, self.bits);
        for flips in 0..=reach.min(self.bits) {
            for mask in masks(flips, self.bits) {
                let group = (value ^ mask) as usize;
                let (begin, end) = (self.begins[group] as usize, self.begins[group + 1] as usize);
                candidates.extend_from_slice(&self.members[begin..end]);
            }
        }
    }
}

/// The value of some bits of a hash, the lowest bit first.
fn value_of(hash: PdqHash, first_bit: u32, bits: u32) -> u32 {
    let words = hash.words();
    let word = |number: u32| words.get(3usize.wrapping_sub(number as usize)).copied().unwrap_or(0);
    let (number, shift) = (first_bit / 64, first_bit % 64);
    let pair = u128::from(word(number)) | (u128::from(word(number + 1)) << 64);
    ((pair >> shift) as u32) & ((1 << bits) - 1)
}

/// Every number of `bits` bits of which `flips` are set, in ascending order.
fn masks(flips: u32, bits: u32) -> impl Iterator<Item = u32> {
    let first = (1u64 << flips) - 1;
    std::iter::successors(Some(first), move |mask| {
        // The next number with as many bits set: carry the lowest run up by one, and move what
        // is left of the run to the bottom.
        let lowest = mask & mask.wrapping_neg();
        let carried = mask + lowest;
        (lowest != 0).then(|| carried | (((mask ^ carried) >> 2) >> lowest.trailing_zeros()))
    })
    .take_while(move |mask| mask >> bits == 0)
    .map(|mask| mask as u32)
}

/// Where each slot begins and how many bits it has; the first ones are a bit wider.
fn layout(count: u32) -> impl Iterator<Item = (u32, u32)> {
    let (bits, wider) = (HASH_BITS / count, HASH_BITS % count);
    (0..count).map(move |slot| (slot * bits + slot.min(wider), bits + u32::from(slot < wider)))
}

/// Within how many bits each slot is searched, or nothing for a slot that need not be.
fn reaches(radius: u32, count: u32) -> impl Iterator<Item = Option<u32>> {
    let (share, more) = ((radius + 1) / count, (radius + 1) % count);
    (0..count).map(move |slot| (share + u32::from(slot < more)).checked_sub(1))
}

/// The number of slots with the least work for a search at the largest radius.
///
/// Work is the groups looked up and the hashes expected in them; both cost about a cache miss.
fn slot_count(hashes: u64) -> u32 {
    let table_bytes = |count: u32| layout(count).map(|(_, bits)| 4 << bits).sum::<u64>();
    let work = |count: u32| {
        layout(count)
            .zip(reaches(PDQ_DISTANCE_BITS, count))
            .filter_map(|((_, bits), reach)| {
                let groups: u64 = (0..=reach?).map(|flips| choose(bits, flips)).sum();
                Some(groups + CLUSTERING * hashes * groups / (1 << bits))
            })
            .sum::<u64>()
    };
    let affordable = |count: &u32| table_bytes(*count) <= TABLE_BYTES_PER_HASH * hashes;
    SLOTS.filter(affordable).min_by_key(|count| work(*count)).unwrap_or(*SLOTS.end())
}

/// How many ways there are to choose some of a number of bits.
fn choose(bits: u32, some: u32) -> u64 {
    (0..u64::from(some)).fold(1, |ways, step| ways * (u64::from(bits) - step) / (step + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_cover_every_bit_once() {
        for count in SLOTS {
            let mut next = 0;
            for (first_bit, bits) in layout(count) {
                assert_eq!(first_bit, next, "{count} slots");
                next += bits;
            }
            assert_eq!(next, HASH_BITS, "{count} slots");
        }
    }

    #[test]
    fn reaches_fulfil_the_pigeonhole() {
        for count in SLOTS {
            for radius in 0..=PDQ_DISTANCE_BITS {
                let sum: u32 = reaches(radius, count).flatten().map(|reach| reach + 1).sum();
                assert_eq!(sum, radius + 1, "radius {radius}, {count} slots");
            }
        }
    }

    #[test]
    fn masks_are_all_and_each_once() {
        for bits in 1..=12 {
            for flips in 0..=bits.min(4) {
                let expected: Vec<u32> =
                    (0..1 << bits).filter(|mask: &u32| mask.count_ones() == flips).collect();
                assert_eq!(masks(flips, bits).collect::<Vec<_>>(), expected);
                assert_eq!(choose(bits, flips), expected.len() as u64);
            }
        }
    }

    #[test]
    fn a_value_is_the_bits_in_place() {
        let hash = PdqHash::from_words([0x0123_4567_89AB_CDEF, 0, u64::MAX, 0x8000_0000_0000_0001]);
        let check = |first_bit, bits, expected| {
            assert_eq!(value_of(hash, first_bit, bits), expected, "{bits} bits at {first_bit}");
        };
        check(0, 16, 1);
        check(60, 16, 0xFFF8);
        check(120, 20, 0xFF);
        check(192, 16, 0xCDEF);
        check(240, 16, 0x0123);
    }
}
