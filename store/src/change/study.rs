//! Changes of studies, and how each is written.

use super::{Write, int, json, text};
use crate::Result;
use crate::rows::StudySignalRow;
use model::{Follow, ServiceId, Study, StudyCode, StudyId, StudyProgress, Timestamp};

/// The names under which parts are kept begin with it; all other documents stay.
pub(crate) const PART: &str = "part/";

/// One change of a study.
#[derive(Debug, Clone)]
pub enum StudyChange {
    /// A study is ordered, with the key of its pseudonyms.
    Ordered(Box<Study>, [u8; 32]),
    /// A study changes; conflicts where its revision is not one less.
    Changed(Box<Study>),
    /// A worker runs a study; conflicts where its revision is not one less, or somebody stopped it.
    Running(Box<Study>),
    /// A worker takes a study, alone until the lease ends; conflicts where another was quicker.
    Leased {
        /// The study.
        study: StudyId,
        /// Until when.
        until: Timestamp,
    },
    /// A worker says how far a study is and holds it on; conflicts where it no longer runs.
    Progressed {
        /// The study.
        study: StudyId,
        /// How far.
        progress: StudyProgress,
        /// Until when it is held.
        until: Timestamp,
    },
    /// A finished part of a running study is kept.
    PartKept {
        /// The study.
        study: StudyId,
        /// The part, a name of its own for each.
        name: String,
        /// The part as JSON.
        body: String,
    },
    /// A result, sample or estimate of a study is kept.
    DocumentKept {
        /// The study.
        study: StudyId,
        /// Its name, such as `result`.
        name: String,
        /// The document as JSON.
        body: String,
    },
    /// The parts of a study that has its result are dropped.
    PartsDropped(StudyId),
    /// A person coded an account of a sample; a second answer replaces the first.
    Coded(StudyId, StudyCode),
    /// Findings become signals, in place of what the same study gave before.
    Applied {
        /// The study.
        study: StudyId,
        /// Its service.
        service: ServiceId,
        /// When they expire.
        expires: Timestamp,
        /// The signals.
        rows: Vec<StudySignalRow>,
    },
    /// Everything that a study found is deleted.
    Erased(StudyId),
    /// A service tells who follows whom; what it told of a pair before is replaced.
    FollowsReceived(ServiceId, Vec<Follow>),
}

impl StudyChange {
    /// Whether it changes nothing that anybody decided or knows, so that it needs no record.
    pub(super) fn is_housekeeping(&self) -> bool {
        match self {
            Self::Running(_)
            | Self::Leased { .. }
            | Self::Progressed { .. }
            | Self::PartKept { .. }
            | Self::PartsDropped(_) => true,
            Self::Ordered(..)
            | Self::Changed(_)
            | Self::DocumentKept { .. }
            | Self::Coded(..)
            | Self::Applied { .. }
            | Self::Erased(_)
            | Self::FollowsReceived(..) => false,
        }
    }
}

/// The statements of a change, in their order.
pub(super) fn writes(change: &StudyChange, at: Timestamp) -> Result<Vec<Write>> {
    Ok(match change {
        StudyChange::Ordered(study, key) => vec![ordered(study, key)?],
        StudyChange::Changed(study) | StudyChange::Running(study) => vec![changed(study)?],
        StudyChange::Leased { study, until } => vec![leased(study, *until, at)],
        StudyChange::Progressed { study, progress, until } => {
            vec![progressed(study, progress, *until)?]
        }
        StudyChange::PartKept { study, name, body } => {
            vec![part_kept(study, &format!("{PART}{name}"), body, at)]
        }
        StudyChange::DocumentKept { study, name, body } => vec![kept(study, name, body, at)],
        StudyChange::PartsDropped(study) => vec![parts_dropped(study)],
        StudyChange::Coded(study, code) => vec![coded(study, code)],
        StudyChange::Applied { study, service, expires, rows } => {
            applied(study, service, *expires, rows)?
        }
        StudyChange::Erased(study) => erased(study),
        StudyChange::FollowsReceived(service, follows) => {
            follows.iter().map(|follow| follow_received(service, follow)).collect()
        }
    })
}

fn ordered(study: &Study, key: &[u8; 32]) -> Result<Write> {
    Ok(Write::new(
        "keeping a study",
        "INSERT INTO studies (id, state, at_us, expires_us, leased_us, revision, pseudonym_key, \
         progress, body) VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8)",
        vec![
            text(&study.id),
            text(study.state.as_str()),
            study.at.micros().into(),
            study.expires_at.micros().into(),
            int(study.revision),
            key.to_vec().into(),
            json(&StudyProgress::default())?,
            json(study)?,
        ],
    ))
}

