//! Writes tables as Parquet files.
//!
//! A file is written under a temporary name beside its place, flushed to the disk, and then
//! renamed, so that a reader sees the whole file or none. Row groups are bounded in rows and bytes.

use crate::rows::{ActionLine, ItemRow, Rows, action_word};
use crate::{Error, Table, limits};
use datafusion::arrow::array::{
    ArrayRef, ListBuilder, RecordBatch, StringBuilder, TimestampMicrosecondBuilder, UInt64Builder,
};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::properties::WriterProperties;
use model::Timestamp;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use study::dataset::{FollowRow, ProfileRow};

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Where.
    pub path: PathBuf,
    /// How many rows.
    pub rows: u64,
    /// How large the file is.
    pub bytes: u64,
}

/// One file on its way. Dropped before its end, it leaves nothing behind.
#[derive(Debug)]
struct Output {
    table: Table,
    path: PathBuf,
    temporary: PathBuf,
    /// None once the file is finished.
    writer: Option<ArrowWriter<File>>,
    rows: u64,
}

impl Output {
    fn create(table: Table, path: &Path) -> Result<Self, Error> {
        let Some(name) = path.file_name() else {
            let problem = std::io::Error::from(std::io::ErrorKind::InvalidInput);
            return Err(Error::file("write", path, problem));
        };
        let temporary = format!(".{}.{}.part", name.to_string_lossy(), std::process::id());
        let temporary = path.with_file_name(temporary);
        let file = File::create(&temporary).map_err(|e| Error::file("create", &temporary, e))?;
        let level = ZstdLevel::try_new(1).expect("1 is a level");
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_max_row_group_row_count(Some(limits::GROUP_ROWS))
            .build();
        let writer = ArrowWriter::try_new(file, table.schema(), Some(properties));
        let path = path.to_owned();
        let mut output = Self { table, path, temporary, writer: None, rows: 0 };
        output.writer = Some(writer.map_err(|e| output.failed(e))?);
        Ok(output)
    }

    fn failed(&self, error: impl std::error::Error + Send + Sync + 'static) -> Error {
        Error::file("write", &self.path, std::io::Error::other(error))
    }

    fn write(&mut self, columns: Vec<ArrayRef>) -> Result<(), Error> {
        let batch = RecordBatch::try_new(self.table.schema(), columns);
        let batch = batch.map_err(|e| self.failed(e))?;
        let writer = self.writer.as_mut().expect("written to before its end");
        let mut result = writer.write(&batch);
        if result.is_ok() && writer.in_progress_size() > limits::GROUP_BYTES {
            result = writer.flush();
        }
        self.rows += batch.num_rows() as u64;
        result.map_err(|e| self.failed(e))
    }

    fn finish(mut self) -> Result<Written, Error> {
        let writer = self.writer.take().expect("finished once");
        let file = writer.into_inner().map_err(|e| self.failed(e))?;
        let failed = |doing| move |e| (doing, e);
        let end = || {
            file.sync_all().map_err(failed("flush"))?;
            let bytes = file.metadata().map_err(failed("look at"))?.len();
            std::fs::rename(&self.temporary, &self.path).map_err(failed("rename"))?;
            let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
            let folder = File::open(folder.unwrap_or(Path::new("."))).map_err(failed("open"))?;
            folder.sync_all().map_err(failed("flush"))?;
            Ok(bytes)
        };
        let bytes = end().map_err(|(doing, e)| Error::file(doing, &self.path, e))?;
        Ok(Written { path: self.path.clone(), rows: self.rows, bytes })
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        // After the rename there is nothing of that name; before it, what is there is no result.
        let _ = std::fs::remove_file(&self.temporary);
    }
}

/// Rows that are not written yet.
#[derive(Debug, Default)]
struct Pending {
    rows: usize,
    bytes: usize,
}

impl Pending {
    /// Counts a row of about so many bytes, and says whether to write them all.
    fn full(&mut self, bytes: usize) -> bool {
        self.rows += 1;
        self.bytes += bytes;
        self.rows >= limits::BATCH_ROWS || self.bytes >= limits::BATCH_BYTES
    }
}

