//! Keys: one for each object, wrapped for those who may read it, and the names of files.
//!
//! The key of an object is 32 random bytes. It is kept wrapped as a small `age` file (X25519) for
//! one or more recipients. Whoever holds the identity of a recipient can read the object; where
//! the wrapped key is destroyed nobody can, whatever copies of the object there are.

use age::secrecy::ExposeSecret;
use age::x25519;
use age::{DecryptError, Decryptor, Encryptor};
use model::limits;
use ring::hmac;
use std::fmt;
use std::io::{Read, Write};
use zeroize::Zeroizing;

/// The key that one object is sealed with. It is overwritten in memory when it is dropped.
pub struct DataKey(Zeroizing<[u8; 32]>);

impl DataKey {
    /// Takes 32 random bytes, which the caller draws.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey")
    }
}

/// The key of the names of files.
pub struct NameKey(Zeroizing<[u8; 32]>);

impl NameKey {
    /// Takes 32 random bytes, which the caller draws.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Reads what [`NameKey::to_text`] wrote; blanks around it are left out.
    ///
    /// # Errors
    /// Where it is not 64 hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text.trim(), &mut bytes).map_err(|_| KeyError::NameKey)?;
        Ok(Self::new(bytes))
    }

    /// The key as 64 hexadecimal digits and a line end.
    #[must_use]
    pub fn to_text(&self) -> String {
        format!("{}\n", hex::encode(*self.0))
    }

    /// The name of a file: it tells nothing of the content to anybody without this key, not even
    /// to somebody who has the same content. `scope` keeps names for different ends apart.
    #[must_use]
    pub fn name(&self, scope: &str, sha256: &[u8; 32]) -> String {
        hex::encode(self.tag(&[b"name", scope.as_bytes(), sha256]))
    }

    /// What tells this key from another, and nothing about it.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        hex::encode(&self.tag(&[b"fingerprint"])[..8])
    }

    /// Each part is preceded by its length, so that no two lists of parts are the same bytes.
    fn tag(&self, parts: &[&[u8]]) -> Vec<u8> {
        let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, &*self.0));
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        context.sign().as_ref().to_vec()
    }
}

impl fmt::Debug for NameKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NameKey")
    }
}

/// Why a key cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// A line is no recipient.
    #[error("line {line} is no age recipient: a recipient begins with `age1`")]
    Recipient {
        /// The line, from 1.
        line: usize,
    },
    /// A line is no identity.
    #[error("line {line} is no age identity: an identity begins with `AGE-SECRET-KEY-1`")]
    Identity {
        /// The line, from 1.
        line: usize,
    },
    /// There is none.
    #[error("there is no {what} in it")]
    None {
        /// What was looked for.
        what: &'static str,
    },
    /// The key of names is not one.
    #[error("the key of names is not 64 hexadecimal digits")]
    NameKey,
    /// No identity opens the wrapped key.
    #[error("it is wrapped for other identities than those at hand, or its stanza was altered")]
    OtherIdentity,
    /// The wrapped key is damaged.
    #[error("the wrapped key was altered or cut: {detail}")]
    Altered {
        /// What was found.
        detail: &'static str,
    },
    /// The library refused.
    #[error("it cannot be wrapped: {detail}")]
    Wrap {
        /// What it said.
        detail: String,
    },
}

/// Those for whom keys are wrapped.
#[derive(Clone)]
pub struct Recipients(Vec<x25519::Recipient>);

impl Recipients {
    /// Reads recipients, one a line; empty lines and those that begin with `#` are left out.
    ///
    /// # Errors
    /// The first line that is no recipient, or that there is none at all.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let read = |(line, text): (usize, &str)| {
            text.parse::<x25519::Recipient>().map_err(|_| KeyError::Recipient { line })
        };
        let recipients: Vec<_> = lines(text).map(read).collect::<Result<_, _>>()?;
        if recipients.is_empty() {
            return Err(KeyError::None { what: "recipient" });
        }
        Ok(Self(recipients))
    }

    /// The recipients as they are written, one each.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.0.iter().map(ToString::to_string).collect()
    }

    /// Wraps the key of an object. `age` draws the random numbers for it itself.
    ///
    /// # Errors
    /// Where the library refuses.
    pub fn wrap(&self, key: &DataKey) -> Result<Vec<u8>, KeyError> {
        let mut wrapped = Vec::new();
        self.encrypt(key.bytes().as_slice(), &mut wrapped)
            .map_err(|error| KeyError::Wrap { detail: error.to_string() })?;
        Ok(wrapped)
    }

    /// Encrypts a stream as an `age` file that any program of that standard opens.
    ///
    /// # Errors
    /// Where the reader or the writer fails.
    pub fn encrypt(&self, mut plain: impl Read, sealed: impl Write) -> std::io::Result<()> {
        let recipients = self.0.iter().map(|one| one as &dyn age::Recipient);
        let encryptor = Encryptor::with_recipients(recipients).map_err(std::io::Error::other)?;
        let mut writer = encryptor.wrap_output(sealed)?;
        std::io::copy(&mut plain, &mut writer)?;
        writer.finish().map(drop)
    }
}

