//! Acceptance: whether a place of the original reads as a term, letter by letter.
//!
//! A candidate has the key of the term, and keys are lossy. Here each character of the place must
//! be the term's letter, or something that stands in for that letter; what stands between letters,
//! and letters that stand several times, are gathered. The sum of it must be more than chance and
//! ordinary writing make.

use super::KnownWords;
use super::split;
use super::term::{JOINED_LETTERS, Term, UNDOTTED_LETTERS};
use crate::fold::lookalikes::{STAR, StandIn, stands_for};
use crate::fold::table::{Class, TATWEEL, bits, units};
use crate::fold::{Fold, is_invisible};
use model::Grade;
use std::ops::Range;

/// Which symbols of a place are read as letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Symbols {
    /// None: they separate.
    Separate,
    /// Those that are never separators.
    Some,
    /// All but stars.
    All,
    /// Stars alone, each as one vowel.
    Star,
}

impl Symbols {
    /// Whether a symbol with those [`bits`] is read as a letter.
    pub fn reads(self, of_symbol: u32) -> bool {
        match self {
            Self::Separate => false,
            Self::Some => of_symbol & (bits::PUNCTUATION | bits::STAR) == 0,
            Self::All => of_symbol & bits::STAR == 0,
            Self::Star => of_symbol & bits::STAR != 0,
        }
    }
}

/// What stands between two letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    /// White space alone.
    Space,
    /// Punctuation that ordinary text has between words.
    Ordinary,
    /// Anything else: emoji, underscores, symbols.
    Odd,
    /// Both.
    OddAndOther,
}

impl Gap {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::None, gap) => gap,
            (Self::Odd, Self::Odd) => Self::Odd,
            (one, other) if one.max(other) >= Self::Odd => Self::OddAndOther,
            (one, other) => one.max(other),
        }
    }
}

struct Letter {
    source: char,
    folded: char,
    code: u32,
    /// What stands before it.
    gap: Gap,
}

/// What a place has beyond the letters of the term.
#[derive(Debug, Default)]
struct Evidence {
    letters: usize,
    /// Letters that are the term's own.
    own: usize,
    homoglyphs: usize,
    /// Whether the words beside it are of the script that its letters are of.
    among_its_script: bool,
    digits: usize,
    symbols: usize,
    /// Symbols that also stand between words or beside them.
    punctuation: usize,
    /// Whether one of those is the first or the last letter.
    punctuation_beside: bool,
    undotted: usize,
    dotless: usize,
    /// Whether a letter that loses its dots only at the end of words lost them within one.
    undotted_inside: bool,
    /// Letters drawn out to three or more, vowels and others, and letters doubled.
    drawn_vowels: usize,
    drawn_others: usize,
    doubled: usize,
    /// Gaps within words of the term.
    spaces: usize,
    ordinary: usize,
    odd: usize,
    /// Where the only gap within a word is, in letters.
    split_at: usize,
    /// Spaces of the term that are not there, or are something else.
    joined: usize,
    replaced: usize,
    misplaced: usize,
}

/// A place of the original that may be a term.
pub(super) struct Place<'t> {
    pub text: &'t str,
    pub symbols: Symbols,
    /// Whether a word beside it is of the script that its letters are of.
    pub among_its_script: bool,
}

/// The grade at which a place of the original is a term, if it is.
pub(super) fn accept(term: &Term, place: &Place, known: Option<&KnownWords>) -> Option<Grade> {
    let there = letters_of(place.text, place.symbols);
    let wanted = letters_of(term.bare(), Symbols::Separate);
    let mut evidence = compare(&wanted, &there)?;
    evidence.among_its_script = place.among_its_script;
    evidence.grade(term, &there, known)
}

/// Whether a place of the original is a term but for stars that stand for vowels.
pub(super) fn is_starred(term: &Term, place: &str) -> bool {
    let place: Vec<char> = place.chars().filter(|&c| !is_invisible(c)).collect();
    let folded = |c: char| units(c, Fold::Strict).first().map_or(c, |unit| unit.c);
    let wanted: Vec<char> = term.bare().chars().collect();
    wanted.len() == place.len()
        && wanted.iter().zip(&place).all(|(&wanted, &c)| match c {
            STAR => is_vowel(wanted),
            c => folded(c) == wanted,
        })
}

/// Most letters of a place that are looked at.
const LETTERS: usize = 1_024;

