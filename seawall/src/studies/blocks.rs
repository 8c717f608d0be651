//! What a page or report of a study is made of: words, facts, tables, plots and networks.
//!
//! A plot is a table with a figure around it: script draws it from the table's own cells, and
//! without script the table stands. So a page, a report and a screen reader have the same numbers.

use crate::console::text::{Language, grouped};
use crate::console::when::exact;
use askama::Template;
use model::Timestamp;

/// Words of more characters than these stand in a wide column.
const LONG_CHARS: usize = 40;

/// A part of a page under a heading of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Its place on the page, for links.
    pub anchor: &'static str,
    /// Its heading.
    pub heading: String,
    /// What it holds.
    pub blocks: Vec<Block>,
}

/// One thing of a section.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// A paragraph.
    Words(String),
    /// A paragraph that nobody should miss.
    Warning(String),
    /// Names with values.
    Facts(Vec<(String, Cell)>),
    /// A table.
    Table(Table),
    /// A plot with its table.
    Plot(Plot),
    /// A network with the table of its strongest accounts.
    Network(Network),
}

/// A table whose first column names its rows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// What it shows.
    pub caption: String,
    /// The heads of its columns.
    pub head: Vec<Head>,
    /// Its rows, each with a cell for every head.
    pub rows: Vec<Vec<Cell>>,
    /// What is said below it, such as that more was found than is listed.
    pub note: String,
}

/// The head of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Its words.
    pub words: String,
    /// What its cells hold.
    pub holds: Holds,
}

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Words.
    Words,
    /// Numbers, set flush.
    Numbers,
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cell {
    /// As people read it.
    pub text: String,
    /// The number behind it.
    pub value: Option<f64>,
    /// The lower end of its interval, or the beginning of its bin.
    pub low: Option<f64>,
    /// The upper end of its interval, or the end of its bin.
    pub high: Option<f64>,
    /// Where it leads.
    pub link: Option<String>,
    /// The instant that it tells, RFC 3339.
    pub instant: Option<String>,
}

/// How a plot draws its table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlotKind {
    /// Lines over the first column.
    Line,
    /// Bars for names.
    Bars,
    /// Bars for bins.
    Histogram,
    /// Values with their intervals.
    Intervals,
    /// A grid of colours.
    Heat,
    /// Points.
    Scatter,
    /// Areas over the first column.
    Area,
}

impl PlotKind {
    /// The word for it in the page.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Bars => "bars",
            Self::Histogram => "histogram",
            Self::Intervals => "intervals",
            Self::Heat => "heat",
            Self::Scatter => "scatter",
            Self::Area => "area",
        }
    }
}

/// How the numbers of an axis are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Evenly.
    Linear,
    /// By their logarithm.
    Log,
    /// Evenly, as shares of a hundred.
    Percent,
}

/// A plot with the table that it is drawn from.
#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    /// How it is drawn.
    pub kind: PlotKind,
    /// What its first column is.
    pub x_label: String,
    /// What its numbers are.
    pub y_label: String,
    /// How its numbers are set.
    pub scale: Scale,
    /// The table; its caption is the plot's.
    pub table: Table,
}

/// A network: drawn from the data at an address or within the page, with a table beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    /// Where its data comes from.
    pub data: NetworkData,
    /// The words of its controls, as the attributes that the script reads.
    pub labels: Vec<(&'static str, &'static str)>,
    /// Its strongest accounts.
    pub table: Table,
}

/// Where the data of a network comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NetworkData {
    /// An address of this console.
    Address(String),
    /// JSON within the page.
    Embedded(String),
}

impl Network {
    /// The JSON as it can stand within a page: no `<` that could end the element.
    fn embedded(&self) -> Option<String> {
        match &self.data {
            NetworkData::Address(_) => None,
            NetworkData::Embedded(json) => Some(json.replace('<', "\\u003c")),
        }
    }

    fn address(&self) -> Option<&str> {
        match &self.data {
            NetworkData::Address(address) => Some(address),
            NetworkData::Embedded(_) => None,
        }
    }
}

impl Head {
    /// A column of words.
    #[must_use]
    pub fn words(words: &str) -> Self {
        Self { words: words.to_owned(), holds: Holds::Words }
    }

    /// A column of numbers.
    #[must_use]
    pub fn numbers(words: &str) -> Self {
        Self { words: words.to_owned(), holds: Holds::Numbers }
    }

    fn is_number(&self) -> bool {
        self.holds == Holds::Numbers
    }
}

