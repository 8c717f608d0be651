//! The form in which a case is decided: its rows, what it keeps, and what it makes of a case.

use super::text::Language;
use engine::DecisionInput;
use model::{ActionKind, Case, PolicyId, ProtectedPurpose, Ruling};

/// A row of the decision: a ruling with what is done.
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    /// Its value in the form.
    pub value: &'static str,
    /// Whether the policy was broken.
    pub ruling: Ruling,
    /// What is done.
    pub action: Option<ActionKind>,
    /// What it says.
    pub words: fn(Language) -> &'static str,
}

macro_rules! choices {
    ($($value:literal $ruling:ident $action:expr, $words:ident;)*) => {
        /// Every row, from the mildest to the strictest; the number keys follow this order.
        pub const CHOICES: &[Choice] = &[$(Choice {
            value: $value, ruling: Ruling::$ruling, action: $action, words: Language::$words,
        },)*];
    };
}

choices! {
    "no-violation" NoViolation None, choice_no_violation;
    "no-violation-label" NoViolation Some(ActionKind::Label), choice_no_violation_label;
    "violation" Violation None, choice_violation;
    "label" Violation Some(ActionKind::Label), choice_label;
    "warn" Violation Some(ActionKind::Warn), choice_warn;
    "restrict" Violation Some(ActionKind::Restrict), choice_restrict;
    "disable" Violation Some(ActionKind::Disable), choice_disable;
    "remove" Violation Some(ActionKind::Remove), choice_remove;
    "suspend" Violation Some(ActionKind::Suspend), choice_suspend;
}

/// What a person has filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filled {
    /// The chosen row.
    pub choice: String,
    /// The answer about protected purpose.
    pub purpose: String,
    /// The labels, separated by commas.
    pub labels: String,
    /// The policy.
    pub policy: String,
    /// The reason.
    pub reason: String,
}

/// Why a filled form is no decision yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Incomplete {
    /// No row is chosen.
    Choice,
    /// No policy is chosen.
    Policy,
}

impl Filled {
    /// The form as it is first shown: the rules' labels and policy stand in it, and no choice.
    pub fn first(case: &Case, policies: &[String]) -> Self {
        let named = case.policies.iter().find(|policy| policies.contains(policy));
        let policy = named.or(if policies.len() == 1 { policies.first() } else { None });
        Self {
            labels: case.labels.join(", "),
            policy: policy.cloned().unwrap_or_default(),
            ..Self::default()
        }
    }

    /// The form as it was sent.
    pub fn sent<'a>(get: impl Fn(&str) -> &'a str) -> Self {
        let field = |name| get(name).to_owned();
        Self {
            choice: field("choice"),
            purpose: field("purpose"),
            labels: field("labels"),
            policy: field("policy"),
            reason: field("reason").replace("\r\n", "\n"),
        }
    }

    /// What the desk is asked. The labels belong to the rows that put labels on.
    ///
    /// # Errors
    /// Where no row or policy is chosen; everything else is for the desk to say.
    pub fn decision(&self) -> Result<DecisionInput, Incomplete> {
        let choice = CHOICES.iter().find(|choice| choice.value == self.choice);
        let choice = choice.ok_or(Incomplete::Choice)?;
        let policy = PolicyId::new(self.policy.as_str()).map_err(|_| Incomplete::Policy)?;
        let labels = match choice.action {
            Some(ActionKind::Label) => self.label_list(),
            Some(_) | None => Vec::new(),
        };
        Ok(DecisionInput {
            seen: None,
            ruling: choice.ruling,
            action: choice.action,
            labels,
            policy,
            reason: self.reason.clone(),
            protected_purpose: ProtectedPurpose::parse(&self.purpose),
            purpose_note: String::new(),
        })
    }

    fn label_list(&self) -> Vec<String> {
        let labels = self.labels.split([',', '،']).map(str::trim);
        let mut list: Vec<String> =
            labels.filter(|label| !label.is_empty()).map(str::to_owned).collect();
        list.sort();
        list.dedup();
        list
    }
}

/// What the page of a case shows of it; sent along, so that nobody decides on what was not seen.
pub fn seen(case: &Case) -> String {
    format!("{}-{}-{}", case.items.len(), case.verdicts.len(), case.notices.len())
}

/// The purposes in the order of the form.
pub fn purpose_words(t: Language, purpose: ProtectedPurpose) -> &'static str {
    match purpose {
        ProtectedPurpose::None => t.purpose_none(),
        ProtectedPurpose::Journalism => t.purpose_journalism(),
        ProtectedPurpose::Research => t.purpose_research(),
        ProtectedPurpose::Education => t.purpose_education(),
        ProtectedPurpose::Art => t.purpose_art(),
        ProtectedPurpose::CounterSpeech => t.purpose_counter_speech(),
        ProtectedPurpose::Satire => t.purpose_satire(),
        ProtectedPurpose::Quotation => t.purpose_quotation(),
        ProtectedPurpose::OrdinarySpeech => t.purpose_ordinary_speech(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::case_screen::tests::a_case;
    use super::super::keys::KEYS;
    use super::*;

    fn filled(choice: &str) -> Filled {
        Filled {
            choice: choice.to_owned(),
            purpose: "none".to_owned(),
            labels: " b, a ،b,, ".to_owned(),
            policy: "harbour.violent-extremism".to_owned(),
            reason: "because".to_owned(),
        }
    }

    #[test]
    fn every_row_has_a_key_and_every_key_a_row() {
        let numbered = KEYS.iter().filter(|key| key.does.starts_with("choose-")).count();
        assert_eq!(numbered, CHOICES.len());
    }

    #[test]
    fn every_action_but_restoring_has_a_row() {
        for action in ActionKind::ALL {
            let has_row = CHOICES.iter().any(|choice| choice.action == Some(action));
            assert_eq!(has_row, action != ActionKind::Restore, "{action:?}");
        }
    }

    #[test]
    fn labels_go_only_with_the_rows_that_put_them_on() {
        for choice in CHOICES {
            let decision = filled(choice.value).decision().unwrap();
            assert_eq!((decision.ruling, decision.action), (choice.ruling, choice.action));
            let expected: &[&str] =
                if choice.action == Some(ActionKind::Label) { &["a", "b"] } else { &[] };
            assert_eq!(decision.labels, expected, "{}", choice.value);
            assert_eq!(decision.protected_purpose, Some(ProtectedPurpose::None));
        }
    }

    #[test]
    fn says_what_is_missing() {
        assert_eq!(filled("").decision().unwrap_err(), Incomplete::Choice);
        assert_eq!(filled("restore").decision().unwrap_err(), Incomplete::Choice);
        let without = Filled { policy: String::new(), ..filled("remove") };
        assert_eq!(without.decision().unwrap_err(), Incomplete::Policy);
        let open = Filled { purpose: String::new(), ..filled("remove") };
        assert_eq!(open.decision().unwrap().protected_purpose, None);
    }

    #[test]
    fn a_fresh_form_chooses_nothing_for_the_person() {
        let mut case = a_case();
        case.policies = vec!["gone".to_owned(), "b".to_owned()];
        let policies = ["a".to_owned(), "b".to_owned()];
        let form = Filled::first(&case, &policies);
        assert_eq!((form.choice.as_str(), form.purpose.as_str()), ("", ""));
        assert_eq!(form.policy, "b");
        case.policies.clear();
        assert_eq!(Filled::first(&case, &policies).policy, "");
        assert_eq!(Filled::first(&case, &policies[..1]).policy, "a");
    }
}
