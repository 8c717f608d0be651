//! vPDQ and TMK+PDQF: files of the reference are read, written and compared as it does; no bytes
//! make the readers panic.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use signals::pdq::PdqHash;
use signals::video::tmk::{self, COMPARED, Thresholds, Tmk, find};
use signals::video::vpdq::{self, Comparison, Frame, Manner, compare};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/pdq/vpdq");
const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus");

fn strict(distance_bits: u32, quality: u8) -> Comparison {
    Comparison { manner: Manner::Strict, distance_bits, quality }
}

fn inclusive(distance_bits: u32, quality: u8) -> Comparison {
    Comparison { manner: Manner::Inclusive, distance_bits, quality }
}

#[test]
fn the_published_percentages_are_met() {
    if !Path::new(DATA).is_dir() {
        return println!("skipped: the folder of reference data is not here: {DATA}");
    }
    let read = |name: &str| std::fs::read_to_string(Path::new(DATA).join(name)).unwrap();
    let table = read("expected_matches.csv");
    assert!(table.lines().count() > 18);
    for row in table.lines().skip(1) {
        let row: Vec<&str> = row.split(',').collect();
        let [query, target] = [row[0], row[1]].map(|name| vpdq::parse(&read(name)).unwrap());
        let how = strict(row[2].parse().unwrap(), row[3].parse().unwrap());
        let shared = compare(&query, &target, &how);
        let found = [shared.query_percent, shared.target_percent].map(|part| format!("{part:.2}"));
        assert_eq!(found[..], row[4..6], "{row:?}");
        assert_eq!(vpdq::format(&query), read(row[0]));
    }
}

/// Frames of a quality whose hashes have so many of the lowest bits set.
fn frames(rows: &[(u8, u32)]) -> Vec<Frame> {
    let hash = |bits: u32| {
        (0..bits).fold(PdqHash::default(), |hash, bit| hash.with_bit_flipped(bit as u8))
    };
    let frame = |(number, (quality, bits)): (u32, &(u8, u32))| Frame {
        number,
        quality: *quality,
        hash: hash(*bits),
        at_ms: u64::from(number) * 40,
    };
    (0..).zip(rows).map(frame).collect()
}

#[test]
fn the_two_manners_differ_at_the_distance_and_on_equal_frames() {
    let check = |query: &[(u8, u32)], target: &[(u8, u32)], how: Comparison, wanted: (f64, f64)| {
        let shared = compare(&frames(query), &frames(target), &how);
        assert_eq!((shared.query_percent, shared.target_percent), wanted, "{how:?}");
    };
    let (black, near) = ([(100, 0)], [(100, 31)]);
    check(&black, &near, strict(31, 50), (0.0, 0.0));
    check(&black, &near, strict(32, 50), (100.0, 100.0));
    check(&black, &near, inclusive(31, 50), (100.0, 100.0));
    check(&black, &near, inclusive(30, 50), (0.0, 0.0));
    check(&black, &black, strict(0, 50), (0.0, 0.0));
    check(&black, &black, inclusive(0, 50), (100.0, 100.0));
    // Three equal frames and one other, against the other alone.
    let four = [(80, 0), (80, 0), (80, 0), (80, 90)];
    check(&four, &[(80, 90)], strict(31, 50), (25.0, 100.0));
    check(&four, &[(80, 90)], inclusive(31, 50), (50.0, 100.0));
    // Quality counts from the least on, and nothing is shared where nothing is left.
    check(&[(50, 0), (49, 200)], &black, strict(31, 50), (100.0, 100.0));
    check(&[(49, 0)], &black, strict(31, 50), (0.0, 0.0));
    check(&[], &black, inclusive(31, 0), (0.0, 0.0));
}

