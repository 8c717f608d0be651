//! The model as bytes.
//!
//! | bytes | what, little-endian |
//! |---|---|
//! | 8 | `SWLEARN1` |
//! | 8, 8, 8 | bias, slope and offset of the calibration, `f64` |
//! | 4 | how many runs, `u32` |
//! | 12 for each run | its hash, `u64`, rising; its weight, `f32` |

use super::{Model, Platt, RUNS_MOST};

const MAGIC: &[u8; 8] = b"SWLEARN1";
const HEAD: usize = 8 + 3 * 8 + 4;
const RUN: usize = 12;

/// Why bytes are no model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// They do not begin as a model does.
    #[error("this is no learned model of this version; learn it anew")]
    NotAModel,
    /// It says that it knows more runs than a model may.
    #[error("the learned model says it knows {runs} runs; at most {RUNS_MOST} are accepted")]
    TooLarge {
        /// How many it says.
        runs: usize,
    },
    /// It is longer or shorter than it says.
    #[error("the learned model has {found} bytes and says it has {wanted}; copy it anew")]
    WrongLength {
        /// Bytes there are.
        found: usize,
        /// Bytes it says.
        wanted: usize,
    },
    /// A number in it is not finite, or the slope falls.
    #[error("the learned model has a number that it cannot have; learn it anew")]
    BadNumber,
    /// Its hashes do not rise.
    #[error("the learned model's runs are out of order at place {place}; learn it anew")]
    OutOfOrder {
        /// The first place that is not above the one before.
        place: usize,
    },
}

impl Model {
    /// The model as bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEAD + RUN * self.runs.len());
        bytes.extend_from_slice(MAGIC);
        for number in [self.bias, self.platt.slope, self.platt.offset] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.extend_from_slice(&(self.runs.len() as u32).to_le_bytes());
        for (hash, weight) in &self.runs {
            bytes.extend_from_slice(&hash.to_le_bytes());
            bytes.extend_from_slice(&weight.to_le_bytes());
        }
        bytes
    }

    /// Reads a model.
    ///
    /// # Errors
    /// Where the bytes are no model, or one that no training makes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FileError> {
        let head = bytes.get(..HEAD).filter(|head| head.starts_with(MAGIC));
        let head = head.ok_or(FileError::NotAModel)?;
        let runs = u32::from_le_bytes(part(head, 32)) as usize;
        if runs > RUNS_MOST {
            return Err(FileError::TooLarge { runs });
        }
        let wanted = HEAD + RUN * runs;
        if bytes.len() != wanted {
            return Err(FileError::WrongLength { found: bytes.len(), wanted });
        }
        let [bias, slope, offset] = [8, 16, 24].map(|at| f64::from_le_bytes(part(head, at)));
        let runs: Vec<(u64, f32)> = bytes[HEAD..]
            .chunks_exact(RUN)
            .map(|run| (u64::from_le_bytes(part(run, 0)), f32::from_le_bytes(part(run, 8))))
            .collect();
        let numbers = [bias, slope, offset].into_iter();
        let mut numbers = numbers.chain(runs.iter().map(|&(_, weight)| f64::from(weight)));
        if slope < 0.0 || !numbers.all(f64::is_finite) {
            return Err(FileError::BadNumber);
        }
        if let Some(place) = runs.windows(2).position(|pair| pair[0].0 >= pair[1].0) {
            return Err(FileError::OutOfOrder { place: place + 1 });
        }
        Ok(Self { runs, bias, platt: Platt { slope, offset } })
    }
}

fn part<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut part = [0; N];
    part.copy_from_slice(&bytes[at..at + N]);
    part
}
