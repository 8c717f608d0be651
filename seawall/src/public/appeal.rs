//! The page of a decision for the person concerned: what was decided, why, and how to object.

use super::{Frame, failed, render};
use crate::console::text::{Language, isolate};
use crate::console::visit::{Fields, first};
use crate::console::when::exact;
use crate::state::AppState;
use askama::Template;
use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::{AppealView, AppealWords, Error, Origin};
use law::redress::Phrase;
use model::{Appeal, AppealGround, AppealOutcome, AppealStatus, Subject, limits};
use url::form_urlencoded;

/// What a person typed.
#[derive(Debug, Clone, Default)]
struct Typed {
    ground: String,
    reason: String,
    email: String,
}

/// What stands on the page about the person's appeal.
struct Stands {
    reference: String,
    heading: &'static str,
    words: String,
    reason: Option<String>,
    still: Option<&'static str>,
}

/// A choice of the form.
struct Choice {
    value: &'static str,
    words: &'static str,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "public_appeal.html")]
struct AppealPage {
    frame: Frame,
    view: AppealView,
    subject: String,
    at: String,
    measure: &'static str,
    automation: &'static str,
    reason: Option<String>,
    open_until: String,
    grounds: Vec<Choice>,
    typed: Typed,
    problem: Option<String>,
    stands: Option<Stands>,
    is_open: bool,
}

/// Shows the decision, and the form or what became of the appeal.
pub async fn page(
    State(state): State<AppState>,
    Path(link): Path<String>,
    request: Request,
) -> Response {
    let frame = Frame::of(&request.into_parts().0);
    show(&state, frame, &link, Typed::default(), None).await
}

async fn show(
    state: &AppState,
    frame: Frame,
    link: &str,
    typed: Typed,
    problem: Option<String>,
) -> Response {
    let status = match problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    match state.engine.appeal_view(link).await {
        Ok(view) => {
            let is_in_time = state.engine.now() <= view.open_until;
            render(&appeal_page(frame, view, is_in_time, typed, problem), status)
        }
        Err(error) => failed(&frame, &error),
    }
}

fn appeal_page(
    frame: Frame,
    view: AppealView,
    is_in_time: bool,
    typed: Typed,
    problem: Option<String>,
) -> AppealPage {
    let (t, tag) = (frame.t, frame.t.tag());
    let grounds = AppealGround::ALL.into_iter().filter(|ground| ground.is_for(&view.by));
    let choice = |ground: AppealGround| Choice {
        value: ground.as_str(),
        words: ground_words(t, ground),
        is_chosen: typed.ground == ground.as_str(),
    };
    let stands = view.appeal.as_ref().map(|appeal| stands(t, appeal));
    let is_waiting_or_heard = view.appeal.as_ref().is_some_and(is_heard);
    AppealPage {
        subject: match &view.subject {
            Subject::Item(item) => t.outside_item(isolate(item)),
            Subject::Account(account) => t.outside_account(isolate(account)),
        },
        at: exact(view.decision.at),
        measure: Phrase::of_action(view.decision.action).words(tag),
        automation: automation(&view).words(tag),
        // What a rule noted are values of signals, which say nothing to a person.
        reason: (!view.automation.in_decision).then(|| view.decision.reason.clone()),
        open_until: exact(view.open_until),
        grounds: grounds.map(choice).collect(),
        is_open: view.has_grounds && is_in_time && !is_waiting_or_heard,
        stands,
        typed,
        problem,
        view,
        frame,
    }
}

fn automation(view: &AppealView) -> Phrase {
    match (view.automation.in_decision, view.automation.in_detection) {
        (true, _) => Phrase::DecidedByProgram,
        (false, true) => Phrase::FoundByProgram,
        (false, false) => Phrase::ByPerson,
    }
}

fn is_heard(appeal: &Appeal) -> bool {
    match appeal.status {
        AppealStatus::Open | AppealStatus::Answered(_) => true,
        AppealStatus::Refused(_) => false,
    }
}

fn stands(t: Language, appeal: &Appeal) -> Stands {
    let (heading, words, reason, still) = match &appeal.status {
        AppealStatus::Open => {
            (t.appeal_open(), t.appeal_open_long(exact(appeal.due_at)), None, None)
        }
        AppealStatus::Refused(because) => {
            let words = Phrase::of_refusal(*because).words(t.tag());
            (t.appeal_refused(), t.appeal_refused_long(words), None, None)
        }
        AppealStatus::Answered(answer) => {
            let (heading, words) = match answer.outcome {
                AppealOutcome::Upheld => (t.appeal_upheld(), t.appeal_upheld_long()),
                AppealOutcome::Reversed => (t.appeal_reversed(), t.appeal_reversed_long()),
                AppealOutcome::Partly => (t.appeal_partly(), t.appeal_partly_long()),
            };
            let still =
                (!answer.still_standing.is_empty()).then(|| Phrase::StillRestricted.words(t.tag()));
            (heading, words.to_owned(), Some(answer.reason.clone()), still)
        }
    };
    Stands { reference: appeal.id.to_string(), heading, words, reason, still }
}

/// A ground in words.
pub fn ground_words(t: Language, ground: AppealGround) -> &'static str {
    match ground {
        AppealGround::NotAViolation => t.ground_not_a_violation(),
        AppealGround::ProtectedPurpose => t.ground_protected_purpose(),
        AppealGround::NotMine => t.ground_not_mine(),
        AppealGround::TooSevere => t.ground_too_severe(),
        AppealGround::IsAViolation => t.ground_is_a_violation(),
        AppealGround::Other => t.ground_other(),
    }
}

