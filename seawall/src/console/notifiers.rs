//! Those who give notice: flaggers with how often they were right, and notifiers whose notices were
//! manifestly unfounded, to be warned or suspended by a person.

use super::page::{Answer, Page, Refused, Tab, refusal, render};
use super::text::Language;
use super::visit::{Lead, Posted};
use super::when::exact;
use crate::state::AppState;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use engine::{Error, FlaggerRecord, MisuseInput, NotifierView, Unfounded};
use model::{CaseId, Gravity, Intention, NoticeId, NoticeKind, Share, Timestamp};
use review::MisuseAct;

struct FlaggerLine {
    name: String,
    id: String,
    kind: &'static str,
    awarded_by: String,
    notices: u64,
    waiting: u64,
    precision: String,
    is_active: bool,
}

struct NotifierLine {
    key: String,
    name: String,
    email: String,
    unfounded: String,
    since_warning: u64,
    warned: Option<String>,
    suspended: Option<String>,
}

#[derive(Template)]
#[template(path = "notifiers.html")]
struct NotifiersPage {
    page: Page,
    flaggers: Vec<FlaggerLine>,
    notifiers: Vec<NotifierLine>,
    gravities: Vec<(&'static str, &'static str)>,
    intentions: Vec<(&'static str, &'static str)>,
    problem: Option<String>,
}

/// Shows flaggers and the notifiers in question.
pub async fn page(State(state): State<AppState>, Lead(person): Lead) -> Answer {
    show(&state, Page::new(&person, Tab::Notifiers), None).await
}

async fn show(state: &AppState, page: Page, problem: Option<String>) -> Answer {
    let refused = |error| Refused::by(&page, error);
    let from = Timestamp::from_micros(0).expect("1970 is accepted");
    let flaggers = state.engine.flaggers(from).await.map_err(refused)?;
    let notifiers = state.engine.notifiers().await.map_err(refused)?;
    let status = match problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    Ok(render(&notifiers_page(page, &flaggers, &notifiers, problem), status))
}

fn notifiers_page(
    page: Page,
    flaggers: &[FlaggerRecord],
    notifiers: &[NotifierView],
    problem: Option<String>,
) -> NotifiersPage {
    let t = page.t;
    NotifiersPage {
        flaggers: flaggers.iter().map(|record| flagger_line(t, record)).collect(),
        notifiers: notifiers.iter().map(|view| notifier_line(t, view)).collect(),
        gravities: Gravity::ALL.into_iter().map(|one| (one.as_str(), gravity(t, one))).collect(),
        intentions: Intention::ALL
            .into_iter()
            .map(|one| (one.as_str(), intention(t, one)))
            .collect(),
        problem,
        page,
    }
}

fn flagger_line(t: Language, record: &FlaggerRecord) -> FlaggerLine {
    let flagger = &record.flagger;
    FlaggerLine {
        name: flagger.name.clone(),
        id: flagger.id.to_string(),
        kind: match flagger.kind {
            NoticeKind::ReferralUnit => t.flagger_unit(),
            NoticeKind::TrustedFlagger | NoticeKind::User | NoticeKind::Study => {
                t.flagger_trusted()
            }
        },
        awarded_by: flagger.awarded_by.clone(),
        notices: record.notices,
        waiting: record.waiting,
        precision: share(t, &record.precision),
        is_active: flagger.is_active,
    }
}

fn notifier_line(t: Language, view: &NotifierView) -> NotifierLine {
    let latest = view.latest.as_ref();
    NotifierLine {
        key: view.notifier.key.clone(),
        name: latest.and_then(|notice| notice.name.clone()).unwrap_or_default(),
        email: latest.and_then(|notice| notice.email.clone()).unwrap_or_default(),
        unfounded: share(t, &view.unfounded),
        since_warning: view.since_warning,
        warned: view.notifier.warned_at().map(exact),
        suspended: view.suspended_until.map(exact),
    }
}

