//! A report of a threat, and what is kept of it.

use law::form::{Filled, FormProblem};
use law::threat::Because;
use model::{
    AccountId, AuthorityId, CaseId, LetterId, PreservationId, ServiceId, ThreatId, Timestamp,
    UserId,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Whom a threat is against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ThreatKind {
    /// The life or safety of persons (DSA Art 18, TCO Art 14(5)).
    Life,
    /// People who work for the service, or those close to them.
    Staff,
}

impl ThreatKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Life, Self::Staff];

    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Life => "life",
            Self::Staff => "staff",
        }
    }

    /// The kind of that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The name of its form.
    #[must_use]
    pub fn form(self) -> &'static str {
        match self {
            Self::Life => "threat_to_life",
            Self::Staff => "threat_to_staff",
        }
    }
}

/// Where a report stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ThreatStatus {
    /// One person reported it; another one must confirm it.
    Raised,
    /// Two persons stand for it, and it is on its way.
    Sent,
    /// Everybody who is to be told was told.
    Delivered,
    /// A second person found that it is none.
    Dismissed,
}

impl ThreatStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Raised, Self::Sent, Self::Delivered, Self::Dismissed];

    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Raised => "raised",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Dismissed => "dismissed",
        }
    }

    /// The status of that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

/// Somebody who is to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Recipient {
    /// Who: the authority's name, or an address of the service's own people.
    pub name: String,
    /// The two letters of its State; `EU` for Europol; empty for the service's own people.
    pub state: String,
    /// Why.
    pub because: Because,
    /// The authority, where one is registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<AuthorityId>,
    /// The address that it is told at; none where it must be told by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The number at which it is called.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub phone: String,
    /// The letter to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter: Option<LetterId>,
    /// When it was told: the mail server took the letter, or a person told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_at: Option<Timestamp>,
    /// How a person told it, and who answered; empty where the letter did.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by_hand: String,
}

/// What happened to a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ThreatEventKind {
    /// A person reported it.
    Raised,
    /// The form was put right.
    Corrected,
    /// A second person confirmed it, and it went out.
    Confirmed,
    /// A second person found that it is none.
    Dismissed,
    /// Somebody was told by hand.
    Told,
    /// The mail server took the letter to somebody.
    Delivered,
    /// Whoever was told answered.
    Acknowledged,
    /// Somebody was warned that it waits.
    Alerted,
}

/// One entry of the history of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ThreatEvent {
    /// When.
    pub at: Timestamp,
    /// Who; none where no person did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
    /// What.
    pub kind: ThreatEventKind,
    /// In words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// A report of a threat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Threat {
    /// Its id.
    pub id: ThreatId,
    /// Whom it is against.
    pub kind: ThreatKind,
    /// The service.
    pub service: ServiceId,
    /// The case that shows it.
    pub case: CaseId,
    /// The account that the content is of.
    pub account: AccountId,
    /// The form that the recipients get.
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub form: Filled,
    /// What is missing or wrong in it.
    pub problems: Vec<FormProblem>,
    /// Who is told.
    pub recipients: Vec<Recipient>,
    /// Who reported it.
    pub raised_by: UserId,
    /// When: the service is aware of it from then on.
    pub raised_at: Timestamp,
    /// Who confirmed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_by: Option<UserId>,
    /// When that was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_at: Option<Timestamp>,
    /// Where it stands.
    pub status: ThreatStatus,
    /// What is preserved of the content; none where the case has no item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preservation: Option<PreservationId>,
    /// The warnings that went out since it stands so, in minutes.
    #[serde(default)]
    pub alerts: Vec<u16>,
    /// Its history.
    pub events: Vec<ThreatEvent>,
    /// Grows by one with each change.
    pub revision: u64,
}

impl Threat {
    /// A text of its form; empty where the field has none.
    #[must_use]
    pub fn text(&self, key: &str) -> &str {
        self.form.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// The States concerned, as its form names them.
    #[must_use]
    pub fn states(&self) -> Vec<String> {
        states(&self.form)
    }

    /// Whether somebody must still do something.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.status, ThreatStatus::Raised | ThreatStatus::Sent)
    }

    /// The recipients that nobody told yet.
    pub fn untold(&self) -> impl Iterator<Item = &Recipient> {
        self.recipients.iter().filter(|one| one.told_at.is_none())
    }

    /// Since when it stands as it does, as far as warnings are concerned.
    pub(super) fn waits_since(&self) -> Timestamp {
        self.confirmed_at.unwrap_or(self.raised_at)
    }
}

/// The States concerned that a form names.
#[must_use]
pub fn states(form: &Filled) -> Vec<String> {
    let values = form.get("states_concerned").and_then(Value::as_array);
    let texts = values.into_iter().flatten().filter_map(Value::as_str);
    texts.map(|state| state.trim().to_ascii_uppercase()).collect()
}
