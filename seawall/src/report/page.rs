//! The page of a report: plots and tables for readers, on a screen and on paper.

use super::files::Summary;
use super::plot::{Bar, Plot};
use law::report::{Cell, MEASURED, Sheet};
use std::fmt::Write as _;

const STYLE: &str = "\
:root{color-scheme:light dark;--line:#999;--bar:#2a6f97}\
@media (prefers-color-scheme:dark){:root{--line:#777;--bar:#61a5c2}}\
body{font:1rem/1.5 sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem}\
table{border-collapse:collapse;font-size:.875rem}\
th,td{border:1px solid var(--line);padding:.2rem .5rem;text-align:start;vertical-align:top}\
.n{text-align:end;font-variant-numeric:tabular-nums}\
.wide{overflow-x:auto}\
figure{margin:1.5rem 0;display:flex;flex-wrap:wrap;gap:1rem;align-items:flex-start}\
figcaption{flex-basis:100%;font-weight:bold}\
svg{flex:1 1 30rem;max-width:50rem;font:12px sans-serif}\
svg text{fill:currentColor}.bar{fill:var(--bar)}\
.interval{stroke:currentColor;stroke-width:1.5;fill:none}\
code{overflow-wrap:anywhere}\
@media print{@page{size:A4 landscape;margin:12mm}\
:root{color-scheme:light;--line:#999;--bar:#2a6f97}\
body{margin:0;max-width:none;padding:0;font-size:10pt}table{font-size:7.5pt}\
.wide{overflow:visible}h2{break-after:avoid}figure,tr{break-inside:avoid}\
thead{display:table-header-group}*{print-color-adjust:exact}}";

/// Writes the page of a report.
#[must_use]
pub fn page(summary: &Summary, sheets: &[Sheet]) -> String {
    let title = format!("{}: {} to {}", summary.service, summary.from, summary.to);
    let title = escaped(&title);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n<main>\n<h1>{title}</h1>\n\
         <p>{}</p>\n<p>Computed from {} records of the sealed log, the last with the hash \
         <code>{}</code>. An empty cell says that nothing is told; 0 says that there was none. \
         Rows without a number are left out here, of long sheets those of zeros too; they stand \
         in the CSV files.</p>\n",
        escaped(&summary.provider),
        summary.records,
        summary.hash,
    );
    if let Some(sha256) = &summary.provider_sha256 {
        // Writing to a string cannot fail.
        let _ = writeln!(
            page,
            "<p>What only the provider knows stands in <code>provider.toml</code>, SHA-256 \
             <code>{sha256}</code>.</p>"
        );
    }
    for plot in plots(sheets) {
        page.push_str(&plot.figure());
    }
    // The list of categories is the regulation's own: readers of a page do not need it.
    for sheet in sheets.iter().filter(|sheet| sheet.name != "2_categories_names") {
        table(sheet, &mut page);
    }
    page.push_str("</main>\n</html>\n");
    page
}

