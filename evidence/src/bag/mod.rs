//! Bags: a folder that proves its own wholeness to anybody (`BagIt` 1.0, RFC 8493).
//!
//! A [`Bag`] is told of every file with its digests and gives the tag files; the caller copies the
//! files themselves, so that their size does not matter. [`check`] reads a bag through a
//! [`Folder`] and names everything that does not hold.

mod check;

pub use check::{BagProblem, Checked, Folder, check};

use crate::Digests;
use model::limits;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The declaration that every bag has.
const DECLARATION: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

/// Where payload lies.
pub const PAYLOAD: &str = "data/";

/// Why a file or a line cannot be put into a bag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BagError {
    /// The path is not one that every system can have.
    #[error(
        "`{path}` cannot be a path in a bag: parts of letters, digits, `.`, `_` and `-` between \
         `/`, none of them `.` or `..`, at most {limit} bytes"
    )]
    Path {
        /// The path.
        path: String,
        /// Most bytes.
        limit: usize,
    },
    /// Two files of one path.
    #[error("`{path}` is in the bag already")]
    Twice {
        /// The path.
        path: String,
    },
    /// Too many files.
    #[error("a bag holds at most {limit} files")]
    Full {
        /// The limit.
        limit: usize,
    },
    /// A line of bag-info.txt would be two.
    #[error("`{label}` of bag-info.txt cannot have line ends, nor its label a colon")]
    Info {
        /// The label.
        label: String,
    },
}

/// A bag that is being made.
#[derive(Debug, Default)]
pub struct Bag {
    payload: BTreeMap<String, Digests>,
    tags: BTreeMap<String, Vec<u8>>,
    info: Vec<(String, String)>,
}

impl Bag {
    /// An empty bag.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a file of the payload by its path below `data/`, and gives the path in the bag, where
    /// the caller puts the bytes.
    ///
    /// # Errors
    /// Where the path is unfit or taken, or the bag is full.
    pub fn payload(&mut self, path: &str, digests: Digests) -> Result<String, BagError> {
        let path = format!("{PAYLOAD}{path}");
        check_path(&path)?;
        if self.payload.len() >= limits::BAG_FILES {
            return Err(BagError::Full { limit: limits::BAG_FILES });
        }
        match self.payload.insert(path.clone(), digests) {
            None => Ok(path),
            Some(_) => Err(BagError::Twice { path }),
        }
    }

    /// Takes a file about the payload that lies beside it, with its bytes.
    ///
    /// # Errors
    /// Where the path is unfit, taken or within `data/`, or the bag is full.
    pub fn tag(&mut self, path: &str, bytes: Vec<u8>) -> Result<(), BagError> {
        check_path(path)?;
        if path.starts_with(PAYLOAD) || is_reserved(path) {
            return Err(BagError::Twice { path: path.to_owned() });
        }
        if self.tags.len() >= limits::BAG_FILES {
            return Err(BagError::Full { limit: limits::BAG_FILES });
        }
        match self.tags.insert(path.to_owned(), bytes) {
            None => Ok(()),
            Some(_) => Err(BagError::Twice { path: path.to_owned() }),
        }
    }

    /// Says something in bag-info.txt.
    ///
    /// # Errors
    /// Where it would not be one line.
    pub fn info(&mut self, label: &str, value: &str) -> Result<(), BagError> {
        let breaks = |text: &str| text.contains(['\r', '\n']);
        if breaks(label) || breaks(value) || label.contains(':') || label.trim().is_empty() {
            return Err(BagError::Info { label: label.escape_debug().to_string() });
        }
        self.info.push((label.to_owned(), value.to_owned()));
        Ok(())
    }

    /// Ends the bag: every file that is not payload, by its path.
    #[must_use]
    pub fn finish(mut self) -> BTreeMap<String, Vec<u8>> {
        let bytes: u64 = self.payload.values().map(|digests| digests.bytes).sum();
        self.info.push(("Payload-Oxum".to_owned(), format!("{bytes}.{}", self.payload.len())));
        let mut tags = self.tags;
        tags.insert("bagit.txt".to_owned(), DECLARATION.into());
        let lines = self.info.iter().map(|(label, value)| format!("{label}: {value}\n"));
        tags.insert("bag-info.txt".to_owned(), lines.collect::<String>().into());
        for (name, digest) in [("sha256", sha256 as Hex), ("sha512", sha512)] {
            let lines = manifest(self.payload.iter().map(|(path, of)| (path, digest(of))));
            tags.insert(format!("manifest-{name}.txt"), lines.into());
        }
        let digests: Vec<(String, Digests)> =
            tags.iter().map(|(path, bytes)| (path.clone(), Digests::of(bytes))).collect();
        for (name, digest) in [("sha256", sha256 as Hex), ("sha512", sha512)] {
            let lines = manifest(digests.iter().map(|(path, of)| (path, digest(of))));
            tags.insert(format!("tagmanifest-{name}.txt"), lines.into());
        }
        tags
    }
}

type Hex = fn(&Digests) -> String;

fn sha256(digests: &Digests) -> String {
    hex::encode(digests.sha256)
}

fn sha512(digests: &Digests) -> String {
    hex::encode(digests.sha512)
}

/// A manifest as `sha256sum` writes one, so that `sha256sum --check` reads it.
fn manifest<'a>(lines: impl Iterator<Item = (&'a String, String)>) -> String {
    lines.fold(String::new(), |mut text, (path, digest)| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{digest}  {path}");
        text
    })
}

/// Whether the bag itself writes a file of that path.
fn is_reserved(path: &str) -> bool {
    let is_manifest = path.starts_with("manifest-") || path.starts_with("tagmanifest-");
    matches!(path, "bagit.txt" | "bag-info.txt" | "fetch.txt") || is_manifest
}

/// Paths of our own bags are plain, so that no system and no tool writes them otherwise.
fn check_path(path: &str) -> Result<(), BagError> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    let fits = |part: &str| !matches!(part, "" | "." | "..") && part.bytes().all(is_plain);
    let is_fit = path.len() <= limits::BAG_PATH_BYTES && path.split('/').all(fits);
    let limit = limits::BAG_PATH_BYTES;
    if is_fit {
        Ok(())
    } else {
        Err(BagError::Path { path: path.escape_debug().to_string(), limit })
    }
}
