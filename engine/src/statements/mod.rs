//! Statements: what people are told about decisions, made in the transaction of the decision
//! itself.
//!
//! The law and the words are in the crate `law`; here a statement gets its facts from the case, its
//! template from the legal desk, and its way to the service and to the database.

mod deliver;
mod make;
mod settle;
mod submit;

pub use settle::TemplateView;
pub use submit::{Queued, Reply, SubmissionView};

pub(crate) use make::{Known, Ordered, Stating};

use law::statement::Territory;
use law::statement::person::{OpenComplaint, Redress};
use model::ServiceId;
use std::collections::BTreeSet;

/// What statements need to know of the installation.
#[derive(Debug, Clone)]
pub struct StatementOptions {
    /// Where restrictions hold.
    pub territories: BTreeSet<Territory>,
    /// The page of the service's complaints; `{statement}` stands for the id of the statement.
    pub complaint: Option<String>,
    /// A page that names the bodies for settling disputes out of court.
    pub out_of_court: Option<String>,
    /// The services whose statements go to the DSA Transparency Database. Micro and small
    /// enterprises need not send theirs (Article 19).
    pub submitting: BTreeSet<ServiceId>,
}

impl Default for StatementOptions {
    fn default() -> Self {
        Self {
            territories: Territory::all().collect(),
            complaint: None,
            out_of_court: None,
            submitting: BTreeSet::new(),
        }
    }
}

impl StatementOptions {
    fn redress(&self, statement: &str, open: Option<OpenComplaint>) -> Redress {
        let complaint = self.complaint.as_ref().map(|page| page.replace("{statement}", statement));
        Redress { open, complaint, out_of_court: self.out_of_court.clone() }
    }
}
