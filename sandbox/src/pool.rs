//! The pool of workers, as the program that wants media measured sees it.

use crate::confine::Confinement;
use crate::frames::{self, ANSWER_BYTES, HEAD, Kind};
use crate::worker;
use model::{Missing, limits};
use signals::media::MediaFacts;
use std::io::{self, Read};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Jobs after which a worker is replaced, lest what it keeps of them grow.
const JOBS: u32 = 1_000;

/// Time that a worker has to come up.
const START: Duration = Duration::from_secs(10);

/// What a pool is made of.
#[derive(Debug, Clone)]
pub struct Options {
    /// The program that is started; its `main` calls [`crate::take_over`] first.
    pub program: PathBuf,
    /// Workers that are kept while they have nothing to do. More are started where more jobs come
    /// at once, so the caller bounds how many do.
    pub idle: usize,
    /// Longest time of one job.
    pub limit: Duration,
    /// Program that takes videos apart; `None` where there is none.
    pub ffmpeg: Option<PathBuf>,
}

impl Options {
    /// The limits of [`model::limits`], with the program that this process was started from.
    ///
    /// # Errors
    /// Where the system cannot tell that program.
    pub fn of_this_program() -> io::Result<Self> {
        Ok(Self {
            program: std::env::current_exe()?,
            idle: std::thread::available_parallelism().map_or(2, usize::from),
            limit: Duration::from_millis(limits::IMAGE_DECODE_MS),
            ffmpeg: crate::video::find_ffmpeg(),
        })
    }
}

/// Workers that decode media; see the crate's description. Calls block.
#[derive(Debug)]
pub struct Pool {
    pub(crate) options: Options,
    confinement: Confinement,
    idle: Mutex<Vec<Worker>>,
}

impl Pool {
    /// Starts a pool with one worker.
    ///
    /// # Errors
    /// Where that worker does not come up.
    pub fn start(options: Options) -> io::Result<Self> {
        let (worker, confinement) = Worker::start(&options)?;
        Ok(Self { options, confinement, idle: Mutex::new(vec![worker]) })
    }

    /// What holds the workers.
    #[must_use]
    pub fn confinement(&self) -> Confinement {
        self.confinement
    }

    /// Measures one medium.
    ///
    /// # Errors
    /// Where no worker could, with the reason.
    pub fn measure(&self, bytes: &[u8]) -> Result<MediaFacts, Missing> {
        let answer = self.job(Kind::Measure, &[bytes])?;
        serde_json::from_slice(&answer).map_err(|_| failed())
    }

    /// Writes a picture anew as PNG, its longest side of at most `side` pixels.
    ///
    /// # Errors
    /// Where it is no picture, or no worker could, with the reason.
    pub fn preview(&self, bytes: &[u8], side: u32) -> Result<Vec<u8>, Missing> {
        let png = self.job(Kind::Preview, &[&side.to_le_bytes(), bytes])?;
        // What comes out of a worker is as untrusted as what went in.
        let is_png = png.starts_with(b"\x89PNG\r\n\x1a\n");
        if is_png { Ok(png) } else { Err(failed()) }
    }

    fn job(&self, kind: Kind, parts: &[&[u8]]) -> Result<Vec<u8>, Missing> {
        let mut worker = match self.take() {
            Some(worker) => worker,
            None => {
                let started = Worker::start(&self.options);
                started.map_err(|error| Missing::because(format!("no decoder: {error}")))?.0
            }
        };
        match worker.exchange(kind, parts, self.options.limit) {
            Ok((answered, bytes)) if answered == kind => {
                self.give_back(worker);
                Ok(bytes)
            }
            Ok((Kind::Missing, bytes)) => {
                self.give_back(worker);
                Err(serde_json::from_slice(&bytes).unwrap_or_else(|_| failed()))
            }
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                let millis = self.options.limit.as_millis();
                Err(Missing::because(format!("decoding took longer than {millis} ms")))
            }
            // It died, or it said what no worker says; dropping it ends it.
            Ok(_) | Err(_) => Err(failed()),
        }
    }

    fn take(&self) -> Option<Worker> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        // One that was ended from outside while it waited is not a failure of the next job.
        while let Some(worker) = idle.pop() {
            if worker.lives() {
                return Some(worker);
            }
        }
        None
    }

    fn give_back(&self, worker: Worker) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < self.options.idle && worker.jobs < JOBS {
            idle.push(worker);
        }
    }
}

