//! What is preserved of content that was removed or disabled: ordered with the decision, sealed,
//! looked at for three purposes alone, prolonged or held, exported, and deleted when its time is
//! over (Regulation (EU) 2021/784 Art 6).

mod access;
mod bag;
mod captures;
mod care;
mod erase;

pub use access::AccessInput;
pub use bag::{CheckpointSigner, ExportInput, Exported};
pub use care::{EvidenceCheck, StampRequest};

use crate::facts;
use crate::intake::to_json;
use crate::once::{Actor, Origin};
use crate::{Engine, Error, Result};
use model::{
    ActionKind, ActionTarget, Case, Decision, DecisionId, Hold, Item, ItemId, MediaId, Obtained,
    Original, Preservation, PreservationId, PreservationState, Prolongation, ThreatId, Timestamp,
    limits,
};
use serde::{Deserialize, Serialize};
use store::{Change, Entry, PreservationChange, PreservationFilter, Scope, VerdictRow};

/// A request to keep longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ProlongInput {
    /// The authority or court that asks.
    pub asked_by: String,
    /// The pending proceedings that it is for.
    pub proceedings: String,
    /// Until when.
    pub until: Timestamp,
}

/// What a decision preserves: the items that it removes or disables, for six calendar months from
/// then; `None` where it does neither. The id is that of the decision, so that a decision that is
/// made again preserves once.
pub(crate) fn ordered(
    case: &Case,
    decision: &Decision,
    actions: &[model::Action],
) -> Option<Preservation> {
    let removes =
        |action: &&model::Action| matches!(action.kind, ActionKind::Remove | ActionKind::Disable);
    let items: Vec<_> = actions
        .iter()
        .filter(removes)
        .filter_map(|action| match &action.target {
            ActionTarget::Item(item) => Some(item.clone()),
            ActionTarget::Account(_) => None,
        })
        .collect();
    preserved(case, PreservedFor::Decision(decision.id.clone()), items, decision.at)
}

/// What content is preserved for.
pub(crate) enum PreservedFor {
    /// A decision that removed or disabled it.
    Decision(DecisionId),
    /// A threat that it shows.
    Threat(ThreatId),
}

/// What is preserved of items from a time on, for six calendar months; `None` of no items. The id
/// is that of what it is for, with another prefix.
pub(crate) fn preserved(
    case: &Case,
    cause: PreservedFor,
    items: Vec<ItemId>,
    from: Timestamp,
) -> Option<Preservation> {
    if items.is_empty() {
        return None;
    }
    let (suffix, decision, threat) = match cause {
        PreservedFor::Decision(id) => {
            (id.as_str().trim_start_matches(DecisionId::PREFIX).to_owned(), Some(id), None)
        }
        PreservedFor::Threat(id) => {
            (id.as_str().trim_start_matches(ThreatId::PREFIX).to_owned(), None, Some(id))
        }
    };
    let id = format!("{}{suffix}", PreservationId::PREFIX);
    let period = law::Deadlines::built_in().period(law::deadline::PRESERVE);
    Some(Preservation {
        id: PreservationId::new(id).expect("an id with another prefix is an id"),
        service: case.service.clone(),
        case: case.id.clone(),
        account: case.account.clone(),
        decision,
        threat,
        removed_at: from,
        until: period.after(from, &jiff::tz::TimeZone::UTC),
        state: PreservationState::Ordered,
        items,
        originals: Vec::new(),
        archives: Vec::new(),
        prolongations: Vec::new(),
        holds: Vec::new(),
        accesses: Vec::new(),
        deleted_at: None,
        revision: 1,
    })
}

