//! Orders, appeals, how good automated means are, and what only the provider knows: tables of what
//! happened against what the sheets must say.
#![allow(clippy::unwrap_used)]

use jiff::civil::date;
use law::Ground;
use law::report::{
    AppealBy, AppealTold, By, Cell, Decided, Demand, Happening, HumanResources, Identity, Measure,
    OrderMoment, OrderStanding, OrderTold, OutOfCourt, Provider, Qualitative, ReceiptTold,
    Recipients, Sample, SampleMeasure, SampleScope, Sheet, TcoPart, check, dsa, measured,
    santa_clara, tco,
};
use law::statement::{AutomatedDecision, Basis, Category, Keyword, SourceType};
use model::{ActionKind, AppealBasis, AppealOutcome, NoticeKind, Ruling, Timestamp};

fn identity() -> Identity {
    Identity {
        provider: "Harbour".to_owned(),
        service: "forum".to_owned(),
        from: date(2026, 1, 1),
        to: date(2026, 12, 31),
        published: date(2027, 2, 1),
        previous: None,
    }
}

/// So many minutes after the start of a day in the period.
fn at(minutes: i64) -> Timestamp {
    Timestamp::parse("2026-03-01T00:00:00Z").unwrap().plus_seconds(minutes * 60)
}

fn told(order: &str, minutes: i64, demand: Demand, moment: OrderMoment) -> OrderTold {
    OrderTold {
        at: at(minutes),
        order: order.to_owned(),
        demand,
        moment,
        standing: OrderStanding::Open,
        is_authentic: true,
        state: Some("DE".to_owned()),
        category: None,
        keywords: Vec::new(),
        items: 2,
        ground: None,
    }
}

fn received(order: &str, minutes: i64, demand: Demand, told_by: ReceiptTold) -> OrderTold {
    let moment = OrderMoment::Received { seconds: 0, told: told_by };
    told(order, minutes, demand, moment)
}

fn done(order: &str, minutes: i64, demand: Demand, seconds: u64) -> Happening {
    Happening::Order(OrderTold {
        standing: OrderStanding::Executed,
        ..told(order, minutes, demand, OrderMoment::Done { seconds })
    })
}

/// Six orders: two removals of Germany, one of France that is stopped, one under Article 9 with a
/// category and one without, one for information of Greece; and what was none.
fn orders() -> Vec<Happening> {
    use Demand::{Act, Information, Removal};
    use ReceiptTold::{AtOnce, ByLetter};
    let state = |state: &str| Some(state.to_owned());
    vec![
        Happening::Order(received("o1", 0, Removal, AtOnce)),
        done("o1", 30, Removal, 1_800),
        Happening::Order(received("o2", 10, Removal, ByLetter)),
        Happening::Receipt { at: at(40), order: "o2".to_owned() },
        Happening::Receipt { at: at(90), order: "o2".to_owned() },
        done("o2", 100, Removal, 5_400),
        Happening::Order(OrderTold {
            state: state("FR"),
            items: 1,
            ..received("o3", 20, Removal, ByLetter)
        }),
        Happening::Order(OrderTold {
            state: state("FR"),
            items: 1,
            standing: OrderStanding::Impossible,
            ground: Some(Ground::ManifestErrors),
            ..told("o3", 25, Removal, OrderMoment::Stopped)
        }),
        Happening::Order(OrderTold { state: None, ..received("o4", 30, Act, ByLetter) }),
        Happening::Order(OrderTold {
            category: Some(Category::CyberViolence),
            keywords: vec![Keyword::CyberIncitement],
            ..told("o4", 35, Act, OrderMoment::Other)
        }),
        Happening::Order(received("o5", 40, Act, ByLetter)),
        Happening::Order(OrderTold {
            state: state("EL"),
            ..received("o6", 50, Information, AtOnce)
        }),
        Happening::Order(OrderTold {
            state: state("EL"),
            standing: OrderStanding::Executed,
            ..told("o6", 170, Information, OrderMoment::Answered)
        }),
        Happening::Order(OrderTold {
            is_authentic: false,
            ..received("none", 60, Removal, ByLetter)
        }),
        Happening::Order(OrderTold {
            is_authentic: false,
            standing: OrderStanding::Refused,
            ..told("none", 61, Removal, OrderMoment::Other)
        }),
    ]
}

