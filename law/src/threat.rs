//! Who is told of a threat to life or safety.
//!
//! The authority of each State concerned; where the State cannot be told with reasonable certainty,
//! or has no contact that is known, the contact of the State of establishment and Europol
//! (Regulation (EU) 2022/2065 Art 18(2); Regulation (EU) 2021/784 Art 14(5), which asks for both).

use serde::{Deserialize, Serialize};

/// Stands for Europol where a State is named.
pub const EUROPOL: &str = "EU";

/// Why somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// The authority of a State concerned.
    Concerned,
    /// The State concerned is not known, or no contact of it: the State of establishment.
    Establishment,
    /// The same: Europol.
    Europol,
    /// The people of the service who look after its staff.
    Own,
    /// A person told somebody beside those whom the rule names.
    Beside,
}

/// One State whose contact is to be told, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addressed {
    /// Two letters in capitals; [`EUROPOL`] for Europol.
    pub state: String,
    /// Why.
    pub because: Because,
}

/// The States whose contacts are told of a threat, in the order in which they are told, each once.
///
/// `concerned` are the States that the report names; `home` is the State of establishment; `has`
/// says whether a contact of a State is known. States that come out without a contact are to be
/// told by hand.
#[must_use]
pub fn addressed(concerned: &[String], home: &str, has: impl Fn(&str) -> bool) -> Vec<Addressed> {
    let mut told: Vec<Addressed> = Vec::new();
    let mut add = |state: &str, because: Because| {
        let state = state.trim().to_ascii_uppercase();
        let is_new = !state.is_empty() && told.iter().all(|one| one.state != state);
        if is_new {
            told.push(Addressed { state, because });
        }
    };
    let mut is_certain = !concerned.is_empty();
    for state in concerned {
        add(state, Because::Concerned);
        is_certain &= has(&state.trim().to_ascii_uppercase());
    }
    if !is_certain {
        add(home, Because::Establishment);
        add(EUROPOL, Because::Europol);
    }
    told
}
