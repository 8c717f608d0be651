//! Reports: records of the sealed log in, files out; and the same again, to see whether they hold.

mod files;
mod happenings;

pub use files::{Summary, csv_name, read_summary, write};
pub use happenings::{Upto, happenings};

use law::report::{Happening, Identity, Sheet, check, dsa, tco};
use serde::{Deserialize, Serialize};

/// Which report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum ReportKind {
    /// The harmonised transparency report: eleven sheets (2024/2835).
    Dsa,
    /// The yearly report on terrorist content (2021/784 Article 7).
    Tco,
}

/// Computes the sheets of a report.
///
/// # Errors
/// Where a sheet breaks a rule of the regulation; every place is named.
pub fn sheets(
    kind: ReportKind,
    happenings: &[Happening],
    identity: &Identity,
) -> Result<Vec<Sheet>, String> {
    match kind {
        ReportKind::Tco => Ok(vec![tco(happenings, identity)]),
        ReportKind::Dsa => {
            let sheets = dsa(happenings, identity);
            let faults: Vec<String> = check(&sheets).iter().map(ToString::to_string).collect();
            if faults.is_empty() { Ok(sheets) } else { Err(faults.join("\n")) }
        }
    }
}
