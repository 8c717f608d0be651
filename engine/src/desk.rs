//! The desk: notices come in, cases are taken, looked at, decided and opened again.

use crate::clock::fresh;
use crate::conduct::Conduct;
use crate::facts::{self, Salts};
use crate::intake::{decided, default_queue, order};
use crate::notices::check_notice;
use crate::once::{Actor, Origin, repeated};
use crate::referrals::Deconfliction;
use crate::statements::Stating;
use crate::{Engine, Error, Result};
use audit::FactKind;
use model::{
    AccountId, Action, ActionKind, Case, CaseId, Decider, Decision, DecisionId, Finding,
    FindingKind, ItemId, Notice, NoticeGround, NoticeId, NoticeKind, PolicyId, ProtectedPurpose,
    QueueName, Ruling, ServiceId, Subject, Timestamp, UserId,
};
use review::{Cause, Deciding, NoticeJoining, Opening, ReviewError, ReviewEvent};
use serde::{Deserialize, Serialize};
use store::{Change, Delivery, Entry, EventRow, OutboxRow, QueueCount, StatementRow, VerdictRow};

/// How soon a notice is looked at, by who makes it.
fn notice_priority(kind: NoticeKind) -> u8 {
    match kind {
        NoticeKind::User => 40,
        NoticeKind::TrustedFlagger => 70,
        NoticeKind::ReferralUnit => 80,
        NoticeKind::Study => 60,
    }
}

/// A notice as it comes in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct NoticeInput {
    /// Who makes it.
    pub kind: NoticeKind,
    /// The service.
    pub service: ServiceId,
    /// What it is about; where it is not given, `location` says it.
    #[serde(default)]
    pub subject: Option<Subject>,
    /// Why the notifier takes it for illegal or against the terms.
    pub reason: String,
    /// The policy that it names.
    #[serde(default)]
    pub policy: Option<String>,
    /// The notifier's name.
    #[serde(default)]
    pub name: Option<String>,
    /// The notifier's e-mail address.
    #[serde(default)]
    pub email: Option<String>,
    /// Whether the notifier states that it is made in good faith.
    #[serde(default)]
    pub good_faith: bool,
    /// The language that the notifier is answered in: `en` or `ar`; English where not said.
    #[serde(default)]
    pub language: Option<String>,
    /// Why it is made: `against_terms` without it. That content is illegal needs a name, an
    /// address and a statement of good faith (DSA Art 16(2)).
    #[serde(default)]
    pub ground: NoticeGround,
    /// Where exactly the content is, as the notifier wrote it.
    #[serde(default)]
    pub location: Option<String>,
    /// Whether a referral unit asks that nothing is done yet, since an investigation goes on.
    #[serde(default)]
    pub asks_to_wait: bool,
}

/// What became of a notice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct NoticeTaken {
    /// Its id, for the notifier.
    pub id: NoticeId,
    /// The case that it opened or joined.
    pub case: CaseId,
    /// Whether the same notifier gave the same notice before; then this is the first one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_repeated: bool,
}

/// What a person decides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DecisionInput {
    /// Whether the policy was broken.
    pub ruling: Ruling,
    /// What is to be done.
    #[serde(default)]
    pub action: Option<ActionKind>,
    /// Labels, for the action `label`.
    #[serde(default)]
    pub labels: Vec<String>,
    /// The policy that it rests on.
    pub policy: PolicyId,
    /// Why, in words.
    pub reason: String,
    /// Whether the content serves a protected purpose.
    #[serde(default)]
    pub protected_purpose: Option<ProtectedPurpose>,
    /// What the person says of that purpose.
    #[serde(default)]
    pub purpose_note: String,
    /// How much the person saw of the case; where something joined since, the decision is refused.
    #[serde(default)]
    pub seen: Option<Seen>,
}

/// How much somebody saw of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// Items.
    pub items: usize,
    /// Verdicts.
    pub verdicts: usize,
    /// Notices.
    pub notices: usize,
}

