//! `seawall user` and `seawall key`.

use super::{Failure, Place, print_json};
use crate::exit::Exit;
use clap::Subcommand;
use engine::{NewUser, Origin, Role, Scope, SecondFactor};
use model::{KeyId, ServiceId};
use serde_json::json;

#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Add a person; prints what they need to sign in, once.
    Add {
        /// The login: letters, digits, `.`, `-`, `_`.
        login: String,
        /// reviewer, lead or admin.
        #[arg(long, default_value = "reviewer")]
        role: String,
        /// The password; without it one is drawn.
        #[arg(long, env = "SEAWALL_NEW_PASSWORD", hide_env_values = true)]
        password: Option<String>,
        /// Ask for the password alone. For trying things out on your own machine.
        #[arg(long)]
        no_second_factor: bool,
        /// The console's language: en or ar.
        #[arg(long, default_value = "en", value_parser = ["en", "ar"])]
        language: String,
    },
    /// List the people who may sign in.
    List,
    /// Close a person's account; open sessions end.
    Disable {
        /// The login.
        login: String,
    },
    /// Open a closed account again.
    Enable {
        /// The login.
        login: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Make a key; prints it once.
    Add {
        /// What it is for.
        name: String,
        /// submit, notice, review, curate, report or admin; may be repeated.
        #[arg(long = "scope", required = true)]
        scopes: Vec<String>,
        /// The one service that it may speak for.
        #[arg(long)]
        service: Option<String>,
    },
    /// List the keys, without their secrets.
    List,
    /// Revoke a key.
    Revoke {
        /// The key's id.
        id: String,
    },
}

/// Carries a command out.
///
/// # Errors
/// What went wrong.
pub async fn user(command: UserCommand, place: &Place) -> Result<Exit, Failure> {
    let engine = place.engine().await?;
    match command {
        UserCommand::Add { login, role, password, no_second_factor, language } => {
            let role = Role::parse(&role).ok_or_else(|| {
                Failure::plain(format!("`{role}` is no role; use reviewer, lead or admin"))
            })?;
            let second_factor =
                if no_second_factor { SecondFactor::None } else { SecondFactor::Totp };
            let new = NewUser { login, role, password, second_factor, language };
            let welcome = engine.add_user(new, &Origin::operator()).await?;
            print_json(&json!({
                "login": welcome.user.login, "password": welcome.password,
                "authenticator": welcome.authenticator,
            }))?;
        }
        UserCommand::List => {
            for user in engine.users().await? {
                print_json(&json!({
                    "id": user.id, "login": user.login, "role": user.role,
                    "second_factor": user.totp.is_some(), "disabled": user.is_disabled,
                    "added_at": user.at,
                }))?;
            }
        }
        UserCommand::Disable { login } => {
            engine.set_user(&login, |user| user.is_disabled = true, &Origin::operator()).await?;
        }
        UserCommand::Enable { login } => {
            engine.set_user(&login, |user| user.is_disabled = false, &Origin::operator()).await?;
        }
    }
    Ok(Exit::Clean)
}

/// Carries a command out.
///
/// # Errors
/// What went wrong.
pub async fn key(command: KeyCommand, place: &Place) -> Result<Exit, Failure> {
    let engine = place.engine().await?;
    match command {
        KeyCommand::Add { name, scopes, service } => {
            let scopes = scopes.iter().map(|word| scope(word)).collect::<Result<Vec<_>, _>>()?;
            let service = service
                .map(ServiceId::new)
                .transpose()
                .map_err(|error| Failure::plain(format!("--service: {error}")))?;
            print_json(&engine.add_key(&name, &scopes, service, &Origin::operator()).await?)?;
        }
        KeyCommand::List => {
            for key in engine.keys().await? {
                print_json(&json!({
                    "id": key.id, "name": key.name, "scopes": key.scopes, "service": key.service,
                    "made_at": key.at, "revoked_at": key.revoked,
                }))?;
            }
        }
        KeyCommand::Revoke { id } => {
            let id = KeyId::new(id).map_err(|error| Failure::plain(error.to_string()))?;
            engine.revoke_key(&id, &Origin::operator()).await?;
        }
    }
    Ok(Exit::Clean)
}

fn scope(word: &str) -> Result<Scope, Failure> {
    Scope::parse(word).ok_or_else(|| {
        let words: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
        Failure::plain(format!("`{word}` is no scope; use {}", words.join(", ")))
    })
}
