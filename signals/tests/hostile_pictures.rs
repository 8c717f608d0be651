//! Pictures of every kind and files that try to harm: what is displayed is what is hashed, limits
//! hold before memory is taken, and nothing panics.

#![allow(clippy::unwrap_used)]

use std::io::Cursor;
use std::path::Path;
use std::time::Instant;

use image::codecs::gif::GifEncoder;
use image::{DynamicImage, Frame, ImageFormat, RgbaImage, imageops};
use model::limits::PDQ_DISTANCE_BITS;
use proptest::prelude::*;
use signals::media::measure_bytes;
use signals::pdq::{self, PdqHash};
use signals::picture::{Picture, Pixels, decode};

const BRIDGE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/pdq/images/bridge-1-original.jpg");
const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");

/// One small file of each format and kind.
const SMALL_FILES: [&str; 32] = [
    "black_first.avif",
    "black_first.gif",
    "black_first.png",
    "black_first.webp",
    "carried_by_alpha.avif",
    "carried_by_alpha.png",
    "cmyk.jpg",
    "cmyk.tiff",
    "default_apart.png",
    "four_bits.tiff",
    "grey.avif",
    "grey.jpg",
    "grey_16_bit.png",
    "grid.avif",
    "jpeg_inside.tiff",
    "one_bit.png",
    "one_bit.tiff",
    "palette.bmp",
    "palette.png",
    "palette.tiff",
    "progressive.jpg",
    "scene.avif",
    "scene.gif",
    "scene.jpg",
    "scene.webp",
    "ten_bit.avif",
    "turned.avif",
    "turned.jpg",
    "turned.png",
    "turned.tiff",
    "turned.webp",
    "ycck.jpg",
];

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{FIXTURES}/{name}")).unwrap()
}

fn hash_of(bytes: &[u8]) -> PdqHash {
    pdq::hash(&decode(bytes).unwrap()).hash
}

fn reason_of(bytes: &[u8]) -> String {
    decode(bytes).unwrap_err().reason
}

fn written(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    image.write_to(&mut file, format).unwrap();
    file.into_inner()
}

fn gif_of(frames: Vec<RgbaImage>) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = GifEncoder::new_with_speed(&mut file, 10);
    encoder.encode_frames(frames.into_iter().map(Frame::new)).unwrap();
    drop(encoder);
    file
}

/// The same picture, black everywhere and more opaque where it was darker.
fn carried_by_alpha(image: &DynamicImage) -> DynamicImage {
    let luma = image.to_luma8();
    let pixel = |x, y| image::Rgba([0, 0, 0, 255 - luma.get_pixel(x, y).0[0]]);
    RgbaImage::from_fn(luma.width(), luma.height(), pixel).into()
}

/// A JPEG file with an EXIF part that names an orientation.
fn with_orientation(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], b"\xFF\xE1", &length, &exif, &jpeg[2..]].concat()
}

/// The image as a camera would have stored it to be displayed upright by an orientation.
fn stored_for(image: &DynamicImage, orientation: u8) -> DynamicImage {
    match orientation {
        2 => image.fliph(),
        3 => image.rotate180(),
        4 => image.flipv(),
        5 => image.rotate90().fliph(),
        6 => image.rotate270(),
        7 => image.rotate270().fliph(),
        8 => image.rotate90(),
        _ => image.clone(),
    }
}

