//! Proofs of inclusion and consistency: all of them for small trees, and none that was changed.

use crate::other::{OtherLog, OurTiles};
use crate::world::World;
use audit::tree::{
    Hash, ProofError, ProofPlan, TileSet, TreeHead, root_of, verify_consistency, verify_inclusion,
};
use proptest::prelude::*;
use tlog_tiles::TileHashReader;
use tlog_tiles::tlog;

/// Trees are small enough to try all sizes and large enough to have a second level of tiles.
const ALL: u64 = 300;

fn inclusion(record: u64, size: u64, tiles: &TileSet) -> Vec<Hash> {
    ProofPlan::inclusion(record, size).unwrap().answer(tiles).unwrap()
}

fn consistency(earlier: u64, size: u64, tiles: &TileSet) -> Vec<Hash> {
    ProofPlan::consistency(earlier, size).unwrap().answer(tiles).unwrap()
}

fn others(hashes: &[Hash]) -> Vec<tlog::Hash> {
    hashes.iter().map(|hash| tlog::Hash(*hash)).collect()
}

#[test]
fn every_record_of_every_tree_is_proven() {
    let world = World::of(ALL);
    let (tiles, leaves) = (world.set(), world.leaves());
    let other = OtherLog::of(&world.entries);
    for size in 1..=ALL {
        let head = TreeHead { size, root: other.root(size) };
        for record in 0..size {
            let proof = inclusion(record, size, &tiles);
            let leaf = leaves[usize::try_from(record).unwrap()];
            assert_eq!(verify_inclusion(&leaf, record, &head, &proof), Ok(()));
            assert_eq!(others(&proof), tlog::prove_record(size, record, &other).unwrap());
            let (root, leaf) = (tlog::Hash(head.root), tlog::Hash(leaf));
            tlog::check_record(&others(&proof), size, root, record, leaf).unwrap();
        }
    }
}

#[test]
fn every_tree_is_proven_to_hold_every_earlier_one() {
    let world = World::of(ALL);
    let (tiles, other) = (world.set(), OtherLog::of(&world.entries));
    let at = |size| TreeHead { size, root: other.root(size) };
    for size in 0..=ALL {
        for earlier in 0..=size {
            let proof = consistency(earlier, size, &tiles);
            assert_eq!(verify_consistency(&at(earlier), &at(size), &proof), Ok(()));
            if earlier > 0 {
                assert_eq!(others(&proof), tlog::prove_tree(size, earlier, &other).unwrap());
            }
        }
    }
}

#[test]
fn roots_of_earlier_trees_come_from_the_same_tiles() {
    let world = World::of(70_000);
    let (tiles, other) = (world.set(), OtherLog::of(&world.entries));
    for earlier in [0, 1, 2, 255, 256, 257, 65_535, 65_536, 65_537, 69_999, 70_000] {
        let root = ProofPlan::root(earlier, 70_000).unwrap().answer(&tiles).unwrap();
        assert_eq!(root, [other.root(earlier)], "{earlier}");
    }
}

#[test]
fn the_other_implementation_proves_from_our_tiles() {
    for size in [1, 255, 256, 257, 70_000] {
        let world = World::of(size);
        let (ours, root) = (OurTiles(&world), tlog::Hash(world.head.root));
        let reader = TileHashReader::new(size, root, &ours);
        for record in [0, size / 3, size / 2, size - 1] {
            let expected = tlog::prove_record(size, record, &reader).unwrap();
            assert_eq!(others(&inclusion(record, size, &world.set())), expected);
            let expected = tlog::prove_tree(size, record + 1, &reader).unwrap();
            assert_eq!(others(&consistency(record + 1, size, &world.set())), expected);
        }
    }
}

#[test]
fn a_plan_names_few_tiles_and_misses_each() {
    let world = World::of(70_000);
    for record in [0, 255, 256, 65_535, 65_536, 69_999] {
        let plan = ProofPlan::inclusion(record, 70_000).unwrap();
        let tiles = plan.tiles();
        assert!(tiles.len() <= 6, "{tiles:?}");
        for missing in &tiles {
            let others = tiles.iter().filter(|tile| *tile != missing);
            let set: TileSet = others.map(|tile| (*tile, world.tiles[tile].clone())).collect();
            let (level, index) = (missing.level(), missing.index());
            assert_eq!(plan.answer(&set), Err(ProofError::Missing { level, index }));
        }
    }
}

