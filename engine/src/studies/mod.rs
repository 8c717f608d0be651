//! Studies: ordered for a stated purpose, run by a worker, shown with pseudonyms, erased in time.

mod cards;
mod coding;
mod dataset;
mod draw;
mod kinds;
mod work;

pub use cards::{AccountCard, CardPost};
pub use coding::{CodedSample, CodingDesk, CodingTask};
pub use kinds::{
    Bin, FoundStudy, KeptCensus, NetworkView, checked_parameters, default_parameters, run_study,
};

use crate::clock::{fresh, random};
use crate::desk::{NoticeInput, NoticeTaken};
use crate::facts;
use crate::once::{Actor, Origin, repeated};
use crate::{Engine, Error, Result};
use model::{
    AccountId, Follow, LegalBasis, NoticeGround, NoticeKind, ServiceId, Study, StudyId, StudyKind,
    StudyProgress, StudySource, StudyState, Subject, limits,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::{Change, StudyChange, StudyRow};
use study::census::Pseudonyms;

/// The document that holds the result.
const RESULT: &str = "result";
/// The document that holds the network as it is drawn.
const NETWORK: &str = "network";
const SECONDS_PER_DAY: i64 = 86_400;

/// A study that somebody orders.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StudyOrder {
    /// Which question it answers.
    pub kind: StudyKind,
    /// The service whose accounts it looks at.
    pub service: ServiceId,
    /// What it looks at.
    pub source: StudySource,
    /// The parameters; what is left out takes its default.
    #[serde(default)]
    pub parameters: serde_json::Value,
    /// What it is for.
    pub purpose: String,
    /// The legal basis that it rests on.
    pub legal_basis: LegalBasis,
    /// Days until its data is erased.
    pub retention_days: u32,
}

/// A study with how far it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct StudyView {
    /// The study.
    #[serde(flatten)]
    pub study: Study,
    /// How far it is, where it runs.
    pub progress: StudyProgress,
    #[serde(skip)]
    pseudonym_key: [u8; 32],
}

impl StudyView {
    fn of(row: StudyRow) -> Self {
        Self { study: row.study, progress: row.progress, pseudonym_key: row.pseudonym_key }
    }

    /// The pseudonyms under which its accounts are shown; another study has others.
    #[must_use]
    pub fn pseudonyms(&self) -> Pseudonyms {
        Pseudonyms::keyed(&self.pseudonym_key)
    }

    fn pseudonym_key(&self) -> &[u8; 32] {
        &self.pseudonym_key
    }
}

impl Engine {
    /// Orders a study; a worker takes it up.
    ///
    /// # Errors
    /// Where the purpose is missing, the parameters are unfit, too many studies wait, or the store
    /// fails.
    pub async fn order_study(&self, order: StudyOrder, origin: &Origin) -> Result<Study> {
        if let Some(earlier) = origin.earlier(&self.inner.store).await? {
            return Ok(earlier);
        }
        check_order(&order)?;
        let parameters = checked_parameters(order.kind, &order.parameters)?;
        if self.inner.store.open_studies().await?.len() >= limits::STUDIES_OPEN {
            return Err(Error::Busy);
        }
        let now = self.now();
        let study = Study {
            id: StudyId::from_uuid(fresh(now)?),
            kind: order.kind,
            service: order.service,
            source: order.source,
            parameters,
            purpose: order.purpose.trim().to_owned(),
            legal_basis: order.legal_basis,
            retention_days: order.retention_days,
            by: origin.actor.name().to_owned(),
            at: now,
            state: StudyState::Waiting,
            started_at: None,
            ended_at: None,
            expires_at: now.plus_seconds(i64::from(order.retention_days) * SECONDS_PER_DAY),
            dataset_sha256: None,
            problem: None,
            revision: 1,
        };
        let key = random::<32>()?;
        let entry = facts::study_ordered(&study, &key, &origin.actor);
        let ordered = StudyChange::Ordered(Box::new(study.clone()), key);
        let mut changes = vec![Change::Study(ordered)];
        changes.extend(origin.remember(&study, now)?);
        self.commit_once(study, changes, entry, origin).await
    }

