//! Checkpoints of the tree and the signatures of witnesses on them.

use crate::witness::{Witness, log_key, origin, signed};
use crate::world::World;
use audit::tree::{
    TreeHead, attach, cosigned, origin_of_tree, read_tree_head, sign_tree_head, verify_tree_head,
};
use audit::{CheckpointError, Origin, verifier_key, verify_checkpoint};
use ed25519_dalek::SigningKey;
use signed_note::{Note, StandardVerifier, VerifierList};
use tlog_tiles::Checkpoint;

const HEAD: TreeHead = TreeHead { size: 1_234, root: [0xC5; 32] };

fn note() -> String {
    sign_tree_head(&origin(), &HEAD, &log_key())
}

#[test]
fn signs_what_can_be_verified() {
    let note = note();
    let found = verify_tree_head(&note, &origin(), &log_key().verifying_key()).unwrap();
    assert_eq!((found.head, &found.origin), (HEAD, &origin()));
    assert_eq!(read_tree_head(&note), Ok(found));
    let text = "seawall.example/v1/log\n1234\nxcXFxcXFxcXFxcXFxcXFxcXFxcXFxcXFxcXFxcXFxcU=\n\n\
                — seawall.example/v1/log ";
    assert!(note.starts_with(text), "{note}");
}

#[test]
fn the_other_implementation_reads_and_writes_the_same() {
    for size in [0, 1, 300, u64::MAX] {
        let head = TreeHead { size, ..HEAD };
        let text = sign_tree_head(&origin(), &head, &log_key());
        let verifier = verifier_key(&origin(), &log_key().verifying_key());
        let verifier = StandardVerifier::new(&verifier).unwrap();
        let note = Note::from_bytes(text.as_bytes()).unwrap();
        note.verify(&VerifierList::new(vec![Box::new(verifier)])).unwrap();
        let other = Checkpoint::new(origin().as_str(), size, tlog_tiles::tlog::Hash(HEAD.root), "")
            .unwrap();
        assert_eq!(note.text(), other.to_bytes());
        assert_eq!(Note::new(&other.to_bytes(), &[]).unwrap().text(), note.text());
    }
}

#[test]
fn neither_checkpoint_is_taken_for_the_other() {
    let key = log_key().verifying_key();
    let chain = Origin::new("seawall.example").unwrap();
    assert_eq!(origin_of_tree(&chain), Ok(origin()));
    let head = audit::Head { next: HEAD.size, hash: HEAD.root };
    let at = model::Timestamp::parse("2026-01-01T00:00:00Z").unwrap();
    let of_chain = audit::sign_checkpoint(&chain, &head, at, &log_key());
    assert_eq!(verify_tree_head(&of_chain, &origin(), &key), Err(CheckpointError::Shape));
    assert_eq!(verify_checkpoint(&note(), &key), Err(CheckpointError::Shape));
    let other = Origin::new("seawall.example/v2/log").unwrap();
    assert_eq!(verify_tree_head(&note(), &other, &key), Err(CheckpointError::OtherKey));
    let long = Origin::new(&"a".repeat(250)).unwrap();
    assert!(matches!(origin_of_tree(&long), Err(CheckpointError::Origin { .. })));
}

#[test]
fn refuses_what_was_not_signed() {
    let check = |text: String, expected: CheckpointError| {
        let found = verify_tree_head(&text, &origin(), &log_key().verifying_key());
        assert_eq!(found, Err(expected), "{text}");
    };
    check(note().replace("1234", "1235"), CheckpointError::Signature);
    check(note().replace("xcXFxcXFxcU=", "xcXFxcXFxcQ="), CheckpointError::Signature);
    for (from, to) in [("1234", "01234"), ("1234", "+1234"), ("1234", ""), ("\n\n", "\nmore\n\n")] {
        check(note().replace(from, to), CheckpointError::Shape);
    }
    check(note().replace("— seawall", "— seawell"), CheckpointError::OtherKey);
    let other = SigningKey::from_bytes(&[7; 32]).verifying_key();
    assert_eq!(verify_tree_head(&note(), &origin(), &other), Err(CheckpointError::OtherKey));
}

