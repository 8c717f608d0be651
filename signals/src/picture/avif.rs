//! Decodes AVIF pictures (AV1 Image File Format, version 1.1.0) to pixels as they are displayed.
//!
//! The decoder is the port of dav1d to Rust, without its assembly, so that every machine gives the
//! same pixels. Colours are turned into red, green and blue by the matrix that the container names
//! (ITU-T H.273), that of BT.601 where it names none. A picture for bright screens (PQ, HLG) is
//! not dimmed as a usual screen would show it.

use image::DynamicImage;
use model::Missing;
use model::limits::IMAGE_PIXELS;
use re_rav1d::dav1d as av1;
use re_rav1d::dav1d::{PixelLayout, PlanarImageComponent as Plane};

use super::heif::{Fields, Heif, Name, sequence};
use super::views::FRAMES_LOOKED_AT;
use super::{Format, check_memory, check_size, damaged, rgb_image, seen_over_white};

/// Most pictures that a grid is put together of.
const TILES: usize = 1_024;
/// How often the decoder is asked for the first picture in one item.
const STEPS: usize = 1_024;
/// Memory for each pixel at most: three channels of 16 bits, then red, green, blue and opacity.
const PIXEL_BYTES: u64 = 10;
/// Properties that crop, turn and mirror a picture.
const CHANGES: [Name; 3] = [*b"clap", *b"irot", *b"imir"];
/// How a picture that tells the opacity of another says so.
const OPACITY: [&[u8]; 2] =
    [b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0", b"urn:mpeg:hevc:2015:auxid:1\0"];

/// Decodes the picture that a file shows.
///
/// # Errors
///
/// Says what is damaged, is not decoded, or is beyond a limit.
pub(super) fn decode(bytes: &[u8]) -> Result<DynamicImage, Missing> {
    let heif = Heif::parse(bytes)?;
    let shown = heif.primary();
    let (width, height) = size(&heif, shown)?;
    check_memory(u64::from(width) * u64::from(height) * PIXEL_BYTES)?;
    let mut canvas = Canvas::of(&heif, shown, Channels::Colours)?;
    let opacity = heif.from(b"auxl", shown).find(|item| is_opacity(&heif, *item));
    if let Some(opacity) = opacity {
        let opacity = Canvas::of(&heif, opacity, Channels::Lightness)?;
        let is_multiplied = heif.to(b"prem", shown).next().is_some();
        canvas.lay_over_white(&opacity, is_multiplied)?;
    }
    let image = rgb_image(canvas.width, canvas.height, canvas.bytes);
    let image = image.ok_or_else(|| wrong("its parts do not fit its size"))?;
    // Each kind of change comes once in a sound file; each takes as long as the picture is large.
    let changes = heif.properties(shown).filter(|(name, _)| CHANGES.contains(name));
    Ok(changes.take(CHANGES.len()).fold(image, |image, (name, body)| changed(image, &name, body)))
}

/// The pictures of an animation with their width and height; nothing where the file has none.
pub(super) fn frames(bytes: &[u8]) -> Option<(Frames<'_>, u32, u32)> {
    let heif = Heif::parse(bytes).ok()?;
    let (width, height) = size(&heif, heif.primary()).ok()?;
    check_memory(u64::from(width) * u64::from(height) * PIXEL_BYTES).ok()?;
    // One more than are looked at, so that it can be told that there are more.
    let samples = sequence(bytes, FRAMES_LOOKED_AT + 1)?;
    let decoder = decoder(width * height).ok()?;
    let colours = Colours::of(&heif, heif.primary());
    Some((Frames { decoder, samples: samples.into_iter(), width, height, colours }, width, height))
}

/// The pictures of an animation, each made from those before it; ends where one is damaged.
pub(super) struct Frames<'a> {
    decoder: av1::Decoder,
    samples: std::vec::IntoIter<&'a [u8]>,
    width: u32,
    height: u32,
    colours: Colours,
}

