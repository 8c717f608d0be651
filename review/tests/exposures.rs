//! Exposure decisions: what is owed by when, what can happen to one, and what is refused.

#![allow(clippy::unwrap_used)]

use law::TimeZone;
use model::{ExposureId, ServiceId, Timestamp, UserId};
use proptest::prelude::*;
use review::exposures::{
    Announcement, Counter, Exposure, ExposureError, ExposureStatus, ExposureStep, Figures,
    HandedOver, Noting, ObligationId, OwedBy, ReviewAsk, Sealed, Warned, notified, step, warned,
};
use review::orders::Law;
use serde_json::{Value, json};

fn at(time: &str) -> Timestamp {
    Timestamp::parse(&format!("{time}T10:00:00Z")).unwrap()
}

fn user() -> UserId {
    UserId::new("user_legal").unwrap()
}

fn says(reference: &str, day: &str) -> Announcement {
    Announcement {
        reference: reference.into(),
        notified_at: at(day),
        says: "Three removal orders within a year.".into(),
    }
}

fn exposed_on(day: &str) -> Exposure {
    let noting = Noting {
        id: ExposureId::new("exposure_1").unwrap(),
        service: ServiceId::new("forum").unwrap(),
        authority: "home".to_owned().try_into().unwrap(),
        decision: says("5-4/1", day),
        by: user(),
    };
    notified(noting, at(day)).unwrap()
}

fn in_zone(name: &str) -> Law {
    Law { zone: TimeZone::get(name).unwrap(), ..Law::default() }
}

fn take(exposure: &Exposure, one: ExposureStep, day: &str) -> Result<Exposure, ExposureError> {
    step(exposure, one, &user(), &Law::default(), Figures::default(), at(day))
}

fn read(value: Value) -> ExposureStep {
    serde_json::from_value(value).unwrap()
}

fn measure(change: &Value) -> Value {
    let mut terms = json!({
        "title": "Known texts", "words": "Posts with a known text wait for a person.",
        "kind": "technical", "from": "2027-01-10T00:00:00Z",
        "worked": { "by": "program", "oversight": "Two reviewers look at each." },
        "effect": "Nine of ten in a test of 500.", "limits": "Public posts with a known text.",
        "rights": "Nothing is taken before a person looked.", "rules": ["known-text"],
    });
    terms.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    terms
}

fn take_measure(change: &Value) -> ExposureStep {
    read(json!({ "step": "take_measure", "measure": measure(change) }))
}

/// Drafts, writes and sends the report that is due first.
fn report(exposure: &Exposure, day: &str) -> Exposure {
    let sent = json!({
        "step": "send", "sha256": "ab".repeat(32),
        "handed_over": { "by": "person", "how": "By courier to the registry." },
    });
    [
        json!({ "step": "draft" }),
        json!({ "step": "write", "done": "Texts wait.", "intended": "Nothing more." }),
        sent,
    ]
    .into_iter()
    .fold(exposure.clone(), |exposure, one| take(&exposure, read(one), day).unwrap())
}

#[track_caller]
fn check_due(exposure: &Exposure, law: &Law, day: &str, expected: &[(&str, &str)]) {
    let open = exposure.open_obligations(law, at(day));
    let open: Vec<_> = open.iter().map(|one| (one.id.to_string(), one.due.to_string())).collect();
    let expected: Vec<_> =
        expected.iter().map(|(id, due)| ((*id).to_owned(), (*due).to_owned())).collect();
    assert_eq!(open, expected, "on {day}");
}

#[test]
fn reports_are_due_after_three_months_and_every_year_from_then() {
    let utc = Law::default();
    // The first is due on the last of a month that has no such day; the years count from there.
    let exposure = exposed_on("2026-11-30");
    check_due(&exposure, &utc, "2026-12-01", &[("report-1", "2027-02-28T10:00:00Z")]);
    let sent = report(&exposure, "2027-02-20");
    check_due(&sent, &utc, "2027-02-21", &[("report-2", "2028-02-28T10:00:00Z")]);
    // What is missed stays owed beside what comes next.
    let missed = [
        ("report-2", "2028-02-28T10:00:00Z"),
        ("report-3", "2029-02-28T10:00:00Z"),
        ("report-4", "2030-02-28T10:00:00Z"),
    ];
    check_due(&sent, &utc, "2029-03-01", &missed);
    // From a leap day the years lead to the 28th, and to the 29th again.
    let leap = exposed_on("2027-11-29");
    check_due(&leap, &utc, "2027-12-01", &[("report-1", "2028-02-29T10:00:00Z")]);
    let reported = (1..=4).fold(leap, |exposure, _| report(&exposure, "2027-12-01"));
    check_due(&reported, &utc, "2027-12-02", &[("report-5", "2032-02-29T10:00:00Z")]);
}

