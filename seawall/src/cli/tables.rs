//! `seawall study table`: the tabular parts of studies as plans, on this machine or on a cluster.

use super::{Failure, failed, print_json};
use crate::exit::Exit;
use clap::{Args, Subcommand, ValueEnum};
use history::engine::Bounds;
use history::folder::Folder;
use history::plans::{self, Among, Busy, EdgeQuestion, Period, Roll};
use history::{Engine, write::FolderWriter};
use indicatif::{ProgressBar, ProgressStyle};
use model::Timestamp;
use serde_json::{Value, json};
use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// Tables over a dataset in Parquet that may be larger than memory.
///
/// The same plan runs on this machine, or with --scheduler on the executors of a cluster, and gives
/// the same rows. They go to --out as CSV, with ids of accounts; what was left out, and how many
/// rows there are, is printed as JSON. A table is whole or there is none.
#[derive(Debug, Subcommand)]
pub enum TableCommand {
    /// Pairs of accounts that acted on the same objects within a window.
    Edges(EdgesArguments),
    /// How many of a set of accounts each account follows, and is followed by.
    Degrees(SetArguments),
    /// The accounts that are one follow away from a set, and who led to each.
    Snowball(SnowballArguments),
    /// Items of each account by day.
    Activity(PeriodArguments),
    /// Items and accounts of each hashtag by steps of time.
    Hashtags(HashtagArguments),
}

/// What every table is told.
#[derive(Debug, Args)]
pub struct TableArguments {
    /// The dataset's folder, with its tables in Parquet (see `seawall study convert`).
    dataset: PathBuf,
    /// The CSV file that the rows go to.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Run it on the cluster of this scheduler instead of this machine.
    #[arg(long, value_name = "ADDRESS:PORT")]
    scheduler: Option<SocketAddr>,
    /// Parts that the work is cut into on a cluster: about two for each thread of its executors.
    #[arg(long, value_name = "NUMBER", default_value_t = 16, requires = "scheduler")]
    partitions: usize,
    /// Folder for what does not fit into memory; on a cluster every machine must see it under the
    /// same path. Without it, a folder of its own beside --out, which is removed.
    #[arg(long, value_name = "FOLDER")]
    scratch: Option<PathBuf>,
    /// Memory for the plan on this machine, in megabytes.
    #[arg(long, value_name = "MEGABYTES", default_value_t = 2_048)]
    memory_mb: usize,
    /// Disk for what does not fit into it, in megabytes.
    #[arg(long, value_name = "MEGABYTES", default_value_t = 100_000)]
    disk_mb: u64,
    /// Threads; as many as the machine has cores where it is left out.
    #[arg(long, value_name = "NUMBER")]
    threads: Option<usize>,
}

/// A table over the items of some time.
#[derive(Debug, Args)]
pub struct PeriodArguments {
    #[command(flatten)]
    table: TableArguments,
    /// Items from this instant on, as 2026-03-02T00:00:00Z.
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Items up to this instant, which belongs to it.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
}

/// What accounts can do together.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Trace {
    /// Passing on the same post.
    Repost,
    /// Posting the same link.
    Link,
    /// Answering the same post.
    Reply,
    /// Posting under the same hashtag.
    Hashtag,
    /// Posting the same picture.
    Image,
}

impl Trace {
    fn of_plan(self) -> plans::Trace {
        match self {
            Self::Repost => plans::Trace::Repost,
            Self::Link => plans::Trace::Link,
            Self::Reply => plans::Trace::Reply,
            Self::Hashtag => plans::Trace::Hashtag,
            Self::Image => plans::Trace::Image,
        }
    }
}

/// Which edges are asked for.
#[derive(Debug, Args)]
pub struct EdgesArguments {
    #[command(flatten)]
    period: PeriodArguments,
    /// What accounts do together.
    #[arg(long, value_enum)]
    trace: Trace,
    /// At most so many seconds between two actions, both ends included.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    window: u32,
    /// On so many distinct objects at least.
    #[arg(long, value_name = "NUMBER", default_value_t = 3)]
    objects: u32,
}

