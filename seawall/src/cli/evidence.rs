//! `seawall evidence`: what is preserved, for whom and until when; its keys; exports and checks.

use super::{Failure, Place, failed, print_json};
use crate::exit::Exit;
use clap::{Args, Subcommand, ValueEnum};
use engine::{
    AccessInput, Actor, ExportInput, Former, NewIdentity, Origin, PreservationFilter, ProlongInput,
};
use evidence::bag::{self, Folder};
use evidence::keys::Recipients;
use evidence::tape::TapeWriter;
use model::{AccessPurpose, CaseId, PreservationId, Timestamp, limits};
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub enum EvidenceCommand {
    /// List what is preserved, one JSON object a line; what ends first comes first.
    List(ListArguments),
    /// Show what is said of one preservation, without its content.
    Show(OneArguments),
    /// Ask for access to a preservation, or write an original under an access that was allowed.
    Open(OpenArguments),
    /// Keep longer, because an authority or court asks for it for pending proceedings.
    Prolong(ProlongArguments),
    /// Hold a preservation against deletion.
    Hold(ReasonArguments),
    /// Lift the holds of a preservation.
    Release(ReasonArguments),
    /// Seal what lies in the clear from before, and what was ordered to be preserved.
    Seal,
    /// Delete now what is due; a server does so by itself.
    Delete,
    /// Wrap every key anew for a new identity; evidence stays as it is.
    Rotate(RotateArguments),
    /// Write what belongs to a case as a bag that others can check.
    Export(ExportArguments),
    /// Read all evidence and say what is damaged; with a folder, check a bag.
    Check(CheckArguments),
    /// Keep a WARC file of captured pages with what is preserved of a case.
    Import(ImportArguments),
    /// Write captured pages of a WARC file as files, or files as a WARC file.
    #[command(subcommand)]
    Archive(super::archive::ArchiveCommand),
}

#[derive(Debug, Args)]
pub struct ListArguments {
    /// Of this case alone.
    #[arg(long)]
    case: Option<String>,
}

#[derive(Debug, Args)]
pub struct OneArguments {
    /// The preservation's id.
    preservation: String,
}

/// What for, as the law has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Purpose {
    /// Proceedings of administrative or judicial review.
    Review,
    /// Handling of a complaint against the removal.
    Complaint,
    /// Investigation of terrorist offences.
    Investigation,
}

impl From<Purpose> for AccessPurpose {
    fn from(purpose: Purpose) -> Self {
        match purpose {
            Purpose::Review => Self::Review,
            Purpose::Complaint => Self::Complaint,
            Purpose::Investigation => Self::Investigation,
        }
    }
}

#[derive(Debug, Args)]
pub struct WhyArguments {
    /// What for; nothing else is allowed.
    #[arg(long)]
    purpose: Purpose,
    /// Why, in words; the record commits to them.
    #[arg(long)]
    reason: String,
}

impl WhyArguments {
    fn input(&self) -> AccessInput {
        AccessInput { purpose: self.purpose.into(), reason: self.reason.clone() }
    }
}

#[derive(Debug, Args)]
pub struct OpenArguments {
    /// The preservation's id.
    preservation: String,
    /// What for; asks for access.
    #[arg(long, requires = "reason", required_unless_present = "access")]
    purpose: Option<Purpose>,
    /// Why, in words.
    #[arg(long)]
    reason: Option<String>,
    /// The number of an access that was allowed.
    #[arg(long, requires_all = ["original", "out"], conflicts_with = "purpose")]
    access: Option<u32>,
    /// The original to write, such as `1.json`.
    #[arg(long)]
    original: Option<String>,
    /// The file to write it to.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct ProlongArguments {
    /// The preservation's id.
    preservation: String,
    /// The authority or court that asks.
    #[arg(long)]
    asked_by: String,
    /// The pending proceedings, as that authority names them.
    #[arg(long)]
    proceedings: String,
    /// Until when, such as `2027-06-01T00:00:00Z`.
    #[arg(long)]
    until: String,
}