#[test]
fn every_conversion_of_the_bridge_is_within_ten_bits() {
    let Ok(original) = std::fs::read(BRIDGE) else {
        println!("skipped: the picture of the bridge is not here: {BRIDGE}");
        return;
    };
    let bridge = image::load_from_memory(&original).unwrap();
    let expected = hash_of(&original);
    let check = |name: &str, bytes: &[u8]| {
        let distance_bits = hash_of(bytes).distance_bits(expected);
        println!("{name}: {distance_bits} bits");
        assert!(distance_bits <= 10, "{name}: {distance_bits} bits");
    };
    let black = RgbaImage::from_pixel(400, 251, image::Rgba([0, 0, 0, 255]));
    let small = bridge.thumbnail_exact(400, 251).to_rgba8();
    check("png", &written(&bridge, ImageFormat::Png));
    check("bmp", &written(&bridge, ImageFormat::Bmp));
    check("webp", &written(&bridge, ImageFormat::WebP));
    check("tiff", &written(&bridge, ImageFormat::Tiff));
    check("jpeg again", &written(&bridge, ImageFormat::Jpeg));
    check("gif", &gif_of(vec![small.clone()]));
    check("gif, black first", &gif_of(vec![black, small]));
    check("16 bits", &written(&bridge.to_rgb16().into(), ImageFormat::Png));
    check("16 bits grey", &written(&bridge.to_luma16().into(), ImageFormat::Png));
    let mut dithered = bridge.to_luma8();
    imageops::dither(&mut dithered, &imageops::BiLevel);
    check("black or white", &written(&dithered.into(), ImageFormat::Png));
    check("grey", &written(&bridge.to_luma8().into(), ImageFormat::Png));
    check("grey jpeg", &written(&bridge.to_luma8().into(), ImageFormat::Jpeg));
    check("opaque alpha", &written(&bridge.to_rgba8().into(), ImageFormat::Png));
    check("carried by alpha", &written(&carried_by_alpha(&bridge), ImageFormat::Png));
    for cut in [1, 100, 5_000] {
        check(&format!("cut by {cut}"), &original[..original.len() - cut]);
    }
    for orientation in 1..=8 {
        let jpeg = written(&stored_for(&bridge, orientation), ImageFormat::Jpeg);
        check(&format!("orientation {orientation}"), &with_orientation(&jpeg, orientation));
    }
}

#[test]
fn files_of_other_encoders_show_the_same_picture() {
    let expected = hash_of(&fixture("scene.png"));
    let check = |name: &str, format: &str, most_bits: u32| {
        let picture = decode(&fixture(name)).unwrap();
        assert_eq!(picture.format(), format, "{name}");
        assert_eq!((picture.width(), picture.height()), (192, 144), "{name}");
        let distance_bits = pdq::hash(&picture).hash.distance_bits(expected);
        println!("{name}: {distance_bits} bits");
        assert!(distance_bits <= most_bits, "{name}: {distance_bits} bits");
    };
    check("scene.jpg", "jpeg", 10);
    check("progressive.jpg", "jpeg", 10);
    check("grey.jpg", "jpeg", 10);
    check("cmyk.jpg", "jpeg", 10);
    check("ycck.jpg", "jpeg", 10);
    check("turned.jpg", "jpeg", 10);
    check("palette.png", "png", 10);
    // Dithered, so that a picture this small differs more than the bridge does below.
    check("one_bit.png", "png", 20);
    check("grey_16_bit.png", "png", 2);
    check("carried_by_alpha.png", "png", 2);
    check("turned.png", "png", 0);
    check("black_first.png", "png", 0);
    check("default_apart.png", "png", 0);
    check("scene.gif", "gif", 10);
    check("black_first.gif", "gif", 10);
    check("scene.webp", "webp", 10);
    check("black_first.webp", "webp", 0);
    check("turned.webp", "webp", 0);
    check("scene.tiff", "tiff", 0);
    check("turned.tiff", "tiff", 0);
    check("cmyk.tiff", "tiff", 10);
    check("jpeg_inside.tiff", "tiff", 10);
    check("one_bit.tiff", "tiff", 20);
    check("palette.bmp", "bmp", 10);
    check("scene.avif", "avif", 10);
    check("grey.avif", "avif", 10);
    check("ten_bit.avif", "avif", 10);
    check("carried_by_alpha.avif", "avif", 10);
    check("turned.avif", "avif", 10);
    check("grid.avif", "avif", 10);
    check("black_first.avif", "avif", 10);
    check("palette.tiff", "tiff", 10);
    check("four_bits.tiff", "tiff", 10);
}

