//! How fast terms are found in ordinary text, by the length of the list.
//!
//! Everything counts: folding, every view, spans in bytes and UTF-16. The text is all lines of the
//! shared data's ordinary text in all languages, one by one; the terms are rare words and pairs of
//! words of the same text, so that far more is found than by a real bank. Processor time of one
//! thread: the least of several runs, because others use the machine too.

use benches::terms::{Choice, bank_csv, terms};
use benches::{Failure, cpu, input, line};
use signals::fold::{Fold, fold};
use signals::terms::{TermEntry, TermIndex};
use std::hint::black_box;
use std::time::Instant;

/// Runs over the whole text, of which the least counts.
const RUNS: usize = 5;
/// Terms of the longest list, the only one whose size is told well by that of the process.
const LONGEST: usize = 100_000;
/// Copies of an index by which its size is told.
const COPIES: usize = 8;
/// Characters of a post.
const POST: usize = 280;
/// How often each post is searched; the least time of each counts.
const POST_RUNS: usize = 5;

fn main() -> Result<(), Failure> {
    let Some(data) = input::data() else {
        eprintln!("no shared data: nothing to measure");
        return Ok(());
    };
    let lines = lines(&data.join("text"))?;
    let bytes: usize = lines.iter().map(String::len).sum();
    std::fs::write(input::folder()?.join("ordinary.txt"), lines.join("\n"))?;
    let rate = |seconds: f64| bytes as f64 / 1e6 / seconds;
    let lower = least_s(|| lines.iter().map(|line| line.to_lowercase().len()).sum::<usize>())?;
    line::measured("text", "lower case, for comparison", rate(lower), "MB/CPU s");
    let folds = || lines.iter().map(|line| fold(line, Fold::Strict).words().len()).sum::<usize>();
    line::measured("text", "fold with offsets", rate(least_s(folds)?), "MB/CPU s");
    let posts = posts(&lines);
    for (count, name) in
        [(1_000, "1,000 terms"), (10_000, "10,000 terms"), (LONGEST, "100,000 terms")]
    {
        let terms = terms(count, Choice::Rare)?;
        std::fs::write(
            input::folder()?.join(format!("text-{}.csv", name.replace([',', ' '], "-"))),
            bank_csv(&terms),
        )?;
        let (seconds, index) = cpu::timed(|| index_of(&terms))?;
        line::measured("text", &format!("build, {name}"), seconds, "CPU s");
        if count == LONGEST {
            line::measured("text", &format!("memory, {name}"), memory_mb(&terms)?, "MB");
        }
        let search = least_s(|| lines.iter().map(|line| index.search(line).len()).sum::<usize>())?;
        line::measured("text", name, rate(search), "MB/CPU s");
        let p99 = p99_us(&index, &posts);
        line::measured("text", &format!("p99 of a post of 280 characters, {name}"), p99, "µs");
    }
    Ok(())
}

fn index_of(terms: &[String]) -> TermIndex {
    TermIndex::build(terms.iter().map(|term| TermEntry::plain(term)))
}

/// What an index takes: the most that the process grows by with one more of several, because the
/// first may find room that was given back.
fn memory_mb(terms: &[String]) -> Result<f64, Failure> {
    let (mut kept, mut most) = (Vec::new(), 0);
    for _ in 0..COPIES {
        let before = cpu::resident_bytes("self")?;
        kept.push(index_of(terms));
        most = most.max(cpu::resident_bytes("self")?.saturating_sub(before));
    }
    Ok(most as f64 / 1e6)
}

/// Processor seconds of the quickest of several runs.
fn least_s<T>(mut work: impl FnMut() -> T) -> Result<f64, Failure> {
    let mut least = f64::INFINITY;
    for _ in 0..RUNS {
        least = least.min(cpu::timed(|| black_box(work()))?.0);
    }
    Ok(least)
}

/// Every line of the ordinary text, in order of the files' paths.
fn lines(folder: &std::path::Path) -> Result<Vec<String>, Failure> {
    let mut lines = Vec::new();
    for file in benches::terms::ordinary_files(folder)? {
        let text = String::from_utf8_lossy(&std::fs::read(file)?).into_owned();
        lines.extend(text.lines().map(str::to_owned));
    }
    Ok(lines)
}

/// Texts of 280 characters each, of all languages.
fn posts(lines: &[String]) -> Vec<String> {
    let text = lines.join(" ");
    let chars: Vec<char> = text.chars().collect();
    chars.chunks_exact(POST).step_by(3).map(|post| post.iter().collect()).collect()
}

/// The time that one post in a hundred takes longer than, in microseconds: each post counts with
/// the least of its times, so that what else the machine does is not counted.
fn p99_us(index: &TermIndex, posts: &[String]) -> f64 {
    let least = |post: &String| {
        let time = |_| {
            let start = Instant::now();
            black_box(index.search(post));
            start.elapsed().as_secs_f64() * 1e6
        };
        (0..POST_RUNS).map(time).fold(f64::INFINITY, f64::min)
    };
    let mut times: Vec<f64> = posts.iter().map(least).collect();
    times.sort_by(f64::total_cmp);
    times[times.len() * 99 / 100]
}
