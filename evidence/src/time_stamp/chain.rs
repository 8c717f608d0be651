//! The chain of certificates from the signer of a time stamp to a root that is trusted.

use super::{TimeStampError, at, fingerprint, signature};
use der::asn1::ObjectIdentifier;
use der::{Document, Encode};
use model::limits;
use x509_cert::Certificate;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectKeyIdentifier};

const TIME_STAMPING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");
/// Critical extensions that are looked at, or that only narrow names and policies of no concern to
/// time stamps: key usage, basic constraints, extended key usage, certificate policies.
const UNDERSTOOD: [&str; 4] = ["2.5.29.15", "2.5.29.19", "2.5.29.37", "2.5.29.32"];

/// The roots that an operator trusts.
#[derive(Debug, Clone, Default)]
pub struct Roots(Vec<Certificate>);

impl Roots {
    /// Reads certificates in PEM, one after the other; what stands between them is left out.
    ///
    /// # Errors
    /// The first that cannot be read, by its number from 1, or that there is none.
    pub fn parse(pem: &str) -> Result<Self, TimeStampError> {
        const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
        const END: &str = "-----END CERTIFICATE-----";
        let mut roots = Vec::new();
        for part in pem.split(BEGIN).skip(1) {
            let number = roots.len() + 1;
            let wrong = |detail: &str| TimeStampError::Malformed {
                place: "roots",
                detail: format!("certificate {number}: {detail}"),
            };
            let (body, _) = part.split_once(END).ok_or_else(|| wrong("it does not end"))?;
            let (_, der) = Document::from_pem(&format!("{BEGIN}{body}{END}\n"))
                .map_err(|error| wrong(&error.to_string()))?;
            roots.push(der.decode_msg().map_err(|error: der::Error| wrong(&error.to_string()))?);
        }
        match roots.is_empty() {
            true => Err(super::wrong("roots", "there is no certificate in PEM")),
            false => Ok(Self(roots)),
        }
    }
}

/// The subject of a certificate in words.
pub(super) fn name(certificate: &Certificate) -> String {
    let name = certificate.tbs_certificate.subject.to_string();
    name.chars().filter(|c| !c.is_control()).take(200).collect()
}

pub(super) fn key_identifier(certificate: &Certificate) -> Option<Vec<u8>> {
    let found = certificate.tbs_certificate.get::<SubjectKeyIdentifier>().ok()??;
    Some(found.1.0.as_bytes().to_vec())
}

/// Verifies the signer's certificate up to a root, as of the time of the stamp in seconds.
pub(super) fn verify(
    signer: &Certificate,
    others: &[&Certificate],
    roots: &Roots,
    seconds: u64,
) -> Result<(), TimeStampError> {
    check_purpose(signer)?;
    let mut lowest = signer;
    for below in 0..limits::TIME_STAMP_CHAIN {
        check_validity(lowest, seconds)?;
        check_extensions(lowest)?;
        if below > 0 {
            check_authority(lowest, below - 1)?;
        }
        if is_root(lowest, roots)? {
            return Ok(());
        }
        let signed_by = |issuer: &&&Certificate| is_signed_by(lowest, issuer);
        if let Some(root) = roots.0.iter().find(|root| is_signed_by(lowest, root)) {
            check_validity(root, seconds)?;
            check_extensions(root)?;
            return check_authority(root, below);
        }
        let Some(issuer) = others.iter().find(signed_by) else { break };
        lowest = issuer;
    }
    Err(TimeStampError::NoRoot { subject: name(lowest) })
}

fn is_root(certificate: &Certificate, roots: &Roots) -> Result<bool, TimeStampError> {
    let wanted = fingerprint(certificate)?;
    for root in &roots.0 {
        if fingerprint(root)? == wanted {
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_signed_by(certificate: &Certificate, issuer: &Certificate) -> bool {
    let tbs = &certificate.tbs_certificate;
    if tbs.issuer != issuer.tbs_certificate.subject {
        return false;
    }
    let (Ok(message), Some(signed)) = (tbs.to_der(), certificate.signature.as_bytes()) else {
        return false;
    };
    let is_named_twice = tbs.signature == certificate.signature_algorithm;
    let algorithm = (certificate.signature_algorithm.oid, None);
    is_named_twice && signature::verify(issuer, algorithm, &message, signed).is_ok()
}

fn refused(certificate: &Certificate, problem: &'static str) -> TimeStampError {
    TimeStampError::Certificate { subject: name(certificate), problem }
}

/// RFC 3161 section 2.3: time stamping is its one purpose, and said to be critical.
fn check_purpose(signer: &Certificate) -> Result<(), TimeStampError> {
    let usage = signer.tbs_certificate.get::<ExtendedKeyUsage>().map_err(at("key usage"))?;
    match usage {
        Some((true, usage)) if usage.0 == [TIME_STAMPING] => Ok(()),
        Some(_) => Err(refused(signer, "time stamping is not its one, critical purpose")),
        None => Err(refused(signer, "it is not for time stamping")),
    }
}

fn check_validity(certificate: &Certificate, seconds: u64) -> Result<(), TimeStampError> {
    let validity = &certificate.tbs_certificate.validity;
    if seconds < validity.not_before.to_unix_duration().as_secs() {
        return Err(refused(certificate, "it was not valid yet at the time of the stamp"));
    }
    if seconds > validity.not_after.to_unix_duration().as_secs() {
        return Err(refused(certificate, "it was no longer valid at the time of the stamp"));
    }
    Ok(())
}

fn check_extensions(certificate: &Certificate) -> Result<(), TimeStampError> {
    let extensions = certificate.tbs_certificate.extensions.as_deref().unwrap_or(&[]);
    let mut critical = extensions.iter().filter(|extension| extension.critical);
    match critical.any(|extension| !UNDERSTOOD.contains(&extension.extn_id.to_string().as_str())) {
        true => {
            Err(refused(certificate, "it has a critical extension that is not understood here"))
        }
        false => Ok(()),
    }
}

/// Whether it may sign certificates, with so many authorities below it.
fn check_authority(certificate: &Certificate, below: usize) -> Result<(), TimeStampError> {
    let tbs = &certificate.tbs_certificate;
    let constraints = tbs.get::<BasicConstraints>().map_err(at("basic constraints"))?;
    let Some((_, BasicConstraints { ca: true, path_len_constraint })) = constraints else {
        return Err(refused(certificate, "it may not sign certificates"));
    };
    if path_len_constraint.is_some_and(|most| below > usize::from(most)) {
        return Err(refused(certificate, "more authorities stand below it than it allows"));
    }
    let usage = tbs.get::<KeyUsage>().map_err(at("key usage"))?;
    match usage {
        Some((_, usage)) if !usage.key_cert_sign() => {
            Err(refused(certificate, "its key is not for signing certificates"))
        }
        Some(_) | None => Ok(()),
    }
}
