//! How many disguised words are found, and how many ordinary lines are taken for one.
//!
//! `cargo bench --package benches --bench evasions -- [seed=N] [markdown]`
//!
//! Recall: neutral words and pairs of words of thirteen languages, each disguised in every class
//! that fits it, between ordinary words of the same language. Spans are right where they overlap
//! with the truth by at least 0.9 of their union. False hits: words that do not stand in the half
//! of the ordinary text that is measured, looked for there; what plain folding finds is none.
//! Words that are known to be ordinary come from the other half.

#[path = "evasions/generator.rs"]
mod generator;
#[path = "evasions/words.rs"]
mod words;

use benches::{Failure, input, line, numbers};
use generator::{CLASSES, Kind, Numbers, variant};
use model::{Grade, TermView};
use signals::terms::{KnownWords, TermEntry, TermIndex};
use std::collections::{BTreeMap, BTreeSet};
use words::{LANGUAGES, Line, candidates, common, draw, is_for_choosing, lines};

/// Seed of the figures in the documentation; others were used while the views were made.
const SEED: u64 = 31_337;
/// Words and pairs of words of each language that are disguised.
const WORDS: usize = 64;
const PAIRS: usize = 24;
/// Words of each language that are looked for in ordinary text.
const ABSENT: usize = 400;
/// Least times that a word stands in the text to be known.
const KNOWN_TIMES: u32 = 2;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let seed = arguments.iter().find_map(|argument| argument.strip_prefix("seed="));
    let seed = seed.map_or(Ok(SEED), str::parse)?;
    let show = if arguments.iter().any(|argument| argument == "markdown") {
        Show::Markdown
    } else {
        Show::Lines
    };
    let Some(data) = input::data() else {
        eprintln!("no shared data: nothing to measure");
        return Ok(());
    };
    let lines = lines(&data.join("text"))?;
    let words = common(&lines, KNOWN_TIMES);
    let known = KnownWords::build(words.len(), words.iter().map(String::as_str));
    let mut numbers = numbers(seed);
    let recall = recall(&lines, &known, &mut numbers);
    recall.show(show);
    if let Some(class) = arguments.iter().find_map(|argument| argument.strip_prefix("missed=")) {
        recall.missed.iter().filter(|text| text.starts_with(class)).for_each(|t| eprintln!("{t}"));
    }
    let verbose = arguments.iter().any(|argument| argument == "hits");
    false_hits(&lines, &known, &mut numbers, verbose).show(show);
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Show {
    Lines,
    Markdown,
}

#[derive(Default, Clone, Copy)]
struct Tally {
    variants: usize,
    /// Found by default, where words are known too, and where everything is asked for besides.
    found: [usize; 3],
    spans: usize,
}

struct Recall {
    by_class: Vec<Tally>,
    missed: Vec<String>,
}

/// The list of terms with one choice of views.
fn index(terms: &[String], views: &[TermView]) -> TermIndex {
    TermIndex::build(terms.iter().map(|term| TermEntry { views, ..TermEntry::plain(term) }))
}

fn recall(lines: &[Line], known: &KnownWords, numbers: Numbers) -> Recall {
    let mut recall = Recall { by_class: vec![Tally::default(); CLASSES.len()], missed: Vec::new() };
    for language in LANGUAGES {
        let (words, pairs) = candidates(lines, language);
        let context = draw(numbers, words.clone(), 200);
        let long = words.into_iter().filter(|word| word.chars().count() >= 5).collect();
        let mut terms = draw(numbers, long, WORDS);
        terms.extend(draw(numbers, pairs, PAIRS));
        let disguised: BTreeSet<&str> = terms.iter().flat_map(|term| term.split(' ')).collect();
        let context: Vec<String> =
            context.into_iter().filter(|word| !disguised.contains(word.as_str())).collect();
        let by_default = index(&terms, &[]);
        let with_known = index(&terms, &[]).with_known_words(known.clone());
        let asked = index(&terms, &TermView::ALL).with_known_words(known.clone());
        let indexes = [&by_default, &with_known, &asked];
        for class in 0..CLASSES.len() {
            for (entry, term) in terms.iter().enumerate() {
                let Some([before, text, behind]) = variant(class, term, numbers) else { continue };
                let word = |numbers: Numbers| &context[(numbers() % context.len() as u64) as usize];
                let start = format!("{} {} {before}", word(numbers), word(numbers));
                let truth = start.len()..start.len() + text.len();
                let text = format!("{start}{text}{behind} {} {}", word(numbers), word(numbers));
                recall.one(class, indexes, entry, &text, truth);
            }
        }
    }
    recall
}

