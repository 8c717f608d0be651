//! Banks, rules and policies.

use crate::api::caller::{Caller, Form, Posted};
use crate::api::extract::{Path, Query};
use crate::api::problem::{Kind, Problem, ProblemBody};
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use engine::{BankSummary, EntryView, Imported, Learned, PolicyRow, Scope};
use model::{BankEntry, BankSettings, EntryId, Opinion, OpinionKind, limits};
use rules::RuleFile;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The banks in figures.
#[derive(Debug, Serialize, ToSchema)]
pub struct Banks {
    /// The present revision.
    revision: u64,
    /// One row for each bank and kind.
    banks: Vec<BankSummary>,
}

/// List the banks.
#[utoipa::path(
    get, path = "/v1/banks", tag = "curation", security(("key" = [])),
    responses((status = 200, body = Banks))
)]
pub async fn banks(State(state): State<AppState>, caller: Caller) -> Result<Json<Banks>, Problem> {
    caller.need(Scope::Curate)?;
    let banks = state.engine.bank_summaries().await?;
    Ok(Json(Banks { revision: state.engine.banks().revision(), banks }))
}

/// Which entries are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct EntriesQuery {
    /// The last entry of the page before.
    after: Option<String>,
    /// At most so many, 1 to 500; 100 without it.
    limit: Option<usize>,
}

/// A page of entries.
#[derive(Debug, Serialize, ToSchema)]
pub struct Entries {
    /// Entries in the order in which they were added, retired ones too.
    entries: Vec<BankEntry>,
}

