//! Reports of threats from a case to whoever must be told, on the real binary with a real mail
//! server.

#![allow(clippy::unwrap_used, missing_docs, dead_code)]

mod support;

use serde_json::{Value, json};
use std::path::Path;
use support::mail::Smtp;
use support::{Api, Installation, eventually, item, stderr};

fn installation(smtp: &Smtp) -> Installation {
    let tables = format!(
        "\n[orders]\naddressee = {{ name = \"Forum Example Ltd\", member_state = \"IE\", \
         email = \"safety@forum.example\" }}\nalert_to = [\"duty@forum.example\"]\n\
         [orders.links]\nforum = [\"https://forum.example/p/{{item}}\"]\n\
         [threats]\nstaff_to = [\"guards@forum.example\"]\nphone = \"+353 1 000 0000\"\n\
         alert_minutes = [0]\n\
         [mail.out]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\n\
         from = \"Forum Example <safety@forum.example>\"\n",
        smtp.port
    );
    let installation = Installation::with("", &tables);
    for login in ["first", "second"] {
        installation.user(login);
    }
    installation
}

async fn case(api: &Api, id: &str) -> String {
    api.post_json("/v1/items?wait=verdict", &json!([item(id, "see you at the harbour at nine")]))
        .await;
    let notice = json!({
        "service": "forum", "kind": "user", "subject": { "item": id }, "reason": "It threatens.",
        "policy": "ashen-front", "good_faith": true,
    });
    api.post_json("/v1/notices", &notice).await["case"].as_str().unwrap().to_owned()
}

async fn registers(api: &Api, id: &str, state: &str, takes: bool) {
    let authority = json!({
        "id": id, "name": format!("Office {id}"), "member_state": state, "phone": "+49 30 0000",
        "emails": [format!("life@{id}.example")], "takes_threats": takes,
    });
    assert_eq!(api.post("/v1/authorities", &authority).await.status, 201);
}

fn life(states: &[&str]) -> Value {
    json!({ "kind": "life", "reviewer": "first", "form": {
        "danger": "attack", "imminence": "within_hours", "terrorist_content": true,
        "assessment": "It names a place and an hour.", "states_concerned": states,
    }})
}

async fn act(api: &Api, id: &str, who: &str, mut step: Value) -> Value {
    step["reviewer"] = who.into();
    api.post_json(&format!("/v1/threats/{id}/acts"), &step).await
}

async fn refused(api: &Api, id: &str, who: &str, mut step: Value) -> String {
    step["reviewer"] = who.into();
    let answer = api.post(&format!("/v1/threats/{id}/acts"), &step).await;
    assert_eq!(answer.status, 409, "{}", answer.text());
    answer.json()["detail"].as_str().unwrap().to_owned()
}

async fn stands(api: &Api, id: &str, status: &str) -> Value {
    eventually(status, async || {
        let view = api.get_json(&format!("/v1/threats/{id}")).await;
        (view["threat"]["status"] == status).then_some(view["threat"].clone())
    })
    .await
}

fn names(threat: &Value) -> Vec<String> {
    let one = |one: &Value| {
        let text = |key: &str| one[key].as_str().unwrap_or("-").to_owned();
        format!("{} {} {}", text("name"), text("because"), text("address"))
    };
    threat["recipients"].as_array().unwrap().iter().map(one).collect()
}

async fn mail(smtp: &Smtp, to: &str, about: &str) -> String {
    eventually(about, async || {
        let taken = smtp.taken();
        taken.into_iter().find(|mail| mail.contains(&format!("To: {to}")) && mail.contains(about))
    })
    .await
}

