//! Review: how a case lives, from verdict or notice to decision and actions, and back.
//!
//! [`open`] makes a case and [`apply`] takes it one event further; both take values and return
//! values, and the time is an argument. What is refused is refused with a [`ReviewError`] whose
//! words a person can be shown. A decision makes actions at once; taking it back makes the actions
//! that give back everything it took, drops its strike and opens the case again.

mod apply;
mod claim;
mod decide;
mod error;
mod event;
mod join;
mod ladder;
mod order;
pub mod orders;

pub use apply::{apply, open};
pub use error::ReviewError;
pub use event::{Cause, Deciding, ItemJoining, NoticeJoining, Opening, ReviewEvent};
pub use ladder::{Ladder, LadderProblem, Step, suggested};
pub use order::{is_available, is_overdue, order};
