//! The verification of a published log names what was changed.

use crate::witness::{log_key, origin, signed};
use crate::world::World;
use audit::tree::{
    Layer, ProofFile, ProofFileError, ProofPlan, Tile, TreeBroken, TreeHead, TreeVerifier,
    leaf_hash,
};
use audit::{Head, decode};
use proptest::prelude::*;

fn verify(head: TreeHead, tiles: &[(Tile, Vec<u8>)]) -> Result<Option<Head>, TreeBroken> {
    let mut verifier = TreeVerifier::new(head).following_chain();
    for (tile, bytes) in tiles {
        verifier.take(*tile, bytes)?;
    }
    assert_eq!(verifier.checked(), head.size);
    verifier.finish()
}

#[test]
fn what_was_published_holds() {
    for size in [0, 1, 255, 256, 257, 512, 700] {
        let world = World::of_records(size);
        let chain = verify(world.head, &world.published()).unwrap().unwrap();
        let last = world.entries.last().map(|bytes| decode(bytes).unwrap().hash);
        assert_eq!(chain, Head { next: size, hash: last.unwrap_or_default() }, "{size}");
    }
    let world = World::of(70_000);
    let mut verifier = TreeVerifier::new(world.head).containing(World::of(65_537).head).unwrap();
    for (tile, bytes) in world.published() {
        verifier.take(tile, &bytes).unwrap();
    }
    assert_eq!(verifier.finish(), Ok(None));
}

/// Whether the error names the file, or the entry in it, that was changed.
fn names(broken: &TreeBroken, changed: Tile) -> bool {
    match broken {
        TreeBroken::Missing { tile }
        | TreeBroken::Length { tile, .. }
        | TreeBroken::Tile { tile, .. }
        | TreeBroken::Bundle { tile, .. }
        | TreeBroken::Entry { tile, .. }
        | TreeBroken::Chain { tile, .. } => *tile == changed,
        TreeBroken::Root { .. } | TreeBroken::Rewritten { .. } | TreeBroken::Cut { .. } => false,
    }
}

/// Every file of a small log, and of one with several levels, at several places.
#[test]
fn a_flipped_bit_is_found_in_every_file_and_the_file_is_named() {
    for (size, step) in [(3, 1), (256, 97), (600, 211)] {
        let world = World::of_records(size);
        let published = world.published();
        for number in 0..published.len() {
            for place in (0..published[number].1.len()).step_by(step) {
                let mut flipped = published.clone();
                flipped[number].1[place] ^= 1 << (place % 8);
                let broken = verify(world.head, &flipped).unwrap_err();
                assert!(
                    names(&broken, published[number].0),
                    "{broken} after {:?}",
                    published[number].0
                );
            }
        }
    }
}

#[test]
fn a_changed_entry_is_named_by_its_number() {
    let world = World::of_records(700);
    for entry in [0, 255, 256, 511, 512, 699] {
        let mut entries = world.entries.clone();
        *entries[entry].last_mut().unwrap() ^= 1;
        let mut published = world.published();
        let bundle = |(tile, _): &&mut (Tile, Vec<u8>)| {
            tile.layer() == Layer::Entries && tile.index() == entry as u64 / 256
        };
        let (tile, bytes) = published.iter_mut().find(bundle).unwrap();
        let chunk = entries.chunks(256).nth(entry / 256).unwrap();
        *bytes = audit::tree::write_bundle(chunk.iter().map(Vec::as_slice));
        let expected = TreeBroken::Entry { entry: entry as u64, tile: *tile };
        assert_eq!(verify(world.head, &published), Err(expected));
    }
}

#[test]
fn missing_and_exchanged_files_are_named() {
    let world = World::of_records(600);
    let published = world.published();
    for number in 0..published.len() {
        let mut fewer = published.clone();
        let (missing, _) = fewer.remove(number);
        let mut verifier = TreeVerifier::new(world.head);
        let taken = fewer.iter().try_for_each(|(tile, bytes)| verifier.take(*tile, bytes));
        // A bundle that is missing is found by the next, or by the root where none follows.
        let broken = taken.and_then(|()| verifier.finish().map(drop)).unwrap_err();
        let named = names(&broken, missing) || missing.layer() == Layer::Entries;
        assert!(named, "{broken} without {missing}");
    }
    for (tile, bytes) in &published {
        let cut = &bytes[..bytes.len() - 1];
        let mut verifier = TreeVerifier::new(world.head);
        let before = published.iter().take_while(|(other, _)| other != tile);
        before.for_each(|(tile, bytes)| verifier.take(*tile, bytes).unwrap());
        assert!(names(&verifier.take(*tile, cut).unwrap_err(), *tile), "{tile}");
    }
}

