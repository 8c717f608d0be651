//! Orders: what can happen to one, and what is refused.

#![allow(clippy::unwrap_used)]

use law::{ClockProblem, Ground, Standing};
use model::{ItemId, OrderId, ServiceId, Timestamp, UserId};
use review::orders::{
    Channel, DrillOutcome, Effect, Found, Law, Located, Obstacle, Order, OrderError, OrderKind,
    OrderStatus, OrderStep, Receiving, Unfit, alerted, alerts_due, answered, confirmed, grade,
    looks_like_amendment, ordered, receive, silence_over, step, took_place,
};
use serde_json::{Value, json};

fn at(time: &str) -> Timestamp {
    Timestamp::parse(&format!("2026-05-{time}Z")).unwrap()
}

fn user() -> UserId {
    UserId::new("user_legal").unwrap()
}

fn form(change: &Value) -> law::form::Filled {
    let form = json!({
        "issuing_member_state": "DE", "addressee": "Forum Example",
        "contact_point": "orders@forum.example", "hsp_member_state": "IE",
        "issued_at": "2026-05-01T09:50:00Z", "order_reference": "2026/17",
        "urls": ["https://forum.example/p/1", "https://forum.example/p/2"],
        "type_ticks": ["A_INCITES"], "additional_reasons": "It calls for an attack.",
        "cross_border_tick": true, "authority_type": "law_enforcement",
        "authority_name": "Office of Example", "representative": "A. Example",
        "file_number": "17-A", "address": "1 Example Street", "phone": "+49 30 0000",
        "email": "orders@authority.example", "signed_date": "2026-05-01",
        "followup_contact": "orders@authority.example",
        "home_authority_contact": "home@authority.example", "challenge_body": "Court of Example",
        "challenge_deadline": "one month", "challenge_law_link": "https://law.example/challenge",
    });
    let mut form = form.as_object().unwrap().clone();
    form.extend(change.as_object().unwrap().clone());
    form
}

fn locate(url: &str) -> Found {
    match url.strip_prefix("https://forum.example/p/") {
        Some("404") => Found::Unknown,
        Some(item) => Found::Item { item: ItemId::new(item).unwrap() },
        None => Found::NotOurs,
    }
}

fn received_with(kind: OrderKind, change: &Value) -> Order {
    let receiving = Receiving {
        id: OrderId::new("order_1").unwrap(),
        kind,
        is_drill: false,
        service: ServiceId::new("forum").unwrap(),
        channel: Channel::Person(user()),
        reply_to: None,
        message: None,
        attachments: Vec::new(),
        received_at: at("01T10:00:00"),
        form: form(change),
        authentic: None,
        amends: None,
    };
    receive(receiving, &Law::default(), at("01T10:00:00"), locate)
}

fn received(change: &Value) -> Order {
    received_with(OrderKind::TcoRemoval, change)
}

fn take(order: &Order, one: OrderStep, time: &str) -> Result<Order, OrderError> {
    step(order, one, Some(&user()), &Law::default(), at(time), locate)
}

fn call_back() -> OrderStep {
    let authority = "office".to_owned().try_into().unwrap();
    OrderStep::CalledBack { authority, note: "A. Example, number on file".into() }
}

fn effect(place: usize) -> Effect {
    Effect {
        case: format!("case_{place}").try_into().unwrap(),
        decision: format!("decision_{place}").try_into().unwrap(),
        action: format!("action_{place}").try_into().unwrap(),
        done_at: None,
    }
}

fn executing() -> Order {
    let order = take(&received(&json!({})), call_back(), "01T10:05:00").unwrap();
    let order = take(&order, OrderStep::Begin, "01T10:06:00").unwrap();
    ordered(&ordered(&order, 0, effect(0)), 1, effect(1))
}