fn changed(study: &Study) -> Result<Write> {
    Ok(Write::new(
        "changing a study",
        "UPDATE studies SET state = $2, expires_us = $3, revision = $4, body = $5, \
         leased_us = CASE WHEN $2 = 'running' THEN leased_us ELSE 0 END \
         WHERE id = $1 AND revision = $6",
        vec![
            text(&study.id),
            text(study.state.as_str()),
            study.expires_at.micros().into(),
            int(study.revision),
            json(study)?,
            int(study.revision.saturating_sub(1)),
        ],
    )
    .or_conflict("study"))
}

fn leased(study: &StudyId, until: Timestamp, at: Timestamp) -> Write {
    Write::new(
        "taking a study",
        "UPDATE studies SET leased_us = $2 \
         WHERE id = $1 AND state IN ('waiting', 'running') AND leased_us < $3",
        vec![text(study), until.micros().into(), at.micros().into()],
    )
    .or_conflict("study")
}

fn progressed(study: &StudyId, progress: &StudyProgress, until: Timestamp) -> Result<Write> {
    Ok(Write::new(
        "noting the progress of a study",
        "UPDATE studies SET progress = $2, leased_us = $3 WHERE id = $1 AND state = 'running'",
        vec![text(study), json(progress)?, until.micros().into()],
    )
    .or_conflict("study"))
}

fn kept(study: &StudyId, name: &str, body: &str, at: Timestamp) -> Write {
    Write::new(
        "keeping a document of a study",
        "INSERT INTO study_documents (study, name, body, at_us) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (study, name) DO UPDATE SET body = excluded.body, at_us = excluded.at_us",
        vec![text(study), text(name), text(body), at.micros().into()],
    )
}

/// Keeps a part as long as the study runs: one that was stopped and erased meanwhile keeps nothing.
fn part_kept(study: &StudyId, name: &str, body: &str, at: Timestamp) -> Write {
    Write::new(
        "keeping a part of a study",
        "INSERT INTO study_documents (study, name, body, at_us) \
         SELECT id, CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS BIGINT) FROM studies \
         WHERE id = $1 AND state = 'running' \
         ON CONFLICT (study, name) DO UPDATE SET body = excluded.body, at_us = excluded.at_us",
        vec![text(study), text(name), text(body), at.micros().into()],
    )
    .or_conflict("study")
}

fn parts_dropped(study: &StudyId) -> Write {
    Write::new(
        "dropping the parts of a study",
        "DELETE FROM study_documents WHERE study = $1 AND name LIKE $2",
        vec![text(study), text(format!("{PART}%"))],
    )
}

fn coded(study: &StudyId, code: &StudyCode) -> Write {
    Write::new(
        "keeping the code of an account",
        "INSERT INTO study_codes (study, account, coder, round, answer, at_us) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (study, account, coder, round) \
         DO UPDATE SET answer = excluded.answer, at_us = excluded.at_us",
        vec![
            text(study),
            text(&code.account),
            text(&code.coder),
            text(code.round.as_str()),
            text(code.answer.as_str()),
            code.at.micros().into(),
        ],
    )
}

fn applied(
    study: &StudyId,
    service: &ServiceId,
    expires: Timestamp,
    rows: &[StudySignalRow],
) -> Result<Vec<Write>> {
    let doing = "keeping signals of a study";
    let clear = "DELETE FROM study_signals WHERE study = $1";
    let mut writes = vec![Write::new(doing, clear, vec![text(study)])];
    for row in rows {
        writes.push(Write::new(
            doing,
            "INSERT INTO study_signals (study, service, account, expires_us, body) \
             VALUES ($1, $2, $3, $4, $5)",
            vec![
                text(study),
                text(service),
                text(&row.account),
                expires.micros().into(),
                json(&row.signals)?,
            ],
        ));
    }
    Ok(writes)
}

fn erased(study: &StudyId) -> Vec<Write> {
    let statements = [
        "DELETE FROM study_documents WHERE study = $1",
        "DELETE FROM study_codes WHERE study = $1",
        "DELETE FROM study_signals WHERE study = $1",
    ];
    let doing = "erasing a study";
    let mut writes: Vec<Write> =
        statements.map(|sql| Write::new(doing, sql, vec![text(study)])).into();
    // Without the key nobody can tell any more which account a pseudonym stood for.
    let forget = "UPDATE studies SET pseudonym_key = $2 WHERE id = $1";
    writes.push(Write::new(doing, forget, vec![text(study), vec![0_u8; 32].into()]));
    writes
}

fn follow_received(service: &ServiceId, follow: &Follow) -> Write {
    Write::new(
        "keeping a follow",
        "INSERT INTO follows (service, source, target, at_us) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (service, source, target) DO UPDATE SET at_us = excluded.at_us",
        vec![
            text(service),
            text(&follow.from),
            text(&follow.to),
            follow.at.map(Timestamp::micros).into(),
        ],
    )
}
