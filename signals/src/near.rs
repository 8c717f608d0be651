//! Near-duplicates: known texts, or recent ones, that a text repeats with changes, quotes or is
//! cut from.
//!
//! Texts are compared as sets of runs of five letters ("shingles") of their
//! [compact](crate::compact) form, in which digits are the letters they stand for. Two ways give
//! candidates, and exact comparison decides:
//!
//! - *MinHash* (Broder, 1997) with 126 hashes in 42 bands of three finds texts that are alike as a
//!   whole: a Jaccard similarity of at least [`ALIKE`].
//! - *Winnowed fingerprints* of runs of twelve letters find texts that share a passage of nineteen
//!   letters: of the smaller of the two sets, of [`SHINGLES_CONTAINED`] at least, a share of
//!   [`CONTAINED`] is in the other.
//!
//! Formulaic texts, as prayers and tickers, are true near-duplicates of each other: being seen
//! often says nothing by itself.
//!
//! The same index serves a bank of known texts ([`Index::build`]) and a bounded window of recent
//! items ([`Index::window`]), which forgets its oldest when it is full.

use crate::compact::{Compact, Digits, mixed, run_hashes, winnow};
use crate::numbers::split_mix;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

/// Letters of a shingle.
const SHINGLE: usize = 5;
const BANDS: usize = 42;
const ROWS: usize = 3;
/// Letters of a fingerprint, and how many neighbouring ones one is chosen from.
const FINGERPRINT: usize = 12;
const WINNOWED_FROM: usize = 8;

/// The least Jaccard similarity of texts that are alike as a whole: at most one pair of unrelated
/// posts in a million reaches it.
pub const ALIKE: f32 = 0.58;

/// The least share of the smaller text that must be in the other one.
pub const CONTAINED: f32 = 0.85;

/// The fewest shingles of the smaller text where it is found by being in the other one: shorter
/// passages are turns of phrase.
pub const SHINGLES_CONTAINED: usize = 32;

/// The fewest shingles of a text that is compared at all; a shorter one is a matter for terms.
pub const SHINGLES_NEEDED: usize = 16;

/// Most letters of a text that are compared.
pub const LETTERS_COMPARED: usize = 20_000;

/// Most texts that are compared exactly with one that is searched for; those that share most bands
/// and fingerprints come first.
pub const COMPARED: usize = 200;

/// Most texts that one band or fingerprint brings up, the newest first.
pub const BROUGHT_UP: usize = 1_000;

/// A text that is near.
#[derive(Debug, Clone, PartialEq)]
pub struct Near {
    /// The text's number: its place in the list that the index was built from, or what
    /// [`Index::insert`] gave.
    pub entry: u64,
    /// Shared shingles as a share of all of both, from 0 to 1.
    pub jaccard: f32,
    /// Shared shingles as a share of the smaller text's, from 0 to 1.
    pub containment: f32,
    /// Where the shared passages are in the text that was searched for, as byte ranges; the
    /// longest [`model::limits::MATCH_SPANS`], in order.
    pub ranges: Vec<Range<usize>>,
}

/// What a search found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// Texts that are near, the most alike first, then by number.
    pub near: Vec<Near>,
    /// Whether one of the limits [`COMPARED`], [`BROUGHT_UP`] and [`LETTERS_COMPARED`] was reached,
    /// so that there may be more.
    pub limited: bool,
}

/// An index of texts.
#[derive(Debug, Default)]
pub struct Index {
    /// Oldest first; the first one has the number `oldest`.
    entries: VecDeque<Entry>,
    oldest: u64,
    /// For each key, the newest text that has it.
    newest: HashMap<u32, u64, BuildHasherDefault<Mixed>>,
    /// Most texts held.
    most: Option<usize>,
}

#[derive(Debug, Default)]
struct Entry {
    at: i64,
    /// Sorted, each once.
    shingles: Box<[u32]>,
    /// Bands and fingerprints, each once, and for each the next older text that has it.
    keys: Box<[(u32, u64)]>,
}

/// No older text.
const NONE: u64 = u64::MAX;

