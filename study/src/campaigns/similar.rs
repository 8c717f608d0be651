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
//! Texts are held in generations, each with an order of words of its own: by how rare they were
//! when it began, newer ones first. The order decides only how fast a text is found, never whether.

use super::traces::{TextRules, words};
use foldhash::quality::RandomState;
use hashbrown::{HashMap, HashTable};
use std::collections::VecDeque;
use std::hash::BuildHasher as _;
use std::ops::RangeInclusive;

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
    /// Fewest texts of a generation before the next one begins.
    least: usize,
    vocabulary: Vocabulary,
    /// From the oldest on; new texts go into the last one.
    generations: VecDeque<Generation>,
    /// How many generations began so far.
    begun: u32,
    /// How many texts all generations hold.
    held: usize,
    keys: RandomState,
    seen: u64,
    /// The words of the text at hand, by their numbers.
    own: Vec<u32>,
    /// The same in the order of a generation.
    ordered: Vec<u64>,
    near: Vec<Near>,
}

/// Texts that came one after the other, and are dropped together once all are forgotten: so there
/// is never much to do at once. Nothing in it is ever moved.
#[derive(Debug)]
struct Generation {
    /// From 1 on.
    number: u32,
    begun_us: i64,
    /// When one of its texts was last posted.
    last_us: i64,
    /// How often each word had come when the generation began: the order of its words.
    often: Vec<u32>,
    texts: Vec<Text>,
    /// The words of all texts, by their numbers within each.
    words: Vec<u32>,
    by_words: HashTable<u32>,
    /// For each word the texts that have it among their rarest.
    postings: Vec<Vec<Posting>>,
    /// No text before this place is remembered.
    horizon: u32,
}

/// A remembered set of words.
#[derive(Debug, Clone, Copy)]
struct Text {
    number: u64,
    hash: u64,
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
#[derive(Debug, Clone, Copy, Default)]
struct Posting {
    bits: u64,
    text: u32,
    words: u32,
}

/// Fewest texts of a generation, so that there are few generations where texts are far apart.
const LEAST: usize = 4_096;
/// Fewest texts of a generation for each word that there is, as 1 for so many words, since a
/// generation begins with a look at every word.
const WORDS_EACH: usize = 8;

impl NearTexts {
    /// No text yet; at most so many different ones are ever held at once. What is forgotten is held
    /// for up to half the time longer for which texts are remembered.
    #[must_use]
    pub fn new(rules: &TextRules, most: usize) -> Self {
        Self {
            rules: rules.clone(),
            most,
            least: LEAST,
            vocabulary: Vocabulary::new(),
            generations: VecDeque::new(),
            begun: 0,
            held: 0,
            keys: RandomState::default(),
            seen: 0,
            own: Vec::new(),
            ordered: Vec::new(),
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
        self.turn(at_us);
        self.number_words(words);
        if self.own.is_empty() {
            return Seen::Empty;
        }
        let hash = self.keys.hash_one(&self.own);
        if let Some(known) = self.known(hash, at_us) {
            return Seen::Known(known);
        }
        if self.held >= self.most {
            return Seen::NoRoom;
        }
        self.search(at_us);
        let text = Text::new(hash, number(&self.near), self.seen, at_us);
        self.place(text);
        Seen::New(text.number)
    }

    /// Drops the generations that are forgotten, and begins a new one where it is time.
    fn turn(&mut self, at_us: i64) {
        let forgotten_us = self.forgotten_us(at_us);
        while let Some(oldest) = self.generations.pop_front_if(|one| one.last_us < forgotten_us) {
            self.held -= oldest.texts.len();
        }
        let begun_us = at_us.saturating_sub(self.rules.remember_us / 2);
        let least = self.least.max(self.vocabulary.words.len() / WORDS_EACH).min(self.most / 4);
        let goes_on = |one: &Generation| one.texts.len() < least || one.begun_us > begun_us;
        if !self.generations.back().is_some_and(goes_on) {
            self.begun += 1;
            let often = self.vocabulary.age();
            let room = self.generations.back().map_or(0, |one| one.texts.len());
            self.generations.push_back(Generation::new(self.begun, at_us, often, room));
        }
        let oldest = self.generations.front().map_or(self.begun, |oldest| oldest.number);
        self.vocabulary.generations = oldest..=self.begun;
    }

    /// Texts that were last posted before this are forgotten.
    fn forgotten_us(&self, at_us: i64) -> i64 {
        at_us.saturating_sub(self.rules.remember_us)
    }

    /// The numbers of the words of a text, each once.
    fn number_words<'a>(&mut self, words: impl Iterator<Item = &'a str>) {
        let Self { own, vocabulary, .. } = self;
        own.clear();
        own.extend(words.map(|word| vocabulary.number(word)));
        own.sort_unstable();
        own.dedup();
    }

