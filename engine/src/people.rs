//! People who sign in and programs with keys.

use crate::clock::{fresh, random};
use crate::facts;
use crate::once::{Actor, Origin};
use crate::{Engine, Error, Result};
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use audit::FactKind;
use base64::Engine as _;
use model::{KeyId, ServiceId, Timestamp, UserId, limits};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::Mutex;
use store::{Change, KeyRow, SessionRow, UserRow};

/// What a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Takes and decides cases.
    Reviewer,
    /// Also orders and reads studies.
    Analyst,
    /// Also curates banks and rules, and reads the records.
    Lead,
    /// Also manages people and keys.
    Admin,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Reviewer, Self::Analyst, Self::Lead, Self::Admin];

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reviewer => "reviewer",
            Self::Analyst => "analyst",
            Self::Lead => "lead",
            Self::Admin => "admin",
        }
    }

    /// The role of that word, if there is one.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

/// What an API key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Submit and check items.
    Submit,
    /// Make notices.
    Notice,
    /// Read and decide cases.
    Review,
    /// Change banks and rules.
    Curate,
    /// Read events and records.
    Report,
    /// Order and read studies, and tell who follows whom.
    Study,
    /// Hand in orders of authorities.
    Order,
    /// Everything.
    Admin,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 8] = [
        Self::Submit,
        Self::Notice,
        Self::Review,
        Self::Curate,
        Self::Report,
        Self::Study,
        Self::Order,
        Self::Admin,
    ];

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Notice => "notice",
            Self::Review => "review",
            Self::Curate => "curate",
            Self::Report => "report",
            Self::Study => "study",
            Self::Order => "order",
            Self::Admin => "admin",
        }
    }

    /// The scope of that word, if there is one.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == word)
    }

    /// Whether a key's scopes, as they are stored, hold this one.
    #[must_use]
    pub fn is_in(self, scopes: &str) -> bool {
        scopes.split(' ').any(|word| word == self.as_str() || word == Self::Admin.as_str())
    }
}

/// A person to be added.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The name that is typed at sign-in: letters, digits, `.`, `-`, `_`.
    pub login: String,
    /// What the person may do.
    pub role: Role,
    /// The password; where none is given, one is drawn.
    pub password: Option<String>,
    /// Whether a second factor is asked for.
    pub second_factor: SecondFactor,
    /// The console's language: `en` or `ar`.
    pub language: String,
}

/// Whether a second factor is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondFactor {
    /// A time-based code at every sign-in (RFC 6238).
    Totp,
    /// The password alone.
    None,
}

/// What a new person needs to sign in; shown once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Welcome {
    /// The person.
    pub user: UserRow,
    /// The password.
    pub password: String,
    /// The address that an authenticator takes, where a second factor is asked for.
    pub authenticator: Option<String>,
}

/// A made key; the secret is shown once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewKey {
    /// Its id.
    pub id: KeyId,
    /// The whole key, as callers send it.
    pub key: String,
}

/// A sign-in as it is typed.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// The login.
    pub login: String,
    /// The password.
    pub password: String,
    /// The code of the second factor; may be empty where none is asked for.
    pub code: String,
}

/// A person's session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The value of the cookie; empty where the session was looked up.
    pub token: String,
    /// The person.
    pub user: UserRow,
    /// The value that every form must bring.
    pub form_token: String,
}

/// Failed sign-ins by login, kept for a while so that guessing is slow.
#[derive(Debug, Default)]
pub(crate) struct Failures(Mutex<HashMap<String, Vec<Timestamp>>>);

/// Logins whose failures are kept; beyond it the oldest are forgotten together.
const FAILING_LOGINS: usize = 10_000;

impl Failures {
    fn seconds_to_wait(&self, login: &str, now: Timestamp) -> Option<i64> {
        let mut known = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let times = known.get_mut(login)?;
        times.retain(|at| now.seconds_since(*at) < limits::SIGN_IN_WINDOW_SECONDS);
        let full = times.len() >= limits::SIGN_IN_FAILURES as usize;
        let first = times.first()?;
        full.then(|| limits::SIGN_IN_WINDOW_SECONDS - now.seconds_since(*first))
    }

