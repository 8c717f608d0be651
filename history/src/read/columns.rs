//! Tables as Parquet files.

use super::tables::{action_word, bound, check_id, optional_pdq};
use super::{Problem, Reader, Refused};
use crate::folder::Source;
use crate::rows::{ActionLine, ItemRow};
use crate::table::Need;
use crate::{Error, Place, Table, limits as own};
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, ListArray, RecordBatch, StringArray, TimestampMicrosecondArray,
    UInt64Array, new_null_array,
};
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::{Schema, TimestampMicrosecondType, UInt64Type};
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use model::{Timestamp, limits};
use std::fs::File;
use study::dataset::{FollowRow, PostRow, Profile, ProfileRow};

/// Reads a file batch by batch.
pub(super) fn read_parquet(reader: &mut Reader<'_>, source: &Source) -> Result<(), Error> {
    let broken = |e: &dyn std::fmt::Display| broken(source, e);
    let builder = open(source)?;
    let about = builder.metadata();
    let total = u64::try_from(about.file_metadata().num_rows()).unwrap_or(0);
    let groups = about.row_groups().iter();
    let size = groups.map(|group| group.total_byte_size() / group.num_rows().max(1)).max();
    let row_bytes = usize::try_from(size.unwrap_or(0)).unwrap_or(usize::MAX).max(1);
    let rows = (own::BATCH_BYTES / row_bytes).clamp(1, own::BATCH_ROWS);
    let batches = builder.with_batch_size(rows).build().map_err(|e| broken(&e))?;
    let mut before = 0;
    for batch in batches {
        let batch = batch.map_err(|e| broken(&e))?;
        let batch = Batch::new(source, &batch)?;
        read_batch(reader, source, &batch, before)?;
        before += batch.rows as u64;
        let share = before as f64 / total.max(1) as f64;
        reader.step(source, (share * source.bytes as f64) as u64)?;
    }
    reader.step(source, source.bytes)
}

fn open(source: &Source) -> Result<ParquetRecordBatchReaderBuilder<File>, Error> {
    let file = File::open(&source.path).map_err(|e| Error::file("open", &source.path, e))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file);
    let builder = builder.map_err(|e| broken(source, &e))?;
    check_schema(source, builder.schema())?;
    Ok(builder)
}

fn broken(source: &Source, why: &dyn std::fmt::Display) -> Error {
    let problem = format!("not a Parquet file that can be read ({why}); write it again");
    Error::form(Place::file(&source.name), problem)
}

/// Looks whether a file has the columns of its table.
///
/// # Errors
/// Where it cannot be read, or a column is missing, unknown or of another type.
pub(crate) fn check_parquet(source: &Source) -> Result<(), Error> {
    open(source).map(|_| ())
}

/// Checks the columns of a file against those of its table.
fn check_schema(source: &Source, schema: &Schema) -> Result<(), Error> {
    let form = |column: &str, problem: String| {
        Err(Error::form(Place::column(&source.name, 0, column), problem))
    };
    let columns = source.table.columns();
    for field in schema.fields() {
        let name = field.name();
        let Some(column) = columns.iter().find(|column| column.name == name) else {
            let names = source.table.column_names();
            return form(name, format!("no such column; remove or rename it. There are {names}"));
        };
        if !column.holds.takes(field.data_type()) {
            let (words, given) = (column.holds.words(), field.data_type());
            return form(name, format!("must be {words}; it is {given}: write it anew so"));
        }
    }
    for column in columns.iter().filter(|column| column.need == Need::Required) {
        if schema.column_with_name(column.name).is_none() {
            let words = column.holds.words();
            return form(column.name, format!("the column is missing; it holds {words}"));
        }
    }
    Ok(())
}

/// Some rows of a table, each column of the type of its table.
struct Batch {
    table: Table,
    rows: usize,
    columns: Vec<ArrayRef>,
}

