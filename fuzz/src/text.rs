//! Folding and everything that is looked for in text.

use crate::check;
use model::{Grade, TermView, limits};
use signals::fold::profiles::{Profile, normalize};
use signals::fold::views::{View, decoded, reversed, upright};
use signals::fold::{Fold, spans_of};
use signals::language::{Answer, GUESSES, Identification, LANGUAGES, identify};
use signals::links::{
    canonical, canonical_domain, domains_of, handle, invite, links_of, look_of, place_of,
    prefixes_of,
};
use signals::near::{ALIKE, CONTAINED, Index};
use signals::quotation::Library;
use signals::terms::{TermEntry, TermIndex, check_term, lint};

/// Every fold changes nothing the second time, is bounded, and knows where its bytes come from.
pub fn fold(bytes: &[u8]) {
    let text = check::text(bytes);
    for how in [Fold::Nfkc, Fold::Exact, Fold::Strict] {
        check_fold(&text, how);
    }
    let exact = signals::fold::fold(&text, Fold::Exact);
    let strict = signals::fold::fold(&text, Fold::Strict);
    let refolded = signals::fold::fold(exact.text(), Fold::Strict);
    assert_eq!(refolded.text(), strict.text(), "the strict fold of the exact one");
    for profile in Profile::ALL {
        let written = normalize(&text, profile);
        assert!(written.len() <= text.len() * limits::FOLD_EXPANSION, "{profile:?}");
    }
}

fn check_fold(text: &str, how: Fold) {
    let folded = signals::fold::fold(text, how);
    let again = signals::fold::fold(folded.text(), how);
    assert_eq!(again.text(), folded.text(), "{how:?} a second time");
    assert!(folded.text().len() <= text.len() * limits::FOLD_EXPANSION, "{how:?} is too long");
    let offsets: Vec<usize> = (0..folded.text().len()).map(|at| folded.offset(at)).collect();
    assert!(offsets.is_sorted(), "{how:?} goes back");
    assert!(offsets.iter().all(|&at| text.is_char_boundary(at)));
    let words = folded.words();
    assert!(words.windows(2).all(|pair| pair[0].end <= pair[1].start), "{how:?}: words overlap");
    let mut sources = Vec::new();
    for word in words {
        let word = word.start as usize..word.end as usize;
        check::range(folded.text(), &word);
        let source = folded.source_range(text, word);
        check::range(text, &source);
        sources.push(source);
    }
    for span in spans_of(text, &sources) {
        check::span(text, &span);
    }
}

/// Every view knows where its characters come from, also where one is laid over another.
pub fn views(bytes: &[u8]) {
    let text = check::text(bytes);
    let makers = [decoded, reversed, upright];
    for below in makers.iter().filter_map(|make| make(&text)) {
        check_view(&text, &below);
        for above in makers.iter().filter_map(|make| make(below.text())) {
            check_view(below.text(), &above);
            check_view(&text, &above.over(&below));
        }
    }
}

fn check_view(text: &str, view: &View) {
    assert!(view.text().len() <= text.len(), "a view is no longer than what it is of");
    let ends = view.text().char_indices().map(|(at, c)| at..at + c.len_utf8());
    for letter in ends {
        let (source, _) = view.source_range(letter);
        check::range(text, &source);
    }
    let (whole, _) = view.source_range(0..view.text().len());
    assert!(text.get(whole).is_some());
}

/// Terms, one a line, then an empty line and a text. Spans are places of the text, and each term is
/// found where it stands between two others.
pub fn terms(bytes: &[u8]) {
    let input = check::text(bytes);
    let (terms, text) = check::two(&input);
    let terms: Vec<&str> = terms.lines().take(8).filter(|term| check_term(term).is_ok()).collect();
    let entry = |term| TermEntry { views: &TermView::ALL, ..TermEntry::plain(term) };
    let index = TermIndex::build(terms.iter().copied().map(entry));
    assert_eq!(index.len(), terms.len());
    check_hits(&index, text);
    for (place, term) in terms.iter().enumerate() {
        for warning in lint(&entry(term)) {
            assert!(!warning.to_string().is_empty());
        }
        let there = format!("{text} . {} . {text}", term.trim());
        let hits = check_hits(&index, &there);
        // Runs of pieces are joined up to so many letters, so that longer words with capitals
        // within them are not found beside another word.
        if term.chars().filter(|c| c.is_alphanumeric()).count() > 64 {
            continue;
        }
        let own = hits.into_iter().find(|(entry, _)| *entry == place);
        assert_eq!(own.map(|(_, grade)| grade), Some(Grade::Exact), "{term:?} in {there:?}");
    }
}

