//! Who signed a message with a certificate (S/MIME, RFC 8551): a detached signature over its first
//! part.
//!
//! Whether a certificate may be believed is not asked of anybody: the operator names the
//! certificates of authorities one by one. What is checked is that the signature holds and that
//! the certificate is in force.

use cms::cert::CertificateChoices;
use cms::content_info::ContentInfo;
use cms::signed_data::{SignedData, SignerIdentifier, SignerInfo};
use der::asn1::{ObjectIdentifier, OctetString};
use der::{Decode, Encode};
use mail_parser::{MessageParser, MimeHeaders};
use model::Timestamp;
use ring::digest;
use ring::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use x509_cert::Certificate;

const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const KEY_IDENTIFIER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.14");

/// Why a signed message is not known to come from its signer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateProblem {
    /// It bears no signature of this kind.
    #[error("the message is not signed with a certificate")]
    Unsigned,
    /// The signature cannot be read.
    #[error("the signature cannot be read: {detail}")]
    Unreadable {
        /// What is wrong.
        detail: String,
    },
    /// It is made in a way that is not taken.
    #[error(
        "the signature is made with {what}, which is not taken: use RSA or ECDSA, with SHA-256, \
         SHA-384 or SHA-512"
    )]
    Algorithm {
        /// What it uses.
        what: String,
    },
    /// The signature does not hold.
    #[error("the signature does not hold: the message was changed, or signed by somebody else")]
    Wrong,
    /// The certificate is not in force.
    #[error("the certificate was not in force at {at}")]
    NotInForce {
        /// When the message was read.
        at: Timestamp,
    },
}

/// SHA-256 in hexadecimal of the certificate with which a message was signed.
///
/// # Errors
/// Where it is not signed, or the signature does not hold.
pub fn signer_of(message: &[u8], now: Timestamp) -> Result<String, CertificateProblem> {
    let (content, signature) = parts(message).ok_or(CertificateProblem::Unsigned)?;
    let signed = read(&signature)?;
    let signer = match signed.signer_infos.0.as_slice() {
        [signer] => signer,
        other => return Err(unreadable(format!("it has {} signers, not one", other.len()))),
    };
    let certificate = certificate_of(&signed, signer)?;
    check_content(signer, content)?;
    check_signature(signer, &certificate)?;
    check_time(&certificate, now)?;
    let bytes = certificate.to_der().map_err(|error| unreadable(error.to_string()))?;
    Ok(hex(digest::digest(&digest::SHA256, &bytes).as_ref()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unreadable(detail: impl Into<String>) -> CertificateProblem {
    CertificateProblem::Unreadable { detail: detail.into() }
}

/// The bytes that were signed, and the signature.
fn parts(message: &[u8]) -> Option<(&[u8], Vec<u8>)> {
    let parsed = MessageParser::default().parse(message)?;
    let root = parsed.part(0)?;
    let kind = root.content_type()?;
    let is_signed = kind.ctype().eq_ignore_ascii_case("multipart")
        && kind.subtype().is_some_and(|subtype| subtype.eq_ignore_ascii_case("signed"));
    let boundary = kind.attribute("boundary").filter(|_| is_signed)?;
    let children = root.sub_parts()?;
    let signature = parsed.part(*children.get(1)?)?;
    let subtype = signature.content_type()?.subtype()?;
    let is_signature = ["pkcs7-signature", "x-pkcs7-signature"]
        .iter()
        .any(|known| subtype.eq_ignore_ascii_case(known));
    if !is_signature {
        return None;
    }
    Some((first_part(message, boundary)?, signature.contents().to_vec()))
}

/// What stands between the first two boundaries, without the line end that belongs to the second.
fn first_part<'m>(message: &'m [u8], boundary: &str) -> Option<&'m [u8]> {
    let line = format!("\r\n--{boundary}");
    let find = |from: usize| {
        let rest = message.get(from..)?;
        let place = rest.windows(line.len()).position(|window| window == line.as_bytes())?;
        Some(from + place)
    };
    let first = find(0)? + line.len();
    let begins = first + message.get(first..)?.windows(2).position(|pair| pair == b"\r\n")? + 2;
    let ends = find(begins.saturating_sub(2))?;
    message.get(begins..ends.max(begins))
}

fn read(signature: &[u8]) -> Result<SignedData, CertificateProblem> {
    let wrong = |error: der::Error| unreadable(error.to_string());
    let outer = ContentInfo::from_der(signature).map_err(wrong)?;
    if outer.content_type != SIGNED_DATA {
        return Err(unreadable("it holds no signed data"));
    }
    outer.content.decode_as::<SignedData>().map_err(wrong)
}

fn certificate_of(
    signed: &SignedData,
    signer: &SignerInfo,
) -> Result<Certificate, CertificateProblem> {
    let held = signed.certificates.iter().flat_map(|set| set.0.iter());
    let mut certificates = held.filter_map(|choice| match choice {
        CertificateChoices::Certificate(certificate) => Some(certificate),
        CertificateChoices::Other(_) => None,
    });
    let found = certificates.find(|certificate| match &signer.sid {
        SignerIdentifier::IssuerAndSerialNumber(named) => {
            let own = &certificate.tbs_certificate;
            own.issuer == named.issuer && own.serial_number == named.serial_number
        }
        SignerIdentifier::SubjectKeyIdentifier(named) => {
            let extensions = certificate.tbs_certificate.extensions.iter().flatten();
            let mut own = extensions.filter(|extension| extension.extn_id == KEY_IDENTIFIER);
            own.any(|extension| {
                OctetString::from_der(extension.extn_value.as_bytes())
                    .is_ok_and(|identifier| identifier == named.0)
            })
        }
    });
    found.cloned().ok_or_else(|| unreadable("the certificate of the signer is not in it"))
}

/// The digests that are taken, by their identifiers.
fn digest_for(
    identifier: ObjectIdentifier,
) -> Result<&'static digest::Algorithm, CertificateProblem> {
    match identifier.to_string().as_str() {
        "2.16.840.1.101.3.4.2.1" => Ok(&digest::SHA256),
        "2.16.840.1.101.3.4.2.2" => Ok(&digest::SHA384),
        "2.16.840.1.101.3.4.2.3" => Ok(&digest::SHA512),
        other => Err(CertificateProblem::Algorithm { what: other.to_owned() }),
    }
}

