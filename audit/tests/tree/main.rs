//! The published tree: hashes, tiles, proofs, checkpoints, witnesses, and the verification of it
//! all. The crates `tlog_tiles` and `signed_note` say what is right.
#![allow(clippy::unwrap_used)]

mod head;
mod other;
mod proof;
mod tile;
mod verifier;
mod witness;
mod world;
