//! Studies: ordering one, following it, reading what it found, looking at one account.

use super::page::{Answer, Page, Refused, Tab, refusal, render};
use super::text::Language;
use super::visit::{Analyst, Posted};
use super::when::{When, exact};
use crate::state::AppState;
use crate::studies::blocks::{Section, Sections};
use crate::studies::{
    About, Reading, ShownCard, account_sections, meanings, parameter_facts, parameter_section,
    result_sections,
};
use askama::Template;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use engine::{Error, StudyOrder, StudyView};
use model::{
    AccountId, LegalBasis, ServiceId, Study, StudyId, StudyKind, StudySource, StudyState,
    Timestamp, limits,
};
use serde::Deserialize;
use serde_json::{Value, json};

/// Studies of one page.
const ROWS: usize = 50;

/// A line of the list.
struct Line {
    id: String,
    kind: &'static str,
    purpose: String,
    service: String,
    state: &'static str,
    at: When,
    expires: String,
}

#[derive(Template)]
#[template(path = "studies.html")]
struct ListPage {
    page: Page,
    lines: Vec<Line>,
}

/// The word of a kind.
pub fn kind_words(t: Language, kind: StudyKind) -> &'static str {
    match kind {
        StudyKind::Census => t.study_census(),
        StudyKind::Campaigns => t.study_campaigns(),
        StudyKind::Returns => t.study_returns(),
    }
}

/// The question of a kind.
fn kind_question(t: Language, kind: StudyKind) -> &'static str {
    match kind {
        StudyKind::Census => t.study_census_long(),
        StudyKind::Campaigns => t.study_campaigns_long(),
        StudyKind::Returns => t.study_returns_long(),
    }
}

fn state_words(t: Language, state: StudyState) -> &'static str {
    match state {
        StudyState::Waiting => t.study_waiting(),
        StudyState::Running => t.study_running(),
        StudyState::Finished => t.study_finished(),
        StudyState::Failed => t.study_failed(),
        StudyState::Cancelled => t.study_cancelled(),
        StudyState::Erased => t.study_erased(),
    }
}

/// The words of a legal basis.
pub fn basis_words(t: Language, basis: LegalBasis) -> &'static str {
    match basis {
        LegalBasis::LegalObligation => t.basis_legal_obligation(),
        LegalBasis::VitalInterests => t.basis_vital_interests(),
        LegalBasis::PublicInterest => t.basis_public_interest(),
        LegalBasis::LegitimateInterests => t.basis_legitimate_interests(),
    }
}

/// Lists the studies.
pub async fn list(State(state): State<AppState>, Analyst(person): Analyst) -> Answer {
    let page = Page::new(&person, Tab::Studies);
    let studies = state.engine.studies(ROWS, 0).await;
    let studies = studies.map_err(|error| Refused::by(&page, error))?;
    let now = state.engine.now();
    let lines = studies.iter().map(|view| line(page.t, view, now)).collect();
    Ok(render(&ListPage { page, lines }, StatusCode::OK))
}

fn line(t: Language, view: &StudyView, now: Timestamp) -> Line {
    let study = &view.study;
    Line {
        id: study.id.to_string(),
        kind: kind_words(t, study.kind),
        purpose: study.purpose.chars().take(120).collect(),
        service: study.service.to_string(),
        state: state_words(t, study.state),
        at: When::new(t, study.at, now),
        expires: exact(study.expires_at),
    }
}

/// What a form of a new study holds.
#[derive(Debug, Clone, Default)]
struct Filled {
    service: String,
    source: String,
    since: String,
    until: String,
    folder: String,
    purpose: String,
    legal_basis: String,
    retention_days: String,
    seeds: String,
    definition: String,
    parameters: String,
}

