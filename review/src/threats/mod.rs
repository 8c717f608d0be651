//! Reports of threats: to life, and to the people who work for the service.
//!
//! Whoever sees a threat reports it from the case; a second person confirms that it is one, and
//! only then it goes out. Who was told, when and how, is kept.

mod threat;

pub use threat::{
    Recipient, Threat, ThreatEvent, ThreatEventKind, ThreatKind, ThreatStatus, states,
};

use crate::apply::push_bounded;
use law::form::{Filled, form};
use law::threat::Because;
use model::{
    AccountId, CaseId, LetterId, PreservationId, ServiceId, ThreatId, Timestamp, UserId, limits,
};

/// Why a step on a report is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ThreatError {
    /// The report does not stand where the step needs it.
    #[error("the report is {}; {step} needs one that is {needed}", .status.as_str())]
    Status {
        /// Where it stands.
        status: ThreatStatus,
        /// The step.
        step: &'static str,
        /// What is needed.
        needed: &'static str,
    },
    /// The person reported it too.
    #[error("two persons stand for a report: somebody else than who raised it must {step} it")]
    SamePerson {
        /// The step.
        step: &'static str,
    },
    /// The form is not whole.
    #[error("{fields} fields of the form are missing or unreadable: {first}")]
    Incomplete {
        /// How many.
        fields: usize,
        /// The first of them, with what is wrong.
        first: String,
    },
    /// Nobody would get it.
    #[error(
        "nobody would be told: register an authority that takes threats, give addresses of your \
         own people for threats to staff, or tell somebody by telephone and note it here"
    )]
    Nobody,
    /// There is no such recipient.
    #[error("the report has no recipient {place}; it has {recipients}, counted from 0")]
    NoRecipient {
        /// The place given.
        place: usize,
        /// How many there are.
        recipients: usize,
    },
    /// The recipient was told already.
    #[error("{name} was told already, at {at}")]
    Told {
        /// Who.
        name: String,
        /// When.
        at: Timestamp,
    },
    /// There are too many recipients.
    #[error("a report has at most {limit} recipients")]
    TooMany {
        /// How many are kept.
        limit: usize,
    },
    /// A text that must be there is empty.
    #[error("{what} is missing: {remedy}")]
    Missing {
        /// Which.
        what: &'static str,
        /// What to write.
        remedy: &'static str,
    },
    /// A text is too long.
    #[error("{what} has {bytes} bytes; at most {limit} are kept")]
    TooLong {
        /// Which.
        what: &'static str,
        /// Bytes given.
        bytes: usize,
        /// Bytes allowed.
        limit: usize,
    },
}

/// A report as somebody raises it.
#[derive(Debug, Clone, PartialEq)]
pub struct Raising {
    /// A fresh id.
    pub id: ThreatId,
    /// Whom it is against.
    pub kind: ThreatKind,
    /// The service.
    pub service: ServiceId,
    /// The case that shows it.
    pub case: CaseId,
    /// The account that the content is of.
    pub account: AccountId,
    /// The form, as far as it is filled in.
    pub form: Filled,
    /// Who is told, as the rule says.
    pub recipients: Vec<Recipient>,
    /// What is preserved of the content.
    pub preservation: Option<PreservationId>,
}

/// Raises a report. It is taken also where its form is not whole: nothing else may be lost or
/// delayed, and what is wrong is named.
#[must_use]
pub fn raise(raising: Raising, by: &UserId, now: Timestamp) -> Threat {
    let Raising { id, kind, service, case, account, form, recipients, preservation } = raising;
    let mut threat = Threat {
        id,
        kind,
        service,
        case,
        account,
        problems: problems(kind, &form, now),
        form,
        recipients,
        raised_by: by.clone(),
        raised_at: now,
        confirmed_by: None,
        confirmed_at: None,
        status: ThreatStatus::Raised,
        preservation,
        alerts: Vec::new(),
        events: Vec::new(),
        revision: 1,
    };
    note(&mut threat, ThreatEventKind::Raised, Some(by), "", now);
    threat
}

fn problems(kind: ThreatKind, filled: &Filled, now: Timestamp) -> Vec<law::form::FormProblem> {
    form(kind.form()).expect("every kind of threat has its form").check(filled, now)
}

