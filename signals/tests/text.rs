//! Folds, terms, links and bank files: tables of input and what is expected, and properties.

#![allow(clippy::unwrap_used)]

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use model::{CaseSensitivity, EntryKind, Grade, limits};
use proptest::prelude::*;
use signals::banks::{Banks, PROBLEMS_LISTED, check_value, parse_bank, write_csv};
use signals::fold::profiles::{Profile, normalize};
use signals::fold::{Fold, fold, is_mark};
use signals::links::{canonical, canonical_domain, find};
use signals::terms::{TermEntry, TermIndex, check_term};
use std::path::Path;
use std::time::Instant;

// Folds ---------------------------------------------------------------------------------------

#[test]
fn folds() {
    for (text, nfkc, exact, strict) in [
        ("Straße", "Straße", "strasse", "strasse"),
        ("ＦＵＬＬ ﬁ", "FULL fi", "full fi", "full fi"),
        ("a \t\n\u{A0}\u{3000}b", "a b", "a b", "a b"),
        ("te\u{200B}r\u{AD}m", "term", "term", "term"),
        ("İIıi", "I\u{307}Iıi", "i\u{307}iıi", "iiii"),
        ("đðøłæœþħŋə", "đðøłæœþħŋə", "đðøłæœþħŋə", "ddolaeoethhne"),
        (
            "ÑÅŞÉ",
            "N\u{303}A\u{30A}S\u{327}E\u{301}",
            "n\u{303}a\u{30A}s\u{327}e\u{301}",
            "n\u{303}a\u{30A}s\u{327}e\u{301}",
        ),
        ("Й и", "И\u{306} и", "и\u{306} и", "и\u{306} и"),
        ("ΜΆΪΟΣ", "ΜΑ\u{301}Ι\u{308}ΟΣ", "μα\u{301}ι\u{308}οσ", "μα\u{301}ι\u{308}οσ"),
        ("العـــربية", "العـــربية", "العـــربية", "العربيه"),
        ("أَكَلَ", "ا\u{64E}\u{654}ك\u{64E}ل\u{64E}", "ا\u{64E}\u{654}ك\u{64E}ل\u{64E}", "اكل"),
        ("می‌خواهم", "میخواهم", "میخواهم", "ميخواهم"),
        ("کوردی ەوەڵ", "کوردی ەوەڵ", "کوردی ەوەڵ", "كوردي هوهل"),
        ("پ چ ژ گ ڤ ڭ ٹ ڈ ڑ", "پ چ ژ گ ڤ ڭ ٹ ڈ ڑ", "پ چ ژ گ ڤ ڭ ٹ ڈ ڑ", "پ چ ژ گ ڤ ڭ ٹ ڈ ڑ"),
        ("ﷲ", "الله", "الله", "الله"),
        ("﷽", "﷽", "﷽", "بسم الله الرحمن الرحيم"),
        ("ﷺ", "صلى الله عليه وسلم", "صلى الله عليه وسلم", "صلي الله عليه وسلم"),
        ("\u{675} \u{677}", "ا\u{674} ۇ\u{674}", "ا\u{674} ۇ\u{674}", "ا و"),
        ("١٢ ۳۴ ५६ 𝟗", "١٢ ۳۴ ५६ 9", "١٢ ۳۴ ५६ 9", "12 34 56 9"),
        ("؟ ؛ ، ٪ ٫ ٬", "؟ ؛ ، ٪ ٫ ٬", "؟ ؛ ، ٪ ٫ ٬", "? ; , % . ,"),
        ("l’eau – м’ята", "l’eau – м’ята", "l’eau – м’ята", "l'eau - м'ята"),
        ("שָׁלוֹם", "ש\u{5B8}\u{5C1}לו\u{5B9}ם", "ש\u{5B8}\u{5C1}לו\u{5B9}ם", "שלום"),
        ("क़ ज़", "क\u{93C} ज\u{93C}", "क\u{93C} ज\u{93C}", "क\u{93C} ज\u{93C}"),
        ("ガ", "カ\u{3099}", "カ\u{3099}", "カ\u{3099}"),
        ("\u{1F80}", "α\u{313}\u{345}", "α\u{313}ι", "α\u{313}ι"),
    ] {
        let expected = [(Fold::Nfkc, nfkc), (Fold::Exact, exact), (Fold::Strict, strict)];
        for (how, expected) in expected {
            assert_eq!(fold(text, how).text(), expected, "{text} {how:?}");
        }
    }
}

