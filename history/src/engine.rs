//! Runs a plan on one machine or on a cluster.
//!
//! A plan is one text of SQL over tables in Parquet. On one machine DataFusion runs it within a
//! bound of memory, and what does not fit is spilled to a folder within a bound of disk; on a
//! cluster the scheduler cuts the same plan into tasks for its executors. A result is whole or it
//! is an error. Dropping a future of this module stops the plan.

#[cfg(feature = "cluster")]
use crate::cluster::Cluster;
use crate::folder::{Folder, Form};
use crate::{Error, Place, Table, limits, read};
use datafusion::arrow::array::{RecordBatch, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::common::DataFusionError;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{
    ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl,
};
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::physical_plan::{SendableRecordBatchStream, execute_stream};
use datafusion::prelude::{SessionConfig, SessionContext};
use futures_util::StreamExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::NamedTempFile;

/// Bytes that a sort keeps free for merging what it spilled, where there is enough memory.
const SORT_BYTES: usize = 10 << 20;

/// What is said, within errors of other kinds or from afar, where memory or disk does not suffice.
const SHORT: [&str; 3] =
    ["Resources exhausted", "disk space during the spilling process", "No space left on device"];

/// What runs plans.
#[derive(Debug)]
pub enum Engine {
    /// This machine.
    Local(Local),
    /// Machines that a scheduler leads.
    #[cfg(feature = "cluster")]
    Cluster(Cluster),
}

/// What plans may use on one machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounds {
    /// Bytes of memory, shared by what runs at once.
    pub memory_bytes: usize,
    /// Bytes of disk for what does not fit into memory.
    pub disk_bytes: u64,
    /// Threads that work at once.
    pub threads: usize,
    /// The folder for it; files in it are removed when a plan ends.
    pub scratch: PathBuf,
}

/// DataFusion within this process.
#[derive(Debug)]
pub struct Local {
    runtime: Arc<RuntimeEnv>,
    bounds: Bounds,
}

/// How two tables are brought together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Joins {
    /// By a table of the smaller side in memory.
    Hash,
    /// By sorting both, which can be spilled.
    Sorted,
}

/// A plan with what it reads.
#[derive(Debug)]
pub(crate) struct Plan<'a> {
    pub(crate) name: &'static str,
    pub(crate) sql: String,
    pub(crate) tables: &'a [Table],
    /// Further tables of texts that the caller gives: their names, columns and values.
    pub(crate) sets: &'a [Set<'a>],
    pub(crate) joins: Joins,
}

/// A table that the caller gives: columns of equal length.
#[derive(Debug)]
pub(crate) struct Set<'a> {
    pub(crate) name: &'static str,
    pub(crate) columns: Vec<(&'static str, Vec<&'a str>)>,
}

impl<'a> Set<'a> {
    /// A table of ids, each once.
    pub(crate) fn ids(name: &'static str, ids: &[&'a str]) -> Self {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        Self { name, columns: vec![("id", ids)] }
    }
}

