//! Orders of authorities: what can happen to one, and what follows.
//!
//! An order is carried out only when it is authentic, complete and clear, and when a person says
//! so. Its clock runs meanwhile: only what the law names stops it.

mod drill;
mod order;
mod replace;

pub use drill::{DrillOutcome, Grade, grade};
pub use order::{
    Authentic, Channel, Effect, Found, Means, Obstacle, Order, OrderEvent, OrderEventKind,
    OrderKind, OrderStatus, Scrutiny, ScrutinyOutcome, Target,
};
pub use replace::{Unfit, looks_like_amendment, took_place};

use crate::apply::push_bounded;
use law::form::{Filled, form, links};
use law::{Clock, ClockProblem, Deadlines, Ground, TimeZone, deadline};
use model::{AuthorityId, ItemId, OrderId, ServiceId, Timestamp, UserId, limits};

/// What periods are counted with.
#[derive(Debug, Clone)]
pub struct Law {
    /// The list of deadlines.
    pub deadlines: Deadlines,
    /// The time zone in whose calendar days and months are counted.
    pub zone: TimeZone,
}

impl Default for Law {
    fn default() -> Self {
        Self { deadlines: Deadlines::built_in().clone(), zone: TimeZone::UTC }
    }
}

/// Why a step on an order is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OrderError {
    /// The order does not stand where the step needs it.
    #[error("the order is {}; {step} needs one that is {needed}", .status.as_str())]
    Status {
        /// Where it stands.
        status: OrderStatus,
        /// The step.
        step: &'static str,
        /// What is needed.
        needed: &'static str,
    },
    /// It cannot be carried out yet.
    #[error("the order cannot be carried out: {}", said(.obstacles))]
    Obstacles {
        /// Why.
        obstacles: Vec<Obstacle>,
    },
    /// A text that must be there is empty.
    #[error("{what} is missing: {remedy}")]
    Missing {
        /// Which.
        what: &'static str,
        /// What to write.
        remedy: &'static str,
    },
    /// A text is too long.
    #[error("{what} has {bytes} bytes; at most {limit} are kept")]
    TooLong {
        /// Which.
        what: &'static str,
        /// Bytes given.
        bytes: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// There is no such link.
    #[error("the order has no link {place}; it has {links}, counted from 0")]
    NoLink {
        /// The place given.
        place: usize,
        /// How many there are.
        links: usize,
    },
    /// The clock does not move so.
    #[error(transparent)]
    Clock(#[from] ClockProblem),
    /// Nothing counts down.
    #[error("the order has no clock: neither the law nor the order names a time")]
    NoClock,
    /// Scrutiny is for orders from another State.
    #[error("scrutiny is for orders that come from another Member State (section D of the form)")]
    NotCrossBorder,
    /// The time for it has gone.
    #[error("{what} was to be asked for by {due}: the time has gone")]
    TooLate {
        /// What.
        what: &'static str,
        /// By when.
        due: Timestamp,
    },
    /// The other order cannot take its place.
    #[error("order {other} cannot take its place: {unfit}")]
    Unfit {
        /// The other order.
        other: OrderId,
        /// Why.
        unfit: Unfit,
    },
    /// It was done already.
    #[error("{what} already")]
    Already {
        /// What.
        what: &'static str,
    },
    /// Silence lasts no longer than the law allows.
    #[error("silence may last until {latest}, and no longer (TCO Art 11(3))")]
    SilenceTooLong {
        /// The latest time.
        latest: Timestamp,
    },
}

fn said(obstacles: &[Obstacle]) -> String {
    let say = |obstacle: &Obstacle| match obstacle {
        Obstacle::NotAuthentic => {
            "it is not known to come from its authority; call back at the number on file".to_owned()
        }
        Obstacle::Form(fields) => {
            format!("{fields} fields of its form are missing, unreadable or in contradiction")
        }
        Obstacle::Links(links) => {
            format!("{links} of its links are no item of the service; say what they are")
        }
        Obstacle::NoContent => "none of its links leads to content that is there".to_owned(),
    };
    obstacles.iter().map(say).collect::<Vec<_>>().join("; ")
}

/// An order as it comes in.
#[derive(Debug, Clone, PartialEq)]
pub struct Receiving {
    /// A fresh id.
    pub id: OrderId,
    /// What it demands.
    pub kind: OrderKind,
    /// Whether it is a drill.
    pub is_drill: bool,
    /// The service.
    pub service: ServiceId,
    /// How it came in.
    pub channel: Channel,
    /// Where an answer goes.
    pub reply_to: Option<String>,
    /// The Message-ID of its e-mail.
    pub message: Option<String>,
    /// What came with it.
    pub attachments: Vec<String>,
    /// When it was received.
    pub received_at: Timestamp,
    /// Its form as far as it could be read.
    pub form: Filled,
    /// Who it comes from, if that is known at once.
    pub authentic: Option<Authentic>,
    /// The order that it looks like an amendment of.
    pub amends: Option<OrderId>,
}

/// Takes an order in. Its clock starts with its receipt, whatever is wrong with it. `locate` says
/// what a link is.
pub fn receive(
    receiving: Receiving,
    law: &Law,
    now: Timestamp,
    locate: impl FnMut(&str) -> Found,
) -> Order {
    let Receiving { id, kind, is_drill, service, channel, .. } = receiving;
    let mut order = Order {
        id,
        kind,
        is_drill,
        service,
        channel,
        reply_to: receiving.reply_to,
        message: receiving.message,
        attachments: receiving.attachments,
        received_at: receiving.received_at,
        form: Filled::new(),
        problems: Vec::new(),
        authentic: receiving.authentic,
        status: OrderStatus::Received,
        clock: None,
        targets: Vec::new(),
        clarification: String::new(),
        silent_until: None,
        scrutiny: None,
        amends: receiving.amends,
        replaces: Vec::new(),
        replaced_by: None,
        alerts: Vec::new(),
        events: Vec::new(),
        revision: 0,
    };
    fill(&mut order, receiving.form, law, now, locate);
    note(&mut order, OrderEventKind::Received, None, "", now);
    if order.authentic.is_some() {
        note(&mut order, OrderEventKind::Authenticated, None, "", now);
    }
    order
}

/// Puts a form in place: its problems, its links, its clock and its silence follow from it.
fn fill(
    order: &mut Order,
    filled: Filled,
    law: &Law,
    now: Timestamp,
    mut locate: impl FnMut(&str) -> Found,
) {
    let form = form(order.kind.form()).expect("every kind of order has its form");
    order.problems = form.check(&filled, now);
    let named = filled.get("urls").map(links).and_then(Result::ok).unwrap_or_default();
    let known = std::mem::take(&mut order.targets);
    order.targets = named
        .into_iter()
        .map(|link| {
            // What a person said of a link before still holds.
            let before = known.iter().find(|target| target.url == link.url);
            let found = before.map_or_else(|| locate(&link.url), |target| target.found.clone());
            Target { url: link.url, note: link.note, found, effect: None }
        })
        .collect();
    order.form = filled;
    if order.clock.is_none() {
        order.clock = clock(order, law);
    }
    order.silent_until = silent_until(order, law);
}

fn clock(order: &Order, law: &Law) -> Option<Clock> {
    let started = order.received_at;
    match order.kind {
        OrderKind::TcoRemoval => {
            Some(Clock::start(started, law.deadlines.period(deadline::EXECUTE), &law.zone))
        }
        OrderKind::DsaAct | OrderKind::DsaInformation => {
            let due = Timestamp::parse(order.text("effect_due_at")).ok()?;
            Some(Clock {
                started,
                due: due.max(started),
                stops: Vec::new(),
                met: None,
                missed: None,
            })
        }
    }
}

/// How long the person concerned is not told: so long as the law allows from the order on, or, for
/// orders that name no end, from its receipt.
fn silent_until(order: &Order, law: &Law) -> Option<Timestamp> {
    if !order.is_ticked("nondisclosure_tick") {
        return None;
    }
    let issued = Timestamp::parse(order.text("issued_at")).unwrap_or(order.received_at);
    let from = issued.min(order.received_at);
    let period = law.deadlines.period(deadline::NON_DISCLOSURE);
    Some(order.silent_until.unwrap_or_else(|| period.after(from, &law.zone)))
}

fn note(order: &mut Order, kind: OrderEventKind, by: Option<&UserId>, words: &str, at: Timestamp) {
    let event = OrderEvent { at, by: by.cloned(), kind, note: words.to_owned() };
    push_bounded(&mut order.events, event);
}

fn words(what: &'static str, remedy: &'static str, given: &str) -> Result<(), OrderError> {
    if given.trim().is_empty() {
        return Err(OrderError::Missing { what, remedy });
    }
    let (bytes, limit) = (given.len(), limits::REASON_BYTES);
    if bytes > limit { Err(OrderError::TooLong { what, bytes, limit }) } else { Ok(()) }
}

/// What a person says a link is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Located {
    /// This item.
    Item(ItemId),
    /// Content that is not there, or not any more; with what was seen.
    Gone(String),
}

