//! Who decodes: workers, or this process.

use crate::confine::Confinement;
use crate::pool::{Options, Pool};
use model::{Missing, limits};
use signals::media::{MediaFacts, VideoFacts, may_be_video, measure_bytes};
use signals::pdq;
use signals::picture::{Picture, Pixels};
use signals::video::vpdq;
use std::sync::{Arc, OnceLock};

/// Measures media; cheap to clone. Calls block.
#[derive(Debug, Clone)]
pub struct Decoder {
    way: Arc<Way>,
}

#[derive(Debug)]
enum Way {
    Workers { options: Options, pool: OnceLock<Result<Pool, String>> },
    Here,
}

impl Decoder {
    /// Decodes in workers, the first of which is started when it is needed.
    #[must_use]
    pub fn workers(options: Options) -> Self {
        Self { way: Arc::new(Way::Workers { options, pool: OnceLock::new() }) }
    }

    /// Decodes in this process: for media that this process made itself, and for tests. Videos are
    /// not taken apart.
    #[must_use]
    pub fn in_this_process() -> Self {
        Self { way: Arc::new(Way::Here) }
    }

    /// Starts the workers if they are not yet, and tells what holds them; `None` where there are
    /// none.
    ///
    /// # Errors
    /// Where no worker comes up.
    pub fn start(&self) -> Result<Option<Confinement>, Missing> {
        Ok(self.pool()?.map(Pool::confinement))
    }

    /// Measures one medium.
    ///
    /// # Errors
    /// Where it has more than [`limits::MEDIA_BYTES`], or no worker could, with the reason.
    pub fn measure(&self, bytes: &[u8]) -> Result<MediaFacts, Missing> {
        let (given, limit) = (bytes.len(), limits::MEDIA_BYTES);
        if given > limit {
            return Err(Missing::because(format!("{given} bytes; at most {limit} are read")));
        }
        match self.pool()? {
            Some(pool) => {
                let mut facts = pool.measure(bytes)?;
                if facts.picture.is_err() && may_be_video(bytes) {
                    facts.video = Some(video(pool, bytes));
                }
                Ok(facts)
            }
            None => Ok(measure_bytes(bytes)),
        }
    }

    /// Writes a picture anew as PNG, its longest side of at most `side` pixels.
    ///
    /// # Errors
    /// Where it is no picture, or no worker could, with the reason.
    pub fn preview(&self, bytes: &[u8], side: u32) -> Result<Vec<u8>, Missing> {
        match self.pool()? {
            Some(pool) => pool.preview(bytes, side),
            None => {
                let picture = signals::picture::decode(bytes)?;
                Ok(signals::picture::to_png_preview(&picture, side))
            }
        }
    }

    fn pool(&self) -> Result<Option<&Pool>, Missing> {
        let Way::Workers { options, pool } = &*self.way else { return Ok(None) };
        let started =
            pool.get_or_init(|| Pool::start(options.clone()).map_err(|error| error.to_string()));
        match started {
            Ok(pool) => Ok(Some(pool)),
            Err(error) => Err(Missing::because(format!("no worker to decode it: {error}"))),
        }
    }
}

/// Hashes the frames of a video, about one a second; those that are too small have no hash.
fn video(pool: &Pool, bytes: &[u8]) -> Result<VideoFacts, Missing> {
    let mut frames = Vec::new();
    let watched = pool.watch(bytes, |frame| {
        let pixels = Pixels::Rgb(frame.rgb.to_vec());
        let Ok(picture) = Picture::from_pixels(frame.width, frame.height, pixels) else { return };
        let pdq = pdq::hash(&picture);
        frames.push(vpdq::Frame {
            number: u32::try_from(frame.number).unwrap_or(u32::MAX),
            quality: pdq.quality,
            hash: pdq.hash,
            at_ms: (frame.seconds * 1_000.0).round() as u64,
        });
    })?;
    Ok(VideoFacts { frames, cut: watched.cut })
}
