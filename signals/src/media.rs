//! What is measured of one media file: its size, its digests and, of a picture, its PDQ hash.

use model::Missing;
use model::limits::PDQ_QUALITY;
use serde::{Deserialize, Serialize};

use crate::digest;
use crate::pdq::{Pdq, PdqHash};
use crate::picture::{self, View};
use crate::video::vpdq::Frame;

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
    /// What the video tells, or why that is not known; nothing for what is no video.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video: Option<Result<VideoFacts, Missing>>,
}

/// What one video tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VideoFacts {
    /// Frames, about one a second.
    pub frames: Vec<Frame>,
    /// Whether the video has more of them, beyond [`model::limits::VIDEO_FRAMES`].
    #[serde(default)]
    pub cut: bool,
}

/// Whether bytes begin as a container of videos does, so that it is worth taking them apart.
#[must_use]
pub fn may_be_video(bytes: &[u8]) -> bool {
    let at = |start: usize, what: &[u8]| bytes.get(start..).is_some_and(|b| b.starts_with(what));
    // Pictures lie in the container of MP4 too; those have brands of their own.
    (at(4, b"ftyp") && !picture::is_heif(bytes))
        || at(0, b"\x1A\x45\xDF\xA3")
        || (at(0, b"RIFF") && at(8, b"AVI "))
        || at(0, b"FLV\x01")
        || at(0, b"OggS")
        || at(0, b"\x00\x00\x01\xBA")
        || at(0, b"\x30\x26\xB2\x75\x8E\x66\xCF\x11")
        || (at(0, b"\x47") && at(188, b"\x47"))
}

/// What one picture tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureFacts {
    /// Width as displayed, in pixels.
    pub width: u32,
    /// Height as displayed, in pixels.
    pub height: u32,
    /// The format found in the bytes: `jpeg`, `png`, `gif`, `webp`, `bmp`, `tiff` or `avif`.
    pub format: String,
    /// Its perceptual hash.
    pub pdq: Pdq,
    /// Other views of the file that can be matched: without bars, and pictures of an animation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further_views: Vec<View>,
    /// Why an animation may have views that are not among them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub views_left_out: Option<Missing>,
}

impl PictureFacts {
    /// The hashes to look up for the file, each once: those of every view of enough quality, plain
    /// and turned. The first is that of the picture as displayed, unless its quality is too low.
    #[must_use]
    pub fn hashes(&self) -> Vec<PdqHash> {
        let all = std::iter::once(&self.pdq).chain(self.further_views.iter().map(|view| &view.pdq));
        let good = all.filter(|pdq| pdq.quality >= PDQ_QUALITY);
        let mut hashes = Vec::new();
        for hash in good.flat_map(|pdq| std::iter::once(pdq.hash).chain(pdq.dihedral)) {
            if !hashes.contains(&hash) {
                hashes.push(hash);
            }
        }
        hashes
    }
}

/// Measures one media file from its bytes.
///
/// The digests are always there. A file that is no picture, or one that is not decoded, has the
/// reason in [`MediaFacts::picture`]. For time and memory see [`picture::views`](picture::views()).
#[must_use]
pub fn measure_bytes(bytes: &[u8]) -> MediaFacts {
    MediaFacts {
        bytes: bytes.len() as u64,
        sha256: digest::sha256(bytes),
        md5: digest::md5(bytes),
        picture: measure_picture(bytes),
        video: None,
    }
}

fn measure_picture(bytes: &[u8]) -> Result<PictureFacts, Missing> {
    let mut views = picture::views(bytes)?;
    let View { width, height, pdq, .. } = views.all.remove(0);
    Ok(PictureFacts {
        width,
        height,
        format: views.format,
        pdq,
        further_views: views.all,
        views_left_out: views.left_out,
    })
}
