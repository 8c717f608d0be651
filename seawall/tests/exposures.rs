//! Exposure decisions and specific measures: through the years on a clock that the test sets, and
//! on the real binary with mail, a webhook and the console.
#![allow(clippy::unwrap_used, missing_docs, dead_code)]

mod support;

use engine::{Clock, Engine, Error, ExposureInput, Location, Origin};
use model::{Timestamp, UserId};
use review::exposures::{Exposure, ExposureStep};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use support::mail::Smtp;
use support::receiver::Receiver;
use support::{Api, Installation, TERMS, Visitor, eventually, item};

fn at(day: &str) -> Timestamp {
    Timestamp::parse(&format!("{day}T10:00:00Z")).unwrap()
}

/// An engine whose clock the test sets.
struct World {
    _folder: tempfile::TempDir,
    clock: Arc<AtomicI64>,
    engine: Engine,
    user: UserId,
}

fn options(folder: &std::path::Path, clock: Clock) -> engine::Options {
    let addressee = engine::Addressee { member_state: "IE".to_owned(), ..Default::default() };
    let orders = engine::OrderSetup {
        addressee,
        alert_days: vec![14, 7, 1],
        alert_to: vec!["duty@forum.example".to_owned()],
        ..Default::default()
    };
    engine::Options {
        location: Location::Sqlite(folder.join("seawall.db")),
        evidence: folder.join("evidence"),
        evidence_keys: folder.join("keys"),
        second_person: false,
        datasets: folder.join("datasets"),
        queues: Vec::new(),
        ladder: review::Ladder::default(),
        first_rules: vec![rules::RuleFile {
            name: "first.toml".to_owned(),
            text: "[[rule]]\nname = \"term\"\nowner = \"desk\"\npolicy = \"default\"\n\
                   description = \"d\"\nwhen = 'term.count > 0'\nqueue = \"review\"\n\
                   priority = 50\n"
                .to_owned(),
        }],
        clock,
        decoder: sandbox::Decoder::in_this_process(),
        orders,
        threats: engine::ThreatSetup::default(),
        statements: engine::StatementOptions::default(),
        redress: engine::Redress::with_key(engine::LinkKey::new([7; 32])),
    }
}

impl World {
    async fn new(day: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(AtomicI64::new(at(day).micros()));
        let told = Arc::clone(&clock);
        let now = move || Timestamp::from_micros(told.load(Ordering::Relaxed)).unwrap();
        let engine = Engine::open(options(folder.path(), Clock::from_fn(now))).await.unwrap();
        let user = engine::NewUser {
            login: "legal".to_owned(),
            role: engine::Role::Lead,
            password: Some(support::PASSWORD.to_owned()),
            second_factor: engine::SecondFactor::None,
            language: "en".to_owned(),
        };
        engine.add_user(user, &Origin::operator()).await.unwrap();
        let user = engine.user_by_login("legal").await.unwrap().unwrap().id;
        for (id, state) in [("home", "IE"), ("abroad", "DE")] {
            let authority = serde_json::from_value(authority(id, state)).unwrap();
            engine.register_authority(authority, &Origin::operator()).await.unwrap();
        }
        Self { _folder: folder, clock, engine, user }
    }

    fn set(&self, day: &str) {
        self.clock.store(at(day).micros(), Ordering::Relaxed);
    }

    async fn note(&self, of: &str, day: &str) -> Result<Exposure, Error> {
        let input: ExposureInput = serde_json::from_value(json!({
            "service": "forum", "authority": of, "decision": announced("5-4/1", day),
        }))
        .unwrap();
        self.engine.note_exposure(input, &self.user, &Origin::user(self.user.clone())).await
    }

    async fn step(&self, of: &Exposure, one: Value) -> Result<Exposure, Error> {
        let one: ExposureStep = serde_json::from_value(one).unwrap();
        let origin = Origin::user(self.user.clone());
        self.engine.step_on_exposure(&of.id, one, &self.user, &origin).await
    }

