//! Appeals: somebody asks that a case is decided again, and somebody else than before answers.
//!
//! An appeal comes by a signed link, or from a service that speaks for its user. It is kept whether
//! it is heard or not. An answer that reverses goes the straight way: everything that the decision
//! took is given back, its strike and labels go, the bank entries that led to it are disputed, what
//! the service does not have yet is withdrawn, and everybody who was told is told again.

use crate::clock::fresh;
use crate::curate::bank_changed;
use crate::desk::findings;
use crate::facts::{self, Salts};
use crate::intake::decided;
use crate::links::LinkKey;
use crate::once::{Actor, Origin};
use crate::statements::Stating;
use crate::{DecisionInput, Engine, Error, Result};
use law::deadline::COMPLAINT;
use law::{Deadlines, Period, TimeZone};
use model::{
    AccountId, Appeal, AppealBasis, AppealGround, AppealId, AppealOutcome, AppealStatus, Appellant,
    BankEntry, Case, Decider, Decision, DecisionId, DisputeBody, EntryStatus, NoticeId, Opinion,
    OpinionKind, PolicyId, ProtectedPurpose, Ruling, ServiceId, Subject, Timestamp, UserId,
    VerdictId, check_address, limits,
};
use review::{Deciding, Filing, Heard, Hearing, Link, Standing};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use store::{Change, Entry, PolicyRow};

/// Hours that the window for appeals stays open beyond its months: a period in months runs to the
/// end of its last day (Regulation 1182/71 Art 3), wherever the person is.
const LAST_DAY_SECONDS: i64 = 86_400;

/// How appeals and notices are dealt with.
#[derive(Debug, Clone)]
pub struct Redress {
    /// The key that links are signed with.
    pub link_key: LinkKey,
    /// Under which address people outside reach this installation, such as
    /// `https://seawall.example.org`.
    pub public_address: String,
    /// Months after a decision in which appeals are taken; at least 6 (DSA Art 20(1)).
    pub appeal_months: u16,
    /// Days within which appeals should be answered where no law gives a period (DSA Art 20(4)).
    pub appeal_days: u16,
    /// Policies whose decisions are specific measures (TCO Art 5): appeals against them are
    /// answered within two weeks (TCO Art 10(2)).
    pub specific_measures: Vec<PolicyId>,
    /// The bodies that settle disputes out of court (DSA Art 21).
    pub dispute_bodies: Vec<DisputeBody>,
}

impl Redress {
    /// The usual periods, with a key.
    #[must_use]
    pub fn with_key(link_key: LinkKey) -> Self {
        Self {
            link_key,
            public_address: String::new(),
            appeal_months: 6,
            appeal_days: 14,
            specific_measures: Vec::new(),
            dispute_bodies: Vec::new(),
        }
    }
}

/// Whom a service speaks for when it hands in an appeal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AppellantInput {
    /// The account that the decision is about.
    Account(AccountId),
    /// Whoever gave this notice.
    Notice(NoticeId),
}

/// An appeal that a service hands in for its user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AppealInput {
    /// The service.
    pub service: ServiceId,
    /// The decision that it is against.
    pub decision: DecisionId,
    /// Who asks.
    pub by: AppellantInput,
    /// What the person says.
    #[serde(flatten)]
    pub words: AppealWords,
}

/// What a person says in an appeal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AppealWords {
    /// Why, of the list.
    pub ground: AppealGround,
    /// Why, in the person's own words.
    pub reason: String,
    /// Where the answer goes; without it the link tells.
    #[serde(default)]
    pub email: Option<String>,
    /// The language that the person is answered in: `en` or `ar`.
    #[serde(default = "english")]
    pub language: String,
}

fn english() -> String {
    "en".to_owned()
}

