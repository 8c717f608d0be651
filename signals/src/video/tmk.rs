//! TMK+PDQF: one fingerprint of a whole video, and how like two of them are.
//!
//! The features of the frames are folded into cosine and sine waves of several periods (Poullot
//! and others, "Temporal matching kernel with explicit feature maps", 2015). Two scores come out
//! of a comparison: of the average frames, which is quick, and of the waves at the best shift in
//! time. Sums are 32-bit floats in the order of the reference.

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};

/// Least value of both scores at which the reference takes two videos for the same.
pub const SCORE: f32 = 0.7;

/// Most known videos whose waves are compared with those of one video: each asks for sums at tens
/// of thousands of shifts in time, where the average frames ask for one.
pub const COMPARED: usize = 100;

/// What a file begins with: the project, the kind of file and the kind of frame features.
const BEGINNING: &[u8; 12] = b"TMK1FVECPDQF";
/// Most of each count in the header. Real files have 4 periods up to 14,653 frames long,
/// 32 coefficients and 256 features.
const PERIODS: usize = 8;
const PERIOD_FRAMES: u32 = 65_536;
const COEFFICIENTS: usize = 64;
const FEATURES: usize = 1_024;
/// How much the coefficients of two files may differ, as a share, and still be the same.
const SAME_COEFFICIENT: f32 = 1e-6;

/// The fingerprint of a video.
#[derive(Debug, Clone, PartialEq)]
pub struct Tmk {
    frames_per_second: u32,
    frames: u32,
    /// Lengths of the waves, in frames.
    periods: Vec<u32>,
    /// How much each wave counts.
    coefficients: Vec<f32>,
    /// The average frame's features.
    average: Vec<f32>,
    /// For each period and coefficient, as many values as there are features.
    cosines: Vec<f32>,
    sines: Vec<f32>,
}

/// Bytes that are not a TMK+PDQF file, or two files that cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TmkProblem {
    /// The bytes do not begin as such a file does.
    #[error("the file is not a TMK+PDQF file: it does not begin with TMK1FVECPDQF")]
    Beginning,
    /// A count in the header is none that is read.
    #[error("the header of the TMK+PDQF file says {found} {what}; 1 to {most} are read")]
    Count {
        /// What is counted.
        what: &'static str,
        /// How many the header says.
        found: i64,
        /// Most that are read.
        most: usize,
    },
    /// The file is shorter or longer than its header says.
    #[error("the TMK+PDQF file has {found} bytes, but its header tells of {wanted}")]
    Length {
        /// Bytes that there should be.
        wanted: usize,
        /// Bytes that there are.
        found: usize,
    },
    /// A value is infinite, or not a number.
    #[error("the TMK+PDQF file holds a value at byte {at} that is no finite number")]
    NotFinite {
        /// Where the value begins.
        at: usize,
    },
    /// Two files were made with other parameters.
    #[error("the two TMK+PDQF files were made with different {what} and cannot be compared")]
    Different {
        /// What differs.
        what: &'static str,
    },
}

/// How like two videos are; 1 is the same.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// Cosine of the average frames, -1 to 1.
    pub level_1: f32,
    /// Of the waves at the best shift in time, about -1 to 1.
    pub level_2: f32,
}

impl Scores {
    /// Whether the reference takes the two for the same at its usual thresholds.
    #[must_use]
    pub fn are_the_same(self) -> bool {
        self.level_1 >= SCORE && self.level_2 >= SCORE
    }
}

/// The least scores at which two videos are taken for the same; those of the reference by default.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Thresholds {
    /// Of the average frames, -1 to 1.
    pub level_1: f32,
    /// Of the waves, -1 to 1.
    pub level_2: f32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { level_1: SCORE, level_2: SCORE }
    }
}

/// A known video that another one is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Same {
    /// Its place in the list that was searched, from 0.
    pub place: usize,
    /// How like the two are.
    pub scores: Scores,
}

/// What a search among known videos found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// The known videos that are the same, in the order of the list.
    pub same: Vec<Same>,
    /// How many could not be compared, being made with other parameters.
    pub incomparable: usize,
    /// How many have an average frame that is near enough but were beyond [`COMPARED`], so that it
    /// is not known whether they are the same. Their average frames are the least near.
    pub left_out: usize,
}

