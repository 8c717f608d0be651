//! Replay: a stored verdict is made again from its inputs and the versions that it names.

use crate::intake::{judge, to_json};
use crate::learn::InUse;
use crate::{Engine, Error, InForce, Result};
use model::{Verdict, VerdictId};
use rules::{RuleFile, RuleSet};
use serde::Serialize;
use signals::{Banks, Supplied};
use std::sync::{Arc, Mutex};
use store::{RuleSetRow, VerdictRow};

/// Versions that are kept at hand.
const KEPT: usize = 4;

/// Banks and rules of earlier versions, the latest used last.
#[derive(Default)]
pub(crate) struct Older {
    banks: Mutex<Vec<(u64, Arc<Banks>)>>,
    rules: Mutex<Vec<(String, Arc<RuleSet>)>>,
}

/// What came of making a verdict again.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Replayed {
    /// The verdict's id.
    pub id: VerdictId,
    /// Whether it came out the same, to the byte.
    pub is_same: bool,
    /// The verdict as it was stored.
    pub stored: serde_json::Value,
    /// The verdict as it comes out now, where it differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub now: Option<serde_json::Value>,
}

impl Engine {
    /// Makes a stored verdict again from its inputs and versions, and compares the bytes.
    ///
    /// # Errors
    /// Where there is no such verdict, its rules are gone, or the store fails.
    pub async fn replay(&self, id: &VerdictId) -> Result<Replayed> {
        let row = self.inner.store.verdict(id).await?;
        let row = row.ok_or_else(|| Error::NotFound { what: "verdict", id: id.to_string() })?;
        self.check_not_erased(id).await?;
        self.replay_row(&row).await
    }

    /// Replays every stored verdict whose content was not erased in turn; `told` hears each
    /// outcome.
    ///
    /// # Errors
    /// As [`Engine::replay`].
    pub async fn replay_all(&self, mut told: impl FnMut(&Replayed)) -> Result<()> {
        let mut after = None;
        loop {
            let page = model::limits::PAGE_ROWS;
            let rows = self.inner.store.verdicts_after(after.as_ref(), page).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = Some(last.id.clone());
            for row in &rows {
                told(&self.replay_row(row).await?);
            }
        }
    }

    async fn replay_row(&self, row: &VerdictRow) -> Result<Replayed> {
        let versions = &row.verdict.versions;
        let in_force = InForce {
            banks: self.older_banks(versions.banks).await?,
            rules: self.older_rules(&versions.rules).await?,
            promoted: 0,
            learned: Arc::new(InUse::none()),
            ladder: self.ladder(),
            ladder_version: 0,
        };
        let supplied: Supplied = serde_json::from_str(&row.supplied)
            .map_err(|error| Error::Damaged { what: "measurement", detail: error.to_string() })?;
        let at = row.verdict.at;
        let (_, verdict) = judge(&in_force, &row.item, &row.history, &supplied, at);
        let again = to_json("verdict", &verdict)?;
        let is_same = again == row.verdict_json;
        let now = if is_same { None } else { Some(value(&verdict)?) };
        Ok(Replayed { id: row.id.clone(), is_same, stored: value(&row.verdict)?, now })
    }

    async fn older_banks(&self, revision: u64) -> Result<Arc<Banks>> {
        let present = self.banks();
        if present.revision() == revision {
            return Ok(present);
        }
        if let Some(banks) = find(&self.inner.older.banks, &revision) {
            return Ok(banks);
        }
        let banks = self.banks_at(revision).await?;
        keep(&self.inner.older.banks, revision, &banks);
        Ok(banks)
    }

    async fn older_rules(&self, version: &str) -> Result<Arc<RuleSet>> {
        let present = self.rules();
        if present.version() == version {
            return Ok(present);
        }
        let version = version.to_owned();
        if let Some(rules) = find(&self.inner.older.rules, &version) {
            return Ok(rules);
        }
        let row = self.inner.store.rules_of_version(&version).await?;
        let absent = || Error::NotFound { what: "rule set", id: version.clone() };
        let rules = Arc::new(compile_row(&row.ok_or_else(absent)?)?);
        keep(&self.inner.older.rules, version, &rules);
        Ok(rules)
    }
}

fn value(verdict: &Verdict) -> Result<serde_json::Value> {
    serde_json::to_value(verdict)
        .map_err(|error| Error::Damaged { what: "verdict", detail: error.to_string() })
}

fn find<K: PartialEq, V>(kept: &Mutex<Vec<(K, Arc<V>)>>, key: &K) -> Option<Arc<V>> {
    let kept = kept.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    kept.iter().find(|(known, _)| known == key).map(|(_, value)| Arc::clone(value))
}

fn keep<K, V>(kept: &Mutex<Vec<(K, Arc<V>)>>, key: K, value: &Arc<V>) {
    let mut kept = kept.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if kept.len() >= KEPT {
        kept.remove(0);
    }
    kept.push((key, Arc::clone(value)));
}

/// Compiles a stored rule set.
pub(crate) fn compile_row(row: &RuleSetRow) -> Result<RuleSet> {
    let pairs: Vec<(String, String)> = serde_json::from_str(&row.files)
        .map_err(|error| Error::Damaged { what: "rule set", detail: error.to_string() })?;
    let files: Vec<RuleFile> =
        pairs.into_iter().map(|(name, text)| RuleFile { name, text }).collect();
    Ok(rules::compile(&files, signals::SIGNALS)?)
}