#[test]
fn piles_of_marks_go_and_vocalisation_of_letters_stays() {
    let pile = |base: &str, marks: usize| format!("{base}{}", "\u{301}".repeat(marks));
    for (base, marks, kept) in [("a", 4, 4), ("a", 5, 0), ("é", 4, 0), ("ب", 1, 0), ("и", 2, 2)]
    {
        let folded = fold(&pile(base, marks), Fold::Strict);
        let found = folded.text().chars().filter(|&c| c == '\u{301}').count();
        assert_eq!(found, kept, "{base} with {marks}");
    }
}

/// Whatever grew with the square of the marks on one letter would take minutes here.
#[test]
fn many_marks_take_linear_time() {
    let text = format!("a{}", "\u{301}\u{323}".repeat(200_000));
    for how in [Fold::Nfkc, Fold::Exact, Fold::Strict] {
        assert_eq!(fold(&text, how).words().len(), 1);
    }
}

#[test]
fn words() {
    for (text, words) in [
        ("guarda-chuva l'eau", vec!["guarda", "chuva", "l", "eau"]),
        ("الْعَرَبِيَّةُ كتاب", vec!["العربيه", "كتاب"]),
        ("#under_score @name", vec!["under", "score", "name"]),
        ("日本語abc", vec!["日", "本", "語", "abc"]),
        ("ラーメン", vec!["ラ", "ー", "メ", "ン"]),
        ("ก่า", vec!["ก่", "า"]),
        ("다른 말", vec!["다른", "말"]),
        ("हिन्दी", vec!["हिन्दी"]),
        ("🔥\u{301}!", vec![]),
    ] {
        let folded = fold(text, Fold::Strict);
        let ranges = folded.words().iter();
        let found: Vec<&str> =
            ranges.map(|word| &folded.text()[word.start as usize..word.end as usize]).collect();
        let nfd = DecomposingNormalizerBorrowed::new_nfd();
        let expected: Vec<String> = words.iter().map(|w| nfd.normalize(w).into_owned()).collect();
        assert_eq!(found, expected, "{text}");
    }
}

/// Systems whose output must fold to the same as its input, and the inputs where we differ by
/// design.
const VECTOR_SYSTEMS: &[(&str, &[&str])] = &[
    ("lucene_ar[own test]", &[]),
    ("lucene_fa[own test]", &[]),
    ("lucene_ckb[own test]", &[]),
    // Accents of Latin and Greek letters, nuktas and viramas are letters here.
    (
        "lucene_ICUFolding[own test]",
        &["résumé", "re\u{301}sume\u{301}", "ΜΆΪΟΣ", "Μάϊος", "क्\u{200D}ष"],
    ),
    ("lucene_ar", &[]),
    ("lucene_fa", &[]),
    ("lucene_ar+fa", &[]),
    ("lucene_ckb(per token)", &[]),
    ("camel.alef", &[]),
    ("camel.alef_maksura", &[]),
    ("camel.teh_marbuta", &[]),
    ("camel.dediac_ar", &[]),
    ("camel.normalize_unicode", &[]),
    ("camel.full(unicode,dediac,alef,maksura,teh)", &[]),
    ("pyarabic.strip_tashkeel", &[]),
    ("pyarabic.strip_tashkeel[own test]", &[]),
    ("pyarabic.strip_harakat[own test]", &[]),
    ("pyarabic.strip_shadda[own test]", &[]),
    ("pyarabic.strip_tatweel[own test]", &[]),
    ("pyarabic.normalize_ligature", &[]),
];

