//! For whoever runs the server: health, readiness, metrics.

use crate::api::problem::{Problem, ProblemBody};
use crate::state::AppState;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::sync::OnceLock;
use std::time::Instant;

/// Seconds that divide the histogram of requests.
const SECONDS: [f64; 9] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.0, 10.0];

/// Methods that are counted by name. A caller may send any word as a method, and each word would
/// be a series of its own for as long as the process lives.
const METHODS: [&str; 7] = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"];

/// Starts counting, once for the whole process, and gives what `/metrics` shows.
///
/// # Errors
/// Where another recorder is installed already.
pub fn metrics_handle() -> Result<PrometheusHandle, String> {
    static HANDLE: OnceLock<Result<PrometheusHandle, String>> = OnceLock::new();
    HANDLE
        .get_or_init(|| {
            PrometheusBuilder::new()
                .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
                .and_then(PrometheusBuilder::install_recorder)
                .map_err(|error| error.to_string())
        })
        .clone()
}

/// Counts a request and how long it took, by the path as it is declared.
pub async fn measure(request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let path = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "other".to_owned(), |path| path.as_str().to_owned());
    let method = method_label(request.method()).to_owned();
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    let labels = [("path", path), ("method", method), ("status", status)];
    metrics::counter!("seawall_requests_total", &labels).increment(1);
    let seconds = begun.elapsed().as_secs_f64();
    metrics::histogram!("seawall_request_seconds", &labels[..2]).record(seconds);
    response
}

fn method_label(method: &Method) -> &'static str {
    METHODS.into_iter().find(|known| *known == method.as_str()).unwrap_or("OTHER")
}

/// Whether the process runs.
#[utoipa::path(
    get, path = "/healthz", tag = "operations",
    responses((status = 200, body = String, content_type = "text/plain"))
)]
pub async fn health() -> &'static str {
    "ok"
}

/// Whether the process can serve: the database answers.
#[utoipa::path(
    get, path = "/readyz", tag = "operations",
    responses(
        (status = 200, body = String, content_type = "text/plain"),
        (status = 500, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn ready(State(state): State<AppState>) -> Result<&'static str, Problem> {
    state.engine.head().await?;
    Ok("ready")
}

/// Figures in the Prometheus text format.
#[utoipa::path(
    get, path = "/metrics", tag = "operations",
    responses((status = 200, body = String, content_type = "text/plain"))
)]
pub async fn metrics(State(state): State<AppState>) -> Response {
    let text = state.metrics.render();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::method_label;
    use axum::http::Method;

    #[test]
    fn methods_are_counted_by_known_names() {
        for (sent, label) in [
            ("GET", "GET"),
            ("POST", "POST"),
            ("PUT", "PUT"),
            ("DELETE", "DELETE"),
            ("HEAD", "HEAD"),
            ("OPTIONS", "OPTIONS"),
            ("PATCH", "PATCH"),
            ("get", "OTHER"),
            ("TRACE", "OTHER"),
            ("PROPFIND", "OTHER"),
            ("X-1234", "OTHER"),
        ] {
            let method = Method::from_bytes(sent.as_bytes()).unwrap();
            assert_eq!(method_label(&method), label, "{sent}");
        }
    }
}