impl Engine {
    /// Lists what is preserved: what ends first comes first.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn preservations(&self, filter: &PreservationFilter) -> Result<Vec<Preservation>> {
        Ok(self.inner.store.preservations(filter).await?)
    }

    /// Reads what is said of a preservation, without its content.
    ///
    /// # Errors
    /// Where there is none, or the store fails.
    pub async fn preservation(&self, id: &PreservationId) -> Result<Preservation> {
        let found = self.inner.store.preservation(id).await?;
        found.ok_or_else(|| Error::NotFound { what: "preservation", id: id.to_string() })
    }

    /// Seals the originals of what was ordered to be preserved, and gives how many preservations
    /// are sealed now. What cannot be sealed stays ordered and is told in the log of the program.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn seal_ordered(&self) -> Result<usize> {
        let ordered = self.inner.store.preservations_ordered(limits::PRESERVATIONS_AT_ONCE).await?;
        let mut sealed = 0;
        for preservation in ordered {
            match self.seal_originals(&preservation).await {
                Ok(()) => sealed += 1,
                Err(error) => {
                    tracing::error!(preservation = %preservation.id, %error, "not sealed yet");
                }
            }
        }
        Ok(sealed)
    }

    async fn seal_originals(&self, ordered: &Preservation) -> Result<()> {
        let mut originals = Vec::new();
        for (item, number) in ordered.items.iter().zip(1..) {
            let verdicts = self.inner.store.verdicts_of_item(&ordered.service, item).await?;
            // The content that was removed is that of the latest verdict before the removal.
            let before = verdicts.iter().rfind(|row| row.verdict.at <= ordered.removed_at);
            let Some(row) = before else { continue };
            originals.extend(self.seal_item(&ordered.id, number, row).await?);
        }
        self.change(&ordered.id, &Origin::operator(), |mut changed, _| {
            if changed.state != PreservationState::Ordered {
                return Err(Error::Contended);
            }
            changed.state = PreservationState::Kept;
            changed.originals.clone_from(&originals);
            let entry = facts::preserved(&changed);
            Ok((changed, entry))
        })
        .await
        .map(drop)
    }

    async fn seal_item(
        &self,
        id: &PreservationId,
        number: usize,
        row: &VerdictRow,
    ) -> Result<Vec<Original>> {
        let bytes = to_json("item", &row.item)?.into_bytes();
        let item = Original {
            name: format!("{number}.json"),
            item: row.item.id.clone(),
            medium: None,
            bytes: bytes.len() as u64,
            sha256: self.seal_original(id, bytes).await?,
            media_type: "application/json".to_owned(),
            captured_at: row.verdict.at,
            obtained: Obtained::Submitted,
            address: None,
        };
        let mut originals = vec![item];
        for (medium, place) in row.item.media.iter().zip(1..) {
            let Some(sha256) = &medium.sha256 else { continue };
            // A medium whose bytes never came has a digest that the service told, and no file.
            let Some(media_type) = self.inner.store.evidence(sha256).await? else { continue };
            let Some(bytes) = self.read_vault(None, sha256).await? else { continue };
            let name = format!("{number}-{place}.bin");
            let sealed = self.medium_original(&row.item, &medium.id, name, media_type);
            let (at, length) = (row.verdict.at, bytes.len() as u64);
            let sha256 = self.seal_original(id, bytes).await?;
            originals.push(Original { sha256, bytes: length, captured_at: at, ..sealed });
        }
        Ok(originals)
    }

    fn medium_original(
        &self,
        item: &Item,
        medium: &MediaId,
        name: String,
        media_type: String,
    ) -> Original {
        let named = item.media.iter().find(|known| known.id == *medium);
        let address = named.and_then(|medium| medium.url.clone());
        let obtained = if address.is_some() { Obtained::FromAddress } else { Obtained::Submitted };
        Original {
            name,
            item: item.id.clone(),
            medium: Some(medium.clone()),
            sha256: String::new(),
            bytes: 0,
            media_type,
            captured_at: item.created_at,
            obtained,
            address,
        }
    }

    async fn seal_original(&self, id: &PreservationId, bytes: Vec<u8>) -> Result<String> {
        let (vault, id) = (self.inner.vault.clone(), id.to_string());
        blocking(move || vault.store(Scope::Original(&id), &bytes)).await
    }

    /// Reads an object of the vault: an original of a preservation, or a working copy.
    pub(crate) async fn read_vault(
        &self,
        original_of: Option<&PreservationId>,
        sha256: &str,
    ) -> Result<Option<Vec<u8>>> {
        let (vault, sha256) = (self.inner.vault.clone(), sha256.to_owned());
        let id = original_of.map(ToString::to_string);
        blocking(move || vault.read(scope(id.as_deref()), &sha256)).await
    }

    /// Keeps longer, because an authority or court asks for it for pending proceedings (Art 6(2)).
    ///
    /// # Errors
    /// Where the proceedings are not named, the time is not later, or it is deleted already.
    pub async fn prolong(
        &self,
        id: &PreservationId,
        input: &ProlongInput,
        origin: &Origin,
    ) -> Result<Preservation> {
        check_text("asked_by", "the authority or court that asks", &input.asked_by)?;
        check_text("proceedings", "the pending proceedings", &input.proceedings)?;
        self.change(id, origin, |mut changed, At { now, salt }| {
            check_open(&changed)?;
            if input.until <= changed.until || input.until <= now {
                let problem = format!("must be later than {}, when it ends now", changed.until);
                return Err(Error::invalid("until", problem));
            }
            check_room("prolongations", changed.prolongations.len())?;
            changed.until = input.until;
            changed.prolongations.push(Prolongation {
                asked_by: input.asked_by.clone(),
                proceedings: input.proceedings.clone(),
                until: input.until,
                by: origin.actor.name().to_owned(),
                at: now,
            });
            let entry = facts::preservation(
                &changed,
                "prolonged",
                Some((&input.proceedings, &salt)),
                &origin.actor,
            );
            Ok((changed, entry))
        })
        .await
    }

    /// Holds a preservation: it is not deleted, whatever its time, until the hold is lifted.
    ///
    /// # Errors
    /// Where no duty is named, or it is deleted already.
    pub async fn hold(
        &self,
        id: &PreservationId,
        reason: &str,
        origin: &Origin,
    ) -> Result<Preservation> {
        check_text("reason", "the duty that stands against deletion", reason)?;
        self.change(id, origin, |mut changed, At { now, salt }| {
            check_open(&changed)?;
            check_room("holds", changed.holds.len())?;
            let (reason_kept, by) = (reason.to_owned(), origin.actor.name().to_owned());
            changed.holds.push(Hold { reason: reason_kept, by, at: now, released_at: None });
            let entry = facts::preservation(&changed, "held", Some((reason, &salt)), &origin.actor);
            Ok((changed, entry))
        })
        .await
    }

    /// Lifts every hold of a preservation; where its time is over, it is deleted next.
    ///
    /// # Errors
    /// Where no reason is given, or nothing holds it.
    pub async fn release_hold(
        &self,
        id: &PreservationId,
        reason: &str,
        origin: &Origin,
    ) -> Result<Preservation> {
        check_text("reason", "why nothing stands against deletion any more", reason)?;
        self.change(id, origin, |mut changed, At { now, salt }| {
            if !changed.is_held() {
                return Err(Error::invalid("preservation", "nothing holds it"));
            }
            for hold in changed.holds.iter_mut().filter(|hold| hold.released_at.is_none()) {
                hold.released_at = Some(now);
            }
            let entry =
                facts::preservation(&changed, "released", Some((reason, &salt)), &origin.actor);
            Ok((changed, entry))
        })
        .await
    }

    /// Changes a preservation with its record; repeats where somebody else changed it meanwhile.
    async fn change(
        &self,
        id: &PreservationId,
        origin: &Origin,
        step: impl Fn(Preservation, At) -> Result<(Preservation, Entry)>,
    ) -> Result<Preservation> {
        let change = || async {
            let (now, before) = (self.now(), self.preservation(id).await?);
            let (salt, seen) = self.account_salt(&before.service, &before.account, now).await?;
            let (mut changed, entry) = step(before, At { now, salt })?;
            changed.revision += 1;
            let change = PreservationChange::Changed(Box::new(changed.clone()));
            let mut changes = vec![Change::Preservation(change)];
            changes.extend(seen);
            changes.extend(origin.remember(&changed, now)?);
            self.inner.store.commit(changes, vec![entry], now).await?;
            Ok(changed)
        };
        origin.once(&self.inner.store, change).await
    }
}

