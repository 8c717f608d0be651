//! What happened, as the records of the log tell it, without anybody's name.

use crate::statement::{AutomatedDecision, Basis, Category, Keyword, SourceType};
use model::{ActionKind, NoticeKind, Timestamp};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// A notice came in.
    Notice {
        /// When.
        at: Timestamp,
        /// The case that it opened or joined.
        case: String,
        /// Who made it.
        kind: NoticeKind,
    },
    /// A case was decided.
    Decision {
        /// When.
        at: Timestamp,
        /// The case.
        case: String,
        /// Who decided.
        by: By,
    },
    /// A restriction was made, and its person told.
    Measure(Measure),
}

/// Who decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// A person.
    Person,
    /// A rule.
    Rule,
}

/// A restriction, as its statement of reasons tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    /// When.
    pub at: Timestamp,
    /// The case.
    pub case: String,
    /// What was done.
    pub action: ActionKind,
    /// What it rests on.
    pub basis: Basis,
    /// What it is against.
    pub category: Category,
    /// What it is against, in more detail.
    pub keywords: Vec<Keyword>,
    /// How it came to notice.
    pub source: SourceType,
    /// Who found it.
    pub found_by: By,
    /// How far the decision was automated.
    pub automated: AutomatedDecision,
}

impl Happening {
    /// When it happened.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Notice { at, .. } | Self::Decision { at, .. } => *at,
            Self::Measure(measure) => measure.at,
        }
    }
}