/// A step that a person takes on an order, or that the law takes with time.
#[derive(Debug, Clone, PartialEq)]
pub enum OrderStep {
    /// The same order came in again.
    Repeat,
    /// A person called the authority back and was told that the order is its own.
    CalledBack {
        /// Which authority.
        authority: AuthorityId,
        /// Who answered, at which number.
        note: String,
    },
    /// The form is put right: by the clarification of the authority, or because it was copied
    /// wrong.
    Correct(Filled),
    /// A link is found by a person.
    Locate {
        /// The place of the link, from 0.
        place: usize,
        /// What it is.
        located: Located,
    },
    /// The order is to be carried out.
    Begin,
    /// It cannot be carried out for now (Annex III).
    Stop {
        /// Why.
        ground: Ground,
        /// The reasons in words.
        information: String,
        /// What must be made clear; needed where the ground lies with the order.
        clarification: String,
    },
    /// The ground ceased, or the clarification arrived, at that time.
    Resume(Timestamp),
    /// It is not carried out.
    Refuse(String),
    /// A missed due time was taken note of.
    SeeMiss(String),
    /// Scrutiny is asked for.
    AskScrutiny(String),
    /// The authority of the home State decided.
    Scrutinised {
        /// Whether the order has no effect any more.
        infringes: bool,
        /// What it says.
        note: String,
    },
    /// Silence is extended by the authority.
    ExtendSilence(Timestamp),
    /// Another order of the same authority takes its place.
    Supersede(Box<Order>),
}

