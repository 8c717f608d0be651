//! Making a statement from a decision.

use crate::clock::fresh;
use crate::facts::{self, Salts};
use crate::intake::to_json;
use crate::once::Actor;
use crate::{Engine, Error, Result};
use audit::{FactKind, commitment};
use law::statement::person::{self, Heading, OpenComplaint, Reasons};
use law::statement::{
    About, CameBy, Circumstances, Content, Decided, Found, Judged, Norm, Puid, Purpose, Submission,
    Template, TextPresence, Tongue, restricts,
};
use model::{
    Action, ActionKind, ActionTarget, Appellant, Case, CaseEventKind, Decider, Decision,
    FindingKind, Item, ItemId, Kind, NoticeKind, ProtectedPurpose, Ruling, Statement, StatementId,
    StatementKind, StatementText, Subject, Timestamp,
};
use store::{Change, Delivery, Entry, StatementChange, SubmissionRow, VerdictRow};

/// A decision that people are told of, within the transaction that makes it.
pub(crate) struct Stating<'a> {
    /// The case after the decision.
    pub(crate) case: &'a Case,
    /// Its actions.
    pub(crate) actions: &'a [Action],
    /// The item and what was found in it, where the same transaction takes it in.
    pub(crate) fresh: Option<Known>,
    /// Salts of the account.
    pub(crate) salts: Salts,
    /// Who acts.
    pub(crate) actor: &'a Actor,
}

impl<'a> Stating<'a> {
    /// A decision about what was taken in before.
    pub(crate) fn of(
        case: &'a Case,
        actions: &'a [Action],
        salts: Salts,
        actor: &'a Actor,
    ) -> Self {
        Self { case, actions, fresh: None, salts, actor }
    }
}

/// What an authority ordered: that is told under Article 9(5), not Article 17.
pub(crate) struct Ordered {
    /// The reasons that the authority gives, or where to ask for them.
    pub(crate) reasons: String,
    /// The redress that it names.
    pub(crate) redress: String,
    /// Until when the authority has it held back (Regulation (EU) 2021/784 Article 11(3)); `None`
    /// where it does not.
    pub(crate) held_until: Option<Timestamp>,
}

/// What statements look at in an item.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    id: ItemId,
    kind: Kind,
    content: Content,
    made_at: Timestamp,
    account_made_at: Option<Timestamp>,
    found: Found,
}

impl Known {
    /// What statements look at in an item and in what was found in it.
    pub(crate) fn of(item: &Item, matches: usize) -> Self {
        let has_text = !item.text.trim().is_empty();
        Self {
            id: item.id.clone(),
            kind: item.kind,
            content: Content {
                text: if has_text { TextPresence::Some } else { TextPresence::None },
                media: item.media.iter().map(|medium| medium.kind).collect(),
                language: item.language.clone(),
            },
            made_at: item.created_at,
            account_made_at: item.author.created_at,
            found: if matches > 0 { Found::KnownMatch } else { Found::Rule },
        }
    }

    fn of_row(row: &VerdictRow) -> Self {
        Self::of(&row.item, row.signals.matches.len())
    }
}