/// Takes an appeal.
pub async fn file(
    State(state): State<AppState>,
    Path(link): Path<String>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let frame = Frame::of(&parts);
    let Ok(bytes) = axum::body::to_bytes(body, super::FORM_BYTES).await else {
        let problem = Some(frame.t.appeal_too_long(limits::REASON_BYTES));
        return show(&state, frame, &link, Typed::default(), problem).await;
    };
    let typed = typed(&bytes);
    let Some(ground) = AppealGround::parse(&typed.ground) else {
        let problem = Some(frame.t.appeal_no_ground().to_owned());
        return show(&state, frame, &link, typed, problem).await;
    };
    let words = AppealWords {
        ground,
        reason: typed.reason.clone(),
        email: (!typed.email.is_empty()).then(|| typed.email.clone()),
        language: frame.t.tag().to_owned(),
    };
    match state.engine.appeal_by_link(&link, &words, &Origin::outside()).await {
        // The page is asked for anew, so that going back or reloading sends nothing twice.
        Ok(_) => Redirect::to(&frame.action()).into_response(),
        Err(error @ Error::Invalid { .. }) => {
            let problem = Some(problem(frame.t, &error));
            show(&state, frame, &link, typed, problem).await
        }
        Err(error) => failed(&frame, &error),
    }
}

fn typed(bytes: &Bytes) -> Typed {
    let fields: Fields = form_urlencoded::parse(bytes).into_owned().collect();
    let text = |name| first(&fields, name).trim().to_owned();
    Typed { ground: text("ground"), reason: text("reason"), email: text("email") }
}

