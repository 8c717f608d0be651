//! One statement for the database, which can only be valid.

use super::check::{Fault, check};
use super::circumstances::Circumstances;
use super::list::Endpoint;
use super::tongue::Tongue;
use super::value::{ContentLanguage, LongText, ProductNumber, Puid, ShortText, Territory};
use super::words::{
    AccountType, Category, ContentType, DecisionAccount, DecisionGround, DecisionMonetary,
    DecisionProvision, DecisionVisibility, Keyword,
};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The typed parts of a statement. None can hold a reviewer's words, a handle, an id or an address
/// of the person: what is told of the case are [`Circumstances`], and the rest is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    /// What is done to visibility.
    pub visibility: BTreeSet<DecisionVisibility>,
    /// What else is done to visibility; with [`DecisionVisibility::Other`] alone.
    pub visibility_other: Option<ShortText>,
    /// What is done to payments.
    pub monetary: Option<DecisionMonetary>,
    /// What else is done to payments; with [`DecisionMonetary::Other`] alone.
    pub monetary_other: Option<ShortText>,
    /// What is done to the provision of the service.
    pub provision: Option<DecisionProvision>,
    /// What is done to the account.
    pub account: Option<DecisionAccount>,
    /// When each restriction ends.
    pub ends: Ends,
    /// Whose account it is, where that is known.
    pub account_type: Option<AccountType>,
    /// How it came to the decision.
    pub circumstances: Circumstances,
    /// Who sent the notice, where that is strictly necessary; an organisation, never a person.
    pub source_identity: Option<ShortText>,
    /// What the decision rests on.
    pub ground: Ground,
    /// Where the law or clause can be read.
    pub ground_url: Option<url::Url>,
    /// What sorts of content it is.
    pub content_types: BTreeSet<ContentType>,
    /// What other content it is; with [`ContentType::Other`] alone.
    pub content_type_other: Option<ShortText>,
    /// What it is against.
    pub category: Category,
    /// What else it is against.
    pub more_categories: BTreeSet<Category>,
    /// What it is against, in more detail.
    pub keywords: BTreeSet<Keyword>,
    /// What no keyword says; with [`Keyword::Other`] alone.
    pub keyword_other: Option<ShortText>,
    /// Where the restriction holds.
    pub territories: BTreeSet<Territory>,
    /// The language of the content.
    pub language: Option<ContentLanguage>,
    /// When the content was made, or the account.
    pub content_date: Date,
    /// When the restriction began.
    pub application_date: Date,
    /// Its id.
    pub puid: Puid,
    /// The product that is offered.
    pub product: Option<ProductNumber>,
}

/// When restrictions end; `None` is without an end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ends {
    /// Of the account.
    pub account: Option<Date>,
    /// Of payments.
    pub monetary: Option<Date>,
    /// Of the provision of the service.
    pub service: Option<Date>,
    /// Of visibility.
    pub visibility: Option<Date>,
}

/// What a decision rests on (Article 17(3)(d) and (e)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ground {
    /// The law.
    Law {
        /// Which.
        ground: ShortText,
        /// Why the content is against it.
        explanation: LongText,
    },
    /// The terms of the service.
    Terms {
        /// Which clause.
        ground: ShortText,
        /// Why the content is against it.
        explanation: LongText,
        /// Whether the service holds it for illegal as well; `None` says nothing about that.
        illegal: Option<Illegal>,
    },
}

/// Whether content that is against the terms is held for illegal as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Illegal {
    /// It is.
    Yes,
    /// It is not.
    No,
}

impl Illegal {
    /// The database's word.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Yes => "Yes",
            Self::No => "No",
        }
    }
}

/// One statement for the database, checked against every rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission(Map<String, Value>);

impl Submission {
    /// Builds a statement of its parts.
    ///
    /// # Errors
    /// Where parts contradict each other, each fault with its field and remedy.
    pub fn new(parts: &Parts) -> Result<Self, Vec<Fault>> {
        let mut fields = Map::new();
        restrictions(parts, &mut fields);
        content(parts, &mut fields);
        ground(parts, &mut fields);
        circumstances(parts, &mut fields);
        Self::read(Value::Object(fields))
    }

    /// Takes the fields of a batch's statement that were kept before.
    ///
    /// # Errors
    /// Where a rule is broken, each fault with its field and remedy.
    pub fn read(json: Value) -> Result<Self, Vec<Fault>> {
        let faults = check(&json, Endpoint::Batch);
        match json {
            Value::Object(fields) if faults.is_empty() => Ok(Self(fields)),
            _ => Err(faults),
        }
    }

