//! One term in its folded forms, and how directly a place of a text is it.

use super::key::Key;
use super::{TermEntry, TermProblem};
use crate::fold::table::{bits, is_accent};
use crate::fold::{Fold, Folded, Piece, fold};
use model::{CaseSensitivity, Grade, TermView, limits};
use std::ops::Range;

/// One term.
#[derive(Debug)]
pub(super) struct Term {
    pub strict: Box<str>,
    /// What the span of a direct match folds to, where that is not the strict fold: exact fold, or
    /// NFKC where case matters.
    direct: Option<Box<str>>,
    /// The strict fold without accents, where it has any.
    bare: Option<Box<str>>,
    pub case: CaseSensitivity,
    /// Bytes of the strict fold before its first word.
    before: u16,
    /// Bytes of the strict fold behind its last word.
    behind: u16,
    /// Number of words.
    pub words: u16,
    /// Letters and digits.
    pub letters: u16,
    /// What its letters are, as [`bits`].
    pub bits: u32,
    /// Fewest letters at which it is found by more than folding.
    floor: u16,
}

/// Fewest letters of a term that is found by more than the strict fold.
pub const LOOSE_LETTERS: u16 = 5;
/// The same for a term that counts only beside another.
const LOOSE_LETTERS_BESIDE: u16 = 3;

/// The keys that a term may be found by.
pub(super) struct Keys {
    /// Of its words, or of its pairs of neighbouring words where it has more than one.
    pub parts: Vec<Key>,
    /// Of all its letters.
    pub whole: Key,
}

impl Term {
    pub fn new(entry: &TermEntry) -> Result<(Self, Keys), TermProblem> {
        let value = entry.value.trim();
        let folded = fold(value, Fold::Strict);
        let (Some(first), Some(last)) = (folded.words().first(), folded.words().last()) else {
            return Err(TermProblem::NoWord);
        };
        let chars = folded.text().chars().count();
        if chars > limits::TERM_CHARS {
            return Err(TermProblem::TooLong { chars, limit: limits::TERM_CHARS });
        }
        // Folding can make white space of what was none, such as a spacing accent.
        let text = folded.text();
        let (start, end) = (text.len() - text.trim_start().len(), text.trim_end().len());
        // As a span of a text is folded again, so is the entry: what the strict fold drops before
        // and behind it counts neither here nor there.
        let own = &value[folded.source_range(value, start..end)];
        let strict: Box<str> = text[start..end].into();
        let direct = fold(own, direct_fold(entry.case));
        let bare = without_accents(&strict);
        let letters = folded.pieces().iter().filter(|piece| !piece.is_symbol());
        let beside = !entry.requires.is_empty();
        let term = Self {
            direct: (direct.text().trim() != &*strict).then(|| direct.text().trim().into()),
            bare: (bare != *strict).then(|| bare.into()),
            case: entry.case,
            before: (first.start as usize - start) as u16,
            behind: (end - last.end as usize) as u16,
            words: folded.words().len() as u16,
            letters: letters.clone().map(|piece| piece.letters).sum(),
            bits: letters.map(|piece| piece.bits).fold(0, |all, bits| all | bits),
            floor: if beside { LOOSE_LETTERS_BESIDE } else { LOOSE_LETTERS },
            strict,
        };
        Ok((term, keys(&folded)))
    }

    /// The strict fold without accents.
    pub fn bare(&self) -> &str {
        self.bare.as_deref().unwrap_or(&self.strict)
    }

    fn direct(&self) -> &str {
        self.direct.as_deref().unwrap_or(&self.strict)
    }

    /// Whether it may be found by more than the strict fold.
    pub fn is_loose(&self) -> bool {
        self.case == CaseSensitivity::Folded && self.letters >= self.floor
    }

    /// Whether it may be found in disguise: punctuation before and behind it would have to be
    /// there too.
    pub fn is_disguisable(&self) -> bool {
        self.is_loose() && self.before == 0 && self.behind == 0
    }

    /// Whether its letters may stand without the spaces between its words.
    pub fn is_joinable(&self) -> bool {
        self.words > 1 && self.letters >= JOINED_LETTERS && self.is_disguisable()
    }

    /// Its words without accents.
    pub fn bare_words(&self) -> impl Iterator<Item = &str> {
        words_of(self.bare())
    }

