//! Letters on their way: what is due, and what became of each attempt.

use crate::delivery::DeliveryOutcome;
use crate::facts;
use crate::once::{Actor, Origin};
use crate::{Engine, Error, Result};
use audit::FactKind;
use model::LetterId;
use store::{Change, Delivery, DeliveryMove, LetterRow};

/// How long an attempt belongs to one worker: longer than the longest attempt.
const LEASE_SECONDS: i64 = 120;

impl Engine {
    /// Reads the letters whose next attempt is due.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn letters_due(&self, rows: usize) -> Result<Vec<LetterRow>> {
        Ok(self.inner.store.letters_due(self.now(), rows).await?)
    }

    /// Reads the letters in one state, newest first.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn letters(&self, state: Delivery, rows: usize) -> Result<Vec<LetterRow>> {
        Ok(self.inner.store.letters(state, rows).await?)
    }

    /// Reads the letters about something, oldest first.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn letters_about(&self, about: &str) -> Result<Vec<LetterRow>> {
        Ok(self.inner.store.letters_about(about).await?)
    }

    /// Takes an attempt for one worker; `false` where another was quicker.
    ///
    /// # Errors
    /// Where the store fails; then the attempt must not be made.
    pub async fn begin_letter(&self, row: &LetterRow) -> Result<bool> {
        let now = self.now();
        let leased = DeliveryMove::Leased { due: row.next, until: now.plus_seconds(LEASE_SECONDS) };
        let change = Change::LetterMoved(row.letter.id.clone(), leased);
        self.lease(vec![change], now).await
    }

    /// Notes what became of an attempt.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn letter_sent(&self, row: &LetterRow, outcome: DeliveryOutcome) -> Result<()> {
        let now = self.now();
        let id = row.letter.id.clone();
        let entry = |kind| facts::letter(kind, &row.letter, row.attempts + 1, &Actor::Operator);
        let store = &self.inner.store;
        match outcome {
            DeliveryOutcome::Delivered => {
                let change = Change::LetterMoved(id, DeliveryMove::Delivered);
                store.commit(vec![change], vec![entry(FactKind::LetterSent)], now).await?;
            }
            DeliveryOutcome::Retry { next, problem } => {
                let change = Change::LetterMoved(id, DeliveryMove::Retried { next, problem });
                store.keep(vec![change], now).await?;
            }
            DeliveryOutcome::Dead { problem } => {
                let change = Change::LetterMoved(id, DeliveryMove::Dead { problem });
                store.commit(vec![change], vec![entry(FactKind::LetterDead)], now).await?;
            }
        }
        Ok(())
    }

    /// Sends a letter again that was given up.
    ///
    /// # Errors
    /// Where there is none of that id, it was not given up, or the store fails.
    pub async fn send_letter_again(&self, id: &LetterId, origin: &Origin) -> Result<()> {
        let row = self.inner.store.letter(id).await?;
        let row = row.ok_or_else(|| Error::NotFound { what: "letter", id: id.to_string() })?;
        if row.state != Delivery::Dead {
            return Err(Error::invalid("letter", "only one that was given up is sent again"));
        }
        let now = self.now();
        let entry = facts::letter(FactKind::LetterAgain, &row.letter, row.attempts, &origin.actor);
        let change = Change::LetterMoved(id.clone(), DeliveryMove::Again);
        self.inner.store.commit(vec![change], vec![entry], now).await?;
        Ok(())
    }
}
