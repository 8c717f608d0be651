//! PDQ, the perceptual hash of pictures, at full resolution and exact to the bit.
//!
//! The steps are those of the reference kernel (the `pdq` folder of Meta's ThreatExchange
//! repository), without the shrinking to 512 pixels that only its command line does: existing banks
//! hold hashes of the full-resolution path. Every sum is a 32-bit float, added in the order of the
//! reference, because a hash of the same pixels must be the same hash everywhere.
//!
//! The smoothing reads the picture once, from top to bottom, and keeps only as many rows as its
//! window is high. So memory grows with the width of a picture, not with its area.

use std::f64::consts::PI;
use std::fmt;
use std::sync::LazyLock;

use fearless_simd::{Level, dispatch};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::picture::{Picture, Pixels};

/// Bits of one hash.
pub const HASH_BITS: u32 = 256;
/// Shortest side of a picture that has a hash other than zero, in pixels.
pub const SIDE_MIN_PIXELS: u32 = 5;

/// Side of the square that a picture is smoothed down to.
const SMALL: usize = 64;
/// Side of the square of frequencies that make the bits.
const FREQUENCIES: usize = 16;
/// Rows that are smoothed side by side: their sums do not wait for each other.
const LANES: usize = 8;

type SmallSquare = [[f32; SMALL]; SMALL];
type Frequencies = [[f32; FREQUENCIES]; FREQUENCIES];

/// A PDQ hash: 256 bits, the first word holding the highest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct PdqHash([u64; 4]);

/// A text that is not a PDQ hash.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a PDQ hash is 64 hexadecimal digits, but this has {found}")]
pub struct PdqHashProblem {
    found: String,
}

impl PdqHash {
    /// Makes a hash from its four words, highest bits first.
    #[must_use]
    pub fn from_words(words: [u64; 4]) -> Self {
        Self(words)
    }

    /// Its four words, highest bits first.
    #[must_use]
    pub fn words(self) -> [u64; 4] {
        self.0
    }

    /// Reads 64 hexadecimal digits, upper or lower case.
    ///
    /// # Errors
    ///
    /// Says how many characters there are, or which of them is no hexadecimal digit.
    pub fn parse(text: &str) -> Result<Self, PdqHashProblem> {
        if let Some(stranger) = text.chars().find(|letter| !letter.is_ascii_hexdigit()) {
            return Err(PdqHashProblem { found: format!("the character {stranger:?}") });
        }
        let wrong_length = || PdqHashProblem { found: format!("{} characters", text.len()) };
        let mut bytes = [0u8; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| wrong_length())?;
        let mut words = [0u64; 4];
        for (word, part) in words.iter_mut().zip(bytes.as_chunks::<8>().0) {
            *word = u64::from_be_bytes(*part);
        }
        Ok(Self(words))
    }

    /// In how many of the 256 bits two hashes differ.
    #[must_use]
    pub fn distance_bits(self, other: Self) -> u32 {
        self.0.iter().zip(other.0).map(|(mine, theirs)| (mine ^ theirs).count_ones()).sum()
    }

    /// Turns over the bit at a place, 0 to 255, 0 being the lowest.
    #[must_use]
    pub fn with_bit_flipped(mut self, place: u8) -> Self {
        self.0[3 - usize::from(place / 64)] ^= 1 << (place % 64);
        self
    }

    /// A bit for each frequency that is stronger than the median.
    fn from_frequencies(frequencies: &Frequencies) -> Self {
        let median = lower_median(frequencies);
        let mut words = [0u64; 4];
        for (index, strength) in frequencies.iter().flatten().enumerate() {
            words[3 - index / 64] |= u64::from(*strength > median) << (index % 64);
        }
        Self(words)
    }
}

impl fmt::Display for PdqHash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|word| write!(out, "{word:016x}"))
    }
}

