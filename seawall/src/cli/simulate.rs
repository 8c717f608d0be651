//! `seawall simulate`: a seeded world as a dataset folder, or streamed into a running Seawall.

use super::study::simulated_start;
use super::{Failure, failed};
use crate::exit::Exit;
use clap::{Args, ValueEnum};
use model::Timestamp;
use reqwest::Client;
use simulate::world::{Parameters, World, write_item};
use std::fs::{self, File};
use std::io::{BufWriter, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Items of one request.
const BATCH: usize = 500;

/// Write an invented world with its truth: accounts, items, follows, actions.
///
/// Everything is invented: the service, its people and the movement that troubles it. The same seed
/// gives the same bytes. With --stream the items go to a running Seawall instead of a folder.
#[derive(Debug, Args)]
pub struct SimulateArguments {
    /// The seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Days.
    #[arg(long, default_value_t = 7)]
    days: u32,
    /// Accounts of all kinds together, 2,000 to 20,000,000.
    #[arg(long, default_value_t = 10_000)]
    accounts: u32,
    /// Items a day, about; one for each account where it is left out.
    #[arg(long, value_name = "NUMBER")]
    items_per_day: Option<u64>,
    /// When it begins, RFC 3339.
    #[arg(long, value_name = "TIME")]
    start: Option<String>,
    /// The folder to write.
    #[arg(long, value_name = "FOLDER", required_unless_present = "stream")]
    out: Option<PathBuf>,
    /// In which form the tables are written; the truth is always lines of JSON.
    #[arg(long, value_enum, default_value_t = Form::Ndjson)]
    format: Form,
    /// The address of a running Seawall that takes the items instead.
    #[arg(long, value_name = "URL", conflicts_with = "out")]
    stream: Option<String>,
    /// With --stream: an API key with the scope submit.
    #[arg(long, value_name = "KEY", env = "SEAWALL_KEY", hide_env_values = true)]
    key: Option<String>,
    /// With --stream: how many times as fast as simulated time; 0 is as fast as it goes.
    #[arg(long, value_name = "TIMES", default_value_t = 0.0)]
    speed: f64,
}

/// In which form tables are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// One JSON object a line.
    Ndjson,
    /// Columns.
    Parquet,
}

/// Carries the command out.
///
/// # Errors
/// Where a parameter is out of range, a file cannot be written or the server refuses.
pub async fn run(arguments: SimulateArguments) -> Result<Exit, Failure> {
    let start = match &arguments.start {
        None => simulated_start(),
        Some(text) => {
            Timestamp::parse(text).map_err(|e| Failure::plain(format!("--start: {e}")))?
        }
    };
    let mut parameters = Parameters::new(arguments.seed, start, arguments.days, arguments.accounts);
    if let Some(items) = arguments.items_per_day {
        parameters.items_per_day = items;
    }
    let world = World::new(parameters).map_err(|error| Failure::plain(error.to_string()))?;
    match (&arguments.out, &arguments.stream) {
        (_, Some(url)) => stream(&world, url, &arguments).await,
        (Some(out), None) => {
            let (out, form) = (out.clone(), arguments.format);
            let work = tokio::task::spawn_blocking(move || write(&world, &out, form));
            work.await.map_err(|error| Failure::plain(error.to_string()))?
        }
        (None, None) => Err(Failure::plain("give --out FOLDER or --stream URL")),
    }
}

/// Writes a world of so many days and accounts as a dataset folder, without its truth.
///
/// # Errors
/// Where a file cannot be written.
pub fn write_world(seed: u64, (days, accounts): (u32, u32), out: &Path) -> Result<(), Failure> {
    let world = World::new(Parameters::new(seed, simulated_start(), days, accounts));
    let world = world.map_err(|error| Failure::plain(error.to_string()))?;
    fs::create_dir_all(out).map_err(|error| failed(out, error))?;
    write_tables(&world, out, std::io::sink()).map(drop)
}

