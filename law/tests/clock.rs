//! Due times over a million cases against a calendar of our own, and the life of a clock.

#![allow(clippy::unwrap_used)]

use law::{Clock, ClockProblem, Deadlines, Ground, Period, Standing, Stop, TimeZone};
use model::Timestamp;

/// Numbers that look random and are the same on every run (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> i64 {
        i64::try_from(self.next() % limit).unwrap()
    }
}

/// Days since 1970-01-01 of a date, by counting whole years and months.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let before = year - 1;
    let leaps = before / 4 - before / 100 + before / 400;
    let year_starts = before * 365 + leaps - 719_162;
    let months: i64 = (1..month).map(|earlier| length(year, earlier)).sum();
    year_starts + months + day - 1
}

fn length(year: i64, month: i64) -> i64 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn date(days_since: i64) -> (i64, i64, i64) {
    let mut year = 1970 + days_since / 366;
    while days(year + 1, 1, 1) <= days_since {
        year += 1;
    }
    let mut left = days_since - days(year, 1, 1);
    let mut month = 1;
    while left >= length(year, month) {
        left -= length(year, month);
        month += 1;
    }
    (year, month, left + 1)
}

/// The last Sunday of a month at 01:00 UTC, when the clocks of the Union change.
fn change(year: i64, month: i64) -> i64 {
    let last = days(year, month, length(year, month));
    // 1970-01-01 was a Thursday.
    let weekday = (last + 4).rem_euclid(7);
    (last - weekday) * 86_400 + 3_600
}

/// Hours that the clocks of Brussels are ahead of UTC.
fn ahead(second: i64) -> i64 {
    let (year, _, _) = date(second.div_euclid(86_400));
    if (change(year, 3)..change(year, 10)).contains(&second) { 7_200 } else { 3_600 }
}