impl std::str::FromStr for PdqHash {
    type Err = PdqHashProblem;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl Serialize for PdqHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PdqHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// What PDQ tells of one picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pdq {
    /// The hash of the picture as it is displayed.
    pub hash: PdqHash,
    /// How much there is to tell pictures apart by, 0 to 100.
    pub quality: u8,
    /// The hashes of the picture as it is, turned by 90, 180 and 270 degrees against the clock,
    /// flipped top to bottom (`flipx`), left to right (`flipy`), and about its falling and its
    /// rising diagonal (`flipplus1`, `flipminus1`), in this order.
    ///
    /// They come from the frequencies, not from turned pixels, as in the reference. The first is
    /// `hash`, except for a picture of exactly 64 by 64 pixels, which the reference smooths for
    /// these and not for `hash`.
    pub dihedral: [PdqHash; 8],
}

/// Measures PDQ of a picture.
///
/// A picture with a side shorter than [`SIDE_MIN_PIXELS`] has hash zero and quality 0.
///
/// Time grows with the area, about 3 ns for each pixel; memory with the width.
#[must_use]
pub fn hash(picture: &Picture) -> Pdq {
    let (width, height) = (picture.width(), picture.height());
    if width.min(height) < SIDE_MIN_PIXELS {
        return Pdq { hash: PdqHash::default(), quality: 0, dihedral: [PdqHash::default(); 8] };
    }
    let smooth = dispatch!(Level::new(), _ => smoothed(picture));
    let frequencies = frequencies_of(&smooth);
    let dihedral = dihedral_of(&frequencies);
    if (width, height) == (SMALL as u32, SMALL as u32) {
        let plain = unsmoothed(picture);
        let hash = PdqHash::from_frequencies(&frequencies_of(&plain));
        return Pdq { hash, quality: quality_of(&plain), dihedral };
    }
    Pdq { hash: dihedral[0], quality: quality_of(&smooth), dihedral }
}

/// Brightness of one row of pixels, 0 to 255.
#[inline(always)]
fn brightness_of_row(picture: &Picture, row: usize, out: &mut [f32]) {
    let width = picture.width() as usize;
    match picture.pixels() {
        Pixels::Grey(bytes) => {
            for (value, byte) in out.iter_mut().zip(&bytes[row * width..][..width]) {
                *value = f32::from(*byte);
            }
        }
        Pixels::Rgb(bytes) => {
            let pixels = bytes[row * width * 3..][..width * 3].as_chunks::<3>().0;
            for (value, [red, green, blue]) in out.iter_mut().zip(pixels) {
                *value =
                    0.299 * f32::from(*red) + 0.587 * f32::from(*green) + 0.114 * f32::from(*blue);
            }
        }
    }
}

fn unsmoothed(picture: &Picture) -> Box<SmallSquare> {
    let mut square = Box::new([[0.0; SMALL]; SMALL]);
    for (index, row) in square.iter_mut().enumerate() {
        brightness_of_row(picture, index, row);
    }
    square
}

/// One axis of the smoothing: how long it is, how wide its window, and what is kept of it.
struct Axis {
    window: usize,
    /// Values that are added before the first result is written.
    ahead: usize,
    /// How many values the window covers at each place.
    covered: Vec<f32>,
    /// The 64 places that are kept at the end.
    kept: [usize; SMALL],
}

impl Axis {
    fn new(length: usize) -> Self {
        let window = length.div_ceil(2 * SMALL);
        let ahead = window / 2;
        let behind = window - 1 - ahead;
        let covered = (0..length)
            .map(|place| {
                ((place + ahead).min(length - 1) - place.saturating_sub(behind) + 1) as f32
            })
            .collect();
        let kept = std::array::from_fn(|index| {
            ((index as f64 + 0.5) * length as f64 / SMALL as f64) as usize
        });
        Self { window, ahead, covered, kept }
    }
}

/// Smooths a picture by four running means and keeps 64 by 64 values of it.
///
/// This and all that it calls is inlined, so that it is compiled as a whole for each kind of
/// processor and the widest registers there are can be used. The sums stay the same: every value
/// is still added in its order, and no multiplication is fused with an addition.
#[inline(always)]
fn smoothed(picture: &Picture) -> Box<SmallSquare> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let along_rows = Axis::new(width);
    let along_columns = Axis::new(height);
    let mut second = SecondPass::new(&along_rows, &along_columns);
    let mut columns = ColumnMeans::new(&along_columns, width);
    let mut rows = RowMeans::new(&along_rows);
    for first_row in (0..height).step_by(LANES) {
        let count = LANES.min(height - first_row);
        for lane in 0..count {
            brightness_of_row(picture, first_row + lane, rows.row(lane));
        }
        rows.run();
        for lane in 0..count {
            if let Some(row) = columns.take(rows.row(lane)) {
                second.take(row);
            }
        }
    }
    while let Some(row) = columns.drain() {
        second.take(row);
    }
    second.finish()
}