#[derive(Debug, Args)]
pub struct ReasonArguments {
    /// The preservation's id.
    preservation: String,
    /// Why.
    #[arg(long)]
    reason: String,
}

#[derive(Debug, Args)]
pub struct RotateArguments {
    /// Make no new identity: wrap for those in `recipients.txt` as it is now.
    #[arg(long)]
    recipients_only: bool,
    /// Remove identities that are no longer in use, once every key opens without them.
    #[arg(long)]
    remove_former: bool,
}

#[derive(Debug, Args)]
pub struct ExportArguments {
    /// The case.
    case: String,
    /// The folder to write, which must not be there yet; with `--to` a file.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// An age recipient: the bag becomes one encrypted file, a tape that `tar` unpacks.
    #[arg(long, value_name = "age1…")]
    to: Vec<String>,
    #[command(flatten)]
    why: WhyArguments,
}

#[derive(Debug, Args)]
pub struct ImportArguments {
    /// The WARC file, unpacked.
    #[arg(long, value_name = "FILE")]
    warc: PathBuf,
    /// The case.
    #[arg(long, value_name = "ID")]
    case: String,
}

#[derive(Debug, Args)]
pub struct CheckArguments {
    /// A bag; without it all evidence of the installation.
    bag: Option<PathBuf>,
}

/// Carries a command out.
///
/// # Errors
/// What went wrong.
pub async fn run(command: EvidenceCommand, place: &Place) -> Result<Exit, Failure> {
    match command {
        EvidenceCommand::List(list) => self::list(list, place).await,
        EvidenceCommand::Show(one) => show(&one, place).await,
        EvidenceCommand::Open(open) => self::open(open, place).await,
        EvidenceCommand::Prolong(prolong) => self::prolong(prolong, place).await,
        EvidenceCommand::Hold(hold) => {
            let engine = place.existing_engine().await?;
            let id = preservation(&hold.preservation)?;
            print_json(&engine.hold(&id, &hold.reason, &Origin::operator()).await?)?;
            Ok(Exit::Clean)
        }
        EvidenceCommand::Release(release) => {
            let engine = place.existing_engine().await?;
            let id = preservation(&release.preservation)?;
            print_json(&engine.release_hold(&id, &release.reason, &Origin::operator()).await?)?;
            Ok(Exit::Clean)
        }
        EvidenceCommand::Seal => seal(place).await,
        EvidenceCommand::Delete => {
            let deleted = place.existing_engine().await?.delete_due().await?;
            print_json(&serde_json::json!({ "deleted": deleted }))?;
            Ok(Exit::Clean)
        }
        EvidenceCommand::Rotate(rotate) => self::rotate(&rotate, place).await,
        EvidenceCommand::Export(export) => self::export(&export, place).await,
        EvidenceCommand::Check(check) => self::check(check, place).await,
        EvidenceCommand::Import(import) => self::import(&import, place).await,
        EvidenceCommand::Archive(archive) => super::archive::run(archive),
    }
}

fn preservation(text: &str) -> Result<PreservationId, Failure> {
    PreservationId::new(text).map_err(|error| Failure::plain(error.to_string()))
}

fn case_id(text: &str) -> Result<CaseId, Failure> {
    CaseId::new(text).map_err(|error| Failure::plain(error.to_string()))
}

async fn list(arguments: ListArguments, place: &Place) -> Result<Exit, Failure> {
    let engine = place.existing_engine().await?;
    let case = arguments.case.as_deref().map(case_id).transpose()?;
    let mut filter =
        PreservationFilter { case, limit: limits::PAGE_ROWS, ..PreservationFilter::default() };
    loop {
        let page = engine.preservations(&filter).await?;
        for preservation in &page {
            print_json(preservation)?;
        }
        if page.len() < filter.limit {
            return Ok(Exit::Clean);
        }
        filter.offset += page.len();
    }
}

