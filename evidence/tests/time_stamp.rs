//! Time stamps against a real authority: `openssl ts`, with RSA and elliptic curves.
#![allow(clippy::unwrap_used, missing_docs)]

use evidence::Digests;
use evidence::time_stamp::{Request, Roots, TimeStampError, verify, verify_again};
use std::path::{Path, PathBuf};
use std::process::Command;

const DATA: &[u8] = b"what was preserved";

/// A root, an authority between, and a time-stamp authority, made by `openssl`.
struct Authority {
    folder: tempfile::TempDir,
}

/// How an authority is made.
#[derive(Clone, Copy)]
struct Made {
    /// What `openssl req -newkey` takes.
    key: &'static str,
    digest: &'static str,
    purpose: &'static str,
    days: &'static str,
    ess: &'static str,
}

const USUAL: Made = Made {
    key: "rsa:2048",
    digest: "sha256",
    purpose: "critical,timeStamping",
    days: "3650",
    ess: "sha256",
};

fn run(folder: &Path, program: &str) {
    let words: Vec<&str> = program.split(' ').collect();
    let output = Command::new("openssl").args(&words).current_dir(folder).output();
    let output = output.expect("openssl is installed (scripts/setup)");
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
}

impl Authority {
    fn new(made: Made) -> Self {
        let authority = Self { folder: tempfile::tempdir().unwrap() };
        let Made { key, digest, purpose, days, ess } = made;
        let folder = authority.folder.path();
        let write = |name: &str, text: String| std::fs::write(folder.join(name), text).unwrap();
        write(
            "ca.ext",
            "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n".into(),
        );
        write(
            "tsa.ext",
            format!("extendedKeyUsage={purpose}\nkeyUsage=critical,digitalSignature\n"),
        );
        let curve = if key == "ec:p384" { "secp384r1" } else { "prime256v1" };
        let options = if key.starts_with("ec") {
            format!("-newkey ec -pkeyopt ec_paramgen_curve:{curve}")
        } else {
            format!("-newkey {key}")
        };
        for name in ["root", "between", "tsa"] {
            let to = format!("-keyout {name}.key -out {name}.csr -subj /CN={name}.harbour.example");
            run(folder, &format!("req {options} -nodes -{digest} {to}"));
        }
        let sign = |name: &str, signer: &str, extensions: &str, days: &str| {
            let signer = match signer {
                "" => format!("-signkey {name}.key"),
                signer => format!("-CA {signer}.pem -CAkey {signer}.key -CAcreateserial"),
            };
            let form = format!("-req -in {name}.csr -out {name}.pem -days {days} -{digest}");
            run(folder, &format!("x509 {form} {signer} -extfile {extensions}.ext"));
        };
        sign("root", "", "ca", "3650");
        sign("between", "root", "ca", "3650");
        sign("tsa", "between", "tsa", days);
        write("serial", "01\n".into());
        write("tsa.cnf", config(digest, ess));
        authority
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn roots(&self, name: &str) -> Roots {
        Roots::parse(&std::fs::read_to_string(self.path(name)).unwrap()).unwrap()
    }

    fn answer(&self, request: &[u8]) -> Vec<u8> {
        std::fs::write(self.path("request.tsq"), request).unwrap();
        run(self.folder.path(), "ts -reply -config tsa.cnf -queryfile request.tsq -out answer.tsr");
        std::fs::read(self.path("answer.tsr")).unwrap()
    }
}

fn config(digest: &str, ess: &str) -> String {
    format!(
        "[tsa]\ndefault_tsa = one\n[one]\nserial = serial\nsigner_cert = tsa.pem\n\
         certs = between.pem\nsigner_key = tsa.key\nsigner_digest = {digest}\n\
         default_policy = 1.2.3.4.1\nother_policies = 1.2.3.4.5\ndigests = sha256, sha512\n\
         ess_cert_id_alg = {ess}\naccuracy = secs:1\n"
    )
}

fn request() -> Request {
    Request { sha256: Digests::of(DATA).sha256, nonce: [0xA5; 16], policy: None }
}

fn answered(made: Made) -> (Authority, Vec<u8>) {
    let authority = Authority::new(made);
    let answer = authority.answer(&request().to_der().unwrap());
    (authority, answer)
}

#[test]
fn stamps_of_every_kind_of_key_are_verified() {
    for (key, digest, ess) in [
        ("rsa:2048", "sha256", "sha256"),
        ("rsa:3072", "sha512", "sha1"),
        ("ec:p256", "sha256", "sha512"),
        ("ec:p384", "sha384", "sha256"),
    ] {
        let (authority, answer) = answered(Made { key, digest, ess, ..USUAL });
        let stamped = verify(&answer, &request(), &authority.roots("root.pem")).unwrap();
        assert_eq!(stamped.policy, "1.2.3.4.1", "{key}");
        assert_eq!(stamped.signer, "CN=tsa.harbour.example");
        let age = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let seconds = stamped.at.micros() / 1_000_000;
        assert!((i64::try_from(age.as_secs()).unwrap() - seconds).abs() < 600, "{seconds}");
        // The one between may be trusted itself, and a kept answer holds without its request.
        verify(&answer, &request(), &authority.roots("between.pem")).unwrap();
        verify(&answer, &request(), &authority.roots("tsa.pem")).unwrap();
        verify_again(&answer, &request().sha256, &authority.roots("root.pem")).unwrap();
        assert!(openssl_verifies(&authority), "{key}");
    }
}

/// The same answer, for a tool that is not ours.
fn openssl_verifies(authority: &Authority) -> bool {
    std::fs::write(authority.path("data"), DATA).unwrap();
    let words = "ts -verify -data data -in answer.tsr -CAfile root.pem -untrusted between.pem";
    let output = Command::new("openssl")
        .args(words.split(' '))
        .current_dir(authority.folder.path())
        .output()
        .unwrap();
    output.status.success()
}

#[test]
fn what_does_not_hold_is_named() {
    let (authority, answer) = answered(USUAL);
    let (other, _) = answered(USUAL);
    let (roots, strange) = (authority.roots("root.pem"), other.roots("root.pem"));
    let told =
        |request: &Request, roots: &Roots| verify(&answer, request, roots).unwrap_err().to_string();
    for (found, expected) in [
        (told(&Request { sha256: [0; 32], ..request() }, &roots), "other bytes"),
        (told(&Request { nonce: [1; 16], ..request() }, &roots), "its nonce is another"),
        (told(&Request { policy: Some("1.2.3.4.5".into()), ..request() }, &roots), "1.2.3.4.1"),
        (told(&request(), &strange), "no trusted root stands above CN=between.harbour.example"),
    ] {
        assert!(found.contains(expected), "{expected}: {found}");
    }
    let asked = Request { policy: Some("1.2.3.4.5".to_owned()), ..request() };
    let answer = authority.answer(&asked.to_der().unwrap());
    assert_eq!(verify(&answer, &asked, &roots).unwrap().policy, "1.2.3.4.5");
    let refused = Request { policy: Some("1.2.3.9".to_owned()), ..request() };
    let answer = authority.answer(&refused.to_der().unwrap());
    assert_eq!(verify(&answer, &refused, &roots), Err(TimeStampError::Refused { status: 2 }));
}

#[test]
fn certificates_that_do_not_serve_are_refused() {
    let (authority, _) = answered(USUAL);
    let folder = authority.folder.path();
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    // `openssl` itself refuses to stamp with these, so the roots are what does not serve. Each is
    // made before the stamp.
    let told = |root: &str| {
        let answer = authority.answer(&request().to_der().unwrap());
        verify(&answer, &request(), &authority.roots(root)).map_err(|error| error.to_string())
    };
    assert!(told("tsa.pem").is_ok());
    for (extensions, expected) in [
        ("basicConstraints=CA:FALSE\n", "it may not sign certificates"),
        ("basicConstraints=CA:TRUE\nkeyUsage=digitalSignature\n", "not for signing certificates"),
        ("basicConstraints=CA:TRUE\n1.2.3.4=critical,DER:05:00\n", "critical extension"),
    ] {
        write("odd.ext", extensions);
        let words = "x509 -req -in between.csr -out odd.pem -days 9 -signkey between.key";
        run(folder, &format!("{words} -extfile odd.ext"));
        let told = told("odd.pem").unwrap_err();
        assert!(told.contains(expected), "{expected}: {told}");
    }
    for (start, end, expected) in
        [("200001", "200101", "no longer valid"), ("209001", "209101", "not valid yet")]
    {
        let words = "ca -batch -config ca.cnf -in between.csr -out dated.pem -selfsign -notext";
        write("index", "");
        write("ca.cnf", CA);
        let dates = format!("-startdate {start}01000000Z -enddate {end}01000000Z");
        run(folder, &format!("{words} -keyfile between.key {dates}"));
        let told = told("dated.pem").unwrap_err();
        assert!(told.contains(expected), "{told}");
    }
}

const CA: &str = "[ca]\ndefault_ca = one\n[one]\ndatabase = index\nnew_certs_dir = .\n\
                  rand_serial = yes\ndefault_md = sha256\npolicy = any\nx509_extensions = ext\n\
                  unique_subject = no\n[any]\ncommonName = supplied\n[ext]\n\
                  basicConstraints = CA:TRUE\n";

#[test]
fn every_flipped_bit_of_what_counts_is_found() {
    let (authority, answer) = answered(Made { key: "ec:p256", ..USUAL });
    let roots = authority.roots("root.pem");
    let good = verify(&answer, &request(), &roots).unwrap();
    for place in 0..answer.len() {
        for bit in [0, 3, 7] {
            let mut changed = answer.clone();
            changed[place] ^= 1 << bit;
            // A few bytes are not signed by anybody, such as the list of digest algorithms; then
            // the stamp says what it said.
            if let Ok(stamped) = verify(&changed, &request(), &roots) {
                assert_eq!(stamped, good, "byte {place} bit {bit}");
            }
        }
        assert!(verify(&answer[..place], &request(), &roots).is_err(), "cut at {place}");
    }
    let longer = [answer.as_slice(), &[0]].concat();
    assert!(verify(&longer, &request(), &roots).is_err());
    let huge = vec![0x30; model::limits::TIME_STAMP_BYTES + 1];
    assert!(matches!(verify(&huge, &request(), &roots), Err(TimeStampError::TooLarge { .. })));
}

#[test]
fn roots_that_are_none_are_named() {
    for (pem, expected) in [
        ("", "there is no certificate in PEM"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n", "certificate 1: it does not end"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "certificate 1: "),
    ] {
        let told = Roots::parse(pem).unwrap_err().to_string();
        assert!(told.contains(expected), "{expected}: {told}");
    }
}
