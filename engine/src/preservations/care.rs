//! Care of the vault: is everything there and whole, keys rotated, what lay in the clear sealed,
//! and outside time stamps.

use super::{bag, blocking};
use crate::facts;
use crate::once::Actor;
use crate::{Engine, Error, Result, clock};
use audit::FactKind;
use evidence::time_stamp::{self, Request, Roots, Stamped};
use model::{Preservation, PreservationId, PreservationState, limits};
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use store::{Change, Former, NewIdentity, PreservationChange, PreservationFilter, Rotated, Scope};

/// What a check of all evidence found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EvidenceCheck {
    /// Objects that are whole.
    pub whole: usize,
    /// What is not, each in words.
    pub problems: Vec<String>,
    /// Objects that lie there and belong to nothing, such as what a crash left.
    pub unknown: usize,
    /// Files that lie there in the clear from before.
    pub in_the_clear: usize,
}

/// A request for an authority to stamp what is preserved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StampRequest {
    /// The preservation.
    pub preservation: PreservationId,
    /// What is asked.
    pub request: Request,
}

impl Engine {
    /// Where the keys lie with the evidence, the two folders: a copy of the one has the other.
    #[must_use]
    pub fn keys_beside_evidence(&self) -> Option<(PathBuf, PathBuf)> {
        self.inner.vault.keys_beside()
    }

    /// Reads every object and checks it; `told` hears how many were read.
    ///
    /// # Errors
    /// Where the store fails or the folders cannot be listed. What is damaged is no error but in
    /// the answer.
    pub async fn check_evidence(&self, mut told: impl FnMut(usize)) -> Result<EvidenceCheck> {
        let mut check =
            EvidenceCheck { whole: 0, problems: Vec::new(), unknown: 0, in_the_clear: 0 };
        let mut known = BTreeSet::new();
        let mut after = String::new();
        loop {
            let page = self.inner.store.evidence_after(&after, limits::PAGE_ROWS).await?;
            let Some(last) = page.last() else { break };
            after.clone_from(last);
            for sha256 in page {
                known.insert(self.inner.vault.name_of(Scope::Working, &sha256)?);
                self.check_object(None, sha256, &mut check).await?;
                told(check.whole + check.problems.len());
            }
        }
        let mut filter = PreservationFilter { limit: limits::PAGE_ROWS, ..Default::default() };
        loop {
            let page = self.preservations(&filter).await?;
            for preservation in &page {
                self.check_originals(preservation, &mut known, &mut check).await?;
                told(check.whole + check.problems.len());
            }
            if page.len() < filter.limit {
                break;
            }
            filter.offset += page.len();
        }
        let there = self.inner.vault.names()?;
        check.unknown = there.difference(&known).count();
        check.in_the_clear = self.inner.vault.plain_left()?;
        Ok(check)
    }

    async fn check_originals(
        &self,
        preservation: &Preservation,
        known: &mut BTreeSet<String>,
        check: &mut EvidenceCheck,
    ) -> Result<()> {
        let id = preservation.id.to_string();
        let originals = preservation.originals.iter().map(|original| &original.sha256);
        let archives = preservation.archives.iter().map(|archive| &archive.sha256);
        for sha256 in originals.chain(archives).cloned() {
            known.insert(self.inner.vault.name_of(Scope::Original(&id), &sha256)?);
            self.check_object(Some(id.clone()), sha256, check).await?;
        }
        Ok(())
    }

    async fn check_object(
        &self,
        original_of: Option<String>,
        sha256: String,
        check: &mut EvidenceCheck,
    ) -> Result<()> {
        let vault = self.inner.vault.clone();
        let of = original_of.clone().unwrap_or_else(|| "working copy".to_owned());
        let (digest, scoped) = (sha256.clone(), original_of);
        let read =
            blocking(move || vault.read_into(super::scope(scoped.as_deref()), &digest, io::sink()));
        match read.await {
            Ok(Some(_)) => check.whole += 1,
            Ok(None) => check.problems.push(format!(
                "{of} {sha256}: neither the object nor its key is there; restore both from backups"
            )),
            Err(Error::Vault(error)) => check.problems.push(format!("{of} {sha256}: {error}")),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Seals what lies in the clear from before, up to so many files, and gives how many.
    ///
    /// # Errors
    /// Where a file is damaged or the disk refuses.
    pub async fn seal_plain_evidence(&self, most: usize) -> Result<usize> {
        let vault = self.inner.vault.clone();
        blocking(move || vault.seal_plain(most)).await
    }

    /// Removes what crashes left half-written, and gives how many files.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub async fn sweep_evidence(&self) -> Result<usize> {
        let vault = self.inner.vault.clone();
        blocking(move || vault.sweep()).await
    }

    /// Wraps the keys of all objects anew; that is a record.
    ///
    /// # Errors
    /// Where a key cannot be opened, the disk refuses or the store fails.
    pub async fn rotate_evidence_keys(
        &self,
        new: NewIdentity,
        former: Former,
        actor: &Actor,
    ) -> Result<Rotated> {
        let vault = self.inner.vault.clone();
        let rotated = blocking(move || vault.rotate(new, former, |_| ())).await?;
        let event = json!({
            "what": "evidence_keys", "rewrapped": rotated.rewrapped, "removed": rotated.removed,
        });
        let entry = facts::operation(FactKind::SettingsChanged, "evidence_keys", actor, event);
        self.inner.store.commit(Vec::new(), vec![entry], self.now()).await?;
        Ok(rotated)
    }

    /// Requests for what is sealed and not stamped yet, at most so many.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn unstamped(&self, policy: Option<&str>, most: usize) -> Result<Vec<StampRequest>> {
        let mut requests = Vec::new();
        for preservation in self.inner.store.preservations_unstamped(most).await? {
            let request = Request {
                sha256: Sha256::digest(bag::manifest(&preservation)?).into(),
                nonce: clock::random()?,
                policy: policy.map(str::to_owned),
            };
            requests.push(StampRequest { preservation: preservation.id, request });
        }
        Ok(requests)
    }

    /// Verifies the answer of an authority and keeps it; that is a record.
    ///
    /// # Errors
    /// Where the stamp does not hold, or the preservation was deleted meanwhile.
    pub async fn keep_stamp(
        &self,
        asked: &StampRequest,
        answer: &[u8],
        roots: &Roots,
    ) -> Result<Stamped> {
        let stamped = time_stamp::verify(answer, &asked.request, roots)
            .map_err(|error| Error::invalid("time stamp", error.to_string()))?;
        let preservation = self.preservation(&asked.preservation).await?;
        if preservation.state != PreservationState::Kept {
            return Err(Error::invalid("preservation", "it was deleted meanwhile"));
        }
        let change = PreservationChange::Stamped {
            preservation: asked.preservation.clone(),
            sha256: hex::encode(asked.request.sha256),
            answer: answer.to_vec(),
        };
        let now = self.now();
        let about = (&preservation.service, &preservation.account);
        let (salt, seen) = self.account_salt(about.0, about.1, now).await?;
        let entry = facts::stamped(&preservation, &stamped, &asked.request.sha256, &salt);
        let changes = seen.into_iter().chain([Change::Preservation(change)]).collect();
        self.inner.store.commit(changes, vec![entry], now).await?;
        Ok(stamped)
    }
}
