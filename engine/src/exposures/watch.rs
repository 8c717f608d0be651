//! The watch over exposure decisions: whoever is on duty is warned of what is due.

use super::read;
use crate::facts;
use crate::once::Actor;
use crate::orders::{letter_of_warning, watched};
use crate::{Engine, Error, Result};
use audit::FactKind;
use model::{Letter, Timestamp, limits};
use review::exposures::{Exposure, Obligation, OwedBy, Warned, warned};
use std::fmt::Write;
use store::{Change, ExposureChange, ExposureRow};

impl Engine {
    /// Looks at every exposure decision about which something is due. What fails for one is told
    /// and does not hold up the others; gives of how many was warned.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn watch_exposures(&self) -> Result<usize> {
        let mut changed = 0;
        for row in self.inner.store.exposures_due(limits::PAGE_ROWS).await? {
            changed += usize::from(watched(self.warn_of(&row).await, row.id.as_str()));
        }
        Ok(changed)
    }

    async fn warn_of(&self, row: &ExposureRow) -> Result<bool> {
        let exposure = read(row)?;
        let (setup, now) = (&self.inner.orders, self.now());
        let due = exposure.warnings_due(&setup.alert_days, &setup.law, now);
        if due.is_empty() {
            return Ok(false);
        }
        let next = warned(&exposure, &due, now);
        let row = self.row_of(&next, now)?;
        let is_missed = due.iter().any(|warning| warning.days == 0);
        let word = if is_missed { "missed" } else { "due_soon" };
        let kind = FactKind::ExposureWarned;
        let entry = facts::exposure(kind, word, &next, row.due, &Actor::Operator);
        let mut changes = vec![Change::Exposure(ExposureChange::Changed(row))];
        // Warnings that fall together are one letter.
        for to in self.alert_to(now).await? {
            let letter = warning(&next, &self.told_of(&next, &due, now), to, now)?;
            changes.push(Change::LetterWritten(Box::new(letter)));
        }
        self.inner.store.commit(changes, vec![entry], now).await?;
        Ok(true)
    }

    fn told_of(&self, exposure: &Exposure, warnings: &[Warned], now: Timestamp) -> Vec<Obligation> {
        let mut open = exposure.open_obligations(&self.inner.orders.law, now);
        open.retain(|one| warnings.iter().any(|warning| warning.obligation == one.id));
        open
    }

    /// What exposure decisions ask for that a person on duty should have in sight, the nearest
    /// first: what is due within the time of the first warning, and what was missed unseen.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn pressing_exposures(&self) -> Result<Vec<(Exposure, Obligation)>> {
        let (setup, now) = (&self.inner.orders, self.now());
        let days = setup.alert_days.iter().max().copied().unwrap_or_default();
        let soon = now.plus_seconds(i64::from(days) * 86_400);
        let mut pressing = Vec::new();
        for row in self.inner.store.exposures_due(limits::PAGE_ROWS).await? {
            let exposure = read(&row)?;
            let unseen = exposure.unseen_misses(&setup.law, now);
            let all = exposure.obligations(&setup.law, now);
            let presses = |one: &Obligation| {
                let is_ours = one.owed_by == OwedBy::Service;
                let is_soon = one.is_open && !one.is_missed && one.due <= soon;
                is_ours && (is_soon || unseen.iter().any(|missed| missed.id == one.id))
            };
            let own = all.into_iter().filter(presses).map(|one| (exposure.clone(), one));
            pressing.extend(own);
        }
        pressing.sort_by_key(|(_, one)| one.due);
        Ok(pressing)
    }
}

/// What somebody is warned of.
fn warning(exposure: &Exposure, open: &[Obligation], to: String, now: Timestamp) -> Result<Letter> {
    let first = open.first().ok_or(Error::Contended)?;
    let seconds = first.due.seconds_since(now);
    let subject = if seconds < 0 {
        format!("What an exposure decision asks for was not done in time: {}", first.id)
    } else {
        let days = (seconds + 86_399) / 86_400;
        format!("{days} days left for what an exposure decision asks for: {}", first.id)
    };
    let mut body = format!(
        "Exposure decision {} ({}), notified at {}.\n",
        exposure.decision.reference, exposure.id, exposure.decision.notified_at
    );
    for one in open {
        let owed_by = match one.owed_by {
            OwedBy::Service => "the service owes it",
            OwedBy::Authority => "the authority owes it",
        };
        // Writing to a string cannot fail.
        let _ = writeln!(body, "- {}: due at {}; {owed_by}", one.id, one.due);
    }
    letter_of_warning((&exposure.service, exposure.id.as_str()), (subject, body), to, now)
}
