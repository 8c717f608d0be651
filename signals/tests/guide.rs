//! The guide for policy leads speaks of every signal, and of none that is not there.

#![allow(clippy::unwrap_used)]

use signals::SIGNALS;
use std::collections::BTreeSet;

#[test]
fn the_guide_speaks_of_every_signal() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/guides/signals.md");
    let guide = std::fs::read_to_string(path).unwrap();
    let is_name = |word: &&str| {
        let part = |part: &str| {
            !part.is_empty()
                && part.chars().all(|c| c.is_ascii_lowercase() || "_0123456789".contains(c))
        };
        word.split_once('.').is_some_and(|(family, rest)| part(family) && part(rest))
    };
    let spoken: BTreeSet<&str> = guide.split('`').skip(1).step_by(2).filter(is_name).collect();
    let known: BTreeSet<&str> = SIGNALS.iter().map(|spec| spec.name).collect();
    assert_eq!(spoken, known);
}
