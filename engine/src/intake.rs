//! Items come in: they are measured, judged, kept with their inputs, and open or join cases.

use crate::clock::{fresh, random};
use crate::facts::{self, Salts};
use crate::flood::Watched;
use crate::measure::MediaBytes;
use crate::once::{Actor, Origin};
use crate::recent::Keep;
use crate::statements::{Known, Stating};
use crate::{Engine, Error, InForce, Result};
use audit::FactKind;
use base64::Engine as _;
use model::{
    Action, ActionKind, Case, CaseEventKind, CaseId, Decider, DecisionId, History, Item, ItemId,
    Match, MediaId, Missing, Outcome, QueueName, Ruling, ServiceId, Subject, Timestamp, Verdict,
    VerdictId, limits,
};
use review::{Cause, Deciding, ItemJoining, Opening, ReviewError, ReviewEvent};
use rules::{RuleInfo, RuleSet};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use signals::{LanguageWanted, NearItemsWanted, Quarantined, Supplied, Wanted};
use std::collections::HashMap;
use std::sync::Arc;
use store::{AccountRow, Change, Entry, ItemRow, VerdictRow};

/// An item with the bytes of its media that do not stand in the item itself.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// The item.
    pub item: Item,
    /// Bytes that were uploaded beside it or fetched for it, or why they could not be.
    pub media: Vec<(MediaId, std::result::Result<Vec<u8>, Missing>)>,
}

/// What became of one submitted item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Submitted {
    /// The service.
    pub service: ServiceId,
    /// The item.
    pub item: ItemId,
    /// The verdict's id.
    pub verdict_id: VerdictId,
    /// The verdict.
    pub verdict: Verdict,
    /// What was found.
    pub matches: Vec<Match>,
    /// The case that it opened or joined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    /// Whether the same content under the same id was judged before; then this is that verdict.
    pub is_repeated: bool,
}

/// What the rules say of an item that is not stored.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Checked {
    /// The verdict.
    pub verdict: Verdict,
    /// What was found.
    pub matches: Vec<Match>,
}

/// An item that is ready to be judged: its media are measured and kept.
struct Prepared {
    item: Item,
    digest: [u8; 32],
    supplied: Supplied,
    supplied_json: String,
    evidence: Vec<(String, u64, String)>,
}

/// What one submission has changed so far, so that its later items see its earlier ones.
#[derive(Default)]
struct Draft {
    changes: Vec<Change>,
    entries: Vec<Entry>,
    accounts: HashMap<(ServiceId, String), [u8; 32]>,
    judged: HashMap<(ServiceId, String), u64>,
    items: HashMap<(ServiceId, ItemId), ItemRow>,
    /// The open case of a subject as this submission left it; `None` where it decided it.
    cases: HashMap<(ServiceId, String), Option<Case>>,
    /// The entries that it found.
    watched: Watched,
    done: Vec<Submitted>,
}

impl Engine {
    /// Judges items and keeps them; everything is durable when this returns.
    ///
    /// # Errors
    /// Where an idempotency key is reused, the store fails, or the disk is full. Then nothing of
    /// the submission was kept.
    pub async fn submit(&self, incoming: Vec<Incoming>, origin: &Origin) -> Result<Vec<Submitted>> {
        if incoming.is_empty() || incoming.len() > limits::SUBMISSION_ITEMS {
            let limit = limits::SUBMISSION_ITEMS;
            return Err(Error::invalid("items", format!("send 1 to {limit} items at once")));
        }
        if let Some(earlier) = origin.earlier(&self.inner.store).await? {
            return Ok(earlier);
        }
        let _taking_in = self.inner.taking_in.read().await;
        let mut prepared = Vec::with_capacity(incoming.len());
        for one in incoming {
            prepared.push(self.prepare(one).await?);
        }
        origin.again(&self.inner.store, || self.submit_once(&prepared, origin)).await
    }

    /// Judges an item and keeps nothing.
    ///
    /// # Errors
    /// Where the media cannot be measured for want of workers, or the store fails.
    pub async fn check(&self, incoming: Incoming) -> Result<Checked> {
        let (item, media) = take_bytes(incoming);
        let supplied = self.supply(&item, &media).await?;
        let now = self.now();
        let store = &self.inner.store;
        let mut history = store
            .history(&item.service, &item.author.id, &item.id, now, self.strikes_since(now))
            .await?;
        let in_force = self.in_force();
        if wanted_by(&in_force.rules).near_items == NearItemsWanted::Yes {
            history.near_items_24h = Some(self.near_items(&item, Keep::No, now).await?);
        }
        let (signals, verdict) = judge(&in_force, &item, &history, &supplied, now);
        Ok(Checked { verdict, matches: signals.matches })
    }

