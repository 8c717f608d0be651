//! Messages come in: over IMAP, from the mailbox that the operator named.
//!
//! A message leaves the mailbox's inbox only after whoever reads it has made it durable: it is
//! moved to another folder then, and fetched again where that did not come to pass.

use super::Security;
use async_imap::{Client, Session};
use futures_util::TryStreamExt;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// The longest that one command is waited for.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Messages that are fetched at one look.
const AT_ONCE: usize = 50;

/// The number of a message in its folder.
pub type Uid = u32;

/// The mailbox that messages come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailboxSetup {
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is secured.
    pub security: Security,
    /// The name to sign in with.
    pub user: String,
    /// The password.
    pub password: String,
    /// A certificate to trust beside the usual ones, as PEM.
    pub trust: Option<String>,
    /// The folder that messages come to, such as `INBOX`.
    pub folder: String,
    /// The folder that messages are moved to once they were taken; made where it is absent.
    pub taken: String,
    /// The largest message that is fetched, in bytes.
    pub largest: usize,
}

/// Why messages could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum MailboxProblem {
    /// The server cannot be reached, or the line broke.
    #[error("{host}: {source}")]
    Line {
        /// The server.
        host: String,
        /// What went wrong.
        source: std::io::Error,
    },
    /// The server refused something.
    #[error("{host}: {detail}")]
    Refused {
        /// The server.
        host: String,
        /// What it said.
        detail: String,
    },
    /// The server did not answer in time.
    #[error("{host} did not answer within {} s", TIMEOUT.as_secs())]
    Late {
        /// The server.
        host: String,
    },
    /// The settings cannot be used.
    #[error("mailbox: {detail}")]
    Setup {
        /// What is wrong.
        detail: String,
    },
}

trait Line: AsyncRead + AsyncWrite + Unpin + Send + std::fmt::Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + std::fmt::Debug> Line for T {}

/// A mailbox that is open.
#[derive(Debug)]
pub struct Mailbox {
    session: Session<Box<dyn Line>>,
    setup: MailboxSetup,
}

impl Mailbox {
    /// Signs in and opens the folder.
    ///
    /// # Errors
    /// Where the server cannot be reached, refuses, or does not answer in time.
    pub async fn open(setup: &MailboxSetup) -> Result<Self, MailboxProblem> {
        let late = |_| MailboxProblem::Late { host: setup.host.clone() };
        timeout(TIMEOUT, Self::connect(setup)).await.map_err(late)?
    }

    async fn connect(setup: &MailboxSetup) -> Result<Self, MailboxProblem> {
        let broken = |source| MailboxProblem::Line { host: setup.host.clone(), source };
        let stream = TcpStream::connect((setup.host.as_str(), setup.port)).await.map_err(broken)?;
        let refused = |error: async_imap::error::Error| refusal(setup, &error);
        let client: Client<Box<dyn Line>> = match setup.security {
            Security::None => greeted::<Box<dyn Line>>(Box::new(stream)).await.map_err(broken)?,
            Security::Tls => {
                let line: Box<dyn Line> = Box::new(secured(setup, stream).await?);
                greeted(line).await.map_err(broken)?
            }
            Security::StartTls => {
                // Nothing is said before the line is secured, least of all a password (RFC 8314).
                let mut plain = greeted(stream).await.map_err(broken)?;
                plain.run_command_and_check_ok("STARTTLS", None).await.map_err(refused)?;
                // The server says nothing again after it, and what came before it is not believed.
                Client::new(Box::new(secured(setup, plain.into_inner()).await?))
            }
        };
        let signed_in = client.login(&setup.user, &setup.password).await;
        let mut session = signed_in.map_err(|(error, _)| refused(error))?;
        session.select(&setup.folder).await.map_err(refused)?;
        Ok(Self { session, setup: setup.clone() })
    }

    /// Fetches messages that wait, oldest first. One that is larger than what is taken comes
    /// without its bytes.
    ///
    /// # Errors
    /// As [`Mailbox::open`].
    pub async fn fetch(&mut self) -> Result<Vec<(Uid, Option<Vec<u8>>)>, MailboxProblem> {
        let late = MailboxProblem::Late { host: self.setup.host.clone() };
        timeout(TIMEOUT, self.fetch_now()).await.map_err(|_| late)?
    }

