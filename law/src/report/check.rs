//! The rules of the sheets, field by field.

use super::data::{
    CategoryRow, ColumnKind, SheetSpec, categories, indicators, most_characters, sheet_specs,
};
use super::orders::STATES;
use super::sheet::{Cell, Sheet, SheetFault};

/// Checks sheets against the regulation: columns, kinds of values, shares from 0 to 1, hours that
/// are not negative, texts of bounded length, sub-categories that sum up to their category, States
/// and the Union as a whole, indicators and scopes, outcomes of complaints.
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
    match spec.number {
        3 => check_states(spec, sheet, faults),
        4..=6 => check_sums(spec, sheet, None, faults),
        7 => check_outcomes(spec, sheet, faults),
        _ => {}
    }
    if (7..=10).contains(&spec.number) {
        check_indicators(spec, sheet, faults);
    }
}

/// Each State and the Union as a whole stand by themselves; the States are part of the whole.
fn check_states(spec: &SheetSpec, sheet: &Sheet, faults: &mut Vec<SheetFault>) {
    let column = |wanted: &str| spec.columns.iter().position(|(name, _)| name == wanted);
    let (Some(category), Some(scope)) = (column("Category"), column("Scope")) else { return };
    let is_scope = |cell: &Cell| match cell {
        Cell::Text(text) => text == "TOTAL" || STATES.contains(&text.as_str()),
        Cell::Blank | Cell::Count(_) | Cell::Hours(_) | Cell::Share(_) | Cell::Number(_) => false,
    };
    for (index, _) in sheet.rows.iter().enumerate().filter(|(_, row)| !is_scope(&row[scope])) {
        let problem = "the scope is neither TOTAL nor a Member State";
        faults.push(fault(spec, index + 1, "Scope", problem));
    }
    for state in std::iter::once("TOTAL").chain(STATES) {
        check_sums(spec, sheet, Some((scope, state)), faults);
    }
    let total = Cell::text("TOTAL");
    for (index, whole) in sheet.rows.iter().enumerate().filter(|(_, row)| row[scope] == total) {
        for (at, (name, _)) in spec.columns.iter().enumerate() {
            let Cell::Count(all) = whole[at] else { continue };
            let same = sheet
                .rows
                .iter()
                .filter(|row| row[category] == whole[category] && row[scope] != total);
            if same.map(|row| counted(&row[at])).sum::<u64>() > all {
                let problem = "the States have more than the Union as a whole";
                faults.push(fault(spec, index + 1, name, problem));
            }
        }
    }
}

/// A complaint has one outcome at most.
fn check_outcomes(spec: &SheetSpec, sheet: &Sheet, faults: &mut Vec<SheetFault>) {
    let column = |wanted: &str| spec.columns.iter().position(|(name, _)| name == wanted);
    let places = (column("Indicator"), column("Scope"), column("Value"));
    let (Some(indicator), Some(scope), Some(value)) = places else { return };
    let total = Cell::text("Total number");
    let outcomes = [
        "Decisions upheld",
        "Decisions partially reversed",
        "Decisions reversed",
        "Decision omitted",
    ]
    .map(Cell::text);
    for (index, whole) in sheet.rows.iter().enumerate().filter(|(_, row)| row[scope] == total) {
        let parts = sheet
            .rows
            .iter()
            .filter(|row| row[indicator] == whole[indicator] && outcomes.contains(&row[scope]));
        if parts.map(|row| counted(&row[value])).sum::<u64>() > counted(&whole[value]) {
            faults.push(fault(spec, index + 1, "Value", "there are more outcomes than cases"));
        }
    }
}

/// Only what the regulation asks for stands in the sheets of indicators.
fn check_indicators(spec: &SheetSpec, sheet: &Sheet, faults: &mut Vec<SheetFault>) {
    let column = |wanted: &str| spec.columns.iter().position(|(name, _)| name == wanted);
    let (Some(indicator), Some(scope)) = (column("Indicator"), column("Scope")) else { return };
    for (index, row) in sheet.rows.iter().enumerate() {
        let is_it = |known: &super::data::Indicator| {
            row[indicator] == Cell::text(&*known.indicator)
                && row[scope] == Cell::text(&*known.scope)
        };
        if !indicators(spec.number).iter().any(is_it) {
            let problem = "the regulation has no such indicator and scope";
            faults.push(fault(spec, index + 1, "Indicator", problem));
        }
    }
}

fn counted(cell: &Cell) -> u64 {
    match cell {
        Cell::Count(count) => *count,
        Cell::Blank | Cell::Text(_) | Cell::Hours(_) | Cell::Share(_) | Cell::Number(_) => 0,
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
        (ColumnKind::Number, Cell::Number(number)) => {
            let fits = number.is_finite() && *number >= 0.0;
            (!fits).then_some("a number of people is not negative")
        }
        (ColumnKind::Number, Cell::Share(share)) => {
            (!(0.0..=1.0).contains(share)).then_some("a share lies between 0 and 1")
        }
        (
            ColumnKind::Text | ColumnKind::Count | ColumnKind::Hours | ColumnKind::Number,
            Cell::Text(_) | Cell::Count(_) | Cell::Hours(_) | Cell::Share(_) | Cell::Number(_),
        ) => Some("the value is of another kind than its column"),
    }
}

/// Each thing is counted in one sub-category, so that they sum up to the category. `only` are the
/// rows with that text in that column.
fn check_sums(
    spec: &SheetSpec,
    sheet: &Sheet,
    only: Option<(usize, &str)>,
    faults: &mut Vec<SheetFault>,
) {
    let Some(category) = spec.columns.iter().position(|(name, _)| name == "Category") else {
        return;
    };
    let is_here = |row: &Vec<Cell>| only.is_none_or(|(at, text)| row[at] == Cell::text(text));
    let here: Vec<(usize, &Vec<Cell>)> =
        sheet.rows.iter().enumerate().filter(|(_, row)| is_here(row)).collect();
    let has_subs = |row: &&CategoryRow| {
        let mut all = categories().iter();
        row.letter.is_none()
            && all.any(|other| other.number == row.number && other.letter.is_some())
    };
    for head in categories().iter().filter(has_subs) {
        let start = format!("{} / ", head.code);
        let of = |row: &&(usize, &Vec<Cell>)| match &row.1[category] {
            Cell::Text(text) => text.starts_with(&start),
            Cell::Blank | Cell::Count(_) | Cell::Hours(_) | Cell::Share(_) | Cell::Number(_) => {
                false
            }
        };
        let code = Cell::text(&*head.code);
        let Some((total, whole)) = here.iter().find(|(_, row)| row[category] == code) else {
            continue;
        };
        for (column, (name, kind)) in spec.columns.iter().enumerate() {
            let Cell::Count(whole) = whole[column] else { continue };
            let parts = here.iter().filter(of).map(|(_, row)| counted(&row[column]));
            if *kind == ColumnKind::Count && parts.sum::<u64>() != whole {
                let problem = "the sub-categories do not sum up to the category";
                faults.push(fault(spec, total + 1, name, problem));
            }
        }
    }
}
