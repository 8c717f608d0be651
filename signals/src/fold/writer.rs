//! The one pass that writes folded text, where it comes from, words, and pieces of words with
//! their keys.
//!
//! Most of a text is words of simple letters: [`Writer::word`] writes a whole word with everything
//! that changes from letter to letter in registers. Whatever else there is goes the other way,
//! character by character.

use super::table::{Block, Class, NO_MARK, Simple, Unit, bits, block};
use super::{Fold, Folded, MARKS_KEPT};
use crate::terms::key::Key;

/// Bytes beyond those of the original that room is made for.
const ROOM: usize = 16;

/// A part of a word that is looked up by itself, or a symbol that stands in for a letter.
///
/// A word is one piece, but for a word in which a capital follows a small letter: there a piece
/// ends, so that the words of `#TwoWords` are pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Its range in the folded text.
    pub start: u32,
    pub end: u32,
    /// The key of its letters.
    pub key: Key,
    /// The word that it is of; for a symbol, the word that comes next.
    pub word: u32,
    /// Letters, digits and symbols.
    pub letters: u16,
    /// What was gathered of its characters.
    pub bits: u32,
    /// Whether one letter stands three times in a row.
    pub is_drawn_out: bool,
    /// Whether it is a letter of a script without spaces.
    pub is_lone: bool,
    /// Characters that are no part of a piece between the one before and this one.
    pub gap: u8,
}

impl Piece {
    /// Whether it is a symbol.
    pub fn is_symbol(&self) -> bool {
        self.bits & bits::SYMBOL != 0
    }
}

/// From a place of the folded text on, where it comes from: each character from as many bytes
/// behind `source` as it is behind `folded`, until the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    pub folded: u32,
    pub source: u32,
}

#[derive(PartialEq, Eq)]
enum Word {
    Closed,
    /// Letters and marks belong to it.
    Open,
    /// Only marks belong to it.
    Lone,
}

/// What a piece is told of a letter.
#[derive(Clone, Copy)]
struct Letter {
    c: char,
    code: u32,
    bits: u32,
}

impl From<&Unit> for Letter {
    #[inline(always)]
    fn from(unit: &Unit) -> Self {
        Self { c: unit.c, code: unit.code, bits: unit.bits }
    }
}

impl From<&Simple> for Letter {
    #[inline(always)]
    fn from(simple: &Simple) -> Self {
        Self { c: simple.c, code: simple.code, bits: u32::from(simple.bits) }
    }
}

/// How far the bit of a letter that loses its dots at the end of words is above that of a shape
/// that words do not have.
const UNDOTTED_TO_UNUSUAL: u32 = bits::UNDOTTED_FINAL.ilog2() - bits::UNUSUAL.ilog2();

/// A piece that is being written.
#[derive(Clone, Copy)]
struct Open {
    start: u32,
    key: Key,
    letters: u32,
    bits: u32,
    is_drawn_out: bool,
    is_lone: bool,
    gap: u8,
    /// The last letter, its bits, and how often it stands there in a row.
    last: char,
    last_bits: u32,
    row: u8,
}

impl Open {
    #[inline(always)]
    fn begin(letter: Letter, start: usize, gap: u8) -> Self {
        Self {
            start: start as u32,
            key: Key::of(letter.code),
            letters: 1,
            bits: letter.bits & bits::OF_WORDS,
            is_drawn_out: false,
            is_lone: false,
            gap,
            last: letter.c,
            last_bits: letter.bits,
            row: 1,
        }
    }

    /// Whether a letter begins another piece of the same word.
    #[inline(always)]
    fn ends_before(&self, letter: Letter) -> bool {
        self.last_bits & bits::LOWER != 0 && letter.bits & bits::UPPER != 0
    }

    #[inline(always)]
    fn add(&mut self, letter: Letter) {
        self.key.push(letter.code);
        self.letters += 1;
        // A final letter without dots is unusual where another follows.
        self.bits |=
            letter.bits & bits::OF_WORDS | self.last_bits >> UNDOTTED_TO_UNUSUAL & bits::UNUSUAL;
        if self.last == letter.c {
            self.row = self.row.saturating_add(1);
            self.is_drawn_out |= self.row >= 3;
        } else {
            (self.last, self.row) = (letter.c, 1);
        }
        self.last_bits = letter.bits;
    }

