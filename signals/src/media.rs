//! What is measured of one media file: its size, its digests and, of a picture, its PDQ hash.

use model::Missing;
use serde::{Deserialize, Serialize};

use crate::digest;
use crate::pdq::{self, Pdq};
use crate::picture;

/// What the bytes of one media file tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaFacts {
    /// Size of the file, in bytes.
    pub bytes: u64,
    /// SHA-256 of the file; in JSON 64 hexadecimal digits.
    #[serde(with = "hex")]
    pub sha256: [u8; digest::SHA256_BYTES],
    /// MD5 of the file; in JSON 32 hexadecimal digits.
    #[serde(with = "hex")]
    pub md5: [u8; digest::MD5_BYTES],
    /// What the picture tells, or why there is none.
    pub picture: Result<PictureFacts, Missing>,
}

/// What one picture tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureFacts {
    /// Width as displayed, in pixels.
    pub width: u32,
    /// Height as displayed, in pixels.
    pub height: u32,
    /// The format found in the bytes: `jpeg`, `png`, `gif`, `webp`, `bmp` or `tiff`.
    pub format: String,
    /// Its perceptual hash.
    pub pdq: Pdq,
}

/// Measures one media file from its bytes.
///
/// The digests are always there. A file that is no picture, or one that is not decoded, has the
/// reason in [`MediaFacts::picture`]. For time and memory see [`picture::decode`].
#[must_use]
pub fn measure_bytes(bytes: &[u8]) -> MediaFacts {
    MediaFacts {
        bytes: bytes.len() as u64,
        sha256: digest::sha256(bytes),
        md5: digest::md5(bytes),
        picture: measure_picture(bytes),
    }
}

fn measure_picture(bytes: &[u8]) -> Result<PictureFacts, Missing> {
    let picture = picture::decode(bytes)?;
    Ok(PictureFacts {
        width: picture.width(),
        height: picture.height(),
        format: picture.format().to_owned(),
        pdq: pdq::hash(&picture),
    })
}
