//! How fast the tree grows, proves and is verified, in processor time of one core:
//! `cargo bench -p audit --bench tree`.
//!
//! `SEAWALL_RECORDS` sets the number of records, ten million without it. One JSON object a line.
#![allow(clippy::unwrap_used)]

use audit::tree::{
    Edge, Hash, ProofPlan, Tile, TileSet, TreeVerifier, leaf_hash, published_tiles, read_bundle,
    verify_inclusion, write_bundle,
};
use audit::{Fact, FactKind, Field, Head, append};
use model::Timestamp;
use std::collections::HashMap;
use std::hint::black_box;

/// Proofs that are made and verified.
const PROOFS: u64 = 10_000;
/// Records that are sealed at once; whole entry bundles.
const STRETCH: u64 = 256 * 4_000;

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

/// Seals and appends in groups of 500, as the writer of the store does. Each stretch is sealed
/// whole before it is appended, because the kernel counts processor time in steps of milliseconds.
fn grow(size: u64) -> Log {
    let at = Timestamp::parse("2026-01-01T00:00:00Z").unwrap();
    let mut log = Log { edge: Edge::new(), tiles: HashMap::new() };
    let (mut head, mut bytes) = (Head::start(), 0);
    let (mut sealing, mut appending) = (0.0, 0.0);
    while head.next < size {
        let first = head.next;
        let mut rows = Vec::new();
        sealing += timed(|| {
            for number in first..size.min(first + STRETCH) {
                let (next, record) = append(&head, &fact(number), at);
                head = next;
                rows.push(record.bytes);
            }
        });
        appending += timed(|| {
            for group in rows.chunks(500) {
                let leaves = group.iter().map(|record| leaf_hash(record));
                log.tiles.extend(log.edge.append(leaves));
            }
        });
        for (index, chunk) in (first / 256..).zip(rows.chunks(256)) {
            bytes += keep_bundle(&mut log, chunk, index);
        }
    }
    tell("seal", size, "records/s/core", size as f64 / sealing);
    tell("append to the tree", size, "records/s/core", size as f64 / appending);
    tell("seal and append", size, "records/s/core", size as f64 / (sealing + appending));
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
    let records: Vec<u64> =
        (0..PROOFS).map(|number| number.wrapping_mul(0x9E37_79B9_7F4A_7C15) % size).collect();
    let mut proofs = Vec::new();
    let making = timed(|| {
        for record in &records {
            let plan = ProofPlan::inclusion(*record, size).unwrap();
            let tiles = plan.tiles().into_iter().map(|tile| (tile, log.tiles[&tile].clone()));
            proofs.push(plan.answer(&tiles.collect::<TileSet>()).unwrap());
        }
    });
    let leaves: Vec<_> = records.iter().map(|record| leaf_of(log, *record, size)).collect();
    let checking = timed(|| {
        for ((record, leaf), proof) in records.iter().zip(&leaves).zip(&proofs) {
            verify_inclusion(leaf, *record, &head, black_box(proof)).unwrap();
        }
    });
    let each = |seconds: f64| seconds * 1e6 / PROOFS as f64;
    tell("make an inclusion proof", size, "µs", each(making));
    tell("verify an inclusion proof", size, "µs", each(checking));
}

fn leaf_of(log: &Log, record: u64, size: u64) -> Hash {
    let tile = bundle_of(record, size);
    let entries = read_bundle(&log.tiles[&tile], tile.width()).unwrap();
    leaf_hash(entries[usize::try_from(record % 256).unwrap()])
}

fn bundle_of(record: u64, size: u64) -> Tile {
    let index = record / 256;
    Tile::entries(index, u16::try_from((size - index * 256).min(256)).unwrap()).unwrap()
}

fn verify(log: &mut Log, size: u64) {
    let head = log.edge.head();
    for (case, chain) in [("verify the tree", false), ("verify tree and chain", true)] {
        let seconds = timed(|| {
            let mut verifier = TreeVerifier::new(head);
            if chain {
                verifier = verifier.following_chain();
            }
            for tile in published_tiles(size) {
                verifier.take(tile, &log.tiles[&tile]).unwrap();
            }
            verifier.finish().unwrap();
        });
        tell(case, size, "records/s/core", size as f64 / seconds);
    }
    let last = log.tiles.get_mut(&bundle_of(size - 1, size)).unwrap();
    *last.last_mut().unwrap() ^= 1;
    let mut verifier = TreeVerifier::new(head);
    let taken = published_tiles(size).try_for_each(|tile| verifier.take(tile, &log.tiles[&tile]));
    assert!(taken.is_err(), "a flipped bit in the last entry is found");
}

/// Processor seconds that this thread needs for some work, as Linux counts them.
fn timed(work: impl FnOnce()) -> f64 {
    let used = || {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
        text.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e9
    };
    let before = used();
    work();
    used() - before
}

fn tell(case: &str, size: u64, unit: &str, value: f64) {
    println!(
        "{{\"bench\":\"tree\",\"case\":\"{case}, {size} records\",\"value\":{value:.2},\
         \"unit\":\"{unit}\"}}"
    );
}
