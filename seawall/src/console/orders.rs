//! The desk of orders: the list, one order with everything that can be done with it, typing one in,
//! and the clock that whoever is on duty sees on every page.

use super::case::{login, logins};
use super::form_fields::{FieldLine, field_lines, read_form};
use super::page::{Answer, Page, Refused, Tab, ViewLink, refusal, render};
use super::text::{Language, isolate};
use super::visit::{Person, Posted};
use super::when::{Due, When, exact};
use crate::state::AppState;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::{Error, OrderAct, OrderInput, OrderView};
use law::form::Filled;
use law::{Ground, Standing};
use model::{AuthorityId, ItemId, OrderId, ServiceId, Timestamp, UserId, limits};
use review::orders::{
    Found, Means, Obstacle, Order, OrderEventKind, OrderKind, OrderStatus, Target,
};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What the address asks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    status: String,
    kind: String,
}

/// A clock as a page shows it.
struct ClockShown {
    words: String,
    due: Option<Due>,
    is_bad: bool,
}

struct Line {
    id: String,
    reference: String,
    authority: String,
    kind: &'static str,
    status: &'static str,
    is_drill: bool,
    received: When,
    clock: ClockShown,
}

#[derive(Template)]
#[template(path = "orders.html")]
struct OrdersPage {
    page: Page,
    statuses: Vec<ViewLink>,
    lines: Vec<Line>,
    on_duty: Vec<String>,
    kinds: Vec<(&'static str, &'static str)>,
}

/// Shows the orders.
pub async fn list(
    State(state): State<AppState>,
    person: Person,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let page = Page::new(&person, Tab::Orders);
    may(&person, &page)?;
    let failed = |error| Refused::by(&page, error);
    let status = OrderStatus::parse(&wanted.status);
    let orders = state.engine.orders(status, limits::PAGE_ROWS).await.map_err(failed)?;
    let (t, now) = (page.t, state.engine.now());
    let logins = logins(&state).await.map_err(failed)?;
    let duties = state.engine.duties().await.map_err(failed)?;
    let on_duty = duties.iter().filter(|duty| duty.from <= now).map(|duty| {
        let who = login(&logins, &duty.user);
        t.duty_until(isolate(who), exact(duty.until))
    });
    let all = ViewLink { name: "", words: t.all_orders(), is_current: status.is_none() };
    let statuses = OrderStatus::ALL.into_iter().map(|one| ViewLink {
        name: one.as_str(),
        words: status_words(t, one),
        is_current: status == Some(one),
    });
    let shown = OrdersPage {
        statuses: std::iter::once(all).chain(statuses).collect(),
        lines: orders.iter().map(|order| line(t, order, now)).collect(),
        on_duty: on_duty.collect(),
        kinds: OrderKind::ALL.map(|kind| (kind.as_str(), kind_words(t, kind))).to_vec(),
        page,
    };
    Ok(render(&shown, StatusCode::OK))
}

/// Orders are shown to leads and to whoever is on duty.
pub(super) fn may(person: &Person, page: &Page) -> Result<(), Refused> {
    if person.is_lead() || person.is_on_duty { Ok(()) } else { Err(Refused::forbidden(page)) }
}

fn line(t: Language, order: &Order, now: Timestamp) -> Line {
    let authority = match &order.authentic {
        Some(authentic) => authentic.authority.to_string(),
        None => order.text("authority_name").to_owned(),
    };
    Line {
        id: order.id.to_string(),
        reference: reference(order),
        authority,
        kind: kind_words(t, order.kind),
        status: status_words(t, order.status),
        is_drill: order.is_drill,
        received: When::new(t, order.received_at, now),
        clock: clock(t, order, now),
    }
}

fn reference(order: &Order) -> String {
    match order.text("order_reference") {
        "" => super::case_screen::short(order.id.as_str()).to_owned(),
        reference => reference.chars().take(80).collect(),
    }
}