    async fn fetch_now(&mut self) -> Result<Vec<(Uid, Option<Vec<u8>>)>, MailboxProblem> {
        let setup = self.setup.clone();
        let refused = |error: async_imap::error::Error| refusal(&setup, &error);
        // What came since the folder was opened is told with the next answer.
        self.session.noop().await.map_err(refused)?;
        let found = self.session.uid_search("UNDELETED").await.map_err(refused)?;
        let mut waiting: Vec<Uid> = found.into_iter().collect();
        waiting.sort_unstable();
        waiting.truncate(AT_ONCE);
        let mut messages = Vec::with_capacity(waiting.len());
        for uid in waiting {
            let size = self.size(uid, &setup).await?;
            if size > setup.largest {
                messages.push((uid, None));
                continue;
            }
            let set = uid.to_string();
            let fetched = self.session.uid_fetch(&set, "BODY.PEEK[]").await.map_err(refused)?;
            let fetched: Vec<_> = fetched.try_collect().await.map_err(refused)?;
            let body = fetched.iter().find_map(|one| one.body());
            messages.extend(body.map(|bytes| (uid, Some(bytes.to_vec()))));
        }
        Ok(messages)
    }

    async fn size(&mut self, uid: Uid, setup: &MailboxSetup) -> Result<usize, MailboxProblem> {
        let refused = |error: async_imap::error::Error| refusal(setup, &error);
        let set = uid.to_string();
        let sizes = self.session.uid_fetch(&set, "RFC822.SIZE").await.map_err(refused)?;
        let sizes: Vec<_> = sizes.try_collect().await.map_err(refused)?;
        let size = sizes.iter().find_map(|one| one.size).unwrap_or(0);
        Ok(usize::try_from(size).unwrap_or(usize::MAX))
    }

    /// Moves a message that was taken out of the folder.
    ///
    /// # Errors
    /// As [`Mailbox::open`]; the message is fetched again then.
    pub async fn take(&mut self, uid: Uid) -> Result<(), MailboxProblem> {
        let late = MailboxProblem::Late { host: self.setup.host.clone() };
        timeout(TIMEOUT, self.take_now(uid)).await.map_err(|_| late)?
    }

    async fn take_now(&mut self, uid: Uid) -> Result<(), MailboxProblem> {
        let setup = self.setup.clone();
        let refused = |error: async_imap::error::Error| refusal(&setup, &error);
        let set = uid.to_string();
        if self.session.uid_copy(&set, &setup.taken).await.is_err() {
            self.session.create(&setup.taken).await.map_err(refused)?;
            self.session.uid_copy(&set, &setup.taken).await.map_err(refused)?;
        }
        let flags = self.session.uid_store(&set, "+FLAGS (\\Deleted)").await.map_err(refused)?;
        let _: Vec<_> = flags.try_collect().await.map_err(refused)?;
        let gone = self.session.expunge().await.map_err(refused)?;
        let _: Vec<_> = gone.try_collect().await.map_err(refused)?;
        Ok(())
    }

    /// Signs out. What goes wrong with that does not matter.
    pub async fn close(mut self) {
        let _ = timeout(TIMEOUT, self.session.logout()).await;
    }
}

/// Waits for the greeting of the server.
async fn greeted<T: Line>(line: T) -> std::io::Result<Client<T>> {
    let mut client = Client::new(line);
    match client.read_response().await? {
        Some(_) => Ok(client),
        None => Err(std::io::ErrorKind::UnexpectedEof.into()),
    }
}

async fn secured(
    setup: &MailboxSetup,
    stream: TcpStream,
) -> Result<TlsStream<TcpStream>, MailboxProblem> {
    let name = ServerName::try_from(setup.host.clone())
        .map_err(|_| MailboxProblem::Setup { detail: format!("`{}` is no host", setup.host) })?;
    let connector = TlsConnector::from(Arc::new(trusted(setup)?));
    let broken = |source| MailboxProblem::Line { host: setup.host.clone(), source };
    connector.connect(name, stream).await.map_err(broken)
}

fn refusal(setup: &MailboxSetup, error: &async_imap::error::Error) -> MailboxProblem {
    MailboxProblem::Refused { host: setup.host.clone(), detail: error.to_string() }
}

fn trusted(setup: &MailboxSetup) -> Result<ClientConfig, MailboxProblem> {
    let wrong = |detail: String| MailboxProblem::Setup { detail };
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(pem) = &setup.trust {
        let certificate = CertificateDer::from_pem_slice(pem.as_bytes());
        let certificate = certificate.map_err(|error| wrong(format!("{error:?}")))?;
        roots.add(certificate).map_err(|error| wrong(error.to_string()))?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| wrong(error.to_string()))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}
