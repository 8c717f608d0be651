//! The list of deadlines: who owes what by when, from which article.
//!
//! The list is data, so that a legal desk can correct it: `checked` says how far each line was
//! compared with an official text (`A` official text, `B` secondary source, `K` known text that was
//! not read again).

use crate::clock::Period;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    /// Its name in the list.
    pub code: String,
    /// `TCO` for Regulation (EU) 2021/784, `DSA` for Regulation (EU) 2022/2065.
    pub law: String,
    /// The article and paragraph.
    pub article: String,
    /// What is owed, in a few words.
    pub title: String,
    /// Who owes it.
    pub actor: String,
    /// What the period counts from.
    pub starts: String,
    /// The period; absent where the law says `without undue delay` or the like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// By how much it can be extended, or after which it comes again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<Period>,
    /// How far the line was compared with an official text.
    pub checked: String,
}

/// Why a list of deadlines cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DeadlineProblem {
    /// The text is no such list.
    #[error("the list of deadlines cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// A line is twice there.
    #[error("the deadline `{code}` is twice there: keep one")]
    Twice {
        /// Its name.
        code: String,
    },
    /// A line is not there that the program needs.
    #[error("the deadline `{code}` with its period is not there: the program counts with it")]
    Absent {
        /// Its name.
        code: &'static str,
    },
    /// A line does not say after which time it comes again, and the program counts with that.
    #[error("the deadline `{code}` has no `extension`: the program counts when it comes again")]
    Unrepeated {
        /// Its name.
        code: &'static str,
    },
}

/// The lines with a period that the program counts with.
const NEEDED: &[&str] = &[
    EXECUTE,
    SCRUTINY_REQUEST,
    SCRUTINY_DECISION,
    NON_DISCLOSURE,
    PRESERVE,
    COMPLAINT,
    COMPLAINT_WINDOW,
    MEASURES_REPORT,
    MEASURES_REVIEW,
];

/// A removal order is carried out (TCO Art 3(3)).
pub const EXECUTE: &str = "TCO_EXECUTE";
/// Scrutiny of an order from another State is asked for (TCO Art 4(4)).
pub const SCRUTINY_REQUEST: &str = "TCO_XB_REQUEST";
/// Scrutiny is decided (TCO Art 4(4)).
pub const SCRUTINY_DECISION: &str = "TCO_XB_DECISION";
/// The person is not told of an order (TCO Art 11(3)).
pub const NON_DISCLOSURE: &str = "TCO_NONDISCLOSURE";
/// What was removed is kept (TCO Art 6).
pub const PRESERVE: &str = "TCO_PRESERVE";
/// A complaint against a specific measure is answered (TCO Art 10(2)).
pub const COMPLAINT: &str = "TCO_COMPLAINT";
/// Complaints are open (DSA Art 20(1)).
pub const COMPLAINT_WINDOW: &str = "DSA_COMPLAINT_WINDOW";

/// A report on specific measures, which comes again (TCO Art 5(5)).
pub const MEASURES_REPORT: &str = "TCO_SM_REPORT";
/// An authority answers a request for review of its decision (TCO Art 5(7)).
pub const MEASURES_REVIEW: &str = "TCO_SM_REVIEW";

/// A list of deadlines that has every line that the program counts with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadlines(Vec<Deadline>);

static BUILT_IN: LazyLock<Deadlines> = LazyLock::new(|| {
    Deadlines::parse(include_str!("../data/deadlines.json")).expect("a test reads the list")
});

impl Deadlines {
    /// The list that comes with the program.
    #[must_use]
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// Reads a list, as JSON.
    ///
    /// # Errors
    /// Where it is no such list, a line is twice there, or one is absent.
    pub fn parse(json: &str) -> Result<Self, DeadlineProblem> {
        let lines: Vec<Deadline> = serde_json::from_str(json)?;
        for (place, line) in lines.iter().enumerate() {
            if lines[..place].iter().any(|earlier| earlier.code == line.code) {
                return Err(DeadlineProblem::Twice { code: line.code.clone() });
            }
        }
        let list = Self(lines);
        let absent = |code: &&&str| list.get(code).is_none_or(|line| line.period.is_none());
        if let Some(code) = NEEDED.iter().find(absent) {
            return Err(DeadlineProblem::Absent { code });
        }
        match list.again(MEASURES_REPORT) {
            Some(_) => Ok(list),
            None => Err(DeadlineProblem::Unrepeated { code: MEASURES_REPORT }),
        }
    }

    /// Every line.
    #[must_use]
    pub fn lines(&self) -> &[Deadline] {
        &self.0
    }

    /// The line of that name.
    #[must_use]
    pub fn get(&self, code: &str) -> Option<&Deadline> {
        self.0.iter().find(|line| line.code == code)
    }

    /// The period of a line that the program counts with.
    ///
    /// # Panics
    /// Where the name is none of the constants of this module.
    #[must_use]
    pub fn period(&self, code: &str) -> Period {
        self.get(code).and_then(|line| line.period).expect("parsing made sure of it")
    }

    /// After which time a line comes again, or by how much it can be extended.
    #[must_use]
    pub fn again(&self, code: &str) -> Option<Period> {
        self.get(code).and_then(|line| line.extension)
    }
}