#[test]
fn vectors_of_other_tools() {
    let (mut checked, mut different) = (0, Vec::new());
    for (system, input, output) in vectors() {
        let Some((_, except)) = VECTOR_SYSTEMS.iter().find(|(name, _)| *name == system) else {
            continue;
        };
        checked += 1;
        let same = fold(&input, Fold::Strict).text() == fold(&output, Fold::Strict).text();
        if same == except.contains(&input.as_str()) {
            different.push(format!("{system}: {input} → {output}"));
        }
        if system.starts_with("lucene_ar[") || system.starts_with("lucene_fa[") {
            assert_eq!(fold(&input, Fold::Strict).text(), output, "{system}");
        }
    }
    assert!(different.is_empty(), "{different:#?}");
    assert!(checked == 0 || checked > 300, "{checked}");
}

/// The named profiles give what the tools themselves give, on all of the tools' own cases and on
/// all probes of the Lucene normalisers.
#[test]
fn profiles_are_those_of_other_tools() {
    let profile = |system: &str| match system {
        "lucene_ar[own test]" | "lucene_ar" => Some(Profile::LuceneArabic),
        "lucene_fa[own test]" | "lucene_fa" => Some(Profile::LucenePersian),
        "lucene_ckb[own test]" | "lucene_ckb(per token)" => Some(Profile::LuceneSorani),
        "lucene_ICUFolding[own test]" => Some(Profile::IcuFolding),
        _ => None,
    };
    let mut checked = 0;
    for (system, input, output) in vectors() {
        let Some(profile) = profile(&system) else { continue };
        let found = normalize(&input, profile);
        assert_eq!(found, output, "{system}: {input}: {}", profile.as_str());
        checked += 1;
    }
    println!("{checked} cases of named profiles");
    assert!(checked == 0 || checked >= 149, "{checked}");
}

/// The rows of other tools: system, input, output; none where the data is absent.
fn vectors() -> Vec<(String, String, String)> {
    let file = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../shared/data/text/arabic_vectors.tsv"
    ));
    let Ok(table) = std::fs::read_to_string(file) else {
        println!("skipped: there is no file {}", file.display());
        return Vec::new();
    };
    let from_codes = |codes: &str| -> String {
        let code = |hex: &str| char::from_u32(u32::from_str_radix(hex, 16).unwrap()).unwrap();
        codes.split_whitespace().map(code).collect()
    };
    let row = |line: &str| {
        let fields: Vec<&str> = line.split('\t').collect();
        let [system, _, _, input, output] = fields[..] else { return None };
        Some((system.to_owned(), from_codes(input), from_codes(output)))
    };
    table.lines().skip(1).filter_map(row).collect()
}

fn text() -> impl Strategy<Value = String> {
    let mark = prop::char::ranges(vec!['\u{300}'..='\u{345}', '\u{64B}'..='\u{65F}'].into());
    let letter = prop::sample::select(
        "aiIİıßñéåйабأآؤئ\u{675}\u{674}هەةیىيךשกำガ한日FfiﷺＡ½Ǆ \u{A0}-'’_.\u{200C}\u{640}\u{FE0F}"
            .chars()
            .collect::<Vec<char>>(),
    );
    let any = prop_oneof![4 => letter, 2 => mark, 1 => any::<char>()];
    prop::collection::vec(any, 0..40).prop_map(|chars| chars.into_iter().collect())
}

