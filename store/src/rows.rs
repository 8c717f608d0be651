//! Rows as the engine sees them.

use model::{
    AccountId, Action, History, Item, ItemId, KeyId, ServiceId, Signals, Timestamp, UserId,
    Verdict, VerdictId,
};

/// An account of a service that Seawall has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// The service.
    pub service: ServiceId,
    /// The account.
    pub id: AccountId,
    /// The salt of its commitments in the sealed log; deleting it unlinks them.
    pub salt: [u8; 32],
    /// When Seawall first saw it.
    pub first_seen: Timestamp,
}

/// An item that Seawall has judged, without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemRow {
    /// The service.
    pub service: ServiceId,
    /// The item.
    pub id: ItemId,
    /// Its author.
    pub account: AccountId,
    /// The salt of its commitments in the sealed log.
    pub salt: [u8; 32],
    /// SHA-256 of its latest content, so that a repeated submission is recognised.
    pub digest: [u8; 32],
    /// The latest verdict about it.
    pub verdict: VerdictId,
    /// When that was.
    pub at: Timestamp,
}

/// A verdict with everything that it was made from.
#[derive(Debug, Clone, PartialEq)]
pub struct VerdictRow {
    /// Its id.
    pub id: VerdictId,
    /// The item as it was submitted, media bytes replaced by their SHA-256.
    pub item: Item,
    /// What was known from before.
    pub history: History,
    /// What was fetched and measured of the media, as JSON that the engine understands.
    pub supplied: String,
    /// What was measured.
    pub signals: Signals,
    /// What the rules said.
    pub verdict: Verdict,
    /// The verdict as it was stored, to the byte.
    pub verdict_json: String,
    /// The case that it opened or joined.
    pub case: Option<model::CaseId>,
}

/// An action on its way to its service.
#[derive(Debug, Clone, PartialEq)]
pub struct OutboxRow {
    /// The action.
    pub action: Action,
    /// Where its delivery stands.
    pub state: crate::Delivery,
    /// Attempts so far.
    pub attempts: u32,
    /// When the next attempt is due.
    pub next: Timestamp,
    /// When it was delivered.
    pub delivered: Option<Timestamp>,
    /// What went wrong last.
    pub problem: Option<String>,
}

/// The first answer to a request with an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The body, as JSON.
    pub body: String,
}

/// A remembered idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyRow {
    /// Whose key it is: the API key's id.
    pub owner: String,
    /// The key that the caller chose.
    pub token: String,
    /// SHA-256 of the request.
    pub digest: [u8; 32],
    /// The answer.
    pub answer: Answer,
    /// When.
    pub at: Timestamp,
}

/// A person who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserRow {
    /// Id.
    pub id: UserId,
    /// The name that is typed at sign-in.
    pub login: String,
    /// What the person may do: `reviewer`, `lead` or `admin`.
    pub role: String,
    /// The password's Argon2id hash, in PHC form.
    pub password: String,
    /// The secret of the second factor, in base32.
    pub totp: Option<String>,
    /// The last time step used, so that a code works once.
    pub totp_step: i64,
    /// The console's language for this person: `en` or `ar`.
    pub language: String,
    /// Whether the person may no longer sign in.
    pub is_disabled: bool,
    /// When the person was added.
    pub at: Timestamp,
}

/// A person's session in the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// SHA-256 of the cookie's value, in hexadecimal.
    pub token: String,
    /// Whose session it is.
    pub user: UserId,
    /// The value that every form must bring.
    pub form_token: String,
    /// When it ends.
    pub expires: Timestamp,
}

/// A key of the HTTP API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Id; it is the visible part of the key.
    pub id: KeyId,
    /// SHA-256 of the key, in hexadecimal.
    pub digest: String,
    /// What it is for, in its owner's words.
    pub name: String,
    /// What it may do, separated by spaces.
    pub scopes: String,
    /// The one service that it may speak for; `None` for all.
    pub service: Option<ServiceId>,
    /// When it was made.
    pub at: Timestamp,
    /// When it was revoked.
    pub revoked: Option<Timestamp>,
}