#[test]
fn what_lies_beyond_is_refused() {
    let beyond = |asked, size| ProofError::Beyond { asked, size };
    assert_eq!(ProofPlan::inclusion(5, 5).unwrap_err(), beyond(5, 5));
    assert_eq!(ProofPlan::inclusion(0, 0).unwrap_err(), beyond(0, 0));
    assert_eq!(ProofPlan::consistency(6, 5).unwrap_err(), beyond(6, 5));
    assert_eq!(ProofPlan::root(6, 5).unwrap_err(), beyond(6, 5));
    let (small, large) = (World::of(5).head, World::of(6).head);
    assert_eq!(verify_inclusion(&small.root, 5, &small, &[]), Err(beyond(5, 5)));
    assert_eq!(verify_consistency(&large, &small, &[]), Err(beyond(6, 5)));
    assert_eq!(verify_consistency(&small, &large, &[[0; 32]; 64]), Err(ProofError::Length));
    // The empty tree is in every tree; what claims to be empty and is not is in none.
    let empty = TreeHead { size: 0, root: root_of(&[]) };
    assert_eq!(verify_consistency(&empty, &large, &[]), Ok(()));
    assert_eq!(verify_consistency(&empty, &large, &[[0; 32]]), Err(ProofError::Length));
    let false_empty = TreeHead { size: 0, root: [0; 32] };
    assert_eq!(verify_consistency(&false_empty, &large, &[]), Err(ProofError::EarlierRoot));
}

fn flipped(hash: &Hash, bit: usize) -> Hash {
    let mut hash = *hash;
    hash[bit / 8] ^= 1 << (bit % 8);
    hash
}

proptest! {
    /// Any flipped bit of leaf, proof or root, another place, another size or another length.
    #[test]
    fn a_changed_proof_of_inclusion_is_refused(
        (size, record) in (1..2_000u64).prop_flat_map(|size| (Just(size), 0..size)),
        bit in 0..256usize,
        place in any::<prop::sample::Index>(),
    ) {
        let world = World::of(size);
        let (head, leaf) = (world.head, world.leaves()[usize::try_from(record).unwrap()]);
        let proof = inclusion(record, size, &world.set());
        prop_assert_eq!(verify_inclusion(&leaf, record, &head, &proof), Ok(()));
        let check = |leaf: &Hash, record, head: &TreeHead, proof: &[Hash]| {
            verify_inclusion(leaf, record, head, proof)
        };
        prop_assert!(check(&flipped(&leaf, bit), record, &head, &proof).is_err());
        let other = TreeHead { root: flipped(&head.root, bit), ..head };
        prop_assert!(check(&leaf, record, &other, &proof).is_err());
        for other in [record ^ 1, record + 1] {
            prop_assert!(check(&leaf, other, &head, &proof).is_err());
        }
        let longer = [&proof[..], &[leaf]].concat();
        prop_assert!(check(&leaf, record, &head, &longer).is_err());
        if !proof.is_empty() {
            let place = place.index(proof.len());
            let mut other = proof.clone();
            other[place] = flipped(&other[place], bit);
            prop_assert!(check(&leaf, record, &head, &other).is_err());
            prop_assert!(check(&leaf, record, &head, &proof[1..]).is_err());
            prop_assert!(check(&leaf, record, &head, &proof[..proof.len() - 1]).is_err());
        }
    }

    #[test]
    fn a_changed_proof_of_consistency_is_refused(
        (size, earlier) in (2..2_000u64).prop_flat_map(|size| (Just(size), 1..size)),
        bit in 0..256usize,
        place in any::<prop::sample::Index>(),
    ) {
        let world = World::of(size);
        let (old, new) = (World::of(earlier).head, world.head);
        let proof = consistency(earlier, size, &world.set());
        prop_assert_eq!(verify_consistency(&old, &new, &proof), Ok(()));
        let other = TreeHead { root: flipped(&old.root, bit), ..old };
        prop_assert!(verify_consistency(&other, &new, &proof).is_err());
        let other = TreeHead { root: flipped(&new.root, bit), ..new };
        prop_assert!(verify_consistency(&old, &other, &proof).is_err());
        let longer = [&proof[..], &[old.root]].concat();
        prop_assert!(verify_consistency(&old, &new, &longer).is_err());
        let place = place.index(proof.len());
        let mut other = proof.clone();
        other[place] = flipped(&other[place], bit);
        prop_assert!(verify_consistency(&old, &new, &other).is_err());
        prop_assert!(verify_consistency(&old, &new, &proof[1..]).is_err());
    }
}