/// What became of an appeal that came in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AppealTaken {
    /// Its id: the reference that the person keeps.
    pub id: AppealId,
    /// Whether it is heard, and why not.
    pub status: AppealStatus,
    /// When it is to be answered by.
    pub due_at: Timestamp,
    /// The last part of the address at which the person sees where it stands, after `/appeal/`;
    /// none where the decision is not about the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// Whether the entries of banks that led to a decision are wrong, or only did not fit the case.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EntriesAre {
    /// They are disputed: until somebody confirms them again they match nothing.
    #[default]
    Wrong,
    /// They are right; what they were found in served a purpose that they cannot tell.
    Right,
}

/// What a person answers to an appeal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct HearingInput {
    /// How it comes out.
    pub outcome: AppealOutcome,
    /// Why, in words for the person who asked.
    pub reason: String,
    /// The purpose that was found, for a decision that is reversed.
    #[serde(default)]
    pub protected_purpose: Option<ProtectedPurpose>,
    /// Whether the bank entries that led to the decision are wrong.
    #[serde(default)]
    pub entries: EntriesAre,
    /// What is decided instead, where something lighter takes the place of the decision, or where a
    /// notifier is right.
    #[serde(default)]
    pub instead: Option<DecisionInput>,
}

/// Where programs took part in a decision, as people are told (DSA Art 16(6), 17(3)(c)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Automation {
    /// Rules found the content.
    pub in_detection: bool,
    /// A rule took the decision.
    pub in_decision: bool,
}

/// What a signed link shows.
#[derive(Debug, Clone, PartialEq)]
pub struct AppealView {
    /// Whom the link is for.
    pub by: Appellant,
    /// The service.
    pub service: ServiceId,
    /// What the case is about.
    pub subject: Subject,
    /// The decision.
    pub decision: Decision,
    /// The policy that it rests on, as it stood then.
    pub policy: Option<PolicyRow>,
    /// Where programs took part.
    pub automation: Automation,
    /// Until when an appeal is taken.
    pub open_until: Timestamp,
    /// Whether there is anything in it that the person could object to.
    pub has_grounds: bool,
    /// The person's appeal that is or was heard; else the latest that was refused.
    pub appeal: Option<Appeal>,
    /// The bodies that settle disputes out of court.
    pub dispute_bodies: Vec<DisputeBody>,
}

/// An appeal with what it is heard on.
#[derive(Debug, Clone, PartialEq)]
pub struct HearingView {
    /// The appeal.
    pub appeal: Appeal,
    /// The decision that it is against.
    pub decision: Decision,
    /// The case.
    pub case: Case,
    /// Whether the person who looks had a part in deciding, so that somebody else has to hear it.
    pub is_involved: bool,
    /// The bank entries that led to the decision, in force now.
    pub entries: Vec<BankEntry>,
}

/// Appeals of a time in figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AppealCount {
    /// Who asked: `affected` or `notifier`.
    pub by: String,
    /// Why, of the list.
    pub ground: AppealGround,
    /// The language of the content; `und` where it is not known.
    pub language: String,
    /// Appeals that came in.
    pub received: u64,
    /// Those not heard.
    pub refused: u64,
    /// Those whose decision stands.
    pub upheld: u64,
    /// Those whose decision was reversed.
    pub reversed: u64,
    /// Those whose decision was replaced by a lighter one.
    pub partly: u64,
    /// Those that wait.
    pub open: u64,
    /// Those answered after their time, or waiting beyond it.
    pub late: u64,
}

/// Whom an appeal is from, once the decision is known.
struct Party {
    /// Where the answer goes, where nothing else is said.
    email: Option<String>,
    case: Case,
    decision: Decision,
    by: Appellant,
    link: Link,
}

impl Engine {
    /// Takes an appeal that came by a signed link.
    ///
    /// # Errors
    /// Where the link is none of ours, the words are unfit, or the store fails. An appeal that is
    /// not heard is no error: the answer says why.
    pub async fn appeal_by_link(
        &self,
        link: &str,
        words: &AppealWords,
        origin: &Origin,
    ) -> Result<AppealTaken> {
        let absent = || Error::NotFound { what: "decision", id: "of that link".to_owned() };
        let (decision, by) = self.read_link(link).ok_or_else(absent)?;
        let from = self.appeal_from(&decision, by).await?.ok_or_else(absent)?;
        self.take_appeal(from, words, origin).await
    }