fn row<'a>(sheet: &'a Sheet, texts: &[&str]) -> &'a [Cell] {
    let has =
        |row: &&Vec<Cell>| texts.iter().all(|text| row.contains(&Cell::Text((*text).to_owned())));
    sheet.rows.iter().find(has).unwrap_or_else(|| panic!("{texts:?} is not on {}", sheet.name))
}

#[test]
fn orders_are_counted_by_category_and_state_with_medians() {
    const TERROR: &str = "STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY / KEYWORD_TERRORIST_CONTENT";
    const VIOLENCE: &str = "STATEMENT_CATEGORY_CYBER_VIOLENCE / KEYWORD_CYBER_INCITEMENT";
    let sheets = dsa(&orders(), &identity(), &Provider::default());
    assert_eq!(check(&sheets), vec![]);
    let (none, zero) = (Cell::Blank, Cell::Count(0));
    let (count, hours) = (Cell::Count, Cell::Hours);
    let unsaid = "STATEMENT_CATEGORY_NOT_SPECIFIED_ORDER";
    assert!(law::report::categories().iter().any(|row| row.code == unsaid));
    for (category, scope, expected) in [
        (TERROR, "TOTAL", [count(3), count(5), hours(0.25), hours(1.0), zero.clone()]),
        (TERROR, "DE", [count(2), count(4), hours(0.25), hours(1.0), zero.clone()]),
        (TERROR, "FR", [count(1), count(1), none.clone(), none.clone(), zero.clone()]),
        (TERROR, "AT", [zero.clone(), zero.clone(), none.clone(), none.clone(), zero.clone()]),
        (VIOLENCE, "DE", [count(1), count(2), none.clone(), none.clone(), zero.clone()]),
        (unsaid, "TOTAL", [count(1), count(2), none.clone(), none.clone(), count(1)]),
        (unsaid, "GR", [zero.clone(), zero.clone(), none.clone(), none.clone(), count(1)]),
    ] {
        let cells = row(&sheets[2], &[category, scope]);
        assert_eq!(cells[6..11], expected, "{category} {scope}");
    }
    // The order for information was answered after two hours, and its receipt told at once.
    assert_eq!(row(&sheets[2], &[unsaid, "GR"])[11..13], [hours(0.0), hours(2.0)]);
}

fn decided(case: &str, minutes: i64, by: By, ruling: Ruling) -> Decided {
    Decided {
        at: at(minutes),
        case: case.to_owned(),
        decision: format!("{case}/{minutes}"),
        by,
        ruling,
        action: (ruling == Ruling::Violation).then_some(ActionKind::Remove),
        order: None,
    }
}

fn decision(case: &str, minutes: i64, by: By, ruling: Ruling) -> Happening {
    Happening::Decision(decided(case, minutes, by, ruling))
}

fn measure(case: &str, minutes: i64) -> Measure {
    Measure {
        at: at(minutes),
        case: case.to_owned(),
        action: ActionKind::Remove,
        basis: Basis::Terms,
        category: Category::RiskForPublicSecurity,
        keywords: vec![Keyword::TerroristContent],
        source: SourceType::Voluntary,
        found_by: By::Rule,
        automated: AutomatedDecision::NotAutomated,
        appeal: Some(AppealBasis::Tco10),
    }
}

fn flagged(case: &str, rules: &[&str], language: Option<&str>) -> Happening {
    Happening::Flagged {
        at: at(0),
        case: case.to_owned(),
        rules: rules.iter().map(|rule| (*rule).to_owned()).collect(),
        language: language.map(str::to_owned),
    }
}

fn appeal(name: &str, minutes: i64, case: &str, decision: &str) -> AppealTold {
    AppealTold {
        at: at(minutes),
        appeal: name.to_owned(),
        case: case.to_owned(),
        decision: decision.to_owned(),
        by: AppealBy::Affected,
        basis: AppealBasis::Dsa20,
        is_heard: true,
        language: Some("ar-EG".to_owned()),
    }
}

