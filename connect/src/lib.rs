//! What speaks to the outside: signed webhooks and the guarded HTTP client.
//!
//! Every request of Seawall to an address that somebody else chose goes through [`Client`], which
//! reaches the public internet and what the operator listed, and nothing else.

mod address;
mod cloud_event;
mod delivery;
mod guard;
pub mod mail;
#[cfg(test)]
mod test_server;
mod transparency_database;
mod webhook;

pub use address::refusal;
pub use cloud_event::{
    ACTION_ORDERED, ALERT, CONTENT_TYPE, STATEMENT_MADE, action_event, alert_event, statement_event,
};
pub use delivery::{Delivered, DeliveryProblem, DeliveryProblemKind, Endpoint, backoff_seconds};
pub use guard::{Answer, Client, ConnectError, Fetched, Guard, HostPort};
pub use transparency_database::{DatabaseAnswer, DatabaseEndpoint, Pace, Submitted};
pub use webhook::{Headers, Secret, SecretProblem, SignatureProblem, sign, verify};
