//! A folder as one file: the `ustar` form of POSIX, which every `tar` unpacks.
//!
//! Only what a bag needs: plain files with plain paths, owned by nobody, at one time. So the same
//! files give the same bytes.

use std::io::{self, Read, Write};

const BLOCK: usize = 512;
/// The largest size that eleven octal digits can say.
const LARGEST: u64 = 0o77_777_777_777;

/// Writes files one after the other.
#[derive(Debug)]
pub struct TapeWriter<W> {
    to: W,
    /// Seconds since 1970.
    at: u64,
}

impl<W: Write> TapeWriter<W> {
    /// Begins a tape; all its files bear the same time, in seconds since 1970.
    pub fn new(to: W, at: u64) -> Self {
        Self { to, at }
    }

    /// Writes one file of a known size.
    ///
    /// # Errors
    /// Where the path does not fit (100 bytes after the last fitting `/`, 155 before), the file is
    /// larger than 8 GiB or not of the size that was told, or the reader or writer fails.
    pub fn file(&mut self, path: &str, bytes: u64, from: impl Read) -> io::Result<()> {
        self.to.write_all(&header(path, bytes, self.at)?)?;
        // One byte more than was told shows a file that grew.
        let copied = io::copy(&mut from.take(bytes.saturating_add(1)), &mut self.to)?;
        if copied != bytes {
            let detail = format!("{path}: {bytes} bytes were told, and it has {copied} or more");
            return Err(io::Error::new(io::ErrorKind::InvalidData, detail));
        }
        let over = usize::try_from(bytes % BLOCK as u64).unwrap_or(0);
        let blank = [0; BLOCK];
        self.to.write_all(&blank[..(BLOCK - over) % BLOCK])
    }

    /// Ends the tape and gives the writer back.
    ///
    /// # Errors
    /// Where the writer fails.
    pub fn finish(mut self) -> io::Result<W> {
        self.to.write_all(&[0; 2 * BLOCK])?;
        self.to.flush()?;
        Ok(self.to)
    }
}

fn header(path: &str, bytes: u64, at: u64) -> io::Result<[u8; BLOCK]> {
    let unfit =
        |detail: &str| io::Error::new(io::ErrorKind::InvalidInput, format!("{path}: {detail}"));
    let (prefix, name) = split(path).ok_or_else(|| unfit("the path is too long for a tape"))?;
    if bytes > LARGEST {
        return Err(unfit("a file on a tape has at most 8 GiB"));
    }
    let mut block = [0; BLOCK];
    let mut put =
        |at: usize, text: &str| block[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, name);
    put(100, "0000600");
    put(108, "0000000");
    put(116, "0000000");
    put(124, &format!("{bytes:011o}"));
    put(136, &format!("{at:011o}"));
    put(148, "        ");
    put(156, "0");
    put(257, "ustar");
    put(263, "00");
    put(345, prefix);
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    Ok(block)
}

/// The two parts that a path is stored in: at most 155 bytes and at most 100.
fn split(path: &str) -> Option<(&str, &str)> {
    if path.len() <= 100 {
        return Some(("", path));
    }
    let cuts = path.match_indices('/').map(|(at, _)| (&path[..at], &path[at + 1..]));
    cuts.into_iter().find(|(prefix, name)| prefix.len() <= 155 && name.len() <= 100)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::process::Command;

    fn tape(files: &[(String, Vec<u8>)]) -> Vec<u8> {
        let mut tape = TapeWriter::new(Vec::new(), 1_767_225_600);
        for (path, bytes) in files {
            tape.file(path, bytes.len() as u64, bytes.as_slice()).unwrap();
        }
        tape.finish().unwrap()
    }

    #[test]
    fn tar_unpacks_it() {
        let files: Vec<(String, Vec<u8>)> = [0, 1, 511, 512, 513, 70_000]
            .into_iter()
            .map(|length| (format!("bag/{length}"), vec![b'x'; length]))
            .chain([(format!("{}/{}", "a".repeat(90), "b".repeat(90)), b"long".to_vec())])
            .collect();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bag.tar");
        std::fs::write(&file, tape(&files)).unwrap();
        let told = Command::new("tar").arg("-xf").arg(&file).arg("-C").arg(folder.path()).output();
        let told = told.unwrap();
        assert!(told.status.success() && told.stderr.is_empty(), "{told:?}");
        for (path, bytes) in files {
            assert_eq!(std::fs::read(folder.path().join(path)).unwrap(), bytes);
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let mut tape = TapeWriter::new(Vec::new(), 0);
        for (path, told, bytes) in [
            ("x".repeat(101), 1, "x"),
            (format!("{}/x", "x".repeat(156)), 1, "x"),
            ("shorter".to_owned(), 2, "x"),
            ("longer".to_owned(), 1, "xx"),
            ("huge".to_owned(), LARGEST + 1, "x"),
        ] {
            assert!(tape.file(&path, told, bytes.as_bytes()).is_err(), "{path}");
        }
    }
}
