//! The slots of a multi-index: hashes grouped by the value of some of their bits.

use super::Stored;
use crate::pdq::{HASH_BITS, PdqHash};
use model::limits::PDQ_DISTANCE_BITS;

/// Fewest and most slots that the hashes are cut into.
const SLOTS: std::ops::RangeInclusive<u32> = 11..=24;
/// Most memory that all slots take, in bytes for each hash.
const BYTES_PER_HASH: u64 = 96;
/// How many times as many hashes as by chance are expected to share a slot: real hashes cluster.
const CLUSTERING: u64 = 3;
/// How many hashes can be looked at in a row in the time of one group or one candidate, each of
/// which waits for memory.
const IN_A_ROW: usize = 8;
/// Bits of a slot's value by which hashes are first sorted roughly, so that the exact sort that
/// follows stays within the processor's cache.
const ROUGH_BITS: u32 = 9;

/// The slots over one list of hashes: each bit is in one of them.
#[derive(Debug)]
pub(super) struct Slots(Vec<Slot>);

/// The hashes, grouped by the value of some of their bits.
#[derive(Debug)]
struct Slot {
    first_bit: u32,
    bits: u32,
    /// Where the group of each value begins in `members`; one more than there are values.
    begins: Vec<u32>,
    members: Vec<u32>,
}

impl Slots {
    /// Groups the hashes of some ids.
    pub(super) fn build(hashes: &[Stored], ids: &[u32]) -> Self {
        let mut keyed = Vec::with_capacity(ids.len());
        let slots = layout(slot_count(ids.len() as u64)).map(|(first_bit, bits)| {
            roughly_sorted(hashes, ids, (first_bit, bits), &mut keyed);
            Slot::build(&keyed, first_bit, bits)
        });
        Self(slots.collect())
    }

    /// Memory that they take, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let words = self.0.iter().map(|slot| slot.begins.len() + slot.members.len());
        words.sum::<usize>() * size_of::<u32>()
    }

    /// The ids of all hashes that are near enough in at least one slot, some of them repeated.
    /// Nothing where there are so many that looking at every hash is less work.
    pub(super) fn candidates(
        &self,
        query: PdqHash,
        radius: u32,
        hashes: usize,
    ) -> Option<Vec<u32>> {
        let most = hashes / IN_A_ROW;
        let steps = self.steps(query, radius, most as u64)?;
        let mut candidates = Vec::new();
        let mut groups = Vec::new();
        for (slot, steps) in self.0.iter().zip(steps) {
            // First where the groups are, then what is in them: neither waits for the other.
            groups.clear();
            (0..steps).for_each(|flips| slot.groups(query, flips, &mut groups));
            if candidates.len() + members_of(&groups) > most {
                return None;
            }
            for (begin, end) in &groups {
                for member in &slot.members[*begin as usize..*end as usize] {
                    candidates.push(*member);
                }
            }
        }
        Some(candidates)
    }

    /// How many steps each slot is searched: one for the query's own value, two for those one bit
    /// away as well, and so on; none is a slot that is passed over. Together they are one more than
    /// the radius, so that a hash within it is found in one slot or another. They go where they
    /// cost least: how crowded a slot is depends on the query.
    ///
    /// Nothing where the work is more than `most`.
    fn steps(&self, query: PdqHash, radius: u32, most: u64) -> Option<Vec<u32>> {
        let near: Vec<[u64; 2]> = self.0.iter().map(|slot| slot.members_near(query)).collect();
        let mut steps = vec![0; self.0.len()];
        let mut next: Vec<u64> = near.iter().map(|[same, _]| 1 + same).collect();
        let mut work = 0;
        for _ in 0..=radius {
            let cheapest = (0..next.len()).min_by_key(|slot| next[*slot])?;
            work += next[cheapest];
            if work > most {
                return None;
            }
            steps[cheapest] += 1;
            next[cheapest] = self.0[cheapest].work(steps[cheapest], near[cheapest][1]);
        }
        Some(steps)
    }
}

fn members_of(groups: &[(u32, u32)]) -> usize {
    groups.iter().map(|(begin, end)| (end - begin) as usize).sum()
}

