//! Appeals: those that wait, and the page on which somebody else than before hears one.

use super::case::{login, logins};
use super::case_form::{CHOICES, Filled, Incomplete, purpose_words};
use super::case_screen::{about, action_words};
use super::page::{Answer, Page, Refused, Tab, ViewLink, refusal, render};
use super::text::Language;
use super::visit::{Person, Posted};
use super::when::{Due, When};
use crate::public::ground_words;
use crate::state::AppState;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use engine::{EntriesAre, Error, HearingInput, HearingView, PolicyRow};
use law::redress::Phrase;
use model::{
    Appeal, AppealId, AppealOutcome, AppealStatus, Appellant, Decider, ProtectedPurpose, Timestamp,
    UserId, limits,
};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What the address asks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    status: String,
}

struct Line {
    id: String,
    service: String,
    by: &'static str,
    ground: &'static str,
    language: String,
    at: When,
    due: Option<Due>,
    outcome: &'static str,
}

#[derive(Template)]
#[template(path = "appeals.html")]
struct AppealsPage {
    page: Page,
    states: Vec<ViewLink>,
    lines: Vec<Line>,
}

/// The states, in the order of the page.
const STATES: [&str; 3] = ["open", "answered", "refused"];

/// Shows the appeals in one state.
pub async fn list(
    State(state): State<AppState>,
    person: Person,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let page = Page::new(&person, Tab::Appeals);
    let wanted = STATES.into_iter().find(|one| *one == wanted.status).unwrap_or("open");
    let appeals = state.engine.appeals(wanted, limits::PAGE_ROWS).await;
    let appeals = appeals.map_err(|error| Refused::by(&page, error))?;
    Ok(render(&appeals_page(page, wanted, &appeals, state.engine.now()), StatusCode::OK))
}

fn appeals_page(page: Page, wanted: &str, appeals: &[Appeal], now: Timestamp) -> AppealsPage {
    let t = page.t;
    let words = |name| match name {
        "answered" => t.appeals_answered(),
        "refused" => t.appeals_refused(),
        _ => t.appeals_open(),
    };
    let link =
        |name: &'static str| ViewLink { name, words: words(name), is_current: name == wanted };
    let states = STATES.into_iter().map(link).collect();
    let lines = appeals.iter().map(|appeal| line(t, appeal, now)).collect();
    AppealsPage { page, states, lines }
}

fn line(t: Language, appeal: &Appeal, now: Timestamp) -> Line {
    let is_open = appeal.status == AppealStatus::Open;
    Line {
        id: appeal.id.to_string(),
        service: appeal.service.to_string(),
        by: by_words(t, &appeal.by),
        ground: ground_words(t, appeal.ground),
        language: appeal.content_language.clone().unwrap_or_else(|| "–".to_owned()),
        at: When::new(t, appeal.at, now),
        due: is_open.then(|| Due::new(t, appeal.due_at, now)),
        outcome: status_words(t, &appeal.status),
    }
}

fn by_words(t: Language, by: &Appellant) -> &'static str {
    match by {
        Appellant::Affected => t.appeal_by_affected(),
        Appellant::Notifier(_) => t.appeal_by_notifier(),
    }
}

fn status_words(t: Language, status: &AppealStatus) -> &'static str {
    match status {
        AppealStatus::Open => t.appeals_open(),
        AppealStatus::Refused(because) => Phrase::of_refusal(*because).words(t.tag()),
        AppealStatus::Answered(answer) => outcome_words(t, answer.outcome),
    }
}

fn outcome_words(t: Language, outcome: AppealOutcome) -> &'static str {
    match outcome {
        AppealOutcome::Upheld => t.outcome_upheld(),
        AppealOutcome::Reversed => t.outcome_reversed(),
        AppealOutcome::Partly => t.outcome_partly(),
    }
}

/// A choice of the form.
struct Choice {
    value: &'static str,
    words: &'static str,
    is_chosen: bool,
}

/// What somebody filled in.
#[derive(Debug, Clone, Default)]
struct Kept {
    outcome: String,
    entries: String,
    filled: Filled,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "appeal.html")]
