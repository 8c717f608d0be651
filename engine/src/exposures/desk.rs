//! Steps that people take on exposure decisions.

use super::report::{ReportText, report_letter, whole};
use super::{ExposureView, RecentOrders, read};
use crate::clock::fresh;
use crate::facts;
use crate::once::Origin;
use crate::{Engine, Error, Result};
use audit::FactKind;
use law::Period;
use model::{AuthorityId, ExposureId, ServiceId, Timestamp, UserId, limits};
use review::exposures::{
    Announcement, Exposure, ExposureError, ExposureStatus, ExposureStep, Figures, HandedOver,
    Noting, notified, step,
};
use review::orders::{Law, Order, OrderKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::{Change, ExposureChange, ExposureRow, MeasuresReportRow};

/// An exposure decision as somebody notes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ExposureInput {
    /// The service.
    pub service: ServiceId,
    /// The authority that decided; it is registered.
    pub authority: AuthorityId,
    /// What it decided.
    pub decision: Announcement,
}

/// The time in which removal orders are counted.
const COUNTED: Period = Period::Months(12);

impl Engine {
    /// Notes an exposure decision that was notified to a service.
    ///
    /// # Errors
    /// Where the authority is not registered or not of the home State, the service has a decision
    /// in force, something is missing, or the store fails.
    pub async fn note_exposure(
        &self,
        input: ExposureInput,
        user: &UserId,
        origin: &Origin,
    ) -> Result<Exposure> {
        let note = || self.note_exposure_once(&input, user, origin);
        origin.once(&self.inner.store, note).await
    }

    async fn note_exposure_once(
        &self,
        input: &ExposureInput,
        user: &UserId,
        origin: &Origin,
    ) -> Result<Exposure> {
        let now = self.now();
        self.check_authority(&input.authority).await?;
        if let Some(row) = self.inner.store.exposure_in_force(&input.service).await? {
            let problem = format!(
                "has the decision {} in force; note what follows as a step on that one",
                row.id
            );
            return Err(Error::invalid("service", problem));
        }
        let noting = Noting {
            id: ExposureId::from_uuid(fresh(now)?),
            service: input.service.clone(),
            authority: input.authority.clone(),
            decision: input.decision.clone(),
            by: user.clone(),
        };
        let exposure = notified(noting, now)?;
        let row = self.row_of(&exposure, now)?;
        let kind = FactKind::ExposureNotified;
        let entry = facts::exposure(kind, "notified", &exposure, row.due, &origin.actor);
        let mut changes = vec![Change::Exposure(ExposureChange::Notified(row))];
        changes.extend(origin.remember(&exposure, now)?);
        self.inner.store.commit(changes, vec![entry], now).await?;
        Ok(exposure)
    }

    /// A decision comes from an authority that is registered, of the State of the service where
    /// the settings name it.
    async fn check_authority(&self, id: &AuthorityId) -> Result<()> {
        let authority = self.authority(id).await?;
        if authority.is_closed {
            return Err(Error::invalid("authority", format!("`{id}` is closed")));
        }
        let home = &self.inner.orders.addressee.member_state;
        if !home.is_empty() && !authority.member_state.eq_ignore_ascii_case(home) {
            let problem = format!(
                "`{id}` is of {}, and exposure is decided in the home State {home} (TCO Art 5(4)); \
                 name its authority, or correct orders.addressee.member_state in the settings",
                authority.member_state
            );
            return Err(Error::invalid("authority", problem));
        }
        Ok(())
    }

    /// Takes a step on an exposure decision.
    ///
    /// # Errors
    /// Where the decision does not stand so that the step can be taken, something is missing, or
    /// the store fails.
    pub async fn step_on_exposure(
        &self,
        id: &ExposureId,
        one: ExposureStep,
        user: &UserId,
        origin: &Origin,
    ) -> Result<Exposure> {
        let step = || self.step_on_exposure_once(id, &one, user, origin);
        origin.once(&self.inner.store, step).await
    }

    async fn step_on_exposure_once(
        &self,
        id: &ExposureId,
        one: &ExposureStep,
        user: &UserId,
        origin: &Origin,
    ) -> Result<Exposure> {
        let now = self.now();
        let exposure = self.read_exposure(id).await?;
        let figures = match one {
            ExposureStep::Draft { .. } if exposure.withdrawal.is_none() => {
                self.figures(&exposure, now).await?
            }
            _ => Figures::default(),
        };
        let law = &self.inner.orders.law;
        let next = step(&exposure, one.clone(), user, law, figures, now)?;
        let row = self.row_of(&next, now)?;
        let mut changes = Vec::new();
        let entry = match one {
            ExposureStep::Send { sha256, handed_over } => {
                let text = whole(&exposure)?.ok_or(ExposureError::NoDraft)?;
                changes.extend(self.sent(&next, &text, sha256, handed_over, now).await?);
                facts::measures_reported(&next, &text, &origin.actor)
            }
            _ => {
                let kind = FactKind::ExposureChanged;
                facts::exposure(kind, one.word(), &next, row.due, &origin.actor)
            }
        };
        changes.push(Change::Exposure(ExposureChange::Changed(row)));
        changes.extend(origin.remember(&next, now)?);
        self.inner.store.commit(changes, vec![entry], now).await?;
        Ok(next)
    }

