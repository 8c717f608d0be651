//! Labelled networks of the shared data, as datasets of mutual follows.

use flate2::read::MultiGzDecoder;
use std::io::Read as _;
use study::Dataset;
use study::census::Census;
use study::dataset::{Builder, FollowRow};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/graphs");

/// A network with a label for each node; ids are the numbers of the nodes.
pub struct Labelled {
    /// Every edge as follows both ways.
    pub dataset: Dataset,
    /// By node.
    labels: Vec<u8>,
}

/// Reads a network; none, with a word on it, where the shared data is absent.
pub fn load(name: &str) -> Option<Labelled> {
    let edges = read(&format!("{name}_edges.csv.gz"))?;
    let rows = read(&format!("{name}_labels.csv.gz"))?;
    let mut builder = Builder::new();
    for (a, b) in pairs(&edges) {
        builder.follow(&FollowRow { from: a, to: b, at_us: None });
        builder.follow(&FollowRow { from: b, to: a, at_us: None });
    }
    let mut labels = vec![0; pairs(&rows).count()];
    for (node, label) in pairs(&rows) {
        labels[node.parse::<usize>().unwrap()] = label.parse().unwrap();
    }
    Some(Labelled { dataset: builder.build(), labels })
}

fn read(name: &str) -> Option<String> {
    let path = format!("{FOLDER}/{name}");
    let Ok(file) = std::fs::File::open(&path) else {
        eprintln!("skipped: {path} is absent");
        return None;
    };
    let mut text = String::new();
    MultiGzDecoder::new(file).read_to_string(&mut text).unwrap();
    Some(text)
}

fn pairs(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines().skip(1).filter_map(|line| line.split_once(','))
}

impl Labelled {
    /// The label of an account.
    pub fn label(&self, account: u32) -> u8 {
        self.labels[self.dataset.accounts.text(account).parse::<usize>().unwrap()]
    }

    /// The nodes of a label.
    pub fn nodes_of(&self, label: u8) -> Vec<u32> {
        (0..self.labels.len() as u32).filter(|node| self.labels[*node as usize] == label).collect()
    }

    /// How many nodes of a label are not in the frontier.
    pub fn unreached(&self, census: &Census, label: u8) -> f64 {
        let found = census.frame.account.iter().filter(|one| self.label(**one) == label).count();
        (self.nodes_of(label).len() - found) as f64 - census.seeds.known as f64
    }
}
