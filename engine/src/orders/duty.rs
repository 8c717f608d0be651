//! Who is on duty for orders, and when.

use crate::clock::fresh;
use crate::facts;
use crate::once::Origin;
use crate::{Engine, Error, Result};
use model::{Timestamp, UserId, limits};
use serde::{Deserialize, Serialize};
use store::{Change, DutyRow, OrderChange};

/// The longest duty that is taken, in days.
const LONGEST_DAYS: i64 = 92;

/// Somebody is on duty for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Duty {
    /// Its id; empty for one that is to be taken.
    #[serde(default)]
    pub id: String,
    /// Who.
    pub user: UserId,
    /// The address to which warnings go meanwhile.
    #[serde(default)]
    pub address: Option<String>,
    /// From when on.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

impl Engine {
    /// Lists who is on duty now or later, in the order in which duties begin.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn duties(&self) -> Result<Vec<Duty>> {
        let rows = self.inner.store.duties(self.now(), limits::PAGE_ROWS).await?;
        let read = |row: DutyRow| {
            let DutyRow { id, user, address, from, until } = row;
            Duty { id, user, address, from, until }
        };
        Ok(rows.into_iter().map(read).collect())
    }

    /// Whether somebody is on duty now.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn is_on_duty(&self, user: &UserId) -> Result<bool> {
        let now = self.now();
        let duties = self.duties().await?;
        Ok(duties.iter().any(|duty| duty.user == *user && duty.from <= now))
    }

    /// Puts somebody on duty.
    ///
    /// # Errors
    /// Where the times make no sense, the address is none, the person is not known, or the store
    /// fails.
    pub async fn take_duty(&self, duty: &Duty, origin: &Origin) -> Result<String> {
        let now = self.now();
        if duty.until <= duty.from || duty.until <= now {
            return Err(Error::invalid("until", "must lie after the beginning, and after now"));
        }
        if duty.until.seconds_since(duty.from) > LONGEST_DAYS * 86_400 {
            return Err(Error::invalid(
                "until",
                format!("a duty lasts at most {LONGEST_DAYS} days"),
            ));
        }
        if let Some(address) = &duty.address {
            let checked = model::check_address(address);
            checked.map_err(|problem| Error::invalid("address", problem.to_string()))?;
        }
        let unknown = || Error::NotFound { what: "user", id: duty.user.to_string() };
        let user = self.user(&duty.user).await?.filter(|user| !user.is_disabled);
        user.ok_or_else(unknown)?;
        let id = format!("duty_{}", fresh(now)?.simple());
        let row = DutyRow {
            id: id.clone(),
            user: duty.user.clone(),
            address: duty.address.clone(),
            from: duty.from,
            until: duty.until,
        };
        let entry = facts::duty(&duty.user, "taken", &origin.actor);
        let change = Change::Order(OrderChange::DutyTaken(row));
        self.inner.store.commit(vec![change], vec![entry], now).await?;
        Ok(id)
    }

    /// Ends a duty now.
    ///
    /// # Errors
    /// Where there is none of that id, or the store fails.
    pub async fn end_duty(&self, id: &str, origin: &Origin) -> Result<()> {
        let now = self.now();
        let duties = self.duties().await?;
        let duty = duties.iter().find(|duty| duty.id == id);
        let duty = duty.ok_or_else(|| Error::NotFound { what: "duty", id: id.to_owned() })?;
        let entry = facts::duty(&duty.user, "ended", &origin.actor);
        let change = Change::Order(OrderChange::DutyEnded { id: id.to_owned(), until: now });
        self.inner.store.commit(vec![change], vec![entry], now).await?;
        Ok(())
    }
}