    #[inline(always)]
    fn mark(&mut self, unit: &Unit) {
        if unit.bits & bits::DROPPABLE != 0 {
            self.bits |= bits::ACCENT;
        } else {
            self.key.push(unit.code);
        }
    }

    #[inline(always)]
    fn piece(&self, end: usize, word: usize) -> Piece {
        Piece {
            start: self.start,
            end: end as u32,
            key: self.key,
            word: word as u32,
            letters: u16::try_from(self.letters).unwrap_or(u16::MAX),
            bits: self.bits,
            is_drawn_out: self.is_drawn_out,
            is_lone: self.is_lone,
            gap: self.gap,
        }
    }
}

pub(super) struct Writer {
    how: Fold,
    bytes: Vec<u8>,
    stretches: Vec<Stretch>,
    /// How far the source is ahead of the folded text in the last stretch, wrapping around.
    shift: u32,
    /// Everything that was met of separators, and overrides.
    seen: u32,
    words: Vec<std::ops::Range<u32>>,
    pieces: Vec<Piece>,
    /// Marks since the last character that is none, and where each came from.
    marks: Vec<Unit>,
    mark_offsets: Vec<u32>,
    /// Whether one of them is the iota subscript, which folds to a letter.
    iota_waits: bool,
    /// The last character that is no mark.
    base: char,
    /// Whether the last word still goes on.
    word: Word,
    /// The piece that is being written, where a word is open.
    open: Open,
    gap: u8,
}

impl Writer {
    pub fn new(bytes: usize, how: Fold) -> Self {
        Self {
            how,
            bytes: Vec::with_capacity(bytes + bytes / 8 + ROOM),
            stretches: Vec::new(),
            shift: 0,
            seen: 0,
            words: Vec::with_capacity(bytes / 6 + 1),
            pieces: Vec::with_capacity(bytes / 6 + 1),
            marks: Vec::new(),
            mark_offsets: Vec::new(),
            iota_waits: false,
            base: ' ',
            word: Word::Closed,
            open: Open::begin(Letter { c: ' ', code: 0, bits: 0 }, 0, 0),
            gap: u8::MAX,
        }
    }

