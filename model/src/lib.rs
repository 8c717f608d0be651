//! The words of Seawall as types: ids, times, limits, items, signals, banks, verdicts, cases.
//!
//! Everything here is a value. Nothing reads a clock, a file, a socket or a random number, so the
//! crates above can be tested and replayed byte for byte.

mod appeal;
mod bank;
mod case;
mod id;
mod item;
mod letter;
pub mod limits;
mod notifier;
mod preservation;
mod review;
mod share;
mod signal;
mod statement;
mod study;
mod time;
mod verdict;

pub use appeal::{
    Appeal, AppealAnswer, AppealBasis, AppealGround, AppealOutcome, AppealRefusal, AppealStatus,
    Appellant, DisputeBody,
};
pub use bank::{
    BankChange, BankEntry, BankSettings, CaseSensitivity, EntryEffect, EntryKind, EntryProblem,
    EntryStatus, Opinion, OpinionKind, TermView,
};
pub use case::{
    Case, CaseEvent, CaseEventKind, CaseStatus, Notice, NoticeGround, NoticeKind, Queue,
    SCORE_UNKNOWN, Subject,
};
pub use id::{
    AccountId, ActionId, AppealId, AuthorityId, CaseId, DecisionId, EntryId, ExposureId, FlaggerId,
    IdProblem, ItemId, KeyId, LetterId, MediaId, NoticeId, OrderId, PolicyId, PreservationId,
    QueueName, RuleName, ServiceId, StatementId, StudyId, SubmissionId, ThreatId, UserId,
    VerdictId,
};
pub use item::{
    Audience, Author, Item, ItemError, ItemRef, Kind, Media, MediaKind, parse_item,
    parse_item_value,
};
pub use letter::{AddressProblem, Attachment, Letter, LetterKind, check_address};
pub use notifier::{
    Flagger, Gravity, Intention, MisuseFactors, MisuseMeasure, MisuseStep, Notifier,
};
pub use preservation::{
    Access, AccessPurpose, CapturedArchive, CapturedPage, Hold, Obtained, Original, Preservation,
    PreservationState, Prolongation,
};
pub use review::{
    Action, ActionKind, ActionTarget, Decider, Decision, Finding, FindingKind, Label,
    ProtectedPurpose, Ruling, Strike,
};
pub use share::Share;
pub use signal::{
    Grade, History, Match, Missing, NearItems, Presence, SignalSpec, SignalType, SignalValue,
    Signals, Span, Utf16Span,
};
pub use statement::{Statement, StatementKind, StatementText};
pub use study::{
    CodeAnswer, CodeRound, Follow, LegalBasis, Study, StudyCode, StudyKind, StudyProgress,
    StudySignals, StudySource, StudyState,
};
pub use time::{TimeProblem, Timestamp};
pub use verdict::{FiredRule, Outcome, Verdict, Versions};
