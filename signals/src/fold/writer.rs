//! The one pass that writes folded text, an offset for every byte, words, and pieces of words with
//! their keys.

use super::table::{Block, Class, Unit, bits, block};
use super::{Fold, Folded, MARKS_KEPT};
use crate::terms::key::Key;
use std::str::Chars;

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

#[derive(PartialEq, Eq)]
enum Word {
    Closed,
    /// Letters and marks belong to it.
    Open,
    /// Only marks belong to it.
    Lone,
}

pub(super) struct Writer {
    how: Fold,
    bytes: Vec<u8>,
    offsets: Vec<u32>,
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
    piece: Piece,
    /// The last letter of the open piece and how often it stands there in a row.
    run: (char, u8),
    last_bits: u32,
    gap: u8,
}

const NO_PIECE: Piece = Piece {
    start: 0,
    end: 0,
    key: Key::EMPTY,
    word: 0,
    letters: 0,
    bits: 0,
    is_drawn_out: false,
    is_lone: false,
    gap: 0,
};

impl Writer {
    pub fn new(bytes: usize, how: Fold) -> Self {
        let room = bytes + bytes / 8 + ROOM;
        Self {
            how,
            bytes: Vec::with_capacity(room),
            offsets: Vec::with_capacity(room),
            seen: 0,
            words: Vec::with_capacity(bytes / 6 + 1),
            pieces: Vec::with_capacity(bytes / 6 + 1),
            marks: Vec::new(),
            mark_offsets: Vec::new(),
            iota_waits: false,
            base: ' ',
            word: Word::Closed,
            piece: NO_PIECE,
            run: (' ', 0),
            last_bits: 0,
            gap: u8::MAX,
        }
    }

