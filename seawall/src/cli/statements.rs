//! `seawall statements`: what people were told, the templates, and the DSA Transparency Database.

use super::{Failure, Place, failed, print_json};
use crate::exit::Exit;
use crate::serve;
use crate::statements::{Told, stand_in, submit_due};
use clap::{Args, Subcommand, ValueEnum};
use connect::Pace;
use engine::{Delivery, Origin};
use law::statement::{Endpoint, Template, Tongue, as_html, check, interface};
use model::{ServiceId, StatementId, StatementKind, limits};
use std::path::PathBuf;
use std::time::Duration;

/// What is asked of statements.
#[derive(Debug, Subcommand)]
pub enum StatementsCommand {
    /// List statements, one JSON line each, in the order in which they were made.
    List(ListArguments),
    /// Show a statement, or its text as the person reads it.
    Show(ShowArguments),
    /// Submit what is due to the DSA Transparency Database, or show what would be sent.
    Submit(SubmitArguments),
    /// Read, check and write the templates of statements.
    #[command(subcommand)]
    Template(TemplateCommand),
    /// Run a stand-in of the DSA Transparency Database on this machine, to rehearse with.
    StandIn(StandInArguments),
}

#[derive(Debug, Args)]
pub struct ListArguments {
    /// Of this service alone.
    #[arg(long)]
    service: Option<ServiceId>,
    /// After the statement with this id.
    #[arg(long, value_name = "STATEMENT")]
    after: Option<StatementId>,
    /// At most so many.
    #[arg(long, default_value_t = limits::PAGE_ROWS)]
    limit: usize,
}

#[derive(Debug, Args)]
pub struct ShowArguments {
    /// The statement's id.
    statement: StatementId,
    /// How it is shown.
    #[arg(long, value_enum, default_value_t = Shown::Json)]
    format: Shown,
}

/// How a statement is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Shown {
    /// The whole as one JSON line.
    Json,
    /// The text that the person reads.
    Text,
    /// The same as a piece of a page.
    Html,
}

#[derive(Debug, Args)]
pub struct SubmitArguments {
    /// Send nothing: print the fields of what waits, each with what is wrong with it.
    #[arg(long)]
    dry_run: bool,
    /// Try again what the database refused.
    #[arg(long, conflicts_with = "dry_run")]
    again: bool,
}

#[derive(Debug, Subcommand)]
pub enum TemplateCommand {
    /// Print the template in force.
    Show(TemplateArguments),
    /// Check a template file and name the place of what is wrong.
    Check(TemplateFileArguments),
    /// Put a template file into force; statements that were made keep their words.
    Write(TemplateFileArguments),
}

#[derive(Debug, Args)]
pub struct TemplateArguments {
    /// `restriction`, `order` or `reversal`.
    #[arg(value_parser = kind)]
    kind: StatementKind,
    /// `en` or `ar`.
    #[arg(value_parser = tongue)]
    language: Tongue,
}

#[derive(Debug, Args)]
pub struct TemplateFileArguments {
    #[command(flatten)]
    which: TemplateArguments,
    /// The file.
    file: PathBuf,
}

#[derive(Debug, Args)]
pub struct StandInArguments {
    /// Address and port; port 0 takes any free port and tells it.
    #[arg(long, default_value = "127.0.0.1:8090", value_name = "ADDRESS:PORT")]
    listen: String,
    /// The token that it takes.
    #[arg(long, default_value = "rehearsal")]
    token: String,
    /// Each so many attempts, take what was sent and lose the answer.
    #[arg(long, default_value_t = 0, value_name = "N")]
    lose_every: u64,
    /// Each so many attempts, fail and leave the ids locked.
    #[arg(long, default_value_t = 0, value_name = "N")]
    fail_every: u64,
    /// Each so many attempts, answer that there were too many.
    #[arg(long, default_value_t = 0, value_name = "N")]
    busy_every: u64,
    /// How long ids stay locked, in seconds; the database's own time without it.
    #[arg(long, value_name = "SECONDS")]
    lock_seconds: Option<u64>,
}

fn kind(word: &str) -> Result<StatementKind, String> {
    StatementKind::parse(word).ok_or_else(|| "write restriction, order or reversal".to_owned())
}

fn tongue(tag: &str) -> Result<Tongue, String> {
    Tongue::of_tag(tag).ok_or_else(|| "statements are written in `en` and `ar`".to_owned())
}

/// Carries a command about statements out.
///
/// # Errors
/// What went wrong.
pub async fn run(command: StatementsCommand, place: &Place) -> Result<Exit, Failure> {
    match command {
        StatementsCommand::List(told) => list(told, place).await,
        StatementsCommand::Show(told) => show(told, place).await,
        StatementsCommand::Submit(told) if told.dry_run => dry_run(place).await,
        StatementsCommand::Submit(told) => submit(told, place).await,
        StatementsCommand::Template(told) => template(told, place).await,
        StatementsCommand::StandIn(told) => rehearse(told).await,
    }
}