#[test]
fn an_order_is_done_when_the_service_confirmed_the_last_of_it() {
    let order = executing();
    assert_eq!(order.due(), Some(at("01T11:00:00")));
    let order = confirmed(&order, &[(1, at("01T10:08:00"))], at("01T10:08:01")).unwrap();
    assert_eq!((order.status, order.done_at()), (OrderStatus::Executing, None));
    let order = confirmed(&order, &[(0, at("01T10:07:00"))], at("01T10:09:00")).unwrap();
    assert_eq!(order.status, OrderStatus::Executed);
    let met = Standing::Met { at: at("01T10:08:00") };
    assert_eq!(order.standing(at("09T00:00:00")), Some(met));
    assert_eq!(order.due(), None);
}

#[test]
fn nothing_is_carried_out_on_doubt() {
    let check = |order: &Order, expected: &[Obstacle]| {
        assert_eq!(order.obstacles(), expected);
        let refused = take(order, OrderStep::Begin, "01T10:06:00").unwrap_err();
        assert_eq!(refused, OrderError::Obstacles { obstacles: expected.to_vec() });
    };
    check(&received(&json!({})), &[Obstacle::NotAuthentic]);
    let authentic = |change: Value| take(&received(&change), call_back(), "01T10:05:00").unwrap();
    check(&authentic(json!({"file_number": ""})), &[Obstacle::Form(1)]);
    check(&authentic(json!({"urls": []})), &[Obstacle::Form(1), Obstacle::NoContent]);
    let unknown = json!({"urls": ["https://forum.example/p/1", "https://forum.example/p/404"]});
    check(&authentic(unknown), &[Obstacle::Links(1)]);
    check(&authentic(json!({"urls": ["https://other.example/1"]})), &[Obstacle::Links(1)]);
}

#[test]
fn a_person_says_what_a_link_is() {
    let urls = json!({"urls": ["https://forum.example/p/404", "https://other.example/1"]});
    let order = take(&received(&urls), call_back(), "01T10:05:00").unwrap();
    let locate = |place, located| OrderStep::Locate { place, located };
    let item = Located::Item(ItemId::new("77").unwrap());
    let order = take(&order, locate(0, item), "01T10:06:00").unwrap();
    let gone = Located::Gone("deleted by its author yesterday".into());
    let order = take(&order, locate(1, gone), "01T10:07:00").unwrap();
    assert_eq!(order.obstacles(), []);
    assert_eq!(order.items().map(ItemId::as_str).collect::<Vec<_>>(), ["77"]);
    // What is kept as a document is read back whole.
    let kept = serde_json::to_string(&order).unwrap();
    assert_eq!(serde_json::from_str::<Order>(&kept).unwrap(), order);
    // A form that is put right keeps what was said of its links.
    let corrected = OrderStep::Correct(form(&urls));
    let order = take(&order, corrected, "01T10:08:00").unwrap();
    assert_eq!(order.obstacles(), []);

    let none = OrderError::NoLink { place: 2, links: 2 };
    let again = locate(2, Located::Gone("x".into()));
    assert_eq!(take(&order, again, "01T10:09:00").unwrap_err(), none);
    let silent = locate(1, Located::Gone(" ".into()));
    assert!(matches!(take(&order, silent, "01T10:09:00"), Err(OrderError::Missing { .. })));
}

#[test]
fn annex_three_stops_the_clock_and_the_clarification_starts_it_anew() {
    let order = received(&json!({"urls": []}));
    let stop = |clarification: &str| OrderStep::Stop {
        ground: Ground::InsufficientInformation,
        information: "no address".into(),
        clarification: clarification.into(),
    };
    assert!(matches!(take(&order, stop(""), "01T10:30:00"), Err(OrderError::Missing { .. })));
    let order = take(&order, stop("which addresses?"), "01T10:30:00").unwrap();
    assert_eq!((order.status, order.due()), (OrderStatus::Impossible, None));
    assert_eq!(order.ground(), Some(Ground::InsufficientInformation));

    let early = take(&order, OrderStep::Resume(at("01T10:29:00")), "02T08:00:00").unwrap_err();
    assert!(matches!(early, OrderError::Clock(ClockProblem::Backwards { .. })));
    let order = take(&order, OrderStep::Correct(form(&json!({}))), "02T08:00:00").unwrap();
    let order = take(&order, OrderStep::Resume(at("02T07:58:00")), "02T08:00:00").unwrap();
    assert_eq!((order.status, order.due()), (OrderStatus::Received, Some(at("02T08:58:00"))));
    assert_eq!(order.obstacles(), [Obstacle::NotAuthentic]);
}

