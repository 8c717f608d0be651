//! What is preserved of content that was removed or disabled (Regulation (EU) 2021/784 Art 6), for
//! whom, and until when.

use crate::{
    AccountId, CaseId, DecisionId, ItemId, MediaId, PreservationId, ServiceId, ThreatId, Timestamp,
};
use serde::{Deserialize, Serialize};

/// What preserved content may be looked at for; nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AccessPurpose {
    /// Proceedings of administrative or judicial review (Art 6(1)(a)).
    Review,
    /// Complaint handling against the removal (Art 6(1)(a) with Art 10).
    Complaint,
    /// Prevention, detection, investigation or prosecution of terrorist offences (Art 6(1)(b)).
    Investigation,
}

impl AccessPurpose {
    /// Every purpose, in the order of the documentation.
    pub const ALL: [Self; 3] = [Self::Review, Self::Complaint, Self::Investigation];

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Review => "review",
            Self::Complaint => "complaint",
            Self::Investigation => "investigation",
        }
    }

    /// The purpose of that word, if there is one.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == word)
    }
}

/// How far a preservation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PreservationState {
    /// It was ordered with the decision; its originals are not sealed yet.
    Ordered,
    /// Its originals are sealed.
    Kept,
    /// Its time is over: the keys of its originals were destroyed.
    Deleted,
}

impl PreservationState {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ordered => "ordered",
            Self::Kept => "kept",
            Self::Deleted => "deleted",
        }
    }
}

/// How an original came to Seawall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Obtained {
    /// The service sent it.
    Submitted,
    /// It was fetched from the address that the service named, or sent beside that address.
    FromAddress,
}

/// One original, with its capture metadata.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Original {
    /// Its name within the preservation: `1.json` for an item, `1-1.bin` for its first medium.
    pub name: String,
    /// The item.
    pub item: ItemId,
    /// The medium; none for the item itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub medium: Option<MediaId>,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// Bytes.
    pub bytes: u64,
    /// Media type.
    pub media_type: String,
    /// When Seawall took it in.
    pub captured_at: Timestamp,
    /// How.
    pub obtained: Obtained,
    /// From which address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// Longer than six months, since an authority or court asks for it (Art 6(2)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Prolongation {
    /// The authority or court that asks.
    pub asked_by: String,
    /// The pending proceedings that it is for, as that authority names them.
    pub proceedings: String,
    /// Until when.
    pub until: Timestamp,
    /// Who entered it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// Not deleted while another duty stands against it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Hold {
    /// The duty.
    pub reason: String,
    /// Who entered it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// When it was lifted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released_at: Option<Timestamp>,
}

/// Somebody's access to preserved content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Access {
    /// Its number within the preservation, from 1.
    pub number: u32,
    /// Who asks, and alone may read.
    pub by: String,
    /// What for.
    pub purpose: AccessPurpose,
    /// Why, in words.
    pub reason: String,
    /// When it was asked for.
    pub at: Timestamp,
    /// Who allowed it, where a second person has to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_by: Option<String>,
    /// Until when it lasts; none while it waits for the second person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// A WARC file (ISO 28500) that somebody handed in as evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CapturedArchive {
    /// Its name within the preservation, such as `captures-1.warc`.
    pub name: String,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// Bytes of the file.
    pub bytes: u64,
    /// Who handed it in.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// What it captured, in the order of its records.
    pub pages: Vec<CapturedPage>,
}

/// One captured page, as the archive says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CapturedPage {
    /// The number of its record in the archive, from 1.
    pub record: u32,
    /// The address that it was captured from.
    pub address: String,
    /// When it was captured.
    pub at: Timestamp,
    /// Its media type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// SHA-256 of what was captured, in hexadecimal: of the body, where a server answered.
    pub sha256: String,
    /// Its bytes.
    pub bytes: u64,
}

/// What is preserved of one removal, or of what a threat was reported by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Preservation {
    /// Its id.
    pub id: PreservationId,
    /// The service.
    pub service: ServiceId,
    /// The case.
    pub case: CaseId,
    /// The account that the content is of.
    pub account: AccountId,
    /// The decision that removed or disabled it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionId>,
    /// The threat that it shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threat: Option<ThreatId>,
    /// When it was removed, or when the threat was reported.
    pub removed_at: Timestamp,
    /// When it is to be deleted.
    pub until: Timestamp,
    /// How far it is.
    pub state: PreservationState,
    /// The items; none any more once it is deleted.
    pub items: Vec<ItemId>,
    /// The originals; none any more once it is deleted.
    pub originals: Vec<Original>,
    /// WARC files that were handed in as evidence; none any more once it is deleted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub archives: Vec<CapturedArchive>,
    /// What was prolonged.
    #[serde(default)]
    pub prolongations: Vec<Prolongation>,
    /// What holds it, or held it.
    #[serde(default)]
    pub holds: Vec<Hold>,
    /// Who asked to see it.
    #[serde(default)]
    pub accesses: Vec<Access>,
    /// When it was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Timestamp>,
    /// Grows by one with each change.
    pub revision: u64,
}

impl Preservation {
    /// The id of what ordered it: a decision or a threat.
    #[must_use]
    pub fn cause(&self) -> &str {
        let decision = self.decision.as_ref().map(DecisionId::as_str);
        decision.or(self.threat.as_ref().map(ThreatId::as_str)).unwrap_or_default()
    }

    /// Whether something stands against its deletion.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.holds.iter().any(|hold| hold.released_at.is_none())
    }

    /// Whether it is to be deleted now.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.state != PreservationState::Deleted && self.until <= now && !self.is_held()
    }
}
