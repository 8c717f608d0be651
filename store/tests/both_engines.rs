//! The store on SQLite and on PostgreSQL: the same cases on both.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "support/postgres.rs"]
mod postgres;

use audit::{Fact, FactKind, Field, Verifier};
use model::{
    AccountId, Action, ActionId, ActionKind, ActionTarget, Appeal, AppealAnswer, AppealBasis,
    AppealGround, AppealId, AppealOutcome, AppealRefusal, AppealStatus, Appellant, AuthorityId,
    BankEntry, BankSettings, Case, CaseId, CaseStatus, CodeAnswer, CodeRound, Decider, Decision,
    DecisionId, EntryId, EntryKind, ExposureId, Flagger, FlaggerId, Follow, ItemId, KeyId,
    LegalBasis, Letter, LetterId, LetterKind, Notice, NoticeGround, NoticeId, NoticeKind, Notifier,
    Opinion, OpinionKind, OrderId, PolicyId, Preservation, PreservationId, PreservationState,
    QueueName, Ruling, ServiceId, Statement, StatementId, StatementKind, StatementText, Strike,
    Study, StudyCode, StudyId, StudyKind, StudyProgress, StudySignals, StudySource, StudyState,
    Subject, ThreatId, Timestamp, UserId, limits,
};
use std::future::Future;
use std::pin::Pin;
use store::{
    AccountRow, Answer, CaseFilter, Change, Delivery, DeliveryMove, DutyRow, Entry, Error,
    ExposureChange, ExposureRow, IdempotencyRow, KeyRow, LadderRow, LearnedRow, Location, MailRow,
    MeasuresReportRow, OrderChange, OrderRow, PolicyRow, PreservationChange, RuleSetRow,
    SessionRow, StatementChange, Store, StudyChange, StudySignalRow, SubmissionRow, TemplateRow,
    ThreatChange, ThreatRow, UserRow, hour_of,
};

type Run = for<'a> fn(&'a Location) -> Pin<Box<dyn Future<Output = ()> + 'a>>;

macro_rules! cases {
    ($($name:ident),* $(,)?) => {
        const CASES: &[(&str, Run)] = &[$((stringify!($name), |at| Box::pin($name(at)))),*];
    };
}

