//! The page of a case, made from values as the engine gives them.
#![allow(clippy::unwrap_used)]

use super::super::page::Tab;
use super::super::page::tests::frame;
use super::*;
use model::{
    Action, ActionId, Case, CaseId, DecisionId, Finding, FiredRule, History, MediaId, NoticeId,
    PolicyId, QueueName, RuleName, ServiceId, Signals, Span, Utf16Span, Verdict, VerdictId,
};

const HOSTILE: &str = "\"><img src=x onerror=alert(1)><script>alert(2)</script>\u{202e}&";

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn now() -> Timestamp {
    at("2026-11-22T12:00:00Z")
}

/// A case that waits.
pub fn a_case() -> Case {
    Case {
        id: CaseId::new("case_1").unwrap(),
        service: ServiceId::new("forum").unwrap(),
        subject: Subject::Item(model::ItemId::new("p1").unwrap()),
        account: model::AccountId::new("a1").unwrap(),
        queue: QueueName::new("matches").unwrap(),
        priority: 80,
        score: None,
        status: CaseStatus::Open,
        opened_at: at("2026-11-22T11:00:00Z"),
        due_at: Some(at("2026-11-22T11:30:00Z")),
        items: vec![model::ItemId::new("p1").unwrap()],
        verdicts: Vec::new(),
        notices: Vec::new(),
        labels: vec!["ashen".to_owned()],
        policies: vec!["harbour.violent-extremism".to_owned()],
        proposed: Some(ActionKind::Remove),
        decision: None,
        actions: Vec::new(),
        strike: None,
        events: vec![CaseEvent { at: at("2026-11-22T11:00:00Z"), kind: CaseEventKind::Opened }],
        revision: 1,
    }
}

/// A delivery in that state.
pub fn a_delivery(state: Delivery) -> OutboxRow {
    OutboxRow {
        action: Action {
            id: ActionId::new("action_1").unwrap(),
            kind: ActionKind::Remove,
            service: ServiceId::new("forum").unwrap(),
            target: ActionTarget::Item(model::ItemId::new("p1").unwrap()),
            decision: DecisionId::new("decision_1").unwrap(),
            case: CaseId::new("case_1").unwrap(),
            reverses: None,
            still_held_by: Vec::new(),
            labels: Vec::new(),
            at: now(),
        },
        state,
        attempts: 3,
        next: now(),
        delivered: (state == Delivery::Delivered).then(now),
        problem: (state != Delivery::Delivered).then(|| "connection refused".to_owned()),
    }
}

fn a_verdict(text: &str, marks: &[(usize, usize)]) -> VerdictRow {
    let item = serde_json::json!({
        "service": "forum", "id": "p1", "kind": "post", "created_at": "2026-11-22T10:00:00Z",
        "author": { "id": "a1", "handle": HOSTILE, "display_name": HOSTILE, "bio": HOSTILE },
        "text": text, "links": ["https://evil.example.org/x"],
        "media": [{ "id": "m1", "kind": "image", "sha256": "ab".repeat(32) },
                  { "id": "m2", "kind": "video" }],
    });
    let item: Item = serde_json::from_value(item).unwrap();
    let span =
        |&(start, end): &(usize, usize)| Span { start, end, utf16: Utf16Span { start: 0, end: 0 } };
    let found = Match {
        bank: "ash".to_owned(),
        kind: EntryKind::Term,
        entry: "ashen banner".to_owned(),
        entry_id: None,
        policy: None,
        labels: Vec::new(),
        grade: Grade::StrictFold,
        spans: marks.iter().map(span).collect(),
        link: None,
        distance_bits: None,
        media: None,
        is_quarantined: false,
    };
    let verdict = Verdict {
        item: model::ItemRef { service: item.service.clone(), item: item.id.clone() },
        at: now(),
        outcome: Outcome::Review,
        rules: vec![FiredRule {
            name: RuleName::new("known-terms").unwrap(),
            policy: "harbour.violent-extremism".to_owned(),
            because: vec!["term.count = 1".to_owned()],
        }],
        labels: Vec::new(),
        queue: None,
        priority: 80,
        action: None,
        about_account: false,
        withheld: None,
        versions: model::Versions { rules: "c".repeat(64), banks: 3, signals: 1 },
    };
    VerdictRow {
        id: VerdictId::new("verdict_1").unwrap(),
        item,
        history: History::default(),
        supplied: "{}".to_owned(),
        signals: Signals { values: Vec::new(), matches: vec![found] },
        verdict,
        verdict_json: String::new(),
        case: None,
    }
}