    /// The number of the text with the same words, where one is remembered, which is noted to have
    /// come again. It is placed anew where that is long ago or was in an earlier generation, so
    /// that generations, and places before the horizon, are forgotten in time.
    fn known(&mut self, hash: u64, at_us: i64) -> Option<u64> {
        let forgotten_us = self.forgotten_us(at_us);
        let Self { generations, own, rules, .. } = self;
        let newest = generations.len() - 1;
        let found = |one: usize| Some((one, generations[one].place_of(hash, own)?));
        let (one, at) = (0..=newest).rev().find_map(found)?;
        let generation = &mut generations[one];
        let text = &mut generation.texts[at as usize];
        if text.last_us < forgotten_us {
            return None;
        }
        let known = *text;
        let age_us = at_us.saturating_sub(known.placed_us);
        if one == newest && age_us <= rules.remember_us / 2 {
            text.last_us = at_us;
            generation.last_us = at_us;
        } else {
            text.last_us = i64::MIN;
            generations[newest].order(own, &mut self.ordered);
            self.place(Text::new(hash, known.number, known.since, at_us));
        }
        Some(known.number)
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

    /// Looks for texts that are nearly the same as the one at hand; leaves the order of its words
    /// in the newest generation.
    fn search(&mut self, at_us: i64) {
        let prefix = self.prefix(self.own.len());
        let forgotten_us = self.forgotten_us(at_us);
        let placed_us = forgotten_us.saturating_sub(self.rules.remember_us / 2);
        let least = self.rules.similarity;
        let Self { generations, own, ordered, near, seen, .. } = self;
        near.clear();
        let posting = Posting { bits: bits(own), text: 0, words: own.len() as u32 };
        for generation in generations {
            generation.order(own, ordered);
            generation.move_horizon(placed_us);
            for word in &ordered[..prefix] {
                generation.each_like(&posting, !*word as u32, least, |text, words| {
                    if text.last_us < forgotten_us || text.compared == *seen {
                        return;
                    }
                    text.compared = *seen;
                    let similarity = jaccard(own, words);
                    if similarity >= least {
                        near.push(Near { number: text.number, similarity, since: text.since });
                    }
                });
            }
        }
    }

    /// Places the text at hand in the newest generation, whose order of words is known.
    fn place(&mut self, text: Text) {
        let prefix = self.prefix(self.own.len());
        let newest = self.generations.back_mut().expect("a generation was begun");
        newest.place(text, &self.own, &self.ordered[..prefix]);
        self.held += 1;
    }

    /// How many texts are held, forgotten ones among them.
    #[must_use]
    pub fn len(&self) -> usize {
        self.held
    }

    /// Whether none is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.held == 0
    }
}

impl Text {
    fn new(hash: u64, number: u64, since: u64, at_us: i64) -> Self {
        let (begin, end, compared) = (0, 0, 0);
        Self { number, hash, begin, end, placed_us: at_us, last_us: at_us, since, compared }
    }

    fn words<'a>(&self, words: &'a [u32]) -> &'a [u32] {
        &words[self.begin as usize..self.end as usize]
    }
}

