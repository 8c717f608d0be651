//! The workers of the desk of orders: letters go out, messages come in, open orders are watched.

use crate::cli::Failure;
use crate::looks::Looks;
use crate::settings::{MailIn, MailOut, Settings};
use crate::state::AppState;
use connect::mail::{
    DomainKeys, Mailbox, MailboxSetup, Post, PostProblem, PostSetup, ReadMessage, read_message,
    signer_of,
};
use connect::{Endpoint, alert_event, backoff_seconds};
use engine::{DeliveryOutcome, LetterRow, MailFile, MailInput, Sender};
use model::{ServiceId, limits};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How often letters and open orders are looked at.
const LOOK: Duration = Duration::from_millis(500);
/// How often a mailbox is looked into where the settings do not say.
const MAILBOX_SECONDS: u64 = 10;
/// Letters that are read at once.
const ROWS: usize = 32;

/// Starts the workers. Letters wait where no mail server is set.
///
/// # Errors
/// Where the settings of the mail cannot be used.
pub fn start(
    state: &AppState,
    stopped: &watch::Receiver<bool>,
) -> Result<Vec<JoinHandle<()>>, Failure> {
    let settings = &state.settings;
    let post = settings.mail.out.as_ref().map(|out| post(settings, out)).transpose()?;
    let post = post.map(Arc::new);
    let mut workers = vec![
        tokio::spawn(watch_orders(state.clone(), Looks::new(LOOK, stopped))),
        tokio::spawn(send_letters(state.clone(), post, Looks::new(LOOK, stopped))),
    ];
    let keys = &settings.mail.keys;
    let written = keys.written.iter().map(|(name, key)| (name.as_str(), key.as_str()));
    let keys = DomainKeys::new(written, keys.ask)
        .map_err(|problem| Failure::plain(format!("mail.keys: {problem}")))?;
    let keys = Arc::new(keys);
    for (service, mailbox) in &settings.mail.boxes {
        let setup = mailbox_setup(settings, mailbox)?;
        let every = Duration::from_secs(mailbox.every_seconds.unwrap_or(MAILBOX_SECONDS).max(1));
        let reader =
            Reader { state: state.clone(), service: service.clone(), setup, keys: keys.clone() };
        workers.push(tokio::spawn(reader.run(Looks::new(every, stopped))));
    }
    Ok(workers)
}

