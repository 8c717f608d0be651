//! Those who give notice: what a notice must hold, who goes first, how often somebody was right,
//! and what is done about misuse.

use crate::clock::fresh;
use crate::facts;
use crate::links::LinkKey;
use crate::once::{Actor, Origin};
use crate::tell::{To, day};
use crate::{Engine, Error, NoticeInput, Result};
use audit::{Fact, FactKind, Field};
use law::redress::{Told, write};
use model::{
    AccountId, ActionKind, CaseId, Flagger, FlaggerId, Gravity, Intention, ItemId, KeyId,
    LetterKind, MisuseFactors, MisuseMeasure, Notice, NoticeGround, NoticeId, NoticeKind, Notifier,
    Ruling, ServiceId, Share, Subject, Timestamp, UserId, check_address, limits,
};
use review::orders::Found;
use review::{MISUSE_DAYS, MisuseAct, act_on_misuse};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Change, Entry, NoticeRow};

/// A trusted flagger or referral unit to be registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewFlagger {
    /// Its name.
    pub name: String,
    /// What it is: `trusted_flagger` or `referral_unit`.
    pub kind: NoticeKind,
    /// Who awarded the status.
    #[serde(default)]
    pub awarded_by: String,
    /// The one service that it speaks about.
    #[serde(default)]
    pub service: Option<ServiceId>,
    /// Where answers go.
    #[serde(default)]
    pub email: Option<String>,
    /// The API key by which its notices come in.
    pub key: KeyId,
}

/// A flagger with its record.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FlaggerRecord {
    /// The flagger.
    pub flagger: Flagger,
    /// Notices that came in.
    pub notices: u64,
    /// Of the decided ones, those on which a violation was found.
    pub precision: Share,
    /// Of the decided ones, those that somebody found manifestly unfounded.
    pub unfounded: Share,
    /// Those that wait for a decision.
    pub waiting: u64,
}

/// What became of one notice, for whoever gave it to count.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct NoticeOutcome {
    /// The notice.
    pub notice: NoticeId,
    /// When it came in.
    pub at: Timestamp,
    /// The service.
    pub service: ServiceId,
    /// Why it was made.
    pub ground: NoticeGround,
    /// Whether it was decided; then what follows says how.
    pub is_decided: bool,
    /// Whether a violation was found.
    pub ruling: Option<Ruling>,
    /// What was done.
    pub action: Option<ActionKind>,
    /// When.
    pub decided_at: Option<Timestamp>,
}

/// A notifier of whom some notices were found unfounded, or about whom something was done.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct NotifierView {
    /// How the notifier stands.
    pub notifier: Notifier,
    /// The name and address of the latest notice, for the person who decides.
    pub latest: Option<Notice>,
    /// Notices of the last 180 days found manifestly unfounded, of those decided.
    pub unfounded: Share,
    /// Of these, those that came after the last warning.
    pub since_warning: u64,
    /// Until when notices are not dealt with.
    pub suspended_until: Option<Timestamp>,
}

/// What a person does about a notifier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct MisuseInput {
    /// What.
    pub act: MisuseAct,
    /// How grave.
    pub gravity: Gravity,
    /// What was meant.
    pub intention: Intention,
    /// Why, in words for the notifier.
    pub reason: String,
}

/// How many notices of somebody were right and wrong.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    notices: u64,
    decided: u64,
    right: u64,
    unfounded: u64,
    unfounded_since: u64,
}

impl Tally {
    fn add(&mut self, row: &NoticeRow, since: Option<Timestamp>) {
        self.notices += 1;
        let Some(decision) = &row.decision else { return };
        self.decided += 1;
        self.right += u64::from(decision.ruling == Ruling::Violation);
        if row.is_unfounded {
            self.unfounded += 1;
            let is_after = since.is_some_and(|warned| row.notice.at > warned);
            self.unfounded_since += u64::from(is_after);
        }
    }
}