    async fn prepare(&self, incoming: Incoming) -> Result<Prepared> {
        let (mut item, media) = take_bytes(incoming);
        let supplied = self.supply(&item, &media).await?;
        let mut evidence = Vec::new();
        for (id, bytes) in &media {
            let Ok(bytes) = bytes else { continue };
            let sha256 = self.keep_evidence(Arc::clone(bytes)).await?;
            let media_type = media_type(&supplied, id);
            evidence.push((sha256.clone(), bytes.len() as u64, media_type));
            for medium in item.media.iter_mut().filter(|medium| medium.id == *id) {
                medium.sha256 = Some(sha256.clone());
            }
        }
        let canonical = to_json("item", &item)?;
        let digest = Sha256::digest(canonical.as_bytes()).into();
        let supplied_json = to_json("measurement", &supplied)?;
        Ok(Prepared { item, digest, supplied, supplied_json, evidence })
    }

    async fn keep_evidence(&self, bytes: Arc<Vec<u8>>) -> Result<String> {
        let vault = self.inner.vault.clone();
        crate::preservations::blocking(move || vault.store(store::Scope::Working, &bytes)).await
    }

    async fn submit_once(&self, prepared: &[Prepared], origin: &Origin) -> Result<Vec<Submitted>> {
        let now = self.now();
        let in_force = self.in_force();
        let mut draft = Draft::default();
        for one in prepared {
            self.submit_item(one, &in_force, &mut draft, &origin.actor, now).await?;
        }
        let has_floods = draft.watched.has_floods();
        let revision = if has_floods { self.inner.store.banks_revision().await? + 1 } else { 0 };
        let (changes, records) = Self::watched(std::mem::take(&mut draft.watched), revision, now);
        draft.changes.extend(changes);
        draft.entries.extend(records);
        if let Some(change) = origin.remember(&draft.done, now)? {
            draft.changes.push(change);
        }
        // Where everything was judged before, nothing happened but that the request was answered.
        if draft.entries.is_empty() && draft.changes.is_empty() {
            return Ok(draft.done);
        }
        if draft.entries.is_empty() {
            self.inner.store.keep(draft.changes, now).await?;
        } else {
            self.inner.store.commit(draft.changes, draft.entries, now).await?;
        }
        if has_floods {
            self.refresh().await?;
        }
        Ok(draft.done)
    }

