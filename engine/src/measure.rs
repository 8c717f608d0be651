//! What is measured of media before evaluation, and how long that may take.

use crate::{Engine, Error, Result};
use model::{Item, MediaId, Missing};
use signals::Supplied;
use signals::media::MediaFacts;
use std::sync::Arc;

/// Bytes of media, or why there are none.
pub(crate) type MediaBytes = (MediaId, std::result::Result<Arc<Vec<u8>>, Missing>);

impl Engine {
    /// Measures the media of one item beside the async threads, each within the limits of
    /// [`model::limits`]. A medium that takes longer is missing, never a failure.
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
        let decoder = self.inner.decoder.clone();
        let work = tokio::task::spawn_blocking(move || {
            let facts = decoder.measure(&bytes);
            drop(permit);
            facts
        });
        work.await.map_err(|error| Error::Worker { detail: error.to_string() })
    }

    /// Starts what decodes media if it is not yet, and tells what holds it; `None` where media are
    /// decoded in this process.
    ///
    /// # Errors
    /// Where no worker comes up, with the reason.
    pub fn start_decoder(&self) -> std::result::Result<Option<sandbox::Confinement>, Missing> {
        self.inner.decoder.start()
    }

    /// Writes a picture of the evidence anew as PNG, its longest side of at most `side` pixels.
    ///
    /// # Errors
    /// Where it is no picture, with the reason.
    pub async fn preview(
        &self,
        bytes: Vec<u8>,
        side: u32,
    ) -> Result<std::result::Result<Vec<u8>, Missing>> {
        let decoder = self.inner.decoder.clone();
        let work = tokio::task::spawn_blocking(move || decoder.preview(&bytes, side));
        work.await.map_err(|error| Error::Worker { detail: error.to_string() })
    }
}
