//! Item → Signals: folding, terms, links, hashes and pictures; the one list `SIGNALS`.
//!
//! The way in is [`measure`]: an item, the banks, what is known from before and what was fetched
//! beforehand go in; values in the order of [`SIGNALS`] and the matches come out. Nothing here
//! reads a file, a socket or a clock, so that every measurement replays byte for byte.

pub mod banks;
pub mod compact;
pub mod digest;
pub mod fold;
pub mod language;
pub mod learn;
pub mod links;
mod measure;
pub mod media;
pub mod near;
mod numbers;
pub mod pdq;
pub mod pdq_index;
pub mod picture;
pub mod quotation;
mod spec;
pub mod terms;
pub mod video;

pub use banks::Banks;
pub use measure::{
    LanguageWanted, NearItemsWanted, Quarantined, Supplied, Wanted, measure, measure_wanted,
};
pub use spec::{SIGNALS, SIGNALS_VERSION};
