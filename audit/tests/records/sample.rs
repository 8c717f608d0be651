//! One fact of each kind, with invented values, and arbitrary facts.

use audit::{FACTS, FIELDS, Fact, FactKind, Field, Head, Record, ValueType, append};
use model::Timestamp;
use proptest::prelude::*;

/// The fields that the sample of each fact bears.
pub(crate) fn fields_of(kind: FactKind) -> &'static [Field] {
    use Field::*;
    match kind {
        FactKind::LogStarted => &[],
        FactKind::ItemJudged => &[
            Service,
            Item,
            Account,
            Verdict,
            Content,
            Outcome,
            Kind,
            Rule,
            Label,
            Language,
            RulesVersion,
            BanksRevision,
            SignalsVersion,
        ],
        FactKind::CaseOpened => &[Service, Account, Case, Verdict, Policy, Queue, Priority],
        FactKind::CaseJoined => &[Service, Item, Case, Verdict, Priority],
        FactKind::CaseClaimed | FactKind::CaseReleased => &[Case, User],
        FactKind::CaseMoved => &[Case, User, Queue],
        FactKind::DecisionMade => &[
            Service,
            Account,
            Case,
            Decision,
            User,
            Policy,
            PolicyVersion,
            Label,
            ActionKind,
            Ruling,
            Finding,
            Automatic,
            Reason,
        ],
        FactKind::DecisionReversed => &[Case, Decision, User, Reverses, Reason],
        FactKind::ActionOrdered => &[Service, Item, Action, Decision, ActionKind],
        FactKind::ActionDelivered | FactKind::ActionDeadLettered => &[Service, Action, Attempt],
        FactKind::ActionRedelivered => &[Service, Action, User],
        FactKind::NoticeReceived => &[Service, Item, Notice, Kind, Policy, Reason],
        FactKind::BankChanged => &[Bank, Entry, User, Count, BanksRevision],
        FactKind::RulesChanged => &[RulesVersion, User, Count],
        FactKind::UserChanged => &[User, Kind],
        FactKind::KeyChanged => &[Key, User, Kind],
        FactKind::SignedIn => &[User],
        FactKind::SignInRefused => &[Reason, Count],
        FactKind::ContentViewed => &[Case, Item, User, Purpose],
        FactKind::EvidenceStored => &[Case, Content, Purpose],
        FactKind::EvidenceDeleted => &[Case, Content, User],
        FactKind::PreservationChanged => &[Preservation, Until, Case, User, Kind, Reason],
        FactKind::SettingsChanged => &[User, Kind],
        FactKind::CheckpointSigned => &[Count],
        FactKind::ActionWithdrawn => &[Service, Action, Decision, User],
        FactKind::StudyOrdered => {
            &[Service, Kind, Study, User, LegalBasis, RetentionDays, Parameters, Reason]
        }
        FactKind::StudyEnded => &[Study, Outcome, Dataset],
        FactKind::StudyViewed => &[Study, User, Count, Reason],
        FactKind::StudySampled => &[Study, User, Count],
        FactKind::StudyCoded => &[Study, Account, User],
        FactKind::StudyApplied => &[Study, User, Count],
        FactKind::StudyErased => &[Study],
        FactKind::FollowsReceived => &[Service, Key, Count],
        other => fields_of_desks(other),
    }
}
/// The fields of what the desks seal.
fn fields_of_desks(kind: FactKind) -> &'static [Field] {
    use Field::*;
    match kind {
        FactKind::OrderReceived => &[Service, Order, Kind, LegalBasis, Count, MemberState],
        FactKind::OrderChanged => &[Service, Order, Kind, User, Outcome],
        FactKind::OrderCarriedOut => &[Service, Order, Authority, Seconds],
        FactKind::OrderAlerted => &[Service, Order, Kind],
        FactKind::AuthorityChanged => &[Authority, Outcome, User],
        FactKind::DutyChanged => &[User, Outcome],
        FactKind::LetterSent | FactKind::LetterDead | FactKind::LetterAgain => {
            &[Service, Letter, Kind, Attempt]
        }
        FactKind::MailReceived => &[Service, Outcome],
        FactKind::ThreatRaised | FactKind::ThreatChanged => {
            &[Service, Case, Threat, Kind, Purpose, Outcome, Count, Of, Preservation, User]
        }
        FactKind::StatementMade => &[
            Service, Account, Case, Decision, Kind, ActionKind, Language, Count, Statement, Basis,
            Category, Keyword, Source, Detection, Automation, HeldUntil,
        ],
        FactKind::StatementDelivered
        | FactKind::StatementDeadLettered
        | FactKind::StatementRedelivered => &[Service, Case, Decision, Kind, Statement],
        FactKind::SubmissionQueued
        | FactKind::SubmissionTaken
        | FactKind::SubmissionRefused
        | FactKind::SubmissionRepeated => &[Service, Statement, Submission],
        FactKind::AppealReceived => &[
            Service,
            Account,
            Case,
            Decision,
            Appeal,
            Kind,
            Ground,
            AppealBasis,
            Outcome,
            Language,
        ],
        FactKind::AppealAnswered => &[Service, Account, Decision, Appeal, User, Outcome, Reason],
        FactKind::LadderChanged => &[User, Kind, Ladder, LadderVersion],
        FactKind::NoticeRefused => &[Service, Kind, Outcome],
        FactKind::NoticeAssessed => &[Case, Notice, User, Outcome],
        FactKind::NotifierJudged => &[User, Outcome, Notifier, Gravity, Intention, Count, Of],
        FactKind::ReportPublished => &[Service, User, Kind, Count, Until, Report, Version, Period],
        FactKind::FlaggerChanged => &[Kind, Flagger, Key, Outcome],
        FactKind::ExposureNotified => &[Service, Exposure, Authority, Kind, User, Outcome, Until],
        FactKind::ExposureChanged => &[Service, Exposure, Authority, Kind, User, Outcome, Until],
        FactKind::ExposureWarned => &[Service, Exposure, Authority, Kind, Outcome, Until],
        FactKind::MeasuresReported => &[Service, Exposure, Authority, Kind, User, Report, Count],
        other => panic!("{other:?} has no sample"),
    }
}

