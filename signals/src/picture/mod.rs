//! Decodes a picture from hostile bytes into pixels, as a person would see it displayed.
//!
//! The format is found in the bytes, never in a name. A palette is expanded, transparency is laid
//! over white, 16 bits become 8, and the orientation that a camera noted is applied, because a
//! hash of anything else does not match what people see. Of an animation the first picture that is
//! not blank is taken; [`views()`] measures the others too, and what is within bars.
//!
//! Bounds: the size of the file, the number of pixels, the length of a side and the memory are
//! checked from the header before anything is allocated (see [`model::limits`]). Work is bounded by
//! those, not by a clock: a caller that must answer in time decodes in a worker of its own, within
//! [`model::limits::IMAGE_DECODE_MS`].
//!
//! JPEG goes through a decoder that gives the very pixels of libjpeg-turbo. PDQ turns on the last
//! bit of a pixel, and the hashes in existing banks were made with libjpeg-turbo. A JPEG with four
//! channels holds ink inverted, 255 being none, and is shown so, as browsers do.

mod avif;
mod heif;
mod palette_tiff;
mod views;

use std::io::Cursor;

use image::codecs::{bmp, gif, jpeg, png, tiff, webp};
use image::metadata::Orientation;
use image::{
    AnimationDecoder, ColorType, DynamicImage, Frame, GrayImage, ImageBuffer, ImageDecoder,
    ImageFormat, ImageResult, Limits, Luma, Rgb, RgbImage, imageops,
};
use libjpeg_turbo_rs::{ColorSpace, DecodeLimits, Decoder as JpegDecoder, PixelFormat};
use model::Missing;
use model::limits::{IMAGE_DECODE_BYTES, IMAGE_PIXELS, IMAGE_SIDE_PIXELS, MEDIA_BYTES};

pub use views::{FRAMES_LOOKED_AT, VIEWS, View, ViewKind, Views, views};

/// Most frames of an animation that are looked at for one that is not blank.
const FRAMES: usize = 8;
/// Largest difference between the values of a channel in a picture that counts as blank.
const BLANK_SPREAD: u8 = 16;
/// Most scans of a progressive JPEG; usual ones have about ten.
const JPEG_SCANS: usize = 100;
/// How fine the first channel of a usual JPEG is against the other two, across and down.
const USUAL_SAMPLINGS: [(u8, u8); 5] = [(1, 1), (2, 1), (1, 2), (2, 2), (4, 1)];
/// Memory for each pixel of an unusual JPEG: four channels of frequencies, then of colours.
const UNUSUAL_JPEG_PIXEL_BYTES: u64 = 12;
/// Most memory for what a PNG holds besides its pixels, in bytes.
const PNG_EXTRA_BYTES: u64 = 33_554_432;

/// The pixels of a picture, row by row from the top left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pixels {
    /// One byte for each pixel, 0 black to 255 white.
    Grey(Vec<u8>),
    /// Three bytes for each pixel: red, green, blue.
    Rgb(Vec<u8>),
}

/// A decoded picture, turned as it is displayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    width: u32,
    height: u32,
    format: &'static str,
    pixels: Pixels,
}

impl Picture {
    /// Makes a picture from pixels that were decoded elsewhere, such as a frame of a video.
    ///
    /// # Errors
    ///
    /// The size is outside the limits, or does not fit the number of bytes.
    pub fn from_pixels(width: u32, height: u32, pixels: Pixels) -> Result<Self, Missing> {
        check_size(width, height)?;
        let (bytes, channels) = match &pixels {
            Pixels::Grey(bytes) => (bytes.len() as u64, 1),
            Pixels::Rgb(bytes) => (bytes.len() as u64, 3),
        };
        let wanted = u64::from(width) * u64::from(height) * channels;
        if bytes != wanted {
            let size = format!("{width} × {height} pixels take {wanted} bytes, not {bytes}");
            return Err(Missing::because(size));
        }
        Ok(Self { width, height, format: "pixels", pixels })
    }

