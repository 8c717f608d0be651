//! Strikes of accounts: the ladder in force, what it proposes, and what a person weighs it with.
//!
//! The ladder proposes and a person decides (DSA Art 23). What is shown beside the proposal are the
//! circumstances that the law names: how many, in proportion to everything, and how grave.

use crate::facts;
use crate::intake::to_json;
use crate::once::Origin;
use crate::{Engine, Error, Result};
use audit::{FactKind, Field};
use model::{AccountId, ActionKind, Case, ServiceId, Timestamp, limits};
use review::{Ladder, PastStrike, ReviewError, Tried};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{Change, LadderRow};

/// What an account did, as the ladder and the person who decides weigh it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Conduct {
    /// Strikes that count.
    pub strikes: u64,
    /// Strikes that stand and count no longer, since their time has passed.
    pub expired: u64,
    /// Items of the account that were judged.
    pub items: u64,
    /// The gravest that a standing decision did to it or its items.
    pub gravest: Option<ActionKind>,
    /// When it was last warned by a decision that stands.
    pub warned_at: Option<Timestamp>,
    /// What the ladder proposes.
    pub suggested: Option<ActionKind>,
}

/// A version of the ladder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct LadderVersion {
    /// Its number, from 1; 0 is the ladder of the settings.
    pub version: u64,
    /// The ladder.
    pub ladder: Ladder,
    /// Who put it into force.
    pub author: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// What two ladders would have done with the same past, in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct LadderTrial {
    /// The language of the items; `und` where it is not known, `all` for all together.
    pub language: String,
    /// The ladder in force.
    pub present: Tried,
    /// The ladder that is tried.
    pub tried: Tried,
}

impl Engine {
    /// The ladder in force.
    #[must_use]
    pub fn ladder(&self) -> Arc<Ladder> {
        self.in_force().ladder
    }

    /// From when on strikes count.
    pub(crate) fn strikes_since(&self, now: Timestamp) -> Option<Timestamp> {
        self.ladder().counts_since(now)
    }

    /// The ladder that was written last, else that of the settings.
    pub(crate) async fn latest_ladder(&self) -> Result<(Arc<Ladder>, u64)> {
        match self.ladders(1).await?.pop() {
            Some(latest) => Ok((Arc::new(latest.ladder), latest.version)),
            None => Ok((Arc::new(self.inner.ladder.clone()), 0)),
        }
    }

    /// Reads the versions of the ladder, the latest first.
    ///
    /// # Errors
    /// Where a stored ladder cannot be read, or the store fails.
    pub async fn ladders(&self, rows: usize) -> Result<Vec<LadderVersion>> {
        let read = |row: LadderRow| {
            let ladder = serde_json::from_str(&row.body)
                .map_err(|error| Error::Damaged { what: "ladder", detail: error.to_string() })?;
            let LadderRow { version, author, reason, at, .. } = row;
            Ok(LadderVersion { version, ladder, author, reason, at })
        };
        self.inner.store.ladders(rows).await?.into_iter().map(read).collect()
    }

    /// Puts another ladder into force; the one of the settings holds only until then.
    ///
    /// # Errors
    /// Where the ladder makes no sense, no reason is given, or the store fails.
    pub async fn write_ladder(
        &self,
        ladder: &Ladder,
        reason: &str,
        origin: &Origin,
    ) -> Result<LadderVersion> {
        ladder.check().map_err(|problem| Error::invalid("ladder", problem.to_string()))?;
        if reason.trim().is_empty() || reason.len() > limits::REASON_BYTES {
            let limit = limits::REASON_BYTES;
            return Err(Error::invalid("reason", format!("say why, in 1 to {limit} bytes")));
        }
        let write = || async {
            let now = self.now();
            let version = self.inner.store.ladder_version().await? + 1;
            let written = LadderVersion {
                version,
                ladder: ladder.clone(),
                author: origin.actor.name().to_owned(),
                reason: reason.to_owned(),
                at: now,
            };
            let mut changes = vec![Change::LadderWritten(row(&written)?)];
            changes.extend(origin.remember(&written, now)?);
            let entry = ladder_changed(&written, origin);
            self.inner.store.commit(changes, vec![entry], now).await?;
            self.refresh().await?;
            Ok(written)
        };
        origin.once(&self.inner.store, write).await
    }