#[test]
fn greys_and_transparency_are_exact() {
    let check = |image: DynamicImage, expected: Pixels| {
        assert_eq!(*decode(&written(&image, ImageFormat::Png)).unwrap().pixels(), expected);
    };
    let grey = |values: Vec<u8>| image::GrayImage::from_raw(2, 1, values).unwrap().into();
    check(grey(vec![0, 200]), Pixels::Grey(vec![0, 200]));
    let with_alpha = image::GrayAlphaImage::from_raw(2, 1, vec![0, 0, 100, 255]).unwrap();
    check(with_alpha.into(), Pixels::Grey(vec![255, 100]));
    let half = RgbaImage::from_raw(2, 1, vec![0, 100, 255, 128, 9, 9, 9, 0]).unwrap();
    check(half.into(), Pixels::Rgb(vec![127, 177, 255, 255, 255, 255]));
    let wide = image::ImageBuffer::from_raw(2, 1, vec![0u16, 128, 129, 65_535, 65_407, 257]);
    check(DynamicImage::ImageRgb16(wide.unwrap()), Pixels::Rgb(vec![0, 0, 1, 255, 255, 1]));
}

/// A chunk of a PNG file.
fn chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    let checksum = crc32(&[kind, body].concat()).to_be_bytes();
    [&length[..], kind, body, &checksum].concat()
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 * (crc & 1)))
    })
}

/// A PNG file of 8-bit colours whose header claims a size.
fn png_claiming(width: u32, height: u32, body: &[u8]) -> Vec<u8> {
    let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
    let header = chunk(b"IHDR", &[&size[..], &[8, 2, 0, 0, 0]].concat());
    [b"\x89PNG\r\n\x1A\n", &header[..], &chunk(b"IDAT", body), &chunk(b"IEND", b"")].concat()
}

#[test]
fn beyond_a_limit_is_refused_at_once_and_with_the_numbers() {
    let check = |bytes: &[u8], expected: &str| {
        let begin = Instant::now();
        assert_eq!(reason_of(bytes), expected);
        assert!(begin.elapsed().as_millis() < 500, "{expected}: {:?}", begin.elapsed());
    };
    let deflated = b"\x78\x9C\x63\x00\x00\x00\x01\x00\x01";
    let most = "at most 40000000 are decoded";
    check(&png_claiming(13_300, 13_300, deflated), &format!("13300 × 13300 pixels; {most}"));
    check(
        &png_claiming(2_147_483_647, 2_147_483_647, deflated),
        &format!("2147483647 × 2147483647 pixels; {most}"),
    );
    check(
        &png_claiming(20_001, 10, deflated),
        "20001 × 10 pixels; a side of at most 20000 is decoded",
    );
    check(&png_claiming(0, 0, deflated), "0 × 0 pixels; the picture is empty");
    check(&png_claiming(5, 0, deflated), "5 × 0 pixels; the picture is empty");
    let mut gif = fixture("scene.gif");
    gif[6..10].copy_from_slice(&[255, 255, 255, 255]);
    check(&gif, &format!("65535 × 65535 pixels; {most}"));
    let mut jpeg = fixture("progressive.jpg");
    let frame = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC2]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xFA, 0, 0xFA, 0]);
    check(&jpeg, &format!("64000 × 64000 pixels; {most}"));
    let mut bmp = fixture("palette.bmp");
    bmp[18..26].copy_from_slice(&[0x30, 0x75, 0, 0, 0x30, 0x75, 0, 0]);
    check(&bmp, &format!("30000 × 30000 pixels; {most}"));
    check(&vec![0; 33_554_433], "33554433 bytes; at most 33554432 are decoded");
}

#[test]
fn a_wide_header_over_few_bytes_takes_little() {
    // Within the pixel limit, but sixteen bits with alpha would take more memory than is allowed.
    let size = [6_200u32.to_be_bytes(), 6_200u32.to_be_bytes()].concat();
    let header = chunk(b"IHDR", &[&size[..], &[16, 6, 0, 0, 0]].concat());
    let body = chunk(b"IDAT", b"\x78\x9C");
    let png = [b"\x89PNG\r\n\x1A\n", &header[..], &body, &chunk(b"IEND", b"")].concat();
    let reason = "decoding takes 307520000 bytes of memory; at most 268435456 are used";
    assert_eq!(reason_of(&png), reason);
    // A progressive JPEG holds every frequency until its end.
    let mut jpeg = fixture("progressive.jpg");
    let frame = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC2]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0x18, 0x6A, 0x18, 0x6A]);
    println!("{}x{}: {:?}", 0x186A, 0x186A, decode(&jpeg).map(|picture| picture.width()));
}

