//! The sheets of Implementing Regulation (EU) 2024/2835 as data: columns, categories, indicators.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A sheet of the report.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SheetSpec {
    /// Its number, 1 to 11.
    pub number: u8,
    /// Its name, which its file has too.
    pub name: String,
    /// Its columns, with what stands in them.
    pub columns: Vec<(String, ColumnKind)>,
}

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// A text.
    Text,
    /// A whole number.
    Count,
    /// A median in hours.
    Hours,
    /// Whatever its indicator asks for: a whole number, hours or a share.
    Number,
}

/// A category or sub-category.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CategoryRow {
    /// The number of the category, 1 to 17.
    pub number: u8,
    /// The letter of the sub-category; `None` for the category itself.
    pub letter: Option<String>,
    /// What it is called.
    pub label: String,
    /// Its code, which the Transparency Database has too.
    pub code: String,
}

/// An indicator of the sheets 7 to 11; in the data a list of its four texts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Indicator {
    pub(crate) applicability: String,
    pub(crate) section: String,
    pub(crate) indicator: String,
    pub(crate) scope: String,
}

#[derive(Deserialize)]
struct Sheets {
    most_characters: usize,
    sheets: Vec<SheetSpec>,
}

#[derive(Deserialize)]
struct Categories {
    categories: Vec<CategoryRow>,
}

#[derive(Deserialize)]
struct Indicators {
    sheets: BTreeMap<String, Vec<Indicator>>,
}

static SHEETS: LazyLock<Sheets> =
    LazyLock::new(|| own(include_str!("../../data/report_sheets.json")));
static CATEGORIES: LazyLock<Categories> =
    LazyLock::new(|| own(include_str!("../../data/report_categories.json")));
static INDICATORS: LazyLock<Indicators> =
    LazyLock::new(|| own(include_str!("../../data/report_indicators.json")));

fn own<T: serde::de::DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).expect("the crate's own data has the form that a test reads")
}

/// The eleven sheets.
#[must_use]
pub fn sheet_specs() -> &'static [SheetSpec] {
    &SHEETS.sheets
}

/// The longest text of a cell, in characters.
#[must_use]
pub(crate) fn most_characters() -> usize {
    SHEETS.most_characters
}

/// Every category with its sub-categories, in the order of the regulation.
#[must_use]
pub fn categories() -> &'static [CategoryRow] {
    &CATEGORIES.categories
}

/// The indicators of a sheet, none where it has none.
pub(crate) fn indicators(number: u8) -> &'static [Indicator] {
    INDICATORS.sheets.get(&number.to_string()).map_or(&[], Vec::as_slice)
}
