//! Time stamps of an authority outside (RFC 3161): asked for, and verified.
//!
//! Verified are: the status, the digest, the nonce, the policy where one was asked for, the
//! signature over the signed attributes (RFC 5652 section 5.4), that these name the signer's
//! certificate (RFC 2634, RFC 5035), its one purpose of time stamping, and the chain to a root that
//! the operator trusts, valid at the time of the stamp. Not looked at: whether a certificate was
//! revoked.

mod chain;
mod signature;

pub use chain::Roots;

use cms::cert::CertificateChoices;
use cms::signed_data::{SignedData, SignerIdentifier, SignerInfo};
use der::asn1::{Int, Null, ObjectIdentifier, OctetString};
use der::{Any, Decode, Encode};
use model::{Timestamp, limits};
use sha2::{Digest, Sha256};
use x509_cert::Certificate;
use x509_cert::spki::AlgorithmIdentifierOwned;
use x509_tsp::{MessageImprint, TimeStampReq, TimeStampResp, TspVersion, TstInfo};

const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_CERTIFICATE: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.12");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");

/// Why a time stamp is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeStampError {
    /// The answer is not of the standard's form.
    #[error("the answer cannot be read at {place}: {detail}")]
    Malformed {
        /// Where.
        place: &'static str,
        /// What is wrong.
        detail: String,
    },
    /// The answer is too large.
    #[error("the answer has {bytes} bytes; at most {limit} are read")]
    TooLarge {
        /// Its bytes.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// The authority refused.
    #[error("the authority refused with status {status}")]
    Refused {
        /// The status of RFC 3161 section 2.4.2: 2 rejection, 3 waiting, 4 and 5 revocation.
        status: u8,
    },
    /// The stamp is of something else.
    #[error("the stamp is of other bytes")]
    OtherImprint,
    /// The nonce is another: an old answer, or one to somebody else.
    #[error("the answer is not to this request: its nonce is another")]
    OtherNonce,
    /// The policy is another.
    #[error("the stamp is under the policy {found}; {wanted} was asked for")]
    OtherPolicy {
        /// What was asked for.
        wanted: String,
        /// What it is.
        found: String,
    },
    /// The signature or what it covers does not hold.
    #[error("the signature does not hold: {detail}")]
    Signature {
        /// What does not.
        detail: &'static str,
    },
    /// The algorithm is none that is verified here.
    #[error(
        "the algorithm {found} is not verified here; RSA with PKCS #1 v1.5 from 2048 bits, ECDSA \
         on P-256 and P-384, and Ed25519 are"
    )]
    Algorithm {
        /// Its object identifier.
        found: String,
    },
    /// The certificate of the signer, or one above it, does not serve.
    #[error("the certificate of {subject}: {problem}")]
    Certificate {
        /// Whose.
        subject: String,
        /// What is wrong.
        problem: &'static str,
    },
    /// No root stands above the signer.
    #[error(
        "no trusted root stands above {subject}; add the root of the authority to the roots if \
         you trust it"
    )]
    NoRoot {
        /// The last certificate below.
        subject: String,
    },
}

/// What is asked of an authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// SHA-256 of what is to be stamped.
    pub sha256: [u8; 32],
    /// Random, so that an old answer is not taken for a new one.
    pub nonce: [u8; 16],
    /// The policy under which it shall be stamped, if any, such as `1.2.3.4.1`.
    pub policy: Option<String>,
}

impl Request {
    /// The request as it is sent, of media type `application/timestamp-query`.
    ///
    /// # Errors
    /// Where the policy is no object identifier.
    pub fn to_der(&self) -> Result<Vec<u8>, TimeStampError> {
        let hashed = OctetString::new(self.sha256.as_slice()).map_err(at("digest"))?;
        let hash_algorithm = AlgorithmIdentifierOwned {
            oid: SHA256,
            parameters: Some(Any::encode_from(&Null).map_err(at("algorithm"))?),
        };
        let req_policy = self.policy.as_deref().map(policy).transpose()?;
        let request = TimeStampReq {
            version: TspVersion::V1,
            message_imprint: MessageImprint { hash_algorithm, hashed_message: hashed },
            req_policy,
            nonce: Some(Int::new(&positive(&self.nonce)).map_err(at("nonce"))?),
            cert_req: true,
            extensions: None,
        };
        request.to_der().map_err(at("request"))
    }
}

fn policy(text: &str) -> Result<ObjectIdentifier, TimeStampError> {
    let detail = format!("`{}` is no object identifier", text.escape_debug());
    ObjectIdentifier::new(text).map_err(|_| TimeStampError::Malformed { place: "policy", detail })
}

