//! Everything that a published log consists of beside its checkpoint.

use super::edge::Edge;
use super::tile::{LEVELS, TILE_BITS, TILE_WIDTH, Tile, at_level};

/// Every tile of a log of so many records, in the order in which a [`super::TreeVerifier`] takes
/// them: the partial tiles of hashes, then each entry bundle behind the full tiles above it that
/// were not given yet.
pub fn published_tiles(size: u64) -> impl Iterator<Item = Tile> + Send {
    let (full, width) = at_level(0, size);
    let bundles = (0..full).flat_map(move |index| above(index, size));
    let last = Tile::entries(full, width);
    Edge::tiles_of(size).into_iter().chain(bundles).chain(last)
}

/// How many tiles [`published_tiles`] gives.
#[must_use]
pub fn published_tiles_count(size: u64) -> u64 {
    let full: u64 = (0..LEVELS).map(|level| at_level(level, size).0).sum();
    let (bundles, width) = at_level(0, size);
    full + bundles + u64::from(width > 0) + Edge::tiles_of(size).len() as u64
}

/// A full entry bundle, behind the full tiles above it whose first bundle it is.
fn above(index: u64, size: u64) -> impl Iterator<Item = Tile> + Send {
    let tiles = (0..LEVELS).rev().filter_map(move |level| {
        let shift = TILE_BITS * u32::from(level);
        let first = index.trailing_zeros() >= shift;
        let (full, _) = at_level(level, size);
        (first && index >> shift < full).then_some(())?;
        Tile::hashes(level, index >> shift, TILE_WIDTH)
    });
    tiles.chain(Tile::entries(index, TILE_WIDTH))
}
