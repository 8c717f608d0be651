//! What a person is told: a template filled from the decision, in the person's language.

use super::circumstances::Circumstances;
use super::norm::{Basis, Norm};
use super::template::{Element, Filling, Template};
use super::tongue::{Chosen, Tongue};
use super::value::Territory;
use model::{ActionKind, Timestamp, limits};
use std::collections::{BTreeMap, BTreeSet};

/// What every statement to a person names.
#[derive(Debug, Clone, Copy)]
pub struct Heading<'a> {
    /// The id of the statement.
    pub reference: &'a str,
    /// The service.
    pub service: &'a str,
    /// The service's ids of what is concerned: items, or the account.
    pub subjects: &'a [String],
    /// When it was decided.
    pub at: Timestamp,
}

/// What was decided, for the statement of reasons (Article 17(3)).
#[derive(Debug, Clone, Copy)]
pub struct Reasons<'a> {
    /// What was done.
    pub action: ActionKind,
    /// How it came about.
    pub circumstances: Circumstances,
    /// What it rests on.
    pub norm: &'a Norm,
    /// Where it applies.
    pub territories: &'a BTreeSet<Territory>,
    /// When it ends; `None` is without an end.
    pub until: Option<Timestamp>,
    /// Where to object.
    pub redress: &'a Redress,
}

/// A complaint that can be made at an address of this installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenComplaint {
    /// The address, which is the person's alone.
    pub link: String,
    /// Until when complaints are taken.
    pub until: Timestamp,
}

/// Where a person can object; links that are not set are left out, and the sentence stands alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Redress {
    /// Where a complaint against this decision is taken here, while it is.
    pub open: Option<OpenComplaint>,
    /// The page of the service's complaints, for this statement.
    pub complaint: Option<String>,
    /// A page that names the bodies for settling disputes out of court.
    pub out_of_court: Option<String>,
}

/// What an authority ordered, in its own words (Article 9(5); Regulation (EU) 2021/784 Article 11).
#[derive(Debug, Clone, Copy)]
pub struct Ordered<'a> {
    /// What was done.
    pub action: ActionKind,
    /// Where the order applies.
    pub territories: &'a BTreeSet<Territory>,
    /// The reasons that the authority gives, or where they can be asked for.
    pub reasons: &'a str,
    /// The redress that the authority names.
    pub redress: &'a str,
}

type Fillings = BTreeMap<Element, Filling>;

/// Writes the statement of reasons for a restriction.
#[must_use]
pub fn restriction(
    template: &Template,
    chosen: &Chosen,
    heading: &Heading<'_>,
    reasons: &Reasons<'_>,
) -> String {
    let tongue = chosen.tongue;
    let (reference, explanation) = reasons.norm.words(tongue);
    let mut fillings = named(heading);
    let mut own = |element, text: String| fillings.insert(element, Filling::Own(text));
    own(Element::Restriction, done(reasons.action, tongue).to_owned());
    own(Element::Territory, territory(reasons.territories, tongue));
    own(Element::Duration, duration(reasons.until, tongue));
    own(Element::Facts, reasons.circumstances.events(tongue));
    own(Element::AutomatedDetection, reasons.circumstances.found.sentence(tongue).to_owned());
    own(Element::AutomatedDecision, reasons.circumstances.judged.sentence(tongue).to_owned());
    own(Element::Ground, ground(reasons.norm, reference, tongue));
    own(Element::Complaint, complaint(reasons.redress, tongue));
    own(Element::OutOfCourt, out_of_court(reasons.redress.out_of_court.as_deref(), tongue));
    own(Element::Court, court(tongue).to_owned());
    fillings.insert(Element::Explanation, Filling::Foreign(one_line(explanation)));
    written(template, chosen, &fillings)
}

