//! The records: what happened, and whether the log still holds.

use super::case::logins;
use super::page::{Answer, Page, Refused, Tab, render};
use super::text::{Language, Noun, grouped, isolate};
use super::visit::{Lead, Posted};
use super::when::{When, exact};
use crate::state::AppState;
use askama::Template;
use audit::FactKind;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use engine::{Error, EventRow, Verified};
use model::{Timestamp, UserId};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Records of one page.
const ROWS: usize = 50;

/// What the address asks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    before: Option<u64>,
}

struct Line {
    seq: String,
    at: When,
    exact: String,
    what: String,
    who: String,
    case: Option<String>,
    details: Vec<(String, String)>,
}

/// What a verification found.
struct Verification {
    is_whole: bool,
    heading: &'static str,
    words: String,
}

#[derive(Template)]
#[template(path = "records.html")]
struct RecordsPage {
    page: Page,
    lines: Vec<Line>,
    older: Option<u64>,
    is_latest: bool,
    verification: Option<Verification>,
}

/// Shows the records.
pub async fn page(
    State(state): State<AppState>,
    Lead(person): Lead,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let page = Page::new(&person, Tab::Records);
    list(&state, page, wanted.before, None).await
}

/// Verifies the whole log and shows what was found.
pub async fn verify(State(state): State<AppState>, posted: Posted) -> Answer {
    let mut page = Page::new(&posted.person, Tab::Records);
    page.here = "/records?".to_owned();
    if !posted.person.is_lead() {
        return Err(Refused::forbidden(&page));
    }
    let verification = match state.engine.verify(|_| ()).await {
        Ok(verified) => whole(page.t, &verified),
        Err(Error::Broken(broken)) => Verification {
            is_whole: false,
            heading: page.t.log_broken(),
            words: format!(
                "{} {}",
                page.t.log_broken_long(grouped(broken.seq)),
                isolate(&broken.why)
            ),
        },
        Err(Error::Tree(broken)) => {
            Verification { is_whole: false, heading: page.t.log_broken(), words: isolate(&broken) }
        }
        Err(error) => return Err(Refused::by(&page, error)),
    };
    list(&state, page, None, Some(verification)).await
}

fn whole(t: Language, verified: &Verified) -> Verification {
    let hash: String = verified.hash.chars().take(16).collect();
    let records = t.count(verified.records, Noun::Record);
    let words = t.log_holds_long(records, isolate(format!("{hash}…")));
    Verification { is_whole: true, heading: t.log_holds(), words }
}

async fn list(
    state: &AppState,
    page: Page,
    before: Option<u64>,
    verification: Option<Verification>,
) -> Answer {
    let refused = |error| Refused::by(&page, error);
    let rows = state.engine.latest_events(before, ROWS + 1).await.map_err(refused)?;
    let logins = logins(state).await.map_err(refused)?;
    let (t, now) = (page.t, state.engine.now());
    let shown = rows.iter().take(ROWS);
    let lines: Vec<Line> = shown.map(|row| line(t, row, &logins, now)).collect();
    let older = (rows.len() > ROWS).then(|| rows[ROWS - 1].seq);
    let is_latest = before.is_none();
    Ok(render(&RecordsPage { page, lines, older, is_latest, verification }, StatusCode::OK))
}

fn line(t: Language, row: &EventRow, logins: &BTreeMap<UserId, String>, now: Timestamp) -> Line {
    let empty = serde_json::Map::new();
    let fields = row.body.as_object().unwrap_or(&empty);
    let told = fields
        .iter()
        .filter(|(name, value)| !matches!(name.as_str(), "by" | "case") && !value.is_null());
    Line {
        seq: grouped(row.seq),
        at: When::new(t, row.at, now),
        exact: exact(row.at),
        what: fact_words(t, &row.kind),
        who: fields.get("by").map_or_else(String::new, |by| who(t, by, logins)),
        case: fields.get("case").and_then(Value::as_str).map(str::to_owned),
        details: told.map(|(name, value)| (name.clone(), value_words(value))).collect(),
    }
}

