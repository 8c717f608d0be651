//! Steps that people take on orders, and carrying one out by the straight way.

use super::answers::{self, annex_three, check_own};
use super::{intake, read};
use crate::clock::fresh;
use crate::facts::{self, Salts};
use crate::intake::decided;
use crate::once::{Actor, Origin, RETRIES};
use crate::statements::{Ordered, Stating};
use crate::{Engine, Error, Result};
use audit::FactKind;
use law::form::Filled;
use model::{
    ActionKind, AuthorityId, CaseId, Decider, DecisionId, ItemId, LetterKind, OrderId, PolicyId,
    QueueName, Ruling, Subject, Timestamp, UserId,
};
use review::orders::{
    Effect, Found, Located, Order, OrderEventKind, OrderKind, OrderStatus, OrderStep, answered,
    ordered, step, took_place,
};
use review::{Cause, Deciding, Opening, ReviewEvent};
use serde::{Deserialize, Serialize};
use store::{Change, Entry, OrderChange, OrderRow, PolicyRow};

/// What a person does with an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "act", deny_unknown_fields)]
pub enum OrderAct {
    /// The authority was called back at the number on file, and says that the order is its own.
    CallBack {
        /// Which authority.
        authority: AuthorityId,
        /// Who answered.
        note: String,
    },
    /// The form is put right.
    Correct {
        /// The whole form.
        #[cfg_attr(feature = "schema", schema(value_type = Object))]
        form: Filled,
    },
    /// A link is this item.
    Locate {
        /// The place of the link, from 0.
        place: usize,
        /// The item.
        item: ItemId,
    },
    /// There is nothing at a link.
    Gone {
        /// The place of the link, from 0.
        place: usize,
        /// What was seen there.
        note: String,
    },
    /// It is carried out, now.
    Execute,
    /// It cannot be carried out for now (Annex III).
    Stop {
        /// Why.
        ground: law::Ground,
        /// The reasons in words.
        information: String,
        /// What must be made clear.
        #[serde(default)]
        clarification: String,
    },
    /// The ground ceased, or the clarification arrived.
    Resume {
        /// When; now without it.
        #[serde(default)]
        at: Option<Timestamp>,
    },
    /// It is not carried out.
    Refuse {
        /// Why; told to whoever sent it.
        reason: String,
    },
    /// What an order for information asks for was handed over.
    Answer,
    /// A missed due time was taken note of.
    SeeMiss {
        /// Why it was missed, and what follows.
        reason: String,
    },
    /// Scrutiny is asked for.
    AskScrutiny {
        /// What the order infringes.
        reason: String,
    },
    /// The authority of the home State decided.
    Scrutinised {
        /// Whether the order has no effect any more: then everything it took is given back.
        infringes: bool,
        /// What it says.
        note: String,
    },
    /// The authority extends the silence.
    ExtendSilence {
        /// Until when.
        until: Timestamp,
    },
    /// A later order of the same authority takes its place. What it took stays taken while that one
    /// stands.
    Supersede {
        /// The later order.
        by: OrderId,
    },
}

impl OrderAct {
    /// Its word, for the log.
    fn word(&self) -> &'static str {
        match self {
            Self::CallBack { .. } => "authenticated",
            Self::Correct { .. } => "corrected",
            Self::Locate { .. } | Self::Gone { .. } => "located",
            Self::Execute => "begun",
            Self::Stop { .. } => "stopped",
            Self::Resume { .. } => "resumed",
            Self::Refuse { .. } => "refused",
            Self::Answer => "answered",
            Self::SeeMiss { .. } => "miss_seen",
            Self::AskScrutiny { .. } => "scrutiny_asked",
            Self::Scrutinised { .. } => "scrutiny_decided",
            Self::ExtendSilence { .. } => "silence_extended",
            Self::Supersede { .. } => "superseded",
        }
    }

    /// The step of the desk; none for what needs more than the act.
    fn step(self, now: Timestamp) -> Option<OrderStep> {
        Some(match self {
            Self::CallBack { authority, note } => OrderStep::CalledBack { authority, note },
            Self::Correct { form } => OrderStep::Correct(form),
            Self::Locate { place, item } => {
                OrderStep::Locate { place, located: Located::Item(item) }
            }
            Self::Gone { place, note } => OrderStep::Locate { place, located: Located::Gone(note) },
            Self::Execute => OrderStep::Begin,
            Self::Stop { ground, information, clarification } => {
                OrderStep::Stop { ground, information, clarification }
            }
            Self::Resume { at } => OrderStep::Resume(at.unwrap_or(now)),
            Self::Refuse { reason } => OrderStep::Refuse(reason),
            Self::SeeMiss { reason } => OrderStep::SeeMiss(reason),
            Self::AskScrutiny { reason } => OrderStep::AskScrutiny(reason),
            Self::Scrutinised { infringes, note } => OrderStep::Scrutinised { infringes, note },
            Self::ExtendSilence { until } => OrderStep::ExtendSilence(until),
            Self::Answer | Self::Supersede { .. } => return None,
        })
    }

    /// What the sender is told of it.
    fn letter(&self) -> Option<LetterKind> {
        match self {
            Self::Stop { .. } => Some(LetterKind::OrderImpossible),
            Self::Refuse { .. } => Some(LetterKind::OrderRefused),
            Self::Answer => Some(LetterKind::OrderDone),
            Self::CallBack { .. }
            | Self::Correct { .. }
            | Self::Locate { .. }
            | Self::Gone { .. }
            | Self::Execute
            | Self::Resume { .. }
            | Self::SeeMiss { .. }
            | Self::AskScrutiny { .. }
            | Self::Scrutinised { .. }
            | Self::ExtendSilence { .. }
            | Self::Supersede { .. } => None,
        }
    }

    /// Whether the order has no effect any more after it, and nothing keeps what was taken.
    fn gives_back(&self) -> bool {
        matches!(self, Self::Scrutinised { infringes: true, .. } | Self::Refuse { .. })
    }
}