fn answer(name: &str, minutes: i64, outcome: AppealOutcome) -> Happening {
    Happening::Answer { at: at(minutes), appeal: name.to_owned(), outcome }
}

fn reversal(minutes: i64, decision: &str) -> Happening {
    Happening::Reversal { at: at(minutes), decision: decision.to_owned() }
}

fn notice(case: &str, name: &str, kind: NoticeKind) -> Happening {
    let (case, notice) = (case.to_owned(), name.to_owned());
    Happening::Notice { at: at(0), case, notice, kind }
}

/// Four complaints of persons concerned and one of a trusted flagger.
fn complaints() -> Vec<Happening> {
    use AppealOutcome::{Partly, Reversed, Upheld};
    let suspended = Decided {
        action: Some(ActionKind::Suspend),
        ..decided("c3", 5, By::Person, Ruling::Violation)
    };
    let by_flagger = AppealTold {
        by: AppealBy::Notifier(Some("n1".to_owned())),
        ..appeal("a5", 60, "c5", "c5/5")
    };
    vec![
        notice("c5", "n1", NoticeKind::TrustedFlagger),
        decision("c1", 5, By::Person, Ruling::Violation),
        decision("c2", 5, By::Person, Ruling::Violation),
        Happening::Decision(suspended),
        decision("c5", 5, By::Person, Ruling::NoViolation),
        Happening::Appeal(appeal("a1", 60, "c1", "c1/5")),
        answer("a1", 120, Upheld),
        Happening::Appeal(AppealTold { is_heard: false, ..appeal("a2", 60, "c1", "c1/5") }),
        Happening::Appeal(AppealTold {
            basis: AppealBasis::Tco10,
            ..appeal("a3", 60, "c2", "c2/5")
        }),
        reversal(240, "c2/5"),
        decision("c2", 240, By::Person, Ruling::NoViolation),
        answer("a3", 240, Reversed),
        Happening::Appeal(appeal("a4", 60, "c3", "c3/5")),
        answer("a4", 180, Partly),
        Happening::Appeal(by_flagger),
        reversal(300, "c5/5"),
        decision("c5", 300, By::Person, Ruling::Violation),
        Happening::Measure(measure("c5", 300)),
        answer("a5", 300, Reversed),
        Happening::NotifierSuspended { at: at(400) },
    ]
}

#[test]
fn complaints_stand_by_what_they_are_about() {
    let provider = Provider {
        out_of_court: OutOfCourt {
            disputes: Some(3),
            upheld: Some(2),
            reversed: Some(1),
            median_hours: Some(48.0),
            implemented_share: Some(1.0),
            ..OutOfCourt::default()
        },
        ..Provider::default()
    };
    let sheets = dsa(&complaints(), &identity(), &provider);
    assert_eq!(check(&sheets), vec![]);
    let value = |indicator: &str, scope: &str| {
        let found = sheets[6].rows.iter().find(|row| {
            matches!((&row[4], &row[5]), (Cell::Text(one), Cell::Text(two))
                if one.contains(indicator) && two == scope)
        });
        found.unwrap_or_else(|| panic!("{indicator}, {scope}"))[6].clone()
    };
    let (all, count, hours) = ("complaints submitted", Cell::Count, Cell::Hours);
    for (indicator, scope, expected) in [
        (all, "Total number", count(5)),
        (all, "Decisions upheld", count(1)),
        (all, "Decisions partially reversed", count(1)),
        (all, "Decisions reversed", count(2)),
        (all, "Decision omitted", count(1)),
        (all, "Median time", hours(2.5)),
        ("newly imposed", "Total number", count(1)),
        ("restrict visibility", "Total number", count(3)),
        ("restrict visibility", "Median time", hours(2.0)),
        ("terminate an account", "Decisions partially reversed", count(1)),
        ("provision of the service", "Total number", count(0)),
        ("notice submitted in accordance", "Total number", count(1)),
        ("by a Trusted Flagger", "Decisions reversed", count(1)),
        ("out-of-court", "Total number", count(3)),
        ("out-of-court", "Median time", hours(48.0)),
        ("out-of-court", "Decision omitted", Cell::Blank),
        ("out-of-court", "Percentage of outcomes implemented", Cell::Share(1.0)),
        ("unfounded notices", "Total number", count(1)),
        ("unfounded complaints", "Total number", Cell::Blank),
    ] {
        assert_eq!(value(indicator, scope), expected, "{indicator}: {scope}");
    }
}