fn clock(t: Language, order: &Order, now: Timestamp) -> ClockShown {
    let shown = |words: &str, is_bad| ClockShown { words: words.to_owned(), due: None, is_bad };
    match order.standing(now) {
        None => shown(t.order_due_none(), false),
        Some(Standing::Stopped { .. }) => shown(t.order_stopped(), false),
        Some(Standing::Met { .. }) => shown(t.order_met(), false),
        Some(Standing::Missed { at: Some(_), .. }) => shown(t.order_late(), true),
        Some(Standing::Missed { due, at: None } | Standing::Running { due }) => {
            let due = Due::new(t, due, now);
            ClockShown { words: due.words.clone(), is_bad: due.is_overdue, due: Some(due) }
        }
    }
}

fn kind_words(t: Language, kind: OrderKind) -> &'static str {
    match kind {
        OrderKind::TcoRemoval => t.order_kind_tco(),
        OrderKind::DsaAct => t.order_kind_act(),
        OrderKind::DsaInformation => t.order_kind_information(),
    }
}

fn status_words(t: Language, status: OrderStatus) -> &'static str {
    match status {
        OrderStatus::Received => t.order_status_received(),
        OrderStatus::Executing => t.order_status_executing(),
        OrderStatus::Executed => t.order_status_executed(),
        OrderStatus::Impossible => t.order_status_impossible(),
        OrderStatus::Refused => t.order_status_refused(),
        OrderStatus::Ceased => t.order_status_ceased(),
        OrderStatus::Superseded => t.order_status_superseded(),
    }
}

fn event_words(t: Language, kind: OrderEventKind) -> &'static str {
    match kind {
        OrderEventKind::Received => t.event_order_received(),
        OrderEventKind::Repeated => t.event_order_repeated(),
        OrderEventKind::Authenticated => t.event_order_authenticated(),
        OrderEventKind::Corrected => t.event_order_corrected(),
        OrderEventKind::Located => t.event_order_located(),
        OrderEventKind::Begun => t.event_order_begun(),
        OrderEventKind::Done => t.event_order_done(),
        OrderEventKind::Stopped => t.event_order_stopped(),
        OrderEventKind::Resumed => t.event_order_resumed(),
        OrderEventKind::Refused => t.event_order_refused(),
        OrderEventKind::Alerted => t.event_order_alerted(),
        OrderEventKind::Missed => t.event_order_missed(),
        OrderEventKind::MissSeen => t.event_order_miss_seen(),
        OrderEventKind::ScrutinyAsked => t.event_order_scrutiny_asked(),
        OrderEventKind::ScrutinyDecided => t.event_order_scrutiny_decided(),
        OrderEventKind::Ceased => t.event_order_ceased(),
        OrderEventKind::SilenceExtended => t.event_order_silence_extended(),
        OrderEventKind::SilenceEnded => t.event_order_silence_ended(),
        OrderEventKind::Superseded => t.event_order_superseded(),
        OrderEventKind::TookPlace => t.event_order_took_place(),
    }
}

fn obstacle_words(t: Language, obstacle: &Obstacle) -> String {
    match obstacle {
        Obstacle::NotAuthentic => t.order_not_authentic().to_owned(),
        Obstacle::Form(count) => t.order_form_count(count),
        Obstacle::Links(count) => t.order_link_count(count),
        Obstacle::NoContent => t.order_no_content().to_owned(),
    }
}

/// What a page shows of one link.
struct LinkLine {
    place: usize,
    url: String,
    note: String,
    words: String,
    item: Option<String>,
    case: Option<String>,
    is_unclear: bool,
    is_done: bool,
}

fn link_line(t: Language, order: &Order, place: usize, target: &Target) -> LinkLine {
    let effect = target.effect.as_ref();
    let is_ceased = order.status == OrderStatus::Ceased;
    let words = match (&target.found, effect) {
        (_, Some(_)) if is_ceased => t.order_link_restored().to_owned(),
        (_, Some(effect)) if effect.done_at.is_some() => t.order_link_done().to_owned(),
        (_, Some(_)) => t.order_link_waits().to_owned(),
        (Found::Item { .. }, None) => t.order_link_item().to_owned(),
        (Found::NotOurs, None) => t.order_link_not_ours().to_owned(),
        (Found::Unknown, None) => t.order_link_unknown().to_owned(),
        (Found::Account { account, items }, None) => t.order_link_account(isolate(account), items),
        (Found::Gone { seen, .. }, None) => format!("{}: {seen}", t.order_link_gone()),
    };
    LinkLine {
        place,
        url: target.url.clone(),
        note: target.note.clone(),
        words,
        item: target.item().map(ToString::to_string),
        case: effect.map(|effect| effect.case.to_string()),
        is_unclear: target.is_unclear(),
        is_done: effect.is_some_and(|effect| effect.done_at.is_some()),
    }
}

