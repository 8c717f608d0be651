//! What hostile media cost: processor time and the most memory of the processes that decode them.
//!
//! `cargo bench --profile release -p sandbox --bench hostile_media` prints a line a case: the
//! processor time of all its processes with their start, the most memory that one of them held
//! beyond what a worker holds that is given a few words, and what came out. It fails where a case
//! that is refused takes more than a second or 80 MB, or where the pool does not go on after it.

use flate2::{Compression, write::ZlibEncoder};
use image::codecs::gif::GifEncoder;
use image::{Frame, Rgba, RgbaImage};
use sandbox::{Decoder, Options};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::sleep;
use std::time::Duration;

type Failure = Box<dyn std::error::Error>;

/// What a case that is refused may take. A file of 32 MiB is held twice where its end is looked
/// for, and the libraries of `ffmpeg` alone are 50 MB.
const MOST_S: f64 = 1.0;
const MOST_MB: f64 = 80.0;
/// How often the memory of the processes is looked at.
const EVERY: Duration = Duration::from_micros(500);
/// Ticks of a second in `/proc/PID/stat`.
const TICKS: f64 = 100.0;

fn main() -> Result<(), Failure> {
    let usual = measure(b"just some words")?;
    println!("a worker that is given words: {:.2} s, {:.1} MB", usual.cpu_s, usual.most_mb);
    println!("| case | bytes | CPU s | extra MB | what came out |\n|---|--:|--:|--:|---|");
    let mut beyond = Vec::new();
    for (name, bytes) in pictures()?.into_iter().chain(videos()?) {
        let cost = measure(&bytes)?;
        let extra_mb = (cost.most_mb - usual.most_mb).max(0.0);
        let (length, cpu_s) = (bytes.len(), cost.cpu_s);
        println!("| {name} | {length} | {cpu_s:.2} | {extra_mb:.0} | {} |", cost.outcome);
        if cost.is_refused && (cpu_s > MOST_S || extra_mb > MOST_MB) {
            beyond.push(name);
        }
    }
    if beyond.is_empty() { Ok(()) } else { Err(format!("beyond the bounds: {beyond:?}").into()) }
}

struct Cost {
    cpu_s: f64,
    most_mb: f64,
    is_refused: bool,
    outcome: String,
}

/// Measures a medium in a pool of its own, which must then still measure another.
fn measure(bytes: &[u8]) -> Result<Cost, Failure> {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_sandbox-worker"));
    let options = Options { program, idle: 1, ..Options::of_this_program()? };
    let before = children_s()?;
    let (most, done) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let watch = {
        let (most, done) = (Arc::clone(&most), Arc::clone(&done));
        std::thread::spawn(move || {
            while !done.load(Ordering::Relaxed) {
                most.fetch_max(highest_kib(), Ordering::Relaxed);
                sleep(EVERY);
            }
        })
    };
    let decoder = Decoder::workers(options);
    let facts = decoder.measure(bytes);
    most.fetch_max(highest_kib(), Ordering::Relaxed);
    done.store(true, Ordering::Relaxed);
    watch.join().map_err(|_| "the watch failed")?;
    let goes_on = decoder.measure(b"other words").is_ok();
    drop(decoder);
    if !goes_on {
        return Err("the pool does not go on".into());
    }
    let (is_refused, outcome) = match facts {
        Err(missing) => (true, missing.reason),
        Ok(facts) => match (facts.picture, facts.video) {
            (Ok(picture), _) => {
                let views = 1 + picture.further_views.len();
                (false, format!("{} × {}, views: {views}", picture.width, picture.height))
            }
            (Err(_), Some(Ok(video))) => (false, format!("{} frames", video.frames.len())),
            (Err(missing), None) | (Err(_), Some(Err(missing))) => (true, missing.reason),
        },
    };
    let most_mb = most.load(Ordering::Relaxed) as f64 / 1_000.0;
    Ok(Cost { cpu_s: children_s()? - before, most_mb, is_refused, outcome })
}

/// Processor seconds of the processes that this one started and that have ended.
fn children_s() -> Result<f64, Failure> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace();
    let ticks = fields.skip(13).take(2).map(str::parse::<u64>);
    Ok(ticks.sum::<Result<u64, _>>()? as f64 / TICKS)
}

/// The most memory that one process which this one started has held, in KiB.
fn highest_kib() -> u64 {
    let me = std::process::id();
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let children = tasks.filter_map(|task| {
        let path = format!("/proc/{me}/task/{}/children", task.file_name().to_str()?);
        std::fs::read_to_string(path).ok()
    });
    let ids = children.flat_map(|ids| ids.split(' ').map(str::to_owned).collect::<Vec<_>>());
    let own = std::fs::read_link("/proc/self/exe").ok();
    ids.filter_map(|id| {
        // Until it becomes another program, a new process shares the memory of this one.
        if std::fs::read_link(format!("/proc/{id}/exe")).ok() == own {
            return None;
        }
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.trim().trim_end_matches("kB").trim().parse().ok()
    })
    .max()
    .unwrap_or(0)
}