/// The second pair of running means, of which only the kept places come out.
struct SecondPass<'axes> {
    along_columns: &'axes Axis,
    rows: RowMeans<'axes>,
    waiting: usize,
    columns: ColumnMeans<'axes>,
    next_row: usize,
    square: Box<SmallSquare>,
}

impl<'axes> SecondPass<'axes> {
    fn new(along_rows: &'axes Axis, along_columns: &'axes Axis) -> Self {
        Self {
            along_columns,
            rows: RowMeans::new(along_rows),
            waiting: 0,
            columns: ColumnMeans::new(along_columns, SMALL),
            next_row: 0,
            square: Box::new([[0.0; SMALL]; SMALL]),
        }
    }

    #[inline(always)]
    fn take(&mut self, row: &[f32]) {
        self.rows.row(self.waiting).copy_from_slice(row);
        self.waiting += 1;
        if self.waiting == LANES {
            self.flush();
        }
    }

    #[inline(always)]
    fn flush(&mut self) {
        self.rows.run_sums();
        for lane in 0..self.waiting {
            let kept = self.rows.kept(lane);
            if let Some(finished) = self.columns.take(&kept) {
                keep(&mut self.square, &self.along_columns.kept, self.next_row, finished);
                self.next_row += 1;
            }
        }
        self.waiting = 0;
    }

    #[inline(always)]
    fn finish(mut self) -> Box<SmallSquare> {
        self.flush();
        while let Some(finished) = self.columns.drain() {
            keep(&mut self.square, &self.along_columns.kept, self.next_row, finished);
            self.next_row += 1;
        }
        self.square
    }
}

/// Writes a finished row to every place of the small square that it stands for.
#[inline(always)]
fn keep(square: &mut SmallSquare, kept: &[usize; SMALL], row: usize, values: &[f32]) {
    let first = kept.partition_point(|place| *place < row);
    for (place, target) in kept[first..].iter().zip(&mut square[first..]) {
        if *place != row {
            break;
        }
        target.copy_from_slice(values);
    }
}

/// Running means along eight rows at once.
///
/// Within a block of eight rows, the eight values of a column lie side by side, so that the
/// processor adds them in one go: none of the eight sums waits for another.
struct RowMeans<'axis> {
    axis: &'axis Axis,
    /// The rows that come in, and those that go out.
    rows: Vec<f32>,
    input: Vec<[f32; LANES]>,
    sums: Vec<[f32; LANES]>,
}

impl<'axis> RowMeans<'axis> {
    fn new(axis: &'axis Axis) -> Self {
        let length = axis.covered.len();
        let columns = || vec![[0.0; LANES]; length];
        Self { axis, rows: vec![0.0; LANES * length], input: columns(), sums: columns() }
    }

    #[inline(always)]
    fn row(&mut self, lane: usize) -> &mut [f32] {
        let length = self.axis.covered.len();
        &mut self.rows[lane * length..][..length]
    }

    /// Replaces the rows by their means.
    #[inline(always)]
    fn run(&mut self) {
        self.run_sums();
        for (sums, covered) in self.sums.iter_mut().zip(&self.axis.covered) {
            sums.iter_mut().for_each(|sum| *sum /= covered);
        }
        let length = self.sums.len();
        let (blocks, rest) = self.sums.as_chunks::<LANES>();
        for (index, block) in blocks.iter().enumerate() {
            for (lane, values) in transposed(block).iter().enumerate() {
                self.rows[lane * length + index * LANES..][..LANES].copy_from_slice(values);
            }
        }
        for (index, values) in rest.iter().enumerate() {
            for (lane, value) in values.iter().enumerate() {
                self.rows[lane * length + blocks.len() * LANES + index] = *value;
            }
        }
    }

