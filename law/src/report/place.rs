//! Where a thing is counted: one category or sub-category of the regulation.

use super::data::{CategoryRow, categories};
use crate::statement::{Category, Keyword};

/// A category by its number, with the letter of its sub-category.
pub(crate) type Place = (u8, Option<String>);

/// What an authority did not specify.
pub(crate) const NOT_SAID_BY_AUTHORITY: u8 = 16;
/// What a notifier did not specify.
pub(crate) const NOT_SAID_BY_NOTIFIER: u8 = 17;

/// Which categories a sheet has, by their numbers.
pub(crate) fn has(sheet: u8, number: u8) -> bool {
    match sheet {
        3 => number <= 14 || number == NOT_SAID_BY_AUTHORITY,
        4 => number <= 14 || number == NOT_SAID_BY_NOTIFIER,
        5 => number <= 14,
        _ => number <= 15,
    }
}

/// The one place that a thing is counted in: its category, and of its keywords the first that is a
/// sub-category of it; without one, the sub-category for others, where there are any.
pub(crate) fn place(category: Category, keywords: &[Keyword]) -> Place {
    let code = category.code();
    let head = categories().iter().find(|row| row.letter.is_none() && row.code == code);
    let number = head.map_or(15, |head| head.number);
    let mut subs = categories().iter().filter(|row| row.number == number && row.letter.is_some());
    let named = |row: &&CategoryRow| keywords.iter().any(|keyword| keyword.code() == row.code);
    let other = |row: &&CategoryRow| row.code == "KEYWORD_OTHER";
    let sub = subs.clone().find(named).or_else(|| subs.find(other));
    (number, sub.and_then(|row| row.letter.clone()))
}

/// A place on a sheet, or the number that stands for what the sheet has no row for.
pub(crate) fn on_sheet(sheet: u8, place: Place, otherwise: u8) -> Place {
    if has(sheet, place.0) { place } else { (otherwise, None) }
}

/// Whether what is counted there belongs in this row.
pub(crate) fn is_in(place: &Place, row: &CategoryRow) -> bool {
    place.0 == row.number && (row.letter.is_none() || row.letter == place.1)
}

/// A category by its code; a sub-category by that and its own, because the one for others is in
/// every category.
pub(crate) fn name_of(row: &CategoryRow) -> String {
    let of_all = categories().iter();
    let mut heads = of_all.filter(|head| head.number == row.number && head.letter.is_none());
    let head = heads.next().map_or("", |head| &head.code);
    match row.letter {
        None => head.to_owned(),
        Some(_) => format!("{head} / {}", row.code),
    }
}
