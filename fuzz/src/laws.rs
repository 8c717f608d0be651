//! What the law asks for as data: forms that authorities and services fill in, templates of
//! statements, lists of deadlines, and the file of what only a provider knows.

use crate::check;
use law::form::{Filled, forms, links};
use law::report::Provider;
use law::statement::{Element, Filling, Template, Tongue, as_html};
use law::threat::addressed;
use law::{Deadlines, TimeZone};
use model::{StatementKind, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

fn now() -> Timestamp {
    Timestamp::parse("2026-05-01T10:00:00Z").expect("it is a time")
}

/// A choice of a form, then a filled form as JSON or as the lines of an e-mail. Each problem is of
/// a field of the form or of a key that was given; what is read from lines has the form's keys; a
/// form without problems has none after it was written and read.
pub fn form(bytes: &[u8]) {
    let (place, rest) = check::choice(bytes, forms().len());
    let (form, text) = (&forms()[place], check::text(rest));
    let is_field = |key: &str| form.fields.iter().any(|field| field.key == key);
    let lines = form.read_lines(&text);
    assert!(lines.keys().all(|key| is_field(key)), "a key that the form does not have");
    let filled = match serde_json::from_str::<Filled>(&text) {
        Ok(filled) => filled,
        Err(_) => lines,
    };
    let problems = form.check(&filled, now());
    for problem in &problems {
        let is_given = filled.keys().any(|key| key.starts_with(&*problem.key));
        assert!(is_field(&problem.key) || is_given, "{problem:?}");
        assert!(!problem.problem.is_empty());
    }
    let written = serde_json::to_string(&filled).expect("a form can be written");
    let read: Filled = serde_json::from_str(&written).expect("and read");
    assert_eq!(form.check(&read, now()), problems);
    if let Some(Ok(named)) = filled.get("urls").map(links) {
        assert!(named.len() <= model::limits::ORDER_LINKS);
    }
    let states = review::threats::states(&filled);
    let told = addressed(&states, "ie", |state| state.len() == 2 && state != "FR");
    let once: BTreeSet<&str> = told.iter().map(|one| one.state.as_str()).collect();
    assert_eq!(once.len(), told.len(), "a State is told twice");
    assert!(!told.is_empty(), "nobody is told");
}

/// A template of a statement: filled with markup it gives a page that has only its own tags.
pub fn template(bytes: &[u8]) {
    let (place, rest) = check::choice(bytes, StatementKind::ALL.len());
    let text = check::text(rest);
    let template = match Template::parse(StatementKind::ALL[place], &text) {
        Ok(template) => template,
        Err(problem) => return assert!(!problem.to_string().is_empty()),
    };
    let hostile = "</p><script>{law}</script> & \u{202E}".to_owned();
    let fillings: BTreeMap<Element, Filling> = Element::ALL
        .iter()
        .zip([true, false].into_iter().cycle())
        .map(|(element, is_own)| {
            let given = hostile.clone();
            (*element, if is_own { Filling::Own(given) } else { Filling::Foreign(given) })
        })
        .collect();
    let filled = template.fill(&fillings);
    for tongue in [Tongue::English, Tongue::Arabic] {
        let page = as_html(&filled, tongue);
        let own = ["<article ", "</article>", "<p>", "</p>", "<br>"];
        let tags: usize = own.iter().map(|tag| page.matches(tag).count()).sum();
        assert_eq!(page.matches('<').count(), tags, "{page}");
    }
}

/// A list of deadlines: what is read has every period that the program counts with, and no period
/// is over before it began.
pub fn deadlines(bytes: &[u8]) {
    let text = check::text(bytes);
    let list = match Deadlines::parse(&text) {
        Ok(list) => list,
        Err(problem) => return assert!(!problem.to_string().is_empty()),
    };
    for line in list.lines() {
        for period in line.period.iter().chain(&line.extension) {
            assert!(period.after(now(), &TimeZone::UTC) >= now(), "{line:?}");
        }
    }
    let _ = list.period(law::deadline::EXECUTE);
}

/// The file of a provider: each fault has its place.
pub fn provider(bytes: &[u8]) {
    let Ok(provider) = toml::from_str::<Provider>(&check::text(bytes)) else { return };
    let faults = provider.check();
    assert!(faults.iter().all(|fault| !fault.place.is_empty() && !fault.problem.is_empty()));
    assert_eq!(provider.check(), faults);
}