/// List a bank's entries.
#[utoipa::path(
    get, path = "/v1/banks/{bank}/entries", tag = "curation", security(("key" = [])),
    params(("bank" = String, Path, description = "The bank"), EntriesQuery),
    responses(
        (status = 200, body = Entries),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn entries(
    State(state): State<AppState>,
    caller: Caller,
    Path(bank): Path<String>,
    Query(query): Query<EntriesQuery>,
) -> Result<Json<Entries>, Problem> {
    caller.need(Scope::Curate)?;
    caller.speaks_for_all()?;
    let after = query.after.as_deref().map(after_entry).transpose()?;
    let limit = query.limit.unwrap_or(100).clamp(1, limits::PAGE_ROWS);
    let entries = state.engine.entries(&bank, after.as_ref(), limit).await?;
    Ok(Json(Entries { entries }))
}

/// Add entries to a bank: a CSV file with a header, or JSON Lines.
///
/// Rows that are no entries are named in the answer and left out.
#[utoipa::path(
    post, path = "/v1/banks/{bank}/entries", tag = "curation", security(("key" = [])),
    params(("bank" = String, Path, description = "The bank")),
    request_body(content = String, content_type = "text/csv"),
    responses(
        (status = 201, body = Imported),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn add_entries(
    State(state): State<AppState>,
    Path(bank): Path<String>,
    posted: Posted,
) -> Result<(StatusCode, Json<Imported>), Problem> {
    posted.caller.need(Scope::Curate)?;
    posted.caller.speaks_for_all()?;
    let file = match posted.form() {
        Form::Json => "body.jsonl",
        Form::Text => "body.csv",
        Form::Multipart | Form::Other => {
            return Err(posted.wrong_form("`text/csv` or `application/x-ndjson`"));
        }
    };
    let imported = state.engine.import_bank(file, &bank, &posted.body, &posted.origin()).await?;
    Ok((StatusCode::CREATED, Json(imported)))
}

/// The revision after a change.
#[derive(Debug, Serialize, ToSchema)]
pub struct Revision {
    /// The present revision of the banks.
    revision: u64,
}

/// Retire an entry: it no longer matches, and stays in the history.
#[utoipa::path(
    delete, path = "/v1/banks/{bank}/entries/{entry}", tag = "curation", security(("key" = [])),
    params(
        ("bank" = String, Path, description = "The bank"),
        ("entry" = String, Path, description = "The entry's id"),
    ),
    responses(
        (status = 200, body = Revision),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn retire(
    State(state): State<AppState>,
    caller: Caller,
    Path((bank, entry)): Path<(String, String)>,
) -> Result<Json<Revision>, Problem> {
    caller.need(Scope::Curate)?;
    caller.speaks_for_all()?;
    let origin = engine::Origin { actor: caller.actor(), once: None };
    let id = entry_of(&state, &bank, &entry).await?;
    let revision = state.engine.retire_entry(&id, &origin).await?;
    Ok(Json(Revision { revision }))
}

/// Read an entry with what was said of it and how often it matched.
#[utoipa::path(
    get, path = "/v1/banks/{bank}/entries/{entry}", tag = "curation", security(("key" = [])),
    params(
        ("bank" = String, Path, description = "The bank"),
        ("entry" = String, Path, description = "The entry's id"),
    ),
    responses(
        (status = 200, body = EntryView),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn entry(
    State(state): State<AppState>,
    caller: Caller,
    Path((bank, entry)): Path<(String, String)>,
) -> Result<Json<EntryView>, Problem> {
    caller.need(Scope::Curate)?;
    caller.speaks_for_all()?;
    let id = entry_of(&state, &bank, &entry).await?;
    Ok(Json(state.engine.entry_view(&id).await?))
}

/// An opinion of an entry.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpinionBody {
    /// What is said: `confirms` or `disputes`.
    kind: OpinionKind,
    /// Why.
    #[serde(default)]
    note: String,
}

/// Say that an entry belongs in its bank or does not. The latest opinion decides whether it
/// matches; all are kept.
#[utoipa::path(
    post, path = "/v1/banks/{bank}/entries/{entry}/opinions", tag = "curation",
    security(("key" = [])), request_body = OpinionBody,
    params(
        ("bank" = String, Path, description = "The bank"),
        ("entry" = String, Path, description = "The entry's id"),
    ),
    responses(
        (status = 201, body = BankEntry),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn give_opinion(
    State(state): State<AppState>,
    Path((bank, entry)): Path<(String, String)>,
    posted: Posted,
) -> Result<(StatusCode, Json<BankEntry>), Problem> {
    posted.caller.need(Scope::Curate)?;
    posted.caller.speaks_for_all()?;
    let body = posted.json::<OpinionBody>()?;
    let id = entry_of(&state, &bank, &entry).await?;
    let (kind, origin) = (body.kind, posted.origin());
    let entry = state.engine.give_opinion(&id, kind, &body.note, &origin).await?;
    Ok((StatusCode::CREATED, Json(entry)))
}

/// An entry in question and what was said of it last.
#[derive(Debug, Serialize, ToSchema)]
pub struct InQuestion {
    /// The entry.
    entry: BankEntry,
    /// What was said last.
    opinion: Opinion,
}

/// Entries in question.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntriesInQuestion {
    /// Those in quarantine and the disputed ones, the one spoken of last first; at most 500.
    entries: Vec<InQuestion>,
}

/// List the entries in quarantine and the disputed ones, of all banks.
#[utoipa::path(
    get, path = "/v1/banks/in-question", tag = "curation", security(("key" = [])),
    responses((status = 200, body = EntriesInQuestion))
)]
pub async fn in_question(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<Json<EntriesInQuestion>, Problem> {
    caller.need(Scope::Curate)?;
    caller.speaks_for_all()?;
    let entries = state.engine.entries_in_question().await?.into_iter();
    let entries = entries.map(|(entry, opinion)| InQuestion { entry, opinion }).collect();
    Ok(Json(EntriesInQuestion { entries }))
}

/// Read what a bank says of all its entries.
#[utoipa::path(
    get, path = "/v1/banks/{bank}/settings", tag = "curation", security(("key" = [])),
    params(("bank" = String, Path, description = "The bank")),
    responses((status = 200, body = BankSettings))
)]
pub async fn bank_settings(
    State(state): State<AppState>,
    caller: Caller,
    Path(bank): Path<String>,
) -> Result<Json<BankSettings>, Problem> {
    caller.need(Scope::Curate)?;
    caller.speaks_for_all()?;
    Ok(Json(state.engine.banks().settings(&bank)))
}

/// Write what a bank says of all its entries that do not say otherwise themselves; what is left
/// out takes its default.
#[utoipa::path(
    post, path = "/v1/banks/{bank}/settings", tag = "curation", security(("key" = [])),
    params(("bank" = String, Path, description = "The bank")), request_body = BankSettings,
    responses(
        (status = 200, body = Revision),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn write_bank_settings(
    State(state): State<AppState>,
    Path(bank): Path<String>,
    posted: Posted,
) -> Result<Json<Revision>, Problem> {
    posted.caller.need(Scope::Curate)?;
    posted.caller.speaks_for_all()?;
    let settings = posted.json::<BankSettings>()?;
    let origin = posted.origin();
    let revision = state.engine.write_bank_settings(&bank, settings, &origin).await?;
    Ok(Json(Revision { revision }))
}

/// What was learned from decisions last.
#[derive(Debug, Serialize, ToSchema)]
pub struct LearnedBody {
    /// When, from what, how good it is, and whether it orders queues now; `null` where nothing was
    /// learned.
    #[schema(value_type = Option<serde_json::Value>)]
    learned: Option<Learned>,
}

/// Read what was learned from decisions last: how many, and how right the scores are by language.
#[utoipa::path(
    get, path = "/v1/learned", tag = "curation", security(("key" = [])),
    responses((status = 200, body = LearnedBody))
)]
pub async fn learned(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<Json<LearnedBody>, Problem> {
    caller.need(Scope::Curate)?;
    caller.speaks_for_all()?;
    Ok(Json(LearnedBody { learned: state.engine.learned().await? }))
}

/// The rules in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleSetDetail {
    /// SHA-256 of the rule files.
    version: String,
    /// The rules, in their order.
    #[schema(value_type = Vec<std::collections::HashMap<String, serde_json::Value>>)]
    rules: Vec<rules::RuleInfo>,
}

