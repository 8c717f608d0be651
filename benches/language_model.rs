//! Trains the model that tells languages, and writes it: `signals/src/language/model.bin`.
//!
//!     cargo bench -q --package benches --bench language_model -- REGISTRY \
//!         [--write] [--without SOURCE]
//!
//! REGISTRY is the folder that `benches/peers/language_text.py` writes. The same texts give the
//! same bytes. Without `--write` the model is kept in the benchmarks' folder, where the program
//! `language` tells of it as the case `--without`; that is how a whole source is held apart.

#[path = "language/texts.rs"]
mod texts;

use benches::{Failure, input};
use signals::language::train::{Effort, train};
use std::path::{Path, PathBuf};

fn main() -> Result<(), Failure> {
    let mut registry = None;
    let mut without = Vec::new();
    let mut target = input::folder()?.join("language-model.bin");
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--write" => target = committed(),
            "--without" => without.push(arguments.next().ok_or("--without needs a source")?),
            _ => registry = Some(PathBuf::from(argument)),
        }
    }
    let Some(registry) = registry else {
        eprintln!("no folder of registry texts is named, so no model is trained");
        return Ok(());
    };
    let sources = texts::learned(&registry, &without)?;
    for learned in texts::LEARNED.iter().filter(|learned| !without.contains(&learned.name.into())) {
        eprintln!("learns from {} ({})", learned.name, learned.licence);
    }
    let model = train(&sources, Effort::default());
    std::fs::write(&target, &model)?;
    eprintln!("{}: {} bytes from {} files", target.display(), model.len(), sources.len());
    Ok(())
}

fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../signals/src/language/model.bin")
}
