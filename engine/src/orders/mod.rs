//! The desk of orders: an authority's demand from its receipt to the answer, by the straight way.
//!
//! Intake makes an order durable and starts its clock; a person makes sure of its sender, its form
//! and its links, and says that it is carried out or why it cannot be; the watch notes what the
//! service confirmed, answers the authority, warns before time runs out and ends what the law ends
//! by itself.

mod answers;
mod authority;
mod desk;
mod duty;
mod intake;
mod letters;
mod setup;
mod watch;

pub(crate) use answers::text_of;
pub use authority::{Authority, Sender};
pub use desk::OrderAct;
pub use duty::Duty;
pub use intake::{MailFile, MailInput, OrderInput, OrderTaken};
pub use setup::{Addressee, LinkPattern, OrderSetup, PatternProblem};
pub(crate) use watch::{letter_of_warning, watched};

use crate::{Error, Result};
use review::orders::Order;
use store::{LetterRow, MailRow, OrderRow};

/// Everything that one page about an order shows.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderView {
    /// The order.
    pub order: Order,
    /// The letters about it, oldest first.
    pub letters: Vec<LetterRow>,
    /// The orders that it amends or replaces, and the one that took its place.
    pub related: Vec<Order>,
    /// The e-mails about it that came in, oldest first.
    pub mails: Vec<MailRow>,
}

pub(crate) fn read(row: &OrderRow) -> Result<Order> {
    serde_json::from_str(&row.body)
        .map_err(|error| Error::Damaged { what: "order", detail: error.to_string() })
}