fn letters_of(place: &str, symbols: Symbols) -> Vec<Letter> {
    let mut letters = Vec::with_capacity(place.len());
    let mut gap = Gap::None;
    for c in place.chars().filter(|&c| !is_invisible(c)) {
        for unit in units(c, Fold::Strict) {
            if unit.bits & bits::DROPPABLE != 0 || unit.c == TATWEEL {
                continue;
            }
            let reads = match unit.class {
                Class::Letter | Class::LoneLetter | Class::Mark => true,
                Class::Space | Class::Separator => {
                    unit.bits & bits::SYMBOL != 0 && symbols.reads(unit.bits)
                }
            };
            if reads && letters.len() < LETTERS {
                letters.push(Letter { source: c, folded: unit.c, code: unit.code, gap });
                gap = Gap::None;
            } else {
                gap = gap.and(gap_of(unit.c));
            }
        }
    }
    letters
}

fn gap_of(c: char) -> Gap {
    match c {
        ' ' => Gap::Space,
        '.' | ',' | '-' | '\'' | '"' | '/' | ':' | ';' | '?' | '!' | '(' | ')' | '«' | '»'
        | '&' | '[' | ']' | '%' | '“' | '”' | '…' => Gap::Ordinary,
        _ => Gap::Odd,
    }
}

fn compare(wanted: &[Letter], there: &[Letter]) -> Option<Evidence> {
    let mut evidence = Evidence { letters: wanted.len(), ..Evidence::default() };
    let (mut at, mut place) = (0, 0);
    while at < wanted.len() && place < there.len() {
        let code = wanted[at].code;
        let run = wanted[at..].iter().take_while(|letter| letter.code == code).count();
        let run_there = there[place..].iter().take_while(|letter| letter.code == code).count();
        if run_there < run {
            return None;
        }
        evidence.run(wanted, at..at + run, &there[place..place + run_there])?;
        at += run;
        place += run_there;
    }
    let is_beside = |letter: Option<&Letter>| {
        letter.is_some_and(|l| units(l.source, Fold::Strict)[0].bits & bits::PUNCTUATION != 0)
    };
    evidence.punctuation_beside = is_beside(there.first()) || is_beside(there.last());
    let ends = |next: Option<&Letter>| next.is_none_or(|letter| letter.gap != Gap::None);
    evidence.undotted_inside = there
        .iter()
        .enumerate()
        .any(|(at, letter)| is_undotted_end(letter.source) && !ends(there.get(at + 1)));
    (at == wanted.len() && place == there.len()).then_some(evidence)
}

impl Evidence {
    /// Compares letters of one class: each letter of the term takes one of the place, and more
    /// where the same letter is repeated.
    fn run(&mut self, wanted: &[Letter], run: Range<usize>, there: &[Letter]) -> Option<()> {
        let (mut at, mut place) = (run.start, 0);
        while at < run.end {
            let same = |letter: &&Letter| letter.folded == wanted[at].folded;
            let apart = |letter: &&Letter| letter.gap == Gap::None;
            let more = wanted[at + 1..run.end].iter().take_while(|l| same(l) && apart(l)).count();
            let next = at + 1 + more;
            for (nth, letter) in there[place..].iter().take(next - at).enumerate() {
                self.letter(wanted[at + nth].folded, letter)?;
                if at + nth > 0 {
                    self.gap(wanted[at + nth].gap, letter.gap, at + nth);
                }
            }
            place += next - at;
            let ends_word = wanted.get(next).is_some_and(|letter| letter.gap != Gap::None);
            let mut row = next - at;
            while there.len() > place + run.end - next
                && there[place].folded == there[place - 1].folded
                && !(ends_word && there[place].gap != Gap::None)
            {
                self.gap(Gap::None, there[place].gap, next - 1);
                place += 1;
                row += 1;
            }
            if row > next - at {
                self.repeated(wanted[at].folded, row, next == wanted.len());
            }
            at = next;
        }
        (place == there.len()).then_some(())
    }

    fn repeated(&mut self, letter: char, row: usize, is_last: bool) {
        match row {
            0..=2 => self.doubled += 1,
            _ if is_last || is_vowel(letter) => self.drawn_vowels += 1,
            _ => self.drawn_others += 1,
        }
    }

    fn letter(&mut self, wanted: char, there: &Letter) -> Option<()> {
        if wanted == there.folded {
            self.own += 1;
            return Some(());
        }
        match stands_for(there.source, there.folded, wanted)? {
            StandIn::Homoglyph => self.homoglyphs += 1,
            StandIn::Digit => self.digits += 1,
            StandIn::Symbol => self.symbols += 1,
            StandIn::Punctuation => self.punctuation += 1,
            StandIn::Undotted => self.undotted += 1,
            StandIn::Dotless => self.dotless += 1,
        }
        Some(())
    }

