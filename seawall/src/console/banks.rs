//! The banks, and the entries that people must speak of.

use super::case_screen::{entry_kind_words, shown_value};
use super::page::{Answer, Page, Refused, Tab, render};
use super::text::{Language, Noun, grouped};
use super::visit::{Lead, Posted};
use super::when::When;
use crate::state::AppState;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use engine::BankSummary;
use model::{
    BankEntry, BankSettings, EntryId, EntryKind, EntryStatus, Opinion, OpinionKind, Timestamp,
    UserId,
};
use std::collections::BTreeMap;

struct BankLine {
    bank: String,
    kind: String,
    settings: String,
    active: String,
    quarantined: String,
    disputed: String,
    retired: String,
}

struct QuestionLine {
    id: String,
    entry: String,
    kind: &'static str,
    bank: String,
    status: &'static str,
    is_disputed: bool,
    by: String,
    note: String,
    at: When,
}

#[derive(Template)]
#[template(path = "banks.html")]
struct BanksPage {
    page: Page,
    lead: String,
    lines: Vec<BankLine>,
    questions: Vec<QuestionLine>,
}

/// Shows the banks.
pub async fn page(State(state): State<AppState>, Lead(person): Lead) -> Answer {
    let page = Page::new(&person, Tab::Banks);
    let refused = |error| Refused::by(&page, error);
    let summaries = state.engine.bank_summaries().await.map_err(refused)?;
    let questions = state.engine.entries_in_question().await.map_err(refused)?;
    let logins = super::case::logins(&state).await.map_err(refused)?;
    let banks = state.engine.banks();
    let settings = banks.all_settings();
    let (t, now) = (page.t, state.engine.now());
    let entries = t.count(banks.len() as u64, Noun::Entry);
    let lead = t.banks_lead(entries, grouped(banks.revision()));
    let lines = summaries.iter().map(|summary| bank_line(t, summary, settings)).collect();
    let questions =
        questions.iter().map(|(entry, said)| question(t, entry, said, &logins, now)).collect();
    Ok(render(&BanksPage { page, lead, lines, questions }, StatusCode::OK))
}

fn bank_line(
    t: Language,
    summary: &BankSummary,
    settings: &BTreeMap<String, BankSettings>,
) -> BankLine {
    let kind = EntryKind::parse(&summary.kind);
    let settings = settings.get(&summary.bank).copied().unwrap_or_default();
    let is_picture = matches!(kind, Some(EntryKind::Pdq | EntryKind::Vpdq));
    let of_pictures = [
        settings.distance_bits.map(|bits| t.settings_distance(bits)),
        settings.quality.map(|quality| t.settings_quality(quality)),
    ];
    let of_pictures = of_pictures.into_iter().flatten().filter(|_| is_picture);
    let of_all = settings.flood_items.map(|items| t.settings_flood(grouped(u64::from(items))));
    BankLine {
        bank: summary.bank.clone(),
        kind: kind.map_or(summary.kind.as_str(), |kind| entry_kind_words(t, kind)).to_owned(),
        settings: of_pictures.chain(of_all).collect::<Vec<_>>().join(" · "),
        active: grouped(summary.active),
        quarantined: grouped(summary.quarantined),
        disputed: grouped(summary.disputed),
        retired: grouped(summary.retired),
    }
}

fn question(
    t: Language,
    entry: &BankEntry,
    said: &Opinion,
    logins: &BTreeMap<UserId, String>,
    now: Timestamp,
) -> QuestionLine {
    let login = || UserId::new(said.by.as_str()).ok().and_then(|id| logins.get(&id));
    let by = match said.by.as_str() {
        "seawall" => t.seawall_itself().to_owned(),
        "operator" => t.operator_itself().to_owned(),
        other => login().map_or(other, String::as_str).to_owned(),
    };
    let counts: Vec<u64> = said
        .note
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
        .collect();
    let note = match (said.kind, counts.as_slice()) {
        (OpinionKind::Quarantines, [items, before]) => {
            t.flood_note(grouped(*items), grouped(*before))
        }
        _ => said.note.clone(),
    };
    let is_disputed = entry.status == EntryStatus::Disputed;
    QuestionLine {
        id: entry.id.as_ref().map(ToString::to_string).unwrap_or_default(),
        entry: shown_value(entry.kind, &entry.value),
        kind: entry_kind_words(t, entry.kind),
        bank: entry.bank.clone(),
        status: if is_disputed { t.disputed() } else { t.quarantined() },
        is_disputed,
        by,
        note,
        at: When::new(t, said.at, now),
    }
}