/// Searches a video among known ones: by the average frames of all, as the reference does, and by
/// the waves of those whose average frames are near enough, at most [`COMPARED`].
#[must_use]
pub fn find(video: &Tmk, known: &[Tmk], thresholds: Thresholds) -> Found {
    let mut found = Found::default();
    let mut near = Vec::new();
    for (place, other) in known.iter().enumerate() {
        match video.level_1(other) {
            Ok(score) if score >= thresholds.level_1 => near.push((place, score)),
            Ok(_) => {}
            Err(_) => found.incomparable += 1,
        }
    }
    near.sort_by(|one, other| other.1.total_cmp(&one.1));
    found.left_out = near.len().saturating_sub(COMPARED);
    near.truncate(COMPARED);
    near.sort_by_key(|(place, _)| *place);
    for (place, level_1) in near {
        let scores = Scores { level_1, level_2: video.level_2(&known[place]) };
        if scores.level_2 >= thresholds.level_2 {
            found.same.push(Same { place, scores });
        }
    }
    found
}

impl Tmk {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the bytes. The reference overlooks bytes after the end; here they
    /// are an error, so that what is read is written back the same.
    pub fn parse(bytes: &[u8]) -> Result<Self, TmkProblem> {
        let header = bytes.strip_prefix(BEGINNING).ok_or(TmkProblem::Beginning)?;
        let mut rest = Words(header.as_chunks::<4>().0.iter());
        let frames_per_second = rest.count("frames a second", 1_000)? as u32;
        let periods = rest.count("periods", PERIODS)?;
        let coefficients = rest.count("coefficients", COEFFICIENTS)?;
        let features = rest.count("features", FEATURES)?;
        let frames = rest.count("frames", i32::MAX as usize)? as u32;
        let waves = periods * coefficients * features;
        let words = 5 + periods + coefficients + features + 2 * waves;
        let wanted = BEGINNING.len() + 4 * words;
        if bytes.len() != wanted {
            return Err(TmkProblem::Length { wanted, found: bytes.len() });
        }
        let not_finite = header.as_chunks::<4>().0[5 + periods..]
            .iter()
            .position(|word| !f32::from_le_bytes(*word).is_finite());
        if let Some(place) = not_finite {
            return Err(TmkProblem::NotFinite { at: BEGINNING.len() + 4 * (5 + periods + place) });
        }
        Ok(Self {
            frames_per_second,
            frames,
            periods: (0..periods)
                .map(|_| Ok(rest.count("frames in a period", PERIOD_FRAMES as usize)? as u32))
                .collect::<Result<_, TmkProblem>>()?,
            coefficients: rest.floats(coefficients),
            average: rest.floats(features),
            cosines: rest.floats(waves),
            sines: rest.floats(waves),
        })
    }