#[test]
fn a_long_video_is_compared_as_a_short_one() {
    let mut state = 3u64;
    let mut next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state ^ (state >> 29)
    };
    let mut hash = || PdqHash::from_words(std::array::from_fn(|_| next()));
    let frame = |number: u32, hash: PdqHash| Frame { number, quality: 90, hash, at_ms: 0 };
    let long: Vec<Frame> = (0..6_000).map(|number| frame(number, hash())).collect();
    let mut part: Vec<Frame> = long[1_000..1_030].to_vec();
    part.iter_mut().for_each(|frame| frame.hash = frame.hash.with_bit_flipped(9));
    part.extend((0..10).map(|number| frame(number, hash())));
    let shared = compare(&part, &long, &strict(31, 50));
    assert_eq!((shared.query_percent, shared.target_percent), (75.0, 0.5));
}

#[test]
fn times_are_rounded_and_written_with_three_decimals() {
    let hash = "0f".repeat(32);
    let check = |seconds: &str, at_ms: u64, written: &str| {
        let frames = vpdq::parse(&format!("7,100,{hash},{seconds}\r\n")).unwrap();
        assert_eq!((frames[0].number, frames[0].at_ms), (7, at_ms), "{seconds}");
        assert_eq!(vpdq::format(&frames), format!("7,100,{hash},{written}\n"));
    };
    check("0", 0, "0.000");
    check("1.5", 1_500, "1.500");
    check("0.0334", 33, "0.033");
    check("9.9e+02", 990_000, "990.000");
    check("12.0005", 12_001, "12.001");
    check("31622400", 31_622_400_000, "31622400.000");
}

#[test]
fn problems_of_vpdq_name_the_line() {
    let good = format!("0,100,{},0.000\n", "0f".repeat(32));
    let check = |text: &str, expected: &str| {
        assert_eq!(vpdq::parse(text).unwrap_err().to_string(), expected);
    };
    let rule = "line 2 of the vPDQ file:";
    let row = |row: &str| format!("{good}{row}\n");
    let fields = "write frame,quality,hash,seconds";
    check(
        "",
        "line 1 of the vPDQ file: the file is empty: write a line \
               frame,quality,hash,seconds for each frame",
    );
    check(&row(""), &format!("{rule} has 1 fields: {fields}"));
    check(&row("1,2,3"), &format!("{rule} has 3 fields: {fields}"));
    check(&row("1,2,3,4,5"), &format!("{rule} has 5 fields: {fields}"));
    check(&row("-1,2,3,4"), &format!("{rule} \"-1\" is no number of a frame"));
    check(&row("1,101,3,4"), &format!("{rule} the quality is no number from 0 to 100"));
    check(&row("1,,3,4"), &format!("{rule} the quality is no number from 0 to 100"));
    check(
        &row("1,2,3,4"),
        &format!("{rule} a PDQ hash is 64 hexadecimal digits, but this has 1 characters"),
    );
    for time in ["", "x", "-1", "NaN", "inf", "1e300"] {
        let wanted = format!("{rule} the time is no number of seconds from 0 to a year");
        check(&row(&format!("1,2,{},{time}", "00".repeat(32))), &wanted);
    }
    let line = format!("line 100001 of the vPDQ file: at most {} frames are read", vpdq::FRAMES);
    check(&good.repeat(100_001), &format!("{line}: split the file"));
}

