//! What an order of an authority is.

use law::form::{Filled, FormProblem};
use law::{Clock, Ground, Standing};
use model::{
    ActionId, AuthorityId, CaseId, DecisionId, ItemId, KeyId, OrderId, ServiceId, Timestamp, UserId,
};
use serde::{Deserialize, Serialize};

/// What an order demands, and under which law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OrderKind {
    /// Content is removed or disabled within an hour (TCO Art 3).
    TcoRemoval,
    /// The service acts against illegal content (DSA Art 9).
    DsaAct,
    /// The service gives information (DSA Art 10).
    DsaInformation,
}

impl OrderKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::TcoRemoval, Self::DsaAct, Self::DsaInformation];

    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TcoRemoval => "tco_removal",
            Self::DsaAct => "dsa_act",
            Self::DsaInformation => "dsa_information",
        }
    }

    /// The kind of that word, if there is one.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The name of the form that it comes on.
    #[must_use]
    pub fn form(self) -> &'static str {
        match self {
            Self::TcoRemoval => "tco_annex_1",
            Self::DsaAct => "dsa_article_9",
            Self::DsaInformation => "dsa_article_10",
        }
    }

    /// Whether it names content that is to be disabled.
    #[must_use]
    pub fn names_content(self) -> bool {
        match self {
            Self::TcoRemoval | Self::DsaAct => true,
            Self::DsaInformation => false,
        }
    }
}

/// How an order came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Over the interface, with this key.
    Key(KeyId),
    /// By e-mail; SHA-256 of its bytes in hexadecimal.
    Mail(String),
    /// On paper or by telephone; typed in by this person.
    Person(UserId),
    /// At the command line.
    Operator,
}

/// How it is known that an order comes from who it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Means {
    /// It came with the key of the authority.
    Key,
    /// It was signed with a certificate of the authority (S/MIME).
    Certificate,
    /// Its e-mail was signed by the domain of the authority (DKIM), and that is enough by the
    /// settings.
    Domain,
    /// A person called the authority at the number on file and was told so.
    CallBack,
}

impl Means {
    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Certificate => "certificate",
            Self::Domain => "domain",
            Self::CallBack => "call_back",
        }
    }
}

/// That an order is known to come from an authority.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Authentic {
    /// Which authority.
    pub authority: AuthorityId,
    /// How.
    pub means: Means,
    /// The person who called back; none for the other means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
    /// What the person notes: who answered at which number.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// When.
    pub at: Timestamp,
}

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// It came in, and a person has to act.
    Received,
    /// It is being carried out: the service has not confirmed everything.
    Executing,
    /// It was carried out, and the authority is told.
    Executed,
    /// It cannot be carried out for now; the authority was told why, and the clock stands still.
    Impossible,
    /// It is not carried out: it is no order, not for this service, or not from who it says.
    Refused,
    /// It lost its effect: the authority of the home State found an infringement.
    Ceased,
    /// Another order took its place.
    Superseded,
}

impl OrderStatus {
    /// Every status.
    pub const ALL: [Self; 7] = [
        Self::Received,
        Self::Executing,
        Self::Executed,
        Self::Impossible,
        Self::Refused,
        Self::Ceased,
        Self::Superseded,
    ];

    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Executing => "executing",
            Self::Executed => "executed",
            Self::Impossible => "impossible",
            Self::Refused => "refused",
            Self::Ceased => "ceased",
            Self::Superseded => "superseded",
        }
    }

    /// Whether an order there has effect or may come to have it.
    #[must_use]
    pub fn stands(self) -> bool {
        match self {
            Self::Received | Self::Executing | Self::Executed | Self::Impossible => true,
            Self::Refused | Self::Ceased | Self::Superseded => false,
        }
    }

    /// The status of that word, if there is one.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

/// What a link of an order was found to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "found")]
pub enum Found {
    /// An item of the service.
    Item {
        /// Which.
        item: ItemId,
    },
    /// The address is none of this service.
    NotOurs,
    /// The address is of this service, but no such item is known.
    Unknown,
    /// The address shows an account with many items: it does not say which content is meant.
    Account {
        /// Which, as the service names it.
        account: String,
        /// How many items of it are known.
        items: u64,
    },
    /// A person looked: the content is not there, or not any more.
    Gone {
        /// Who looked.
        by: UserId,
        /// What was seen there.
        seen: String,
    },
}

