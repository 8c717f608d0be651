//! Pictures that are nearly the same, taken as one.
//!
//! Two PDQ hashes at most [`NEAR_BITS`] apart are taken as one picture, as PDQ's authors advise. A
//! hash stands for itself, or for the first hash of the dataset that is so near. Candidates share
//! one of sixteen parts of sixteen bits: up to fifteen bits apart none is missed, and few up to the
//! limit.

use crate::dataset::Posts;
use hashbrown::HashMap;

/// Hashes that differ in no more bits are of one picture.
pub const NEAR_BITS: u32 = 31;
/// So many of the hashes that share a part are compared.
const COMPARED: usize = 256;

type Hash = [u64; 4];

/// For each number of [`Posts::objects`] that is a picture, the number that stands for it.
#[must_use]
pub fn representatives(posts: &Posts) -> HashMap<u32, u32> {
    let mut pictures: Vec<u32> =
        (0..posts.len()).flat_map(|row| posts.images.row(row)).copied().collect();
    pictures.sort_unstable();
    pictures.dedup();
    let mut known: HashMap<(usize, u16), Vec<u32>> = HashMap::new();
    let mut hashes: HashMap<u32, Hash> = HashMap::new();
    let mut representatives = HashMap::new();
    for picture in pictures {
        let Some(hash) = parse(posts.objects.text(picture)) else {
            representatives.insert(picture, picture);
            continue;
        };
        let near = parts(&hash)
            .into_iter()
            .filter_map(|part| known.get(&part))
            .flat_map(|candidates| candidates.iter().take(COMPARED))
            .map(|candidate| (distance_bits(&hash, &hashes[candidate]), *candidate))
            .min()
            .filter(|(distance_bits, _)| *distance_bits <= NEAR_BITS);
        if near.is_none() {
            parts(&hash).into_iter().for_each(|part| known.entry(part).or_default().push(picture));
            hashes.insert(picture, hash);
        }
        representatives.insert(picture, near.map_or(picture, |(_, candidate)| candidate));
    }
    representatives
}

/// A PDQ hash in 64 hexadecimal digits; nothing where it is something else, such as the name of a
/// picture.
fn parse(text: &str) -> Option<Hash> {
    let mut hash = [0; 4];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (word, digits) in hash.iter_mut().zip(0..) {
        *word = u64::from_str_radix(&text[digits * 16..digits * 16 + 16], 16).ok()?;
    }
    Some(hash)
}

fn parts(hash: &Hash) -> [(usize, u16); 16] {
    std::array::from_fn(|part| (part, (hash[part / 4] >> (16 * (part % 4))) as u16))
}

fn distance_bits(left: &Hash, right: &Hash) -> u32 {
    left.iter().zip(right).map(|(left, right)| (left ^ right).count_ones()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Builder, PostRow};

    /// A hash, some of whose bits are turned.
    fn hash(seed: u64, turned: &[u32]) -> String {
        let mut words: Hash = std::array::from_fn(|n| {
            (seed + n as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(17) ^ seed << 7
        });
        turned.iter().for_each(|bit| words[*bit as usize / 64] ^= 1 << (bit % 64));
        words.map(|word| format!("{word:016x}")).concat()
    }

    fn check(pictures: &[String], expected: &[usize]) {
        let mut builder = Builder::new();
        for (n, picture) in pictures.iter().enumerate() {
            let (id, images) = (n.to_string(), [picture.as_str()]);
            builder.post(&PostRow {
                id: &id,
                account: "a",
                at_us: n as i64,
                images: &images,
                ..PostRow::default()
            });
        }
        let posts = builder.build().posts;
        let stands_for = representatives(&posts);
        let numbers: Vec<u32> = pictures.iter().map(|p| posts.objects.find(p).unwrap()).collect();
        let told: Vec<u32> = numbers.iter().map(|number| stands_for[number]).collect();
        let expected: Vec<u32> = expected.iter().map(|place| numbers[*place]).collect();
        assert_eq!(told, expected, "{pictures:?}");
    }

    #[test]
    fn near_pictures_are_one_and_others_are_not() {
        let few: Vec<u32> = (0..15).map(|n| n * 17).collect();
        let at_limit: Vec<u32> = (0..31).collect();
        let beyond: Vec<u32> = (0..32).collect();
        let pictures =
            [hash(1, &[]), hash(1, &few), hash(2, &[]), hash(1, &at_limit), hash(2, &beyond)];
        check(&pictures, &[0, 0, 2, 0, 4]);
    }

    #[test]
    fn what_is_no_hash_stands_for_itself() {
        check(&["name".into(), "z".repeat(64), "ü".repeat(32), hash(3, &[])], &[0, 1, 2, 3]);
    }
}