fn check_fold(text: &str, how: Fold) {
    let folded = fold(text, how);
    assert_eq!(fold(folded.text(), how).text(), folded.text(), "{how:?} is idempotent");
    let nfc = ComposingNormalizerBorrowed::new_nfc().normalize(text);
    let nfd = DecomposingNormalizerBorrowed::new_nfd().normalize(text);
    assert_eq!(fold(&nfc, how).text(), fold(&nfd, how).text(), "{how:?} of NFC and NFD");
    assert_eq!(fold(&nfc, how).text(), folded.text());
    let offsets: Vec<usize> = (0..folded.text().len()).map(|at| folded.offset(at)).collect();
    assert!(offsets.is_sorted());
    assert!(offsets.iter().all(|&at| text.is_char_boundary(at)));
    for word in folded.words() {
        let word = word.start as usize..word.end as usize;
        assert!(folded.text().is_char_boundary(word.start) && word.start < word.end);
        let source = folded.source_range(text, word.clone());
        assert!(!text[source].is_empty());
    }
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_fold_holds(text in text()) {
        for how in [Fold::Nfkc, Fold::Exact, Fold::Strict] {
            check_fold(&text, how);
        }
        let exact = fold(&text, Fold::Exact);
        let strict = fold(&text, Fold::Strict);
        let refolded = fold(exact.text(), Fold::Strict);
        prop_assert_eq!(refolded.text(), strict.text());
    }

    /// A term between two other words is found there, and nowhere else.
    #[test]
    fn a_term_is_found_where_it_was_put(a in text(), term in text(), b in text()) {
        prop_assume!(check_term(&term).is_ok());
        let text = format!("{a} . {} . {b}", term.trim());
        let index = TermIndex::build([TermEntry::plain(&term)]);
        let hits = index.search(&text);
        prop_assert_eq!(hits.len(), 1);
        prop_assert_eq!(hits[0].grade, Grade::Exact);
        let folded = fold(&term, Fold::Strict);
        let wanted = folded.text().trim_start_matches(|c| c == ' ' || is_mark(c)).trim_end();
        for span in &hits[0].spans {
            let there = fold(&text[span.start..span.end], Fold::Strict);
            prop_assert!(there.text().contains(wanted));
        }
        let put = a.len() + 3..a.len() + 3 + term.trim().len();
        prop_assert!(hits[0].spans.iter().any(|s| put.start <= s.start && s.end <= put.end));
    }

    #[test]
    fn canonical_form_is_final(path in "[ -~é]{0,40}", host in "[a-zA-Z.é-]{1,20}") {
        let written = format!("https://{host}/{path}");
        if let Ok(once) = canonical(&written) {
            prop_assert_eq!(&canonical(&format!("http://{}", once.text)).unwrap(), &once);
        }
    }

    #[test]
    fn no_text_breaks_links(text in "[htps:/w.a-z)(\\[\\] @é…]{0,60}") {
        for range in find(&text) {
            prop_assert!(!text[range].is_empty());
        }
    }

    #[test]
    fn no_bytes_break_banks(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        csv in any::<bool>(),
    ) {
        let header: &[u8] = if csv { b"kind,value,labels\n" } else { b"{\"kind\":" };
        let bytes = [header, &bytes].concat();
        let (entries, problems) = parse_bank("b", "b", &bytes);
        prop_assert!(problems.len() <= PROBLEMS_LISTED + 1);
        prop_assert_eq!(Banks::build(entries.clone(), 1).len(), entries.len());
    }
}

// Terms ---------------------------------------------------------------------------------------

use CaseSensitivity::{Exact as Cased, Folded};

/// What a term is found as in a text: grade and the words of the original.
fn found<'t>(term: &str, case: CaseSensitivity, text: &'t str) -> Option<(Grade, Vec<&'t str>)> {
    let hits = TermIndex::build([
        TermEntry::plain("filler words"),
        TermEntry { case, ..TermEntry::plain(term) },
    ])
    .search(text);
    let hit = hits.into_iter().find(|hit| hit.entry == 1)?;
    for span in &hit.spans {
        let before: usize = text[..span.start].chars().map(char::len_utf16).sum();
        assert_eq!(span.utf16.start, before);
    }
    Some((hit.grade, hit.spans.iter().map(|span| &text[span.start..span.end]).collect()))
}

