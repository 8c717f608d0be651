//! Statements for the database: every field and word is produced, and generated decisions are valid
//! against a second reading of the rules that shares no code with the first.

#![allow(clippy::unwrap_used)]

use jiff::ToSpan;
use jiff::civil::{Date, date};
use law::statement::{
    About, AccountType, AutomatedDecision, CameBy, Category, Circumstances, Content,
    ContentLanguage, ContentType, Decided, DecisionAccount, DecisionGround, DecisionMonetary,
    DecisionProvision, DecisionVisibility, Endpoint, Ends, Found, Ground, Illegal, Judged, Keyword,
    LongText, Norm, Parts, ProductNumber, Puid, Purpose, ShortText, SourceType, Submission,
    Territory, TextPresence, check, fields, lists, restricts, words_of,
};
use model::{ActionKind, MediaKind, Timestamp};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

mod documented;

/// How many decisions are generated of each sort.
const GENERATED: u64 = 100_000;

/// Numbers that look drawn and are the same each time (SplitMix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    fn of<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.below(values.len())]
    }

    fn some<T: Copy + Ord>(&mut self, values: &[T]) -> BTreeSet<T> {
        let most = values.len().min(4);
        (0..self.below(most + 1)).map(|_| self.of(values)).collect()
    }

    fn maybe<T>(&mut self, value: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (self.below(2) == 0).then(|| value(self))
    }

    fn day(&mut self, from: Date, days: usize) -> Date {
        from + i64::try_from(self.below(days)).unwrap().days()
    }

    fn text<const MOST: usize>(&mut self) -> law::statement::PublicText<MOST> {
        let length = self.of(&[1, 2, 40, MOST - 1, MOST]);
        let letters = ['a', 'ز', '界', '"', '\\', '<', '-'];
        let text: String = (0..length).map(|_| self.of(&letters)).collect();
        law::statement::PublicText::new(&text).unwrap()
    }

    fn circumstances(&mut self) -> Circumstances {
        Circumstances {
            about: self.of(About::ALL),
            came_by: self.of(CameBy::ALL),
            found: self.of(Found::ALL),
            judged: self.of(Judged::ALL),
            purpose: self.of(Purpose::ALL),
        }
    }

    fn puid(&mut self) -> Puid {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&self.next().to_be_bytes());
        bytes[24..].copy_from_slice(&self.next().to_be_bytes());
        Puid::of_commitment(&bytes)
    }

    fn keywords(&mut self) -> (BTreeSet<Keyword>, Option<ShortText>) {
        let keywords = self.some(Keyword::ALL);
        let other = keywords.contains(&Keyword::Other).then(|| self.text());
        (keywords, other)
    }

    fn norm(&mut self) -> Norm {
        let (keywords, keyword_other) = self.keywords();
        let mut norm = Norm::of_policy("Clause 4", "Content that recruits is not allowed.");
        if self.below(2) == 0 {
            norm.basis = law::statement::Basis::Law;
        } else {
            norm.illegal = self.maybe(|dice| dice.of(&[Illegal::Yes, Illegal::No]));
        }
        norm.reference = self.text();
        norm.explanation = self.text();
        norm.url = self.maybe(|_| "https://forum.example/terms#4".parse().unwrap());
        norm.keywords = keywords;
        norm.keyword_other = keyword_other;
        norm.category = self.of(Category::ALL);
        if norm.check().is_err() {
            norm.category = Category::RiskForPublicSecurity;
        }
        norm.check().unwrap();
        norm
    }

    fn territories(&mut self) -> BTreeSet<Territory> {
        let all: Vec<Territory> = Territory::all().collect();
        let mut chosen = self.some(&all);
        chosen.insert(self.of(&all));
        chosen
    }

    /// Any statement that the database may hold, also of services that sell or pay.
    fn parts(&mut self) -> Parts {
        let application_date = self.day(date(2020, 1, 1), 6_000);
        let visibility = self.some(DecisionVisibility::ALL);
        let monetary = self.maybe(|dice| dice.of(DecisionMonetary::ALL));
        let provision = self.maybe(|dice| dice.of(DecisionProvision::ALL));
        let is_bare = visibility.is_empty() && monetary.is_none() && provision.is_none();
        let account = match is_bare {
            true => Some(self.of(DecisionAccount::ALL)),
            false => self.maybe(|dice| dice.of(DecisionAccount::ALL)),
        };
        let mut end = |is_there: bool| {
            let drawn = self.maybe(|dice| dice.day(application_date, 500))?;
            is_there.then_some(drawn)
        };
        let ends = Ends {
            account: end(account.is_some()),
            monetary: end(monetary.is_some()),
            service: end(provision.is_some()),
            visibility: end(!visibility.is_empty()),
        };
        let mut content_types = self.some(ContentType::ALL);
        content_types.insert(self.of(ContentType::ALL));
        let category = self.of(Category::ALL);
        let mut more_categories = self.some(Category::ALL);
        more_categories.remove(&category);
        let (keywords, keyword_other) = self.keywords();
        let circumstances = self.circumstances();
        let is_notified = circumstances.came_by != CameBy::OwnInitiative;
        let norm = self.norm();
        let languages: Vec<&str> =
            words_of(ContentLanguage::LIST).iter().map(|(code, _)| code.as_str()).collect();
        Parts {
            visibility_other: visibility.contains(&DecisionVisibility::Other).then(|| self.text()),
            monetary_other: (monetary == Some(DecisionMonetary::Other)).then(|| self.text()),
            visibility,
            monetary,
            provision,
            account,
            ends,
            account_type: self.maybe(|dice| dice.of(AccountType::ALL)),
            circumstances,
            source_identity: is_notified.then(|| self.text()),
            ground: norm.ground(),
            ground_url: norm.url,
            content_type_other: content_types.contains(&ContentType::Other).then(|| self.text()),
            content_types,
            category,
            more_categories,
            keywords,
            keyword_other,
            territories: self.territories(),
            language: self.maybe(|dice| ContentLanguage::of_tag(dice.of(&languages)).unwrap()),
            content_date: self.day(date(2000, 1, 1), 7_000).min(application_date),
            application_date,
            puid: self.puid(),
            product: self.maybe(|_| ProductNumber::parse("4006381333931").unwrap()),
        }
    }

    fn decided(&mut self) -> Option<Parts> {
        let media = [MediaKind::Image, MediaKind::Video, MediaKind::Audio, MediaKind::File];
        let content = Content {
            text: self.of(&[TextPresence::Some, TextPresence::None]),
            media: self.some(&[0, 1, 2, 3]).into_iter().map(|place: usize| media[place]).collect(),
            language: self.maybe(|dice| {
                dice.of(&["ar-EG", "en", "tl", "xx", "", "haw", "zh-Hant-TW", "\u{202e}"]).into()
            }),
        };
        let micros = |dice: &mut Self, from: &str| {
            let from = Timestamp::parse(from).unwrap();
            from.plus_seconds(i64::try_from(dice.below(500_000_000)).unwrap())
        };
        let (made_at, decided_at) =
            (micros(self, "1990-01-01T00:00:00Z"), micros(self, "2020-01-01T00:00:00Z"));
        let decided = Decided {
            action: self.of(&ActionKind::ALL),
            circumstances: self.circumstances(),
            norm: &self.norm(),
            content: &content,
            made_at,
            decided_at,
            territories: &self.territories(),
            puid: &self.puid(),
        };
        assert_eq!(decided.parts().is_some(), restricts(decided.action));
        decided.parts()
    }
}