/// When a calendar period ends in Brussels, worked out without a library.
fn ends(from: i64, period: Period) -> i64 {
    let local = from + ahead(from);
    let (day, time) = (local.div_euclid(86_400), local.rem_euclid(86_400));
    let (year, month, of_month) = date(day);
    let by_months = |months: i64| {
        let all = year * 12 + month - 1 + months;
        let (year, month) = (all / 12, all % 12 + 1);
        days(year, month, of_month.min(length(year, month)))
    };
    let day = match period {
        Period::Minutes(minutes) => return from + i64::from(minutes) * 60,
        Period::Hours(hours) => return from + i64::from(hours) * 3_600,
        Period::Days(count) => day + i64::from(count),
        Period::Weeks(count) => day + 7 * i64::from(count),
        Period::Months(count) => by_months(i64::from(count)),
        Period::Years(count) => by_months(12 * i64::from(count)),
    };
    let local = day * 86_400 + time;
    // Summer time first: of a time that comes twice it is the earlier one.
    let fits = |offset: i64| ahead(local - offset) == offset;
    match [7_200, 3_600].into_iter().find(|offset| fits(*offset)) {
        Some(offset) => local - offset,
        None => change(date(day).0, 3),
    }
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn brussels() -> TimeZone {
    TimeZone::get("Europe/Brussels").unwrap()
}

fn periods() -> Vec<Period> {
    let lines = Deadlines::built_in().lines();
    let mut all: Vec<Period> =
        lines.iter().flat_map(|line| [line.period, line.extension]).flatten().collect();
    all.extend([Period::Minutes(30), Period::Days(1), Period::Months(1), Period::Years(4)]);
    all
}

#[test]
fn no_wrong_due_time_in_a_million_cases() {
    let (zone, periods) = (brussels(), periods());
    // The present rule of the Union holds since 1996.
    let (first, last) = (days(1997, 1, 1) * 86_400, days(2090, 1, 1) * 86_400);
    let span = u64::try_from(last - first).unwrap();
    let mut numbers = Numbers(31_337);
    for case in 0..1_000_000u32 {
        let from = match case % 4 {
            // Around the change of clocks, and around the ends of months: there the mistakes live.
            0 => {
                let month = if numbers.below(2) == 0 { 3 } else { 10 };
                let year = 1997 + numbers.below(93);
                change(year, month) - 14_400 + numbers.below(28_800)
            }
            1 => {
                let (year, month) = (1997 + numbers.below(93), 1 + numbers.below(12));
                days(year, month, length(year, month)) * 86_400 + numbers.below(90_000)
            }
            // So long before a change that the period ends in it.
            2 => {
                let month = if numbers.below(2) == 0 { 3 } else { 10 };
                let near = change(1999 + numbers.below(90), month) - 7_200 + numbers.below(14_400);
                near - 86_400 * [1, 14, 30, 31, 42, 90, 181, 182, 184][numbers.below(9) as usize]
            }
            _ => first + numbers.below(span),
        };
        let period = periods[numbers.below(periods.len() as u64) as usize];
        let given = Timestamp::from_micros(from * 1_000_000).unwrap();
        let due = period.after(given, &zone);
        assert_eq!(due.micros(), ends(from, period) * 1_000_000, "{period:?} after {given}");
    }
}

#[test]
fn days_that_people_ask_about() {
    let check = |zone: &str, from: &str, period: Period, expected: &str| {
        let zone = TimeZone::get(zone).unwrap();
        assert_eq!(period.after(at(from), &zone), at(expected), "{period:?} after {from}");
    };
    // An hour is an hour, also in the night of the change.
    check("Europe/Brussels", "2026-03-29T00:30:00Z", Period::Hours(1), "2026-03-29T01:30:00Z");
    check("Europe/Brussels", "2026-10-25T00:30:00Z", Period::Hours(1), "2026-10-25T01:30:00Z");
    // A day is a day of the calendar: 23 and 25 hours.
    check("Europe/Brussels", "2026-03-28T12:00:00Z", Period::Days(1), "2026-03-29T11:00:00Z");
    check("Europe/Brussels", "2026-10-24T11:00:00Z", Period::Days(1), "2026-10-25T12:00:00Z");
    // 02:30 does not exist on that day, and comes twice on this one.
    check("Europe/Brussels", "2026-03-28T01:30:00Z", Period::Days(1), "2026-03-29T01:00:00Z");
    check("Europe/Brussels", "2026-10-24T00:30:00Z", Period::Days(1), "2026-10-25T00:30:00Z");
    // Ends of months and leap days.
    check("UTC", "2025-08-31T10:00:00Z", Period::Months(6), "2026-02-28T10:00:00Z");
    check("UTC", "2027-08-31T10:00:00Z", Period::Months(6), "2028-02-29T10:00:00Z");
    check("UTC", "2028-02-29T10:00:00Z", Period::Years(1), "2029-02-28T10:00:00Z");
    check("UTC", "2099-12-31T23:59:59Z", Period::Months(2), "2100-02-28T23:59:59Z");
    check("Pacific/Auckland", "2026-01-31T11:00:00Z", Period::Weeks(6), "2026-03-14T11:00:00Z");
    // Beyond the accepted years.
    check("UTC", "2199-12-31T23:00:00Z", Period::Months(6), "2199-12-31T23:59:59.999999Z");
}

const HOUR: Period = Period::Hours(1);

#[test]
fn the_hour_starts_anew_when_the_ground_ceases() {
    let zone = TimeZone::UTC;
    let mut clock = Clock::start(at("2026-05-01T10:00:00Z"), HOUR, &zone);
    let standing = |clock: &Clock, now: &str| clock.standing(at(now));
    let due = at("2026-05-01T11:00:00Z");
    assert_eq!(standing(&clock, "2026-05-01T11:00:00Z"), Standing::Running { due });
    assert_eq!(standing(&clock, "2026-05-01T11:00:01Z"), Standing::Missed { due, at: None });

    let (ground, stopped) = (Ground::InsufficientInformation, at("2026-05-01T10:59:00Z"));
    clock.stop(ground, stopped, stopped).unwrap();
    let still = Standing::Stopped { ground, since: stopped };
    assert_eq!(standing(&clock, "2026-05-09T00:00:00Z"), still);

    let told = at("2026-05-02T08:00:00Z");
    clock.restart(told, told, HOUR, &zone).unwrap();
    let due = at("2026-05-02T09:00:00Z");
    assert_eq!(standing(&clock, "2026-05-02T08:59:00Z"), Standing::Running { due });
    clock.end(due, due).unwrap();
    assert_eq!(standing(&clock, "2026-06-01T00:00:00Z"), Standing::Met { at: due });
    assert!(!clock.is_open());
    assert_eq!(clock.stops, [Stop { ground, from: stopped, until: Some(told) }]);
}

#[test]
fn what_was_missed_stays_missed() {
    let zone = TimeZone::UTC;
    let due = at("2026-05-01T11:00:00Z");
    let late = at("2026-05-01T11:00:00.000001Z");
    let fresh = || Clock::start(at("2026-05-01T10:00:00Z"), HOUR, &zone);

    let mut ended = fresh();
    ended.end(late, late).unwrap();
    assert_eq!(ended.standing(late), Standing::Missed { due, at: Some(late) });

    // A ground that is named only afterwards does not undo it, nor does a new hour.
    let mut stopped = fresh();
    stopped.stop(Ground::Impossible, late, late).unwrap();
    assert_eq!(stopped.standing(late), Standing::Missed { due, at: None });
    stopped.restart(late, late, HOUR, &zone).unwrap();
    stopped.end(late, late).unwrap();
    assert_eq!(stopped.standing(late), Standing::Missed { due, at: Some(late) });
}

#[test]
fn clocks_refuse_what_cannot_be() {
    let zone = TimeZone::UTC;
    let [before, start, later] =
        ["09:00", "10:00", "10:30"].map(|time| at(&format!("2026-05-01T{time}:00Z")));
    let mut clock = Clock::start(start, HOUR, &zone);
    let ground = Ground::ManifestErrors;
    assert_eq!(clock.restart(later, later, HOUR, &zone), Err(ClockProblem::Runs));
    let backwards = ClockProblem::Backwards { at: before, last: start };
    assert_eq!(clock.stop(ground, before, later), Err(backwards));
    assert_eq!(clock.end(later, start), Err(ClockProblem::Future { at: later, now: start }));
    clock.stop(ground, later, later).unwrap();
    assert_eq!(clock.stop(ground, later, later), Err(ClockProblem::Stands { since: later }));
    clock.end(later, later).unwrap();
    for refused in [
        clock.clone().stop(ground, later, later),
        clock.clone().restart(later, later, HOUR, &zone),
        clock.clone().end(later, later),
    ] {
        assert_eq!(refused, Err(ClockProblem::Ended { at: later }));
    }
}

/// Random lives of a clock, beside a model that keeps the running time apart.
#[test]
fn random_pauses_and_restarts_agree_with_a_plain_model() {
    let zone = TimeZone::UTC;
    let mut numbers = Numbers(7);
    for _ in 0..50_000 {
        let mut now = 1_800_000_000 + numbers.below(1_000_000);
        let mut clock = Clock::start(second(now), HOUR, &zone);
        let (mut runs_since, mut missed) = (Some(now), false);
        for _ in 0..numbers.below(8) {
            now += numbers.below(5_000);
            let late = runs_since.is_some_and(|since| now > since + 3_600);
            match numbers.below(2) {
                0 => {
                    let ground = Ground::ALL[numbers.below(3) as usize];
                    let stopped = clock.stop(ground, second(now), second(now));
                    assert_eq!(stopped.is_ok(), runs_since.is_some());
                    missed |= late;
                    runs_since = None;
                }
                _ => {
                    let restarted = clock.restart(second(now), second(now), HOUR, &zone);
                    assert_eq!(restarted.is_ok(), runs_since.is_none());
                    runs_since = runs_since.or(Some(now));
                }
            }
        }
        now += numbers.below(5_000);
        missed |= runs_since.is_some_and(|since| now > since + 3_600);
        clock.end(second(now), second(now)).unwrap();
        match clock.standing(second(now)) {
            Standing::Met { at } => assert!(!missed && at == second(now)),
            Standing::Missed { at, .. } => assert!(missed && at == Some(second(now))),
            other => panic!("an ended clock is {other:?}"),
        }
    }
}

fn second(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds * 1_000_000).unwrap()
}