#[test]
fn terms_that_are_found() {
    use Grade::{Exact, StrictFold};
    for (term, case, text, grade, places) in [
        ("logros", Folded, "Los LOGROS, logros.", Exact, vec!["LOGROS", "logros"]),
        (
            "indique cómo",
            Folded,
            "indique  \n co\u{301}mo!",
            Exact,
            vec!["indique  \n co\u{301}mo"],
        ),
        ("guarda-chuva", Folded, "o guarda-chuva.", Exact, vec!["guarda-chuva"]),
        ("guarda-chuva", Folded, "o guarda\u{2011}chuva.", StrictFold, vec!["guarda\u{2011}chuva"]),
        ("قطار", Folded, "قِطَار سريع", StrictFold, vec!["قِطَار"]),
        ("قطار", Folded, "قطــار", StrictFold, vec!["قطــار"]),
        ("قطار", Folded, "قِطار قطار", Exact, vec!["قطار"]),
        ("الجامعة", Folded, "الجامعه", StrictFold, vec!["الجامعه"]),
        ("کتاب", Folded, "كتاب", StrictFold, vec!["كتاب"]),
        ("می‌خواهم", Folded, "میخواهم", Exact, vec!["میخواهم"]),
        ("term", Folded, "a te\u{200B}rm\u{200F} b", Exact, vec!["te\u{200B}rm\u{200F}"]),
        (
            "term",
            Folded,
            "t\u{301}\u{301}\u{301}\u{301}\u{301}erm",
            StrictFold,
            vec!["t\u{301}\u{301}\u{301}\u{301}\u{301}erm"],
        ),
        ("iş", Folded, "IŞ İŞ", Exact, vec!["IŞ"]),
        ("ırmak", Folded, "irmak", StrictFold, vec!["irmak"]),
        ("АО", Cased, "ао АО", Exact, vec!["АО"]),
        ("東京", Folded, "私は東京に", Exact, vec!["東京"]),
        ("ไทย", Folded, "เมืองไทยนี้", Exact, vec!["ไทย"]),
        ("c++", Folded, "in C++ and C", Exact, vec!["C++"]),
        ("#tag", Folded, "a #Tag b", Exact, vec!["#Tag"]),
        ("الله", Folded, "قال ﷺ هنا", Exact, vec!["ﷺ"]),
        ("a b a b", Folded, "a b a b a b", Exact, vec!["a b a b", "a b a b"]),
        ("l'eau", Folded, "de l’eau", StrictFold, vec!["l’eau"]),
    ] {
        assert_eq!(found(term, case, text), Some((grade, places)), "{term} in {text}");
    }
}

#[test]
fn terms_that_are_not_found() {
    for (term, case, text) in [
        ("logros", Folded, "malogros logrosa logros2 2logros"),
        ("guarda-chuva", Folded, "guarda chuva guarda--chuva"),
        ("sachen budget", Folded, "sachen, budget sachen-budget sachen. Budget"),
        ("قطار", Folded, "القطار وقطار قطارات"),
        ("sure", Folded, "şûrê súre"),
        ("und", Folded, "ünd"),
        ("мой", Folded, "мои"),
        ("АО", Cased, "ао Ао"),
        ("قطار", Cased, "قِطار"),
        ("c++", Folded, "in c or c+"),
        ("กา", Folded, "ก่า"),
        ("گل", Folded, "كل"),
        ("a b", Folded, "a"),
    ] {
        assert_eq!(found(term, case, text), None, "{term} in {text}");
    }
}

#[test]
fn what_cannot_be_a_term() {
    for text in ["", "  ", "!!", "🔥", "\u{200B}", &"a".repeat(limits::TERM_CHARS + 1)] {
        assert!(check_term(text).is_err(), "{text}");
    }
    assert!(check_term(&"a".repeat(limits::TERM_CHARS)).is_ok());
}

#[test]
fn a_text_of_one_repeated_term_is_bounded() {
    let text = "قِطار ".repeat(80_000);
    let index = TermIndex::build(["قطار", "قطار قطار"].map(TermEntry::plain));
    let start = Instant::now();
    let hits = index.search(&text);
    assert_eq!(hits.len(), 2);
    assert!(hits.iter().all(|hit| hit.spans.len() == limits::MATCH_SPANS));
    assert!(start.elapsed().as_secs() < 5);
}

