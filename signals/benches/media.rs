//! How fast pictures are decoded, hashed and looked up.

use divan::{Bencher, black_box};
use image::{DynamicImage, ImageFormat, RgbImage};
use signals::pdq::{self, PdqHash};
use signals::pdq_index::PdqIndex;
use signals::picture::{Picture, decode};

fn main() {
    divan::main();
}

/// A picture with edges, slopes and some grain, as a JPEG file.
fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let image = RgbImage::from_fn(width, height, |x, y| {
        let grain = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)) >> 28;
        let stripe = if (x / 97 + y / 61) % 3 == 0 { 60 } else { 0 };
        let slope = x * 120 / width + y * 60 / height;
        image::Rgb([slope + stripe, slope + grain, 200 - slope + grain].map(|light| light as u8))
    });
    let mut file = std::io::Cursor::new(Vec::new());
    let written = DynamicImage::ImageRgb8(image).write_to(&mut file, ImageFormat::Jpeg);
    written.expect("a JPEG is written to memory");
    file.into_inner()
}

fn picture(width: u32, height: u32) -> Picture {
    decode(&jpeg(width, height)).expect("our own JPEG is decoded")
}

const SIZES: [(u32, u32); 3] = [(512, 512), (1920, 1080), (4032, 3024)];

#[divan::bench(args = SIZES)]
fn hash(bencher: Bencher, (width, height): (u32, u32)) {
    let picture = picture(width, height);
    bencher.bench_local(|| pdq::hash(black_box(&picture)));
}

#[divan::bench(args = SIZES)]
fn decode_and_hash(bencher: Bencher, (width, height): (u32, u32)) {
    let file = jpeg(width, height);
    bencher.bench_local(|| decode(black_box(&file)).map(|picture| pdq::hash(&picture)));
}

/// Numbers that look random (SplitMix64).
fn numbers() -> impl FnMut() -> u64 {
    let mut seed = 7u64;
    move || {
        seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = seed;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

fn bank(hashes: usize) -> Vec<PdqHash> {
    let mut next = numbers();
    (0..hashes).map(|_| PdqHash::from_words(std::array::from_fn(|_| next()))).collect()
}

/// Queries up to 31 bits from a hash of the bank.
fn queries(bank: &[PdqHash]) -> Vec<PdqHash> {
    let mut next = numbers();
    (0..1_000)
        .map(|query| {
            let near = bank[next() as usize % bank.len()];
            (0..query % 32).fold(near, |hash, _| hash.with_bit_flipped(next() as u8))
        })
        .collect()
}

#[divan::bench(args = [1_000, 5_000, 10_000, 50_000, 100_000, 1_000_000])]
fn search(bencher: Bencher, hashes: usize) {
    let bank = bank(hashes);
    let index = PdqIndex::build(&bank);
    println!("{hashes} hashes: {} bytes each", index.bytes() / hashes);
    let mut queries = queries(&bank).into_iter().cycle();
    bencher.bench_local(|| {
        let query = queries.next().unwrap_or_default();
        index.search(black_box(&query), 31)
    });
}

#[divan::bench(args = [1_000, 5_000, 10_000, 50_000])]
fn search_all(bencher: Bencher, hashes: usize) {
    let bank = bank(hashes);
    let index = PdqIndex::build(&bank);
    let mut queries = queries(&bank).into_iter().cycle();
    bencher.bench_local(|| {
        let query = queries.next().unwrap_or_default();
        // A radius beyond the largest looks at every hash.
        index.search(black_box(&query), 32)
    });
}

#[divan::bench(args = [100_000, 1_000_000], sample_count = 3, sample_size = 1)]
fn build(bencher: Bencher, hashes: usize) {
    let bank = bank(hashes);
    bencher.bench_local(|| PdqIndex::build(black_box(&bank)));
}
