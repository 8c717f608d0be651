//! `seawall strikes`, `seawall appeals`, `seawall flaggers` and `seawall referrals`.

use super::{Failure, Format, Place, failed, print_json};
use crate::exit::Exit;
use clap::{Args, Subcommand};
use engine::{FlaggerRecord, NewFlagger, NoticeOutcome, Origin, ReferralCount};
use model::{Appeal, FlaggerId, KeyId, NoticeKind, Ruling, ServiceId, Timestamp, limits};
use review::Ladder;
use std::path::{Path, PathBuf};

/// The ladder of strikes.
#[derive(Debug, Subcommand)]
pub enum StrikesCommand {
    /// Print the ladder in force and its versions.
    Ladder,
    /// Put another ladder into force.
    Write(WriteArguments),
    /// Try a ladder on the strikes of the past: how many accounts each would have warned and
    /// suspended, by language. Nothing changes.
    Simulate(SimulateArguments),
}

/// What `seawall strikes write` is told.
#[derive(Debug, Args)]
pub struct WriteArguments {
    /// The ladder as TOML, as `[ladder]` of the settings has it.
    #[arg(long, value_name = "FILE")]
    ladder: PathBuf,
    /// Why it is changed.
    #[arg(long)]
    reason: String,
}

/// What `seawall strikes simulate` is told.
#[derive(Debug, Args)]
pub struct SimulateArguments {
    /// The ladder as TOML, as `[ladder]` of the settings has it.
    #[arg(long, value_name = "FILE")]
    ladder: PathBuf,
    /// Strikes decided then or later, RFC 3339; all without it.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
}

/// Appeals.
#[derive(Debug, Subcommand)]
pub enum AppealsCommand {
    /// Print appeals in one state, one JSON line each.
    List {
        /// `open`, `refused` or `answered`.
        #[arg(long, default_value = "open")]
        status: String,
    },
    /// Count appeals by who asked, ground and language.
    Counts {
        /// Those that came in then or later, RFC 3339; all without it.
        #[arg(long, value_name = "TIME")]
        from: Option<String>,
    },
}

/// Flaggers.
#[derive(Debug, Subcommand)]
pub enum FlaggersCommand {
    /// Register a trusted flagger or a referral unit.
    Add(AddArguments),
    /// End the priority of a flagger; its record stays.
    Close {
        /// The flagger.
        id: String,
    },
    /// Print the flaggers with how often they were right, one JSON line each.
    List {
        /// Notices that came in then or later, RFC 3339; all without it.
        #[arg(long, value_name = "TIME")]
        from: Option<String>,
    },
    /// Print what became of the notices of a flagger: JSON lines, or CSV that it can count.
    Outcomes {
        /// The flagger.
        id: String,
        /// Notices that came in then or later, RFC 3339; all without it.
        #[arg(long, value_name = "TIME")]
        from: Option<String>,
        /// `text` gives CSV with a header.
        #[arg(long, value_enum, default_value_t = Format::Json)]
        format: Format,
    },
}

/// What `seawall flaggers add` is told.
#[derive(Debug, Args)]
pub struct AddArguments {
    /// Its name.
    name: String,
    /// The id of the API key by which its notices come in.
    #[arg(long, value_name = "ID")]
    key: String,
    /// It is a referral unit of the police or the Union, whose notices are requests.
    #[arg(long)]
    referral_unit: bool,
    /// Who awarded the status of trusted flagger.
    #[arg(long, default_value = "")]
    awarded_by: String,
    /// The one service that it speaks about.
    #[arg(long)]
    service: Option<String>,
    /// Where answers go.
    #[arg(long)]
    email: Option<String>,
}

/// What `seawall referrals` is told.
#[derive(Debug, Args)]
pub struct ReferralsArguments {
    /// Referrals that came in then or later, RFC 3339; all without it.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Referrals that came in before then, RFC 3339; all up to now without it.
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
    /// CSV with a header.
    #[arg(long)]
    csv: bool,
}

/// Carries out `seawall strikes`.
///
/// # Errors
/// Where the ladder cannot be read or makes no sense, or the state cannot be opened.
pub async fn strikes(told: StrikesCommand, place: &Place) -> Result<Exit, Failure> {
    let engine = place.engine().await?;
    match told {
        StrikesCommand::Ladder => {
            print_json(&serde_json::json!({
                "present": *engine.ladder(), "versions": engine.ladders(limits::PAGE_ROWS).await?,
            }))?;
        }
        StrikesCommand::Write(told) => {
            let ladder = read_ladder(&told.ladder)?;
            print_json(&engine.write_ladder(&ladder, &told.reason, &Origin::operator()).await?)?;
        }
        StrikesCommand::Simulate(told) => {
            let ladder = read_ladder(&told.ladder)?;
            for trial in engine.try_ladder(&ladder, since(told.from.as_deref())?).await? {
                print_json(&trial)?;
            }
        }
    }
    Ok(Exit::Clean)
}

