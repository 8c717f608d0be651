//! Tiles and their paths, held against the other implementation.

use crate::other::OtherLog;
use crate::world::{World, entry};
use audit::tree::{Edge, Layer, Tile, leaf_hash, published_tiles, published_tiles_count};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// The path of the other implementation, which has the height in it and another word for entries.
fn other_path(tile: &Tile) -> String {
    let (level, width) = (tile.level(), u32::from(tile.width()));
    let entries = tile.layer() == Layer::Entries;
    let other = tlog_tiles::Tile::new(8, level, tile.index(), width, entries);
    other.path().replacen("tile/8/", "tile/", 1).replace("data", "entries")
}

#[test]
fn paths_are_those_of_the_other_implementation() {
    let indexes = [0, 1, 999, 1_000, 1_234_067, 999_999, 1_000_000, 1 << 39];
    for index in indexes {
        for width in [1, 7, 255, 256] {
            let mut tiles = vec![Tile::entries(index, width).unwrap()];
            tiles.extend((0..3).map(|level| Tile::hashes(level, index, width).unwrap()));
            for tile in tiles {
                assert_eq!(tile.path(), other_path(&tile));
                assert_eq!(Tile::parse(&tile.path()), Ok(tile));
            }
        }
    }
    assert_eq!(Tile::hashes(4, 1_234_067, 256).unwrap().path(), "tile/4/x001/x234/067");
    assert_eq!(Tile::entries(1_234, 5).unwrap().path(), "tile/entries/x001/234.p/5");
}

#[test]
fn refuses_other_paths() {
    for path in [
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "tile/0/1",
        "tile/0/0001",
        "tile/00/001",
        "tile/+1/001",
        "tile/7/000",
        "tile/8/001",
        "tile/64/001",
        "tile/data/001",
        "tile/0/x001",
        "tile/0/001/001",
        "tile/0/x000/001",
        "tile/0/x1/001",
        "tile/0/001.p/0",
        "tile/0/001.p/01",
        "tile/0/001.p/256",
        "tile/0/001.p/-1",
        "tile/0/001.p/",
        "tile/0/001.p/1/",
        "tile/0/001/",
        "/tile/0/001",
        "tile/0/../../checkpoint",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
        "tile/entries/x072/x057/x594/x037/x927/935",
    ] {
        assert!(Tile::parse(path).is_err(), "{path}");
    }
    assert!(Tile::parse("tile/7/000.p/255").is_ok());
    for (level, index, width) in [(8, 0, 1), (0, 0, 0), (0, 0, 257), (7, 1, 256), (0, 1 << 56, 1)] {
        assert_eq!(Tile::hashes(level, index, width), None, "{level}/{index}/{width}");
    }
}

#[test]
fn tiles_hold_what_the_other_implementation_puts_there() {
    let entries: Vec<Vec<u8>> = (0..70_000).map(entry).collect();
    let other = OtherLog::of(&entries);
    for size in [1, 2, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 70_000] {
        let world = World::of(size);
        assert_eq!(world.head.root, other.root(size), "{size}");
        let expected = tlog_tiles::Tile::new_tiles(8, 0, size);
        let hashes = world.tiles.iter().filter(|(tile, _)| tile.layer() != Layer::Entries);
        let found: BTreeMap<String, &Vec<u8>> =
            hashes.map(|(tile, bytes)| (tile.path(), bytes)).collect();
        assert_eq!(found.len(), expected.len(), "{size}");
        for tile in expected {
            let path = tile.path().replacen("tile/8/", "tile/", 1);
            assert_eq!(*found[&path], tile.read_data(&other).unwrap(), "{path} of {size}");
        }
    }
}

#[test]
fn growing_in_any_steps_gives_the_same_tiles() {
    let whole = World::of(1_000);
    for step in [1, 3, 100, 255, 256, 257, 999] {
        let (mut edge, mut tiles) = (Edge::new(), BTreeMap::new());
        for leaves in whole.leaves().chunks(step) {
            tiles.extend(edge.append(leaves.iter().copied()));
            assert_eq!(edge, again(&edge, &tiles), "an edge read back");
        }
        assert_eq!(edge.head(), whole.head, "steps of {step}");
        for tile in published_tiles(1_000).filter(|tile| tile.layer() != Layer::Entries) {
            assert_eq!(tiles[&tile], whole.tiles[&tile], "{tile} in steps of {step}");
        }
    }
    assert_eq!(Edge::new().append([]), []);
    assert_eq!(Edge::from_tiles(300, &[vec![0; 44 * 32]]), None, "a tile too few");
    assert_eq!(Edge::from_tiles(44, &[vec![0; 43 * 32]]), None, "a hash too few");
}

/// The edge as it is read back from stored tiles, which may have grown meanwhile.
fn again(edge: &Edge, tiles: &BTreeMap<Tile, Vec<u8>>) -> Edge {
    let wanted = Edge::tiles_of(edge.size());
    let grown = |tile: &Tile| [tiles[tile].clone(), vec![9; 32]].concat();
    Edge::from_tiles(edge.size(), &wanted.iter().map(grown).collect::<Vec<_>>()).unwrap()
}

#[test]
fn everything_published_is_listed_once() {
    for size in [0, 1, 255, 256, 257, 65_536, 70_000, 16_777_216 + 5] {
        let listed: Vec<Tile> = published_tiles(size).collect();
        assert_eq!(listed.len() as u64, published_tiles_count(size), "{size}");
        let once: BTreeSet<Tile> = listed.iter().copied().collect();
        assert_eq!(once.len(), listed.len(), "{size}");
        let entries = listed.iter().filter(|tile| tile.layer() == Layer::Entries);
        assert_eq!(entries.map(|tile| u64::from(tile.width())).sum::<u64>(), size);
        assert!(listed.iter().all(|tile| tile.end() <= size), "{size}");
    }
    // The example of the specification.
    let tiles: Vec<Tile> = published_tiles(70_000).collect();
    let count = |level, full| {
        let wanted =
            |tile: &&Tile| tile.layer() == Layer::Hashes { level } && tile.is_full() == full;
        tiles.iter().filter(wanted).map(|tile| tile.width()).collect::<Vec<_>>()
    };
    assert_eq!((count(0, true).len(), count(0, false)), (273, vec![112]));
    assert_eq!((count(1, true).len(), count(1, false)), (1, vec![17]));
    assert_eq!((count(2, true).len(), count(2, false)), (0, vec![1]));
}

proptest! {
    #[test]
    fn arbitrary_paths_never_panic(
        path in "tile/([0-9]{1,3}|entries)/(x?[0-9]{1,4}/?){0,8}(\\.p/[0-9]{0,4})?",
    ) {
        if let Ok(tile) = Tile::parse(&path) {
            prop_assert_eq!(tile.path(), path);
        }
    }

    #[test]
    fn a_leaf_depends_on_every_byte(
        bytes in prop::collection::vec(any::<u8>(), 0..99),
        bit in 0..8u8,
    ) {
        prop_assert_eq!(leaf_hash(&bytes), tlog_tiles::tlog::record_hash(&bytes).0);
        for place in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[place] ^= 1 << bit;
            prop_assert_ne!(leaf_hash(&flipped), leaf_hash(&bytes));
        }
    }
}
