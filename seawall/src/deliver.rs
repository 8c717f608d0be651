//! The worker that delivers actions from the outbox to their services.

use crate::cli::Failure;
use crate::looks::Looks;
use crate::state::AppState;
use crate::statements;
use connect::{
    DeliveryProblem, DeliveryProblemKind, Endpoint, Secret, action_event, backoff_seconds,
};
use engine::{DeliveryOutcome, OutboxRow};
use futures_util::StreamExt;
use futures_util::stream::iter;
use model::{ServiceId, limits};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How often the outbox is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// Deliveries that are on their way at once.
const AT_ONCE: usize = 16;
/// Rows that are read at once.
const ROWS: usize = 64;

/// Starts a worker for each service, so that one that answers slowly keeps no other waiting. The
/// actions of a service without a webhook wait until one is set.
///
/// # Errors
/// Where a secret of the settings is unfit.
pub fn start(
    state: &AppState,
    stopped: &watch::Receiver<bool>,
) -> Result<Vec<JoinHandle<()>>, Failure> {
    let mut workers = Vec::new();
    for (service, webhook) in &state.settings.webhooks {
        let secrets: Result<Vec<Secret>, _> =
            webhook.secrets.iter().map(|secret| Secret::parse(secret)).collect();
        let secrets =
            secrets.map_err(|error| Failure::plain(format!("webhook.{service}: {error}")))?;
        let endpoint = Endpoint { url: webhook.url.clone(), secrets };
        let looks = Looks::new(LOOK, stopped);
        let worker = run(state.clone(), service.clone(), endpoint, looks);
        workers.push(tokio::spawn(worker));
    }
    Ok(workers)
}

async fn run(state: AppState, service: ServiceId, endpoint: Endpoint, mut looks: Looks) {
    while looks.next().await {
        let due = match state.engine.deliveries(&service, ROWS).await {
            Ok(due) => due,
            Err(error) => {
                tracing::error!(%error, "the outbox could not be read");
                continue;
            }
        };
        iter(due).for_each_concurrent(AT_ONCE, |row| deliver(&state, &endpoint, row)).await;
        statements::deliver_due(&state, &service, &endpoint).await;
    }
}

/// Makes one attempt, and notes what became of it. Where that cannot be noted the attempt is made
/// again after the lease: the service knows each action by its id.
async fn deliver(state: &AppState, endpoint: &Endpoint, row: OutboxRow) {
    match state.engine.begin_delivery(&row).await {
        Ok(true) => {}
        Ok(false) => return,
        Err(error) => {
            tracing::error!(%error, action = %row.action.id, "a delivery could not begin");
            return;
        }
    }
    let body = action_event(&row.action);
    let now = state.engine.now();
    let id = row.action.id.as_str();
    let outcome = match state.outside.deliver(endpoint, id, now, &body).await {
        Ok(_) => DeliveryOutcome::Delivered,
        Err(problem) => failed(state, row.attempts + 1, problem),
    };
    note(state, &row, outcome).await;
}

/// What a failed attempt comes to; `attempts` counts it.
pub fn failed(state: &AppState, attempts: u32, problem: DeliveryProblem) -> DeliveryOutcome {
    let is_last = attempts >= limits::DELIVERY_ATTEMPTS;
    if problem.kind == DeliveryProblemKind::Permanent || is_last {
        return DeliveryOutcome::Dead { problem: problem.detail };
    }
    let wait = backoff_seconds(attempts, jitter());
    let wait = problem.retry_after_seconds.unwrap_or(0).max(wait);
    DeliveryOutcome::Retry { next: state.engine.now().plus_seconds(wait), problem: problem.detail }
}

async fn note(state: &AppState, row: &OutboxRow, outcome: DeliveryOutcome) {
    let word = match &outcome {
        DeliveryOutcome::Delivered => "delivered",
        DeliveryOutcome::Retry { .. } => "retry",
        DeliveryOutcome::Dead { .. } => "dead",
    };
    metrics::counter!("seawall_deliveries_total", "outcome" => word).increment(1);
    if let Err(error) = state.engine.delivered(row, outcome).await {
        tracing::error!(%error, action = %row.action.id, "a delivery could not be noted");
    }
}

/// A random part of a wait, in thousandths.
pub fn jitter() -> u32 {
    let mut bytes = [0u8; 2];
    // Without random bytes every retry waits the whole time, which does no harm.
    if getrandom::fill(&mut bytes).is_err() {
        return 0;
    }
    u32::from(u16::from_le_bytes(bytes)) % 1_001
}
