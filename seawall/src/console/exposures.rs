//! The desk of exposure decisions: the list, one decision with what it asks for by when, the
//! measures, and the report that a person writes and confirms.

use super::case::{login, logins};
use super::orders::{LetterLine, Pressing, letter_line, may};
use super::page::{Answer, Page, Refused, Tab, ViewLink, refusal, render};
use super::text::{Language, isolate};
use super::visit::{Person, Posted};
use super::when::{Due, When, exact};
use crate::state::AppState;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect};
use engine::{Error, ExposureInput, ExposureView, RecentOrders, ReportText};
use model::{AuthorityId, ExposureId, RuleName, ServiceId, Timestamp, UserId, limits};
use review::exposures::{
    Announcement, Exposure, ExposureError, ExposureEventKind, ExposureStatus, ExposureStep,
    HandedOver, MeasureKind, MeasureTerms, MeasuresReport, Obligation, ObligationId, OwedBy,
    ReviewAsk, SpecificMeasure, WorkedBy,
};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// What the address asks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    status: String,
}

struct Line {
    id: String,
    reference: String,
    service: String,
    authority: String,
    status: &'static str,
    notified: When,
    next: Option<(String, Due)>,
}

#[derive(Template)]
#[template(path = "exposures.html")]
struct ExposuresPage {
    page: Page,
    statuses: Vec<ViewLink>,
    lines: Vec<Line>,
    orders: Vec<String>,
    has_home: bool,
    services: Vec<String>,
    authorities: Vec<(String, String)>,
    problem: Option<String>,
}

/// Shows the exposure decisions.
pub async fn list(
    State(state): State<AppState>,
    person: Person,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let page = Page::new(&person, Tab::Exposures);
    may(&person, &page)?;
    list_screen(&state, page, &wanted.status, None).await
}

async fn list_screen(
    state: &AppState,
    page: Page,
    status: &str,
    problem: Option<String>,
) -> Answer {
    let failed = |error| Refused::by(&page, error);
    let status = ExposureStatus::parse(status);
    let exposures = state.engine.exposures(status, limits::PAGE_ROWS).await.map_err(failed)?;
    let (t, now) = (page.t, state.engine.now());
    let law = state.engine.law();
    let services = services(state, &exposures);
    let mut orders = Vec::new();
    for service in &services {
        let counted = state.engine.recent_orders(service).await.map_err(failed)?;
        orders.push(order_words(t, service, &counted));
    }
    let known = state.engine.authorities().await.map_err(failed)?;
    let open = known.into_iter().filter(|one| !one.is_closed);
    let all = ViewLink { name: "", words: t.all_orders(), is_current: status.is_none() };
    let statuses = ExposureStatus::ALL.into_iter().map(|one| ViewLink {
        name: one.as_str(),
        words: status_words(t, one),
        is_current: status == Some(one),
    });
    let line = |exposure: &Exposure| Line {
        id: exposure.id.to_string(),
        reference: exposure.decision.reference.clone(),
        service: exposure.service.to_string(),
        authority: exposure.authority.to_string(),
        status: status_words(t, exposure.status()),
        notified: When::new(t, exposure.decision.notified_at, now),
        next: exposure
            .open_obligations(law, now)
            .first()
            .map(|one| (owed_words(t, one.id), Due::new(t, one.due, now))),
    };
    let code = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shown = ExposuresPage {
        statuses: std::iter::once(all).chain(statuses).collect(),
        lines: exposures.iter().map(line).collect(),
        orders,
        has_home: !state.settings.orders.addressee.member_state.is_empty(),
        services: services.iter().map(ToString::to_string).collect(),
        authorities: open
            .map(|one| (one.id.to_string(), format!("{} · {}", one.name, one.member_state)))
            .collect(),
        problem,
        page,
    };
    Ok(render(&shown, code))
}

fn services(state: &AppState, exposures: &[Exposure]) -> BTreeSet<ServiceId> {
    let settings = &state.settings;
    let known = settings.orders.links.keys().chain(settings.webhooks.keys());
    known.chain(exposures.iter().map(|one| &one.service)).cloned().collect()
}

fn order_words(t: Language, service: &ServiceId, counted: &RecentOrders) -> String {
    match counted.home {
        Some(home) => t.exposure_orders_home(isolate(service), home),
        None => t.exposure_orders_all(isolate(service), counted.all),
    }
}