    fn note(&self, login: &str, now: Timestamp) {
        let mut known = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if known.len() >= FAILING_LOGINS && !known.contains_key(login) {
            let oldest = known.iter().min_by_key(|(_, times)| times.last().copied());
            if let Some(oldest) = oldest.map(|(login, _)| login.clone()) {
                known.remove(&oldest);
            }
        }
        known.entry(login.to_owned()).or_default().push(now);
    }

    fn forget(&self, login: &str) {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).remove(login);
    }
}

/// How long a sign-in waits for its turn.
const HASHER_WAIT: std::time::Duration = std::time::Duration::from_secs(5);

/// A hash that no password has, so that unknown logins take as long as known ones.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2Vhd2FsbC1ub2JvZHk$\
                      J2zP0xq0xX1m0q5o2cU1Jc3V0mJ7cJtY5mQm8m2bN0k";

impl Engine {
    /// Adds a person, and gives what they need to sign in.
    ///
    /// # Errors
    /// Where the login is unfit or taken, the password too short, or the store fails.
    pub async fn add_user(&self, new: NewUser, origin: &Origin) -> Result<Welcome> {
        check_login(&new.login)?;
        let password = match new.password {
            Some(password) => password,
            None => base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(random::<15>()?),
        };
        if password.chars().count() < limits::PASSWORD_CHARS {
            let least = limits::PASSWORD_CHARS;
            return Err(Error::invalid("password", format!("at least {least} characters")));
        }
        let now = self.now();
        let (totp, authenticator) = match new.second_factor {
            SecondFactor::None => (None, None),
            SecondFactor::Totp => {
                let secret = totp_rs::Secret::from(random::<20>()?.to_vec()).to_base32();
                let address =
                    format!("otpauth://totp/Seawall:{}?secret={secret}&issuer=Seawall", new.login);
                (Some(secret), Some(address))
            }
        };
        let user = UserRow {
            id: UserId::from_uuid(fresh(now)?),
            login: new.login,
            role: new.role.as_str().to_owned(),
            password: hash_password(password.clone()).await?,
            totp,
            totp_step: 0,
            language: new.language,
            is_disabled: false,
            at: now,
        };
        let entry = user_changed("added", &user, &origin.actor);
        let changes = vec![Change::UserAdded(user.clone())];
        match self.inner.store.commit(changes, vec![entry], now).await {
            Err(error) if error.is_conflict() => {
                Err(Error::invalid("login", format!("`{}` is taken", user.login)))
            }
            Err(error) => Err(error.into()),
            Ok(_) => Ok(Welcome { user, password, authenticator }),
        }
    }

    /// Closes a person's account, or opens it again.
    ///
    /// # Errors
    /// Where there is no such login, or the store fails.
    pub async fn set_user(
        &self,
        login: &str,
        change: impl FnOnce(&mut UserRow),
        origin: &Origin,
    ) -> Result<UserRow> {
        let known = self.inner.store.user_by_login(login).await?;
        let absent = || Error::NotFound { what: "person", id: login.to_owned() };
        let mut user = known.ok_or_else(absent)?;
        change(&mut user);
        let entry = user_changed("changed", &user, &origin.actor);
        let changes = vec![Change::UserChanged(user.clone())];
        self.inner.store.commit(changes, vec![entry], self.now()).await?;
        Ok(user)
    }

