//! Reports: records of the sealed log in, files out; and the same again, to see whether they hold.

mod files;
mod happenings;
mod page;
mod plot;
mod provider;
mod published;

pub use files::{Summary, csv_name, read_summary, write};
pub use happenings::{Upto, happenings};
pub use provider::{PROVIDER_FILE, Told, read_provider};
pub use published::{Held, digest_of, folders_in, published};

use law::report::{Happening, Identity, Provider, Sheet, check, dsa, measured, santa_clara, tco};
use serde::{Deserialize, Serialize};

/// Which report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportKind {
    /// The harmonised transparency report: eleven sheets (2024/2835).
    Dsa,
    /// The yearly report on terrorist content (2021/784 Article 7).
    Tco,
    /// The numbers of the Santa Clara Principles 2.0.
    SantaClara,
}

impl ReportKind {
    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dsa => "dsa",
            Self::Tco => "tco",
            Self::SantaClara => "santa_clara",
        }
    }
}

/// Computes the sheets of a report.
///
/// # Errors
/// Where a sheet breaks a rule of the regulation; every place is named.
pub fn sheets(
    kind: ReportKind,
    happenings: &[Happening],
    identity: &Identity,
    provider: &Provider,
) -> Result<Vec<Sheet>, String> {
    let quality = || measured(happenings, identity, provider);
    match kind {
        ReportKind::Tco => Ok(vec![tco(happenings, identity, provider)]),
        ReportKind::SantaClara => Ok(vec![santa_clara(happenings, identity), quality()]),
        ReportKind::Dsa => {
            let mut sheets = dsa(happenings, identity, provider);
            let faults: Vec<String> = check(&sheets).iter().map(ToString::to_string).collect();
            if !faults.is_empty() {
                return Err(faults.join("\n"));
            }
            sheets.push(quality());
            Ok(sheets)
        }
    }
}
