//! Rows of a CSV file with a header, each fault placed by line and column.

use csv::{ByteRecord, ReaderBuilder};
use std::io::{self, Read};

/// Most bytes of one field.
pub const FIELD_BYTES: usize = 1 << 20;
/// Most bytes of one row; a quotation mark that is never closed ends here.
pub const RECORD_BYTES: usize = 4 << 20;
/// Bytes that the reader may take in ahead of a row.
const AHEAD_BYTES: usize = 1 << 16;
/// Most bytes of an input that an error quotes.
const QUOTED_BYTES: usize = 40;
/// The last second of the year 9999.
const LAST_SECOND: f64 = 253_402_300_799.0;

/// What is wrong with an input, where, and what to do about it. Lines and columns count from 1;
/// the header is line 1.
#[derive(Debug, thiserror::Error)]
pub enum CsvError {
    /// It cannot be read.
    #[error("line {line}: the input cannot be read: {source}")]
    Read {
        /// The line at which the row begins.
        line: u64,
        /// Why.
        source: io::Error,
    },
    /// It has no header.
    #[error("the input is empty; its first line must name the columns")]
    Empty,
    /// A column is missing.
    #[error("line 1: no column {wanted}; there are: {found}; rename one of them")]
    NoColumn {
        /// The names that it may have.
        wanted: String,
        /// The columns that there are.
        found: String,
    },
    /// Two columns have the same name.
    #[error("line 1, column {column}: a second column `{name}`; remove or rename one of the two")]
    TwoColumns {
        /// The place of the second one.
        column: usize,
        /// Their name.
        name: String,
    },
    /// A row has another number of fields than the header.
    #[error(
        "line {line}: {fields} fields, but the header has {columns}; put quotation marks around \
         fields that hold commas or line ends"
    )]
    Ragged {
        /// The line at which the row begins.
        line: u64,
        /// Fields of the row.
        fields: usize,
        /// Fields of the header.
        columns: usize,
    },
    /// A field is not UTF-8.
    #[error("line {line}, column {column} (`{name}`): not UTF-8; save the file as UTF-8")]
    NotUtf8 {
        /// The line at which the row begins.
        line: u64,
        /// The place of the column.
        column: usize,
        /// The name of the column.
        name: String,
    },
    /// A field is too long.
    #[error(
        "line {line}, column {column} (`{name}`): {bytes} bytes, and at most {FIELD_BYTES} are \
         read; look for a quotation mark that is not closed, or shorten the field"
    )]
    LongField {
        /// The line at which the row begins.
        line: u64,
        /// The place of the column.
        column: usize,
        /// The name of the column.
        name: String,
        /// Its length.
        bytes: usize,
    },
    /// A row is too long.
    #[error(
        "line {line}: a row of more than {RECORD_BYTES} bytes; look for a quotation mark that is \
         not closed"
    )]
    LongRow {
        /// The line at which the row begins.
        line: u64,
    },
    /// A field that may not be empty is.
    #[error("line {line}, column {column} (`{name}`): empty; fill it in or remove the row")]
    EmptyField {
        /// The line at which the row begins.
        line: u64,
        /// The place of the column.
        column: usize,
        /// The name of the column.
        name: String,
    },
    /// A time is not a number of seconds.
    #[error(
        "line {line}, column {column} (`{name}`): `{value}` is no time; give seconds since 1970, \
         such as 1700000000 or 1700000000.5{hint}"
    )]
    NoTime {
        /// The line at which the row begins.
        line: u64,
        /// The place of the column.
        column: usize,
        /// The name of the column.
        name: String,
        /// What stands there, cut short.
        value: String,
        /// What it may be instead.
        hint: &'static str,
    },
    /// There are too many rows.
    #[error("line {line}: more than 4,294,967,294 rows; split the input")]
    ManyRows {
        /// The line at which the row begins.
        line: u64,
    },
}

