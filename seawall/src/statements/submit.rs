//! The worker that submits statements to the DSA Transparency Database.

use crate::deliver::jitter;
use crate::looks::Looks;
use crate::settings::TransparencyDatabase;
use crate::state::AppState;
use connect::{Client, DatabaseAnswer, DatabaseEndpoint, Pace, Submitted, backoff_seconds};
use engine::{Engine, Queued, Reply};
use law::statement::{Endpoint, Submission, interface};
use model::{ServiceId, limits};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How often submissions that are due are looked for.
const LOOK: Duration = Duration::from_secs(1);

/// What became of the submissions of one round.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Told {
    /// Those that the database has.
    pub taken: usize,
    /// Those that it refuses.
    pub refused: usize,
    /// Those that are tried again later.
    pub later: usize,
}

/// Starts a worker for each service that has a database in the settings.
pub fn start(state: &AppState, stopped: &watch::Receiver<bool>) -> Vec<JoinHandle<()>> {
    let databases = &state.settings.transparency_databases;
    let worker = |(service, database): (&ServiceId, &TransparencyDatabase)| {
        let looks = Looks::new(LOOK, stopped);
        tokio::spawn(run(state.clone(), service.clone(), database.clone(), looks))
    };
    databases.iter().map(worker).collect()
}

async fn run(
    state: AppState,
    service: ServiceId,
    database: TransparencyDatabase,
    mut looks: Looks,
) {
    let pace = Pace::new(database.requests_per_second, database.requests_per_minute);
    while looks.next().await {
        loop {
            let (engine, outside) = (&state.engine, &state.outside);
            match submit_due(engine, outside, &service, &database, &pace).await {
                Ok(told) if told.taken + told.refused == 0 || looks.is_stopped() => break,
                Ok(_) => {}
                Err(error) => {
                    tracing::error!(%error, "statements could not be submitted");
                    break;
                }
            }
        }
    }
}

/// Submits what is due of a service, at most a batch, and notes what became of it.
///
/// # Errors
/// Where the store fails. What was sent and could not be noted is sent again, and the database
/// answers that it knows it.
pub async fn submit_due(
    engine: &Engine,
    outside: &Client,
    service: &ServiceId,
    database: &TransparencyDatabase,
    pace: &Pace,
) -> Result<Told, engine::Error> {
    let batch = database.batch.min(interface().batch_most).min(limits::PAGE_ROWS);
    let due = engine.submissions_due(service, batch).await?;
    if due.is_empty() || !engine.begin_submissions(&due).await? {
        return Ok(Told::default());
    }
    // What does not keep the rules would keep ninety-nine others from being taken.
    let (fit, unfit): (Vec<_>, Vec<_>) =
        due.into_iter().partition(|queued| Submission::read(queued.fields.clone()).is_ok());
    let mut told = Told { refused: unfit.len(), ..Told::default() };
    for queued in &unfit {
        engine.submission_answered(&queued.row, Reply::Refused { problem: faults(queued) }).await?;
    }
    let endpoint = DatabaseEndpoint { url: database.url.clone(), token: database.token.clone() };
    let statement = |queued: &Queued| Submitted {
        puid: queued.row.puid.clone(),
        fields: queued.fields.clone(),
    };
    let statements: Vec<Submitted> = fit.iter().map(statement).collect();
    let answers = outside.submit_statements(&endpoint, pace, &statements, engine.now()).await;
    for (queued, answer) in fit.iter().zip(answers) {
        match &answer {
            DatabaseAnswer::Taken { .. } => told.taken += 1,
            DatabaseAnswer::Refused { .. } => told.refused += 1,
            DatabaseAnswer::Later { .. } => told.later += 1,
        }
        engine.submission_answered(&queued.row, reply(engine, queued, answer)).await?;
    }
    metrics::counter!("seawall_submissions_total", "outcome" => "taken")
        .increment(told.taken as u64);
    metrics::counter!("seawall_submissions_total", "outcome" => "refused")
        .increment(told.refused as u64);
    Ok(told)
}

fn faults(queued: &Queued) -> String {
    let faults = law::statement::check(&queued.fields, Endpoint::Batch);
    let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
    told.join("; ")
}

/// What cannot be submitted now is tried for ever: the duty to submit does not end.
fn reply(engine: &Engine, queued: &Queued, answer: DatabaseAnswer) -> Reply {
    match answer {
        DatabaseAnswer::Taken { known_as } => Reply::Taken { known_as },
        DatabaseAnswer::Refused { problem } => Reply::Refused { problem },
        DatabaseAnswer::Later { wait_seconds, problem } => {
            let wait = backoff_seconds(queued.row.attempts + 1, jitter());
            let wait = wait_seconds.unwrap_or(0).max(wait);
            Reply::Later { next: engine.now().plus_seconds(wait), problem }
        }
    }
}