    /// Takes an appeal that a service hands in for its user.
    ///
    /// # Errors
    /// Where the service has no such decision, the words are unfit, or the store fails. An appeal
    /// that is not heard is no error: the answer says why.
    pub async fn appeal(&self, input: &AppealInput, origin: &Origin) -> Result<AppealTaken> {
        let absent = || Error::NotFound { what: "decision", id: input.decision.to_string() };
        let by = match &input.by {
            AppellantInput::Account(_) => Appellant::Affected,
            AppellantInput::Notice(notice) => Appellant::Notifier(notice.clone()),
        };
        let mut from = self.appeal_from(&input.decision, by).await?.ok_or_else(absent)?;
        if from.case.service != input.service {
            return Err(absent());
        }
        if matches!(&input.by, AppellantInput::Account(account) if *account != from.case.account) {
            from.link = Link::None;
        }
        self.take_appeal(from, &input.words, origin).await
    }

    async fn appeal_from(&self, id: &DecisionId, by: Appellant) -> Result<Option<Party>> {
        let store = &self.inner.store;
        let Some(decision) = store.decision(id).await? else { return Ok(None) };
        let case = self.case(&decision.case).await?;
        let (link, email) = match &by {
            Appellant::Affected => (Link::Concerned, None),
            Appellant::Notifier(notice) => {
                let notices = store.notices_of_case(&case.id).await?;
                match notices.into_iter().find(|one| one.id == *notice) {
                    Some(notice) => {
                        let until = self.suspended_until(notice.notifier.as_deref()).await?;
                        (until.map_or(Link::Concerned, |_| Link::Suspended), notice.email)
                    }
                    None => (Link::None, None),
                }
            }
        };
        Ok(Some(Party { email, case, decision, by, link }))
    }

    async fn take_appeal(
        &self,
        from: Party,
        words: &AppealWords,
        origin: &Origin,
    ) -> Result<AppealTaken> {
        check_words(words, &from.by)?;
        origin.once(&self.inner.store, || self.take_appeal_once(&from, words, origin)).await
    }

    async fn take_appeal_once(
        &self,
        from: &Party,
        words: &AppealWords,
        origin: &Origin,
    ) -> Result<AppealTaken> {
        let now = self.now();
        let Party { email, case, decision, by, link } = from;
        let earlier = self.inner.store.appeals_against(&decision.id).await?;
        let basis = self.appeal_basis(decision);
        let filing = Filing {
            id: AppealId::from_uuid(fresh(now)?),
            by: by.clone(),
            ground: words.ground,
            reason: words.reason.clone(),
            email: words.email.clone().or_else(|| email.clone()),
            language: words.language.clone(),
            content_language: self.content_language(case).await?,
            basis,
            due_at: self.appeal_due(basis, now),
        };
        let open_until = self.appeal_open_until(decision);
        let standing = Standing { decision, link: *link, earlier: &earlier, open_until };
        let appeal = review::file(filing, case, standing, now);
        let taken = AppealTaken {
            id: appeal.id.clone(),
            status: appeal.status.clone(),
            due_at: appeal.due_at,
            link: (*link != Link::None).then(|| self.link_of(&appeal)),
        };
        let (salts, mut changes) = self.case_salts(case, now).await?;
        let entries = vec![facts::appeal_received(&appeal, case, salts, &origin.actor)];
        self.tell_appellant(&appeal, now, &mut changes)?;
        changes.push(Change::AppealFiled(Box::new(appeal)));
        changes.extend(origin.remember(&taken, now)?);
        self.inner.store.commit(changes, entries, now).await?;
        Ok(taken)
    }

    /// The link at which the person who appealed sees where the appeal stands.
    pub(crate) fn link_of(&self, appeal: &Appeal) -> String {
        match &appeal.by {
            Appellant::Affected => self.affected_link(&appeal.decision),
            Appellant::Notifier(notice) => self.notifier_link(&appeal.decision, notice),
        }
    }

