//! Models that operators bring: of languages, and learned from decisions.

use crate::{check, text};
use signals::language::{Identifier, ModelError};
use signals::learn::{Model, Score};

/// A text in the first line, and after it the bytes of a model of languages, repeated to the length
/// that a model has.
pub fn language(bytes: &[u8]) {
    let mut parts = bytes.splitn(2, |byte| *byte == b'\n');
    let (words, weights) = (parts.next().unwrap_or(b""), parts.next().unwrap_or(b""));
    let wanted = match Identifier::from_bytes(weights.to_vec()) {
        Ok(_) => unreachable!("a model has more bytes than are tried"),
        Err(ModelError::WrongLength { wanted, .. }) => wanted,
        Err(ModelError::NotAModel | ModelError::BadScale) => return,
    };
    let whole: Vec<u8> = weights.iter().copied().cycle().take(wanted).collect();
    if let Ok(identifier) = Identifier::from_bytes(whole) {
        text::check_identified(&identifier.identify(&check::text(words)));
    }
}

/// A text in the first line, and after it the bytes of a learned model: it is written as it was
/// read, and what it says is a probability.
pub fn learned(bytes: &[u8]) {
    let mut parts = bytes.splitn(2, |byte| *byte == b'\n');
    let (words, model) = (parts.next().unwrap_or(b""), parts.next().unwrap_or(b""));
    let Ok(read) = Model::from_bytes(model) else { return };
    assert_eq!(read.to_bytes(), model);
    let text = check::text(words);
    match read.score(&text) {
        Score::Abstains(_) => {}
        Score::Scored { probability, explanation } => {
            assert!((0.0..=1.0).contains(&probability), "{probability}");
            for word in explanation {
                check::range(&text, &word.range);
                assert!(!word.weight.is_nan());
            }
        }
    }
}
