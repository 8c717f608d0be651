//! Real workers, confined as in the program, on good, bad and hostile media.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use sandbox::{Held, Options, Pool};
use signals::video::vpdq;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

fn options() -> Options {
    let found = Options::of_this_program().unwrap();
    Options { program: PathBuf::from(env!("CARGO_BIN_EXE_sandbox-worker")), ..found }
}

fn pool() -> Pool {
    Pool::start(options()).unwrap()
}

/// A picture of `width` by `height` pixels that is not flat.
fn png(width: u32, height: u32) -> Vec<u8> {
    let picture = image::RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([(x * 7 + y * 3) as u8, (x * y / 5) as u8, (x ^ y) as u8])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

#[test]
fn a_worker_measures_what_the_library_measures() {
    let pool = pool();
    let avif = include_bytes!("../../signals/tests/fixtures/black_first.avif").to_vec();
    for bytes in [png(96, 64), png(640, 480), avif, b"words".to_vec(), Vec::new()] {
        for _ in 0..3 {
            assert_eq!(pool.measure(&bytes), Ok(signals::media::measure_bytes(&bytes)));
        }
    }
    let preview = pool.preview(&png(640, 480), 100).unwrap();
    let small = image::load_from_memory(&preview).unwrap();
    assert_eq!((small.width(), small.height()), (100, 75));
    for bad in [&b""[..], b"<svg onload='alert(1)'/>", b"\x89PNG\r\n\x1a\n"] {
        assert!(pool.preview(bad, 100).is_err());
    }
}

#[test]
fn everything_holds_on_this_kernel_or_the_pool_says_what_does_not() {
    let held = pool().confinement();
    println!("{held:?}");
    assert_eq!(held.resources, Held::Fully);
    if cfg!(any(target_arch = "x86_64", target_arch = "aarch64")) {
        assert_eq!(held.calls, Held::Fully);
    }
}

#[test]
fn a_job_that_takes_too_long_is_missing() {
    let hurried = Pool::start(Options { limit: Duration::ZERO, ..options() }).unwrap();
    let late = hurried.measure(&png(640, 480)).unwrap_err();
    assert_eq!(late.reason, "decoding took longer than 0 ms");
    assert!(hurried.measure(&png(640, 480)).is_err());
}

#[test]
fn a_program_that_is_no_worker_is_refused() {
    let wrong = Options { program: "/bin/true".into(), ..options() };
    assert!(Pool::start(wrong).is_err());
    let absent = Options { program: "/nowhere/at/all".into(), ..options() };
    assert!(Pool::start(absent).is_err());
}

#[test]
fn a_medium_beyond_the_limit_is_not_even_sent() {
    let decoder = sandbox::Decoder::workers(options());
    let long = vec![0; model::limits::MEDIA_BYTES + 1];
    assert!(decoder.measure(&long).unwrap_err().reason.contains("at most"));
}

/// A video of `seconds` at 25 frames a second, made by the ffmpeg that the test found.
fn video(ffmpeg: &std::path::Path, seconds: u32, more: &[&str]) -> Vec<u8> {
    let folder = std::env::temp_dir().join(format!("seawall-video-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join(format!("{seconds}-{}.mp4", more.len()));
    let source = format!("testsrc=duration={seconds}:size=320x240:rate=25");
    let made = Command::new(ffmpeg)
        .args(["-v", "error", "-y", "-f", "lavfi", "-i", &source, "-pix_fmt", "yuv420p"])
        .args(more)
        .arg(&file)
        .status()
        .unwrap();
    assert!(made.success());
    let bytes = std::fs::read(&file).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    bytes
}

#[test]
fn a_video_is_taken_apart_second_by_second() {
    let options = options();
    let Some(ffmpeg) = options.ffmpeg.clone() else {
        println!("skipped: there is no ffmpeg on this machine");
        return;
    };
    let pool = Pool::start(options).unwrap();
    let bytes = video(&ffmpeg, 4, &[]);
    let mut frames = Vec::new();
    let watched = pool.watch(&bytes, |frame| {
        assert_eq!(frame.rgb.len(), 3 * 320 * 240);
        frames.push((frame.number, frame.seconds, frame.width, frame.height));
    });
    assert_eq!(watched.map(|watched| (watched.frames, watched.cut)), Ok((4, false)));
    let expected: Vec<_> =
        (0..4_u64).map(|second| (second * 25, second as f64, 320, 240)).collect();
    assert_eq!(frames, expected);
    for bad in [&b""[..], b"words", &bytes[..bytes.len() / 2], &png(64, 64)] {
        let reason = pool.watch(bad, |_| {}).unwrap_err().reason;
        assert!(
            reason.starts_with("is no video that can be decoded, or") || reason.contains("failed"),
            "{reason}"
        );
    }
}

#[test]
fn frames_of_a_video_are_hashed_and_a_recoding_is_the_same_video() {
    let options = options();
    let Some(ffmpeg) = options.ffmpeg.clone() else {
        println!("skipped: there is no ffmpeg on this machine");
        return;
    };
    let decoder = sandbox::Decoder::workers(options);
    let frames = |bytes: &[u8]| decoder.measure(bytes).unwrap().video.unwrap().unwrap().frames;
    let one = frames(&video(&ffmpeg, 5, &[]));
    let recoded = frames(&video(&ffmpeg, 5, &["-crf", "30"]));
    assert_eq!((one.len(), recoded.len()), (5, 5));
    assert_eq!((one[3].number, one[3].at_ms), (75, 3_000));
    let comparison =
        vpdq::Comparison { manner: vpdq::Manner::Inclusive, distance_bits: 31, quality: 50 };
    let shared = vpdq::compare(&recoded, &one, &comparison);
    assert!(shared.query_percent >= 80.0, "{shared:?}");
    assert_eq!(decoder.measure(b"words").unwrap().video, None);
    let cut = video(&ffmpeg, 5, &[]);
    assert!(matches!(decoder.measure(&cut[..100]).unwrap().video, Some(Err(_))));
}

#[test]
fn a_playlist_does_not_lead_to_another_file() {
    let options = options();
    if options.ffmpeg.is_none() {
        println!("skipped: there is no ffmpeg on this machine");
        return;
    }
    let pool = Pool::start(options).unwrap();
    for playlist in [
        "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1.0,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile /etc/passwd\n",
        "#EXTM3U\n#EXTINF:1.0,\nhttp://127.0.0.1:9/x.ts\n",
    ] {
        assert!(pool.watch(playlist.as_bytes(), |_| {}).is_err());
    }
}
