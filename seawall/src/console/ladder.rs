//! The ladder of strikes: what is in force, trying another one on the past, and changing it.

use super::case::logins;
use super::page::{Answer, Page, Refused, Tab, refusal, render};
use super::text::Language;
use super::visit::{Lead, Posted};
use super::when::When;
use crate::state::AppState;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use engine::{Error, LadderTrial, LadderVersion};
use model::{ActionKind, Timestamp, UserId, limits};
use review::{Ladder, Step};
use std::collections::BTreeMap;

/// Versions that the page shows at most.
const VERSIONS: usize = 20;

/// What somebody filled in.
#[derive(Debug, Clone, Default)]
struct Filled {
    /// One step a line, such as `2 warn`.
    steps: String,
    expires_days: String,
    warning_days: String,
    reason: String,
}

struct Version {
    number: u64,
    author: String,
    at: When,
    reason: String,
    steps: String,
}

#[derive(Template)]
#[template(path = "ladder.html")]
struct LadderPage {
    page: Page,
    filled: Filled,
    problem: Option<String>,
    trials: Vec<LadderTrial>,
    versions: Vec<Version>,
}

/// Shows the ladder.
pub async fn page(State(state): State<AppState>, Lead(person): Lead) -> Answer {
    let page = Page::new(&person, Tab::Rules);
    let filled = Filled::of(&state.engine.ladder());
    show(&state, page, filled, None, Vec::new()).await
}

async fn show(
    state: &AppState,
    page: Page,
    filled: Filled,
    problem: Option<String>,
    trials: Vec<LadderTrial>,
) -> Answer {
    let status = match problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let versions = state.engine.ladders(VERSIONS).await;
    let versions = versions.map_err(|error| Refused::by(&page, error))?;
    let logins = logins(state).await.map_err(|error| Refused::by(&page, error))?;
    let now = state.engine.now();
    let versions = versions.iter().map(|one| version(page.t, one, &logins, now)).collect();
    Ok(render(&LadderPage { page, filled, problem, trials, versions }, status))
}

fn version(
    t: Language,
    one: &LadderVersion,
    logins: &BTreeMap<UserId, String>,
    now: Timestamp,
) -> Version {
    let user = UserId::new(&*one.author).ok();
    let login = user.and_then(|user| logins.get(&user));
    Version {
        number: one.version,
        author: login.unwrap_or(&one.author).clone(),
        at: When::new(t, one.at, now),
        reason: one.reason.clone(),
        steps: Filled::of(&one.ladder).steps.lines().collect::<Vec<_>>().join(", "),
    }
}

/// Tries a ladder on the past, or puts it into force.
pub async fn change(State(state): State<AppState>, posted: Posted) -> Answer {
    let page = Page::new(&posted.person, Tab::Rules);
    if !posted.person.is_lead() {
        return Err(Refused::forbidden(&page));
    }
    let filled = Filled::sent(&posted);
    let ladder = match filled.ladder(page.t) {
        Ok(ladder) => ladder,
        Err(problem) => return show(&state, page, filled, Some(problem), Vec::new()).await,
    };
    if posted.get("step") == "try" {
        let from = Timestamp::from_micros(0).expect("1970 is accepted");
        return match state.engine.try_ladder(&ladder, from).await {
            Ok(trials) => show(&state, page, filled, None, trials).await,
            Err(error) => again(&state, page, filled, error).await,
        };
    }
    let origin = posted.person.origin();
    match state.engine.write_ladder(&ladder, &filled.reason, &origin).await {
        Ok(_) => Ok(Redirect::to("/ladder?done=saved").into_response()),
        Err(error) => again(&state, page, filled, error).await,
    }
}

async fn again(state: &AppState, page: Page, filled: Filled, error: Error) -> Answer {
    match error {
        Error::Invalid { ref place, .. } if place == "reason" => {
            let problem = Some(page.t.refused_reason_missing().to_owned());
            show(state, page, filled, problem, Vec::new()).await
        }
        Error::Invalid { .. } | Error::Contended => {
            let problem = Some(refusal(page.t, &error));
            show(state, page, filled, problem, Vec::new()).await
        }
        error => Err(Refused::by(&page, error)),
    }
}

impl Filled {
    fn of(ladder: &Ladder) -> Self {
        let line = |step: &Step| format!("{} {}\n", step.strikes, step.action.as_str());
        let days = |days: Option<u16>| days.map(|days| days.to_string()).unwrap_or_default();
        Self {
            steps: ladder.steps.iter().map(line).collect(),
            expires_days: days(ladder.expires_days),
            warning_days: days(ladder.warning_days),
            reason: String::new(),
        }
    }

    fn sent(posted: &Posted) -> Self {
        let field = |name| posted.get(name).trim().replace("\r\n", "\n");
        Self {
            steps: field("steps"),
            expires_days: field("expires_days"),
            warning_days: field("warning_days"),
            reason: field("reason"),
        }
    }

    fn ladder(&self, t: Language) -> Result<Ladder, String> {
        let lines = self.steps.lines().map(str::trim).filter(|line| !line.is_empty());
        let steps: Option<Vec<Step>> = lines.take(limits::LADDER_STEPS + 1).map(step).collect();
        Ok(Ladder {
            steps: steps.ok_or_else(|| t.ladder_step_unread().to_owned())?,
            expires_days: days(t, &self.expires_days)?,
            warning_days: days(t, &self.warning_days)?,
        })
    }
}

fn step(line: &str) -> Option<Step> {
    let (strikes, action) = line.split_once(char::is_whitespace)?;
    Some(Step { strikes: strikes.parse().ok()?, action: ActionKind::parse(action.trim())? })
}

fn days(t: Language, text: &str) -> Result<Option<u16>, String> {
    match text {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| t.ladder_days_unread().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::page::tests::frame;
    use super::*;
    use review::Tried;

    fn filled(steps: &str, expires: &str, warning: &str) -> Filled {
        Filled {
            steps: steps.to_owned(),
            expires_days: expires.to_owned(),
            warning_days: warning.to_owned(),
            reason: String::new(),
        }
    }

    #[test]
    fn what_is_filled_in_is_a_ladder_or_says_why_not() {
        for (steps, expires, warning, is_right) in [
            ("2 warn\n 4  suspend\n\n", "365", "180", true),
            ("", "", "", true),
            ("two warn", "", "", false),
            ("2 remov", "", "", false),
            ("2", "", "", false),
            ("2 warn", "soon", "", false),
            ("2 warn", "", "-1", false),
        ] {
            let ladder = filled(steps, expires, warning).ladder(Language::English);
            assert_eq!(ladder.is_ok(), is_right, "{steps} {expires} {warning}");
        }
        let ladder = filled("2 warn\n4 suspend", "9", "8").ladder(Language::English);
        let written = ladder.map(|ladder| Filled::of(&ladder));
        let steps = written.as_ref().map(|filled| filled.steps.as_str());
        assert_eq!(steps, Ok("2 warn\n4 suspend\n"));
    }

    #[test]
    fn the_page_shows_both_ladders_by_language() {
        let tried = Tried { strikes: 9, accounts: 7, warned: 5, suspended: 3 };
        let trial = LadderTrial { language: "ar".to_owned(), present: Tried::default(), tried };
        for t in [Language::English, Language::Arabic] {
            let shown = LadderPage {
                page: frame(t, Tab::Rules),
                filled: filled("2 warn", "", ""),
                problem: None,
                trials: vec![trial.clone()],
                versions: Vec::new(),
            };
            let html = shown.render().unwrap_or_default();
            assert!(html.contains("<bdi>ar</bdi>") && html.contains(">5<"));
        }
    }
}
