//! Records of the sealed log as happenings, and nothing beside the log.

use audit::{Fact, FactKind, Field, Record, Verifier};
use engine::Engine;
use law::report::{By, Happening, Measure};
use law::statement::{AutomatedDecision, Basis, Category, Keyword, SourceType};
use model::{ActionKind, NoticeKind, StatementKind, limits};

/// How far the log is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upto {
    /// To its end.
    End,
    /// To that many records.
    Records(u64),
}

/// Reads what happened on a service, and recomputes the log on the way: a report rests on records
/// that hold. Gives the number of records read and the hash of the last with it.
///
/// # Errors
/// Where a record does not hold, a fact of ours cannot be read, or the store fails.
pub async fn happenings(
    engine: &Engine,
    service: &str,
    upto: Upto,
) -> Result<(Vec<Happening>, u64, String), String> {
    let end = match upto {
        Upto::End => engine.head().await.map_err(|error| error.to_string())?.next,
        Upto::Records(count) => count,
    };
    let mut verifier = Verifier::new();
    let mut found = Vec::new();
    while verifier.head().next < end {
        let from = verifier.head().next;
        let page = usize::try_from(end - from).unwrap_or(usize::MAX).min(limits::PAGE_ROWS);
        let rows = engine.records(from, page).await.map_err(|error| error.to_string())?;
        if rows.is_empty() {
            return Err(format!("the log ends at record {from}; the report needs {end}"));
        }
        for (bytes, hash) in rows {
            let record = verifier.push(&bytes, &hash).map_err(|broken| broken.to_string())?;
            if record.fact.get_text(Field::Service) == Some(service) {
                found.extend(happening(&record)?);
            }
        }
    }
    Ok((found, end, hex::encode(verifier.head().hash)))
}

fn happening(record: &Record) -> Result<Option<Happening>, String> {
    let fact = &record.fact;
    let case = || fact.get_text(Field::Case).unwrap_or_default().to_owned();
    let unread = |what: &str| format!("record {}: its {what} cannot be read", record.seq);
    if fact.kind == FactKind::NoticeReceived {
        let kind = fact.get_text(Field::Kind).and_then(notice_kind);
        let kind = kind.ok_or_else(|| unread("kind of notice"))?;
        return Ok(Some(Happening::Notice { at: record.at, case: case(), kind }));
    }
    if fact.kind == FactKind::DecisionMade {
        let by = if fact.get_int(Field::Automatic) == Some(1) { By::Rule } else { By::Person };
        return Ok(Some(Happening::Decision { at: record.at, case: case(), by }));
    }
    let is_restriction = fact.get_text(Field::Kind) == Some(StatementKind::Restriction.as_str());
    if fact.kind == FactKind::StatementMade && is_restriction {
        let measure = measure(fact, record, case()).ok_or_else(|| unread("statement"))?;
        return Ok(Some(Happening::Measure(measure)));
    }
    // Every other fact is of no consequence for the numbers that have a source so far.
    Ok(None)
}

fn measure(fact: &Fact, record: &Record, case: String) -> Option<Measure> {
    let text = |field| fact.get_text(field);
    let keywords = fact.get_list(Field::Keyword).iter();
    Some(Measure {
        at: record.at,
        case,
        action: text(Field::ActionKind).and_then(ActionKind::parse)?,
        basis: match text(Field::Basis)? {
            "law" => Basis::Law,
            "terms" => Basis::Terms,
            _ => return None,
        },
        category: text(Field::Category).and_then(Category::parse)?,
        keywords: keywords.filter_map(|code| Keyword::parse(code)).collect(),
        source: text(Field::Source).and_then(SourceType::parse)?,
        found_by: if text(Field::Detection)? == "Yes" { By::Rule } else { By::Person },
        automated: text(Field::Automation).and_then(AutomatedDecision::parse)?,
    })
}

fn notice_kind(word: &str) -> Option<NoticeKind> {
    match word {
        "user" => Some(NoticeKind::User),
        "trusted_flagger" => Some(NoticeKind::TrustedFlagger),
        "referral_unit" => Some(NoticeKind::ReferralUnit),
        "study" => Some(NoticeKind::Study),
        _ => None,
    }
}