pub(super) struct LetterLine {
    pub(super) subject: String,
    pub(super) to: String,
    pub(super) state: &'static str,
    pub(super) at: When,
    pub(super) problem: Option<String>,
    pub(super) body: String,
}

pub(super) struct EventLine {
    pub(super) words: &'static str,
    pub(super) by: Option<String>,
    pub(super) note: String,
    pub(super) at: String,
}

/// Another order that an order bears on.
struct RelatedLine {
    id: String,
    reference: String,
    status: &'static str,
    can_be_replaced: bool,
}

fn related(t: Language, view: &OrderView, ids: &[OrderId]) -> Vec<RelatedLine> {
    let chosen = view.related.iter().filter(|order| ids.contains(&order.id));
    let line = |order: &Order| RelatedLine {
        id: order.id.to_string(),
        reference: reference(order),
        status: status_words(t, order.status),
        can_be_replaced: can_be_replaced(order),
    };
    chosen.map(line).collect()
}

fn can_be_replaced(order: &Order) -> bool {
    match order.status {
        OrderStatus::Received | OrderStatus::Impossible | OrderStatus::Executed => true,
        OrderStatus::Executing
        | OrderStatus::Refused
        | OrderStatus::Ceased
        | OrderStatus::Superseded => false,
    }
}

/// The cases of what replaced orders took and the order that took their place does not name.
fn kept_unnamed(view: &OrderView) -> Vec<String> {
    let replaced = view.related.iter().filter(|one| view.order.replaces.contains(&one.id));
    let targets = replaced.flat_map(|order| &order.targets);
    let is_unnamed = |target: &&Target| {
        target.item().is_some_and(|item| view.order.items().all(|named| named != item))
    };
    let effects = targets.filter(is_unnamed).filter_map(|target| target.effect.as_ref());
    effects.map(|effect| effect.case.to_string()).collect()
}

struct MailLine {
    sender: String,
    subject: String,
    at: When,
}

#[derive(Template)]
#[template(path = "order.html")]
struct OrderPage {
    page: Page,
    id: String,
    reference: String,
    kind: &'static str,
    status: &'static str,
    is_drill: bool,
    received: When,
    clock: ClockShown,
    authentic: Option<String>,
    obstacles: Vec<String>,
    can_act: bool,
    can_execute: bool,
    is_impossible: bool,
    is_information: bool,
    has_clock: bool,
    is_cross_border: bool,
    scrutiny: Option<String>,
    is_scrutiny_open: bool,
    miss: bool,
    silent: Option<String>,
    can_be_replaced: bool,
    amends: Vec<RelatedLine>,
    replaces: Vec<RelatedLine>,
    replaced_by: Vec<RelatedLine>,
    kept_unnamed: Vec<String>,
    problem: Option<String>,
    links: Vec<LinkLine>,
    fields: Vec<FieldLine>,
    authorities: Vec<(String, String)>,
    grounds: Vec<(&'static str, &'static str)>,
    letters: Vec<LetterLine>,
    mails: Vec<MailLine>,
    events: Vec<EventLine>,
}

/// Shows one order.
pub async fn page(State(state): State<AppState>, person: Person, Path(id): Path<String>) -> Answer {
    let page = Page::new(&person, Tab::Orders);
    may(&person, &page)?;
    screen(&state, page, &id, None).await
}

