//! Everything that can be changed, and how each change is written.

use crate::database::Transaction;
use crate::rows::{
    AccountRow, IdempotencyRow, ItemRow, KeyRow, LadderRow, LearnedRow, PolicyRow, RuleSetRow,
    SessionRow, UserRow, VerdictRow,
};
use crate::{Error, Result};
use model::{
    Action, ActionId, Appeal, BankEntry, BankSettings, Case, CaseStatus, Decision, DecisionId,
    EntryId, Flagger, KeyId, Label, Letter, LetterId, Notice, NoticeId, Notifier, Opinion,
    ServiceId, Strike, Timestamp, UserId, limits,
};
use sea_orm::Value;
use serde::Serialize;
use std::borrow::Cow;

mod bank;
mod exposure;
mod letter;
mod order;
mod preservation;
mod redress;
mod statement;
pub(crate) mod study;
mod threat;
mod way;

pub use exposure::ExposureChange;
pub use order::OrderChange;
pub use preservation::PreservationChange;
pub use statement::StatementChange;
pub use study::StudyChange;
pub use threat::ThreatChange;
pub use way::DeliveryMove;

/// One entry for the sealed log, with the event that the feed shows for it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What is sealed.
    pub fact: audit::Fact,
    /// What the feed shows: the same happening with ids in the clear, as a JSON object.
    pub event: serde_json::Value,
}

/// Where the delivery of an action stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// It waits for its next attempt.
    Pending,
    /// The service has it.
    Delivered,
    /// Every attempt failed; a person may send it again.
    Dead,
    /// Its decision was reversed before the service had it.
    Withdrawn,
}

impl Delivery {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
            Self::Withdrawn => "withdrawn",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        [Self::Pending, Self::Delivered, Self::Dead, Self::Withdrawn]
            .into_iter()
            .find(|state| state.as_str() == word)
    }
}