    async fn submit_item(
        &self,
        one: &Prepared,
        in_force: &InForce,
        draft: &mut Draft,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<()> {
        let item = &one.item;
        let known = self.known_item(item, draft).await?;
        if let Some(row) = &known
            && row.digest == one.digest
        {
            let repeated = self.repeated(row, draft).await?;
            draft.done.push(repeated);
            return Ok(());
        }
        let salts = self.salts(item, known.as_ref(), draft, now).await?;
        let mut history = self.history(item, draft, now).await?;
        if wanted_by(&in_force.rules).near_items == NearItemsWanted::Yes {
            history.near_items_24h = Some(self.near_items(item, Keep::Yes, now).await?);
        }
        let (signals, verdict) = judge(in_force, item, &history, &one.supplied, now);
        let verdict_id = VerdictId::from_uuid(fresh(now)?);
        let judged = facts::judged(item, &verdict_id, &verdict, &one.digest, salts, actor);
        draft.entries.push(judged);
        self.watch(&signals.matches, &in_force.banks, &mut draft.watched, now).await?;
        let id = &verdict_id;
        let matches = signals.matches.len();
        let asking = Asking { item, verdict: &verdict, id, matches, in_force, salts, actor, now };
        let case = match verdict.outcome {
            Outcome::Allow => None,
            Outcome::Review | Outcome::Act => Some(self.ask(&asking, draft).await?),
        };
        let row = VerdictRow {
            id: verdict_id.clone(),
            item: item.clone(),
            history,
            supplied: one.supplied_json.clone(),
            verdict_json: to_json("verdict", &verdict)?,
            signals,
            verdict,
            case: case.as_ref().map(|case| case.id.clone()),
        };
        keep_item(one, &row, known, salts, draft, now);
        Ok(())
    }

    async fn known_item(&self, item: &Item, draft: &Draft) -> Result<Option<ItemRow>> {
        let key = (item.service.clone(), item.id.clone());
        if let Some(row) = draft.items.get(&key) {
            return Ok(Some(row.clone()));
        }
        Ok(self.inner.store.item(&item.service, &item.id).await?)
    }

    async fn repeated(&self, row: &ItemRow, draft: &Draft) -> Result<Submitted> {
        if let Some(done) = draft.done.iter().find(|done| done.verdict_id == row.verdict) {
            return Ok(Submitted { is_repeated: true, ..done.clone() });
        }
        let stored = self.inner.store.verdict(&row.verdict).await?;
        let stored = stored.ok_or(Error::Damaged {
            what: "item",
            detail: format!("its verdict {} is gone", row.verdict),
        })?;
        Ok(Submitted {
            service: row.service.clone(),
            item: row.id.clone(),
            verdict_id: stored.id,
            verdict: stored.verdict,
            matches: stored.signals.matches,
            case: stored.case,
            is_repeated: true,
        })
    }

    async fn salts(
        &self,
        item: &Item,
        known: Option<&ItemRow>,
        draft: &mut Draft,
        now: Timestamp,
    ) -> Result<Salts> {
        let key = (item.service.clone(), item.author.id.to_string());
        let account = match draft.accounts.get(&key) {
            Some(salt) => *salt,
            None => {
                let (salt, seen) = self.account_salt(&item.service, &item.author.id, now).await?;
                draft.changes.extend(seen);
                draft.accounts.insert(key, salt);
                salt
            }
        };
        let item = match known {
            Some(row) => row.salt,
            None => random::<32>()?,
        };
        Ok(Salts { account, item: Some(item) })
    }

    /// Gives the salt of an account's commitments, with the change that keeps a new one.
    pub(crate) async fn account_salt(
        &self,
        service: &ServiceId,
        account: &model::AccountId,
        now: Timestamp,
    ) -> Result<([u8; 32], Option<Change>)> {
        if let Some(row) = self.inner.store.account(service, account).await? {
            return Ok((row.salt, None));
        }
        let salt = random::<32>()?;
        let row =
            AccountRow { service: service.clone(), id: account.clone(), salt, first_seen: now };
        Ok((salt, Some(Change::AccountSeen(row))))
    }

    async fn history(&self, item: &Item, draft: &mut Draft, now: Timestamp) -> Result<History> {
        let store = &self.inner.store;
        let mut history = store
            .history(&item.service, &item.author.id, &item.id, now, self.strikes_since(now))
            .await?;
        let key = (item.service.clone(), item.author.id.to_string());
        let before = draft.judged.entry(key).or_insert(0);
        history.account_items_1h = history.account_items_1h.map(|count| count + *before);
        *before += 1;
        Ok(history)
    }

    /// Opens a case for a verdict or joins the open one; a rule that acts decides it at once.
    async fn ask(&self, asking: &Asking<'_>, draft: &mut Draft) -> Result<Case> {
        let item = asking.item;
        let subject = if asking.verdict.about_account {
            Subject::Account(item.author.id.clone())
        } else {
            Subject::Item(item.id.clone())
        };
        let key = (item.service.clone(), subject.key());
        let open = match draft.cases.get(&key) {
            Some(known) => known.clone(),
            None => self.inner.store.open_case(&item.service, &subject).await?,
        };
        let mut case = match open {
            Some(case) => self.join(&case, asking, draft)?,
            None => self.open_case(subject, asking, draft)?,
        };
        let mut left = Some(case.clone());
        if asking.verdict.outcome == Outcome::Act && self.may_act(&case, asking).await? {
            // What the desk refuses to a rule is left to a person; the item is kept all the same.
            if let Some(decided) = self.decide_by_rule(&case, asking, draft).await? {
                case = decided;
                left = None;
            }
        }
        draft.cases.insert(key, left);
        Ok(case)
    }

    /// Whether a rule may decide a case: it holds nothing but the item that the rule judged, and no
    /// person has decided about its subject, or reversed a decision, before.
    async fn may_act(&self, case: &Case, asking: &Asking<'_>) -> Result<bool> {
        let is_alone = case.items.iter().all(|other| *other == asking.item.id);
        let was_reversed =
            case.events.iter().any(|event| matches!(event.kind, CaseEventKind::Reversed { .. }));
        if !is_alone || was_reversed {
            return Ok(false);
        }
        let before = self.inner.store.latest_decision(&case.service, &case.subject).await?;
        Ok(before.is_none_or(|decision| {
            matches!(decision.by, Decider::Rule(_)) && decision.reversed_at.is_none()
        }))
    }

    fn open_case(&self, subject: Subject, asking: &Asking<'_>, draft: &mut Draft) -> Result<Case> {
        let case = review::open(Opening {
            id: CaseId::from_uuid(fresh(asking.now)?),
            service: asking.item.service.clone(),
            subject,
            account: asking.item.author.id.clone(),
            queue: default_queue(),
            at: asking.now,
            cause: Cause::Item(self.joining(asking)),
        });
        draft.changes.push(Change::CaseOpened(Box::new(case.clone())));
        draft.entries.push(facts::case_with(
            FactKind::CaseOpened,
            &case,
            Some(&asking.item.id),
            asking.salts,
            asking.actor,
        ));
        Ok(case)
    }

    fn join(&self, case: &Case, asking: &Asking<'_>, draft: &mut Draft) -> Result<Case> {
        let event = ReviewEvent::JoinItem(self.joining(asking));
        let (case, _) = match review::apply(case, event, &self.ladder(), asking.now) {
            // A case that is full still stands for its subject; the verdict alone is kept.
            Err(ReviewError::ItemsFull { .. }) => return Ok(case.clone()),
            other => other?,
        };
        draft.changes.push(Change::CaseChanged(Box::new(case.clone())));
        draft.entries.push(facts::case_with(
            FactKind::CaseJoined,
            &case,
            Some(&asking.item.id),
            asking.salts,
            asking.actor,
        ));
        Ok(case)
    }

    fn joining(&self, asking: &Asking<'_>) -> ItemJoining {
        let verdict = asking.verdict;
        let queue = verdict.queue.clone().unwrap_or_else(default_queue);
        ItemJoining {
            item: asking.item.id.clone(),
            verdict: asking.id.clone(),
            labels: verdict.labels.clone(),
            policies: policies(verdict),
            priority: verdict.priority,
            due_at: self.due_at(&queue, asking.now),
            queue: Some(queue),
            proposed: verdict.action,
            score: asking.in_force.learned.score(&asking.item.text),
        }
    }

    /// Lets the acting rule decide; `None` where the desk refuses it.
    async fn decide_by_rule(
        &self,
        case: &Case,
        asking: &Asking<'_>,
        draft: &mut Draft,
    ) -> Result<Option<Case>> {
        let Some((rule, because)) = acting(asking) else { return Ok(None) };
        let Ok(policy_version) = self.policy_version(&rule.policy).await else {
            tracing::warn!(rule = %rule.name, "its policy is not known; a person decides");
            return Ok(None);
        };
        let event = ReviewEvent::Decide(Deciding {
            id: DecisionId::from_uuid(fresh(asking.now)?),
            by: Decider::Rule(rule.name.clone()),
            ruling: Ruling::Violation,
            action: rule.action,
            labels: labels_for(rule),
            policy: rule.policy.clone(),
            policy_version,
            reason: because,
            findings: Vec::new(),
            order: None,
        });
        let warned = self.warned_enough(case, rule.action, asking.now).await?;
        let applied = warned.and_then(|()| {
            let ladder = self.ladder();
            review::apply(case, event, &ladder, asking.now)
        });
        let (case, actions) = match applied {
            Ok(decided) => decided,
            Err(refused) => {
                tracing::warn!(rule = %rule.name, %refused, "a person decides");
                return Ok(None);
            }
        };
        decided(
            &case,
            &actions,
            asking.salts,
            asking.actor,
            &mut draft.changes,
            &mut draft.entries,
        );
        let stating = Stating::of(&case, &actions, asking.salts, asking.actor);
        let known = Known::of(asking.item, asking.matches);
        let stating = Stating { fresh: Some(known), ..stating };
        self.state_reasons(&stating, &mut draft.changes, &mut draft.entries).await?;
        self.tell_notifiers(&case, asking.now, &mut draft.changes).await?;
        Ok(Some(case))
    }

    /// When a case of a queue should be decided by.
    pub(crate) fn due_at(&self, queue: &QueueName, now: Timestamp) -> Option<Timestamp> {
        let queue = self.inner.queues.iter().find(|known| known.name == *queue)?;
        queue.target_minutes.map(|minutes| now.plus_seconds(i64::from(minutes) * 60))
    }
}

/// What asks for a case.
struct Asking<'a> {
    item: &'a Item,
    verdict: &'a Verdict,
    id: &'a VerdictId,
    /// How many things it matched.
    matches: usize,
    in_force: &'a InForce,
    salts: Salts,
    actor: &'a Actor,
    now: Timestamp,
}