#[test]
fn periods_are_those_of_the_calendar_where_the_service_is() {
    // 11 o'clock in Brussels in winter is 9 o'clock in UTC in summer.
    let exposure = exposed_on("2027-01-15");
    let brussels = in_zone("Europe/Brussels");
    check_due(&exposure, &brussels, "2027-01-15", &[("report-1", "2027-04-15T09:00:00Z")]);
}

#[test]
fn a_demand_has_the_date_that_the_authority_sets_and_a_report_of_its_own() {
    let exposure = report(&exposed_on("2027-01-10"), "2027-04-01");
    let demand = json!({
        "step": "demand", "due": "2027-06-15T10:00:00Z",
        "decision": { "reference": "5-6/1", "notified_at": "2027-05-01T10:00:00Z",
                      "says": "Videos are not covered." },
    });
    let exposure = take(&exposure, read(demand), "2027-05-02").unwrap();
    let utc = Law::default();
    let all = [
        ("demand-1", "2027-06-15T10:00:00Z"),
        ("demand-report-1", "2027-08-01T10:00:00Z"),
        ("report-2", "2028-04-10T10:00:00Z"),
    ];
    check_due(&exposure, &utc, "2027-05-02", &all);
    let meet = json!({ "step": "meet_demand", "number": 1, "reason": "Videos wait too." });
    let met = take(&exposure, read(meet.clone()), "2027-06-01").unwrap();
    check_due(&met, &utc, "2027-06-02", &all[1..]);
    check_due(&report(&met, "2027-07-01"), &utc, "2027-07-02", &all[2..]);
    let again = take(&met, read(meet), "2027-06-03").unwrap_err();
    assert_eq!(again, ExposureError::Already { what: "the demand was met" });
    // An amendment may lift what was demanded.
    let amend = json!({
        "step": "amend", "lifts": [1],
        "decision": { "reference": "5-7/1", "notified_at": "2027-05-20T10:00:00Z", "says": "Ok." },
    });
    let lifted = take(&exposure, read(amend), "2027-05-20").unwrap();
    check_due(&lifted, &utc, "2027-05-21", &all[2..]);
    assert_eq!(lifted.status(), ExposureStatus::Amended);
}

#[test]
fn a_request_is_answered_within_three_months_and_a_withdrawal_ends_what_is_owed() {
    let utc = Law::default();
    let exposure = exposed_on("2027-01-10");
    let ask = json!({ "step": "ask_review", "asks": "withdrawal", "reason": "No order since." });
    let asked = take(&exposure, read(ask.clone()), "2027-03-01").unwrap();
    assert_eq!(asked.status(), ExposureStatus::UnderReview);
    // What is owed goes on meanwhile, and the authority owes its answer.
    let owed = [("report-1", "2027-04-10T10:00:00Z"), ("review-1", "2027-06-01T10:00:00Z")];
    check_due(&asked, &utc, "2027-03-02", &owed);
    let owes = asked.obligations(&utc, at("2027-03-02"));
    assert_eq!(owes.last().unwrap().owed_by, OwedBy::Authority);
    let twice = take(&asked, read(ask), "2027-03-02").unwrap_err();
    assert!(twice.to_string().contains("is open already"), "{twice}");

    let upheld = ExposureStep::Uphold { decision: says("5-7/1", "2027-05-01") };
    let stands = take(&asked, upheld.clone(), "2027-05-02").unwrap();
    assert_eq!(stands.status(), ExposureStatus::InForce);
    let refused = take(&stands, upheld, "2027-05-03").unwrap_err();
    assert_eq!(refused, ExposureError::NothingAsked);

    let withdraw = ExposureStep::Withdraw { decision: says("5-7/2", "2027-05-01") };
    let withdrawn = take(&asked, withdraw.clone(), "2027-05-02").unwrap();
    assert_eq!(withdrawn.status(), ExposureStatus::Withdrawn);
    check_due(&withdrawn, &utc, "2029-01-01", &[]);
    // What was missed before it is still told, once.
    let missed = withdrawn.unseen_misses(&utc, at("2029-01-01"));
    assert_eq!(missed.iter().map(|one| one.id).collect::<Vec<_>>(), [ObligationId::Report(1)]);
    let see = json!({ "step": "see_miss", "obligation": "report-1", "reason": "Late staff." });
    let seen = take(&withdrawn, read(see.clone()), "2027-05-03").unwrap();
    assert!(seen.unseen_misses(&utc, at("2029-01-01")).is_empty());
    let twice = take(&seen, read(see), "2027-05-04").unwrap_err();
    assert_eq!(twice, ExposureError::NothingMissed(ObligationId::Report(1)));
    let refused = take(&seen, withdraw, "2027-05-04").unwrap_err().to_string();
    assert!(refused.contains("was withdrawn at 2027-05-01T10:00:00Z"), "{refused}");
}

