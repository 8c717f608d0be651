//! Files written whole or not at all, and folders for their owner alone.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::time::{Duration, SystemTime};

/// Evidence and keys are for their owner alone, as the log's key is.
const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;
/// A draft that is older was left by a crash.
const DRAFT_AGE: Duration = Duration::from_secs(3_600);

/// What is to become of a file that is there already.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Present {
    /// It is replaced.
    Replaced,
    /// It stays, and the new one is dropped.
    Kept,
}

/// Writes a file under another name, flushes it, and gives it its own, so that a name never stands
/// for half a file; then flushes the folder, without which a crash may forget the name. `draft` is
/// on the same file system and used by nobody else.
pub(super) fn write<E: From<io::Error>>(
    draft: &Path,
    path: &Path,
    present: Present,
    content: impl FnOnce(&mut BufWriter<File>) -> Result<(), E>,
) -> Result<(), E> {
    make_folders_of(draft)?;
    make_folders_of(path)?;
    let result = write_draft(draft, content).and_then(|()| Ok(name(draft, path, present)?));
    if result.is_err() {
        let _ = std::fs::remove_file(draft);
    }
    result?;
    Ok(flush_folder_of(path)?)
}

fn write_draft<E: From<io::Error>>(
    draft: &Path,
    content: impl FnOnce(&mut BufWriter<File>) -> Result<(), E>,
) -> Result<(), E> {
    let mut options = OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(FILE_MODE).open(draft)?;
    let mut writer = BufWriter::new(file);
    content(&mut writer)?;
    writer.flush()?;
    Ok(writer.get_ref().sync_all()?)
}

fn name(draft: &Path, path: &Path, present: Present) -> io::Result<()> {
    match present {
        Present::Replaced => std::fs::rename(draft, path),
        Present::Kept => {
            match std::fs::hard_link(draft, path) {
                Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
                Ok(()) | Err(_) => {}
            }
            std::fs::remove_file(draft)
        }
    }
}

/// Overwrites a file, removes it and flushes its folder; `false` where there is none.
///
/// Overwriting is no promise on every disk; that the file is small and in one place makes it one on
/// most, and its removal is durable on all.
pub(super) fn destroy(path: &Path) -> io::Result<bool> {
    let length = match std::fs::metadata(path) {
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    let mut file = OpenOptions::new().write(true).open(path)?;
    let blank = vec![0; usize::try_from(length).unwrap_or(0)];
    file.write_all(&blank)?;
    file.sync_all()?;
    remove(path)
}

/// Removes a file and flushes its folder; `false` where there is none.
pub(super) fn remove(path: &Path) -> io::Result<bool> {
    match std::fs::remove_file(path) {
        Ok(()) => flush_folder_of(path).map(|()| true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Removes what a crash left half-written long ago; something that is being written stays.
pub(super) fn sweep(drafts: &Path, now: SystemTime) -> io::Result<usize> {
    let listed = match std::fs::read_dir(drafts) {
        Ok(listed) => listed,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    let mut swept = 0;
    for draft in listed {
        let draft = draft?;
        let age = now.duration_since(draft.metadata()?.modified()?).unwrap_or_default();
        if age > DRAFT_AGE {
            remove(&draft.path())?;
            swept += 1;
        }
    }
    Ok(swept)
}

/// Makes a folder with those above it, and flushes each folder that got a new name.
pub(super) fn make_folders(folder: &Path) -> io::Result<()> {
    let absent: Vec<&Path> = folder.ancestors().take_while(|above| !is_there(above)).collect();
    DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(folder)?;
    absent.iter().filter_map(|made| made.parent()).map(or_present).try_for_each(flush)
}

fn make_folders_of(file: &Path) -> io::Result<()> {
    file.parent().map_or(Ok(()), make_folders)
}

fn is_there(folder: &Path) -> bool {
    or_present(folder).exists()
}

/// The empty path, above a relative one, stands for the present folder.
fn or_present(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

/// Flushes a file, or the names in a folder.
pub(super) fn flush(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

fn flush_folder_of(path: &Path) -> io::Result<()> {
    path.parent().map(or_present).map_or(Ok(()), flush)
}

/// Every file below a folder of folders, such as `ab/…`: their names.
pub(super) fn names_below(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for inner in list(folder)? {
        for path in list(&inner)? {
            let name = path.file_name().and_then(|name| name.to_str()).map(str::to_owned);
            names.extend(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// What is in a folder; nothing where there is none.
pub(super) fn list(folder: &Path) -> io::Result<Vec<std::path::PathBuf>> {
    match std::fs::read_dir(folder) {
        Ok(listed) => listed.map(|entry| entry.map(|entry| entry.path())).collect(),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(Vec::new())
        }
        Err(error) => Err(error),
    }
}
