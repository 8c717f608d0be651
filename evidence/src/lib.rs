//! What is preserved, and how others can check it: encryption at rest, bags, captured pages and
//! time stamps, as formats. Where they are kept is the business of `store`.
//!
//! | module | format | source |
//! |---|---|---|
//! | [`container`] | one object, encrypted in chunks | XChaCha20-Poly1305 in a STREAM |
//! | [`keys`] | the key of one object, for its readers; names of files | age (X25519), HMAC |
//! | [`bag`] | a folder that proves its own wholeness | `BagIt`, RFC 8493 |
//! | [`archive`] | captured pages | WARC, ISO 28500 |
//! | [`tape`] | a bag as one file | ustar, POSIX.1-1988 |
//! | [`time_stamp`] | outside proof of when | RFC 3161 |
//!
//! Bytes come from readers and go to writers that the caller has; nothing here opens a file. Random
//! numbers are arguments too, but for those that `age` draws by itself and takes from nobody.

pub mod archive;
pub mod bag;
pub mod container;
mod digest;
pub mod keys;
pub mod tape;
pub mod time_stamp;

pub use digest::Digests;