impl Cell {
    /// Words.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// Words that lead somewhere.
    #[must_use]
    pub fn link(text: impl Into<String>, to: impl Into<String>) -> Self {
        Self { text: text.into(), link: Some(to.into()), ..Self::default() }
    }

    /// A whole number.
    #[must_use]
    pub fn count(number: u64) -> Self {
        Self { text: grouped(number), value: Some(number as f64), ..Self::default() }
    }

    /// A number with three digits that count.
    #[must_use]
    pub fn number(number: f64) -> Self {
        Self { text: digits(number), value: finite(number), ..Self::default() }
    }

    /// A share of one, in parts of a hundred.
    #[must_use]
    pub fn share(share: f64) -> Self {
        Self { text: percent(share), value: finite(share), ..Self::default() }
    }

    /// A number with its interval.
    #[must_use]
    pub fn between(mut self, low: f64, high: f64) -> Self {
        (self.low, self.high) = (finite(low), finite(high));
        self
    }

    /// Whether its words need room to be read, which a narrow column would not give them.
    fn is_long(&self) -> bool {
        self.text.chars().count() > LONG_CHARS
    }

    /// What is not known.
    #[must_use]
    pub fn none() -> Self {
        Self::text("–")
    }

    /// An instant, in microseconds since 1970.
    #[must_use]
    pub fn instant(micros: i64) -> Self {
        let Ok(at) = Timestamp::from_micros(micros) else { return Self::none() };
        Self { text: exact(at), instant: Some(at.to_string()), ..Self::default() }
    }
}

impl Table {
    /// An empty table with its heads.
    #[must_use]
    pub fn new(caption: impl Into<String>, head: Vec<Head>) -> Self {
        Self { caption: caption.into(), head, ..Self::default() }
    }

    /// Adds a row.
    ///
    /// # Panics
    /// Where the row has not one cell for every head.
    pub fn row(&mut self, cells: Vec<Cell>) {
        assert_eq!(cells.len(), self.head.len(), "a cell for every head of {}", self.caption);
        self.rows.push(cells);
    }

    /// The same without the columns in which no row says anything.
    #[must_use]
    pub fn compact(mut self) -> Self {
        let says = |column: usize| self.rows.iter().any(|row| !row[column].text.is_empty());
        let kept: Vec<bool> =
            (0..self.head.len()).map(|column| self.rows.is_empty() || says(column)).collect();
        retain(&mut self.head, &kept);
        self.rows.iter_mut().for_each(|row| retain(row, &kept));
        self
    }
}

/// Keeps what stands at the places that are kept.
fn retain<T>(list: &mut Vec<T>, kept: &[bool]) {
    let mut places = kept.iter();
    list.retain(|_| places.next().is_some_and(|is_kept| *is_kept));
}

fn finite(number: f64) -> Option<f64> {
    number.is_finite().then_some(number)
}

/// A number with three digits that count; very large and small ones with a power of ten.
#[must_use]
pub fn digits(number: f64) -> String {
    let size = number.abs();
    if !number.is_finite() {
        return "–".to_owned();
    }
    if size >= 1e15 || size > 0.0 && size < 1e-4 {
        return with_power(number);
    }
    if size >= 1_000.0 {
        let sign = if number < 0.0 { "−" } else { "" };
        return format!("{sign}{}", grouped(size.round() as u64));
    }
    // How many digits stand before the point; below one, how many zeros stand after it.
    let before = if size == 0.0 { 1 } else { size.log10().floor() as i32 + 1 };
    let places = usize::try_from(3 - before).unwrap_or(0);
    let written = format!("{number:.places$}");
    let short = match written.contains('.') {
        true => written.trim_end_matches('0').trim_end_matches('.'),
        false => &written,
    };
    short.replace('-', "−")
}

/// `4.74 × 10⁻⁵`.
fn with_power(number: f64) -> String {
    let written = format!("{number:.2e}");
    let (digits, power) = written.split_once('e').unwrap_or((&written, "0"));
    let raised: String = power.chars().map(superscript).collect();
    format!("{} × 10{raised}", digits.replace('-', "−"))
}

fn superscript(sign: char) -> char {
    match sign {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        _ => sign.to_digit(10).and_then(|digit| char::from_u32(0x2070 + digit)).unwrap_or(sign),
    }
}

/// A share of one in parts of a hundred, with one digit after the point, so that a column of them
/// can be read down; a share too small for that keeps the digits that count.
#[must_use]
pub fn percent(share: f64) -> String {
    let parts = share * 100.0;
    if !parts.is_finite() || parts != 0.0 && parts.abs() < 0.05 {
        return format!("{} %", digits(parts));
    }
    format!("{parts:.1} %").replace('-', "−")
}

