//! Banks: files of known things, and the look-ups made of them.
//!
//! [`parse_bank`] reads a file row by row: good rows become entries, and each bad row becomes a
//! problem with its line, its column and what to do. [`Banks::build`] makes the look-ups, once for
//! each revision; matching only reads them.

use crate::digest::{parse_md5, parse_sha256};
use crate::links::{
    Place, can_mislead, canonical, canonical_domain, domains_of, handle, invite, look_of,
    prefixes_of,
};
use crate::near;
use crate::pdq::PdqHash;
use crate::pdq_index::PdqIndex;
use crate::quotation::{self, Library, Quotations};
use crate::terms::{TermEntry, TermIndex, check_term};
use crate::video::vpdq::{self, Comparison, Frame, Manner};
use model::{
    BankEntry, CaseSensitivity, EntryEffect, EntryKind, EntryProblem, EntryStatus, PolicyId,
    TermView, Timestamp, limits,
};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::ops::Range;

/// The columns of a bank file, in the order of [`write_csv`]. `kind` and `value` are required.
pub const COLUMNS: [&str; 16] = [
    "kind",
    "value",
    "language",
    "policy",
    "source",
    "note",
    "case",
    "expires_at",
    "confidence",
    "labels",
    "effect",
    "views",
    "requires",
    "unless",
    "distance_bits",
    "quality",
];

/// Most problems that are listed of one file; the number of those beyond it is told.
pub const PROBLEMS_LISTED: usize = 1_000;

/// Largest distance of a perceptual hash that an entry may ask for: beyond it, pictures that have
/// nothing in common meet.
const PDQ_DISTANCE_MOST: u8 = 63;

/// Longest account, in bytes: two ids and the slash between them.
const ACCOUNT_BYTES: usize = 2 * limits::ID_BYTES + 1;

/// Kinds that other tools' banks have and this version does not match.
const UNMATCHED_KINDS: [&str; 1] = ["tmk"];

/// Reads a bank file: CSV with a header line, or JSON Lines with the same names.
///
/// A file named `*.jsonl`, `*.ndjson` or `*.json`, or that begins with `{`, is read as JSON Lines.
/// A file named `*.txt` is a public text: each of its lines is a passage.
/// A byte order mark is accepted. White space around values is not part of them. Labels, views and
/// other terms are separated by `;`, in JSON Lines also a list.
#[must_use]
pub fn parse_bank(
    file_name: &str,
    bank: &str,
    bytes: &[u8],
) -> (Vec<BankEntry>, Vec<EntryProblem>) {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut reader =
        Reader { file: file_name, bank, entries: Vec::new(), problems: Vec::new(), unlisted: 0 };
    let lower = file_name.to_ascii_lowercase();
    let named_json = [".jsonl", ".ndjson", ".json"].iter().any(|end| lower.ends_with(end));
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    if lower.ends_with(".txt") {
        reader.read_passages(bytes);
    } else if named_json || first == Some(&b'{') {
        reader.read_json_lines(bytes);
    } else {
        reader.read_csv(bytes);
    }
    reader.finish()
}