/// A nonce as a positive integer in as few bytes as DER wants.
fn positive(nonce: &[u8]) -> Vec<u8> {
    let significant = nonce.iter().position(|byte| *byte != 0).unwrap_or(nonce.len() - 1);
    let bytes = &nonce[significant..];
    if bytes[0] < 0x80 { bytes.to_vec() } else { [&[0], bytes].concat() }
}

/// What an accepted stamp says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamped {
    /// When, to the second.
    pub at: Timestamp,
    /// The serial number, in hexadecimal.
    pub serial: String,
    /// The policy of the authority.
    pub policy: String,
    /// The subject of the signer's certificate.
    pub signer: String,
}

/// Verifies an answer to a request.
///
/// # Errors
/// What does not hold.
pub fn verify(answer: &[u8], request: &Request, roots: &Roots) -> Result<Stamped, TimeStampError> {
    let stamp = Stamp::read(answer)?;
    let nonce = Int::new(&positive(&request.nonce)).map_err(at("nonce"))?;
    if stamp.info.nonce.as_ref() != Some(&nonce) {
        return Err(TimeStampError::OtherNonce);
    }
    if let Some(wanted) = &request.policy
        && policy(wanted)? != stamp.info.policy
    {
        let found = stamp.info.policy.to_string();
        return Err(TimeStampError::OtherPolicy { wanted: wanted.clone(), found });
    }
    stamp.verify(&request.sha256, roots)
}

/// Verifies a kept answer again, whose request is no longer known.
///
/// # Errors
/// What does not hold.
pub fn verify_again(
    answer: &[u8],
    sha256: &[u8; 32],
    roots: &Roots,
) -> Result<Stamped, TimeStampError> {
    Stamp::read(answer)?.verify(sha256, roots)
}

/// An answer taken apart.
struct Stamp {
    signed: SignedData,
    /// The bytes that the message digest is of.
    content: Vec<u8>,
    info: TstInfo,
}

impl Stamp {
    fn read(answer: &[u8]) -> Result<Self, TimeStampError> {
        if answer.len() > limits::TIME_STAMP_BYTES {
            let (bytes, limit) = (answer.len(), limits::TIME_STAMP_BYTES);
            return Err(TimeStampError::TooLarge { bytes, limit });
        }
        let answer = TimeStampResp::from_der(answer).map_err(at("answer"))?;
        let status = answer.status.status as u8;
        // 0 is granted, 1 granted with changes, which the checks below judge.
        if status > 1 {
            return Err(TimeStampError::Refused { status });
        }
        let token = answer.time_stamp_token.ok_or_else(|| wrong("token", "there is none"))?;
        if token.content_type != SIGNED_DATA {
            return Err(wrong("token", "it is no signed data"));
        }
        let signed: SignedData = token.content.decode_as().map_err(at("signed data"))?;
        if signed.encap_content_info.econtent_type != TST_INFO {
            return Err(wrong("signed data", "it is no time stamp"));
        }
        let content = signed.encap_content_info.econtent.as_ref();
        let content = content.ok_or_else(|| wrong("signed data", "its content is left out"))?;
        let content: OctetString = content.decode_as().map_err(at("content"))?;
        let content = content.into_bytes();
        let info = TstInfo::from_der(&content).map_err(at("time-stamp info"))?;
        Ok(Self { signed, content, info })
    }

    fn verify(&self, sha256: &[u8; 32], roots: &Roots) -> Result<Stamped, TimeStampError> {
        let imprint = &self.info.message_imprint;
        let is_same = imprint.hash_algorithm.oid == SHA256
            && imprint.hashed_message.as_bytes() == sha256.as_slice();
        if !is_same {
            return Err(TimeStampError::OtherImprint);
        }
        let seconds = self.info.gen_time.to_unix_duration().as_secs();
        let micros = i64::try_from(seconds).ok().and_then(|seconds| seconds.checked_mul(1_000_000));
        let at = micros.and_then(|micros| Timestamp::from_micros(micros).ok());
        let at = at.ok_or_else(|| wrong("time-stamp info", "its time is out of range"))?;
        let [signer_info] = self.signed.signer_infos.0.as_slice() else {
            return Err(wrong("signed data", "a time stamp has one signer"));
        };
        let certificates = self.certificates();
        let signer = find(&certificates, &signer_info.sid)?;
        self.verify_signature(signer_info, signer)?;
        chain::verify(signer, &certificates, roots, seconds)?;
        Ok(Stamped {
            at,
            serial: hex::encode(self.info.serial_number.as_bytes()),
            policy: self.info.policy.to_string(),
            signer: chain::name(signer),
        })
    }

