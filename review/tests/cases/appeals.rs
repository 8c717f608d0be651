//! Who may appeal, who hears it, and what follows from the answer.

use crate::sample::*;
use model::{
    Action, ActionKind, Appeal, AppealBasis, AppealGround, AppealId, AppealOutcome, AppealRefusal,
    AppealStatus, Appellant, Case, CaseStatus, Decider, Decision, NoticeId, ProtectedPurpose,
    Ruling,
};
use proptest::prelude::*;
use review::{
    Deciding, Filing, Heard, Hearing, Ladder, Link, ReviewError, ReviewEvent, Standing, file, hear,
    involved, still_held,
};
use std::collections::BTreeSet;

fn notifier() -> Appellant {
    Appellant::Notifier(NoticeId::new("notice_n1").unwrap())
}

fn filing(by: Appellant) -> Filing {
    Filing {
        id: AppealId::new("appeal_1").unwrap(),
        by,
        ground: AppealGround::Other,
        reason: "It is a report about them.".to_owned(),
        email: None,
        language: "en".to_owned(),
        content_language: None,
        basis: AppealBasis::Dsa20,
        due_at: at(1_000_000),
    }
}

/// A case that Rana decided, with the decision.
fn removed(action: Option<ActionKind>) -> (Case, Decision) {
    let mut deciding = deciding("d1", action);
    if action.is_none() {
        deciding.ruling = Ruling::NoViolation;
    }
    let (case, _) = decided(&item_case(), deciding);
    let decision = case.decision.clone().unwrap();
    (case, decision)
}

fn filed(by: Appellant, case: &Case, decision: &Decision) -> Appeal {
    let standing =
        Standing { decision, link: Link::Concerned, earlier: &[], open_until: at(900_000) };
    file(filing(by), case, standing, at(100))
}

#[test]
fn an_appeal_is_taken_or_refused_with_the_reason() {
    let (case, decision) = removed(Some(ActionKind::Remove));
    let (left, no_action) = removed(None);
    let (_, labelled) = removed(Some(ActionKind::Label));
    let reversed = Decision { reversed_at: Some(at(50)), ..decision.clone() };
    let order = Some(model::OrderId::new("order_1").unwrap());
    let ordered = Decision { order, ..decision.clone() };
    let heard = [filed(Appellant::Affected, &case, &decision)];
    let refused_before =
        [Appeal { status: AppealStatus::Refused(AppealRefusal::NoStanding), ..heard[0].clone() }];
    let none: &[Appeal] = &[];
    use AppealRefusal::{Late, NoStanding, NothingToAppeal, Suspended, Twice};
    for (name, by, decision, link, earlier, seconds, expected) in [
        ("in time", Appellant::Affected, &decision, Link::Concerned, none, 100, None),
        ("at the end", Appellant::Affected, &decision, Link::Concerned, none, 500, None),
        ("late", Appellant::Affected, &decision, Link::Concerned, none, 501, Some(Late)),
        ("not theirs", Appellant::Affected, &decision, Link::None, none, 1, Some(NoStanding)),
        ("again", Appellant::Affected, &decision, Link::Concerned, &heard, 1, Some(Twice)),
        (
            "after a refusal",
            Appellant::Affected,
            &decision,
            Link::Concerned,
            &refused_before,
            1,
            None,
        ),
        ("both sides", notifier(), &labelled, Link::Concerned, &heard, 1, None),
        ("undone", Appellant::Affected, &reversed, Link::Concerned, none, 1, Some(NothingToAppeal)),
        (
            "on an order",
            Appellant::Affected,
            &ordered,
            Link::Concerned,
            none,
            1,
            Some(NothingToAppeal),
        ),
        (
            "nothing done",
            Appellant::Affected,
            &no_action,
            Link::Concerned,
            none,
            1,
            Some(NothingToAppeal),
        ),
        ("no action", notifier(), &no_action, Link::Concerned, none, 1, None),
        ("was followed", notifier(), &decision, Link::Concerned, none, 1, Some(NothingToAppeal)),
        ("abuse", Appellant::Affected, &decision, Link::Suspended, none, 1, Some(Suspended)),
    ] {
        let standing = Standing { decision, link, earlier, open_until: at(500) };
        let appeal = file(filing(by), &left, standing, at(seconds));
        let expected = expected.map_or(AppealStatus::Open, AppealStatus::Refused);
        assert_eq!(appeal.status, expected, "{name}");
        assert_eq!((appeal.at, appeal.revision), (at(seconds), 0), "{name}");
    }
}

/// What Omar answers.
fn answer(outcome: AppealOutcome, instead: Option<Deciding>) -> Hearing {
    let reason = "Looked at again.".to_owned();
    Hearing { by: user("omar"), outcome, reason, instead }
}