#[test]
fn a_hundred_thousand_terms_are_built_and_all_found() {
    let terms: Vec<String> =
        (0..100_000).map(|n| format!("alpha{} beta{n} gamma", n % 300)).collect();
    let start = Instant::now();
    let index = TermIndex::build(terms.iter().map(|term| TermEntry::plain(term)));
    println!("100,000 phrases built in {:?}", start.elapsed());
    for n in (0..100_000).step_by(997) {
        let hits = index.search(&format!("so {} there", terms[n].to_uppercase()));
        assert_eq!(hits.iter().map(|hit| hit.entry).collect::<Vec<_>>(), [n]);
    }
    assert!(index.search("alpha1 beta2 delta gamma").is_empty());
}

// Links ---------------------------------------------------------------------------------------

#[test]
fn canonical_forms() {
    for (written, text, domain) in [
        ("https://harbour-1.example/pier/7", "harbour-1.example/pier/7", Some("harbour-1.example")),
        ("http://www.HARBOUR.example/pier/", "harbour.example/pier", Some("harbour.example")),
        (
            "https://harbour.example:443/a?utm_source=x#top",
            "harbour.example/a",
            Some("harbour.example"),
        ),
        (
            "https://harbour.example/?b=2&fbclid=x&a=1",
            "harbour.example?b=2&a=1",
            Some("harbour.example"),
        ),
        ("harbour.example", "harbour.example", Some("harbour.example")),
        ("http://harbour.example:8080/", "harbour.example:8080", Some("harbour.example")),
        ("https://a.b.co.uk/%7Euser/%e2%82%ac", "a.b.co.uk/~user/%E2%82%AC", Some("b.co.uk")),
        ("https://bücher.example/é", "xn--bcher-kva.example/%C3%A9", Some("xn--bcher-kva.example")),
        ("https://user:secret@harbour.example./x", "harbour.example/x", Some("harbour.example")),
        ("https://harbour.example/a/../b", "harbour.example/b", Some("harbour.example")),
        ("https://192.0.2.1/x", "192.0.2.1/x", None),
        ("https://[2001:db8::1]/x", "[2001:db8::1]/x", None),
        ("https://harbour.example/%2541", "harbour.example/%2541", Some("harbour.example")),
        ("ftp://Harbour.example/x", "ftp://harbour.example/x", Some("harbour.example")),
    ] {
        let found = canonical(written).unwrap();
        assert_eq!((found.text.as_str(), found.registrable_domain.as_deref()), (text, domain));
    }
    for written in [
        "",
        "https://",
        "mailto:a@b.example",
        "javascript:alert(1)",
        "https://a b/",
        "http://a..b c",
    ] {
        assert!(canonical(written).is_err(), "{written}");
    }
    assert!(canonical(&format!("https://a.example/{}", "x".repeat(limits::LINK_BYTES))).is_err());
}

#[test]
fn domains() {
    for (written, host) in [
        ("Harbour.Example", Some("harbour.example")),
        ("*.harbour.example", Some("harbour.example")),
        ("www.harbour.example.", Some("harbour.example")),
        ("bücher.example", Some("xn--bcher-kva.example")),
        ("https://harbour.example", None),
        ("harbour.example/path", None),
        ("harbour.example:80", None),
        ("192.0.2.1", None),
        ("", None),
    ] {
        assert_eq!(canonical_domain(written).ok().as_deref(), host, "{written}");
    }
}