/// Read the rules in force.
#[utoipa::path(
    get, path = "/v1/rules", tag = "curation", security(("key" = [])),
    responses((status = 200, body = RuleSetDetail))
)]
pub async fn rules(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<Json<RuleSetDetail>, Problem> {
    caller.need(Scope::Curate)?;
    let set = state.engine.rules();
    Ok(Json(RuleSetDetail { version: set.version().to_owned(), rules: set.rules().to_vec() }))
}

/// Rule files.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleFiles {
    /// The files.
    files: Vec<RuleFileBody>,
}

/// One rule file.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleFileBody {
    /// Its name, as problems show it.
    name: String,
    /// Its text, in TOML.
    text: String,
}

impl RuleFiles {
    fn into_files(self) -> Vec<RuleFile> {
        self.files.into_iter().map(|file| RuleFile { name: file.name, text: file.text }).collect()
    }
}

/// The version that came into force.
#[derive(Debug, Serialize, ToSchema)]
pub struct Promoted {
    /// SHA-256 of the rule files.
    version: String,
}

/// Check rule files and put them into force, all at once.
#[utoipa::path(
    post, path = "/v1/rules", tag = "curation", security(("key" = [])), request_body = RuleFiles,
    responses(
        (status = 201, body = Promoted),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn promote(
    State(state): State<AppState>,
    posted: Posted,
) -> Result<(StatusCode, Json<Promoted>), Problem> {
    posted.caller.need(Scope::Curate)?;
    posted.caller.speaks_for_all()?;
    let files = posted.json::<RuleFiles>()?.into_files();
    let version = state.engine.promote_rules(&files, &posted.origin()).await?;
    Ok((StatusCode::CREATED, Json(Promoted { version })))
}

/// What a check of rule files found.
#[derive(Debug, Serialize, ToSchema)]
pub struct RulesChecked {
    /// Whether they are right.
    is_right: bool,
    /// How many rules they hold, where they are right.
    rules: usize,
    /// Every problem with its place.
    #[schema(value_type = Vec<std::collections::HashMap<String, serde_json::Value>>)]
    problems: Vec<rules::RuleProblem>,
}

/// Check rule files without putting them into force.
#[utoipa::path(
    post, path = "/v1/rules/check", tag = "curation", security(("key" = [])),
    request_body = RuleFiles,
    responses(
        (status = 200, body = RulesChecked),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn check_rules(posted: Posted) -> Result<Json<RulesChecked>, Problem> {
    posted.caller.need(Scope::Curate)?;
    let files = posted.json::<RuleFiles>()?.into_files();
    Ok(Json(match rules::compile(&files, signals::SIGNALS) {
        Ok(set) => RulesChecked { is_right: true, rules: set.rules().len(), problems: Vec::new() },
        Err(problems) => RulesChecked { is_right: false, rules: 0, problems: problems.0 },
    }))
}

/// The policies.
#[derive(Debug, Serialize, ToSchema)]
pub struct Policies {
    /// The latest version of each.
    policies: Vec<PolicyRow>,
}

/// List the policies.
#[utoipa::path(
    get, path = "/v1/policies", tag = "curation", security(("key" = [])),
    responses((status = 200, body = Policies))
)]
pub async fn policies(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<Json<Policies>, Problem> {
    caller.need(Scope::Review)?;
    Ok(Json(Policies { policies: state.engine.policies().await? }))
}

/// The id of an entry of a bank that a path leads to.
async fn entry_of(state: &AppState, bank: &str, text: &str) -> Result<EntryId, Problem> {
    let absent = |error: model::IdProblem| Problem::new(Kind::NotFound, error.to_string());
    let id = EntryId::new(text).map_err(absent)?;
    if state.engine.entry(&id).await?.bank != bank {
        let detail = format!("there is no entry `{id}` in the bank `{bank}`");
        return Err(Problem::new(Kind::NotFound, detail));
    }
    Ok(id)
}

/// The id of an entry that a listing goes on after.
fn after_entry(text: &str) -> Result<EntryId, Problem> {
    EntryId::new(text).map_err(|error| Problem::new(Kind::Invalid, format!("after: {error}")))
}
