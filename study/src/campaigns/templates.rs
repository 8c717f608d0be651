//! Texts of one make: words in a row that nobody else ever puts in a row.
//!
//! Floods that avoid saying the same thing twice are made by drawing words by lot, or by filling
//! templates from lists. Such posts have no near-duplicates, and that is their mark: hardly any two
//! of their words stand beside each other anywhere else in the dataset, while much of what people
//! write consists of common pairs of words. A post is *unlike all others* where none of its pairs
//! of words is found in another post. How often posts of as many words, in the same language, are
//! so outside of bursts is measured; bursts of a hashtag in which far more are, and most are, give
//! the posts that [`super::gatherings`] looks for company in.

use super::bursts::Stretch;
use super::parameters::TemplateParameters;
use super::significance::levels;
use super::traces::text;
use crate::dataset::{NONE, Posts};
use crate::stats::binomial_ln_upper;
use crate::{Stopped, Watch, step};
use hashbrown::HashMap;
use std::f64::consts::LN_10;

/// Posts with more words are taken as having so many.
const MOST_WORDS: usize = 20;
/// At least this share of a burst's posts must be unlike all others.
const SHARE: f64 = 0.5;
/// What all languages say of posts of as many words weighs as much as so many posts of a language.
const LANGUAGE_PRIOR: f64 = 50.0;
/// So many pairs of words are remembered. Those that come later count as common, and are told.
const PAIRS: usize = 32_000_000;
/// Progress is told after so many posts.
const TOLD_EVERY: usize = 1 << 16;

/// For each burst that is made by a template, its posts that are, in the order of time; and how
/// many pairs of words there was no room to remember.
///
/// # Errors
/// [`Stopped`] where the watcher says so.
pub fn find(
    posts: &Posts,
    bursts: &[Stretch],
    rules: &TemplateParameters,
    false_discovery: f64,
    watch: &mut dyn Watch,
) -> Result<(Vec<Vec<u32>>, u64), Stopped> {
    let words = Words::read(posts, rules.min_words as usize, PAIRS, watch)?;
    let usual = words.usual(posts, bursts);
    let mut found = Vec::new();
    let mut chances = Vec::new();
    for burst in bursts {
        let rated: Vec<(u32, usize)> =
            burst.during().iter().filter_map(|row| Some((*row, words.count(*row)?))).collect();
        let unlike: Vec<u32> =
            rated.iter().map(|(row, _)| *row).filter(|row| words.is_unlike(*row)).collect();
        let language = |row: u32| posts.language[row as usize];
        let expected: f64 =
            rated.iter().map(|(row, count)| usual.share(language(*row), *count)).sum();
        if unlike.len() as f64 >= SHARE * burst.during().len() as f64 && !unlike.is_empty() {
            let (count, all) = (unlike.len() as u64, rated.len() as u64);
            let chance = binomial_ln_upper(count, all, (expected / all as f64).min(1.0));
            chances.push(chance / LN_10);
            found.push(unlike);
        }
    }
    let mut level = levels(&chances, bursts.len() as u64).into_iter();
    found.retain(|_| level.next().is_some_and(|level| level <= false_discovery));
    Ok((found, words.without_room))
}

/// How often posts are unlike all others outside of bursts.
struct Usual {
    /// By number of words.
    of_all: Vec<f64>,
    /// By language and number of words: those that are, and all.
    of_language: HashMap<(u32, usize), (f64, f64)>,
}

impl Usual {
    fn share(&self, language: u32, count: usize) -> f64 {
        let (unlike, all) = self.of_language.get(&(language, count)).copied().unwrap_or_default();
        (unlike + LANGUAGE_PRIOR * self.of_all[count]) / (all + LANGUAGE_PRIOR)
    }
}

/// How many words each post has, and whether its pairs of words are found elsewhere.
struct Words {
    /// By row: the number of words, 0 where there are too few to be rated.
    counts: Vec<u8>,
    /// By row: whether any pair of its words stands in another post too.
    is_like_others: Vec<bool>,
    /// Pairs of words that were new when there was no room for more.
    without_room: u64,
}

