//! How many posts a second one core measures, by the size of the term bank.
//!
//! The long lists are words and pairs of words of the same kind of text as the posts, so they match
//! far more than a real bank would: the 6,000 posts have 40, 10,578 and 39,034 matches.
//! The posts and the words are those of the shared data; where it is absent, made-up ones.

#![allow(missing_docs, clippy::unwrap_used)]

use divan::{Bencher, counter::ItemsCount};
use model::{BankEntry, History, Item, Timestamp, parse_item};
use signals::banks::parse_bank;
use signals::fold::{Fold, fold};
use signals::terms::{TermEntry, TermIndex};
use signals::{Banks, Supplied, measure};
use std::collections::BTreeSet;
use std::path::Path;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data");

fn main() {
    divan::main();
}

fn posts() -> Vec<Item> {
    let lines = std::fs::read_to_string(Path::new(DATA).join("posts/posts.jsonl"));
    let lines = lines.unwrap_or_else(|_| {
        let post = |n: u32| {
            format!(
                "{{\"service\":\"s\",\"id\":\"p{n}\",\"kind\":\"post\",\"created_at\":\
                 \"2026-01-01T00:00:00Z\",\"author\":{{\"id\":\"a\"}},\"text\":\"word{n} and \
                 word{} of an ordinary post that says nothing of note\"}}\n",
                n * 7
            )
        };
        (0..6_000).map(post).collect()
    });
    lines.lines().map(|line| parse_item(line.as_bytes()).unwrap()).collect()
}

/// Every file of the ordinary text, in order of its path.
fn ordinary_text() -> String {
    let mut files = Vec::new();
    for genre in std::fs::read_dir(Path::new(DATA).join("text")).into_iter().flatten().flatten() {
        let files_of = std::fs::read_dir(genre.path()).into_iter().flatten().flatten();
        files.extend(files_of.map(|file| file.path()));
    }
    files.sort();
    files
        .iter()
        .map(|file| String::from_utf8_lossy(&std::fs::read(file).unwrap()).into_owned())
        .collect()
}

/// So many different words and pairs of words, spread evenly over the ordinary text.
fn terms(count: usize) -> Vec<String> {
    if count == 35 {
        let bytes = std::fs::read(Path::new(DATA).join("banks/terms.csv")).unwrap_or_default();
        return parse_bank("terms.csv", "b", &bytes).0.into_iter().map(|e| e.value).collect();
    }
    let text = ordinary_text();
    let words: Vec<&str> =
        text.split_whitespace().filter(|word| word.chars().count() >= 5).collect();
    let mut terms = BTreeSet::new();
    for step in [97, 89, 83, 79, 73, 71, 67, 61, 59, 53, 47, 43, 41, 37, 31, 29, 23, 19, 17, 13, 11]
    {
        for at in (0..words.len().saturating_sub(1)).step_by(step) {
            if terms.len() < count {
                // One word in three, so that common words do not fill the list with single words.
                let pair = format!("{} {}", words[at], words[at + 1]);
                terms.insert(if at % 3 == 0 { words[at].to_owned() } else { pair });
            }
        }
    }
    terms.extend((0..count - terms.len()).map(|n| format!("filler{n} phrase")));
    terms.into_iter().collect()
}

fn banks(count: usize) -> Banks {
    let template = parse_bank("b", "b", b"kind,value,policy\nterm,a,demo.harbour\n").0.remove(0);
    let entry = |value: String| BankEntry { value, ..template.clone() };
    Banks::build(terms(count).into_iter().map(entry).collect(), 1)
}

#[divan::bench(args = [35, 10_000, 100_000], sample_count = 20)]
fn measure_posts(bencher: Bencher, count: usize) {
    let (posts, banks) = (posts(), banks(count));
    let at = Timestamp::parse("2026-02-01T00:00:00Z").unwrap();
    let (history, supplied) = (History::default(), Supplied::default());
    bencher.counter(ItemsCount::new(posts.len())).bench_local(|| {
        posts
            .iter()
            .map(|post| measure(post, &banks, &history, &supplied, at).matches.len())
            .sum::<usize>()
    });
}

#[divan::bench(args = [35, 10_000, 100_000], sample_count = 20)]
fn search_terms_in_folded_posts(bencher: Bencher, count: usize) {
    let posts = posts();
    let terms = terms(count);
    let index = TermIndex::build(terms.iter().map(|term| TermEntry::plain(term)));
    let folded: Vec<_> = posts.iter().map(|post| (post, fold(&post.text, Fold::Strict))).collect();
    bencher.counter(ItemsCount::new(posts.len())).bench_local(|| {
        folded
            .iter()
            .map(|(post, folded)| index.search_folded(&post.text, folded).hits.len())
            .sum::<usize>()
    });
}

#[divan::bench(sample_count = 20)]
fn fold_posts(bencher: Bencher) {
    let posts = posts();
    bencher.counter(ItemsCount::new(posts.len())).bench_local(|| {
        posts.iter().map(|post| fold(&post.text, Fold::Strict).words().len()).sum::<usize>()
    });
}

#[divan::bench(args = [100_000], sample_count = 5)]
fn build_index(bencher: Bencher, count: usize) {
    let terms = terms(count);
    bencher
        .counter(ItemsCount::new(count))
        .bench_local(|| TermIndex::build(terms.iter().map(|term| TermEntry::plain(term))).len());
}
