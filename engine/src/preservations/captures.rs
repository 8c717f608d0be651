//! Captured pages that somebody hands in as evidence of a case: a WARC file, kept to the byte, with
//! what it captured from where and when.

use super::{blocking, check_open, check_room};
use crate::facts;
use crate::once::Origin;
use crate::{Engine, Error, Result};
use evidence::Digests;
use evidence::archive::{ArchiveReader, ArchiveRecord, RecordKind, http_answer};
use model::{
    CapturedArchive, CapturedPage, CaseId, Preservation, PreservationId, PreservationState, limits,
};
use store::{PreservationFilter, Scope};

impl Engine {
    /// Keeps a WARC file with what is preserved of a case: as long, for the same purposes, and
    /// deleted with it. The same file again is answered with the first.
    ///
    /// # Errors
    /// Where the file is too large, is no WARC file or has no captured page, by its record; nothing
    /// of the case is preserved, or the disk or the store fails.
    pub async fn import_archive(
        &self,
        case: &CaseId,
        bytes: Vec<u8>,
        origin: &Origin,
    ) -> Result<CapturedArchive> {
        let pages = pages(&bytes)?;
        let preservation = self.open_preservation(case).await?;
        let (sha256, size) = (hex::encode(Digests::of(&bytes).sha256), bytes.len() as u64);
        if let Some(known) = known(&preservation, &sha256) {
            return Ok(known.clone());
        }
        let (vault, of) = (self.inner.vault.clone(), preservation.id.to_string());
        blocking(move || vault.store(Scope::Original(&of), &bytes)).await?;
        let kept = self.keep_archive(&preservation.id, (&sha256, size, pages), origin).await;
        let Err(failure) = kept else { return kept };
        let now = self.preservation(&preservation.id).await?;
        if let Some(known) = known(&now, &sha256) {
            return Ok(known.clone());
        }
        // What nothing names would never be deleted.
        if now.originals.iter().all(|original| original.sha256 != sha256) {
            self.destroy(Some(preservation.id.to_string()), sha256).await?;
        }
        Err(failure)
    }

    async fn keep_archive(
        &self,
        id: &PreservationId,
        (sha256, bytes, pages): (&str, u64, Vec<CapturedPage>),
        origin: &Origin,
    ) -> Result<CapturedArchive> {
        let changed = self.change(id, origin, |mut changed, at| {
            check_open(&changed)?;
            if known(&changed, sha256).is_some() {
                return Err(Error::Contended);
            }
            check_room("archives", changed.archives.len())?;
            changed.archives.push(CapturedArchive {
                name: format!("captures-{}.warc", changed.archives.len() + 1),
                sha256: sha256.to_owned(),
                bytes,
                by: origin.actor.name().to_owned(),
                at: at.now,
                pages: pages.clone(),
            });
            let digest = Some((sha256, &at.salt));
            let entry = facts::preservation(&changed, "captured", digest, &origin.actor);
            Ok((changed, entry))
        });
        let absent = || Error::NotFound { what: "archive", id: sha256.to_owned() };
        known(&changed.await?, sha256).cloned().ok_or_else(absent)
    }

    /// The preservation of a case that lasts longest, once its originals are sealed.
    async fn open_preservation(&self, case: &CaseId) -> Result<Preservation> {
        let case = self.case(case).await?;
        let filter = PreservationFilter {
            case: Some(case.id.clone()),
            limit: limits::PAGE_ROWS,
            ..PreservationFilter::default()
        };
        let all = self.preservations(&filter).await?;
        let of_state = |state| all.iter().rfind(|one| one.state == state);
        if let Some(kept) = of_state(PreservationState::Kept) {
            return Ok(kept.clone());
        }
        let problem = match of_state(PreservationState::Ordered) {
            Some(_) => "what it removed is not sealed yet; try again shortly",
            None => {
                "nothing of it is preserved; captured pages are kept with what a decision removed \
                 or disabled, as long and for the same purposes"
            }
        };
        Err(Error::invalid("case", problem))
    }
}

fn known<'a>(preservation: &'a Preservation, sha256: &str) -> Option<&'a CapturedArchive> {
    preservation.archives.iter().find(|archive| archive.sha256 == sha256)
}

/// The captured pages of a WARC file, each by the number of its record.
fn pages(bytes: &[u8]) -> Result<Vec<CapturedPage>> {
    let unfit = |problem: String| Error::invalid("warc", problem);
    let limit = limits::ARCHIVE_BYTES;
    if bytes.len() > limit {
        return Err(unfit(format!("{} bytes; at most {limit} are taken: split it", bytes.len())));
    }
    let mut reader = ArchiveReader::new(bytes);
    let mut pages = Vec::new();
    for number in 1.. {
        let read = reader.next_record().map_err(|error| unfit(error.to_string()))?;
        let Some((record, _)) = read else { break };
        if !is_page(&record.kind) {
            continue;
        }
        if pages.len() == limits::ARCHIVE_PAGES {
            let limit = limits::ARCHIVE_PAGES;
            return Err(unfit(format!("record {number}: more than {limit} captured pages")));
        }
        let unnamed = || unfit(format!("record {number}: it has no WARC-Target-URI"));
        pages.push(page(number, &record).ok_or_else(unnamed)?);
    }
    match pages.is_empty() {
        false => Ok(pages),
        true => Err(unfit("it has no record of a captured page".to_owned())),
    }
}

fn is_page(kind: &RecordKind) -> bool {
    match kind {
        RecordKind::Response | RecordKind::Resource => true,
        RecordKind::Info | RecordKind::Request | RecordKind::Metadata | RecordKind::Other(_) => {
            false
        }
    }
}

/// What a record captured; `None` where it does not say from where.
fn page(record: u32, of: &ArchiveRecord) -> Option<CapturedPage> {
    let address = of.target.clone()?;
    let answer = http_answer(&of.block).filter(|_| of.kind == RecordKind::Response);
    let (body, media_type) = match answer {
        Some(answer) => (answer.body, answer.media_type),
        None => (of.block.as_slice(), of.content_type.clone()),
    };
    Some(CapturedPage {
        record,
        address,
        at: of.at,
        media_type,
        sha256: hex::encode(Digests::of(body).sha256),
        bytes: body.len() as u64,
    })
}