/// A column that is read: the names that it may have, the first that is there counts.
pub(super) type Column<'a> = &'a [&'a str];

/// Rows of an input.
pub(super) struct CsvRows<R> {
    reader: csv::Reader<Bounded<R>>,
    record: ByteRecord,
    /// The place of each wanted column, with its name.
    columns: Vec<(usize, String)>,
    width: usize,
    rows: u64,
}

impl<R: Read> CsvRows<R> {
    /// Reads the header and finds the wanted columns in it; others are passed over.
    pub(super) fn open(input: R, wanted: &[Column]) -> Result<Self, CsvError> {
        let input = Bounded { inner: input, left: RECORD_BYTES + AHEAD_BYTES };
        let reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(input);
        let (record, columns) = (ByteRecord::new(), Vec::new());
        let mut rows = Self { reader, record, columns, width: 0, rows: 0 };
        if !rows.read()? {
            return Err(CsvError::Empty);
        }
        let names = rows.header()?;
        rows.width = names.len();
        for column in wanted {
            let place = column.iter().find_map(|name| names.iter().position(|one| one == name));
            let place = place.ok_or_else(|| CsvError::NoColumn {
                wanted: quoted(column, " or "),
                found: cut(&names.join(", ")).to_owned(),
            })?;
            rows.columns.push((place, names[place].clone()));
        }
        Ok(rows)
    }

    fn header(&self) -> Result<Vec<String>, CsvError> {
        let mut names: Vec<String> = Vec::new();
        for (place, field) in self.record.iter().enumerate() {
            let name = std::str::from_utf8(field).map_err(|_| CsvError::NotUtf8 {
                line: 1,
                column: place + 1,
                name: "the header".into(),
            })?;
            // Spreadsheets put a byte order mark before the first name.
            let name = name.trim_start_matches('\u{FEFF}').trim();
            if names.iter().any(|other| other == name) {
                return Err(CsvError::TwoColumns { column: place + 1, name: cut(name).to_owned() });
            }
            names.push(name.to_owned());
        }
        Ok(names)
    }

    /// The next row, while there is one.
    pub(super) fn next(&mut self) -> Result<Option<Row<'_>>, CsvError> {
        if !self.read()? {
            return Ok(None);
        }
        let line = self.line();
        let fields = self.record.len();
        if fields != self.width {
            return Err(CsvError::Ragged { line, fields, columns: self.width });
        }
        self.rows += 1;
        if self.rows >= u64::from(u32::MAX) {
            return Err(CsvError::ManyRows { line });
        }
        Ok(Some(Row { record: &self.record, columns: &self.columns, line }))
    }

    /// How many rows were read.
    pub(super) fn count(&self) -> u64 {
        self.rows
    }

    fn read(&mut self) -> Result<bool, CsvError> {
        self.reader.get_mut().left = RECORD_BYTES + AHEAD_BYTES;
        let begins = self.reader.position().line();
        match self.reader.read_byte_record(&mut self.record) {
            Ok(_) if self.record.as_slice().len() > RECORD_BYTES => {
                Err(CsvError::LongRow { line: self.line() })
            }
            Ok(more) => Ok(more),
            Err(error) => Err(match error.into_kind() {
                csv::ErrorKind::Io(source) if source.kind() == io::ErrorKind::FileTooLarge => {
                    CsvError::LongRow { line: begins }
                }
                csv::ErrorKind::Io(source) => CsvError::Read { line: begins, source },
                other => {
                    let source = io::Error::other(format!("{other:?}"));
                    CsvError::Read { line: begins, source }
                }
            }),
        }
    }

    fn line(&self) -> u64 {
        self.record.position().map_or(1, csv::Position::line)
    }
}

/// One row; its fields go by the order in which the columns were wanted.
pub(super) struct Row<'a> {
    record: &'a ByteRecord,
    columns: &'a [(usize, String)],
    line: u64,
}

impl<'a> Row<'a> {
    /// A field as text without blanks at its ends.
    pub(super) fn text(&self, wanted: usize) -> Result<&'a str, CsvError> {
        let (place, name) = &self.columns[wanted];
        let (line, column) = (self.line, place + 1);
        let field = &self.record[*place];
        if field.len() > FIELD_BYTES {
            let (name, bytes) = (name.clone(), field.len());
            return Err(CsvError::LongField { line, column, name, bytes });
        }
        let text = std::str::from_utf8(field);
        text.map(str::trim).map_err(|_| CsvError::NotUtf8 { line, column, name: name.clone() })
    }

    /// A field that may not be empty.
    pub(super) fn filled(&self, wanted: usize) -> Result<&'a str, CsvError> {
        let text = self.text(wanted)?;
        if text.is_empty() {
            let (place, name) = &self.columns[wanted];
            let (column, name) = (place + 1, name.clone());
            return Err(CsvError::EmptyField { line: self.line, column, name });
        }
        Ok(text)
    }

    /// A field in seconds, as microseconds.
    pub(super) fn time_us(&self, wanted: usize) -> Result<i64, CsvError> {
        let text = self.filled(wanted)?;
        microseconds(text).map_err(|hint| {
            let (place, name) = &self.columns[wanted];
            let (column, name, value) = (place + 1, name.clone(), cut(text).to_owned());
            CsvError::NoTime { line: self.line, column, name, value, hint }
        })
    }
}

/// Seconds as microseconds; else what to do about it, beside giving seconds.
fn microseconds(text: &str) -> Result<i64, &'static str> {
    let is_whole = text.len() <= 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_whole
        && let Ok(seconds) = text.parse::<i64>()
        && seconds as f64 <= LAST_SECOND
    {
        return Ok(seconds * 1_000_000);
    }
    let begins_as_number = text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
    match text.parse::<f64>() {
        Ok(seconds) if begins_as_number && seconds.abs() <= LAST_SECOND => {
            Ok((seconds * 1e6).round() as i64)
        }
        Ok(large) if begins_as_number && large.is_finite() => {
            Err("; if these are milliseconds, divide them by 1000")
        }
        Ok(_) | Err(_) if text.contains([':', '-']) => {
            Err("; if this is a date, convert it to seconds")
        }
        Ok(_) | Err(_) => Err(""),
    }
}