impl Generation {
    fn new(number: u32, begun_us: i64, often: Vec<u32>, texts: usize) -> Self {
        Self {
            number,
            begun_us,
            last_us: begun_us,
            postings: vec![Vec::new(); often.len()],
            often,
            texts: Vec::with_capacity(texts),
            words: Vec::new(),
            by_words: HashTable::with_capacity(texts),
            horizon: 0,
        }
    }

    /// Where the newest text with these words is.
    fn place_of(&self, hash: u64, own: &[u32]) -> Option<u32> {
        let same = |at: &u32| {
            let text = &self.texts[*at as usize];
            text.hash == hash && text.words(&self.words) == own
        };
        self.by_words.find(hash, same).copied()
    }

    /// Words from the rarest on, of two that are equally rare first the one that came later; each
    /// is the lower half, negated.
    fn order(&self, own: &[u32], ordered: &mut Vec<u64>) {
        let often = |word: &u32| self.often.get(*word as usize).copied().unwrap_or(0);
        ordered.clear();
        ordered.extend(own.iter().map(|word| u64::from(often(word)) << 32 | u64::from(!*word)));
        ordered.sort_unstable();
    }

    /// Texts stand in the order in which they were placed, and are placed again before they are
    /// half the time older than that for which they are remembered; so none that was placed before
    /// an instant is remembered.
    fn move_horizon(&mut self, placed_us: i64) {
        let old = |text: &Text| text.placed_us < placed_us;
        while self.texts.get(self.horizon as usize).is_some_and(old) {
            self.horizon += 1;
        }
    }

    /// Says every text that has a word among its rarest, and may be nearly the same, with its
    /// words.
    fn each_like(
        &mut self,
        own: &Posting,
        word: u32,
        least: f64,
        mut say: impl FnMut(&mut Text, &[u32]),
    ) {
        let Self { postings, texts, words, horizon, .. } = self;
        let share = (least - 1e-9) / (1.0 + least - 1e-9);
        let later = postings.get(word as usize).into_iter().flat_map(|all| all.iter().rev());
        let remembered = later.take_while(|posting| posting.text >= *horizon);
        for posting in remembered.filter(|posting| own.may_share(posting, share)) {
            let text = &mut texts[posting.text as usize];
            let of_text = text.words(words);
            say(text, of_text);
        }
    }

    /// Places a text with these words, of which the rarest lead to it.
    fn place(&mut self, mut text: Text, own: &[u32], rarest: &[u64]) {
        let at = u32::try_from(self.texts.len()).expect("fewer than 2^32 texts");
        let end = |words: &Vec<u32>| u32::try_from(words.len()).expect("fewer than 2^32 words");
        text.begin = end(&self.words);
        self.words.extend(own);
        text.end = end(&self.words);
        self.last_us = text.last_us;
        let known = self.place_of(text.hash, own);
        self.texts.push(text);
        let Self { by_words, texts, .. } = self;
        match known.and_then(|old| by_words.find_mut(text.hash, |other| *other == old)) {
            Some(place) => *place = at,
            None => {
                let hash = |other: &u32| texts[*other as usize].hash;
                by_words.insert_unique(text.hash, at, hash);
            }
        }
        let posting = Posting { bits: bits(own), text: at, words: own.len() as u32 };
        for word in rarest.iter().map(|word| !*word as u32 as usize) {
            if word >= self.postings.len() {
                self.postings.resize(word + 1 + word / 8, Vec::new());
            }
            self.postings[word].push(posting);
        }
    }
}

impl Posting {
    /// Whether two texts may share so large a part of the sum of their words.
    fn may_share(&self, other: &Self, share: f64) -> bool {
        let sum = self.words + other.words;
        let common = sum.saturating_sub((self.bits ^ other.bits).count_ones()) / 2;
        let common = common.min(self.words).min(other.words);
        f64::from(common) >= share * f64::from(sum)
    }
}

/// A bit for each word; several may share one.
fn bits(words: &[u32]) -> u64 {
    words.iter().fold(0, |bits, word| bits | 1 << (word.wrapping_mul(0x9E37_79B9) >> 26))
}

