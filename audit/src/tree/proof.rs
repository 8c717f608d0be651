//! Proofs about the tree: made from tiles, and verified without them.

use super::hash::{Hash, node_hash, root_of};
use super::head::TreeHead;
use super::span::{Span, beside_earlier, beside_leaf};
use super::tile::{Tile, TileSet};
use model::limits;
use std::collections::BTreeSet;

/// Why a proof cannot be made or does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// What it is asked about lies beyond the tree.
    #[error("the tree has {size} records, and {asked} is beyond them")]
    Beyond {
        /// The record or the size that was asked for.
        asked: u64,
        /// How many records the tree has.
        size: u64,
    },
    /// A tile that it needs is missing or too short.
    #[error("the tile {index} of level {level} is missing or too short")]
    Missing {
        /// Level of the tile.
        level: u8,
        /// Its place in the level.
        index: u64,
    },
    /// It has not as many hashes as its place in the tree asks for.
    #[error("the proof has not as many hashes as it needs")]
    Length,
    /// Its hashes do not lead to the root.
    #[error("the proof does not lead to the root of the tree")]
    Root,
    /// Its hashes do not lead to the root of the earlier tree.
    #[error("the proof does not lead to the root of the earlier tree")]
    EarlierRoot,
}

/// A proof that is to be made: it says which tiles it needs, and makes the proof from them.
#[derive(Debug, Clone)]
pub struct ProofPlan {
    spans: Vec<Span>,
    size: u64,
}

impl ProofPlan {
    /// That a record is in the tree of so many records.
    ///
    /// # Errors
    /// Where there is no such record.
    pub fn inclusion(record: u64, size: u64) -> Result<Self, ProofError> {
        if record >= size {
            return Err(ProofError::Beyond { asked: record, size });
        }
        Ok(Self { spans: beside_leaf(record, size), size })
    }

    /// That the tree of so many records holds all of an earlier one.
    ///
    /// # Errors
    /// Where the earlier one is larger.
    pub fn consistency(earlier: u64, size: u64) -> Result<Self, ProofError> {
        if earlier > size {
            return Err(ProofError::Beyond { asked: earlier, size });
        }
        Ok(Self { spans: beside_earlier(earlier, size), size })
    }

    /// The root at an earlier size, as the one hash of the answer.
    ///
    /// # Errors
    /// Where the earlier size is larger than the tree.
    pub fn root(earlier: u64, size: u64) -> Result<Self, ProofError> {
        if earlier > size {
            return Err(ProofError::Beyond { asked: earlier, size });
        }
        Ok(Self { spans: vec![Span { start: 0, end: earlier }], size })
    }

    /// The tiles that it needs, each once.
    #[must_use]
    pub fn tiles(&self) -> Vec<Tile> {
        let tiles: BTreeSet<Tile> =
            self.spans.iter().flat_map(|span| span.tiles(self.size)).collect();
        tiles.into_iter().collect()
    }

    /// Makes the proof: its hashes in the order of RFC 6962.
    ///
    /// # Errors
    /// Where a tile is missing or too short.
    pub fn answer(&self, tiles: &TileSet) -> Result<Vec<Hash>, ProofError> {
        let hashes = self.spans.iter().map(|span| span.hash(tiles));
        hashes
            .collect::<Result<_, _>>()
            .map_err(|(level, index)| ProofError::Missing { level, index })
    }
}

/// Verifies that a leaf is in a tree (RFC 9162 section 2.1.3.2).
///
/// # Errors
/// Where the proof does not show it.
pub fn verify_inclusion(
    leaf: &Hash,
    record: u64,
    head: &TreeHead,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if record >= head.size {
        return Err(ProofError::Beyond { asked: record, size: head.size });
    }
    let mut walk = Walk { place: record, last: head.size - 1 };
    let mut root = *leaf;
    for hash in bounded(proof)? {
        root = match walk.step()? {
            Side::Left => node_hash(hash, &root),
            Side::Right => node_hash(&root, hash),
        };
    }
    walk.end()?;
    if root == head.root { Ok(()) } else { Err(ProofError::Root) }
}

/// Verifies that a tree holds all of an earlier one (RFC 9162 section 2.1.4.2).
///
/// # Errors
/// Where the proof does not show it.
pub fn verify_consistency(
    earlier: &TreeHead,
    head: &TreeHead,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if earlier.size > head.size {
        return Err(ProofError::Beyond { asked: earlier.size, size: head.size });
    }
    if earlier.size == 0 || earlier.size == head.size {
        return verify_trivial(earlier, head, proof);
    }
    let mut walk = Walk { place: earlier.size - 1, last: head.size - 1 };
    walk.skip_left_edge();
    let mut hashes = bounded(proof)?.iter();
    // Where the earlier tree is one whole subtree, its own root is where the walk begins.
    let first = match earlier.size.is_power_of_two() {
        true => earlier.root,
        false => *hashes.next().ok_or(ProofError::Length)?,
    };
    let (mut earlier_root, mut root) = (first, first);
    for hash in hashes {
        match walk.step()? {
            Side::Left => {
                earlier_root = node_hash(hash, &earlier_root);
                root = node_hash(hash, &root);
            }
            Side::Right => root = node_hash(&root, hash),
        }
    }
    walk.end()?;
    if earlier_root != earlier.root {
        return Err(ProofError::EarlierRoot);
    }
    if root == head.root { Ok(()) } else { Err(ProofError::Root) }
}

/// The empty tree is in every tree, and a tree in itself; neither needs a hash.
fn verify_trivial(earlier: &TreeHead, head: &TreeHead, proof: &[Hash]) -> Result<(), ProofError> {
    if !proof.is_empty() {
        return Err(ProofError::Length);
    }
    let expected = if earlier.size == 0 { root_of(&[]) } else { head.root };
    if earlier.root == expected { Ok(()) } else { Err(ProofError::EarlierRoot) }
}

fn bounded(proof: &[Hash]) -> Result<&[Hash], ProofError> {
    if proof.len() <= limits::PROOF_HASHES { Ok(proof) } else { Err(ProofError::Length) }
}

/// On which side of the path the next hash lies.
enum Side {
    Left,
    Right,
}

/// The way from a leaf up to the root: its place in its row, and the last place of the row.
struct Walk {
    place: u64,
    last: u64,
}

impl Walk {
    /// Goes up one node that has two children.
    fn step(&mut self) -> Result<Side, ProofError> {
        if self.last == 0 {
            return Err(ProofError::Length);
        }
        let side = if self.place % 2 == 1 || self.place == self.last {
            // A last node without a neighbour is carried up until it has one.
            while self.place.is_multiple_of(2) && self.place != 0 {
                self.up();
            }
            Side::Left
        } else {
            Side::Right
        };
        self.up();
        Ok(side)
    }

    /// Goes up while the place is the right child of its parent.
    fn skip_left_edge(&mut self) {
        while self.place % 2 == 1 {
            self.up();
        }
    }

    fn up(&mut self) {
        self.place /= 2;
        self.last /= 2;
    }

    fn end(&self) -> Result<(), ProofError> {
        if self.last == 0 { Ok(()) } else { Err(ProofError::Length) }
    }
}
