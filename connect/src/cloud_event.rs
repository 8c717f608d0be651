//! The body of a webhook: a thin CloudEvents 1.0 event in its JSON format.

use model::{Action, Letter, Statement, Timestamp};
use serde::Serialize;
use std::fmt::Write as _;

/// The media type of an event, as the CloudEvents HTTP binding names it for structured mode.
pub const CONTENT_TYPE: &str = "application/cloudevents+json; charset=utf-8";
/// The type of an event that tells the service to carry out an action.
pub const ACTION_ORDERED: &str = "seawall.action.ordered";

/// The type of an event that warns: the time of something runs out.
pub const ALERT: &str = "seawall.alert";

/// The type of an event that brings a statement for a person to the service, which hands it on.
pub const STATEMENT_MADE: &str = "seawall.statement.made";

#[derive(Serialize)]
struct Event<'a, T> {
    specversion: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    source: String,
    id: &'a str,
    time: Timestamp,
    datacontenttype: &'static str,
    data: &'a T,
}

/// The event that tells a service to carry out an action; the same action gives the same bytes.
///
/// The event's `id` is the action's, so that a service that sees it twice acts once. Source:
/// CloudEvents 1.0.2, JSON event format.
///
/// # Panics
/// Never: an action holds texts, times and lists alone, all of which have a form in JSON.
#[must_use]
pub fn action_event(action: &Action) -> Vec<u8> {
    let event = Event {
        specversion: "1.0",
        kind: ACTION_ORDERED,
        source: source(action.service.as_str()),
        id: action.id.as_str(),
        time: action.at,
        datacontenttype: "application/json",
        data: action,
    };
    serde_json::to_vec(&event).expect("an action has a form in JSON")
}

/// A warning as a CloudEvent: that something runs out, and the id of what it is.
///
/// # Panics
/// Never: a letter has a form in JSON.
#[must_use]
pub fn alert_event(letter: &Letter) -> Vec<u8> {
    let event = Event {
        specversion: "1.0",
        kind: ALERT,
        source: source(letter.service.as_str()),
        id: letter.id.as_str(),
        time: letter.at,
        datacontenttype: "application/json",
        data: &Alert { about: &letter.about, text: &letter.subject },
    };
    serde_json::to_vec(&event).expect("a letter has a form in JSON")
}

#[derive(Serialize)]
struct Alert<'a> {
    about: &'a str,
    text: &'a str,
}

/// A statement as the service gets it.
#[derive(Serialize)]
struct StatementData<'a> {
    #[serde(flatten)]
    statement: &'a Statement,
    /// The text for the person as a piece of a page, escaped, with its language and direction.
    html: &'a str,
}

/// The event that brings a statement to a service; the same statement gives the same bytes.
///
/// The event's `id` is the statement's, so that a service that sees it twice tells the person once.
/// The texts for those who check stay here.
///
/// # Panics
/// Never: a statement holds texts, times and lists alone, all of which have a form in JSON.
#[must_use]
pub fn statement_event(statement: &Statement, html: &str) -> Vec<u8> {
    let told = Statement { others: Vec::new(), ..statement.clone() };
    let event = Event {
        specversion: "1.0",
        kind: STATEMENT_MADE,
        source: source(statement.service.as_str()),
        id: statement.id.as_str(),
        time: statement.at,
        datacontenttype: "application/json",
        data: &StatementData { statement: &told, html },
    };
    serde_json::to_vec(&event).expect("a statement has a form in JSON")
}