/// A step that a person takes on a report.
#[derive(Debug, Clone, PartialEq)]
pub enum ThreatStep {
    /// The form is put right, and with it who is told.
    Correct {
        /// The whole form.
        form: Filled,
        /// Who is told by it.
        recipients: Vec<Recipient>,
    },
    /// A second person stands for it, and it goes out.
    Confirm,
    /// A second person finds that it is none.
    Dismiss(String),
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
    Acknowledge(String),
}

/// Takes a report one step further.
///
/// # Errors
/// Where it does not stand so that the step can be taken, or something is missing.
pub fn step(
    threat: &Threat,
    step: ThreatStep,
    by: &UserId,
    now: Timestamp,
) -> Result<Threat, ThreatError> {
    let mut next = threat.clone();
    next.revision += 1;
    match step {
        ThreatStep::Correct { form, recipients } => {
            waits(threat, "putting the form right")?;
            next.problems = problems(threat.kind, &form, now);
            next.form = form;
            next.recipients = with_told(threat, recipients);
            note(&mut next, ThreatEventKind::Corrected, Some(by), "", now);
        }
        ThreatStep::Confirm => {
            confirm(threat, by)?;
            next.status = ThreatStatus::Sent;
            next.confirmed_by = Some(by.clone());
            next.confirmed_at = Some(now);
            next.alerts.clear();
            note(&mut next, ThreatEventKind::Confirmed, Some(by), "", now);
            settle(&mut next);
        }
        ThreatStep::Dismiss(reason) => {
            waits(threat, "dismissing it")?;
            second(threat, by, "dismiss")?;
            words("the reason", "say why it is no threat", &reason)?;
            next.status = ThreatStatus::Dismissed;
            note(&mut next, ThreatEventKind::Dismissed, Some(by), &reason, now);
        }
        ThreatStep::Told { place, note: how } => {
            told(&mut next, place, &how, now)?;
            let words = format!("{}: {how}", next.recipients[place].name);
            note(&mut next, ThreatEventKind::Told, Some(by), &words, now);
            settle(&mut next);
        }
        ThreatStep::ToldBeside { name, note: how } => {
            beside(&mut next, &name, &how, now)?;
            note(&mut next, ThreatEventKind::Told, Some(by), &format!("{name}: {how}"), now);
        }
        ThreatStep::Acknowledge(reference) => {
            let is_out = matches!(threat.status, ThreatStatus::Sent | ThreatStatus::Delivered);
            if !is_out {
                return Err(status(threat, "noting an answer", "sent or delivered"));
            }
            words("the answer", "say who answered, with the reference", &reference)?;
            note(&mut next, ThreatEventKind::Acknowledged, Some(by), &reference, now);
        }
    }
    Ok(next)
}

fn confirm(threat: &Threat, by: &UserId) -> Result<(), ThreatError> {
    waits(threat, "confirming it")?;
    second(threat, by, "confirm")?;
    if let Some(first) = threat.problems.first() {
        let first = format!("{} {}", first.key, first.problem);
        return Err(ThreatError::Incomplete { fields: threat.problems.len(), first });
    }
    let gets = |one: &Recipient| one.address.is_some() || one.told_at.is_some();
    if threat.recipients.iter().any(gets) { Ok(()) } else { Err(ThreatError::Nobody) }
}

/// Who was told by hand before the form was put right was told all the same.
fn with_told(threat: &Threat, mut recipients: Vec<Recipient>) -> Vec<Recipient> {
    for told in threat.recipients.iter().filter(|one| one.told_at.is_some()) {
        let same = |one: &&mut Recipient| one.name == told.name && one.state == told.state;
        match recipients.iter_mut().find(same) {
            Some(one) => *one = told.clone(),
            None => recipients.push(told.clone()),
        }
    }
    recipients
}

fn told(next: &mut Threat, place: usize, how: &str, now: Timestamp) -> Result<(), ThreatError> {
    if next.status == ThreatStatus::Dismissed {
        return Err(status(next, "noting who was told", "not dismissed"));
    }
    words("how it was told", "say how, and who answered", how)?;
    let recipients = next.recipients.len();
    let one = next.recipients.get_mut(place);
    let one = one.ok_or(ThreatError::NoRecipient { place, recipients })?;
    if let Some(at) = one.told_at {
        return Err(ThreatError::Told { name: one.name.clone(), at });
    }
    one.told_at = Some(now);
    one.by_hand = how.to_owned();
    Ok(())
}