impl Words {
    fn read(
        posts: &Posts,
        least: usize,
        room: usize,
        watch: &mut dyn Watch,
    ) -> Result<Self, Stopped> {
        let mut counts = vec![0; posts.len()];
        let mut is_like_others = vec![false; posts.len()];
        // The text in which a pair of words was first seen, and the row of that text.
        let mut first: HashMap<u64, u32> = HashMap::new();
        let (mut form, mut without_room) = (String::new(), 0);
        for row in 0..posts.len() {
            if row.is_multiple_of(TOLD_EVERY) {
                step(watch, "compare_words", row as u64, posts.len() as u64)?;
            }
            if posts.repost_of[row] != NONE {
                continue;
            }
            text::normalise(posts.text_of(row), &mut form);
            let own: Vec<u64> = words(&form).map(hashed).collect();
            if own.len() >= least {
                counts[row] = own.len().min(MOST_WORDS) as u8;
            }
            for pair in own.windows(2) {
                let pair = pair[0].rotate_left(1) ^ pair[1];
                let full = first.len() >= room;
                match first.get(&pair) {
                    Some(other) if *other as usize == row => {}
                    Some(other) => {
                        is_like_others[row] = true;
                        is_like_others[*other as usize] = true;
                    }
                    None if full => {
                        is_like_others[row] = true;
                        without_room += 1;
                    }
                    None => _ = first.insert(pair, row as u32),
                }
            }
        }
        Ok(Self { counts, is_like_others, without_room })
    }

    fn count(&self, row: u32) -> Option<usize> {
        Some(usize::from(self.counts[row as usize])).filter(|count| *count > 0)
    }

    fn is_unlike(&self, row: u32) -> bool {
        self.count(row).is_some() && !self.is_like_others[row as usize]
    }

    /// What is usual outside of bursts.
    fn usual(&self, posts: &Posts, bursts: &[Stretch]) -> Usual {
        let mut in_burst = vec![false; posts.len()];
        bursts
            .iter()
            .flat_map(|burst| burst.during())
            .for_each(|row| in_burst[*row as usize] = true);
        // Half a post more on either side keeps a share that nobody was seen in above 0.
        let mut seen = vec![(0.5_f64, 1.0_f64); MOST_WORDS + 1];
        let mut of_language: HashMap<(u32, usize), (f64, f64)> = HashMap::new();
        for row in (0..posts.len() as u32).filter(|row| !in_burst[*row as usize]) {
            if let Some(count) = self.count(row) {
                let own = of_language.entry((posts.language[row as usize], count)).or_default();
                for sum in [&mut seen[count], own] {
                    sum.0 += f64::from(u8::from(self.is_unlike(row)));
                    sum.1 += 1.0;
                }
            }
        }
        let of_all = seen.into_iter().map(|(unlike, all)| unlike / all).collect();
        Usual { of_all, of_language }
    }
}

/// The words of a normal form, which has no mentions and links, without hashtags and marks.
fn words(form: &str) -> impl Iterator<Item = &str> {
    text::words(form)
        .filter(|word| !word.starts_with('#'))
        .map(|word| word.trim_matches(|character: char| !character.is_alphanumeric()))
        .filter(|word| !word.is_empty())
}