    /// Sums up the rows, and gives the means of one of them at the places that are kept.
    #[inline(always)]
    fn kept(&self, lane: usize) -> [f32; SMALL] {
        self.axis.kept.map(|column| self.sums[column][lane] / self.axis.covered[column])
    }

    #[inline(always)]
    fn run_sums(&mut self) {
        let length = self.input.len();
        let (blocks, rest) = self.input.as_chunks_mut::<LANES>();
        for (index, block) in blocks.iter_mut().enumerate() {
            *block = transposed(&std::array::from_fn(|lane| {
                let values = &self.rows[lane * length + index * LANES..][..LANES];
                std::array::from_fn(|place| values[place])
            }));
        }
        for (index, values) in rest.iter_mut().enumerate() {
            let place = blocks.len() * LANES + index;
            *values = std::array::from_fn(|lane| self.rows[lane * length + place]);
        }
        self.running_sums();
    }

    /// Adds the value that enters the window, then takes away the one that leaves it.
    #[inline(always)]
    fn running_sums(&mut self) {
        let (window, ahead) = (self.axis.window, self.axis.ahead);
        let mut running = [0.0f32; LANES];
        let (beginning, rest) = self.input.split_at(window);
        for values in &beginning[..ahead] {
            add(&mut running, values);
        }
        let (first, after) = self.sums.split_at_mut(window - ahead);
        for (sums, values) in first.iter_mut().zip(&beginning[ahead..]) {
            add(&mut running, values);
            *sums = running;
        }
        let (middle, last) = after.split_at_mut(rest.len());
        for ((sums, entering), leaving) in middle.iter_mut().zip(rest).zip(&self.input) {
            add(&mut running, entering);
            take_away(&mut running, leaving);
            *sums = running;
        }
        for (sums, leaving) in last.iter_mut().zip(&self.input[rest.len()..]) {
            take_away(&mut running, leaving);
            *sums = running;
        }
    }
}

#[inline(always)]
fn add(running: &mut [f32; LANES], values: &[f32; LANES]) {
    running.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
}

#[inline(always)]
fn take_away(running: &mut [f32; LANES], values: &[f32; LANES]) {
    running.iter_mut().zip(values).for_each(|(sum, value)| *sum -= value);
}

#[inline(always)]
fn transposed(block: &[[f32; LANES]; LANES]) -> [[f32; LANES]; LANES] {
    std::array::from_fn(|row| std::array::from_fn(|column| block[column][row]))
}

/// Running means down the columns, fed row by row.
struct ColumnMeans<'axis> {
    axis: &'axis Axis,
    sums: Vec<f32>,
    /// The rows that the window covers; row number `n` lies at `n` modulo the window.
    recent: Vec<f32>,
    mean: Vec<f32>,
    taken: usize,
    given: usize,
}

impl<'axis> ColumnMeans<'axis> {
    fn new(axis: &'axis Axis, width: usize) -> Self {
        Self {
            axis,
            sums: vec![0.0; width],
            recent: vec![0.0; width * axis.window],
            mean: vec![0.0; width],
            taken: 0,
            given: 0,
        }
    }

    /// Takes the next row; gives the next mean row once the window reaches far enough.
    #[inline(always)]
    fn take(&mut self, row: &[f32]) -> Option<&[f32]> {
        let slot = self.taken % self.axis.window;
        let recent = &mut self.recent[slot * row.len()..][..row.len()];
        if self.taken < self.axis.window {
            for ((sum, value), old) in self.sums.iter_mut().zip(row).zip(recent) {
                *sum += value;
                *old = *value;
            }
        } else {
            for ((sum, value), old) in self.sums.iter_mut().zip(row).zip(recent) {
                *sum += value;
                *sum -= *old;
                *old = *value;
            }
        }
        self.taken += 1;
        (self.taken > self.axis.ahead).then(|| self.give())
    }

    /// Gives the next mean row after the last row was taken.
    #[inline(always)]
    fn drain(&mut self) -> Option<&[f32]> {
        let length = self.axis.covered.len();
        if self.given == length {
            return None;
        }
        let leaving = self.given + self.axis.ahead - self.axis.window;
        let slot = leaving % self.axis.window;
        let width = self.sums.len();
        for (sum, old) in self.sums.iter_mut().zip(&self.recent[slot * width..][..width]) {
            *sum -= old;
        }
        Some(self.give())
    }

