//! Signatures and digests of time stamps and certificates, with `ring`.

use super::{TimeStampError, at, fingerprint};
use der::asn1::{ObjectIdentifier, OctetString};
use der::{Any, Decode, Encode, Reader, SliceReader};
use ring::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use sha2::{Digest, Sha256, Sha384, Sha512};
use x509_cert::Certificate;

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

const SHA256: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.1");
const SHA384: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.2");
const SHA512: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.3");
const RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.1");
const RSA_SHA256: ObjectIdentifier = oid("1.2.840.113549.1.1.11");
const RSA_SHA384: ObjectIdentifier = oid("1.2.840.113549.1.1.12");
const RSA_SHA512: ObjectIdentifier = oid("1.2.840.113549.1.1.13");
const EC_KEY: ObjectIdentifier = oid("1.2.840.10045.2.1");
const P256: ObjectIdentifier = oid("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = oid("1.3.132.0.34");
const ECDSA_SHA256: ObjectIdentifier = oid("1.2.840.10045.4.3.2");
const ECDSA_SHA384: ObjectIdentifier = oid("1.2.840.10045.4.3.3");
const ED25519: ObjectIdentifier = oid("1.3.101.112");

/// The digest of bytes by an algorithm.
pub(super) fn digest(algorithm: ObjectIdentifier, bytes: &[u8]) -> Result<Vec<u8>, TimeStampError> {
    match algorithm {
        SHA256 => Ok(Sha256::digest(bytes).to_vec()),
        SHA384 => Ok(Sha384::digest(bytes).to_vec()),
        SHA512 => Ok(Sha512::digest(bytes).to_vec()),
        other => Err(unknown(other)),
    }
}

fn unknown(algorithm: ObjectIdentifier) -> TimeStampError {
    TimeStampError::Algorithm { found: algorithm.to_string() }
}

/// What a certificate's key is.
#[derive(Clone, Copy)]
enum KeyKind {
    Rsa,
    P256,
    P384,
    Ed25519,
}

fn kind_of(certificate: &Certificate) -> Result<KeyKind, TimeStampError> {
    let algorithm = &certificate.tbs_certificate.subject_public_key_info.algorithm;
    match algorithm.oid {
        RSA => Ok(KeyKind::Rsa),
        ED25519 => Ok(KeyKind::Ed25519),
        EC_KEY => {
            let curve = algorithm.parameters.as_ref().map(Any::decode_as::<ObjectIdentifier>);
            match curve.transpose().map_err(at("curve"))? {
                Some(P256) => Ok(KeyKind::P256),
                Some(P384) => Ok(KeyKind::P384),
                Some(other) => Err(unknown(other)),
                None => Err(unknown(EC_KEY)),
            }
        }
        other => Err(unknown(other)),
    }
}

/// The algorithm by what the signature says, the digest beside it, and the key.
fn algorithm(
    (signed_with, digest): (ObjectIdentifier, Option<ObjectIdentifier>),
    key: KeyKind,
) -> Result<&'static dyn VerificationAlgorithm, TimeStampError> {
    let hash = match signed_with {
        RSA_SHA256 | ECDSA_SHA256 => Some(SHA256),
        RSA_SHA384 | ECDSA_SHA384 => Some(SHA384),
        RSA_SHA512 => Some(SHA512),
        RSA | ED25519 => digest,
        other => return Err(unknown(other)),
    };
    let is_rsa = matches!(signed_with, RSA | RSA_SHA256 | RSA_SHA384 | RSA_SHA512);
    Ok(match (key, hash) {
        (KeyKind::Rsa, Some(SHA256)) if is_rsa => &signature::RSA_PKCS1_2048_8192_SHA256,
        (KeyKind::Rsa, Some(SHA384)) if is_rsa => &signature::RSA_PKCS1_2048_8192_SHA384,
        (KeyKind::Rsa, Some(SHA512)) if is_rsa => &signature::RSA_PKCS1_2048_8192_SHA512,
        (KeyKind::P256, Some(SHA256)) if !is_rsa => &signature::ECDSA_P256_SHA256_ASN1,
        (KeyKind::P256, Some(SHA384)) if !is_rsa => &signature::ECDSA_P256_SHA384_ASN1,
        (KeyKind::P384, Some(SHA256)) if !is_rsa => &signature::ECDSA_P384_SHA256_ASN1,
        (KeyKind::P384, Some(SHA384)) if !is_rsa => &signature::ECDSA_P384_SHA384_ASN1,
        (KeyKind::Ed25519, _) if signed_with == ED25519 => &signature::ED25519,
        _ => return Err(unknown(signed_with)),
    })
}

/// Verifies a signature with the key of a certificate.
pub(super) fn verify(
    signer: &Certificate,
    signed_with: (ObjectIdentifier, Option<ObjectIdentifier>),
    message: &[u8],
    signature: &[u8],
) -> Result<(), TimeStampError> {
    let algorithm = algorithm(signed_with, kind_of(signer)?)?;
    let key = &signer.tbs_certificate.subject_public_key_info.subject_public_key;
    let key = key.as_bytes().ok_or(TimeStampError::Signature { detail: "the key is cut" })?;
    UnparsedPublicKey::new(algorithm, key)
        .verify(message, signature)
        .map_err(|_| TimeStampError::Signature { detail: "it was not made with the signer's key" })
}

/// Whether an ESS signing-certificate attribute (RFC 2634) names a certificate by its SHA-1.
///
/// SHA-1 is accepted here alone: the signature is verified with this very certificate, which has to
/// lead to a trusted root, so that a collision would have to be of two such certificates.
pub(super) fn names_v1(value: &Any, signer: &Certificate) -> Result<bool, TimeStampError> {
    let der = signer.to_der().map_err(at("certificate"))?;
    let sha1 = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, &der);
    let named = first_identifier(value, |reader| OctetString::decode(reader))?;
    Ok(named.as_bytes() == sha1.as_ref())
}

/// Whether an ESS signing-certificate-v2 attribute (RFC 5035) names a certificate.
pub(super) fn names_v2(value: &Any, signer: &Certificate) -> Result<bool, TimeStampError> {
    let der = signer.to_der().map_err(at("certificate"))?;
    let (algorithm, named) = first_identifier(value, |reader| {
        // The algorithm is left out where it is SHA-256.
        let algorithm = match reader.peek_byte() {
            Some(0x30) => Some(x509_cert::spki::AlgorithmIdentifierOwned::decode(reader)?.oid),
            Some(_) | None => None,
        };
        Ok((algorithm, OctetString::decode(reader)?))
    })?;
    match algorithm {
        None => Ok(named.as_bytes() == fingerprint(signer)?),
        Some(algorithm) => Ok(named.as_bytes() == digest(algorithm, &der)?),
    }
}

/// Reads the first certificate identifier of the attribute: its digest, in front of whatever else
/// it holds.
fn first_identifier<T>(
    value: &Any,
    read: impl FnOnce(&mut SliceReader<'_>) -> der::Result<T>,
) -> Result<T, TimeStampError> {
    let place = "signing certificate";
    let list: Any = first_of(value.value()).map_err(at(place))?;
    let identifier: Any = first_of(list.value()).map_err(at(place))?;
    let mut reader = SliceReader::new(identifier.value()).map_err(at(place))?;
    read(&mut reader).map_err(at(place))
}

fn first_of(bytes: &[u8]) -> der::Result<Any> {
    Any::decode(&mut SliceReader::new(bytes)?)
}
