//! Rule files: TOML, every key checked, every problem with its place.

use crate::names::did_you_mean;
use crate::origin::Origin;
use crate::problem::{Fault, RuleProblem, Source};
use crate::set::RuleSubject;
use model::{ActionKind, PolicyId, QueueName, RuleName, Timestamp, limits};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The queue of a rule that names none.
pub const DEFAULT_QUEUE: &str = "review";
/// The priority of a rule that names none.
pub const DEFAULT_PRIORITY: u8 = 50;
/// Highest priority of a rule.
const PRIORITY_MAX: u8 = 100;

/// One row of the list [`RULE_KEYS`]: a key of a rule and its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleKey {
    /// The key.
    pub name: &'static str,
    /// What it means, what it takes and what it is where it is left out.
    pub meaning: &'static str,
}

const fn key(name: &'static str, meaning: &'static str) -> RuleKey {
    RuleKey { name, meaning }
}

/// Every key that a rule can have.
pub static RULE_KEYS: &[RuleKey] = &[
    key("name", "Its name, unique in the rule set."),
    key("owner", "Who answers for it."),
    key("policy", "The policy that it rests on."),
    key("description", "What it finds, in a sentence for reviewers."),
    key("when", "Its condition."),
    key("labels", "Labels that it asks for; none where left out."),
    key("queue", "The queue of the case that it opens; `review` where left out."),
    key("priority", "How soon its cases are looked at, 0 to 100; 50 where left out."),
    key("action", "The action that it proposes; none where left out, never `restore`."),
    key("automatic", "Whether it acts by itself; `false` where left out; never to suspend."),
    key("subject", "What its case is about: `item` or `account`; `item` where left out."),
    key("expires_at", "The time from which it fires no more; never where left out."),
];

/// A rule as its file has it, its condition not yet compiled.
pub(crate) struct Draft {
    pub(crate) line: usize,
    /// The header of the rule in its file.
    pub(crate) header: Range<usize>,
    pub(crate) name: Option<Placed<RuleName>>,
    pub(crate) owner: String,
    pub(crate) policy: Option<PolicyId>,
    pub(crate) description: String,
    pub(crate) when: Option<Written>,
    pub(crate) labels: Vec<String>,
    pub(crate) queue: Option<QueueName>,
    pub(crate) priority: u8,
    pub(crate) action: Option<Placed<ActionKind>>,
    pub(crate) automatic: Option<Placed<bool>>,
    pub(crate) subject: RuleSubject,
    pub(crate) expires_at: Option<Timestamp>,
}

/// A value with its place in the file.
pub(crate) struct Placed<T> {
    pub(crate) value: T,
    pub(crate) at: Range<usize>,
}

/// A condition with its place in the file.
pub(crate) struct Written {
    pub(crate) text: String,
    pub(crate) origin: Origin,
}

/// Reads the rules of a file; what cannot be read becomes a problem.
pub(crate) fn read(source: &Source, problems: &mut Vec<RuleProblem>) -> Vec<Draft> {
    let text = source.text();
    if text.len() > limits::RULE_FILE_BYTES {
        let (bytes, limit) = (text.len(), limits::RULE_FILE_BYTES);
        let message = format!("the file has {bytes} bytes; at most {limit} are accepted");
        problems.push(source.problem(0..0, Fault::new(message)));
        return Vec::new();
    }
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        // After a syntax error the values are guesses, so nothing more is said about them.
        problems.extend(errors.iter().map(|error| {
            let at = error.span().unwrap_or(0..0);
            source.problem(at, Fault::new(format!("not TOML: {}", error.message())))
        }));
        return Vec::new();
    }
    let mut reader = Reader { source, problems };
    reader.document(document.get_ref())
}

struct Reader<'r> {
    source: &'r Source,
    problems: &'r mut Vec<RuleProblem>,
}