    /// Says what an account did and what the ladder proposes.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn conduct(&self, service: &ServiceId, account: &AccountId) -> Result<Conduct> {
        let now = self.now();
        let store = &self.inner.store;
        let strikes = store.strikes(service, account, self.strikes_since(now)).await?;
        let standing = self.violations(service, account).await?;
        let made = || standing.iter().filter_map(|case| case.decision.as_ref());
        let warnings = made().filter(|decision| decision.action == Some(ActionKind::Warn));
        let counting = u32::try_from(strikes).unwrap_or(u32::MAX);
        Ok(Conduct {
            strikes,
            expired: store.strikes(service, account, None).await?.saturating_sub(strikes),
            items: store.items_of_account(service, account).await?,
            gravest: made().filter_map(|decision| decision.action).max_by_key(|one| one.severity()),
            warned_at: warnings.map(|decision| decision.at).max(),
            suggested: review::suggested(&self.ladder(), counting),
        })
    }

    /// Every case about an account whose decision of a violation stands.
    pub(crate) async fn violations(
        &self,
        service: &ServiceId,
        account: &AccountId,
    ) -> Result<Vec<Case>> {
        let (mut cases, mut after) = (Vec::new(), None);
        loop {
            let store = &self.inner.store;
            let page = store.violations_of_account(service, account, after.as_ref()).await?;
            let Some((last, _)) = page.last() else { return Ok(cases) };
            after = Some(last.clone());
            cases.extend(page.into_iter().map(|(_, case)| case));
        }
    }

    /// Whether an account was warned as the ladder asks before it is suspended. The outer error is
    /// one of the store, the inner one the refusal of the desk.
    pub(crate) async fn warned_enough(
        &self,
        case: &Case,
        action: Option<ActionKind>,
        now: Timestamp,
    ) -> Result<std::result::Result<(), ReviewError>> {
        let ladder = self.ladder();
        if action != Some(ActionKind::Suspend) || ladder.warning_days.is_none() {
            return Ok(Ok(()));
        }
        let warned_at = self.conduct(&case.service, &case.account).await?.warned_at;
        Ok(review::check_warned(&ladder, action, warned_at, now))
    }

    /// Tries a ladder on the strikes since a time, beside the one in force: how many accounts each
    /// would have proposed to warn and to suspend, by language.
    ///
    /// # Errors
    /// Where the ladder makes no sense, or the store fails.
    pub async fn try_ladder(&self, ladder: &Ladder, from: Timestamp) -> Result<Vec<LadderTrial>> {
        ladder.check().map_err(|problem| Error::invalid("ladder", problem.to_string()))?;
        let past = self.past_strikes(from).await?;
        let present = review::try_ladder(&self.ladder(), past.clone());
        let tried = review::try_ladder(ladder, past);
        let languages: BTreeSet<&String> = present.keys().chain(tried.keys()).collect();
        let figures = |of: &BTreeMap<String, Tried>, language: &str| {
            of.get(language).copied().unwrap_or_default()
        };
        let mut trials: Vec<LadderTrial> = languages
            .into_iter()
            .map(|language| LadderTrial {
                language: language.clone(),
                present: figures(&present, language),
                tried: figures(&tried, language),
            })
            .collect();
        trials.push(LadderTrial {
            language: "all".to_owned(),
            present: sum(present.values()),
            tried: sum(tried.values()),
        });
        Ok(trials)
    }

    async fn past_strikes(&self, from: Timestamp) -> Result<Vec<PastStrike>> {
        let (mut past, mut after) = (Vec::new(), None);
        loop {
            let store = &self.inner.store;
            let page = store.strikes_since(from, after.as_ref(), limits::PAGE_ROWS).await?;
            let Some(last) = page.last() else { return Ok(past) };
            after = Some(last.strike.decision.clone());
            for row in page {
                let language = self.content_language(&row.case).await?;
                past.push(PastStrike {
                    account: format!("{}\n{}", row.strike.service, row.strike.account),
                    at: row.strike.at,
                    language: language.unwrap_or_else(|| "und".to_owned()),
                });
            }
        }
    }
}

fn row(written: &LadderVersion) -> Result<LadderRow> {
    Ok(LadderRow {
        version: written.version,
        body: to_json("ladder", &written.ladder)?,
        author: written.author.clone(),
        reason: written.reason.clone(),
        at: written.at,
    })
}

/// The reason of a change of the ladder is about a policy and never about a person, so that the log
/// may not need it: only the digest of the ladder and its version stand there.
fn ladder_changed(written: &LadderVersion, origin: &Origin) -> store::Entry {
    let event = json!({ "version": written.version, "ladder": written.ladder });
    let mut entry = facts::operation(FactKind::LadderChanged, "written", &origin.actor, event);
    let digest = crate::studies::digest(&json!(written.ladder).to_string());
    entry.fact = entry.fact.int(Field::LadderVersion, written.version).text(Field::Ladder, digest);
    entry
}

fn sum<'a>(all: impl Iterator<Item = &'a Tried>) -> Tried {
    all.fold(Tried::default(), |sum, one| Tried {
        strikes: sum.strikes + one.strikes,
        accounts: sum.accounts + one.accounts,
        warned: sum.warned + one.warned,
        suspended: sum.suspended + one.suspended,
    })
}
