//! Letters go out: over SMTP, to the mail server that the operator named.

use super::Security;
use lettre::message::header::ContentType;
use lettre::message::{Attachment as Part, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use model::{Letter, LetterKind};
use std::time::Duration;

/// The longest that one letter is worked at.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The mail server that takes letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostSetup {
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is secured.
    pub security: Security,
    /// The name to sign in with; none where the server asks for none.
    pub user: Option<String>,
    /// The password.
    pub password: Option<String>,
    /// A certificate to trust beside the usual ones, as PEM.
    pub trust: Option<String>,
    /// The address that letters come from.
    pub from: String,
}

/// Sends letters.
#[derive(Debug, Clone)]
pub struct Post {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    host: String,
}

/// Why a letter was not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PostProblem {
    /// It may go through later.
    #[error("{detail}")]
    Later {
        /// What the server said.
        detail: String,
    },
    /// It will not go through, however often it is tried.
    #[error("{detail}")]
    Never {
        /// What is wrong.
        detail: String,
    },
    /// The settings cannot be used.
    #[error("mail: {detail}")]
    Setup {
        /// What is wrong.
        detail: String,
    },
}

impl Post {
    /// Takes the settings. Nothing is connected before the first letter.
    ///
    /// # Errors
    /// Where the sender is no address, or the certificate none.
    pub fn new(setup: &PostSetup) -> Result<Self, PostProblem> {
        let wrong = |detail: String| PostProblem::Setup { detail };
        let from: Mailbox = setup
            .from
            .parse()
            .map_err(|error| wrong(format!("`{}` is no sender: {error}", setup.from)))?;
        let mut trusted = TlsParameters::builder(setup.host.clone());
        if let Some(pem) = &setup.trust {
            let certificate = Certificate::from_pem(pem.as_bytes());
            let certificate = certificate.map_err(|error| wrong(error.to_string()))?;
            trusted = trusted.add_root_certificate(certificate);
        }
        let trusted = trusted.build_rustls().map_err(|error| wrong(error.to_string()))?;
        let tls = match setup.security {
            Security::Tls => Tls::Wrapper(trusted),
            Security::StartTls => Tls::Required(trusted),
            Security::None => Tls::None,
        };
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&setup.host)
            .port(setup.port)
            .tls(tls)
            .timeout(Some(TIMEOUT));
        if let (Some(user), Some(password)) = (&setup.user, &setup.password) {
            transport = transport.credentials(Credentials::new(user.clone(), password.clone()));
        }
        Ok(Self { transport: transport.build(), from, host: setup.host.clone() })
    }

    /// Sends a letter. Its Message-ID is made of its id, so that a letter that is sent twice is one
    /// message for whoever receives it.
    ///
    /// # Errors
    /// Whether it may go through later or never will.
    pub async fn send(&self, letter: &Letter) -> Result<(), PostProblem> {
        let message = self.message(letter)?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => {
                Err(PostProblem::Never { detail: error.to_string() })
            }
            Err(error) => Err(PostProblem::Later { detail: self.said(&error) }),
        }
    }

    fn said(&self, error: &lettre::transport::smtp::Error) -> String {
        use std::error::Error as _;
        let cause = error.source().map_or_else(String::new, |cause| format!(": {cause}"));
        format!("{}: {error}{cause}", self.host)
    }

    fn message(&self, letter: &Letter) -> Result<Message, PostProblem> {
        let never = |detail: String| PostProblem::Never { detail };
        let to: Mailbox = letter
            .to
            .parse()
            .map_err(|error| never(format!("`{}` is no address: {error}", letter.to)))?;
        let domain = self.from.email.domain();
        let mut builder = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(&letter.subject)
            .message_id(Some(format!("<{}@{domain}>", letter.id)));
        if let Some(answers) = &letter.answers {
            let id = format!("<{answers}>");
            builder = builder.in_reply_to(id.clone()).references(id);
        }
        // What is sent without being asked for must not be answered by programs; what answers
        // somebody is no bulk mail.
        if letter.kind == LetterKind::Alert || letter.answers.is_some() {
            builder = builder.raw_header(lettre::message::header::HeaderValue::new(
                lettre::message::header::HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ));
        }
        let mut parts = MultiPart::mixed().singlepart(SinglePart::plain(letter.body.clone()));
        for attachment in &letter.attachments {
            let kind = ContentType::parse(&attachment.media_type)
                .map_err(|error| never(format!("{}: {error}", attachment.name)))?;
            let part = Part::new(attachment.name.clone());
            parts = parts.singlepart(part.body(attachment.text.clone(), kind));
        }
        builder.multipart(parts).map_err(|error| never(error.to_string()))
    }
}
