//! Looking at what is preserved: for a purpose that the law allows, with a reason, where the
//! operator wants it with a second person's leave, and each time with a record.

use super::{At, check_open, check_room, check_text};
use crate::facts;
use crate::once::{Actor, Origin};
use crate::{Engine, Error, Result};
use model::{
    Access, AccessPurpose, Obtained, Original, Preservation, PreservationId, Timestamp, limits,
};
use serde::{Deserialize, Serialize};

/// A request to see what is preserved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AccessInput {
    /// What for; nothing else is allowed.
    pub purpose: AccessPurpose,
    /// Why, in words.
    pub reason: String,
}

impl Engine {
    /// Asks for access. It lasts 24 hours from when it is allowed: at once, or, where the
    /// settings want a second person, once that person allows it.
    ///
    /// # Errors
    /// Where no reason is given, or it is deleted already.
    pub async fn ask_access(
        &self,
        id: &PreservationId,
        input: &AccessInput,
        origin: &Origin,
    ) -> Result<Access> {
        check_text("reason", "why it has to be seen", &input.reason)?;
        let needs_second = self.inner.second_person;
        let kind = if needs_second { "access_asked" } else { "opened" };
        let changed = self
            .change(id, origin, |mut changed, At { now, salt }| {
                check_open(&changed)?;
                check_room("accesses", changed.accesses.len())?;
                let number = u32::try_from(changed.accesses.len()).unwrap_or(u32::MAX) + 1;
                changed.accesses.push(Access {
                    number,
                    by: origin.actor.name().to_owned(),
                    purpose: input.purpose,
                    reason: input.reason.clone(),
                    at: now,
                    allowed_by: None,
                    until: (!needs_second).then(|| lasts_until(now)),
                });
                let entry = facts::access(
                    &changed,
                    kind,
                    input.purpose,
                    &input.reason,
                    &salt,
                    &origin.actor,
                );
                Ok((changed, entry))
            })
            .await?;
        let access = changed.accesses.last().cloned();
        access.ok_or(Error::Damaged { what: "preservation", detail: "no access".to_owned() })
    }

    /// Allows somebody else's access.
    ///
    /// # Errors
    /// Where there is none of that number, it is one's own, or it was allowed already.
    pub async fn allow_access(
        &self,
        id: &PreservationId,
        number: u32,
        origin: &Origin,
    ) -> Result<Preservation> {
        self.change(id, origin, |mut changed, At { now, salt }| {
            check_open(&changed)?;
            let access = changed.accesses.iter_mut().find(|access| access.number == number);
            let access =
                access.ok_or_else(|| Error::NotFound { what: "access", id: number.to_string() })?;
            if access.by == origin.actor.name() {
                return Err(Error::invalid("access", "somebody else has to allow it"));
            }
            if access.until.is_some() {
                return Err(Error::invalid("access", "it was allowed already"));
            }
            access.allowed_by = Some(origin.actor.name().to_owned());
            access.until = Some(lasts_until(now));
            let (purpose, reason) = (access.purpose, access.reason.clone());
            let entry =
                facts::access(&changed, "access_allowed", purpose, &reason, &salt, &origin.actor);
            Ok((changed, entry))
        })
        .await
    }

    /// Reads an original under an access; that is a record of its own.
    ///
    /// # Errors
    /// Where the access is not the actor's, waits for a second person or is over, there is no such
    /// original, or it is damaged.
    pub async fn read_original(
        &self,
        id: &PreservationId,
        number: u32,
        name: &str,
        actor: &Actor,
    ) -> Result<(Vec<u8>, Original)> {
        let preservation = self.preservation(id).await?;
        check_open(&preservation)?;
        let purpose = self.check_access(&preservation, number, actor)?;
        let known = preservation.originals.iter().find(|original| original.name == name);
        let original = known.cloned().or_else(|| captured(&preservation, name));
        let absent = || Error::NotFound { what: "original", id: name.to_owned() };
        let original = original.ok_or_else(absent)?;
        let bytes = self.original_bytes(&preservation, &original).await?;
        let entry = facts::original_viewed(&preservation, &original, purpose, actor);
        self.inner.store.commit(Vec::new(), vec![entry], self.now()).await?;
        Ok((bytes, original))
    }

    fn check_access(
        &self,
        preservation: &Preservation,
        number: u32,
        actor: &Actor,
    ) -> Result<AccessPurpose> {
        let refused = |problem: &str| Error::invalid("access", problem);
        let access = preservation.accesses.iter().find(|access| access.number == number);
        let access = access.ok_or_else(|| refused("there is none of that number; ask for one"))?;
        if access.by != actor.name() {
            return Err(refused("it is somebody else's; ask for one of your own"));
        }
        match access.until {
            None => Err(refused("it waits for a second person to allow it")),
            Some(until) if until <= self.now() => Err(refused("it is over; ask again")),
            Some(_) => Ok(access.purpose),
        }
    }

    /// The bytes of an original, which must be there.
    pub(super) async fn original_bytes(
        &self,
        preservation: &Preservation,
        original: &Original,
    ) -> Result<Vec<u8>> {
        self.sealed_bytes(&preservation.id, &original.name, &original.sha256).await
    }

    /// The bytes of something that is sealed with a preservation and must be there.
    pub(super) async fn sealed_bytes(
        &self,
        id: &PreservationId,
        name: &str,
        sha256: &str,
    ) -> Result<Vec<u8>> {
        let found = self.read_vault(Some(id), sha256).await?;
        found.ok_or_else(|| Error::Damaged {
            what: "original",
            detail: format!("{name} of {id} is gone with its key; restore both from a backup"),
        })
    }
}

/// A WARC file that was handed in, as an original of the first item.
fn captured(preservation: &Preservation, name: &str) -> Option<Original> {
    let archive = preservation.archives.iter().find(|archive| archive.name == name)?;
    Some(Original {
        name: archive.name.clone(),
        item: preservation.items.first()?.clone(),
        medium: None,
        sha256: archive.sha256.clone(),
        bytes: archive.bytes,
        media_type: "application/warc".to_owned(),
        captured_at: archive.at,
        obtained: Obtained::Submitted,
        address: None,
    })
}

fn lasts_until(now: Timestamp) -> Timestamp {
    now.plus_seconds(limits::EVIDENCE_ACCESS_HOURS * 3_600)
}