fn quoted(names: &[&str], between: &str) -> String {
    names.iter().map(|name| format!("`{}`", cut(name))).collect::<Vec<_>>().join(between)
}

/// The beginning of a text, short enough for a message.
fn cut(text: &str) -> &str {
    match text.char_indices().find(|(at, _)| *at >= QUOTED_BYTES) {
        Some((at, _)) => &text[..at],
        None => text,
    }
}

/// Gives no more than so many bytes before it is told to go on.
struct Bounded<R> {
    inner: R,
    left: usize,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let most = buffer.len().min(self.left);
        let read = self.inner.read(&mut buffer[..most])?;
        self.left -= read;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const COLUMNS: [Column; 3] = [&["id", "name"], &["at"], &["note"]];

    /// Reads everything; gives the rows, or the message of the first fault.
    fn read(input: &[u8]) -> Result<Vec<(String, i64, String)>, String> {
        let all = || -> Result<_, CsvError> {
            let mut rows = CsvRows::open(input, &COLUMNS)?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push((row.filled(0)?.into(), row.time_us(1)?, row.text(2)?.into()));
            }
            assert_eq!(rows.count(), found.len() as u64);
            Ok(found)
        };
        all().map_err(|error| error.to_string())
    }

    #[test]
    fn columns_are_found_by_name() {
        for input in [
            "at,note,id\n1,,x\n2.5, \"a,\n b\" ,y\n",
            "\u{FEFF}at,more,note,name,id\r\n1,?,,x,x\r\n\r\n2.5,?,\"a,\n b\",y,y",
        ] {
            let wanted = [("x", 1_000_000, ""), ("y", 2_500_000, "a,\n b")];
            let rows = read(input.replace(", \"", ",\"").replace("\" ,", "\",").as_bytes());
            let rows = rows.unwrap();
            let found: Vec<(&str, i64, &str)> =
                rows.iter().map(|(id, at, note)| (id.as_str(), *at, note.as_str())).collect();
            assert_eq!(found, wanted);
        }
    }

    #[test]
    fn faults_are_placed() {
        let long = "x".repeat(FIELD_BYTES + 1);
        for (input, wanted) in [
            ("", "the input is empty; its first line must name the columns"),
            ("a,at,note\n", "line 1: no column `id` or `name`; there are: a, at, note; rename"),
            ("id,at,id\n", "line 1, column 3: a second column `id`; remove or rename"),
            ("id,at,note\na,1,\nb,1\n", "line 3: 2 fields, but the header has 3; put quotation"),
            ("id,at,note\na,1,,\n", "line 2: 4 fields, but the header has 3; put quotation"),
            ("id,at,note\n ,1,\n", "line 2, column 1 (`id`): empty; fill it in"),
            ("id,at,note\na,,\n", "line 2, column 2 (`at`): empty; fill it in"),
            ("id,at,note\na,soon,\n", "line 2, column 2 (`at`): `soon` is no time; give seconds"),
            ("id,at,note\na,nan,\n", "line 2, column 2 (`at`): `nan` is no time; give seconds"),
            ("id,at,note\n\n\"a\nb\",1,\nc,inf,", "line 5, column 2 (`at`): `inf` is no time"),
            (&format!("id,at,note\na,1,{long}\n"), "line 2, column 3 (`note`): 1048577 bytes"),
            (&format!("id,at,note\na,1,\"{}", long.repeat(9)), "line 2: a row of more than"),
        ] {
            let message = read(input.as_bytes()).unwrap_err();
            assert!(message.starts_with(wanted), "{message}\nis not\n{wanted}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_placed() {
        for (input, wanted) in [
            (&b"id,at,note\na,1,\xFF\n"[..], "line 2, column 3 (`note`): not UTF-8"),
            (b"id,\xFE,note\n", "line 1, column 2 (`the header`): not UTF-8"),
        ] {
            let message = read(input).unwrap_err();
            assert!(message.starts_with(wanted), "{message}");
        }
    }

    #[test]
    fn times_are_seconds() {
        for (text, wanted) in [
            ("0", Ok(0)),
            ("1629589836", Ok(1_629_589_836_000_000)),
            ("1629589836.25", Ok(1_629_589_836_250_000)),
            ("1.6e9", Ok(1_600_000_000_000_000)),
            ("-1", Ok(-1_000_000)),
            ("253402300799", Ok(253_402_300_799_000_000)),
            ("1629589836000", Err("; if these are milliseconds, divide them by 1000")),
            ("2021-08-21T00:00:00Z", Err("; if this is a date, convert it to seconds")),
            ("infinity", Err("")),
            ("1e999", Err("")),
        ] {
            assert_eq!(microseconds(text), wanted, "{text}");
        }
    }

    struct Broken;

    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        let error = CsvRows::open(Broken, &COLUMNS).err().unwrap().to_string();
        assert_eq!(error, "line 1: the input cannot be read: the disk is gone");
    }

    proptest! {
        #[test]
        fn no_bytes_do_harm(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&bytes);
            let _ = read(&[b"id,at,note\n", bytes.as_slice()].concat());
        }
    }
}