    pub(crate) fn appeal_basis(&self, decision: &Decision) -> AppealBasis {
        match self.inner.redress.specific_measures.contains(&decision.policy) {
            true => AppealBasis::Tco10,
            false => AppealBasis::Dsa20,
        }
    }

    fn appeal_due(&self, basis: AppealBasis, from: Timestamp) -> Timestamp {
        let period = match basis {
            AppealBasis::Tco10 => Deadlines::built_in().period(COMPLAINT),
            AppealBasis::Dsa20 => Period::Days(self.inner.redress.appeal_days),
        };
        period.after(from, &TimeZone::UTC)
    }

    /// Until when an appeal against a decision is taken.
    #[must_use]
    pub fn appeal_open_until(&self, decision: &Decision) -> Timestamp {
        let months = Period::Months(self.inner.redress.appeal_months);
        months.after(decision.at, &TimeZone::UTC).plus_seconds(LAST_DAY_SECONDS)
    }

    pub(crate) async fn content_language(&self, case: &Case) -> Result<Option<String>> {
        let Some(verdict) = case.verdicts.last() else { return Ok(None) };
        let row = self.inner.store.verdict(verdict).await?;
        Ok(row.and_then(|row| row.item.language).filter(|tag| facts::is_tag(tag)))
    }

    /// Shows a decision to whom a signed link is for.
    ///
    /// # Errors
    /// Where the link is none of ours, or the store fails.
    pub async fn appeal_view(&self, link: &str) -> Result<AppealView> {
        let absent = || Error::NotFound { what: "decision", id: "of that link".to_owned() };
        let (decision, by) = self.read_link(link).ok_or_else(absent)?;
        let Party { case, decision, by, .. } =
            self.appeal_from(&decision, by).await?.ok_or_else(absent)?;
        let store = &self.inner.store;
        let earlier = store.appeals_against(&decision.id).await?;
        let mut own: Vec<Appeal> = earlier.into_iter().filter(|one| one.by == by).collect();
        let was_heard = |appeal: &Appeal| !matches!(appeal.status, AppealStatus::Refused(_));
        let heard = own.iter().position(was_heard);
        let appeal = match heard {
            Some(place) => Some(own.swap_remove(place)),
            None => own.pop(),
        };
        Ok(AppealView {
            service: case.service.clone(),
            policy: store.policy(&decision.policy, decision.policy_version).await?,
            automation: automation(&case, &decision),
            open_until: self.appeal_open_until(&decision),
            has_grounds: decision.reversed_at.is_none() && review::objects(&by, &decision),
            dispute_bodies: self.inner.redress.dispute_bodies.clone(),
            subject: case.subject,
            appeal,
            decision,
            by,
        })
    }

    /// Reads appeals in one state (`open`, `refused`, `answered`), those due soonest first.
    ///
    /// # Errors
    /// Where the state is none of these, or the store fails.
    pub async fn appeals(&self, status: &str, rows: usize) -> Result<Vec<Appeal>> {
        if !["open", "refused", "answered"].contains(&status) {
            let problem = format!("`{status}` is none of open, refused, answered");
            return Err(Error::invalid("status", problem));
        }
        Ok(self.inner.store.appeals(status, rows).await?)
    }