pub(crate) fn fact(kind: FactKind) -> Fact {
    fields_of(kind).iter().fold(Fact::new(kind), |fact, field| with_sample(fact, *field))
}

fn with_sample(fact: Fact, field: Field) -> Fact {
    match field.value_type() {
        ValueType::Text => fact.text(field, format!("{} of the Ashen Front, ٣ й", field.name())),
        ValueType::Int => fact.int(field, u64::from(field.code()) * 1_000),
        ValueType::Commitment => fact.commitment(field, [u8::try_from(field.code()).unwrap(); 32]),
        ValueType::List => fact.list(field, [field.name(), "", "third"]),
    }
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::parse("2026-01-01T00:00:00.000007Z").unwrap().plus_seconds(seconds)
}

/// A chain of the samples of all facts.
pub(crate) fn chain() -> (Head, Vec<Record>) {
    chain_of(&FACTS.iter().map(|spec| fact(spec.kind)).collect::<Vec<_>>())
}

pub(crate) fn chain_of(facts: &[Fact]) -> (Head, Vec<Record>) {
    let mut head = Head::start();
    let mut records = Vec::new();
    for fact in facts {
        let (next, record) = append(&head, fact, at(i64::try_from(head.next).unwrap()));
        records.push(record);
        head = next;
    }
    (head, records)
}

/// Any fact that the builder can make.
pub(crate) fn any_fact() -> impl Strategy<Value = Fact> {
    let text = || "\\PC{0,12}";
    let values = (any::<u64>(), any::<[u8; 32]>(), text(), prop::collection::vec(text(), 0..4));
    let fields = prop::collection::btree_map(0..FIELDS.len(), values, 0..12);
    (prop::sample::select(FACTS), fields.prop_map(|map| map.into_iter().collect::<Vec<_>>()))
        .prop_map(|(spec, fields)| {
            fields.into_iter().fold(Fact::new(spec.kind), |fact, (field, value)| {
                let field = FIELDS[field].field;
                match field.value_type() {
                    ValueType::Text => fact.text(field, value.2),
                    ValueType::Int => fact.int(field, value.0),
                    ValueType::Commitment => fact.commitment(field, value.1),
                    ValueType::List => fact.list(field, value.3),
                }
            })
        })
}

#[test]
fn samples_use_every_field() {
    let used: Vec<_> = FACTS.iter().flat_map(|spec| fields_of(spec.kind)).collect();
    for spec in FIELDS {
        assert!(used.contains(&&spec.field), "{} is in no sample", spec.name);
    }
}
