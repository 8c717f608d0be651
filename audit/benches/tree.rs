//! How fast the tree grows, proves and is verified: `cargo bench -p audit --bench tree`.
//!
//! `SEAWALL_RECORDS` sets the number of records, ten million without it. One JSON object a line.
#![allow(clippy::unwrap_used)]

use audit::tree::{
    Edge, ProofPlan, Tile, TileSet, TreeVerifier, leaf_hash, published_tiles, verify_inclusion,
    write_bundle,
};
use audit::{Fact, FactKind, Field, Head, append};
use model::Timestamp;
use std::collections::HashMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Proofs that are made and verified.
const PROOFS: u64 = 10_000;

fn main() {
    // `cargo test` runs benchmarks as tests; a small log shows that they work.
    let tests = std::env::args().any(|argument| argument == "--test");
    let given = std::env::var("SEAWALL_RECORDS").ok().and_then(|text| text.parse().ok());
    let size: u64 = given.unwrap_or(if tests { 1_000 } else { 10_000_000 });
    let mut log = grow(size);
    prove(&log, size);
    verify(&mut log, size);
}

/// Everything that is published of a log.
struct Log {
    edge: Edge,
    tiles: HashMap<Tile, Vec<u8>>,
}

fn fact(number: u64) -> Fact {
    Fact::new(FactKind::ItemJudged)
        .text(Field::Service, "forum")
        .commitment(Field::Item, [7; 32])
        .commitment(Field::Account, [9; 32])
        .text(Field::Verdict, format!("verdict_{number:026}"))
        .text(Field::Outcome, "allow")
        .text(Field::RulesVersion, "b".repeat(64))
        .int(Field::BanksRevision, 17u64)
}

/// Seals and appends in groups of 500, as the writer of the store does.
fn grow(size: u64) -> Log {
    let at = Timestamp::parse("2026-01-01T00:00:00Z").unwrap();
    let mut log = Log { edge: Edge::new(), tiles: HashMap::new() };
    let (mut head, mut rows, mut bytes) = (Head::start(), Vec::new(), 0);
    let (mut sealing, mut appending) = (Duration::ZERO, Duration::ZERO);
    while head.next < size {
        let begun = Instant::now();
        let group = 500.min(size - head.next);
        let mut leaves = Vec::new();
        for _ in 0..group {
            let (next, record) = append(&head, &fact(head.next), at);
            head = next;
            rows.push(record.bytes);
        }
        sealing += begun.elapsed();
        let begun = Instant::now();
        leaves.extend(
            rows[rows.len() - usize::try_from(group).unwrap()..].iter().map(|r| leaf_hash(r)),
        );
        log.tiles.extend(log.edge.append(leaves));
        appending += begun.elapsed();
        while rows.len() >= 256 {
            bytes += keep_bundle(&mut log, &rows[..256], (head.next - rows.len() as u64) / 256);
            rows.drain(..256);
        }
    }
    if !rows.is_empty() {
        bytes += keep_bundle(&mut log, &rows, size / 256);
    }
    tell("seal", size, "records/s/core", per_second(size, sealing));
    tell("append to the tree", size, "records/s/core", per_second(size, appending));
    tell("seal and append", size, "records/s/core", per_second(size, sealing + appending));
    tell("mean entry", size, "bytes", bytes as f64 / size as f64);
    log
}

fn keep_bundle(log: &mut Log, rows: &[Vec<u8>], index: u64) -> usize {
    let tile = Tile::entries(index, u16::try_from(rows.len()).unwrap()).unwrap();
    let bundle = write_bundle(rows.iter().map(Vec::as_slice));
    let length = bundle.len();
    log.tiles.insert(tile, bundle);
    length
}

fn prove(log: &Log, size: u64) {
    let head = log.edge.head();
    let (mut making, mut longest, mut checking) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
    for number in 0..PROOFS {
        let record = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) % size;
        let begun = Instant::now();
        let plan = ProofPlan::inclusion(record, size).unwrap();
        let tiles = plan.tiles().into_iter().map(|tile| (tile, log.tiles[&tile].clone()));
        let proof = plan.answer(&tiles.collect::<TileSet>()).unwrap();
        let took = begun.elapsed();
        (making, longest) = (making + took, longest.max(took));
        let bundle = &log.tiles[&bundle_of(record, size)];
        let width = bundle_of(record, size).width();
        let entries = audit::tree::read_bundle(bundle, width).unwrap();
        let leaf = leaf_hash(entries[usize::try_from(record % 256).unwrap()]);
        let begun = Instant::now();
        verify_inclusion(&leaf, record, &head, black_box(&proof)).unwrap();
        checking += begun.elapsed();
    }
    let micros = |time: Duration| time.as_secs_f64() * 1e6;
    tell("inclusion proof, mean", size, "µs", micros(making) / PROOFS as f64);
    tell("inclusion proof, longest", size, "µs", micros(longest));
    tell("verify an inclusion proof", size, "µs", micros(checking) / PROOFS as f64);
}

fn bundle_of(record: u64, size: u64) -> Tile {
    let index = record / 256;
    Tile::entries(index, u16::try_from((size - index * 256).min(256)).unwrap()).unwrap()
}

fn verify(log: &mut Log, size: u64) {
    let head = log.edge.head();
    for (case, chain) in [("verify the tree", false), ("verify tree and chain", true)] {
        let begun = Instant::now();
        let mut verifier = TreeVerifier::new(head);
        if chain {
            verifier = verifier.following_chain();
        }
        for tile in published_tiles(size) {
            verifier.take(tile, &log.tiles[&tile]).unwrap();
        }
        verifier.finish().unwrap();
        tell(case, size, "records/s/core", per_second(size, begun.elapsed()));
    }
    let last = log.tiles.get_mut(&bundle_of(size - 1, size)).unwrap();
    *last.last_mut().unwrap() ^= 1;
    let mut verifier = TreeVerifier::new(head);
    let taken = published_tiles(size).try_for_each(|tile| verifier.take(tile, &log.tiles[&tile]));
    assert!(taken.is_err(), "a flipped bit in the last entry is found");
}

fn per_second(count: u64, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

fn tell(case: &str, size: u64, unit: &str, value: f64) {
    println!(
        "{{\"bench\":\"tree\",\"case\":\"{case}, {size} records\",\"value\":{value:.2},\"unit\":\"{unit}\"}}"
    );
}