#[test]
fn another_history_is_told_as_such() {
    let (world, short) = (World::of(700), World::of(300));
    let run = |head, earlier| {
        let mut verifier = TreeVerifier::new(head).containing(earlier)?;
        let mut tiles = world.published().into_iter();
        tiles.try_for_each(|(tile, bytes)| verifier.take(tile, &bytes))?;
        verifier.finish().map(drop)
    };
    assert_eq!(run(world.head, short.head), Ok(()));
    assert_eq!(run(world.head, world.head), Ok(()));
    for size in [0, 1, 256, 300, 700] {
        let other = TreeHead { size, root: [1; 32] };
        assert_eq!(run(world.head, other), Err(TreeBroken::Rewritten { size }), "{size}");
    }
    let longer = TreeHead { size: 701, root: [1; 32] };
    assert_eq!(run(world.head, longer), Err(TreeBroken::Cut { size: 700, earlier: 701 }));
    // A checkpoint of another tree: everything that is published agrees with itself.
    let other = TreeHead { root: [1; 32], ..world.head };
    assert_eq!(run(other, short.head), Err(TreeBroken::Root { size: 700 }));
}

#[test]
fn entries_that_are_no_chain_are_named() {
    let world = World::of_records(300);
    let mut entries = world.entries.clone();
    entries.swap(270, 271);
    let swapped = World::of_entries(entries);
    let tile = Tile::entries(1, 44).unwrap();
    let expected = TreeBroken::Chain { entry: 270, tile };
    assert_eq!(verify(swapped.head, &swapped.published()), Err(expected));
    let short = World::of(3);
    let tile = Tile::entries(0, 3).unwrap();
    let expected = TreeBroken::Chain { entry: 0, tile };
    assert_eq!(verify(short.head, &short.published()), Err(expected));
}

fn proof_file(world: &World, index: u64) -> ProofFile {
    let plan = ProofPlan::inclusion(index, world.head.size).unwrap();
    let record = world.entries[usize::try_from(index).unwrap()].clone();
    let proof = plan.answer(&world.set()).unwrap();
    ProofFile { record, index, proof, note: signed(&world.head) }
}

#[test]
fn a_proof_file_proves_its_record() {
    let world = World::of_records(300);
    let key = log_key().verifying_key();
    for index in [0, 1, 255, 256, 299] {
        let file = proof_file(&world, index);
        assert!(ProofFile::is_one(&file.encode()));
        assert_eq!(ProofFile::parse(&file.encode()), Ok(file.clone()));
        let (checkpoint, record) = file.verify(&origin(), &key).unwrap();
        assert_eq!((checkpoint.head, record.seq), (world.head, index));
        let other = ProofFile { index: index ^ 1, ..file.clone() };
        assert!(matches!(other.verify(&origin(), &key), Err(ProofFileError::Proof(_))));
    }
    let text = World::of(300);
    let file = proof_file(&text, 7);
    assert!(matches!(file.verify(&origin(), &key), Err(ProofFileError::Record(_))));
    for bad in ["", "c2sp.org/tlog-proof@v1\nindex 1\n\nnote", "c2sp.org/tlog-proof@v1"] {
        assert_eq!(ProofFile::parse(bad), Err(ProofFileError::Shape), "{bad}");
    }
    assert_eq!(leaf_hash(&file.record), leaf_hash(b"entry 7"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_changed_byte_of_a_proof_file_is_found(
        index in 0..300u64,
        place in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let world = World::of_records(300);
        let mut bytes = proof_file(&world, index).encode().into_bytes();
        let place = place.index(bytes.len());
        prop_assume!(bytes[place] != byte);
        bytes[place] = byte;
        if let Ok(text) = String::from_utf8(bytes) {
            let key = log_key().verifying_key();
            let found = ProofFile::parse(&text).and_then(|file| file.verify(&origin(), &key));
            prop_assert!(found.is_err());
        }
    }
}
