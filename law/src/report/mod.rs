//! Reports, computed from what the sealed log says, and from what only the provider can know and
//! writes into a file.
//!
//! What has no source stays blank: blank is "not told", and 0 is "none", and the two are not the
//! same (Implementing Regulation (EU) 2024/2835, Annex II).

mod appeals;
mod check;
mod data;
mod dsa;
mod happening;
mod orders;
mod place;
mod provider;
mod quality;
mod santa_clara;
mod sheet;
mod tco;
mod time;

pub use check::check;
pub use data::{CategoryRow, ColumnKind, SheetSpec, categories, sheet_specs};
pub use dsa::dsa;
pub use happening::{
    AppealBy, AppealTold, By, Decided, Demand, Happening, Measure, OrderMoment, OrderStanding,
    OrderTold, ReceiptTold,
};
pub use provider::{
    HumanResources, OutOfCourt, PROVIDER_TEMPLATE, Provider, ProviderFault, Qualitative,
    Recipients, Sample, SampleMeasure, SampleScope, Suspensions, TcoPart,
};
pub use quality::{MEASURED, measured};
pub use santa_clara::santa_clara;
pub use sheet::{Cell, Identity, Sheet, SheetFault};
pub use tco::tco;