fn status_words(t: Language, status: ExposureStatus) -> &'static str {
    match status {
        ExposureStatus::InForce => t.exposure_status_in_force(),
        ExposureStatus::Amended => t.exposure_status_amended(),
        ExposureStatus::UnderReview => t.exposure_status_under_review(),
        ExposureStatus::Withdrawn => t.exposure_status_withdrawn(),
    }
}

fn owed_words(t: Language, id: ObligationId) -> String {
    match id {
        ObligationId::Report(number) => t.owed_report(number),
        ObligationId::Demand(number) => t.owed_demand(number),
        ObligationId::DemandReport(number) => t.owed_demand_report(number),
        ObligationId::Review(number) => t.owed_review(number),
    }
}

fn kind_words(t: Language, kind: MeasureKind) -> &'static str {
    match kind {
        MeasureKind::Technical => t.measure_technical(),
        MeasureKind::Organisational => t.measure_organisational(),
        MeasureKind::UserReports => t.measure_user_reports(),
        MeasureKind::Awareness => t.measure_awareness(),
        MeasureKind::Other => t.measure_other(),
    }
}

fn asks_words(t: Language, asks: ReviewAsk) -> &'static str {
    match asks {
        ReviewAsk::Review => t.exposure_asks_review(),
        ReviewAsk::Amendment => t.exposure_asks_amendment(),
        ReviewAsk::Withdrawal => t.exposure_asks_withdrawal(),
    }
}

fn event_words(t: Language, kind: ExposureEventKind) -> &'static str {
    match kind {
        ExposureEventKind::Notified => t.event_exposure_notified(),
        ExposureEventKind::MeasureTaken => t.event_measure_taken(),
        ExposureEventKind::MeasureChanged => t.event_measure_changed(),
        ExposureEventKind::MeasureEnded => t.event_measure_ended(),
        ExposureEventKind::Demanded => t.event_exposure_demanded(),
        ExposureEventKind::DemandMet => t.event_demand_met(),
        ExposureEventKind::ReviewAsked => t.event_review_asked(),
        ExposureEventKind::Upheld => t.event_exposure_upheld(),
        ExposureEventKind::Amended => t.event_exposure_amended(),
        ExposureEventKind::Withdrawn => t.event_exposure_withdrawn(),
        ExposureEventKind::Drafted => t.event_report_drafted(),
        ExposureEventKind::Written => t.event_report_written(),
        ExposureEventKind::Sent => t.event_report_sent(),
        ExposureEventKind::Warned => t.event_exposure_warned(),
        ExposureEventKind::Missed => t.event_exposure_missed(),
        ExposureEventKind::MissSeen => t.event_exposure_miss_seen(),
    }
}

/// Notes an exposure decision.
pub async fn note(State(state): State<AppState>, posted: Posted) -> Answer {
    let mut page = Page::new(&posted.person, Tab::Exposures);
    page.here = "/exposures?".to_owned();
    may(&posted.person, &page)?;
    let read = || -> Result<ExposureInput, String> {
        Ok(ExposureInput {
            service: ServiceId::new(posted.get("service")).map_err(|error| error.to_string())?,
            authority: AuthorityId::new(posted.get("authority"))
                .map_err(|error| error.to_string())?,
            decision: announcement(&posted)?,
        })
    };
    let input = match read() {
        Ok(input) => input,
        Err(problem) => return list_screen(&state, page, "", Some(problem)).await,
    };
    let (user, origin) = (posted.person.id(), posted.person.origin());
    match state.engine.note_exposure(input, user, &origin).await {
        Ok(noted) => {
            let to = format!("/exposures/{}?done=exposure-noted", noted.id);
            Ok(Redirect::to(&to).into_response())
        }
        Err(error) => match told(page.t, &error) {
            Some(problem) => list_screen(&state, page, "", Some(problem)).await,
            None => Err(Refused::by(&page, error)),
        },
    }
}

/// Why the desk refuses, where a person can put it right on the same page.
fn told(t: Language, error: &Error) -> Option<String> {
    if let Error::Exposure(problem) = error {
        return Some(refused_words(t, problem));
    }
    let is_ours = matches!(error, Error::Invalid { .. } | Error::Contended);
    let is_unknown = matches!(error, Error::NotFound { .. });
    is_ours.then(|| refusal(t, error)).or_else(|| is_unknown.then(|| error.to_string()))
}