/// Ten cases of a rule, of which people found eight right; two more that a rule decided and that
/// were heard on appeal; one whose judgement was taken back; one that nobody judged.
fn judged() -> Vec<Happening> {
    let mut happened = Vec::new();
    for number in 0..10 {
        let case = format!("j{number}");
        let language = if number < 4 { "ar-EG" } else { "en" };
        let rules: &[&str] = if number == 9 { &["terms", "links"] } else { &["terms"] };
        happened.push(flagged(&case, rules, Some(language)));
        let ruling = if number < 2 { Ruling::NoViolation } else { Ruling::Violation };
        happened.push(decision(&case, 10 + number, By::Person, ruling));
    }
    for (case, outcome) in [("k0", AppealOutcome::Upheld), ("k1", AppealOutcome::Reversed)] {
        let made = format!("{case}/30");
        happened.push(flagged(case, &["acts"], None));
        happened.push(decision(case, 30, By::Rule, Ruling::Violation));
        happened.push(Happening::Appeal(appeal(case, 40, case, &made)));
        if outcome == AppealOutcome::Reversed {
            happened.push(reversal(50, &made));
            happened.push(decision(case, 50, By::Person, Ruling::NoViolation));
        }
        happened.push(answer(case, 50, outcome));
    }
    happened.push(flagged("back", &["terms"], Some("en")));
    happened.push(decision("back", 60, By::Person, Ruling::Violation));
    happened.push(reversal(70, "back/60"));
    happened.push(flagged("open", &["terms"], Some("en")));
    happened.push(flagged("alone", &["acts"], Some("en")));
    happened.push(decision("alone", 80, By::Rule, Ruling::Violation));
    happened
}

fn recall(system: Option<&str>, language: Option<&str>) -> Sample {
    Sample {
        measure: SampleMeasure::Recall,
        system: system.map(str::to_owned),
        scope: SampleScope::Total,
        language: language.map(str::to_owned),
        right: 45,
        of: 50,
        how: "a random sample, judged twice".to_owned(),
    }
}

#[test]
fn precision_is_what_people_found_and_recall_needs_a_sample() {
    const PRECISION: &str = "Accuracy of the automated means - Precision";
    const RECALL: &str = "Accuracy of the automated means - Recall";
    let bare = dsa(&judged(), &identity(), &Provider::default());
    assert_eq!(row(&bare[7], &[RECALL, "Total number"])[6], Cell::Blank);
    let samples = vec![recall(None, None), recall(Some("hashes"), None), recall(None, Some("de"))];
    let provider = Provider { samples, ..Provider::default() };
    let sheets = dsa(&judged(), &identity(), &provider);
    assert_eq!(check(&sheets), vec![]);
    let share = |indicator: &str, scope: &str| row(&sheets[7], &[indicator, scope])[6].clone();
    assert_eq!(share(PRECISION, "Total number"), Cell::Share(9.0 / 12.0));
    assert_eq!(share(PRECISION, "en"), Cell::Share(1.0));
    assert_eq!(share(PRECISION, "de"), Cell::Blank);
    assert_eq!(share(PRECISION, "NAM Total"), Cell::Blank);
    assert_eq!(share(RECALL, "Total number"), Cell::Share(0.9));
    assert_eq!(share(RECALL, "de"), Cell::Share(0.9));
    let contexts: Vec<String> = sheets[7].rows.iter().map(|row| row[7].to_string()).collect();
    for words in [
        "9 of 12, 95 % interval 0.468 to 0.911",
        "rule acts: 1 of 2, 95 % interval 0.095 to 0.905",
        "rule terms: 8 of 10, 95 % interval 0.490 to 0.943",
        "system hashes: 45 of 50, 95 % interval 0.786 to 0.957; a random sample, judged twice",
    ] {
        assert!(contexts.iter().any(|context| context == words), "{words}: {contexts:?}");
    }
    let all = measured(&judged(), &identity(), &provider);
    let (right, of) = (Cell::Count(2), Cell::Count(4));
    assert_eq!(row(&all, &["all rules", "ar"])[3..6], [right, of, Cell::Share(0.5)]);
    let heard = row(&all, &["decisions by rules, heard on appeal"]);
    assert_eq!(heard[3..5], [Cell::Count(1), Cell::Count(2)]);
    assert_eq!(heard[8], Cell::Share(0.5), "the rate of error");
}

