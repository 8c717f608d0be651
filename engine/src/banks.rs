//! Banks in force: kept up with what changes, spoken of by people, set up by their owners.

use crate::curate::{bank_changed, check_bank_name};
use crate::once::{Origin, repeated};
use crate::{Engine, Error, Result};
use model::{BankEntry, BankSettings, EntryId, EntryStatus, Opinion, OpinionKind, limits};
use serde::Serialize;
use signals::Banks;
use signals::banks::is_large;
use signals::terms::{KnownWords, SeenWords};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use store::Change;

/// Days of items that known words are learned from, and how many items at most.
const WORDS_DAYS: i64 = 30;
const WORDS_ITEMS: usize = 200_000;

/// An entry with what was said of it and how often it matched.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct EntryView {
    /// The entry.
    pub entry: BankEntry,
    /// What was said of it, the latest first.
    pub opinions: Vec<Opinion>,
    /// Items that it was found in, in the last 24 hours.
    pub items_24h: u64,
    /// Items that it was found in, in the last 30 days.
    pub items_30d: u64,
    /// The most items of one hour of the last 30 days.
    pub busiest_hour: u64,
}

/// Words that were learned to be ordinary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct WordsLearned {
    /// Items whose words were counted: those of which nothing was found and nothing decided.
    pub items: u64,
    /// Words that were counted.
    pub words: u64,
    /// The revision of the banks from which on they are known.
    pub revision: u64,
}

impl Engine {
    /// Builds the look-ups of all banks as they were at a revision.
    pub(crate) async fn banks_at(&self, revision: u64) -> Result<Arc<Banks>> {
        let entries = self.inner.store.entries_at(revision).await?;
        let settings = self.inner.store.bank_settings_at(revision).await?;
        let known = self.known_words_at(revision).await?;
        let build = move || Banks::build_knowing(entries, known, revision).with_settings(settings);
        beside(build).await.map(Arc::new)
    }

    /// The banks as they are at a later revision than those given, at the cost of the change.
    pub(crate) async fn banks_moved(&self, from: &Arc<Banks>, to: u64) -> Result<Arc<Banks>> {
        let store = &self.inner.store;
        let words_changed = store.known_words_revision(to).await? > from.revision();
        if from.revision() == 0 || from.revision() > to || words_changed {
            return self.banks_at(to).await;
        }
        let change = store.entries_changed(from.revision(), to).await?;
        if is_large(&change) {
            return self.banks_at(to).await;
        }
        let settings = store.bank_settings_at(to).await?;
        let from = Arc::clone(from);
        beside(move || from.changed(change, to).with_settings(settings)).await.map(Arc::new)
    }

    async fn known_words_at(&self, revision: u64) -> Result<Option<Arc<KnownWords>>> {
        let Some(bytes) = self.inner.store.known_words_at(revision).await? else {
            return Ok(None);
        };
        let seen = SeenWords::parse(&bytes)
            .map_err(|error| Error::Damaged { what: "known words", detail: error.to_string() })?;
        Ok(Some(Arc::new(seen.known())))
    }

    /// Builds all look-ups anew beside the work, where so much changed that this makes matching
    /// faster; what changes meanwhile is added before the new ones take over.
    pub(crate) fn rebuild_beside(&self) {
        if !self.banks().needs_rebuild() || self.inner.rebuilding.swap(true, Ordering::AcqRel) {
            return;
        }
        let engine = self.clone();
        tokio::spawn(async move {
            if let Err(error) = engine.rebuild().await {
                tracing::error!(%error, "the banks could not be built anew; the old ones serve on");
            }
            engine.inner.rebuilding.store(false, Ordering::Release);
        });
    }

    async fn rebuild(&self) -> Result<()> {
        let built = self.banks_at(self.banks().revision()).await?;
        let _alone = self.inner.refreshing.lock().await;
        let mut next = self.in_force();
        next.banks = match next.banks.revision() {
            present if present == built.revision() => built,
            present => self.banks_moved(&built, present).await?,
        };
        self.put_in_force(next);
        Ok(())
    }

    /// Says that an entry belongs in its bank or does not. The latest opinion decides whether it
    /// matches; all are kept.
    ///
    /// # Errors
    /// Where there is no such entry, it is retired, the note is too long, the opinion is one that
    /// only Seawall itself gives, or the store fails.
    pub async fn give_opinion(
        &self,
        id: &EntryId,
        kind: OpinionKind,
        note: &str,
        origin: &Origin,
    ) -> Result<BankEntry> {
        if kind == OpinionKind::Quarantines {
            let problem = "Seawall itself puts entries into quarantine; say `confirms` or \
                           `disputes`";
            return Err(Error::invalid("kind", problem));
        }
        if note.len() > limits::REASON_BYTES {
            let limit = limits::REASON_BYTES;
            return Err(Error::invalid("note", format!("is longer than {limit} bytes")));
        }
        let step = || async {
            let entry = self.give_opinion_once(id, kind, note, origin).await?;
            self.refresh().await?;
            Ok(entry)
        };
        origin.once(&self.inner.store, step).await
    }