/// Writes the active entries as a bank file that [`parse_bank`] reads back to the same entries,
/// except for their ids and banks, which belong to the store.
#[must_use]
pub fn write_csv(entries: &[BankEntry]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory cannot fail: every row has the same number of fields.
    let mut all = writer.write_record(COLUMNS).is_ok();
    for entry in entries.iter().filter(|entry| entry.status == EntryStatus::Active) {
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        let case = match entry.case {
            CaseSensitivity::Folded => "",
            CaseSensitivity::Exact => "exact",
        };
        let row = [
            entry.kind.as_str().to_owned(),
            entry.value.clone(),
            text(&entry.language),
            text(&entry.policy),
            text(&entry.source),
            text(&entry.note),
            case.to_owned(),
            entry.expires_at.map(|at| at.to_string()).unwrap_or_default(),
            entry.confidence.map(|confidence| confidence.to_string()).unwrap_or_default(),
            entry.labels.join(";"),
            if entry.effect.is_match() { "" } else { "suppress" }.to_owned(),
            entry.views.iter().map(|view| view.as_str()).collect::<Vec<_>>().join(";"),
            entry.requires.join(";"),
            entry.unless.join(";"),
            entry.distance_bits.map(|bits| bits.to_string()).unwrap_or_default(),
            entry.quality.map(|quality| quality.to_string()).unwrap_or_default(),
        ];
        all &= writer.write_record(row).is_ok();
    }
    assert!(all, "a row of a bank file has another number of columns");
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Says whether a value can be matched as an entry of its kind.
///
/// # Errors
/// Where it cannot, with what is accepted.
pub fn check_value(kind: EntryKind, value: &str) -> Result<(), String> {
    prepare(kind, value).map(|_| ())
}

/// The entries in force of all banks, ready to be matched.
#[derive(Debug, Default)]
pub struct Banks {
    entries: Vec<BankEntry>,
    revision: u64,
    terms: TermIndex,
    term_entries: Vec<u32>,
    texts: near::Index,
    text_entries: Vec<u32>,
    passages: Library,
    urls: Lookup<String>,
    url_prefixes: Lookup<String>,
    domains: Lookup<String>,
    /// Domains by what they look like.
    looks: Lookup<String>,
    places: Lookup<Place>,
    accounts: Lookup<String>,
    sha256: Lookup<[u8; 32]>,
    md5: Lookup<[u8; 16]>,
    pdq: PdqLookup,
    /// Known videos: the entry and its frames.
    videos: Vec<(u32, Vec<Frame>)>,
}

type Lookup<K> = HashMap<K, Vec<u32>>;

#[derive(Debug)]
struct PdqLookup {
    index: Option<PdqIndex>,
    entries: Vec<u32>,
    /// The largest distance and the least quality that any entry asks for.
    largest_distance: u32,
    least_quality: u8,
}

impl Default for PdqLookup {
    fn default() -> Self {
        Self { index: None, entries: Vec::new(), largest_distance: 0, least_quality: u8::MAX }
    }
}

impl PdqLookup {
    fn add(&mut self, index: u32, entry: &BankEntry) {
        self.entries.push(index);
        self.largest_distance = self.largest_distance.max(distance_of(entry));
        self.least_quality = self.least_quality.min(quality_of(entry));
    }
}

fn distance_of(entry: &BankEntry) -> u32 {
    entry.distance_bits.map_or(limits::PDQ_DISTANCE_BITS, u32::from)
}

fn quality_of(entry: &BankEntry) -> u8 {
    entry.quality.unwrap_or(limits::PDQ_QUALITY)
}

impl Banks {
    /// Builds the look-ups of the active entries. Entries whose value [`check_value`] refuses are
    /// left out, as retired ones are: [`parse_bank`] lets none through.
    ///
    /// # Panics
    /// Where there are more entries than [`limits::BANK_ENTRIES`].
    #[must_use]
    pub fn build(entries: Vec<BankEntry>, revision: u64) -> Self {
        assert!(entries.len() <= limits::BANK_ENTRIES, "more entries than banks may have");
        let mut banks = Self { revision, ..Self::default() };
        let (mut hashes, mut passages) = (Vec::new(), Vec::new());
        for entry in entries.into_iter().filter(|entry| entry.status == EntryStatus::Active) {
            let Ok(prepared) = prepare(entry.kind, &entry.value) else { continue };
            let index = banks.entries.len() as u32;
            match prepared {
                Prepared::Term => banks.term_entries.push(index),
                Prepared::Text => banks.text_entries.push(index),
                Prepared::Passage => passages.push(index),
                Prepared::Url(text) => banks.urls.entry(text).or_default().push(index),
                Prepared::UrlPrefix(text) => {
                    banks.url_prefixes.entry(text).or_default().push(index);
                }
                Prepared::Domain(host) => {
                    banks.looks.entry(look_of(&host)).or_default().push(index);
                    banks.domains.entry(host).or_default().push(index);
                }
                Prepared::Place(place) => banks.places.entry(place).or_default().push(index),
                Prepared::Account(key) => banks.accounts.entry(key).or_default().push(index),
                Prepared::Sha256(digest) => banks.sha256.entry(digest).or_default().push(index),
                Prepared::Md5(digest) => banks.md5.entry(digest).or_default().push(index),
                Prepared::Vpdq(frames) => banks.videos.push((index, frames)),
                Prepared::Pdq(hash) => {
                    hashes.push(hash);
                    banks.pdq.add(index, &entry);
                }
            }
            banks.entries.push(entry);
        }
        if !hashes.is_empty() {
            banks.pdq.index = Some(PdqIndex::build(hashes));
        }
        let value = |index: &u32| banks.entries[*index as usize].value.as_str();
        banks.texts = near::Index::build(banks.text_entries.iter().map(value));
        // Passages beyond what a library holds are refused when they are read.
        banks.passages = Library::build(passages.iter().map(value)).unwrap_or_default();
        banks.terms = TermIndex::build(
            banks.term_entries.iter().map(|&index| TermEntry::of(&banks.entries[index as usize])),
        );
        banks
    }

    /// The revision that these entries are of.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// How many entries there are to match.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no entry to match.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entries, expired ones among them: whether one matches depends on the time.
    #[must_use]
    pub fn entries(&self) -> &[BankEntry] {
        &self.entries
    }

    /// Whether an entry is in force at a time.
    pub(crate) fn in_force(&self, index: u32, at: Timestamp) -> bool {
        self.entries[index as usize].expires_at.is_none_or(|expires_at| at < expires_at)
    }

    /// The index of the terms, and for each term the entry that it is.
    pub(crate) fn terms(&self) -> (&TermIndex, &[u32]) {
        (&self.terms, &self.term_entries)
    }

    /// The known texts that a text is near to, and where in it.
    pub(crate) fn by_text(&self, text: &str) -> Vec<(u32, Vec<Range<usize>>)> {
        if self.text_entries.is_empty() {
            return Vec::new();
        }
        let near = self.texts.search(text).near.into_iter();
        near.map(|near| (self.text_entries[near.entry as usize], near.ranges)).collect()
    }

    /// The passages that a text quotes.
    pub(crate) fn quoted(&self, text: &str) -> Quotations {
        if self.passages.is_empty() { Quotations::default() } else { self.passages.search(text) }
    }

    pub(crate) fn by_url(&self, canonical: &str) -> &[u32] {
        self.urls.get(canonical).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn by_domain(&self, host: &str) -> &[u32] {
        self.domains.get(host).map_or(&[], Vec::as_slice)
    }

    /// The entries that an address lies below.
    pub(crate) fn by_url_prefix(&self, canonical: &str) -> impl Iterator<Item = &u32> {
        // A walk over the address is worth it only where there is such an entry.
        let any = !self.url_prefixes.is_empty();
        let prefixes = any.then(|| prefixes_of(canonical)).into_iter().flatten();
        prefixes.filter_map(|prefix| self.url_prefixes.get(prefix)).flatten()
    }

    /// The domain entries that a host looks like without being one of them or below it.
    pub(crate) fn by_look(&self, host: &str) -> Vec<u32> {
        if self.looks.is_empty() || !can_mislead(host) {
            return Vec::new();
        }
        let alike = domains_of(host).filter_map(|host| self.looks.get(&look_of(host))).flatten();
        let is = |index: u32| domains_of(host).any(|host| self.by_domain(host).contains(&index));
        alike.copied().filter(|&index| !is(index)).collect()
    }

    pub(crate) fn by_place(&self, place: &Place) -> &[u32] {
        self.places.get(place).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn by_account(&self, key: &str) -> &[u32] {
        self.accounts.get(key).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn by_sha256(&self, digest: &[u8; 32]) -> &[u32] {
        self.sha256.get(digest).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn by_md5(&self, digest: &[u8; 16]) -> &[u32] {
        self.md5.get(digest).map_or(&[], Vec::as_slice)
    }

    /// The known videos of which the frames of a video are a part.
    pub(crate) fn by_video(&self, frames: &[Frame]) -> Vec<u32> {
        let same = |index: u32, known: &[Frame]| {
            let entry = &self.entries[index as usize];
            let (distance_bits, quality) = (distance_of(entry), quality_of(entry));
            let comparison = Comparison { manner: Manner::Inclusive, distance_bits, quality };
            vpdq::compare(frames, known, &comparison).query_percent >= limits::VPDQ_PERCENT
        };
        let known = self.videos.iter().filter(|(index, known)| same(*index, known));
        known.map(|(index, _)| *index).collect()
    }

    /// The entries that a picture of this hash and quality matches, with their distance. Each
    /// entry's own distance and quality count, otherwise [`limits::PDQ_DISTANCE_BITS`] and
    /// [`limits::PDQ_QUALITY`].
    pub(crate) fn by_pdq(&self, hash: &PdqHash, quality: u8) -> Vec<(u32, u32)> {
        let Some(index) = &self.pdq.index else { return Vec::new() };
        if quality < self.pdq.least_quality {
            return Vec::new();
        }
        let near = index.search(hash, self.pdq.largest_distance);
        let near = near.into_iter().map(|(at, bits)| (self.pdq.entries[at as usize], bits));
        near.filter(|&(at, bits)| {
            let entry = &self.entries[at as usize];
            bits <= distance_of(entry) && quality >= quality_of(entry)
        })
        .collect()
    }
}

/// A value in the form that it is looked up by.
enum Prepared {
    Term,
    Text,
    Passage,
    Url(String),
    UrlPrefix(String),
    Domain(String),
    Place(Place),
    Account(String),
    Sha256([u8; 32]),
    Md5([u8; 16]),
    Pdq(PdqHash),
    Vpdq(Vec<Frame>),
}

fn prepare(kind: EntryKind, value: &str) -> Result<Prepared, String> {
    if value.trim().is_empty() {
        return Err("is empty: write what is to be matched".into());
    }
    if value.len() > limits::ENTRY_BYTES {
        let (bytes, limit) = (value.len(), limits::ENTRY_BYTES);
        return Err(format!("has {bytes} bytes; at most {limit} are accepted"));
    }
    no_controls(value)?;
    match kind {
        EntryKind::Term => check_term(value).map(|()| Prepared::Term).map_err(|e| e.to_string()),
        EntryKind::Text | EntryKind::Passage => text_of_letters(kind, value),
        EntryKind::Url => canonical(value)
            .map(|canonical| Prepared::Url(canonical.text))
            .map_err(|e| format!("{e}; write a URL as https://host.example/path")),
        EntryKind::UrlPrefix => canonical(value)
            .map(|canonical| Prepared::UrlPrefix(canonical.text))
            .map_err(|e| format!("{e}; write the beginning of a URL as https://host.example/path")),
        EntryKind::Handle => handle(value.trim()).map(|key| Prepared::Place(Place::Handle(key))),
        EntryKind::Invite => invite(value.trim()).map(|key| Prepared::Place(Place::Invite(key))),
        EntryKind::Domain => {
            canonical_domain(value).map(Prepared::Domain).map_err(|e| e.to_string())
        }
        EntryKind::Account => account(value.trim()).map(Prepared::Account),
        EntryKind::Sha256 => {
            parse_sha256(value.trim()).map(Prepared::Sha256).map_err(|e| e.to_string())
        }
        EntryKind::Md5 => parse_md5(value.trim()).map(Prepared::Md5).map_err(|e| e.to_string()),
        EntryKind::Vpdq => vpdq::parse(&value.trim().trim_end_matches(';').replace(';', "\n"))
            .map(Prepared::Vpdq)
            .map_err(|e| e.to_string()),
        EntryKind::Pdq => {
            PdqHash::parse(value.trim()).map(Prepared::Pdq).map_err(|e| e.to_string())
        }
    }
}

/// Refuses a text that is too short to be found.
fn text_of_letters(kind: EntryKind, value: &str) -> Result<Prepared, String> {
    let letters = value.chars().filter(|c| c.is_alphanumeric()).count();
    let (needed, prepared) = match kind {
        EntryKind::Passage => (quotation::SHORTEST_RUN, Prepared::Passage),
        _ => (near::SHINGLES_NEEDED + 4, Prepared::Text),
    };
    if letters < needed {
        return Err(format!(
            "has {letters} letters; a text is found from {needed} on: write a term instead"
        ));
    }
    Ok(prepared)
}

fn account(value: &str) -> Result<String, String> {
    if value.len() > ACCOUNT_BYTES {
        let bytes = value.len();
        return Err(format!("has {bytes} bytes; an account has at most {ACCOUNT_BYTES}"));
    }
    match value.split_once('/') {
        Some((service, id)) if !service.is_empty() && !id.is_empty() => Ok(value.to_owned()),
        Some(_) | None => Err("is not an account: write it as service/id".into()),
    }
}

/// Refuses characters that nobody sees: they make a line of a log or a terminal say something else,
/// and PostgreSQL does not store the first of them.
fn no_controls(text: &str) -> Result<(), String> {
    match text.chars().find(char::is_ascii_control) {
        None => Ok(()),
        Some(found) => Err(format!(
            "has the control character U+{:04X}: take it out, and write the text in one line",
            u32::from(found)
        )),
    }
}

/// Reads the rows of one file.
struct Reader<'a> {
    file: &'a str,
    bank: &'a str,
    entries: Vec<BankEntry>,
    problems: Vec<EntryProblem>,
    unlisted: usize,
}

/// The fields of one row by the place of their column in [`COLUMNS`]; empty where not given.
type Row = [String; COLUMNS.len()];

impl Reader<'_> {
    fn problem(&mut self, line: u64, field: &str, problem: impl Into<String>) {
        if self.problems.len() >= PROBLEMS_LISTED {
            self.unlisted += 1;
            return;
        }
        let (file, field) = (self.file.to_owned(), field.to_owned());
        self.problems.push(EntryProblem { file, line, field, problem: problem.into() });
    }

    fn finish(mut self) -> (Vec<BankEntry>, Vec<EntryProblem>) {
        if self.unlisted > 0 {
            let problem = format!("{} further problems are not listed", self.unlisted);
            let line = self.problems.last().map_or(1, |last| last.line);
            let (file, field) = (self.file.to_owned(), "row".to_owned());
            self.problems.push(EntryProblem { file, line, field, problem });
        }
        (self.entries, self.problems)
    }

    fn read_csv(&mut self, bytes: &[u8]) {
        let mut csv =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        let mut record = csv::ByteRecord::new();
        let mut columns: Option<Vec<Option<usize>>> = None;
        loop {
            match csv.read_byte_record(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    self.problem(csv.position().line(), "row", format!("is no CSV: {error}"));
                    break;
                }
            }
            let line = record.position().map_or(1, csv::Position::line);
            match &columns {
                None => columns = self.header(&record),
                Some(columns) => self.csv_row(line, columns, &record),
            }
            if columns.is_none() {
                return;
            }
        }
        if columns.is_none() {
            self.problem(1, "row", "the file is empty: begin with the line kind,value,…");
        }
    }

    /// What each column of the file is; `None` where the file cannot be read by its header.
    fn header(&mut self, record: &csv::ByteRecord) -> Option<Vec<Option<usize>>> {
        let mut columns = Vec::new();
        for name in record {
            let name = String::from_utf8_lossy(name).trim().to_ascii_lowercase();
            let place = COLUMNS.iter().position(|column| *column == name);
            match place {
                None => self.problem(1, &name, unknown_column(&name)),
                Some(place) if columns.contains(&Some(place)) => {
                    self.problem(1, &name, "is there twice: keep one of the two columns");
                    return None;
                }
                Some(_) => {}
            }
            columns.push(place);
        }
        for (place, name) in COLUMNS.iter().enumerate().take(2) {
            if !columns.contains(&Some(place)) {
                let problem =
                    format!("the header has no column `{name}`: begin with the line kind,value,…");
                self.problem(1, name, problem);
                return None;
            }
        }
        Some(columns)
    }

    fn csv_row(&mut self, line: u64, columns: &[Option<usize>], record: &csv::ByteRecord) {
        if record.len() != columns.len() {
            let (given, wanted) = (record.len(), columns.len());
            let problem = format!(
                "has {given} columns where the header has {wanted}: put a value with commas or \
                 quotes in double quotes"
            );
            return self.problem(line, "row", problem);
        }
        let mut row = Row::default();
        for (field, place) in record.iter().zip(columns) {
            let Some(place) = *place else { continue };
            match std::str::from_utf8(field) {
                Ok(text) => row[place] = text.trim().to_owned(),
                Err(_) => {
                    return self.problem(line, COLUMNS[place], "is not UTF-8: save it as UTF-8");
                }
            }
        }
        self.take(line, &row);
    }

    fn read_json_lines(&mut self, bytes: &[u8]) {
        for (index, bytes) in bytes.split(|&byte| byte == b'\n').enumerate() {
            let line = index as u64 + 1;
            let Ok(text) = std::str::from_utf8(bytes) else {
                self.problem(line, "row", "is not UTF-8: save it as UTF-8");
                continue;
            };
            if text.trim().is_empty() {
                continue;
            }
            match serde_json::from_str::<Map<String, Value>>(text) {
                Ok(fields) => self.json_row(line, &fields),
                Err(error) => {
                    let problem = format!("is no JSON object in one line: {error}");
                    self.problem(line, "row", problem);
                }
            }
        }
    }

    fn read_passages(&mut self, bytes: &[u8]) {
        for (index, bytes) in bytes.split(|&byte| byte == b'\n').enumerate() {
            let line = index as u64 + 1;
            let mut row = Row::default();
            row[0] = EntryKind::Passage.as_str().to_owned();
            match std::str::from_utf8(bytes) {
                Ok(text) if text.trim().is_empty() => continue,
                Ok(text) => row[1] = text.trim().to_owned(),
                Err(_) => {
                    self.problem(line, "value", "is not UTF-8: save it as UTF-8");
                    continue;
                }
            }
            // A line that is too short to be found as a quotation is no fault of the text.
            if check_value(EntryKind::Passage, &row[1]).is_ok() {
                self.take(line, &row);
            }
        }
    }

    fn json_row(&mut self, line: u64, fields: &Map<String, Value>) {
        let mut row = Row::default();
        for (name, value) in fields {
            let Some(place) = COLUMNS.iter().position(|column| column == name) else {
                self.problem(line, name, unknown_column(name));
                continue;
            };
            match json_text(name, value) {
                Some(text) => row[place] = text.trim().to_owned(),
                None => return self.problem(line, name, "is neither a text nor null"),
            }
        }
        self.take(line, &row);
    }

    /// Takes a row as an entry, or tells the first thing that is wrong with it.
    fn take(&mut self, line: u64, row: &Row) {
        match entry(self.bank, row) {
            Ok(entry) => self.entries.push(entry),
            Err((field, problem)) => self.problem(line, field, problem),
        }
    }
}

/// Columns that JSON Lines may also give as a number.
const NUMBERS: [&str; 3] = ["confidence", "distance_bits", "quality"];

/// Columns of several texts.
const LISTS: [&str; 4] = ["labels", "views", "requires", "unless"];

fn json_text(name: &str, value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text.clone()),
        Value::Number(number) if NUMBERS.contains(&name) => Some(number.to_string()),
        Value::Array(texts) if LISTS.contains(&name) => {
            let texts: Option<Vec<&str>> = texts.iter().map(Value::as_str).collect();
            texts.map(|texts| texts.join(";"))
        }
        Value::Number(_) | Value::Array(_) | Value::Bool(_) | Value::Object(_) => None,
    }
}

