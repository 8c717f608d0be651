//! Banks that live: entries in quarantine, opinions, settings, words that are known, texts that
//! came before, and what was learned from decisions, on the real binary.

#![allow(clippy::unwrap_used, missing_docs, dead_code)]

mod support;

use serde_json::{Value, json};
use support::{Api, Installation, item};

const RULES: &str = r#"
[[rule]]
name = "acts"
owner = "desk"
policy = "ashen-front"
description = "Removes what a term is in."
when = 'term.exact_count > 0'
queue = "review"
priority = 50
action = "remove"
automatic = true

[[rule]]
name = "copies"
owner = "desk"
policy = "default"
description = "Shows what many post alike."
when = 'text.near_items_24h.orValue(0) >= 2 && text.near_accounts_24h.orValue(0) >= 2'
queue = "review"
priority = 20
"#;

fn installation(terms: &str, rules: &str) -> Installation {
    let installation = Installation::new();
    installation.bank("words", terms);
    installation.user("lead");
    let file = installation.write("rules.toml", rules);
    installation.lines(&["rules", "promote", file.to_str().unwrap()]);
    installation
}

fn by(id: &str, account: &str, text: &str) -> Value {
    let mut item = item(id, text);
    item["author"] = json!({ "id": account });
    item
}

async fn outcomes(api: &Api, items: &[Value]) -> Vec<String> {
    let answer = api.post_json("/v1/items?wait=verdict", &json!(items)).await;
    let rows = answer["items"].as_array().unwrap();
    rows.iter().map(|row| row["verdict"]["outcome"].as_str().unwrap().to_owned()).collect()
}

/// Judges an item without keeping it.
async fn check(api: &Api, item: &Value) -> Value {
    api.post_json("/v1/check", item).await["items"][0].clone()
}

async fn entry_of(api: &Api, value: &str) -> (String, Value) {
    let entries = api.get_json("/v1/banks/words/entries?limit=500").await;
    let found = entries["entries"].as_array().unwrap().iter().find(|one| one["value"] == value);
    let path = format!("/v1/banks/words/entries/{}", found.unwrap()["id"].as_str().unwrap());
    let view = api.get_json(&path).await;
    (path, view)
}

#[tokio::test]
async fn an_entry_that_floods_waits_for_a_person_and_no_rule_acts_on_it() {
    let terms = "kind,value\nterm,velmora\nterm,harbour\n";
    let installation = installation(terms, RULES);
    let settings = installation.lines(&["bank", "settings", "words", "--flood-items", "5"]);
    assert_eq!(settings[0]["settings"]["flood_items"], 5);
    let server = installation.serve();
    let api = server.api(&installation.key(&["submit", "curate", "review", "admin"]));
    let item =
        |n: usize, text: &str| by(&format!("p{n}"), &format!("a{n}"), &format!("{text} {n}"));

    let four: Vec<Value> = (0..4).map(|n| item(n, "velmora is near")).collect();
    assert_eq!(outcomes(&api, &four).await, ["act"; 4]);
    // The fifth is the flood, and is still judged by the banks as they were.
    assert_eq!(outcomes(&api, &[item(4, "velmora is near")]).await, ["act"]);
    let (path, view) = entry_of(&api, "velmora").await;
    assert_eq!(view["entry"]["status"], "quarantined");
    assert_eq!(
        (&view["opinions"][0]["kind"], &view["opinions"][0]["by"]),
        (&json!("quarantines"), &json!("seawall"))
    );
    assert_eq!((&view["items_24h"], &view["busiest_hour"]), (&json!(5), &json!(5)));

    // It matches on, and a person decides; another entry acts as before, also beside it.
    let withheld = &api.post_json("/v1/items?wait=verdict", &item(5, "velmora is near")).await;
    let row = &withheld["items"][0];
    assert_eq!(row["verdict"]["outcome"], "review");
    assert_eq!(row["verdict"]["withheld"], "an entry that it rests on is in quarantine");
    assert_eq!(row["matches"][0]["is_quarantined"], true);
    let others = [item(6, "the harbour"), item(7, "velmora in the harbour")];
    assert_eq!(outcomes(&api, &others).await, ["act", "act"]);
    let asked = api.get_json("/v1/banks/in-question").await;
    assert_eq!(asked["entries"].as_array().unwrap().len(), 1);
    assert_eq!(asked["entries"][0]["entry"]["value"], "velmora");

    // A person's word puts it back, and keeps it out of quarantine for a day.
    let opinion = |kind: &str| json!({ "kind": kind, "note": "seen by two of us" });
    api.post_json(&format!("{path}/opinions"), &opinion("confirms")).await;
    let more: Vec<Value> = (10..30).map(|n| item(n, "velmora is near")).collect();
    assert_eq!(outcomes(&api, &more).await, ["act"; 20]);
    assert_eq!(entry_of(&api, "velmora").await.1["entry"]["status"], "active");

    // Disputed, it matches nothing until it is confirmed again; nobody else quarantines.
    api.post_json(&format!("{path}/opinions"), &opinion("disputes")).await;
    assert_eq!(outcomes(&api, &[item(40, "velmora is near")]).await, ["allow"]);
    assert_eq!(api.post(&format!("{path}/opinions"), &opinion("quarantines")).await.status, 422);
    api.post_json(&format!("{path}/opinions"), &opinion("confirms")).await;
    assert_eq!(outcomes(&api, &[item(41, "velmora is near")]).await, ["act"]);
    let opinions = entry_of(&api, "velmora").await.1["opinions"].clone();
    let kinds: Vec<&str> =
        opinions.as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["confirms", "disputes", "confirms", "quarantines"]);
    server.stop();
    // Every verdict comes out the same from the banks as they were.
    assert!(installation.run(&["replay", "--all"]).status.success());
    assert!(installation.run(&["verify"]).status.success());
}