/// The columns of a table as they fill.
pub trait Columns: Default {
    /// The table.
    const TABLE: Table;
    /// A row of it.
    type Row<'r>;
    /// Adds a row, and says about how many bytes it has.
    fn push(&mut self, row: &Self::Row<'_>) -> usize;
    /// Takes what was added, in the order of [`Table::columns`].
    fn take(&mut self) -> Vec<ArrayRef>;
}

/// Writes a table into one file.
#[derive(Debug)]
pub struct Writer<C: Columns> {
    output: Output,
    columns: C,
    pending: Pending,
}

/// Writes items.
pub type ItemsWriter = Writer<ItemColumns>;
/// Writes accounts.
pub type AccountsWriter = Writer<AccountColumns>;
/// Writes follows.
pub type FollowsWriter = Writer<FollowColumns>;
/// Writes what was done to accounts.
pub type ActionsWriter = Writer<ActionColumns>;

impl<C: Columns> Writer<C> {
    /// Begins a file, which appears at `path`, in place of what is there, when it is finished.
    ///
    /// # Errors
    /// Where the folder cannot be written to.
    pub fn create(path: &Path) -> Result<Self, Error> {
        let output = Output::create(C::TABLE, path)?;
        Ok(Self { output, columns: C::default(), pending: Pending::default() })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// Where rows cannot be written.
    pub fn push(&mut self, row: &C::Row<'_>) -> Result<(), Error> {
        let bytes = self.columns.push(row);
        if self.pending.full(bytes) {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Error> {
        self.pending = Pending::default();
        self.output.write(self.columns.take())
    }

    /// Ends the file and puts it into its place.
    ///
    /// # Errors
    /// Where it cannot be written, flushed or renamed; what was there before is there still.
    pub fn finish(mut self) -> Result<Written, Error> {
        self.flush()?;
        self.output.finish()
    }
}

fn time() -> TimestampMicrosecondBuilder {
    TimestampMicrosecondBuilder::new().with_timezone("UTC")
}

/// An empty text is written as null.
fn append(into: &mut StringBuilder, text: &str) {
    into.append_option(Some(text).filter(|text| !text.is_empty()));
}

fn append_list(into: &mut ListBuilder<StringBuilder>, texts: &[&str]) -> usize {
    texts.iter().for_each(|text| into.values().append_value(text));
    into.append(true);
    texts.iter().map(|text| text.len() + 8).sum()
}

/// The columns of [`Table::Items`].
#[derive(Debug)]
pub struct ItemColumns {
    id: StringBuilder,
    service: StringBuilder,
    kind: StringBuilder,
    created_at: TimestampMicrosecondBuilder,
    account: StringBuilder,
    text: StringBuilder,
    language: StringBuilder,
    repost_of: StringBuilder,
    in_reply_to: StringBuilder,
    thread: StringBuilder,
    links: ListBuilder<StringBuilder>,
    hashtags: ListBuilder<StringBuilder>,
    images: ListBuilder<StringBuilder>,
    deleted_at: TimestampMicrosecondBuilder,
    client: StringBuilder,
}

impl Default for ItemColumns {
    fn default() -> Self {
        let list = || ListBuilder::new(StringBuilder::new());
        Self {
            id: StringBuilder::new(),
            service: StringBuilder::new(),
            kind: StringBuilder::new(),
            created_at: time(),
            account: StringBuilder::new(),
            text: StringBuilder::new(),
            language: StringBuilder::new(),
            repost_of: StringBuilder::new(),
            in_reply_to: StringBuilder::new(),
            thread: StringBuilder::new(),
            links: list(),
            hashtags: list(),
            images: list(),
            deleted_at: time(),
            client: StringBuilder::new(),
        }
    }
}

impl Columns for ItemColumns {
    const TABLE: Table = Table::Items;
    type Row<'r> = ItemRow<'r>;

    fn push(&mut self, row: &ItemRow<'_>) -> usize {
        let post = &row.post;
        self.id.append_value(post.id);
        append(&mut self.service, row.service);
        append(&mut self.kind, row.kind);
        self.created_at.append_value(post.at_us);
        self.account.append_value(post.account);
        append(&mut self.text, post.text);
        append(&mut self.language, post.language);
        append(&mut self.repost_of, post.repost_of.unwrap_or_default());
        append(&mut self.in_reply_to, post.in_reply_to.unwrap_or_default());
        append(&mut self.thread, row.thread.unwrap_or_default());
        self.deleted_at.append_option(post.deleted_at_us);
        append(&mut self.client, post.client);
        let lists = append_list(&mut self.links, post.links)
            + append_list(&mut self.hashtags, post.hashtags)
            + append_list(&mut self.images, post.images);
        lists + post.text.len() + 128
    }

    fn take(&mut self) -> Vec<ArrayRef> {
        vec![
            Arc::new(self.id.finish()),
            Arc::new(self.service.finish()),
            Arc::new(self.kind.finish()),
            Arc::new(self.created_at.finish()),
            Arc::new(self.account.finish()),
            Arc::new(self.text.finish()),
            Arc::new(self.language.finish()),
            Arc::new(self.repost_of.finish()),
            Arc::new(self.in_reply_to.finish()),
            Arc::new(self.thread.finish()),
            Arc::new(self.links.finish()),
            Arc::new(self.hashtags.finish()),
            Arc::new(self.images.finish()),
            Arc::new(self.deleted_at.finish()),
            Arc::new(self.client.finish()),
        ]
    }
}

/// The columns of [`Table::Accounts`].
#[derive(Debug)]
pub struct AccountColumns {
    id: StringBuilder,
    handle: StringBuilder,
    display_name: StringBuilder,
    bio: StringBuilder,
    language: StringBuilder,
    created_at: TimestampMicrosecondBuilder,
    followers: UInt64Builder,
    following: UInt64Builder,
    avatar_pdq: StringBuilder,
    suspended_at: TimestampMicrosecondBuilder,
    set_apart: StringBuilder,
}

impl Default for AccountColumns {
    fn default() -> Self {
        Self {
            id: StringBuilder::new(),
            handle: StringBuilder::new(),
            display_name: StringBuilder::new(),
            bio: StringBuilder::new(),
            language: StringBuilder::new(),
            created_at: time(),
            followers: UInt64Builder::new(),
            following: UInt64Builder::new(),
            avatar_pdq: StringBuilder::new(),
            suspended_at: time(),
            set_apart: StringBuilder::new(),
        }
    }
}

impl Columns for AccountColumns {
    const TABLE: Table = Table::Accounts;
    type Row<'r> = ProfileRow<'r>;

    fn push(&mut self, row: &ProfileRow<'_>) -> usize {
        let profile = &row.profile;
        self.id.append_value(row.id);
        append(&mut self.handle, &profile.handle);
        append(&mut self.display_name, &profile.display_name);
        append(&mut self.bio, &profile.bio);
        append(&mut self.language, &profile.language);
        self.created_at.append_option(profile.created_at_us);
        self.followers.append_option(profile.followers);
        self.following.append_option(profile.following);
        self.avatar_pdq.append_option(profile.avatar_pdq.map(hex::encode));
        self.suspended_at.append_option(profile.suspended_at_us);
        append(&mut self.set_apart, &profile.set_apart);
        profile.bio.len() + profile.handle.len() + profile.display_name.len() + 128
    }

    fn take(&mut self) -> Vec<ArrayRef> {
        vec![
            Arc::new(self.id.finish()),
            Arc::new(self.handle.finish()),
            Arc::new(self.display_name.finish()),
            Arc::new(self.bio.finish()),
            Arc::new(self.language.finish()),
            Arc::new(self.created_at.finish()),
            Arc::new(self.followers.finish()),
            Arc::new(self.following.finish()),
            Arc::new(self.avatar_pdq.finish()),
            Arc::new(self.suspended_at.finish()),
            Arc::new(self.set_apart.finish()),
        ]
    }
}

/// The columns of [`Table::Follows`].
#[derive(Debug)]
pub struct FollowColumns {
    from: StringBuilder,
    to: StringBuilder,
    at: TimestampMicrosecondBuilder,
}

impl Default for FollowColumns {
    fn default() -> Self {
        Self { from: StringBuilder::new(), to: StringBuilder::new(), at: time() }
    }
}

impl Columns for FollowColumns {
    const TABLE: Table = Table::Follows;
    type Row<'r> = FollowRow<'r>;

    fn push(&mut self, row: &FollowRow<'_>) -> usize {
        self.from.append_value(row.from);
        self.to.append_value(row.to);
        self.at.append_option(row.at_us);
        row.from.len() + row.to.len() + 16
    }

    fn take(&mut self) -> Vec<ArrayRef> {
        vec![Arc::new(self.from.finish()), Arc::new(self.to.finish()), Arc::new(self.at.finish())]
    }
}

/// The columns of [`Table::Actions`].
#[derive(Debug)]
pub struct ActionColumns {
    at: TimestampMicrosecondBuilder,
    account: StringBuilder,
    action: StringBuilder,
    item: StringBuilder,
}

impl Default for ActionColumns {
    fn default() -> Self {
        let text = StringBuilder::new;
        Self { at: time(), account: text(), action: text(), item: text() }
    }
}

impl Columns for ActionColumns {
    const TABLE: Table = Table::Actions;
    type Row<'r> = ActionLine<'r>;

    fn push(&mut self, row: &ActionLine<'_>) -> usize {
        self.at.append_value(row.at_us);
        self.account.append_value(row.account);
        self.action.append_value(action_word(row.action));
        append(&mut self.item, row.item.unwrap_or_default());
        row.account.len() + 64
    }

    fn take(&mut self) -> Vec<ArrayRef> {
        vec![
            Arc::new(self.at.finish()),
            Arc::new(self.account.finish()),
            Arc::new(self.action.finish()),
            Arc::new(self.item.finish()),
        ]
    }
}

/// The name of the file that holds a table's rows of one day, such as
/// `items-2026-11-22.parquet`.
#[must_use]
pub fn day_file(table: Table, day: Timestamp) -> String {
    let date = day.to_string();
    format!("{}-{}.parquet", table.name(), date.split('T').next().unwrap_or_default())
}

/// Writes every table of a dataset into a folder, one file each; a table without rows has none.
#[derive(Debug)]
pub struct FolderWriter {
    folder: PathBuf,
    items: Option<ItemsWriter>,
    accounts: Option<AccountsWriter>,
    follows: Option<FollowsWriter>,
    actions: Option<ActionsWriter>,
}

impl FolderWriter {
    /// Begins to write into a folder, which is made where it is not there.
    ///
    /// # Errors
    /// Where it cannot be made.
    pub fn create(folder: &Path) -> Result<Self, Error> {
        std::fs::create_dir_all(folder).map_err(|e| Error::file("make", folder, e))?;
        let folder = folder.to_owned();
        Ok(Self { folder, items: None, accounts: None, follows: None, actions: None })
    }

    /// Ends every file.
    ///
    /// # Errors
    /// Where one cannot be written.
    pub fn finish(self) -> Result<Vec<Written>, Error> {
        let written = [
            self.items.map(Writer::finish),
            self.accounts.map(Writer::finish),
            self.follows.map(Writer::finish),
            self.actions.map(Writer::finish),
        ];
        written.into_iter().flatten().collect()
    }
}

fn push<C: Columns>(
    writer: &mut Option<Writer<C>>,
    folder: &Path,
    row: &C::Row<'_>,
) -> Result<(), Error> {
    if let Some(writer) = writer {
        return writer.push(row);
    }
    let path = folder.join(format!("{}.parquet", C::TABLE.name()));
    writer.insert(Writer::create(&path)?).push(row)
}

impl Rows for FolderWriter {
    fn item(&mut self, row: &ItemRow<'_>) -> Result<(), Error> {
        push(&mut self.items, &self.folder, row)
    }

    fn account(&mut self, row: ProfileRow<'_>) -> Result<(), Error> {
        push(&mut self.accounts, &self.folder, &row)
    }

    fn follow(&mut self, row: &FollowRow<'_>) -> Result<(), Error> {
        push(&mut self.follows, &self.folder, row)
    }

    fn action(&mut self, row: &ActionLine<'_>) -> Result<(), Error> {
        push(&mut self.actions, &self.folder, row)
    }
}
