//! The desk of threats: reporting one from a case, the list, and one report with everything that
//! can be done with it.

use super::case::{login, logins};
use super::form_fields::{FieldLine, field_lines, read_form};
use super::orders::{EventLine, LetterLine, letter_line};
use super::page::{Answer, Page, Refused, Tab, ViewLink, refusal, render};
use super::text::Language;
use super::visit::{Person, Posted};
use super::when::{When, exact};
use crate::state::AppState;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use engine::{Error, ThreatAct, ThreatInput, ThreatView};
use law::form::Filled;
use law::threat::Because;
use model::{CaseId, ThreatId, Timestamp, UserId, limits};
use review::threats::{Recipient, Threat, ThreatEvent, ThreatEventKind, ThreatKind, ThreatStatus};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What the address asks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    status: String,
    kind: String,
}

struct Line {
    id: String,
    kind: &'static str,
    status: &'static str,
    is_open: bool,
    raised: When,
    by: String,
    untold: usize,
}

#[derive(Template)]
#[template(path = "threats.html")]
struct ThreatsPage {
    page: Page,
    statuses: Vec<ViewLink>,
    lines: Vec<Line>,
}

/// Shows the reports.
pub async fn list(
    State(state): State<AppState>,
    person: Person,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let page = Page::new(&person, Tab::Orders);
    let failed = |error| Refused::by(&page, error);
    let chosen = ThreatStatus::parse(&wanted.status);
    let threats = state.engine.threats(chosen, limits::PAGE_ROWS).await.map_err(failed)?;
    let logins = logins(&state).await.map_err(failed)?;
    let (t, now) = (page.t, state.engine.now());
    let all = ViewLink { name: "", words: t.all_orders(), is_current: chosen.is_none() };
    let link = |status: ThreatStatus| ViewLink {
        name: status.as_str(),
        words: status_words(t, status),
        is_current: chosen == Some(status),
    };
    let line = |threat: &Threat| Line {
        id: threat.id.to_string(),
        kind: kind_words(t, threat.kind),
        status: status_words(t, threat.status),
        is_open: threat.is_open(),
        raised: When::new(t, threat.raised_at, now),
        by: login(&logins, &threat.raised_by),
        untold: threat.untold().count(),
    };
    let shown = ThreatsPage {
        statuses: std::iter::once(all).chain(ThreatStatus::ALL.map(link)).collect(),
        lines: threats.iter().map(line).collect(),
        page,
    };
    Ok(render(&shown, StatusCode::OK))
}

pub(super) fn kind_words(t: Language, kind: ThreatKind) -> &'static str {
    match kind {
        ThreatKind::Life => t.threat_kind_life(),
        ThreatKind::Staff => t.threat_kind_staff(),
    }
}

pub(super) fn status_words(t: Language, status: ThreatStatus) -> &'static str {
    match status {
        ThreatStatus::Raised => t.threat_status_raised(),
        ThreatStatus::Sent => t.threat_status_sent(),
        ThreatStatus::Delivered => t.threat_status_delivered(),
        ThreatStatus::Dismissed => t.threat_status_dismissed(),
    }
}

#[derive(Template)]
#[template(path = "threat_new.html")]
struct NewPage {
    page: Page,
    case: String,
    kind: &'static str,
    kinds: Vec<ViewLink>,
    law: &'static str,
    asked: Vec<FieldLine>,
    known: Vec<FieldLine>,
    problem: Option<String>,
}

/// Shows the form on which a threat is reported from a case.
pub async fn new(
    State(state): State<AppState>,
    person: Person,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let mut page = Page::new(&person, Tab::None);
    let case = CaseId::new(id).map_err(|_| Refused::not_found(&page))?;
    let kind = ThreatKind::parse(&wanted.kind).unwrap_or(ThreatKind::Life);
    page.here = format!("/cases/{case}/threat?kind={}&", kind.as_str());
    let filled = state.engine.threat_form(&case, &person.actor()).await;
    let filled = filled.map_err(|error| Refused::by(&page, error))?;
    Ok(render(&new_page(page, &case, kind, &filled, None), StatusCode::OK))
}

