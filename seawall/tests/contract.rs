//! The HTTP API keeps what it promises: its description, its keys, its repetitions, its deliveries
//! and its end, all on the real binary.

#![allow(clippy::unwrap_used, missing_docs, dead_code)]

mod support;

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};
use support::description::Description;
use support::receiver::Receiver;
use support::{Answer, Api, Installation, Method, Server, TERMS, eventually, item};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An installation with a bank, a lead and a key that may do everything.
fn installation() -> Installation {
    let installation = Installation::new();
    prepare(&installation);
    installation
}

fn prepare(installation: &Installation) {
    installation.bank("words", TERMS);
    installation.user("lead");
}

fn decision() -> Value {
    json!({
        "reviewer": "lead", "ruling": "violation", "action": "remove", "policy": "ashen-front",
        "reason": "It recruits.", "protected_purpose": "none", "purpose_note": "Nothing of it.",
    })
}

fn notice(subject: &Value) -> Value {
    json!({
        "service": "forum", "kind": "user", "subject": subject, "reason": "It recruits.",
        "policy": "ashen-front", "name": "A reader", "email": "reader@example.org",
        "good_faith": true,
    })
}

/// Submits an item and gives its row of the answer, with the verdict.
async fn submit(api: &Api, body: &Value) -> Value {
    api.post_json("/v1/items?wait=verdict", body).await["items"][0].clone()
}

/// Submits an item that a term of the bank is in, and gives the case that it opened.
async fn case_about(api: &Api, id: &str) -> String {
    let row = submit(api, &item(id, "velmora is near")).await;
    row["case"].as_str().unwrap().to_owned()
}

/// Makes calls and holds each answer against the description.
struct Caller {
    api: Api,
    description: Description,
    made: BTreeSet<String>,
}

impl Caller {
    async fn new(api: Api) -> Self {
        let description = Description::read(&api).await;
        Self { api, description, made: BTreeSet::new() }
    }

    /// Makes a call such as `GET /v1/cases/{id}`; `with` replaces its parameter, or follows the
    /// path where it begins with `?`.
    async fn call(&mut self, call: &str, with: &str, body: &Value, status: u16) -> Value {
        let text = if body.is_null() { String::new() } else { body.to_string() };
        self.send(call, with, "application/json", text, status).await
    }

    async fn send(
        &mut self,
        call: &str,
        with: &str,
        content_type: &str,
        body: String,
        status: u16,
    ) -> Value {
        let (method, path) = call.split_once(' ').unwrap();
        let path = fill(path, with);
        let headers = [("content-type", content_type)];
        let method = method.parse().unwrap();
        let answer = self.api.send(method, &path, &headers, body.into_bytes()).await;
        assert_eq!(answer.status, status, "{call} {with}: {}", answer.text());
        self.description.check(call, &answer);
        self.made.insert(call.to_owned());
        if answer.content_type.contains("json") { answer.json() } else { Value::Null }
    }

    async fn get(&mut self, call: &str, with: &str, status: u16) -> Value {
        self.call(call, with, &Value::Null, status).await
    }
}