fn failed() -> Missing {
    Missing::because("the decoder failed on it")
}

/// A worker, ended when it is dropped.
#[derive(Debug)]
struct Worker {
    child: Arc<Mutex<Child>>,
    input: ChildStdin,
    output: ChildStdout,
    jobs: u32,
}

impl Drop for Worker {
    fn drop(&mut self) {
        end(&self.child);
    }
}

impl Worker {
    fn start(options: &Options) -> io::Result<(Self, Confinement)> {
        let mut child = Command::new(&options.program)
            .arg(worker::PICTURES)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(frames::damaged("a worker without pipes"));
        };
        let child = Arc::new(Mutex::new(child));
        let mut worker = Self { child, input, output, jobs: 0 };
        let watch = Watch::start(&worker.child, START);
        let answer = worker.answer();
        drop(watch);
        let (kind, bytes) = answer?;
        if kind != Kind::Confined {
            return Err(frames::damaged("the program does not make itself a worker"));
        }
        let confinement = serde_json::from_slice(&bytes)?;
        Ok((worker, confinement))
    }

    fn lives(&self) -> bool {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        matches!(child.try_wait(), Ok(None))
    }

    fn exchange(
        &mut self,
        kind: Kind,
        parts: &[&[u8]],
        limit: Duration,
    ) -> io::Result<(Kind, Vec<u8>)> {
        self.jobs += 1;
        let watch = Watch::start(&self.child, limit);
        let answered = frames::write(&mut self.input, kind, parts).and_then(|()| self.answer());
        if watch.was_late() { Err(io::ErrorKind::TimedOut.into()) } else { answered }
    }

    fn answer(&mut self) -> io::Result<(Kind, Vec<u8>)> {
        let mut head = [0; HEAD];
        self.output.read_exact(&mut head)?;
        let (kind, length) = frames::parse(head, ANSWER_BYTES)?;
        let mut bytes = Vec::new();
        // Memory is taken as the bytes come, so that a lie about the length costs nothing.
        (&mut self.output).take(length as u64).read_to_end(&mut bytes)?;
        if bytes.len() < length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok((kind, bytes))
    }
}

/// Ends a process that has not done its work in time. Dropping it calls it off.
#[derive(Debug)]
pub(crate) struct Watch {
    done: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
    ended: Arc<AtomicBool>,
}

impl Watch {
    pub(crate) fn start(child: &Arc<Mutex<Child>>, limit: Duration) -> Self {
        let (done, until) = channel::<()>();
        let ended = Arc::new(AtomicBool::new(false));
        let (child, told) = (Arc::clone(child), Arc::clone(&ended));
        let thread = std::thread::spawn(move || {
            // What comes instead of the time is that the other side is dropped.
            if until.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
                told.store(true, Ordering::SeqCst);
                end(&child);
            }
        });
        Self { done: Some(done), thread: Some(thread), ended }
    }

    /// Calls it off, and says whether it was too late for that.
    pub(crate) fn was_late(mut self) -> bool {
        self.call_off();
        self.ended.load(Ordering::SeqCst)
    }

    fn call_off(&mut self) {
        drop(self.done.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.call_off();
    }
}

/// Ends a process, which may have ended already.
pub(crate) fn end(child: &Mutex<Child>) {
    let mut child = child.lock().unwrap_or_else(PoisonError::into_inner);
    let _ = child.kill();
    let _ = child.wait();
}