fn beside(next: &mut Threat, name: &str, how: &str, now: Timestamp) -> Result<(), ThreatError> {
    if next.status == ThreatStatus::Dismissed {
        return Err(status(next, "noting who was told", "not dismissed"));
    }
    words("who was told", "name the authority or the person", name)?;
    words("how it was told", "say how, and who answered", how)?;
    if next.recipients.len() >= limits::THREAT_RECIPIENTS {
        return Err(ThreatError::TooMany { limit: limits::THREAT_RECIPIENTS });
    }
    next.recipients.push(Recipient {
        name: name.to_owned(),
        state: String::new(),
        because: Because::Beside,
        authority: None,
        address: None,
        phone: String::new(),
        letter: None,
        told_at: Some(now),
        by_hand: how.to_owned(),
    });
    Ok(())
}

/// Notes that the mail server took letters.
#[must_use]
pub fn delivered(threat: &Threat, letters: &[(LetterId, Timestamp)], now: Timestamp) -> Threat {
    let mut next = threat.clone();
    next.revision += 1;
    for (letter, at) in letters {
        let of_letter = |one: &&mut Recipient| one.letter.as_ref() == Some(letter);
        let Some(one) = next.recipients.iter_mut().find(of_letter) else { continue };
        if one.told_at.is_none() {
            one.told_at = Some(*at);
            let name = one.name.clone();
            note(&mut next, ThreatEventKind::Delivered, None, &name, now);
        }
    }
    settle(&mut next);
    next
}

/// Once it is out and everybody was told, it is delivered.
fn settle(threat: &mut Threat) {
    if threat.status == ThreatStatus::Sent && threat.untold().next().is_none() {
        threat.status = ThreatStatus::Delivered;
    }
}

/// The warnings that are due, in minutes since it stands as it does: a report that waits for its
/// second person warns at once and again, one that is out only where somebody was not told by then.
#[must_use]
pub fn alerts_due(threat: &Threat, minutes: &[u16], now: Timestamp) -> Vec<u16> {
    if !threat.is_open() {
        return Vec::new();
    }
    let waited = now.seconds_since(threat.waits_since());
    let is_due = |after: &&u16| {
        let is_early = threat.status == ThreatStatus::Sent && **after == 0;
        !is_early && waited >= i64::from(**after) * 60 && !threat.alerts.contains(after)
    };
    minutes.iter().filter(is_due).copied().collect()
}

/// Notes that somebody was warned.
#[must_use]
pub fn alerted(threat: &Threat, minutes: &[u16], now: Timestamp) -> Threat {
    let mut next = threat.clone();
    next.revision += 1;
    next.alerts.extend(minutes);
    note(&mut next, ThreatEventKind::Alerted, None, "", now);
    next
}

fn waits(threat: &Threat, step: &'static str) -> Result<(), ThreatError> {
    match threat.status {
        ThreatStatus::Raised => Ok(()),
        ThreatStatus::Sent | ThreatStatus::Delivered | ThreatStatus::Dismissed => {
            Err(status(threat, step, "raised"))
        }
    }
}

fn status(threat: &Threat, step: &'static str, needed: &'static str) -> ThreatError {
    ThreatError::Status { status: threat.status, step, needed }
}

fn second(threat: &Threat, by: &UserId, step: &'static str) -> Result<(), ThreatError> {
    if threat.raised_by == *by { Err(ThreatError::SamePerson { step }) } else { Ok(()) }
}

fn words(what: &'static str, remedy: &'static str, given: &str) -> Result<(), ThreatError> {
    if given.trim().is_empty() {
        return Err(ThreatError::Missing { what, remedy });
    }
    let (bytes, limit) = (given.len(), limits::REASON_BYTES);
    if bytes > limit { Err(ThreatError::TooLong { what, bytes, limit }) } else { Ok(()) }
}

fn note(
    threat: &mut Threat,
    kind: ThreatEventKind,
    by: Option<&UserId>,
    words: &str,
    at: Timestamp,
) {
    let event = ThreatEvent { at, by: by.cloned(), kind, note: words.to_owned() };
    push_bounded(&mut threat.events, event);
}
