//! Terms in disguise: what is found, at which grade and place, and what ordinary writing is not.

#![allow(clippy::unwrap_used)]

use model::{CaseSensitivity, Grade, TermView};
use proptest::prelude::*;
use signals::fold::{Fold, fold};
use signals::terms::{KnownWords, TermEntry, TermIndex, TermWarning, lint};

/// What a term is found as in a text: grade and the words of the original.
fn found<'t>(entry: TermEntry, text: &'t str) -> Option<(Grade, Vec<&'t str>)> {
    let hits = TermIndex::build([entry]).search(text);
    let hit = hits.into_iter().next()?;
    Some((hit.grade, hit.spans.iter().map(|span| &text[span.start..span.end]).collect()))
}

/// A term, a text, and the grade and place at which it is found there.
type Row<'t> = (&'t str, &'t str, Option<(Grade, &'t str)>);

fn check(rows: &[Row]) {
    for &(term, text, expected) in rows {
        let expected = expected.map(|(grade, place)| (grade, vec![place]));
        assert_eq!(found(TermEntry::plain(term), text), expected, "{term} in {text}");
    }
}

use Grade::{AccentInsensitive, Disguised, Exact, Fuzzy, StrictFold};

#[test]
fn disguises_are_found_where_they_are() {
    check(&[
        ("lantern", "a l4nt3rn!", Some((Disguised, "l4nt3rn"))),
        ("lantern", "a |@nt€rn b", Some((Disguised, "|@nt€rn"))),
        ("lantern", "a lаntеrn b", Some((Disguised, "lаntеrn"))),
        ("lantern", "a ʟᴀɴᴛᴇʀɴ b", Some((Disguised, "ʟᴀɴᴛᴇʀɴ"))),
        ("lantern", "a 🅻🅰🅽🆃🅴🆁🅽 b", Some((Disguised, "🅻🅰🅽🆃🅴🆁🅽"))),
        ("lantern", "a 🇱🇦🇳🇹🇪🇷🇳 b", Some((Disguised, "🇱🇦🇳🇹🇪🇷🇳"))),
        ("lantern", "a l a n t e r n b", Some((Disguised, "l a n t e r n"))),
        ("lantern", "a l.a.n.t.e.r.n b", Some((Disguised, "l.a.n.t.e.r.n"))),
        ("lantern", "l\na\nn\nt\ne\nr\nn", Some((Disguised, "l\na\nn\nt\ne\nr\nn"))),
        ("lantern", "a l🔥a🔥n🔥t🔥e🔥r🔥n b", Some((Disguised, "l🔥a🔥n🔥t🔥e🔥r🔥n"))),
        ("lantern", "a l|a|n|t|e|r|n b", Some((Disguised, "l|a|n|t|e|r|n"))),
        ("lantern", "a l.4-n_7*e|r/n b", Some((Disguised, "l.4-n_7*e|r/n"))),
        ("lantern", "a lannnnternnn b", Some((Disguised, "lannnnternnn"))),
        ("lantern", "a laaaantern b", Some((AccentInsensitive, "laaaantern"))),
        ("lantern", "a lánterñ b", Some((AccentInsensitive, "lánterñ"))),
        ("lantern", "a l*nt*rn b", Some((Disguised, "l*nt*rn"))),
        ("выставка", "а в*ставка", Some((Disguised, "в*ставка"))),
        ("выставка", "город vystavka здесь", Some((Disguised, "vystavka"))),
        ("λιμάνια", "a λιμ*νια b", Some((Disguised, "λιμ*νια"))),
        ("lantern", "a uɹǝʇuɐl b", Some((Disguised, "uɹǝʇuɐl"))),
        ("lantern", "a \u{202E}nretnal\u{202C} b", Some((Disguised, "nretnal"))),
        ("lantern", "ab\u{202E}nretnal \u{202C}", Some((Disguised, "nretnal"))),
        ("lantern", "a &#108;&#x61;ntern b", Some((Disguised, "&#108;&#x61;ntern"))),
        ("lantern", "a %6C%61ntern b", Some((Disguised, "%6C%61ntern"))),
        ("lantern", "see #MyLanternToday b", Some((Disguised, "Lantern"))),
        ("red lantern", "a #RedLantern b", Some((Disguised, "RedLantern"))),
        ("red lantern", "a #red_lantern b", Some((Disguised, "red_lantern"))),
        ("red lantern", "a redlantern b", Some((Disguised, "redlantern"))),
        ("red lantern", "a r3d l4nt3rn b", Some((Disguised, "r3d l4nt3rn"))),
        ("timetable", "a ti metable", Some((Disguised, "ti metable"))),
        ("государственный", "a gosudarstvennyy", Some((Disguised, "gosudarstvennyy"))),
        ("مدرسته", "a ٮمدرسته مدرسٮه b", Some((Disguised, "مدرسٮه"))),
        ("خروجنا", "a حروحٮا b", Some((Disguised, "حروحٮا"))),
        ("معروف", "قال والمعروف هنا", Some((StrictFold, "معروف"))),
        ("caf\u{E9}s", "two caf&eacute;s", Some((Exact, "caf&eacute;s"))),
    ]);
}

