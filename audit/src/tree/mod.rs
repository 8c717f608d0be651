//! The log as a Merkle tree, published by C2SP tlog-tiles (<https://c2sp.org/tlog-tiles>).
//!
//! The chain of records stays what it is. Beside it every record is also a leaf of an RFC 6962
//! tree, so that a few hashes prove that a record is in the log ([`ProofPlan::inclusion`]), and
//! that a later log still holds an earlier one whole ([`ProofPlan::consistency`]), without all
//! records.
//!
//! An [`Edge`] takes leaves and gives the [`Tile`]s to store; it holds only the right edge of the
//! tree. A [`TreeHead`] is signed as a C2SP checkpoint, which witnesses sign as well. A
//! [`TreeVerifier`] checks everything that was published with nothing but what was published.
//!
//! ```
//! use audit::tree::{Edge, ProofPlan, TileSet, leaf_hash, verify_inclusion};
//!
//! let mut edge = Edge::new();
//! let tiles = edge.append((0..300u32).map(|number| leaf_hash(&number.to_be_bytes())));
//! let tiles: TileSet = tiles.into_iter().collect();
//! let proof = ProofPlan::inclusion(7, 300).unwrap().answer(&tiles).unwrap();
//! let leaf = leaf_hash(&7u32.to_be_bytes());
//! assert_eq!(verify_inclusion(&leaf, 7, &edge.head(), &proof), Ok(()));
//! ```

mod bundle;
mod edge;
mod hash;
mod head;
mod proof;
mod proof_file;
mod published;
mod span;
mod tile;
mod verifier;
mod witness;

pub use bundle::{BUNDLE_BYTES, BundleError, read_bundle, write_bundle};
pub use edge::Edge;
pub use hash::{Hash, leaf_hash, node_hash, root_of};
pub use head::{
    Cosignature, TreeCheckpoint, TreeHead, WitnessKey, attach, cosigned, origin_of_tree,
    read_tree_head, sign_tree_head, verify_tree_head,
};
pub use proof::{ProofError, ProofPlan, verify_consistency, verify_inclusion};
pub use proof_file::{ProofFile, ProofFileError};
pub use published::{published_tiles, published_tiles_count};
pub use tile::{Layer, TILE_WIDTH, Tile, TileError, TileSet};
pub use verifier::{TreeBroken, TreeVerifier};
pub use witness::{AddCheckpoint, AddCheckpointError, Refusal, WitnessAnswer};