/// The rule that acts, and why: of those that fired and act by themselves with the verdict's
/// action, the one with the highest priority. One that failed asks for a person and never acts.
fn acting<'a>(asking: &'a Asking<'_>) -> Option<(&'a RuleInfo, String)> {
    let fired = asking.verdict.rules.iter().filter_map(|fired| {
        let rule = asking.in_force.rules.rules().iter().find(|rule| rule.name == fired.name)?;
        let no_ground =
            |reason: &String| reason.starts_with("failed: ") || reason.starts_with(WITHHELD);
        let holds = !fired.because.iter().any(no_ground);
        let acts = rule.automatic && holds && rule.action == asking.verdict.action;
        acts.then(|| (rule, fired.because.join("; ")))
    });
    // Of equal priorities the first rule of the set acts, as it does for the verdict.
    fired.reduce(|best, next| if next.0.priority > best.0.priority { next } else { best })
}

/// Labels are put on by the action `label` alone.
fn labels_for(rule: &RuleInfo) -> Vec<String> {
    if rule.action == Some(ActionKind::Label) { rule.labels.clone() } else { Vec::new() }
}

/// The changes and entries that a decision makes, beside the case itself.
pub(crate) fn decided(
    case: &Case,
    actions: &[Action],
    salts: Salts,
    actor: &Actor,
    changes: &mut Vec<Change>,
    entries: &mut Vec<Entry>,
) {
    changes.push(Change::CaseChanged(Box::new(case.clone())));
    let Some(decision) = &case.decision else { return };
    let made = Box::new(decision.clone());
    changes.push(Change::DecisionMade(made, case.service.clone(), case.account.clone()));
    entries.push(facts::decided(case, decision, salts, actor));
    changes.extend(case.strike.clone().map(Change::StrikeCounted));
    for action in actions {
        order(action, actor, changes, entries);
    }
    crate::preservations::order(case, decision, actions, actor, changes, entries);
}

