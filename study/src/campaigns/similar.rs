//! Texts that are nearly the same as one that was posted a short while before: an exact join.
//!
//! Two texts are nearly the same when the Jaccard index of their sets of words reaches a threshold
//! `t`. Then they share one of their rarest words: of `n` words, at most `n - ceil(t * n)` are not
//! shared, so that the first `n - ceil(t * n) + 1` in any fixed order hold a shared one. Only texts
//! with such a word in common and a fitting number of words are compared, and each of them exactly.
//! Before that, a bitmap of each text's words tells of most of them that too few can be shared: of
//! two texts of `n` and `m` words whose bitmaps differ in `d` bits, at most `(n + m - d) / 2` are.
//! Sources: Bayardo, Ma and Srikant, *Scaling up all pairs similarity search*, WWW 2007; Xiao,
//! Wang, Lin and Yu, *Efficient similarity joins for near duplicate detection*, WWW 2008; Sandes,
//! Teodoro and Melo, *Bitmap filter: speeding up exact set similarity joins with bitwise
//! operations*, Information Systems 88, 2020.
//!
//! The order of words is by how rare they were among the texts that are remembered, newer ones
//! first; it decides only how fast a text is found, never whether.

use super::traces::{TextRules, words};
use crate::Names;
use foldhash::quality::RandomState;
use hashbrown::{HashMap, HashTable};
use std::collections::VecDeque;
use std::hash::BuildHasher as _;

/// What became of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// The same set of words is remembered under this number.
    Known(u64),
    /// It is remembered from now on under this number, which was given for it.
    New(u64),
    /// It is not remembered, since it has no words.
    Empty,
    /// It is not remembered, since as many as may be already are.
    NoRoom,
}

/// A remembered text that is nearly the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    /// The number under which it is remembered.
    pub number: u64,
    /// The Jaccard index of the two sets of words.
    pub similarity: f64,
    /// Grows with when the text was first remembered.
    pub since: u64,
}

/// Texts that were posted lately.
#[derive(Debug)]
pub struct NearTexts {
    rules: TextRules,
    most: usize,
    vocabulary: Vocabulary,
    /// For each word the texts that have it among their rarest.
    postings: Vec<Vec<Posting>>,
    texts: Vec<Text>,
    /// The words of all texts, from the rarest on.
    words: Vec<u32>,
    by_words: HashTable<u32>,
    keys: RandomState,
    seen: u64,
    /// How often each word was in a new text, the less the longer ago.
    often: Vec<u32>,
    /// No text before this place is remembered.
    horizon: u32,
    tidy_after: usize,
    tidy_at: usize,
    tidied_us: i64,
    own: Vec<u32>,
    near: Vec<Near>,
}

/// A remembered set of words.
#[derive(Debug, Clone, Copy)]
struct Text {
    number: u64,
    begin: u32,
    end: u32,
    /// When it was put at its place.
    placed_us: i64,
    last_us: i64,
    since: u64,
    /// The last text that it was compared with, by [`NearTexts::seen`].
    compared: u64,
}

/// A text that has a word, with what tells at once that it is like another in too little.
#[derive(Debug, Clone, Copy)]
struct Posting {
    bits: u64,
    text: u32,
    words: u32,
}

/// Fewest texts between two tidyings.
const TIDY_AFTER: usize = 32_768;

impl NearTexts {
    /// No text yet; at most so many different ones are ever remembered at once.
    #[must_use]
    pub fn new(rules: &TextRules, most: usize) -> Self {
        Self {
            rules: rules.clone(),
            most,
            vocabulary: Vocabulary::default(),
            postings: Vec::new(),
            texts: Vec::new(),
            words: Vec::new(),
            by_words: HashTable::new(),
            keys: RandomState::default(),
            seen: 0,
            often: Vec::new(),
            horizon: 0,
            tidy_after: TIDY_AFTER,
            tidy_at: TIDY_AFTER.min(most),
            tidied_us: i64::MIN,
            own: Vec::new(),
            near: Vec::new(),
        }
    }