fn new_page(
    page: Page,
    case: &CaseId,
    kind: ThreatKind,
    filled: &Filled,
    problem: Option<String>,
) -> NewPage {
    let t = page.t;
    let link = |one: ThreatKind| ViewLink {
        name: one.as_str(),
        words: kind_words(t, one),
        is_current: one == kind,
    };
    let lines = field_lines(t, kind.form(), filled, &[]);
    let (asked, known) = lines.into_iter().partition(|line| line.section == "B");
    NewPage {
        case: case.to_string(),
        kind: kind.as_str(),
        kinds: ThreatKind::ALL.map(link).into(),
        law: match kind {
            ThreatKind::Life => t.threat_law_life(),
            ThreatKind::Staff => t.threat_law_staff(),
        },
        asked,
        known,
        problem,
        page,
    }
}

/// Takes a report.
pub async fn raise(
    State(state): State<AppState>,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let mut page = Page::new(&posted.person, Tab::None);
    let case = CaseId::new(id).map_err(|_| Refused::not_found(&page))?;
    let kind = ThreatKind::parse(posted.get("kind")).unwrap_or(ThreatKind::Life);
    page.here = format!("/cases/{case}/threat?kind={}&", kind.as_str());
    let form = read_form(kind.form(), &posted);
    let input = ThreatInput { kind, form };
    let (user, origin) = (posted.person.id(), posted.person.origin());
    match state.engine.raise_threat(&case, &input, user, &origin).await {
        Ok(threat) => {
            let to = format!("/threats/{}?done=threat-raised", threat.id);
            Ok(Redirect::to(&to).into_response())
        }
        Err(error @ Error::Invalid { .. }) => {
            let shown = new_page(page, &case, kind, &input.form, Some(error.to_string()));
            Ok(render(&shown, StatusCode::UNPROCESSABLE_ENTITY))
        }
        Err(error) => Err(Refused::by(&page, error)),
    }
}

struct RecipientLine {
    place: usize,
    name: String,
    state: String,
    because: &'static str,
    /// The address, where it is another than the name.
    address: Option<String>,
    has_address: bool,
    phone: String,
    told: Option<When>,
    by_hand: String,
}

#[derive(Template)]
#[template(path = "threat.html")]
struct ThreatPage {
    page: Page,
    id: String,
    case: String,
    kind: &'static str,
    status: &'static str,
    is_open: bool,
    raised: When,
    raised_by: String,
    confirmed_by: Option<String>,
    is_raised: bool,
    is_dismissed: bool,
    is_out: bool,
    is_own: bool,
    preservation: Option<String>,
    recipients: Vec<RecipientLine>,
    fields: Vec<FieldLine>,
    problem: Option<String>,
    letters: Vec<LetterLine>,
    events: Vec<EventLine>,
}

/// Shows one report.
pub async fn page(State(state): State<AppState>, person: Person, Path(id): Path<String>) -> Answer {
    let page = Page::new(&person, Tab::Orders);
    screen(&state, page, &person, &id, None).await
}

async fn screen(
    state: &AppState,
    page: Page,
    person: &Person,
    id: &str,
    problem: Option<String>,
) -> Answer {
    let id = ThreatId::new(id).map_err(|_| Refused::not_found(&page))?;
    let view = state.engine.threat_view(&id, &person.actor()).await;
    let view = view.map_err(|error| Refused::by(&page, error))?;
    let logins = logins(state).await.map_err(|error| Refused::by(&page, error))?;
    let is_refused = problem.is_some();
    let status = if is_refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let now = state.engine.now();
    Ok(render(&threat_page(page, &view, person.id(), &logins, problem, now), status))
}

fn threat_page(
    page: Page,
    view: &ThreatView,
    me: &UserId,
    logins: &BTreeMap<UserId, String>,
    problem: Option<String>,
    now: Timestamp,
) -> ThreatPage {
    let (t, threat) = (page.t, &view.threat);
    let recipients = threat.recipients.iter().enumerate();
    ThreatPage {
        id: threat.id.to_string(),
        case: threat.case.to_string(),
        kind: kind_words(t, threat.kind),
        status: status_words(t, threat.status),
        is_open: threat.is_open(),
        raised: When::new(t, threat.raised_at, now),
        raised_by: login(logins, &threat.raised_by),
        confirmed_by: threat.confirmed_by.as_ref().map(|user| login(logins, user)),
        is_raised: threat.status == ThreatStatus::Raised,
        is_dismissed: threat.status == ThreatStatus::Dismissed,
        is_out: matches!(threat.status, ThreatStatus::Sent | ThreatStatus::Delivered),
        is_own: threat.raised_by == *me,
        preservation: threat.preservation.as_ref().map(ToString::to_string),
        recipients: recipients.map(|(place, one)| recipient(t, place, one, now)).collect(),
        fields: field_lines(t, threat.kind.form(), &threat.form, &threat.problems),
        problem,
        letters: view.letters.iter().map(|row| letter_line(t, row, now)).collect(),
        events: threat.events.iter().rev().map(|event| event_line(t, event, logins)).collect(),
        page,
    }
}