#[test]
fn links_in_text() {
    for (text, links) in [
        (
            "see https://a.example/x, and (http://b.example/y).",
            vec!["https://a.example/x", "http://b.example/y"],
        ),
        (
            "https://a.example/x_(y) [z](https://b.example/z)",
            vec!["https://a.example/x_(y)", "https://b.example/z"],
        ),
        (
            "الناتوhttps://t.example/AbC https://t.example/DeF\"",
            vec!["https://t.example/AbC", "https://t.example/DeF"],
        ),
        ("WWW.harbour.example/pier! www.", vec!["WWW.harbour.example/pier"]),
        ("go to harbour.com/pier or harbour.com.", vec!["harbour.com/pier", "harbour.com"]),
        (
            "https://a.example/1https://b.example/2",
            vec!["https://a.example/1", "https://b.example/2"],
        ),
        (
            "https://web.example/save/https://b.example/2",
            vec!["https://web.example/save/https://b.example/2"],
        ),
        (
            "https://t.example/x… «https://q.example»",
            vec!["https://t.example/x", "https://q.example"],
        ),
        ("https://a.example/مسار، ثم", vec!["https://a.example/مسار"]),
        ("\u{200F}https://a.example\u{200F}", vec!["https://a.example"]),
        ("done.in time, e.g.this node.js main.rs 3.5 a@b.com http h://x http://", vec![]),
        ("mail me@harbour.com/x", vec![]),
    ] {
        let found: Vec<&str> = find(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, links, "{text}");
    }
}

