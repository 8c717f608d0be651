//! The one list of facts and the one list of fields, with their codes.
//!
//! Codes stand in records that were sealed long ago. A code is never changed and never used again
//! for something else; what is no longer written stays in the list.

use std::fmt::Write;

/// One line of the list of facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FactSpec {
    /// The fact.
    pub kind: FactKind,
    /// Its word in JSON and documentation.
    pub name: &'static str,
    /// Its code in a record.
    pub code: u16,
    /// What it says.
    pub meaning: &'static str,
}

/// One line of the list of fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldSpec {
    /// The field.
    pub field: Field,
    /// Its word in JSON and documentation.
    pub name: &'static str,
    /// Its code in a record.
    pub code: u16,
    /// What its values are.
    pub value_type: ValueType,
    /// What it says.
    pub meaning: &'static str,
}

/// What the values of a field are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ValueType {
    /// Text in UTF-8.
    Text = 1,
    /// A whole number from 0 to 2⁶⁴ − 1.
    Int = 2,
    /// A salted commitment of 32 bytes.
    Commitment = 3,
    /// Texts in the order given.
    List = 4,
}

impl ValueType {
    /// The word for it in documentation.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Int => "int",
            Self::Commitment => "commitment",
            Self::List => "list",
        }
    }

    /// Its code in a record.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }
}

