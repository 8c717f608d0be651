//! The search of one text.

use super::accept::{self, Symbols, is_starred};
use super::exchanged;
use super::index::{Part, Posting, TermIndex};
use super::key::Key;
use super::term::{is_odd, may_be_undotted, without_accents};
use super::{KnownWords, TermHit, TermHits};
use crate::fold::table::{bits, units};
use crate::fold::views::{Reading, View, decoded, reversed, upright};
use crate::fold::{Fold, Folded, Piece, fold, spans_of};
use model::{Grade, limits};
use std::ops::Range;
use std::sync::OnceLock;

/// Candidates that are looked at letter by letter, for each piece of a text and beside that. Only
/// a text made for it has more.
const CANDIDATES_PER_PIECE: usize = 4;
const CANDIDATES: usize = 4_096;
/// Most pieces that are joined, and most letters of them.
const JOINED_PIECES: usize = 48;
const JOINED_LETTERS: u16 = 64;
/// Longest piece of a word that is written in pieces, in letters.
const SHORT: u16 = 2;
/// Most characters between the letters of a word that is written in pieces.
const GAP: u8 = 4;
/// Most stars of a word.
const STARS: usize = 3;

pub(super) fn search(index: &TermIndex, text: &str, folded: &Folded) -> TermHits {
    if index.terms.is_empty() {
        return TermHits::default();
    }
    let mut places = Places::default();
    let mut found = scan(index, text, folded, &mut places);
    for view in views(text, folded) {
        let mut of_view = Places::default();
        let folded = fold(view.text(), Fold::Strict);
        found |= scan(index, view.text(), &folded, &mut of_view);
        places.unchecked += of_view.unchecked;
        places.found.extend(of_view.found.into_iter().filter_map(|place| through(&view, place)));
    }
    if !found {
        return TermHits { hits: Vec::new(), unchecked: places.unchecked };
    }
    TermHits { hits: hits(index, text, places.found), unchecked: places.unchecked }
}

/// The views of a text that there are.
fn views(text: &str, folded: &Folded) -> Vec<View> {
    let mut views: Vec<View> = Vec::new();
    if folded.seen() & bits::ENCODES != 0 {
        views.extend(decoded(text));
    }
    if let Some(below) = views.first() {
        let turned = reversed(below.text()).map(|view| view.over(below));
        views.extend(turned);
    } else if folded.seen() & bits::OVERRIDES != 0 {
        views.extend(reversed(text));
    }
    if folded.seen() & bits::UNUSUAL != 0 {
        views.extend(upright(text));
    }
    views
}

/// A place of a view as a place of the original; `None` where it stands there as it is.
fn through(view: &View, place: Place) -> Option<Place> {
    let (range, how) = view.source_range(place.range);
    let grade = match how {
        Reading::Plain => return None,
        Reading::Encoded => place.grade,
        Reading::Hidden => place.grade.max(Grade::Disguised),
    };
    Some(Place { grade, range, ..place })
}

/// Where a term was found.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    term: u32,
    grade: Grade,
    range: Range<usize>,
}

#[derive(Debug, Default)]
struct Places {
    found: Vec<Place>,
    unchecked: usize,
}

/// Adds what is found in a text as it stands, and says whether anything is.
fn scan(index: &TermIndex, text: &str, folded: &Folded, places: &mut Places) -> bool {
    let room = CANDIDATES + CANDIDATES_PER_PIECE * folded.pieces().len();
    let mut scan = Scan { index, text, folded, places, room };
    scan.letters();
    let all = folded.seen();
    if all & bits::SYMBOL != 0 {
        scan.symbols(Symbols::All);
        if all & bits::PUNCTUATION != 0 {
            scan.symbols(Symbols::Some);
        }
    }
    if all & bits::STAR != 0 {
        scan.stars();
    }
    if !index.typos.is_empty() {
        scan.typos();
    }
    if let Some(known) = &index.known {
        scan.exchanged(known);
    }
    if !index.arabizi.is_empty() && all & bits::DIGIT != 0 {
        scan.arabizi();
    }
    !places.found.is_empty()
}

struct Scan<'a> {
    index: &'a TermIndex,
    text: &'a str,
    folded: &'a Folded,
    places: &'a mut Places,
    /// Candidates that may still be looked at.
    room: usize,
}

