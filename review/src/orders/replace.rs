//! One order takes the place of another: an authority amended what it ordered.
//!
//! What looks like an amendment is a fact for a person. Only the person makes it one.

use super::{Order, OrderError, OrderEventKind, OrderStatus, needs, note};
use model::{OrderId, Timestamp, UserId, limits};

/// Why an order cannot take the place of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// An order does not replace itself.
    #[error("it is the same order; name the one that came later")]
    Same,
    /// It is for another service, of another kind, or one of both is a drill.
    #[error("it is for another service, of another kind, or only one of both is a drill")]
    OtherMatter,
    /// It is not known who one of both comes from.
    #[error("it is not known who one of both comes from; call back first")]
    NotAuthentic,
    /// Another authority sent it.
    #[error("another authority sent it; only an authority itself amends its orders")]
    OtherAuthority,
    /// It came in before.
    #[error("it came in before; a later order replaces an earlier one")]
    Earlier,
    /// It has no effect itself.
    #[error("it is {}; name an order that stands", .0.as_str())]
    Ended(OrderStatus),
    /// It took the place of many already.
    #[error("it took the place of {} orders already", limits::ORDERS_REPLACED)]
    TooMany,
}

fn unfit(order: &Order, other: &Order) -> Option<Unfit> {
    if order.id == other.id {
        return Some(Unfit::Same);
    }
    let matter = |one: &Order| (one.service.clone(), one.kind, one.is_drill);
    if matter(order) != matter(other) {
        return Some(Unfit::OtherMatter);
    }
    let (Some(sender), Some(other_sender)) = (&order.authentic, &other.authentic) else {
        return Some(Unfit::NotAuthentic);
    };
    if sender.authority != other_sender.authority {
        return Some(Unfit::OtherAuthority);
    }
    if other.received_at < order.received_at {
        return Some(Unfit::Earlier);
    }
    if !other.status.stands() {
        return Some(Unfit::Ended(other.status));
    }
    (other.replaces.len() >= limits::ORDERS_REPLACED).then_some(Unfit::TooMany)
}

/// What an order took stays taken: the order that takes its place holds it from now on.
pub(super) fn supersede(
    order: &mut Order,
    other: &Order,
    by: Option<&UserId>,
    now: Timestamp,
) -> Result<(), OrderError> {
    let may = &[OrderStatus::Received, OrderStatus::Impossible, OrderStatus::Executed];
    needs(order, "taking its place", may)?;
    if let Some(unfit) = unfit(order, other) {
        return Err(OrderError::Unfit { other: other.id.clone(), unfit });
    }
    // A time that went by stays in sight until somebody says why.
    if order.unseen_miss(now).is_some() {
        let remedy = "say why its time went by before another takes its place";
        return Err(OrderError::Missing { what: "the note on the missed time", remedy });
    }
    order.status = OrderStatus::Superseded;
    order.replaced_by = Some(other.id.clone());
    note(order, OrderEventKind::Superseded, by, other.id.as_str(), now);
    Ok(())
}

/// Notes on an order that it took the place of an earlier one.
#[must_use]
pub fn took_place(order: &Order, earlier: &OrderId, by: &UserId, now: Timestamp) -> Order {
    let mut next = order.clone();
    next.revision += 1;
    next.replaces.push(earlier.clone());
    note(&mut next, OrderEventKind::TookPlace, Some(by), earlier.as_str(), now);
    next
}

/// Whether a later order names an earlier one of the same matter and issuer by its reference.
#[must_use]
pub fn looks_like_amendment(later: &Order, earlier: &Order) -> bool {
    let matter = |one: &Order| (one.service.clone(), one.kind, one.is_drill);
    let issuer = |one: &Order| {
        let said = |key: &str| one.text(key).trim().to_lowercase();
        (said("authority_name"), said("issuing_member_state"))
    };
    let reference = earlier.text("order_reference").trim();
    let is_telling = reference.chars().count() >= limits::ORDER_REFERENCE_CHARS;
    is_telling
        && earlier.id != later.id
        && earlier.status.stands()
        && matter(earlier) == matter(later)
        && issuer(earlier) == issuer(later)
        && later.form.values().filter_map(|value| value.as_str()).any(|text| names(text, reference))
}

/// Whether a text has a reference as a whole: no letter, digit or stroke goes on at either side.
fn names(text: &str, reference: &str) -> bool {
    let goes_on = |one: Option<char>| {
        one.is_some_and(|one| one.is_alphanumeric() || matches!(one, '-' | '/' | '_'))
    };
    text.match_indices(reference).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + reference.len()..]);
        !goes_on(before.chars().next_back()) && !goes_on(after.chars().next())
    })
}