/// A stored rule set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSetRow {
    /// SHA-256 of its files.
    pub version: String,
    /// Its files as JSON: a list of `[name, text]`.
    pub files: String,
    /// Who promoted it.
    pub author: String,
    /// When.
    pub at: Timestamp,
}

/// A version of a policy.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PolicyRow {
    /// Id.
    pub id: String,
    /// Version, from 1.
    pub version: u32,
    /// Its title.
    pub title: String,
    /// Its text.
    pub text: String,
}

/// A bank in figures.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BankSummary {
    /// Its name.
    pub bank: String,
    /// The kind of entry.
    pub kind: String,
    /// Entries that match, those in quarantine among them.
    pub active: u64,
    /// Entries that match and on which no rule acts, because they suddenly matched much.
    pub quarantined: u64,
    /// Entries that do not match because a person said that they do not belong in the bank.
    pub disputed: u64,
    /// Entries that were retired.
    pub retired: u64,
}

/// A model that was learned from decisions, or that none is in use any more.
#[derive(Debug, Clone, PartialEq)]
pub struct LearnedRow {
    /// When.
    pub at: Timestamp,
    /// The model, in the form that the crate of signals gives it; `None` where none is in use.
    pub model: Option<Vec<u8>>,
    /// What training found, as JSON.
    pub report: String,
}

/// A person's decision on an item with a text, to learn from.
#[derive(Debug, Clone, PartialEq)]
pub struct DecidedItem {
    /// The decision's id, after which a page goes on.
    pub id: model::DecisionId,
    /// The decision.
    pub decision: model::Decision,
    /// The item as it was judged.
    pub item: model::Item,
    /// Decisions on the same case that were reversed: people did not agree.
    pub reversed: u64,
}

/// A study with what only Seawall itself needs of it.
#[derive(Debug, Clone, PartialEq)]
pub struct StudyRow {
    /// The study.
    pub study: model::Study,
    /// How far it is.
    pub progress: model::StudyProgress,
    /// The key of its pseudonyms.
    pub pseudonym_key: [u8; 32],
    /// Until when a worker holds it.
    pub leased: Timestamp,
}

/// What a study found about an account, until it expires.
#[derive(Debug, Clone, PartialEq)]
pub struct StudySignalRow {
    /// The account.
    pub account: AccountId,
    /// What was found.
    pub signals: model::StudySignals,
}

/// An order of an authority; what it says stands in its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderRow {
    /// Its id.
    pub id: model::OrderId,
    /// The service.
    pub service: ServiceId,
    /// Its status, as a word.
    pub status: String,
    /// When something is due; none where nothing is.
    pub due: Option<Timestamp>,
    /// When it was received.
    pub at: Timestamp,
    /// Counts its changes.
    pub revision: u64,
    /// The order, as JSON.
    pub body: String,
    /// What the same order would be known as, so that it is not taken twice.
    pub known_as: Option<String>,
}

/// A report of a threat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreatRow {
    /// Its id.
    pub id: model::ThreatId,
    /// The service.
    pub service: ServiceId,
    /// The case that shows it.
    pub case: model::CaseId,
    /// Its status, as a word.
    pub status: String,
    /// When it was raised.
    pub at: Timestamp,
    /// Counts its changes.
    pub revision: u64,
    /// The report, as JSON.
    pub body: String,
}

/// An exposure decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExposureRow {
    /// Its id.
    pub id: model::ExposureId,
    /// The service.
    pub service: ServiceId,
    /// Its status, as a word.
    pub status: String,
    /// When something is due, or was and nobody took note of it; none where nothing is.
    pub due: Option<Timestamp>,
    /// When the service was notified.
    pub at: Timestamp,
    /// Counts its changes.
    pub revision: u64,
    /// The decision, as JSON.
    pub body: String,
    /// Whether it is in force; a service has one such decision at a time.
    pub is_in_force: bool,
}

