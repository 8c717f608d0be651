//! The real data sets whose pairs and edges another implementation has written down.

use crate::{BENCH, most_memory_mb};
use benches::{Failure, cpu, input, line};
use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use study::campaigns::compat::{Options, coortweet};

const OBJECTS: [&str; 4] = ["url_id", "domain_id", "hashtag_id", "phash_id"];

/// All cases of the shared data, from a table in memory to its pairs and edges; nothing where the
/// data is not there. A pair that differs is an error.
pub fn cases() -> Result<(), Failure> {
    let Some(folder) = input::data().map(|data| data.join("coordination")) else {
        eprintln!("no shared data: the reference's own cases are left out");
        return Ok(());
    };
    let table = text(&folder.join("german_elections.csv.gz"))?;
    let mut sum = 0.0;
    for object in OBJECTS {
        let (mut pairs, mut edges) = (Vec::new(), Vec::new());
        let options = Options::new(object, 30.0, 2);
        let (seconds, summary) =
            cpu::timed(|| coortweet::run(table.as_bytes(), &options, &mut pairs, &mut edges))?;
        sum += seconds;
        let found = summary?;
        let expected = format!("expected_pairs_german_{object}_tw30_mp2.csv.gz");
        if pairs != text(&folder.join(expected))?.as_bytes() {
            return Err(format!("the pairs of {object} are not those of the reference").into());
        }
        eprintln!("{object}: {} pairs and {} edges, all the same", found.pairs, found.edges);
    }
    let case = "four cases of 194,324 real posts, 30 s";
    line::measured(BENCH, case, sum, "CPU s");
    line::measured(BENCH, &format!("{case}: most memory"), most_memory_mb()?, "MB");
    Ok(())
}

fn text(path: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    MultiGzDecoder::new(File::open(path)?).read_to_string(&mut text)?;
    Ok(text)
}