impl Engine {
    /// Prepares to run plans on this machine.
    ///
    /// # Errors
    /// Where the folder for what is spilled cannot be made.
    pub fn local(bounds: Bounds) -> Result<Self, Error> {
        let scratch = &bounds.scratch;
        std::fs::create_dir_all(scratch).map_err(|e| Error::file("make", scratch, e))?;
        let disk = DiskManagerBuilder::default()
            .with_mode(DiskManagerMode::Directories(vec![scratch.clone()]))
            .with_max_temp_directory_size(bounds.disk_bytes);
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(FairSpillPool::new(bounds.memory_bytes)))
            .with_disk_manager_builder(disk)
            .build_arc()
            .map_err(|e| Error::Asked(format!("cannot prepare to run plans: {e}")))?;
        Ok(Self::Local(Local { runtime, bounds }))
    }

    /// Runs a plan over the tables of a folder, and gives its rows, batch by batch.
    pub(crate) async fn run(
        &self,
        folder: &Folder,
        plan: &Plan<'_>,
        mut each: impl FnMut(&RecordBatch),
    ) -> Result<(), Error> {
        let context = self.context(plan.joins)?;
        for table in plan.tables {
            register(&context, table.name(), &paths(folder, *table)?, plan_schema(*table))?;
        }
        let mut kept = Vec::new();
        for set in plan.sets {
            let (file, schema) = write_set(self.scratch(), set)?;
            register(&context, set.name, &[file.path().to_owned()], schema)?;
            kept.push(file);
        }
        let failed = |error| self.failed(plan.name, &error);
        let frame = context.sql(&plan.sql).await.map_err(failed)?;
        let physical = frame.create_physical_plan().await.map_err(failed)?;
        let mut rows = 0;
        let mut stream = self.stream(&context, physical).map_err(failed)?;
        while let Some(batch) = stream.next().await {
            let batch = batch.map_err(failed)?;
            rows += batch.num_rows();
            if rows > limits::RESULT_ROWS {
                let most = limits::RESULT_ROWS;
                let why = format!(
                    "its result has more than {most} rows; ask for heavier edges, a shorter \
                     time or fewer accounts"
                );
                return Err(Error::DoesNotFit { plan: plan.name, why });
            }
            each(&batch);
        }
        stream.done();
        Ok(())
    }

    fn context(&self, joins: Joins) -> Result<SessionContext, Error> {
        match self {
            Self::Local(local) => {
                let Bounds { memory_bytes, threads, .. } = local.bounds;
                let threads = threads.max(1);
                let kept_for_merging = (memory_bytes / threads / 32).min(SORT_BYTES);
                let config = SessionConfig::new()
                    .with_target_partitions(threads)
                    .with_sort_spill_reservation_bytes(kept_for_merging)
                    .set_bool("datafusion.optimizer.prefer_hash_join", joins == Joins::Hash);
                let state = SessionStateBuilder::new_with_default_features()
                    .with_config(config)
                    .with_runtime_env(Arc::clone(&local.runtime));
                Ok(SessionContext::new_with_state(state.build()))
            }
            #[cfg(feature = "cluster")]
            Self::Cluster(cluster) => cluster.context(joins),
        }
    }

    fn scratch(&self) -> &Path {
        match self {
            Self::Local(local) => &local.bounds.scratch,
            #[cfg(feature = "cluster")]
            Self::Cluster(cluster) => cluster.scratch(),
        }
    }

    fn stream(
        &self,
        context: &SessionContext,
        physical: Arc<dyn datafusion::physical_plan::ExecutionPlan>,
    ) -> Result<Running, DataFusionError> {
        let stream = execute_stream(Arc::clone(&physical), context.task_ctx())?;
        match self {
            Self::Local(_) => Ok(Running {
                stream,
                #[cfg(feature = "cluster")]
                job: None,
            }),
            #[cfg(feature = "cluster")]
            Self::Cluster(cluster) => Ok(Running { stream, job: Some(cluster.job(physical)) }),
        }
    }

    fn failed(&self, plan: &'static str, error: &DataFusionError) -> Error {
        let root = error.find_root();
        let told = error.to_string();
        let short = matches!(root, DataFusionError::ResourcesExhausted(_))
            || SHORT.iter().any(|words| told.contains(words));
        if !short {
            return Error::Plan { plan, why: told };
        }
        let remedy = match self {
            Self::Local(local) => {
                let Bounds { memory_bytes, disk_bytes, .. } = local.bounds;
                format!(
                    "it may use {memory_bytes} bytes of memory and {disk_bytes} of disk; allow \
                     more, ask about a shorter time, or run it on a cluster"
                )
            }
            #[cfg(feature = "cluster")]
            Self::Cluster(_) => {
                "give executors more memory, or more of them, or ask about a shorter time".into()
            }
        };
        Error::DoesNotFit { plan, why: format!("{remedy} ({root})") }
    }
}

/// A plan that runs. Dropped before its end, it is stopped.
struct Running {
    stream: SendableRecordBatchStream,
    #[cfg(feature = "cluster")]
    job: Option<crate::cluster::Job>,
}

