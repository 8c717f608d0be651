//! The HTTP API: thin handlers over the engine, described as OpenAPI from the same code.

mod caller;
mod curation;
mod desk;
mod items;
mod log;
mod operations;
mod problem;
mod read;

pub use caller::Rates;
pub use operations::metrics_handle;

use crate::state::AppState;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use model::limits;
use utoipa::OpenApi;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What the description says beside the calls.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Seawall",
        description = "Check items, take notices, decide cases, curate banks and rules, read the \
                       sealed log. Errors are RFC 9457 problem details with a stable `type`. Every \
                       POST takes an `Idempotency-Key`: the same key with the same request gives \
                       the first answer, with another request status 422."
    ),
    modifiers(&Bearer),
    components(schemas(problem::ProblemBody))
)]
struct Description;

struct Bearer;

impl utoipa::Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_with(Default::default);
        let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        components.add_security_scheme("key", scheme);
    }
}

/// The calls and their description.
fn described() -> (Router<AppState>, utoipa::openapi::OpenApi) {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(items::submit))
        .routes(routes!(items::check))
        .routes(routes!(items::verdict))
        .routes(routes!(items::replay))
        .routes(routes!(desk::notice))
        .routes(routes!(desk::cases))
        .routes(routes!(desk::case))
        .routes(routes!(desk::decide))
        .routes(routes!(desk::undo))
        .routes(routes!(desk::deliveries))
        .routes(routes!(desk::redeliver))
        .routes(routes!(curation::banks))
        .routes(routes!(curation::entries))
        .routes(routes!(curation::add_entries))
        .routes(routes!(curation::retire))
        .routes(routes!(curation::rules))
        .routes(routes!(curation::promote))
        .routes(routes!(curation::check_rules))
        .routes(routes!(curation::policies))
        .routes(routes!(log::events))
        .routes(routes!(log::records))
        .routes(routes!(log::checkpoint))
        .routes(routes!(operations::health))
        .routes(routes!(operations::ready))
        .routes(routes!(operations::metrics))
        .split_for_parts()
}

/// The description as JSON, for the reference page and `/v1/openapi.json`.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    described().1
}

/// The router of the API.
pub fn router() -> Router<AppState> {
    let (router, description) = described();
    let description = axum::Json(description);
    router
        .route("/v1/openapi.json", get(move || async move { description }))
        .route("/v1/{*rest}", axum::routing::any(problem::no_such_call))
        .method_not_allowed_fallback(problem::wrong_method)
        .layer(DefaultBodyLimit::max(limits::REQUEST_BYTES))
        .layer(axum::middleware::from_fn(operations::measure))
}