    /// Counts the appeals that wait and those of them whose time has passed, with the time at which
    /// the oldest came in.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn appeals_waiting(&self) -> Result<(u64, u64, Option<Timestamp>)> {
        Ok(self.inner.store.appeals_waiting(self.now()).await?)
    }

    /// Reads an appeal with what it is heard on, for a person.
    ///
    /// # Errors
    /// Where there is no such appeal, or the store fails.
    pub async fn hearing(&self, id: &AppealId, user: &UserId) -> Result<HearingView> {
        let appeal = self.appeal_of(id).await?;
        let case = self.case(&appeal.case).await?;
        let decisions = self.inner.store.decisions_of_case(&case.id).await?;
        let decision = decisions.iter().find(|one| one.id == appeal.decision).cloned();
        let decision = decision.ok_or_else(|| Error::Damaged {
            what: "appeal",
            detail: format!("its decision {} is gone", appeal.decision),
        })?;
        let is_involved = review::involved(&case, &decisions).contains(user);
        let entries = self.matched_entries(&case.verdicts).await?;
        Ok(HearingView { appeal, decision, case, is_involved, entries })
    }

    pub(crate) async fn appeal_of(&self, id: &AppealId) -> Result<Appeal> {
        let appeal = self.inner.store.appeal(id).await?;
        appeal.ok_or_else(|| Error::NotFound { what: "appeal", id: id.to_string() })
    }

    /// The bank entries that were found in what a case is about and are in force, each once.
    async fn matched_entries(&self, verdicts: &[VerdictId]) -> Result<Vec<BankEntry>> {
        let mut ids = BTreeSet::new();
        for verdict in verdicts {
            let Some(row) = self.inner.store.verdict(verdict).await? else { continue };
            ids.extend(row.signals.matches.into_iter().filter_map(|one| one.entry_id));
        }
        let mut entries = Vec::with_capacity(ids.len());
        for id in &ids {
            let entry = self.entry(id).await?;
            match entry.status {
                EntryStatus::Active | EntryStatus::Quarantined => entries.push(entry),
                EntryStatus::Disputed | EntryStatus::Retired => {}
            }
        }
        Ok(entries)
    }

    /// Answers an appeal.
    ///
    /// # Errors
    /// Where the appeal is not open, the person had a part in deciding the case, what is decided
    /// instead does not go with the outcome, its policy is not known, or the store fails.
    pub async fn hear(
        &self,
        id: &AppealId,
        input: &HearingInput,
        user: &UserId,
        origin: &Origin,
    ) -> Result<Appeal> {
        let step = || async {
            let appeal = self.hear_once(id, input, user, origin).await?;
            self.refresh().await?;
            Ok(appeal)
        };
        origin.once(&self.inner.store, step).await
    }

    async fn hear_once(
        &self,
        id: &AppealId,
        input: &HearingInput,
        user: &UserId,
        origin: &Origin,
    ) -> Result<Appeal> {
        let now = self.now();
        let appeal = self.appeal_of(id).await?;
        let case = self.case(&appeal.case).await?;
        let before = self.inner.store.decisions_of_case(&case.id).await?;
        let hearing = Hearing {
            by: user.clone(),
            outcome: input.outcome,
            reason: input.reason.clone(),
            instead: self.instead(&appeal, case.decision.as_ref(), input, user, now).await?,
        };
        let action = hearing.instead.as_ref().and_then(|deciding| deciding.action);
        self.warned_enough(&case, action, now).await??;
        let mut heard = review::hear(&appeal, &case, &before, hearing, &self.ladder(), now)?;
        let (salts, mut changes) = self.case_salts(&case, now).await?;
        let mut entries = Vec::new();
        self.say_still_held(&case, &mut heard).await?;
        let both = (&mut changes, &mut entries);
        self.replace(&case, (&heard, user), (salts, now), origin, both).await?;
        let is_wrong = input.outcome == AppealOutcome::Reversed
            && appeal.by == Appellant::Affected
            && input.entries == EntriesAre::Wrong;
        if is_wrong {
            let note = format!("{}: {} was reversed", appeal.id, appeal.decision);
            self.dispute(&case.verdicts, &note, now, origin, (&mut changes, &mut entries)).await?;
        }
        entries.push(facts::appeal_answered(&heard.appeal, &case, salts, &origin.actor));
        self.tell_appellant(&heard.appeal, now, &mut changes)?;
        self.tell_of_change(&heard, now, &mut changes).await?;
        changes.push(Change::AppealChanged(Box::new(heard.appeal.clone())));
        changes.extend(origin.remember(&heard.appeal, now)?);
        self.inner.store.commit(changes, entries, now).await?;
        Ok(heard.appeal)
    }

    /// What is decided instead of the decision that was appealed against.
    async fn instead(
        &self,
        appeal: &Appeal,
        before: Option<&Decision>,
        input: &HearingInput,
        user: &UserId,
        now: Timestamp,
    ) -> Result<Option<Deciding>> {
        let decision = match (&appeal.by, input.outcome, &input.instead) {
            (Appellant::Affected, AppealOutcome::Reversed, None) => {
                before.map(|before| no_violation(before, input))
            }
            (_, _, given) => given.clone(),
        };
        let Some(decision) = decision else { return Ok(None) };
        let policy_version = self.policy_version(&decision.policy).await?;
        Ok(Some(Deciding {
            id: DecisionId::from_uuid(fresh(now)?),
            by: Decider::Reviewer(user.clone()),
            ruling: decision.ruling,
            action: decision.action,
            labels: decision.labels.clone(),
            policy: decision.policy.clone(),
            policy_version,
            reason: decision.reason.clone(),
            findings: findings(&decision),
            order: None,
        }))
    }

    /// Notes on the restores and in the answer what else still stands against the same target.
    async fn say_still_held(&self, case: &Case, heard: &mut Heard) -> Result<()> {
        let others = self.standing_violations(case).await?;
        let still_standing = review::still_held(case, &mut heard.restores, &others);
        if let AppealStatus::Answered(answer) = &mut heard.appeal.status {
            answer.still_standing = still_standing;
        }
        Ok(())
    }

    /// The other cases about the same account whose decision of a violation stands.
    pub(crate) async fn standing_violations(&self, case: &Case) -> Result<Vec<Case>> {
        let mut others = self.violations(&case.service, &case.account).await?;
        others.retain(|other| other.id != case.id);
        Ok(others)
    }

    /// The changes and entries of a decision that is reversed and of what takes its place.
    async fn replace(
        &self,
        before: &Case,
        (heard, user): (&Heard, &UserId),
        (salts, now): (Salts, Timestamp),
        origin: &Origin,
        (changes, entries): (&mut Vec<Change>, &mut Vec<Entry>),
    ) -> Result<()> {
        let [undone, claimed, anew] = heard.cases.as_slice() else { return Ok(()) };
        let why = (user, heard.appeal.id.as_str());
        let undone = (undone, heard.restores.as_slice());
        self.reverse(before, undone, why, (salts, now), origin, (changes, entries)).await?;
        changes.push(Change::CaseChanged(Box::new(claimed.clone())));
        decided(anew, &heard.actions, salts, &origin.actor, changes, entries);
        let stating = Stating::of(anew, &heard.actions, salts, &origin.actor);
        self.state_reasons(&stating, changes, entries).await
    }

    /// Disputes the bank entries that led to a decision, under one new revision of the banks.
    async fn dispute(
        &self,
        verdicts: &[VerdictId],
        note: &str,
        now: Timestamp,
        origin: &Origin,
        (changes, entries): (&mut Vec<Change>, &mut Vec<Entry>),
    ) -> Result<()> {
        let disputed = self.matched_entries(verdicts).await?;
        if disputed.is_empty() {
            return Ok(());
        }
        let revision = self.inner.store.banks_revision().await? + 1;
        let mut by_bank: BTreeMap<&str, usize> = BTreeMap::new();
        let mut opinions = Vec::with_capacity(disputed.len());
        for entry in &disputed {
            let Some(id) = &entry.id else { continue };
            *by_bank.entry(&entry.bank).or_default() += 1;
            opinions.push(Opinion {
                entry: id.clone(),
                kind: OpinionKind::Disputes,
                by: origin.actor.name().to_owned(),
                note: note.to_owned(),
                at: now,
            });
        }
        for (bank, count) in by_bank {
            entries.push(bank_changed(bank, "disputed", count, revision, origin));
        }
        changes.push(Change::OpinionsGiven { opinions, revision });
        Ok(())
    }

    /// Answers the open appeals against a decision that the desk itself reverses.
    pub(crate) async fn answer_overtaken(
        &self,
        (case, decision): (&Case, &Decision),
        (user, reason): (&UserId, &str),
        (salts, now): (Salts, Timestamp),
        actor: &Actor,
        (changes, entries): (&mut Vec<Change>, &mut Vec<Entry>),
    ) -> Result<()> {
        let appeals = self.inner.store.appeals_against(&decision.id).await?;
        for appeal in appeals.iter().filter(|appeal| appeal.status == AppealStatus::Open) {
            let answered = review::overtaken(appeal, user.clone(), reason, now);
            entries.push(facts::appeal_answered(&answered, case, salts, actor));
            self.tell_appellant(&answered, now, changes)?;
            changes.push(Change::AppealChanged(Box::new(answered)));
        }
        Ok(())
    }

    /// Counts the appeals that came in since a time, by who asked, ground and language.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn appeal_counts(&self, from: Timestamp) -> Result<Vec<AppealCount>> {
        let now = self.now();
        let (mut counts, mut after) = (BTreeMap::new(), None);
        loop {
            let store = &self.inner.store;
            let page = store.appeals_since(from, after.as_ref(), limits::PAGE_ROWS).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id.clone());
            for appeal in &page {
                count(&mut counts, appeal, now);
            }
        }
        Ok(counts.into_values().collect())
    }
}