impl Batch {
    fn new(source: &Source, given: &RecordBatch) -> Result<Self, Error> {
        let options = CastOptions { safe: false, ..CastOptions::default() };
        let mut columns = Vec::new();
        for column in source.table.columns() {
            let wanted = column.holds.data_type();
            columns.push(match given.column_by_name(column.name) {
                None => new_null_array(&wanted, given.num_rows()),
                Some(array) => cast_with_options(array, &wanted, &options).map_err(|error| {
                    let place = Place::column(&source.name, 0, column.name);
                    Error::form(place, format!("not {}: {error}", column.holds.words()))
                })?,
            });
        }
        Ok(Self { table: source.table, rows: given.num_rows(), columns })
    }

    fn column(&self, name: &str) -> &ArrayRef {
        let at = self.table.columns().iter().position(|column| column.name == name);
        &self.columns[at.expect("the name of a column of the table")]
    }

    fn texts(&self, name: &'static str) -> Texts<'_> {
        Texts { name, array: self.column(name).as_string::<i32>() }
    }

    fn times(&self, name: &'static str) -> Times<'_> {
        Times { name, array: self.column(name).as_primitive::<TimestampMicrosecondType>() }
    }

    fn counts(&self, name: &str) -> Counts<'_> {
        Counts(self.column(name).as_primitive::<UInt64Type>())
    }

    fn lists(&self, name: &str) -> Lists<'_> {
        let array = self.column(name).as_list::<i32>();
        Lists { array, texts: array.values().as_string::<i32>() }
    }
}

struct Texts<'a> {
    name: &'static str,
    array: &'a StringArray,
}

impl<'a> Texts<'a> {
    fn get(&self, row: usize) -> Option<&'a str> {
        (!self.array.is_null(row)).then(|| self.array.value(row))
    }

    /// The text, which may be of so many bytes; empty where there is none.
    fn bounded(&self, row: usize, most: usize) -> Result<&'a str, Problem> {
        let text = self.get(row).unwrap_or_default();
        bound(self.name, text, most).map(|()| text)
    }

    /// An id that every row has.
    fn id(&self, row: usize) -> Result<&'a str, Problem> {
        let id = needed(self.name, self.get(row))?;
        check_id(self.name, id).map(|()| id)
    }

    /// An id that may be null.
    fn reference(&self, row: usize) -> Result<Option<&'a str>, Problem> {
        self.get(row).map(|id| check_id(self.name, id).map(|()| id)).transpose()
    }
}

struct Times<'a> {
    name: &'static str,
    array: &'a TimestampMicrosecondArray,
}

impl Times<'_> {
    fn get(&self, row: usize) -> Result<Option<i64>, Problem> {
        if self.array.is_null(row) {
            return Ok(None);
        }
        let time = Timestamp::from_micros(self.array.value(row));
        time.map(|at| Some(at.micros())).map_err(|e| Problem::new(self.name, e.to_string()))
    }
}

struct Counts<'a>(&'a UInt64Array);

impl Counts<'_> {
    fn get(&self, row: usize) -> Option<u64> {
        (!self.0.is_null(row)).then(|| self.0.value(row))
    }
}

struct Lists<'a> {
    array: &'a ListArray,
    texts: &'a StringArray,
}

impl<'a> Lists<'a> {
    /// The texts of a list; none where it is null. Nulls within are left out.
    fn get(&self, row: usize) -> Option<Vec<&'a str>> {
        if self.array.is_null(row) {
            return None;
        }
        let ends = self.array.value_offsets();
        let range = ends[row] as usize..ends[row + 1] as usize;
        let given = range.filter(|at| !self.texts.is_null(*at));
        Some(given.map(|at| self.texts.value(at)).collect())
    }
}

fn needed<T>(name: &str, value: Option<T>) -> Result<T, Problem> {
    value.ok_or_else(|| Problem::new(name, "null; every row must have it"))
}