#[test]
fn a_measure_says_what_the_law_asks_about() {
    let exposure = exposed_on("2027-01-10");
    let taken = take(&exposure, take_measure(&json!({})), "2027-01-11").unwrap();
    assert_eq!(taken.measures[0].number, 1);
    for (change, says) in [
        (json!({ "title": " " }), "title is missing"),
        (json!({ "words": "" }), "words is missing"),
        (json!({ "effect": "" }), "how effective it is"),
        (json!({ "limits": "" }), "no general monitoring"),
        (json!({ "rights": "" }), "the rights of users"),
        (json!({ "worked": { "by": "program", "oversight": "" } }), "oversee and verify"),
        (json!({ "worked": { "by": "people" } }), "the measure names rules"),
        (json!({ "until": "2027-01-09T00:00:00Z" }), "lies before 2027-01-10"),
        (json!({ "words": "x".repeat(20_000) }), "words has 20000 bytes"),
        (json!({ "rules": vec!["r"; 101] }), "rules: at most 100"),
    ] {
        let refused = take(&exposure, take_measure(&change), "2027-01-11").unwrap_err();
        assert!(refused.to_string().contains(says), "{refused}");
    }
    let end = |number| json!({ "step": "end_measure", "number": number, "reason": "Replaced." });
    let ended = take(&taken, read(end(1)), "2027-03-01").unwrap();
    assert_eq!(ended.measures[0].terms.until, Some(at("2027-03-01")));
    for (number, says) in [(1, "the measure was ended already"), (2, "has no measure 2")] {
        let refused = take(&ended, read(end(number)), "2027-03-02").unwrap_err();
        assert!(refused.to_string().contains(says), "{refused}");
    }
}

#[test]
fn decisions_come_in_their_order_and_not_before_they_are_made() {
    let exposure = exposed_on("2027-01-10");
    let amend = |day| ExposureStep::Amend { decision: says("5-7/1", day), lifts: Vec::new() };
    let early = take(&exposure, amend("2027-01-09"), "2027-02-01").unwrap_err().to_string();
    assert!(early.contains("2027-01-09T10:00:00Z lies before 2027-01-10T10:00:00Z"), "{early}");
    let later = take(&exposure, amend("2027-02-02"), "2027-02-01").unwrap_err().to_string();
    assert!(later.contains("has not come"), "{later}");
    let nothing = read(json!({ "step": "meet_demand", "number": 3, "reason": "r" }));
    let nothing = take(&exposure, nothing, "2027-02-01").unwrap_err().to_string();
    assert_eq!(nothing, "the decision has no demand 3");
    let noting = Noting {
        id: exposure.id.clone(),
        service: exposure.service.clone(),
        authority: exposure.authority.clone(),
        decision: Announcement { reference: String::new(), ..exposure.decision.clone() },
        by: user(),
    };
    let refused = notified(noting, at("2027-01-10")).unwrap_err().to_string();
    assert!(refused.contains("reference is missing"), "{refused}");
}

