//! Authorities that may send orders, and how they are known.

use crate::facts;
use crate::once::Origin;
use crate::{Engine, Error, Result};
use model::{AuthorityId, KeyId, limits};
use review::orders::{Authentic, Means};
use serde::{Deserialize, Serialize};
use store::{Change, OrderChange};

/// An authority that is registered, with everything by which its orders are known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// Its id, chosen by the operator.
    pub id: AuthorityId,
    /// Its name.
    pub name: String,
    /// The two letters of its State.
    pub member_state: String,
    /// The number at which a person calls it back.
    #[serde(default)]
    pub phone: String,
    /// The addresses that its e-mails come from, and to which answers go; the first is used.
    #[serde(default)]
    pub emails: Vec<String>,
    /// The domains that sign its e-mails (DKIM).
    #[serde(default)]
    pub domains: Vec<String>,
    /// SHA-256 in hexadecimal of the certificates with which it signs (S/MIME).
    #[serde(default)]
    pub certificates: Vec<String>,
    /// The keys with which it uses the interface.
    #[serde(default)]
    pub keys: Vec<KeyId>,
    /// Whether it is told of threats to life in its State; `EU` as its State for Europol.
    #[serde(default)]
    pub takes_threats: bool,
    /// Whether nothing is taken from it any more.
    #[serde(default)]
    pub is_closed: bool,
}

/// What is known of an e-mail's sender, from the message itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sender {
    /// The address in the `From` line.
    pub from: String,
    /// The domains whose signatures over the message hold (DKIM).
    pub signed_by: Vec<String>,
    /// SHA-256 in hexadecimal of the certificate whose signature over the message holds (S/MIME).
    pub certificate: Option<String>,
}

impl Authority {
    /// Checks what an operator wrote.
    ///
    /// # Errors
    /// Where something is missing or has not its form.
    fn check(&self) -> Result<()> {
        if self.name.trim().is_empty() || self.name.len() > limits::NAME_BYTES {
            return Err(Error::invalid("name", "give the name of the authority"));
        }
        let state = self.member_state.as_bytes();
        if state.len() != 2 || !state.iter().all(u8::is_ascii_alphabetic) {
            return Err(Error::invalid("member_state", "give the two letters of its State"));
        }
        for email in &self.emails {
            let checked = model::check_address(email);
            checked.map_err(|problem| Error::invalid("emails", problem.to_string()))?;
        }
        let is_digest =
            |text: &String| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if let Some(other) = self.certificates.iter().find(|one| !is_digest(one)) {
            let problem = format!("`{other}` is not a SHA-256 in hexadecimal");
            return Err(Error::invalid("certificates", problem));
        }
        Ok(())
    }

    /// Whether it is told of threats that concern a State.
    pub(crate) fn takes_threats_of(&self, state: &str) -> bool {
        self.takes_threats && !self.is_closed && self.member_state.eq_ignore_ascii_case(state)
    }

    fn has_email(&self, address: &str) -> bool {
        self.emails.iter().any(|email| email.eq_ignore_ascii_case(address))
    }

    /// By what a message is known to be the authority's; `None` where it is not.
    fn vouches(&self, sender: &Sender, domain_suffices: bool) -> Option<Means> {
        let same = |one: &str, other: &str| one.eq_ignore_ascii_case(other);
        let signed = sender.certificate.as_deref();
        if signed.is_some_and(|found| self.certificates.iter().any(|own| same(own, found))) {
            return Some(Means::Certificate);
        }
        let domain = sender.from.rsplit_once('@').map_or("", |(_, domain)| domain);
        let is_own = |signer: &&String| {
            same(signer, domain) && self.domains.iter().any(|own| same(own, signer))
        };
        let is_signed =
            self.has_email(&sender.from) && sender.signed_by.iter().any(|one| is_own(&one));
        (domain_suffices && is_signed).then_some(Means::Domain)
    }
}

fn read(row: &str) -> Result<Authority> {
    serde_json::from_str(row)
        .map_err(|error| Error::Damaged { what: "authority", detail: error.to_string() })
}