/// A share in words: how many of how many, and the interval.
fn share(t: Language, share: &Share) -> String {
    let percent = |part: f64| format!("{:.0} %", part * 100.0);
    match share.share {
        None => t.nothing_decided().to_owned(),
        Some(part) => t.share_of(
            share.count,
            share.of,
            percent(part),
            percent(share.low),
            percent(share.high),
        ),
    }
}

fn gravity(t: Language, one: Gravity) -> &'static str {
    match one {
        Gravity::Minor => t.gravity_minor(),
        Gravity::Serious => t.gravity_serious(),
    }
}

fn intention(t: Language, one: Intention) -> &'static str {
    match one {
        Intention::NotIdentifiable => t.intention_not_identifiable(),
        Intention::Mistaken => t.intention_mistaken(),
        Intention::Deliberate => t.intention_deliberate(),
    }
}

/// Warns or suspends a notifier, or takes a suspension back.
pub async fn judge(State(state): State<AppState>, posted: Posted) -> Answer {
    let page = Page::new(&posted.person, Tab::Notifiers);
    if !posted.person.is_lead() {
        return Err(Refused::forbidden(&page));
    }
    let days = posted.get("days").parse().unwrap_or(0);
    let act = match posted.get("act") {
        "warn" => MisuseAct::Warn,
        "suspend" => MisuseAct::Suspend { days },
        _ => MisuseAct::Lift,
    };
    let weighed =
        (Gravity::parse(posted.get("gravity")), Intention::parse(posted.get("intention")));
    let (Some(gravity), Some(intention)) = weighed else {
        let problem = Some(page.t.weigh_both().to_owned());
        return show(&state, page, problem).await;
    };
    let reason = posted.get("reason").to_owned();
    let input = MisuseInput { act, gravity, intention, reason };
    let (person, origin) = (posted.person.id(), posted.person.origin());
    match state.engine.judge_notifier(posted.get("notifier"), &input, person, &origin).await {
        Ok(_) => Ok(Redirect::to("/notifiers?done=saved").into_response()),
        Err(error @ (Error::Review(_) | Error::Contended)) => {
            let problem = Some(refusal(page.t, &error));
            show(&state, page, problem).await
        }
        Err(error) => Err(Refused::by(&page, error)),
    }
}

/// Notes that a notice was manifestly unfounded, or takes that back.
pub async fn assess(
    State(state): State<AppState>,
    Path((case, notice)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    let page = Page::new(&posted.person, Tab::Cases);
    let case = CaseId::new(case).map_err(|_| Refused::not_found(&page))?;
    let notice = NoticeId::new(notice).map_err(|_| Refused::not_found(&page))?;
    let unfounded = match posted.get("unfounded") {
        "yes" => Unfounded::Yes,
        _ => Unfounded::No,
    };
    let origin = posted.person.origin();
    let assessed = state.engine.assess_notice(&case, &notice, unfounded, &origin).await;
    assessed.map_err(|error| Refused::by(&page, error))?;
    Ok(Redirect::to(&format!("/cases/{case}?done=saved")).into_response())
}

#[cfg(test)]
mod tests {
    use super::super::page::tests::frame;
    use super::*;
    use model::Notifier;

    #[test]
    fn shares_are_told_with_their_interval() {
        let words = share(Language::English, &Share::new(5, 10));
        assert!(words.contains("5 of 10") && words.contains("24 %") && words.contains("76 %"));
        assert_eq!(share(Language::English, &Share::new(0, 0)), "nothing decided yet");
    }

    #[test]
    fn a_notifier_in_question_can_be_judged() {
        let view = NotifierView {
            notifier: Notifier::new("sender_<x>".to_owned()),
            latest: None,
            unfounded: Share::new(3, 4),
            since_warning: 0,
            suspended_until: None,
        };
        for t in [Language::English, Language::Arabic] {
            let page = frame(t, Tab::Notifiers);
            let shown = notifiers_page(page, &[], std::slice::from_ref(&view), None);
            let html = shown.render().unwrap_or_default();
            assert!(html.contains("sender_&#60;x&#62;") && html.contains("name=\"gravity\""));
        }
    }
}
