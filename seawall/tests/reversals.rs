//! Of a decision that an appeal reverses nothing remains anywhere: the real engine on SQLite, with
//! actions delivered, pending, given up or under way, and with other decisions that stand beside.
//!
//! What a service holds is kept in two books written apart from the code: one of a service that
//! carries out each id once and remembers what was given back, whatever the order; and one of a
//! simple service that does what it is told last.
//!
//! `SEAWALL_REVERSALS=10000` runs as many; without it there are fewer.

#![allow(clippy::unwrap_used, missing_docs)]

use engine::{
    AppealWords, AppellantInput, Clock, DecisionInput, Delivery, DeliveryOutcome, Engine,
    EntriesAre, HearingInput, Incoming, LinkKey, Location, Options, Origin, OutboxRow, Redress,
};
use model::{
    ActionId, ActionKind, AppealGround, AppealOutcome, AppealStatus, Case, CaseStatus, EntryStatus,
    Item, PolicyId, ProtectedPurpose, Ruling, ServiceId, Timestamp, UserId, parse_item,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Numbers that look random and are the same every time (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for place in (1..list.len()).rev() {
            list.swap(place, usize::try_from(self.below(place as u64 + 1)).unwrap());
        }
    }
}

const ACTIONS: [ActionKind; 6] = [
    ActionKind::Remove,
    ActionKind::Disable,
    ActionKind::Restrict,
    ActionKind::Label,
    ActionKind::Suspend,
    ActionKind::Warn,
];

fn user(name: &str) -> UserId {
    UserId::new(format!("user_{name}")).unwrap()
}

fn service() -> ServiceId {
    ServiceId::new("forum").unwrap()
}

/// A word that stands in one item alone, so that disputing it touches no other.
fn word(number: u64) -> String {
    let letters = |mut rest: u64| {
        let mut text = String::new();
        for _ in 0..6 {
            text.push(char::from(b'a' + u8::try_from(rest % 26).unwrap()));
            rest /= 26;
        }
        text
    };
    format!("velmora{}", letters(number))
}

fn item(id: &str, account: &str, text: &str) -> Item {
    let json = serde_json::json!({
        "service": "forum", "id": id, "kind": "post", "created_at": "2026-01-01T01:13:20Z",
        "author": { "id": account }, "text": text, "language": "en",
    });
    parse_item(json.to_string().as_bytes()).unwrap()
}

async fn open(folder: &std::path::Path, bank: &str) -> Engine {
    let seconds = Arc::new(AtomicI64::new(0));
    let start = Timestamp::parse("2026-01-01T00:00:00Z").unwrap();
    // Every look at the clock is a millisecond later, so that nothing happens at the same time.
    let clock = Clock::from_fn(move || {
        let millis = seconds.fetch_add(1, Ordering::Relaxed);
        Timestamp::from_micros(start.micros() + millis * 1_000).unwrap()
    });
    let rules = rules::RuleFile {
        name: "first.toml".to_owned(),
        text: "[[rule]]\nname = \"term\"\nowner = \"desk\"\npolicy = \"default\"\n\
               description = \"d\"\nwhen = 'term.count > 0'\nqueue = \"review\"\npriority = 50\n"
            .to_owned(),
    };
    let engine = Engine::open(Options {
        location: Location::Sqlite(folder.join("seawall.db")),
        evidence: folder.join("evidence"),
        evidence_keys: folder.join("evidence-keys"),
        second_person: false,
        statements: engine::StatementOptions::default(),
        datasets: folder.join("datasets"),
        queues: Vec::new(),
        ladder: review::Ladder::default(),
        first_rules: vec![rules],
        redress: Redress::with_key(LinkKey::new([7; 32])),
        orders: engine::OrderSetup::default(),
        threats: engine::ThreatSetup::default(),
        clock,
        decoder: sandbox::Decoder::in_this_process(),
    })
    .await
    .unwrap();
    let origin = Origin::operator();
    engine.write_policy("default", "Terms", "What the rules say.", &origin).await.unwrap();
    let imported =
        engine.import_bank("words.csv", "words", bank.as_bytes(), &origin).await.unwrap();
    assert_eq!(imported.problems, Vec::new());
    engine
}

fn decision(action: Option<ActionKind>, ruling: Ruling) -> DecisionInput {
    DecisionInput {
        ruling,
        action,
        labels: match action {
            Some(ActionKind::Label) => vec!["graphic".to_owned()],
            Some(_) | None => Vec::new(),
        },
        policy: PolicyId::new("default").unwrap(),
        reason: "It calls people to join.".to_owned(),
        protected_purpose: Some(ProtectedPurpose::None),
        purpose_note: String::new(),
        seen: None,
    }
}