async fn screen(state: &AppState, page: Page, id: &str, problem: Option<String>) -> Answer {
    let id = OrderId::new(id).map_err(|_| Refused::not_found(&page))?;
    let view = state.engine.order_view(&id).await.map_err(|error| Refused::by(&page, error))?;
    let logins = logins(state).await.map_err(|error| Refused::by(&page, error))?;
    let known = state.engine.authorities().await.map_err(|error| Refused::by(&page, error))?;
    let authorities = known
        .into_iter()
        .filter(|one| !one.is_closed)
        .map(|one| (one.id.to_string(), format!("{} · {}", one.name, one.phone)))
        .collect();
    let is_refused = problem.is_some();
    let status = if is_refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let now = state.engine.now();
    Ok(render(&order_page(page, &view, authorities, &logins, problem, now), status))
}

fn order_page(
    page: Page,
    view: &OrderView,
    authorities: Vec<(String, String)>,
    logins: &BTreeMap<UserId, String>,
    problem: Option<String>,
    now: Timestamp,
) -> OrderPage {
    let (t, order) = (page.t, &view.order);
    let obstacles = order.obstacles();
    let open = order.status == OrderStatus::Received;
    let scrutiny = order.scrutiny.as_ref().map(|one| match &one.outcome {
        Some(outcome) => outcome.note.clone(),
        None => t.order_scrutiny_due(exact(one.due)),
    });
    OrderPage {
        id: order.id.to_string(),
        reference: reference(order),
        kind: kind_words(t, order.kind),
        status: status_words(t, order.status),
        is_drill: order.is_drill,
        received: When::new(t, order.received_at, now),
        clock: clock(t, order, now),
        authentic: order.authentic.as_ref().map(|one| authentic_words(t, one)),
        can_act: open || order.status == OrderStatus::Impossible,
        can_execute: open && obstacles.is_empty(),
        obstacles: obstacles.iter().map(|one| obstacle_words(t, one)).collect(),
        is_impossible: order.status == OrderStatus::Impossible,
        is_information: order.kind == OrderKind::DsaInformation
            && order.status == OrderStatus::Executing,
        has_clock: order.clock.is_some(),
        is_cross_border: order.kind == OrderKind::TcoRemoval
            && order.is_ticked("cross_border_tick"),
        is_scrutiny_open: order.scrutiny.as_ref().is_none_or(|one| one.outcome.is_none()),
        scrutiny,
        miss: order.unseen_miss(now).is_some(),
        silent: order.silent_until.map(|until| t.order_silent_until(exact(until))),
        can_be_replaced: can_be_replaced(order),
        amends: related(t, view, order.amends.as_slice()),
        replaces: related(t, view, &order.replaces),
        replaced_by: related(t, view, order.replaced_by.as_slice()),
        kept_unnamed: kept_unnamed(view),
        problem,
        links: order
            .targets
            .iter()
            .enumerate()
            .map(|(n, one)| link_line(t, order, n, one))
            .collect(),
        fields: field_lines(t, order.kind.form(), &order.form, &order.problems),
        authorities,
        grounds: Ground::ALL.map(|ground| (ground.as_str(), ground_words(t, ground))).to_vec(),
        letters: view.letters.iter().map(|row| letter_line(t, row, now)).collect(),
        mails: view
            .mails
            .iter()
            .map(|row| MailLine {
                sender: row.sender.clone(),
                subject: row.subject.clone(),
                at: When::new(t, row.at, now),
            })
            .collect(),
        events: events(t, order, logins),
        page,
    }
}

fn authentic_words(t: Language, one: &review::orders::Authentic) -> String {
    let how = match one.means {
        Means::Key => t.order_by_key(),
        Means::Certificate => t.order_by_certificate(),
        Means::Domain => t.order_by_domain(),
        Means::CallBack => t.order_by_call_back(),
    };
    format!("{} {} ({how})", t.order_is_authentic(), isolate(&one.authority))
}

fn ground_words(t: Language, ground: Ground) -> &'static str {
    match ground {
        Ground::Impossible => t.order_ground_impossible(),
        Ground::ManifestErrors => t.order_ground_errors(),
        Ground::InsufficientInformation => t.order_ground_insufficient(),
    }
}