/// The digest of the content stands in what was signed.
fn check_content(signer: &SignerInfo, content: &[u8]) -> Result<(), CertificateProblem> {
    let own = digest::digest(digest_for(signer.digest_alg.oid)?, content);
    let attributes = signer.signed_attrs.iter().flat_map(|set| set.iter());
    let mut digests = attributes.filter(|attribute| attribute.oid == MESSAGE_DIGEST);
    let attribute =
        digests.next().ok_or_else(|| unreadable("it signs no digest of the message"))?;
    let value = attribute.values.iter().next().ok_or_else(|| unreadable("its digest is empty"))?;
    let value: OctetString = value.decode_as().map_err(|error| unreadable(error.to_string()))?;
    if value.as_bytes() == own.as_ref() { Ok(()) } else { Err(CertificateProblem::Wrong) }
}

fn check_signature(
    signer: &SignerInfo,
    certificate: &Certificate,
) -> Result<(), CertificateProblem> {
    let attributes = signer.signed_attrs.as_ref().ok_or_else(|| unreadable("it signs nothing"))?;
    let signed = attributes.to_der().map_err(|error| unreadable(error.to_string()))?;
    let key = &certificate.tbs_certificate.subject_public_key_info;
    let curve = key.algorithm.parameters.as_ref().and_then(|any| any.decode_as().ok());
    let algorithm = algorithm_for(
        key.algorithm.oid,
        curve,
        signer.digest_alg.oid,
        signer.signature_algorithm.oid,
    )?;
    let bytes = key.subject_public_key.raw_bytes();
    let key = UnparsedPublicKey::new(algorithm, bytes);
    key.verify(&signed, signer.signature.as_bytes()).map_err(|_| CertificateProblem::Wrong)
}

fn algorithm_for(
    key: ObjectIdentifier,
    curve: Option<ObjectIdentifier>,
    digest: ObjectIdentifier,
    signature: ObjectIdentifier,
) -> Result<&'static dyn VerificationAlgorithm, CertificateProblem> {
    let curve = curve.map(|curve| curve.to_string());
    let (key, digest, signature) = (key.to_string(), digest.to_string(), signature.to_string());
    let bits = match digest.as_str() {
        "2.16.840.1.101.3.4.2.1" => 256,
        "2.16.840.1.101.3.4.2.2" => 384,
        "2.16.840.1.101.3.4.2.3" => 512,
        _ => return Err(CertificateProblem::Algorithm { what: digest }),
    };
    // RSA with PKCS #1 padding, also where the signature names the digest with it.
    let is_padded = signature == "1.2.840.113549.1.1.1"
        || matches!(
            (signature.as_str(), bits),
            ("1.2.840.113549.1.1.11", 256)
                | ("1.2.840.113549.1.1.12", 384)
                | ("1.2.840.113549.1.1.13", 512)
        );
    match (key.as_str(), bits, curve.as_deref()) {
        ("1.2.840.113549.1.1.1", 256, _) if is_padded => Ok(&signature::RSA_PKCS1_2048_8192_SHA256),
        ("1.2.840.113549.1.1.1", 384, _) if is_padded => Ok(&signature::RSA_PKCS1_2048_8192_SHA384),
        ("1.2.840.113549.1.1.1", 512, _) if is_padded => Ok(&signature::RSA_PKCS1_2048_8192_SHA512),
        ("1.2.840.10045.2.1", 256, Some("1.2.840.10045.3.1.7")) => {
            Ok(&signature::ECDSA_P256_SHA256_ASN1)
        }
        ("1.2.840.10045.2.1", 384, Some("1.2.840.10045.3.1.7")) => {
            Ok(&signature::ECDSA_P256_SHA384_ASN1)
        }
        ("1.2.840.10045.2.1", 256, Some("1.3.132.0.34")) => Ok(&signature::ECDSA_P384_SHA256_ASN1),
        ("1.2.840.10045.2.1", 384, Some("1.3.132.0.34")) => Ok(&signature::ECDSA_P384_SHA384_ASN1),
        _ => Err(CertificateProblem::Algorithm { what: format!("{signature} over {key}") }),
    }
}

