//! Appeals, the ladder of strikes, and flaggers over HTTP.

use crate::api::caller::{Caller, Posted};
use crate::api::desk::reviewer;
use crate::api::extract::{Path, Query};
use crate::api::problem::{Kind, Problem, ProblemBody};
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use engine::{
    AppealCount, AppealInput, AppealTaken, FlaggerRecord, HearingInput, LadderTrial, LadderVersion,
    NewFlagger, NoticeOutcome, ReferralCount, Scope,
};
use model::{Appeal, AppealId, Flagger, FlaggerId, Timestamp, limits};
use review::Ladder;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Appeal against a decision for a user (Regulation (EU) 2022/2065 Art 20, Regulation (EU) 2021/784
/// Art 10). One that is not heard is kept too, and answered with the reason.
#[utoipa::path(
    post, path = "/v1/appeals", tag = "redress", security(("key" = [])),
    request_body = AppealInput,
    responses(
        (status = 201, body = AppealTaken),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn appeal(
    State(state): State<AppState>,
    posted: Posted,
) -> Result<(StatusCode, Json<AppealTaken>), Problem> {
    posted.caller.need(Scope::Notice)?;
    let input: AppealInput = posted.json()?;
    posted.caller.speaks_for(&input.service)?;
    Ok((StatusCode::CREATED, Json(state.engine.appeal(&input, &posted.origin()).await?)))
}

/// Which appeals are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct AppealsQuery {
    /// `open`, `refused` or `answered`; `open` without it.
    status: Option<String>,
}

/// A page of appeals.
#[derive(Debug, Serialize, ToSchema)]
pub struct Appeals {
    /// Open ones in the order in which they are due, others with the latest first; at most 500, of
    /// the key's service alone where it has one.
    appeals: Vec<Appeal>,
}

/// List appeals in one state.
#[utoipa::path(
    get, path = "/v1/appeals", tag = "redress", security(("key" = [])), params(AppealsQuery),
    responses(
        (status = 200, body = Appeals),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn appeals(
    State(state): State<AppState>,
    caller: Caller,
    Query(query): Query<AppealsQuery>,
) -> Result<Json<Appeals>, Problem> {
    caller.need(Scope::Review)?;
    let status = query.status.as_deref().unwrap_or("open");
    let mut appeals = state.engine.appeals(status, limits::PAGE_ROWS).await?;
    appeals.retain(|appeal| caller.speaks_for(&appeal.service).is_ok());
    Ok(Json(Appeals { appeals }))
}

/// An answer with the person who gives it.
#[derive(Debug, Serialize, ToSchema)]
pub struct HearingBody {
    /// The login of the reviewer who hears the appeal; the key vouches for the person.
    reviewer: String,
    /// The answer.
    #[serde(flatten)]
    hearing: HearingInput,
}

impl HearingBody {
    /// Reads the two parts one after the other: read as one, a wrong field has no place.
    fn read(posted: &Posted) -> Result<Self, Problem> {
        #[derive(Deserialize)]
        struct Who {
            reviewer: String,
        }
        let Who { reviewer } = posted.json()?;
        Ok(Self { reviewer, hearing: posted.json()? })
    }
}

/// Answer an appeal for a reviewer who had no part in deciding the case.
#[utoipa::path(
    post, path = "/v1/appeals/{id}/answers", tag = "redress", security(("key" = [])),
    params(("id" = String, Path, description = "The appeal's id")), request_body = HearingBody,
    responses(
        (status = 201, body = Appeal),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn hear(
    State(state): State<AppState>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<(StatusCode, Json<Appeal>), Problem> {
    posted.caller.need(Scope::Review)?;
    let id = AppealId::new(id).map_err(|error| Problem::new(Kind::NotFound, error.to_string()))?;
    let body = HearingBody::read(&posted)?;
    let user = reviewer(&state, &body.reviewer).await?;
    let service = state.engine.hearing(&id, &user).await?.appeal.service;
    posted.caller.speaks_for(&service)?;
    let appeal = state.engine.hear(&id, &body.hearing, &user, &posted.origin()).await?;
    Ok((StatusCode::CREATED, Json(appeal)))
}

/// From when on appeals are counted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct CountsQuery {
    /// Those that came in then or later, RFC 3339; all without it.
    #[param(value_type = Option<String>)]
    from: Option<Timestamp>,
}

/// Appeals in figures.
#[derive(Debug, Serialize, ToSchema)]
pub struct AppealCounts {
    /// A line for each of who asked, ground and language.
    counts: Vec<AppealCount>,
}

/// Count appeals by who asked, ground and language.
#[utoipa::path(
    get, path = "/v1/appeals/counts", tag = "redress", security(("key" = [])),
    params(CountsQuery), responses((status = 200, body = AppealCounts))
)]
pub async fn counts(
    State(state): State<AppState>,
    caller: Caller,
    Query(query): Query<CountsQuery>,
) -> Result<Json<AppealCounts>, Problem> {
    caller.need(Scope::Report)?;
    caller.speaks_for_all()?;
    let counts = state.engine.appeal_counts(since(query.from)).await?;
    Ok(Json(AppealCounts { counts }))
}

fn since(from: Option<Timestamp>) -> Timestamp {
    from.unwrap_or(Timestamp::from_micros(0).expect("1970 is accepted"))
}

/// The ladder of strikes with its versions.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ladders {
    /// The ladder in force.
    present: Ladder,
    /// The versions that were written, the latest first; none while that of the settings holds.
    versions: Vec<LadderVersion>,
}

