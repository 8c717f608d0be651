//! The watch over open reports: who waits, and which letters are gone.

use super::{read, row};
use crate::facts;
use crate::once::Actor;
use crate::orders::{letter_of_warning, watched};
use crate::{Engine, Result};
use audit::FactKind;
use model::{Letter, LetterId, ThreatId, Timestamp, limits};
use review::threats::{Threat, ThreatStatus, alerted, alerts_due, delivered};
use store::{Change, Delivery, Entry, ThreatChange, ThreatRow};

impl Engine {
    /// Looks at every open report once. What fails for one is told and does not hold up the others;
    /// gives how many changed.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn watch_threats(&self) -> Result<usize> {
        let mut changed = 0;
        for row in self.inner.store.threats_open(limits::PAGE_ROWS).await? {
            changed += usize::from(watched(self.watch_threat(&row).await, row.id.as_str()));
        }
        Ok(changed)
    }

    /// One change a look: what else is due is seen with the next.
    async fn watch_threat(&self, row: &ThreatRow) -> Result<bool> {
        let threat = read(row)?;
        if threat.status == ThreatStatus::Sent && self.note_gone(&threat).await? {
            return Ok(true);
        }
        let now = self.now();
        let due = alerts_due(&threat, &self.inner.threats.alert_minutes, now);
        if due.is_empty() {
            return Ok(false);
        }
        let next = alerted(&threat, &due, now);
        let mut changes = Vec::new();
        for to in self.alert_to(now).await? {
            changes.push(Change::LetterWritten(Box::new(warning(&next, to, now)?)));
        }
        self.note_threat(&next, "alerted", changes, now).await
    }

    async fn note_gone(&self, threat: &Threat) -> Result<bool> {
        let letters = self.letters_about(threat.id.as_str()).await?;
        let gone: Vec<(LetterId, Timestamp)> = letters
            .iter()
            .filter(|row| row.state == Delivery::Delivered)
            .filter(|row| threat.untold().any(|one| one.letter.as_ref() == Some(&row.letter.id)))
            .filter_map(|row| Some((row.letter.id.clone(), row.sent?)))
            .collect();
        if gone.is_empty() {
            return Ok(false);
        }
        let now = self.now();
        self.note_threat(&delivered(threat, &gone, now), "delivered", Vec::new(), now).await
    }

    async fn note_threat(
        &self,
        next: &Threat,
        word: &str,
        mut changes: Vec<Change>,
        now: Timestamp,
    ) -> Result<bool> {
        let entry: Entry = facts::threat(FactKind::ThreatChanged, word, next, &Actor::Operator);
        changes.push(Change::Threat(ThreatChange::Changed(row(next)?)));
        self.inner.store.commit(changes, vec![entry], now).await?;
        Ok(true)
    }

    /// The open reports, oldest first: what nobody may overlook.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn pressing_threats(&self) -> Result<Vec<ThreatId>> {
        let rows = self.inner.store.threats_open(limits::PAGE_ROWS).await?;
        Ok(rows.into_iter().map(|row| row.id).collect())
    }
}

/// The warning that a report waits. What it is about is not told outside: whoever is warned signs
/// in and reads it there.
fn warning(threat: &Threat, to: String, now: Timestamp) -> Result<Letter> {
    let minutes = now.seconds_since(threat.raised_at) / 60;
    let (subject, waits) = match threat.status {
        ThreatStatus::Raised => (
            format!("A report of a threat waits for its second person: {}", threat.id),
            "It goes out only once somebody else than who raised it confirms it.".to_owned(),
        ),
        ThreatStatus::Sent | ThreatStatus::Delivered | ThreatStatus::Dismissed => {
            let untold: Vec<&str> = threat.untold().map(|one| one.name.as_str()).collect();
            (
                format!("A report of a threat has not reached everybody: {}", threat.id),
                format!("Not told yet: {}. Tell them by telephone.", untold.join(", ")),
            )
        }
    };
    let body = format!(
        "Report {} ({}) was raised {minutes} minutes ago, from case {}.\n{waits}\n",
        threat.id,
        threat.kind.as_str(),
        threat.case,
    );
    letter_of_warning((&threat.service, threat.id.as_str()), (subject, body), to, now)
}