macro_rules! facts {
    ($($code:literal $kind:ident $name:literal $meaning:literal;)*) => {
        /// What happened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u16)]
        pub enum FactKind { $(#[doc = $meaning] $kind = $code,)* }

        /// Every fact, in the order of the codes.
        pub const FACTS: &[FactSpec] = &[$(FactSpec {
            kind: FactKind::$kind, name: $name, code: $code, meaning: $meaning,
        },)*];

        impl FactKind {
            /// Its line in [`FACTS`].
            #[must_use]
            pub fn spec(self) -> FactSpec {
                match self {
                    $(Self::$kind => FactSpec {
                        kind: self, name: $name, code: $code, meaning: $meaning,
                    },)*
                }
            }
        }
    };
}

facts! {
    1 LogStarted "log_started" "The log began.";
    2 ItemJudged "item_judged" "The rules judged an item.";
    3 CaseOpened "case_opened" "A case was opened by a verdict or a notice.";
    4 CaseJoined "case_joined" "An item or a notice joined an open case.";
    5 CaseClaimed "case_claimed" "A person took a case to decide it.";
    6 CaseReleased "case_released" "A person gave a case back undecided.";
    7 CaseMoved "case_moved" "A case moved to another queue.";
    8 DecisionMade "decision_made" "A person or a rule decided a case.";
    9 DecisionReversed "decision_reversed" "A decision was reversed.";
    10 ActionOrdered "action_ordered" "An action was put in the way to the service.";
    11 ActionDelivered "action_delivered" "The service acknowledged an action.";
    12 ActionDeadLettered "action_dead_lettered" "Delivery of an action was given up.";
    13 ActionRedelivered "action_redelivered" "A person ordered a dead letter to be sent again.";
    14 NoticeReceived "notice_received" "Somebody's claim about an item or account came in.";
    15 BankChanged "bank_changed" "Entries of a bank were added, changed or retired.";
    16 RulesChanged "rules_changed" "Another rule set came into force.";
    17 UserChanged "user_changed" "A person who signs in was added, changed or closed.";
    18 KeyChanged "key_changed" "An API key was made or revoked.";
    19 SignedIn "signed_in" "A person signed in.";
    20 SignInRefused "sign_in_refused" "A sign-in was refused.";
    21 ContentViewed "content_viewed" "A person saw restricted content.";
    22 EvidenceStored "evidence_stored" "Content was preserved as evidence.";
    23 EvidenceDeleted "evidence_deleted" "Evidence was deleted.";
    24 SettingsChanged "settings_changed" "Settings of the installation changed.";
    25 CheckpointSigned "checkpoint_signed" "A checkpoint of the log was signed.";
    26 ActionWithdrawn "action_withdrawn" "An action was reversed before the service had it.";
    27 StudyOrdered "study_ordered" "A person ordered a study, or ordered it to go on.";
    28 StudyEnded "study_ended" "A study finished, failed or was stopped.";
    29 StudyViewed "study_viewed" "A person saw accounts of a study without pseudonyms.";
    30 StudySampled "study_sampled" "A sample of a study's accounts was drawn to be coded.";
    31 StudyCoded "study_coded" "A person coded an account of a study's sample.";
    32 StudyApplied "study_applied" "Findings of a study became signals.";
    33 StudyErased "study_erased" "The data of a study was erased.";
    34 FollowsReceived "follows_received" "A service told who follows whom.";
    35 StatementMade "statement_made" "A statement about a decision was made for the person.";
    36 StatementDelivered "statement_delivered" "The service took a statement.";
    37 StatementDeadLettered "statement_dead_lettered" "Delivery of a statement was given up.";
    38 StatementRedelivered "statement_redelivered" "A person had a statement sent again.";
    39 SubmissionQueued "submission_queued" "A statement is to go to the Transparency Database.";
    40 SubmissionTaken "submission_taken" "The DSA Transparency Database took a statement.";
    41 SubmissionRefused "submission_refused" "Submission of a statement was given up.";
    42 SubmissionRepeated "submission_repeated" "A person ordered a submission to be tried again.";
    65 OrderReceived "order_received" "An order of an authority came in.";
    66 OrderChanged "order_changed" "A step was taken on an order of an authority.";
    67 OrderCarriedOut "order_carried_out" "An order of an authority was carried out.";
    68 OrderAlerted "order_alerted" "The time of an order was running out, or went by.";
    69 AuthorityChanged "authority_changed" "An authority was registered, changed or closed.";
    70 DutyChanged "duty_changed" "Who is on duty changed.";
    71 LetterSent "letter_sent" "A letter was handed to the mail server.";
    72 LetterDead "letter_dead" "Sending a letter was given up.";
    73 LetterAgain "letter_again" "A person ordered a letter to be sent again.";
    74 MailReceived "mail_received" "An e-mail came in.";
    75 AppealReceived "appeal_received" "An appeal came in, and is heard or refused.";
    76 AppealAnswered "appeal_answered" "An appeal was answered.";
    77 LadderChanged "ladder_changed" "Another ladder of strikes came into force.";
    78 NoticeRefused "notice_refused" "A notice was not taken.";
    79 NoticeAssessed "notice_assessed" "A person found a notice manifestly unfounded, or not.";
    80 NotifierJudged "notifier_judged" "A notifier was warned, suspended, or let off again.";
    81 FlaggerChanged "flagger_changed" "A flagger or referral unit was registered or closed.";
    85 ThreatRaised "threat_raised" "A person reported a threat to life or to staff.";
    86 ThreatChanged "threat_changed" "A step was taken on a report of a threat.";
    95 PreservationChanged "preservation_changed" "What is preserved was prolonged, held, opened.";
    110 ReportPublished "report_published" "A version of a report was published.";
    120 ExposureNotified "exposure_notified" "A service was notified that it is exposed.";
    121 ExposureChanged "exposure_changed" "A step was taken on an exposure decision.";
    122 ExposureWarned "exposure_warned" "What an exposure decision asks for is due, or missed.";
    123 MeasuresReported "measures_reported" "A report on specific measures was sent.";
}

macro_rules! fields {
    ($($code:literal $field:ident $name:literal $value_type:ident $meaning:literal;)*) => {
        /// What a record says about its fact; ordered by code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u16)]
        pub enum Field { $(#[doc = $meaning] $field = $code,)* }

        /// Every field, in the order of the codes.
        pub const FIELDS: &[FieldSpec] = &[$(FieldSpec {
            field: Field::$field, name: $name, code: $code,
            value_type: ValueType::$value_type, meaning: $meaning,
        },)*];

        impl Field {
            /// Its line in [`FIELDS`].
            #[must_use]
            pub fn spec(self) -> FieldSpec {
                match self {
                    $(Self::$field => FieldSpec {
                        field: self, name: $name, code: $code,
                        value_type: ValueType::$value_type, meaning: $meaning,
                    },)*
                }
            }
        }
    };
}

fields! {
    1 Service "service" Text "The service.";
    2 Item "item" Commitment "The item, as a salted commitment of its id.";
    3 Account "account" Commitment "The account, as a salted commitment of its id.";
    4 Case "case" Text "The case.";
    5 Decision "decision" Text "The decision.";
    6 Action "action" Text "The action.";
    7 Notice "notice" Text "The notice.";
    8 Verdict "verdict" Text "The verdict.";
    9 Entry "entry" Text "The bank entry.";
    10 User "user" Text "The person who did it or whom it is about.";
    11 Key "key" Text "The API key that was used or that it is about.";
    12 Content "content" Commitment "The content, as a salted commitment of its bytes.";
    13 Outcome "outcome" Text "What the rules asked for, or how it came out.";
    14 Kind "kind" Text "What sort of thing or change it is.";
    15 Rule "rule" List "The rules that fired or decided.";
    16 Policy "policy" Text "The policy that it rests on.";
    17 PolicyVersion "policy_version" Int "The version of that policy.";
    18 Label "label" List "The labels.";
    19 Queue "queue" Text "The queue.";
    20 Priority "priority" Int "How soon a case should be looked at, 0 to 100.";
    21 ActionKind "action_kind" Text "What the service is to do.";
    22 Ruling "ruling" Text "Whether the policy was broken.";
    23 Finding "finding" Text "The protected purpose that a person found, or `none`.";
    24 Language "language" Text "The language of the item.";
    25 RulesVersion "rules_version" Text "SHA-256 of the rule files.";
    26 BanksRevision "banks_revision" Int "The revision of the banks.";
    27 SignalsVersion "signals_version" Int "The version of the code that measures signals.";
    28 Count "count" Int "How many things it is about.";
    29 Attempt "attempt" Int "Which attempt it was, from 1.";
    30 Reverses "reverses" Text "The action or decision that is given back.";
    31 Purpose "purpose" Text "What content was viewed or preserved for.";
    32 Automatic "automatic" Int "1 where a rule did it, 0 where a person did.";
    33 Bank "bank" Text "The bank.";
    34 Reason "reason" Commitment "The reason, as a salted commitment of its words.";
    35 Study "study" Text "The study.";
    36 LegalBasis "legal_basis" Text "The legal basis that a study rests on.";
    37 RetentionDays "retention_days" Int "Days until the data of a study is erased.";
    38 Dataset "dataset" Text "SHA-256 over the dataset that a study looked at.";
    39 Parameters "parameters" Text "SHA-256 of the parameters of a study as JSON.";
    40 Statement "statement" Text "The statement.";
    41 Submission "submission" Text "The id of a statement in the DSA Transparency Database.";
    42 Basis "basis" Text "What a decision rests on: `law`, `terms` or `order`.";
    43 Category "category" Text "The category of the DSA Transparency Database.";
    44 Keyword "keyword" List "The keywords of the DSA Transparency Database.";
    45 Source "source" Text "How content came to notice.";
    46 Detection "detection" Text "Whether and how a program found it.";
    47 Automation "automation" Text "How far a program decided.";
    48 HeldUntil "held_until" Text "Until when a statement is held back.";
    65 Order "order" Text "The order of an authority.";
    66 Authority "authority" Text "The authority, as the operator names it.";
    67 Letter "letter" Text "The letter.";
    68 Seconds "seconds" Int "How long it took, in seconds.";
    69 MemberState "member_state" Text "The two letters of the State that an order comes from.";
    75 Appeal "appeal" Text "The appeal.";
    76 Ground "ground" Text "Why somebody appeals, gives notice or cannot act, of a list.";
    77 AppealBasis "appeal_basis" Text "The rule of law that an appeal is answered under.";
    78 Ladder "ladder" Text "SHA-256 of a ladder of strikes as JSON.";
    79 LadderVersion "ladder_version" Int "The version of the ladder of strikes.";
    80 Flagger "flagger" Text "The trusted flagger or referral unit.";
    81 Notifier "notifier" Commitment "Another notifier, as a keyed digest of the address.";
    82 Gravity "gravity" Text "How grave misuse is.";
    83 Intention "intention" Text "What was meant by misuse.";
    84 Of "of" Int "Of how many things `count` is a part.";
    85 Threat "threat" Text "The report of a threat.";
    95 Preservation "preservation" Text "What is preserved of one removal, by its id.";
    96 Until "until" Int "Until when, in seconds since 1970.";
    110 Report "report" Text "SHA-256 of a report that was published or sent, in hexadecimal.";
    111 Version "version" Int "Which version of it was published, from 1.";
    112 Period "period" Text "The first and the last day that a report is about.";
    120 Exposure "exposure" Text "The decision that a service is exposed.";
}

impl FactKind {
    /// Its code in a record.
    #[must_use]
    pub fn code(self) -> u16 {
        self as u16
    }

    /// Its word in JSON and documentation.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.spec().name
    }

    /// What it says.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        self.spec().meaning
    }

    /// The fact of that code, if there is one.
    #[must_use]
    pub fn from_code(code: u16) -> Option<Self> {
        FACTS.iter().find(|spec| spec.code == code).map(|spec| spec.kind)
    }

    /// The fact of that word, if there is one.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        FACTS.iter().find(|spec| spec.name == name).map(|spec| spec.kind)
    }
}

impl Field {
    /// Its code in a record.
    #[must_use]
    pub fn code(self) -> u16 {
        self as u16
    }

    /// Its word in JSON and documentation.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.spec().name
    }

    /// What its values are.
    #[must_use]
    pub fn value_type(self) -> ValueType {
        self.spec().value_type
    }

    /// The field of that code, if there is one.
    #[must_use]
    pub fn from_code(code: u16) -> Option<Self> {
        FIELDS.iter().find(|spec| spec.code == code).map(|spec| spec.field)
    }
}