impl Index {
    /// Builds the index of a list of texts. Texts that are too short are never found.
    #[must_use]
    pub fn build<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut index = Self::default();
        for text in texts {
            index.insert(text, 0);
        }
        index
    }

    /// An empty index that holds at most so many texts and forgets the oldest for a new one.
    #[must_use]
    pub fn window(most: usize) -> Self {
        Self { most: Some(most.max(1)), ..Self::default() }
    }

    /// Adds a text and gives its number; `at` is a time in any unit that never falls.
    ///
    /// A text with fewer than [`SHINGLES_NEEDED`] shingles has a number too, and is never found.
    pub fn insert(&mut self, text: &str, at: i64) -> u64 {
        if self.most.is_some_and(|most| self.entries.len() >= most) {
            self.forget_oldest();
        }
        let number = self.oldest + self.entries.len() as u64;
        let sketch = Sketch::of(text);
        let mut entry = Entry { at, ..Entry::default() };
        if sketch.is_enough() {
            let older = |key| (key, self.newest.insert(key, number).unwrap_or(NONE));
            entry.keys = sketch.keys().into_iter().map(older).collect();
            entry.shingles = sketch.sorted.into_boxed_slice();
        }
        self.entries.push_back(entry);
        number
    }

    /// Forgets every text that was added with a time before this one, as far as times never fell.
    pub fn forget_before(&mut self, at: i64) {
        while self.entries.front().is_some_and(|entry| entry.at < at) {
            self.forget_oldest();
        }
    }

    /// How many texts are held, those too short among them.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether no text is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Bytes of memory held, nearly.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let of = |entry: &Entry| size_of_val(&*entry.shingles) + size_of_val(&*entry.keys);
        let held: usize = self.entries.iter().map(of).sum();
        let slots = self.newest.capacity() * (size_of::<(u32, u64)>() + 1) * 8 / 7;
        held + slots + self.entries.capacity() * size_of::<Entry>()
    }

    /// Finds the texts that are near to one.
    #[must_use]
    pub fn search(&self, text: &str) -> Found {
        let sketch = Sketch::of(text);
        let mut found = Found { limited: sketch.cut, ..Found::default() };
        if !sketch.is_enough() {
            return found;
        }
        for number in self.candidates(&sketch, &mut found.limited) {
            let entry = &self.entries[(number - self.oldest) as usize];
            let shared = shared(&sketch.sorted, &entry.shingles);
            let sizes = (sketch.sorted.len(), entry.shingles.len());
            let smaller = sizes.0.min(sizes.1);
            let jaccard = shared.len() as f32 / (sizes.0 + sizes.1 - shared.len()) as f32;
            let containment = shared.len() as f32 / smaller as f32;
            let is_contained = containment >= CONTAINED && smaller >= SHINGLES_CONTAINED;
            if jaccard >= ALIKE || is_contained {
                let ranges = sketch.ranges(text, &shared);
                found.near.push(Near { entry: number, jaccard, containment, ranges });
            }
        }
        found.near.sort_by(|a, b| b.jaccard.total_cmp(&a.jaccard).then(a.entry.cmp(&b.entry)));
        found
    }

    /// Texts that share a band or a fingerprint, those that share most first.
    fn candidates(&self, sketch: &Sketch, limited: &mut bool) -> Vec<u64> {
        let mut counts: BTreeMap<u64, u32> = BTreeMap::new();
        for key in sketch.keys() {
            let mut next = self.newest.get(&key).copied().unwrap_or(NONE);
            let mut brought_up = 0;
            while next != NONE && next >= self.oldest {
                if brought_up == BROUGHT_UP {
                    *limited = true;
                    break;
                }
                brought_up += 1;
                *counts.entry(next).or_default() += 1;
                next = self.older(next, key);
            }
        }
        let mut candidates: Vec<(u64, u32)> = counts.into_iter().collect();
        candidates.sort_by(|a, b| b.1.cmp(&a.1).then(b.0.cmp(&a.0)));
        *limited |= candidates.len() > COMPARED;
        candidates.truncate(COMPARED);
        candidates.into_iter().map(|(number, _)| number).collect()
    }

    fn older(&self, number: u64, key: u32) -> u64 {
        let keys = &self.entries[(number - self.oldest) as usize].keys;
        keys.binary_search_by_key(&key, |&(key, _)| key).map_or(NONE, |place| keys[place].1)
    }

    fn forget_oldest(&mut self) {
        let Some(entry) = self.entries.pop_front() else { return };
        for (key, _) in &entry.keys {
            // Newer texts with the key still point here, and the number says that it is gone.
            if self.newest.get(key) == Some(&self.oldest) {
                self.newest.remove(key);
            }
        }
        self.oldest += 1;
    }
}