impl Engine {
    /// Registers a trusted flagger or referral unit with the key by which its notices come in.
    ///
    /// # Errors
    /// Where its name is empty, its kind is another, its address is none, its key is not known or
    /// is another's, or the store fails.
    pub async fn add_flagger(&self, new: NewFlagger, origin: &Origin) -> Result<Flagger> {
        check_flagger(&new)?;
        if !self.keys().await?.iter().any(|key| key.id == new.key && key.revoked.is_none()) {
            return Err(Error::NotFound { what: "key", id: new.key.to_string() });
        }
        if let Some(earlier) = origin.earlier(&self.inner.store).await? {
            return Ok(earlier);
        }
        if let Some(other) = self.inner.store.flagger_by_key(&new.key).await? {
            let problem = format!("it is the key of {} already; make another", other.name);
            return Err(Error::invalid("key", problem));
        }
        let now = self.now();
        let flagger = Flagger {
            id: FlaggerId::from_uuid(fresh(now)?),
            name: new.name,
            kind: new.kind,
            awarded_by: new.awarded_by,
            service: new.service,
            email: new.email,
            key: new.key,
            is_active: true,
            at: now,
            revision: 0,
        };
        let mut changes = vec![Change::FlaggerAdded(Box::new(flagger.clone()))];
        changes.extend(origin.remember(&flagger, now)?);
        let entry = flagger_changed("added", &flagger, origin);
        self.inner.store.commit(changes, vec![entry], now).await?;
        Ok(flagger)
    }

    /// Ends the priority of a flagger; its record stays.
    ///
    /// # Errors
    /// Where there is none, or the store fails.
    pub async fn close_flagger(&self, id: &FlaggerId, origin: &Origin) -> Result<Flagger> {
        let mut flagger = self.flagger(id).await?;
        if !flagger.is_active {
            return Ok(flagger);
        }
        flagger.is_active = false;
        flagger.revision += 1;
        let entry = flagger_changed("closed", &flagger, origin);
        let changes = vec![Change::FlaggerChanged(Box::new(flagger.clone()))];
        self.inner.store.commit(changes, vec![entry], self.now()).await?;
        Ok(flagger)
    }

    async fn flagger(&self, id: &FlaggerId) -> Result<Flagger> {
        let flagger = self.inner.store.flagger(id).await?;
        flagger.ok_or_else(|| Error::NotFound { what: "flagger", id: id.to_string() })
    }

