//! Parquet files that other programs wrote: what is taken, and what is said of what is not.

#![allow(clippy::unwrap_used)]

use datafusion::arrow::array::{
    ArrayRef, DictionaryArray, Int32Array, Int64Array, LargeStringArray, ListBuilder, NullArray,
    RecordBatch, StringArray, StringBuilder, StringViewArray, TimestampNanosecondArray,
    TimestampSecondArray,
};
use datafusion::arrow::datatypes::Int32Type;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::properties::WriterProperties;
use datafusion::parquet::file::reader::{FileReader as _, SerializedFileReader};
use history::write::FollowsWriter;
use history::{limits, read_dataset};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use study::Unwatched;
use study::dataset::FollowRow;

fn write(path: &Path, columns: Vec<(&str, ArrayRef)>, codec: Compression) {
    let batch = RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, column)| (name, column, true)),
    );
    let batch = batch.unwrap();
    let properties = WriterProperties::builder().set_compression(codec).build();
    let file = File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

fn texts(texts: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(texts.to_vec()))
}

fn seconds(seconds: &[Option<i64>]) -> ArrayRef {
    Arc::new(TimestampSecondArray::from(seconds.to_vec()))
}

fn lists(rows: &[Option<&[Option<&str>]>]) -> ArrayRef {
    let mut lists = ListBuilder::new(StringBuilder::new());
    for row in rows {
        lists.append_option(row.map(|row| row.iter().copied()));
    }
    Arc::new(lists.finish())
}

#[test]
fn takes_what_other_programs_write() {
    let zstd = Compression::ZSTD(ZstdLevel::default());
    for codec in [Compression::UNCOMPRESSED, Compression::SNAPPY, zstd] {
        let folder = tempfile::tempdir().unwrap();
        let accounts: DictionaryArray<Int32Type> = ["a", "b", "a"].into_iter().collect();
        let at = TimestampNanosecondArray::from(vec![1_000_000_000, 2_000_001_000, 3_000_000_000]);
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("created_at", Arc::new(at.with_timezone("Europe/Berlin"))),
            ("account", Arc::new(accounts)),
            ("id", Arc::new(LargeStringArray::from(vec!["p1", "p2", "p3"]))),
            ("text", Arc::new(StringViewArray::from(vec![Some("#Own"), None, Some("#a")]))),
            ("hashtags", lists(&[None, None, Some(&[Some("b"), None])])),
            ("thread", Arc::new(NullArray::new(3))),
        ];
        write(&folder.path().join("items-1.parquet"), columns, codec);
        let counts: ArrayRef = Arc::new(Int32Array::from(vec![Some(7), None]));
        let columns = vec![("id", texts(&[Some("a"), Some("b")])), ("followers", counts)];
        write(&folder.path().join("accounts.parquet"), columns, codec);
        let dataset = read_dataset(folder.path(), None, &mut Unwatched).unwrap().dataset;
        let posts = &dataset.posts;
        assert_eq!(posts.at_us, [1_000_000, 2_000_001, 3_000_000]);
        let tags = (0..3).map(|row| {
            posts.hashtags.row(row).iter().map(|tag| posts.objects.text(*tag)).collect::<Vec<_>>()
        });
        assert_eq!(tags.collect::<Vec<_>>(), [vec!["own"], vec![], vec!["b"]]);
        let a = dataset.accounts.find("a").unwrap();
        assert_eq!(dataset.profile(a).unwrap().followers, Some(7));
    }
}

#[test]
fn says_what_is_wrong_with_columns_and_rows() {
    type Columns = Vec<(&'static str, ArrayRef)>;
    let id = || texts(&[Some("p")]);
    let at = || seconds(&[Some(1)]);
    let long = "x".repeat(model::limits::LINK_BYTES + 1);
    let cases: Vec<(&str, Columns, &str)> = vec![
        ("items", vec![("id", id()), ("account", id())], "items.parquet: created_at: the column"),
        (
            "items",
            vec![("id", id()), ("account", id()), ("created_at", at()), ("repost_off", id())],
            "items.parquet: repost_off: no such column; remove or rename it. There are id, service",
        ),
        (
            "items",
            vec![("id", id()), ("account", id()), ("created_at", id())],
            "items.parquet: created_at: must be a timestamp; it is Utf8",
        ),
        (
            "items",
            vec![("id", id()), ("account", texts(&[None])), ("created_at", at())],
            "items.parquet:1: account: null; every row must have it",
        ),
        (
            "items",
            vec![("id", id()), ("account", id()), ("created_at", seconds(&[Some(-1)]))],
            "items.parquet:1: created_at: -1000000 µs lies outside",
        ),
        (
            "items",
            vec![
                ("id", id()),
                ("account", id()),
                ("created_at", at()),
                ("links", lists(&[Some(&[Some(&long)])])),
            ],
            "items.parquet:1: links: 8193 bytes; at most 8192",
        ),
        (
            "accounts",
            vec![("id", id()), ("followers", Arc::new(Int64Array::from(vec![-1])))],
            "accounts.parquet: followers: not a whole number",
        ),
        (
            "accounts",
            vec![("id", id()), ("avatar_pdq", id())],
            "accounts.parquet:1: avatar_pdq: not a PDQ hash: write 64 hexadecimal digits",
        ),
        ("follows", vec![("from", id()), ("to", texts(&[Some("")]))], "to: an id must not be"),
        (
            "actions",
            vec![("at", at()), ("account", id()), ("action", texts(&[Some("ban")]))],
            "actions.parquet:1: action: `ban` is no action",
        ),
    ];
    for (table, columns, expected) in cases {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(format!("{table}.parquet"));
        write(&path, columns, Compression::UNCOMPRESSED);
        let error = read_dataset(folder.path(), None, &mut Unwatched).unwrap_err().to_string();
        assert!(error.contains(expected), "{expected}: {error}");
    }
}

#[test]
fn a_file_that_was_cut_off_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("follows.parquet");
    let columns = vec![("from", texts(&[Some("a")])), ("to", texts(&[Some("b")]))];
    write(&path, columns, Compression::SNAPPY);
    let whole = std::fs::read(&path).unwrap();
    for bytes in [0, 3, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&path, &whole[..bytes]).unwrap();
        let error = read_dataset(folder.path(), None, &mut Unwatched).unwrap_err().to_string();
        assert!(error.contains("not a Parquet file that can be read"), "{bytes}: {error}");
    }
}

#[test]
fn row_groups_are_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("follows.parquet");
    let mut writer = FollowsWriter::create(&path).unwrap();
    let rows = limits::GROUP_ROWS * 2 + 1;
    for row in 0..rows {
        let to = format!("a{row}");
        writer.push(&FollowRow { from: "a", to: &to, at_us: None }).unwrap();
    }
    assert_eq!(writer.finish().unwrap().rows, rows as u64);
    let reader = SerializedFileReader::new(File::open(&path).unwrap()).unwrap();
    let groups: Vec<i64> =
        reader.metadata().row_groups().iter().map(|group| group.num_rows()).collect();
    assert_eq!(groups, [limits::GROUP_ROWS as i64, limits::GROUP_ROWS as i64, 1]);
    let dataset = read_dataset(folder.path(), None, &mut Unwatched).unwrap().dataset;
    assert_eq!(dataset.follows.from.len(), rows);
}
