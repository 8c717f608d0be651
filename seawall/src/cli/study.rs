//! `seawall study`: the three studies over a dataset folder, without a server.

use super::{Failure, Format, failed, learn, print_json, stream, tables};
use crate::console::text::Language;
use crate::exit::Exit;
use crate::studies::{Place, Reading, Telling};
use clap::{Args, Subcommand, ValueEnum};
use engine::CodedSample;
use indicatif::{ProgressBar, ProgressStyle};
use model::{LegalBasis, ServiceId, Study, StudyId, StudyKind, StudySource, StudyState, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fs::{self, File};
use std::io::{BufReader, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use study::campaigns::compat::{self, Options};
use study::census::{Code, Coding, Pseudonyms, SampleDraw};
use study::{Go, Watch};

/// Studies over a dataset folder.
///
/// A dataset is a folder with `items`, `accounts`, `follows` and `actions` as `.parquet` or
/// `.ndjson`; `seawall simulate` writes one. A study that was stopped goes on after its last
/// finished part when it is called again with the same folder, parameters and output.
#[derive(Debug, Subcommand)]
pub enum StudyCommand {
    /// What accounts did together more often than chance explains.
    Campaigns(CampaignArguments),
    /// Which accounts are near a network; draws the sample from which its size is estimated.
    Census(StudyArguments),
    /// Which new accounts may be suspended ones come back.
    Returns(StudyArguments),
    /// Estimate the size of a network from a coded sample of a census.
    Estimate(EstimateArguments),
    /// Pairs of accounts that act together, told while their items come.
    ///
    /// Items come on standard input as lines of JSON, in about the order of their times. Each line
    /// of output is a pair, with its accounts' ids; others say what was left out so far. With
    /// --every 0 the pairs are those of `seawall study table edges`, as long as no item comes later
    /// than --lateness and nothing was left out.
    Stream(stream::StreamArguments),
    /// Tables larger than memory, on this machine or a cluster.
    #[command(subcommand)]
    Table(tables::TableCommand),
    /// Turn a dataset into Parquet, which tables read.
    Convert(tables::ConvertArguments),
    /// Learn from people's decisions in this installation in which order cases are looked at.
    ///
    /// A model of letter sequences is trained on the decisions that people made on items and that
    /// stand, calibrated on the latest quarter of them, and put into use: cases of one priority
    /// then wait in the order of how likely a violation is found. It decides nothing and no rule
    /// reads it. Printed is how right its probabilities are, for each language.
    Learn(learn::LearnArguments),
    /// Print the parameters of a kind of study with their defaults, as JSON.
    Parameters {
        /// The kind.
        kind: Kind,
    },
}

/// A kind of study.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Kind {
    /// Census of a network.
    Census,
    /// Coordinated campaigns.
    Campaigns,
    /// Returning accounts.
    Returns,
}

/// What every study is told.
#[derive(Debug, Args)]
pub struct StudyArguments {
    /// The dataset's folder.
    dataset: PathBuf,
    /// Where the results go: result.json, network.json, report.html, and for a census sample.json.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// Parameters as JSON; what is left out takes its default (see `seawall study parameters`).
    #[arg(long, value_name = "FILE")]
    parameters: Option<PathBuf>,
    /// What the study is for; it stands in the report.
    #[arg(long, default_value = "")]
    purpose: String,
    /// The legal basis that it rests on.
    #[arg(long, value_name = "BASIS", default_value = "legitimate_interests")]
    legal_basis: String,
    /// Days until what it found is to be erased.
    #[arg(long, value_name = "DAYS", default_value_t = 90)]
    retention_days: u32,
    /// Name accounts by their ids instead of pseudonyms.
    #[arg(long)]
    names: bool,
    /// Language of the report: en or ar.
    #[arg(long, default_value = "en")]
    language: String,
}

/// What a study of campaigns is told.
#[derive(Debug, Args)]
pub struct CampaignArguments {
    #[command(flatten)]
    study: StudyArguments,
    /// Make the network of another tool instead, from a CSV file in its form.
    #[arg(long, value_enum)]
    compat: Option<Compat>,
    /// With --compat: the column of objects (CooRTweet) or the name of the network (toolkit).
    #[arg(long, value_name = "COLUMN", requires = "compat")]
    object: Option<String>,
    /// With --compat: at most so many seconds between two actions, both ends included.
    #[arg(long, value_name = "SECONDS", requires = "compat", default_value_t = 60.0)]
    window: f64,
    /// With --compat: the fewest rows of an account (CooRTweet) or the least weight (toolkit).
    #[arg(long, value_name = "N", requires = "compat", default_value_t = 2)]
    participation: u32,
}

/// A tool whose networks are made.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Compat {
    /// CooRTweet 2.1.3: writes pairs.csv and edges.csv.
    Coortweet,
    /// Coordination network toolkit 1.5.2: writes edges.csv.
    Toolkit,
}

