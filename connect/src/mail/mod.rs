//! Mail: letters go out over SMTP, messages come in over IMAP, and who sent one is worked out from
//! what is signed.

mod certificate;
mod domain;
mod mailbox;
mod message;
mod post;

pub use certificate::{CertificateProblem, signer_of};
pub use domain::{DomainKeys, KeyProblem};
pub use mailbox::{Mailbox, MailboxProblem, MailboxSetup, Uid};
pub use message::{MessageFile, MessageProblem, ReadMessage, read_message};
pub use post::{Post, PostProblem, PostSetup};

/// How a connection to a mail server is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// TLS from the first byte.
    #[default]
    Tls,
    /// TLS after STARTTLS, and nothing before it.
    StartTls,
    /// None: for a server on the same machine.
    None,
}