    /// Drafts, writes and confirms the report that is due first.
    async fn report(&self, of: &Exposure) -> Exposure {
        self.step(of, json!({ "step": "draft" })).await.unwrap();
        let write = json!({ "step": "write", "done": "Texts wait.", "intended": "Videos too." });
        self.step(of, write).await.unwrap();
        let draft = self.engine.exposure_view(&of.id).await.unwrap().draft.unwrap();
        let send = json!({
            "step": "send", "sha256": draft.sha256, "handed_over": { "by": "letter" },
        });
        self.step(of, send).await.unwrap()
    }

    /// The subjects of the letters about it, after the watch looked.
    async fn letters(&self, of: &Exposure) -> Vec<String> {
        self.engine.watch_exposures().await.unwrap();
        let letters = self.engine.letters_about(of.id.as_str()).await.unwrap();
        letters.into_iter().map(|row| row.letter.subject).collect()
    }
}

fn authority(id: &str, state: &str) -> Value {
    json!({
        "id": id, "name": "Office of Example", "member_state": state,
        "emails": ["measures@authority.example"],
    })
}

fn announced(reference: &str, day: &str) -> Value {
    json!({
        "reference": reference, "notified_at": format!("{day}T10:00:00Z"),
        "says": "Three removal orders within a year.",
    })
}

fn measure(from: &str, rules: &[&str]) -> Value {
    json!({
        "title": "Known texts", "words": "Posts with a known text wait for a person.",
        "kind": "technical", "from": from,
        "worked": { "by": "program", "oversight": "Two reviewers look at each." },
        "effect": "Nine of ten in a test.", "limits": "Public posts with a known text.",
        "rights": "Nothing is taken before a person looked.", "rules": rules,
    })
}

#[tokio::test]
async fn a_decision_lives_through_three_years() {
    let world = World::new("2027-01-10").await;
    let abroad = world.note("abroad", "2027-01-10").await.unwrap_err().to_string();
    assert!(abroad.contains("decided in the home State IE"), "{abroad}");
    let exposure = world.note("home", "2027-01-10").await.unwrap();
    let second = world.note("home", "2027-01-10").await.unwrap_err().to_string();
    assert!(second.contains("note what follows as a step on that one"), "{second}");
    let take = json!({
        "step": "take_measure", "measure": measure("2027-01-10T10:00:00Z", &[]),
    });
    world.step(&exposure, take).await.unwrap();

    // Three months: warned once at each step, and of the miss.
    world.set("2027-03-01");
    assert!(world.letters(&exposure).await.is_empty());
    world.set("2027-03-27");
    assert_eq!(world.letters(&exposure).await.len(), 1);
    assert_eq!(world.letters(&exposure).await.len(), 1, "once");
    world.set("2027-04-03");
    world.letters(&exposure).await;
    world.set("2027-04-09");
    world.letters(&exposure).await;
    world.set("2027-04-12");
    let told = world.letters(&exposure).await;
    let starts = ["14 days left", "7 days left", "1 days left", "What an exposure decision"];
    assert_eq!(told.len(), starts.len(), "{told:?}");
    assert!(told.iter().zip(starts).all(|(told, start)| told.starts_with(start)), "{told:?}");
    let pressing = world.engine.pressing_exposures().await.unwrap();
    assert_eq!(pressing.len(), 1, "what was missed presses");
    let see = json!({ "step": "see_miss", "obligation": "report-1", "reason": "Nobody was in." });
    world.step(&exposure, see).await.unwrap();
    assert!(world.engine.pressing_exposures().await.unwrap().is_empty());

    // The report is sent late, and is kept whole.
    let sent = world.report(&exposure).await;
    let kept = world.engine.measures_report(&exposure.id, 1).await.unwrap();
    assert_eq!(kept.sha256, sent.reports[0].sha256);
    assert_eq!(kept.report.measures[0].terms.title, "Known texts");
    let letters = world.engine.letters_about(exposure.id.as_str()).await.unwrap();
    let mut letters = letters.iter().map(|row| &row.letter);
    let letter = letters.find(|one| one.kind == model::LetterKind::MeasuresReport).unwrap();
    assert_eq!(letter.to, "measures@authority.example");
    assert_eq!(letter.attachments[0].text, kept.json);
    assert!(letter.body.contains("Nothing is taken before a person looked."), "{}", letter.body);

    // The next comes after a year, counted from when the first was due.
    world.set("2028-03-28");
    let told = world.letters(&exposure).await;
    assert!(told.last().unwrap().starts_with("13 days left"), "{told:?}");
    let before = told.len();
    let sent = world.report(&exposure).await;
    world.set("2028-04-20");
    assert_eq!(world.letters(&exposure).await.len(), before + 1, "the report alone");
    assert_eq!(sent.reports[1].from, sent.reports[0].to);

    amended_and_withdrawn(&world, &exposure).await;
    world.engine.verify(|_| ()).await.unwrap();
}

