//! Orders of authorities from the first message to the answer, on the real binary with real mail
//! servers.

#![allow(clippy::unwrap_used, missing_docs, dead_code)]

mod support;

use connect::mail::{Mailbox, MailboxSetup, Security};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use support::mail::{Imap, SECRET, Smtp, USER, certify, free_port};
use support::receiver::Receiver;
use support::{Api, Installation, item};

const PATIENCE: Duration = Duration::from_secs(30);

/// Waits for something that a worker of the server does.
async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn tables(more: &str) -> String {
    format!(
        "\n[orders]\naddressee = {{ name = \"Forum Example Ltd\", member_state = \"IE\", \
         email = \"orders@forum.example\" }}\n{more}\n[orders.links]\n\
         forum = [\"https://forum.example/p/{{item}}\", \"https://forum.example/u/{{account}}\"]\n"
    )
}

fn form(reference: &str, urls: &[&str]) -> Value {
    let now = jiff::Timestamp::now();
    json!({
        "issuing_member_state": "DE", "addressee": "Forum Example Ltd",
        "contact_point": "orders@forum.example", "hsp_member_state": "IE",
        "issued_at": now.to_string(), "order_reference": reference, "urls": urls,
        "type_ticks": ["A_INCITES"], "additional_reasons": "It calls for an attack.",
        "cross_border_tick": true, "copy_sent_tick": true, "authority_type": "law_enforcement",
        "authority_name": "Office of Example", "representative": "A. Example, head of unit",
        "file_number": "17-A", "address": "1 Example Street", "phone": "+49 30 0000",
        "email": "orders@authority.example", "signed_date": "2026-05-01",
        "followup_contact": "orders@authority.example",
        "home_authority_contact": "home@authority.example", "challenge_body": "Court of Example",
        "challenge_deadline": "one month", "challenge_law_link": "https://law.example/challenge",
    })
}

fn order(reference: &str, urls: &[&str]) -> Value {
    json!({ "kind": "tco_removal", "service": "forum", "form": form(reference, urls) })
}

fn authority(certificates: &[&str], keys: &[&str]) -> Value {
    json!({
        "id": "office", "name": "Office of Example", "member_state": "DE",
        "phone": "+49 30 0000", "emails": ["orders@authority.example"],
        "domains": ["authority.example"], "certificates": certificates, "keys": keys,
    })
}

async fn submit(api: &Api, ids: &[&str]) {
    let items: Vec<Value> = ids.iter().map(|id| item(id, "a text of the forum")).collect();
    api.post_json("/v1/items?wait=verdict", &json!(items)).await;
}

async fn act(api: &Api, id: &str, mut step: Value) -> Value {
    step["reviewer"] = "legal".into();
    api.post_json(&format!("/v1/orders/{id}/acts"), &step).await
}

async fn read(api: &Api, id: &str) -> Value {
    api.get_json(&format!("/v1/orders/{id}")).await
}

async fn refused(api: &Api, id: &str, mut step: Value, status: u16) -> String {
    step["reviewer"] = "legal".into();
    let answer = api.post(&format!("/v1/orders/{id}/acts"), &step).await;
    assert_eq!(answer.status, status, "{step}: {}", answer.text());
    answer.json()["detail"].as_str().unwrap().to_owned()
}

/// Signs a message with a certificate that is made for it; gives the message and the fingerprint.
fn signed(folder: &Path, text: &str) -> (Vec<u8>, String) {
    let openssl = |arguments: &[&str]| {
        let run = Command::new("openssl").args(arguments).current_dir(folder).output().unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        String::from_utf8_lossy(&run.stdout).into_owned()
    };
    if !folder.join("key.pem").exists() {
        openssl(&[
            "req",
            "-x509",
            "-nodes",
            "-newkey",
            "rsa:2048",
            "-keyout",
            "key.pem",
            "-out",
            "cert.pem",
            "-days",
            "30",
            "-subj",
            "/CN=Office of Example",
        ]);
    }
    std::fs::write(folder.join("text"), text).unwrap();
    openssl(&[
        "cms",
        "-sign",
        "-in",
        "text",
        "-crlfeol",
        "-signer",
        "cert.pem",
        "-inkey",
        "key.pem",
        "-from",
        "orders@authority.example",
        "-to",
        "orders@forum.example",
        "-subject",
        "Removal order 2026/17",
        "-out",
        "signed.eml",
    ]);
    let told = openssl(&["x509", "-in", "cert.pem", "-noout", "-fingerprint", "-sha256"]);
    let fingerprint = told.split('=').nth(1).unwrap().trim().replace(':', "").to_lowercase();
    (std::fs::read(folder.join("signed.eml")).unwrap(), fingerprint)
}

