//! How long it takes to find who acts together: in a data set, on one hot object, in a stream.
//!
//! The posts are invented (see the module beside this program). Networks of 100,000 posts are
//! written down as well, so that the peer can say whether its own are the same.

#[path = "campaigns/posts.rs"]
mod posts;

use benches::{Failure, cpu, input, line};
use csv::{ReaderBuilder, StringRecord};
use std::fs::File;
use std::io::{BufWriter, Read};
use std::path::Path;
use std::process::Command;
use study::Dataset;
use study::campaigns::coaction::{Limits, edges};
use study::campaigns::compat::{Options, toolkit};
use study::campaigns::stream::{Stream, StreamLimits, StreamRules};
use study::campaigns::traces::{Action, Actions, TextRules, Trace, actions};
use study::dataset::{Builder, PostRow};

const BENCH: &str = "campaigns";
const SECOND_US: i64 = 1_000_000;
const SIZES: [usize; 2] = [100_000, 1_000_000];
/// Posts of the busy service.
const DENSE: usize = 3_000_000;
/// The first argument of the process that looks at a stream.
const STREAM: &str = "stream";
/// Posts in a day.
const DAILY: usize = 100_000;
/// The traces that the peer knows, with its names for them.
const NETWORKS: [(Trace, &str); 5] = [
    (Trace::Repost, "co_retweet"),
    (Trace::Text, "co_tweet"),
    (Trace::Reply, "co_reply"),
    (Trace::Link, "co_link"),
    (Trace::SimilarText, "co_similar_tweet"),
];
/// The size at which the peer's networks are compared with ours.
const COMPARED: usize = SIZES[0];

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, ask, path, similar_s, case] = arguments.as_slice()
        && ask == STREAM
    {
        return stream(path.as_ref(), similar_s.parse()?, case);
    }
    hot_object()?;
    let folder = input::folder()?;
    for size in SIZES {
        let path = folder.join(format!("campaigns-{size}.csv"));
        let text = posts::csv(&posts::posts(size, DAILY));
        std::fs::write(&path, &text)?;
        batch(size, &text)?;
        if size == COMPARED {
            networks(&folder, &text)?;
        } else {
            drop(text);
            stream_apart(&path, 600, "1 post/s")?;
        }
    }
    let path = folder.join("campaigns-dense.csv");
    std::fs::write(&path, posts::csv(&posts::posts(DENSE, 864_000_000)))?;
    stream_apart(&path, 60, "10,000 posts/s")?;
    Ok(std::fs::remove_file(path)?)
}

/// One thing that 100,000 accounts share within the hour. Comes first, so that the most that the
/// process has held is what this takes.
fn hot_object() -> Result<(), Failure> {
    let share =
        |post: u32| Action { object: 0, account: post, at_us: i64::from(post) * 36_000, post };
    let hot = Actions::pack(Trace::Hashtag, (0..100_000).map(share).collect());
    let (seconds, found) = cpu::timed(|| edges(&hot, 60 * SECOND_US, &Limits::default()))?;
    eprintln!("hot object: {} edges, {:?}", found.edges.len(), found.capped);
    let case = "one object of 100,000 shares, 60 s";
    line::measured(BENCH, case, seconds, "CPU s");
    line::measured(BENCH, &format!("{case}: most memory"), most_memory_mb()?, "MB");
    Ok(())
}

/// The most memory that this process has held, in megabytes.
fn most_memory_mb() -> Result<f64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")).ok_or("no VmHWM")?;
    Ok(kib.trim().parse::<f64>()? * 1024.0 / 1e6)
}

/// Reads a data set and makes the five networks of a minute, and that of similar texts of an hour.
fn batch(size: usize, text: &str) -> Result<(), Failure> {
    let case = |what: &str| format!("{size} posts: {what}");
    let (mut sum, dataset) = cpu::timed(|| dataset(text))?;
    let dataset = dataset?;
    line::measured(BENCH, &case("ingest"), sum, "CPU s");
    for (trace, name) in NETWORKS {
        let seconds = network(&dataset, trace, 60)?;
        sum += seconds;
        line::measured(BENCH, &case(&format!("{name}, 60 s")), seconds, "CPU s");
    }
    line::measured(BENCH, &case("ingest and the five networks"), sum, "CPU s");
    let seconds = network(&dataset, Trace::SimilarText, 3600)?;
    line::measured(BENCH, &case("co_similar_tweet, 3600 s"), seconds, "CPU s");
    Ok(())
}

