//! What the operator may choose about a study of returns.

use super::Group;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// What to look for and how much of it, with every value bounded; see [`Parameters::check`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Parameters {
    /// The share of suspended accounts that come back, as far as the operator knows; 0.0001 to 0.9.
    /// It is the base rate behind every posterior and belongs beside it. Where nothing is known,
    /// 0.1 is a cautious start.
    pub base_rate: f64,
    /// Accounts made up to so many days before a suspension are looked at too, since some are kept
    /// ready; 0 to 365.
    pub days_before: f64,
    /// Accounts made up to so many days after a suspension are looked at; 1 to 1,000.
    pub days_after: f64,
    /// Of a new account, what it did and received in its first so many days counts; 0.25 to 1,000.
    pub first_days: f64,
    /// At most so many suspended accounts are looked for, the latest suspended ones; 1 to 50,000.
    pub suspended_at_most: u32,
    /// Each way of searching gives at most so many new accounts for a suspended one; 1 to 500.
    pub found_at_most: u32,
    /// So many candidates are listed for a suspended account; 1 to 50.
    pub listed_at_most: u32,
    /// Candidates with a smaller likelihood ratio are not listed; 1 to 10^12.
    pub listed_ratio: f64,
    /// Candidates with a smaller likelihood ratio are never possible links; 1 to 10^12, and at
    /// least `listed_ratio`.
    pub link_ratio: f64,
    /// Candidates with a smaller posterior are never possible links; 0 to 1. At 0.2 four of five
    /// possible links may be false.
    pub link_posterior: f64,
    /// At most so many false links are accepted for each 10,000 new accounts; 0.01 to 1,000. Where
    /// `link_posterior` lets more be expected, the study raises it and says so.
    pub false_links_per_10_000: f64,
    /// The groups of features that count, each once, at least one.
    pub groups: Vec<Group>,
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            base_rate: 0.1,
            days_before: 30.0,
            days_after: 90.0,
            first_days: 30.0,
            suspended_at_most: 20_000,
            found_at_most: 50,
            listed_at_most: 10,
            listed_ratio: 100.0,
            link_ratio: 10_000.0,
            link_posterior: 0.2,
            false_links_per_10_000: 5.0,
            groups: Group::ALL.to_vec(),
        }
    }
}

/// A parameter that cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ParametersError {
    /// A number is outside its range.
    #[error("returns: `{name}` is {value}; give a number from {from} to {to}")]
    OutOfRange {
        /// The parameter.
        name: &'static str,
        /// What was given.
        value: f64,
        /// The smallest that can be used.
        from: f64,
        /// The largest that can be used.
        to: f64,
    },
    /// No group of features counts.
    #[error("returns: `groups` is empty; name at least one group of features, or leave it out")]
    NoGroup,
    /// A group of features is named twice.
    #[error("returns: `groups` names {} twice; name each group once", .0.name())]
    GroupTwice(Group),
}

impl Parameters {
    /// Checks that every value is within its range.
    ///
    /// # Errors
    /// [`ParametersError`] for the first value that is not.
    pub fn check(&self) -> Result<(), ParametersError> {
        within("base_rate", self.base_rate, 0.000_1..=0.9)?;
        within("days_before", self.days_before, 0.0..=365.0)?;
        within("days_after", self.days_after, 1.0..=1_000.0)?;
        within("first_days", self.first_days, 0.25..=1_000.0)?;
        within("suspended_at_most", f64::from(self.suspended_at_most), 1.0..=50_000.0)?;
        within("found_at_most", f64::from(self.found_at_most), 1.0..=500.0)?;
        within("listed_at_most", f64::from(self.listed_at_most), 1.0..=50.0)?;
        within("listed_ratio", self.listed_ratio, 1.0..=1e12)?;
        within("link_ratio", self.link_ratio, self.listed_ratio..=1e12)?;
        within("link_posterior", self.link_posterior, 0.0..=1.0)?;
        within("false_links_per_10_000", self.false_links_per_10_000, 0.01..=1_000.0)?;
        if self.groups.is_empty() {
            return Err(ParametersError::NoGroup);
        }
        let twice =
            (1..self.groups.len()).find(|at| self.groups[..*at].contains(&self.groups[*at]));
        twice.map_or(Ok(()), |at| Err(ParametersError::GroupTwice(self.groups[at])))
    }

    /// Whether a group of features counts.
    #[must_use]
    pub fn counts(&self, group: Group) -> bool {
        self.groups.contains(&group)
    }
}

fn within(
    name: &'static str,
    value: f64,
    range: RangeInclusive<f64>,
) -> Result<(), ParametersError> {
    if range.contains(&value) {
        return Ok(());
    }
    let (from, to) = range.into_inner();
    Err(ParametersError::OutOfRange { name, value, from, to })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(change: fn(&mut Parameters), expected: &str) {
        let mut parameters = Parameters::default();
        change(&mut parameters);
        let given = parameters.check().map_or_else(|error| error.to_string(), |()| String::new());
        assert_eq!(given, expected);
    }

    #[test]
    fn every_value_has_a_range() {
        check(|_| {}, "");
        check(|p| p.base_rate = 0.0, "returns: `base_rate` is 0; give a number from 0.0001 to 0.9");
        check(
            |p| p.base_rate = f64::NAN,
            "returns: `base_rate` is NaN; give a number from 0.0001 to 0.9",
        );
        check(
            |p| p.days_before = -1.0,
            "returns: `days_before` is -1; give a number from 0 to 365",
        );
        check(|p| p.days_after = 0.0, "returns: `days_after` is 0; give a number from 1 to 1000");
        check(
            |p| p.found_at_most = 501,
            "returns: `found_at_most` is 501; give a number from 1 to 500",
        );
        check(
            |p| p.link_ratio = 99.0,
            "returns: `link_ratio` is 99; give a number from 100 to 1000000000000",
        );
        check(
            |p| p.groups.clear(),
            "returns: `groups` is empty; name at least one group of features, or leave it out",
        );
        check(
            |p| p.groups.push(Group::Bio),
            "returns: `groups` names bio twice; name each group once",
        );
    }

    #[test]
    fn absent_values_are_the_default_and_unknown_ones_are_refused() {
        let read = |json| serde_json::from_str::<Parameters>(json).map_err(|e| e.to_string());
        assert_eq!(read("{}"), Ok(Parameters::default()));
        let changed = Parameters { groups: vec![Group::EarlyFollowers], ..Parameters::default() };
        assert_eq!(read(r#"{"groups": ["early_followers"]}"#), Ok(changed));
        assert!(read(r#"{"base_rat": 0.5}"#).unwrap_err().contains("unknown field `base_rat`"));
    }
}