/// One change of the state.
#[derive(Debug, Clone)]
pub enum Change {
    /// An account is seen for the first time; conflicts where it is known.
    AccountSeen(AccountRow),
    /// An item is judged for the first time; conflicts where it is known.
    ItemSeen(ItemRow),
    /// An item is judged again; conflicts where it changed since `before`.
    ItemJudgedAgain {
        /// The row as it shall be.
        row: ItemRow,
        /// The verdict that was the latest when it was read.
        before: model::VerdictId,
    },
    /// A verdict is kept with its inputs.
    VerdictGiven(Box<VerdictRow>),
    /// A file of evidence is known.
    EvidenceStored {
        /// SHA-256 of the bytes, in hexadecimal.
        sha256: String,
        /// Size in bytes.
        bytes: u64,
        /// Media type.
        media_type: String,
        /// The item that it is of, with its service; none for what came with an order.
        item: Option<(ServiceId, model::ItemId)>,
    },
    /// A case is opened; conflicts where its subject has an open case.
    CaseOpened(Box<Case>),
    /// A case changes; conflicts where its revision is not one less.
    CaseChanged(Box<Case>),
    /// A notice joins a case.
    NoticeReceived(Box<Notice>, model::CaseId),
    /// A decision is made.
    DecisionMade(Box<Decision>, ServiceId, model::AccountId),
    /// A decision is reversed; conflicts where it was reversed already.
    DecisionReversed(DecisionId),
    /// A strike counts.
    StrikeCounted(Strike),
    /// A strike counts no longer.
    StrikeDropped(DecisionId),
    /// An appeal came in; conflicts where the same person has one that was not refused.
    AppealFiled(Box<Appeal>),
    /// An appeal changes; conflicts where its revision is not one less.
    AppealChanged(Box<Appeal>),
    /// A new version of the ladder of strikes; conflicts where that version exists.
    LadderWritten(LadderRow),
    /// A flagger is registered; conflicts where its key is another's.
    FlaggerAdded(Box<Flagger>),
    /// A flagger changes; conflicts where its revision is not one less.
    FlaggerChanged(Box<Flagger>),
    /// How a notifier stands changes; conflicts where the revision is not one less.
    NotifierChanged(Box<Notifier>),
    /// A person found a notice manifestly unfounded, or takes that back.
    NoticeAssessed {
        /// The notice.
        notice: NoticeId,
        /// Whether it is.
        is_unfounded: bool,
    },
    /// A label is put on.
    LabelPut {
        /// The service.
        service: ServiceId,
        /// What bears it, as `item/…` or `account/…`.
        target: String,
        /// The label.
        label: Label,
        /// The action that put it on.
        action: ActionId,
    },
    /// The labels that an action put on are taken off.
    LabelsTaken(ActionId),
    /// An action is put into the outbox, due at once.
    ActionOrdered(Box<Action>),
    /// An action was delivered.
    ActionDelivered(ActionId),
    /// A worker makes an attempt, alone until the lease ends; conflicts where another was quicker.
    DeliveryLeased {
        /// The action.
        action: ActionId,
        /// When the attempt was due, as the worker read it.
        due: Timestamp,
        /// When the lease ends.
        until: Timestamp,
    },
    /// An attempt ended whose outcome no longer matters.
    LeaseEnded(ActionId),
    /// The decision of an action was reversed before the service had it; conflicts where it was
    /// delivered meanwhile.
    ActionWithdrawn(ActionId),
    /// An attempt failed, and another is due.
    DeliveryRetried {
        /// The action.
        action: ActionId,
        /// When the next attempt is due.
        next: Timestamp,
        /// What went wrong.
        problem: String,
    },
    /// Every attempt failed.
    ActionDead {
        /// The action.
        action: ActionId,
        /// What went wrong last.
        problem: String,
    },
    /// A person sends a dead or delivered action again.
    ActionRedelivered(ActionId),
    /// Entries join banks under a new revision; one whose value is in force there already is left
    /// as it is.
    EntriesAdded {
        /// The entries.
        entries: Vec<BankEntry>,
        /// The new revision; conflicts where it is not one more than the present.
        revision: u64,
    },
    /// Entries are retired under a new revision.
    EntriesRetired {
        /// The entries.
        entries: Vec<EntryId>,
        /// The new revision; conflicts where it is not one more than the present.
        revision: u64,
    },
    /// Opinions of entries are given under a new revision.
    OpinionsGiven {
        /// The opinions, of one entry each.
        opinions: Vec<Opinion>,
        /// The new revision; conflicts where it is not one more than the present.
        revision: u64,
    },
    /// What a bank says of all its entries changes under a new revision.
    BankSettingsWritten {
        /// The bank.
        bank: String,
        /// What it says from now on.
        settings: BankSettings,
        /// The new revision; conflicts where it is not one more than the present.
        revision: u64,
    },
    /// The words that are ordinary on the services are other ones under a new revision.
    KnownWordsWritten {
        /// The words, in the form that the crate of signals gives them.
        words: Vec<u8>,
        /// The new revision; conflicts where it is not one more than the present.
        revision: u64,
    },
    /// Entries were found in items.
    EntriesMatched {
        /// The hour, counted from 1970.
        hour: i64,
        /// The entries and in how many items.
        entries: Vec<(EntryId, u64)>,
    },
    /// A model was learned from decisions, or none is in use from now on.
    ModelLearned(LearnedRow),
    /// A rule set is promoted.
    RulesPromoted(RuleSetRow),
    /// A new version of a policy; conflicts where that version exists.
    PolicyWritten(PolicyRow),
    /// A person is added; conflicts where the login is taken.
    UserAdded(UserRow),
    /// A person's row changes.
    UserChanged(UserRow),
    /// The last used time step of a second factor moves on; conflicts where it did meanwhile.
    TotpUsed(UserId, i64),
    /// A session begins.
    SessionKept(SessionRow),
    /// A session goes on; one that was ended meanwhile stays so.
    SessionRenewed(SessionRow),
    /// A session ends.
    SessionEnded(String),
    /// A key is made.
    KeyAdded(KeyRow),
    /// A key is revoked.
    KeyRevoked(KeyId),
    /// An answer is remembered; conflicts where the key is known.
    Answered(IdempotencyRow),
    /// A study changes, or what studies look at.
    Study(StudyChange),
    /// A checkpoint of the tree is published; conflicts with a later one, and with one of the same
    /// size that more witnesses signed.
    CheckpointPublished {
        /// How many records it covers.
        size: u64,
        /// The signed note.
        note: String,
    },
    /// What is preserved changes.
    Preservation(PreservationChange),
    /// Orders change, or what belongs to them.
    Order(OrderChange),
    /// Something about reports of threats.
    Threat(ThreatChange),
    /// Exposure decisions change, or reports on them.
    Exposure(ExposureChange),
    /// Statements change, or what they are written from.
    Statement(StatementChange),
    /// A letter is to be sent.
    LetterWritten(Box<Letter>),
    /// A letter goes its way.
    LetterMoved(LetterId, DeliveryMove),
    /// Idempotency keys and sessions from before are forgotten.
    Forgotten {
        /// Idempotency keys answered before this.
        answers_before: Timestamp,
    },
}

