//! What is in force: the rules, to be read; and the keys.

use super::case_screen::action_words;
use super::keys::{HelpLine, help};
use super::page::{Page, Tab, render};
use super::text::{Language, Noun, isolate};
use super::visit::{Lead, Person};
use super::when::When;
use crate::state::AppState;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use model::Timestamp;
use rules::RuleInfo;

struct RuleCard {
    name: String,
    description: String,
    condition: String,
    owner: String,
    policy: String,
    queue: String,
    priority: u8,
    labels: Vec<String>,
    action: Option<&'static str>,
    is_automatic: bool,
    expires: Option<When>,
}

#[derive(Template)]
#[template(path = "rules.html")]
struct RulesPage {
    page: Page,
    lead: String,
    cards: Vec<RuleCard>,
}

/// Shows the rules.
pub async fn rules(State(state): State<AppState>, Lead(person): Lead) -> Response {
    let page = Page::new(&person, Tab::Rules);
    let rules = state.engine.rules();
    let shown = rules_page(page, rules.rules(), rules.version(), state.engine.now());
    render(&shown, StatusCode::OK)
}

fn rules_page(page: Page, rules: &[RuleInfo], version: &str, now: Timestamp) -> RulesPage {
    let count = page.t.count(rules.len() as u64, Noun::Rule);
    let version: String = version.chars().take(12).collect();
    let lead = page.t.rules_lead(count, isolate(version));
    let cards = rules.iter().map(|rule| rule_card(page.t, rule, now)).collect();
    RulesPage { page, lead, cards }
}

fn rule_card(t: Language, rule: &RuleInfo, now: Timestamp) -> RuleCard {
    RuleCard {
        name: rule.name.to_string(),
        description: rule.description.clone(),
        condition: rule.when.trim().to_owned(),
        owner: rule.owner.clone(),
        policy: rule.policy.to_string(),
        queue: rule.queue.to_string(),
        priority: rule.priority,
        labels: rule.labels.clone(),
        action: rule.action.map(|action| action_words(t, action)),
        is_automatic: rule.automatic,
        expires: rule.expires_at.map(|at| When::new(t, at, now)),
    }
}

#[derive(Template)]
#[template(path = "keys.html")]
struct KeysPage {
    page: Page,
    lines: Vec<HelpLine>,
}

/// Shows the keys.
pub async fn keys(person: Person) -> Response {
    let page = Page::new(&person, Tab::Keys);
    let lines = help(page.t);
    render(&KeysPage { page, lines }, StatusCode::OK)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::page::tests::frame;
    use super::*;

    #[test]
    fn the_rules_are_shown_as_they_are_written() {
        let file = rules::RuleFile {
            name: "a.toml".to_owned(),
            text: "[[rule]]\nname = \"ash\"\nowner = \"desk\"\npolicy = \"p\"\n\
                   description = \"Finds <ash>.\"\nwhen = 'text.length > 3'\nqueue = \"matches\"\n\
                   priority = 50\n"
                .to_owned(),
        };
        let set = match rules::compile(&[file], signals::SIGNALS) {
            Ok(set) => set,
            Err(problems) => panic!("{problems}"),
        };
        let now = Timestamp::parse("2026-11-22T12:00:00Z").unwrap();
        let page = frame(Language::English, Tab::Rules);
        let html = rules_page(page, set.rules(), set.version(), now).render().unwrap();
        assert!(html.contains("text.length &#62; 3") && html.contains("Finds &#60;ash&#62;."));
        assert!(html.contains("1 rule in force") && html.contains("asks a person"));
    }

    #[test]
    fn the_keys_are_shown() {
        let page = frame(Language::Arabic, Tab::Keys);
        let html = KeysPage { lines: help(page.t), page }.render().unwrap();
        assert!(html.contains("<kbd>Ctrl+Enter</kbd>") && html.contains("أخذ القضية التالية"));
    }
}
