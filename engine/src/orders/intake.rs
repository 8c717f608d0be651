//! Orders come in: over the interface, by e-mail, by hand. Each is durable before it is answered.

use super::answers::{self, Answer};
use super::{OrderView, Sender, read};
use crate::clock::fresh;
use crate::facts;
use crate::once::{Actor, Origin};
use crate::{Engine, Error, Result};
use audit::FactKind;
use law::form::{Filled, form, links};
use model::{LetterKind, OrderId, ServiceId, Timestamp, limits};
use review::orders::{
    Authentic, Channel, Found, Order, OrderKind, OrderStatus, OrderStep, Receiving,
    looks_like_amendment, receive, step,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashMap, hash_map};
use store::{Change, Entry, MailRow, OrderChange, OrderRow};

/// An order as somebody hands it in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OrderInput {
    /// What it demands.
    pub kind: OrderKind,
    /// The service.
    pub service: ServiceId,
    /// Its form, by the keys of the fields.
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub form: Filled,
    /// When it was received, where that was before now: on paper, or by telephone.
    #[serde(default)]
    pub received_at: Option<Timestamp>,
    /// Whether it is a drill, which changes nothing at the service.
    #[serde(default, rename = "drill")]
    pub is_drill: bool,
}

/// An e-mail that came in, as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct MailInput {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The service whose mailbox it came to.
    pub service: ServiceId,
    /// Its Message-ID.
    pub message_id: Option<String>,
    /// What is known of who sent it.
    pub sender: Sender,
    /// Where an answer goes.
    pub reply_to: Option<String>,
    /// Its subject line.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// The files that came with it.
    pub files: Vec<MailFile>,
    /// Whether a program sent it, so that it is not answered.
    pub is_automatic: bool,
}

/// A file that came with an e-mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailFile {
    /// Its name, if it has one.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What became of an order that was handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct OrderTaken {
    /// Its id.
    pub id: OrderId,
    /// Whether the same order was known already.
    #[serde(rename = "repeated")]
    pub is_repeated: bool,
    /// By when it is due, where something is.
    pub due: Option<Timestamp>,
}

/// What is handed in, whichever way.
struct Handed {
    kind: OrderKind,
    is_drill: bool,
    service: ServiceId,
    form: Filled,
    channel: Channel,
    received_at: Timestamp,
    reply_to: Option<String>,
    message: Option<String>,
    attachments: Vec<String>,
    authentic: Option<Authentic>,
    answer: Answer,
}

/// What is written beside an order.
#[derive(Default)]
struct Beside {
    changes: Vec<Change>,
    entries: Vec<Entry>,
}

impl Engine {
    /// Takes an order that was handed in over the interface, in the console or at the command line.
    /// Its clock starts with its receipt, also where its form is not whole.
    ///
    /// # Errors
    /// Where the service is not known, the form is too large, the time of receipt has not come, or
    /// the store fails.
    pub async fn order(&self, input: OrderInput, origin: &Origin) -> Result<OrderTaken> {
        let now = self.now();
        let bytes = serde_json::to_vec(&input.form).map_or(usize::MAX, |bytes| bytes.len());
        if bytes > limits::ORDER_FORM_BYTES {
            let limit = limits::ORDER_FORM_BYTES;
            return Err(Error::invalid(
                "form",
                format!("{bytes} bytes; at most {limit} are taken"),
            ));
        }
        if input.received_at.is_some_and(|at| at > now) {
            return Err(Error::invalid("received_at", "has not come; is its offset right?"));
        }
        let (channel, authentic) = match &origin.actor {
            Actor::Key(key) => (Channel::Key(key.clone()), self.authentic_key(key).await?),
            Actor::User(user) => (Channel::Person(user.clone()), None),
            Actor::Operator => (Channel::Operator, None),
            Actor::Outside => {
                return Err(Error::invalid("origin", "nobody outside hands in orders by a page"));
            }
        };
        // Whoever sends an order cannot say that it came in earlier or later than it did.
        let received_at = match &channel {
            Channel::Person(_) | Channel::Operator => input.received_at.unwrap_or(now),
            Channel::Key(_) | Channel::Mail(_) => now,
        };
        let handed = Handed {
            kind: input.kind,
            is_drill: input.is_drill,
            service: input.service,
            form: input.form,
            channel,
            received_at,
            reply_to: None,
            message: None,
            attachments: Vec::new(),
            authentic,
            answer: Answer::Expected,
        };
        self.hand_in(&handed, &Beside::default(), origin).await
    }

