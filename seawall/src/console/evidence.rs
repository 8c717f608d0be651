//! What is preserved: for whom, until when, and the one way to look at it.

use super::case::logins;
use super::page::{Answer, Page, Refused, Tab, render};
use super::text::{Language, grouped};
use super::visit::{Lead, Posted};
use super::when::{When, exact};
use crate::state::AppState;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use engine::{AccessInput, PreservationFilter, ProlongInput};
use model::{
    Access, AccessPurpose, Preservation, PreservationId, PreservationState, Timestamp, UserId,
    limits,
};
use std::collections::BTreeMap;

struct Line {
    id: String,
    case: String,
    service: String,
    state: &'static str,
    is_held: bool,
    originals: String,
    removed: When,
    until: When,
}

struct OriginalLine {
    name: String,
    media_type: String,
    bytes: String,
    sha256: String,
    captured: String,
    address: Option<String>,
}

struct AccessLine {
    number: u32,
    who: String,
    purpose: &'static str,
    reason: String,
    at: When,
    state: String,
    may_allow: bool,
}

struct HoldLine {
    reason: String,
    at: When,
    is_open: bool,
}

#[derive(Template)]
#[template(path = "evidence.html")]
struct EvidencePage {
    page: Page,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "preservation.html")]
struct PreservationPage {
    page: Page,
    line: Line,
    purposes: Vec<(&'static str, &'static str)>,
    originals: Vec<OriginalLine>,
    /// The number of an access that the person may save originals under.
    open_access: Option<u32>,
    accesses: Vec<AccessLine>,
    holds: Vec<HoldLine>,
    is_deleted: bool,
}

/// Lists what is preserved.
pub async fn list(State(state): State<AppState>, Lead(person): Lead) -> Answer {
    let page = Page::new(&person, Tab::Evidence);
    let filter = PreservationFilter { limit: limits::PAGE_ROWS, ..PreservationFilter::default() };
    let found = state.engine.preservations(&filter).await;
    let found = found.map_err(|error| Refused::by(&page, error))?;
    let now = state.engine.now();
    let lines = found.iter().map(|preservation| line(page.t, preservation, now)).collect();
    Ok(render(&EvidencePage { page, lines }, StatusCode::OK))
}

/// Shows what is said of one preservation, without its content.
pub async fn page(
    State(state): State<AppState>,
    Lead(person): Lead,
    Path(id): Path<String>,
) -> Answer {
    let page = Page::new(&person, Tab::Evidence);
    let preservation = find(&state, &page, &id).await?;
    let logins = logins(&state).await.map_err(|error| Refused::by(&page, error))?;
    let shown = shown(page, &preservation, person.id(), &logins, state.engine.now());
    Ok(render(&shown, StatusCode::OK))
}

async fn find(state: &AppState, page: &Page, id: &str) -> Result<Preservation, Refused> {
    let id = PreservationId::new(id).map_err(|_| Refused::not_found(page))?;
    state.engine.preservation(&id).await.map_err(|error| Refused::by(page, error))
}

fn shown(
    page: Page,
    preservation: &Preservation,
    person: &UserId,
    logins: &BTreeMap<UserId, String>,
    now: Timestamp,
) -> PreservationPage {
    let t = page.t;
    let is_open = |access: &&Access| {
        access.by == person.as_str() && access.until.is_some_and(|end| end > now)
    };
    let accesses = preservation.accesses.iter().rev();
    PreservationPage {
        line: line(t, preservation, now),
        purposes: AccessPurpose::ALL.map(|one| (one.as_str(), purpose_words(t, one))).to_vec(),
        originals: originals(preservation),
        open_access: accesses.clone().find(is_open).map(|access| access.number),
        accesses: accesses.map(|access| access_line(t, access, person, logins, now)).collect(),
        holds: holds(t, preservation, now),
        is_deleted: preservation.state == PreservationState::Deleted,
        page,
    }
}

fn originals(preservation: &Preservation) -> Vec<OriginalLine> {
    let lines = preservation.originals.iter().map(|original| OriginalLine {
        name: original.name.clone(),
        media_type: original.media_type.clone(),
        bytes: grouped(original.bytes),
        sha256: original.sha256.clone(),
        captured: exact(original.captured_at),
        address: original.address.clone(),
    });
    let archives = preservation.archives.iter().map(|archive| OriginalLine {
        name: archive.name.clone(),
        media_type: "application/warc".to_owned(),
        bytes: grouped(archive.bytes),
        sha256: archive.sha256.clone(),
        captured: exact(archive.at),
        address: archive.pages.first().map(|page| match archive.pages.len() {
            1 => page.address.clone(),
            pages => format!("{} (+{})", page.address, pages - 1),
        }),
    });
    lines.chain(archives).collect()
}

