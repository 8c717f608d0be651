//! Generated years: whatever happened, the sheets keep every rule, and a second reader that counts
//! by itself comes to the same totals.
#![allow(clippy::unwrap_used)]

use jiff::civil::date;
use law::report::{
    AppealBy, AppealTold, By, Cell, Decided, Demand, Happening, Identity, Measure, OrderMoment,
    OrderStanding, OrderTold, Provider, ReceiptTold, Sheet, check, dsa, measured, santa_clara, tco,
};
use law::statement::{AutomatedDecision, Basis, Category, Keyword, SourceType};
use model::{ActionKind, AppealBasis, AppealOutcome, NoticeKind, Ruling, Timestamp};
use proptest::prelude::*;
use proptest::sample::select;

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

/// From half a year before the period to half a year after it.
fn at(hours: i64) -> Timestamp {
    Timestamp::parse("2025-07-01T00:00:00Z").unwrap().plus_seconds(hours * 3_600)
}

const HOURS: i64 = 2 * 8_760;

fn is_within(when: Timestamp) -> bool {
    let (from, to) = ("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
    (Timestamp::parse(from).unwrap()..Timestamp::parse(to).unwrap()).contains(&when)
}

fn measure() -> impl Strategy<Value = Happening> {
    let what = (
        select(Category::ALL),
        prop::collection::vec(select(Keyword::ALL), 0..3),
        select(SourceType::ALL),
        select(AutomatedDecision::ALL),
        select(&ActionKind::ALL[..5]),
        any::<bool>(),
    );
    (0..HOURS, 0..9u8, what).prop_map(|(hours, case, what)| {
        let (category, keywords, source, automated, action, by_law) = what;
        Happening::Measure(Measure {
            at: at(hours),
            case: format!("case_{case}"),
            action,
            basis: if by_law { Basis::Law } else { Basis::Terms },
            category,
            keywords,
            source,
            found_by: By::Rule,
            automated,
            appeal: Some(AppealBasis::Tco10),
        })
    })
}

fn order() -> impl Strategy<Value = Happening> {
    let demands = [Demand::Removal, Demand::Act, Demand::Information];
    let standings = [
        OrderStanding::Open,
        OrderStanding::Executed,
        OrderStanding::Impossible,
        OrderStanding::Refused,
        OrderStanding::Ceased,
    ];
    let states = [None, Some("DE"), Some("EL"), Some("US"), Some("FR")];
    let what = (
        select(demands.to_vec()),
        select(standings.to_vec()),
        select(states.to_vec()),
        prop::option::of(select(Category::ALL)),
        prop::collection::vec(select(Keyword::ALL), 0..3),
    );
    (0..HOURS, 0..9u8, 0..5u8, 0..9_000_000u64, any::<bool>(), what).prop_map(
        |(hours, order, moment, seconds, is_authentic, what)| {
            let (demand, standing, state, category, keywords) = what;
            let told = if is_authentic { ReceiptTold::AtOnce } else { ReceiptTold::ByLetter };
            let moment = match moment {
                0 | 1 => OrderMoment::Received { seconds, told },
                2 => OrderMoment::Done { seconds },
                3 => OrderMoment::Answered,
                _ => OrderMoment::Stopped,
            };
            Happening::Order(OrderTold {
                at: at(hours),
                order: format!("order_{order}"),
                demand,
                moment,
                standing,
                is_authentic,
                state: state.map(str::to_owned),
                category,
                keywords,
                items: seconds % 7,
                ground: None,
            })
        },
    )
}

fn other() -> impl Strategy<Value = Happening> {
    let outcomes = AppealOutcome::ALL.to_vec();
    let kinds = vec![NoticeKind::User, NoticeKind::TrustedFlagger, NoticeKind::Study];
    let what = (select(outcomes), select(kinds), any::<bool>(), any::<bool>());
    (0..HOURS, 0..9u8, 0..7u8, what).prop_map(|(hours, number, which, what)| {
        let (outcome, kind, yes, by_rule) = what;
        let (at, case, decision) =
            (at(hours), format!("case_{number}"), format!("decision_{number}"));
        let appeal = format!("appeal_{number}");
        let notice = format!("notice_{number}");
        match which {
            0 => Happening::Notice { at, case, notice, kind },
            1 => {
                let (rules, language) = (vec!["terms".to_owned()], Some("de-AT".to_owned()));
                Happening::Flagged { at, case, rules, language }
            }
            2 => Happening::Decision(Decided {
                at,
                case,
                decision,
                by: if by_rule { By::Rule } else { By::Person },
                ruling: if yes { Ruling::Violation } else { Ruling::NoViolation },
                action: yes.then_some(ActionKind::Remove),
                order: None,
            }),
            3 => Happening::Reversal { at, decision },
            4 => Happening::Appeal(AppealTold {
                at,
                // Each appeal has an id of its own.
                appeal: format!("{appeal}/{hours}"),
                case,
                decision,
                by: if yes { AppealBy::Affected } else { AppealBy::Notifier(Some(notice)) },
                basis: AppealBasis::Dsa20,
                is_heard: true,
                language: None,
            }),
            5 => Happening::Answer { at, appeal: format!("{appeal}/{hours}"), outcome },
            _ => Happening::Delivered { at, decision },
        }
    })
}

fn year() -> impl Strategy<Value = Vec<Happening>> {
    let one = prop_oneof![measure(), order(), other()];
    prop::collection::vec(one, 0..60).prop_map(|mut all| {
        all.sort_by_key(Happening::at);
        all
    })
}

/// The sum of a column over the rows of whole categories, of the Union as a whole.
fn total(sheet: &Sheet, column: usize) -> u64 {
    let is_head = |row: &&Vec<Cell>| {
        let Cell::Text(category) = &row[3] else { return false };
        let elsewhere = matches!(&row[5], Cell::Text(scope) if scope != "TOTAL");
        !category.contains(" / ") && !elsewhere
    };
    let counts = sheet.rows.iter().filter(is_head).map(|row| match row[column] {
        Cell::Count(count) => count,
        _ => panic!("{row:?}"),
    });
    counts.sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_happened_the_sheets_keep_every_rule(year in year()) {
        let (identity, provider) = (identity(), Provider::default());
        let sheets = dsa(&year, &identity, &provider);
        prop_assert_eq!(check(&sheets), vec![]);
        let own = |basis: Basis| {
            let counts = |one: &&Happening| match one {
                Happening::Measure(measure) => {
// The sheet of the law has no row for what is against the terms alone.
                    let only_terms =
                        [Category::OtherViolationTc, Category::NotSpecifiedNotice];
                    let has_row =
                        basis == Basis::Terms || !only_terms.contains(&measure.category);
                    measure.basis == basis && measure.source == SourceType::Voluntary
                        && is_within(measure.at) && has_row
                }
                _ => false,
            };
            year.iter().filter(counts).count() as u64
        };
        prop_assert_eq!(total(&sheets[4], 5), own(Basis::Law));
        prop_assert_eq!(total(&sheets[5], 5), own(Basis::Terms));
        let notices = |one: &&Happening| match one {
            Happening::Notice { at, kind, .. } => *kind != NoticeKind::Study && is_within(*at),
            _ => false,
        };
        prop_assert_eq!(total(&sheets[3], 5), year.iter().filter(notices).count() as u64);
        let appeals = |one: &&Happening| matches!(one, Happening::Appeal(_)) && is_within(one.at());
        let complaints = year.iter().filter(appeals).count() as u64;
        prop_assert_eq!(&sheets[6].rows[0][6], &Cell::Count(complaints));
        prop_assert!(!tco(&year, &identity, &provider).rows.is_empty());
        prop_assert!(!santa_clara(&year, &identity).rows.is_empty());
        for row in measured(&year, &identity, &provider).rows {
            if let [Cell::Share(share), Cell::Share(low), Cell::Share(high)] = &row[5..8] {
                prop_assert!(low <= share && share <= high, "{:?}", row);
            }
        }
    }
}
