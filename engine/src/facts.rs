//! The entries of the sealed log: each fact with commitments, and its event with ids in the clear.

use crate::exposures::ReportText;
use crate::once::{Actor, Origin};
use crate::reports::PublishedReport;
use audit::{Fact, FactKind, Field, commitment};
use law::statement::{Basis, Category, Circumstances, Keyword, Norm};
use model::{
    AccessPurpose, Action, ActionTarget, Appeal, AppealBasis, AppealStatus, Appellant, AuthorityId,
    Case, Decider, Decision, FindingKind, Item, ItemId, Letter, Notice, Original, Preservation,
    Ruling, ServiceId, Statement, Study, Timestamp, UserId, Verdict, VerdictId,
};
use review::exposures::Exposure;
use review::orders::Order;
use review::threats::Threat;
use serde_json::{Value, json};
use store::{Entry, SubmissionRow};

/// The salts that commitments of one subject need.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Salts {
    pub(crate) account: [u8; 32],
    pub(crate) item: Option<[u8; 32]>,
}

pub(crate) fn by(fact: Fact, actor: &Actor) -> Fact {
    match actor {
        Actor::Key(key) => fact.text(Field::Key, key),
        Actor::User(user) => fact.text(Field::User, user),
        Actor::Operator | Actor::Outside => fact,
    }
}

/// A fact about how the installation is run.
pub(crate) fn operation(kind: FactKind, what: &str, actor: &Actor, event: Value) -> Entry {
    let fact = by(Fact::new(kind).text(Field::Kind, what), actor);
    Entry { fact, event: with_actor(event, actor) }
}

fn with_actor(mut event: Value, actor: &Actor) -> Value {
    if let Some(fields) = event.as_object_mut() {
        fields.insert("by".to_owned(), actor.name().into());
    }
    event
}

/// An item was judged.
pub(crate) fn judged(
    item: &Item,
    id: &VerdictId,
    verdict: &Verdict,
    digest: &[u8; 32],
    salts: Salts,
    actor: &Actor,
) -> Entry {
    let item_salt = salts.item.unwrap_or(salts.account);
    let fact = Fact::new(FactKind::ItemJudged)
        .text(Field::Service, &item.service)
        .commitment(Field::Item, commitment(&item_salt, item.id.as_str().as_bytes()))
        .commitment(Field::Account, account_commitment(salts, item.author.id.as_str()))
        .commitment(Field::Content, commitment(&item_salt, digest))
        .text(Field::Verdict, id)
        .text(Field::Outcome, verdict.outcome.as_str())
        .text(Field::Kind, item.kind.as_str())
        .list(Field::Rule, verdict.rules.iter().map(|rule| rule.name.as_str()))
        .maybe_text(Field::Language, item.language.as_deref().filter(|tag| is_tag(tag)))
        .text(Field::RulesVersion, &verdict.versions.rules)
        .int(Field::BanksRevision, verdict.versions.banks)
        .int(Field::SignalsVersion, verdict.versions.signals);
    let event = json!({
        "service": item.service, "item": item.id, "account": item.author.id, "verdict": id,
        "outcome": verdict.outcome,
    });
    Entry { fact: by(fact, actor), event: with_actor(event, actor) }
}

