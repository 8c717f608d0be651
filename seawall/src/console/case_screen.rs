//! The page of a case: everything on one screen, made from what the engine read.

use super::case::login;
use super::case_form::{CHOICES, Filled, purpose_words, seen};
use super::cases::CaseLine;
use super::highlight::{Marked, Shown, defanged, highlight};
use super::page::{Page, Tab};
use super::text::{Language, Noun, grouped, isolate};
use super::when::{When, clock, exact};
use crate::public::notice_ground_words;
use askama::Template;
use engine::{CaseView, Conduct, Delivery, OutboxRow, PolicyRow, StatementRow, VerdictRow};
use model::{
    ActionKind, ActionTarget, Audience, Author, CaseEvent, CaseEventKind, CaseStatus, Decider,
    Decision, EntryKind, FindingKind, Grade, Item, Kind, Match, Notice, NoticeKind, Outcome,
    ProtectedPurpose, Ruling, SignalValue, StatementKind, Subject, Timestamp, UserId,
};
use review::threats::Threat;
use rules::RuleInfo;
use signals::learn::Score;
use std::collections::BTreeMap;

/// What the page is made from besides the case.
pub struct Around<'a> {
    /// Logins by the id of the person.
    pub logins: &'a BTreeMap<UserId, String>,
    /// The policies.
    pub policies: &'a [PolicyRow],
    /// The rules in force.
    pub rules: &'a [RuleInfo],
    /// The queues, as name and title.
    pub queues: &'a [(String, String)],
    /// Who looks.
    pub me: &'a UserId,
    /// The time.
    pub now: Timestamp,
    /// What a learned model says of the latest item.
    pub score: Option<&'a Score>,
    /// The threats that were reported from the case.
    pub threats: &'a [Threat],
}

/// Where the case stands, for the person who looks.
pub enum Stand {
    /// It waits.
    Waiting,
    /// The person is at it.
    Mine {
        /// Until when, in words.
        until: String,
    },
    /// Somebody else is at it.
    Theirs {
        /// Who, and until when.
        words: String,
    },
    /// It is decided.
    Decided,
}

/// A row of the decision form.
pub struct ChoiceRow {
    number: usize,
    value: &'static str,
    words: &'static str,
    is_broken: bool,
    is_checked: bool,
    is_out_of_reach: bool,
    is_label: bool,
    hint: Option<&'static str>,
}

/// An option of a select.
pub struct Choosable {
    value: String,
    words: String,
    is_selected: bool,
}

struct MatchRow {
    title: String,
    kind: &'static str,
    entry: String,
    bank: String,
    grade: String,
    found_in: String,
}

struct RuleRow {
    name: String,
    policy: String,
    description: Option<String>,
    is_automatic: bool,
    because: Vec<String>,
}

struct Picture {
    number: usize,
    words: String,
    kind: &'static str,
    address: Option<String>,
}

