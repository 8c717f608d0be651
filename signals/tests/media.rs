//! Conformance of digests and PDQ hashes with tables made by other programs.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use signals::media::measure_bytes;
use signals::pdq::{self, Pdq, PdqHash};
use signals::picture::{Picture, Pixels, decode, to_png_preview};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/pdq");
const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");

/// The folder of real pictures, or nothing, with a line that says so.
fn data() -> Option<PathBuf> {
    let folder = Path::new(DATA);
    if !folder.is_dir() {
        println!("skipped: the folder of reference data is not here: {DATA}");
        return None;
    }
    Some(folder.to_owned())
}

fn table(path: &Path) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

fn hash_of_file(path: &Path) -> (Picture, Pdq) {
    let picture = decode(&std::fs::read(path).unwrap()).unwrap();
    let pdq = pdq::hash(&picture);
    (picture, pdq)
}

fn parsed(text: &str) -> PdqHash {
    PdqHash::parse(text).unwrap()
}

#[test]
fn the_full_resolution_table_is_met_to_the_bit() {
    let Some(data) = data() else { return };
    let rows = table(&data.join("expected_full_resolution.csv"));
    assert!(rows.len() >= 14);
    for row in rows {
        let (picture, pdq) = hash_of_file(&data.join(&row[0]));
        let size = [picture.width(), picture.height()].map(|side| side.to_string());
        assert_eq!(size[..], row[2..4], "{}", row[0]);
        let dihedral: Vec<String> = pdq.dihedral.iter().map(PdqHash::to_string).collect();
        assert_eq!(
            (pdq.quality.to_string(), pdq.hash.to_string()),
            (row[1].clone(), row[4].clone()),
            "{}",
            row[0]
        );
        assert_eq!(dihedral, row[5..13], "{}", row[0]);
    }
}

#[test]
fn the_reference_pixels_table_is_met_to_the_bit() {
    let Some(data) = data() else { return };
    let rows = table(&data.join("expected_decoded_png.csv"));
    assert!(rows.len() >= 6);
    for row in rows {
        let (_, pdq) = hash_of_file(&data.join(&row[0]));
        let found = [pdq.quality.to_string(), pdq.hash.to_string()];
        assert_eq!(found[..], row[3..5], "{}", row[0]);
    }
}

#[test]
fn every_size_hashes_as_in_the_other_implementation() {
    let rows = table(&Path::new(FIXTURES).join("pdq_sizes.csv"));
    assert!(rows.len() >= 20);
    for row in rows {
        let (width, height) = (row[0].parse().unwrap(), row[1].parse().unwrap());
        let pdq = pdq::hash(&drawn(width, height));
        let found = [pdq.quality.to_string(), pdq.hash.to_string()];
        assert_eq!(found[..], row[2..4], "{width} by {height}");
    }
}

/// The picture that `pdq_sizes.csv` was computed of.
fn drawn(width: u32, height: u32) -> Picture {
    let grey = |x: u32, y: u32| 37 * x + 91 * y + x * y / 7 + 53 * (x / 9) * (y / 11);
    let rows = (0..height).flat_map(|y| (0..width).map(move |x| (grey(x, y) % 256) as u8));
    Picture::from_pixels(width, height, Pixels::Grey(rows.collect())).unwrap()
}

#[test]
fn tiny_pictures_have_hash_zero() {
    for (width, height) in [(1, 1), (4, 4), (4, 900), (900, 4)] {
        let pdq = pdq::hash(&drawn(width, height));
        assert_eq!((pdq.hash, pdq.quality), (PdqHash::default(), 0));
        assert_eq!(pdq.dihedral, [PdqHash::default(); 8]);
    }
}