/// When a preservation changes, and the salt of what its records commit to.
#[derive(Clone, Copy)]
struct At {
    now: Timestamp,
    salt: [u8; 32],
}

/// The changes and entries that order a preservation, beside those of its decision.
pub(crate) fn order(
    case: &Case,
    decision: &Decision,
    actions: &[model::Action],
    actor: &Actor,
    changes: &mut Vec<Change>,
    entries: &mut Vec<Entry>,
) {
    let Some(preservation) = ordered(case, decision, actions) else { return };
    entries.push(facts::preservation(&preservation, "ordered", None, actor));
    let change = PreservationChange::Ordered(Box::new(preservation));
    changes.push(Change::Preservation(change));
}

fn scope(original_of: Option<&str>) -> Scope<'_> {
    original_of.map_or(Scope::Working, Scope::Original)
}

/// Does work with files beside the threads that serve.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::result::Result<T, store::VaultError> + Send + 'static,
) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    Ok(done.map_err(|error| Error::Worker { detail: error.to_string() })??)
}

fn check_text(place: &str, what: &str, text: &str) -> Result<()> {
    let limit = limits::REASON_BYTES;
    if text.trim().is_empty() {
        return Err(Error::invalid(place, format!("name {what}")));
    }
    if text.len() > limit {
        let problem = format!("{} bytes; at most {limit} are kept", text.len());
        return Err(Error::invalid(place, problem));
    }
    Ok(())
}

fn check_open(preservation: &Preservation) -> Result<()> {
    match preservation.state {
        PreservationState::Ordered | PreservationState::Kept => Ok(()),
        PreservationState::Deleted => {
            Err(Error::invalid("preservation", "its time was over, and it was deleted"))
        }
    }
}

fn check_room(what: &str, count: usize) -> Result<()> {
    let limit = limits::PRESERVATION_ENTRIES;
    match count < limit {
        true => Ok(()),
        false => Err(Error::invalid(what, format!("a preservation has at most {limit}"))),
    }
}