cases![
    seals_records_in_a_chain,
    opens_again_with_everything,
    refuses_a_second_open_case,
    refuses_an_old_revision,
    opens_a_case_again_beside_another,
    keeps_nothing_of_a_failed_commit,
    groups_many_commits,
    orders_the_next_cases,
    delivers_from_the_outbox,
    delivers_the_actions_of_a_case_in_order,
    remembers_earlier_banks,
    remembers_what_was_said_of_entries,
    remembers_what_banks_say_and_what_matched,
    remembers_answers_once,
    counts_history,
    keeps_orders,
    keeps_reports_of_threats,
    keeps_exposure_decisions_and_reports,
    knows_authorities_and_who_is_on_duty,
    sends_letters_one_worker_at_a_time,
    keeps_people_sessions_and_keys,
    keeps_versions_of_policies_and_rules,
    delivers_statements_in_order_and_not_before_their_time,
    submits_statements_once,
    keeps_versions_of_norms_and_templates,
    takes_each_appeal_once,
    keeps_versions_of_ladders_and_the_strikes_they_count,
    knows_flaggers_by_their_keys,
    counts_what_became_of_the_notices_of_a_notifier,
    finds_what_preserves_an_item,
    keeps_and_erases_studies,
    remembers_follows_and_what_studies_found,
    refuses_a_later_schema,
];

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    for (name, run) in CASES {
        println!("{name}");
        let folder = tempfile::tempdir().unwrap();
        run(&Location::Sqlite(folder.path().join("seawall.db"))).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgresql() {
    let Some(server) = postgres::Postgres::start() else { return };
    for (name, run) in CASES {
        println!("{name}");
        run(&Location::parse(&server.database(name))).await;
    }
}

fn study(id: &str) -> Study {
    Study {
        id: StudyId::new(format!("study_{id}")).unwrap(),
        kind: StudyKind::Census,
        service: service(),
        source: StudySource::Folder { name: "world".to_owned() },
        parameters: serde_json::json!({ "seeds": ["a1"] }),
        purpose: "to test the store".to_owned(),
        legal_basis: LegalBasis::PublicInterest,
        retention_days: 1,
        by: "operator".to_owned(),
        at: at(0),
        state: StudyState::Waiting,
        started_at: None,
        ended_at: None,
        expires_at: at(86_400),
        dataset_sha256: None,
        problem: None,
        revision: 1,
    }
}

fn studied(change: StudyChange) -> Vec<Change> {
    vec![Change::Study(change)]
}

async fn keeps_and_erases_studies(location: &Location) {
    let store = open(location).await;
    let mut study = study("1");
    let id = study.id.clone();
    let ordered = StudyChange::Ordered(Box::new(study.clone()), [7; 32]);
    store.commit(studied(ordered), entries(), at(0)).await.unwrap();
    assert_eq!(store.open_studies().await.unwrap()[0].study, study);

    let lease = |until| studied(StudyChange::Leased { study: id.clone(), until });
    store.keep(lease(at(60)), at(1)).await.unwrap();
    assert!(store.keep(lease(at(90)), at(30)).await.unwrap_err().is_conflict(), "it is held");
    store.keep(lease(at(200)), at(61)).await.unwrap();

    (study.state, study.revision) = (StudyState::Running, 2);
    let running = StudyChange::Running(Box::new(study.clone()));
    store.keep(studied(running.clone()), at(62)).await.unwrap();
    assert!(store.keep(studied(running), at(63)).await.unwrap_err().is_conflict(), "an old row");
    let progress = StudyProgress { stage: "reading".to_owned(), done: 1, total: 2 };
    let told = |study: &Study| StudyChange::Progressed {
        study: study.id.clone(),
        progress: progress.clone(),
        until: at(300),
    };
    store.keep(studied(told(&study)), at(64)).await.unwrap();
    let row = store.study(&id).await.unwrap().unwrap();
    assert_eq!(
        (row.progress.clone(), row.pseudonym_key, row.leased),
        (progress.clone(), [7; 32], at(300))
    );

    let text = |text: &str| text.to_owned();
    let part = StudyChange::PartKept { study: id.clone(), name: text("a"), body: text("1") };
    store.keep(studied(part.clone()), at(65)).await.unwrap();
    assert_eq!(store.study_parts(&id).await.unwrap(), [(text("a"), text("1"))]);
    let kept =
        StudyChange::DocumentKept { study: id.clone(), name: text("card/a1"), body: text("{}") };
    let dropped = StudyChange::PartsDropped(id.clone());
    let code = StudyCode {
        account: account(),
        coder: UserId::new("user_1").unwrap(),
        round: CodeRound::Blind,
        answer: CodeAnswer::Unsure,
        at: at(66),
    };
    let again = StudyCode { answer: CodeAnswer::Member, ..code.clone() };
    let settled = StudyCode { round: CodeRound::Adjudication, ..code.clone() };
    let mut changes = [studied(kept), studied(dropped)].concat();
    for code in [&code, &again, &settled] {
        changes.extend(studied(StudyChange::Coded(id.clone(), code.clone())));
    }
    store.commit(changes, entries(), at(66)).await.unwrap();
    assert!(store.study_parts(&id).await.unwrap().is_empty());
    assert_eq!(store.study_document_names(&id, "card/").await.unwrap(), ["a1"]);
    assert_eq!(store.study_codes(&id).await.unwrap(), [settled, again]);

    (study.state, study.revision) = (StudyState::Cancelled, 3);
    let stopped = StudyChange::Changed(Box::new(study.clone()));
    store.commit(studied(stopped), entries(), at(67)).await.unwrap();
    assert!(store.keep(studied(told(&study)), at(68)).await.unwrap_err().is_conflict(), "stopped");
    assert!(store.expired_studies(at(86_399)).await.unwrap().is_empty());
    assert_eq!(store.expired_studies(at(86_400)).await.unwrap(), [study]);
    store.commit(studied(StudyChange::Erased(id.clone())), entries(), at(90_000)).await.unwrap();
    assert!(store.study_document(&id, "card/a1").await.unwrap().is_none());
    let late = store.keep(studied(part), at(90_001)).await;
    assert!(late.unwrap_err().is_conflict(), "a run that ends late keeps nothing");
    assert!(store.study_codes(&id).await.unwrap().is_empty());
    assert_eq!(store.study(&id).await.unwrap().unwrap().pseudonym_key, [0; 32]);
}

async fn remembers_follows_and_what_studies_found(location: &Location) {
    let store = open(location).await;
    let follow = |from: &str, to: &str, at| Follow {
        from: AccountId::new(from).unwrap(),
        to: AccountId::new(to).unwrap(),
        at,
    };
    let told = vec![follow("b", "a", None), follow("a", "c", None), follow("a", "b", Some(at(1)))];
    for follows in [told, vec![follow("b", "a", Some(at(5)))]] {
        let received = StudyChange::FollowsReceived(service(), follows);
        store.commit(studied(received), entries(), at(9)).await.unwrap();
    }
    let first = store.follows(&service(), None, 2).await.unwrap();
    assert_eq!(first, [follow("a", "b", Some(at(1))), follow("a", "c", None)]);
    let rest = store.follows(&service(), first.last(), 2).await.unwrap();
    assert_eq!(rest, [follow("b", "a", Some(at(5)))], "what was told later counts");

    let item = ItemId::new("p1").unwrap();
    let found = |q| StudySignals { campaign_q: Some(q), ..StudySignals::default() };
    for (id, q, expires) in [("1", 0.5, at(100)), ("2", 0.1, at(50)), ("2", 0.2, at(50))] {
        let applied = StudyChange::Applied {
            study: study(id).id,
            service: service(),
            expires,
            rows: vec![StudySignalRow { account: account(), signals: found(q) }],
        };
        store.commit(studied(applied), entries(), at(9)).await.unwrap();
    }
    for (seconds, expected) in [(10, Some(found(0.2))), (60, Some(found(0.5))), (100, None)] {
        let history =
            store.history(&service(), &account(), &item, at(seconds), None).await.unwrap();
        assert_eq!(history.account_studies, expected, "after {seconds} s");
    }
}

async fn open(location: &Location) -> Store {
    Store::open(location).await.unwrap()
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::parse("2026-03-01T00:00:00Z").unwrap().plus_seconds(seconds)
}

fn entry(kind: FactKind) -> Entry {
    let fact = Fact::new(kind).text(Field::Kind, "test");
    Entry { fact, event: serde_json::json!({ "test": true }) }
}

fn entries() -> Vec<Entry> {
    vec![entry(FactKind::SettingsChanged)]
}

fn service() -> ServiceId {
    ServiceId::new("forum").unwrap()
}

fn account() -> AccountId {
    AccountId::new("a1").unwrap()
}

fn case(id: &str, subject: &str, priority: u8) -> Case {
    Case {
        id: CaseId::new(format!("case_{id}")).unwrap(),
        service: service(),
        subject: Subject::Item(ItemId::new(subject).unwrap()),
        account: account(),
        queue: QueueName::new("review").unwrap(),
        priority,
        score: None,
        status: CaseStatus::Open,
        opened_at: at(0),
        due_at: None,
        items: vec![ItemId::new(subject).unwrap()],
        verdicts: Vec::new(),
        notices: Vec::new(),
        labels: Vec::new(),
        policies: Vec::new(),
        proposed: None,
        decision: None,
        actions: Vec::new(),
        strike: None,
        events: Vec::new(),
        revision: 0,
    }
}

fn changed(case: &Case, status: CaseStatus) -> Case {
    Case { status, revision: case.revision + 1, ..case.clone() }
}

fn opened(case: &Case) -> Vec<Change> {
    vec![Change::CaseOpened(Box::new(case.clone()))]
}

fn change(case: &Case) -> Vec<Change> {
    vec![Change::CaseChanged(Box::new(case.clone()))]
}

async fn commit(store: &Store, changes: Vec<Change>) -> store::Result<Vec<u64>> {
    store.commit(changes, entries(), at(0)).await
}

async fn verify(store: &Store) -> u64 {
    let mut verifier = Verifier::new();
    let mut from = 0;
    loop {
        let records = store.records(from, 100).await.unwrap();
        if records.is_empty() {
            break;
        }
        for (bytes, hash) in &records {
            verifier.push(bytes, hash).unwrap();
            from += 1;
        }
    }
    let head = store.head().await.unwrap();
    verifier.finish(Some(&head)).unwrap().next
}

async fn seals_records_in_a_chain(location: &Location) {
    let store = open(location).await;
    assert_eq!(store.head().await.unwrap().next, 0);
    let both = vec![entry(FactKind::LogStarted), entry(FactKind::SettingsChanged)];
    assert_eq!(store.commit(vec![], both, at(0)).await.unwrap(), [0, 1]);
    assert_eq!(commit(&store, vec![]).await.unwrap(), [2]);
    assert_eq!(verify(&store).await, 3);
    let events = store.events(Some(0), 10).await.unwrap();
    assert_eq!(events.iter().map(|event| event.seq).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(events[0].kind, "settings_changed");
    let latest = store.latest_events(Some(2), 1).await.unwrap();
    assert_eq!(latest.iter().map(|event| event.seq).collect::<Vec<_>>(), [1]);
}

async fn opens_again_with_everything(location: &Location) {
    let first = open(location).await;
    commit(&first, opened(&case("1", "p1", 5))).await.unwrap();
    drop(first);
    let second = open(location).await;
    assert_eq!(
        second.case(&CaseId::new("case_1").unwrap()).await.unwrap(),
        Some(case("1", "p1", 5))
    );
    commit(&second, vec![]).await.unwrap();
    assert_eq!(verify(&second).await, 2);
}

async fn refuses_a_second_open_case(location: &Location) {
    let store = open(location).await;
    let first = case("1", "p1", 5);
    commit(&store, opened(&first)).await.unwrap();
    let refused = commit(&store, opened(&case("2", "p1", 5))).await.unwrap_err();
    assert!(refused.is_conflict(), "{refused}");
    let found = store.open_case(&service(), &first.subject).await.unwrap();
    assert_eq!(found.map(|case| case.id), Some(first.id.clone()));
    commit(&store, change(&changed(&first, CaseStatus::Decided))).await.unwrap();
    assert_eq!(store.open_case(&service(), &first.subject).await.unwrap(), None);
    commit(&store, opened(&case("2", "p1", 5))).await.unwrap();
}

async fn refuses_an_old_revision(location: &Location) {
    let store = open(location).await;
    let first = case("1", "p1", 5);
    commit(&store, opened(&first)).await.unwrap();
    let second = changed(&first, CaseStatus::Open);
    commit(&store, change(&second)).await.unwrap();
    let refused = commit(&store, change(&second)).await.unwrap_err();
    assert!(refused.is_conflict(), "{refused}");
}

async fn opens_a_case_again_beside_another(location: &Location) {
    let store = open(location).await;
    let first = case("1", "p1", 5);
    let decided = changed(&first, CaseStatus::Decided);
    commit(&store, opened(&first)).await.unwrap();
    commit(&store, change(&decided)).await.unwrap();
    let second = case("2", "p1", 5);
    commit(&store, opened(&second)).await.unwrap();
    // Undoing the first decision must be possible although another case is open by now.
    let again = changed(&decided, CaseStatus::Open);
    commit(&store, change(&again)).await.unwrap();
    let found = store.open_case(&service(), &first.subject).await.unwrap().unwrap();
    assert_eq!(found.id, second.id);
    // Once the second is decided, a change of the first makes it the one that others join.
    commit(&store, change(&changed(&second, CaseStatus::Decided))).await.unwrap();
    commit(&store, change(&changed(&again, CaseStatus::Open))).await.unwrap();
    let found = store.open_case(&service(), &first.subject).await.unwrap().unwrap();
    assert_eq!(found.id, first.id);
}

async fn keeps_nothing_of_a_failed_commit(location: &Location) {
    let store = open(location).await;
    let first = case("1", "p1", 5);
    commit(&store, opened(&first)).await.unwrap();
    let head = store.head().await.unwrap();
    let mut both = opened(&case("3", "p3", 5));
    both.extend(opened(&case("4", "p1", 5)));
    assert!(commit(&store, both).await.unwrap_err().is_conflict());
    assert_eq!(store.case(&CaseId::new("case_3").unwrap()).await.unwrap(), None);
    assert_eq!(store.head().await.unwrap(), head);
    commit(&store, vec![]).await.unwrap();
    assert_eq!(verify(&store).await, 2);
}

async fn groups_many_commits(location: &Location) {
    let store = open(location).await;
    let mut waiting = Vec::new();
    for number in 0..300 {
        let store = store.clone();
        waiting.push(tokio::spawn(async move {
            // Every third conflicts with the one before it, within the same group.
            let subject = format!("p{}", number - i32::from(number % 3 == 2));
            commit(&store, opened(&case(&number.to_string(), &subject, 1))).await
        }));
    }
    let (mut kept, mut refused) = (Vec::new(), 0);
    for one in waiting {
        match one.await.unwrap() {
            Ok(sequence) => kept.extend(sequence),
            Err(error) => {
                assert!(error.is_conflict(), "{error}");
                refused += 1;
            }
        }
    }
    kept.sort_unstable();
    assert_eq!((kept.len(), refused), (200, 100));
    assert_eq!(kept, (0..200).collect::<Vec<u64>>());
    assert_eq!(verify(&store).await, 200);
}

async fn orders_the_next_cases(location: &Location) {
    let store = open(location).await;
    let user = UserId::new("user_1").unwrap();
    let other = UserId::new("user_2").unwrap();
    let mut late = case("late", "p1", 1);
    late.due_at = Some(at(-60));
    let mut likely = case("likely", "p8", 50);
    likely.score = Some(900);
    let mut unlikely = case("unlikely", "p9", 50);
    unlikely.score = Some(100);
    let mut soon = case("soon", "p2", 50);
    soon.due_at = Some(at(60));
    let plain = case("plain", "p3", 50);
    let mut taken = case("taken", "p4", 99);
    taken.status = CaseStatus::Claimed { by: other.clone(), until: at(60) };
    let mut mine = case("mine", "p5", 1);
    mine.status = CaseStatus::Claimed { by: user.clone(), until: at(60) };
    let mut lapsed = case("lapsed", "p6", 60);
    lapsed.status = CaseStatus::Claimed { by: other, until: at(-1) };
    let mut elsewhere = case("elsewhere", "p7", 98);
    elsewhere.queue = QueueName::new("links").unwrap();
    let all = [late, unlikely, soon, plain, taken, mine, lapsed, elsewhere, likely];
    for case in &all {
        commit(&store, opened(case)).await.unwrap();
    }
    let ids = |cases: Vec<Case>| {
        cases.iter().map(|case| case.id.as_str()[5..].to_owned()).collect::<Vec<_>>()
    };
    let queue = QueueName::new("review").unwrap();
    let next = store.next_cases(Some(&queue), &user, at(0), 10).await.unwrap();
    assert_eq!(ids(next), ["mine", "late", "lapsed", "likely", "soon", "plain", "unlikely"]);
    let next = store.next_cases(None, &user, at(0), 3).await.unwrap();
    assert_eq!(ids(next), ["mine", "late", "elsewhere"]);
    let filter = CaseFilter { status: Some("open".into()), limit: 10, ..CaseFilter::default() };
    let listed = store.cases(&filter, at(0)).await.unwrap();
    assert_eq!(ids(listed), ["late", "elsewhere", "likely", "soon", "plain", "unlikely"]);
    let counts = store.queue_counts(at(0)).await.unwrap();
    let review = counts.iter().find(|count| count.queue == "review").unwrap();
    assert_eq!((review.waiting, review.claimed, review.overdue), (8, 2, 1));
}

fn action(id: &str) -> Action {
    Action {
        id: ActionId::new(format!("action_{id}")).unwrap(),
        kind: ActionKind::Remove,
        service: service(),
        target: ActionTarget::Item(ItemId::new("p1").unwrap()),
        decision: DecisionId::new("decision_1").unwrap(),
        case: CaseId::new("case_1").unwrap(),
        reverses: None,
        still_held_by: Vec::new(),
        labels: Vec::new(),
        at: at(0),
    }
}

async fn delivers_from_the_outbox(location: &Location) {
    let store = open(location).await;
    let (first, second) = (action("1"), action("2"));
    let ordered = [&first, &second].map(|one| Change::ActionOrdered(Box::new(one.clone())));
    commit(&store, ordered.to_vec()).await.unwrap();
    assert_eq!(store.outbox_due(&service(), at(0), 10).await.unwrap().len(), 2);
    let retry = Change::DeliveryRetried {
        action: first.id.clone(),
        next: at(60),
        problem: "refused".into(),
    };
    store.keep(vec![retry], at(0)).await.unwrap();
    let due = store.outbox_due(&service(), at(59), 10).await.unwrap();
    assert_eq!(due.iter().map(|row| &row.action.id).collect::<Vec<_>>(), [&second.id]);
    let waiting = store.delivery(&first.id).await.unwrap().unwrap();
    assert_eq!((waiting.attempts, waiting.problem.as_deref()), (1, Some("refused")));
    commit(&store, vec![Change::ActionDelivered(second.id.clone())]).await.unwrap();
    let twice = commit(&store, vec![Change::ActionDelivered(second.id.clone())]).await.unwrap_err();
    assert!(twice.is_conflict());
    let dead = Change::ActionDead { action: first.id.clone(), problem: "gone".into() };
    commit(&store, vec![dead]).await.unwrap();
    assert!(store.outbox_due(&service(), at(999), 10).await.unwrap().is_empty());
    assert_eq!(store.outbox(Delivery::Dead, 10).await.unwrap().len(), 1);
    commit(&store, vec![Change::ActionRedelivered(first.id.clone())]).await.unwrap();
    assert_eq!(store.outbox_due(&service(), at(999), 10).await.unwrap().len(), 1);
    assert_eq!(store.outbox_of_case(&first.case).await.unwrap().len(), 2);
}

async fn delivers_the_actions_of_a_case_in_order(location: &Location) {
    let store = open(location).await;
    let remove = action("1");
    let restore = Action {
        id: ActionId::new("action_1_restore").unwrap(),
        kind: ActionKind::Restore,
        reverses: Some(remove.id.clone()),
        still_held_by: Vec::new(),
        at: at(1),
        ..remove.clone()
    };
    commit(&store, vec![Change::ActionOrdered(Box::new(remove.clone()))]).await.unwrap();
    let due = async |seconds| {
        let rows = store.outbox_due(&service(), at(seconds), 10).await.unwrap();
        rows.into_iter().map(|row| row.action.id).collect::<Vec<_>>()
    };
    let lease = |due, until| {
        let action = remove.id.clone();
        Change::DeliveryLeased { action, due: at(due), until: at(until) }
    };
    store.keep(vec![lease(0, 20)], at(0)).await.unwrap();
    assert!(store.keep(vec![lease(0, 20)], at(0)).await.unwrap_err().is_conflict());
    assert!(due(5).await.is_empty(), "one attempt at a time");
    // The decision is reversed while the attempt is under way.
    let withdrawn = Change::ActionWithdrawn(remove.id.clone());
    let ordered = Change::ActionOrdered(Box::new(restore.clone()));
    store.commit(vec![withdrawn.clone(), ordered], entries(), at(1)).await.unwrap();
    assert!(due(5).await.is_empty(), "the restore waits for the end of the attempt");
    let late = commit(&store, vec![Change::ActionDelivered(remove.id.clone())]).await;
    assert!(late.unwrap_err().is_conflict());
    store.keep(vec![Change::LeaseEnded(remove.id.clone())], at(2)).await.unwrap();
    assert_eq!(due(5).await, std::slice::from_ref(&restore.id));
    assert!(commit(&store, vec![withdrawn]).await.unwrap_err().is_conflict());
    let again = commit(&store, vec![Change::ActionRedelivered(remove.id.clone())]).await;
    assert!(again.unwrap_err().is_conflict(), "what was withdrawn is not sent again");
    // A later action of the case waits while an earlier one does.
    let second = Action { at: at(2), ..action("2") };
    store
        .commit(vec![Change::ActionOrdered(Box::new(second.clone()))], entries(), at(2))
        .await
        .unwrap();
    assert_eq!(due(5).await, std::slice::from_ref(&restore.id));
    commit(&store, vec![Change::ActionDelivered(restore.id)]).await.unwrap();
    assert_eq!(due(5).await, [second.id]);
}

fn bank_entry(id: &str, value: &str) -> BankEntry {
    BankEntry {
        id: Some(EntryId::new(format!("entry_{id}")).unwrap()),
        bank: "terms".into(),
        kind: EntryKind::Term,
        value: value.into(),
        language: None,
        policy: Some("p".into()),
        source: None,
        note: None,
        case: model::CaseSensitivity::Folded,
        effect: model::EntryEffect::Match,
        views: Vec::new(),
        requires: Vec::new(),
        unless: Vec::new(),
        distance_bits: None,
        quality: None,
        expires_at: None,
        confidence: None,
        labels: vec!["x".into()],
        status: model::EntryStatus::Active,
    }
}

async fn remembers_earlier_banks(location: &Location) {
    let store = open(location).await;
    let add = |entries: Vec<BankEntry>, revision| Change::EntriesAdded { entries, revision };
    let first = vec![bank_entry("1", "قطار"), bank_entry("2", "two")];
    commit(&store, vec![add(first, 1)]).await.unwrap();
    // The value is in force already, so that the row is left as it is.
    commit(&store, vec![add(vec![bank_entry("3", "two"), bank_entry("4", "four")], 2)])
        .await
        .unwrap();
    let stale = commit(&store, vec![add(vec![bank_entry("5", "five")], 2)]).await.unwrap_err();
    assert!(stale.is_conflict());
    let retired = vec![EntryId::new("entry_2").unwrap()];
    commit(&store, vec![Change::EntriesRetired { entries: retired, revision: 3 }]).await.unwrap();
    let values = async |revision| {
        let entries = store.entries_at(revision).await.unwrap();
        entries.into_iter().map(|entry| entry.value).collect::<Vec<_>>()
    };
    assert_eq!(values(0).await, Vec::<String>::new());
    assert_eq!(values(1).await, ["قطار", "two"]);
    assert_eq!(values(2).await, ["قطار", "two", "four"]);
    assert_eq!(values(3).await, ["قطار", "four"]);
    assert_eq!(store.banks_revision().await.unwrap(), 3);
    let summary = store.bank_summaries().await.unwrap();
    assert_eq!((summary[0].active, summary[0].retired), (2, 1));
    let page = store.entries_of_bank("terms", None, 10).await.unwrap();
    assert_eq!(page.len(), 3);
    assert_eq!(page[1].status, model::EntryStatus::Retired);
}

async fn remembers_what_was_said_of_entries(location: &Location) {
    use model::EntryStatus::{Active, Disputed, Quarantined, Retired};
    let store = open(location).await;
    let id = |name: &str| EntryId::new(format!("entry_{name}")).unwrap();
    let entries = vec![bank_entry("1", "one"), bank_entry("2", "two"), bank_entry("3", "three")];
    commit(&store, vec![Change::EntriesAdded { entries, revision: 1 }]).await.unwrap();
    let said = |name: &str, kind, revision| {
        let (by, note) = ("user_1".to_owned(), "because".to_owned());
        let opinion = Opinion { entry: id(name), kind, by, note, at: at(revision) };
        Change::OpinionsGiven { opinions: vec![opinion], revision: revision as u64 }
    };
    commit(&store, vec![said("1", OpinionKind::Quarantines, 2)]).await.unwrap();
    commit(&store, vec![said("1", OpinionKind::Confirms, 3)]).await.unwrap();
    commit(&store, vec![said("2", OpinionKind::Disputes, 4)]).await.unwrap();
    let stale = commit(&store, vec![said("3", OpinionKind::Disputes, 4)]).await.unwrap_err();
    assert!(stale.is_conflict());
    let statuses = async |revision| {
        let entries = store.entries_at(revision).await.unwrap();
        entries.into_iter().map(|entry| entry.status).collect::<Vec<_>>()
    };
    assert_eq!(statuses(1).await, [Active; 3]);
    assert_eq!(statuses(2).await, [Quarantined, Active, Active]);
    assert_eq!(statuses(4).await, [Active, Disputed, Active]);
    let summary = store.bank_summaries().await.unwrap();
    let counts = (summary[0].active, summary[0].quarantined, summary[0].disputed);
    assert_eq!((counts, summary[0].retired), ((2, 0, 1), 0));
    let question = store.entries_in_question(10).await.unwrap();
    assert_eq!(question.len(), 1);
    assert_eq!((question[0].0.value.as_str(), question[0].0.status), ("two", Disputed));
    assert_eq!((question[0].1.by.as_str(), question[0].1.at), ("user_1", at(4)));
    commit(&store, vec![Change::EntriesRetired { entries: vec![id("2")], revision: 5 }])
        .await
        .unwrap();
    assert_eq!(store.entries_in_question(10).await.unwrap(), []);
    let changed = async |after, up_to| {
        let changed = store.entries_changed(after, up_to).await.unwrap();
        assert_eq!(changed.added.is_empty(), after > 0, "all were added under revision 1");
        let all = changed.added.into_iter().chain(changed.moved);
        all.map(|entry| (entry.value, entry.status)).collect::<Vec<_>>()
    };
    let told = |value: &str, status| (value.to_owned(), status);
    assert_eq!(changed(1, 2).await, [told("one", Quarantined)]);
    assert_eq!(changed(2, 4).await, [told("one", Active), told("two", Disputed)]);
    assert_eq!(changed(4, 5).await, [told("two", Retired)]);
    assert_eq!(changed(5, 5).await, []);
    let all = [told("one", Quarantined), told("two", Active), told("three", Active)];
    assert_eq!(changed(0, 2).await, all);
    let kinds = store.opinions(&id("1")).await.unwrap().into_iter().map(|one| one.kind);
    assert_eq!(kinds.collect::<Vec<_>>(), [OpinionKind::Confirms, OpinionKind::Quarantines]);
    assert_eq!(store.entry(&id("2")).await.unwrap().unwrap().status, Retired);
}

async fn remembers_what_banks_say_and_what_matched(location: &Location) {
    let store = open(location).await;
    let write = |bank: &str, quality, revision| {
        let settings = BankSettings { quality: Some(quality), ..BankSettings::default() };
        Change::BankSettingsWritten { bank: bank.to_owned(), settings, revision }
    };
    commit(&store, vec![write("a", 10, 1)]).await.unwrap();
    commit(&store, vec![write("b", 20, 2)]).await.unwrap();
    commit(&store, vec![write("a", 30, 3)]).await.unwrap();
    let qualities = async |revision| {
        let settings = store.bank_settings_at(revision).await.unwrap();
        settings.into_iter().map(|(bank, one)| (bank, one.quality)).collect::<Vec<_>>()
    };
    assert_eq!(qualities(0).await, []);
    assert_eq!(qualities(2).await, [("a".to_owned(), Some(10)), ("b".to_owned(), Some(20))]);
    assert_eq!(qualities(3).await, [("a".to_owned(), Some(30)), ("b".to_owned(), Some(20))]);

    let words =
        |words: &[u8], revision| Change::KnownWordsWritten { words: words.into(), revision };
    assert_eq!(store.known_words_at(3).await.unwrap(), None);
    commit(&store, vec![words(b"early", 4)]).await.unwrap();
    commit(&store, vec![words(b"late", 5)]).await.unwrap();
    assert_eq!(store.known_words_at(4).await.unwrap(), Some(b"early".to_vec()));
    assert_eq!(store.known_words_at(9).await.unwrap(), Some(b"late".to_vec()));
    assert_eq!(store.known_words_revision(3).await.unwrap(), 0);
    assert_eq!(store.known_words_revision(9).await.unwrap(), 5);

    let id = |name: &str| EntryId::new(format!("entry_{name}")).unwrap();
    let hours = |hours: i64| at(0).plus_seconds(hours * 3_600);
    let found = |hour: i64, entries: &[(&str, u64)]| Change::EntriesMatched {
        hour: hour_of(hours(hour)),
        entries: entries.iter().map(|(name, items)| (id(name), *items)).collect(),
    };
    let counted =
        vec![found(0, &[("1", 2), ("2", 1)]), found(0, &[("1", 3)]), found(2, &[("1", 7)])];
    store.keep(counted, at(0)).await.unwrap();
    let matches = async |name: &str, from: i64| {
        let rows = store.matches_by_hour(&id(name), hours(from)).await.unwrap();
        let of = |(hour, items)| (hour - hour_of(at(0)), items);
        rows.into_iter().map(of).collect::<Vec<_>>()
    };
    assert_eq!(matches("1", 0).await, [(0, 5), (2, 7)]);
    assert_eq!(matches("1", 1).await, [(2, 7)]);
    assert_eq!(matches("2", 0).await, [(0, 1)]);
    let month = hours(24 * limits::MATCH_HOURS_DAYS + 1);
    store.keep(vec![Change::Forgotten { answers_before: at(0) }], month).await.unwrap();
    assert_eq!(matches("1", 0).await, [(2, 7)]);

    assert_eq!(
        (store.learned_revision().await.unwrap(), store.learned().await.unwrap()),
        (0, None)
    );
    let learned = |model: Option<&[u8]>, second| LearnedRow {
        at: at(second),
        model: model.map(<[u8]>::to_vec),
        report: format!("{{\"at\":{second}}}"),
    };
    for (row, revision) in [(learned(Some(b"model"), 1), 1), (learned(None, 2), 2)] {
        commit(&store, vec![Change::ModelLearned(row.clone())]).await.unwrap();
        assert_eq!(store.learned().await.unwrap(), Some(row));
        assert_eq!(store.learned_revision().await.unwrap(), revision);
    }
}

async fn remembers_answers_once(location: &Location) {
    let store = open(location).await;
    let row = IdempotencyRow {
        owner: "key_1".into(),
        token: "t".into(),
        digest: [1; 32],
        answer: Answer { status: 200, body: "{}".into() },
        at: at(0),
    };
    commit(&store, vec![Change::Answered(row.clone())]).await.unwrap();
    assert_eq!(store.answer("key_1", "t").await.unwrap(), Some(row.clone()));
    assert_eq!(store.answer("key_2", "t").await.unwrap(), None);
    assert!(commit(&store, vec![Change::Answered(row)]).await.unwrap_err().is_conflict());
    store.keep(vec![Change::Forgotten { answers_before: at(1) }], at(1)).await.unwrap();
    assert_eq!(store.answer("key_1", "t").await.unwrap(), None);
}

async fn keeps_orders(location: &Location) {
    let store = open(location).await;
    let row = |id: &str, due: Option<i64>, known_as: Option<&str>| OrderRow {
        id: OrderId::new(id).unwrap(),
        service: service(),
        status: "received".into(),
        due: due.map(at),
        at: at(0),
        revision: 0,
        body: "{}".into(),
        known_as: known_as.map(str::to_owned),
    };
    let order = |change| Change::Order(change);
    let received = |row| order(OrderChange::Received(row));
    let first = row("order_1", Some(60), Some("one"));
    commit(&store, vec![received(first.clone())]).await.unwrap();
    commit(&store, vec![received(row("order_2", None, None))]).await.unwrap();
    commit(&store, vec![received(row("order_3", Some(30), None))]).await.unwrap();
    // The same order is not taken twice; those without a name may come as often as they like.
    let again = commit(&store, vec![received(row("order_4", None, Some("one")))]).await;
    assert!(again.unwrap_err().is_conflict());
    let ids = |rows: Vec<OrderRow>| rows.iter().map(|row| row.id.to_string()).collect::<Vec<_>>();
    let all = store.orders(None, 10).await.unwrap();
    assert_eq!(ids(all), ["order_3", "order_1", "order_2"]);
    assert_eq!(ids(store.orders_open(10).await.unwrap()), ["order_3", "order_1"]);
    let since = async |from, after: Option<&OrderId>| {
        ids(store.orders_since(&service(), at(from), after, 10).await.unwrap())
    };
    assert_eq!(since(0, None).await, ["order_1", "order_2", "order_3"]);
    assert_eq!(since(0, Some(&first.id)).await, ["order_2", "order_3"]);
    assert!(since(1, None).await.is_empty());
    assert_eq!(store.order_known_as("one").await.unwrap(), Some(first.clone()));

    let done = OrderRow { status: "executed".into(), due: None, revision: 1, ..first };
    let items = vec![ItemId::new("p1").unwrap(), ItemId::new("p2").unwrap()];
    let names = |items| OrderChange::Names { order: done.id.clone(), service: service(), items };
    let changes = vec![order(OrderChange::Changed(done.clone())), order(names(items))];
    commit(&store, changes.clone()).await.unwrap();
    assert!(commit(&store, changes).await.unwrap_err().is_conflict(), "an old revision");
    assert_eq!(ids(store.orders(Some("executed"), 10).await.unwrap()), ["order_1"]);
    let of = async |item: &str| {
        let item = ItemId::new(item).unwrap();
        ids(store.orders_of_item(&service(), &item).await.unwrap())
    };
    assert_eq!(of("p2").await, ["order_1"]);
    commit(&store, vec![order(names(vec![ItemId::new("p3").unwrap()]))]).await.unwrap();
    assert_eq!((of("p2").await.len(), of("p3").await.len()), (0, 1));
}

async fn keeps_reports_of_threats(location: &Location) {
    let store = open(location).await;
    let row = |id: &str, case: &str, minute: i64| ThreatRow {
        id: ThreatId::new(format!("threat_{id}")).unwrap(),
        service: service(),
        case: CaseId::new(case).unwrap(),
        status: "raised".into(),
        at: at(minute),
        revision: 1,
        body: "{}".into(),
    };
    let (first, second) = (row("1", "case_1", 0), row("2", "case_2", 1));
    for one in [&first, &second] {
        let raised = ThreatChange::Raised(one.clone());
        commit(&store, vec![Change::Threat(raised)]).await.unwrap();
    }
    let ids = |rows: Vec<ThreatRow>| rows.iter().map(|row| row.id.to_string()).collect::<Vec<_>>();
    assert_eq!(ids(store.threats(None, 10).await.unwrap()), ["threat_2", "threat_1"]);
    assert_eq!(ids(store.threats(None, 1).await.unwrap()), ["threat_2"]);
    assert_eq!(ids(store.threats_open(10).await.unwrap()), ["threat_1", "threat_2"]);

    let sent = ThreatRow { status: "sent".into(), revision: 2, body: "[]".into(), ..first };
    let changed = || vec![Change::Threat(ThreatChange::Changed(sent.clone()))];
    commit(&store, changed()).await.unwrap();
    assert!(commit(&store, changed()).await.unwrap_err().is_conflict(), "an old revision");
    assert_eq!(store.threat(&sent.id).await.unwrap(), Some(sent.clone()));
    assert_eq!(ids(store.threats(Some("sent"), 10).await.unwrap()), ["threat_1"]);
    assert_eq!(ids(store.threats_of_case(&second.case).await.unwrap()), ["threat_2"]);
    let dismissed = ThreatRow { status: "dismissed".into(), revision: 2, ..second };
    commit(&store, vec![Change::Threat(ThreatChange::Changed(dismissed))]).await.unwrap();
    assert_eq!(ids(store.threats_open(10).await.unwrap()), ["threat_1"]);
}

async fn keeps_exposure_decisions_and_reports(location: &Location) {
    let store = open(location).await;
    let row = |id: &str, of: &str, due: Option<i64>| ExposureRow {
        id: ExposureId::new(id).unwrap(),
        service: ServiceId::new(of).unwrap(),
        status: "in_force".into(),
        due: due.map(at),
        at: at(0),
        revision: 0,
        body: "{}".into(),
        is_in_force: true,
    };
    let written = |change| vec![Change::Exposure(change)];
    let notified = |row| written(ExposureChange::Notified(row));
    let first = row("exposure_1", "forum", Some(60));
    commit(&store, notified(first.clone())).await.unwrap();
    commit(&store, notified(row("exposure_2", "wiki", Some(30)))).await.unwrap();
    let second = commit(&store, notified(row("exposure_3", "forum", None))).await;
    assert!(second.unwrap_err().is_conflict(), "one decision in force for a service");
    let ids =
        |rows: Vec<ExposureRow>| rows.iter().map(|row| row.id.to_string()).collect::<Vec<_>>();
    assert_eq!(ids(store.exposures_due(10).await.unwrap()), ["exposure_2", "exposure_1"]);
    let in_force = async || store.exposure_in_force(&first.service).await.unwrap();
    assert_eq!(in_force().await, Some(first.clone()));

    let withdrawn = ExposureRow {
        status: "withdrawn".into(),
        due: None,
        revision: 1,
        is_in_force: false,
        ..first.clone()
    };
    let changed = written(ExposureChange::Changed(withdrawn.clone()));
    commit(&store, changed.clone()).await.unwrap();
    assert!(commit(&store, changed).await.unwrap_err().is_conflict(), "an old revision");
    assert_eq!(
        (in_force().await, store.exposure(&first.id).await.unwrap()),
        (None, Some(withdrawn))
    );
    commit(&store, notified(row("exposure_3", "forum", None))).await.unwrap();
    let all = ids(store.exposures(None, 10).await.unwrap());
    assert_eq!(all, ["exposure_2", "exposure_1", "exposure_3"]);
    assert_eq!(ids(store.exposures(Some("withdrawn"), 10).await.unwrap()), ["exposure_1"]);

    let report = MeasuresReportRow {
        exposure: first.id.clone(),
        number: 1,
        sha256: "ab".repeat(32),
        at: at(5),
        body: "{\"number\":1}".into(),
    };
    let reported = written(ExposureChange::Reported(report.clone()));
    commit(&store, reported.clone()).await.unwrap();
    assert!(commit(&store, reported).await.unwrap_err().is_conflict(), "it stays as it was sent");
    assert_eq!(store.measures_report(&first.id, 1).await.unwrap(), Some(report));
    assert_eq!(store.measures_report(&first.id, 2).await.unwrap(), None);
}

async fn knows_authorities_and_who_is_on_duty(location: &Location) {
    let store = open(location).await;
    let order = |change| Change::Order(change);
    let id = AuthorityId::new("office").unwrap();
    for body in ["1", "2"] {
        let written = OrderChange::AuthorityWritten { id: id.clone(), body: body.into() };
        commit(&store, vec![order(written)]).await.unwrap();
    }
    assert_eq!(store.authorities().await.unwrap(), ["2"]);
    assert_eq!(store.authority(&id).await.unwrap().as_deref(), Some("2"));

    let duty = DutyRow {
        id: "duty_1".into(),
        user: UserId::new("user_1").unwrap(),
        address: Some("duty@forum.example".into()),
        from: at(0),
        until: at(100),
    };
    commit(&store, vec![order(OrderChange::DutyTaken(duty.clone()))]).await.unwrap();
    assert_eq!(store.duties(at(50), 10).await.unwrap(), [duty]);
    let ended = OrderChange::DutyEnded { id: "duty_1".into(), until: at(50) };
    commit(&store, vec![order(ended.clone())]).await.unwrap();
    assert!(commit(&store, vec![order(ended)]).await.unwrap_err().is_conflict());
    assert_eq!(store.duties(at(50), 10).await.unwrap(), []);

    let mail = MailRow {
        sha256: "ab".repeat(32),
        at: at(1),
        message_id: None,
        sender: "a@b.example".into(),
        subject: "order".into(),
        about: Some("order_1".into()),
    };
    let came = order(OrderChange::MailReceived(mail.clone()));
    commit(&store, vec![came.clone()]).await.unwrap();
    assert!(commit(&store, vec![came]).await.unwrap_err().is_conflict());
    assert_eq!(store.mails_about("order_1").await.unwrap(), std::slice::from_ref(&mail));
    assert_eq!(store.mail(&mail.sha256).await.unwrap(), Some(mail));
}

async fn sends_letters_one_worker_at_a_time(location: &Location) {
    let store = open(location).await;
    let letter = Letter {
        id: LetterId::new("letter_1").unwrap(),
        service: service(),
        kind: LetterKind::OrderDone,
        about: "order_1".into(),
        to: "a@b.example".into(),
        language: "en".into(),
        subject: "done".into(),
        body: "It is done.".into(),
        attachments: Vec::new(),
        answers: None,
        at: at(0),
    };
    commit(&store, vec![Change::LetterWritten(Box::new(letter.clone()))]).await.unwrap();
    let moved = |one| vec![Change::LetterMoved(letter.id.clone(), one)];
    let lease = |due, until| moved(DeliveryMove::Leased { due: at(due), until: at(until) });
    let due = async |now| store.letters_due(at(now), 10).await.unwrap().len();
    store.keep(lease(0, 60), at(1)).await.unwrap();
    assert!(store.keep(lease(0, 60), at(1)).await.unwrap_err().is_conflict());
    assert_eq!((due(10).await, due(60).await), (0, 1), "again when the lease is over");
    let problem = "the server is down".to_owned();
    let retried = DeliveryMove::Retried { next: at(70), problem: problem.clone() };
    store.keep(moved(retried), at(2)).await.unwrap();
    let row = store.letter(&letter.id).await.unwrap().unwrap();
    assert_eq!((row.attempts, row.next, row.problem), (1, at(70), Some(problem.clone())));
    commit(&store, moved(DeliveryMove::Dead { problem })).await.unwrap();
    assert_eq!(due(1_000).await, 0);
    assert_eq!(store.letters(Delivery::Dead, 10).await.unwrap().len(), 1);
    commit(&store, moved(DeliveryMove::Again)).await.unwrap();
    commit(&store, moved(DeliveryMove::Delivered)).await.unwrap();
    assert!(commit(&store, moved(DeliveryMove::Delivered)).await.unwrap_err().is_conflict());
    let about = store.letters_about("order_1").await.unwrap();
    assert_eq!((about.len(), about[0].state), (1, Delivery::Delivered));
    assert!(about[0].sent.is_some() && about[0].letter == letter);
}

async fn counts_history(location: &Location) {
    let store = open(location).await;
    let strike = Strike {
        service: service(),
        account: account(),
        decision: DecisionId::new("decision_1").unwrap(),
        at: at(0),
    };
    let decision = model::Decision {
        id: strike.decision.clone(),
        case: CaseId::new("case_1").unwrap(),
        by: model::Decider::Reviewer(UserId::new("user_1").unwrap()),
        at: at(0),
        ruling: Ruling::Violation,
        action: Some(ActionKind::Remove),
        labels: Vec::new(),
        policy: PolicyId::new("p").unwrap(),
        policy_version: 1,
        reason: "why".into(),
        findings: Vec::new(),
        reversed_at: None,
        order: None,
    };
    let made = Change::DecisionMade(Box::new(decision.clone()), service(), account());
    commit(&store, vec![made, Change::StrikeCounted(strike.clone())]).await.unwrap();
    let item = ItemId::new("p1").unwrap();
    let history =
        async || store.history(&service(), &account(), &item, at(10), None).await.unwrap();
    let before = history().await;
    assert_eq!((before.account_strikes, before.account_violations), (Some(1), Some(1)));
    assert_eq!((before.account_items_1h, before.item_notices), (Some(0), Some(0)));
    let reversed = Change::DecisionReversed(decision.id.clone());
    commit(&store, vec![reversed.clone(), Change::StrikeDropped(decision.id)]).await.unwrap();
    let after = history().await;
    assert_eq!((after.account_strikes, after.account_violations), (Some(0), Some(0)));
    assert!(commit(&store, vec![reversed]).await.unwrap_err().is_conflict());
    let decisions = store.decisions_of_account(&service(), &account(), 10).await.unwrap();
    assert_eq!(decisions[0].reversed_at, Some(at(0)));
}

async fn keeps_people_sessions_and_keys(location: &Location) {
    let store = open(location).await;
    let mut user = UserRow {
        id: UserId::new("user_1").unwrap(),
        login: "robin".into(),
        role: "reviewer".into(),
        password: "hash".into(),
        totp: Some("SECRET".into()),
        totp_step: 5,
        language: "ar".into(),
        is_disabled: false,
        at: at(0),
    };
    commit(&store, vec![Change::UserAdded(user.clone())]).await.unwrap();
    let mut double = user.clone();
    double.id = UserId::new("user_2").unwrap();
    assert!(commit(&store, vec![Change::UserAdded(double)]).await.unwrap_err().is_conflict());
    commit(&store, vec![Change::TotpUsed(user.id.clone(), 6)]).await.unwrap();
    let replayed = commit(&store, vec![Change::TotpUsed(user.id.clone(), 6)]).await.unwrap_err();
    assert!(replayed.is_conflict());
    user.totp_step = 6;
    assert_eq!(store.user_by_login("robin").await.unwrap(), Some(user.clone()));
    let session = SessionRow {
        token: "t".into(),
        user: user.id.clone(),
        form_token: "f".into(),
        expires: at(60),
    };
    store.keep(vec![Change::SessionKept(session.clone())], at(0)).await.unwrap();
    assert_eq!(store.session("t").await.unwrap(), Some(session));
    store.keep(vec![Change::Forgotten { answers_before: at(0) }], at(61)).await.unwrap();
    assert_eq!(store.session("t").await.unwrap(), None);
    let key = KeyRow {
        id: model::KeyId::new("key_1").unwrap(),
        digest: "d".into(),
        name: "n".into(),
        scopes: "submit".into(),
        service: Some(service()),
        at: at(0),
        revoked: None,
    };
    let row = AccountRow { service: service(), id: account(), salt: [9; 32], first_seen: at(0) };
    let both = vec![Change::KeyAdded(key.clone()), Change::AccountSeen(row.clone())];
    commit(&store, both).await.unwrap();
    assert_eq!(store.key_by_digest("d").await.unwrap(), Some(key.clone()));
    assert_eq!(store.account(&service(), &account()).await.unwrap(), Some(row));
    commit(&store, vec![Change::KeyRevoked(key.id.clone())]).await.unwrap();
    assert_eq!(store.keys().await.unwrap()[0].revoked, Some(at(0)));
}

async fn keeps_versions_of_policies_and_rules(location: &Location) {
    let store = open(location).await;
    let policy = |version, title: &str| {
        let (id, title, text) = ("p".to_owned(), title.to_owned(), "text".to_owned());
        Change::PolicyWritten(PolicyRow { id, version, title, text })
    };
    commit(&store, vec![policy(1, "one"), policy(2, "two")]).await.unwrap();
    let latest = store.policies().await.unwrap();
    assert_eq!((latest.len(), latest[0].version, latest[0].title.as_str()), (1, 2, "two"));
    assert!(commit(&store, vec![policy(2, "x")]).await.unwrap_err().is_conflict());
    let rules = |version: &str| {
        let (version, files) = (version.to_owned(), "[]".to_owned());
        Change::RulesPromoted(RuleSetRow { version, files, author: "lee".into(), at: at(0) })
    };
    for version in ["a", "b", "a"] {
        commit(&store, vec![rules(version)]).await.unwrap();
    }
    assert_eq!(store.active_rules().await.unwrap().unwrap().version, "a");
    assert_eq!(store.rules_revision().await.unwrap(), 3);
    assert!(store.rules_of_version("b").await.unwrap().is_some());
    assert!(store.rules_of_version("c").await.unwrap().is_none());
}

fn statement(id: &str, seconds: i64, held_until: Option<Timestamp>) -> Statement {
    let told = StatementText { language: "ar".to_owned(), text: "بيان".to_owned() };
    Statement {
        id: StatementId::new(format!("statement_{id}")).unwrap(),
        kind: StatementKind::Restriction,
        service: service(),
        account: account(),
        items: vec![ItemId::new("p1").unwrap()],
        case: CaseId::new("case_1").unwrap(),
        decision: DecisionId::new(format!("decision_{id}")).unwrap(),
        action: ActionKind::Remove,
        told,
        others: Vec::new(),
        at: at(seconds),
        held_until,
        appeal_link: None,
        reverses: None,
    }
}

fn of_statement(change: StatementChange) -> Change {
    Change::Statement(change)
}

async fn delivers_statements_in_order_and_not_before_their_time(location: &Location) {
    let store = open(location).await;
    let (held, later) = (statement("1", 0, Some(at(600))), statement("2", 5, None));
    for one in [&held, &later] {
        let made = of_statement(StatementChange::Made(Box::new(one.clone())));
        commit(&store, vec![made]).await.unwrap();
    }
    let due = async |seconds| {
        let rows = store.statements_due(&service(), at(seconds), 9).await.unwrap();
        rows.into_iter().map(|row| row.statement.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(due(599).await, Vec::<String>::new(), "the second waits for the first");
    assert_eq!(due(600).await, ["statement_1"]);
    let moved = |moved| of_statement(StatementChange::Moved(held.id.clone(), moved));
    let lease = || moved(DeliveryMove::Leased { due: at(600), until: at(620) });
    store.keep(vec![lease()], at(600)).await.unwrap();
    assert!(store.keep(vec![lease()], at(600)).await.unwrap_err().is_conflict());
    let problem = "silence".to_owned();
    let retried = DeliveryMove::Retried { next: at(700), problem: problem.clone() };
    store.keep(vec![moved(retried)], at(601)).await.unwrap();
    let row = store.statement(&held.id).await.unwrap().unwrap();
    assert_eq!((row.attempts, row.problem, row.next), (1, Some(problem), at(700)));
    assert_eq!((row.state, row.statement), (Delivery::Pending, held.clone()));
    commit(&store, vec![moved(DeliveryMove::Delivered)]).await.unwrap();
    assert!(commit(&store, vec![moved(DeliveryMove::Delivered)]).await.unwrap_err().is_conflict());
    assert_eq!(due(700).await, ["statement_2"]);
    commit(&store, vec![moved(DeliveryMove::Again)]).await.unwrap();
    let dead = DeliveryMove::Dead { problem: "gone".to_owned() };
    commit(&store, vec![moved(dead)]).await.unwrap();
    assert_eq!(due(700).await, ["statement_2"]);
    let found = store.statement_of_decision(&later.decision).await.unwrap().unwrap();
    assert_eq!(found.statement.id, later.id);
    assert_eq!(store.statements_of_case(&held.case).await.unwrap().len(), 2);
    let after = store.statements_after(Some(&service()), Some(&held.id), 9).await.unwrap();
    assert_eq!(after.iter().map(|row| &row.statement.id).collect::<Vec<_>>(), [&later.id]);
    let other = ServiceId::new("elsewhere").unwrap();
    assert_eq!(store.statements_after(Some(&other), None, 9).await.unwrap(), []);
}

async fn submits_statements_once(location: &Location) {
    let store = open(location).await;
    let row = |puid: &str| SubmissionRow {
        puid: puid.to_owned(),
        statement: StatementId::new("statement_1").unwrap(),
        service: service(),
        at: at(0),
        state: Delivery::Pending,
        attempts: 0,
        next: at(0),
        taken: None,
        known_as: None,
        problem: None,
        body: "{}".to_owned(),
    };
    let queued = |puid: &str| of_statement(StatementChange::Queued(Box::new(row(puid))));
    commit(&store, vec![queued("a"), queued("b")]).await.unwrap();
    assert!(commit(&store, vec![queued("a")]).await.unwrap_err().is_conflict());
    let due = store.submissions_due(&service(), at(0), 9).await.unwrap();
    assert_eq!(due, [row("a"), row("b")]);
    let moved =
        |puid: &str, moved| of_statement(StatementChange::SubmissionMoved(puid.to_owned(), moved));
    let lease = |puid: &str| moved(puid, DeliveryMove::Leased { due: at(0), until: at(60) });
    store.keep(vec![lease("b")], at(0)).await.unwrap();
    let both = store.keep(vec![lease("a"), lease("b")], at(0)).await;
    assert!(both.unwrap_err().is_conflict());
    assert_eq!(store.submissions_due(&service(), at(0), 9).await.unwrap(), [row("a")]);
    let known_as = Some("u1".to_owned());
    let taken = || {
        of_statement(StatementChange::Taken { puid: "a".to_owned(), known_as: known_as.clone() })
    };
    commit(&store, vec![taken()]).await.unwrap();
    assert!(commit(&store, vec![taken()]).await.unwrap_err().is_conflict());
    let dead = DeliveryMove::Dead { problem: "no".to_owned() };
    commit(&store, vec![moved("b", dead)]).await.unwrap();
    let counts = store.submission_counts().await.unwrap();
    assert_eq!(counts, [(Delivery::Dead, 1), (Delivery::Delivered, 1)]);
    let of = store.submissions_of(&row("a").statement).await.unwrap();
    assert_eq!((of[0].known_as.clone(), of[0].taken), (known_as, Some(at(0))));
    commit(&store, vec![moved("b", DeliveryMove::Again)]).await.unwrap();
    assert_eq!(store.submissions(Delivery::Pending, 9).await.unwrap()[0].puid, "b");
}

async fn keeps_versions_of_norms_and_templates(location: &Location) {
    let store = open(location).await;
    let norm = |version, body: &str| {
        let (policy, body) = ("p".to_owned(), body.to_owned());
        of_statement(StatementChange::NormWritten { policy, version, body })
    };
    commit(&store, vec![norm(1, "{}"), norm(2, "[]")]).await.unwrap();
    assert!(commit(&store, vec![norm(2, "x")]).await.unwrap_err().is_conflict());
    assert_eq!(store.norm("p").await.unwrap(), Some((2, "[]".to_owned())));
    assert_eq!(store.norm("q").await.unwrap(), None);
    let template = |version: u32| TemplateRow {
        kind: StatementKind::Reversal,
        language: "ar".to_owned(),
        version,
        text: format!("text {version}"),
        author: "lee".to_owned(),
    };
    let written = |version| of_statement(StatementChange::TemplateWritten(template(version)));
    commit(&store, vec![written(1), written(2)]).await.unwrap();
    let latest = store.template(StatementKind::Reversal, "ar").await.unwrap();
    assert_eq!(latest, Some(template(2)));
    assert_eq!(store.template(StatementKind::Reversal, "en").await.unwrap(), None);
}

fn appeal(id: &str, decision: &str, by: Appellant, due: i64) -> Appeal {
    Appeal {
        id: AppealId::new(format!("appeal_{id}")).unwrap(),
        service: service(),
        case: CaseId::new("case_1").unwrap(),
        decision: DecisionId::new(decision).unwrap(),
        by,
        ground: AppealGround::Other,
        reason: "It is a report.".to_owned(),
        email: None,
        language: "ar".to_owned(),
        content_language: None,
        basis: AppealBasis::Dsa20,
        at: at(due - 100),
        due_at: at(due),
        status: AppealStatus::Open,
        revision: 0,
    }
}

fn filed(appeal: &Appeal) -> Vec<Change> {
    vec![Change::AppealFiled(Box::new(appeal.clone()))]
}

async fn takes_each_appeal_once(location: &Location) {
    let store = open(location).await;
    let notifier = Appellant::Notifier(NoticeId::new("notice_1").unwrap());
    let first = appeal("1", "decision_1", Appellant::Affected, 500);
    let sooner = appeal("2", "decision_1", notifier, 300);
    for one in [&first, &sooner, &appeal("3", "decision_2", Appellant::Affected, 400)] {
        commit(&store, filed(one)).await.unwrap();
    }
    let twice = appeal("4", "decision_1", Appellant::Affected, 600);
    assert!(commit(&store, filed(&twice)).await.unwrap_err().is_conflict(), "it is heard once");
    let refused = AppealStatus::Refused(AppealRefusal::Twice);
    commit(&store, filed(&Appeal { status: refused, ..twice.clone() })).await.unwrap();

    let ids = |appeals: Vec<Appeal>| {
        appeals.iter().map(|one| one.id.as_str()[7..].to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids(store.appeals("open", 10).await.unwrap()), ["2", "3", "1"]);
    assert_eq!(ids(store.appeals("refused", 10).await.unwrap()), ["4"]);
    let against = store.appeals_against(&first.decision).await.unwrap();
    assert_eq!(ids(against), ["2", "1", "4"], "in the order in which they came");
    let waiting = store.appeals_waiting(at(350)).await.unwrap();
    assert_eq!(waiting, (3, 1, Some(at(200))));

    let answer = AppealAnswer {
        by: UserId::new("user_1").unwrap(),
        at: at(10),
        outcome: AppealOutcome::Upheld,
        reason: "It calls for it.".to_owned(),
        instead: None,
        still_standing: Vec::new(),
    };
    let answered = Appeal { status: AppealStatus::Answered(answer), revision: 1, ..first.clone() };
    let change = vec![Change::AppealChanged(Box::new(answered.clone()))];
    commit(&store, change.clone()).await.unwrap();
    assert!(commit(&store, change).await.unwrap_err().is_conflict(), "an old revision");
    assert_eq!(store.appeal(&first.id).await.unwrap(), Some(answered));
    let since = store.appeals_since(at(250), Some(&first.id), 10).await.unwrap();
    assert_eq!(ids(since), ["3", "4"], "those after one of them that came in since then");
}

fn decision(id: &str, case: &str, ruling: Ruling) -> Decision {
    Decision {
        id: DecisionId::new(format!("decision_{id}")).unwrap(),
        case: CaseId::new(format!("case_{case}")).unwrap(),
        by: Decider::Reviewer(UserId::new("user_1").unwrap()),
        at: at(20),
        ruling,
        action: (ruling == Ruling::Violation).then_some(ActionKind::Remove),
        labels: Vec::new(),
        policy: PolicyId::new("default").unwrap(),
        policy_version: 1,
        reason: "It calls for it.".to_owned(),
        findings: Vec::new(),
        reversed_at: None,
        order: None,
    }
}

fn made(decision: &Decision) -> Change {
    Change::DecisionMade(Box::new(decision.clone()), service(), account())
}

async fn keeps_versions_of_ladders_and_the_strikes_they_count(location: &Location) {
    let store = open(location).await;
    assert_eq!(store.ladder_version().await.unwrap(), 0);
    let version = |version: u64| LadderRow {
        version,
        body: format!("{{\"steps\":{version}}}"),
        author: "user_1".to_owned(),
        reason: "fewer suspensions".to_owned(),
        at: at(1),
    };
    for number in [1, 2] {
        commit(&store, vec![Change::LadderWritten(version(number))]).await.unwrap();
    }
    let again = commit(&store, vec![Change::LadderWritten(version(2))]).await;
    assert!(again.unwrap_err().is_conflict(), "a version is written once");
    assert_eq!(store.ladder_version().await.unwrap(), 2);
    assert_eq!(store.ladders(10).await.unwrap(), [version(2), version(1)]);

    for (id, seconds) in [("1", 20), ("2", 40)] {
        let (case, decision) =
            (case(id, &format!("p{id}"), 50), decision(id, id, Ruling::Violation));
        let (service, account) = (service(), account());
        let strike = Strike { service, account, decision: decision.id.clone(), at: at(seconds) };
        let changes = vec![made(&decision), Change::StrikeCounted(strike)];
        commit(&store, opened(&case)).await.unwrap();
        commit(&store, changes).await.unwrap();
    }
    let strikes = store.strikes_since(at(30), None, 10).await.unwrap();
    assert_eq!((strikes.len(), strikes[0].case.id.as_str()), (1, "case_2"));
    let first = store.strikes_since(at(0), None, 1).await.unwrap().remove(0).strike;
    let rest = store.strikes_since(at(0), Some(&first.decision), 10).await.unwrap();
    assert_eq!(rest.len(), 1);
    commit(&store, vec![Change::StrikeDropped(first.decision)]).await.unwrap();
    assert_eq!(store.strikes_since(at(0), None, 10).await.unwrap().len(), 1);
}

fn flagger(id: &str, key: &str) -> Flagger {
    Flagger {
        id: FlaggerId::new(format!("flagger_{id}")).unwrap(),
        name: "Harbour Watch".to_owned(),
        kind: NoticeKind::ReferralUnit,
        awarded_by: String::new(),
        service: None,
        email: None,
        key: KeyId::new(key).unwrap(),
        is_active: true,
        at: at(0),
        revision: 0,
    }
}

async fn knows_flaggers_by_their_keys(location: &Location) {
    let store = open(location).await;
    let (first, second) = (flagger("1", "key_1"), flagger("2", "key_2"));
    let added = |one: &Flagger| vec![Change::FlaggerAdded(Box::new(one.clone()))];
    for one in [&first, &second] {
        commit(&store, added(one)).await.unwrap();
    }
    let same_key = commit(&store, added(&flagger("3", "key_1"))).await;
    assert!(same_key.unwrap_err().is_conflict(), "a key is one flagger's");
    assert_eq!(store.flaggers().await.unwrap(), [first.clone(), second.clone()]);
    assert_eq!(store.flagger_by_key(&first.key).await.unwrap(), Some(first.clone()));
    assert_eq!(store.flagger_by_key(&KeyId::new("key_9").unwrap()).await.unwrap(), None);
    let closed = Flagger { is_active: false, revision: 1, ..first.clone() };
    let change = vec![Change::FlaggerChanged(Box::new(closed.clone()))];
    commit(&store, change.clone()).await.unwrap();
    assert!(commit(&store, change).await.unwrap_err().is_conflict(), "an old revision");
    assert_eq!(store.flagger(&first.id).await.unwrap(), Some(closed));
}

fn notice(id: &str, notifier: &str, seconds: i64) -> Notice {
    Notice {
        id: NoticeId::new(format!("notice_{id}")).unwrap(),
        kind: NoticeKind::ReferralUnit,
        service: service(),
        subject: Subject::Item(ItemId::new("p1").unwrap()),
        reason: "It calls for it.".to_owned(),
        policy: None,
        name: None,
        email: None,
        good_faith: true,
        language: None,
        ground: NoticeGround::AgainstTerms,
        location: None,
        notifier: Some(notifier.to_owned()),
        asks_to_wait: false,
        at: at(seconds),
    }
}

async fn counts_what_became_of_the_notices_of_a_notifier(location: &Location) {
    let store = open(location).await;
    let unit = "flagger_1";
    for (id, by, seconds) in [("1", unit, 0), ("2", unit, 50), ("3", "sender_9", 60)] {
        let (case, notice) = (case(id, &format!("p{id}"), 50), notice(id, by, seconds));
        let received = Change::NoticeReceived(Box::new(notice), case.id.clone());
        commit(&store, opened(&case)).await.unwrap();
        commit(&store, vec![received]).await.unwrap();
    }
    let (reversed, stands) =
        (decision("1", "2", Ruling::Violation), decision("2", "2", Ruling::NoViolation));
    commit(&store, vec![made(&reversed)]).await.unwrap();
    commit(&store, vec![Change::DecisionReversed(reversed.id), made(&stands)]).await.unwrap();

    let rows = store.notices_of_notifier(unit, at(0), None).await.unwrap();
    let rulings: Vec<Option<Ruling>> =
        rows.iter().map(|row| row.decision.as_ref().map(|one| one.ruling)).collect();
    assert_eq!(rulings, [None, Some(Ruling::NoViolation)], "of what stands alone");
    let after = Some(&rows[0].notice.id);
    assert_eq!(store.notices_of_notifier(unit, at(0), after).await.unwrap(), rows[1..]);
    assert_eq!(store.notices_of_notifier(unit, at(10), None).await.unwrap().len(), 1);

    let assess = |id: &str, is_unfounded| Change::NoticeAssessed {
        notice: NoticeId::new(id).unwrap(),
        is_unfounded,
    };
    assert!(commit(&store, vec![assess("notice_none", true)]).await.unwrap_err().is_conflict());
    commit(&store, vec![assess("notice_2", true)]).await.unwrap();
    let judged = Notifier { revision: 1, ..Notifier::new("sender_7".to_owned()) };
    let change = vec![Change::NotifierChanged(Box::new(judged.clone()))];
    commit(&store, change.clone()).await.unwrap();
    let later = Notifier { revision: 2, ..judged.clone() };
    commit(&store, vec![Change::NotifierChanged(Box::new(later.clone()))]).await.unwrap();
    assert!(commit(&store, change).await.unwrap_err().is_conflict(), "an old revision");
    assert_eq!(store.notifier("sender_7").await.unwrap(), Some(later));
    assert_eq!(store.notifier(unit).await.unwrap(), None, "nothing was done about it");
    assert_eq!(store.notifiers_in_question(at(0), 10).await.unwrap(), [unit, "sender_7"]);
    assert_eq!(store.notifiers_in_question(at(55), 10).await.unwrap(), ["sender_7"]);
    commit(&store, vec![assess("notice_2", false)]).await.unwrap();
    assert_eq!(store.notifiers_in_question(at(0), 10).await.unwrap(), ["sender_7"]);
}

async fn finds_what_preserves_an_item(location: &Location) {
    let store = open(location).await;
    let items = vec![ItemId::new("p1").unwrap(), ItemId::new("p2").unwrap()];
    let kept = |id: &str, items: &[ItemId]| Preservation {
        id: PreservationId::new(format!("preservation_{id}")).unwrap(),
        service: service(),
        case: CaseId::new("case_1").unwrap(),
        account: account(),
        decision: Some(DecisionId::new("decision_1").unwrap()),
        threat: None,
        removed_at: at(0),
        until: at(600),
        state: PreservationState::Kept,
        items: items.to_vec(),
        originals: Vec::new(),
        archives: Vec::new(),
        prolongations: Vec::new(),
        holds: Vec::new(),
        accesses: Vec::new(),
        deleted_at: None,
        revision: 0,
    };
    let (both, second) = (kept("1", &items), kept("2", &items[1..]));
    for one in [&both, &second] {
        let ordered = PreservationChange::Ordered(Box::new(one.clone()));
        commit(&store, vec![Change::Preservation(ordered)]).await.unwrap();
    }
    let of = async |item: &ItemId| store.preservations_of_item(&service(), item).await.unwrap();
    assert_eq!(of(&items[0]).await, std::slice::from_ref(&both));
    assert_eq!(of(&items[1]).await, [both.clone(), second]);
    assert_eq!(of(&ItemId::new("p3").unwrap()).await, []);
}

async fn refuses_a_later_schema(location: &Location) {
    drop(open(location).await);
    let address = match location {
        Location::Sqlite(path) => format!("sqlite://{}", path.display()),
        Location::Postgres(address) => address.clone(),
    };
    let later = "INSERT INTO schema_steps (step) VALUES (999)";
    let connection = sea_orm::Database::connect(address).await.unwrap();
    sea_orm::ConnectionTrait::execute_unprepared(&connection, later).await.unwrap();
    let refused = Store::open(location).await.unwrap_err();
    assert!(matches!(refused, Error::Later { found: 999, .. }), "{refused}");
}
