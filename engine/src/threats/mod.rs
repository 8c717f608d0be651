//! The desk of threats: a report from a case, a second person, and whoever must be told, promptly.
//!
//! A report is taken at once, whatever is missing in it, and what it shows is preserved from that
//! moment. The watch warns whoever is on duty until a second person looked at it, and notes when
//! letters are gone.

mod desk;
mod fill;
mod watch;

pub use desk::{ThreatAct, ThreatInput, ThreatView};

use crate::intake::to_json;
use crate::{Error, Result};
use review::threats::Threat;
use store::ThreatRow;

/// How reports of threats are handled.
#[derive(Debug, Clone, Default)]
pub struct ThreatSetup {
    /// The addresses of the service's own people who look after threats to its staff.
    pub staff_to: Vec<String>,
    /// The telephone number at which somebody answers authorities.
    pub phone: String,
    /// The minutes after which somebody is warned that a report waits.
    pub alert_minutes: Vec<u16>,
}

fn read(row: &ThreatRow) -> Result<Threat> {
    serde_json::from_str(&row.body)
        .map_err(|error| Error::Damaged { what: "report of a threat", detail: error.to_string() })
}

fn row(threat: &Threat) -> Result<ThreatRow> {
    Ok(ThreatRow {
        id: threat.id.clone(),
        service: threat.service.clone(),
        case: threat.case.clone(),
        status: threat.status.as_str().to_owned(),
        at: threat.raised_at,
        revision: threat.revision,
        body: to_json("report of a threat", threat)?,
    })
}
