//! How many items `seawall check` judges for each second of processor time.
//!
//! The program itself runs, from the line of JSON to the line of JSON: parse, measure, judge,
//! write. It uses all cores; user and kernel time of all its threads count. What it needs with no
//! item at all, which is mostly the reading of the banks, is taken off and told apart.

use benches::terms::{Choice, bank_csv, terms};
use benches::{Failure, cpu, input, line, median};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Processor time that one run takes at least, in seconds.
const RUN_S: f64 = 2.0;
const RUNS: usize = 3;

fn main() -> Result<(), Failure> {
    let folder = input::folder()?;
    let posts = input::posts()?;
    let file = folder.join("posts.jsonl");
    std::fs::write(&file, posts.join("\n") + "\n")?;
    let small = small_bank(&folder)?;
    let bench = Check { binary: input::binary()?, empty: folder.join("empty.jsonl") };
    std::fs::write(&bench.empty, "")?;
    bench.case("35 terms", &small, &file, posts.len())?;
    for (count, choice, name) in [
        (10_000, Choice::Rare, "10,000 terms"),
        (100_000, Choice::Rare, "100,000 terms"),
        (100_000, Choice::Any, "100,000 terms, common words too"),
    ] {
        let bank = folder.join(format!("{}.csv", name.replace([',', ' '], "-")));
        std::fs::write(&bank, bank_csv(&terms(count, choice)?))?;
        bench.case(name, &bank, &file, posts.len())?;
    }
    if let Some(data) = input::data() {
        let all = data.join("posts/posts.jsonl");
        let items = std::fs::read_to_string(&all)?.lines().count();
        bench.case("35 terms, 14 of 6,000 posts with a picture", &small, &all, items)?;
    }
    Ok(())
}

/// The 35 terms of the shared data, or as many invented ones.
fn small_bank(folder: &Path) -> Result<PathBuf, Failure> {
    let file = folder.join("35-terms.csv");
    match input::data() {
        Some(data) => std::fs::write(&file, std::fs::read(data.join("banks/terms.csv"))?)?,
        None => std::fs::write(&file, bank_csv(&terms(35, Choice::Any)?))?,
    }
    Ok(file)
}

struct Check {
    binary: PathBuf,
    empty: PathBuf,
}

impl Check {
    fn case(&self, case: &str, bank: &Path, posts: &Path, items: usize) -> Result<(), Failure> {
        let start = self.median_s(bank, &self.empty, 1)?;
        let once = (self.run_s(bank, posts, 1)? - start).max(0.01);
        let times = (RUN_S / once).ceil() as usize;
        let whole = self.median_s(bank, posts, times)? - start;
        let rate = (items * times) as f64 / whole;
        line::measured("check", case, rate, "items/CPU s");
        if case == "100,000 terms" {
            line::measured("check", "start with 100,000 terms", start * 1e3, "CPU ms");
        }
        Ok(())
    }

    fn median_s(&self, bank: &Path, posts: &Path, times: usize) -> Result<f64, Failure> {
        let runs: Result<Vec<f64>, Failure> =
            (0..RUNS).map(|_| self.run_s(bank, posts, times)).collect();
        Ok(median(runs?))
    }

    /// Processor seconds of one run over a file, named so many times.
    fn run_s(&self, bank: &Path, posts: &Path, times: usize) -> Result<f64, Failure> {
        let before = cpu::used("self")?.children_s;
        let status = Command::new(&self.binary)
            .args(["check", "--format", "json", "--banks"])
            .arg(bank)
            .args(std::iter::repeat_n(posts, times))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()?;
        // 0: nothing found; 1: something found.
        if !matches!(status.code(), Some(0 | 1)) {
            return Err(format!("seawall check failed ({status})").into());
        }
        Ok(cpu::used("self")?.children_s - before)
    }
}
