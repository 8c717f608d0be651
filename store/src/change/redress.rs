//! How appeals, the ladder of strikes, and those who give notice are written.

use super::{Result, Write, int, json, text};
use crate::rows::LadderRow;
use model::{Appeal, Flagger, NoticeId, Notifier};
use sea_orm::Value;

fn appeal_values(appeal: &Appeal) -> Result<Vec<Value>> {
    Ok(vec![
        text(&appeal.id),
        text(&appeal.service),
        text(&appeal.decision),
        text(appeal.by.key()),
        text(appeal.status.as_str()),
        appeal.at.micros().into(),
        appeal.due_at.micros().into(),
        int(appeal.revision),
        json(appeal)?,
    ])
}

pub(super) fn appeal_filed(appeal: &Appeal) -> Result<Write> {
    let sql = "INSERT INTO appeals (id, service, decision, appellant, status, at_us, due_us, \
               revision, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    Ok(Write::new("keeping an appeal", sql, appeal_values(appeal)?))
}

pub(super) fn appeal_changed(appeal: &Appeal) -> Result<Write> {
    let mut values = appeal_values(appeal)?;
    values.push(int(appeal.revision.saturating_sub(1)));
    let sql = "UPDATE appeals SET service = $2, decision = $3, appellant = $4, status = $5, \
               at_us = $6, due_us = $7, revision = $8, body = $9 WHERE id = $1 AND revision = $10";
    Ok(Write::new("changing an appeal", sql, values).or_conflict("appeal"))
}

pub(super) fn ladder_written(row: &LadderRow) -> Write {
    let sql = "INSERT INTO ladders (version, body, author, reason, at_us) \
               VALUES ($1, $2, $3, $4, $5)";
    let values = vec![
        int(row.version),
        text(&row.body),
        text(&row.author),
        text(&row.reason),
        row.at.micros().into(),
    ];
    Write::new("keeping a ladder", sql, values)
}

pub(super) fn flagger_added(flagger: &Flagger) -> Result<Write> {
    let sql = "INSERT INTO flaggers (id, key_id, revision, body) VALUES ($1, $2, $3, $4)";
    let (id, key) = (text(&flagger.id), text(&flagger.key));
    let values = vec![id, key, int(flagger.revision), json(flagger)?];
    Ok(Write::new("registering a flagger", sql, values))
}

pub(super) fn flagger_changed(flagger: &Flagger) -> Result<Write> {
    let sql = "UPDATE flaggers SET revision = $2, body = $3 WHERE id = $1 AND revision = $4";
    let before = int(flagger.revision.saturating_sub(1));
    let values = vec![text(&flagger.id), int(flagger.revision), json(flagger)?, before];
    Ok(Write::new("changing a flagger", sql, values).or_conflict("flagger"))
}

pub(super) fn notifier_changed(notifier: &Notifier) -> Result<Write> {
    let sql = "INSERT INTO notifiers (id, revision, body) VALUES ($1, $2, $3) \
               ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, body = excluded.body \
               WHERE notifiers.revision = $4";
    let before = int(notifier.revision.saturating_sub(1));
    let values = vec![text(&notifier.key), int(notifier.revision), json(notifier)?, before];
    Ok(Write::new("changing a notifier", sql, values).or_conflict("notifier"))
}

pub(super) fn notice_assessed(notice: &NoticeId, is_unfounded: bool) -> Write {
    let sql = "UPDATE notices SET unfounded = $2 WHERE id = $1";
    let values = vec![text(notice), i64::from(is_unfounded).into()];
    Write::new("assessing a notice", sql, values).or_conflict("notice")
}
