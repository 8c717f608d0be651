//! Videos, taken apart by `ffmpeg` in a process that can reach nothing.
//!
//! The process is this program, started again: it gives up what [`crate::confine`] says, keeps what
//! a dynamically linked program needs to start, and becomes `ffmpeg` or `ffprobe`. The video comes
//! as an unnamed file, because most containers are not readable from a pipe; frames go
//! out through one.

use crate::confine::{Bounds, Calls, Held, NOT_FOR_VIDEO, bound, give_up_calls, give_up_reach};
use crate::frames;
use crate::pool::{Pool, Watch, end};
use crate::worker;
use model::{Missing, limits};
use serde::Deserialize;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitCode, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Folders and files that a dynamically linked program reads to start.
const SYSTEM: [&str; 6] =
    ["/usr/lib", "/usr/lib64", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/alternatives"];

/// Containers that are read. Playlists and the like, which name other files, are not among them.
const CONTAINERS: &str = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,\
                          live_flv,ogg,asf,gif,h264,hevc";

/// The video as the process sees it, and as it is told of it.
const VIDEO: &str = "/proc/self/fd/0";
const INPUT: &str = "file:/proc/self/fd/0";

/// Address space of such a process, in bytes.
const MEMORY_BYTES: u64 = 2 * 1_073_741_824;

/// Finds `ffmpeg` on the search path; `ffprobe` must stand beside it.
pub(crate) fn find_ffmpeg() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join("ffmpeg"))
        .find(|program| program.is_file() && program.with_file_name("ffprobe").is_file())
}

/// Gives up everything but what the program needs, and becomes it. The arguments are the program,
/// the processor time that it has in seconds, and what it is told.
pub(crate) fn become_program(mut arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let (Some(program), Some(seconds)) = (arguments.next(), arguments.next()) else {
        return ExitCode::FAILURE;
    };
    let Some(processor_seconds) = seconds.to_str().and_then(|text| text.parse().ok()) else {
        return ExitCode::FAILURE;
    };
    let own = [Path::new(&program), Path::new(VIDEO)];
    let readable: Vec<&Path> = SYSTEM.iter().map(Path::new).chain(own).collect();
    let reach = give_up_reach(&readable);
    bound(Bounds { memory_bytes: MEMORY_BYTES, processor_seconds, files: 64 });
    let calls = give_up_calls(Calls::Without(NOT_FOR_VIDEO));
    if reach == Held::Not && calls == Held::Not {
        // Nothing would hold it.
        return ExitCode::FAILURE;
    }
    let failure = Command::new(&program).args(arguments).env_clear().exec();
    eprintln!("{}: {failure}", program.display());
    ExitCode::FAILURE
}

/// One frame of a video: red, green and blue of each pixel, row by row.
#[derive(Debug)]
pub struct Frame<'a> {
    /// Number of the frame in the video, from 0.
    pub number: u64,
    /// When it is shown, in seconds from the start.
    pub seconds: f64,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Three bytes for each pixel.
    pub rgb: &'a [u8],
}

/// How much of a video was read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Watched {
    /// Frames that were given.
    pub frames: u64,
    /// Whether there are more, beyond [`limits::VIDEO_FRAMES`].
    pub cut: bool,
}