#[test]
fn every_flipped_bit_of_a_witnessed_checkpoint_is_found() {
    let witness = Witness::new("witness.example/w1", 3);
    let text = attach(&note(), &witness.line(&note(), 1_767_225_600), &witness.key()).unwrap();
    let whole = |text: &str| {
        verify_tree_head(text, &origin(), &log_key().verifying_key()).ok()?;
        let found = cosigned(text, &[witness.key()]).ok()?;
        (found.len() == 1).then_some(())
    };
    assert_eq!(whole(&text), Some(()));
    for place in 0..text.len() {
        for bit in 0..8 {
            let mut bytes = text.clone().into_bytes();
            bytes[place] ^= 1 << bit;
            let Ok(flipped) = String::from_utf8(bytes) else { continue };
            assert_eq!(whole(&flipped), None, "byte {place}, bit {bit}");
        }
    }
}

#[test]
fn witnesses_are_counted_once_and_with_their_time() {
    let (first, second) = (Witness::new("w1.example", 1), Witness::new("w2.example", 2));
    let keys = [first.key(), second.key()];
    let text = attach(&note(), &first.line(&note(), 1_767_225_600), &keys[0]).unwrap();
    let text = attach(&text, &second.line(&note(), 1_767_225_700), &keys[1]).unwrap();
    let found = cosigned(&text, &keys).unwrap();
    let found: Vec<_> = found.iter().map(|it| (it.witness.as_str(), it.at.to_string())).collect();
    let (early, late) = ("2026-01-01T00:00:00Z".to_owned(), "2026-01-01T00:01:40Z".to_owned());
    assert_eq!(found, [("w1.example", early), ("w2.example", late)]);
    assert_eq!(cosigned(&text, &keys[..1]).unwrap().len(), 1, "unknown keys are passed over");
    assert_eq!(cosigned(&note(), &keys).unwrap(), []);
    let twice = text.clone() + &first.line(&note(), 1_767_225_800);
    assert_eq!(cosigned(&twice, &keys).unwrap().len(), 2);
    // The log's own key, listed as that of a witness, signs no time.
    let verifier = verifier_key(&origin(), &log_key().verifying_key());
    let own = audit::tree::WitnessKey::parse(&verifier).unwrap();
    assert_eq!(cosigned(&text, &[own]).unwrap(), []);
}

#[test]
fn what_is_no_cosignature_is_not_attached() {
    let witness = Witness::new("w1.example", 1);
    let (key, good) = (witness.key(), witness.line(&note(), 1_767_225_600));
    let wrong = || CheckpointError::Witness { name: "w1.example".to_owned() };
    let other_tree = World::of(5).head;
    let other_note = signed(&other_tree);
    for (answer, expected) in [
        (String::new(), CheckpointError::Shape),
        ("sorry\n".to_owned(), CheckpointError::Shape),
        (good.trim_end().to_owned(), CheckpointError::Shape),
        (Witness::new("w2.example", 1).line(&note(), 5), CheckpointError::OtherKey),
        (Witness::new("w1.example", 2).line(&note(), 5), CheckpointError::OtherKey),
        (witness.line(&other_note, 1_767_225_600), wrong()),
        // A time after the year 2200.
        (witness.line(&note(), u64::MAX), wrong()),
        (witness.line(&note(), 1 << 40), wrong()),
    ] {
        assert_eq!(attach(&note(), &answer, &key), Err(expected), "{answer}");
    }
    // Lines of others beside the own are left out.
    let answer = Witness::new("w2.example", 2).line(&note(), 5) + &good;
    assert_eq!(attach(&note(), &answer, &key).unwrap(), note() + &good);
    let mut many = note();
    while let Ok(more) = attach(&many, &good, &key) {
        many = more;
    }
    assert!(many.len() <= model::limits::CHECKPOINT_BYTES);
}
