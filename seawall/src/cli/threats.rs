//! `seawall threats`: the desk of threats from the command line.

use super::orders::{read_form, user};
use super::{Failure, Place, print_json};
use crate::exit::Exit;
use clap::{Args, Subcommand};
use engine::{Actor, Engine, Origin, ThreatAct, ThreatInput};
use model::{CaseId, ThreatId, limits};
use review::threats::{ThreatKind, ThreatStatus};
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum ThreatsCommand {
    /// Report a threat from a case; prints the report with what is missing in it.
    ///
    /// Everything that the case tells is filled in already; `seawall threats form life` lists the
    /// keys. It goes out when somebody else confirms it.
    Raise(RaiseArguments),
    /// List reports, the newest first, one JSON line each.
    List {
        /// raised, sent, delivered or dismissed.
        #[arg(long)]
        status: Option<String>,
    },
    /// Print a report with its letters.
    Show {
        /// The report's id.
        id: String,
    },
    /// Confirm a report as the second person: it goes out now.
    Confirm {
        /// The report's id.
        id: String,
        /// The login of the person who confirms it.
        #[arg(long = "as", value_name = "LOGIN")]
        login: String,
    },
    /// Take any other step, as JSON such as `{"act":"dismiss","reason":"…"}`.
    Act {
        /// The report's id.
        id: String,
        /// The login of the person who takes it.
        #[arg(long = "as", value_name = "LOGIN")]
        login: String,
        /// The step.
        step: String,
    },
    /// Print the fields of a form: life or staff.
    Form {
        /// Whom the threat is against.
        kind: String,
    },
}

#[derive(Debug, Args)]
pub struct RaiseArguments {
    /// The case that shows it.
    case: String,
    /// life or staff.
    #[arg(long, default_value = "life")]
    kind: String,
    /// A JSON file of what you fill in beside what the case tells.
    #[arg(long, value_name = "FILE")]
    form: Option<PathBuf>,
    /// The login of the person who reports it.
    #[arg(long = "as", value_name = "LOGIN")]
    login: String,
}

/// Carries a command out.
///
/// # Errors
/// What went wrong.
pub async fn run(command: ThreatsCommand, place: &Place) -> Result<Exit, Failure> {
    if let ThreatsCommand::Form { kind } = &command {
        let name = threat_kind(kind)?.form();
        let form = law::form::form(name).expect("every kind of threat has its form");
        for field in &form.fields {
            print_json(field)?;
        }
        return Ok(Exit::Clean);
    }
    let engine = place.existing_engine().await?;
    match command {
        ThreatsCommand::Raise(arguments) => raise(&engine, arguments).await?,
        ThreatsCommand::List { status } => {
            let status = status.map(|word| {
                let wrong = || Failure::plain(format!("`{word}` is no status of a report"));
                ThreatStatus::parse(&word).ok_or_else(wrong)
            });
            for threat in engine.threats(status.transpose()?, limits::PAGE_ROWS).await? {
                print_json(&threat)?;
            }
        }
        ThreatsCommand::Show { id } => {
            let view = engine.threat_view(&threat_id(&id)?, &Actor::Operator).await?;
            let letters =
                view.letters.iter().map(|row| json!({ "letter": row.letter, "state": row.state }));
            let letters: Vec<_> = letters.collect();
            print_json(&json!({ "threat": view.threat, "letters": letters }))?;
        }
        ThreatsCommand::Confirm { id, login } => {
            act(&engine, &id, &login, &ThreatAct::Confirm).await?;
        }
        ThreatsCommand::Act { id, login, step } => {
            let step: ThreatAct = serde_json::from_str(&step)
                .map_err(|error| Failure::plain(format!("the step: {error}")))?;
            act(&engine, &id, &login, &step).await?;
        }
        ThreatsCommand::Form { .. } => {}
    }
    Ok(Exit::Clean)
}

async fn raise(engine: &Engine, arguments: RaiseArguments) -> Result<(), Failure> {
    let RaiseArguments { case, kind, form, login } = arguments;
    let case = CaseId::new(case).map_err(|error| Failure::plain(error.to_string()))?;
    let form = form.map(|file| read_form(&file)).transpose()?.unwrap_or_default();
    let input = ThreatInput { kind: threat_kind(&kind)?, form };
    let user = user(engine, &login).await?;
    print_json(&engine.raise_threat(&case, &input, &user, &Origin::user(user.clone())).await?)
}

async fn act(engine: &Engine, id: &str, login: &str, act: &ThreatAct) -> Result<(), Failure> {
    let user = user(engine, login).await?;
    let origin = Origin::user(user.clone());
    print_json(&engine.act_on_threat(&threat_id(id)?, act, &user, &origin).await?)
}

fn threat_id(text: &str) -> Result<ThreatId, Failure> {
    ThreatId::new(text).map_err(|error| Failure::plain(error.to_string()))
}

fn threat_kind(word: &str) -> Result<ThreatKind, Failure> {
    ThreatKind::parse(word)
        .ok_or_else(|| Failure::plain(format!("`{word}` is no kind of threat; use life or staff")))
}