/// What a text is compared by.
struct Sketch {
    compact: Compact,
    /// The shingles in the order of the text.
    shingles: Vec<u32>,
    /// The same, sorted, each once.
    sorted: Vec<u32>,
    /// Whether the text is longer than what is compared.
    cut: bool,
}

impl Sketch {
    fn of(text: &str) -> Self {
        // A folded letter comes from at most a few bytes, so that more need not be folded.
        let most = text.floor_char_boundary(LETTERS_COMPARED * 4);
        let compact = Compact::of(&text[..most], Digits::AsLetters);
        let letters = compact.letters().len().min(LETTERS_COMPARED);
        let shingles = run_hashes(&compact.letters()[..letters], SHINGLE);
        let mut sorted = shingles.clone();
        sorted.sort_unstable();
        sorted.dedup();
        let cut = most < text.len() || letters < compact.letters().len();
        Self { compact, shingles, sorted, cut }
    }

    fn is_enough(&self) -> bool {
        self.sorted.len() >= SHINGLES_NEEDED
    }

    /// Bands and fingerprints, sorted, each once.
    fn keys(&self) -> Vec<u32> {
        let mut least = [u32::MAX; BANDS * ROWS];
        for &shingle in &self.sorted {
            for (least, &(times, plus)) in least.iter_mut().zip(PERMUTATIONS.iter()) {
                let hash = (u64::from(shingle).wrapping_mul(times).wrapping_add(plus) >> 32) as u32;
                *least = (*least).min(hash);
            }
        }
        let bands = least.chunks_exact(ROWS).enumerate().map(|(band, rows)| {
            rows.iter().fold(mixed(band as u64 + 1), |key, &row| {
                mixed(u64::from(key) << 32 | u64::from(row))
            })
        });
        let letters = self.compact.letters();
        let hashes = run_hashes(&letters[..letters.len().min(LETTERS_COMPARED)], FINGERPRINT);
        let fingerprints = winnow(&hashes, WINNOWED_FROM).into_iter().map(|place| hashes[place]);
        let mut keys: Vec<u32> = bands.chain(fingerprints).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// Where the letters of shared shingles stand in the text.
    fn ranges(&self, text: &str, shared: &[u32]) -> Vec<Range<usize>> {
        let mut runs: Vec<Range<usize>> = Vec::new();
        for (start, shingle) in self.shingles.iter().enumerate() {
            if shared.binary_search(shingle).is_err() {
                continue;
            }
            let end = (start + SHINGLE).min(self.compact.letters().len());
            match runs.last_mut() {
                Some(run) if run.end >= start => run.end = end,
                Some(_) | None => runs.push(start..end),
            }
        }
        runs.sort_by_key(|run| std::cmp::Reverse(run.len()));
        runs.truncate(model::limits::MATCH_SPANS);
        runs.sort_by_key(|run| run.start);
        let source = &text[..text.floor_char_boundary(LETTERS_COMPARED * 4)];
        runs.into_iter().map(|run| self.compact.source_range(source, run)).collect()
    }
}

/// What two sorted lists share.
fn shared(a: &[u32], b: &[u32]) -> Vec<u32> {
    let (mut i, mut j) = (0, 0);
    let mut shared = Vec::with_capacity(a.len().min(b.len()));
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                shared.push(a[i]);
                i += 1;
                j += 1;
            }
        }
    }
    shared
}

/// The hash functions of MinHash: multiply, add, and take the upper half (Dietzfelbinger, 1996).
static PERMUTATIONS: [(u64, u64); BANDS * ROWS] = permutations();

const fn permutations() -> [(u64, u64); BANDS * ROWS] {
    let mut all = [(0, 0); BANDS * ROWS];
    let mut state = 0x5EA_DA11u64;
    let mut at = 0;
    while at < all.len() {
        let (next, times) = split_mix(state);
        let (next, plus) = split_mix(next);
        all[at] = (times | 1, plus);
        state = next;
        at += 1;
    }
    all
}

/// Keys are hashes already; only their bits are spread for the table.
#[derive(Debug, Default)]
struct Mixed(u64);

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u32(u32::from(byte));
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.0 = (self.0 ^ u64::from(number)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}
