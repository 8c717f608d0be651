//! The rules of the sheets, field by field.

use super::data::{CategoryRow, ColumnKind, SheetSpec, categories, most_characters, sheet_specs};
use super::sheet::{Cell, Sheet, SheetFault};

/// Checks sheets against the regulation: columns, kinds of values, shares from 0 to 1, hours that
/// are not negative, texts of bounded length, and sub-categories that sum up to their category.
#[must_use]
pub fn check(sheets: &[Sheet]) -> Vec<SheetFault> {
    let mut faults = Vec::new();
    for spec in sheet_specs() {
        match sheets.iter().find(|sheet| sheet.name == spec.name) {
            Some(sheet) => check_sheet(spec, sheet, &mut faults),
            None => faults.push(fault(spec, 0, "", "the sheet is missing")),
        }
    }
    faults
}

fn fault(spec: &SheetSpec, row: usize, column: &str, problem: &str) -> SheetFault {
    let (sheet, column) = (spec.name.clone(), column.to_owned());
    SheetFault { sheet, row, column, problem: problem.to_owned() }
}

fn check_sheet(spec: &SheetSpec, sheet: &Sheet, faults: &mut Vec<SheetFault>) {
    let columns = spec.columns.iter().map(|(name, _)| name);
    if !columns.eq(sheet.header.iter()) {
        faults.push(fault(spec, 0, "", "the columns are not those of the regulation"));
        return;
    }
    for (index, row) in sheet.rows.iter().enumerate() {
        if row.len() != spec.columns.len() {
            faults.push(fault(spec, index + 1, "", "the row is not as long as the header"));
            continue;
        }
        for ((name, kind), cell) in spec.columns.iter().zip(row) {
            if let Some(problem) = wrong(*kind, cell) {
                faults.push(fault(spec, index + 1, name, problem));
            }
        }
    }
    if (3..=6).contains(&spec.number) {
        check_sums(spec, sheet, faults);
    }
}

fn wrong(kind: ColumnKind, cell: &Cell) -> Option<&'static str> {
    match (kind, cell) {
        (_, Cell::Blank) | (ColumnKind::Count | ColumnKind::Number, Cell::Count(_)) => None,
        (ColumnKind::Text, Cell::Text(text)) => (text.chars().count() > most_characters())
            .then_some("the text is longer than 5000 characters"),
        (ColumnKind::Hours | ColumnKind::Number, Cell::Hours(hours)) => {
            let fits = hours.is_finite() && *hours >= 0.0;
            (!fits).then_some("a median is a number of hours that is not negative")
        }
        (ColumnKind::Number, Cell::Share(share)) => {
            (!(0.0..=1.0).contains(share)).then_some("a share lies between 0 and 1")
        }
        (
            ColumnKind::Text | ColumnKind::Count | ColumnKind::Hours | ColumnKind::Number,
            Cell::Text(_) | Cell::Count(_) | Cell::Hours(_) | Cell::Share(_),
        ) => Some("the value is of another kind than its column"),
    }
}

/// Each thing is counted in one sub-category, so that they sum up to the category.
fn check_sums(spec: &SheetSpec, sheet: &Sheet, faults: &mut Vec<SheetFault>) {
    let Some(category) = spec.columns.iter().position(|(name, _)| name == "Category") else {
        return;
    };
    let has_subs = |row: &&CategoryRow| {
        let mut all = categories().iter();
        row.letter.is_none()
            && all.any(|other| other.number == row.number && other.letter.is_some())
    };
    for head in categories().iter().filter(has_subs) {
        let of = |row: &&Vec<Cell>| match &row[category] {
            Cell::Text(text) => text.starts_with(&format!("{} / ", head.code)),
            Cell::Blank | Cell::Count(_) | Cell::Hours(_) | Cell::Share(_) => false,
        };
        let total = sheet.rows.iter().position(|row| row[category] == Cell::text(&*head.code));
        let Some(total) = total else { continue };
        for (column, (name, kind)) in spec.columns.iter().enumerate() {
            let Cell::Count(whole) = sheet.rows[total][column] else { continue };
            let parts = sheet.rows.iter().filter(of).map(|row| match row[column] {
                Cell::Count(count) => count,
                Cell::Blank | Cell::Text(_) | Cell::Hours(_) | Cell::Share(_) => 0,
            });
            if *kind == ColumnKind::Count && parts.sum::<u64>() != whole {
                let problem = "the sub-categories do not sum up to the category";
                faults.push(fault(spec, total + 1, name, problem));
            }
        }
    }
}
