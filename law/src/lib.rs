//! What the law asks of a service, as data and as checks of data: clocks, forms, statements,
//! reports.
//!
//! Nothing here decides anything. The lists carry the article that each entry comes from, so that a
//! legal desk can check them, and what was not read in an official text is marked as such.

pub mod clock;
pub mod deadline;
pub mod form;
pub mod redress;
pub mod report;
pub mod statement;
pub mod threat;

pub use clock::{Clock, ClockProblem, Ground, Period, Standing, Stop};
pub use deadline::{Deadline, DeadlineProblem, Deadlines};
pub use jiff::tz::TimeZone;
