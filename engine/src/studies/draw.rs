//! Where the accounts of a network are drawn.

use crate::{Error, Result};
use study::Watch;
use study::graph::{self, Weighted};

/// Memory that the graph of a picture may take, in bytes.
const MEMORY_BYTES: u64 = 256_000_000;

/// A place for each account, from -1 to 1 in both directions.
pub(super) fn places(
    accounts: usize,
    ties: &[(u32, u32, f32)],
    groups: &[u32],
    watch: &mut dyn Watch,
) -> Result<Vec<[f32; 2]>> {
    if accounts == 0 {
        return Ok(Vec::new());
    }
    let bad = |error: graph::Error| Error::Dataset { detail: error.to_string() };
    let weighted = Weighted::build(accounts as u32, MEMORY_BYTES, || ties.iter().copied(), watch);
    let weighted = weighted.map_err(bad)?;
    graph::layout(&weighted, groups, watch).map_err(bad)
}
