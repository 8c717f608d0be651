//! Does a published log hold, and where does it break?

use super::bundle::{BundleError, read_bundle};
use super::edge::Edge;
use super::hash::{Hash, leaf_hash, root_of};
use super::head::TreeHead;
use super::tile::{Layer, Tile, hashes_of};
use crate::encoding;
use crate::record::Head;

/// The first part of a published log that does not hold, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeBroken {
    /// A tile is missing, or another stands in its place.
    #[error("{tile} does not hold: it is missing")]
    Missing {
        /// The tile.
        tile: Tile,
    },
    /// A tile of hashes has not the length of its width.
    #[error("{tile} does not hold: it has {bytes} bytes, and {} belong there", 32 * tile.width())]
    Length {
        /// The tile.
        tile: Tile,
        /// The bytes that it has.
        bytes: usize,
    },
    /// The hashes of a tile are not those of what lies under it.
    #[error("{tile} does not hold: its hash {place} is not that of what lies under it")]
    Tile {
        /// The tile.
        tile: Tile,
        /// Which of its hashes, from 0.
        place: usize,
    },
    /// An entry bundle cannot be split into entries.
    #[error("{tile} does not hold: {why}")]
    Bundle {
        /// The bundle.
        tile: Tile,
        /// What is wrong with it.
        why: BundleError,
    },
    /// An entry is not the one that the tree was made from.
    #[error("entry {entry} in {tile} does not hold: it is not what the tree was made from")]
    Entry {
        /// Its place in the log, from 0.
        entry: u64,
        /// The bundle that it stands in.
        tile: Tile,
    },
    /// An entry does not follow the one before it in the chain of records.
    #[error("entry {entry} in {tile} does not hold: it does not follow the record before it")]
    Chain {
        /// Its place in the log, from 0.
        entry: u64,
        /// The bundle that it stands in.
        tile: Tile,
    },
    /// Entries and tiles hold, and are another tree than the checkpoint's.
    #[error("the checkpoint does not hold: its root is not that of the {size} entries")]
    Root {
        /// The size that it tells.
        size: u64,
    },
    /// The log does not continue what an older checkpoint says.
    #[error(
        "the log was rewritten: its first {size} entries are not those of the older checkpoint"
    )]
    Rewritten {
        /// The size that the older checkpoint tells.
        size: u64,
    },
    /// The log is smaller than an older checkpoint says.
    #[error("the log was cut: it has {size} entries, and the older checkpoint {earlier}")]
    Cut {
        /// How many entries it has.
        size: u64,
        /// How many the older checkpoint tells.
        earlier: u64,
    },
}

/// Verifies a whole published log, tile by tile in the order of [`super::published_tiles`].
///
/// The tree is made again from the entries and compared with every tile and the checkpoint, so that
/// what is named is what was changed. It holds a few tiles at a time, whatever the size.
#[derive(Debug, Clone)]
pub struct TreeVerifier {
    head: TreeHead,
    earlier: Option<TreeHead>,
    chain: Option<Head>,
    edge: Edge,
    /// The published partial tiles, from the leaves up.
    partial: Vec<(Tile, Vec<Hash>)>,
    /// Of each level the published full tile that is at work.
    full: Vec<Option<(Tile, Vec<Hash>)>>,
}

impl TreeVerifier {
    /// Begins with what a verified checkpoint says.
    #[must_use]
    pub fn new(head: TreeHead) -> Self {
        let full = vec![None; 8];
        Self { head, earlier: None, chain: None, edge: Edge::new(), partial: Vec::new(), full }
    }

    /// Also requires that the log continues what an older checkpoint says.
    ///
    /// # Errors
    /// Where the log is smaller than that.
    pub fn containing(mut self, earlier: TreeHead) -> Result<Self, TreeBroken> {
        if earlier.size > self.head.size {
            return Err(TreeBroken::Cut { size: self.head.size, earlier: earlier.size });
        }
        self.earlier = Some(earlier);
        self.check_earlier()?;
        Ok(self)
    }

    /// Also requires that each entry names the hash of the record before it.
    #[must_use]
    pub fn following_chain(mut self) -> Self {
        self.chain = Some(Head::start());
        self
    }

    /// How many entries hold so far.
    #[must_use]
    pub fn checked(&self) -> u64 {
        self.edge.size()
    }

    /// Takes the next tile.
    ///
    /// # Errors
    /// What does not hold.
    pub fn take(&mut self, tile: Tile, bytes: &[u8]) -> Result<(), TreeBroken> {
        match tile.layer() {
            Layer::Entries => self.take_entries(tile, bytes),
            Layer::Hashes { level } => {
                let length = TreeBroken::Length { tile, bytes: bytes.len() };
                let hashes = hashes_of(bytes, tile.width()).ok_or(length)?;
                if tile.is_full() {
                    self.full[usize::from(level)] = Some((tile, hashes));
                } else {
                    self.partial.push((tile, hashes));
                }
                Ok(())
            }
        }
    }

