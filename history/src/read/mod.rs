//! Reads the tables of a folder as a stream of rows.
//!
//! A line that cannot be read is told with its place, and reading goes on, so that one run tells
//! of many; at the end the dataset is refused. A study of what could be read would look like a
//! study of the whole.

mod columns;
mod items;
mod lines;
mod tables;

pub(crate) use columns::check_parquet;

use crate::folder::{FileDigest, Folder, Form, Source, digest_file, digest_of};
use crate::{Error, Place, Rows, Table, limits};
use std::fmt;
use std::io::Read;
use std::path::Path;
use study::dataset::Builder;
use study::{Dataset, Watch, step};

/// A dataset with what was read for it.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The dataset.
    pub dataset: Dataset,
    /// The files in the order in which they were read.
    pub files: Vec<FileDigest>,
    /// The digest of all of them (see [`digest_of`]).
    pub digest: String,
    /// How many items have more hashtags than [`limits::ITEM_HASHTAGS`] in their text; only their
    /// first ones count.
    pub hashtags_cut: u64,
}

/// What was read beside the rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Done {
    /// The files in the order in which they were read.
    pub files: Vec<FileDigest>,
    /// As in [`Loaded`].
    pub hashtags_cut: u64,
}

/// Reads the dataset of a folder.
///
/// Its items, whatever their kind, are its posts. Posts after `end_us`, where it is given, are left
/// out and noted.
///
/// # Errors
/// As [`read`].
pub fn read_dataset(
    folder: &Path,
    end_us: Option<i64>,
    watch: &mut dyn Watch,
) -> Result<Loaded, Error> {
    let folder = Folder::open(folder)?;
    let builder = Builder::new();
    let mut builder = match end_us {
        Some(end) => builder.ending(end),
        None => builder,
    };
    let done = read(&folder, &mut builder, watch)?;
    let digest = digest_of(&done.files);
    let (files, hashtags_cut) = (done.files, done.hashtags_cut);
    Ok(Loaded { dataset: builder.build(), files, digest, hashtags_cut })
}

/// Reads every table of a folder into `rows`, one row at a time.
///
/// The stages that `watch` hears of are the names of the tables, their steps bytes of files.
///
/// # Errors
/// Where a file cannot be read; where columns are missing, unknown or of another type; where lines
/// or rows cannot be read; where it is too large for 32-bit numbers; where `watch` says stop.
pub fn read(folder: &Folder, rows: &mut dyn Rows, watch: &mut dyn Watch) -> Result<Done, Error> {
    let mut done = Done::default();
    let mut reader = Reader::new(rows, watch);
    for table in Table::ALL {
        let sources = folder.of(table);
        reader.progress.done = 0;
        reader.progress.total = sources.iter().map(|source| source.bytes).sum();
        for source in sources {
            let before = reader.progress.done;
            done.files.push(reader.source(source)?);
            reader.progress.done = before + source.bytes;
        }
    }
    reader.finish(done)
}

/// Reads items as lines of JSON from anywhere, such as a pipe that has no end yet, and gives each
/// on as soon as its line is whole. `name` is what errors call it.
///
/// # Errors
/// As [`read`]; lines that cannot be read are told at the end, or when they are too many.
pub fn read_items(
    name: &str,
    input: impl Read,
    rows: &mut dyn Rows,
    watch: &mut dyn Watch,
) -> Result<Done, Error> {
    let source = Source {
        table: Table::Items,
        form: Form::Ndjson,
        name: name.to_owned(),
        path: name.into(),
        bytes: 0,
    };
    let mut reader = Reader::new(rows, watch);
    let files = vec![lines::read_lines(&mut reader, &source, input)?];
    reader.finish(Done { files, hashtags_cut: 0 })
}

/// What reading a file needs.
struct Reader<'a> {
    rows: &'a mut dyn Rows,
    unreadable: Unreadable,
    room: Room,
    hashtags_cut: u64,
    progress: Progress<'a>,
}

struct Progress<'a> {
    watch: &'a mut dyn Watch,
    done: u64,
    total: u64,
}

