//! Pictures of a case, written anew from their pixels, so that no byte of the original reaches a
//! browser.

use super::case::case_id;
use super::page::{Answer, Page, Refused, Tab};
use super::visit::Person;
use crate::state::AppState;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse;

/// Longest side of a preview, in pixels.
const SIDE: u32 = 1_600;

/// Serves a picture of a case as PNG; the look at it is a record.
pub async fn preview(
    State(state): State<AppState>,
    person: Person,
    Path((id, sha256)): Path<(String, String)>,
) -> Answer {
    let page = Page::new(&person, Tab::Cases);
    let id = case_id(&page, &id)?;
    let found = state.engine.view_evidence(&id, &sha256, &person.actor()).await;
    let (bytes, _) = found.map_err(|error| Refused::by(&page, error))?;
    // What is no picture, such as a video, is not served.
    let png = state.engine.preview(bytes, SIDE).await.map_err(|error| Refused::by(&page, error))?;
    let png = png.map_err(|_| Refused::not_found(&page))?;
    let headers = [
        (header::CONTENT_TYPE, "image/png"),
        (header::CONTENT_DISPOSITION, "inline; filename=\"preview.png\""),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
    ];
    Ok((headers, png).into_response())
}
