//! The pairs and edges of a real data set, equal to those of the reference implementation.

#![allow(clippy::unwrap_used)]

use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::PathBuf;
use study::campaigns::compat::{Options, coortweet};

/// The folder of the data, where it is there.
fn folder() -> Option<PathBuf> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/coordination");
    let folder = PathBuf::from(path);
    if !folder.is_dir() {
        eprintln!("skipped: {path} is not there");
        return None;
    }
    Some(folder)
}

fn text(path: PathBuf) -> String {
    let mut text = String::new();
    let file = File::open(&path).unwrap();
    MultiGzDecoder::new(BufReader::new(file)).read_to_string(&mut text).unwrap();
    text
}

/// The fields of the edges that the reference gets right: all but the numbers of contents and the
/// symmetry.
fn right(edges: &str) -> Vec<Vec<&str>> {
    edges
        .lines()
        .map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            [&fields[..4], &fields[7..]].concat()
        })
        .collect()
}

#[test]
fn pairs_and_edges_equal_those_of_the_reference() {
    let Some(folder) = folder() else { return };
    let input = text(folder.join("german_elections.csv.gz"));
    for (object, pairs, edges) in [
        ("url_id", 5_658, 1_453),
        ("hashtag_id", 3_703, 506),
        ("domain_id", 5_968, 1_659),
        ("phash_id", 2_131, 337),
    ] {
        let (mut pair_output, mut edge_output) = (Vec::new(), Vec::new());
        let options = Options::new(object, 30.0, 2);
        let summary =
            coortweet::run(input.as_bytes(), &options, &mut pair_output, &mut edge_output).unwrap();
        assert_eq!((summary.pairs, summary.edges), (pairs, edges), "{object}");
        assert!(summary.capped.is_empty());
        let expected =
            |what| text(folder.join(format!("expected_{what}_german_{object}_tw30_mp2.csv.gz")));
        assert!(String::from_utf8(pair_output).unwrap() == expected("pairs"), "{object}");
        let edge_output = String::from_utf8(edge_output).unwrap();
        assert_eq!(right(&edge_output), right(&expected("edges")), "{object}");
    }
}
