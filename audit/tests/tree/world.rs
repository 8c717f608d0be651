//! A published log in memory.

use audit::tree::{
    Edge, Hash, Layer, Tile, TileSet, TreeHead, leaf_hash, published_tiles, write_bundle,
};
use audit::{Fact, FactKind, Field, Head, append};
use model::Timestamp;
use std::collections::BTreeMap;

/// Entries with everything that is published about them.
pub(crate) struct World {
    pub(crate) entries: Vec<Vec<u8>>,
    pub(crate) head: TreeHead,
    /// Every tile at its full present width.
    pub(crate) tiles: BTreeMap<Tile, Vec<u8>>,
}

impl World {
    /// A log of short texts.
    pub(crate) fn of(size: u64) -> Self {
        Self::of_entries((0..size).map(entry).collect())
    }

    /// A log of sealed records.
    pub(crate) fn of_records(size: u64) -> Self {
        let at = Timestamp::parse("2026-01-01T00:00:00Z").unwrap();
        let mut head = Head::start();
        let mut entries = Vec::new();
        for number in 0..size {
            let fact = Fact::new(FactKind::ItemJudged).int(Field::Count, number);
            let (next, record) = append(&head, &fact, at);
            head = next;
            entries.push(record.bytes);
        }
        Self::of_entries(entries)
    }

    pub(crate) fn of_entries(entries: Vec<Vec<u8>>) -> Self {
        let mut edge = Edge::new();
        let leaves = entries.iter().map(|entry| leaf_hash(entry));
        let mut tiles: BTreeMap<Tile, Vec<u8>> = edge.append(leaves).into_iter().collect();
        for (index, chunk) in (0..).zip(entries.chunks(256)) {
            let tile = Tile::entries(index, u16::try_from(chunk.len()).unwrap()).unwrap();
            tiles.insert(tile, write_bundle(chunk.iter().map(Vec::as_slice)));
        }
        Self { entries, head: edge.head(), tiles }
    }

    pub(crate) fn leaves(&self) -> Vec<Hash> {
        self.entries.iter().map(|entry| leaf_hash(entry)).collect()
    }

    pub(crate) fn set(&self) -> TileSet {
        let hashes = self.tiles.iter().filter(|(tile, _)| tile.layer() != Layer::Entries);
        hashes.map(|(tile, bytes)| (*tile, bytes.clone())).collect()
    }

    /// The published files in the order of verification.
    pub(crate) fn published(&self) -> Vec<(Tile, Vec<u8>)> {
        let tiles = published_tiles(self.head.size);
        tiles.map(|tile| (tile, self.tiles[&tile].clone())).collect()
    }
}

pub(crate) fn entry(number: u64) -> Vec<u8> {
    format!("entry {number}").into_bytes()
}
