//! A seeded world with ground truth, for demonstrations and tests.
//!
//! Everything here is invented: the service (the Harbour Forum), its people, and the movement that
//! troubles it (the Ashen Front), with its slogan, host and emblem. The same seed gives the same
//! bytes.

mod chance;
mod forum;
mod kit;
mod picture;
mod words;
pub mod world;

pub use forum::{Belongs, Forum, Simulated, SimulatedNotice, Truth};
pub use kit::{EXTREMISM_POLICY, Policy, QUEUES, SERVICE, banks, banks_with, policies, rules};
pub use picture::{Edit, edited_emblem, emblem_png};
pub use words::{MUSTER_HOST, SLOGAN, SLOGAN_WORDS};