/// The service asks for a review, the authority amends, and in the end withdraws.
async fn amended_and_withdrawn(world: &World, exposure: &Exposure) {
    let ask = json!({ "step": "ask_review", "asks": "withdrawal", "reason": "No order since." });
    world.step(exposure, ask).await.unwrap();
    world.set("2028-07-21");
    let told = world.letters(exposure).await;
    assert!(told.last().unwrap().contains("not done in time: review-1"), "{told:?}");
    assert!(world.engine.pressing_exposures().await.unwrap().is_empty(), "it is not ours to do");
    let amend = json!({ "step": "amend", "decision": announced("5-7/1", "2028-07-20") });
    let amended = world.step(exposure, amend).await.unwrap();
    assert_eq!(amended.status().as_str(), "amended");
    let uphold = json!({ "step": "uphold", "decision": announced("5-7/2", "2028-07-21") });
    let refused = world.step(exposure, uphold).await.unwrap_err().to_string();
    assert!(refused.contains("no request for review is open"), "{refused}");
    let withdraw = json!({ "step": "withdraw", "decision": announced("5-7/3", "2028-07-21") });
    world.step(exposure, withdraw).await.unwrap();
    let before = world.letters(exposure).await.len();
    world.set("2030-01-01");
    assert_eq!(world.letters(exposure).await.len(), before, "nothing is owed any more");
    let draft = world.step(exposure, json!({ "step": "draft" })).await.unwrap_err().to_string();
    assert!(draft.contains("was withdrawn at 2028-07-21"), "{draft}");
    // Another decision may follow.
    world.note("home", "2029-12-31").await.unwrap();
}

#[tokio::test]
async fn figures_begin_with_the_measure_and_end_with_the_period() {
    let world = World::new("2027-01-10").await;
    let origin = Origin::operator();
    world.engine.write_policy("ashen-front", "P", "A policy.", &origin).await.unwrap();
    world.engine.write_policy("default", "P", "A policy.", &origin).await.unwrap();
    world.engine.import_bank("words.csv", "words", TERMS.as_bytes(), &origin).await.unwrap();
    let exposure = world.note("home", "2027-01-10").await.unwrap();
    let submit = async |id: &str, text: &str| {
        let item = model::parse_item_value(&item(id, text)).unwrap();
        let incoming = engine::Incoming { item, media: Vec::new() };
        world.engine.submit(vec![incoming], &Origin::operator()).await.unwrap();
    };
    for day in ["2027-01-11", "2027-02-11", "2027-03-11"] {
        world.set(day);
        submit(day, "velmora is near").await;
    }
    let measured = |from: &str| {
        let measure = measure(&format!("{from}T00:00:00Z"), &["term"]);
        json!({ "step": "take_measure", "measure": measure })
    };
    world.set("2027-03-12");
    world.step(&exposure, measured("2027-02-01")).await.unwrap();
    world.step(&exposure, measured("2027-03-01")).await.unwrap();
    let figures = async |exposure: &Exposure| {
        let drafted = world.step(exposure, json!({ "step": "draft" })).await.unwrap();
        let figures = drafted.draft.unwrap().figures;
        let head = world.engine.head().await.unwrap();
        assert_eq!(figures.records, head.next - 1, "all but the draft's own");
        figures.rules.iter().map(|one| (one.measure, one.items, one.cases_opened)).collect()
    };
    let counted: Vec<(u32, u64, u64)> = figures(&exposure).await;
    assert_eq!(counted, [(1, 2, 2), (2, 1, 1)]);
    // The next report tells of what came since alone.
    let sent = world.report(&exposure).await;
    world.set("2027-05-01");
    submit("later", "velmora is near").await;
    submit("plain", "nothing of it").await;
    world.set("2027-05-02");
    assert_eq!(figures(&sent).await, [(1, 1, 1), (2, 1, 1)]);
}

