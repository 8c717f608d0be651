//! How a letter is written that is to be sent.

use super::{Write, json, text};
use crate::Result;
use model::Letter;

pub(super) fn written(letter: &Letter) -> Result<Write> {
    Ok(Write::new(
        "writing a letter",
        "INSERT INTO letters (id, service, about, kind, at_us, state, attempts, next_us, body) \
         VALUES ($1, $2, $3, $4, $5, 'pending', 0, $5, $6)",
        vec![
            text(&letter.id),
            text(&letter.service),
            text(&letter.about),
            text(letter.kind.as_str()),
            letter.at.micros().into(),
            json(letter)?,
        ],
    ))
}
