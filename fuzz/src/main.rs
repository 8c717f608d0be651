//! Fuzz targets of every parser and decoder front, in one program.
//!
//! A target takes bytes, gives them to a parser, and asserts what holds of whatever comes out: that
//! it is read back from what is written of it, that places lie in the text, that nothing is larger
//! than a limit. `cargo xtask fuzz` builds and runs them; by hand, the environment variable
//! `SEAWALL_FUZZ_TARGET` names the one to run, and without it the program lists them.

#![no_main]

mod check;
mod connect;
mod evidence;
mod hashes;
mod items;
mod laws;
mod media;
mod models;
mod records;
mod studies;
mod text;

use std::io::Write as _;
use std::sync::OnceLock;

/// One way into the program that takes bytes from outside.
struct Target {
    /// Its name, which is also that of its corpus.
    name: &'static str,
    /// Most bytes that are tried. Limits beyond it are tested elsewhere, with inputs made for them.
    most_bytes: usize,
    run: fn(&[u8]),
}

const fn target(name: &'static str, most_bytes: usize, run: fn(&[u8])) -> Target {
    Target { name, most_bytes, run }
}

/// Every target, by the alphabet.
const TARGETS: &[Target] = &[
    target("address", 32, connect::address),
    target("archive", 2_048, evidence::archive),
    target("bag", 2_048, evidence::bag),
    target("bank", 2_048, items::bank),
    target("bmp", 4_096, media::bmp),
    target("checkpoint", 1_024, records::checkpoint),
    target("condition", 512, items::condition),
    target("container", 1_024, evidence::container),
    target("coortweet", 2_048, studies::coortweet),
    target("deadlines", 4_096, laws::deadlines),
    target("facts", 2_048, media::facts),
    target("fold", 256, text::fold),
    target("form", 2_048, laws::form),
    target("frames", 256, media::frames),
    target("gif", 4_096, media::gif),
    target("hashes", 256, hashes::hashes),
    target("item", 2_048, items::item),
    target("jpeg", 4_096, media::jpeg),
    target("language", 512, text::language),
    target("language_model", 1_024, models::language),
    target("learned_model", 1_024, models::learned),
    target("links", 512, text::links),
    target("log", 1_024, records::log),
    target("measure", 1_024, items::measure),
    target("near", 1_024, text::near),
    target("parameters", 1_024, studies::parameters),
    target("picture", 4_096, media::picture),
    target("png", 4_096, media::png),
    target("provider", 2_048, laws::provider),
    target("published", 1_024, records::published),
    target("quotation", 1_024, text::quotation),
    target("record", 1_024, records::record),
    target("rules", 2_048, items::rules),
    target("template", 4_096, laws::template),
    target("terms", 512, text::terms),
    target("tiff", 4_096, media::tiff),
    target("time_stamp", 4_096, evidence::time_stamp),
    target("tmk", 4_096, hashes::tmk),
    target("toolkit", 2_048, studies::toolkit),
    target("views", 256, text::views),
    target("vpdq", 2_048, hashes::vpdq),
    target("webhook", 512, connect::webhook),
    target("webp", 4_096, media::webp),
    target("words", 256, items::words),
];

static CHOSEN: OnceLock<fn(&[u8])> = OnceLock::new();

libfuzzer_sys::fuzz_target!(init: choose(), |bytes: &[u8]| {
    CHOSEN.get().expect("a target is chosen before the first input")(bytes);
});

/// Takes the target that the environment names; lists them all where it names none, and ends.
fn choose() {
    let named = std::env::var("SEAWALL_FUZZ_TARGET").unwrap_or_default();
    if let Some(target) = TARGETS.iter().find(|target| target.name == named) {
        CHOSEN.get_or_init(|| target.run);
        return;
    }
    let mut list = String::new();
    for Target { name, most_bytes, .. } in TARGETS {
        list += &format!("{name} {most_bytes}\n");
    }
    let written = std::io::stdout().write_all(list.as_bytes());
    let known = named.is_empty() && written.is_ok();
    std::process::exit(if known { 0 } else { 2 });
}
