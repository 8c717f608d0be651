//! Raising a report, and the steps that people take on it.

use super::{fill, read, row};
use crate::clock::fresh;
use crate::desk::CaseView;
use crate::facts;
use crate::once::{Actor, Origin};
use crate::preservations::{PreservedFor, preserved};
use crate::{Engine, Error, Result};
use audit::FactKind;
use law::form::Filled;
use model::{CaseId, ItemId, LetterId, PreservationId, ThreatId, Timestamp, UserId, limits};
use review::threats::{Raising, Threat, ThreatKind, ThreatStatus, ThreatStep, raise, step};
use serde::{Deserialize, Serialize};
use store::{Change, LetterRow, PreservationChange, ThreatChange};

/// A threat, as a person reports it from a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ThreatInput {
    /// Whom it is against.
    pub kind: ThreatKind,
    /// What the person fills in; everything that the case tells is filled in already.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub form: Filled,
}

/// What a person does with a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "act", deny_unknown_fields)]
pub enum ThreatAct {
    /// The form is put right; who is told follows from it.
    Correct {
        /// The whole form.
        #[cfg_attr(feature = "schema", schema(value_type = Object))]
        form: Filled,
    },
    /// A second person stands for it: it goes out now.
    Confirm,
    /// A second person finds that it is none.
    Dismiss {
        /// Why.
        reason: String,
    },
    /// A recipient was told by hand.
    Told {
        /// The place of the recipient, from 0.
        place: usize,
        /// How, and who answered.
        note: String,
    },
    /// Somebody was told whom the rule does not name.
    ToldBeside {
        /// Who.
        name: String,
        /// How, and who answered.
        note: String,
    },
    /// Whoever was told answered.
    Acknowledge {
        /// Who, and under which reference.
        note: String,
    },
}

impl ThreatAct {
    /// Its word, for the log.
    fn word(&self) -> &'static str {
        match self {
            Self::Correct { .. } => "corrected",
            Self::Confirm => "confirmed",
            Self::Dismiss { .. } => "dismissed",
            Self::Told { .. } | Self::ToldBeside { .. } => "told",
            Self::Acknowledge { .. } => "acknowledged",
        }
    }
}

/// Everything that one page about a report shows.
#[derive(Debug, Clone, PartialEq)]
pub struct ThreatView {
    /// The report.
    pub threat: Threat,
    /// The letters about it, oldest first.
    pub letters: Vec<LetterRow>,
}

