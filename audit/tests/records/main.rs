//! What a log must hold for ever: encoding, chain, log file, checkpoint and frozen records.
#![allow(clippy::unwrap_used)]

mod checkpoint;
mod encoding;
mod frozen;
mod log;
mod sample;
mod verify;
