//! The sheets of reports: what is counted where, and that every sheet keeps the regulation's rules.
#![allow(clippy::unwrap_used)]

use jiff::civil::date;
use law::report::{
    By, Cell, Decided, Happening, Identity, Measure, Provider, Sheet, categories, check,
    sheet_specs,
};
use law::statement::{AutomatedDecision, Basis, Category, Keyword, SourceType};
use model::{ActionKind, NoticeKind, Ruling, Timestamp};

fn dsa(happenings: &[Happening], identity: &Identity) -> Vec<Sheet> {
    law::report::dsa(happenings, identity, &Provider::default())
}

fn tco(happenings: &[Happening], identity: &Identity) -> Sheet {
    law::report::tco(happenings, identity, &Provider::default())
}

fn identity() -> Identity {
    Identity {
        provider: "Harbour \"Forum\", Ltd".to_owned(),
        service: "forum".to_owned(),
        from: date(2026, 1, 1),
        to: date(2026, 12, 31),
        published: date(2027, 2, 1),
        previous: None,
    }
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn measure(case: &str, when: &str) -> Measure {
    Measure {
        at: at(when),
        case: case.to_owned(),
        action: ActionKind::Remove,
        basis: Basis::Terms,
        category: Category::RiskForPublicSecurity,
        keywords: vec![Keyword::TerroristContent],
        source: SourceType::Voluntary,
        found_by: By::Rule,
        automated: AutomatedDecision::NotAutomated,
        appeal: None,
    }
}

fn notice(case: &str, when: &str, kind: NoticeKind) -> Happening {
    let notice = format!("notice_{case}");
    Happening::Notice { at: at(when), case: case.to_owned(), notice, kind }
}

fn decision(case: &str, when: &str, by: By) -> Happening {
    Happening::Decision(Decided {
        at: at(when),
        case: case.to_owned(),
        decision: format!("decision_{case}"),
        by,
        ruling: Ruling::Violation,
        action: Some(ActionKind::Remove),
        order: None,
    })
}

/// The year of a small service.
fn year() -> Vec<Happening> {
    let suspended =
        Measure { action: ActionKind::Suspend, ..measure("c2", "2026-03-01T00:00:00Z") };
    let by_rule = Measure {
        automated: AutomatedDecision::Fully,
        basis: Basis::Law,
        keywords: vec![],
        ..measure("c3", "2026-04-01T00:00:00Z")
    };
    let flagged = |case: &str, when: &str| Measure {
        source: SourceType::TrustedFlagger,
        found_by: By::Person,
        ..measure(case, when)
    };
    vec![
        Happening::Measure(measure("c0", "2025-12-31T23:59:59Z")),
        Happening::Measure(measure("c1", "2026-01-01T00:00:00Z")),
        Happening::Measure(suspended),
        Happening::Measure(by_rule),
        notice("n1", "2026-05-01T00:00:00Z", NoticeKind::TrustedFlagger),
        decision("n1", "2026-05-01T02:00:00Z", By::Person),
        Happening::Measure(flagged("n1", "2026-05-01T02:00:00Z")),
        notice("n2", "2026-05-02T00:00:00Z", NoticeKind::TrustedFlagger),
        Happening::Measure(flagged("n2", "2026-05-02T05:00:00Z")),
        notice("n3", "2026-05-03T00:00:00Z", NoticeKind::User),
        decision("n3", "2026-05-03T00:10:00Z", By::Person),
        notice("n4", "2026-05-04T00:00:00Z", NoticeKind::ReferralUnit),
        Happening::Measure(measure("late", "2027-01-01T00:00:00Z")),
    ]
}

fn row<'a>(sheet: &'a Sheet, texts: &[&str]) -> &'a [Cell] {
    let has =
        |row: &&Vec<Cell>| texts.iter().all(|text| row.contains(&Cell::Text((*text).to_owned())));
    sheet.rows.iter().find(has).unwrap()
}

const HEAD: &str = "STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY";
const SUB: &str = "STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY / KEYWORD_TERRORIST_CONTENT";
const OTHER: &str = "STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY / KEYWORD_OTHER";
const NOT_SAID: &str = "STATEMENT_CATEGORY_NOT_SPECIFIED_NOTICE";

#[test]
fn what_happened_is_counted_once_in_its_place() {
    let sheets = dsa(&year(), &identity());
    assert_eq!(check(&sheets), vec![]);
    let (law, terms) = (&sheets[4], &sheets[5]);
    let counts = |sheet: &Sheet, place: &str| {
        let cells = row(sheet, &[place]);
        // Measures, found by automated means, removals, suspensions of accounts.
        [5, 6, 7, 19].map(|column| cells[column].clone())
    };
    let told = |numbers: [u64; 4]| numbers.map(Cell::Count);
    assert_eq!(counts(terms, HEAD), told([2, 2, 1, 1]));
    assert_eq!(counts(terms, SUB), told([2, 2, 1, 1]));
    assert_eq!(counts(terms, OTHER), told([0, 0, 0, 0]));
    assert_eq!(counts(law, HEAD), told([1, 1, 1, 0]));
    assert_eq!(counts(law, OTHER), told([1, 1, 1, 0]), "without a keyword it is among the others");
    let noticed = |place: &str| row(&sheets[3], &[place])[5..15].to_vec();
    let (count, hours) = (Cell::Count, Cell::Hours(3.5));
    assert_eq!(
        noticed(HEAD),
        [
            count(2),
            count(2),
            count(2),
            count(2),
            hours.clone(),
            hours,
            count(0),
            count(0),
            count(2),
            count(2)
        ]
    );
    assert_eq!(noticed(NOT_SAID)[..2], [count(1), count(0)], "nothing was done about it");
    assert_eq!(noticed(NOT_SAID)[4], Cell::Blank, "no median of nothing");
}