impl Iterator for Frames<'_> {
    type Item = DynamicImage;

    fn next(&mut self) -> Option<DynamicImage> {
        // A sample of several pictures leaves a rest, which comes first.
        self.decoder.send_pending_data().ok()?;
        let sample = self.samples.next()?;
        let picture = next_picture(&mut self.decoder, sample.to_vec()).ok()?;
        let mut canvas = Canvas::blank(self.width, self.height, Channels::Colours);
        canvas.lay(&picture, (0, 0), &self.colours);
        rgb_image(canvas.width, canvas.height, canvas.bytes)
    }
}

fn wrong(problem: &str) -> Missing {
    damaged(Format::Avif, problem)
}

fn is_opacity(heif: &Heif<'_>, item: u32) -> bool {
    let purpose = heif.property(item, b"auxC").and_then(|body| body.0.get(4..));
    purpose.is_some_and(|purpose| OPACITY.iter().any(|known| purpose.starts_with(known)))
}

/// The size of an item before it is turned.
fn size(heif: &Heif<'_>, item: u32) -> Result<(u32, u32), Missing> {
    let told = heif.property(item, b"ispe").and_then(|mut body| {
        body.version()?;
        Some((body.number(4)? as u32, body.number(4)? as u32))
    });
    let (width, height) = told.ok_or_else(|| wrong("it does not tell its size"))?;
    check_size(width, height)?;
    Ok((width, height))
}

/// Crops, turns or mirrors an image if a property says so.
fn changed(image: DynamicImage, name: &Name, body: &[u8]) -> DynamicImage {
    match (name, Fields(body).number(1)) {
        // Quarter turns against the clock.
        (b"irot", Some(turns)) => match turns & 3 {
            1 => image.rotate270(),
            2 => image.rotate180(),
            3 => image.rotate90(),
            _ => image,
        },
        (b"imir", Some(axis)) => {
            if axis & 1 == 0 {
                image.flipv()
            } else {
                image.fliph()
            }
        }
        (b"clap", Some(_)) => match aperture(&image, Fields(body)) {
            Some([left, top, width, height]) => image.crop_imm(left, top, width, height),
            None => image,
        },
        _ => image,
    }
}

/// The part of an image that is shown: left, top, width and height. Nothing where what the file
/// tells is not a part of it.
fn aperture(image: &DynamicImage, mut fields: Fields<'_>) -> Option<[u32; 4]> {
    let mut fraction = || {
        let (above, below) = (fields.number(4)? as u32, fields.number(4)? as u32);
        (below > 0).then(|| f64::from(above.cast_signed()) / f64::from(below))
    };
    let [width, height, right, down] = [fraction()?, fraction()?, fraction()?, fraction()?];
    let side = |all: u32, part: f64, shift: f64| {
        let begin = ((f64::from(all) - part) / 2.0 + shift).round();
        let fits = part >= 1.0 && begin >= 0.0 && begin + part.floor() <= f64::from(all);
        fits.then_some((begin as u32, part as u32))
    };
    let (left, width) = side(image.width(), width, right)?;
    let (top, height) = side(image.height(), height, down)?;
    Some([left, top, width, height])
}

/// What is taken of a coded picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Channels {
    /// Red, green and blue.
    Colours,
    /// Its first channel alone.
    Lightness,
}

impl Channels {
    fn count(self) -> usize {
        match self {
            Self::Colours => 3,
            Self::Lightness => 1,
        }
    }
}

/// The pixels of one item, put together.
struct Canvas {
    width: u32,
    height: u32,
    channels: Channels,
    bytes: Vec<u8>,
}

impl Canvas {
    fn blank(width: u32, height: u32, channels: Channels) -> Self {
        let bytes = vec![0; channels.count() * width as usize * height as usize];
        Self { width, height, channels, bytes }
    }