    /// Takes an e-mail. The order stands in a file of it (JSON by the keys of the form), or in its
    /// text as lines `key: value`; where neither is so a person reads it, and the clock runs all
    /// the same. Everything that came is kept as evidence before anything else.
    ///
    /// # Errors
    /// Where the message is too large, or the evidence or store fails: then it stays in the
    /// mailbox.
    pub async fn take_mail(&self, mail: MailInput) -> Result<Option<OrderTaken>> {
        if mail.bytes.len() > limits::MAIL_BYTES {
            let (bytes, limit) = (mail.bytes.len(), limits::MAIL_BYTES);
            return Err(Error::invalid(
                "mail",
                format!("{bytes} bytes; at most {limit} are taken"),
            ));
        }
        let sha256 = hex::encode(Sha256::digest(&mail.bytes));
        if self.inner.store.mail(&sha256).await?.is_some() {
            return Ok(None);
        }
        let mut beside = Beside::default();
        self.preserve_bytes(mail.bytes.clone(), "message/rfc822", &mut beside).await?;
        let mut attachments = Vec::new();
        for file in &mail.files {
            let media_type = file.media_type.as_str();
            attachments
                .push(self.preserve_bytes(file.bytes.clone(), media_type, &mut beside).await?);
        }
        let (kind, form) = read_mail(&mail);
        let now = self.now();
        let handed = Handed {
            kind,
            is_drill: false,
            service: mail.service.clone(),
            form,
            channel: Channel::Mail(sha256.clone()),
            received_at: now,
            reply_to: mail.reply_to.clone(),
            message: mail.message_id.clone(),
            attachments,
            authentic: self.authentic_sender(&mail.sender).await?,
            answer: if mail.is_automatic { Answer::None } else { Answer::Expected },
        };
        let row = MailRow {
            sha256,
            at: now,
            message_id: mail.message_id,
            sender: cut(&mail.sender.from, limits::NAME_BYTES),
            subject: cut(&mail.subject, limits::NAME_BYTES),
            about: None,
        };
        beside.changes.push(Change::Order(OrderChange::MailReceived(row)));
        beside.entries.push(facts::mail(&mail.service, "order"));
        self.hand_in(&handed, &beside, &Origin::operator()).await.map(Some)
    }

    async fn preserve_bytes(
        &self,
        bytes: Vec<u8>,
        media_type: &str,
        beside: &mut Beside,
    ) -> Result<String> {
        let (vault, size) = (self.inner.vault.clone(), bytes.len() as u64);
        let seal = move || vault.store(store::Scope::Working, &bytes);
        let sha256 = crate::preservations::blocking(seal).await?;
        beside.changes.push(Change::EvidenceStored {
            sha256: sha256.clone(),
            bytes: size,
            media_type: cut(media_type, limits::ID_BYTES),
            item: None,
        });
        Ok(sha256)
    }

    async fn hand_in(
        &self,
        handed: &Handed,
        beside: &Beside,
        origin: &Origin,
    ) -> Result<OrderTaken> {
        origin.once(&self.inner.store, || self.hand_in_once(handed, beside, origin)).await
    }

    async fn hand_in_once(
        &self,
        handed: &Handed,
        beside: &Beside,
        origin: &Origin,
    ) -> Result<OrderTaken> {
        let now = self.now();
        let found = self.found_in(&handed.service, &handed.form).await?;
        let mut changes = beside.changes.clone();
        let mut entries = beside.entries.clone();
        let (order, known_as, is_repeated) = self.recognised(handed, &found, now).await?;
        let word = if is_repeated { "repeated" } else { "received" };
        entries.push(facts::order(FactKind::OrderReceived, word, &order, &origin.actor));
        if order.revision == 0 {
            changes.push(Change::Order(OrderChange::Received(row(&order, known_as)?)));
        } else {
            changes.push(Change::Order(OrderChange::Changed(row(&order, known_as)?)));
        }
        changes.push(names(&order));
        for change in &mut changes {
            if let Change::Order(OrderChange::MailReceived(row)) = change {
                row.about = Some(order.id.to_string());
            }
        }
        if handed.answer == Answer::Expected {
            let kind = LetterKind::OrderReceived;
            changes.extend(answers::letter(&order, kind, &self.inner.orders, "", now)?);
        }
        let taken = OrderTaken { id: order.id.clone(), is_repeated, due: order.due() };
        changes.extend(origin.remember(&taken, now)?);
        self.inner.store.commit(changes, entries, now).await?;
        Ok(taken)
    }