#[test]
fn what_has_no_source_is_blank_and_never_zero() {
    let sheets = dsa(&year(), &identity());
    for (sheet, from) in [(&sheets[8], 6), (&sheets[9], 6), (&sheets[10], 4)] {
        assert!(!sheet.rows.is_empty(), "{}", sheet.name);
        for row in &sheet.rows {
            assert!(row[from..].iter().all(|cell| *cell == Cell::Blank), "{}", sheet.name);
        }
    }
    let automated = |indicator: &str, scope: &str| row(&sheets[7], &[indicator, scope])[6].clone();
    let solely = "Number of measures solely taken by automated means";
    let not = "Number of measures not taken by automated means";
    assert_eq!(automated(solely, "Total number"), Cell::Count(1));
    assert_eq!(automated(not, "Total number"), Cell::Count(4));
    assert_eq!(automated(not, "Own-initiative"), Cell::Count(2));
    assert_eq!(automated("Accuracy of the automated means - Recall", "Total number"), Cell::Blank);
    let notices = "Number of notices not processed by automated means";
    assert_eq!(automated(notices, "NAM Total"), Cell::Count(2));
    assert_eq!(automated(notices, "NAM Trusted Flagger"), Cell::Count(1));
    assert_eq!(automated(solely, "bg"), Cell::Blank);
    let empty = dsa(&[], &identity());
    assert_eq!(row(&empty[4], &[HEAD])[5], Cell::Count(0), "it applies, and there was none");
    assert_eq!(check(&empty), vec![]);
}

#[test]
fn every_category_is_on_its_sheets() {
    let sheets = dsa(&[], &identity());
    assert_eq!(sheets.len(), 11);
    for (sheet, most) in [(2, [16]), (3, [17]), (4, [14]), (5, [15])] {
        let wanted = categories().iter().filter(|row| {
            let common = if most[0] == 15 { 15 } else { 14 };
            row.number <= common || most.contains(&row.number)
        });
        // Orders are told of the Union as a whole and of each of its 27 States.
        let scopes = if sheet == 2 { 28 } else { 1 };
        let rows = wanted.count() * scopes;
        assert_eq!(sheets[sheet].rows.len(), rows, "{}", sheets[sheet].name);
    }
    for category in Category::ALL {
        assert!(categories().iter().any(|row| row.code == category.code()), "{category:?}");
    }
    assert_eq!(sheet_specs().len(), 11);
}

#[test]
fn what_breaks_a_rule_is_named() {
    let broken = |sheet: usize, row: usize, column: usize, cell: Cell| {
        let mut sheets = dsa(&year(), &identity());
        sheets[sheet].rows[row][column] = cell;
        check(&sheets).iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    for (sheet, row, column, cell, words) in [
        (7, 0, 6, Cell::Share(1.5), "between 0 and 1"),
        (7, 0, 6, Cell::Hours(-1.0), "not negative"),
        (3, 0, 9, Cell::Hours(f64::NAN), "not negative"),
        (3, 0, 9, Cell::Count(1), "another kind"),
        (4, 0, 5, Cell::Count(1), "do not sum up"),
        (4, 1, 5, Cell::Count(1), "do not sum up"),
        (10, 0, 4, Cell::Text("x".repeat(5_001)), "5000"),
        (2, 0, 5, Cell::Text("Union".to_owned()), "neither TOTAL nor a Member State"),
        (2, 3, 6, Cell::Count(1), "more than the Union"),
        (2, 28, 6, Cell::Count(1), "do not sum up"),
        (6, 1, 6, Cell::Count(1), "more outcomes than cases"),
        (6, 1, 5, Cell::Text("Decisions liked".to_owned()), "no such indicator"),
        (8, 0, 6, Cell::Number(-1.0), "not negative"),
    ] {
        let told = broken(sheet, row, column, cell.clone());
        assert!(told.contains(words), "{cell:?}: {told}");
    }
    assert_eq!(broken(7, 0, 6, Cell::Share(1.0)), "");
    let mut sheets = dsa(&[], &identity());
    sheets[1].rows[0].pop();
    sheets[2].header[0] = "Applies".to_owned();
    sheets.remove(10);
    assert_eq!(check(&sheets).len(), 3);
}

#[test]
fn csv_is_that_of_rfc_4180() {
    let sheets = dsa(&[], &identity());
    let text = sheets[0].csv();
    assert!(text.starts_with("Applicability,Service,Indicator,Value\r\n"));
    assert!(
        text.contains("All,forum,Name of the service provider,\"Harbour \"\"Forum\"\", Ltd\"\r\n")
    );
    assert!(text.contains("latest previous report,\r\n"), "blank is empty");
    assert!(text.ends_with("2026-12-31\r\n"));
}

#[test]
fn the_report_on_terrorist_content_counts_what_has_a_source() {
    let sheet = tco(&year(), &identity());
    let own = sheet.rows.last().unwrap();
    assert_eq!(own[2], Cell::Count(4));
    // What only the provider knows is blank; that no order came is known.
    for (letter, number) in [("a", Cell::Blank), ("e", Cell::Blank), ("c", Cell::Count(0))] {
        assert_eq!(row(&sheet, &[letter])[2], number, "{letter}");
    }
}