    /// Width as displayed, in pixels; never 0.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height as displayed, in pixels; never 0.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The format that the bytes had, or `pixels` when the picture was made from pixels.
    #[must_use]
    pub fn format(&self) -> &'static str {
        self.format
    }

    /// Its pixels.
    #[must_use]
    pub fn pixels(&self) -> &Pixels {
        &self.pixels
    }
}

/// A format that is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Jpeg,
    Png,
    Gif,
    WebP,
    Bmp,
    Tiff,
    Avif,
}

impl Format {
    fn word(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Gif => "gif",
            Self::WebP => "webp",
            Self::Bmp => "bmp",
            Self::Tiff => "tiff",
            Self::Avif => "avif",
        }
    }
}

/// How files of each decoded format begin.
const BEGINNINGS: [(&[u8], Format); 8] = [
    (b"\xFF\xD8\xFF", Format::Jpeg),
    (b"\x89PNG\r\n\x1A\n", Format::Png),
    (b"GIF87a", Format::Gif),
    (b"GIF89a", Format::Gif),
    (b"BM", Format::Bmp),
    (b"II*\0", Format::Tiff),
    (b"MM\0*", Format::Tiff),
    (b"II+\0", Format::Tiff),
];

/// Brands of AVIF pictures.
const AVIF: [heif::Name; 2] = [*b"avif", *b"avis"];
/// Brands of all pictures that lie in the container of videos.
const HEIF: [heif::Name; 8] =
    [*b"avif", *b"avis", *b"heic", *b"heix", *b"heim", *b"heis", *b"mif1", *b"msf1"];

/// Decodes a picture.
///
/// Time and memory grow with the area: about 10 ns and 8 bytes for each pixel, more for a
/// progressive JPEG and for an animation whose first pictures are blank. A JPEG, PNG, BMP or GIF
/// that breaks off is decoded up to the break, as browsers do; the rest is grey or white.
///
/// # Errors
///
/// Says why there is no picture: not a known format, damaged, or beyond a limit, with the numbers.
pub fn decode(bytes: &[u8]) -> Result<Picture, Missing> {
    let format = format_of(bytes)?;
    let (image, orientation) = match format {
        Format::Jpeg => decode_jpeg(bytes)?,
        Format::Png => decode_png(bytes)?,
        Format::Gif => decode_gif(bytes)?,
        Format::WebP => decode_webp(bytes)?,
        Format::Bmp => still(format, bmp::BmpDecoder::new(Cursor::new(bytes)))?,
        Format::Tiff => decode_tiff(bytes)?,
        Format::Avif => (decode_avif(bytes)?, Orientation::NoTransforms),
    };
    Ok(turned(format, image, orientation))
}

/// A picture for the console: shrunk to a longest side, written anew as PNG, without metadata.
///
/// # Panics
///
/// Never for a picture that this module made: writing to memory does not fail.
#[must_use]
pub fn to_png_preview(picture: &Picture, max_side: u32) -> Vec<u8> {
    let (width, height) = (picture.width, picture.height);
    let longest = width.max(height);
    let side = |pixels: u32| {
        let scaled = u64::from(pixels) * u64::from(max_side.clamp(1, longest)) / u64::from(longest);
        u32::try_from(scaled).unwrap_or(pixels).max(1)
    };
    let (to_width, to_height) = (side(width), side(height));
    let shrunk = match &picture.pixels {
        Pixels::Grey(bytes) => ImageBuffer::<Luma<u8>, &[u8]>::from_raw(width, height, bytes)
            .map(|view| DynamicImage::from(imageops::thumbnail(&view, to_width, to_height))),
        Pixels::Rgb(bytes) => ImageBuffer::<Rgb<u8>, &[u8]>::from_raw(width, height, bytes)
            .map(|view| DynamicImage::from(imageops::thumbnail(&view, to_width, to_height))),
    };
    let shrunk = shrunk.expect("a picture has as many bytes as its size says");
    let mut file = Cursor::new(Vec::new());
    shrunk.write_to(&mut file, ImageFormat::Png).expect("a picture is written to memory");
    file.into_inner()
}