fn check_time(certificate: &Certificate, now: Timestamp) -> Result<(), CertificateProblem> {
    let validity = &certificate.tbs_certificate.validity;
    let seconds = u64::try_from(now.micros() / 1_000_000).unwrap_or(0);
    let begins = validity.not_before.to_unix_duration().as_secs();
    let ends = validity.not_after.to_unix_duration().as_secs();
    if (begins..=ends).contains(&seconds) {
        Ok(())
    } else {
        Err(CertificateProblem::NotInForce { at: now })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::path::Path;
    use std::process::Command;

    fn openssl(folder: &Path, arguments: &[&str]) {
        let run = Command::new("openssl").args(arguments).current_dir(folder).output().unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    }

    /// A message that openssl signed, and the fingerprint of its certificate as openssl tells it.
    fn signed(folder: &Path, key: &[&str], digest: &str, extra: &[&str]) -> (Vec<u8>, String) {
        let mut request = vec!["req", "-x509", "-nodes", "-newkey"];
        request.extend(key);
        request.extend(["-keyout", "key.pem", "-out", "cert.pem", "-days", "30"]);
        request.extend(["-subj", "/CN=Office of Example"]);
        openssl(folder, &request);
        std::fs::write(folder.join("text"), "order_reference: 17\r\n").unwrap();
        let mut sign = vec!["cms", "-sign", "-in", "text", "-text", "-crlfeol", "-md", digest];
        sign.extend([
            "-signer",
            "cert.pem",
            "-inkey",
            "key.pem",
            "-from",
            "orders@authority.example",
        ]);
        sign.extend(["-subject", "an order", "-out", "signed.eml"]);
        sign.extend(extra);
        openssl(folder, &sign);
        openssl(folder, &["x509", "-in", "cert.pem", "-outform", "DER", "-out", "cert.der"]);
        let certificate = std::fs::read(folder.join("cert.der")).unwrap();
        let fingerprint = hex(digest::digest(&digest::SHA256, &certificate).as_ref());
        (std::fs::read(folder.join("signed.eml")).unwrap(), fingerprint)
    }

    fn now() -> Timestamp {
        Timestamp::from_micros(jiff::Timestamp::now().as_microsecond()).unwrap()
    }

    #[test]
    fn signatures_of_openssl_hold() {
        let curve = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
        let larger = ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"];
        for (key, digest, extra) in [
            (&["rsa:2048"][..], "sha256", &[][..]),
            (&["rsa:2048"], "sha512", &["-keyid"]),
            (&curve, "sha256", &[]),
            (&larger, "sha384", &["-keyid"]),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let (message, fingerprint) = signed(folder.path(), key, digest, extra);
            assert_eq!(signer_of(&message, now()), Ok(fingerprint), "{key:?} {digest} {extra:?}");
        }
    }

    #[test]
    fn what_was_changed_or_is_not_in_force_does_not_hold() {
        let folder = tempfile::tempdir().unwrap();
        let (message, _) = signed(folder.path(), &["rsa:2048"], "sha256", &[]);
        let text = String::from_utf8(message.clone()).unwrap();
        let changed = text.replace("order_reference: 17", "order_reference: 18");
        assert_eq!(signer_of(changed.as_bytes(), now()), Err(CertificateProblem::Wrong));
        let unsigned = text.replace("multipart/signed", "multipart/mixed");
        assert_eq!(signer_of(unsigned.as_bytes(), now()), Err(CertificateProblem::Unsigned));
        let later = now().plus_seconds(40 * 86_400);
        assert_eq!(signer_of(&message, later), Err(CertificateProblem::NotInForce { at: later }));

        let (weak, _) = signed(folder.path(), &["rsa:2048"], "sha1", &[]);
        assert!(matches!(signer_of(&weak, now()), Err(CertificateProblem::Algorithm { .. })));
        // No flipped byte of what was said is still the signer's; one in the certificate itself
        // makes it another certificate.
        let (message, signer) = signed(folder.path(), &["rsa:2048"], "sha256", &[]);
        let said = |bytes: &[u8]| parts(bytes).map(|(content, _)| content.to_vec());
        for place in (0..message.len()).step_by(97) {
            let mut flipped = message.clone();
            flipped[place] ^= 1;
            if signer_of(&flipped, now()) == Ok(signer.clone()) {
                assert_eq!(said(&flipped), said(&message), "byte {place}");
            }
        }
    }
}