/// Writes what is told of a restriction that was made on an order alone.
#[must_use]
pub fn order(
    template: &Template,
    chosen: &Chosen,
    heading: &Heading<'_>,
    ordered: &Ordered<'_>,
) -> String {
    let tongue = chosen.tongue;
    let mut fillings = named(heading);
    let mut own = |element, text: String| fillings.insert(element, Filling::Own(text));
    own(Element::Restriction, done(ordered.action, tongue).to_owned());
    own(Element::Territory, territory(ordered.territories, tongue));
    own(Element::Court, court(tongue).to_owned());
    fillings.insert(Element::OrderReasons, Filling::Foreign(one_line(ordered.reasons)));
    fillings.insert(Element::OrderRedress, Filling::Foreign(one_line(ordered.redress)));
    written(template, chosen, &fillings)
}

/// Writes that a decision was reversed.
#[must_use]
pub fn reversal(
    template: &Template,
    chosen: &Chosen,
    heading: &Heading<'_>,
    action: ActionKind,
    earlier: &str,
) -> String {
    let mut fillings = named(heading);
    let given_back = given_back(action, chosen.tongue).to_owned();
    fillings.insert(Element::GivenBack, Filling::Own(given_back));
    fillings.insert(Element::Earlier, Filling::Foreign(earlier.to_owned()));
    written(template, chosen, &fillings)
}

fn written(template: &Template, chosen: &Chosen, fillings: &Fillings) -> String {
    let text = template.fill(fillings);
    match &chosen.instead_of {
        None => text,
        Some(language) => format!(
            "This statement is in English because it cannot be written in your language yet \
             (\u{2068}{language}\u{2069}).\n\n{text}"
        ),
    }
}

fn day(at: Timestamp) -> String {
    at.to_string().split('T').next().unwrap_or_default().to_owned()
}

fn named(heading: &Heading<'_>) -> Fillings {
    let day = day(heading.at);
    let (shown, all) = (limits::STATEMENT_ITEMS, heading.subjects.len());
    let mut subjects = heading.subjects[..all.min(shown)].join(", ");
    if all > shown {
        subjects.push_str(&format!(" (+{})", all - shown));
    }
    Fillings::from([
        (Element::Reference, Filling::Foreign(heading.reference.to_owned())),
        (Element::Service, Filling::Foreign(heading.service.to_owned())),
        (Element::Subject, Filling::Foreign(subjects)),
        (Element::Date, Filling::Foreign(day)),
    ])
}

/// Lines of other people's texts become one, so that they cannot look like parts of the statement.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn apart(text: &str) -> String {
    format!("\u{2068}{}\u{2069}", one_line(text))
}

fn done(action: ActionKind, tongue: Tongue) -> &'static str {
    match action {
        ActionKind::Remove => tongue.of("Content was removed.", "أزيل محتوى."),
        ActionKind::Disable => {
            tongue.of("Access to content was disabled.", "عطل الوصول إلى محتوى.")
        }
        ActionKind::Restrict => tongue.of(
            "Content is shown to fewer people or behind a warning.",
            "صار محتوى يعرض لعدد أقل من الناس أو خلف تحذير.",
        ),
        ActionKind::Label => tongue.of("A label was put on content.", "وضعت علامة على محتوى."),
        ActionKind::Suspend => tongue.of("An account was suspended.", "علق حساب."),
        ActionKind::Warn => tongue.of("A warning was given.", "وجه تحذير."),
        ActionKind::Restore => tongue.of("Content was restored.", "أعيد محتوى."),
    }
}

fn given_back(action: ActionKind, tongue: Tongue) -> &'static str {
    match action {
        ActionKind::Remove => {
            tongue.of("The removed content was restored.", "أعيد المحتوى الذي أزيل.")
        }
        ActionKind::Disable => {
            tongue.of("Access to the content was enabled again.", "أعيد تمكين الوصول إلى المحتوى.")
        }
        ActionKind::Restrict => tongue
            .of("The content is shown again as it was before.", "عاد عرض المحتوى كما كان من قبل."),
        ActionKind::Label => {
            tongue.of("The label was taken off the content.", "نزعت العلامة عن المحتوى.")
        }
        ActionKind::Suspend => {
            tongue.of("The account is no longer suspended.", "لم يعد الحساب معلقا.")
        }
        ActionKind::Warn => tongue.of("The warning was withdrawn.", "سحب التحذير."),
        ActionKind::Restore => tongue.of("The content was restored.", "أعيد المحتوى."),
    }
}