#[test]
fn warnings_go_out_once_and_a_miss_is_not_overlooked() {
    let minutes = [30, 15, 5];
    let mut order = received(&json!({}));
    for (time, expected) in [
        ("01T10:29:59", &[][..]),
        ("01T10:30:00", &[30]),
        ("01T10:31:00", &[]),
        ("01T10:56:00", &[15, 5]),
        ("01T11:00:00", &[]),
        ("01T11:00:01", &[0]),
        ("01T12:00:00", &[]),
    ] {
        let due = alerts_due(&order, &minutes, at(time));
        assert_eq!(due, expected, "{time}");
        order = alerted(&order, &due, at(time));
    }
    assert_eq!(order.unseen_miss(at("01T12:00:00")), Some(at("01T11:00:00")));
    let seen = OrderStep::SeeMiss("nobody answered; the rota is mended".into());
    let order = take(&order, seen.clone(), "01T12:05:00").unwrap();
    assert_eq!(order.unseen_miss(at("01T12:06:00")), None);
    assert!(matches!(take(&order, seen, "01T12:07:00"), Err(OrderError::Already { .. })));
    // It is done all the same, and was late.
    let order = take(&order, call_back(), "01T12:08:00").unwrap();
    let order = take(&order, OrderStep::Begin, "01T12:09:00").unwrap();
    let order = ordered(&ordered(&order, 0, effect(0)), 1, effect(1));
    let done = [(0, at("01T12:10:00")), (1, at("01T12:10:00"))];
    let order = confirmed(&order, &done, at("01T12:11:00")).unwrap();
    let late = Standing::Missed { due: at("01T11:00:00"), at: Some(at("01T12:10:00")) };
    assert_eq!(order.standing(at("01T13:00:00")), Some(late));
}

#[test]
fn scrutiny_has_its_times_and_can_undo_the_order() {
    let ask = || OrderStep::AskScrutiny("it names a newspaper's report".into());
    let late = take(&executing(), ask(), "03T10:00:01").unwrap_err();
    assert_eq!(late, OrderError::TooLate { what: "scrutiny", due: at("03T10:00:00") });
    let home = received(&json!({"cross_border_tick": false, "hsp_member_state": "DE"}));
    assert_eq!(take(&home, ask(), "01T11:00:00").unwrap_err(), OrderError::NotCrossBorder);

    let order = take(&executing(), ask(), "02T10:00:00").unwrap();
    assert_eq!(order.scrutiny.as_ref().unwrap().due, at("05T10:00:00"));
    assert!(matches!(take(&order, ask(), "02T11:00:00"), Err(OrderError::Already { .. })));
    let decided = |infringes| OrderStep::Scrutinised { infringes, note: "decision 4".into() };
    let order = take(&order, decided(true), "04T09:00:00").unwrap();
    assert_eq!(order.status, OrderStatus::Ceased);
    assert!(matches!(take(&order, decided(false), "04T10:00:00"), Err(OrderError::Already { .. })));

    // Of its own accord, without being asked; without an infringement the order stands.
    let stands = take(&executing(), decided(false), "02T10:00:00").unwrap();
    assert_eq!(stands.status, OrderStatus::Executing);
}

#[test]
fn silence_ends_by_itself() {
    let quiet = received(&json!({"nondisclosure_tick": true}));
    let first = Timestamp::parse("2026-06-12T09:50:00Z").unwrap();
    let second = Timestamp::parse("2026-07-24T09:50:00Z").unwrap();
    assert_eq!(quiet.silent_until, Some(first));
    assert_eq!(silence_over(&quiet, first.plus_seconds(-1)), None);
    assert_eq!(silence_over(&quiet, first).unwrap().silent_until, None);

    let extend = |until| OrderStep::ExtendSilence(until);
    let extended = take(&quiet, extend(second), "20T10:00:00").unwrap();
    assert_eq!(extended.silent_until, Some(second));
    let longer = take(&quiet, extend(second.plus_seconds(1)), "20T10:00:00").unwrap_err();
    assert_eq!(longer, OrderError::SilenceTooLong { latest: second });
    let told = take(&received(&json!({})), extend(second), "20T10:00:00");
    assert!(matches!(told, Err(OrderError::Already { .. })));
}