/// The lists of facts and fields as two Markdown tables, for the reference pages.
#[must_use]
pub fn markdown_tables() -> String {
    let mut page = String::from("| code | fact | meaning |\n|---:|---|---|\n");
    for fact in FACTS {
        // Writing to a string cannot fail.
        let _ = writeln!(page, "| {} | `{}` | {} |", fact.code, fact.name, fact.meaning);
    }
    page.push_str("\n| code | field | type | meaning |\n|---:|---|---|---|\n");
    for field in FIELDS {
        let FieldSpec { code, name, value_type, meaning, .. } = field;
        let _ = writeln!(page, "| {code} | `{name}` | {} | {meaning} |", value_type.name());
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_and_names_are_unique_and_sorted() {
        assert!(FACTS.windows(2).all(|pair| pair[0].code < pair[1].code));
        assert!(FIELDS.windows(2).all(|pair| pair[0].code < pair[1].code));
        let facts: BTreeSet<_> = FACTS.iter().map(|spec| spec.name).collect();
        let fields: BTreeSet<_> = FIELDS.iter().map(|spec| spec.name).collect();
        assert_eq!((facts.len(), fields.len()), (FACTS.len(), FIELDS.len()));
    }

    #[test]
    fn lists_and_enums_agree() {
        for spec in FACTS {
            assert_eq!(spec.kind.spec(), *spec);
            assert_eq!(spec.kind.code(), spec.code);
            assert_eq!(FactKind::from_code(spec.code), Some(spec.kind));
            assert_eq!(FactKind::parse(spec.name), Some(spec.kind));
        }
        for spec in FIELDS {
            assert_eq!(spec.field.spec(), *spec);
            assert_eq!(spec.field.code(), spec.code);
            assert_eq!(Field::from_code(spec.code), Some(spec.field));
        }
        for code in [0, 43, u16::MAX] {
            assert_eq!(FactKind::from_code(code).map(FactKind::code), None);
        }
        assert_eq!(Field::from_code(0), None);
        assert_eq!(Field::from_code(u16::MAX), None);
    }

    #[test]
    fn codes_are_those_of_sealed_records() {
        for (kind, code) in [
            (FactKind::LogStarted, 1),
            (FactKind::DecisionMade, 8),
            (FactKind::NoticeReceived, 14),
            (FactKind::CheckpointSigned, 25),
            (FactKind::ActionWithdrawn, 26),
            (FactKind::FollowsReceived, 34),
        ] {
            assert_eq!(kind.code(), code);
        }
        for (field, code) in [(Field::Service, 1), (Field::Rule, 15), (Field::Reason, 34)] {
            assert_eq!(field.code(), code);
        }
    }

    #[test]
    fn tables_name_everything() {
        let page = markdown_tables();
        assert!(page.contains("| 8 | `decision_made` | A person or a rule decided a case. |"));
        assert!(page.contains("| 15 | `rule` | list | The rules that fired or decided. |"));
        assert_eq!(page.lines().count(), FACTS.len() + FIELDS.len() + 5);
    }
}
