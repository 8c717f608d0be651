//! The command line: what can be asked, and who answers.

mod archive;
mod banks;
mod cluster;
mod evidence;
mod exposures;
mod learn;
mod log;
mod orders;
mod people;
mod redress;
mod report;
mod rules;
mod simulate;
mod statements;
mod stored;
mod stream;
mod study;
mod tables;
mod threats;

pub use simulate::write_world;

use crate::exit::Exit;
use crate::settings::{self, Settings};
use crate::{demo, local, records, reference, serve};
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use engine::{Clock, Engine, Location, Options};
use std::path::{Path, PathBuf};

/// Check every item, sort what needs a person, carry out the decision, prove what was done.
///
/// Start with `seawall demo`: it streams an invented service into a real installation and prints
/// where to sign in. `seawall check FILE` judges items without storing anything. `seawall config >
/// seawall.toml` and `seawall serve` run it for real.
///
/// Data goes to standard output, words for people to standard error. Exit status: 0 done, 1 found
/// something (check, replay) or does not hold (verify), 2 an error.
#[derive(Debug, Parser)]
#[command(name = "seawall", version, max_term_width = 100)]
pub struct Arguments {
    /// Settings file; without it `seawall.toml` in the present folder, where there is one.
    #[arg(
        long,
        global = true,
        env = "SEAWALL_CONFIG",
        hide_env_values = true,
        value_name = "FILE"
    )]
    config: Option<PathBuf>,
    /// SQLite file or PostgreSQL address, over the settings.
    #[arg(long, global = true, value_name = "PLACE")]
    database: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Stream an invented service into a real installation in a temporary folder.
    Demo(demo::DemoArguments),
    /// Run the HTTP API, the console and the workers in one process.
    Serve(ServeArguments),
    /// Judge items, media files or folders without storing anything.
    Check(local::CheckArguments),
    /// Print the hashes of media files, one JSON line a file.
    Hash(local::HashArguments),
    /// Curate banks: known things to match.
    #[command(subcommand)]
    Bank(banks::BankCommand),
    /// Check and promote rules.
    #[command(subcommand)]
    Rules(rules::RulesCommand),
    /// Take orders of authorities in, carry them out, and answer.
    #[command(subcommand)]
    Orders(orders::OrdersCommand),
    /// Report threats to life or to your staff, confirm them, and see who was told.
    #[command(subcommand)]
    Threats(threats::ThreatsCommand),
    /// Note exposure decisions, their specific measures, and the reports on them.
    #[command(subcommand)]
    Exposures(exposures::ExposuresCommand),
    /// Make a stored verdict again and show any difference.
    Replay(stored::ReplayArguments),
    /// Recompute the sealed log and name the first record that does not hold.
    Verify(stored::VerifyArguments),
    /// Write the sealed log to a file that `verify` reads anywhere.
    Export(stored::ExportArguments),
    /// Publish the log, take it along, verify a published one, prove a record.
    #[command(subcommand)]
    Log(log::LogCommand),
    /// See, prolong, hold, export and check what is preserved; care for its keys.
    #[command(subcommand)]
    Evidence(evidence::EvidenceCommand),
    /// Study a dataset: campaigns, census, returns.
    #[command(subcommand)]
    Study(study::StudyCommand),
    /// Write an invented world with its truth, or stream it into a running Seawall.
    Simulate(simulate::SimulateArguments),
    /// Compute the reports that the law asks for from the sealed log; publish and check them.
    #[command(subcommand)]
    Report(report::ReportCommand),
    /// Read what people were told, edit its templates, submit it to the DSA Transparency Database.
    #[command(subcommand)]
    Statements(statements::StatementsCommand),
    /// Run the tabular plans of studies on several machines.
    #[command(subcommand)]
    Cluster(cluster::ClusterCommand),
    /// The ladder of strikes: show it, change it, try another on the past.
    #[command(subcommand)]
    Strikes(redress::StrikesCommand),
    /// Appeals: list them, count them.
    #[command(subcommand)]
    Appeals(redress::AppealsCommand),
    /// Those who give notice: trusted flaggers, referral units, and how often they were right.
    #[command(subcommand)]
    Flaggers(redress::FlaggersCommand),
    /// Count what became of the referrals of each referral unit, one JSON line for each outcome.
    Referrals(redress::ReferralsArguments),
    /// Manage the people who sign in.
    #[command(subcommand)]
    User(people::UserCommand),
    /// Manage API keys.
    #[command(subcommand)]
    Key(people::KeyCommand),
    /// Print the default settings file with every key explained.
    Config,
    /// Print completions for a shell.
    Completions(CompletionArguments),
    /// Write the generated reference pages.
    #[command(hide = true)]
    Docs(reference::DocsArguments),
}