#[test]
fn orders_of_the_other_law_have_the_time_that_they_name() {
    let change = json!({"effect_due_at": "2026-05-02T10:00:00Z"});
    let order = received_with(OrderKind::DsaAct, &change);
    assert_eq!(order.due(), Some(at("02T10:00:00")));
    assert_eq!(received_with(OrderKind::DsaInformation, &json!({})).due(), None);

    // One for information is done when a person says so.
    let mut asked = received_with(OrderKind::DsaInformation, &change);
    asked.problems.clear();
    let asked = take(&asked, call_back(), "01T10:05:00").unwrap();
    assert!(answered(&asked, &user(), at("01T10:06:00")).is_err());
    let asked = take(&asked, OrderStep::Begin, "01T10:06:00").unwrap();
    let done = answered(&asked, &user(), at("01T10:30:00")).unwrap();
    assert_eq!(done.status, OrderStatus::Executed);
    assert_eq!(done.standing(at("01T11:00:00")), Some(Standing::Met { at: at("01T10:30:00") }));
}

#[test]
fn what_is_ended_takes_no_further_step() {
    let refused = take(&received(&json!({})), OrderStep::Refuse("a forgery".into()), "01T10:10:00");
    let refused = refused.unwrap();
    assert_eq!(
        (refused.status, refused.due(), refused.standing(at("01T12:00:00"))),
        (OrderStatus::Refused, None, None)
    );
    for one in [
        OrderStep::Begin,
        OrderStep::Correct(form(&json!({}))),
        OrderStep::Refuse("again".into()),
        OrderStep::Resume(at("01T10:20:00")),
        call_back(),
        OrderStep::Supersede(Box::new(received(&json!({})))),
    ] {
        let outcome = take(&refused, one.clone(), "01T10:20:00");
        assert!(matches!(outcome, Err(OrderError::Status { .. })), "{one:?}");
    }
    let empty = take(&received(&json!({})), OrderStep::Refuse(" ".into()), "01T10:10:00");
    assert!(matches!(empty, Err(OrderError::Missing { .. })));
}

fn later(change: &Value) -> Order {
    let id = OrderId::new("order_2").unwrap();
    let order = Order { id, received_at: at("01T10:20:00"), ..received(change) };
    take(&order, call_back(), "01T10:21:00").unwrap()
}

#[test]
fn an_order_of_the_same_authority_takes_the_place_of_an_earlier_one() {
    let done = [(0, at("01T10:07:00")), (1, at("01T10:08:00"))];
    let executed = confirmed(&executing(), &done, at("01T10:09:00")).unwrap();
    let earlier = take(&received(&json!({})), call_back(), "01T10:05:00").unwrap();
    let supersede = |other: &Order| OrderStep::Supersede(Box::new(other.clone()));
    let other = later(&json!({}));
    for order in [&earlier, &executed] {
        let replaced = take(order, supersede(&other), "01T10:30:00").unwrap();
        assert_eq!(replaced.status, OrderStatus::Superseded);
        assert_eq!((&replaced.replaced_by, replaced.due()), (&Some(other.id.clone()), None));
        assert_eq!(replaced.targets, order.targets, "what it took stays as it is");
        let again = take(&replaced, supersede(&other), "01T10:31:00");
        assert!(matches!(again, Err(OrderError::Status { .. })));
    }
    let took = took_place(&other, &earlier.id, &user(), at("01T10:30:00"));
    assert_eq!((took.replaces.len(), took.revision), (1, other.revision + 1));
    let running = take(&executing(), supersede(&other), "01T10:30:00").unwrap_err();
    assert!(running.to_string().contains("received, impossible or executed"), "{running}");
    // A time that went by is not hidden by it.
    let hidden = take(&earlier, supersede(&other), "01T11:00:01");
    assert!(matches!(hidden, Err(OrderError::Missing { .. })), "{hidden:?}");
}

