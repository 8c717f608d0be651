//! The tree beside the records, on SQLite and on PostgreSQL: it grows with them, is built where
//! there was none, and proves every record whatever else is erased.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "support/postgres.rs"]
mod postgres;

use audit::tree::{
    Edge, Layer, ProofPlan, Tile, TreeHead, leaf_hash, published_tiles, verify_consistency,
    verify_inclusion,
};
use audit::{Fact, FactKind, Field};
use model::Timestamp;
use sea_orm::{ConnectionTrait, DatabaseConnection};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use store::{Change, Entry, Location, PublishedRow, Store, UserRow};

type Run = for<'a> fn(&'a Location) -> Pin<Box<dyn Future<Output = ()> + 'a>>;

macro_rules! cases {
    ($($name:ident),* $(,)?) => {
        const CASES: &[(&str, Run)] = &[$((stringify!($name), |at| Box::pin($name(at)))),*];
    };
}

cases![
    grows_with_the_records,
    leaves_out_what_failed,
    is_built_where_there_was_none,
    goes_on_where_another_version_sealed_without_it,
    grows_under_two_stores,
    refuses_a_tree_that_is_not_of_its_records,
    keeps_the_latest_checkpoint,
    proves_everything_after_everything_was_erased,
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

async fn open(location: &Location) -> Store {
    Store::open(location).await.unwrap()
}

async fn raw(location: &Location) -> DatabaseConnection {
    let address = match location {
        Location::Sqlite(path) => format!("sqlite://{}", path.display()),
        Location::Postgres(address) => address.clone(),
    };
    sea_orm::Database::connect(address).await.unwrap()
}

async fn execute(location: &Location, sql: &str) {
    raw(location).await.execute_unprepared(sql).await.unwrap();
}

fn at() -> Timestamp {
    Timestamp::parse("2026-03-01T00:00:00Z").unwrap()
}

fn entries(count: u64) -> Vec<Entry> {
    let entry = |number: u64| {
        let fact = Fact::new(FactKind::SettingsChanged).int(Field::Count, number);
        Entry { fact, event: serde_json::json!({ "number": number }) }
    };
    (0..count).map(entry).collect()
}

async fn seal(store: &Store, count: u64) {
    store.commit(Vec::new(), entries(count), at()).await.unwrap();
}

/// The records as they are stored.
async fn stored(store: &Store) -> Vec<Vec<u8>> {
    let mut records = Vec::new();
    loop {
        let page = store.records(records.len() as u64, 500).await.unwrap();
        if page.is_empty() {
            return records;
        }
        records.extend(page.into_iter().map(|(bytes, _)| bytes));
    }
}

/// The tree that the records have.
fn made(records: &[Vec<u8>]) -> Edge {
    let mut edge = Edge::new();
    edge.append(records.iter().map(|record| leaf_hash(record)));
    edge
}

/// Asserts that the stored tree is that of so many records, tile by tile.
async fn whole(store: &Store, size: u64) -> TreeHead {
    let records = stored(store).await;
    assert_eq!(records.len() as u64, size);
    let mut edge = Edge::new();
    let leaves = records.iter().map(|record| leaf_hash(record));
    let tiles: BTreeMap<Tile, Vec<u8>> = edge.append(leaves).into_iter().collect();
    assert_eq!(store.tree_edge().await.unwrap(), edge);
    for tile in published_tiles(size).filter(|tile| tile.layer() != Layer::Entries) {
        assert_eq!(store.tile(&tile).await.unwrap().as_ref(), Some(&tiles[&tile]), "{tile}");
    }
    edge.head()
}

async fn grows_with_the_records(location: &Location) {
    let store = open(location).await;
    assert_eq!(store.tree_edge().await.unwrap(), Edge::new());
    let mut sealed = 0;
    for count in [1, 2, 254, 255, 1, 300] {
        seal(&store, count).await;
        sealed += count;
        whole(&store, sealed).await;
    }
    // Narrower tiles are those of earlier trees; wider ones are not there yet.
    let narrow = Tile::hashes(0, 3, 5).unwrap();
    assert_eq!(store.tile(&narrow).await.unwrap().unwrap().len(), 5 * 32);
    for missing in [Tile::hashes(0, 3, 46), Tile::hashes(0, 4, 1), Tile::hashes(1, 0, 4)] {
        assert_eq!(store.tile(&missing.unwrap()).await.unwrap(), None);
    }
    drop(store);
    let store = open(location).await;
    seal(&store, 7).await;
    whole(&store, sealed + 7).await;
}

/// A change that conflicts with itself.
fn user() -> Change {
    Change::UserAdded(UserRow {
        id: model::UserId::new("user_1").unwrap(),
        login: "robin".to_owned(),
        role: "admin".to_owned(),
        password: "hash".to_owned(),
        totp: None,
        totp_step: 0,
        language: "en".to_owned(),
        is_disabled: false,
        at: at(),
    })
}

async fn leaves_out_what_failed(location: &Location) {
    let store = open(location).await;
    store.commit(vec![user()], entries(1), at()).await.unwrap();
    let many = (0..40).map(|number| {
        let (store, changes) = (store.clone(), if number % 2 == 0 { vec![] } else { vec![user()] });
        tokio::spawn(async move { store.commit(changes, entries(3), at()).await })
    });
    let many: Vec<_> = many.collect();
    let mut sequence = vec![0];
    for (number, commit) in many.into_iter().enumerate() {
        match commit.await.unwrap() {
            Ok(records) => sequence.extend(records),
            Err(error) => assert!(error.is_conflict() && number % 2 == 1, "{error}"),
        }
    }
    sequence.sort_unstable();
    assert_eq!(sequence, (0..61).collect::<Vec<u64>>());
    whole(&store, 61).await;
}

async fn is_built_where_there_was_none(location: &Location) {
    let store = open(location).await;
    for _ in 0..3 {
        seal(&store, 700).await;
    }
    let head = whole(&store, 2_100).await;
    drop(store);
    // As an installation of a version without a tree, and as one whose building was interrupted.
    let interrupted = "DELETE FROM tree_tiles WHERE level > 0 OR place > 1; \
                       INSERT INTO tree_tiles (level, place, hashes) SELECT 1, 0, hashes FROM two";
    for earlier in ["DELETE FROM tree_tiles", interrupted] {
        if earlier == interrupted {
            keep_level_of_two(location).await;
        }
        execute(location, earlier).await;
        let store = open(location).await;
        assert_eq!(whole(&store, 2_100).await, head);
    }
}

/// A table with the first two hashes of level 1, as a tree of 512 records has them.
async fn keep_level_of_two(location: &Location) {
    let cut = "CREATE TABLE two AS SELECT substr(hashes, 1, 64) AS hashes FROM tree_tiles \
               WHERE level = 1";
    execute(location, cut).await;
}

async fn goes_on_where_another_version_sealed_without_it(location: &Location) {
    let store = open(location).await;
    seal(&store, 600).await;
    drop(store);
    let store = open(location).await;
    // It has written nothing yet, so that it reads the tree when it does.
    execute(location, "DELETE FROM tree_tiles").await;
    seal(&store, 1).await;
    whole(&store, 601).await;
}

async fn grows_under_two_stores(location: &Location) {
    let (one, other) = (open(location).await, open(location).await);
    for _ in 0..5 {
        seal(&one, 100).await;
        seal(&other, 99).await;
        seal(&other, 1).await;
    }
    whole(&one, 1_000).await;
}

async fn refuses_a_tree_that_is_not_of_its_records(location: &Location) {
    let store = open(location).await;
    seal(&store, 300).await;
    drop(store);
    execute(location, "UPDATE log_head SET next = 299").await;
    let refused = Store::open(location).await.unwrap_err().to_string();
    assert!(refused.contains("300 leaves") && refused.contains("299 records"), "{refused}");
    execute(location, "UPDATE log_head SET next = 300").await;
    execute(location, "DELETE FROM tree_tiles WHERE level = 1").await;
    let refused = Store::open(location).await.unwrap_err().to_string();
    assert!(refused.contains("are missing"), "{refused}");
    execute(location, "DELETE FROM tree_tiles").await;
    execute(location, "DELETE FROM records WHERE seq >= 290").await;
    let refused = Store::open(location).await.unwrap_err().to_string();
    assert!(refused.contains("record 290 is missing"), "{refused}");
}

async fn keeps_the_latest_checkpoint(location: &Location) {
    let store = open(location).await;
    assert_eq!(store.published().await.unwrap(), None);
    for (size, note, kept) in [
        (5, "note", true),
        (5, "note and witness", true),
        (5, "note", false),
        (4, "an older note, and longer", false),
        (6, "new", true),
    ] {
        let change = Change::CheckpointPublished { size, note: note.to_owned() };
        let done = store.keep(vec![change], at()).await;
        assert_eq!(done.is_ok(), kept, "{note}");
        assert!(done.err().is_none_or(|error| error.is_conflict()));
        let found = store.published().await.unwrap().unwrap();
        let row = PublishedRow { size, note: note.to_owned(), at: at() };
        assert_eq!(found == row, kept, "{note}");
    }
}

/// The tables that the log needs; what is in any other may be erased.
const LOG: [&str; 5] = ["log_head", "records", "tree_tiles", "tree_checkpoint", "schema_steps"];

/// The strongest deletion there can be: every table but those of the log is emptied.
async fn proves_everything_after_everything_was_erased(location: &Location) {
    let store = open(location).await;
    store.commit(vec![user()], entries(1), at()).await.unwrap();
    seal(&store, 400).await;
    let before = whole(&store, 401).await;
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table'";
    let tables = match location {
        Location::Sqlite(_) => tables,
        Location::Postgres(_) => "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
    };
    let database = raw(location).await;
    let statement = sea_orm::Statement::from_string(database.get_database_backend(), tables);
    let mut erased = 0;
    for row in database.query_all_raw(statement).await.unwrap() {
        let table: String = row.try_get_by_index(0).unwrap();
        if !LOG.contains(&table.as_str()) {
            database.execute_unprepared(&format!("DELETE FROM {table}")).await.unwrap();
            erased += 1;
        }
    }
    assert!(erased > 20, "{erased} tables");
    assert!(store.events(None, 10).await.unwrap().is_empty(), "what happened is erased too");
    seal(&store, 200).await;
    let after = whole(&store, 601).await;
    prove_all(&store, &before, &after).await;
}

/// Every record is proven, in the tree before and after, and the one to continue the other.
async fn prove_all(store: &Store, before: &TreeHead, after: &TreeHead) {
    let records = stored(store).await;
    assert_eq!(made(&records).head(), *after);
    for head in [before, after] {
        for record in 0..head.size {
            let plan = ProofPlan::inclusion(record, head.size).unwrap();
            let proof = plan.answer(&store.tiles(&plan.tiles()).await.unwrap()).unwrap();
            let leaf = leaf_hash(&records[usize::try_from(record).unwrap()]);
            verify_inclusion(&leaf, record, head, &proof).unwrap();
        }
    }
    for earlier in 0..=after.size {
        let plan = ProofPlan::consistency(earlier, after.size).unwrap();
        let proof = plan.answer(&store.tiles(&plan.tiles()).await.unwrap()).unwrap();
        let head = made(&records[..usize::try_from(earlier).unwrap()]).head();
        verify_consistency(&head, after, &proof).unwrap();
    }
}
