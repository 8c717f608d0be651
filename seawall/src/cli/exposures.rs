//! `seawall exposures`: the desk of exposure decisions from the command line.

use super::orders::{time, user};
use super::{Failure, Place, print_json};
use crate::exit::Exit;
use clap::{Args, Subcommand};
use engine::{Engine, ExposureInput, Origin};
use model::{AuthorityId, ExposureId, ServiceId};
use review::exposures::{Announcement, ExposureStatus, ExposureStep};
use serde_json::json;

#[derive(Debug, Subcommand)]
pub enum ExposuresCommand {
    /// Note a decision that a service is exposed to terrorist content (TCO Art 5(4)).
    Note(NoteArguments),
    /// List exposure decisions, what is due first, one JSON line each.
    List {
        /// in_force, amended, under_review or withdrawn.
        #[arg(long)]
        status: Option<String>,
    },
    /// Print a decision with what it asks for by when, and the report that is being written.
    Show {
        /// The decision's id.
        id: String,
    },
    /// Take a step, as JSON such as `{"step":"draft"}`.
    Step {
        /// The decision's id.
        id: String,
        /// The login of the person who takes it.
        #[arg(long = "as", value_name = "LOGIN")]
        login: String,
        /// The step.
        step: String,
    },
    /// Print a report as it was sent.
    Report {
        /// The decision's id.
        id: String,
        /// The report's number, from 1.
        number: u32,
    },
    /// Count the removal orders to a service within the last twelve months.
    Orders {
        /// The service.
        service: String,
    },
}

#[derive(Debug, Args)]
pub struct NoteArguments {
    /// The service.
    #[arg(long)]
    service: String,
    /// The authority that decided; it is registered.
    #[arg(long)]
    authority: String,
    /// The authority's reference.
    #[arg(long)]
    reference: String,
    /// When the service was notified, as 2026-01-31T08:00:00Z.
    #[arg(long, value_name = "TIME")]
    notified_at: String,
    /// The grounds.
    #[arg(long)]
    grounds: String,
    /// The login of the person who notes it.
    #[arg(long = "as", value_name = "LOGIN")]
    login: String,
}

/// Carries a command out.
///
/// # Errors
/// What went wrong.
pub async fn run(command: ExposuresCommand, place: &Place) -> Result<Exit, Failure> {
    let engine = place.existing_engine().await?;
    match command {
        ExposuresCommand::Note(arguments) => note(&engine, arguments).await?,
        ExposuresCommand::List { status } => {
            let status = status.map(|word| {
                let names = ExposureStatus::ALL.map(ExposureStatus::as_str).join(", ");
                let wrong = || Failure::plain(format!("--status: `{word}` is none of {names}"));
                ExposureStatus::parse(&word).ok_or_else(wrong)
            });
            for exposure in engine.exposures(status.transpose()?, model::limits::PAGE_ROWS).await? {
                print_json(&exposure)?;
            }
        }
        ExposuresCommand::Show { id } => show(&engine, &id).await?,
        ExposuresCommand::Step { id, login, step } => {
            let step: ExposureStep = serde_json::from_str(&step)
                .map_err(|error| Failure::plain(format!("the step: {error}")))?;
            let user = user(&engine, &login).await?;
            let origin = Origin::user(user.clone());
            let taken = engine.step_on_exposure(&exposure_id(&id)?, step, &user, &origin).await?;
            print_json(&taken)?;
        }
        ExposuresCommand::Report { id, number } => {
            let text = engine.measures_report(&exposure_id(&id)?, number).await?;
            print_json(&json!({ "sha256": text.sha256, "report": text.report }))?;
        }
        ExposuresCommand::Orders { service } => {
            let service = ServiceId::new(service)
                .map_err(|error| Failure::plain(format!("the service: {error}")))?;
            print_json(&engine.recent_orders(&service).await?)?;
        }
    }
    Ok(Exit::Clean)
}

async fn note(engine: &Engine, arguments: NoteArguments) -> Result<(), Failure> {
    let NoteArguments { service, authority, reference, notified_at, grounds, login } = arguments;
    let input = ExposureInput {
        service: ServiceId::new(service)
            .map_err(|error| Failure::plain(format!("--service: {error}")))?,
        authority: AuthorityId::new(authority)
            .map_err(|error| Failure::plain(format!("--authority: {error}")))?,
        decision: Announcement {
            reference,
            notified_at: time("--notified-at", &notified_at)?,
            says: grounds,
        },
    };
    let user = user(engine, &login).await?;
    let origin = Origin::user(user.clone());
    print_json(&engine.note_exposure(input, &user, &origin).await?)
}

async fn show(engine: &Engine, id: &str) -> Result<(), Failure> {
    let view = engine.exposure_view(&exposure_id(id)?).await?;
    let letters =
        view.letters.iter().map(|row| json!({ "letter": row.letter, "state": row.state }));
    let draft = view.draft.map(|text| json!({ "sha256": text.sha256, "report": text.report }));
    print_json(&json!({
        "exposure": view.exposure, "status": view.exposure.status(),
        "obligations": view.obligations, "orders": view.orders, "draft": draft,
        "letters": letters.collect::<Vec<_>>(),
    }))
}

fn exposure_id(text: &str) -> Result<ExposureId, Failure> {
    ExposureId::new(text).map_err(|error| Failure::plain(error.to_string()))
}