/// The changes and entries that put an action in the way to its service.
pub(crate) fn order(
    action: &Action,
    actor: &Actor,
    changes: &mut Vec<Change>,
    entries: &mut Vec<Entry>,
) {
    changes.push(Change::ActionOrdered(Box::new(action.clone())));
    entries.push(facts::action(FactKind::ActionOrdered, action, 0, actor));
    match action.kind {
        ActionKind::Label => {
            for name in &action.labels {
                let (reason, expires_at) = (format!("decision {}", action.decision), None);
                changes.push(Change::LabelPut {
                    service: action.service.clone(),
                    target: target_key(action),
                    label: model::Label { name: name.clone(), reason, expires_at },
                    action: action.id.clone(),
                });
            }
        }
        ActionKind::Restore => {
            changes.extend(action.reverses.clone().map(Change::LabelsTaken));
        }
        ActionKind::Remove
        | ActionKind::Disable
        | ActionKind::Restrict
        | ActionKind::Suspend
        | ActionKind::Warn => {}
    }
}

fn target_key(action: &Action) -> String {
    match &action.target {
        model::ActionTarget::Item(item) => Subject::Item(item.clone()).key(),
        model::ActionTarget::Account(account) => Subject::Account(account.clone()).key(),
    }
}

/// What rules ask to be measured.
#[must_use]
pub fn wanted_by(rules: &RuleSet) -> Wanted {
    let reads = |names: [&str; 2]| names.iter().any(|name| rules.reads(name));
    let language = match reads(["text.language", "text.language_probability"]) {
        true => LanguageWanted::Always,
        false => LanguageWanted::WhereFound,
    };
    let near_items = match reads(["text.near_items_24h", "text.near_accounts_24h"]) {
        true => NearItemsWanted::Yes,
        false => NearItemsWanted::No,
    };
    Wanted { language, near_items, quarantined: Quarantined::Counted }
}

/// The reason of a rule that fired only by entries in quarantine begins with it.
const WITHHELD: &str = "withheld: ";

