//! What an authority is told: receipt, Annex II, Annex III, refusal, each as a letter with the form
//! filled in.

use super::setup::OrderSetup;
use crate::clock::fresh;
use crate::{Error, Result};
use law::form::{Field, Filled, form};
use model::{Attachment, Letter, LetterId, LetterKind, Timestamp};
use review::orders::{Order, OrderEventKind, OrderKind};
use serde_json::{Value, json};
use std::fmt::Write;
use store::Change;

/// Whether whoever sent something expects an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Expected,
    /// A program sent it: answering programs is how two of them write to each other for ever.
    None,
}

/// Writes a letter about an order, as the change that makes it durable; none where nobody's address
/// is known. `person` is who took the step that it tells of.
pub(super) fn letter(
    order: &Order,
    kind: LetterKind,
    setup: &OrderSetup,
    person: &str,
    now: Timestamp,
) -> Result<Option<Change>> {
    let Some(to) = address(order) else { return Ok(None) };
    let (subject, body, form) = words(order, kind, setup, person, now);
    let attachments = form.map(|(name, filled)| Attachment {
        name: format!("{name}.json"),
        media_type: "application/json".to_owned(),
        text: Value::Object(filled).to_string(),
    });
    let letter = Letter {
        id: LetterId::from_uuid(fresh(now)?),
        service: order.service.clone(),
        kind,
        about: order.id.to_string(),
        to,
        language: "en".to_owned(),
        subject,
        body,
        attachments: attachments.into_iter().collect(),
        answers: order.message.clone(),
        at: now,
    };
    Ok(Some(Change::LetterWritten(Box::new(letter))))
}

/// Where answers go: for an order that is known to be authentic the contact that it names;
/// otherwise nowhere but where it came from.
fn address(order: &Order) -> Option<String> {
    let named = [order.text("followup_contact"), order.text("email")];
    let fits = |text: &&str| model::check_address(text).is_ok();
    let named = named.into_iter().find(fits).map(str::to_owned);
    match order.authentic {
        Some(_) => named.or_else(|| order.reply_to.clone()),
        None => order.reply_to.clone(),
    }
}