fn check_hits(index: &TermIndex, text: &str) -> Vec<(usize, Grade)> {
    let hits = index.search(text);
    assert!(hits.windows(2).all(|pair| pair[0].entry < pair[1].entry), "hits out of order");
    for hit in &hits {
        assert!(hit.entry < index.len());
        assert!((1..=limits::MATCH_SPANS).contains(&hit.spans.len()), "{} spans", hit.spans.len());
        for span in &hit.spans {
            check::span(text, span);
        }
    }
    hits.into_iter().map(|hit| (hit.entry, hit.grade)).collect()
}

/// Links stand where they say, and the canonical form of a canonical form is itself.
pub fn links(bytes: &[u8]) {
    let input = check::text(bytes);
    let (text, beside) = check::two(&input);
    let beside: Vec<String> = beside.lines().take(8).map(str::to_owned).collect();
    for link in links_of(text, &beside) {
        if let Some(range) = &link.range {
            check::range(text, range);
            assert_eq!(&text[range.clone()], link.written);
        }
        check_address(&link.written);
    }
    for written in text.lines() {
        check_address(written);
        check_values(written);
    }
}

fn check_address(written: &str) {
    let Ok(once) = canonical(written) else { return };
    let with_scheme = match once.text.split_once("://") {
        Some((scheme, _)) if !scheme.contains(['/', '?']) => once.text.clone(),
        Some(_) | None => format!("http://{}", once.text),
    };
    let again = canonical(&with_scheme);
    assert_eq!(again.as_ref(), Ok(&once), "the canonical form of {with_scheme:?}");
    assert!(once.text.contains(&once.host));
    if let Some(domain) = &once.registrable_domain {
        assert!(domains_of(&once.host).any(|above| above == domain));
    }
    assert!(prefixes_of(&once.text).all(|prefix| once.text.starts_with(prefix)));
    let _ = look_of(&once.host);
    let _ = place_of(&once);
}

/// The forms of bank entries: what is accepted is accepted again, and is the same.
fn check_values(written: &str) {
    if let Ok(domain) = canonical_domain(written) {
        assert_eq!(canonical_domain(&domain), Ok(domain.clone()), "the domain {written:?}");
    }
    if let Ok(name) = handle(written) {
        assert_eq!(handle(&name), Ok(name.clone()), "the handle {written:?}");
    }
    if let Ok(code) = invite(written) {
        assert_eq!(invite(&code), Ok(code.clone()), "the invitation {written:?}");
    }
}

/// A language is one of the list, and probabilities are probabilities.
pub fn language(bytes: &[u8]) {
    check_identified(&identify(&check::text(bytes)));
}

/// Asserts what holds of every answer, whatever the model.
pub fn check_identified(found: &Identification) {
    let known = |code: &str| LANGUAGES.iter().any(|language| language.code == code);
    match found.answer {
        Answer::Language(code) => assert!(known(code), "{code} is not in the list"),
        Answer::Abstains(_) => {}
    }
    assert!(found.guesses.len() <= GUESSES);
    for guess in &found.guesses {
        assert!((0.0..=1.0).contains(&guess.probability), "{guess:?}");
    }
    assert!(found.guesses.windows(2).all(|pair| pair[0].probability >= pair[1].probability));
}

/// Known texts, one a line, then an empty line and a text. Shares are shares, ranges are places of
/// the text, and what was forgotten is not found.
pub fn near(bytes: &[u8]) {
    let input = check::text(bytes);
    let (known, text) = check::two(&input);
    let known: Vec<&str> = known.lines().take(8).collect();
    let mut index = Index::window(4);
    for (at, line) in (0..).zip(&known) {
        index.insert(line, at);
    }
    assert_eq!(index.len(), known.len().min(4));
    check_near(&index, text);
    for line in &known {
        check_near(&index, line);
    }
    index.forget_before(i64::MAX);
    assert!(index.is_empty() && index.search(text).near.is_empty());
}

fn check_near(index: &Index, text: &str) {
    for near in index.search(text).near {
        for share in [near.jaccard, near.containment] {
            assert!((0.0..=1.0).contains(&share), "{near:?}");
        }
        assert!(near.jaccard >= ALIKE || near.containment >= CONTAINED, "{near:?}");
        assert!(near.ranges.len() <= limits::MATCH_SPANS);
        assert!(near.ranges.windows(2).all(|pair| pair[0].end <= pair[1].start), "{near:?}");
        for range in &near.ranges {
            check::range(text, range);
        }
    }
}

/// A public text, then an empty line and a text that may quote it. Passages are places of the text,
/// in order, and the public text is a quotation of itself wherever anything of it is.
pub fn quotation(bytes: &[u8]) {
    let input = check::text(bytes);
    let (public, text) = check::two(&input);
    let library = Library::build([public, text]).expect("the texts are short");
    for text in [public, text, &input] {
        let found = library.search(text);
        for passage in &found.passages {
            check::range(text, &passage.range);
            assert!(found.cover(&passage.range) && passage.words > 0 && passage.entry < 2);
        }
        let ends = found.passages.iter().map(|passage| passage.range.end);
        assert!(ends.is_sorted(), "passages out of order");
    }
}