/// Takes a lead's word on an entry: confirmed, disputed or retired.
pub async fn speak(State(state): State<AppState>, posted: Posted) -> Answer {
    let mut page = Page::new(&posted.person, Tab::Banks);
    page.here = "/banks?".to_owned();
    if !posted.person.is_lead() {
        return Err(Refused::forbidden(&page));
    }
    let id = EntryId::new(posted.get("entry")).map_err(|_| Refused::not_found(&page))?;
    let (engine, origin) = (&state.engine, posted.person.origin());
    let done = match posted.get("word") {
        "retire" => engine.retire_entry(&id, &origin).await.map(|_| "retired"),
        word => {
            let kind = OpinionKind::parse(word).ok_or_else(|| Refused::not_found(&page))?;
            let said = engine.give_opinion(&id, kind, posted.get("note").trim(), &origin).await;
            said.map(|_| "opinion")
        }
    };
    let done = done.map_err(|error| Refused::by(&page, error))?;
    Ok(Redirect::to(&format!("/banks?done={done}")).into_response())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::page::tests::frame;
    use super::*;

    fn summary(kind: &str) -> BankSummary {
        let (bank, kind) = ("ash".into(), kind.into());
        BankSummary { bank, kind, active: 1_200, quarantined: 1, disputed: 2, retired: 0 }
    }

    #[test]
    fn the_banks_are_told_in_the_persons_language() {
        let settings =
            BankSettings { distance_bits: Some(20), quality: None, flood_items: Some(1_000) };
        let settings = BTreeMap::from([("ash".to_owned(), settings)]);
        let line = bank_line(Language::Arabic, &summary("term"), &settings);
        assert_eq!((line.kind.as_str(), line.active.as_str()), ("مصطلح", "1,200"));
        assert_eq!(line.settings, "فيضان من 1,000 مادة في الساعة");
        let line = bank_line(Language::English, &summary("pdq"), &settings);
        assert_eq!(line.settings, "distance 20 · flood from 1,000 items an hour");
        let line = bank_line(Language::English, &summary("smell"), &BTreeMap::new());
        assert_eq!((line.kind.as_str(), line.settings.as_str()), ("smell", ""));
    }

    #[test]
    fn an_entry_in_question_can_be_spoken_of() {
        let now = Timestamp::parse("2026-11-22T12:00:00Z").unwrap();
        let row = "kind,value\nterm,lantern<b>\n";
        let mut entry = signals::banks::parse_bank("b.csv", "ash", row.as_bytes()).0.remove(0);
        let id = EntryId::new("entry_1").unwrap();
        entry.id = Some(id.clone());
        let shown = |status, kind, by: &str| {
            let entry = BankEntry { status, ..entry.clone() };
            let note = "found <much>".to_owned();
            let said = Opinion { entry: id.clone(), kind, by: by.to_owned(), note, at: now };
            let page = frame(Language::English, Tab::Banks);
            let line = question(page.t, &entry, &said, &BTreeMap::new(), now);
            let (lead, lines) = (String::new(), Vec::new());
            BanksPage { page, lead, lines, questions: vec![line] }.render().unwrap()
        };
        let html = shown(EntryStatus::Quarantined, OpinionKind::Quarantines, "seawall");
        assert!(html.contains("Seawall itself") && html.contains("found &#60;much&#62;"));
        assert!(html.contains("value=\"confirms\"") && html.contains("value=\"disputes\""));
        assert!(html.contains("value=\"token\"") && html.contains("lantern&#60;b&#62;"));
        let html = shown(EntryStatus::Disputed, OpinionKind::Disputes, "operator");
        assert!(html.contains("value=\"confirms\"") && !html.contains("value=\"disputes\""));
        assert!(html.contains("the command line"));
        let note = "found in 1200 items within this hour; in the busiest hour of the week before \
                    it was 7";
        let said = Opinion {
            entry: id.clone(),
            kind: OpinionKind::Quarantines,
            by: "seawall".to_owned(),
            note: note.to_owned(),
            at: now,
        };
        let line = question(Language::Arabic, &entry, &said, &BTreeMap::new(), now);
        assert!(line.note.contains("1,200") && line.note.contains("كان العدد 7"), "{}", line.note);
    }
}
