//! What a witness is sent and answers. The witness here signs by the words of the specification,
//! with nothing of ours.

use crate::world::World;
use audit::Origin;
use audit::tree::{
    AddCheckpoint, ProofPlan, Refusal, TreeHead, WitnessAnswer, WitnessKey, sign_tree_head,
    verify_consistency,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signer, SigningKey};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

pub(crate) fn origin() -> Origin {
    Origin::new("seawall.example/v1/log").unwrap()
}

pub(crate) fn log_key() -> SigningKey {
    SigningKey::from_bytes(&[42; 32])
}

pub(crate) fn signed(head: &TreeHead) -> String {
    sign_tree_head(&origin(), head, &log_key())
}

/// A witness that signs whatever it is given.
pub(crate) struct Witness {
    name: &'static str,
    key: SigningKey,
}

impl Witness {
    pub(crate) fn new(name: &'static str, seed: u8) -> Self {
        Self { name, key: SigningKey::from_bytes(&[seed; 32]) }
    }

    fn key_id(&self, kind: u8) -> Vec<u8> {
        let key = self.key.verifying_key();
        let text = [self.name.as_bytes(), b"\n", &[kind], key.as_bytes()].concat();
        Sha256::digest(text)[..4].to_vec()
    }

    pub(crate) fn verifier_key(&self, kind: u8) -> String {
        let typed = [&[kind], &self.key.verifying_key().as_bytes()[..]].concat();
        format!("{}+{}+{}", self.name, hex::encode(self.key_id(kind)), STANDARD.encode(typed))
    }

    pub(crate) fn key(&self) -> WitnessKey {
        WitnessKey::parse(&self.verifier_key(4)).unwrap()
    }

    /// Its signature line under a checkpoint at a time.
    pub(crate) fn line(&self, note: &str, seconds: u64) -> String {
        let body = note.split_once("\n\n").unwrap().0;
        let message = format!("cosignature/v1\ntime {seconds}\n{body}\n");
        let signature = self.key.sign(message.as_bytes()).to_bytes();
        let bytes = [&self.key_id(4), &seconds.to_be_bytes()[..], &signature].concat();
        format!("— {} {}\n", self.name, STANDARD.encode(bytes))
    }
}

#[test]
fn reads_both_ways_in_which_witnesses_publish_their_keys() {
    let witness = Witness::new("witness.example/w1", 3);
    assert_eq!(
        WitnessKey::parse(&witness.verifier_key(1)),
        WitnessKey::parse(&witness.verifier_key(4))
    );
    assert_eq!(witness.key().name().as_str(), "witness.example/w1");
    for bad in [witness.verifier_key(5), String::new(), "witness.example/w1".to_owned()] {
        assert!(WitnessKey::parse(&bad).is_err(), "{bad}");
    }
}

#[test]
fn a_request_is_what_the_specification_shows() {
    let world = World::of(7);
    let proof = ProofPlan::consistency(3, 7).unwrap().answer(&world.set()).unwrap();
    let note = signed(&world.head);
    let request = AddCheckpoint { old: 3, proof: proof.clone(), note: note.clone() };
    let text = request.encode();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "old 3");
    assert_eq!(lines[1], STANDARD.encode(proof[0]));
    assert_eq!(lines[1 + proof.len()], "");
    assert!(text.ends_with(&note));
    assert_eq!(AddCheckpoint::parse(&text), Ok(request.clone()));
    assert_eq!(verify_consistency(&World::of(3).head, &world.head, &request.proof), Ok(()));
    let first = AddCheckpoint { old: 0, proof: Vec::new(), note };
    assert!(first.encode().starts_with("old 0\n\nseawall.example"));
    assert_eq!(AddCheckpoint::parse(&first.encode()), Ok(first));
}

#[test]
fn what_is_no_request_is_refused() {
    let hash = STANDARD.encode([7; 32]);
    let many = format!("old 1\n{}\nnote", format!("{hash}\n").repeat(64));
    let few = format!("old 1\n{}\nnote", format!("{hash}\n").repeat(63));
    assert!(AddCheckpoint::parse(&few).is_ok());
    for bad in [
        "",
        "old 1\n",
        "old 01\n\nnote",
        "old x\n\nnote",
        "new 1\n\nnote",
        "old 1\nx\n\nnote",
        &many,
    ] {
        assert!(AddCheckpoint::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn answers_are_told_apart() {
    let refused = WitnessAnswer::Refused;
    for (status, body, expected) in [
        (200, &b"line\n"[..], WitnessAnswer::Signed("line\n".to_owned())),
        (200, b"\xff", refused(Refusal::Answer)),
        (409, b"12\n", WitnessAnswer::At(12)),
        (409, b"0", WitnessAnswer::At(0)),
        (409, b"7\n", refused(Refusal::OtherTree(7))),
        (409, b"soon\n", refused(Refusal::Answer)),
        (409, b"\xff", refused(Refusal::Answer)),
        (400, b"", refused(Refusal::Unreadable)),
        (403, b"", refused(Refusal::Untrusted)),
        (404, b"", refused(Refusal::Unknown)),
        (422, b"", refused(Refusal::Inconsistent)),
        (503, b"", refused(Refusal::Status(503))),
    ] {
        assert_eq!(WitnessAnswer::read(7, status, body), expected, "{status} {body:?}");
    }
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in "(old [0-9]{1,22})?(\\PC|\n){0,80}") {
        if let Ok(request) = AddCheckpoint::parse(&text) {
            prop_assert_eq!(AddCheckpoint::parse(&request.encode()), Ok(request));
        }
        prop_assert!(WitnessKey::parse(&text).is_err());
        let _ = WitnessAnswer::read(0, 409, text.as_bytes());
    }
}
