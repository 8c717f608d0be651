//! What studies read: the files of two other tools, and parameters.

use crate::check;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;
use study::campaigns::compat::{Options, coortweet, toolkit};

/// A byte that says which window and participation, and a table of shares. The same table gives the
/// same network twice, and what is written is a table.
pub fn coortweet(bytes: &[u8]) {
    let (choice, bytes) = check::choice(bytes, 6);
    let options = options("object_id", choice);
    let run = || {
        let (mut pairs, mut edges) = (Vec::new(), Vec::new());
        let summary = coortweet::run(bytes, &options, &mut pairs, &mut edges);
        (summary.map_err(|error| error.to_string()), pairs, edges)
    };
    let (summary, pairs, edges) = run();
    assert_eq!(run(), (summary.clone(), pairs.clone(), edges.clone()), "a second time");
    if let Ok(summary) = summary {
        assert_eq!(rows(&edges), summary.edges);
        assert!(rows(&pairs) <= summary.pairs && summary.without_object <= summary.rows);
        assert!(summary.duplicates <= summary.rows);
    }
}

/// A byte that says which network, window and weight, and a table of messages.
pub fn toolkit(bytes: &[u8]) {
    let (choice, bytes) = check::choice(bytes, 36);
    let network = toolkit::Network::ALL[choice / 6];
    let options = options(network.as_str(), choice % 6);
    let run = || {
        let mut edges = Vec::new();
        let summary = toolkit::run(bytes, &options, &mut edges);
        (summary.map_err(|error| error.to_string()), edges)
    };
    let (summary, edges) = run();
    assert_eq!(run(), (summary.clone(), edges.clone()), "a second time");
    if let Ok(summary) = summary {
        assert_eq!(rows(&edges), summary.edges);
        assert!(summary.without_object + summary.duplicates <= summary.rows);
    }
}

fn options(object: &str, choice: usize) -> Options {
    let window_s = [0.0, 10.0, 3_155_760_000.0][choice % 3];
    Options::new(object, window_s, 1 + (choice / 3) as u32)
}

/// Rows of a table below its header.
fn rows(table: &[u8]) -> u64 {
    let mut reader = csv::Reader::from_reader(table);
    let rows = reader.byte_records().map(|row| row.expect("a row of a table"));
    rows.count() as u64
}

/// Parameters of the three studies, as people write them.
pub fn parameters(bytes: &[u8]) {
    read_back::<study::census::Parameters>(bytes);
    read_back::<study::campaigns::Parameters>(bytes);
    read_back::<study::returns::Parameters>(bytes);
    read_back::<study::census::Plan>(bytes);
    read_back::<study::census::Coding>(bytes);
    read_back::<review::Ladder>(bytes);
}

fn read_back<T: DeserializeOwned + Serialize + PartialEq + Debug>(bytes: &[u8]) {
    if let Ok(value) = serde_json::from_slice::<T>(bytes) {
        check::json(&value);
    }
}