    pub fn all(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let ascii = block(0, self.how);
        let mut letters = Letters { text, ascii, block: ascii, high: 0, how: self.how };
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if !self.marks.is_empty() {
                at = self.other(text, at);
            } else if self.word == Word::Closed
                && let Some(first) = letters.at(at)
            {
                at = self.word(&mut letters, at, first);
            } else if byte.is_ascii() {
                let unit = &ascii.units(byte)[0];
                self.base = unit.c;
                self.write(unit, at as u32);
                at += 1;
            } else {
                at = self.other(text, at);
            }
        }
    }

    /// Writes the word that begins at a place with a simple letter, as far as its letters are
    /// simple; gives the place behind them. The word stays open where it may go on.
    fn word(&mut self, letters: &mut Letters, mut at: usize, first: (&Simple, usize)) -> usize {
        let is_strict = self.how == Fold::Strict;
        let start = self.bytes.len();
        let (mut simple, mut next) = first;
        let mut open = Open::begin(simple.into(), start, self.gap);
        loop {
            self.put(&simple.bytes, simple.len, at);
            if simple.mark != NO_MARK
                && let Some(mark) = letters.block.mark(simple)
            {
                self.put(&mark.bytes, mark.len, at);
                open.mark(mark);
            }
            at = next;
            let Some((after, behind)) = letters.at(at) else { break };
            (simple, next) = (after, behind);
            if is_strict && open.ends_before(simple.into()) {
                self.close_piece(&open, self.bytes.len(), self.words.len());
                open = Open::begin(simple.into(), self.bytes.len(), 0);
            } else {
                open.add(simple.into());
            }
        }
        self.gap = 0;
        self.base = open.last;
        let end = self.bytes.len();
        if letters.text.as_bytes().get(at).is_none_or(u8::is_ascii) {
            self.close_piece(&open, end, self.words.len());
            self.words.push(start as u32..end as u32);
        } else {
            self.words.push(start as u32..0);
            self.open = open;
            self.word = Word::Open;
        }
        at
    }

    /// Writes the character at a place, whatever it is; gives the place behind it.
    fn other(&mut self, text: &str, at: usize) -> usize {
        let Some(c) = text[at..].chars().next() else { return text.len() };
        let table = block((c as usize) >> 8, self.how);
        let units = table.units(c as u8);
        for unit in units {
            self.push(unit, at as u32);
        }
        if units.is_empty() && matches!(c, '\u{202D}' | '\u{202E}') {
            self.seen |= bits::OVERRIDES;
        }
        at + c.len_utf8()
    }

    /// Writes a folded character, and where it comes from if that does not go on as before.
    #[inline(always)]
    fn put(&mut self, bytes: &[u8; 4], len: u8, offset: usize) {
        let (folded, source) = (self.bytes.len() as u32, offset as u32);
        if source.wrapping_sub(folded) != self.shift {
            self.shift = source.wrapping_sub(folded);
            self.stretches.push(Stretch { folded, source });
        }
        let end = self.bytes.len() + len as usize;
        self.bytes.extend_from_slice(bytes);
        self.bytes.truncate(end);
    }

    #[inline]
    fn push(&mut self, unit: &Unit, offset: u32) {
        if unit.combining > 0 {
            self.iota_waits |= unit.is_iota();
            self.marks.push(*unit);
            self.mark_offsets.push(offset);
            return;
        }
        if unit.bits & bits::SPECIAL != 0 && self.is_left_out(unit) {
            return;
        }
        if !self.marks.is_empty() {
            self.flush();
        }
        self.base = unit.c;
        self.write(unit, offset);
    }

    /// Whether tatweel or a high hamza is left out here.
    fn is_left_out(&mut self, unit: &Unit) -> bool {
        if unit.is_tatweel() {
            // The exact fold keeps it, so marks behind it belong to a waiting iota, not before it.
            if self.iota_waits {
                self.flush();
            }
            return true;
        }
        // The high hamza after alef, waw or yeh is how U+0675 to U+0678 decompose: a mark in all
        // but name. By itself it stays.
        !self.iota_waits && matches!(self.base, '\u{0627}' | '\u{0648}' | '\u{064A}')
    }

    /// Writes the waiting marks in canonical order. The offsets stay in the order of the original,
    /// so that they never fall.
    #[cold]
    fn flush(&mut self) {
        let mut marks = std::mem::take(&mut self.marks);
        let mut offsets = std::mem::take(&mut self.mark_offsets);
        marks.sort_by_key(|mark| mark.combining);
        if self.iota_waits {
            // It may begin a word, and must not begin at the place of a mark sorted past it.
            let first = offsets[0];
            offsets.fill(first);
        }
        let droppable = |mark: &&Unit| mark.bits & bits::DROPPABLE != 0;
        let piled = marks.iter().filter(droppable).count() > MARKS_KEPT;
        for (mark, &offset) in marks.iter().zip(&offsets) {
            let dropped = self.how == Fold::Strict
                && (mark.is_dropped_on(self.base) || (piled && droppable(&mark)));
            if !dropped {
                self.write(mark, offset);
            }
            if mark.is_iota() {
                self.base = mark.c;
            }
        }
        marks.clear();
        offsets.clear();
        self.iota_waits = false;
        self.marks = marks;
        self.mark_offsets = offsets;
    }

    #[inline]
    fn write(&mut self, unit: &Unit, offset: u32) {
        if unit.class == Class::Space && self.bytes.last() == Some(&b' ') {
            return;
        }
        let start = self.bytes.len();
        self.put(&unit.bytes, unit.len, offset as usize);
        match unit.class {
            Class::Letter | Class::LoneLetter => self.letter(unit, start),
            Class::Mark if self.word == Word::Closed => {}
            Class::Mark => self.open.mark(unit),
            Class::Space | Class::Separator => self.separator(unit, start),
        }
    }

    fn letter(&mut self, unit: &Unit, start: usize) {
        if unit.class == Class::Letter && self.word == Word::Open {
            if self.how == Fold::Strict && self.open.ends_before(unit.into()) {
                let open = self.open;
                self.close_piece(&open, start, self.words.len() - 1);
                self.open = Open::begin(unit.into(), start, 0);
            } else {
                self.open.add(unit.into());
            }
            return;
        }
        self.close_word(start);
        self.words.push(start as u32..0);
        self.open = Open::begin(unit.into(), start, self.gap);
        self.open.is_lone = unit.class == Class::LoneLetter;
        self.word = if self.open.is_lone { Word::Lone } else { Word::Open };
        self.gap = 0;
    }

    #[inline]
    fn separator(&mut self, unit: &Unit, start: usize) {
        self.close_word(start);
        self.gap = self.gap.saturating_add(1);
        self.seen |= unit.bits;
        if unit.bits & bits::SYMBOL != 0 {
            let symbol = Open::begin(unit.into(), start, self.gap - 1);
            let bits = unit.bits & (bits::SYMBOL | bits::PUNCTUATION | bits::STAR);
            let piece = symbol.piece(self.bytes.len(), self.words.len());
            self.pieces.push(Piece { bits, ..piece });
            self.gap = 0;
        }
    }

    #[inline]
    fn close_word(&mut self, end: usize) {
        if self.word == Word::Closed {
            return;
        }
        let open = self.open;
        self.close_piece(&open, end, self.words.len() - 1);
        self.word = Word::Closed;
        if let Some(word) = self.words.last_mut() {
            word.end = end as u32;
        }
    }

    #[inline]
    fn close_piece(&mut self, open: &Open, end: usize, word: usize) {
        if self.how == Fold::Strict {
            self.seen |= open.bits;
            self.pieces.push(open.piece(end, word));
        }
    }

    pub fn finish(mut self) -> Folded {
        if !self.marks.is_empty() {
            self.flush();
        }
        self.close_word(self.bytes.len());
        let text = String::from_utf8(self.bytes).expect("whole characters were written");
        let (stretches, words, pieces) = (self.stretches, self.words, self.pieces);
        Folded { text, stretches, words, pieces, seen: self.seen }
    }
}