impl Change {
    /// Whether it changes nothing that anybody decided or knows, so that it needs no record.
    pub(crate) fn is_housekeeping(&self) -> bool {
        if let Self::Study(change) = self {
            return change.is_housekeeping();
        }
        if let Self::Statement(change) = self {
            return change.is_housekeeping();
        }
        if let Self::LetterMoved(_, moved) = self {
            return moved.is_housekeeping();
        }
        matches!(
            self,
            Self::SessionKept(_)
                | Self::SessionRenewed(_)
                | Self::SessionEnded(_)
                | Self::Answered(_)
                | Self::DeliveryRetried { .. }
                | Self::DeliveryLeased { .. }
                | Self::LeaseEnded(_)
                | Self::EntriesMatched { .. }
                // It says again what the records say; a record of it would make the log grow by
                // itself.
                | Self::CheckpointPublished { .. }
                | Self::Forgotten { .. }
        )
    }
}

/// The hour that a time lies in, counted from 1970.
#[must_use]
pub fn hour_of(at: Timestamp) -> i64 {
    at.micros().div_euclid(3_600_000_000)
}

fn json<T: Serialize>(value: &T) -> Result<Value> {
    let text = serde_json::to_string(value)
        .map_err(|error| Error::Damaged { what: "document", detail: error.to_string() })?;
    Ok(text.into())
}

fn text(value: impl AsRef<str>) -> Value {
    value.as_ref().to_owned().into()
}

fn int(value: u64) -> Value {
    i64::try_from(value).unwrap_or(i64::MAX).into()
}

/// One statement with its values, and what it is a conflict about when it changes no row.
struct Write {
    doing: &'static str,
    sql: Cow<'static, str>,
    values: Vec<Value>,
    must_change: Option<&'static str>,
}

impl Write {
    fn new(doing: &'static str, sql: impl Into<Cow<'static, str>>, values: Vec<Value>) -> Self {
        Self { doing, sql: sql.into(), values, must_change: None }
    }

    fn or_conflict(mut self, what: &'static str) -> Self {
        self.must_change = Some(what);
        self
    }

    async fn run(self, transaction: &Transaction) -> Result<()> {
        let changed = transaction.run(self.doing, &self.sql, self.values).await?;
        match self.must_change {
            Some(what) if changed == 0 => Err(Error::Conflict { what }),
            Some(_) | None => Ok(()),
        }
    }
}

/// Writes one change.
pub(crate) async fn write(transaction: &Transaction, change: &Change, at: Timestamp) -> Result<()> {
    if let Change::EntriesAdded { revision, .. }
    | Change::EntriesRetired { revision, .. }
    | Change::OpinionsGiven { revision, .. }
    | Change::BankSettingsWritten { revision, .. }
    | Change::KnownWordsWritten { revision, .. } = change
    {
        advance(transaction, *revision).await?;
    }
    for write in writes(change, at)? {
        write.run(transaction).await?;
    }
    Ok(())
}

