//! The sealed log: it begins, is read, and is verified from the first record to the head.

use crate::facts;
use crate::once::Actor;
use crate::tree::TreeCheck;
use crate::{Engine, Result};
use audit::{FactKind, Head, Verifier};
use serde::Serialize;
use serde_json::json;

/// Records that are read at once.
const PAGE: usize = 500;

/// The outcome of a verification that found nothing amiss.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Verified {
    /// How many records hold.
    pub records: u64,
    /// The hash of the chain, in hexadecimal.
    pub hash: String,
    /// The root of the tree of these records, in hexadecimal.
    pub root: String,
}

impl Engine {
    /// Seals the first record where there is none.
    pub(crate) async fn begin_log(&self) -> Result<()> {
        if self.inner.store.head().await?.next > 0 {
            return Ok(());
        }
        let event = json!({ "version": env!("CARGO_PKG_VERSION") });
        let entry = facts::operation(FactKind::LogStarted, "start", &Actor::Operator, event);
        self.inner.store.commit(Vec::new(), vec![entry], self.now()).await?;
        Ok(())
    }

    /// Reads the head of the log.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn head(&self) -> Result<Head> {
        Ok(self.inner.store.head().await?)
    }

    /// Reads encoded records with their hashes, from a sequence number on.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn records(&self, from: u64, rows: usize) -> Result<Vec<(Vec<u8>, Vec<u8>)>> {
        Ok(self.inner.store.records(from, rows).await?)
    }

    /// Recomputes the whole log against its head, and the tree and the published checkpoint against
    /// the records; `told` hears how many records were checked.
    ///
    /// # Errors
    /// [`crate::Error::Broken`] with the first record that does not hold, [`crate::Error::Tree`]
    /// with the first part of the tree that does not, or where the store fails.
    pub async fn verify(&self, mut told: impl FnMut(u64)) -> Result<Verified> {
        // What was published comes first and then the head: records sealed meanwhile lie beyond it
        // and are not asked for.
        let mut tree = TreeCheck::begin(self).await?;
        let head = self.head().await?;
        let mut verifier = Verifier::new();
        let mut checked = 0u64;
        while checked < head.next {
            let records = self.records(checked, PAGE).await?;
            if records.is_empty() {
                break;
            }
            for (bytes, hash) in &records {
                if checked == head.next {
                    break;
                }
                verifier.push(bytes, hash)?;
                tree.push(bytes)?;
                checked += 1;
            }
            tree.compare().await?;
            told(checked);
        }
        let reached = verifier.finish(Some(&head))?;
        let root = tree.end().await?;
        let (hash, root) = (hex::encode(reached.hash), hex::encode(root));
        Ok(Verified { records: reached.next, hash, root })
    }
}