/// Pieces of a text that stand next to each other, with their key.
#[derive(Clone, Copy)]
struct Run {
    first: usize,
    last: usize,
    key: Key,
    symbols: Symbols,
    /// Where its letters begin in the folded text, if behind what is joined to their front.
    begins: Option<usize>,
}

impl Scan<'_> {
    /// Looks up pieces of words, neighbours, and words that are written in pieces.
    fn letters(&mut self) {
        let folded = self.folded;
        let mut before: Option<usize> = None;
        for (at, piece) in folded.pieces().iter().enumerate() {
            if piece.is_symbol() {
                continue;
            }
            if let Some(before) = before {
                self.from(before, at);
            }
            before = Some(at);
        }
        if let Some(before) = before {
            self.from(before, folded.pieces().len());
        }
    }

    /// Looks up the runs that begin with a piece; `next` is the next piece that is no symbol.
    #[inline]
    fn from(&mut self, first: usize, next: usize) {
        let pieces = self.folded.pieces();
        let piece = &pieces[first];
        let plain = |last: usize, key: Key| {
            let symbols = Symbols::Separate;
            Run { first, last, key, symbols, begins: None }
        };
        self.look_up(&plain(first, piece.key));
        if piece.bits & bits::ARABIC != 0 && piece.letters > 2 && self.index.has_arabic {
            self.proclitics(first, next);
        }
        let Some(follower) = pieces.get(next) else { return };
        let key = piece.key.join(follower.key);
        self.look_up(&plain(next, key));
        if goes_on(piece, follower, next - first) || is_inner(pieces.get(next + 1), follower) {
            self.longer(plain(next, key));
        }
    }

    /// Looks up the runs that begin with two pieces that may be pieces of one word.
    #[cold]
    fn longer(&mut self, mut run: Run) {
        let pieces = self.folded.pieces();
        let mut jumped = !goes_on(&pieces[run.first], &pieces[run.last], run.last - run.first);
        let mut letters = pieces[run.first].letters.saturating_add(pieces[run.last].letters);
        let mut before = run.last;
        let end = pieces.len().min(run.first + JOINED_PIECES);
        for at in run.last + 1..end {
            let piece = &pieces[at];
            if piece.is_symbol() {
                continue;
            }
            let inner = piece.word == pieces[before].word;
            let linked = inner || (!jumped && goes_on(&pieces[before], piece, at - before));
            if !linked && jumped {
                return;
            }
            jumped |= !linked;
            letters = letters.saturating_add(piece.letters);
            if letters > JOINED_LETTERS {
                return;
            }
            run.key = run.key.join(piece.key);
            run.last = at;
            self.look_up(&run);
            before = at;
        }
    }

    /// Looks up what stands behind letters that Arabic joins to the front of a word.
    fn proclitics(&mut self, first: usize, next: usize) {
        let pieces = self.folded.pieces();
        let piece = &pieces[first];
        let word = &self.folded.text()[piece.start as usize..piece.end as usize];
        for front in fronts(word) {
            let Some(next_letter) = word[front.text.len()..].chars().next() else { continue };
            let begins = Some(piece.start as usize + front.text.len());
            let mut key = piece.key.behind(front.key, units(next_letter, Fold::Strict)[0].code);
            let symbols = Symbols::Separate;
            self.look_up(&Run { first, last: first, key, symbols, begins });
            if let Some(follower) = pieces.get(next) {
                key = key.join(follower.key);
                self.look_up(&Run { first, last: next, key, symbols, begins });
            }
        }
    }

    /// Looks up runs of which symbols are letters.
    fn symbols(&mut self, symbols: Symbols) {
        let pieces = self.folded.pieces();
        let mut looked = 0;
        for (at, piece) in pieces.iter().enumerate() {
            if at < looked || !(piece.is_symbol() && symbols.reads(piece.bits)) {
                continue;
            }
            // Everything that may be of one word with the symbol, and the word before.
            let first = self.first_of(at, looked);
            if first > looked {
                self.with_symbols(self.first_of(first - 1, looked), symbols);
            }
            for start in first..=at {
                self.with_symbols(start, symbols);
            }
            looked = at + 1;
        }
    }

    /// The first piece, from `least`, that may be of one word with a piece.
    fn first_of(&self, at: usize, least: usize) -> usize {
        let pieces = self.folded.pieces();
        let mut first = at;
        while first > least
            && at - first < JOINED_PIECES
            && goes_on(&pieces[first - 1], &pieces[first], 1)
        {
            first -= 1;
        }
        first
    }

    /// Looks up words in which stars stand for vowels.
    fn stars(&mut self) {
        let pieces = self.folded.pieces();
        let is_part = |piece: &Piece| !piece.is_symbol() || piece.bits & bits::STAR != 0;
        let mut at = 0;
        while at < pieces.len() {
            let glued = |(before, piece): (usize, &Piece)| {
                is_part(piece) && (before == 0 || piece.gap == 0)
            };
            let len = pieces[at..].iter().enumerate().take_while(|pair| glued(*pair)).count();
            let is_star = |piece: &Piece| piece.is_symbol();
            let end = at + len;
            let first = at + pieces[at..end].iter().take_while(|piece| is_star(piece)).count();
            let behind = pieces[first..end].iter().rev().take_while(|piece| is_star(piece)).count();
            let word = first..end - behind;
            let stars = pieces[word.clone()].iter().filter(|piece| is_star(piece)).count();
            if (1..=STARS).contains(&stars) {
                self.starred(word, Key::EMPTY, None);
            }
            at = end.max(at + 1);
        }
    }

    /// Looks up the rest of a word behind a key, with every vowel for its next star.
    fn starred(&mut self, rest: Range<usize>, key: Key, first: Option<usize>) {
        let pieces = self.folded.pieces();
        let begin = first.unwrap_or(rest.start);
        let Some(piece) = pieces[rest.clone()].first() else {
            return self.starred_phrase(begin, rest.end - 1, key);
        };
        let next = rest.start + 1..rest.end;
        if !piece.is_symbol() {
            return self.starred(next, key.join(piece.key), Some(begin));
        }
        for vowel in vowels_of(pieces[begin].bits).chars() {
            let code = units(vowel, Fold::Strict)[0].code;
            self.starred(next.clone(), key.join(Key::of(code)), Some(begin));
        }
    }

    fn with_symbols(&mut self, first: usize, symbols: Symbols) {
        let pieces = self.folded.pieces();
        let reads = |piece: &Piece| !piece.is_symbol() || symbols.reads(piece.bits);
        if !reads(&pieces[first]) {
            return;
        }
        let mut run = Run { first, last: first, key: Key::EMPTY, symbols, begins: None };
        let (mut letters, mut any, mut jumped) = (0u16, false, false);
        let end = pieces.len().min(first + JOINED_PIECES);
        for at in first..end {
            let piece = &pieces[at];
            if at > first && !goes_on(&pieces[at - 1], piece, 1) {
                // The second word of a phrase.
                if jumped {
                    return;
                }
                jumped = true;
            }
            if !reads(piece) {
                continue;
            }
            letters = letters.saturating_add(piece.letters);
            if letters > JOINED_LETTERS {
                return;
            }
            any |= piece.is_symbol();
            run.key = run.key.join(piece.key);
            run.last = at;
            if any {
                self.look_up(&run);
            }
        }
    }

    /// Looks up a word with stars, and with the word before and behind it.
    fn starred_phrase(&mut self, first: usize, last: usize, key: Key) {
        let pieces = self.folded.pieces();
        let run = Run { first, last, key, symbols: Symbols::Star, begins: None };
        self.look_up(&run);
        let is_word = |piece: &&Piece| !piece.is_symbol();
        if let Some(behind) = pieces.get(last + 1).filter(is_word) {
            self.look_up(&Run { last: last + 1, key: key.join(behind.key), ..run });
        }
        if let Some(before) = first.checked_sub(1).map(|at| &pieces[at]).filter(is_word) {
            self.look_up(&Run { first: first - 1, key: before.key.join(key), ..run });
        }
    }

    fn typos(&mut self) {
        let (index, folded) = (self.index, self.folded);
        for word in 0..folded.words().len() {
            let places = &mut self.places;
            index.typos.at(folded, word, &index.terms, index.known.as_ref(), |term, words| {
                let words = &folded.words()[words];
                let range = words[0].start as usize..words[words.len() - 1].end as usize;
                let range = folded.source_range(self.text, range);
                places.found.push(Place { term, grade: Grade::Fuzzy, range });
            });
        }
    }

    /// Looks up long words with two letters exchanged.
    fn exchanged(&mut self, known: &KnownWords) {
        let (index, folded) = (self.index, self.folded);
        let is_long = |piece: &&Piece| piece.letters as usize >= exchanged::LETTERS;
        for piece in folded.pieces().iter().filter(is_long) {
            let word = piece.word as usize;
            if folded.words()[word] != (piece.start..piece.end) {
                continue;
            }
            index.exchanged.at(folded, word, &index.terms, known, |term, words| {
                let words = &folded.words()[words];
                let range = words[0].start as usize..words[words.len() - 1].end as usize;
                let range = folded.source_range(self.text, range);
                self.places.found.push(Place { term, grade: Grade::Disguised, range });
            });
        }
    }

    fn arabizi(&mut self) {
        let (index, folded) = (self.index, self.folded);
        for piece in folded.pieces() {
            if piece.bits & (bits::DIGIT | bits::LATIN) != bits::DIGIT | bits::LATIN {
                continue;
            }
            let word = &folded.words()[piece.word as usize];
            let range = word.start as usize..word.end as usize;
            for term in index.arabizi.of(&folded.text()[range.clone()]) {
                let range = folded.source_range(self.text, range.clone());
                self.places.found.push(Place { term, grade: Grade::Fuzzy, range });
            }
        }
    }

    #[inline]
    fn look_up(&mut self, run: &Run) {
        let postings = self.index.postings(run.key);
        if !postings.is_empty() {
            self.candidates(run, postings);
        }
    }

    #[cold]
    fn candidates(&mut self, run: &Run, postings: &[Posting]) {
        for posting in postings {
            if self.room == 0 {
                self.places.unchecked += 1;
                continue;
            }
            self.room -= 1;
            if let Some((grade, range)) = self.check(run, posting.term, posting.part) {
                self.places.found.push(Place { term: posting.term, grade, range });
            }
        }
    }

    fn check(&self, run: &Run, number: u32, part: Part) -> Option<(Grade, Range<usize>)> {
        let pieces = self.folded.pieces();
        let term = &self.index.terms[number as usize];
        match part {
            Part::Words(word) => {
                let first = (pieces[run.first].word as usize).checked_sub(word as usize);
                let begins = run.begins.filter(|_| word == 0);
                if run.begins.is_some() && (begins.is_none() || !term.is_loose()) {
                    return None;
                }
                let is_whole = run.symbols == Symbols::Separate;
                let plain = first
                    .filter(|_| is_whole)
                    .and_then(|first| term.plain(self.text, self.folded, first, begins));
                if plain.is_some() {
                    return plain.map(|(grade, range)| match run.begins {
                        Some(_) => (grade.max(Grade::StrictFold), range),
                        None => (grade, range),
                    });
                }
                self.disguised(run, number, part)
            }
            Part::Whole => self.disguised(run, number, part),
            Part::Form(form) => {
                let (first, last) = (&pieces[run.first], &pieces[run.last]);
                let start = run.begins.unwrap_or(first.start as usize);
                let there = start..last.end as usize;
                let form = self.index.form(form);
                let is_beside =
                    form.beside == 0 || self.is_beside(run.first, run.last, form.beside);
                (is_beside && self.folded.text()[there.clone()] == *form.text)
                    .then(|| (form.grade, self.folded.source_range(self.text, there)))
            }
        }
    }

    /// Whether a run is a term in disguise.
    fn disguised(&self, run: &Run, number: u32, part: Part) -> Option<(Grade, Range<usize>)> {
        let term = &self.index.terms[number as usize];
        if !term.is_disguisable() || run.begins.is_some() {
            return None;
        }
        let (first, last) = self.extent(run, number, part)?;
        let pieces = &self.folded.pieces()[first..=last];
        let is_inner = |at: usize, other: usize| {
            let pieces = self.folded.pieces();
            pieces.get(other).is_some_and(|piece| {
                !piece.is_symbol() && !pieces[at].is_symbol() && piece.word == pieces[at].word
            })
        };
        let inner = is_inner(last, last + 1) || (first > 0 && is_inner(first, first - 1));
        let there = pieces[0].start as usize..pieces[pieces.len() - 1].end as usize;
        let odd = inner
            || pieces.len() != term.words as usize
            || pieces.iter().any(|piece| is_odd(piece, term));
        let undotted = || {
            term.bits & bits::ARABIC != 0
                && may_be_undotted(&self.folded.text()[there.clone()], term.bare())
        };
        if !odd && !undotted() && (term.words == 1 || !self.has_odd_gap(pieces)) {
            return None;
        }
        let range = self.folded.source_range(self.text, there.clone());
        if run.symbols == Symbols::Star {
            return is_starred(term, &self.text[range.clone()])
                .then_some((Grade::Disguised, range));
        }
        let known = self.index.known.as_ref();
        let place = accept::Place {
            text: &self.text[range.clone()],
            symbols: run.symbols,
            among_its_script: self.is_among_its_script(first, last, term.bits),
        };
        let grade = accept::accept(term, &place, known).or_else(|| {
            let is_term = || without_accents(&self.folded.text()[there]) == term.bare();
            (inner && is_term()).then_some(Grade::Disguised)
        })?;
        Some((grade, range))
    }

    /// Whether a piece beside some pieces is of a script that they have and a term has not; also
    /// where nothing stands beside them, since nothing says then that they are meant for letters of
    /// the term's script.
    fn is_among_its_script(&self, first: usize, last: usize, of_term: u32) -> bool {
        let pieces = self.folded.pieces();
        let scripts = (bits::CYRILLIC | bits::GREEK | bits::LATIN) & !of_term;
        let own = pieces[first..=last].iter().fold(0, |all, piece| all | piece.bits) & scripts;
        let is_alone = first == 0 && last + 1 == pieces.len();
        is_alone || self.is_beside(first, last, own)
    }

    /// Whether a piece beside some pieces is of one of some scripts.
    fn is_beside(&self, first: usize, last: usize, scripts: u32) -> bool {
        let pieces = self.folded.pieces();
        let before = first.checked_sub(1).and_then(|at| pieces.get(at));
        let mut beside = before.into_iter().chain(pieces.get(last + 1));
        beside.any(|piece| piece.bits & scripts != 0)
    }

    /// Whether there is more than one space between two pieces.
    fn has_odd_gap(&self, pieces: &[Piece]) -> bool {
        let between = |pair: &[Piece]| {
            &self.folded.text()[pair[0].end as usize..pair[1].start as usize] != " "
        };
        pieces.windows(2).any(between)
    }

    /// The pieces that all of a term takes where a run is a part of it.
    fn extent(&self, run: &Run, number: u32, part: Part) -> Option<(usize, usize)> {
        let term = &self.index.terms[number as usize];
        let Part::Words(word) = part else { return Some((run.first, run.last)) };
        if term.words <= 2 {
            return Some((run.first, run.last));
        }
        let pieces = self.folded.pieces();
        let first_word = pieces[run.first].word.checked_sub(u32::from(word))?;
        let last_word = first_word + u32::from(term.words) - 1;
        let of_word = |word: u32| move |piece: &Piece| !piece.is_symbol() && piece.word == word;
        let before = pieces[..=run.first].iter().rposition(|piece| piece.word < first_word);
        let first = before.map_or(0, |before| before + 1);
        let first = first + pieces[first..].iter().position(of_word(first_word))?;
        let last = run.last
            + pieces[run.last..].iter().take(JOINED_PIECES).rposition(of_word(last_word))?;
        Some((first, last))
    }
}

