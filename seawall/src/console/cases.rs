//! The list of cases, with filters.

use super::case_screen::{about, action_words, status_words};
use super::page::{Answer, Page, Refused, Tab, render};
use super::visit::Person;
use super::when::{Due, When};
use crate::state::AppState;
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use engine::CaseFilter;
use model::{AccountId, Case, CaseStatus, QueueName, ServiceId, Timestamp};
use serde::Deserialize;
use url::form_urlencoded;

/// Cases of one page.
const ROWS: usize = 50;

/// What the address asks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    queue: String,
    status: String,
    service: String,
    account: String,
    page: usize,
}

/// A line of the list.
pub struct CaseLine {
    /// The case's id.
    pub id: String,
    /// Item or account.
    pub about: &'static str,
    /// The subject's id.
    pub subject: String,
    /// The account.
    pub account: String,
    /// The queue's name.
    pub queue: String,
    /// How soon, 0 to 100.
    pub priority: u8,
    /// Where it stands, in words.
    pub status: &'static str,
    /// Where it stands, for the style.
    pub status_name: &'static str,
    /// The labels.
    pub labels: Vec<String>,
    /// What was decided, if anything.
    pub decided: Option<&'static str>,
    /// When it was opened.
    pub opened: When,
    /// When it is due, where that still matters.
    pub due: Option<Due>,
}

impl CaseLine {
    /// A case as a line, seen from `now`.
    pub fn new(page: &Page, case: &Case, now: Timestamp) -> Self {
        let t = page.t;
        let (status, status_name) = status_words(t, &case.status, now);
        let (about, subject) = about(t, &case.subject);
        let is_decided = matches!(case.status, CaseStatus::Decided);
        Self {
            id: case.id.to_string(),
            about,
            subject,
            account: case.account.to_string(),
            queue: case.queue.to_string(),
            priority: case.priority,
            status,
            status_name,
            labels: case.labels.clone(),
            decided: case.decision.as_ref().map(|decision| {
                decision.action.map_or(t.no_action(), |action| action_words(t, action))
            }),
            opened: When::new(t, case.opened_at, now),
            due: case.due_at.filter(|_| !is_decided).map(|at| Due::new(t, at, now)),
        }
    }
}

#[derive(Template)]
#[template(path = "cases.html")]
struct CasesPage {
    page: Page,
    queues: Vec<(String, String)>,
    wanted: Wanted,
    lines: Vec<CaseLine>,
    previous: Option<String>,
    next: Option<String>,
}

/// Shows the list.
pub async fn page(
    State(state): State<AppState>,
    person: Person,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let page = Page::new(&person, Tab::Cases);
    let filter = filter(&wanted).ok_or_else(|| Refused::not_found(&page))?;
    let cases = state.engine.cases(&filter).await.map_err(|error| Refused::by(&page, error))?;
    let queues = state.engine.queues().iter();
    let queues = queues.map(|queue| (queue.name.to_string(), queue.title.clone())).collect();
    Ok(render(&cases_page(page, queues, wanted, &cases, state.engine.now()), StatusCode::OK))
}

fn filter(wanted: &Wanted) -> Option<CaseFilter> {
    let queue = match wanted.queue.as_str() {
        "" => None,
        name => Some(QueueName::new(name).ok()?),
    };
    let status = match wanted.status.as_str() {
        "" => None,
        status @ ("open" | "claimed" | "decided") => Some(status.to_owned()),
        _ => return None,
    };
    let account = match (wanted.service.as_str(), wanted.account.as_str()) {
        ("", _) | (_, "") => None,
        (service, account) => Some((ServiceId::new(service).ok()?, AccountId::new(account).ok()?)),
    };
    let offset = wanted.page.checked_mul(ROWS)?;
    // One more than is shown tells whether there is another page.
    Some(CaseFilter { queue, status, service: None, account, limit: ROWS + 1, offset })
}

fn cases_page(
    page: Page,
    queues: Vec<(String, String)>,
    wanted: Wanted,
    cases: &[Case],
    now: Timestamp,
) -> CasesPage {
    let lines = cases.iter().take(ROWS).map(|case| CaseLine::new(&page, case, now)).collect();
    let next = (cases.len() > ROWS).then(|| address(&wanted, wanted.page + 1));
    let previous = wanted.page.checked_sub(1).map(|page| address(&wanted, page));
    CasesPage { page, queues, lines, previous, next, wanted }
}

fn address(wanted: &Wanted, page: usize) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in [
        ("queue", &wanted.queue),
        ("status", &wanted.status),
        ("service", &wanted.service),
        ("account", &wanted.account),
    ] {
        if !value.is_empty() {
            query.append_pair(name, value);
        }
    }
    query.append_pair("page", &page.to_string());
    format!("/cases?{}", query.finish())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::case_screen::tests::a_case;
    use super::super::page::tests::frame;
    use super::super::text::Language;
    use super::*;

    #[test]
    fn reads_what_the_address_asks_for() {
        let wanted = |queue: &str, status: &str| Wanted {
            queue: queue.to_owned(),
            status: status.to_owned(),
            page: 2,
            ..Wanted::default()
        };
        let read = filter(&wanted("matches", "open")).unwrap();
        assert_eq!((read.limit, read.offset), (51, 100));
        assert_eq!(read.status.as_deref(), Some("open"));
        assert!(filter(&wanted("", "' OR 1=1")).is_none());
        assert!(filter(&Wanted { page: usize::MAX, ..Wanted::default() }).is_none());
    }

    #[test]
    fn lists_and_leads_on() {
        let now = Timestamp::parse("2026-11-22T12:00:00Z").unwrap();
        let cases: Vec<Case> = (0..51).map(|_| a_case()).collect();
        let wanted = Wanted { queue: "a&b".to_owned(), ..Wanted::default() };
        let shown = cases_page(frame(Language::English, Tab::Cases), vec![], wanted, &cases, now);
        assert_eq!((shown.lines.len(), shown.previous.clone()), (50, None));
        assert_eq!(shown.next.as_deref(), Some("/cases?queue=a%26b&page=1"));
        let html = shown.render().unwrap();
        assert!(html.contains("<caption") && html.contains("queue=a%26b&#38;page=1"));
    }
}