fn read_secret(settings: &Settings, path: &Path) -> Result<String, Failure> {
    let path = settings.path(path);
    let text = std::fs::read_to_string(&path)
        .map_err(|error| Failure::plain(format!("{}: {error}", path.display())))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn post(settings: &Settings, out: &MailOut) -> Result<Post, Failure> {
    let read = |path: &Option<_>| path.as_deref().map(|path| read_secret(settings, path));
    let setup = PostSetup {
        host: out.host.clone(),
        port: out.port,
        security: out.security,
        user: out.user.clone(),
        password: read(&out.password_file).transpose()?,
        trust: read(&out.trust).transpose()?,
        from: out.from.clone(),
    };
    Post::new(&setup).map_err(|problem| Failure::plain(problem.to_string()))
}

fn mailbox_setup(settings: &Settings, mailbox: &MailIn) -> Result<MailboxSetup, Failure> {
    let trust = mailbox.trust.as_deref().map(|path| read_secret(settings, path)).transpose()?;
    Ok(MailboxSetup {
        host: mailbox.host.clone(),
        port: mailbox.port,
        security: mailbox.security,
        user: mailbox.user.clone(),
        password: read_secret(settings, &mailbox.password_file)?,
        trust,
        folder: mailbox.folder.clone(),
        taken: mailbox.taken.clone(),
        largest: limits::MAIL_BYTES,
    })
}

async fn watch_orders(state: AppState, mut looks: Looks) {
    while looks.next().await {
        if let Err(error) = state.engine.watch_threats().await {
            tracing::error!(%error, "reports of threats were not watched");
        }
        if let Err(error) = state.engine.watch_orders().await {
            tracing::error!(%error, "open orders could not be watched");
        }
        if let Err(error) = state.engine.watch_exposures().await {
            tracing::error!(%error, "exposure decisions could not be watched");
        }
    }
}

async fn send_letters(state: AppState, post: Option<Arc<Post>>, mut looks: Looks) {
    while looks.next().await {
        match state.engine.letters_due(ROWS).await {
            Ok(due) => {
                for row in due {
                    send_letter(&state, post.as_deref(), &row).await;
                }
            }
            Err(error) => tracing::error!(%error, "letters could not be read"),
        }
    }
}

/// Makes one attempt and notes what became of it. Where that cannot be noted the letter is sent
/// again after its lease, under the same Message-ID.
async fn send_letter(state: &AppState, post: Option<&Post>, row: &LetterRow) {
    let is_webhook = row.letter.to.starts_with("http");
    // Without a mail server a letter waits, and is neither tried nor given up.
    if !is_webhook && post.is_none() {
        return;
    }
    match state.engine.begin_letter(row).await {
        Ok(true) => {}
        Ok(false) => return,
        Err(error) => return tracing::error!(%error, "a letter could not begin"),
    }
    let sent = match post.filter(|_| !is_webhook) {
        Some(post) => post.send(&row.letter).await,
        None => call(state, row).await,
    };
    let outcome = match sent {
        Ok(()) => DeliveryOutcome::Delivered,
        Err(PostProblem::Later { detail }) if row.attempts + 1 < limits::LETTER_ATTEMPTS => {
            let wait = backoff_seconds(row.attempts + 1, 0);
            DeliveryOutcome::Retry { next: state.engine.now().plus_seconds(wait), problem: detail }
        }
        Err(problem) => DeliveryOutcome::Dead { problem: problem.to_string() },
    };
    if let Err(error) = state.engine.letter_sent(row, outcome).await {
        tracing::error!(%error, letter = %row.letter.id, "a letter could not be noted");
    }
}

/// A warning goes to a webhook, signed with the secrets of the service's own.
async fn call(state: &AppState, row: &LetterRow) -> Result<(), PostProblem> {
    let webhook = state.settings.webhooks.get(&row.letter.service);
    let secrets = webhook.map_or(&[][..], |webhook| &webhook.secrets[..]);
    let secrets: Vec<_> =
        secrets.iter().filter_map(|secret| connect::Secret::parse(secret).ok()).collect();
    if secrets.is_empty() {
        let detail = format!("webhook.{}: no secret to sign with", row.letter.service);
        return Err(PostProblem::Setup { detail });
    }
    let endpoint = Endpoint { url: row.letter.to.clone(), secrets };
    let letter = &row.letter;
    let (body, now) = (alert_event(letter), state.engine.now());
    let sent = state.outside.deliver(&endpoint, letter.id.as_str(), now, &body).await;
    sent.map(drop).map_err(|problem| PostProblem::Later { detail: problem.detail })
}

/// Reads one mailbox.
struct Reader {
    state: AppState,
    service: ServiceId,
    setup: MailboxSetup,
    keys: Arc<DomainKeys>,
}

impl Reader {
    async fn run(self, mut looks: Looks) {
        let mut mailbox: Option<Mailbox> = None;
        while looks.next().await {
            // A line that broke is opened anew at the next look; messages wait in the mailbox.
            mailbox = match self.look_into(mailbox).await {
                Ok(open) => Some(open),
                Err(problem) => {
                    metrics::counter!("seawall_mailbox_problems_total").increment(1);
                    tracing::error!(%problem, service = %self.service, "the mailbox was not read");
                    None
                }
            };
        }
        if let Some(mailbox) = mailbox {
            mailbox.close().await;
        }
    }

    async fn look_into(
        &self,
        mailbox: Option<Mailbox>,
    ) -> Result<Mailbox, connect::mail::MailboxProblem> {
        let mut mailbox = match mailbox {
            Some(open) => open,
            None => Mailbox::open(&self.setup).await?,
        };
        for (uid, bytes) in mailbox.fetch().await? {
            if self.take(bytes).await {
                mailbox.take(uid).await?;
            }
        }
        Ok(mailbox)
    }

    /// Takes one message; `false` where it must stay in the mailbox, since it could not be kept.
    async fn take(&self, bytes: Option<Vec<u8>>) -> bool {
        let Some(bytes) = bytes else {
            tracing::warn!(service = %self.service, "a message is too large, and is set aside");
            return true;
        };
        let input = self.read(bytes).await;
        match self.state.engine.take_mail(input).await {
            Ok(_) => true,
            Err(engine::Error::Invalid { place, problem }) => {
                tracing::warn!(%place, %problem, "a message was not taken, and is set aside");
                true
            }
            Err(error) => {
                tracing::error!(%error, "a message could not be kept, and stays in the mailbox");
                false
            }
        }
    }

    /// What cannot be read is an order all the same, which a person reads.
    async fn read(&self, bytes: Vec<u8>) -> MailInput {
        let ReadMessage { message_id, from, reply_to, subject, text, files, is_automatic } =
            read_message(&bytes).unwrap_or_default();
        let now = self.state.engine.now();
        let sender = Sender {
            from,
            signed_by: self.keys.signed_by(&bytes).await,
            certificate: signer_of(&bytes, now).ok(),
        };
        let file = |file: connect::mail::MessageFile| MailFile {
            name: file.name,
            media_type: file.media_type,
            bytes: file.bytes,
        };
        MailInput {
            service: self.service.clone(),
            message_id,
            sender,
            reply_to,
            subject,
            text,
            files: files.into_iter().map(file).collect(),
            is_automatic,
            bytes,
        }
    }
}