/// What a service holds that carries out each id once, in whatever order it comes.
fn held_in_any_order(rows: &[OutboxRow], dice: &mut Dice) -> BTreeMap<ActionId, ActionKind> {
    let arrives = |row: &&OutboxRow| match row.state {
        Delivery::Pending | Delivery::Delivered => true,
        Delivery::Dead | Delivery::Withdrawn => false,
    };
    let mut arriving: Vec<&OutboxRow> = rows.iter().filter(arrives).collect();
    // Delivery is at least once.
    let again = dice.below(arriving.len() as u64 + 1);
    arriving.extend(arriving.clone().into_iter().take(usize::try_from(again).unwrap()));
    dice.shuffle(&mut arriving);
    let (mut applied, mut given_back) = (BTreeMap::new(), BTreeSet::new());
    for row in arriving {
        match &row.action.reverses {
            Some(reversed) => {
                given_back.insert(reversed.clone());
            }
            None => {
                applied.insert(row.action.id.clone(), row.action.kind);
            }
        }
    }
    applied.retain(|id, _| !given_back.contains(id));
    applied
}

/// What a simple service shows: what was done to each target and not given back, by the ids of
/// actions alone.
#[derive(Default)]
struct Simple {
    taken: BTreeMap<String, BTreeMap<model::ActionId, ActionKind>>,
}

impl Simple {
    fn carry_out(&mut self, row: &OutboxRow) {
        // Labels come and go by themselves; warnings change nothing that is shown.
        let target = format!("{:?} {:?}", row.action.target, row.action.labels);
        match row.action.kind {
            ActionKind::Warn => {}
            ActionKind::Restore if !row.action.labels.is_empty() => {
                self.taken.remove(&target);
            }
            ActionKind::Restore if row.action.still_held_by.is_empty() => {
                let done = self.taken.entry(target).or_default();
                done.retain(|id, _| row.action.reverses.as_ref() != Some(id));
            }
            ActionKind::Restore => {}
            kind => {
                self.taken.entry(target).or_default().insert(row.action.id.clone(), kind);
            }
        }
        self.taken.retain(|_, done| !done.is_empty());
    }
}

/// What becomes of the actions of a decision before the appeal is heard.
async fn deliver_some(engine: &Engine, case: &Case, dice: &mut Dice, simple: &mut Simple) {
    let rows = engine.deliveries_of_case(&case.id).await.unwrap();
    for row in rows.iter().filter(|row| row.state == Delivery::Pending) {
        match dice.below(4) {
            0 => {}
            1 => {
                assert!(engine.begin_delivery(row).await.unwrap());
                simple.carry_out(row);
                engine.delivered(row, DeliveryOutcome::Delivered).await.unwrap();
            }
            2 => {
                let problem = "refused".to_owned();
                engine.delivered(row, DeliveryOutcome::Dead { problem }).await.unwrap();
            }
            // The attempt is under way: the service may or may not have it.
            _ => assert!(engine.begin_delivery(row).await.unwrap()),
        }
    }
}

/// Delivers everything that is due, in the order in which the engine lets it go.
async fn deliver_all(engine: &Engine, case: &Case, simple: &mut Simple) {
    for row in engine.deliveries_of_case(&case.id).await.unwrap() {
        if row.state == Delivery::Pending {
            simple.carry_out(&row);
            engine.delivered(&row, DeliveryOutcome::Delivered).await.unwrap();
        }
    }
}

struct World {
    engine: Engine,
    dice: Dice,
}

impl World {
    /// Judges an item with a word of its own, and decides on it.
    async fn decided(&mut self, number: u64, item_id: &str, by: &str, action: ActionKind) -> Case {
        let account = format!("a{number}");
        let text = format!("Come and hear {} today", word(number));
        let incoming = Incoming { item: item(item_id, &account, &text), media: Vec::new() };
        let submitted = self.engine.submit(vec![incoming], &Origin::operator()).await.unwrap();
        let case = submitted[0].case.clone().unwrap();
        let input = decision(Some(action), Ruling::Violation);
        let by = user(by);
        let origin = Origin::user(by.clone());
        self.engine.claim_and_decide(&case, &input, &by, &origin).await.unwrap()
    }

    async fn appealed(&mut self, case: &Case) -> model::AppealId {
        let decision = case.decision.as_ref().unwrap();
        let words = AppealWords {
            ground: AppealGround::NotAViolation,
            reason: "It is a report about them.".to_owned(),
            email: Some("person@mail.example".to_owned()),
            language: "ar".to_owned(),
        };
        let taken = match self.dice.below(2) {
            0 => {
                let link = self.engine.appeal_link(decision);
                self.engine.appeal_by_link(&link, &words, &Origin::outside()).await.unwrap()
            }
            _ => {
                let input = engine::AppealInput {
                    service: service(),
                    decision: decision.id.clone(),
                    by: AppellantInput::Account(case.account.clone()),
                    words,
                };
                self.engine.appeal(&input, &Origin::operator()).await.unwrap()
            }
        };
        assert_eq!(taken.status, AppealStatus::Open);
        taken.id
    }

