//! The index of PDQ hashes: what it finds is what looking at every hash finds, at any radius, with
//! hashes inserted, retired and merged.

#![allow(clippy::unwrap_used)]

use std::path::Path;

use proptest::prelude::*;
use signals::pdq::PdqHash;
use signals::pdq_index::PdqIndex;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/pdq/mih");

#[test]
fn the_index_finds_the_published_pairs() {
    if !Path::new(DATA).is_dir() {
        return println!("skipped: the folder of reference data is not here: {DATA}");
    }
    let read = |name: &str| std::fs::read_to_string(Path::new(DATA).join(name)).unwrap();
    let hashes = |name: &str| -> Vec<PdqHash> {
        read(name).lines().map(|line| line.parse().unwrap()).collect()
    };
    let (haystack, needles) = (hashes("haystack.txt"), hashes("needles.txt"));
    let expected: Vec<[u32; 3]> = read("expected_matches.csv")
        .lines()
        .skip(1)
        .map(|line| {
            let row: Vec<u32> = line.split(',').map(|number| number.parse().unwrap()).collect();
            [row[0], row[1], row[2]]
        })
        .collect();
    assert!(expected.len() > 300);
    // Repeated until the index has slots; a pair is then found at every repetition.
    for repetitions in [1, 8] {
        let index = PdqIndex::build(haystack.repeat(repetitions));
        for (number, needle) in (0u32..).zip(&needles) {
            for radius in [0, 10, 31, 63] {
                let mut pairs: Vec<(u32, u32)> = expected
                    .iter()
                    .filter(|row| row[0] == number && row[2] <= radius)
                    .flat_map(|row| {
                        (0..repetitions as u32)
                            .map(|time| (row[1] + time * haystack.len() as u32, row[2]))
                    })
                    .collect();
                pairs.sort_unstable();
                assert_eq!(index.search(needle, radius), pairs, "needle {number}");
            }
        }
    }
}