#[test]
fn article_7_has_every_item() {
    let mut happened = orders();
    let on_order = |case: &str, order: &str| {
        let one = decided(case, 100, By::Person, Ruling::Violation);
        Happening::Decision(Decided { order: Some(order.to_owned()), ..one })
    };
    happened.extend([on_order("i1", "o1"), on_order("i2", "o1"), on_order("i3", "o4")]);
    let delivered =
        |case: &str| Happening::Delivered { at: at(110), decision: format!("{case}/100") };
    // The service never confirmed the second, and the third is of an order under the DSA.
    happened.extend([delivered("i1"), delivered("i3")]);
    happened.push(reversal(120, "i1/100"));
    happened.push(Happening::Order(OrderTold {
        standing: OrderStanding::Ceased,
        ..told("o1", 121, Demand::Removal, OrderMoment::Other)
    }));
    happened.extend(complaints());
    let provider = Provider {
        tco: TcoPart {
            measures: Some("People and rules look.".to_owned()),
            reviews_brought: Some(1),
            reviews_outcome: Some("It was dismissed.".to_owned()),
            reinstated_after_review: Some(0),
            ..TcoPart::default()
        },
        ..Provider::default()
    };
    let sheet = tco(&happened, &identity(), &provider);
    let (none, count) = (Cell::Blank, Cell::Count);
    let text = |text: &str| Cell::Text(text.to_owned());
    for (letter, what, number, words) in [
        ("a", "Measures to identify", none.clone(), text("People and rules look.")),
        ("b", "Measures against the reappearance", none.clone(), none.clone()),
        ("c", "Items removed or disabled on removal orders", count(1), none.clone()),
        ("c", "Items removed or disabled on specific measures", count(1), none.clone()),
        ("c", "Removal orders received", count(3), none.clone()),
        ("c", "Removal orders not carried out under Article 3(7) or (8)", count(1), none.clone()),
        (
            "c",
            "Removal orders not carried out under Article 3(7) or (8): manifest errors, \
               Article 3(8)",
            count(1),
            none.clone(),
        ),
        ("d", "Complaints under Article 10", count(1), none.clone()),
        ("d", "Complaints under Article 10: the decision was reversed", count(1), none.clone()),
        ("e", "Reviews before", count(1), text("It was dismissed.")),
        ("f", "Items reinstated because such", count(0), none.clone()),
        ("f", "Beside these: items reinstated because scrutiny", count(1), none.clone()),
        ("g", "Items reinstated after a complaint", count(1), none.clone()),
    ] {
        let found = sheet.rows.iter().find(|row| {
            row[0] == text(letter) && matches!(&row[1], Cell::Text(one) if one.starts_with(what))
        });
        assert_eq!(found.unwrap()[2..], [number, words], "{letter} {what}");
    }
}

#[test]
fn the_numbers_of_santa_clara_count_each_measure_once() {
    let mut happened = vec![flagged("m1", &["terms"], Some("ar-EG"))];
    happened.extend([Happening::Measure(measure("m1", 10)), Happening::Measure(measure("m2", 11))]);
    happened.push(Happening::Measure(Measure {
        action: ActionKind::Suspend,
        source: SourceType::TrustedFlagger,
        automated: AutomatedDecision::Fully,
        ..measure("m3", 12)
    }));
    happened.extend(complaints());
    happened.extend(orders());
    let sheet = santa_clara(&happened, &identity());
    for (number, by, expected) in [
        ("Items actioned", "all", 3),
        ("Accounts suspended", "all", 1),
        ("Items actioned", "STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY", 3),
        ("Accounts suspended", "STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY", 1),
        ("Actions, by source", "trusted flaggers", 1),
        ("Flags received", "trusted flaggers", 1),
        ("Actions, by who decided", "automated means alone", 1),
        ("Actions", "ar", 1),
        ("Actions", "und", 3),
        ("Appeals", "received", 5),
        ("Decisions reversed without an appeal", "all", 0),
        ("Orders received", "DE", 4),
        ("Orders carried out", "GR", 1),
    ] {
        let cells = row(&sheet, &[number, by]);
        assert_eq!(cells[3], Cell::Count(expected), "{number}, {by}");
    }
}