/// The policy that decisions on an order rest on: the law itself.
const POLICIES: [(OrderKind, &str, &str); 2] = [
    (OrderKind::TcoRemoval, "order.tco", "Removal order under Regulation (EU) 2021/784, Article 3"),
    (OrderKind::DsaAct, "order.dsa", "Order under Regulation (EU) 2022/2065, Article 9"),
];

impl Engine {
    /// Reads an order.
    ///
    /// # Errors
    /// Where there is none, or the store fails.
    pub async fn read_order(&self, id: &OrderId) -> Result<Order> {
        read(&self.order_row(id).await?)
    }

    pub(super) async fn order_row(&self, id: &OrderId) -> Result<OrderRow> {
        let row = self.inner.store.order(id).await?;
        row.ok_or_else(|| Error::NotFound { what: "order", id: id.to_string() })
    }

    /// Lists orders: what is due first, then the newest.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn orders(&self, status: Option<OrderStatus>, rows: usize) -> Result<Vec<Order>> {
        let rows = self.inner.store.orders(status.map(OrderStatus::as_str), rows).await?;
        rows.iter().map(read).collect()
    }

    /// Lists the orders that name an item.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn orders_of_item(
        &self,
        service: &model::ServiceId,
        item: &ItemId,
    ) -> Result<Vec<Order>> {
        self.inner.store.orders_of_item(service, item).await?.iter().map(read).collect()
    }

    /// Takes a step on an order.
    ///
    /// # Errors
    /// Where the order does not stand so that the step can be taken, something is missing, or the
    /// store fails.
    pub async fn act_on_order(
        &self,
        id: &OrderId,
        act: OrderAct,
        user: &UserId,
        origin: &Origin,
    ) -> Result<Order> {
        if let Some(earlier) = origin.earlier(&self.inner.store).await? {
            return Ok(earlier);
        }
        if let OrderAct::CallBack { authority, .. } = &act {
            self.authority(authority).await?;
        }
        if act.gives_back() {
            // A step that is refused must give nothing back.
            let (order, now) = (self.read_order(id).await?, self.now());
            self.next(&order, &act, None, user, now).await?;
            self.give_back(id, user).await?;
        }
        let act_once = || self.act_once(id, &act, user, origin);
        let order: Order = origin.again(&self.inner.store, act_once).await?;
        match order.status {
            OrderStatus::Executing => self.carry_out(&order.id).await,
            _ => Ok(order),
        }
    }

    async fn act_once(
        &self,
        id: &OrderId,
        act: &OrderAct,
        user: &UserId,
        origin: &Origin,
    ) -> Result<Order> {
        let now = self.now();
        let row = self.order_row(id).await?;
        let order = read(&row)?;
        let other = match act {
            OrderAct::Supersede { by } => Some(self.order_row(by).await?),
            _ => None,
        };
        let replacing = other.as_ref().map(read).transpose()?;
        let next = self.next(&order, act, replacing.as_ref(), user, now).await?;
        let person = self.login_of(user).await?;
        if matches!(act, OrderAct::Stop { .. }) && next.kind == OrderKind::TcoRemoval {
            let filled = annex_three(&next, &self.inner.orders, &person, now);
            check_own("tco_annex_3", &filled, now)?;
        }
        let entry = facts::order(FactKind::OrderChanged, act.word(), &next, &origin.actor);
        let (mut changes, mut entries) = noted(&next, row.known_as, entry)?;
        changes.push(intake::names(&next));
        if let (Some(other), Some(replacing)) = (other, &replacing) {
            let took = took_place(replacing, id, user, now);
            let entry = facts::order(FactKind::OrderChanged, "took_place", &took, &origin.actor);
            let (more, its) = noted(&took, other.known_as, entry)?;
            changes.extend(more);
            entries.extend(its);
        }
        if let Some(kind) = act.letter() {
            changes.extend(answers::letter(&next, kind, &self.inner.orders, &person, now)?);
        }
        changes.extend(origin.remember(&next, now)?);
        self.inner.store.commit(changes, entries, now).await?;
        Ok(next)
    }

    /// How an order stands after a step; `replacing` is the order that takes its place.
    async fn next(
        &self,
        order: &Order,
        act: &OrderAct,
        replacing: Option<&Order>,
        user: &UserId,
        now: Timestamp,
    ) -> Result<Order> {
        self.check_located(order, act).await?;
        let found = match act {
            OrderAct::Correct { form } => self.found_in(&order.service, form).await?,
            _ => std::collections::HashMap::new(),
        };
        let locate = |url: &str| found.get(url).cloned().unwrap_or(Found::NotOurs);
        let law = &self.inner.orders.law;
        let supersede = replacing.map(|other| OrderStep::Supersede(Box::new(other.clone())));
        Ok(match supersede.or_else(|| act.clone().step(now)) {
            Some(one) => step(order, one, Some(user), law, now, locate)?,
            None => answered(order, user, now)?,
        })
    }

    /// An item that a person names must be one of the service.
    async fn check_located(&self, order: &Order, act: &OrderAct) -> Result<()> {
        let OrderAct::Locate { item, .. } = act else { return Ok(()) };
        match self.inner.store.item(&order.service, item).await? {
            Some(_) => Ok(()),
            None => Err(Error::NotFound { what: "item", id: item.to_string() }),
        }
    }

    /// Carries an order out at everything that it names and that is not disabled by it yet, each
    /// in a transaction of its own; the watch goes on with what a crash left. A drill ends at
    /// once.
    pub(super) async fn carry_out(&self, id: &OrderId) -> Result<Order> {
        let mut order = self.read_order(id).await?;
        if order.is_drill {
            return self.end_drill(&order).await;
        }
        for place in 0..order.targets.len() {
            let is_due = |order: &Order| {
                order.targets[place].item().is_some() && order.targets[place].effect.is_none()
            };
            let mut left = RETRIES;
            while is_due(&order) {
                match self.disable(&order, place).await {
                    Ok(()) => {}
                    Err(failure) if failure.is_conflict() && left > 0 => left -= 1,
                    Err(failure) => return Err(failure),
                }
                order = self.read_order(id).await?;
            }
        }
        Ok(order)
    }

    /// Decides a case of its own about one item, so that it does not wait for anybody's claim on
    /// another case about it.
    async fn disable(&self, order: &Order, place: usize) -> Result<()> {
        let now = self.now();
        let known_as = self.order_row(&order.id).await?.known_as;
        let item = order.targets[place].item().cloned().ok_or(Error::Contended)?;
        let by = order.begun_by().cloned().ok_or(Error::Contended)?;
        let subject = Subject::Item(item);
        let account = self.account_of(&order.service, &subject).await?;
        let (salt, seen) = self.account_salt(&order.service, &account, now).await?;
        let salts = Salts { account: salt, item: None };
        let actor = Actor::User(by.clone());
        let mut changes: Vec<Change> = seen.into_iter().collect();
        let mut entries = Vec::new();
        let case = review::open(Opening {
            id: CaseId::from_uuid(fresh(now)?),
            service: order.service.clone(),
            subject,
            account,
            queue: orders_queue(),
            at: now,
            cause: Cause::Order,
        });
        let opened = case.clone();
        entries.push(facts::case(FactKind::CaseOpened, &case, salts, &actor));
        let claim = ReviewEvent::Claim { by: by.clone() };
        let (case, _) = review::apply(&case, claim, &self.ladder(), now)?;
        entries.push(facts::case(FactKind::CaseClaimed, &case, salts, &actor));
        let (policy, policy_version) = self.order_policy(order.kind, &mut changes).await?;
        let deciding = Deciding {
            id: DecisionId::from_uuid(fresh(now)?),
            by: Decider::Reviewer(by),
            ruling: Ruling::Violation,
            action: Some(ActionKind::Disable),
            labels: Vec::new(),
            policy,
            policy_version,
            reason: format!("order {}", order.id),
            findings: Vec::new(),
            order: Some(order.id.clone()),
        };
        let event = ReviewEvent::Decide(deciding);
        let (case, actions) = review::apply(&case, event, &self.ladder(), now)?;
        let mut after = Vec::new();
        decided(&case, &actions, salts, &actor, &mut after, &mut entries);
        changes.push(Change::CaseOpened(Box::new(decided_at_once(opened, &case))));
        changes
            .extend(after.into_iter().filter(|change| !matches!(change, Change::CaseChanged(_))));
        let (reasons, redress) = told_by(order);
        let told = Ordered { reasons, redress, held_until: order.silent_until };
        let stating = Stating::of(&case, &actions, salts, &actor);
        self.state_order(&stating, &told, &mut changes, &mut entries).await?;
        let (Some(decision), [action]) = (&case.decision, &actions[..]) else {
            return Err(Error::Damaged { what: "case", detail: "it has no decision".to_owned() });
        };
        let effect = Effect {
            case: case.id.clone(),
            decision: decision.id.clone(),
            action: action.id.clone(),
            done_at: None,
        };
        let next = ordered(order, place, effect);
        changes.push(Change::Order(OrderChange::Changed(intake::row(&next, known_as)?)));
        self.inner.store.commit(changes, entries, now).await?;
        Ok(())
    }

    async fn order_policy(
        &self,
        kind: OrderKind,
        changes: &mut Vec<Change>,
    ) -> Result<(PolicyId, u32)> {
        let (_, id, title) =
            POLICIES.into_iter().find(|(own, ..)| *own == kind).unwrap_or(POLICIES[0]);
        let policy = PolicyId::new(id).expect("the name is one");
        let known = self.inner.store.policies().await?;
        if let Some(known) = known.iter().find(|known| known.id == id) {
            return Ok((policy, known.version));
        }
        changes.push(Change::PolicyWritten(PolicyRow {
            id: id.to_owned(),
            version: 1,
            title: title.to_owned(),
            text: "What an authority orders is carried out; the service does not weigh it. Who is \
                   concerned is told and can object to the court or body that the order names."
                .to_owned(),
        }));
        Ok((policy, 1))
    }

    async fn end_drill(&self, order: &Order) -> Result<Order> {
        let by = order.begun_by().cloned().ok_or(Error::Contended)?;
        let now = self.now();
        let known_as = self.order_row(&order.id).await?.known_as;
        let done = answered(order, &by, now)?;
        let entry = facts::order(FactKind::OrderCarriedOut, "drill", &done, &Actor::User(by));
        let change = Change::Order(OrderChange::Changed(intake::row(&done, known_as)?));
        self.inner.store.commit(vec![change], vec![entry], now).await?;
        Ok(done)
    }

    /// The name under which a person signs in, for the forms that bear one.
    async fn login_of(&self, user: &UserId) -> Result<String> {
        let known = self.user(user).await?;
        Ok(known.map_or_else(|| user.to_string(), |known| known.login))
    }

    /// Who took a step on an order.
    pub(super) async fn person(&self, order: &Order, kind: OrderEventKind) -> Result<String> {
        match order.last(kind).and_then(|event| event.by.as_ref()) {
            Some(user) => self.login_of(user).await,
            None => Ok(String::new()),
        }
    }

    /// Gives back everything that an order took (TCO Art 4(7)), and what it kept of the orders
    /// whose place it took.
    async fn give_back(&self, id: &OrderId, user: &UserId) -> Result<()> {
        let reason = format!("order {id} has no effect any more");
        let mut left = vec![id.clone()];
        while let Some(one) = left.pop() {
            let order = self.read_order(&one).await?;
            for effect in order.targets.iter().filter_map(|target| target.effect.as_ref()) {
                let case = self.case(&effect.case).await?;
                let stands = case.decision.as_ref().is_some_and(|made| made.id == effect.decision);
                if stands {
                    self.undo(&effect.case, &reason, user, &Origin::user(user.clone())).await?;
                }
            }
            left.extend(order.replaces);
        }
        Ok(())
    }
}

/// A case that is opened and decided in one transaction is written once, as it ended.
fn decided_at_once(opened: model::Case, ended: &model::Case) -> model::Case {
    model::Case { revision: opened.revision, ..ended.clone() }
}

fn orders_queue() -> QueueName {
    QueueName::new("orders").expect("the name is one")
}

/// What is written when the watch notes something about an order.
pub(super) fn noted(
    next: &Order,
    known_as: Option<String>,
    entry: Entry,
) -> Result<(Vec<Change>, Vec<Entry>)> {
    Ok((vec![Change::Order(OrderChange::Changed(intake::row(next, known_as)?))], vec![entry]))
}

/// What a form says to the person concerned: the reasons, and who can be turned to, with who issued
/// the order.
fn told_by(order: &Order) -> (String, String) {
    let said = |keys: &[&str]| {
        let texts = keys.iter().map(|key| order.text(key).trim());
        texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ")
    };
    let reasons = said(&["authority_name", "order_reference", "additional_reasons"]);
    (reasons, said(&["redress", "challenge_body", "challenge_deadline", "challenge_law_link"]))
}
