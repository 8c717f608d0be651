//! How long PDQ takes: to decode a photograph, to hash it, and to look a hash up in one million and
//! in ten million, evenly spread and clustered as real hashes are.

use benches::{Failure, cpu, input, line, numbers};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageFormat, RgbImage};
use signals::pdq::{self, PdqHash};
use signals::pdq_index::PdqIndex;
use signals::picture::decode;
use std::hint::black_box;
use std::path::Path;

const SIZES: [(u32, u32, &str); 3] =
    [(512, 512, "512 × 512"), (1920, 1080, "1920 × 1080"), (4032, 3024, "4032 × 3024")];
const BANKS: [(usize, Spread, &str); 4] = [
    (1_000_000, Spread::Even, "1,000,000 even hashes"),
    (1_000_000, Spread::Clustered, "1,000,000 clustered hashes"),
    (10_000_000, Spread::Even, "10,000,000 even hashes"),
    (10_000_000, Spread::Clustered, "10,000,000 clustered hashes"),
];
const QUERIES: usize = 1_000;
/// Queries whose answer is compared with that of looking at every hash.
const COMPARED: usize = 50;
const RADIUS_BITS: u32 = 31;
const BENCH: &str = "pdq";

/// How the bits of a bank are spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spread {
    /// Each bit is set as often as not, whatever the others are.
    Even,
    /// Bits are set three times in eight, so that two hashes share sixteen bits 2.6 times as often
    /// as by chance (real ones do 2.8 times as often), and one hash in ten has near ones.
    Clustered,
}

fn main() -> Result<(), Failure> {
    let folder = input::folder()?;
    let photograph = photograph()?;
    for (width, height, size) in SIZES {
        let file = jpeg(&photograph, width, height)?;
        std::fs::write(folder.join(format!("photograph-{width}.jpg")), &file)?;
        let picture = decode(&file).map_err(|missing| missing.reason)?;
        let hash = pdq::hash(&picture);
        eprintln!("{size}: {} of quality {}", hash.hash, hash.quality);
        let hashing = millis(|| pdq::hash(black_box(&picture)))?;
        line::measured(BENCH, &format!("hash {size}"), hashing, "CPU ms");
        let both = millis(|| {
            let picture = decode(black_box(&file));
            picture.map(|picture| pdq::hash(&picture))
        })?;
        line::measured(BENCH, &format!("decode JPEG and hash {size}"), both, "CPU ms");
    }
    BANKS.into_iter().try_for_each(|(hashes, spread, name)| search(&folder, hashes, spread, name))
}

/// A real photograph where the shared data is there, otherwise stripes and slopes.
fn photograph() -> Result<DynamicImage, Failure> {
    if let Some(data) = input::data() {
        return Ok(image::open(data.join("pdq/images/bridge-1-original.jpg"))?);
    }
    eprintln!("no shared data: using a drawn picture");
    let image = RgbImage::from_fn(1920, 1080, |x, y| {
        let stripe = if (x / 97 + y / 61) % 3 == 0 { 60 } else { 0 };
        let slope = x * 120 / 1920 + y * 60 / 1080;
        image::Rgb([slope + stripe, slope, 200 - slope].map(|light| light as u8))
    });
    Ok(DynamicImage::ImageRgb8(image))
}

fn jpeg(photograph: &DynamicImage, width: u32, height: u32) -> Result<Vec<u8>, Failure> {
    let sized = photograph.resize_exact(width, height, FilterType::CatmullRom).to_rgb8();
    let mut file = Vec::new();
    sized.write_with_encoder(JpegEncoder::new_with_quality(&mut file, 90))?;
    debug_assert_eq!(image::guess_format(&file).ok(), Some(ImageFormat::Jpeg));
    Ok(file)
}

fn millis<T>(work: impl FnMut() -> T) -> Result<f64, Failure> {
    Ok(cpu::seconds_of(work)? * 1e3)
}

fn search(folder: &Path, hashes: usize, spread: Spread, name: &str) -> Result<(), Failure> {
    let mut next = numbers(7);
    let bank = bank(hashes, spread, &mut next);
    let queries: Vec<PdqHash> = (0..QUERIES).map(|query| near(&bank, query, &mut next)).collect();
    let file = |what: &str| folder.join(format!("pdq-{what}-{hashes}-{spread:?}.bin"));
    write_hashes(&file("bank"), &bank)?;
    write_hashes(&file("queries"), &queries)?;
    let (built_s, index) = cpu::timed(|| PdqIndex::build(&bank))?;
    line::measured(BENCH, &format!("index {name}"), built_s, "CPU s");
    let bytes = index.bytes() as f64 / hashes as f64;
    line::measured(BENCH, &format!("memory of {name}"), bytes, "bytes/hash");
    let mut at = queries.iter().cycle();
    let one = millis(|| {
        let query = at.next().copied().unwrap_or_default();
        index.search(&query, RADIUS_BITS)
    })?;
    line::measured(BENCH, &format!("search {name} within 31 bits"), one, "CPU ms");
    let (found, there) = queries[..COMPARED].iter().fold((0, 0), |(found, there), query| {
        let all = bank.iter().filter(|hash| hash.distance_bits(*query) <= RADIUS_BITS).count();
        (found + index.search(query, RADIUS_BITS).len(), there + all)
    });
    let recall = f64::from(u32::try_from(found)?) / f64::from(u32::try_from(there)?);
    line::measured(BENCH, &format!("recall in {name}"), recall, "share");
    Ok(())
}

fn bank(hashes: usize, spread: Spread, next: &mut impl FnMut() -> u64) -> Vec<PdqHash> {
    let mut bank = Vec::with_capacity(hashes);
    while bank.len() < hashes {
        let words = match spread {
            Spread::Even => std::array::from_fn(|_| next()),
            Spread::Clustered => std::array::from_fn(|_| next() & (next() | next())),
        };
        let hash = PdqHash::from_words(words);
        bank.push(hash);
        let is_cluster = spread == Spread::Clustered && next().is_multiple_of(10);
        let near = if is_cluster { next() % 20 } else { 0 };
        bank.extend((0..near).map(|_| {
            let flips = next() % 24;
            (0..flips).fold(hash, |hash, _| hash.with_bit_flipped(next() as u8))
        }));
    }
    bank.truncate(hashes);
    bank
}

/// A query up to 31 bits from a hash of the bank.
fn near(bank: &[PdqHash], query: usize, next: &mut impl FnMut() -> u64) -> PdqHash {
    let hash = bank[next() as usize % bank.len()];
    (0..query % 32).fold(hash, |hash, _| hash.with_bit_flipped(next() as u8))
}

/// Writes hashes for a peer, 32 bytes each.
fn write_hashes(file: &Path, hashes: &[PdqHash]) -> Result<(), Failure> {
    let bytes: Vec<u8> = hashes
        .iter()
        .flat_map(|hash| hash.words().into_iter().flat_map(u64::to_be_bytes))
        .collect();
    Ok(std::fs::write(file, bytes)?)
}