/// Words, numbered. A word of up to 15 bytes is its own key, so that it is found without looking it
/// up letter by letter.
#[derive(Debug)]
struct Vocabulary {
    words: Vec<Word>,
    table: HashTable<u32>,
    keys: RandomState,
    long: LongWords,
    /// Numbers of words that were dropped.
    free: Vec<u32>,
    /// The word that was looked at last, whether it can be dropped.
    at: usize,
    /// The numbers of the generations that there are.
    generations: RangeInclusive<u32>,
}

#[derive(Debug, Clone, Copy)]
struct Word {
    key: u128,
    /// How often it came, the less the longer ago.
    often: u32,
    /// The last generation in which it came.
    last: u32,
}

/// A key with this bit is the number of a long word.
const LONG: u128 = 1 << 127;
/// The key of a number that is free: that of a word without letters.
const FREE: u128 = 0;

impl Vocabulary {
    fn new() -> Self {
        Self {
            words: Vec::new(),
            table: HashTable::new(),
            keys: RandomState::default(),
            long: LongWords::default(),
            free: Vec::new(),
            at: 0,
            generations: 0..=0,
        }
    }

    /// The number of a word, which comes in the newest generation.
    fn number(&mut self, word: &str) -> u32 {
        let key = short_key(word.as_bytes()).unwrap_or_else(|| self.long.key(word));
        let hash = self.keys.hash_one(key);
        let Self { words, table, .. } = self;
        let Some(number) = table.find(hash, |number| words[*number as usize].key == key) else {
            return self.new_word(key, hash);
        };
        let word = &mut words[*number as usize];
        word.often = word.often.saturating_add(1);
        word.last = *self.generations.end();
        *number
    }

    /// For each new word two others are looked at in turn, whether they can be dropped, so that no
    /// more are held than twice those in use.
    fn new_word(&mut self, key: u128, hash: u64) -> u32 {
        (0..2).for_each(|_| self.look_at_next());
        let Self { words, table, keys, free, .. } = self;
        let word = Word { key, often: 1, last: *self.generations.end() };
        let number = free.pop().unwrap_or_else(|| {
            words.push(word);
            u32::try_from(words.len() - 1).expect("fewer than 2^32 words")
        });
        words[number as usize] = word;
        table.insert_unique(hash, number, |other| keys.hash_one(words[*other as usize].key));
        number
    }

    /// How often each word came; from now on that counts half.
    fn age(&mut self) -> Vec<u32> {
        let often = self.words.iter().map(|word| word.often).collect();
        self.words.iter_mut().for_each(|word| word.often /= 2);
        often
    }

    /// Drops a word that no generation has, unless it was frequent of late.
    fn look_at_next(&mut self) {
        self.at = if self.at + 1 < self.words.len() { self.at + 1 } else { 0 };
        let Some(Word { key, often, last }) = self.words.get(self.at).copied() else { return };
        if key != FREE && last < *self.generations.start() && often <= 1 {
            self.drop_word(self.at as u32, key);
        }
    }

    fn drop_word(&mut self, number: u32, key: u128) {
        let found = self.table.find_entry(self.keys.hash_one(key), |other| *other == number);
        found.expect("a word is in the table").remove();
        self.words[number as usize].key = FREE;
        self.free.push(number);
        self.long.drop_key(key);
    }
}

/// The key of a word of up to 15 bytes: its bytes, and their number. Words overlap what is read, so
/// that there is no loop.
fn short_key(word: &[u8]) -> Option<u128> {
    let count = word.len();
    let (low, high) = match count {
        8..=15 => {
            let (first, last) = (word.first_chunk()?, word.last_chunk()?);
            (u64::from_le_bytes(*first), u64::from_le_bytes(*last) >> 8 >> (8 * (15 - count)))
        }
        4..=7 => {
            let (first, last) = (word.first_chunk()?, word.last_chunk()?);
            let last = u64::from(u32::from_le_bytes(*last)) >> (8 * (8 - count));
            (u64::from(u32::from_le_bytes(*first)) | last << 32, 0)
        }
        1..=3 => {
            let at = |place: usize| u64::from(word[place]) << (8 * place);
            (at(0) | at(count / 2) | at(count - 1), 0)
        }
        _ => return None,
    };
    Some(u128::from(low) | u128::from(high) << 64 | (count as u128) << 120)
}

