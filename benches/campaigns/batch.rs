//! Data sets, and one object that everybody shares.

use crate::{BENCH, SECOND_US, each_row, most_memory_mb, posts_of};
use benches::{Failure, cpu, line};
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use study::Dataset;
use study::campaigns::coaction::{Limits, edges};
use study::campaigns::compat::{Options, toolkit};
use study::campaigns::traces::{Action, Actions, TextRules, Trace, actions};
use study::dataset::Builder;

/// The networks that the peer knows, with the trace that is nearest to each.
const NETWORKS: [(&str, Trace); 5] = [
    ("co_retweet", Trace::Repost),
    ("co_tweet", Trace::Text),
    ("co_reply", Trace::Reply),
    ("co_link", Trace::Link),
    ("co_similar_tweet", Trace::SimilarText),
];
const WINDOW_S: i64 = 60;

/// One thing that 100,000 accounts share within the hour.
pub fn hot_object() -> Result<(), Failure> {
    let share =
        |post: u32| Action { object: 0, account: post, at_us: i64::from(post) * 36_000, post };
    let hot = Actions::pack(Trace::Hashtag, (0..100_000).map(share).collect());
    let (seconds, found) = cpu::timed(|| edges(&hot, WINDOW_S * SECOND_US, &Limits::default()))?;
    eprintln!("hot object: {} edges, {:?}", found.edges.len(), found.capped);
    let case = "one object of 100,000 shares, 60 s";
    line::measured(BENCH, case, seconds, "CPU s");
    line::measured(BENCH, &format!("{case}: most memory"), most_memory_mb()?, "MB");
    Ok(())
}

/// The networks as the peer defines them, each from the file of posts to the file of edges.
pub fn networks(folder: &Path, size: usize) -> Result<(), Failure> {
    let mut sum = 0.0;
    for (name, _) in NETWORKS {
        let seconds = network(folder, size, name)?;
        sum += seconds;
        let case = format!("{size} posts: {name}, {WINDOW_S} s");
        line::measured(BENCH, &case, seconds, "CPU s");
    }
    let case = format!("{size} posts: ingest and the five networks");
    line::measured(BENCH, &case, sum, "CPU s");
    line::measured(BENCH, &format!("{case}: most memory"), most_memory_mb()?, "MB");
    network(folder, size, "co_post").map(|_| ())
}

fn network(folder: &Path, size: usize, name: &str) -> Result<f64, Failure> {
    let output = BufWriter::new(File::create(folder.join(format!("campaigns-{size}-{name}.csv")))?);
    let input = File::open(posts_of(folder, size))?;
    let options = Options::new(name, WINDOW_S as f64, 2);
    let (seconds, summary) = cpu::timed(|| toolkit::run(input, &options, output))?;
    let summary = summary?;
    let left_out = (summary.capped.len(), summary.pairs_without_room);
    eprintln!("{size} posts, {name}: {} edges, {left_out:?} left out", summary.edges);
    Ok(seconds)
}

/// A data set as a study reads it, and the edges of its traces before chance is asked: within a
/// minute without any limit, and within an hour with those that a study has.
pub fn study(folder: &Path, size: usize) -> Result<(), Failure> {
    let case = |what: &str| format!("{size} posts: {what}");
    let file = File::open(posts_of(folder, size))?;
    let (ingest_s, dataset) = cpu::timed(|| dataset(file))?;
    let dataset = dataset?;
    line::measured(BENCH, &case("ingest"), ingest_s, "CPU s");
    let unlimited = Limits { pairs_per_object: u64::MAX, edges: usize::MAX };
    for (window_s, limits) in [(WINDOW_S, unlimited), (3600, Limits::default())] {
        let mut sum = ingest_s;
        for (_, trace) in NETWORKS {
            let seconds = trace_s(&dataset, trace, window_s, &limits)?;
            sum += seconds;
            if trace == Trace::SimilarText {
                let what = format!("trace of similar texts, {window_s} s");
                line::measured(BENCH, &case(&what), seconds, "CPU s");
            }
        }
        let what = format!("ingest and five traces, {window_s} s");
        line::measured(BENCH, &case(&what), sum, "CPU s");
    }
    line::measured(BENCH, &case("all traces: most memory"), most_memory_mb()?, "MB");
    Ok(())
}

fn trace_s(
    dataset: &Dataset,
    trace: Trace,
    window_s: i64,
    limits: &Limits,
) -> Result<f64, Failure> {
    let window_us = window_s * SECOND_US;
    let rules = TextRules { remember_us: window_us, ..TextRules::default() };
    let (seconds, found) =
        cpu::timed(|| edges(&actions(dataset, trace, &rules), window_us, limits))?;
    eprintln!(
        "{trace:?} within {window_s} s: {} edges, {:?} capped, {} pairs without room",
        found.edges.len(),
        found.capped,
        found.pairs_without_room
    );
    Ok(seconds)
}

fn dataset(file: File) -> Result<Dataset, Failure> {
    let mut builder = Builder::new();
    each_row(file, |row| builder.post(row))?;
    Ok(builder.build())
}
