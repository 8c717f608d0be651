//! `seawall report`: reports that the law asks for, computed from records and from what only the
//! provider knows; their publication.

use super::{Failure, Place, print_json};
use crate::exit::Exit;
use crate::report::{
    Held, PROVIDER_FILE, ReportKind, Summary, Told, Upto, csv_name, digest_of, folders_in,
    happenings, published, read_provider, read_summary, sheets, write,
};
use clap::{Args, Subcommand};
use engine::{Clock, Engine, Origin, PublishedReport};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use law::report::PROVIDER_TEMPLATE;
use model::{ServiceId, Timestamp, limits};
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What is done with reports.
#[derive(Debug, Subcommand)]
pub enum ReportCommand {
    /// The harmonised transparency report: eleven sheets (2024/2835).
    Dsa(ReportArguments),
    /// The yearly report on terrorist content (2021/784 Article 7).
    Tco(ReportArguments),
    /// The numbers of the Santa Clara Principles 2.0.
    SantaClara(ReportArguments),
    /// Print a file to fill in with what only the provider knows, for --provider-file.
    ProviderTemplate,
    /// Seal that the report in a folder is published, as it is, under the next version.
    Publish {
        /// The folder of the report.
        folder: PathBuf,
    },
    /// List the published versions, each with the day until which it stays public.
    List {
        /// Look in this folder, and the folders in it, for the files of each version.
        #[arg(long, value_name = "FOLDER")]
        check: Option<PathBuf>,
    },
}

/// Of what time a report is, and where it goes.
#[derive(Debug, Args)]
pub struct ReportArguments {
    /// The service; a report is of one service.
    #[arg(long, required_unless_present = "verify")]
    service: Option<String>,
    /// The provider's name, as the report gives it.
    #[arg(long, required_unless_present = "verify")]
    provider: Option<String>,
    /// What only the provider knows; `seawall report provider-template` prints one to fill in.
    #[arg(long, value_name = "FILE")]
    provider_file: Option<PathBuf>,
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
        conflicts_with_all = [
            "service", "provider", "provider_file", "from", "to", "published", "previous"
        ]
    )]
    verify: bool,
}

/// Carries a command on reports out.
///
/// # Errors
/// Where the log does not hold, a sheet breaks a rule, or a file cannot be read or written.
pub async fn run(command: ReportCommand, place: &Place) -> Result<Exit, Failure> {
    match command {
        ReportCommand::Dsa(told) => compute(ReportKind::Dsa, told, place).await,
        ReportCommand::Tco(told) => compute(ReportKind::Tco, told, place).await,
        ReportCommand::SantaClara(told) => compute(ReportKind::SantaClara, told, place).await,
        ReportCommand::ProviderTemplate => {
            print!("{PROVIDER_TEMPLATE}");
            Ok(Exit::Clean)
        }
        ReportCommand::Publish { folder } => publish(&folder, place).await,
        ReportCommand::List { check } => list(check.as_deref(), place).await,
    }
}