/// Makes the file of a video from features of its frames and when they are shown, by the formula
/// of the paper.
fn tmk_file(frames: &[(f64, Vec<f64>)], periods: &[u32], coefficients: &[f32]) -> Vec<u8> {
    let features = frames[0].1.len();
    let counts =
        [15, periods.len() as u32, coefficients.len() as u32, features as u32, frames.len() as u32];
    let mut bytes = b"TMK1FVECPDQF".to_vec();
    bytes.extend(counts.iter().chain(periods).flat_map(|count| count.to_le_bytes()));
    bytes.extend(coefficients.iter().flat_map(|value| value.to_le_bytes()));
    let mut write = |values: &[f64]| {
        bytes.extend(values.iter().flat_map(|value| (*value as f32).to_le_bytes()));
    };
    let sum = |weight: &dyn Fn(f64) -> f64, norm: bool| -> Vec<f64> {
        let mut sums = vec![0.0; features];
        for (at, values) in frames {
            let length = values.iter().map(|value| value * value).sum::<f64>().sqrt();
            let share = if norm { 1.0 / length } else { 1.0 / frames.len() as f64 };
            let shares = values.iter().map(|value| value * share * weight(*at));
            sums.iter_mut().zip(shares).for_each(|(sum, share)| *sum += share);
        }
        sums
    };
    write(&sum(&|_| 1.0, false));
    for wave in [f64::cos as fn(f64) -> f64, f64::sin] {
        for period in periods {
            for (number, coefficient) in (0u32..).zip(coefficients) {
                let turn = std::f64::consts::TAU * f64::from(number) / f64::from(*period);
                let sums = sum(&|at| wave(turn * at), true);
                let length = sums.iter().map(|value| value * value).sum::<f64>().sqrt();
                let scale =
                    f64::from(*coefficient).sqrt() / if length > 0.0 { length } else { 1.0 };
                write(&sums.iter().map(|value| value * scale).collect::<Vec<_>>());
            }
        }
    }
    bytes
}

const COEFFICIENTS: [f32; 6] = [0.0708, 0.1394, 0.1329, 0.1228, 0.1099, 0.0953];

/// A video of so many frames that begins at a time; the seed decides what it shows.
fn video(seed: u32, frames: u32, begins: f64) -> Vec<u8> {
    let feature = |frame: u32, place: u32| {
        let phase = f64::from(seed * 7 + place * place * 13 + seed * place);
        let speed = 0.003 + f64::from((seed * 31 + place * 17) % 11) * 0.004;
        (phase + speed * f64::from(frame)).sin()
    };
    let shown: Vec<(f64, Vec<f64>)> = (0..frames)
        .map(|frame| {
            let features = (0..16).map(|place| feature(frame, place)).collect();
            (f64::from(frame) + begins, features)
        })
        .collect();
    tmk_file(&shown, &[271, 439], &COEFFICIENTS)
}

fn scores(one: &[u8], other: &[u8]) -> tmk::Scores {
    Tmk::parse(one).unwrap().compare(&Tmk::parse(other).unwrap()).unwrap()
}

#[test]
fn a_video_is_like_itself_and_unlike_another() {
    let same = scores(&video(1, 200, 0.0), &video(1, 200, 0.0));
    assert!((same.level_1 - 1.0).abs() < 1e-5, "{same:?}");
    // The sine of the constant wave is zero, so that the sum is the highest there can be.
    assert!((same.level_2 - 1.0).abs() < 1e-3, "{same:?}");
    assert!(same.are_the_same());
    let other = scores(&video(1, 200, 0.0), &video(2, 200, 0.0));
    assert!(other.level_1 < 0.5 && !other.are_the_same(), "{other:?}");
}

#[test]
fn a_shift_in_time_costs_nothing() {
    let check = |shift: f64| {
        let shifted = scores(&video(3, 200, 0.0), &video(3, 200, shift));
        assert!(shifted.level_2 > 0.98, "shifted by {shift}: {shifted:?}");
    };
    [1.0, 40.0, 135.0, 270.0].into_iter().for_each(check);
}

#[test]
fn a_video_is_found_among_known_ones() {
    let read = |bytes: &[u8]| Tmk::parse(bytes).unwrap();
    let mut faster = video(1, 60, 0.0);
    faster[12] = 30;
    let [shifted, faster] = [video(1, 60, 40.0), faster].map(|bytes| read(&bytes));
    let known = [read(&video(2, 60, 0.0)), read(&video(1, 60, 0.0)), faster, shifted];
    let places = |thresholds: Thresholds| {
        let found = find(&known[1], &known, thresholds);
        assert_eq!((found.incomparable, found.left_out), (1, 0));
        for same in &found.same {
            assert_eq!(same.scores, known[1].compare(&known[same.place]).unwrap());
        }
        found.same.iter().map(|same| same.place).collect::<Vec<_>>()
    };
    assert_eq!(places(Thresholds::default()), [1, 3]);
    assert_eq!(places(Thresholds { level_1: -1.0, level_2: -9.0 }), [0, 1, 3]);
    assert_eq!(places(Thresholds { level_1: 0.7, level_2: 1.1 }), [0usize; 0]);
    assert_eq!(places(Thresholds { level_1: 1.1, level_2: 0.7 }), [0usize; 0]);
    let many = vec![known[1].clone(); COMPARED + 3];
    let found = find(&known[3], &many, Thresholds::default());
    assert_eq!((found.same.len(), found.left_out), (COMPARED, 3));
}