    fn certificates(&self) -> Vec<&Certificate> {
        let choices = self.signed.certificates.iter().flat_map(|set| set.0.iter());
        let certificates = choices.filter_map(|choice| match choice {
            CertificateChoices::Certificate(certificate) => Some(certificate),
            CertificateChoices::Other(_) => None,
        });
        certificates.collect()
    }

    fn verify_signature(
        &self,
        info: &SignerInfo,
        signer: &Certificate,
    ) -> Result<(), TimeStampError> {
        let refused = |detail| TimeStampError::Signature { detail };
        let attributes = info.signed_attrs.as_ref().ok_or(refused("nothing is signed"))?;
        let one = |oid: ObjectIdentifier| {
            let mut found = attributes.iter().filter(|attribute| attribute.oid == oid);
            match (found.next(), found.next()) {
                (Some(attribute), None) if attribute.values.len() == 1 => attribute.values.get(0),
                _ => None,
            }
        };
        let kind = one(CONTENT_TYPE).ok_or(refused("the type of the content is not signed"))?;
        let kind: ObjectIdentifier = kind.decode_as().map_err(at("content type"))?;
        if kind != TST_INFO {
            return Err(refused("the signed type is not that of a time stamp"));
        }
        let digest =
            one(MESSAGE_DIGEST).ok_or(refused("the digest of the content is not signed"))?;
        let digest: OctetString = digest.decode_as().map_err(at("message digest"))?;
        if digest.as_bytes() != signature::digest(info.digest_alg.oid, &self.content)? {
            return Err(refused("the content is not what was signed"));
        }
        let names_signer = match (one(SIGNING_CERTIFICATE_V2), one(SIGNING_CERTIFICATE)) {
            (Some(value), _) => signature::names_v2(value, signer)?,
            (None, Some(value)) => signature::names_v1(value, signer)?,
            (None, None) => return Err(refused("it does not name its certificate")),
        };
        if !names_signer {
            return Err(refused("it names another certificate than the signer's"));
        }
        // What is signed is the set under its own tag, not the one that it has in the message.
        let signed = attributes.to_der().map_err(at("signed attributes"))?;
        let algorithm = (info.signature_algorithm.oid, Some(info.digest_alg.oid));
        signature::verify(signer, algorithm, &signed, info.signature.as_bytes())
    }
}

fn find<'a>(
    certificates: &[&'a Certificate],
    sid: &SignerIdentifier,
) -> Result<&'a Certificate, TimeStampError> {
    let is_meant = |certificate: &&&Certificate| match sid {
        SignerIdentifier::IssuerAndSerialNumber(one) => {
            let tbs = &certificate.tbs_certificate;
            tbs.issuer == one.issuer && tbs.serial_number == one.serial_number
        }
        SignerIdentifier::SubjectKeyIdentifier(key) => {
            chain::key_identifier(certificate).is_some_and(|found| found == key.0.as_bytes())
        }
    };
    let found = certificates.iter().find(is_meant).copied();
    found.ok_or(TimeStampError::Signature { detail: "the certificate of the signer is not in it" })
}

fn wrong(place: &'static str, detail: &str) -> TimeStampError {
    TimeStampError::Malformed { place, detail: detail.to_owned() }
}

fn at(place: &'static str) -> impl Fn(der::Error) -> TimeStampError {
    move |error| TimeStampError::Malformed { place, detail: error.to_string() }
}

/// SHA-256 of the DER of a certificate, for naming it.
fn fingerprint(certificate: &Certificate) -> Result<[u8; 32], TimeStampError> {
    let der = certificate.to_der().map_err(at("certificate"))?;
    Ok(Sha256::digest(der).into())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn nonces_are_positive_and_as_short_as_can_be() {
        for (nonce, expected) in [
            (vec![0, 0], vec![0]),
            (vec![0, 1], vec![1]),
            (vec![0x80, 1], vec![0, 0x80, 1]),
            (vec![0, 0x7F], vec![0x7F]),
        ] {
            assert_eq!(positive(&nonce), expected, "{nonce:?}");
        }
    }

    #[test]
    fn a_request_says_what_is_asked() {
        let request =
            Request { sha256: [9; 32], nonce: [0xFF; 16], policy: Some("1.2.3.4.1".to_owned()) };
        let read = TimeStampReq::from_der(&request.to_der().unwrap()).unwrap();
        assert_eq!(read.message_imprint.hashed_message.as_bytes(), [9; 32]);
        assert_eq!(read.req_policy.unwrap().to_string(), "1.2.3.4.1");
        assert!(read.cert_req);
        let wrong = Request { policy: Some("one".to_owned()), ..request };
        assert!(wrong.to_der().unwrap_err().to_string().contains("`one` is no object identifier"));
    }
}