fn territory(territories: &BTreeSet<Territory>, tongue: Tongue) -> String {
    if territories.len() == Territory::all().count() {
        let everywhere = tongue.of(
            "In every state of the European Economic Area.",
            "في كل دول المنطقة الاقتصادية الأوروبية.",
        );
        return everywhere.to_owned();
    }
    let codes: Vec<&str> = territories.iter().map(|territory| territory.code()).collect();
    let codes = apart(&codes.join(", "));
    match tongue {
        Tongue::English => format!("In these states: {codes}."),
        Tongue::Arabic => format!("في هذه الدول: {codes}."),
    }
}

fn duration(until: Option<Timestamp>, tongue: Tongue) -> String {
    let Some(until) = until else {
        let open = tongue.of(
            "No end is set; it lasts until it is reversed.",
            "لم تحدد له نهاية، ويبقى ساريا إلى أن ينقض.",
        );
        return open.to_owned();
    };
    let until = apart(&until.to_string());
    match tongue {
        Tongue::English => format!("Until {until}."),
        Tongue::Arabic => format!("حتى {until}."),
    }
}

fn ground(norm: &Norm, reference: &str, tongue: Tongue) -> String {
    let reference = apart(reference);
    let link = norm.url.as_ref().map(|url| format!(" ({})", apart(url.as_str())));
    let link = link.unwrap_or_default();
    match (norm.basis, tongue) {
        (Basis::Law, Tongue::English) => {
            format!("The content is held to be illegal. Provision: {reference}{link}.")
        }
        (Basis::Law, Tongue::Arabic) => {
            format!("يعد المحتوى غير قانوني. النص القانوني: {reference}{link}.")
        }
        (Basis::Terms, Tongue::English) => format!(
            "The content is held to be against the terms of the service. Clause: {reference}{link}."
        ),
        (Basis::Terms, Tongue::Arabic) => {
            format!("يعد المحتوى مخالفا لشروط الخدمة. البند: {reference}{link}.")
        }
    }
}

fn with_link(sentence: &str, link: Option<&str>) -> String {
    match link {
        Some(link) => format!("{sentence} {}", apart(link)),
        None => sentence.to_owned(),
    }
}

fn complaint(redress: &Redress, tongue: Tongue) -> String {
    let sentence = tongue.of(
        "You can complain to the service free of charge for at least six months after you receive \
         this. A person who did not take the decision will look at your complaint.",
        "يمكنك أن تتقدم بشكوى إلى الخدمة مجانا خلال ستة أشهر على الأقل من تلقيك هذا البيان. \
         وسينظر في شكواك شخص لم يتخذ القرار.",
    );
    let sentence = with_link(sentence, redress.complaint.as_deref());
    let Some(open) = &redress.open else { return sentence };
    let (until, link) = (apart(&day(open.until)), apart(&open.link));
    match tongue {
        Tongue::English => format!(
            "{sentence}\nSee the decision and complain here until {until}, without signing in: \
             {link}"
        ),
        Tongue::Arabic => {
            format!("{sentence}\nاطلع على القرار وقدم شكواك هنا حتى {until} دون تسجيل دخول: {link}")
        }
    }
}

fn out_of_court(link: Option<&str>, tongue: Tongue) -> String {
    let sentence = tongue.of(
        "You can turn to a certified body for settling disputes out of court (Article 21 of \
         Regulation (EU) 2022/2065).",
        "يمكنك اللجوء إلى هيئة معتمدة لتسوية النزاعات خارج المحاكم (المادة 21 من اللائحة (الاتحاد \
         الأوروبي) 2022/2065).",
    );
    with_link(sentence, link)
}

