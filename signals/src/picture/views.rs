//! The views of one picture file: as it is displayed, without bars around it, and the further
//! pictures of an animation. A picture that hides in any of them is found by that view's hashes.

use image::metadata::Orientation;
use model::Missing;
use model::limits::{IMAGE_PIXELS, PDQ_QUALITY};
use serde::{Deserialize, Serialize};

use super::{Format, Picture, Pixels, animation, decode, format_of, turned};
use crate::pdq::{self, Pdq};

/// Most views of one file.
pub const VIEWS: usize = 8;
/// Most frames of an animation that are looked at for views.
pub const FRAMES_LOOKED_AT: usize = 64;
/// Distance up to which two views count as the same, in bits.
const SAME_BITS: u32 = 10;
/// Largest difference to a bar's colour that still is the bar, in one channel: lossy formats do
/// not keep it even.
const BAR_SPREAD: u8 = 24;
/// A bar may have one pixel in so many that is not of its colour.
const BAR_STRANGERS: usize = 100;
/// Bars thinner than one part in so many of a side are left on: they change little.
const THINNEST_BAR: u32 = 50;
/// What is left within bars is at least one part in so many of a side.
const LEAST_CONTENT: u32 = 4;

/// Most pixels of a picture that is small. PDQ hardly smooths such a picture before it keeps 64 by
/// 64 places of it, so that photographs shrunk to 160 by 100 are 10 to 28 bits from themselves in
/// usual size. Enlarged before, they are within 14.
const SMALL_PIXELS: u32 = 25_600;
/// How many times as wide and high a small picture is made.
const ENLARGED: usize = 3;

/// How a view shows the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ViewKind {
    /// As it is displayed: what [`decode`] gives.
    Displayed,
    /// Without the bars of one colour on its sides; enlarged if small.
    WithoutBars,
    /// A small picture, enlarged.
    Enlarged,
    /// Another picture of an animation; enlarged if small.
    Frame {
        /// Its place in the animation, from 0.
        number: u32,
    },
}

/// One view, measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// How it shows the file.
    pub kind: ViewKind,
    /// Width, in pixels.
    pub width: u32,
    /// Height, in pixels.
    pub height: u32,
    /// Its perceptual hash.
    pub pdq: Pdq,
}

/// The views of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Views {
    /// The format that the bytes had, as [`Picture::format`] says it.
    pub format: String,
    /// The view as displayed, and at most [`VIEWS`] − 1 others: those that can be matched and
    /// differ from the views before them in more than 10 bits.
    pub all: Vec<View>,
    /// Why an animation may have views that are not among them.
    pub left_out: Option<Missing>,
}

/// Measures the views of a picture file.
///
/// Costs [`decode`] and [`pdq::hash`], and for an animation the same for each frame that is looked
/// at: the first [`FRAMES_LOOKED_AT`], or as many as together have
/// [`model::limits::IMAGE_PIXELS`]. Holds one picture at a time.
///
/// # Errors
///
/// As [`decode`]. Frames that cannot be decoded end an animation.
pub fn views(bytes: &[u8]) -> Result<Views, Missing> {
    let picture = decode(bytes)?;
    let all = vec![View::of(ViewKind::Displayed, &picture)];
    let mut views = Views { format: picture.format().to_owned(), all, left_out: None };
    if is_small(&picture) {
        views.add(ViewKind::Enlarged, &picture);
    }
    if let Some(area) = within_bars(&picture) {
        views.add(ViewKind::WithoutBars, &cut(picture, &area));
    }
    views.add_frames(bytes, format_of(bytes)?);
    Ok(views)
}

impl View {
    fn of(kind: ViewKind, picture: &Picture) -> Self {
        let (width, height) = (picture.width(), picture.height());
        Self { kind, width, height, pdq: pdq::hash(picture) }
    }
}

impl Views {
    /// Adds a view that can be matched and that differs from those before it.
    fn add(&mut self, kind: ViewKind, picture: &Picture) {
        let mut view = View::of(kind, picture);
        if is_small(picture) {
            view.pdq = pdq::hash(&enlarged(picture));
        }
        let is_same = |other: &View| other.pdq.hash.distance_bits(view.pdq.hash) <= SAME_BITS;
        if view.pdq.quality >= PDQ_QUALITY && !self.all.iter().any(is_same) {
            self.all.push(view);
        }
    }

