//! Measures reading and plans on invented data, on this machine and on a cluster of two executors.
//!
//! ```sh
//! cargo run --release -p history --features cluster --example measure -- FOLDER 1000000 30000000
//! ```
//!
//! writes so many items and follows into FOLDER, where they are not there yet, and prints a line
//! for each thing that is measured: wall seconds, CPU seconds of all processes, and the greatest
//! memory of the process that measures, so far.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

#[path = "../tests/common/mod.rs"]
mod common;

use common::{Draw, START_US};
use history::cluster::{ExecutorOptions, Reach, SchedulerOptions, run_executor, run_scheduler};
use history::engine::Bounds;
use history::folder::Folder;
use history::plans::{
    Among, EdgeQuestion, Period, Roll, Trace, activity, degrees, edges, hashtag_series, snowball,
};
use history::write::{FollowsWriter, ItemsWriter};
use history::{Engine, ItemRow, read_dataset};
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use study::Unwatched;
use study::dataset::{FollowRow, PostRow};

const SPAN_US: u64 = 10 * 86_400_000_000;
const ROWS_OF_A_FILE: u64 = 5_000_000;
const MEMORY: usize = 4 << 30;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).enable_all().build().unwrap();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["scheduler"] => runtime.block_on(scheduler()),
        ["executor", scheduler, work] => runtime.block_on(executor(scheduler, Path::new(work))),
        [folder, items, follows] => {
            let (items, follows) = (items.parse().unwrap(), follows.parse().unwrap());
            let folder = Path::new(folder);
            generate(folder, items, follows);
            reading(folder);
            runtime.block_on(plans(folder));
        }
        _ => eprintln!("FOLDER ITEMS FOLLOWS"),
    }
}

/// An item of an invented forum; most of what is shared is shared soon after it appears.
fn item(
    draw: &mut Draw,
    number: u64,
    items: u64,
    writer: &mut ItemsWriter,
    lines: &mut impl std::io::Write,
) {
    let accounts = items / 10 + 10;
    let at_us = START_US + (number * (SPAN_US / items) + draw.below(1_000_000)).cast_signed();
    let recent = |draw: &mut Draw, of: u64, share: u64| {
        let newest = number * of / items + 1;
        newest.saturating_sub(draw.skewed(of / share + 2))
    };
    let (id, account) = (format!("p{number}"), format!("a{}", draw.skewed(accounts)));
    let kind = draw.below(10);
    let target = format!("p{}", recent(draw, items, 50));
    let link = format!("https://news.example/{}", recent(draw, items / 20, 40));
    let tag = format!("tag{}", draw.skewed(items / 100 + 5));
    let text = format!(
        "{} words of an ordinary post about nothing in particular, number {number}, and a few more",
        draw.below(1 << 40)
    );
    let links: &[&str] = if (4..6).contains(&kind) { &[&link] } else { &[] };
    let hashtags: &[&str] = if (5..8).contains(&kind) { &[&tag] } else { &[] };
    let post = PostRow {
        id: &id,
        account: &account,
        at_us,
        text: &text,
        language: "en",
        repost_of: (kind < 2).then_some(&target),
        in_reply_to: (2..4).contains(&kind).then_some(&target),
        links,
        hashtags,
        client: "web",
        ..PostRow::default()
    };
    writer.push(&ItemRow { service: "forum", kind: "post", thread: None, post }).unwrap();
    let json = serde_json::json!({
        "service": "forum", "id": id, "kind": "post", "author": {"id": account},
        "created_at": model::Timestamp::from_micros(at_us).unwrap().to_string(),
        "text": text, "language": "en", "repost_of": post.repost_of,
        "in_reply_to": post.in_reply_to, "links": links, "hashtags": hashtags, "client": "web",
        "media": [], "audience": "public",
    });
    writeln!(lines, "{json}").unwrap();
}

fn generate(folder: &Path, items: u64, follows: u64) {
    if folder.exists() {
        return;
    }
    let lines_folder = folder.join("lines");
    fs::create_dir_all(&lines_folder).unwrap();
    let mut lines =
        std::io::BufWriter::new(fs::File::create(lines_folder.join("items.ndjson")).unwrap());
    let mut writer = ItemsWriter::create(&folder.join("items.parquet")).unwrap();
    let mut draw = Draw(1);
    (0..items).for_each(|number| item(&mut draw, number, items, &mut writer, &mut lines));
    println!("written: {:?}", writer.finish().unwrap());
    let accounts = follows / 15 + 10;
    for file in 0..follows.div_ceil(ROWS_OF_A_FILE) {
        let path = folder.join(format!("follows-{file:05}.parquet"));
        let mut writer = FollowsWriter::create(&path).unwrap();
        for _ in 0..ROWS_OF_A_FILE.min(follows - file * ROWS_OF_A_FILE) {
            let (from, to) = (draw.below(accounts), draw.skewed(accounts));
            let (from, to) = (format!("a{from}"), format!("a{to}"));
            writer.push(&FollowRow { from: &from, to: &to, at_us: None }).unwrap();
        }
        println!("written: {:?}", writer.finish().unwrap());
    }
}

/// CPU seconds of a process and of its children that ended.
fn cpu(process: &str) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    fields[11..15].iter().map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / 100.0
}