/// A word as a number (FNV-1a, Fowler, Noll and Vo). It has no key, so that the same
/// dataset gives the same result; words that share a number make posts look less unlike others.
fn hashed(word: &str) -> u64 {
    let letters = word.chars().map(u64::from);
    letters.fold(0xCBF2_9CE4_8422_2325, |hash, letter| {
        (hash ^ letter).wrapping_mul(0x0000_0100_0000_01B3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Unwatched;
    use crate::campaigns::bursts::Alarm;
    use crate::dataset::{Builder, PostRow};
    use crate::watch::Impatient;

    /// Ordinary texts, and those of a burst after them.
    fn posts(burst: &[String]) -> (Posts, Vec<Stretch>) {
        let mut builder = Builder::new();
        let ordinary = (0..200).map(|n| format!("we all walk to the river {}", n % 7));
        let texts: Vec<String> = ordinary.chain(burst.iter().cloned()).collect();
        for (n, text) in texts.iter().enumerate() {
            let (id, account) = (n.to_string(), format!("a{}", n % 40));
            let at_us = n as i64;
            builder.post(&PostRow {
                id: &id,
                account: &account,
                at_us,
                text,
                ..PostRow::default()
            });
        }
        let during: Vec<u32> = (200..texts.len() as u32).collect();
        let alarm = Alarm { slot: 0, usual: 1.0, surprise: 9.0 };
        let stretch = Stretch::alone(&during, alarm);
        (builder.build().posts, if burst.is_empty() { Vec::new() } else { vec![stretch] })
    }

    fn check(burst: &[String], expected: &[usize]) {
        let (posts, bursts) = posts(burst);
        let rules = TemplateParameters::default();
        let (found, without_room) = find(&posts, &bursts, &rules, 0.01, &mut Unwatched).unwrap();
        assert_eq!(without_room, 0);
        let sizes: Vec<usize> = found.iter().map(Vec::len).collect();
        assert_eq!(sizes, expected, "{burst:?}");
    }

    fn salad(count: usize) -> Vec<String> {
        (0..count).map(|n| format!("#tag u{n} v{n} w{n} https://x.example/1 @who")).collect()
    }

    #[test]
    fn only_bursts_of_texts_unlike_all_others_are_found() {
        check(&[], &[]);
        check(&salad(12), &[12]);
        check(&salad(1), &[]);
        let ordinary: Vec<String> = (0..12).map(|_| "we all walk to the river 1".into()).collect();
        check(&ordinary, &[]);
        // Fewer than half are unlike all others.
        check(&[salad(6), ordinary.clone()].concat(), &[]);
        // Posts of fewer words are not rated.
        let short: Vec<String> = (0..12).map(|n| format!("u{n} v{n}")).collect();
        check(&short, &[]);
    }

    #[test]
    fn words_are_without_marks_and_case() {
        let mut form = String::new();
        text::normalise("(One) #tag TWO, @who https://x.example/1 … 3!", &mut form);
        assert_eq!(words(&form).collect::<Vec<_>>(), ["one", "two", "3"]);
        // Scripts without blanks have words too.
        assert!(words("我们今天去河边").count() > 3);
        assert_ne!(hashed("one"), hashed("eno"));
    }

    #[test]
    fn what_is_usual_is_so_in_a_language() {
        let mut builder = Builder::new();
        for n in 0..400 {
            let (language, text) = if n % 2 == 0 {
                ("en", "we all walk to the river".to_owned())
            } else {
                ("fi", format!("u{n} v{n} w{n} x{n} y{n} z{n}"))
            };
            let (id, text) = (n.to_string(), text.as_str());
            let at_us = n;
            builder.post(&PostRow {
                id: &id,
                account: "a",
                at_us,
                text,
                language,
                ..PostRow::default()
            });
        }
        let posts = builder.build().posts;
        let words = Words::read(&posts, 3, PAIRS, &mut Unwatched).unwrap();
        let usual = words.usual(&posts, &[]);
        let share = |row: usize| usual.share(posts.language[row], 6);
        assert!(share(0) < 0.2 && share(1) > 0.8, "{} {}", share(0), share(1));
    }

    #[test]
    fn pairs_that_there_is_no_room_for_count_as_common_and_are_told() {
        let (posts, _) = posts(&salad(4));
        let words = Words::read(&posts, 3, 6, &mut Unwatched).unwrap();
        assert!(words.without_room > 0);
        assert!((200..204).all(|row| !words.is_unlike(row)));
    }

    #[test]
    fn stops_when_told() {
        let (posts, bursts) = posts(&salad(3));
        let rules = TemplateParameters::default();
        assert_eq!(find(&posts, &bursts, &rules, 0.01, &mut Impatient), Err(Stopped));
    }
}