impl Engine {
    /// Adds the statement of a decision to the transaction that makes it, with the submissions to
    /// the database where those are on. A decision that restricts nothing has none, and one on an
    /// order alone is told by [`Engine::state_order`] (Article 17(5)).
    pub(crate) async fn state_reasons(
        &self,
        stating: &Stating<'_>,
        changes: &mut Vec<Change>,
        entries: &mut Vec<Entry>,
    ) -> Result<()> {
        let Some((decision, action)) = restricting(stating) else { return Ok(()) };
        let norm = self.norm_of(decision.policy.as_str()).await?;
        let known = self.latest_known(stating).await?;
        let circumstances = self.circumstances(stating.case, decision, known.as_ref()).await?;
        let id = StatementId::from_uuid(fresh(decision.at)?);
        let open = self.open_complaint(decision);
        let reasons = Reasons {
            action,
            circumstances,
            norm: &norm,
            territories: &self.inner.statements.territories,
            until: None,
            redress: &self.inner.statements.redress(id.as_str(), open.clone()),
        };
        let kind = StatementKind::Restriction;
        let write = |template: &Template, chosen: &_, heading: &Heading<'_>| {
            person::restriction(template, chosen, heading, &reasons)
        };
        let blank = Statement {
            appeal_link: open.map(|open| open.link),
            ..blank(id, kind, stating, decision, action)
        };
        let statement = self.written(blank, known.as_ref(), write).await?;
        let told = facts::Reasons { norm: &norm, circumstances: &circumstances };
        entries.push(facts::stated(&statement, Some(&told), stating.salts, stating.actor));
        changes.push(Change::Statement(StatementChange::Made(Box::new(statement.clone()))));
        if self.inner.statements.submitting.contains(&stating.case.service) {
            for action in stating.actions {
                let row = self.submission(stating, &statement, action, &reasons).await?;
                entries.push(facts::submission(FactKind::SubmissionQueued, &row, stating.actor));
                changes.push(Change::Statement(StatementChange::Queued(Box::new(row))));
            }
        }
        Ok(())
    }

    /// Where the person complains against a decision; none where nobody here would hear it, or the
    /// installation has no public address.
    fn open_complaint(&self, decision: &Decision) -> Option<OpenComplaint> {
        let has_address = !self.inner.redress.public_address.is_empty();
        let is_open = has_address && review::objects(&Appellant::Affected, decision);
        is_open.then(|| OpenComplaint {
            link: self.link_address(&self.appeal_link(decision)),
            until: self.appeal_open_until(decision),
        })
    }

    /// Adds what a person is told of a decision that was made on an order alone. It is no statement
    /// of reasons under Article 17 (Article 17(5)), and nothing of it goes to the database.
    pub(crate) async fn state_order(
        &self,
        stating: &Stating<'_>,
        ordered: &Ordered,
        changes: &mut Vec<Change>,
        entries: &mut Vec<Entry>,
    ) -> Result<()> {
        let Some((decision, action)) = restricting(stating) else { return Ok(()) };
        let known = self.latest_known(stating).await?;
        let id = StatementId::from_uuid(fresh(decision.at)?);
        let told = person::Ordered {
            action,
            territories: &self.inner.statements.territories,
            reasons: &ordered.reasons,
            redress: &ordered.redress,
        };
        let write = |template: &Template, chosen: &_, heading: &Heading<'_>| {
            person::order(template, chosen, heading, &told)
        };
        let blank = Statement {
            held_until: ordered.held_until,
            ..blank(id, StatementKind::Order, stating, decision, action)
        };
        let statement = self.written(blank, known.as_ref(), write).await?;
        entries.push(facts::stated(&statement, None, stating.salts, stating.actor));
        changes.push(Change::Statement(StatementChange::Made(Box::new(statement))));
        Ok(())
    }

    /// Adds the notice that a decision was reversed, where its person was told of the decision. It
    /// goes out after that, and is held back as long.
    pub(crate) async fn state_reversal(
        &self,
        decision: &Decision,
        salts: Salts,
        actor: &Actor,
        now: Timestamp,
        changes: &mut Vec<Change>,
        entries: &mut Vec<Entry>,
    ) -> Result<()> {
        let earlier = self.inner.store.statement_of_decision(&decision.id).await?;
        let Some(earlier) = earlier.map(|row| row.statement) else { return Ok(()) };
        let action = earlier.action;
        let write = |template: &Template, chosen: &_, heading: &Heading<'_>| {
            person::reversal(template, chosen, heading, action, earlier.id.as_str())
        };
        let known = self.known_of_items(&earlier.service, &earlier.items).await?;
        let blank = Statement {
            id: StatementId::from_uuid(fresh(now)?),
            kind: StatementKind::Reversal,
            at: now,
            appeal_link: None,
            reverses: Some(earlier.id.clone()),
            ..earlier.clone()
        };
        let statement = self.written(blank, known.as_ref(), write).await?;
        entries.push(facts::stated(&statement, None, salts, actor));
        changes.push(Change::Statement(StatementChange::Made(Box::new(statement))));
        Ok(())
    }

    /// Writes the texts of a statement: in the person's language, and in the others for those who
    /// check.
    async fn written(
        &self,
        blank: Statement,
        known: Option<&Known>,
        write: impl Fn(&Template, &law::statement::Chosen, &Heading<'_>) -> String,
    ) -> Result<Statement> {
        let language = known.and_then(|known| known.content.language.as_deref());
        let chosen = Tongue::choose(language);
        let subjects: Vec<String> = match blank.items.is_empty() {
            true => vec![blank.account.to_string()],
            false => blank.items.iter().map(ToString::to_string).collect(),
        };
        let heading = Heading {
            reference: blank.id.as_str(),
            service: blank.service.as_str(),
            subjects: &subjects,
            at: blank.at,
        };
        let told = self.text_in(blank.kind, &chosen, &heading, &write).await?;
        let mut others = Vec::new();
        for tongue in Tongue::ALL.into_iter().filter(|tongue| *tongue != chosen.tongue) {
            let other = law::statement::Chosen { tongue, instead_of: None };
            others.push(self.text_in(blank.kind, &other, &heading, &write).await?);
        }
        Ok(Statement { told, others, ..blank })
    }

    async fn text_in(
        &self,
        kind: StatementKind,
        chosen: &law::statement::Chosen,
        heading: &Heading<'_>,
        write: &impl Fn(&Template, &law::statement::Chosen, &Heading<'_>) -> String,
    ) -> Result<StatementText> {
        let template = self.template_in_force(kind, chosen.tongue).await?;
        let text = write(&template, chosen, heading);
        Ok(StatementText { language: chosen.tongue.tag().to_owned(), text })
    }

    /// The item that a statement speaks of first: the latest that joined the case.
    async fn latest_known(&self, stating: &Stating<'_>) -> Result<Option<Known>> {
        if let Some(fresh) = &stating.fresh {
            return Ok(Some(fresh.clone()));
        }
        self.known_of_items(&stating.case.service, &stating.case.items).await
    }

    async fn known_of_items(
        &self,
        service: &model::ServiceId,
        items: &[ItemId],
    ) -> Result<Option<Known>> {
        match items.last() {
            Some(item) => self.known(service, item).await,
            None => Ok(None),
        }
    }

    async fn known(&self, service: &model::ServiceId, item: &ItemId) -> Result<Option<Known>> {
        let Some(row) = self.inner.store.item(service, item).await? else { return Ok(None) };
        let verdict = self.inner.store.verdict(&row.verdict).await?;
        Ok(verdict.as_ref().map(Known::of_row))
    }

    async fn circumstances(
        &self,
        case: &Case,
        decision: &Decision,
        known: Option<&Known>,
    ) -> Result<Circumstances> {
        let about = match (&case.subject, known) {
            (Subject::Account(_), _) => About::Account,
            (Subject::Item(_), Some(known)) => about(known.kind),
            (Subject::Item(_), None) => About::Post,
        };
        let (came_by, found) = match self.first_notice(case).await? {
            None => (CameBy::OwnInitiative, known.map_or(Found::Rule, |known| known.found)),
            // A study picks accounts out by a program; that it was a person who read its evidence
            // does not make it a notice of anybody outside.
            Some(NoticeKind::Study) => (CameBy::OwnInitiative, Found::Rule),
            Some(NoticeKind::User) => (CameBy::Notice, Found::Person),
            Some(NoticeKind::TrustedFlagger) => (CameBy::TrustedFlagger, Found::Person),
            Some(NoticeKind::ReferralUnit) => (CameBy::Referral, Found::Person),
        };
        let judged = match &decision.by {
            Decider::Rule(_) => Judged::Rule,
            Decider::Reviewer(_) if case.proposed == decision.action => Judged::PersonAsProposed,
            Decider::Reviewer(_) => Judged::Person,
        };
        Ok(Circumstances { about, came_by, found, judged, purpose: purpose(decision) })
    }

    /// The notice that the case began with, if it did not begin with a verdict.
    async fn first_notice(&self, case: &Case) -> Result<Option<NoticeKind>> {
        let first = case.events.iter().find_map(|event| match &event.kind {
            CaseEventKind::ItemJoined(_) => Some(None),
            CaseEventKind::NoticeJoined(notice) => Some(Some(notice)),
            CaseEventKind::Opened
            | CaseEventKind::Claimed(_)
            | CaseEventKind::Released(_)
            | CaseEventKind::Moved(_)
            | CaseEventKind::Decided(_)
            | CaseEventKind::Reversed { .. } => None,
        });
        let Some(Some(id)) = first else { return Ok(None) };
        let notices = self.inner.store.notices_of_case(&case.id).await?;
        Ok(notices.into_iter().find(|notice| notice.id == *id).map(|notice| notice.kind))
    }

    async fn submission(
        &self,
        stating: &Stating<'_>,
        statement: &Statement,
        action: &Action,
        reasons: &Reasons<'_>,
    ) -> Result<SubmissionRow> {
        let case = stating.case;
        let known = match &action.target {
            ActionTarget::Account(_) => self.latest_known(stating).await?,
            ActionTarget::Item(item) => match &stating.fresh {
                Some(fresh) if fresh.id == *item => Some(fresh.clone()),
                Some(_) | None => self.known(&case.service, item).await?,
            },
        };
        let mut circumstances = reasons.circumstances;
        if let (ActionTarget::Item(_), Some(known)) = (&action.target, &known) {
            circumstances.about = about(known.kind);
        }
        let made_at = match (&action.target, &known) {
            (ActionTarget::Account(_), Some(known)) => known.account_made_at,
            (ActionTarget::Item(_), Some(known)) => Some(known.made_at),
            (ActionTarget::Account(_) | ActionTarget::Item(_), None) => None,
        };
        let first_seen = self.inner.store.account(&case.service, &case.account).await?;
        let made_at = made_at.or(first_seen.map(|row| row.first_seen)).unwrap_or(statement.at);
        let puid = commitment(&stating.salts.account, action.id.as_str().as_bytes());
        let puid = Puid::of_commitment(&puid);
        let content = match &action.target {
            ActionTarget::Account(_) => Content::default(),
            ActionTarget::Item(_) => known.map(|known| known.content).unwrap_or_default(),
        };
        let decided = Decided {
            action: action.kind,
            circumstances,
            norm: reasons.norm,
            content: &content,
            made_at,
            decided_at: statement.at,
            territories: reasons.territories,
            puid: &puid,
        };
        submission_row(statement, &decided)
    }
}

fn submission_row(statement: &Statement, decided: &Decided<'_>) -> Result<SubmissionRow> {
    let damaged = |detail: String| Error::Damaged { what: "submission", detail };
    let parts = decided.parts().ok_or_else(|| damaged("it restricts nothing".to_owned()))?;
    let submission = Submission::new(&parts).map_err(|faults| {
        let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
        damaged(told.join("; "))
    })?;
    Ok(SubmissionRow {
        puid: submission.puid().to_owned(),
        statement: statement.id.clone(),
        service: statement.service.clone(),
        at: statement.at,
        state: Delivery::Pending,
        attempts: 0,
        next: statement.at,
        taken: None,
        known_as: None,
        problem: None,
        body: to_json("submission", &submission.json(law::statement::Endpoint::Batch))?,
    })
}

/// The decision and its action, where it restricts something because a norm was broken.
fn restricting<'a>(stating: &Stating<'a>) -> Option<(&'a Decision, ActionKind)> {
    let decision = stating.case.decision.as_ref()?;
    let action = decision.action.filter(|action| restricts(*action))?;
    (decision.ruling == Ruling::Violation).then_some((decision, action))
}