/// A table about a set of accounts.
#[derive(Debug, Args)]
pub struct SetArguments {
    #[command(flatten)]
    table: TableArguments,
    /// The set: a file with one account id a line.
    #[arg(long, value_name = "FILE")]
    accounts: PathBuf,
}

/// Which way a snowball rolls.
#[derive(Debug, Args)]
pub struct SnowballArguments {
    #[command(flatten)]
    set: SetArguments,
    /// Go to those who follow the set, instead of those whom it follows.
    #[arg(long)]
    followers: bool,
}

/// Which hashtags are asked for.
#[derive(Debug, Args)]
pub struct HashtagArguments {
    #[command(flatten)]
    period: PeriodArguments,
    /// The length of a step, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 3_600)]
    step: u32,
    /// Steps with so many items at least.
    #[arg(long, value_name = "NUMBER", default_value_t = 10)]
    items: u32,
}

/// A dataset to turn into Parquet.
#[derive(Debug, Args)]
pub struct ConvertArguments {
    /// The dataset's folder, in any form that studies read.
    dataset: PathBuf,
    /// The folder that the tables go to, as Parquet; it must not hold a dataset already.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
}

/// Turns a dataset into Parquet.
///
/// # Errors
/// Where it cannot be read whole, or the folder holds another dataset.
pub fn convert(told: &ConvertArguments) -> Result<Exit, Failure> {
    let folder = Folder::open(&told.dataset).map_err(plain)?;
    if Folder::open(&told.out).is_ok() {
        let out = told.out.display();
        return Err(Failure::plain(format!("--out: {out} holds a dataset already; name another")));
    }
    let mut writer = FolderWriter::create(&told.out).map_err(plain)?;
    history::read::read(&folder, &mut writer, &mut study::Unwatched).map_err(plain)?;
    let written = writer.finish().map_err(plain)?;
    let rows: u64 = written.iter().map(|written| written.rows).sum();
    print_json(&json!({ "out": told.out.display().to_string(), "rows": rows }))?;
    Ok(Exit::Clean)
}

/// Makes a table.
///
/// # Errors
/// Where the dataset, the set or the cluster cannot be used, or the plan does not fit.
pub async fn run(command: TableCommand) -> Result<Exit, Failure> {
    let told = command.table();
    let folder = Folder::open(&told.dataset).map_err(plain)?;
    let made = scratch(told)?;
    let engine = engine(told, &made).await?;
    let bar = spinner();
    let table = tokio::select! {
        table = command.rows(&engine, &folder) => Some(table),
        () = crate::serve::stop_signal() => None,
    };
    bar.finish_and_clear();
    drop(engine);
    if let Scratch::Made(folder) = made {
        folder.close().map_err(|error| failed(&told.out, error))?;
    }
    let Some(table) = table else {
        eprintln!("seawall: stopped before the end; there is no table");
        return Ok(Exit::Error);
    };
    let table = table?;
    write(&told.out, &table)?;
    print_json(&json!({
        "out": told.out.display().to_string(),
        "rows": table.rows.len(),
        "left_out": table.left_out,
    }))?;
    Ok(Exit::Clean)
}

/// Rows of text with their heading.
struct Rows {
    heading: &'static [&'static str],
    rows: Vec<Vec<String>>,
    /// What the rows do not count, each with its reason in figures.
    left_out: Vec<Value>,
}

impl Rows {
    fn of<R>(
        heading: &'static [&'static str],
        rows: Vec<R>,
        texts: impl Fn(R) -> Result<Vec<String>, Failure>,
    ) -> Result<Self, Failure> {
        let rows = rows.into_iter().map(texts).collect::<Result<_, _>>()?;
        Ok(Self { heading, rows, left_out: Vec::new() })
    }
}

