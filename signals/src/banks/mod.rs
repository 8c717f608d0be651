//! Banks: files of known things, and the look-ups made of them.
//!
//! [`parse_bank`] reads a file row by row: good rows become entries, and each bad row becomes a
//! problem with its line, its column and what to do. [`Banks::build`] makes the look-ups of all
//! entries; [`Banks::changed`] adds what changed since without building them again. Matching only
//! reads them.

mod file;
mod segment;
mod values;

pub use file::{COLUMNS, PDQ_DISTANCE_MOST, PROBLEMS_LISTED, parse_bank, write_csv};
pub use values::check_value;

use crate::fold::Folded;
use crate::links::Place;
use crate::pdq::PdqHash;
use crate::quotation::Quotations;
use crate::terms::{KnownWords, TermHit};
use crate::video::vpdq::{self, Comparison, Frame, Manner};
use model::{BankChange, BankEntry, BankSettings, EntryStatus, Timestamp, limits};
use segment::Segment;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

/// The entries of all banks that are not retired, ready to be matched.
///
/// Entries are told by their place in the order in which they were added. That order, and so the
/// order of matches, is the same however the look-ups came about.
#[derive(Debug, Default, Clone)]
pub struct Banks {
    /// The look-ups with the place of their first entry: the large ones, and what came since.
    segments: Vec<(u32, Arc<Segment>)>,
    /// The status of entries where it is another than when their look-ups were built.
    statuses: HashMap<u32, EntryStatus>,
    settings: Arc<BTreeMap<String, BankSettings>>,
    known: Option<Arc<KnownWords>>,
    revision: u64,
}

/// Whether a change is so large that building all look-ups anew costs less.
#[must_use]
pub fn is_large(change: &BankChange) -> bool {
    change.added.len() > limits::BANK_DELTA_ENTRIES || change.moved.len() > MOVED_AT_ONCE
}

/// Most entries that are looked for one by one: for some kinds that is a walk over all of them.
const MOVED_AT_ONCE: usize = 1_000;

impl Banks {
    /// Builds the look-ups. Entries whose value [`check_value`] refuses are left out, as retired
    /// ones are: [`parse_bank`] lets none through.
    ///
    /// # Panics
    /// Where there are more entries than [`limits::BANK_ENTRIES`].
    #[must_use]
    pub fn build(entries: Vec<BankEntry>, revision: u64) -> Self {
        Self::build_knowing(entries, None, revision)
    }

    /// As [`Self::build`], with words that are known to be ordinary, which no looser view of a term
    /// takes for it.
    ///
    /// # Panics
    /// As [`Self::build`].
    #[must_use]
    pub fn build_knowing(
        entries: Vec<BankEntry>,
        known: Option<Arc<KnownWords>>,
        revision: u64,
    ) -> Self {
        assert!(entries.len() <= limits::BANK_ENTRIES, "more entries than banks may have");
        let kept = entries.into_iter().filter(|entry| entry.status != EntryStatus::Retired);
        let segment = Segment::build(kept.collect(), known.as_deref());
        Self { segments: vec![(0, Arc::new(segment))], known, revision, ..Self::default() }
    }

    /// The same entries with what their banks say of all of them.
    #[must_use]
    pub fn with_settings(mut self, settings: BTreeMap<String, BankSettings>) -> Self {
        self.settings = Arc::new(settings);
        self
    }

    /// The banks after a change, at the cost of what came since the look-ups were built, not of all
    /// entries. Those that were added join the banks in their order; those of which the status
    /// changed are given with the present one, and one that is not here is passed over.
    ///
    /// # Panics
    /// Where there are more entries than [`limits::BANK_ENTRIES`].
    #[must_use]
    pub fn changed(&self, change: BankChange, revision: u64) -> Self {
        let mut next = Self { revision, ..self.clone() };
        for entry in change.moved {
            if let Some(index) = self.place_of(&entry) {
                next.statuses.insert(index, entry.status);
            }
        }
        let mut added = change.added;
        added.retain(|entry| entry.status != EntryStatus::Retired);
        if !added.is_empty() {
            next.append(added);
        }
        assert!(next.len() <= limits::BANK_ENTRIES, "more entries than banks may have");
        next
    }