fn holds(t: Language, preservation: &Preservation, now: Timestamp) -> Vec<HoldLine> {
    let lines = preservation.holds.iter().map(|hold| HoldLine {
        reason: hold.reason.clone(),
        at: When::new(t, hold.at, now),
        is_open: hold.released_at.is_none(),
    });
    lines.collect()
}

fn line(t: Language, preservation: &Preservation, now: Timestamp) -> Line {
    let is_held = preservation.is_held();
    let state = match preservation.state {
        PreservationState::Deleted => t.preservation_deleted(),
        PreservationState::Ordered | PreservationState::Kept if is_held => t.preservation_held(),
        PreservationState::Ordered => t.preservation_ordered(),
        PreservationState::Kept => t.preservation_kept(),
    };
    Line {
        id: preservation.id.to_string(),
        case: preservation.case.to_string(),
        service: preservation.service.to_string(),
        state,
        is_held,
        originals: grouped(preservation.originals.len() as u64),
        removed: When::new(t, preservation.removed_at, now),
        until: When::new(t, preservation.until, now),
    }
}

fn access_line(
    t: Language,
    access: &Access,
    person: &UserId,
    logins: &BTreeMap<UserId, String>,
    now: Timestamp,
) -> AccessLine {
    let login = UserId::new(access.by.as_str()).ok().and_then(|id| logins.get(&id).cloned());
    let state = match access.until {
        None => t.access_waits().to_owned(),
        Some(until) if until > now => t.access_until(exact(until)),
        Some(_) => t.access_over().to_owned(),
    };
    AccessLine {
        number: access.number,
        who: login.unwrap_or_else(|| access.by.clone()),
        purpose: purpose_words(t, access.purpose),
        reason: access.reason.clone(),
        at: When::new(t, access.at, now),
        state,
        may_allow: access.until.is_none() && access.by != person.as_str(),
    }
}

fn purpose_words(t: Language, purpose: AccessPurpose) -> &'static str {
    match purpose {
        AccessPurpose::Review => t.purpose_review(),
        AccessPurpose::Complaint => t.purpose_complaint(),
        AccessPurpose::Investigation => t.purpose_investigation(),
    }
}

/// Takes a step: asks for or allows access, holds, lifts a hold, prolongs.
pub async fn step(
    State(state): State<AppState>,
    Path((id, step)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    let mut page = Page::new(&posted.person, Tab::Evidence);
    page.here = format!("/evidence/{id}?");
    if !posted.person.is_lead() {
        return Err(Refused::forbidden(&page));
    }
    let known = PreservationId::new(id.as_str()).map_err(|_| Refused::not_found(&page))?;
    let done = match step.as_str() {
        "access" => ask(&state, &known, &posted).await.map(|()| "evidence-access"),
        "allow" => allow(&state, &known, &posted).await.map(|()| "evidence-allowed"),
        "hold" => {
            let origin = posted.person.origin();
            let held = state.engine.hold(&known, posted.get("reason"), &origin).await;
            held.map(|_| "evidence-held")
        }
        "release" => {
            let origin = posted.person.origin();
            let released = state.engine.release_hold(&known, posted.get("reason"), &origin).await;
            released.map(|_| "evidence-released")
        }
        "prolong" => prolong(&state, &known, &posted).await.map(|()| "evidence-prolonged"),
        _ => return Err(Refused::not_found(&page)),
    };
    let done = done.map_err(|error| Refused::by(&page, error))?;
    Ok(Redirect::to(&format!("/evidence/{known}?done={done}")).into_response())
}

fn invalid(place: &str, problem: &str) -> engine::Error {
    engine::Error::Invalid { place: place.to_owned(), problem: problem.to_owned() }
}

async fn ask(state: &AppState, id: &PreservationId, posted: &Posted) -> engine::Result<()> {
    let purpose = AccessPurpose::parse(posted.get("purpose"));
    let purpose = purpose.ok_or_else(|| invalid("purpose", "choose one of the three"))?;
    let input = AccessInput { purpose, reason: posted.get("reason").to_owned() };
    state.engine.ask_access(id, &input, &posted.person.origin()).await.map(drop)
}

async fn allow(state: &AppState, id: &PreservationId, posted: &Posted) -> engine::Result<()> {
    let number = posted.get("access").parse();
    let number = number.map_err(|_| invalid("access", "there is none of that number"))?;
    state.engine.allow_access(id, number, &posted.person.origin()).await.map(drop)
}

async fn prolong(state: &AppState, id: &PreservationId, posted: &Posted) -> engine::Result<()> {
    let until = Timestamp::parse(&format!("{}T00:00:00Z", posted.get("until")));
    let until = until.map_err(|_| invalid("until", "write a date such as 2027-06-01"))?;
    let input = ProlongInput {
        asked_by: posted.get("asked_by").to_owned(),
        proceedings: posted.get("proceedings").to_owned(),
        until,
    };
    state.engine.prolong(id, &input, &posted.person.origin()).await.map(drop)
}

/// Saves an original under an access. It is never shown in the browser.
pub async fn original(
    State(state): State<AppState>,
    Lead(person): Lead,
    Path((id, number, name)): Path<(String, u32, String)>,
) -> Answer {
    let page = Page::new(&person, Tab::Evidence);
    let id = PreservationId::new(id).map_err(|_| Refused::not_found(&page))?;
    let read = state.engine.read_original(&id, number, &name, &person.actor()).await;
    let (bytes, original) = read.map_err(|error| Refused::by(&page, error))?;
    let saved = format!("attachment; filename=\"{}-{}\"", short_name(&id), original.name);
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, saved),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
    ];
    Ok::<Response, Refused>((headers, bytes).into_response())
}