#[test]
fn periods_are_multiplied_without_wrapping() {
    assert_eq!(Period::Years(1).times(3), Period::Years(3));
    assert_eq!(Period::Months(40_000).times(2), Period::Months(u16::MAX));
    // Two years on from a leap day are not one year on from one year on.
    let leap = Timestamp::parse("2028-02-29T10:00:00Z").unwrap();
    let on = |years| Period::Years(1).times(years).after(leap, &TimeZone::UTC).to_string();
    assert_eq!(on(1), "2029-02-28T10:00:00Z");
    assert_eq!(on(4), "2032-02-29T10:00:00Z");
}

#[test]
fn lists_of_deadlines_are_checked() {
    let built_in = Deadlines::built_in();
    assert_eq!(built_in.period(law::deadline::EXECUTE), HOUR);
    assert_eq!(built_in.lines().len(), 26);
    let text = serde_json::to_string(built_in.lines()).unwrap();
    assert_eq!(&Deadlines::parse(&text).unwrap(), built_in);
    for (broken, says) in [
        (text.replace("TCO_EXECUTE", "TCO_OTHER"), "`TCO_EXECUTE` with its period is not there"),
        (text.replace("TCO_FEEDBACK", "TCO_EXECUTE"), "`TCO_EXECUTE` is twice there"),
        (text.replace(r#"{"hours":1}"#, r#"{"fortnights":1}"#), "unknown variant `fortnights`"),
        (text.replace(r#"{"hours":1}"#, r#"{"hours":-1}"#), "cannot be read"),
        (text.replace("\"actor\"", "\"who\""), "unknown field `who`"),
        (text.replace(r#","extension":{"years":1}"#, ""), "`TCO_SM_REPORT` has no `extension`"),
    ] {
        let problem = Deadlines::parse(&broken).unwrap_err().to_string();
        assert!(problem.contains(says), "{problem}");
    }
}

#[test]
fn the_list_agrees_with_the_facts_it_was_made_from() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/law/deadlines.json");
    let Ok(facts) = std::fs::read_to_string(path) else {
        return println!("skipped: {path} is not there");
    };
    let facts: serde_json::Value = serde_json::from_str(&facts).unwrap();
    for fact in facts["deadlines"].as_array().unwrap() {
        let line = Deadlines::built_in().get(fact["code"].as_str().unwrap()).unwrap();
        assert_eq!(line.article, fact["article"], "{}", line.code);
        assert_eq!(line.checked, fact["verification"], "{}", line.code);
        if let Some(period) = line.period {
            let number = match period {
                Period::Minutes(n) | Period::Hours(n) | Period::Days(n) => n,
                Period::Weeks(n) | Period::Months(n) | Period::Years(n) => n,
            };
            let limit = fact["limit"].as_str().unwrap();
            assert!(limit.contains(&number.to_string()), "{}: {limit}", line.code);
        }
    }
}