/// Whether a text has the form of a language tag; anything else stays out of the log.
pub(crate) fn is_tag(text: &str) -> bool {
    (2..=35).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn account_commitment(salts: Salts, account: &str) -> [u8; 32] {
    commitment(&salts.account, account.as_bytes())
}

/// A case was opened, joined, claimed, released or moved.
pub(crate) fn case(kind: FactKind, case: &Case, salts: Salts, actor: &Actor) -> Entry {
    case_with(kind, case, None, salts, actor)
}

/// A case was opened or joined by an item.
pub(crate) fn case_with(
    kind: FactKind,
    case: &Case,
    item: Option<&ItemId>,
    salts: Salts,
    actor: &Actor,
) -> Entry {
    let mut fact = Fact::new(kind)
        .text(Field::Service, &case.service)
        .commitment(Field::Account, account_commitment(salts, case.account.as_str()))
        .text(Field::Case, &case.id)
        .text(Field::Queue, &case.queue)
        .int(Field::Priority, case.priority);
    if let (Some(salt), Some(item)) = (salts.item, item) {
        fact = fact.commitment(Field::Item, commitment(&salt, item.as_str().as_bytes()));
    }
    let event = json!({
        "service": case.service, "case": case.id, "subject": case.subject, "queue": case.queue,
        "priority": case.priority, "account": case.account,
    });
    Entry { fact: by(fact, actor), event: with_actor(event, actor) }
}

/// Restricted content was shown to a person.
pub(crate) fn viewed(case: &Case, purpose: &str, salts: Salts, actor: &Actor) -> Entry {
    let fact = Fact::new(FactKind::ContentViewed)
        .text(Field::Service, &case.service)
        .text(Field::Case, &case.id)
        .commitment(Field::Account, account_commitment(salts, case.account.as_str()))
        .text(Field::Purpose, purpose);
    let event = json!({ "service": case.service, "case": case.id, "purpose": purpose });
    Entry { fact: by(fact, actor), event: with_actor(event, actor) }
}

/// A notice came in.
pub(crate) fn noticed(
    notice: &Notice,
    policy: Option<&str>,
    case: &Case,
    salts: Salts,
    actor: &Actor,
) -> Entry {
    let fact = Fact::new(FactKind::NoticeReceived)
        .text(Field::Service, &notice.service)
        .text(Field::Notice, &notice.id)
        .text(Field::Case, &case.id)
        .commitment(Field::Account, account_commitment(salts, case.account.as_str()))
        .text(Field::Kind, notice.kind.as_str())
        .text(Field::Ground, notice.ground.as_str())
        .maybe_text(
            Field::Flagger,
            notice.notifier.as_deref().filter(|one| one.starts_with("flagger_")),
        )
        .maybe_text(Field::Policy, policy)
        .commitment(Field::Reason, commitment(&salts.account, notice.reason.as_bytes()));
    let event = json!({
        "service": notice.service, "notice": notice.id, "case": case.id, "kind": notice.kind,
        "subject": notice.subject, "ground": notice.ground, "asks_to_wait": notice.asks_to_wait,
    });
    Entry { fact: by(fact, actor), event: with_actor(event, actor) }
}

/// A case was decided.
pub(crate) fn decided(case: &Case, decision: &Decision, salts: Salts, actor: &Actor) -> Entry {
    let mut fact = Fact::new(FactKind::DecisionMade)
        .text(Field::Service, &case.service)
        .commitment(Field::Account, account_commitment(salts, case.account.as_str()))
        .text(Field::Case, &case.id)
        .text(Field::Decision, &decision.id)
        .text(Field::Ruling, ruling(decision.ruling))
        .text(Field::Policy, &decision.policy)
        .int(Field::PolicyVersion, decision.policy_version)
        .list(Field::Label, &decision.labels)
        .maybe_text(Field::ActionKind, decision.action.map(model::ActionKind::as_str))
        .maybe_text(Field::Order, decision.order.as_ref())
        .commitment(Field::Reason, commitment(&salts.account, decision.reason.as_bytes()));
    for finding in &decision.findings {
        let FindingKind::ProtectedPurpose(purpose) = finding.kind;
        fact = fact.text(Field::Finding, purpose.as_str());
    }
    // A program may decide for a person; the log names both.
    if let Actor::Key(key) = actor {
        fact = fact.text(Field::Key, key);
    }
    let fact = match &decision.by {
        Decider::Reviewer(user) => fact.text(Field::User, user).int(Field::Automatic, 0u32),
        Decider::Rule(rule) => fact.list(Field::Rule, [rule.as_str()]).int(Field::Automatic, 1u32),
    };
    let event = json!({
        "service": case.service, "case": case.id, "decision": decision.id, "by": decision.by,
        "ruling": decision.ruling, "action": decision.action, "policy": decision.policy,
        "subject": case.subject,
    });
    Entry { fact, event }
}

fn ruling(ruling: Ruling) -> &'static str {
    match ruling {
        Ruling::Violation => "violation",
        Ruling::NoViolation => "no_violation",
    }
}

/// A decision was reversed.
pub(crate) fn reversed(
    case: &Case,
    decision: &Decision,
    reason: &str,
    salts: Salts,
    actor: &Actor,
) -> Entry {
    let fact = Fact::new(FactKind::DecisionReversed)
        .text(Field::Service, &case.service)
        .commitment(Field::Account, account_commitment(salts, case.account.as_str()))
        .text(Field::Case, &case.id)
        .text(Field::Decision, &decision.id)
        .text(Field::Policy, &decision.policy)
        .commitment(Field::Reason, commitment(&salts.account, reason.as_bytes()));
    let event = json!({
        "service": case.service, "case": case.id, "decision": decision.id, "subject": case.subject,
    });
    Entry { fact: by(fact, actor), event: with_actor(event, actor) }
}