/// Carries out `seawall appeals`.
///
/// # Errors
/// Where a time cannot be read or the state cannot be opened.
pub async fn appeals(told: AppealsCommand, place: &Place) -> Result<Exit, Failure> {
    let engine = place.engine().await?;
    match told {
        AppealsCommand::List { status } => {
            let appeals: Vec<Appeal> = engine.appeals(&status, limits::PAGE_ROWS).await?;
            appeals.iter().try_for_each(print_json)?;
        }
        AppealsCommand::Counts { from } => {
            let counts = engine.appeal_counts(since(from.as_deref())?).await?;
            counts.iter().try_for_each(print_json)?;
        }
    }
    Ok(Exit::Clean)
}

/// Carries out `seawall flaggers`.
///
/// # Errors
/// Where something named is not there or unfit, or the state cannot be opened.
pub async fn flaggers(told: FlaggersCommand, place: &Place) -> Result<Exit, Failure> {
    let engine = place.engine().await?;
    match told {
        FlaggersCommand::Add(told) => {
            print_json(&engine.add_flagger(new_flagger(told)?, &Origin::operator()).await?)?;
        }
        FlaggersCommand::Close { id } => {
            let id = flagger_id(&id)?;
            print_json(&engine.close_flagger(&id, &Origin::operator()).await?)?;
        }
        FlaggersCommand::List { from } => {
            let records: Vec<FlaggerRecord> = engine.flaggers(since(from.as_deref())?).await?;
            records.iter().try_for_each(print_json)?;
        }
        FlaggersCommand::Outcomes { id, from, format } => {
            let outcomes = engine.outcomes(&flagger_id(&id)?, since(from.as_deref())?).await?;
            match format {
                Format::Json => outcomes.iter().try_for_each(print_json)?,
                Format::Text => print_csv(&outcomes)?,
            }
        }
    }
    Ok(Exit::Clean)
}

/// Carries out `seawall referrals`.
///
/// # Errors
/// Where a time cannot be read, the period ends before it begins, or the state cannot be opened.
pub async fn referrals(told: ReferralsArguments, place: &Place) -> Result<Exit, Failure> {
    let engine = place.engine().await?;
    let to = match &told.to {
        Some(text) => {
            Timestamp::parse(text).map_err(|error| Failure::plain(format!("--to: {error}")))?
        }
        None => engine.now().plus_seconds(1),
    };
    let counts = engine.referral_counts(since(told.from.as_deref())?, to).await?;
    if told.csv {
        print_counts(&counts)?
    } else {
        counts.iter().try_for_each(print_json)?
    }
    Ok(Exit::Clean)
}

fn print_counts(counts: &[ReferralCount]) -> Result<(), Failure> {
    let told = |error: csv::Error| Failure::plain(error.to_string());
    let mut writer = csv::Writer::from_writer(std::io::stdout());
    writer.write_record(["unit", "name", "outcome", "action", "referrals"]).map_err(told)?;
    for one in counts {
        let action = one.action.map_or("", |action| action.as_str());
        let referrals = one.referrals.to_string();
        let row = [one.unit.as_str(), &one.name, one.outcome.as_str(), action, &referrals];
        writer.write_record(row).map_err(told)?;
    }
    writer.flush().map_err(|error| Failure::plain(error.to_string()))
}

fn new_flagger(told: AddArguments) -> Result<NewFlagger, Failure> {
    let unfit = |error: model::IdProblem| Failure::plain(error.to_string());
    Ok(NewFlagger {
        name: told.name,
        kind: match told.referral_unit {
            true => NoticeKind::ReferralUnit,
            false => NoticeKind::TrustedFlagger,
        },
        awarded_by: told.awarded_by,
        service: told.service.map(ServiceId::new).transpose().map_err(unfit)?,
        email: told.email,
        key: KeyId::new(told.key).map_err(unfit)?,
    })
}

fn flagger_id(text: &str) -> Result<FlaggerId, Failure> {
    FlaggerId::new(text).map_err(|error| Failure::plain(error.to_string()))
}

fn since(text: Option<&str>) -> Result<Timestamp, Failure> {
    let text = text.unwrap_or("1970-01-01T00:00:00Z");
    Timestamp::parse(text).map_err(|error| Failure::plain(format!("--from: {error}")))
}

fn read_ladder(path: &Path) -> Result<Ladder, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| failed(path, error))?;
    let ladder: Ladder = toml::from_str(&text).map_err(|error| failed(path, error))?;
    ladder.check().map_err(|problem| failed(path, problem))?;
    Ok(ladder)
}

fn print_csv(outcomes: &[NoticeOutcome]) -> Result<(), Failure> {
    let told = |error: csv::Error| Failure::plain(error.to_string());
    let mut writer = csv::Writer::from_writer(std::io::stdout());
    let header = ["notice", "came_in", "service", "ground", "decided", "violation", "action"];
    writer.write_record(header).map_err(told)?;
    for one in outcomes {
        let decided = one.decided_at.map(|at| at.to_string()).unwrap_or_default();
        let violation = match one.ruling {
            Some(Ruling::Violation) => "1",
            Some(Ruling::NoViolation) => "0",
            None => "",
        };
        let (at, action) = (one.at.to_string(), one.action.map_or("", |action| action.as_str()));
        let row = [
            one.notice.as_str(),
            &at,
            one.service.as_str(),
            one.ground.as_str(),
            &decided,
            violation,
            action,
        ];
        writer.write_record(row).map_err(told)?;
    }
    writer.flush().map_err(|error| Failure::plain(error.to_string()))
}