fn instead(ruling: Ruling, action: Option<ActionKind>) -> Option<Deciding> {
    Some(Deciding { ruling, by: Decider::Reviewer(user("omar")), ..deciding("d2", action) })
}

fn heard(appeal: &Appeal, case: &Case, hearing: Hearing) -> Result<Heard, ReviewError> {
    let before: Vec<Decision> = case.decision.clone().into_iter().collect();
    hear(appeal, case, &before, hearing, &Ladder::default(), at(200))
}

#[test]
fn nobody_hears_an_appeal_against_what_they_had_a_part_in() {
    let (case, decision) = removed(Some(ActionKind::Remove));
    let appeal = filed(Appellant::Affected, &case, &decision);
    let by_rana = Hearing { by: user("rana"), ..answer(AppealOutcome::Upheld, None) };
    assert_eq!(heard(&appeal, &case, by_rana), Err(ReviewError::HeardByInvolved));

    // Sami reversed a first decision, and Rana decided again.
    let case = done(&case, undo("sami"), 30);
    let case = done(&case, claim("rana"), 40);
    let case = done(&case, ReviewEvent::Decide(deciding("d3", Some(ActionKind::Remove))), 50);
    let appeal = filed(Appellant::Affected, &case, case.decision.as_ref().unwrap());
    for (name, is_refused) in [("sami", true), ("rana", true), ("omar", false)] {
        let hearing = Hearing { by: user(name), ..answer(AppealOutcome::Upheld, None) };
        assert_eq!(heard(&appeal, &case, hearing).is_err(), is_refused, "{name}");
    }
    // The history of a case is bounded; decisions that fell out of it still count.
    let earlier = Decision { by: Decider::Reviewer(user("lina")), ..decision };
    assert!(involved(&case, &[earlier]).contains(&user("lina")));
    // A rule that decided keeps nobody away.
    let (case, _) =
        acted(&item_case(), ReviewEvent::Decide(by_rule("r", Some(ActionKind::Remove))), 5);
    assert!(involved(&case, &[]).is_empty());
}

#[test]
fn what_is_decided_instead_goes_with_the_outcome() {
    use ActionKind::{Disable, Label, Remove, Restrict};
    use AppealOutcome::{Partly, Reversed, Upheld};
    use Ruling::{NoViolation, Violation};
    let affected = Appellant::Affected;
    for (by, before, outcome, given, is_right) in [
        (affected.clone(), Some(Remove), Upheld, None, true),
        (affected.clone(), Some(Remove), Upheld, instead(NoViolation, None), false),
        (affected.clone(), Some(Remove), Reversed, None, false),
        (affected.clone(), Some(Remove), Reversed, instead(NoViolation, None), true),
        (affected.clone(), Some(Remove), Reversed, instead(NoViolation, Some(Label)), false),
        (affected.clone(), Some(Remove), Reversed, instead(Violation, None), false),
        (affected.clone(), Some(Remove), Partly, instead(Violation, Some(Restrict)), true),
        (affected.clone(), Some(Remove), Partly, instead(NoViolation, Some(Label)), true),
        (affected.clone(), Some(Restrict), Partly, instead(Violation, Some(Remove)), false),
        (affected.clone(), Some(Remove), Partly, instead(Violation, Some(Remove)), false),
        (affected.clone(), Some(Remove), Partly, instead(NoViolation, None), false),
        (affected, Some(Remove), Partly, None, false),
        (notifier(), None, Upheld, None, true),
        (notifier(), None, Reversed, instead(Violation, Some(Remove)), true),
        (notifier(), None, Reversed, instead(NoViolation, None), false),
        (notifier(), None, Reversed, None, false),
        (notifier(), None, Partly, instead(NoViolation, Some(Label)), true),
        (notifier(), Some(Label), Partly, instead(Violation, Some(Disable)), true),
        (notifier(), Some(Label), Partly, instead(NoViolation, Some(Label)), false),
    ] {
        let (case, decision) = removed(before);
        let appeal = filed(by, &case, &decision);
        let told = format!("{:?} {before:?} {outcome:?} {given:?}", appeal.by);
        let result = heard(&appeal, &case, answer(outcome, given));
        match is_right {
            true => assert!(result.is_ok(), "{told}: {result:?}"),
            false => assert_eq!(result, Err(ReviewError::AnswerDoesNotGo { outcome }), "{told}"),
        }
    }
}