#[test]
fn hostile_links_take_linear_time() {
    let start = Instant::now();
    for text in [
        "https://a.example/".to_owned() + &")".repeat(500_000),
        "https://".repeat(60_000),
        "www.".repeat(120_000),
        "a.".repeat(250_000),
        "https://a.example/x".repeat(25_000),
    ] {
        assert!(find(&text).len() <= text.len());
    }
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

// Bank files ----------------------------------------------------------------------------------

#[test]
fn good_rows_are_kept_and_written_back() {
    let csv = "\u{FEFF}kind,value,language,policy,source,note,case,expires_at,confidence,labels\r\n\
        term,\"a, \"\"b\"\"\",en,p.x,me,\"one, two\",exact,2027-01-01T00:00:00Z,80,x; y\r\n\
        url,https://harbour.example/x,,,,,,,,\r\ndomain,harbour.example,,,,,folded,,,\r\n\
        account,forum/a1,,,,,,,,\r\n";
    let (entries, problems) = parse_bank("bank.csv", "b", csv.as_bytes());
    assert_eq!(problems, []);
    assert_eq!(entries.len(), 4);
    assert_eq!(entries[0].value, "a, \"b\"");
    assert_eq!(entries[0].labels, ["x", "y"]);
    assert_eq!(entries[0].confidence, Some(80));
    assert_eq!(entries[3].kind, EntryKind::Account);
    let written = write_csv(&entries);
    assert_eq!(parse_bank("again.csv", "b", written.as_bytes()), (entries.clone(), vec![]));
    let json: String = [
        r#"{"kind":"term","value":"a, \"b\"","language":"en","policy":"p.x","source":"me","#,
        r#""note":"one, two","case":"exact","expires_at":"2027-01-01T00:00:00Z","#,
        r#""confidence":80,"labels":["x","y"]}"#,
        "\n\n",
        r#"{"kind":"url","value":"https://harbour.example/x","policy":null}"#,
    ]
    .concat();
    let (lines, problems) = parse_bank("bank.jsonl", "b", json.as_bytes());
    assert_eq!((lines.as_slice(), problems), (&entries[..2], vec![]));
}

#[test]
fn bad_rows_are_told() {
    for (file, line, field, words) in [
        ("", 1, "row", "is empty"),
        ("kind,valeu\nterm,a", 1, "valeu", "did you mean `value`"),
        ("kind,language\nterm,en", 1, "value", "no column `value`"),
        ("kind,value,kind\nterm,a,b", 1, "kind", "is there twice"),
        ("kind,value\nterm,a\nterm,a,b", 3, "row", "has 3 columns where the header has 2"),
        ("kind,value\nterm,", 2, "value", "is empty"),
        ("kind,value\nterm,!!", 2, "value", "no letter or digit"),
        ("kind,value\ntrem,a", 2, "kind", "did you mean `term`"),
        ("kind,value\ntmk,a", 2, "kind", "not matched by this version"),
        ("kind,value\n,a", 2, "kind", "is empty"),
        ("kind,value\nurl,mailto:a@b.example", 2, "value", "names no host"),
        ("kind,value\ndomain,https://a.example", 2, "value", "not a domain by itself"),
        ("kind,value\naccount,a1", 2, "value", "service/id"),
        ("kind,value\nsha256,abc", 2, "value", "hexadecimal digits"),
        ("kind,value\nmd5,xyz", 2, "value", "hexadecimal digits"),
        ("kind,value\npdq,12", 2, "value", "64 hexadecimal digits"),
        ("kind,value,expires_at\nterm,a,tomorrow", 2, "expires_at", "is not a time"),
        ("kind,value,case\nterm,a,exactt", 2, "case", "did you mean `exact`"),
        ("kind,value,confidence\nterm,a,101", 2, "confidence", "from 0 to 100"),
        ("{\"kind\":\"term\"}", 1, "value", "is empty"),
        ("{\"kind\":\"term\",\"value\":3}", 1, "value", "neither a text nor null"),
        ("{\"kind\":\"term\",\"value\":\"a\",\"lable\":\"x\"}", 1, "lable", "`labels`"),
        ("{\"kind\":", 1, "row", "no JSON object"),
    ] {
        let (_, problems) = parse_bank("f", "b", file.as_bytes());
        let told = problems.iter().any(|problem| {
            (problem.file.as_str(), problem.line, problem.field.as_str()) == ("f", line, field)
                && problem.problem.contains(words)
        });
        assert!(told, "{file}: {problems:?}");
    }
}

#[test]
fn control_characters_are_told_with_their_column() {
    let controls: Vec<char> = ('\0'..='\u{1F}').chain(['\u{7F}']).collect();
    for control in controls {
        let text = format!("a{control}b");
        for column in ["value", "language", "policy", "source", "note", "labels"] {
            let mut row = serde_json::json!({ "kind": "term", "value": "ab" });
            row[column] = text.as_str().into();
            let (entries, problems) = parse_bank("f.jsonl", "b", row.to_string().as_bytes());
            assert_eq!(entries, [], "{column} U+{:04X}", u32::from(control));
            assert_eq!((problems.len(), problems[0].field.as_str()), (1, column));
            let words = format!("U+{:04X}: take it out", u32::from(control));
            assert!(problems[0].problem.contains(&words), "{problems:?}");
        }
    }
    let csv =
        "kind,value,note\nterm,velmora,\"two\nlines\"\naccount,forum/\u{1B}[2J,\nterm,last,\n";
    let (entries, problems) = parse_bank("f.csv", "b", csv.as_bytes());
    assert_eq!(entries.len(), 1);
    let told: Vec<(u64, &str)> = problems.iter().map(|p| (p.line, p.field.as_str())).collect();
    assert_eq!(told, [(2, "note"), (4, "value")]);
}

#[test]
fn an_account_is_as_long_as_its_ids_may_be() {
    let longest = format!("{}/{}", "s".repeat(limits::ID_BYTES), "a".repeat(limits::ID_BYTES));
    assert_eq!(check_value(EntryKind::Account, &longest), Ok(()));
    let problem = check_value(EntryKind::Account, &format!("{longest}a")).unwrap_err();
    assert!(problem.contains("at most 513"), "{problem}");
}

#[test]
fn a_bad_row_costs_no_good_one() {
    let bytes =
        [b"kind,value\nterm,good\nterm,b\xFFd\nterm,".as_slice(), &[b'a'; 300], b"\nterm,last\n"]
            .concat();
    let (entries, problems) = parse_bank("f.csv", "b", &bytes);
    let values: Vec<&str> = entries.iter().map(|entry| entry.value.as_str()).collect();
    assert_eq!(values, ["good", "last"]);
    let lines: Vec<(u64, &str)> = problems.iter().map(|p| (p.line, p.field.as_str())).collect();
    assert_eq!(lines, [(3, "value"), (4, "value")]);
    let many = format!("kind,value\n{}", "oops,a\n".repeat(PROBLEMS_LISTED + 5));
    let (_, problems) = parse_bank("f.csv", "b", many.as_bytes());
    assert_eq!(problems.len(), PROBLEMS_LISTED + 1);
    assert!(problems.last().unwrap().problem.contains("5 further problems"));
}