    /// Reads the flaggers with their records since a time.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn flaggers(&self, from: Timestamp) -> Result<Vec<FlaggerRecord>> {
        let mut records = Vec::new();
        for flagger in self.inner.store.flaggers().await? {
            let tally = self.tally(flagger.id.as_str(), from, None).await?;
            records.push(FlaggerRecord {
                flagger,
                notices: tally.notices,
                precision: Share::new(tally.right, tally.decided),
                unfounded: Share::new(tally.unfounded, tally.decided),
                waiting: tally.notices - tally.decided,
            });
        }
        Ok(records)
    }

    /// Reads what became of the notices of a flagger since a time, in the order in which they came.
    ///
    /// # Errors
    /// Where there is no such flagger, or the store fails.
    pub async fn outcomes(&self, id: &FlaggerId, from: Timestamp) -> Result<Vec<NoticeOutcome>> {
        let flagger = self.flagger(id).await?;
        let rows = self.notices_of(flagger.id.as_str(), from).await?;
        Ok(rows.into_iter().map(outcome).collect())
    }

    /// The flagger whose key it is, if it is one's.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn flagger_of(&self, key: &KeyId) -> Result<Option<Flagger>> {
        Ok(self.inner.store.flagger_by_key(key).await?)
    }

    /// Whether somebody who asks is that flagger, by its key.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn is_flagger(&self, actor: &Actor, id: &FlaggerId) -> Result<bool> {
        match actor {
            Actor::Key(key) => Ok(self.flagger_of(key).await?.is_some_and(|own| own.id == *id)),
            Actor::User(_) | Actor::Operator | Actor::Outside => Ok(false),
        }
    }

    async fn notices_of(&self, notifier: &str, from: Timestamp) -> Result<Vec<NoticeRow>> {
        let (mut rows, mut after) = (Vec::new(), None);
        loop {
            let store = &self.inner.store;
            let page = store.notices_of_notifier(notifier, from, after.as_ref()).await?;
            let Some(last) = page.last() else { return Ok(rows) };
            after = Some(last.notice.id.clone());
            rows.extend(page);
        }
    }

    async fn tally(
        &self,
        notifier: &str,
        from: Timestamp,
        warned: Option<Timestamp>,
    ) -> Result<Tally> {
        let mut tally = Tally::default();
        for row in self.notices_of(notifier, from).await? {
            tally.add(&row, warned);
        }
        Ok(tally)
    }

    /// What tells a notifier apart: the flagger's id, or a keyed digest of the address.
    pub(crate) fn notifier_key(
        &self,
        flagger: Option<&Flagger>,
        email: Option<&str>,
    ) -> Option<String> {
        match (flagger, email) {
            (Some(flagger), _) => Some(flagger.id.to_string()),
            (None, Some(email)) => Some(digest(&self.inner.redress.link_key, email)),
            (None, None) => None,
        }
    }

    /// How a notifier stands.
    pub(crate) async fn notifier(&self, key: &str) -> Result<Notifier> {
        let known = self.inner.store.notifier(key).await?;
        Ok(known.unwrap_or_else(|| Notifier::new(key.to_owned())))
    }

    /// Until when the notices and appeals of a notifier are not dealt with, if they are not.
    pub(crate) async fn suspended_until(&self, key: Option<&str>) -> Result<Option<Timestamp>> {
        match key {
            Some(key) => Ok(self.notifier(key).await?.suspended_until(self.now())),
            None => Ok(None),
        }
    }

    /// Keeps that a notice was not taken, with the reason in one word.
    pub(crate) async fn refuse_notice(
        &self,
        input: &NoticeInput,
        because: &'static str,
        origin: &Origin,
    ) -> Result<()> {
        let fact = Fact::new(FactKind::NoticeRefused)
            .text(Field::Service, &input.service)
            .text(Field::Kind, input.kind.as_str())
            .text(Field::Outcome, because);
        let event = json!({ "service": input.service, "kind": input.kind, "because": because });
        let entry = Entry { fact: facts::by(fact, &origin.actor), event };
        self.inner.store.commit(Vec::new(), vec![entry], self.now()).await?;
        Ok(())
    }

    /// What a notice is about: what it names, or what stands at its location.
    pub(crate) async fn subject_of(&self, input: &NoticeInput, origin: &Origin) -> Result<Subject> {
        if let Some(subject) = &input.subject {
            return Ok(subject.clone());
        }
        let location = input.location.as_deref().unwrap_or_default().trim();
        if let Some(subject) = self.located(&input.service, location).await? {
            return Ok(subject);
        }
        self.refuse_notice(input, "not_found", origin).await?;
        let problem = "nothing that is known here stands at that place; give the exact address of \
                       the post or account, or its id";
        Err(Error::invalid("location", problem))
    }

    /// The item or account of a location: a link under which the service shows it, or the id of an
    /// item.
    async fn located(&self, service: &ServiceId, location: &str) -> Result<Option<Subject>> {
        match self.find_link(service, location).await? {
            Found::Item { item } => return Ok(Some(Subject::Item(item))),
            Found::Account { account, .. } => {
                return Ok(AccountId::new(account).ok().map(Subject::Account));
            }
            Found::Unknown | Found::NotOurs | Found::Gone { .. } => {}
        }
        let Ok(item) = ItemId::new(location) else { return Ok(None) };
        let known = self.inner.store.item(service, &item).await?;
        Ok(known.map(|row| Subject::Item(row.id)))
    }

    /// The receipt that a notifier has at once (DSA Art 16(4)); none without an address.
    pub(crate) fn notice_receipt(&self, notice: &Notice) -> Result<Option<Change>> {
        let Some(address) = &notice.email else { return Ok(None) };
        let language = notice.language.as_deref().unwrap_or("en");
        let fields = [("reference", notice.id.as_str()), ("service", notice.service.as_str())];
        let to = To {
            address,
            language,
            service: &notice.service,
            kind: LetterKind::NoticeReceived,
            about: notice.id.as_str(),
        };
        self.letter(&to, write(Told::NoticeReceived, language, &fields), notice.at).map(Some)
    }

    /// Notes that a person found a notice manifestly unfounded, or takes that back.
    ///
    /// # Errors
    /// Where there is no such notice, its case is not decided, or a violation was found.
    pub async fn assess_notice(
        &self,
        case: &CaseId,
        notice: &NoticeId,
        is_unfounded: Unfounded,
        origin: &Origin,
    ) -> Result<()> {
        let held = self.inner.store.notices_of_case(case).await?;
        if !held.iter().any(|one| one.id == *notice) {
            return Err(Error::NotFound { what: "notice", id: notice.to_string() });
        }
        let decision = self.case(case).await?.decision;
        let was_kept = decision.is_some_and(|one| one.ruling == Ruling::NoViolation);
        if is_unfounded == Unfounded::Yes && !was_kept {
            let problem = "only a notice on which no violation was found is manifestly unfounded";
            return Err(Error::invalid("notice", problem));
        }
        let word = match is_unfounded {
            Unfounded::Yes => "manifestly_unfounded",
            Unfounded::No => "founded",
        };
        let fact = Fact::new(FactKind::NoticeAssessed)
            .text(Field::Case, case)
            .text(Field::Notice, notice)
            .text(Field::Outcome, word);
        let event = json!({ "case": case, "notice": notice, "assessment": word });
        let entry = Entry { fact: facts::by(fact, &origin.actor), event };
        let change = Change::NoticeAssessed {
            notice: notice.clone(),
            is_unfounded: is_unfounded == Unfounded::Yes,
        };
        self.inner.store.commit(vec![change], vec![entry], self.now()).await?;
        Ok(())
    }

    /// Reads the notifiers of whom notices of the last 180 days were found unfounded, or about whom
    /// something was done; those with the most unfounded ones first.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn notifiers(&self) -> Result<Vec<NotifierView>> {
        let from = self.now().plus_seconds(-MISUSE_DAYS * 86_400);
        let mut views = Vec::new();
        for key in self.inner.store.notifiers_in_question(from, limits::PAGE_ROWS).await? {
            views.push(self.notifier_view(&key).await?);
        }
        views.sort_by_key(|view| std::cmp::Reverse(view.unfounded.count));
        Ok(views)
    }

    /// Reads how a notifier stands.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn notifier_view(&self, key: &str) -> Result<NotifierView> {
        let now = self.now();
        let from = now.plus_seconds(-MISUSE_DAYS * 86_400);
        let notifier = self.notifier(key).await?;
        let warned = notifier.warned_at();
        let rows = self.notices_of(key, from).await?;
        let mut tally = Tally::default();
        rows.iter().for_each(|row| tally.add(row, warned));
        Ok(NotifierView {
            suspended_until: notifier.suspended_until(now),
            notifier,
            latest: rows.into_iter().next_back().map(|row| row.notice),
            unfounded: Share::new(tally.unfounded, tally.decided),
            since_warning: tally.unfounded_since,
        })
    }

    /// Warns or suspends a notifier, or takes a suspension back; a person does, by the four
    /// circumstances of DSA Art 23(3).
    ///
    /// # Errors
    /// Where the notifier was not warned before, nothing was unfounded, no reason is given, or the
    /// store fails.
    pub async fn judge_notifier(
        &self,
        key: &str,
        input: &MisuseInput,
        user: &UserId,
        origin: &Origin,
    ) -> Result<Notifier> {
        origin.once(&self.inner.store, || self.judge_notifier_once(key, input, user, origin)).await
    }

    async fn judge_notifier_once(
        &self,
        key: &str,
        input: &MisuseInput,
        user: &UserId,
        origin: &Origin,
    ) -> Result<Notifier> {
        let now = self.now();
        let view = self.notifier_view(key).await?;
        let factors = MisuseFactors {
            unfounded: view.unfounded.count,
            decided: view.unfounded.of,
            gravity: input.gravity,
            intention: input.intention,
        };
        let by = (user.clone(), input.reason.as_str());
        let judged =
            act_on_misuse(&view.notifier, (input.act, factors), view.since_warning, by, now)?;
        let mut changes = vec![Change::NotifierChanged(Box::new(judged.clone()))];
        changes.extend(self.misuse_letter(&judged, view.latest.as_ref(), now)?);
        changes.extend(origin.remember(&judged, now)?);
        let entry = notifier_judged(&judged, origin);
        self.inner.store.commit(changes, vec![entry], now).await?;
        Ok(judged)
    }

    fn misuse_letter(
        &self,
        judged: &Notifier,
        latest: Option<&Notice>,
        now: Timestamp,
    ) -> Result<Option<Change>> {
        let (Some(step), Some(notice)) = (judged.steps.last(), latest) else { return Ok(None) };
        let Some(address) = &notice.email else { return Ok(None) };
        let (told, until) = match step.measure {
            MisuseMeasure::Warned => (Told::NotifierWarned, now),
            MisuseMeasure::Suspended { until } => (Told::NotifierSuspended, until),
            MisuseMeasure::Lifted => return Ok(None),
        };
        let language = notice.language.as_deref().unwrap_or("en");
        let fields = [
            ("service", notice.service.as_str()),
            ("reason", step.reason.as_str()),
            ("date", &day(until)),
            ("bodies", &self.bodies(language)),
        ];
        let to = To {
            address,
            language,
            service: &notice.service,
            kind: LetterKind::NoticeDecided,
            about: notice.id.as_str(),
        };
        self.letter(&to, write(told, language, &fields), now).map(Some)
    }
}