#[test]
fn turning_a_picture_turns_its_hash() {
    let image = image::open(format!("{FIXTURES}/scene.png")).unwrap();
    let mut file = std::io::Cursor::new(Vec::new());
    image.write_to(&mut file, image::ImageFormat::Bmp).unwrap();
    let straight = pdq::hash(&decode(file.get_ref()).unwrap());
    // Pixels are turned here one by one; `dihedral` comes from frequencies. They agree closely.
    let check = |turned: image::DynamicImage, place: usize| {
        let (width, height) = (turned.width(), turned.height());
        let pixels = Pixels::Rgb(turned.into_rgb8().into_raw());
        let hash = pdq::hash(&Picture::from_pixels(width, height, pixels).unwrap()).hash;
        let bits: Vec<u32> =
            straight.dihedral.iter().map(|other| hash.distance_bits(*other)).collect();
        let nearest = (0..8).min_by_key(|other| bits[*other]);
        assert_eq!(nearest, Some(place), "{bits:?}");
        assert!(bits[place] <= 40, "place {place}: {bits:?}");
    };
    check(image.clone(), 0);
    check(image.rotate270(), 1);
    check(image.rotate180(), 2);
    check(image.rotate90(), 3);
    check(image.flipv(), 4);
    check(image.fliph(), 5);
    check(image.rotate90().fliph(), 6);
    check(image.rotate270().fliph(), 7);
}

#[test]
fn hash_text_goes_both_ways_and_problems_are_told() {
    let text = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22";
    assert_eq!(parsed(text).to_string(), text);
    assert_eq!(parsed(&text.to_uppercase()), parsed(text));
    assert_eq!(serde_json::to_string(&parsed(text)).unwrap(), format!("\"{text}\""));
    assert_eq!(serde_json::from_str::<PdqHash>(&format!("\"{text}\"")).unwrap(), parsed(text));
    let check = |text: &str, found: &str| {
        let expected = format!("a PDQ hash is 64 hexadecimal digits, but this has {found}");
        assert_eq!(PdqHash::parse(text).unwrap_err().to_string(), expected);
    };
    check("", "0 characters");
    check("abcd", "4 characters");
    check(&"0".repeat(65), "65 characters");
    check(&"g".repeat(64), "the character 'g'");
    check(&"é".repeat(32), "the character 'é'");
}

#[test]
fn facts_are_written_as_hexadecimal() {
    let facts = measure_bytes(&std::fs::read(format!("{FIXTURES}/scene.png")).unwrap());
    let json = serde_json::to_value(&facts).unwrap();
    assert_eq!(json["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(json["md5"].as_str().unwrap().len(), 32);
    assert_eq!(json["picture"]["Ok"]["format"], "png");
    assert_eq!(json["picture"]["Ok"]["pdq"]["hash"].as_str().unwrap().len(), 64);
    let nothing = measure_bytes(b"");
    assert_eq!(nothing.bytes, 0);
    assert_eq!(nothing.picture.unwrap_err().reason, "the file is empty");
}

#[test]
fn a_preview_is_small_and_shows_the_same() {
    let (picture, pdq) = hash_of_file(&Path::new(FIXTURES).join("scene.jpg"));
    let check = |max_side, width, height, most_bits| {
        let small = decode(&to_png_preview(&picture, max_side)).unwrap();
        assert_eq!((small.width(), small.height(), small.format()), (width, height, "png"));
        let distance_bits = pdq::hash(&small).hash.distance_bits(pdq.hash);
        assert!(distance_bits <= most_bits, "{distance_bits} bits at {max_side}");
    };
    check(10_000, 192, 144, 0);
    check(128, 128, 96, 31);
    check(160, 160, 120, 31);
    check(1, 1, 1, 256);
    check(0, 1, 1, 256);
}

proptest! {
    #[test]
    fn any_text_is_a_hash_or_a_problem(text in "\\PC{0,80}") {
        if let Ok(hash) = PdqHash::parse(&text) {
            prop_assert_eq!(hash.to_string(), text.to_lowercase());
        }
    }

    #[test]
    fn distance_counts_flipped_bits(
        words: [u64; 4],
        places in prop::collection::hash_set(any::<u8>(), 0..40),
    ) {
        let hash = PdqHash::from_words(words);
        let other = places.iter().fold(hash, |hash, place| hash.with_bit_flipped(*place));
        prop_assert_eq!(hash.distance_bits(other), places.len() as u32);
        prop_assert_eq!(parsed(&other.to_string()), other);
    }
}
