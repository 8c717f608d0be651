//! `seawall check`: judge items, media files and folders without storing anything.

use super::{default_rules, expand, files_of, progress, read_bounded, read_rule_files, stem};
use crate::cli::{Failure, Format, decoder, print_json};
use crate::exit::Exit;
use clap::Args;
use engine::Clock;
use indicatif::ProgressBar;
use model::{
    AccountId, Audience, Author, History, Item, ItemId, Kind, Match, Media, MediaId, MediaKind,
    Missing, Outcome, ServiceId, Timestamp, limits,
};
use rules::{Judged, RuleSet};
use sandbox::Decoder;
use serde::Serialize;
use signals::{Banks, Supplied};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// Lines that are judged together, on all cores, before their output is printed in order.
const GROUP: usize = 512;
/// Longest line of a file of items, in bytes.
const LINE_BYTES: usize = limits::REQUEST_BYTES;

#[derive(Debug, Args)]
pub struct CheckArguments {
    /// Files of items (*.jsonl, *.ndjson), media files, folders of both, or `-` for items on
    /// standard input.
    #[arg(default_value = "-")]
    paths: Vec<PathBuf>,
    /// Bank file (CSV or JSON Lines) or folder of them; may be repeated.
    #[arg(long, value_name = "PATH")]
    banks: Vec<PathBuf>,
    /// Rule file or folder of them; may be repeated. Without any, a match asks for review.
    #[arg(long, value_name = "PATH")]
    rules: Vec<PathBuf>,
    /// How findings are printed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// One line of output.
#[derive(Debug, Serialize)]
struct Found {
    item: ItemId,
    verdict: Outcome,
    matches: Vec<Match>,
    rules: Vec<String>,
    labels: Vec<String>,
}

/// What a check needs beside its items.
struct Checker {
    banks: Banks,
    rules: RuleSet,
    format: Format,
    at: Timestamp,
    decoder: Decoder,
}

#[derive(Debug, Default)]
struct Summary {
    items: u64,
    found: u64,
    problems: u64,
}

/// Judges everything that is named.
///
/// # Errors
/// Where banks, rules or files cannot be read at all. A line that is no item is told on standard
/// error and skipped; the exit status is then 2.
pub async fn check(arguments: CheckArguments) -> Result<Exit, Failure> {
    let mut summary = Summary::default();
    let checker = checker(&arguments, &mut summary)?;
    let bar = progress(None, "items checked");
    for path in &arguments.paths {
        if path.as_os_str() == "-" {
            let input = BufReader::new(std::io::stdin());
            let source = Source { name: "standard input", folder: Path::new(".") };
            checker.lines(input, &source, &mut summary, &bar)?;
        } else if path.is_dir() {
            for file in files_of(path)? {
                checker.file(&file, &mut summary, &bar)?;
            }
        } else {
            checker.file(path, &mut summary, &bar)?;
        }
    }
    bar.finish_and_clear();
    let Summary { items, found, problems } = summary;
    eprintln!("{items} items checked, {found} with a match, {problems} problems");
    Ok(match (problems, found) {
        (0, 0) => Exit::Clean,
        (0, _) => Exit::Found,
        _ => Exit::Error,
    })
}

fn checker(arguments: &CheckArguments, summary: &mut Summary) -> Result<Checker, Failure> {
    let mut entries = Vec::new();
    for path in expand(&arguments.banks, &["csv", "jsonl", "ndjson"])? {
        let (name, bytes) = super::read_bank_file(&path)?;
        let (read, problems) = signals::banks::parse_bank(&name, &stem(&path), &bytes);
        for problem in &problems {
            eprintln!("seawall: {problem}");
        }
        summary.problems += problems.len() as u64;
        entries.extend(read);
    }
    let files = if arguments.rules.is_empty() {
        default_rules()
    } else {
        read_rule_files(&arguments.rules)?
    };
    let rules = rules::compile(&files, signals::SIGNALS)
        .map_err(|problems| Failure::plain(problems.render()))?;
    let at = Clock::system().now();
    Ok(Checker {
        banks: Banks::build(entries, 1),
        rules,
        format: arguments.format,
        at,
        decoder: decoder()?,
    })
}

/// Where lines come from.
struct Source<'a> {
    name: &'a str,
    folder: &'a Path,
}

/// What came of one line: a finding, nothing, or a problem.
type Judgement = Result<Option<Found>, String>;

