//! Training of the language model: multinomial logistic regression by AdaGrad, over whole
//! sentences, fragments of them, and rows of words drawn from frequency lists.
//!
//! Pure and seeded: the same texts give the same bytes. What a language has several sources of is
//! drawn from each of them alike, so that a large source does not set the tone.

use super::model::{each_sequence, softmax, strength, write};
use super::text::{Group, Script, Words};
use crate::numbers::Numbers;

/// Most letters of a text that are read.
pub const LETTERS_READ: usize = 400;

/// A text to learn from.
#[derive(Debug, Clone)]
pub struct Source {
    /// The language's code; `und` for languages outside the list.
    pub language: String,
    /// What is in it.
    pub content: Content,
}

/// What a source has.
#[derive(Debug, Clone)]
pub enum Content {
    /// Sentences or paragraphs.
    Sentences(Vec<String>),
    /// Words with how often they are used.
    Words(Vec<(String, f64)>),
}

/// How much is learned.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// Samples of each language in each round.
    pub samples: usize,
    /// Rounds.
    pub rounds: usize,
    /// Start of the random numbers.
    pub seed: u64,
}

impl Default for Effort {
    fn default() -> Self {
        Self { samples: 3_000, rounds: 4, seed: 1 }
    }
}

/// How far a step goes at first.
const STEP: f32 = 0.6;

/// One sample in so many is drawn from a frequency list.
const LISTED: usize = 5;

/// Share of sequences that a sample is trained without, in 1,024ths, so that no sequence is
/// relied on alone.
const LEFT_OUT: u64 = 256;

/// Trains a model and gives its file.
///
/// A source of a language that shares its script with none is passed over.
#[must_use]
pub fn train(sources: &[Source], effort: Effort) -> Vec<u8> {
    let groups = Group::ALL.map(|group| {
        let mut learner = Learner::new(group, effort.seed);
        let material = material(sources, group);
        for round in 0..effort.rounds {
            learner.round(&material, effort.samples, round);
        }
        learner.quantised()
    });
    write(&groups)
}

/// For each language of a group, its sources.
fn material(sources: &[Source], group: Group) -> Vec<Vec<Material>> {
    let of = |code: &str| {
        let of_language = sources.iter().filter(|source| source.language == code);
        of_language.filter_map(|source| Material::of(source, group)).collect()
    };
    group.codes().iter().map(|code| of(code)).collect()
}

/// What samples are drawn from.
enum Material {
    /// Sentences, each as its words.
    Sentences(Vec<Vec<String>>),
    /// Words, with the sum of all weights up to each.
    Words(Vec<(String, f64)>),
}

impl Material {
    fn of(source: &Source, group: Group) -> Option<Self> {
        let in_group = |text: &str| Words::of(text).script().0 == Script::Shared(group);
        let material = match &source.content {
            Content::Sentences(lines) => {
                let lines = lines.iter().filter(|line| in_group(line));
                Self::Sentences(
                    lines.map(|l| l.split_whitespace().map(str::to_owned).collect()).collect(),
                )
            }
            Content::Words(words) => {
                let mut sum = 0.0;
                let words = words.iter().filter(|(word, _)| in_group(word));
                Self::Words(
                    words
                        .map(|(word, weight)| {
                            sum += weight.sqrt();
                            (word.clone(), sum)
                        })
                        .collect(),
                )
            }
        };
        let empty = match &material {
            Self::Sentences(sentences) => sentences.is_empty(),
            Self::Words(words) => words.is_empty(),
        };
        (!empty).then_some(material)
    }

    fn sample(&self, numbers: &mut Numbers) -> String {
        match self {
            Self::Sentences(sentences) => {
                let words = &sentences[numbers.below(sentences.len())];
                if numbers.below(2) == 0 {
                    return words.join(" ");
                }
                let length = (1 + numbers.below(8)).min(words.len());
                let start = numbers.below(words.len() - length + 1);
                words[start..start + length].join(" ")
            }
            Self::Words(words) => {
                let all = words.last().map_or(0.0, |(_, sum)| *sum);
                let mut draw = || {
                    let at = numbers.share() * all;
                    let index = words.partition_point(|(_, sum)| *sum <= at);
                    words[index.min(words.len() - 1)].0.as_str()
                };
                let length = 2 + (draw().len() % 7);
                (0..length).map(|_| draw()).collect::<Vec<_>>().join(" ")
            }
        }
    }
}

