//! Studies over a dataset: census of a network, coordinated campaigns, returning accounts.
//!
//! A study takes a [`Dataset`] and its parameters and gives a finding with its uncertainty and its
//! evidence. Nothing here is a judgement on a person: coordination is not inauthenticity, nearness
//! to a network is not membership, and a possible return is not a return.
//!
//! Everything is pure: the same dataset and parameters give the same bytes. What takes long says
//! how far it is through [`Watch`], can be stopped there, and goes on from the parts that the
//! caller kept.

pub mod campaigns;
pub mod census;
pub mod dataset;
pub mod graph;
mod names;
pub mod returns;
pub mod stats;
mod watch;

pub use dataset::Dataset;
pub use names::Names;
pub use watch::{Go, Stopped, Unwatched, Watch, step};