#[derive(Debug, Args)]
struct ServeArguments {
    /// Address and port, over the settings.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
}

#[derive(Debug, Args)]
struct CompletionArguments {
    /// The shell.
    shell: clap_complete::Shell,
}

/// How a command prints what it found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One JSON object a line.
    Json,
    /// Lines for people.
    Text,
}

/// Why a command failed, in words for the person who called it.
#[derive(Debug)]
pub enum Failure {
    /// One line.
    Plain(String),
    /// With a place in a file.
    Placed(Box<miette::Report>),
}

impl Failure {
    /// Makes a one-line failure.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::Plain(text.into())
    }

    /// Prints it on standard error.
    pub fn tell(self) -> Exit {
        match self {
            Self::Plain(text) => eprintln!("seawall: {text}"),
            Self::Placed(report) => eprintln!("{report:?}"),
        }
        Exit::Error
    }
}

impl From<engine::Error> for Failure {
    fn from(error: engine::Error) -> Self {
        Self::Plain(error.to_string())
    }
}

impl From<settings::SettingsError> for Failure {
    fn from(error: settings::SettingsError) -> Self {
        Self::Placed(Box::new(miette::Report::new(error)))
    }
}

/// Carries a command out.
///
/// # Errors
/// What went wrong, for the person who called it.
pub async fn run(arguments: Arguments) -> Result<Exit, Failure> {
    let place = Place { config: arguments.config, database: arguments.database };
    match arguments.command {
        Command::Demo(demo) => demo::run(demo).await,
        Command::Serve(serve) => serve::run(place.settings(serve.listen)?).await,
        Command::Check(check) => local::check(check).await,
        Command::Hash(hash) => local::hash(&hash),
        Command::Bank(bank) => banks::run(bank, &place).await,
        Command::Rules(rules) => rules::run(rules, &place).await,
        Command::Orders(orders) => orders::run(orders, &place).await,
        Command::Threats(threats) => threats::run(threats, &place).await,
        Command::Exposures(exposures) => exposures::run(exposures, &place).await,
        Command::Replay(replay) => stored::replay(replay, &place).await,
        Command::Verify(verify) => stored::verify(verify, &place).await,
        Command::Export(export) => stored::export(export, &place).await,
        Command::Log(told) => log::run(told, &place).await,
        Command::Evidence(told) => evidence::run(told, &place).await,
        Command::Study(told) => study::run(told, &place).await,
        Command::Simulate(told) => simulate::run(told).await,
        Command::Report(told) => report::run(told, &place).await,
        Command::Statements(told) => statements::run(told, &place).await,
        Command::Cluster(told) => cluster::run(told).await,
        Command::Strikes(told) => redress::strikes(told, &place).await,
        Command::Appeals(told) => redress::appeals(told, &place).await,
        Command::Flaggers(told) => redress::flaggers(told, &place).await,
        Command::Referrals(told) => redress::referrals(told, &place).await,
        Command::User(user) => people::user(user, &place).await,
        Command::Key(key) => people::key(key, &place).await,
        Command::Config => {
            print!("{}", settings::default_file());
            Ok(Exit::Clean)
        }
        Command::Completions(completions) => {
            let mut command = Arguments::command();
            clap_complete::generate(
                completions.shell,
                &mut command,
                "seawall",
                &mut std::io::stdout(),
            );
            Ok(Exit::Clean)
        }
        Command::Docs(docs) => reference::write(&docs),
    }
}

/// The command line as clap knows it, for the reference page.
#[must_use]
pub fn command() -> clap::Command {
    Arguments::command()
}

/// Where the installation is.
#[derive(Debug)]
pub struct Place {
    config: Option<PathBuf>,
    database: Option<String>,
}

