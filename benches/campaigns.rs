//! How long it takes to find who acts together: in a data set, on one hot object, in a stream.
//!
//! The posts are invented (see the module beside this program). Each case is a process of its own,
//! so that the most memory that it held is known. Networks as the peer defines them are written
//! down, so that the peer can say whether its own are the same.

#[path = "campaigns/batch.rs"]
mod batch;
#[path = "campaigns/posts.rs"]
mod posts;
#[path = "campaigns/reference.rs"]
mod reference;
#[path = "campaigns/streaming.rs"]
mod streaming;

use benches::{Failure, input};
use csv::{ReaderBuilder, StringRecord};
use std::ffi::OsStr;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;
use study::dataset::PostRow;

const BENCH: &str = "campaigns";
const SECOND_US: i64 = 1_000_000;
/// Posts of the data sets, the smaller first.
const SIZES: [usize; 2] = [100_000, 1_000_000];
/// Posts in a day of the data sets.
const DAILY: usize = 100_000;
/// Posts of the busy service: ten thousand a second for eleven minutes, so that a window of ten is
/// full at last.
const DENSE: usize = 6_600_000;
const DENSE_DAILY: usize = 864_000_000;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().collect();
    let words: Vec<&str> = arguments.iter().skip(1).map(String::as_str).collect();
    match words.as_slice() {
        ["reference"] => reference::cases(),
        ["hot"] => batch::hot_object(),
        ["networks", folder, size] => batch::networks(folder.as_ref(), size.parse()?),
        ["study", folder, size] => batch::study(folder.as_ref(), size.parse()?),
        ["stream", path, per_s] => streaming::stream(path.as_ref(), per_s.parse()?),
        _ => all(&input::folder()?),
    }
}

fn all(folder: &Path) -> Result<(), Failure> {
    apart(["reference"])?;
    apart(["hot"])?;
    for size in SIZES {
        std::fs::write(posts_of(folder, size), posts::csv(&posts::posts(size, DAILY)))?;
        let size = size.to_string();
        apart([OsStr::new("networks"), folder.as_ref(), size.as_ref()])?;
        apart([OsStr::new("study"), folder.as_ref(), size.as_ref()])?;
    }
    let path = folder.join("campaigns-dense.csv");
    std::fs::write(&path, posts::csv(&posts::posts(DENSE, DENSE_DAILY)))?;
    apart([OsStr::new("stream"), path.as_ref(), OsStr::new("10000")])?;
    Ok(std::fs::remove_file(path)?)
}

/// Has another process of this program do a case, which prints what it measured.
fn apart(words: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Result<(), Failure> {
    let status = Command::new(std::env::current_exe()?).args(words).status()?;
    status.success().then_some(()).ok_or_else(|| format!("a case ended with {status}").into())
}

/// Where the posts of a data set are.
fn posts_of(folder: &Path, size: usize) -> PathBuf {
    folder.join(format!("campaigns-{size}.csv"))
}

/// The most memory that this process has held, in megabytes.
fn most_memory_mb() -> Result<f64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")).ok_or("no VmHWM")?;
    Ok(kib.trim().parse::<f64>()? * 1024.0 / 1e6)
}

/// Reads posts one by one.
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
