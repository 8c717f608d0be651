//! Reports that were published: which files, which version, and how long they stay public.

use crate::facts;
use crate::once::Origin;
use crate::{Engine, Result};
use model::{ServiceId, Timestamp};
use serde::Serialize;

/// A version of a report that is published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PublishedReport {
    /// The service.
    pub service: ServiceId,
    /// Which report, such as `dsa`.
    pub kind: String,
    /// Its first and last day, as `2026-01-01 to 2026-12-31`.
    pub period: String,
    /// Which version of it, from 1.
    pub version: u64,
    /// How many files it has.
    pub files: u64,
    /// SHA-256 over the list of its files, in hexadecimal.
    pub digest: String,
    /// When it was published.
    pub at: Timestamp,
    /// Until when it stays public.
    pub until: Timestamp,
}

impl Engine {
    /// Seals that a version of a report was published. What it says of the version, the caller read
    /// from the log.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn publish_report(&self, report: &PublishedReport, origin: &Origin) -> Result<()> {
        let entry = facts::report_published(report, &origin.actor);
        self.inner.store.commit(Vec::new(), vec![entry], self.now()).await?;
        Ok(())
    }
}