/// The statements of a change, in their order.
fn writes(change: &Change, at: Timestamp) -> Result<Vec<Write>> {
    let one = match change {
        Change::AccountSeen(row) => account_seen(row),
        Change::ItemSeen(row) => item_seen(row),
        Change::ItemJudgedAgain { row, before } => item_judged_again(row, before),
        Change::VerdictGiven(row) => verdict_given(row)?,
        Change::EvidenceStored { sha256, bytes, media_type, item } => {
            return Ok(evidence_stored(sha256, *bytes, media_type, item.as_ref(), at).into());
        }
        Change::CaseOpened(case) => case_opened(case)?,
        Change::CaseChanged(case) => case_changed(case)?,
        Change::NoticeReceived(notice, case) => notice_received(notice, case)?,
        Change::DecisionMade(decision, service, account) => decided(decision, service, account)?,
        Change::DecisionReversed(id) => decision_reversed(id, at),
        Change::StrikeCounted(strike) => strike_counted(strike),
        Change::StrikeDropped(decision) => strike_dropped(decision),
        Change::AppealFiled(appeal) => redress::appeal_filed(appeal)?,
        Change::AppealChanged(appeal) => redress::appeal_changed(appeal)?,
        Change::LadderWritten(row) => redress::ladder_written(row),
        Change::FlaggerAdded(flagger) => redress::flagger_added(flagger)?,
        Change::FlaggerChanged(flagger) => redress::flagger_changed(flagger)?,
        Change::NotifierChanged(notifier) => redress::notifier_changed(notifier)?,
        Change::NoticeAssessed { notice, is_unfounded } => {
            redress::notice_assessed(notice, *is_unfounded)
        }
        Change::LabelPut { service, target, label, action } => {
            label_put(service, target, label, action, at)
        }
        Change::LabelsTaken(action) => labels_taken(action),
        Change::ActionOrdered(action) => action_ordered(action)?,
        Change::ActionDelivered(id) => action_delivered(id, at),
        Change::DeliveryLeased { action, due, until } => delivery_leased(action, *due, *until),
        Change::LeaseEnded(action) => lease_ended(action),
        Change::ActionWithdrawn(action) => action_withdrawn(action),
        Change::DeliveryRetried { action, next, problem } => {
            delivery_retried(action, *next, problem)
        }
        Change::ActionDead { action, problem } => action_dead(action, problem),
        Change::ActionRedelivered(id) => action_redelivered(id, at),
        Change::PolicyWritten(row) => policy_written(row, at),
        Change::UserAdded(row) => user_added(row),
        Change::UserChanged(row) => user_changed(row),
        Change::TotpUsed(user, step) => totp_used(user, *step),
        Change::SessionKept(row) => session_kept(row),
        Change::SessionRenewed(row) => session_renewed(row),
        Change::SessionEnded(token) => session_ended(token),
        Change::KeyAdded(row) => key_added(row),
        Change::KeyRevoked(id) => key_revoked(id, at),
        Change::Answered(row) => answered(row),
        Change::Study(change) => return study::writes(change, at),
        Change::CheckpointPublished { size, note } => checkpoint_published(*size, note, at),
        Change::Order(change) => return Ok(order::writes(change)),
        Change::Threat(change) => return Ok(vec![threat::write(change)]),
        Change::Exposure(change) => return Ok(exposure::writes(change)),
        Change::Statement(change) => return statement::writes(change, at),
        Change::Preservation(change) => return preservation::writes(change, at),
        Change::LetterWritten(written) => letter::written(written)?,
        Change::LetterMoved(id, moved) => way::LETTERS.moved(id, moved, at),
        Change::EntriesAdded { entries: new, revision } => return bank::added(new, *revision),
        Change::EntriesRetired { entries, revision } => return bank::retired(entries, *revision),
        Change::OpinionsGiven { opinions, revision } => return bank::given(opinions, *revision),
        Change::BankSettingsWritten { bank, settings, revision } => {
            bank::settings_written(bank, settings, *revision)?
        }
        Change::KnownWordsWritten { words, revision } => bank::known_words(words, *revision),
        Change::EntriesMatched { hour, entries } => return bank::matched(entries, *hour),
        Change::ModelLearned(row) => return Ok(bank::model_learned(row).into()),
        Change::RulesPromoted(row) => return Ok(rules_promoted(row).into()),
        Change::Forgotten { answers_before } => return Ok(forgotten(*answers_before, at).into()),
    };
    Ok(vec![one])
}

