//! What an exposure decision is, with everything that follows from it.

use super::obligation::ObligationId;
use super::report::{Draft, SentReport};
use model::{AuthorityId, ExposureId, RuleName, ServiceId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// What an authority decided, as it was notified to the service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Announcement {
    /// The authority's reference.
    pub reference: String,
    /// When the service was notified.
    pub notified_at: Timestamp,
    /// The grounds, or what it says.
    pub says: String,
}

/// Where an exposure decision stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ExposureStatus {
    /// It is in force as it was notified.
    InForce,
    /// It is in force as the authority amended it.
    Amended,
    /// It is in force, and the authority was asked to review it.
    UnderReview,
    /// The authority withdrew it: nothing more is owed.
    Withdrawn,
}

impl ExposureStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::InForce, Self::Amended, Self::UnderReview, Self::Withdrawn];

    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InForce => "in_force",
            Self::Amended => "amended",
            Self::UnderReview => "under_review",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The status of that word, if there is one.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

/// What sort of measure it is (TCO Art 5(2)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MeasureKind {
    /// Technical means to find and remove content (Art 5(2)(a)).
    Technical,
    /// Staff, training or working order (Art 5(2)(a)).
    Organisational,
    /// Ways for people to report content (Art 5(2)(b)).
    UserReports,
    /// Other ways to become aware of content, such as moderation by users (Art 5(2)(c)).
    Awareness,
    /// Any other measure that the service finds fitting (Art 5(2)(d)).
    Other,
}

impl MeasureKind {
    /// Every kind, in the order of the law.
    pub const ALL: [Self; 5] =
        [Self::Technical, Self::Organisational, Self::UserReports, Self::Awareness, Self::Other];

    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Technical => "technical",
            Self::Organisational => "organisational",
            Self::UserReports => "user_reports",
            Self::Awareness => "awareness",
            Self::Other => "other",
        }
    }

    /// The kind of that word, if there is one.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// Who does what a measure consists of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "by", deny_unknown_fields)]
pub enum WorkedBy {
    /// People.
    People,
    /// A program, with people who oversee and verify it (TCO Art 5(3)).
    Program {
        /// Who oversees it, and how.
        oversight: String,
    },
}

/// What a specific measure is, in the words of the service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MeasureTerms {
    /// A short name.
    pub title: String,
    /// What is done.
    pub words: String,
    /// What sort of measure it is.
    pub kind: MeasureKind,
    /// From when on.
    pub from: Timestamp,
    /// Until when; none while no end is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Who does it.
    pub worked: WorkedBy,
    /// How effective it is, and how that is known (Art 5(3)(a)).
    pub effect: String,
    /// What it is limited to: targeted and proportionate, no general monitoring (Art 5(3)(b),
    /// 5(8)).
    pub limits: String,
    /// How the rights of users are safeguarded (Art 5(3)(c), (d)).
    pub rights: String,
    /// The rules that carry it out, for the figures of the report.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<RuleName>,
}

/// A specific measure that the service put in place or means to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SpecificMeasure {
    /// Its number, from 1.
    pub number: u32,
    /// What it is.
    pub terms: MeasureTerms,
    /// Why it ended; empty where no person ended it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ended_because: String,
}

/// A decision that measures do not suffice, and what is to be done (TCO Art 5(6)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Demand {
    /// Its number, from 1.
    pub number: u32,
    /// What the authority decided.
    pub decision: Announcement,
    /// By when the authority wants the measures.
    pub due: Timestamp,
    /// When they were in place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub met_at: Option<Timestamp>,
    /// When the authority lifted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifted_at: Option<Timestamp>,
}

/// What the authority is asked for (TCO Art 5(7)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReviewAsk {
    /// That it looks at its decision again.
    Review,
    /// That it amends it.
    Amendment,
    /// That it withdraws it.
    Withdrawal,
}

