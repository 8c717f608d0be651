//! Folders of datasets: what is read from each form, and what is said of what cannot be read.

#![allow(clippy::unwrap_used)]

use history::folder::Folder;
use history::write::{FolderWriter, ItemsWriter, day_file};
use history::{Error, ItemRow, Table, read, read_dataset};
use std::fs;
use std::path::Path;
use study::dataset::{PostRow, Treatment};
use study::{Dataset, Go, Unwatched, Watch};

const ITEM: &str = r#"{"service":"forum","id":"p1","kind":"post",
"created_at":"2026-01-01T00:00:00Z","author":{"id":"a1"},"text":"See #One"}"#;

fn item() -> String {
    ITEM.replace('\n', "")
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// A dataset as text, to compare two.
fn told(dataset: &Dataset) -> Vec<String> {
    let Dataset { accounts, profiles, posts, follows, actions, .. } = dataset;
    let optional = |row: u32| if row == u32::MAX { "" } else { posts.ids.text(row) };
    let objects = |numbers: &[u32]| {
        numbers.iter().map(|number| posts.objects.text(*number)).collect::<Vec<_>>().join(" ")
    };
    let mut lines: Vec<String> = (0..posts.len())
        .map(|row| {
            format!(
                "{} {} {} {:?} >{} @{} [{}] [{}] [{}] {} {} {}",
                posts.ids.text(posts.id[row]),
                accounts.text(posts.account[row]),
                posts.at_us[row],
                posts.text_of(row),
                optional(posts.repost_of[row]),
                optional(posts.in_reply_to[row]),
                objects(posts.links.row(row)),
                objects(posts.hashtags.row(row)),
                objects(posts.images.row(row)),
                posts.objects.text(posts.language[row]),
                posts.objects.text(posts.client[row]),
                posts.deleted_at_us[row],
            )
        })
        .collect();
    for (id, profile) in accounts.iter().zip(profiles) {
        lines.push(format!("{id} {profile:?}"));
    }
    for (at, from) in follows.from.iter().enumerate() {
        let (from, to) = (accounts.text(*from), accounts.text(follows.to[at]));
        lines.push(format!("{from} -> {to} {}", follows.at_us[at]));
    }
    for action in actions {
        let account = accounts.text(action.account);
        lines.push(format!("{account} {:?} {}", action.action, action.at_us));
    }
    lines
}

fn load(path: &Path) -> Result<Dataset, Error> {
    read_dataset(path, None, &mut Unwatched).map(|loaded| loaded.dataset)
}

fn small() -> tempfile::TempDir {
    let pdq = "0123456789ABCDEF".repeat(4);
    let rich = format!(
        r#"{{"service":"forum","id":"p2","kind":"post","created_at":"2026-01-01T00:00:01.5Z",
        "author":{{"id":"a2","handle":"two"}},"text":"again","language":"fr","repost_of":"p1",
        "links":["https://x.example/"],"hashtags":["Deux","ein"],"client":"web",
        "media":[{{"id":"m","kind":"image","pdq":"{pdq}"}}],
        "deleted_at":"2026-01-03T00:00:00Z","unknown":[1]}}"#
    );
    let items = format!("{}\n\n{}\n", item(), rich.replace('\n', ""));
    let pdq = "ab".repeat(32);
    let accounts = format!(
        "{{\"id\":\"a1\",\"handle\":\"1\",\"bio\":\"é\",\"followers\":3,\"avatar_pdq\":\"{pdq}\"}}
{{\"id\":\"a2\",\"created_at\":\"2025-01-01T00:00:00Z\",\"set_apart\":\"newsroom\"}}\n"
    );
    let actions = r#"{"at":"2026-01-02T00:00:00Z","account":"a2","action":"remove","item":"p2"}
{"at":"2026-01-02T00:00:01Z","account":"a2","action":"suspend"}"#;
    folder(&[
        ("items.ndjson", &items),
        ("accounts.ndjson", &accounts),
        ("follows.csv", "to,from,at\na1,a2,2026-01-01T00:00:00Z\na2,a1,\n"),
        ("actions.ndjson", actions),
        ("notes.txt", "not of the dataset"),
    ])
}

#[test]
fn reads_every_table() {
    let dataset = load(small().path()).unwrap();
    let pdq = "0123456789abcdef".repeat(4);
    let lines = told(&dataset);
    let rich = format!(
        "p2 a2 1767225601500000 \"again\" >p1 @ [https://x.example/] [deux ein] [{pdq}] fr web \
         1767398400000000"
    );
    assert_eq!(
        lines[0],
        "p1 a1 1767225600000000 \"See #One\" > @ [] [one] []   9223372036854775807"
    );
    assert_eq!(lines[1], rich);
    let profile = dataset.profile(dataset.accounts.find("a1").unwrap()).unwrap();
    assert_eq!((profile.handle.as_str(), profile.followers), ("1", Some(3)));
    assert_eq!(profile.avatar_pdq, Some([0xab; 32]));
    let tail = &lines[lines.len() - 4..];
    let expected = [
        "a1 -> a2 -9223372036854775808",
        "a2 -> a1 1767225600000000",
        "a2 Remove 1767312000000000",
        "a2 Suspend 1767312001000000",
    ];
    assert_eq!(tail, expected);
}

#[test]
fn parquet_holds_the_same_dataset() {
    let from = small();
    let to = tempfile::tempdir().unwrap();
    let copy = || {
        let mut writer = FolderWriter::create(to.path()).unwrap();
        read::read(&Folder::open(from.path()).unwrap(), &mut writer, &mut Unwatched).unwrap();
        writer.finish().unwrap()
    };
    let written = copy();
    assert_eq!(written.iter().map(|file| file.rows).collect::<Vec<_>>(), [2, 2, 2, 2]);
    assert_eq!(told(&load(to.path()).unwrap()), told(&load(from.path()).unwrap()));
    let bytes = |name: &str| fs::read(to.path().join(name)).unwrap();
    let before = bytes("items.parquet");
    copy();
    assert_eq!(bytes("items.parquet"), before, "the same rows are the same bytes");
    assert_eq!(fs::read_dir(to.path()).unwrap().count(), 4, "no temporary file is left");
}

#[test]
fn real_posts_survive_parquet() {
    let posts = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/posts/posts.jsonl");
    let Ok(lines) = fs::read_to_string(posts) else {
        eprintln!("skipped: {posts} is not there");
        return;
    };
    let from = folder(&[("items.ndjson", &lines)]);
    let to = tempfile::tempdir().unwrap();
    let mut writer = FolderWriter::create(to.path()).unwrap();
    read::read(&Folder::open(from.path()).unwrap(), &mut writer, &mut Unwatched).unwrap();
    writer.finish().unwrap();
    let dataset = load(from.path()).unwrap();
    assert_eq!(dataset.posts.len(), 6_000);
    assert_eq!(told(&load(to.path()).unwrap()), told(&dataset));
}

#[test]
fn says_what_is_wrong_and_where() {
    let bad = item().replace("2026-01-01T00:00:00Z", "2026-01-01");
    let twice = format!("{}\n{bad}\nnot json\n", item());
    let cases: [(&[(&str, &str)], &str); 14] = [
        (&[], "no dataset"),
        (&[("other.ndjson", "")], "no dataset"),
        (&[("items.ndjson", ""), ("items-2.parquet", "")], "items-2.parquet: also there as items"),
        (&[("items.parquet", "no")], "items.parquet: not a Parquet file that can be read"),
        (
            &[("items.ndjson", &twice)],
            "2 lines cannot be read; mend or remove them:\n  items.ndjson:2: created_at: `",
        ),
        (&[("items.ndjson", &twice)], "items.ndjson:3: item: not JSON"),
        (
            &[("accounts.ndjson", r#"{"handle":"x"}"#)],
            "accounts.ndjson:1: character 14: missing field `id`",
        ),
        (&[("accounts.ndjson", r#"{"id":"x","bios":""}"#)], "unknown field `bios`"),
        (&[("accounts.ndjson", r#"{"id":"x","avatar_pdq":"00"}"#)], "avatar_pdq: not a PDQ hash"),
        (&[("follows.csv", "from,too\na,b\n")], "follows.csv:1: header: `too` is no column"),
        (&[("follows.csv", "from,at\na,\n")], "follows.csv:1: header: `to` is missing"),
        (&[("follows.csv", "from,to\na,b\na\n")], "follows.csv:3: 1 fields in place of 2"),
        (&[("follows.ndjson", r#"{"from":"","to":"b"}"#)], "from: an id must not be empty"),
        (
            &[("actions.ndjson", r#"{"at":"2026-01-01T00:00:00Z","account":"a","action":"ban"}"#)],
            "actions.ndjson:1: action: `ban` is no action: write suspend, restore or remove",
        ),
    ];
    for (files, expected) in cases {
        let folder = folder(files);
        let error = load(folder.path()).unwrap_err().to_string();
        assert!(error.contains(expected), "{files:?}: {error}");
    }
}

#[test]
fn stops_after_too_many_unreadable_lines() {
    let lines = "no\n".repeat(5_000);
    let folder = folder(&[("items.ndjson", &lines)]);
    let error = load(folder.path()).unwrap_err().to_string();
    assert!(error.starts_with("1000 or more lines cannot be read"), "{error}");
    assert_eq!(error.lines().count(), 22, "{error}");
}

#[test]
fn a_line_that_is_too_long_is_told_and_passed_over() {
    let long = "x".repeat(history::limits::LINE_BYTES + 10);
    let folder = folder(&[("items.ndjson", &format!("{long}\n{}\n", item()))]);
    let error = load(folder.path()).unwrap_err().to_string();
    assert!(error.starts_with("1 lines cannot be read"), "{error}");
    assert!(error.contains("items.ndjson:1: longer than 67108864 bytes"), "{error}");
}

#[test]
fn the_digest_names_every_byte() {
    let digest = |items: &str| {
        let folder = folder(&[("items.ndjson", items), ("follows.csv", "from,to\na,b\n")]);
        let loaded = read_dataset(folder.path(), None, &mut Unwatched).unwrap();
        assert_eq!(loaded.files.len(), 2);
        assert_eq!(loaded.files[0].bytes, items.len() as u64);
        (loaded.files[1].sha256.clone(), loaded.digest)
    };
    let (file, first) = digest(&item());
    let (same_file, second) = digest(&format!("{}\n", item()));
    assert_eq!(file, same_file);
    assert_eq!(file, "e1cf7b0c975b438627ddfd497ae865f2cc3a0d52e40f7062a7ac631fc63e3bd8");
    assert_eq!(digest(&item()).1, first);
    assert_ne!(first, second);
}

struct Stop {
    stages: Vec<&'static str>,
    at: usize,
}

impl Watch for Stop {
    fn progress(&mut self, stage: &'static str, done: u64, total: u64) -> Go {
        assert!(done <= total, "{stage}: {done} of {total}");
        self.stages.push(stage);
        if self.stages.len() == self.at { Go::Stop } else { Go::On }
    }
}

#[test]
fn tells_how_far_it_is_and_stops() {
    let from = small();
    let mut watch = Stop { stages: vec![], at: usize::MAX };
    read_dataset(from.path(), None, &mut watch).unwrap();
    assert_eq!(watch.stages, ["items", "accounts", "follows", "actions"]);
    let mut watch = Stop { stages: vec![], at: 2 };
    let error = read_dataset(from.path(), None, &mut watch).unwrap_err();
    assert!(matches!(error, Error::Stopped(_)), "{error}");
}

#[test]
fn posts_after_the_end_are_left_out_and_noted() {
    let from = small();
    let loaded = read_dataset(from.path(), Some(1_767_225_600_000_000), &mut Unwatched).unwrap();
    assert_eq!(loaded.dataset.posts.len(), 1);
    assert_eq!(loaded.dataset.notes.count(Treatment::InTheFuture), 1);
}

#[test]
fn an_unfinished_file_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let day = model::Timestamp::parse("2026-11-22T05:00:00Z").unwrap();
    let path = folder.path().join(day_file(Table::Items, day));
    assert!(path.ends_with("items-2026-11-22.parquet"));
    let row = ItemRow {
        post: PostRow { id: "p", account: "a", ..PostRow::default() },
        ..ItemRow::default()
    };
    let mut writer = ItemsWriter::create(&path).unwrap();
    writer.push(&row).unwrap();
    drop(writer);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    let mut writer = ItemsWriter::create(&path).unwrap();
    (0..20_000).for_each(|_| writer.push(&row).unwrap());
    let written = writer.finish().unwrap();
    assert_eq!((written.rows, written.bytes), (20_000, fs::metadata(&path).unwrap().len()));
}