    /// Lists the people who may sign in.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn users(&self) -> Result<Vec<UserRow>> {
        Ok(self.inner.store.users().await?)
    }

    /// Reads a person by login.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn user_by_login(&self, login: &str) -> Result<Option<UserRow>> {
        // Nobody has an unfit login, and PostgreSQL refuses some characters outright.
        if check_login(login).is_err() {
            return Ok(None);
        }
        Ok(self.inner.store.user_by_login(login).await?)
    }

    /// Reads a person.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn user(&self, id: &UserId) -> Result<Option<UserRow>> {
        Ok(self.inner.store.user(id).await?)
    }

    /// Signs a person in.
    ///
    /// # Errors
    /// [`Error::SignInRefused`] without saying what was wrong; [`Error::SignInBlocked`] after too
    /// many failures.
    pub async fn sign_in(&self, typed: SignIn) -> Result<Session> {
        let now = self.now();
        if typed.login.len() > limits::NAME_BYTES || typed.password.len() > limits::NAME_BYTES {
            return Err(Error::SignInRefused);
        }
        if let Some(seconds) = self.inner.failures.seconds_to_wait(&typed.login, now) {
            return Err(Error::SignInBlocked { seconds });
        }
        // The attempt counts as failed until it has succeeded, so that many at once are not free.
        let login = typed.login.clone();
        self.inner.failures.note(&login, now);
        match self.try_sign_in(typed, now).await {
            Ok(session) => {
                self.inner.failures.forget(&login);
                Ok(session)
            }
            Err(Error::SignInRefused) => {
                let event = json!({});
                let kind = FactKind::SignInRefused;
                let entry = facts::operation(kind, "password", &Actor::Operator, event);
                self.inner.store.commit(Vec::new(), vec![entry], now).await?;
                Err(Error::SignInRefused)
            }
            Err(error) => Err(error),
        }
    }

    async fn try_sign_in(&self, typed: SignIn, now: Timestamp) -> Result<Session> {
        let known = self.user_by_login(&typed.login).await?;
        let hash = known.as_ref().map_or(NOBODY, |user| &user.password).to_owned();
        // Each takes 19 MiB; without a bound anybody could fill the memory.
        let permit = self.inner.hashers.clone();
        let wait = permit.acquire_owned();
        let permit = tokio::time::timeout(HASHER_WAIT, wait).await.map_err(|_| Error::Busy)?;
        let holds = verify_password(typed.password, hash).await?;
        drop(permit);
        let Some(user) = known.filter(|user| holds && !user.is_disabled) else {
            return Err(Error::SignInRefused);
        };
        let mut changes = Vec::new();
        if let Some(secret) = &user.totp {
            let step = check_code(secret, &typed.code, now).filter(|step| *step > user.totp_step);
            let step = step.ok_or(Error::SignInRefused)?;
            changes.push(Change::TotpUsed(user.id.clone(), step));
        }
        let token = hex::encode(random::<32>()?);
        let form_token = hex::encode(random::<16>()?);
        changes.push(Change::SessionKept(SessionRow {
            token: digest(&token),
            user: user.id.clone(),
            form_token: form_token.clone(),
            expires: now.plus_seconds(limits::SESSION_IDLE_SECONDS),
        }));
        let actor = Actor::User(user.id.clone());
        let entry = facts::operation(FactKind::SignedIn, "console", &actor, json!({}));
        match self.inner.store.commit(changes, vec![entry], now).await {
            // The code was used by somebody else meanwhile.
            Err(error) if error.is_conflict() => Err(Error::SignInRefused),
            Err(error) => Err(error.into()),
            Ok(_) => Ok(Session { token, user, form_token }),
        }
    }

    /// Looks a session up and keeps it alive.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn session(&self, token: &str) -> Result<Option<Session>> {
        if token.len() != 64 {
            return Ok(None);
        }
        let now = self.now();
        let Some(mut row) = self.inner.store.session(&digest(token)).await? else {
            return Ok(None);
        };
        if row.expires <= now {
            return Ok(None);
        }
        let Some(user) = self.inner.store.user(&row.user).await?.filter(|user| !user.is_disabled)
        else {
            return Ok(None);
        };
        let form_token = row.form_token.clone();
        let left = row.expires.seconds_since(now);
        // Renewed once in a while, not with each page.
        if left < limits::SESSION_IDLE_SECONDS - 600 {
            row.expires = now.plus_seconds(limits::SESSION_IDLE_SECONDS);
            self.inner.store.keep(vec![Change::SessionRenewed(row)], now).await?;
        }
        Ok(Some(Session { token: String::new(), user, form_token }))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn sign_out(&self, token: &str) -> Result<()> {
        let change = Change::SessionEnded(digest(token));
        Ok(self.inner.store.keep(vec![change], self.now()).await?)
    }

    /// Makes an API key; the secret part is given once and kept nowhere.
    ///
    /// # Errors
    /// Where no scope is named, or the store fails.
    pub async fn add_key(
        &self,
        name: &str,
        scopes: &[Scope],
        service: Option<ServiceId>,
        origin: &Origin,
    ) -> Result<NewKey> {
        if scopes.is_empty() || name.is_empty() || name.len() > limits::NAME_BYTES {
            return Err(Error::invalid("key", "needs a name and at least one scope"));
        }
        let now = self.now();
        let id = KeyId::from_uuid(fresh(now)?);
        let key = format!("seawall_{}", hex::encode(random::<24>()?));
        let words: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
        let row = KeyRow {
            id: id.clone(),
            digest: digest(&key),
            name: name.to_owned(),
            scopes: words.join(" "),
            service,
            at: now,
            revoked: None,
        };
        let event = json!({ "key": id, "name": name, "scopes": words });
        let mut entry = facts::operation(FactKind::KeyChanged, "made", &origin.actor, event);
        if !matches!(origin.actor, Actor::Key(_)) {
            entry.fact = entry.fact.text(audit::Field::Key, &id);
        }
        self.inner.store.commit(vec![Change::KeyAdded(row)], vec![entry], now).await?;
        Ok(NewKey { id, key })
    }

    /// Revokes a key; it is refused from the next request on.
    ///
    /// # Errors
    /// Where there is no such key in force, or the store fails.
    pub async fn revoke_key(&self, id: &KeyId, origin: &Origin) -> Result<()> {
        let now = self.now();
        let event = json!({ "key": id });
        let mut entry = facts::operation(FactKind::KeyChanged, "revoked", &origin.actor, event);
        if !matches!(origin.actor, Actor::Key(_)) {
            entry.fact = entry.fact.text(audit::Field::Key, id);
        }
        let changes = vec![Change::KeyRevoked(id.clone())];
        match self.inner.store.commit(changes, vec![entry], now).await {
            Err(error) if error.is_conflict() => {
                Err(Error::NotFound { what: "key in force", id: id.to_string() })
            }
            Err(error) => Err(error.into()),
            Ok(_) => Ok(()),
        }
    }

    /// Looks a key up by what the caller sent; revoked ones are found too.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn key(&self, sent: &str) -> Result<Option<KeyRow>> {
        if sent.len() > limits::ID_BYTES {
            return Ok(None);
        }
        Ok(self.inner.store.key_by_digest(&digest(sent)).await?)
    }

    /// Lists the keys.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn keys(&self) -> Result<Vec<KeyRow>> {
        Ok(self.inner.store.keys().await?)
    }
}