/// An appeal came in; the person's words are committed to with the salt of the account.
pub(crate) fn appeal_received(appeal: &Appeal, case: &Case, salts: Salts, actor: &Actor) -> Entry {
    let outcome = match &appeal.status {
        AppealStatus::Refused(because) => because.as_str(),
        AppealStatus::Open | AppealStatus::Answered(_) => "open",
    };
    let (fact, event) = appeal_said(FactKind::AppealReceived, appeal, case, salts);
    let fact = fact
        .text(Field::Kind, appeal.by.as_str())
        .text(Field::Ground, appeal.ground.as_str())
        .text(Field::AppealBasis, appeal.basis.as_str())
        .text(Field::Outcome, outcome)
        .commitment(Field::Reason, commitment(&salts.account, appeal.reason.as_bytes()));
    Entry { fact: by(fact, actor), event: with_actor(event, actor) }
}

/// An appeal was answered.
pub(crate) fn appeal_answered(appeal: &Appeal, case: &Case, salts: Salts, actor: &Actor) -> Entry {
    let (mut fact, mut event) = appeal_said(FactKind::AppealAnswered, appeal, case, salts);
    if let AppealStatus::Answered(answer) = &appeal.status {
        fact = fact
            .text(Field::Outcome, answer.outcome.as_str())
            .commitment(Field::Reason, commitment(&salts.account, answer.reason.as_bytes()));
        event["outcome"] = answer.outcome.as_str().into();
        event["still_standing"] = json!(answer.still_standing);
    }
    Entry { fact: by(fact, actor), event: with_actor(event, actor) }
}

fn appeal_said(kind: FactKind, appeal: &Appeal, case: &Case, salts: Salts) -> (Fact, Value) {
    let notice = match &appeal.by {
        Appellant::Notifier(notice) => Some(notice),
        Appellant::Affected => None,
    };
    let fact = Fact::new(kind)
        .text(Field::Service, &appeal.service)
        .commitment(Field::Account, account_commitment(salts, case.account.as_str()))
        .text(Field::Case, &appeal.case)
        .text(Field::Decision, &appeal.decision)
        .text(Field::Appeal, &appeal.id)
        .maybe_text(Field::Notice, notice)
        .maybe_text(Field::Language, appeal.content_language.as_deref());
    let event = json!({
        "service": appeal.service, "case": appeal.case, "decision": appeal.decision,
        "appeal": appeal.id, "from": appeal.by, "status": appeal.status.as_str(),
        "subject": case.subject, "due_at": appeal.due_at,
    });
    (fact, event)
}

/// An action was ordered, delivered, given up or sent again.
pub(crate) fn action(kind: FactKind, action: &Action, attempt: u32, actor: &Actor) -> Entry {
    let fact = Fact::new(kind)
        .text(Field::Service, &action.service)
        .text(Field::Case, &action.case)
        .text(Field::Decision, &action.decision)
        .text(Field::Action, &action.id)
        .text(Field::ActionKind, action.kind.as_str())
        .maybe_text(Field::Reverses, action.reverses.as_ref())
        .int(Field::Attempt, attempt);
    let target = match &action.target {
        ActionTarget::Item(item) => json!({ "item": item }),
        ActionTarget::Account(account) => json!({ "account": account }),
    };
    let event = json!({
        "service": action.service, "case": action.case, "decision": action.decision,
        "action": action.id, "kind": action.kind, "target": target, "attempt": attempt,
        "reverses": action.reverses,
    });
    Entry { fact: by(fact, actor), event: with_actor(event, actor) }
}

/// What a statement of reasons rests on, for the log.
pub(crate) struct Reasons<'a> {
    pub(crate) norm: &'a Norm,
    pub(crate) circumstances: &'a Circumstances,
    /// The rule that an appeal against it is answered under.
    pub(crate) appeal: AppealBasis,
}