/// Measures and judges; the one way from an item to its verdict.
pub(crate) fn judge(
    in_force: &InForce,
    item: &Item,
    history: &History,
    supplied: &Supplied,
    at: Timestamp,
) -> (model::Signals, Verdict) {
    let wanted = wanted_by(&in_force.rules);
    let signals = signals::measure_wanted(item, &in_force.banks, history, (supplied, wanted), at);
    let judged =
        rules::Judged { at, banks: in_force.banks.revision(), signals: signals::SIGNALS_VERSION };
    let verdict = rules::evaluate(&in_force.rules, item, &signals, &judged);
    if verdict.outcome != Outcome::Act || !signals.matches.iter().any(|one| one.is_quarantined) {
        return (signals, verdict);
    }
    let wanted = Wanted { quarantined: Quarantined::LeftOut, ..wanted };
    let without = signals::measure_wanted(item, &in_force.banks, history, (supplied, wanted), at);
    let without = rules::evaluate(&in_force.rules, item, &without, &judged);
    (signals, withheld(verdict, &without))
}

/// A verdict that acts only where it would without entries in quarantine; people look at the rest.
fn withheld(mut verdict: Verdict, without: &Verdict) -> Verdict {
    const WHY: &str = "an entry that it rests on is in quarantine";
    for fired in &mut verdict.rules {
        if !without.rules.iter().any(|other| other.name == fired.name) {
            fired.because.push(format!("{WITHHELD}{WHY}"));
        }
    }
    if without.outcome == Outcome::Act {
        verdict.action = without.action;
        verdict.about_account = without.about_account;
    } else {
        verdict.outcome = Outcome::Review;
        verdict.withheld = Some(WHY.to_owned());
    }
    verdict
}

fn keep_item(
    one: &Prepared,
    row: &VerdictRow,
    known: Option<ItemRow>,
    salts: Salts,
    draft: &mut Draft,
    now: Timestamp,
) {
    for (sha256, bytes, media_type) in &one.evidence {
        draft.changes.push(Change::EvidenceStored {
            sha256: sha256.clone(),
            bytes: *bytes,
            media_type: media_type.clone(),
            item: Some((one.item.service.clone(), one.item.id.clone())),
        });
    }
    let item = &one.item;
    let kept = ItemRow {
        service: item.service.clone(),
        id: item.id.clone(),
        account: item.author.id.clone(),
        salt: salts.item.unwrap_or(salts.account),
        digest: one.digest,
        verdict: row.id.clone(),
        at: now,
    };
    draft.items.insert((item.service.clone(), item.id.clone()), kept.clone());
    draft.changes.push(match known {
        None => Change::ItemSeen(kept),
        Some(before) => Change::ItemJudgedAgain { row: kept, before: before.verdict },
    });
    draft.changes.push(Change::VerdictGiven(Box::new(row.clone())));
    draft.done.push(Submitted {
        service: item.service.clone(),
        item: item.id.clone(),
        verdict_id: row.id.clone(),
        verdict: row.verdict.clone(),
        matches: row.signals.matches.clone(),
        case: row.case.clone(),
        is_repeated: false,
    });
}

/// Takes the bytes out of the item: those in base64, and those that came beside it.
fn take_bytes(incoming: Incoming) -> (Item, Vec<MediaBytes>) {
    let Incoming { mut item, media } = incoming;
    let mut taken: Vec<MediaBytes> =
        media.into_iter().map(|(id, bytes)| (id, bytes.map(Arc::new))).collect();
    for medium in &mut item.media {
        let Some(encoded) = medium.bytes.take() else { continue };
        let decoded = base64::engine::general_purpose::STANDARD
            .decode(encoded.as_bytes())
            .map(Arc::new)
            .map_err(|error| Missing::because(format!("its bytes are not base64: {error}")));
        taken.push((medium.id.clone(), decoded));
    }
    (item, taken)
}

fn media_type(supplied: &Supplied, id: &MediaId) -> String {
    let facts = supplied.media.iter().find(|(known, _)| known == id).map(|(_, facts)| facts);
    match facts {
        Some(Ok(facts)) => match &facts.picture {
            Ok(picture) => format!("image/{}", picture.format),
            Err(_) => "application/octet-stream".to_owned(),
        },
        Some(Err(_)) | None => "application/octet-stream".to_owned(),
    }
}

fn policies(verdict: &Verdict) -> Vec<String> {
    let mut policies: Vec<String> = Vec::new();
    for rule in &verdict.rules {
        if !policies.contains(&rule.policy) {
            policies.push(rule.policy.clone());
        }
    }
    policies
}

/// The queue of a rule that names none.
pub(crate) fn default_queue() -> QueueName {
    QueueName::new("review").expect("a plain word is an id")
}

pub(crate) fn to_json<T: Serialize>(what: &'static str, value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::Damaged { what, detail: error.to_string() })
}
