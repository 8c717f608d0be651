//! Bank files: CSV with a header, JSON Lines, and public texts.

use super::values::{check_value, no_controls};
use crate::terms::check_term;
use model::{
    BankEntry, CaseSensitivity, EntryEffect, EntryKind, EntryProblem, EntryStatus, PolicyId,
    TermView, Timestamp, limits,
};
use serde_json::{Map, Value};

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
pub const PDQ_DISTANCE_MOST: u8 = 63;

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

/// Writes the entries that match as a bank file that [`parse_bank`] reads back to the same entries,
/// except for their ids and banks, which belong to the store.
#[must_use]
pub fn write_csv(entries: &[BankEntry]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory cannot fail: every row has the same number of fields.
    let mut all = writer.write_record(COLUMNS).is_ok();
    for entry in entries.iter().filter(|entry| entry.status.matches()) {
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