    /// Writes the file that it was read from.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let counts = [
            self.frames_per_second,
            self.periods.len() as u32,
            self.coefficients.len() as u32,
            self.average.len() as u32,
            self.frames,
        ];
        let mut bytes = BEGINNING.to_vec();
        bytes.extend(counts.iter().chain(&self.periods).flat_map(|count| count.to_le_bytes()));
        for values in [&self.coefficients, &self.average, &self.cosines, &self.sines] {
            bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        }
        bytes
    }

    /// How many frames it was made of.
    #[must_use]
    pub fn frames(&self) -> u32 {
        self.frames
    }

    /// Compares two videos.
    ///
    /// # Errors
    ///
    /// The two were made with other parameters.
    pub fn compare(&self, other: &Self) -> Result<Scores, TmkProblem> {
        let level_1 = self.level_1(other)?;
        Ok(Scores { level_1, level_2: self.level_2(other) })
    }

    fn level_1(&self, other: &Self) -> Result<f32, TmkProblem> {
        self.check_comparable(other)?;
        Ok(cosine(&self.average, &other.average))
    }

    /// The score of the waves; the two must be comparable.
    fn level_2(&self, other: &Self) -> f32 {
        let best = (0..self.periods.len()).map(|period| self.best_shift(other, period));
        best.fold(f32::NEG_INFINITY, f32::max) / self.highest_sum()
    }

    fn check_comparable(&self, other: &Self) -> Result<(), TmkProblem> {
        let differ = |mine: f32, theirs: f32| {
            let larger = mine.abs().max(theirs.abs());
            larger > 0.0 && ((mine - theirs) / larger).abs() > SAME_COEFFICIENT
        };
        let mut pairs = self.coefficients.iter().zip(&other.coefficients);
        let different = [
            ("frames a second", self.frames_per_second != other.frames_per_second),
            ("periods", self.periods != other.periods),
            (
                "coefficients",
                self.coefficients.len() != other.coefficients.len()
                    || pairs.any(|(mine, theirs)| differ(*mine, *theirs)),
            ),
            ("features", self.average.len() != other.average.len()),
        ];
        match different.into_iter().find(|(_, differs)| *differs) {
            Some((what, _)) => Err(TmkProblem::Different { what }),
            None => Ok(()),
        }
    }

    /// What the waves of a video with itself add up to without a shift.
    fn highest_sum(&self) -> f32 {
        let (first, rest) = self.coefficients.split_first().expect("there is a coefficient");
        rest.iter().fold(*first, |sum, value| (f64::from(sum) + 2.0 * f64::from(*value)) as f32)
    }

    /// The highest sum of the waves of one period over all shifts in time.
    fn best_shift(&self, other: &Self, period: usize) -> f32 {
        let waves: Vec<[f32; 2]> = (0..self.coefficients.len())
            .map(|number| {
                let wave = period * self.coefficients.len() + number;
                let [cosines, sines] = [&self.cosines, &self.sines].map(|all| self.wave(all, wave));
                let [other_cosines, other_sines] =
                    [&other.cosines, &other.sines].map(|all| self.wave(all, wave));
                [
                    dot(cosines, other_cosines) + dot(sines, other_sines),
                    dot(sines, other_cosines) - dot(cosines, other_sines),
                ]
            })
            .collect();
        // The reference leaves the sines of the first, constant wave out.
        let first = period * self.coefficients.len();
        let constant = dot(self.wave(&self.cosines, first), self.wave(&other.cosines, first));
        let frames = self.periods[period];
        let sums = (0..frames).map(|shift| {
            let angle = (2.0 * PI * f64::from(shift as f32) / f64::from(frames as f32)) as f32;
            sum_at(angle, constant, &waves[1..])
        });
        sums.fold(f32::NEG_INFINITY, f32::max)
    }

    fn wave<'a>(&self, all: &'a [f32], number: usize) -> &'a [f32] {
        &all[number * self.average.len()..][..self.average.len()]
    }
}

/// The sum of waves at an angle. Cosine and sine of its multiples follow one from another, as in
/// the reference: asking for each of them would take most of the time.
fn sum_at(angle: f32, constant: f32, waves: &[[f32; 2]]) -> f32 {
    let half = f64::from(angle / 2.0).sin() as f32;
    let (alpha, beta) = (2.0 * half * half, f64::from(angle).sin() as f32);
    let (mut cosine, mut sine, mut sum) = (1.0f32, 0.0f32, constant);
    for [even, odd] in waves {
        let less_cosine = (alpha * cosine) + (beta * sine);
        let less_sine = (alpha * sine) - (beta * cosine);
        cosine -= less_cosine;
        sine -= less_sine;
        sum += cosine * even;
        sum += sine * odd;
    }
    sum
}

fn dot(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).fold(0.0, |sum, (one, other)| sum + one * other)
}

/// The cosine of the angle between two vectors; 0 where one of them is zero.
fn cosine(one: &[f32], other: &[f32]) -> f32 {
    let lengths = dot(one, one).sqrt() * dot(other, other).sqrt();
    if lengths > 0.0 { dot(one, other) / lengths } else { 0.0 }
}

/// Words of four bytes, one after another.
struct Words<'a>(std::slice::Iter<'a, [u8; 4]>);

impl Words<'_> {
    /// The next word as a count from 1 to `most`. A file that has ended says 0.
    fn count(&mut self, what: &'static str, most: usize) -> Result<usize, TmkProblem> {
        let found = i64::from(self.0.next().map_or(0, |word| i32::from_le_bytes(*word)));
        match usize::try_from(found) {
            Ok(count) if (1..=most).contains(&count) => Ok(count),
            Ok(_) | Err(_) => Err(TmkProblem::Count { what, found, most }),
        }
    }

    fn floats(&mut self, count: usize) -> Vec<f32> {
        self.0.by_ref().take(count).map(|word| f32::from_le_bytes(*word)).collect()
    }
}
