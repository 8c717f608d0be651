//! Statements of reasons: what the person is told, and what the DSA Transparency Database is told.
//!
//! The law is Regulation (EU) 2022/2065 Articles 17 and 24(5). The fields and words of the database
//! are data (`law/data`), with where they were read and how far they were checked.

mod check;
mod circumstances;
mod decided;

mod list;
mod norm;
pub mod person;
mod submission;
mod template;
mod tongue;
mod value;
mod words;

pub use check::{Fault, check};
pub use circumstances::{About, CameBy, Circumstances, Found, Judged, Purpose};
pub use decided::{Content, Decided, TextPresence, restricts};
pub use list::{
    Endpoint, FieldSpec, Interface, Presence, ValueKind, fields, interface, lists, words_of,
};
pub use norm::{Basis, Norm, NormProblem, NormWords};
pub use submission::{Ends, Ground, Illegal, Parts, Submission};
pub use template::{Element, Filling, Place, Template, TemplateProblem, as_html};
pub use tongue::{Chosen, Direction, Tongue};
pub use value::{
    ContentLanguage, LongText, ProductNumber, PublicText, Puid, ShortText, Territory, ValueProblem,
};
pub use words::{
    AccountType, AutomatedDecision, Category, ContentType, DecisionAccount, DecisionGround,
    DecisionMonetary, DecisionProvision, DecisionVisibility, Keyword, SourceType,
};
