//! The files of a report: CSV for machines, a workbook for offices, a page for readers, and a
//! summary from which the report can be computed again.

use super::ReportKind;
use jiff::civil::Date;
use law::report::{Cell, Identity, Sheet};
use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;
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
pub fn write(folder: &Path, summary: &Summary, sheets: &[Sheet]) -> Result<(), String> {
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
        Cell::Hours(number) | Cell::Share(number) => {
            sheet.write_number(row, column, *number).map(|_| ())
        }
    }
}

fn page(summary: &Summary, sheets: &[Sheet]) -> String {
    let title = format!("{}: {} to {}", summary.service, summary.from, summary.to);
    let title = escaped(&title);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
         <style>body{{font:1rem/1.5 sans-serif;margin:2rem}}table{{border-collapse:collapse}}\
         th,td{{border:1px solid #bbb;padding:.2rem .5rem;text-align:start}}\
         .n{{text-align:end}}div{{overflow-x:auto}}</style>\n<h1>{title}</h1>\n\
         <p>{} Computed from {} records of the sealed log, the last with the hash \
         <code>{}</code>. An empty cell says that nothing is told; 0 says that there was none. \
         Rows without a number are left out here and stand in the CSV files.</p>\n",
        escaped(&summary.provider),
        summary.records,
        summary.hash,
    );
    for sheet in sheets {
        // Writing to a string cannot fail.
        let _ = write!(page, "<h2>{}</h2>\n<div><table>\n<tr>", escaped(&sheet.name));
        let shown: Vec<usize> = (0..sheet.header.len()).filter(|at| has_any(sheet, *at)).collect();
        for column in &shown {
            let _ = write!(page, "<th>{}</th>", escaped(&sheet.header[*column]));
        }
        page.push_str("</tr>\n");
        for row in sheet.rows.iter().filter(|row| is_worth_reading(sheet, row)) {
            page.push_str("<tr>");
            for column in &shown {
                let class = if matches!(row[*column], Cell::Text(_)) { "" } else { " class=\"n\"" };
                let _ = write!(page, "<td{class}>{}</td>", escaped(&row[*column].to_string()));
            }
            page.push_str("</tr>\n");
        }
        page.push_str("</table></div>\n");
    }
    page.push_str("</html>\n");
    page
}

fn has_any(sheet: &Sheet, column: usize) -> bool {
    sheet.rows.iter().any(|row| row[column] != Cell::Blank)
}

/// Rows of nothing but texts are read where a sheet has nothing else; others need a number.
fn is_worth_reading(sheet: &Sheet, row: &[Cell]) -> bool {
    let is_number = |cell: &Cell| match cell {
        Cell::Blank | Cell::Text(_) | Cell::Count(0) => false,
        Cell::Count(_) | Cell::Hours(_) | Cell::Share(_) => true,
    };
    let has_numbers = sheet.rows.iter().flatten().any(|cell| matches!(cell, Cell::Count(_)));
    !has_numbers || row.iter().any(is_number)
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;")
}
