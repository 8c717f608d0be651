//! Reports, computed from what the sealed log says and from nothing else.
//!
//! What has no source in the log yet stays blank: blank is "not told", and 0 is "none", and the two
//! are not the same (Implementing Regulation (EU) 2024/2835, Annex II).

mod check;
mod data;
mod dsa;
mod happening;
mod sheet;
mod tco;

pub use check::check;
pub use data::{CategoryRow, ColumnKind, SheetSpec, categories, sheet_specs};
pub use dsa::dsa;
pub use happening::{By, Happening, Measure};
pub use sheet::{Cell, Identity, Sheet, SheetFault};
pub use tco::tco;
