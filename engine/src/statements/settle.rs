//! What the legal desk settles: the legal side of policies, and templates.

use super::make::read_norm;
use crate::intake::to_json;
use crate::once::{Origin, repeated};
use crate::{Engine, Error, Result, facts};
use audit::{FactKind, Field};
use law::statement::{Norm, Template, Tongue};
use model::StatementKind;
use serde::Serialize;
use serde_json::json;
use store::{Change, StatementChange, TemplateRow};

/// A template in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TemplateView {
    /// What it is for.
    pub kind: StatementKind,
    /// Its language as a BCP 47 tag.
    pub language: String,
    /// Version, from 1; 0 is the one that is shipped.
    pub version: u32,
    /// The template.
    pub text: String,
}

impl Engine {
    /// Reads the legal side of a policy; one that has none is a clause of the terms.
    ///
    /// # Errors
    /// Where there is no such policy, or the store fails.
    pub async fn norm_of(&self, policy: &str) -> Result<Norm> {
        if let Some((_, body)) = self.inner.store.norm(policy).await? {
            return read_norm(&body);
        }
        let policies = self.inner.store.policies().await?;
        let known = policies.iter().find(|known| known.id == policy);
        let known =
            known.ok_or_else(|| Error::NotFound { what: "policy", id: policy.to_owned() })?;
        Ok(Norm::of_policy(&known.title, &known.text))
    }

    /// Writes the legal side of a policy; one that differs from what is there is a new version.
    ///
    /// # Errors
    /// Where it contradicts itself, or the store fails.
    pub async fn write_norm(&self, policy: &str, norm: &Norm, origin: &Origin) -> Result<u32> {
        norm.check().map_err(|problem| Error::invalid("norm", problem.to_string()))?;
        let body = to_json("norm", norm)?;
        repeated(|| async {
            let known = self.inner.store.norm(policy).await?;
            if let Some((version, known)) = &known
                && *known == body
            {
                return Ok(*version);
            }
            let version = known.map_or(1, |(version, _)| version + 1);
            let event = json!({ "policy": policy, "version": version });
            let mut entry =
                facts::operation(FactKind::SettingsChanged, "norm", &origin.actor, event);
            entry.fact = entry.fact.text(Field::Policy, policy).int(Field::PolicyVersion, version);
            let change = StatementChange::NormWritten {
                policy: policy.to_owned(),
                version,
                body: body.clone(),
            };
            let changes = vec![Change::Statement(change)];
            self.inner.store.commit(changes, vec![entry], self.now()).await?;
            Ok(version)
        })
        .await
    }

    /// Reads the template in force for a kind of statement and a language.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn template(&self, kind: StatementKind, tongue: Tongue) -> Result<TemplateView> {
        let stored = self.inner.store.template(kind, tongue.tag()).await?;
        let (version, text) = stored.map_or_else(
            || (0, Template::shipped(kind, tongue).to_owned()),
            |row| (row.version, row.text),
        );
        Ok(TemplateView { kind, language: tongue.tag().to_owned(), version, text })
    }

    pub(super) async fn template_in_force(
        &self,
        kind: StatementKind,
        tongue: Tongue,
    ) -> Result<Template> {
        let view = self.template(kind, tongue).await?;
        Template::parse(kind, &view.text)
            .map_err(|problem| Error::Damaged { what: "template", detail: problem.to_string() })
    }

    /// Writes a template; statements that were made keep their words.
    ///
    /// # Errors
    /// Where it leaves out what the law wants told or cannot be read, with the place; or the store
    /// fails.
    pub async fn write_template(
        &self,
        kind: StatementKind,
        tongue: Tongue,
        text: &str,
        origin: &Origin,
    ) -> Result<TemplateView> {
        Template::parse(kind, text)
            .map_err(|problem| Error::invalid("template", problem.to_string()))?;
        repeated(|| async {
            let known = self.template(kind, tongue).await?;
            if known.text == text {
                return Ok(known);
            }
            let version = known.version + 1;
            let language = tongue.tag().to_owned();
            let event = json!({ "template": kind, "language": language, "version": version });
            let what = "statement_template";
            let entry = facts::operation(FactKind::SettingsChanged, what, &origin.actor, event);
            let row = TemplateRow {
                kind,
                language: language.clone(),
                version,
                text: text.to_owned(),
                author: origin.actor.name().to_owned(),
            };
            let changes = vec![Change::Statement(StatementChange::TemplateWritten(row))];
            self.inner.store.commit(changes, vec![entry], self.now()).await?;
            Ok(TemplateView { kind, language, version, text: text.to_owned() })
        })
        .await
    }
}