/// A message whose one file is the order as JSON.
fn with_file(file: &Value) -> String {
    let mut file = file["form"].clone();
    file["kind"] = "tco_removal".into();
    format!(
        "Content-Type: multipart/mixed; boundary=b1\r\n\r\n--b1\r\nContent-Type: text/plain\r\n\r\n\
         The order is in the file.\r\n--b1\r\nContent-Type: application/json; name=order.json\r\n\
         Content-Disposition: attachment; filename=order.json\r\n\r\n{file}\r\n--b1--\r\n"
    )
}

fn by_mail(folder: &Path, receiver: &Receiver, imap: &Imap, smtp_port: u16) -> Installation {
    std::fs::write(folder.join("mail.password"), SECRET).unwrap();
    let password = folder.join("mail.password").display().to_string();
    let trust = folder.join("ca.pem");
    let secured = match trust.exists() {
        true => format!("security = \"start_tls\"\ntrust = \"{}\"", trust.display()),
        false => "security = \"none\"".to_owned(),
    };
    let more = tables("alert_to = [\"duty@forum.example\"]\n")
        + &format!(
            "\n[mail.out]\nhost = \"127.0.0.1\"\nport = {smtp_port}\nsecurity = \"none\"\n\
             from = \"Forum Example <orders@forum.example>\"\n\
             [mail.in.forum]\nhost = \"127.0.0.1\"\nport = {}\n{secured}\n\
             user = \"{USER}\"\npassword_file = \"{password}\"\nevery_seconds = 1\n\
             \n[webhook.forum]\nurl = \"http://127.0.0.1:{}/hook\"\nsecrets = [\"{}\"]\n",
            imap.port, receiver.port, receiver.secret
        );
    let allow = format!("allow = [\"127.0.0.1:{}\"]", receiver.port);
    let installation = Installation::with(&allow, &more);
    installation.user("legal");
    installation
}

