//! What every handler of the server shares.

use crate::settings::Settings;
use engine::Engine;
use metrics_exporter_prometheus::PrometheusHandle;
use std::sync::Arc;

/// What every handler of the server shares; cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The straight way.
    pub engine: Engine,
    /// The settings that the server runs with.
    pub settings: Arc<Settings>,
    /// Fetches media that a service names by address; refuses addresses that are not global.
    pub outside: Arc<connect::Client>,
    /// Media that are fetched at once, over all requests.
    pub fetches: Arc<tokio::sync::Semaphore>,
    /// Signs checkpoints of the log.
    pub log_key: Arc<crate::records::LogKey>,
    /// What `/metrics` shows.
    pub metrics: PrometheusHandle,
    /// Requests by key in the present second.
    pub rates: Arc<crate::api::Rates>,
    /// Visits of the public pages by address.
    pub visits: Arc<crate::public::Visits>,
}
