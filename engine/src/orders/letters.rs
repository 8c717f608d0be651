//! Letters on their way: what is due, and what became of each attempt.

use crate::facts;
use crate::once::{Actor, Origin};
use crate::{Engine, Error, Result};
use audit::FactKind;
use model::{LetterId, Timestamp};
use store::{Change, Delivery, LetterMove, LetterRow};

/// How long an attempt belongs to one worker: longer than the longest attempt.
const LEASE_SECONDS: i64 = 120;

/// What became of an attempt to send a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LetterOutcome {
    /// The mail server took it.
    Sent,
    /// It failed, and another attempt is due.
    Retry {
        /// When.
        next: Timestamp,
        /// What went wrong.
        problem: String,
    },
    /// It failed for good; a person may send it again.
    Dead {
        /// What went wrong last.
        problem: String,
    },
}

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
        let leased = LetterMove::Leased { due: row.next, until: now.plus_seconds(LEASE_SECONDS) };
        let change = Change::LetterMoved(row.letter.id.clone(), leased);
        match self.inner.store.keep(vec![change], now).await {
            Ok(()) => Ok(true),
            Err(error) if error.is_conflict() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Notes what became of an attempt.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn letter_sent(&self, row: &LetterRow, outcome: LetterOutcome) -> Result<()> {
        let now = self.now();
        let id = row.letter.id.clone();
        let entry = |kind| facts::letter(kind, &row.letter, row.attempts + 1, &Actor::Operator);
        let store = &self.inner.store;
        match outcome {
            LetterOutcome::Sent => {
                let change = Change::LetterMoved(id, LetterMove::Sent);
                store.commit(vec![change], vec![entry(FactKind::LetterSent)], now).await?;
            }
            LetterOutcome::Retry { next, problem } => {
                let change = Change::LetterMoved(id, LetterMove::Retried { next, problem });
                store.keep(vec![change], now).await?;
            }
            LetterOutcome::Dead { problem } => {
                let change = Change::LetterMoved(id, LetterMove::Dead { problem });
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
        let change = Change::LetterMoved(id.clone(), LetterMove::Again);
        self.inner.store.commit(vec![change], vec![entry], now).await?;
        Ok(())
    }
}
