//! Hashes as text, and the fingerprints of videos as files.

use crate::check;
use signals::digest::{format_digest, parse_md5, parse_sha256};
use signals::pdq::PdqHash;
use signals::video::tmk::Tmk;
use signals::video::vpdq::{Comparison, Manner, compare, format, parse};

/// A hash is written in small letters, and is read back.
pub fn hashes(bytes: &[u8]) {
    let text = check::text(bytes);
    if let Ok(hash) = PdqHash::parse(&text) {
        assert_eq!(hash.to_string(), text.trim().to_ascii_lowercase());
        assert_eq!(PdqHash::parse(&hash.to_string()), Ok(hash));
        assert_eq!(PdqHash::from_words(hash.words()), hash);
        assert_eq!(hash.distance_bits(hash), 0);
        check::json(&hash);
    }
    let digests = [
        parse_sha256(&text).map(|digest| format_digest(&digest)),
        parse_md5(&text).map(|digest| format_digest(&digest)),
    ];
    for written in digests.into_iter().flatten() {
        assert_eq!(written, text.trim().to_ascii_lowercase());
    }
}

/// Frames of a video are read back from what is written of them, and a video is wholly itself.
pub fn vpdq(bytes: &[u8]) {
    let Ok(frames) = parse(&check::text(bytes)) else { return };
    let written = format(&frames);
    assert_eq!(parse(&written).as_ref(), Ok(&frames), "read back from {written}");
    for manner in [Manner::Strict, Manner::Inclusive] {
        for quality in [0, 50, 101] {
            let shared =
                compare(&frames, &frames, &Comparison { manner, distance_bits: 31, quality });
            let any = frames.iter().any(|frame| frame.quality >= quality);
            let expected = if any { 100.0 } else { 0.0 };
            assert_eq!((shared.query_percent, shared.target_percent), (expected, expected));
        }
    }
}

/// The fingerprint of a video is written as it was read, and can be compared with itself.
pub fn tmk(bytes: &[u8]) {
    let Ok(fingerprint) = Tmk::parse(bytes) else { return };
    assert_eq!(fingerprint.to_bytes(), bytes);
    assert!(fingerprint.frames() > 0);
    let scores = fingerprint.compare(&fingerprint).expect("a file has its own parameters");
    assert!(!(scores.level_1 > 1.001), "{scores:?}");
}