/// Whether a notice was manifestly unfounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfounded {
    /// A person found so.
    Yes,
    /// It was not, or that is taken back.
    No,
}

/// Checks that a notice holds what its ground asks for (DSA Art 16(2)).
///
/// # Errors
/// The first element that is missing or unfit, by its field.
pub(crate) fn check_notice(input: &NoticeInput) -> Result<()> {
    if input.reason.trim().is_empty() {
        return Err(Error::invalid(
            "reason",
            "say why the content is illegal or against the terms",
        ));
    }
    if input.reason.len() > limits::REASON_BYTES {
        let limit = limits::REASON_BYTES;
        let bytes = input.reason.len();
        return Err(Error::invalid("reason", format!("{bytes} bytes; at most {limit} are kept")));
    }
    for (place, given, limit) in [
        ("policy", &input.policy, limits::NAME_BYTES),
        ("name", &input.name, limits::NAME_BYTES),
        ("email", &input.email, limits::NAME_BYTES),
        ("location", &input.location, limits::LINK_BYTES),
    ] {
        if given.as_ref().is_some_and(|text| text.len() > limit) {
            return Err(Error::invalid(place, format!("at most {limit} bytes are kept")));
        }
    }
    if let Some(email) = &input.email {
        check_address(email).map_err(|problem| Error::invalid("email", problem.to_string()))?;
    }
    if let Some(language) = &input.language
        && !["en", "ar"].contains(&language.as_str())
    {
        return Err(Error::invalid("language", "is neither en nor ar"));
    }
    if input.subject.is_none() && input.location.as_ref().is_none_or(|text| text.trim().is_empty())
    {
        let problem = "say where exactly the content is (DSA Art 16(2)(b)), or give `subject`";
        return Err(Error::invalid("location", problem));
    }
    check_ground(input)
}