#[derive(Template)]
#[template(path = "study_new.html")]
struct NewPage {
    page: Page,
    kind: StudyKind,
    kind_name: &'static str,
    question: &'static str,
    bases: Vec<(&'static str, &'static str)>,
    datasets: Vec<String>,
    filled: Filled,
    meanings: Vec<(String, &'static str)>,
    problem: Option<Problem>,
}

impl NewPage {
    /// What is wrong with a field, where something is.
    fn wrong(&self, field: &str) -> Option<&str> {
        self.problem.as_ref().filter(|one| one.field == field).map(|one| one.words.as_str())
    }
}

/// What is wrong with a form, and with which of its fields.
struct Problem {
    /// The id of the field; empty where it is none of the form.
    field: &'static str,
    words: String,
}

impl Problem {
    /// Puts a refusal into words beside the field that it is about.
    fn of(t: Language, error: &Error) -> Self {
        let Error::Invalid { place, problem } = error else {
            return Self { field: "", words: refusal(t, error) };
        };
        let (field, words) = match place.as_str() {
            "purpose" => ("purpose", t.wrong_purpose(limits::STUDY_PURPOSE_MIN_CHARS)),
            "retention_days" => ("retention_days", t.wrong_retention(limits::STUDY_RETENTION_DAYS)),
            "parameters" => ("parameters", t.wrong_parameters(problem)),
            "service" => ("service", t.wrong_service().to_owned()),
            "legal_basis" => ("legal_basis", t.wrong_basis().to_owned()),
            "since" => ("since", t.wrong_time().to_owned()),
            "until" | "source" => ("until", t.wrong_time().to_owned()),
            "folder" => ("folder", t.wrong_folder().to_owned()),
            "definition" => ("definition", t.wrong_definition().to_owned()),
            "seeds" => ("seeds", t.wrong_seeds().to_owned()),
            _ => ("", refusal(t, error)),
        };
        Self { field, words }
    }
}

fn study_kind(page: &Page, word: &str) -> Result<StudyKind, Refused> {
    StudyKind::parse(word).ok_or_else(|| Refused::not_found(page))
}

/// Shows the form of a new study.
pub async fn new(
    State(state): State<AppState>,
    Analyst(person): Analyst,
    Path(kind): Path<String>,
) -> Answer {
    let page = Page::new(&person, Tab::Studies);
    let kind = study_kind(&page, &kind)?;
    let now = state.engine.now();
    let day = |at: Timestamp| at.to_string().get(..16).unwrap_or_default().to_owned();
    let parameters = engine::default_parameters(kind);
    let filled = Filled {
        source: "history".to_owned(),
        since: day(now.plus_seconds(-30 * 86_400)),
        until: day(now.plus_seconds(60)),
        legal_basis: LegalBasis::LegitimateInterests.as_str().to_owned(),
        retention_days: "90".to_owned(),
        parameters: serde_json::to_string_pretty(&parameters).unwrap_or_default(),
        ..Filled::default()
    };
    form(&state, page, kind, filled, None).await
}

async fn form(
    state: &AppState,
    page: Page,
    kind: StudyKind,
    filled: Filled,
    problem: Option<Problem>,
) -> Answer {
    let t = page.t;
    let datasets = state.engine.datasets().await.map_err(|error| Refused::by(&page, error))?;
    let status = match problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let shown = NewPage {
        kind,
        kind_name: kind_words(t, kind),
        question: kind_question(t, kind),
        bases: LegalBasis::ALL.map(|basis| (basis.as_str(), basis_words(t, basis))).into(),
        datasets,
        filled,
        meanings: meanings(t, &engine::default_parameters(kind)),
        problem,
        page,
    };
    Ok(render(&shown, status))
}

/// Orders a study.
pub async fn order(
    State(state): State<AppState>,
    Path(kind): Path<String>,
    posted: Posted,
) -> Answer {
    let mut page = analyst_page(&posted)?;
    page.here = format!("/studies/new/{kind}?");
    let kind = study_kind(&page, &kind)?;
    let text = |name: &str| posted.get(name).to_owned();
    let filled = Filled {
        service: text("service"),
        source: text("source"),
        since: text("since"),
        until: text("until"),
        folder: text("folder"),
        purpose: text("purpose"),
        legal_basis: text("legal_basis"),
        retention_days: text("retention_days"),
        seeds: text("seeds"),
        definition: text("definition"),
        parameters: text("parameters"),
    };
    let ordered = match read_order(kind, &filled) {
        Ok(order) => state.engine.order_study(order, &posted.person.origin()).await,
        Err(problem) => Err(problem),
    };
    match ordered {
        Ok(study) => {
            Ok(Redirect::to(&format!("/studies/{}?done=study-ordered", study.id)).into_response())
        }
        Err(error @ (Error::Invalid { .. } | Error::Busy)) => {
            let problem = Problem::of(page.t, &error);
            form(&state, page, kind, filled, Some(problem)).await
        }
        Err(error) => Err(Refused::by(&page, error)),
    }
}

fn invalid(place: &str, problem: impl ToString) -> Error {
    Error::Invalid { place: place.to_owned(), problem: problem.to_string() }
}

/// Reads the form; what it says wrongly is named with its field.
fn read_order(kind: StudyKind, filled: &Filled) -> Result<StudyOrder, Error> {
    let service = ServiceId::new(filled.service.trim()).map_err(|e| invalid("service", e))?;
    let source = match filled.source.as_str() {
        "folder" if filled.folder.is_empty() => {
            return Err(invalid("folder", "choose one of the folder"));
        }
        "folder" => StudySource::Folder { name: filled.folder.clone() },
        _ => StudySource::History {
            since: instant("since", &filled.since)?,
            until: instant("until", &filled.until)?,
        },
    };
    let mut parameters: Value = match filled.parameters.trim() {
        "" => json!({}),
        written => serde_json::from_str(written).map_err(|e| invalid("parameters", e))?,
    };
    if kind == StudyKind::Census {
        fill_census(&mut parameters, filled)?;
    }
    let legal_basis = LegalBasis::parse(&filled.legal_basis)
        .ok_or_else(|| invalid("legal_basis", "choose one of the list"))?;
    let days = filled.retention_days.trim().parse();
    Ok(StudyOrder {
        kind,
        service,
        source,
        parameters,
        purpose: filled.purpose.clone(),
        legal_basis,
        retention_days: days.map_err(|_| invalid("retention_days", "a number of days"))?,
    })
}

/// Adds the seeds and the definition of the form to the parameters of a census, which may bear
/// their own.
fn fill_census(parameters: &mut Value, filled: &Filled) -> Result<(), Error> {
    let Some(fields) = parameters.as_object_mut() else {
        return Err(invalid("parameters", "write them as a JSON object"));
    };
    let seeds: Vec<&str> =
        filled.seeds.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if !seeds.is_empty() {
        fields.insert("seeds".to_owned(), json!(seeds));
    }
    if !filled.definition.trim().is_empty() {
        fields.insert("membership".to_owned(), json!(filled.definition.trim()));
    }
    let is_empty = |name: &str| match fields.get(name) {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.trim().is_empty(),
        Some(Value::Array(list)) => list.is_empty(),
        Some(Value::Bool(_) | Value::Number(_) | Value::Object(_)) => false,
    };
    match (is_empty("membership"), is_empty("seeds")) {
        (true, _) => Err(invalid("definition", "say what makes an account a member")),
        (_, true) => Err(invalid("seeds", "name at least one account")),
        (false, false) => Ok(()),
    }
}

/// A time of a form: `2026-11-22T14:30`, with or without seconds, in UTC.
fn instant(place: &str, written: &str) -> Result<Timestamp, Error> {
    let seconds = if written.len() == 16 { ":00" } else { "" };
    Timestamp::parse(&format!("{written}{seconds}Z")).map_err(|error| invalid(place, error))
}

pub(super) fn analyst_page(posted: &Posted) -> Result<Page, Refused> {
    let page = Page::new(&posted.person, Tab::Studies);
    if posted.person.is_analyst() { Ok(page) } else { Err(Refused::forbidden(&page)) }
}

/// What is offered to be done with a study in its state.
#[derive(Debug, Clone, Copy, Default)]
struct Offered {
    stop: bool,
    resume: bool,
    erase: bool,
    result: bool,
}

impl Offered {
    fn of(state: StudyState) -> Self {
        match state {
            StudyState::Waiting | StudyState::Running => Self { stop: true, ..Self::default() },
            StudyState::Failed | StudyState::Cancelled => {
                Self { resume: true, erase: true, ..Self::default() }
            }
            StudyState::Finished => Self { erase: true, result: true, ..Self::default() },
            StudyState::Erased => Self::default(),
        }
    }
}

#[derive(Template)]
#[template(path = "study.html")]
struct StudyPage {
    page: Page,
    view: StudyView,
    kind: &'static str,
    question: &'static str,
    state: &'static str,
    basis: &'static str,
    by: String,
    at: String,
    span: Option<String>,
    expires: String,
    parameters: Vec<(String, String)>,
    offered: Offered,
    stages: Vec<(&'static str, &'static str)>,
    contents: Vec<(&'static str, String)>,
    sections: String,
}

/// Reads the id in the address; what is none leads nowhere.
pub fn study_id(page: &Page, id: &str) -> Result<StudyId, Refused> {
    StudyId::new(id).map_err(|_| Refused::not_found(page))
}

/// Shows a study: how far it is, or what it found.
pub async fn page(
    State(state): State<AppState>,
    Analyst(person): Analyst,
    Path(id): Path<String>,
) -> Answer {
    let page = Page::new(&person, Tab::Studies);
    let id = study_id(&page, &id)?;
    let engine = &state.engine;
    let refused = |error| Refused::by(&page, error);
    let view = engine.study(&id).await.map_err(refused)?;
    let sections = match view.study.state {
        StudyState::Finished => {
            let result = engine.study_result(&id).await.map_err(refused)?.unwrap_or_default();
            let coded = engine.coded_sample(&id).await.map_err(refused)?;
            let reading = Reading::of_console(page.t, &view);
            result_sections(&reading, &result, coded.as_ref()).map_err(refused)?
        }
        _ => Vec::new(),
    };
    let logins = super::case::logins(&state).await.map_err(refused)?;
    Ok(render(&study_page(page, view, &logins, &sections), StatusCode::OK))
}

fn study_page(
    page: Page,
    view: StudyView,
    logins: &std::collections::BTreeMap<model::UserId, String>,
    sections: &[Section],
) -> StudyPage {
    let t = page.t;
    let study = &view.study;
    let user = model::UserId::new(study.by.clone()).ok();
    let by = user.and_then(|user| logins.get(&user).cloned()).unwrap_or_else(|| study.by.clone());
    let parameters = parameter_facts(t, &study.parameters, &view.pseudonyms());
    StudyPage {
        kind: kind_words(t, study.kind),
        question: kind_question(t, study.kind),
        state: state_words(t, study.state),
        basis: basis_words(t, study.legal_basis),
        by,
        at: exact(study.at),
        span: match &study.source {
            StudySource::History { since, until } => {
                Some(format!("{} – {}", exact(*since), exact(*until)))
            }
            StudySource::Folder { .. } => None,
        },
        expires: exact(study.expires_at),
        parameters,
        offered: Offered::of(study.state),
        stages: crate::studies::stages(t),
        contents: sections.iter().map(|one| (one.anchor, one.heading.clone())).collect(),
        sections: html(t, sections),
        view,
        page,
    }
}

pub(super) fn html(t: Language, sections: &[Section]) -> String {
    Sections { t, sections }.render().unwrap_or_default()
}

/// Says how far a study is, for the page's script.
pub async fn status(
    State(state): State<AppState>,
    Analyst(person): Analyst,
    Path(id): Path<String>,
) -> Answer {
    let page = Page::new(&person, Tab::Studies);
    let id = study_id(&page, &id)?;
    let view = state.engine.study(&id).await.map_err(|error| Refused::by(&page, error))?;
    let now = state.engine.now();
    let progress = &view.progress;
    let remaining = view.study.started_at.and_then(|started| {
        let spent = now.seconds_since(started).max(0) as f64;
        let share = progress.done as f64 / progress.total.max(1) as f64;
        (progress.total > 0 && share > 0.02).then(|| (spent / share - spent).round())
    });
    Ok(Json(json!({
        "state": view.study.state, "stage": progress.stage, "done": progress.done,
        "total": progress.total, "started_at": view.study.started_at, "remaining_s": remaining,
    }))
    .into_response())
}

/// A study that has a result, with it as JSON; any other leads nowhere.
pub(super) async fn with_result(
    state: &AppState,
    page: &Page,
    id: &str,
) -> Result<(StudyView, String), Refused> {
    let id = study_id(page, id)?;
    let refused = |error| Refused::by(page, error);
    let view = state.engine.study(&id).await.map_err(refused)?;
    let result = state.engine.study_result(&id).await.map_err(refused)?;
    Ok((view, result.ok_or_else(|| Refused::not_found(page))?))
}

/// Gives the network of a study for the page's script, with pseudonyms.
pub async fn network(
    State(state): State<AppState>,
    Analyst(person): Analyst,
    Path(id): Path<String>,
) -> Answer {
    let page = Page::new(&person, Tab::Studies);
    let id = study_id(&page, &id)?;
    let refused = |error| Refused::by(&page, error);
    let view = state.engine.study(&id).await.map_err(refused)?;
    let network = state.engine.study_network(&id).await.map_err(refused)?;
    let Some(network) = network else { return Err(Refused::not_found(&page)) };
    let reading = Reading::of_console(page.t, &view);
    let json = crate::studies::network_json(&reading, &network).map_err(refused)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], json).into_response())
}

