//! What happened, as the records of the log tell it, without anybody's name.

use crate::clock::Ground;
use crate::statement::{AutomatedDecision, Basis, Category, Keyword, SourceType};
use model::{ActionKind, AppealBasis, AppealOutcome, NoticeKind, Ruling, Timestamp};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// A notice came in.
    Notice {
        /// When.
        at: Timestamp,
        /// The case that it opened or joined.
        case: String,
        /// The notice.
        notice: String,
        /// Who made it.
        kind: NoticeKind,
    },
    /// Rules asked that an item is looked at, or acted on it.
    Flagged {
        /// When.
        at: Timestamp,
        /// The case that the item opened or joined.
        case: String,
        /// The rules.
        rules: Vec<String>,
        /// The language of the item, where it is known.
        language: Option<String>,
    },
    /// A case was decided.
    Decision(Decided),
    /// A decision was reversed.
    Reversal {
        /// When.
        at: Timestamp,
        /// Which decision.
        decision: String,
    },
    /// The service carried out what was decided.
    Delivered {
        /// When.
        at: Timestamp,
        /// Which decision.
        decision: String,
    },
    /// A restriction was made, and its person told.
    Measure(Measure),
    /// A step was taken on an order of an authority.
    Order(OrderTold),
    /// An authority was told that its order was received.
    Receipt {
        /// When.
        at: Timestamp,
        /// Which order.
        order: String,
    },
    /// An appeal came in.
    Appeal(AppealTold),
    /// An appeal was answered.
    Answer {
        /// When.
        at: Timestamp,
        /// Which appeal.
        appeal: String,
        /// How.
        outcome: AppealOutcome,
    },
    /// Somebody's notices are not dealt with for a time (DSA Art 23(2)).
    NotifierSuspended {
        /// When.
        at: Timestamp,
    },
}

/// A decision on a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// When.
    pub at: Timestamp,
    /// The case.
    pub case: String,
    /// The decision.
    pub decision: String,
    /// Who decided.
    pub by: By,
    /// What was found.
    pub ruling: Ruling,
    /// What was done.
    pub action: Option<ActionKind>,
    /// The order that it carries out.
    pub order: Option<String>,
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
    /// The rule that an appeal against it is answered under; none in older records.
    pub appeal: Option<AppealBasis>,
}

/// What an order of an authority demands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Demand {
    /// Terrorist content is removed within an hour (TCO Art 3).
    Removal,
    /// The service acts against illegal content (DSA Art 9).
    Act,
    /// The service gives information (DSA Art 10).
    Information,
}

/// A step on an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderMoment {
    /// It came in, so many seconds before; with the key of an authority its receipt is told at
    /// once.
    Received {
        /// Seconds since its receipt.
        seconds: u64,
        /// How.
        told: ReceiptTold,
    },
    /// It was carried out, so many seconds after its receipt.
    Done {
        /// Seconds since its receipt.
        seconds: u64,
    },
    /// What it asks for was handed over.
    Answered,
    /// It cannot be carried out for now.
    Stopped,
    /// Anything else.
    Other,
}

/// How an authority is told that its order was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiptTold {
    /// In the answer to its own program.
    AtOnce,
    /// By a letter.
    ByLetter,
}

/// Where an order stands after a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderStanding {
    /// It is still dealt with.
    Open,
    /// It was carried out.
    Executed,
    /// It cannot be carried out for now (TCO Art 3(7), (8)).
    Impossible,
    /// It is not carried out.
    Refused,
    /// Scrutiny found an infringement, and it lost its effect (TCO Art 4).
    Ceased,
}

/// A step on an order, with what is known of the order after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderTold {
    /// When.
    pub at: Timestamp,
    /// The order.
    pub order: String,
    /// What it demands.
    pub demand: Demand,
    /// The step.
    pub moment: OrderMoment,
    /// Where it stands.
    pub standing: OrderStanding,
    /// Whether it is known to come from an authority.
    pub is_authentic: bool,
    /// The State of the authority, as two letters.
    pub state: Option<String>,
    /// What it is about, where somebody said so.
    pub category: Option<Category>,
    /// The same in more detail.
    pub keywords: Vec<Keyword>,
    /// How many pieces of content it names.
    pub items: u64,
    /// Why it cannot be carried out.
    pub ground: Option<Ground>,
}

/// An appeal that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppealTold {
    /// When.
    pub at: Timestamp,
    /// The appeal.
    pub appeal: String,
    /// The case.
    pub case: String,
    /// The decision that it is against.
    pub decision: String,
    /// Who asks.
    pub by: AppealBy,
    /// The rule that it is answered under.
    pub basis: AppealBasis,
    /// Whether it is heard.
    pub is_heard: bool,
    /// The language of the content, where it is known.
    pub language: Option<String>,
}

/// Who appeals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppealBy {
    /// The person concerned.
    Affected,
    /// Whoever gave this notice; older records do not name it.
    Notifier(Option<String>),
}

impl Happening {
    /// When it happened.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Notice { at, .. }
            | Self::Flagged { at, .. }
            | Self::Reversal { at, .. }
            | Self::Delivered { at, .. }
            | Self::Receipt { at, .. }
            | Self::Answer { at, .. }
            | Self::NotifierSuspended { at } => *at,
            Self::Decision(decided) => decided.at,
            Self::Measure(measure) => measure.at,
            Self::Order(told) => told.at,
            Self::Appeal(told) => told.at,
        }
    }
}