/// What an estimate is made from.
#[derive(Debug, Args)]
pub struct EstimateArguments {
    /// The output folder of a census, with its sample.json.
    census: PathBuf,
    /// Answers as CSV with the columns account, coder, answer (member, not_member, unsure), and
    /// optionally round (blind, adjudication) and at (seconds since 1970).
    #[arg(long, value_name = "FILE")]
    codes: PathBuf,
    /// How the estimate is printed.
    #[arg(long, value_enum, default_value_t = Format::Json)]
    format: Format,
}

/// Carries a command out.
///
/// # Errors
/// What went wrong, for the person who called it.
pub async fn run(command: StudyCommand, place: &super::Place) -> Result<Exit, Failure> {
    match command {
        StudyCommand::Learn(arguments) => learn::run(arguments, place).await,
        StudyCommand::Campaigns(arguments) => match arguments.compat {
            Some(tool) => compat(&arguments, tool),
            None => study(StudyKind::Campaigns, arguments.study).await,
        },
        StudyCommand::Census(arguments) => study(StudyKind::Census, arguments).await,
        StudyCommand::Returns(arguments) => study(StudyKind::Returns, arguments).await,
        StudyCommand::Estimate(arguments) => estimate(&arguments),
        StudyCommand::Stream(arguments) => {
            let work = tokio::task::spawn_blocking(move || stream::run(&arguments));
            work.await.map_err(|error| Failure::plain(error.to_string()))?
        }
        StudyCommand::Table(command) => tables::run(command).await,
        StudyCommand::Convert(arguments) => tables::convert(&arguments),
        StudyCommand::Parameters { kind } => {
            let kind = match kind {
                Kind::Census => StudyKind::Census,
                Kind::Campaigns => StudyKind::Campaigns,
                Kind::Returns => StudyKind::Returns,
            };
            print_json(&engine::default_parameters(kind))?;
            Ok(Exit::Clean)
        }
    }
}

fn create(folder: &Path, name: &str) -> Result<BufWriter<File>, Failure> {
    let path = folder.join(name);
    Ok(BufWriter::new(File::create(&path).map_err(|error| failed(&path, error))?))
}

/// Makes the network of another tool.
fn compat(arguments: &CampaignArguments, tool: Compat) -> Result<Exit, Failure> {
    let StudyArguments { dataset, out, .. } = &arguments.study;
    let object = arguments.object.as_deref().ok_or_else(|| {
        Failure::plain("--compat needs --object COLUMN: the column of objects, or the network")
    })?;
    let options = Options::new(object, arguments.window, arguments.participation);
    let input = BufReader::new(File::open(dataset).map_err(|error| failed(dataset, error))?);
    fs::create_dir_all(out).map_err(|error| failed(out, error))?;
    let edges = create(out, "edges.csv")?;
    let summary = match tool {
        Compat::Coortweet => {
            compat::coortweet::run(input, &options, create(out, "pairs.csv")?, edges)
        }
        Compat::Toolkit => compat::toolkit::run(input, &options, edges),
    };
    let summary = summary.map_err(|error| failed(dataset, error))?;
    print_json(&summary)?;
    for capped in &summary.capped {
        eprintln!(
            "seawall: {} has {} actions; {} pairs were not looked at",
            capped.object, capped.actions, capped.pairs_skipped
        );
    }
    Ok(Exit::Clean)
}

/// What makes parts of an earlier run belong to this one.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct RunKey {
    dataset_sha256: String,
    parameters: Value,
}

async fn study(kind: StudyKind, arguments: StudyArguments) -> Result<Exit, Failure> {
    let language = Language::parse(&arguments.language)
        .ok_or_else(|| Failure::plain("--language: the report is written in en or ar"))?;
    let mut study = described(kind, &arguments)?;
    fs::create_dir_all(&arguments.out).map_err(|error| failed(&arguments.out, error))?;
    let stop = stopped_by_signal();
    let told = Teller::new(&arguments.out, stop);
    let work =
        tokio::task::spawn_blocking(move || run_study(&mut study, &arguments, language, told));
    work.await.map_err(|error| Failure::plain(error.to_string()))?
}