async fn show(arguments: &OneArguments, place: &Place) -> Result<Exit, Failure> {
    let engine = place.existing_engine().await?;
    print_json(&engine.preservation(&preservation(&arguments.preservation)?).await?)?;
    Ok(Exit::Clean)
}

async fn open(arguments: OpenArguments, place: &Place) -> Result<Exit, Failure> {
    let engine = place.existing_engine().await?;
    let id = preservation(&arguments.preservation)?;
    let actor = Actor::Operator;
    if let (Some(purpose), Some(reason)) = (arguments.purpose, arguments.reason) {
        let input = AccessInput { purpose: purpose.into(), reason };
        print_json(&engine.ask_access(&id, &input, &Origin::operator()).await?)?;
        return Ok(Exit::Clean);
    }
    let (Some(access), Some(name), Some(out)) =
        (arguments.access, arguments.original, arguments.out)
    else {
        return Err(Failure::plain(
            "give --purpose and --reason, or --access, --original and --out",
        ));
    };
    let (bytes, original) = engine.read_original(&id, access, &name, &actor).await?;
    create(&out)
        .and_then(|mut file| file.write_all(&bytes))
        .map_err(|error| failed(&out, error))?;
    print_json(&original)?;
    Ok(Exit::Clean)
}

async fn prolong(arguments: ProlongArguments, place: &Place) -> Result<Exit, Failure> {
    let engine = place.existing_engine().await?;
    let until = Timestamp::parse(&arguments.until)
        .map_err(|error| Failure::plain(format!("--until: {error}")))?;
    let ProlongArguments { asked_by, proceedings, .. } = arguments;
    let input = ProlongInput { asked_by, proceedings, until };
    let id = preservation(&arguments.preservation)?;
    print_json(&engine.prolong(&id, &input, &Origin::operator()).await?)?;
    Ok(Exit::Clean)
}

async fn seal(place: &Place) -> Result<Exit, Failure> {
    let engine = place.existing_engine().await?;
    let bar = crate::local::progress(None, "files sealed");
    let mut from_before = 0;
    loop {
        let sealed = engine.seal_plain_evidence(limits::PAGE_ROWS).await?;
        from_before += sealed;
        bar.set_position(from_before as u64);
        if sealed == 0 {
            break;
        }
    }
    bar.finish_and_clear();
    let mut preservations = 0;
    loop {
        let sealed = engine.seal_ordered().await?;
        preservations += sealed;
        if sealed == 0 {
            break;
        }
    }
    print_json(&serde_json::json!({ "files": from_before, "preservations": preservations }))?;
    Ok(Exit::Clean)
}

async fn rotate(arguments: &RotateArguments, place: &Place) -> Result<Exit, Failure> {
    let engine = place.existing_engine().await?;
    let new = if arguments.recipients_only { NewIdentity::No } else { NewIdentity::Made };
    let former = if arguments.remove_former { Former::Removed } else { Former::Kept };
    print_json(&engine.rotate_evidence_keys(new, former, &Actor::Operator).await?)?;
    Ok(Exit::Clean)
}

async fn export(arguments: &ExportArguments, place: &Place) -> Result<Exit, Failure> {
    let engine = place.existing_engine().await?;
    let case = case_id(&arguments.case)?;
    let out = &arguments.out;
    if out.exists() {
        return Err(failed(out, "is there already; name one that is not"));
    }
    let (signer, access) = (place.log_key()?, arguments.why.input());
    let input = ExportInput { access: &access, signer: &signer };
    let exported = if arguments.to.is_empty() {
        let mut sink = |path: &str, bytes: &[u8]| write_file(&out.join(path), bytes);
        engine.export_evidence(&case, &input, &Actor::Operator, &mut sink).await?
    } else {
        let recipients = Recipients::parse(&arguments.to.join("\n"))
            .map_err(|error| Failure::plain(format!("--to: {error}")))?;
        let seconds = u64::try_from(engine.now().micros() / 1_000_000).unwrap_or(0);
        // The tape is written to a file without a name first: its length is not known before.
        let mut tape = TapeWriter::new(tempfile::tempfile().map_err(|e| failed(out, e))?, seconds);
        let mut sink = |path: &str, bytes: &[u8]| {
            tape.file(&format!("{case}/{path}"), bytes.len() as u64, bytes)
        };
        let exported = engine.export_evidence(&case, &input, &Actor::Operator, &mut sink).await?;
        let file = tape.finish().map_err(|error| failed(out, error))?;
        encrypt(&recipients, file, out).map_err(|error| failed(out, error))?;
        exported
    };
    print_json(&exported)?;
    Ok(Exit::Clean)
}

