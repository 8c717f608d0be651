//! Records of the sealed log as happenings, and nothing beside the log.

use audit::{Fact, FactKind, Field, Record, Verifier};
use engine::Engine;
use law::Ground;
use law::report::{
    AppealBy, AppealTold, By, Decided, Demand, Happening, Measure, OrderMoment, OrderStanding,
    OrderTold, ReceiptTold,
};
use law::statement::{AutomatedDecision, Basis, Category, Keyword, SourceType};
use model::{
    ActionKind, AppealBasis, AppealOutcome, LetterKind, NoticeKind, Ruling, StatementKind, limits,
};
use review::orders::{OrderKind, OrderStatus};
use std::collections::BTreeSet;

/// The action that gives back what another took.
const RESTORE: &str = "restore";

/// Most services that an error names.
const NAMED_SERVICES: usize = 20;

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
/// Where a record does not hold, a fact of ours cannot be read, the log tells of other services
/// alone, or the store fails.
pub async fn happenings(
    engine: &Engine,
    service: &str,
    upto: Upto,
) -> Result<(Vec<Happening>, u64, String), String> {
    let mut found = Vec::new();
    let mut reading = Reading::default();
    let mut others = BTreeSet::new();
    let mut is_known = false;
    let (end, hash) = each_record(engine, upto, |record| {
        let named = record.fact.get_text(Field::Service);
        let is_ours = named == Some(service);
        is_known |= is_ours;
        if others.len() < NAMED_SERVICES {
            others.extend(named.filter(|_| !is_ours).map(str::to_owned));
        }
        // Whoever's notices are not dealt with is suspended on every service.
        if is_ours || record.fact.kind == FactKind::NotifierJudged {
            found.extend(reading.read(record)?);
        }
        Ok(())
    })
    .await?;
    // A name that was mistyped must not become a report of zeros.
    if !is_known && !others.is_empty() {
        let names = others.into_iter().collect::<Vec<_>>().join(", ");
        return Err(format!("the log has no record of the service `{service}`, but of: {names}"));
    }
    Ok((found, end, hash))
}

/// Reads the records one by one and recomputes the log on the way. Gives the number of records read
/// and the hash of the last.
///
/// # Errors
/// Where a record does not hold, `take` fails, or the store fails.
pub async fn each_record(
    engine: &Engine,
    upto: Upto,
    mut take: impl FnMut(&Record) -> Result<(), String>,
) -> Result<(u64, String), String> {
    let end = match upto {
        Upto::End => engine.head().await.map_err(|error| error.to_string())?.next,
        Upto::Records(count) => count,
    };
    let mut verifier = Verifier::new();
    while verifier.head().next < end {
        let from = verifier.head().next;
        let page = usize::try_from(end - from).unwrap_or(usize::MAX).min(limits::PAGE_ROWS);
        let rows = engine.records(from, page).await.map_err(|error| error.to_string())?;
        if rows.is_empty() {
            return Err(format!("the log ends at record {from}; the report needs {end}"));
        }
        for (bytes, hash) in rows {
            take(&verifier.push(&bytes, &hash).map_err(|broken| broken.to_string())?)?;
        }
    }
    Ok((end, hex::encode(verifier.head().hash)))
}

/// What a verdict said, until the case that it opened or joined is read.
#[derive(Default)]
struct Reading {
    judged: Option<([u8; 32], Vec<String>, Option<String>)>,
}