impl Pool {
    /// Gives frames of a video, one for about every second of it: each whose number is a multiple
    /// of the whole part of its frames a second, as vPDQ counts them.
    ///
    /// # Errors
    /// Where there is no `ffmpeg`, the bytes are no video that it reads, or it took too long, with
    /// the reason. Frames that were given before count for nothing then.
    pub fn watch(&self, bytes: &[u8], mut give: impl FnMut(Frame<'_>)) -> Result<Watched, Missing> {
        let Some(ffmpeg) = &self.options.ffmpeg else {
            return Err(Missing::because("there is no ffmpeg to take videos apart: install it"));
        };
        let begun = Instant::now();
        let left = || Duration::from_millis(limits::VIDEO_MS).saturating_sub(begun.elapsed());
        let video = unnamed(bytes).map_err(|error| unread(&error))?;
        let stream = self.probe(&ffmpeg.with_file_name("ffprobe"), &video, left())?;
        let every = (stream.rate as u64).max(1);
        let watched = self.told_by(ffmpeg, &video, &extraction(every), left(), |pipe| {
            frames_of(pipe, |frame, width, height, rgb| {
                let number = frame * every;
                give(Frame { number, seconds: number as f64 / stream.rate, width, height, rgb });
            })
        })?;
        if watched.frames == 0 {
            return Err(no_video());
        }
        Ok(watched)
    }

    fn probe(&self, ffprobe: &Path, video: &File, left: Duration) -> Result<Rated, Missing> {
        let answer = self.told_by(ffprobe, video, &probing(), left, |pipe| {
            let mut answer = Vec::new();
            pipe.take(PROBE_BYTES).read_to_end(&mut answer).map(|_| answer)
        })?;
        let probe: Probe = serde_json::from_slice(&answer).unwrap_or(Probe { streams: Vec::new() });
        let stream = probe.streams.into_iter().next();
        stream.ok_or_else(no_video)?.rated()
    }

    /// What a program tells of the video; it is ended as soon as that is read or the time is over.
    fn told_by<T>(
        &self,
        program: &Path,
        video: &File,
        told: &[String],
        left: Duration,
        read: impl FnOnce(ChildStdout) -> io::Result<T>,
    ) -> Result<T, Missing> {
        let mut child = self.spawn(program, video, told).map_err(|error| unread(&error))?;
        let pipe = child.stdout.take();
        let child = Arc::new(Mutex::new(child));
        let watch = Watch::start(&child, left);
        let answer = pipe.ok_or_else(|| frames::damaged("no pipe")).and_then(read);
        let late = watch.was_late();
        end(&child);
        if late {
            return Err(unread(&io::ErrorKind::TimedOut.into()));
        }
        answer.map_err(|error| unread(&error))
    }

    /// Starts this program to become `program`, with the video as its input.
    fn spawn(&self, program: &Path, video: &File, told: &[String]) -> io::Result<Child> {
        let mut input = video.try_clone()?;
        input.rewind()?;
        let seconds = limits::VIDEO_MS.div_ceil(1_000).to_string();
        Command::new(&self.options.program)
            .arg(worker::VIDEO)
            .arg(program)
            .arg(seconds)
            .args(told)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::from(input))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
    }
}

fn unnamed(bytes: &[u8]) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    file.write_all(bytes)?;
    Ok(file)
}

fn unread(error: &io::Error) -> Missing {
    if error.kind() == io::ErrorKind::TimedOut {
        let millis = limits::VIDEO_MS;
        return Missing::because(format!("decoding took longer than {millis} ms"));
    }
    Missing::because("the decoder failed on it")
}

fn no_video() -> Missing {
    let most = limits::IMAGE_PIXELS;
    let beyond = format!("or has frames of more than {most} pixels");
    Missing::because(format!("is no video that can be decoded, {beyond}"))
}

/// Longest answer of `ffprobe` that is read, in bytes.
const PROBE_BYTES: u64 = 65_536;

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

/// Refuses larger frames before memory is taken for them.
fn most_pixels() -> [String; 2] {
    ["-max_pixels".to_owned(), limits::IMAGE_PIXELS.to_string()]
}

/// What `ffprobe` is told: the rate and size of the first video stream, as JSON.
fn probing() -> Vec<String> {
    let mut told = words("-v error -protocol_whitelist file -format_whitelist");
    told.push(CONTAINERS.to_owned());
    told.extend(most_pixels());
    told.extend(words("-select_streams v:0 -show_entries stream=avg_frame_rate,width,height"));
    told.extend(words("-of json -i"));
    told.push(INPUT.to_owned());
    told
}

/// What `ffmpeg` is told: each frame whose number is a multiple of `every`, as a picture with its
/// size before it.
fn extraction(every: u64) -> Vec<String> {
    let mut told = words("-v error -nostdin -threads 1 -protocol_whitelist file,pipe");
    told.extend(["-format_whitelist".to_owned(), CONTAINERS.to_owned()]);
    told.extend(most_pixels());
    told.extend(["-i".to_owned(), INPUT.to_owned()]);
    told.extend(words("-map 0:v:0 -an -sn -dn -vf"));
    told.push(format!("select=not(mod(n\\,{every}))"));
    told.extend(words("-vsync 0 -threads 1 -f image2pipe -c:v ppm pipe:1"));
    told
}

#[derive(Deserialize)]
struct Probe {
    #[serde(default)]
    streams: Vec<Stream>,
}

#[derive(Deserialize)]
struct Stream {
    avg_frame_rate: String,
    width: u64,
    height: u64,
}

