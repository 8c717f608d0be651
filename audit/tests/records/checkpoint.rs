//! Checkpoints: signed notes that another program reads too.

use crate::sample::at;
use audit::{
    CheckpointError, Head, Origin, read_checkpoint, read_verifier_key, sign_checkpoint,
    verifier_key, verify_checkpoint,
};
use ed25519_dalek::SigningKey;
use proptest::prelude::*;
use signed_note::{Note, StandardVerifier, VerifierList};

const HEAD: Head = Head { next: 1_234, hash: [0xC5; 32] };

fn key() -> SigningKey {
    SigningKey::from_bytes(&[42; 32])
}

fn origin() -> Origin {
    Origin::new("seawall.example/log").unwrap()
}

fn note() -> String {
    sign_checkpoint(&origin(), &HEAD, at(0), &key())
}

#[test]
fn signs_what_can_be_verified() {
    let note = note();
    let checkpoint = verify_checkpoint(&note, &key().verifying_key()).unwrap();
    assert_eq!((checkpoint.head, checkpoint.at), (HEAD, at(0)));
    assert_eq!(checkpoint.origin, origin());
    assert_eq!(read_checkpoint(&note), Ok(checkpoint));
    let text = "seawall.example/log\n1234\nxcXFxcXFxcXFxcXFxcXFxcXFxcXFxcXFxcXFxcXFxcU=\n\
                at 2026-01-01T00:00:00.000007Z\n\n— seawall.example/log ";
    assert!(note.starts_with(text), "{note}");
}

/// A known answer of another implementation: Go's `golang.org/x/mod/sumdb/note`.
#[test]
fn reads_verifier_keys_of_others() {
    let known = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    let (origin, key) = read_verifier_key(known).unwrap();
    assert_eq!(origin.as_str(), "PeterNeumann");
    assert_eq!(verifier_key(&origin, &key), known);
    for bad in [
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeuman+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+AhpcGQcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc",
        "PeterNeumann+c74f20a3+not base64",
    ] {
        assert_eq!(read_verifier_key(bad), Err(CheckpointError::Key), "{bad}");
    }
}

#[test]
fn another_implementation_verifies_it() {
    let verifier = verifier_key(&origin(), &key().verifying_key());
    let verifier = StandardVerifier::new(&verifier).unwrap();
    let note = Note::from_bytes(note().as_bytes()).unwrap();
    let (verified, unverified) = note.verify(&VerifierList::new(vec![Box::new(verifier)])).unwrap();
    assert_eq!((verified.len(), unverified.len()), (1, 0));
}

#[test]
fn passes_over_the_signatures_of_witnesses() {
    let witness = "— witness.example AAAAAAAAAAAAAA==\n";
    for text in [note() + witness, note().replace("\n\n", &format!("\n\n{witness}"))] {
        assert!(verify_checkpoint(&text, &key().verifying_key()).is_ok(), "{text}");
    }
}

#[test]
fn refuses_what_was_not_signed() {
    let check = |what: &str, text: String, expected: CheckpointError| {
        assert_eq!(verify_checkpoint(&text, &key().verifying_key()), Err(expected), "{what}");
    };
    let (shape, changed) = (|| CheckpointError::Shape, || CheckpointError::Signature);
    check("count", note().replace("1234", "1235"), changed());
    check("time", note().replace("2026", "2027"), changed());
    check("hash", note().replace("xcXFxcXFxcU=", "xcXFxcXFxcQ="), changed());
    check("leading zero", note().replace("1234", "01234"), shape());
    check("sign", note().replace("1234", "+1234"), shape());
    check("offset", note().replace("07Z", "07+00:00"), shape());
    check("short hash", note().replace("xcXFxcXFxcU=", ""), shape());
    check("further line", note().replace("\n\n", "\nmore\n\n"), shape());
    check("unsigned", note().split_once('—').unwrap().0.to_owned(), shape());
    check("no last line feed", note().trim_end().to_owned(), shape());
    check("hyphen", note().replace('—', "-"), shape());
    check("other name", note().replace("— seawall", "— seawell"), CheckpointError::OtherKey);
    check("empty", String::new(), shape());
    check("large", note() + &"x".repeat(20_000), shape());
    let other = SigningKey::from_bytes(&[7; 32]).verifying_key();
    assert_eq!(verify_checkpoint(&note(), &other), Err(CheckpointError::OtherKey));
}

#[test]
fn refuses_origins_that_a_note_cannot_carry() {
    for given in ["", "two words", "a+b", "line\nfeed", "tab\t", "\u{a0}", &"a".repeat(257)] {
        let expected = CheckpointError::Origin { given: given.to_owned() };
        assert_eq!(Origin::new(given), Err(expected));
    }
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in "(\\PC|\n|— ){0,80}") {
        prop_assert!(verify_checkpoint(&text, &key().verifying_key()).is_err());
        prop_assert!(read_verifier_key(&text).is_err());
    }

    #[test]
    fn every_change_is_found(place in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = note().into_bytes();
        let place = place.index(bytes.len());
        prop_assume!(bytes[place] != byte);
        bytes[place] = byte;
        if let Ok(text) = String::from_utf8(bytes) {
            prop_assert!(verify_checkpoint(&text, &key().verifying_key()).is_err());
        }
    }
}
