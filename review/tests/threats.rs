//! Reports of threats: what can happen to one, and what is refused.

#![allow(clippy::unwrap_used)]

use law::form::Filled;
use law::threat::Because;
use model::{AccountId, CaseId, LetterId, ServiceId, ThreatId, Timestamp, UserId};
use proptest::prelude::*;
use review::threats::{
    Raising, Recipient, Threat, ThreatError, ThreatEventKind, ThreatKind, ThreatStatus, ThreatStep,
    alerted, alerts_due, delivered, raise, step,
};
use serde_json::{Value, json};

fn at(minute: i64) -> Timestamp {
    Timestamp::parse("2026-05-01T10:00:00Z").unwrap().plus_seconds(60 * minute)
}

fn first() -> UserId {
    UserId::new("user_first").unwrap()
}

fn second() -> UserId {
    UserId::new("user_second").unwrap()
}

fn form(change: &Value) -> Filled {
    let form = json!({
        "hsp_name": "Forum Example", "hsp_member_state": "IE",
        "contact_email": "safety@forum.example", "hsp_reference": "threat_1",
        "aware_at": "2026-05-01T10:00:00Z", "danger": "attack", "imminence": "within_hours",
        "assessment": "It names a place and an hour.", "terrorist_content": true,
        "states_concerned": ["DE"], "account": "u1",
    });
    let mut form = form.as_object().unwrap().clone();
    form.extend(change.as_object().unwrap().clone());
    form
}

fn recipient(name: &str, address: Option<&str>) -> Recipient {
    Recipient {
        name: name.to_owned(),
        state: "DE".to_owned(),
        because: Because::Concerned,
        authority: None,
        address: address.map(str::to_owned),
        phone: String::new(),
        letter: address.map(|_| letter(name)),
        told_at: None,
        by_hand: String::new(),
    }
}

fn letter(name: &str) -> LetterId {
    LetterId::new(format!("letter_{name}")).unwrap()
}

fn raised(change: &Value, recipients: Vec<Recipient>) -> Threat {
    let raising = Raising {
        id: ThreatId::new("threat_1").unwrap(),
        kind: ThreatKind::Life,
        service: ServiceId::new("forum").unwrap(),
        case: CaseId::new("case_1").unwrap(),
        account: AccountId::new("u1").unwrap(),
        form: form(change),
        recipients,
        preservation: None,
    };
    raise(raising, &first(), at(0))
}

fn whole() -> Threat {
    raised(&json!({}), vec![recipient("office", Some("life@office.example"))])
}

fn refused(threat: &Threat, wanted: ThreatStep, by: &UserId, expected: &str) {
    let error = step(threat, wanted, by, at(1)).unwrap_err().to_string();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn two_persons_stand_for_a_report() {
    let threat = whole();
    assert_eq!((threat.status, threat.problems.len()), (ThreatStatus::Raised, 0));
    refused(&threat, ThreatStep::Confirm, &first(), "somebody else than who raised it");
    let dismissal = ThreatStep::Dismiss("a line of a song".into());
    refused(&threat, dismissal.clone(), &first(), "somebody else than who raised it");
    refused(&threat, ThreatStep::Dismiss(" ".into()), &second(), "say why it is no threat");

    let sent = step(&threat, ThreatStep::Confirm, &second(), at(2)).unwrap();
    assert_eq!(sent.status, ThreatStatus::Sent);
    assert_eq!((sent.confirmed_by.as_ref(), sent.confirmed_at), (Some(&second()), Some(at(2))));
    refused(&sent, ThreatStep::Confirm, &second(), "needs one that is raised");
    refused(&sent, dismissal.clone(), &second(), "needs one that is raised");

    let dismissed = step(&threat, dismissal, &second(), at(2)).unwrap();
    assert_eq!(dismissed.status, ThreatStatus::Dismissed);
    assert!(!dismissed.is_open());
    refused(&dismissed, ThreatStep::Confirm, &second(), "is dismissed");
    let told = ThreatStep::Told { place: 0, note: "by telephone".into() };
    refused(&dismissed, told, &second(), "is dismissed");
}

#[test]
fn what_is_not_whole_is_taken_and_does_not_go_out() {
    let threat = raised(
        &json!({ "assessment": "", "states_concerned": ["Germany"] }),
        vec![recipient("office", Some("life@office.example"))],
    );
    let keys: Vec<&str> = threat.problems.iter().map(|one| one.key.as_str()).collect();
    assert_eq!(keys, ["states_concerned", "assessment"]);
    refused(&threat, ThreatStep::Confirm, &second(), "2 fields of the form");
    let correct =
        ThreatStep::Correct { form: form(&json!({})), recipients: threat.recipients.clone() };
    let next = step(&threat, correct, &first(), at(1)).unwrap();
    assert_eq!(next.states(), ["DE"]);
    assert_eq!(
        step(&next, ThreatStep::Confirm, &second(), at(2)).unwrap().status,
        ThreatStatus::Sent
    );
}

#[test]
fn a_report_that_nobody_would_get_waits_for_the_telephone() {
    let threat = raised(&json!({}), vec![recipient("office", None)]);
    refused(&threat, ThreatStep::Confirm, &second(), "nobody would be told");
    let told = ThreatStep::Told { place: 0, note: "called the duty officer".into() };
    let next = step(&threat, told.clone(), &first(), at(1)).unwrap();
    assert_eq!(next.recipients[0].told_at, Some(at(1)));
    refused(&next, told, &first(), "was told already, at 2026-05-01T10:01:00");
    let no_place = ThreatStep::Told { place: 7, note: "x".into() };
    refused(&next, no_place, &first(), "no recipient 7; it has 1");
    // Told by hand before: nothing is left to be told once it is confirmed.
    let done = step(&next, ThreatStep::Confirm, &second(), at(2)).unwrap();
    assert_eq!(done.status, ThreatStatus::Delivered);

    let beside = ThreatStep::ToldBeside { name: "local police".into(), note: "A. Example".into() };
    let next = step(&threat, beside, &first(), at(1)).unwrap();
    assert_eq!(next.recipients[1].because, Because::Beside);
    // Putting the form right forgets nobody who was told.
    let correct =
        ThreatStep::Correct { form: form(&json!({})), recipients: vec![recipient("other", None)] };
    let next = step(&next, correct, &first(), at(2)).unwrap();
    let names: Vec<&str> = next.recipients.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["other", "local police"]);
    let unsaid = ThreatStep::ToldBeside { name: String::new(), note: "x".into() };
    refused(&next, unsaid, &first(), "who was told is missing");
}