    /// Takes the words of a text. Where no text with the same words is remembered, `number` is
    /// asked for a number for it, given those that are nearly the same and were posted within the
    /// time that texts are remembered. Texts come in the order of time.
    pub fn see<'a>(
        &mut self,
        words: impl Iterator<Item = &'a str>,
        at_us: i64,
        number: impl FnOnce(&[Near]) -> u64,
    ) -> Seen {
        self.seen += 1;
        if self.texts.len() >= self.tidy_at && self.tidied_us < self.tidy_before(at_us) {
            self.tidy(at_us);
        }
        self.number_words(words);
        if self.own.is_empty() {
            return Seen::Empty;
        }
        let hash = self.keys.hash_one(&self.own);
        let own = &self.own;
        let same = |text: &u32| words_of(&self.words, &self.texts[*text as usize]) == own;
        let known = self.by_words.find(hash, same).map(|at| self.texts[*at as usize]);
        if let Some(text) = known.filter(|text| text.last_us >= self.forgotten_us(at_us)) {
            self.refresh(hash, &text, at_us);
            return Seen::Known(text.number);
        }
        if self.texts.len() >= self.most {
            return Seen::NoRoom;
        }
        self.search(at_us);
        let number = number(&self.near);
        self.place(hash, number, self.seen, at_us);
        self.own.iter().for_each(|word| self.often[*word as usize] += 1);
        Seen::New(number)
    }

    /// Forgotten texts are dropped again once a quarter of the time for which they are remembered
    /// has passed since the last time; so there are never many of them.
    fn tidy_before(&self, at_us: i64) -> i64 {
        at_us.saturating_sub(self.rules.remember_us / 4)
    }

    /// Texts that were last posted before this are forgotten.
    fn forgotten_us(&self, at_us: i64) -> i64 {
        at_us.saturating_sub(self.rules.remember_us)
    }

    /// The numbers of the words of a text, each once, from the rarest on.
    fn number_words<'a>(&mut self, words: impl Iterator<Item = &'a str>) {
        self.own.clear();
        words.for_each(|word| self.own.push(self.vocabulary.number(word)));
        self.own.sort_unstable_by(|a, b| b.cmp(a));
        self.own.dedup();
        self.postings.resize_with(self.vocabulary.len(), Vec::new);
        self.often.resize(self.vocabulary.len(), 0);
    }

    /// How many of so many words hold a shared one.
    fn prefix(&self, words: usize) -> usize {
        words - self.fewest(words).min(words) + 1
    }

    /// How many words at least are shared with a text that is nearly the same.
    fn fewest(&self, words: usize) -> usize {
        // A hair less, so that what is whole by rights is not rounded up.
        ((self.rules.similarity * words as f64 - 1e-6).ceil() as usize).max(1)
    }

    fn search(&mut self, at_us: i64) {
        self.near.clear();
        self.move_horizon(at_us);
        let forgotten_us = self.forgotten_us(at_us);
        let prefix = self.prefix(self.own.len());
        let own = Posting { bits: bits(&self.own), text: 0, words: self.own.len() as u32 };
        let least = self.rules.similarity;
        for word in &self.own[..prefix] {
            let later = self.postings[*word as usize].iter().rev();
            let remembered = later.take_while(|posting| posting.text >= self.horizon);
            for posting in remembered.filter(|posting| own.at_most(posting) >= least - 1e-9) {
                let text = &mut self.texts[posting.text as usize];
                if text.last_us < forgotten_us || text.compared == self.seen {
                    continue;
                }
                text.compared = self.seen;
                let similarity = jaccard(&self.own, words_of(&self.words, text));
                if similarity >= least {
                    self.near.push(Near { number: text.number, similarity, since: text.since });
                }
            }
        }
    }

    /// Texts stand in the order in which they were placed, and are placed again before they are
    /// half the time older than that; so none before the horizon is remembered.
    fn move_horizon(&mut self, at_us: i64) {
        let begin_us = self.forgotten_us(at_us).saturating_sub(self.rules.remember_us / 2);
        let old =
            |at: &u32| self.texts.get(*at as usize).is_some_and(|text| text.placed_us < begin_us);
        while old(&self.horizon) {
            self.horizon += 1;
        }
    }

    /// Notes that a text came again, and places it anew where that is long ago.
    fn refresh(&mut self, hash: u64, text: &Text, at_us: i64) {
        if at_us.saturating_sub(text.placed_us) > self.rules.remember_us / 2 {
            self.place(hash, text.number, text.since, at_us);
            return;
        }
        let own = &self.own;
        let same = |text: &u32| words_of(&self.words, &self.texts[*text as usize]) == own;
        if let Some(at) = self.by_words.find(hash, same) {
            self.texts[*at as usize].last_us = at_us;
        }
    }

    /// Places the text whose words were numbered last, instead of the same one where that was
    /// placed before.
    fn place(&mut self, hash: u64, number: u64, since: u64, at_us: i64) {
        let begin = u32::try_from(self.words.len()).expect("fewer than 2^32 words");
        self.words.extend(&self.own);
        let end = u32::try_from(self.words.len()).expect("fewer than 2^32 words");
        let text =
            Text { number, begin, end, placed_us: at_us, last_us: at_us, since, compared: 0 };
        let at = u32::try_from(self.texts.len()).expect("fewer than 2^32 texts");
        let Self { by_words, texts, words, keys, own, .. } = self;
        let same = |other: &u32| words_of(words, &texts[*other as usize]) == own;
        if let Some(place) = by_words.find_mut(hash, same) {
            texts[*place as usize].last_us = i64::MIN;
            *place = at;
            texts.push(text);
        } else {
            texts.push(text);
            by_words.insert_unique(hash, at, |other| {
                keys.hash_one(words_of(words, &texts[*other as usize]))
            });
        }
        self.post(at);
    }

    fn post(&mut self, at: u32) {
        let own = words_of(&self.words, &self.texts[at as usize]);
        let posting = Posting { bits: bits(own), text: at, words: own.len() as u32 };
        for word in &own[..self.prefix(own.len())] {
            self.postings[*word as usize].push(posting);
        }
    }

    /// Drops what is forgotten, and numbers words anew by how rare they are among what is left.
    /// All in its place: the words of a text never move up.
    fn tidy(&mut self, at_us: i64) {
        let forgotten_us = self.forgotten_us(at_us);
        self.texts.retain(|text| text.last_us >= forgotten_us);
        let renumbered = self.renumber();
        self.by_words.clear();
        self.tidied_us = at_us;
        self.horizon = 0;
        let mut end = 0;
        for at in 0..self.texts.len() {
            let begin = end;
            let text = self.texts[at];
            for place in text.begin as usize..text.end as usize {
                self.words[end] = renumbered[self.words[place] as usize];
                end += 1;
            }
            self.words[begin..end].sort_unstable_by(|a, b| b.cmp(a));
            (self.texts[at].begin, self.texts[at].end) = (begin as u32, end as u32);
            self.post(at as u32);
            let Self { by_words, texts, words, keys, .. } = self;
            let hash = |at: &u32| keys.hash_one(words_of(words, &texts[*at as usize]));
            by_words.insert_unique(hash(&(at as u32)), at as u32, hash);
        }
        self.words.truncate(end);
        self.tidy_at =
            (self.texts.len() * 2).max(self.texts.len() + self.tidy_after).min(self.most);
    }

    /// A new number for each old one of a word, the most frequent first, and postings for as many.
    /// A word that is in no text stays only where it was frequent of late.
    fn renumber(&mut self) -> Vec<u32> {
        let mut is_used = vec![false; self.vocabulary.len()];
        for text in &self.texts {
            let own = words_of(&self.words, text);
            own.iter().for_each(|word| is_used[*word as usize] = true);
        }
        let mut order: Vec<u32> = (0..is_used.len() as u32).collect();
        order.retain(|word| is_used[*word as usize] || self.often[*word as usize] > 1);
        order.sort_by_key(|word| std::cmp::Reverse(self.often[*word as usize]));
        self.vocabulary = self.vocabulary.renumbered(&order);
        let mut renumbered = vec![0; is_used.len()];
        (0..).zip(&order).for_each(|(new, old)| renumbered[*old as usize] = new);
        self.often = order.iter().map(|word| self.often[*word as usize] / 2).collect();
        self.postings.iter_mut().for_each(Vec::clear);
        self.postings.resize_with(order.len(), Vec::new);
        renumbered
    }

    /// How many texts are remembered, some of which may be forgotten at the next chance.
    #[must_use]
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether none is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
}