/// The columns of a table, by which its rows are given.
trait Give {
    fn give(&self, reader: &mut Reader<'_>, row: usize) -> Result<(), Refused>;
}

/// Gives every row of a batch; one that cannot be read is noted.
fn read_batch(
    reader: &mut Reader<'_>,
    source: &Source,
    batch: &Batch,
    before: u64,
) -> Result<(), Error> {
    let columns: Box<dyn Give + '_> = match batch.table {
        Table::Items => Box::new(Items::new(batch)),
        Table::Accounts => Box::new(Accounts::new(batch)),
        Table::Follows => Box::new(Follows::new(batch)),
        Table::Actions => Box::new(Actions::new(batch)),
    };
    for row in 0..batch.rows {
        let given = columns.give(reader, row);
        reader.note(source, before + row as u64 + 1, given)?;
    }
    Ok(())
}

struct Items<'a> {
    id: Texts<'a>,
    service: Texts<'a>,
    kind: Texts<'a>,
    created_at: Times<'a>,
    account: Texts<'a>,
    text: Texts<'a>,
    language: Texts<'a>,
    repost_of: Texts<'a>,
    in_reply_to: Texts<'a>,
    thread: Texts<'a>,
    links: Lists<'a>,
    hashtags: Lists<'a>,
    images: Lists<'a>,
    deleted_at: Times<'a>,
    client: Texts<'a>,
}

impl<'a> Items<'a> {
    fn new(batch: &'a Batch) -> Self {
        Self {
            id: batch.texts("id"),
            service: batch.texts("service"),
            kind: batch.texts("kind"),
            created_at: batch.times("created_at"),
            account: batch.texts("account"),
            text: batch.texts("text"),
            language: batch.texts("language"),
            repost_of: batch.texts("repost_of"),
            in_reply_to: batch.texts("in_reply_to"),
            thread: batch.texts("thread"),
            links: batch.lists("links"),
            hashtags: batch.lists("hashtags"),
            images: batch.lists("images"),
            deleted_at: batch.times("deleted_at"),
            client: batch.texts("client"),
        }
    }
}

impl Give for Items<'_> {
    fn give(&self, reader: &mut Reader<'_>, row: usize) -> Result<(), Refused> {
        let text = self.text.bounded(row, limits::ITEM_TEXT_BYTES)?;
        let links = self.links.get(row).unwrap_or_default();
        check_list("links", &links, limits::ITEM_LINKS, limits::LINK_BYTES)?;
        let images = self.images.get(row).unwrap_or_default();
        check_list("images", &images, limits::ITEM_MEDIA, limits::NAME_BYTES)?;
        let given = self.hashtags.get(row);
        let tags = given.unwrap_or_else(|| reader.hashtags_of(text));
        check_list("hashtags", &tags, own::ITEM_HASHTAGS, limits::NAME_BYTES)?;
        let item = ItemRow {
            service: self.service.bounded(row, limits::ID_BYTES)?,
            kind: self.kind.bounded(row, limits::ID_BYTES)?,
            thread: self.thread.reference(row)?,
            post: PostRow {
                id: self.id.id(row)?,
                account: self.account.id(row)?,
                at_us: needed("created_at", self.created_at.get(row)?)?,
                text,
                language: self.language.bounded(row, limits::ID_BYTES)?,
                repost_of: self.repost_of.reference(row)?,
                in_reply_to: self.in_reply_to.reference(row)?,
                links: &links,
                hashtags: &tags,
                images: &images,
                client: self.client.bounded(row, limits::NAME_BYTES)?,
                deleted_at_us: self.deleted_at.get(row)?,
            },
        };
        let objects = links.len() + images.len() + tags.len() + 2;
        reader.room.take(1, 3, objects as u64)?;
        Ok(reader.rows.item(&item)?)
    }
}

