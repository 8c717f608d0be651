//! Texts of one make: words in a row that nobody else ever puts in a row.
//!
//! Floods that avoid saying the same thing twice are made by drawing words by lot, or by filling
//! templates from lists. Such posts have no near-duplicates, and that is their mark: hardly any two
//! of their words stand beside each other anywhere else in the dataset, while much of what people
//! write consists of common pairs of words. A post is *unlike all others* where none of its pairs
//! of words is found in another post. How often posts of as many words are so outside of bursts is
//! measured; bursts of a hashtag in which far more are, and most are, give the posts that
//! [`super::gatherings`] looks for company in.

use super::bursts::Stretch;
use super::parameters::TemplateParameters;
use super::significance::levels;
use crate::dataset::{NONE, Posts};
use crate::stats::binomial_ln_upper;
use crate::{Stopped, Watch, step};
use hashbrown::HashMap;
use std::f64::consts::LN_10;

/// Posts with more words are taken as having so many.
const MOST_WORDS: usize = 20;
/// At least this share of a burst's posts must be unlike all others.
const SHARE: f64 = 0.5;
/// Progress is told after so many posts.
const TOLD_EVERY: usize = 1 << 16;

/// For each burst that is made by a template, its posts that are, in the order of time.
///
/// # Errors
/// [`Stopped`] where the watcher says so.
pub fn find(
    posts: &Posts,
    bursts: &[Stretch],
    rules: &TemplateParameters,
    false_discovery: f64,
    watch: &mut dyn Watch,
) -> Result<Vec<Vec<u32>>, Stopped> {
    let words = Words::read(posts, rules.min_words as usize, watch)?;
    let usual = words.usual(posts, bursts);
    let mut found = Vec::new();
    let mut chances = Vec::new();
    for burst in bursts {
        let rated: Vec<(u32, usize)> =
            burst.during().iter().filter_map(|row| Some((*row, words.count(*row)?))).collect();
        let unlike: Vec<u32> =
            rated.iter().map(|(row, _)| *row).filter(|row| words.is_unlike(*row)).collect();
        let expected: f64 = rated.iter().map(|(_, count)| usual[*count]).sum();
        if unlike.len() as f64 >= SHARE * burst.during().len() as f64 && !unlike.is_empty() {
            let (count, all) = (unlike.len() as u64, rated.len() as u64);
            let chance = binomial_ln_upper(count, all, (expected / all as f64).min(1.0));
            chances.push(chance / LN_10);
            found.push(unlike);
        }
    }
    let mut level = levels(&chances, bursts.len() as u64).into_iter();
    found.retain(|_| level.next().is_some_and(|level| level <= false_discovery));
    Ok(found)
}

/// How many words each post has, and whether its pairs of words are found elsewhere.
struct Words {
    /// By row: the number of words, 0 where there are too few to be rated.
    counts: Vec<u8>,
    /// By row: whether any pair of its words stands in another post too.
    is_like_others: Vec<bool>,
}

impl Words {
    fn read(posts: &Posts, least: usize, watch: &mut dyn Watch) -> Result<Self, Stopped> {
        let mut counts = vec![0; posts.len()];
        let mut is_like_others = vec![false; posts.len()];
        // The text in which a pair of words was first seen, and the row of that text.
        let mut first: HashMap<u64, u32> = HashMap::new();
        for row in 0..posts.len() {
            if row.is_multiple_of(TOLD_EVERY) {
                step(watch, "compare_words", row as u64, posts.len() as u64)?;
            }
            if posts.repost_of[row] != NONE {
                continue;
            }
            let own: Vec<u64> = words(posts.text_of(row)).map(hashed).collect();
            if own.len() >= least {
                counts[row] = own.len().min(MOST_WORDS) as u8;
            }
            for pair in own.windows(2) {
                let pair = pair[0].rotate_left(1) ^ pair[1];
                let other = *first.entry(pair).or_insert(row as u32) as usize;
                if other != row {
                    is_like_others[row] = true;
                    is_like_others[other] = true;
                }
            }
        }
        Ok(Self { counts, is_like_others })
    }

    fn count(&self, row: u32) -> Option<usize> {
        Some(usize::from(self.counts[row as usize])).filter(|count| *count > 0)
    }

    fn is_unlike(&self, row: u32) -> bool {
        self.count(row).is_some() && !self.is_like_others[row as usize]
    }

    /// For each number of words the share of posts outside of bursts that are unlike all others.
    fn usual(&self, posts: &Posts, bursts: &[Stretch]) -> Vec<f64> {
        let mut in_burst = vec![false; posts.len()];
        bursts
            .iter()
            .flat_map(|burst| burst.during())
            .for_each(|row| in_burst[*row as usize] = true);
        // Half a post more on either side keeps a share that nobody was seen in above 0.
        let mut seen = vec![(0.5_f64, 1.0_f64); MOST_WORDS + 1];
        for row in (0..posts.len() as u32).filter(|row| !in_burst[*row as usize]) {
            if let Some(count) = self.count(row) {
                seen[count].0 += f64::from(u8::from(self.is_unlike(row)));
                seen[count].1 += 1.0;
            }
        }
        seen.into_iter().map(|(unlike, all)| unlike / all).collect()
    }
}

/// The words of a text, without mentions, hashtags and links.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace()
        .filter(|word| !word.starts_with(['#', '@']) && !word.contains("://"))
        .map(|word| word.trim_matches(|character: char| !character.is_alphanumeric()))
        .filter(|word| !word.is_empty())
}

/// A word in lower case as a number (FNV-1a, Fowler, Noll and Vo). It has no key, so that the same
/// dataset gives the same result; words that share a number make posts look less unlike others.
fn hashed(word: &str) -> u64 {
    let bytes = word.chars().flat_map(char::to_lowercase).map(|character| character as u64);
    bytes
        .fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ byte).wrapping_mul(0x0000_0100_0000_01B3))
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
        let found = find(&posts, &bursts, &rules, 0.01, &mut Unwatched).unwrap();
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
        let told: Vec<&str> = words("(One) #tag two, @who https://x.example/1 … 3!").collect();
        assert_eq!(told, ["One", "two", "3"]);
        assert_eq!(hashed("ONE"), hashed("one"));
        assert_ne!(hashed("one"), hashed("eno"));
    }

    #[test]
    fn stops_when_told() {
        let (posts, bursts) = posts(&salad(3));
        let rules = TemplateParameters::default();
        assert_eq!(find(&posts, &bursts, &rules, 0.01, &mut Impatient), Err(Stopped));
    }
}
