//! What is preserved: sealed with the removal, seen for a purpose, exported so that others can
//! check it, deleted after six months; and what happens to it when the server is killed.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "../../store/tests/support/postgres.rs"]
mod postgres;
mod support;

use audit::tree::{ProofFile, TreeHead};
use ed25519_dalek::SigningKey;
use engine::{
    AccessInput, Actor, CheckpointSigner, Clock, Engine, Error, ExportInput, Incoming, Location,
    Origin, PreservationFilter, ProlongInput,
};
use evidence::archive::{ArchiveRecord, RecordKind, write_record};
use model::{AccessPurpose, CaseId, MediaId, Preservation, PreservationState, Timestamp, UserId};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use support::{Api, Installation, Method, eventually};

const TEXT: &str = "velmora calls everybody to the pier";

/// An engine whose clock the test sets.
struct World {
    folder: tempfile::TempDir,
    clock: Arc<AtomicI64>,
    engine: Engine,
    users: Vec<UserId>,
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn picture() -> Vec<u8> {
    (0..90_000u32).map(|place| (place * 7 % 251) as u8).collect()
}

fn why(purpose: AccessPurpose) -> AccessInput {
    AccessInput { purpose, reason: "An appeal came in.".to_owned() }
}

impl World {
    async fn new(location: Option<Location>, second_person: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(AtomicI64::new(at("2026-08-31T12:00:00Z").micros()));
        let told = Arc::clone(&clock);
        let options = engine::Options {
            location: location.unwrap_or(Location::Sqlite(folder.path().join("seawall.db"))),
            evidence: folder.path().join("state/evidence"),
            evidence_keys: folder.path().join("apart/keys"),
            second_person,
            datasets: folder.path().join("datasets"),
            queues: Vec::new(),
            ladder: review::Ladder::default(),
            first_rules: Vec::new(),
            clock: Clock::from_fn(move || {
                Timestamp::from_micros(told.load(Ordering::Relaxed)).unwrap()
            }),
            decoder: sandbox::Decoder::in_this_process(),
            orders: engine::OrderSetup::default(),
            threats: engine::ThreatSetup::default(),
            statements: engine::StatementOptions::default(),
            redress: engine::Redress::with_key(engine::LinkKey::new([7; 32])),
        };
        let engine = Engine::open(options).await.unwrap();
        let origin = Origin::operator();
        engine.write_policy("p", "P", "A policy.", &origin).await.unwrap();
        let mut users = Vec::new();
        for login in ["robin", "lee"] {
            let user = engine::NewUser {
                login: login.to_owned(),
                role: engine::Role::Lead,
                password: Some(support::PASSWORD.to_owned()),
                second_factor: engine::SecondFactor::None,
                language: "en".to_owned(),
            };
            engine.add_user(user, &origin).await.unwrap();
            users.push(engine.user_by_login(login).await.unwrap().unwrap().id);
        }
        Self { folder, clock, engine, users }
    }

    fn set(&self, time: &str) {
        self.clock.store(at(time).micros(), Ordering::Relaxed);
    }

    fn person(&self, number: usize) -> Origin {
        Origin::user(self.users[number].clone())
    }

    fn actor(&self, number: usize) -> Actor {
        Actor::User(self.users[number].clone())
    }

    async fn submit(&self, id: &str) {
        let item = json!({
            "service": "forum", "id": id, "kind": "post", "created_at": "2026-08-30T00:00:00Z",
            "author": { "id": "a1", "handle": "reader" }, "text": TEXT,
            "media": [{ "id": "m1", "kind": "image", "url": "https://forum.example/m1.png" }],
        });
        let item = model::parse_item_value(&item).unwrap();
        let media = vec![(MediaId::new("m1").unwrap(), Ok(picture()))];
        self.engine.submit(vec![Incoming { item, media }], &Origin::operator()).await.unwrap();
    }

    /// Removes an item, and gives what is preserved of it.
    async fn remove(&self, id: &str) -> Preservation {
        let notice: engine::NoticeInput = serde_json::from_value(json!({
            "kind": "user", "service": "forum", "subject": { "item": id }, "reason": "r",
        }))
        .unwrap();
        let case = self.engine.notice(notice, &Origin::operator()).await.unwrap().case;
        let decision: engine::DecisionInput = serde_json::from_value(json!({
            "ruling": "violation", "action": "remove", "policy": "p", "reason": "It recruits.",
            "protected_purpose": "none", "purpose_note": "Nothing of it.",
        }))
        .unwrap();
        let (user, origin) = (&self.users[0], self.person(0));
        self.engine.claim_and_decide(&case, &decision, user, &origin).await.unwrap();
        assert_eq!(self.of_case(&case).await.state, PreservationState::Ordered);
        assert!(self.engine.seal_ordered().await.unwrap() >= 1);
        self.of_case(&case).await
    }

