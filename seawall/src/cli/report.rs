//! `seawall report`: reports that the law asks for, computed from records alone.

use super::{Failure, Place, print_json};
use crate::exit::Exit;
use crate::report::{ReportKind, Summary, Upto, csv_name, happenings, read_summary, sheets, write};
use clap::Args;
use engine::Clock;
use jiff::civil::Date;
use std::path::{Path, PathBuf};

/// Which report, of what time, and where it goes.
#[derive(Debug, Args)]
pub struct ReportArguments {
    /// The report.
    #[arg(value_enum)]
    kind: ReportKind,
    /// The service; a report is of one service.
    #[arg(long, required_unless_present = "verify")]
    service: Option<String>,
    /// The provider's name, as the report gives it.
    #[arg(long, required_unless_present = "verify")]
    provider: Option<String>,
    /// The first day.
    #[arg(long, value_name = "DATE", required_unless_present = "verify")]
    from: Option<Date>,
    /// The last day.
    #[arg(long, value_name = "DATE", required_unless_present = "verify")]
    to: Option<Date>,
    /// The day of publication; today without it.
    #[arg(long, value_name = "DATE")]
    published: Option<Date>,
    /// The day on which the latest report before it was published.
    #[arg(long, value_name = "DATE")]
    previous: Option<Date>,
    /// The folder of the report; a new one for each version.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// Compute the report in the folder again from the records, and name what differs.
    #[arg(
        long,
        conflicts_with_all = ["service", "provider", "from", "to", "published", "previous"]
    )]
    verify: bool,
}

/// Computes a report, or computes it again.
///
/// # Errors
/// Where the log does not hold, a sheet breaks a rule, or a file cannot be written.
pub async fn run(told: ReportArguments, place: &Place) -> Result<Exit, Failure> {
    let engine = place.existing_engine().await?;
    if told.verify {
        return verify(&engine, &told).await;
    }
    let (Some(service), Some(provider)) = (told.service, told.provider) else {
        return Err(Failure::plain("give --service and --provider"));
    };
    let (Some(from), Some(to)) = (told.from, told.to) else {
        return Err(Failure::plain("give --from and --to"));
    };
    if to < from {
        return Err(Failure::plain(format!("--to {to} lies before --from {from}")));
    }
    let read = happenings(&engine, &service, Upto::End).await;
    let (happened, records, hash) = read.map_err(Failure::Plain)?;
    let (kind, published) = (told.kind, told.published.unwrap_or_else(today));
    let previous = told.previous;
    let summary = Summary { kind, provider, service, from, to, published, previous, records, hash };
    let made = sheets(kind, &happened, &summary.identity()).map_err(Failure::Plain)?;
    write(&told.out, &summary, &made).map_err(Failure::Plain)?;
    print_json(&summary)?;
    Ok(Exit::Clean)
}

async fn verify(engine: &engine::Engine, told: &ReportArguments) -> Result<Exit, Failure> {
    let summary = read_summary(&told.out).map_err(Failure::Plain)?;
    if summary.kind != told.kind {
        return Err(Failure::plain("the folder holds the other report"));
    }
    let upto = Upto::Records(summary.records);
    let read = happenings(engine, &summary.service, upto).await;
    let (happened, _, hash) = read.map_err(Failure::Plain)?;
    let mut differing = Vec::new();
    if hash != summary.hash {
        differing.push("report.json: the log has another hash there".to_owned());
    }
    for sheet in sheets(summary.kind, &happened, &summary.identity()).map_err(Failure::Plain)? {
        let name = csv_name(&sheet);
        if !is_same(&told.out.join(&name), &sheet.csv()) {
            differing.push(format!("{name}: the records give other numbers"));
        }
    }
    for one in &differing {
        eprintln!("seawall: {one}");
    }
    if differing.is_empty() {
        eprintln!("the report holds: {} records give the same numbers", summary.records);
    }
    Ok(if differing.is_empty() { Exit::Clean } else { Exit::Found })
}

fn is_same(file: &Path, text: &str) -> bool {
    std::fs::read(file).is_ok_and(|bytes| bytes == text.as_bytes())
}

/// The present day, in UTC.
fn today() -> Date {
    let now = Clock::system().now();
    let instant = jiff::Timestamp::from_microsecond(now.micros());
    let instant = instant.expect("the machine's clock stands in a year of the calendar");
    instant.to_zoned(jiff::tz::TimeZone::UTC).date()
}