    #[inline(always)]
    fn give(&mut self) -> &[f32] {
        let covered = self.axis.covered[self.given];
        for (mean, sum) in self.mean.iter_mut().zip(&self.sums) {
            *mean = sum / covered;
        }
        self.given += 1;
        &self.mean
    }
}

/// How strongly neighbours differ, summed and scaled to 0 to 100.
///
/// Each difference is cut to a whole number on its own, as the reference does.
#[inline(always)]
fn quality_of(square: &SmallSquare) -> u8 {
    let step = |from: f32, to: f32| (((from - to) * 100.0) / 255.0) as i32;
    let mut sum = 0;
    for pair in square.windows(2) {
        sum += pair[0].iter().zip(&pair[1]).map(|(u, v)| step(*u, *v).abs()).sum::<i32>();
    }
    for row in square {
        sum += row.windows(2).map(|pair| step(pair[0], pair[1]).abs()).sum::<i32>();
    }
    u8::try_from(sum / 90).map_or(100, |quality| quality.min(100))
}

/// The sixteen lowest cosine waves along 64 places, the constant one left out.
static WAVES: LazyLock<[[f32; SMALL]; FREQUENCIES]> = LazyLock::new(|| {
    let scale = f64::from((2.0 / SMALL as f64).sqrt() as f32);
    let turn = PI / 2.0 / SMALL as f64;
    std::array::from_fn(|wave| {
        std::array::from_fn(|place| {
            let angle = turn * (wave + 1) as f64 * (2 * place + 1) as f64;
            (scale * angle.cos()) as f32
        })
    })
});

/// The two-dimensional cosine transform, sixteen by sixteen of its frequencies.
#[inline(always)]
fn frequencies_of(square: &SmallSquare) -> Frequencies {
    let waves = &*WAVES;
    let mut half = [[0.0f32; SMALL]; FREQUENCIES];
    for (row, wave) in half.iter_mut().zip(waves) {
        for (factor, values) in wave.iter().zip(square) {
            for (sum, value) in row.iter_mut().zip(values) {
                *sum += factor * value;
            }
        }
    }
    let mut frequencies = [[0.0f32; FREQUENCIES]; FREQUENCIES];
    for (out, row) in frequencies.iter_mut().zip(&half) {
        for (place, value) in row.iter().enumerate() {
            for (sum, wave) in out.iter_mut().zip(waves) {
                *sum += value * wave[place];
            }
        }
    }
    frequencies
}

/// The 128th smallest of the 256 strengths.
fn lower_median(frequencies: &Frequencies) -> f32 {
    let mut strengths = [0.0f32; FREQUENCIES * FREQUENCIES];
    strengths.copy_from_slice(frequencies.as_flattened());
    *strengths.select_nth_unstable_by(FREQUENCIES * FREQUENCIES / 2 - 1, f32::total_cmp).1
}

/// The hashes of a picture and of its seven turns and flips, in the order of [`Pdq::dihedral`].
fn dihedral_of(frequencies: &Frequencies) -> [PdqHash; 8] {
    let odd = |number: usize| number % 2 == 1;
    let hash_where = |strength: &dyn Fn(usize, usize) -> f32| {
        PdqHash::from_frequencies(&std::array::from_fn(|row| {
            std::array::from_fn(|column| strength(row, column))
        }))
    };
    let plain = |row: usize, column: usize| frequencies[row][column];
    let unless = |negative: bool, strength: f32| if negative { -strength } else { strength };
    [
        hash_where(&|row, column| plain(row, column)),
        hash_where(&|row, column| unless(!odd(row), plain(column, row))),
        hash_where(&|row, column| unless(odd(row + column), plain(row, column))),
        hash_where(&|row, column| unless(!odd(column), plain(column, row))),
        hash_where(&|row, column| unless(!odd(row), plain(row, column))),
        hash_where(&|row, column| unless(!odd(column), plain(row, column))),
        hash_where(&|row, column| plain(column, row)),
        hash_where(&|row, column| unless(odd(row + column), plain(column, row))),
    ]
}