#[test]
fn what_only_the_provider_knows_stands_in_its_sheets() {
    let provider = Provider {
        human_resources: HumanResources {
            internal: Some(12.5),
            languages: [("de".to_owned(), 4)].into(),
            ..HumanResources::default()
        },
        recipients: Recipients { total: Some(90), states: [("GR".to_owned(), 7)].into() },
        qualitative: Qualitative {
            safeguards: Some("People, decide".to_owned()),
            ..Qualitative::default()
        },
        ..Provider::default()
    };
    assert_eq!(provider.check(), vec![]);
    let sheets = dsa(&[], &identity(), &provider);
    assert_eq!(check(&sheets), vec![]);
    let internal = "Number of internal moderators employed by the provider";
    let expertise = "Number of total moderators with sufficient linguistic expertise";
    assert_eq!(row(&sheets[8], &[internal])[6], Cell::Number(12.5));
    assert_eq!(row(&sheets[8], &[expertise, "de"])[6], Cell::Count(4));
    assert_eq!(row(&sheets[8], &[expertise, "fr"])[6], Cell::Blank);
    assert_eq!(row(&sheets[9], &["TOTAL"])[6], Cell::Count(90));
    assert_eq!(row(&sheets[9], &["GR"])[6], Cell::Count(7));
    let safeguards = "Safeguards applied to the use of automated means";
    assert_eq!(row(&sheets[10], &[safeguards])[4], Cell::Text("People, decide".to_owned()));
    assert!(sheets[8].csv().contains(",12.50,\r\n"));
}

#[test]
fn a_wrong_field_of_the_provider_is_named() {
    let check = |provider: Provider, place: &str, words: &str| {
        let faults: Vec<String> = provider.check().iter().map(ToString::to_string).collect();
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].starts_with(place) && faults[0].contains(words), "{faults:?}");
    };
    let base = Provider::default;
    let court = |court: OutOfCourt| Provider { out_of_court: court, ..base() };
    let none = OutOfCourt::default;
    let share = court(OutOfCourt { implemented_share: Some(80.0), ..none() });
    check(share, "out_of_court.implemented_share", "80 % is 0.8");
    let sums = court(OutOfCourt { disputes: Some(1), upheld: Some(2), ..none() });
    check(sums, "out_of_court.disputes", "its outcomes are 2");
    let huge = court(OutOfCourt { upheld: Some(u64::MAX), reversed: Some(9), ..none() });
    check(huge, "out_of_court.disputes", "its outcomes are");
    let hours = court(OutOfCourt { median_hours: Some(f64::NAN), ..none() });
    check(hours, "out_of_court.median_hours", "not a number from 0 on");
    let states = [("EL".to_owned(), 1)].into();
    let recipients = Recipients { total: None, states };
    check(Provider { recipients, ..base() }, "recipients.states.EL", "none of the States");
    let languages = [("ar".to_owned(), 1)].into();
    let human_resources = HumanResources { languages, ..HumanResources::default() };
    let place = "human_resources.languages.ar";
    check(Provider { human_resources, ..base() }, place, "none of the languages");
    let summary = Some("x".repeat(5_001));
    let qualitative = Qualitative { summary, ..Qualitative::default() };
    check(Provider { qualitative, ..base() }, "qualitative.summary", "5001 characters");
    let sample = |sample: Sample| Provider { samples: vec![sample], ..base() };
    check(sample(Sample { right: 51, ..recall(None, None) }), "sample 1", "51 of 50 is no share");
    let wordless = Sample { how: " ".to_owned(), ..recall(None, None) };
    check(sample(wordless), "sample 1", "`how` is empty");
    check(sample(recall(None, Some("xx"))), "sample 1", "`language` is none of");
    let many = Provider { samples: vec![recall(None, None); 201], ..base() };
    check(many, "sample", "at most 200");
}