impl Posting {
    /// What the Jaccard index of two texts is at most.
    fn at_most(&self, other: &Self) -> f64 {
        let sum = self.words + other.words;
        let common = sum.saturating_sub((self.bits ^ other.bits).count_ones()) / 2;
        let common = common.min(self.words).min(other.words);
        f64::from(common) / f64::from(sum - common)
    }
}

/// A bit for each word; several may share one.
fn bits(words: &[u32]) -> u64 {
    words.iter().fold(0, |bits, word| bits | 1 << (word.wrapping_mul(0x9E37_79B9) >> 26))
}

/// Words, numbered. A word of up to 15 bytes is its own key, so that it is found without looking it
/// up letter by letter.
#[derive(Debug, Default)]
struct Vocabulary {
    numbers: HashMap<u128, u32, RandomState>,
    keys: Vec<u128>,
    long: Names,
}

/// A key with this bit is the number of a long word.
const LONG: u128 = 1 << 127;

impl Vocabulary {
    fn number(&mut self, word: &str) -> u32 {
        let key = self.key(word);
        let new = self.keys.len() as u32;
        let number = *self.numbers.entry(key).or_insert(new);
        if number == new {
            self.keys.push(key);
        }
        number
    }

    fn key(&mut self, word: &str) -> u128 {
        let mut bytes = [0; 16];
        match bytes.get_mut(..word.len()) {
            Some(begin) if word.len() < 16 => begin.copy_from_slice(word.as_bytes()),
            Some(_) | None => return LONG | u128::from(self.long.number(word)),
        }
        bytes[15] = word.len() as u8;
        u128::from_le_bytes(bytes)
    }