#[test]
fn a_file_is_written_as_it_was_read() {
    let file = video(4, 60, 0.0);
    let tmk = Tmk::parse(&file).unwrap();
    assert_eq!(tmk.frames(), 60);
    assert!(tmk.to_bytes() == file);
}

#[test]
fn problems_of_tmk_are_told() {
    let good = video(5, 20, 0.0);
    let changed = |at: usize, bytes: &[u8]| {
        let mut file = good.clone();
        file[at..at + bytes.len()].copy_from_slice(bytes);
        Tmk::parse(&file).unwrap_err().to_string()
    };
    let length = good.len();
    let beginning = "the file is not a TMK+PDQF file: it does not begin with TMK1FVECPDQF";
    assert_eq!(Tmk::parse(b"").unwrap_err().to_string(), beginning);
    assert_eq!(changed(8, b"XXXX"), beginning);
    let header = "the header of the TMK+PDQF file says";
    assert_eq!(changed(12, &[0; 4]), format!("{header} 0 frames a second; 1 to 1000 are read"));
    assert_eq!(changed(16, &[9]), format!("{header} 9 periods; 1 to 8 are read"));
    assert_eq!(changed(20, &[255; 4]), format!("{header} -1 coefficients; 1 to 64 are read"));
    assert_eq!(changed(24, &[1, 4]), format!("{header} 1025 features; 1 to 1024 are read"));
    let tells = |wanted: usize, found: usize| {
        format!("the TMK+PDQF file has {found} bytes, but its header tells of {wanted}")
    };
    assert_eq!(changed(16, &[1]), tells(length - 4 - 2 * 6 * 16 * 4, length));
    assert_eq!(Tmk::parse(&good[..length - 1]).unwrap_err().to_string(), tells(length, length - 1));
    assert_eq!(
        changed(32, &[1, 0, 1]),
        format!("{header} 65537 frames in a period; 1 to 65536 are read")
    );
    let not_a_number = f32::NAN.to_le_bytes();
    let wanted = "the TMK+PDQF file holds a value at byte 44 that is no finite number";
    assert_eq!(changed(44, &not_a_number), wanted);
}

#[test]
fn files_made_otherwise_are_not_compared() {
    let frames = vec![(0.0, vec![1.0, 0.5]), (1.0, vec![0.3, 0.9])];
    let plain = tmk_file(&frames, &[31], &[0.5, 0.4]);
    let check = |other: &[u8], what: &str| {
        let problem = Tmk::parse(&plain).unwrap().compare(&Tmk::parse(other).unwrap()).unwrap_err();
        let wanted = "the two TMK+PDQF files were made with different";
        assert_eq!(problem.to_string(), format!("{wanted} {what} and cannot be compared"));
    };
    let mut faster = plain.clone();
    faster[12] = 30;
    check(&faster, "frames a second");
    check(&tmk_file(&frames, &[32], &[0.5, 0.4]), "periods");
    check(&tmk_file(&frames, &[31, 41], &[0.5, 0.4]), "periods");
    check(&tmk_file(&frames, &[31], &[0.5, 0.41]), "coefficients");
    check(&tmk_file(&frames, &[31], &[0.5]), "coefficients");
    let wider = vec![(0.0, vec![1.0, 0.5, 0.1])];
    check(&tmk_file(&wider, &[31], &[0.5, 0.4]), "features");
    assert!(scores(&plain, &tmk_file(&frames, &[31], &[0.5, 0.400_000_1])).level_1 > 0.99);
}