/// What a notice of something illegal must hold beside reason and place.
fn check_ground(input: &NoticeInput) -> Result<()> {
    let is_given =
        |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
    match input.ground {
        NoticeGround::AgainstTerms => return Ok(()),
        NoticeGround::ChildAbuse => {}
        NoticeGround::Illegal => {
            if !is_given(&input.name) {
                let problem = "give the name of whoever makes the notice (DSA Art 16(2)(c))";
                return Err(Error::invalid("name", problem));
            }
            if !is_given(&input.email) {
                let problem = "give the e-mail address of the notifier (DSA Art 16(2)(c))";
                return Err(Error::invalid("email", problem));
            }
        }
    }
    if !input.good_faith {
        let problem = "state that the notice is made in good faith (DSA Art 16(2)(d))";
        return Err(Error::invalid("good_faith", problem));
    }
    Ok(())
}

fn check_flagger(new: &NewFlagger) -> Result<()> {
    if new.name.trim().is_empty() || new.name.len() > limits::NAME_BYTES {
        let limit = limits::NAME_BYTES;
        return Err(Error::invalid("name", format!("has 1 to {limit} bytes")));
    }
    if new.awarded_by.len() > limits::NAME_BYTES {
        let limit = limits::NAME_BYTES;
        return Err(Error::invalid("awarded_by", format!("has at most {limit} bytes")));
    }
    if let Some(email) = &new.email {
        check_address(email).map_err(|problem| Error::invalid("email", problem.to_string()))?;
    }
    match new.kind {
        NoticeKind::TrustedFlagger | NoticeKind::ReferralUnit => Ok(()),
        NoticeKind::User | NoticeKind::Study => {
            Err(Error::invalid("kind", "is neither trusted_flagger nor referral_unit"))
        }
    }
}