/// Read the ladder of strikes with its versions.
#[utoipa::path(
    get, path = "/v1/ladder", tag = "redress", security(("key" = [])),
    responses((status = 200, body = Ladders))
)]
pub async fn ladder(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<Json<Ladders>, Problem> {
    caller.need(Scope::Curate)?;
    let versions = state.engine.ladders(limits::PAGE_ROWS).await?;
    Ok(Json(Ladders { present: (*state.engine.ladder()).clone(), versions }))
}

/// A ladder with the reason for it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LadderBody {
    /// The ladder.
    ladder: Ladder,
    /// Why it is changed.
    reason: String,
}

/// Put another ladder of strikes into force.
#[utoipa::path(
    post, path = "/v1/ladder", tag = "redress", security(("key" = [])), request_body = LadderBody,
    responses(
        (status = 201, body = LadderVersion),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn write_ladder(
    State(state): State<AppState>,
    posted: Posted,
) -> Result<(StatusCode, Json<LadderVersion>), Problem> {
    posted.caller.need(Scope::Curate)?;
    posted.caller.speaks_for_all()?;
    let body: LadderBody = posted.json()?;
    let written = state.engine.write_ladder(&body.ladder, &body.reason, &posted.origin()).await?;
    Ok((StatusCode::CREATED, Json(written)))
}

/// A ladder to be tried on the strikes of the past.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrialBody {
    /// The ladder.
    ladder: Ladder,
    /// Strikes decided then or later, RFC 3339; all without it.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    from: Option<Timestamp>,
}

/// What a ladder would have done.
#[derive(Debug, Serialize, ToSchema)]
pub struct Trials {
    /// A line for each language, and one for all.
    trials: Vec<LadderTrial>,
}

