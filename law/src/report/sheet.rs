//! Sheets and their cells, and how they are written as CSV.

use jiff::civil::Date;
use std::fmt;

/// Whose report it is, of which time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The provider.
    pub provider: String,
    /// The service.
    pub service: String,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// The day of publication.
    pub published: Date,
    /// The day on which the latest report before it was published.
    pub previous: Option<Date>,
}

impl Identity {
    /// The period as the sheets name it.
    #[must_use]
    pub fn period(&self) -> String {
        format!("{} to {}", self.from, self.to)
    }
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing is told: it does not apply, or the log has no source for it.
    Blank,
    /// A text.
    Text(String),
    /// A whole number.
    Count(u64),
    /// A median in hours.
    Hours(f64),
    /// A share, 0 to 1.
    Share(f64),
    /// A number that need not be whole, such as full-time equivalents.
    Number(f64),
}

impl Cell {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blank => Ok(()),
            Self::Text(text) => f.write_str(text),
            Self::Count(count) => write!(f, "{count}"),
            Self::Hours(number) | Self::Number(number) => write!(f, "{number:.2}"),
            Self::Share(share) => write!(f, "{share:.6}"),
        }
    }
}

/// A sheet of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub header: Vec<String>,
    /// Its rows, each as long as the header.
    pub rows: Vec<Vec<Cell>>,
}

impl Sheet {
    /// The sheet as CSV (RFC 4180): UTF-8, lines that end in CR LF.
    #[must_use]
    pub fn csv(&self) -> String {
        let mut text = String::new();
        line(self.header.iter().cloned(), &mut text);
        for row in &self.rows {
            line(row.iter().map(ToString::to_string), &mut text);
        }
        text
    }
}

fn line(cells: impl Iterator<Item = String>, text: &mut String) {
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            text.push(',');
        }
        if cell.contains([',', '"', '\r', '\n']) {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(&cell);
        }
    }
    text.push_str("\r\n");
}

/// What is wrong with a cell.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{sheet}, row {row}, {column}: {problem}")]
pub struct SheetFault {
    /// The sheet.
    pub sheet: String,
    /// The row, from 1 after the header; 0 for the sheet as a whole.
    pub row: usize,
    /// The column.
    pub column: String,
    /// What is wrong, and what would be right.
    pub problem: String,
}