fn court(tongue: Tongue) -> &'static str {
    tongue.of(
        "You can go to court at any time; nothing in this statement takes that right away.",
        "يمكنك اللجوء إلى القضاء في أي وقت، ولا ينتقص هذا البيان من هذا الحق.",
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::circumstances::{About, CameBy, Found, Judged, Purpose};
    use super::super::tongue::Direction;
    use super::*;
    use model::StatementKind;

    fn statement(language: Option<&str>, action: ActionKind, link: Option<&str>) -> String {
        let chosen = Tongue::choose(language);
        let shipped = Template::shipped(StatementKind::Restriction, chosen.tongue);
        let template = Template::parse(StatementKind::Restriction, shipped).unwrap();
        let norm = Norm::of_policy("Clause 4", "Recruiting is\n\nnot allowed.");
        let territories = Territory::all().collect();
        let until = Timestamp::parse("2026-09-02T23:59:59Z").unwrap();
        let redress = Redress {
            open: link.map(|link| OpenComplaint { link: format!("{link}/signed"), until }),
            complaint: link.map(str::to_owned),
            out_of_court: None,
        };
        let reasons = Reasons {
            action,
            circumstances: Circumstances {
                about: About::Post,
                came_by: CameBy::Notice,
                found: Found::Person,
                judged: Judged::Person,
                purpose: Purpose::NoneFound,
            },
            norm: &norm,
            territories: &territories,
            until: None,
            redress: &redress,
        };
        let subjects: Vec<String> = (0..25).map(|number| format!("p{number}")).collect();
        let heading = Heading {
            reference: "statement_1",
            service: "forum",
            subjects: &subjects,
            at: Timestamp::parse("2026-03-01T23:59:59Z").unwrap(),
        };
        restriction(&template, &chosen, &heading, &reasons)
    }

    #[test]
    fn every_element_is_told_in_each_language() {
        let link = "https://forum.example/appeals/7";
        let english = statement(Some("en-IE"), ActionKind::Remove, Some(link));
        for told in [
            "(\u{2068}statement_1\u{2069})",
            "on \u{2068}2026-03-01\u{2069}",
            "Content was removed.",
            "p19 (+5)",
            "every state of the European Economic Area",
            "No end is set",
            "a notice under Article 16",
            "found that it does not",
            "No automated means were used to find it.",
            "A person looked at it and decided.",
            "Clause: \u{2068}Clause 4\u{2069}",
            "\u{2068}Recruiting is not allowed.\u{2069}",
            link,
            "here until \u{2068}2026-09-02\u{2069}",
            "\u{2068}https://forum.example/appeals/7/signed\u{2069}",
            "Article 21",
            "go to court",
        ] {
            assert!(english.contains(told), "{told} is not in\n{english}");
        }
        let arabic = statement(Some("ar-EG"), ActionKind::Suspend, Some(link));
        for told in [
            "علق حساب.",
            "المادة 16",
            "لم تستخدم وسائل آلية",
            "القضاء",
            link,
            "p19",
            "/signed",
            "حتى \u{2068}2026-09-02",
        ] {
            assert!(arabic.contains(told), "{told} is not in\n{arabic}");
        }
        assert_eq!(Tongue::Arabic.direction(), Direction::RightToLeft);
    }

    #[test]
    fn another_language_falls_back_to_english_and_says_so() {
        for (language, says) in
            [(Some("tl"), true), (Some("en"), false), (None, false), (Some("<b>"), false)]
        {
            let text = statement(language, ActionKind::Disable, None);
            assert_eq!(text.starts_with("This statement is in English because"), says);
            assert!(text.contains("Statement of reasons"));
        }
    }

    #[test]
    fn every_action_has_its_sentences() {
        for tongue in Tongue::ALL {
            let mut sentences: Vec<&str> = Vec::new();
            for action in ActionKind::ALL {
                sentences.push(done(action, tongue));
                assert!(!given_back(action, tongue).is_empty());
            }
            sentences.sort_unstable();
            sentences.dedup();
            assert_eq!(sentences.len(), ActionKind::ALL.len());
        }
    }
}
