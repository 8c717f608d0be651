//! The model file: for each shared script, a row of weights for every hash of a letter sequence.
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `SWLANG01` |
//! | 4 for each group | what one unit of its weights is worth, `f32`, little-endian |
//! | rows × languages for each group | one signed byte for each language, row after row |
//!
//! Groups, their languages and their rows are those of the program (`text::Group`), so a file
//! of another version has another length.

use super::Guess;
use super::text::Group;
use std::borrow::Cow;

const MAGIC: &[u8; 8] = b"SWLANG01";

/// Most letters in a sequence.
const LONGEST: usize = 5;

/// Most languages in a group, rounded up to what processors add at once.
pub(super) const WIDEST: usize = 32;

/// The weights of a model file.
#[derive(Debug, Clone)]
pub(super) struct Model {
    bytes: Cow<'static, [u8]>,
    groups: [Weights; Group::ALL.len()],
}

/// Where the rows of a group begin, and what one unit of a weight is worth.
#[derive(Debug, Clone, Copy)]
struct Weights {
    scale: f32,
    start: usize,
}

/// Why a file is no model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// It does not begin as a model does.
    #[error("this is no language model; make one with `cargo bench --bench language_model`")]
    NotAModel,
    /// It was made for other languages.
    #[error("the language model has {found} bytes where this program needs {wanted}; make it anew")]
    WrongLength {
        /// Bytes in the file.
        found: usize,
        /// Bytes of a model of this program.
        wanted: usize,
    },
    /// A scale is not a positive number.
    #[error("the language model has a scale that is not a positive number; make it anew")]
    BadScale,
}

/// The largest factor of weights: sums of them stay finite with it, however long a text is.
const SCALE_MOST: f32 = 1_000.0;

impl Model {
    pub(super) fn parse(bytes: Cow<'static, [u8]>) -> Result<Self, ModelError> {
        let scales = bytes.strip_prefix(MAGIC.as_slice()).ok_or(ModelError::NotAModel)?;
        let first = MAGIC.len() + 4 * Group::ALL.len();
        let wanted = first + Group::ALL.iter().map(|&group| size(group)).sum::<usize>();
        if bytes.len() != wanted {
            return Err(ModelError::WrongLength { found: bytes.len(), wanted });
        }
        let mut start = first;
        let groups = Group::ALL.map(|group| {
            let at = 4 * group as usize;
            let four = [scales[at], scales[at + 1], scales[at + 2], scales[at + 3]];
            let weights = Weights { scale: f32::from_le_bytes(four), start };
            start += size(group);
            weights
        });
        let sound = |weights: &Weights| weights.scale > 0.0 && weights.scale <= SCALE_MOST;
        if groups.iter().all(sound) {
            Ok(Self { bytes, groups })
        } else {
            Err(ModelError::BadScale)
        }
    }

    /// Every language of a group with its probability, best first.
    pub(super) fn guesses(&self, group: Group, text: &[char]) -> Vec<Guess> {
        let codes = group.codes();
        let weights = self.groups[group as usize];
        let rows = &self.bytes[weights.start..weights.start + size(group)];
        let mut sums = [0i32; WIDEST];
        let mut sequences = 0u32;
        each_sequence(text, group.bits(), |row| {
            sequences += 1;
            let start = row * codes.len();
            for (sum, &weight) in sums.iter_mut().zip(&rows[start..start + codes.len()]) {
                *sum += i32::from(weight as i8);
            }
        });
        let scale = weights.scale * strength(sequences);
        let scores = sums.map(|sum| sum as f32 * scale);
        let probabilities = softmax(&scores[..codes.len()]);
        let mut guesses: Vec<Guess> = codes
            .iter()
            .zip(probabilities)
            .map(|(&code, probability)| Guess { code, probability })
            .collect();
        guesses.sort_by(|a, b| b.probability.total_cmp(&a.probability).then(a.code.cmp(b.code)));
        guesses
    }
}

/// Bytes of the weights of a group.
fn size(group: Group) -> usize {
    group.codes().len() << group.bits()
}

/// A model file of scales and rows, in the order of the groups.
pub(super) fn write(groups: &[(f32, Vec<i8>)]) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend(groups.iter().flat_map(|(scale, _)| scale.to_le_bytes()));
    bytes.extend(groups.iter().flat_map(|(_, rows)| rows.iter().map(|&weight| weight as u8)));
    bytes
}

/// What a sum of weights is multiplied by: evidence grows with the square root of its amount,
/// because neighbouring sequences overlap.
pub(super) fn strength(sequences: u32) -> f32 {
    1.0 / (sequences.max(1) as f32).sqrt()
}

/// Calls with the row of every sequence of one to [`LONGEST`] letters of each word with a space on
/// either side, and of every whole word and its neighbour.
pub(super) fn each_sequence(text: &[char], bits: u32, mut row: impl FnMut(usize)) {
    let place = |hash: u64| (mixed(hash) >> (64 - bits)) as usize;
    let mut before = 0u64;
    for word in text.split(|&c| c == ' ').filter(|word| !word.is_empty()) {
        let at = |index: usize| {
            if index == 0 || index > word.len() { ' ' } else { word[index - 1] }
        };
        for start in 0..word.len() + 2 {
            let mut hash = 0u64;
            for length in 1..=LONGEST.min(word.len() + 2 - start) {
                hash = joined(hash, at(start + length - 1) as u64);
                if length > 1 || (start > 0 && start <= word.len()) {
                    row(place(hash));
                }
            }
        }
        let whole = word.iter().fold(1, |hash, &c| joined(hash, c as u64));
        row(place(whole));
        row(place(joined(before, whole)));
        before = whole;
    }
}

fn joined(hash: u64, next: u64) -> u64 {
    (hash.rotate_left(23) ^ next).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

fn mixed(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    hash ^ (hash >> 32)
}

/// Probabilities of scores, the same on every machine.
pub(super) fn softmax(scores: &[f32]) -> Vec<f32> {
    let most = scores.iter().copied().fold(f32::MIN, f32::max);
    let mut shares: Vec<f32> = scores.iter().map(|&score| exponential(score - most)).collect();
    let sum: f32 = shares.iter().sum();
    shares.iter_mut().for_each(|share| *share /= sum);
    shares
}

/// The exponential of a number that is not positive, by ten squarings, so that it does not depend
/// on a machine's library.
fn exponential(x: f32) -> f32 {
    let mut power = (1.0 + x / 1024.0).max(0.0);
    for _ in 0..10 {
        power *= power;
    }
    power
}