#[tokio::test]
async fn a_threat_to_life_is_told_to_the_state_concerned() {
    let folder = tempfile::tempdir().unwrap();
    let smtp = Smtp::start(folder.path());
    let installation = installation(&smtp);
    let server = installation.serve();
    let api = server.api(&installation.key(&["admin"]));
    registers(&api, "de", "DE", true).await;
    registers(&api, "other", "DE", false).await;
    let case = case(&api, "p1").await;

    // One person reports it: everything that the case tells stands there already.
    let path = format!("/v1/cases/{case}/threats");
    let raised = api.post_json(&path, &life(&["de"])).await;
    let id = raised["id"].as_str().unwrap();
    let form = &raised["form"];
    assert_eq!(raised["problems"], json!([]), "{raised}");
    assert_eq!(form["content_urls"], json!(["https://forum.example/p/p1"]));
    assert_eq!(form["text"], "see you at the harbour at nine");
    assert_eq!((&form["hsp_member_state"], &form["hsp_reference"]), (&json!("IE"), &json!(id)));
    assert_eq!(names(&raised), ["Office de concerned life@de.example"]);
    let kept = raised["preservation"].as_str().unwrap();
    eventually("what it shows to be sealed", async || {
        let view = api.get_json(&format!("/v1/evidence/{kept}")).await;
        (view["state"] == "kept").then_some(())
    })
    .await;

    // Whoever is on duty is warned, and sees it on every page; the content is not in the warning.
    let warning = mail(&smtp, "duty@forum.example", "waits for its second person").await;
    assert!(!warning.contains("harbour"), "{warning}");
    let page = server.sign_in("second").await.get("/cases").await.text();
    assert!(page.contains(&format!("href=\"/threats/{id}\"")), "{page}");

    // The same person cannot confirm it, a second one can.
    let told = refused(&api, id, "first", json!({ "act": "confirm" })).await;
    assert!(told.contains("two persons"), "{told}");
    let sent = act(&api, id, "second", json!({ "act": "confirm" })).await;
    assert_eq!(sent["threat"]["status"], "sent");
    let letter = mail(&smtp, "life@de.example", "URGENT: threat to life or safety").await;
    for words in ["within_hours", "see you at the harbour", "item-1.json", "+353 1 000 0000"] {
        assert!(letter.contains(words), "{words}: {letter}");
    }
    let done = stands(&api, id, "delivered").await;
    assert!(done["recipients"][0]["told_at"].is_string(), "{done}");
    act(&api, id, "first", json!({ "act": "acknowledge", "note": "Office de, 4/26" })).await;
    let page = server.sign_in("second").await.get("/cases").await.text();
    assert!(!page.contains("class=\"pressing"), "nothing presses any more");
    let page = server.sign_in("second").await.get(&format!("/cases/{case}")).await.text();
    assert!(page.contains(&format!("/threats/{id}")), "the case shows it: {page}");

    server.stop();
    let verified = installation.run(&["verify"]);
    assert!(verified.status.success(), "{}", stderr(&verified));
    let shown = installation.lines(&["threats", "show", id]).remove(0);
    assert_eq!(shown["threat"]["confirmed_by"], done["confirmed_by"]);
}