fn format_of(bytes: &[u8]) -> Result<Format, Missing> {
    if bytes.is_empty() {
        return Err(Missing::because("the file is empty"));
    }
    if bytes.len() > MEDIA_BYTES {
        let size = format!("{} bytes; at most {MEDIA_BYTES} are decoded", bytes.len());
        return Err(Missing::because(size));
    }
    let known = BEGINNINGS.iter().find(|(beginning, _)| bytes.starts_with(beginning));
    if let Some((_, format)) = known {
        return Ok(*format);
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Ok(Format::WebP);
    }
    if heif::brands(bytes).is_some_and(|brands| brands.iter().any(|one| AVIF.contains(one))) {
        return Ok(Format::Avif);
    }
    if is_heif(bytes) {
        return Err(Missing::because("HEIC pictures are not decoded"));
    }
    Err(Missing::because("the file is not a JPEG, PNG, GIF, WebP, BMP, TIFF or AVIF picture"))
}

/// Whether bytes are of a picture that lies in the container of videos.
pub(crate) fn is_heif(bytes: &[u8]) -> bool {
    heif::brands(bytes).is_some_and(|brands| HEIF.contains(&brands[0]))
}

fn check_size(width: u32, height: u32) -> Result<(), Missing> {
    let size = format!("{width} × {height} pixels");
    if width == 0 || height == 0 {
        return Err(Missing::because(format!("{size}; the picture is empty")));
    }
    if u64::from(width) * u64::from(height) > IMAGE_PIXELS {
        return Err(Missing::because(format!("{size}; at most {IMAGE_PIXELS} are decoded")));
    }
    if width.max(height) > IMAGE_SIDE_PIXELS {
        let rule = format!("a side of at most {IMAGE_SIDE_PIXELS} is decoded");
        return Err(Missing::because(format!("{size}; {rule}")));
    }
    Ok(())
}

fn check_memory(bytes: u64) -> Result<(), Missing> {
    if bytes > IMAGE_DECODE_BYTES {
        let rule = format!("at most {IMAGE_DECODE_BYTES} are used");
        return Err(Missing::because(format!("decoding takes {bytes} bytes of memory; {rule}")));
    }
    Ok(())
}

fn damaged(format: Format, problem: impl std::fmt::Display) -> Missing {
    Missing::because(format!("the {} file cannot be decoded: {problem}", format.word()))
}

fn decode_limits() -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(IMAGE_DECODE_BYTES);
    limits
}

fn decode_jpeg(bytes: &[u8]) -> Result<(DynamicImage, Orientation), Missing> {
    let limits = || DecodeLimits {
        max_scans: JPEG_SCANS,
        max_memory: Some(IMAGE_DECODE_BYTES),
        ..DecodeLimits::default()
    };
    if let Ok(decoder) = JpegDecoder::new_with_limits(bytes, limits()) {
        return read_jpeg(bytes, decoder);
    }
    // The decoder looks for the end of each scan before it begins; a cut file lacks the last one.
    let ended = [bytes, b"\xFF\xD9"].concat();
    let decoder = JpegDecoder::new_with_limits(&ended, limits());
    read_jpeg(&ended, decoder.map_err(|problem| damaged(Format::Jpeg, problem))?)
}