async fn list(told: ListArguments, place: &Place) -> Result<Exit, Failure> {
    let engine = place.existing_engine().await?;
    let (mut after, mut left) = (told.after, told.limit);
    while left > 0 {
        let page = left.min(limits::PAGE_ROWS);
        let rows = engine.statements(told.service.as_ref(), after.as_ref(), page).await?;
        for row in &rows {
            let state = row.state.as_str();
            print_json(&serde_json::json!({ "state": state, "statement": row.statement }))?;
        }
        match rows.last() {
            Some(last) if rows.len() == page => after = Some(last.statement.id.clone()),
            Some(_) | None => break,
        }
        left -= rows.len();
    }
    Ok(Exit::Clean)
}

async fn show(told: ShowArguments, place: &Place) -> Result<Exit, Failure> {
    let engine = place.existing_engine().await?;
    let row = engine.statement(&told.statement).await?;
    let text = &row.statement.told;
    match told.format {
        Shown::Json => {
            let submissions = engine.submissions_of(&told.statement).await?;
            let state = row.state.as_str();
            print_json(&serde_json::json!({
                "state": state, "statement": row.statement, "submissions": submissions,
            }))?;
        }
        Shown::Text => println!("{}", text.text),
        Shown::Html => {
            let tongue = Tongue::of_tag(&text.language).unwrap_or(Tongue::English);
            print!("{}", as_html(&text.text, tongue));
        }
    }
    Ok(Exit::Clean)
}

/// Shows what waits, and what the rules say of it; nothing is sent.
async fn dry_run(place: &Place) -> Result<Exit, Failure> {
    let engine = place.existing_engine().await?;
    let waiting = engine.submissions(Delivery::Pending, limits::PAGE_ROWS).await?;
    let mut exit = Exit::Clean;
    for submission in &waiting {
        let faults = check(&submission.fields, Endpoint::Batch);
        if !faults.is_empty() {
            exit = Exit::Found;
        }
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        print_json(&serde_json::json!({ "fields": submission.fields, "faults": faults }))?;
    }
    eprintln!("{} statements wait; nothing was sent", waiting.len());
    Ok(exit)
}

async fn submit(told: SubmitArguments, place: &Place) -> Result<Exit, Failure> {
    let settings = place.settings(None)?;
    let engine = place.existing_engine().await?;
    if settings.transparency_databases.is_empty() {
        let remedy = "name a database under [transparency_database.SERVICE] in the settings";
        return Err(Failure::plain(format!("nothing is submitted without a database: {remedy}")));
    }
    if told.again {
        let count = engine.repeat_submissions(&Origin::operator()).await?;
        eprintln!("{count} refused statements are tried again");
    }
    let outside = serve::outside(&settings)?;
    let mut sum = Told::default();
    for (service, database) in &settings.transparency_databases {
        let pace = Pace::new(database.requests_per_second, database.requests_per_minute);
        loop {
            let told = submit_due(&engine, &outside, service, database, &pace).await?;
            sum.taken += told.taken;
            sum.refused += told.refused;
            sum.later += told.later;
            if told.taken + told.refused == 0 {
                break;
            }
        }
    }
    print_json(&sum)?;
    Ok(if sum.refused + sum.later == 0 { Exit::Clean } else { Exit::Found })
}

async fn template(command: TemplateCommand, place: &Place) -> Result<Exit, Failure> {
    match command {
        TemplateCommand::Show(which) => {
            let engine = place.existing_engine().await?;
            let view = engine.template(which.kind, which.language).await?;
            eprintln!("version {}", view.version);
            print!("{}", view.text);
        }
        TemplateCommand::Check(told) => {
            let text = read(&told.file)?;
            Template::parse(told.which.kind, &text).map_err(|error| failed(&told.file, error))?;
            eprintln!("{} can be used", told.file.display());
        }
        TemplateCommand::Write(told) => {
            let text = read(&told.file)?;
            let engine = place.engine().await?;
            let (kind, tongue) = (told.which.kind, told.which.language);
            let written = engine.write_template(kind, tongue, &text, &Origin::operator()).await;
            print_json(&written.map_err(|error| failed(&told.file, error))?)?;
        }
    }
    Ok(Exit::Clean)
}

fn read(file: &std::path::Path) -> Result<String, Failure> {
    std::fs::read_to_string(file).map_err(|error| failed(file, error))
}

async fn rehearse(told: StandInArguments) -> Result<Exit, Failure> {
    let lock = told.lock_seconds.or(u64::try_from(interface().lock_seconds).ok());
    let manner = stand_in::Manner {
        token: told.token,
        lose_every: told.lose_every,
        fail_every: told.fail_every,
        busy_every: told.busy_every,
        lock: Duration::from_secs(lock.unwrap_or(0)),
    };
    let wrong =
        |error: std::io::Error| Failure::plain(format!("--listen {}: {error}", told.listen));
    let listener = tokio::net::TcpListener::bind(&told.listen).await.map_err(wrong)?;
    let address = listener.local_addr().map_err(wrong)?;
    println!("ready http://{address}/api/v1");
    eprintln!(
        "a stand-in, not the database: allow \"{address}\" under outside.allow and name \
         http://{address}/api/v1 under [transparency_database.SERVICE]"
    );
    axum::serve(listener, stand_in::router(manner))
        .with_graceful_shutdown(serve::stop_signal())
        .await
        .map_err(wrong)?;
    Ok(Exit::Clean)
}