fn user_changed(what: &str, user: &UserRow, actor: &Actor) -> store::Entry {
    let event = json!({ "user": user.id, "role": user.role, "disabled": user.is_disabled });
    let mut entry = facts::operation(FactKind::UserChanged, what, actor, event);
    if !matches!(actor, Actor::User(_)) {
        entry.fact = entry.fact.text(audit::Field::User, &user.id);
    }
    entry
}

fn check_login(login: &str) -> Result<()> {
    let fits = !login.is_empty()
        && login.len() <= 64
        && login.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
    if fits {
        return Ok(());
    }
    Err(Error::invalid("login", "1 to 64 letters, digits, `.`, `-` or `_`"))
}

/// SHA-256 in hexadecimal; enough for values that are random and long.
fn digest(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

async fn hash_password(password: String) -> Result<String> {
    let salt = random::<16>()?;
    let work = tokio::task::spawn_blocking(move || {
        let hashed = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
        hashed.map(|hash| hash.to_string()).map_err(|error| error.to_string())
    });
    let hashed = work.await.map_err(|error| Error::Worker { detail: error.to_string() })?;
    hashed.map_err(|detail| Error::Worker { detail })
}

async fn verify_password(password: String, hash: String) -> Result<bool> {
    let work = tokio::task::spawn_blocking(move || {
        PasswordVerifier::<str>::verify_password(&Argon2::default(), password.as_bytes(), &hash)
            .is_ok()
    });
    work.await.map_err(|error| Error::Worker { detail: error.to_string() })
}

fn check_code(secret: &str, code: &str, now: Timestamp) -> Option<i64> {
    let secret = totp_rs::Secret::try_from_base32(secret).ok()?;
    let totp = totp_rs::Builder::new().with_secret(secret).build_noncompliant();
    let seconds = u64::try_from(now.micros() / 1_000_000).ok()?;
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    totp.check(&code, seconds).and_then(|step| i64::try_from(step).ok())
}