async fn advance(transaction: &Transaction, revision: u64) -> Result<()> {
    let sql = "UPDATE counters SET value = $1 WHERE name = 'banks' AND value = $2";
    let values = vec![int(revision), int(revision.saturating_sub(1))];
    Write::new("moving to a new revision of the banks", sql, values)
        .or_conflict("revision of the banks")
        .run(transaction)
        .await
}

fn account_seen(row: &AccountRow) -> Write {
    Write::new(
        "keeping an account",
        "INSERT INTO accounts (service, id, salt, first_us) VALUES ($1, $2, $3, $4)",
        vec![
            text(&row.service),
            text(&row.id),
            row.salt.to_vec().into(),
            row.first_seen.micros().into(),
        ],
    )
}

fn item_seen(row: &ItemRow) -> Write {
    Write::new(
        "keeping an item",
        "INSERT INTO items (service, id, account, salt, digest, verdict, at_us) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        item_values(row),
    )
}

fn item_judged_again(row: &ItemRow, before: &model::VerdictId) -> Write {
    let mut values = item_values(row);
    values.push(text(before));
    Write::new(
        "keeping a new version of an item",
        "UPDATE items SET account = $3, salt = $4, digest = $5, verdict = $6, at_us = $7 \
                 WHERE service = $1 AND id = $2 AND verdict = $8",
        values,
    )
    .or_conflict("item")
}

fn verdict_given(row: &VerdictRow) -> Result<Write> {
    Ok(Write::new(
        "keeping a verdict",
        "INSERT INTO verdicts (id, service, item, account, at_us, outcome, case_id, item_json, \
             history_json, supplied_json, signals_json, verdict_json) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        vec![
            text(&row.id),
            text(&row.item.service),
            text(&row.item.id),
            text(&row.item.author.id),
            row.verdict.at.micros().into(),
            text(row.verdict.outcome.as_str()),
            row.case.as_ref().map(|case| case.to_string()).into(),
            json(&row.item)?,
            json(&row.history)?,
            row.supplied.clone().into(),
            json(&row.signals)?,
            row.verdict_json.clone().into(),
        ],
    ))
}

fn evidence_stored(
    sha256: &str,
    bytes: u64,
    media_type: &str,
    of: Option<&(ServiceId, model::ItemId)>,
    at: Timestamp,
) -> [Write; 2] {
    let stored = Write::new(
        "keeping a file of evidence",
        "INSERT INTO evidence (sha256, bytes, media_type, at_us) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (sha256) DO NOTHING",
        vec![text(sha256), int(bytes), text(media_type), at.micros().into()],
    );
    [stored, preservation::evidence_used(sha256, of)]
}

fn case_opened(case: &Case) -> Result<Write> {
    Ok(Write::new(
        "opening a case",
        "INSERT INTO cases (id, service, subject, account, queue, priority, status, \
             claimed_by, claimed_until_us, due_us, opened_us, decided_us, revision, body, \
             open_key, score) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, \
             CASE WHEN $7 = 'decided' THEN NULL ELSE $15 END, $16)",
        case_values(case)?,
    ))
}

fn case_changed(case: &Case) -> Result<Write> {
    let mut values = case_values(case)?;
    values.push(int(case.revision.saturating_sub(1)));
    Ok(Write::new(
        "changing a case",
        "UPDATE cases SET service = $2, subject = $3, account = $4, queue = $5, \
                 priority = $6, status = $7, claimed_by = $8, claimed_until_us = $9, due_us = $10, \
                 opened_us = $11, decided_us = $12, revision = $13, body = $14, score = $16, \
                 open_key = CASE WHEN $7 = 'decided' THEN NULL \
                   WHEN open_key IS NOT NULL THEN open_key \
                   WHEN EXISTS (SELECT 1 FROM cases AS other WHERE other.open_key = $15) THEN NULL \
                   ELSE $15 END \
                 WHERE id = $1 AND revision = $17",
        values,
    )
    .or_conflict("case"))
}

