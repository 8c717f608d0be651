//! The files of a dataset's folder, and the digest by which a study names what it looked at.

use crate::{Error, Place, Table, limits};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// In what form a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// Columns.
    Parquet,
    /// One JSON object a line.
    Ndjson,
    /// Comma-separated values with a header; for follows alone.
    Csv,
}

impl Form {
    const ALL: [Self; 3] = [Self::Parquet, Self::Ndjson, Self::Csv];

    /// The ending of its file names.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
        }
    }
}

/// One file of a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The table that it is of.
    pub table: Table,
    /// Its form.
    pub form: Form,
    /// Its name within the folder.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// How large it is.
    pub bytes: u64,
}

/// The files of a dataset, by table, then by name.
///
/// A file belongs to a table when it is called `items.parquet` or `items-….parquet`, and so on.
/// Anything else in the folder, such as the truth that the simulator writes, is left alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    path: PathBuf,
    sources: Vec<Source>,
}

impl Folder {
    /// Looks for the files of a dataset.
    ///
    /// # Errors
    /// Where the folder cannot be read, has no table, has one table in two forms (it would count
    /// twice), or more than [`limits::FILES`] files of a table.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let entries = std::fs::read_dir(path).map_err(|e| Error::file("read", path, e))?;
        let mut sources = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|e| Error::file("read", path, e))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let Some((table, form)) = classify(&name) else { continue };
            let path = entry.path();
            let about = path.metadata().map_err(|e| Error::file("look at", &path, e))?;
            if about.is_file() {
                sources.push(Source { table, form, name, path, bytes: about.len() });
            }
        }
        sources.sort_by(|a, b| (a.table, &a.name).cmp(&(b.table, &b.name)));
        let folder = Self { path: path.to_owned(), sources };
        folder.check()?;
        Ok(folder)
    }

    fn check(&self) -> Result<(), Error> {
        if self.sources.is_empty() {
            let problem = "no dataset: it has none of items, accounts, follows and actions as \
                           .parquet or .ndjson (follows also as .csv)";
            return Err(Error::form(Place::file(&self.path.display().to_string()), problem));
        }
        for table in Table::ALL {
            let of = self.of(table);
            if of.len() > limits::FILES {
                let problem = format!("more than {} files of one table: join some", limits::FILES);
                return Err(Error::form(Place::file(table.name()), problem));
            }
            if let Some(other) = of.iter().find(|source| source.form != of[0].form) {
                let problem = format!("also there as {}: keep one form of a table", other.name);
                return Err(Error::form(Place::file(&of[0].name), problem));
            }
        }
        Ok(())
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Every file.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The files of a table, all of one form.
    #[must_use]
    pub fn of(&self, table: Table) -> &[Source] {
        let start = self.sources.partition_point(|source| source.table < table);
        let end = self.sources.partition_point(|source| source.table <= table);
        &self.sources[start..end]
    }
}

fn classify(name: &str) -> Option<(Table, Form)> {
    let form = Form::ALL
        .into_iter()
        .find(|form| name.strip_suffix(form.ending()).is_some_and(|stem| stem.ends_with('.')))?;
    let stem = &name[..name.len() - form.ending().len() - 1];
    let table = Table::ALL.into_iter().find(|table| {
        let rest = stem.strip_prefix(table.name());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    })?;
    (form != Form::Csv || table == Table::Follows).then_some((table, form))
}

/// The digest of one file that was read.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FileDigest {
    /// Its name within the folder.
    pub name: String,
    /// How large it is.
    pub bytes: u64,
    /// Its SHA-256 in lower-case hexadecimal.
    pub sha256: String,
}

/// The digest of a dataset: the SHA-256, in lower-case hexadecimal, of the text that `sha256sum`
/// prints for its files in the order in which they were read.
#[must_use]
pub fn digest_of(files: &[FileDigest]) -> String {
    let mut lines = String::new();
    for file in files {
        let _ = writeln!(lines, "{}  {}", file.sha256, file.name);
    }
    hex::encode(Sha256::digest(lines.as_bytes()))
}

/// A reader that hashes and counts what goes through it.
#[derive(Debug)]
pub(crate) struct Hashing<R> {
    inner: R,
    hash: Sha256,
    bytes: u64,
}

impl<R: Read> Hashing<R> {
    pub(crate) fn new(inner: R) -> Self {
        Self { inner, hash: Sha256::new(), bytes: 0 }
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(crate) fn finish(self, name: &str) -> FileDigest {
        let sha256 = hex::encode(self.hash.finalize());
        FileDigest { name: name.to_owned(), bytes: self.bytes, sha256 }
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.hash.update(&buffer[..read]);
        self.bytes += read as u64;
        Ok(read)
    }
}

/// The digest of a file that is read out of order otherwise.
pub(crate) fn digest_file(source: &Source) -> Result<FileDigest, Error> {
    let failed = |e| Error::file("read", &source.path, e);
    let mut hashing = Hashing::new(File::open(&source.path).map_err(failed)?);
    let mut buffer = vec![0; 1 << 18];
    while hashing.read(&mut buffer).map_err(failed)? > 0 {}
    Ok(hashing.finish(&source.name))
}
