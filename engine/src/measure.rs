//! What is measured of media before evaluation, and how long that may take.

use crate::{Engine, Error, Result};
use model::{Item, MediaId, Missing, limits};
use signals::Supplied;
use signals::media::{MediaFacts, measure_bytes};
use std::sync::Arc;
use std::time::Duration;

/// Bytes of media, or why there are none.
pub(crate) type MediaBytes = (MediaId, std::result::Result<Arc<Vec<u8>>, Missing>);

/// Measures bytes; the same for a stored item, a check and the command line.
///
/// # Errors
/// Where there are more than [`limits::MEDIA_BYTES`].
pub fn measure_media(bytes: &[u8]) -> std::result::Result<MediaFacts, Missing> {
    if bytes.len() > limits::MEDIA_BYTES {
        let limit = limits::MEDIA_BYTES;
        return Err(Missing::because(format!("{} bytes; at most {limit} are read", bytes.len())));
    }
    Ok(measure_bytes(bytes))
}

impl Engine {
    /// Measures the media of one item beside the async threads, each within
    /// [`limits::IMAGE_DECODE_MS`]. A medium that takes longer is missing, never a failure.
    pub(crate) async fn supply(&self, item: &Item, given: &[MediaBytes]) -> Result<Supplied> {
        let mut media = Vec::with_capacity(item.media.len());
        for medium in &item.media {
            let bytes = given.iter().find(|(id, _)| *id == medium.id).map(|(_, bytes)| bytes);
            let facts = match bytes {
                None => Err(Missing::because("the service sent no bytes and no address")),
                Some(Err(missing)) => Err(missing.clone()),
                Some(Ok(bytes)) => self.measure_in_time(Arc::clone(bytes)).await?,
            };
            media.push((medium.id.clone(), facts));
        }
        Ok(Supplied { media })
    }

    async fn measure_in_time(
        &self,
        bytes: Arc<Vec<u8>>,
    ) -> Result<std::result::Result<MediaFacts, Missing>> {
        let permit = Arc::clone(&self.inner.decoders)
            .acquire_owned()
            .await
            .map_err(|error| Error::Worker { detail: error.to_string() })?;
        // The permit goes with the work, so that pictures that overrun cannot pile up.
        let work = tokio::task::spawn_blocking(move || {
            let facts = measure_media(&bytes);
            drop(permit);
            facts
        });
        let limit = Duration::from_millis(limits::IMAGE_DECODE_MS);
        Ok(match tokio::time::timeout(limit, work).await {
            Ok(Ok(facts)) => facts,
            Ok(Err(ended)) => {
                tracing::warn!(%ended, "a picture ended its worker");
                Err(Missing::because("the decoder failed on it"))
            }
            Err(_) => {
                let millis = limits::IMAGE_DECODE_MS;
                Err(Missing::because(format!("decoding took longer than {millis} ms")))
            }
        })
    }
}