fn view(case: Case, text: &str, marks: &[(usize, usize)]) -> CaseView {
    CaseView {
        verdicts: vec![a_verdict(text, marks)],
        notices: Vec::new(),
        deconfliction: engine::Deconfliction::default(),
        decisions: case.decision.iter().cloned().collect(),
        deliveries: Vec::new(),
        statements: Vec::new(),
        account_items: Vec::new(),
        account_cases: Vec::new(),
        strikes: 2,
        conduct: engine::Conduct { strikes: 2, items: 40, ..engine::Conduct::default() },
        labels: Vec::new(),
        suggested: Some(ActionKind::Warn),
        case,
    }
}

fn shown_to(me: &str, t: Language, view: &CaseView, kept: Kept) -> String {
    let me = UserId::new(me).unwrap();
    let logins = BTreeMap::from([
        (UserId::new("user_1").unwrap(), "nour".to_owned()),
        (UserId::new("user_2").unwrap(), "sami".to_owned()),
    ]);
    let policies = [PolicyRow {
        id: "harbour.violent-extremism".to_owned(),
        version: 2,
        title: "Violent extremism".to_owned(),
        text: HOSTILE.to_owned(),
    }];
    let queues = [("matches".to_owned(), "Matches".to_owned())];
    let around = Around {
        logins: &logins,
        policies: &policies,
        rules: &[],
        queues: &queues,
        me: &me,
        now: now(),
        score: None,
        threats: &[],
    };
    CaseScreen::new(frame(t, Tab::Cases), view, &around, kept).render().unwrap()
}

fn shown(view: &CaseView) -> String {
    shown_to("user_1", Language::English, view, Kept::default())
}

fn claimed_by(user: &str, until: &str) -> Case {
    let by = UserId::new(user).unwrap();
    Case { status: CaseStatus::Claimed { by, until: at(until) }, ..a_case() }
}

fn decided() -> Case {
    let decision = Decision {
        id: DecisionId::new("decision_1").unwrap(),
        case: CaseId::new("case_1").unwrap(),
        by: Decider::Reviewer(UserId::new("user_2").unwrap()),
        at: now(),
        ruling: Ruling::Violation,
        action: Some(ActionKind::Remove),
        labels: Vec::new(),
        policy: PolicyId::new("harbour.violent-extremism").unwrap(),
        policy_version: 2,
        reason: HOSTILE.to_owned(),
        findings: vec![Finding {
            kind: FindingKind::ProtectedPurpose(ProtectedPurpose::None),
            note: String::new(),
        }],
        reversed_at: None,
        order: None,
    };
    Case { status: CaseStatus::Decided, decision: Some(decision), ..a_case() }
}

#[test]
fn hostile_text_stays_text() {
    let mut hostile = view(decided(), HOSTILE, &[(0, 2)]);
    hostile.notices = vec![Notice {
        id: NoticeId::new("notice_1").unwrap(),
        kind: NoticeKind::TrustedFlagger,
        service: ServiceId::new("forum").unwrap(),
        subject: hostile.case.subject.clone(),
        reason: HOSTILE.to_owned(),
        policy: Some(HOSTILE.to_owned()),
        name: Some(HOSTILE.to_owned()),
        email: None,
        good_faith: true,
        language: None,
        ground: model::NoticeGround::AgainstTerms,
        location: None,
        notifier: None,
        asks_to_wait: false,
        at: now(),
    }];
    hostile.account_items = vec![a_verdict(HOSTILE, &[])];
    hostile.labels = vec![HOSTILE.to_owned()];
    for t in [Language::English, Language::Arabic] {
        let html = shown_to("user_1", t, &hostile, Kept::default());
        assert!(!html.contains("<img src=x") && !html.contains("<script>alert"));
        assert_eq!(html.matches("<script").count(), 1);
        assert!(!html.contains("href=\"https://evil"), "nothing leads to the live web");
        assert!(html.contains("hxxps://evil[.]example[.]org/x"));
    }
}

#[test]
fn directions_of_foreign_texts_are_isolated() {
    let html = shown(&view(a_case(), "\u{202e}abc", &[]));
    let place = html.find("\u{202e}abc").unwrap();
    assert!(html[..place].ends_with("<div class=\"item-text\" dir=\"auto\">"));
}

