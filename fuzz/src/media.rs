//! Pictures and what stands around them: everything here is done in confined workers, so that the
//! worst that a file can do is to cost its own answer. These targets look for what costs it.

use crate::{check, items};
use model::limits::{IMAGE_PIXELS, IMAGE_SIDE_PIXELS};
use model::{History, Missing};
use signals::media::{MediaFacts, may_be_video, measure_bytes};
use signals::picture::{Picture, Pixels, VIEWS, decode, to_png_preview};
use signals::{Banks, Supplied, measure};

/// How jobs and answers go through the pipe between a worker and its pool.
#[path = "../../sandbox/src/frames.rs"]
#[allow(dead_code, reason = "the pool and the worker use the rest")]
mod pipe;

/// A BMP file.
pub fn bmp(bytes: &[u8]) {
    check_format(bytes, &[b"BM"]);
}

/// A GIF file.
pub fn gif(bytes: &[u8]) {
    check_format(bytes, &[b"GIF87a", b"GIF89a"]);
}

/// A JPEG file.
pub fn jpeg(bytes: &[u8]) {
    check_format(bytes, &[b"\xFF\xD8\xFF"]);
}

/// A PNG file.
pub fn png(bytes: &[u8]) {
    check_format(bytes, &[b"\x89PNG\r\n\x1A\n"]);
}

/// A TIFF file.
pub fn tiff(bytes: &[u8]) {
    check_format(bytes, &[b"II*\0", b"MM\0*", b"II+\0"]);
}

/// A WebP file.
pub fn webp(bytes: &[u8]) {
    check_format(bytes, &[b"RIFF"]);
}

/// Any file.
pub fn picture(bytes: &[u8]) {
    check_media(bytes);
    let _ = may_be_video(bytes);
}

/// Files of other formats have targets of their own.
fn check_format(bytes: &[u8], beginnings: &[&[u8]]) {
    if beginnings.iter().any(|beginning| bytes.starts_with(beginning)) {
        check_media(bytes);
    }
}

/// A picture is within the limits and is the same twice; its facts are read back as a pool reads
/// them from its worker; its preview is small.
fn check_media(bytes: &[u8]) {
    let facts = measure_bytes(bytes);
    check::json(&facts);
    let (told, picture) = match (&facts.picture, decode(bytes)) {
        (Ok(told), Ok(picture)) => (told, picture),
        (Err(told), Err(missing)) => return assert_eq!(told, &missing),
        (told, decoded) => panic!("{told:?} and {decoded:?} of the same bytes"),
    };
    let (width, height) = (picture.width(), picture.height());
    assert_eq!((told.width, told.height), (width, height));
    assert_eq!(told.format, picture.format());
    assert!(width > 0 && height > 0 && width.max(height) <= IMAGE_SIDE_PIXELS);
    assert!(u64::from(width) * u64::from(height) <= IMAGE_PIXELS);
    check_pixels(&picture);
    assert!(told.further_views.len() < VIEWS && told.hashes().len() <= 8 * VIEWS);
    let preview = to_png_preview(&picture, 32);
    let small = decode(&preview).expect("a preview is a picture");
    assert!(small.width().max(small.height()) <= 32);
}

fn check_pixels(picture: &Picture) {
    let (bytes, channels) = match picture.pixels() {
        Pixels::Grey(bytes) => (bytes.len(), 1),
        Pixels::Rgb(bytes) => (bytes.len(), 3),
    };
    let pixels = picture.width() as usize * picture.height() as usize;
    assert_eq!(bytes, pixels * channels);
    let again = Picture::from_pixels(picture.width(), picture.height(), picture.pixels().clone());
    assert_eq!(again.map(|again| again.pixels() == picture.pixels()), Ok(true));
}

/// What a worker wrote into its pipe: no more is read than may be, and a frame that was read is
/// written the same.
pub fn frames(bytes: &[u8]) {
    const MOST: usize = 128;
    let mut from = bytes;
    while let Ok((kind, answer)) = pipe::read(&mut from, MOST) {
        assert!(answer.len() <= MOST);
        let mut written = Vec::new();
        let (one, other) = answer.split_at(answer.len() / 2);
        pipe::write(&mut written, kind, &[one, other]).expect("it is written to memory");
        let read = bytes.len() - from.len();
        assert!(bytes[..read].ends_with(&written), "{kind:?} of {} bytes", answer.len());
    }
}

/// What a worker says of a medium, as JSON; it is measured with whatever it says.
pub fn facts(bytes: &[u8]) {
    if let Ok(missing) = serde_json::from_slice::<Missing>(bytes) {
        check::json(&missing);
    }
    let Ok(facts) = serde_json::from_slice::<MediaFacts>(bytes) else { return };
    check::json(&facts);
    let item = check::item("a picture");
    let media = item.media.iter().map(|medium| (medium.id.clone(), Ok(facts.clone())));
    let supplied = Supplied { media: media.collect() };
    check::json(&supplied);
    let (banks, history) = (Banks::default(), History::default());
    let signals = measure(&item, &banks, &history, &supplied, check::now());
    items::check_signals(&item, &signals);
}
