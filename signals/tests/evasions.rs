//! What people do to a known picture so that it is not found: each conversion must be found by the
//! hashes of one of the file's views. Prints the table of the documentation; see it with
//! `cargo test -p signals --test evasions -- --nocapture`.

#![allow(clippy::unwrap_used)]

use std::io::Cursor;

use image::codecs::gif::GifEncoder;
use image::{DynamicImage, Frame, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage, imageops};
use model::limits::PDQ_DISTANCE_BITS;
use signals::media::{PictureFacts, measure_bytes};
use signals::pdq::PdqHash;
use signals::picture::{FRAMES_LOOKED_AT, VIEWS, ViewKind, views};

const BRIDGE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/pdq/images/bridge-1-original.jpg");
const SCENE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/scene.png");

/// The photograph where the shared data is there, otherwise the drawing, at the same size.
fn known() -> DynamicImage {
    let path = if std::path::Path::new(BRIDGE).is_file() { BRIDGE } else { SCENE };
    println!("the known picture is {path}");
    image::open(path).unwrap().resize_exact(640, 400, imageops::FilterType::CatmullRom)
}

fn written(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    image.write_to(&mut file, format).unwrap();
    file.into_inner()
}

fn jpeg(image: &DynamicImage) -> Vec<u8> {
    written(&image.to_rgb8().into(), ImageFormat::Jpeg)
}

fn gif(frames: impl IntoIterator<Item = RgbaImage>) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = GifEncoder::new_with_speed(&mut file, 10);
    encoder.encode_frames(frames.into_iter().map(Frame::new)).unwrap();
    drop(encoder);
    file
}

fn facts(bytes: &[u8]) -> PictureFacts {
    measure_bytes(bytes).picture.unwrap()
}

/// The picture on a larger ground of one colour.
fn on_ground(image: &DynamicImage, (width, height): (u32, u32), ground: [u8; 3]) -> DynamicImage {
    let mut all = RgbImage::from_pixel(width, height, Rgb(ground));
    let left = i64::from((width - image.width()) / 2);
    let top = i64::from((height - image.height()) / 2);
    imageops::overlay(&mut all, &image.to_rgb8(), left, top);
    all.into()
}

/// Pictures that have nothing in common with each other, such as frames of an animation.
fn others(count: u32) -> impl Iterator<Item = RgbaImage> {
    (0..count).map(|seed| {
        RgbaImage::from_fn(160, 100, |x, y| {
            let wave = |speed: u32, place: u32| ((seed + 2) * speed * place / 40 % 256) as u8;
            let band = wave(7 + seed % 5, x) ^ wave(3 + seed % 7, y);
            Rgba([band, band.wrapping_add(wave(5, x + y)), 255 - band, 255])
        })
    })
}

/// Asserts that a hash of the file is near the known one; prints a line of the table.
fn check(known: PdqHash, name: &str, most_bits: u32, bytes: &[u8]) {
    let facts = facts(bytes);
    let nearest = |hashes: &[PdqHash]| {
        hashes.iter().map(|hash| hash.distance_bits(known)).min().unwrap_or(256)
    };
    let [plain, found] = [nearest(&[facts.pdq.hash]), nearest(&facts.hashes())];
    println!("| {name} | {plain} | {found} |");
    assert!(found <= most_bits, "{name}: {found} bits");
}