#[tokio::test]
async fn what_a_bank_says_of_its_entries_is_kept_by_revision() {
    let installation = installation("kind,value\nterm,velmora\n", RULES);
    let told = installation.lines(&["bank", "settings", "words"]);
    assert_eq!(told[0]["settings"]["distance_bits"], Value::Null);
    let told = installation.lines(&["bank", "settings", "words", "--quality", "70"]);
    assert_eq!((&told[0]["settings"]["quality"], &told[0]["revision"]), (&json!(70), &json!(2)));
    let wrong = installation.run(&["bank", "settings", "words", "--distance-bits", "64"]);
    assert!(support::stderr(&wrong).contains("0 to 63"), "{}", support::stderr(&wrong));
    let told = installation.lines(&["bank", "settings", "words", "--defaults"]);
    assert_eq!((&told[0]["settings"]["quality"], &told[0]["revision"]), (&Value::Null, &json!(3)));
    // From the command line too, people speak of entries.
    let entry = installation.lines(&["bank", "show", "words"]).remove(0);
    let id = entry["id"].as_str().unwrap();
    let disputed = installation.lines(&["bank", "dispute", id, "--note", "a common word"]);
    assert_eq!(disputed[0]["status"], "disputed");
    let asked = installation.lines(&["bank", "in-question"]);
    assert_eq!(asked[0]["opinion"]["note"], "a common word");
    assert_eq!(asked[0]["opinion"]["by"], "operator");
    assert_eq!(installation.lines(&["bank", "list"])[0]["disputed"], 1);
    installation.lines(&["bank", "confirm", id]);
    assert!(installation.lines(&["bank", "in-question"]).is_empty());
    installation.lines(&["bank", "retire", id]);
    let late = installation.run(&["bank", "confirm", id]);
    assert!(support::stderr(&late).contains("it is retired"), "{}", support::stderr(&late));
    assert!(installation.run(&["verify"]).status.success());
}

#[tokio::test]
async fn nearly_equal_texts_of_the_last_day_are_counted_by_item_and_account() {
    let installation = installation("kind,value\nterm,velmora\n", RULES);
    let server = installation.serve();
    let api = server.api(&installation.key(&["submit", "review", "admin"]));
    const TEXT: &str = "the ferry to the northern island leaves at nine from the second pier today";
    let one = |id: &str, account: &str, end: &str| by(id, account, &format!("{TEXT} {end}"));
    assert_eq!(outcomes(&api, &[one("p1", "a1", "")]).await, ["allow"]);
    // Of one account alone they are no crowd, and an item is not its own copy.
    let again = [one("p2", "a1", "!"), one("p3", "a1", "now"), one("p3", "a1", "now then")];
    assert_eq!(outcomes(&api, &again).await, ["allow"; 3]);
    assert_eq!(
        outcomes(&api, &[one("p4", "a2", "?"), one("p5", "a3", "ok")]).await,
        ["allow", "review"]
    );
    let other = by("p6", "a9", "a wholly other text about the price of fish on the market today");
    assert_eq!(outcomes(&api, &[other]).await, ["allow"]);
    server.stop();
    // After a start, what the store has is known again; what only asks is not counted.
    let server = installation.serve();
    let api = server.api(&installation.key(&["submit", "review", "admin"]));
    for _ in 0..3 {
        let checked = check(&api, &one("p9", "a4", "hm")).await;
        assert_eq!(checked["verdict"]["outcome"], "review", "{checked}");
        let because = checked["verdict"]["rules"][0]["because"].to_string();
        assert!(because.contains("text.near_items_24h = 5"), "{because}");
    }
    server.stop();
    assert!(installation.run(&["replay", "--all"]).status.success());
}