impl Engine {
    /// Lists the authorities that are registered.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn authorities(&self) -> Result<Vec<Authority>> {
        let rows = self.inner.store.authorities().await?;
        rows.iter().map(|row| read(row)).collect()
    }

    /// Reads an authority.
    ///
    /// # Errors
    /// Where there is none of that id, or the store fails.
    pub async fn authority(&self, id: &AuthorityId) -> Result<Authority> {
        let row = self.inner.store.authority(id).await?;
        read(&row.ok_or_else(|| Error::NotFound { what: "authority", id: id.to_string() })?)
    }

    /// Registers an authority, or changes what is known of it.
    ///
    /// # Errors
    /// Where something is missing or has not its form, or the store fails.
    pub async fn register_authority(&self, authority: Authority, origin: &Origin) -> Result<()> {
        authority.check()?;
        let store = &self.inner.store;
        if let Some(earlier) = origin.earlier(store).await? {
            return Ok(earlier);
        }
        let now = self.now();
        let body = crate::intake::to_json("authority", &authority)?;
        let id = authority.id;
        let entry =
            facts::authority(&id, if authority.is_closed { "closed" } else { "known" }, origin);
        let mut changes = vec![Change::Order(OrderChange::AuthorityWritten { id, body })];
        changes.extend(origin.remember(&(), now)?);
        store.commit(changes, vec![entry], now).await?;
        Ok(())
    }

    /// Who a message is known to be from: `None` where no registered authority vouches for it.
    pub(super) async fn authentic_sender(&self, sender: &Sender) -> Result<Option<Authentic>> {
        let suffices = self.inner.orders.domain_suffices;
        let known = self.authorities().await?;
        let open = known.into_iter().filter(|authority| !authority.is_closed);
        Ok(open
            .filter_map(|authority| {
                let means = authority.vouches(sender, suffices)?;
                Some(self.authentic(authority.id, means))
            })
            .next())
    }

    /// Whose key it is: `None` where it is no authority's.
    pub(super) async fn authentic_key(&self, key: &KeyId) -> Result<Option<Authentic>> {
        let known = self.authorities().await?;
        let has_key = |authority: &Authority| !authority.is_closed && authority.keys.contains(key);
        let found = known.into_iter().find(has_key);
        Ok(found.map(|authority| self.authentic(authority.id, Means::Key)))
    }

    fn authentic(&self, authority: AuthorityId, means: Means) -> Authentic {
        Authentic { authority, means, by: None, note: String::new(), at: self.now() }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_known_by_what_is_signed_and_by_nothing_else() {
        let authority = Authority {
            id: AuthorityId::new("office").unwrap(),
            name: "Office of Example".into(),
            member_state: "DE".into(),
            phone: "+49 30 0000".into(),
            emails: vec!["orders@authority.example".into()],
            domains: vec!["authority.example".into()],
            certificates: vec!["ab".repeat(32)],
            keys: Vec::new(),
            takes_threats: false,
            is_closed: false,
        };
        let check = |from: &str, signed: &[&str], certificate: Option<&str>, expected| {
            let sender = Sender {
                from: from.into(),
                signed_by: signed.iter().map(|&one| one.to_owned()).collect(),
                certificate: certificate.map(str::to_owned),
            };
            assert_eq!(authority.vouches(&sender, true), expected, "{sender:?}");
            let strict = expected.filter(|means| *means == Means::Certificate);
            assert_eq!(authority.vouches(&sender, false), strict, "{sender:?}, strict");
        };
        let own = "orders@authority.example";
        check(own, &["authority.example"], None, Some(Means::Domain));
        check("Orders@Authority.Example", &["AUTHORITY.example"], None, Some(Means::Domain));
        check(own, &[], Some(&"AB".repeat(32)), Some(Means::Certificate));
        // The address alone says nothing, nor another domain's signature, nor another address.
        check(own, &[], None, None);
        check(own, &["mail.example"], None, None);
        check("else@authority.example", &["authority.example"], None, None);
        check(own, &["sub.authority.example"], None, None);
        check(own, &[], Some(&"cd".repeat(32)), None);
    }
}
