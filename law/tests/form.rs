//! Forms: every field, everything that is wrong with one, and the lines of plain e-mails.

#![allow(clippy::unwrap_used)]

use law::form::{FieldKind, Filled, Required, form, forms, links};
use model::{Timestamp, limits};
use serde_json::{Value, json};

fn now() -> Timestamp {
    Timestamp::parse("2026-05-01T12:00:00Z").unwrap()
}

fn order() -> Filled {
    let order = json!({
        "issuing_member_state": "DE", "addressee": "Forum Example",
        "contact_point": "orders@forum.example",
        "hsp_member_state": "IE", "issued_at": "2026-05-01T13:50:00+02:00",
        "order_reference": "2026/17", "urls": ["https://forum.example/p/1",
            {"url": "https://forum.example/p/2", "note": "the second picture"}],
        "type_ticks": ["A_INCITES"], "additional_reasons": "It calls for an attack.",
        "cross_border_tick": true, "copy_sent_tick": true, "authority_type": "law_enforcement",
        "authority_name": "Office of Example", "representative": "A. Example, head of unit",
        "file_number": "17-A", "address": "1 Example Street", "phone": "+49 30 0000",
        "email": "orders@authority.example", "signed_date": "2026-05-01",
        "followup_contact": "orders@authority.example",
        "home_authority_contact": "home@authority.example",
        "challenge_body": "Court of Example", "challenge_deadline": "one month",
        "challenge_law_link": "https://law.example/challenge",
    });
    order.as_object().unwrap().clone()
}

fn says(filled: &Filled, name: &str) -> Vec<String> {
    let problems = form(name).unwrap().check(filled, now());
    problems.iter().map(|one| format!("{}/{}: {}", one.section, one.key, one.problem)).collect()
}

