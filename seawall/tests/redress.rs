//! Notices and appeals from one end to the other on the real binary: the form, the receipt, the
//! decision, the letter with the signed link, the complaint, somebody else's answer, and what the
//! service receives.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use sea_orm::{ConnectionTrait, Database, DatabaseBackend, Statement};
use serde_json::{Value, json};
use support::receiver::Receiver;
use support::{Answer, Api, Installation, Method, TERMS, eventually, item};

const SETTINGS: &str = r#"
[notices]
services = ["forum"]

[[dispute_body]]
name = "Harbour Disputes"
url = "https://disputes.example"
"#;

/// Posts a form as a browser does.
async fn form(api: &Api, path: &str, fields: &[(&str, &str)]) -> Answer {
    let mut body = url::form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(fields);
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    api.send(Method::POST, path, &headers, body.finish().into_bytes()).await
}

/// The letters that were written, oldest first, as `(kind, to, subject, body)`.
async fn letters(installation: &Installation) -> Vec<Value> {
    let path = installation.folder().join("seawall.db");
    let database = Database::connect(format!("sqlite://{}?mode=ro", path.display())).await.unwrap();
    let sql = "SELECT body FROM letters ORDER BY at_us, id";
    let rows =
        database.query_all_raw(Statement::from_string(DatabaseBackend::Sqlite, sql)).await.unwrap();
    let body = |row: &sea_orm::QueryResult| row.try_get_by_index::<String>(0).unwrap();
    rows.iter().map(|row| serde_json::from_str(&body(row)).unwrap()).collect()
}

/// The last part of the signed link in a letter.
fn link_in(letter: &Value) -> String {
    let body = letter["body"].as_str().unwrap();
    let (_, after) = body.split_once("/appeal/").expect("the letter has a link");
    after.split_whitespace().next().unwrap().to_owned()
}

async fn decide(api: &Api, case: &str, reviewer: &str, action: Option<&str>) -> Value {
    let ruling = if action.is_some() { "violation" } else { "no_violation" };
    let body = json!({
        "reviewer": reviewer, "ruling": ruling, "action": action, "policy": "default",
        "reason": "Looked at it.", "protected_purpose": "none",
    });
    api.post_json(&format!("/v1/cases/{case}/decisions"), &body).await
}

async fn start(receiver: &Receiver) -> (Installation, support::Server, Api) {
    let tables = format!(
        "{SETTINGS}\n[webhook.forum]\nurl = \"http://127.0.0.1:{0}/hook\"\nsecrets = [\"{1}\"]\n",
        receiver.port, receiver.secret
    );
    let outside = format!("allow = [\"127.0.0.1:{}\"]", receiver.port);
    let installation = Installation::with(&outside, &tables);
    let config = installation.folder().join("seawall.toml");
    let settings = std::fs::read_to_string(&config).unwrap();
    let address = "[server]\npublic_address = \"https://seawall.example\"\n";
    std::fs::write(config, settings.replacen("[server]\n", address, 1)).unwrap();
    installation.bank("words", TERMS);
    installation.user("rana");
    installation.user("omar");
    let key = installation.key(&["submit", "notice", "review", "report", "curate"]);
    let server = installation.serve();
    let api = server.api(&key);
    (installation, server, api)
}

/// The kinds of action that the service has taken.
fn kinds(receiver: &Receiver) -> Vec<String> {
    let is_action =
        |heard: &support::receiver::Heard| heard.event["type"] == "seawall.action.ordered";
    let kind =
        |heard: support::receiver::Heard| heard.event["data"]["kind"].as_str().unwrap().to_owned();
    receiver.taken().into_iter().filter(is_action).map(kind).collect()
}