    async fn give_opinion_once(
        &self,
        id: &EntryId,
        kind: OpinionKind,
        note: &str,
        origin: &Origin,
    ) -> Result<BankEntry> {
        let now = self.now();
        let mut entry = self.entry(id).await?;
        if entry.status == EntryStatus::Retired {
            return Err(Error::invalid("entry", "it is retired; add it again where it belongs"));
        }
        entry.status = kind.status();
        let revision = self.inner.store.banks_revision().await? + 1;
        let by = origin.actor.name().to_owned();
        let opinion = Opinion { entry: id.clone(), kind, by, note: note.to_owned(), at: now };
        let mut changes = vec![Change::OpinionsGiven { opinions: vec![opinion], revision }];
        changes.extend(origin.remember(&entry, now)?);
        let what = match kind {
            OpinionKind::Confirms => "confirmed",
            OpinionKind::Disputes => "disputed",
            OpinionKind::Quarantines => "quarantined",
        };
        let record = bank_changed(&entry.bank, what, 1, revision, origin);
        self.inner.store.commit(changes, vec![record], now).await?;
        Ok(entry)
    }

    /// Reads an entry with what was said of it and how often it matched.
    ///
    /// # Errors
    /// Where there is no such entry, or the store fails.
    pub async fn entry_view(&self, id: &EntryId) -> Result<EntryView> {
        let entry = self.entry(id).await?;
        let opinions = self.inner.store.opinions(id).await?;
        let now = self.now();
        let from = now.plus_seconds(-30 * 86_400);
        let hours = self.inner.store.matches_by_hour(id, from).await?;
        let day = store::hour_of(now) - 23;
        let lately = hours.iter().filter(|(hour, _)| *hour >= day);
        Ok(EntryView {
            entry,
            opinions,
            items_24h: lately.map(|(_, items)| items).sum(),
            items_30d: hours.iter().map(|(_, items)| items).sum(),
            busiest_hour: hours.iter().map(|(_, items)| *items).max().unwrap_or(0),
        })
    }

    /// Reads the entries in quarantine and the disputed ones with what was said of them last, the
    /// latest first.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn entries_in_question(&self) -> Result<Vec<(BankEntry, Opinion)>> {
        Ok(self.inner.store.entries_in_question(limits::PAGE_ROWS).await?)
    }

    /// Writes what holds for all entries of a bank that do not say otherwise themselves.
    ///
    /// # Errors
    /// Where the bank's name or a setting is unfit, or the store fails.
    pub async fn write_bank_settings(
        &self,
        bank: &str,
        settings: BankSettings,
        origin: &Origin,
    ) -> Result<u64> {
        check_bank_name(bank)?;
        if settings.distance_bits.is_some_and(|bits| bits > signals::banks::PDQ_DISTANCE_MOST) {
            return Err(Error::invalid("distance_bits", "is no whole number from 0 to 63"));
        }
        if settings.quality.is_some_and(|quality| quality > 100) {
            return Err(Error::invalid("quality", "is no whole number from 0 to 100"));
        }
        let write = || async {
            let now = self.now();
            let revision = self.inner.store.banks_revision().await? + 1;
            let bank = bank.to_owned();
            let record = bank_changed(&bank, "settings", 1, revision, origin);
            let mut changes = vec![Change::BankSettingsWritten { bank, settings, revision }];
            changes.extend(origin.remember(&revision, now)?);
            self.inner.store.commit(changes, vec![record], now).await?;
            self.refresh().await?;
            Ok(revision)
        };
        origin.once(&self.inner.store, write).await
    }

    /// Learns from the items of the last 30 days which words are ordinary on the services, so that
    /// looser views of terms do not take them for a term. Items of which something was found are
    /// left out: nobody makes a disguise ordinary by repeating it.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn learn_words(&self, origin: &Origin) -> Result<WordsLearned> {
        let from = self.now().plus_seconds(-WORDS_DAYS * 86_400);
        let texts = self.inner.store.allowed_items(from, WORDS_ITEMS).await?;
        let (items, seen) = beside(move || {
            let mut seen = SeenWords::default();
            for item in &texts {
                seen.observe(&item.text, &format!("{}/{}", item.service, item.author.id));
            }
            (texts.len() as u64, seen)
        })
        .await?;
        let (words, bytes) = (seen.len() as u64, seen.to_bytes());
        repeated(|| async {
            let now = self.now();
            let revision = self.inner.store.banks_revision().await? + 1;
            let change = Change::KnownWordsWritten { words: bytes.clone(), revision };
            let record = bank_changed("all", "words", words as usize, revision, origin);
            self.inner.store.commit(vec![change], vec![record], now).await?;
            self.refresh().await?;
            Ok(WordsLearned { items, words, revision })
        })
        .await
    }
}

/// Computes beside the async threads.
pub(crate) async fn beside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| Error::Worker { detail: error.to_string() })
}
