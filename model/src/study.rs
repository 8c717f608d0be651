//! Studies as they are ordered, run, kept and erased.

use crate::{AccountId, ServiceId, StudyId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// Which question a study answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StudyKind {
    /// Who is near a network, and how large it is.
    Census,
    /// What accounts did together beyond chance.
    Campaigns,
    /// Which new accounts may be suspended ones come back.
    Returns,
}

impl StudyKind {
    /// Every kind, in the order of the documentation.
    pub const ALL: [Self; 3] = [Self::Census, Self::Campaigns, Self::Returns];

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Census => "census",
            Self::Campaigns => "campaigns",
            Self::Returns => "returns",
        }
    }

    /// The kind of that word, if there is one.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// The legal basis that a study rests on, after Article 6(1) of the General Data Protection
/// Regulation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LegalBasis {
    /// A legal obligation of the service (Article 6(1)(c)).
    LegalObligation,
    /// Vital interests of a person (Article 6(1)(d)).
    VitalInterests,
    /// A task in the public interest (Article 6(1)(e)).
    PublicInterest,
    /// Legitimate interests of the service (Article 6(1)(f)).
    LegitimateInterests,
}

impl LegalBasis {
    /// Every basis, in the order of the documentation.
    pub const ALL: [Self; 4] = [
        Self::LegalObligation,
        Self::VitalInterests,
        Self::PublicInterest,
        Self::LegitimateInterests,
    ];

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LegalObligation => "legal_obligation",
            Self::VitalInterests => "vital_interests",
            Self::PublicInterest => "public_interest",
            Self::LegitimateInterests => "legitimate_interests",
        }
    }

    /// The basis of that word, if there is one.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|basis| basis.as_str() == word)
    }
}

/// What a study looks at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "from")]
pub enum StudySource {
    /// What the installation took in between two instants, the end not included.
    History {
        /// From when.
        since: Timestamp,
        /// Until when.
        until: Timestamp,
    },
    /// A dataset in the folder that the operator set aside for them, by its name.
    Folder {
        /// The name of the folder.
        name: String,
    },
}

/// Where a study stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StudyState {
    /// It waits for a worker.
    Waiting,
    /// A worker is at it.
    Running,
    /// It has a result.
    Finished,
    /// It ended without a result; its problem says why.
    Failed,
    /// A person stopped it; it can go on from its finished parts.
    Cancelled,
    /// Its data was erased; that it was made is still known.
    Erased,
}

impl StudyState {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Waiting, Self::Running, Self::Finished, Self::Failed, Self::Cancelled, Self::Erased];

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Finished => "finished",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Erased => "erased",
        }
    }
}

/// A study as it was ordered, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Study {
    /// Its id.
    pub id: StudyId,
    /// Which question it answers.
    pub kind: StudyKind,
    /// The service whose accounts it looks at.
    pub service: ServiceId,
    /// What it looks at.
    pub source: StudySource,
    /// The parameters, every one spelled out, as JSON.
    pub parameters: serde_json::Value,
    /// What it is for, in the words of who ordered it.
    pub purpose: String,
    /// The legal basis that it rests on.
    pub legal_basis: LegalBasis,
    /// Days until its data is erased.
    pub retention_days: u32,
    /// Who ordered it.
    pub by: String,
    /// When it was ordered.
    pub at: Timestamp,
    /// Where it stands.
    pub state: StudyState,
    /// When a worker last began with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// When its data is erased.
    pub expires_at: Timestamp,
    /// SHA-256 over the dataset that it looked at, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataset_sha256: Option<String>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// Counts its changes, from 1.
    pub revision: u64,
}

/// How far a running study is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct StudyProgress {
    /// The stage, a word of `snake_case`; empty before the first.
    pub stage: String,
    /// Steps of the stage that are done.
    pub done: u64,
    /// Steps of the stage.
    pub total: u64,
}

/// What a person saw in an account of a study's sample, without knowing its score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CodeAnswer {
    /// It fits the study's definition of a member.
    Member,
    /// It does not.
    NotMember,
    /// It cannot be said.
    Unsure,
}

impl CodeAnswer {
    /// Every answer.
    pub const ALL: [Self; 3] = [Self::Member, Self::NotMember, Self::Unsure];

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::NotMember => "not_member",
            Self::Unsure => "unsure",
        }
    }

    /// The answer of that word, if there is one.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|answer| answer.as_str() == word)
    }
}

/// In which round an account of a sample was coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeRound {
    /// Without knowing its score or what anybody else said.
    Blind,
    /// To settle answers that differ.
    Adjudication,
}

impl CodeRound {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Blind => "blind",
            Self::Adjudication => "adjudication",
        }
    }

    /// The round of that word, if there is one.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Blind, Self::Adjudication].into_iter().find(|round| round.as_str() == word)
    }
}

/// One answer of one coder about one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StudyCode {
    /// The account.
    pub account: AccountId,
    /// Who answered.
    pub coder: UserId,
    /// In which round.
    pub round: CodeRound,
    /// What.
    pub answer: CodeAnswer,
    /// When.
    pub at: Timestamp,
}

/// One account that follows another, as the service tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Follow {
    /// Who follows.
    pub from: AccountId,
    /// Who is followed.
    pub to: AccountId,
    /// Since when, where the service knows it.
    #[serde(default)]
    pub at: Option<Timestamp>,
}

/// What studies found about an account, for measurements: evidence with its uncertainty.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct StudySignals {
    /// Least q-value of a campaign finding that the account is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign_q: Option<f64>,
    /// Likelihood ratio of the strongest possible link to a suspended account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_ratio: Option<f64>,
    /// Probability of that link with the base rate of returns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_probability: Option<f64>,
    /// Share of the census's accounts that score lower, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network_position: Option<f64>,
    /// Lower bound of the share of members among accounts of that score, at 95 %.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network_share_low: Option<f64>,
}
