//! What can happen to a case.

use model::{
    AccountId, ActionKind, CaseId, Decider, DecisionId, Finding, ItemId, NoticeId, OrderId,
    PolicyId, QueueName, Ruling, ServiceId, Subject, Timestamp, UserId, VerdictId,
};

/// What a new case is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Opening {
    /// Its id, freshly drawn.
    pub id: CaseId,
    /// The service that its subject is on.
    pub service: ServiceId,
    /// What it is about.
    pub subject: Subject,
    /// The account that its subject is or belongs to.
    pub account: AccountId,
    /// The queue that it waits in, where its cause names none.
    pub queue: QueueName,
    /// When it is opened.
    pub at: Timestamp,
    /// What it is opened for.
    pub cause: Cause,
}

/// What a case is opened for.
#[derive(Debug, Clone, PartialEq)]
pub enum Cause {
    /// A verdict on an item.
    Item(ItemJoining),
    /// A notice.
    Notice(NoticeJoining),
    /// An order of an authority about the subject; the case is opened to be decided at once.
    Order,
}

/// An item that was judged and belongs to the case.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemJoining {
    /// The item.
    pub item: ItemId,
    /// The verdict that asks for a case.
    pub verdict: VerdictId,
    /// The labels that the rules ask for.
    pub labels: Vec<String>,
    /// The policies that the fired rules rest on.
    pub policies: Vec<String>,
    /// How soon it should be looked at, 0 to 100; more counts as 100.
    pub priority: u8,
    /// The queue that the rules name. It moves the case where `priority` is higher than before.
    pub queue: Option<QueueName>,
    /// When it should be decided by; the earliest such time of a case holds.
    pub due_at: Option<Timestamp>,
    /// The action that the rules propose. It replaces an earlier one where `priority` is higher.
    pub proposed: Option<ActionKind>,
    /// How likely a person finds a violation, in thousandths, where a learned model says so; the
    /// highest of a case holds.
    pub score: Option<u16>,
}

/// A notice that belongs to the case.
#[derive(Debug, Clone, PartialEq)]
pub struct NoticeJoining {
    /// The notice.
    pub notice: NoticeId,
    /// How soon it should be looked at, 0 to 100; more counts as 100.
    pub priority: u8,
    /// The policy that it names.
    pub policy: Option<String>,
    /// The queue for it. It moves the case where `priority` is higher than before.
    pub queue: Option<QueueName>,
    /// When it should be decided by; the earliest such time of a case holds.
    pub due_at: Option<Timestamp>,
}

/// What is to be decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Deciding {
    /// The id of the decision, freshly drawn.
    pub id: DecisionId,
    /// Who decides.
    pub by: Decider,
    /// Whether the policy was broken.
    pub ruling: Ruling,
    /// What is to be done, if anything.
    pub action: Option<ActionKind>,
    /// The labels; for [`ActionKind::Label`] alone, and then at least one.
    pub labels: Vec<String>,
    /// The policy that it rests on.
    pub policy: PolicyId,
    /// Version of that policy.
    pub policy_version: u32,
    /// Why, in words; a person must give some.
    pub reason: String,
    /// What a person found; a rule finds nothing.
    pub findings: Vec<Finding>,
    /// The order of an authority that it carries out. The service does not weigh such a decision:
    /// it needs no finding, and is no strike.
    pub order: Option<OrderId>,
}

/// What can happen to a case.
#[derive(Debug, Clone, PartialEq)]
pub enum ReviewEvent {
    /// An item joins, or a later version of one that is there.
    JoinItem(ItemJoining),
    /// A notice joins.
    JoinNotice(NoticeJoining),
    /// Somebody takes the case, or holds on to it.
    Claim {
        /// Who.
        by: UserId,
    },
    /// Somebody gives the case back undecided.
    Release {
        /// Who.
        by: UserId,
    },
    /// Somebody puts the case in another queue, where it waits for whoever claims it next.
    Move {
        /// Who.
        by: UserId,
        /// Where to.
        queue: QueueName,
        /// When that queue promises a decision; it never makes an earlier promise later.
        due_at: Option<Timestamp>,
    },
    /// The case is decided.
    Decide(Deciding),
    /// The decision is reversed: everything that it took is given back.
    Undo {
        /// Who.
        by: UserId,
        /// Why, in words.
        reason: String,
    },
}