    fn of(heif: &Heif<'_>, item: u32, channels: Channels) -> Result<Self, Missing> {
        let (width, height) = size(heif, item)?;
        let mut canvas = Self::blank(width, height, channels);
        let colours = Colours::of(heif, item);
        match heif.kind(item) {
            Some(kind) if kind == *b"av01" => canvas.paint(heif, item, (0, 0), &colours)?,
            Some(kind) if kind == *b"grid" => canvas.paint_grid(heif, item, &colours)?,
            Some(_) | None => return Err(wrong("it shows neither an AV1 picture nor a grid")),
        }
        Ok(canvas)
    }

    fn paint_grid(&mut self, heif: &Heif<'_>, item: u32, colours: &Colours) -> Result<(), Missing> {
        let grid = heif.content(item).filter(|grid| grid.len() >= 8 && grid[0] == 0);
        let grid = grid.ok_or_else(|| wrong("its grid is damaged"))?;
        let (rows, columns) = (u32::from(grid[2]) + 1, u32::from(grid[3]) + 1);
        let tiles: Vec<u32> = heif.to(b"dimg", item).take(TILES + 1).collect();
        if tiles.len() > TILES || tiles.len() as u32 != rows * columns {
            let problem =
                format!("its grid is of {} pictures; {TILES} are put together", tiles.len());
            return Err(wrong(&problem));
        }
        let (width, height) = size(heif, tiles[0])?;
        let all = u64::from(width) * u64::from(height) * tiles.len() as u64;
        let covers = width * columns >= self.width && height * rows >= self.height;
        if !covers || all > 2 * IMAGE_PIXELS {
            return Err(wrong("the pictures of its grid do not fit its size"));
        }
        for (number, tile) in (0..).zip(tiles) {
            let at = (number % columns * width, number / columns * height);
            if size(heif, tile)? != (width, height) || heif.kind(tile) != Some(*b"av01") {
                return Err(wrong("the pictures of its grid are not alike"));
            }
            self.paint(heif, tile, at, colours)?;
        }
        Ok(())
    }

    /// Decodes an item and lays it at a place.
    fn paint(
        &mut self,
        heif: &Heif<'_>,
        item: u32,
        at: (u32, u32),
        colours: &Colours,
    ) -> Result<(), Missing> {
        let (width, height) = size(heif, item)?;
        let content = heif.content(item).ok_or_else(|| wrong("it ends before its picture does"))?;
        let picture = next_picture(&mut decoder(width * height)?, content.into_owned())?;
        if (picture.width(), picture.height()) != (width, height) {
            return Err(wrong("its picture is not of the size that it tells"));
        }
        self.lay(&picture, at, colours);
        Ok(())
    }

    /// Lays a picture at a place; what is beyond the edges is left out.
    fn lay(&mut self, picture: &av1::Picture, (left, top): (u32, u32), colours: &Colours) {
        let columns = picture.width().min(self.width.saturating_sub(left)) as usize;
        let rows = picture.height().min(self.height.saturating_sub(top)) as usize;
        let table = colours.table(picture);
        let mut planes = Planes::of(picture, columns);
        let channels = self.channels.count();
        for row in 0..rows {
            let begin = (top as usize + row) * self.width as usize + left as usize;
            let out = &mut self.bytes[channels * begin..][..channels * columns];
            planes.read(row);
            match self.channels {
                Channels::Colours => table.colours(&planes, out),
                Channels::Lightness => table.lightness(&planes, out),
            }
        }
    }

    fn lay_over_white(&mut self, opacity: &Self, is_multiplied: bool) -> Result<(), Missing> {
        if (opacity.width, opacity.height) != (self.width, self.height) {
            return Err(wrong("its opacity is of another size"));
        }
        let pixels = self.bytes.as_chunks_mut::<3>().0;
        for (pixel, opaque) in pixels.iter_mut().zip(&opacity.bytes) {
            for value in pixel {
                *value = if is_multiplied {
                    value.saturating_add(255 - opaque)
                } else {
                    seen_over_white(*value, *opaque)
                };
            }
        }
        Ok(())
    }
}