fn notice_received(notice: &Notice, case: &model::CaseId) -> Result<Write> {
    Ok(Write::new(
        "keeping a notice",
        "INSERT INTO notices (id, service, subject, case_id, at_us, body, notifier) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        vec![
            text(&notice.id),
            text(&notice.service),
            text(notice.subject.key()),
            text(case),
            notice.at.micros().into(),
            json(notice)?,
            notice.notifier.clone().into(),
        ],
    ))
}

fn decision_reversed(id: &DecisionId, at: Timestamp) -> Write {
    Write::new(
        "reversing a decision",
        "UPDATE decisions SET reversed_us = $2 WHERE id = $1 AND reversed_us IS NULL",
        vec![text(id), at.micros().into()],
    )
    .or_conflict("decision")
}

fn strike_counted(strike: &Strike) -> Write {
    Write::new(
        "counting a strike",
        "INSERT INTO strikes (decision, service, account, at_us) VALUES ($1, $2, $3, $4)",
        vec![
            text(&strike.decision),
            text(&strike.service),
            text(&strike.account),
            strike.at.micros().into(),
        ],
    )
}

fn strike_dropped(decision: &DecisionId) -> Write {
    Write::new("dropping a strike", "DELETE FROM strikes WHERE decision = $1", vec![text(decision)])
}

fn label_put(
    service: &ServiceId,
    target: &str,
    label: &Label,
    action: &ActionId,
    at: Timestamp,
) -> Write {
    Write::new(
        "putting a label on",
        "INSERT INTO labels (service, target, name, action, at_us) VALUES ($1, $2, $3, $4, $5)",
        vec![text(service), text(target), text(&label.name), text(action), at.micros().into()],
    )
}

fn labels_taken(action: &ActionId) -> Write {
    Write::new("taking labels off", "DELETE FROM labels WHERE action = $1", vec![text(action)])
}

/// The actions of a case go out in the order of their times, not of the commit: what gives back and
/// what takes its place are ordered together.
fn action_ordered(action: &Action) -> Result<Write> {
    Ok(Write::new(
        "putting an action into the outbox",
        "INSERT INTO outbox (id, case_id, service, at_us, state, attempts, leased, next_us, \
         body) \
             VALUES ($1, $2, $3, $4, 'pending', 0, 0, $4, $5)",
        vec![
            text(&action.id),
            text(&action.case),
            text(&action.service),
            action.at.micros().into(),
            json(action)?,
        ],
    ))
}

/// Makes an attempt the business of one worker.
fn delivery_leased(action: &ActionId, due: Timestamp, until: Timestamp) -> Write {
    Write::new(
        "beginning a delivery",
        "UPDATE outbox SET leased = 1, next_us = $2 \
         WHERE id = $1 AND state = 'pending' AND next_us = $3",
        vec![text(action), until.micros().into(), due.micros().into()],
    )
    .or_conflict("delivery")
}

fn lease_ended(action: &ActionId) -> Write {
    let sql = "UPDATE outbox SET leased = 0 WHERE id = $1";
    Write::new("ending a delivery", sql, vec![text(action)])
}

fn action_withdrawn(action: &ActionId) -> Write {
    Write::new(
        "withdrawing an action",
        "UPDATE outbox SET state = 'withdrawn' WHERE id = $1 AND state IN ('pending', 'dead')",
        vec![text(action)],
    )
    .or_conflict("delivery")
}

fn action_delivered(id: &ActionId, at: Timestamp) -> Write {
    Write::new(
        "noting a delivery",
        "UPDATE outbox SET state = 'delivered', leased = 0, attempts = attempts + 1, \
         delivered_us = $2, \
             problem = NULL WHERE id = $1 AND state = 'pending'",
        vec![text(id), at.micros().into()],
    )
    .or_conflict("delivery")
}

fn delivery_retried(action: &ActionId, next: Timestamp, problem: &str) -> Write {
    Write::new(
        "noting a failed delivery",
        "UPDATE outbox SET leased = 0, attempts = attempts + 1, next_us = $2, problem = $3 \
             WHERE id = $1 AND state = 'pending'",
        vec![text(action), next.micros().into(), text(problem)],
    )
}

