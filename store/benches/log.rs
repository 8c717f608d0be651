//! How fast the log grows and proves through the database: `cargo bench -p store --bench log`.
//!
//! `SEAWALL_RECORDS` sets the number of records, a million without it; `SEAWALL_DATABASE` a place
//! other than a SQLite file in a temporary folder. Each record is a commit of its own, durable
//! before it is acknowledged, and two thousand wait at a time. One JSON object a line.
#![allow(clippy::unwrap_used)]

use audit::tree::{ProofPlan, leaf_hash, verify_inclusion};
use audit::{Fact, FactKind, Field};
use model::Timestamp;
use std::time::{Duration, Instant};
use store::{Entry, Location, Store};

/// Commits that wait at once.
const WAITING: u64 = 2_000;
/// Proofs that are made.
const PROOFS: u64 = 2_000;

fn main() {
    // `cargo test` runs benchmarks as tests; a small log shows that they work.
    let tests = std::env::args().any(|argument| argument == "--test");
    let given = std::env::var("SEAWALL_RECORDS").ok().and_then(|text| text.parse().ok());
    let size: u64 = given.unwrap_or(if tests { 1_000 } else { 1_000_000 });
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(run(size));
}

async fn run(size: u64) {
    let folder = tempfile::tempdir().unwrap();
    let place = std::env::var("SEAWALL_DATABASE").ok();
    let location = match place {
        Some(place) => Location::parse(&place),
        None => Location::Sqlite(folder.path().join("seawall.db")),
    };
    let store = Store::open(&location).await.unwrap();
    let before = (Instant::now(), processor());
    append(&store, size).await;
    tell("append", size, "records/s", size as f64 / before.0.elapsed().as_secs_f64());
    tell("append", size, "records/s of processor time", size as f64 / (processor() - before.1));
    prove(&store, size).await;
    let begun = Instant::now();
    drop(store);
    let store = Store::open(&location).await.unwrap();
    tell("open again", size, "ms", begun.elapsed().as_secs_f64() * 1e3);
    assert_eq!(store.tree_edge().await.unwrap().size(), size);
}

fn entry(number: u64) -> Entry {
    let fact = Fact::new(FactKind::ItemJudged)
        .text(Field::Service, "forum")
        .commitment(Field::Item, [7; 32])
        .commitment(Field::Account, [9; 32])
        .text(Field::Verdict, format!("verdict_{number:026}"))
        .text(Field::Outcome, "allow")
        .text(Field::RulesVersion, "b".repeat(64))
        .int(Field::BanksRevision, 17u64);
    let item = format!("p{number}");
    Entry {
        fact,
        event: serde_json::json!({ "service": "forum", "item": item, "outcome": "allow" }),
    }
}

async fn append(store: &Store, size: u64) {
    let at = Timestamp::parse("2026-01-01T00:00:00Z").unwrap();
    let mut waiting = tokio::task::JoinSet::new();
    for number in 0..size {
        if waiting.len() as u64 >= WAITING {
            waiting.join_next().await.unwrap().unwrap();
        }
        let store = store.clone();
        waiting.spawn(async move {
            store.commit(Vec::new(), vec![entry(number)], at).await.unwrap();
        });
    }
    waiting.join_all().await;
}

async fn prove(store: &Store, size: u64) {
    let head = store.tree_edge().await.unwrap().head();
    assert_eq!(head.size, size);
    let mut times = Vec::new();
    for number in 0..PROOFS {
        let record = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) % size;
        let begun = Instant::now();
        let plan = ProofPlan::inclusion(record, size).unwrap();
        let tiles = store.tiles(&plan.tiles()).await.unwrap();
        let proof = plan.answer(&tiles).unwrap();
        times.push(begun.elapsed());
        let (bytes, _) = store.records(record, 1).await.unwrap().remove(0);
        verify_inclusion(&leaf_hash(&bytes), record, &head, &proof).unwrap();
    }
    times.sort();
    let micros = |time: Duration| time.as_secs_f64() * 1e6;
    tell("inclusion proof, median", size, "µs", micros(times[times.len() / 2]));
    tell("inclusion proof, 95 of 100", size, "µs", micros(times[times.len() * 95 / 100]));
}

/// Processor seconds of this process so far, as Linux counts them.
fn processor() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = text.rsplit_once(')').unwrap().1.split_whitespace().collect();
    // User and system time, in hundredths of a second.
    fields[11..13].iter().map(|ticks| ticks.parse::<f64>().unwrap() / 100.0).sum()
}

fn tell(case: &str, size: u64, unit: &str, value: f64) {
    println!(
        "{{\"bench\":\"log\",\"case\":\"{case}, {size} records\",\"value\":{value:.2},\
         \"unit\":\"{unit}\"}}"
    );
}
