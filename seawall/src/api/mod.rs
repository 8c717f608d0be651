//! The HTTP API: thin handlers over the engine, described as OpenAPI from the same code.

mod caller;
mod curation;
mod desk;
mod evidence;
mod exposures;
mod extract;
mod items;
mod log;
mod operations;
mod orders;
mod problem;
mod read;
mod redress;
mod statements;
mod studies;
mod threats;

pub use caller::Rates;
pub use operations::metrics_handle;

use crate::state::AppState;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use model::limits;
use utoipa::OpenApi;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::response::{Response, ResponseBuilder};
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
    // A tile's path has as many parts as its index needs, which a description cannot say.
    paths(log::tile),
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

/// What a call that needs a key may answer beside what it declares itself.
const WITH_KEY: [(&str, &str); 7] = [
    ("400", "The request cannot be read"),
    ("401", "No valid key"),
    ("403", "The key may not do this"),
    ("429", "Too many requests with this key; try again after `Retry-After` seconds"),
    ("500", "Something failed within"),
    ("503", "Too much work waits; try again after `Retry-After` seconds"),
    ("507", "The disk is full; nothing of this request was kept"),
];
/// What a POST may answer beside those.
const WITH_BODY: [(&str, &str); 3] = [
    ("413", "The body is too large"),
    ("415", "The call does not read bodies of this content type"),
    ("422", "Not acceptable, or the idempotency key came with another request"),
];

/// Declares the problems that every call has in common.
fn declare_common_problems(openapi: &mut utoipa::openapi::OpenApi) {
    for path in openapi.paths.paths.values_mut() {
        let (get, post, delete) = (&mut path.get, &mut path.post, &mut path.delete);
        let bodies: [&[_]; 3] = [&[], &WITH_BODY, &[]];
        for (operation, bodies) in [get, post, delete].into_iter().zip(bodies) {
            let Some(operation) = operation.as_mut().filter(|it| it.security.is_some()) else {
                continue;
            };
            for (status, words) in WITH_KEY.iter().chain(bodies) {
                let responses = &mut operation.responses.responses;
                responses.entry((*status).to_owned()).or_insert_with(|| problem(words).into());
            }
        }
    }
}

fn problem(words: &str) -> Response {
    let schema = utoipa::openapi::Ref::from_schema_name("ProblemBody");
    let content = ContentBuilder::new().schema(Some(schema)).build();
    ResponseBuilder::new().description(words).content("application/problem+json", content).build()
}

/// The calls and their description.
fn described() -> (Router<AppState>, utoipa::openapi::OpenApi) {
    let (router, mut openapi) = calls().split_for_parts();
    declare_common_problems(&mut openapi);
    (router, openapi)
}

/// What authorities ask of a service, and what they are told.
fn calls_of_authorities() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(orders::hand_in, orders::list))
        .routes(routes!(orders::read))
        .routes(routes!(orders::act))
        .routes(routes!(orders::register, orders::authorities))
        .routes(routes!(orders::take_duty, orders::duties))
        .routes(routes!(orders::letters))
        .routes(routes!(orders::again))
        .routes(routes!(threats::raise))
        .routes(routes!(threats::list))
        .routes(routes!(threats::read))
        .routes(routes!(threats::act))
        .routes(routes!(exposures::note, exposures::list))
        .routes(routes!(exposures::read))
        .routes(routes!(exposures::step))
        .routes(routes!(exposures::report))
}

fn calls() -> OpenApiRouter<AppState> {
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
        .routes(routes!(statements::list))
        .routes(routes!(statements::read))
        .routes(routes!(evidence::list))
        .routes(routes!(evidence::read))
        .routes(routes!(evidence::ask))
        .routes(routes!(evidence::allow))
        .routes(routes!(evidence::original))
        .routes(routes!(evidence::prolong))
        .routes(routes!(evidence::hold))
        .routes(routes!(evidence::release))
        .routes(routes!(evidence::import))
        .routes(routes!(redress::appeal, redress::appeals))
        .routes(routes!(redress::counts))
        .routes(routes!(redress::hear))
        .routes(routes!(redress::ladder, redress::write_ladder))
        .routes(routes!(redress::try_ladder))
        .routes(routes!(redress::flaggers, redress::add_flagger))
        .routes(routes!(redress::outcomes))
        .routes(routes!(redress::referrals))
        .routes(routes!(curation::banks))
        .routes(routes!(curation::in_question))
        .routes(routes!(curation::bank_settings, curation::write_bank_settings))
        .routes(routes!(curation::give_opinion))
        .routes(routes!(curation::learned))
        .routes(routes!(curation::entries))
        .routes(routes!(curation::add_entries))
        .routes(routes!(curation::entry, curation::retire))
        .routes(routes!(curation::rules))
        .routes(routes!(curation::promote))
        .routes(routes!(curation::check_rules))
        .routes(routes!(curation::policies))
        .routes(routes!(studies::order))
        .routes(routes!(studies::list))
        .routes(routes!(studies::read))
        .routes(routes!(studies::result))
        .routes(routes!(studies::stop))
        .routes(routes!(studies::follows))
        .merge(calls_of_authorities())
        .routes(routes!(log::events))
        .routes(routes!(log::records))
        .routes(routes!(log::checkpoint))
        .routes(routes!(log::published_checkpoint))
        .routes(routes!(operations::health))
        .routes(routes!(operations::ready))
        .routes(routes!(operations::metrics))
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
        .route("/v1/log/tile/{*path}", get(log::tile))
        .route("/v1", axum::routing::any(problem::no_such_call))
        .route("/v1/", axum::routing::any(problem::no_such_call))
        .route("/v1/{*rest}", axum::routing::any(problem::no_such_call))
        .method_not_allowed_fallback(problem::wrong_method)
        .layer(DefaultBodyLimit::max(limits::REQUEST_BYTES))
        .layer(axum::middleware::from_fn(operations::measure))
}
