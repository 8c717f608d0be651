//! Near-duplicates and quotations: texts with what must be found in them, and properties.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use signals::compact::{Compact, Digits, run_hashes, winnow};
use signals::near::{ALIKE, CONTAINED, Index, SHINGLES_NEEDED};
use signals::quotation::{LETTERS_NEEDED, Library, LibraryError, WORDS_NEEDED};

const KNOWN: &str = "The lanterns of the harbour were lit again on Thursday, and the whole town \
                     walked down to the water to see the first boats come in.";

// Near-duplicates -----------------------------------------------------------------------------

/// Whether the known text is found in another one.
fn check(text: &str, is_near: bool) {
    let index = Index::build(["Something else that has nothing in common with it at all.", KNOWN]);
    let found = index.search(text);
    let entries: Vec<u64> = found.near.iter().map(|near| near.entry).collect();
    assert_eq!(entries, if is_near { vec![1] } else { vec![] }, "{text}: {found:?}");
}

#[test]
fn changes_that_leave_a_text_near() {
    for text in [
        KNOWN.to_owned(),
        KNOWN.to_uppercase(),
        KNOWN.replace(' ', "  \n"),
        KNOWN.replace('e', "3").replace('o', "0").replace('a', "4"),
        KNOWN.replace("Thursday", "Saturday"),
        KNOWN.replace("lit ", "l\u{200B}it "),
        format!("RT @somebody: {KNOWN} https://a.example/x/y?z=1 #harbour #lights"),
        KNOWN[..KNOWN.len() * 7 / 10].to_owned(),
        format!(
            "I read this yesterday in a letter from an old friend who lives far away: \"{KNOWN}\" \
             And I thought of how we used to go there every summer, and of all that has changed \
             since then, and whether any of us will see it again."
        ),
    ] {
        check(&text, true);
    }
}

#[test]
fn texts_that_are_not_near() {
    for text in [
        "",
        "the harbour",
        "The lanterns of the harbour",
        "In the evening the whole family came to the table, and grandmother told of the war.",
        "A known text that is mentioned by its first words, the lanterns of the harbour, is not \
         repeated by that, whatever else the post has to say of it at some length.",
    ] {
        check(text, false);
    }
}

#[test]
fn the_shared_passage_is_told() {
    let index = Index::build([KNOWN]);
    let text = format!("Überall steht: «{KNOWN}» Wirklich überall, sagt man sich hier.");
    let near = &index.search(&text).near[0];
    assert!((near.containment - 1.0).abs() < 0.03 && near.jaccard < 0.9, "{near:?}");
    assert_eq!(near.ranges.len(), 1);
    let passage = &text[near.ranges[0].clone()];
    assert!(passage.contains(&KNOWN[..KNOWN.len() - 1]), "{passage}");
}

/// A full window forgets its oldest, and a time forgets what is older.
#[test]
fn a_window_forgets() {
    let text = |number: usize| {
        let words = ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron"];
        (0..14).map(|at| words[(number * at * at + at + number) % 8]).collect::<Vec<_>>().join(" ")
            + &format!(" number {number} of them, in words of {}", "xyzuvw".repeat(number + 1))
    };
    let mut index = Index::window(3);
    for number in 0..5 {
        assert_eq!(index.insert(&text(number), number as i64), number as u64);
    }
    let found = |index: &Index| -> Vec<u64> {
        let best = |number| index.search(&text(number)).near.into_iter().find(|n| n.jaccard > 0.99);
        (0..5).filter_map(best).map(|near| near.entry).collect()
    };
    assert_eq!(found(&index), [2, 3, 4]);
    assert_eq!(index.len(), 3);
    index.forget_before(4);
    assert_eq!(found(&index), [4]);
    index.forget_before(9);
    assert!(index.is_empty() && found(&index).is_empty());
    assert_eq!(index.insert(&text(1), 9), 5);
    assert_eq!(found(&index), [5]);
}

/// The same text many times: every search is limited, says so, and gives the newest.
#[test]
fn many_copies_are_limited() {
    let copies = 1_500;
    let index = Index::build(std::iter::repeat_n(KNOWN, copies));
    let found = index.search(KNOWN);
    assert!(found.limited && found.near.len() == signals::near::COMPARED);
    assert!(
        found.near.iter().all(|near| near.entry as usize >= copies - signals::near::BROUGHT_UP)
    );
    assert!(index.memory_bytes() > copies * 500);
}