    /// Puts entries behind the others, in one segment with those that came since the first.
    fn append(&mut self, added: Vec<BankEntry>) {
        if self.segments.is_empty() {
            self.segments.push((0, Arc::default()));
        }
        let first = self.segments[0].1.entries.len();
        // A small first segment is built anew with the rest: one segment is searched faster.
        let keep = usize::from(first > limits::BANK_DELTA_ENTRIES);
        let since = self.segments.split_off(keep);
        let before = since.iter().flat_map(|(_, segment)| &segment.entries).cloned();
        let start = if keep == 0 { 0 } else { first as u32 };
        let all = before.chain(added).collect();
        let segment = Segment::build(all, self.known.as_deref());
        self.segments.push((start, Arc::new(segment)));
    }

    /// Whether so much came since the look-ups were built that building all of them anew, beside
    /// the work, makes matching faster again.
    #[must_use]
    pub fn needs_rebuild(&self) -> bool {
        let since: usize = self.segments.iter().skip(1).map(|(_, one)| one.entries.len()).sum();
        since.max(self.statuses.len()) > limits::BANK_DELTA_ENTRIES
    }

    fn place_of(&self, entry: &BankEntry) -> Option<u32> {
        self.segments.iter().find_map(|(start, one)| one.place_of(entry).map(|at| start + at))
    }

    /// The revision that these entries are of.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// How many entries there are, disputed and lately retired ones among them.
    #[must_use]
    pub fn len(&self) -> usize {
        self.segments.iter().map(|(_, segment)| segment.entries.len()).sum()
    }

    /// Whether there is no entry to match.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The entries, expired ones among them: whether one matches depends on the time.
    pub fn entries(&self) -> impl Iterator<Item = &BankEntry> {
        self.segments.iter().flat_map(|(_, segment)| &segment.entries)
    }

    /// What a bank says of all its entries.
    #[must_use]
    pub fn settings(&self, bank: &str) -> BankSettings {
        self.settings.get(bank).copied().unwrap_or_default()
    }

    /// What the banks say of all their entries, of those that say something.
    #[must_use]
    pub fn all_settings(&self) -> &BTreeMap<String, BankSettings> {
        &self.settings
    }

    pub(crate) fn entry(&self, index: u32) -> &BankEntry {
        let holds = |(start, _): &&(u32, Arc<Segment>)| *start <= index;
        let (start, segment) =
            self.segments.iter().rev().find(holds).expect("an entry is of a segment");
        &segment.entries[(index - start) as usize]
    }

    /// The present status of an entry.
    pub(crate) fn status(&self, index: u32) -> EntryStatus {
        let known = self.statuses.get(&index).copied();
        known.unwrap_or_else(|| self.entry(index).status)
    }

    /// Whether an entry is in force at a time.
    pub(crate) fn in_force(&self, index: u32, at: Timestamp) -> bool {
        self.status(index).matches()
            && self.entry(index).expires_at.is_none_or(|expires_at| at < expires_at)
    }

    /// What every segment finds, by the places of the entries.
    fn each(&self, find: impl Fn(&Segment) -> Vec<u32>) -> Vec<u32> {
        let mut all = Vec::new();
        for (start, segment) in &self.segments {
            all.extend(find(segment).into_iter().map(|at| start + at));
        }
        all
    }

    /// The terms in a text, each with its place, and how many places were not looked at.
    pub(crate) fn by_terms(&self, text: &str, folded: &Folded) -> (Vec<(u32, TermHit)>, usize) {
        let (mut all, mut unchecked) = (Vec::new(), 0);
        for (start, segment) in &self.segments {
            if segment.term_entries.is_empty() {
                continue;
            }
            let found = segment.terms.search_folded(text, folded);
            unchecked += found.unchecked;
            let place = |hit: TermHit| (start + segment.term_entries[hit.entry], hit);
            all.extend(found.hits.into_iter().map(place));
        }
        (all, unchecked)
    }

    /// The known texts that a text is near to, and where in it.
    pub(crate) fn by_text(&self, text: &str) -> Vec<(u32, Vec<Range<usize>>)> {
        let mut all = Vec::new();
        for (start, segment) in &self.segments {
            if segment.text_entries.is_empty() {
                continue;
            }
            for near in segment.texts.search(text).near {
                all.push((start + segment.text_entries[near.entry as usize], near.ranges));
            }
        }
        all
    }

