//! Appeals: requests to decide again, heard by somebody who did not decide.

use crate::{AppealId, CaseId, DecisionId, NoticeId, ServiceId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// Who asks that a case is decided again.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Appellant {
    /// The person whose item or account the decision is about.
    Affected,
    /// The person who gave this notice and whom the decision did not follow.
    Notifier(NoticeId),
}

impl Appellant {
    /// The word for it in records and statistics.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Affected => "affected",
            Self::Notifier(_) => "notifier",
        }
    }

    /// One text that tells appellants of one decision apart.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Affected => "affected".to_owned(),
            Self::Notifier(notice) => format!("notifier/{notice}"),
        }
    }
}

/// Why somebody asks, as the form offers it; the words come beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AppealGround {
    /// The content is not what the decision says.
    NotAViolation,
    /// It serves a protected purpose: news, research, art, speech against terrorism and the like.
    ProtectedPurpose,
    /// It was not made or posted by the person.
    NotMine,
    /// The measure is too severe.
    TooSevere,
    /// For a notifier: the content is what the notice says.
    IsAViolation,
    /// None of these.
    Other,
}

impl AppealGround {
    /// Every ground, in the order of the form.
    pub const ALL: [Self; 6] = [
        Self::NotAViolation,
        Self::ProtectedPurpose,
        Self::NotMine,
        Self::TooSevere,
        Self::IsAViolation,
        Self::Other,
    ];

    /// The word for it in JSON, forms and records.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotAViolation => "not_a_violation",
            Self::ProtectedPurpose => "protected_purpose",
            Self::NotMine => "not_mine",
            Self::TooSevere => "too_severe",
            Self::IsAViolation => "is_a_violation",
            Self::Other => "other",
        }
    }

    /// The ground of that word, if there is one.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ground| ground.as_str() == word)
    }

    /// Whether somebody in that place can give it.
    #[must_use]
    pub fn is_for(self, by: &Appellant) -> bool {
        match (self, by) {
            (Self::Other, _) => true,
            (Self::IsAViolation, Appellant::Notifier(_)) => true,
            (Self::IsAViolation, Appellant::Affected) => false,
            (
                Self::NotAViolation | Self::ProtectedPurpose | Self::NotMine | Self::TooSevere,
                by,
            ) => *by == Appellant::Affected,
        }
    }
}

/// The rule of law that an appeal is answered under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AppealBasis {
    /// Regulation (EU) 2022/2065 Art 20: without undue delay.
    Dsa20,
    /// Regulation (EU) 2021/784 Art 10: within two weeks, for what specific measures took.
    Tco10,
}

impl AppealBasis {
    /// The word for it in JSON and records.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dsa20 => "dsa20",
            Self::Tco10 => "tco10",
        }
    }
}

/// Why an appeal is not heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AppealRefusal {
    /// The decision is not about the person, or the notice is not about its case.
    NoStanding,
    /// The same person appealed against the same decision before.
    Twice,
    /// The time for it has passed.
    Late,
    /// The decision was reversed already, or there is nothing in it that the person could object
    /// to.
    NothingToAppeal,
    /// The person's notices and complaints are not dealt with for a time, because too many were
    /// manifestly unfounded (Regulation (EU) 2022/2065 Art 23(2)).
    Suspended,
}

impl AppealRefusal {
    /// Every reason.
    pub const ALL: [Self; 5] =
        [Self::NoStanding, Self::Twice, Self::Late, Self::NothingToAppeal, Self::Suspended];

    /// The word for it in JSON and records.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoStanding => "no_standing",
            Self::Twice => "twice",
            Self::Late => "late",
            Self::NothingToAppeal => "nothing_to_appeal",
            Self::Suspended => "suspended",
        }
    }
}

/// How an appeal came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AppealOutcome {
    /// The decision stands.
    Upheld,
    /// The decision is reversed.
    Reversed,
    /// The decision is reversed, and something lighter takes its place.
    Partly,
}

impl AppealOutcome {
    /// Every outcome, in the order of the form.
    pub const ALL: [Self; 3] = [Self::Upheld, Self::Reversed, Self::Partly];

    /// The word for it in JSON, forms and records.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Upheld => "upheld",
            Self::Reversed => "reversed",
            Self::Partly => "partly",
        }
    }

    /// The outcome of that word, if there is one.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == word)
    }
}

/// What a person decided on an appeal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AppealAnswer {
    /// Who; never a rule, and nobody who decided on the case before.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// How it came out.
    pub outcome: AppealOutcome,
    /// Why, in words for the person who asked.
    pub reason: String,
    /// The decision that took the place of the one appealed against, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead: Option<DecisionId>,
    /// Other decisions that still stand against the same item or account, so that it stays
    /// restricted although this one fell.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub still_standing: Vec<DecisionId>,
}

/// Where an appeal stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AppealStatus {
    /// It waits for somebody to hear it.
    Open,
    /// It is not heard.
    Refused(AppealRefusal),
    /// It is answered.
    Answered(AppealAnswer),
}

impl AppealStatus {
    /// The word for it in listings.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Refused(_) => "refused",
            Self::Answered(_) => "answered",
        }
    }
}

/// A request to decide again (Regulation (EU) 2022/2065 Art 20, Regulation (EU) 2021/784 Art 10).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Appeal {
    /// Its id, which is the reference that the person keeps.
    pub id: AppealId,
    /// The service.
    pub service: ServiceId,
    /// The case.
    pub case: CaseId,
    /// The decision that it is against.
    pub decision: DecisionId,
    /// Who asks.
    pub by: Appellant,
    /// Why, of a list.
    pub ground: AppealGround,
    /// Why, in the person's words; at most [`crate::limits::REASON_BYTES`].
    pub reason: String,
    /// Where the answer goes, where the person gave an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The language that the person is answered in: `en` or `ar`.
    pub language: String,
    /// The language of the item, where it is known; statistics are by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_language: Option<String>,
    /// The rule of law that it is answered under.
    pub basis: AppealBasis,
    /// When it came in.
    pub at: Timestamp,
    /// When it is to be answered by.
    pub due_at: Timestamp,
    /// Where it stands.
    pub status: AppealStatus,
    /// Grows by one with each change, so that two people cannot overwrite each other.
    pub revision: u64,
}

/// A body that settles disputes out of court (Regulation (EU) 2022/2065 Art 21), as the operator
/// names it to people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DisputeBody {
    /// Its name.
    pub name: String,
    /// Its address, beginning with `https://`.
    pub url: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_back() {
        for ground in AppealGround::ALL {
            assert_eq!(AppealGround::parse(ground.as_str()), Some(ground));
        }
        for outcome in AppealOutcome::ALL {
            assert_eq!(AppealOutcome::parse(outcome.as_str()), Some(outcome));
        }
        assert_eq!(AppealGround::parse("anything"), None);
        assert_eq!(AppealOutcome::parse("Upheld"), None);
    }

    #[test]
    fn each_place_has_its_grounds() {
        let notice = crate::NoticeId::new("notice_1").map(Appellant::Notifier);
        let notifier = notice.unwrap_or(Appellant::Affected);
        for (ground, affected, by_notifier) in [
            (AppealGround::NotAViolation, true, false),
            (AppealGround::ProtectedPurpose, true, false),
            (AppealGround::NotMine, true, false),
            (AppealGround::TooSevere, true, false),
            (AppealGround::IsAViolation, false, true),
            (AppealGround::Other, true, true),
        ] {
            assert_eq!(ground.is_for(&Appellant::Affected), affected, "{ground:?}");
            assert_eq!(ground.is_for(&notifier), by_notifier, "{ground:?}");
        }
    }
}