impl Engine {
    /// Reads reports of threats, newest first.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn threats(&self, status: Option<ThreatStatus>, rows: usize) -> Result<Vec<Threat>> {
        let status = status.map(ThreatStatus::as_str);
        self.inner.store.threats(status, rows).await?.iter().map(read).collect()
    }

    /// Reads the reports that a case led to, oldest first.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn threats_of_case(&self, case: &CaseId) -> Result<Vec<Threat>> {
        self.inner.store.threats_of_case(case).await?.iter().map(read).collect()
    }

    /// Reads a report.
    ///
    /// # Errors
    /// Where there is none of that id, or the store fails.
    pub async fn threat(&self, id: &ThreatId) -> Result<Threat> {
        let row = self.inner.store.threat(id).await?;
        read(&row.ok_or_else(|| Error::NotFound { what: "threat", id: id.to_string() })?)
    }

    /// Reads a report with its letters for a person, which is a record of its own: it shows the
    /// content of the case.
    ///
    /// # Errors
    /// Where there is none of that id, or the store fails.
    pub async fn threat_view(&self, id: &ThreatId, actor: &Actor) -> Result<ThreatView> {
        let threat = self.threat(id).await?;
        let (case, now) = (self.case(&threat.case).await?, self.now());
        let (salts, changes) = self.case_salts(&case, now).await?;
        let viewed = facts::viewed(&case, "threat", salts, actor);
        self.inner.store.commit(changes, vec![viewed], now).await?;
        let letters = self.letters_about(id.as_str()).await?;
        Ok(ThreatView { threat, letters })
    }

    /// What a report from a case would be filled with, for a person to go on from; that somebody
    /// saw it is a record.
    ///
    /// # Errors
    /// Where there is no such case, or the store fails.
    pub async fn threat_form(&self, case: &CaseId, actor: &Actor) -> Result<Filled> {
        let now = self.now();
        let id = ThreatId::from_uuid(fresh(now)?);
        let view = self.view_case(case, actor, "threat").await?;
        Ok(self.filled(&id, &view, None, now))
    }

    /// Raises a report of a threat from a case. It is taken also where something is missing, and
    /// what it shows is preserved from now on.
    ///
    /// # Errors
    /// Where there is no such case, the form is too large, or the store fails.
    pub async fn raise_threat(
        &self,
        case: &CaseId,
        input: &ThreatInput,
        user: &UserId,
        origin: &Origin,
    ) -> Result<Threat> {
        check_size(&input.form)?;
        let raise_once = || self.raise_once(case, input, user, origin);
        origin.once(&self.inner.store, raise_once).await
    }

    async fn raise_once(
        &self,
        case: &CaseId,
        input: &ThreatInput,
        user: &UserId,
        origin: &Origin,
    ) -> Result<Threat> {
        let now = self.now();
        let view = self.read_case(case).await?;
        let id = ThreatId::from_uuid(fresh(now)?);
        let items: Vec<ItemId> = fill::items(&view).iter().map(|item| item.id.clone()).collect();
        let preservation = preserved(&view.case, PreservedFor::Threat(id.clone()), items, now);
        let kept = preservation.as_ref().map(|one| &one.id);
        let mut form = self.filled(&id, &view, kept, now);
        form.extend(input.form.clone());
        form.insert("hsp_reference".to_owned(), id.as_str().into());
        let raising = Raising {
            recipients: self.recipients(input.kind, &form).await?,
            id,
            kind: input.kind,
            service: view.case.service.clone(),
            case: case.clone(),
            account: view.case.account.clone(),
            form,
            preservation: kept.cloned(),
        };
        let threat = raise(raising, user, now);
        let mut changes = vec![Change::Threat(ThreatChange::Raised(row(&threat)?))];
        let mut entries =
            vec![facts::threat(FactKind::ThreatRaised, "raised", &threat, &origin.actor)];
        if let Some(preservation) = preservation {
            entries.push(facts::preservation(&preservation, "ordered", None, &origin.actor));
            let ordered = PreservationChange::Ordered(Box::new(preservation));
            changes.push(Change::Preservation(ordered));
        }
        changes.extend(origin.remember(&threat, now)?);
        self.inner.store.commit(changes, entries, now).await?;
        Ok(threat)
    }

    fn filled(
        &self,
        id: &ThreatId,
        view: &CaseView,
        preserved: Option<&PreservationId>,
        now: Timestamp,
    ) -> Filled {
        fill::filled(id, view, preserved, &self.inner.orders, &self.inner.threats, now)
    }

    async fn recipients(
        &self,
        kind: ThreatKind,
        form: &Filled,
    ) -> Result<Vec<review::threats::Recipient>> {
        let authorities = self.authorities().await?;
        let home = &self.inner.orders.addressee.member_state;
        Ok(fill::recipients(kind, form, &authorities, home, &self.inner.threats))
    }

    /// Takes a step on a report.
    ///
    /// # Errors
    /// Where it does not stand so that the step can be taken, something is missing, or the store
    /// fails.
    pub async fn act_on_threat(
        &self,
        id: &ThreatId,
        act: &ThreatAct,
        user: &UserId,
        origin: &Origin,
    ) -> Result<Threat> {
        let act_once = || self.act_on_threat_once(id, act, user, origin);
        origin.once(&self.inner.store, act_once).await
    }

    async fn act_on_threat_once(
        &self,
        id: &ThreatId,
        act: &ThreatAct,
        user: &UserId,
        origin: &Origin,
    ) -> Result<Threat> {
        let now = self.now();
        let threat = self.threat(id).await?;
        let wanted = match act.clone() {
            ThreatAct::Correct { mut form } => {
                check_size(&form)?;
                form.insert("hsp_reference".to_owned(), id.as_str().into());
                let recipients = self.recipients(threat.kind, &form).await?;
                ThreatStep::Correct { form, recipients }
            }
            ThreatAct::Confirm => ThreatStep::Confirm,
            ThreatAct::Dismiss { reason } => ThreatStep::Dismiss(reason),
            ThreatAct::Told { place, note } => ThreatStep::Told { place, note },
            ThreatAct::ToldBeside { name, note } => ThreatStep::ToldBeside { name, note },
            ThreatAct::Acknowledge { note } => ThreatStep::Acknowledge(note),
        };
        let mut next = step(&threat, wanted, user, now)?;
        let mut changes = Vec::new();
        if matches!(act, ThreatAct::Confirm) {
            changes.extend(self.threat_letters(&mut next, now).await?);
        }
        let entry = facts::threat(FactKind::ThreatChanged, act.word(), &next, &origin.actor);
        changes.push(Change::Threat(ThreatChange::Changed(row(&next)?)));
        changes.extend(origin.remember(&next, now)?);
        self.inner.store.commit(changes, vec![entry], now).await?;
        Ok(next)
    }

    /// The letters to everybody who was not told by hand, each noted with its recipient.
    async fn threat_letters(&self, threat: &mut Threat, now: Timestamp) -> Result<Vec<Change>> {
        let view = self.read_case(&threat.case).await?;
        let items = fill::items(&view);
        let told = threat.clone();
        let mut letters = Vec::new();
        for one in threat.recipients.iter_mut().filter(|one| one.told_at.is_none()) {
            let Some(to) = &one.address else { continue };
            let id = LetterId::from_uuid(fresh(now)?);
            letters.push(fill::letter(&told, id.clone(), to, &items, now));
            one.letter = Some(id);
        }
        Ok(letters.into_iter().map(|letter| Change::LetterWritten(Box::new(letter))).collect())
    }
}

fn check_size(form: &Filled) -> Result<()> {
    let bytes = serde_json::to_vec(form).map_or(usize::MAX, |bytes| bytes.len());
    let limit = limits::ORDER_FORM_BYTES;
    if bytes <= limit {
        return Ok(());
    }
    Err(Error::invalid("form", format!("{bytes} bytes; at most {limit} are taken")))
}
