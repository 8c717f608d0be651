//! Review: how a case lives, from verdict or notice to decision and actions, and back.
//!
//! [`open`] makes a case and [`apply`] takes it one event further; both take values and return
//! values, and the time is an argument. What is refused is refused with a [`ReviewError`] whose
//! words a person can be shown. A decision makes actions at once; taking it back makes the actions
//! that give back everything it took, drops its strike and opens the case again.

mod appeal;
mod apply;
mod claim;
mod decide;
mod error;
mod event;
pub mod exposures;
mod join;
mod ladder;
mod misuse;
mod order;
pub mod orders;
pub mod threats;

pub use appeal::{
    Filing, Heard, Hearing, Link, Standing, file, hear, involved, objects, overtaken, still_held,
};
pub use apply::{apply, open};
pub use error::ReviewError;
pub use event::{Cause, Deciding, ItemJoining, NoticeJoining, Opening, ReviewEvent};
pub use ladder::{
    Ladder, LadderProblem, PastStrike, Step, Tried, check_warned, suggested, try_ladder,
};
pub use misuse::{MISUSE_DAYS, MisuseAct, SUSPENSION_DAYS, act_on_misuse};
pub use order::{is_available, is_overdue, order};