/// Try a ladder on the strikes of the past, beside the one in force; nothing changes.
#[utoipa::path(
    post, path = "/v1/ladder/trials", tag = "redress", security(("key" = [])),
    request_body = TrialBody,
    responses(
        (status = 200, body = Trials),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn try_ladder(
    State(state): State<AppState>,
    posted: Posted,
) -> Result<Json<Trials>, Problem> {
    posted.caller.need(Scope::Curate)?;
    posted.caller.speaks_for_all()?;
    let body: TrialBody = posted.json()?;
    let trials = state.engine.try_ladder(&body.ladder, since(body.from)).await?;
    Ok(Json(Trials { trials }))
}

/// Flaggers with their records.
#[derive(Debug, Serialize, ToSchema)]
pub struct Flaggers {
    /// First come first.
    flaggers: Vec<FlaggerRecord>,
}

/// List trusted flaggers and referral units with how often they were right.
#[utoipa::path(
    get, path = "/v1/flaggers", tag = "redress", security(("key" = [])), params(CountsQuery),
    responses((status = 200, body = Flaggers))
)]
pub async fn flaggers(
    State(state): State<AppState>,
    caller: Caller,
    Query(query): Query<CountsQuery>,
) -> Result<Json<Flaggers>, Problem> {
    caller.need(Scope::Report)?;
    caller.speaks_for_all()?;
    let flaggers = state.engine.flaggers(since(query.from)).await?;
    Ok(Json(Flaggers { flaggers }))
}

/// Register a trusted flagger (Regulation (EU) 2022/2065 Art 22) or a referral unit.
#[utoipa::path(
    post, path = "/v1/flaggers", tag = "redress", security(("key" = [])), request_body = NewFlagger,
    responses(
        (status = 201, body = Flagger),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn add_flagger(
    State(state): State<AppState>,
    posted: Posted,
) -> Result<(StatusCode, Json<Flagger>), Problem> {
    posted.caller.need(Scope::Admin)?;
    let new: NewFlagger = posted.json()?;
    Ok((StatusCode::CREATED, Json(state.engine.add_flagger(new, &posted.origin()).await?)))
}

/// What became of notices.
#[derive(Debug, Serialize, ToSchema)]
pub struct Outcomes {
    /// In the order in which they came in.
    outcomes: Vec<NoticeOutcome>,
}

/// Read what became of the notices of a flagger; with its own key, of its own.
#[utoipa::path(
    get, path = "/v1/flaggers/{id}/outcomes", tag = "redress", security(("key" = [])),
    params(("id" = String, Path, description = "The flagger's id"), CountsQuery),
    responses(
        (status = 200, body = Outcomes),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn outcomes(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    Query(query): Query<CountsQuery>,
) -> Result<Json<Outcomes>, Problem> {
    let id = FlaggerId::new(id).map_err(|error| Problem::new(Kind::NotFound, error.to_string()));
    let is_own = match &id {
        Ok(id) => state.engine.is_flagger(&caller.actor(), id).await?,
        Err(_) => false,
    };
    if !is_own {
        caller.need(Scope::Report)?;
        caller.speaks_for_all()?;
    }
    let id = id?;
    Ok(Json(Outcomes { outcomes: state.engine.outcomes(&id, since(query.from)).await? }))
}

/// Which referrals are counted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct PeriodQuery {
    /// Those that came in then or later, RFC 3339; all without it.
    #[param(value_type = Option<String>)]
    from: Option<Timestamp>,
    /// Those that came in before then, RFC 3339; all up to now without it.
    #[param(value_type = Option<String>)]
    to: Option<Timestamp>,
}

/// Referrals in figures.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReferralCounts {
    /// A line for each unit, outcome and action that occurs.
    counts: Vec<ReferralCount>,
}

/// Count what became of the referrals of each referral unit in a period.
#[utoipa::path(
    get, path = "/v1/referrals/summary", tag = "redress", security(("key" = [])),
    params(PeriodQuery),
    responses(
        (status = 200, body = ReferralCounts),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn referrals(
    State(state): State<AppState>,
    caller: Caller,
    Query(query): Query<PeriodQuery>,
) -> Result<Json<ReferralCounts>, Problem> {
    caller.need(Scope::Report)?;
    caller.speaks_for_all()?;
    let to = query.to.unwrap_or_else(|| state.engine.now().plus_seconds(1));
    let counts = state.engine.referral_counts(since(query.from), to).await?;
    Ok(Json(ReferralCounts { counts }))
}
