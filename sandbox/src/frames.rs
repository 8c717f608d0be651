//! Jobs and answers on a pipe: one byte that tells what it is, the length, and the bytes.

use std::io::{self, Read, Write};

/// Longest answer that is read from a worker, in bytes: a preview is the largest.
pub(crate) const ANSWER_BYTES: usize = 16 * 1_048_576;

/// Length of what stands before the bytes.
pub(crate) const HEAD: usize = 5;

/// What a job or an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Answer: what holds the worker, as JSON; the first that it says.
    Confined,
    /// Job: measure the bytes. Answer: the facts, as JSON.
    Measure,
    /// Job: write the picture anew, the first four bytes telling its longest side. Answer: a PNG.
    Preview,
    /// Answer: it was not measured, and why, as JSON.
    Missing,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Confined, Self::Measure, Self::Preview, Self::Missing];

    fn byte(self) -> u8 {
        Self::ALL.iter().position(|kind| *kind == self).unwrap_or_default() as u8
    }
}

/// The head of a frame.
pub(crate) fn head(kind: Kind, length: usize) -> io::Result<[u8; HEAD]> {
    let length = u32::try_from(length).map_err(|_| damaged("a frame beyond 4 GiB"))?;
    let [a, b, c, d] = length.to_le_bytes();
    Ok([kind.byte(), a, b, c, d])
}

/// What follows a head, and how many bytes of it.
pub(crate) fn parse(head: [u8; HEAD], most: usize) -> io::Result<(Kind, usize)> {
    let [kind, length @ ..] = head;
    let kind = *Kind::ALL.get(usize::from(kind)).ok_or_else(|| damaged("an unknown frame"))?;
    let length = u32::from_le_bytes(length) as usize;
    if length > most {
        return Err(damaged("a frame that is too long"));
    }
    Ok((kind, length))
}

/// Writes a frame whose bytes come in parts.
pub(crate) fn write(to: &mut impl Write, kind: Kind, parts: &[&[u8]]) -> io::Result<()> {
    to.write_all(&head(kind, parts.iter().map(|part| part.len()).sum())?)?;
    for part in parts {
        to.write_all(part)?;
    }
    to.flush()
}

/// Reads a frame of at most `most` bytes.
pub(crate) fn read(from: &mut impl Read, most: usize) -> io::Result<(Kind, Vec<u8>)> {
    let mut head = [0; HEAD];
    from.read_exact(&mut head)?;
    let (kind, length) = parse(head, most)?;
    let mut bytes = vec![0; length];
    from.read_exact(&mut bytes)?;
    Ok((kind, bytes))
}

pub(crate) fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for kind in Kind::ALL {
            let mut pipe = Vec::new();
            write(&mut pipe, kind, &[b"one", b"", b" two"]).unwrap();
            let mut from = pipe.as_slice();
            assert_eq!(read(&mut from, 7).unwrap(), (kind, b"one two".to_vec()));
            assert!(from.is_empty());
            assert!(read(&mut pipe.as_slice(), 6).is_err(), "longer than may be");
            for cut in 0..pipe.len() {
                assert!(read(&mut &pipe[..cut], 7).is_err(), "cut at {cut}");
            }
        }
        assert!(read(&mut [9, 0, 0, 0, 0].as_slice(), 7).is_err(), "no such kind");
    }
}
