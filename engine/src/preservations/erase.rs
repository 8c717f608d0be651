//! Deletion when the time is over: keys are destroyed, what is left of the content is erased, and
//! records and proofs stay as they are.

use crate::facts;
use crate::intake::to_json;
use crate::{Engine, Error, Result};
use model::{ItemId, Preservation, PreservationState, Signals, limits};
use serde_json::Map;
use store::{Change, PreservationChange, Scope, VerdictRow};

impl Engine {
    /// Deletes what is due by the engine's clock, and gives how many preservations that were. What
    /// fails is told in the log of the program and tried again the next time.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn delete_due(&self) -> Result<usize> {
        let most = limits::PRESERVATIONS_AT_ONCE;
        let due = self.inner.store.preservations_due(self.now(), most).await?;
        let mut deleted = 0;
        for preservation in due {
            match self.delete(&preservation).await {
                Ok(()) => deleted += 1,
                Err(error) => {
                    tracing::error!(preservation = %preservation.id, %error, "not deleted yet");
                }
            }
        }
        Ok(deleted)
    }

    /// Deletes one. Everything before the commit may be repeated: keys that are destroyed already
    /// stay so, and a crash leaves a preservation that is due.
    async fn delete(&self, preservation: &Preservation) -> Result<()> {
        // Nothing is taken in meanwhile: an item with the same medium would find it there and lose
        // it before it is known to use it.
        let _alone = self.inner.taking_in.write().await;
        let mut changes = Vec::new();
        if self.is_removed(preservation).await? {
            for item in &preservation.items {
                changes.extend(self.erase_item(preservation, item).await?);
            }
        }
        for original in &preservation.originals {
            let id = preservation.id.to_string();
            self.destroy(Some(id), original.sha256.clone()).await?;
        }
        for archive in &preservation.archives {
            self.destroy(Some(preservation.id.to_string()), archive.sha256.clone()).await?;
        }
        let now = self.now();
        let keys = preservation.originals.len() + preservation.archives.len();
        let mut deleted = preservation.clone();
        deleted.state = PreservationState::Deleted;
        deleted.deleted_at = Some(now);
        deleted.revision += 1;
        let entry = facts::deleted(&deleted, keys);
        deleted.items.clear();
        deleted.originals.clear();
        deleted.archives.clear();
        changes.push(PreservationChange::Changed(Box::new(deleted)));
        let changes = changes.into_iter().map(Change::Preservation).collect();
        self.inner.store.commit(changes, vec![entry], now).await?;
        Ok(())
    }

    /// Whether its content is still removed; what was given back is the service's again.
    async fn is_removed(&self, preservation: &Preservation) -> Result<bool> {
        let decisions = self.inner.store.decisions_of_case(&preservation.case).await?;
        let own =
            decisions.iter().find(|decision| Some(&decision.id) == preservation.decision.as_ref());
        Ok(own.is_some_and(|decision| decision.reversed_at.is_none()))
    }

    /// Erases the content of an item and its working copies, but for what somebody else still has.
    async fn erase_item(
        &self,
        preservation: &Preservation,
        item: &ItemId,
    ) -> Result<Option<PreservationChange>> {
        let (service, store) = (&preservation.service, &self.inner.store);
        if store.is_preserved_elsewhere(service, item, &preservation.id).await? {
            return Ok(None);
        }
        let mut verdicts = store.verdicts_of_item(service, item).await?;
        let mut media = Vec::new();
        for sha256 in digests(&verdicts) {
            if !store.is_used_elsewhere(&sha256, service, item).await? {
                self.destroy(None, sha256.clone()).await?;
                media.push(sha256);
            }
        }
        for row in &mut verdicts {
            *row = without_content(row)?;
        }
        let (service, item) = (service.clone(), item.clone());
        Ok(Some(PreservationChange::ContentErased { service, item, verdicts, media }))
    }

    pub(super) async fn destroy(
        &self,
        original_of: Option<String>,
        sha256: String,
    ) -> Result<bool> {
        let vault = self.inner.vault.clone();
        super::blocking(move || {
            let scope = original_of.as_deref().map_or(Scope::Working, Scope::Original);
            vault.destroy(scope, &sha256)
        })
        .await
    }
}

/// The digests of all media of an item, each once.
fn digests(verdicts: &[VerdictRow]) -> Vec<String> {
    let media = verdicts.iter().flat_map(|row| &row.item.media);
    let mut digests: Vec<String> = media.filter_map(|medium| medium.sha256.clone()).collect();
    digests.sort_unstable();
    digests.dedup();
    digests
}

/// A verdict without what the item said or showed: what was decided by which rules stays.
fn without_content(row: &VerdictRow) -> Result<VerdictRow> {
    let mut row = row.clone();
    let item = &mut row.item;
    item.text.clear();
    item.links.clear();
    item.media.clear();
    item.extra = Map::new();
    item.author.handle = None;
    item.author.display_name = None;
    item.author.bio = None;
    item.author.extra = Map::new();
    row.signals = Signals { values: Vec::new(), matches: Vec::new() };
    row.supplied = to_json("measurement", &signals::Supplied::default())?;
    for rule in &mut row.verdict.rules {
        rule.because.clear();
    }
    row.verdict_json = to_json("verdict", &row.verdict)?;
    Ok(row)
}

impl Engine {
    /// Refuses where the content of a verdict was erased.
    pub(crate) async fn check_not_erased(&self, id: &model::VerdictId) -> Result<()> {
        match self.inner.store.is_erased(id).await? {
            false => Ok(()),
            true => {
                let problem = "its content was erased when its preservation ended";
                Err(Error::invalid("verdict", problem))
            }
        }
    }
}