fn check_list(column: &str, texts: &[&str], most: usize, bytes: usize) -> Result<(), Problem> {
    if texts.len() > most {
        let problem = format!("{} entries; at most {most} are accepted", texts.len());
        return Err(Problem::new(column, problem));
    }
    texts.iter().try_for_each(|text| bound(column, text, bytes))
}

struct Accounts<'a> {
    id: Texts<'a>,
    handle: Texts<'a>,
    display_name: Texts<'a>,
    bio: Texts<'a>,
    language: Texts<'a>,
    created_at: Times<'a>,
    followers: Counts<'a>,
    following: Counts<'a>,
    avatar_pdq: Texts<'a>,
    suspended_at: Times<'a>,
    set_apart: Texts<'a>,
}

impl<'a> Accounts<'a> {
    fn new(batch: &'a Batch) -> Self {
        Self {
            id: batch.texts("id"),
            handle: batch.texts("handle"),
            display_name: batch.texts("display_name"),
            bio: batch.texts("bio"),
            language: batch.texts("language"),
            created_at: batch.times("created_at"),
            followers: batch.counts("followers"),
            following: batch.counts("following"),
            avatar_pdq: batch.texts("avatar_pdq"),
            suspended_at: batch.times("suspended_at"),
            set_apart: batch.texts("set_apart"),
        }
    }
}

impl Give for Accounts<'_> {
    fn give(&self, reader: &mut Reader<'_>, row: usize) -> Result<(), Refused> {
        let profile = Profile {
            handle: self.handle.bounded(row, limits::NAME_BYTES)?.to_owned(),
            display_name: self.display_name.bounded(row, limits::NAME_BYTES)?.to_owned(),
            bio: self.bio.bounded(row, limits::BIO_BYTES)?.to_owned(),
            language: self.language.bounded(row, limits::NAME_BYTES)?.to_owned(),
            created_at_us: self.created_at.get(row)?,
            followers: self.followers.get(row),
            following: self.following.get(row),
            avatar_pdq: optional_pdq("avatar_pdq", self.avatar_pdq.get(row))?,
            suspended_at_us: self.suspended_at.get(row)?,
            set_apart: self.set_apart.bounded(row, limits::NAME_BYTES)?.to_owned(),
        };
        let id = self.id.id(row)?;
        reader.room.take(1, 0, 0)?;
        Ok(reader.rows.account(ProfileRow { id, profile })?)
    }
}

struct Follows<'a> {
    from: Texts<'a>,
    to: Texts<'a>,
    at: Times<'a>,
}

impl<'a> Follows<'a> {
    fn new(batch: &'a Batch) -> Self {
        Self { from: batch.texts("from"), to: batch.texts("to"), at: batch.times("at") }
    }
}

impl Give for Follows<'_> {
    fn give(&self, reader: &mut Reader<'_>, row: usize) -> Result<(), Refused> {
        let (from, to) = (self.from.id(row)?, self.to.id(row)?);
        let follow = FollowRow { from, to, at_us: self.at.get(row)? };
        reader.room.take(2, 0, 0)?;
        Ok(reader.rows.follow(&follow)?)
    }
}

struct Actions<'a> {
    at: Times<'a>,
    account: Texts<'a>,
    action: Texts<'a>,
    item: Texts<'a>,
}

impl<'a> Actions<'a> {
    fn new(batch: &'a Batch) -> Self {
        Self {
            at: batch.times("at"),
            account: batch.texts("account"),
            action: batch.texts("action"),
            item: batch.texts("item"),
        }
    }
}

impl Give for Actions<'_> {
    fn give(&self, reader: &mut Reader<'_>, row: usize) -> Result<(), Refused> {
        let line = ActionLine {
            at_us: needed("at", self.at.get(row)?)?,
            account: self.account.id(row)?,
            action: action_word("action", needed("action", self.action.get(row))?)?,
            item: self.item.reference(row)?,
        };
        reader.room.take(1, 0, 0)?;
        Ok(reader.rows.action(&line)?)
    }
}