fn refused_words(t: Language, problem: &ExposureError) -> String {
    match problem {
        ExposureError::Withdrawn { at, .. } => t.refused_withdrawn(exact(*at)),
        ExposureError::Missing { what, .. } => t.refused_field_missing(field(t, what)),
        ExposureError::TooLong { what, limit, .. } => t.refused_field_long(field(t, what), limit),
        ExposureError::TooMany { what, limit } => t.refused_too_many(field(t, what), limit),
        ExposureError::NoSuch { given, .. } => t.refused_no_such(isolate(given)),
        ExposureError::Future { what, at, .. } => t.refused_future(field(t, what), exact(*at)),
        ExposureError::TooEarly { what, earliest, .. } => {
            t.refused_too_early(field(t, what), exact(*earliest))
        }
        ExposureError::Already { .. } => t.refused_exposure_already().to_owned(),
        ExposureError::NothingAsked => t.refused_nothing_asked().to_owned(),
        ExposureError::RulesWithoutOversight => t.refused_rules_people().to_owned(),
        ExposureError::NoDraft => t.refused_no_draft().to_owned(),
        ExposureError::NoReportOwed(_) => t.refused_no_report_owed().to_owned(),
        ExposureError::NothingMissed(_) => t.refused_nothing_missed().to_owned(),
    }
}