impl fmt::Debug for Recipients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Recipients").field(&self.names()).finish()
    }
}

/// What opens wrapped keys. The last one is in use; those before it were, until what they open is
/// wrapped anew.
#[derive(Clone)]
pub struct Identities(Vec<x25519::Identity>);

impl Identities {
    /// Reads identities, one a line; empty lines and those that begin with `#` are left out.
    ///
    /// # Errors
    /// The first line that is no identity, or that there is none at all.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let read = |(line, text): (usize, &str)| {
            text.parse::<x25519::Identity>().map_err(|_| KeyError::Identity { line })
        };
        let identities: Vec<_> = lines(text).map(read).collect::<Result<_, _>>()?;
        if identities.is_empty() {
            return Err(KeyError::None { what: "identity" });
        }
        Ok(Self(identities))
    }

    /// Makes an identity: its secret as one line, and its recipient. `age` draws the random
    /// numbers for it itself.
    #[must_use]
    pub fn generate() -> (Zeroizing<String>, String) {
        let identity = x25519::Identity::generate();
        let secret = Zeroizing::new(identity.to_string().expose_secret().to_owned());
        (secret, identity.to_public().to_string())
    }

    /// The recipients of these identities, in their order.
    #[must_use]
    pub fn recipients(&self) -> Vec<String> {
        self.0.iter().map(|identity| identity.to_public().to_string()).collect()
    }

    /// The recipient of the identity in use: the last.
    #[must_use]
    pub fn current(&self) -> Recipients {
        Recipients(self.0.last().map(x25519::Identity::to_public).into_iter().collect())
    }

    /// These identities without those of some recipients.
    ///
    /// # Errors
    /// Where none is left.
    pub fn without(&self, recipients: &[String]) -> Result<Self, KeyError> {
        let is_left =
            |identity: &&x25519::Identity| !recipients.contains(&identity.to_public().to_string());
        let left: Vec<_> = self.0.iter().filter(is_left).cloned().collect();
        if left.is_empty() {
            return Err(KeyError::None { what: "identity" });
        }
        Ok(Self(left))
    }

    /// Unwraps the key of an object.
    ///
    /// # Errors
    /// [`KeyError::OtherIdentity`] where none of these opens it, [`KeyError::Altered`] where it is
    /// not what was written.
    pub fn unwrap(&self, wrapped: &[u8]) -> Result<DataKey, KeyError> {
        if wrapped.len() > limits::EVIDENCE_WRAPPED_BYTES {
            return Err(KeyError::Altered { detail: "it is too long" });
        }
        let decryptor = Decryptor::new_buffered(wrapped).map_err(|error| unwrapping(&error))?;
        let identities = self.0.iter().map(|one| one as &dyn age::Identity);
        let mut reader = decryptor.decrypt(identities).map_err(|error| unwrapping(&error))?;
        let mut key = Zeroizing::new([0; 32]);
        let cut = KeyError::Altered { detail: "its payload does not open" };
        reader.read_exact(&mut *key).map_err(|_| cut.clone())?;
        // The end is authenticated as well, and read only where it is asked for.
        let mut more = [0; 1];
        match reader.read(&mut more) {
            Ok(0) => Ok(DataKey(key)),
            Ok(_) => Err(KeyError::Altered { detail: "it holds more than a key" }),
            Err(_) => Err(cut),
        }
    }

    /// Opens an `age` file.
    ///
    /// # Errors
    /// Where none of these opens it, it was altered, or the reader or writer fails.
    pub fn decrypt(&self, sealed: impl Read, mut plain: impl Write) -> std::io::Result<()> {
        let decryptor = Decryptor::new(sealed).map_err(std::io::Error::other)?;
        let identities = self.0.iter().map(|one| one as &dyn age::Identity);
        let mut reader = decryptor.decrypt(identities).map_err(std::io::Error::other)?;
        std::io::copy(&mut reader, &mut plain).map(drop)
    }
}

impl fmt::Debug for Identities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Identities").field(&self.recipients()).finish()
    }
}

/// The lines that say something, with their numbers from 1.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let numbered = text.lines().zip(1..).map(|(line, number)| (number, line.trim()));
    numbered.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