/// One piece of content that an order names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Target {
    /// Its address.
    pub url: String,
    /// What else locates it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// What it was found to be.
    #[serde(flatten)]
    pub found: Found,
    /// What was decided to carry the order out; none before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
}

/// What carries an order out at one piece of content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Effect {
    /// The case that it is kept with.
    pub case: CaseId,
    /// The decision.
    pub decision: DecisionId,
    /// The action that the service is to carry out.
    pub action: ActionId,
    /// When the service confirmed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_at: Option<Timestamp>,
}

/// Scrutiny of an order from another State by the authority of the home State (TCO Art 4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Scrutiny {
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// By when the authority decides.
    pub due: Timestamp,
    /// Why.
    pub reason: String,
    /// What was decided; none before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<ScrutinyOutcome>,
}

/// What the authority of the home State found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ScrutinyOutcome {
    /// Whether the order infringes the Regulation or fundamental rights, so that it has no effect
    /// any more.
    pub infringes: bool,
    /// When its decision was received.
    pub at: Timestamp,
    /// What it says.
    pub note: String,
}

/// One thing that happened to an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct OrderEvent {
    /// When.
    pub at: Timestamp,
    /// Who; none where nobody in particular did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
    /// What.
    pub kind: OrderEventKind,
    /// What was said of it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// What can happen to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OrderEventKind {
    /// It came in.
    Received,
    /// The same order came in again.
    Repeated,
    /// It is known to be authentic.
    Authenticated,
    /// Its form was put right.
    Corrected,
    /// A person said what a link is.
    Located,
    /// It is being carried out.
    Begun,
    /// It was carried out.
    Done,
    /// It cannot be carried out for now.
    Stopped,
    /// The ground ceased or the clarification arrived.
    Resumed,
    /// It is not carried out.
    Refused,
    /// A warning went out that its time runs out.
    Alerted,
    /// Its time went by.
    Missed,
    /// A person took note of that.
    MissSeen,
    /// Scrutiny was asked for.
    ScrutinyAsked,
    /// Scrutiny was decided.
    ScrutinyDecided,
    /// It lost its effect, and what it took is given back.
    Ceased,
    /// The time in which the person concerned is not told was extended.
    SilenceExtended,
    /// The person concerned may be told from now on.
    SilenceEnded,
    /// Another order took its place.
    Superseded,
    /// It took the place of another order.
    TookPlace,
}

/// An order of an authority.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// What it demands.
    pub kind: OrderKind,
    /// Whether it is a drill, which changes nothing at the service.
    #[serde(default)]
    pub is_drill: bool,
    /// The service.
    pub service: ServiceId,
    /// How it came in.
    pub channel: Channel,
    /// Where an answer goes: the address that it came from, if it came by e-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// The Message-ID of its e-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What came with it, as SHA-256 in hexadecimal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<String>,
    /// When it was received.
    pub received_at: Timestamp,
    /// Its form, as it stands.
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub form: Filled,
    /// What is wrong with the form.
    #[serde(default)]
    pub problems: Vec<FormProblem>,
    /// Who it comes from, once that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authentic: Option<Authentic>,
    /// Where it stands.
    pub status: OrderStatus,
    /// Its clock; none where the law and the order name no time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<Clock>,
    /// The content that it names.
    pub targets: Vec<Target>,
    /// What the authority was last asked to make clear (Annex III, section B).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub clarification: String,
    /// Until when the person concerned is not told; none where nothing is held back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silent_until: Option<Timestamp>,
    /// Scrutiny, if it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scrutiny: Option<Scrutiny>,
    /// The order that this one looks like an amendment of; a person says whether it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amends: Option<OrderId>,
    /// The orders whose place it took; what they took stays taken while this one stands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaces: Vec<OrderId>,
    /// The order that took its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<OrderId>,
    /// The minutes before the due time at which warnings went out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alerts: Vec<u16>,
    /// What happened, oldest first.
    pub events: Vec<OrderEvent>,
    /// Counts its changes.
    pub revision: u64,
}

/// Why an order cannot be carried out yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Obstacle {
    /// It is not known whether it comes from who it says.
    NotAuthentic,
    /// So many fields of its form are missing, unreadable or in contradiction.
    Form(usize),
    /// So many of its links are no item of the service, and no person has said what they are.
    Links(usize),
    /// None of its links leads to content that could be disabled.
    NoContent,
}