    /// The order that was handed in, the name that it is known by, and whether it was known: the
    /// same one again, the clarification that one waits for, or a fresh one.
    async fn recognised(
        &self,
        handed: &Handed,
        found: &HashMap<String, Found>,
        now: Timestamp,
    ) -> Result<(Order, Option<String>, bool)> {
        let locate = |url: &str| found.get(url).cloned().unwrap_or(Found::NotOurs);
        let law = &self.inner.orders.law;
        let name = known_as(handed);
        // The name stays with the first; one that amends it is known by its form too.
        let exact = name.as_ref().map(|name| format!("{name}:{}", digest_of(&handed.form)));
        let known = match (&exact, &name) {
            (Some(exact), _) if self.inner.store.order_known_as(exact).await?.is_some() => exact,
            (_, Some(name)) => name,
            (_, None) => {
                return Ok((self.fresh_order(handed, None, now, locate).await?, None, false));
            }
        };
        let row = self.inner.store.order_known_as(known).await?;
        let is_exact = exact.as_ref() == Some(known);
        match row.as_ref().map(read).transpose()? {
            Some(order) if is_exact || order.form == handed.form => {
                let same = step(&order, OrderStep::Repeat, None, law, now, locate)?;
                Ok((same, Some(known.clone()), true))
            }
            Some(order) if clarifies(&order, handed) => {
                let corrected = OrderStep::Correct(handed.form.clone());
                let order = step(&order, corrected, None, law, now, locate)?;
                let none = |_: &str| Found::NotOurs;
                Ok((step(&order, OrderStep::Resume(now), None, law, now, none)?, name, true))
            }
            Some(order) => {
                let amends = self.last_in_place_of(order).await?;
                Ok((self.fresh_order(handed, Some(amends), now, locate).await?, exact, false))
            }
            None => Ok((self.fresh_order(handed, None, now, locate).await?, name, false)),
        }
    }

    /// The order that stands where an order once stood: what took its place, or what took the place
    /// of that.
    async fn last_in_place_of(&self, mut order: Order) -> Result<OrderId> {
        while let Some(next) = &order.replaced_by {
            order = self.read_order(next).await?;
        }
        Ok(order.id)
    }

    /// The newest order of the same matter and issuer that a fresh one names by its reference.
    async fn names_earlier(&self, fresh: &Order) -> Result<Option<OrderId>> {
        let orders = self.orders(None, limits::PAGE_ROWS).await?;
        let named = orders.into_iter().filter(|earlier| looks_like_amendment(fresh, earlier));
        Ok(named.max_by_key(|earlier| earlier.received_at).map(|earlier| earlier.id))
    }

    async fn fresh_order(
        &self,
        handed: &Handed,
        amends: Option<OrderId>,
        now: Timestamp,
        locate: impl FnMut(&str) -> Found,
    ) -> Result<Order> {
        let receiving = Receiving {
            id: OrderId::from_uuid(fresh(now)?),
            kind: handed.kind,
            is_drill: handed.is_drill,
            service: handed.service.clone(),
            channel: handed.channel.clone(),
            reply_to: handed.reply_to.clone(),
            message: handed.message.clone(),
            attachments: handed.attachments.clone(),
            received_at: handed.received_at,
            form: handed.form.clone(),
            authentic: handed.authentic.clone(),
            amends,
        };
        let mut order = receive(receiving, &self.inner.orders.law, now, locate);
        if order.amends.is_none() {
            order.amends = self.names_earlier(&order).await?;
        }
        Ok(order)
    }

    /// What the links of a form are, by their addresses.
    pub(super) async fn found_in(
        &self,
        service: &ServiceId,
        form: &Filled,
    ) -> Result<HashMap<String, Found>> {
        let named = form.get("urls").map(links).and_then(std::result::Result::ok);
        let mut found = HashMap::new();
        for link in named.unwrap_or_default() {
            if let hash_map::Entry::Vacant(place) = found.entry(link.url.clone()) {
                place.insert(self.find_link(service, &link.url).await?);
            }
        }
        Ok(found)
    }

    pub(crate) async fn find_link(&self, service: &ServiceId, address: &str) -> Result<Found> {
        use super::setup::Shown;
        match self.inner.orders.shown(service, address) {
            None => Ok(Found::NotOurs),
            Some(None) => Ok(Found::Unknown),
            Some(Some(Shown::Item(item))) => match self.inner.store.item(service, &item).await? {
                Some(row) => Ok(Found::Item { item: row.id }),
                None => Ok(Found::Unknown),
            },
            Some(Some(Shown::Account(account))) => {
                let items = self.inner.store.items_of_account(service, &account).await?;
                Ok(Found::Account { account: account.to_string(), items })
            }
        }
    }

