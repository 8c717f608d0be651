//! Pictures as perceptual hashes: 256 bits that copies share but for a few.

use super::dice::{Dice, Purpose};
use crate::picture::Edit;

/// The PDQ hash of [`crate::emblem_png`], as bytes in the order of its hexadecimal form.
pub const EMBLEM_PDQ: [u8; 32] = [
    0x48, 0x39, 0xF5, 0xF9, 0xCB, 0x22, 0x0C, 0xFF, 0x75, 0x98, 0x63, 0x08, 0x32, 0x3D, 0x8C, 0x77,
    0x90, 0xC3, 0x3D, 0x2D, 0x95, 0xF3, 0xC4, 0x86, 0x6C, 0xA4, 0xA1, 0xB3, 0xCF, 0x8E, 0x69, 0x49,
];

/// The hash of an invented picture: random bits, of which half are set, as PDQ's always are.
pub(super) fn hash(seed: u64, picture: u64) -> [u8; 32] {
    let mut dice = Dice::of(seed, Purpose::Picture, picture);
    let mut hash = [0; 32];
    for part in hash.chunks_exact_mut(8) {
        part.copy_from_slice(&dice.bits().to_le_bytes());
    }
    hash
}

/// Changes so many bits, as saving a picture again does.
pub(super) fn flip(hash: &mut [u8; 32], bits: u32, dice: &mut Dice) {
    for _ in 0..bits {
        let bit = dice.below(256) as usize;
        hash[bit / 8] ^= 1 << (bit % 8);
    }
}

/// The PDQ hash of its mirror image, which has hardly anything in common with it.
const MIRRORED: [u8; 32] = [
    0x1D, 0x6D, 0xE4, 0x8C, 0x9E, 0x77, 0x59, 0xA8, 0x20, 0xCD, 0x36, 0x5D, 0x67, 0x68, 0xD9, 0x22,
    0xD5, 0x96, 0x48, 0x78, 0xC0, 0xA6, 0x11, 0xD3, 0x79, 0xF1, 0xF4, 0xE6, 0x92, 0xDB, 0x3C, 0x1C,
];

/// The hash of a copy of the emblem after an edit, about as [`crate::edited_emblem`] changes it:
/// measured, from 0 bits for another JPEG quality to 44 for 256 pixels a side.
pub(super) fn edited(edit: Edit, dice: &mut Dice) -> [u8; 32] {
    let (mut hash, bits) = match edit {
        Edit::None => (EMBLEM_PDQ, 0),
        Edit::Resized(side) if side < 320 => (EMBLEM_PDQ, (320 - side) * 44 / 64),
        Edit::Resized(side) => (EMBLEM_PDQ, (side - 320) * 22 / 192),
        Edit::Recompressed(_) => (EMBLEM_PDQ, dice.below_u32(3)),
        Edit::Brighter(steps) => (EMBLEM_PDQ, u32::from(steps) * 2 / 5),
        Edit::Mirrored => (MIRRORED, dice.below_u32(3)),
    };
    flip(&mut hash, bits, dice);
    hash
}

/// An edit of the emblem, drawn.
pub(super) fn edit(dice: &mut Dice) -> Edit {
    match dice.below(10) {
        0 | 1 => Edit::None,
        2..=4 => Edit::Resized(256 + 16 * dice.below_u32(17)),
        5..=7 => Edit::Recompressed(35 + dice.below_u32(46) as u8),
        8 => Edit::Brighter(15 + dice.below_u32(26) as u8),
        _ => Edit::Mirrored,
    }
}

/// Writes a hash as 64 hexadecimal digits.
pub(super) fn hex(out: &mut String, hash: &[u8; 32]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in hash {
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distance(a: &[u8; 32], b: &[u8; 32]) -> u32 {
        a.iter().zip(b).map(|(a, b)| (a ^ b).count_ones()).sum()
    }

    #[test]
    fn copies_are_near_and_others_are_far() {
        let one = hash(1, 5);
        assert!(distance(&one, &hash(1, 6)) > 80 && distance(&one, &hash(2, 5)) > 80);
        let mut dice = Dice::of(1, Purpose::Picture, 9);
        for bits in [0, 4, 24] {
            let mut copy = one;
            flip(&mut copy, bits, &mut dice);
            assert!(distance(&one, &copy) <= bits, "{bits}");
        }
    }

    #[test]
    fn hashes_are_written_in_full() {
        let mut text = String::new();
        hex(&mut text, &[0xA5; 32]);
        assert_eq!(text, "a5".repeat(32));
    }

    #[test]
    fn every_edit_is_drawn_within_its_bounds() {
        let mut dice = Dice::of(1, Purpose::Picture, 3);
        let mut seen = [0; 5];
        for _ in 0..500 {
            let edit = edit(&mut dice);
            match edit {
                Edit::None => seen[0] += 1,
                Edit::Resized(side) => {
                    assert!((256..=512).contains(&side));
                    seen[1] += 1;
                }
                Edit::Recompressed(quality) => {
                    assert!((35..=80).contains(&quality));
                    seen[2] += 1;
                }
                Edit::Brighter(steps) => {
                    assert!((15..=40).contains(&steps));
                    seen[3] += 1;
                }
                Edit::Mirrored => seen[4] += 1,
            }
            let far = distance(&EMBLEM_PDQ, &edited(edit, &mut dice));
            assert_eq!(far > 44, edit == Edit::Mirrored, "{edit:?} {far}");
        }
        assert!(seen.iter().all(|count| *count > 20), "{seen:?}");
    }
}