impl Reader<'_> {
    fn problem(&mut self, at: Range<usize>, fault: Fault) {
        self.problems.push(self.source.problem(at, fault));
    }

    fn document(&mut self, document: &DeTable<'_>) -> Vec<Draft> {
        let mut drafts = Vec::new();
        for (key, value) in document {
            if key.get_ref() != "rule" {
                let message = format!("unknown key `{}`", key.get_ref());
                let help = "a rule file holds rules, each under `[[rule]]`";
                self.problem(key.span(), Fault::new(message).help(help));
                continue;
            }
            let tables = value.get_ref().as_array().into_iter().flat_map(|array| array.iter());
            let before = drafts.len();
            for rule in tables {
                match rule.get_ref() {
                    DeValue::Table(table) => drafts.push(self.rule(table, rule.span())),
                    _ => self.problem(rule.span(), Fault::new("a rule is a table")),
                }
            }
            if drafts.len() == before && !value.get_ref().is_array() {
                let fault = Fault::new("`rule` is a list of tables").help("write `[[rule]]`");
                self.problem(key.span(), fault);
            }
        }
        drafts
    }

    fn rule(&mut self, table: &DeTable<'_>, header: Range<usize>) -> Draft {
        self.check_keys(table);
        let (line, _) = self.source.line_column(header.start);
        let mut fields = Fields { reader: self, table, header: header.clone() };
        Draft {
            line,
            name: fields.required("name").and_then(|text| fields.id(text, RuleName::new)),
            owner: fields.sentence("owner", limits::NAME_BYTES),
            policy: fields
                .required("policy")
                .and_then(|text| fields.id(text, PolicyId::new))
                .map(|policy| policy.value),
            description: fields.sentence("description", limits::REASON_BYTES),
            when: fields.condition(),
            labels: fields.labels(),
            queue: fields.queue(),
            priority: fields.priority(),
            action: fields.action(),
            automatic: fields.automatic(),
            subject: fields.subject(),
            expires_at: fields.expires_at(),
            header,
        }
    }

    fn check_keys(&mut self, table: &DeTable<'_>) {
        let names = || RULE_KEYS.iter().map(|key| key.name);
        for key in table.keys() {
            let name: &str = key.get_ref();
            if names().any(|known| known == name) {
                continue;
            }
            let fault = Fault::new(format!("unknown key `{name}`"));
            let near = did_you_mean(name, names());
            let all = || format!("a rule has {}", names().collect::<Vec<_>>().join(", "));
            self.problem(key.span(), fault.help(near.unwrap_or_else(all)));
        }
    }
}

struct Fields<'f, 'r> {
    reader: &'f mut Reader<'r>,
    table: &'f DeTable<'f>,
    header: Range<usize>,
}