    fn add_frames(&mut self, bytes: &[u8], format: Format) {
        let Some((frames, width, height)) = animation(bytes, format) else { return };
        let pixels = u64::from(width) * u64::from(height);
        let most = usize::try_from(IMAGE_PIXELS / pixels.max(1)).unwrap_or(FRAMES_LOOKED_AT);
        let most = most.clamp(1, FRAMES_LOOKED_AT);
        for (number, frame) in (0u32..).zip(frames) {
            let picture = turned(format, frame, Orientation::NoTransforms);
            let reason = if number as usize == most {
                format!("only the first {most} pictures of the animation were looked at")
            } else if self.all.len() == VIEWS {
                format!("only the first {VIEWS} different views were taken")
            } else {
                self.add(ViewKind::Frame { number }, &picture);
                continue;
            };
            self.left_out = Some(Missing::because(reason));
            return;
        }
    }
}

fn is_small(picture: &Picture) -> bool {
    picture.width() * picture.height() <= SMALL_PIXELS
}

/// A picture of three times the width and height. Of the three pixels for each, that in the middle
/// is the same, and the others are a third of the way to the pixel beside it.
fn enlarged(picture: &Picture) -> Picture {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let (channels, bytes) = match picture.pixels() {
        Pixels::Grey(bytes) => (1, bytes),
        Pixels::Rgb(bytes) => (3, bytes),
    };
    let row = |number: usize| &bytes[number * width * channels..][..width * channels];
    let mut all = Vec::with_capacity(ENLARGED * ENLARGED * bytes.len());
    for number in 0..ENLARGED * height {
        let (near, other) = nearest(number, height);
        let line: Vec<u8> =
            row(near).iter().zip(row(other)).map(|(one, two)| third(*one, *two)).collect();
        for column in 0..ENLARGED * width {
            let (near, other) = nearest(column, width);
            let pixel = |column: usize| &line[column * channels..][..channels];
            all.extend(pixel(near).iter().zip(pixel(other)).map(|(one, two)| third(*one, *two)));
        }
    }
    let pixels = if channels == 1 { Pixels::Grey(all) } else { Pixels::Rgb(all) };
    let by = ENLARGED as u32;
    Picture {
        width: by * picture.width,
        height: by * picture.height,
        format: picture.format,
        pixels,
    }
}

/// The place that a place of an enlarged line lies in, and the one beside it on the same side.
fn nearest(place: usize, length: usize) -> (usize, usize) {
    let near = place / ENLARGED;
    let other = match place % ENLARGED {
        0 => near.saturating_sub(1),
        1 => near,
        _ => (near + 1).min(length - 1),
    };
    (near, other)
}

/// The value a third of the way from one to the other.
fn third(one: u8, other: u8) -> u8 {
    ((2 * u16::from(one) + u16::from(other) + 1) / 3) as u8
}

/// A part of a picture, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Area {
    left: u32,
    top: u32,
    width: u32,
    height: u32,
}

/// The part of a picture within its bars, if it has bars and something within them.
fn within_bars(picture: &Picture) -> Option<Area> {
    let (width, height) = (picture.width(), picture.height());
    let row = |y: u32| is_bar(picture, (0..width).map(|x| (x, y)));
    let top = (0..height).take_while(|y| row(*y)).count() as u32;
    let bottom = (top..height).rev().take_while(|y| row(*y)).count() as u32;
    let rows = top..height - bottom;
    let column = |x: u32| is_bar(picture, rows.clone().map(|y| (x, y)));
    let left = (0..width).take_while(|x| column(*x)).count() as u32;
    let right = (left..width).rev().take_while(|x| column(*x)).count() as u32;
    let area = Area { left, top, width: width - left - right, height: height - top - bottom };
    let is_thin = |bars: u32, side: u32| bars < side.div_ceil(THINNEST_BAR);
    let is_left = |part: u32, side: u32| part >= side.div_ceil(LEAST_CONTENT);
    let has_bars = !is_thin(left + right, width) || !is_thin(top + bottom, height);
    (has_bars && is_left(area.width, width) && is_left(area.height, height)).then_some(area)
}

/// Whether nearly all of a line of pixels has the colour of its first.
fn is_bar(picture: &Picture, mut line: impl ExactSizeIterator<Item = (u32, u32)>) -> bool {
    let mut strangers = line.len() / BAR_STRANGERS;
    let Some(first) = line.next() else { return false };
    let colour = pixel(picture, first);
    line.all(|place| {
        let other = pixel(picture, place);
        let is_near = colour.iter().zip(other).all(|(one, two)| one.abs_diff(*two) <= BAR_SPREAD);
        is_near || strangers.checked_sub(1).map(|fewer| strangers = fewer).is_some()
    })
}

