//! Changes of orders, authorities, duty and mail that came in, and how each is written.

use super::{Write, int, text};
use crate::rows::{DutyRow, MailRow, OrderRow};
use model::{AuthorityId, ItemId, OrderId, ServiceId, Timestamp};

/// One change about orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderChange {
    /// An order came in; conflicts where the same one is known.
    Received(OrderRow),
    /// An order changes; conflicts where its revision is not one less.
    Changed(OrderRow),
    /// The items that an order names are other ones from now on.
    Names {
        /// The order.
        order: OrderId,
        /// The service.
        service: ServiceId,
        /// The items.
        items: Vec<ItemId>,
    },
    /// An authority is known, or known otherwise.
    AuthorityWritten {
        /// The authority.
        id: AuthorityId,
        /// What is known of it, as JSON.
        body: String,
    },
    /// Somebody is on duty.
    DutyTaken(DutyRow),
    /// Somebody is on duty no longer than this.
    DutyEnded {
        /// The duty.
        id: String,
        /// Until when it lasts now.
        until: Timestamp,
    },
    /// An e-mail came in; conflicts where it is known.
    MailReceived(MailRow),
}

pub(super) fn writes(change: &OrderChange) -> Vec<Write> {
    match change {
        OrderChange::Received(row) => vec![received(row)],
        OrderChange::Changed(row) => vec![changed(row)],
        OrderChange::Names { order, service, items } => names(order, service, items),
        OrderChange::AuthorityWritten { id, body } => vec![Write::new(
            "keeping an authority",
            "INSERT INTO authorities (id, body) VALUES ($1, $2) \
             ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            vec![text(id), text(body)],
        )],
        OrderChange::DutyTaken(row) => vec![Write::new(
            "keeping who is on duty",
            "INSERT INTO duties (id, user_id, from_us, until_us, address) \
             VALUES ($1, $2, $3, $4, $5)",
            vec![
                text(&row.id),
                text(&row.user),
                row.from.micros().into(),
                row.until.micros().into(),
                row.address.clone().into(),
            ],
        )],
        OrderChange::DutyEnded { id, until } => vec![
            Write::new(
                "ending a duty",
                "UPDATE duties SET until_us = $2 WHERE id = $1 AND until_us > $2",
                vec![text(id), until.micros().into()],
            )
            .or_conflict("duty"),
        ],
        OrderChange::MailReceived(row) => vec![Write::new(
            "keeping an e-mail",
            "INSERT INTO mails (sha256, at_us, message_id, sender, subject, about) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            vec![
                text(&row.sha256),
                row.at.micros().into(),
                row.message_id.clone().into(),
                text(&row.sender),
                text(&row.subject),
                row.about.clone().into(),
            ],
        )],
    }
}

fn received(row: &OrderRow) -> Write {
    Write::new(
        "keeping an order",
        "INSERT INTO orders (id, service, status, due_us, at_us, revision, body, known_as) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        vec![
            text(&row.id),
            text(&row.service),
            text(&row.status),
            row.due.map(Timestamp::micros).into(),
            row.at.micros().into(),
            int(row.revision),
            text(&row.body),
            row.known_as.clone().into(),
        ],
    )
}

fn changed(row: &OrderRow) -> Write {
    Write::new(
        "changing an order",
        "UPDATE orders SET status = $2, due_us = $3, revision = $4, body = $5, known_as = $6 \
         WHERE id = $1 AND revision = $7",
        vec![
            text(&row.id),
            text(&row.status),
            row.due.map(Timestamp::micros).into(),
            int(row.revision),
            text(&row.body),
            row.known_as.clone().into(),
            int(row.revision.saturating_sub(1)),
        ],
    )
    .or_conflict("order")
}

fn names(order: &OrderId, service: &ServiceId, items: &[ItemId]) -> Vec<Write> {
    let forget = Write::new(
        "forgetting which items an order names",
        "DELETE FROM order_items WHERE order_id = $1",
        vec![text(order)],
    );
    let name = |item: &ItemId| {
        Write::new(
            "keeping which items an order names",
            "INSERT INTO order_items (order_id, service, item) VALUES ($1, $2, $3) \
             ON CONFLICT DO NOTHING",
            vec![text(order), text(service), text(item)],
        )
    };
    std::iter::once(forget).chain(items.iter().map(name)).collect()
}