struct AppealPage {
    page: Page,
    appeal: Appeal,
    case: String,
    subject: (&'static str, String),
    line: Line,
    decided_by: String,
    decided_at: When,
    measure: &'static str,
    decision_reason: String,
    is_involved: bool,
    is_open: bool,
    answered_by: String,
    outcomes: Vec<Choice>,
    choices: Vec<Choice>,
    purposes: Vec<Choice>,
    entries: Vec<String>,
    policies: Vec<(String, bool)>,
    kept: Kept,
}

/// Shows an appeal; the look at it is not a look at content, which is on the page of the case.
pub async fn page(State(state): State<AppState>, person: Person, Path(id): Path<String>) -> Answer {
    show(&state, &person, &id, Kept::default()).await
}

async fn show(state: &AppState, person: &Person, id: &str, kept: Kept) -> Answer {
    let page = Page::new(person, Tab::Appeals);
    let id = AppealId::new(id).map_err(|_| Refused::not_found(&page))?;
    let refused = |error| Refused::by(&page, error);
    let view = state.engine.hearing(&id, person.id()).await.map_err(refused)?;
    let policies = state.engine.policies().await.map_err(refused)?;
    let logins = logins(state).await.map_err(refused)?;
    let status = match kept.problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let shown = appeal_page(page, view, (&policies, &logins), kept, state.engine.now());
    Ok(render(&shown, status))
}

fn appeal_page(
    page: Page,
    view: HearingView,
    (policies, logins): (&[PolicyRow], &BTreeMap<UserId, String>),
    kept: Kept,
    now: Timestamp,
) -> AppealPage {
    let t = page.t;
    let HearingView { appeal, decision, case, is_involved, entries } = view;
    let name = |user: &UserId| login(logins, user);
    let policy = match kept.filled.policy.as_str() {
        "" => decision.policy.as_str(),
        chosen => chosen,
    };
    AppealPage {
        case: case.id.to_string(),
        subject: about(t, &case.subject),
        line: line(t, &appeal, now),
        decided_by: match &decision.by {
            Decider::Reviewer(user) => name(user),
            Decider::Rule(rule) => t.decided_by_rule(rule),
        },
        decided_at: When::new(t, decision.at, now),
        measure: decision
            .action
            .map_or(Phrase::Nothing.words(t.tag()), |kind| action_words(t, kind)),
        decision_reason: decision.reason.clone(),
        is_involved,
        is_open: appeal.status == AppealStatus::Open,
        answered_by: match &appeal.status {
            AppealStatus::Answered(answer) => name(&answer.by),
            AppealStatus::Open | AppealStatus::Refused(_) => String::new(),
        },
        outcomes: outcomes(t, &kept.outcome),
        choices: choices(t, &kept.filled.choice),
        purposes: purposes(t, &kept.filled.purpose),
        entries: entries.iter().map(|entry| format!("{}: {}", entry.bank, entry.value)).collect(),
        policies: policies.iter().map(|row| (row.id.clone(), row.id == policy)).collect(),
        kept,
        appeal,
        page,
    }
}

fn outcomes(t: Language, chosen: &str) -> Vec<Choice> {
    let choice = |outcome: AppealOutcome| Choice {
        value: outcome.as_str(),
        words: outcome_words(t, outcome),
        is_chosen: outcome.as_str() == chosen,
    };
    AppealOutcome::ALL.into_iter().map(choice).collect()
}

fn choices(t: Language, chosen: &str) -> Vec<Choice> {
    let with_action = CHOICES.iter().filter(|choice| choice.action.is_some());
    let row = |choice: &super::case_form::Choice| Choice {
        value: choice.value,
        words: (choice.words)(t),
        is_chosen: choice.value == chosen,
    };
    with_action.map(row).collect()
}

fn purposes(t: Language, chosen: &str) -> Vec<Choice> {
    let choice = |purpose: ProtectedPurpose| Choice {
        value: purpose.as_str(),
        words: purpose_words(t, purpose),
        is_chosen: purpose.as_str() == chosen,
    };
    ProtectedPurpose::ALL.into_iter().map(choice).collect()
}

/// Answers an appeal; what the desk refuses is shown with everything that was filled in.
pub async fn hear(State(state): State<AppState>, Path(id): Path<String>, posted: Posted) -> Answer {
    let page = Page::new(&posted.person, Tab::Appeals);
    let mut kept = Kept {
        outcome: posted.get("outcome").to_owned(),
        entries: posted.get("entries").to_owned(),
        filled: Filled::sent(|name| posted.get(name)),
        problem: None,
    };
    let appeal = AppealId::new(id.as_str()).map_err(|_| Refused::not_found(&page))?;
    let input = match hearing(page.t, &kept) {
        Ok(input) => input,
        Err(problem) => {
            kept.problem = Some(problem.to_owned());
            return show(&state, &posted.person, &id, kept).await;
        }
    };
    let (person, origin) = (posted.person.id(), posted.person.origin());
    match state.engine.hear(&appeal, &input, person, &origin).await {
        Ok(_) => Ok(Redirect::to(&format!("/appeals/{appeal}?done=heard")).into_response()),
        Err(error @ (Error::Review(_) | Error::Invalid { .. } | Error::Contended)) => {
            kept.problem = Some(refusal(page.t, &error));
            show(&state, &posted.person, &id, kept).await
        }
        Err(error) => Err(Refused::by(&page, error)),
    }
}

fn hearing(t: Language, kept: &Kept) -> Result<HearingInput, &'static str> {
    let outcome = AppealOutcome::parse(&kept.outcome).ok_or_else(|| t.choose_outcome())?;
    let instead = match (outcome, kept.filled.choice.as_str()) {
        (AppealOutcome::Upheld, _) | (AppealOutcome::Reversed, "") => None,
        (AppealOutcome::Reversed | AppealOutcome::Partly, _) => {
            let decision = kept.filled.decision().map_err(|incomplete| match incomplete {
                Incomplete::Choice => t.choose_instead(),
                Incomplete::Policy => t.choose_policy(),
            })?;
            Some(decision)
        }
    };
    Ok(HearingInput {
        outcome,
        reason: kept.filled.reason.clone(),
        protected_purpose: ProtectedPurpose::parse(&kept.filled.purpose),
        entries: match kept.entries.as_str() {
            "right" => EntriesAre::Right,
            _ => EntriesAre::Wrong,
        },
        instead,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::page::tests::frame;
    use super::*;
    use model::{AppealBasis, AppealGround, AppealRefusal, CaseId, DecisionId, ServiceId};

    fn appeal(status: AppealStatus) -> Appeal {
        let at = Timestamp::parse("2026-11-22T12:00:00Z").unwrap();
        Appeal {
            id: AppealId::new("appeal_1").unwrap(),
            service: ServiceId::new("forum").unwrap(),
            case: CaseId::new("case_1").unwrap(),
            decision: DecisionId::new("decision_1").unwrap(),
            by: Appellant::Affected,
            ground: AppealGround::ProtectedPurpose,
            reason: "It <is> news.".to_owned(),
            email: None,
            language: "en".to_owned(),
            content_language: Some("ar".to_owned()),
            basis: AppealBasis::Dsa20,
            at,
            due_at: at.plus_seconds(3_600),
            status,
            revision: 0,
        }
    }

    fn shown(t: Language, appeals: &[Appeal], hours: i64) -> String {
        let now = Timestamp::parse("2026-11-22T12:00:00Z").unwrap().plus_seconds(hours * 3_600);
        appeals_page(frame(t, Tab::Appeals), "open", appeals, now).render().unwrap()
    }

    #[test]
    fn the_list_says_what_waits_and_what_is_late() {
        let open = [appeal(AppealStatus::Open)];
        assert!(!shown(Language::English, &open, 0).contains("chip late"));
        let late = shown(Language::English, &open, 3);
        assert!(late.contains("chip late") && late.contains("/appeals/appeal_1"));
        assert!(shown(Language::English, &[], 0).contains("No appeals"));
        let refused = [appeal(AppealStatus::Refused(AppealRefusal::Late))];
        assert!(shown(Language::Arabic, &refused, 0).contains("انقضت مهلة"));
    }

    #[test]
    fn a_form_is_an_answer_or_says_what_is_missing() {
        let kept = |outcome: &str, choice: &str, policy: &str| {
            let (choice, policy) = (choice.to_owned(), policy.to_owned());
            let filled = Filled { choice, policy, ..Filled::default() };
            Kept { outcome: outcome.to_owned(), filled, ..Kept::default() }
        };
        for (outcome, choice, policy, is_right) in [
            ("", "", "default", false),
            ("upheld", "", "default", true),
            ("reversed", "", "default", true),
            ("partly", "", "default", false),
            ("partly", "restrict", "", false),
            ("partly", "restrict", "default", true),
        ] {
            let read = hearing(Language::English, &kept(outcome, choice, policy));
            assert_eq!(read.is_ok(), is_right, "{outcome} {choice} {policy}");
        }
        let upheld = hearing(Language::English, &kept("upheld", "restrict", "default")).unwrap();
        assert_eq!(upheld.instead, None, "an upheld decision is not replaced");
    }
}