    /// The same words, as many as are named, with new numbers in that order.
    fn renumbered(&self, order: &[u32]) -> Self {
        let mut new = Self::default();
        for old in order {
            let mut key = self.keys[*old as usize];
            if key & LONG != 0 {
                key = LONG | u128::from(new.long.number(self.long.text((key & !LONG) as u32)));
            }
            new.numbers.insert(key, new.keys.len() as u32);
            new.keys.push(key);
        }
        new
    }

    fn len(&self) -> usize {
        self.keys.len()
    }
}

fn words_of<'a>(words: &'a [u32], text: &Text) -> &'a [u32] {
    &words[text.begin as usize..text.end as usize]
}

/// The share of common words of all words of two sets, both from the largest number on.
fn jaccard(a: &[u32], b: &[u32]) -> f64 {
    let (mut at_a, mut at_b, mut common) = (0, 0, 0_usize);
    while at_a < a.len() && at_b < b.len() {
        let (word_a, word_b) = (a[at_a], b[at_b]);
        common += usize::from(word_a == word_b);
        at_a += usize::from(word_a >= word_b);
        at_b += usize::from(word_b >= word_a);
    }
    common as f64 / (a.len() + b.len() - common) as f64
}

/// Finds every two texts that are nearly the same and were posted at most
/// [`TextRules::remember_us`] apart.
#[derive(Debug)]
pub struct SimilarPairs {
    texts: NearTexts,
    sets: Vec<WordSet>,
    remember_us: i64,
    most: usize,
    skipped: u64,
}

/// Texts with the same set of words, and the sets that are nearly the same.
#[derive(Debug, Default)]
struct WordSet {
    /// When each was posted, and the number that was given for it; what is too old leaves.
    posts: VecDeque<(i64, u32)>,
    near: Vec<u64>,
}

impl SimilarPairs {
    /// No text yet. A text is paired with so many at most of each set of words, the latest ones;
    /// for what is left out see [`SimilarPairs::skipped`].
    #[must_use]
    pub fn new(rules: &TextRules, most: usize) -> Self {
        let texts = NearTexts::new(rules, usize::MAX);
        Self { texts, sets: Vec::new(), remember_us: rules.remember_us, most, skipped: 0 }
    }

