//! The worker: it takes a study that waits, runs it on a thread of its own, and keeps the result.

use super::kinds::{self, FoundStudy};
use super::{NETWORK, RESULT, dataset};
use crate::facts;
use crate::once::Actor;
use crate::{Engine, Error, Result};
use model::{Study, StudyId, StudyProgress, StudyState, limits};
use std::collections::HashMap;
use std::time::{Duration, Instant};
use store::{Change, Store, StudyChange, StudyRow};
use study::{Go, Watch};

/// How often a running study says how far it is.
const TELL: Duration = Duration::from_millis(700);

impl Engine {
    /// Takes the study that waits longest, also one whose worker is gone, and runs it to its end;
    /// gives whether there was one.
    ///
    /// # Errors
    /// Where the store fails. What goes wrong in the study itself is the study's own end.
    pub async fn work_on_study(&self) -> Result<bool> {
        let Some(row) = self.take_study().await? else { return Ok(false) };
        let id = row.study.id.clone();
        if let Err(error) = self.run_study(row).await {
            match error {
                Error::Store(error) if error.is_conflict() => {}
                Error::Store(error) => return Err(error.into()),
                other => self.fail_study(&id, &other.to_string()).await?,
            }
        }
        Ok(true)
    }

    async fn take_study(&self) -> Result<Option<StudyRow>> {
        let now = self.now();
        let until = now.plus_seconds(limits::STUDY_LEASE_SECONDS);
        for row in self.inner.store.open_studies().await? {
            let study = row.study.id.clone();
            let leased = Change::Study(StudyChange::Leased { study, until });
            match self.inner.store.keep(vec![leased], now).await {
                Ok(()) => return Ok(Some(row)),
                Err(error) if error.is_conflict() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(None)
    }

    async fn run_study(&self, row: StudyRow) -> Result<()> {
        let mut study = row.study;
        study.state = StudyState::Running;
        study.started_at = Some(self.now());
        self.keep_running(&mut study).await?;
        let teller = Teller::new(self, &study.id).await?;
        let (loaded, mut teller) = dataset::load(self, &study, teller).await?;
        if study.dataset_sha256.as_ref().is_some_and(|known| *known != loaded.sha256) {
            // The parts belong to another dataset: begin afresh.
            teller.kept.clear();
            let drop = Change::Study(StudyChange::PartsDropped(study.id.clone()));
            self.inner.store.keep(vec![drop], self.now()).await?;
        }
        study.dataset_sha256 = Some(loaded.sha256);
        self.keep_running(&mut study).await?;
        let running = study.clone();
        let work = tokio::task::spawn_blocking(move || {
            kinds::run_study(&running, &loaded.dataset, &mut teller)
        });
        let done = work.await.map_err(|error| Error::Worker { detail: error.to_string() })?;
        match done? {
            Some(found) => self.finish_study(study, found).await,
            // Somebody stopped it, or the server is going down: it is as it was left.
            None => Ok(()),
        }
    }

    /// Keeps a running study whose row changed; that it runs is nothing that anybody decided.
    async fn keep_running(&self, study: &mut Study) -> Result<()> {
        study.revision += 1;
        let changed = Change::Study(StudyChange::Running(Box::new(study.clone())));
        Ok(self.inner.store.keep(vec![changed], self.now()).await?)
    }

    async fn finish_study(&self, mut study: Study, found: FoundStudy) -> Result<()> {
        let now = self.now();
        study.state = StudyState::Finished;
        study.ended_at = Some(now);
        study.problem = None;
        study.revision += 1;
        let document = |name: &str, body: String| {
            let study = study.id.clone();
            Change::Study(StudyChange::DocumentKept { study, name: name.to_owned(), body })
        };
        let mut changes = vec![
            Change::Study(StudyChange::Changed(Box::new(study.clone()))),
            Change::Study(StudyChange::PartsDropped(study.id.clone())),
            document(RESULT, found.result),
            document(NETWORK, found.network),
        ];
        changes.extend(found.sample.map(|sample| document(super::coding::SAMPLE, sample)));
        for (account, card) in found.cards {
            changes.push(document(&card_name(&account), card));
        }
        let mut entries = vec![facts::study_ended(&study, &Actor::Operator)];
        if let Some(drawn) = found.drawn {
            entries.push(facts::study_sampled(&study, drawn, &Actor::Operator));
        }
        self.inner.store.commit(changes, entries, now).await?;
        Ok(())
    }

    async fn fail_study(&self, id: &StudyId, problem: &str) -> Result<()> {
        tracing::warn!(study = %id, problem, "a study failed");
        let failed = self.step_study(id, &[StudyState::Waiting, StudyState::Running], |row, at| {
            row.study.state = StudyState::Failed;
            row.study.ended_at = Some(at);
            row.study.problem = Some(problem.chars().take(2_000).collect());
            facts::study_ended(&row.study, &Actor::Operator)
        });
        match failed.await {
            Ok(_) | Err(Error::Invalid { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Reads what a study saw of an account.
    ///
    /// # Errors
    /// Where the study does not name it, or the store fails.
    pub async fn study_card(&self, id: &StudyId, account: &str) -> Result<super::AccountCard> {
        let card = self.inner.store.study_document(id, &card_name(account)).await?;
        let card = card
            .ok_or_else(|| Error::NotFound { what: "account of the study", id: account.into() })?;
        serde_json::from_str(&card).map_err(|error| Error::Damaged {
            what: "account of a study",
            detail: error.to_string(),
        })
    }
}

/// The names of documents that hold an account begin with it.
pub(super) const CARD: &str = "card/";

fn card_name(account: &str) -> String {
    format!("{CARD}{account}")
}

/// Tells the store how far a study is, keeps its parts there, and hears from it when to stop.
pub(super) struct Teller {
    store: Store,
    clock: crate::Clock,
    study: StudyId,
    runtime: tokio::runtime::Handle,
    pub(super) kept: HashMap<String, String>,
    told: Option<(Instant, &'static str)>,
}

impl Teller {
    async fn new(engine: &Engine, study: &StudyId) -> Result<Self> {
        let store = engine.inner.store.clone();
        let kept = store.study_parts(study).await?.into_iter().collect();
        Ok(Self {
            store,
            clock: engine.inner.clock.clone(),
            study: study.clone(),
            runtime: tokio::runtime::Handle::current(),
            kept,
            told: None,
        })
    }

    /// Tells how far the study is, where it is time to; what the store says decides.
    pub(super) async fn tell(&mut self, stage: &'static str, done: u64, total: u64) -> Go {
        let recently = |(at, name): &(Instant, &str)| *name == stage && at.elapsed() < TELL;
        if self.told.as_ref().is_some_and(recently) {
            return Go::On;
        }
        self.told = Some((Instant::now(), stage));
        let now = self.clock.now();
        let progressed = StudyChange::Progressed {
            study: self.study.clone(),
            progress: StudyProgress { stage: stage.to_owned(), done, total },
            until: now.plus_seconds(limits::STUDY_LEASE_SECONDS),
        };
        match self.store.keep(vec![Change::Study(progressed)], now).await {
            Ok(()) => Go::On,
            Err(error) => {
                tracing::debug!(study = %self.study, %error, "a study is not to go on");
                Go::Stop
            }
        }
    }
}

impl Watch for Teller {
    fn progress(&mut self, stage: &'static str, done: u64, total: u64) -> Go {
        let runtime = self.runtime.clone();
        runtime.block_on(self.tell(stage, done, total))
    }

    fn kept(&mut self, part: &str) -> Option<String> {
        self.kept.get(part).cloned()
    }

    fn keep(&mut self, part: &str, json: &str) {
        let study = self.study.clone();
        let (name, body) = (part.to_owned(), json.to_owned());
        let kept = Change::Study(StudyChange::PartKept { study, name, body });
        let now = self.clock.now();
        // A part that was not kept is made again: nothing is lost but time.
        if let Err(error) = self.runtime.block_on(self.store.keep(vec![kept], now)) {
            tracing::warn!(study = %self.study, %error, "a part of a study was not kept");
        }
    }
}
