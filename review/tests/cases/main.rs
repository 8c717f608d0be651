//! How cases live: what is refused, what follows, and what no order of events breaks.
#![allow(clippy::unwrap_used)]

mod appeals;
mod life;
mod machine;
mod queue;
mod refusals;
mod sample;
