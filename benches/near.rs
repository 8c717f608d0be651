//! How often near-duplicates of real posts are found after an edit, how often unrelated posts are,
//! how fast, and in how much memory; and the same for quotations.

#[path = "language/texts.rs"]
#[expect(dead_code, reason = "the program that trains the model uses the rest")]
mod texts;

use benches::{Failure, cpu, line, numbers};
use signals::near::{Index, Near};
use signals::quotation::Library;
use std::collections::BTreeSet;

/// Characters of the posts that are looked at: those of ordinary posts.
const CHARACTERS: std::ops::RangeInclusive<usize> = 60..=280;

/// Fewest words of a post, so that each edit is one; texts written without spaces are left out.
const WORDS: usize = 8;

/// Posts that are edited in each way.
const EDITED: usize = 2_000;

type Edit = fn(&[&str], &mut dyn FnMut() -> u64) -> String;

/// Ways of changing a post, by name.
const EDITS: [(&str, Edit); 9] = [
    ("appended: a link and two hashtags", |words, _| {
        format!("{} https://news.example/a/b?c=1 #today #read", words.join(" "))
    }),
    ("prefixed: RT and a mention", |words, _| format!("RT @reader_07: {}", words.join(" "))),
    ("one word changed", |words, next| changed(words, 1, next)),
    ("3 words changed", |words, next| changed(words, 3, next)),
    ("10 % of words deleted", |words, next| deleted(words, 10, next)),
    ("30 % of words deleted", |words, next| deleted(words, 30, next)),
    ("cut to 70 %", |words, _| words[..words.len() * 7 / 10].join(" ")),
    ("quoted within a longer post", |words, _| {
        let quoted = words.join(" ");
        format!(
            "I read this today and thought of you: “{quoted}” What do you make of that, and \
                 why would anybody write so? Answers in the thread below, please be kind."
        )
    }),
    ("half of the vowels as digits", |words, next| {
        words.join(" ").chars().map(|c| disguised(c, next)).collect()
    }),
];

fn main() -> Result<(), Failure> {
    let posts = posts()?;
    near(&posts)?;
    quotations(&posts)
}

/// Every different post of the shared data that is as long as posts are.
fn posts() -> Result<Vec<String>, Failure> {
    let lines = texts::shared()?.into_iter().flat_map(|file| file.lines);
    let fits = |line: &String| {
        CHARACTERS.contains(&line.chars().count()) && line.split_whitespace().count() >= WORDS
    };
    Ok(lines.filter(fits).collect::<BTreeSet<String>>().into_iter().collect())
}

fn near(posts: &[String]) -> Result<(), Failure> {
    let (build_s, index) = cpu::timed(|| Index::build(posts.iter().map(String::as_str)))?;
    line::measured("near", "insert", posts.len() as f64 / build_s, "posts/CPU s");
    let bytes = index.memory_bytes() as f64 / posts.len() as f64;
    line::measured("near", "memory of a post", bytes, "bytes");
    let mut next = numbers(7);
    for (name, edit) in EDITS {
        let mut missed = 0;
        for _ in 0..EDITED {
            let place = (next() % posts.len() as u64) as usize;
            let words: Vec<&str> = posts[place].split_whitespace().collect();
            let found = index.search(&edit(&words, &mut next)).near;
            missed += usize::from(!found.iter().any(|near| near.entry == place as u64));
        }
        line::measured(
            "near",
            &format!("missed: {name}"),
            missed as f64 * 100.0 / EDITED as f64,
            "%",
        );
    }
    unrelated(posts, &index)
}