fn recipient(t: Language, place: usize, one: &Recipient, now: Timestamp) -> RecipientLine {
    RecipientLine {
        place,
        name: one.name.clone(),
        state: one.state.clone(),
        because: match one.because {
            Because::Concerned => t.threat_because_concerned(),
            Because::Establishment => t.threat_because_establishment(),
            Because::Europol => t.threat_because_europol(),
            Because::Own => t.threat_because_own(),
            Because::Beside => t.threat_because_beside(),
        },
        address: one.address.clone().filter(|address| *address != one.name),
        has_address: one.address.is_some(),
        phone: one.phone.clone(),
        told: one.told_at.map(|at| When::new(t, at, now)),
        by_hand: one.by_hand.clone(),
    }
}

fn event_line(t: Language, event: &ThreatEvent, logins: &BTreeMap<UserId, String>) -> EventLine {
    EventLine {
        words: match event.kind {
            ThreatEventKind::Raised => t.threat_event_raised(),
            ThreatEventKind::Corrected => t.threat_event_corrected(),
            ThreatEventKind::Confirmed => t.threat_event_confirmed(),
            ThreatEventKind::Dismissed => t.threat_event_dismissed(),
            ThreatEventKind::Told => t.threat_event_told(),
            ThreatEventKind::Delivered => t.threat_event_delivered(),
            ThreatEventKind::Acknowledged => t.threat_event_acknowledged(),
            ThreatEventKind::Alerted => t.threat_event_alerted(),
        },
        by: event.by.as_ref().map(|by| login(logins, by)),
        note: event.note.clone(),
        at: exact(event.at),
    }
}

/// Takes a step on a report.
pub async fn act(State(state): State<AppState>, Path(id): Path<String>, posted: Posted) -> Answer {
    let mut page = Page::new(&posted.person, Tab::Orders);
    page.here = format!("/threats/{id}?");
    let threat_id = ThreatId::new(id.clone()).map_err(|_| Refused::not_found(&page))?;
    let threat = state.engine.threat(&threat_id).await;
    let threat = threat.map_err(|error| Refused::by(&page, error))?;
    let user = posted.person.id();
    let act = match read_act(&threat, &posted) {
        Ok(act) => act,
        Err(problem) => return screen(&state, page, &posted.person, &id, Some(problem)).await,
    };
    let origin = posted.person.origin();
    match state.engine.act_on_threat(&threat_id, &act, user, &origin).await {
        Ok(_) => Ok(Redirect::to(&format!("/threats/{id}?done=threat-step")).into_response()),
        Err(error @ (Error::Threat(_) | Error::Invalid { .. } | Error::Contended)) => {
            let problem = refusal(page.t, &error);
            screen(&state, page, &posted.person, &id, Some(problem)).await
        }
        Err(error) => Err(Refused::by(&page, error)),
    }
}

fn read_act(threat: &Threat, posted: &Posted) -> Result<ThreatAct, String> {
    let text = |name: &str| posted.get(name).trim().to_owned();
    Ok(match posted.get("act") {
        "correct" => ThreatAct::Correct { form: read_form(threat.kind.form(), posted) },
        "confirm" => ThreatAct::Confirm,
        "dismiss" => ThreatAct::Dismiss { reason: text("reason") },
        "told" => {
            let place = text("place").parse::<usize>().map_err(|error| error.to_string())?;
            ThreatAct::Told { place, note: text("note") }
        }
        "told_beside" => ThreatAct::ToldBeside { name: text("name"), note: text("note") },
        "acknowledge" => ThreatAct::Acknowledge { note: text("note") },
        other => return Err(format!("`{other}` is no step")),
    })
}