impl Seen {
    /// What a case holds.
    #[must_use]
    pub fn of(case: &Case) -> Self {
        let (items, verdicts) = (case.items.len(), case.verdicts.len());
        Self { items, verdicts, notices: case.notices.len() }
    }
}

/// Everything that one page about a case shows.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseView {
    /// The case.
    pub case: Case,
    /// The verdicts that asked for it with what they were made from, newest first.
    pub verdicts: Vec<VerdictRow>,
    /// The notices that joined it.
    pub notices: Vec<Notice>,
    /// What goes on beside the referrals among them.
    pub deconfliction: Deconfliction,
    /// Its decisions, oldest first.
    pub decisions: Vec<Decision>,
    /// The deliveries of its actions, oldest first.
    pub deliveries: Vec<OutboxRow>,
    /// What people were told of its decisions, oldest first.
    pub statements: Vec<StatementRow>,
    /// Other recent items of the same account, newest first.
    pub account_items: Vec<VerdictRow>,
    /// Other cases about the same account, newest first.
    pub account_cases: Vec<Case>,
    /// Strikes on the account that stand.
    pub strikes: u64,
    /// Labels on the item or account.
    pub labels: Vec<String>,
    /// What the ladder suggests for the account.
    pub suggested: Option<ActionKind>,
    /// What that suggestion is to be weighed with.
    pub conduct: Conduct,
}

/// When the person who decides claims the case.
#[derive(Clone, Copy)]
enum Claiming {
    /// Before, in a step of its own.
    Before,
    /// Together with the decision.
    Now,
}

/// Verdicts and items that a case page shows at most.
const SHOWN: usize = 20;

impl Engine {
    /// Takes a notice: it joins the open case about its subject, or opens one.
    ///
    /// # Errors
    /// Where the notice is incomplete, its item is not known, or the store fails.
    pub async fn notice(&self, input: NoticeInput, origin: &Origin) -> Result<NoticeTaken> {
        check_notice(&input)?;
        origin.once(&self.inner.store, || self.notice_once(&input, origin)).await
    }

    async fn notice_once(&self, input: &NoticeInput, origin: &Origin) -> Result<NoticeTaken> {
        let now = self.now();
        let flagger = match &origin.actor {
            Actor::Key(key) => self.flagger_of(key).await?.filter(|flagger| flagger.is_active),
            Actor::User(_) | Actor::Operator | Actor::Outside => None,
        };
        let notifier = self.notifier_key(flagger.as_ref(), input.email.as_deref());
        if let Some(until) = self.suspended_until(notifier.as_deref()).await? {
            self.refuse_notice(input, "suspended", origin).await?;
            return Err(Error::NotifierSuspended { until });
        }
        let subject = self.subject_of(input, origin).await?;
        let account = self.account_of(&input.service, &subject).await?;
        let kind = flagger.as_ref().map_or(input.kind, |flagger| flagger.kind);
        let notice = Notice {
            id: NoticeId::from_uuid(fresh(now)?),
            kind,
            service: input.service.clone(),
            subject,
            reason: input.reason.clone(),
            policy: input.policy.clone(),
            name: input.name.clone().or_else(|| flagger.as_ref().map(|one| one.name.clone())),
            email: input.email.clone().or_else(|| flagger.and_then(|one| one.email)),
            good_faith: input.good_faith,
            language: input.language.clone(),
            ground: input.ground,
            location: input.location.clone(),
            notifier,
            asks_to_wait: input.asks_to_wait && kind == NoticeKind::ReferralUnit,
            at: now,
        };
        if let Some(first) = self.same_notice(&notice).await? {
            // It may be this very request that was carried out meanwhile: then its answer holds.
            return Ok(origin.earlier(&self.inner.store).await?.unwrap_or(first));
        }
        let mut changes = Vec::new();
        let (salt, seen) = self.account_salt(&input.service, &account, now).await?;
        changes.extend(seen);
        let salts = Salts { account: salt, item: None };
        let (kind, case) = self.case_for_notice(&notice, account, now, &mut changes).await?;
        // A notifier may write anything there; only the name of a policy goes into the log.
        let policies = self.inner.store.policies().await?;
        let policy = policies.iter().find(|known| notice.policy.as_ref() == Some(&known.id));
        let policy = policy.map(|known| known.id.as_str());
        let entries = vec![
            facts::noticed(&notice, policy, &case, salts, &origin.actor),
            facts::case(kind, &case, salts, &origin.actor),
        ];
        let (id, case_id) = (notice.id.clone(), case.id.clone());
        let taken = NoticeTaken { id, case: case_id, is_repeated: false };
        changes.extend(self.notice_receipt(&notice)?);
        changes.push(Change::NoticeReceived(Box::new(notice), case.id.clone()));
        changes.extend(origin.remember(&taken, now)?);
        self.inner.store.commit(changes, entries, now).await?;
        Ok(taken)
    }