impl Recall {
    fn one(
        &mut self,
        class: usize,
        indexes: [&TermIndex; 3],
        entry: usize,
        text: &str,
        truth: std::ops::Range<usize>,
    ) {
        let overlap = |hits: &[signals::terms::TermHit]| -> Option<f64> {
            let hit = hits.iter().find(|hit| hit.entry == entry)?;
            let of = |start: usize, end: usize| {
                let shared = end.min(truth.end).saturating_sub(start.max(truth.start));
                shared as f64 / (end.max(truth.end) - start.min(truth.start)) as f64
            };
            hit.spans.iter().map(|span| of(span.start, span.end)).reduce(f64::max)
        };
        let overlaps = indexes.map(|index| overlap(&index.search(text)));
        let tally = &mut self.by_class[class];
        tally.variants += 1;
        for (found, overlap) in tally.found.iter_mut().zip(overlaps) {
            *found += usize::from(overlap.is_some());
        }
        let [by_default, with_known, asked] = overlaps;
        let is_right = by_default.or(with_known).or(asked).is_some_and(|overlap| overlap >= 0.9);
        tally.spans += usize::from(is_right);
        if !is_right {
            let (name, place) = (CLASSES[class].0, &text[truth]);
            self.missed.push(format!("{name}: {place:?} in {text:?} {overlaps:?}"));
        }
    }

    fn show(&self, show: Show) {
        if show == Show::Markdown {
            println!("| class | variants | found | words known | all asked for | span right |");
            println!("|---|--:|--:|--:|--:|--:|");
        }
        for (tally, (name, _)) in self.by_class.iter().zip(CLASSES) {
            let share = |count: usize| 100.0 * count as f64 / tally.variants.max(1) as f64;
            let spans = 100.0 * tally.spans as f64 / tally.found[2].max(1) as f64;
            row(show, name, tally.variants, tally.found.map(share), spans);
        }
        let sum = |of: fn(&Tally) -> usize| self.by_class.iter().map(of).sum::<usize>();
        let spans = 100.0 * sum(|tally| tally.spans) as f64 / sum(|t| t.found[2]) as f64;
        let all = sum(|tally| tally.variants);
        row(show, "mean of 53 classes", all, self.means(|_| true), spans);
        let unasked = self.means(|kind| kind != Kind::Asked);
        row(show, "mean of the 49 classes that need not be asked for", all, unasked, spans);
    }

    /// The mean shares over the classes of some kinds, in per cent.
    fn means(&self, counts: impl Fn(Kind) -> bool) -> [f64; 3] {
        let classes = self.by_class.iter().zip(CLASSES).filter(|(_, (_, kind))| counts(*kind));
        let shares: Vec<[f64; 3]> = classes
            .map(|(tally, _)| tally.found.map(|n| 100.0 * n as f64 / tally.variants.max(1) as f64))
            .collect();
        [0, 1, 2]
            .map(|of| shares.iter().map(|of_class| of_class[of]).sum::<f64>() / shares.len() as f64)
    }
}

fn row(show: Show, name: &str, count: usize, [found, known, asked]: [f64; 3], spans: f64) {
    if show == Show::Markdown {
        println!("| {name} | {count} | {found:.1} | {known:.1} | {asked:.1} | {spans:.1} |");
        return;
    }
    line::measured("evasions", &format!("recall, {name}"), found, "%");
    line::measured("evasions", &format!("recall with words known, {name}"), known, "%");
    line::measured("evasions", &format!("recall with all views, {name}"), asked, "%");
}

/// Hits beyond folding by letters of the term, and lines with one, by genre and language.
#[derive(Default)]
struct FalseHits {
    terms: BTreeMap<usize, usize>,
    disguised: BTreeMap<usize, usize>,
    fuzzy: BTreeMap<usize, usize>,
    tokens: usize,
    lines: usize,
    lines_hit: usize,
    long_lines_hit: usize,
    by_source: BTreeMap<String, [usize; 3]>,
    /// Hits of the terms of six letters and more without words that are known.
    unknown: usize,
}

/// Letters from which goals for false hits hold.
const LONG: usize = 6;

fn letters(term: &str) -> usize {
    term.chars().filter(|c| c.is_alphanumeric()).count().min(10)
}