#[tokio::test]
async fn without_a_known_state_establishment_and_europol_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let smtp = Smtp::start(folder.path());
    let installation = installation(&smtp);
    let server = installation.serve();
    let api = server.api(&installation.key(&["admin"]));
    let case = case(&api, "p1").await;
    let path = format!("/v1/cases/{case}/threats");

    // Nobody is registered: it is taken, nobody would get it, and the telephone is left.
    let raised = api.post_json(&path, &life(&["FR"])).await;
    let id = raised["id"].as_str().unwrap().to_owned();
    assert_eq!(names(&raised), ["FR concerned -", "IE establishment -", "EU europol -"]);
    let told = refused(&api, &id, "second", json!({ "act": "confirm" })).await;
    assert!(told.contains("nobody would be told"), "{told}");

    // Europol is registered now: putting the form right finds it.
    registers(&api, "europol", "EU", true).await;
    let mut form = raised["form"].clone();
    form["place"] = "the harbour".into();
    let next = act(&api, &id, "first", json!({ "act": "correct", "form": form })).await;
    assert_eq!(names(&next["threat"])[2], "Office europol europol life@europol.example");
    act(&api, &id, "second", json!({ "act": "confirm" })).await;
    mail(&smtp, "life@europol.example", "URGENT").await;
    for (place, who) in [(0, "the prefecture"), (1, "the garda")] {
        let note = json!({ "act": "told", "place": place, "note": format!("called {who}") });
        act(&api, &id, "second", note).await;
    }
    let done = stands(&api, &id, "delivered").await;
    assert_eq!(done["recipients"][1]["by_hand"], "called the garda");

    // A form with gaps is taken, and named gap by gap; a wrong one is refused with its place.
    let gaps = json!({ "kind": "life", "reviewer": "first" });
    let raised = api.post_json(&path, &gaps).await;
    let problems: Vec<&str> = raised["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["key"].as_str().unwrap())
        .collect();
    assert_eq!(problems, ["danger", "imminence", "assessment", "terrorist_content"]);
    let nonsense = json!({ "kind": "weather", "reviewer": "first" });
    assert_eq!(api.post(&path, &nonsense).await.status, 422);
    let nowhere = api.post("/v1/cases/case_none/threats", &life(&[])).await;
    assert_eq!(nowhere.status, 404);
    let dismiss = json!({ "act": "dismiss", "reason": "It is a line of a film." });
    let gone = act(&api, raised["id"].as_str().unwrap(), "second", dismiss).await;
    assert_eq!(gone["threat"]["status"], "dismissed");
    let open = api.get_json("/v1/threats?status=dismissed").await;
    assert_eq!(open["threats"].as_array().unwrap().len(), 1);
    server.stop();
}

#[tokio::test]
async fn a_threat_to_staff_goes_to_the_own_people() {
    let folder = tempfile::tempdir().unwrap();
    let smtp = Smtp::start(folder.path());
    let installation = installation(&smtp);
    let server = installation.serve();
    let api = server.api(&installation.key(&["admin"]));
    registers(&api, "ie", "IE", true).await;
    let case = case(&api, "p1").await;
    server.stop();

    // From the command line, with the server down: what was said goes out once it is up again.
    let form = json!({
        "threatened": "one_person", "imminence": "not_known", "tell_police": false,
        "assessment": "It names a colleague's street.",
    });
    let file = installation.write("form.json", form.to_string());
    let file = file.to_str().unwrap();
    let arguments = ["threats", "raise", &case, "--kind", "staff", "--form", file, "--as", "first"];
    let raised = installation.lines(&arguments).remove(0);
    let id = raised["id"].as_str().unwrap();
    assert_eq!(names(&raised), ["guards@forum.example own guards@forum.example"]);
    let own = installation.run(&["threats", "confirm", id, "--as", "first"]);
    assert!(stderr(&own).contains("two persons"), "{}", stderr(&own));
    // The police is to be told after all.
    let mut whole = raised["form"].clone();
    whole["tell_police"] = true.into();
    whole["states_concerned"] = json!(["IE"]);
    let step = json!({ "act": "correct", "form": whole }).to_string();
    let next = installation.lines(&["threats", "act", id, "--as", "first", &step]).remove(0);
    assert_eq!(names(&next)[1], "Office ie concerned life@ie.example");
    installation.lines(&["threats", "confirm", id, "--as", "second"]);
    assert!(smtp.taken().is_empty(), "nothing goes while no server runs");

    let server = installation.serve();
    let api = server.api(&installation.key(&["admin"]));
    mail(&smtp, "guards@forum.example", "URGENT: threat to staff").await;
    mail(&smtp, "life@ie.example", "URGENT: threat to staff").await;
    stands(&api, id, "delivered").await;
    server.stop();
    assert!(installation.run(&["verify"]).status.success());
    let fields = installation.lines(&["threats", "form", "staff"]);
    assert!(fields.iter().any(|field| field["key"] == "tell_police"), "{fields:?}");
    assert!(Path::new(file).exists());
}
