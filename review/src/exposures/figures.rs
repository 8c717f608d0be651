//! Figures of a report on specific measures, counted from what the sealed records say.

use super::exposure::SpecificMeasure;
use super::report::{Figures, RuleFigures};
use model::{RuleName, Timestamp, limits};
use std::collections::{HashMap, HashSet};

/// What a sealed record says that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sealed {
    /// Rules found an item, which the record commits to.
    Found {
        /// The commitment to the item.
        item: [u8; 32],
        /// The rules that fired.
        rules: Vec<String>,
    },
    /// An item opened a case.
    Opened {
        /// The commitment to the item.
        item: [u8; 32],
        /// The case.
        case: String,
    },
    /// An item joined a case.
    Joined {
        /// The commitment to the item.
        item: [u8; 32],
        /// The case.
        case: String,
    },
    /// A case was decided.
    Decided {
        /// The case.
        case: String,
    },
    /// The decision on a case was reversed on a complaint.
    Reversed {
        /// The case.
        case: String,
    },
}

/// More items or cases than figures are told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the measures found more than {} items or cases: figures are not told apart any more",
    limits::REPORT_FIGURES
)]
pub struct TooMuch;

/// One rule of one measure, with the time in which the measure is in place.
#[derive(Debug)]
struct Line {
    from: Timestamp,
    until: Option<Timestamp>,
    figures: RuleFigures,
}

/// Counts what happened under the rules of measures.
///
/// Records come in the order of the log, from the begin of the first measure on, so that a case is
/// known by the item that opened it also where that lies before the period.
#[derive(Debug)]
pub struct Counter {
    from: Timestamp,
    to: Timestamp,
    lines: Vec<Line>,
    /// Which lines found an item last.
    items: HashMap<[u8; 32], Vec<usize>>,
    counted: HashSet<(usize, [u8; 32])>,
    /// Which lines led to a case.
    cases: HashMap<String, HashSet<usize>>,
    decided: HashSet<String>,
    reversed: HashSet<String>,
    opened: u64,
}

impl Counter {
    /// Begins to count what lies from `from` on and before `to`, so that what happens at the end of
    /// one period is told in the next alone.
    #[must_use]
    pub fn new(measures: &[SpecificMeasure], from: Timestamp, to: Timestamp) -> Self {
        let line = |measure: &SpecificMeasure, rule: &RuleName| Line {
            from: measure.terms.from,
            until: measure.terms.until,
            figures: RuleFigures {
                measure: measure.number,
                rule: rule.clone(),
                items: 0,
                cases_opened: 0,
                cases_decided: 0,
                reversed_on_complaint: 0,
            },
        };
        let lines = measures
            .iter()
            .flat_map(|measure| measure.terms.rules.iter().map(|rule| line(measure, rule)))
            .collect();
        Self {
            from,
            to,
            lines,
            items: HashMap::new(),
            counted: HashSet::new(),
            cases: HashMap::new(),
            decided: HashSet::new(),
            reversed: HashSet::new(),
            opened: 0,
        }
    }

    /// From when on records count; none where no measure names a rule.
    #[must_use]
    pub fn begins(&self) -> Option<Timestamp> {
        self.lines.iter().map(|line| line.from).min()
    }

    /// Counts one record.
    ///
    /// # Errors
    /// Where there are more items or cases than can be told apart.
    pub fn push(&mut self, at: Timestamp, sealed: Sealed) -> Result<(), TooMuch> {
        let is_within = (self.from..self.to).contains(&at);
        match sealed {
            Sealed::Found { item, rules } => self.found(at, item, &rules, is_within),
            Sealed::Opened { item, case } => self.led_to(&item, case, is_within),
            Sealed::Joined { item, case } => self.led_to(&item, case, false),
            Sealed::Decided { case } => {
                if is_within && self.cases.contains_key(&case) && self.decided.insert(case.clone())
                {
                    self.add(&case, |figures| figures.cases_decided += 1);
                }
            }
            Sealed::Reversed { case } => {
                if is_within && self.cases.contains_key(&case) && self.reversed.insert(case.clone())
                {
                    self.add(&case, |figures| figures.reversed_on_complaint += 1);
                }
            }
        }
        let most = [self.items.len(), self.cases.len(), self.counted.len()].into_iter().max();
        if most > Some(limits::REPORT_FIGURES) { Err(TooMuch) } else { Ok(()) }
    }

    fn found(&mut self, at: Timestamp, item: [u8; 32], rules: &[String], is_within: bool) {
        let is_in_place =
            |line: &Line| line.from <= at && line.until.is_none_or(|until| at <= until);
        let fired = |line: &Line| rules.iter().any(|rule| rule == line.figures.rule.as_str());
        let lines = self.lines.iter().enumerate();
        let found: Vec<usize> = lines
            .filter(|(_, line)| is_in_place(line) && fired(line))
            .map(|(place, _)| place)
            .collect();
        if found.is_empty() {
            // What an earlier state of the item was found for says nothing of this one.
            self.items.remove(&item);
            return;
        }
        for place in &found {
            if is_within && self.counted.insert((*place, item)) {
                self.lines[*place].figures.items += 1;
            }
        }
        self.items.insert(item, found);
    }

    fn led_to(&mut self, item: &[u8; 32], case: String, is_opened: bool) {
        let Some(found) = self.items.get(item) else { return };
        self.cases.entry(case.clone()).or_default().extend(found);
        if is_opened {
            self.opened += 1;
            self.add(&case, |figures| figures.cases_opened += 1);
        }
    }

    fn add(&mut self, case: &str, mut one: impl FnMut(&mut RuleFigures)) {
        for place in self.cases.get(case).into_iter().flatten() {
            one(&mut self.lines[*place].figures);
        }
    }

    /// What was counted, from a log of so many records with that hash.
    #[must_use]
    pub fn finish(self, records: u64, hash: String) -> Figures {
        Figures {
            rules: self.lines.into_iter().map(|line| line.figures).collect(),
            cases_opened: self.opened,
            cases_decided: self.decided.len() as u64,
            reversed_on_complaint: self.reversed.len() as u64,
            records,
            hash,
        }
    }
}
