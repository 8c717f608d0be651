//! Pictures of a case, written anew from their pixels, so that no byte of the original reaches a
//! browser.

use super::case::case_id;
use super::page::{Answer, Page, Refused, Tab};
use super::visit::Person;
use crate::state::AppState;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse;
use engine::Error;

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
    let work = tokio::task::spawn_blocking(move || written_anew(&bytes)).await;
    let png =
        work.map_err(|error| Refused::by(&page, Error::Worker { detail: error.to_string() }))?;
    let png = png.ok_or_else(|| Refused::not_found(&page))?;
    let headers = [
        (header::CONTENT_TYPE, "image/png"),
        (header::CONTENT_DISPOSITION, "inline; filename=\"preview.png\""),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
    ];
    Ok((headers, png).into_response())
}

/// `None` for what is no picture, such as a video: nothing else is ever served.
fn written_anew(bytes: &[u8]) -> Option<Vec<u8>> {
    let picture = signals::picture::decode(bytes).ok()?;
    Some(signals::picture::to_png_preview(&picture, SIDE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_picture_is_not_served() {
        for bytes in [&b""[..], b"<svg onload='alert(1)'/>", b"<html>", b"\x89PNG\r\n\x1a\n"] {
            assert_eq!(written_anew(bytes), None);
        }
    }
}