fn table(sheet: &Sheet, page: &mut String) {
    let _ = writeln!(page, "<h2>{}</h2>", escaped(&sheet.name));
    let mut rows = sheet.rows.iter().filter(|row| is_worth_reading(sheet, row)).peekable();
    if rows.peek().is_none() {
        page.push_str("<p>No row has a number to show.</p>\n");
        return;
    }
    page.push_str("<div class=\"wide\"><table>\n<thead><tr>");
    let shown: Vec<usize> = (0..sheet.header.len()).filter(|at| has_any(sheet, *at)).collect();
    for column in &shown {
        let _ = write!(page, "<th scope=\"col\">{}</th>", escaped(&sheet.header[*column]));
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for row in rows {
        page.push_str("<tr>");
        for column in &shown {
            let is_text = matches!(row[*column], Cell::Text(_));
            let class = if is_text { " dir=\"auto\"" } else { " class=\"n\"" };
            let _ = write!(page, "<td{class}>{}</td>", escaped(&row[*column].to_string()));
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody></table></div>\n");
}

fn has_any(sheet: &Sheet, column: usize) -> bool {
    sheet.rows.iter().any(|row| row[column] != Cell::Blank)
}

/// Sheets with no more rows than this are read as a whole, zeros too.
const FEW_ROWS: usize = 60;

/// Rows of nothing but texts are read where a sheet has nothing else, or in its last columns;
/// others need a number.
fn is_worth_reading(sheet: &Sheet, row: &[Cell]) -> bool {
    let is_number = |cell: &Cell| match cell {
        Cell::Blank | Cell::Text(_) => false,
        Cell::Count(0) => sheet.rows.len() <= FEW_ROWS,
        Cell::Count(_) | Cell::Hours(_) | Cell::Share(_) | Cell::Number(_) => true,
    };
    let has_numbers = sheet.rows.iter().flatten().any(|cell| matches!(cell, Cell::Count(_)));
    let says_more = matches!(row.last(), Some(Cell::Text(_)));
    !has_numbers || says_more || row.iter().any(is_number)
}

/// A text that is safe in the page.
#[must_use]
pub fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;")
}

fn plots(sheets: &[Sheet]) -> Vec<Plot> {
    let named = |name: &str| sheets.iter().find(|sheet| sheet.name == name);
    let mut plots = Vec::new();
    for (id, name, title) in [
        ("law", "5_own_initiative_illegal", "Measures of the service's own motion, by law"),
        ("terms", "6_own_initiative_TC", "Measures of the service's own motion, by its terms"),
    ] {
        let says = "A bar for each category with a measure; longer is more.";
        let bars = named(name).map(|sheet| by_category(sheet, 5)).unwrap_or_default();
        plots.push(Plot { id, title, says, bars, full: None });
    }
    for (id, name, at, title) in [
        ("orders", "3_member_states_orders", 9, "Median hours to give effect to orders"),
        ("notices", "4_notices", 9, "Median hours from a notice to what was done about it"),
    ] {
        let says = "A bar for each category; longer is slower.";
        let bars = named(name).map(|sheet| by_category(sheet, at)).unwrap_or_default();
        plots.push(Plot { id, title, says, bars, full: None });
    }
    plots.push(Plot {
        id: "appeals",
        title: "Complaints and how they came out",
        says: "A bar for all complaints and for each outcome; longer is more.",
        bars: named("7_appeals_and_recidivism").map(outcomes).unwrap_or_default(),
        full: None,
    });
    for (id, name, title, keys) in [
        ("tco", "tco_article_7", "The items in numbers", [0, 1, 2]),
        ("santa-clara", "santa_clara", "The numbers by what they are of", [1, 2, 3]),
    ] {
        let says = "A bar for each number above 0; longer is more.";
        let bars = named(name).map(|sheet| listed(sheet, keys)).unwrap_or_default();
        plots.push(Plot { id, title, says, bars, full: None });
    }
    plots.push(Plot {
        id: "measured",
        title: "How often automated means were right, with intervals of 95 %",
        says: "A bar for each system from 0 to 1; the line across its end is the interval.",
        bars: named(MEASURED).map(intervals).unwrap_or_default(),
        full: Some(1.0),
    });
    plots
}

fn number(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Blank | Cell::Text(_) | Cell::Count(0) => None,
        Cell::Count(count) => Some(*count as f64),
        Cell::Hours(number) | Cell::Share(number) | Cell::Number(number) => Some(*number),
    }
}

/// A bar for each category as a whole, of the Union as a whole.
fn by_category(sheet: &Sheet, at: usize) -> Vec<Bar> {
    let is_whole = |row: &&Vec<Cell>| {
        let states = sheet.header.iter().position(|name| name == "Scope");
        states.is_none_or(|at| row[at] == Cell::Text("TOTAL".to_owned()))
    };
    let bars = sheet.rows.iter().filter(is_whole).filter_map(|row| {
        let Cell::Text(category) = &row[3] else { return None };
        let label = in_words(category);
        let is_head = !category.contains(" / ");
        let value = number(&row[at]).filter(|_| is_head)?;
        Some(Bar { label, value, interval: None, shown: row[at].to_string() })
    });
    bars.collect()
}

/// The code of a category in words; anything else as it is.
fn in_words(code: &str) -> String {
    match code.strip_prefix("STATEMENT_CATEGORY_") {
        Some(category) => category.replace('_', " ").to_lowercase(),
        None => code.to_owned(),
    }
}

fn outcomes(sheet: &Sheet) -> Vec<Bar> {
    let all = "Number of complaints submitted to the internal-complaints mechanism";
    let bars = sheet.rows.iter().filter_map(|row| {
        let (Cell::Text(indicator), Cell::Text(scope)) = (&row[4], &row[5]) else { return None };
        let value = number(&row[6]).filter(|_| indicator == all && scope != "Median time")?;
        let shown = row[6].to_string();
        Some(Bar { label: scope.to_lowercase(), value, interval: None, shown })
    });
    bars.collect()
}

fn listed(sheet: &Sheet, [first, second, value]: [usize; 3]) -> Vec<Bar> {
    let bars = sheet.rows.iter().filter_map(|row| {
        let label = format!("{} {}", row[first], in_words(&row[second].to_string()));
        let Cell::Count(count) = row[value] else { return None };
        let interval = None;
        (count > 0).then(|| Bar { label, value: count as f64, interval, shown: count.to_string() })
    });
    bars.collect()
}

fn intervals(sheet: &Sheet) -> Vec<Bar> {
    let bars = sheet.rows.iter().filter_map(|row| {
        let (Cell::Share(value), Cell::Share(low), Cell::Share(high)) = (&row[5], &row[6], &row[7])
        else {
            return None;
        };
        let language = match &row[2] {
            Cell::Text(language) => format!(" ({language})"),
            Cell::Blank | Cell::Count(_) | Cell::Hours(_) | Cell::Share(_) | Cell::Number(_) => {
                String::new()
            }
        };
        Some(Bar {
            label: format!("{} of {}{language}", row[0], row[1]),
            value: *value,
            interval: Some((*low, *high)),
            shown: format!("{value:.3}, {} of {}, {low:.3} to {high:.3}", row[3], row[4]),
        })
    });
    bars.collect()
}