impl Reading {
    fn read(&mut self, record: &Record) -> Result<Option<Happening>, String> {
        let fact = &record.fact;
        let unread = |what: &str| format!("record {}: its {what} cannot be read", record.seq);
        let at = record.at;
        let decision = || text(fact, Field::Decision);
        Ok(match fact.kind {
            FactKind::ItemJudged => {
                let item = fact.get_commitment(Field::Item);
                let rules = fact.get_list(Field::Rule).to_vec();
                let language = fact.get_text(Field::Language).map(str::to_owned);
                self.judged = item.map(|item| (*item, rules, language));
                None
            }
            FactKind::CaseOpened | FactKind::CaseJoined => self.flagged(record),
            FactKind::NoticeReceived => {
                let kind = fact.get_text(Field::Kind).and_then(notice_kind);
                let kind = kind.ok_or_else(|| unread("kind of notice"))?;
                let (case, notice) = (text(fact, Field::Case), text(fact, Field::Notice));
                Some(Happening::Notice { at, case, notice, kind })
            }
            FactKind::DecisionMade => {
                let decided = decided(record).ok_or_else(|| unread("decision"))?;
                Some(Happening::Decision(decided))
            }
            FactKind::DecisionReversed => Some(Happening::Reversal { at, decision: decision() }),
            FactKind::ActionDelivered => {
                let gives_back = fact.get_text(Field::ActionKind) == Some(RESTORE);
                (!gives_back).then(|| Happening::Delivered { at, decision: decision() })
            }
            FactKind::StatementMade if is_restriction(fact) => {
                let measure = measure(record).ok_or_else(|| unread("statement"))?;
                Some(Happening::Measure(measure))
            }
            FactKind::OrderReceived | FactKind::OrderChanged | FactKind::OrderCarriedOut => {
                if fact.get_text(Field::Purpose) == Some("drill") {
                    return Ok(None);
                }
                Some(Happening::Order(order(record).ok_or_else(|| unread("order"))?))
            }
            FactKind::LetterSent => receipt(record),
            FactKind::AppealReceived => {
                Some(Happening::Appeal(appeal(record).ok_or_else(|| unread("appeal"))?))
            }
            FactKind::AppealAnswered => {
                let outcome = fact.get_text(Field::Outcome).and_then(AppealOutcome::parse);
                let outcome = outcome.ok_or_else(|| unread("outcome"))?;
                Some(Happening::Answer { at, appeal: text(fact, Field::Appeal), outcome })
            }
            FactKind::NotifierJudged => {
                let is_suspended = fact.get_text(Field::Outcome) == Some("suspended");
                is_suspended.then_some(Happening::NotifierSuspended { at })
            }
            // Every other fact is of no consequence for the numbers of reports.
            _ => None,
        })
    }

    /// The record of a verdict stands right before that of the case that it opened or joined.
    fn flagged(&mut self, record: &Record) -> Option<Happening> {
        let item = record.fact.get_commitment(Field::Item)?;
        let (_, rules, language) = self.judged.take().filter(|(judged, ..)| judged == item)?;
        let case = text(&record.fact, Field::Case);
        Some(Happening::Flagged { at: record.at, case, rules, language })
    }
}

fn text(fact: &Fact, field: Field) -> String {
    fact.get_text(field).unwrap_or_default().to_owned()
}

fn is_restriction(fact: &Fact) -> bool {
    fact.get_text(Field::Kind) == Some(StatementKind::Restriction.as_str())
}

fn decided(record: &Record) -> Option<Decided> {
    let fact = &record.fact;
    let action = fact.get_text(Field::ActionKind);
    Some(Decided {
        at: record.at,
        case: text(fact, Field::Case),
        decision: text(fact, Field::Decision),
        by: if fact.get_int(Field::Automatic) == Some(1) { By::Rule } else { By::Person },
        ruling: match fact.get_text(Field::Ruling)? {
            "violation" => Ruling::Violation,
            "no_violation" => Ruling::NoViolation,
            _ => return None,
        },
        action: match action {
            Some(action) => Some(ActionKind::parse(action)?),
            None => None,
        },
        order: fact.get_text(Field::Order).map(str::to_owned),
    })
}

fn measure(record: &Record) -> Option<Measure> {
    let fact = &record.fact;
    let text_of = |field| fact.get_text(field);
    let keywords = fact.get_list(Field::Keyword).iter();
    Some(Measure {
        at: record.at,
        case: text(fact, Field::Case),
        action: text_of(Field::ActionKind).and_then(ActionKind::parse)?,
        basis: match text_of(Field::Basis)? {
            "law" => Basis::Law,
            "terms" => Basis::Terms,
            _ => return None,
        },
        category: text_of(Field::Category).and_then(Category::parse)?,
        keywords: keywords.filter_map(|code| Keyword::parse(code)).collect(),
        source: text_of(Field::Source).and_then(SourceType::parse)?,
        found_by: if text_of(Field::Detection)? == "Yes" { By::Rule } else { By::Person },
        automated: text_of(Field::Automation).and_then(AutomatedDecision::parse)?,
        appeal: text_of(Field::AppealBasis).and_then(appeal_basis),
    })
}