/// Takes a step on an order. `locate` says what a link is.
///
/// # Errors
/// Where the order does not stand so that the step can be taken, or something is missing.
pub fn step(
    order: &Order,
    step: OrderStep,
    by: Option<&UserId>,
    law: &Law,
    now: Timestamp,
    locate: impl FnMut(&str) -> Found,
) -> Result<Order, OrderError> {
    let mut next = order.clone();
    next.revision += 1;
    let order = &mut next;
    match step {
        OrderStep::Repeat => note(order, OrderEventKind::Repeated, by, "", now),
        OrderStep::CalledBack { authority, note } => called_back(order, authority, note, by, now)?,
        OrderStep::Correct(filled) => {
            needs(
                order,
                "putting the form right",
                &[OrderStatus::Received, OrderStatus::Impossible],
            )?;
            fill(order, filled, law, now, locate);
            note(order, OrderEventKind::Corrected, by, "", now);
        }
        OrderStep::Locate { place, located } => locate_link(order, place, located, by, now)?,
        OrderStep::Begin => begin(order, by, now)?,
        OrderStep::Stop { ground, information, clarification } => {
            stop(order, ground, &information, &clarification, by, now)?;
        }
        OrderStep::Resume(at) => resume(order, at, by, law, now)?,
        OrderStep::Refuse(reason) => {
            needs(order, "refusing", &[OrderStatus::Received, OrderStatus::Impossible])?;
            words("the reason", "say why it is not carried out", &reason)?;
            order.status = OrderStatus::Refused;
            note(order, OrderEventKind::Refused, by, &reason, now);
        }
        OrderStep::SeeMiss(reason) => {
            if order.unseen_miss(now).is_none() {
                return Err(OrderError::Already { what: "nothing was missed, or it was seen" });
            }
            words("the reason", "say why the time went by and what follows", &reason)?;
            note(order, OrderEventKind::MissSeen, by, &reason, now);
        }
        OrderStep::AskScrutiny(reason) => ask_scrutiny(order, reason, by, law, now)?,
        OrderStep::Scrutinised { infringes, note } => scrutinised(order, infringes, note, by, now)?,
        OrderStep::ExtendSilence(until) => extend_silence(order, until, by, law, now)?,
        OrderStep::Supersede(other) => replace::supersede(order, &other, by, now)?,
    }
    Ok(next)
}