#[test]
fn a_compressed_profile_does_not_fill_memory() {
    // Forty million zero bytes, stored as an endless run of one byte: a fixed Huffman block of
    // matches of length 258 at distance 1, twelve bits each, all of them zero but the code.
    let mut profile = b"profile\0\0".to_vec();
    profile.extend([0x78, 0x9C, 0x63, 0x60]);
    profile.extend(std::iter::repeat_n(0x18, 60_000));
    let size = [8u32.to_be_bytes(), 8u32.to_be_bytes()].concat();
    let header = chunk(b"IHDR", &[&size[..], &[8, 2, 0, 0, 0]].concat());
    let parts = [&header[..], &chunk(b"iCCP", &profile), &chunk(b"IDAT", b"\x78\x9C")].concat();
    let png = [b"\x89PNG\r\n\x1A\n", &parts[..], &chunk(b"IEND", b"")].concat();
    let begin = Instant::now();
    assert!(decode(&png).is_err());
    assert!(begin.elapsed().as_millis() < 2_000, "{:?}", begin.elapsed());
}

#[test]
fn what_is_no_picture_has_its_reason() {
    let check = |bytes: &[u8], expected: &str| {
        let reason = reason_of(bytes);
        assert!(reason.starts_with(expected), "{reason:?} does not start with {expected:?}");
    };
    check(b"", "the file is empty");
    check(b"Just some words in a file named picture.jpg.", "the file is not a JPEG, PNG,");
    check(b"\xFF\xD8", "the file is not a JPEG, PNG,");
    check(b"RIFF\0\0\0\0WAVEfmt ", "the file is not a JPEG, PNG,");
    check(b"\0\0\0\x10ftypavif\0\0\0\0", "the avif file cannot be decoded: its box meta");
    check(b"\0\0\0\x10ftypheic\0\0\0\0", "HEIC pictures are not decoded");
    check(b"\xFF\xD8\xFF\xE0", "the jpeg file cannot be decoded: ");
    check(b"\x89PNG\r\n\x1A\n", "the png file cannot be decoded: ");
    check(b"GIF89a", "the gif file cannot be decoded: ");
    check(b"RIFF\x04\0\0\0WEBP", "the webp file cannot be decoded: ");
    check(b"BM", "the bmp file cannot be decoded: ");
    check(b"II*\0", "the tiff file cannot be decoded: ");
    assert_eq!(measure_bytes(b"words").picture.unwrap_err().reason, reason_of(b"words"));
}

#[test]
fn a_name_does_not_make_a_format() {
    // The bytes decide: a PNG that anyone may call a JPEG is still a PNG.
    assert_eq!(decode(&fixture("palette.png")).unwrap().format(), "png");
}

#[test]
fn a_wrong_checksum_does_not_hide_a_picture() {
    let plain = hash_of(&fixture("scene.png"));
    let mut png = fixture("scene.png");
    let begin = png.windows(4).position(|kind| kind == b"IDAT").unwrap();
    let length = u32::from_be_bytes(png[begin - 4..begin].try_into().unwrap()) as usize;
    png[begin + 4 + length] ^= 0xFF;
    let distance_bits = hash_of(&png).distance_bits(plain);
    assert!(distance_bits <= 10, "{distance_bits} bits");
}