#[test]
fn ordinary_writing_is_not_taken_for_a_disguise() {
    check(&[
        // Vocalisation, joiners, bidirectional marks, tatweel: the same word, and no disguise.
        ("مدرستنا", "\u{200F}مَدْرَسَتُنا\u{200F}", Some((StrictFold, "مَدْرَسَتُنا\u{200F}"))),
        ("مدرستنا", "مدرســتنا", Some((StrictFold, "مدرســتنا"))),
        ("می‌خواهم", "می خواهم", None),
        ("جهان", "جہاں", None),
        // Other words, numbers, prices, hosts and lists.
        ("lantern", "lanterns planterns l lantem", None),
        ("mankind", "a man kind to all", None),
        ("seite", "53173 $3173", None),
        ("budget", "bud.get it", None),
        ("ngajari", "ngajar!", None),
        ("abcde", "abcd e", None),
        ("red lantern", "red, lantern", None),
        ("خروج", "حروح", None),
        ("term", "t e r m t3rm", None),
        ("cocha", "сосна", None),
        // In Latin letters beside Latin words, where nothing tells that it comes from Cyrillic.
        ("выставка", "a vystavka b", None),
        // Errors, where it is not told which words are ordinary.
        ("lantern", "a latnern b", None),
    ]);
}

#[test]
fn known_words_tell_disguise_from_writing() {
    let known = KnownWords::build(10, ["man", "kind", "salutes", "lantern"]);
    for (term, text, expected) in [
        ("lantern", "a latnern b", Some((Disguised, "latnern"))),
        ("old lantern", "an old lnatern", Some((Disguised, "old lnatern"))),
        ("salutse", "it salutes", None),
        ("lantern", "a lanterns b", None),
        ("lanterns", "a lanternss b", None),
        ("lantern", "a lanten b", None),
        ("mankind", "a man kind", None),
        ("mankind", "a man kinde", None),
        ("timetable", "a timet able", Some((Disguised, "timet able"))),
        ("lantern", "$$$$$$$$ !!!!!!!!", None),
    ] {
        let entry = TermEntry::plain(term);
        let hits = TermIndex::build([entry]).with_known_words(known.clone()).search(text);
        let hit = hits.first().map(|hit| (hit.grade, &text[hit.spans[0].start..hit.spans[0].end]));
        assert_eq!(hit, expected, "{term} in {text}");
    }
}

#[test]
fn case_exact_has_no_disguise() {
    let entry = TermEntry { case: CaseSensitivity::Exact, ..TermEntry::plain("HARBOUR") };
    for text in ["harbour", "H4RBOUR", "H A R B O U R", "HÁRBOUR"] {
        assert_eq!(found(entry, text), None, "{text}");
    }
    assert_eq!(found(entry, "the HARBOUR."), Some((Exact, vec!["HARBOUR"])));
}

#[test]
fn views_are_looked_through_only_where_asked() {
    let known = KnownWords::build(10, ["harbours"]);
    for (term, view, text, expected) in [
        ("harbour", TermView::Typos, "the harboru", Some((Fuzzy, "harboru"))),
        ("harbour", TermView::Typos, "the habour", Some((Fuzzy, "habour"))),
        ("harbour", TermView::Typos, "the harbours", None),
        ("old harbour", TermView::Typos, "the old harboor", Some((Fuzzy, "old harboor"))),
        ("old harbour", TermView::Typos, "the new harboor", None),
        ("مطاعم", TermView::Arabizi, "al ma6a3im", Some((Fuzzy, "ma6a3im"))),
        ("مطاعم", TermView::Arabizi, "al mataim", None),
        ("مدرسة", TermView::Suffixes, "في مدرستهم", Some((StrictFold, "مدرستهم"))),
        ("مدرسة", TermView::Suffixes, "في مدرستان", None),
    ] {
        let asked = [view];
        let entry = TermEntry { views: &asked, ..TermEntry::plain(term) };
        let hits = TermIndex::build([entry]).with_known_words(known.clone()).search(text);
        let hit = hits.first().map(|hit| (hit.grade, &text[hit.spans[0].start..hit.spans[0].end]));
        assert_eq!(hit, expected, "{term} in {text}");
        assert_eq!(found(TermEntry::plain(term), text), None, "{term} in {text}, not asked for");
    }
}