/// One judged version of an item.
struct ItemPart {
    id: String,
    kind: &'static str,
    audience: &'static str,
    language: Option<String>,
    created: When,
    judged: When,
    outcome: &'static str,
    text: Shown,
    rest: Option<String>,
    matches: Vec<MatchRow>,
    links: Vec<String>,
    pictures: Vec<Picture>,
    rules: Vec<RuleRow>,
    is_withheld: bool,
    rules_version: String,
    banks_revision: String,
    signals_version: u32,
    signals: Vec<(&'static str, String)>,
}

struct AccountPart {
    id: String,
    service: String,
    handle: Option<String>,
    display_name: Option<String>,
    bio: Option<String>,
    followers: Option<String>,
    made: Option<When>,
    strikes: u64,
    conduct: Option<String>,
    warned: Option<When>,
    labels: Vec<String>,
    suggested: Option<&'static str>,
}

struct NoticePart {
    from: &'static str,
    name: Option<String>,
    policy: Option<String>,
    reason: String,
    faith: &'static str,
    id: String,
    ground: &'static str,
    waits: Option<&'static str>,
    at: When,
}

struct DecisionPart {
    ruling: &'static str,
    action: &'static str,
    is_violation: bool,
    is_reversed: bool,
    is_strike: bool,
    by: String,
    labels: Vec<String>,
    policy: String,
    policy_version: String,
    purpose: Option<&'static str>,
    reason: String,
    at: When,
}

struct DeliveryPart {
    id: String,
    kind: &'static str,
    target: String,
    state: &'static str,
    state_name: &'static str,
    delivered: Option<When>,
    attempts: Option<String>,
    problem: Option<String>,
}

/// What the person was told.
struct StatementPart {
    id: String,
    kind: &'static str,
    state: &'static str,
    state_name: &'static str,
    /// When it goes, while it is held back.
    held: Option<String>,
    delivered: Option<When>,
    problem: Option<String>,
    /// Tag, direction and text: the person's first, then the others.
    texts: Vec<(String, &'static str, String)>,
}

struct EventPart {
    at: String,
    words: String,
}

struct OtherItem {
    id: String,
    outcome: &'static str,
    excerpt: String,
    at: When,
    case: Option<String>,
}

/// The page of a case.
#[derive(Template)]
#[template(path = "case.html")]
pub struct CaseScreen {
    page: Page,
    id: String,
    line: CaseLine,
    queue_title: String,
    stand: Stand,
    items: Vec<ItemPart>,
    older: Vec<ItemPart>,
    account: AccountPart,
    notices: Vec<NoticePart>,
    beside: Vec<String>,
    standing: Option<DecisionPart>,
    decisions: Vec<DecisionPart>,
    deliveries: Vec<DeliveryPart>,
    is_pending: bool,
    statements: Vec<StatementPart>,
    events: Vec<EventPart>,
    policies: Vec<PolicyRow>,
    other_items: Vec<OtherItem>,
    other_cases: Vec<CaseLine>,
    queues: Vec<(String, String)>,
    choices: Vec<ChoiceRow>,
    purposes: Vec<Choosable>,
    policy_options: Vec<Choosable>,
    filled: Filled,
    undo_reason: String,
    seen: String,
    problem: Option<String>,
    is_form_open: bool,
    score: Option<ScorePart>,
    threats: Vec<ThreatPart>,
}

/// A threat that was reported from the case.
struct ThreatPart {
    id: String,
    kind: &'static str,
    status: &'static str,
    is_open: bool,
}

/// What a learned model says of the latest item.
struct ScorePart {
    words: String,
    /// Words of the text, whether each speaks for a violation, and how that is said.
    moved: Vec<(String, bool, &'static str)>,
}

/// What a person had filled in when the desk refused, and why it did.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// The decision form.
    pub filled: Option<Filled>,
    /// The reason for undoing.
    pub undo_reason: String,
    /// Why, in words.
    pub problem: Option<String>,
}

impl CaseScreen {
    /// Makes the page.
    pub fn new(mut page: Page, view: &CaseView, around: &Around, kept: Kept) -> Self {
        let (t, case) = (page.t, &view.case);
        let stand = stand(t, &case.status, around);
        let names: Vec<String> = around.policies.iter().map(|row| row.id.clone()).collect();
        let is_form_open = matches!(stand, Stand::Mine { .. }) || kept.filled.is_some();
        let filled = kept.filled.unwrap_or_else(|| Filled::first(case, &names));
        let mut parts = view.verdicts.iter().map(|row| item_part(t, row, view, around));
        let items: Vec<ItemPart> = parts.by_ref().take(1).collect();
        let older: Vec<ItemPart> = parts.collect();
        let strike = case.strike.as_ref().map(|strike| &strike.decision);
        let decisions: Vec<DecisionPart> = (view.decisions.iter())
            .map(|made| decision_part(t, made, strike == Some(&made.id), around))
            .collect();
        page.here = format!("/cases/{}?", case.id);
        Self {
            id: case.id.to_string(),
            line: CaseLine::new(&page, case, around.now),
            queue_title: queue_title(around, case.queue.as_str()),
            account: account_part(t, view, around.now),
            notices: view.notices.iter().map(|one| notice_part(t, one, around.now)).collect(),
            beside: beside_words(t, &view.deconfliction),
            standing: case
                .decision
                .as_ref()
                .map(|made| decision_part(t, made, strike == Some(&made.id), around)),
            decisions: decisions.into_iter().rev().collect(),
            deliveries: (view.deliveries.iter())
                .map(|row| delivery_part(t, row, around.now))
                .collect(),
            is_pending: view.deliveries.iter().any(|row| row.state == Delivery::Pending),
            statements: (view.statements.iter())
                .map(|row| statement_part(t, row, around.now))
                .collect(),
            events: case.events.iter().rev().map(|one| event_part(t, one, around)).collect(),
            policies: named_policies(view, around, &filled),
            other_items: (view.account_items.iter())
                .map(|row| other_item(t, row, around.now))
                .collect(),
            other_cases: (view.account_cases.iter())
                .map(|other| CaseLine::new(&page, other, around.now))
                .collect(),
            queues: (around.queues.iter())
                .filter(|(name, _)| name != case.queue.as_str())
                .cloned()
                .collect(),
            choices: choice_rows(t, view, &filled),
            purposes: purposes(t, &filled),
            policy_options: policy_options(around.policies, &filled),
            undo_reason: kept.undo_reason,
            seen: seen(case),
            problem: kept.problem,
            page,
            stand,
            items,
            older,
            is_form_open,
            filled,
            score: score_part(t, view, around),
            threats: around.threats.iter().map(|one| threat_part(t, one)).collect(),
        }
    }
}

fn threat_part(t: Language, threat: &Threat) -> ThreatPart {
    ThreatPart {
        id: threat.id.to_string(),
        kind: super::threats::kind_words(t, threat.kind),
        status: super::threats::status_words(t, threat.status),
        is_open: threat.is_open(),
    }
}

fn score_part(t: Language, view: &CaseView, around: &Around) -> Option<ScorePart> {
    let Some(Score::Scored { probability, explanation }) = around.score else { return None };
    let text = &view.verdicts.first()?.item.text;
    let moved = explanation.iter().filter_map(|one| {
        let speaks = one.weight > 0.0;
        let how = if speaks { t.toward_violation() } else { t.toward_none() };
        Some((text.get(one.range.clone())?.to_owned(), speaks, how))
    });
    let words = t.score_of((probability * 100.0).round().clamp(1.0, 99.0) as u8);
    Some(ScorePart { words, moved: moved.collect() })
}

fn queue_title(around: &Around, name: &str) -> String {
    let known = around.queues.iter().find(|(known, _)| known == name);
    known.map_or_else(|| name.to_owned(), |(_, title)| title.clone())
}

fn stand(t: Language, status: &CaseStatus, around: &Around) -> Stand {
    match status {
        CaseStatus::Decided => Stand::Decided,
        CaseStatus::Claimed { by, until } if *until > around.now => {
            if by == around.me {
                Stand::Mine { until: t.yours_until(isolate(clock(*until))) }
            } else {
                let login = isolate(login(around.logins, by));
                Stand::Theirs { words: t.claimed_by_until(login, isolate(clock(*until))) }
            }
        }
        CaseStatus::Claimed { .. } | CaseStatus::Open => Stand::Waiting,
    }
}

fn choice_rows(t: Language, view: &CaseView, filled: &Filled) -> Vec<ChoiceRow> {
    let row = |(index, choice): (usize, &super::case_form::Choice)| {
        let is_for_items = choice.action.is_some_and(|action| !action.is_for_account());
        let is_out_of_reach = is_for_items && view.case.items.is_empty();
        let is_broken = choice.ruling == Ruling::Violation;
        let is_named =
            |named: Option<ActionKind>| is_broken && named.is_some() && named == choice.action;
        let hint = if is_out_of_reach {
            Some(t.needs_item())
        } else if is_named(view.case.proposed) {
            Some(t.proposed())
        } else if is_named(view.suggested) {
            Some(t.suggested())
        } else {
            None
        };
        ChoiceRow {
            number: index + 1,
            value: choice.value,
            words: (choice.words)(t),
            is_broken,
            is_checked: filled.choice == choice.value,
            is_out_of_reach,
            is_label: choice.action == Some(ActionKind::Label),
            hint,
        }
    };
    CHOICES.iter().enumerate().map(row).collect()
}

fn purposes(t: Language, filled: &Filled) -> Vec<Choosable> {
    let purpose = |purpose: ProtectedPurpose| Choosable {
        value: purpose.as_str().to_owned(),
        words: purpose_words(t, purpose).to_owned(),
        is_selected: filled.purpose == purpose.as_str(),
    };
    ProtectedPurpose::ALL.into_iter().map(purpose).collect()
}

fn policy_options(policies: &[PolicyRow], filled: &Filled) -> Vec<Choosable> {
    let option = |policy: &PolicyRow| Choosable {
        value: policy.id.clone(),
        words: if policy.title.is_empty() { policy.id.clone() } else { policy.title.clone() },
        is_selected: filled.policy == policy.id,
    };
    policies.iter().map(option).collect()
}

/// The policies that the case, its notices, the form or the decision name.
fn named_policies(view: &CaseView, around: &Around, filled: &Filled) -> Vec<PolicyRow> {
    let decision = view.case.decision.as_ref();
    let is_named = |policy: &&PolicyRow| {
        view.case.policies.contains(&policy.id)
            || filled.policy == policy.id
            || decision.is_some_and(|made| made.policy.as_str() == policy.id)
    };
    around.policies.iter().filter(is_named).cloned().collect()
}

fn item_part(t: Language, row: &VerdictRow, view: &CaseView, around: &Around) -> ItemPart {
    let (item, now) = (&row.item, around.now);
    let matches: Vec<MatchRow> = (row.signals.matches.iter())
        .enumerate()
        .map(|(index, found)| match_row(t, index + 1, found))
        .collect();
    let text = highlight(&item.text, &marks(&row.signals.matches));
    let rest = (!text.rest.is_empty()).then(|| rest_words(t, &text));
    let versions = &row.verdict.versions;
    ItemPart {
        id: item.id.to_string(),
        kind: kind_words(t, item.kind),
        audience: audience_words(t, item.audience),
        language: item.language.clone(),
        created: When::new(t, item.created_at, now),
        judged: When::new(t, row.verdict.at, now),
        outcome: outcome_words(t, row.verdict.outcome),
        links: item.links.iter().map(|link| defanged(link)).collect(),
        pictures: pictures(t, item, view),
        rules: rule_rows(row, around.rules),
        is_withheld: row.verdict.withheld.is_some(),
        rules_version: versions.rules.chars().take(12).collect(),
        banks_revision: grouped(versions.banks),
        signals_version: versions.signals,
        signals: signal_rows(row),
        text,
        rest,
        matches,
    }
}

fn marks(matches: &[Match]) -> Vec<Marked> {
    let of_match = |(index, found): (usize, &Match)| {
        let number = index + 1;
        let mark = move |span: &model::Span| Marked { bytes: span.start..span.end, number };
        found.spans.iter().map(mark).collect::<Vec<Marked>>()
    };
    matches.iter().enumerate().flat_map(of_match).collect()
}

fn rest_words(t: Language, text: &Shown) -> String {
    let rest = t.show_rest(t.count(text.rest_characters, Noun::Character));
    if text.rest_matches == 0 {
        return rest;
    }
    let matches = t.matches_in_rest(t.count(text.rest_matches, Noun::Match));
    format!("{rest} · {matches}")
}

fn match_row(t: Language, number: usize, found: &Match) -> MatchRow {
    let grade = match found.grade {
        Grade::Exact => t.grade_exact().to_owned(),
        Grade::StrictFold => t.grade_strict_fold().to_owned(),
        Grade::AccentInsensitive => t.grade_accent_insensitive().to_owned(),
        Grade::Disguised => t.grade_disguised().to_owned(),
        Grade::Fuzzy => t.grade_fuzzy().to_owned(),
        Grade::Near => t.grade_near().to_owned(),
    };
    let grade = match found.distance_bits {
        Some(bits) => format!("{grade} · {}", t.distance(bits)),
        None => grade,
    };
    let grade = match found.is_quarantined {
        true => format!("{grade} · {}", t.quarantined()),
        false => grade,
    };
    let kind = entry_kind_words(t, found.kind);
    let found_in = match (&found.link, &found.media) {
        (Some(link), _) => defanged(link),
        (None, Some(media)) => media.to_string(),
        (None, None) if found.spans.is_empty() => t.in_account().to_owned(),
        (None, None) => t.in_text().to_owned(),
    };
    let (entry, bank) = (shown_entry(found), found.bank.clone());
    let title = t.match_number(number, kind, isolate(&entry), isolate(&bank), &grade);
    MatchRow { title, kind, entry, bank, grade, found_in }
}

fn shown_entry(found: &Match) -> String {
    shown_value(found.kind, &found.entry)
}

/// The value of an entry as it is safe and short to read.
pub fn shown_value(kind: EntryKind, value: &str) -> String {
    match kind {
        EntryKind::Url | EntryKind::UrlPrefix | EntryKind::Domain => defanged(value),
        EntryKind::Sha256 | EntryKind::Md5 | EntryKind::Pdq | EntryKind::Vpdq => {
            let start: String = value.chars().take(16).collect();
            format!("{start}…")
        }
        EntryKind::Text | EntryKind::Passage => {
            let start: String = value.chars().take(80).collect();
            if start.len() < value.len() { format!("{start}…") } else { start }
        }
        EntryKind::Term | EntryKind::Account | EntryKind::Handle | EntryKind::Invite => {
            value.to_owned()
        }
    }
}

fn pictures(t: Language, item: &Item, view: &CaseView) -> Vec<Picture> {
    let count = item.media.len();
    let picture = |(index, medium): (usize, &model::Media)| Picture {
        number: index + 1,
        words: t.picture_of(index + 1, count),
        kind: medium.kind.as_str(),
        address: (medium.sha256.as_ref())
            .filter(|_| medium.kind == model::MediaKind::Image)
            .map(|sha256| format!("/cases/{}/media/{sha256}", view.case.id)),
    };
    item.media.iter().enumerate().map(picture).collect()
}

fn rule_rows(row: &VerdictRow, rules: &[RuleInfo]) -> Vec<RuleRow> {
    let rule = |fired: &model::FiredRule| {
        let known = rules.iter().find(|rule| rule.name == fired.name);
        RuleRow {
            name: fired.name.to_string(),
            policy: fired.policy.clone(),
            description: known.map(|rule| rule.description.clone()),
            is_automatic: known.is_some_and(|rule| rule.automatic),
            because: fired.because.clone(),
        }
    };
    row.verdict.rules.iter().map(rule).collect()
}

fn signal_rows(row: &VerdictRow) -> Vec<(&'static str, String)> {
    let specs = signals::SIGNALS.iter().zip(&row.signals.values);
    specs.map(|(spec, value)| (spec.name, value_words(value))).collect()
}

fn value_words(value: &SignalValue) -> String {
    match value {
        SignalValue::Bool(value) => value.to_string(),
        SignalValue::Int(value) => value.to_string(),
        SignalValue::Float(value) => value.to_string(),
        SignalValue::Text(value) => value.clone(),
        SignalValue::TextList(values) => values.join(", "),
        SignalValue::Missing(missing) => format!("– ({})", missing.reason),
    }
}

fn account_part(t: Language, view: &CaseView, now: Timestamp) -> AccountPart {
    let latest = view.verdicts.first().or(view.account_items.first());
    let author: Option<&Author> = latest.map(|row| &row.item.author);
    let kept = |text: Option<&String>| text.filter(|text| !text.trim().is_empty()).cloned();
    AccountPart {
        id: view.case.account.to_string(),
        service: view.case.service.to_string(),
        handle: kept(author.and_then(|author| author.handle.as_ref())),
        display_name: kept(author.and_then(|author| author.display_name.as_ref())),
        bio: kept(author.and_then(|author| author.bio.as_ref())),
        followers: author.and_then(|author| author.followers).map(grouped),
        made: author.and_then(|author| author.created_at).map(|at| When::new(t, at, now)),
        strikes: view.strikes,
        conduct: conduct_words(t, &view.conduct),
        warned: view.conduct.warned_at.map(|at| When::new(t, at, now)),
        labels: view.labels.clone(),
        suggested: view.suggested.map(|action| action_words(t, action)),
    }
}

/// What a suggestion of the ladder is weighed with: how much of everything, and how grave.
fn conduct_words(t: Language, conduct: &Conduct) -> Option<String> {
    let gravest = conduct.gravest?;
    let (strikes, items) = (grouped(conduct.strikes), grouped(conduct.items));
    Some(t.conduct_words(strikes, items, action_words(t, gravest)))
}

fn notice_part(t: Language, notice: &Notice, now: Timestamp) -> NoticePart {
    NoticePart {
        from: match notice.kind {
            NoticeKind::User => t.notice_user(),
            NoticeKind::TrustedFlagger => t.notice_trusted_flagger(),
            NoticeKind::ReferralUnit => t.notice_referral_unit(),
            NoticeKind::Study => t.notice_study(),
        },
        name: notice.name.clone(),
        policy: notice.policy.clone(),
        reason: notice.reason.clone(),
        faith: if notice.good_faith { t.good_faith() } else { t.no_good_faith() },
        id: notice.id.to_string(),
        ground: notice_ground_words(t, notice.ground),
        waits: notice.asks_to_wait.then(|| t.asks_to_wait()),
        at: When::new(t, notice.at, now),
    }
}

/// What goes on beside a referral about the same items, one line each.
fn beside_words(t: Language, told: &engine::Deconfliction) -> Vec<String> {
    let order = |one: &engine::OpenOrder| {
        t.open_order_beside(isolate(&one.order), isolate(exact(one.received_at)))
    };
    let preserved = |one: &engine::Preserved| t.preserved_beside(isolate(exact(one.until)));
    let orders = told.orders.iter().map(order);
    orders.chain(told.preservations.iter().map(preserved)).collect()
}

fn decision_part(t: Language, made: &Decision, is_strike: bool, around: &Around) -> DecisionPart {
    let by = match &made.by {
        Decider::Reviewer(user) => {
            format!("{} {}", t.by_person(), isolate(login(around.logins, user)))
        }
        Decider::Rule(rule) => format!("{} {}", t.by_rule(), isolate(rule)),
    };
    let purpose = made.findings.first().map(|finding| {
        let FindingKind::ProtectedPurpose(purpose) = finding.kind;
        purpose_words(t, purpose)
    });
    DecisionPart {
        ruling: match made.ruling {
            Ruling::Violation => t.ruling_violation(),
            Ruling::NoViolation => t.ruling_no_violation(),
        },
        action: made.action.map_or(t.no_action(), |action| action_words(t, action)),
        is_violation: made.ruling == Ruling::Violation,
        is_reversed: made.reversed_at.is_some(),
        is_strike,
        by,
        labels: made.labels.clone(),
        policy: made.policy.to_string(),
        policy_version: t.version(made.policy_version),
        purpose,
        reason: made.reason.clone(),
        at: When::new(t, made.at, around.now),
    }
}

fn delivery_part(t: Language, row: &OutboxRow, now: Timestamp) -> DeliveryPart {
    let (state, state_name) = delivery_words(t, row.state);
    let has_failed = row.attempts > 0 && row.state != Delivery::Delivered;
    let attempts = t.count(u64::from(row.attempts), Noun::Attempt);
    DeliveryPart {
        id: row.action.id.to_string(),
        kind: action_words(t, row.action.kind),
        target: target_words(&row.action.target),
        state,
        state_name,
        delivered: row.delivered.map(|at| When::new(t, at, now)),
        attempts: has_failed.then(|| t.attempts_failed(attempts)),
        problem: row.problem.clone().filter(|_| row.state != Delivery::Delivered),
    }
}

fn statement_part(t: Language, row: &StatementRow, now: Timestamp) -> StatementPart {
    let (state, state_name) = delivery_words(t, row.state);
    let statement = &row.statement;
    let held = statement.held_until.filter(|until| *until > now && row.delivered.is_none());
    let texts = std::iter::once(&statement.told).chain(&statement.others).map(|told| {
        let language = Language::parse(&told.language).unwrap_or(Language::English);
        (told.language.clone(), language.direction(), told.text.clone())
    });
    StatementPart {
        id: statement.id.to_string(),
        kind: match statement.kind {
            StatementKind::Restriction => t.statement_restriction(),
            StatementKind::Order => t.statement_order(),
            StatementKind::Reversal => t.statement_reversal(),
        },
        state,
        state_name,
        held: held.map(|until| t.statement_held(isolate(exact(until)))),
        delivered: row.delivered.map(|at| When::new(t, at, now)),
        problem: row.problem.clone().filter(|_| row.state != Delivery::Delivered),
        texts: texts.collect(),
    }
}

fn event_part(t: Language, event: &CaseEvent, around: &Around) -> EventPart {
    let words = match &event.kind {
        CaseEventKind::Opened => t.event_opened().to_owned(),
        CaseEventKind::ItemJoined(item) => t.event_item(isolate(item)),
        CaseEventKind::NoticeJoined(notice) => t.event_notice(isolate(short(notice.as_str()))),
        CaseEventKind::Claimed(user) => t.event_claimed(isolate(login(around.logins, user))),
        CaseEventKind::Released(user) => t.event_released(isolate(login(around.logins, user))),
        CaseEventKind::Moved(queue) => t.event_moved(isolate(queue_title(around, queue.as_str()))),
        CaseEventKind::Decided(_) => t.event_decided().to_owned(),
        CaseEventKind::Reversed { by, reason, .. } => {
            let by = t.event_by(isolate(login(around.logins, by)));
            format!("{} {by}: {}", t.event_reversed(), isolate(reason))
        }
    };
    EventPart { at: exact(event.at), words }
}

fn other_item(t: Language, row: &VerdictRow, now: Timestamp) -> OtherItem {
    let mut excerpt: String = row.item.text.chars().take(120).collect();
    if excerpt.len() < row.item.text.len() {
        excerpt.push('…');
    }
    OtherItem {
        id: row.item.id.to_string(),
        outcome: outcome_words(t, row.verdict.outcome),
        excerpt,
        at: When::new(t, row.verdict.at, now),
        case: row.case.as_ref().map(ToString::to_string),
    }
}

/// The start of an id that Seawall gave, enough to tell two apart by eye.
pub fn short(id: &str) -> String {
    let end = id.len().saturating_sub(8);
    id.get(end..).map_or_else(|| id.to_owned(), |tail| format!("…{tail}"))
}

/// Where a case stands, in words and as a name for the style.
pub fn status_words(
    t: Language,
    status: &CaseStatus,
    now: Timestamp,
) -> (&'static str, &'static str) {
    match status {
        CaseStatus::Decided => (t.status_decided(), "decided"),
        CaseStatus::Claimed { until, .. } if *until > now => (t.status_claimed(), "claimed"),
        CaseStatus::Claimed { .. } | CaseStatus::Open => (t.status_open(), "open"),
    }
}

/// What a case is about: the word, and the id.
pub fn about(t: Language, subject: &Subject) -> (&'static str, String) {
    match subject {
        Subject::Item(item) => (t.about_item(), item.to_string()),
        Subject::Account(account) => (t.about_account(), account.to_string()),
    }
}

/// An action, in words.
pub fn action_words(t: Language, action: ActionKind) -> &'static str {
    match action {
        ActionKind::Remove => t.action_remove(),
        ActionKind::Disable => t.action_disable(),
        ActionKind::Restrict => t.action_restrict(),
        ActionKind::Label => t.action_label(),
        ActionKind::Suspend => t.action_suspend(),
        ActionKind::Warn => t.action_warn(),
        ActionKind::Restore => t.action_restore(),
    }
}

/// Where a delivery stands, in words and as a name for the style.
pub fn delivery_words(t: Language, state: Delivery) -> (&'static str, &'static str) {
    match state {
        Delivery::Pending => (t.delivery_pending(), "pending"),
        Delivery::Delivered => (t.delivery_delivered(), "delivered"),
        Delivery::Dead => (t.delivery_dead(), "dead"),
        Delivery::Withdrawn => (t.delivery_withdrawn(), "withdrawn"),
    }
}

/// What an action is done to.
pub fn target_words(target: &ActionTarget) -> String {
    match target {
        ActionTarget::Item(item) => item.to_string(),
        ActionTarget::Account(account) => account.to_string(),
    }
}

/// What sort of bank entry it is, in words.
pub fn entry_kind_words(t: Language, kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Term => t.kind_term(),
        EntryKind::Text => t.kind_text(),
        EntryKind::Passage => t.kind_passage(),
        EntryKind::Url => t.kind_url(),
        EntryKind::UrlPrefix => t.kind_url_prefix(),
        EntryKind::Domain => t.kind_domain(),
        EntryKind::Handle => t.kind_handle(),
        EntryKind::Invite => t.kind_invite(),
        EntryKind::Account => t.kind_account(),
        EntryKind::Sha256 => t.kind_sha256(),
        EntryKind::Md5 => t.kind_md5(),
        EntryKind::Pdq => t.kind_pdq(),
        EntryKind::Vpdq => t.kind_vpdq(),
    }
}

fn kind_words(t: Language, kind: Kind) -> &'static str {
    match kind {
        Kind::Post => t.kind_post(),
        Kind::Message => t.kind_message(),
        Kind::Image => t.kind_image(),
        Kind::Video => t.kind_video(),
        Kind::Link => t.kind_link(),
        Kind::Profile => t.kind_profile(),
        Kind::Page => t.kind_page(),
    }
}

fn audience_words(t: Language, audience: Audience) -> &'static str {
    match audience {
        Audience::Public => t.audience_public(),
        Audience::Limited => t.audience_limited(),
        Audience::Private => t.audience_private(),
    }
}

fn outcome_words(t: Language, outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Allow => t.outcome_allow(),
        Outcome::Review => t.outcome_review(),
        Outcome::Act => t.outcome_act(),
    }
}

impl ItemPart {
    /// What lies over a piece, for its title.
    fn title(&self, numbers: &[usize]) -> String {
        let titles = numbers.iter().filter_map(|number| self.matches.get(number - 1));
        titles.map(|found| found.title.as_str()).collect::<Vec<&str>>().join("\n")
    }
}

#[cfg(test)]
#[path = "case_screen_tests.rs"]
pub mod tests;