fn blank(
    id: StatementId,
    kind: StatementKind,
    stating: &Stating<'_>,
    decision: &Decision,
    action: ActionKind,
) -> Statement {
    let items = stating.actions.iter().filter_map(|action| match &action.target {
        ActionTarget::Item(item) => Some(item.clone()),
        ActionTarget::Account(_) => None,
    });
    Statement {
        id,
        kind,
        service: stating.case.service.clone(),
        account: stating.case.account.clone(),
        items: items.collect(),
        case: stating.case.id.clone(),
        decision: decision.id.clone(),
        action,
        told: StatementText { language: String::new(), text: String::new() },
        others: Vec::new(),
        at: decision.at,
        held_until: None,
        appeal_link: None,
        reverses: None,
    }
}

fn about(kind: Kind) -> About {
    match kind {
        Kind::Post => About::Post,
        Kind::Message => About::Message,
        Kind::Image => About::Image,
        Kind::Video => About::Video,
        Kind::Link => About::Link,
        Kind::Profile => About::Profile,
        Kind::Page => About::Page,
    }
}

fn purpose(decision: &Decision) -> Purpose {
    let looked = decision.findings.iter().any(|finding| {
        let FindingKind::ProtectedPurpose(purpose) = finding.kind;
        purpose == ProtectedPurpose::None
    });
    if looked { Purpose::NoneFound } else { Purpose::NotExamined }
}

/// The legal side of a policy as the store keeps it.
pub(super) fn read_norm(body: &str) -> Result<Norm> {
    serde_json::from_str(body)
        .map_err(|error| Error::Damaged { what: "norm", detail: error.to_string() })
}