#[test]
fn the_corpus_is_read_as_its_names_say() {
    let mut seen = 0;
    for kind in ["vpdq", "tmk"] {
        let mut files: Vec<PathBuf> = std::fs::read_dir(Path::new(CORPUS).join(kind))
            .unwrap()
            .map(|file| file.unwrap().path())
            .collect();
        files.sort();
        for file in files {
            let bytes = std::fs::read(&file).unwrap();
            let is_good = match kind {
                "vpdq" => std::str::from_utf8(&bytes).is_ok_and(|text| vpdq::parse(text).is_ok()),
                _ => Tmk::parse(&bytes).is_ok(),
            };
            let name = file.file_name().unwrap().to_str().unwrap();
            assert_eq!(is_good, name.starts_with("good_"), "{name}");
            seen += 1;
        }
    }
    assert!(seen >= 16, "{seen} files");
}

fn any_frame() -> impl Strategy<Value = Frame> {
    (any::<u32>(), 0u8..=100, any::<[u64; 4]>(), 0u64..31_622_400_000).prop_map(
        |(number, quality, words, at_ms)| Frame {
            number,
            quality,
            hash: PdqHash::from_words(words),
            at_ms,
        },
    )
}

proptest! {
    #[test]
    fn frames_are_written_and_read_back(frames in prop::collection::vec(any_frame(), 1..20)) {
        prop_assert_eq!(vpdq::parse(&vpdq::format(&frames)).unwrap(), frames);
    }

    #[test]
    fn a_comparison_is_the_same_from_both_sides(
        one in prop::collection::vec((0u8..=100, 0u32..80), 0..12),
        other in prop::collection::vec((0u8..=100, 0u32..80), 0..12),
        distance_bits in 0u32..80,
        is_strict: bool,
    ) {
        let how = if is_strict { strict(distance_bits, 50) } else { inclusive(distance_bits, 50) };
        let (one, other) = (frames(&one), frames(&other));
        let (there, back) = (compare(&one, &other, &how), compare(&other, &one, &how));
        prop_assert_eq!(there.query_percent, back.target_percent);
        prop_assert_eq!(there.target_percent, back.query_percent);
        prop_assert!((0.0..=100.0).contains(&there.query_percent));
        let matches = |near: u32| {
            if is_strict { near < distance_bits } else { near <= distance_bits }
        };
        let good = |frames: &[Frame]| -> Vec<PdqHash> {
            frames.iter().filter(|frame| frame.quality >= 50).map(|frame| frame.hash).collect()
        };
        let any = good(&one).iter().any(|hash| {
            good(&other).iter().any(|other| matches(hash.distance_bits(*other)))
        });
        prop_assert_eq!(there.query_percent > 0.0, any);
    }

    #[test]
    fn any_text_is_frames_or_a_problem(text in "[0-9a-f,.\\-e\r\n]{0,200}") {
        if let Ok(frames) = vpdq::parse(&text) {
            prop_assert_eq!(vpdq::parse(&vpdq::format(&frames)).unwrap(), frames);
        }
    }

    #[test]
    fn changed_tmk_files_never_panic(
        changes in prop::collection::vec((0usize..700, any::<u8>()), 0..8),
        length in 0usize..1_000,
        whole: bool,
    ) {
        let frames = vec![(0.0, vec![1.0, 0.5, 0.2]), (1.0, vec![0.3, 0.9, 0.4])];
        let good = tmk_file(&frames, &[31, 7], &[0.5, 0.4, 0.1]);
        let mut bytes = good.clone();
        for (place, value) in changes {
            if let Some(byte) = bytes.get_mut(place) {
                *byte = value;
            }
        }
        if !whole {
            bytes.truncate(length);
        }
        if let Ok(tmk) = Tmk::parse(&bytes) {
            prop_assert_eq!(tmk.to_bytes(), bytes);
            let _ = tmk.compare(&Tmk::parse(&good).unwrap());
        }
    }
}