/// The vowels that a star may stand for in a word of some scripts.
fn vowels_of(scripts: u32) -> &'static str {
    match scripts {
        _ if scripts & bits::ARABIC != 0 => "اوي",
        _ if scripts & bits::CYRILLIC != 0 => "аеиоуыюя",
        _ if scripts & bits::GREEK != 0 => "αειουηω",
        _ => "aeiouy",
    }
}

/// What Arabic joins to the front of a word, in the strict fold.
const PROCLITICS: [&str; 16] =
    ["و", "ف", "ب", "ك", "ل", "ال", "وال", "فال", "بال", "كال", "لل", "ولل", "س", "وب", "ول", "وس"];

/// Letters that Arabic joins to the front of a word, with their key.
struct Front {
    text: &'static str,
    key: Key,
}

/// Those of [`PROCLITICS`] that a word begins with.
fn fronts(word: &str) -> impl Iterator<Item = &'static Front> {
    static FRONTS: OnceLock<[Vec<Front>; 64]> = OnceLock::new();
    let fronts = FRONTS.get_or_init(|| {
        let begins = |text: &str, place: usize| place_of(text) == Some(place);
        let of_place = |place| PROCLITICS.into_iter().filter(move |text| begins(text, place));
        std::array::from_fn(|place| {
            of_place(place).map(|text| Front { text, key: key_of(text) }).collect()
        })
    });
    let there = place_of(word).map_or(&[][..], |place| &fronts[place]);
    there.iter().filter(move |front| word.starts_with(front.text))
}