type Case = (&'static str, Vec<u8>);

fn pictures() -> Result<Vec<Case>, Failure> {
    let fixture = |name: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../signals/tests/fixtures");
        std::fs::read(folder.join(name))
    };
    let cut = |name: &str| fixture(name).map(|bytes| bytes[..bytes.len() / 2].to_vec());
    let mut jpeg = fixture("progressive.jpg")?;
    let frame = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC2]).ok_or("no frame")?;
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0x18, 0x6A, 0x18, 0x6A]);
    let mut avif = fixture("scene.avif")?;
    let size = avif.windows(4).position(|name| name == b"ispe").ok_or("no size")? + 8;
    avif[size..size + 8].copy_from_slice(&[0, 0, 0x18, 0x6A, 0, 0, 0x18, 0x6A]);
    Ok(vec![
        ("PNG of 13,300 × 13,300", png(13_300, 13_300, 2, 8, 1)?),
        ("PNG of 6,300 × 6,300", png(6_300, 6_300, 2, 8, 1)?),
        ("PNG of 6,200 × 6,200, 16 bits and opacity", png(6_200, 6_200, 6, 16, 1)?),
        ("PNG that tells 40 MP and has 100 rows", png_of(6_300, 100, [6_300, 6_300], 2, 8, 1)?),
        ("PNG with a profile of 400 MB", png_with_profile(400)?),
        ("PNG cut in half", cut("scene.png")?),
        ("GIF of 4 frames of 6,000 × 6,000", gif(6_000, 4, 1)?),
        ("GIF of 64 frames of 700 × 700", gif(700, 64, 7)?),
        ("GIF of 64 small frames", gif(250, 64, 9)?),
        ("GIF of 20,000 frames of one pixel", gif(1, 20_000, 1)?),
        ("JPEG, progressive, that tells 39 MP", jpeg),
        ("JPEG of 3,000 × 3,000 in 3,000 scans", jpeg_of_scans(3_000)?),
        ("JPEG cut in half", cut("scene.jpg")?),
        ("WebP cut in half", cut("scene.webp")?),
        ("TIFF of 20,000 × 20,000", tiff(20_000, 20_000)?),
        ("TIFF of 6,300 × 6,300", tiff(6_300, 6_300)?),
        ("TIFF cut in half", cut("scene.tiff")?),
        ("AVIF that tells 39 MP", avif),
        ("AVIF cut in half", cut("scene.avif")?),
        ("AVIF of a grid cut in half", cut("grid.avif")?),
        ("32 MiB of nothing", vec![0; 33_554_432]),
        (
            "a JPEG's beginning and 32 MiB of marks",
            [b"\xFF\xD8", &vec![0xFF; 33_554_000][..]].concat(),
        ),
    ])
}

fn png(width: u32, height: u32, colours: u8, bits: u8, body: u8) -> Result<Vec<u8>, Failure> {
    png_of(width, height, [width, height], colours, bits, body)
}

/// A PNG of rows of one value, whose header tells a size.
fn png_of(
    width: u32,
    rows: u32,
    told: [u32; 2],
    colours: u8,
    bits: u8,
    value: u8,
) -> Result<Vec<u8>, Failure> {
    let channels = if colours == 6 { 4 } else { 3 };
    let row = [&[0][..], &vec![value; channels * usize::from(bits / 8) * width as usize]].concat();
    let body = deflated(&row, rows)?;
    let header = [&told[0].to_be_bytes()[..], &told[1].to_be_bytes(), &[bits, colours, 0, 0, 0]];
    let chunks = [chunk(b"IHDR", &header.concat()), chunk(b"IDAT", &body), chunk(b"IEND", b"")];
    Ok([&b"\x89PNG\r\n\x1A\n"[..], &chunks.concat()].concat())
}

fn png_with_profile(megabytes: u32) -> Result<Vec<u8>, Failure> {
    let profile = [&b"profile\0\0"[..], &deflated(&[0; 1_000_000], megabytes)?].concat();
    let header = [&[0, 0, 0, 8, 0, 0, 0, 8][..], &[8, 2, 0, 0, 0]].concat();
    let body = deflated(&[1; 25], 8)?;
    let chunks = [chunk(b"IHDR", &header), chunk(b"iCCP", &profile), chunk(b"IDAT", &body)];
    Ok([&b"\x89PNG\r\n\x1A\n"[..], &chunks.concat(), &chunk(b"IEND", b"")].concat())
}

fn deflated(part: &[u8], times: u32) -> Result<Vec<u8>, Failure> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    for _ in 0..times {
        encoder.write_all(part)?;
    }
    Ok(encoder.finish()?)
}