async fn compute(kind: ReportKind, told: ReportArguments, place: &Place) -> Result<Exit, Failure> {
    let engine = place.existing_engine().await?;
    if told.verify {
        return verify(&engine, kind, &told.out).await;
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
    let own = match &told.provider_file {
        Some(path) => read_provider(path).map_err(Failure::Plain)?,
        None => Told::default(),
    };
    let read = happenings(&engine, &service, Upto::End).await;
    let (happened, records, hash) = read.map_err(Failure::Plain)?;
    let summary = Summary {
        kind,
        provider,
        service,
        from,
        to,
        published: told.published.unwrap_or_else(|| day(Clock::system().now())),
        previous: told.previous,
        provider_sha256: own.sha256(),
        records,
        hash,
    };
    let made = sheets(kind, &happened, &summary.identity(), &own.provider);
    write(&told.out, &summary, &made.map_err(Failure::Plain)?, &own).map_err(Failure::Plain)?;
    print_json(&summary)?;
    Ok(Exit::Clean)
}

async fn verify(engine: &Engine, kind: ReportKind, folder: &Path) -> Result<Exit, Failure> {
    let summary = read_summary(folder).map_err(Failure::Plain)?;
    if summary.kind != kind {
        let (held, asked) = (summary.kind.as_str(), kind.as_str());
        return Err(Failure::plain(format!("the folder holds a report {held}, not {asked}")));
    }
    let differing = differing(engine, &summary, folder).await?;
    for one in &differing {
        eprintln!("seawall: {one}");
    }
    if differing.is_empty() {
        eprintln!("the report holds: {} records give the same numbers", summary.records);
    }
    Ok(if differing.is_empty() { Exit::Clean } else { Exit::Found })
}

/// What in a folder the records and the provider's file do not give again.
async fn differing(
    engine: &Engine,
    summary: &Summary,
    folder: &Path,
) -> Result<Vec<String>, Failure> {
    let upto = Upto::Records(summary.records);
    let read = happenings(engine, &summary.service, upto).await;
    let (happened, _, hash) = read.map_err(Failure::Plain)?;
    let mut differing = Vec::new();
    if hash != summary.hash {
        differing.push("report.json: the log has another hash there".to_owned());
    }
    let own = match &summary.provider_sha256 {
        Some(_) => read_provider(&folder.join(PROVIDER_FILE)).map_err(Failure::Plain)?,
        None => Told::default(),
    };
    if own.sha256() != summary.provider_sha256 {
        differing.push(format!("{PROVIDER_FILE}: it is not the file that the report was made of"));
    }
    let made = sheets(summary.kind, &happened, &summary.identity(), &own.provider);
    for sheet in made.map_err(Failure::Plain)? {
        let name = csv_name(&sheet);
        if !is_same(&folder.join(&name), &sheet.csv()) {
            differing.push(format!("{name}: the records give other numbers"));
        }
    }
    Ok(differing)
}

fn is_same(file: &Path, text: &str) -> bool {
    std::fs::read(file).is_ok_and(|bytes| bytes == text.as_bytes())
}

async fn publish(folder: &Path, place: &Place) -> Result<Exit, Failure> {
    let engine = place.existing_engine().await?;
    let summary = read_summary(folder).map_err(Failure::Plain)?;
    let differing = differing(&engine, &summary, folder).await?;
    if !differing.is_empty() {
        let told = differing.join("\n");
        return Err(Failure::plain(format!("{told}\nwhat does not hold is not published")));
    }
    let (digest, files) = digest_of(folder).map_err(Failure::Plain)?;
    let before = published(&engine).await.map_err(Failure::Plain)?;
    if let Some(same) = before.iter().find(|one| one.digest == digest) {
        eprintln!("the same files were published already");
        print_json(same)?;
        return Ok(Exit::Clean);
    }
    let service = ServiceId::new(&*summary.service)
        .map_err(|problem| Failure::plain(format!("report.json: {problem}")))?;
    let (kind, period) = (summary.kind.as_str(), summary.identity().period());
    let is_version =
        |one: &&PublishedReport| one.service == service && one.kind == kind && one.period == period;
    let now = Clock::system().now();
    let report = PublishedReport {
        version: before.iter().filter(is_version).count() as u64 + 1,
        kind: kind.to_owned(),
        service,
        period,
        files,
        digest,
        at: now,
        until: years_after(now).map_err(Failure::Plain)?,
    };
    engine.publish_report(&report, &Origin::operator()).await?;
    print_json(&report)?;
    Ok(Exit::Clean)
}

/// A published version with whether its files were found.
#[derive(Serialize)]
struct Listed<'a> {
    #[serde(flatten)]
    report: &'a PublishedReport,
    stays_public_until: Date,
    #[serde(skip_serializing_if = "Option::is_none")]
    files_are: Option<Held>,
}

async fn list(check: Option<&Path>, place: &Place) -> Result<Exit, Failure> {
    let engine = place.existing_engine().await?;
    let reports = published(&engine).await.map_err(Failure::Plain)?;
    let found = match check {
        Some(folder) => Some(digests_in(folder).map_err(Failure::Plain)?),
        None => None,
    };
    let now = Clock::system().now();
    let mut exit = Exit::Clean;
    for report in &reports {
        let is_there = |found: &BTreeSet<String>| found.contains(&report.digest);
        let files_are = found.as_ref().map(|found| match is_there(found) {
            true => Held::Holds,
            false => Held::NotFound,
        });
        // A version whose five years are over may be gone.
        if files_are == Some(Held::NotFound) && report.until > now {
            exit = Exit::Found;
        }
        print_json(&Listed { report, stays_public_until: day(report.until), files_are })?;
    }
    Ok(exit)
}

fn digests_in(folder: &Path) -> Result<BTreeSet<String>, String> {
    let folders = folders_in(folder)?;
    folders.iter().map(|one| digest_of(one).map(|(digest, _)| digest)).collect()
}

/// The time until which what is published now stays public.
fn years_after(at: Timestamp) -> Result<Timestamp, String> {
    let zoned = zoned(at).checked_add(jiff::Span::new().years(limits::REPORT_YEARS));
    let until = zoned.map_err(|error| error.to_string())?.timestamp().as_second();
    Timestamp::from_micros(until * 1_000_000).map_err(|problem| problem.to_string())
}

/// The day of an instant, in UTC.
fn day(at: Timestamp) -> Date {
    zoned(at).date()
}

fn zoned(at: Timestamp) -> jiff::Zoned {
    let instant = jiff::Timestamp::from_microsecond(at.micros());
    let instant = instant.expect("the years of a time are those of a calendar");
    instant.to_zoned(TimeZone::UTC)
}