    fn gap(&mut self, wanted: Gap, there: Gap, at: usize) {
        match (wanted, there) {
            (Gap::None, Gap::None) | (Gap::Space, Gap::Space) => {}
            (Gap::None, gap) => {
                self.split_at = at;
                match gap {
                    Gap::Space => self.spaces += 1,
                    Gap::Ordinary => self.ordinary += 1,
                    Gap::None | Gap::Odd | Gap::OddAndOther => self.odd += 1,
                }
            }
            (_, Gap::None) => self.joined += 1,
            (_, Gap::Odd) => self.replaced += 1,
            (one, other) => self.misplaced += usize::from(one != other),
        }
    }

    fn grade(&self, term: &Term, there: &[Letter], known: Option<&KnownWords>) -> Option<Grade> {
        let gaps = self.spaces + self.ordinary + self.odd;
        if gaps > 0 && !self.gaps_convince(term, there, known) {
            return None;
        }
        let spaced = gaps > 0;
        if !spaced && (self.misplaced > 0 || (self.joined > 0 && term.letters < JOINED_LETTERS)) {
            return None;
        }
        if !(self.letters_convince() && self.dots_convince() && self.repeats_convince()) {
            return None;
        }
        let disguised = spaced
            || self.joined + self.replaced > 0
            || self.homoglyphs + self.digits + self.symbols + self.punctuation > 0
            || self.undotted + self.dotless > 0
            || self.drawn_others + self.doubled > 0;
        match (disguised, self.drawn_vowels > 0) {
            (true, _) => Some(Grade::Disguised),
            (false, true) => Some(Grade::AccentInsensitive),
            (false, false) => None,
        }
    }

    /// Whether what stands between the letters is no ordinary writing.
    fn gaps_convince(&self, term: &Term, there: &[Letter], known: Option<&KnownWords>) -> bool {
        let gaps = self.spaces + self.ordinary + self.odd;
        let pieces = gaps + 1;
        if pieces >= self.letters || (gaps >= 3 && pieces * 2 >= self.letters) {
            return true;
        }
        if gaps == self.odd {
            return self.letters >= ODD_GAP_LETTERS;
        }
        gaps == 1 && term.words == 1 && self.spaces == 1 && {
            let word = |letters: &[Letter]| letters.iter().map(|l| l.folded).collect::<String>();
            let at = self.split_at.min(there.len());
            split::convinces(&word(&there[..at]), &word(&there[at..]), known)
        }
    }

    /// Whether there are enough letters that are the term's own.
    fn letters_convince(&self) -> bool {
        let standing_in = self.digits + self.symbols + self.punctuation;
        if standing_in > 0 && self.own + self.homoglyphs == 0 {
            return self.digits + self.punctuation == 0;
        }
        let other_script = self.own == 0 && self.homoglyphs > 0 && self.among_its_script;
        if other_script && self.letters < OTHER_SCRIPT_LETTERS {
            return false;
        }
        // One bracket or exclamation mark beside a word is just that.
        !(self.punctuation_beside && standing_in == 1)
    }

    /// Whether letters without dots are more than another word of the same letters: one that
    /// ordinary words do not have, or several of the others.
    fn dots_convince(&self) -> bool {
        self.undotted == 0
            || self.dotless > 0
            || self.undotted_inside
            || self.undotted >= UNDOTTED_LETTERS
    }

    /// Two letters for one are ordinary; all of them doubled, or others drawn out, are not.
    fn repeats_convince(&self) -> bool {
        let drawn = self.drawn_vowels + self.drawn_others;
        self.doubled == 0 || drawn > 1 || self.doubled * 2 >= self.letters
    }
}

/// Yeh and noon without dots, which are ordinary at the end of words alone.
fn is_undotted_end(source: char) -> bool {
    matches!(source, '\u{0649}' | '\u{06BA}')
}

/// Fewest letters of a term all of whose letters may be of another script, beside words of that
/// script: with fewer, it is one of these words.
const OTHER_SCRIPT_LETTERS: usize = 10;

/// Fewest letters of a term that is found with an odd gap or two within it.
const ODD_GAP_LETTERS: usize = 6;

/// Vowels of Latin, Cyrillic and Greek and the Arabic letters that stand for long ones: drawn out
/// for emphasis in ordinary writing.
pub(super) fn is_vowel(folded: char) -> bool {
    "aeiouyаеиоуыэюяіαειουηωاويهء".contains(folded)
}