/// Everything of these kinds is in the feed.
async fn the_feed_has(api: &Api, wanted: &[&str]) {
    let events = api.get_json("/v1/events?limit=500").await;
    let kinds: Vec<&str> = events["events"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["kind"].as_str())
        .collect();
    for kind in wanted {
        assert!(kinds.contains(kind), "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_appeal_from_the_signed_link_to_full_restoration() {
    let receiver = Receiver::start(&[]).await;
    let (installation, server, api) = start(&receiver).await;
    let items = json!([item("p1", "come to velmora")]);
    let answer = api.post_json("/v1/items?wait=verdict", &items).await;
    let case = answer["items"][0]["case"].as_str().unwrap().to_owned();
    decide(&api, &case, "rana", Some("remove")).await;
    let detail = api.get_json(&format!("/v1/cases/{case}")).await;
    let link = detail["appeal_link"].as_str().unwrap().to_owned();
    assert_eq!(detail["strikes"], 1);
    eventually("the removal", async || (kinds(&receiver) == ["remove"]).then_some(())).await;

    let outside = api.as_key(None);
    for (language, words) in [("en", "it was removed"), ("ar", "أُزيل")] {
        let shown = outside.get(&format!("/appeal/{link}?lang={language}")).await;
        assert_eq!(shown.status, 200);
        assert!(shown.text().contains(words) && shown.text().contains("Harbour Disputes"));
        assert!(!shown.text().contains("<script"));
    }
    assert_eq!(outside.get("/appeal/a.x.AAAAAAAAAAAAAAAAAAAAAA").await.status, 404);
    let path = format!("/appeal/{link}?lang=en");
    let empty = form(&outside, &path, &[("ground", "not_a_violation"), ("reason", " ")]).await;
    assert_eq!(empty.status, 422, "{}", empty.text());
    let fields = [
        ("ground", "protected_purpose"),
        ("reason", "It is a report about them."),
        ("email", "person@mail.example"),
    ];
    let sent = form(&outside, &path, &fields).await;
    assert_eq!(sent.status, 200, "the page is shown again: {}", sent.text());
    assert!(sent.text().contains("We have your complaint"));

    let open = api.get_json("/v1/appeals").await["appeals"].clone();
    let appeal = open[0]["id"].as_str().unwrap().to_owned();
    assert_eq!((open.as_array().unwrap().len(), &open[0]["language"]), (1, &json!("en")));
    let why = "It is a report.";
    let body = |who: &str| json!({ "reviewer": who, "outcome": "reversed", "reason": why });
    let answers = format!("/v1/appeals/{appeal}/answers");
    let refused = api.post(&answers, &body("rana")).await;
    assert_eq!(refused.status, 409, "whoever decided does not hear it: {}", refused.text());
    api.post_json(&answers, &body("omar")).await;
    eventually("the restoration", async || {
        (kinds(&receiver) == ["remove", "restore"]).then_some(())
    })
    .await;

    let detail = api.get_json(&format!("/v1/cases/{case}")).await;
    assert_eq!(
        (&detail["strikes"], &detail["case"]["decision"]["ruling"]),
        (&json!(0), &json!("no_violation"))
    );
    let shown = outside.get(&path).await.text();
    assert!(shown.contains("The decision is reversed") && shown.contains("It is a report."));
    let entries = api.get_json("/v1/banks/words/entries?limit=5").await;
    assert_eq!(entries["entries"][0]["status"], "disputed");
    let again = api.post_json("/v1/check", &item("p2", "come to velmora")).await;
    assert_eq!(again["items"][0]["verdict"]["outcome"], "allow");

    let letters = letters(&installation).await;
    assert_eq!(letters.len(), 2, "{letters:?}");
    let begins = |place: usize| letters[place]["subject"].as_str().unwrap();
    assert!(begins(0).starts_with("We have your complaint"), "{letters:?}");
    assert!(begins(1).starts_with("The decision was reversed"), "{letters:?}");
    the_feed_has(
        &api,
        &["appeal_received", "decision_reversed", "bank_changed", "appeal_answered"],
    )
    .await;
    let counts = api.get_json("/v1/appeals/counts").await["counts"].clone();
    assert_eq!(
        (&counts[0]["ground"], &counts[0]["reversed"]),
        (&json!("protected_purpose"), &json!(1))
    );
    server.stop();
    assert!(installation.run(&["verify"]).status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_from_the_form_to_its_outcome_and_the_notifiers_appeal() {
    let receiver = Receiver::start(&[]).await;
    let (installation, _server, api) = start(&receiver).await;
    api.post_json("/v1/items?wait=verdict", &json!([item("p1", "ordinary words")])).await;
    let outside = api.as_key(None);
    assert_eq!(outside.get("/notice/elsewhere").await.status, 404);
    assert_eq!(outside.get("/notice/forum?lang=ar").await.status, 200);
    let complete = [
        ("ground", "illegal"),
        ("location", "p1"),
        ("reason", "It calls for violence."),
        ("name", "Nour"),
        ("email", "nour@mail.example"),
        ("good_faith", "yes"),
    ];
    for (missing, status) in [
        ("ground", 422),
        ("location", 422),
        ("reason", 422),
        ("name", 422),
        ("email", 422),
        ("good_faith", 422),
    ] {
        let fields: Vec<_> =
            complete.iter().copied().filter(|(name, _)| *name != missing).collect();
        let answer = form(&outside, "/notice/forum?lang=en", &fields).await;
        assert_eq!(answer.status, status, "{missing}");
        assert!(answer.text().contains("role=\"alert\""), "{missing}");
    }
    // What only a robot fills in is answered and dropped.
    let robot = [&complete[..], &[("website", "https://spam.example")]].concat();
    assert_eq!(form(&outside, "/notice/forum?lang=en", &robot).await.status, 200);
    assert!(letters(&installation).await.is_empty());
    let taken = form(&outside, "/notice/forum?lang=en", &complete).await;
    assert!(taken.text().contains("notice_"), "{}", taken.text());
    let again = form(&outside, "/notice/forum?lang=en", &complete).await;
    assert_eq!(again.status, 200);
    let receipt = letters(&installation).await;
    assert_eq!(receipt.len(), 1, "a repeated notice is the first one");
    assert_eq!(receipt[0]["kind"], "notice_received");

    let cases = api.get_json("/v1/cases?status=open").await;
    let case = cases["cases"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(cases["cases"][0]["notices"].as_array().unwrap().len(), 1);
    decide(&api, &case, "rana", None).await;
    let told = letters(&installation).await;
    assert_eq!((told.len(), &told[1]["kind"]), (2, &json!("notice_decided")));
    assert!(told[1]["body"].as_str().unwrap().contains("left as it is"));
    let path = format!("/appeal/{}?lang=en", link_in(&told[1]));
    let fields = [("ground", "is_a_violation"), ("reason", "Look at the second line.")];
    let sent = form(&outside, &path, &fields).await;
    assert!(sent.text().contains("We have your complaint"), "{}", sent.text());
    let appeals = api.get_json("/v1/appeals").await;
    let appeal = appeals["appeals"][0]["id"].as_str().unwrap().to_owned();
    let body = json!({
        "reviewer": "omar", "outcome": "reversed", "reason": "The second line does.",
        "instead": {
            "ruling": "violation", "action": "remove", "policy": "default",
            "reason": "The second line does.", "protected_purpose": "none",
        },
    });
    api.post_json(&format!("/v1/appeals/{appeal}/answers"), &body).await;
    eventually("the removal", async || (kinds(&receiver) == ["remove"]).then_some(())).await;
    let answered = letters(&installation).await;
    let last = answered.last().unwrap();
    assert_eq!((&last["kind"], &last["to"]), (&json!("appeal"), &json!("nour@mail.example")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_statement_has_the_link_by_which_its_person_complains() {
    let receiver = Receiver::start(&[]).await;
    let (_installation, _server, api) = start(&receiver).await;
    let mut arabic = item("p2", "come to velmora");
    arabic["language"] = "ar".into();
    let items = json!([item("p1", "come to velmora"), arabic]);
    let answer = api.post_json("/v1/items?wait=verdict", &items).await;
    for (place, action) in [(0, "remove"), (1, "disable")] {
        let case = answer["items"][place]["case"].as_str().unwrap();
        decide(&api, case, "rana", Some(action)).await;
    }
    let told = eventually("the statements", async || {
        let told = receiver.statements();
        (told.len() == 2).then_some(told)
    })
    .await;
    let outside = api.as_key(None);
    for (place, says) in [(0, "complain here until"), (1, "قدم شكواك هنا حتى")] {
        let data = &told[place].event["data"];
        let link = data["appeal_link"].as_str().unwrap();
        let text = data["told"]["text"].as_str().unwrap();
        assert!(text.contains(says) && text.contains(link), "{text}");
        let path = link.strip_prefix("https://seawall.example").unwrap();
        assert_eq!(outside.get(path).await.status, 200);
        let fields = [("ground", "not_a_violation"), ("reason", "It is a report about them.")];
        let answer = form(&outside, path, &fields).await;
        assert!(answer.status < 400, "{}", answer.text());
    }
    let appeals = api.get_json("/v1/appeals").await["appeals"].clone();
    let decisions: Vec<&Value> =
        appeals.as_array().unwrap().iter().map(|one| &one["decision"]).collect();
    for one in &told {
        assert!(decisions.contains(&&one.event["data"]["decision"]), "{appeals}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flagger_has_a_record_and_its_outcomes() {
    let receiver = Receiver::start(&[]).await;
    let (installation, _server, api) = start(&receiver).await;
    let items: Vec<Value> = (1..4).map(|n| item(&format!("p{n}"), "ordinary words")).collect();
    api.post_json("/v1/items?wait=verdict", &json!(items)).await;
    let made = installation.new_key(&["notice"], None);
    let (id, secret) = (made["id"].as_str().unwrap(), made["key"].as_str().unwrap());
    let added = installation.lines(&["flaggers", "add", "Harbour Watch", "--key", id]);
    let flagger = added[0]["id"].as_str().unwrap().to_owned();
    let own = api.as_key(Some(secret));
    let mut cases = Vec::new();
    for number in 1..4 {
        let body = json!({
            "kind": "user", "service": "forum", "subject": { "item": format!("p{number}") },
            "reason": "It calls for violence.",
        });
        let taken = own.post_json("/v1/notices", &body).await;
        cases.push(taken["case"].as_str().unwrap().to_owned());
    }
    let case = api.get_json(&format!("/v1/cases/{}", cases[0])).await;
    assert_eq!(
        (&case["notices"][0]["kind"], &case["case"]["priority"]),
        (&json!("trusted_flagger"), &json!(70))
    );
    decide(&api, &cases[0], "rana", Some("remove")).await;
    decide(&api, &cases[1], "rana", None).await;
    let record = api.get_json("/v1/flaggers").await["flaggers"][0].clone();
    assert_eq!((&record["precision"]["count"], &record["precision"]["of"]), (&json!(1), &json!(2)));
    assert_eq!((&record["notices"], &record["waiting"]), (&json!(3), &json!(1)));
    let outcomes = own.get_json(&format!("/v1/flaggers/{flagger}/outcomes")).await;
    assert_eq!(outcomes["outcomes"].as_array().unwrap().len(), 3);
    let arguments = ["flaggers", "outcomes", &flagger, "--format", "text"];
    let csv = installation.run(&arguments);
    let csv = String::from_utf8(csv.stdout).unwrap();
    assert_eq!(csv.lines().count(), 4, "{csv}");
    assert!(csv.lines().any(|line| line.ends_with(",1,remove")), "{csv}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_on_beside_a_referral_is_told_and_what_became_of_it_is_counted() {
    let receiver = Receiver::start(&[]).await;
    let (installation, server, api) = start(&receiver).await;
    let items: Vec<Value> = (1..4).map(|n| item(&format!("p{n}"), "ordinary words")).collect();
    api.post_json("/v1/items?wait=verdict", &json!(items)).await;
    let made = installation.new_key(&["notice"], None);
    let (id, secret) = (made["id"].as_str().unwrap(), made["key"].as_str().unwrap());
    installation.lines(&["flaggers", "add", "Referral desk", "--key", id, "--referral-unit"]);
    let (unit, admin) = (api.as_key(Some(secret)), server.api(&installation.key(&["admin"])));
    // An order whose form is not whole waits for a person, and names p1 all the same.
    let form = json!({ "order_reference": "2026/31", "urls": ["https://forum.example/p/p1"] });
    let order = json!({ "kind": "tco_removal", "service": "forum", "form": form });
    let order = admin.post_json("/v1/orders", &order).await["id"].clone();
    let located = json!({ "act": "locate", "place": 0, "item": "p1", "reviewer": "omar" });
    admin.post_json(&format!("/v1/orders/{}/acts", order.as_str().unwrap()), &located).await;

    let mut cases = Vec::new();
    for number in 1..4 {
        let body = json!({
            "kind": "user", "service": "forum", "subject": { "item": format!("p{number}") },
            "reason": "It calls for violence.",
        });
        let taken = unit.post_json("/v1/notices", &body).await;
        cases.push(taken["case"].as_str().unwrap().to_owned());
    }
    let beside = async |case: &str| {
        api.get_json(&format!("/v1/cases/{case}")).await["deconfliction"].clone()
    };
    let told = beside(&cases[0]).await;
    assert_eq!(
        (&told["orders"][0]["order"], &told["orders"][0]["status"]),
        (&order, &json!("received"))
    );
    assert_eq!(beside(&cases[1]).await, Value::Null, "nothing goes on about p2");
    let page = server.sign_in("rana").await.get(&format!("/cases/{}", cases[0])).await.text();
    assert!(page.contains("An authority ordered something about the same content"), "{page}");

    // It holds nothing up; what is removed is preserved, and that is told too.
    decide(&api, &cases[0], "rana", Some("remove")).await;
    decide(&api, &cases[1], "rana", None).await;
    let told = beside(&cases[0]).await;
    assert!(told["preservations"][0]["until"].is_string(), "{told}");

    let counts = api.get_json("/v1/referrals/summary").await["counts"].clone();
    let line = |outcome: &str, action: Option<&str>| {
        let is_it = |one: &&Value| one["outcome"] == outcome && one["action"] == json!(action);
        counts.as_array().unwrap().iter().find(is_it).map(|one| one["referrals"].clone())
    };
    assert_eq!(line("violation", Some("remove")), Some(json!(1)), "{counts}");
    assert_eq!(line("no_violation", None), Some(json!(1)), "{counts}");
    assert_eq!(line("waiting", None), Some(json!(1)), "{counts}");
    let csv = installation.run(&["referrals", "--from", "2026-01-01T00:00:00Z", "--csv"]);
    let csv = String::from_utf8(csv.stdout).unwrap();
    assert_eq!(csv.lines().count(), 4, "{csv}");
    assert!(csv.lines().any(|line| line.ends_with("Referral desk,violation,remove,1")), "{csv}");
    let before = "/v1/referrals/summary?to=2026-01-01T00:00:00Z";
    assert_eq!(api.get_json(before).await["counts"], json!([]));
    let backwards = "/v1/referrals/summary?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z";
    let answer = api.get(backwards).await;
    assert_eq!(answer.status, 422, "{}", answer.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_may_ask_only_so_often() {
    let receiver = Receiver::start(&[]).await;
    let (_installation, _server, api) = start(&receiver).await;
    let outside = api.as_key(None);
    let mut statuses = Vec::new();
    for _ in 0..40 {
        statuses.push(form(&outside, "/notice/forum?lang=en", &[]).await.status);
    }
    assert_eq!(statuses[0], 422);
    assert!(statuses.contains(&429), "{statuses:?}");
    assert_eq!(outside.get("/notice/forum").await.status, 200, "pages are counted apart");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ladder_is_tried_before_it_is_put_into_force_and_asks_for_a_warning() {
    let receiver = Receiver::start(&[]).await;
    let (installation, _server, api) = start(&receiver).await;
    let made = api
        .post_json(
            "/v1/items?wait=verdict",
            &json!([item("p1", "velmora"), item("p2", "velmora too"), item("p3", "velmora three")]),
        )
        .await;
    let case = |number: usize| made["items"][number]["case"].as_str().unwrap().to_owned();
    decide(&api, &case(0), "rana", Some("remove")).await;
    decide(&api, &case(1), "rana", Some("remove")).await;
    let ladder = "steps = [{ strikes = 1, action = \"warn\" }, { strikes = 2, action = \
                  \"suspend\" }]\nwarning_days = 30\n";
    let file = installation.write("ladder.toml", ladder);
    let file = file.to_str().unwrap();
    let tried = installation.lines(&["strikes", "simulate", "--ladder", file]);
    let all = tried.iter().find(|line| line["language"] == "all").unwrap();
    assert_eq!((&all["tried"]["warned"], &all["tried"]["suspended"]), (&json!(1), &json!(1)));
    assert_eq!(all["present"]["suspended"], 0);
    let written =
        installation.lines(&["strikes", "write", "--ladder", file, "--reason", "As decided."]);
    assert_eq!(written[0]["version"], 1);
    eventually("the new ladder", async || {
        let ladder = api.get_json("/v1/ladder").await;
        (ladder["present"]["warning_days"] == 30).then_some(())
    })
    .await;
    let suspend = json!({
        "reviewer": "rana", "ruling": "violation", "action": "suspend", "policy": "default",
        "reason": "Again.", "protected_purpose": "none",
    });
    let path = format!("/v1/cases/{}/decisions", case(2));
    let refused = api.post(&path, &suspend).await;
    assert_eq!(refused.status, 409, "{}", refused.text());
    assert!(refused.text().contains("was not warned"), "{}", refused.text());
}