impl Place {
    /// Loads the settings.
    fn settings(&self, listen: Option<String>) -> Result<Settings, Failure> {
        let mut flags = Vec::new();
        flags.extend(self.database.clone().map(|database| ("storage.database", database)));
        flags.extend(listen.map(|listen| ("server.listen", listen)));
        let environment = |name: &str| std::env::var(name).ok();
        Ok(settings::load(self.config.as_deref(), environment, &flags)?)
    }

    /// Opens the installation.
    async fn engine(&self) -> Result<Engine, Failure> {
        open(&self.settings(None)?).await
    }

    /// Opens an installation that must be there already: commands that prove something about what
    /// is stored must not make an empty one and find that it holds.
    async fn existing_engine(&self) -> Result<Engine, Failure> {
        let settings = self.settings(None)?;
        match settings.location() {
            Location::Sqlite(path) if !path.exists() => Err(Failure::plain(format!(
                "there is no installation at {}: name its settings with --config FILE or its \
                 database with --database PLACE",
                path.display()
            ))),
            Location::Sqlite(_) | Location::Postgres(_) => open(&settings).await,
        }
    }

    fn log_key(&self) -> Result<records::LogKey, Failure> {
        let settings = self.settings(None)?;
        records::LogKey::open(&settings).map_err(Failure::Plain)
    }
}

/// The policy of an installation that has written none, since a decision must rest on one.
const FIRST_POLICY: (&str, &str, &str) = (
    "default",
    "Terms of the service",
    "This installation has not written its policies yet. Until it has, decisions rest on the terms \
     of the service as a whole. Write policies in the settings file, under [[policy]].",
);

/// Opens the installation that settings describe.
///
/// # Errors
/// Where a first rule file cannot be read or the state cannot be opened.
pub async fn open(settings: &Settings) -> Result<Engine, Failure> {
    let mut first_rules = Vec::new();
    for path in &settings.rules.first {
        first_rules.push(local::read_rule_file(&settings.path(path))?);
    }
    if first_rules.is_empty() {
        first_rules = local::default_rules();
    }
    let options = Options {
        location: settings.location(),
        evidence: settings.path(&settings.storage.evidence),
        evidence_keys: settings.path(&settings.evidence.keys),
        second_person: settings.evidence.second_person,
        datasets: settings.path(&settings.storage.datasets),
        queues: settings.queues.clone(),
        ladder: settings.ladder.clone(),
        first_rules,
        redress: settings.redress().map_err(Failure::Plain)?,
        clock: Clock::system(),
        decoder: decoder()?,
        orders: settings.order_setup().map_err(Failure::Plain)?,
        threats: settings.threat_setup().map_err(Failure::Plain)?,
        statements: settings.statement_options(),
    };
    let engine = Engine::open(options).await?;
    let origin = engine::Origin::operator();
    for policy in &settings.policies {
        engine.write_policy(&policy.id, &policy.title, &policy.text, &origin).await?;
        if let Some(norm) = &policy.norm {
            engine.write_norm(&policy.id, norm, &origin).await?;
        }
    }
    if engine.policies().await?.is_empty() {
        let (id, title, text) = FIRST_POLICY;
        engine.write_policy(id, title, text, &origin).await?;
    }
    Ok(engine)
}

/// What decodes media: this program, started again.
///
/// # Errors
/// Where the system cannot tell which program this is.
pub fn decoder() -> Result<sandbox::Decoder, Failure> {
    let options = sandbox::Options::of_this_program();
    let options = options.map_err(|error| Failure::plain(format!("this program: {error}")))?;
    Ok(sandbox::Decoder::workers(options))
}

/// What went wrong with a file or folder.
fn failed(path: &Path, error: impl std::fmt::Display) -> Failure {
    Failure::plain(format!("{}: {error}", path.display()))
}

/// Prints a value as one JSON line on standard output.
///
/// # Errors
/// Where standard output is gone.
pub fn print_json<T: serde::Serialize>(value: &T) -> Result<(), Failure> {
    use std::io::Write;
    let line = serde_json::to_string(value).map_err(|error| Failure::plain(error.to_string()))?;
    writeln!(std::io::stdout(), "{line}").map_err(|error| Failure::plain(error.to_string()))
}