    /// Commits a step whose result is remembered with it, and gives the first result where the same
    /// request was carried out meanwhile.
    async fn commit_once<T: DeserializeOwned>(
        &self,
        result: T,
        changes: Vec<Change>,
        entry: store::Entry,
        origin: &Origin,
    ) -> Result<T> {
        match self.inner.store.commit(changes, vec![entry], self.now()).await {
            Ok(_) => Ok(result),
            Err(failure) => {
                let earlier = origin.after(&self.inner.store, failure.into()).await?;
                earlier.ok_or(Error::Contended)
            }
        }
    }

    /// Lists studies, the latest first.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn studies(&self, rows: usize, offset: usize) -> Result<Vec<StudyView>> {
        let rows = self.inner.store.studies(rows, offset).await?;
        Ok(rows.into_iter().map(StudyView::of).collect())
    }

    /// Reads a study with how far it is.
    ///
    /// # Errors
    /// Where there is none, or the store fails.
    pub async fn study(&self, id: &StudyId) -> Result<StudyView> {
        let row = self.inner.store.study(id).await?;
        row.map(StudyView::of).ok_or_else(|| not_found(id))
    }

    /// Reads the result of a study as JSON; none before it is finished and after it was erased.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn study_result(&self, id: &StudyId) -> Result<Option<String>> {
        Ok(self.inner.store.study_document(id, RESULT).await?)
    }

    /// Reads the network of a study as it is drawn, as JSON.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn study_network(&self, id: &StudyId) -> Result<Option<String>> {
        Ok(self.inner.store.study_document(id, NETWORK).await?)
    }

    /// Finds the account behind a pseudonym, among those that a result keeps a card of.
    ///
    /// # Errors
    /// Where there is no such study, or the store fails.
    pub async fn study_account(&self, id: &StudyId, pseudonym: &str) -> Result<Option<String>> {
        let pseudonyms = self.study(id).await?.pseudonyms();
        let named = self.inner.store.study_document_names(id, work::CARD).await?;
        Ok(named.into_iter().find(|account| pseudonyms.of(account) == pseudonym))
    }

    /// Lists the datasets in the folder that the operator set aside.
    ///
    /// # Errors
    /// Where the folder cannot be read; one that is absent has none.
    pub async fn datasets(&self) -> Result<Vec<String>> {
        dataset::names(&self.inner.datasets).await
    }

    /// Stops a study that waits or runs; its finished parts stay until it goes on or expires.
    ///
    /// # Errors
    /// Where it is over already, or the store fails.
    pub async fn stop_study(&self, id: &StudyId, origin: &Origin) -> Result<Study> {
        let open = [StudyState::Waiting, StudyState::Running];
        let stopped = self.step_study(id, &open, |row, now| {
            row.study.state = StudyState::Cancelled;
            row.study.ended_at = Some(now);
            facts::study_ended(&row.study, &origin.actor)
        });
        let stopped = stopped.await?;
        // Who is at it clears away what it wrote out; of a server that was killed, nobody does.
        if stopped.leased < self.now() {
            dataset::clear(&self.inner.datasets, id)?;
        }
        Ok(stopped.study)
    }

    /// Lets a stopped or failed study go on after its last finished part.
    ///
    /// # Errors
    /// Where it was not stopped and did not fail, or the store fails.
    pub async fn resume_study(&self, id: &StudyId, origin: &Origin) -> Result<Study> {
        let ended = [StudyState::Cancelled, StudyState::Failed];
        let resumed = self.step_study(id, &ended, |row, _| {
            row.study.state = StudyState::Waiting;
            (row.study.ended_at, row.study.problem) = (None, None);
            facts::study_ordered(&row.study, &row.pseudonym_key, &origin.actor)
        });
        Ok(resumed.await?.study)
    }

    /// Erases everything that a study found, before its time; that it was made stays known.
    ///
    /// # Errors
    /// Where it runs or was erased already, or the store fails.
    pub async fn erase_study(&self, id: &StudyId, origin: &Origin) -> Result<Study> {
        let ended = [StudyState::Finished, StudyState::Failed, StudyState::Cancelled];
        self.erase_from(id, &ended, &origin.actor).await
    }

    /// Erases the data of studies whose time is over; gives how many there were.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn erase_expired_studies(&self) -> Result<usize> {
        let expired = self.inner.store.expired_studies(self.now()).await?;
        for study in &expired {
            let all_but_erased = &StudyState::ALL[..5];
            self.erase_from(&study.id, all_but_erased, &Actor::Operator).await?;
        }
        Ok(expired.len())
    }

    async fn erase_from(&self, id: &StudyId, from: &[StudyState], actor: &Actor) -> Result<Study> {
        let erase = vec![Change::Study(StudyChange::Erased(id.clone()))];
        let changed = |row: &mut StudyRow, _| {
            row.study.state = StudyState::Erased;
            row.study.problem = None;
            // They may name accounts, as the seeds of a census do; the log has their hash.
            row.study.parameters = serde_json::json!({});
            facts::study_erased(&row.study, actor)
        };
        let erased = self.step_study_with(id, from, erase, changed).await?;
        // A run that was killed may have left what it had written out.
        dataset::clear(&self.inner.datasets, id)?;
        Ok(erased.study)
    }

    async fn step_study(
        &self,
        id: &StudyId,
        from: &[StudyState],
        change: impl Fn(&mut StudyRow, model::Timestamp) -> store::Entry,
    ) -> Result<StudyRow> {
        self.step_study_with(id, from, Vec::new(), change).await
    }

    /// Changes a study that is in one of some states, together with other changes; gives it with
    /// what stood beside it.
    async fn step_study_with(
        &self,
        id: &StudyId,
        from: &[StudyState],
        with: Vec<Change>,
        change: impl Fn(&mut StudyRow, model::Timestamp) -> store::Entry,
    ) -> Result<StudyRow> {
        repeated(|| async {
            let now = self.now();
            let mut row = self.inner.store.study(id).await?.ok_or_else(|| not_found(id))?;
            if !from.contains(&row.study.state) {
                let problem = format!("the study is {} already", row.study.state.as_str());
                return Err(Error::invalid("study", problem));
            }
            let entry = change(&mut row, now);
            row.study.revision += 1;
            let mut changes = with.clone();
            changes.push(Change::Study(StudyChange::Changed(Box::new(row.study.clone()))));
            self.inner.store.commit(changes, vec![entry], now).await?;
            Ok(row)
        })
        .await
    }

    /// Notes that a person saw accounts of a study without pseudonyms, and why.
    ///
    /// # Errors
    /// Where the reason is missing or too long, or the store fails.
    pub async fn unmask_study(
        &self,
        id: &StudyId,
        accounts: usize,
        reason: &str,
        actor: &Actor,
    ) -> Result<()> {
        let view = self.study(id).await?;
        check_words("reason", reason)?;
        let entry = facts::study_viewed(&view.study, view.pseudonym_key(), accounts, reason, actor);
        self.inner.store.commit(Vec::new(), vec![entry], self.now()).await?;
        Ok(())
    }

    /// Opens a case about an account that a finding names: the evidence comes in as a notice, and
    /// from there everything goes as with any other.
    ///
    /// # Errors
    /// Where the study has no result, the evidence is missing or too long, or the store fails.
    pub async fn case_from_study(
        &self,
        id: &StudyId,
        account: &AccountId,
        evidence: &str,
        origin: &Origin,
    ) -> Result<NoticeTaken> {
        let study = self.study(id).await?.study;
        if study.state != StudyState::Finished {
            return Err(Error::invalid("study", "it has no result to open a case from"));
        }
        let input = NoticeInput {
            kind: NoticeKind::Study,
            service: study.service.clone(),
            subject: Some(Subject::Account(account.clone())),
            reason: format!("{evidence}\n({} {})", study.kind.as_str(), study.id),
            policy: None,
            name: None,
            email: None,
            good_faith: true,
            language: None,
            ground: NoticeGround::AgainstTerms,
            location: None,
            asks_to_wait: false,
        };
        self.notice(input, origin).await
    }

    /// Makes the findings of a study signals of the accounts that they name, until it expires.
    ///
    /// # Errors
    /// Where the study has no result, or the store fails.
    pub async fn apply_study(&self, id: &StudyId, origin: &Origin) -> Result<usize> {
        let study = self.study(id).await?.study;
        let result = self.study_result(id).await?;
        let result = result.ok_or_else(|| Error::invalid("study", "it has no result yet"))?;
        let coded = self.coded_sample(id).await?;
        let estimate = coded.as_ref().and_then(|coded| coded.estimate().ok());
        let sample = coded.as_ref().map(|coded| &coded.sample);
        let rows = kinds::signals(study.kind, &result, sample, estimate.as_ref())?;
        let count = rows.len();
        let entry = facts::study_applied(&study, count, &origin.actor);
        let applied = StudyChange::Applied {
            study: study.id.clone(),
            service: study.service.clone(),
            expires: study.expires_at,
            rows,
        };
        let changes = vec![Change::Study(applied)];
        self.inner.store.commit(changes, vec![entry], self.now()).await?;
        Ok(count)
    }

    /// Takes who follows whom, as the service tells it.
    ///
    /// # Errors
    /// Where there are none or too many at once, or the store fails.
    pub async fn receive_follows(
        &self,
        service: &ServiceId,
        follows: Vec<Follow>,
        origin: &Origin,
    ) -> Result<usize> {
        let count = follows.len();
        if count == 0 || count > limits::FOLLOWS_PER_REQUEST {
            let limit = limits::FOLLOWS_PER_REQUEST;
            return Err(Error::invalid("follows", format!("send 1 to {limit} at once")));
        }
        if let Some(earlier) = origin.earlier(&self.inner.store).await? {
            return Ok(earlier);
        }
        let now = self.now();
        let entry = facts::follows_received(service, count, &origin.actor);
        let received = StudyChange::FollowsReceived(service.clone(), follows);
        let mut changes = vec![Change::Study(received)];
        changes.extend(origin.remember(&count, now)?);
        self.commit_once(count, changes, entry, origin).await
    }
}