/// A source to draw from: a frequency list one time in [`LISTED`], where there is one, so that
/// rows of words are no sign of the languages that have few sentences.
fn chosen<'a>(sources: &'a [Material], numbers: &mut Numbers) -> Option<&'a Material> {
    let is_list = |source: &&Material| matches!(source, Material::Words(_));
    let (lists, sentences): (Vec<&Material>, Vec<&Material>) = sources.iter().partition(is_list);
    let listed = sentences.is_empty() || (!lists.is_empty() && numbers.below(LISTED) == 0);
    let from = if listed { lists } else { sentences };
    (!from.is_empty()).then(|| from[numbers.below(from.len())])
}

/// Weights that are being learned.
struct Learner {
    group: Group,
    numbers: Numbers,
    weights: Vec<f32>,
    /// Sums of squared gradients.
    squares: Vec<f32>,
}

impl Learner {
    fn new(group: Group, seed: u64) -> Self {
        let size = group.codes().len() << group.bits();
        let numbers = Numbers(seed);
        Self { group, numbers, weights: vec![0.0; size], squares: vec![1e-4; size] }
    }

    fn round(&mut self, material: &[Vec<Material>], samples: usize, round: usize) {
        let rate = STEP / (1.0 + round as f32);
        for _ in 0..samples {
            for (language, sources) in material.iter().enumerate() {
                let Some(source) = chosen(sources, &mut self.numbers) else { continue };
                let sample = source.sample(&mut self.numbers);
                self.learn(&sample, language, rate);
            }
        }
    }

    fn learn(&mut self, sample: &str, language: usize, rate: f32) {
        let words = Words::of(&varied(sample, self.group, &mut self.numbers));
        let mut rows = Vec::new();
        each_sequence(words.text(), self.group.bits(), |row| rows.push(row));
        rows.retain(|_| self.numbers.next() % 1_024 >= LEFT_OUT);
        if rows.is_empty() {
            return;
        }
        let languages = self.group.codes().len();
        let strength = strength(rows.len() as u32);
        let mut scores = vec![0.0f32; languages];
        for &row in &rows {
            let weights = &self.weights[row * languages..][..languages];
            scores.iter_mut().zip(weights).for_each(|(score, weight)| *score += weight * strength);
        }
        let mut errors = softmax(&scores);
        errors[language] -= 1.0;
        errors.iter_mut().for_each(|error| *error *= strength);
        for &row in &rows {
            let weights = &mut self.weights[row * languages..][..languages];
            let squares = &mut self.squares[row * languages..][..languages];
            for ((weight, square), error) in weights.iter_mut().zip(squares).zip(&errors) {
                *square += error * error;
                *weight -= rate * error / square.sqrt();
            }
        }
    }

    /// The weights as signed bytes and what one unit is worth. The few largest of them, one in
    /// two thousand, are cut, so that the others keep their grades.
    fn quantised(self) -> (f32, Vec<i8>) {
        let mut sizes: Vec<f32> = self.weights.iter().map(|weight| weight.abs()).collect();
        let place = sizes.len() - 1 - sizes.len() / 2_000;
        let (_, &mut largest, _) = sizes.select_nth_unstable_by(place, f32::total_cmp);
        let scale = if largest > 0.0 { largest / 127.0 } else { 1.0 };
        let byte = |weight: f32| (weight / scale).round().clamp(-127.0, 127.0) as i8;
        (scale, self.weights.into_iter().map(byte).collect())
    }
}

/// A sample as others would type it: Arabic kaf and yeh for the Persian ones and the other way
/// round, letters without their marks, one time in six.
fn varied(sample: &str, group: Group, numbers: &mut Numbers) -> String {
    if numbers.below(6) > 0 {
        return sample.to_owned();
    }
    match group {
        Group::Arabic => {
            let arabic = numbers.below(2) == 0;
            let letter = |c| match c {
                'ک' | 'ك' => {
                    if arabic {
                        'ك'
                    } else {
                        'ک'
                    }
                }
                'ی' | 'ي' | 'ى' => {
                    if arabic {
                        'ي'
                    } else {
                        'ی'
                    }
                }
                c => c,
            };
            sample.chars().map(letter).collect()
        }
        Group::Latin | Group::Cyrillic | Group::Devanagari => sample.to_uppercase(),
    }
}