/// A statement was made for a person.
pub(crate) fn stated(
    statement: &Statement,
    reasons: Option<&Reasons<'_>>,
    salts: Salts,
    actor: &Actor,
) -> Entry {
    let mut fact = Fact::new(FactKind::StatementMade)
        .text(Field::Service, &statement.service)
        .commitment(Field::Account, account_commitment(salts, statement.account.as_str()))
        .text(Field::Case, &statement.case)
        .text(Field::Decision, &statement.decision)
        .text(Field::Statement, &statement.id)
        .text(Field::Kind, statement.kind.as_str())
        .text(Field::ActionKind, statement.action.as_str())
        .text(Field::Language, &statement.told.language)
        .int(Field::Count, statement.items.len() as u64)
        .maybe_text(Field::Reverses, statement.reverses.as_ref())
        .maybe_text(Field::HeldUntil, statement.held_until.map(|until| until.to_string()));
    if let Some(Reasons { norm, circumstances, appeal }) = reasons {
        let basis = match norm.basis {
            Basis::Law => "law",
            Basis::Terms => "terms",
        };
        fact = fact
            .text(Field::Basis, basis)
            .text(Field::Category, norm.category.code())
            .list(Field::Keyword, norm.keywords.iter().map(|keyword| keyword.code()))
            .text(Field::Source, circumstances.came_by.source_type().code())
            .text(Field::Detection, circumstances.found.code())
            .text(Field::Automation, circumstances.judged.automated().code())
            .text(Field::AppealBasis, appeal.as_str());
    }
    let event = statement_event(statement);
    Entry { fact: by(fact, actor), event: with_actor(event, actor) }
}

fn statement_event(statement: &Statement) -> Value {
    json!({
        "service": statement.service, "case": statement.case, "decision": statement.decision,
        "statement": statement.id, "kind": statement.kind, "account": statement.account,
        "held_until": statement.held_until,
    })
}

/// A statement was delivered, given up or sent again.
pub(crate) fn statement_moved(kind: FactKind, statement: &Statement, actor: &Actor) -> Entry {
    let fact = Fact::new(kind)
        .text(Field::Service, &statement.service)
        .text(Field::Case, &statement.case)
        .text(Field::Decision, &statement.decision)
        .text(Field::Statement, &statement.id)
        .text(Field::Kind, statement.kind.as_str());
    let event = statement_event(statement);
    Entry { fact: by(fact, actor), event: with_actor(event, actor) }
}

/// A statement was queued for the database, taken or given up.
pub(crate) fn submission(kind: FactKind, row: &SubmissionRow, actor: &Actor) -> Entry {
    let fact = Fact::new(kind)
        .text(Field::Service, &row.service)
        .text(Field::Statement, &row.statement)
        .text(Field::Submission, &row.puid);
    let event = json!({
        "service": row.service, "statement": row.statement, "submission": row.puid,
    });
    Entry { fact: by(fact, actor), event: with_actor(event, actor) }
}

fn study(kind: FactKind, study: &Study) -> (Fact, Value) {
    let fact = Fact::new(kind)
        .text(Field::Service, &study.service)
        .text(Field::Study, &study.id)
        .text(Field::Kind, study.kind.as_str());
    (fact, json!({ "service": study.service, "study": study.id, "kind": study.kind }))
}

fn study_entry(fact: Fact, event: Value, actor: &Actor) -> Entry {
    Entry { fact: by(fact, actor), event: with_actor(event, actor) }
}

/// A study was ordered, or ordered to go on; its purpose is committed to with the study's key.
pub(crate) fn study_ordered(ordered: &Study, key: &[u8; 32], actor: &Actor) -> Entry {
    let (fact, event) = study(FactKind::StudyOrdered, ordered);
    let parameters = crate::studies::digest(&ordered.parameters.to_string());
    let fact = fact
        .text(Field::LegalBasis, ordered.legal_basis.as_str())
        .int(Field::RetentionDays, ordered.retention_days)
        .text(Field::Parameters, parameters)
        .commitment(Field::Reason, commitment(key, ordered.purpose.as_bytes()));
    study_entry(fact, event, actor)
}

/// A study finished, failed or was stopped.
pub(crate) fn study_ended(ended: &Study, actor: &Actor) -> Entry {
    let (fact, mut event) = study(FactKind::StudyEnded, ended);
    event["outcome"] = ended.state.as_str().into();
    let fact = fact
        .text(Field::Outcome, ended.state.as_str())
        .maybe_text(Field::Dataset, ended.dataset_sha256.as_deref());
    study_entry(fact, event, actor)
}