fn needs(
    order: &Order,
    step: &'static str,
    allowed: &'static [OrderStatus],
) -> Result<(), OrderError> {
    if allowed.contains(&order.status) {
        return Ok(());
    }
    let needed = match allowed {
        [OrderStatus::Received] => "received",
        [OrderStatus::Impossible] => "impossible",
        [_, OrderStatus::Impossible, OrderStatus::Executed] => "received, impossible or executed",
        _ => "received or impossible",
    };
    Err(OrderError::Status { status: order.status, step, needed })
}

fn called_back(
    order: &mut Order,
    authority: AuthorityId,
    said: String,
    by: Option<&UserId>,
    now: Timestamp,
) -> Result<(), OrderError> {
    needs(order, "calling back", &[OrderStatus::Received, OrderStatus::Impossible])?;
    words("the note", "say who answered, and at which number on file", &said)?;
    note(order, OrderEventKind::Authenticated, by, &said, now);
    let (means, by) = (Means::CallBack, by.cloned());
    order.authentic = Some(Authentic { authority, means, by, note: said, at: now });
    Ok(())
}

fn locate_link(
    order: &mut Order,
    place: usize,
    located: Located,
    by: Option<&UserId>,
    now: Timestamp,
) -> Result<(), OrderError> {
    needs(order, "saying what a link is", &[OrderStatus::Received, OrderStatus::Impossible])?;
    let links = order.targets.len();
    let Some(target) = order.targets.get_mut(place) else {
        return Err(OrderError::NoLink { place, links });
    };
    target.found = match located {
        Located::Item(item) => Found::Item { item },
        Located::Gone(seen) => {
            words("the note", "say what was seen at the address", &seen)?;
            let by = by.cloned().ok_or(OrderError::Missing {
                what: "the person",
                remedy: "only a person who looked can say that content is gone",
            })?;
            Found::Gone { by, seen }
        }
    };
    let place = place.to_string();
    note(order, OrderEventKind::Located, by, &place, now);
    Ok(())
}

fn begin(order: &mut Order, by: Option<&UserId>, now: Timestamp) -> Result<(), OrderError> {
    needs(order, "carrying it out", &[OrderStatus::Received])?;
    let obstacles = order.obstacles();
    if !obstacles.is_empty() {
        return Err(OrderError::Obstacles { obstacles });
    }
    order.status = OrderStatus::Executing;
    note(order, OrderEventKind::Begun, by, "", now);
    Ok(())
}