fn problem(t: Language, error: &Error) -> String {
    match error {
        Error::Invalid { place, .. } if place == "reason" => {
            t.appeal_no_reason(limits::REASON_BYTES)
        }
        Error::Invalid { place, .. } if place == "email" => t.email_unfit().to_owned(),
        Error::Invalid { place, .. } if place == "ground" => t.appeal_no_ground().to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use engine::Automation;
    use model::{
        AppealAnswer, AppealBasis, AppealId, AppealRefusal, Appellant, CaseId, Decider, Decision,
        DecisionId, DisputeBody, ItemId, PolicyId, RuleName, Ruling, ServiceId, Timestamp, UserId,
    };

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn view(appeal: Option<AppealStatus>) -> AppealView {
        let decision = DecisionId::new("decision_1").unwrap();
        let case = CaseId::new("case_1").unwrap();
        let service = ServiceId::new("forum").unwrap();
        let day = at("2026-05-01T10:00:00Z");
        AppealView {
            by: Appellant::Affected,
            service: service.clone(),
            subject: Subject::Item(ItemId::new("p<1>").unwrap()),
            automation: Automation { in_detection: true, in_decision: false },
            policy: None,
            open_until: at("2026-11-02T10:00:00Z"),
            has_grounds: true,
            dispute_bodies: vec![DisputeBody {
                name: "Harbour Disputes".to_owned(),
                url: "https://disputes.example".to_owned(),
            }],
            appeal: appeal.map(|status| Appeal {
                id: AppealId::new("appeal_9").unwrap(),
                service,
                case: case.clone(),
                decision: decision.clone(),
                by: Appellant::Affected,
                ground: AppealGround::Other,
                reason: "why".to_owned(),
                email: None,
                language: "en".to_owned(),
                content_language: None,
                basis: AppealBasis::Dsa20,
                at: day,
                due_at: at("2026-05-15T10:00:00Z"),
                status,
                revision: 0,
            }),
            decision: Decision {
                id: decision,
                case,
                by: Decider::Reviewer(UserId::new("user_1").unwrap()),
                at: day,
                ruling: Ruling::Violation,
                action: Some(model::ActionKind::Remove),
                labels: Vec::new(),
                policy: PolicyId::new("default").unwrap(),
                policy_version: 1,
                reason: "It <calls> people.".to_owned(),
                findings: Vec::new(),
                reversed_at: None,
                order: None,
            },
        }
    }

    fn shown(t: Language, view: AppealView, is_in_time: bool) -> String {
        let (here, styles) = ("/appeal/a.1.x?".to_owned(), "/static/console.css".to_owned());
        let frame = Frame { t, here, styles };
        appeal_page(frame, view, is_in_time, Typed::default(), None).render().unwrap()
    }

    fn answered(outcome: AppealOutcome, still: bool) -> AppealStatus {
        AppealStatus::Answered(AppealAnswer {
            by: UserId::new("user_2").unwrap(),
            at: at("2026-05-03T10:00:00Z"),
            outcome,
            reason: "It is a report.".to_owned(),
            instead: None,
            still_standing: still
                .then(|| DecisionId::new("decision_2").unwrap())
                .into_iter()
                .collect(),
        })
    }

    #[test]
    fn the_page_says_what_was_decided_and_offers_the_form() {
        let html = shown(Language::English, view(None), true);
        for words in [
            "it was removed",
            "A program found the content; a person took the decision.",
            "It &#60;calls&#62; people.",
            "2026-11-02",
            "Harbour Disputes",
            "name=\"reason\"",
            "p&#60;1&#62;",
        ] {
            assert!(html.contains(words), "{words}");
        }
        assert!(!html.contains("<script") && !html.contains("user_1"), "no script, no reviewer");
        let arabic = shown(Language::Arabic, view(None), true);
        assert!(arabic.contains("<html lang=\"ar\" dir=\"rtl\">") && arabic.contains("أُزيل"));
    }

    #[test]
    fn the_form_is_there_only_while_there_is_something_to_object_to() {
        let without = |change: fn(&mut AppealView)| {
            let mut view = view(None);
            change(&mut view);
            shown(Language::English, view, true)
        };
        assert!(!shown(Language::English, view(None), false).contains("<form"), "late");
        assert!(!without(|view| view.has_grounds = false).contains("<form"));
        for (status, has_form, words) in [
            (AppealStatus::Open, false, "appeal_9"),
            (AppealStatus::Refused(AppealRefusal::Late), true, "the time for complaints"),
            (answered(AppealOutcome::Upheld, false), false, "The decision stands"),
            (answered(AppealOutcome::Reversed, true), false, "still stands"),
            (answered(AppealOutcome::Partly, false), false, "It is a report."),
        ] {
            let html = shown(Language::English, view(Some(status.clone())), true);
            assert_eq!(html.contains("<form"), has_form, "{status:?}");
            assert!(html.contains(words), "{status:?}: {words}");
        }
    }

    #[test]
    fn what_a_rule_noted_is_not_shown() {
        let mut view = view(None);
        view.decision.by = Decider::Rule(RuleName::new("acts").unwrap());
        view.decision.reason = "term.count = 1".to_owned();
        view.automation.in_decision = true;
        let html = shown(Language::English, view, true);
        assert!(!html.contains("term.count") && html.contains("took the decision"));
    }
}