/// What a field is called on the page.
fn field(t: Language, name: &'static str) -> &'static str {
    match name {
        "title" => t.measure_title(),
        "words" => t.measure_words(),
        "effect" => t.measure_effect(),
        "limits" => t.measure_limits(),
        "rights" => t.measure_rights(),
        "oversight" => t.measure_oversight(),
        "rules" => t.measure_rules(),
        "until" => t.measure_until(),
        "measures" => t.exposure_measures(),
        "demands" => t.exposure_demands(),
        "reports" => t.exposure_reports(),
        "reference" => t.order_reference(),
        "says" => t.exposure_says(),
        "notified_at" => t.exposure_notified_when(),
        "due" => t.exposure_demand_due(),
        "reason" => t.exposure_reason(),
        "done" => t.report_done(),
        "intended" => t.report_intended(),
        "how" => t.report_how(),
        other => other,
    }
}

fn time(name: &str, posted: &Posted) -> Result<Timestamp, String> {
    Timestamp::parse(posted.get(name).trim()).map_err(|error| format!("{name}: {error}"))
}

fn maybe_time(name: &str, posted: &Posted) -> Result<Option<Timestamp>, String> {
    if posted.get(name).trim().is_empty() { Ok(None) } else { time(name, posted).map(Some) }
}

fn announcement(posted: &Posted) -> Result<Announcement, String> {
    Ok(Announcement {
        reference: posted.get("reference").trim().to_owned(),
        notified_at: time("notified_at", posted)?,
        says: posted.get("says").trim().to_owned(),
    })
}

struct OwedLine {
    id: String,
    words: String,
    by: &'static str,
    due: Due,
    state: Option<&'static str>,
    is_bad: bool,
    can_see: bool,
}

struct MeasureLine {
    number: u32,
    title: String,
    kind: &'static str,
    span: String,
    words: String,
    oversight: Option<String>,
    effect: String,
    limits: String,
    rights: String,
    rules: String,
    ended_because: String,
    form: MeasureForm,
}

/// What the fields of a measure hold while it is written.
struct MeasureForm {
    prefix: String,
    title: String,
    words: String,
    kinds: Vec<(&'static str, &'static str, bool)>,
    from: String,
    until: String,
    is_program: bool,
    oversight: String,
    effect: String,
    limits: String,
    rights: String,
    rules: String,
}

struct DecisionLine {
    what: &'static str,
    reference: String,
    at: String,
    says: String,
}

struct DemandLine {
    number: u32,
    says: String,
    due: Due,
    state: Option<&'static str>,
}

struct SentLine {
    number: u32,
    words: String,
    sent: When,
    sha256: String,
}

struct EventLine {
    words: &'static str,
    about: String,
    by: Option<String>,
    note: String,
    at: String,
}

#[derive(Template)]
#[template(path = "exposure.html")]
struct ExposurePage {
    page: Page,
    id: String,
    reference: String,
    service: String,
    authority: String,
    status: &'static str,
    notified: When,
    is_in_force: bool,
    is_under_review: bool,
    owes_report: bool,
    has_draft: bool,
    orders: String,
    decisions: Vec<DecisionLine>,
    owed: Vec<OwedLine>,
    measures: Vec<MeasureLine>,
    new_measure: MeasureForm,
    /// Whether the form of a new measure stands open, with what was typed.
    is_typed: bool,
    demands: Vec<DemandLine>,
    asks: Vec<(&'static str, &'static str)>,
    reports: Vec<SentLine>,
    letters: Vec<LetterLine>,
    events: Vec<EventLine>,
    problem: Option<String>,
}

/// Shows one exposure decision.
pub async fn page(State(state): State<AppState>, person: Person, Path(id): Path<String>) -> Answer {
    let page = Page::new(&person, Tab::Exposures);
    may(&person, &page)?;
    screen(&state, page, &id, None, None).await
}

async fn view(state: &AppState, page: &Page, id: &str) -> Result<ExposureView, Refused> {
    let id = ExposureId::new(id).map_err(|_| Refused::not_found(page))?;
    state.engine.exposure_view(&id).await.map_err(|error| Refused::by(page, error))
}

async fn screen(
    state: &AppState,
    page: Page,
    id: &str,
    problem: Option<String>,
    typed: Option<&Posted>,
) -> Answer {
    let view = view(state, &page, id).await?;
    let logins = logins(state).await.map_err(|error| Refused::by(&page, error))?;
    let code = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let now = state.engine.now();
    let mut shown = exposure_page(page, &view, &logins, problem, now);
    if let Some(posted) = typed {
        keep_typed(&mut shown, posted);
    }
    Ok(render(&shown, code))
}

/// Puts what a person typed of a measure back into its form, so that a refusal loses no words.
fn keep_typed(shown: &mut ExposurePage, posted: &Posted) {
    let number = posted.get("number").parse().ok();
    let form = match posted.get("step") {
        "take_measure" => {
            shown.is_typed = true;
            Some(&mut shown.new_measure)
        }
        "change_measure" => {
            let line = shown.measures.iter_mut().find(|line| Some(line.number) == number);
            line.map(|line| &mut line.form)
        }
        _ => None,
    };
    let Some(form) = form else { return };
    let text = |name: &str| posted.get(name).to_owned();
    for (name, _, is_chosen) in &mut form.kinds {
        *is_chosen = *name == posted.get("kind");
    }
    form.is_program = posted.get("worked") == "program";
    (form.title, form.words) = (text("title"), text("words"));
    (form.from, form.until) = (text("from"), text("until"));
    (form.oversight, form.effect) = (text("oversight"), text("effect"));
    (form.limits, form.rights, form.rules) = (text("limits"), text("rights"), text("rules"));
}

fn exposure_page(
    page: Page,
    view: &ExposureView,
    logins: &BTreeMap<UserId, String>,
    problem: Option<String>,
    now: Timestamp,
) -> ExposurePage {
    let (t, exposure) = (page.t, &view.exposure);
    let owes_report = view.obligations.iter().any(|one| one.is_open && one.id.is_report());
    ExposurePage {
        id: exposure.id.to_string(),
        reference: exposure.decision.reference.clone(),
        service: exposure.service.to_string(),
        authority: exposure.authority.to_string(),
        status: status_words(t, exposure.status()),
        notified: When::new(t, exposure.decision.notified_at, now),
        is_in_force: exposure.withdrawal.is_none(),
        is_under_review: exposure.open_review().is_some(),
        owes_report,
        has_draft: exposure.draft.is_some(),
        orders: order_words(t, &exposure.service, &view.orders),
        decisions: decisions(t, exposure),
        owed: view.obligations.iter().map(|one| owed_line(t, exposure, one, now)).collect(),
        measures: exposure.measures.iter().map(|one| measure_line(t, one)).collect(),
        new_measure: measure_form(t, "new", None),
        is_typed: false,
        demands: demands(t, exposure, now),
        asks: ReviewAsk::ALL.map(|asks| (asks.as_str(), asks_words(t, asks))).to_vec(),
        reports: sent_lines(t, exposure, now),
        letters: view.letters.iter().map(|row| letter_line(t, row, now)).collect(),
        events: events(t, exposure, logins),
        problem,
        page,
    }
}

fn decisions(t: Language, exposure: &Exposure) -> Vec<DecisionLine> {
    let line = |what, one: &Announcement| DecisionLine {
        what,
        reference: one.reference.clone(),
        at: exact(one.notified_at),
        says: one.says.clone(),
    };
    let amendments = exposure.amendments.iter().map(|one| line(t.exposure_amendment(), one));
    let withdrawal = exposure.withdrawal.iter().map(|one| line(t.exposure_withdrawal(), one));
    let first = std::iter::once(line(t.exposure_decision(), &exposure.decision));
    first.chain(amendments).chain(withdrawal).collect()
}

fn owed_line(t: Language, exposure: &Exposure, one: &Obligation, now: Timestamp) -> OwedLine {
    let state = match (one.done_at, one.is_missed) {
        (Some(_), false) => Some(t.exposure_done_in_time()),
        (Some(_), true) => Some(t.exposure_done_late()),
        (None, true) if !one.is_open => Some(t.exposure_missed()),
        (None, _) => None,
    };
    let by = match one.owed_by {
        OwedBy::Service => t.exposure_owed_by_service(),
        OwedBy::Authority => t.exposure_owed_by_authority(),
    };
    let is_ours = one.owed_by == OwedBy::Service;
    OwedLine {
        id: one.id.to_string(),
        words: owed_words(t, one.id),
        by,
        due: Due::new(t, one.due, now),
        state,
        is_bad: one.is_missed,
        can_see: one.is_missed && is_ours && !exposure.seen.contains(&one.id),
    }
}

fn measure_line(t: Language, measure: &SpecificMeasure) -> MeasureLine {
    let terms = &measure.terms;
    let until = terms.until.map_or_else(|| t.measure_no_end().to_owned(), exact);
    MeasureLine {
        number: measure.number,
        title: terms.title.clone(),
        kind: kind_words(t, terms.kind),
        span: t.measure_span(exact(terms.from), until),
        words: terms.words.clone(),
        oversight: match &terms.worked {
            WorkedBy::People => None,
            WorkedBy::Program { oversight } => Some(oversight.clone()),
        },
        effect: terms.effect.clone(),
        limits: terms.limits.clone(),
        rights: terms.rights.clone(),
        rules: rules(terms),
        ended_because: measure.ended_because.clone(),
        form: measure_form(t, &format!("m{}", measure.number), Some(terms)),
    }
}

fn rules(terms: &MeasureTerms) -> String {
    terms.rules.iter().map(RuleName::as_str).collect::<Vec<_>>().join(" ")
}

fn measure_form(t: Language, prefix: &str, terms: Option<&MeasureTerms>) -> MeasureForm {
    let text = |of: fn(&MeasureTerms) -> &String| terms.map(of).cloned().unwrap_or_default();
    let oversight = terms.and_then(|terms| match &terms.worked {
        WorkedBy::People => None,
        WorkedBy::Program { oversight } => Some(oversight.clone()),
    });
    let kind = terms.map(|terms| terms.kind);
    let kinds = MeasureKind::ALL.map(|one| (one.as_str(), kind_words(t, one), kind == Some(one)));
    MeasureForm {
        prefix: prefix.to_owned(),
        title: text(|terms| &terms.title),
        words: text(|terms| &terms.words),
        kinds: kinds.to_vec(),
        from: terms.map(|terms| terms.from.to_string()).unwrap_or_default(),
        until: terms.and_then(|terms| terms.until).map(|at| at.to_string()).unwrap_or_default(),
        is_program: oversight.is_some(),
        oversight: oversight.unwrap_or_default(),
        effect: text(|terms| &terms.effect),
        limits: text(|terms| &terms.limits),
        rights: text(|terms| &terms.rights),
        rules: terms.map(rules).unwrap_or_default(),
    }
}

fn demands(t: Language, exposure: &Exposure, now: Timestamp) -> Vec<DemandLine> {
    let line = |demand: &review::exposures::Demand| DemandLine {
        number: demand.number,
        says: format!("{}: {}", demand.decision.reference, demand.decision.says),
        due: Due::new(t, demand.due, now),
        state: match (demand.met_at, demand.lifted_at) {
            (Some(_), _) => Some(t.exposure_demand_met()),
            (None, Some(_)) => Some(t.exposure_lifted()),
            (None, None) => None,
        },
    };
    exposure.demands.iter().map(line).collect()
}

fn sent_lines(t: Language, exposure: &Exposure, now: Timestamp) -> Vec<SentLine> {
    let line = |report: &review::exposures::SentReport| SentLine {
        number: report.number,
        words: owed_words(t, report.answers),
        sent: When::new(t, report.sent_at, now),
        sha256: report.sha256.clone(),
    };
    exposure.reports.iter().map(line).collect()
}

fn events(t: Language, exposure: &Exposure, logins: &BTreeMap<UserId, String>) -> Vec<EventLine> {
    let line = |event: &review::exposures::ExposureEvent| EventLine {
        words: event_words(t, event.kind),
        about: match event.about.parse() {
            Ok(id) => owed_words(t, id),
            Err(_) => event.about.clone(),
        },
        by: event.by.as_ref().map(|by| login(logins, by)),
        note: event.note.clone(),
        at: exact(event.at),
    };
    exposure.events.iter().rev().map(line).collect()
}

/// Takes a step on an exposure decision.
pub async fn step(State(state): State<AppState>, Path(id): Path<String>, posted: Posted) -> Answer {
    let mut page = Page::new(&posted.person, Tab::Exposures);
    let is_report = matches!(posted.get("step"), "draft" | "write" | "send");
    let back = if is_report { "/report" } else { "" };
    page.here = format!("/exposures/{id}{back}?");
    may(&posted.person, &page)?;
    let exposure_id = ExposureId::new(id.clone()).map_err(|_| Refused::not_found(&page))?;
    let again = async |page, problem| match back {
        "" => screen(&state, page, &id, Some(problem), Some(&posted)).await,
        _ => draft_screen(&state, page, &id, Some(problem)).await,
    };
    let one = match read_step(&posted) {
        Ok(one) => one,
        Err(problem) => return again(page, problem).await,
    };
    let to = match one {
        ExposureStep::Draft { .. } | ExposureStep::Write { .. } => "/report",
        _ => "",
    };
    let (user, origin) = (posted.person.id(), posted.person.origin());
    match state.engine.step_on_exposure(&exposure_id, one, user, &origin).await {
        Ok(_) => Ok(Redirect::to(&format!("/exposures/{id}{to}?done=order-step")).into_response()),
        Err(error) => match told(page.t, &error) {
            Some(problem) => again(page, problem).await,
            None => Err(Refused::by(&page, error)),
        },
    }
}

fn read_step(posted: &Posted) -> Result<ExposureStep, String> {
    let text = |name: &str| posted.get(name).trim().to_owned();
    let number = || text("number").parse::<u32>().map_err(|error| format!("number: {error}"));
    Ok(match posted.get("step") {
        "take_measure" => ExposureStep::TakeMeasure { measure: read_measure(posted)? },
        "change_measure" => ExposureStep::ChangeMeasure {
            number: number()?,
            measure: read_measure(posted)?,
            reason: text("reason"),
        },
        "end_measure" => ExposureStep::EndMeasure {
            number: number()?,
            at: maybe_time("at", posted)?,
            reason: text("reason"),
        },
        "demand" => {
            ExposureStep::Demand { decision: announcement(posted)?, due: time("due", posted)? }
        }
        "meet_demand" => ExposureStep::MeetDemand { number: number()?, reason: text("reason") },
        "ask_review" => ExposureStep::AskReview {
            asks: ReviewAsk::parse(posted.get("asks")).ok_or("asks: choose what is asked for")?,
            reason: text("reason"),
            at: maybe_time("at", posted)?,
        },
        "uphold" => ExposureStep::Uphold { decision: announcement(posted)? },
        "amend" => {
            let lifts = text("lifts");
            let lifts = lifts.split_whitespace().map(str::parse).collect::<Result<_, _>>();
            ExposureStep::Amend {
                decision: announcement(posted)?,
                lifts: lifts.map_err(|error| format!("lifts: {error}"))?,
            }
        }
        "withdraw" => ExposureStep::Withdraw { decision: announcement(posted)? },
        "draft" => ExposureStep::Draft { answers: None },
        "write" => ExposureStep::Write { done: text("done"), intended: text("intended") },
        "send" => ExposureStep::Send {
            sha256: text("sha256"),
            handed_over: match posted.get("handed_over") {
                "letter" => HandedOver::Letter,
                _ => HandedOver::Person { how: text("how") },
            },
        },
        "see_miss" => ExposureStep::SeeMiss {
            obligation: text("obligation").parse().map_err(|error| format!("{error}"))?,
            reason: text("reason"),
        },
        other => return Err(format!("`{other}` is no step")),
    })
}

fn read_measure(posted: &Posted) -> Result<MeasureTerms, String> {
    let text = |name: &str| posted.get(name).trim().to_owned();
    let rules = text("rules");
    let rules = rules.split_whitespace().map(RuleName::new).collect::<Result<_, _>>();
    Ok(MeasureTerms {
        title: text("title"),
        words: text("words"),
        kind: MeasureKind::parse(posted.get("kind")).ok_or("kind: choose one of the list")?,
        from: time("from", posted)?,
        until: maybe_time("until", posted)?,
        worked: match posted.get("worked") {
            "program" => WorkedBy::Program { oversight: text("oversight") },
            _ => WorkedBy::People,
        },
        effect: text("effect"),
        limits: text("limits"),
        rights: text("rights"),
        rules: rules.map_err(|error| format!("rules: {error}"))?,
    })
}

#[derive(Template)]
#[template(path = "exposure_report.html")]
struct ReportPage {
    page: Page,
    id: String,
    number: u32,
    answers: String,
    period: String,
    sha256: String,
    is_draft: bool,
    records: String,
    measures: Vec<MeasureLine>,
    intended: Vec<MeasureLine>,
    report: MeasuresReport,
    problem: Option<String>,
}

fn report_page(
    page: Page,
    text: ReportText,
    is_draft: bool,
    problem: Option<String>,
) -> ReportPage {
    let (t, report) = (page.t, text.report);
    let lines = |of: &[SpecificMeasure]| of.iter().map(|one| measure_line(t, one)).collect();
    ReportPage {
        id: report.exposure.to_string(),
        number: report.number,
        answers: owed_words(t, report.answers),
        period: t.report_period(exact(report.from), exact(report.to)),
        sha256: text.sha256,
        is_draft,
        records: t.report_records(report.figures.records, isolate(&report.figures.hash)),
        measures: lines(&report.measures),
        intended: lines(&report.measures_intended),
        report,
        problem,
        page,
    }
}

/// Shows the report that is being written.
pub async fn draft(
    State(state): State<AppState>,
    person: Person,
    Path(id): Path<String>,
) -> Answer {
    let page = Page::new(&person, Tab::Exposures);
    may(&person, &page)?;
    draft_screen(&state, page, &id, None).await
}

async fn draft_screen(state: &AppState, page: Page, id: &str, problem: Option<String>) -> Answer {
    let view = view(state, &page, id).await?;
    let Some(text) = view.draft else { return screen(state, page, id, problem, None).await };
    let code = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(render(&report_page(page, text, true, problem), code))
}

async fn sent(
    state: &AppState,
    page: &Page,
    id: &str,
    number: &str,
) -> Result<ReportText, Refused> {
    let id = ExposureId::new(id).map_err(|_| Refused::not_found(page))?;
    let number = number.parse().map_err(|_| Refused::not_found(page))?;
    state.engine.measures_report(&id, number).await.map_err(|error| Refused::by(page, error))
}

/// Shows a report that was sent.
pub async fn report(
    State(state): State<AppState>,
    person: Person,
    Path((id, number)): Path<(String, String)>,
) -> Answer {
    let page = Page::new(&person, Tab::Exposures);
    may(&person, &page)?;
    let text = sent(&state, &page, &id, &number).await?;
    Ok(render(&report_page(page, text, false, None), StatusCode::OK))
}

/// Gives a report as the bytes that were sent.
pub async fn report_json(
    State(state): State<AppState>,
    person: Person,
    Path((id, number)): Path<(String, String)>,
) -> Answer {
    let page = Page::new(&person, Tab::Exposures);
    may(&person, &page)?;
    let text = sent(&state, &page, &id, &number).await?;
    let name = format!("attachment; filename=\"measures-report-{}.json\"", text.report.number);
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, text.json).into_response())
}

/// Looks for what exposure decisions ask for soon, for a lead or somebody on duty.
///
/// # Errors
/// Where the store fails.
pub async fn owed(state: &AppState, person: &Person) -> Result<Option<Pressing>, Error> {
    if !person.is_lead() && !person.is_on_duty {
        return Ok(None);
    }
    let pressing = state.engine.pressing_exposures().await?;
    let Some((exposure, first)) = pressing.first() else { return Ok(None) };
    let (t, now) = (person.visitor.language, state.engine.now());
    Ok(Some(Pressing {
        label: t.exposures(),
        to: format!("/exposures/{}", exposure.id),
        words: t.pressing_exposures(pressing.len(), owed_words(t, first.id)),
        due: Some(Due::new(t, first.due, now)),
        is_late: first.is_missed,
    }))
}
