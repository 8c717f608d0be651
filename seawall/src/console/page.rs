//! The frame of every page, and the pages that say what went wrong.

use super::text::Language;
use super::visit::{Person, Visitor};
use super::{files, keys};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use engine::{Error, Role};

/// The part of the console that a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// The queues.
    Queues,
    /// The cases.
    Cases,
    /// The orders.
    Orders,
    /// The exposure decisions.
    Exposures,
    /// The appeals.
    Appeals,
    /// Those who give notice.
    Notifiers,
    /// The studies.
    Studies,
    /// The records.
    Records,
    /// The deliveries.
    Deliveries,
    /// The evidence.
    Evidence,
    /// The banks.
    Banks,
    /// The rules.
    Rules,
    /// The keys.
    Keys,
    /// None of them.
    None,
}

/// Who is signed in, for the frame.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The login.
    pub login: String,
    /// The role, in words.
    pub role: &'static str,
    /// Whether the parts for leads are shown.
    pub is_lead: bool,
    /// Whether the studies are shown.
    pub is_analyst: bool,
    /// The value that every form must bring.
    pub form_token: String,
}

/// What the frame of a page needs.
#[derive(Debug, Clone)]
pub struct Page {
    /// The language, which is also where all texts come from.
    pub t: Language,
    /// Who is signed in.
    pub person: Option<SignedIn>,
    /// The part that the page belongs to.
    pub tab: Tab,
    /// The page's address up to the language, for the switch.
    pub here: String,
    /// What whoever is on duty must have in sight.
    pub pressing: Vec<super::orders::Pressing>,
    /// What exposure decisions ask for soon, for the same people.
    pub owed: Option<super::orders::Pressing>,
    /// Whether the orders are shown.
    pub has_orders: bool,
    /// A message of the step before.
    pub done: Option<&'static str>,
    /// Whether pictures are shown in grey.
    pub is_grey: bool,
    /// The queue that the next case comes from; empty for all.
    pub next_queue: String,
    /// Address of the styles.
    pub styles: String,
    /// Address of the script.
    pub script: String,
    /// The list of keys as JSON.
    pub keys: String,
}

impl Page {
    /// The frame for a person.
    pub fn new(person: &Person, tab: Tab) -> Self {
        let t = person.visitor.language;
        let user = &person.session.user;
        let signed_in = SignedIn {
            login: user.login.clone(),
            role: match person.role {
                Role::Reviewer => t.role_reviewer(),
                Role::Analyst => t.role_analyst(),
                Role::Lead => t.role_lead(),
                Role::Admin => t.role_admin(),
            },
            is_lead: person.is_lead(),
            is_analyst: person.is_analyst(),
            form_token: person.session.form_token.clone(),
        };
        let (pressing, owed) = (person.pressing.clone(), person.owed.clone());
        let has_orders = person.is_lead() || person.is_on_duty;
        let outside = Self::outside(&person.visitor, tab);
        Self { person: Some(signed_in), pressing, owed, has_orders, ..outside }
    }

    /// The frame for somebody who is not signed in.
    pub fn outside(visitor: &Visitor, tab: Tab) -> Self {
        let t = visitor.language;
        Self {
            t,
            person: None,
            pressing: Vec::new(),
            owed: None,
            has_orders: false,
            tab,
            here: visitor.here.clone(),
            done: visitor.done.as_deref().and_then(|name| done(t, name)),
            is_grey: visitor.is_grey,
            next_queue: String::new(),
            styles: files::address("console.css"),
            script: files::address("console.js"),
            keys: keys::as_json(),
        }
    }

    /// The value that every form must bring.
    pub fn form_token(&self) -> &str {
        self.person.as_ref().map_or("", |person| &person.form_token)
    }

    /// Whether the person sees studies.
    pub fn is_analyst(&self) -> bool {
        self.person.as_ref().is_some_and(|person| person.is_analyst)
    }

    /// Whether the page belongs to that part, for `aria-current`.
    pub fn is_at(&self, tab: Tab) -> bool {
        self.tab == tab
    }
}