    pub fn all(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let is_strict = self.how == Fold::Strict;
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if byte == b' ' && self.marks.is_empty() {
                self.space(at);
                at += 1;
            } else if byte.is_ascii_alphanumeric() && is_strict {
                let is_part = |byte: &&u8| byte.is_ascii_alphanumeric();
                let len = bytes[at..].iter().take_while(is_part).count();
                self.ascii(&bytes[at..at + len], at);
                at += len;
            } else {
                at = self.other(text, at);
            }
        }
    }

    /// Writes a space.
    #[inline]
    fn space(&mut self, offset: usize) {
        let start = self.bytes.len();
        self.close_word(start);
        self.base = ' ';
        if self.bytes.last() != Some(&b' ') {
            self.bytes.push(b' ');
            self.offsets.push(offset as u32);
            self.gap = self.gap.saturating_add(1);
        }
    }

    /// Writes ASCII letters and digits, of which each becomes one.
    fn ascii(&mut self, letters: &[u8], offset: usize) {
        if !self.marks.is_empty() {
            self.flush();
        }
        let table = block(0, Fold::Strict);
        let start = self.bytes.len();
        self.bytes.extend(letters.iter().map(u8::to_ascii_lowercase));
        self.offsets.extend(offset as u32..(offset + letters.len()) as u32);
        let mut rest = letters;
        if self.word != Word::Open
            && let Some(unit) = table.simple(letters[0])
        {
            self.letter(unit, start);
            rest = &letters[1..];
        }
        let mut at = start + letters.len() - rest.len();
        let (mut piece, mut run, mut last_bits) = (self.piece, self.run, self.last_bits);
        for unit in rest.iter().filter_map(|&letter| table.simple(letter)) {
            if last_bits & bits::LOWER != 0 && unit.bits & bits::UPPER != 0 {
                self.piece = piece;
                self.close_piece(at);
                self.open_piece(unit, at, 0);
                (piece, run) = (self.piece, self.run);
            } else {
                go_on(&mut piece, &mut run, last_bits, unit);
            }
            last_bits = unit.bits;
            at += 1;
        }
        self.base = char::from(self.bytes[at - 1]);
        (self.piece, self.run, self.last_bits) = (piece, run, last_bits);
    }

    /// Writes the character at a place, and simple letters behind it as far as they are of one
    /// block; gives the place behind them.
    fn other(&mut self, text: &str, at: usize) -> usize {
        let mut chars = text[at..].chars();
        let Some(c) = chars.next() else { return text.len() };
        let index = (c as usize) >> 8;
        let table = block(index, self.how);
        let units = table.units(c as u8);
        for unit in units {
            self.push(unit, at as u32);
        }
        if self.word == Word::Open && self.marks.is_empty() {
            self.rest_of_word(&mut chars, text.len(), table, index);
        } else if units.is_empty() && matches!(c, '\u{202D}' | '\u{202E}') {
            self.seen |= bits::OVERRIDES;
        }
        text.len() - chars.as_str().len()
    }

    /// Writes the simple letters that go on the open word, as far as they are of one block.
    ///
    /// Most of a text is written here, with what changes from letter to letter in registers.
    fn rest_of_word(&mut self, chars: &mut Chars, len: usize, table: &Block, index: usize) {
        let mut piece = self.piece;
        let (mut run, mut last_bits, mut base) = (self.run, self.last_bits, self.base);
        let is_strict = self.how == Fold::Strict;
        let mut ahead = chars.clone();
        while let Some(c) = ahead.next() {
            if (c as usize) >> 8 != index {
                break;
            }
            let Some(unit) = table.simple(c as u8) else { break };
            if is_strict && last_bits & bits::LOWER != 0 && unit.bits & bits::UPPER != 0 {
                break;
            }
            let offset = len - chars.as_str().len();
            put(&mut self.bytes, &mut self.offsets, unit, offset as u32);
            go_on(&mut piece, &mut run, last_bits, unit);
            last_bits = unit.bits;
            base = unit.c;
            *chars = ahead.clone();
        }
        self.piece = piece;
        (self.run, self.last_bits, self.base) = (run, last_bits, base);
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
                && droppable(&mark)
                && (piled
                    || vocalised(self.base)
                    || vocalised(mark.c)
                    || (mark.is_dot_above() && self.base == 'i'));
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
        put(&mut self.bytes, &mut self.offsets, unit, offset);
        match unit.class {
            Class::Letter | Class::LoneLetter => self.letter(unit, start),
            Class::Mark => self.mark(unit),
            Class::Space | Class::Separator => self.separator(unit, start),
        }
    }

    #[inline]
    fn letter(&mut self, unit: &Unit, start: usize) {
        let goes_on = unit.class == Class::Letter && self.word == Word::Open;
        if goes_on {
            let camel = self.last_bits & bits::LOWER != 0 && unit.bits & bits::UPPER != 0;
            if camel && self.how == Fold::Strict {
                self.close_piece(start);
                self.open_piece(unit, start, 0);
            } else {
                go_on(&mut self.piece, &mut self.run, self.last_bits, unit);
            }
        } else {
            self.close_word(start);
            self.words.push(start as u32..0);
            let gap = self.gap;
            self.open_piece(unit, start, gap);
            let is_lone = unit.class == Class::LoneLetter;
            self.piece.is_lone = is_lone;
            self.word = if is_lone { Word::Lone } else { Word::Open };
        }
        self.gap = 0;
        self.last_bits = unit.bits;
    }

    #[inline]
    fn open_piece(&mut self, unit: &Unit, start: usize, gap: u8) {
        self.piece = Piece {
            start: start as u32,
            word: (self.words.len() - 1) as u32,
            key: Key::of(unit.code),
            letters: 1,
            bits: unit.bits & bits::OF_WORDS,
            gap,
            ..NO_PIECE
        };
        self.run = (unit.c, 1);
    }

    fn mark(&mut self, unit: &Unit) {
        if self.word == Word::Closed {
            return;
        }
        if unit.bits & bits::DROPPABLE != 0 {
            self.piece.bits |= bits::ACCENT;
        } else {
            self.piece.key.push(unit.code);
        }
    }

    #[inline]
    fn separator(&mut self, unit: &Unit, start: usize) {
        self.close_word(start);
        self.gap = self.gap.saturating_add(1);
        self.seen |= unit.bits;
        if unit.bits & bits::SYMBOL != 0 {
            self.pieces.push(Piece {
                start: start as u32,
                end: self.bytes.len() as u32,
                key: Key::of(unit.code),
                word: self.words.len() as u32,
                letters: 1,
                bits: unit.bits & (bits::SYMBOL | bits::PUNCTUATION | bits::STAR),
                gap: self.gap - 1,
                ..NO_PIECE
            });
            self.gap = 0;
        }
    }

    #[inline]
    fn close_word(&mut self, end: usize) {
        if self.word == Word::Closed {
            return;
        }
        self.close_piece(end);
        self.word = Word::Closed;
        self.last_bits = 0;
        if let Some(word) = self.words.last_mut() {
            word.end = end as u32;
        }
    }

    #[inline]
    fn close_piece(&mut self, end: usize) {
        if self.how == Fold::Strict {
            self.piece.end = end as u32;
            self.seen |= self.piece.bits;
            self.pieces.push(self.piece);
        }
    }

    pub fn finish(mut self) -> Folded {
        self.flush();
        self.close_word(self.bytes.len());
        let text = String::from_utf8(self.bytes).expect("whole characters were written");
        let (offsets, words, pieces) = (self.offsets, self.words, self.pieces);
        Folded { text, offsets, words, pieces, seen: self.seen }
    }
}

/// Writes a folded character and the offset of each of its bytes.
#[inline(always)]
fn put(bytes: &mut Vec<u8>, offsets: &mut Vec<u32>, unit: &Unit, offset: u32) {
    let end = bytes.len() + unit.len as usize;
    bytes.extend_from_slice(&unit.bytes);
    bytes.truncate(end);
    offsets.extend_from_slice(&[offset; 4]);
    offsets.truncate(end);
}

/// Adds a letter to a piece.
#[inline(always)]
fn go_on(piece: &mut Piece, run: &mut (char, u8), last_bits: u32, unit: &Unit) {
    piece.key.push(unit.code);
    piece.letters = piece.letters.saturating_add(1);
    piece.bits |= unit.bits & bits::OF_WORDS;
    if last_bits & bits::UNDOTTED_FINAL != 0 {
        piece.bits |= bits::UNUSUAL;
    }
    if run.0 == unit.c {
        run.1 = run.1.saturating_add(1);
        piece.is_drawn_out |= run.1 >= 3;
    } else {
        *run = (unit.c, 1);
    }
}

/// Whether marks on a letter are vocalisation: Hebrew, Arabic and Syriac.
fn vocalised(base: char) -> bool {
    matches!(base, '\u{0590}'..='\u{077F}' | '\u{0860}'..='\u{08FF}' | '\u{FB1D}'..='\u{FDFF}')
}