    /// The fields as an endpoint takes them.
    #[must_use]
    pub fn json(&self, endpoint: Endpoint) -> Value {
        let mut fields = self.0.clone();
        match endpoint {
            Endpoint::Batch => {}
            Endpoint::Single => {
                let product = fields.remove("content_id");
                let number = product.and_then(|product| product.get("EAN-13").cloned());
                fields.extend(number.map(|number| ("content_id_ean".to_owned(), number)));
            }
        }
        Value::Object(fields)
    }

    /// Its id in the database.
    #[must_use]
    pub fn puid(&self) -> &str {
        self.0.get("puid").and_then(Value::as_str).unwrap_or_default()
    }
}

fn put(fields: &mut Map<String, Value>, field: &str, value: Option<impl Serialize>) {
    let value = value.map(|value| serde_json::to_value(value).expect("parts have a form in JSON"));
    fields.extend(value.map(|value| (field.to_owned(), value)));
}

/// A list, which is left out where it is empty.
fn put_all<T: Serialize>(fields: &mut Map<String, Value>, field: &str, values: &BTreeSet<T>) {
    put(fields, field, (!values.is_empty()).then_some(values));
}

fn day(date: Option<Date>) -> Option<String> {
    date.map(|date| date.to_string())
}

fn restrictions(parts: &Parts, fields: &mut Map<String, Value>) {
    put_all(fields, "decision_visibility", &parts.visibility);
    put(fields, "decision_visibility_other", parts.visibility_other.as_ref());
    put(fields, "decision_monetary", parts.monetary);
    put(fields, "decision_monetary_other", parts.monetary_other.as_ref());
    put(fields, "decision_provision", parts.provision);
    put(fields, "decision_account", parts.account);
    put(fields, "account_type", parts.account_type);
    put(fields, "end_date_account_restriction", day(parts.ends.account));
    put(fields, "end_date_monetary_restriction", day(parts.ends.monetary));
    put(fields, "end_date_service_restriction", day(parts.ends.service));
    put(fields, "end_date_visibility_restriction", day(parts.ends.visibility));
    put(fields, "application_date", day(Some(parts.application_date)));
    put_all(fields, "territorial_scope", &parts.territories);
    put(fields, "puid", Some(&parts.puid));
}

fn content(parts: &Parts, fields: &mut Map<String, Value>) {
    put_all(fields, "content_type", &parts.content_types);
    put(fields, "content_type_other", parts.content_type_other.as_ref());
    put(fields, "category", Some(parts.category));
    put_all(fields, "category_addition", &parts.more_categories);
    put_all(fields, "category_specification", &parts.keywords);
    put(fields, "category_specification_other", parts.keyword_other.as_ref());
    put(fields, "content_language", parts.language);
    put(fields, "content_date", day(Some(parts.content_date)));
    let product = parts.product.as_ref().map(|number| json!({ "EAN-13": number.as_str() }));
    put(fields, "content_id", product);
}

fn ground(parts: &Parts, fields: &mut Map<String, Value>) {
    put(fields, "decision_ground_reference_url", parts.ground_url.as_ref());
    match &parts.ground {
        Ground::Law { ground, explanation } => {
            put(fields, "decision_ground", Some(DecisionGround::IllegalContent));
            put(fields, "illegal_content_legal_ground", Some(ground));
            put(fields, "illegal_content_explanation", Some(explanation));
        }
        Ground::Terms { ground, explanation, illegal } => {
            put(fields, "decision_ground", Some(DecisionGround::IncompatibleContent));
            put(fields, "incompatible_content_ground", Some(ground));
            put(fields, "incompatible_content_explanation", Some(explanation));
            put(fields, "incompatible_content_illegal", illegal.map(Illegal::code));
        }
    }
}

fn circumstances(parts: &Parts, fields: &mut Map<String, Value>) {
    let circumstances = &parts.circumstances;
    put(fields, "decision_facts", Some(circumstances.facts(Tongue::English)));
    put(fields, "source_type", Some(circumstances.came_by.source_type()));
    put(fields, "source_identity", parts.source_identity.as_ref());
    put(fields, "automated_detection", Some(circumstances.found.code()));
    put(fields, "automated_decision", Some(circumstances.judged.automated()));
}