impl Order {
    /// Why it cannot be carried out yet; empty where it can.
    #[must_use]
    pub fn obstacles(&self) -> Vec<Obstacle> {
        let mut obstacles = Vec::new();
        if self.authentic.is_none() {
            obstacles.push(Obstacle::NotAuthentic);
        }
        if !self.problems.is_empty() {
            obstacles.push(Obstacle::Form(self.problems.len()));
        }
        if self.kind.names_content() {
            let unclear = self.targets.iter().filter(|target| target.is_unclear()).count();
            if unclear > 0 {
                obstacles.push(Obstacle::Links(unclear));
            } else if self.items().next().is_none() {
                obstacles.push(Obstacle::NoContent);
            }
        }
        obstacles
    }

    /// The items that its links were found to be.
    pub fn items(&self) -> impl Iterator<Item = &ItemId> {
        self.targets.iter().filter_map(Target::item)
    }

    /// When something is due, or was and was not done; none where nothing counts down.
    #[must_use]
    pub fn due(&self) -> Option<Timestamp> {
        let clock = self.clock.as_ref().filter(|clock| clock.is_open())?;
        match self.status {
            OrderStatus::Received | OrderStatus::Executing => Some(clock.due),
            OrderStatus::Executed
            | OrderStatus::Impossible
            | OrderStatus::Refused
            | OrderStatus::Ceased
            | OrderStatus::Superseded => None,
        }
    }

    /// Where its clock stands; none where it has none or needs none any more.
    #[must_use]
    pub fn standing(&self, now: Timestamp) -> Option<Standing> {
        match self.status {
            OrderStatus::Refused | OrderStatus::Superseded => None,
            OrderStatus::Received
            | OrderStatus::Executing
            | OrderStatus::Executed
            | OrderStatus::Impossible
            | OrderStatus::Ceased => self.clock.as_ref().map(|clock| clock.standing(now)),
        }
    }

    /// A missed due time that no person has taken note of.
    #[must_use]
    pub fn unseen_miss(&self, now: Timestamp) -> Option<Timestamp> {
        let Some(Standing::Missed { due, .. }) = self.standing(now) else { return None };
        let is_seen = |event: &OrderEvent| event.kind == OrderEventKind::MissSeen;
        (!self.events.iter().any(is_seen)).then_some(due)
    }

    /// When the last of what it demands was done, where all of it was.
    #[must_use]
    pub fn done_at(&self) -> Option<Timestamp> {
        let mut effects = self.targets.iter().filter(|target| target.item().is_some());
        let first = effects.next()?.effect.as_ref()?.done_at?;
        effects.try_fold(first, |last, target| Some(last.max(target.effect.as_ref()?.done_at?)))
    }

    /// Who said that it is to be carried out.
    #[must_use]
    pub fn begun_by(&self) -> Option<&UserId> {
        self.last(OrderEventKind::Begun)?.by.as_ref()
    }

    /// The last time that something happened to it.
    #[must_use]
    pub fn last(&self, kind: OrderEventKind) -> Option<&OrderEvent> {
        self.events.iter().rev().find(|event| event.kind == kind)
    }

    /// The ground on which it stands still.
    #[must_use]
    pub fn ground(&self) -> Option<Ground> {
        let stop = self.clock.as_ref()?.stops.last()?;
        (self.status == OrderStatus::Impossible).then_some(stop.ground)
    }

    /// The text of a field of its form; empty where it is not filled in.
    #[must_use]
    pub fn text(&self, key: &str) -> &str {
        self.form.get(key).and_then(|value| value.as_str()).unwrap_or_default()
    }

    /// Whether a tick of its form is set.
    #[must_use]
    pub fn is_ticked(&self, key: &str) -> bool {
        self.form.get(key).and_then(serde_json::Value::as_bool) == Some(true)
    }
}

impl Target {
    /// The item that it was found to be.
    #[must_use]
    pub fn item(&self) -> Option<&ItemId> {
        match &self.found {
            Found::Item { item } => Some(item),
            Found::NotOurs | Found::Unknown | Found::Account { .. } | Found::Gone { .. } => None,
        }
    }

    /// Whether a person has to say what it is.
    #[must_use]
    pub fn is_unclear(&self) -> bool {
        match &self.found {
            Found::Item { .. } | Found::Gone { .. } => false,
            Found::NotOurs | Found::Unknown | Found::Account { .. } => true,
        }
    }
}
