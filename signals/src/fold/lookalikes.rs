//! Look-alikes: which characters stand in for a letter, and classes of letters that are merged so
//! that every disguise of a word has the key of the word.
//!
//! Classes are lossy and only find candidates; whether a character stands in for the letter that a
//! term has at its place is asked of the table of pairs, in that direction. Letters of the Arabic
//! script have no look-alikes in other scripts: their only stand-ins are their own forms without
//! dots.

use std::collections::BTreeMap;
use std::sync::OnceLock;

/// In what way a character stands in for a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum StandIn {
    /// A letter of another script, or a shape of the same script that nobody writes words with.
    Homoglyph,
    /// A digit.
    Digit,
    /// A symbol that is never a separator between words, such as `€` or a squared letter.
    Symbol,
    /// A symbol that also stands between words or beside them, such as `!` or `|`.
    Punctuation,
    /// The same letter without its dots, in a shape that ordinary words have too.
    Undotted,
    /// A letter without dots that ordinary words do not have.
    Dotless,
}

/// Letters of Latin with their shapes in Cyrillic, Greek, Armenian and phonetic letters, and the
/// other way round where those are letters of words themselves.
const HOMOGLYPHS: &[(char, &str)] = &[
    ('a', "аαΑАɑᴀ"),
    ('b', "вьВЬβΒʙƅЪъ"),
    ('c', "сСϲϹᴄ"),
    ('d', "ԁԀᴅժɗ"),
    ('e', "еЕεΕєЄᴇɛэЭ"),
    ('f', "ғҒϝϜꜰƒ"),
    ('g', "ɡԍԌɢցƍ"),
    ('h', "һҺнНηΗհʜ"),
    ('i', "іІιΙӏӀɪɩ"),
    ('j', "јЈϳᴊյ"),
    ('k', "кКκΚқҚᴋ"),
    ('l', "ӏӀʟ"),
    ('m', "мМΜᴍ"),
    ('n', "пПηΝɴոн"),
    ('o', "оОοΟөӨօᴏɔ"),
    ('p', "рРρΡᴘ"),
    ('q', "ԛԚզ"),
    ('r', "гГяЯʀᴦ"),
    ('s', "ѕЅꜱտ"),
    ('t', "тТτΤᴛ"),
    ('u', "иИцЦυսᴜ"),
    ('v', "νѵѴᴠ"),
    ('w', "ԝԜшШщЩωᴡ"),
    ('x', "хХχΧ"),
    ('y', "уУүҮγΥʏ"),
    ('z', "Ζζᴢ"),
];

/// Digits and symbols for letters.
const LEET: &[(StandIn, char, &str)] = &[
    (StandIn::Digit, '0', "oоο"),
    (StandIn::Digit, '1', "ilіι"),
    (StandIn::Digit, '2', "z"),
    (StandIn::Digit, '3', "eзеε"),
    (StandIn::Digit, '4', "aчаα"),
    (StandIn::Digit, '5', "sѕ"),
    (StandIn::Digit, '6', "bgб"),
    (StandIn::Digit, '7', "tтτ"),
    (StandIn::Digit, '8', "bвβ"),
    (StandIn::Digit, '9', "gq"),
    (StandIn::Symbol, '@', "aаα"),
    (StandIn::Symbol, '$', "sѕ"),
    (StandIn::Symbol, '€', "eеε"),
    (StandIn::Symbol, '£', "l"),
    (StandIn::Symbol, '¥', "yу"),
    (StandIn::Symbol, '¢', "cс"),
    (StandIn::Symbol, '©', "cс"),
    (StandIn::Symbol, '®', "r"),
    (StandIn::Symbol, '§', "s"),
    (StandIn::Symbol, '×', "xх"),
    (StandIn::Symbol, '¡', "i"),
    (StandIn::Symbol, '∂', "d"),
    (StandIn::Symbol, '∑', "e"),
    (StandIn::Symbol, '√', "v"),
    (StandIn::Punctuation, '!', "ilі"),
    (StandIn::Punctuation, '|', "ilі"),
    (StandIn::Punctuation, '+', "tт"),
    (StandIn::Punctuation, '(', "cс"),
    (StandIn::Punctuation, '<', "c"),
    (StandIn::Punctuation, '[', "c"),
    (StandIn::Punctuation, '^', "a"),
    (StandIn::Punctuation, '°', "o"),
];

/// What stands for a letter that is not told.
pub(crate) const STAR: char = '*';

/// Runs of 26 enclosed letters that Unicode does not decompose: their first character.
const ENCLOSED: [char; 3] = ['\u{1F150}', '\u{1F170}', '\u{1F1E6}'];

/// Arabic letters without dots, with those that they are left of.
const DOTLESS: &[(StandIn, char, &str)] = &[
    (StandIn::Dotless, '\u{066E}', "بتثنيپٹئ"),
    (StandIn::Dotless, '\u{06A1}', "فقڤ"),
    (StandIn::Dotless, '\u{066F}', "ق"),
    (StandIn::Dotless, '\u{08BD}', "نيبتث"),
    (StandIn::Undotted, '\u{06BA}', "ن"),
    (StandIn::Undotted, '\u{0649}', "بتثنپٹ"),
    (StandIn::Undotted, 'ح', "جخچ"),
    (StandIn::Undotted, 'د', "ذڈ"),
    (StandIn::Undotted, 'ر', "زژڑ"),
    (StandIn::Undotted, 'س', "ش"),
    (StandIn::Undotted, 'ص', "ض"),
    (StandIn::Undotted, 'ط', "ظ"),
    (StandIn::Undotted, 'ع', "غ"),
];