    async fn reversed(&mut self, number: u64) {
        let action = ACTIONS[usize::try_from(self.dice.below(6)).unwrap()];
        let mut simple = Simple::default();
        let item_id = format!("p{number}");
        // Sometimes another decision stands over the same item.
        let beside = match self.dice.below(5) {
            0 => Some(self.decided(number, &item_id, "first", ActionKind::Remove).await),
            _ => None,
        };
        if let Some(case) = &beside {
            deliver_all(&self.engine, case, &mut simple).await;
        }
        let case = match &beside {
            None => self.decided(number, &item_id, "rana", action).await,
            Some(_) => {
                let text = format!("Come and hear {} today, again", word(number));
                let again = item(&item_id, &format!("a{number}"), &text);
                let incoming = Incoming { item: again, media: Vec::new() };
                let made = self.engine.submit(vec![incoming], &Origin::operator()).await.unwrap();
                let case = made[0].case.clone().unwrap();
                let input = decision(Some(action), Ruling::Violation);
                let (by, origin) = (user("rana"), Origin::user(user("rana")));
                self.engine.claim_and_decide(&case, &input, &by, &origin).await.unwrap()
            }
        };
        deliver_some(&self.engine, &case, &mut self.dice, &mut simple).await;
        let appeal = self.appealed(&case).await;
        let input = HearingInput {
            outcome: AppealOutcome::Reversed,
            reason: "It is a report.".to_owned(),
            protected_purpose: None,
            entries: EntriesAre::Wrong,
            instead: None,
        };
        let refused = self.engine.hear(&appeal, &input, &user("rana"), &Origin::operator()).await;
        assert!(refused.is_err(), "whoever decided does not hear the appeal");
        let (omar, origin) = (user("omar"), Origin::user(user("omar")));
        let answered = self.engine.hear(&appeal, &input, &omar, &origin).await.unwrap();
        let AppealStatus::Answered(answer) = &answered.status else { panic!("answered") };
        let is_beside = beside.is_some() && action.takes() && !action.is_for_account();
        assert_eq!(answer.still_standing.len(), usize::from(is_beside), "{number} {action:?}");
        self.nothing_remains(&case, beside.as_ref(), &appeal, &mut simple).await;
    }