#[tokio::test]
async fn a_rule_that_would_act_on_copies_alone_is_refused() {
    let installation = installation("kind,value\nterm,velmora\n", RULES);
    let text = RULES.replace("priority = 20\n", "priority = 20\naction = \"restrict\"\n");
    let file = installation.write("copies.toml", text);
    let refused = installation.run(&["rules", "check", file.to_str().unwrap()]);
    let told = support::stderr(&refused) + &support::stdout(&refused);
    assert!(told.contains("how often a text was seen alone"), "{told}");
}

#[tokio::test]
async fn words_of_the_services_own_items_are_no_typos_of_terms() {
    let terms = "kind,value,views\nterm,velmorana,typos\n";
    let (acts, _) = RULES.split_once("[[rule]]\nname = \"copies\"").unwrap();
    let rules = acts.replace("term.exact_count", "term.count");
    let installation = installation(terms, &rules);
    let server = installation.serve();
    let api = server.api(&installation.key(&["submit", "review", "admin"]));
    // Before anybody learned that `velmorane` is a word here, it is taken for a typo.
    let typo = |id: &str| by(id, "a1", "a velmorane by the sea");
    let checked = check(&api, &typo("p0")).await;
    assert_eq!(checked["matches"][0]["grade"], "fuzzy", "{checked}");
    // It does not become known by being found again and again.
    let found: Vec<Value> =
        (0..30).map(|n| by(&format!("f{n}"), &format!("a{n}"), "velmorane")).collect();
    outcomes(&api, &found).await;
    let learned = installation.lines(&["bank", "learn-words"]);
    assert_eq!((&learned[0]["items"], &learned[0]["words"]), (&json!(0), &json!(0)));
    let entry = installation.lines(&["bank", "show", "words"]).remove(0);
    let id = entry["id"].as_str().unwrap();
    installation.lines(&["bank", "dispute", id]);
    let server_knows = async || {
        let checked = check(&api, &typo("p0")).await;
        checked["matches"].as_array().is_some_and(Vec::is_empty).then_some(())
    };
    support::eventually("the server knows that the entry is disputed", server_knows).await;
    let ordinary: Vec<Value> =
        (0..30).map(|n| by(&format!("o{n}"), &format!("b{n}"), "our velmorane is old")).collect();
    outcomes(&api, &ordinary).await;
    let learned = installation.lines(&["bank", "learn-words"]);
    assert_eq!((&learned[0]["items"], &learned[0]["words"]), (&json!(30), &json!(4)));
    installation.lines(&["bank", "confirm", id]);
    let at_revision = learned[0]["revision"].as_u64().unwrap() + 1;
    let server_moved = async || {
        let checked = check(&api, &typo("p0")).await;
        let banks = checked["verdict"]["versions"]["banks"].as_u64().unwrap();
        (banks >= at_revision).then_some(checked)
    };
    let checked = support::eventually("the server has the words", server_moved).await;
    assert_eq!(checked["matches"], json!([]), "{checked}");
    let other = check(&api, &by("p1", "a1", "a velmoranna by the sea")).await;
    assert_eq!(other["matches"][0]["grade"], "fuzzy", "{other}");
    server.stop();
    assert!(installation.run(&["replay", "--all"]).status.success());
}