type Words = (String, String, Option<(&'static str, Filled)>);

fn words(
    order: &Order,
    kind: LetterKind,
    setup: &OrderSetup,
    person: &str,
    now: Timestamp,
) -> Words {
    let reference = match order.text("order_reference") {
        "" => order.id.as_str(),
        reference => reference,
    };
    let drill = if order.is_drill { "[drill] " } else { "" };
    let about = |what: &str| format!("{drill}{what}: {reference}");
    match kind {
        LetterKind::OrderDone if order.kind == OrderKind::TcoRemoval => {
            let filled = annex_two(order, setup, person, now);
            let text = text_of("tco_annex_2", &filled) + &gone(order);
            (about("Annex II, removal order carried out"), text, Some(("tco_annex_2", filled)))
        }
        LetterKind::OrderDone => (about("Order carried out"), effect(order), None),
        LetterKind::OrderImpossible if order.kind == OrderKind::TcoRemoval => {
            let filled = annex_three(order, setup, person, now);
            let text = text_of("tco_annex_3", &filled);
            let subject = about("Annex III, removal order cannot be carried out");
            (subject, text, Some(("tco_annex_3", filled)))
        }
        LetterKind::OrderImpossible => {
            (about("Order cannot be carried out"), said(order, OrderEventKind::Stopped), None)
        }
        LetterKind::OrderRefused => {
            (about("Order not carried out"), said(order, OrderEventKind::Refused), None)
        }
        LetterKind::OrderReceived
        | LetterKind::Alert
        | LetterKind::NoticeReceived
        | LetterKind::NoticeDecided
        | LetterKind::Appeal
        | LetterKind::Statement
        | LetterKind::Threat
        | LetterKind::MeasuresReport => (about("Order received"), receipt(order), None),
    }
}

fn receipt(order: &Order) -> String {
    let mut text = format!(
        "Your message was received at {} and is kept under {}.\n",
        order.received_at, order.id
    );
    if order.authentic.is_none() {
        text.push_str(
            "It is not known yet whether it comes from the authority that it names. It is carried \
             out when that is known: we call back at the number on file.\n",
        );
    }
    if !order.problems.is_empty() {
        text.push_str("\nThese fields are missing, unreadable or in contradiction:\n");
        for problem in &order.problems {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "- {} {}: {}", problem.section, problem.key, problem.problem);
        }
    }
    text
}

fn said(order: &Order, kind: OrderEventKind) -> String {
    let event = order.last(kind);
    let reason = event.map_or("", |event| event.note.as_str());
    format!("Received at {} and kept under {}.\n\n{reason}\n", order.received_at, order.id)
}

fn effect(order: &Order) -> String {
    let at = order.done_at().map_or_else(String::new, |at| at.to_string());
    format!("Received at {}, effect given at {at}.\n{}", order.received_at, gone(order))
}

/// The links at which a person found nothing to disable.
fn gone(order: &Order) -> String {
    use review::orders::Found;
    let mut text = String::new();
    for target in &order.targets {
        if let Found::Gone { seen, .. } = &target.found {
            if text.is_empty() {
                text.push_str("\nAt these addresses there was nothing to disable:\n");
            }
            let _ = writeln!(text, "- {}: {seen}", target.url);
        }
    }
    text
}

/// Annex II: when and how the order was carried out.
pub(super) fn annex_two(order: &Order, setup: &OrderSetup, person: &str, now: Timestamp) -> Filled {
    let mut filled = heads(order, setup);
    let measure_at = order.done_at().unwrap_or(now);
    let own = json!({
        "measure": "disabled",
        "measure_at": measure_at.to_string(),
        "hsp_or_rep_name": setup.addressee.name,
        "hsp_member_state": setup.addressee.member_state,
        "authorised_person": person,
        "contact_email": setup.addressee.email,
        "date": day(now),
    });
    filled.extend(own.as_object().cloned().unwrap_or_default());
    filled
}

/// Annex III: why the order cannot be carried out for now.
pub(super) fn annex_three(
    order: &Order,
    setup: &OrderSetup,
    person: &str,
    now: Timestamp,
) -> Filled {
    let mut filled = heads(order, setup);
    let stopped = order.last(OrderEventKind::Stopped);
    let signed_at = stopped.map_or(now, |event| event.at);
    let own = json!({
        "reason": order.ground().map(|ground| vec![ground.code()]),
        "further_information": stopped.map(|event| event.note.clone()),
        "clarification_needed": order.clarification,
        "hsp_or_rep_name": setup.addressee.name,
        "authorised_person": person,
        "contact_email": setup.addressee.email,
        "signature": person,
        "signed_at": signed_at.to_string(),
    });
    filled.extend(own.as_object().cloned().unwrap_or_default());
    filled
}

/// Section A, which both forms share.
fn heads(order: &Order, setup: &OrderSetup) -> Filled {
    let heads = json!({
        "addressee": setup.addressee.name,
        "authority": order.text("authority_name"),
        "authority_file_ref": match order.text("file_number") {
            "" => order.text("order_reference"),
            number => number,
        },
        "addressee_file_ref": order.id,
        "received_at": order.received_at.to_string(),
    });
    heads.as_object().cloned().unwrap_or_default()
}

fn day(at: Timestamp) -> String {
    at.to_string().chars().take(10).collect()
}

/// A filled form as text, section by section.
pub(crate) fn text_of(name: &str, filled: &Filled) -> String {
    let form = form(name).expect("the form is one of the list");
    let mut text = format!("{} ({})\n", form.title, form.article);
    let mut section = "";
    for field in &form.fields {
        let value = shown(filled.get(&field.key));
        if value.is_empty() {
            continue;
        }
        if field.section != section {
            section = &field.section;
            let _ = writeln!(text, "\nSection {section}");
        }
        let Field { label, .. } = field;
        let _ = writeln!(text, "{label}: {value}");
    }
    text
}

fn shown(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(values)) => {
            values.iter().map(|value| shown(Some(value))).collect::<Vec<_>>().join(", ")
        }
        Some(other) => other.to_string(),
    }
}

/// Checks that a form that the service sends is whole; where it is not, the settings lack
/// something.
pub(super) fn check_own(name: &str, filled: &Filled, now: Timestamp) -> Result<()> {
    let form = form(name).expect("the form is one of the list");
    match form.check(filled, now).first() {
        None => Ok(()),
        Some(problem) => {
            let place = format!("{name}.{}", problem.key);
            let remedy = "set [orders.addressee] in the settings, or correct the order's form";
            Err(Error::invalid(place, format!("{}; {remedy}", problem.problem)))
        }
    }
}