impl ReviewAsk {
    /// Everything that can be asked for.
    pub const ALL: [Self; 3] = [Self::Review, Self::Amendment, Self::Withdrawal];

    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Review => "review",
            Self::Amendment => "amendment",
            Self::Withdrawal => "withdrawal",
        }
    }

    /// What is asked for by that word, if there is such a thing.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|asks| asks.as_str() == word)
    }
}

/// What the authority answered to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReviewOutcome {
    /// The decision stands.
    Upheld,
    /// It was amended.
    Amended,
    /// It was withdrawn.
    Withdrawn,
}

/// A request of the service that the authority looks at its decision again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ReviewRequest {
    /// Its number, from 1.
    pub number: u32,
    /// What is asked for.
    pub asks: ReviewAsk,
    /// Why.
    pub reason: String,
    /// When the authority had it.
    pub asked_at: Timestamp,
    /// What it answered; none before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<ReviewOutcome>,
    /// When that was notified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Timestamp>,
}

/// A warning that went out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Warned {
    /// About what.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub obligation: ObligationId,
    /// How many days before the due time; 0 says that it went by.
    pub days: u16,
}

/// One thing that happened to an exposure decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ExposureEvent {
    /// When.
    pub at: Timestamp,
    /// Who; none where nobody in particular did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
    /// What.
    pub kind: ExposureEventKind,
    /// What of: the number of a measure, demand, request or report, or an obligation.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// What was said of it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// What can happen to an exposure decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ExposureEventKind {
    /// The service was notified.
    Notified,
    /// A measure was put in place, or is to be.
    MeasureTaken,
    /// A measure was changed.
    MeasureChanged,
    /// A measure was ended.
    MeasureEnded,
    /// The authority demands more.
    Demanded,
    /// What it demanded is in place.
    DemandMet,
    /// The authority was asked to look at its decision again.
    ReviewAsked,
    /// The decision stands.
    Upheld,
    /// The decision was amended.
    Amended,
    /// The decision was withdrawn.
    Withdrawn,
    /// A report was drafted.
    Drafted,
    /// The words of a report were written.
    Written,
    /// A report was sent.
    Sent,
    /// A warning went out that something is due soon.
    Warned,
    /// A due time went by.
    Missed,
    /// A person took note of that.
    MissSeen,
}

/// A decision that a service is exposed to terrorist content, with what follows (TCO Art 5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Exposure {
    /// Its id.
    pub id: ExposureId,
    /// The service that is exposed.
    pub service: ServiceId,
    /// The authority that decided.
    pub authority: AuthorityId,
    /// What it decided.
    pub decision: Announcement,
    /// How it amended that, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amendments: Vec<Announcement>,
    /// How it withdrew it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawal: Option<Announcement>,
    /// The specific measures.
    #[serde(default)]
    pub measures: Vec<SpecificMeasure>,
    /// What the authority demanded beside.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub demands: Vec<Demand>,
    /// What the service asked of the authority.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reviews: Vec<ReviewRequest>,
    /// The report that is being written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<Draft>,
    /// The reports that were sent, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reports: Vec<SentReport>,
    /// The warnings that went out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warned: Vec<Warned>,
    /// The missed obligations that a person took note of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = Vec<String>))]
    pub seen: Vec<ObligationId>,
    /// What happened, oldest first.
    pub events: Vec<ExposureEvent>,
    /// Counts its changes.
    pub revision: u64,
}

impl Exposure {
    /// Where it stands.
    #[must_use]
    pub fn status(&self) -> ExposureStatus {
        if self.withdrawal.is_some() {
            ExposureStatus::Withdrawn
        } else if self.open_review().is_some() {
            ExposureStatus::UnderReview
        } else if self.amendments.is_empty() {
            ExposureStatus::InForce
        } else {
            ExposureStatus::Amended
        }
    }

    /// The request that the authority has not answered.
    #[must_use]
    pub fn open_review(&self) -> Option<&ReviewRequest> {
        self.reviews.iter().find(|request| request.outcome.is_none())
    }
}