#[test]
fn marks_are_told_with_entry_bank_and_grade() {
    let html = shown(&view(a_case(), "an ashen banner!", &[(3, 15)]));
    assert!(html.contains(
        "an <mark title=\"match 1: term “\u{2068}ashen banner\u{2069}”, bank \
         \u{2068}ash\u{2069}, letter variants folded\">ashen banner<span class=\"unseen\">"
    ));
    assert!(html.contains("</span></mark>!"));
}

#[test]
fn pictures_are_blurred_and_served_by_us() {
    let html = shown(&view(a_case(), "x", &[]));
    let address = format!("src=\"/cases/case_1/media/{}\"", "ab".repeat(32));
    assert!(html.contains(&address) && html.contains("class=\"reveal\""));
    assert!(html.contains("video"), "what cannot be shown is named");
}

#[test]
fn the_form_is_there_for_whoever_has_the_case() {
    let mine = shown(&view(claimed_by("user_1", "2026-11-22T12:10:00Z"), "x", &[]));
    assert!(mine.contains("data-does=\"submit\"") && mine.contains("12:10"));
    assert!(mine.contains("proposed by the rules") && mine.contains("suggested by the ladder"));
    assert!(!mine.contains(" checked"), "nothing is decided in advance");
    let theirs = shown(&view(claimed_by("user_2", "2026-11-22T12:10:00Z"), "x", &[]));
    assert!(theirs.contains("sami") && !theirs.contains("name=\"choice\""));
    let ended = shown(&view(claimed_by("user_1", "2026-11-22T11:59:00Z"), "x", &[]));
    assert!(ended.contains("data-does=\"claim\"") && !ended.contains("name=\"choice\""));
}

#[test]
fn what_was_filled_in_is_kept() {
    let filled = Filled {
        choice: "remove".to_owned(),
        purpose: "satire".to_owned(),
        labels: "a, b".to_owned(),
        policy: "harbour.violent-extremism".to_owned(),
        reason: "because \"this\"".to_owned(),
    };
    let problem = Some("refused".to_owned());
    let kept = Kept { filled: Some(filled), undo_reason: String::new(), problem };
    // The claim has ended meanwhile: the form stays, with a button that claims again.
    let ended = view(claimed_by("user_1", "2026-11-22T11:59:00Z"), "x", &[]);
    let html = shown_to("user_1", Language::English, &ended, kept);
    for expected in [
        "role=\"alert\"",
        "value=\"remove\" data-does=\"choose-8\" checked",
        "<option value=\"satire\" selected>",
        "because &#34;this&#34;</textarea>",
        "name=\"step\" value=\"claim\"",
    ] {
        assert!(html.contains(expected), "{expected}");
    }
}

#[test]
fn a_decided_case_shows_what_became_of_its_actions() {
    for (state, english, arabic) in [
        (Delivery::Pending, "on its way", "في الطريق"),
        (Delivery::Delivered, "delivered", "تم التسليم"),
        (Delivery::Dead, "given up", "أُوقفت المحاولات"),
        (Delivery::Withdrawn, "withdrawn", "سُحب قبل التسليم"),
    ] {
        let mut view = view(decided(), "x", &[]);
        view.deliveries = vec![a_delivery(state)];
        let html = shown(&view);
        assert!(html.contains(english) && html.contains("data-does=\"undo\""));
        assert_eq!(html.contains("data-pending"), state == Delivery::Pending);
        let html = shown_to("user_1", Language::Arabic, &view, Kept::default());
        assert!(html.contains(arabic), "{arabic}");
    }
}

#[test]
fn actions_on_items_are_out_of_reach_without_an_item() {
    let mut case = claimed_by("user_1", "2026-11-22T12:10:00Z");
    case.items.clear();
    case.subject = Subject::Account(case.account.clone());
    let html = shown(&view(case, "x", &[]));
    assert!(html.contains("value=\"remove\" data-does=\"choose-8\" disabled"));
    assert!(html.contains("value=\"suspend\" data-does=\"choose-9\">"));
}

#[test]
fn a_medium_id_is_never_an_address() {
    let mut view = view(a_case(), "x", &[]);
    view.verdicts[0].item.media[0].id = MediaId::new(HOSTILE).unwrap();
    assert!(!shown(&view).contains("<img src=x"));
}