/// Pairs of different posts that are near: an upper bound of false ones, because some posts do
/// repeat each other.
fn unrelated(posts: &[String], index: &Index) -> Result<(), Failure> {
    let mut next = numbers(11);
    let sample: Vec<usize> =
        (0..EDITED * 2).map(|_| (next() % posts.len() as u64) as usize).collect();
    let search = || -> Vec<(usize, Vec<Near>)> {
        sample.iter().map(|&place| (place, index.search(&posts[place]).near)).collect()
    };
    let (search_s, found) = cpu::timed(search)?;
    line::measured("near", "search", sample.len() as f64 / search_s, "posts/CPU s");
    let mut pairs = 0;
    for (place, near) in found {
        pairs += near.iter().filter(|near| near.entry != place as u64).count();
    }
    let all = sample.len() as f64 * posts.len() as f64;
    line::measured(
        "near",
        "other posts that are near",
        pairs as f64 * 1e6 / all,
        "per million pairs",
    );
    Ok(())
}

fn quotations(posts: &[String]) -> Result<(), Failure> {
    let is_scripture = |source: &str| source == "quran" || source.starts_with("tashkeela");
    let files: Vec<_> =
        texts::shared()?.into_iter().filter(|file| is_scripture(&file.source)).collect();
    let whole: Vec<String> = files.iter().map(|file| file.lines.join("\n")).collect();
    let bytes: usize = whole.iter().map(String::len).sum();
    let (build_s, library) = cpu::timed(|| Library::build(whole.iter().map(String::as_str)))?;
    let library = library?;
    line::measured("quotation", "build", bytes as f64 / build_s / 1e6, "MB/CPU s");
    let ratio = library.memory_bytes() as f64 / bytes as f64;
    line::measured("quotation", "memory of a byte of text", ratio, "bytes");
    let mut next = numbers(13);
    let (mut missed, mut tried) = (0, 0);
    while tried < EDITED {
        let file = &files[(next() % files.len() as u64) as usize];
        let verse = &file.lines[(next() % file.lines.len() as u64) as usize];
        let words: Vec<&str> = verse.split_whitespace().collect();
        if words.len() < 8 {
            continue;
        }
        tried += 1;
        let start = (next() % (words.len() as u64 - 7)) as usize;
        let quoted = words[start..start + 8].join(" ");
        let item = format!("As it is said: {quoted} - so let us be kind.");
        let place = item.find(&quoted).map_or(0..0, |at| at..at + quoted.len());
        missed += usize::from(!library.search(&item).passages.iter().any(|passage| {
            passage.range.start <= place.start + 4 && passage.range.end + 8 >= place.end
        }));
    }
    line::measured(
        "quotation",
        "missed: eight words of a verse",
        missed as f64 * 100.0 / tried as f64,
        "%",
    );
    let others: Vec<&String> =
        posts.iter().filter(|post| !whole.iter().any(|text| text.contains(*post))).collect();
    let (search_s, found) = cpu::timed(|| {
        others.iter().filter(|post| !library.search(post).passages.is_empty()).count()
    })?;
    line::measured("quotation", "search", others.len() as f64 / search_s, "posts/CPU s");
    line::measured(
        "quotation",
        "other posts with a passage",
        found as f64 * 100.0 / others.len() as f64,
        "%",
    );
    Ok(())
}

fn changed(words: &[&str], count: usize, next: &mut dyn FnMut() -> u64) -> String {
    let mut words = words.to_vec();
    for _ in 0..count {
        let place = (next() % words.len() as u64) as usize;
        words[place] = ["lantern", "фонарь", "فانوس", "pelita"][(next() % 4) as usize];
    }
    words.join(" ")
}

fn deleted(words: &[&str], percent: u64, next: &mut dyn FnMut() -> u64) -> String {
    let kept = words.iter().filter(|_| next() % 100 >= percent);
    kept.copied().collect::<Vec<&str>>().join(" ")
}

fn disguised(c: char, next: &mut dyn FnMut() -> u64) -> char {
    let digit = match c.to_ascii_lowercase() {
        'a' => '4',
        'e' => '3',
        'i' => '1',
        'o' => '0',
        _ => return c,
    };
    if next().is_multiple_of(2) { digit } else { c }
}