fn false_hits(lines: &[Line], known: &KnownWords, numbers: Numbers, verbose: bool) -> FalseHits {
    let measured = || lines.iter().enumerate().filter(|(at, _)| !is_for_choosing(*at));
    let terms = absent(lines, numbers);
    let views = [TermView::Typos, TermView::Arabizi];
    let by_default = index(&terms, &[]).with_known_words(known.clone());
    let unknown = index(&terms, &[]);
    let asked = index(&terms, &views).with_known_words(known.clone());
    let mut hits = FalseHits::default();
    for term in &terms {
        *hits.terms.entry(letters(term)).or_default() += 1;
    }
    for (_, line) in measured() {
        let disguised = |hit: &signals::terms::TermHit| hit.grade == Grade::Disguised;
        hits.lines += 1;
        hits.tokens += line.text.split_whitespace().count();
        let found: Vec<_> = by_default.search(&line.text).into_iter().filter(disguised).collect();
        let long = found.iter().any(|hit| letters(&terms[hit.entry]) >= LONG);
        hits.lines_hit += usize::from(!found.is_empty());
        hits.long_lines_hit += usize::from(long);
        let source =
            hits.by_source.entry(format!("{}, {}", line.genre, line.language)).or_default();
        source[0] += 1;
        source[1] += usize::from(!found.is_empty());
        source[2] += usize::from(long);
        for hit in &found {
            let term = &terms[hit.entry];
            *hits.disguised.entry(letters(term)).or_default() += 1;
            if verbose && letters(term) >= LONG {
                let place = &line.text[hit.spans[0].start..hit.spans[0].end];
                eprintln!("{}, {}: {term} as {place:?}", line.genre, line.language);
            }
        }
        for hit in asked.search(&line.text).iter().filter(|hit| hit.grade == Grade::Fuzzy) {
            *hits.fuzzy.entry(letters(&terms[hit.entry])).or_default() += 1;
        }
        for hit in unknown.search(&line.text).iter().filter(|hit| disguised(hit)) {
            hits.unknown += usize::from(letters(&terms[hit.entry]) >= LONG);
            if verbose && letters(&terms[hit.entry]) >= LONG {
                let place = &line.text[hit.spans[0].start..hit.spans[0].end];
                eprintln!("unknown: {}: {} as {place:?}", line.language, terms[hit.entry]);
            }
        }
    }
    hits
}

/// Words and pairs of the one half that plain folding does not find in the other.
fn absent(lines: &[Line], numbers: Numbers) -> Vec<String> {
    let mut terms: Vec<String> = Vec::new();
    for language in LANGUAGES {
        let (words, pairs) = candidates(lines, language);
        terms.extend(draw(numbers, words, ABSENT));
        terms.extend(draw(numbers, pairs, ABSENT / 4));
    }
    let all = index(&terms, &[]);
    let mut there: BTreeSet<usize> = BTreeSet::new();
    for (_, line) in lines.iter().enumerate().filter(|(at, _)| !is_for_choosing(*at)) {
        let plain = |hit: &signals::terms::TermHit| hit.grade <= Grade::AccentInsensitive;
        let hits = all.search(&line.text).into_iter();
        there.extend(hits.filter(plain).map(|hit| hit.entry));
    }
    let kept = terms.into_iter().enumerate().filter(|(at, _)| !there.contains(at));
    kept.map(|(_, term)| term).collect()
}

impl FalseHits {
    fn show(&self, show: Show) {
        let tokens = self.tokens as f64 / 1e6;
        let rate = |hits: usize, terms: usize| hits as f64 / tokens / (terms.max(1) as f64 / 1e3);
        let at_least = |counts: &BTreeMap<usize, usize>| counts.range(LONG..).map(|(_, n)| n).sum();
        let (terms, disguised, fuzzy): (usize, usize, usize) =
            (at_least(&self.terms), at_least(&self.disguised), at_least(&self.fuzzy));
        let share = |lines: usize| 1e4 * lines as f64 / self.lines as f64;
        let figures = [
            ("false hits in disguise", rate(disguised, terms)),
            ("false hits in disguise, no words known", rate(self.unknown, terms)),
            ("false hits by one edit or in Arabizi", rate(fuzzy, terms)),
        ];
        let unit = "hits/million words/1,000 terms";
        if show == Show::Lines {
            for (name, value) in figures {
                line::measured("evasions", &format!("{name}, 6 letters and more"), value, unit);
            }
            line::measured("evasions", "lines hit", share(self.long_lines_hit), "of 10,000");
            return;
        }
        println!(
            "\n| letters | terms | in disguise | by one edit or in Arabizi |\n|---|--:|--:|--:|"
        );
        for (letters, count) in &self.terms {
            let of = |hits: &BTreeMap<usize, usize>| hits.get(letters).copied().unwrap_or(0);
            let (disguised, fuzzy) =
                (rate(of(&self.disguised), *count), rate(of(&self.fuzzy), *count));
            println!("| {letters} | {count} | {disguised:.1} | {fuzzy:.1} |");
        }
        for (name, value) in figures {
            println!("| {name}, 6 and more | {terms} | {value:.2} | |");
        }
        println!(
            "\n| lines | of 10,000 with a hit | with one of 6 letters and more |\n|---|--:|--:|"
        );
        println!(
            "| all {} | {:.2} | {:.2} |",
            self.lines,
            share(self.lines_hit),
            share(self.long_lines_hit)
        );
        for (source, [lines, hit, long]) in self.by_source.iter().filter(|(_, n)| n[1] > 0) {
            let share = |hit: usize| 1e4 * hit as f64 / *lines as f64;
            println!("| {source}: {lines} | {:.2} | {:.2} |", share(*hit), share(*long));
        }
    }
}