fn chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut check = flate2::Crc::new();
    check.update(kind);
    check.update(body);
    let length = (body.len() as u32).to_be_bytes();
    [&length[..], kind, body, &check.sum().to_be_bytes()].concat()
}

/// An animation whose frames differ, with so many stripes.
fn gif(side: u32, frames: u32, stripes: u32) -> Result<Vec<u8>, Failure> {
    let mut file = Vec::new();
    let mut encoder = GifEncoder::new_with_speed(&mut file, 30);
    for number in 0..frames {
        let picture = RgbaImage::from_fn(side, side, |x, y| {
            let stripe = x * stripes / side * (number + 1) + y * stripes / side * (number % 5 + 2);
            let light = (stripe * 37 % 256) as u8;
            Rgba([light, light, 255 - light, 255])
        });
        encoder.encode_frame(Frame::new(picture))?;
    }
    drop(encoder);
    Ok(file)
}

/// A grey progressive JPEG whose scans all bring the first frequency of every block anew, with a
/// code of one letter that says that nothing changes.
fn jpeg_of_scans(scans: usize) -> Result<Vec<u8>, Failure> {
    let side = 3_000u16.to_be_bytes();
    let mut file = b"\xFF\xD8\xFF\xDB\0\x43\0".to_vec();
    file.extend([1; 64]);
    file.extend(b"\xFF\xC2\0\x0B\x08");
    file.extend([side, side].concat());
    file.extend(b"\x01\x01\x11\0\xFF\xC4\0\x14\0\x01");
    file.extend([0; 16]);
    let blocks = 3_000usize.div_ceil(8).pow(2);
    let scan = [&b"\xFF\xDA\0\x08\x01\x01\0\0\0\0"[..], &vec![0; blocks.div_ceil(8)]].concat();
    for _ in 0..scans.min(33_000_000 / scan.len()) {
        file.extend_from_slice(&scan);
    }
    file.extend(b"\xFF\xD9");
    Ok(file)
}

/// A TIFF of one strip of deflated zeros.
fn tiff(width: u32, height: u32) -> Result<Vec<u8>, Failure> {
    let body = deflated(&vec![0; 3 * width as usize], height)?;
    let tags: [[u32; 4]; 10] = [
        [256, 4, 1, width],
        [257, 4, 1, height],
        [258, 3, 3, 134],
        [259, 3, 1, 8],
        [262, 3, 1, 2],
        [273, 4, 1, 140],
        [277, 3, 1, 3],
        [278, 4, 1, height],
        [279, 4, 1, body.len() as u32],
        [284, 3, 1, 1],
    ];
    let mut file = b"II*\0\x08\0\0\0\x0A\0".to_vec();
    for [tag, kind, count, value] in tags {
        file.extend([(tag as u16).to_le_bytes(), (kind as u16).to_le_bytes()].concat());
        file.extend([count.to_le_bytes(), value.to_le_bytes()].concat());
    }
    file.extend([0; 4]);
    file.extend([8, 0, 8, 0, 8, 0]);
    file.extend(body);
    Ok(file)
}

/// Videos, where there is an `ffmpeg` to make them.
fn videos() -> Result<Vec<Case>, Failure> {
    let Some(ffmpeg) = Options::of_this_program()?.ffmpeg else {
        println!("no videos: there is no ffmpeg");
        return Ok(Vec::new());
    };
    let folder = std::env::temp_dir().join(format!("hostile-media-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let made = |source: &str, name: &str, told: &[&str]| -> Result<Vec<u8>, Failure> {
        let file = folder.join(name);
        let mut command = Command::new(&ffmpeg);
        command.args(["-v", "error", "-y", "-f", "lavfi", "-i", source]).args(told).arg(&file);
        if !command.status()?.success() {
            return Err(format!("ffmpeg does not make {name}").into());
        }
        Ok(std::fs::read(file)?)
    };
    let fast = ["-preset", "ultrafast", "-pix_fmt", "yuv420p"];
    let usual = made("testsrc=duration=3:size=320x240:rate=25", "usual.mp4", &fast)?;
    let cases = vec![
        ("MP4 of frames of 8,000 × 8,000", made("color=s=8000x8000:d=2:r=1", "wide.mp4", &fast)?),
        ("MP4 of frames of 6,000 × 6,000", made("color=s=6000x6000:d=3:r=1", "large.mp4", &fast)?),
        ("MP4 of two hours", made("color=s=64x64:d=7200:r=2", "long.mp4", &fast)?),
        ("MP4 cut in half", usual[..usual.len() / 2].to_vec()),
        ("MP4's beginning and 32 MB of nothing", [&usual[..400], &vec![0; 32_000_000]].concat()),
    ];
    std::fs::remove_dir_all(&folder)?;
    Ok(cases)
}
