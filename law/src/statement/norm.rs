//! The legal side of a policy: what a decision under it rests on, in words for everybody.

use super::submission::{Ground, Illegal};
use super::tongue::Tongue;
use super::value::{LongText, ShortText};
use super::words::{Category, Keyword};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Whether a policy stands for the law or for the terms of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Content against it is illegal (Article 17(3)(d)).
    Law,
    /// Content against it is incompatible with the terms (Article 17(3)(e)).
    Terms,
}

/// The legal side of a policy. A legal desk writes it with the policy; it is published with every
/// decision, so it names nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Norm {
    /// Law or terms.
    pub basis: Basis,
    /// The provision or clause.
    pub reference: ShortText,
    /// Why content falls under it.
    pub explanation: LongText,
    /// The same in Arabic, for people who read that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arabic: Option<NormWords>,
    /// Where it can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<url::Url>,
    /// For the terms: whether the content is held for illegal as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub illegal: Option<Illegal>,
    /// The database's category.
    pub category: Category,
    /// The database's keywords.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub keywords: BTreeSet<Keyword>,
    /// What no keyword says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keyword_other: Option<ShortText>,
}

/// The words of a norm in another language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NormWords {
    /// The provision or clause.
    pub reference: ShortText,
    /// Why content falls under it.
    pub explanation: LongText,
}

/// Why a norm contradicts itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NormProblem {
    /// `illegal` is for the terms alone.
    #[error(
        "`illegal` stands with basis `terms` alone: a norm of the law is about illegal content"
    )]
    IllegalWithLaw,
    /// The category is for others.
    #[error(
        "the category {0} is not for such a norm: the one for violations of terms is for the terms \
         alone, and the one for notices is for notices"
    )]
    Category(&'static str),
    /// `keyword_other` goes with the keyword for others, and only with it.
    #[error("`keyword_other` goes with KEYWORD_OTHER: give both or neither")]
    KeywordOther,
    /// The address is none of the web.
    #[error("`url` has to begin with https:// or http:// and to name nobody")]
    Url,
}

impl Norm {
    /// The norm of a policy that says nothing of its legal side: a clause of the terms of that
    /// title, in the category for other violations of terms.
    #[must_use]
    pub fn of_policy(title: &str, text: &str) -> Self {
        let reference = public_start(title, "the terms of the service");
        Self {
            basis: Basis::Terms,
            explanation: public_start(text, "The content is against this clause."),
            reference,
            arabic: None,
            url: None,
            illegal: None,
            category: Category::OtherViolationTc,
            keywords: BTreeSet::new(),
            keyword_other: None,
        }
    }

    /// Checks what its types alone do not hold.
    ///
    /// # Errors
    /// Where it contradicts itself.
    pub fn check(&self) -> Result<(), NormProblem> {
        if self.basis == Basis::Law && self.illegal.is_some() {
            return Err(NormProblem::IllegalWithLaw);
        }
        let is_of_terms = self.category == Category::OtherViolationTc;
        if (is_of_terms && self.basis == Basis::Law)
            || self.category == Category::NotSpecifiedNotice
        {
            return Err(NormProblem::Category(self.category.code()));
        }
        if self.keywords.contains(&Keyword::Other) != self.keyword_other.is_some() {
            return Err(NormProblem::KeywordOther);
        }
        let is_web = |url: &url::Url| {
            matches!(url.scheme(), "http" | "https")
                && url.username().is_empty()
                && url.password().is_none()
                && url.as_str().chars().count() <= 500
        };
        match &self.url {
            Some(url) if !is_web(url) => Err(NormProblem::Url),
            Some(_) | None => Ok(()),
        }
    }

    /// The ground as the database has it.
    #[must_use]
    pub fn ground(&self) -> Ground {
        let (ground, explanation) = (self.reference.clone(), self.explanation.clone());
        match self.basis {
            Basis::Law => Ground::Law { ground, explanation },
            Basis::Terms => Ground::Terms { ground, explanation, illegal: self.illegal },
        }
    }

    /// The provision and the explanation, in a language where they were given in it.
    #[must_use]
    pub fn words(&self, tongue: Tongue) -> (&str, &str) {
        match (tongue, &self.arabic) {
            (Tongue::Arabic, Some(words)) => (words.reference.as_str(), words.explanation.as_str()),
            (Tongue::English | Tongue::Arabic, _) => {
                (self.reference.as_str(), self.explanation.as_str())
            }
        }
    }
}

/// As much of a text as a public text holds, or other words where it cannot be shown.
fn public_start<const MOST: usize>(text: &str, otherwise: &str) -> super::value::PublicText<MOST> {
    let start: String = text.trim().chars().take(MOST).collect();
    super::value::PublicText::new(&start)
        .or_else(|_| super::value::PublicText::new(otherwise))
        .expect("the words that stand in are short and name nobody")
}