#[tokio::test]
async fn what_two_people_do_at_once_is_done_once_each() {
    let world = World::new("2027-01-10").await;
    let exposure = world.note("home", "2027-01-10").await.unwrap();
    let take = json!({
        "step": "take_measure", "measure": measure("2027-01-10T10:00:00Z", &[]),
    });
    let taking = (0..8).map(|_| world.step(&exposure, take.clone()));
    let taken = futures_util::future::join_all(taking).await;
    assert!(taken.iter().all(Result::is_ok), "{taken:?}");
    let now = world.engine.read_exposure(&exposure.id).await.unwrap();
    let numbers: Vec<u32> = now.measures.iter().map(|one| one.number).collect();
    assert_eq!((numbers, now.revision), ((1..=8).collect(), 8));
}

fn days_ago(days: i64) -> String {
    let now = jiff::Timestamp::now();
    now.checked_sub(jiff::SignedDuration::from_hours(24 * days)).unwrap().to_string()
}

fn installation(smtp: &Smtp, receiver: &Receiver) -> Installation {
    let port = receiver.port;
    let tables = format!(
        "\n[orders]\nalert_to = [\"duty@forum.example\", \"http://127.0.0.1:{port}/hook\"]\n\
         [orders.addressee]\nname = \"Forum Example Ltd\"\nmember_state = \"IE\"\n\
         email = \"orders@forum.example\"\n\
         [orders.links]\nforum = [\"https://forum.example/p/{{item}}\"]\n\
         [mail.out]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\n\
         from = \"Forum Example <orders@forum.example>\"\n\
         [webhook.forum]\nurl = \"http://127.0.0.1:{port}/hook\"\nsecrets = [\"{}\"]\n",
        smtp.port, receiver.secret
    );
    let allow = format!("allow = [\"127.0.0.1:{port}\"]");
    let installation = Installation::with(&allow, &tables);
    for login in ["legal", "rana", "omar"] {
        installation.user(login);
    }
    installation.bank("words", TERMS);
    installation
}

/// Takes a step that must succeed.
async fn take(api: &Api, id: &str, mut step: Value) -> Value {
    step["reviewer"] = "legal".into();
    api.post_json(&format!("/v1/exposures/{id}/steps"), &step).await
}

/// Two items are found, one is removed, and a complaint reverses that; gives the rule.
async fn something_happens(api: &Api) -> String {
    let first = api.post_json("/v1/items?wait=verdict", &item("p1", "velmora is near")).await;
    api.post_json("/v1/items?wait=verdict", &item("p2", "velmora is near")).await;
    api.post_json("/v1/items?wait=verdict", &item("p3", "plain")).await;
    let row = &first["items"][0];
    let decision = json!({
        "reviewer": "rana", "ruling": "violation", "action": "remove", "policy": "ashen-front",
        "reason": "It recruits.", "protected_purpose": "none",
    });
    let case = row["case"].as_str().unwrap();
    let decided = api.post_json(&format!("/v1/cases/{case}/decisions"), &decision).await;
    let appeal = json!({
        "service": "forum", "decision": decided["decision"]["id"], "by": { "account": "a1" },
        "ground": "not_a_violation", "reason": "It is a report.", "language": "en",
    });
    let taken = api.post_json("/v1/appeals", &appeal).await;
    let answers = format!("/v1/appeals/{}/answers", taken["id"].as_str().unwrap());
    let reversed = json!({ "reviewer": "omar", "outcome": "reversed", "reason": "It reports." });
    api.post_json(&answers, &reversed).await;
    row["verdict"]["rules"][0]["name"].as_str().unwrap().to_owned()
}