    async fn of_case(&self, case: &CaseId) -> Preservation {
        let filter =
            PreservationFilter { case: Some(case.clone()), limit: 9, ..Default::default() };
        self.engine.preservations(&filter).await.unwrap().remove(0)
    }

    async fn again(&self, kept: &Preservation) -> Preservation {
        self.engine.preservation(&kept.id).await.unwrap()
    }

    async fn export(&self, case: &CaseId, out: &Path) -> Result<engine::Exported, Error> {
        let access = why(AccessPurpose::Review);
        let input = ExportInput { access: &access, signer: &TestKey };
        let mut sink = |path: &str, bytes: &[u8]| {
            let path = out.join(path);
            std::fs::create_dir_all(path.parent().unwrap())?;
            std::fs::write(path, bytes)
        };
        self.engine.export_evidence(case, &input, &self.actor(0), &mut sink).await
    }
}

/// The key of the log of these tests.
struct TestKey;

impl TestKey {
    fn key() -> SigningKey {
        SigningKey::from_bytes(&[5; 32])
    }

    fn origin() -> audit::Origin {
        audit::tree::origin_of_tree(&audit::Origin::new("seawall.example").unwrap()).unwrap()
    }

    fn verifier_key() -> String {
        audit::verifier_key(&Self::origin(), &Self::key().verifying_key())
    }
}

impl CheckpointSigner for TestKey {
    fn checkpoint(&self, head: &audit::Head, at: Timestamp) -> String {
        audit::sign_checkpoint(&Self::origin(), head, at, &Self::key())
    }