/// A person saw accounts of a study without pseudonyms.
pub(crate) fn study_viewed(
    viewed: &Study,
    key: &[u8; 32],
    accounts: usize,
    reason: &str,
    actor: &Actor,
) -> Entry {
    let (fact, event) = study(FactKind::StudyViewed, viewed);
    let fact = fact
        .int(Field::Count, accounts as u64)
        .commitment(Field::Reason, commitment(key, reason.as_bytes()));
    study_entry(fact, event, actor)
}

/// A sample was drawn to be coded.
pub(crate) fn study_sampled(sampled: &Study, accounts: usize, actor: &Actor) -> Entry {
    let (fact, event) = study(FactKind::StudySampled, sampled);
    study_entry(fact.int(Field::Count, accounts as u64), event, actor)
}

/// A person coded an account of a sample.
pub(crate) fn study_coded(coded: &Study, key: &[u8; 32], account: &str, actor: &Actor) -> Entry {
    let (fact, event) = study(FactKind::StudyCoded, coded);
    let fact = fact.commitment(Field::Account, commitment(key, account.as_bytes()));
    study_entry(fact, event, actor)
}

/// Findings became signals.
pub(crate) fn study_applied(applied: &Study, accounts: usize, actor: &Actor) -> Entry {
    let (fact, event) = study(FactKind::StudyApplied, applied);
    study_entry(fact.int(Field::Count, accounts as u64), event, actor)
}

/// The data of a study was erased.
pub(crate) fn study_erased(erased: &Study, actor: &Actor) -> Entry {
    let (fact, event) = study(FactKind::StudyErased, erased);
    study_entry(fact, event, actor)
}

/// A service told who follows whom.
pub(crate) fn follows_received(service: &ServiceId, count: usize, actor: &Actor) -> Entry {
    let fact = Fact::new(FactKind::FollowsReceived)
        .text(Field::Service, service)
        .int(Field::Count, count as u64);
    study_entry(fact, json!({ "service": service, "count": count }), actor)
}

/// A step on an order of an authority; `kind` says which fact, `step` which step.
pub(crate) fn order(kind: FactKind, step: &str, order: &Order, actor: &Actor) -> Entry {
    let state = order.text("issuing_member_state");
    let is_state = state.len() == 2 && state.bytes().all(|byte| byte.is_ascii_alphabetic());
    let authority = order.authentic.as_ref().map(|authentic| &authentic.authority);
    let since_receipt = |at: Timestamp| u64::try_from(at.seconds_since(order.received_at)).ok();
    let taken = match kind {
        FactKind::OrderCarriedOut => order.done_at().and_then(since_receipt),
        FactKind::OrderReceived => order.events.last().and_then(|event| since_receipt(event.at)),
        _ => None,
    };
    let code = |key: &str| Some(order.text(key)).filter(|code| !code.is_empty());
    let ground = order.ground().map(law::Ground::as_str);
    let mut fact = Fact::new(kind)
        .text(Field::Service, &order.service)
        .text(Field::Order, &order.id)
        .text(Field::Kind, step)
        .text(Field::LegalBasis, order.kind.as_str())
        .text(Field::Outcome, order.status.as_str())
        .int(Field::Count, order.targets.len() as u64)
        .maybe_text(Field::Authority, authority)
        .maybe_text(Field::MemberState, is_state.then(|| state.to_ascii_uppercase()))
        .maybe_text(Field::Category, code("category").and_then(Category::parse).map(Category::code))
        .list(Field::Keyword, code("keyword").and_then(Keyword::parse).map(Keyword::code))
        .maybe_text(Field::Ground, ground);
    if let Some(seconds) = taken {
        fact = fact.int(Field::Seconds, seconds);
    }
    if order.is_drill {
        fact = fact.text(Field::Purpose, "drill");
    }
    let event = json!({
        "service": order.service, "order": order.id, "kind": order.kind, "step": step,
        "status": order.status, "due": order.due(), "drill": order.is_drill,
    });
    Entry { fact: by(fact, actor), event: with_actor(event, actor) }
}