impl Checker {
    fn file(&self, path: &Path, summary: &mut Summary, bar: &ProgressBar) -> Result<(), Failure> {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        if matches!(ending.as_deref(), Some("jsonl" | "ndjson")) {
            let told =
                |error: std::io::Error| Failure::plain(format!("{}: {error}", path.display()));
            let folder = path.parent().unwrap_or(Path::new("."));
            let name = path.display().to_string();
            let input = BufReader::new(File::open(path).map_err(told)?);
            return self.lines(input, &Source { name: &name, folder }, summary, bar);
        }
        let judged = self.media_file(path);
        self.told(vec![(0, judged)], &path.display().to_string(), summary, bar)
    }

    /// Judges a media file as an item of its own.
    fn media_file(&self, path: &Path) -> Judgement {
        let name = path.display().to_string();
        let bytes = read_bounded(path, limits::MEDIA_BYTES).map_err(|failure| match failure {
            Failure::Plain(text) => text,
            Failure::Placed(report) => report.to_string(),
        })?;
        let item = media_item(&name, self.at)?;
        let facts = self.decoder.measure(&bytes);
        let media = item.media.iter().map(|medium| (medium.id.clone(), facts.clone())).collect();
        Ok(self.judge(&item, &Supplied { media }))
    }

    fn lines(
        &self,
        mut input: impl BufRead,
        source: &Source<'_>,
        summary: &mut Summary,
        bar: &ProgressBar,
    ) -> Result<(), Failure> {
        let mut number = 0u64;
        loop {
            let mut group = Vec::with_capacity(GROUP);
            while group.len() < GROUP {
                let line = read_line(&mut input)
                    .map_err(|error| Failure::plain(format!("{}: {error}", source.name)))?;
                let Some(line) = line else { break };
                number += 1;
                group.push((number, line));
            }
            if group.is_empty() {
                return Ok(());
            }
            let judged = self.judge_group(&group, source);
            self.told(judged, source.name, summary, bar)?;
        }
    }

    fn judge_group(&self, group: &[(u64, Line)], source: &Source<'_>) -> Vec<(u64, Judgement)> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let share = group.len().div_ceil(cores).max(1);
        std::thread::scope(|scope| {
            let parts: Vec<_> = group
                .chunks(share)
                .map(|part| {
                    scope.spawn(move || {
                        let judged = part
                            .iter()
                            .filter_map(|(number, line)| Some((*number, self.line(line, source)?)));
                        judged.collect::<Vec<_>>()
                    })
                })
                .collect();
            parts
                .into_iter()
                .flat_map(|part| match part.join() {
                    Ok(judged) => judged,
                    Err(panicked) => std::panic::resume_unwind(panicked),
                })
                .collect()
        })
    }

    /// Judges a line; an empty one is nothing.
    fn line(&self, line: &Line, source: &Source<'_>) -> Option<Judgement> {
        let bytes = match line {
            Line::Whole(bytes) => bytes,
            Line::TooLong => return Some(Err(format!("longer than {LINE_BYTES} bytes; skipped"))),
        };
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return None;
        }
        Some(match model::parse_item(bytes) {
            Ok(item) => Ok(self.judge(&item, &supply(&self.decoder, &item, source.folder))),
            Err(error) => Err(error.to_string()),
        })
    }

    fn judge(&self, item: &Item, supplied: &Supplied) -> Option<Found> {
        let signals = signals::measure_wanted(
            item,
            &self.banks,
            &History::default(),
            (supplied, engine::wanted_by(&self.rules)),
            self.at,
        );
        if signals.matches.is_empty() {
            return None;
        }
        let judged =
            Judged { at: self.at, banks: self.banks.revision(), signals: signals::SIGNALS_VERSION };
        let verdict = rules::evaluate(&self.rules, item, &signals, &judged);
        Some(Found {
            item: item.id.clone(),
            verdict: verdict.outcome,
            matches: signals.matches,
            rules: verdict.rules.into_iter().map(|rule| rule.name.into()).collect(),
            labels: verdict.labels,
        })
    }

    fn told(
        &self,
        judged: Vec<(u64, Judgement)>,
        name: &str,
        summary: &mut Summary,
        bar: &ProgressBar,
    ) -> Result<(), Failure> {
        for (number, judgement) in judged {
            summary.items += 1;
            bar.inc(1);
            match judgement {
                Ok(None) => {}
                Ok(Some(found)) => {
                    summary.found += 1;
                    bar.suspend(|| self.print(&found))?;
                }
                Err(problem) => {
                    summary.items -= 1;
                    summary.problems += 1;
                    let place =
                        if number == 0 { String::new() } else { format!("{name}:{number}: ") };
                    bar.suspend(|| eprintln!("seawall: {place}{problem}"));
                }
            }
        }
        Ok(())
    }

    fn print(&self, found: &Found) -> Result<(), Failure> {
        match self.format {
            Format::Json => print_json(found),
            Format::Text => {
                println!("{}: {}", found.item, found.verdict.as_str());
                for one in &found.matches {
                    println!("  {}", in_words(one));
                }
                Ok(())
            }
        }
    }
}