    /// The passages that a text quotes.
    pub(crate) fn quoted(&self, text: &str) -> Quotations {
        let mut all = Quotations::default();
        for (_, segment) in &self.segments {
            if !segment.passages.is_empty() {
                all.passages.extend(segment.passages.search(text).passages);
            }
        }
        all
    }

    pub(crate) fn by_url(&self, canonical: &str) -> Vec<u32> {
        self.each(|segment| segment.urls.get(canonical).cloned().unwrap_or_default())
    }

    pub(crate) fn by_domain(&self, host: &str) -> Vec<u32> {
        self.each(|segment| segment.by_domain(host))
    }

    pub(crate) fn by_url_prefix(&self, canonical: &str) -> Vec<u32> {
        self.each(|segment| segment.by_url_prefix(canonical))
    }

    pub(crate) fn by_look(&self, host: &str) -> Vec<u32> {
        self.each(|segment| segment.by_look(host))
    }

    pub(crate) fn by_place(&self, place: &Place) -> Vec<u32> {
        self.each(|segment| segment.places.get(place).cloned().unwrap_or_default())
    }

    pub(crate) fn by_account(&self, key: &str) -> Vec<u32> {
        self.each(|segment| segment.accounts.get(key).cloned().unwrap_or_default())
    }

    pub(crate) fn by_sha256(&self, digest: &[u8; 32]) -> Vec<u32> {
        self.each(|segment| segment.sha256.get(digest).cloned().unwrap_or_default())
    }

    pub(crate) fn by_md5(&self, digest: &[u8; 16]) -> Vec<u32> {
        self.each(|segment| segment.md5.get(digest).cloned().unwrap_or_default())
    }

    /// The known videos of which the frames of a video are a part.
    pub(crate) fn by_video(&self, frames: &[Frame]) -> Vec<u32> {
        let same = |index: u32, known: &[Frame]| {
            let entry = self.entry(index);
            let (distance_bits, quality) = (self.distance_of(entry), self.quality_of(entry));
            let comparison = Comparison { manner: Manner::Inclusive, distance_bits, quality };
            vpdq::compare(frames, known, &comparison).query_percent >= limits::VPDQ_PERCENT
        };
        let all = self.segments.iter().flat_map(|(start, segment)| {
            segment.videos.iter().map(move |(at, known)| (start + at, known))
        });
        all.filter(|(index, known)| same(*index, known)).map(|(index, _)| index).collect()
    }

    /// The entries that a picture of this hash and quality matches, with their distance. Each
    /// entry's own distance and quality count, else those of its bank, otherwise
    /// [`limits::PDQ_DISTANCE_BITS`] and [`limits::PDQ_QUALITY`].
    pub(crate) fn by_pdq(&self, hash: &PdqHash, quality: u8) -> Vec<(u32, u32)> {
        let mut all = Vec::new();
        for (start, segment) in &self.segments {
            if quality < self.least_quality(segment) {
                continue;
            }
            for (at, bits) in segment.by_pdq(hash, self.largest_distance(segment)) {
                let entry = &segment.entries[at as usize];
                if bits <= self.distance_of(entry) && quality >= self.quality_of(entry) {
                    all.push((start + at, bits));
                }
            }
        }
        all
    }

    fn distance_of(&self, entry: &BankEntry) -> u32 {
        let own = entry.distance_bits.or_else(|| self.settings(&entry.bank).distance_bits);
        own.map_or(limits::PDQ_DISTANCE_BITS, u32::from)
    }

    fn quality_of(&self, entry: &BankEntry) -> u8 {
        let own = entry.quality.or_else(|| self.settings(&entry.bank).quality);
        own.unwrap_or(limits::PDQ_QUALITY)
    }

    /// No entry of a segment reaches further.
    fn largest_distance(&self, segment: &Segment) -> u32 {
        let banks = self.settings.values().filter_map(|settings| settings.distance_bits);
        let banks = banks.map(u32::from).max().unwrap_or(0);
        segment.largest_distance.max(banks).max(limits::PDQ_DISTANCE_BITS)
    }

    /// No entry of a segment is content with less.
    fn least_quality(&self, segment: &Segment) -> u8 {
        let banks = self.settings.values().filter_map(|settings| settings.quality);
        segment.least_quality.min(banks.min().unwrap_or(u8::MAX)).min(limits::PDQ_QUALITY)
    }
}