/// The service as a URI reference; what is not plain in a path is percent-encoded.
fn source(service: &str) -> String {
    let mut uri = String::from("seawall/");
    for byte in service.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            write!(uri, "%{byte:02X}").expect("writing to a string does not fail");
        }
    }
    uri
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub(crate) mod tests {
    use super::*;
    use model::{ActionId, ActionKind, ActionTarget, CaseId, DecisionId, ItemId, ServiceId};

    pub(crate) fn action(service: &str) -> Action {
        Action {
            id: ActionId::new("action_0199").unwrap(),
            kind: ActionKind::Remove,
            service: ServiceId::new(service).unwrap(),
            target: ActionTarget::Item(ItemId::new("p1").unwrap()),
            decision: DecisionId::new("decision_7").unwrap(),
            case: CaseId::new("case_3").unwrap(),
            reverses: None,
            still_held_by: Vec::new(),
            labels: vec![],
            at: Timestamp::parse("2026-03-01T10:00:00Z").unwrap(),
        }
    }

    #[test]
    fn is_frozen() {
        let expected = concat!(
            r#"{"specversion":"1.0","type":"seawall.action.ordered","source":"seawall/harbour","#,
            r#""id":"action_0199","time":"2026-03-01T10:00:00Z","#,
            r#""datacontenttype":"application/json","data":{"id":"action_0199","kind":"remove","#,
            r#""service":"harbour","target":{"item":"p1"},"decision":"decision_7","#,
            r#""case":"case_3","at":"2026-03-01T10:00:00Z"}}"#
        );
        assert_eq!(String::from_utf8(action_event(&action("harbour"))).unwrap(), expected);
    }

    #[test]
    fn data_reads_back_as_the_action() {
        let mut given = action("harbour");
        given.kind = ActionKind::Restore;
        given.reverses = Some(ActionId::new("action_0001").unwrap());
        given.labels = vec!["known-term".into()];
        let event: serde_json::Value = serde_json::from_slice(&action_event(&given)).unwrap();
        assert_eq!(serde_json::from_value::<Action>(event["data"].clone()).unwrap(), given);
    }

    #[test]
    fn a_statement_is_frozen_too() {
        let text = |language: &str, text: &str| model::StatementText {
            language: language.to_owned(),
            text: text.to_owned(),
        };
        let statement = Statement {
            id: model::StatementId::new("statement_5").unwrap(),
            kind: model::StatementKind::Restriction,
            service: ServiceId::new("harbour").unwrap(),
            account: model::AccountId::new("a1").unwrap(),
            items: vec![ItemId::new("p1").unwrap()],
            case: CaseId::new("case_3").unwrap(),
            decision: DecisionId::new("decision_7").unwrap(),
            action: ActionKind::Remove,
            told: text("ar", "أزيل محتوى."),
            others: vec![text("en", "Content was removed.")],
            at: Timestamp::parse("2026-03-01T10:00:00Z").unwrap(),
            held_until: None,
            appeal_link: Some("https://seawall.example/appeal/a.7.x".to_owned()),
            reverses: None,
        };
        let expected = concat!(
            r#"{"specversion":"1.0","type":"seawall.statement.made","source":"seawall/harbour","#,
            r#""id":"statement_5","time":"2026-03-01T10:00:00Z","#,
            r#""datacontenttype":"application/json","data":{"id":"statement_5","#,
            r#""kind":"restriction","service":"harbour","account":"a1","items":["p1"],"#,
            r#""case":"case_3","decision":"decision_7","action":"remove","#,
            r#""told":{"language":"ar","text":"أزيل محتوى."},"at":"2026-03-01T10:00:00Z","#,
            r#""appeal_link":"https://seawall.example/appeal/a.7.x","#,
            r#""html":"<p>…</p>"}}"#
        );
        assert_eq!(String::from_utf8(statement_event(&statement, "<p>…</p>")).unwrap(), expected);
    }

    #[test]
    fn source_is_a_uri_reference() {
        for (service, expected) in [
            ("harbour", "seawall/harbour"),
            ("my forum", "seawall/my%20forum"),
            ("a/b?c#d%", "seawall/a%2Fb%3Fc%23d%25"),
            ("منتدى", "seawall/%D9%85%D9%86%D8%AA%D8%AF%D9%89"),
        ] {
            let event: serde_json::Value =
                serde_json::from_slice(&action_event(&action(service))).unwrap();
            assert_eq!(event["source"], expected);
        }
    }
}