/// Fills the parameters of a path: `a/b` for two of them, a query behind.
fn fill(path: &str, with: &str) -> String {
    let (values, query) = with.split_once('?').map_or((with, None), |(v, q)| (v, Some(q)));
    let mut values = values.split('/');
    let parts = path.split('/').map(|part| {
        if part.starts_with('{') {
            values.next().filter(|value| !value.is_empty()).unwrap_or("x")
        } else {
            part
        }
        .to_owned()
    });
    let path = parts.collect::<Vec<_>>().join("/");
    query.map_or(path.clone(), |query| format!("{path}?{query}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_answers_as_it_is_described() {
    let receiver = Receiver::start(&[]).await;
    let installation = Installation::delivering_to(receiver.port, &receiver.secret);
    prepare(&installation);
    let server = installation.serve();
    let mut caller = Caller::new(server.api(&installation.key(&["admin"]))).await;
    let info = &caller.description.document["info"];
    assert!(caller.description.document["openapi"].as_str().unwrap().starts_with("3.1"));
    assert_eq!(
        (info["title"].as_str(), info["version"].as_str()),
        (Some("Seawall"), Some("0.1.0"))
    );

    let case = item_calls(&mut caller).await;
    desk_calls(&mut caller, &case).await;
    order_calls(&mut caller).await;
    exposure_calls(&mut caller).await;
    redress_calls(&mut caller).await;
    delivery_calls(&mut caller, &case).await;
    threat_calls(&mut caller, &case).await;
    evidence_calls(&mut caller, &case).await;
    bank_calls(&mut caller).await;
    rule_calls(&mut caller).await;
    study_calls(&mut caller).await;
    statement_calls(&mut caller).await;
    log_calls(&mut caller).await;
    assert_eq!(caller.made, caller.description.calls(), "a call without an example, or none such");
}

async fn study_calls(caller: &mut Caller) {
    let follows = json!({ "service": "forum", "follows": [{ "from": "a1", "to": "a2" }] });
    caller.call("POST /v1/follows", "", &follows, 200).await;
    let none = json!({ "service": "forum", "follows": [] });
    caller.call("POST /v1/follows", "", &none, 422).await;
    let order = json!({
        "kind": "campaigns", "service": "forum",
        "source": {
            "from": "history", "since": "2020-01-01T00:00:00Z", "until": "2199-01-01T00:00:00Z",
        },
        "purpose": "To see how the description holds.", "legal_basis": "public_interest",
        "retention_days": 7,
    });
    let ordered = caller.call("POST /v1/studies", "", &order, 202).await;
    let id = ordered["id"].as_str().unwrap().to_owned();
    caller.get("GET /v1/studies", "?limit=5", 200).await;
    let api = caller.api.clone();
    eventually("the study ends", async || {
        let study = api.get_json(&format!("/v1/studies/{id}")).await;
        (study["state"] == "finished").then_some(())
    })
    .await;
    caller.get("GET /v1/studies/{id}", &id, 200).await;
    caller.get("GET /v1/studies/{id}", "study_absent", 404).await;
    caller.get("GET /v1/studies/{id}/result", &id, 200).await;
    caller.call("POST /v1/studies/{id}/stop", &id, &json!({}), 422).await;
    let ordered = caller.call("POST /v1/studies", "", &order, 202).await;
    let id = ordered["id"].as_str().unwrap();
    let path = format!("/v1/studies/{id}/stop");
    let stopped = caller.api.post(&path, &json!({})).await;
    caller.description.check("POST /v1/studies/{id}/stop", &stopped);
}

async fn item_calls(caller: &mut Caller) -> String {
    let (submit, check) = ("POST /v1/items", "POST /v1/check");
    let full = json!({
        "service": "forum", "id": "p1", "kind": "post", "created_at": "2026-01-01T03:13:20+02:00",
        "author": {
            "id": "a1", "handle": "reader", "display_name": null, "bio": "", "followers": 7,
            "created_at": "2025-01-01T00:00:00Z", "standing": "new",
        },
        "text": "velmora is near, see https://harbour.example/pier", "language": "en",
        "links": ["https://harbour.example/pier"], "in_reply_to": "p0", "repost_of": null,
        "thread": "t1", "audience": "public", "region": ["north", { "pier": 7 }],
        "media": [{ "id": "m1", "kind": "image", "bytes": "AAAA", "alt": "a picture" }],
    });
    let judged = caller.call(submit, "?wait=verdict", &full, 200).await;
    caller.call(submit, "", &json!([item("p2", "plain"), item("p3", "velmora")]), 202).await;
    caller.call(submit, "", &json!({ "items": [] }), 422).await;
    caller.call(submit, "", &json!([item("p4", "x"), { "id": 5 }]), 422).await;
    caller.call(submit, "?wait=never", &full, 400).await;
    caller.send(submit, "", "application/json", "{".into(), 400).await;
    caller.send(submit, "", "application/xml", "<item/>".into(), 415).await;
    caller.call(check, "", &full, 200).await;
    caller.call(check, "", &json!(7), 422).await;
    caller.call(check, "?deadline_ms=x", &full, 400).await;
    let verdict = judged["items"][0]["verdict_id"].as_str().unwrap();
    caller.get("GET /v1/verdicts/{id}", verdict, 200).await;
    caller.get("GET /v1/verdicts/{id}", "verdict_none", 404).await;
    let replayed = caller.get("GET /v1/verdicts/{id}/replay", verdict, 200).await;
    assert_eq!(replayed["is_same"], true);
    caller.get("GET /v1/verdicts/{id}/replay", "elsewhere", 404).await;
    judged["items"][0]["case"].as_str().unwrap().to_owned()
}

async fn desk_calls(caller: &mut Caller, case: &str) {
    let (notices, cases, one) = ("POST /v1/notices", "GET /v1/cases", "GET /v1/cases/{id}");
    caller.call(notices, "", &notice(&json!({ "item": "p1" })), 201).await;
    caller.call(notices, "", &notice(&json!({ "account": "a9" })), 201).await;
    caller.call(notices, "", &notice(&json!({ "item": "nowhere" })), 404).await;
    caller.call(notices, "", &json!({ "service": "forum" }), 422).await;
    caller.get(cases, "?status=open&queue=review&limit=2&offset=1", 200).await;
    caller.get(cases, "?status=wrong", 422).await;
    caller.get(cases, "?limit=many", 400).await;
    caller.get(cases, "?colour=blue", 400).await;
    caller.get(one, case, 200).await;
    caller.get(one, "case_none", 404).await;
    caller.get(one, "%FF", 400).await;
    let (decide, undo) = ("POST /v1/cases/{id}/decisions", "POST /v1/cases/{id}/reversals");
    let why = json!({ "reviewer": "lead", "reason": "It quotes." });
    caller.call(undo, case, &why, 409).await;
    caller.call(decide, "case_none", &decision(), 404).await;
    caller.call(decide, case, &json!({ "reviewer": "lead" }), 422).await;
    let mut unfounded = decision();
    unfounded.as_object_mut().unwrap().remove("protected_purpose");
    caller.call(decide, case, &unfounded, 409).await;
    caller.call(decide, case, &decision(), 201).await;
    caller.call(decide, case, &decision(), 409).await;
    caller.get(cases, "?status=decided", 200).await;
    caller.call(undo, case, &json!({ "reviewer": "nobody", "reason": "r" }), 422).await;
    caller.call(undo, case, &why, 201).await;
    caller.call(undo, "case_none", &why, 404).await;
    let mut labelled = decision();
    labelled["action"] = "label".into();
    labelled["labels"] = json!(["recruits"]);
    caller.call(decide, case, &labelled, 201).await;
    caller.get(one, case, 200).await;
}

async fn redress_calls(caller: &mut Caller) {
    let appeal = json!({
        "service": "forum", "decision": "decision_none", "by": { "account": "a1" },
        "ground": "not_a_violation", "reason": "It is a report.", "language": "en",
    });
    caller.call("POST /v1/appeals", "", &appeal, 404).await;
    caller.call("POST /v1/appeals", "", &json!({ "service": "forum" }), 422).await;
    caller.get("GET /v1/appeals", "", 200).await;
    caller.get("GET /v1/appeals/counts", "", 200).await;
    let hearing = json!({ "reviewer": "lead", "outcome": "upheld", "reason": "It calls to arms." });
    caller.call("POST /v1/appeals/{id}/answers", "appeal_none", &hearing, 404).await;
    let ladder = json!({ "steps": [{ "strikes": 2, "action": "warn" }] });
    caller.call("POST /v1/ladder/trials", "", &json!({ "ladder": ladder }), 200).await;
    caller.call("POST /v1/ladder", "", &json!({ "ladder": ladder }), 422).await;
    caller.get("GET /v1/ladder", "", 200).await;
    caller.get("GET /v1/flaggers", "", 200).await;
    caller.call("POST /v1/flaggers", "", &json!({ "name": "Harbour Watch" }), 422).await;
    caller.get("GET /v1/flaggers/{id}/outcomes", "flagger_none", 404).await;
    caller.get("GET /v1/referrals/summary", "", 200).await;
}

async fn order_calls(caller: &mut Caller) {
    let (take, read) = ("POST /v1/orders", "GET /v1/orders/{id}");
    let order =
        json!({ "kind": "tco_removal", "service": "forum", "form": { "file_number": "1" } });
    let taken = caller.call(take, "", &order, 201).await;
    let id = taken["id"].as_str().unwrap();
    caller.call(take, "", &json!({ "kind": "wish", "service": "forum", "form": {} }), 422).await;
    caller.get("GET /v1/orders", "?status=received&limit=2", 200).await;
    caller.get("GET /v1/orders", "?status=lost", 422).await;
    caller.get(read, id, 200).await;
    caller.get(read, "order_none", 404).await;
    let act = "POST /v1/orders/{id}/acts";
    caller.call(act, id, &json!({ "reviewer": "lead", "act": "execute" }), 409).await;
    caller.call(act, id, &json!({ "reviewer": "lead", "act": "dance" }), 422).await;
    caller.call(act, id, &json!({ "act": "execute" }), 422).await;
    caller.call(act, "order_none", &json!({ "reviewer": "lead", "act": "execute" }), 404).await;
    let refuse = json!({ "reviewer": "lead", "act": "refuse", "reason": "It is a forgery." });
    caller.call(act, id, &refuse, 201).await;
    let authority = json!({ "id": "office", "name": "Office of Example", "member_state": "DE" });
    caller.call("POST /v1/authorities", "", &authority, 201).await;
    caller.call("POST /v1/authorities", "", &json!({ "id": "office" }), 422).await;
    caller.get("GET /v1/authorities", "", 200).await;
    let duty = json!({
        "reviewer": "lead", "from": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z",
    });
    caller.call("POST /v1/duties", "", &duty, 422).await;
    let (from, until) = ("2199-01-01T00:00:00Z", "2199-01-02T00:00:00Z");
    let duty = json!({ "reviewer": "lead", "from": from, "until": until });
    caller.call("POST /v1/duties", "", &duty, 201).await;
    caller.get("GET /v1/duties", "", 200).await;
    caller.get("GET /v1/letters", "?state=pending", 200).await;
    caller.call("POST /v1/letters/{id}/again", "letter_none", &json!({}), 404).await;
}

async fn threat_calls(caller: &mut Caller, case: &str) {
    let raise = "POST /v1/cases/{id}/threats";
    let threat = json!({ "reviewer": "lead", "kind": "life", "form": { "danger": "attack" } });
    let raised = caller.call(raise, case, &threat, 201).await;
    let id = raised["id"].as_str().unwrap();
    caller.call(raise, case, &json!({ "reviewer": "lead", "kind": "rain" }), 422).await;
    caller.call(raise, "case_none", &threat, 404).await;
    caller.get("GET /v1/threats", "?status=raised&limit=2", 200).await;
    caller.get("GET /v1/threats", "?status=lost", 422).await;
    caller.get("GET /v1/threats/{id}", id, 200).await;
    caller.get("GET /v1/threats/{id}", "threat_none", 404).await;
    let act = "POST /v1/threats/{id}/acts";
    let confirm = json!({ "reviewer": "lead", "act": "confirm" });
    caller.call(act, id, &confirm, 409).await;
    caller.call(act, "threat_none", &confirm, 404).await;
    caller.call(act, id, &json!({ "reviewer": "lead", "act": "dance" }), 422).await;
    let told = json!({
        "reviewer": "lead", "act": "told_beside", "name": "local police", "note": "A. Example",
    });
    caller.call(act, id, &told, 201).await;
}

async fn exposure_calls(caller: &mut Caller) {
    let (note, read) = ("POST /v1/exposures", "GET /v1/exposures/{id}");
    let decision = json!({
        "reference": "5-4/1", "notified_at": "2026-01-01T00:00:00Z", "says": "Three orders.",
    });
    let noted = json!({
        "reviewer": "lead", "service": "forum", "authority": "office", "decision": decision,
    });
    let made = caller.call(note, "", &noted, 201).await;
    let id = made["exposure"]["id"].as_str().unwrap();
    caller.call(note, "", &noted, 422).await;
    let unknown = json!({
        "reviewer": "lead", "service": "wiki", "authority": "none", "decision": decision,
    });
    caller.call(note, "", &unknown, 404).await;
    caller.get("GET /v1/exposures", "?status=in_force&limit=2", 200).await;
    caller.get("GET /v1/exposures", "?status=lost", 422).await;
    caller.get(read, id, 200).await;
    caller.get(read, "exposure_none", 404).await;
    let step = "POST /v1/exposures/{id}/steps";
    let mut measure = json!({
        "title": "Known texts", "words": "They wait for a person.", "kind": "technical",
        "from": "2026-01-02T00:00:00Z", "worked": { "by": "program", "oversight": "Two people." },
        "effect": "Nine of ten.", "limits": "Public posts.", "rights": "A person looks first.",
        "rules": ["any"],
    });
    let take =
        |measure: &Value| json!({ "reviewer": "lead", "step": "take_measure", "measure": measure });
    caller.call(step, id, &take(&measure), 201).await;
    measure["worked"] = json!({ "by": "people" });
    caller.call(step, id, &take(&measure), 409).await;
    caller.call(step, id, &json!({ "reviewer": "lead", "step": "dance" }), 422).await;
    let draft = json!({ "reviewer": "lead", "step": "draft" });
    caller.call(step, "exposure_none", &draft, 404).await;
    caller.call(step, id, &draft, 201).await;
    let write =
        json!({ "reviewer": "lead", "step": "write", "done": "Texts.", "intended": "Videos." });
    let written = caller.call(step, id, &write, 201).await;
    let send = |sha256: &Value| {
        json!({
            "reviewer": "lead", "step": "send", "sha256": sha256,
            "handed_over": { "by": "person", "how": "By courier." },
        })
    };
    caller.call(step, id, &send(&json!("ab")), 422).await;
    caller.call(step, id, &send(&written["draft"]["sha256"]), 201).await;
    let report = "GET /v1/exposures/{id}/reports/{number}";
    caller.get(report, &format!("{id}/1"), 200).await;
    caller.get(report, &format!("{id}/2"), 404).await;
}

async fn evidence_calls(caller: &mut Caller, case: &str) {
    let (list, one) = ("GET /v1/evidence", "GET /v1/evidence/{id}");
    let api = caller.api.clone();
    let id = eventually("the originals are sealed", async || {
        let found = api.get_json(&format!("/v1/evidence?case={case}")).await;
        let kept = found["preservations"].as_array().unwrap().first().cloned()?;
        (kept["state"] == "kept").then(|| kept["id"].as_str().unwrap().to_owned())
    })
    .await;
    caller.get(list, "", 200).await;
    caller.get(list, "?case=x", 422).await;
    caller.get(list, "?colour=blue", 400).await;
    assert_eq!(caller.get(one, &id, 200).await["originals"][0]["name"], "1.json");
    caller.get(one, "preservation_none", 404).await;
    let ask = "POST /v1/evidence/{id}/accesses";
    let why = json!({ "purpose": "complaint", "reason": "An appeal came in." });
    caller.call(ask, &id, &json!({ "purpose": "curiosity", "reason": "r" }), 422).await;
    caller.call(ask, &id, &json!({ "purpose": "review", "reason": " " }), 422).await;
    caller.call(ask, "preservation_none", &why, 404).await;
    assert_eq!(caller.call(ask, &id, &why, 201).await["number"], 1);
    let leave = "POST /v1/evidence/{id}/accesses/{number}/leave";
    caller.call(leave, &format!("{id}/1"), &Value::Null, 422).await;
    caller.call(leave, &format!("{id}/9"), &Value::Null, 404).await;
    let original = "GET /v1/evidence/{id}/accesses/{number}/originals/{name}";
    caller.get(original, &format!("{id}/1/1.json"), 200).await;
    caller.get(original, &format!("{id}/1/2.json"), 404).await;
    caller.get(original, &format!("{id}/2/1.json"), 422).await;
    let prolong = "POST /v1/evidence/{id}/prolongations";
    let longer =
        |until: &str| json!({ "asked_by": "A court", "proceedings": "7/26", "until": until });
    caller.call(prolong, &id, &longer("2020-01-01T00:00:00Z"), 422).await;
    caller.call(prolong, &id, &longer("2100-01-01T00:00:00Z"), 201).await;
    let archives = "POST /v1/cases/{id}/archives";
    caller.call(archives, "case_none", &json!({}), 404).await;
    caller.call(archives, case, &json!({}), 415).await;
    let (hold, release) = ("POST /v1/evidence/{id}/holds", "POST /v1/evidence/{id}/releases");
    let reason = json!({ "reason": "A threat is looked into." });
    caller.call(release, &id, &reason, 422).await;
    caller.call(hold, &id, &reason, 201).await;
    caller.call(release, &id, &reason, 201).await;
    caller.call(hold, "preservation_none", &reason, 404).await;
    caller.call(release, "preservation_none", &reason, 404).await;
}

async fn delivery_calls(caller: &mut Caller, case: &str) {
    let api = caller.api.clone();
    let delivered = eventually("the actions are delivered", async || {
        let found = api.get_json("/v1/deliveries?state=delivered").await;
        // The removal may have been withdrawn before it was sent; the label is the last of all.
        let mut rows = found["deliveries"].as_array().unwrap().clone();
        let is_last = rows.iter().any(|row| row["action"]["kind"] == "label");
        rows.retain(|row| row["action"]["kind"] == "label");
        is_last.then_some(rows)
    })
    .await;
    assert!(delivered.iter().all(|row| row["action"]["case"] == case));
    let deliveries = "GET /v1/deliveries";
    caller.get(deliveries, "?state=delivered", 200).await;
    caller.get(deliveries, "?state=dead", 200).await;
    caller.get(deliveries, "", 400).await;
    let redeliver = "POST /v1/deliveries/{action}/redelivery";
    let action = delivered[0]["action"]["id"].as_str().unwrap();
    caller.call(redeliver, action, &Value::Null, 202).await;
    caller.call(redeliver, "action_none", &Value::Null, 404).await;
    caller.get("GET /v1/cases/{id}", case, 200).await;
}

async fn bank_calls(caller: &mut Caller) {
    let (add, list) = ("POST /v1/banks/{bank}/entries", "GET /v1/banks/{bank}/entries");
    let csv = "kind,value,language,labels\nterm,orrin,en,a;b\npdq,short,,\n";
    let imported = caller.send(add, "more", "text/csv", csv.into(), 201).await;
    assert_eq!((&imported["entries"], &imported["problems"][0]["line"]), (&json!(1), &json!(3)));
    let line = json!({ "kind": "domain", "value": "harbour.example", "case": "exact",
        "expires_at": "2100-01-01T00:00:00Z", "confidence": 80, "note": "n", "source": "s" });
    caller.send(add, "more", "application/x-ndjson", line.to_string(), 201).await;
    caller.send(add, "no bank", "text/csv", csv.into(), 422).await;
    caller.send(add, "more", "image/png", csv.into(), 415).await;
    caller.get("GET /v1/banks", "", 200).await;
    let entries = caller.get(list, "more?limit=10", 200).await;
    let entry = entries["entries"][0]["id"].as_str().unwrap();
    caller.get(list, &format!("more?after={entry}"), 200).await;
    caller.get(list, "more?after=wrong", 422).await;
    caller.get(list, "more?limit=-1", 400).await;
    let (read, speak) =
        ("GET /v1/banks/{bank}/entries/{entry}", "POST /v1/banks/{bank}/entries/{entry}/opinions");
    let disputes = json!({ "kind": "disputes", "note": "too common" });
    caller.call(speak, &format!("more/{entry}"), &disputes, 201).await;
    caller.call(speak, &format!("words/{entry}"), &disputes, 404).await;
    caller.call(speak, &format!("more/{entry}"), &json!({ "kind": "quarantines" }), 422).await;
    caller.call(speak, &format!("more/{entry}"), &json!({ "kind": "likes" }), 422).await;
    caller.get(read, &format!("more/{entry}"), 200).await;
    caller.get(read, "more/entry_none", 404).await;
    let asked = caller.get("GET /v1/banks/in-question", "", 200).await;
    assert_eq!(asked["entries"][0]["opinion"]["note"], "too common");
    let (settings, write) = ("GET /v1/banks/{bank}/settings", "POST /v1/banks/{bank}/settings");
    caller.call(write, "more", &json!({ "distance_bits": 20 }), 200).await;
    caller.call(write, "more", &json!({ "distance_bits": 64 }), 422).await;
    caller.call(write, "more", &json!({ "distance": 1 }), 422).await;
    let written = caller.get(settings, "more", 200).await;
    assert_eq!(written["distance_bits"], 20);
    caller.get("GET /v1/learned", "", 200).await;
    let retire = "DELETE /v1/banks/{bank}/entries/{entry}";
    caller.get(retire, &format!("words/{entry}"), 404).await;
    caller.get(retire, &format!("more/{entry}"), 200).await;
    caller.get(retire, &format!("more/{entry}"), 422).await;
    caller.get(retire, "more/entry_none", 404).await;
}

/// A rule file with a rule that acts by itself.
fn rules(when: &str) -> Value {
    let text = format!(
        "[[rule]]\nname = \"seen\"\nowner = \"test\"\npolicy = \"ashen-front\"\n\
         description = \"A test.\"\nwhen = '{when}'\nlabels = [\"seen\"]\nqueue = \"review\"\n\
         priority = 50\n"
    );
    json!({ "files": [{ "name": "test.toml", "text": text }] })
}

async fn rule_calls(caller: &mut Caller) {
    let (promote, check) = ("POST /v1/rules", "POST /v1/rules/check");
    let (right, wrong) = (rules("term.count > 0"), rules("term.count >"));
    caller.get("GET /v1/rules", "", 200).await;
    let checked = caller.call(check, "", &right, 200).await;
    assert_eq!((&checked["is_right"], &checked["rules"]), (&json!(true), &json!(1)));
    assert_eq!(caller.call(check, "", &wrong, 200).await["is_right"], false);
    caller.call(check, "", &json!({ "files": "none" }), 422).await;
    caller.call(promote, "", &right, 201).await;
    caller.call(promote, "", &wrong, 422).await;
    caller.get("GET /v1/rules", "", 200).await;
    caller.get("GET /v1/policies", "", 200).await;
}

async fn statement_calls(caller: &mut Caller) {
    let listed = caller.get("GET /v1/statements", "?service=forum&limit=5", 200).await;
    let id = listed["statements"][0]["id"].as_str().unwrap().to_owned();
    caller.get("GET /v1/statements", &format!("?after={id}"), 200).await;
    caller.get("GET /v1/statements", "?after=case_1", 422).await;
    caller.get("GET /v1/statements/{id}", &id, 200).await;
    caller.get("GET /v1/statements/{id}", "statement_none", 404).await;
}

async fn log_calls(caller: &mut Caller) {
    caller.get("GET /v1/events", "?limit=500", 200).await;
    caller.get("GET /v1/events", "?after=18446744073709551615", 200).await;
    caller.get("GET /v1/events", "?after=-1", 400).await;
    caller.get("GET /v1/records", "?from=0&limit=500", 200).await;
    caller.get("GET /v1/records", "?from=18446744073709551615", 200).await;
    caller.get("GET /v1/records", "?from=first", 400).await;
    caller.get("GET /v1/records/checkpoint", "", 200).await;
    caller.get("GET /v1/log/checkpoint", "", 200).await;
    caller.get("GET /v1/log/tile/{path}", "0%2F000.p%2F1", 200).await;
    caller.get("GET /v1/log/tile/{path}", "9%2F000", 404).await;
    for call in ["GET /healthz", "GET /readyz", "GET /metrics"] {
        caller.get(call, "", 200).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_not_as_described_is_noticed() {
    let installation = Installation::new();
    let server = installation.serve();
    let api = server.api(&installation.key(&["admin"]));
    let description = Description::read(&api).await;
    let answer = api.get("/v1/policies").await;
    description.check("GET /v1/policies", &answer);
    let with = |from: &str, to: &str| {
        let text = answer.text().replace(from, to);
        assert_ne!(text, answer.text());
        Answer { body: text.into_bytes(), ..answer.clone() }
    };
    let wrong = [
        ("a field that is not declared", with("\"version\"", "\"v\":1,\"version\"")),
        ("a field that is absent", with("\"policies\"", "\"policy\"")),
        ("a wrong type", with("\"version\":1", "\"version\":\"1\"")),
        ("a status", Answer { status: 418, ..answer.clone() }),
        ("a content type", Answer { content_type: "text/html".into(), ..answer.clone() }),
    ];
    for (name, answer) in wrong {
        let checking = || description.check("GET /v1/policies", &answer);
        let noticed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(checking));
        assert!(noticed.is_err(), "{name} was not noticed");
    }
}

/// The scope that each call needs.
const SCOPES: &[(&str, &str)] = &[
    ("POST /v1/items", "submit"),
    ("POST /v1/check", "submit"),
    ("GET /v1/verdicts/{id}", "review"),
    ("GET /v1/verdicts/{id}/replay", "review"),
    ("POST /v1/notices", "notice"),
    ("GET /v1/cases", "review"),
    ("GET /v1/cases/{id}", "review"),
    ("POST /v1/cases/{id}/decisions", "review"),
    ("POST /v1/cases/{id}/reversals", "review"),
    ("GET /v1/deliveries", "report"),
    ("POST /v1/deliveries/{action}/redelivery", "admin"),
    ("GET /v1/banks", "curate"),
    ("GET /v1/banks/{bank}/entries", "curate"),
    ("POST /v1/banks/{bank}/entries", "curate"),
    ("DELETE /v1/banks/{bank}/entries/{entry}", "curate"),
    ("GET /v1/banks/{bank}/entries/{entry}", "curate"),
    ("POST /v1/banks/{bank}/entries/{entry}/opinions", "curate"),
    ("GET /v1/banks/in-question", "curate"),
    ("GET /v1/banks/{bank}/settings", "curate"),
    ("POST /v1/banks/{bank}/settings", "curate"),
    ("GET /v1/learned", "curate"),
    ("GET /v1/rules", "curate"),
    ("POST /v1/rules", "curate"),
    ("POST /v1/rules/check", "curate"),
    ("GET /v1/policies", "review"),
    ("GET /v1/statements", "review"),
    ("GET /v1/statements/{id}", "review"),
    ("GET /v1/events", "report"),
    ("GET /v1/records", "report"),
    ("GET /v1/records/checkpoint", "report"),
    ("GET /v1/log/checkpoint", "report"),
    ("GET /v1/log/tile/{path}", "report"),
    ("POST /v1/follows", "submit"),
    ("POST /v1/studies", "study"),
    ("GET /v1/studies", "study"),
    ("GET /v1/studies/{id}", "study"),
    ("GET /v1/studies/{id}/result", "study"),
    ("POST /v1/studies/{id}/stop", "study"),
    ("POST /v1/appeals", "notice"),
    ("GET /v1/appeals", "review"),
    ("GET /v1/appeals/counts", "report"),
    ("POST /v1/appeals/{id}/answers", "review"),
    ("GET /v1/ladder", "curate"),
    ("POST /v1/ladder", "curate"),
    ("POST /v1/ladder/trials", "curate"),
    ("GET /v1/flaggers", "report"),
    ("POST /v1/flaggers", "admin"),
    ("GET /v1/flaggers/{id}/outcomes", "report"),
    ("GET /v1/referrals/summary", "report"),
    ("POST /v1/orders", "order"),
    ("GET /v1/orders", "review"),
    ("GET /v1/orders/{id}", "review"),
    ("POST /v1/orders/{id}/acts", "review"),
    ("POST /v1/cases/{id}/threats", "review"),
    ("GET /v1/threats", "review"),
    ("GET /v1/threats/{id}", "review"),
    ("POST /v1/threats/{id}/acts", "review"),
    ("POST /v1/exposures", "review"),
    ("GET /v1/exposures", "review"),
    ("GET /v1/exposures/{id}", "review"),
    ("POST /v1/exposures/{id}/steps", "review"),
    ("GET /v1/exposures/{id}/reports/{number}", "review"),
    ("GET /v1/authorities", "review"),
    ("POST /v1/authorities", "admin"),
    ("GET /v1/duties", "review"),
    ("POST /v1/duties", "admin"),
    ("GET /v1/letters", "report"),
    ("POST /v1/letters/{id}/again", "admin"),
    ("GET /v1/evidence", "review"),
    ("GET /v1/evidence/{id}", "review"),
    ("POST /v1/evidence/{id}/accesses", "review"),
    ("POST /v1/evidence/{id}/accesses/{number}/leave", "review"),
    ("GET /v1/evidence/{id}/accesses/{number}/originals/{name}", "review"),
    ("POST /v1/evidence/{id}/prolongations", "review"),
    ("POST /v1/evidence/{id}/holds", "review"),
    ("POST /v1/evidence/{id}/releases", "review"),
    ("POST /v1/cases/{id}/archives", "review"),
];

#[tokio::test(flavor = "multi_thread")]
async fn calls_need_a_key_with_their_scope() {
    let installation = installation();
    let server = installation.serve();
    let revoked = installation.new_key(&["admin"], None);
    installation.run(&["key", "revoke", revoked["id"].as_str().unwrap()]);
    let scopes = ["submit", "notice", "review", "curate", "report", "study", "order"];
    let others: BTreeMap<&str, String> = [&scopes[..], &["admin"]]
        .concat()
        .into_iter()
        .map(|scope| {
            let rest: Vec<&str> = scopes.into_iter().filter(|other| *other != scope).collect();
            (scope, installation.key(&rest))
        })
        .collect();
    let mut caller = Caller::new(server.api("none")).await;
    let needing = caller.description.calls().into_iter();
    let needing: BTreeSet<String> =
        needing.filter(|call| caller.description.needs_key(call)).collect();
    assert_eq!(needing, SCOPES.iter().map(|(call, _)| (*call).to_owned()).collect());
    for (call, scope) in SCOPES.iter().copied() {
        let needs_state = ["GET /v1/deliveries", "GET /v1/letters"].contains(&call);
        let with = if needs_state { "?state=dead" } else { "" };
        let refused = [
            (None, 401, "Authorization"),
            (Some("unknown"), 401, "not known"),
            (revoked["key"].as_str(), 401, "revoked"),
            (Some(others[scope].as_str()), 403, scope),
        ];
        for (key, status, words) in refused {
            caller.api = caller.api.as_key(key);
            let problem = caller.call(call, with, &json!({}), status).await;
            let detail = problem["detail"].as_str().unwrap();
            assert!(detail.contains(words), "{call}: {detail}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_speaks_for_its_service_alone() {
    let installation = installation();
    let server = installation.serve();
    let admin = server.api(&installation.key(&["admin"]));
    let case = case_about(&admin, "p1").await;
    admin.post_json(&format!("/v1/cases/{case}/decisions"), &decision()).await;
    let found = admin.get_json("/v1/deliveries?state=pending").await;
    let action = found["deliveries"][0]["action"]["id"].as_str().unwrap().to_owned();
    let verdict = submit(&admin, &item("p1", "velmora is near")).await["verdict_id"].clone();
    let verdict = verdict.as_str().unwrap();

    let bound = installation.new_key(&["admin"], Some("elsewhere"));
    let mut caller = Caller::new(server.api(bound["key"].as_str().unwrap())).await;
    let calls = [
        ("POST /v1/items", String::new(), item("p2", "plain")),
        ("POST /v1/check", String::new(), item("p2", "plain")),
        ("POST /v1/notices", String::new(), notice(&json!({ "item": "p1" }))),
        ("GET /v1/verdicts/{id}", verdict.to_owned(), Value::Null),
        ("GET /v1/verdicts/{id}/replay", verdict.to_owned(), Value::Null),
        ("GET /v1/cases/{id}", case.clone(), Value::Null),
        ("POST /v1/cases/{id}/decisions", case.clone(), decision()),
        (
            "POST /v1/cases/{id}/reversals",
            case.clone(),
            json!({ "reviewer": "lead", "reason": "r" }),
        ),
        ("POST /v1/deliveries/{action}/redelivery", action, Value::Null),
    ];
    for (call, with, body) in calls {
        let problem = caller.call(call, &with, &body, 403).await;
        assert!(problem["detail"].as_str().unwrap().contains("`elsewhere`"), "{call}: {problem}");
    }
    let lists = [
        ("GET /v1/cases", "?status=decided", "cases"),
        ("GET /v1/deliveries", "?state=pending", "deliveries"),
    ];
    for (call, with, rows) in lists {
        assert_eq!(caller.get(call, with, 200).await[rows], json!([]), "{call}");
    }
    let events = caller.get("GET /v1/events", "?limit=500", 200).await;
    let events = events["events"].as_array().unwrap();
    assert!(events.is_empty(), "nothing happened at that service: {events:#?}");
    let files = json!({ "files": [] });
    for (call, with, body) in [
        ("GET /v1/records", "", &Value::Null),
        ("POST /v1/rules", "", &files),
        ("GET /v1/banks/{bank}/entries", "terms", &Value::Null),
    ] {
        caller.call(call, with, body, 403).await;
    }
}

/// Sends a request twenty times at once and once after, and gives the one answer of all.
async fn repeatedly(api: &Api, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let sending = (0..20).map(|_| api.send(Method::POST, path, headers, body.into()));
    let mut answers = futures_util::future::join_all(sending).await;
    answers.push(api.send(Method::POST, path, headers, body.into()).await);
    let first = answers[0].clone();
    assert!((200..300).contains(&first.status), "{path}: {}", first.text());
    for answer in answers {
        assert_eq!(answer, first, "{path}: {} or {}", answer.text(), first.text());
    }
    first
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_gets_its_first_answer() {
    let installation = installation();
    let server = installation.serve();
    let api = server.api(&installation.key(&["admin"]));
    let (decided, undone) = (case_about(&api, "p1").await, case_about(&api, "p2").await);
    api.post_json(&format!("/v1/cases/{undone}/decisions"), &decision()).await;
    let why = json!({ "reviewer": "lead", "reason": "It quotes." });
    let (csv, entry) = ("text/csv", "kind,value\nterm,orrin\n".to_owned());
    let json_type = "application/json";
    // Each may see one record more: what is preserved is sealed beside the requests.
    let requests = [
        ("/v1/items?wait=verdict".into(), json_type, item("p9", "velmora").to_string(), 4),
        ("/v1/notices".into(), json_type, notice(&json!({ "item": "p1" })).to_string(), 3),
        (format!("/v1/cases/{decided}/decisions"), json_type, decision().to_string(), 5),
        (format!("/v1/cases/{undone}/reversals"), json_type, why.to_string(), 4),
        ("/v1/banks/more/entries".into(), csv, entry, 2),
        ("/v1/rules".into(), json_type, rules("term.count > 1").to_string(), 2),
    ];
    for (number, (path, content_type, body, records)) in requests.into_iter().enumerate() {
        let token = format!("token-{number}");
        let headers = [("content-type", content_type), ("idempotency-key", token.as_str())];
        let before = api.records().await;
        repeatedly(&api, &path, &headers, &body).await;
        let made = api.records().await - before;
        assert!(made <= records, "{path}: {made} records instead of {records}");
        let other = api.send(Method::POST, &path, &headers, format!("{body} ").into()).await;
        assert_eq!(other.status, 422, "{path}: {}", other.text());
        assert_eq!(other.json()["type"], "urn:seawall:problem:key-reused");
    }
    let entries = api.get_json("/v1/banks/more/entries").await;
    assert_eq!(entries["entries"].as_array().unwrap().len(), 1);
    let case = api.get_json(&format!("/v1/cases/{decided}")).await;
    assert_eq!(case["decisions"].as_array().unwrap().len(), 1);
    assert_eq!(case["case"]["notices"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_claims_its_case_and_nothing_that_is_refused_does() {
    let installation = installation();
    let server = installation.serve();
    let api = server.api(&installation.key(&["admin"]));
    let case = case_about(&api, "p1").await;
    let before = api.records().await;
    for (field, value) in
        [("policy", json!("none")), ("reason", json!("")), ("reviewer", json!("x"))]
    {
        let mut wrong = decision();
        wrong[field] = value;
        let answer = api.post(&format!("/v1/cases/{case}/decisions"), &wrong).await;
        assert!([409, 422].contains(&answer.status), "{field}: {}", answer.text());
    }
    assert_eq!(api.records().await, before, "a refused decision left a record");
    let decided = api.post_json(&format!("/v1/cases/{case}/decisions"), &decision()).await;
    assert_eq!(decided["status"], "decided");
    assert_eq!(decided["decision"]["findings"][0]["protected_purpose"], "none");
}

#[tokio::test(flavor = "multi_thread")]
async fn items_are_judged_kept_and_recognised() {
    let installation = installation();
    let server = installation.serve();
    let api = server.api(&installation.key(&["submit", "review"]));
    let first = api.post("/v1/items", &item("p1", "velmora is near")).await;
    assert_eq!(first.status, 202);
    let row = &first.json()["items"][0];
    assert_eq!((row.get("verdict"), row["is_repeated"].as_bool()), (None, Some(false)));
    let again = submit(&api, &item("p1", "velmora is near")).await;
    assert_eq!(again["is_repeated"], true);
    assert_eq!(again["verdict_id"], row["verdict_id"]);
    assert_eq!(again["verdict"]["outcome"], "review");
    assert_eq!(
        again["matches"][0]["spans"][0],
        json!({
            "start": 0, "end": 7, "utf16": { "start": 0, "end": 7 },
        })
    );
    let other = submit(&api, &item("p1", "velmora is here")).await;
    assert_eq!((&other["is_repeated"], &other["case"]), (&json!(false), &row["case"]));
    assert_ne!(other["verdict_id"], row["verdict_id"]);
    let case = api.get_json(&format!("/v1/cases/{}", row["case"].as_str().unwrap())).await;
    assert_eq!(case["case"]["verdicts"].as_array().unwrap().len(), 2);

    let checked = api.post_json("/v1/check", &item("p7", "velmora")).await;
    assert_eq!(checked["items"][0]["verdict"]["outcome"], "review");
    assert_eq!(submit(&api, &item("p7", "velmora")).await["is_repeated"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_items_come_at_once() {
    let installation = installation();
    let server = installation.serve();
    let api = server.api(&installation.key(&["submit", "report"]));
    let text = |number: usize| if number.is_multiple_of(100) { "velmora" } else { "plain" };
    let mut items: Vec<Value> =
        (0..1_000).map(|number| item(&format!("p{number}"), text(number))).collect();
    let before = api.records().await;
    let answer = api.post_json("/v1/items?wait=verdict", &json!(items)).await;
    let rows = answer["items"].as_array().unwrap();
    for (number, row) in rows.iter().enumerate() {
        assert_eq!(row["item"], format!("p{number}"));
        let outcome = if number % 100 == 0 { "review" } else { "allow" };
        assert_eq!(row["verdict"]["outcome"], outcome);
    }
    assert_eq!((rows.len(), api.records().await - before), (1_000, 1_010));
    items.push(item("one-more", "plain"));
    let refused = api.post("/v1/items", &json!({ "items": items })).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("1001 items; send 1 to 1000"), "{}", refused.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_feed_and_the_log_tell_everything_once() {
    let installation = installation();
    let server = installation.serve();
    let api = server.api(&installation.key(&["submit", "report"]));
    let items: Vec<Value> = (0..25).map(|number| item(&format!("p{number}"), "plain")).collect();
    api.post_json("/v1/items", &json!(items)).await;
    let (mut after, mut seqs, mut judged) = (String::new(), Vec::new(), Vec::new());
    loop {
        let page = api.get_json(&format!("/v1/events?limit=7{after}")).await;
        let events = page["events"].as_array().unwrap().clone();
        if events.is_empty() {
            break;
        }
        after = format!("&after={}", page["cursor"]);
        seqs.extend(events.iter().map(|event| event["seq"].as_u64().unwrap()));
        judged
            .extend(events.iter().filter_map(|event| event["body"]["item"].as_str().map(str::len)));
    }
    let total = api.records().await;
    assert_eq!(seqs, (0..total).collect::<Vec<_>>());
    assert_eq!(judged.len(), 25);
    log_verifies(&api, total).await;
}

/// Recomputes the log from its pages, and holds it against the signed checkpoint.
async fn log_verifies(api: &Api, total: u64) {
    let checkpoint = api.get_json("/v1/records/checkpoint").await;
    let (origin, key) =
        audit::read_verifier_key(checkpoint["verifier_key"].as_str().unwrap()).unwrap();
    let signed = audit::verify_checkpoint(checkpoint["note"].as_str().unwrap(), &key).unwrap();
    assert_eq!((origin.as_str(), signed.head.next), ("seawall", total));
    let mut verifier = audit::Verifier::new();
    let mut from = 0;
    while from < total {
        let page = api.get_json(&format!("/v1/records?from={from}&limit=9")).await;
        for record in page["records"].as_array().unwrap() {
            let bytes = |field: &str| hex::decode(record[field].as_str().unwrap()).unwrap();
            verifier.push(&bytes("bytes"), &bytes("hash")).unwrap();
            assert_eq!(record["record"]["seq"], from);
            from += 1;
        }
    }
    verifier.finish(Some(&signed.head)).unwrap();
}

/// Makes the next attempt of every delivery due, as if the wait were over.
async fn hurry(folder: &Path) {
    use sea_orm::ConnectionTrait;
    let address = format!("sqlite://{}?mode=rw", folder.join("seawall.db").display());
    let database = sea_orm::Database::connect(address).await.unwrap();
    let due = "UPDATE outbox SET next_us = 0 WHERE state = 'pending'";
    database.execute_unprepared(due).await.unwrap();
    database.close().await.unwrap();
}

async fn delivery(api: &Api, state: &str) -> Option<Value> {
    let found = api.get_json(&format!("/v1/deliveries?state={state}")).await;
    found["deliveries"].as_array().unwrap().first().cloned()
}

struct Delivering {
    receiver: Receiver,
    installation: Installation,
    key: String,
}

impl Delivering {
    /// An installation whose receiver answers with these statuses first.
    async fn new(statuses: &[u16]) -> Self {
        let receiver = Receiver::start(statuses).await;
        let installation = Installation::delivering_to(receiver.port, &receiver.secret);
        prepare(&installation);
        let key = installation.key(&["admin"]);
        Self { receiver, installation, key }
    }

    fn serve(&self) -> (Server, Api) {
        let server = self.installation.serve();
        let api = server.api(&self.key);
        (server, api)
    }

    /// Waits until the receiver heard so many webhooks.
    async fn heard(&self, count: usize) {
        eventually("the receiver hears it", async || {
            (self.receiver.heard().len() >= count).then_some(())
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_reaches_its_service_once_and_its_reversal_gives_back() {
    let world = Delivering::new(&[]).await;
    let (_server, api) = world.serve();
    let case = case_about(&api, "p1").await;
    let decided = api.post_json(&format!("/v1/cases/{case}/decisions"), &decision()).await;
    world.heard(1).await;
    let why = json!({ "reviewer": "lead", "reason": "It quotes." });
    api.post_json(&format!("/v1/cases/{case}/reversals"), &why).await;
    world.heard(2).await;
    tokio::time::sleep(Duration::from_millis(400)).await;
    let heard = world.receiver.heard();
    assert_eq!(heard.len(), 2, "an action came twice: {heard:#?}");
    let (taken, given) = (&heard[0], &heard[1]);
    assert_eq!(taken.event["data"], decided["actions"][0]);
    assert_eq!(
        (taken.event["id"].as_str(), taken.event["type"].as_str()),
        (Some(taken.id.as_str()), Some("seawall.action.ordered"),)
    );
    assert_eq!(taken.event["data"]["kind"], "remove");
    assert_eq!(taken.event["data"]["target"], json!({ "item": "p1" }));
    assert_eq!(given.event["data"]["kind"], "restore");
    assert_eq!(given.event["data"]["reverses"], taken.event["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_fails_gets_it_when_it_recovers_also_after_a_restart() {
    let world = Delivering::new(&[500, 404, 503]).await;
    let (server, api) = world.serve();
    let case = case_about(&api, "p1").await;
    api.post_json(&format!("/v1/cases/{case}/decisions"), &decision()).await;
    world.heard(1).await;
    let waiting = eventually("the failure is noted", async || {
        delivery(&api, "pending").await.filter(|row| row["attempts"] == 1)
    })
    .await;
    assert!(waiting["problem"].as_str().unwrap().contains("500"), "{waiting}");
    server.stop();

    let (_server, api) = world.serve();
    for attempt in 2..=4 {
        hurry(world.installation.folder()).await;
        world.heard(attempt).await;
        eventually("the attempt is noted", async || {
            let state = if attempt == 4 { "delivered" } else { "pending" };
            delivery(&api, state).await.filter(|row| row["attempts"] == json!(attempt))
        })
        .await;
    }
    let heard = world.receiver.heard();
    assert_eq!((heard.len(), world.receiver.taken().len()), (4, 1));
    assert!(heard.iter().all(|webhook| webhook.id == heard[0].id));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_letter_is_shown_and_can_be_sent_again() {
    let world = Delivering::new(&[410]).await;
    let (_server, api) = world.serve();
    let case = case_about(&api, "p1").await;
    api.post_json(&format!("/v1/cases/{case}/decisions"), &decision()).await;
    let dead = eventually("it is a dead letter", async || delivery(&api, "dead").await).await;
    assert!(dead["problem"].as_str().unwrap().contains("410"), "{dead}");
    let path = format!("/v1/deliveries/{}/redelivery", dead["action"]["id"].as_str().unwrap());
    let headers = [("idempotency-key", "again")];
    eventually("its statement is delivered", async || {
        let listed = api.get_json("/v1/statements").await;
        (listed["statements"][0]["state"] == "delivered").then_some(())
    })
    .await;
    let before = api.records().await;
    repeatedly(&api, &path, &headers, "").await;
    eventually("it is delivered", async || delivery(&api, "delivered").await).await;
    assert_eq!(api.records().await - before, 2, "sent again once, delivered once");
    assert_eq!(world.receiver.taken().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_in_force_at_once_and_banks_of_another_process_soon() {
    let installation = installation();
    let server = installation.serve();
    let api = server.api(&installation.key(&["submit", "curate"]));
    assert_eq!(submit(&api, &item("p1", "orrin")).await["verdict"]["outcome"], "allow");
    let added = Instant::now();
    installation.lines(&["bank", "add", "words", "term", "orrin"]);
    let written = Instant::now();
    let mut number = 1;
    while submit(&api, &item(&format!("q{number}"), "orrin")).await["case"].is_null() {
        number += 1;
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(added.elapsed() < Duration::from_secs(10), "the entry never matched");
    }
    let waited = written.elapsed();
    assert!(waited < Duration::from_millis(1_500), "the entry matched after {waited:?}");

    api.post_json("/v1/rules", &rules("term.count > 1")).await;
    let judged = submit(&api, &item("r1", "orrin")).await;
    assert_eq!(judged["verdict"]["outcome"], "allow");
    let judged = submit(&api, &item("r2", "orrin and velmora")).await;
    assert_eq!(judged["verdict"]["rules"][0]["name"], "seen", "{judged}");
}

/// What became of a request that was under way when the server was told to stop.
#[derive(Debug, PartialEq)]
enum Fate {
    Answered,
    Unanswered,
    Cut(String),
}

/// Sends an item over a connection of its own and reads everything that comes back.
async fn over_wire(address: &str, key: &str, body: &str) -> Fate {
    let Ok(mut stream) = TcpStream::connect(address).await else { return Fate::Unanswered };
    let request = format!(
        "POST /v1/items HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {key}\r\n\
         content-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut answer = Vec::new();
    if stream.write_all(request.as_bytes()).await.is_ok() {
        // Where the other end is gone, what came before is what counts.
        let _ = stream.read_to_end(&mut answer).await;
    }
    let answer = String::from_utf8(answer).unwrap();
    let length = answer.lines().find_map(|line| line.strip_prefix("content-length: "));
    let whole = answer.split_once("\r\n\r\n").zip(length).is_some_and(|((_, body), length)| {
        answer.starts_with("HTTP/1.1 202 ") && body.len().to_string() == length
    });
    match (answer.is_empty(), whole) {
        (true, _) => Fate::Unanswered,
        (false, true) => Fate::Answered,
        (false, false) => Fate::Cut(answer),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_told_to_stop_keeps_its_word() {
    let installation = installation();
    let key = installation.key(&["submit", "report"]);
    let server = installation.serve();
    let address = server.address().to_owned();
    let batch = |number: usize| -> Vec<Value> {
        (0..40).map(|part| item(&format!("p{number}-{part}"), "velmora is near")).collect()
    };
    let sending = (0..50).map(|number| {
        let (address, key, body) = (address.clone(), key.clone(), json!(batch(number)).to_string());
        tokio::spawn(async move { over_wire(&address, &key, &body).await })
    });
    let sending: Vec<_> = sending.collect();
    tokio::time::sleep(Duration::from_millis(250)).await;
    server.terminate();
    let mut answered = Vec::new();
    for (number, task) in sending.into_iter().enumerate() {
        match task.await.unwrap() {
            Fate::Answered => answered.push(number),
            Fate::Unanswered => {}
            Fate::Cut(answer) => panic!("an answer was cut: {answer}"),
        }
    }
    assert!(server.wait().success());
    assert!(TcpStream::connect(&address).await.is_err());
    assert!(!answered.is_empty(), "nothing was answered before the end");

    let server = installation.serve();
    let api = server.api(&key);
    for number in answered {
        let rows = api.post_json("/v1/items", &json!(batch(number))).await;
        let rows = rows["items"].as_array().unwrap().clone();
        assert!(rows.iter().all(|row| row["is_repeated"] == true), "batch {number} was lost");
    }
    log_verifies(&api, api.records().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_runs_it_sees_how_it_is() {
    let installation = installation();
    let server = installation.serve();
    let api = server.api(&installation.key(&["submit"]));
    api.post_json("/v1/items", &item("p1", "plain")).await;
    let open = api.as_key(None);
    assert_eq!(open.get("/healthz").await.text(), "ok");
    assert_eq!(open.get("/readyz").await.text(), "ready");
    let metrics = open.get("/metrics").await.text();
    for line in [
        "seawall_items_total 1",
        "seawall_requests_total{path=\"/v1/items\",method=\"POST\",status=\"202\"} 1",
        "seawall_request_seconds_bucket{path=\"/healthz\",method=\"GET\",le=\"10\"} 1",
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line} is not in\n{metrics}");
    }
}

/// Rules that act by themselves, each on a word of its own.
const ACTING: &str = r#"
[[rule]]
name = "acts"
owner = "test"
policy = "default"
description = "A word that is removed at once."
when = 'item.text.contains("zorbel")'
action = "remove"
automatic = true

[[rule]]
name = "cannot-act"
owner = "test"
policy = "default"
description = "A label that names none."
when = 'item.text.contains("brimtal")'
action = "label"
automatic = true
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_acts_can_be_undone_and_never_overrides_a_person() {
    let installation = installation();
    let server = installation.serve();
    let api = server.api(&installation.key(&["admin"]));
    let files = json!({ "files": [{ "name": "acting.toml", "text": ACTING }] });
    let promoted = api.post_json("/v1/rules", &files).await;
    assert!(promoted["version"].is_string(), "{promoted}");
    let row = submit(&api, &item("p1", "zorbel at the pier")).await;
    assert_eq!(row["verdict"]["outcome"], "act", "{row}");
    let case = row["case"].as_str().unwrap().to_owned();
    let decided = api.get_json(&format!("/v1/cases/{case}")).await;
    assert_eq!(decided["case"]["status"], "decided", "{decided}");
    assert_eq!(decided["case"]["decision"]["by"], json!({ "rule": "acts" }));
    assert_eq!(decided["deliveries"][0]["state"], "pending");
    let reversal = json!({ "reviewer": "lead", "reason": "It quotes." });
    api.post_json(&format!("/v1/cases/{case}/reversals"), &reversal).await;
    let undone = api.get_json(&format!("/v1/cases/{case}")).await;
    // The removal never reached the service, so that it must not arrive after its restore.
    assert_eq!(undone["deliveries"][0]["state"], "withdrawn", "{undone}");
    assert_eq!(undone["deliveries"][1]["action"]["kind"], "restore");
    let action = undone["deliveries"][0]["action"]["id"].as_str().unwrap();
    let refused = api.post(&format!("/v1/deliveries/{action}/redelivery"), &Value::Null).await;
    assert_eq!(refused.status, 422);
    // The same item with another text: a person reversed the rule, so a person looks at it.
    let again = submit(&api, &item("p1", "zorbel at the pier, again")).await;
    assert_eq!((&again["verdict"]["outcome"], &again["case"]), (&json!("act"), &json!(case)));
    let open = api.get_json(&format!("/v1/cases/{case}")).await;
    assert_eq!(open["case"]["status"], "open", "{open}");
    // What the desk refuses to a rule is kept and left to a person.
    let row = submit(&api, &item("p2", "brimtal at the pier")).await;
    let case = row["case"].as_str().unwrap();
    let left = api.get_json(&format!("/v1/cases/{case}")).await;
    assert_eq!(left["case"]["status"], "open", "{left}");
    // Two items of one submission about one case that the first of them decides.
    let both = json!([item("p3", "zorbel one"), item("p3x", "zorbel two")]);
    assert_eq!(api.post("/v1/items", &both).await.status, 202);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_covers_what_was_seen_and_nothing_else() {
    let installation = installation();
    let server = installation.serve();
    let api = server.api(&installation.key(&["admin"]));
    let case = case_about(&api, "p1").await;
    let mut stale = decision();
    stale["seen"] = json!({ "items": 0, "verdicts": 0, "notices": 0 });
    let path = format!("/v1/cases/{case}/decisions");
    let refused = api.post(&path, &stale).await;
    assert_eq!(refused.status, 409);
    stale["seen"] = json!({ "items": 1, "verdicts": 1, "notices": 0 });
    assert_eq!(api.post(&path, &stale).await.status, 201);
}
