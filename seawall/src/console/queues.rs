//! The queues: how many cases wait where, and taking the next one.

use super::page::{Answer, Page, Refused, Tab, render};
use super::text::grouped;
use super::visit::{Person, Posted};
use super::when::{When, span};
use crate::state::AppState;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use engine::QueueCount;
use model::{Queue, QueueName, Timestamp};
use url::form_urlencoded;

/// A line of the table.
struct Line {
    name: String,
    title: String,
    target: Option<String>,
    waiting: u64,
    claimed: u64,
    overdue: u64,
    oldest: Option<When>,
}

impl Line {
    /// A figure as the table writes it.
    fn figure(&self, figure: &u64) -> String {
        grouped(*figure)
    }
}

#[derive(Template)]
#[template(path = "queues.html")]
struct QueuesPage {
    page: Page,
    lines: Vec<Line>,
    total: Line,
}

/// Shows the queues.
pub async fn page(State(state): State<AppState>, person: Person) -> Answer {
    let page = Page::new(&person, Tab::Queues);
    let counts = state.engine.queue_counts().await;
    let counts = counts.map_err(|error| Refused::by(&page, error))?;
    let shown = queues_page(page, state.engine.queues(), &counts, state.engine.now());
    Ok(render(&shown, StatusCode::OK))
}

fn queues_page(page: Page, queues: &[Queue], counts: &[QueueCount], now: Timestamp) -> QueuesPage {
    let t = page.t;
    let mut lines: Vec<Line> = queues
        .iter()
        .map(|queue| {
            let count = counts.iter().find(|count| count.queue == queue.name.as_str());
            let mut line = line(&page, count, now);
            line.name = queue.name.to_string();
            line.title.clone_from(&queue.title);
            line.target =
                queue.target_minutes.map(|minutes| t.within(span(t, u64::from(minutes) * 60)));
            line
        })
        .collect();
    let others =
        counts.iter().filter(|count| queues.iter().all(|queue| queue.name.as_str() != count.queue));
    lines.extend(others.map(|count| line(&page, Some(count), now)));
    let mut total = line(&page, None, now);
    total.title = t.all_queues().to_owned();
    for count in counts {
        total.waiting += count.waiting;
        total.claimed += count.claimed;
        total.overdue += count.overdue;
    }
    let oldest = counts.iter().filter_map(|count| count.oldest).min();
    total.oldest = oldest.map(|at| When::new(t, at, now));
    QueuesPage { page, lines, total }
}

fn line(page: &Page, count: Option<&QueueCount>, now: Timestamp) -> Line {
    let name = count.map_or("", |count| &count.queue).to_owned();
    Line {
        title: name.clone(),
        name,
        target: None,
        waiting: count.map_or(0, |count| count.waiting),
        claimed: count.map_or(0, |count| count.claimed),
        overdue: count.map_or(0, |count| count.overdue),
        oldest: count.and_then(|count| count.oldest).map(|at| When::new(page.t, at, now)),
    }
}

/// Takes the next case of a queue, or of all.
pub async fn next(State(state): State<AppState>, posted: Posted) -> Answer {
    let page = Page::new(&posted.person, Tab::Queues);
    let queue = match posted.get("queue") {
        "" => None,
        name => Some(QueueName::new(name).map_err(|_| Refused::not_found(&page))?),
    };
    let next = state.engine.next_case(queue.as_ref(), posted.person.id()).await;
    let next = next.map_err(|error| Refused::by(&page, error))?;
    let to = match next {
        None => "/queues?done=empty".to_owned(),
        Some(case) => {
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.append_pair("done", "claimed");
            if let Some(queue) = &queue {
                query.append_pair("queue", queue.as_str());
            }
            format!("/cases/{}?{}", case.id, query.finish())
        }
    };
    Ok(Redirect::to(&to).into_response())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::page::tests::frame;
    use super::super::text::Language;
    use super::*;

    fn count(queue: &str, waiting: u64) -> QueueCount {
        let oldest = Some(Timestamp::parse("2026-11-22T10:00:00Z").unwrap());
        QueueCount { queue: queue.to_owned(), waiting, claimed: 1, overdue: 2, oldest }
    }

    fn shown(t: Language, counts: &[QueueCount]) -> String {
        let queues = [Queue {
            name: QueueName::new("matches").unwrap(),
            title: "Matches <b>".to_owned(),
            target_minutes: Some(60),
        }];
        let now = Timestamp::parse("2026-11-22T12:00:00Z").unwrap();
        queues_page(frame(t, Tab::Queues), &queues, counts, now).render().unwrap()
    }

    #[test]
    fn every_queue_has_a_line_and_the_figures_add_up() {
        let html = shown(Language::English, &[count("matches", 3), count("elsewhere", 1_200)]);
        assert!(html.contains("Matches &#60;b&#62;") && html.contains("elsewhere"));
        assert!(html.contains("1,203"), "the total");
        assert!(html.contains("2 hours ago"));
        assert!(html.contains("within 1 hour"));
    }

    #[test]
    fn an_empty_desk_says_so() {
        assert!(shown(Language::English, &[]).contains("Nothing waits"));
        assert!(shown(Language::Arabic, &[]).contains("لا شيء في الانتظار"));
    }
}