fn pixel(picture: &Picture, (x, y): (u32, u32)) -> &[u8] {
    let place = y as usize * picture.width() as usize + x as usize;
    match picture.pixels() {
        Pixels::Grey(bytes) => &bytes[place..=place],
        Pixels::Rgb(bytes) => &bytes[3 * place..][..3],
    }
}

/// Cuts a picture to a part of it, within its own memory.
fn cut(mut picture: Picture, area: &Area) -> Picture {
    let (channels, bytes) = match &mut picture.pixels {
        Pixels::Grey(bytes) => (1, bytes),
        Pixels::Rgb(bytes) => (3, bytes),
    };
    let length = channels * area.width as usize;
    for row in 0..area.height as usize {
        let first = (area.top as usize + row) * picture.width as usize + area.left as usize;
        bytes.copy_within(channels * first..channels * first + length, row * length);
    }
    bytes.truncate(area.height as usize * length);
    Picture { width: area.width, height: area.height, ..picture }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A grey picture of letters: `.` is dark, `#` light, and the others between.
    fn drawn(rows: &[&str]) -> Picture {
        let grey = |letter: u8| match letter {
            b'.' => 3,
            b'#' => 250,
            other => other,
        };
        let width = rows.iter().map(|row| row.len()).max().unwrap_or(0) as u32;
        let bytes = rows.iter().flat_map(|row| row.bytes().map(grey)).collect();
        let made = Picture::from_pixels(width, rows.len() as u32, Pixels::Grey(bytes));
        made.expect("the rows are equally long")
    }

    fn check(rows: &[&str], expected: Option<&[&str]>) {
        let picture = drawn(rows);
        let found = within_bars(&picture).map(|area| cut(picture, &area));
        let pixels = |picture: Picture| (picture.width, picture.height, picture.pixels);
        assert_eq!(found.map(pixels), expected.map(drawn).map(pixels), "{rows:?}");
    }

    #[test]
    fn bars_are_cut_off_on_each_side() {
        check(&["......", "a#b#c.", ".#a#b#", "......"], Some(&["a#b#c.", ".#a#b#"]));
        check(&["..a#..", "..#b..", "..b#.."], Some(&["a#", "#b", "b#"]));
        check(&["####", "a#bA", "#a.#", "...."], Some(&["a#bA", "#a.#"]));
        check(&["......", ".a#b..", ".#a#..", "......"], Some(&["a#b", "#a#"]));
        check(&["a#bz", "#ab.", "...."], Some(&["a#bz", "#ab."]));
    }

    #[test]
    fn a_small_picture_is_enlarged_smoothly() {
        let made = |rows: &[&[u8]]| {
            let bytes = rows.concat();
            let made =
                Picture::from_pixels(rows[0].len() as u32, rows.len() as u32, Pixels::Grey(bytes));
            made.expect("the rows are equally long")
        };
        let picture = enlarged(&made(&[&[0, 90], &[30, 120]]));
        let line = |by: u8| [0, 0, 30, 60, 90, 90].map(|value| value + by);
        let lines = [0, 0, 10, 20, 30, 30].map(line);
        assert_eq!(
            picture,
            Picture { format: "pixels", ..made(&lines.each_ref().map(|row| &row[..])) }
        );
        assert!(is_small(&made(&[&[0; 160][..]; 160])) && !is_small(&made(&[&[0; 161][..]; 160])));
    }

    #[test]
    fn what_is_no_bar_stays() {
        check(&["a#b#", "#b#a"], None);
        check(&["....", "....", "...."], None);
        check(&["........", "........", "..a.....", "........", "........"], None);
        check(&["."], None);
    }

    #[test]
    fn colours_of_bars_may_waver_and_have_a_stranger() {
        let waver: String = (0..200).map(|place| char::from(60 + place % 20)).collect();
        let strange = format!("{}##{}", &waver[..90], &waver[92..]);
        let stranger = format!("{}###{}", &waver[..90], &waver[93..]);
        let [one, two] = ["a#", "#a"].map(|pair| pair.repeat(100));
        check(&[&waver, &strange, &one, &two], Some(&[&one, &two]));
        check(&[&waver, &stranger, &one, &two], Some(&[&stranger, &one, &two]));
    }
}