fn peak_mb(process: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

struct Meter {
    begun: Instant,
    cpu: f64,
    processes: Vec<String>,
}

impl Meter {
    fn start(processes: &[String]) -> Self {
        let processes = processes.to_vec();
        let cpu = processes.iter().map(|process| cpu(process)).sum();
        Self { begun: Instant::now(), cpu, processes }
    }

    fn tell(&self, what: &str, result: &str) {
        let wall = self.begun.elapsed().as_secs_f64();
        let cpu = self.processes.iter().map(|process| cpu(process)).sum::<f64>() - self.cpu;
        let peaks: Vec<u64> = self.processes.iter().map(|process| peak_mb(process)).collect();
        println!("| {what} | {wall:.1} | {cpu:.1} | {peaks:?} | {result} |");
        std::io::stdout().flush().unwrap();
    }
}

fn own() -> String {
    std::process::id().to_string()
}

fn reading(folder: &Path) {
    let only = folder.join("only-items");
    fs::create_dir_all(&only).unwrap();
    let link = only.join("items.parquet");
    if !link.exists() {
        fs::hard_link(folder.join("items.parquet"), &link).unwrap();
    }
    for (what, folder) in
        [("read items, NDJSON", folder.join("lines")), ("read items, Parquet", only)]
    {
        let meter = Meter::start(&[own()]);
        let loaded = read_dataset(&folder, None, &mut Unwatched).unwrap();
        let posts = loaded.dataset.posts.len();
        meter.tell(what, &format!("{posts} posts, {} bytes", loaded.files[0].bytes));
    }
}

async fn plans(folder: &Path) {
    let opened = Folder::open(folder).unwrap();
    let scratch = std::env::temp_dir().join("seawall-measure");
    let bounds =
        Bounds { memory_bytes: MEMORY, disk_bytes: 20 << 30, threads: 2, scratch: scratch.clone() };
    all(&Engine::local(bounds).unwrap(), &opened, "here", &[own()]).await;
    let leader = Node::start(&["scheduler"]);
    let address = leader.address.to_string();
    let work = |name: &str| scratch.join(name).to_string_lossy().into_owned();
    let first = Node::start(&["executor", &address, &work("first")]);
    let second = Node::start(&["executor", &address, &work("second")]);
    tokio::time::sleep(Duration::from_secs(3)).await;
    let cluster = Engine::cluster(leader.address, 4, &scratch).await.unwrap();
    let processes = [own(), leader.id(), first.id(), second.id()];
    all(&cluster, &opened, "two executors", &processes).await;
    drop((first, second, leader));
    fs::remove_dir_all(&scratch).unwrap();
}

async fn all(engine: &Engine, folder: &Folder, place: &str, processes: &[String]) {
    for (trace, window) in [(Trace::Repost, 60), (Trace::Link, 60), (Trace::Repost, 3_600)] {
        let question = EdgeQuestion {
            trace,
            window_us: window * 1_000_000,
            objects_min: 2,
            period: Period::ALL,
            window_actions_max: history::limits::WINDOW_ACTIONS,
        };
        let meter = Meter::start(processes);
        let found = edges(engine, folder, &question).await;
        let told = found.map_or_else(
            |e| e.to_string(),
            |found| format!("{} edges, {} left out", found.edges.len(), found.left_out.len()),
        );
        meter.tell(&format!("edges {trace:?} {window} s, {place}"), &told);
    }
    let members: Vec<String> = (0..50_000).map(|number| format!("a{}", number * 7)).collect();
    let members: Vec<&str> = members.iter().map(String::as_str).collect();
    for among in [Among::Members, Among::Everybody] {
        let meter = Meter::start(processes);
        let found = degrees(engine, folder, &members, among).await;
        let told =
            found.map_or_else(|e| e.to_string(), |found| format!("{} accounts", found.len()));
        meter.tell(&format!("degrees of {among:?}, {place}"), &told);
    }
    let meter = Meter::start(processes);
    let found = snowball(engine, folder, &members[..500], Roll::Followed).await;
    let told = found.map_or_else(|e| e.to_string(), |found| found.len().to_string());
    meter.tell(&format!("snowball from 500, {place}"), &told);
    let meter = Meter::start(processes);
    let found = activity(engine, folder, &Period::ALL).await;
    let told = found.map_or_else(|e| e.to_string(), |found| found.len().to_string());
    meter.tell(&format!("activity, {place}"), &told);
    let meter = Meter::start(processes);
    let found = hashtag_series(engine, folder, &Period::ALL, 3_600_000_000, 10).await;
    let told = found.map_or_else(|e| e.to_string(), |found| found.len().to_string());
    meter.tell(&format!("hashtags by hour, {place}"), &told);
}

/// A process of the cluster; killed by its id when it is dropped.
struct Node {
    child: Child,
    address: SocketAddr,
}

impl Node {
    fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        let mut child = command.args(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { child, address: line.trim().parse().unwrap() }
    }

    fn id(&self) -> String {
        self.child.id().to_string()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn scheduler() {
    let options = SchedulerOptions {
        listen: "127.0.0.1:0".parse().unwrap(),
        reach: Reach::ThisMachine,
        gone_after_seconds: 60,
    };
    run_scheduler(&options, |address| println!("{address}")).await.unwrap();
}

async fn executor(scheduler: &str, work: &Path) {
    let options = ExecutorOptions {
        scheduler: scheduler.parse().unwrap(),
        listen: "127.0.0.1:0".parse().unwrap(),
        reach: Reach::ThisMachine,
        work: work.to_owned(),
        threads: 1,
        memory_bytes: MEMORY as u64 / 2,
    };
    run_executor(&options, |address| println!("{address}")).await.unwrap();
}