/// The value of some bits of each hash with its id, sorted by the value's highest bits.
fn roughly_sorted(
    hashes: &[Stored],
    ids: &[u32],
    (first_bit, bits): (u32, u32),
    keyed: &mut Vec<(u32, u32)>,
) {
    let shift = bits.saturating_sub(ROUGH_BITS);
    let value = |id: u32| value_of(hashes[id as usize].0, first_bit, bits);
    let mut room = vec![0u32; (1 << ROUGH_BITS) + 1];
    for id in ids {
        room[(value(*id) >> shift) as usize + 1] += 1;
    }
    for bucket in 1..room.len() {
        room[bucket] += room[bucket - 1];
    }
    keyed.clear();
    keyed.resize(ids.len(), (0, 0));
    for id in ids {
        let value = value(*id);
        let place = &mut room[(value >> shift) as usize];
        keyed[*place as usize] = (value, *id);
        *place += 1;
    }
}

impl Slot {
    /// Counts the members of each group, then puts every hash where its group has room.
    fn build(keyed: &[(u32, u32)], first_bit: u32, bits: u32) -> Self {
        let mut begins = vec![0u32; (1 << bits) + 1];
        for (value, _) in keyed {
            begins[*value as usize + 1] += 1;
        }
        for value in 1..begins.len() {
            begins[value] += begins[value - 1];
        }
        let mut members = vec![0u32; keyed.len()];
        for (value, id) in keyed {
            let room = &mut begins[*value as usize];
            members[*room as usize] = *id;
            *room += 1;
        }
        // Each group's begin has moved on to its end, which is the begin of the next.
        begins.rotate_right(1);
        begins[0] = 0;
        Self { first_bit, bits, begins, members }
    }

    /// Adds where every group lies whose value is so many bits away from the query's.
    fn groups(&self, query: PdqHash, flips: u32, groups: &mut Vec<(u32, u32)>) {
        let value = value_of(query, self.first_bit, self.bits);
        groups.extend(masks(flips, self.bits).map(|mask| {
            let group = (value ^ mask) as usize;
            (self.begins[group], self.begins[group + 1])
        }));
    }

    /// How many hashes have the query's value, and how many one that is a bit away.
    fn members_near(&self, query: PdqHash) -> [u64; 2] {
        let mut groups = Vec::with_capacity(self.bits as usize);
        [0, 1].map(|flips| {
            groups.clear();
            self.groups(query, flips, &mut groups);
            members_of(&groups) as u64
        })
    }

    /// What it costs to search the groups so many bits away from a value that has so many members
    /// one bit away: the groups looked up and the hashes expected in them, each of which costs
    /// about a cache miss.
    fn work(&self, flips: u32, one_bit_away: u64) -> u64 {
        if flips > self.bits {
            return u64::MAX;
        }
        let (groups, bits) = (choose(self.bits, flips), u64::from(self.bits));
        groups + groups * one_bit_away / bits
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

/// The number of slots with the least work for a search at the usual radius.
fn slot_count(hashes: u64) -> u32 {
    let bytes = |count: u32| layout(count).map(|(_, bits)| (4 << bits) + 4 * hashes).sum::<u64>();
    let affordable = |count: &u32| bytes(*count) <= BYTES_PER_HASH * hashes;
    SLOTS.filter(affordable).min_by_key(|count| work(*count, hashes)).unwrap_or(*SLOTS.end())
}

/// The work of a search at the usual radius, its steps shared out evenly.
fn work(count: u32, hashes: u64) -> u64 {
    let (steps, more) = ((PDQ_DISTANCE_BITS + 1) / count, (PDQ_DISTANCE_BITS + 1) % count);
    (0..count)
        .zip(layout(count))
        .map(|(slot, (_, bits))| {
            let steps = steps + u32::from(slot < more);
            let groups: u64 = (0..steps).map(|flips| choose(bits, flips)).sum();
            groups + CLUSTERING * hashes * groups / (1 << bits)
        })
        .sum()
}

/// How many ways there are to choose some of a number of bits.
fn choose(bits: u32, some: u32) -> u64 {
    (0..u64::from(some)).fold(1, |ways, step| ways * (u64::from(bits) - step) / (step + 1))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
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
    fn steps_fulfil_the_pigeonhole() {
        let hashes: Vec<Stored> = (0..6_000u64)
            .map(|word| Stored(PdqHash::from_words([word, word * word, word << 40, !word])))
            .collect();
        let ids: Vec<u32> = (0..6_000).collect();
        let slots = Slots::build(&hashes, &ids);
        for radius in [0, 1, 23, 24, 31, 63, 100, HASH_BITS] {
            let steps = slots.steps(hashes[17].0, radius, u64::MAX / 2).unwrap();
            assert_eq!(steps.iter().sum::<u32>(), radius + 1);
            assert_eq!(slots.steps(hashes[17].0, radius, 0), None);
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