fn not_found(id: &StudyId) -> Error {
    Error::NotFound { what: "study", id: id.to_string() }
}

fn check_order(order: &StudyOrder) -> Result<()> {
    check_words("purpose", &order.purpose)?;
    let days = limits::STUDY_RETENTION_DAYS;
    if !(1..=days).contains(&order.retention_days) {
        return Err(Error::invalid("retention_days", format!("must be 1 to {days} days")));
    }
    match &order.source {
        StudySource::History { since, until } if since >= until => {
            Err(Error::invalid("source", "its time must end after it begins"))
        }
        StudySource::History { .. } => Ok(()),
        StudySource::Folder { name } => dataset::check_name(name),
    }
}

/// Purposes and reasons say something, in bounded words.
fn check_words(place: &str, words: &str) -> Result<()> {
    let (least, most) = (limits::STUDY_PURPOSE_MIN_CHARS, limits::STUDY_PURPOSE_BYTES);
    if words.trim().chars().count() < least {
        return Err(Error::invalid(place, format!("say it in at least {least} characters")));
    }
    if words.len() > most {
        return Err(Error::invalid(place, format!("must be at most {most} bytes long")));
    }
    Ok(())
}

/// SHA-256 of a text, in hexadecimal.
pub(crate) fn digest(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}