/// A step on a report of a threat; `kind` says which fact, `step` which step.
pub(crate) fn threat(kind: FactKind, step: &str, threat: &Threat, actor: &Actor) -> Entry {
    let told = threat.recipients.len() - threat.untold().count();
    let fact = Fact::new(kind)
        .text(Field::Service, &threat.service)
        .text(Field::Case, &threat.case)
        .text(Field::Threat, &threat.id)
        .text(Field::Kind, step)
        .text(Field::Purpose, threat.kind.as_str())
        .text(Field::Outcome, threat.status.as_str())
        .int(Field::Count, told as u64)
        .int(Field::Of, threat.recipients.len() as u64)
        .maybe_text(Field::Preservation, threat.preservation.as_ref());
    let event = json!({
        "service": threat.service, "case": threat.case, "threat": threat.id, "step": step,
        "kind": threat.kind, "status": threat.status,
    });
    Entry { fact: by(fact, actor), event: with_actor(event, actor) }
}

/// A step on an exposure decision, or a warning about it; `step` says which, and `due` when the
/// next thing is.
pub(crate) fn exposure(
    kind: FactKind,
    step: &str,
    exposure: &Exposure,
    due: Option<Timestamp>,
    actor: &Actor,
) -> Entry {
    let status = exposure.status();
    let mut fact =
        exposure_fact(kind, exposure).text(Field::Kind, step).text(Field::Outcome, status.as_str());
    if let Some(due) = due.and_then(|due| u64::try_from(due.micros() / 1_000_000).ok()) {
        fact = fact.int(Field::Until, due);
    }
    let event = json!({
        "service": exposure.service, "exposure": exposure.id, "authority": exposure.authority,
        "step": step, "status": status, "due": due,
    });
    Entry { fact: by(fact, actor), event: with_actor(event, actor) }
}

fn exposure_fact(kind: FactKind, exposure: &Exposure) -> Fact {
    Fact::new(kind)
        .text(Field::Service, &exposure.service)
        .text(Field::Exposure, &exposure.id)
        .text(Field::Authority, &exposure.authority)
}

/// A report on specific measures was sent: its hash is sealed.
pub(crate) fn measures_reported(exposure: &Exposure, text: &ReportText, actor: &Actor) -> Entry {
    let answers = text.report.answers.to_string();
    let fact = exposure_fact(FactKind::MeasuresReported, exposure)
        .text(Field::Kind, &answers)
        .text(Field::Report, &text.sha256)
        .int(Field::Count, text.report.number);
    let event = json!({
        "service": exposure.service, "exposure": exposure.id, "authority": exposure.authority,
        "report": text.report.number, "answers": answers, "sha256": text.sha256,
    });
    Entry { fact: by(fact, actor), event: with_actor(event, actor) }
}

/// An authority was registered, changed or closed.
pub(crate) fn authority(id: &AuthorityId, outcome: &str, origin: &Origin) -> Entry {
    let fact = Fact::new(FactKind::AuthorityChanged)
        .text(Field::Authority, id)
        .text(Field::Outcome, outcome);
    let event = json!({ "authority": id, "outcome": outcome });
    Entry { fact: by(fact, &origin.actor), event: with_actor(event, &origin.actor) }
}

/// Somebody is on duty, or no longer.
pub(crate) fn duty(user: &UserId, outcome: &str, actor: &Actor) -> Entry {
    let fact =
        Fact::new(FactKind::DutyChanged).text(Field::Outcome, outcome).text(Field::User, user);
    Entry { fact, event: with_actor(json!({ "user": user, "outcome": outcome }), actor) }
}

/// A letter was sent, given up or ordered to be sent again.
pub(crate) fn letter(kind: FactKind, letter: &Letter, attempt: u32, actor: &Actor) -> Entry {
    let order = Some(&letter.about).filter(|about| about.starts_with("order_"));
    let fact = Fact::new(kind)
        .text(Field::Service, &letter.service)
        .text(Field::Letter, &letter.id)
        .maybe_text(Field::Order, order)
        .text(Field::Kind, letter.kind.as_str())
        .int(Field::Attempt, attempt);
    let event = json!({
        "service": letter.service, "letter": letter.id, "kind": letter.kind,
        "about": letter.about, "attempt": attempt,
    });
    Entry { fact: by(fact, actor), event: with_actor(event, actor) }
}

/// An e-mail came in.
pub(crate) fn mail(service: &ServiceId, outcome: &str) -> Entry {
    let fact = Fact::new(FactKind::MailReceived)
        .text(Field::Service, service)
        .text(Field::Outcome, outcome);
    Entry { fact, event: json!({ "service": service, "outcome": outcome }) }
}

