//! Graphs in memory: sorted adjacency, ranks, cores, communities and places to draw them.
//!
//! Two kinds of graph are held on plain arrays. A [`Graph`] is directed and without weights (who
//! follows whom): 8 bytes an edge, both directions, built from a stream of edges that is read
//! twice. A [`Weighted`] graph is undirected (who acted together, and how often): 16 bytes an edge.
//! Nodes are numbers from 0, usually those of a dataset's accounts.
//!
//! | asked | answered by |
//! |---|---|
//! | edges from and to a set of members, and mutual ones | [`Graph::within`] |
//! | nearness to seeds, for every node | [`ranks`] |
//! | nearness to seeds, where only what is near matters, kept up as edges come | [`Near`] |
//! | how tightly knit a node's surroundings are | [`cores`] |
//! | what hangs together | [`components`] |
//! | how many steps from the seeds, and who led there | [`hops`] |
//! | groups | [`communities`] |
//! | where to draw each node | [`layout`] |
//!
//! Same graph, same settings, same result, to the byte. Positions in a graph are evidence to look
//! at, and no property of a person.

mod adjacency;
mod chance;
mod communities;
mod components;
mod cores;
mod grown;
mod hops;
mod layout;
mod near;
mod set;
#[cfg(test)]
mod testing;
mod walk;
mod weighted;
mod within;

pub use adjacency::{Dropped, Graph};
pub use communities::{Communities, Grouping, communities, modularity};
pub use components::{Components, components};
pub use cores::cores;
pub use grown::Grown;
pub use hops::{Hops, hops};
pub use layout::{MOST_DRAWN, layout};
pub use near::{Near, Push};
pub use set::NodeSet;
pub use walk::{Ranks, Walk, ranks};
pub use weighted::{Link, Linked, Weighted};
pub use within::Within;

use crate::Stopped;
use serde::{Deserialize, Serialize};

/// No node: nobody led there, not reached.
pub const NOBODY: u32 = u32::MAX;

/// Which way edges are gone along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Along {
    /// From a node to those it points at, as from a follower to the followed.
    Out,
    /// From a node to those that point at it.
    In,
    /// Either way; a mutual edge counts twice.
    Both,
}

impl Along {
    /// The way back.
    #[must_use]
    pub fn back(self) -> Self {
        match self {
            Self::Out => Self::In,
            Self::In => Self::Out,
            Self::Both => Self::Both,
        }
    }
}

/// Why a graph was not built or a question about it not answered.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// There is nothing to look at.
    #[error("the graph has no nodes; give it the number of accounts of the dataset")]
    NoNodes,
    /// A number that is no node.
    #[error("{what} names node {node}, but nodes go from 0 to one below {nodes}")]
    NoSuchNode {
        /// Where the number stands, such as `edge 17`.
        what: String,
        /// The number.
        node: u32,
        /// How many nodes there are.
        nodes: u32,
    },
    /// A question that starts from seeds was asked without any.
    #[error("there are no seeds; name at least one account to start from")]
    NoSeeds,
    /// The graph would not fit into the memory that it was given.
    #[error(
        "{edges} edges among {nodes} nodes need about {needed_bytes} bytes, and {limit_bytes} are \
         allowed; raise the limit, or study fewer accounts"
    )]
    TooLarge {
        /// How many nodes there are.
        nodes: u32,
        /// How many edges were given, duplicates among them.
        edges: u64,
        /// An estimate of the memory while it is built.
        needed_bytes: u64,
        /// The memory that is allowed.
        limit_bytes: u64,
    },
    /// The edges were not the same when they were read again.
    #[error("the edges differ between two readings; see that nothing writes to them meanwhile")]
    Unsteady,
    /// A weight that is none.
    #[error("edge {edge} has the weight {weight}; weights are finite and above 0")]
    NotAWeight {
        /// The place of the edge, from 0.
        edge: u64,
        /// What it has.
        weight: f32,
    },
    /// More nodes than a picture can show.
    #[error(
        "{nodes} nodes cannot be drawn, at most {most}; draw the members alone, or the strongest"
    )]
    TooManyToDraw {
        /// How many nodes there are.
        nodes: u32,
        /// How many there may be.
        most: u32,
    },
    /// A setting out of its range.
    #[error("{name} is {value}, and goes from {low} to {high}")]
    Setting {
        /// The name of the setting.
        name: &'static str,
        /// What it is.
        value: f64,
        /// The least that it may be.
        low: f64,
        /// The most that it may be.
        high: f64,
    },
    /// Something that should have an entry for each node has not.
    #[error("{what} has {given} entries for {nodes} nodes; make it from the same graph")]
    NotOfThisGraph {
        /// What was given.
        what: &'static str,
        /// How many entries it has.
        given: usize,
        /// How many nodes there are.
        nodes: u32,
    },
    /// Stopped by the watcher.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// The value of a setting where it is in its range.
fn in_range(name: &'static str, value: f64, low: f64, high: f64) -> Result<f64, Error> {
    if (low..=high).contains(&value) {
        return Ok(value);
    }
    Err(Error::Setting { name, value, low, high })
}

/// The seeds, sorted, each once.
fn checked_seeds(nodes: u32, seeds: &[u32]) -> Result<Vec<u32>, Error> {
    if let Some(at) = seeds.iter().position(|seed| *seed >= nodes) {
        return Err(Error::NoSuchNode { what: format!("seed {at}"), node: seeds[at], nodes });
    }
    let mut seeds = seeds.to_vec();
    seeds.sort_unstable();
    seeds.dedup();
    if seeds.is_empty() {
        return Err(Error::NoSeeds);
    }
    Ok(seeds)
}
