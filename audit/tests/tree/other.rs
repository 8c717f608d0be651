//! The other implementation as a log of its own: `tlog_tiles`.

use audit::tree::Hash;
use std::cell::RefCell;
use tlog_tiles::tlog::{self, HashReader};
use tlog_tiles::{Error, TileReader};

/// Every hash that the other implementation keeps of a tree.
#[derive(Default)]
pub(crate) struct OtherLog {
    hashes: RefCell<Vec<tlog::Hash>>,
    size: u64,
}

impl OtherLog {
    pub(crate) fn of(entries: &[Vec<u8>]) -> Self {
        let mut log = Self::default();
        for entry in entries {
            let stored = tlog::stored_hashes(log.size, entry, &log).unwrap();
            log.hashes.borrow_mut().extend(stored);
            log.size += 1;
        }
        log
    }

    pub(crate) fn root(&self, size: u64) -> Hash {
        tlog::tree_hash(size, self).unwrap().0
    }
}

impl HashReader for OtherLog {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog::Hash>, Error> {
        let hashes = self.hashes.borrow();
        Ok(indexes.iter().map(|index| hashes[usize::try_from(*index).unwrap()]).collect())
    }
}

/// Tiles of ours as the other implementation reads them.
pub(crate) struct OurTiles<'a>(pub(crate) &'a crate::world::World);

impl TileReader for OurTiles<'_> {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[tlog_tiles::Tile]) -> Result<Vec<Vec<u8>>, Error> {
        let read = |tile: &tlog_tiles::Tile| {
            let path = tile.path().replacen("tile/8/", "tile/", 1);
            let tile = audit::tree::Tile::parse(&path).unwrap();
            self.0.tiles[&tile].clone()
        };
        Ok(tiles.iter().map(read).collect())
    }

    fn save_tiles(&self, _: &[tlog_tiles::Tile], _: &[Vec<u8>]) {}
}