/// The simple letters of a text, with the block of the last one at hand.
struct Letters<'t> {
    text: &'t str,
    ascii: &'static Block,
    /// The block of the last letter beyond ASCII, and the high bits of its characters.
    block: &'static Block,
    high: usize,
    how: Fold,
}

impl Letters<'_> {
    /// The simple letter at a place and the place behind it; `None` where none is there, or one
    /// with a mark that has to wait for others.
    #[inline(always)]
    fn at(&mut self, at: usize) -> Option<(&'static Simple, usize)> {
        let &byte = self.text.as_bytes().get(at)?;
        if byte.is_ascii() {
            let simple = self.ascii.simple(byte);
            return (simple.len > 0).then_some((simple, at + 1));
        }
        let (c, next) = self.beyond_ascii(byte, at)?;
        if c >> 8 != self.high {
            self.high = c >> 8;
            self.block = block(self.high, self.how);
        }
        let simple = self.block.simple(c as u8);
        let stands = simple.len > 0 && (simple.mark == NO_MARK || self.nothing_joins(next));
        stands.then_some((simple, next))
    }

    /// The character at a place that begins with a byte beyond ASCII, and the place behind it.
    #[inline(always)]
    fn beyond_ascii(&self, byte: u8, at: usize) -> Option<(usize, usize)> {
        let bytes = self.text.as_bytes();
        if byte < 0xE0 {
            let &other = bytes.get(at + 1)?;
            return Some((usize::from(byte & 0x1F) << 6 | usize::from(other & 0x3F), at + 2));
        }
        let c = self.text.get(at..)?.chars().next()?;
        Some((c as usize, at + c.len_utf8()))
    }

    /// Whether what stands at a place is no further mark, nor anything of which that is not known.
    fn nothing_joins(&self, at: usize) -> bool {
        let Some(rest) = self.text.get(at..) else { return false };
        rest.chars().next().is_none_or(|c| {
            c.is_ascii() || block((c as usize) >> 8, self.how).simple(c as u8).len > 0
        })
    }
}