/// Writes the four tables, and what the items are in truth to where it is wanted.
fn write_tables(world: &World, out: &Path, truth: impl std::io::Write) -> Result<u64, Failure> {
    let create = |name: &str| {
        let path = out.join(name);
        File::create(&path).map(BufWriter::new).map_err(|error| failed(&path, error))
    };
    let io = |error: std::io::Error| failed(out, error);
    let count = world.write_items(create("items.ndjson")?, truth).map_err(io)?;
    world.write_accounts(create("accounts.ndjson")?).map_err(io)?;
    world.write_follows(create("follows.ndjson")?).map_err(io)?;
    world.write_actions(create("actions.ndjson")?).map_err(io)?;
    Ok(count)
}

fn write(world: &World, out: &Path, form: Form) -> Result<Exit, Failure> {
    let truth = out.join("truth");
    fs::create_dir_all(&truth).map_err(|error| failed(&truth, error))?;
    let create = |name: &str| {
        let path = out.join(name);
        File::create(&path).map(BufWriter::new).map_err(|error| failed(&path, error))
    };
    let io = |error: std::io::Error| failed(out, error);
    let count = write_tables(world, out, create("truth/items.ndjson")?)?;
    world.write_account_truth(create("truth/accounts.ndjson")?).map_err(io)?;
    world.write_campaign_truth(create("truth/campaigns.ndjson")?).map_err(io)?;
    world.write_control_truth(create("truth/controls.ndjson")?).map_err(io)?;
    if form == Form::Parquet {
        to_parquet(out)?;
    }
    if std::io::stderr().is_terminal() {
        eprintln!("seawall: {count} items written to {}", out.display());
    }
    Ok(Exit::Clean)
}

/// Turns the tables of a folder into Parquet, in place.
fn to_parquet(out: &Path) -> Result<(), Failure> {
    let plain = |error: history::Error| Failure::plain(error.to_string());
    let folder = history::folder::Folder::open(out).map_err(plain)?;
    let mut writer = history::write::FolderWriter::create(out).map_err(plain)?;
    history::read::read(&folder, &mut writer, &mut study::Unwatched).map_err(plain)?;
    writer.finish().map_err(plain)?;
    for source in folder.sources() {
        fs::remove_file(&source.path).map_err(|error| failed(&source.path, error))?;
    }
    Ok(())
}

/// Sends the items to a running Seawall, in order, waiting for each answer.
async fn stream(world: &World, url: &str, told: &SimulateArguments) -> Result<Exit, Failure> {
    let key = told.key.as_deref().ok_or_else(|| Failure::plain("--stream needs --key KEY"))?;
    if !told.speed.is_finite() || told.speed < 0.0 {
        return Err(Failure::plain("--speed: a number from 0"));
    }
    let plain = |error: reqwest::Error| Failure::plain(format!("{url}: {error}"));
    let client = Client::builder().timeout(Duration::from_secs(60)).build().map_err(plain)?;
    let address = format!("{}/v1/items", url.trim_end_matches('/'));
    let started = std::time::Instant::now();
    let mut items = world.items();
    let (mut batch, mut size, mut sent, mut first_us) = (String::new(), 0, 0_u64, None);
    loop {
        let next = items.next();
        if size == BATCH || (next.is_none() && size > 0) {
            let body = format!("[{}]", batch.trim_end_matches(','));
            let request = client.post(&address).bearer_auth(key);
            let request = request.header("content-type", "application/json").body(body);
            let answer = request.send().await.map_err(plain)?;
            if !answer.status().is_success() {
                let (status, words) = (answer.status(), answer.text().await.unwrap_or_default());
                return Err(Failure::plain(format!("{address}: {status}: {words}")));
            }
            sent += size as u64;
            (batch, size) = (String::new(), 0);
        }
        let Some(item) = next else { break };
        let at_us = item.row().at_us;
        let ahead_us = (at_us - *first_us.get_or_insert(at_us)) as f64;
        write_item(item, &mut batch);
        batch.push(',');
        size += 1;
        if told.speed > 0.0 {
            let due = Duration::from_secs_f64(ahead_us.max(0.0) / 1e6 / told.speed);
            tokio::time::sleep(due.saturating_sub(started.elapsed())).await;
        }
    }
    eprintln!("seawall: {sent} items sent in {:.1} s", started.elapsed().as_secs_f64());
    Ok(Exit::Clean)
}