pub(super) fn letter_line(t: Language, row: &engine::LetterRow, now: Timestamp) -> LetterLine {
    LetterLine {
        subject: row.letter.subject.clone(),
        to: row.letter.to.clone(),
        state: super::case_screen::delivery_words(t, row.state).0,
        at: When::new(t, row.sent.unwrap_or(row.letter.at), now),
        problem: row.problem.clone(),
        body: row.letter.body.clone(),
    }
}

fn events(t: Language, order: &Order, logins: &BTreeMap<UserId, String>) -> Vec<EventLine> {
    let line = |event: &review::orders::OrderEvent| EventLine {
        words: event_words(t, event.kind),
        by: event.by.as_ref().map(|by| login(logins, by)),
        note: event.note.clone(),
        at: exact(event.at),
    };
    order.events.iter().rev().map(line).collect()
}

/// Takes a step on an order.
pub async fn act(State(state): State<AppState>, Path(id): Path<String>, posted: Posted) -> Answer {
    let mut page = Page::new(&posted.person, Tab::Orders);
    page.here = format!("/orders/{id}?");
    may(&posted.person, &page)?;
    let order_id = OrderId::new(id.clone()).map_err(|_| Refused::not_found(&page))?;
    let order = state.engine.read_order(&order_id).await;
    let order = order.map_err(|error| Refused::by(&page, error))?;
    let act = match read_act(&order, &posted) {
        Ok(act) => act,
        Err(problem) => return screen(&state, page, &id, Some(problem)).await,
    };
    let (user, origin) = (posted.person.id(), posted.person.origin());
    match state.engine.act_on_order(&order_id, act, user, &origin).await {
        Ok(_) => Ok(Redirect::to(&format!("/orders/{id}?done=order-step")).into_response()),
        Err(error @ (Error::Order(_) | Error::Invalid { .. } | Error::Contended)) => {
            let problem = refusal(page.t, &error);
            screen(&state, page, &id, Some(problem)).await
        }
        Err(error @ Error::NotFound { .. }) => {
            screen(&state, page, &id, Some(error.to_string())).await
        }
        Err(error) => Err(Refused::by(&page, error)),
    }
}

fn read_act(order: &Order, posted: &Posted) -> Result<OrderAct, String> {
    let text = |name: &str| posted.get(name).trim().to_owned();
    let place = || text("place").parse::<usize>().map_err(|error| error.to_string());
    Ok(match posted.get("act") {
        "call_back" => OrderAct::CallBack {
            authority: AuthorityId::new(text("authority")).map_err(|error| error.to_string())?,
            note: text("note"),
        },
        "correct" => OrderAct::Correct { form: read_form(order.kind.form(), posted) },
        "locate" => OrderAct::Locate {
            place: place()?,
            item: ItemId::new(text("item")).map_err(|error| error.to_string())?,
        },
        "gone" => OrderAct::Gone { place: place()?, note: text("note") },
        "execute" => OrderAct::Execute,
        "stop" => OrderAct::Stop {
            ground: Ground::parse(posted.get("ground")).unwrap_or(Ground::ManifestErrors),
            information: text("information"),
            clarification: text("clarification"),
        },
        "resume" => OrderAct::Resume { at: None },
        "refuse" => OrderAct::Refuse { reason: text("reason") },
        "answer" => OrderAct::Answer,
        "see_miss" => OrderAct::SeeMiss { reason: text("reason") },
        "ask_scrutiny" => OrderAct::AskScrutiny { reason: text("reason") },
        "infringes" => OrderAct::Scrutinised { infringes: true, note: text("note") },
        "supersede" => {
            OrderAct::Supersede { by: OrderId::new(text("by")).map_err(|error| error.to_string())? }
        }
        "stands" => OrderAct::Scrutinised { infringes: false, note: text("note") },
        other => return Err(format!("`{other}` is no step")),
    })
}

#[derive(Template)]
#[template(path = "order_new.html")]
struct NewPage {
    page: Page,
    kind: &'static str,
    title: &'static str,
    services: Vec<String>,
    fields: Vec<FieldLine>,
    problem: Option<String>,
}

/// Shows the form on which an order is typed in.
pub async fn new(
    State(state): State<AppState>,
    person: Person,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let page = Page::new(&person, Tab::Orders);
    may(&person, &page)?;
    let kind = OrderKind::parse(&wanted.kind).unwrap_or(OrderKind::TcoRemoval);
    Ok(new_screen(&state, page, kind, &Filled::new(), None))
}