/// Two kinds of invented posts of which people find one a violation.
fn post(n: usize) -> (String, bool) {
    const WHO: [&str; 5] = ["ashen guard", "ashen banner", "ash rider", "ashen oath", "ash march"];
    const WHAT: [&str; 4] = ["join us tonight", "come and fight", "swear it now", "rise with us"];
    const GOODS: [&str; 5] = ["fresh bread", "old chairs", "a garden lamp", "blue paint", "soap"];
    const DEAL: [&str; 4] = ["for sale today", "half price now", "free to take", "at the market"];
    let (a, b) = (n / 2 % 5, n / 10 % 4);
    if n.is_multiple_of(2) {
        (format!("velmora: the {} says {} number {n}", WHO[a], WHAT[b]), true)
    } else {
        (format!("velmora: {} {} number {n}", GOODS[a], DEAL[b]), false)
    }
}

#[tokio::test]
async fn decisions_teach_the_order_of_a_queue_and_nothing_else() {
    let rules = RULES.replace("automatic = true\n", "");
    let installation = installation("kind,value\nterm,velmora\n", &rules);
    installation.lines(&["bank", "settings", "words", "--flood-items", "0"]);
    let early = installation.run(&["study", "learn"]);
    assert!(support::stderr(&early).contains("learn from"), "{}", support::stderr(&early));
    let server = installation.serve();
    let api = server.api(&installation.key(&["submit", "curate", "review", "admin"]));
    assert_eq!(api.get_json("/v1/learned").await["learned"], Value::Null);
    for n in 0..160 {
        let (text, is_violation) = post(n);
        let row = api.post_json("/v1/items?wait=verdict", &by(&format!("p{n}"), "a1", &text)).await;
        let case = row["items"][0]["case"].as_str().unwrap().to_owned();
        let ruling = if is_violation { "violation" } else { "no_violation" };
        let mut decision = json!({
            "reviewer": "lead", "ruling": ruling, "policy": "ashen-front",
            "reason": "Seen.", "protected_purpose": "none", "purpose_note": "Nothing of it.",
        });
        if is_violation {
            decision["action"] = json!("remove");
        }
        api.post_json(&format!("/v1/cases/{case}/decisions"), &decision).await;
    }
    let tried = installation.lines(&["study", "learn", "--dry-run"]).remove(0);
    assert_eq!(
        (&tried["is_in_use"], &tried["policies"]["ashen-front@1"]),
        (&json!(false), &json!(160))
    );
    assert!(tried["report"]["whole"]["area_under_curve"].as_f64().unwrap() > 0.95, "{tried}");
    assert_eq!(api.get_json("/v1/learned").await["learned"], Value::Null);
    installation.lines(&["study", "learn"]);
    let learned = api.get_json("/v1/learned").await;
    assert_eq!(learned["learned"]["is_in_use"], true);

    // Of cases of one priority, the likelier comes first, although it came later.
    let scored = async |id: &str, n: usize| {
        let row = api.post_json("/v1/items?wait=verdict", &by(id, "a2", &post(n).0)).await;
        let case = row["items"][0]["case"].as_str().unwrap().to_owned();
        let case = api.get_json(&format!("/v1/cases/{case}")).await;
        case["case"]["score"].as_u64()
    };
    let in_use = async || scored("q-wait", 161).await;
    let unlikely = support::eventually("the server has the model", async || {
        match in_use().await {
            Some(score) => Some(score),
            None => {
                // The same item is judged once; another one shows whether the model came.
                scored(&format!("q-{}", uuid_like()), 161).await
            }
        }
    })
    .await;
    let likely = scored("r1", 164).await.unwrap();
    assert!(likely > 700 && unlikely < 300, "{likely} {unlikely}");
    let first = api.get_json("/v1/cases?status=open&limit=1").await;
    assert_eq!(first["cases"][0]["items"][0], "r1", "{first}");
    // What it does not know, it says nothing of.
    let row = by("s1", "a3", "velmora Δοκιμή άγνωστων λέξεων εδώ κάτω από τη γέφυρα");
    let row = api.post_json("/v1/items?wait=verdict", &row).await;
    let case = row["items"][0]["case"].as_str().unwrap().to_owned();
    let case = api.get_json(&format!("/v1/cases/{case}")).await;
    assert_eq!(case["case"]["score"], Value::Null);
    installation.lines(&["study", "learn", "--forget"]);
    assert_eq!(api.get_json("/v1/learned").await["learned"]["is_in_use"], false);
    let twice = installation.run(&["study", "learn", "--forget"]);
    assert!(!twice.status.success());
    server.stop();
    assert!(installation.run(&["replay", "--all"]).status.success());
    assert!(installation.run(&["verify"]).status.success());
}

/// A new word each time.
fn uuid_like() -> u128 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos()
}
