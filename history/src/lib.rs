//! Columnar files by day, and the tabular plans of the studies on one machine or a cluster.
//!
//! A dataset is a folder of tables (see [`table`]). [`read`] streams it, in Parquet, lines of JSON
//! or CSV, into whatever takes rows: a [`study::Dataset`] or the writers of Parquet in [`write`].
//! [`engine::Engine`] runs the plans of [`plans`] over tables in Parquet, which may be larger than
//! memory: the same plan here and on the machines of a cluster.
//!
//! This is the only crate that knows DataFusion, Arrow, Parquet and Ballista.

#[cfg(feature = "cluster")]
pub mod cluster;
pub mod engine;
mod error;
pub mod folder;
pub mod hashtags;
pub mod limits;
pub mod plans;
pub mod read;
pub mod rows;
pub mod table;
pub mod write;

pub use engine::Engine;
pub use error::{Error, Place};
pub use read::{Loaded, read_dataset};
pub use rows::{ActionLine, ItemRow, Rows};
pub use table::Table;