/// What was done, in words. The name travels in the address, so it names one of our own texts and
/// never brings one.
fn done(t: Language, name: &str) -> Option<&'static str> {
    match name {
        "claimed" => Some(t.done_claimed()),
        "released" => Some(t.done_released()),
        "moved" => Some(t.done_moved()),
        "decided" => Some(t.done_decided()),
        "undone" => Some(t.done_undone()),
        "evidence-access" => Some(t.done_access()),
        "evidence-allowed" => Some(t.done_allowed()),
        "evidence-held" => Some(t.done_held()),
        "evidence-released" => Some(t.done_released_hold()),
        "evidence-prolonged" => Some(t.done_prolonged()),
        "redelivered" => Some(t.done_redelivered()),
        "opinion" => Some(t.done_opinion()),
        "retired" => Some(t.done_retired()),
        "empty" => Some(t.done_empty()),
        "saved" => Some(t.done_saved()),
        "study-ordered" => Some(t.done_study_ordered()),
        "study-stopped" => Some(t.done_study_stopped()),
        "study-erased" => Some(t.done_study_erased()),
        "study-applied" => Some(t.done_study_applied()),
        "coded" => Some(t.done_coded()),
        "case-opened" => Some(t.done_case_opened()),
        "order-taken" => Some(t.done_order_taken()),
        "order-step" => Some(t.done_order_step()),
        "threat-raised" => Some(t.done_threat_raised()),
        "threat-step" => Some(t.done_threat_step()),
        "exposure-noted" => Some(t.done_exposure_noted()),
        "heard" => Some(t.done_heard()),
        "signed-out" => Some(t.signed_out()),
        _ => None,
    }
}

/// One of several views of a page, as a link.
pub struct ViewLink {
    pub name: &'static str,
    pub words: &'static str,
    pub is_current: bool,
}

/// Writes a page.
pub fn render(page: &impl Template, status: StatusCode) -> Response {
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    page: &'a Page,
    status: u16,
    heading: &'a str,
    words: &'a str,
}

/// An answer that says why a request was not met.
pub struct Refused(Box<Response>);

/// What a handler gives.
pub type Answer = Result<Response, Refused>;

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        *self.0
    }
}

impl Refused {
    fn told(page: &Page, status: StatusCode, heading: &str, words: &str) -> Self {
        let mut page = page.clone();
        page.done = None;
        let status_number = status.as_u16();
        let shown = ErrorPage { page: &page, status: status_number, heading, words };
        Self(Box::new(render(&shown, status)))
    }

    /// There is nothing at that address.
    pub fn not_found(page: &Page) -> Self {
        let t = page.t;
        Self::told(page, StatusCode::NOT_FOUND, t.error_not_found(), t.error_not_found_long())
    }

    /// The person's role does not see it.
    pub fn forbidden(page: &Page) -> Self {
        let t = page.t;
        Self::told(page, StatusCode::FORBIDDEN, t.error_forbidden(), t.error_forbidden_long())
    }

    /// The form came from elsewhere.
    pub fn form(page: &Page) -> Self {
        let t = page.t;
        Self::told(page, StatusCode::FORBIDDEN, t.error_form(), t.error_form_long())
    }

    /// The engine refused or failed.
    pub fn by(page: &Page, error: Error) -> Self {
        let t = page.t;
        match error {
            Error::NotFound { .. } => Self::not_found(page),
            Error::Store(_)
            | Error::Vault(_)
            | Error::Broken(_)
            | Error::Tree(_)
            | Error::Dataset { .. }
            | Error::Worker { .. }
            | Error::Random { .. }
            | Error::Damaged { .. } => {
                tracing::error!(%error, "a page could not be made");
                let (heading, words) = (t.error_internal(), t.error_internal_long());
                Self::told(page, StatusCode::INTERNAL_SERVER_ERROR, heading, words)
            }
            Error::Invalid { .. } | Error::Rules(_) => {
                let words = refusal(t, &error);
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                Self::told(page, status, t.error_unacceptable(), &words)
            }
            Error::Review(_)
            | Error::Order(_)
            | Error::Threat(_)
            | Error::Exposure(_)
            | Error::KeyReused { .. }
            | Error::Contended
            | Error::Busy
            | Error::NotifierSuspended { .. }
            | Error::SomethingJoined { .. }
            | Error::SignInRefused
            | Error::SignInBlocked { .. } => {
                let words = refusal(t, &error);
                Self::told(page, StatusCode::CONFLICT, t.problem_heading(), &words)
            }
        }
    }
}

/// Why the engine refused, in the person's language.
pub fn refusal(t: Language, error: &Error) -> String {
    let known = match error {
        Error::Review(problem) => desk_refusal(t, problem.code()),
        Error::Contended | Error::Busy => Some(t.refused_contended()),
        Error::SomethingJoined { .. } => Some(t.something_joined()),
        Error::KeyReused { .. } => Some(t.refused_key_reused()),
        Error::SignInRefused => Some(t.sign_in_refused()),
        Error::SignInBlocked { seconds } => {
            let seconds = u64::try_from(*seconds).unwrap_or(0);
            return t.seconds_to_wait(super::when::span(t, seconds));
        }
        Error::Invalid { place, .. } if place == "action" => Some(t.refused_on_its_way()),
        Error::Invalid { place, .. } if place == "policy" => Some(t.choose_policy()),
        Error::NotFound { .. } => Some(t.error_not_found_long()),
        Error::Invalid { .. }
        | Error::Order(_)
        | Error::Threat(_)
        | Error::Exposure(_)
        | Error::NotifierSuspended { .. }
        | Error::Rules(_)
        | Error::Store(_)
        | Error::Vault(_)
        | Error::Broken(_)
        | Error::Tree(_)
        | Error::Dataset { .. }
        | Error::Worker { .. }
        | Error::Random { .. }
        | Error::Damaged { .. } => None,
    };
    known.map_or_else(|| error.to_string(), str::to_owned)
}