    /// Ends the log, and gives where the chain of its records ends where that was followed.
    ///
    /// # Errors
    /// What does not hold.
    pub fn finish(self) -> Result<Option<Head>, TreeBroken> {
        for (tile, made) in self.edge.partial_tiles() {
            let published = self.partial.iter().find(|(published, _)| *published == tile);
            let (_, hashes) = published.ok_or(TreeBroken::Missing { tile })?;
            same(tile, hashes, made)?;
        }
        if self.edge.head() != self.head {
            return Err(TreeBroken::Root { size: self.head.size });
        }
        Ok(self.chain)
    }

    fn take_entries(&mut self, tile: Tile, bytes: &[u8]) -> Result<(), TreeBroken> {
        if tile.index() * 256 != self.edge.size() {
            return Err(TreeBroken::Missing { tile });
        }
        let entries = read_bundle(bytes, tile.width());
        let entries = entries.map_err(|why| TreeBroken::Bundle { tile, why })?;
        let leaves: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
        self.compare_leaves(tile, &leaves)?;
        for (place, (entry, leaf)) in (0..).zip(entries.iter().zip(leaves)) {
            let entry_number = tile.index() * 256 + place;
            self.follow(entry).ok_or(TreeBroken::Chain { entry: entry_number, tile })?;
            self.push(leaf)?;
        }
        Ok(())
    }

    /// Compares what entries hash to with the published tile of leaf hashes above them. Where they
    /// differ, the tile above decides which of the two was changed.
    fn compare_leaves(&self, bundle: Tile, leaves: &[Hash]) -> Result<(), TreeBroken> {
        let (tile, published) = self.above_leaves(bundle)?;
        match same(*tile, published, leaves) {
            Err(_) if self.vouched(*tile, published) => {
                let differs = published.iter().zip(leaves).position(|(one, other)| one != other);
                let place = differs.expect("two tiles of one width that differ") as u64;
                Err(TreeBroken::Entry { entry: bundle.index() * 256 + place, tile: bundle })
            }
            other => other,
        }
    }

    /// The published tile of leaf hashes over a bundle.
    fn above_leaves(&self, bundle: Tile) -> Result<&(Tile, Vec<Hash>), TreeBroken> {
        let tile = bundle.leaf_hashes();
        let mut tiles = self.full[0].iter().chain(self.partial.first());
        tiles.find(|(found, _)| *found == tile).ok_or(TreeBroken::Missing { tile })
    }

    /// Whether what stands above a tile of leaf hashes says that the tile is right.
    fn vouched(&self, tile: Tile, hashes: &[Hash]) -> bool {
        if !tile.is_full() {
            return self.edge_holds();
        }
        let parents = self.full[1].iter().chain(&self.partial);
        let parent = parents
            .into_iter()
            .find(|(parent, _)| parent.level() == 1 && parent.index() == tile.index() / 256);
        let place = usize::try_from(tile.index() % 256).expect("a place in a tile");
        parent.and_then(|(_, row)| row.get(place)) == Some(&root_of(hashes))
    }

    /// Whether the published partial tiles have the root of the checkpoint.
    fn edge_holds(&self) -> bool {
        let contents: Vec<Vec<u8>> =
            self.partial.iter().map(|(_, hashes)| hashes.concat()).collect();
        let edge = Edge::from_tiles(self.head.size, &contents);
        edge.is_some_and(|edge| edge.head() == self.head)
    }

    /// Follows the chain of records; `None` where the entry does not belong there.
    fn follow(&mut self, entry: &[u8]) -> Option<()> {
        let Some(chain) = &mut self.chain else { return Some(()) };
        let (seq, previous) = encoding::link(entry)?;
        (seq == chain.next && previous == chain.hash).then_some(())?;
        *chain = Head { next: seq + 1, hash: encoding::hash(entry) };
        Some(())
    }

    /// Grows the tree by a leaf and compares the tiles above the leaves that it fills.
    fn push(&mut self, leaf: Hash) -> Result<(), TreeBroken> {
        let (full, mut result) = (&self.full, Ok(()));
        self.edge.push(leaf, &mut |tile, made| {
            let published = full[usize::from(tile.level())].as_ref();
            let published = published.filter(|(published, _)| *published == tile);
            let compared = published.ok_or(TreeBroken::Missing { tile });
            let compared = compared.and_then(|(_, hashes)| same(tile, hashes, made));
            // The lowest tile comes first.
            result = result.clone().and(compared);
        });
        result?;
        self.check_earlier()
    }

    fn check_earlier(&self) -> Result<(), TreeBroken> {
        match self.earlier.filter(|earlier| earlier.size == self.edge.size()) {
            Some(earlier) if earlier != self.edge.head() => {
                Err(TreeBroken::Rewritten { size: earlier.size })
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// Whether a published tile has the hashes that were made from what lies under it.
fn same(tile: Tile, published: &[Hash], made: &[Hash]) -> Result<(), TreeBroken> {
    match published.iter().zip(made).position(|(one, other)| one != other) {
        Some(place) => Err(TreeBroken::Tile { tile, place }),
        None if published.len() != made.len() => {
            Err(TreeBroken::Tile { tile, place: published.len().min(made.len()) })
        }
        None => Ok(()),
    }
}