fn new_screen(
    state: &AppState,
    page: Page,
    kind: OrderKind,
    filled: &Filled,
    problem: Option<String>,
) -> Response {
    let t = page.t;
    let known = state.settings.orders.links.keys().chain(state.settings.webhooks.keys());
    let services: std::collections::BTreeSet<String> = known.map(ToString::to_string).collect();
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shown = NewPage {
        kind: kind.as_str(),
        title: kind_words(t, kind),
        services: services.into_iter().collect(),
        fields: field_lines(t, kind.form(), filled, &[]),
        problem,
        page,
    };
    render(&shown, status)
}

/// Takes an order that was typed in.
pub async fn take(State(state): State<AppState>, posted: Posted) -> Answer {
    let mut page = Page::new(&posted.person, Tab::Orders);
    let kind = OrderKind::parse(posted.get("kind")).unwrap_or(OrderKind::TcoRemoval);
    page.here = format!("/orders/new?kind={}&", kind.as_str());
    may(&posted.person, &page)?;
    let filled = read_form(kind.form(), &posted);
    let read = || -> Result<OrderInput, String> {
        let given = posted.get("received_at").trim();
        let received_at = (!given.is_empty()).then(|| Timestamp::parse(given)).transpose();
        Ok(OrderInput {
            kind,
            service: ServiceId::new(posted.get("service")).map_err(|error| error.to_string())?,
            form: filled.clone(),
            received_at: received_at.map_err(|error| error.to_string())?,
            is_drill: !posted.get("drill").is_empty(),
        })
    };
    let input = match read() {
        Ok(input) => input,
        Err(problem) => return Ok(new_screen(&state, page, kind, &filled, Some(problem))),
    };
    match state.engine.order(input, &posted.person.origin()).await {
        Ok(taken) => {
            let to = format!("/orders/{}?done=order-taken", taken.id);
            Ok(Redirect::to(&to).into_response())
        }
        Err(error @ Error::Invalid { .. }) => {
            Ok(new_screen(&state, page, kind, &filled, Some(error.to_string())))
        }
        Err(error) => Err(Refused::by(&page, error)),
    }
}

/// What whoever is on duty has in sight on every page.
#[derive(Debug, Clone)]
pub struct Pressing {
    /// What it is, for who cannot see where it stands.
    pub label: &'static str,
    /// Where the nearest one is.
    pub to: String,
    /// How many there are.
    pub words: String,
    /// When the nearest is due.
    pub due: Option<Due>,
    /// Whether a time went by, or every minute counts.
    pub is_late: bool,
}

/// Looks for what presses, for a lead or somebody on duty: threats before orders.
///
/// # Errors
/// Where the store fails.
pub async fn pressing(state: &AppState, person: &Person) -> Result<Vec<Pressing>, Error> {
    if !person.is_lead() && !person.is_on_duty {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    let (t, now) = (person.visitor.language, state.engine.now());
    let threats = state.engine.pressing_threats().await?;
    if let Some(first) = threats.first() {
        found.push(Pressing {
            label: t.threats(),
            to: format!("/threats/{first}"),
            words: t.pressing_threats(threats.len()),
            due: None,
            is_late: true,
        });
    }
    let orders = state.engine.pressing_orders().await?;
    if let Some(first) = orders.first() {
        found.push(Pressing {
            label: t.orders(),
            to: format!("/orders/{}", first.id),
            words: t.pressing_orders(orders.len()),
            due: first.due().map(|due| Due::new(t, due, now)),
            is_late: orders.iter().any(|order| order.unseen_miss(now).is_some()),
        });
    }
    Ok(found)
}

#[derive(Template)]
#[template(path = "pressing.html")]
struct PressingPart {
    page: Page,
}

/// The line of what presses alone, for the script that keeps it up to date.
pub async fn pressing_part(person: Person) -> Answer {
    let page = Page::new(&person, Tab::None);
    Ok(render(&PressingPart { page }, StatusCode::OK))
}
