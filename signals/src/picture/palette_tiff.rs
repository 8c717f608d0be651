//! TIFF pictures whose pixels are the numbers of colours in a palette (TIFF 6.0, section 5), which
//! the decoder of other TIFF pictures refuses.

use std::io::Cursor;

use image::DynamicImage;
use image::metadata::Orientation;
use model::Missing;
use model::limits::IMAGE_DECODE_BYTES;
use tiff::ColorType;
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;

use super::{Format, check_size, damaged, rgb_image};

/// The tag that says how pixels are to be understood, and its values for greys and for a palette.
const UNDERSTOOD_AS: u64 = 262;
const GREYS: u8 = 1;
const PALETTE: u64 = 3;
/// Most tags of a picture that are looked at.
const TAGS: u64 = 4_096;

/// Decodes the first picture of a file; nothing where it has no palette.
pub(super) fn decode(bytes: &[u8]) -> Option<Result<(DynamicImage, Orientation), Missing>> {
    let at = place_of_palette(bytes)?;
    // Told that the numbers are greys, the decoder gives them as they are.
    let mut greys = bytes.to_vec();
    let value = if bytes.starts_with(b"II") { [GREYS, 0] } else { [0, GREYS] };
    greys.get_mut(at..at + 2)?.copy_from_slice(&value);
    Some(read(&greys))
}

fn read(greys: &[u8]) -> Result<(DynamicImage, Orientation), Missing> {
    let wrong = |problem: tiff::TiffError| damaged(Format::Tiff, problem);
    let mut limits = Limits::default();
    limits.decoding_buffer_size = IMAGE_DECODE_BYTES as usize;
    let mut decoder = Decoder::new(Cursor::new(greys)).map_err(wrong)?.with_limits(limits);
    let (width, height) = decoder.dimensions().map_err(wrong)?;
    check_size(width, height)?;
    let bits = match decoder.colortype().map_err(wrong)? {
        ColorType::Gray(bits @ (1 | 2 | 4 | 8)) => usize::from(bits),
        other => return Err(damaged(Format::Tiff, format!("a palette with {other:?}"))),
    };
    let palette = decoder.get_tag_u16_vec(Tag::ColorMap).map_err(wrong)?;
    if palette.len() != 3 << bits {
        let problem = format!("its palette has {} values, not {}", palette.len(), 3 << bits);
        return Err(damaged(Format::Tiff, problem));
    }
    let orientation = decoder.find_tag_unsigned::<u8>(Tag::Orientation).ok().flatten();
    let orientation = orientation.and_then(Orientation::from_exif);
    let DecodingResult::U8(numbers) = decoder.read_image().map_err(wrong)? else {
        return Err(damaged(Format::Tiff, "its numbers of colours are too large"));
    };
    let bytes = coloured(&numbers, width as usize, bits, &palette);
    let image = rgb_image(width, height, bytes);
    let image = image.ok_or_else(|| damaged(Format::Tiff, "its parts do not fit its size"))?;
    Ok((image, orientation.unwrap_or(Orientation::NoTransforms)))
}

/// The colours of rows of numbers, each of which begins with a byte of its own.
fn coloured(numbers: &[u8], width: usize, bits: usize, palette: &[u16]) -> Vec<u8> {
    // All reds stand first, then all greens, then all blues; of 16 bits each, but some write 8.
    let shift = if palette.iter().all(|value| *value <= 0xFF) { 0 } else { 8 };
    let colours = palette.len() / 3;
    let rows = numbers.chunks_exact((width * bits).div_ceil(8));
    let mut bytes = Vec::with_capacity(3 * width * rows.len());
    for row in rows {
        for column in 0..width {
            let bit = column * bits;
            let number = usize::from(row[bit / 8]) >> (8 - bits - bit % 8) & (colours - 1);
            bytes
                .extend((0..3).map(|channel| (palette[channel * colours + number] >> shift) as u8));
        }
    }
    bytes
}

/// Where the first picture says that its pixels are numbers of colours; nothing where it does not.
fn place_of_palette(bytes: &[u8]) -> Option<usize> {
    let little = bytes.starts_with(b"II");
    let number = |at: u64, length: usize| {
        let at = usize::try_from(at).ok()?;
        let digits = bytes.get(at..at.checked_add(length)?)?;
        let add = |number: u64, digit: &u8| number << 8 | u64::from(*digit);
        Some(if little { digits.iter().rev().fold(0, add) } else { digits.iter().fold(0, add) })
    };
    // In the form for large files, places and counts are of eight bytes.
    let is_large = number(2, 2)? == 43;
    let directory = if is_large { number(8, 8)? } else { number(4, 4)? };
    let (count, head, entry, value) = if is_large {
        (number(directory, 8)?, 8, 20, 12)
    } else {
        (number(directory, 2)?, 2, 12, 8)
    };
    (0..count.min(TAGS)).find_map(|place| {
        let at = directory.checked_add(head + entry * place)?;
        let is_palette = number(at, 2)? == UNDERSTOOD_AS && number(at + value, 2)? == PALETTE;
        is_palette.then_some((at + value) as usize)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_any_width_are_coloured() {
        for (numbers, width, bits, expected) in [
            (&[0b1010_0000, 0][..], 3, 1, &[1, 0, 1, 0, 0, 0][..]),
            (&[0b0001_1011, 0b1100_0000], 5, 2, &[0, 1, 2, 3, 3]),
            (&[0x1F, 0x20, 0x45, 0x60], 3, 4, &[1, 15, 2, 4, 5, 6]),
            (&[7, 200], 1, 8, &[7, 200]),
        ] {
            let colours = 1 << bits;
            // The colour of a number is the number, its double and its triple.
            let palette = |shift: u32| -> Vec<u16> {
                (1..=3u16)
                    .flat_map(|by| (0..colours).map(move |one| ((one * by) % 251) << shift))
                    .collect()
            };
            let wanted: Vec<u8> = expected
                .iter()
                .flat_map(|number: &u16| [1, 2, 3].map(|by| (number * by % 251) as u8))
                .collect();
            assert_eq!(coloured(numbers, width, bits, &palette(0)), wanted, "{bits} bits");
            assert_eq!(coloured(numbers, width, bits, &palette(8)), wanted, "{bits} bits of 16");
        }
    }

    #[test]
    fn only_a_palette_is_found() {
        let classic = |value: u8| {
            [b"II*\0\x08\0\0\0\x01\0\x06\x01\x03\0\x01\0\0\0", &[value, 0, 0, 0][..]].concat()
        };
        let mut large = b"MM\0+\0\x08\0\0\0\0\0\0\0\0\0\x10\0\0\0\0\0\0\0\x01".to_vec();
        large.extend(b"\x01\x06\0\x03\0\0\0\0\0\0\0\x01\0\x03\0\0\0\0\0\0");
        for (bytes, expected) in [
            (classic(3), Some(18)),
            (classic(2), None),
            (large, Some(36)),
            (classic(3)[..18].to_vec(), None),
            (b"II*\0\xFF\xFF\xFF\xFF".to_vec(), None),
            (Vec::new(), None),
        ] {
            assert_eq!(place_of_palette(&bytes), expected, "{bytes:?}");
        }
    }
}
