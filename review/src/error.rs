//! Why an event is refused, in words for the person who tried it.

use model::{
    ActionKind, AppealOutcome, DecisionId, ItemId, ProtectedPurpose, QueueName, Timestamp, UserId,
};

/// Why an event is refused; the case stays as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReviewError {
    /// The case is decided, and the event needs an open one.
    #[error(
        "The case is already decided ({decision}). To decide otherwise, undo that decision first."
    )]
    AlreadyDecided {
        /// The decision that stands.
        decision: DecisionId,
    },
    /// The case is not decided, so that there is nothing to undo.
    #[error("The case is not decided, so there is nothing to undo.")]
    NotDecided,
    /// An item or notice is to join a decided case; it needs a new one.
    #[error("The case is already decided ({decision}). What comes in now needs a new case.")]
    JoinsDecided {
        /// The decision that stands.
        decision: DecisionId,
    },
    /// An item is to join a case about another item.
    #[error("The case is about another item than {item}.")]
    OtherItem {
        /// The item that was to join.
        item: ItemId,
    },
    /// The case has as many items as a case can have.
    #[error("The case already has {limit} items. Further items need a new case.")]
    ItemsFull {
        /// Most items of a case.
        limit: usize,
    },
    /// The case has as many notices as a case can have.
    #[error("The case already has {limit} notices. Further notices need a new case.")]
    NoticesFull {
        /// Most notices of a case.
        limit: usize,
    },
    /// Somebody else is at the case.
    #[error("{by} is at this case until {until}. Take another one, or try again after that.")]
    ClaimedByOther {
        /// Who is at it.
        by: UserId,
        /// When the claim ends.
        until: Timestamp,
    },
    /// The person has not claimed the case.
    #[error("You have not claimed this case. Claim it first, so that nobody else decides it too.")]
    NotClaimed,
    /// The person's claim has ended.
    #[error("Your claim ended at {until}. Claim the case again, look at it once more, and decide.")]
    ClaimEnded {
        /// When it ended.
        until: Timestamp,
    },
    /// The case is in that queue already.
    #[error("The case is already in the queue {queue}.")]
    SameQueue {
        /// The queue.
        queue: QueueName,
    },
    /// A person gave no reason.
    #[error("Give a reason. The person concerned and whoever looks at this later need it.")]
    ReasonMissing,
    /// A reason or note is too long.
    #[error("The reason or note has {bytes} bytes; at most {limit} are kept. Shorten it.")]
    ReasonTooLong {
        /// Bytes given.
        bytes: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// Something is to be taken, and nobody said whether a protected purpose was found.
    #[error(
        "To {} is possible only after a finding on protected purpose. Say whether this is \
         journalism, research, education, art, counter-speech, satire, quotation, ordinary \
         speech, or none of them.",
        .action.as_str()
    )]
    FindingMissing {
        /// What was to be done.
        action: ActionKind,
    },
    /// Something is to be taken although a protected purpose was found.
    #[error(
        "You found a protected purpose ({}), so this must not be met with {}. Rule that the \
         policy was not broken, put a label on it, or correct the finding.",
        .purpose.as_str(), .action.as_str()
    )]
    PurposeProtected {
        /// What was found.
        purpose: ProtectedPurpose,
        /// What was to be done.
        action: ActionKind,
    },
    /// A finding stands twice.
    #[error("The same finding is given twice. Give one answer.")]
    FindingRepeated,
    /// A rule claims a finding, which only a person can make.
    #[error("Only a person can make a finding; a rule cannot.")]
    FindingByRule,
    /// Something is to be done against somebody who broke no policy.
    #[error(
        "To {} is possible only where the policy was broken. Without that, leave things as they \
         are or put a label on them.",
        .action.as_str()
    )]
    NotAViolation {
        /// What was to be done.
        action: ActionKind,
    },
    /// A restoration is to be decided.
    #[error("To give something back, undo the decision that took it.")]
    RestoreIsUndo,
    /// Labels are to be put on, and none is named.
    #[error("Name at least one label.")]
    LabelsMissing,
    /// Labels are named for an action that puts on none.
    #[error("Labels are put on only by the action `label`. Choose it, or leave the labels out.")]
    LabelsUnused,
    /// There are more labels than a decision can have.
    #[error("A decision puts on at most {limit} labels.")]
    LabelsTooMany {
        /// Most labels of a decision.
        limit: usize,
    },
    /// A label is empty or too long.
    #[error("A label must have 1 to {limit} bytes.")]
    LabelLength {
        /// Most bytes of a label.
        limit: usize,
    },
    /// An action on items is decided, and the case has no item.
    #[error(
        "The case has no item to {}. Choose an action on the account, or none.",
        .action.as_str()
    )]
    NoItem {
        /// What was to be done.
        action: ActionKind,
    },
    /// The id of the decision was used before in this case.
    #[error("The id {id} was used for an earlier decision on this case. Draw a new one.")]
    DecisionIdUsed {
        /// The id.
        id: DecisionId,
    },
    /// The id of the decision is too long to make the ids of its actions from.
    #[error("The id of a decision must have at most {limit} bytes.")]
    DecisionIdTooLong {
        /// Most bytes of it.
        limit: usize,
    },
    /// An account is to be suspended that was not warned before.
    #[error(
        "This account was not warned in the last {days} days. Warn it first; it may be suspended \
         when it goes on (DSA Art 23(1))."
    )]
    WarningMissing {
        /// Within how many days a warning holds.
        days: u16,
    },
    /// A notifier is to be warned none of whose notices was unfounded.
    #[error("No notice of this notifier was found manifestly unfounded in the last 180 days.")]
    NothingUnfounded,
    /// A notifier is to be suspended without a warning that holds, or though nothing came after it.
    #[error(
        "Warn this notifier first. A suspension needs a warning of the last 180 days and a \
         manifestly unfounded notice after it (DSA Art 23(2))."
    )]
    NotifierNotWarned,
    /// There is no suspension to take back.
    #[error("This notifier is not suspended.")]
    NotSuspended,
    /// A suspension of a notifier is too short or too long.
    #[error("A suspension lasts 1 to {limit} days.")]
    SuspensionLength {
        /// The most days.
        limit: u16,
    },
    /// The appeal is answered or was refused.
    #[error("This appeal is no longer open.")]
    AppealNotOpen,
    /// The decision that an appeal is against no longer stands.
    #[error("{decision} no longer stands, so the appeal against it has nothing to decide.")]
    AppealMoot {
        /// The decision.
        decision: DecisionId,
    },
    /// Somebody who had a part in deciding is to hear an appeal.
    #[error(
        "You decided on this case, or reversed a decision on it. Somebody else has to hear the \
         appeal."
    )]
    HeardByInvolved,
    /// What is decided instead does not go with how the appeal comes out.
    #[error(
        "What is decided instead does not go with the outcome `{}`. Upheld changes nothing; \
         reversed leaves nothing of the measure, or takes something for a notifier; partly takes \
         less than before, or more for a notifier.",
        .outcome.as_str()
    )]
    AnswerDoesNotGo {
        /// The outcome.
        outcome: AppealOutcome,
    },
}

