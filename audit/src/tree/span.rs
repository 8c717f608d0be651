//! Which subtrees a proof names (RFC 6962 sections 2.1.1 and 2.1.2), and what they hash to.

use super::hash::{Hash, node_hash, root_of};
use super::tile::{LEVELS, TILE_BITS, TILE_WIDTH, Tile, TileSet, at_level};

/// The leaves under one node of the tree, from `start` up to and without `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: u64,
    pub(super) end: u64,
}

/// A part of a span whose leaves are a power of two, and which lies in one row of one tile.
struct Piece {
    level: u8,
    first: u64,
    count: u64,
}

impl Span {
    /// Its parts from the left, largest first.
    fn pieces(self) -> impl Iterator<Item = Piece> {
        let mut start = self.start;
        std::iter::from_fn(move || {
            let height = (self.end - start).checked_ilog2()?;
            let level = u8::try_from(height / TILE_BITS).expect("a height below 64");
            let (shift, count) = (TILE_BITS * u32::from(level), 1 << (height % TILE_BITS));
            let piece = Piece { level, first: start >> shift, count };
            start += 1 << height;
            Some(piece)
        })
    }

    /// The tiles that its hash is made from, in a tree of so many leaves.
    pub(super) fn tiles(self, size: u64) -> impl Iterator<Item = Tile> {
        self.pieces().map(move |piece| {
            let (full, width) = at_level(piece.level, size);
            let index = piece.first / 256;
            let width = if index < full { TILE_WIDTH } else { width };
            assert!(piece.level < LEVELS, "a tree has eight levels of tiles");
            Tile::hashes(piece.level, index, width).expect("a span lies within the tree")
        })
    }

    /// Its hash; the place of the first missing row where the set lacks one.
    pub(super) fn hash(self, tiles: &TileSet) -> Result<Hash, (u8, u64)> {
        let roots = self.pieces().map(|Piece { level, first, count }| {
            let row = tiles.row(level, first, count).ok_or((level, first / 256))?;
            Ok(root_of(row))
        });
        let roots: Vec<Hash> = roots.collect::<Result<_, _>>()?;
        // Parts that get smaller to the right are nested from the right.
        let whole = roots.into_iter().rev().reduce(|right, left| node_hash(&left, &right));
        Ok(whole.unwrap_or_else(|| root_of(&[])))
    }
}

/// The largest power of two that is smaller than the number of leaves, which is at least 2.
fn split(leaves: u64) -> u64 {
    1 << (leaves - 1).ilog2()
}

/// The subtrees beside the path from a leaf to the root, from the leaf up.
pub(super) fn beside_leaf(index: u64, size: u64) -> Vec<Span> {
    let (mut start, mut end) = (0, size);
    let mut spans = Vec::new();
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            spans.push(Span { start: middle, end });
            end = middle;
        } else {
            spans.push(Span { start, end: middle });
            start = middle;
        }
    }
    spans.reverse();
    spans
}

/// The subtrees that show that a tree holds an earlier, smaller one, from the smallest up.
pub(super) fn beside_earlier(earlier: u64, size: u64) -> Vec<Span> {
    let (mut start, mut end) = (0, size);
    let mut spans = Vec::new();
    if earlier == 0 {
        return spans;
    }
    while end != earlier {
        let middle = start + split(end - start);
        if earlier <= middle {
            spans.push(Span { start: middle, end });
            end = middle;
        } else {
            spans.push(Span { start, end: middle });
            start = middle;
        }
    }
    // Where the earlier tree is a whole subtree at the left, its root is known already.
    if start > 0 {
        spans.push(Span { start, end });
    }
    spans.reverse();
    spans
}