fn action_dead(action: &ActionId, problem: &str) -> Write {
    Write::new(
        "giving up a delivery",
        "UPDATE outbox SET state = 'dead', leased = 0, attempts = attempts + 1, problem = $2 \
             WHERE id = $1 AND state = 'pending'",
        vec![text(action), text(problem)],
    )
    .or_conflict("delivery")
}

fn action_redelivered(id: &ActionId, at: Timestamp) -> Write {
    Write::new(
        "sending an action again",
        "UPDATE outbox SET state = 'pending', leased = 0, attempts = 0, next_us = $2 \
             WHERE id = $1 AND state IN ('delivered', 'dead')",
        vec![text(id), at.micros().into()],
    )
    .or_conflict("delivery")
}

fn policy_written(row: &PolicyRow, at: Timestamp) -> Write {
    Write::new(
        "keeping a policy",
        "INSERT INTO policies (id, version, title, body, at_us) VALUES ($1, $2, $3, $4, $5)",
        vec![
            text(&row.id),
            i64::from(row.version).into(),
            text(&row.title),
            text(&row.text),
            at.micros().into(),
        ],
    )
}

fn user_added(row: &UserRow) -> Write {
    Write::new(
        "adding a person",
        "INSERT INTO users (id, login, role, password, totp, totp_step, language, disabled, \
             at_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        user_values(row),
    )
}

fn user_changed(row: &UserRow) -> Write {
    Write::new(
        "changing a person",
        "UPDATE users SET login = $2, role = $3, password = $4, totp = $5, totp_step = $6, \
             language = $7, disabled = $8, at_us = $9 WHERE id = $1",
        user_values(row),
    )
    .or_conflict("person")
}

fn totp_used(user: &UserId, step: i64) -> Write {
    Write::new(
        "noting the use of a second factor",
        "UPDATE users SET totp_step = $2 WHERE id = $1 AND totp_step < $2",
        vec![text(user), step.into()],
    )
    .or_conflict("second factor")
}

fn checkpoint_published(size: u64, note: &str, at: Timestamp) -> Write {
    // Of two processes that publish at once, the later tree stays, and of one tree the note that
    // more witnesses signed.
    Write::new(
        "publishing a checkpoint",
        "INSERT INTO tree_checkpoint (id, size, note, at_us) VALUES (1, $1, $2, $3) \
         ON CONFLICT (id) DO UPDATE SET size = excluded.size, note = excluded.note, \
         at_us = excluded.at_us WHERE tree_checkpoint.size < excluded.size \
         OR (tree_checkpoint.size = excluded.size \
         AND length(tree_checkpoint.note) <= length(excluded.note))",
        vec![int(size), text(note), at.micros().into()],
    )
    .or_conflict("published checkpoint")
}

fn session_kept(row: &SessionRow) -> Write {
    Write::new(
        "keeping a session",
        "INSERT INTO sessions (token, user_id, form_token, expires_us) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (token) DO UPDATE SET expires_us = excluded.expires_us",
        vec![text(&row.token), text(&row.user), text(&row.form_token), row.expires.micros().into()],
    )
}

fn session_renewed(row: &SessionRow) -> Write {
    Write::new(
        "renewing a session",
        "UPDATE sessions SET expires_us = $2 WHERE token = $1",
        vec![text(&row.token), row.expires.micros().into()],
    )
}

fn session_ended(token: &str) -> Write {
    Write::new("ending a session", "DELETE FROM sessions WHERE token = $1", vec![text(token)])
}

fn key_revoked(id: &KeyId, at: Timestamp) -> Write {
    Write::new(
        "revoking a key",
        "UPDATE api_keys SET revoked_us = $2 WHERE id = $1 AND revoked_us IS NULL",
        vec![text(id), at.micros().into()],
    )
    .or_conflict("key")
}

fn item_values(row: &ItemRow) -> Vec<Value> {
    vec![
        text(&row.service),
        text(&row.id),
        text(&row.account),
        row.salt.to_vec().into(),
        row.digest.to_vec().into(),
        text(&row.verdict),
        row.at.micros().into(),
    ]
}

