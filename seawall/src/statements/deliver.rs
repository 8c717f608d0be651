//! Statements to the service, which hands them on to the person.

use crate::deliver::failed;
use crate::state::AppState;
use connect::{Endpoint, statement_event};
use engine::{DeliveryOutcome, StatementRow};
use law::statement::{Tongue, as_html};
use model::ServiceId;

/// Statements that are looked at in one round.
const ROWS: usize = 64;

/// Delivers the statements of a service that are due.
pub async fn deliver_due(state: &AppState, service: &ServiceId, endpoint: &Endpoint) {
    let due = match state.engine.statements_due(service, ROWS).await {
        Ok(due) => due,
        Err(error) => {
            tracing::error!(%error, "statements could not be read");
            return;
        }
    };
    for row in due {
        deliver(state, endpoint, &row).await;
    }
}

async fn deliver(state: &AppState, endpoint: &Endpoint, row: &StatementRow) {
    let id = row.statement.id.as_str();
    match state.engine.begin_statement(row).await {
        Ok(true) => {}
        Ok(false) => return,
        Err(error) => {
            tracing::error!(%error, statement = id, "a delivery could not begin");
            return;
        }
    }
    let told = &row.statement.told;
    let tongue = Tongue::of_tag(&told.language).unwrap_or(Tongue::English);
    let body = statement_event(&row.statement, &as_html(&told.text, tongue));
    let outcome = match state.outside.deliver(endpoint, id, state.engine.now(), &body).await {
        Ok(_) => DeliveryOutcome::Delivered,
        Err(problem) => failed(state, row.attempts + 1, problem),
    };
    if let Err(error) = state.engine.statement_delivered(row, outcome).await {
        tracing::error!(%error, statement = id, "a delivery could not be noted");
    }
}