    /// The same notice of the same notifier, where it waits with an open case.
    async fn same_notice(&self, notice: &Notice) -> Result<Option<NoticeTaken>> {
        let store = &self.inner.store;
        let Some(notifier) = &notice.notifier else { return Ok(None) };
        let Some(case) = store.open_case(&notice.service, &notice.subject).await? else {
            return Ok(None);
        };
        let held = store.notices_of_case(&case.id).await?;
        let is_same = |one: &&Notice| {
            one.notifier.as_ref() == Some(notifier)
                && one.ground == notice.ground
                && one.reason == notice.reason
        };
        let first = held.iter().find(is_same).map(|one| one.id.clone());
        Ok(first.map(|id| NoticeTaken { id, case: case.id, is_repeated: true }))
    }

    async fn case_for_notice(
        &self,
        notice: &Notice,
        account: AccountId,
        now: Timestamp,
        changes: &mut Vec<Change>,
    ) -> Result<(FactKind, Case)> {
        let queue = default_queue();
        let joining = NoticeJoining {
            notice: notice.id.clone(),
            priority: notice_priority(notice.kind),
            policy: notice.policy.clone(),
            due_at: self.due_at(&queue, now),
            queue: None,
        };
        if let Some(case) = self.inner.store.open_case(&notice.service, &notice.subject).await? {
            let event = ReviewEvent::JoinNotice(joining);
            let case = match review::apply(&case, event, &self.ladder(), now) {
                // The notice is kept with its case even where the case lists no more of them.
                Err(ReviewError::NoticesFull { .. }) => case,
                other => {
                    let (case, _) = other?;
                    changes.push(Change::CaseChanged(Box::new(case.clone())));
                    case
                }
            };
            return Ok((FactKind::CaseJoined, case));
        }
        let case = review::open(Opening {
            id: CaseId::from_uuid(fresh(now)?),
            service: notice.service.clone(),
            subject: notice.subject.clone(),
            account,
            queue,
            at: now,
            cause: Cause::Notice(joining),
        });
        changes.push(Change::CaseOpened(Box::new(case.clone())));
        Ok((FactKind::CaseOpened, case))
    }

    pub(crate) async fn account_of(
        &self,
        service: &ServiceId,
        subject: &Subject,
    ) -> Result<AccountId> {
        let unknown = |what, id: &str| Error::NotFound { what, id: id.to_owned() };
        match subject {
            Subject::Item(item) => {
                let row = self.inner.store.item(service, item).await?;
                row.map(|row| row.account).ok_or_else(|| unknown("item", item.as_str()))
            }
            Subject::Account(account) => Ok(account.clone()),
        }
    }