    fn tree_checkpoint(&self, head: &TreeHead) -> String {
        audit::tree::sign_tree_head(&Self::origin(), head, &Self::key())
    }
}

/// Every file below a folder, with its bytes.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let bytes = std::fs::read(&path).unwrap();
            found.push((path, bytes));
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn six_months_later_it_is_gone_on_sqlite() {
    six_months(World::new(None, false).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn six_months_later_it_is_gone_on_postgresql() {
    let Some(server) = postgres::Postgres::start() else { return };
    let location = Location::parse(&server.database("seawall"));
    six_months(World::new(Some(location), false).await).await;
}

async fn six_months(world: World) {
    world.submit("p1").await;
    let kept = world.remove("p1").await;
    // Six calendar months after the last of August is the last of February.
    assert_eq!(kept.until, at("2027-02-28T12:00:00Z"));
    let names: Vec<&str> = kept.originals.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["1.json", "1-1.bin"]);
    assert_eq!(kept.originals[1].address.as_deref(), Some("https://forum.example/m1.png"));
    seen_for_a_purpose(&world, &kept).await;
    nothing_readable(&world, &kept);
    let before = world.engine.check_evidence(|_| ()).await.unwrap();
    assert_eq!((before.whole, before.problems.len(), before.unknown), (3, 0, 0));

    world.set("2027-02-28T11:59:59Z");
    assert_eq!(world.engine.delete_due().await.unwrap(), 0);
    world.set("2027-02-28T12:00:00Z");
    assert_eq!(world.engine.delete_due().await.unwrap(), 1);
    assert_eq!(world.engine.delete_due().await.unwrap(), 0);
    let gone = world.again(&kept).await;
    assert_eq!(gone.state, PreservationState::Deleted);
    assert!(gone.items.is_empty() && gone.originals.is_empty());
    let told = world.engine.read_original(&kept.id, 1, "1.json", &world.actor(0)).await;
    assert!(told.unwrap_err().to_string().contains("deleted"));
    let after = world.engine.check_evidence(|_| ()).await.unwrap();
    assert_eq!((after.whole, after.problems.len(), after.unknown), (0, 0, 0));
    let left = files(&world.folder.path().join("state/evidence/sealed"));
    assert!(left.is_empty(), "{left:?}");
    content_is_erased(&world, &kept).await;
    world.engine.verify(|_| ()).await.unwrap();
    let exported = world.export(&kept.case, &world.folder.path().join("bag")).await.unwrap();
    assert_eq!(exported.originals, 0);
    assert!(exported.records > 5, "{exported:?}");
}

async fn seen_for_a_purpose(world: &World, kept: &Preservation) {
    let (person, actor) = (world.person(0), world.actor(0));
    let refused = world.engine.read_original(&kept.id, 1, "1.json", &actor).await;
    assert!(refused.unwrap_err().to_string().contains("none of that number"));
    let empty = AccessInput { reason: " ".to_owned(), ..why(AccessPurpose::Complaint) };
    assert!(world.engine.ask_access(&kept.id, &empty, &person).await.is_err());
    let input = why(AccessPurpose::Complaint);
    let access = world.engine.ask_access(&kept.id, &input, &person).await.unwrap();
    let records = world.engine.head().await.unwrap().next;
    let read = world.engine.read_original(&kept.id, access.number, "1-1.bin", &actor).await;
    assert_eq!(read.unwrap().0, picture());
    assert_eq!(world.engine.head().await.unwrap().next, records + 1);
    let read = world.engine.read_original(&kept.id, access.number, "1.json", &actor).await;
    assert!(String::from_utf8(read.unwrap().0).unwrap().contains(TEXT));
    let others = world.engine.read_original(&kept.id, 1, "1.json", &world.actor(1)).await;
    assert!(others.unwrap_err().to_string().contains("somebody else's"));
    world.set("2026-09-01T12:00:00Z");
    let late = world.engine.read_original(&kept.id, 1, "1.json", &actor).await;
    assert!(late.unwrap_err().to_string().contains("it is over"));
}

/// Goal: nothing readable on disk without the key.
fn nothing_readable(world: &World, kept: &Preservation) {
    let folder = world.folder.path();
    let all = [files(&folder.join("state")), files(&folder.join("apart"))].concat();
    assert!(all.len() >= 10, "{}", all.len());
    let picture = picture();
    let mut needles = vec![b"velmora".to_vec(), picture[1_000..1_032].to_vec()];
    for original in &kept.originals {
        needles.push(original.sha256.clone().into_bytes());
        needles.push(hex::decode(&original.sha256).unwrap());
    }
    for (path, bytes) in all {
        for needle in &needles {
            let is_there = bytes.windows(needle.len()).any(|window| window == needle.as_slice());
            assert!(!is_there, "{} has {needle:02x?}", path.display());
        }
    }
}

async fn content_is_erased(world: &World, kept: &Preservation) {
    let case = world.engine.view_case(&kept.case, &world.actor(0), "test").await.unwrap();
    for row in &case.verdicts {
        assert_eq!(row.item.text, "");
        assert!(row.item.media.is_empty() && row.item.author.handle.is_none());
        assert!(!format!("{row:?}").contains("velmora"));
        let told = world.engine.replay(&row.id).await.unwrap_err().to_string();
        assert!(told.contains("erased"), "{told}");
    }
    assert!(!case.verdicts.is_empty());
    world.engine.replay_all(|replayed| panic!("{}", replayed.id)).await.unwrap();
    // The same content is a new item where it comes again.
    world.submit("p1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_prolonged_given_back_or_used_elsewhere_stays() {
    let world = World::new(None, false).await;
    for id in ["held", "longer", "back", "plain"] {
        world.submit(id).await;
    }
    // The picture is another item's too, which nobody removed.
    world.submit("other").await;
    let held = world.remove("held").await;
    let longer = world.remove("longer").await;
    let back = world.remove("back").await;
    let plain = world.remove("plain").await;
    let (engine, person) = (&world.engine, world.person(0));
    assert!(engine.hold(&held.id, "", &person).await.is_err());
    engine.hold(&held.id, "A threat is looked into.", &person).await.unwrap();
    let until = at("2027-06-01T00:00:00Z");
    let prolong = |asked_by: &str, proceedings: &str, until| {
        let (asked_by, proceedings) = (asked_by.to_owned(), proceedings.to_owned());
        ProlongInput { asked_by, proceedings, until }
    };
    for wrong in [
        prolong("", "7/26", until),
        prolong("A court", " ", until),
        prolong("A court", "7/26", longer.until),
    ] {
        assert!(engine.prolong(&longer.id, &wrong, &person).await.is_err(), "{wrong:?}");
    }
    let right = prolong("A court", "7/26", until);
    assert_eq!(engine.prolong(&longer.id, &right, &person).await.unwrap().until, until);
    engine.undo(&back.case, "It quotes.", &world.users[1], &world.person(1)).await.unwrap();

    world.set("2027-03-01T00:00:00Z");
    assert_eq!(engine.delete_due().await.unwrap(), 2);
    for (kept, state) in [
        (&held, PreservationState::Kept),
        (&longer, PreservationState::Kept),
        (&back, PreservationState::Deleted),
        (&plain, PreservationState::Deleted),
    ] {
        assert_eq!(world.again(kept).await.state, state, "{}", kept.id);
    }
    // What was given back keeps its content; what was not has none; the picture is still used.
    let text = async |kept: &Preservation| {
        let case = engine.view_case(&kept.case, &world.actor(0), "test").await.unwrap();
        case.verdicts[0].item.text.clone()
    };
    assert_eq!((text(&back).await.as_str(), text(&plain).await.as_str()), (TEXT, ""));
    let check = engine.check_evidence(|_| ()).await.unwrap();
    assert_eq!((check.whole, check.problems.len(), check.unknown), (5, 0, 0));
    let sha256 = &held.originals[1].sha256;
    let (bytes, _) = engine.view_evidence(&back.case, sha256, &world.actor(0)).await.unwrap();
    assert_eq!(bytes, picture());

    engine.release_hold(&held.id, "It was nothing.", &person).await.unwrap();
    assert!(engine.release_hold(&held.id, "Again.", &person).await.is_err());
    assert_eq!(engine.delete_due().await.unwrap(), 1);
    world.set("2027-06-01T00:00:00Z");
    assert_eq!(engine.delete_due().await.unwrap(), 1);
    assert!(engine.hold(&held.id, "Too late.", &person).await.is_err());
    engine.verify(|_| ()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_person_has_to_allow_it_where_that_is_set() {
    let world = World::new(None, true).await;
    world.submit("p1").await;
    let kept = world.remove("p1").await;
    let (engine, input) = (&world.engine, why(AccessPurpose::Investigation));
    let access = engine.ask_access(&kept.id, &input, &world.person(0)).await.unwrap();
    assert_eq!(access.until, None);
    let read = async || engine.read_original(&kept.id, 1, "1.json", &world.actor(0)).await;
    assert!(read().await.unwrap_err().to_string().contains("second person"));
    let out = world.folder.path().join("bag");
    assert!(
        world.export(&kept.case, &out).await.unwrap_err().to_string().contains("second person")
    );
    let own = engine.allow_access(&kept.id, 1, &world.person(0)).await.unwrap_err();
    assert!(own.to_string().contains("somebody else"), "{own}");
    engine.allow_access(&kept.id, 1, &world.person(1)).await.unwrap();
    assert!(engine.allow_access(&kept.id, 1, &world.person(1)).await.is_err());
    assert!(read().await.is_ok());
    world.export(&kept.case, &out).await.unwrap();
}

/// Every step leaves a record of its own, with the words of the reason as a commitment alone.
#[tokio::test(flavor = "multi_thread")]
async fn every_step_is_a_record_without_content() {
    let world = World::new(None, false).await;
    world.submit("p1").await;
    let kept = world.remove("p1").await;
    let (engine, person) = (&world.engine, world.person(0));
    engine.ask_access(&kept.id, &why(AccessPurpose::Review), &person).await.unwrap();
    engine.read_original(&kept.id, 1, "1.json", &world.actor(0)).await.unwrap();
    engine.hold(&kept.id, "A threat.", &person).await.unwrap();
    engine.release_hold(&kept.id, "No threat.", &person).await.unwrap();
    world.set("2027-03-01T00:00:00Z");
    engine.delete_due().await.unwrap();
    let events = engine.latest_events(None, 20).await.unwrap();
    let told: Vec<String> = events
        .iter()
        .rev()
        .filter(|event| event.body["preservation"] == kept.id.as_str())
        .map(|event| {
            let what = event.body["what"].as_str().unwrap_or("");
            format!("{} {what}", event.kind).trim().to_owned()
        })
        .collect();
    assert_eq!(
        told,
        [
            "preservation_changed ordered",
            "evidence_stored",
            "preservation_changed opened",
            "content_viewed",
            "preservation_changed held",
            "preservation_changed released",
            "evidence_deleted",
        ]
    );
    let records = engine.records(0, 100).await.unwrap();
    for (bytes, _) in records {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        for needle in ["velmora", "appeal", "threat", kept.originals[0].sha256.as_str()] {
            assert!(!text.contains(needle), "{text}");
        }
    }
}

/// Runs a public tool in a folder; `None` where the machine does not have it.
fn tool(folder: &Path, program: &str, arguments: &[&str]) -> Option<Output> {
    match Command::new(program).args(arguments).current_dir(folder).output() {
        Ok(output) => Some(output),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            println!("skipped: {program} is not installed (scripts/setup)");
            None
        }
        Err(error) => panic!("{program}: {error}"),
    }
}

fn succeeded(output: &Output) -> bool {
    let told = [output.stdout.as_slice(), &output.stderr].concat();
    println!("{}", String::from_utf8_lossy(&told));
    output.status.success()
}

/// The checker of the Library of Congress, in an environment of its own in the target folder.
fn bagit(bag: &Path) -> Option<Output> {
    let place = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bagit");
    let python = place.join("bin/python");
    if !python.exists() {
        let place = place.to_str().unwrap();
        let made = tool(Path::new("."), "python3", &["-m", "venv", place])?;
        assert!(succeeded(&made));
        // The library reads its own version through what newer environments no longer bring.
        let wanted = ["-m", "pip", "install", "--quiet", "bagit==1.9.0", "setuptools<81"];
        if !succeeded(&tool(Path::new("."), python.to_str().unwrap(), &wanted)?) {
            println!("skipped: bagit could not be installed from its registry");
            let _ = std::fs::remove_dir_all(place);
            return None;
        }
    }
    tool(bag, python.to_str().unwrap(), &["-m", "bagit", "--validate", "."])
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outsider_checks_an_export_with_public_tools() {
    let world = World::new(None, false).await;
    world.submit("p1").await;
    let kept = world.remove("p1").await;
    let bag = world.folder.path().join("bag");
    let exported = world.export(&kept.case, &bag).await.unwrap();
    assert_eq!((exported.originals, exported.preservations), (2, 1));
    let original = bag.join(format!("data/originals/{}/1-1.bin", kept.id));
    assert_eq!(std::fs::read(&original).unwrap(), picture());
    let copy = bag.join(format!("data/copies/{}/1-1.bin", kept.id));
    assert_eq!(std::fs::read(copy).unwrap(), picture());
    let lists = ["--check", "--strict", "manifest-sha256.txt", "tagmanifest-sha256.txt"];
    assert!(succeeded(&tool(&bag, "sha256sum", &lists).unwrap()));
    let lists = ["--check", "--strict", "manifest-sha512.txt", "tagmanifest-sha512.txt"];
    assert!(succeeded(&tool(&bag, "sha512sum", &lists).unwrap()));
    if let Some(output) = bagit(&bag) {
        assert!(succeeded(&output));
    }
    let check = |bag: &Path| {
        support::binary(&["evidence", "check", bag.to_str().unwrap()]).output().unwrap()
    };
    assert_eq!(check(&bag).status.code(), Some(0));
    // One bit, and every checker says so.
    let mut bytes = picture();
    bytes[7] ^= 1;
    std::fs::write(&original, bytes).unwrap();
    let told = check(&bag);
    assert_eq!(told.status.code(), Some(1));
    assert!(support::stderr(&told).contains("1-1.bin was altered"), "{}", support::stderr(&told));
    assert!(!succeeded(&tool(&bag, "sha256sum", &["--check", "manifest-sha256.txt"]).unwrap()));
    if let Some(output) = bagit(&bag) {
        assert!(!succeeded(&output));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_record_of_an_export_is_proven_without_the_database() {
    let world = World::new(None, false).await;
    world.submit("p1").await;
    let kept = world.remove("p1").await;
    let bag = world.folder.path().join("bag");
    let exported = world.export(&kept.case, &bag).await.unwrap();
    let verify = |place: &Path| {
        let key = TestKey::verifier_key();
        let arguments = ["log", "verify", place.to_str().unwrap(), "--key", &key];
        support::binary(&arguments).output().unwrap()
    };
    let told = verify(&bag);
    assert_eq!(told.status.code(), Some(0), "{}", support::stderr(&told));
    assert_eq!(support::json_lines(&told)[0]["proven"], exported.records);

    let records = bag.join("data/records");
    let mut paths: Vec<PathBuf> = files(&records).into_iter().map(|(path, _)| path).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "record"));
    assert_eq!(paths.len(), exported.records);
    let proof = paths[1].with_extension("proof");
    let alone = verify(&proof);
    assert_eq!(alone.status.code(), Some(0), "{}", support::stderr(&alone));

    // One bit of a record; a record beside another's proof; both changed alike; no proof at all.
    let broken = |path: &Path, bytes: &[u8], says: &str| {
        let before = std::fs::read(path).unwrap();
        std::fs::write(path, bytes).unwrap();
        let told = verify(&bag);
        assert_eq!(told.status.code(), Some(1), "{says}");
        assert!(support::stderr(&told).contains(says), "{}", support::stderr(&told));
        std::fs::write(path, before).unwrap();
    };
    let mut changed = std::fs::read(&paths[1]).unwrap();
    changed[9] ^= 1;
    broken(&paths[1], &changed, "it was changed");
    broken(&proof, &std::fs::read(paths[0].with_extension("proof")).unwrap(), "it proves record");
    let text = std::fs::read_to_string(&proof).unwrap();
    let mut file = ProofFile::parse(&text).unwrap();
    file.record.clone_from(&changed);
    let forged = file.encode();
    std::fs::write(&proof, forged).unwrap();
    broken(&paths[1], &changed, "does not lead");
    std::fs::remove_file(&proof).unwrap();
    let told = verify(&bag);
    assert!(support::stderr(&told).contains("no proof beside it"), "{}", support::stderr(&told));
}

/// A server over an installation with media in it.
struct Served {
    installation: Installation,
    /// Ends where it is dropped.
    server: support::Server,
    api: Api,
}

impl Served {
    fn new(tables: &str) -> Self {
        Self::over(Installation::with("", tables))
    }

    fn over(installation: Installation) -> Self {
        installation.bank("words", support::TERMS);
        installation.user("lead");
        let key = installation.key(&["admin"]);
        let server = installation.serve();
        let api = server.api(&key);
        Self { installation, server, api }
    }

    async fn submit(&self, id: &str, media: &[u8]) -> String {
        use base64::Engine as _;
        let mut item = support::item(id, "velmora is near");
        let bytes = base64::engine::general_purpose::STANDARD.encode(media);
        item["media"] = json!([{ "id": "m1", "kind": "image", "bytes": bytes }]);
        let answer = self.api.post_json("/v1/items?wait=verdict", &item).await;
        answer["items"][0]["case"].as_str().unwrap().to_owned()
    }

    async fn remove(&self, case: &str) -> Value {
        let decision = json!({
            "reviewer": "lead", "ruling": "violation", "action": "remove",
            "policy": "ashen-front", "reason": "It recruits.", "protected_purpose": "none",
            "purpose_note": "Nothing of it.",
        });
        self.api.post_json(&format!("/v1/cases/{case}/decisions"), &decision).await;
        let path = format!("/v1/evidence?case={case}");
        eventually("the originals are sealed", async || {
            let found = self.api.get_json(&path).await["preservations"][0].clone();
            (found["state"] == "kept").then_some(found)
        })
        .await
    }
}

/// A time-stamp authority: `openssl ts` behind a small server on this machine.
mod authority {
    use super::*;

    pub fn make(folder: &Path) {
        let run = |words: &str| {
            let words: Vec<&str> = words.split(' ').collect();
            assert!(succeeded(&tool(folder, "openssl", &words).unwrap()), "{words:?}");
        };
        let config = "[tsa]\ndefault_tsa = one\n[one]\nserial = serial\nsigner_cert = tsa.pem\n\
                      signer_key = tsa.key\nsigner_digest = sha256\ndefault_policy = 1.2.3.4.1\n\
                      digests = sha256\ness_cert_id_alg = sha256\n";
        std::fs::write(folder.join("tsa.cnf"), config).unwrap();
        std::fs::write(folder.join("serial"), "01\n").unwrap();
        let extensions = "extendedKeyUsage=critical,timeStamping\n";
        std::fs::write(folder.join("tsa.ext"), extensions).unwrap();
        run("req -x509 -newkey rsa:2048 -nodes -days 9 -keyout root.key -out root.pem -subj /CN=r");
        run("req -newkey rsa:2048 -nodes -keyout tsa.key -out tsa.csr -subj /CN=tsa");
        run("x509 -req -in tsa.csr -CA root.pem -CAkey root.key -CAcreateserial -days 99 \
             -extfile tsa.ext -out tsa.pem"
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .as_str());
    }

    pub async fn serve(folder: PathBuf) -> u16 {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let stamp = move |body: axum::body::Bytes| async move {
            std::fs::write(folder.join("asked.tsq"), body).unwrap();
            let words = ["ts", "-reply", "-config", "tsa.cnf", "-queryfile", "asked.tsq"];
            let output = tool(&folder, "openssl", &words).unwrap();
            assert!(output.status.success());
            output.stdout
        };
        let router = axum::Router::new().route("/", axum::routing::post(stamp));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        port
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_stamps_what_is_preserved() {
    let folder = tempfile::tempdir().unwrap();
    authority::make(folder.path());
    let port = authority::serve(folder.path().to_owned()).await;
    let root = folder.path().join("root.pem");
    let tables = format!(
        "\n[evidence]\ntime_stamp_url = \"http://127.0.0.1:{port}/\"\ntime_stamp_roots = \"{}\"\n",
        root.display()
    );
    let allowed = format!("allow = [\"127.0.0.1:{port}\"]");
    let served = Served::over(Installation::with(&allowed, &tables));
    let case = served.submit("p1", &picture()).await;
    let kept = served.remove(&case).await;
    eventually("it is stamped", async || {
        let events = served.api.get_json("/v1/events?limit=500").await;
        let told = events["events"].as_array().unwrap().iter();
        told.filter(|event| event["body"]["what"] == "stamped").count().checked_sub(1)
    })
    .await;
    let bag = served.installation.folder().join("bag");
    let why = ["--purpose", "review", "--reason", "An appeal."];
    let export = ["evidence", "export", &case, "--out", bag.to_str().unwrap()];
    served.installation.lines(&[&export[..], &why].concat());
    let place = bag.join(format!("data/metadata/{}", kept["id"].as_str().unwrap()));
    let root = root.to_str().unwrap();
    let words = ["ts", "-verify", "-data", "manifest.json", "-in", "manifest.tsr", "-CAfile", root];
    assert!(succeeded(&tool(&place, "openssl", &words).unwrap()));
    std::fs::write(place.join("manifest.json"), "{}").unwrap();
    assert!(!succeeded(&tool(&place, "openssl", &words).unwrap()));
}

fn captured(number: u32, body: &str) -> ArchiveRecord {
    ArchiveRecord {
        kind: RecordKind::Response,
        id: format!("urn:uuid:0198a5b2-0000-7000-8000-00000000000{number}"),
        target: Some(format!("https://harbour.example/pier/{number}")),
        at: Timestamp::parse("2026-06-01T12:00:00Z").unwrap(),
        content_type: Some("application/http;msgtype=response".to_owned()),
        more: Vec::new(),
        block: format!("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n{body}").into_bytes(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn captured_pages_join_a_case_and_come_out_unchanged() {
    let served = Served::new("");
    let mut archive = Vec::new();
    for number in 1..3 {
        write_record(&captured(number, &format!("<p>pier {number}</p>")), &mut archive).unwrap();
    }
    let file = served.installation.write("pier.warc", &archive);
    let import = |file: &Path, case: &str| {
        let file = file.to_str().unwrap();
        served.installation.run(&["evidence", "import", "--warc", file, "--case", case])
    };
    let case = served.submit("p1", &picture()).await;
    let early = import(&file, &case);
    assert!(support::stderr(&early).contains("nothing of it is preserved"), "{early:?}");
    let kept = served.remove(&case).await;

    // What cannot be read names its record, and nothing of it is kept.
    let altered = String::from_utf8(archive.clone()).unwrap().replace("pier 2", "pier 3");
    let altered = served.installation.write("altered.warc", altered);
    let told = support::stderr(&import(&altered, &case));
    assert!(told.contains("record 2 was altered"), "{told}");
    let nameless = ArchiveRecord { target: None, ..captured(1, "x") };
    let mut bytes = Vec::new();
    write_record(&nameless, &mut bytes).unwrap();
    let told = support::stderr(&import(&served.installation.write("no.warc", bytes), &case));
    assert!(told.contains("record 1: it has no WARC-Target-URI"), "{told}");
    let told = support::stderr(&import(&served.installation.write("none.warc", b""), &case));
    assert!(told.contains("no record of a captured page"), "{told}");

    let taken = support::json_lines(&import(&file, &case)).remove(0);
    assert_eq!(taken["sha256"], sha256_of(&archive));
    let page = &taken["pages"][1];
    assert_eq!(
        (&page["record"], &page["address"], &page["at"], &page["sha256"]),
        (
            &json!(2),
            &json!("https://harbour.example/pier/2"),
            &json!("2026-06-01T12:00:00Z"),
            &json!(sha256_of(b"<p>pier 2</p>"))
        )
    );
    assert_eq!(support::json_lines(&import(&file, &case))[0], taken, "it is kept once");
    let (path, headers) =
        (format!("/v1/cases/{case}/archives"), [("content-type", "application/warc")]);
    let posted = served.api.send(Method::POST, &path, &headers, archive.clone()).await;
    assert_eq!((posted.status, posted.json()), (201, taken.clone()), "the same over HTTP");
    let broken = served.api.send(Method::POST, &path, &headers, b"HELLO\r\n".to_vec()).await;
    assert_eq!(broken.status, 422, "{}", broken.text());
    assert!(broken.text().contains("record 1"), "{}", broken.text());
    let id = kept["id"].as_str().unwrap();
    let told = served.api.get_json(&format!("/v1/evidence/{id}")).await;
    assert_eq!(told["archives"], json!([taken]));

    let why = ["--purpose", "review", "--reason", "An appeal."];
    served.installation.lines(&[&["evidence", "open", id][..], &why].concat());
    let saved = served.installation.folder().join("saved.warc");
    let open = ["evidence", "open", id, "--access", "1", "--original", "captures-1.warc", "--out"];
    served.installation.lines(&[&open[..], &[saved.to_str().unwrap()]].concat());
    assert_eq!(std::fs::read(saved).unwrap(), archive, "under an access");
    let page = served.server.sign_in("lead").await.get(&format!("/evidence/{id}")).await.text();
    assert!(page.contains("captures-1.warc") && page.contains("pier/1 (+1)"), "{page}");

    let bag = served.installation.folder().join("bag");
    let export = ["evidence", "export", &case, "--out", bag.to_str().unwrap()];
    served.installation.lines(&[&export[..], &why].concat());
    let out = std::fs::read(bag.join(format!("data/captures/{id}/captures-1.warc"))).unwrap();
    assert_eq!(out, archive, "to the byte");
    let checked = served.installation.lines(&["evidence", "check"]).remove(0);
    assert_eq!((&checked["problems"], &checked["unknown"]), (&json!([]), &json!(0)), "{checked}");
}

fn sha256_of(bytes: &[u8]) -> String {
    hex::encode(evidence::Digests::of(bytes).sha256)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_for_somebody_is_read_by_them_alone() {
    let served = Served::new("");
    let case = served.submit("p1", &picture()).await;
    served.remove(&case).await;
    let (secret, recipient) = evidence::keys::Identities::generate();
    let folder = served.installation.folder();
    let out = folder.join("case.tar.age");
    let why = ["--purpose", "investigation", "--reason", "A request.", "--to", &recipient];
    let export = ["evidence", "export", &case, "--out", out.to_str().unwrap()];
    served.installation.lines(&[&export[..], &why].concat());
    let sealed = std::fs::read(&out).unwrap();
    assert!(!sealed.windows(7).any(|window| window == b"velmora"));
    // It is not written over.
    let again = served.installation.run(&[&export[..], &why].concat());
    assert!(support::stderr(&again).contains("is there already"));
    let tape = folder.join("case.tar");
    let key = served.installation.write("key.txt", secret.as_bytes());
    let words = ["-d", "-i", key.to_str().unwrap(), "-o", "case.tar", "case.tar.age"];
    if let Some(output) = tool(folder, "age", &words) {
        assert!(succeeded(&output));
        std::fs::remove_file(&tape).unwrap();
    }
    let mut opened = Vec::new();
    let identities = evidence::keys::Identities::parse(&secret).unwrap();
    identities.decrypt(sealed.as_slice(), &mut opened).unwrap();
    std::fs::write(&tape, opened).unwrap();
    assert!(succeeded(&tool(folder, "tar", &["-xf", "case.tar"]).unwrap()));
    let check = served.installation.run(&["evidence", "check", &case]);
    assert_eq!(check.status.code(), Some(0), "{}", support::stderr(&check));
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_is_named_on_the_command_line_and_keys_are_rotated() {
    let served = Served::new("");
    let case = served.submit("p1", &picture()).await;
    served.remove(&case).await;
    let installation = &served.installation;
    let check = || installation.run(&["evidence", "check"]);
    assert_eq!(check().status.code(), Some(0));
    let rotated = installation.lines(&["evidence", "rotate", "--remove-former"]).remove(0);
    assert_eq!((rotated["rewrapped"].as_u64(), rotated["removed"].as_u64()), (Some(3), Some(1)));
    assert_eq!(check().status.code(), Some(0));
    let sealed = files(&installation.folder().join("evidence/sealed"));
    let (path, bytes) = &sealed[0];
    let mut flipped = bytes.clone();
    let place = bytes.len() / 2;
    flipped[place] ^= 4;
    std::fs::write(path, &flipped).unwrap();
    let told = check();
    assert_eq!(told.status.code(), Some(1));
    assert!(support::stderr(&told).contains("was altered: chunk"), "{}", support::stderr(&told));
    std::fs::remove_file(path).unwrap();
    assert!(support::stderr(&check()).contains("is missing, though its key is there"));
    std::fs::write(path, bytes).unwrap();
    assert_eq!(check().status.code(), Some(0));
    let keys = installation.folder().join("evidence-keys");
    let (secret, _) = evidence::keys::Identities::generate();
    let identities = std::fs::read(keys.join("identities.txt")).unwrap();
    std::fs::write(keys.join("identities.txt"), secret.as_bytes()).unwrap();
    assert!(support::stderr(&check()).contains("cannot be opened with the keys at hand"));
    std::fs::write(keys.join("identities.txt"), identities).unwrap();
    std::fs::rename(&keys, installation.folder().join("away")).unwrap();
    let told = check();
    assert_eq!(told.status.code(), Some(2));
    assert!(support::stderr(&told).contains("cannot be reached"), "{}", support::stderr(&told));
    // A submission is refused and not acknowledged; once the keys are back it is taken.
    let answer = served.api.post("/v1/items", &json!({})).await;
    assert!(answer.status >= 400);
    std::fs::rename(installation.folder().join("away"), &keys).unwrap();
    assert_eq!(check().status.code(), Some(0));
}

/// Goal: a crash while storing. The server is killed in the middle of storing, again and again;
/// every acknowledged medium is whole, and nothing that is there is half.
#[tokio::test(flavor = "multi_thread")]
async fn a_crash_while_storing_loses_nothing_acknowledged() {
    let installation = Installation::new();
    installation.bank("words", support::TERMS);
    let key = installation.key(&["admin"]);
    let mut acknowledged = BTreeMap::new();
    for round in 0..8u32 {
        let server = installation.serve();
        let api = server.api(&key);
        let mut sending = tokio::task::JoinSet::new();
        for number in 0..40u32 {
            let api = api.clone();
            sending.spawn(async move { send(&api, round * 100 + number).await });
        }
        let mut done = 0;
        while let Some(Ok(sent)) = sending.join_next().await {
            acknowledged.extend(sent);
            done += 1;
            if done == 3 + round {
                break;
            }
        }
        // The server is killed by its process id while the rest is on its way.
        drop(server);
        while let Some(sent) = sending.join_next().await {
            acknowledged.extend(sent.unwrap());
        }
    }
    let output = installation.run(&["evidence", "check"]);
    assert_eq!(output.status.code(), Some(0), "{}", support::stderr(&output));
    let check = support::json_lines(&output).remove(0);
    println!("{} acknowledged over 8 kills; {check}", acknowledged.len());
    assert!(check["whole"].as_u64().unwrap() >= acknowledged.len() as u64);
    assert!(acknowledged.len() >= 24);
}

/// Sends an item with a medium of its own; `None` where the server was killed before it answered.
async fn send(api: &Api, number: u32) -> Option<(u32, usize)> {
    use base64::Engine as _;
    let own = number.to_le_bytes().into_iter();
    let bytes: Vec<u8> = own.chain((0..120_000u32).map(|place| place as u8)).collect();
    let mut item = support::item(&format!("p{number}"), "quiet");
    let encoded = base64::engine::general_purpose::STANDARD.encode(&bytes);
    item["media"] = json!([{ "id": "m1", "kind": "image", "bytes": encoded }]);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.post(format!("{}/v1/items", api.base)).json(&item);
    let answer = request.bearer_auth(api.key.as_ref().unwrap()).send().await.ok()?;
    (answer.status() == 202).then_some((number, bytes.len()))
}