#[test]
fn generated_decisions_are_valid_by_a_second_reading() {
    let rules = documented::Rules::load();
    let mut dice = Dice(2_026);
    let (mut made, mut puids) = (0, BTreeSet::new());
    while made < GENERATED {
        let Some(parts) = dice.decided() else { continue };
        assert!(puids.insert(parts.puid.clone()));
        let json = Submission::new(&parts).unwrap().json(Endpoint::Batch);
        assert_eq!(rules.faults(&json, Endpoint::Batch), Vec::<String>::new(), "{json:#}");
        made += 1;
    }
}

#[test]
fn every_field_and_every_word_is_produced() {
    let rules = documented::Rules::load();
    let mut dice = Dice(7);
    let mut words: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for _ in 0..4_000 {
        let submission = Submission::new(&dice.parts()).unwrap();
        for endpoint in [Endpoint::Single, Endpoint::Batch] {
            let json = submission.json(endpoint);
            assert_eq!(rules.faults(&json, endpoint), Vec::<String>::new(), "{json:#}");
            for spec in fields() {
                let Some(value) = json.get(&spec.field) else { continue };
                seen.insert(spec.field.clone());
                let Some(list) = spec.words.as_deref() else { continue };
                let values = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
                let said = values.iter().map(|value| value.as_str().unwrap().to_owned());
                words.entry(list).or_default().extend(said);
            }
        }
    }
    let all: BTreeSet<String> = fields().iter().map(|spec| spec.field.clone()).collect();
    assert_eq!(seen, all);
    for list in lists() {
        let known: BTreeSet<String> = words_of(list).iter().map(|(code, _)| code.clone()).collect();
        assert_eq!(words[list], known, "{list}");
    }
}

