//! What a report says and who gets it, filled from the case.

use crate::desk::CaseView;
use crate::orders::{Authority, OrderSetup, text_of};
use crate::threats::ThreatSetup;
use law::form::Filled;
use law::threat::{Addressed, Because, addressed};
use model::{
    ActionTarget, Attachment, Item, ItemId, LetterId, LetterKind, PreservationId, Subject,
    ThreatId, Timestamp, limits,
};
use review::threats::{Recipient, Threat, ThreatKind, states};
use serde_json::{Value, json};
use std::fmt::Write;
use store::VerdictRow;

/// Items that a report goes with at most: the newest.
const ITEMS: usize = 20;

/// The items that a report is about, newest first: those of the case, or where it is about an
/// account alone, the latest of the account.
pub(super) fn items(view: &CaseView) -> Vec<&Item> {
    let of_case: Vec<&VerdictRow> = view.verdicts.iter().collect();
    let of_account: Vec<&VerdictRow> = view.account_items.iter().collect();
    let rows = match view.case.subject {
        Subject::Account(_) if of_case.is_empty() => of_account,
        Subject::Account(_) | Subject::Item(_) => of_case,
    };
    let mut items: Vec<&Item> = Vec::new();
    for row in rows {
        if items.len() < ITEMS && items.iter().all(|known| known.id != row.item.id) {
            items.push(&row.item);
        }
    }
    items
}

/// What the form is filled with: everything that the case and the settings tell.
pub(super) fn filled(
    id: &ThreatId,
    view: &CaseView,
    preserved: Option<&PreservationId>,
    orders: &OrderSetup,
    setup: &ThreatSetup,
    now: Timestamp,
) -> Filled {
    let items = items(view);
    let latest = items.first();
    let texts: Vec<&str> =
        items.iter().map(|item| item.text.as_str()).filter(|text| !text.is_empty()).collect();
    let addresses: Vec<String> =
        items.iter().filter_map(|item| address(orders, view, &item.id)).collect();
    let ids: Vec<&str> = items.iter().map(|item| item.id.as_str()).collect();
    let filled = json!({
        "hsp_name": orders.addressee.name,
        "hsp_member_state": orders.addressee.member_state,
        "contact_email": orders.addressee.email,
        "contact_phone": setup.phone,
        "hsp_reference": id,
        "aware_at": now.to_string(),
        "content_urls": addresses,
        "items": ids.join("\n"),
        "account": view.case.account,
        "handle": latest.and_then(|item| item.author.handle.clone()),
        "posted_at": items.iter().map(|item| item.created_at).max().map(|at| at.to_string()),
        "language": latest.and_then(|item| item.language.clone()),
        "text": cut(&texts.join("\n\n")),
        "measures": measures(view),
        "preserved": preserved,
    });
    let filled = filled.as_object().cloned().unwrap_or_default();
    filled.into_iter().filter(|(_, value)| !value.is_null()).collect()
}

fn address(orders: &OrderSetup, view: &CaseView, item: &ItemId) -> Option<String> {
    orders.links.iter().find_map(|pattern| pattern.address(&view.case.service, item))
}

/// A text within what a form takes; the whole of it goes with the letter.
fn cut(text: &str) -> String {
    let mut end = text.len().min(limits::REASON_BYTES - 8);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    if end < text.len() { format!("{} …", &text[..end]) } else { text.to_owned() }
}

/// What the service did about it, as far as a decision stands.
fn measures(view: &CaseView) -> String {
    let line = |action: &model::Action| {
        let target = match &action.target {
            ActionTarget::Item(item) => format!("item {item}"),
            ActionTarget::Account(account) => format!("account {account}"),
        };
        format!("{}: {} {target}", action.at, action.kind.as_str())
    };
    view.case.actions.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Who gets a report, by the rule.
pub(super) fn recipients(
    kind: ThreatKind,
    filled: &Filled,
    authorities: &[Authority],
    home: &str,
    setup: &ThreatSetup,
) -> Vec<Recipient> {
    let own = setup.staff_to.iter().map(|address| own(address));
    let tells_police = filled.get("tell_police").and_then(Value::as_bool) == Some(true);
    let by_law = || {
        let takes = |state: &str| authorities.iter().any(|one| one.takes_threats_of(state));
        let named = addressed(&states(filled), home, takes);
        named.iter().flat_map(|one| of_state(one, authorities)).collect::<Vec<_>>()
    };
    let mut all: Vec<Recipient> = match kind {
        ThreatKind::Life => by_law(),
        ThreatKind::Staff if tells_police => own.chain(by_law()).collect(),
        ThreatKind::Staff => own.collect(),
    };
    all.truncate(limits::THREAT_RECIPIENTS);
    all
}

fn own(address: &str) -> Recipient {
    Recipient {
        name: address.to_owned(),
        state: String::new(),
        because: Because::Own,
        authority: None,
        address: Some(address.to_owned()),
        phone: String::new(),
        letter: None,
        told_at: None,
        by_hand: String::new(),
    }
}

/// The authorities of a State that take threats; where none is registered, the State itself, to be
/// told by hand.
fn of_state(named: &Addressed, authorities: &[Authority]) -> Vec<Recipient> {
    let one = |authority: Option<&Authority>| Recipient {
        name: authority.map_or_else(|| named.state.clone(), |one| one.name.clone()),
        state: named.state.clone(),
        because: named.because,
        authority: authority.map(|one| one.id.clone()),
        address: authority.and_then(|one| one.emails.first().cloned()),
        phone: authority.map(|one| one.phone.clone()).unwrap_or_default(),
        letter: None,
        told_at: None,
        by_hand: String::new(),
    };
    let known: Vec<Recipient> = authorities
        .iter()
        .filter(|authority| authority.takes_threats_of(&named.state))
        .map(|authority| one(Some(authority)))
        .collect();
    if known.is_empty() { vec![one(None)] } else { known }
}

/// The letter to a recipient.
pub(super) fn letter(
    threat: &Threat,
    id: LetterId,
    to: &str,
    items: &[&Item],
    now: Timestamp,
) -> model::Letter {
    let subject = match threat.kind {
        ThreatKind::Life => format!("URGENT: threat to life or safety, {}", threat.id),
        ThreatKind::Staff => format!("URGENT: threat to staff, {}", threat.id),
    };
    let name = threat.kind.form();
    let mut body = text_of(name, &threat.form);
    // Writing to a string cannot fail.
    let _ = writeln!(
        body,
        "\nTwo persons at the service stand for this report. The whole content goes with it as \
         files."
    );
    let file = |name: String, value: &Value| Attachment {
        name,
        media_type: "application/json".to_owned(),
        text: value.to_string(),
    };
    let form = file(format!("{name}.json"), &Value::Object(threat.form.clone()));
    let contents = items.iter().zip(1..).filter_map(|(item, place)| {
        let value = serde_json::to_value(item).ok()?;
        Some(file(format!("item-{place}.json"), &value))
    });
    model::Letter {
        id,
        service: threat.service.clone(),
        kind: LetterKind::Threat,
        about: threat.id.to_string(),
        to: to.to_owned(),
        language: "en".to_owned(),
        subject,
        body,
        attachments: std::iter::once(form).chain(contents).collect(),
        answers: None,
        at: now,
    }
}