    /// Takes the words of a text, and gives the numbers of those before it that it is nearly the
    /// same as. Texts come in the order of time.
    pub fn see<'a>(
        &mut self,
        words: impl Iterator<Item = &'a str>,
        at_us: i64,
        number: u32,
        mut similar: impl FnMut(u32),
    ) {
        let Self { texts, sets, .. } = self;
        let seen = texts.see(words, at_us, |near| {
            let own = sets.len() as u64;
            near.iter().for_each(|near| sets[near.number as usize].near.push(own));
            let near = near.iter().map(|near| near.number).collect();
            sets.push(WordSet { posts: VecDeque::new(), near });
            own
        });
        let (Seen::Known(own) | Seen::New(own)) = seen else { return };
        let own = own as usize;
        self.pairs_with(own, at_us, &mut similar);
        for at in 0..self.sets[own].near.len() {
            let near = self.sets[own].near[at] as usize;
            self.pairs_with(near, at_us, &mut similar);
        }
        self.sets[own].posts.push_back((at_us, number));
    }

    fn pairs_with(&mut self, set: usize, at_us: i64, similar: &mut impl FnMut(u32)) {
        let posts = &mut self.sets[set].posts;
        let begin_us = at_us.saturating_sub(self.remember_us);
        while posts.front().is_some_and(|post| post.0 < begin_us) {
            posts.pop_front();
        }
        let skipped = posts.len().saturating_sub(self.most);
        self.skipped += skipped as u64;
        posts.range(skipped..).for_each(|post| similar(post.1));
    }

    /// How many pairs were left out, since a text has too many others that are nearly the same.
    #[must_use]
    pub fn skipped(&self) -> u64 {
        self.skipped
    }
}

/// Puts texts that are nearly the same into groups, while they come.
///
/// A text joins the group of the most similar text that was posted within the time that texts are
/// remembered, the earlier of two that are equally similar; one that is like no other begins a
/// group. Groups are never merged later, so that what a text belongs to is known at once.
#[derive(Debug)]
pub struct Grouper(NearTexts);

impl Grouper {
    /// No text yet; at most so many different ones are remembered at once.
    #[must_use]
    pub fn new(rules: &TextRules, most: usize) -> Self {
        Self(NearTexts::new(rules, most))
    }

    /// The group of a text in its normal form: the number of the text that began it; none where the
    /// text has no words, or no more can be remembered. Texts come in the order of time.
    pub fn group(&mut self, number: u64, form: &str, at_us: i64) -> Option<u64> {
        match self.0.see(words(form), at_us, |near| nearest(near).unwrap_or(number)) {
            Seen::Known(group) | Seen::New(group) => Some(group),
            Seen::Empty | Seen::NoRoom => None,
        }
    }
}