/// What the desk refuses, by the code of the refusal; the rarer ones are told in the desk's words.
fn desk_refusal(t: Language, code: &str) -> Option<&'static str> {
    match code {
        "already_decided" | "joins_decided" => Some(t.refused_already_decided()),
        "not_decided" => Some(t.refused_not_decided()),
        "claimed_by_other" => Some(t.refused_claimed_by_other()),
        "not_claimed" => Some(t.refused_not_claimed()),
        "claim_ended" => Some(t.refused_claim_ended()),
        "same_queue" => Some(t.refused_same_queue()),
        "reason_missing" => Some(t.refused_reason_missing()),
        "reason_too_long" => Some(t.refused_reason_too_long()),
        "finding_missing" => Some(t.refused_finding_missing()),
        "purpose_protected" => Some(t.refused_purpose_protected()),
        "not_a_violation" => Some(t.refused_not_a_violation()),
        "restore_is_undo" => Some(t.refused_restore_is_undo()),
        "labels_missing" => Some(t.refused_labels_missing()),
        "labels_too_many" => Some(t.refused_labels_too_many()),
        "label_length" => Some(t.refused_label_length()),
        "no_item" => Some(t.refused_no_item()),
        "warning_missing" => Some(t.refused_warning_missing()),
        "nothing_unfounded" => Some(t.refused_nothing_unfounded()),
        "notifier_not_warned" => Some(t.refused_notifier_not_warned()),
        "not_suspended" => Some(t.refused_not_suspended()),
        "appeal_not_open" => Some(t.refused_appeal_not_open()),
        "appeal_moot" => Some(t.refused_appeal_moot()),
        "heard_by_involved" => Some(t.you_are_involved()),
        "answer_does_not_go" => Some(t.refused_answer_does_not_go()),
        _ => None,
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// A frame for tests of pages.
    pub fn frame(t: Language, tab: Tab) -> Page {
        let person = SignedIn {
            login: "nour".to_owned(),
            role: t.role_lead(),
            is_lead: true,
            is_analyst: true,
            form_token: "token".to_owned(),
        };
        let visitor = Visitor { language: t, is_grey: false, here: "/x?".to_owned(), done: None };
        Page { person: Some(person), ..Page::outside(&visitor, tab) }
    }

    fn shown(page: &Page) -> String {
        let wrong = ErrorPage { page, status: 404, heading: "<b>", words: "\"><script>" };
        wrong.render().unwrap_or_default()
    }

    #[test]
    fn the_frame_has_language_and_direction() {
        assert!(
            shown(&frame(Language::English, Tab::None)).contains("<html lang=\"en\" dir=\"ltr\">")
        );
        let arabic = shown(&frame(Language::Arabic, Tab::None));
        assert!(arabic.contains("<html lang=\"ar\" dir=\"rtl\">"));
        assert!(arabic.contains("href=\"/x?lang=en\""));
    }

    #[test]
    fn the_frame_escapes_and_has_nothing_inline() {
        let html = shown(&frame(Language::English, Tab::None));
        assert!(!html.contains("\"><script>") && !html.contains("<b>"), "escaped");
        assert!(!html.contains(" style=") && !html.contains("<style"), "no inline style");
        assert!(!html.contains(" onclick") && !html.contains("javascript:"), "no inline script");
        assert_eq!(html.matches("<script").count(), 1, "one script, from a file");
        assert!(html.contains("<script type=\"module\" src=\"/static/console.js"));
    }

    #[test]
    fn a_message_is_one_of_ours() {
        assert_eq!(done(Language::English, "claimed"), Some("The case is yours."));
        assert_eq!(done(Language::English, "<b>Call this number</b>"), None);
    }

    #[test]
    fn refusals_are_told_in_the_persons_language() {
        let blocked = Error::SignInBlocked { seconds: 120 };
        assert!(refusal(Language::Arabic, &blocked).contains("دقيقتين"));
        assert!(refusal(Language::Arabic, &Error::Contended).starts_with("شخص آخر"));
    }
}