/// The first Ctrl-C asks the study to stop after its present step; the second ends the program.
fn stopped_by_signal() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&stop);
    tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() {
            if asked.swap(true, Ordering::Relaxed) {
                std::process::exit(130);
            }
            eprintln!("seawall: stopping; finished parts are kept");
        }
    });
    stop
}

fn described(kind: StudyKind, arguments: &StudyArguments) -> Result<Study, Failure> {
    let given = match &arguments.parameters {
        None => json!({}),
        Some(path) => {
            let text = fs::read_to_string(path).map_err(|error| failed(path, error))?;
            serde_json::from_str(&text).map_err(|error| failed(path, error))?
        }
    };
    let legal_basis = LegalBasis::parse(&arguments.legal_basis).ok_or_else(|| {
        let words: Vec<&str> = LegalBasis::ALL.iter().map(|basis| basis.as_str()).collect();
        Failure::plain(format!("--legal-basis: one of {}", words.join(", ")))
    })?;
    if kind == StudyKind::Census && arguments.purpose.trim().is_empty() {
        return Err(Failure::plain("a census needs --purpose: what accounts are studied for"));
    }
    let now = engine::Clock::system().now();
    let plain = |error: &dyn std::fmt::Display| Failure::plain(error.to_string());
    Ok(Study {
        id: StudyId::new("study_file").map_err(|error| plain(&error))?,
        kind,
        service: ServiceId::new("dataset").map_err(|error| plain(&error))?,
        source: StudySource::Folder { name: arguments.dataset.display().to_string() },
        parameters: engine::checked_parameters(kind, &given)?,
        purpose: arguments.purpose.clone(),
        legal_basis,
        retention_days: arguments.retention_days,
        by: "operator".to_owned(),
        at: now,
        state: StudyState::Running,
        started_at: Some(now),
        ended_at: None,
        expires_at: now.plus_seconds(i64::from(arguments.retention_days) * 86_400),
        dataset_sha256: None,
        problem: None,
        revision: 1,
    })
}

fn run_study(
    study: &mut Study,
    arguments: &StudyArguments,
    language: Language,
    mut told: Teller,
) -> Result<Exit, Failure> {
    let loaded = history::read_dataset(&arguments.dataset, None, &mut told);
    let loaded = match loaded {
        Ok(loaded) => loaded,
        Err(history::Error::Stopped(_)) => return Ok(stopped(&told)),
        Err(error) => return Err(Failure::plain(error.to_string())),
    };
    study.dataset_sha256 = Some(loaded.digest.clone());
    told.belongs_to(&RunKey {
        dataset_sha256: loaded.digest,
        parameters: study.parameters.clone(),
    })?;
    let Some(found) = engine::run_study(study, &loaded.dataset, &mut told)? else {
        return Ok(stopped(&told));
    };
    told.bar.finish_and_clear();
    let names = if arguments.names { Pseudonyms::ids() } else { Pseudonyms::keyed(&fresh_key()?) };
    let telling = if arguments.names { Telling::Shown } else { Telling::Hidden };
    let kind = study.kind;
    let reading = Reading { t: language, kind, place: Place::Report, names, telling };
    write_all(&arguments.out, study, &reading, &found)?;
    told.forget()?;
    print_json(&json!({
        "study": study.kind, "dataset_sha256": study.dataset_sha256,
        "out": arguments.out.display().to_string(),
    }))?;
    Ok(Exit::Clean)
}

fn stopped(told: &Teller) -> Exit {
    told.bar.finish_and_clear();
    eprintln!("seawall: stopped before the end; call it again to go on. There is no result yet.");
    Exit::Error
}

fn fresh_key() -> Result<[u8; 32], Failure> {
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|error| Failure::plain(error.to_string()))?;
    Ok(key)
}

fn write_all(
    out: &Path,
    study: &Study,
    reading: &Reading,
    found: &engine::FoundStudy,
) -> Result<(), Failure> {
    let write = |name: &str, text: &str| {
        let path = out.join(name);
        fs::write(&path, text).map_err(|error| failed(&path, error))
    };
    let about = crate::console::about(reading, study);
    let report =
        crate::studies::report(reading, &about, &found.result, Some(&found.network), None)?;
    write("report.html", &report)?;
    write("result.json", &crate::studies::masked(reading, &found.result)?)?;
    write("network.json", &crate::studies::network_json(reading, &found.network)?)?;
    if let Some(sample) = &found.sample {
        write("sample.json", &crate::studies::masked(reading, sample)?)?;
    }
    Ok(())
}

/// Shows how far a study is, keeps its parts beside its output, and stops it on Ctrl-C.
struct Teller {
    bar: ProgressBar,
    parts: PathBuf,
    stop: Arc<AtomicBool>,
}

