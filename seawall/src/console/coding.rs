//! The coding desk of a census: one account after the other, blind; and settling differences.

use super::page::{Answer, Page, Refused, Tab, refusal, render};
use super::studies::study_id;
use super::visit::{Analyst, Person, Posted};
use crate::state::AppState;
use crate::studies::ShownCard;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use engine::{CodingDesk, Error};
use model::{CodeAnswer, CodeRound, StudyId};

#[derive(Template)]
#[template(path = "study_coding.html")]
struct CodingPage {
    page: Page,
    study: String,
    desk: Desk,
    problem: Option<String>,
}

/// What waits, in words.
enum Desk {
    NoSample,
    Task { pseudonym: String, definition: String, card: ShownCard, done: usize, total: usize },
    Done { done: usize, total: usize },
}

/// Shows the next account that waits for this person.
pub async fn page(State(state): State<AppState>, person: Person, Path(id): Path<String>) -> Answer {
    let page = Page::new(&person, Tab::Studies);
    let id = study_id(&page, &id)?;
    desk(&state, page, &person, &id, None).await
}

async fn desk(
    state: &AppState,
    page: Page,
    person: &Person,
    id: &StudyId,
    problem: Option<String>,
) -> Answer {
    let desk = state.engine.coding_desk(id, person.id()).await;
    let desk = desk.map_err(|error| Refused::by(&page, error))?;
    let desk = match desk {
        CodingDesk::NoSample => Desk::NoSample,
        CodingDesk::Done { done, total } => Desk::Done { done, total },
        CodingDesk::Task { task, done, total } => Desk::Task {
            card: ShownCard::of(page.t, &task.card),
            pseudonym: task.pseudonym,
            definition: task.definition,
            done,
            total,
        },
    };
    let status = match problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    Ok(render(&CodingPage { study: id.to_string(), desk, problem, page }, status))
}

/// Keeps an answer and goes on to the next account.
pub async fn code(State(state): State<AppState>, Path(id): Path<String>, posted: Posted) -> Answer {
    let mut page = Page::new(&posted.person, Tab::Studies);
    page.here = format!("/studies/{id}/coding?");
    let study = study_id(&page, &id)?;
    match keep(&state, &study, &posted, CodeRound::Blind).await {
        Ok(()) => Ok(Redirect::to(&format!("/studies/{id}/coding?done=coded")).into_response()),
        Err(error @ Error::Invalid { .. }) => {
            let problem = Some(refusal(page.t, &error));
            desk(&state, page, &posted.person, &study, problem).await
        }
        Err(error) => Err(Refused::by(&page, error)),
    }
}

async fn keep(
    state: &AppState,
    study: &StudyId,
    posted: &Posted,
    round: CodeRound,
) -> Result<(), Error> {
    let answer = CodeAnswer::parse(posted.get("answer")).ok_or_else(|| Error::Invalid {
        place: "answer".to_owned(),
        problem: "choose one of the three".to_owned(),
    })?;
    let (account, coder) = (posted.get("account"), posted.person.id());
    state.engine.code_account(study, account, answer, round, coder).await
}

/// An account whose answers differ, with what was said.
struct Open {
    pseudonym: String,
    answers: Vec<&'static str>,
    card: ShownCard,
}

#[derive(Template)]
#[template(path = "study_settle.html")]
struct SettlePage {
    page: Page,
    study: String,
    left: usize,
    definition: String,
    open: Option<Open>,
    problem: Option<String>,
}

/// Shows the first account whose answers differ, for somebody who did not code it.
pub async fn settling(
    State(state): State<AppState>,
    Analyst(person): Analyst,
    Path(id): Path<String>,
) -> Answer {
    let page = Page::new(&person, Tab::Studies);
    let id = study_id(&page, &id)?;
    settle_page(&state, page, &person, &id, None).await
}

async fn settle_page(
    state: &AppState,
    page: Page,
    person: &Person,
    id: &StudyId,
    problem: Option<String>,
) -> Answer {
    let refused = |error| Refused::by(&page, error);
    let view = state.engine.study(id).await.map_err(refused)?;
    let coded = state.engine.coded_sample(id).await.map_err(refused)?;
    let Some(coded) = coded else { return Err(Refused::not_found(&page)) };
    let waiting = coded.agreement().map(|one| one.to_adjudicate).unwrap_or_default();
    let is_own = |account: &str| {
        let mut codes = coded.coding.codes.iter();
        codes.any(|code| code.account == account && code.coder == person.id().as_str())
    };
    let others: Vec<&String> = waiting.iter().filter(|account| !is_own(account)).collect();
    let open = match others.first() {
        None => None,
        Some(account) => {
            let card = state.engine.study_card(id, account).await.map_err(refused)?;
            let codes = coded.coding.codes.iter().filter(|code| code.account == **account);
            let answers = codes.map(|code| words(page.t, code.answer)).collect();
            Some(Open {
                pseudonym: view.pseudonyms().of(account),
                answers,
                card: ShownCard::of(page.t, &card),
            })
        }
    };
    let left = others.len();
    let definition = coded.sample.membership.clone();
    let shown = SettlePage { study: id.to_string(), left, definition, open, problem, page };
    Ok(render(&shown, StatusCode::OK))
}

fn words(t: super::text::Language, answer: study::census::Answer) -> &'static str {
    match answer {
        study::census::Answer::Member => t.coding_member(),
        study::census::Answer::NotMember => t.coding_not_member(),
        study::census::Answer::Unsure => t.coding_unsure(),
    }
}

/// Settles an account whose answers differ.
pub async fn settle(
    State(state): State<AppState>,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let mut page = Page::new(&posted.person, Tab::Studies);
    page.here = format!("/studies/{id}/settle?");
    if !posted.person.is_analyst() {
        return Err(Refused::forbidden(&page));
    }
    let study = study_id(&page, &id)?;
    match keep(&state, &study, &posted, CodeRound::Adjudication).await {
        Ok(()) => Ok(Redirect::to(&format!("/studies/{id}/settle?done=coded")).into_response()),
        Err(error @ Error::Invalid { .. }) => {
            let problem = Some(refusal(page.t, &error));
            settle_page(&state, page, &posted.person, &study, problem).await
        }
        Err(error) => Err(Refused::by(&page, error)),
    }
}