fn who(t: Language, by: &Value, logins: &BTreeMap<UserId, String>) -> String {
    let person = |id: &str| {
        let known = UserId::new(id).ok().and_then(|id| logins.get(&id));
        known.cloned().unwrap_or_else(|| id.to_owned())
    };
    if let Some(name) = by.as_str() {
        return match name {
            "operator" => t.operator().to_owned(),
            id if id.starts_with("user_") => person(id),
            id if id.starts_with("key_") => {
                format!("{} {}", t.api_key(), isolate(super::case_screen::short(id)))
            }
            other => other.to_owned(),
        };
    }
    let named = |name| by.get(name).and_then(Value::as_str);
    match (named("reviewer"), named("rule")) {
        (Some(id), _) => person(id),
        (None, Some(rule)) => format!("{} {}", t.by_rule(), isolate(rule)),
        (None, None) => String::new(),
    }
}

/// Prefixes of the ids that Seawall gives; they are told by their last characters.
const PREFIXES: [&str; 6] = ["decision_", "action_", "verdict_", "notice_", "key_", "user_"];

fn value_words(value: &Value) -> String {
    match value {
        Value::String(text) if PREFIXES.iter().any(|prefix| text.starts_with(prefix)) => {
            super::case_screen::short(text)
        }
        Value::String(text) => cut(text),
        Value::Object(fields) if fields.len() == 1 => {
            let told = fields.iter().map(|(name, value)| format!("{name} {}", value_words(value)));
            cut(&told.collect::<String>())
        }
        Value::Array(values) => {
            cut(&values.iter().map(value_words).collect::<Vec<String>>().join(", "))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {
            cut(&value.to_string())
        }
    }
}

fn cut(text: &str) -> String {
    let mut cut: String = text.chars().take(80).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}

/// A kind of fact in words; one that a later version wrote is shown by its name.
fn fact_words(t: Language, name: &str) -> String {
    let known = audit::FACTS.iter().find(|spec| spec.name == name);
    known.map_or_else(|| name.to_owned(), |spec| kind_words(t, spec.kind).to_owned())
}

fn kind_words(t: Language, kind: FactKind) -> &'static str {
    match kind {
        FactKind::LogStarted => t.fact_log_started(),
        FactKind::ItemJudged => t.fact_item_judged(),
        FactKind::CaseOpened => t.fact_case_opened(),
        FactKind::CaseJoined => t.fact_case_joined(),
        FactKind::CaseClaimed => t.fact_case_claimed(),
        FactKind::CaseReleased => t.fact_case_released(),
        FactKind::CaseMoved => t.fact_case_moved(),
        FactKind::DecisionMade => t.fact_decision_made(),
        FactKind::DecisionReversed => t.fact_decision_reversed(),
        FactKind::ActionOrdered => t.fact_action_ordered(),
        FactKind::ActionDelivered => t.fact_action_delivered(),
        FactKind::ActionDeadLettered => t.fact_action_dead_lettered(),
        FactKind::ActionRedelivered => t.fact_action_redelivered(),
        FactKind::ActionWithdrawn => t.fact_action_withdrawn(),
        FactKind::NoticeReceived => t.fact_notice_received(),
        FactKind::BankChanged => t.fact_bank_changed(),
        FactKind::RulesChanged => t.fact_rules_changed(),
        FactKind::UserChanged => t.fact_user_changed(),
        FactKind::KeyChanged => t.fact_key_changed(),
        FactKind::SignedIn => t.fact_signed_in(),
        FactKind::SignInRefused => t.fact_sign_in_refused(),
        FactKind::ContentViewed => t.fact_content_viewed(),
        FactKind::EvidenceStored => t.fact_evidence_stored(),
        FactKind::EvidenceDeleted => t.fact_evidence_deleted(),
        FactKind::SettingsChanged => t.fact_settings_changed(),
        FactKind::CheckpointSigned => t.fact_checkpoint_signed(),
        FactKind::StudyOrdered => t.fact_study_ordered(),
        FactKind::StudyEnded => t.fact_study_ended(),
        FactKind::StudyViewed => t.fact_study_viewed(),
        FactKind::StudySampled => t.fact_study_sampled(),
        FactKind::StudyCoded => t.fact_study_coded(),
        FactKind::StudyApplied => t.fact_study_applied(),
        FactKind::StudyErased => t.fact_study_erased(),
        FactKind::FollowsReceived => t.fact_follows_received(),
        FactKind::OrderReceived => t.fact_order_received(),
        FactKind::OrderChanged => t.fact_order_changed(),
        FactKind::OrderCarriedOut => t.fact_order_carried_out(),
        FactKind::OrderAlerted => t.fact_order_alerted(),
        FactKind::ExposureNotified => t.fact_exposure_notified(),
        FactKind::ExposureChanged => t.fact_exposure_changed(),
        FactKind::ExposureWarned => t.fact_exposure_warned(),
        FactKind::MeasuresReported => t.fact_measures_reported(),
        FactKind::AuthorityChanged => t.fact_authority_changed(),
        FactKind::DutyChanged => t.fact_duty_changed(),
        FactKind::LetterSent => t.fact_letter_sent(),
        FactKind::LetterDead => t.fact_letter_dead(),
        FactKind::LetterAgain => t.fact_letter_again(),
        FactKind::MailReceived => t.fact_mail_received(),
        FactKind::ThreatRaised => t.fact_threat_raised(),
        FactKind::ThreatChanged => t.fact_threat_changed(),
        FactKind::StatementMade => t.fact_statement_made(),
        FactKind::StatementDelivered => t.fact_statement_delivered(),
        FactKind::StatementDeadLettered => t.fact_statement_dead_lettered(),
        FactKind::StatementRedelivered => t.fact_statement_redelivered(),
        FactKind::SubmissionQueued => t.fact_submission_queued(),
        FactKind::SubmissionTaken => t.fact_submission_taken(),
        FactKind::SubmissionRefused => t.fact_submission_refused(),
        FactKind::SubmissionRepeated => t.fact_submission_repeated(),
        FactKind::PreservationChanged => t.fact_preservation_changed(),
        FactKind::AppealReceived => t.fact_appeal_received(),
        FactKind::AppealAnswered => t.fact_appeal_answered(),
        FactKind::LadderChanged => t.fact_ladder_changed(),
        FactKind::NoticeRefused => t.fact_notice_refused(),
        FactKind::NoticeAssessed => t.fact_notice_assessed(),
        FactKind::NotifierJudged => t.fact_notifier_judged(),
        FactKind::FlaggerChanged => t.fact_flagger_changed(),
        FactKind::ReportPublished => t.fact_report_published(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::page::tests::frame;
    use super::*;
    use serde_json::json;

    fn shown(t: Language, body: Value) -> String {
        let at = Timestamp::parse("2026-11-22T12:00:00Z").unwrap();
        let row = EventRow { seq: 7, at, kind: "decision_made".to_owned(), body };
        let logins = BTreeMap::from([(UserId::new("user_1").unwrap(), "nour".to_owned())]);
        let lines = vec![line(t, &row, &logins, at)];
        let page = frame(t, Tab::Records);
        let verification = Verified { records: 2, hash: "ab".repeat(32), root: "cd".repeat(32) };
        let verification = Some(whole(t, &verification));
        let page = RecordsPage { page, lines, older: Some(7), is_latest: true, verification };
        page.render().unwrap()
    }

    #[test]
    fn a_record_says_what_who_and_where() {
        let body = json!({ "by": { "reviewer": "user_1" }, "case": "case_1", "action": "remove" });
        let html = shown(Language::English, body);
        for expected in [
            "Decision made",
            "nour",
            "href=\"/cases/case_1\"",
            "remove",
            "before=7",
            "2 records hold",
        ] {
            assert!(html.contains(expected), "{expected}");
        }
    }

    #[test]
    fn hostile_ids_are_escaped() {
        let body = json!({ "by": "user_1", "item": "\"><script>alert(1)</script>" });
        let html = shown(Language::Arabic, body);
        assert!(!html.contains("<script>alert"));
        assert!(html.contains("صدر قرار"));
    }

    #[test]
    fn names_whoever_it_was() {
        let logins = BTreeMap::from([(UserId::new("user_1").unwrap(), "nour".to_owned())]);
        for (by, expected) in [
            (json!("operator"), "operator"),
            (json!("user_1"), "nour"),
            (json!("user_2"), "user_2"),
            (json!({ "rule": "r" }), "by rule \u{2068}r\u{2069}"),
            (json!(7), ""),
        ] {
            assert_eq!(who(Language::English, &by, &logins), expected);
        }
    }

    #[test]
    fn long_values_are_cut() {
        assert_eq!(value_words(&json!("ر".repeat(200))).chars().count(), 81);
        for (value, expected) in [
            (json!({ "item": "a" }), "item a"),
            (json!(["a", 1]), "a, 1"),
            (json!("decision_0123456789abcdef"), "…89abcdef"),
            (json!(true), "true"),
        ] {
            assert_eq!(value_words(&value), expected);
        }
    }
}