fn read_jpeg(
    bytes: &[u8],
    mut decoder: JpegDecoder<'_>,
) -> Result<(DynamicImage, Orientation), Missing> {
    let header = decoder.header();
    let (width, height) = (u32::from(header.width), u32::from(header.height));
    check_size(width, height)?;
    if !is_usual_jpeg(&decoder) {
        check_memory(u64::from(width) * u64::from(height) * UNUSUAL_JPEG_PIXEL_BYTES)?;
        return still(Format::Jpeg, jpeg::JpegDecoder::new(Cursor::new(bytes)));
    }
    let orientation = decoder.exif_orientation().and_then(Orientation::from_exif);
    let grey = decoder.jpeg_color_space() == ColorSpace::Grayscale;
    decoder.set_output_format(if grey { PixelFormat::Grayscale } else { PixelFormat::Rgb });
    decoder.set_lenient(true);
    let decoded = decoder.decode_image().map_err(|problem| damaged(Format::Jpeg, problem))?;
    let image = if grey {
        grey_image(width, height, decoded.data)
    } else {
        rgb_image(width, height, decoded.data)
    };
    let image = image.ok_or_else(|| damaged(Format::Jpeg, "its parts do not fit its size"))?;
    Ok((image, orientation.unwrap_or(Orientation::NoTransforms)))
}

/// Whether a JPEG is of the kinds that nearly all are: grey, or three channels of which the last
/// two are as fine as the first or halved or quartered.
///
/// Only these go to the exact decoder. It is young, and damaged files of other kinds (four
/// channels, odd samplings) make it panic; the image crate's decoder takes those.
fn is_usual_jpeg(decoder: &JpegDecoder<'_>) -> bool {
    let header = decoder.header();
    let sampling = |place: usize| {
        let component = header.components.get(place)?;
        Some((component.horizontal_sampling, component.vertical_sampling))
    };
    let known_channels = match header.components.len() {
        1 => sampling(0) == Some((1, 1)),
        3 => {
            let first = sampling(0).is_some_and(|first| USUAL_SAMPLINGS.contains(&first));
            first && sampling(1) == Some((1, 1)) && sampling(2) == Some((1, 1))
        }
        _ => false,
    };
    known_channels && header.precision == 8 && !header.is_lossless && !decoder.is_arithmetic()
}

fn decode_png(bytes: &[u8]) -> Result<(DynamicImage, Orientation), Missing> {
    // The header is read here first, because the decoder reads whole chunks before it tells a size.
    if bytes.get(12..16) == Some(b"IHDR")
        && let Some((side, _)) = bytes[16..].split_at_checked(8)
    {
        let number = |at: usize| u32::from_be_bytes(std::array::from_fn(|byte| side[at + byte]));
        check_size(number(0), number(4))?;
    }
    let open = || png::PngDecoder::with_limits(Cursor::new(bytes), png_limits());
    let mut decoder = open().map_err(|problem| damaged(Format::Png, problem))?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    // Browsers show an animation, and not the picture that is kept for programs without animation.
    match first_frame(bytes, Format::Png) {
        Some(frame) => Ok((frame, orientation)),
        None => still(Format::Png, open()),
    }
}

fn png_limits() -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(PNG_EXTRA_BYTES);
    limits
}

fn decode_gif(bytes: &[u8]) -> Result<(DynamicImage, Orientation), Missing> {
    let (image, orientation) = still(Format::Gif, gif::GifDecoder::new(Cursor::new(bytes)))?;
    if !is_blank(&image) {
        return Ok((image, orientation));
    }
    Ok((first_frame(bytes, Format::Gif).unwrap_or(image), orientation))
}

fn decode_webp(bytes: &[u8]) -> Result<(DynamicImage, Orientation), Missing> {
    let (image, orientation) = still(Format::WebP, webp::WebPDecoder::new(Cursor::new(bytes)))?;
    if !is_blank(&image) {
        return Ok((image, orientation));
    }
    Ok((first_frame(bytes, Format::WebP).unwrap_or(image), orientation))
}

fn decode_avif(bytes: &[u8]) -> Result<DynamicImage, Missing> {
    let image = avif::decode(bytes)?;
    if !is_blank(&image) {
        return Ok(image);
    }
    Ok(first_frame(bytes, Format::Avif).unwrap_or(image))
}

fn decode_tiff(bytes: &[u8]) -> Result<(DynamicImage, Orientation), Missing> {
    match palette_tiff::decode(bytes) {
        Some(decoded) => decoded,
        None => still(Format::Tiff, tiff::TiffDecoder::new(Cursor::new(bytes))),
    }
}