    /// What keeps a report as it was sent, and sends it where Seawall does.
    async fn sent(
        &self,
        exposure: &Exposure,
        text: &ReportText,
        seen: &str,
        handed_over: &HandedOver,
        now: Timestamp,
    ) -> Result<Vec<Change>> {
        if !text.sha256.eq_ignore_ascii_case(seen) {
            let problem = "the report is not the one that you saw; look at it again, and confirm \
                           the one that is there now";
            return Err(Error::invalid("sha256", problem));
        }
        let row = MeasuresReportRow {
            exposure: exposure.id.clone(),
            number: text.report.number,
            sha256: text.sha256.clone(),
            at: now,
            body: text.json.clone(),
        };
        let mut changes = vec![Change::Exposure(ExposureChange::Reported(row))];
        if *handed_over == HandedOver::Letter {
            let authority = self.authority(&exposure.authority).await?;
            let to = authority.emails.first().cloned().ok_or_else(|| {
                let problem = "the authority has no address on file; register one, or hand the \
                               report over otherwise and say how";
                Error::invalid("handed_over", problem)
            })?;
            changes.push(Change::LetterWritten(Box::new(report_letter(text, to, now)?)));
        }
        Ok(changes)
    }

    /// The row of an exposure decision, due when the next thing is or the first was missed unseen.
    pub(super) fn row_of(&self, exposure: &Exposure, now: Timestamp) -> Result<ExposureRow> {
        let law = &self.inner.orders.law;
        let unseen = exposure.unseen_misses(law, now).first().map(|one| one.due);
        Ok(ExposureRow {
            id: exposure.id.clone(),
            service: exposure.service.clone(),
            status: exposure.status().as_str().to_owned(),
            due: [exposure.due(law, now), unseen].into_iter().flatten().min(),
            at: exposure.decision.notified_at,
            revision: exposure.revision,
            body: crate::intake::to_json("exposure decision", exposure)?,
            is_in_force: exposure.withdrawal.is_none(),
        })
    }

    /// What periods are counted with.
    #[must_use]
    pub fn law(&self) -> &Law {
        &self.inner.orders.law
    }

    /// Reads an exposure decision.
    ///
    /// # Errors
    /// Where there is none, or the store fails.
    pub async fn read_exposure(&self, id: &ExposureId) -> Result<Exposure> {
        let row = self.inner.store.exposure(id).await?;
        let unknown = || Error::NotFound { what: "exposure decision", id: id.to_string() };
        read(&row.ok_or_else(unknown)?)
    }

    /// Lists exposure decisions: what is due first, then the newest.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn exposures(
        &self,
        status: Option<ExposureStatus>,
        rows: usize,
    ) -> Result<Vec<Exposure>> {
        let rows = self.inner.store.exposures(status.map(ExposureStatus::as_str), rows).await?;
        rows.iter().map(read).collect()
    }

    /// Reads an exposure decision with everything that its page shows.
    ///
    /// # Errors
    /// Where there is none, or the store fails.
    pub async fn exposure_view(&self, id: &ExposureId) -> Result<ExposureView> {
        self.view_of_exposure(self.read_exposure(id).await?).await
    }

    /// Reads what belongs to an exposure decision that was read or changed.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn view_of_exposure(&self, exposure: Exposure) -> Result<ExposureView> {
        Ok(ExposureView {
            obligations: exposure.obligations(&self.inner.orders.law, self.now()),
            orders: self.recent_orders(&exposure.service).await?,
            draft: whole(&exposure)?,
            letters: self.letters_about(exposure.id.as_str()).await?,
            exposure,
        })
    }

    /// Counts the removal orders to a service within the last twelve months.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn recent_orders(&self, service: &ServiceId) -> Result<RecentOrders> {
        let (now, zone) = (self.now(), &self.inner.orders.law.zone);
        // The longest year has 366 days; what lies a little before is looked at and left out.
        let mut from = now.plus_seconds(-367 * 86_400);
        let states = self.states().await?;
        let home = self.inner.orders.addressee.member_state.to_ascii_uppercase();
        let known = (!home.is_empty()).then_some(0);
        let mut counted = RecentOrders { home: known, all: 0, since: None };
        let mut after = None;
        loop {
            let store = &self.inner.store;
            let rows = store.orders_since(service, from, after.as_ref(), limits::PAGE_ROWS).await?;
            let Some(last) = rows.last() else { return Ok(counted) };
            (from, after) = (last.at, Some(last.id.clone()));
            for row in &rows {
                let order = crate::orders::read(row)?;
                let is_recent = COUNTED.after(order.received_at, zone) > now;
                let Some(authority) = counts(&order).filter(|_| is_recent) else { continue };
                counted.all += 1;
                let is_home = states.get(authority).is_some_and(|state| *state == home);
                counted.home = counted.home.map(|count| count + u64::from(is_home));
                counted.since = counted.since.or(Some(order.received_at));
            }
        }
    }

    /// The States of the authorities that are registered.
    async fn states(&self) -> Result<BTreeMap<AuthorityId, String>> {
        let known = self.authorities().await?;
        Ok(known.into_iter().map(|one| (one.id, one.member_state.to_ascii_uppercase())).collect())
    }
}

/// The authority of a removal order that counts.
fn counts(order: &Order) -> Option<&AuthorityId> {
    let is_removal = order.kind == OrderKind::TcoRemoval && !order.is_drill;
    let authentic = order.authentic.as_ref().filter(|_| order.status.stands() && is_removal)?;
    Some(&authentic.authority)
}