fn nearest(near: &[Near]) -> Option<u64> {
    let order = |one: &&Near, other: &&Near| {
        one.similarity.total_cmp(&other.similarity).then(other.since.cmp(&one.since))
    };
    near.iter().max_by(order).map(|near| near.number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn rules(similarity: f64, remember_us: i64) -> TextRules {
        TextRules { min_words: 1, similarity, remember_us }
    }

    /// Texts of few words, so that they are often alike, in the order of time.
    fn some_texts() -> impl Strategy<Value = Vec<(String, i64)>> {
        let word = prop_oneof![4 => 0_u8..6, 1 => 6_u8..40].prop_map(|word| match word % 4 {
            // Words of 15 bytes and of more are told apart too.
            0 => format!("longer-{word:0>8}"),
            1 => format!("longer-{word:0>9}"),
            _ => format!("w{word}"),
        });
        let text = proptest::collection::vec(word, 0..9).prop_map(|words| words.join(" "));
        proptest::collection::vec((text, 0_i64..6), 0..60).prop_map(|mut texts| {
            let mut at_us = 0;
            for (_, gap) in &mut texts {
                at_us += *gap;
                *gap = at_us;
            }
            texts
        })
    }

    fn set(text: &str) -> BTreeSet<&str> {
        words(text).collect()
    }

    fn index(a: &BTreeSet<&str>, b: &BTreeSet<&str>) -> f64 {
        a.intersection(b).count() as f64 / a.union(b).count() as f64
    }

    /// Every two texts that are nearly the same, by comparing all.
    fn pairs_by_definition(texts: &[(String, i64)], rules: &TextRules) -> Vec<(u32, u32)> {
        let mut found = Vec::new();
        for (later, (text, at_us)) in (0..).zip(texts) {
            for (earlier, (other, before_us)) in (0..later).zip(texts) {
                let near = at_us - before_us <= rules.remember_us;
                let (a, b) = (set(text), set(other));
                if near && !a.is_empty() && index(&a, &b) >= rules.similarity {
                    found.push((earlier, later));
                }
            }
        }
        found
    }

    /// The group of each text, by comparing all: a text is remembered from when its words first
    /// came until too long after they last did.
    fn groups_by_definition(texts: &[(String, i64)], rules: &TextRules) -> Vec<Option<u64>> {
        let mut sets: Vec<(BTreeSet<&str>, i64, u64)> = Vec::new();
        let mut groups = Vec::new();
        for (number, (text, at_us)) in (0_u64..).zip(texts) {
            let own = set(text);
            sets.retain(|(_, last_us, _)| at_us - last_us <= rules.remember_us);
            if own.is_empty() {
                groups.push(None);
                continue;
            }
            if let Some(known) = sets.iter_mut().find(|known| known.0 == own) {
                known.1 = *at_us;
                groups.push(Some(known.2));
                continue;
            }
            let mut best = (0.0, number);
            for (other, _, group) in &sets {
                let similarity = index(&own, other);
                if similarity >= rules.similarity && similarity > best.0 {
                    best = (similarity, *group);
                }
            }
            sets.push((own, *at_us, best.1));
            groups.push(Some(best.1));
        }
        groups
    }

    proptest! {
        #[test]
        fn the_join_is_exact(
            texts in some_texts(),
            similarity in prop_oneof![Just(0.8), Just(0.5), Just(1.0), 0.05..1.0],
            remember_us in prop_oneof![0_i64..20, Just(1_000)],
            tidy_after in 1_usize..20,
        ) {
            let rules = rules(similarity, remember_us);
            let mut pairs = SimilarPairs::new(&rules, usize::MAX);
            (pairs.texts.tidy_after, pairs.texts.tidy_at) = (tidy_after, tidy_after);
            let mut found = Vec::new();
            for (number, (text, at_us)) in (0..).zip(&texts) {
                pairs.see(words(text), *at_us, number, |other| found.push((other, number)));
            }
            found.sort_by_key(|(earlier, later)| (*later, *earlier));
            prop_assert_eq!(found, pairs_by_definition(&texts, &rules));
        }

        #[test]
        fn groups_do_not_depend_on_when_texts_are_dropped(
            texts in some_texts(),
            remember_us in 0_i64..20,
            tidy_after in 1_usize..20,
        ) {
            let rules = rules(0.6, remember_us);
            let mut grouper = Grouper::new(&rules, usize::MAX);
            (grouper.0.tidy_after, grouper.0.tidy_at) = (tidy_after, tidy_after);
            let found: Vec<Option<u64>> = (0..)
                .zip(&texts)
                .map(|(number, (text, at_us))| grouper.group(number, text, *at_us))
                .collect();
            prop_assert_eq!(found, groups_by_definition(&texts, &rules));
        }
    }

    #[test]
    fn a_text_joins_the_most_similar_group() {
        let rules = rules(0.6, 10);
        let mut grouper = Grouper::new(&rules, usize::MAX);
        for (number, text, at_us, wanted) in [
            (0, "a b c d", 0, Some(0)),
            (1, "a b c x", 1, Some(0)),
            (2, "p q r s", 2, Some(2)),
            (3, "", 3, None),
            (4, "d c b a", 11, Some(0)),
            (5, "a b c d e", 21, Some(0)),
            (6, "p q r s", 22, Some(6)),
        ] {
            assert_eq!(grouper.group(number, text, at_us), wanted, "{text}");
        }
    }

    #[test]
    fn what_has_no_room_is_told() {
        let rules = rules(1.0, 80);
        let mut texts = NearTexts::new(&rules, 2);
        let mut see = |text: &str, at_us| {
            let seen = texts.see(words(text), at_us, |_| at_us as u64);
            (seen, texts.len())
        };
        for (text, at_us, wanted) in [
            ("a", 0, (Seen::New(0), 1)),
            ("b", 1, (Seen::New(1), 2)),
            ("c", 2, (Seen::NoRoom, 2)),
            ("a", 9, (Seen::Known(0), 2)),
            ("", 10, (Seen::Empty, 2)),
            // The second text is forgotten by now, so that there is room again.
            ("d", 85, (Seen::New(85), 2)),
        ] {
            assert_eq!(see(text, at_us), wanted, "{text}");
        }
        assert!(!texts.is_empty());
    }

    #[test]
    fn many_copies_are_cut_short_and_told() {
        let mut pairs = SimilarPairs::new(&rules(0.8, 100), 2);
        let mut found = Vec::new();
        for number in 0..5 {
            pairs.see(words("a b c"), 0, number, |other| found.push((other, number)));
        }
        assert_eq!(found, [(0, 1), (0, 2), (1, 2), (1, 3), (2, 3), (2, 4), (3, 4)]);
        assert_eq!(pairs.skipped(), 3);
    }
}