    async fn nothing_remains(
        &mut self,
        before: &Case,
        beside: Option<&Case>,
        appeal: &model::AppealId,
        simple: &mut Simple,
    ) {
        let engine = self.engine.clone();
        let case = engine.case(&before.id).await.unwrap();
        assert_eq!(case.status, CaseStatus::Decided);
        assert_eq!((case.actions.len(), case.strike.as_ref()), (0, None));
        let ruling = case.decision.as_ref().map(|decision| decision.ruling);
        assert_eq!(ruling, Some(Ruling::NoViolation));

        let rows = engine.deliveries_of_case(&case.id).await.unwrap();
        for _ in 0..3 {
            let held = held_in_any_order(&rows, &mut self.dice);
            assert_eq!(held, BTreeMap::new(), "something of it is still in force");
        }
        deliver_all(&engine, &case, simple).await;
        let is_held = beside.is_some();
        assert_eq!(!simple.taken.is_empty(), is_held, "what a simple service shows: {:?}", rows);
        let rows = engine.deliveries_of_case(&case.id).await.unwrap();
        assert!(rows.iter().all(|row| row.state != Delivery::Pending));

        let conduct = engine.conduct(&service(), &case.account).await.unwrap();
        assert_eq!(conduct.strikes, u64::from(is_held), "strikes");
        let view = engine.view_case(&case.id, &engine::Actor::Operator, "test").await.unwrap();
        assert_eq!(view.labels, Vec::<String>::new(), "labels");
        for entry in view.verdicts.iter().flat_map(|row| &row.signals.matches) {
            let id = entry.entry_id.as_ref().unwrap();
            let view = engine.entry_view(id).await.unwrap();
            assert_eq!(view.entry.status, EntryStatus::Disputed);
            assert!(view.opinions[0].note.contains(appeal.as_str()), "the opinion has its source");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_reversed_decision_remains_anywhere() {
    let wanted = std::env::var("SEAWALL_REVERSALS").ok();
    let reversals: u64 = wanted.map_or(60, |number| number.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let mut bank = String::from("kind,value,language,policy,source,note\n");
    for number in 0..reversals {
        bank.push_str(&format!("term,{},en,default,invented,\n", word(number)));
    }
    let engine = open(folder.path(), &bank).await;
    let mut world = World { engine: engine.clone(), dice: Dice(42) };
    for number in 0..reversals {
        world.reversed(number).await;
    }
    let held = engine.verify(|_| {}).await.unwrap();
    println!("{reversals} reversals, {} records hold", held.records);
    // The same words, said again by somebody else, are no match any more.
    for number in (0..reversals).step_by(7) {
        let text = format!("Come and hear {} today", word(number));
        let incoming = Incoming { item: item("again", "b1", &text), media: Vec::new() };
        let checked = engine.check(incoming).await.unwrap();
        assert_eq!(checked.matches, Vec::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn something_lighter_takes_the_place_after_what_gives_back() {
    let folder = tempfile::tempdir().unwrap();
    let bank = format!("kind,value,language,policy,source,note\nterm,{},en,default,x,\n", word(0));
    let engine = open(folder.path(), &bank).await;
    let mut world = World { engine: engine.clone(), dice: Dice(1) };
    let case = world.decided(0, "p0", "rana", ActionKind::Remove).await;
    let mut simple = Simple::default();
    deliver_all(&engine, &case, &mut simple).await;
    let appeal = world.appealed(&case).await;
    let input = HearingInput {
        outcome: AppealOutcome::Partly,
        reason: "A warning before it is enough.".to_owned(),
        protected_purpose: None,
        entries: EntriesAre::Wrong,
        instead: Some(decision(Some(ActionKind::Restrict), Ruling::Violation)),
    };
    let (omar, origin) = (user("omar"), Origin::user(user("omar")));
    engine.hear(&appeal, &input, &omar, &origin).await.unwrap();
    // What replaces waits for what gives back.
    let due = engine.deliveries(&service(), 10).await.unwrap();
    let kinds: Vec<ActionKind> = due.iter().map(|row| row.action.kind).collect();
    assert_eq!(kinds, [ActionKind::Restore]);
    deliver_all(&engine, &case, &mut simple).await;
    let kinds = simple.taken.into_values().flat_map(BTreeMap::into_values);
    assert_eq!(kinds.collect::<Vec<_>>(), [ActionKind::Restrict]);
    let rows = engine.deliveries_of_case(&case.id).await.unwrap();
    let held: Vec<ActionKind> = held_in_any_order(&rows, &mut world.dice).into_values().collect();
    assert_eq!(held, [ActionKind::Restrict]);
    let conduct = engine.conduct(&service(), &case.account).await.unwrap();
    assert_eq!((conduct.strikes, conduct.gravest), (1, Some(ActionKind::Restrict)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_appeal_is_answered_when_the_desk_reverses_first_and_refused_twice() {
    let folder = tempfile::tempdir().unwrap();
    let bank = format!("kind,value,language,policy,source,note\nterm,{},en,default,x,\n", word(0));
    let engine = open(folder.path(), &bank).await;
    let mut world = World { engine: engine.clone(), dice: Dice(2) };
    let case = world.decided(0, "p0", "rana", ActionKind::Remove).await;
    let appeal = world.appealed(&case).await;
    let link = engine.appeal_link(case.decision.as_ref().unwrap());
    let words = AppealWords {
        ground: AppealGround::Other,
        reason: "Once more.".to_owned(),
        email: None,
        language: "en".to_owned(),
    };
    let again = engine.appeal_by_link(&link, &words, &Origin::outside()).await.unwrap();
    assert_eq!(again.status, AppealStatus::Refused(model::AppealRefusal::Twice));
    let rana = user("rana");
    engine.undo(&case.id, "My mistake.", &rana, &Origin::user(rana.clone())).await.unwrap();
    let view = engine.hearing(&appeal, &user("omar")).await;
    let answered = view.unwrap().appeal;
    let AppealStatus::Answered(answer) = answered.status else { panic!("answered") };
    assert_eq!((answer.outcome, answer.by), (AppealOutcome::Reversed, rana));
    assert!(engine.appeal_by_link("a.x.y", &words, &Origin::outside()).await.is_err());
    let shown = engine.appeal_view(&link).await.unwrap();
    assert_eq!(shown.appeal.map(|appeal| appeal.id), Some(appeal));
    let counts = engine.appeal_counts(Timestamp::from_micros(0).unwrap()).await.unwrap();
    let sum = |of: fn(&engine::AppealCount) -> u64| counts.iter().map(of).sum::<u64>();
    assert_eq!((sum(|one| one.received), sum(|one| one.refused)), (2, 1));
    assert_eq!(sum(|one| one.reversed), 1);
}