fn stop(
    order: &mut Order,
    ground: Ground,
    information: &str,
    clarification: &str,
    by: Option<&UserId>,
    now: Timestamp,
) -> Result<(), OrderError> {
    needs(order, "saying that it cannot be carried out", &[OrderStatus::Received])?;
    words("the information", "say on which facts the ground rests", information)?;
    match ground {
        Ground::Impossible => {}
        Ground::ManifestErrors | Ground::InsufficientInformation => {
            let remedy = "say which errors were found, or what must be made clear";
            words("the clarification", remedy, clarification)?;
        }
    }
    let clock = order.clock.as_mut().ok_or(OrderError::NoClock)?;
    clock.stop(ground, now, now)?;
    order.clarification = clarification.to_owned();
    order.status = OrderStatus::Impossible;
    note(order, OrderEventKind::Stopped, by, information, now);
    Ok(())
}

fn resume(
    order: &mut Order,
    at: Timestamp,
    by: Option<&UserId>,
    law: &Law,
    now: Timestamp,
) -> Result<(), OrderError> {
    needs(order, "going on", &[OrderStatus::Impossible])?;
    let period = law.deadlines.period(deadline::EXECUTE);
    let clock = order.clock.as_mut().ok_or(OrderError::NoClock)?;
    clock.restart(at, now, period, &law.zone)?;
    order.alerts.clear();
    order.status = OrderStatus::Received;
    note(order, OrderEventKind::Resumed, by, "", now);
    Ok(())
}

fn ask_scrutiny(
    order: &mut Order,
    reason: String,
    by: Option<&UserId>,
    law: &Law,
    now: Timestamp,
) -> Result<(), OrderError> {
    if order.kind != OrderKind::TcoRemoval || !order.is_ticked("cross_border_tick") {
        return Err(OrderError::NotCrossBorder);
    }
    if order.scrutiny.is_some() {
        return Err(OrderError::Already { what: "scrutiny was asked for" });
    }
    words("the reason", "say what the order infringes", &reason)?;
    let due = law.deadlines.period(deadline::SCRUTINY_REQUEST).after(order.received_at, &law.zone);
    if now > due {
        return Err(OrderError::TooLate { what: "scrutiny", due });
    }
    let due = law.deadlines.period(deadline::SCRUTINY_DECISION).after(now, &law.zone);
    note(order, OrderEventKind::ScrutinyAsked, by, &reason, now);
    order.scrutiny = Some(Scrutiny { asked_at: now, due, reason, outcome: None });
    Ok(())
}

/// The authority of the home State may also decide of its own accord (Art 4(3)).
fn scrutinised(
    order: &mut Order,
    infringes: bool,
    said: String,
    by: Option<&UserId>,
    now: Timestamp,
) -> Result<(), OrderError> {
    if order.kind != OrderKind::TcoRemoval || !order.is_ticked("cross_border_tick") {
        return Err(OrderError::NotCrossBorder);
    }
    words("the note", "say what the authority decided", &said)?;
    let scrutiny = order.scrutiny.get_or_insert_with(|| Scrutiny {
        asked_at: now,
        due: now,
        reason: String::new(),
        outcome: None,
    });
    if scrutiny.outcome.is_some() {
        return Err(OrderError::Already { what: "scrutiny was decided" });
    }
    scrutiny.outcome = Some(ScrutinyOutcome { infringes, at: now, note: said.clone() });
    note(order, OrderEventKind::ScrutinyDecided, by, &said, now);
    if infringes {
        order.status = OrderStatus::Ceased;
        order.silent_until = None;
        note(order, OrderEventKind::Ceased, by, "", now);
    }
    Ok(())
}

fn extend_silence(
    order: &mut Order,
    until: Timestamp,
    by: Option<&UserId>,
    law: &Law,
    now: Timestamp,
) -> Result<(), OrderError> {
    let Some(present) = order.silent_until else {
        return Err(OrderError::Already { what: "the person may be told" });
    };
    let issued = Timestamp::parse(order.text("issued_at")).unwrap_or(order.received_at);
    let period = law.deadlines.period(deadline::NON_DISCLOSURE);
    let longest = law.deadlines.get(deadline::NON_DISCLOSURE).and_then(|line| line.extension);
    let first = period.after(issued.min(order.received_at), &law.zone);
    let latest = longest.map_or(first, |period| period.after(first, &law.zone));
    if until > latest || until <= present {
        return Err(OrderError::SilenceTooLong { latest });
    }
    order.silent_until = Some(until);
    note(order, OrderEventKind::SilenceExtended, by, "", now);
    Ok(())
}