impl<'a> Reader<'a> {
    fn new(rows: &'a mut dyn Rows, watch: &'a mut dyn Watch) -> Self {
        Self {
            rows,
            unreadable: Unreadable::default(),
            room: Room::default(),
            hashtags_cut: 0,
            progress: Progress { watch, done: 0, total: 0 },
        }
    }

    fn finish(self, done: Done) -> Result<Done, Error> {
        match self.unreadable.count {
            0 => Ok(Done { hashtags_cut: self.hashtags_cut, ..done }),
            _ => Err(self.unreadable.into()),
        }
    }

    fn source(&mut self, source: &Source) -> Result<FileDigest, Error> {
        match source.form {
            Form::Ndjson => lines::read_ndjson(self, source),
            Form::Csv => lines::read_csv(self, source),
            Form::Parquet => {
                columns::read_parquet(self, source)?;
                digest_file(source)
            }
        }
    }

    /// Says how many bytes of a source are read.
    fn step(&mut self, source: &Source, bytes: u64) -> Result<(), Error> {
        let Progress { watch, done, total } = &mut self.progress;
        let done = *done + bytes.min(source.bytes);
        Ok(step(&mut **watch, source.table.name(), done, *total)?)
    }

    /// Notes a line that cannot be read, and passes on what ends reading.
    fn note(&mut self, source: &Source, row: u64, given: Result<(), Refused>) -> Result<(), Error> {
        match given {
            Ok(()) => Ok(()),
            Err(Refused::All(error)) => Err(error),
            Err(Refused::Row(Problem { column, problem })) => {
                self.unreadable.add(Place::column(&source.name, row, column), problem)
            }
        }
    }
}

/// Why a row was not given on.
#[derive(Debug)]
enum Refused {
    /// The row is wrong.
    Row(Problem),
    /// Reading ends.
    All(Error),
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::Row(problem)
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::All(error)
    }
}

/// What is wrong with a line or row.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Problem {
    column: String,
    problem: String,
}

impl Problem {
    fn new(column: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { column: column.into(), problem: problem.into() }
    }
}

/// Lines and rows that cannot be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unreadable {
    /// How many there are, as far as they were counted.
    pub count: u64,
    /// The first ones, with what is wrong; at most [`limits::UNREADABLE_TOLD`].
    pub first: Vec<(Place, String)>,
}

impl Unreadable {
    fn add(&mut self, place: Place, problem: String) -> Result<(), Error> {
        self.count += 1;
        if self.first.len() < limits::UNREADABLE_TOLD {
            self.first.push((place, problem));
        }
        match self.count < limits::UNREADABLE_LINES {
            true => Ok(()),
            false => Err(std::mem::take(self).into()),
        }
    }
}

impl std::error::Error for Unreadable {}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let more = if self.count < limits::UNREADABLE_LINES { "" } else { " or more" };
        write!(f, "{}{more} lines cannot be read; mend or remove them:", self.count)?;
        for (place, problem) in &self.first {
            write!(f, "\n  {place}: {problem}")?;
        }
        if self.count > self.first.len() as u64 {
            f.write_str("\n  …")?;
        }
        Ok(())
    }
}

/// How many numbers a dataset has left: its accounts, ids, texts and objects are numbered with 32
/// bits. Counts as if every text were new, so that it can only be too careful.
#[derive(Debug, Clone, Copy, Default)]
struct Room {
    accounts: u64,
    ids: u64,
    objects: u64,
}

impl Room {
    fn take(&mut self, accounts: u64, ids: u64, objects: u64) -> Result<(), Error> {
        self.accounts += accounts;
        self.ids += ids;
        self.objects += objects;
        let most = u64::from(u32::MAX) - 1;
        if self.accounts.max(self.ids).max(self.objects) <= most {
            return Ok(());
        }
        let problem = "too large for one study, which numbers accounts, posts and objects with 32 \
                       bits: study a shorter time, or run its plans over Parquet";
        Err(Error::form(Place::file("dataset"), problem))
    }
}