/// The end of an id, which is of letters and digits alone.
fn short_name(id: &PreservationId) -> String {
    let letters: Vec<char> = id.as_str().chars().filter(char::is_ascii_alphanumeric).collect();
    letters[letters.len().saturating_sub(8)..].iter().collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::page::tests::frame;
    use super::*;
    use serde_json::json;

    fn preservation(change: serde_json::Value) -> Preservation {
        let mut value = json!({
            "id": "preservation_1", "service": "harbour", "case": "case_1", "account": "a",
            "decision": "decision_1", "removed_at": "2026-06-01T12:00:00Z",
            "until": "2026-12-01T12:00:00Z", "state": "kept", "items": ["p1"], "revision": 2,
            "originals": [{
                "name": "1.json", "item": "p1", "sha256": "ab", "bytes": 12_345,
                "media_type": "application/json", "captured_at": "2026-06-01T11:00:00Z",
                "obtained": "submitted", "address": "https://x.example/\"><script>",
            }],
        });
        value.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        serde_json::from_value(value).unwrap()
    }

    fn html(t: Language, change: serde_json::Value) -> String {
        let now = Timestamp::parse("2026-07-01T12:00:00Z").unwrap();
        let person = UserId::new("user_1").unwrap();
        let logins = BTreeMap::from([(UserId::new("user_2").unwrap(), "nour".to_owned())]);
        let page = frame(t, Tab::Evidence);
        shown(page, &preservation(change), &person, &logins, now).render().unwrap()
    }

    fn access(by: &str, until: Option<&str>) -> serde_json::Value {
        json!({ "accesses": [{
            "number": 1, "by": by, "purpose": "complaint", "reason": "an appeal <b>",
            "at": "2026-07-01T11:00:00Z", "until": until,
        }] })
    }

    #[test]
    fn what_is_shown_depends_on_state_and_access() {
        let later = Some("2026-07-02T11:00:00Z");
        let over = Some("2026-07-01T11:30:00Z");
        for (change, there, not_there) in [
            (json!({}), vec!["Ask for access", "Hold against deletion", "12,345"], vec!["Save"]),
            (access("user_1", later), vec!["Until 2026-07-02", "Save"], vec!["Allow"]),
            (access("user_1", over), vec!["Over"], vec!["Save", "Allow"]),
            (access("user_1", None), vec!["Waits for a second"], vec!["Save", ">Allow"]),
            (access("user_2", None), vec!["nour", ">Allow"], vec!["Save"]),
            (
                json!({ "state": "deleted", "originals": [], "items": [] }),
                vec!["Deleted"],
                vec!["Ask for access", "Hold against"],
            ),
            (
                json!({ "holds": [{
                    "reason": "a threat", "by": "user_2", "at": "2026-06-02T00:00:00Z",
                }] }),
                vec!["Held", "a threat", "Lift the hold"],
                vec![],
            ),
        ] {
            let html = html(Language::English, change);
            for words in there {
                assert!(html.contains(words), "{words}");
            }
            for words in not_there {
                assert!(!html.contains(words), "{words}");
            }
            assert!(!html.contains("<script>\"") && !html.contains("\"><script>"), "escaped");
        }
    }

    #[test]
    fn both_languages_name_the_three_purposes() {
        for (t, words) in [
            (Language::English, "Investigation of terrorist offences"),
            (Language::Arabic, "التحقيق في جرائم إرهابية"),
        ] {
            assert!(html(t, json!({})).contains(words));
        }
        assert_eq!(short_name(&PreservationId::new("preservation_01a\"b").unwrap()), "tion01ab");
    }
}