#[tokio::test]
async fn an_order_comes_by_mail_and_annex_two_goes_back() {
    let folder = tempfile::tempdir().unwrap();
    let (imap, smtp) = (Imap::start(folder.path()), Smtp::start(folder.path()));
    let receiver = Receiver::start(&[]).await;
    let installation = by_mail(folder.path(), &receiver, &imap, smtp.port);
    let server = installation.serve();
    let api = server.api(&installation.key(&["admin"]));
    submit(&api, &["p1", "p2", "p3"]).await;

    let urls = ["https://forum.example/p/p1", "https://forum.example/p/p2#here"];
    let (message, fingerprint) = signed(folder.path(), &with_file(&order("2026/17", &urls)));
    api.post("/v1/authorities", &authority(&[&fingerprint], &[])).await;
    imap.deliver("1", &message);
    let found =
        until("the order", async || api.get_json("/v1/orders").await["orders"].get(0).cloned())
            .await;
    let id = found["id"].as_str().unwrap();
    assert_eq!(found["authentic"]["means"], "certificate", "{found}");
    assert_eq!(
        (found["problems"].clone(), found["status"].clone()),
        (json!([]), json!("received"))
    );
    until("the mailbox to be empty", async || (imap.waiting() == 0).then_some(())).await;
    // The same message again changes nothing.
    imap.deliver("2", &message);
    until("the mailbox to be empty", async || (imap.waiting() == 0).then_some(())).await;
    assert_eq!(api.get_json("/v1/orders").await["orders"].as_array().unwrap().len(), 1);

    let begun = act(&api, id, json!({"act": "execute"})).await;
    assert_eq!(begun["order"]["status"], "executing");
    let done = until("the service", async || {
        let view = read(&api, id).await;
        (view["order"]["status"] == "executed").then_some(view)
    })
    .await;
    let taken = receiver.taken();
    let kinds: Vec<&str> =
        taken.iter().map(|one| one.event["data"]["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["disable", "disable"]);
    assert!(done["order"]["clock"]["met"].is_string() && done["due"].is_null(), "{done}");

    let answers = until("the answers", async || {
        let taken = smtp.taken();
        (taken.len() >= 2).then_some(taken)
    })
    .await;
    assert!(answers[0].contains("To: orders@authority.example"), "{}", answers[0]);
    let annex = answers.iter().find(|mail| mail.contains("Annex II")).unwrap();
    let measure_at = done["order"]["targets"][1]["effect"]["done_at"].as_str().unwrap();
    let measure_at =
        [measure_at, done["order"]["targets"][0]["effect"]["done_at"].as_str().unwrap()]
            .into_iter()
            .max()
            .unwrap();
    assert!(annex.contains(measure_at), "the exact time {measure_at}: {annex}");
    for words in ["Forum Example Ltd", "tco_annex_2.json", "17-A", "legal"] {
        assert!(annex.contains(words), "{words}: {annex}");
    }
    // Everything that happened is in the log, which holds.
    server.stop();
    let verified = installation.run(&["verify"]);
    assert!(verified.status.success(), "{}", support::stderr(&verified));
    let log = installation.lines(&["orders", "show", id]).remove(0);
    assert_eq!(log["order"]["status"], "executed");
    it_is_reported(&installation);
}

/// Computes a report, and gives one of its sheets.
fn report(installation: &Installation, kind: &str, sheet: &str) -> String {
    let period = ["--from", "2020-01-01", "--to", "2099-12-31", "--out", "report"];
    let who = ["--service", "forum", "--provider", "Forum Example Ltd"];
    let made = installation.run(&[&["report", kind], &period[..], &who[..]].concat());
    assert!(made.status.success(), "{}", support::stderr(&made));
    std::fs::read_to_string(installation.folder().join("report").join(sheet)).unwrap()
}

/// The report has the order with its two items, and the hours until the letter of receipt went.
fn it_is_reported(installation: &Installation) {
    let sheet = report(installation, "dsa", "3_member_states_orders.csv");
    let place = "KEYWORD_TERRORIST_CONTENT,,DE,";
    let row = sheet.lines().find(|line| line.contains(place)).unwrap();
    let cells: Vec<&str> = row.split_once(place).unwrap().1.split(',').collect();
    assert_eq!(cells[..2], ["1", "2"], "{row}");
    for hours in &cells[2..4] {
        assert!(hours.parse::<f64>().is_ok_and(|hours| hours < 0.1), "{row}");
    }
}

#[tokio::test]
async fn mail_that_is_forged_broken_or_not_an_order_is_held_and_answered() {
    let folder = tempfile::tempdir().unwrap();
    let (imap, smtp) = (Imap::start(folder.path()), Smtp::start(folder.path()));
    let receiver = Receiver::start(&[]).await;
    let installation = by_mail(folder.path(), &receiver, &imap, smtp.port);
    let server = installation.serve();
    let api = server.api(&installation.key(&["admin"]));
    submit(&api, &["p1"]).await;
    let whole = order("2026/18", &["https://forum.example/p/p1"]);
    let (message, fingerprint) = signed(folder.path(), &with_file(&whole));
    api.post("/v1/authorities", &authority(&[&fingerprint], &[])).await;

    // The signature does not hold any more: the order is kept, and not carried out.
    let forged = String::from_utf8(message).unwrap().replace("2026/18", "2026/19");
    imap.deliver("1", forged.as_bytes());
    // A plain message that says it is one; a broken one; bytes that are none at all.
    let plain = "From: a@elsewhere.example\r\nSubject: order\r\n\r\norder_reference: 44\r\n\
                 urls: https://forum.example/p/p1\r\n";
    imap.deliver("2", plain.as_bytes());
    imap.deliver("3", b"Content-Type: multipart/signed; boundary=x\r\n\r\n--x\r\n\r\n--x");
    imap.deliver("4", &[0xff, 0x00, 0x80, 0x0a]);
    let orders = until("the orders", async || {
        let orders = api.get_json("/v1/orders").await["orders"].clone();
        (orders.as_array().unwrap().len() == 4).then_some(orders)
    })
    .await;
    for one in orders.as_array().unwrap() {
        let id = one["id"].as_str().unwrap();
        assert!(one.get("authentic").is_none(), "{one}");
        let told = refused(&api, id, json!({"act": "execute"}), 409).await;
        assert!(told.contains("not known to come from its authority"), "{told}");
    }
    // Whoever can be answered is told what is missing.
    let receipts = until("two receipts", async || {
        let taken = smtp.taken();
        (taken.len() >= 2).then_some(taken)
    })
    .await;
    let to_plain = receipts.iter().find(|mail| mail.contains("To: a@elsewhere.example")).unwrap();
    assert!(to_plain.contains("authority_name: is missing"), "{to_plain}");
    let plain =
        orders.as_array().unwrap().iter().find(|one| one["form"]["order_reference"] == "44");
    let id = plain.unwrap()["id"].as_str().unwrap();
    act(&api, id, json!({"act": "refuse", "reason": "It is not from an authority."})).await;
    until("the refusal", async || {
        smtp.taken().iter().any(|mail| mail.contains("not from an authority")).then_some(())
    })
    .await;
    assert_eq!(receiver.heard().len(), 0, "nothing was done at the service");
    server.stop();
}

#[tokio::test]
async fn a_mailbox_is_read_after_starttls_and_never_before_it() {
    let folder = tempfile::tempdir().unwrap();
    certify(folder.path());
    let (imap, smtp) = (Imap::start_secured(folder.path()), Smtp::start(folder.path()));
    let receiver = Receiver::start(&[]).await;
    let installation = by_mail(folder.path(), &receiver, &imap, smtp.port);
    let server = installation.serve();
    let api = server.api(&installation.key(&["admin"]));
    imap.deliver(
        "1",
        b"From: a@elsewhere.example\r\nSubject: order\r\n\r\norder_reference: 44\r\n",
    );
    until("the order", async || api.get_json("/v1/orders").await["orders"].get(0).cloned()).await;
    server.stop();

    let trust = std::fs::read_to_string(folder.path().join("ca.pem")).unwrap();
    let setup = |port, security, trust: Option<&String>| MailboxSetup {
        host: "127.0.0.1".to_owned(),
        port,
        security,
        user: USER.to_owned(),
        password: SECRET.to_owned(),
        trust: trust.cloned(),
        folder: "INBOX".to_owned(),
        taken: "Taken".to_owned(),
        largest: 1 << 20,
    };
    let plain_folder = tempfile::tempdir().unwrap();
    let plain = Imap::start(plain_folder.path());
    for (port, security, trust, says) in [
        (imap.port, Security::StartTls, None, "UnknownIssuer"),
        (plain.port, Security::StartTls, Some(&trust), "127.0.0.1"),
    ] {
        let refused = Mailbox::open(&setup(port, security, trust)).await.unwrap_err().to_string();
        assert!(refused.contains(says), "{refused}");
    }
    let opened = Mailbox::open(&setup(imap.port, Security::StartTls, Some(&trust))).await;
    opened.unwrap().close().await;
}

#[tokio::test]
async fn letters_wait_while_the_mail_server_is_down() {
    let folder = tempfile::tempdir().unwrap();
    let imap = Imap::start(folder.path());
    let receiver = Receiver::start(&[]).await;
    let port = free_port();
    let installation = by_mail(folder.path(), &receiver, &imap, port);
    let server = installation.serve();
    let api = server.api(&installation.key(&["admin"]));
    let mail = "From: a@elsewhere.example\r\nSubject: order\r\n\r\norder_reference: 45\r\n";
    imap.deliver("1", mail.as_bytes());
    let waiting = until("a letter that could not be sent", async || {
        let letters = api.get_json("/v1/letters?state=pending").await["letters"].clone();
        letters.get(0).filter(|one| one["attempts"].as_u64() > Some(0)).cloned()
    })
    .await;
    assert!(waiting["problem"].as_str().unwrap().contains("127.0.0.1"), "{waiting}");
    let smtp = Smtp::start_at(folder.path(), port);
    until("the letter", async || smtp.taken().first().map(|_| ())).await;
    server.stop();
}

/// Says what each link is, and carries the order out.
async fn carry_out(api: &Api, id: &str) -> Value {
    let view = read(api, id).await;
    let found: Vec<&str> = view["order"]["targets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|target| target["found"].as_str().unwrap())
        .collect();
    assert_eq!(found, ["item", "not_ours", "unknown", "account"]);
    assert_eq!(view["obstacles"], json!([{"links": 3}]));
    assert!(refused(api, id, json!({"act": "execute"}), 409).await.contains("3 of its links"));
    let nobody = json!({"act": "locate", "place": 1, "item": "p77"});
    refused(api, id, nobody, 404).await;
    for step in [
        json!({"act": "gone", "place": 1, "note": "another host"}),
        json!({"act": "gone", "place": 3, "note": "no single item is named"}),
        json!({"act": "locate", "place": 2, "item": "p2"}),
        json!({"act": "execute"}),
    ] {
        act(api, id, step).await;
    }
    until("the service", async || {
        let view = read(api, id).await;
        (view["order"]["status"] == "executed").then_some(view)
    })
    .await
}

/// Two items were disabled on the order, and each person is told what the authority says.
async fn the_person_is_told(api: &Api) {
    let told = api.get_json("/v1/statements").await;
    let kinds: Vec<&Value> =
        told["statements"].as_array().unwrap().iter().map(|one| &one["kind"]).collect();
    assert_eq!(kinds, ["order", "order"], "{told}");
    let text = told["statements"][0]["told"]["text"].as_str().unwrap();
    for part in ["Office of Example", "It calls for an attack.", "Court of Example", "one month"] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

#[tokio::test]
async fn an_authority_hands_orders_in_with_its_key() {
    let receiver = Receiver::start(&[]).await;
    let tables = tables("")
        + &format!(
            "[webhook.forum]\nurl = \"http://127.0.0.1:{}/hook\"\nsecrets = [\"{}\"]\n",
            receiver.port, receiver.secret
        );
    let allow = format!("allow = [\"127.0.0.1:{}\"]", receiver.port);
    let installation = Installation::with(&allow, &tables);
    installation.user("legal");
    let key = installation.new_key(&["order"], None);
    let server = installation.serve();
    let api = server.api(&installation.key(&["admin"]));
    let office = api.as_key(key["key"].as_str());
    submit(&api, &["p1", "p2"]).await;
    api.post("/v1/authorities", &authority(&[], &[key["id"].as_str().unwrap()])).await;

    let urls = [
        "https://forum.example/p/p1",
        "https://other.example/x",
        "https://forum.example/p/9",
        "https://forum.example/u/a0001",
    ];
    let taken = office.post_json("/v1/orders", &order("1", &urls)).await;
    let id = taken["id"].as_str().unwrap().to_owned();
    // Somebody looks at the same item meanwhile: the order does not wait for that.
    let notice = json!({
        "kind": "user", "service": "forum", "subject": {"item": "p1"},
        "reason": "It calls to arms.",
        "good_faith": true,
    });
    let open = api.post_json("/v1/notices", &notice).await["case"].clone();
    // Its own order it sees, and no list.
    assert_eq!(office.get(&format!("/v1/orders/{id}")).await.status, 200);
    assert_eq!(office.get("/v1/orders").await.status, 403);
    let again = office.post_json("/v1/orders", &order("1", &urls)).await;
    assert_eq!(again["repeated"], false, "another time of issue is another form");

    let done = carry_out(&api, &id).await;
    let case = done["order"]["targets"][0]["effect"]["case"].as_str().unwrap();
    let path = format!("/v1/cases/{case}");
    let case = api.get_json(&path).await;
    assert_eq!(case["decisions"][0]["order"], json!(id));
    assert_eq!(case["strikes"], 0, "an order is no strike");
    let joined = api.post_json("/v1/notices", &notice).await["case"].clone();
    assert_eq!(joined, open, "the case that was open is open still");
    the_person_is_told(&api).await;

    // A step that is refused gives nothing back.
    let wordless = json!({"act": "scrutinised", "infringes": true, "note": " "});
    refused(&api, &id, wordless, 409).await;
    let case = api.get_json(&path).await;
    assert_eq!(case["decisions"][0]["reversed_at"], Value::Null, "{case}");

    // The home authority finds an infringement: everything comes back at once.
    let infringes = json!({"act": "scrutinised", "infringes": true, "note": "decision 4/2026"});
    let ceased = act(&api, &id, infringes).await;
    assert_eq!(ceased["order"]["status"], "ceased");
    until("what was taken to come back", async || {
        let kinds: Vec<String> = receiver
            .taken()
            .iter()
            .map(|one| one.event["data"]["kind"].as_str().unwrap().to_owned())
            .collect();
        (kinds.iter().filter(|kind| *kind == "restore").count() == 2).then_some(())
    })
    .await;
    server.stop();
    assert!(installation.run(&["verify"]).status.success());
    let sheet = report(&installation, "tco", "tco_article_7.csv");
    let scrutinised = sheet.lines().find(|line| line.contains("scrutiny under Article 4"));
    assert!(scrutinised.unwrap().ends_with(",2,"), "{sheet}");
    let removed = sheet.lines().find(|line| line.contains("disabled on removal orders"));
    assert!(removed.unwrap().ends_with(",2,"), "{sheet}");
}

#[tokio::test]
async fn the_clock_stops_and_starts_as_the_law_says() {
    let installation = Installation::with("", &tables(""));
    installation.user("legal");
    let server = installation.serve();
    let api = server.api(&installation.key(&["admin"]));
    submit(&api, &["p1"]).await;
    let mut broken = order("7", &["https://forum.example/p/p1"]);
    broken["form"]["file_number"] = "".into();
    let taken = api.post_json("/v1/orders", &broken).await;
    let id = taken["id"].as_str().unwrap();
    assert!(taken["due"].is_string(), "the hour runs from receipt: {taken}");

    let stop = json!({"act": "stop", "ground": "insufficient_information",
        "information": "section E has no file number", "clarification": "the file number"});
    let stopped = act(&api, id, stop).await;
    assert_eq!(
        (stopped["order"]["status"].clone(), stopped["due"].clone()),
        (json!("impossible"), Value::Null)
    );
    let told = refused(&api, id, json!({"act": "resume", "at": "2020-01-01T00:00:00Z"}), 409).await;
    assert!(told.contains("lies before"), "{told}");
    let whole = order("7", &["https://forum.example/p/p1"]);
    act(&api, id, json!({"act": "correct", "form": whole["form"]})).await;
    let resumed = act(&api, id, json!({"act": "resume"})).await;
    assert_eq!(resumed["obstacles"], json!(["not_authentic"]));
    assert!(resumed["due"].as_str() > taken["due"].as_str(), "a whole hour anew");
    server.stop();
}

#[tokio::test]
async fn a_missed_hour_cannot_be_overlooked() {
    let folder = tempfile::tempdir().unwrap();
    let (imap, smtp) = (Imap::start(folder.path()), Smtp::start(folder.path()));
    let receiver = Receiver::start(&[]).await;
    let installation = by_mail(folder.path(), &receiver, &imap, smtp.port);
    let file = installation.write("order.json", order("8", &[])["form"].to_string());
    // On paper, an hour and a half ago.
    let received = jiff::Timestamp::now() - jiff::SignedDuration::from_mins(90);
    let taken = installation.lines(&[
        "orders",
        "take",
        file.to_str().unwrap(),
        "--service",
        "forum",
        "--received-at",
        &received.to_string(),
    ]);
    let id = taken[0]["id"].as_str().unwrap();
    let now = jiff::Timestamp::now();
    let until_then = now + jiff::SignedDuration::from_hours(8);
    installation.lines(&[
        "orders",
        "duty",
        "legal",
        "--from",
        &now.to_string(),
        "--until",
        &until_then.to_string(),
        "--address",
        "legal@forum.example",
    ]);
    let server = installation.serve();
    let api = server.api(&installation.key(&["admin"]));
    let warnings = until("the warnings", async || {
        let taken = smtp.taken();
        (taken.len() >= 2).then_some(taken)
    })
    .await;
    for to in ["To: legal@forum.example", "To: duty@forum.example"] {
        let mail = warnings.iter().find(|mail| mail.contains(to)).unwrap();
        assert!(mail.contains("time has gone by") && mail.contains("Auto-Submitted"), "{mail}");
    }
    // Each page of whoever is on duty shows it, until somebody has said why.
    let page = server.sign_in("legal").await.get("/cases").await;
    assert!(page.text().contains("class=\"pressing late\""), "{}", page.text());
    act(&api, id, json!({"act": "see_miss", "reason": "It lay in the wrong tray."})).await;
    let page = server.sign_in("legal").await.get("/cases").await;
    assert!(page.text().contains("class=\"pressing\""), "it is still to be done");
    act(&api, id, json!({"act": "refuse", "reason": "It names no content."})).await;
    let page = server.sign_in("legal").await.get("/cases").await;
    assert!(!page.text().contains("class=\"pressing"), "nothing presses any more");
    let grade = installation.lines(&["orders", "grade", id]).remove(0);
    assert_eq!(
        (grade["outcome"].clone(), grade["warnings"].clone()),
        (json!("answered"), json!(4))
    );
    server.stop();
}

#[tokio::test]
async fn a_drill_goes_through_everything_and_changes_nothing() {
    let installation = Installation::with("", &tables(""));
    installation.user("legal");
    let server = installation.serve();
    let api = server.api(&installation.key(&["admin"]));
    submit(&api, &["p1"]).await;
    api.post("/v1/authorities", &authority(&[], &[])).await;
    let mut drill = order("drill 1", &["https://forum.example/p/p1"]);
    drill["drill"] = true.into();
    let taken = api.post_json("/v1/orders", &drill).await;
    let id = taken["id"].as_str().unwrap();
    let called = json!({"act": "call_back", "authority": "office", "note": "A. Example"});
    act(&api, id, called).await;
    let done = act(&api, id, json!({"act": "execute"})).await;
    assert_eq!(done["order"]["status"], "executed");
    let grade = installation.lines(&["orders", "grade", id]).remove(0);
    assert_eq!(grade["outcome"], "in_time", "{grade}");
    assert_eq!(api.get_json("/v1/cases?status=decided").await["cases"], json!([]));
    assert_eq!(api.get_json("/v1/deliveries?state=pending").await["deliveries"], json!([]));
    server.stop();
}

#[tokio::test]
async fn the_person_is_told_of_an_order_when_the_silence_is_over() {
    let installation = Installation::with("", &tables(""));
    installation.user("legal");
    let key = installation.new_key(&["order"], None);
    let server = installation.serve();
    let api = server.api(&installation.key(&["admin"]));
    submit(&api, &["p1"]).await;
    api.post("/v1/authorities", &authority(&[], &[key["id"].as_str().unwrap()])).await;
    let mut silent = order("1", &["https://forum.example/p/p1"]);
    silent["form"]["nondisclosure_tick"] = true.into();
    let office = api.as_key(key["key"].as_str());
    let id = office.post_json("/v1/orders", &silent).await["id"].as_str().unwrap().to_owned();
    act(&api, &id, json!({"act": "execute"})).await;
    let held = until("the statement", async || {
        api.get_json("/v1/statements").await["statements"].as_array().unwrap().first().cloned()
    })
    .await;
    assert_eq!((&held["kind"], &held["state"]), (&json!("order"), &json!("pending")));
    let order = read(&api, &id).await["order"].clone();
    assert!(order["silent_until"].is_string(), "{order}");
    assert_eq!(held["held_until"], order["silent_until"]);
}

/// Kinds of actions that the service carried out, so many of each.
fn kinds(receiver: &Receiver, kind: &str) -> usize {
    receiver.taken().iter().filter(|one| one.event["data"]["kind"] == kind).count()
}

async fn status(api: &Api, id: &str) -> String {
    read(api, id).await["order"]["status"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_amended_order_takes_the_place_of_the_earlier_when_a_person_says_so() {
    let receiver = Receiver::start(&[]).await;
    let webhook = format!(
        "[webhook.forum]\nurl = \"http://127.0.0.1:{}/hook\"\nsecrets = [\"{}\"]\n",
        receiver.port, receiver.secret
    );
    let allow = format!("allow = [\"127.0.0.1:{}\"]", receiver.port);
    let installation = Installation::with(&allow, &(tables("") + &webhook));
    installation.user("legal");
    let key = installation.new_key(&["order"], None);
    let server = installation.serve();
    let api = server.api(&installation.key(&["admin"]));
    let office = api.as_key(key["key"].as_str());
    submit(&api, &["p1", "p2"]).await;
    api.post("/v1/authorities", &authority(&[], &[key["id"].as_str().unwrap()])).await;
    let hand_in = async |by: &Api, order: &Value| {
        let taken = by.post_json("/v1/orders", order).await;
        (taken["id"].as_str().unwrap().to_owned(), taken["repeated"] == true)
    };
    let urls = ["https://forum.example/p/p1", "https://forum.example/p/p2"];
    let (first, _) = hand_in(&office, &order("2026/21", &urls)).await;
    act(&api, &first, json!({"act": "execute"})).await;
    until("the service", async || (status(&api, &first).await == "executed").then_some(())).await;

    // Another number, and words that name the first: a fact for a person, and nothing more.
    let mut amended = order("2026/22", &urls[..1]);
    amended["form"]["additional_reasons"] = "It replaces our order 2026/21.".into();
    let (second, _) = hand_in(&office, &amended).await;
    assert_eq!(read(&api, &second).await["order"]["amends"], json!(first));
    let seen = read(&office, &second).await;
    assert_eq!(seen["order"]["amends"], Value::Null, "whoever sends it is not told of others");
    assert_eq!(status(&api, &first).await, "executed");
    let page = server.sign_in("legal").await.get(&format!("/orders/{second}")).await.text();
    assert!(page.contains("Looks like an amendment"), "{page}");
    assert!(page.contains(&format!("action=\"/orders/{first}\"")), "{page}");

    // What anybody else sends takes no place.
    let (stranger, _) = hand_in(&api, &order("2026/23", &urls)).await;
    let by = |id: &str| json!({"act": "supersede", "by": id});
    let told = refused(&api, &first, by(&stranger), 409).await;
    assert!(told.contains("call back first"), "{told}");
    refused(&api, &first, by("order_none"), 404).await;
    let done = act(&api, &first, by(&second)).await;
    assert_eq!(done["order"]["status"], "superseded");
    assert_eq!(read(&api, &second).await["order"]["replaces"], json!([first]));
    let page = server.sign_in("legal").await.get(&format!("/orders/{second}")).await.text();
    assert!(page.contains("not named by it"), "p2 is held and named by no order: {page}");

    // A third under the first number is about the one that stands; the same again is no new one.
    let third = order("2026/21", &urls[1..]);
    let (last, _) = hand_in(&office, &third).await;
    assert_eq!(read(&api, &last).await["order"]["amends"], json!(second));
    assert_eq!(hand_in(&office, &third).await, (last.clone(), true));
    let arguments = ["orders", "supersede", &second, "--by", &last, "--as", "legal"];
    assert_eq!(installation.lines(&arguments)[0]["replaced_by"], json!(last));
    assert_eq!((kinds(&receiver, "disable"), kinds(&receiver, "restore")), (2, 0));

    // The last of them does not stand any more: nothing holds what the first took.
    act(&api, &last, json!({"act": "refuse", "reason": "withdrawn by the authority"})).await;
    until("what was taken", async || (kinds(&receiver, "restore") == 2).then_some(())).await;
    server.stop();
    assert!(installation.run(&["verify"]).status.success());
}