fn order(record: &Record) -> Option<OrderTold> {
    let fact = &record.fact;
    let step = fact.get_text(Field::Kind)?;
    let demand = match OrderKind::parse(fact.get_text(Field::LegalBasis)?)? {
        OrderKind::TcoRemoval => Demand::Removal,
        OrderKind::DsaAct => Demand::Act,
        OrderKind::DsaInformation => Demand::Information,
    };
    let standing = match OrderStatus::parse(fact.get_text(Field::Outcome)?)? {
        OrderStatus::Received | OrderStatus::Executing | OrderStatus::Superseded => {
            OrderStanding::Open
        }
        OrderStatus::Executed => OrderStanding::Executed,
        OrderStatus::Impossible => OrderStanding::Impossible,
        OrderStatus::Refused => OrderStanding::Refused,
        OrderStatus::Ceased => OrderStanding::Ceased,
    };
    let seconds = fact.get_int(Field::Seconds);
    // The key that an order came with is the authority's own where it proves who sent it.
    let has_key = fact.get_text(Field::Key).is_some();
    let told = if has_key && fact.get_text(Field::Authority).is_some() {
        ReceiptTold::AtOnce
    } else {
        ReceiptTold::ByLetter
    };
    let moment = match (fact.kind, step) {
        (FactKind::OrderReceived, "received") => {
            OrderMoment::Received { seconds: seconds.unwrap_or(0), told }
        }
        (FactKind::OrderCarriedOut, _) => {
            seconds.map_or(OrderMoment::Answered, |seconds| OrderMoment::Done { seconds })
        }
        (_, "answered") => OrderMoment::Answered,
        (_, "stopped") => OrderMoment::Stopped,
        (_, _) => OrderMoment::Other,
    };
    Some(OrderTold {
        at: record.at,
        order: text(fact, Field::Order),
        demand,
        moment,
        standing,
        is_authentic: fact.get_text(Field::Authority).is_some(),
        state: fact.get_text(Field::MemberState).map(str::to_owned),
        category: fact.get_text(Field::Category).and_then(Category::parse),
        keywords: {
            let codes = fact.get_list(Field::Keyword).iter();
            codes.filter_map(|code| Keyword::parse(code)).collect()
        },
        items: fact.get_int(Field::Count)?,
        ground: fact.get_text(Field::Ground).and_then(Ground::parse),
    })
}

fn receipt(record: &Record) -> Option<Happening> {
    let fact = &record.fact;
    let is_receipt = fact.get_text(Field::Kind) == Some(LetterKind::OrderReceived.as_str());
    let order = fact.get_text(Field::Order).filter(|_| is_receipt)?;
    Some(Happening::Receipt { at: record.at, order: order.to_owned() })
}

fn appeal(record: &Record) -> Option<AppealTold> {
    let fact = &record.fact;
    Some(AppealTold {
        at: record.at,
        appeal: text(fact, Field::Appeal),
        case: text(fact, Field::Case),
        decision: text(fact, Field::Decision),
        by: match fact.get_text(Field::Kind)? {
            "affected" => AppealBy::Affected,
            "notifier" => AppealBy::Notifier(fact.get_text(Field::Notice).map(str::to_owned)),
            _ => return None,
        },
        basis: fact.get_text(Field::AppealBasis).and_then(appeal_basis)?,
        is_heard: fact.get_text(Field::Outcome) == Some("open"),
        language: fact.get_text(Field::Language).map(str::to_owned),
    })
}

fn appeal_basis(word: &str) -> Option<AppealBasis> {
    [AppealBasis::Dsa20, AppealBasis::Tco10].into_iter().find(|basis| basis.as_str() == word)
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