/// The values of a case's row; the last is the key that the one open case of a subject holds. A
/// case that is opened again while another is open about the same subject goes without it.
fn case_values(case: &Case) -> Result<Vec<Value>> {
    let (status, by, until) = match &case.status {
        CaseStatus::Open => ("open", None, None),
        CaseStatus::Claimed { by, until } => ("claimed", Some(by.to_string()), Some(*until)),
        CaseStatus::Decided => ("decided", None, None),
    };
    Ok(vec![
        text(&case.id),
        text(&case.service),
        text(case.subject.key()),
        text(&case.account),
        text(&case.queue),
        i64::from(case.priority).into(),
        text(status),
        by.into(),
        until.map(Timestamp::micros).into(),
        case.due_at.map(Timestamp::micros).into(),
        case.opened_at.micros().into(),
        case.decision.as_ref().map(|decision| decision.at.micros()).into(),
        int(case.revision),
        json(case)?,
        text(crate::read::open_key(&case.service, &case.subject)),
        i64::from(case.score.unwrap_or(model::SCORE_UNKNOWN)).into(),
    ])
}

fn decided(decision: &Decision, service: &ServiceId, account: &model::AccountId) -> Result<Write> {
    let ruling = match decision.ruling {
        model::Ruling::Violation => "violation",
        model::Ruling::NoViolation => "no_violation",
    };
    Ok(Write::new(
        "keeping a decision",
        "INSERT INTO decisions (id, case_id, service, account, ruling, at_us, body) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        vec![
            text(&decision.id),
            text(&decision.case),
            text(service),
            text(account),
            text(ruling),
            decision.at.micros().into(),
            json(decision)?,
        ],
    ))
}

fn user_values(row: &UserRow) -> Vec<Value> {
    vec![
        text(&row.id),
        text(&row.login),
        text(&row.role),
        text(&row.password),
        row.totp.clone().into(),
        row.totp_step.into(),
        text(&row.language),
        i64::from(row.is_disabled).into(),
        row.at.micros().into(),
    ]
}

fn key_added(row: &KeyRow) -> Write {
    Write::new(
        "making a key",
        "INSERT INTO api_keys (id, digest, name, scopes, service, at_us) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        vec![
            text(&row.id),
            text(&row.digest),
            text(&row.name),
            text(&row.scopes),
            row.service.as_ref().map(|service| service.to_string()).into(),
            row.at.micros().into(),
        ],
    )
}

fn answered(row: &IdempotencyRow) -> Write {
    Write::new(
        "remembering an answer",
        "INSERT INTO idempotency (owner, token, digest, status, answer, at_us) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        vec![
            text(&row.owner),
            text(&row.token),
            row.digest.to_vec().into(),
            i64::from(row.answer.status).into(),
            text(&row.answer.body),
            row.at.micros().into(),
        ],
    )
}

fn rules_promoted(row: &RuleSetRow) -> [Write; 2] {
    let doing = "promoting a rule set";
    let next = "UPDATE counters SET value = value + 1 WHERE name = 'rules'";
    let insert = "INSERT INTO rule_sets (version, files, at_us, author, promoted) \
         VALUES ($1, $2, $3, $4, (SELECT value FROM counters WHERE name = 'rules')) \
         ON CONFLICT (version) DO UPDATE SET promoted = excluded.promoted, \
         at_us = excluded.at_us, author = excluded.author";
    let values =
        vec![text(&row.version), text(&row.files), row.at.micros().into(), text(&row.author)];
    [Write::new(doing, next, vec![]), Write::new(doing, insert, values)]
}

fn forgotten(answers_before: Timestamp, at: Timestamp) -> [Write; 3] {
    let doing = "forgetting what is over";
    let hours_before = hour_of(at) - 24 * limits::MATCH_HOURS_DAYS;
    [
        Write::new(doing, "DELETE FROM entry_matches WHERE hour < $1", vec![hours_before.into()]),
        Write::new(
            doing,
            "DELETE FROM idempotency WHERE at_us < $1",
            vec![answers_before.micros().into()],
        ),
        Write::new(doing, "DELETE FROM sessions WHERE expires_us < $1", vec![at.micros().into()]),
    ]
}
