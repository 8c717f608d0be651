//! The files of a report: CSV for machines, a workbook for offices, a page for readers, and a
//! summary from which the report can be computed again.

use super::page::page;
use super::{PROVIDER_FILE, ReportKind, Told};
use jiff::civil::Date;
use law::report::{Cell, Identity, Sheet};
use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The file that tells what a report was computed from.
const SUMMARY: &str = "report.json";

/// What a report was computed from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// Which report.
    pub kind: ReportKind,
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
    /// The day of the latest report before it.
    pub previous: Option<Date>,
    /// SHA-256 of the file of what only the provider knows, in hexadecimal; none without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_sha256: Option<String>,
    /// How many records of the log it rests on.
    pub records: u64,
    /// The hash of the last of them, in hexadecimal.
    pub hash: String,
}

impl Summary {
    /// Whose report it is.
    #[must_use]
    pub fn identity(&self) -> Identity {
        Identity {
            provider: self.provider.clone(),
            service: self.service.clone(),
            from: self.from,
            to: self.to,
            published: self.published,
            previous: self.previous,
        }
    }
}

/// The name of a sheet's file.
#[must_use]
pub fn csv_name(sheet: &Sheet) -> String {
    format!("{}.csv", sheet.name)
}

/// Writes the files of a report into a folder.
///
/// # Errors
/// Where a file cannot be written, or is there already: a published report is never overwritten.
pub fn write(
    folder: &Path,
    summary: &Summary,
    sheets: &[Sheet],
    told: &Told,
) -> Result<(), String> {
    let failed = |what: &str, error: &dyn std::fmt::Display| {
        format!("{}: {error}", folder.join(what).display())
    };
    std::fs::create_dir_all(folder).map_err(|error| failed("", &error))?;
    if folder.join(SUMMARY).exists() {
        let told = "a report is there already; every version stays public, so write a new folder";
        return Err(failed(SUMMARY, &told));
    }
    let put = |name: &str, bytes: &[u8]| {
        std::fs::write(folder.join(name), bytes).map_err(|error| failed(name, &error))
    };
    for sheet in sheets {
        put(&csv_name(sheet), sheet.csv().as_bytes())?;
    }
    if let Some(bytes) = &told.bytes {
        put(PROVIDER_FILE, bytes)?;
    }
    let workbook = workbook(sheets).map_err(|error| failed("report.xlsx", &error))?;
    put("report.xlsx", &workbook)?;
    put("report.html", page(summary, sheets).as_bytes())?;
    let text = serde_json::to_string_pretty(summary).map_err(|error| failed(SUMMARY, &error))?;
    // The summary comes last: where it is, the report is whole.
    put(SUMMARY, text.as_bytes())
}

/// Reads the summary of a report.
///
/// # Errors
/// Where there is none, or it is not one of ours.
pub fn read_summary(folder: &Path) -> Result<Summary, String> {
    let path = folder.join(SUMMARY);
    let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let text = std::fs::read_to_string(&path).map_err(|error| failed(&error))?;
    serde_json::from_str(&text).map_err(|error| failed(&error))
}

fn workbook(sheets: &[Sheet]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    for sheet in sheets {
        let worksheet = workbook.add_worksheet();
        worksheet.set_name(&sheet.name)?;
        for (column, name) in (0u16..).zip(&sheet.header) {
            worksheet.write_string(0, column, name)?;
        }
        for (row, cells) in (1u32..).zip(&sheet.rows) {
            for (column, cell) in (0u16..).zip(cells) {
                put(worksheet, row, column, cell)?;
            }
        }
        worksheet.set_freeze_panes(1, 0)?;
        worksheet.autofit();
    }
    workbook.save_to_buffer()
}

fn put(sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell) -> Result<(), XlsxError> {
    match cell {
        Cell::Blank => Ok(()),
        Cell::Text(text) => sheet.write_string(row, column, text).map(|_| ()),
        Cell::Count(count) => sheet.write_number(row, column, *count as f64).map(|_| ()),
        Cell::Hours(number) | Cell::Share(number) | Cell::Number(number) => {
            sheet.write_number(row, column, *number).map(|_| ())
        }
    }
}