#[test]
fn a_report_counts_as_sent_when_its_words_are_there_and_a_person_says_so() {
    let exposure = take(&exposed_on("2027-01-10"), take_measure(&json!({})), "2027-01-11").unwrap();
    let later = json!({ "title": "Videos", "from": "2027-09-01T00:00:00Z" });
    let exposure = take(&exposure, take_measure(&later), "2027-01-12").unwrap();
    let send = ExposureStep::Send {
        sha256: "ab".repeat(32),
        handed_over: HandedOver::Person { how: "By courier.".into() },
    };
    assert_eq!(take(&exposure, send.clone(), "2027-03-01"), Err(ExposureError::NoDraft));
    let drafted = take(&exposure, read(json!({ "step": "draft" })), "2027-03-01").unwrap();
    let missing = take(&drafted, send.clone(), "2027-03-01").unwrap_err().to_string();
    assert!(missing.starts_with("done is missing"), "{missing}");
    let write = json!({ "step": "write", "done": "Texts wait.", "intended": "Videos." });
    let written = take(&drafted, read(write), "2027-03-02").unwrap();
    // A draft that is made anew keeps the words.
    let written = take(&written, read(json!({ "step": "draft" })), "2027-03-03").unwrap();
    let whole = written.report().unwrap();
    assert_eq!((whole.number, &whole.done[..]), (1, "Texts wait."));
    assert_eq!((whole.from, whole.to), (at("2027-01-10"), at("2027-03-03")));
    let titles = |of: &[review::exposures::SpecificMeasure]| {
        of.iter().map(|one| one.terms.title.clone()).collect::<Vec<_>>()
    };
    assert_eq!(titles(&whole.measures), ["Known texts"]);
    assert_eq!(titles(&whole.measures_intended), ["Videos"]);
    let sent = take(&written, send, "2027-03-04").unwrap();
    assert_eq!((sent.reports.len(), sent.draft.is_none()), (1, true));
    assert_eq!(sent.next_period(at("2027-06-01")).0, at("2027-03-03"), "no day is told twice");
    let other = json!({ "step": "draft", "answers": "report-1" });
    let refused = take(&sent, read(other), "2027-03-05").unwrap_err();
    assert_eq!(refused, ExposureError::NoReportOwed("report-1".into()));
}

#[test]
fn warnings_come_once_each_and_for_what_is_owed_alone() {
    let utc = Law::default();
    let exposure = exposed_on("2027-01-10");
    let due = |exposure: &Exposure, day: &str| exposure.warnings_due(&[14, 7, 1], &utc, at(day));
    let of = |days| Warned { obligation: ObligationId::Report(1), days };
    assert_eq!(due(&exposure, "2027-03-26"), []);
    assert_eq!(due(&exposure, "2027-03-27"), [of(14)]);
    let told = warned(&exposure, &due(&exposure, "2027-03-27"), at("2027-03-27"));
    assert_eq!(due(&told, "2027-04-01"), []);
    // What comes late comes together.
    assert_eq!(due(&told, "2027-04-09"), [of(7), of(1)]);
    assert_eq!(due(&told, "2027-04-11"), [of(7), of(1), of(0)]);
    assert_eq!(due(&report(&told, "2027-04-01"), "2027-04-11"), []);
    let withdraw = ExposureStep::Withdraw { decision: says("5-7/2", "2027-04-01") };
    assert_eq!(due(&take(&told, withdraw, "2027-04-01").unwrap(), "2027-04-11"), []);
}