fn about_preservation(kind: FactKind, about: &Preservation) -> (Fact, Value) {
    let until = u64::try_from(about.until.micros() / 1_000_000).unwrap_or(0);
    let fact = Fact::new(kind)
        .text(Field::Service, &about.service)
        .text(Field::Case, &about.case)
        .maybe_text(Field::Decision, about.decision.as_ref())
        .maybe_text(Field::Threat, about.threat.as_ref())
        .text(Field::Preservation, &about.id)
        .int(Field::Until, until);
    let event = json!({
        "service": about.service, "case": about.case, "preservation": about.id,
        "until": about.until,
    });
    (fact, event)
}

/// A preservation was ordered, prolonged, held or released. Without words no reason is
/// committed to.
pub(crate) fn preservation(
    about: &Preservation,
    what: &str,
    reason: Option<(&str, &[u8; 32])>,
    actor: &Actor,
) -> Entry {
    let (fact, mut event) = about_preservation(FactKind::PreservationChanged, about);
    event["what"] = what.into();
    let mut fact = fact.text(Field::Kind, what);
    if let Some((words, salt)) = reason {
        fact = fact.commitment(Field::Reason, commitment(salt, words.as_bytes()));
    }
    Entry { fact: by(fact, actor), event: with_actor(event, actor) }
}

/// Access to what is preserved was asked for, allowed or opened, or it was exported.
pub(crate) fn access(
    about: &Preservation,
    what: &str,
    purpose: AccessPurpose,
    reason: &str,
    salt: &[u8; 32],
    actor: &Actor,
) -> Entry {
    let mut entry = preservation(about, what, Some((reason, salt)), actor);
    entry.fact = entry.fact.text(Field::Purpose, purpose.as_str());
    entry.event["purpose"] = purpose.as_str().into();
    entry
}

/// Originals were sealed.
pub(crate) fn preserved(about: &Preservation) -> Entry {
    let (fact, mut event) = about_preservation(FactKind::EvidenceStored, about);
    event["originals"] = about.originals.len().into();
    Entry { fact: fact.int(Field::Count, about.originals.len() as u64), event }
}

/// A person saw an original.
pub(crate) fn original_viewed(
    about: &Preservation,
    original: &Original,
    purpose: AccessPurpose,
    actor: &Actor,
) -> Entry {
    let (fact, mut event) = about_preservation(FactKind::ContentViewed, about);
    event["purpose"] = purpose.as_str().into();
    event["original"] = original.name.as_str().into();
    let fact = fact.text(Field::Purpose, purpose.as_str()).text(Field::Kind, &original.name);
    Entry { fact: by(fact, actor), event: with_actor(event, actor) }
}

/// The keys of originals were destroyed, since the time was over.
pub(crate) fn deleted(about: &Preservation, originals: usize) -> Entry {
    let (fact, mut event) = about_preservation(FactKind::EvidenceDeleted, about);
    event["originals"] = originals.into();
    Entry { fact: fact.int(Field::Count, originals as u64), event }
}

/// An authority stamped the manifest of what is preserved, which the record commits to.
pub(crate) fn stamped(
    about: &Preservation,
    stamped: &evidence::time_stamp::Stamped,
    manifest: &[u8; 32],
    salt: &[u8; 32],
) -> Entry {
    let (fact, mut event) = about_preservation(FactKind::PreservationChanged, about);
    event["what"] = "stamped".into();
    event["stamped_at"] = json!(stamped.at);
    let fact =
        fact.text(Field::Kind, "stamped").commitment(Field::Content, commitment(salt, manifest));
    Entry { fact, event }
}

/// A version of a report was published.
pub(crate) fn report_published(report: &PublishedReport, actor: &Actor) -> Entry {
    let until = u64::try_from(report.until.micros() / 1_000_000).unwrap_or(0);
    let fact = Fact::new(FactKind::ReportPublished)
        .text(Field::Service, &report.service)
        .text(Field::Kind, &report.kind)
        .text(Field::Period, &report.period)
        .text(Field::Report, &report.digest)
        .int(Field::Version, report.version)
        .int(Field::Count, report.files)
        .int(Field::Until, until);
    Entry { fact: by(fact, actor), event: with_actor(json!(report), actor) }
}
