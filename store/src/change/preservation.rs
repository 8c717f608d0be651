//! Changes of what is preserved, and how each is written.

use super::{Write, json, text};
use crate::Result;
use crate::rows::VerdictRow;
use model::{ItemId, Preservation, PreservationId, ServiceId, Timestamp};

/// One change of what is preserved.
#[derive(Debug, Clone)]
pub enum PreservationChange {
    /// Content was removed or disabled, and is to be preserved; one that is known stays as it is.
    Ordered(Box<Preservation>),
    /// A preservation changes; conflicts where its revision is not one less.
    Changed(Box<Preservation>),
    /// An authority stamped what is preserved; a second stamp replaces the first.
    Stamped {
        /// The preservation.
        preservation: PreservationId,
        /// SHA-256 of its manifest, in hexadecimal.
        sha256: String,
        /// The answer of the authority (RFC 3161).
        answer: Vec<u8>,
    },
    /// The content of an item was erased: its verdicts are kept without it.
    ContentErased {
        /// The service.
        service: ServiceId,
        /// The item.
        item: ItemId,
        /// Its verdicts without content.
        verdicts: Vec<VerdictRow>,
        /// SHA-256 of media that no other item has, in hexadecimal.
        media: Vec<String>,
    },
}

/// The statements of a change, in their order.
pub(super) fn writes(change: &PreservationChange, at: Timestamp) -> Result<Vec<Write>> {
    match change {
        PreservationChange::Ordered(preservation) => ordered(preservation),
        PreservationChange::Changed(preservation) => Ok(vec![changed(preservation)?]),
        PreservationChange::Stamped { preservation, sha256, answer } => {
            Ok(vec![stamped(preservation, sha256, answer, at)])
        }
        PreservationChange::ContentErased { service, item, verdicts, media } => {
            erased(service, item, verdicts, media, at)
        }
    }
}

fn ordered(preservation: &Preservation) -> Result<Vec<Write>> {
    let mut writes = vec![Write::new(
        "ordering a preservation",
        "INSERT INTO preservations (id, service, case_id, decision, state, until_us, held, \
         revision, body) VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8)",
        vec![
            text(&preservation.id),
            text(&preservation.service),
            text(&preservation.case),
            text(preservation.cause()),
            text(preservation.state.as_str()),
            preservation.until.micros().into(),
            super::int(preservation.revision),
            json(preservation)?,
        ],
    )];
    writes.extend(preservation.items.iter().map(|item| {
        Write::new(
            "ordering a preservation",
            "INSERT INTO preserved_items (service, item, preservation) VALUES ($1, $2, $3) \
             ON CONFLICT DO NOTHING",
            vec![text(&preservation.service), text(item), text(&preservation.id)],
        )
    }));
    Ok(writes)
}

fn changed(preservation: &Preservation) -> Result<Write> {
    let write = Write::new(
        "changing a preservation",
        "UPDATE preservations SET state = $2, until_us = $3, held = $4, revision = $5, body = $6 \
         WHERE id = $1 AND revision = $5 - 1",
        vec![
            text(&preservation.id),
            text(preservation.state.as_str()),
            preservation.until.micros().into(),
            i64::from(preservation.is_held()).into(),
            super::int(preservation.revision),
            json(preservation)?,
        ],
    );
    Ok(write.or_conflict("preservation"))
}

fn stamped(preservation: &PreservationId, sha256: &str, answer: &[u8], at: Timestamp) -> Write {
    Write::new(
        "keeping a time stamp",
        "INSERT INTO time_stamps (preservation, sha256, answer, at_us) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (preservation) DO UPDATE SET sha256 = excluded.sha256, \
         answer = excluded.answer, at_us = excluded.at_us",
        vec![text(preservation), text(sha256), answer.to_vec().into(), at.micros().into()],
    )
}

/// Which item has a file of evidence. What came with an order is of no item and stays with it: its
/// row names nothing, and keeps the file where the same bytes were an item's too.
pub(super) fn evidence_used(sha256: &str, of: Option<&(ServiceId, ItemId)>) -> Write {
    let (service, item) = of.map_or(("", ""), |(service, item)| (service.as_str(), item.as_str()));
    Write::new(
        "keeping a file of evidence",
        "INSERT INTO evidence_uses (sha256, service, item) VALUES ($1, $2, $3) \
         ON CONFLICT DO NOTHING",
        vec![text(sha256), text(service), text(item)],
    )
}

fn erased(
    service: &ServiceId,
    item: &ItemId,
    verdicts: &[VerdictRow],
    media: &[String],
    at: Timestamp,
) -> Result<Vec<Write>> {
    let doing = "erasing content";
    let of_item = || vec![text(service), text(item)];
    let mut writes = vec![
        Write::new(doing, "DELETE FROM evidence_uses WHERE service = $1 AND item = $2", of_item()),
        // The digest of the content tells it to whoever has the same; without it, the same content
        // is judged anew where it comes again.
        Write::new(
            doing,
            "UPDATE items SET digest = $3 WHERE service = $1 AND id = $2",
            [of_item(), vec![vec![0u8; 32].into()]].concat(),
        ),
    ];
    for row in verdicts {
        writes.push(Write::new(
            doing,
            "UPDATE verdicts SET item_json = $2, supplied_json = $3, signals_json = $4, \
             verdict_json = $5, erased_us = $6 WHERE id = $1",
            vec![
                text(&row.id),
                json(&row.item)?,
                text(&row.supplied),
                json(&row.signals)?,
                text(&row.verdict_json),
                at.micros().into(),
            ],
        ));
    }
    writes.extend(media.iter().map(|sha256| {
        Write::new(doing, "DELETE FROM evidence WHERE sha256 = $1", vec![text(sha256)])
    }));
    Ok(writes)
}