    /// Its words in the strict fold.
    pub fn strict_words(&self) -> impl Iterator<Item = &str> {
        words_of(&self.strict)
    }

    /// How directly the words from the word `first` of a text are it, and where in the original.
    /// The first may begin at a place within its word, behind what is joined to its front.
    pub fn plain(
        &self,
        text: &str,
        folded: &Folded,
        first: usize,
        begins: Option<usize>,
    ) -> Option<(Grade, Range<usize>)> {
        let words = folded.words();
        let last = words.get(first + self.words as usize - 1)?;
        let begins = begins.unwrap_or(words[first].start as usize);
        let start = begins.checked_sub(self.before as usize)?;
        let end = last.end as usize + self.behind as usize;
        let there = folded.text().as_bytes().get(start..end)?;
        if there == self.strict.as_bytes() {
            return self.direct_grade(text, folded, start..end);
        }
        if !self.is_loose() {
            return None;
        }
        let there = folded.text().get(start..end)?;
        is_without_accents(there, self.bare())
            .then(|| (Grade::AccentInsensitive, folded.source_range(text, start..end)))
    }

    fn direct_grade(
        &self,
        text: &str,
        folded: &Folded,
        place: Range<usize>,
    ) -> Option<(Grade, Range<usize>)> {
        let source = folded.source_range(text, place.clone());
        let there = &text[source.clone()];
        let is_direct = match self.case {
            CaseSensitivity::Folded if there.eq_ignore_ascii_case(self.direct()) => true,
            CaseSensitivity::Exact if there == self.direct() => true,
            CaseSensitivity::Folded | CaseSensitivity::Exact => {
                let direct = fold(there, direct_fold(self.case));
                // One character of the original can stand for more than the term, as phrase
                // ligatures do; the words have been compared already, so it is enough that the
                // term is within.
                let within = cuts_a_character(folded, &place);
                direct.text().trim() == self.direct()
                    || (within && direct.text().contains(self.direct()))
            }
        };
        match (is_direct, self.case) {
            (true, _) => Some((Grade::Exact, source)),
            (false, CaseSensitivity::Folded) => Some((Grade::StrictFold, source)),
            (false, CaseSensitivity::Exact) => None,
        }
    }
}

fn words_of(folded: &str) -> impl Iterator<Item = &str> {
    let separates = |c: char| !c.is_alphanumeric() && !crate::fold::is_mark(c);
    folded.split(separates).filter(|word| !word.is_empty())
}

/// Fewest letters of a phrase that is found without its spaces.
pub const JOINED_LETTERS: u16 = 8;

fn keys(folded: &Folded) -> Keys {
    let mut words: Vec<Key> = Vec::new();
    let mut at = u32::MAX;
    for piece in folded.pieces().iter().filter(|piece| !piece.is_symbol()) {
        match words.last_mut() {
            Some(word) if piece.word == at => *word = word.join(piece.key),
            Some(_) | None => words.push(piece.key),
        }
        at = piece.word;
    }
    let whole = words.iter().fold(Key::EMPTY, |whole, word| whole.join(*word));
    let parts = match words.len() {
        1 => words,
        _ => words.windows(2).map(|pair| pair[0].join(pair[1])).collect(),
    };
    Keys { parts, whole }
}

/// Whether a term and a piece are of different scripts, or a piece has what words do not have.
pub(super) fn is_odd(piece: &Piece, term: &Term) -> bool {
    let scripts = bits::LATIN | bits::CYRILLIC | bits::GREEK | bits::ARABIC | bits::OTHER_SCRIPT;
    piece.is_drawn_out
        || piece.bits & (bits::UNUSUAL | bits::DIGIT | bits::SYMBOL) != 0
        || piece.bits & scripts & !term.bits != 0
}

/// Whether so many letters differ that a word may be a term without its dots, letters that
/// ordinary words have too.
pub(super) fn may_be_undotted(there: &str, bare: &str) -> bool {
    there.len() == bare.len()
        && there.chars().zip(bare.chars()).filter(|(one, other)| one != other).count()
            >= UNDOTTED_LETTERS
}

/// Letters without dots, such as ordinary words have too, that make a disguise.
pub(super) const UNDOTTED_LETTERS: usize = 3;

pub(super) fn without_accents(text: &str) -> String {
    text.chars().filter(|&c| !is_accent(c)).collect()
}