/// A decoder of pictures of at most so many pixels.
fn decoder(pixels: u32) -> Result<av1::Decoder, Missing> {
    let mut settings = av1::Settings::new();
    settings.set_n_threads(1);
    settings.set_max_frame_delay(1);
    settings.set_all_layers(false);
    settings.set_frame_size_limit(pixels);
    av1::Decoder::with_settings(&settings).map_err(|problem| wrong(&problem.to_string()))
}

/// Decodes the next picture of a stream.
fn next_picture(decoder: &mut av1::Decoder, stream: Vec<u8>) -> Result<av1::Picture, Missing> {
    let failed = |problem: av1::Error| wrong(&problem.to_string());
    let mut sent = decoder.send_data(stream, None, None, None);
    for _ in 0..STEPS {
        match decoder.get_picture() {
            Ok(picture) => return Ok(picture),
            Err(problem) if !problem.is_again() => return Err(failed(problem)),
            Err(_) => match sent {
                Err(problem) if problem.is_again() => sent = decoder.send_pending_data(),
                Err(problem) => return Err(failed(problem)),
                Ok(()) => break,
            },
        }
    }
    Err(wrong("there is no picture in its stream"))
}

/// One row of each channel, made as fine as the first.
struct Planes {
    planes: Vec<(av1::Plane, usize, Subsampling)>,
    /// Bytes of one value.
    wide: usize,
    /// Highest value.
    most: u16,
    rows: [Vec<u16>; 3],
}

/// By how many powers of two a channel is coarser, across and down.
type Subsampling = (u32, u32);

impl Planes {
    fn of(picture: &av1::Picture, columns: usize) -> Self {
        let coarse = match picture.pixel_layout() {
            PixelLayout::I400 => None,
            PixelLayout::I420 => Some((1, 1)),
            PixelLayout::I422 => Some((1, 0)),
            PixelLayout::I444 => Some((0, 0)),
        };
        let plane = |which, coarse| (picture.plane(which), picture.stride(which) as usize, coarse);
        let mut planes = vec![plane(Plane::Y, (0, 0))];
        if let Some(coarse) = coarse {
            planes.extend([plane(Plane::U, coarse), plane(Plane::V, coarse)]);
        }
        let bits = picture.bit_depth();
        // Where there are no colours, both their channels stay in the middle.
        let rows = std::array::from_fn(|_| vec![1 << (bits - 1); columns]);
        Self { planes, wide: bits.div_ceil(8), most: u16::MAX >> (16 - bits), rows }
    }

    /// Reads a row of the picture from each channel.
    fn read(&mut self, row: usize) {
        for ((plane, stride, (across, down)), out) in self.planes.iter().zip(&mut self.rows) {
            let line = &plane[(row >> down) * stride..];
            for (column, value) in out.iter_mut().enumerate() {
                let at = (column >> across) * self.wide;
                *value = match self.wide {
                    1 => u16::from(line[at]),
                    _ => u16::from_ne_bytes([line[at], line[at + 1]]).min(self.most),
                };
            }
        }
    }
}

/// How the values of a picture are to be understood.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Colours {
    matrix: Matrix,
    /// Whether all values are used; `None` where only the stream tells.
    is_full: Option<bool>,
}

/// How the channels make colours.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Matrix {
    /// The channels are green, blue and red.
    None,
    /// A lightness and two differences to it, orange and green.
    GreenOrange,
    /// A lightness, of which red and blue make these shares, and two differences to it.
    Shares(f64, f64),
}

impl Colours {
    /// What the container tells of an item.
    fn of(heif: &Heif<'_>, item: u32) -> Self {
        let told = heif.properties(item).find_map(|(name, body)| {
            let mut fields = Fields(body);
            let tells = name == *b"colr" && fields.name()? == *b"nclx";
            fields.number(4)?;
            let (matrix, range) = (fields.number(2)?, fields.number(1)?);
            tells.then_some(Self { matrix: Matrix::of(matrix), is_full: Some(range >= 0x80) })
        });
        told.unwrap_or(Self { matrix: Matrix::of(2), is_full: None })
    }

