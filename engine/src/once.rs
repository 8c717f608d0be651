//! Who asks, and how a repeated request gets its first answer.

use crate::{Error, Result};
use model::{KeyId, Timestamp, UserId, limits};
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::{Answer, Change, IdempotencyRow, Store};

/// How often a commit that meets somebody else's change is repeated.
pub(crate) const RETRIES: usize = 24;

/// Repeats a step while somebody else's change is in its way.
pub(crate) async fn repeated<T, F>(mut step: impl FnMut() -> F) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    for _ in 0..RETRIES {
        match step().await {
            Err(failure) if failure.is_conflict() => tokio::task::yield_now().await,
            done => return done,
        }
    }
    Err(Error::Contended)
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A program with an API key.
    Key(KeyId),
    /// A person who signed in.
    User(UserId),
    /// Somebody at the command line of the machine.
    Operator,
    /// Somebody outside, by a page that everybody may open or a signed link.
    Outside,
}

impl Actor {
    /// One word for it, for idempotency and the feed.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Key(key) => key.as_str(),
            Self::User(user) => user.as_str(),
            Self::Operator => "operator",
            Self::Outside => "outside",
        }
    }
}

/// A request that is carried out once however often it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// The key that the caller chose.
    pub token: String,
    /// SHA-256 of the request: method, path and body.
    pub digest: [u8; 32],
}

/// Where a request comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Who asks.
    pub actor: Actor,
    /// How a repetition is recognised.
    pub once: Option<Once>,
}

impl Origin {
    /// Somebody at the command line.
    #[must_use]
    pub fn operator() -> Self {
        Self { actor: Actor::Operator, once: None }
    }

    /// Somebody outside.
    #[must_use]
    pub fn outside() -> Self {
        Self { actor: Actor::Outside, once: None }
    }

    /// A person in the console.
    #[must_use]
    pub fn user(user: UserId) -> Self {
        Self { actor: Actor::User(user), once: None }
    }

    /// Gives the first result of a repeated request, if this is one.
    ///
    /// # Errors
    /// [`Error::KeyReused`] where the key came with another request.
    pub(crate) async fn earlier<T: DeserializeOwned>(&self, store: &Store) -> Result<Option<T>> {
        let Some(once) = &self.once else { return Ok(None) };
        if once.token.is_empty() || once.token.len() > limits::IDEMPOTENCY_KEY_BYTES {
            let limit = limits::IDEMPOTENCY_KEY_BYTES;
            let problem = format!("must be 1 to {limit} bytes long");
            return Err(Error::invalid("Idempotency-Key", problem));
        }
        let Some(row) = store.answer(self.actor.name(), &once.token).await? else {
            return Ok(None);
        };
        if row.digest != once.digest {
            return Err(Error::KeyReused { token: once.token.clone() });
        }
        let result = serde_json::from_str(&row.answer.body)
            .map_err(|error| Error::Damaged { what: "answer", detail: error.to_string() })?;
        Ok(Some(result))
    }

    /// Takes a step that remembers its result, once for each request: a repetition gets the first
    /// result, and a step that meets somebody else's change is taken again.
    ///
    /// # Errors
    /// The failure of the step, or [`Error::KeyReused`].
    pub(crate) async fn once<T, F>(&self, store: &Store, step: impl FnMut() -> F) -> Result<T>
    where
        T: DeserializeOwned,
        F: Future<Output = Result<T>>,
    {
        match self.earlier(store).await? {
            Some(earlier) => Ok(earlier),
            None => self.again(store, step).await,
        }
    }

    /// Takes such a step where it is known that the request is no repetition of an earlier one.
    ///
    /// # Errors
    /// The failure of the step.
    pub(crate) async fn again<T, F>(&self, store: &Store, mut step: impl FnMut() -> F) -> Result<T>
    where
        T: DeserializeOwned,
        F: Future<Output = Result<T>>,
    {
        for _ in 0..RETRIES {
            match step().await {
                Ok(done) => return Ok(done),
                Err(failure) => {
                    if let Some(earlier) = self.after(store, failure).await? {
                        return Ok(earlier);
                    }
                    tokio::task::yield_now().await;
                }
            }
        }
        Err(Error::Contended)
    }

    /// Says what a failed step comes to: the first result where the same request was carried out
    /// meanwhile, `None` where somebody else's change was in the way and the step is repeated.
    ///
    /// # Errors
    /// The failure itself, where neither is so.
    pub(crate) async fn after<T: DeserializeOwned>(
        &self,
        store: &Store,
        failure: Error,
    ) -> Result<Option<T>> {
        // A step that the desk refuses may be one that the same request has made already.
        let is_refused = matches!(
            failure,
            Error::Review(_) | Error::Order(_) | Error::Threat(_) | Error::Exposure(_)
        );
        if !failure.is_conflict() && !is_refused {
            return Err(failure);
        }
        match self.earlier(store).await? {
            None if !failure.is_conflict() => Err(failure),
            earlier => Ok(earlier),
        }
    }

    /// The change that remembers a result, to be committed with it.
    pub(crate) fn remember<T: Serialize>(
        &self,
        result: &T,
        at: Timestamp,
    ) -> Result<Option<Change>> {
        let Some(once) = &self.once else { return Ok(None) };
        let body = serde_json::to_string(result)
            .map_err(|error| Error::Damaged { what: "answer", detail: error.to_string() })?;
        Ok(Some(Change::Answered(IdempotencyRow {
            owner: self.actor.name().to_owned(),
            token: once.token.clone(),
            digest: once.digest,
            answer: Answer { status: 200, body },
            at,
        })))
    }
}