#[test]
fn it_is_delivered_once_everybody_was_told() {
    let both = vec![recipient("one", Some("a@one.example")), recipient("two", Some("b@two.test"))];
    let sent = step(&raised(&json!({}), both), ThreatStep::Confirm, &second(), at(1)).unwrap();
    let next = delivered(&sent, &[(letter("one"), at(2))], at(2));
    assert_eq!((next.status, next.untold().count()), (ThreatStatus::Sent, 1));
    // The same letter once more changes nothing that anybody was told.
    let again = delivered(&next, &[(letter("one"), at(9))], at(9));
    assert_eq!(again.recipients, next.recipients);
    let done = delivered(&next, &[(letter("two"), at(3)), (letter("three"), at(3))], at(3));
    assert_eq!(done.status, ThreatStatus::Delivered);
    refused(&done, ThreatStep::Acknowledge(String::new()), &first(), "the answer is missing");
    let answer = ThreatStep::Acknowledge("reference 4/26".into());
    refused(&whole(), answer.clone(), &first(), "needs one that is sent or delivered");
    let next = step(&done, answer, &first(), at(4)).unwrap();
    assert_eq!(next.events.last().unwrap().kind, ThreatEventKind::Acknowledged);
}

#[test]
fn who_waits_is_warned_and_nobody_twice() {
    let minutes = [0, 10, 30];
    let threat = whole();
    for (minute, expected) in [(0, vec![0]), (9, vec![0]), (10, vec![0, 10]), (99, vec![0, 10, 30])]
    {
        assert_eq!(alerts_due(&threat, &minutes, at(minute)), expected, "{minute}");
    }
    let warned = alerted(&threat, &[0, 10], at(10));
    assert!(alerts_due(&warned, &minutes, at(29)).is_empty());
    assert_eq!(alerts_due(&warned, &minutes, at(30)), [30]);
    // From the confirmation on the count begins anew, for a letter that does not arrive.
    let sent = step(&warned, ThreatStep::Confirm, &second(), at(40)).unwrap();
    assert!(alerts_due(&sent, &minutes, at(49)).is_empty());
    assert_eq!(alerts_due(&sent, &minutes, at(50)), [10]);
    let done = delivered(&sent, &[(letter("office"), at(41))], at(41));
    assert!(alerts_due(&done, &minutes, at(500)).is_empty());
}

#[test]
fn texts_are_bounded() {
    let long = "x".repeat(model::limits::REASON_BYTES + 1);
    let error = step(&whole(), ThreatStep::Dismiss(long), &second(), at(1)).unwrap_err();
    assert!(matches!(error, ThreatError::TooLong { .. }), "{error}");
    let many = vec![recipient("one", None); model::limits::THREAT_RECIPIENTS];
    let beside = ThreatStep::ToldBeside { name: "one more".into(), note: "x".into() };
    refused(&raised(&json!({}), many), beside, &first(), "at most 100 recipients");
}

fn any_step() -> impl Strategy<Value = ThreatStep> {
    prop_oneof![
        Just(ThreatStep::Confirm),
        "[a-z ]{0,5}".prop_map(ThreatStep::Dismiss),
        "[a-z ]{0,5}".prop_map(ThreatStep::Acknowledge),
        (0usize..3, "[a-z ]{0,5}").prop_map(|(place, note)| ThreatStep::Told { place, note }),
        ("[a-z]{0,3}", "[a-z]{0,3}").prop_map(|(name, note)| ThreatStep::ToldBeside { name, note }),
        prop::bool::ANY.prop_map(|whole| ThreatStep::Correct {
            form: form(&if whole { json!({}) } else { json!({ "danger": "" }) }),
            recipients: vec![recipient("office", Some("life@office.example"))],
        }),
    ]
}

proptest! {
    /// Whatever is done in whatever order: what went out has two persons and a whole form, what was
    /// told stays told, and delivered means that everybody was.
    #[test]
    fn no_way_around_the_second_person(
        steps in prop::collection::vec((any_step(), any::<bool>()), 0..12),
    ) {
        let mut threat = whole();
        for (place, (wanted, is_first)) in steps.into_iter().enumerate() {
            let by = if is_first { first() } else { second() };
            let before = threat.clone();
            let Ok(next) = step(&before, wanted, &by, at(place as i64)) else { continue };
            prop_assert_eq!(next.revision, before.revision + 1);
            let told = |one: &Threat| one.recipients.iter().filter(|r| r.told_at.is_some()).count();
            prop_assert!(told(&next) >= told(&before));
            threat = next;
        }
        if matches!(threat.status, ThreatStatus::Sent | ThreatStatus::Delivered) {
            prop_assert_eq!(threat.confirmed_by.as_ref(), Some(&second()));
            prop_assert!(threat.problems.is_empty());
        }
        if threat.status == ThreatStatus::Delivered {
            prop_assert_eq!(threat.untold().count(), 0);
        }
    }
}