/// A report on specific measures, as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeasuresReportRow {
    /// The exposure decision.
    pub exposure: model::ExposureId,
    /// Its number, from 1.
    pub number: u32,
    /// SHA-256 of the body, in hexadecimal.
    pub sha256: String,
    /// When it was sent.
    pub at: Timestamp,
    /// The report, as JSON.
    pub body: String,
}

/// Somebody is on duty for a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DutyRow {
    /// Its id.
    pub id: String,
    /// Who.
    pub user: UserId,
    /// Where warnings go meanwhile.
    pub address: Option<String>,
    /// From when on.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

/// An e-mail that came in; its bytes are evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailRow {
    /// SHA-256 of its bytes in hexadecimal.
    pub sha256: String,
    /// When it came in.
    pub at: Timestamp,
    /// Its Message-ID.
    pub message_id: Option<String>,
    /// The address that it says it comes from.
    pub sender: String,
    /// Its subject line.
    pub subject: String,
    /// The id of what it is about, where that is known.
    pub about: Option<String>,
}

/// A letter on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterRow {
    /// The letter.
    pub letter: model::Letter,
    /// Where it stands.
    pub state: crate::Delivery,
    /// Attempts so far.
    pub attempts: u32,
    /// When the next attempt is due.
    pub next: Timestamp,
    /// When the mail server took it.
    pub sent: Option<Timestamp>,
    /// What went wrong last.
    pub problem: Option<String>,
}

/// A statement on its way to the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementRow {
    /// The statement.
    pub statement: model::Statement,
    /// Where it stands.
    pub state: crate::Delivery,
    /// Attempts so far.
    pub attempts: u32,
    /// When the next attempt is due; not before the end of what holds it back.
    pub next: Timestamp,
    /// When the service took it.
    pub delivered: Option<Timestamp>,
    /// What went wrong last.
    pub problem: Option<String>,
}

/// A statement on its way to the DSA Transparency Database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubmissionRow {
    /// Its id there.
    pub puid: String,
    /// The statement that it belongs to.
    pub statement: model::StatementId,
    /// The service.
    pub service: ServiceId,
    /// When it was made.
    pub at: Timestamp,
    /// Where it stands.
    pub state: crate::Delivery,
    /// Attempts so far.
    pub attempts: u32,
    /// When the next attempt is due.
    pub next: Timestamp,
    /// When the database took it, as far as Seawall knows.
    pub taken: Option<Timestamp>,
    /// The database's own id of it, where it told one.
    pub known_as: Option<String>,
    /// What went wrong last.
    pub problem: Option<String>,
    /// The fields, as JSON.
    pub body: String,
}

/// A version of a template of statements.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TemplateRow {
    /// What it is for.
    pub kind: model::StatementKind,
    /// Its language as a BCP 47 tag.
    pub language: String,
    /// Version, from 1; 0 is the one that is shipped.
    pub version: u32,
    /// The template.
    pub text: String,
    /// Who wrote it.
    pub author: String,
}

/// A version of the ladder of strikes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LadderRow {
    /// The version, from 1.
    pub version: u64,
    /// The ladder as JSON that the crate of review understands.
    pub body: String,
    /// Who put it into force.
    pub author: String,
    /// Why, in that person's words.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// A strike that counts, with the case that it is from.
#[derive(Debug, Clone, PartialEq)]
pub struct StrikeRow {
    /// The strike.
    pub strike: model::Strike,
    /// The case.
    pub case: model::Case,
}

/// A notice with what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct NoticeRow {
    /// The notice.
    pub notice: model::Notice,
    /// The case that it joined.
    pub case: model::CaseId,
    /// Whether a person found it manifestly unfounded.
    pub is_unfounded: bool,
    /// The decision that stands on its case.
    pub decision: Option<model::Decision>,
}

/// What an authority stamped of a preservation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeStampRow {
    /// SHA-256 of the manifest that was stamped, in hexadecimal.
    pub sha256: String,
    /// The answer of the authority (RFC 3161).
    pub answer: Vec<u8>,
    /// When it was kept.
    pub at: Timestamp,
}