#[test]
fn other_terms_decide_whether_a_term_counts() {
    let (requires, unless) = (["harbour".to_owned(), "pier".to_owned()], ["museum".to_owned()]);
    let entry = TermEntry { requires: &requires, unless: &unless, ..TermEntry::plain("lamp") };
    for (text, counts) in [
        ("lamp", false),
        ("lamp at the pier", true),
        ("l4mp at the h4rbour", true),
        ("lamp at the pier of the Museum", false),
        ("museum lamp", false),
        ("pier", false),
    ] {
        let hits = TermIndex::build([TermEntry::plain("other"), entry]).search(text);
        let entries: Vec<usize> = hits.iter().map(|hit| hit.entry).collect();
        assert_eq!(entries, if counts { vec![1] } else { vec![] }, "{text}");
    }
}

#[test]
fn doubtful_entries_are_told() {
    let typos = [TermView::Typos];
    let requires = ["pier".to_owned()];
    for (entry, wanted) in [
        (TermEntry::plain("harbour"), vec![]),
        (TermEntry::plain("lamp"), vec![TermWarning::Short { letters: 4 }]),
        (TermEntry { requires: &requires, ..TermEntry::plain("lamp") }, vec![]),
        (TermEntry::plain("ABC"), vec![TermWarning::Short { letters: 3 }, TermWarning::Acronym]),
        (TermEntry::plain("1984"), vec![TermWarning::Number]),
        (
            TermEntry { views: &typos, ..TermEntry::plain("harbour") },
            vec![TermWarning::ShortForTypos { letters: 7 }],
        ),
        (
            TermEntry { views: &[TermView::Arabizi], ..TermEntry::plain("harbour") },
            vec![TermWarning::NoArabic],
        ),
    ] {
        assert_eq!(lint(&entry), wanted, "{}", entry.value);
    }
}

/// Texts made to cost: whatever grew with the square of their length would take hours here.
#[test]
fn hostile_texts_are_bounded() {
    let terms: Vec<String> = (0..200).map(|n| format!("aaaaaa{n}bbbb")).collect();
    let mut entries: Vec<TermEntry> = terms.iter().map(|term| TermEntry::plain(term)).collect();
    entries.extend(["lantern", "abababab", "sososo", "illiil"].map(TermEntry::plain));
    let index = TermIndex::build(entries);
    let units = "a |a.b |l||!i1l|*a|aA|s.o.|%6C|&#108;|\u{202E}ab|ɐ|ا و |a\u{301}\u{323}|(a+";
    for unit in units.split('|') {
        let text = unit.repeat(100_000);
        let folded = fold(&text, Fold::Strict);
        for hit in index.search_folded(&text, &folded).hits {
            assert!(hit.spans.len() <= model::limits::MATCH_SPANS, "{unit}");
        }
    }
}

/// A text of nothing but candidates: those beyond the bound are counted.
#[test]
fn what_is_not_looked_at_is_told() {
    let terms: Vec<String> = (0..64).map(|n| format!("lantern{}", "!".repeat(n))).collect();
    let index = TermIndex::build(terms.iter().map(|term| TermEntry::plain(term)));
    let unchecked = |times: usize| {
        let text = "l4ntern ".repeat(times);
        index.search_folded(&text, &fold(&text, Fold::Strict)).unchecked
    };
    assert_eq!(unchecked(10), 0);
    assert!(unchecked(10_000) > 100_000);
}

fn neutral() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["lantern", "timetable", "большого", "السيارات", "zimanê", "guarda"])
        .prop_map(str::to_owned)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Something invisible or a separator anywhere between the letters: found, and the span is
    /// what was written.
    #[test]
    fn separated_letters_are_found_in_place(
        term in neutral(),
        separator in prop::sample::select("\u{200B} .-🔥_|•".chars().collect::<Vec<char>>()),
        before in "[a-z]{2,8}",
    ) {
        let letters: Vec<String> = term.chars().map(String::from).collect();
        let written = letters.join(&separator.to_string());
        let text = format!("{before} 7 , {written} , 7 {before}");
        let hits = TermIndex::build([TermEntry::plain(&term)]).search(&text);
        prop_assert_eq!(hits.len(), 1, "{}", text);
        let span = &hits[0].spans[0];
        prop_assert_eq!(&text[span.start..span.end], written.as_str());
    }

    /// No text breaks a search, and every span is of whole characters.
    #[test]
    fn no_text_breaks_a_search(
        text in "[a4@lntern|!*+.&#;%0-9 ɐǝʇ\u{202E}\u{200B}ابتٮںى_A-Z\u{301}🇦🅰]{0,60}",
    ) {
        let views = TermView::ALL;
        let terms = ["lantern", "ab", "ابتنا", "net ten", "enter"];
        let entries = terms.map(|term| TermEntry { views: &views, ..TermEntry::plain(term) });
        for hit in TermIndex::build(entries).search(&text) {
            for span in &hit.spans {
                prop_assert!(!text[span.start..span.end].is_empty());
            }
        }
    }
}