    /// Counts the cases that wait, by queue.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn queue_counts(&self) -> Result<Vec<QueueCount>> {
        Ok(self.inner.store.queue_counts(self.now()).await?)
    }

    /// Lists cases in the order in which they should be taken.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn cases(&self, filter: &store::CaseFilter) -> Result<Vec<Case>> {
        Ok(self.inner.store.cases(filter, self.now()).await?)
    }

    /// Reads a case.
    ///
    /// # Errors
    /// Where there is none, or the store fails.
    pub async fn case(&self, id: &CaseId) -> Result<Case> {
        let case = self.inner.store.case(id).await?;
        case.ok_or_else(|| Error::NotFound { what: "case", id: id.to_string() })
    }

    /// Claims the case that a person should take next: one that the person is at already, else the
    /// best that waits; `None` where nothing does.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn next_case(
        &self,
        queue: Option<&QueueName>,
        user: &UserId,
    ) -> Result<Option<Case>> {
        let candidates = self.inner.store.next_cases(queue, user, self.now(), SHOWN).await?;
        for candidate in candidates {
            match self.claim(&candidate.id, user).await {
                Ok(case) => return Ok(Some(case)),
                // Somebody was quicker: the next one, then.
                Err(Error::Review(_) | Error::Contended) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// Claims a case for a person, or renews the claim.
    ///
    /// # Errors
    /// Where somebody else is at it, it is decided, or the store fails.
    pub async fn claim(&self, id: &CaseId, user: &UserId) -> Result<Case> {
        let event = ReviewEvent::Claim { by: user.clone() };
        self.step(id, FactKind::CaseClaimed, &event, &Actor::User(user.clone())).await
    }

    /// Gives a case back undecided.
    ///
    /// # Errors
    /// Where the person is not at it, or the store fails.
    pub async fn release(&self, id: &CaseId, user: &UserId) -> Result<Case> {
        let event = ReviewEvent::Release { by: user.clone() };
        self.step(id, FactKind::CaseReleased, &event, &Actor::User(user.clone())).await
    }

    /// Moves a case to another queue.
    ///
    /// # Errors
    /// Where it is decided or somebody else is at it, or the store fails.
    pub async fn move_case(&self, id: &CaseId, queue: QueueName, user: &UserId) -> Result<Case> {
        let due_at = self.due_at(&queue, self.now());
        let event = ReviewEvent::Move { by: user.clone(), queue, due_at };
        self.step(id, FactKind::CaseMoved, &event, &Actor::User(user.clone())).await
    }

    async fn step(
        &self,
        id: &CaseId,
        kind: FactKind,
        event: &ReviewEvent,
        actor: &Actor,
    ) -> Result<Case> {
        repeated(|| async {
            let now = self.now();
            let case = self.case(id).await?;
            let (case, _) = review::apply(&case, event.clone(), &self.ladder(), now)?;
            let (salts, mut changes) = self.case_salts(&case, now).await?;
            changes.push(Change::CaseChanged(Box::new(case.clone())));
            let entries = vec![facts::case(kind, &case, salts, actor)];
            self.inner.store.commit(changes, entries, now).await?;
            Ok(case)
        })
        .await
    }

    pub(crate) async fn case_salts(
        &self,
        case: &Case,
        now: Timestamp,
    ) -> Result<(Salts, Vec<Change>)> {
        let (account, seen) = self.account_salt(&case.service, &case.account, now).await?;
        Ok((Salts { account, item: None }, seen.into_iter().collect()))
    }

    /// Decides a case that the person has claimed.
    ///
    /// # Errors
    /// Where the desk refuses, the policy is not known, or the store fails.
    pub async fn decide(
        &self,
        id: &CaseId,
        input: &DecisionInput,
        user: &UserId,
        origin: &Origin,
    ) -> Result<Case> {
        self.decide_after(Claiming::Before, id, input, user, origin).await
    }

    /// Claims a case for a person and decides it, both or neither.
    ///
    /// # Errors
    /// As [`Engine::decide`], and where somebody else is at the case.
    pub async fn claim_and_decide(
        &self,
        id: &CaseId,
        input: &DecisionInput,
        user: &UserId,
        origin: &Origin,
    ) -> Result<Case> {
        self.decide_after(Claiming::Now, id, input, user, origin).await
    }

    async fn decide_after(
        &self,
        claiming: Claiming,
        id: &CaseId,
        input: &DecisionInput,
        user: &UserId,
        origin: &Origin,
    ) -> Result<Case> {
        check_labels(&input.labels)?;
        let decide = || async {
            let policy_version = self.policy_version(&input.policy).await?;
            self.decide_once(claiming, id, (input, policy_version), user, origin).await
        };
        origin.once(&self.inner.store, decide).await
    }

    async fn decide_once(
        &self,
        claiming: Claiming,
        id: &CaseId,
        (input, policy_version): (&DecisionInput, u32),
        user: &UserId,
        origin: &Origin,
    ) -> Result<Case> {
        let now = self.now();
        let actor = Actor::User(user.clone());
        let mut case = self.case(id).await?;
        if input.seen.is_some_and(|seen| seen != Seen::of(&case)) {
            return Err(Error::SomethingJoined { case: id.to_string() });
        }
        let (salts, mut changes) = self.case_salts(&case, now).await?;
        let mut entries = Vec::new();
        match claiming {
            Claiming::Before => {}
            Claiming::Now => {
                let event = ReviewEvent::Claim { by: user.clone() };
                (case, _) = review::apply(&case, event, &self.ladder(), now)?;
                changes.push(Change::CaseChanged(Box::new(case.clone())));
                entries.push(facts::case(FactKind::CaseClaimed, &case, salts, &actor));
            }
        }
        self.warned_enough(&case, input.action, now).await??;
        let event = ReviewEvent::Decide(Deciding {
            id: DecisionId::from_uuid(fresh(now)?),
            by: Decider::Reviewer(user.clone()),
            ruling: input.ruling,
            action: input.action,
            labels: input.labels.clone(),
            policy: input.policy.clone(),
            policy_version,
            reason: input.reason.clone(),
            findings: findings(input),
            order: None,
        });
        let (case, actions) = review::apply(&case, event, &self.ladder(), now)?;
        decided(&case, &actions, salts, &origin.actor, &mut changes, &mut entries);
        let stating = Stating::of(&case, &actions, salts, &origin.actor);
        self.state_reasons(&stating, &mut changes, &mut entries).await?;
        self.tell_notifiers(&case, now, &mut changes).await?;
        changes.extend(origin.remember(&case, now)?);
        self.inner.store.commit(changes, entries, now).await?;
        Ok(case)
    }

    /// Reverses the decision on a case: everything that it took is given back, and the case is
    /// open again.
    ///
    /// # Errors
    /// Where the case is not decided, the reason is missing, or the store fails.
    pub async fn undo(
        &self,
        id: &CaseId,
        reason: &str,
        user: &UserId,
        origin: &Origin,
    ) -> Result<Case> {
        origin.once(&self.inner.store, || self.undo_once(id, reason, user, origin)).await
    }

    async fn undo_once(
        &self,
        id: &CaseId,
        reason: &str,
        user: &UserId,
        origin: &Origin,
    ) -> Result<Case> {
        let now = self.now();
        let before = self.case(id).await?;
        let event = ReviewEvent::Undo { by: user.clone(), reason: reason.to_owned() };
        let (case, mut actions) = review::apply(&before, event, &self.ladder(), now)?;
        let Some(decision) = &before.decision else {
            return Err(Error::Review(ReviewError::NotDecided));
        };
        let others = self.standing_violations(&before).await?;
        let _ = review::still_held(&before, &mut actions, &others);
        let (salts, mut changes) = self.case_salts(&case, now).await?;
        let mut entries = Vec::new();
        let both = (&mut changes, &mut entries);
        let why = (user, reason);
        self.reverse(&before, (&case, &actions), why, (salts, now), origin, both).await?;
        let both = (&mut changes, &mut entries);
        let actor = &origin.actor;
        self.answer_overtaken((&case, decision), why, (salts, now), actor, both).await?;
        changes.extend(origin.remember(&case, now)?);
        self.inner.store.commit(changes, entries, now).await?;
        Ok(case)
    }

    /// The changes and entries of a decision that is reversed: what it took is given back, what the
    /// service does not have yet is withdrawn, and its strike and labels go.
    pub(crate) async fn reverse(
        &self,
        before: &Case,
        (undone, restores): (&Case, &[Action]),
        (user, reason): (&UserId, &str),
        (salts, now): (Salts, Timestamp),
        origin: &Origin,
        (changes, entries): (&mut Vec<Change>, &mut Vec<Entry>),
    ) -> Result<()> {
        let Some(decision) = &before.decision else {
            return Err(Error::Review(ReviewError::NotDecided));
        };
        changes.push(Change::CaseChanged(Box::new(undone.clone())));
        changes.push(Change::DecisionReversed(decision.id.clone()));
        let strike = before.strike.as_ref();
        changes.extend(strike.map(|strike| Change::StrikeDropped(strike.decision.clone())));
        entries.push(facts::reversed(undone, decision, reason, salts, &origin.actor));
        let actor = Actor::User(user.clone());
        for restore in restores {
            self.withdraw(restore, &actor, changes, entries).await?;
            order(restore, &actor, changes, entries);
        }
        self.state_reversal(decision, salts, &actor, now, changes, entries).await
    }

    /// Takes back an action that the service does not have yet, so that it cannot arrive after the
    /// action that gives it back.
    async fn withdraw(
        &self,
        restore: &Action,
        actor: &Actor,
        changes: &mut Vec<Change>,
        entries: &mut Vec<Entry>,
    ) -> Result<()> {
        let Some(reverses) = &restore.reverses else { return Ok(()) };
        let Some(row) = self.inner.store.delivery(reverses).await? else { return Ok(()) };
        match row.state {
            Delivery::Pending | Delivery::Dead => {
                changes.push(Change::ActionWithdrawn(reverses.clone()));
                let kind = FactKind::ActionWithdrawn;
                entries.push(facts::action(kind, &row.action, row.attempts, actor));
            }
            Delivery::Delivered | Delivery::Withdrawn => {}
        }
        Ok(())
    }

    pub(crate) async fn policy_version(&self, policy: &PolicyId) -> Result<u32> {
        let policies = self.inner.store.policies().await?;
        let known = policies.iter().find(|known| known.id == policy.as_str());
        known.map(|known| known.version).ok_or_else(|| {
            let names: Vec<&str> = policies.iter().map(|known| known.id.as_str()).collect();
            let names = names.join(", ");
            Error::invalid("policy", format!("there is no policy `{policy}`; there are: {names}"))
        })
    }

    /// Reads everything about a case for a person, which is a record of its own: somebody saw
    /// restricted content.
    ///
    /// # Errors
    /// Where there is no such case, or the store fails.
    pub async fn view_case(&self, id: &CaseId, actor: &Actor, purpose: &str) -> Result<CaseView> {
        let view = self.read_case(id).await?;
        let now = self.now();
        let (salts, changes) = self.case_salts(&view.case, now).await?;
        let viewed: Entry = facts::viewed(&view.case, purpose, salts, actor);
        match self.inner.store.commit(changes, vec![viewed], now).await {
            Ok(_) => Ok(view),
            Err(error) => Err(error.into()),
        }
    }

    pub(crate) async fn read_case(&self, id: &CaseId) -> Result<CaseView> {
        let case = self.case(id).await?;
        let store = &self.inner.store;
        let mut verdicts = Vec::new();
        for verdict in case.verdicts.iter().rev().take(SHOWN) {
            verdicts.extend(store.verdict(verdict).await?);
        }
        if verdicts.is_empty() {
            verdicts.extend(self.latest_of_subject(&case).await?);
        }
        let (service, account) = (&case.service, &case.account);
        let about = Some((service.clone(), account.clone()));
        let filter = store::CaseFilter { account: about, limit: SHOWN, ..Default::default() };
        let mut account_cases = store.cases(&filter, self.now()).await?;
        account_cases.retain(|other| other.id != case.id);
        let mut account_items = store.verdicts_of_account(service, account, SHOWN).await?;
        account_items.retain(|other| !case.items.contains(&other.item.id));
        let conduct = self.conduct(service, account).await?;
        let notices = store.notices_of_case(&case.id).await?;
        Ok(CaseView {
            deconfliction: self.deconfliction(&case, &notices).await?,
            notices,
            decisions: store.decisions_of_case(&case.id).await?,
            deliveries: store.outbox_of_case(&case.id).await?,
            statements: store.statements_of_case(&case.id).await?,
            labels: store.labels(service, &case.subject.key()).await?,
            strikes: conduct.strikes,
            suggested: conduct.suggested,
            conduct,
            verdicts,
            account_items,
            account_cases,
            case,
        })
    }

    /// A case that a notice opened has no verdict of its own; its item was judged before.
    async fn latest_of_subject(&self, case: &Case) -> Result<Option<VerdictRow>> {
        let Subject::Item(item) = &case.subject else { return Ok(None) };
        let Some(row) = self.item_row(&case.service, item).await? else { return Ok(None) };
        Ok(self.inner.store.verdict(&row.verdict).await?)
    }

    async fn item_row(&self, service: &ServiceId, item: &ItemId) -> Result<Option<store::ItemRow>> {
        Ok(self.inner.store.item(service, item).await?)
    }

    /// Reads a verdict with its inputs.
    ///
    /// # Errors
    /// Where there is none, or the store fails.
    pub async fn verdict(&self, id: &model::VerdictId) -> Result<VerdictRow> {
        let row = self.inner.store.verdict(id).await?;
        row.ok_or_else(|| Error::NotFound { what: "verdict", id: id.to_string() })
    }

    /// Reads a file of evidence for a person who looks at a case; that is a record.
    ///
    /// # Errors
    /// Where the file does not belong to the case, is gone or altered, or the store fails.
    pub async fn view_evidence(
        &self,
        id: &CaseId,
        sha256: &str,
        actor: &Actor,
    ) -> Result<(Vec<u8>, String)> {
        let absent = || Error::NotFound { what: "medium", id: sha256.to_owned() };
        let view = self.read_case(id).await?;
        let shown = view.verdicts.iter().chain(&view.account_items);
        let mut media = shown.flat_map(|verdict| &verdict.item.media);
        if !media.any(|medium| medium.sha256.as_deref() == Some(sha256)) {
            return Err(absent());
        }
        let media_type = self.inner.store.evidence(sha256).await?.ok_or_else(absent)?;
        let bytes = self.read_vault(None, sha256).await?.ok_or_else(absent)?;
        let now = self.now();
        let (salts, changes) = self.case_salts(&view.case, now).await?;
        let entry = facts::viewed(&view.case, "media", salts, actor);
        self.inner.store.commit(changes, vec![entry], now).await?;
        Ok((bytes, media_type))
    }

    /// Reads the feed of everything that happened, after a place in it.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn events(&self, after: Option<u64>, rows: usize) -> Result<Vec<EventRow>> {
        Ok(self.inner.store.events(after, rows).await?)
    }

    /// Reads the latest events, newest first.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn latest_events(&self, before: Option<u64>, rows: usize) -> Result<Vec<EventRow>> {
        Ok(self.inner.store.latest_events(before, rows).await?)
    }
}

/// Labels are names, not sentences: they go into the sealed log in the clear.
fn check_labels(labels: &[String]) -> Result<()> {
    let is_name = |label: &String| {
        let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | ' ');
        !label.trim().is_empty() && label.chars().count() <= 64 && label.chars().all(fits)
    };
    match labels.iter().find(|label| !is_name(label)) {
        None => Ok(()),
        Some(_) => {
            let problem = "a label has 1 to 64 letters, digits, spaces, `-`, `_`, `.` or `:`";
            Err(Error::invalid("labels", problem))
        }
    }
}

pub(crate) fn findings(input: &DecisionInput) -> Vec<Finding> {
    let made = input.protected_purpose.map(|purpose| Finding {
        kind: FindingKind::ProtectedPurpose(purpose),
        note: input.purpose_note.clone(),
    });
    made.into_iter().collect()
}
