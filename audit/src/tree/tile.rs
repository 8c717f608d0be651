//! Tiles: 256 neighbouring hashes of one level, or the 256 records under a tile of leaf hashes.

use super::hash::Hash;
use std::collections::BTreeMap;
use std::fmt;

/// Hashes of a full tile.
pub const TILE_WIDTH: u16 = 256;
/// Bits of a place that one level of tiles stands for.
pub(super) const TILE_BITS: u32 = 8;
/// Levels that a tree of 2⁶⁴ − 1 leaves has tiles in.
pub(super) const LEVELS: u8 = 8;

/// What stands in a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Hashes of subtrees of 256^level leaves each; level 0 has the leaf hashes.
    Hashes {
        /// 0 to 7.
        level: u8,
    },
    /// The records themselves, as an entry bundle.
    Entries,
}

/// The place of a tile in the published log, and how much of it there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    layer: Layer,
    index: u64,
    width: u16,
}

/// Why a text is not the path of a tile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{path}` is no path of a tile: tile/LEVEL/INDEX or tile/entries/INDEX, with the index in \
     groups of three digits such as x001/234, and .p/WIDTH from 1 to 255 for a partial one"
)]
pub struct TileError {
    /// What was given.
    pub path: String,
}

impl Tile {
    /// A tile of hashes; `None` where the level is above 7 or the width not 1 to 256.
    #[must_use]
    pub fn hashes(level: u8, index: u64, width: u16) -> Option<Self> {
        (level < LEVELS).then_some(())?;
        Self::new(Layer::Hashes { level }, index, width)
    }

    /// An entry bundle; `None` where the width is not 1 to 256.
    #[must_use]
    pub fn entries(index: u64, width: u16) -> Option<Self> {
        Self::new(Layer::Entries, index, width)
    }

    fn new(layer: Layer, index: u64, width: u16) -> Option<Self> {
        let tile = Self { layer, index, width };
        // A tile lies whole within 2^64 leaves.
        let last = index.checked_mul(256)?.checked_add(u64::from(width))?;
        let fits = last <= u64::MAX >> (TILE_BITS * u32::from(tile.level()));
        ((1..=TILE_WIDTH).contains(&width) && fits).then_some(tile)
    }

    /// What stands in it.
    #[must_use]
    pub fn layer(&self) -> Layer {
        self.layer
    }

    /// The level of its hashes; 0 for an entry bundle, which lies under the leaf hashes.
    #[must_use]
    pub fn level(&self) -> u8 {
        match self.layer {
            Layer::Hashes { level } => level,
            Layer::Entries => 0,
        }
    }

    /// Its place among the tiles of its level, from 0.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.index
    }

    /// How many hashes or records it has, 1 to 256.
    #[must_use]
    pub fn width(&self) -> u16 {
        self.width
    }

    /// Whether it has all 256.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.width == TILE_WIDTH
    }

    /// How many leaves the tree must have at least for this tile to be there.
    #[must_use]
    pub fn end(&self) -> u64 {
        (self.index * 256 + u64::from(self.width)) << (TILE_BITS * u32::from(self.level()))
    }

    /// The tile of leaf hashes over an entry bundle.
    pub(super) fn leaf_hashes(&self) -> Self {
        Self { layer: Layer::Hashes { level: 0 }, ..*self }
    }

    /// Its path under the prefix of the log, such as `tile/0/x001/234.p/5`.
    #[must_use]
    pub fn path(&self) -> String {
        let mut index = format!("{:03}", self.index % 1_000);
        let mut rest = self.index / 1_000;
        while rest > 0 {
            index = format!("x{:03}/{index}", rest % 1_000);
            rest /= 1_000;
        }
        let layer = match self.layer {
            Layer::Hashes { level } => level.to_string(),
            Layer::Entries => "entries".to_owned(),
        };
        if self.is_full() {
            return format!("tile/{layer}/{index}");
        }
        format!("tile/{layer}/{index}.p/{}", self.width)
    }

    /// Reads a path as [`Tile::path`] writes it, and no other.
    ///
    /// # Errors
    /// Where it is none.
    pub fn parse(path: &str) -> Result<Self, TileError> {
        let wrong = || TileError { path: path.chars().take(80).collect() };
        let tile = read_path(path).ok_or_else(wrong)?;
        // `tile/00/001`, `tile/0/x000/001` or `tile/0/001.p/256` name nothing.
        if tile.path() == path { Ok(tile) } else { Err(wrong()) }
    }
}

fn read_path(path: &str) -> Option<Tile> {
    let (layer, index) = path.strip_prefix("tile/")?.split_once('/')?;
    let (index, width) = match index.split_once(".p/") {
        Some((index, width)) => (index, width.parse().ok()?),
        None => (index, TILE_WIDTH),
    };
    let index = index.split('/').try_fold(0u64, |index, group| {
        let group: u64 = group.strip_prefix('x').unwrap_or(group).parse().ok()?;
        (group < 1_000).then_some(())?;
        index.checked_mul(1_000)?.checked_add(group)
    })?;
    match layer {
        "entries" => Tile::entries(index, width),
        level => Tile::hashes(level.parse().ok()?, index, width),
    }
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path())
    }
}

/// The tiles of hashes that a tree of so many leaves has at one level: how many are full, and how
/// wide the partial one behind them is.
pub(super) fn at_level(level: u8, leaves: u64) -> (u64, u16) {
    let hashes = leaves >> (TILE_BITS * u32::from(level));
    let width = u16::try_from(hashes % 256).expect("a remainder below 256");
    (hashes / 256, width)
}

/// Hashes of a tile out of its bytes; `None` where they are not `width` whole hashes.
pub(super) fn hashes_of(bytes: &[u8], width: u16) -> Option<Vec<Hash>> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    (rest.is_empty() && hashes.len() == usize::from(width)).then(|| hashes.to_vec())
}

/// Tiles of hashes with their content, by level and index.
#[derive(Debug, Clone, Default)]
pub struct TileSet {
    tiles: BTreeMap<(u8, u64), Vec<Hash>>,
}

impl TileSet {
    /// Puts a tile in; one of the same place that has more stays.
    ///
    /// Bytes that are not whole hashes are cut to those, and entry bundles passed over: a proof
    /// that misses a hash says so.
    pub fn insert(&mut self, tile: Tile, bytes: &[u8]) {
        let Layer::Hashes { level } = tile.layer else { return };
        let (hashes, _) = bytes.as_chunks::<32>();
        let hashes = &hashes[..hashes.len().min(usize::from(tile.width))];
        let kept = self.tiles.entry((level, tile.index)).or_default();
        if hashes.len() > kept.len() {
            *kept = hashes.to_vec();
        }
    }

    /// Hashes of neighbouring subtrees of 256^level leaves, which must lie in one tile.
    pub(super) fn row(&self, level: u8, start: u64, count: u64) -> Option<&[Hash]> {
        let hashes = self.tiles.get(&(level, start / 256))?;
        let first = usize::try_from(start % 256).ok()?;
        hashes.get(first..first.checked_add(usize::try_from(count).ok()?)?)
    }
}

impl FromIterator<(Tile, Vec<u8>)> for TileSet {
    fn from_iter<T: IntoIterator<Item = (Tile, Vec<u8>)>>(tiles: T) -> Self {
        let mut set = Self::default();
        for (tile, bytes) in tiles {
            set.insert(tile, &bytes);
        }
        set
    }
}
