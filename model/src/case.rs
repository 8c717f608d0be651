//! Cases: everything open about one subject until decided.

use crate::{
    AccountId, Action, ActionKind, CaseId, Decision, ItemId, NoticeId, QueueName, ServiceId,
    Strike, Timestamp, UserId, VerdictId,
};
use serde::{Deserialize, Serialize};

/// What a case is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// An item: later versions of it and notices about it join the case.
    Item(ItemId),
    /// An account: later items of it and notices about it join the case.
    Account(AccountId),
}

impl Subject {
    /// One text that tells subjects apart, such as `item/p1`; for look-ups.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Item(item) => format!("item/{item}"),
            Self::Account(account) => format!("account/{account}"),
        }
    }
}

/// Where a case stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CaseStatus {
    /// It waits in its queue.
    Open,
    /// Somebody is at it until the lease ends.
    Claimed {
        /// Who.
        by: UserId,
        /// When the lease ends; after that anybody may claim the case.
        until: Timestamp,
    },
    /// It is decided.
    Decided,
}

/// What happened to a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CaseEventKind {
    /// It was opened by a verdict or a notice.
    Opened,
    /// An item joined it.
    ItemJoined(ItemId),
    /// A notice joined it.
    NoticeJoined(NoticeId),
    /// Somebody claimed it.
    Claimed(UserId),
    /// Somebody gave it back undecided.
    Released(UserId),
    /// It moved to another queue.
    Moved(QueueName),
    /// It was decided.
    Decided(crate::DecisionId),
    /// The decision was reversed, and the case is open again.
    Reversed {
        /// The decision that was reversed.
        decision: crate::DecisionId,
        /// Who reversed it.
        by: UserId,
        /// Why.
        reason: String,
    },
}

/// One line of the history of a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CaseEvent {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: CaseEventKind,
}

/// The score that a case without one is ordered by, in thousandths.
pub const SCORE_UNKNOWN: u16 = 500;

/// Everything open about one subject until decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// The service that its subject is on.
    pub service: ServiceId,
    /// What it is about.
    pub subject: Subject,
    /// The account that its subject is or belongs to.
    pub account: AccountId,
    /// The queue that it waits in.
    pub queue: QueueName,
    /// How soon it should be looked at, 0 to 100, higher first.
    pub priority: u8,
    /// How likely a person finds a violation, in thousandths, as a model says that was learned from
    /// earlier decisions: it orders cases of one priority and decides nothing. `None` where none is
    /// in use or it does not know the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<u16>,
    /// Where it stands.
    pub status: CaseStatus,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it should be decided by, as its queue promises.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// The items that it is about, first come first.
    pub items: Vec<ItemId>,
    /// The verdicts that asked for it, one for each time an item was judged.
    pub verdicts: Vec<VerdictId>,
    /// The notices that joined it.
    pub notices: Vec<NoticeId>,
    /// The labels that rules asked for.
    pub labels: Vec<String>,
    /// The policies that rules and notices name, first come first.
    pub policies: Vec<String>,
    /// The action that rules propose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed: Option<ActionKind>,
    /// The decision that stands, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// The actions of the decision that stands.
    #[serde(default)]
    pub actions: Vec<Action>,
    /// The strike of the decision that stands, if it counts as one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strike: Option<Strike>,
    /// What happened to it, oldest first.
    pub events: Vec<CaseEvent>,
    /// Grows by one with each change, so that two people cannot overwrite each other.
    pub revision: u64,
}

/// A queue of cases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Queue {
    /// Its name.
    pub name: QueueName,
    /// What it is for, in English.
    pub title: String,
    /// Within how many minutes its cases should be decided; `None` promises nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_minutes: Option<u32>,
}

/// Who makes a claim about an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// A user of the service.
    User,
    /// A trusted flagger (Regulation (EU) 2022/2065 Art 22).
    TrustedFlagger,
    /// A referral unit of the police or the Union: a request, never an order.
    ReferralUnit,
    /// A person who read the evidence of a study of this installation.
    Study,
}

impl NoticeKind {
    /// The word for it in records.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::TrustedFlagger => "trusted_flagger",
            Self::ReferralUnit => "referral_unit",
            Self::Study => "study",
        }
    }
}

/// Why a notice is made, which says what it must hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NoticeGround {
    /// The content is against the terms of the service.
    #[default]
    AgainstTerms,
    /// The content is illegal: name, address and a statement of good faith are asked for
    /// (Regulation (EU) 2022/2065 Art 16(2)).
    Illegal,
    /// The content is the sexual abuse of a child: the notice may be anonymous (Art 16(2)(c), the
    /// offences of Articles 3 to 7 of Directive 2011/93/EU).
    ChildAbuse,
}

impl NoticeGround {
    /// Every ground, in the order of the form.
    pub const ALL: [Self; 3] = [Self::Illegal, Self::ChildAbuse, Self::AgainstTerms];

    /// The word for it in forms and records.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AgainstTerms => "against_terms",
            Self::Illegal => "illegal",
            Self::ChildAbuse => "child_abuse",
        }
    }

    /// The ground of that word, if there is one.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ground| ground.as_str() == word)
    }
}

/// Somebody's claim about an item or account (Regulation (EU) 2022/2065 Art 16).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Notice {
    /// Its id.
    pub id: NoticeId,
    /// Who makes it.
    pub kind: NoticeKind,
    /// The service.
    pub service: ServiceId,
    /// What it is about.
    pub subject: Subject,
    /// Why the notifier takes it for illegal or against the terms.
    pub reason: String,
    /// The policy that it names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The notifier's name, where given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The notifier's e-mail address, where given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Whether the notifier states that it is made in good faith.
    pub good_faith: bool,
    /// The language that the notifier is answered in: `en` or `ar`; English where not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Why it is made, which says what it must hold.
    #[serde(default)]
    pub ground: NoticeGround,
    /// Where the content is, as the notifier wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// What tells the notifier apart from others: `flagger_…`, or a keyed digest of the e-mail
    /// address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notifier: Option<String>,
    /// Whether a referral unit asks that nothing is done yet, since an investigation goes on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub asks_to_wait: bool,
    /// When it came in.
    pub at: Timestamp,
}