/// A statement that is valid at the endpoint of batches.
fn valid() -> Value {
    let mut parts = Dice(1).parts();
    parts.visibility = [DecisionVisibility::ContentRemoved].into();
    parts.visibility_other = None;
    parts.circumstances.came_by = CameBy::Notice;
    parts.content_types = [ContentType::Text].into();
    parts.content_type_other = None;
    parts.keywords = [Keyword::TerroristContent].into();
    parts.keyword_other = None;
    parts.ground = Ground::Terms {
        ground: ShortText::new("Clause 4").unwrap(),
        explanation: LongText::new("It recruits.").unwrap(),
        illegal: None,
    };
    (parts.monetary, parts.monetary_other, parts.ends.monetary) = (None, None, None);
    parts.category = Category::RiskForPublicSecurity;
    parts.more_categories = BTreeSet::new();
    Submission::new(&parts).unwrap().json(Endpoint::Batch)
}

/// Changes of a valid statement, each with the field that must be named.
fn broken() -> Vec<(&'static str, &'static str, Value)> {
    let long = |chars: usize| json!("ز".repeat(chars));
    vec![
        ("decision_facts", "decision_facts", Value::Null),
        ("decision_facts", "decision_facts", json!("")),
        ("decision_facts", "decision_facts", json!(7)),
        ("decision_facts", "decision_facts", long(5_001)),
        ("decision_ground", "decision_ground", json!("DECISION_GROUND_TASTE")),
        ("decision_ground_reference_url", "decision_ground_reference_url", json!("clause 4")),
        ("decision_ground_reference_url", "decision_ground_reference_url", json!("ftp://a/b")),
        ("incompatible_content_ground", "incompatible_content_ground", Value::Null),
        ("incompatible_content_explanation", "incompatible_content_explanation", long(2_001)),
        ("incompatible_content_illegal", "incompatible_content_illegal", json!("yes")),
        ("illegal_content_explanation", "illegal_content_explanation", json!("It recruits.")),
        ("content_type", "content_type", json!([])),
        ("content_type", "content_type", json!("CONTENT_TYPE_TEXT")),
        ("content_type", "content_type", json!(["CONTENT_TYPE_SMELL"])),
        ("content_type", "content_type_other", json!(["CONTENT_TYPE_OTHER"])),
        ("content_type_other", "content_type_other", json!("A link")),
        ("category", "category", json!(["STATEMENT_CATEGORY_VIOLENCE"])),
        ("category_specification", "category_specification", json!(["KEYWORD_DANGEROUS_TOYS"])),
        ("territorial_scope", "territorial_scope", Value::Null),
        ("territorial_scope", "territorial_scope", json!(["EL"])),
        ("content_language", "content_language", json!("ar")),
        ("content_date", "content_date", json!("1999-12-31")),
        ("content_date", "content_date", json!("2026-2-1")),
        ("content_date", "content_date", json!("2026-02-30")),
        ("application_date", "application_date", json!("2038-01-02")),
        ("end_date_visibility_restriction", "end_date_visibility_restriction", json!("2020-01-01")),
        ("source_type", "source_type", json!("SOURCE_ARTICLE_9")),
        ("automated_detection", "automated_detection", json!(true)),
        ("automated_decision", "automated_decision", json!("Yes")),
        ("puid", "puid", json!("a/b")),
        ("puid", "puid", json!("a\n")),
        ("puid", "puid", json!("p".repeat(501))),
        ("content_id", "content_id", json!({ "EAN-13": "12" })),
        ("content_id", "content_id", json!({ "EAN-8": "4006381333931" })),
        ("content_language_other", "content_language_other", json!("Hawaiian")),
    ]
}

#[test]
fn what_is_broken_is_named_with_its_remedy() {
    let rules = documented::Rules::load();
    assert_eq!(check(&valid(), Endpoint::Batch), vec![]);
    for (field, named, value) in broken() {
        let mut statement = valid();
        statement[field] = value.clone();
        let faults = check(&statement, Endpoint::Batch);
        let told = faults.iter().any(|fault| fault.field == named && !fault.remedy.is_empty());
        assert!(told, "{field} = {value}: {faults:?}");
        let second = rules.faults(&statement, Endpoint::Batch);
        assert!(!second.is_empty(), "the second reading takes {field} = {value}");
    }
}

