//! The look-ups of some entries that came together; entries are told by their place in them.

use super::values::{Prepared, prepare};
use crate::links::{Place, can_mislead, domains_of, look_of, prefixes_of};
use crate::near;
use crate::pdq::PdqHash;
use crate::pdq_index::PdqIndex;
use crate::quotation::Library;
use crate::terms::{KnownWords, TermEntry, TermIndex};
use crate::video::vpdq::Frame;
use model::BankEntry;
use std::collections::HashMap;

pub(super) type Lookup<K> = HashMap<K, Vec<u32>>;

/// Entries and their look-ups.
#[derive(Debug, Default)]
pub(super) struct Segment {
    pub(super) entries: Vec<BankEntry>,
    pub(super) terms: TermIndex,
    pub(super) term_entries: Vec<u32>,
    pub(super) texts: near::Index,
    pub(super) text_entries: Vec<u32>,
    pub(super) passages: Library,
    pub(super) urls: Lookup<String>,
    pub(super) url_prefixes: Lookup<String>,
    pub(super) domains: Lookup<String>,
    /// Domains by what they look like.
    looks: Lookup<String>,
    pub(super) places: Lookup<Place>,
    pub(super) accounts: Lookup<String>,
    pub(super) sha256: Lookup<[u8; 32]>,
    pub(super) md5: Lookup<[u8; 16]>,
    pdq: Option<PdqIndex>,
    pdq_entries: Vec<u32>,
    /// Known videos: the entry and its frames.
    pub(super) videos: Vec<(u32, Vec<Frame>)>,
    /// The largest distance and the least quality that an entry itself asks for.
    pub(super) largest_distance: u32,
    pub(super) least_quality: u8,
}

impl Segment {
    /// Builds the look-ups. Entries whose value is refused are left out. Words that are known to be
    /// ordinary are not taken for terms by looser views.
    pub(super) fn build(entries: Vec<BankEntry>, known: Option<&KnownWords>) -> Self {
        let mut segment = Self { least_quality: u8::MAX, ..Self::default() };
        let (mut hashes, mut passages) = (Vec::new(), Vec::new());
        for entry in entries {
            let Ok(prepared) = prepare(entry.kind, &entry.value) else { continue };
            let index = segment.entries.len() as u32;
            match prepared {
                Prepared::Passage => passages.push(index),
                Prepared::Pdq(hash) => {
                    hashes.push(hash);
                    segment.pdq_entries.push(index);
                }
                other => segment.file(index, other),
            }
            let distance = entry.distance_bits.map_or(0, u32::from);
            segment.largest_distance = segment.largest_distance.max(distance);
            segment.least_quality = segment.least_quality.min(entry.quality.unwrap_or(u8::MAX));
            segment.entries.push(entry);
        }
        if !hashes.is_empty() {
            segment.pdq = Some(PdqIndex::build(hashes));
        }
        let value = |index: &u32| segment.entries[*index as usize].value.as_str();
        segment.texts = near::Index::build(segment.text_entries.iter().map(value));
        // Passages beyond what a library holds are refused when they are read.
        segment.passages = Library::build(passages.iter().map(value)).unwrap_or_default();
        let term = |&index: &u32| TermEntry::of(&segment.entries[index as usize]);
        let terms = TermIndex::build(segment.term_entries.iter().map(term));
        segment.terms = match known {
            Some(known) => terms.with_known_words(known.clone()),
            None => terms,
        };
        segment
    }

    fn file(&mut self, index: u32, prepared: Prepared) {
        match prepared {
            Prepared::Term => self.term_entries.push(index),
            Prepared::Text => self.text_entries.push(index),
            Prepared::Url(text) => self.urls.entry(text).or_default().push(index),
            Prepared::UrlPrefix(text) => self.url_prefixes.entry(text).or_default().push(index),
            Prepared::Domain(host) => {
                self.looks.entry(look_of(&host)).or_default().push(index);
                self.domains.entry(host).or_default().push(index);
            }
            Prepared::Place(place) => self.places.entry(place).or_default().push(index),
            Prepared::Account(key) => self.accounts.entry(key).or_default().push(index),
            Prepared::Sha256(digest) => self.sha256.entry(digest).or_default().push(index),
            Prepared::Md5(digest) => self.md5.entry(digest).or_default().push(index),
            Prepared::Vpdq(frames) => self.videos.push((index, frames)),
            Prepared::Passage | Prepared::Pdq(_) => {
                unreachable!("passages and picture hashes are indexed together")
            }
        }
    }

    /// The entries that an address lies below.
    pub(super) fn by_url_prefix(&self, canonical: &str) -> Vec<u32> {
        // A walk over the address is worth it only where there is such an entry.
        if self.url_prefixes.is_empty() {
            return Vec::new();
        }
        let prefixes = prefixes_of(canonical);
        prefixes.filter_map(|prefix| self.url_prefixes.get(prefix)).flatten().copied().collect()
    }

    /// The domain entries that a host is or lies below.
    pub(super) fn by_domain(&self, host: &str) -> Vec<u32> {
        domains_of(host).filter_map(|host| self.domains.get(host)).flatten().copied().collect()
    }

    /// The domain entries that a host looks like without being one of them or below it.
    pub(super) fn by_look(&self, host: &str) -> Vec<u32> {
        if self.looks.is_empty() || !can_mislead(host) {
            return Vec::new();
        }
        let is = self.by_domain(host);
        let alike = domains_of(host).filter_map(|host| self.looks.get(&look_of(host))).flatten();
        alike.copied().filter(|index| !is.contains(index)).collect()
    }

    /// The picture hashes within a distance, with it.
    pub(super) fn by_pdq(&self, hash: &PdqHash, distance: u32) -> Vec<(u32, u32)> {
        let Some(index) = &self.pdq else { return Vec::new() };
        let near = index.search(hash, distance).into_iter();
        near.map(|(at, bits)| (self.pdq_entries[at as usize], bits)).collect()
    }

    /// The places of an entry with this id, by its value where that is quick.
    pub(super) fn place_of(&self, entry: &BankEntry) -> Option<u32> {
        let is = |index: &u32| self.entries[*index as usize].id == entry.id;
        let found: Vec<u32> = match prepare(entry.kind, &entry.value).ok()? {
            Prepared::Sha256(digest) => self.sha256.get(&digest).cloned().unwrap_or_default(),
            Prepared::Md5(digest) => self.md5.get(&digest).cloned().unwrap_or_default(),
            Prepared::Pdq(hash) => self.by_pdq(&hash, 0).into_iter().map(|(at, _)| at).collect(),
            Prepared::Url(text) => self.urls.get(&text).cloned().unwrap_or_default(),
            Prepared::Account(key) => self.accounts.get(&key).cloned().unwrap_or_default(),
            Prepared::Term
            | Prepared::Text
            | Prepared::Passage
            | Prepared::UrlPrefix(_)
            | Prepared::Domain(_)
            | Prepared::Place(_)
            | Prepared::Vpdq(_) => (0..self.entries.len() as u32).collect(),
        };
        found.into_iter().find(is)
    }
}
