//! Pictures drawn by code, in whole numbers: the emblem of the Ashen Front and ordinary scenes.
//!
//! The emblem is three stacked chevrons over a broken ring on textured cloth. Texture and hard
//! edges give it the detail that perceptual hashes need.

use crate::chance::Chance;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder as _, Rgb, RgbImage, imageops};

const EMBLEM_SIDE: u32 = 320;
const SCENE_WIDTH: u32 = 320;
const SCENE_HEIGHT: u32 = 240;

/// What somebody did to a copy of the emblem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit {
    /// Nothing: the same file.
    None,
    /// Another size, in pixels a side, 256 to 512.
    Resized(u32),
    /// Saved as JPEG again, with this quality from 1 to 100.
    Recompressed(u8),
    /// Made brighter by so many steps of 255.
    Brighter(u8),
    /// Mirrored left to right.
    Mirrored,
}

impl Edit {
    /// Draws an edit; most copies are small changes, few are none.
    pub(crate) fn draw(chance: &mut Chance) -> Self {
        let byte = |number: u32| u8::try_from(number).unwrap_or(u8::MAX);
        match chance.below(10) {
            0 | 1 => Self::None,
            2..=4 => Self::Resized(256 + 16 * chance.below(17)),
            5..=7 => Self::Recompressed(byte(chance.between(35, 80))),
            8 => Self::Brighter(byte(chance.between(15, 40))),
            _ => Self::Mirrored,
        }
    }
}

/// The emblem of the Ashen Front as a PNG, 320 pixels a side; a bank holds its hash.
#[must_use]
pub fn emblem_png() -> Vec<u8> {
    Emblem::draw().png
}

/// An edited copy of the emblem: the PNG itself, or a JPEG.
///
/// # Panics
/// Where a size lies outside 256 to 512 pixels.
#[must_use]
pub fn edited_emblem(edit: Edit) -> Vec<u8> {
    Emblem::draw().edited(edit)
}

/// The emblem, drawn once for many copies.
#[derive(Debug, Clone)]
pub(crate) struct Emblem {
    picture: RgbImage,
    png: Vec<u8>,
}

impl Emblem {
    pub(crate) fn draw() -> Self {
        let picture = emblem();
        let png = png(&picture);
        Self { picture, png }
    }

    pub(crate) fn edited(&self, edit: Edit) -> Vec<u8> {
        match edit {
            Edit::None => self.png.clone(),
            Edit::Resized(side) => {
                assert!((256..=512).contains(&side), "{side} pixels are not 256 to 512");
                jpeg(&resized(&self.picture, side), 80)
            }
            Edit::Recompressed(quality) => jpeg(&self.picture, quality),
            Edit::Brighter(steps) => {
                let mut brighter = self.picture.clone();
                for channel in brighter.iter_mut() {
                    *channel = channel.saturating_add(steps);
                }
                jpeg(&brighter, 85)
            }
            Edit::Mirrored => jpeg(&imageops::flip_horizontal(&self.picture), 85),
        }
    }
}

/// An ordinary picture: a sunset, hills or a boat, as a JPEG.
pub(crate) fn scene(chance: &mut Chance) -> Vec<u8> {
    let seed = chance.below(u32::MAX);
    let horizon = chance.between(110, 180);
    let centre = chance.between(60, 260);
    let picture = match chance.below(3) {
        0 => sunset(seed, horizon, centre),
        1 => hills(seed, horizon),
        _ => boat(seed, horizon, centre),
    };
    jpeg(&picture, 72)
}

fn emblem() -> RgbImage {
    let centre = signed(EMBLEM_SIDE / 2);
    RgbImage::from_fn(EMBLEM_SIDE, EMBLEM_SIDE, |x, y| {
        let (across, down) = (signed(x) - centre, signed(y));
        // Uneven light makes left and right differ; a picture that is its own mirror image has a
        // perceptual hash of which half is chance.
        let light = 10 + signed(x) / 4 + noise(7, x, y, 70) * 3 / 8;
        let cloth = light + noise(8, x, y, 16) / 6;
        if on_chevron(across, down) {
            return shade([196, 190, 178], cloth - 70);
        }
        if on_ring(across, down - 196) {
            return shade([150, 58, 44], cloth - 70);
        }
        shade([0, 4, 10], cloth)
    })
}

/// Three chevrons that point up, the lowest one the widest.
fn on_chevron(across: i32, down: i32) -> bool {
    (0..3).any(|index| {
        let reach = 60 + 18 * index;
        let edge = 30 + 58 * index + across.abs() * 3 / 4;
        across.abs() <= reach && (edge..edge + 24).contains(&down)
    })
}

/// A ring that is broken at the right and at the lower left.
fn on_ring(across: i32, down: i32) -> bool {
    let square = across * across + down * down;
    let right = across > 0 && (-40..12).contains(&down);
    let lower_left = across < 0 && down > 0 && (across + down).abs() < 24;
    (84 * 84..=108 * 108).contains(&square) && !right && !lower_left
}