async fn import(arguments: &ImportArguments, place: &Place) -> Result<Exit, Failure> {
    let engine = place.existing_engine().await?;
    let (case, path) = (case_id(&arguments.case)?, &arguments.warc);
    let file = File::open(path).map_err(|error| failed(path, error))?;
    let mut bytes = Vec::new();
    // One byte more than is taken, so that what is too large is told and not cut.
    let read = file.take(limits::ARCHIVE_BYTES as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| failed(path, error))?;
    let kept = engine.import_archive(&case, bytes, &Origin::operator()).await;
    print_json(&kept.map_err(|error| failed(path, error))?)?;
    Ok(Exit::Clean)
}

fn encrypt(recipients: &Recipients, mut tape: File, out: &Path) -> io::Result<()> {
    use io::Seek;
    tape.rewind()?;
    let mut to = BufWriter::new(create(out)?);
    recipients.encrypt(tape, &mut to)?;
    to.flush()?;
    to.get_ref().sync_all()
}

/// Makes a file for its owner alone; one that is there is refused.
fn create(path: &Path) -> io::Result<File> {
    File::options().write(true).create_new(true).mode(0o600).open(path)
}

fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let mut file = create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

async fn check(arguments: CheckArguments, place: &Place) -> Result<Exit, Failure> {
    if let Some(path) = arguments.bag {
        return check_bag(&path);
    }
    let engine = place.existing_engine().await?;
    let bar = crate::local::progress(None, "objects read");
    let check = engine.check_evidence(|read| bar.set_position(read as u64)).await?;
    bar.finish_and_clear();
    for problem in &check.problems {
        eprintln!("seawall: {problem}");
    }
    print_json(&check)?;
    Ok(if check.problems.is_empty() { Exit::Clean } else { Exit::Found })
}

fn check_bag(path: &Path) -> Result<Exit, Failure> {
    if !path.is_dir() {
        return Err(failed(path, "is no folder"));
    }
    match bag::check(&BagFolder(path)) {
        Ok(checked) => {
            let (files, bytes) = (checked.files, checked.bytes);
            print_json(&serde_json::json!({ "files": files, "bytes": bytes }))?;
            Ok(Exit::Clean)
        }
        Err(problems) => {
            for problem in problems {
                eprintln!("seawall: {}: {problem}", path.display());
            }
            Ok(Exit::Found)
        }
    }
}

/// A bag on disk. Links are not followed: they lead out of it.
struct BagFolder<'a>(&'a Path);

impl Folder for BagFolder<'_> {
    fn files(&self) -> io::Result<Vec<String>> {
        let (mut files, mut folders) = (Vec::new(), vec![self.0.to_owned()]);
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder)? {
                let entry = entry?;
                if entry.file_type()?.is_dir() {
                    folders.push(entry.path());
                    continue;
                }
                let path = entry.path();
                let inner = path.strip_prefix(self.0).map_err(io::Error::other)?;
                let name = inner.to_str().ok_or_else(|| {
                    io::Error::other(format!("{}: its name is not UTF-8", path.display()))
                })?;
                files.push(name.to_owned());
            }
            if files.len() > limits::BAG_FILES {
                break;
            }
        }
        Ok(files)
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn Read + '_>> {
        let file = self.0.join(path);
        if file.symlink_metadata()?.file_type().is_symlink() {
            return Err(io::Error::other("is a link, which leads out of the bag"));
        }
        Ok(Box::new(File::open(file)?))
    }
}