impl TableCommand {
    fn table(&self) -> &TableArguments {
        match self {
            Self::Edges(told) => &told.period.table,
            Self::Degrees(told) => &told.table,
            Self::Snowball(told) => &told.set.table,
            Self::Activity(told) => &told.table,
            Self::Hashtags(told) => &told.period.table,
        }
    }

    async fn rows(&self, engine: &Engine, folder: &Folder) -> Result<Rows, Failure> {
        match self {
            Self::Edges(told) => edges(engine, folder, told).await,
            Self::Degrees(told) => degrees(engine, folder, told).await,
            Self::Snowball(told) => snowball(engine, folder, told).await,
            Self::Activity(told) => activity(engine, folder, told).await,
            Self::Hashtags(told) => hashtags(engine, folder, told).await,
        }
    }
}

async fn edges(engine: &Engine, folder: &Folder, told: &EdgesArguments) -> Result<Rows, Failure> {
    let question = EdgeQuestion {
        trace: told.trace.of_plan(),
        window_us: i64::from(told.window) * 1_000_000,
        objects_min: told.objects,
        period: told.period.period()?,
        window_actions_max: history::limits::WINDOW_ACTIONS,
    };
    let found = plans::edges(engine, folder, &question).await.map_err(plain)?;
    let heading = &["a", "b", "objects", "first", "last"];
    let mut rows = Rows::of(heading, found.edges, |edge| {
        let (first, last) = (time(edge.first_us)?, time(edge.last_us)?);
        Ok(vec![edge.a, edge.b, edge.objects.to_string(), first, last])
    })?;
    let left_out = found.left_out.iter().map(|Busy { object, from_us, actions }| {
        let (from, seconds) = (time(*from_us)?, told.window);
        Ok(json!({ "object": object, "from": from, "seconds": seconds, "actions": actions }))
    });
    rows.left_out = left_out.collect::<Result<_, Failure>>()?;
    Ok(rows)
}

async fn degrees(engine: &Engine, folder: &Folder, told: &SetArguments) -> Result<Rows, Failure> {
    let set = ids(&told.accounts)?;
    let set: Vec<&str> = set.iter().map(String::as_str).collect();
    let found = plans::degrees(engine, folder, &set, Among::Everybody).await.map_err(plain)?;
    Rows::of(&["account", "followed_by", "follows"], found, |degree| {
        Ok(vec![degree.account, degree.followed_by.to_string(), degree.follows.to_string()])
    })
}

async fn snowball(
    engine: &Engine,
    folder: &Folder,
    told: &SnowballArguments,
) -> Result<Rows, Failure> {
    let set = ids(&told.set.accounts)?;
    let set: Vec<&str> = set.iter().map(String::as_str).collect();
    let roll = if told.followers { Roll::Followers } else { Roll::Followed };
    let found = plans::snowball(engine, folder, &set, roll).await.map_err(plain)?;
    Rows::of(&["account", "led_by", "leads"], found, |reached| {
        Ok(vec![reached.account, reached.led_by, reached.leads.to_string()])
    })
}

async fn activity(
    engine: &Engine,
    folder: &Folder,
    told: &PeriodArguments,
) -> Result<Rows, Failure> {
    let found = plans::activity(engine, folder, &told.period()?).await.map_err(plain)?;
    Rows::of(&["account", "day", "items", "responses"], found, |day| {
        Ok(vec![day.account, time(day.from_us)?, day.items.to_string(), day.responses.to_string()])
    })
}

async fn hashtags(
    engine: &Engine,
    folder: &Folder,
    told: &HashtagArguments,
) -> Result<Rows, Failure> {
    let (period, step_us) = (told.period.period()?, i64::from(told.step) * 1_000_000);
    let found = plans::hashtag_series(engine, folder, &period, step_us, told.items);
    Rows::of(&["hashtag", "from", "items", "accounts"], found.await.map_err(plain)?, |step| {
        let (items, accounts) = (step.items.to_string(), step.accounts.to_string());
        Ok(vec![step.hashtag, time(step.from_us)?, items, accounts])
    })
}