fn is_without_accents(text: &str, bare: &str) -> bool {
    text.chars().filter(|&c| !is_accent(c)).eq(bare.chars())
}

fn direct_fold(case: CaseSensitivity) -> Fold {
    match case {
        CaseSensitivity::Folded => Fold::Exact,
        CaseSensitivity::Exact => Fold::Nfkc,
    }
}

fn cuts_a_character(folded: &Folded, place: &Range<usize>) -> bool {
    let within = |at: usize| at > 0 && at < folded.text().len();
    let cut = |at: usize| within(at) && folded.offset(at - 1) == folded.offset(at);
    cut(place.start) || cut(place.end)
}

/// Pronouns that Arabic joins to the end of a word, in the strict fold.
const SUFFIXES: [&str; 12] =
    ["ه", "ها", "هما", "هم", "هن", "ك", "كما", "كم", "كن", "ي", "نا", "ني"];

/// Letters of a Cyrillic term from which it is found in Latin letters where a pair of letters tells
/// that it comes from Cyrillic, and from which it is found without; with fewer it is found beside
/// words in Cyrillic.
const ROMANISED_LETTERS: [usize; 2] = [6, 12];

/// Pairs of Latin letters that romanised Cyrillic has, and words of other languages seldom.
const TELLING: [&str; 8] = ["zh", "kh", "shch", "yu", "iy", "yy", "yay", "aya"];

/// Latin for the letters of Cyrillic from а to я and їєґі, in the two usual ways: as English writes
/// it, and as Slavic languages do.
const ROMAN: [[&str; 36]; 2] = [
    [
        "a", "b", "v", "g", "d", "e", "zh", "z", "i", "y", "k", "l", "m", "n", "o", "p", "r", "s",
        "t", "u", "f", "kh", "ts", "ch", "sh", "shch", "", "y", "", "e", "yu", "ya", "yi", "ye",
        "g", "i",
    ],
    [
        "a", "b", "v", "g", "d", "e", "z", "z", "i", "j", "k", "l", "m", "n", "o", "p", "r", "s",
        "t", "u", "f", "h", "c", "c", "s", "sc", "", "y", "", "e", "ju", "ja", "ji", "je", "g",
        "i",
    ],
];

/// A Cyrillic term in Latin letters, each with the script of which a word must stand beside it.
pub(super) fn romanised(entry: &TermEntry, term: &Term) -> Vec<(String, u32)> {
    let scripts = term.bits & (bits::CYRILLIC | bits::LATIN | bits::DIGIT);
    let [least, long] = ROMANISED_LETTERS;
    if scripts != bits::CYRILLIC || !term.is_disguisable() {
        return Vec::new();
    }
    let letter = |table: &[&str; 36], c: char| -> Option<String> {
        let place = "абвгдежзийклмнопрстуфхцчшщъыьэюяїєґі".chars().position(|letter| letter == c);
        match place {
            Some(place) => Some(table[place].to_owned()),
            None if c == 'ё' => Some("e".into()),
            None => (!c.is_alphabetic()).then(|| c.to_string()),
        }
    };
    let value = entry.value.trim().to_lowercase();
    let forms = ROMAN
        .iter()
        .filter_map(|table| value.chars().map(|c| letter(table, c)).collect::<Option<String>>());
    let beside = |form: &str| {
        let telling = TELLING.iter().any(|pair| form.contains(pair));
        if form.len() >= if telling { least } else { long } { 0 } else { bits::CYRILLIC }
    };
    let with_beside = |form: String| {
        let beside = beside(&form);
        (form, beside)
    };
    forms.map(with_beside).collect()
}

/// The forms of a term with a pronoun joined to its end, where its curator asks for them: a teh
/// marbuta becomes teh.
pub(super) fn suffixed(entry: &TermEntry, term: &Term) -> Vec<String> {
    let asked = entry.views.contains(&TermView::Suffixes);
    if !asked || term.bits & bits::ARABIC == 0 || !term.is_disguisable() {
        return Vec::new();
    }
    let ends_in_teh = entry.value.trim_end().ends_with('ة');
    let stem = match term.bare().strip_suffix('ه') {
        Some(stem) if ends_in_teh => format!("{stem}ت"),
        Some(_) | None => term.bare().to_owned(),
    };
    SUFFIXES.iter().map(|suffix| format!("{stem}{suffix}")).collect()
}
