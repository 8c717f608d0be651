//! Fingerprints of videos: vPDQ, a list of the hashes of frames, and TMK+PDQF, one of the whole.
//!
//! Both are read, written and compared as the reference does (the `vpdq` and `tmk` folders of
//! Meta's ThreatExchange repository). Nothing here decodes a video.

pub mod tmk;
pub mod vpdq;