fn count(
    counts: &mut BTreeMap<(String, AppealGround, String), AppealCount>,
    appeal: &Appeal,
    now: Timestamp,
) {
    let by = appeal.by.as_str().to_owned();
    let language = appeal.content_language.clone().unwrap_or_else(|| "und".to_owned());
    let key = (by.clone(), appeal.ground, language.clone());
    let count = counts.entry(key).or_insert(AppealCount {
        by,
        ground: appeal.ground,
        language,
        received: 0,
        refused: 0,
        upheld: 0,
        reversed: 0,
        partly: 0,
        open: 0,
        late: 0,
    });
    count.received += 1;
    let until = match &appeal.status {
        AppealStatus::Open => {
            count.open += 1;
            now
        }
        AppealStatus::Refused(_) => {
            count.refused += 1;
            appeal.at
        }
        AppealStatus::Answered(answer) => {
            match answer.outcome {
                AppealOutcome::Upheld => count.upheld += 1,
                AppealOutcome::Reversed => count.reversed += 1,
                AppealOutcome::Partly => count.partly += 1,
            }
            answer.at
        }
    };
    count.late += u64::from(until > appeal.due_at);
}

/// That nothing was broken, under the policy that the decision before rested on.
fn no_violation(before: &Decision, input: &HearingInput) -> DecisionInput {
    DecisionInput {
        ruling: Ruling::NoViolation,
        action: None,
        labels: Vec::new(),
        policy: before.policy.clone(),
        reason: input.reason.clone(),
        protected_purpose: input.protected_purpose,
        purpose_note: String::new(),
        seen: None,
    }
}

