//! vPDQ: the PDQ hashes of a video's frames, as text, and how much of two videos is the same.

use std::collections::HashSet;
use std::fmt::Write;

use serde::{Deserialize, Serialize};

use crate::pdq::PdqHash;
use crate::pdq_index::PdqIndex;

/// Most frames of one file; at one frame a second, a day and more.
pub const FRAMES: usize = 100_000;
/// Latest time of a frame in its video, in seconds: a year.
const LATEST_S: f64 = 31_622_400.0;

/// One frame of a video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// Its number in the video, from 0.
    pub number: u32,
    /// PDQ quality, 0 to 100.
    pub quality: u8,
    /// PDQ hash.
    pub hash: PdqHash,
    /// When it is shown, in milliseconds from the beginning.
    pub at_ms: u64,
}

/// A line that is not a frame, or a file that is not a list of frames.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the vPDQ file: {problem}")]
pub struct VpdqProblem {
    line: usize,
    problem: String,
}

/// Reads a vPDQ file: a line `frame,quality,hash,seconds` for each frame.
///
/// Seconds may have any number of decimals, or an exponent, and are rounded to milliseconds.
///
/// # Errors
///
/// The first line that is not such a line; a file without lines, as in the reference; more than
/// [`FRAMES`] lines.
pub fn parse(text: &str) -> Result<Vec<Frame>, VpdqProblem> {
    let mut frames = Vec::new();
    for (line, row) in (1..).zip(text.lines()) {
        let problem = |problem: String| VpdqProblem { line, problem };
        if frames.len() == FRAMES {
            return Err(problem(format!("at most {FRAMES} frames are read: split the file")));
        }
        frames.push(frame(row).map_err(problem)?);
    }
    if frames.is_empty() {
        let problem = "the file is empty: write a line frame,quality,hash,seconds for each frame";
        return Err(VpdqProblem { line: 1, problem: problem.to_owned() });
    }
    Ok(frames)
}

fn frame(row: &str) -> Result<Frame, String> {
    let fields: Vec<&str> = row.split(',').collect();
    let &[number, quality, hash, seconds] = fields.as_slice() else {
        let found = fields.len();
        return Err(format!("has {found} fields: write frame,quality,hash,seconds"));
    };
    let number = number.parse().map_err(|_| format!("{number:?} is no number of a frame"))?;
    let quality = quality.parse().ok().filter(|quality| *quality <= 100);
    let quality = quality.ok_or("the quality is no number from 0 to 100")?;
    let hash = PdqHash::parse(hash).map_err(|problem| problem.to_string())?;
    let seconds: Option<f64> = seconds.parse().ok();
    let seconds = seconds.filter(|seconds| (0.0..=LATEST_S).contains(seconds));
    let seconds = seconds.ok_or("the time is no number of seconds from 0 to a year")?;
    Ok(Frame { number, quality, hash, at_ms: (seconds * 1000.0).round() as u64 })
}

/// Writes a vPDQ file, seconds with three decimals, as the reference writes it.
#[must_use]
pub fn format(frames: &[Frame]) -> String {
    let mut text = String::with_capacity(frames.len() * 84);
    for Frame { number, quality, hash, at_ms } in frames {
        let (seconds, thousandths) = (at_ms / 1000, at_ms % 1000);
        writeln!(text, "{number},{quality},{hash},{seconds}.{thousandths:03}")
            .expect("text is written to memory");
    }
    text
}

/// Which implementation's rule two videos are compared by; they do not agree with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Manner {
    /// That of the reference's C++ program: frames match below the distance, and every frame
    /// counts.
    Strict,
    /// That of the reference's Python package, as its documentation has it: frames match at the
    /// distance too, and frames with equal hashes count once.
    Inclusive,
}

/// How two videos are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comparison {
    /// Whose rule.
    pub manner: Manner,
    /// Distance at which two frames begin or cease to match, in bits; usually 31.
    pub distance_bits: u32,
    /// Least quality of a frame that is compared; usually 50.
    pub quality: u8,
}

/// How much of two videos is the same, in percent of the frames compared, 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Shared {
    /// Share of the query's frames that the target has.
    pub query_percent: f64,
    /// Share of the target's frames that the query has.
    pub target_percent: f64,
}

/// Compares two videos. Where either has no frame of enough quality, nothing is shared.
#[must_use]
pub fn compare(query: &[Frame], target: &[Frame], comparison: &Comparison) -> Shared {
    let (query, target) = (comparison.hashes(query), comparison.hashes(target));
    let nothing = Shared { query_percent: 0.0, target_percent: 0.0 };
    let radius = match comparison.manner {
        Manner::Strict => comparison.distance_bits.checked_sub(1),
        Manner::Inclusive => Some(comparison.distance_bits),
    };
    let Some(radius) = radius.filter(|_| !query.is_empty() && !target.is_empty()) else {
        return nothing;
    };
    Shared {
        query_percent: percent_near(&query, &target, radius),
        target_percent: percent_near(&target, &query, radius),
    }
}

impl Comparison {
    /// The hashes that count.
    fn hashes(&self, frames: &[Frame]) -> Vec<PdqHash> {
        let mut seen = HashSet::new();
        let good = frames.iter().filter(|frame| frame.quality >= self.quality);
        good.map(|frame| frame.hash)
            .filter(|hash| match self.manner {
                Manner::Strict => true,
                Manner::Inclusive => seen.insert(*hash),
            })
            .collect()
    }
}

/// How many of some hashes, in percent, have at least one of others near.
fn percent_near(hashes: &[PdqHash], others: &[PdqHash], radius: u32) -> f64 {
    let index = PdqIndex::build(others);
    let near = hashes.iter().filter(|hash| !index.search(hash, radius).is_empty()).count();
    near as f64 * 100.0 / hashes.len() as f64
}