/// A stream that can be read.
struct Rated {
    /// Frames a second; above 0.
    rate: f64,
}

impl Stream {
    fn rated(&self) -> Result<Rated, Missing> {
        let (width, height, most) = (self.width, self.height, limits::IMAGE_PIXELS);
        if width.saturating_mul(height) > most {
            let problem = format!("{width} x {height} pixels; at most {most} are decoded");
            return Err(Missing::because(problem));
        }
        let (above, below) =
            self.avg_frame_rate.split_once('/').unwrap_or((&self.avg_frame_rate, "1"));
        let rate = above.parse().unwrap_or(0.0) / below.parse().unwrap_or(0.0);
        let fits = f64::is_finite(rate) && rate > 0.0 && rate <= RATE_MOST;
        // A picture that is told as a video of one frame has no rate.
        Ok(Rated { rate: if fits { rate } else { 1.0 } })
    }
}

/// Highest rate that is believed, in frames a second.
const RATE_MOST: f64 = 1_000.0;

/// Reads the frames that come; says which of them it is, width, height and pixels.
fn frames_of(pipe: impl Read, mut give: impl FnMut(u64, u32, u32, &[u8])) -> io::Result<Watched> {
    let mut pipe = BufReader::with_capacity(1 << 16, pipe);
    let mut rgb = Vec::new();
    let mut frames = 0;
    while let Some((width, height)) = frame_size(&mut pipe)? {
        if frames == limits::VIDEO_FRAMES {
            return Ok(Watched { frames, cut: true });
        }
        let length = u64::from(width) * u64::from(height) * 3;
        rgb.clear();
        (&mut pipe).take(length).read_to_end(&mut rgb)?;
        if (rgb.len() as u64) < length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        give(frames, width, height, &rgb);
        frames += 1;
    }
    Ok(Watched { frames, cut: false })
}

/// Reads what stands before the pixels of a frame (PPM: `P6`, width and height, 255); `None` at the
/// end.
fn frame_size(pipe: &mut impl BufRead) -> io::Result<Option<(u32, u32)>> {
    let mut lines = [const { Vec::new() }; 3];
    for line in &mut lines {
        pipe.by_ref().take(32).read_until(b'\n', line)?;
    }
    if lines[0].is_empty() {
        return Ok(None);
    }
    let number = |word: &str| word.parse::<u32>().ok().filter(|&side| side > 0);
    let size = std::str::from_utf8(&lines[1]).ok().and_then(|line| line.trim_end().split_once(' '));
    let size = size.and_then(|(width, height)| Some((number(width)?, number(height)?)));
    let fits = |(width, height): &(u32, u32)| {
        u64::from(*width) * u64::from(*height) <= limits::IMAGE_PIXELS
    };
    match size.filter(fits) {
        Some(size) if lines[0] == b"P6\n" && lines[2] == b"255\n" => Ok(Some(size)),
        Some(_) | None => Err(frames::damaged("no frame")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_frames_of_a_bounded_size_are_read() {
        for (bytes, expected) in [
            (&b""[..], Some(None)),
            (b"P6\n3 2\n255\n......", Some(Some((3, 2)))),
            (b"P6\n3 2\n255", None),
            (b"P5\n3 2\n255\n", None),
            (b"P6\n0 2\n255\n", None),
            (b"P6\n3\n255\n", None),
            (b"P6\n99999 99999\n255\n", None),
            (b"P6\n3 2\n65535\n", None),
            (b"P6 a very long line that goes on and on and on", None),
            (b"P6\n\xFF 2\n255\n", None),
        ] {
            assert_eq!(frame_size(&mut &*bytes).ok(), expected, "{bytes:?}");
        }
    }

    #[test]
    fn a_rate_that_is_none_is_one_frame_a_second() {
        for (written, rate) in [
            ("30000/1001", 30_000.0 / 1_001.0),
            ("25/1", 25.0),
            ("25", 25.0),
            ("0/0", 1.0),
            ("x", 1.0),
            ("1e9/1", 1.0),
        ] {
            let stream = Stream { avg_frame_rate: written.into(), width: 4, height: 4 };
            assert!((stream.rated().unwrap().rate - rate).abs() < 1e-9, "{written}");
        }
        let stream = Stream { avg_frame_rate: "25/1".into(), width: u64::MAX, height: 2 };
        assert!(stream.rated().is_err());
    }
}