impl Teller {
    fn new(out: &Path, stop: Arc<AtomicBool>) -> Self {
        let bar = if std::io::stderr().is_terminal() {
            ProgressBar::new(0)
        } else {
            ProgressBar::hidden()
        };
        let form = "{msg:24} {wide_bar} {pos}/{len} {eta}";
        if let Ok(style) = ProgressStyle::with_template(form) {
            bar.set_style(style);
        }
        Self { bar, parts: out.join(".parts"), stop }
    }

    /// Drops the parts of another dataset or other parameters.
    fn belongs_to(&self, key: &RunKey) -> Result<(), Failure> {
        let path = self.parts.join("run.json");
        let known = fs::read_to_string(&path).ok();
        let known: Option<RunKey> = known.and_then(|text| serde_json::from_str(&text).ok());
        if known.as_ref() == Some(key) {
            return Ok(());
        }
        self.forget()?;
        fs::create_dir_all(&self.parts).map_err(|error| failed(&self.parts, error))?;
        let text = serde_json::to_string(key).map_err(|error| failed(&path, error))?;
        fs::write(&path, text).map_err(|error| failed(&path, error))
    }

    fn forget(&self) -> Result<(), Failure> {
        match fs::remove_dir_all(&self.parts) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(failed(&self.parts, error)),
        }
    }

    fn part(&self, name: &str) -> PathBuf {
        self.parts.join(format!("{}.json", hex::encode(name)))
    }
}

impl Watch for Teller {
    fn progress(&mut self, stage: &'static str, done: u64, total: u64) -> Go {
        self.bar.set_message(stage.replace('_', " "));
        self.bar.set_length(total);
        self.bar.set_position(done);
        if self.stop.load(Ordering::Relaxed) { Go::Stop } else { Go::On }
    }

    fn kept(&mut self, part: &str) -> Option<String> {
        fs::read_to_string(self.part(part)).ok()
    }

    fn keep(&mut self, part: &str, json: &str) {
        let path = self.part(part);
        let unfinished = path.with_extension("unfinished");
        let kept = fs::write(&unfinished, json).and_then(|()| fs::rename(&unfinished, &path));
        if let Err(error) = kept {
            eprintln!("seawall: a part was not kept ({}): {error}", path.display());
        }
    }
}

/// One line of a file of answers.
#[derive(Debug, Deserialize)]
struct CodeLine {
    account: String,
    coder: String,
    answer: study::census::Answer,
    #[serde(default)]
    round: String,
    #[serde(default)]
    at: Option<i64>,
}

fn estimate(arguments: &EstimateArguments) -> Result<Exit, Failure> {
    let path = arguments.census.join("sample.json");
    let text = fs::read_to_string(&path).map_err(|error| failed(&path, error))?;
    let sample: SampleDraw = serde_json::from_str(&text).map_err(|error| failed(&path, error))?;
    let coding = read_codes(&arguments.codes)?;
    let estimate = CodedSample { sample, coding }.estimate();
    let estimate = estimate.map_err(|error| Failure::plain(error.to_string()))?;
    match arguments.format {
        Format::Json => print_json(&estimate)?,
        Format::Text => {
            let members = estimate.members.wilson;
            let words = format!(
                "{:.0} members ({:.0} to {:.0}, 95 % Wilson); {} of {} accounts coded",
                members.value,
                members.low,
                members.high,
                estimate.assumptions.coded,
                estimate.assumptions.drawn
            );
            writeln!(std::io::stdout(), "{words}").map_err(|e| Failure::plain(e.to_string()))?;
        }
    }
    Ok(Exit::Clean)
}

fn read_codes(path: &Path) -> Result<Coding, Failure> {
    let file = File::open(path).map_err(|error| failed(path, error))?;
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(file);
    let mut coding = Coding::default();
    for line in reader.deserialize() {
        let line: CodeLine = line.map_err(|error| failed(path, error))?;
        let code = Code {
            account: line.account,
            coder: line.coder,
            answer: line.answer,
            at_us: line.at.unwrap_or(0).saturating_mul(1_000_000),
        };
        match line.round.as_str() {
            "" | "blind" => coding.codes.push(code),
            "adjudication" => coding.adjudications.push(code),
            other => {
                let words = format!("the round `{other}` is neither blind nor adjudication");
                return Err(failed(path, words));
            }
        }
    }
    Ok(coding)
}

/// The instant that a simulated world begins at, where none is told.
pub(super) fn simulated_start() -> Timestamp {
    Timestamp::parse("2026-03-02T00:00:00Z").expect("a fixed instant")
}