#[test]
fn figures_count_items_cases_and_reversals_of_the_rules_of_measures() {
    let exposure = take(&exposed_on("2027-01-10"), take_measure(&json!({})), "2027-01-11").unwrap();
    let mut counter = Counter::new(&exposure.measures, at("2027-02-01"), at("2027-03-01"));
    assert_eq!(counter.begins(), Some(Timestamp::parse("2027-01-10T00:00:00Z").unwrap()));
    let found = |item: u8, rule: &str| Sealed::Found { item: [item; 32], rules: vec![rule.into()] };
    let case = |number: u8| format!("case_{number}");
    let opened = |item: u8| Sealed::Opened { item: [item; 32], case: case(item) };
    for (day, sealed) in [
        // Before the measure is in place nothing is its own.
        ("2027-01-09", found(9, "known-text")),
        ("2027-01-09", opened(9)),
        // Before the period: the case is known, and not counted as opened.
        ("2027-01-20", found(1, "known-text")),
        ("2027-01-20", opened(1)),
        ("2027-02-02", found(2, "known-text")),
        ("2027-02-02", opened(2)),
        // Another rule, and the same item again.
        ("2027-02-03", found(3, "other")),
        ("2027-02-03", opened(3)),
        ("2027-02-04", found(2, "known-text")),
        ("2027-02-04", Sealed::Joined { item: [2; 32], case: case(2) }),
        ("2027-02-05", Sealed::Decided { case: case(1) }),
        ("2027-02-05", Sealed::Decided { case: case(2) }),
        ("2027-02-06", Sealed::Reversed { case: case(2) }),
        ("2027-02-06", Sealed::Decided { case: case(2) }),
        ("2027-02-07", Sealed::Decided { case: case(3) }),
        ("2027-02-07", Sealed::Decided { case: case(9) }),
        // At the end of the period: the next one tells of it.
        ("2027-03-01", found(5, "known-text")),
        ("2027-03-01", opened(5)),
        // After it.
        ("2027-03-02", found(4, "known-text")),
        ("2027-03-02", Sealed::Reversed { case: case(1) }),
    ] {
        counter.push(at(day), sealed).unwrap();
    }
    let figures = counter.finish(20, "ab".into());
    let rule = &figures.rules[0];
    assert_eq!((rule.items, rule.cases_opened, rule.cases_decided), (1, 1, 2));
    assert_eq!((rule.reversed_on_complaint, figures.reversed_on_complaint), (1, 1));
    assert_eq!((figures.cases_opened, figures.cases_decided, figures.records), (1, 2, 20));
}

fn any_step() -> impl Strategy<Value = ExposureStep> {
    let decision = (0..900i64).prop_map(|day| Announcement {
        notified_at: at("2027-01-01").plus_seconds(day * 86_400),
        ..says("r", "2027-01-01")
    });
    let number = 0..3u32;
    prop_oneof![
        Just(take_measure(&json!({}))),
        number.clone().prop_map(|number| ExposureStep::EndMeasure {
            number,
            at: None,
            reason: "r".into()
        }),
        decision.clone().prop_map(|decision| ExposureStep::Demand {
            due: decision.notified_at.plus_seconds(86_400 * 30),
            decision,
        }),
        number.clone().prop_map(|number| ExposureStep::MeetDemand { number, reason: "r".into() }),
        Just(ExposureStep::AskReview { asks: ReviewAsk::Review, reason: "r".into(), at: None }),
        decision.clone().prop_map(|decision| ExposureStep::Uphold { decision }),
        (decision.clone(), prop::collection::vec(number, 0..2))
            .prop_map(|(decision, lifts)| ExposureStep::Amend { decision, lifts }),
        decision.prop_map(|decision| ExposureStep::Withdraw { decision }),
        Just(ExposureStep::Draft { answers: None }),
        Just(ExposureStep::Write { done: "d".into(), intended: "i".into() }),
        Just(ExposureStep::Send { sha256: String::new(), handed_over: HandedOver::Letter }),
    ]
}

proptest! {
    #[test]
    fn whatever_happens_what_is_owed_holds_together(
        steps in prop::collection::vec((any_step(), 0..90i64), 0..40),
    ) {
        let law = in_zone("Europe/Dublin");
        let mut now = at("2027-01-01");
        let mut exposure = exposed_on("2027-01-01");
        for (one, days) in steps {
            now = now.plus_seconds(days * 86_400);
            let before = exposure.revision;
            if let Ok(next) = step(&exposure, one, &user(), &law, Figures::default(), now) {
                prop_assert_eq!(next.revision, before + 1);
                exposure = next;
            }
            let all = exposure.obligations(&law, now);
            prop_assert!(all.is_sorted_by_key(|one| one.due));
            let mut ids: Vec<_> = all.iter().map(|one| one.id).collect();
            ids.sort();
            ids.dedup();
            prop_assert_eq!(ids.len(), all.len());
            for one in &all {
                prop_assert_eq!(one.id.to_string().parse::<ObligationId>().unwrap(), one.id);
                prop_assert!(!(one.is_open && one.done_at.is_some()));
                prop_assert!(one.is_missed || one.due >= now || !one.is_open);
            }
            let has_next = all.iter().any(|one| one.is_open && one.id.is_report());
            let is_over = exposure.status() == ExposureStatus::Withdrawn;
            prop_assert_eq!(has_next, !is_over, "a report is owed for as long as it stands");
            let text = serde_json::to_string(&exposure).unwrap();
            prop_assert_eq!(serde_json::from_str::<Exposure>(&text).unwrap(), exposure.clone());
        }
    }
}