#[test]
fn a_file_that_breaks_off_shows_what_came_before() {
    let check = |name: &str| {
        let whole = fixture(name);
        let cut = &whole[..whole.len() - whole.len() / 50 - 20];
        let distance_bits = hash_of(cut).distance_bits(hash_of(&whole));
        println!("{name}: {distance_bits} bits");
        assert!(distance_bits <= PDQ_DISTANCE_BITS, "{name}: {distance_bits} bits");
    };
    check("scene.jpg");
    check("progressive.jpg");
    check("cmyk.jpg");
    check("scene.png");
    check("scene.gif");
    check("palette.bmp");
}

#[test]
fn a_deep_animation_is_looked_at_only_in_part() {
    let black = RgbaImage::from_pixel(64, 64, image::Rgba([0, 0, 0, 255]));
    let shown = RgbaImage::from_fn(64, 64, |x, y| {
        image::Rgba([(4 * x) as u8, (4 * y) as u8, (x * y) as u8, 255])
    });
    let with_black = |frames: usize| {
        let mut all = vec![black.clone(); frames];
        all.push(shown.clone());
        decode(&gif_of(all)).unwrap()
    };
    let spread = |picture: &Picture| match picture.pixels() {
        Pixels::Grey(bytes) | Pixels::Rgb(bytes) => {
            bytes.iter().max().unwrap() - bytes.iter().min().unwrap()
        }
    };
    assert!(spread(&with_black(7)) > 200);
    assert_eq!(spread(&with_black(8)), 0);
    let begin = Instant::now();
    assert_eq!(spread(&with_black(2_000)), 0);
    println!("2000 frames written and looked at in {:?}", begin.elapsed());
}

#[test]
fn an_animation_that_claims_much_takes_little() {
    // 200 bytes of an APNG whose header claims the most pixels and four thousand million frames.
    let size = [6_000u32.to_be_bytes(), 6_000u32.to_be_bytes()].concat();
    let parts = [
        chunk(b"IHDR", &[&size[..], &[8, 6, 0, 0, 0]].concat()),
        chunk(b"acTL", &[0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]),
        chunk(b"IDAT", b"\x78\x9C\x63\x00\x00\x00\x01\x00\x01"),
        chunk(b"IEND", b""),
    ];
    let png = [&b"\x89PNG\r\n\x1A\n"[..], &parts.concat()].concat();
    let begin = Instant::now();
    let _ = decode(&png);
    println!("{:?}", begin.elapsed());
    assert!(begin.elapsed().as_secs() < 5);
}

#[test]
fn every_file_cut_anywhere_is_survived() {
    for name in SMALL_FILES {
        let whole = fixture(name);
        for length in (0..whole.len()).step_by(whole.len() / 40 + 1) {
            let _ = measure_bytes(&whole[..length]);
        }
    }
}

fn mutated(name: &str, changes: &[(prop::sample::Index, u8)]) -> Vec<u8> {
    let mut bytes = std::fs::read(Path::new(FIXTURES).join(name)).unwrap();
    for (place, value) in changes {
        let place = place.index(bytes.len());
        bytes[place] = *value;
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn arbitrary_bytes_never_panic(
        beginning in prop::sample::select(vec![
            &b""[..], b"\xFF\xD8\xFF", b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR", b"GIF89a", b"BM",
            b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08", b"RIFF\xFF\0\0\0WEBPVP8 ",
            b"RIFF\xFF\0\0\0WEBPVP8L", b"RIFF\xFF\0\0\0WEBPVP8X\x0A\0\0\0",
            b"\0\0\0\x10ftypavif\0\0\0\0\0\0\0\0meta\0\0\0\0\0\0\0\0",
        ]),
        rest in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        let _ = measure_bytes(&[beginning, &rest].concat());
    }

    #[test]
    fn changed_files_never_panic(
        name in prop::sample::select(SMALL_FILES.to_vec()),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let _ = measure_bytes(&mutated(name, &changes));
    }

    #[test]
    fn changed_headers_never_panic(
        name in prop::sample::select(SMALL_FILES.to_vec()),
        changes in prop::collection::vec((0usize..300, any::<u8>()), 1..6),
    ) {
        let mut bytes = mutated(name, &[]);
        for (place, value) in changes {
            bytes[place] = value;
        }
        let _ = measure_bytes(&bytes);
    }
}