#[test]
fn what_the_database_would_drop_or_nobody_may_read_is_refused() {
    for (field, value) in [
        ("category_addition", json!(["STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY"])),
        ("category_specification", json!(["KEYWORD_NUDITY", "KEYWORD_NUDITY"])),
        ("category_specification_other", json!("Something")),
        ("decision_facts", json!("Written by someone@forum.example.")),
        ("decision_facts", json!("See https://forum.example/u/7.")),
        ("incompatible_content_explanation", json!("Ask @reader_0319.")),
        ("content_id_ean", json!("4006381333931")),
        ("content_date", json!("2037-12-31")),
        ("end_date_monetary_restriction", json!("2037-01-01")),
    ] {
        let mut statement = valid();
        statement[field] = value.clone();
        let faults = check(&statement, Endpoint::Batch);
        assert!(!faults.is_empty(), "{field} = {value}");
    }
    for whole in [json!([]), json!("x"), Value::Null] {
        assert_eq!(check(&whole, Endpoint::Single).len(), 1);
    }
    for text in ["", "  ", "a@b", "www.forum.example", "a\u{7}"] {
        assert!(ShortText::new(text).is_err(), "{text:?}");
    }
}

#[test]
fn nothing_is_taken_that_the_second_reading_refuses() {
    let rules = documented::Rules::load();
    let mut dice = Dice(99);
    let names: Vec<&str> = fields().iter().map(|spec| spec.field.as_str()).collect();
    let (mut taken, mut refused) = (0, 0);
    for _ in 0..6_000 {
        let mut statement = Submission::new(&dice.parts()).unwrap().json(Endpoint::Batch);
        let other = Submission::new(&dice.parts()).unwrap().json(Endpoint::Batch);
        for _ in 0..1 + dice.below(3) {
            let field = dice.of(&names);
            statement[field] = match dice.below(4) {
                0 => Value::Null,
                1 => other[dice.of(&names)].clone(),
                _ => other[field].clone(),
            };
        }
        if check(&statement, Endpoint::Batch).is_empty() {
            taken += 1;
            let faults = rules.faults(&statement, Endpoint::Batch);
            assert_eq!(faults, Vec::<String>::new(), "{statement:#}");
        } else {
            refused += 1;
        }
    }
    assert!(taken > 300 && refused > 300, "{taken} taken, {refused} refused");
}

#[test]
fn parts_that_contradict_each_other_make_no_statement() {
    let faults_of = |change: fn(&mut Parts)| {
        let mut parts = Dice(3).parts();
        change(&mut parts);
        let faults = Submission::new(&parts).unwrap_err();
        faults.into_iter().map(|fault| fault.field).collect::<Vec<_>>()
    };
    let bare = faults_of(|parts| {
        (parts.visibility, parts.visibility_other) = (BTreeSet::new(), None);
        (parts.monetary, parts.monetary_other) = (None, None);
        (parts.provision, parts.account, parts.ends) = (None, None, Ends::default());
    });
    let restrictions =
        ["decision_visibility", "decision_monetary", "decision_provision", "decision_account"];
    assert_eq!(bare, restrictions);
    let early = faults_of(|parts| {
        parts.account = Some(DecisionAccount::Suspended);
        parts.ends.account = Some(parts.application_date.yesterday().unwrap());
    });
    assert_eq!(early, ["end_date_account_restriction"]);
    assert_eq!(faults_of(|parts| parts.territories = BTreeSet::new()), ["territorial_scope"]);
}

#[test]
fn words_are_those_of_the_data() {
    let listed = |list: &str| -> Vec<String> {
        words_of(list).iter().map(|(code, _)| code.clone()).collect()
    };
    macro_rules! same {
        ($($name:ident)*) => {$(
            let codes: Vec<&str> = $name::ALL.iter().map(|value| value.code()).collect();
            assert_eq!(codes, listed($name::LIST));
            for value in $name::ALL {
                assert_eq!($name::parse(value.code()), Some(*value));
            }
        )*};
    }
    same! {
        DecisionVisibility DecisionMonetary DecisionProvision DecisionAccount AccountType
        DecisionGround ContentType Category Keyword SourceType AutomatedDecision
    }
    assert_eq!(Territory::parse("el").unwrap().code(), "GR");
    assert_eq!(Territory::all().count(), 30);
    assert_eq!(ContentLanguage::of_tag("ar-EG").unwrap().code(), "AR");
}