fn in_words(one: &Match) -> String {
    let mut words = format!("{} `{}` of bank {}", one.kind.as_str(), one.entry, one.bank);
    if let Some(distance) = one.distance_bits {
        words.push_str(&format!(", {distance} of 256 bits away"));
    }
    if let Some(media) = &one.media {
        words.push_str(&format!(", in medium {media}"));
    }
    for span in &one.spans {
        words.push_str(&format!(", bytes {}–{}", span.start, span.end));
    }
    words
}

/// Reads the media of an item that stand beside the file that names it.
fn supply(decoder: &Decoder, item: &Item, folder: &Path) -> Supplied {
    let media = item.media.iter().map(|medium| {
        let facts = match (&medium.path, &medium.bytes) {
            (_, Some(encoded)) => decode(encoded).and_then(|bytes| decoder.measure(&bytes)),
            (Some(path), None) => beside(folder, path).and_then(|bytes| decoder.measure(&bytes)),
            (None, None) => Err(Missing::because("the command line fetches no addresses")),
        };
        (medium.id.clone(), facts)
    });
    Supplied { media: media.collect() }
}

fn decode(encoded: &str) -> Result<Vec<u8>, Missing> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD
        .decode(encoded)
        .map_err(|error| Missing::because(format!("its bytes are not base64: {error}")))
}

fn beside(folder: &Path, path: &str) -> Result<Vec<u8>, Missing> {
    read_bounded(&folder.join(path), limits::MEDIA_BYTES).map_err(|failure| {
        Missing::because(match failure {
            Failure::Plain(text) => text,
            Failure::Placed(report) => report.to_string(),
        })
    })
}

/// A media file as an item; the file's name is its id.
fn media_item(name: &str, at: Timestamp) -> Result<Item, String> {
    let told = |error: model::IdProblem| format!("{name}: {error}");
    // Paths can be longer than ids; the end of a path tells more than its beginning.
    let cut = name.char_indices().rev().map(|(at, _)| at);
    let start = cut.take_while(|at| name.len() - at <= limits::ID_BYTES).last().unwrap_or(0);
    let medium = Media {
        id: MediaId::new("file").map_err(told)?,
        kind: MediaKind::Image,
        url: None,
        path: None,
        bytes: None,
        sha256: None,
        pdq: None,
        extra: serde_json::Map::new(),
    };
    let author = Author {
        id: AccountId::new("nobody").map_err(told)?,
        handle: None,
        display_name: None,
        bio: None,
        created_at: None,
        followers: None,
        extra: serde_json::Map::new(),
    };
    Ok(Item {
        service: ServiceId::new("files").map_err(told)?,
        id: ItemId::new(&name[start..]).map_err(told)?,
        kind: Kind::Image,
        created_at: at,
        author,
        text: String::new(),
        language: None,
        links: Vec::new(),
        media: vec![medium],
        in_reply_to: None,
        repost_of: None,
        thread: None,
        audience: Audience::Public,
        extra: serde_json::Map::new(),
    })
}

/// One line of input.
enum Line {
    /// With all its bytes.
    Whole(Vec<u8>),
    /// Longer than is read; its end was skipped.
    TooLong,
}

/// Reads a line of bounded length; `None` at the end.
fn read_line(input: &mut impl BufRead) -> std::io::Result<Option<Line>> {
    let mut bytes = Vec::new();
    let read = input.by_ref().take(LINE_BYTES as u64 + 1).read_until(b'\n', &mut bytes)?;
    if read == 0 {
        return Ok(None);
    }
    if bytes.last() == Some(&b'\n') || bytes.len() <= LINE_BYTES {
        return Ok(Some(Line::Whole(bytes)));
    }
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            return Ok(Some(Line::TooLong));
        }
        match buffer.iter().position(|byte| *byte == b'\n') {
            Some(at) => {
                input.consume(at + 1);
                return Ok(Some(Line::TooLong));
            }
            None => {
                let length = buffer.len();
                input.consume(length);
            }
        }
    }
}