/// A stream of numbers that looks random (SplitMix64), the same for the same seed.
fn numbers(mut seed: u64) -> impl FnMut() -> u64 {
    move || {
        seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = seed;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

fn with_flips(mut hash: PdqHash, flips: u32, next: &mut impl FnMut() -> u64) -> PdqHash {
    for _ in 0..flips {
        hash = hash.with_bit_flipped(next() as u8);
    }
    hash
}

/// Hashes in clusters of near ones, with duplicates, whose bits are not evenly spread.
fn skewed_bank(hashes: usize, next: &mut impl FnMut() -> u64) -> Vec<PdqHash> {
    let mut bank: Vec<PdqHash> = Vec::with_capacity(hashes);
    while bank.len() < hashes {
        let words = std::array::from_fn(|_| next() & next() | 0xFF00_0000_0000_0000);
        let mut hash = PdqHash::from_words(words);
        for _ in 0..next() % 4 + 1 {
            bank.push(hash);
            let flips = (next() % 20) as u32;
            hash = with_flips(hash, flips, next);
        }
    }
    bank.truncate(hashes);
    bank
}

fn by_looking_at_all(bank: &[PdqHash], query: PdqHash, radius: u32) -> Vec<(u32, u32)> {
    (0u32..)
        .zip(bank)
        .map(|(place, hash)| (place, hash.distance_bits(query)))
        .filter(|(_, distance_bits)| *distance_bits <= radius)
        .collect()
}

#[test]
fn the_index_finds_what_looking_at_all_finds() {
    let mut next = numbers(1);
    for hashes in [0, 1, 2, 4_999, 5_001, 20_000, 60_000] {
        let bank = skewed_bank(hashes, &mut next);
        let index = PdqIndex::build(&bank);
        assert_eq!((index.len(), index.is_empty()), (hashes, hashes == 0));
        let mut found = 0;
        for query in 0..30 {
            let near = bank.get(next() as usize % hashes.max(1)).copied().unwrap_or_default();
            let query = with_flips(near, query, &mut next);
            for radius in [0, 1, 7, 10, 20, 30, 31, 32, 47, 63, 100, 255, 256, u32::MAX] {
                let expected = by_looking_at_all(&bank, query, radius);
                found += expected.len();
                assert!(index.search(&query, radius) == expected, "{hashes}, radius {radius}");
            }
        }
        assert!(found > 0 || hashes == 0);
    }
}

#[test]
fn equal_hashes_are_all_found() {
    for copies in [1, 2, 8, 64, 6_000] {
        let index = PdqIndex::build(vec![PdqHash::default(); copies]);
        let found = index.search(&PdqHash::default().with_bit_flipped(255), 31);
        let expected: Vec<(u32, u32)> = (0..copies as u32).map(|place| (place, 1)).collect();
        assert!(found == expected, "{copies} copies");
    }
}

#[test]
fn a_crowd_of_equal_hashes_does_not_hide_the_others() {
    let mut next = numbers(5);
    let mut bank = skewed_bank(20_000, &mut next);
    bank.extend(vec![PdqHash::default(); 20_000]);
    let index = PdqIndex::build(&bank);
    for query in [bank[0], bank[19_999], PdqHash::default(), with_flips(bank[7], 9, &mut next)] {
        assert!(index.search(&query, 31) == by_looking_at_all(&bank, query, 31));
    }
}

#[test]
fn a_batch_gives_what_each_query_gives() {
    let mut next = numbers(11);
    for hashes in [100, 9_000] {
        let bank = skewed_bank(hashes, &mut next);
        let mut index = PdqIndex::build(&bank);
        (0..50).for_each(|place| {
            index.insert(bank[place]);
        });
        let queries: Vec<PdqHash> =
            (0..9).map(|place| with_flips(bank[place], 4, &mut next)).collect();
        for radius in [0, 31, 63, 256] {
            let batch = index.search_batch(&queries, radius);
            let single: Vec<_> = queries.iter().map(|query| index.search(query, radius)).collect();
            assert!(batch == single, "{hashes} hashes, radius {radius}");
        }
        assert!(index.search_batch(&[], 31).is_empty());
    }
}

#[test]
fn a_merge_is_called_for_when_searches_gain_from_it() {
    let mut next = numbers(12);
    let mut index = PdqIndex::build(skewed_bank(100_000, &mut next));
    assert!(!index.needs_merge());
    (0..16_384).for_each(|_| {
        index.insert(PdqHash::default());
    });
    assert!(!index.needs_merge());
    index.insert(PdqHash::default());
    assert!(index.needs_merge());
    let mut index = index.merged();
    assert!(!index.needs_merge());
    assert_eq!(index.len(), 116_385);
    let full = index.bytes();
    (0..16_385).for_each(|id| assert!(index.retire(id)));
    assert!(index.needs_merge());
    let index = index.merged();
    assert!(!index.needs_merge() && index.bytes() < full);
    assert_eq!(index.len(), 100_000);
}

#[test]
fn what_happens_during_a_merge_is_not_lost() {
    let mut next = numbers(13);
    let bank = skewed_bank(6_000, &mut next);
    let mut live = PdqIndex::build(&bank[..5_500]);
    let inserted = live.insert(bank[5_500]);
    assert_eq!(inserted, 5_500);
    // The merge works on a clone, while the index in use goes on.
    let mut merged = live.clone().merged();
    bank[5_501..].iter().for_each(|hash| {
        live.insert(*hash);
    });
    assert!(live.retire(3) && live.retire(inserted) && live.retire(5_999));
    assert!(!live.retire(3) && !live.retire(6_000));
    merged.catch_up(&live);
    assert_eq!((merged.len(), live.len()), (5_997, 5_997));
    for place in [3, 4, 5_499, 5_500, 5_501, 5_999] {
        let found = live.search(&bank[place], 31);
        assert_eq!(merged.search(&bank[place], 31), found, "hash {place}");
        let in_force = ![3, 5_500, 5_999].contains(&place);
        assert_eq!(found.contains(&(place as u32, 0)), in_force, "hash {place}");
    }
    assert_eq!(merged.insert(bank[0]), 6_000);
}

/// What may happen to an index.
#[derive(Debug, Clone)]
enum Step {
    Insert(u64),
    Retire(prop::sample::Index),
    Merge,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => any::<u64>().prop_map(Step::Insert),
        4 => any::<prop::sample::Index>().prop_map(Step::Retire),
        1 => Just(Step::Merge),
    ];
    prop::collection::vec(step, 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_history_is_searched_as_a_plain_list(
        seed: u64,
        hashes in prop::sample::select(vec![0usize, 3, 4_990, 5_200]),
        steps in steps(),
        radius in 0u32..70,
    ) {
        let mut next = numbers(seed);
        let bank = skewed_bank(hashes, &mut next);
        let mut index = PdqIndex::build(&bank);
        let mut plain: Vec<Option<PdqHash>> = bank.into_iter().map(Some).collect();
        for step in steps {
            match step {
                Step::Insert(seed) => {
                    let near = plain.iter().flatten().nth(seed as usize % plain.len().max(1));
                    let flips = (seed % 70) as u32;
                    let hash = with_flips(near.copied().unwrap_or_default(), flips, &mut next);
                    prop_assert_eq!(index.insert(hash) as usize, plain.len());
                    plain.push(Some(hash));
                }
                Step::Retire(_) if plain.is_empty() => {}
                Step::Retire(place) => {
                    let id = place.index(plain.len());
                    prop_assert_eq!(index.retire(id as u32), plain[id].take().is_some());
                }
                Step::Merge => index = index.merged(),
            }
        }
        prop_assert_eq!(index.len(), plain.iter().flatten().count());
        let last = plain.iter().flatten().last().copied().unwrap_or_default();
        let queries = [PdqHash::default(), last];
        for query in queries {
            let expected: Vec<(u32, u32)> = (0u32..)
                .zip(&plain)
                .filter_map(|(id, hash)| Some((id, hash.as_ref()?.distance_bits(query))))
                .filter(|(_, distance_bits)| *distance_bits <= radius)
                .collect();
            prop_assert_eq!(index.search(&query, radius), expected);
        }
    }
}
