//! Media are decoded in processes that can reach nothing.
//!
//! Whoever sends a picture or a video chooses its bytes, and decoders have had faults before. So
//! the program starts itself again as *workers*: before such a process reads its first byte of
//! media it gives up all files and the network (Landlock), every system call that decoding does not
//! need (seccomp), and memory and time beyond a bound (resource limits). It has two pipes and
//! nothing else. A worker that dies or hangs costs the answer for one medium, which is then
//! *missing* with that reason; the pool starts another.
//!
//! [`Pool`] is the way in; [`take_over`] makes a worker of a process that was started as one, and
//! must be the first thing that `main` calls. Where the kernel lacks a means of confinement the
//! worker goes on with the others and says so: see [`Confinement`].

mod confine;
mod decoder;
mod frames;
mod pool;
mod video;
mod worker;

pub use confine::{Confinement, Held};
pub use decoder::Decoder;
pub use pool::{Options, Pool};
pub use video::{Frame, Watched};
pub use worker::take_over;