impl ReviewError {
    /// A short word for the kind, which stays the same in every language and version.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::AlreadyDecided { .. } => "already_decided",
            Self::NotDecided => "not_decided",
            Self::JoinsDecided { .. } => "joins_decided",
            Self::OtherItem { .. } => "other_item",
            Self::ItemsFull { .. } => "items_full",
            Self::NoticesFull { .. } => "notices_full",
            Self::ClaimedByOther { .. } => "claimed_by_other",
            Self::NotClaimed => "not_claimed",
            Self::ClaimEnded { .. } => "claim_ended",
            Self::SameQueue { .. } => "same_queue",
            Self::ReasonMissing => "reason_missing",
            Self::ReasonTooLong { .. } => "reason_too_long",
            Self::FindingMissing { .. } => "finding_missing",
            Self::PurposeProtected { .. } => "purpose_protected",
            Self::FindingRepeated => "finding_repeated",
            Self::FindingByRule => "finding_by_rule",
            Self::NotAViolation { .. } => "not_a_violation",
            Self::RestoreIsUndo => "restore_is_undo",
            Self::LabelsMissing => "labels_missing",
            Self::LabelsUnused => "labels_unused",
            Self::LabelsTooMany { .. } => "labels_too_many",
            Self::LabelLength { .. } => "label_length",
            Self::NoItem { .. } => "no_item",
            Self::DecisionIdUsed { .. } => "decision_id_used",
            Self::DecisionIdTooLong { .. } => "decision_id_too_long",
            Self::WarningMissing { .. } => "warning_missing",
            Self::NothingUnfounded => "nothing_unfounded",
            Self::NotifierNotWarned => "notifier_not_warned",
            Self::NotSuspended => "not_suspended",
            Self::SuspensionLength { .. } => "suspension_length",
            Self::AppealNotOpen => "appeal_not_open",
            Self::AppealMoot { .. } => "appeal_moot",
            Self::HeardByInvolved => "heard_by_involved",
            Self::AnswerDoesNotGo { .. } => "answer_does_not_go",
        }
    }
}