#[test]
fn every_evasion_is_found() {
    let image = known();
    let known = facts(&written(&image, ImageFormat::Png)).pdq.hash;
    println!("| done to the picture | as displayed, bits | nearest of all hashes, bits |");
    let within_radius = |name: &str, bytes: &[u8]| check(known, name, PDQ_DISTANCE_BITS, bytes);
    let check = |name: &str, bytes: &[u8]| check(known, name, 10, bytes);
    for (name, format) in [
        ("JPEG", ImageFormat::Jpeg),
        ("WebP", ImageFormat::WebP),
        ("BMP", ImageFormat::Bmp),
        ("TIFF", ImageFormat::Tiff),
    ] {
        check(name, &written(&image.to_rgb8().into(), format));
    }
    check("GIF", &gif([image.to_rgba8()]));
    check("16 bits", &written(&image.to_rgb16().into(), ImageFormat::Png));
    check("grey, 16 bits", &written(&image.to_luma16().into(), ImageFormat::Png));
    let luma = image.to_luma8();
    let alpha = RgbaImage::from_fn(640, 400, |x, y| Rgba([0, 0, 0, 255 - luma[(x, y)].0[0]]));
    check("carried by transparency", &written(&alpha.into(), ImageFormat::Png));
    let file = jpeg(&image);
    check("cut short", &file[..file.len() - 400]);
    within_radius("turned by 90°", &jpeg(&image.rotate90()));
    within_radius("turned by 180°", &jpeg(&image.rotate180()));
    within_radius("turned by 270°", &jpeg(&image.rotate270()));
    within_radius("mirrored", &jpeg(&image.fliph()));
    within_radius("upside down", &jpeg(&image.flipv()));
    check("black bars above and below", &jpeg(&on_ground(&image, (640, 640), [0; 3])));
    check("white bars at the sides", &jpeg(&on_ground(&image, (900, 400), [255; 3])));
    check("coloured frame", &jpeg(&on_ground(&image, (800, 600), [30, 60, 120])));
    let thin = on_ground(&image, (670, 430), [0; 3]);
    check("thin frame", &jpeg(&thin));
    within_radius("bars, then mirrored", &jpeg(&on_ground(&image, (640, 640), [0; 3]).fliph()));
    let black = RgbaImage::from_pixel(640, 400, Rgba([0, 0, 0, 255]));
    check("animation, black first", &gif([black, image.to_rgba8()]));
    let hidden = imageops::thumbnail(&image.to_rgba8(), 160, 100);
    let among = others(5).chain([hidden.clone()]);
    check("animation, shrunk sixth picture", &gif(among));
    let mirrored = imageops::flip_horizontal(&hidden);
    let third = others(2).chain([mirrored]);
    within_radius("animation, shrunk and mirrored third picture", &gif(third));
    let small = imageops::resize(&hidden, 120, 75, imageops::FilterType::CatmullRom);
    within_radius("shrunk to 120 × 75", &jpeg(&small.into()));
}

#[test]
fn views_say_what_they_are() {
    let image = known();
    let kinds = |bytes: &[u8]| -> Vec<ViewKind> {
        views(bytes).unwrap().all.into_iter().map(|view| view.kind).collect()
    };
    assert_eq!(kinds(&jpeg(&image)), [ViewKind::Displayed]);
    let boxed = views(&jpeg(&on_ground(&image, (640, 640), [0; 3]))).unwrap();
    assert_eq!((boxed.format.as_str(), boxed.left_out), ("jpeg", None));
    let [whole, within] = &boxed.all[..] else { panic!("two views: {:?}", boxed.all) };
    assert_eq!((whole.kind, whole.width, whole.height), (ViewKind::Displayed, 640, 640));
    assert_eq!((within.kind, within.width), (ViewKind::WithoutBars, 640));
    assert!((396..=404).contains(&within.height), "{}", within.height);
    let still = imageops::thumbnail(&image.to_rgba8(), 160, 100);
    let [left, up] = [imageops::flip_horizontal(&still), imageops::flip_vertical(&still)];
    let moving = [still.clone(), left, still, up];
    let [first, second] = [1, 3].map(|number| ViewKind::Frame { number });
    assert_eq!(kinds(&gif(moving)), [ViewKind::Displayed, ViewKind::Enlarged, first, second]);
}

#[test]
fn views_are_bounded_and_say_so() {
    let reason = |bytes: &[u8]| {
        let views = views(bytes).unwrap();
        assert!(views.all.len() <= VIEWS);
        views.left_out.map(|missing| missing.reason)
    };
    let still = |frames: usize| gif(vec![others(1).next().unwrap(); frames]);
    assert_eq!(reason(&still(FRAMES_LOOKED_AT)), None);
    let frames = "only the first 64 pictures of the animation were looked at".to_owned();
    assert_eq!(reason(&still(FRAMES_LOOKED_AT + 1)), Some(frames));
    let different = "only the first 8 different views were taken".to_owned();
    assert_eq!(reason(&gif(others(30))), Some(different));
}

#[test]
fn hashes_are_of_good_views_and_each_once() {
    let image = known();
    let plain = facts(&jpeg(&image));
    let hashes = plain.hashes();
    assert_eq!(hashes[0], plain.pdq.hash);
    assert_eq!(hashes.len(), 8);
    assert!(hashes.iter().all(|hash| plain.pdq.dihedral.contains(hash)));
    let boxed = facts(&jpeg(&on_ground(&image, (640, 640), [0; 3])));
    assert_eq!((boxed.further_views.len(), boxed.hashes().len()), (1, 16));
    let blank = facts(&jpeg(&RgbImage::from_pixel(64, 64, Rgb([9; 3])).into()));
    assert!(blank.hashes().is_empty());
    let near = |hash: &PdqHash| hash.distance_bits(plain.pdq.hash) <= PDQ_DISTANCE_BITS;
    assert!(boxed.hashes().iter().any(near) && !near(&boxed.pdq.hash));
}