impl PeriodArguments {
    fn period(&self) -> Result<Period, Failure> {
        let parse = |name: &str, text: &Option<String>, otherwise: i64| match text {
            None => Ok(otherwise),
            Some(text) => Timestamp::parse(text)
                .map(Timestamp::micros)
                .map_err(|error| Failure::plain(format!("--{name}: {error}"))),
        };
        let Period { from_us, to_us } = Period::ALL;
        let (from_us, to_us) =
            (parse("since", &self.since, from_us)?, parse("until", &self.until, to_us)?);
        if from_us > to_us {
            return Err(Failure::plain("--since is after --until"));
        }
        Ok(Period { from_us, to_us })
    }
}

/// Where a plan puts what does not fit.
enum Scratch {
    /// A folder that was named, and stays.
    Named(PathBuf),
    /// One that was made, and goes.
    Made(TempDir),
}

impl Scratch {
    fn path(&self) -> &Path {
        match self {
            Self::Named(path) => path,
            Self::Made(folder) => folder.path(),
        }
    }
}

fn scratch(told: &TableArguments) -> Result<Scratch, Failure> {
    if let Some(named) = &told.scratch {
        return Ok(Scratch::Named(named.clone()));
    }
    let beside = told.out.parent().filter(|folder| !folder.as_os_str().is_empty());
    let beside = beside.unwrap_or(Path::new("."));
    let made = tempfile::Builder::new().prefix(".seawall-").tempdir_in(beside);
    made.map(Scratch::Made).map_err(|error| failed(beside, error))
}

async fn engine(told: &TableArguments, scratch: &Scratch) -> Result<Engine, Failure> {
    let scratch = scratch.path();
    let engine = match told.scheduler {
        Some(scheduler) => Engine::cluster(scheduler, told.partitions, scratch).await,
        None => {
            let cores = std::thread::available_parallelism().map_or(2, usize::from);
            Engine::local(Bounds {
                memory_bytes: told.memory_mb.saturating_mul(1_000_000),
                disk_bytes: told.disk_mb.saturating_mul(1_000_000),
                threads: told.threads.unwrap_or(cores),
                scratch: scratch.to_owned(),
            })
        }
    };
    engine.map_err(plain)
}

fn spinner() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner().with_message("running the plan");
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// The ids of a file, one a line; empty lines count for nothing.
fn ids(path: &Path) -> Result<Vec<String>, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| failed(path, error))?;
    let mut ids = Vec::new();
    for (line, id) in text.lines().enumerate().filter(|(_, id)| !id.trim().is_empty()) {
        let id = model::AccountId::new(id.trim())
            .map_err(|error| failed(path, format!("line {}: {error}", line + 1)))?;
        ids.push(id.to_string());
    }
    if ids.is_empty() {
        return Err(failed(path, "it has no account id; write one a line"));
    }
    Ok(ids)
}

/// Writes the rows under another name first, so that a file of that name is whole.
fn write(out: &Path, table: &Rows) -> Result<(), Failure> {
    let unfinished = out.with_extension("unfinished");
    let written = || -> Result<(), csv::Error> {
        let mut writer = csv::Writer::from_path(&unfinished)?;
        writer.write_record(table.heading)?;
        for row in &table.rows {
            writer.write_record(row)?;
        }
        writer.flush()?;
        Ok(std::fs::rename(&unfinished, out)?)
    };
    written().map_err(|error| failed(out, error))
}

fn time(micros: i64) -> Result<String, Failure> {
    let time = Timestamp::from_micros(micros);
    time.map(|time| time.to_string()).map_err(|error| Failure::plain(error.to_string()))
}

fn plain(error: history::Error) -> Failure {
    Failure::plain(error.to_string())
}