/// Sections as HTML, for a page or a report.
#[derive(Debug, Template)]
#[template(path = "study_sections.html")]
pub struct Sections<'a> {
    /// The language.
    pub t: Language,
    /// The sections.
    pub sections: &'a [Section],
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_digits_that_count() {
        for (number, expected) in [
            (0.0, "0"),
            (0.5, "0.5"),
            (0.123_456, "0.123"),
            (0.012_344, "0.0123"),
            (0.000_203_6, "0.000204"),
            (0.000_012, "1.20 × 10⁻⁵"),
            (3.79e-212, "3.79 × 10⁻²¹²"),
            (1.0, "1"),
            (12.345, "12.3"),
            (123.45, "123"),
            (900.0, "900"),
            (1_234.5, "1,235"),
            (-1_234.4, "−1,234"),
            (-0.25, "−0.25"),
            (1e20, "1.00 × 10²⁰"),
            (f64::NAN, "–"),
        ] {
            assert_eq!(digits(number), expected, "{number}");
        }
        for (share, expected) in [
            (0.951, "95.1 %"),
            (1.0, "100.0 %"),
            (0.0, "0.0 %"),
            (-0.25, "−25.0 %"),
            (0.000_123, "0.0123 %"),
            (f64::NAN, "– %"),
        ] {
            assert_eq!(percent(share), expected, "{share}");
        }
    }

    #[test]
    fn columns_that_say_nothing_are_left_out() {
        let head = vec![Head::words("Account"), Head::numbers("Rank"), Head::words("Set apart")];
        let mut table = Table::new("Accounts", head.clone());
        assert_eq!(table.clone().compact(), table, "without rows there is nothing to see");
        table.row(vec![Cell::text("p-1"), Cell::count(0), Cell::text("")]);
        let short = table.clone().compact();
        assert_eq!(short.head, head[..2]);
        assert_eq!(short.rows, [table.rows[0][..2].to_vec()]);
        table.row(vec![Cell::text("p-2"), Cell::count(1), Cell::text("newsroom")]);
        assert_eq!(table.clone().compact(), table);
    }

    fn shown(blocks: Vec<Block>) -> String {
        let heading = "Groups <b>".to_owned();
        let sections = [Section { anchor: "groups", heading, blocks }];
        Sections { t: Language::English, sections: &sections }.render().unwrap()
    }

    #[test]
    fn everything_is_escaped() {
        let evil = "\"><script>alert(1)</script>";
        let mut table = Table::new(evil, vec![Head::words(evil), Head::numbers(evil)]);
        table.row(vec![Cell::link(evil, evil), Cell::count(1)]);
        table.note = evil.to_owned();
        let plot = Plot {
            kind: PlotKind::Bars,
            x_label: evil.to_owned(),
            y_label: evil.to_owned(),
            scale: Scale::Log,
            table: table.clone(),
        };
        let network = Network {
            data: NetworkData::Embedded(format!("{{\"ids\":[\"</script>{}\"]}}", "<b>")),
            labels: vec![("label-x", "\"y\"")],
            table: table.clone(),
        };
        let html = shown(vec![
            Block::Words(evil.to_owned()),
            Block::Warning(evil.to_owned()),
            Block::Facts(vec![(evil.to_owned(), Cell::text(evil))]),
            Block::Table(table),
            Block::Plot(plot),
            Block::Network(network),
        ]);
        assert!(!html.contains("<script>alert"), "{html}");
        assert_eq!(html.matches("<script").count(), 1, "the data of the network alone");
        assert_eq!(html.matches("</script>").count(), 1);
        assert!(!html.contains("style="));
    }

    #[test]
    fn cells_carry_the_numbers_that_plots_read() {
        let mut table = Table::new("Size", vec![Head::words("How"), Head::numbers("Accounts")]);
        table.row(vec![Cell::text("Wilson"), Cell::count(1_200).between(1_000.0, 1_400.5)]);
        table.row(vec![Cell::instant(0), Cell::share(f64::NAN)]);
        let plot = Plot {
            kind: PlotKind::Intervals,
            x_label: "How".to_owned(),
            y_label: "Accounts".to_owned(),
            scale: Scale::Linear,
            table,
        };
        let html = shown(vec![Block::Plot(plot)]);
        assert!(html.contains("data-plot=\"intervals\""));
        assert!(html.contains("data-value=\"1200\" data-low=\"1000\" data-high=\"1400.5\""));
        assert!(html.contains("<time datetime=\"1970-01-01T00:00:00Z\">"));
        assert!(!html.contains("NaN"));
    }
}
