//! Statements on their way: to the service, to the DSA Transparency Database, and to a stand-in of
//! it for rehearsals.

mod deliver;
pub mod stand_in;
mod submit;

pub use deliver::deliver_due;
pub use submit::{Told, start, submit_due};