fn unwrapping(error: &DecryptError) -> KeyError {
    match error {
        DecryptError::NoMatchingKeys => KeyError::OtherIdentity,
        DecryptError::InvalidMac => KeyError::Altered { detail: "its check does not hold" },
        DecryptError::DecryptionFailed => KeyError::Altered { detail: "its stanza does not open" },
        DecryptError::InvalidHeader
        | DecryptError::UnknownFormat
        | DecryptError::Io(_)
        | DecryptError::ExcessiveWork { .. }
        | DecryptError::KeyDecryptionFailed => KeyError::Altered { detail: "it is no age file" },
        // The enum of the library may grow.
        _ => KeyError::Altered { detail: "it does not open" },
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn identity() -> (Identities, String) {
        let (secret, recipient) = Identities::generate();
        (Identities::parse(&secret).unwrap(), recipient)
    }

    #[test]
    fn a_key_is_unwrapped_by_each_of_its_recipients_and_by_nobody_else() {
        let ((one, first), (two, second), (three, _)) = (identity(), identity(), identity());
        let recipients = Recipients::parse(&format!("# desk\n{first}\n\n{second}\n")).unwrap();
        assert_eq!(recipients.names(), [first, second]);
        let wrapped = recipients.wrap(&DataKey::new([7; 32])).unwrap();
        assert!(wrapped.len() <= limits::EVIDENCE_WRAPPED_BYTES);
        for identities in [&one, &two] {
            assert_eq!(identities.unwrap(&wrapped).unwrap().bytes(), &[7; 32]);
        }
        assert_eq!(three.unwrap(&wrapped).unwrap_err(), KeyError::OtherIdentity);
    }

    #[test]
    fn every_flipped_bit_and_every_cut_of_a_wrapped_key_is_found() {
        let (identities, recipient) = identity();
        let recipients = Recipients::parse(&recipient).unwrap();
        let wrapped = recipients.wrap(&DataKey::new([7; 32])).unwrap();
        for place in 0..wrapped.len() {
            let mut changed = wrapped.clone();
            changed[place] ^= 1 << (place % 8);
            assert!(identities.unwrap(&changed).is_err(), "byte {place}");
            assert!(identities.unwrap(&wrapped[..place]).is_err(), "cut at {place}");
        }
        let longer = [wrapped.as_slice(), b"x"].concat();
        assert!(identities.unwrap(&longer).is_err());
    }

    #[test]
    fn the_last_identity_is_in_use_and_earlier_ones_still_open() {
        let ((_, first), (secret, second)) = (Identities::generate(), Identities::generate());
        let (old, _) = identity();
        let both = format!("{}\n{}\n", old.0[0].to_string().expose_secret(), *secret);
        let both = Identities::parse(&both).unwrap();
        assert_eq!(both.current().names().concat(), second);
        let wrapped = old.current().wrap(&DataKey::new([1; 32])).unwrap();
        assert!(both.unwrap(&wrapped).is_ok());
        let left = both.without(&old.recipients()).unwrap();
        assert_eq!(left.recipients().concat(), second);
        assert!(left.unwrap(&wrapped).is_err());
        assert!(left.without(&[second]).is_err());
        assert_eq!(left.without(&[first]).unwrap().recipients().len(), 1);
    }

    #[test]
    fn what_is_no_key_is_named_with_its_line() {
        let (_, recipient) = Identities::generate();
        let wrong = Recipients::parse(&format!("{recipient}\nage1nonsense\n")).unwrap_err();
        assert_eq!(wrong, KeyError::Recipient { line: 2 });
        assert_eq!(
            Recipients::parse("# none\n").unwrap_err(),
            KeyError::None { what: "recipient" }
        );
        let wrong = Identities::parse("\nAGE-SECRET-KEY-1X\n").unwrap_err();
        assert_eq!(wrong, KeyError::Identity { line: 2 });
        assert_eq!(Identities::parse("").unwrap_err(), KeyError::None { what: "identity" });
        assert_eq!(NameKey::parse("00").unwrap_err(), KeyError::NameKey);
    }

    #[test]
    fn names_depend_on_key_scope_and_content() {
        let (one, two) = (NameKey::new([1; 32]), NameKey::new([2; 32]));
        let names: std::collections::BTreeSet<String> = [
            one.name("a", &[0; 32]),
            one.name("b", &[0; 32]),
            one.name("a", &[1; 32]),
            two.name("a", &[0; 32]),
        ]
        .into();
        assert_eq!(names.len(), 4);
        assert!(names.iter().all(|name| name.len() == 64 && name != &"00".repeat(32)));
        let again = NameKey::parse(&one.to_text()).unwrap();
        assert_eq!(again.name("a", &[0; 32]), one.name("a", &[0; 32]));
        assert_eq!(again.fingerprint(), one.fingerprint());
        assert_ne!(two.fingerprint(), one.fingerprint());
    }

    #[test]
    fn secrets_are_not_shown() {
        let (identities, recipient) = identity();
        let shown =
            format!("{identities:?} {:?} {:?}", DataKey::new([7; 32]), NameKey::new([7; 32]));
        assert!(shown.contains(&recipient));
        assert!(!shown.contains("SECRET") && !shown.contains('7'.to_string().repeat(4).as_str()));
    }

    #[test]
    fn a_stream_goes_to_another_program_of_the_standard_and_back() {
        let (identities, recipient) = identity();
        let plain: Vec<u8> = (0..200_000u32).map(|place| (place % 249) as u8).collect();
        let mut sealed = Vec::new();
        let recipients = Recipients::parse(&recipient).unwrap();
        recipients.encrypt(plain.as_slice(), &mut sealed).unwrap();
        assert!(sealed.starts_with(b"age-encryption.org/v1\n"));
        let mut opened = Vec::new();
        identities.decrypt(sealed.as_slice(), &mut opened).unwrap();
        assert_eq!(opened, plain);
    }
}