#[test]
fn what_cannot_take_the_place_of_an_order_says_why() {
    let earlier = take(&received(&json!({})), call_back(), "01T10:05:00").unwrap();
    let other = later(&json!({}));
    let from = |authority: &str| {
        let mut sender = other.authentic.clone().unwrap();
        sender.authority = authority.to_owned().try_into().unwrap();
        Some(sender)
    };
    let refused = take(&other, OrderStep::Refuse("a forgery".into()), "01T10:22:00").unwrap();
    let many = vec![earlier.id.clone(); model::limits::ORDERS_REPLACED];
    for (unfit, other) in [
        (Unfit::Same, earlier.clone()),
        (Unfit::OtherMatter, Order { kind: OrderKind::DsaAct, ..other.clone() }),
        (Unfit::OtherMatter, Order { is_drill: true, ..other.clone() }),
        (Unfit::NotAuthentic, Order { authentic: None, ..other.clone() }),
        (Unfit::OtherAuthority, Order { authentic: from("another"), ..other.clone() }),
        (Unfit::Earlier, Order { received_at: at("01T09:00:00"), ..other.clone() }),
        (Unfit::Ended(OrderStatus::Refused), refused),
        (Unfit::TooMany, Order { replaces: many, ..other.clone() }),
    ] {
        let step = OrderStep::Supersede(Box::new(other.clone()));
        let told = take(&earlier, step, "01T10:30:00").unwrap_err();
        assert_eq!(told, OrderError::Unfit { other: other.id, unfit });
    }
}

#[test]
fn an_order_that_names_an_earlier_one_looks_like_its_amendment() {
    let earlier = received(&json!({}));
    let names = |reasons: &str| {
        later(&json!({
            "order_reference": "2026/99", "additional_reasons": reasons,
        }))
    };
    for (reasons, expected) in [
        ("It replaces our order 2026/17.", true),
        ("(2026/17)", true),
        ("See 2026/171 and 12026/17.", false),
        ("See 2026/17-B.", false),
        ("It calls for an attack.", false),
    ] {
        assert_eq!(looks_like_amendment(&names(reasons), &earlier), expected, "{reasons}");
    }
    let named = names("It replaces our order 2026/17.");
    let elsewhere = received(&json!({"authority_name": "Office of Elsewhere"}));
    assert!(!looks_like_amendment(&named, &elsewhere));
    let short = received(&json!({"order_reference": "1"}));
    assert!(!looks_like_amendment(&names("Article 1"), &short));
    assert!(looks_like_amendment(&later(&json!({})), &earlier), "the same number again");
}

#[test]
fn a_drill_is_graded_by_what_took_how_long() {
    let order = executing();
    let running = grade(&order, at("01T10:10:00"));
    assert_eq!((running.outcome, running.authenticated_after), (DrillOutcome::Running, Some(300)));
    assert_eq!((running.answered_after, running.done_after), (Some(360), None));
    let done = [(0, at("01T10:08:00")), (1, at("01T10:09:00"))];
    let done = confirmed(&order, &done, at("01T10:09:00")).unwrap();
    let graded = grade(&done, at("02T00:00:00"));
    assert_eq!(
        (graded.outcome, graded.done_after, graded.warnings),
        (DrillOutcome::InTime, Some(540), 0)
    );

    let waiting = alerted(&received(&json!({"file_number": ""})), &[30, 15], at("01T10:46:00"));
    let missed = grade(&waiting, at("01T11:30:00"));
    assert_eq!(
        (missed.outcome, missed.warnings, missed.form_problems),
        (DrillOutcome::Missed, 2, 1)
    );
    let refused = take(&waiting, OrderStep::Refuse("a forgery".into()), "01T10:50:00").unwrap();
    assert_eq!(grade(&refused, at("01T11:30:00")).outcome, DrillOutcome::Answered);
}