#[test]
fn an_appeal_is_answered_once_and_only_while_its_decision_stands() {
    let (case, decision) = removed(Some(ActionKind::Remove));
    let appeal = filed(Appellant::Affected, &case, &decision);
    let upheld = heard(&appeal, &case, answer(AppealOutcome::Upheld, None)).unwrap();
    assert_eq!((upheld.cases.len(), upheld.restores.len(), upheld.actions.len()), (0, 0, 0));
    assert_eq!(upheld.appeal.revision, 1);
    let again = heard(&upheld.appeal, &case, answer(AppealOutcome::Upheld, None));
    assert_eq!(again, Err(ReviewError::AppealNotOpen));
    let undone = done(&case, undo("sami"), 30);
    let moot = heard(&appeal, &undone, answer(AppealOutcome::Upheld, None));
    assert_eq!(moot, Err(ReviewError::AppealMoot { decision: decision.id }));
    let silent = Hearing { reason: " ".to_owned(), ..answer(AppealOutcome::Upheld, None) };
    assert_eq!(heard(&appeal, &case, silent), Err(ReviewError::ReasonMissing));
    // Something lighter that takes needs its finding, as everywhere.
    let bare = instead(Ruling::Violation, Some(ActionKind::Restrict))
        .map(|deciding| Deciding { findings: Vec::new(), ..deciding });
    let action = ActionKind::Restrict;
    let refused = heard(&appeal, &case, answer(AppealOutcome::Partly, bare));
    assert_eq!(refused, Err(ReviewError::FindingMissing { action }));
}

#[test]
fn a_reversal_gives_everything_back_and_leaves_the_case_decided() {
    let (case, decision) = removed(Some(ActionKind::Remove));
    let appeal = filed(Appellant::Affected, &case, &decision);
    let given = instead(Ruling::NoViolation, None);
    let heard = heard(&appeal, &case, answer(AppealOutcome::Reversed, given)).unwrap();
    let [undone, claimed, anew] = heard.cases.as_slice() else { panic!("three steps") };
    assert_eq!((&undone.status, undone.revision), (&CaseStatus::Open, case.revision + 1));
    assert_eq!(claimed.revision, case.revision + 2);
    assert_eq!((&anew.status, anew.revision), (&CaseStatus::Decided, case.revision + 3));
    assert_eq!((anew.actions.len(), anew.strike.clone()), (0, None));
    let by = Decider::Reviewer(user("omar"));
    assert_eq!(anew.decision.as_ref().map(|decision| &decision.by), Some(&by));
    let reversed: Vec<_> = heard.restores.iter().filter_map(|one| one.reverses.clone()).collect();
    let taken: Vec<_> = case.actions.iter().map(|one| one.id.clone()).collect();
    assert_eq!(reversed, taken);
}

#[test]
fn what_takes_the_place_comes_after_what_gives_back() {
    let (case, decision) = removed(Some(ActionKind::Remove));
    let appeal = filed(Appellant::Affected, &case, &decision);
    let given = instead(Ruling::Violation, Some(ActionKind::Restrict));
    let heard = heard(&appeal, &case, answer(AppealOutcome::Partly, given)).unwrap();
    let times = |actions: &[Action]| actions.iter().map(|one| one.at).collect::<Vec<_>>();
    assert!(times(&heard.restores).iter().max() < times(&heard.actions).iter().min());
}

proptest! {
    /// Whatever was taken and whatever else stands: each restore names exactly the other actions
    /// that take from the same target.
    #[test]
    fn restores_name_what_still_holds(kinds in prop::collection::vec(0_usize..7, 0..8)) {
        let (case, decision) = removed(Some(ActionKind::Remove));
        let appeal = filed(Appellant::Affected, &case, &decision);
        let given = instead(Ruling::NoViolation, None);
        let mut heard = heard(&appeal, &case, answer(AppealOutcome::Reversed, given)).unwrap();
        let others: Vec<Case> = kinds.iter().enumerate().map(|(number, kind)| {
            let kind = ActionKind::ALL[*kind];
            let kind = if kind == ActionKind::Restore { ActionKind::Label } else { kind };
            let mut deciding = deciding(&format!("o{number}"), Some(kind));
            deciding.findings = vec![finding(ProtectedPurpose::None)];
            decided(&item_case(), deciding).0
        }).collect();
        let decisions = still_held(&case, &mut heard.restores, &others);
        let expected: BTreeSet<_> = others.iter().flat_map(|other| &other.actions)
            .filter(|action| action.kind.takes() && !action.kind.is_for_account())
            .map(|action| action.decision.clone()).collect();
        prop_assert_eq!(decisions.into_iter().collect::<BTreeSet<_>>(), expected.clone());
        prop_assert_eq!(heard.restores[0].still_held_by.len(), expected.len());
    }
}

#[test]
fn a_label_comes_off_whatever_else_stands() {
    let (case, decision) = removed(Some(ActionKind::Label));
    let appeal = filed(Appellant::Affected, &case, &decision);
    let given = instead(Ruling::NoViolation, None);
    let mut heard = heard(&appeal, &case, answer(AppealOutcome::Reversed, given)).unwrap();
    let (other, _) = decided(&item_case(), deciding("o", Some(ActionKind::Remove)));
    assert!(still_held(&case, &mut heard.restores, &[other]).is_empty());
    assert_eq!(heard.restores[0].still_held_by.len(), 1);
}