/// The pictures of an animation, one made of those before it; ends where one is damaged.
type Frames<'a> = Box<dyn Iterator<Item = DynamicImage> + 'a>;

/// The frames of an animation with their width and height; nothing for a file that is none, or
/// whose frames do not fit into the memory limit.
fn animation(bytes: &[u8], format: Format) -> Option<(Frames<'_>, u32, u32)> {
    let file = Cursor::new(bytes);
    let (frames, (width, height)) = match format {
        Format::Gif => {
            let mut decoder = gif::GifDecoder::new(file).ok()?;
            decoder.set_limits(decode_limits()).ok()?;
            let size = decoder.dimensions();
            (decoder.into_frames(), size)
        }
        Format::WebP => {
            let mut decoder = webp::WebPDecoder::new(file).ok()?;
            if !decoder.has_animation() {
                return None;
            }
            decoder.set_limits(decode_limits()).ok()?;
            let size = decoder.dimensions();
            (decoder.into_frames(), size)
        }
        Format::Png => {
            let mut decoder = png::PngDecoder::with_limits(file, png_limits()).ok()?;
            if !decoder.is_apng().ok()? {
                return None;
            }
            decoder.set_limits(decode_limits()).ok()?;
            let size = decoder.dimensions();
            (decoder.apng().ok()?.into_frames(), size)
        }
        Format::Avif => {
            let (frames, width, height) = avif::frames(bytes)?;
            return Some((Box::new(frames), width, height));
        }
        Format::Jpeg | Format::Bmp | Format::Tiff => return None,
    };
    check_size(width, height).ok()?;
    Some((Box::new(frames.map_while(|frame| frame_image(frame.ok()?))), width, height))
}

fn frame_image(frame: Frame) -> Option<DynamicImage> {
    let buffer = frame.into_buffer();
    flattened(buffer.width(), buffer.height(), ColorType::Rgba8, buffer.into_raw())
}

/// Reads one picture with a decoder of the image crate.
fn still<D: ImageDecoder>(
    format: Format,
    decoder: ImageResult<D>,
) -> Result<(DynamicImage, Orientation), Missing> {
    let mut decoder = decoder.map_err(|problem| damaged(format, problem))?;
    let (width, height) = decoder.dimensions();
    check_size(width, height)?;
    check_memory(decoder.total_bytes())?;
    decoder.set_limits(decode_limits()).map_err(|problem| damaged(format, problem))?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let color = decoder.color_type();
    let length =
        usize::try_from(decoder.total_bytes()).map_err(|problem| damaged(format, problem))?;
    // White, so that a file that breaks off is white where nothing was decoded.
    let mut bytes = vec![0xFF; length];
    if let Err(problem) = decoder.read_image(&mut bytes) {
        let sixteen_bits = color.bytes_per_pixel() > color.channel_count();
        if sixteen_bits || bytes.iter().all(|byte| *byte == 0xFF) {
            return Err(damaged(format, problem));
        }
    }
    let image = flattened(width, height, color, bytes);
    let image = image.ok_or_else(|| damaged(format, format!("colours of kind {color:?}")))?;
    Ok((image, orientation))
}

/// The first frame of an animation that is not blank among the first few; else the first frame.
fn first_frame(bytes: &[u8], format: Format) -> Option<DynamicImage> {
    let (frames, width, height) = animation(bytes, format)?;
    let pixels = u64::from(width) * u64::from(height);
    let most = usize::try_from(IMAGE_PIXELS / pixels.max(1)).unwrap_or(FRAMES).clamp(1, FRAMES);
    let mut first = None;
    for image in frames.take(most) {
        if !is_blank(&image) {
            return Some(image);
        }
        first.get_or_insert(image);
    }
    first
}

fn is_blank(image: &DynamicImage) -> bool {
    let channels = usize::from(image.color().channel_count());
    let mut low = [u8::MAX; 4];
    let mut high = [u8::MIN; 4];
    for pixel in image.as_bytes().chunks_exact(channels) {
        for (channel, value) in pixel.iter().enumerate() {
            low[channel] = low[channel].min(*value);
            high[channel] = high[channel].max(*value);
        }
        if (0..channels).any(|channel| high[channel] - low[channel] > BLANK_SPREAD) {
            return false;
        }
    }
    true
}