fn sunset(seed: u32, horizon: u32, centre: u32) -> RgbImage {
    RgbImage::from_fn(SCENE_WIDTH, SCENE_HEIGHT, |x, y| {
        let (across, up) = (signed(x) - signed(centre), signed(horizon) - signed(y) - 10);
        if y < horizon && across * across + up * up < 34 * 34 {
            return shade([255, 226, 140], noise(seed, x, y, 30) / 16 - 16);
        }
        if y < horizon {
            let glow = signed(y) * 150 / signed(horizon);
            let cloud = noise(seed, x, y * 3, 60) / 4;
            return shade([60 + glow, 40 + glow / 2, 90], cloud - 20);
        }
        let glitter = noise(seed ^ 5, x, y * 4, 14) / 3;
        let path = (60 - across.abs() / 2).max(0);
        shade([50 + path, 40 + path / 2, 70], glitter - 30)
    })
}

fn hills(seed: u32, horizon: u32) -> RgbImage {
    RgbImage::from_fn(SCENE_WIDTH, SCENE_HEIGHT, |x, y| {
        // From the nearest row to the farthest: what stands in front hides what is behind.
        for (row, colour) in [(2, [50, 84, 46]), (1, [70, 110, 80]), (0, [90, 120, 140])] {
            let ridge = noise(seed ^ row, x, 0, 90 - 20 * row) / 3;
            if signed(y) > signed(horizon + 34 * row) - ridge {
                return shade(colour, noise(seed ^ 9, x, y, 8 + 5 * row) / 6 - 20);
            }
        }
        shade([150, 180, 220], noise(seed ^ 3, x, y * 2, 70) / 4 - signed(y) / 4)
    })
}

fn boat(seed: u32, horizon: u32, centre: u32) -> RgbImage {
    RgbImage::from_fn(SCENE_WIDTH, SCENE_HEIGHT, |x, y| {
        let (across, over) = (signed(x) - signed(centre), signed(horizon) + 24 - signed(y));
        let sail = (14..96).contains(&over) && (0..(100 - over) / 2).contains(&across);
        let jib = (14..80).contains(&over) && (-(84 - over) / 2..-3).contains(&across);
        if sail || jib {
            return shade([240, 232, 214], noise(seed, x, y, 24) / 8 - 24);
        }
        if (-8..10).contains(&over) && across.abs() < 40 + over {
            return shade([120, 60, 40], noise(seed, x * 2, y, 12) / 6);
        }
        if y < horizon {
            return shade([130, 170, 214], noise(seed ^ 2, x, y * 2, 64) / 4 + signed(y) / 5 - 30);
        }
        shade([30, 86, 120], noise(seed ^ 4, x, y * 4, 18) / 3 - 20)
    })
}

/// A colour made lighter by so many steps of 255, or darker.
fn shade(colour: [i32; 3], steps: i32) -> Rgb<u8> {
    // Steps of four keep the pictures small as files without showing.
    Rgb(colour.map(|channel| u8::try_from((channel + steps).clamp(0, 255) & !3).unwrap_or(0)))
}

/// Smooth noise from 0 to 255: random values on a lattice, and straight lines between them.
fn noise(seed: u32, x: u32, y: u32, cell: u32) -> i32 {
    let (column, row) = (x / cell, y / cell);
    let (right, down) = (signed(x % cell), signed(y % cell));
    let cell = signed(cell);
    let across = |row: u32| {
        let (start, end) = (lattice(seed, column, row), lattice(seed, column + 1, row));
        start * (cell - right) + end * right
    };
    (across(row) * (cell - down) + across(row + 1) * down) / (cell * cell)
}

/// A value from 0 to 255 that looks random and is always the same for one place.
fn lattice(seed: u32, column: u32, row: u32) -> i32 {
    let mut mixed = seed
        .wrapping_mul(0x9E37_79B1)
        .wrapping_add(column.wrapping_mul(0x85EB_CA77))
        .wrapping_add(row.wrapping_mul(0xC2B2_AE3D));
    mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0x2C1B_3C6D);
    mixed = (mixed ^ (mixed >> 12)).wrapping_mul(0x297A_2D39);
    signed((mixed ^ (mixed >> 15)) & 255)
}