/// Notes what was decided for one link, so that the service carries it out.
#[must_use]
pub fn ordered(order: &Order, place: usize, effect: Effect) -> Order {
    let mut next = order.clone();
    next.revision += 1;
    if let Some(target) = next.targets.get_mut(place) {
        target.effect = Some(effect);
    }
    next
}

/// Notes what the service confirmed. When everything is done the order is, at the time of the last
/// of it; a drill, and an order for information, is done when a person says so.
///
/// # Errors
/// Where the clock does not end so.
pub fn confirmed(
    order: &Order,
    done: &[(usize, Timestamp)],
    now: Timestamp,
) -> Result<Order, OrderError> {
    let mut next = order.clone();
    next.revision += 1;
    for (place, at) in done {
        let target = next.targets.get_mut(*place).and_then(|target| target.effect.as_mut());
        if let Some(effect) = target {
            effect.done_at = Some(*at);
        }
    }
    if next.status == OrderStatus::Executing
        && let Some(at) = next.done_at()
    {
        finish(&mut next, at, now)?;
    }
    Ok(next)
}

/// Notes that an order for information was answered.
///
/// # Errors
/// Where it is not being carried out.
pub fn answered(order: &Order, by: &UserId, now: Timestamp) -> Result<Order, OrderError> {
    let mut next = order.clone();
    next.revision += 1;
    if next.status != OrderStatus::Executing {
        let (status, step) = (next.status, "answering");
        return Err(OrderError::Status { status, step, needed: "executing" });
    }
    finish(&mut next, now, now)?;
    if let Some(event) = next.events.last_mut() {
        event.by = Some(by.clone());
    }
    Ok(next)
}

fn finish(order: &mut Order, at: Timestamp, now: Timestamp) -> Result<(), OrderError> {
    if let Some(clock) = &mut order.clock {
        clock.end(at.max(clock.started), now.max(at))?;
    }
    order.status = OrderStatus::Executed;
    note(order, OrderEventKind::Done, None, "", at);
    Ok(())
}

/// The warnings that are due and have not gone out, in minutes before the due time; `0` says that
/// the time went by.
#[must_use]
pub fn alerts_due(order: &Order, minutes: &[u16], now: Timestamp) -> Vec<u16> {
    let Some(due) = order.due() else { return Vec::new() };
    let left = due.seconds_since(now);
    let is_due = |warning: &&u16| {
        let reached = if **warning == 0 { now > due } else { left <= i64::from(**warning) * 60 };
        reached && !order.alerts.contains(warning)
    };
    minutes.iter().chain(&[0]).filter(is_due).copied().collect()
}

/// Notes that warnings went out.
#[must_use]
pub fn alerted(order: &Order, warnings: &[u16], now: Timestamp) -> Order {
    let mut next = order.clone();
    next.revision += 1;
    for warning in warnings {
        next.alerts.push(*warning);
        let kind = if *warning == 0 { OrderEventKind::Missed } else { OrderEventKind::Alerted };
        note(&mut next, kind, None, &warning.to_string(), now);
    }
    next
}

/// Ends the silence of an order whose time for it is over; `None` where it goes on or there is
/// none.
#[must_use]
pub fn silence_over(order: &Order, now: Timestamp) -> Option<Order> {
    order.silent_until.filter(|until| *until <= now)?;
    let mut next = order.clone();
    next.revision += 1;
    next.silent_until = None;
    note(&mut next, OrderEventKind::SilenceEnded, None, "", now);
    Some(next)
}
