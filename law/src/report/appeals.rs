//! Appeals as the reports count them.

use super::happening::{AppealBy, AppealTold, Decided, Happening};
use super::sheet::{Cell, Identity};
use super::time::{day, hours_between, is_within, median};
use model::{ActionKind, AppealOutcome, NoticeKind, Timestamp};
use std::collections::BTreeMap;

/// What an appeal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum About {
    /// Something was removed, disabled or shown less.
    Visibility,
    /// An account was suspended.
    Account,
    /// Nothing was done on a notice.
    Notice,
    /// Nothing was done on a notice of a trusted flagger.
    FlaggerNotice,
    /// Anything else, such as a warning.
    Other,
}

/// An appeal of the period, with its answer until the end of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AppealPast<'a> {
    pub(crate) told: &'a AppealTold,
    pub(crate) about: About,
    pub(crate) answer: Option<(Timestamp, AppealOutcome)>,
    /// Whether a restriction followed from it.
    pub(crate) restricts: bool,
}

impl<'a> AppealPast<'a> {
    /// The appeals that came in within the period.
    pub(crate) fn all(happenings: &'a [Happening], identity: &Identity) -> Vec<Self> {
        let mut decisions: BTreeMap<&str, &Decided> = BTreeMap::new();
        let mut notices: BTreeMap<&str, NoticeKind> = BTreeMap::new();
        let mut restricted: BTreeMap<&str, Timestamp> = BTreeMap::new();
        let mut appeals: Vec<Self> = Vec::new();
        for happening in happenings.iter().filter(|one| day(one.at()) <= identity.to) {
            match happening {
                Happening::Decision(decided) => {
                    decisions.insert(&decided.decision, decided);
                }
                Happening::Notice { notice, kind, .. } => {
                    notices.insert(notice, *kind);
                }
                Happening::Measure(measure) => {
                    restricted.insert(&measure.case, measure.at);
                }
                Happening::Appeal(told) => {
                    let action = decisions.get(&*told.decision).and_then(|one| one.action);
                    let about = about(told, action, &notices);
                    appeals.push(Self { told, about, answer: None, restricts: false });
                }
                Happening::Answer { at, appeal, outcome } => {
                    let known = appeals.iter_mut().find(|one| one.told.appeal == *appeal);
                    if let Some(one) = known {
                        one.answer = Some((*at, *outcome));
                        // What is decided instead is sealed together with the answer.
                        one.restricts = restricted.get(&*one.told.case) == Some(at)
                            && matches!(one.about, About::Notice | About::FlaggerNotice);
                    }
                }
                Happening::Flagged { .. }
                | Happening::Reversal { .. }
                | Happening::Delivered { .. }
                | Happening::Order(_)
                | Happening::Receipt { .. }
                | Happening::NotifierSuspended { .. } => {}
            }
        }
        appeals.retain(|one| is_within(one.told.at, identity));
        appeals
    }

    pub(crate) fn outcome(&self) -> Option<AppealOutcome> {
        self.answer.map(|(_, outcome)| outcome)
    }

    fn hours(&self) -> Option<f64> {
        self.answer.map(|(at, _)| hours_between(self.told.at, at))
    }
}

fn about(
    told: &AppealTold,
    action: Option<ActionKind>,
    notices: &BTreeMap<&str, NoticeKind>,
) -> About {
    if let AppealBy::Notifier(notice) = &told.by {
        let kind = notice.as_deref().and_then(|notice| notices.get(notice));
        let trusted = kind == Some(&NoticeKind::TrustedFlagger);
        return if trusted { About::FlaggerNotice } else { About::Notice };
    }
    match action {
        Some(
            ActionKind::Remove | ActionKind::Disable | ActionKind::Restrict | ActionKind::Label,
        ) => About::Visibility,
        Some(ActionKind::Suspend) => About::Account,
        Some(ActionKind::Warn | ActionKind::Restore) | None => About::Other,
    }
}

/// The value of a row of sheet 7 about complaints; none where the row is about something else.
pub(crate) fn complaint_value(
    appeals: &[AppealPast<'_>],
    indicator: &str,
    scope: &str,
) -> Option<Cell> {
    use About::{Account, FlaggerNotice, Notice, Other, Visibility};
    if indicator.starts_with("Number of restrictions newly imposed") {
        return Some(Cell::Count(appeals.iter().filter(|one| one.restricts).count() as u64));
    }
    let wanted: &[About] = match indicator {
        "Number of complaints submitted to the internal-complaints mechanism" => {
            &[Visibility, Account, Notice, FlaggerNotice, Other]
        }
        text if !text.starts_with("Complaint regarding") => return None,
        text if text.contains("restrict visibility") => &[Visibility],
        text if text.contains("terminate an account") => &[Account],
        text if text.contains("by a Trusted Flagger") => &[FlaggerNotice],
        text if text.contains("on a notice submitted") => &[Notice, FlaggerNotice],
        // Seawall ends neither a service nor payments, so that nobody can complain of it.
        _ => &[],
    };
    let here: Vec<&AppealPast<'_>> =
        appeals.iter().filter(|one| wanted.contains(&one.about)).collect();
    let answered = |outcome: AppealOutcome| {
        Cell::Count(here.iter().filter(|one| one.outcome() == Some(outcome)).count() as u64)
    };
    Some(match scope {
        "Total number" => Cell::Count(here.len() as u64),
        "Decisions upheld" => answered(AppealOutcome::Upheld),
        "Decisions partially reversed" => answered(AppealOutcome::Partly),
        "Decisions reversed" => answered(AppealOutcome::Reversed),
        "Median time" => median(here.iter().filter_map(|one| one.hours())),
        "Decision omitted" => {
            Cell::Count(here.iter().filter(|one| !one.told.is_heard).count() as u64)
        }
        _ => Cell::Blank,
    })
}