    /// The orders that an order bears on: the one it looks like an amendment of, those whose place
    /// it took, and the one that took its place.
    async fn related(&self, order: &Order) -> Result<Vec<Order>> {
        let named = order.amends.iter().chain(&order.replaces).chain(&order.replaced_by);
        let ids: BTreeSet<&OrderId> = named.collect();
        let mut related = Vec::with_capacity(ids.len());
        for id in ids {
            related.push(self.read_order(id).await?);
        }
        Ok(related)
    }

    /// Reads an order with everything that one page about it shows.
    ///
    /// # Errors
    /// Where there is none, or the store fails.
    pub async fn order_view(&self, id: &OrderId) -> Result<OrderView> {
        let order = self.read_order(id).await?;
        let store = &self.inner.store;
        Ok(OrderView {
            letters: store.letters_about(id.as_str()).await?,
            mails: store.mails_about(id.as_str()).await?,
            related: self.related(&order).await?,
            order,
        })
    }
}

/// Whether a message is the clarification that a stopped order waits for. It must be known to come
/// from the same authority: nobody else can change what an order says.
fn clarifies(order: &Order, handed: &Handed) -> bool {
    let same = match (&order.authentic, &handed.authentic) {
        (Some(known), Some(given)) => known.authority == given.authority,
        (None, Some(_)) => true,
        (Some(_) | None, None) => false,
    };
    same && order.status == OrderStatus::Impossible
}

/// What the same order would be known as: who issued it, and its reference number.
fn known_as(handed: &Handed) -> Option<String> {
    let text = |key: &str| handed.form.get(key).and_then(|value| value.as_str()).map(str::trim);
    let reference = text("order_reference").filter(|reference| !reference.is_empty())?;
    let issuer = text("authority_name").unwrap_or_default().to_lowercase();
    let state = text("issuing_member_state").unwrap_or_default().to_uppercase();
    let kind = handed.kind.as_str();
    let parts = [handed.service.as_str(), kind, &state, &issuer, reference].join("\n");
    let drill = if handed.is_drill { "drill:" } else { "" };
    Some(format!("{drill}{}", hex::encode(Sha256::digest(parts))))
}

fn digest_of(form: &Filled) -> String {
    let text = serde_json::to_string(form).unwrap_or_default();
    hex::encode(&Sha256::digest(text)[..16])
}

/// The kind and form that a message bears: in a JSON file of it, or in its text.
fn read_mail(mail: &MailInput) -> (OrderKind, Filled) {
    let in_file = |file: &MailFile| {
        let is_json = file.media_type == "application/json" || file.name.ends_with(".json");
        if !is_json || file.bytes.len() > limits::ORDER_FORM_BYTES {
            return None;
        }
        let mut filled: Filled = serde_json::from_slice(&file.bytes).ok()?;
        let kind = filled.remove("kind").and_then(|kind| OrderKind::parse(kind.as_str()?));
        Some((kind.unwrap_or(OrderKind::TcoRemoval), filled))
    };
    if let Some(read) = mail.files.iter().find_map(in_file) {
        return read;
    }
    let named = mail.text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case("kind").then(|| OrderKind::parse(value.trim()))?
    });
    let kind = named.unwrap_or(OrderKind::TcoRemoval);
    let form = form(kind.form()).expect("every kind of order has its form");
    let text = cut(&mail.text, limits::ORDER_FORM_BYTES);
    (kind, form.read_lines(&text))
}

fn cut(text: &str, limit: usize) -> String {
    let mut end = text.len().min(limit);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}

/// The row of an order, with when somebody has to look at it next.
pub(super) fn row(order: &Order, known_as: Option<String>) -> Result<OrderRow> {
    let running = match order.status {
        OrderStatus::Executing => Some(order.received_at),
        OrderStatus::Received
        | OrderStatus::Executed
        | OrderStatus::Impossible
        | OrderStatus::Refused
        | OrderStatus::Ceased
        | OrderStatus::Superseded => order.due(),
    };
    // A due time that went by and that nobody took note of stays in sight, whatever came after it.
    let unseen = order.unseen_miss(order.received_at);
    let due = [running, order.silent_until, unseen].into_iter().flatten().min();
    Ok(OrderRow {
        id: order.id.clone(),
        service: order.service.clone(),
        status: order.status.as_str().to_owned(),
        due,
        at: order.received_at,
        revision: order.revision,
        body: crate::intake::to_json("order", order)?,
        known_as,
    })
}

pub(super) fn names(order: &Order) -> Change {
    Change::Order(OrderChange::Names {
        order: order.id.clone(),
        service: order.service.clone(),
        items: order.items().cloned().collect(),
    })
}