impl<'f> Fields<'f, '_> {
    fn value(&self, name: &str) -> Option<&'f Spanned<DeValue<'f>>> {
        self.table.iter().find(|(key, _)| key.get_ref() == name).map(|(_, value)| value)
    }

    fn wrong<T>(&mut self, at: Range<usize>, fault: Fault) -> Option<T> {
        self.reader.problem(at, fault);
        None
    }

    /// A text that may be left out.
    fn text(&mut self, name: &str) -> Option<Placed<String>> {
        let value = self.value(name)?;
        match value.get_ref().as_str() {
            Some(text) => Some(Placed { value: text.to_owned(), at: value.span() }),
            None => {
                let found = type_name(value.get_ref());
                self.wrong(value.span(), Fault::new(format!("`{name}` is a text, not {found}")))
            }
        }
    }

    /// A text that must be there and must not be empty.
    fn required(&mut self, name: &str) -> Option<Placed<String>> {
        if self.value(name).is_none() {
            let meaning = RULE_KEYS.iter().find(|key| key.name == name).map_or("", |k| k.meaning);
            let fault = Fault::new(format!("the rule has no `{name}`"));
            return self.wrong(self.header.clone(), fault.help(meaning));
        }
        let text = self.text(name)?;
        if text.value.trim().is_empty() {
            return self.wrong(text.at, Fault::new(format!("`{name}` is empty")));
        }
        Some(text)
    }

    fn id<T, E: std::fmt::Display>(
        &mut self,
        text: Placed<String>,
        parse: fn(String) -> Result<T, E>,
    ) -> Option<Placed<T>> {
        match parse(text.value) {
            Ok(value) => Some(Placed { value, at: text.at }),
            Err(error) => self.wrong(text.at, Fault::new(error.to_string())),
        }
    }

    /// A required text of a bounded length.
    fn sentence(&mut self, name: &str, limit: usize) -> String {
        let Some(text) = self.required(name) else { return String::new() };
        let bytes = text.value.len();
        if bytes > limit {
            let message = format!("`{name}` has {bytes} bytes; at most {limit} are accepted");
            return self.wrong(text.at, Fault::new(message)).unwrap_or_default();
        }
        text.value
    }

    fn condition(&mut self) -> Option<Written> {
        let text = self.required("when")?;
        let origin = Origin::new(self.reader.source.text(), text.at, &text.value);
        Some(Written { text: text.value, origin })
    }

    fn labels(&mut self) -> Vec<String> {
        let Some(value) = self.value("labels") else { return Vec::new() };
        let Some(array) = value.get_ref().as_array() else {
            let fault = Fault::new("`labels` is a list of texts").help("write `[\"known-term\"]`");
            return self.wrong(value.span(), fault).unwrap_or_default();
        };
        let mut labels = Vec::new();
        for entry in array.iter() {
            match entry.get_ref().as_str() {
                Some(label) if (1..=limits::NAME_BYTES).contains(&label.len()) => {
                    labels.push(label.to_owned());
                }
                Some(_) => {
                    let limit = limits::NAME_BYTES;
                    let message = format!("a label has 1 to {limit} bytes");
                    self.reader.problem(entry.span(), Fault::new(message));
                }
                None => self.reader.problem(entry.span(), Fault::new("a label is a text")),
            }
        }
        labels
    }

    fn queue(&mut self) -> Option<QueueName> {
        match self.text("queue") {
            Some(text) => self.id(text, QueueName::new).map(|queue| queue.value),
            None => QueueName::new(DEFAULT_QUEUE).ok(),
        }
    }

    fn priority(&mut self) -> u8 {
        let Some(value) = self.value("priority") else { return DEFAULT_PRIORITY };
        let number = value.get_ref().as_integer();
        let number = number.and_then(|n| u8::from_str_radix(n.as_str(), n.radix()).ok());
        match number.filter(|&number| number <= PRIORITY_MAX) {
            Some(number) => number,
            None => {
                let fault = Fault::new(format!("`priority` is 0 to {PRIORITY_MAX}"));
                self.wrong(value.span(), fault).unwrap_or(DEFAULT_PRIORITY)
            }
        }
    }

    fn action(&mut self) -> Option<Placed<ActionKind>> {
        let text = self.text("action")?;
        let words = || {
            let kinds = ActionKind::ALL.into_iter().filter(|kind| *kind != ActionKind::Restore);
            kinds.map(ActionKind::as_str)
        };
        match ActionKind::parse(&text.value) {
            Some(ActionKind::Restore) => {
                let message = "a rule never restores: only a decision undoes a decision";
                self.wrong(text.at, Fault::new(message))
            }
            Some(value) => Some(Placed { value, at: text.at }),
            None => {
                let all = || format!("it is one of {}", words().collect::<Vec<_>>().join(", "));
                let help = did_you_mean(&text.value, words()).unwrap_or_else(all);
                let message = format!("unknown action `{}`", text.value);
                self.wrong(text.at, Fault::new(message).help(help))
            }
        }
    }

    fn automatic(&mut self) -> Option<Placed<bool>> {
        let value = self.value("automatic")?;
        match value.get_ref().as_bool() {
            Some(automatic) => Some(Placed { value: automatic, at: value.span() }),
            None => self.wrong(value.span(), Fault::new("`automatic` is true or false")),
        }
    }

    fn subject(&mut self) -> RuleSubject {
        let Some(text) = self.text("subject") else { return RuleSubject::Item };
        match text.value.as_str() {
            "item" => RuleSubject::Item,
            "account" => RuleSubject::Account,
            other => {
                let message = format!("`subject` is `item` or `account`, not `{other}`");
                self.wrong(text.at, Fault::new(message)).unwrap_or(RuleSubject::Item)
            }
        }
    }

    fn expires_at(&mut self) -> Option<Timestamp> {
        let value = self.value("expires_at")?;
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Datetime(time) => time.to_string(),
            _ => return self.wrong(value.span(), Fault::new("`expires_at` is a time")),
        };
        let text = Placed { value: text, at: value.span() };
        self.id(text, |text| Timestamp::parse(&text)).map(|time| time.value)
    }
}

fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
