//! What a look-up over HTTP costs the server, all its processes together, with a million PDQ hashes
//! in its banks: of a digest, of a hash, and of a photograph that is decoded and hashed first.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use benches::load::{self, Load};
use benches::server::{Installation, Server};
use benches::{Failure, cpu, input, line, numbers};
use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use serde_json::json;
use signals::pdq::{self, PdqHash};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

const HASHES: usize = 1_000_000;
const LASTS: Duration = Duration::from_secs(4);
const BENCH: &str = "lookup";
/// Rules that ask for a look-up of every kind of signal.
const RULES: &str = r#"
[[rule]]
name = "known-picture"
owner = "bench"
policy = "bench.pictures"
description = "A picture or file of the bank."
when = 'pdq.matches > 0 || sha256.matches > 0'
labels = ["known"]
queue = "pictures"
priority = 80
subject = "item"
"#;

fn main() -> Result<(), Failure> {
    let installation = Installation::make(&input::binary()?, &input::folder()?)?;
    let photograph = photograph()?;
    let picture = signals::picture::decode(&photograph).map_err(|missing| missing.reason)?;
    let hash = pdq::hash(&picture).hash;
    let digest = signals::digest::format_digest(&signals::digest::sha256(&photograph));
    let begin = cpu::used("self")?.children_s;
    installation.import("pictures", &bank_csv(hash, &digest))?;
    let imported = cpu::used("self")?.children_s - begin;
    line::measured(BENCH, "import 1,000,000 hashes", imported, "CPU s");
    installation.promote(RULES)?;
    let key = installation.key("bench")?;
    let server = installation.start()?;
    line::measured(BENCH, "start to ready", server.ready.as_secs_f64(), "s");
    let memory = cpu::resident_bytes(&server.process())? as f64 / 1e6;
    line::measured(BENCH, "memory", memory, "MB");
    let near = hash.with_bit_flipped(9).with_bit_flipped(200).to_string();
    let bytes = STANDARD.encode(&photograph);
    for (what, medium, is_known) in [
        ("nothing", None, false),
        ("a digest", Some(json!({ "sha256": digest })), true),
        ("a hash", Some(json!({ "pdq": near })), true),
        ("a photograph of 1920 × 1080", Some(json!({ "bytes": bytes })), true),
    ] {
        let body = item(medium);
        if is_known && !answer(&server, &key, &body)?.contains("known-picture") {
            eprintln!("{what}: this program does not look it up");
            continue;
        }
        measure(&server, &key, what, body)?;
    }
    Ok(())
}

fn measure(server: &Server, key: &str, what: &str, body: String) -> Result<(), Failure> {
    let keys = [key.to_owned()];
    let load = Load { address: &server.address, path: "/v1/check", keys: &keys, lasting: LASTS };
    let body = Bytes::from(body);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let before = all_s(&server.process())?;
    let outcome = runtime.block_on(load::run(&load, move |_| body.clone()))?;
    let used = all_s(&server.process())? - before;
    let each = used * 1e3 / outcome.latencies_ms.len() as f64;
    line::measured(BENCH, &format!("check with {what}: server"), each, "CPU ms/request");
    let middle = outcome.latency_ms(0.5);
    line::measured(BENCH, &format!("check with {what}: median latency"), middle, "ms");
    Ok(())
}

/// Processor seconds of a process and of those that it started, which may run on or have ended.
fn all_s(process: &str) -> Result<f64, Failure> {
    let mut used = cpu::used(process)?;
    let mut all = used.own_s + used.children_s;
    for task in std::fs::read_dir(format!("/proc/{process}/task"))? {
        let children = std::fs::read_to_string(task?.path().join("children"))?;
        for child in children.split_whitespace() {
            used = cpu::used(child)?;
            all += used.own_s + used.children_s;
        }
    }
    Ok(all)
}

/// The answer to one check.
fn answer(server: &Server, key: &str, body: &str) -> Result<String, Failure> {
    let mut stream = TcpStream::connect(&server.address)?;
    let (host, length) = (&server.address, body.len());
    write!(
        stream,
        "POST /v1/check HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n{body}"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

fn item(medium: Option<serde_json::Value>) -> String {
    let media: Vec<serde_json::Value> = medium
        .into_iter()
        .map(|mut medium| {
            medium["id"] = "m1".into();
            medium["kind"] = "image".into();
            medium
        })
        .collect();
    let item = json!({
        "service": "forum", "id": "p1", "kind": "post", "created_at": "2026-01-01T00:00:00Z",
        "author": { "id": "a1", "handle": "reader" }, "text": "", "links": [], "media": media,
    });
    item.to_string()
}

/// A bank of random hashes and what the photograph is known by.
fn bank_csv(hash: PdqHash, digest: &str) -> String {
    let mut next = numbers(11);
    let random = (1..HASHES).map(|_| PdqHash::from_words(std::array::from_fn(|_| next())));
    let rows = random.chain([hash]).map(|hash| format!("pdq,{hash},bench.pictures\n"));
    let head = format!("kind,value,policy\nsha256,{digest},bench.pictures\n");
    std::iter::once(head).chain(rows).collect()
}

/// A photograph of 1920 by 1080 pixels as JPEG: a real one where the shared data is there.
fn photograph() -> Result<Vec<u8>, Failure> {
    let image = match input::data() {
        Some(data) => image::open(data.join("pdq/images/bridge-1-original.jpg"))?,
        None => image::open(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../signals/tests/fixtures/scene.png"
        ))?,
    };
    let sized = image.resize_exact(1920, 1080, FilterType::CatmullRom).to_rgb8();
    let mut file = Vec::new();
    sized.write_with_encoder(JpegEncoder::new_with_quality(&mut file, 90))?;
    Ok(file)
}