/// Letters turned upside down, each before what it is; then those that look the same.
const TURNED: &str = "ɐaɔcǝeɟfƃgɓgɥhᴉiıiɾjʞkןlɯmunɹrʇtnuʌvʍwʎyqbbqdppdooxxzzssllHHIINNSSXXZZOO";

/// Letters of the turned alphabet that are shapes of nothing but turned letters.
const TURNED_ONLY: &str = "ɐɔǝɟƃɓɥᴉɾʞןɯɹʇʌʍʎ";

struct Tables {
    stands_for: BTreeMap<char, Vec<(char, StandIn)>>,
    class: BTreeMap<char, char>,
}

fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(build)
}

fn build() -> Tables {
    let mut pairs: Vec<(char, char, StandIn)> = Vec::new();
    for &(latin, shapes) in HOMOGLYPHS {
        for shape in shapes.chars() {
            pairs.push((shape, latin, StandIn::Homoglyph));
            let is_letter_of_words = matches!(shape, 'α'..='ω' | 'а'..='я' | 'ѐ'..='ӿ');
            if is_letter_of_words {
                pairs.push((latin, shape, StandIn::Homoglyph));
            }
        }
    }
    for &(kind, from, letters) in LEET.iter().chain(DOTLESS) {
        pairs.extend(letters.chars().map(|letter| (from, letter, kind)));
    }
    for first in ENCLOSED {
        let letters = ('a'..='z').zip(first..);
        pairs.extend(letters.map(|(letter, shape)| (shape, letter, StandIn::Symbol)));
    }
    let mut tables = Tables { stands_for: BTreeMap::new(), class: BTreeMap::new() };
    for (from, letter, kind) in pairs {
        tables.stands_for.entry(from).or_default().push((letter, kind));
        let folded = super::table::simple_fold(from);
        join(&mut tables.class, folded, letter);
    }
    flatten(&mut tables.class);
    tables
}

fn representative(class: &BTreeMap<char, char>, mut c: char) -> char {
    while let Some(&above) = class.get(&c) {
        if above == c {
            break;
        }
        c = above;
    }
    c
}

fn join(class: &mut BTreeMap<char, char>, one: char, other: char) {
    let (one, other) = (representative(class, one), representative(class, other));
    class.insert(one.max(other), one.min(other));
}

fn flatten(class: &mut BTreeMap<char, char>) {
    let all: Vec<(char, char)> = class.keys().map(|&c| (c, representative(class, c))).collect();
    class.extend(all);
}

/// The class of a folded letter, digit or symbol.
pub(crate) fn class_of(folded: char) -> char {
    tables().class.get(&folded).copied().unwrap_or(folded)
}

/// Whether a character that is no letter or digit stands in for letters.
pub(crate) fn symbol(c: char) -> Option<StandIn> {
    if c == STAR {
        return Some(StandIn::Punctuation);
    }
    let pairs = tables().stands_for.get(&c)?;
    let kind = pairs.first()?.1;
    matches!(kind, StandIn::Symbol | StandIn::Punctuation).then_some(kind)
}

/// In what way a character, or the letter that it folds to, stands in for a letter of a term.
pub(crate) fn stands_for(source: char, folded: char, letter: char) -> Option<StandIn> {
    let find = |from: char| {
        let pairs = tables().stands_for.get(&from)?;
        pairs.iter().find(|(for_letter, _)| *for_letter == letter).map(|(_, kind)| *kind)
    };
    find(source).or_else(|| if source == folded { None } else { find(folded) })
}

/// Whether a letter is one that ordinary words do not have: a phonetic or dotless shape.
pub(crate) fn is_unusual(c: char) -> bool {
    let pairs = tables().stands_for.get(&c);
    let dotless = |pairs: &Vec<(char, StandIn)>| pairs[0].1 == StandIn::Dotless;
    let shape = matches!(c, 'ᴀ'..='ᴢ' | 'ɐ'..='ʯ' | 'ꜰ' | 'ꜱ' | '\u{1F150}'..='\u{1F189}');
    shape || is_turned(c) || pairs.is_some_and(dotless)
}

/// The letter that a letter is when it is turned upside down.
pub(crate) fn turned(c: char) -> Option<char> {
    static TABLE: OnceLock<BTreeMap<char, char>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let chars: Vec<char> = TURNED.chars().collect();
        chars.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
    });
    table.get(&c).copied()
}

/// Whether a character is a turned letter and nothing else.
pub(crate) fn is_turned(c: char) -> bool {
    TURNED_ONLY.contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stand_in_shares_its_letters_class() {
        let tables = tables();
        for (&from, pairs) in &tables.stands_for {
            for &(letter, kind) in pairs {
                let folded = super::super::table::simple_fold(from);
                assert_eq!(class_of(folded), class_of(letter), "{from} for {letter} {kind:?}");
                assert_eq!(stands_for(from, folded, letter), Some(kind), "{from} {letter}");
            }
        }
        for (one, other) in [('a', 'e'), ('c', 'o'), ('م', 'ل'), ('ر', 'د'), ('k', 'x')] {
            assert_ne!(class_of(one), class_of(other), "{one} {other}");
        }
    }
}
