//! Tables as lines of JSON or CSV.

use super::items::read_item;
use super::tables::{check_id, read_account, read_action, read_follow, time};
use super::{Problem, Reader, Refused};
use crate::folder::{FileDigest, Hashing, Source};
use crate::{Error, Place, Table, limits};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use study::dataset::FollowRow;

const BUFFER_BYTES: usize = 1 << 18;
/// Progress is told after that many lines.
const STEP_LINES: u64 = 4_096;

/// Reads a file of one JSON object a line; empty lines are passed over.
pub(super) fn read_ndjson(reader: &mut Reader<'_>, source: &Source) -> Result<FileDigest, Error> {
    let file = File::open(&source.path).map_err(|e| Error::file("read", &source.path, e))?;
    read_lines(reader, source, file)
}

/// Reads what comes from anywhere as if it were the file of a source.
pub(super) fn read_lines(
    reader: &mut Reader<'_>,
    source: &Source,
    input: impl Read,
) -> Result<FileDigest, Error> {
    let failed = |e| Error::file("read", &source.path, e);
    let mut input = BufReader::with_capacity(BUFFER_BYTES, Hashing::new(input));
    let mut line = Vec::new();
    for row in 1_u64.. {
        line.clear();
        let most = limits::LINE_BYTES as u64 + 1;
        let read = (&mut input).take(most).read_until(b'\n', &mut line).map_err(failed)?;
        if read == 0 {
            break;
        }
        if read as u64 == most && line.last() != Some(&b'\n') {
            skip_line(&mut input).map_err(failed)?;
            let problem = format!("longer than {} bytes", limits::LINE_BYTES);
            reader.note(source, row, Err(Problem::new("", problem).into()))?;
        } else if !line.trim_ascii().is_empty() {
            let given = read_line(reader, source.table, line.trim_ascii());
            reader.note(source, row, given)?;
        }
        if row % STEP_LINES == 0 {
            let bytes = input.get_ref().bytes();
            reader.step(source, bytes)?;
        }
    }
    reader.step(source, source.bytes)?;
    Ok(input.into_inner().finish(&source.name))
}

/// Reads past the end of a line without keeping it.
fn skip_line(input: &mut impl BufRead) -> std::io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let used = end.map_or(buffer.len(), |at| at + 1);
        input.consume(used);
        if end.is_some() {
            return Ok(());
        }
    }
}

fn read_line(reader: &mut Reader<'_>, table: Table, line: &[u8]) -> Result<(), Refused> {
    match table {
        Table::Items => read_item(reader, line),
        Table::Accounts => read_account(reader, line),
        Table::Follows => read_follow(reader, line),
        Table::Actions => read_action(reader, line),
    }
}

/// Reads follows as comma-separated values under a header.
pub(super) fn read_csv(reader: &mut Reader<'_>, source: &Source) -> Result<FileDigest, Error> {
    let failed = |e| Error::file("read", &source.path, e);
    let file = File::open(&source.path).map_err(failed)?;
    let input = BufReader::with_capacity(BUFFER_BYTES, Hashing::new(file));
    let mut csv = csv::ReaderBuilder::new().from_reader(input);
    let places = csv_header(&mut csv, source)?;
    let mut record = csv::StringRecord::new();
    for count in 1_u64.. {
        let given = match csv.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => csv_follow(reader, &record, &places),
            Err(error) => Err(match error.into_kind() {
                csv::ErrorKind::Io(error) => failed(error).into(),
                csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                    Problem::new("", format!("{len} fields in place of {expected_len}")).into()
                }
                csv::ErrorKind::Utf8 { err, .. } => {
                    Problem::new("", format!("not UTF-8: {err}")).into()
                }
                other => Problem::new("", format!("not CSV: {other:?}")).into(),
            }),
        };
        let line = record.position().map_or(count + 1, csv::Position::line);
        reader.note(source, line, given)?;
        if count % STEP_LINES == 0 {
            let bytes = csv.get_ref().get_ref().bytes();
            reader.step(source, bytes)?;
        }
    }
    let mut rest = csv.into_inner().into_inner();
    std::io::copy(&mut rest, &mut std::io::sink()).map_err(failed)?;
    reader.step(source, source.bytes)?;
    Ok(rest.finish(&source.name))
}

/// Where `from`, `to` and `at` stand.
struct Places {
    from: usize,
    to: usize,
    at: Option<usize>,
}

fn csv_header(csv: &mut csv::Reader<impl Read>, source: &Source) -> Result<Places, Error> {
    let columns = Table::Follows.column_names();
    let form = |problem: String| Error::form(Place::column(&source.name, 1, "header"), problem);
    let header = csv.headers().map_err(|e| form(format!("not CSV: {e}")))?;
    for (at, name) in header.iter().enumerate() {
        let known = Table::Follows.columns().iter().any(|column| column.name == name);
        if !known {
            return Err(form(format!("`{name}` is no column of follows: {columns}")));
        }
        if header.iter().take(at).any(|other| other == name) {
            return Err(form(format!("`{name}` is there twice")));
        }
    }
    let place = |name: &str| header.iter().position(|column| column == name);
    let missing = |name: &str| form(format!("`{name}` is missing; the columns are {columns}"));
    Ok(Places {
        from: place("from").ok_or_else(|| missing("from"))?,
        to: place("to").ok_or_else(|| missing("to"))?,
        at: place("at"),
    })
}

fn csv_follow(
    reader: &mut Reader<'_>,
    record: &csv::StringRecord,
    places: &Places,
) -> Result<(), Refused> {
    let field = |at: usize| record.get(at).unwrap_or_default();
    let (from, to) = (field(places.from), field(places.to));
    check_id("from", from)?;
    check_id("to", to)?;
    let at = places.at.map(field).filter(|at| !at.is_empty());
    let at_us = at.map(|at| time("at", at)).transpose()?;
    reader.room.take(2, 0, 0)?;
    Ok(reader.rows.follow(&FollowRow { from, to, at_us })?)
}