impl Running {
    async fn next(&mut self) -> Option<Result<RecordBatch, DataFusionError>> {
        self.stream.next().await
    }

    fn done(self) {
        #[cfg(feature = "cluster")]
        if let Some(job) = self.job {
            job.done();
        }
    }
}

/// The files of a table, as plans need them.
fn paths(folder: &Folder, table: Table) -> Result<Vec<PathBuf>, Error> {
    let sources = folder.of(table);
    let name = table.name();
    if sources.is_empty() {
        return Err(Error::form(Place::file(name), "the folder has no such table"));
    }
    let path = |source: &crate::folder::Source| {
        if source.form != Form::Parquet {
            let problem = "plans read Parquet alone: write the dataset as Parquet first";
            return Err(Error::form(Place::file(&source.name), problem));
        }
        read::check_parquet(source)?;
        std::fs::canonicalize(&source.path).map_err(|e| Error::file("find", &source.path, e))
    };
    sources.iter().map(path).collect()
}

/// The schema of a table within a plan, which reads a null for every column that a file lacks.
fn plan_schema(table: Table) -> SchemaRef {
    let field =
        |column: &crate::table::Column| Field::new(column.name, column.holds.data_type(), true);
    Arc::new(Schema::new(table.columns().iter().map(field).collect::<Vec<_>>()))
}

fn register(
    context: &SessionContext,
    name: &str,
    paths: &[PathBuf],
    schema: SchemaRef,
) -> Result<(), Error> {
    let refused = |why: String| Error::Asked(format!("the table `{name}` cannot be read: {why}"));
    let urls = paths.iter().map(|path| {
        let url = format!("file://{}", escaped(path));
        ListingTableUrl::parse(url).map_err(|e| refused(e.to_string()))
    });
    let options = ListingOptions::new(Arc::new(ParquetFormat::default()));
    let options = options.with_file_extension(".parquet");
    let config = ListingTableConfig::new_with_multi_paths(urls.collect::<Result<_, _>>()?)
        .with_listing_options(options)
        .with_schema(schema);
    let table = ListingTable::try_new(config).map_err(|e| refused(e.to_string()))?;
    context.register_table(name, Arc::new(table)).map_err(|e| refused(e.to_string()))?;
    Ok(())
}

/// A path as it stands in a URL.
fn escaped(path: &Path) -> String {
    let mut text = String::new();
    for byte in path.to_string_lossy().bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                text.push(char::from(byte));
            }
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

/// Writes the caller's table to a file that vanishes when it is dropped.
fn write_set(scratch: &Path, set: &Set<'_>) -> Result<(NamedTempFile, SchemaRef), Error> {
    let rows = set.columns.first().map_or(0, |(_, values)| values.len());
    if rows > limits::SET_ACCOUNTS {
        let most = limits::SET_ACCOUNTS;
        return Err(Error::Asked(format!("{rows} {}; at most {most} at once", set.name)));
    }
    let fields = set.columns.iter().map(|(name, _)| Field::new(*name, DataType::Utf8, true));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let failed = |e| Error::file("write", scratch, e);
    let mut place = tempfile::Builder::new();
    let file = place.prefix("set-").suffix(".parquet").tempfile_in(scratch).map_err(failed)?;
    let write = || {
        let copy = file.reopen()?;
        let mut writer = ArrowWriter::try_new(copy, Arc::clone(&schema), None)?;
        for start in (0..rows).step_by(limits::BATCH_ROWS) {
            let end = rows.min(start + limits::BATCH_ROWS);
            let columns = set.columns.iter().map(|(_, values)| {
                let values: StringArray = values[start..end].iter().map(Some).collect();
                Arc::new(values) as _
            });
            writer.write(&RecordBatch::try_new(Arc::clone(&schema), columns.collect())?)?;
        }
        writer.into_inner()?.sync_all()?;
        Ok::<_, datafusion::parquet::errors::ParquetError>(())
    };
    write().map_err(|e| failed(std::io::Error::other(e)))?;
    Ok((file, schema))
}
