//! One finding of a study: posts and their words under pseudonyms, until somebody says why.

use super::page::{Answer, Page, Refused, Tab, render};
use super::studies::{analyst_page, html, with_result, wrong_reason};
use super::visit::{Analyst, Posted};
use crate::state::AppState;
use crate::studies::{Reading, ShownFinding};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use engine::{Error, StudyView};

#[derive(Template)]
#[template(path = "study_finding.html")]
struct FindingPage {
    page: Page,
    study: String,
    heading: String,
    sections: String,
    /// Where the posts are asked for; none where they are shown.
    unmask_at: Option<String>,
    problem: Option<String>,
}

/// Shows one finding of a study.
pub async fn page(
    State(state): State<AppState>,
    Analyst(person): Analyst,
    Path((id, number)): Path<(String, usize)>,
) -> Answer {
    let page = Page::new(&person, Tab::Studies);
    let (view, result) = with_result(&state, &page, &id).await?;
    let reading = Reading::of_console(page.t, &view);
    let finding = found(&page, &reading, &result, number)?;
    masked(page, &view, finding, number, None)
}

/// Shows the posts of a finding, for a reason that is recorded.
pub async fn unmask(
    State(state): State<AppState>,
    Path((id, number)): Path<(String, usize)>,
    posted: Posted,
) -> Answer {
    let mut page = analyst_page(&posted)?;
    page.here = format!("/studies/{id}/findings/{number}?");
    let (view, result) = with_result(&state, &page, &id).await?;
    let reading = Reading::of_console(page.t, &view);
    let hidden = found(&page, &reading, &result, number)?;
    let (study, actor) = (&view.study.id, posted.person.actor());
    let reason = posted.get("reason");
    match state.engine.unmask_study(study, hidden.quoted, reason, &actor).await {
        Ok(()) => {
            let shown = found(&page, &reading.unmasked(), &result, number)?;
            Ok(render(&shown_page(page, &view, shown, None, None), StatusCode::OK))
        }
        Err(error @ Error::Invalid { .. }) => {
            let problem = Some(wrong_reason(page.t, &error));
            masked(page, &view, hidden, number, problem)
        }
        Err(error) => Err(Refused::by(&page, error)),
    }
}

/// A finding of that number; any other leads nowhere.
fn found(
    page: &Page,
    reading: &Reading,
    result: &str,
    number: usize,
) -> Result<ShownFinding, Refused> {
    let finding = crate::studies::finding(reading, result, number);
    finding.map_err(|error| Refused::by(page, error))?.ok_or_else(|| Refused::not_found(page))
}

/// The page on which posts are hidden and asked for.
fn masked(
    page: Page,
    view: &StudyView,
    finding: ShownFinding,
    number: usize,
    problem: Option<String>,
) -> Answer {
    let status = match problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let unmask_at = format!("/studies/{}/findings/{number}/unmask", view.study.id);
    Ok(render(&shown_page(page, view, finding, Some(unmask_at), problem), status))
}

fn shown_page(
    page: Page,
    view: &StudyView,
    finding: ShownFinding,
    unmask_at: Option<String>,
    problem: Option<String>,
) -> FindingPage {
    FindingPage {
        study: view.study.id.to_string(),
        sections: html(page.t, &finding.sections),
        heading: finding.heading,
        unmask_at,
        problem,
        page,
    }
}