/// Where words that begin as a word does have their place: all that is told from its second byte.
fn place_of(word: &str) -> Option<usize> {
    word.as_bytes().get(1).map(|byte| usize::from(byte & 0x3F))
}

/// The key of folded text.
fn key_of(folded: &str) -> Key {
    let units = folded.chars().flat_map(|c| units(c, Fold::Strict));
    units.fold(Key::EMPTY, |mut key, unit| {
        key.push(unit.code);
        key
    })
}

/// Whether a piece may be of one word with the piece before, which is so many places before it.
fn goes_on(before: &Piece, piece: &Piece, places: usize) -> bool {
    let glued = piece.gap == 0 && places == 1;
    let short = before.letters <= SHORT && piece.letters <= SHORT;
    glued || (short && piece.gap <= GAP && !(before.is_lone || piece.is_lone))
}

/// Whether a piece goes on the word of the piece before it.
fn is_inner(piece: Option<&Piece>, before: &Piece) -> bool {
    piece.is_some_and(|piece| !piece.is_symbol() && piece.word == before.word)
}

/// One hit for each entry that was found and counts, in its most direct grade.
fn hits(index: &TermIndex, text: &str, mut places: Vec<Place>) -> Vec<TermHit> {
    let key = |place: &Place| (place.term, place.grade, place.range.start, place.range.end);
    places.sort_unstable_by_key(key);
    let mut chosen: Vec<(usize, &[Place])> = Vec::new();
    let terms: Vec<&[Place]> = places.chunk_by(|a, b| a.term == b.term).collect();
    let grade_of = |term: u32| {
        let at = terms.binary_search_by_key(&term, |places| places[0].term).ok()?;
        Some(terms[at][0].grade)
    };
    for places in &terms {
        let Some(entry) = index.place(places[0].term) else { continue };
        let counts = index.conditions.get(&places[0].term).is_none_or(|conditions| {
            let plain = |term: &u32| grade_of(*term) <= Some(Grade::AccentInsensitive);
            let there = |term: &&u32| grade_of(**term).is_some();
            (conditions.requires.is_empty() || conditions.requires.iter().any(|t| there(&t)))
                && !conditions.unless.iter().any(|term| there(&term) && plain(term))
        });
        if counts {
            let best = places.partition_point(|place| place.grade == places[0].grade);
            chosen.push((entry, &places[..best]));
        }
    }
    let mut ranges: Vec<Range<usize>> = Vec::new();
    let mut counts: Vec<usize> = Vec::new();
    for (_, places) in &chosen {
        let before = ranges.len();
        ranges.extend(spans(places));
        counts.push(ranges.len() - before);
    }
    let mut spans = spans_of(text, &ranges).into_iter();
    let hit = |((entry, places), count): ((usize, &[Place]), usize)| TermHit {
        entry,
        grade: places[0].grade,
        spans: spans.by_ref().take(count).collect(),
    };
    chosen.into_iter().zip(counts).map(hit).collect()
}

/// The places of one grade in order. Of looser places that overlap the first stands;
/// phrases as they are written may overlap.
fn spans(places: &[Place]) -> impl Iterator<Item = Range<usize>> {
    let mut kept: Vec<Range<usize>> = Vec::new();
    let apart = places[0].grade >= Grade::AccentInsensitive;
    for range in places.iter().map(|place| &place.range) {
        let stands = kept.last().is_none_or(|last| match apart {
            true => range.start >= last.end,
            false => range != last,
        });
        if stands && kept.len() < limits::MATCH_SPANS {
            kept.push(range.clone());
        }
    }
    kept.into_iter()
}