fn network(dataset: &Dataset, trace: Trace, window_s: i64) -> Result<f64, Failure> {
    let window_us = window_s * SECOND_US;
    let rules = TextRules { remember_us: window_us, ..TextRules::default() };
    let (seconds, found) = cpu::timed(|| {
        let actions = actions(dataset, trace, &rules);
        edges(&actions, window_us, &Limits::default())
    })?;
    let capped = found.capped.len();
    eprintln!("{trace:?} within {window_s} s: {} edges, {capped} capped", found.edges.len());
    Ok(seconds)
}

fn dataset(text: &str) -> Result<Dataset, Failure> {
    let mut builder = Builder::new();
    each_row(text.as_bytes(), |row| builder.post(row))?;
    Ok(builder.build())
}

fn each_row(input: impl Read, mut work: impl FnMut(&PostRow)) -> Result<(), Failure> {
    let mut reader = ReaderBuilder::new().from_reader(input);
    let mut record = StringRecord::new();
    while reader.read_record(&mut record)? {
        let filled = |place: usize| Some(&record[place]).filter(|field| !field.is_empty());
        let seconds: f64 = record[6].parse()?;
        let links: Vec<&str> = record[7].split(' ').filter(|link| !link.is_empty()).collect();
        work(&PostRow {
            id: &record[0],
            account: &record[1],
            repost_of: filled(3),
            in_reply_to: filled(4),
            text: &record[5],
            at_us: (seconds * 1e6).round() as i64,
            links: &links,
            ..PostRow::default()
        });
    }
    Ok(())
}

/// Writes the networks as the peer defines them down, for the peer to compare.
fn networks(folder: &Path, text: &str) -> Result<(), Failure> {
    let names = NETWORKS.iter().map(|(_, name)| *name).chain(["co_post"]);
    for name in names {
        let path = folder.join(format!("campaigns-{COMPARED}-{name}.csv"));
        let output = BufWriter::new(File::create(path)?);
        let summary = toolkit::run(text.as_bytes(), &Options::new(name, 60.0, 2), output)?;
        eprintln!("{name}: {} edges as the peer defines them", summary.edges);
    }
    Ok(())
}

/// Has the posts of a file looked at one by one by another process, so that its memory is known.
fn stream_apart(path: &Path, similar_s: i64, service: &str) -> Result<(), Failure> {
    let case = format!("{service} one by one, all traces, 600 s");
    let own = std::env::current_exe()?;
    let mut other = Command::new(own);
    other.arg(STREAM).arg(path).arg(similar_s.to_string()).arg(case);
    let status = other.status()?;
    status.success().then_some(()).ok_or_else(|| format!("the stream ended with {status}").into())
}

/// The posts of a file one by one, all traces within a minute and within ten; similar texts are
/// looked for as long as given.
fn stream(path: &Path, similar_s: i64, case: &str) -> Result<(), Failure> {
    let rules = StreamRules {
        traces: Trace::ALL.to_vec(),
        windows_us: vec![60 * SECOND_US, 600 * SECOND_US],
        lateness_us: 5 * SECOND_US,
        texts: TextRules { remember_us: similar_s * SECOND_US, ..TextRules::default() },
        limits: StreamLimits::default(),
        seed: 1,
    };
    let mut stream = Stream::new(&rules);
    let file = File::open(path)?;
    let (seconds, done) = cpu::timed(|| each_row(file, |row| stream.post(row, row.at_us)))?;
    done?;
    let notes = stream.notes();
    eprintln!("{case}: {notes:?}");
    line::measured(BENCH, case, notes.posts as f64 / seconds, "posts/CPU s");
    line::measured(BENCH, &format!("{case}: most memory"), most_memory_mb()?, "MB");
    Ok(())
}