    fn table(&self, picture: &av1::Picture) -> Table {
        let is_full = matches!(picture.color_range(), av1::pixel::YUVRange::Full);
        Table::new(self.matrix, self.is_full.unwrap_or(is_full), picture.bit_depth() as u32)
    }
}

impl Matrix {
    /// By its number in H.273, table 4; numbers that are not known are taken for BT.601.
    fn of(number: u64) -> Self {
        match number {
            0 => Self::None,
            1 => Self::Shares(0.2126, 0.0722),
            4 => Self::Shares(0.30, 0.11),
            7 => Self::Shares(0.212, 0.087),
            8 => Self::GreenOrange,
            9 | 10 => Self::Shares(0.2627, 0.0593),
            _ => Self::Shares(0.299, 0.114),
        }
    }

    /// How much of each channel is in red, green and blue.
    fn weights(self) -> [[f64; 3]; 3] {
        match self {
            Self::None => [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]],
            Self::GreenOrange => [[1.0, -1.0, 1.0], [1.0, 1.0, 0.0], [1.0, -1.0, -1.0]],
            Self::Shares(red, blue) => {
                let green = 1.0 - red - blue;
                let [from_red, from_blue] = [red, blue].map(|share| 2.0 * (1.0 - share));
                let of_green = [-from_blue * blue / green, -from_red * red / green];
                [[1.0, 0.0, from_red], [1.0, of_green[0], of_green[1]], [1.0, from_blue, 0.0]]
            }
        }
    }
}

/// What every value of each channel adds to red, green and blue, in 65,536ths.
struct Table {
    /// For each colour and channel, a summand for each value.
    summands: [[Vec<i32>; 3]; 3],
    /// The first channel as grey.
    grey: Vec<u8>,
}

impl Table {
    fn new(matrix: Matrix, is_full: bool, bits: u32) -> Self {
        let values = 1u32 << bits;
        let step = f64::from(values) / 256.0;
        let lightness = |value: u32| match is_full {
            true => f64::from(value) / f64::from(values - 1),
            false => (f64::from(value) - 16.0 * step) / (219.0 * step),
        };
        let difference = |value: u32| match is_full {
            true => (f64::from(value) - 128.0 * step) / f64::from(values - 1),
            false => (f64::from(value) - 128.0 * step) / (224.0 * step),
        };
        let weights = matrix.weights();
        let summand = |colour: usize, channel: usize, value: u32| {
            let is_lightness = channel == 0 || matrix == Matrix::None;
            let part = if is_lightness { lightness(value) } else { difference(value) };
            (part * weights[colour][channel] * 255.0 * 65_536.0).round() as i32
        };
        let summands = std::array::from_fn(|colour| {
            std::array::from_fn(|channel| {
                (0..values).map(|value| summand(colour, channel, value)).collect()
            })
        });
        let grey = (0..values).map(|value| (lightness(value) * 255.0).round() as u8).collect();
        Self { summands, grey }
    }

    fn colours(&self, planes: &Planes, out: &mut [u8]) {
        let [first, second, third] = &planes.rows;
        let values = first.iter().zip(second).zip(third);
        for (pixel, ((first, second), third)) in out.as_chunks_mut::<3>().0.iter_mut().zip(values) {
            for (out, [one, two, three]) in pixel.iter_mut().zip(&self.summands) {
                let sum = one[usize::from(*first)]
                    + two[usize::from(*second)]
                    + three[usize::from(*third)];
                *out = ((sum + 32_768) >> 16).clamp(0, 255) as u8;
            }
        }
    }

    fn lightness(&self, planes: &Planes, out: &mut [u8]) {
        for (out, value) in out.iter_mut().zip(&planes.rows[0]) {
            *out = self.grey[usize::from(*value)];
        }
    }
}