/// The field of a row that is wrong, and how.
type FieldProblem = (&'static str, String);

fn entry(bank: &str, row: &Row) -> Result<BankEntry, FieldProblem> {
    let [
        kind,
        value,
        language,
        policy,
        source,
        note,
        case,
        expires_at,
        confidence,
        labels,
        own @ ..,
    ] = row;
    let kind = parse_kind(kind).map_err(|problem| ("kind", problem))?;
    check_value(kind, value).map_err(|problem| ("value", problem))?;
    let stated_policy = bounded("policy", policy, limits::ID_BYTES)?;
    if let Some(id) = &stated_policy {
        PolicyId::new(id.as_str()).map_err(|problem| ("policy", problem.to_string()))?;
    }
    of_its_kind(BankEntry {
        id: None,
        bank: bank.to_owned(),
        kind,
        value: value.clone(),
        language: bounded("language", language, limits::ID_BYTES)?,
        policy: stated_policy,
        source: bounded("source", source, limits::NAME_BYTES)?,
        note: bounded("note", note, limits::REASON_BYTES)?,
        case: parse_case(case).map_err(|problem| ("case", problem))?,
        expires_at: optional(expires_at, |text| Timestamp::parse(text).map_err(|e| e.to_string()))
            .map_err(|problem| ("expires_at", problem))?,
        confidence: number("confidence", confidence, 100)?,
        labels: parse_list("labels", labels)?,
        effect: parse_effect(&own[0]).map_err(|problem| ("effect", problem))?,
        views: parse_views(&own[1])?,
        requires: parse_terms("requires", &own[2])?,
        unless: parse_terms("unless", &own[3])?,
        distance_bits: number("distance_bits", &own[4], PDQ_DISTANCE_MOST)?,
        quality: number("quality", &own[5], 100)?,
        status: EntryStatus::Active,
    })
}

/// Refuses what an entry of its kind has no use for, lest somebody count on it.
fn of_its_kind(entry: BankEntry) -> Result<BankEntry, FieldProblem> {
    let term = entry.kind == EntryKind::Term;
    let picture = matches!(entry.kind, EntryKind::Pdq | EntryKind::Vpdq);
    let of_terms = "is for entries of kind term: leave it empty";
    let of_pictures = "is for entries of kind pdq and vpdq: leave it empty";
    for (field, unused, problem) in [
        ("views", !term && !entry.views.is_empty(), of_terms),
        ("requires", !term && !entry.requires.is_empty(), of_terms),
        ("unless", !term && !entry.unless.is_empty(), of_terms),
        ("distance_bits", !picture && entry.distance_bits.is_some(), of_pictures),
        ("quality", !picture && entry.quality.is_some(), of_pictures),
    ] {
        if unused {
            return Err((field, problem.to_owned()));
        }
    }
    Ok(entry)
}

fn optional<T>(
    text: &str,
    parse: impl FnOnce(&str) -> Result<T, String>,
) -> Result<Option<T>, String> {
    if text.is_empty() { Ok(None) } else { parse(text).map(Some) }
}

fn bounded(field: &'static str, text: &str, limit: usize) -> Result<Option<String>, FieldProblem> {
    if text.len() > limit {
        let problem = format!("has {} bytes; at most {limit} are accepted", text.len());
        return Err((field, problem));
    }
    no_controls(text).map_err(|problem| (field, problem))?;
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

fn parse_kind(word: &str) -> Result<EntryKind, String> {
    if let Some(kind) = EntryKind::parse(word) {
        return Ok(kind);
    }
    let kinds = EntryKind::ALL.map(EntryKind::as_str);
    if UNMATCHED_KINDS.contains(&word) {
        return Err(format!(
            "`{word}` is not matched by this version: keep such rows in another file; matched \
             are {}",
            kinds.join(", ")
        ));
    }
    if word.is_empty() {
        return Err(format!("is empty: write one of {}", kinds.join(", ")));
    }
    Err(format!("`{}` is no kind{}", shortened(word), hint(word, &kinds)))
}

fn parse_case(word: &str) -> Result<CaseSensitivity, String> {
    match word {
        "" | "folded" => Ok(CaseSensitivity::Folded),
        "exact" => Ok(CaseSensitivity::Exact),
        other => {
            Err(format!("`{}` is no case{}", shortened(other), hint(other, &["folded", "exact"])))
        }
    }
}

fn parse_effect(word: &str) -> Result<EntryEffect, String> {
    match word {
        "" | "match" => Ok(EntryEffect::Match),
        "suppress" => Ok(EntryEffect::Suppress),
        other => Err(format!(
            "`{}` is no effect{}",
            shortened(other),
            hint(other, &["match", "suppress"])
        )),
    }
}

/// A whole number from 0 to `most`.
fn number(field: &'static str, text: &str, most: u8) -> Result<Option<u8>, FieldProblem> {
    let parse = |text: &str| {
        let number = text.parse::<u8>().ok().filter(|number| *number <= most);
        number.ok_or_else(|| format!("is no whole number from 0 to {most}"))
    };
    optional(text, parse).map_err(|problem| (field, problem))
}

fn parse_list(field: &'static str, text: &str) -> Result<Vec<String>, FieldProblem> {
    let texts = text.split(';').map(str::trim).filter(|text| !text.is_empty());
    let texts: Vec<String> = texts
        .map(|text| bounded(field, text, limits::NAME_BYTES).map(Option::unwrap_or_default))
        .collect::<Result<_, _>>()?;
    if texts.len() > limits::ENTRY_LIST {
        let (given, limit) = (texts.len(), limits::ENTRY_LIST);
        return Err((field, format!("lists {given} texts; at most {limit} are accepted")));
    }
    Ok(texts)
}

fn parse_views(text: &str) -> Result<Vec<TermView>, FieldProblem> {
    let mut views = parse_list("views", text)?
        .iter()
        .map(|word| {
            TermView::parse(word).ok_or_else(|| {
                let words = TermView::ALL.map(TermView::as_str);
                ("views", format!("`{}` is no view{}", shortened(word), hint(word, &words)))
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    views.sort_unstable();
    views.dedup();
    Ok(views)
}

fn parse_terms(field: &'static str, text: &str) -> Result<Vec<String>, FieldProblem> {
    let terms = parse_list(field, text)?;
    for term in &terms {
        check_term(term).map_err(|problem| (field, format!("`{}` {problem}", shortened(term))))?;
    }
    Ok(terms)
}

fn unknown_column(name: &str) -> String {
    format!("`{}` is no column, and is ignored{}", shortened(name), hint(name, &COLUMNS))
}

fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(32).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// The nearest of the known words, or all of them.
fn hint(given: &str, known: &[&str]) -> String {
    let given: Vec<char> = given.to_lowercase().chars().take(32).collect();
    let distance = |word: &&&str| edits(&given, word);
    match known.iter().min_by_key(distance) {
        Some(nearest) if edits(&given, nearest) <= 2 => format!("; did you mean `{nearest}`?"),
        Some(_) | None => format!("; accepted are {}", known.join(", ")),
    }
}

/// Letters to insert, delete or replace to make one word of the other.
fn edits(given: &[char], word: &str) -> usize {
    let mut row: Vec<usize> = (0..=given.len()).collect();
    for (above, letter) in word.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = above + 1;
        for (at, &other) in given.iter().enumerate() {
            let replaced = diagonal + usize::from(other != letter);
            diagonal = row[at + 1];
            row[at + 1] = replaced.min(row[at] + 1).min(row[at + 1] + 1);
        }
    }
    row[given.len()]
}