#[test]
fn a_whole_order_has_no_problem() {
    let found = says(&order(), "tco_annex_1");
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn every_problem_is_named_with_its_place() {
    let check = |change: Value, expected: &str| {
        let mut filled = order();
        filled.extend(change.as_object().unwrap().clone());
        let found = says(&filled, "tco_annex_1");
        assert_eq!(found.len(), 1, "{change}: {found:?}");
        assert!(found[0].contains(expected), "{change}: {found:?}");
    };
    check(json!({"order_reference": null}), "A/order_reference: is missing");
    check(json!({"order_reference": "   "}), "A/order_reference: is missing");
    check(json!({"order_reference": 17}), "A/order_reference: must be a text");
    check(json!({"addressee": "x".repeat(limits::NAME_BYTES + 1)}), "A/addressee: has 1025 bytes");
    check(json!({"issuing_member_state": "DEU"}), "A/issuing_member_state: `DEU` is not the two");
    check(json!({"issued_at": "2026-05-01T13:50:00"}), "A/issued_at: `2026-05-01T13:50:00` is not");
    check(
        json!({"issued_at": "2026-05-01T13:50:00Z"}),
        "A/issued_at: 2026-05-01T13:50:00Z has not come",
    );
    check(json!({"signed_date": "2026-02-30"}), "E/signed_date: `2026-02-30` is not a day");
    check(json!({"email": "nobody"}), "E/email: `nobody` is not an e-mail address");
    check(json!({"urls": []}), "B/urls: is missing");
    check(json!({"urls": "https://forum.example"}), "B/urls: must be a list");
    check(json!({"urls": ["forum.example/p/1"]}), "B/urls: address 1: `forum.example/p/1` is not");
    check(json!({"urls": ["ftp://forum.example/"]}), "B/urls: address 1: `ftp` addresses are not");
    check(json!({"urls": [{"link": "x"}]}), "B/urls: address 1: missing field `url`");
    check(json!({"type_ticks": ["A_INCITES", "OTHER"]}), "B/type_ticks: `OTHER` is not one of");
    check(json!({"authority_type": "club"}), "E/authority_type: `club` is not one of: court");
    check(json!({"cross_border_tick": "yes"}), "D/cross_border_tick: must be true or false");
    check(json!({"cross_border_tick": false}), "D/cross_border_tick: is not ticked, but section A");
    check(json!({"hsp_member_state": "DE"}), "D/cross_border_tick: is ticked, but section A");
    check(json!({"home_authority_contact": ""}), "F/home_authority_contact: is missing");
    check(json!({"colour": "red"}), "/colour: is no field of the form `tco_annex_1`");
    let many: Vec<String> =
        (0..=limits::ORDER_LINKS).map(|n| format!("https://a.example/{n}")).collect();
    check(json!({ "urls": many }), "B/urls: names 1001 addresses; one order takes at most 1000");
}

#[test]
fn an_empty_form_names_every_field_that_must_be_there() {
    for form in forms() {
        let always = form.fields.iter().filter(|field| field.required == Required::Always);
        assert_eq!(form.check(&Filled::new(), now()).len(), always.count(), "{}", form.name);
    }
}

#[test]
fn grounds_of_the_sender_need_what_must_be_made_clear() {
    let mut filled = Filled::new();
    let wants = |filled: &Filled| {
        let problems = form("tco_annex_3").unwrap().check(filled, now());
        problems.iter().any(|problem| problem.key == "clarification_needed")
    };
    filled.insert("reason".into(), json!(["FORCE_MAJEURE_OR_DE_FACTO_IMPOSSIBILITY"]));
    assert!(!wants(&filled));
    filled.insert("reason".into(), json!(["MANIFEST_ERRORS"]));
    assert!(wants(&filled));
    filled.insert("clarification_needed".into(), json!("the second address"));
    assert!(!wants(&filled));
}

#[test]
fn lines_of_a_plain_message_fill_the_form() {
    let text = "Dear sirs\norder_reference: 2026/17\nURLs: https://forum.example/p/1\n\
                urls: https://forum.example/p/2\nType_ticks: A_INCITES\n\
                Reference number: another\nCross_border_tick: Yes\nNote: not a field\n\
                nondisclosure_tick: perhaps\nfax:\n";
    let filled = form("tco_annex_1").unwrap().read_lines(text);
    let expected = json!({
        "order_reference": "2026/17", "type_ticks": ["A_INCITES"], "cross_border_tick": true,
        "urls": ["https://forum.example/p/1", "https://forum.example/p/2"],
        "nondisclosure_tick": "perhaps",
    });
    assert_eq!(Value::Object(filled), expected);
}

#[test]
fn addresses_keep_their_notes() {
    let named = links(&order()["urls"]).unwrap();
    assert_eq!(named[0].url, "https://forum.example/p/1");
    assert_eq!(named[1].note, "the second picture");
}

#[test]
fn forms_are_whole() {
    for form in forms() {
        for (place, field) in form.fields.iter().enumerate() {
            let name = format!("{}.{}", form.name, field.key);
            assert!(form.fields[..place].iter().all(|other| other.key != field.key), "{name}");
            let chooses = matches!(field.kind, FieldKind::Choice | FieldKind::Choices);
            assert_eq!(chooses, !field.of.is_empty(), "{name}");
            for words in [&field.of_label, &field.of_label_ar] {
                assert!(words.is_empty() || words.len() == field.of.len(), "{name}");
            }
            assert!(!field.label.is_empty() && !field.label_ar.is_empty(), "{name}");
            if let Required::If(tick) = &field.required {
                let is_tick = |other: &&law::form::Field| other.key == *tick;
                assert_eq!(form.fields.iter().find(is_tick).unwrap().kind, FieldKind::Tick);
            }
        }
    }
}

#[test]
fn the_annexes_have_the_fields_of_the_facts() {
    for (file, name) in [
        ("tco_annex1", "tco_annex_1"),
        ("tco_annex2", "tco_annex_2"),
        ("tco_annex3", "tco_annex_3"),
    ] {
        let path = format!("{}/../../shared/law/{file}_fields.json", env!("CARGO_MANIFEST_DIR"));
        let Ok(facts) = std::fs::read_to_string(&path) else {
            return println!("skipped: {path} is not there");
        };
        let facts: Value = serde_json::from_str(&facts).unwrap();
        let keys: Vec<&str> = facts["fields"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["key"].as_str().unwrap())
            .collect();
        let own: Vec<&str> =
            form(name).unwrap().fields.iter().map(|one| one.key.as_str()).collect();
        assert_eq!(own, keys, "{name}");
    }
}

proptest::proptest! {
    /// Whatever is sent: problems are named, nothing panics, and what the lines gave is judged.
    #[test]
    fn any_text_is_read(text in "(?s).{0,400}", key in "[a-z_]{1,12}") {
        for form in forms() {
            let mut filled = form.read_lines(&text);
            filled.insert(key.clone(), Value::String(text.clone()));
            let _ = form.check(&filled, now());
        }
    }
}
