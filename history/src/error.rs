//! What can go wrong, with its place and its remedy.

use crate::read::Unreadable;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Where in a dataset something is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The name of the file within its folder.
    pub file: String,
    /// The line of a text file or the row of a Parquet file, from 1; 0 where the whole file is
    /// meant.
    pub row: u64,
    /// The column or field; empty where the whole line is meant.
    pub column: String,
}

impl Place {
    /// A whole file.
    #[must_use]
    pub fn file(file: &str) -> Self {
        Self::column(file, 0, "")
    }

    /// A column of a row.
    #[must_use]
    pub fn column(file: &str, row: u64, column: impl Into<String>) -> Self {
        Self { file: file.to_owned(), row, column: column.into() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.row > 0 {
            write!(f, ":{}", self.row)?;
        }
        if !self.column.is_empty() {
            write!(f, ": {}", self.column)?;
        }
        Ok(())
    }
}

/// Why this crate did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder could not be read or written.
    #[error("{}: cannot {doing}: {source}", path.display())]
    File {
        /// What was tried, such as `open`.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A dataset is not as it must be: its files, its columns, its size.
    #[error("{place}: {problem}")]
    Form {
        /// Where.
        place: Place,
        /// What is wrong, and the remedy.
        problem: String,
    },
    /// Lines of a dataset cannot be read. Nothing of it is taken, because a study of a part would
    /// look like a study of the whole.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// The caller asked to stop.
    #[error(transparent)]
    Stopped(#[from] study::Stopped),
    /// What was asked for is no plan.
    #[error("{0}")]
    Asked(String),
    /// A plan needs more memory, disk or rows than it may have. Nothing of its result is given.
    #[error("the plan `{plan}` does not fit: {why}")]
    DoesNotFit {
        /// The plan.
        plan: &'static str,
        /// Which bound, and the remedy.
        why: String,
    },
    /// A plan failed. Nothing of its result is given.
    #[error("the plan `{plan}` failed: {why}")]
    Plan {
        /// The plan.
        plan: &'static str,
        /// What the engine said.
        why: String,
    },
    /// The cluster cannot be reached or started.
    #[error("{what}: {why}")]
    Cluster {
        /// What was tried, and where.
        what: String,
        /// What came of it, and the remedy.
        why: String,
    },
}

impl Error {
    /// An error of a file.
    pub(crate) fn file(doing: &'static str, path: &Path, source: io::Error) -> Self {
        Self::File { doing, path: path.to_owned(), source }
    }

    /// An error of the form of a file.
    pub(crate) fn form(place: Place, problem: impl Into<String>) -> Self {
        Self::Form { place, problem: problem.into() }
    }
}