/// Words that are no keys by themselves.
#[derive(Debug, Default)]
struct LongWords {
    numbers: HashMap<Box<str>, u32, RandomState>,
    words: Vec<Box<str>>,
    free: Vec<u32>,
}

impl LongWords {
    fn key(&mut self, word: &str) -> u128 {
        if let Some(number) = self.numbers.get(word) {
            return LONG | u128::from(*number);
        }
        let number = self.free.pop().unwrap_or_else(|| {
            self.words.push(Box::default());
            u32::try_from(self.words.len() - 1).expect("fewer than 2^32 words")
        });
        self.words[number as usize] = word.into();
        self.numbers.insert(word.into(), number);
        LONG | u128::from(number)
    }

    fn drop_key(&mut self, key: u128) {
        if key & LONG != 0 {
            let number = (key & !LONG) as u32;
            self.numbers.remove(&std::mem::take(&mut self.words[number as usize]));
            self.free.push(number);
        }
    }
}

/// The share of common words of all words of two sets, both from the smallest number on.
fn jaccard(a: &[u32], b: &[u32]) -> f64 {
    let (mut at_a, mut at_b, mut common) = (0, 0, 0_usize);
    while at_a < a.len() && at_b < b.len() {
        let (word_a, word_b) = (a[at_a], b[at_b]);
        common += usize::from(word_a == word_b);
        at_a += usize::from(word_a <= word_b);
        at_b += usize::from(word_b <= word_a);
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
            least in 1_usize..20,
        ) {
            let rules = rules(similarity, remember_us);
            let mut pairs = SimilarPairs::new(&rules, usize::MAX);
            pairs.texts.least = least;
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
            least in 1_usize..20,
        ) {
            let rules = rules(0.6, remember_us);
            let mut grouper = Grouper::new(&rules, usize::MAX);
            grouper.0.least = least;
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
            // The second text is forgotten by now, but held as long as the first.
            ("d", 85, (Seen::NoRoom, 2)),
            ("d", 90, (Seen::New(90), 1)),
        ] {
            assert_eq!(see(text, at_us), wanted, "{text}");
        }
        assert!(!texts.is_empty());
    }

    #[test]
    fn no_more_words_are_held_than_are_in_use() {
        let mut texts = NearTexts::new(&rules(0.8, 100), usize::MAX);
        texts.least = 1;
        for n in 0..20_000_i64 {
            let text = format!("w{n} a-word-of-sixteen-letters-{n} the usual");
            texts.see(words(&text), n, |_| n as u64);
        }
        let Vocabulary { words, table, long, free, .. } = &texts.vocabulary;
        assert!(texts.len() < 200 && words.len() < 1_600, "{} {}", texts.len(), words.len());
        assert_eq!(words.len(), table.len() + free.len());
        assert!(long.words.len() <= words.len() && long.numbers.len() <= table.len());
    }

    #[test]
    fn words_have_a_key_of_their_own() {
        let letters = "abababababababab";
        let mut keys: Vec<u128> = (1..16)
            .flat_map(|end| [0, 1].map(|begin| &letters[begin..=end - 1 + begin]))
            .map(|word| short_key(word.as_bytes()).unwrap())
            .collect();
        let by_bytes = |word: &str| {
            let low = word.bytes().rev().fold(0, |key, byte| key << 8 | u128::from(byte));
            low | (word.len() as u128) << 120
        };
        assert_eq!(keys[28], by_bytes(&letters[..15]));
        assert_eq!(keys[0], by_bytes("a"));
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), 30);
        assert_eq!([short_key(b""), short_key(letters.as_bytes())], [None, None]);
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