/// Brings any pixels to 8 bits, grey or red, green and blue, over white; within the same buffer.
fn flattened(
    width: u32,
    height: u32,
    color: ColorType,
    mut bytes: Vec<u8>,
) -> Option<DynamicImage> {
    match color {
        ColorType::L16 | ColorType::La16 | ColorType::Rgb16 | ColorType::Rgba16 => {
            sixteen_bits_to_eight(&mut bytes);
        }
        ColorType::Rgb32F | ColorType::Rgba32F => floats_to_eight(&mut bytes),
        _ => {}
    }
    match color {
        ColorType::L8 | ColorType::L16 => grey_image(width, height, bytes),
        ColorType::Rgb8 | ColorType::Rgb16 | ColorType::Rgb32F => rgb_image(width, height, bytes),
        ColorType::La8 | ColorType::La16 => {
            over_white::<2>(&mut bytes);
            grey_image(width, height, bytes)
        }
        ColorType::Rgba8 | ColorType::Rgba16 | ColorType::Rgba32F => {
            over_white::<4>(&mut bytes);
            rgb_image(width, height, bytes)
        }
        // The image crate may learn further kinds; they are refused until they are known here.
        _ => None,
    }
}

fn grey_image(width: u32, height: u32, bytes: Vec<u8>) -> Option<DynamicImage> {
    GrayImage::from_raw(width, height, bytes).map(DynamicImage::ImageLuma8)
}

fn rgb_image(width: u32, height: u32, bytes: Vec<u8>) -> Option<DynamicImage> {
    RgbImage::from_raw(width, height, bytes).map(DynamicImage::ImageRgb8)
}

fn sixteen_bits_to_eight(bytes: &mut Vec<u8>) {
    let values = bytes.len() / 2;
    for value in 0..values {
        let wide = u16::from_ne_bytes([bytes[2 * value], bytes[2 * value + 1]]);
        bytes[value] = ((u32::from(wide) + 128) / 257) as u8;
    }
    bytes.truncate(values);
}

fn floats_to_eight(bytes: &mut Vec<u8>) {
    let values = bytes.len() / 4;
    for value in 0..values {
        let wide = f32::from_ne_bytes(std::array::from_fn(|byte| bytes[4 * value + byte]));
        bytes[value] = (wide.clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
    }
    bytes.truncate(values);
}

/// Lays pixels whose last channel is how opaque they are over white, and drops that channel.
fn over_white<const CHANNELS: usize>(bytes: &mut Vec<u8>) {
    let pixels = bytes.len() / CHANNELS;
    for pixel in 0..pixels {
        let opaque = bytes[CHANNELS * pixel + CHANNELS - 1];
        for channel in 0..CHANNELS - 1 {
            let colour = bytes[CHANNELS * pixel + channel];
            bytes[(CHANNELS - 1) * pixel + channel] = seen_over_white(colour, opaque);
        }
    }
    bytes.truncate((CHANNELS - 1) * pixels);
}

/// What is seen of a value that is so opaque, 0 to 255, over white.
fn seen_over_white(colour: u8, opaque: u8) -> u8 {
    let (colour, opaque) = (u32::from(colour), u32::from(opaque));
    ((colour * opaque + 255 * (255 - opaque) + 127) / 255) as u8
}

fn turned(format: Format, mut image: DynamicImage, orientation: Orientation) -> Picture {
    image.apply_orientation(orientation);
    let (width, height) = (image.width(), image.height());
    let pixels = match image {
        DynamicImage::ImageLuma8(grey) => Pixels::Grey(grey.into_raw()),
        other => Pixels::Rgb(other.into_rgb8().into_raw()),
    };
    Picture { width, height, format: format.word(), pixels }
}