proptest! {
    /// A text of enough shingles is found by itself, wholly; every range lies in it; and whatever
    /// is found is near by one of the two measures.
    #[test]
    fn a_text_is_near_itself(text in "[\\PC ]{0,120}", other in "[\\PC ]{0,120}") {
        let index = Index::build([text.as_str(), other.as_str()]);
        let compact = Compact::of(&text, Digits::AsLetters);
        let mut shingles = run_hashes(compact.letters(), 5);
        shingles.sort_unstable();
        shingles.dedup();
        let found = index.search(&text);
        let own = found.near.iter().find(|near| near.entry == 0);
        prop_assert_eq!(own.is_some(), shingles.len() >= SHINGLES_NEEDED);
        for near in &found.near {
            prop_assert!(near.jaccard >= ALIKE || near.containment >= CONTAINED);
            prop_assert!(near.ranges.iter().all(|range| text.get(range.clone()).is_some()));
        }
    }

    /// Texts that share a run of hashes as long as the window share a chosen one.
    #[test]
    fn winnowing_keeps_its_promise(
        shared in proptest::collection::vec(any::<u32>(), 6..20),
        a in proptest::collection::vec(any::<u32>(), 0..20),
        b in proptest::collection::vec(0u32..9, 0..20),
    ) {
        let one = [a.clone(), shared.clone(), b.clone()].concat();
        let two = [b, shared, a].concat();
        let chosen = |hashes: &[u32]| -> Vec<u32> {
            winnow(hashes, 6).into_iter().map(|place| hashes[place]).collect()
        };
        let (one, two) = (chosen(&one), chosen(&two));
        prop_assert!(one.iter().any(|hash| two.contains(hash)));
    }
}

// Quotations ----------------------------------------------------------------------------------

const LAW: &str = "Everyone has the right to rest in the shade of the village tree.\n\
                   Nobody may be asked to give it up, save for the mending of its fence.";
const SONG: &str = "يا طالع الشجرة هات لي معك بقرة تحلب وتسقيني بالمعلقة الصينية";

/// The passages of a text that are quoted, with the quoted text and the word it starts at.
fn quoted(text: &str, expected: &[(&str, usize, usize)]) {
    let library = Library::build([LAW, SONG]).unwrap();
    let found = library.search(text);
    let passages: Vec<(&str, usize, usize)> = found
        .passages
        .iter()
        .map(|passage| (&text[passage.range.clone()], passage.entry, passage.from_word))
        .collect();
    assert_eq!(passages, expected, "{text}");
}

#[test]
fn quotations() {
    quoted(LAW, &[(LAW.trim_end_matches('.'), 0, 0)]);
    quoted(
        "He said: EVERYONE has the right, to rest… in peace",
        &[("EVERYONE has the right, to rest… in", 0, 0)],
    );
    quoted(
        "of the village tree. Nobody may be asked; and then: save for the mending of its fence!",
        &[
            ("of the village tree. Nobody may be asked", 0, 9),
            ("save for the mending of its fence", 0, 21),
        ],
    );
    let vocalised = "يَا طَالِعَ الشَّجَرَةِ هَاتِ لِي مَعَكَ بَقَرَة";
    quoted(vocalised, &[(vocalised, 1, 0)]);
    for text in
        ["", "everyone has the right", "the village tree of the shade", "rest in the shade oft"]
    {
        quoted(text, &[]);
    }
}

#[test]
fn what_lies_wholly_within_a_passage_is_covered() {
    let library = Library::build([LAW]).unwrap();
    let text = "As they say, nobody may be asked to give it up, and nobody was.";
    let found = library.search(text);
    let place = |word: &str| text.rfind(word).map(|at| at..at + word.len()).unwrap();
    for (word, covered) in
        [("asked", true), ("up", true), ("nobody was", false), ("up, and", false), ("As", false)]
    {
        assert_eq!(found.cover(&place(word)), covered, "{word}");
    }
}

#[test]
fn a_phrase_in_many_places_is_limited() {
    let verse = "and so they went on their way again\n";
    let library = Library::build([verse.repeat(200).as_str()]).unwrap();
    let found = library.search(verse);
    assert!(found.limited && found.passages.len() == 1);
    assert!(library.memory_bytes() > verse.len() * 200);
    assert!(library.len() == 1 && !library.is_empty());
    let told = LibraryError::TooLong { entry: 3 }.to_string();
    assert!(told.contains("at place 3"), "{told}");
}

proptest! {
    /// Words taken out of a text are found in it, whatever stands around them, and every passage
    /// says the words it has.
    #[test]
    fn words_of_a_text_are_found(
        words in proptest::collection::vec("[a-z]{3,8}", 20..60),
        from in 0usize..10,
        count in 6usize..10,
        around in "[A-Z]{9,12}",
    ) {
        let text = words.join(" ");
        let library = Library::build([text.as_str()]).unwrap();
        let item = format!("{around} {} {around}", words[from..from + count].join(", "));
        let found = library.search(&item);
        let all: usize = found.passages.iter().map(|passage| passage.words).sum();
        prop_assert!(all >= count, "{item}: {found:?}");
        for passage in &found.passages {
            let letters = item[passage.range.clone()].chars().filter(|c| c.is_alphabetic()).count();
            prop_assert!(passage.words >= WORDS_NEEDED || letters >= LETTERS_NEEDED);
        }
    }

    /// Any text is searched in any library.
    #[test]
    fn any_text_is_searched(known in "[\\PC \n]{0,200}", text in "[\\PC ]{0,200}") {
        let library = Library::build([known.as_str()]).unwrap();
        let both = format!("{text} {known}");
        for passage in library.search(&both).passages {
            prop_assert!(both.get(passage.range).is_some());
        }
    }
}