/// Whether an account is shown by its pseudonym or with its profile and posts.
enum Shown {
    Masked,
    Unmasked(ShownCard),
}

#[derive(Template)]
#[template(path = "study_account.html")]
struct AccountPage {
    page: Page,
    study: String,
    pseudonym: String,
    name: String,
    unmask_at: String,
    shown: Shown,
    evidence: String,
    sections: String,
    problem: Option<String>,
}

/// Shows what a study found about an account, under its pseudonym.
pub async fn account(
    State(state): State<AppState>,
    Analyst(person): Analyst,
    Path((id, pseudonym)): Path<(String, String)>,
) -> Answer {
    let page = Page::new(&person, Tab::Studies);
    account_page(&state, page, &id, &pseudonym, None, None).await
}

/// Shows an account itself, for a reason that is recorded.
pub async fn unmask(
    State(state): State<AppState>,
    Path((id, pseudonym)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    let mut page = analyst_page(&posted)?;
    page.here = format!("/studies/{id}/accounts/{pseudonym}?");
    let study = study_id(&page, &id)?;
    let reason = posted.get("reason");
    let actor = posted.person.actor();
    match state.engine.unmask_study(&study, 1, reason, &actor).await {
        Ok(()) => account_page(&state, page, &id, &pseudonym, Some(()), None).await,
        Err(error @ Error::Invalid { .. }) => {
            let problem = Some(wrong_reason(page.t, &error));
            account_page(&state, page, &id, &pseudonym, None, problem).await
        }
        Err(error) => Err(Refused::by(&page, error)),
    }
}

/// What is wrong with the reason for seeing an account.
pub(super) fn wrong_reason(t: Language, error: &Error) -> String {
    match error {
        Error::Invalid { place, .. } if place == "reason" => {
            t.wrong_reason(limits::STUDY_PURPOSE_MIN_CHARS)
        }
        _ => refusal(t, error),
    }
}

async fn account_page(
    state: &AppState,
    page: Page,
    id: &str,
    pseudonym: &str,
    unmasked: Option<()>,
    problem: Option<String>,
) -> Answer {
    let (view, result) = with_result(state, &page, id).await?;
    let (id, refused) = (&view.study.id, |error| Refused::by(&page, error));
    let account = state.engine.study_account(id, pseudonym).await.map_err(refused)?;
    let Some(account) = account else { return Err(Refused::not_found(&page)) };
    let reading = Reading::of_console(page.t, &view);
    let reading = if unmasked.is_some() { reading.unmasked() } else { reading };
    let (evidence, sections) = account_sections(&reading, &result, &account).map_err(refused)?;
    let shown = match unmasked {
        None => Shown::Masked,
        Some(()) => {
            let card = state.engine.study_card(id, &account).await.map_err(refused)?;
            Shown::Unmasked(ShownCard::of(page.t, &card))
        }
    };
    let status = match problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let shown = AccountPage {
        study: id.to_string(),
        pseudonym: pseudonym.to_owned(),
        name: crate::studies::short(pseudonym),
        unmask_at: format!("/studies/{id}/accounts/{pseudonym}/unmask"),
        shown,
        evidence,
        sections: html(page.t, &sections),
        problem,
        page,
    };
    Ok(render(&shown, status))
}

/// Opens a case about an account of a study.
pub async fn open_case(
    State(state): State<AppState>,
    Path((id, pseudonym)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    let mut page = analyst_page(&posted)?;
    page.here = format!("/studies/{id}/accounts/{pseudonym}?");
    let study = study_id(&page, &id)?;
    let refused = |error| Refused::by(&page, error);
    let account = state.engine.study_account(&study, &pseudonym).await.map_err(refused)?;
    let account = account.and_then(|account| AccountId::new(account).ok());
    let Some(account) = account else { return Err(Refused::not_found(&page)) };
    let (engine, origin) = (&state.engine, posted.person.origin());
    let taken = engine.case_from_study(&study, &account, posted.get("evidence"), &origin).await;
    let taken = taken.map_err(refused)?;
    Ok(Redirect::to(&format!("/cases/{}?done=case-opened", taken.case)).into_response())
}

/// What is to be done with a study.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Stop it.
    Stop,
    /// Let it go on.
    Resume,
    /// Erase what it found.
    Erase,
    /// Make its findings signals.
    Apply,
}

/// Does something with a study.
pub async fn step(
    State(state): State<AppState>,
    Path((id, step)): Path<(String, Step)>,
    posted: Posted,
) -> Answer {
    let mut page = analyst_page(&posted)?;
    page.here = format!("/studies/{id}?");
    let id = study_id(&page, &id)?;
    let (engine, origin) = (&state.engine, posted.person.origin());
    let (stepped, done) = match step {
        Step::Stop => (engine.stop_study(&id, &origin).await.map(drop), "study-stopped"),
        Step::Resume => (engine.resume_study(&id, &origin).await.map(drop), "study-ordered"),
        Step::Erase => (engine.erase_study(&id, &origin).await.map(drop), "study-erased"),
        Step::Apply => (engine.apply_study(&id, &origin).await.map(drop), "study-applied"),
    };
    stepped.map_err(|error| Refused::by(&page, error))?;
    Ok(Redirect::to(&format!("/studies/{id}?done={done}")).into_response())
}

/// What a report says of the study itself.
pub fn about(reading: &Reading, study: &Study) -> About {
    let t = reading.t;
    let digest = study.dataset_sha256.clone().unwrap_or_default();
    let facts = [
        (t.study_purpose(), study.purpose.clone()),
        (t.study_legal_basis(), basis_words(t, study.legal_basis).to_owned()),
        (t.study_service(), study.service.to_string()),
        (t.ordered(), exact(study.at)),
        (t.erased_on(), exact(study.expires_at)),
        (t.dataset_digest(), digest),
    ]
    .map(|(name, value)| (name.to_owned(), value));
    let parameters = parameter_section(t, &study.parameters, &reading.names);
    About { facts: facts.into(), parameters }
}

/// Gives the result as a file: the report or the data, with pseudonyms.
pub async fn export(
    State(state): State<AppState>,
    Analyst(person): Analyst,
    Path((id, name)): Path<(String, String)>,
) -> Answer {
    let page = Page::new(&person, Tab::Studies);
    let (view, result) = with_result(&state, &page, &id).await?;
    let (study, refused) = (&view.study.id, |error| Refused::by(&page, error));
    let network = state.engine.study_network(study).await.map_err(refused)?;
    let coded = state.engine.coded_sample(study).await.map_err(refused)?;
    let reading = Reading::of_report(page.t, &view);
    let (media_type, body) = match name.as_str() {
        "report.html" => {
            let (about, network) = (about(&reading, &view.study), network.as_deref());
            let report = crate::studies::report(&reading, &about, &result, network, coded.as_ref());
            ("text/html; charset=utf-8", report.map_err(refused)?)
        }
        "result.json" => {
            ("application/json", crate::studies::masked(&reading, &result).map_err(refused)?)
        }
        _ => return Err(Refused::not_found(&page)),
    };
    let name = format!("attachment; filename=\"{id}-{name}\"");
    let mut answer: Response = ([(header::CONTENT_TYPE, media_type)], body).into_response();
    if let Ok(name) = HeaderValue::from_str(&name) {
        answer.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(answer)
}