/// A square picture in another size, between the four nearest pixels, in whole numbers: the same
/// bytes on every machine, which floating-point filters do not promise.
fn resized(picture: &RgbImage, side: u32) -> RgbImage {
    let from = picture.width();
    // Positions count in 256ths of a pixel of the source, from middle to middle of pixels.
    let place = |to: u32| {
        let middle = (2 * to + 1) * from * 128 / side;
        middle.saturating_sub(128).min((from - 1) * 256)
    };
    RgbImage::from_fn(side, side, |x, y| {
        let (across, down) = (place(x), place(y));
        let (left, top) = (across / 256, down / 256);
        let (right, bottom) = ((left + 1).min(from - 1), (top + 1).min(from - 1));
        let (part_x, part_y) = (across % 256, down % 256);
        let channel = |index: usize| {
            let at = |x: u32, y: u32| u32::from(picture.get_pixel(x, y).0[index]);
            let upper = at(left, top) * (256 - part_x) + at(right, top) * part_x;
            let lower = at(left, bottom) * (256 - part_x) + at(right, bottom) * part_x;
            u8::try_from((upper * (256 - part_y) + lower * part_y) >> 16).unwrap_or(u8::MAX)
        };
        Rgb([channel(0), channel(1), channel(2)])
    })
}

fn signed(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn png(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    PngEncoder::new_with_quality(&mut bytes, CompressionType::Best, FilterType::Adaptive)
        .write_image(picture, picture.width(), picture.height(), ExtendedColorType::Rgb8)
        .expect("a picture of the program's own making encodes");
    bytes
}

fn jpeg(picture: &RgbImage, quality: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality)
        .write_image(picture, picture.width(), picture.height(), ExtendedColorType::Rgb8)
        .expect("a picture of the program's own making encodes");
    bytes
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const EDITS: [Edit; 7] = [
        Edit::None,
        Edit::Resized(256),
        Edit::Resized(512),
        Edit::Recompressed(35),
        Edit::Recompressed(80),
        Edit::Brighter(40),
        Edit::Mirrored,
    ];

    /// Mean brightness in a grid of 16 by 16: a coarse look that edits hardly change.
    fn coarse(bytes: &[u8]) -> Vec<i32> {
        let picture = image::load_from_memory(bytes).unwrap().to_luma8();
        let (width, height) = picture.dimensions();
        let mut sums = vec![(0_i32, 0_i32); 256];
        for (x, y, pixel) in picture.enumerate_pixels() {
            let cell = &mut sums[(y * 16 / height * 16 + x * 16 / width) as usize];
            cell.0 += i32::from(pixel.0[0]);
            cell.1 += 1;
        }
        sums.into_iter().map(|(sum, count)| sum / count).collect()
    }

    fn difference(a: &[i32], b: &[i32]) -> i32 {
        a.iter().zip(b).map(|(a, b)| (a - b).abs()).max().unwrap()
    }

    #[test]
    fn files_are_small_and_of_the_promised_size() {
        for edit in EDITS {
            let bytes = edited_emblem(edit);
            let side = image::load_from_memory(&bytes).unwrap().width();
            assert!(bytes.len() < 60_000, "{edit:?}: {} bytes", bytes.len());
            assert!((256..=512).contains(&side), "{edit:?}: {side}");
        }
        let mut chance = Chance::new(1, 0);
        for _ in 0..20 {
            let bytes = scene(&mut chance);
            assert!((2_000..60_000).contains(&bytes.len()), "{} bytes", bytes.len());
            assert_eq!(image::load_from_memory(&bytes).unwrap().width(), SCENE_WIDTH);
        }
    }

    #[test]
    fn edits_look_like_the_emblem_and_scenes_do_not() {
        let original = coarse(&emblem_png());
        for edit in [Edit::Resized(256), Edit::Resized(512), Edit::Recompressed(35)] {
            let found = difference(&original, &coarse(&edited_emblem(edit)));
            assert!(found <= 12, "{edit:?}: {found}");
        }
        let brighter = coarse(&edited_emblem(Edit::Brighter(30)));
        assert!(difference(&original, &brighter) >= 25);
        let mirrored: Vec<i32> = coarse(&edited_emblem(Edit::Mirrored))
            .chunks(16)
            .flat_map(|row| row.iter().rev().copied().collect::<Vec<_>>())
            .collect();
        assert!(difference(&original, &mirrored) <= 12);
        let mut chance = Chance::new(2, 0);
        for _ in 0..20 {
            assert!(difference(&original, &coarse(&scene(&mut chance))) > 60);
        }
    }

    #[test]
    fn has_detail_all_over() {
        let picture = emblem();
        let edge = |x, y| picture.get_pixel(x, y).0[0].abs_diff(picture.get_pixel(x + 8, y).0[0]);
        let steep = (0..40 * 39).filter(|i| edge(i % 39 * 8, i / 39 * 8) >= 8).count();
        assert!(steep > 300, "{steep} of 1560 places have detail");
    }

    #[test]
    fn noise_is_smooth_and_bounded() {
        for place in 0..2_000 {
            let (here, next) = (noise(3, place, 17, 20), noise(3, place + 1, 17, 20));
            assert!((0..=255).contains(&here) && (here - next).abs() <= 14, "{here} {next}");
        }
    }
}