/// Where programs took part in a decision.
pub(crate) fn automation(case: &Case, decision: &Decision) -> Automation {
    Automation {
        in_detection: !case.verdicts.is_empty(),
        in_decision: matches!(decision.by, Decider::Rule(_)),
    }
}

fn check_words(words: &AppealWords, by: &Appellant) -> Result<()> {
    if !words.ground.is_for(by) {
        let fitting = AppealGround::ALL.into_iter().filter(|ground| ground.is_for(by));
        let fitting: Vec<&str> = fitting.map(AppealGround::as_str).collect();
        let problem = format!("is none of {} for this appeal", fitting.join(", "));
        return Err(Error::invalid("ground", problem));
    }
    if words.reason.trim().is_empty() {
        return Err(Error::invalid("reason", "say why the decision should be another one"));
    }
    if words.reason.len() > limits::REASON_BYTES {
        let (bytes, limit) = (words.reason.len(), limits::REASON_BYTES);
        return Err(Error::invalid("reason", format!("{bytes} bytes; at most {limit} are kept")));
    }
    if let Some(email) = &words.email {
        check_address(email).map_err(|problem| Error::invalid("email", problem.to_string()))?;
    }
    if !["en", "ar"].contains(&words.language.as_str()) {
        return Err(Error::invalid("language", "is neither en nor ar"));
    }
    Ok(())
}