/// An order from the home State that is known to be authentic, one that is not, and a drill.
async fn orders_came(installation: &Installation, api: &Api) {
    let key = installation.new_key(&["order"], None);
    let mut home = authority("home", "IE");
    home["keys"] = json!([key["id"]]);
    api.post("/v1/authorities", &home).await;
    let office = api.as_key(key["key"].as_str());
    let order = |number: &str, is_drill: bool| {
        let form = json!({ "order_reference": number, "authority_name": "Office of Example" });
        json!({ "kind": "tco_removal", "service": "forum", "drill": is_drill, "form": form })
    };
    office.post_json("/v1/orders", &order("1", false)).await;
    office.post_json("/v1/orders", &order("2", false)).await;
    office.post_json("/v1/orders", &order("3", true)).await;
    api.post_json("/v1/orders", &order("4", false)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missed_report_is_warned_of_written_from_records_and_sent() {
    let folder = tempfile::tempdir().unwrap();
    let smtp = Smtp::start(folder.path());
    let receiver = Receiver::start(&[]).await;
    let installation = installation(&smtp, &receiver);
    let server = installation.serve();
    let api = server.api(&installation.key(&["admin"]));
    orders_came(&installation, &api).await;
    let rule = something_happens(&api).await;

    let note = json!({
        "reviewer": "legal", "service": "forum", "authority": "home",
        "decision": { "reference": "5-4/1", "notified_at": days_ago(100), "says": "Two orders." },
    });
    let headers = [("idempotency-key", "one")];
    let noted = api.post_with("/v1/exposures", &note, &headers).await;
    let again = api.post_with("/v1/exposures", &note, &headers).await;
    assert_eq!((noted.status, &noted.json()["exposure"]), (201, &again.json()["exposure"]));
    let view = noted.json();
    let id = view["exposure"]["id"].as_str().unwrap();
    assert_eq!((&view["orders"]["home"], &view["orders"]["all"]), (&json!(2), &json!(2)));
    assert_eq!(view["obligations"][0]["is_missed"], true);

    // Whoever is on duty is told by mail and by webhook.
    let words = "not done in time: report-1";
    eventually("the mail", async || {
        smtp.taken().iter().any(|mail| mail.contains(words)).then_some(())
    })
    .await;
    eventually("the webhook", async || {
        receiver.heard().iter().any(|one| one.event.to_string().contains(words)).then_some(())
    })
    .await;

    let measure = measure(&days_ago(90), &[&rule]);
    take(&api, id, json!({ "step": "take_measure", "measure": measure })).await;
    let at_the_console = server.sign_in("legal").await;
    let report = written_at_the_console(&at_the_console, &api, id, &rule).await;
    sent_as_it_was(&installation, &api, id, &report).await;
    server.stop();
    let verified = installation.run(&["verify"]);
    assert!(verified.status.success(), "{}", support::stderr(&verified));
    let shown = installation.lines(&["exposures", "show", id]).remove(0);
    assert_eq!(shown["exposure"]["reports"][0]["sha256"], report["sha256"]);
    let counted = installation.lines(&["exposures", "orders", "forum"]).remove(0);
    assert_eq!(counted["home"], 2);
}

/// Drafts, writes and confirms a report in the console; gives what the interface shows of it.
async fn written_at_the_console(person: &Visitor, api: &Api, id: &str, rule: &str) -> Value {
    let path = format!("/exposures/{id}");
    let list = person.get("/exposures").await;
    assert!(list.text().contains("\u{2068}forum\u{2069}: 2 removal orders from the home State"));
    let page = person.get(&path).await.text();
    assert!(page.contains("class=\"pressing quiet\""), "{page}");
    assert!(page.contains("Report 1 on specific measures"), "{page}");
    for language in ["en", "ar"] {
        let page = person.get(&format!("{path}?lang={language}")).await;
        assert_eq!(page.status, 200, "{}", page.text());
        assert!(page.text().contains(&format!("<html lang=\"{language}\"")), "{language}");
    }
    let wrong = [("step", "take_measure"), ("title", "Videos \"too\""), ("from", "tomorrow")];
    let refused = person.post(&path, &[&wrong[..], &[("kind", "awareness")]].concat()).await;
    assert_eq!(refused.status, 422);
    let kept = ["value=\"Videos &#34;too&#34;\"", "value=\"awareness\" selected", "from: "];
    for kept in kept {
        assert!(refused.text().contains(kept), "{kept}: {}", refused.text());
    }
    let unseen = [("step", "see_miss"), ("obligation", "report-1"), ("reason", "")];
    let refused = person.post(&path, &unseen).await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    assert!(refused.text().contains("Missing: Reason"), "{}", refused.text());
    let seen = [("step", "see_miss"), ("obligation", "report-1"), ("reason", "Nobody was in.")];
    assert_eq!(person.post(&path, &seen).await.status, 303);
    assert_eq!(person.post(&path, &[("step", "draft")]).await.status, 303);
    let words = [("step", "write"), ("done", "Texts wait."), ("intended", "<b>Videos</b> too.")];
    assert_eq!(person.post(&path, &words).await.status, 303);
    let draft = person.get(&format!("{path}/report")).await.text();
    assert!(draft.contains("&#60;b&#62;Videos&#60;/b&#62; too."), "escaped: {draft}");

    let view = api.get_json(&format!("/v1/exposures/{id}")).await;
    let drafted = view["draft"].clone();
    let figures = &drafted["report"]["figures"];
    let expected = json!({
        "measure": 1, "rule": rule, "items": 2, "cases_opened": 2, "cases_decided": 1,
        "reversed_on_complaint": 1,
    });
    assert_eq!(figures["rules"], json!([expected]));
    assert_eq!(figures["cases_opened"], 2);
    let hash = drafted["sha256"].as_str().unwrap();
    assert!(draft.contains(hash));
    let stale = [("step", "send"), ("sha256", "ab"), ("handed_over", "letter")];
    assert_eq!(person.post(&path, &stale).await.status, 422, "not what the person saw");
    let send = [("step", "send"), ("sha256", hash), ("handed_over", "letter")];
    assert_eq!(person.post(&path, &send).await.status, 303);
    let sent = person.get(&format!("{path}/reports/1")).await;
    assert!(sent.text().contains(hash), "{}", sent.text());
    drafted
}

/// What was sent is kept to the byte, and the sealed log has its hash.
async fn sent_as_it_was(installation: &Installation, api: &Api, id: &str, report: &Value) {
    use sha2::{Digest, Sha256};
    let kept = api.get(&format!("/v1/exposures/{id}/reports/1")).await;
    assert_eq!(hex::encode(Sha256::digest(&kept.body)), report["sha256"].as_str().unwrap());
    assert_eq!(kept.json(), report["report"]);
    let events = api.get_json("/v1/events?limit=500").await;
    let events = events["events"].as_array().unwrap();
    let reported = events.iter().find(|event| event["kind"] == "measures_reported").unwrap();
    assert!(reported.to_string().contains(report["sha256"].as_str().unwrap()), "{reported}");
    let view = api.get_json(&format!("/v1/exposures/{id}")).await;
    assert!(view["obligations"][0]["done_at"].is_string());
    let letter = view["letters"].as_array().unwrap().iter();
    let letter = letter.filter(|row| row["letter"]["kind"] == "measures_report").count();
    assert_eq!(letter, 1);
    let printed = installation.lines(&["exposures", "report", id, "1"]).remove(0);
    assert_eq!(printed["sha256"], report["sha256"]);
}