fn outcome(row: NoticeRow) -> NoticeOutcome {
    let NoticeRow { notice, decision, .. } = row;
    NoticeOutcome {
        notice: notice.id,
        at: notice.at,
        service: notice.service,
        ground: notice.ground,
        is_decided: decision.is_some(),
        ruling: decision.as_ref().map(|decision| decision.ruling),
        action: decision.as_ref().and_then(|decision| decision.action),
        decided_at: decision.map(|decision| decision.at),
    }
}

/// A keyed digest of an address, so that a list of addresses cannot be tried on what is stored.
fn digest(key: &LinkKey, email: &str) -> String {
    let digest = key.digest("seawall notifier", &email.trim().to_lowercase());
    format!("sender_{}", hex::encode(digest))
}

fn flagger_changed(what: &str, flagger: &Flagger, origin: &Origin) -> Entry {
    let fact = Fact::new(FactKind::FlaggerChanged)
        .text(Field::Kind, flagger.kind.as_str())
        .text(Field::Flagger, &flagger.id)
        .text(Field::Key, &flagger.key)
        .text(Field::Outcome, what);
    let event = json!({ "flagger": flagger.id, "kind": flagger.kind, "change": what });
    // The key of the flagger stands in the record; who registered it is a person or the operator.
    let fact = match &origin.actor {
        Actor::User(user) => fact.text(Field::User, user),
        Actor::Key(_) | Actor::Operator | Actor::Outside => fact,
    };
    Entry { fact, event }
}

fn notifier_judged(judged: &Notifier, origin: &Origin) -> Entry {
    let measure = judged.steps.last().map_or("none", |step| step.measure.as_str());
    let mut fact = Fact::new(FactKind::NotifierJudged).text(Field::Outcome, measure);
    if let Some(step) = judged.steps.last() {
        fact = fact
            .text(Field::Gravity, step.factors.gravity.as_str())
            .text(Field::Intention, step.factors.intention.as_str())
            .int(Field::Count, step.factors.unfounded)
            .int(Field::Of, step.factors.decided);
    }
    fact = match judged.key.strip_prefix("sender_").map(hex::decode) {
        Some(Ok(digest)) => match <[u8; 32]>::try_from(digest) {
            Ok(digest) => fact.commitment(Field::Notifier, digest),
            Err(_) => fact,
        },
        Some(Err(_)) => fact,
        None => fact.text(Field::Flagger, &judged.key),
    };
    let event = json!({ "notifier": judged.key, "measure": measure });
    Entry { fact: facts::by(fact, &origin.actor), event }
}
