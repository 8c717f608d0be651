//! What people outside are told about notices and appeals: who, in which language, with which link.

use crate::appeals::automation;
use crate::clock::fresh;
use crate::{Engine, Result};
use law::redress::{Phrase, Told, Writing, write};
use model::{
    Appeal, AppealOutcome, AppealStatus, Appellant, Case, Decision, Letter, LetterId, LetterKind,
    Notice, ServiceId, Timestamp,
};
use review::Heard;
use store::Change;

/// Whom a letter goes to, and about what.
pub(crate) struct To<'a> {
    pub(crate) address: &'a str,
    pub(crate) language: &'a str,
    pub(crate) service: &'a ServiceId,
    pub(crate) kind: LetterKind,
    pub(crate) about: &'a str,
}

impl Engine {
    /// The change that puts a letter in the way to somebody.
    pub(crate) fn letter(&self, to: &To<'_>, writing: Writing, now: Timestamp) -> Result<Change> {
        Ok(Change::LetterWritten(Box::new(Letter {
            id: LetterId::from_uuid(fresh(now)?),
            service: to.service.clone(),
            kind: to.kind,
            about: to.about.to_owned(),
            to: to.address.to_owned(),
            language: to.language.to_owned(),
            subject: writing.subject,
            body: writing.body,
            attachments: Vec::new(),
            answers: None,
            at: now,
        })))
    }

    /// Tells the person who appealed that the appeal came in or how it came out, where there is an
    /// address.
    pub(crate) fn tell_appellant(
        &self,
        appeal: &Appeal,
        now: Timestamp,
        changes: &mut Vec<Change>,
    ) -> Result<()> {
        let Some(address) = &appeal.email else { return Ok(()) };
        let language = appeal.language.as_str();
        let (told, why, reason, still) = match &appeal.status {
            AppealStatus::Open => (Told::AppealReceived, "", "", ""),
            AppealStatus::Refused(because) => {
                (Told::AppealRefused, Phrase::of_refusal(*because).words(language), "", "")
            }
            AppealStatus::Answered(answer) => {
                let still = match answer.still_standing.is_empty() {
                    true => "",
                    false => Phrase::StillRestricted.words(language),
                };
                (told_of(answer.outcome), "", answer.reason.as_str(), still)
            }
        };
        let writing = write(
            told,
            language,
            &[
                ("reference", appeal.id.as_str()),
                ("decision", appeal.decision.as_str()),
                ("service", appeal.service.as_str()),
                ("date", &day(appeal.due_at)),
                ("link", &self.link_address(&self.link_of(appeal))),
                ("bodies", &self.bodies(language)),
                ("why", why),
                ("reason", reason),
                ("still", &paragraph(still)),
            ],
        );
        let to = To {
            address,
            language,
            service: &appeal.service,
            kind: LetterKind::Appeal,
            about: appeal.id.as_str(),
        };
        changes.push(self.letter(&to, writing, now)?);
        Ok(())
    }

    /// Tells those who gave notice what was decided on it (DSA Art 16(5) and (6)).
    pub(crate) async fn tell_notifiers(
        &self,
        case: &Case,
        now: Timestamp,
        changes: &mut Vec<Change>,
    ) -> Result<()> {
        let Some(decision) = &case.decision else { return Ok(()) };
        if case.notices.is_empty() {
            return Ok(());
        }
        let told = match decision.action {
            Some(_) => Told::NoticeFollowed,
            None => Told::NoticeNotFollowed,
        };
        for notice in self.inner.store.notices_of_case(&case.id).await? {
            changes.extend(self.notifier_letter(told, (&notice, case), decision, now)?);
        }
        Ok(())
    }

    /// Tells those who gave notice that what they were told no longer holds; whoever appealed has
    /// an answer of their own.
    pub(crate) async fn tell_of_change(
        &self,
        heard: &Heard,
        now: Timestamp,
        changes: &mut Vec<Change>,
    ) -> Result<()> {
        let Some(case) = heard.cases.last() else { return Ok(()) };
        let Some(decision) = &case.decision else { return Ok(()) };
        for notice in self.inner.store.notices_of_case(&case.id).await? {
            if heard.appeal.by != Appellant::Notifier(notice.id.clone()) {
                let about = (&notice, case);
                changes.extend(self.notifier_letter(Told::NoticeChanged, about, decision, now)?);
            }
        }
        Ok(())
    }

    fn notifier_letter(
        &self,
        told: Told,
        (notice, case): (&Notice, &Case),
        decision: &Decision,
        now: Timestamp,
    ) -> Result<Option<Change>> {
        let Some(address) = &notice.email else { return Ok(None) };
        let language = notice.language.as_deref().unwrap_or("en");
        let used = automation(case, decision);
        let automation = match (used.in_decision, used.in_detection) {
            (true, _) => Phrase::DecidedByProgram,
            (false, true) => Phrase::FoundByProgram,
            (false, false) => Phrase::ByPerson,
        };
        let link = self.link_address(&self.notifier_link(&decision.id, &notice.id));
        let writing = write(
            told,
            language,
            &[
                ("reference", notice.id.as_str()),
                ("service", notice.service.as_str()),
                ("measure", Phrase::of_action(decision.action).words(language)),
                ("automation", automation.words(language)),
                ("date", &day(self.appeal_open_until(decision))),
                ("link", &link),
                ("bodies", &self.bodies(language)),
            ],
        );
        let to = To {
            address,
            language,
            service: &notice.service,
            kind: LetterKind::NoticeDecided,
            about: notice.id.as_str(),
        };
        self.letter(&to, writing, now).map(Some)
    }

    /// The list of bodies that settle disputes out of court; empty where the operator names none.
    pub(crate) fn bodies(&self, language: &str) -> String {
        let bodies = &self.inner.redress.dispute_bodies;
        if bodies.is_empty() {
            return String::new();
        }
        let lines = bodies.iter().map(|body| format!("- {}: {}\n", body.name, body.url));
        format!("{}\n{}", Phrase::DisputeBodies.words(language), lines.collect::<String>())
    }
}

fn told_of(outcome: AppealOutcome) -> Told {
    match outcome {
        AppealOutcome::Upheld => Told::AppealUpheld,
        AppealOutcome::Reversed => Told::AppealReversed,
        AppealOutcome::Partly => Told::AppealPartly,
    }
}

/// A text with a line of its own before and after; nothing where there is none.
fn paragraph(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("\n{text}\n") }
}

/// The day of a time, as `2026-05-23`.
pub(crate) fn day(at: Timestamp) -> String {
    at.to_string().chars().take(10).collect()
}
