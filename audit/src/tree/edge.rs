//! Growing the tree: what must be held to append, and nothing more.

use super::hash::{Hash, root_of};
use super::head::TreeHead;
use super::tile::{LEVELS, TILE_BITS, TILE_WIDTH, Tile, at_level, hashes_of};

/// The right edge of the tree: at each level the hashes that no full tile has yet.
///
/// It is what a tree of any size needs to grow and to tell its root: at most 255 hashes a level.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edge {
    size: u64,
    levels: Vec<Vec<Hash>>,
}

impl Edge {
    /// The edge of an empty tree.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The partial tiles of a tree of so many leaves, which [`Edge::from_tiles`] needs: one at most
    /// for each level, from the leaves up.
    #[must_use]
    pub fn tiles_of(size: u64) -> Vec<Tile> {
        let partial = (0..LEVELS).map(|level| (level, at_level(level, size)));
        partial.filter_map(|(level, (full, width))| Tile::hashes(level, full, width)).collect()
    }

    /// The edge of a tree of so many leaves, from the contents of the tiles that [`Edge::tiles_of`]
    /// names, in its order. A longer content is cut: the tree may have grown since.
    ///
    /// `None` where a tile lacks hashes.
    #[must_use]
    pub fn from_tiles(size: u64, contents: &[Vec<u8>]) -> Option<Self> {
        let mut levels = Vec::new();
        let tiles = Self::tiles_of(size);
        (tiles.len() == contents.len()).then_some(())?;
        for (tile, content) in tiles.iter().zip(contents) {
            levels.resize(usize::from(tile.level()), Vec::new());
            let content = content.get(..usize::from(tile.width()) * 32)?;
            levels.push(hashes_of(content, tile.width())?);
        }
        Some(Self { size, levels })
    }

    /// How many leaves the tree has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The size and the root of the tree.
    #[must_use]
    pub fn head(&self) -> TreeHead {
        let mut right: Option<Hash> = None;
        for level in &self.levels {
            // What is left of the levels below is one smaller subtree at the end of this row.
            let mut row = level.clone();
            row.extend(right);
            right = (!row.is_empty()).then(|| root_of(&row));
        }
        TreeHead { size: self.size, root: right.unwrap_or_else(|| root_of(&[])) }
    }

    /// Appends leaves and gives the tiles that changed, with their content: those that are full
    /// now, each once, and behind them the partial ones of every level that changed.
    ///
    /// # Panics
    /// After 2⁶⁴ − 1 leaves.
    pub fn append(&mut self, leaves: impl IntoIterator<Item = Hash>) -> Vec<(Tile, Vec<u8>)> {
        let before = self.size;
        let mut changed = Vec::new();
        for leaf in leaves {
            self.push(leaf, &mut |tile, hashes| changed.push((tile, hashes.concat())));
        }
        for (tile, hashes) in self.partial_tiles() {
            let shift = TILE_BITS * u32::from(tile.level());
            if self.size >> shift > before >> shift {
                changed.push((tile, hashes.concat()));
            }
        }
        changed
    }

    /// The partial tiles with their hashes, from the leaves up.
    pub fn partial_tiles(&self) -> impl Iterator<Item = (Tile, &[Hash])> {
        let tiles = Self::tiles_of(self.size).into_iter();
        tiles.map(|tile| (tile, self.levels[usize::from(tile.level())].as_slice()))
    }

    /// Appends one leaf; `filled` is told every tile that it fills.
    ///
    /// # Panics
    /// After 2⁶⁴ − 1 leaves.
    pub fn push(&mut self, leaf: Hash, filled: &mut impl FnMut(Tile, &[Hash])) {
        self.size = self.size.checked_add(1).expect("a log has fewer than 2^64 records");
        let mut hash = leaf;
        for level in 0.. {
            if self.levels.len() <= level {
                self.levels.push(Vec::with_capacity(usize::from(TILE_WIDTH)));
            }
            let row = &mut self.levels[level];
            row.push(hash);
            if row.len() < usize::from(TILE_WIDTH) {
                return;
            }
            let code = u8::try_from(level).expect("a tree has eight levels of tiles");
            let (full, _) = at_level(code, self.size);
            let tile = Tile::hashes(code, full - 1, TILE_WIDTH).expect("a full tile of the tree");
            filled(tile, row);
            hash = root_of(row);
            row.clear();
        }
    }
}
