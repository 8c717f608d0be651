//! The inside of a worker.

use crate::confine::{Bounds, Calls, Confinement, DECODING, bound, give_up_calls, give_up_reach};
use crate::frames::{self, Kind};
use crate::video;
use model::{Missing, limits};
use std::io::{self, Read, Write};
use std::process::ExitCode;

/// First argument of a process that is to be a worker for pictures.
pub(crate) const PICTURES: &str = "sandbox-worker-for-pictures";

/// First argument of a process that is to become a program for video.
pub(crate) const VIDEO: &str = "sandbox-worker-for-video";

/// Address space of a worker: what decoding may take, the medium itself twice, and the program.
const MEMORY_BYTES: u64 =
    limits::IMAGE_DECODE_BYTES + 2 * limits::MEDIA_BYTES as u64 + 512 * 1_048_576;

/// Processor time of a worker over all its jobs, in seconds. The pool's clock ends a single job
/// that takes too long; this ends a worker whose pool is gone.
const PROCESSOR_SECONDS: u64 = 3_600;

/// Becomes a worker where the process was started as one, and returns how it ended; `None` in any
/// other process. Call it first of all, while the process has one thread.
#[must_use]
pub fn take_over() -> Option<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    let first = arguments.next()?;
    if first == VIDEO {
        return Some(video::become_program(arguments));
    }
    if first != PICTURES {
        return None;
    }
    Some(match work(&mut io::stdin().lock(), &mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    })
}

fn confine() -> Confinement {
    let bounds =
        Bounds { memory_bytes: MEMORY_BYTES, processor_seconds: PROCESSOR_SECONDS, files: 3 };
    let reach = give_up_reach(&[]);
    let resources = bound(bounds);
    Confinement { reach, calls: give_up_calls(Calls::Only(DECODING)), resources }
}

fn work(from: &mut impl Read, to: &mut impl Write) -> io::Result<()> {
    let confinement = confine();
    frames::write(to, Kind::Confined, &[&serde_json::to_vec(&confinement)?])?;
    loop {
        let (kind, bytes) = match frames::read(from, limits::MEDIA_BYTES + size_of::<u32>()) {
            Ok(job) => job,
            // The pool closed the pipe.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error),
        };
        match answer(kind, &bytes)? {
            Ok(answer) => frames::write(to, kind, &[&answer])?,
            Err(missing) => {
                frames::write(to, Kind::Missing, &[&serde_json::to_vec(&missing)?])?;
            }
        }
    }
}

fn answer(kind: Kind, bytes: &[u8]) -> io::Result<Result<Vec<u8>, Missing>> {
    match kind {
        Kind::Measure => Ok(Ok(serde_json::to_vec(&signals::media::measure_bytes(bytes))?)),
        Kind::Preview => {
            let (side, bytes) =
                bytes.split_first_chunk().ok_or_else(|| frames::damaged("a job without a side"))?;
            let side = u32::from_le_bytes(*side);
            let picture = signals::picture::decode(bytes);
            Ok(picture.map(|picture| signals::picture::to_png_preview(&picture, side)))
        }
        Kind::Confined | Kind::Missing => Err(frames::damaged("a job that is none")),
    }
}
